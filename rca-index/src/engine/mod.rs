//! The engine: stores and searches incidents, on disk or in memory. Only this module depends on the underlying search
//! engine. The rooms above use it through the [seam](Engine).
//!
//! In: incidents, opaque bytes that are stored with each commit, and plans. Out: [`Snapshot`]s, which return
//! candidates, evidence, facet counts and incidents. It does not depend on archive files, requests or JSON, and does
//! not interpret queries.

mod any_word;
mod beside;
mod cache;
mod collect;
mod commit;
mod compile;
mod directory;
mod document;
mod expand;
mod facet_lists;
mod facets;
mod fault;
#[cfg(test)]
pub(crate) mod fixture;
mod floor;
mod folder;
mod found_word;
mod given;
pub(crate) mod health;
mod inspect;
mod iterate;
mod keys;
mod layout;
mod links;
mod listed;
mod lock;
mod lookup;
mod mend;
mod merges;
mod older;
#[cfg(feature = "opensearch")]
pub(crate) mod opensearch;
mod pages;
mod permits;
mod plain_file;
mod postings;
mod read_log;
#[cfg(test)]
mod recorded_writes;
mod regions;
mod scorer;
mod seam;
mod snapshot;
mod sources;
mod tally;
mod terms;
#[cfg(test)]
pub(crate) mod thorough;
mod tokenizer;
mod trust;
mod turns;
mod word_list;
mod writer;

pub(crate) use beside::CommitStamp;
pub(crate) use collect::{Candidate, Candidates, Collect, Direction, Order};
pub(crate) use commit::CommitNote;
pub(crate) use facets::ValueCounts;
pub(crate) use given::Purpose;
pub(crate) use lookup::KnownWords;
pub use mend::GivenRepair;
pub(crate) use mend::{mend, remove_if};
pub(crate) use seam::{Engine, Nearest, Snapshot, Writer};
pub use trust::TrustStore;
pub(crate) use writer::Manifest;

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tantivy::directory::RamDirectory;
use tantivy::store::{Compressor, ZstdCompressor};
use tantivy::tokenizer::TextAnalyzer;
use tantivy::{Directory, IndexBuilder, IndexReader, IndexSettings, ReloadPolicy, TantivyError};

use crate::archive::names::Names;
use crate::engine::commit::Commit;
use crate::engine::directory::{CheckedDirectory, WriteFault};
use crate::engine::document::{ANALYZER, Fields};
use crate::engine::fault::convert_error;
use crate::engine::layout::Layout;
use crate::engine::links::DocSets;
use crate::engine::lock::FolderLock;
use crate::engine::tokenizer::LexemeTokenizer;
use crate::engine::turns::Turns;
use crate::error::{Error, Result};
use crate::incident::Incident;

/// How long making an index waits for a process that makes or removes it. Both take moments.
const CREATION: Duration = Duration::from_secs(10);

/// An open index of incidents, on disk or in memory.
pub(crate) struct Embedded {
    /// The folder; `None` in memory.
    dir: Option<PathBuf>,
    /// The location of the engine's files and the manifest.
    directory: Box<dyn Directory>,
    fields: Fields,
    index: tantivy::Index,
    reader: IndexReader,
    latest: Mutex<Latest>,
    write_fault: WriteFault,
    /// Who of this process writes.
    turns: Turns,
    /// Given incidents of an index in memory that are hidden by reports.
    hidden_in_memory: Mutex<BTreeMap<String, Incident>>,
    /// The tokens of the first commit.
    tokens: Vec<String>,
}

/// The last known state of the index, to detect commits of other processes.
#[derive(Default)]
struct Latest {
    meta: Option<folder::MetaStamp>,
    /// The note of the commit that was opened, until the first snapshot takes it.
    note: Option<CommitNote>,
    commit: Option<(u64, Arc<Commit>)>,
    names: Option<(u64, Arc<Names>)>,
    /// The incidents that another one links to.
    linked: Option<(u64, Arc<DocSets>)>,
}

impl fmt::Debug for Embedded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Embedded").field("dir", &self.dir).finish_non_exhaustive()
    }
}

impl Embedded {
    /// Opens an index. An index whose first update has not finished does not count as an index yet.
    ///
    /// # Errors
    /// [`Error::IndexNotFound`], [`Error::IndexOtherVersion`], [`Error::IndexUnsafe`], [`Error::IndexDamaged`],
    /// [`Error::Io`].
    pub(crate) fn open(dir: &Path) -> Result<Self> {
        Self::open_with(dir, None)
    }

    /// The same, if the store trusts it.
    ///
    /// # Errors
    /// [`Error::IndexNotTrusted`] as well.
    pub(crate) fn open_with(dir: &Path, store: Option<&dyn TrustStore>) -> Result<Self> {
        let (engine, note) = Self::open_as_it_is(dir)?;
        trust::check(dir, &note, store)?;
        match engine.guard(|| engine.catch_up(&note)) {
            // The last commit answers. What it lacks was never acknowledged.
            Err(Error::Io { .. }) | Ok(()) => {}
            Err(error) => return Err(error),
        }
        engine.latest().note = Some(note);
        Ok(engine)
    }

