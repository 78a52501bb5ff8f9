//! Counts: how many incidents of a commit meet each of many filters, asked in one request, and never twice.
//!
//! In: filters as Query DSL. Out: numbers. A plan asks about one word after another; [`Rounds`] lets it ask with answers that are
//! guessed, finds out all of them at once, and asks again.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use crate::engine::opensearch::dsl::any_of;
use crate::engine::opensearch::snapshot::Snapshot;
use crate::error::Result;

/// How many filters one request counts.
const AT_ONCE: usize = 256;
/// How many counts are remembered of a commit.
const MOST_KNOWN: usize = 100_000;

/// The counts of a commit that are known, by their filters.
#[derive(Debug, Default)]
pub(super) struct Counts(Mutex<HashMap<String, u64>>);

impl Counts {
    fn known(&self) -> MutexGuard<'_, HashMap<String, u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known of some filters.
    fn of(&self, filters: &[Value]) -> Vec<Option<u64>> {
        let known = self.known();
        filters.iter().map(|filter| known.get(&filter.to_string()).copied()).collect()
    }

    /// The number of incidents that meet a filter, if it is known.
    pub(super) fn one(&self, filter: &Value) -> Option<u64> {
        self.known().get(&filter.to_string()).copied()
    }

    pub(super) fn add(&self, found: impl IntoIterator<Item = (String, u64)>) {
        let mut known = self.known();
        if known.len() > MOST_KNOWN {
            known.clear();
        }
        known.extend(found);
    }
}

/// Who counts: a snapshot, or a [round](Rounds) of a plan.
pub(super) trait Counter {
    /// The snapshot that is asked in the end.
    fn snapshot(&self) -> &Snapshot<'_>;

    /// The number of incidents that meet each filter.
    fn counts(&self, filters: Vec<Value>) -> Result<Vec<u64>>;

    /// The number of incidents that meet a filter.
    fn count(&self, filter: Value) -> Result<u64> {
        Ok(self.counts(vec![filter])?.first().copied().unwrap_or(0))
    }
}

impl Counter for Snapshot<'_> {
    fn snapshot(&self) -> &Snapshot<'_> {
        self
    }

    fn counts(&self, filters: Vec<Value>) -> Result<Vec<u64>> {
        let known = &self.view().counts;
        let unknown: Vec<Value> = {
            let of = known.of(&filters);
            filters.iter().zip(&of).filter(|(_, count)| count.is_none()).map(|(filter, _)| filter.clone()).collect()
        };
        let mut fresh = HashMap::new();
        for some in unknown.chunks(AT_ONCE) {
            let found = self.count_now(some)?;
            fresh.extend(some.iter().map(Value::to_string).zip(found));
        }
        let of = known.of(&filters);
        let count = |(filter, count): (&Value, Option<u64>)| {
            count.or_else(|| fresh.get(&filter.to_string()).copied()).unwrap_or(0)
        };
        let counts = filters.iter().zip(of).map(count).collect();
        known.add(fresh);
        Ok(counts)
    }
}

impl Snapshot<'_> {
    fn count_now(&self, filters: &[Value]) -> Result<Vec<u64>> {
        // Only incidents that meet one of them are looked at.
        let query = self.living_and(any_of(filters.to_vec()));
        let body = json!({
            "size": 0, "track_total_hits": false, "query": query,
            "aggs": { "counts": { "filters": { "filters": filters } } },
        });
        let answer = self.ask(&body)?;
        let buckets = answer["aggregations"]["counts"]["buckets"].as_array();
        let count = |at: usize| buckets.and_then(|buckets| buckets.get(at)?["doc_count"].as_u64()).unwrap_or(0);
        Ok((0..filters.len()).map(count).collect())
    }

    /// Makes a plan, which asks for counts as often as it takes: what it asked for in one round is found out in one request.
    pub(crate) fn planned<T>(&self, plan: impl Fn(&Rounds<'_>) -> Result<T>) -> Result<T> {
        /// A plan asks again where an answer leads to another question: about forms of a word, its halves, its corrections.
        const ROUNDS: usize = 8;
        for _ in 0..ROUNDS {
            let round = Rounds { snapshot: self, guesses: true, asked: Mutex::default() };
            let made = plan(&round);
            let asked = round.asked.into_inner().unwrap_or_else(PoisonError::into_inner);
            if asked.is_empty() {
                return made;
            }
            self.counts(asked)?;
        }
        plan(&Rounds { snapshot: self, guesses: false, asked: Mutex::default() })
    }
}

/// One round of questions: those without a known answer are noted, and answered by a guess.
pub(crate) struct Rounds<'s> {
    snapshot: &'s Snapshot<'s>,
    guesses: bool,
    asked: Mutex<Vec<Value>>,
}

impl Counter for Rounds<'_> {
    fn snapshot(&self) -> &Snapshot<'_> {
        self.snapshot
    }

    fn counts(&self, filters: Vec<Value>) -> Result<Vec<u64>> {
        /// Most words that are asked for are there.
        const GUESS: u64 = 1;
        if !self.guesses {
            return self.snapshot.counts(filters);
        }
        let known = self.snapshot.view().counts.of(&filters);
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.extend(filters.into_iter().zip(&known).filter(|(_, count)| count.is_none()).map(|(filter, _)| filter));
        Ok(known.into_iter().map(|count| count.unwrap_or(GUESS)).collect())
    }
}
