//! The writer: adds and removes incidents, and commits them all at once.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tantivy::indexer::{IndexWriterOptions, LogMergePolicy};
use tantivy::{IndexWriter, Searcher, Term};

use crate::archive::KeptSettings;
use crate::engine::document::{EngineDocument, text_length};
use crate::engine::queue::Queue;
use crate::error::{Error, Result};
use crate::incident::Incident;
use crate::index::{CommitNote, Index};
use crate::update::manifest::Manifest;

/// The engine's least memory for a thread that writes.
const LEAST_MEMORY: usize = 16_000_000;
/// More brings larger segments, which make searches faster.
const MOST_MEMORY: usize = 130_000_000;
/// What all threads may have together: four at their most.
const ALL_MEMORY: usize = 520_000_000;
/// Documents on their way into the engine. With 16 or 1000 an update takes as long.
const PLACES: isize = 128;
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

/// Changes an index. Threads may share it; nothing is seen before the commit.
pub(crate) struct Writer<'a> {
    index: &'a Index,
    engine: IndexWriter<EngineDocument>,
    /// The last commit, to know what is replaced.
    searcher: Searcher,
    note: CommitNote,
    /// The settings that the next commit goes by.
    settings: KeptSettings,
    queue: Queue,
    added: AtomicU64,
    removed: AtomicU64,
}

impl<'a> Writer<'a> {
    /// Takes the index for writing; `bytes` is about how much text will be added.
    ///
    /// # Errors
    /// [`Error::IndexLocked`] when another writer has it, and keeps it for longer than `wait`.
    pub(crate) fn open(index: &'a Index, threads: usize, bytes: u64, wait: Duration) -> Result<Self> {
        let threads = threads.clamp(1, 8);
        // The engine's own form of a text takes about as much room as the text.
        let memory = (bytes as usize / threads).clamp(LEAST_MEMORY, MOST_MEMORY.min(ALL_MEMORY / threads));
        let options = IndexWriterOptions::builder()
            .num_worker_threads(threads)
            .memory_budget_per_thread(memory)
            .num_merge_threads(1)
            .build();
        let started = Instant::now();
        let engine = loop {
            match index.engine().writer_with_options(options.clone()).map_err(|e| index.error(e)) {
                Err(Error::IndexLocked { .. }) if started.elapsed() < wait => thread::sleep(POLL),
                opened => break opened?,
            }
        };
        let mut policy = LogMergePolicy::default();
        policy.set_min_num_segments(MERGED_AT_ONCE);
        policy.set_min_layer_size(SMALL_SEGMENT);
        policy.set_max_docs_before_merge(LARGE_SEGMENT);
        policy.set_del_docs_ratio_before_merge(DELETED_SHARE);
        engine.set_merge_policy(Box::new(policy));
        // With the lock held, this is the commit to build on.
        let (searcher, _) = index.searcher()?;
        let note = index.commit_note()?;
        index.tidy(&note);
        // What a killed process has written bears the name that the same work gives again. Where it cannot be removed, the
        // next write says why.
        let _ = engine.garbage_collect_files().wait();
        let settings = note.settings.clone();
        Ok(Self {
            index,
            engine,
            searcher,
            note,
            settings,
            queue: Queue::new(PLACES),
            added: AtomicU64::new(0),
            removed: AtomicU64::new(0),
        })
    }

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
        self.add_document(self.index.fields().document_of_report(incident), length)
    }

    /// Adds an incident of any kind. One with the same id must have been removed.
    pub(crate) fn add(&self, incident: Incident) -> Result<()> {
        let (path, length) = (PathBuf::from(&incident.path), text_length(&incident));
        let doc = self
            .index
            .fields()
            .document(incident)
            .map_err(|e| Error::IndexDamaged { path, reason: format!("the incident cannot be stored: {e}") })?;
        self.add_document(doc, length)
    }

    fn add_document(&self, mut doc: EngineDocument, length: u64) -> Result<()> {
        self.added.fetch_add(length, Ordering::Relaxed);
        doc.take_place(&self.queue);
        self.engine.add_document(doc).map_err(|e| self.index.error(e))?;
        Ok(())
    }

    /// Removes an incident; says whether the last commit had it.
    pub(crate) fn remove(&self, id: &str) -> Result<bool> {
        self.engine.delete_term(Term::from_field_text(self.index.fields().key, id));
        let length = self.index.length_of(&self.searcher, id)?;
        self.removed.fetch_add(length.unwrap_or(0), Ordering::Relaxed);
        Ok(length.is_some())
    }

    /// Removes all incidents.
    pub(crate) fn remove_all(&self) -> Result<()> {
        self.engine.delete_all_documents().map_err(|e| self.index.error(e))?;
        self.removed.store(self.note.length, Ordering::Relaxed);
        Ok(())
    }

    /// Makes all changes visible at once, or none. With no manifest, the last one stays.
    pub(crate) fn commit(mut self, manifest: Option<&Manifest>) -> Result<()> {
        let index = self.index;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let length = (self.note.length + self.added.into_inner()).saturating_sub(self.removed.into_inner());
        let (updated, settings) = (now.as_secs().cast_signed(), self.settings);
        let mut note = CommitNote { length, updated, settings, ..self.note.clone() };
        if let Some(manifest) = manifest {
            let name = format!("manifest-{}.bin", now.as_nanos());
            let bytes = postcard::to_stdvec(manifest).unwrap_or_default();
            index.directory().atomic_write(Path::new(&name), &bytes).map_err(Error::io(&name))?;
            note.manifest = Some(name);
            note.source_bytes = manifest.indexed().map(|entry| entry.size).sum();
        }
        let payload = serde_json::to_string(&note).unwrap_or_default();
        let mut commit = self.engine.prepare_commit().map_err(|e| index.error(e))?;
        commit.set_payload(&payload);
        commit.commit().map_err(|e| index.error(e))?;
        if let Some(old) = self.note.manifest.filter(|old| note.manifest.as_ref() != Some(old)) {
            // A manifest that no commit names only takes room.
            let _ = index.directory().delete(Path::new(&old));
        }
        self.engine.wait_merging_threads().map_err(|e| index.error(e))?;
        index.reload()
    }
}
