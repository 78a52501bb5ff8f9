//! Recurring: the JSON form of incidents that are the same again.
//!
//! In: clusters. Out: counts, and each cluster with its incidents, what fixed them, and what was not done before it came back.

use serde::Serialize;

use super::query::repeated;
use super::{CutForm, Figure, FixCountForm, FixForm, UnknownValueForm, VERSION, milliseconds};
use crate::incident::{Action, Timestamp};
use crate::insight::{Cluster, Occurrence, Recurring, Said};
use crate::search::Cut;

/// What happened again.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct RecurringForm<'a> {
    #[serde(flatten)]
    pub summary: RecurringSummaryForm<'a>,
    /// Those that were seen most often first, of equals that which was seen last.
    pub clusters: Vec<ClusterForm<'a>>,
}

/// The same without the clusters.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct RecurringSummaryForm<'a> {
    pub version: u32,
    /// The folder that the paths are in; null for incidents that are no files.
    pub root: Option<&'a str>,
    /// The query as typed; of a longer one, the first 4 KB.
    pub query: &'a str,
    /// How many bytes the whole query has, if only its beginning is repeated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query_bytes: Option<usize>,
    /// The interpreted query.
    pub interpreted: &'a str,
    /// How many clusters there are.
    pub total: usize,
    /// How many incidents match the query.
    pub matching: usize,
    /// How many of them were looked at: the latest.
    pub looked_at: usize,
    /// How many pairs were compared, each way.
    pub compared: usize,
    /// Files and folders that could not be taken in by the last update, if there are any.
    #[serde(skip_serializing_if = "super::is_zero")]
    pub failed: usize,
    pub took_ms: f64,
    /// Facet values in the query that no incident has; only computed if nothing matches.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unknown_values: Vec<UnknownValueForm<'a>>,
    /// What of the query was not looked for, because it asks for more than a search does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cuts: Vec<CutForm>,
}

/// Incidents that are the same again.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct ClusterForm<'a> {
    /// How often it was seen: reports of one day, or of overlapping times, count once.
    pub times: usize,
    pub first: Option<Timestamp>,
    pub last: Option<Timestamp>,
    /// Days between one time and the next, from the first on; null where a date is not known to the day.
    pub gaps_days: Vec<Option<u64>>,
    /// The services that at least half of the incidents have.
    pub services: &'a [String],
    /// What fixed them, the most frequent first.
    pub fixes: Vec<FixCountForm<'a>>,
    /// How many of the reports do not say what fixed it.
    pub fixes_unknown: usize,
    /// The incidents, the earliest first.
    pub incidents: Vec<OccurrenceForm<'a>>,
    /// What was promised and not marked as done before it came back.
    pub unfinished: Vec<UnfinishedForm<'a>>,
}

/// One of the incidents that are the same.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct OccurrenceForm<'a> {
    /// The how many-th time it is, counted from 1.
    pub nth: usize,
    pub id: &'a str,
    pub path: &'a str,
    pub title: &'a str,
    pub date: Option<Timestamp>,
    pub severity: Option<&'a str>,
    pub services: &'a [String],
    pub duration_minutes: Option<Figure>,
    /// Whole days since the time before began.
    pub days_since: Option<u64>,
    /// What fixed it; null where the report does not say it.
    pub fix: Option<FixForm>,
    /// How much it is like the likest of the others; null if only reports say that it is the same.
    pub likeness: Option<f32>,
    /// The others of which its report says that they are the same.
    pub said: Vec<SaidForm<'a>>,
}

/// Where a report says that an incident is the same as another.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct SaidForm<'a> {
    pub id: &'a str,
    /// The line that says so.
    pub line: u32,
}

/// An action that was not marked as done before the incident came back.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct UnfinishedForm<'a> {
    /// The incident whose report has it.
    pub id: &'a str,
    pub text: &'a str,
    pub priority: Option<&'a str>,
    pub owner: Option<&'a str>,
    pub due: Option<Timestamp>,
    /// Whether it was done later.
    pub done: bool,
    /// When it came back.
    pub came_back: Option<Timestamp>,
    pub line: u32,
}

