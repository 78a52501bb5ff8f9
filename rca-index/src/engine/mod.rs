//! Engine: incidents in searchable form, on disk or in memory. The only room that names the search engine it is built on.
//!
//! In: incidents, and opaque bytes that go with each commit; plans. Out: [`Snapshot`]s: candidates, evidence, facet counts,
//! incidents. It knows no archive files, no request and no JSON, and decides nothing about a query.

mod collect;
mod commit;
mod compile;
mod directory;
mod document;
mod expand;
mod fault;
#[cfg(test)]
mod fixture;
mod folder;
pub(crate) mod health;
mod inspect;
mod lookup;
mod permits;
mod plain_file;
mod postings;
mod regions;
mod scorer;
mod snapshot;
mod tokenizer;
mod writer;

pub(crate) use collect::{Candidate, Candidates, Collect, Direction, Order};
pub(crate) use commit::CommitNote;
pub(crate) use lookup::KnownWords;
pub(crate) use snapshot::Snapshot;
pub(crate) use writer::{Manifest, Writer};

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use tantivy::directory::{INDEX_WRITER_LOCK, Lock, RamDirectory};
use tantivy::store::{Compressor, ZstdCompressor};
use tantivy::tokenizer::TextAnalyzer;
use tantivy::{Directory, IndexBuilder, IndexReader, IndexSettings, ReloadPolicy, TantivyError};

use crate::archive::names::Names;
use crate::engine::commit::Commit;
use crate::engine::directory::{CheckedDirectory, WriteFault};
use crate::engine::document::{ANALYZER, Fields};
use crate::engine::fault::in_our_terms;
use crate::engine::tokenizer::LexemeTokenizer;
use crate::error::{Error, Result};

/// An index of incidents, opened.
pub(crate) struct Engine {
    /// The folder; none in memory.
    dir: Option<PathBuf>,
    /// Where the engine's files and the manifest are.
    directory: Box<dyn Directory>,
    fields: Fields,
    index: tantivy::Index,
    reader: IndexReader,
    latest: Mutex<Latest>,
    write_fault: WriteFault,
}

/// What was last seen of the index, to notice another process's commit.
#[derive(Default)]
struct Latest {
    meta: Option<(SystemTime, u64)>,
    commit: Option<(u64, Arc<Commit>)>,
    names: Option<(u64, Arc<Names>)>,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("dir", &self.dir).finish_non_exhaustive()
    }
}

impl Engine {
    /// Opens an index. One whose first update has not ended does not count as an index yet.
    ///
    /// # Errors
    /// [`Error::IndexNotFound`], [`Error::IndexOtherVersion`], [`Error::IndexDamaged`], [`Error::Io`].
    pub(crate) fn open(dir: &Path) -> Result<Self> {
        if !folder::has_index(dir) {
            return Err(folder::missing(dir));
        }
        let directory = CheckedDirectory::open(&folder::version_folder(dir)).map_err(|e| in_our_terms(dir, e))?;
        let open = || tantivy::Index::open(directory.clone()).map_err(|e| in_our_terms(dir, e));
        let index = fault::guarded(dir, open)?;
        let engine = Self::with_index(Some(dir.to_owned()), directory.fault(), Box::new(directory), index)?;
        if engine.note()?.updated == 0 {
            return Err(Error::IndexNotFound(dir.to_owned()));
        }
        Ok(engine)
    }

    /// Opens an index, or makes an empty one where there is none of this version.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`], [`Error::Io`].
    pub(crate) fn open_or_create(dir: &Path) -> Result<Self> {
        match Self::open(dir) {
            Err(Error::IndexNotFound(_)) => {}
            // In the folder of this version, it can only be in the way.
            Err(Error::IndexOtherVersion(_)) => folder::remove(dir)?,
            opened => return opened,
        }
        let versioned = folder::create(dir)?;
        let directory = CheckedDirectory::open(&versioned).map_err(|e| in_our_terms(dir, e))?;
        // Two processes must not make the same index: the second would replace what the first has written since.
        let lock = (!folder::has_index(dir)).then(|| directory.acquire_lock(&creation_lock()));
        let lock = lock.transpose().map_err(|e| in_our_terms(dir, TantivyError::LockFailure(e, None)))?;
        let open = || builder().open_or_create(directory.clone()).map_err(|e| in_our_terms(dir, e));
        let index = fault::guarded(dir, open)?;
        drop(lock);
        Self::with_index(Some(dir.to_owned()), directory.fault(), Box::new(directory), index)
    }

