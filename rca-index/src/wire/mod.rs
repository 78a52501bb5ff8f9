//! The JSON form of results and incidents, for every front end. It is versioned; fields are only added.
//!
//! Times are ISO 8601 in UTC, only as precise as they are known. Durations are in minutes. Spans are byte ranges of the
//! text beside them.

mod explanation;
mod fields;
mod incident;
mod lines;
mod links;
mod query;
mod recurring;
#[cfg(feature = "archive")]
mod report;
#[cfg(feature = "schema")]
mod schemas;
mod seen;
mod similar;
mod stated;
mod streamed;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::incident::Incident;
use crate::incident::Timestamp;
use crate::query::QueryErrors;
use crate::search::{Cut, FacetCounts, Hit, SearchRequest, SearchResults, Show, UnknownValue};
use query::repeated;

pub use explanation::{ExplanationForm, WordScoreForm, WorkForm};
pub use fields::{FORM_FIELDS, Fields, FormField, SelectedForm, UnknownField};
pub use incident::{FixForm, IncidentForm, KnownFixForm, MeasureForm, OwnFields, RowForm, SectionForm};
#[cfg(feature = "archive")]
pub use lines::{CheckLine, LeftOutsLine, StateLine};
pub use lines::{
    FacetValueForm, FacetsLine, IncidentLine, QueryErrorsLine, RecurringLine, SearchLine, SeenLine, SimilarLine,
};
pub use links::{BacklinkForm, LinkForm, LinkLookup, MOST_BACKLINKS, NoLinks};
pub use recurring::{ClusterForm, OccurrenceForm, RecurringForm, RecurringSummaryForm, SaidForm, UnfinishedForm};
#[cfg(feature = "archive")]
pub use report::{
    CheckForm, CheckSummaryForm, HealthForm, IgnoredForm, LeftOutForm, LeftOutsForm, LeftOutsSummaryForm, ProblemForm,
    UpdateForm,
};
#[cfg(feature = "schema")]
pub use schemas::{SCHEMAS, schema};
pub use seen::{
    FixCountForm, LabelForm, NearestForm, OpenActionForm, PartForm, RunbookForm, SeenForm, SeenHitForm,
    SeenSummaryForm, SignalForm,
};
pub use similar::{LinkedForm, SimilarForm, SimilarHitForm, SimilarSummaryForm};
pub use stated::{PlaceForm, StatedFact, stated_facts};
pub use streamed::StreamedSearchForm;

/// The version of the JSON form.
pub const VERSION: u32 = 2;

/// A number that is written as an integer if it is whole: `65`, `0.05`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figure(pub f64);

impl Serialize for Figure {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        /// Up to 2^53, every integer is exact in every JSON parser (RFC 8259, section 6).
        const EXACT: f64 = 9_007_199_254_740_992.0;
        if self.0.fract() == 0.0 && self.0.abs() < EXACT {
            serializer.serialize_i64(self.0 as i64)
        } else {
            serializer.serialize_f64(self.0)
        }
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Figure {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Figure".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "number"})
    }
}

/// The result of a search.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct SearchForm<'a> {
    #[serde(flatten)]
    pub summary: SearchSummaryForm<'a>,
    /// One list: incidents with all words, then those with some.
    pub hits: Vec<HitForm<'a>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub facets: BTreeMap<&'a str, Vec<FacetForm<'a>>>,
}

/// The result of a search without its hits and facets.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct SearchSummaryForm<'a> {
    pub version: u32,
    /// The folder that the paths of hits are in; null for incidents that are no files.
    pub root: Option<&'a str>,
    /// The query as typed; of a longer one, the first 4 KB.
    pub query: &'a str,
    /// How many bytes the whole query has, if only its beginning is repeated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query_bytes: Option<usize>,
    /// The interpreted query.
    pub interpreted: &'a str,
    /// The number of incidents with all words.
    pub total: usize,
    /// The number of the others in the list of hits: incidents with some of the words.
    pub total_some: usize,
    /// Whether all hits are partial matches, because no incident has all words.
    pub relaxed: bool,
    /// Whether the text was taken for pasted, so that its syntax did not count.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub pasted: bool,
    /// Whether only the beginning of the text was searched for, because it is longer than a query may be.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
    /// Files and folders that could not be taken in by the last update, if there are any.
    #[serde(skip_serializing_if = "is_zero")]
    pub failed: usize,
    pub took_ms: f64,
    /// Words that occur in no incident, and their corrections.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suggestions: Vec<SuggestionForm<'a>>,
    /// Facet values in the query that no incident has; only computed if nothing matches.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unknown_values: Vec<UnknownValueForm<'a>>,
    /// What of the query was not looked for, because it asks for more than a search does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cuts: Vec<CutForm>,
    /// What the search read, if explanations were requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub work: Option<WorkForm>,
}