impl<'a> RecurringForm<'a> {
    /// The JSON form of what happened again among the incidents that match a query.
    ///
    /// # Examples
    /// ```
    /// use rca_index::wire::RecurringForm;
    /// use rca_index::{Incident, Index, SearchRequest};
    ///
    /// # let index = Index::in_memory()?;
    /// # index.upsert([Incident::new("OPS-1", "Queue backlog")])?;
    /// let recurring = index.recurring(&SearchRequest::default())?;
    /// let json = serde_json::to_value(RecurringForm::new("", &recurring).root("/reports"))?;
    /// assert_eq!((&json["total"], &json["looked_at"]), (&0.into(), &1.into()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(query: &'a str, recurring: &'a Recurring) -> Self {
        let (query, query_bytes) = repeated(query);
        Self {
            summary: RecurringSummaryForm {
                version: VERSION,
                root: None,
                query,
                query_bytes,
                interpreted: &recurring.interpreted,
                total: recurring.clusters.len(),
                matching: recurring.matching,
                looked_at: recurring.looked_at,
                compared: recurring.compared,
                failed: recurring.failed.total(),
                took_ms: milliseconds(recurring.took),
                unknown_values: recurring.unknown_values.iter().map(UnknownValueForm::new).collect(),
                cuts: recurring
                    .cuts
                    .iter()
                    .map(|&Cut { what, kept, of }| CutForm { what: what.name(), kept, of })
                    .collect(),
            },
            clusters: recurring.clusters.iter().map(ClusterForm::new).collect(),
        }
    }

    /// The same with the folder that the paths are in.
    ///
    /// # Examples
    /// ```
    /// use rca_index::wire::RecurringForm;
    /// use rca_index::{Incident, Index, SearchRequest};
    ///
    /// # let index = Index::in_memory()?;
    /// # index.upsert([Incident::new("OPS-1", "Queue backlog")])?;
    /// let recurring = index.recurring(&SearchRequest::default())?;
    /// let json = serde_json::to_value(RecurringForm::new("", &recurring).root("/reports"))?;
    /// assert_eq!(json["root"], "/reports");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn root(self, root: &'a str) -> Self {
        Self { summary: RecurringSummaryForm { root: Some(root), ..self.summary }, ..self }
    }
}

impl<'a> ClusterForm<'a> {
    fn new(cluster: &'a Cluster) -> Self {
        Self {
            times: cluster.times,
            first: cluster.first,
            last: cluster.last,
            gaps_days: cluster.gaps(),
            services: &cluster.services,
            fixes: cluster.fixes.iter().map(FixCountForm::new).collect(),
            fixes_unknown: cluster.fixes_unknown,
            incidents: cluster.incidents.iter().map(OccurrenceForm::new).collect(),
            unfinished: cluster.unfinished().map(|(one, action)| UnfinishedForm::new(one, action)).collect(),
        }
    }
}

impl<'a> OccurrenceForm<'a> {
    fn new(one: &'a Occurrence) -> Self {
        let incident = &one.incident;
        Self {
            nth: one.nth,
            id: &incident.id,
            path: &incident.path,
            title: &incident.title,
            date: incident.date,
            severity: incident.severity.as_ref().map(|severity| severity.name.as_str()),
            services: &incident.services,
            duration_minutes: incident.duration_minutes.map(Figure),
            days_since: one.days_since,
            fix: one.fix.clone().map(FixForm::from),
            likeness: one.likeness,
            said: one.said.iter().map(|Said { id, line }| SaidForm { id, line: *line }).collect(),
        }
    }
}

impl<'a> UnfinishedForm<'a> {
    fn new(one: &'a Occurrence, action: &'a Action) -> Self {
        Self {
            id: &one.incident.id,
            text: &action.text,
            priority: action.priority.as_deref(),
            owner: action.owner.as_deref(),
            due: action.due,
            done: action.done == Some(true),
            came_back: one.came_back,
            line: action.line,
        }
    }
}
