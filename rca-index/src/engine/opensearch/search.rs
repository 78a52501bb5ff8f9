//! Search: the best candidates of a plan, the number of its matches, and the counts of facets, in one request.
//!
//! In: a plan and its words. Out: candidates. By score, the cluster chooses more than are asked for, by a score like ours, and the
//! first pass orders them here; in any other order the cluster sorts. A longer list follows page by page, all of one point in time.

use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;
use serde_json::{Value, json};

use crate::engine::collect::{Candidate, Candidates, Collect, Direction, Order};
use crate::engine::facets::ValueCounts;
use crate::engine::lookup::KnownWords;
use crate::engine::opensearch::batch::Batch;
use crate::engine::opensearch::compile::Compiler;
use crate::engine::opensearch::counted::{FACET_VALUES, facet_aggregation, facet_counts};
use crate::engine::opensearch::mapping::{DATE, ID, RANK, SCORED, number};
use crate::engine::opensearch::pages::Pages;
use crate::engine::opensearch::scored::Scored;
use crate::engine::opensearch::snapshot::{Snapshot, hits};
use crate::engine::opensearch::stored::STORED;
use crate::error::Result;
use crate::plan::{Cut, CutKind, Needed, Plan};
use crate::query::SortKey;

/// How many incidents are scored here at most. More of them follow in the cluster's order.
const MOST_SCORED: usize = 1_000;
/// The cluster chooses so many more than are asked for, since its score is only like ours: a quarter, and at least these.
const MORE_SCORED: usize = 100;
/// How many incidents are listed at once, with what is stored of them if no more are asked for.
pub(super) const LISTED: usize = 200;

