//! The wire form: how answers and incidents are written as JSON, by every front end. Versioned; fields are only added.
//!
//! Times are ISO 8601 in UTC, as long as they are precise; durations are minutes; spans are bytes of the text beside them.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::check::CheckReport;
use crate::incident::{Bound, Incident, Level, Milestone, Problem, Source};
use crate::index::Health;
use crate::query::QueryErrors;
use crate::search::{FacetCounts, Hit, SearchRequest, SearchResults};
use crate::timestamp::{Precision, Timestamp};
use crate::update::{ReportProblem, UpdateReport};

/// The version of the wire form.
pub const VERSION: u32 = 1;

/// A number that is written as an integer when it is whole: `65`, `0.05`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figure(pub f64);

impl Serialize for Figure {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        /// Up to here every integer is a float, and every reader of JSON has it right (RFC 8259, section 6).
        const EXACT: f64 = 9_007_199_254_740_992.0;
        if self.0.fract() == 0.0 && self.0.abs() < EXACT {
            serializer.serialize_i64(self.0 as i64)
        } else {
            serializer.serialize_f64(self.0)
        }
    }
}

/// The answer to a search.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct SearchForm<'a> {
    pub version: u32,
    pub query: &'a str,
    /// The query as it was understood.
    pub interpreted: &'a str,
    pub total: usize,
    /// Whether these are partial matches, since no incident has all the words.
    pub relaxed: bool,
    pub took_ms: f64,
    pub hits: Vec<HitForm<'a>>,
    /// Where the hits do not fill the page: incidents that have some of the words. The total leaves them out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub partial: Vec<HitForm<'a>>,
    /// Words that no incident has, and what was looked for in their place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suggestions: Vec<SuggestionForm<'a>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub facets: BTreeMap<&'static str, Vec<FacetForm<'a>>>,
}

/// A word that no incident has.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct SuggestionForm<'a> {
    pub typed: &'a str,
    /// Words like it that incidents have, the most frequent first.
    pub meant: &'a [String],
}

/// One hit.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct HitForm<'a> {
    #[serde(flatten)]
    pub head: HeadForm<'a>,
    pub score: f32,
    pub snippets: Vec<SnippetForm<'a>>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub explanation: &'a [String],
}

/// What identifies and sums up an incident.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
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
    /// Users affected x minutes.
    pub impact_user_minutes: Option<Figure>,
    pub measures: BTreeMap<&'static str, Figure>,
}

/// A passage of a report.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct SnippetForm<'a> {
    pub section: &'static str,
    pub line: u32,
    pub text: &'a str,
    /// Start and end of what matches, in bytes of the text.
    pub highlights: Vec<[usize; 2]>,
}

/// One value of a facet.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct FacetForm<'a> {
    pub value: &'a str,
    pub count: usize,
}

/// One incident, whole.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct IncidentForm<'a> {
    pub version: u32,
    #[serde(flatten)]
    pub head: HeadForm<'a>,
    pub end: Option<Timestamp>,
    /// The severity as written.
    pub severity_label: Option<&'a str>,
    /// 0 (most severe) to 5.
    pub severity_rank: Option<u8>,
    /// Where the values were found.
    pub sources: BTreeMap<&'static str, Source>,
    pub author: Option<&'a str>,
    pub prepared_by: Option<&'a str>,
    pub prepared_on: Option<Timestamp>,
    /// Minutes from the start to each milestone.
    pub minutes_to: BTreeMap<&'static str, Figure>,
    pub measure_details: Vec<MeasureForm<'a>>,
    pub timeline: Vec<RowForm<'a>>,
    pub contributing_factors: &'a [String],
    pub resolution_steps: &'a [String],
    pub lessons: &'a crate::incident::Lessons,
    pub actions: &'a [crate::incident::Action],
    pub links: Vec<LinkForm<'a>>,
    pub sections: Vec<SectionForm<'a>>,
}

#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct MeasureForm<'a> {
    pub kind: &'static str,
    pub value: Figure,
    pub bound: Bound,
    pub qualifier: Option<&'a str>,
    pub line: u32,
}

#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct RowForm<'a> {
    pub time: Option<Timestamp>,
    pub label: &'a str,
    pub text: &'a str,
    pub milestone: Option<Milestone>,
    pub line: u32,
}

#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct LinkForm<'a> {
    pub target: &'a str,
    pub label: Option<&'a str>,
    pub line: u32,
    /// The incidents that the target names; none when it names no report.
    pub ids: Vec<String>,
}

#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct SectionForm<'a> {
    pub section: &'static str,
    pub heading: &'a str,
    pub line: u32,
    pub text: &'a str,
}

