//! Alike: which incidents of one commit are like another, each asked for by one weighted query.
//!
//! In: a request, whose conditions say which incidents are looked at. Out: these incidents, and for a report those of them that
//! are like it, with how much. The work is bounded by the number of words of a query and of candidates.

use std::sync::Arc;

use rayon::prelude::*;

use crate::archive::names::Names;
use crate::engine::{Candidate, Candidates, Collect, Engine, Nearest, Order, Snapshot};
use crate::error::Result;
use crate::incident::{FailedCount, HouseNames, Incident};
use crate::plan::{Needed, WeightedTexts};
use crate::query::parse_sort;
use crate::ranking::{MAX_ALIKE, least_first_score};
use crate::schema::{FIELDS, FieldKind, FieldSpec, TextField};
use crate::search::unknown::unknown_values_of;
use crate::search::{Cut, Match, Ranked, Search, SearchRequest, UnknownValue};

/// The incidents of one commit that are looked at.
pub(crate) struct Alike<'e> {
    snapshot: Snapshot<'e>,
    /// Its query has the conditions.
    request: SearchRequest,
}

/// What is like a report.
#[derive(Default)]
pub(crate) struct Near {
    /// How many it was compared with: the nearest by the words of the report, at most [`MAX_ALIKE`], or only those that can be
    /// among `same`.
    pub(crate) compared: usize,
    /// The ids of those of them with the evidence that was asked for, and how much they have; the most alike first.
    pub(crate) same: Vec<(String, f32)>,
}

/// What matches the conditions.
pub(crate) struct Matching {
    /// The latest, in this order.
    candidates: Vec<Candidate>,
    /// How many match.
    pub(crate) total: usize,
    /// The interpreted query.
    pub(crate) interpreted: String,
    /// Values of filters that no incident has; only computed if nothing matches.
    pub(crate) unknown_values: Vec<UnknownValue>,
    /// What of the query was not looked for.
    pub(crate) cuts: Vec<Cut>,
}

impl Matching {
    /// How many are looked at.
    pub(crate) fn len(&self) -> usize {
        self.candidates.len()
    }
}

impl<'e> Alike<'e> {
    pub(crate) fn new(engine: &'e Engine, request: &SearchRequest) -> Result<Self> {
        Ok(Self { snapshot: engine.snapshot()?, request: request.clone() })
    }

    /// The latest incidents that match, at most so many.
    pub(crate) fn matching(&self, most: usize) -> Result<Matching> {
        let mut request = SearchRequest { limit: most, offset: 0, facets: Vec::new(), ..self.request.clone() };
        request.query.sort = Some(parse_sort("-date")?);
        let search = Search::new(self.snapshot.again(), &request)?;
        let found = search.pass(Needed::All, &[], &[])?;
        let mut cuts = search.plan.cuts.clone();
        let mut unknown_values = Vec::new();
        if found.total == 0 {
            let unknown = unknown_values_of(&search.snapshot, &search.plan)?;
            cuts.extend(unknown.cut);
            unknown_values = unknown.values;
        }
        Ok(Matching {
            candidates: found.hits.into_iter().map(|ranked| ranked.candidate).collect(),
            total: found.total,
            interpreted: search.plan.interpreted.to_string(),
            unknown_values,
            cuts,
        })
    }

    /// Reads the incidents that match, on all processors however small the index is, and keeps what is made of each. Memory does
    /// not grow with their texts.
    pub(crate) fn map<T: Send>(
        &self,
        matching: &Matching,
        make: impl Fn(&Incident) -> Result<T> + Sync + Send,
    ) -> Result<Vec<T>> {
        matching.candidates.par_iter().map(|candidate| make(&self.snapshot.incident(candidate)?)).collect()
    }

