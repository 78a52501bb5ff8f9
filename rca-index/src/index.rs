//! The index: a folder that holds the incidents in searchable form.

use std::path::{Path, PathBuf};

use crate::archive::Archive;
use crate::error::Result;
use crate::incident::Incident;
use crate::search::{SearchRequest, SearchResults};
use crate::update::{UpdateEvent, UpdateOptions, UpdateReport};

/// An index of incidents. Cheap to clone; all clones see a commit at once.
#[derive(Clone)]
pub struct Index {}

/// The health of an index.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Health {
    /// The folder of the index; none in memory.
    pub path: Option<PathBuf>,
    /// Incidents in the index.
    pub incidents: usize,
    /// Segments of the index.
    pub segments: usize,
    /// Deleted incidents that still take room.
    pub deleted: usize,
    /// Bytes on disk.
    pub bytes: u64,
    /// Bytes of the reports indexed.
    pub source_bytes: u64,
    /// When the last update ended, in seconds since 1970, UTC.
    pub updated: Option<i64>,
    /// Files whose content does not fit their checksum.
    pub damaged: Vec<PathBuf>,
}

impl Index {
    /// Opens an index.
    pub fn open(dir: &Path) -> Result<Self>;
    /// Opens an index, or makes an empty one. An index from another version is replaced by an empty one.
    pub fn open_or_create(dir: &Path) -> Result<Self>;
    /// An index in memory.
    pub fn in_memory() -> Result<Self>;
    /// Brings the index in line with the archive.
    pub fn update(&self, archive: &Archive, options: &UpdateOptions, on_event: impl Fn(UpdateEvent) + Sync) -> Result<UpdateReport>;
    /// Adds incidents, replacing those with the same id; one atomic commit.
    pub fn upsert(&self, incidents: impl IntoIterator<Item = Incident>) -> Result<()>;
    /// Removes incidents by id; one atomic commit. Returns how many there were.
    pub fn delete<'a>(&self, ids: impl IntoIterator<Item = &'a str>) -> Result<usize>;
    /// Answers a request.
    pub fn search(&self, request: &SearchRequest) -> Result<SearchResults>;
    /// One incident by its id.
    pub fn get(&self, id: &str) -> Result<Option<Incident>>;
    /// Ids that a name may mean: the id itself, else ids that end in it, else ids whose file name starts with it.
    pub fn resolve(&self, name: &str) -> Result<Vec<String>>;
    /// Checks the index.
    pub fn health(&self) -> Result<Health>;
    /// The problems of all reports, as of the last update.
    pub fn problems(&self) -> Result<Vec<crate::update::ReportProblem>>;
}
