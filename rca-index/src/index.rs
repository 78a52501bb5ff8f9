//! The index: a folder that holds the incidents in searchable form.
//!
//! Inside the folder, each version of the layout has a folder of its own, so that another version's index is never
//! misread, and a `.gitignore`, so that no index is ever committed. The archive is the truth: an index can always be rebuilt.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use tantivy::directory::{INDEX_WRITER_LOCK, Lock, RamDirectory};
use tantivy::schema::IndexRecordOption;
use tantivy::store::{Compressor, ZstdCompressor};
use tantivy::tokenizer::TextAnalyzer;
use tantivy::{
    Directory, DocAddress, DocSet as _, IndexBuilder, IndexReader, IndexSettings, ReloadPolicy, Searcher, TERMINATED,
    TantivyDocument, TantivyError, Term,
};

use crate::archive::ReportProblem;
use crate::archive::names::Names;
use crate::archive::{Archive, KeptSettings};
use crate::engine::directory::{CheckedDirectory, META_FILE, WriteFault};
use crate::engine::document::{ANALYZER, FORMAT, Fields, KEY, LENGTH};
use crate::engine::fault::{guarded, in_our_terms};
use crate::engine::scorer::Statistics;
use crate::engine::tokenizer::LexemeTokenizer;
use crate::engine::writer::Writer;
use crate::error::{Error, Result};
use crate::incident::Incident;
use crate::parse::ParseOptions;
use crate::search::{self, SearchRequest, SearchResults};
use crate::text::Synonyms;
use crate::text::analyzer::Analyzer;
use crate::update::manifest::Manifest;
use crate::update::{self, UpdateEvent, UpdateOptions, UpdateReport};

/// An index of incidents. Cheap to clone; `Send` and `Sync`; every search sees the last commit, of any process.
#[derive(Clone)]
pub struct Index {
    inner: Arc<Inner>,
}

struct Inner {
    /// The folder; none in memory.
    dir: Option<PathBuf>,
    /// Where the engine's files and the manifest are.
    directory: Box<dyn Directory>,
    fields: Fields,
    engine: tantivy::Index,
    reader: IndexReader,
    seen: Mutex<Seen>,
    write_fault: WriteFault,
}

/// What was last seen of the index, to notice another process's commit.
#[derive(Default)]
struct Seen {
    meta: Option<(SystemTime, u64)>,
    commit: Option<(u64, Arc<Commit>)>,
    names: Option<(u64, Arc<Names>)>,
}

/// What a search needs to know of the commit that it looks at.
pub(crate) struct Commit {
    pub(crate) statistics: Statistics,
    pub(crate) analyzer: Analyzer,
    pub(crate) synonyms: Synonyms,
    /// How its reports were parsed.
    pub(crate) parse_options: ParseOptions,
}

/// What a commit says of itself.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct CommitNote {
    /// The manifest that goes with it.
    pub(crate) manifest: Option<String>,
    /// Bytes of text of all incidents.
    pub(crate) length: u64,
    /// Bytes of all files indexed.
    pub(crate) source_bytes: u64,
    /// When, in seconds since 1970, UTC.
    pub(crate) updated: i64,
    /// The settings of the archive that it goes by.
    #[serde(default)]
    pub(crate) settings: KeptSettings,
}

impl Index {
    /// Opens an index. One whose first update has not ended is none yet.
    ///
    /// # Errors
    /// [`Error::IndexNotFound`], [`Error::IndexOtherVersion`], [`Error::IndexDamaged`], [`Error::Io`].
    pub fn open(dir: impl AsRef<Path>) -> Result<Self> {
        let dir = dir.as_ref();
        let versioned = version_folder(dir);
        if !versioned.join(META_FILE).is_file() {
            let other = other_versions(dir).next().is_some();
            return Err(if other {
                Error::IndexOtherVersion(dir.to_owned())
            } else {
                Error::IndexNotFound(dir.to_owned())
            });
        }
        let directory = CheckedDirectory::open(&versioned).map_err(|e| in_our_terms(dir, e))?;
        let open = || tantivy::Index::open(directory.clone()).map_err(|e| in_our_terms(dir, e));
        let engine = guarded(dir, open)?;
        let index = Self::with_engine(Some(dir.to_owned()), directory.fault(), Box::new(directory), engine)?;
        if index.commit_note()?.updated == 0 {
            return Err(Error::IndexNotFound(dir.to_owned()));
        }
        Ok(index)
    }