impl Snapshot<'_> {
    /// The candidates of a plan.
    pub(super) fn search(
        &self,
        plan: &Plan,
        words: &KnownWords,
        needed: Needed,
        collect: &Collect,
    ) -> Result<Candidates> {
        let resolved = self.resolved(plan)?;
        let compiler = Compiler { words, analyzer: self.view().analyzer(), resolved: &resolved };
        // A cluster takes only so many clauses.
        let shortened = compiler.shortened(plan);
        let (whole, plan) = (plan, &*shortened);
        let counts = &self.view().counts;
        // To leave out full matches costs the cluster as much as to find them. Often it is known by now that there are none.
        let no_full = needed == Needed::Some && counts.one(&compiler.matches(plan, Needed::All)) == Some(0);
        let matched = compiler.matches(plan, if no_full { Needed::Any } else { needed });
        let is_count = collect.limit == 0 && collect.facets.is_empty();
        if let Some(total) = counts.one(&matched).filter(|&total| total == 0 || is_count) {
            let facets = vec![ValueCounts::default(); collect.facets.len()];
            return Ok(Candidates { total: total as usize, facets, ..Candidates::default() }.cut(whole, plan));
        }
        let matches = self.living_and(matched.clone());
        let aggregations: HashMap<String, Value> =
            collect.facets.iter().enumerate().map(|(at, facet)| (at.to_string(), facet_aggregation(facet))).collect();
        let first = json!({ "track_total_hits": true, "aggs": aggregations });
        let by_score = collect.order == Order::Score && collect.limit > 0;
        let (answer, mut found) = if by_score {
            let query = json!({ "bool": { "filter": [matches], "should": compiler.scores(plan) } });
            self.scored((plan, words), needed, collect, &query, &first)?
        } else {
            self.sorted(collect, &matches, first)?
        };
        let total = answer["hits"]["total"]["value"].as_u64().unwrap_or(0);
        counts.add([(matched.to_string(), total)]);
        found.total = total as usize;
        found.facets.clear();
        for at in 0..collect.facets.len() {
            let (counts, others) = facet_counts(&collect.facets[at], &answer["aggregations"][at.to_string()]);
            found.facets.push(ValueCounts::Terms(counts));
            if others > 0 {
                found.cuts.push(Cut { what: CutKind::FacetValues, kept: FACET_VALUES, of: others });
            }
        }
        Ok(found.cut(whole, plan))
    }

    /// The best by score.
    fn scored(
        &self,
        (plan, words): (&Plan, &KnownWords),
        needed: Needed,
        collect: &Collect,
        query: &Value,
        first: &Value,
    ) -> Result<(Value, Candidates)> {
        let chosen = (collect.limit + (collect.limit / 4).max(MORE_SCORED)).min(MOST_SCORED);
        let (by_score, id) = (json!([{ "_score": "desc" }, latest()]), json!({ ID: "asc" }));
        let ask = |sort: Value| -> Result<(Pages<'_>, Value)> {
            let body = json!({ "query": query, "sort": sort, "docvalue_fields": [SCORED, ID] });
            let mut pages = Pages::new(self, with(first.clone(), body));
            pages.keep_open = collect.limit > chosen;
            let answer = pages.next(chosen, &[])?.unwrap_or_default();
            Ok((pages, answer))
        };
        // To compare ids takes the cluster as long as all the rest, and hardly ever decides who is chosen.
        let by_id = || json!([{ "_score": "desc" }, latest(), id]);
        let (mut pages, mut answer) = ask(if collect.limit > chosen { by_id() } else { by_score })?;
        if collect.limit <= chosen && ends_in_a_tie(&answer, chosen, collect.limit) {
            (pages, answer) = ask(by_id())?;
        }
        let batch = Arc::new(Batch::new(self.next_batch(), self.scored_of(&answer)?));
        let here = Collect { limit: collect.limit, order: Order::Score, facets: Vec::new() };
        let mut found = batch.candidates((plan, words), needed, self.read(), here)?;
        // Those behind them were not scored here; their scores are no higher.
        let mut lowest = found.best.last().map_or(f32::INFINITY, |candidate| candidate.score);
        while found.best.len() >= chosen && found.best.len() < collect.limit {
            let Some(answer) = pages.next((collect.limit - found.best.len()).min(LISTED), &[])? else { break };
            found.best.extend(self.listed(&answer, None).map(|(mut candidate, score)| {
                lowest = lowest.min(score);
                candidate.score = lowest;
                candidate
            }));
        }
        Ok((answer, found))
    }

    /// What scoring needs of the hits of an answer, with their ids.
    fn scored_of(&self, answer: &Value) -> Result<Vec<(String, Scored)>> {
        let scored = |hit: &&Value| {
            let fields = &hit["fields"];
            Some((fields[ID][0].as_str()?.to_owned(), Scored::unpacked(fields[SCORED][0].as_str()?)?))
        };
        let unreadable = || self.cluster.remote.damaged("a candidate cannot be read".to_owned());
        let hits: Vec<&Value> = hits(answer).collect();
        hits.par_iter().map(|hit| scored(hit).ok_or_else(unreadable)).collect()
    }

    /// The first in the cluster's order.
    fn sorted(&self, collect: &Collect, matches: &Value, first: Value) -> Result<(Value, Candidates)> {
        let sort = sort_of(collect.order);
        let mut pages = Pages::new(self, with(first, json!({ "query": matches, "sort": sort })));
        pages.keep_open = collect.limit > LISTED;
        let wanted: &[&str] = if pages.keep_open { &[] } else { &STORED };
        let answer = pages.next(collect.limit.min(LISTED), wanted)?.unwrap_or_default();
        let mut found = Candidates::default();
        let stored = (!pages.keep_open).then(|| hits(&answer).map(|hit| self.stored_of(&hit["_source"])));
        let stored = stored.map(Iterator::collect::<Result<Vec<_>>>).transpose()?;
        found.best.extend(self.listed(&answer, stored).map(|(candidate, _)| candidate));
        while pages.keep_open && found.best.len() < collect.limit {
            let Some(next) = pages.next((collect.limit - found.best.len()).min(LISTED), &[])? else { break };
            found.best.extend(self.listed(&next, None).map(|(candidate, _)| candidate));
        }
        Ok((answer, found))
    }

    /// The candidates of a page, with the cluster's scores.
    fn listed(
        &self,
        page: &Value,
        stored: Option<Vec<crate::engine::opensearch::stored::Stored>>,
    ) -> impl Iterator<Item = (Candidate, f32)> + use<> {
        let mut listed = Vec::new();
        let mut scores = Vec::new();
        for hit in hits(page) {
            // The id is the last of the values that the page is sorted by, the date the one before.
            let sort = hit["sort"].as_array().map_or(&[][..], Vec::as_slice);
            let [.., date, id] = sort else { continue };
            let date = date.as_i64().filter(|&date| date != i64::MIN && date != i64::MAX);
            listed.push((id.as_str().unwrap_or_default().to_owned(), date));
            scores.push(hit["_score"].as_f64().unwrap_or(0.0) as f32);
        }
        let batch = Arc::new(Batch::listed(self.next_batch(), listed, stored));
        (0..).zip(scores).map(move |(at, score)| (Candidate::listed(Arc::clone(&batch), at, 0.0), score))
    }
}