    /// Opens an index, and does not look at the record of given incidents. Its files are opened by their paths, so its folders
    /// are checked before and after: they must be the same.
    fn open_as_it_is(dir: &Path) -> Result<(Self, CommitNote)> {
        /// An index that another process makes again meanwhile has other folders too.
        const TRIES: u32 = 3;
        for _ in 0..TRIES {
            let before = Layout::of(dir)?;
            let opened = Self::open_by_path(dir);
            if before.holds(dir)? {
                return opened;
            }
        }
        Err(layout::exchanged(dir))
    }

    fn open_by_path(dir: &Path) -> Result<(Self, CommitNote)> {
        if !folder::has_index(dir) {
            return Err(folder::missing(dir));
        }
        let directory = CheckedDirectory::open(&folder::version_folder(dir)).map_err(|e| convert_error(dir, e))?;
        let open = || tantivy::Index::open(directory.clone()).map_err(|e| convert_error(dir, e));
        let index = fault::guarded(dir, open)?;
        let engine = Self::with_index(Some(dir.to_owned()), directory.fault(), Box::new(directory), index)?;
        let note = engine.note()?;
        if note.updated == 0 {
            return Err(Error::IndexNotFound(dir.to_owned()));
        }
        Ok((engine, note))
    }

    /// Opens an index, or creates an empty one if there is none of this version.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`], [`Error::Io`].
    pub(crate) fn open_or_create(dir: &Path) -> Result<Self> {
        Self::open_or_create_with(dir, None, Vec::new())
    }

    /// The same; one that is there must be trusted by the store, and one that is made has these tokens beside its own.
    ///
    /// # Errors
    /// [`Error::IndexNotTrusted`] as well.
    pub(crate) fn open_or_create_with(dir: &Path, store: Option<&dyn TrustStore>, tokens: Vec<String>) -> Result<Self> {
        Self::opened_or_created(dir, store, tokens).map_err(|error| match error {
            // The folder was made, and is gone again.
            Error::Io { source, .. } if source.kind() == ErrorKind::NotFound => Error::IndexRemoved(dir.to_owned()),
            error => error,
        })
    }

    fn opened_or_created(dir: &Path, store: Option<&dyn TrustStore>, tokens: Vec<String>) -> Result<Self> {
        let is_other_version = match Self::open_with(dir, store) {
            Err(Error::IndexNotFound(_) | Error::IndexRemoved(_)) => false,
            Err(Error::IndexOtherVersion(path)) if path == dir => true,
            opened => return opened,
        };
        let versioned = folder::create(dir)?;
        let before = Layout::of(dir)?;
        // Two processes must not create the same index: the second would overwrite what the first has written. An index
        // that waits for its first update is there already; whoever makes that update may hold the lock for long.
        let needs_lock = is_other_version || !folder::has_index(dir);
        let lock = needs_lock.then(|| FolderLock::take(dir, CREATION)).transpose()?;
        // An index with another schema in the folder of this version is useless, so it is replaced.
        if is_other_version && folder::has_index(dir) && mend::is_other_version(dir) {
            mend::remove_locked(dir)?;
        }
        let directory = CheckedDirectory::open(&versioned).map_err(|e| convert_error(dir, e))?;
        let open = || builder().open_or_create(directory.clone()).map_err(|e| convert_error(dir, e));
        let index = fault::guarded(dir, open)?;
        drop(lock);
        let mut engine = Self::with_index(Some(dir.to_owned()), directory.fault(), Box::new(directory), index)?;
        if !before.holds(dir)? {
            return Err(layout::exchanged(dir));
        }
        engine.begin(dir, store, tokens)?;
        engine.guard(|| engine.catch_up_from_nothing())?;
        Ok(engine)
    }

    /// Whether a folder has an index of this version that this user may read.
    pub(crate) fn exists(dir: &Path) -> bool {
        folder::has_readable_index(dir)
    }

    /// An index in memory.
    ///
    /// # Errors
    /// None in practice.
    pub(crate) fn in_memory() -> Result<Self> {
        let directory = RamDirectory::create();
        let index = builder().open_or_create(directory.clone()).map_err(|e| convert_error(Path::new("memory"), e))?;
        Self::with_index(None, WriteFault::default(), Box::new(directory), index)
    }

    /// Removes an index, so that another one can replace it.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`] if that would lose given incidents; [`Error::Io`].
    pub(crate) fn remove(dir: &Path) -> Result<()> {
        mend::remove(dir)
    }