    /// An index in memory.
    ///
    /// # Errors
    /// None in practice.
    pub(crate) fn in_memory() -> Result<Self> {
        let directory = RamDirectory::create();
        let index = builder().open_or_create(directory.clone()).map_err(|e| in_our_terms(Path::new("memory"), e))?;
        Self::with_index(None, WriteFault::default(), Box::new(directory), index)
    }

    /// Removes an index, so that an empty one can replace it.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub(crate) fn remove(dir: &Path) -> Result<()> {
        folder::remove(dir)
    }

    fn with_index(
        dir: Option<PathBuf>,
        write_fault: WriteFault,
        directory: Box<dyn Directory>,
        index: tantivy::Index,
    ) -> Result<Self> {
        let shown = dir.clone().unwrap_or_default();
        let fields = Fields::new();
        if index.schema() != fields.schema {
            return Err(Error::IndexOtherVersion(shown));
        }
        index.tokenizers().register(ANALYZER, TextAnalyzer::from(LexemeTokenizer));
        // Looked at before the commit is loaded: one that comes in between is then noticed.
        let latest = Latest { meta: dir.as_deref().map(folder::meta_stamp).transpose()?, ..Latest::default() };
        let read = || index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into();
        let reader = fault::guarded(&shown, || read().map_err(|e| in_our_terms(&shown, e)))?;
        Ok(Self { dir, directory, fields, index, reader, latest: Mutex::new(latest), write_fault })
    }

    /// The folder; none in memory.
    pub(crate) fn dir(&self) -> Option<&Path> {
        self.dir.as_deref()
    }

    /// A view of the last commit, of this process or another.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`], [`Error::Io`].
    pub(crate) fn snapshot(&self) -> Result<Snapshot<'_>> {
        let mut latest = self.latest();
        if let Some(dir) = &self.dir {
            let now = folder::meta_stamp(dir)?;
            if latest.meta.is_some_and(|before| before != now) {
                self.reader.reload().map_err(|e| self.error(e))?;
            }
            latest.meta = Some(now);
        }
        let searcher = self.reader.searcher();
        let generation = searcher.generation().generation_id();
        let commit = match &latest.commit {
            Some((of, commit)) if *of == generation => Arc::clone(commit),
            _ => {
                let commit = Arc::new(Commit::new(self.note()?, searcher.num_docs()));
                latest.commit = Some((generation, Arc::clone(&commit)));
                commit
            }
        };
        Ok(Snapshot::new(self, searcher, commit))
    }

    /// Makes an own commit visible.
    fn reload(&self) -> Result<()> {
        self.reader.reload().map_err(|e| self.error(e))?;
        if let Some(dir) = &self.dir {
            folder::remove_other_versions(dir);
        }
        Ok(())
    }

    /// Runs what reads the engine's files: a panic is an error, and a failed write says why it failed.
    pub(crate) fn guard<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let dir = self.dir.as_deref().unwrap_or(Path::new(""));
        fault::guarded(dir, work).map_err(|error| match (error, self.write_fault.take()) {
            // What could not be written is the reason, and what is on disk is as it was.
            (Error::IndexDamaged { path, .. } | Error::Internal { path, .. }, Some(source)) => {
                Error::Io { path, source }
            }
            (error, _) => error,
        })
    }

    fn latest(&self) -> std::sync::MutexGuard<'_, Latest> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn damage(&self, reason: String) -> Error {
        Error::IndexDamaged { path: self.dir.clone().unwrap_or_default(), reason }
    }

    /// An error of the search engine, in the library's terms.
    fn error(&self, error: TantivyError) -> Error {
        in_our_terms(&self.dir.clone().unwrap_or_default(), error)
    }
}

/// What a new index is like. Most of it is the incidents as they are stored: blocks of this kind and size take two thirds of
/// the room of the default, for a few hundredths of a millisecond a hit.
fn builder() -> IndexBuilder {
    let settings = IndexSettings {
        docstore_compression: Compressor::Zstd(ZstdCompressor { compression_level: Some(1) }),
        docstore_blocksize: 32_768,
        ..IndexSettings::default()
    };
    IndexBuilder::default().schema(Fields::new().schema).settings(settings)
}

/// The writer's lock, waited for.
fn creation_lock() -> Lock {
    Lock { filepath: INDEX_WRITER_LOCK.filepath.clone(), is_blocking: true }
}