/// Something of the query that was not looked for.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct CutForm {
    /// What was left out: `words`, `excluded-words`, `phrase-words`, `text-words`, `other-forms`, `stems`, `fuzzy-words`,
    /// `expansions` or `suggestions`.
    pub what: &'static str,
    /// How many of them count.
    pub kept: usize,
    /// How many the query has.
    pub of: usize,
}

/// A word that occurs in no incident.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct SuggestionForm<'a> {
    pub typed: &'a str,
    /// Corrections: similar words that occur in incidents, the most frequent first.
    pub meant: &'a [String],
}

/// One hit.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct HitForm<'a> {
    /// `all` or `some`: which of the words the incident has.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["all", "some"])))]
    pub r#match: &'static str,
    #[serde(flatten)]
    pub head: HeadForm<'a>,
    pub score: f32,
    /// Empty if what fixed the incident, or nothing, is shown instead.
    pub snippets: Vec<SnippetForm<'a>>,
    /// What fixed the incident, if requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<KnownFixForm>,
    /// How the score was computed, if requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<ExplanationForm<'a>>,
}

/// The fields that identify and summarize an incident.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct HeadForm<'a> {
    pub id: &'a str,
    pub path: &'a str,
    pub title: &'a str,
    pub date: Option<Timestamp>,
    pub severity: Option<&'a str>,
    pub services: &'a [String],
    pub tags: &'a [String],
    pub status: Option<&'a str>,
    pub duration_minutes: Option<Figure>,
    /// User-minutes: users affected times minutes.
    pub impact_user_minutes: Option<Figure>,
    pub measures: BTreeMap<&'static str, Figure>,
}

/// A snippet.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct SnippetForm<'a> {
    pub section: &'static str,
    pub line: u32,
    pub text: &'a str,
    /// Start and end of each match, in bytes of the text.
    pub highlights: Vec<[usize; 2]>,
}

/// A facet value in the query that no incident has.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct UnknownValueForm<'a> {
    pub facet: &'a str,
    pub value: &'a str,
    /// A similar value that incidents have.
    pub meant: Option<&'a str>,
}

/// A facet value with its count.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct FacetForm<'a> {
    pub value: &'a str,
    pub count: usize,
}

/// Facet counts over the matches of a query.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct FacetsForm<'a> {
    #[serde(flatten)]
    pub summary: FacetsSummaryForm<'a>,
    pub facets: BTreeMap<&'a str, Vec<FacetForm<'a>>>,
}

/// What facet counts were counted over.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct FacetsSummaryForm<'a> {
    pub version: u32,
    /// The query as typed; of a longer one, the first 4 KB.
    pub query: &'a str,
    /// How many bytes the whole query has, if only its beginning is repeated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query_bytes: Option<usize>,
    /// The interpreted query.
    pub interpreted: &'a str,
    /// The number of incidents counted.
    pub total: usize,
    /// Files and folders that could not be taken in by the last update, if there are any.
    #[serde(skip_serializing_if = "is_zero")]
    pub failed: usize,
}

/// The errors of an invalid query.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct QueryErrorsForm<'a> {
    pub version: u32,
    pub query: &'a str,
    pub errors: Vec<QueryErrorForm>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct QueryErrorForm {
    /// The stable code of the error.
    pub code: &'static str,
    /// Start and end in bytes of the query.
    pub span: [usize; 2],
    pub reason: String,
    pub fix: String,
}

