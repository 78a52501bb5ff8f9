//! Commits: the data stored with each commit, and what a search needs of it.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::archive::KeptSettings;
use crate::engine::Engine;
use crate::engine::given::GivenNote;
use crate::error::Result;
use crate::parse::ParseOptions;
use crate::plan::Statistics;
use crate::text::Synonyms;
use crate::text::analyzer::Analyzer;

/// The note stored in a commit.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct CommitNote {
    /// The file name of its manifest.
    pub(super) manifest: Option<String>,
    /// The total length of all incidents, in bytes of text.
    pub(super) length: u64,
    /// The total size of all indexed files, in bytes.
    pub(crate) source_bytes: u64,
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

/// What a search needs of the last commit.
pub(super) struct Commit {
    pub(super) statistics: Statistics,
    pub(super) analyzer: Analyzer,
    pub(super) synonyms: Synonyms,
    /// The options that its reports were parsed with.
    pub(super) parse_options: ParseOptions,
}

impl Commit {
    pub(super) fn new(note: CommitNote, incidents: u64) -> Self {
        let CommitNote { length, settings, .. } = note;
        let KeptSettings { reading, language, synonyms } = settings;
        let mean_length = (length as f32 / incidents.max(1) as f32).max(1.0);
        Self {
            statistics: Statistics { incidents, mean_length },
            analyzer: Analyzer::new(language),
            synonyms: Synonyms::default().with(&synonyms.add, &synonyms.remove),
            parse_options: reading.unwrap_or_default().parse,
        }
    }
}

impl Engine {
    /// The note of the last commit.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    pub(crate) fn note(&self) -> Result<CommitNote> {
        let meta = self.index.load_metas().map_err(|e| self.error(e))?;
        let Some(payload) = meta.payload else { return Ok(CommitNote::default()) };
        serde_json::from_str(&payload).map_err(|e| self.damage(format!("the note of the last commit: {e}")))
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
