//! Health: verifies all files of an index.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use tantivy::index::SegmentComponent;
use tantivy::{Directory, SegmentMeta};

use crate::engine::directory::{CheckedDirectory, verify};
use crate::engine::given::GivenHealth;
use crate::engine::snapshot::Snapshot;
use crate::engine::{Embedded, folder};
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
    /// How the index compares with the files of the archive; `None` unless [`Index::compare`] was asked.
    ///
    /// [`Index::compare`]: crate::Index::compare
    pub comparison: Option<Comparison>,
    /// Whether the index is trusted, as whoever opened it knows: an index does not.
    pub trusted: Option<bool>,
    /// Why it is trusted, or not, for people.
    pub trusted_because: String,
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

/// How an index compares with the files of its archive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Comparison {
    /// Reports that were compared.
    pub reports: usize,
    /// The ids of reports that the index shows otherwise than their files are, although their time stamps say that they are
    /// unchanged, and of reports that have no file at all; sorted. The next update does not mend them: a rebuild does.
    pub differing: Vec<String>,
    /// Files that were added, modified or removed since the last update: the next one takes them in.
    pub outdated: usize,
    /// Whether the system tells when a file was last changed even if somebody sets its modification time. Without it, an
    /// edit that keeps size and modification time is found by a comparison like this one only.
    pub sees_kept_times: bool,
}

impl Embedded {
    /// Verifies the index: sizes, counts, and every file's checksum.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged) if it cannot be read at all,
    /// [`Error::Io`](crate::Error::Io).
    pub(crate) fn health(&self) -> Result<Health> {
        let Snapshot { searcher, .. } = self.snapshot()?;
        let mut damaged = match self.dir() {
            // A directory of its own: this one remembers what it has verified.
            Some(dir) => CheckedDirectory::open(&folder::version_folder(dir))
                .and_then(|directory| damaged_files(&self.index, &directory))
                .map_err(|e| self.error(e))?,
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
            comparison: None,
            trusted: None,
            trusted_because: String::new(),
            missing: Vec::new(),
            unexpected: Vec::new(),
        })
    }
}

/// The files that the last commit names and that are missing or have a checksum mismatch. A file left by a killed update is
/// not part of the index, and the next update removes it.
pub(super) fn damaged_files(index: &tantivy::Index, directory: &dyn Directory) -> tantivy::Result<Vec<PathBuf>> {
    let is_damaged = |file: &PathBuf| match directory.open_read(file) {
        Ok(content) => verify(content).is_err(),
        Err(_) => true,
    };
    let damaged: Vec<PathBuf> = named_files(index)?.into_iter().filter(is_damaged).collect();
    // Another process may have committed in the meantime, and removed files that were replaced.
    let named = if damaged.is_empty() { BTreeSet::new() } else { named_files(index)? };
    Ok(damaged.into_iter().filter(|file| named.contains(file)).collect())
}

fn named_files(index: &tantivy::Index) -> tantivy::Result<BTreeSet<PathBuf>> {
    Ok(index.searchable_segment_metas()?.iter().flat_map(files_of).collect())
}

/// The files of a segment that a commit names.
pub(super) fn files_of(segment: &SegmentMeta) -> impl Iterator<Item = PathBuf> {
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

    fn upsert(engine: &Embedded, id: &str) {
        let mut writer = engine.writer(Purpose::Give, 1, 0, std::time::Duration::ZERO).unwrap();
        writer.upsert(Incident::new(id, "Disk full")).unwrap();
        writer.commit(None).unwrap();
    }

    #[test]
    fn leftover_files_are_not_damage_and_the_next_update_removes_them() {
        let folder = tempfile::tempdir().unwrap();
        let engine = Embedded::open_or_create(folder.path()).unwrap();
        upsert(&engine, "a");
        let segment = |engine: &Embedded| engine.index.searchable_segment_ids().unwrap().remove(0).uuid_string();
        // An update killed while it writes deletions leaves such a file.
        let left = PathBuf::from(format!("{}.999.del", segment(&engine)));
        let mut file = Directory::open_write(engine.index.directory(), &left).unwrap();
        file.write_all(b"half").unwrap();
        file.flush().unwrap();
        drop(file);
        let on_disk = version_folder(folder.path()).join(&left);
        assert!(on_disk.is_file());

        let reopened = Embedded::open(folder.path()).unwrap();
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
