//! Compile: from the query tree to an engine query.
//!
//! In: a query tree and a view of the index. Out: an engine query. Text scores; everything else only decides.

use std::ops::Bound;
use std::sync::Arc;

use tantivy::query::{AllQuery, BooleanQuery, ConstScoreQuery, EmptyQuery, Occur, Query, RangeQuery, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::{Searcher, Term};

use crate::engine::document::{Fields, engine_facet};
use crate::engine::lookup::{KnownWord, Lookups};
use crate::engine::scorer::{Needed, Statistics, WordsQuery};
use crate::plan::words::{alternative, parts_alone, phrase, words};
use crate::plan::{Alternative, Form, Place, Slot, Word};
use crate::query::{Comparison, DateRange, Node, NodeKind, NumberRange, Text};
use crate::schema::{Facet, NumberField};
use crate::text::Synonyms;
use crate::text::analyzer::Analyzer;

/// How much of a query a report must have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Matching {
    /// Every word.
    All,
    /// Some of the words: this share of the weight of all.
    Some(f32),
}

/// A compiled query.
pub(crate) struct Compiled {
    /// What decides which reports match, and takes a first look at how well.
    pub(crate) query: Box<dyn Query>,
    /// The words that reports are ranked by.
    pub(crate) words: Vec<Arc<KnownWord>>,
    /// Words that no report has, and what they were taken for.
    pub(crate) corrections: Vec<Correction>,
}

/// A word that no report has, and those like it that count in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Correction {
    pub(crate) typed: String,
    pub(crate) meant: Vec<String>,
}

/// Words that stand in a row.
#[derive(Default)]
struct Run {
    /// Plain words.
    bare: Vec<Arc<KnownWord>>,
    /// Phrases and patterns, which are always needed.
    firm: Vec<Arc<KnownWord>>,
    /// What only adds to the score.
    extra: Vec<Arc<KnownWord>>,
    corrections: Vec<Correction>,
}

/// What a query is compiled against.
pub(crate) struct Compiler<'a> {
    pub(crate) fields: &'a Fields,
    pub(crate) searcher: &'a Searcher,
    pub(crate) statistics: Statistics,
    pub(crate) analyzer: &'a Analyzer,
    pub(crate) synonyms: &'a Synonyms,
    pub(crate) lookups: Lookups,
    /// Now, in seconds since 1970, UTC.
    pub(crate) now: i64,
}