impl<'a> SearchForm<'a> {
    /// The JSON form of search results.
    ///
    /// # Examples
    /// ```
    /// use rca_index::wire::SearchForm;
    /// use rca_index::{Incident, Index, SearchRequest};
    ///
    /// # let index = Index::in_memory()?;
    /// # index.upsert([Incident::new("OPS-1", "Queue backlog")])?;
    /// let request = SearchRequest::parse("queue")?;
    /// let json = serde_json::to_value(SearchForm::new(&request, &index.search(&request)?))?;
    /// assert_eq!((&json["total"], &json["hits"][0]["id"]), (&1.into(), &"OPS-1".into()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(request: &'a SearchRequest, results: &'a SearchResults) -> Self {
        Self {
            summary: SearchSummaryForm::new(request, results),
            hits: results.hits.iter().map(|hit| HitForm::new(hit).shown(hit, request.show)).collect(),
            facets: facets(&results.facets),
        }
    }

    /// The same with the folder that the paths are in.
    ///
    /// # Examples
    /// ```
    /// use rca_index::wire::SearchForm;
    /// use rca_index::{Incident, Index, SearchRequest};
    ///
    /// # let index = Index::in_memory()?;
    /// # index.upsert([Incident::new("OPS-1", "Queue backlog")])?;
    /// let request = SearchRequest::parse("queue")?;
    /// let found = index.search(&request)?;
    /// let json = serde_json::to_value(SearchForm::new(&request, &found).root("/reports"))?;
    /// assert_eq!(json["root"], "/reports");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn root(self, root: &'a str) -> Self {
        Self { summary: self.summary.root(root), ..self }
    }
}

impl<'a> SearchSummaryForm<'a> {
    /// The JSON form of search results, without hits and facets.
    ///
    /// # Examples
    /// ```
    /// use rca_index::wire::SearchSummaryForm;
    /// use rca_index::{Incident, Index, SearchRequest};
    ///
    /// # let index = Index::in_memory()?;
    /// # index.upsert([Incident::new("OPS-1", "Queue backlog")])?;
    /// let request = SearchRequest::parse("queue")?;
    /// let found = index.search(&request)?;
    /// let json = serde_json::to_value(SearchSummaryForm::new(&request, &found))?;
    /// assert!(json["total"] == 1 && json.get("hits").is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(request: &'a SearchRequest, results: &'a SearchResults) -> Self {
        let suggestion = |s: &'a crate::search::Suggestion| SuggestionForm { typed: &s.typed, meant: &s.meant };
        let (query, query_bytes) = repeated(&request.text);
        Self {
            version: VERSION,
            root: None,
            query,
            query_bytes,
            interpreted: &results.interpreted,
            total: results.total,
            total_some: results.total_some,
            relaxed: results.relaxed,
            pasted: request.pasted,
            cut: request.cut,
            failed: results.failed.total(),
            took_ms: milliseconds(results.took),
            suggestions: results.suggestions.iter().map(suggestion).collect(),
            unknown_values: results.unknown_values.iter().map(UnknownValueForm::new).collect(),
            cuts: results.cuts.iter().map(|&Cut { what, kept, of }| CutForm { what: what.name(), kept, of }).collect(),
            work: request.explain.then(|| WorkForm::new(results.work)),
        }
    }

    /// The same with the folder that the paths are in.
    ///
    /// # Examples
    /// ```
    /// use rca_index::wire::SearchSummaryForm;
    /// use rca_index::{Incident, Index, SearchRequest};
    ///
    /// # let index = Index::in_memory()?;
    /// # index.upsert([Incident::new("OPS-1", "Queue backlog")])?;
    /// let request = SearchRequest::parse("queue")?;
    /// let found = index.search(&request)?;
    /// let json = serde_json::to_value(SearchSummaryForm::new(&request, &found).root("/reports"))?;
    /// assert_eq!(json["root"], "/reports");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn root(self, root: &'a str) -> Self {
        Self { root: Some(root), ..self }
    }
}

impl<'a> UnknownValueForm<'a> {
    fn new(unknown: &'a UnknownValue) -> Self {
        Self { facet: unknown.facet.name(), value: &unknown.value, meant: unknown.meant.as_deref() }
    }
}

