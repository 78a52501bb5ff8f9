//! Compilation: from a plan to a query of the search engine.
//!
//! In: a plan and its words, looked up. Out: a query. Words score; everything else only filters. How a query is
//! interpreted is decided in the plan, not here.

use std::ops::Bound;

use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, ConstScoreQuery, EmptyQuery, Occur, Query, RangeQuery, RegexQuery, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

use crate::engine::document::{Fields, HAS_TIME};
use crate::engine::floor::Floor;
use crate::engine::keys::{self, InRange};
use crate::engine::links::LinkSets;
use crate::engine::lookup::KnownWords;
use crate::engine::read_log::ReadLog;
use crate::engine::scorer::{Enough, WordsQuery};
use crate::plan::{Clause, Condition, Needed, Plan, Statistics, TimeRange, WordId};
use crate::query::{Comparison, NumberRange};
use crate::schema::{Facet, NumberField};

/// Compiles plans.
pub(super) struct Compiler<'a> {
    pub(super) fields: &'a Fields,
    pub(super) words: &'a KnownWords,
    pub(super) statistics: Statistics,
    pub(super) links: &'a LinkSets,
    /// The least score that matters.
    pub(super) floor: Floor,
    pub(super) log: ReadLog,
}

impl Compiler<'_> {
    /// The query of a condition.
    pub(super) fn of_condition(&self, condition: &Condition) -> Box<dyn Query> {
        self.condition(condition)
    }

    /// The query of a plan, for full or partial matches.
    pub(super) fn compile(&self, plan: &Plan, needed: Needed) -> Box<dyn Query> {
        // Where other words score too, the score of these says little. Of words of a pasted text, every score counts, unless
        // only some matter.
        let alone = plan.conditions.iter().all(Clause::only_filters) && (!plan.any || plan.least > 0.0);
        let floor = alone.then(|| self.floor.clone());
        let mut clauses = match needed {
            Needed::All => self.full(plan, floor.filter(|_| plan.groups.is_empty())),
            Needed::Some | Needed::Any => {
                let mut some = vec![(Occur::Must, self.scored(&plan.ranked, Enough::Share, floor))];
                // In a partial match any word may be missing, including words of groups.
                if needed == Needed::Some && !plan.any {
                    some.push((Occur::MustNot, all_of(self.full(plan, None))));
                }
                some
            }
        };
        clauses.extend(plan.conditions.iter().map(|condition| self.member(condition)));
        all_of(clauses)
    }

    /// What a full match must have, apart from the conditions.
    fn full(&self, plan: &Plan, floor: Option<Floor>) -> Vec<(Occur, Box<dyn Query>)> {
        let words = (!plan.needed.is_empty()).then(|| (Occur::Must, self.scored(&plan.needed, Enough::All, floor)));
        words.into_iter().chain(plan.groups.iter().map(|group| self.member(group))).collect()
    }

    fn clause(&self, clause: &Clause) -> Box<dyn Query> {
        match clause {
            Clause::Everything => everything(),
            Clause::Words(words) => self.words(words, Enough::All),
            Clause::Condition(condition) => self.condition(condition),
            Clause::All(clauses) => all_of(clauses.iter().map(|clause| self.member(clause)).collect()),
            Clause::Any(clauses) => self.any(clauses),
            Clause::Not(inner) => all_of(vec![(Occur::MustNot, self.clause(inner))]),
        }
    }

    /// Any of these. Single words are read together, because many of them are read faster so.
    fn any(&self, clauses: &[Clause]) -> Box<dyn Query> {
        let (mut words, mut queries) = (Vec::new(), Vec::new());
        for clause in clauses {
            match clause {
                Clause::Words(of) if of.len() == 1 => words.extend(of),
                _ => queries.push(self.clause(clause)),
            }
        }
        if !words.is_empty() {
            queries.push(self.words(&words, Enough::Any));
        }
        if queries.len() == 1 { queries.remove(0) } else { Box::new(BooleanQuery::union(queries)) }
    }

    /// A member of an AND: required, or excluded.
    fn member(&self, clause: &Clause) -> (Occur, Box<dyn Query>) {
        match clause {
            Clause::Not(inner) => (Occur::MustNot, self.clause(inner)),
            _ => (Occur::Must, self.clause(clause)),
        }
    }

    fn words(&self, words: &[WordId], enough: Enough) -> Box<dyn Query> {
        self.scored(words, enough, None)
    }

    fn scored(&self, words: &[WordId], enough: Enough, floor: Option<Floor>) -> Box<dyn Query> {
        let (words, mean_length) = (self.words.of(words), self.statistics.mean_length);
        Box::new(WordsQuery { words, enough, mean_length, floor, log: self.log.clone(), scores: true })
    }

    fn condition(&self, condition: &Condition) -> Box<dyn Query> {
        match condition {
            Condition::Id(id) => {
                let term = Term::from_field_text(self.fields.key, id);
                unscored(Box::new(TermQuery::new(term, IndexRecordOption::Basic)))
            }
            Condition::Facet { facet, keys } => self.facet(*facet, keys),
            Condition::FacetPrefix { facet, prefix } => self.facet_prefix(*facet, prefix),
            Condition::SeverityRank { comparison, rank } => self.severity(*comparison, *rank),
            Condition::Number { field, range } => self.number(*field, *range),
            Condition::Date { range, days, zoned } => self.date(*range, *days, *zoned),
            Condition::Has { field, present } => self.has(field, *present),
            Condition::Key { key, values } => {
                let value = |value: &String| self.key_term(key, Some(value.as_str()));
                unscored(Box::new(BooleanQuery::union(values.iter().map(value).collect())))
            }
            Condition::KeyRange { key, range } => {
                unscored(Box::new(InRange { field: self.fields.keys, key: key.clone(), range: range.clone() }))
            }
            Condition::HasKey { key, present } => present_or_not(self.key_term(key, None), *present),
            Condition::LinksTo(_) | Condition::LinkedFrom(_) | Condition::Linked => {
                self.links.query(condition).map_or_else(|| Box::new(EmptyQuery) as Box<dyn Query>, unscored)
            }
        }
    }

    fn facet(&self, facet: Facet, keys: &[String]) -> Box<dyn Query> {
        let term = |key: &String| -> Box<dyn Query> {
            let term = Term::from_field_text(self.fields.facet_keys(facet), key);
            Box::new(TermQuery::new(term, IndexRecordOption::Basic))
        };
        unscored(Box::new(BooleanQuery::union(keys.iter().map(term).collect())))
    }

    fn facet_prefix(&self, facet: Facet, prefix: &str) -> Box<dyn Query> {
        let mut pattern = String::new();
        for c in prefix.chars() {
            if c.is_ascii_punctuation() {
                pattern.push('\\');
            }
            pattern.push(c);
        }
        pattern.push_str("(.|\n)*");
        match RegexQuery::from_pattern(&pattern, self.fields.facet_keys(facet)) {
            Ok(query) => unscored(Box::new(query)),
            // The pattern is too long for an automaton, and so is every value.
            Err(_) => Box::new(EmptyQuery),
        }
    }

    /// More severe incidents have a lower rank.
    fn severity(&self, comparison: Comparison, rank: u8) -> Box<dyn Query> {
        let rank = Term::from_field_u64(self.fields.rank, u64::from(rank));
        unscored(Box::new(match comparison {
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
        // A range open at both ends must still exclude incidents without a value, so it gets a lower bound.
        let (from, to) = match (bound(range.from), bound(range.to)) {
            (Bound::Unbounded, Bound::Unbounded) => {
                (Bound::Included(Term::from_field_f64(field, f64::MIN)), Bound::Unbounded)
            }
            ends => ends,
        };
        unscored(Box::new(RangeQuery::new(from, to)))
    }

    fn date(&self, range: TimeRange, days: bool, zoned: Option<TimeRange>) -> Box<dyn Query> {
        let mut any = vec![times(self.fields.date, range)];
        if days {
            any.push(times(self.fields.stated, range));
        }
        any.extend(zoned.map(|range| {
            let timed = Term::from_field_text(self.fields.has, HAS_TIME);
            let timed = Box::new(TermQuery::new(timed, IndexRecordOption::Basic));
            all_of(vec![(Occur::Must, times(self.fields.date, range)), (Occur::Must, unscored(timed))])
        }));
        if any.len() == 1 { any.remove(0) } else { unscored(Box::new(BooleanQuery::union(any))) }
    }

    fn has(&self, field: &str, present: bool) -> Box<dyn Query> {
        let term = Term::from_field_text(self.fields.has, field);
        present_or_not(Box::new(TermQuery::new(term, IndexRecordOption::Basic)), present)
    }

    fn key_term(&self, key: &str, value: Option<&str>) -> Box<dyn Query> {
        Box::new(TermQuery::new(keys::term(self.fields.keys, key, value), IndexRecordOption::Basic))
    }
}

/// Incidents that match a query, or those that do not.
fn present_or_not(has: Box<dyn Query>, present: bool) -> Box<dyn Query> {
    let has = unscored(has);
    if present { has } else { all_of(vec![(Occur::MustNot, has)]) }
}

/// The incidents with a time in a range.
fn times(field: Field, TimeRange { from, until }: TimeRange) -> Box<dyn Query> {
    let time = |seconds| Term::from_field_i64(field, seconds);
    // A range without a start must still exclude incidents without a date.
    let from = Bound::Included(time(from.unwrap_or(i64::MIN)));
    let until = until.map_or(Bound::Unbounded, |until| Bound::Excluded(time(until)));
    unscored(Box::new(RangeQuery::new(from, until)))
}

/// A query that matches everything.
fn everything() -> Box<dyn Query> {
    unscored(Box::new(AllQuery))
}

/// All clauses. If all of them exclude, they exclude from everything.
fn all_of(mut clauses: Vec<(Occur, Box<dyn Query>)>) -> Box<dyn Query> {
    if !clauses.iter().any(|(occur, _)| *occur == Occur::Must) {
        clauses.push((Occur::Must, everything()));
    }
    if clauses.len() == 1 { clauses.remove(0).1 } else { Box::new(BooleanQuery::new(clauses)) }
}

/// A query that filters without scoring.
fn unscored(query: Box<dyn Query>) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, 0.0))
}

