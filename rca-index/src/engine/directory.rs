//! The directory: the index folder as seen by the engine, with checksums verified.
//!
//! Small files, written as a whole, end with a checksum. The engine's larger files have a checksum in their footer,
//! which the engine does not verify; it is verified here, once per process, when a file is opened. Beyond the first
//! [`CHECKED_BYTES`], only files modified after the last commit are verified, because they should not change after it.
//! Verifying a large index at every start would cost more than the search. `Index::health` verifies everything.

use std::collections::HashSet;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use tantivy::HasLen as _;
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::footer::Footer;
use tantivy::directory::{
    AntiCallToken, Directory, DirectoryLock, FileHandle, FileSlice, INDEX_WRITER_LOCK, Lock, META_LOCK, MmapDirectory,
    TerminatingWrite, WatchCallback, WatchHandle, WritePtr,
};

use crate::durable;
use crate::engine::plain_file::PlainFile;
#[cfg(test)]
use crate::engine::recorded_writes::recorded;
use crate::error::is_read_only;

/// The engine's file that a commit replaces.
pub(crate) const META_FILE: &str = "meta.json";

/// The extension of the engine's files with the stored incidents.
const STORE: &str = "store";
/// The number of bytes to verify at every start; this takes a few milliseconds.
const CHECKED_BYTES: u64 = 4_000_000;
/// The length of the checksum at the end of a small file: 16 hexadecimal digits and a line break.
const TRAILER_BYTES: usize = 17;

/// A folder with the engine's files.
#[derive(Debug, Clone)]
pub(crate) struct CheckedDirectory {
    folder: PathBuf,
    files: MmapDirectory,
    checked: Arc<Mutex<Checked>>,
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

/// A file of the engine that records the error of a failed write.
struct WatchedFile {
    file: Box<dyn TerminatingWrite + Send + Sync>,
    fault: WriteFault,
}

impl Write for WatchedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.fault.note(self.file.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.fault.note(self.file.flush())
    }
}

impl TerminatingWrite for WatchedFile {
    fn terminate_ref(&mut self, token: AntiCallToken) -> io::Result<()> {
        self.fault.note(self.file.terminate_ref(token))
    }
}

#[derive(Debug)]
struct Checked {
    /// How many bytes may still be verified proactively.
    budget: u64,
    /// Files that this process has verified or written.
    verified: HashSet<PathBuf>,
}

impl CheckedDirectory {
    pub(crate) fn open(folder: &Path) -> tantivy::Result<Self> {
        Self::with_budget(folder, CHECKED_BYTES)
    }

    fn with_budget(folder: &Path, budget: u64) -> tantivy::Result<Self> {
        let files = MmapDirectory::open(folder)?;
        let checked = Arc::new(Mutex::new(Checked { budget, verified: HashSet::new() }));
        Ok(Self { folder: folder.to_owned(), files, checked, fault: WriteFault::default() })
    }

    pub(crate) fn fault(&self) -> WriteFault {
        self.fault.clone()
    }

    fn must_be_checked(&self, path: &Path) -> bool {
        let mut checked = self.checked.lock().unwrap_or_else(PoisonError::into_inner);
        if checked.verified.contains(path) {
            return false;
        }
        let changed = |path: &Path| -> io::Result<(SystemTime, u64)> {
            let metadata = self.folder.join(path).metadata()?;
            Ok((metadata.modified()?, metadata.len()))
        };
        let (Ok((file, bytes)), Ok((commit, _))) = (changed(path), changed(Path::new(META_FILE))) else { return true };
        if let Some(left) = checked.budget.checked_sub(bytes) {
            checked.budget = left;
            return true;
        }
        file >= commit
    }

    fn mark_verified(&self, path: &Path) {
        self.checked.lock().unwrap_or_else(PoisonError::into_inner).verified.insert(path.to_owned());
    }
}

