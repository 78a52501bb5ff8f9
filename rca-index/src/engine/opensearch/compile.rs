//! Compilation: from a plan to a query of a cluster.
//!
//! In: a plan and its words, looked up. Out: Query DSL that matches the incidents that the embedded engine finds, and clauses by
//! which the cluster chooses the best of them. Only our second pass decides their order.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use serde_json::{Value, json};

use crate::engine::document::HAS_TIME;
use crate::engine::lookup::KnownWords;
use crate::engine::opensearch::dsl::{all_of, any_of, none, not, term, terms};
use crate::engine::opensearch::mapping::{
    self, DATE, FRONT, HAS, ID, JOINER, RANK, STATED_DATE, TEXT, TITLE, facet, number, region,
};
use crate::plan::{Alternative, Clause, Condition, Form, Needed, Pattern, Plan, TimeRange, Word, WordId};
use crate::query::{Comparison, NumberRange};
use crate::ranking::least_share;
use crate::schema::TextField;
use crate::text::analyzer::Analyzer;

/// How many clauses of a query score: those of the rarest words. A cluster takes 1,024 clauses in all.
const MOST_SCORING: usize = 300;
/// How many clauses may decide what matches.
const MOST_MATCHING: usize = 600;
/// Sums of the same weights in another order differ in their last bits.
const TOLERANCE: f32 = 0.9999;

/// The queries of conditions that only the cluster could tell: on links, and on ranges of keys.
#[derive(Debug, Default)]
pub(super) struct Resolved(Vec<(Condition, Value)>);

impl Resolved {
    pub(super) fn add(&mut self, condition: &Condition, query: Value) {
        self.0.push((condition.clone(), query));
    }

    fn query(&self, condition: &Condition) -> Value {
        self.0.iter().find(|(known, _)| known == condition).map_or_else(none, |(_, query)| query.clone())
    }
}

/// Compiles plans.
pub(super) struct Compiler<'a> {
    pub(super) words: &'a KnownWords,
    pub(super) analyzer: &'a Analyzer,
    pub(super) resolved: &'a Resolved,
}

