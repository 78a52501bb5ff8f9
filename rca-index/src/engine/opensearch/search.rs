//! Search: the best candidates of a plan, the number of its matches, and the counts of facets, in one request.
//!
//! In: a plan and its words. Out: candidates. By score, the cluster chooses more than are asked for, by a score like ours, and the
//! first pass orders them here; in any other order the cluster sorts. A longer list follows page by page, all of one point in time.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::engine::collect::{Candidate, Candidates, Collect, Direction, Order};
use crate::engine::lookup::KnownWords;
use crate::engine::opensearch::batch::{Batch, SCORED};
use crate::engine::opensearch::compile::Compiler;
use crate::engine::opensearch::counted::{FACET_VALUES, facet_aggregation, facet_counts};
use crate::engine::opensearch::mapping::{DATE, ID, RANK, number};
use crate::engine::opensearch::pages::Pages;
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
        let matches = self.living_and(compiler.matches(plan, needed));
        let aggregations: HashMap<String, Value> =
            collect.facets.iter().enumerate().map(|(at, facet)| (at.to_string(), facet_aggregation(facet))).collect();
        let first = json!({ "track_total_hits": true, "aggs": aggregations });
        let by_score = collect.order == Order::Score && collect.limit > 0;
        let (answer, mut found) = if by_score {
            let query = json!({ "bool": { "filter": [matches], "should": compiler.scores(plan) } });
            self.scored((plan, words), needed, collect, &query, first)?
        } else {
            self.sorted(collect, &matches, first)?
        };
        found.total = answer["hits"]["total"]["value"].as_u64().unwrap_or(0) as usize;
        found.facets.clear();
        for at in 0..collect.facets.len() {
            let (counts, others) = facet_counts(&collect.facets[at], &answer["aggregations"][at.to_string()]);
            found.facets.push(counts);
            if others > 0 {
                found.cuts.push(Cut { what: CutKind::FacetValues, kept: FACET_VALUES, of: others });
            }
        }
        if plan.ranked.len() < whole.ranked.len() {
            found.cuts.push(Cut { what: CutKind::Words, kept: plan.ranked.len(), of: whole.ranked.len() });
        }
        Ok(found)
    }

    /// The best by score.
    fn scored(
        &self,
        (plan, words): (&Plan, &KnownWords),
        needed: Needed,
        collect: &Collect,
        query: &Value,
        first: Value,
    ) -> Result<(Value, Candidates)> {
        let chosen = (collect.limit + (collect.limit / 4).max(MORE_SCORED)).min(MOST_SCORED);
        let sort = json!([{ "_score": "desc" }, { DATE: { "order": "desc", "missing": "_last" } }, { ID: "asc" }]);
        let mut pages = Pages::new(self, with(first, json!({ "query": query, "sort": sort })));
        pages.keep_open = collect.limit > chosen;
        let answer = pages.next(chosen, &SCORED)?.unwrap_or_default();
        let stored = hits(&answer).map(|hit| Ok((&hit["_source"], self.stored_of(&hit["_source"])?)));
        let batch = Arc::new(Batch::new(self.next_batch(), stored.collect::<Result<_>>()?)?);
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

/// The order of the cluster: by value, then the latest, then by id. Incidents without a value come last.
fn sort_of(order: Order) -> Value {
    let by = |field: &str, order: &str| json!({ field: { "order": order, "missing": "_last" } });
    let latest = by(DATE, "desc");
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