    /// Opens an index, or makes an empty one where there is none of this version.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`], [`Error::Io`].
    pub fn open_or_create(dir: impl AsRef<Path>) -> Result<Self> {
        let dir = dir.as_ref();
        match Self::open(dir) {
            Err(Error::IndexNotFound(_)) => {}
            // In the folder of this version, it can only be in the way.
            Err(Error::IndexOtherVersion(_)) => Self::remove(dir)?,
            opened => return opened,
        }
        let versioned = version_folder(dir);
        fs::create_dir_all(&versioned).map_err(Error::io(&versioned))?;
        let ignore = dir.join(".gitignore");
        fs::write(&ignore, "*\n").map_err(Error::io(ignore))?;
        let directory = CheckedDirectory::open(&versioned).map_err(|e| in_our_terms(dir, e))?;
        // Two processes must not make the same index: the second would take the place of what the first has written since.
        let lock = (!versioned.join(META_FILE).is_file()).then(|| directory.acquire_lock(&creation_lock()));
        let lock = lock.transpose().map_err(|e| in_our_terms(dir, TantivyError::LockFailure(e, None)))?;
        let open = || builder().open_or_create(directory.clone());
        let engine = guarded(dir, || open().map_err(|e| in_our_terms(dir, e)))?;
        drop(lock);
        Self::with_engine(Some(dir.to_owned()), directory.fault(), Box::new(directory), engine)
    }

    /// An index in memory.
    ///
    /// # Errors
    /// None in practice.
    pub fn in_memory() -> Result<Self> {
        let directory = RamDirectory::create();
        let engine = builder().open_or_create(directory.clone()).map_err(|e| in_our_terms(Path::new("memory"), e))?;
        Self::with_engine(None, WriteFault::default(), Box::new(directory), engine)
    }