impl Directory for CheckedDirectory {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        let handle = match path.extension() {
            Some(extension) if extension == STORE => Arc::new(PlainFile::open(&self.folder, path)?),
            _ => self.files.get_file_handle(path)?,
        };
        if self.must_be_checked(path) {
            verify(FileSlice::new(Arc::clone(&handle)))
                .map_err(|e| OpenReadError::wrap_io_error(e, path.to_owned()))?;
            self.mark_verified(path);
        }
        Ok(handle)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.checked.lock().unwrap_or_else(PoisonError::into_inner).verified.remove(path);
        durable::removing(&self.folder.join(path), || self.files.delete(path))
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.files.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        let buffer = self.files.open_write(path)?;
        self.mark_verified(path);
        let file = buffer.into_inner().map_err(|e| OpenWriteError::wrap_io_error(e.into(), path.to_owned()))?;
        #[cfg(test)]
        let file = recorded(file, &self.folder.join(path));
        Ok(BufWriter::new(Box::new(WatchedFile { file, fault: self.fault.clone() })))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        let mut bytes = self.files.atomic_read(path)?;
        let content = bytes.len().checked_sub(TRAILER_BYTES).filter(|&at| trailer(&bytes[..at]) == bytes[at..]);
        let Some(length) = content else {
            return Err(OpenReadError::wrap_io_error(checksum_mismatch(), path.to_owned()));
        };
        bytes.truncate(length);
        Ok(bytes)
    }

    fn atomic_write(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        let bytes = [content, &trailer(content)].concat();
        let replace = || self.files.atomic_write(path, &bytes);
        let written = durable::replacing(&self.folder.join(path), &bytes, replace);
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
        let mut file = match OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path) {
            Ok(file) => file,
            Err(e) if lock.filepath == META_LOCK.filepath && is_read_only(&e) => match File::open(&path) {
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
        if lock.filepath == INDEX_WRITER_LOCK.filepath {
            // The process id is only informative; if it cannot be written, a later write fails too.
            let _ = file.set_len(0).and_then(|()| write!(file, "{}", std::process::id()));
        }
        // The operating system releases the lock when the process ends, however it ends.
        Ok(DirectoryLock::from(Box::new(file)))
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.files.watch(callback)
    }
}

/// The id of the process that is writing to the index in a folder, or wrote to it last. Unknown on Windows while it writes:
/// nobody else can read a locked file there.
pub(crate) fn holder(folder: &Path) -> Option<u32> {
    std::fs::read_to_string(folder.join(&INDEX_WRITER_LOCK.filepath)).ok()?.parse().ok()
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
    use std::fs;
    use std::time::Duration;

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
    fn a_flipped_bit_is_detected() {
        let folder = tempfile::tempdir().unwrap();
        let store = index(folder.path());
        let name = Path::new(store.file_name().unwrap());
        let read = |budget| CheckedDirectory::with_budget(folder.path(), budget).unwrap().get_file_handle(name).is_ok();
        assert!(read(CHECKED_BYTES) && read(0));
        let written = fs::metadata(&store).unwrap().modified().unwrap();
        flip(&store, 3);
        assert!(!read(CHECKED_BYTES), "a small index is verified");
        assert!(!read(0), "a file newer than the last commit is verified");
        // The file system's clock may not advance between writing the store and the commit.
        let before = written - Duration::from_secs(1);
        File::options().write(true).open(&store).unwrap().set_modified(before).unwrap();
        assert!(!read(CHECKED_BYTES), "decay without a trace");
        assert!(read(0), "is found by the doctor alone where the index is large");
        flip(&store, 3);
        assert!(read(CHECKED_BYTES));
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
    fn the_holder_of_the_lock_is_known() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) =
            (CheckedDirectory::open(folder.path()).unwrap(), CheckedDirectory::open(folder.path()).unwrap());
        let lock = one.acquire_lock(&INDEX_WRITER_LOCK).unwrap();
        assert!(matches!(other.acquire_lock(&INDEX_WRITER_LOCK), Err(LockError::LockBusy)));
        assert!(holder(folder.path()) == Some(std::process::id()) || cfg!(windows));
        drop(lock);
        assert_eq!(holder(folder.path()), Some(std::process::id()));
        assert!(other.acquire_lock(&INDEX_WRITER_LOCK).is_ok());
    }
}
