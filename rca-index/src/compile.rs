//! Compile: from the query tree to an engine query.
//!
//! In: a query tree and a view of the index. Out: an engine query. Text scores; everything else only decides.

use std::collections::BTreeMap;
use std::ops::Bound;

use tantivy::query::{
    AllQuery, BooleanQuery, ConstScoreQuery, DisjunctionMaxQuery, EmptyQuery, FuzzyTermQuery, Occur, Query, RangeQuery,
    TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, Term};

use crate::analyze::{Analyzer, LexemeKind, STEM_MARK};
use crate::document::{Fields, engine_facet};
use crate::query::{Comparison, DateRange, Node, NodeKind, NumberRange, Text};
use crate::ranking::{FUZZY_WEIGHT, MAX_EXPANSIONS, NEIGHBOUR_WEIGHT, PARTS_WEIGHT, PREFIX_WEIGHT, STEM_WEIGHT};
use crate::schema::{Facet, NumberField, TextField};
use crate::text_query::{Form, Slot, Statistics, TextQuery};

/// What a query is compiled against.
pub(crate) struct Compiler<'a> {
    pub(crate) fields: &'a Fields,
    pub(crate) searcher: &'a Searcher,
    pub(crate) statistics: Statistics,
    pub(crate) analyzer: &'a Analyzer,
    /// Now, in seconds since 1970, UTC.
    pub(crate) now: i64,
}