impl Candidates {
    /// Tells which words of a plan were not looked for.
    fn cut(mut self, whole: &Plan, plan: &Plan) -> Self {
        if plan.ranked.len() < whole.ranked.len() {
            self.cuts.push(Cut { what: CutKind::Words, kept: plan.ranked.len(), of: whole.ranked.len() });
        }
        self
    }
}

/// Whether those that are not chosen may come before one of the first, which an order by score and date cannot tell.
fn ends_in_a_tie(answer: &Value, chosen: usize, first: usize) -> bool {
    let hits: Vec<&Value> = hits(answer).collect();
    let at = |at: usize| hits.get(at).map(|hit| &hit["sort"]);
    hits.len() == chosen && first > 0 && at(first - 1) == at(chosen - 1)
}

/// The latest first. Incidents without a date come last.
fn latest() -> Value {
    json!({ DATE: { "order": "desc", "missing": "_last" } })
}

/// The order of the cluster: by value, then the latest, then by id. Incidents without a value come last.
fn sort_of(order: Order) -> Value {
    let by = |field: &str, order: &str| json!({ field: { "order": order, "missing": "_last" } });
    let latest = latest();
    let id = json!({ ID: "asc" });
    let Order::Value(key, direction) = order else { return json!([latest, id]) };
    let (up, down) = match direction {
        Direction::Ascending => ("asc", "desc"),
        Direction::Descending => ("desc", "asc"),
    };
    match key {
        SortKey::Relevance => json!([latest, id]),
        SortKey::Date => json!([by(DATE, up), id]),
        // More severe incidents have a lower rank.
        SortKey::Severity => json!([by(RANK, down), latest, id]),
        SortKey::Number(field) => json!([by(&number(field), up), latest, id]),
    }
}

/// An object with the entries of another.
fn with(mut object: Value, more: Value) -> Value {
    if let (Value::Object(object), Value::Object(more)) = (&mut object, more) {
        object.extend(more);
    }
    object
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tie_matters_only_if_it_reaches_those_that_are_asked_for() {
        let answer = |scores: &[f32]| {
            let hits: Vec<Value> = scores.iter().map(|score| json!({ "sort": [score, 5] })).collect();
            json!({ "hits": { "hits": hits } })
        };
        assert!(!ends_in_a_tie(&answer(&[3.0, 2.0, 1.0, 1.0]), 4, 2));
        assert!(ends_in_a_tie(&answer(&[3.0, 1.0, 1.0, 1.0]), 4, 2));
        // All of them are here.
        assert!(!ends_in_a_tie(&answer(&[1.0, 1.0, 1.0]), 4, 2));
        assert!(!ends_in_a_tie(&Value::Null, 4, 2));
    }
}