    /// The incidents that match and are like a report, it not among them. Those whose evidence cannot be at least `least` are
    /// not looked at closely, and if only the others matter, not at all.
    pub(crate) fn like(&self, report: &Incident, least: f32, only: bool) -> Result<Near> {
        let request = self.request_for(report);
        let mut search = Search::new(self.snapshot.again(), &request)?;
        if search.plan.ranked.is_empty() {
            return Ok(Near::default());
        }
        let enough = search.least_first_score(least);
        if only {
            search.plan.least = enough;
        }
        let candidates = search.nearest(MAX_ALIKE)?;
        let closely = candidates.iter().filter(|ranked| ranked.candidate.first_score() >= enough).cloned().collect();
        let evidence = |ranked: &Ranked| Some((ranked.candidate.id().to_owned(), search.likeness(ranked)?.evidence));
        let same = search.rerank(closely, &[])?;
        let same = same.iter().filter_map(evidence);
        let same = same.filter(|&(_, evidence)| evidence >= least).collect();
        Ok(Near { compared: candidates.len(), same })
    }

    /// The nearest by the words of a report.
    pub(crate) fn nearest(&self, report: &Incident) -> Result<Vec<Candidate>> {
        let request = self.request_for(report);
        let search = Search::new(self.snapshot.again(), &request)?;
        if search.plan.ranked.is_empty() {
            return Ok(Vec::new());
        }
        Ok(search.nearest(MAX_ALIKE)?.into_iter().map(|ranked| ranked.candidate).collect())
    }

    fn request_for(&self, report: &Incident) -> SearchRequest {
        SearchRequest { weighted: Some(WeightedTexts::of_report(report)), ..self.request.clone() }
    }

    /// The ids of the incidents that refer to one: by a link, or maybe by one of these keys of front matter. Of more than `most`,
    /// those that are among the [nearest](Self::nearest).
    pub(crate) fn referring_to(&self, id: &str, keys: &[&str], near: Nearest<'_>, most: usize) -> Result<Vec<String>> {
        self.snapshot.referring_to(id, keys, near, most)
    }

    /// The incident with this id.
    pub(crate) fn get(&self, id: &str) -> Result<Option<Incident>> {
        self.snapshot.get(id)
    }

    /// Whether there is an incident with this id; it is not read.
    pub(crate) fn has(&self, id: &str) -> Result<bool> {
        self.snapshot.has_id(id)
    }

    /// The names of all incidents, by which links are resolved.
    pub(crate) fn names(&self) -> Result<Arc<Names>> {
        self.snapshot.names()
    }

    /// The archive's names of services.
    pub(crate) fn house(&self) -> &HouseNames {
        self.snapshot.house()
    }

    /// What the last update could not take in.
    pub(crate) fn failed(&self) -> FailedCount {
        self.snapshot.failed()
    }
}

impl Search<'_> {
    /// The best incidents of the first pass by any words, at most so many.
    fn nearest(&self, most: usize) -> Result<Vec<Ranked>> {
        let collect = Collect { limit: most, order: Order::Score, facets: Vec::new() };
        let Candidates { best, moments, .. } =
            self.snapshot.candidates(&self.plan, &self.words, Needed::Some, collect)?;
        let moments = moments.among(self.snapshot.statistics().incidents);
        let ranked = |candidate: Candidate| {
            let z = moments.z(candidate.first_score());
            Ranked { matched: Match::Some, candidate, shares: None, z }
        };
        Ok(best.into_iter().map(ranked).collect())
    }

    /// The least score of the first pass with which an incident may have so much evidence.
    fn least_first_score(&self, evidence: f32) -> f32 {
        let weights = self.words.weights(&self.plan.ranked);
        if weights.iter().any(|weight| weight.share < weight.idf) {
            // A word that adds to the score and counts as none could make up for missing ones.
            return 0.0;
        }
        let total = weights.iter().map(|weight| weight.idf).sum();
        least_first_score(evidence, self.plan.known, total, largest_section_weight())
    }
}

/// The largest weight of an occurrence outside of the title.
fn largest_section_weight() -> f32 {
    let is_section = |spec: &&FieldSpec| matches!(spec.kind, FieldKind::Text(field) if field != TextField::Title);
    FIELDS.iter().filter(is_section).map(|spec| spec.weight).fold(1.0, f32::max)
}
