//! The manifest: what the index knows of each file of the archive, as of the last update.
//!
//! It is written before the commit that refers to it by name, so the two are always consistent.

use std::borrow::Cow;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::archive::ReportProblem;
use crate::archive::not_a_report::Taking;
use crate::archive::stamp::Stamp;
use crate::archive::walk::id_of;
use crate::error::{Error, Result};
use crate::incident::{FailedCount, LeftOut, NotAReport, Problem, ProblemKind};

/// All files, sorted by path.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    pub(crate) entries: Vec<Entry>,
    /// Problems of files and folders that the walk could not handle.
    pub(crate) problems: Vec<ReportProblem>,
}

/// A placeholder for the hash of a file that is in the index but must be parsed again.
const UNKNOWN: u128 = 0;

/// One file. Kept small, like a [`File`](crate::archive::walk::File).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// The path in the archive.
    pub(crate) path: Box<str>,
    /// Whether the path had to be encoded, because it is not Unicode.
    pub(crate) encoded: bool,
    /// The size in bytes.
    pub(crate) size: u64,
    /// When it was last changed; unknown if it is to be read again.
    pub(crate) stamp: Stamp,
    /// The hash of the content; `None` if it could not be ingested.
    pub(crate) hash: Option<u128>,
    /// How it was taken.
    pub(crate) taking: Taking,
    /// Why its content is not in the index.
    pub(crate) left_out: Option<Box<NotAReport>>,
    pub(crate) problems: Box<[Problem]>,
}

impl Entry {
    /// The incident's id.
    pub(crate) fn id(&self) -> Cow<'_, str> {
        id_of(&self.path, self.encoded)
    }

    /// What tells it from all other files, in the order of walks.
    pub(crate) fn key(&self) -> (&str, bool) {
        (&self.path, self.encoded)
    }

    /// Whether the last update could not read it.
    fn is_unreadable(&self) -> bool {
        self.problems.iter().any(|problem| problem.kind.is_unreadable())
    }

    /// The hash of the content that the index has; `None` if there is none, or it must be parsed again.
    pub(crate) fn known_hash(&self) -> Option<u128> {
        self.hash.filter(|&hash| hash != UNKNOWN)
    }

    /// The problems of its content, without those of reading it.
    pub(crate) fn problems_of_content(&self) -> impl Iterator<Item = &Problem> {
        self.problems.iter().filter(|problem| !is_of_reading(&problem.kind))
    }

    /// Whether its report is in the index.
    pub(crate) fn is_indexed(&self) -> bool {
        self.hash.is_some() && self.left_out.is_none()
    }
}

/// Whether a problem says why a file could not be read, not what is wrong in it.
fn is_of_reading(kind: &ProblemKind) -> bool {
    matches!(kind, ProblemKind::FileUnreadable { .. } | ProblemKind::FileTooLarge { .. })
}

