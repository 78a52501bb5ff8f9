//! The directory: the index folder as seen by the engine, with checksums verified.
//!
//! Small files, written as a whole, end with a checksum. The engine's larger files end with checksums of their pages, each
//! of which is verified when it is read for the first time: verifying a large index at every start would cost more than
//! the search. `Index::health` verifies everything.

use std::collections::HashMap;
use std::fs::TryLockError;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tantivy::HasLen as _;
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::footer::Footer;
use tantivy::directory::{
    AntiCallToken, Directory, DirectoryLock, FileHandle, FileSlice, Lock, META_LOCK, MmapDirectory, TerminatingWrite,
    WatchCallback, WatchHandle, WritePtr,
};

use crate::durable;
use crate::engine::pages::{self, PageSums, PagedFile};
use crate::engine::plain_file::{PlainFile, unopened};
#[cfg(test)]
use crate::engine::recorded_writes::recorded;
use crate::error::is_read_only;
use crate::files;

/// The engine's file that a commit replaces.
pub(crate) const META_FILE: &str = "meta.json";

/// The extension of the engine's files with the stored incidents.
const STORE: &str = "store";
/// The length of the checksum at the end of a small file: 16 hexadecimal digits and a line break.
const TRAILER_BYTES: usize = 17;

/// A folder with the engine's files.
#[derive(Debug, Clone)]
pub(crate) struct CheckedDirectory {
    folder: PathBuf,
    files: MmapDirectory,
    /// The files that are open, with the pages of them that were verified.
    open_files: Arc<Mutex<HashMap<PathBuf, Weak<PagedFile>>>>,
    /// Whether an older version wrote it, whose files may have no checksums of pages.
    is_older: bool,
    fault: WriteFault,
}

/// The error of the last failed write. The engine writes on its own threads, and reports only that one of them has
/// died.
#[derive(Debug, Clone, Default)]
pub(crate) struct WriteFault(Arc<Mutex<Option<io::Error>>>);

impl WriteFault {
    /// Takes the error, if there is one.
    pub(crate) fn take(&self) -> Option<io::Error> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn note<T>(&self, written: io::Result<T>) -> io::Result<T> {
        written.inspect_err(|e| {
            let copy = io::Error::new(e.kind(), e.to_string());
            self.0.lock().unwrap_or_else(PoisonError::into_inner).replace(copy);
        })
    }
}

/// A file of the engine that ends with the checksums of its pages, and that records the error of a failed write.
struct WatchedFile {
    path: PathBuf,
    file: Box<dyn TerminatingWrite + Send + Sync>,
    sums: PageSums,
    fault: WriteFault,
}

impl Write for WatchedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.fault.note(self.file.write(bytes))?;
        self.sums.add(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.fault.note(self.file.flush())
    }
}

impl TerminatingWrite for WatchedFile {
    fn terminate_ref(&mut self, token: AntiCallToken) -> io::Result<()> {
        let table = std::mem::take(&mut self.sums).finish(&self.path);
        self.fault.note(self.file.write_all(&table))?;
        self.fault.note(self.file.terminate_ref(token))
    }
}

impl CheckedDirectory {
    pub(crate) fn open(folder: &Path) -> tantivy::Result<Self> {
        let files = MmapDirectory::open(folder)?;
        let (open_files, fault) = (Arc::default(), WriteFault::default());
        Ok(Self { folder: folder.to_owned(), files, open_files, is_older: false, fault })
    }

    /// A folder that an older version wrote. Files without checksums of pages are verified whole.
    pub(crate) fn open_older(folder: &Path) -> tantivy::Result<Self> {
        Ok(Self { is_older: true, ..Self::open(folder)? })
    }

    pub(crate) fn fault(&self) -> WriteFault {
        self.fault.clone()
    }

    /// Opens a file as it is on disk.
    fn raw(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        match path.extension() {
            Some(extension) if extension == STORE => Ok(Arc::new(PlainFile::open(&self.folder, path)?)),
            _ => self.files.get_file_handle(path),
        }
    }
}

