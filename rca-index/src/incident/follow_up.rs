//! What follows an incident: lessons, actions, and links to other documents, as plain data.
//!
//! In: what `parse` found. Out: parts of the incident.

use serde::{Deserialize, Serialize};

use super::Timestamp;

/// What the team learned.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Lessons {
    /// What went well.
    pub went_well: Vec<String>,
    /// What went badly, or could be improved.
    pub went_badly: Vec<String>,
    /// Lessons under no such heading, luck included.
    pub other: Vec<String>,
}

/// Something to be done after the incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Action {
    /// The priority as written.
    pub priority: Option<String>,
    /// What is to be done.
    pub text: String,
    /// Who does it.
    pub owner: Option<String>,
    /// By when.
    pub due: Option<Timestamp>,
    /// Whether it is done, when the report says so by a checkbox or a status.
    pub done: Option<bool>,
    /// The line in the report, counted from 1.
    pub line: u32,
}

/// A link to another document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Where it points, as written: a name (`[[name]]`), a relative path (`[text](path.md)`), or an address.
    pub target: String,
    /// Whether it points out of the archive: a runbook, a ticket.
    pub external: bool,
    /// The text shown for it.
    pub label: Option<String>,
    /// The line in the report, counted from 1.
    pub line: u32,
}
