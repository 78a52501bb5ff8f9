//! Faults: converts errors and panics of the engine to errors of the library.

use std::any::Any;
use std::io::{self, ErrorKind};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use tantivy::TantivyError;
use tantivy::directory::error::{LockError, OpenDirectoryError, OpenReadError, OpenWriteError};

use crate::engine::directory::{CheckedDirectory, META_FILE};
use crate::engine::folder::{self, version_folder};
use crate::engine::health::damaged_files;
use crate::error::{Error, Result};

/// Runs code that reads the engine's files. The engine panics on some damage that checksum verification has not
/// covered. A panic although every file matches its checksum is a bug.
pub(super) fn guarded<T>(dir: &Path, work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let (path, reason) = (dir.to_owned(), message(&*panic).to_owned());
        if is_damaged(dir) {
            return Err(Error::IndexDamaged { path, reason: format!("reading it failed: {reason}") });
        }
        Err(Error::Internal { path, reason })
    })
}

/// Whether the index in a folder, if there is one, has files with a checksum mismatch.
fn is_damaged(dir: &Path) -> bool {
    let folder = version_folder(dir);
    if !folder.join(META_FILE).is_file() {
        return false;
    }
    let verify = || -> tantivy::Result<bool> {
        let directory = CheckedDirectory::open(&folder)?;
        let index = tantivy::Index::open(directory.clone())?;
        Ok(!damaged_files(&index, &directory)?.is_empty())
    };
    // If it cannot be verified at all, it is damaged.
    !matches!(catch_unwind(verify), Ok(Ok(false)))
}

/// The message of a panic.
fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no reason given")
}

