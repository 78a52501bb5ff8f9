//! The writer: adds and removes incidents, and commits them all at once, with opaque bytes for the manifest.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tantivy::indexer::{IndexWriterOptions, LogMergePolicy};
use tantivy::{IndexWriter, Term};

use crate::archive::KeptSettings;
use crate::engine::commit::CommitNote;
use crate::engine::document::{EngineDocument, text_length};
use crate::engine::permits::Permits;
use crate::engine::{Engine, Snapshot, folder};
use crate::error::{Error, Result};
use crate::incident::Incident;

/// The engine's least memory for a thread that writes.
const LEAST_MEMORY: usize = 16_000_000;
/// More brings larger segments, which make searches faster.
const MOST_MEMORY: usize = 130_000_000;
/// What all threads may have together: four at their most.
const ALL_MEMORY: usize = 520_000_000;
/// Documents on their way into the engine. With 16 or 1000 an update takes as long.
const PERMITS: isize = 128;
/// So many segments of about one size become one. A merge maps all of them, so that more at once would take more memory.
const MERGED_AT_ONCE: usize = 4;
/// Smaller segments, in incidents, count as of one size.
const SMALL_SEGMENT: u32 = 1_000;
/// Larger segments, in incidents, are left alone: to write them once more would cost more than it gives.
const LARGE_SEGMENT: usize = 100_000;
/// How long to sleep while another process has the index.
const POLL: Duration = Duration::from_millis(20);
/// Segments with more deleted incidents than this share are rewritten.
const DELETED_SHARE: f32 = 0.2;

/// What goes with a commit, opaque to the engine: what the update that makes it knows of the archive.
pub(crate) struct Manifest<'a> {
    pub(crate) bytes: &'a [u8],
    /// Bytes of all files that are indexed.
    pub(crate) source_bytes: u64,
}

/// Changes an index. Threads may share it; nothing is seen before the commit.
pub(crate) struct Writer<'e> {
    engine: &'e Engine,
    inner: IndexWriter<EngineDocument>,
    /// The last commit, to know what is replaced.
    before: Snapshot<'e>,
    note: CommitNote,
    /// The settings that the next commit goes by.
    settings: KeptSettings,
    permits: Permits,
    added: AtomicU64,
    removed: AtomicU64,
}

impl Engine {
    /// Opens the index for writing; `bytes` is about how much text will be added.
    ///
    /// # Errors
    /// [`Error::IndexLocked`] when another writer holds it for longer than `wait`.
    pub(crate) fn writer(&self, threads: usize, bytes: u64, wait: Duration) -> Result<Writer<'_>> {
        let threads = threads.clamp(1, 8);
        // The engine's own form of a text takes about as much room as the text.
        let memory = (bytes as usize / threads).clamp(LEAST_MEMORY, MOST_MEMORY.min(ALL_MEMORY / threads));
        let options = IndexWriterOptions::builder()
            .num_worker_threads(threads)
            .memory_budget_per_thread(memory)
            .num_merge_threads(1)
            .build();
        let started = Instant::now();
        let inner = loop {
            match self.index.writer_with_options(options.clone()).map_err(|e| self.error(e)) {
                Err(Error::IndexLocked { .. }) if started.elapsed() < wait => thread::sleep(POLL),
                opened => break opened?,
            }
        };
        let mut policy = LogMergePolicy::default();
        policy.set_min_num_segments(MERGED_AT_ONCE);
        policy.set_min_layer_size(SMALL_SEGMENT);
        policy.set_max_docs_before_merge(LARGE_SEGMENT);
        policy.set_del_docs_ratio_before_merge(DELETED_SHARE);
        inner.set_merge_policy(Box::new(policy));
        // With the lock held, this is the commit to build on.
        let before = self.snapshot()?;
        let note = self.note()?;
        self.write_fault.take();
        if let Some(dir) = &self.dir {
            folder::tidy(dir, note.manifest.as_deref());
        }
        // What a killed process has written bears the name that the same work gives again. If it cannot be removed, the next
        // write says why.
        let _ = inner.garbage_collect_files().wait();
        let settings = note.settings.clone();
        let (added, removed) = (AtomicU64::new(0), AtomicU64::new(0));
        Ok(Writer { engine: self, inner, before, note, settings, permits: Permits::new(PERMITS), added, removed })
    }
}

