//! Summaries: the facts of an incident that a list of incidents shows.
//!
//! In: an incident. Out: plain values, which an index keeps beside the report, so that no report is parsed for them.

use serde::{Deserialize, Serialize};

use crate::incident::{Bound, Incident, Severity, Source, Sourced, Timestamp};

/// What a list of incidents shows of each. An index returns it without parsing the report.
///
/// The values are those of the [`Incident`], without where they were found. Unknown stays unknown, never zero.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Summary {
    /// As [`Incident::id`].
    pub id: String,
    /// As [`Incident::path`].
    pub path: String,
    /// The headline.
    pub title: String,
    /// When the incident began.
    pub date: Option<Timestamp>,
    /// How bad it was.
    pub severity: Option<Severity>,
    /// The services affected.
    pub services: Vec<String>,
    /// The tags.
    pub tags: Vec<String>,
    /// `resolved`, `open`, `monitoring` ...; lower case, in English where the word is known.
    pub status: Option<String>,
    /// How long the incident lasted, in minutes.
    pub duration_minutes: Option<f64>,
    /// How the duration is to be read; as `About` too where it is computed from other times.
    pub duration_bound: Bound,
}

impl From<&Incident> for Summary {
    fn from(incident: &Incident) -> Self {
        Self {
            id: incident.id.clone(),
            path: incident.path.clone(),
            title: incident.title.value.clone(),
            ..Self::unnamed(incident)
        }
    }
}

impl Summary {
    /// The summary of an incident without its id, path and title, which an index stores anyway.
    pub(crate) fn unnamed(incident: &Incident) -> Self {
        Self {
            date: incident.date.as_ref().map(|date| date.value),
            severity: incident.severity.as_ref().map(|severity| severity.value.clone()),
            services: incident.services.clone(),
            tags: incident.tags.clone(),
            status: incident.status.as_ref().map(|status| status.value.clone()),
            duration_minutes: incident.duration.as_ref().map(|duration| duration.value),
            duration_bound: incident.duration.as_ref().map(bound).unwrap_or_default(),
            ..Self::default()
        }
    }
}

fn bound(duration: &Sourced<f64>) -> Bound {
    let is_computed = matches!(duration.source, Source::StartAndEnd | Source::Timeline);
    if is_computed { Bound::About } else { duration.bound }
}