/// The JSON form of facet counts, by the facet's name.
///
/// # Examples
/// ```
/// use rca_index::{Facet, Incident, Index, SearchRequest, wire};
///
/// # let index = Index::in_memory()?;
/// # let mut incident = Incident::new("OPS-1", "Queue backlog");
/// # incident.services = vec!["orders".into()];
/// # index.upsert([incident])?;
/// let found = index.search(&SearchRequest::default().facet(Facet::Service))?;
/// let json = serde_json::to_value(wire::facets(&found.facets))?;
/// assert_eq!(json["service"][0]["value"], "orders");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn facets(counts: &[FacetCounts]) -> BTreeMap<&str, Vec<FacetForm<'_>>> {
    counts.iter().map(|counts| (counts.facet.name(), facet_values(counts))).collect()
}

impl<'a> FacetsForm<'a> {
    /// The JSON form of the facet counts in search results.
    ///
    /// # Examples
    /// ```
    /// use rca_index::wire::FacetsForm;
    /// use rca_index::{Facet, Incident, Index, SearchRequest};
    ///
    /// # let index = Index::in_memory()?;
    /// # let mut incident = Incident::new("OPS-1", "Queue backlog");
    /// # incident.services = vec!["orders".into()];
    /// # index.upsert([incident])?;
    /// let request = SearchRequest::default().facet(Facet::Service);
    /// let json = serde_json::to_value(FacetsForm::new(&request, &index.search(&request)?))?;
    /// assert_eq!((&json["total"], &json["facets"]["service"][0]["count"]), (&1.into(), &1.into()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(request: &'a SearchRequest, results: &'a SearchResults) -> Self {
        Self { summary: FacetsSummaryForm::new(request, results), facets: facets(&results.facets) }
    }
}

impl<'a> FacetsSummaryForm<'a> {
    /// What the facet counts in search results were counted over.
    ///
    /// # Examples
    /// ```
    /// use rca_index::wire::FacetsSummaryForm;
    /// use rca_index::{Incident, Index, SearchRequest};
    ///
    /// # let index = Index::in_memory()?;
    /// # index.upsert([Incident::new("OPS-1", "Queue backlog")])?;
    /// let request = SearchRequest::parse("queue")?;
    /// let found = index.search(&request)?;
    /// assert_eq!(serde_json::to_value(FacetsSummaryForm::new(&request, &found))?["total"], 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(request: &'a SearchRequest, results: &'a SearchResults) -> Self {
        let (query, query_bytes) = repeated(&request.text);
        Self {
            version: VERSION,
            query,
            query_bytes,
            interpreted: &results.interpreted,
            // If no incident has all words, those with some are counted.
            total: if results.relaxed { results.total_some } else { results.total },
            failed: results.failed.total(),
        }
    }
}

fn facet_values(counts: &FacetCounts) -> Vec<FacetForm<'_>> {
    counts.values.iter().map(|v| FacetForm { value: &v.value, count: v.count }).collect()
}

impl<'a> HitForm<'a> {
    /// The JSON form of a hit.
    ///
    /// # Examples
    /// ```
    /// use rca_index::wire::HitForm;
    /// use rca_index::{Incident, Index, SearchRequest};
    ///
    /// # let index = Index::in_memory()?;
    /// # index.upsert([Incident::new("OPS-1", "Queue backlog")])?;
    /// // A hit a line, as `--format jsonl` writes them.
    /// for hit in &index.search(&SearchRequest::parse("queue")?)?.hits {
    ///     assert!(serde_json::to_string(&HitForm::new(hit))?.contains("\"id\":\"OPS-1\""));
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(hit: &'a Hit) -> Self {
        let snippet = |snippet: &'a crate::search::Snippet| SnippetForm {
            section: snippet.section.name(),
            line: snippet.line,
            text: &snippet.text,
            highlights: snippet.highlights.iter().map(|range| [range.start, range.end]).collect(),
        };
        Self {
            r#match: hit.matched.name(),
            head: HeadForm::new(&hit.incident),
            score: hit.score,
            snippets: hit.snippets.iter().map(snippet).collect(),
            fix: None,
            explanation: hit.explanation.as_ref().map(ExplanationForm::new),
        }
    }

    /// The same with what fixed the incident, if that is shown of the hit.
    ///
    /// # Examples
    /// ```
    /// use rca_index::wire::HitForm;
    /// use rca_index::{Incident, Index, SearchRequest, Show};
    ///
    /// # let index = Index::in_memory()?;
    /// # index.upsert([Incident::new("OPS-1", "Queue backlog")])?;
    /// let found = index.search(&SearchRequest::parse("queue")?)?;
    /// let json = serde_json::to_value(HitForm::new(&found.hits[0]).shown(&found.hits[0], Show::Fix))?;
    /// // The report does not say it.
    /// assert_eq!(json.get("fix"), Some(&serde_json::Value::Null));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn shown(self, hit: &Hit, show: Show) -> Self {
        let fix = (show == Show::Fix).then(|| KnownFixForm(hit.incident.fix().map(FixForm::from)));
        Self { fix, ..self }
    }
}