#[cfg(test)]
mod tests {
    use crate::engine::Embedded;
    use crate::engine::fixture::{engine, ids};
    use crate::plan::Needed;

    fn archive() -> Embedded {
        engine(&[
            &[("both", "Zebra", "A quagga."), ("one", "Zebra", "An okapi."), ("none", "Gnu", "A gnu.")],
            &[("other", "Quagga", "An okapi and a zebra.")],
        ])
    }

    #[test]
    fn a_plan_becomes_a_query_for_matches_in_full_and_in_part() {
        let engine = archive();
        let check = |query: &str, full: &[&str], some: &[&str]| {
            assert_eq!(ids(&engine, query, Needed::All), full, "{query}");
            assert_eq!(ids(&engine, query, Needed::Some), some, "{query} in part");
        };
        check("zebra quagga", &["both", "other"], &["one"]);
        check("zebra (quagga OR gnu)", &["both", "other"], &["none", "one"]);
        check("zebra -okapi", &["both"], &[]);
        check("(zebra okapi) OR gnu", &["none", "one", "other"], &["both"]);
        check("quagga has:rootcause", &["both", "other"], &[]);
        check("quagga no:rootcause", &[], &[]);
        check("title:quagga", &["other"], &[]);
        check("-zebra", &["none"], &[]);
        check("*", &["both", "none", "one", "other"], &[]);
        check("zebra OR gnu OR zebra", &["both", "none", "one", "other"], &[]);
        check("zebra OR (okapi quagga) OR title:gnu", &["both", "none", "one", "other"], &[]);
        check("-(quagga OR gnu)", &["one"], &[]);
    }

    #[test]
    fn a_share_of_the_weight_is_enough_for_a_partial_match() {
        let text = |words: &str| ("ordinary ".to_owned() + words).trim_end().to_owned();
        let texts: Vec<(String, String)> =
            (0..40).map(|i| (format!("{i:02}"), text(if i < 2 { "zebra" } else { "" }))).collect();
        let reports: Vec<(&str, &str, &str)> =
            texts.iter().map(|(id, text)| (id.as_str(), "Title", text.as_str())).collect();
        let engine = engine(&[&reports]);
        // A word that all reports have is not a share of the weight; words that no report has do not count.
        assert_eq!(ids(&engine, "ordinary zebra okapi", Needed::Some), ["00", "01"]);
        let unknown: Vec<String> = (0..60).map(|i| format!("unknown{i}")).collect();
        assert_eq!(ids(&engine, &format!("zebra {}", unknown.join(" ")), Needed::Some), ["00", "01"]);
        assert_eq!(ids(&engine, "ordinary okapi", Needed::Some).len(), 40);
    }
}
