//! Parse: from a report's text to an incident and its problems. A report is never lost.

pub(crate) mod actions;
pub(crate) mod body;
pub(crate) mod date;
pub(crate) mod duration;
mod front_matter;
mod keys;
pub(crate) mod lists;
pub(crate) mod measures;
mod metadata;
pub(crate) mod milestones;
pub(crate) mod outline;
pub(crate) mod sections;
pub(crate) mod timeline;
mod value;
mod yaml;

use std::collections::BTreeMap;

use crate::incident::{Incident, Problem, SectionKind};

/// What an archive's settings say about parsing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParseOptions {
    /// More front-matter keys and what they mean: `outage_class` to `severity`.
    pub keys: BTreeMap<String, String>,
    /// More headings, in any case, and the section they open.
    pub headings: BTreeMap<String, SectionKind>,
}

/// What parsing a report gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// The incident.
    pub incident: Incident,
    /// What could not be read as it stands, by line.
    pub problems: Vec<Problem>,
}

/// The id of a report at this path.
pub fn report_id(path: &str) -> String {
    path.rsplit_once('.').map_or(path, |(a, _)| a).to_owned()
}

/// Parses a report.
pub fn parse_report(path: &str, source: String, _o: &ParseOptions) -> Parsed {
    let mut incident =
        Incident::new(report_id(path), source.lines().find(|l| l.starts_with("# ")).unwrap_or(path).to_owned());
    incident.path = path.into();
    incident.push_section(SectionKind::Body, &source);
    for l in source.lines() {
        if let Some(s) = l.strip_prefix("services: [") {
            incident.services = s.trim_end_matches(']').split(", ").map(str::to_owned).collect();
        }
    }
    Parsed { incident, problems: vec![] }
}
