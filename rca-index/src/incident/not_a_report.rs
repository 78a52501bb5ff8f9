//! What a file of an archive is that is no report.
//!
//! In: what was found in the file. Out: plain data, a stable code for programs, and one text for people. What decides it is
//! in `archive/not_a_report.rs`.

use std::fmt::{Display, Formatter, Result};

use serde::{Deserialize, Serialize};

/// Why a file is not a report, by a sure sign in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NotAReport {
    /// What it is instead.
    pub reason: NotAReportReason,
    /// The line of the sign, counted from 1.
    pub line: u32,
    /// The text of this line, cut to a readable length; empty where the sign is what is missing.
    pub sign: String,
}

/// What a file is that is no report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum NotAReportReason {
    /// A report to be filled in: choices, placeholders, empty sections.
    Template,
    /// Links to reports and nothing else.
    Index,
    /// About the folder: a README, a guide for contributors, a licence.
    Readme,
}

/// A file that an archive leaves out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LeftOut {
    /// The path in the archive, with `/` between folders.
    pub path: String,
    /// Why.
    pub why: NotAReport,
}

impl NotAReportReason {
    /// The stable name, for programs that read machine output.
    ///
    /// # Examples
    /// ```
    /// use rca_index::NotAReportReason;
    ///
    /// assert_eq!(NotAReportReason::Template.code(), "template");
    /// ```
    pub fn code(self) -> &'static str {
        match self {
            Self::Template => "template",
            Self::Index => "index",
            Self::Readme => "readme",
        }
    }
}

impl Display for NotAReport {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(match self.reason {
            NotAReportReason::Template => "a template",
            NotAReportReason::Index => "an index of other files",
            NotAReportReason::Readme => "about the folder, with no facts of an incident",
        })?;
        match self.sign.as_str() {
            "" => Ok(()),
            sign => write!(f, " (line {}: {sign})", self.line),
        }
    }
}