    fn with_index(
        dir: Option<PathBuf>,
        write_fault: WriteFault,
        directory: Box<dyn Directory>,
        index: tantivy::Index,
    ) -> Result<Self> {
        let path = dir.clone().unwrap_or_default();
        let fields = Fields::new();
        if index.schema() != fields.schema {
            return Err(Error::IndexOtherVersion(path));
        }
        index.tokenizers().register(ANALYZER, TextAnalyzer::from(LexemeTokenizer));
        // Read before the commit is loaded, so that a commit in between is detected.
        let latest = Latest { meta: dir.as_deref().map(folder::meta_stamp).transpose()?, ..Latest::default() };
        let read = || index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into();
        let reader = fault::guarded(&path, || read().map_err(|e| convert_error(&path, e)))?;
        let (latest, hidden_in_memory) = (Mutex::new(latest), Mutex::default());
        let turns = Turns::default();
        let tokens = Vec::new();
        Ok(Self { dir, directory, fields, index, reader, latest, write_fault, turns, hidden_in_memory, tokens })
    }

    /// The folder; `None` in memory.
    pub(crate) fn dir(&self) -> Option<&Path> {
        self.dir.as_deref()
    }

    /// A snapshot of the last commit, also that of another process.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`], [`Error::Io`].
    pub(crate) fn snapshot(&self) -> Result<snapshot::Snapshot<'_>> {
        let mut latest = self.latest();
        if let Some(dir) = &self.dir {
            let now = folder::meta_stamp(dir)?;
            if latest.meta.is_some_and(|before| before != now) {
                self.reader.reload().map_err(|e| self.error(e))?;
                latest.note = None;
            }
            latest.meta = Some(now);
        }
        let searcher = self.reader.searcher();
        let generation = searcher.generation().generation_id();
        let commit = match &latest.commit {
            Some((of, commit)) if *of == generation => Arc::clone(commit),
            _ => {
                let note = latest.note.take().map_or_else(|| self.note(), Ok)?;
                let commit = Arc::new(Commit::new(note, searcher.num_docs()));
                latest.commit = Some((generation, Arc::clone(&commit)));
                commit
            }
        };
        Ok(snapshot::Snapshot::new(self, searcher, commit))
    }

    /// Forgets what searches have found out, so that the next one reads as the first of a commit.
    #[cfg(test)]
    pub(crate) fn forget(&self) {
        self.latest().commit = None;
    }

    /// Makes a commit of this process visible.
    fn reload(&self, note: &CommitNote) -> Result<()> {
        self.reader.reload().map_err(|e| self.error(e))?;
        if let Some(dir) = self.dir.as_ref().filter(|_| note.updated != 0) {
            folder::remove_other_versions(dir, |name| note.given.is_carried(name));
        }
        Ok(())
    }

    /// Runs code that reads or writes the engine's files: panics become errors, and a failed write reports its cause.
    pub(crate) fn guard<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let dir = self.dir.as_deref().unwrap_or(Path::new(""));
        fault::guarded(dir, work).map_err(|error| match (error, self.write_fault.take()) {
            (error, fault) if self.is_removed(&error, fault.as_ref()) => Error::IndexRemoved(dir.to_owned()),
            // The failed write is the cause; the files on disk are unchanged.
            (Error::IndexDamaged { path, .. } | Error::Internal { path, .. }, Some(source)) => {
                Error::Io { path, source }
            }
            (error, _) => error,
        })
    }

    /// Whether an error is due to the removal of the index. Only then can a file not be created for lack of its folder.
    fn is_removed(&self, error: &Error, fault: Option<&io::Error>) -> bool {
        let may_be = matches!(
            error,
            Error::IndexDamaged { .. } | Error::IndexNotFound(_) | Error::Internal { .. } | Error::Io { .. }
        );
        let is_gone = || self.dir.as_deref().is_some_and(|dir| !folder::has_index(dir));
        may_be && (is_gone() || fault.is_some_and(|fault| fault.kind() == ErrorKind::NotFound))
    }

    fn latest(&self) -> std::sync::MutexGuard<'_, Latest> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn damage(&self, reason: String) -> Error {
        Error::IndexDamaged { path: self.dir.clone().unwrap_or_default(), reason }
    }

    /// Converts an error of the search engine.
    fn error(&self, error: TantivyError) -> Error {
        convert_error(&self.dir.clone().unwrap_or_default(), error)
    }
}

/// The number of incidents that this thread has read whole.
#[cfg(test)]
pub(crate) fn incidents_read() -> usize {
    document::INCIDENTS_READ.get()
}

/// The settings of a new index. Most of its size is the stored incidents. These blocks take two thirds of the space of
/// the default settings, and cost a few hundredths of a millisecond per hit.
fn builder() -> IndexBuilder {
    let settings = IndexSettings {
        docstore_compression: Compressor::Zstd(ZstdCompressor { compression_level: Some(1) }),
        docstore_blocksize: 32_768,
        ..IndexSettings::default()
    };
    IndexBuilder::default().schema(Fields::new().schema).settings(settings)
}
