//! A sample of an archive: how many of its first files are reports, to tell an archive from any other folder.
//!
//! In: an archive. Out: two counts. Here a file counts as a report only if it says something that a report says: in an archive a file
//! is one in doubt, but a folder of notes is not an archive in doubt.

use rayon::prelude::*;

use crate::archive::Archive;
use crate::archive::not_a_report::{not_a_report, reads_as_report};
use crate::archive::read::{decode_report, read};
use crate::archive::walk::{File, walk};

/// How many of the first files of an archive are reports.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sample {
    /// Files that were read.
    pub files: usize,
    /// Those that state a date, a severity, a duration or a measure, or have the sections of a report.
    pub reports: usize,
}

impl Sample {
    /// Whether at least one in five files is a report.
    ///
    /// # Examples
    /// ```
    /// use rca_index::Sample;
    ///
    /// // No files, no archive.
    /// assert!(!Sample::default().is_archive());
    /// ```
    pub fn is_archive(self) -> bool {
        self.reports * 5 >= self.files && self.reports > 0
    }
}

impl Archive {
    /// Reads the first few hundred files.
    ///
    /// # Examples
    /// ```
    /// use rca_index::Archive;
    ///
    /// let folder = tempfile::tempdir()?;
    /// std::fs::write(folder.path().join("queue.md"), "# Queue backlog\n\n**Date:** 2025-06-02\n")?;
    /// std::fs::write(folder.path().join("notes.md"), "# Notes\n")?;
    /// let sample = Archive::open(folder.path())?.sample();
    /// assert_eq!((sample.files, sample.reports, sample.is_archive()), (2, 1, true));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn sample(&self) -> Sample {
        const MOST_FILES: usize = 300;
        let mut files = walk(self, None).unwrap_or_default().files;
        files.truncate(MOST_FILES);
        let (options, root) = (self.parse_options(), self.open_root());
        let is_report = |file: &&File| {
            let content = read(file, &root, self.max_report_bytes());
            let parsed = content.and_then(|content| decode_report(file, content.bytes, &options));
            parsed.is_ok_and(|parsed| {
                not_a_report(&file.path, file.taking, &parsed).is_none() && reads_as_report(&parsed.incident)
            })
        };
        Sample { files: files.len(), reports: files.par_iter().filter(is_report).count() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_no_archive_and_reports_are() {
        let note = "# Groceries\n\nBread and milk.\n";
        let diary = "# Monday\n\n## Done\n\nCalled the bank.\n";
        let reports = [
            "---\ndate: 2024-05-06\n---\n# Slow\n",
            "# Slow\n\n**Severity:** SEV2\n",
            "# Slow\n\n## Root cause\n\nA full disk.\n\n## Resolution\n\nA larger one.\n",
            "# Slow\n\n## Timeline\n\n- 10:00 Alert\n- 10:30 Fixed\n",
        ];
        let folder = tempfile::tempdir().unwrap();
        let write = |path: String, text: &str| std::fs::write(folder.path().join(path), text).unwrap();
        let sample = || Archive::open(folder.path()).unwrap().sample();
        assert_eq!((sample(), sample().is_archive()), (Sample::default(), false));
        (0..15).for_each(|number| write(format!("note-{number}.md"), note));
        // The name of a file may be a day without being an incident's.
        (10..15).for_each(|day| write(format!("2024-05-{day}.md"), diary));
        assert_eq!(sample(), Sample { files: 20, reports: 0 });
        reports.iter().enumerate().for_each(|(number, text)| write(format!("report-{number}.md"), text));
        assert_eq!((sample(), sample().is_archive()), (Sample { files: 24, reports: 4 }, false));
        write("report-5.md".to_owned(), reports[0]);
        assert_eq!((sample(), sample().is_archive()), (Sample { files: 25, reports: 5 }, true));
    }
}
