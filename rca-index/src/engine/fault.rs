//! Faults: what goes wrong in the engine, in the library's terms.

use std::any::Any;
use std::io::{self, ErrorKind};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use tantivy::TantivyError;
use tantivy::directory::error::{LockError, OpenDirectoryError, OpenReadError, OpenWriteError};

use crate::engine::directory::holder;
use crate::error::{Error, Result};
use crate::index::version_folder;

/// Runs what reads the engine's files. The engine panics on some kinds of damage that no checksum was looked at for.
pub(crate) fn guarded<T>(dir: &Path, work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        Err(Error::IndexDamaged { path: dir.to_owned(), reason: format!("reading it failed: {}", message(&*panic)) })
    })
}

/// What a panic says.
fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no reason given")
}

/// An error of the engine about an index folder, in the library's terms.
#[allow(clippy::needless_pass_by_value)]
pub(crate) fn in_our_terms(dir: &Path, error: TantivyError) -> Error {
    let path = dir.to_owned();
    let io = |source: &io::Error, file: Option<&Path>| {
        let file = file.map(|file| format!("{}: ", file.display())).unwrap_or_default();
        match source.kind() {
            ErrorKind::InvalidData | ErrorKind::UnexpectedEof => {
                Error::IndexDamaged { path: dir.to_owned(), reason: format!("{file}{source}") }
            }
            kind => Error::Io { path: dir.to_owned(), source: io::Error::new(kind, source.to_string()) },
        }
    };
    match &error {
        TantivyError::LockFailure(LockError::IoError(source), _)
        | TantivyError::OpenDirectoryError(OpenDirectoryError::IoError { io_error: source, .. })
        | TantivyError::OpenWriteError(OpenWriteError::IoError { io_error: source, .. })
        | TantivyError::IoError(source) => io(source, None),
        TantivyError::LockFailure(..) => Error::IndexLocked { holder: holder(&version_folder(dir)), path },
        TantivyError::IncompatibleIndex(_) | TantivyError::OpenReadError(OpenReadError::IncompatibleIndex(_)) => {
            Error::IndexOtherVersion(path)
        }
        TantivyError::OpenReadError(OpenReadError::IoError { io_error, filepath }) => io(io_error, Some(filepath)),
        TantivyError::OpenReadError(OpenReadError::FileDoesNotExist(file)) => {
            Error::IndexDamaged { path, reason: format!("{} is missing", file.display()) }
        }
        _ => Error::IndexDamaged { path, reason: error.to_string() },
    }
}
