//! Similar: the JSON form of the incidents like an incident.
//!
//! In: an incident, and what was found to be like it. Out: counts, hits.

use serde::Serialize;

use super::{CutForm, ExplanationForm, FixForm, HeadForm, NearestForm, UnknownValueForm, VERSION, milliseconds};
use crate::incident::Incident;
use crate::insight::{Similar, SimilarHit};
use crate::search::Cut;

/// The incidents like an incident.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct SimilarForm<'a> {
    #[serde(flatten)]
    pub summary: SimilarSummaryForm<'a>,
    /// Near duplicates, then those that are like it, then, if asked for, weak ones.
    pub hits: Vec<SimilarHitForm<'a>>,
}

/// The same without the hits.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct SimilarSummaryForm<'a> {
    pub version: u32,
    /// The folder that paths are in; null for incidents that are no files.
    pub root: Option<&'a str>,
    /// The incident that was asked with.
    pub incident: HeadForm<'a>,
    /// The words that were looked for, with filters, in the query language.
    pub interpreted: &'a str,
    /// How many incidents are like it, whether they are among the hits or not, linked or not.
    pub like: usize,
    /// The number of incidents of the index.
    pub incidents: usize,
    /// The incident that is nearest, where nothing is like it.
    pub nearest: Option<NearestForm<'a>>,
    /// Files and folders that could not be taken in by the last update, if there are any.
    #[serde(skip_serializing_if = "super::is_zero")]
    pub failed: usize,
    pub took_ms: f64,
    /// Facet values in the filters that no incident has; only computed if nothing matches.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unknown_values: Vec<UnknownValueForm<'a>>,
    /// What was not looked for, because the report asks for more than a search does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cuts: Vec<CutForm>,
}

/// An incident that is like another.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct SimilarHitForm<'a> {
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["near-duplicate", "like", "weak"])))]
    pub level: &'static str,
    #[serde(flatten)]
    pub head: HeadForm<'a>,
    /// The links between the two reports; null if there are none.
    pub linked: Option<LinkedForm>,
    /// What fixed it; null where the report does not say it.
    pub fix: Option<FixForm>,
    /// The share of the runs of three words that both reports have.
    pub wording: f32,
    /// The services that both name, and whether both began on the same day.
    pub common_services: &'a [String],
    pub same_day: bool,
    /// The share of what the words looked for tell that the incident has, and how far its score is from those of all
    /// incidents, in standard deviations.
    pub share: f32,
    pub z: f32,
    /// The share of what the report says that other incidents have.
    pub known: f32,
    /// What the level follows from, besides the wording.
    pub evidence: f32,
    /// The words in common, those that tell the most first; and how many were looked for.
    pub words: &'a [String],
    pub of_words: usize,
    /// How the score was computed, if that is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<ExplanationForm<'a>>,
}

/// The lines where two reports link to each other.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct LinkedForm {
    /// The line of the report that was asked with, where it links to the hit; null if it does not.
    pub to: Option<u32>,
    /// The line of the hit's report, where it links to the report that was asked with; null if it does not.
    pub from: Option<u32>,
}

impl<'a> SimilarForm<'a> {
    /// The JSON form of what is like an incident; with explanations if `explained`.
    ///
    /// # Examples
    /// ```
    /// use rca_index::wire::SimilarForm;
    /// use rca_index::{Incident, Index, LinkFilter, SearchRequest};
    ///
    /// # let index = Index::in_memory()?;
    /// let first = Incident::new("OPS-1", "Backlog of the orders queue");
    /// index.upsert([first.clone(), Incident::new("OPS-2", "Orders queue: backlog")])?;
    /// let similar = index.similar(&first, &SearchRequest::from_incident(&first), LinkFilter::Any, true)?;
    /// let json = serde_json::to_value(SimilarForm::new(&first, &similar, false).root("/reports"))?;
    /// assert_eq!((&json["incident"]["id"], &json["hits"][0]["id"]), (&"OPS-1".into(), &"OPS-2".into()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(incident: &'a Incident, similar: &'a Similar, explained: bool) -> Self {
        let hits = similar.hits.iter().map(|hit| SimilarHitForm::new(hit, explained));
        Self { summary: SimilarSummaryForm::new(incident, similar), hits: hits.collect() }
    }

    /// The same with the folder that the paths are in.
    ///
    /// # Examples
    /// ```
    /// use rca_index::wire::SimilarForm;
    /// use rca_index::{Incident, Index, LinkFilter, SearchRequest};
    ///
    /// let (index, first) = (Index::in_memory()?, Incident::new("OPS-1", "Disk full"));
    /// let similar = index.similar(&first, &SearchRequest::from_incident(&first), LinkFilter::Any, true)?;
    /// assert_eq!(SimilarForm::new(&first, &similar, false).root("/reports").summary.root, Some("/reports"));
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    #[must_use]
    pub fn root(self, root: &'a str) -> Self {
        Self { summary: SimilarSummaryForm { root: Some(root), ..self.summary }, ..self }
    }
}

impl<'a> SimilarSummaryForm<'a> {
    fn new(incident: &'a Incident, similar: &'a Similar) -> Self {
        Self {
            version: VERSION,
            root: None,
            incident: HeadForm::new(incident),
            interpreted: &similar.interpreted,
            like: similar.like,
            incidents: similar.incidents,
            nearest: similar.nearest.as_ref().map(NearestForm::new),
            failed: similar.failed.total(),
            took_ms: milliseconds(similar.took),
            unknown_values: similar.unknown_values.iter().map(UnknownValueForm::new).collect(),
            cuts: similar.cuts.iter().map(|&Cut { what, kept, of }| CutForm { what: what.name(), kept, of }).collect(),
        }
    }
}

impl<'a> SimilarHitForm<'a> {
    fn new(hit: &'a SimilarHit, explained: bool) -> Self {
        Self {
            level: hit.level.name(),
            head: HeadForm::new(&hit.incident),
            linked: hit.linked.map(|linked| LinkedForm { to: linked.to, from: linked.from }),
            fix: hit.fix.clone().map(FixForm::from),
            wording: hit.wording,
            common_services: &hit.services,
            same_day: hit.same_day,
            share: hit.likeness.share,
            z: hit.likeness.z,
            known: hit.likeness.known,
            evidence: hit.likeness.evidence,
            words: &hit.words,
            of_words: hit.of_words,
            explanation: explained.then(|| ExplanationForm::new(&hit.explanation)),
        }
    }
}