impl Compiler<'_> {
    /// The engine query of a tree. With `enough`, that many of the words joined by AND at the top suffice.
    pub(crate) fn compile(&self, root: &Node, enough: Option<usize>) -> tantivy::Result<Box<dyn Query>> {
        let parts = match &root.kind {
            NodeKind::And(parts) => parts.as_slice(),
            _ => std::slice::from_ref(root),
        };
        let (words, conditions): (Vec<&Node>, Vec<&Node>) = parts.iter().partition(|part| is_text(part));
        let mut clauses = Vec::new();
        let compiled = words.iter().map(|word| self.node(word)).collect::<tantivy::Result<Vec<_>>>()?;
        match enough {
            Some(enough) if !words.is_empty() => {
                let some = compiled.into_iter().map(|word| (Occur::Should, word)).collect();
                clauses.push((Occur::Must, Box::new(BooleanQuery::with_minimum_required_clauses(some, enough)) as _));
            }
            _ => clauses.extend(compiled.into_iter().map(|word| (Occur::Must, word))),
        }
        for pair in words.windows(2) {
            clauses.extend(self.neighbours(pair).map(|neighbours| (Occur::Should, neighbours)));
        }
        for condition in conditions {
            clauses.push(match &condition.kind {
                NodeKind::Not(inner) => (Occur::MustNot, self.node(inner)?),
                _ => (Occur::Must, self.node(condition)?),
            });
        }
        Ok(all_of(clauses))
    }

    fn node(&self, node: &Node) -> tantivy::Result<Box<dyn Query>> {
        Ok(match &node.kind {
            NodeKind::All => Box::new(ConstScoreQuery::new(Box::new(AllQuery), 0.0)),
            NodeKind::Text { field, text } => self.text(*field, text)?,
            NodeKind::Facet { facet, values } => self.facet(*facet, values),
            NodeKind::SeverityRank { comparison, rank, .. } => self.severity(*comparison, *rank),
            NodeKind::Number { field, range } => self.number(*field, *range),
            NodeKind::Date(range) => self.date(*range),
            NodeKind::Has { field, present } => self.has(field, *present),
            NodeKind::And(_) => self.compile(node, None)?,
            NodeKind::Or(parts) => {
                let parts = parts.iter().map(|part| self.node(part)).collect::<tantivy::Result<Vec<_>>>()?;
                Box::new(BooleanQuery::union(parts))
            }
            NodeKind::Not(inner) => all_of(vec![(Occur::MustNot, self.node(inner)?)]),
        })
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

    fn text(&self, field: Option<TextField>, text: &Text) -> tantivy::Result<Box<dyn Query>> {
        let fields = self.text_fields(field);
        let query = |slots, slop, boost| -> Box<dyn Query> {
            let (fields, statistics) = (fields.clone(), self.statistics);
            Box::new(TextQuery { fields, slots, slop, statistics, boost })
        };
        let expanded = |forms: Vec<Form>| -> Box<dyn Query> {
            if forms.is_empty() { Box::new(EmptyQuery) } else { query(vec![Slot { offset: 0, forms }], 0, 1.0) }
        };
        Ok(match text {
            Text::Word(word) => {
                let words = words(self.analyzer, word, true);
                match &words[..] {
                    [] => Box::new(ConstScoreQuery::new(Box::new(AllQuery), 0.0)),
                    [Word { whole: Some(whole), slots, .. }] if slots.len() > 1 => {
                        let whole = Slot { offset: 0, forms: vec![Form { text: whole.clone(), weight: 1.0 }] };
                        let either = vec![query(vec![whole], 0, 1.0), query(slots.clone(), 0, PARTS_WEIGHT)];
                        Box::new(DisjunctionMaxQuery::new(either))
                    }
                    _ => query(in_a_row(words), 0, 1.0),
                }
            }
            Text::Phrase { text, slop } => {
                let words = words(self.analyzer, text, false);
                if words.is_empty() {
                    return Ok(Box::new(ConstScoreQuery::new(Box::new(AllQuery), 0.0)));
                }
                query(in_a_row(words), *slop, 1.0)
            }
            Text::Prefix(start) => expanded(self.expand_prefix(&fields, start)?),
            Text::Fuzzy { word, distance } => expanded(self.expand_fuzzy(&fields, word, *distance)?),
        })
    }

    fn text_fields(&self, field: Option<TextField>) -> Vec<(Field, f32)> {
        // In one field alone its weight against others means nothing.
        field.map_or_else(|| self.fields.all_texts().collect(), |field| vec![(self.fields.text(field).0, 1.0)])
    }

    /// What two neighbouring words add when they are neighbours in the report too.
    fn neighbours(&self, pair: &[&Node]) -> Option<Box<dyn Query>> {
        let [
            NodeKind::Text { field: a, text: Text::Word(first) },
            NodeKind::Text { field: b, text: Text::Word(second) },
        ] = [&pair[0].kind, &pair[1].kind]
        else {
            return None;
        };
        if a != b {
            return None;
        }
        let mut all = words(self.analyzer, first, true);
        all.extend(words(self.analyzer, second, true));
        let slots = in_a_row(all);
        if slots.len() < 2 {
            return None;
        }
        let fields = self.text_fields(*a);
        let query = TextQuery { fields, slots, slop: 0, statistics: self.statistics, boost: NEIGHBOUR_WEIGHT };
        Some(Box::new(query))
    }

    /// The words of the index that begin so.
    fn expand_prefix(&self, fields: &[(Field, f32)], start: &str) -> tantivy::Result<Vec<Form>> {
        let start = fold(self.analyzer, start);
        let mut found: BTreeMap<String, u64> = BTreeMap::new();
        for reader in self.searcher.segment_readers() {
            for &(field, _) in fields {
                let index = reader.inverted_index(field)?;
                let mut terms = index.terms().range().ge(start.as_bytes()).into_stream()?;
                while terms.advance() {
                    let Ok(term) = std::str::from_utf8(terms.key()) else { continue };
                    if !term.starts_with(&start) {
                        break;
                    }
                    *found.entry(term.to_owned()).or_default() += u64::from(terms.value().doc_freq);
                }
            }
        }
        Ok(most_frequent(found, |word| if word == start { 1.0 } else { PREFIX_WEIGHT }))
    }

    /// The words of the index that are at most `distance` edits away.
    fn expand_fuzzy(&self, fields: &[(Field, f32)], word: &str, distance: u8) -> tantivy::Result<Vec<Form>> {
        let word = fold(self.analyzer, word);
        let mut found: BTreeMap<String, u64> = BTreeMap::new();
        for &(field, _) in fields {
            let automaton = FuzzyTermQuery::new(Term::from_field_text(field, &word), distance, true).automaton()?;
            for reader in self.searcher.segment_readers() {
                let index = reader.inverted_index(field)?;
                let mut terms = index.terms().search(&automaton).into_stream()?;
                while terms.advance() {
                    let Ok(term) = std::str::from_utf8(terms.key()) else { continue };
                    if !term.starts_with(STEM_MARK) {
                        *found.entry(term.to_owned()).or_default() += u64::from(terms.value().doc_freq);
                    }
                }
            }
        }
        let edits = |found: &str| i32::try_from(strsim::damerau_levenshtein(&word, found)).unwrap_or(i32::MAX);
        Ok(most_frequent(found, |found| FUZZY_WEIGHT.powi(edits(found))))
    }
}

