//! Snapshots: one generation of an archive in a cluster, as seen by one search.
//!
//! In: questions of the rooms above. Out: their answers, each of this generation, whatever others write meanwhile.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use rayon::prelude::*;
use serde::Deserialize as _;
use serde_json::{Value, json};

use crate::archive::names::Names;
use crate::engine::collect::{Candidate, Candidates, Collect};
use crate::engine::commit::Commit;
use crate::engine::facets::ValueCounts;
use crate::engine::lookup::KnownWords;
use crate::engine::opensearch::batch::Batch;
use crate::engine::opensearch::cluster::{Cluster, searching};
use crate::engine::opensearch::counts::Counter as _;
use crate::engine::opensearch::dsl::{all_of, term, terms};
use crate::engine::opensearch::http::Method;
use crate::engine::opensearch::mapping::ID;
use crate::engine::opensearch::stored::{STORED, Stored};
use crate::engine::opensearch::view::View;
use crate::engine::opensearch::vocabulary::any_value;
use crate::engine::read_log::ReadLog;
use crate::engine::seam::{Nearest, Reads};
use crate::error::Result;
use crate::incident::{FailedCount, Incident, Summary, Text};
use crate::parse::ParseOptions;
use crate::plan::{Condition, Evidence, Needed, Plan, SearchWork, Statistics, WordId};
use crate::schema::{Facet, FacetName};
use crate::text::Synonyms;
use crate::text::analyzer::Analyzer;

/// One generation as seen by one search.
pub(crate) struct Snapshot<'e> {
    pub(super) cluster: &'e Cluster,
    view: Arc<View>,
    /// The number of the next batch.
    batches: Arc<AtomicU32>,
    /// What it reads here; what the cluster reads, nobody tells.
    log: ReadLog,
}

impl Cluster {
    /// A snapshot of the last commit.
    ///
    /// # Errors
    /// [`Error::IndexOtherVersion`](crate::Error::IndexOtherVersion) if a later version wrote it; those of requests.
    pub(crate) fn snapshot(&self) -> Result<Snapshot<'_>> {
        let view = self.latest.view(self.current()?, self.archive()?);
        Ok(Snapshot { cluster: self, view, batches: Arc::default(), log: ReadLog::default() })
    }
}