impl Directory for CheckedDirectory {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        let mut open_files = self.open_files.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = open_files.get(path).and_then(Weak::upgrade) {
            return Ok(file);
        }
        let error = |e| OpenReadError::wrap_io_error(e, path.to_owned());
        let file = self.raw(path)?;
        if self.is_older && !pages::has_table(&*file).map_err(error)? {
            verify(FileSlice::new(Arc::clone(&file))).map_err(error)?;
            return Ok(file);
        }
        let file = Arc::new(PagedFile::open(path, file).map_err(error)?);
        open_files.retain(|_, file| file.strong_count() > 0);
        open_files.insert(path.to_owned(), Arc::downgrade(&file));
        Ok(file)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.open_files.lock().unwrap_or_else(PoisonError::into_inner).remove(path);
        durable::removing(&self.folder.join(path), || self.files.delete(path))
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.files.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        let buffer = self.files.open_write(path)?;
        let file = buffer.into_inner().map_err(|e| OpenWriteError::wrap_io_error(e.into(), path.to_owned()))?;
        #[cfg(test)]
        let file = recorded(file, &self.folder.join(path));
        let (path, sums, fault) = (path.to_owned(), PageSums::default(), self.fault.clone());
        Ok(BufWriter::new(Box::new(WatchedFile { path, file, sums, fault })))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        let opened = files::open_seen(&self.folder.join(path)).map_err(|e| unopened(e, path))?;
        let mut bytes = opened.read_whole().map_err(|e| OpenReadError::wrap_io_error(e, path.to_owned()))?;
        let content = bytes.len().checked_sub(TRAILER_BYTES).filter(|&at| trailer(&bytes[..at]) == bytes[at..]);
        let Some(length) = content else {
            return Err(OpenReadError::wrap_io_error(checksum_mismatch(), path.to_owned()));
        };
        bytes.truncate(length);
        Ok(bytes)
    }

    fn atomic_write(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        let (path_in, bytes) = (self.folder.join(path), [content, &trailer(content)].concat());
        // With the permissions of any new file, so that who may read the others may read these.
        let written = durable::replacing(&path_in, &bytes, || files::replace(&path_in, &bytes));
        // The engine removes what the commit before needs as soon as this returns: the new one must be on disk by then.
        let is_commit = path == Path::new(META_FILE);
        self.fault.note(written.and_then(|()| if is_commit { self.sync_directory() } else { Ok(()) }))
    }

    fn sync_directory(&self) -> io::Result<()> {
        durable::syncing(&self.folder, || self.files.sync_directory())
    }

    /// On a read-only file system the engine's locks cannot be taken, and readers do not need them: no process can
    /// remove files.
    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        let path = self.folder.join(&lock.filepath);
        let file = match files::open_or_create(&path) {
            Ok(file) => file,
            Err(e) if lock.filepath == META_LOCK.filepath && is_read_only(&e) => match files::open_regular(&path) {
                Ok(file) => file,
                Err(_) => return Ok(DirectoryLock::from(Box::new(()))),
            },
            Err(e) => return Err(LockError::wrap_io_error(e)),
        };
        if lock.is_blocking {
            file.lock().map_err(LockError::wrap_io_error)?;
        } else {
            file.try_lock().map_err(|e| match e {
                TryLockError::WouldBlock => LockError::LockBusy,
                TryLockError::Error(e) => LockError::wrap_io_error(e),
            })?;
        }
        // The operating system releases the lock when the process ends, however it ends.
        Ok(DirectoryLock::from(Box::new(file)))
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.files.watch(callback)
    }
}

/// Verifies the checksum in the footer of one of the engine's files.
pub(crate) fn verify(file: FileSlice) -> io::Result<()> {
    /// The number of bytes read at once.
    const PIECE: usize = 1 << 20;
    let (footer, body) = Footer::extract_footer(file).map_err(|e| io::Error::new(ErrorKind::InvalidData, e))?;
    let mut hasher = crc32fast::Hasher::new();
    for start in (0..body.len()).step_by(PIECE) {
        hasher.update(&body.read_bytes_slice(start..body.len().min(start + PIECE))?);
    }
    if hasher.finalize() == footer.crc { Ok(()) } else { Err(checksum_mismatch()) }
}

fn trailer(content: &[u8]) -> Vec<u8> {
    format!("{:016x}\n", xxhash_rust::xxh3::xxh3_64(content)).into_bytes()
}