/// Whether a part of a query looks for words, so that a report may lack it when no report has all.
pub(crate) fn is_text(node: &Node) -> bool {
    match &node.kind {
        NodeKind::Text { .. } => true,
        NodeKind::Or(parts) | NodeKind::And(parts) => parts.iter().all(is_text),
        _ => false,
    }
}

/// All clauses, where clauses that only exclude start from everything.
fn all_of(mut clauses: Vec<(Occur, Box<dyn Query>)>) -> Box<dyn Query> {
    if !clauses.iter().any(|(occur, _)| *occur == Occur::Must) {
        clauses.push((Occur::Must, Box::new(ConstScoreQuery::new(Box::new(AllQuery), 0.0))));
    }
    if clauses.len() == 1 { clauses.remove(0).1 } else { Box::new(BooleanQuery::new(clauses)) }
}

/// A query that decides but does not score.
fn condition(query: Box<dyn Query>) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, 0.0))
}

fn most_frequent(found: BTreeMap<String, u64>, weight: impl Fn(&str) -> f32) -> Vec<Form> {
    let mut found: Vec<(String, u64)> = found.into_iter().collect();
    found.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    found.truncate(MAX_EXPANSIONS);
    found.into_iter().map(|(text, _)| Form { weight: weight(&text), text }).collect()
}

fn fold(analyzer: &Analyzer, word: &str) -> String {
    analyzer.lexemes(word).next().map(|lexeme| lexeme.text.to_owned()).unwrap_or_default()
}

/// A word of a query as the analyzer sees it.
pub(crate) struct Word {
    /// The word or identifier as it stands; none for text written without spaces.
    pub(crate) whole: Option<String>,
    /// Its parts at their places; one for a plain word.
    pub(crate) slots: Vec<Slot>,
}

/// The words of a text. With `stemmed`, their other forms count too.
pub(crate) fn words(analyzer: &Analyzer, text: &str, stemmed: bool) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut chunk = None;
    let mut lexemes = analyzer.lexemes(text);
    while let Some(lexeme) = lexemes.next() {
        if chunk != Some(lexeme.chunk) {
            chunk = Some(lexeme.chunk);
            words.push(Word { whole: None, slots: Vec::new() });
        }
        let Some(word) = words.last_mut() else { continue };
        let text = lexeme.text.to_owned();
        match lexeme.kind {
            LexemeKind::Whole => {
                word.whole = Some(text.clone());
                word.slots.push(Slot { offset: lexeme.position, forms: vec![Form { text, weight: 1.0 }] });
            }
            LexemeKind::Part => {
                // The parts take the place of the whole.
                if word.slots.len() == 1 && word.whole.as_ref() == word.slots[0].forms.first().map(|f| &f.text) {
                    word.slots.clear();
                }
                word.slots.push(Slot { offset: lexeme.position, forms: vec![Form { text, weight: 1.0 }] });
            }
            LexemeKind::Stem if stemmed => {
                if let Some(slot) = word.slots.last_mut() {
                    let base = text.trim_start_matches(STEM_MARK).to_owned();
                    slot.forms.push(Form { text, weight: STEM_WEIGHT });
                    slot.forms.push(Form { text: base, weight: STEM_WEIGHT });
                }
            }
            LexemeKind::Stem => {}
        }
    }
    if stemmed {
        // A word that is its own stem still has other forms in the index.
        for slot in words.iter_mut().flat_map(|word| &mut word.slots).filter(|slot| slot.forms.len() == 1) {
            let text = format!("{STEM_MARK}{}", slot.forms[0].text);
            slot.forms.push(Form { text, weight: STEM_WEIGHT });
        }
    }
    words
}

/// The slots of words that stand in a row.
fn in_a_row(words: Vec<Word>) -> Vec<Slot> {
    let slots = words.into_iter().flat_map(|word| word.slots);
    (0..).zip(slots).map(|(offset, slot)| Slot { offset, ..slot }).collect()
}