impl Snapshot<'_> {
    /// The same generation, for another search.
    pub(crate) fn again(&self) -> Self {
        let (view, batches) = (Arc::clone(&self.view), Arc::clone(&self.batches));
        Self { cluster: self.cluster, view, batches, log: ReadLog::default() }
    }

    /// The commit, and what logs what is read of it here.
    pub(super) fn read(&self) -> (&Arc<Commit>, &ReadLog) {
        (&self.view.commit, &self.log)
    }

    fn parsed(&self, stored: &Stored) -> Incident {
        self.log.add_report();
        stored.incident(self.parse_options())
    }

    pub(super) fn view(&self) -> &View {
        &self.view
    }

    pub(super) fn next_batch(&self) -> u32 {
        self.batches.fetch_add(1, Ordering::Relaxed)
    }

    /// The query for the incidents of this generation that match.
    pub(super) fn living_and(&self, query: Value) -> Value {
        let filters: Vec<Value> = self.view.living.iter().cloned().chain([query]).collect();
        json!({ "bool": { "filter": filters } })
    }

    /// Searches; the answer is of all shards. Before the first commit there is nothing to be found.
    pub(super) fn ask(&self, body: &Value) -> Result<Value> {
        if self.view.index.is_empty() {
            return Ok(Value::Null);
        }
        let gone =
            || self.cluster.remote.damaged(format!("the index `{}` of its last update is gone", self.view.index));
        self.cluster.remote.search(&self.view.index, body)?.ok_or_else(gone)
    }

    /// Searches a point in time, which names its index.
    pub(super) fn ask_open(&self, body: &Value) -> Result<Value> {
        let remote = &self.cluster.remote;
        let answer = remote.send(Method::Post, "/_search", searching(body))?;
        remote.whole(answer)?.ok_or_else(|| remote.damaged("a point in time of a search is gone".to_owned()))
    }

    /// What is stored of a hit.
    pub(super) fn stored_of(&self, source: &Value) -> Result<Stored> {
        let unreadable = |e| self.cluster.remote.damaged(format!("a stored incident cannot be read: {e}"));
        Stored::deserialize(source).map_err(unreadable)
    }

    /// What is stored of the incident with an id.
    fn stored(&self, id: &str) -> Result<Option<Stored>> {
        let body = json!({
            "size": 1, "track_total_hits": false, "_source": STORED, "query": self.living_and(term(ID, id)),
        });
        let answer = self.ask(&body)?;
        hits(&answer).next().map(|hit| self.stored_of(&hit["_source"])).transpose()
    }

    /// What is stored of some incidents, in their order.
    fn stored_of_all(&self, ids: &[String]) -> Result<Vec<Stored>> {
        let body = json!({
            "size": ids.len(), "track_total_hits": false, "_source": STORED, "query": self.living_and(terms(ID, ids)),
        });
        let answer = self.ask(&body)?;
        let found = hits(&answer).map(|hit| self.stored_of(&hit["_source"])).collect::<Result<Vec<_>>>()?;
        let mut found: HashMap<String, Stored> = found.into_iter().map(|stored| (stored.id.clone(), stored)).collect();
        let gone = |id: &String| self.cluster.remote.damaged(format!("the incident `{id}` of this search is gone"));
        ids.iter().map(|id| found.remove(id).ok_or_else(|| gone(id))).collect()
    }

    /// Passes on what is stored of a candidate's incident.
    fn with_stored<T>(&self, candidate: &Candidate, read: impl FnOnce(&Stored) -> Option<T>) -> Result<T> {
        let lost = || self.cluster.remote.damaged("a stored incident cannot be read".to_owned());
        let Some(batch) = &candidate.batch else { return Err(lost()) };
        let stored = batch.stored(candidate.address.doc_id as usize, |ids| self.stored_of_all(ids))?;
        stored.as_deref().and_then(read).ok_or_else(lost)
    }

    /// Fetches what is stored of candidates that are about to be loaded, in one request for all that one search scored.
    pub(crate) fn expect<'c>(&self, candidates: impl IntoIterator<Item = &'c Candidate>) -> Result<()> {
        let mut expected: Vec<(&Arc<Batch>, Vec<usize>)> = Vec::new();
        for candidate in candidates {
            let Some(batch) = candidate.batch.as_ref().filter(|batch| batch.is_scored()) else { continue };
            let at = candidate.address.doc_id as usize;
            match expected.iter_mut().find(|(known, _)| known.number() == batch.number()) {
                Some((_, places)) => places.push(at),
                None => expected.push((batch, vec![at])),
            }
        }
        expected.into_iter().try_for_each(|(batch, places)| batch.fetch(places, |ids| self.stored_of_all(ids)))
    }

    /// Passes the evidence of each candidate to `judge`, and returns the results in the order of the candidates.
    pub(crate) fn inspect<R: Send>(
        &self,
        words: &KnownWords,
        ranked: &[WordId],
        preferred: Option<&Condition>,
        candidates: &[Candidate],
        judge: impl Fn(Evidence<'_>) -> R + Sync + Send,
    ) -> Result<Vec<R>> {
        let mut judged: Vec<R> = Vec::with_capacity(candidates.len());
        let number = |candidate: &Candidate| candidate.batch.as_ref().map(|batch| batch.number());
        for some in candidates.chunk_by(|a, b| number(a) == number(b)) {
            let batch = some.first().and_then(|candidate| candidate.batch.as_ref());
            let found = batch.map(|batch| batch.inspect((words, ranked), preferred, self.read(), some, &judge));
            let lost = || self.cluster.remote.damaged("a candidate was not scored".to_owned());
            judged.extend(found.transpose()?.flatten().ok_or_else(lost)?);
        }
        Ok(judged)
    }

    /// Maps several incidents; the results are in order.
    #[allow(clippy::unused_self, reason = "the embedded engine decides by its size")]
    pub(crate) fn map<'c, T: Sync, R: Send>(
        &self,
        candidates: &'c [T],
        work: impl Fn(&'c T) -> Result<R> + Sync + Send,
    ) -> Result<Vec<R>> {
        candidates.par_iter().map(work).collect()
    }
}

