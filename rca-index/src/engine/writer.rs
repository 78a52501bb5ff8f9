//! The writer: adds and removes incidents, and commits all changes at once, with opaque bytes for the manifest.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tantivy::indexer::IndexWriterOptions;
use tantivy::tokenizer::TextAnalyzer;
use tantivy::{IndexWriter, SegmentMeta, TantivyError, Term};

use crate::archive::KeptSettings;
use crate::engine::commit::CommitNote;
use crate::engine::document::{ANALYZER, EngineDocument, text_length};
use crate::engine::given::{Pending, Purpose};
use crate::engine::layout::Layout;
use crate::engine::lock::{FolderLock, POLL};
use crate::engine::merges::Merges;
use crate::engine::permits::Permits;
use crate::engine::snapshot::Snapshot;
use crate::engine::tokenizer::LexemeTokenizer;
use crate::engine::turns::Turn;
use crate::engine::{Embedded, builder, folder};
use crate::error::{Error, Result};
use crate::incident::{FailedCount, HouseNames, Incident};

/// The engine's minimum memory per writer thread, in bytes.
const MIN_MEMORY: usize = 16_000_000;
/// The memory of a byte of text. Of 7 MB, the engine's form took more than four times as much, of 85 MB 1.5 times: most words of
/// a small archive are new to it. With less, segments are written that have to be merged at once, which was a third of the work
/// for 2,000 reports.
const MEMORY_PER_BYTE: usize = 6;
/// The maximum per thread. More memory gives larger segments, which make searches faster.
const MAX_MEMORY: usize = 130_000_000;
/// The maximum for all threads together: four threads at their maximum.
const TOTAL_MEMORY: usize = 520_000_000;
/// The maximum number of documents queued for indexing. Updates take the same time with 16 or 1000.
const PERMITS: isize = 128;

/// The manifest stored with a commit: what the update knows of the archive, opaque to the engine.
pub(crate) struct Manifest<'a> {
    pub(crate) bytes: &'a [u8],
    /// The total size of all indexed files, in bytes.
    pub(crate) source_bytes: u64,
    /// The number of reports that it says are in the index.
    pub(crate) reports: usize,
    /// What could not be taken in.
    pub(crate) failed: FailedCount,
}

/// Changes an index. Threads may share it; changes become visible with the commit.
pub(crate) struct Writer<'e> {
    pub(super) engine: &'e Embedded,
    inner: IndexWriter<EngineDocument>,
    /// The last commit, to find out which incidents exist.
    pub(super) before: Snapshot<'e>,
    note: CommitNote,
    /// The settings for the next commit.
    settings: KeptSettings,
    /// The names of services and severities in these.
    house: HouseNames,
    permits: Permits,
    added: AtomicU64,
    removed: AtomicU64,
    pub(super) given: Pending,
    purpose: Purpose,
    /// The index as it was when the lock was taken.
    index: tantivy::Index,
    /// `None` in memory.
    lock: Option<FolderLock>,
    /// Released last, so that the next writer of this process finds the lock free.
    turn: Option<Turn<'e>>,
}

