//! The lines of JSON Lines: each has a `type`, and a list ends with a line of the type `end`, so that a reader knows that it
//! has everything.
//!
//! In: the forms of results. Out: one value a line.

use serde::Serialize;

#[cfg(feature = "archive")]
use super::{CheckSummaryForm, HealthForm, LeftOutForm, LeftOutsSummaryForm, ProblemForm, UpdateForm};
use super::{
    ClusterForm, FacetsSummaryForm, HitForm, IncidentForm, QueryErrorsForm, RecurringSummaryForm, SearchSummaryForm,
    SeenHitForm, SeenSummaryForm, SelectedForm, SimilarHitForm, SimilarSummaryForm,
};

/// The count of one value of a facet.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct FacetValueForm<'a> {
    pub facet: &'a str,
    pub value: &'a str,
    pub count: usize,
}

impl<'a> FacetValueForm<'a> {
    /// The count of a value.
    ///
    /// # Examples
    /// ```
    /// use rca_index::wire::FacetValueForm;
    ///
    /// let json = serde_json::to_string(&FacetValueForm::new("service", "orders", 3))?;
    /// assert_eq!(json, r#"{"facet":"service","value":"orders","count":3}"#);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn new(facet: &'a str, value: &'a str, count: usize) -> Self {
        Self { facet, value, count }
    }
}

/// A line of a search: hits, then facet counts, then the end.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
#[allow(missing_docs)]
#[non_exhaustive]
pub enum SearchLine<'a> {
    Hit(HitForm<'a>),
    /// A hit of which only some fields are asked for.
    #[serde(rename = "hit")]
    #[cfg_attr(feature = "schema", schemars(skip))]
    Selected(SelectedForm<'a>),
    Facet(FacetValueForm<'a>),
    End(SearchSummaryForm<'a>),
}

/// A line of what was seen like a pasted text: hits, then the end.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
#[allow(missing_docs)]
#[non_exhaustive]
pub enum SeenLine<'a> {
    Hit(Box<SeenHitForm<'a>>),
    End(Box<SeenSummaryForm<'a>>),
}

/// A line of what happened again: clusters, then the end.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
#[allow(missing_docs)]
#[non_exhaustive]
pub enum RecurringLine<'a> {
    Cluster(Box<ClusterForm<'a>>),
    End(Box<RecurringSummaryForm<'a>>),
}

/// A line of the incidents like an incident: hits, then the end.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
#[allow(missing_docs)]
#[non_exhaustive]
pub enum SimilarLine<'a> {
    Hit(Box<SimilarHitForm<'a>>),
    End(Box<SimilarSummaryForm<'a>>),
}

/// A line of facet counts: counts, then the end.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
#[allow(missing_docs)]
#[non_exhaustive]
pub enum FacetsLine<'a> {
    Facet(FacetValueForm<'a>),
    End(FacetsSummaryForm<'a>),
}

/// A line of a check: problems, then the end.
#[cfg(feature = "archive")]
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
#[allow(missing_docs)]
#[non_exhaustive]
pub enum CheckLine<'a> {
    Problem(ProblemForm<'a>),
    End(CheckSummaryForm<'a>),
}

/// A line of the files that are not reports: files, then the end.
#[cfg(feature = "archive")]
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
#[allow(missing_docs)]
#[non_exhaustive]
pub enum LeftOutsLine<'a> {
    LeftOut(LeftOutForm<'a>),
    End(LeftOutsSummaryForm<'a>),
}

/// The only line of one incident.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
#[allow(missing_docs)]
#[non_exhaustive]
pub enum IncidentLine<'a> {
    Incident(Box<IncidentForm<'a>>),
    /// An incident of which only some fields are asked for.
    #[serde(rename = "incident")]
    #[cfg_attr(feature = "schema", schemars(skip))]
    Selected(SelectedForm<'a>),
}

/// The only line of an update or of a look at the index.
#[cfg(feature = "archive")]
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
#[allow(missing_docs)]
#[non_exhaustive]
pub enum StateLine<'a> {
    Update(UpdateForm<'a>),
    Health(HealthForm<'a>),
}

/// The only line of an invalid query.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
#[allow(missing_docs)]
#[non_exhaustive]
pub enum QueryErrorsLine<'a> {
    Errors(&'a QueryErrorsForm<'a>),
}
