//! Changes: the difference between the last update and the archive now, as a merge of two sorted lists.

use std::cmp::Ordering;

use crate::archive::walk::{File, Walk};
use crate::update::manifest::{Entry, Manifest, Unreadable};

/// A file to read, and its entry from the last update.
pub(crate) type ToRead = (File, Option<Box<Entry>>);

/// The changes.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Changes {
    /// New files, and files that may have changed.
    pub(crate) to_read: Vec<ToRead>,
    /// Files that no longer exist.
    pub(crate) removed: Vec<Entry>,
    /// Unchanged files.
    pub(crate) unchanged: Vec<Entry>,
    /// Whether some of these have a new stamp, so that the manifest must be written.
    pub(crate) restamped: bool,
}

impl Changes {
    /// Compares the manifest of the last update with a walk; both must be sorted by path.
    pub(crate) fn between(before: Manifest, walk: Walk) -> Self {
        let mut changes = Self::default();
        let unreadable = Unreadable::new(walk.unreadable);
        let mut entries = before.entries.into_iter().peekable();
        let mut files = walk.files.into_iter().peekable();
        loop {
            let order = match (entries.peek(), files.peek()) {
                (None, None) => return changes,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(entry), Some(file)) => entry.key().cmp(&file.key()),
            };
            let entry = if order == Ordering::Greater { None } else { entries.next() };
            let file = if order == Ordering::Less { None } else { files.next() };
            match (entry, file) {
                (Some(entry), Some(file)) if is_same(&entry, &file) => changes.unchanged.push(entry),
                (entry, Some(file)) => changes.to_read.push((file, entry.map(Box::new))),
                (Some(entry), None) if unreadable.covers(&entry.path) => changes.unchanged.push(entry),
                (Some(entry), None) => changes.removed.push(entry),
                (None, None) => {}
            }
        }
    }

    /// Whether the index is up to date.
    pub(crate) fn is_empty(&self) -> bool {
        self.to_read.is_empty() && self.removed.is_empty()
    }
}

/// Whether a file is proved to be unchanged since its entry was made.
pub(crate) fn is_same(entry: &Entry, file: &File) -> bool {
    entry.size == file.size && file.stamp.proves_unchanged_since(entry.stamp) && entry.taking == file.taking
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::not_a_report::Taking;
    use crate::archive::stamp::Stamp;

    fn entry(path: &str, size: u64) -> Entry {
        Entry {
            path: path.into(),
            encoded: false,
            size,
            stamp: Stamp::at(7, Some(8)),
            hash: Some(0),
            taking: Taking::Judged,
            left_out: None,
            problems: Box::default(),
        }
    }

    fn file(path: &str, size: u64) -> File {
        File { path: path.into(), own_path: None, size, stamp: Stamp::at(7, Some(8)), taking: Taking::Judged }
    }

    #[test]
    fn a_merge_separates_changed_removed_and_unchanged_files() {
        let before = Manifest {
            entries: vec![entry("a", 1), entry("b", 1), entry("d", 1), entry("locked/x", 1)],
            problems: Vec::new(),
        };
        let walk = Walk {
            files: vec![file("a", 1), file("c", 1), file("d", 2)],
            unreadable: vec!["locked".into()],
            ..Walk::default()
        };
        let changes = Changes::between(before, walk);
        let expected = Changes {
            to_read: vec![(file("c", 1), None), (file("d", 2), Some(Box::new(entry("d", 1))))],
            removed: vec![entry("b", 1)],
            unchanged: vec![entry("a", 1), entry("locked/x", 1)],
            restamped: false,
        };
        assert_eq!(changes, expected);
        assert!(!changes.is_empty());
    }

    #[test]
    fn a_stamp_that_proves_nothing_or_differs_means_reading() {
        let is_read = |before: Stamp, now: Stamp| {
            let before = Manifest { entries: vec![Entry { stamp: before, ..entry("a", 1) }], ..Manifest::default() };
            let walk = Walk { files: vec![File { stamp: now, ..file("a", 1) }], ..Walk::default() };
            !Changes::between(before, walk).to_read.is_empty()
        };
        for unchanged in [Stamp::at(0, None), Stamp::at(-1, Some(0)), Stamp::at(0, Some(-1)), Stamp::at(7, Some(8))] {
            assert!(!is_read(unchanged, unchanged), "{unchanged:?}");
            assert!(is_read(Stamp::UNKNOWN, unchanged) && is_read(unchanged, Stamp::UNKNOWN), "{unchanged:?}");
        }
        assert!(is_read(Stamp::UNKNOWN, Stamp::UNKNOWN));
        // `touch -r` after an edit.
        assert!(is_read(Stamp::at(7, Some(8)), Stamp::at(7, Some(9))));
    }

    #[test]
    fn a_file_whose_metadata_cannot_be_read_is_kept() {
        let before = Manifest { entries: vec![entry("a", 1), entry("a.md", 1)], ..Manifest::default() };
        let walk = Walk { unreadable: vec!["a".into()], ..Walk::default() };
        let changes = Changes::between(before, walk);
        assert_eq!((changes.unchanged, changes.removed), (vec![entry("a", 1)], vec![entry("a.md", 1)]));
    }
}
