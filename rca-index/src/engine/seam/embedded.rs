//! The embedded engine at the seam: its snapshot is asked by its own methods of the same names.

use std::collections::HashMap;
use std::sync::Arc;

use crate::archive::names::Names;
use crate::engine::collect::{Candidate, Candidates, Collect};
use crate::engine::facets::ValueCounts;
use crate::engine::lookup::KnownWords;
use crate::engine::seam::{Nearest, Reads};
use crate::engine::snapshot::Snapshot;
use crate::error::Result;
use crate::incident::{FailedCount, Incident, Summary, Text};
use crate::parse::ParseOptions;
use crate::plan::{Condition, Needed, Plan, SearchWork, Statistics};
use crate::schema::{Facet, FacetName};
use crate::text::Synonyms;
use crate::text::analyzer::Analyzer;

impl Reads for Snapshot<'_> {
    fn incidents(&self) -> usize {
        self.incidents()
    }

    fn statistics(&self) -> Statistics {
        self.statistics()
    }

    fn analyzer(&self) -> &Analyzer {
        self.analyzer()
    }

    fn parse_options(&self) -> &ParseOptions {
        self.parse_options()
    }

    fn synonyms(&self) -> &Synonyms {
        self.synonyms()
    }

    fn failed(&self) -> FailedCount {
        self.failed()
    }

    fn work(&self) -> SearchWork {
        self.work()
    }

    fn look_up(&self, plan: &Plan) -> Result<KnownWords> {
        self.look_up(plan)
    }

    fn candidates(&self, plan: &Plan, words: &KnownWords, needed: Needed, collect: Collect) -> Result<Candidates> {
        self.candidates(plan, words, needed, collect)
    }

    fn incident(&self, candidate: &Candidate) -> Result<Incident> {
        self.incident(candidate)
    }

    fn summary(&self, candidate: &Candidate) -> Result<Summary> {
        self.summary(candidate)
    }

    fn summary_and_text(&self, candidate: &Candidate) -> Result<(Summary, Text<'static>)> {
        self.summary_and_text(candidate)
    }

    fn texts(&self, candidate: &Candidate) -> Result<[String; 2]> {
        self.texts(candidate)
    }

    fn get(&self, id: &str) -> Result<Option<Incident>> {
        self.get(id)
    }

    fn has_id(&self, id: &str) -> Result<bool> {
        self.has_id(id)
    }

    #[cfg(feature = "archive")]
    fn is_report(&self, id: &str) -> Result<bool> {
        self.is_report(id)
    }

    #[cfg(feature = "archive")]
    fn stored_report(&self, id: &str) -> Result<Option<(String, Summary)>> {
        self.stored_report(id)
    }

    fn names(&self) -> Result<Arc<Names>> {
        self.names()
    }

    fn resolve(&self, name: &str) -> Result<Vec<String>> {
        Ok(match self.id_itself(name)? {
            Some(id) => vec![id],
            None => self.names()?.resolve(name),
        })
    }

    fn facet_values(&self, facet: &FacetName, counts: &ValueCounts) -> Result<Vec<(String, usize)>> {
        self.facet_values(facet, counts)
    }

    fn shown(&self, facet: Facet, keys: &[&str]) -> Result<Vec<Option<String>>> {
        self.shown(facet, keys)
    }

    fn all_shown(&self, facet: Facet) -> Result<HashMap<String, String>> {
        self.all_shown(facet)
    }

    fn referring_to(&self, id: &str, keys: &[&str], near: Nearest<'_>, most: usize) -> Result<Vec<String>> {
        self.referring_to(id, keys, near, most)
    }

    fn has_any(&self, condition: &Condition) -> Result<bool> {
        self.has_any(condition)
    }
}