impl Embedded {
    /// Opens the index for writing, once the writers of this process that came before are done, and takes in what the
    /// record of given incidents has and the index lacks. `bytes` is the approximate size of the text to add.
    ///
    /// # Errors
    /// [`Error::IndexLocked`] if another process holds the lock for longer than `wait`, or if the caller is a writer
    /// itself.
    pub(crate) fn writer(&self, purpose: Purpose, threads: usize, bytes: u64, wait: Duration) -> Result<Writer<'_>> {
        let turn = self.turns.wait().ok_or_else(|| self.locked_by_this_process())?;
        self.writer_in_turn(turn, purpose, threads, bytes, wait)
    }

    /// The same, but only if no other thread writes.
    pub(crate) fn writer_at_once(&self, purpose: Purpose, threads: usize, bytes: u64) -> Result<Writer<'_>> {
        let turn = self.turns.take().ok_or_else(|| self.locked_by_this_process())?;
        self.writer_in_turn(turn, purpose, threads, bytes, Duration::ZERO)
    }

    fn locked_by_this_process(&self) -> Error {
        let path = self.dir.clone().unwrap_or_default();
        Error::IndexLocked { path, holder: Some(std::process::id()), since: None, host: None, own: true }
    }

    fn writer_in_turn<'e>(
        &'e self,
        turn: Turn<'e>,
        purpose: Purpose,
        threads: usize,
        bytes: u64,
        wait: Duration,
    ) -> Result<Writer<'e>> {
        if let Some(dir) = &self.dir {
            Layout::of(dir)?;
        }
        let threads = threads.clamp(1, 8);
        let memory = (bytes as usize).saturating_mul(MEMORY_PER_BYTE) / threads;
        let memory = memory.clamp(MIN_MEMORY, MAX_MEMORY.min(TOTAL_MEMORY / threads));
        let options = IndexWriterOptions::builder()
            .num_worker_threads(threads)
            .memory_budget_per_thread(memory)
            .num_merge_threads(1)
            .build();
        let started = Instant::now();
        let lock = self.dir.as_deref().map(|dir| FolderLock::take(dir, wait)).transpose()?;
        let index = self.reopened()?;
        let inner = loop {
            match index.writer_with_options(options.clone()).map_err(|e| self.error(e)) {
                Err(Error::IndexLocked { .. }) if started.elapsed() < wait => thread::sleep(POLL),
                opened => break opened?,
            }
        };
        inner.set_merge_policy(Box::new(Merges::default()));
        // Now that the lock is held, this is the commit to build on.
        let before = self.snapshot()?;
        let note = self.note()?;
        self.write_fault.take();
        // A file left by a killed process has the name that the same work will use again. If it cannot be removed, the
        // next write reports why.
        self.tidy(&index, &note)?;
        let _ = inner.garbage_collect_files().wait();
        let settings = note.settings.clone();
        let house = settings.house().cloned().unwrap_or_default();
        let (added, removed) = (AtomicU64::new(0), AtomicU64::new(0));
        let given = Pending::of(&note.given);
        let mut writer = Writer {
            engine: self,
            inner,
            before,
            note,
            settings,
            house,
            permits: Permits::new(PERMITS),
            added,
            removed,
            given,
            purpose,
            index,
            lock,
            turn: Some(turn),
        };
        let left = wait.saturating_sub(started.elapsed());
        writer.take_in_record(purpose, left)?;
        Ok(writer)
    }

    /// The index as it is now. The engine reads the list of its files when an index is opened, and keeps it; what another
    /// process has written since would be missing from it, and lost to those that tidy up. The caller must hold the lock.
    fn reopened(&self) -> Result<tantivy::Index> {
        if self.dir.is_none() {
            return Ok(self.index.clone());
        }
        let index = builder().open_or_create(self.directory.box_clone()).map_err(|e| self.error(e))?;
        index.tokenizers().register(ANALYZER, TextAnalyzer::from(LexemeTokenizer));
        Ok(index)
    }

    /// Removes what the last commit does not name. The caller must hold the lock, and must not be writing.
    fn tidy(&self, index: &tantivy::Index, note: &CommitNote) -> Result<()> {
        if let Some(dir) = &self.dir {
            let segments = index.searchable_segment_metas().map_err(|e| self.error(e))?;
            folder::tidy(dir, &segments, note.manifest.as_deref());
        }
        Ok(())
    }

    /// Fails if the index, or a part of it, was removed since the lock was taken.
    fn still_there(&self, lock: Option<&FolderLock>, index: &tantivy::Index, note: &CommitNote) -> Result<()> {
        let Some(dir) = &self.dir else { return Ok(()) };
        let manifest = note.manifest.as_deref();
        let mut segments = index.searchable_segment_metas().map_err(|e| self.error(e))?;
        let mut is_complete = folder::is_complete(dir, &segments, manifest);
        while !is_complete {
            let ids = |segments: &[SegmentMeta]| segments.iter().map(SegmentMeta::id).collect::<Vec<_>>();
            match index.searchable_segment_metas() {
                // A merge of this writer has put another segment in the place of those, and has removed their files.
                Ok(now) if ids(&now) != ids(&segments) => segments = now,
                Ok(_) => {
                    // Half of an index must not be taken for a whole one.
                    folder::disown(dir);
                    break;
                }
                Err(_) => break,
            }
            is_complete = folder::is_complete(dir, &segments, manifest);
        }
        if is_complete && lock.is_some_and(FolderLock::is_current) {
            return Ok(());
        }
        Err(Error::IndexRemoved(dir.clone()))
    }

    /// The error of a writer: whoever removes the index under it takes its files away, even where another makes a new one.
    fn failed(&self, lock: Option<&FolderLock>, error: Error) -> Error {
        match &self.dir {
            Some(dir) if lock.is_some_and(|lock| !lock.is_current()) => Error::IndexRemoved(dir.clone()),
            _ => error,
        }
    }
}