/// Facet counts over the matches of a query.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct FacetsForm<'a> {
    pub version: u32,
    pub query: &'a str,
    /// The query as it was understood.
    pub interpreted: &'a str,
    /// The incidents counted.
    pub total: usize,
    pub facets: BTreeMap<&'static str, Vec<FacetForm<'a>>>,
}

/// What a check found.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct CheckForm<'a> {
    pub version: u32,
    pub reports: usize,
    pub problems: Vec<ProblemForm<'a>>,
}

/// The health of an index.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct HealthForm {
    pub version: u32,
    /// The folder of the index.
    pub path: Option<String>,
    pub incidents: usize,
    pub segments: usize,
    /// Deleted incidents that still take room.
    pub deleted: usize,
    /// Bytes on disk.
    pub bytes: u64,
    /// Bytes of the reports indexed.
    pub source_bytes: u64,
    /// When the last update ended.
    pub updated: Option<Timestamp>,
    /// Files that are missing or whose content does not fit their checksum.
    pub damaged: Vec<String>,
}

/// What an update did.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct UpdateForm<'a> {
    pub version: u32,
    pub reports: usize,
    pub added: usize,
    pub modified: usize,
    pub renamed: usize,
    pub removed: usize,
    pub unchanged: usize,
    pub failed: usize,
    pub bytes: u64,
    pub took_ms: f64,
    pub problems: Vec<ProblemForm<'a>>,
}

/// A problem in a report.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct ProblemForm<'a> {
    pub path: &'a str,
    pub line: u32,
    pub level: Level,
    pub reason: &'a str,
}

/// A query that cannot be understood.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct QueryErrorsForm<'a> {
    pub version: u32,
    pub query: &'a str,
    pub errors: Vec<QueryErrorForm<'a>>,
}

#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct QueryErrorForm<'a> {
    /// Start and end in bytes of the query.
    pub span: [usize; 2],
    pub reason: &'a str,
    pub fix: &'a str,
}

impl<'a> SearchForm<'a> {
    /// The form of an answer.
    pub fn new(request: &'a SearchRequest, results: &'a SearchResults) -> Self {
        Self {
            version: VERSION,
            query: &request.text,
            interpreted: &results.interpreted,
            total: results.total,
            relaxed: results.relaxed,
            took_ms: milliseconds(results.took),
            hits: results.hits.iter().map(HitForm::new).collect(),
            partial: results.partial.iter().map(HitForm::new).collect(),
            suggestions: results
                .suggestions
                .iter()
                .map(|s| SuggestionForm { typed: &s.typed, meant: &s.meant })
                .collect(),
            facets: facets(&results.facets),
        }
    }
}

/// The form of facet counts, by the facet's name.
pub fn facets(counts: &[FacetCounts]) -> BTreeMap<&'static str, Vec<FacetForm<'_>>> {
    counts.iter().map(|counts| (counts.facet.name(), facet_values(counts))).collect()
}

impl<'a> FacetsForm<'a> {
    /// The form of an answer's facet counts.
    pub fn new(request: &'a SearchRequest, results: &'a SearchResults) -> Self {
        Self {
            version: VERSION,
            query: &request.text,
            interpreted: &results.interpreted,
            total: results.total,
            facets: facets(&results.facets),
        }
    }
}

impl<'a> CheckForm<'a> {
    /// The form of a check's findings.
    pub fn new(report: &'a CheckReport) -> Self {
        let problems = report.problems.iter().map(ProblemForm::new).collect();
        Self { version: VERSION, reports: report.reports, problems }
    }
}

impl HealthForm {
    /// The form of an index's health.
    pub fn new(health: &Health) -> Self {
        let text = |path: &std::path::PathBuf| path.to_string_lossy().into_owned();
        Self {
            version: VERSION,
            path: health.path.as_ref().map(text),
            incidents: health.incidents,
            segments: health.segments,
            deleted: health.deleted,
            bytes: health.bytes,
            source_bytes: health.source_bytes,
            updated: health.updated.map(|seconds| Timestamp::from_unix_seconds(seconds, Precision::Second)),
            damaged: health.damaged.iter().map(text).collect(),
        }
    }
}

fn facet_values(counts: &FacetCounts) -> Vec<FacetForm<'_>> {
    counts.values.iter().map(|v| FacetForm { value: &v.value, count: v.count }).collect()
}