    /// Removes an index, so that an empty one can take its place. The archive is not touched.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn remove(dir: impl AsRef<Path>) -> Result<()> {
        let versioned = version_folder(dir.as_ref());
        // First what makes it an index: should the rest remain, nobody takes it for one.
        let _ = fs::remove_file(versioned.join(META_FILE));
        match fs::remove_dir_all(&versioned) {
            Err(e) if e.kind() != ErrorKind::NotFound => Err(Error::io(versioned)(e)),
            _ => Ok(()),
        }
    }

    fn with_engine(
        dir: Option<PathBuf>,
        write_fault: WriteFault,
        directory: Box<dyn Directory>,
        engine: tantivy::Index,
    ) -> Result<Self> {
        let shown = dir.clone().unwrap_or_default();
        let fields = Fields::new();
        if engine.schema() != fields.schema {
            return Err(Error::IndexOtherVersion(shown));
        }
        // Looked at before the commit is loaded: one that comes in between is then noticed.
        engine.tokenizers().register(ANALYZER, TextAnalyzer::from(LexemeTokenizer));
        let seen = Seen { meta: dir.as_deref().map(meta_stamp).transpose()?, ..Seen::default() };
        let read = || engine.reader_builder().reload_policy(ReloadPolicy::Manual).try_into();
        let reader = guarded(&shown, || read().map_err(|e| in_our_terms(&shown, e)))?;
        let inner = Inner { dir, directory, fields, engine, reader, seen: Mutex::new(seen), write_fault };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Brings the index in line with the archive: parallel, incremental, one atomic commit. `on_event` is called from
    /// several threads.
    ///
    /// # Errors
    /// [`Error::IndexLocked`] while another process updates, [`Error::IndexDamaged`], [`Error::Io`]. What is wrong with
    /// single reports is no error but a problem in the result.
    pub fn update(
        &self,
        archive: &Archive,
        options: &UpdateOptions,
        on_event: impl Fn(UpdateEvent) + Sync,
    ) -> Result<UpdateReport> {
        self.guard(|| update::update(self, archive, options, &on_event))
    }

    /// Adds incidents, replacing those with the same id; one atomic commit.
    ///
    /// # Errors
    /// [`Error::IndexLocked`], [`Error::IndexDamaged`], [`Error::Io`].
    pub fn upsert(&self, incidents: impl IntoIterator<Item = Incident>) -> Result<()> {
        self.guard(|| {
            let writer = Writer::open(self, 1, 0, Duration::ZERO)?;
            for incident in incidents {
                writer.remove(&incident.id)?;
                writer.add(incident)?;
            }
            writer.commit(None)
        })
    }

    /// Removes incidents by id; one atomic commit. Returns how many there were.
    ///
    /// # Errors
    /// [`Error::IndexLocked`], [`Error::IndexDamaged`], [`Error::Io`].
    pub fn delete<'a>(&self, ids: impl IntoIterator<Item = &'a str>) -> Result<usize> {
        self.guard(|| {
            let writer = Writer::open(self, 1, 0, Duration::ZERO)?;
            let mut removed = 0;
            for id in ids {
                removed += usize::from(writer.remove(id)?);
            }
            writer.commit(None)?;
            Ok(removed)
        })
    }

    /// Answers a request.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`], [`Error::Io`].
    pub fn search(&self, request: &SearchRequest) -> Result<SearchResults> {
        self.guard(|| search::search(self, request))
    }

    /// One incident by its id.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`], [`Error::Io`].
    pub fn get(&self, id: &str) -> Result<Option<Incident>> {
        self.guard(|| {
            let (searcher, commit) = self.searcher()?;
            let Some(address) = self.address(&searcher, id)? else { return Ok(None) };
            self.incident(&searcher, &commit, address).map(Some)
        })
    }

    /// The ids that a name may mean, best understanding only: the id or path itself, else ids whose file name is the
    /// name, else ids whose file name starts with it and goes on with a new word. So `PM-2026-033` finds
    /// `postmortems/PM-2026-033-mtls-expired`.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`], [`Error::Io`].
    pub fn resolve(&self, name: &str) -> Result<Vec<String>> {
        self.guard(|| Ok(self.names(&self.searcher()?.0)?.resolve(name)))
    }

    /// When the last update ended, in seconds since 1970, UTC; none before the first.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`].
    pub fn updated(&self) -> Result<Option<i64>> {
        let updated = self.commit_note()?.updated;
        Ok((updated != 0).then_some(updated))
    }

    /// The problems of all reports, as of the last update, by path and line.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`].
    pub fn problems(&self) -> Result<Vec<ReportProblem>> {
        Ok(self.manifest()?.all_problems())
    }

    /// The number of incidents.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`], [`Error::Io`].
    pub fn len(&self) -> Result<usize> {
        Ok(self.searcher()?.0.num_docs() as usize)
    }

    /// Whether there are no incidents.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`], [`Error::Io`].
    pub fn is_empty(&self) -> Result<bool> {
        Ok(self.len()? == 0)
    }
}

/// What the other stations of the library need.
impl Index {
    pub(crate) fn fields(&self) -> &Fields {
        &self.inner.fields
    }

    pub(crate) fn engine(&self) -> &tantivy::Index {
        &self.inner.engine
    }

    /// The folder; none in memory.
    pub(crate) fn dir(&self) -> Option<&Path> {
        self.inner.dir.as_deref()
    }

    pub(crate) fn directory(&self) -> &dyn Directory {
        &*self.inner.directory
    }

