//! The lock of an index folder: one process at a time makes, writes or removes the index in it.
//!
//! In: an index folder. Out: the right to change it, or who has that and since when. The file is beside the folders of the
//! versions: it stays when these come and go, so that all wait for the same one.

use std::fs::{self, File, Metadata, TryLockError};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::error::{Error, Result};
use crate::files;

/// The file that is locked. It says which process has it, and since when.
const LOCK_FILE: &str = "write.lock";
/// How long to sleep while another process holds the lock.
pub(super) const POLL: Duration = Duration::from_millis(20);
/// How long repairing or removing an index waits for a writer.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// The right to change the index in a folder, until it is dropped.
#[derive(Debug)]
pub(super) struct FolderLock {
    path: PathBuf,
    file: File,
}

impl FolderLock {
    /// Waits for the lock.
    ///
    /// # Errors
    /// [`Error::IndexLocked`] if another process holds it for longer than `wait`; [`Error::IndexNotFound`] if there is no
    /// such folder; [`Error::Io`].
    pub(super) fn take(dir: &Path, wait: Duration) -> Result<Self> {
        let path = dir.join(LOCK_FILE);
        let started = Instant::now();
        loop {
            let file = open(&path).map_err(|error| match error.kind() {
                ErrorKind::NotFound => Error::IndexNotFound(dir.to_owned()),
                _ => Error::io(&path)(error),
            })?;
            match file.try_lock() {
                Ok(()) => {
                    let lock = Self { path: path.clone(), file };
                    // Somebody may have removed the folder while this process waited. Others lock the new file then.
                    if lock.is_current() {
                        lock.sign();
                        return Ok(lock);
                    }
                }
                Err(TryLockError::WouldBlock) if started.elapsed() < wait => thread::sleep(POLL),
                Err(TryLockError::WouldBlock) => return Err(locked(dir, &path)),
                Err(TryLockError::Error(error)) => return Err(Error::io(path)(error)),
            }
        }
    }

    /// Whether the locked file is still the one that others would lock.
    pub(super) fn is_current(&self) -> bool {
        let same = || -> io::Result<bool> { Ok(is_same(&self.file.metadata()?, &fs::metadata(&self.path)?)) };
        same().unwrap_or(false)
    }

    /// Says who has the lock. It is only informative; where it cannot be written, a later write fails too.
    fn sign(&self) {
        // Written in place, which must not change what the file's other names are for.
        if files::has_other_names(&self.file) {
            return;
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let _ = self.file.set_len(0).and_then(|()| writeln!(&self.file, "{} {now}", std::process::id()));
    }
}

fn open(path: &Path) -> io::Result<File> {
    files::open_or_create(path)
}

/// The error for a folder that another process has locked. On Windows nobody else can read a locked file.
fn locked(dir: &Path, path: &Path) -> Error {
    /// A process id and seconds since 1970, and no more of anything else that is there.
    const LONGEST: u64 = 64;
    let text = files::read(path, LONGEST).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let mut words = text.split_whitespace();
    let holder = words.next().and_then(|word| word.parse().ok());
    let since = words.next().and_then(|word| word.parse().ok());
    Error::IndexLocked { path: dir.to_owned(), holder, since, host: None, own: holder == Some(std::process::id()) }
}

#[cfg(unix)]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// Elsewhere an open file cannot be removed.
#[cfg(not(unix))]
fn is_same(_one: &Metadata, _other: &Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_and_who_is_known() {
        let folder = tempfile::tempdir().unwrap();
        let lock = FolderLock::take(folder.path(), Duration::ZERO).unwrap();
        let Err(Error::IndexLocked { holder, since, own, .. }) = FolderLock::take(folder.path(), Duration::ZERO) else {
            unreachable!("two at once");
        };
        assert!((holder, own) == (Some(std::process::id()), true) || cfg!(windows));
        assert!(since.is_some_and(|since| since > 1_700_000_000) || cfg!(windows));
        assert!(lock.is_current());
        drop(lock);
        FolderLock::take(folder.path(), Duration::ZERO).unwrap();
        let gone = FolderLock::take(&folder.path().join("gone"), Duration::ZERO);
        assert!(matches!(gone, Err(Error::IndexNotFound(_))), "{gone:?}");
    }

    #[cfg(unix)]
    #[test]
    fn a_lock_that_was_removed_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let lock = FolderLock::take(folder.path(), Duration::ZERO).unwrap();
        fs::remove_file(folder.path().join(LOCK_FILE)).unwrap();
        assert!(!lock.is_current());
        let next = FolderLock::take(folder.path(), Duration::ZERO).unwrap();
        assert!(next.is_current() && !lock.is_current());
        // Whoever waited for the removed file waits for the new one.
        drop(lock);
        assert!(FolderLock::take(folder.path(), Duration::ZERO).is_err());
    }
}