impl<'a> HeadForm<'a> {
    fn new(incident: &'a Incident) -> Self {
        Self {
            id: &incident.id,
            path: &incident.path,
            title: &incident.title.value,
            date: incident.date.as_ref().map(|date| date.value),
            severity: incident.severity.as_ref().map(|severity| severity.value.name.as_str()),
            services: &incident.services,
            tags: &incident.tags,
            status: incident.status.as_ref().map(|status| status.value.as_str()),
            duration_minutes: incident.duration.as_ref().map(|duration| Figure(duration.value)),
            impact_user_minutes: incident.impact_user_minutes().map(Figure),
            measures: incident.measures.iter().map(|measure| (measure.kind.name(), Figure(measure.value))).collect(),
        }
    }
}

impl<'a> QueryErrorsForm<'a> {
    /// The JSON form of a query's errors.
    ///
    /// # Examples
    /// ```
    /// use rca_index::query::{QueryOptions, parse};
    /// use rca_index::wire::QueryErrorsForm;
    ///
    /// let errors = parse("(queue", &QueryOptions::default()).unwrap_err();
    /// let json = serde_json::to_value(QueryErrorsForm::new("(queue", &errors))?;
    /// assert_eq!(json["errors"][0]["code"], "unclosed-bracket");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn new(query: &'a str, errors: &'a QueryErrors) -> Self {
        let form = |e: &crate::query::QueryError| QueryErrorForm {
            code: e.kind.code(),
            span: [e.span.start, e.span.end],
            reason: e.reason(),
            fix: e.fix(),
        };
        Self { version: VERSION, query, errors: errors.0.iter().map(form).collect() }
    }
}

// Serde passes references.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// Milliseconds, rounded to microseconds.
fn milliseconds(took: std::time::Duration) -> f64 {
    took.as_micros() as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::SectionKind;
    use crate::{Facet, Index, Sourced};

    #[test]
    fn search_results_as_json() {
        let index = Index::in_memory().unwrap();
        let mut incident = Incident::new("a/b", "Disk full");
        incident.services = vec!["log-store".to_owned()];
        incident.duration = Some(Sourced::from(65.0));
        incident.push_section(SectionKind::RootCause, "The disk was full of logs.");
        index.upsert([incident]).unwrap();
        let request = SearchRequest::parse("logs").unwrap().facet(Facet::Service);
        let results = index.search(&request).unwrap();
        let mut form = serde_json::to_value(SearchForm::new(&request, &results)).unwrap();
        form["took_ms"] = 0.into();
        form["hits"][0]["score"] = 0.into();
        let expected = serde_json::json!({
            "version": 2, "root": null, "query": "logs", "interpreted": "logs", "total": 1, "total_some": 0, "relaxed": false,
            "took_ms": 0,
            "hits": [{
                "match": "all", "id": "a/b", "path": "", "title": "Disk full", "date": null, "severity": null,
                "services": ["log-store"], "tags": [], "status": null, "duration_minutes": 65,
                "impact_user_minutes": null, "measures": {}, "score": 0,
                "snippets": [{
                    "section": "rootcause", "line": 1, "text": "The disk was full of logs.", "highlights": [[21, 25]]
                }]
            }],
            "facets": {"service": [{"value": "log-store", "count": 1}]}
        });
        assert_eq!(form, expected);
    }
}