    /// A view of the last commit, and what it looks like as a whole.
    pub(crate) fn searcher(&self) -> Result<(Searcher, Arc<Commit>)> {
        let mut seen = self.inner.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(dir) = &self.inner.dir {
            let now = meta_stamp(dir)?;
            if seen.meta.is_some_and(|before| before != now) {
                self.inner.reader.reload().map_err(|e| self.error(e))?;
            }
            seen.meta = Some(now);
        }
        let searcher = self.inner.reader.searcher();
        let generation = searcher.generation().generation_id();
        let commit = match &seen.commit {
            Some((of, commit)) if *of == generation => Arc::clone(commit),
            _ => {
                let CommitNote { length, settings, .. } = self.commit_note()?;
                let KeptSettings { reading, language, synonyms } = settings;
                let incidents = searcher.num_docs();
                let mean_length = (length as f32 / incidents.max(1) as f32).max(1.0);
                let commit = Arc::new(Commit {
                    statistics: Statistics { incidents, mean_length },
                    analyzer: Analyzer::new(language),
                    synonyms: Synonyms::default().with(&synonyms.add, &synonyms.remove),
                    parse_options: reading.unwrap_or_default().parse,
                });
                seen.commit = Some((generation, Arc::clone(&commit)));
                commit
            }
        };
        Ok((searcher, commit))
    }