#[cfg(test)]
thread_local! {
    /// The number of manifests that this thread has decoded.
    pub(crate) static DECODED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// The paths of files and folders that cannot be read.
pub(crate) struct Unreadable(HashSet<String>);

impl Unreadable {
    pub(crate) fn new(paths: impl IntoIterator<Item = String>) -> Self {
        Self(paths.into_iter().collect())
    }

    /// Whether a path is one of these, or in one of these folders; the archive itself is an empty path.
    pub(crate) fn covers(&self, path: &str) -> bool {
        let has = |path: &str| self.0.contains(path);
        !self.0.is_empty() && (has("") || has(path) || path.match_indices('/').any(|(at, _)| has(&path[..at])))
    }
}

impl Manifest {
    /// Serializes the manifest.
    ///
    /// # Errors
    /// [`Error::Internal`], which cannot happen.
    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>> {
        let internal = |e: postcard::Error| Error::Internal { path: PathBuf::new(), reason: format!("manifest: {e}") };
        postcard::to_stdvec(self).map_err(internal)
    }

    /// Deserializes a manifest of the index in folder `dir`.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`].
    pub(crate) fn from_bytes(bytes: &[u8], dir: Option<&Path>) -> Result<Self> {
        #[cfg(test)]
        DECODED.set(DECODED.get() + 1);
        let path = || dir.map(Path::to_owned).unwrap_or_default();
        postcard::from_bytes(bytes)
            .map_err(|e| Error::IndexDamaged { path: path(), reason: format!("the manifest of the last update: {e}") })
    }

    /// All problems, sorted by path and line.
    pub(crate) fn all_problems(&self) -> Vec<ReportProblem> {
        let of_entries = self.entries.iter().flat_map(|entry| {
            entry
                .problems
                .iter()
                .map(|problem| ReportProblem { path: entry.path.to_string(), problem: problem.clone() })
        });
        let mut problems: Vec<_> = of_entries.chain(self.problems.iter().cloned()).collect();
        problems.sort();
        problems
    }

    /// Marks every file to be read and parsed again, even if its content is the same.
    pub(crate) fn forget_contents(&mut self) {
        for entry in &mut self.entries {
            entry.stamp = Stamp::UNKNOWN;
            entry.hash = entry.hash.map(|_| UNKNOWN);
        }
    }

    /// The files whose reports are in the index.
    pub(crate) fn indexed(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.is_indexed())
    }

    /// What could not be taken in.
    pub(crate) fn failed(&self) -> FailedCount {
        let of_entries = self.entries.iter().flat_map(|entry| entry.problems.iter());
        let problems = of_entries.chain(self.problems.iter().map(|found| &found.problem));
        let mut failed = FailedCount::default();
        for problem in problems.filter(|problem| problem.kind.keeps_out()) {
            match problem.kind {
                ProblemKind::FolderUnreadable { .. } => failed.folders += 1,
                _ => failed.files += 1,
            }
        }
        failed
    }

    /// The number of reports in the index that cannot be read now, so that they are as an earlier update read them.
    pub(crate) fn kept(&self) -> usize {
        let unreadable = self.unreadable();
        let is_kept = |entry: &&Entry| entry.is_unreadable() || unreadable.covers(&entry.path);
        self.indexed().filter(is_kept).count()
    }

    /// How many reports of an earlier manifest are not in the index now because they cannot be read.
    pub(crate) fn lost_since(&self, before: &Self) -> usize {
        let unreadable = self.unreadable();
        let now = |entry: &Entry| {
            let found = self.entries.binary_search_by(|other| other.key().cmp(&entry.key()));
            found.ok().and_then(|at| self.entries.get(at))
        };
        let is_lost = |entry: &&Entry| match now(entry) {
            Some(now) => !now.is_indexed() && now.is_unreadable(),
            None => unreadable.covers(&entry.path),
        };
        before.indexed().filter(is_lost).count()
    }

    /// The files and folders that the walk could not read.
    fn unreadable(&self) -> Unreadable {
        let unreadable = self.problems.iter().filter(|found| found.problem.kind.is_unreadable());
        Unreadable::new(unreadable.map(|found| found.path.clone()))
    }

    /// The files that are not reports.
    pub(crate) fn left_out(&self) -> Vec<LeftOut> {
        let why =
            |entry: &Entry| Some(LeftOut { path: entry.path.to_string(), why: entry.left_out.as_deref()?.clone() });
        self.entries.iter().filter_map(why).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_an_unreadable_folder_cannot_be_read() {
        let covers = |paths: &[&str], path: &str| Unreadable::new(paths.iter().map(|&p| p.to_owned())).covers(path);
        for path in ["2025/a.md", "2025/q/a.md", "2024/x.md", "é/a.md"] {
            assert!(covers(&["2025", "2024/x.md", "é"], path), "{path}");
            assert!(covers(&[""], path) && !covers(&[], path), "{path}");
        }
        for path in ["2025.md", "2025-q/a.md", "2024/y.md", "q/2025/a.md", "2024/x.md.md"] {
            assert!(!covers(&["2025", "2024/x.md"], path), "{path}");
        }
    }
}