fn checksum_mismatch() -> io::Error {
    io::Error::new(ErrorKind::InvalidData, "checksum mismatch")
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};

    use tantivy::directory::INDEX_WRITER_LOCK;
    use tantivy::schema::{STORED, Schema, TEXT};
    use tantivy::{Index, TantivyDocument};

    use super::*;

    /// An index with one segment; returns the path of its store.
    fn index(folder: &Path) -> PathBuf {
        let mut schema = Schema::builder();
        let text = schema.add_text_field("text", TEXT | STORED);
        let index = Index::open_or_create(CheckedDirectory::open(folder).unwrap(), schema.build()).unwrap();
        let mut writer = index.writer_with_num_threads::<TantivyDocument>(1, 15_000_000).unwrap();
        writer.add_document(tantivy::doc!(text => "queue")).unwrap();
        writer.commit().unwrap();
        let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        files.into_iter().find(|path| path.extension().is_some_and(|e| e == "store")).unwrap()
    }

    fn flip(path: &Path, at: usize) {
        let mut bytes = fs::read(path).unwrap();
        bytes[at] ^= 1;
        fs::write(path, bytes).unwrap();
    }

    #[test]
    fn a_flipped_bit_is_detected_whatever_the_time_stamps_say() {
        let folder = tempfile::tempdir().unwrap();
        let store = index(folder.path());
        let name = Path::new(store.file_name().unwrap());
        let read = || {
            let file = CheckedDirectory::open(folder.path()).unwrap().get_file_handle(name);
            file.is_ok_and(|file| file.read_bytes(0..file.len()).is_ok())
        };
        assert!(read());
        let written = fs::metadata(&store).unwrap().modified().unwrap();
        flip(&store, 3);
        File::options().write(true).open(&store).unwrap().set_modified(written).unwrap();
        assert!(!read());
        flip(&store, 3);
        assert!(read());
    }

    #[test]
    fn a_file_that_is_open_is_verified_once() {
        let folder = tempfile::tempdir().unwrap();
        let name = index(folder.path());
        let name = Path::new(name.file_name().unwrap());
        let directory = CheckedDirectory::open(folder.path()).unwrap();
        let first = directory.get_file_handle(name).unwrap();
        assert!(Arc::ptr_eq(&first, &directory.get_file_handle(name).unwrap()));
        let gone = Arc::downgrade(&first);
        drop(first);
        assert!(gone.upgrade().is_none(), "nothing stays open");
    }

    #[test]
    fn a_file_without_checksums_of_pages_is_damage_unless_an_older_version_wrote_it() {
        let folder = tempfile::tempdir().unwrap();
        let store = index(folder.path());
        let name = Path::new(store.file_name().unwrap());
        let length = CheckedDirectory::open(folder.path()).unwrap().get_file_handle(name).unwrap().len();
        File::options().write(true).open(&store).unwrap().set_len(length as u64).unwrap();
        assert!(CheckedDirectory::open(folder.path()).unwrap().get_file_handle(name).is_err());
        let older = || CheckedDirectory::open_older(folder.path()).unwrap().get_file_handle(name);
        assert_eq!(older().unwrap().len(), length);
        flip(&store, 3);
        assert!(older().is_err());
    }

    #[test]
    fn a_small_file_is_complete_or_rejected() {
        let folder = tempfile::tempdir().unwrap();
        let directory = CheckedDirectory::open(folder.path()).unwrap();
        let name = Path::new("note");
        directory.atomic_write(name, b"content").unwrap();
        assert_eq!(directory.atomic_read(name).unwrap(), b"content");
        let path = folder.path().join(name);
        let whole = fs::read(&path).unwrap();
        for at in 0..whole.len() {
            flip(&path, at);
            assert!(directory.atomic_read(name).is_err(), "byte {at}");
            fs::write(&path, &whole[..at]).unwrap();
            assert!(directory.atomic_read(name).is_err(), "the first {at} bytes");
            fs::write(&path, &whole).unwrap();
        }
        assert!(directory.atomic_read(name).is_ok());
    }

    #[test]
    fn one_process_at_a_time_has_a_lock_and_nothing_is_written_into_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) =
            (CheckedDirectory::open(folder.path()).unwrap(), CheckedDirectory::open(folder.path()).unwrap());
        let lock = one.acquire_lock(&INDEX_WRITER_LOCK).unwrap();
        assert!(matches!(other.acquire_lock(&INDEX_WRITER_LOCK), Err(LockError::LockBusy)));
        drop(lock);
        assert!(other.acquire_lock(&INDEX_WRITER_LOCK).is_ok());
        assert_eq!(fs::metadata(folder.path().join(&INDEX_WRITER_LOCK.filepath)).unwrap().len(), 0);
    }
}