/// Converts an error of the engine about an index folder. Where a file is missing, it waits for a moment: an index that is being
/// removed is not damaged.
#[allow(clippy::needless_pass_by_value)]
pub(super) fn convert_error(dir: &Path, error: TantivyError) -> Error {
    let path = dir.to_owned();
    let io = |source: &io::Error, file: Option<&Path>| {
        // The error of a page names its file.
        let file = file.map(|file| format!("{}: ", file.display())).unwrap_or_default();
        let file = if source.to_string().starts_with(&file) { "" } else { &file };
        match source.kind() {
            ErrorKind::InvalidData | ErrorKind::UnexpectedEof => {
                Error::IndexDamaged { path: dir.to_owned(), reason: format!("{file}{source}") }
            }
            // Files are opened and created in a folder that was there.
            ErrorKind::NotFound => Error::IndexRemoved(dir.to_owned()),
            kind => Error::Io { path: dir.to_owned(), source: io::Error::new(kind, source.to_string()) },
        }
    };
    match &error {
        TantivyError::LockFailure(LockError::IoError(source), _)
        | TantivyError::OpenDirectoryError(OpenDirectoryError::IoError { io_error: source, .. })
        | TantivyError::OpenWriteError(OpenWriteError::IoError { io_error: source, .. })
        | TantivyError::IoError(source) => io(source, None),
        TantivyError::OpenDirectoryError(OpenDirectoryError::DoesNotExist(_)) => Error::IndexRemoved(path),
        // Each writer takes the folder's lock first and names itself there: whoever has only the engine's own is not known.
        TantivyError::LockFailure(..) => Error::IndexLocked { path, holder: None, since: None, host: None, own: false },
        TantivyError::IncompatibleIndex(_) | TantivyError::OpenReadError(OpenReadError::IncompatibleIndex(_)) => {
            Error::IndexOtherVersion(path)
        }
        TantivyError::OpenReadError(OpenReadError::IoError { io_error, filepath }) => io(io_error, Some(filepath)),
        // Without it there is no index.
        TantivyError::OpenReadError(OpenReadError::FileDoesNotExist(file)) if file == Path::new(META_FILE) => {
            Error::IndexNotFound(path)
        }
        TantivyError::OpenReadError(OpenReadError::FileDoesNotExist(_)) if folder::is_going(dir) => {
            Error::IndexRemoved(path)
        }
        TantivyError::OpenReadError(OpenReadError::FileDoesNotExist(file)) => {
            Error::IndexDamaged { path, reason: format!("{} is missing", file.display()) }
        }
        _ => Error::IndexDamaged { path, reason: error.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::time::Duration;
    use std::{fs, thread};

    use super::*;
    use crate::engine::lock::FolderLock;
    use crate::{Archive, Incident, Index, UpdateOptions};

    #[test]
    fn who_has_only_the_engines_own_lock_is_not_taken_for_the_one_with_the_folders() {
        let folder = tempfile::tempdir().unwrap();
        let _lock = FolderLock::take(folder.path(), Duration::ZERO).unwrap();
        let busy = convert_error(folder.path(), TantivyError::LockFailure(LockError::LockBusy, None));
        assert!(matches!(busy, Error::IndexLocked { holder: None, since: None, own: false, .. }), "{busy}");
    }

    #[test]
    fn an_index_whose_files_go_one_by_one_is_removed_and_not_damaged() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("archive")).unwrap();
        fs::write(folder.path().join("archive/a.md"), "# Disk full\n").unwrap();
        let (archive, dir) = (Archive::open(folder.path().join("archive")).unwrap(), folder.path().join("index"));
        let update = || Index::open_or_create(&dir)?.update(&archive, &UpdateOptions::default(), |_| ());
        let files = || -> Vec<PathBuf> {
            update().unwrap();
            let versioned = fs::read_dir(version_folder(&dir)).unwrap().map(|entry| entry.unwrap().path());
            versioned.filter(|path| path.extension().is_some_and(|e| e != "json" && e != "lock")).collect()
        };
        for at in 0..files().len() {
            let mut files = files();
            let (first, meta) = (files.swap_remove(at), version_folder(&dir).join(META_FILE));
            let index = Index::open(&dir).unwrap();
            fs::remove_file(&first).unwrap();
            let removal = thread::spawn(move || files.iter().chain([&meta]).try_for_each(fs::remove_file));
            // What is in memory may be enough for an answer.
            let looked = index
                .update(&archive, &UpdateOptions::default(), |_| ())
                .map(|_| ())
                .and_then(|()| index.problems().map(|_| ()));
            let opened = Index::open(&dir);
            removal.join().unwrap().unwrap();
            assert!(matches!(looked, Ok(()) | Err(Error::IndexRemoved(_))), "{}: {looked:?}", first.display());
            let is_gone = matches!(opened, Ok(_) | Err(Error::IndexRemoved(_) | Error::IndexNotFound(_)));
            assert!(is_gone, "{}: {opened:?}", first.display());
        }
        let manifest = files().into_iter().find(|path| path.extension().is_some_and(|e| e == "bin")).unwrap();
        fs::remove_file(manifest).unwrap();
        let damaged = update();
        assert!(
            matches!(&damaged, Err(Error::IndexDamaged { reason, .. }) if reason.ends_with("is missing")),
            "{damaged:?}"
        );
    }

    #[test]
    #[allow(clippy::panic)]
    fn a_panic_is_a_bug_unless_the_index_is_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let index = Index::open_or_create(folder.path()).unwrap();
        index.upsert([Incident::new("a", "Disk full")]).unwrap();
        let broken = || guarded(folder.path(), || -> Result<()> { panic!("index out of bounds") });
        let error = broken().unwrap_err();
        assert!(matches!(error, Error::Internal { .. }), "{error}");
        assert!(error.to_string().contains("index out of bounds; please report this"), "{error}");
        let in_memory = guarded(Path::new(""), || -> Result<()> { panic!("index out of bounds") });
        assert!(matches!(in_memory, Err(Error::Internal { .. })));

        let store = std::fs::read_dir(version_folder(folder.path())).unwrap().map(|entry| entry.unwrap().path());
        let store = store.into_iter().find(|path| path.extension().is_some_and(|e| e == "store")).unwrap();
        let mut bytes = std::fs::read(&store).unwrap();
        bytes[3] ^= 1;
        std::fs::write(&store, bytes).unwrap();
        assert!(matches!(broken(), Err(Error::IndexDamaged { .. })));
    }
}
