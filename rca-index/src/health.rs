//! Health: an index looked over, every file of it.

use std::fs;
use std::path::{Path, PathBuf};

use tantivy::directory::error::OpenReadError;

use crate::directory::verify;
use crate::error::{Error, Result};
use crate::index::{Index, version_folder};

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
    /// Files whose content does not fit their checksum, and files that are missing.
    pub damaged: Vec<PathBuf>,
}

impl Index {
    /// Looks the index over: sizes, counts, and every file's checksum.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`] when it cannot even be looked over, [`Error::Io`].
    pub fn health(&self) -> Result<Health> {
        let (searcher, _) = self.searcher()?;
        let damaged = self.damaged_files()?;
        // A damaged one is an error.
        self.manifest()?;
        let bytes = match self.dir() {
            Some(dir) => folder_size(&version_folder(dir)),
            None => searcher.space_usage().map_err(|e| self.error(e.into()))?.total().get_bytes(),
        };
        let note = self.commit_note()?;
        Ok(Health {
            path: self.dir().map(Path::to_owned),
            incidents: searcher.num_docs() as usize,
            segments: searcher.segment_readers().len(),
            deleted: searcher.segment_readers().iter().map(|r| r.num_deleted_docs() as usize).sum(),
            bytes,
            source_bytes: note.source_bytes,
            updated: (note.updated != 0).then_some(note.updated),
            damaged,
        })
    }

    /// The files of the last commit that do not fit their checksum. One that is missing keeps the index from being opened.
    fn damaged_files(&self) -> Result<Vec<PathBuf>> {
        let Some(dir) = self.dir() else { return Ok(Vec::new()) };
        let ids = self.engine().searchable_segment_ids().map_err(|e| self.error(e))?;
        let ids: Vec<String> = ids.into_iter().map(|id| id.uuid_string()).collect();
        let folder = version_folder(dir);
        let entries = fs::read_dir(&folder).map_err(Error::io(&folder))?.flatten();
        let files = entries.map(|entry| PathBuf::from(entry.file_name()));
        let mut files: Vec<PathBuf> = files
            .filter(|file| ids.iter().any(|id| file.to_string_lossy().starts_with(id)))
            .filter(|file| match self.directory().open_read(file) {
                Ok(content) => verify(content).is_err(),
                // Another process has just replaced it.
                Err(OpenReadError::FileDoesNotExist(_)) => false,
                Err(_) => true,
            })
            .collect();
        files.sort();
        Ok(files)
    }
}

fn folder_size(folder: &Path) -> u64 {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    files.filter_map(|entry| entry.metadata().ok()).map(|metadata| metadata.len()).sum()
}