impl Writer<'_> {
    /// What the commit that this one builds on says of itself.
    pub(crate) fn note(&self) -> &CommitNote {
        &self.note
    }

    /// Goes by other settings. Nothing must have been added yet.
    pub(crate) fn use_settings(&mut self, settings: KeptSettings) {
        self.settings = settings;
    }

    /// Adds an incident as its report gives it. One with the same id must have been removed.
    pub(crate) fn add_report(&self, incident: Incident) -> Result<()> {
        let length = text_length(&incident);
        self.add_document(self.engine.fields.document_of_report(incident), length)
    }

    /// Adds an incident of any kind. One with the same id must have been removed.
    pub(crate) fn add(&self, incident: Incident) -> Result<()> {
        let (path, length) = (PathBuf::from(&incident.path), text_length(&incident));
        let document = self.engine.fields.document(incident);
        let document = document.map_err(|e| not_stored(path, "the incident", &e))?;
        self.add_document(document, length)
    }

    fn add_document(&self, mut document: EngineDocument, length: u64) -> Result<()> {
        self.added.fetch_add(length, Ordering::Relaxed);
        document.wait_for(&self.permits);
        self.inner.add_document(document).map_err(|e| self.engine.error(e))?;
        Ok(())
    }

    /// Removes an incident; says whether the last commit had it.
    pub(crate) fn remove(&self, id: &str) -> Result<bool> {
        self.inner.delete_term(Term::from_field_text(self.engine.fields.key, id));
        let length = self.before.length_of(id)?;
        self.removed.fetch_add(length.unwrap_or(0), Ordering::Relaxed);
        Ok(length.is_some())
    }

    /// Removes all incidents.
    pub(crate) fn remove_all(&self) -> Result<()> {
        self.inner.delete_all_documents().map_err(|e| self.engine.error(e))?;
        self.removed.store(self.note.length, Ordering::Relaxed);
        Ok(())
    }

    /// Makes all changes visible at once, or none. With no manifest, the last one stays.
    pub(crate) fn commit(mut self, manifest: Option<&Manifest<'_>>) -> Result<()> {
        let engine = self.engine;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let length = (self.note.length + self.added.into_inner()).saturating_sub(self.removed.into_inner());
        let (updated, settings) = (now.as_secs().cast_signed(), self.settings);
        let mut note = CommitNote { length, updated, settings, ..self.note.clone() };
        if let Some(manifest) = manifest {
            let name = format!("manifest-{}.bin", now.as_nanos());
            engine.directory.atomic_write(Path::new(&name), manifest.bytes).map_err(Error::io(&name))?;
            note.manifest = Some(name);
            note.source_bytes = manifest.source_bytes;
        }
        let path = engine.dir.clone().unwrap_or_default();
        let payload = serde_json::to_string(&note).map_err(|e| not_stored(path, "the note of the commit", &e))?;
        let mut commit = self.inner.prepare_commit().map_err(|e| engine.error(e))?;
        commit.set_payload(&payload);
        commit.commit().map_err(|e| engine.error(e))?;
        if let Some(old) = self.note.manifest.filter(|old| note.manifest.as_ref() != Some(old)) {
            // A manifest that no commit names only uses disk space.
            let _ = engine.directory.delete(Path::new(&old));
        }
        self.inner.wait_merging_threads().map_err(|e| engine.error(e))?;
        engine.reload()
    }
}

/// What cannot be put into a form that can be stored: a bug.
fn not_stored(path: PathBuf, what: &str, error: &dyn std::fmt::Display) -> Error {
    Error::Internal { path, reason: format!("{what} cannot be stored: {error}") }
}