impl Writer<'_> {
    /// The note of the commit that this one builds on.
    pub(crate) fn note(&self) -> &CommitNote {
        &self.note
    }

    /// Sets the settings for the next commit. Must be called before anything is added.
    pub(crate) fn use_settings(&mut self, settings: KeptSettings) {
        self.house = settings.house().cloned().unwrap_or_default();
        self.settings = settings;
    }

    /// Adds an incident from [`parse_report`](crate::parse::parse_report). A report with the same id must be removed
    /// first; a given incident is hidden.
    pub(crate) fn add_report(&self, incident: Incident) -> Result<()> {
        self.hide(&incident.id)?;
        let (path, length) = (PathBuf::from(&incident.path), text_length(&incident));
        let document = self.engine.fields.document_of_report(incident, &self.house);
        self.add_document(document.map_err(|e| not_stored(path, "the incident", &e))?, length)
    }

    /// Adds any incident. An incident with the same id must be removed first.
    pub(super) fn add(&self, incident: Incident) -> Result<()> {
        let (path, length) = (PathBuf::from(&incident.path), text_length(&incident));
        let document = self.engine.fields.document(incident, &self.house);
        let document = document.map_err(|e| not_stored(path, "the incident", &e))?;
        self.add_document(document, length)
    }

    fn add_document(&self, mut document: EngineDocument, length: u64) -> Result<()> {
        self.added.fetch_add(length, Ordering::Relaxed);
        document.wait_for(&self.permits);
        self.inner.add_document(document).map_err(|e| self.failed(e))?;
        Ok(())
    }

    /// Removes an incident; returns whether the last commit has it.
    pub(crate) fn remove(&self, id: &str) -> Result<bool> {
        self.inner.delete_term(Term::from_field_text(self.engine.fields.key, id));
        let length = self.length_now(id)?;
        self.removed.fetch_add(length.unwrap_or(0), Ordering::Relaxed);
        Ok(length.is_some())
    }

    /// Removes all incidents.
    pub(super) fn remove_all(&self) -> Result<()> {
        self.inner.delete_all_documents().map_err(|e| self.failed(e))?;
        self.removed.store(self.note.length, Ordering::Relaxed);
        Ok(())
    }

    fn failed(&self, error: TantivyError) -> Error {
        self.engine.failed(self.lock.as_ref(), self.engine.error(error))
    }

    /// Makes all changes visible at once, or none. Without a manifest, the last one is kept.
    pub(crate) fn commit(mut self, manifest: Option<&Manifest<'_>>) -> Result<()> {
        let engine = self.engine;
        let (_turn, lock) = (self.turn.take(), self.lock.take());
        self.commit_under(lock.as_ref(), manifest).map_err(|error| engine.failed(lock.as_ref(), error))
    }

    fn commit_under(mut self, lock: Option<&FolderLock>, manifest: Option<&Manifest<'_>>) -> Result<()> {
        let engine = self.engine;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let length = (self.note.length + self.added.into_inner()).saturating_sub(self.removed.into_inner());
        let (updated, settings) = (self.given.updated(self.purpose, self.note.updated, now.as_secs()), self.settings);
        let mut note = CommitNote { length, updated, settings, ..self.note.clone() };
        if note.tokens.is_empty() {
            note.tokens.clone_from(&engine.tokens);
        }
        let mut given = self.given;
        if let Some(manifest) = manifest {
            let name = format!("manifest-{}.bin", now.as_nanos());
            engine.directory.atomic_write(Path::new(&name), manifest.bytes).map_err(Error::io(&name))?;
            note.manifest = Some(name);
            note.source_bytes = manifest.source_bytes;
            note.reports = manifest.reports;
            note.failed = manifest.failed;
        }
        let path = engine.dir.clone().unwrap_or_default();
        let mut commit = self.inner.prepare_commit().map_err(|e| engine.error(e))?;
        engine.still_there(lock, &self.index, &self.note)?;
        // All is on disk but for the commit itself: what can still fail is small, and is taken back.
        note.given = given.commit(note.manifest.is_some())?;
        let payload = serde_json::to_string(&note).map_err(|e| not_stored(path, "the note of the commit", &e))?;
        commit.set_payload(&payload);
        if let Err(error) = commit.commit() {
            if engine.note().is_ok_and(|now| now != note) {
                given.roll_back();
            }
            return Err(engine.error(error));
        }
        drop(given);
        self.inner.wait_merging_threads().map_err(|e| engine.error(e))?;
        engine.still_there(lock, &self.index, &note)?;
        // The commit is on disk, so that nothing needs the files of the one before: its manifest goes too.
        engine.tidy(&self.index, &note)?;
        engine.reload(&note)?;
        engine.check_count(&note, note.reports)
    }
}

/// The error for a value that cannot be serialized, which is a bug.
fn not_stored(path: PathBuf, what: &str, error: &dyn std::fmt::Display) -> Error {
    Error::Internal { path, reason: format!("{what} cannot be stored: {error}") }
}