impl Compiler<'_> {
    /// The query of a plan, for full or partial matches.
    pub(super) fn matches(&self, plan: &Plan, needed: Needed) -> Value {
        let mut all = match needed {
            Needed::All => self.full(plan),
            Needed::Some | Needed::Any => {
                let mut some = vec![self.share(&plan.ranked)];
                if needed == Needed::Some && !plan.any {
                    some.push(not(&all_of(self.full(plan))));
                }
                some
            }
        };
        all.extend(plan.conditions.iter().map(|condition| self.clause(condition)));
        all_of(all)
    }

    /// The plan with as many words as a query may have: the rarest.
    pub(super) fn shortened<'p>(&self, plan: &'p Plan) -> Cow<'p, Plan> {
        let clauses = |word: &Word| fields(word).len() * (1 + phrases(word).map(|a| a.slots.len()).sum::<usize>());
        let mut ranked = plan.ranked.clone();
        ranked.sort_by(|&a, &b| self.words.rarity(b).total_cmp(&self.words.rarity(a)));
        let mut left = MOST_MATCHING;
        let mut is_kept = |word: &WordId| {
            let of_word: usize = self.words.of(&[*word]).iter().map(|known| clauses(known.word())).sum();
            let fits = of_word <= left;
            left = if fits { left - of_word } else { 0 };
            fits
        };
        let kept: HashSet<WordId> = ranked.into_iter().take_while(&mut is_kept).collect();
        if kept.len() == plan.ranked.len() {
            return Cow::Borrowed(plan);
        }
        let mut plan = plan.clone();
        plan.ranked.retain(|word| kept.contains(word));
        plan.needed.retain(|word| kept.contains(word));
        Cow::Owned(plan)
    }

    /// What a full match must have, apart from the conditions.
    fn full(&self, plan: &Plan) -> Vec<Value> {
        let words = plan.needed.iter().map(|&word| self.word(word));
        words.chain(plan.groups.iter().map(|group| self.clause(group))).collect()
    }

    /// The words of which an incident must have a share of the weight.
    fn share(&self, ranked: &[WordId]) -> Value {
        let weights = self.words.weights(ranked);
        let known = weights.iter().filter(|weight| weight.known);
        let needed = TOLERANCE * least_share(known.map(|weight| (weight.share, weight.times)));
        let counted = || ranked.iter().zip(&weights).filter(|(_, weight)| weight.share > 0.0);
        if counted().all(|(_, weight)| weight.share >= needed) {
            return any_of(counted().map(|(&word, _)| self.word(word)).collect());
        }
        let shares = counted().map(|(&word, weight)| {
            let query = self.word(word);
            json!({ "constant_score": { "filter": query, "boost": weight.share } })
        });
        let any = any_of(shares.collect());
        json!({ "function_score": { "query": any, "min_score": needed } })
    }

    fn clause(&self, clause: &Clause) -> Value {
        match clause {
            Clause::Everything => all_of(Vec::new()),
            Clause::Words(words) => all_of(words.iter().map(|&word| self.word(word)).collect()),
            Clause::Condition(condition) => self.condition(condition),
            Clause::All(clauses) => all_of(clauses.iter().map(|clause| self.clause(clause)).collect()),
            Clause::Any(clauses) => any_of(clauses.iter().map(|clause| self.clause(clause)).collect()),
            Clause::Not(inner) => not(&self.clause(inner)),
        }
    }

    /// The incidents with a word.
    fn word(&self, word: WordId) -> Value {
        let known = self.words.of(&[word]);
        any_of(known.iter().flat_map(|known| self.places(known.word())).collect())
    }

    /// The queries of a word, any of which is enough.
    fn places(&self, word: &Word) -> Vec<Value> {
        let mut any = Vec::new();
        for field in fields(word) {
            let single = word.alternatives.iter().filter(|alternative| alternative.slots.len() == 1);
            let mut single: Vec<String> = single.flat_map(|a| self.terms(&a.slots[0].forms)).collect();
            single.sort_unstable();
            single.dedup();
            if !single.is_empty() {
                any.push(terms(&field, &single));
            }
            any.extend(phrases(word).filter_map(|phrase| self.phrase(&field, phrase, None)));
        }
        any
    }

    /// The terms of the forms of a slot. Open patterns are already replaced by the words that they match.
    pub(super) fn terms(&self, forms: &[Form]) -> Vec<String> {
        terms_of(forms, self.analyzer)
    }

    /// Words at their places: the tokens of each place, which the cluster takes apart as it does those of a document.
    fn phrase(&self, field: &str, phrase: &Alternative, boost: Option<f32>) -> Option<Value> {
        let places: Vec<String> =
            phrase.slots.iter().map(|slot| self.terms(&slot.forms).join(&JOINER.to_string())).collect();
        if places.iter().any(String::is_empty) {
            return None;
        }
        let mut query = json!({ "query": places.join(" "), "analyzer": "tokens", "slop": phrase.slop });
        if let (Some(boost), Value::Object(query)) = (boost, &mut query) {
            query.insert("boost".to_owned(), json!(boost));
        }
        Some(json!({ "match_phrase": { field: query } }))
    }

    /// The clauses that score, of the rarest words if they are many.
    pub(super) fn scores(&self, plan: &Plan) -> Vec<Value> {
        let mut ranked: Vec<WordId> = plan.ranked.clone();
        ranked.sort_by(|&a, &b| self.words.rarity(b).total_cmp(&self.words.rarity(a)));
        let mut scores = Vec::new();
        for word in ranked {
            let of_word = self.scores_of(word);
            if scores.len() + of_word.len() > MOST_SCORING && !scores.is_empty() {
                break;
            }
            scores.extend(of_word.into_iter().take(MOST_SCORING));
        }
        scores
    }

    fn scores_of(&self, word: WordId) -> Vec<Value> {
        let mut scores = Vec::new();
        let (known, weights) = (self.words.of(&[word]), self.words.weights(&[word]));
        for (known, weight) in known.iter().zip(weights) {
            let word = known.word();
            let factor = weight.times as f32 * word.weight;
            for field in fields(word) {
                let factor = if field == TITLE { factor * weight.title } else { factor };
                let mut single: BTreeMap<String, f32> = BTreeMap::new();
                for alternative in word.alternatives.iter().filter(|alternative| alternative.slots.len() == 1) {
                    for form in &alternative.slots[0].forms {
                        for term in terms_of(std::slice::from_ref(form), self.analyzer) {
                            let boost = single.entry(term).or_default();
                            *boost = boost.max(factor * alternative.weight * form.weight);
                        }
                    }
                }
                let term = |(term, boost)| json!({ "term": { &field: { "value": term, "boost": boost } } });
                scores.extend(single.into_iter().map(term));
                scores.extend(phrases(word).filter_map(|a| self.phrase(&field, a, Some(factor * a.weight))));
            }
        }
        scores
    }

    fn condition(&self, condition: &Condition) -> Value {
        match condition {
            Condition::Id(id) => term(ID, id),
            Condition::Facet { facet: of, keys } => terms(&facet(*of), keys),
            Condition::FacetPrefix { facet: of, prefix } => json!({ "prefix": { facet(*of): prefix } }),
            Condition::SeverityRank { comparison, rank } => {
                // More severe incidents have a lower rank.
                let end = match comparison {
                    Comparison::GreaterOrEqual => "lte",
                    Comparison::Greater => "lt",
                    Comparison::LessOrEqual => "gte",
                    Comparison::Less => "gt",
                };
                json!({ "range": { RANK: { end: rank } } })
            }
            Condition::Number { field, range } => numbers(&number(*field), *range),
            Condition::Date { range, days, zoned } => {
                let mut any = vec![times(DATE, *range)];
                if *days {
                    any.push(times(STATED_DATE, *range));
                }
                any.extend(zoned.map(|range| all_of(vec![times(DATE, range), term(HAS, HAS_TIME)])));
                any_of(any)
            }
            Condition::Has { field, present } => present_or_not(term(HAS, field), *present),
            Condition::Key { key, values } => {
                let values: Vec<String> = values.iter().map(|value| mapping::front(key, Some(value))).collect();
                terms(FRONT, &values)
            }
            Condition::HasKey { key, present } => present_or_not(term(FRONT, key), *present),
            Condition::KeyRange { .. } | Condition::LinksTo(_) | Condition::LinkedFrom(_) | Condition::Linked => {
                self.resolved.query(condition)
            }
        }
    }
}