    /// Removes what killed processes have left behind: manifests that no commit names, and files half written. Only for
    /// who holds the lock and has written nothing yet. That it cannot be done harms nobody.
    pub(crate) fn tidy(&self, note: &CommitNote) {
        self.inner.write_fault.take();
        let Some(dir) = &self.inner.dir else { return };
        for entry in fs::read_dir(version_folder(dir)).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with(".tmp") || name.starts_with("manifest-") && Some(&*name) != note.manifest.as_deref() {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    /// Makes an own commit visible.
    pub(crate) fn reload(&self) -> Result<()> {
        self.inner.reader.reload().map_err(|e| self.error(e))?;
        if let Some(dir) = &self.inner.dir {
            remove_other_versions(dir);
        }
        Ok(())
    }

    pub(crate) fn commit_note(&self) -> Result<CommitNote> {
        let meta = self.inner.engine.load_metas().map_err(|e| self.error(e))?;
        let Some(payload) = meta.payload else { return Ok(CommitNote::default()) };
        serde_json::from_str(&payload).map_err(|e| self.damage(format!("the note of the last commit: {e}")))
    }

    /// The manifest of the last update; empty before the first.
    pub(crate) fn manifest(&self) -> Result<Manifest> {
        Ok(self.last_update()?.1)
    }

    /// What the last update said of itself, and its manifest.
    pub(crate) fn last_update(&self) -> Result<(CommitNote, Manifest)> {
        let mut note = self.commit_note()?;
        loop {
            let Some(name) = &note.manifest else { return Ok((note, Manifest::default())) };
            match self.inner.directory.atomic_read(Path::new(name)) {
                Ok(bytes) => {
                    let manifest = postcard::from_bytes(&bytes).map_err(|e| self.damage(format!("{name}: {e}")))?;
                    return Ok((note, manifest));
                }
                Err(error) => {
                    let now = self.commit_note()?;
                    if now == note {
                        return Err(self.error(error.into()));
                    }
                    // Another process has committed meanwhile and taken the old manifest away.
                    note = now;
                }
            }
        }
    }

    /// The bytes of text of an incident in the index.
    pub(crate) fn length_of(&self, searcher: &Searcher, id: &str) -> Result<Option<u64>> {
        let Some(address) = self.address(searcher, id)? else { return Ok(None) };
        let columns = searcher.segment_reader(address.segment_ord).fast_fields();
        let length = columns.u64(LENGTH).map_err(|e| self.error(e))?;
        Ok(length.first(address.doc_id))
    }

    pub(crate) fn incident(&self, searcher: &Searcher, commit: &Commit, address: DocAddress) -> Result<Incident> {
        let doc: TantivyDocument = searcher.doc(address).map_err(|e| self.error(e))?;
        let incident = self.inner.fields.incident(&doc, &commit.parse_options);
        incident.ok_or_else(|| self.damage("a stored incident cannot be read".to_owned()))
    }

    fn address(&self, searcher: &Searcher, id: &str) -> Result<Option<DocAddress>> {
        let field = self.inner.fields.key;
        let term = Term::from_field_text(field, id);
        for (segment_ord, reader) in (0..).zip(searcher.segment_readers()) {
            let index = reader.inverted_index(field).map_err(|e| self.error(e))?;
            let postings = index.read_postings(&term, IndexRecordOption::Basic).map_err(|e| self.error(e.into()))?;
            let Some(mut postings) = postings else { continue };
            while postings.doc() != TERMINATED {
                if !reader.is_deleted(postings.doc()) {
                    return Ok(Some(DocAddress::new(segment_ord, postings.doc())));
                }
                postings.advance();
            }
        }
        Ok(None)
    }

    /// The names of all incidents, read once a commit.
    fn names(&self, searcher: &Searcher) -> Result<Arc<Names>> {
        let generation = searcher.generation().generation_id();
        let known = self.inner.seen.lock().unwrap_or_else(PoisonError::into_inner).names.clone();
        if let Some((_, names)) = known.filter(|(of, _)| *of == generation) {
            return Ok(names);
        }
        let mut names = Names::default();
        for reader in searcher.segment_readers() {
            let Some(ids) = reader.fast_fields().str(KEY).map_err(|e| self.error(e))? else { continue };
            let mut id = String::new();
            for doc in reader.doc_ids_alive() {
                let Some(ord) = ids.ords().first(doc) else { continue };
                ids.ord_to_str(ord, &mut id).map_err(|e| self.error(e.into()))?;
                names.add(&id);
            }
        }
        let names = Arc::new(names);
        self.inner.seen.lock().unwrap_or_else(PoisonError::into_inner).names = Some((generation, Arc::clone(&names)));
        Ok(names)
    }

    /// Runs what reads the engine's files.
    pub(crate) fn guard<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let dir = self.inner.dir.as_deref().unwrap_or(Path::new(""));
        guarded(dir, work).map_err(|error| match (error, self.inner.write_fault.take()) {
            // What could not be written is the reason, and what is on disk is as it was.
            (Error::IndexDamaged { path, .. }, Some(source)) => Error::Io { path, source },
            (error, _) => error,
        })
    }

    fn damage(&self, reason: String) -> Error {
        Error::IndexDamaged { path: self.inner.dir.clone().unwrap_or_default(), reason }
    }

    /// An error of the engine, in the library's terms.
    pub(crate) fn error(&self, error: TantivyError) -> Error {
        in_our_terms(&self.inner.dir.clone().unwrap_or_default(), error)
    }
}

/// What a new index is like. Most of it is the incidents as they are stored: blocks of this kind and size take two thirds of
/// the room of the engine's own, for a few hundredths of a millisecond a hit.
fn builder() -> IndexBuilder {
    let settings = IndexSettings {
        docstore_compression: Compressor::Zstd(ZstdCompressor { compression_level: Some(1) }),
        docstore_blocksize: 32_768,
        ..IndexSettings::default()
    };
    IndexBuilder::default().schema(Fields::new().schema).settings(settings)
}

/// What tells one commit from the next.
fn meta_stamp(dir: &Path) -> Result<(SystemTime, u64)> {
    let meta = version_folder(dir).join(META_FILE);
    meta.metadata().and_then(|m| Ok((m.modified()?, m.len()))).map_err(Error::io(meta))
}

/// The writer's lock, waited for.
fn creation_lock() -> Lock {
    Lock { filepath: INDEX_WRITER_LOCK.filepath.clone(), is_blocking: true }
}

pub(crate) fn version_folder(dir: &Path) -> PathBuf {
    dir.join(format!("v{FORMAT}"))
}

/// The folders of other versions in an index folder.
fn other_versions(dir: &Path) -> impl Iterator<Item = PathBuf> {
    let own = version_folder(dir);
    fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path()).filter(move |path| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let version = name.strip_prefix('v').is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
        version && *path != own && path.join(META_FILE).is_file()
    })
}

/// Once this version has a commit, older ones only take room. A failure to remove them harms nobody.
fn remove_other_versions(dir: &Path) {
    for folder in other_versions(dir) {
        let _ = fs::remove_dir_all(folder);
    }
}
