//! Alike: which incidents of one commit are like another, each asked for by one weighted query.
//!
//! In: a request, whose conditions say which incidents are looked at. Out: these incidents, and for a report those of them that
//! are like it, with how much. The work is bounded by the number of words of a query and of candidates.

use std::sync::Arc;

use rayon::prelude::*;

use crate::archive::names::Names;
use crate::engine::{Candidate, Candidates, Collect, Engine, Order, Snapshot};
use crate::error::Result;
use crate::incident::{FailedCount, HouseNames, Incident};
use crate::plan::{Needed, WeightedTexts};
use crate::query::parse_sort;
use crate::ranking::MAX_ALIKE;
use crate::search::unknown::unknown_values_of;
use crate::search::{Cut, Likeness, Match, Ranked, Search, SearchRequest, UnknownValue};

/// The incidents of one commit that are looked at.
pub(crate) struct Alike<'e> {
    snapshot: Snapshot<'e>,
    /// Its query has the conditions.
    request: SearchRequest,
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

    /// The incidents that match and are like a report, it not among them, the most alike first; at most [`MAX_ALIKE`].
    pub(crate) fn like(&self, report: &Incident) -> Result<Vec<(String, Likeness)>> {
        let weighted = Some(WeightedTexts::of_report(report));
        let request = SearchRequest { weighted, ..self.request.clone() };
        let search = Search::new(self.snapshot.again(), &request)?;
        if search.plan.ranked.is_empty() {
            return Ok(Vec::new());
        }
        let like = |ranked: &Ranked| Some((ranked.candidate.id().to_owned(), search.likeness(ranked)?));
        Ok(search.nearest(MAX_ALIKE)?.iter().filter_map(like).collect())
    }

    /// The incident with this id.
    pub(crate) fn get(&self, id: &str) -> Result<Option<Incident>> {
        self.snapshot.get(id)
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
    /// The best incidents by any words, at most so many.
    fn nearest(&self, most: usize) -> Result<Vec<Ranked>> {
        let collect = Collect { limit: most, order: Order::Score, facets: Vec::new() };
        let Candidates { best, moments, .. } =
            self.snapshot.candidates(&self.plan, &self.words, Needed::Some, collect)?;
        let moments = moments.among(self.snapshot.statistics().incidents);
        let ranked = |candidate: Candidate| {
            let z = moments.z(candidate.first_score());
            Ranked { matched: Match::Some, candidate, shares: None, z }
        };
        self.rerank(best.into_iter().map(ranked).collect(), &[])
    }
}
