//! What an update could not take in, as counts.

use serde::{Deserialize, Serialize};

/// How many files and folders an update could not take in. Each has a problem.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FailedCount {
    /// Files named like reports: unreadable, empty, binary or too large ones, pipes, and links whose target is missing.
    pub files: usize,
    /// Folders that cannot be listed. Nobody knows how many reports are in them.
    pub folders: usize,
}

impl FailedCount {
    /// Files and folders together.
    ///
    /// # Examples
    /// ```
    /// use rca_index::FailedCount;
    ///
    /// assert_eq!(FailedCount::default().total(), 0);
    /// ```
    pub fn total(self) -> usize {
        self.files + self.folders
    }
}
