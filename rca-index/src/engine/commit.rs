//! Commits: the data stored with each commit, and what a search needs of it.

use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::archive::KeptSettings;
use crate::engine::Embedded;
use crate::engine::cache::CommitCache;
use crate::engine::directory::META_FILE;
use crate::engine::given::GivenNote;
use crate::error::Result;
use crate::incident::FailedCount;
use crate::parse::ParseOptions;
use crate::plan::Statistics;
use crate::text::Synonyms;
use crate::text::analyzer::Analyzer;

/// The note stored in a commit.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct CommitNote {
    /// The file name of its manifest.
    pub(crate) manifest: Option<String>,
    /// The total length of all incidents, in bytes of text.
    pub(super) length: u64,
    /// The total size of all indexed files, in bytes.
    pub(crate) source_bytes: u64,
    /// The number of reports that the manifest says are in the index.
    #[serde(default)]
    pub(super) reports: usize,
    /// What the last update could not take in.
    #[serde(default)]
    pub(super) failed: FailedCount,
    /// When it was made, in seconds since 1970, UTC; 0 before the first update.
    pub(crate) updated: i64,
    /// The settings of the archive at that time.
    #[serde(default)]
    pub(crate) settings: KeptSettings,
    /// The given incidents at that time.
    #[serde(default)]
    pub(super) given: GivenNote,
    /// By which those who had it made know it again.
    #[serde(default)]
    pub(super) tokens: Vec<String>,
}

impl CommitNote {
    /// The ids of given incidents that reports hide, sorted.
    pub(crate) fn hidden(&self) -> Vec<String> {
        self.given.hidden.iter().cloned().collect()
    }
}

/// What is read of the engine's own file of the last commit; it read the rest when it opened the index.
#[derive(Deserialize)]
struct Meta {
    #[serde(default)]
    payload: Option<String>,
}

/// What a search needs of the last commit.
pub(super) struct Commit {
    pub(super) statistics: Statistics,
    pub(super) analyzer: Analyzer,
    pub(super) synonyms: Synonyms,
    pub(super) failed: FailedCount,
    /// The options that its reports were parsed with.
    pub(super) parse_options: ParseOptions,
    /// What searches have found out.
    pub(super) cache: Arc<CommitCache>,
}

impl Commit {
    pub(super) fn new(note: CommitNote, incidents: u64) -> Self {
        let CommitNote { length, settings, failed, .. } = note;
        let KeptSettings { reading, language, synonyms } = settings;
        let mean_length = (length as f32 / incidents.max(1) as f32).max(1.0);
        Self {
            statistics: Statistics { incidents, mean_length },
            analyzer: Analyzer::new(language),
            synonyms: Synonyms::default().with(&synonyms.add, &synonyms.remove),
            failed,
            parse_options: reading.unwrap_or_default().parse,
            cache: Arc::default(),
        }
    }
}

impl Embedded {
    /// The note of the last commit.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    pub(crate) fn note(&self) -> Result<CommitNote> {
        let meta = self.directory.atomic_read(Path::new(META_FILE)).map_err(|e| self.error(e.into()))?;
        let damage = |e| self.damage(format!("the note of the last commit: {e}"));
        let Meta { payload } = serde_json::from_slice(&meta).map_err(damage)?;
        payload.map_or_else(|| Ok(CommitNote::default()), |payload| serde_json::from_str(&payload).map_err(damage))
    }

    /// Fails if the last commit, with this note, has not as many reports as its manifest says: something was lost or is there
    /// twice, and each later update would build on it.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    pub(crate) fn check_count(&self, note: &CommitNote, meant: usize) -> Result<()> {
        let snapshot = self.snapshot()?;
        let reports = snapshot.incidents().checked_sub(snapshot.given()?);
        // Another process may have committed in the meantime.
        if reports == Some(meant) || self.note()? != *note {
            return Ok(());
        }
        let has = reports.unwrap_or(0);
        Err(self.damage(format!("it has {has} reports, and {meant} by the manifest of the last update")))
    }

    /// The note and the manifest of the last commit; `None` before the first update.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    pub(crate) fn last_update(&self) -> Result<(CommitNote, Option<Vec<u8>>)> {
        let mut note = self.note()?;
        loop {
            let Some(name) = &note.manifest else { return Ok((note, None)) };
            match self.directory.atomic_read(Path::new(name)) {
                Ok(bytes) => return Ok((note, Some(bytes))),
                Err(error) => {
                    let now = self.note()?;
                    if now == note {
                        return Err(self.error(error.into()));
                    }
                    // Another process has committed in the meantime and removed the old manifest.
                    note = now;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::engine::fixture::{add, engine, remove};
    use crate::engine::{Manifest, Purpose};
    use crate::error::Error;
    use crate::incident::Incident;

    /// Commits reports with these ids, and a manifest that says so many.
    fn commit(engine: &Embedded, ids: &[&str], reports: usize) -> Result<()> {
        let writer = engine.writer(Purpose::Update, 1, 0, Duration::ZERO).unwrap();
        for id in ids {
            writer.add_report(Incident { path: format!("{id}.md"), ..Incident::new(*id, "Disk full") }).unwrap();
        }
        writer.commit(Some(&Manifest { bytes: b"", source_bytes: 0, reports, failed: FailedCount::default() }))
    }

    #[test]
    fn a_commit_that_has_not_what_its_manifest_says_is_damage() {
        let engine = engine(&[&[("given-1", "", ""), ("given-2", "", "")]]);
        commit(&engine, &["a", "b"], 2).unwrap();
        // What a program gives changes nothing about the reports.
        remove(&engine, "given-1");
        add(&engine, [Incident::new("given-3", ""), Incident::new("given-2", "again")]);
        let note = engine.note().unwrap();
        engine.check_count(&note, note.reports).unwrap();
        for (ids, meant, reason) in [
            (&["c", "d"][..], 3, "it has 4 reports, and 3 by the manifest of the last update"),
            // Another report with an id that is there already.
            (&["c"], 4, "it has 5 reports, and 4 by the manifest of the last update"),
            (&[], 6, "it has 5 reports, and 6 by the manifest of the last update"),
        ] {
            let Err(Error::IndexDamaged { reason: found, .. }) = commit(&engine, ids, meant) else {
                panic!("{reason}")
            };
            assert_eq!(found, reason);
            // It stays damage for all who come after.
            assert!(engine.check_count(&engine.note().unwrap(), meant).is_err());
        }
    }
}
