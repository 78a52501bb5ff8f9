//! Update: bring the index in line with the archive.
//!
//! archive -> walk -> changes since the last update -> read and parse in parallel -> documents -> one atomic commit.

use std::time::Duration;

use crate::incident::Problem;

/// How to update.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct UpdateOptions {
    /// Read every report again, as if nothing had been indexed.
    pub rebuild: bool,
    /// How many threads read and parse; 0 means as many as there are processors.
    pub threads: usize,
    /// Give up when finding out what has changed takes longer than this; the report says so.
    pub scan_limit: Option<Duration>,
}

/// What an update is doing. Events come from several threads, one at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum UpdateEvent {
    /// The archive has been walked and compared.
    Compared {
        /// Reports in the archive.
        reports: usize,
        /// Reports to be read: new, modified or renamed.
        to_read: usize,
        /// Their size in bytes.
        bytes: u64,
    },
    /// One more report has been read, parsed and handed to the index.
    Read {
        /// Its size in bytes.
        bytes: u64,
    },
    /// All reports are read; the index is being written.
    Committing,
}

/// What an update did.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct UpdateReport {
    /// Reports in the index now.
    pub reports: usize,
    /// Reports that were not in the index before.
    pub added: usize,
    /// Reports whose text has changed.
    pub modified: usize,
    /// Reports with the text of one that is gone.
    pub renamed: usize,
    /// Reports that are gone from the archive.
    pub removed: usize,
    /// Reports left as they were.
    pub unchanged: usize,
    /// Files that could not be taken in: unreadable, empty or too large. Each has a problem.
    pub failed: usize,
    /// Problems of all reports in the archive, by path and line; unchanged reports included.
    pub problems: Vec<ReportProblem>,
    /// Bytes read.
    pub bytes: u64,
    /// Whether the scan took longer than the limit in the options, so that nothing was done.
    pub given_up: bool,
    /// How long it took.
    pub took: Duration,
}

impl UpdateReport {
    /// Whether the index was changed.
    pub fn changed(&self) -> bool {
        self.added + self.modified + self.renamed + self.removed > 0
    }
}

/// A problem and the report it is in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReportProblem {
    /// The report's path in the archive, `/` between folders.
    pub path: String,
    /// The problem.
    pub problem: Problem,
}