/// The hits of an answer.
pub(super) fn hits(answer: &Value) -> impl Iterator<Item = &Value> {
    answer["hits"]["hits"].as_array().into_iter().flatten()
}

impl Reads for Snapshot<'_> {
    fn incidents(&self) -> usize {
        usize::try_from(self.view.incidents).unwrap_or(usize::MAX)
    }

    fn statistics(&self) -> Statistics {
        self.view.statistics()
    }

    fn analyzer(&self) -> &Analyzer {
        self.view.analyzer()
    }

    fn parse_options(&self) -> &ParseOptions {
        &self.view.commit.parse_options
    }

    fn synonyms(&self) -> &Synonyms {
        &self.view.commit.synonyms
    }

    fn failed(&self) -> FailedCount {
        self.view.commit.failed
    }

    fn work(&self) -> SearchWork {
        self.log.work()
    }

    fn look_up(&self, plan: &Plan) -> Result<KnownWords> {
        self.known_words(plan)
    }

    fn candidates(&self, plan: &Plan, words: &KnownWords, needed: Needed, collect: Collect) -> Result<Candidates> {
        self.search(plan, words, needed, &collect)
    }

    fn incident(&self, candidate: &Candidate) -> Result<Incident> {
        self.with_stored(candidate, |stored| Some(self.parsed(stored)))
    }

    fn summary(&self, candidate: &Candidate) -> Result<Summary> {
        self.with_stored(candidate, Stored::summary)
    }

    fn summary_and_text(&self, candidate: &Candidate) -> Result<(Summary, Text<'static>)> {
        self.log.add_report();
        self.with_stored(candidate, |stored| Some((stored.summary()?, stored.text(self.parse_options()))))
    }

    fn texts(&self, candidate: &Candidate) -> Result<[String; 2]> {
        self.with_stored(candidate, |stored| Some(stored.texts()))
    }

    fn get(&self, id: &str) -> Result<Option<Incident>> {
        Ok(self.stored(id)?.map(|stored| self.parsed(&stored)))
    }

    fn has_id(&self, id: &str) -> Result<bool> {
        Ok(self.count(term(ID, id))? > 0)
    }

    fn is_report(&self, id: &str) -> Result<bool> {
        self.has_id(id)
    }

    fn stored_report(&self, id: &str) -> Result<Option<(String, Summary)>> {
        Ok(self.stored(id)?.and_then(|stored| stored.report()))
    }

    fn names(&self) -> Result<Arc<Names>> {
        self.all_names()
    }

    fn facet_values(&self, facet: &FacetName, counts: &ValueCounts) -> Result<Vec<(String, usize)>> {
        self.shown_values(facet, counts)
    }

    fn shown(&self, facet: Facet, keys: &[&str]) -> Result<Vec<Option<String>>> {
        let shown = self.all_shown(facet)?;
        Ok(keys.iter().map(|&key| shown.get(key).cloned()).collect())
    }

    fn all_shown(&self, facet: Facet) -> Result<HashMap<String, String>> {
        self.shown_forms(facet)
    }

    fn referring_to(&self, id: &str, keys: &[&str], near: Nearest<'_>, most: usize) -> Result<Vec<String>> {
        self.referring_to(id, keys, near, most)
    }

    fn has_any(&self, condition: &Condition) -> Result<bool> {
        any_value(condition).map_or(Ok(true), |filter| Ok(self.count(filter)? > 0))
    }
}

/// The incidents of this generation.
pub(super) fn everything() -> Value {
    all_of(Vec::new())
}

#[cfg(test)]
mod tests;
