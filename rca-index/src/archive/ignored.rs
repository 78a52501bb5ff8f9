//! What ignore files leave out of an archive, for people who miss a report.
//!
//! In: files that a walk leaves out. Out: how many each ignore file leaves out, and which one a name means.

use std::collections::BTreeMap;

use crate::archive::Archive;
use crate::archive::names::Names;
use crate::archive::walk::walk;
use crate::incident::{IgnoredCount, IgnoredFile};
use crate::parse::report_id;

/// What ignore files leave out, as far as a walk has looked.
#[derive(Debug, Default)]
pub(crate) struct Ignored {
    files: Vec<IgnoredFile>,
    /// The ignore files of folders that were not looked into.
    skipped: Vec<Box<str>>,
    looked_at: usize,
}

impl Ignored {
    /// No more ignored folders are looked into when so many of their entries were.
    const MOST_ENTRIES: usize = 20_000;

    pub(super) fn is_full(&self) -> bool {
        self.looked_at >= Self::MOST_ENTRIES
    }

    pub(super) fn look_at(&mut self) {
        self.looked_at += 1;
    }

    pub(super) fn add(&mut self, file: IgnoredFile) {
        self.files.push(file);
    }

    pub(super) fn skip_folder(&mut self, by: &str) {
        if !self.skipped.iter().any(|known| **known == *by) {
            self.skipped.push(by.into());
        }
    }

    /// How many files each ignore file leaves out, by its name.
    pub(crate) fn counts(&self) -> Vec<IgnoredCount> {
        let mut counts: BTreeMap<&str, (usize, bool)> = BTreeMap::new();
        self.files.iter().for_each(|file| counts.entry(&file.by).or_default().0 += 1);
        self.skipped.iter().for_each(|by| counts.entry(by).or_default().1 = true);
        counts.into_iter().map(|(by, (files, more))| IgnoredCount { by: by.to_owned(), files, more }).collect()
    }
}

impl Archive {
    /// How many files each ignore file leaves out. Walks the archive.
    ///
    /// # Examples
    /// ```
    /// use rca_index::Archive;
    ///
    /// let folder = tempfile::tempdir()?;
    /// std::fs::write(folder.path().join(".gitignore"), "drafts/\n")?;
    /// std::fs::create_dir(folder.path().join("drafts"))?;
    /// std::fs::write(folder.path().join("drafts/queue.md"), "# Queue backlog\n")?;
    /// let counts = Archive::open(folder.path())?.ignored_counts();
    /// assert_eq!((counts[0].by.as_str(), counts[0].files), (".gitignore", 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn ignored_counts(&self) -> Vec<IgnoredCount> {
        walk(self, None).unwrap_or_default().ignored.counts()
    }

    /// The file with a name that an ignore file leaves out: a path, an id, a file name or its first words. Walks the archive.
    ///
    /// # Examples
    /// ```
    /// use rca_index::Archive;
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # std::fs::write(folder.path().join(".gitignore"), "drafts/\n")?;
    /// # std::fs::create_dir(folder.path().join("drafts"))?;
    /// # std::fs::write(folder.path().join("drafts/queue.md"), "# Queue backlog\n")?;
    /// let found = Archive::open(folder.path())?.find_ignored("queue");
    /// assert_eq!(found.map(|file| file.path).as_deref(), Some("drafts/queue.md"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn find_ignored(&self, name: &str) -> Option<IgnoredFile> {
        let files = walk(self, None)?.ignored.files;
        let mut names = Names::default();
        files.iter().for_each(|file| names.add(&report_id(&file.path)));
        let ids = names.resolve(name);
        files.into_iter().find(|file| ids.first().is_some_and(|id| report_id(&file.path) == *id))
    }
}
