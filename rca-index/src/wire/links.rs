//! The JSON form of links: where those of an incident lead, and which incidents link to it. Only an index knows.
//!
//! In: an incident, and who knows of links. Out: forms.

use serde::Serialize;

use crate::incident::{Incident, Summary, Timestamp};

/// More incidents that link to one are counted only; a search for `links:ID` has them all.
pub const MOST_BACKLINKS: usize = 1_000;

/// What an index knows of links: [`Index`](crate::Index) does, and [`NoLinks`] does not.
pub trait LinkLookup {
    /// The ids that a link of an incident may mean.
    fn linked(&self, incident: &Incident, target: &str) -> Vec<String>;

    /// The incidents that link to one, the newest first, at most [`MOST_BACKLINKS`]; and how many there are.
    fn backlinks(&self, incident: &Incident) -> (Vec<Summary>, usize);
}

/// For an incident that is in no index: its links lead nowhere, and none leads to it.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoLinks;

impl LinkLookup for NoLinks {
    fn linked(&self, _: &Incident, _: &str) -> Vec<String> {
        Vec::new()
    }

    fn backlinks(&self, _: &Incident) -> (Vec<Summary>, usize) {
        (Vec::new(), 0)
    }
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct LinkForm<'a> {
    pub target: &'a str,
    /// Whether it points out of the archive.
    pub external: bool,
    pub label: Option<&'a str>,
    pub line: u32,
    /// The incidents that the link may mean; empty if there are none.
    pub ids: Vec<String>,
}

/// An incident that links to another.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct BacklinkForm {
    pub id: String,
    pub path: String,
    pub title: String,
    pub date: Option<Timestamp>,
    pub severity: Option<String>,
    pub services: Vec<String>,
    pub status: Option<String>,
}

impl From<Summary> for BacklinkForm {
    fn from(summary: Summary) -> Self {
        let Summary { id, path, title, date, severity, services, status, .. } = summary;
        Self { id, path, title, date, severity: severity.map(|severity| severity.name), services, status }
    }
}

pub(super) fn links<'a>(incident: &'a Incident, lookup: &dyn LinkLookup) -> Vec<LinkForm<'a>> {
    let links = incident.links.iter().map(|link| LinkForm {
        target: &link.target,
        external: link.external,
        label: link.label.as_deref(),
        line: link.line,
        ids: if link.external { Vec::new() } else { lookup.linked(incident, &link.target) },
    });
    links.collect()
}

/// The incidents that link to one, and how many there are.
pub(super) fn backlinks(incident: &Incident, lookup: &dyn LinkLookup) -> (Vec<BacklinkForm>, usize) {
    let (summaries, total) = lookup.backlinks(incident);
    (summaries.into_iter().map(BacklinkForm::from).collect(), total)
}