impl Compiler<'_> {
    /// The engine query of a tree.
    pub(crate) fn compile(&self, root: &Node, matching: Matching) -> tantivy::Result<Compiled> {
        let mut compiled = Compiled { query: Box::new(EmptyQuery), words: Vec::new(), corrections: Vec::new() };
        let mut clauses = Vec::new();
        let (words, others) = texts_and_others(root);
        let Run { bare, firm, extra, corrections } = self.run(&words, 0)?;
        compiled.corrections = corrections;
        match matching {
            Matching::Some(share) => {
                let mut all: Vec<Arc<KnownWord>> = bare.into_iter().chain(firm).chain(extra).collect();
                for group in others.iter().filter(|part| is_text(part)) {
                    self.positive(group, &mut all, &mut compiled.corrections)?;
                }
                if !all.is_empty() {
                    clauses.push((Occur::Must, self.words(all.clone(), Needed::Share(share))));
                }
                compiled.words = all;
            }
            Matching::All => {
                let mut all: Vec<Arc<KnownWord>> = bare.into_iter().chain(firm).collect();
                if !all.is_empty() {
                    clauses.push((Occur::Must, self.words(all.clone(), Needed::All)));
                }
                all.extend(extra);
                for group in others.iter().filter(|part| is_text(part)) {
                    clauses.push((Occur::Must, self.node(group)?));
                    self.positive(group, &mut all, &mut compiled.corrections)?;
                }
                compiled.words = all;
            }
        }
        for condition in others.into_iter().filter(|part| !is_text(part)) {
            clauses.push(self.clause(condition)?);
        }
        compiled.query = all_of(clauses);
        Ok(compiled)
    }

    fn node(&self, node: &Node) -> tantivy::Result<Box<dyn Query>> {
        Ok(match &node.kind {
            NodeKind::All => everything(),
            NodeKind::Text { .. } | NodeKind::And(_) => self.every(node)?,
            NodeKind::Facet { facet, values } => self.facet(*facet, values),
            NodeKind::SeverityRank { comparison, rank, .. } => self.severity(*comparison, *rank),
            NodeKind::Number { field, range } => self.number(*field, *range),
            NodeKind::Date(range) => self.date(*range),
            NodeKind::Has { field, present } => self.has(field, *present),
            NodeKind::Or(parts) => {
                let parts = parts.iter().map(|part| self.node(part)).collect::<tantivy::Result<Vec<_>>>()?;
                Box::new(BooleanQuery::union(parts))
            }
            NodeKind::Not(inner) => all_of(vec![(Occur::MustNot, self.node(inner)?)]),
        })
    }

    /// A group inside the query, of which every part is needed.
    fn every(&self, node: &Node) -> tantivy::Result<Box<dyn Query>> {
        let (words, others) = texts_and_others(node);
        let Run { bare, firm, .. } = self.run(&words, 0)?;
        let all: Vec<Arc<KnownWord>> = bare.into_iter().chain(firm).collect();
        let mut clauses = Vec::new();
        if !all.is_empty() {
            clauses.push((Occur::Must, self.words(all, Needed::All)));
        }
        for part in others {
            clauses.push(self.clause(part)?);
        }
        Ok(all_of(clauses))
    }

    /// A part of an AND: needed, or excluded.
    fn clause(&self, part: &Node) -> tantivy::Result<(Occur, Box<dyn Query>)> {
        Ok(match &part.kind {
            NodeKind::Not(inner) => (Occur::MustNot, self.node(inner)?),
            _ => (Occur::Must, self.node(part)?),
        })
    }

    /// Adds the words of a group that a report may have, to rank by.
    fn positive(
        &self,
        node: &Node,
        words: &mut Vec<Arc<KnownWord>>,
        corrected: &mut Vec<Correction>,
    ) -> tantivy::Result<()> {
        match &node.kind {
            NodeKind::And(parts) | NodeKind::Or(parts) => {
                parts.iter().try_for_each(|part| self.positive(part, words, corrected))
            }
            NodeKind::Text { .. } => {
                let Run { bare, firm, extra, corrections } = self.run(&[node], words.len() + 1)?;
                corrected.extend(corrections);
                words.extend(bare.into_iter().chain(firm).chain(extra));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn words(&self, words: Vec<Arc<KnownWord>>, needed: Needed) -> Box<dyn Query> {
        Box::new(WordsQuery { words, needed, mean_length: self.statistics.mean_length })
    }

    /// The words of neighbouring texts.
    fn run(&self, nodes: &[&Node], run: usize) -> tantivy::Result<Run> {
        let (mut bare, mut firm) = (Vec::new(), Vec::new());
        for node in nodes {
            let NodeKind::Text { field, text } = &node.kind else { continue };
            let (start, all) = match text {
                Text::Word(word) => {
                    bare.extend(words(self.analyzer, word, *field));
                    continue;
                }
                Text::Phrase { text, slop } => {
                    let Some(phrase) = phrase(self.analyzer, text, *slop) else { continue };
                    (text, phrase)
                }
                Text::Prefix(start) => (start, pattern(self.expand_prefix(start)?)),
                Text::Fuzzy { word, distance } => (word, pattern(self.expand_fuzzy(word, *distance)?)),
            };
            let text = start.clone();
            firm.push(Word { text, alternatives: vec![all], part: *field, place: None, extra: false });
        }
        for (offset, word) in (0..).zip(&mut bare) {
            word.place = Some(Place { run, offset });
        }
        let extra = parts_alone(self.analyzer, &bare);
        self.add_synonyms(&mut bare);
        let language = self.analyzer.language();
        if bare.iter().any(|word| !language.is_stop_word(&word.text)) {
            bare.retain(|word| word.part.is_some() || !language.is_stop_word(&word.text));
        }
        let look_up = |words: Vec<Word>| -> tantivy::Result<Vec<_>> {
            words.into_iter().map(|word| self.look_up(word)).collect()
        };
        let (firm, extra) = (look_up(firm)?, look_up(extra)?);
        let (bare, corrections) = self.look_up_or_correct(bare)?;
        Ok(Run { bare, firm, extra, corrections })
    }

    fn facet(&self, facet: Facet, values: &[String]) -> Box<dyn Query> {
        let mut terms: Vec<Box<dyn Query>> = Vec::new();
        for value in values {
            for value in facet.alternatives(value) {
                let term = Term::from_facet(self.fields.facet(facet), &engine_facet(facet, &value));
                terms.push(Box::new(TermQuery::new(term, IndexRecordOption::Basic)));
            }
        }
        condition(Box::new(BooleanQuery::union(terms)))
    }

    /// As severe as a rank or more so means a rank as low or lower.
    fn severity(&self, comparison: Comparison, rank: u8) -> Box<dyn Query> {
        let rank = Term::from_field_u64(self.fields.rank, u64::from(rank));
        condition(Box::new(match comparison {
            Comparison::GreaterOrEqual => RangeQuery::new(Bound::Unbounded, Bound::Included(rank)),
            Comparison::Greater => RangeQuery::new(Bound::Unbounded, Bound::Excluded(rank)),
            Comparison::LessOrEqual => RangeQuery::new(Bound::Included(rank), Bound::Unbounded),
            Comparison::Less => RangeQuery::new(Bound::Excluded(rank), Bound::Unbounded),
        }))
    }

    fn number(&self, field: NumberField, range: NumberRange) -> Box<dyn Query> {
        let field = self.fields.number(field);
        let bound = |end: Option<(f64, bool)>| match end {
            None => Bound::Unbounded,
            Some((value, true)) => Bound::Included(Term::from_field_f64(field, value)),
            Some((value, false)) => Bound::Excluded(Term::from_field_f64(field, value)),
        };
        // An open end still needs a value to be there, which the range over the column gives.
        let (from, to) = match (bound(range.from), bound(range.to)) {
            (Bound::Unbounded, Bound::Unbounded) => {
                (Bound::Included(Term::from_field_f64(field, f64::MIN)), Bound::Unbounded)
            }
            ends => ends,
        };
        condition(Box::new(RangeQuery::new(from, to)))
    }

    fn date(&self, range: DateRange) -> Box<dyn Query> {
        let date = |seconds| Term::from_field_i64(self.fields.date, seconds);
        let (from, until) = match range {
            DateRange::Between { from, until } => (from, until),
            DateRange::Last { seconds } => (Some(self.now.saturating_sub(seconds)), None),
        };
        let from = from.map_or(Bound::Included(date(i64::MIN)), |from| Bound::Included(date(from)));
        let until = until.map_or(Bound::Unbounded, |until| Bound::Excluded(date(until)));
        condition(Box::new(RangeQuery::new(from, until)))
    }

    fn has(&self, field: &str, present: bool) -> Box<dyn Query> {
        let term = Term::from_field_text(self.fields.has, field);
        let has = condition(Box::new(TermQuery::new(term, IndexRecordOption::Basic)));
        if present { has } else { all_of(vec![(Occur::MustNot, has)]) }
    }
}

/// The parts of an AND, or a node by itself: texts, and everything else.
fn texts_and_others(node: &Node) -> (Vec<&Node>, Vec<&Node>) {
    let parts = match &node.kind {
        NodeKind::And(parts) => parts.as_slice(),
        _ => std::slice::from_ref(node),
    };
    parts.iter().partition(|part| matches!(part.kind, NodeKind::Text { .. }))
}

/// Whether a part of a query looks for words, so that a report may lack it when no report has all.
pub(crate) fn is_text(node: &Node) -> bool {
    match &node.kind {
        NodeKind::Text { .. } => true,
        NodeKind::Or(parts) | NodeKind::And(parts) => parts.iter().all(is_text),
        _ => false,
    }
}

/// Any of the words that a pattern stands for.
fn pattern(forms: Vec<Form>) -> Alternative {
    alternative(vec![Slot { offset: 0, forms }], 1.0)
}

/// A query that finds everything.
fn everything() -> Box<dyn Query> {
    condition(Box::new(AllQuery))
}

/// All clauses, where clauses that only exclude start from everything.
fn all_of(mut clauses: Vec<(Occur, Box<dyn Query>)>) -> Box<dyn Query> {
    if !clauses.iter().any(|(occur, _)| *occur == Occur::Must) {
        clauses.push((Occur::Must, everything()));
    }
    if clauses.len() == 1 { clauses.remove(0).1 } else { Box::new(BooleanQuery::new(clauses)) }
}

/// A query that decides but does not score.
fn condition(query: Box<dyn Query>) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, 0.0))
}