impl<'a> HitForm<'a> {
    /// The form of a hit.
    pub fn new(hit: &'a Hit) -> Self {
        let snippet = |snippet: &'a crate::search::Snippet| SnippetForm {
            section: snippet.section.name(),
            line: snippet.line,
            text: &snippet.text,
            highlights: snippet.highlights.iter().map(|range| [range.start, range.end]).collect(),
        };
        Self {
            head: HeadForm::new(&hit.incident),
            score: hit.score,
            snippets: hit.snippets.iter().map(snippet).collect(),
            explanation: &hit.explanation,
        }
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

impl<'a> IncidentForm<'a> {
    /// The form of an incident. `resolve` says which incidents a link's target names.
    pub fn new(incident: &'a Incident, resolve: impl Fn(&str) -> Vec<String>) -> Self {
        let severity = incident.severity.as_ref().map(|severity| &severity.value);
        let sources = [
            ("title", Some(incident.title.source)),
            ("date", incident.date.as_ref().map(|date| date.source)),
            ("end", incident.end.as_ref().map(|end| end.source)),
            ("severity", incident.severity.as_ref().map(|severity| severity.source)),
            ("status", incident.status.as_ref().map(|status| status.source)),
            ("duration", incident.duration.as_ref().map(|duration| duration.source)),
        ];
        Self {
            version: VERSION,
            head: HeadForm::new(incident),
            end: incident.end.as_ref().map(|end| end.value),
            severity_label: severity.map(|severity| severity.label.as_str()),
            severity_rank: severity.and_then(|severity| severity.rank),
            sources: sources.into_iter().filter_map(|(name, source)| Some((name, source?))).collect(),
            author: incident.author.as_deref(),
            prepared_by: incident.prepared_by.as_deref(),
            prepared_on: incident.prepared_on,
            minutes_to: Milestone::ALL
                .into_iter()
                .filter_map(|milestone| Some((milestone.name(), Figure(incident.minutes_to(milestone)?))))
                .collect(),
            measure_details: incident
                .measures
                .iter()
                .map(|m| MeasureForm {
                    kind: m.kind.name(),
                    value: Figure(m.value),
                    bound: m.bound,
                    qualifier: m.qualifier.as_deref(),
                    line: m.line,
                })
                .collect(),
            timeline: incident
                .timeline
                .iter()
                .map(|row| RowForm {
                    time: row.time,
                    label: &row.label,
                    text: &row.text,
                    milestone: row.milestone,
                    line: row.line,
                })
                .collect(),
            contributing_factors: &incident.contributing_factors,
            resolution_steps: &incident.resolution_steps,
            lessons: &incident.lessons,
            actions: &incident.actions,
            links: incident
                .links
                .iter()
                .map(|link| LinkForm {
                    target: &link.target,
                    label: link.label.as_deref(),
                    line: link.line,
                    ids: resolve(&link.target),
                })
                .collect(),
            sections: incident
                .sections
                .iter()
                .map(|section| SectionForm {
                    section: section.kind.name(),
                    heading: &section.heading,
                    line: section.line,
                    text: incident.section_text(section),
                })
                .collect(),
        }
    }
}

impl<'a> UpdateForm<'a> {
    /// The form of what an update did.
    pub fn new(report: &'a UpdateReport) -> Self {
        Self {
            version: VERSION,
            reports: report.reports,
            added: report.added,
            modified: report.modified,
            renamed: report.renamed,
            removed: report.removed,
            unchanged: report.unchanged,
            failed: report.failed,
            bytes: report.bytes,
            took_ms: milliseconds(report.took),
            problems: report.problems.iter().map(ProblemForm::new).collect(),
        }
    }
}

impl<'a> ProblemForm<'a> {
    /// The form of a problem.
    pub fn new(problem: &'a ReportProblem) -> Self {
        let ReportProblem { path, problem: Problem { line, reason, level } } = problem;
        Self { path, line: *line, level: *level, reason }
    }
}

impl<'a> QueryErrorsForm<'a> {
    /// The form of a query's errors.
    pub fn new(query: &'a str, errors: &'a QueryErrors) -> Self {
        let form = |e: &'a crate::query::QueryError| QueryErrorForm {
            span: [e.span.start, e.span.end],
            reason: &e.reason,
            fix: &e.fix,
        };
        Self { version: VERSION, query, errors: errors.0.iter().map(form).collect() }
    }
}

/// Milliseconds, to the microsecond.
fn milliseconds(took: std::time::Duration) -> f64 {
    took.as_micros() as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::SectionKind;
    use crate::{Facet, Index, Sourced};

    #[test]
    fn an_answer_as_json() {
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
            "version": 1, "query": "logs", "interpreted": "logs", "total": 1, "relaxed": false, "took_ms": 0,
            "hits": [{
                "id": "a/b", "path": "", "title": "Disk full", "date": null, "severity": null,
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
