//! Ignored files: what ignore files such as `.gitignore` leave out of an archive.

use serde::{Deserialize, Serialize};

/// A file that is named like a report and that an ignore file leaves out.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct IgnoredFile {
    /// The path in the archive, with `/` between folders.
    pub path: String,
    /// The ignore file, as seen from the archive: `2024/.gitignore`, `../.gitignore`.
    pub by: String,
    /// Its pattern.
    pub pattern: String,
}

/// How many files an ignore file leaves out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct IgnoredCount {
    /// The ignore file, as seen from the archive.
    pub by: String,
    /// Files named like reports.
    pub files: usize,
    /// Whether there may be more: not every ignored folder was looked into.
    pub more: bool,
}
