//! Health: verifies all files of an index.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use tantivy::directory::error::OpenReadError;
use tantivy::index::SegmentComponent;
use tantivy::{Directory, SegmentMeta};

use crate::engine::directory::verify;
use crate::engine::given::GivenHealth;
use crate::engine::{Engine, Snapshot, folder};
use crate::error::{Error, Result};
use crate::incident::IgnoredCount;

/// The health of an index.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Health {
    /// The folder of the index; `None` in memory.
    pub path: Option<PathBuf>,
    /// Incidents in the index.
    pub incidents: usize,
    /// Incidents that a program upserted, hidden ones included.
    pub given: usize,
    /// The ids of given incidents that reports of the archive hide, sorted.
    pub hidden: Vec<String>,
    /// Folders of other versions that may have given incidents which this version cannot read. They are kept.
    pub kept: Vec<PathBuf>,
    /// Files of the archive that are not reports.
    pub left_out: usize,
    /// Files that ignore files leave out. An index does not know them: they are those of [`Archive::ignored_counts`].
    ///
    /// [`Archive::ignored_counts`]: crate::Archive::ignored_counts
    pub ignored: Vec<IgnoredCount>,
    /// Segments of the index.
    pub segments: usize,
    /// Deleted incidents that still use disk space.
    pub deleted: usize,
    /// Bytes on disk.
    pub bytes: u64,
    /// The total size of the indexed reports, in bytes.
    pub source_bytes: u64,
    /// When the last update finished, in seconds since 1970, UTC.
    pub updated: Option<i64>,
    /// Files with a checksum mismatch, the record of given incidents among them.
    pub damaged: Vec<PathBuf>,
    /// Ids of reports that the manifest of the last update names and the index has not, sorted.
    pub missing: Vec<String>,
    /// Ids of reports that the index has and the manifest of the last update does not name, sorted.
    pub unexpected: Vec<String>,
}

impl Health {
    /// Whether the index must be rebuilt.
    ///
    /// # Examples
    /// ```
    /// use rca_index::Index;
    ///
    /// assert!(!Index::in_memory()?.health()?.is_damaged());
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn is_damaged(&self) -> bool {
        !(self.damaged.is_empty() && self.missing.is_empty() && self.unexpected.is_empty())
    }
}

impl Engine {
    /// Verifies the index: sizes, counts, and every file's checksum.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged) if it cannot be read at all,
    /// [`Error::Io`](crate::Error::Io).
    pub(crate) fn health(&self) -> Result<Health> {
        let Snapshot { searcher, .. } = self.snapshot()?;
        let mut damaged = match self.dir() {
            Some(_) => damaged_files(&self.index, &*self.directory).map_err(|e| self.error(e))?,
            None => Vec::new(),
        };
        let GivenHealth { given, hidden, kept } = match self.given_health() {
            Err(Error::IndexDamaged { path, .. }) if path.is_file() => {
                damaged.extend(path.file_name().map(PathBuf::from));
                GivenHealth::default()
            }
            found => found?,
        };
        let bytes = match self.dir() {
            Some(dir) => folder::size(dir),
            None => searcher.space_usage().map_err(|e| self.error(e.into()))?.total().get_bytes(),
        };
        let note = self.note()?;
        Ok(Health {
            path: self.dir().map(Path::to_owned),
            incidents: searcher.num_docs() as usize,
            given,
            hidden,
            kept,
            left_out: 0,
            ignored: Vec::new(),
            segments: searcher.segment_readers().len(),
            deleted: searcher.segment_readers().iter().map(|r| r.num_deleted_docs() as usize).sum(),
            bytes,
            source_bytes: note.source_bytes,
            updated: (note.updated != 0).then_some(note.updated),
            damaged,
            missing: Vec::new(),
            unexpected: Vec::new(),
        })
    }
}

/// The files that the last commit names and that have a checksum mismatch. A file left by a killed update is not part
/// of the index, and the next update removes it. With a missing file, the index cannot be opened.
pub(super) fn damaged_files(index: &tantivy::Index, directory: &dyn Directory) -> tantivy::Result<Vec<PathBuf>> {
    let segments = index.searchable_segment_metas()?;
    let named: BTreeSet<PathBuf> = segments.iter().flat_map(files_of).collect();
    let is_damaged = |file: &PathBuf| match directory.open_read(file) {
        Ok(content) => verify(content).is_err(),
        // Not every segment has every kind of file, and another process may have replaced one in the meantime.
        Err(OpenReadError::FileDoesNotExist(_)) => false,
        Err(_) => true,
    };
    Ok(named.into_iter().filter(is_damaged).collect())
}

/// The files of a segment that a commit names.
fn files_of(segment: &SegmentMeta) -> impl Iterator<Item = PathBuf> {
    use SegmentComponent::{Delete, FastFields, FieldNorms, Positions, Postings, Store, Terms};
    let deletions = segment.has_deletes().then_some(Delete);
    let parts = [Postings, Positions, FastFields, FieldNorms, Terms, Store].into_iter().chain(deletions);
    parts.map(|part| segment.relative_path(part))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write as _;

    use super::*;
    use crate::engine::Purpose;
    use crate::engine::folder::version_folder;
    use crate::incident::Incident;

    fn upsert(engine: &Engine, id: &str) {
        let mut writer = engine.writer(Purpose::Give, 1, 0, std::time::Duration::ZERO).unwrap();
        writer.upsert(Incident::new(id, "Disk full")).unwrap();
        writer.commit(None).unwrap();
    }

    #[test]
    fn leftover_files_are_not_damage_and_the_next_update_removes_them() {
        let folder = tempfile::tempdir().unwrap();
        let engine = Engine::open_or_create(folder.path()).unwrap();
        upsert(&engine, "a");
        let segment = |engine: &Engine| engine.index.searchable_segment_ids().unwrap().remove(0).uuid_string();
        // An update killed while it writes deletions leaves such a file.
        let left = PathBuf::from(format!("{}.999.del", segment(&engine)));
        let mut file = Directory::open_write(engine.index.directory(), &left).unwrap();
        file.write_all(b"half").unwrap();
        file.flush().unwrap();
        drop(file);
        let on_disk = version_folder(folder.path()).join(&left);
        assert!(on_disk.is_file());

        let reopened = Engine::open(folder.path()).unwrap();
        assert_eq!(reopened.health().unwrap().damaged, Vec::<PathBuf>::new());
        upsert(&reopened, "a");
        assert!(!on_disk.exists());
        assert_eq!(reopened.health().unwrap().damaged, Vec::<PathBuf>::new());

        // Files that the commit names are verified.
        let store = PathBuf::from(format!("{}.store", segment(&reopened)));
        let path = version_folder(folder.path()).join(&store);
        let mut bytes = fs::read(&path).unwrap();
        bytes[3] ^= 1;
        fs::write(&path, bytes).unwrap();
        assert_eq!(reopened.health().unwrap().damaged, [store]);
    }
}