/// The terms of an index for some forms.
pub(super) fn terms_of(forms: &[Form], analyzer: &Analyzer) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for form in forms {
        match &form.pattern {
            Pattern::Word(word) => found.push(mapping::term(word).into_owned()),
            Pattern::Stem(stem) => found.extend(analyzer.stem_terms(stem)),
            Pattern::Prefix(_) | Pattern::Start(_) | Pattern::Typo { .. } => {}
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// The fields that a word may stand in.
fn fields(word: &Word) -> Vec<String> {
    match word.field {
        None => vec![TEXT.to_owned(), TITLE.to_owned()],
        Some(TextField::Title) => vec![TITLE.to_owned()],
        Some(field) => vec![region(field)],
    }
}

/// The alternatives of several words.
fn phrases(word: &Word) -> impl Iterator<Item = &Alternative> {
    word.alternatives.iter().filter(|alternative| alternative.slots.len() > 1)
}

fn present_or_not(has: Value, present: bool) -> Value {
    if present { has } else { not(&has) }
}

/// The incidents with a time in a range. One without ends excludes those without a time.
fn times(field: &str, TimeRange { from, until }: TimeRange) -> Value {
    let mut range = serde_json::Map::new();
    range.insert("gte".to_owned(), from.unwrap_or(i64::MIN).into());
    range.extend(until.map(|until| ("lt".to_owned(), until.into())));
    json!({ "range": { field: range } })
}

/// The incidents with a number in a range.
fn numbers(field: &str, NumberRange { from, to }: NumberRange) -> Value {
    let mut range = serde_json::Map::new();
    let mut end = |at: Option<(f64, bool)>, included: &str, excluded: &str| {
        if let Some((value, is_included)) = at {
            // JSON has no infinite numbers.
            let value = value.clamp(f64::MIN, f64::MAX);
            range.insert(if is_included { included } else { excluded }.to_owned(), json!(value));
        }
    };
    end(from, "gte", "gt");
    end(to, "lte", "lt");
    if range.is_empty() { json!({ "exists": { "field": field } }) } else { json!({ "range": { field: range } }) }
}

#[cfg(test)]
mod tests;
