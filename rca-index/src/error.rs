//! The errors of the library. Each says what failed and where; what to do next is the caller's to say.

mod query;

pub(crate) use query::MAX_SLOP;
pub use query::{QueryError, QueryErrorKind, QueryErrors};

use std::io;
use std::path::{Path, PathBuf};

/// What can go wrong outside a single report.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The archive's folder does not exist.
    #[error("{path}: no such folder", path = .0.display())]
    ArchiveNotFound(PathBuf),
    /// The archive is a file, not a folder.
    #[error("{path}: not a folder", path = .0.display())]
    ArchiveNotAFolder(PathBuf),
    /// The settings file of the archive cannot be used.
    #[error("{path}:{line}: {reason}", path = path.display())]
    Settings {
        /// The settings file.
        path: PathBuf,
        /// The line, counted from 1.
        line: u32,
        /// What is wrong.
        reason: String,
    },
    /// There is no index at this place.
    #[error("{path}: no index here", path = .0.display())]
    IndexNotFound(PathBuf),
    /// The index was written by a version of this library that lays it out differently.
    #[error("{path}: the index is from another version", path = .0.display())]
    IndexOtherVersion(PathBuf),
    /// Another process is writing to the index.
    #[error("{path}: {} is updating this index", holder.map_or("another process".to_owned(), |id| format!("process {id}")), path = path.display())]
    IndexLocked {
        /// The folder of the index.
        path: PathBuf,
        /// The number of that process, where it is known.
        holder: Option<u32>,
    },
    /// The files of the index contradict each other or themselves.
    #[error("{path}: the index is damaged: {reason}", path = path.display())]
    IndexDamaged {
        /// The folder of the index.
        path: PathBuf,
        /// What was found.
        reason: String,
    },
    /// A bug of this library: it panicked over an index that is sound.
    #[error("{}internal error: {reason}; please report this", shown(path))]
    Internal {
        /// The folder of the index; empty for one in memory.
        path: PathBuf,
        /// What the panic said.
        reason: String,
    },
    /// The query cannot be understood.
    #[error(transparent)]
    Query(#[from] QueryErrors),
    /// A file or folder could not be read or written.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// A path in front of a message; nothing for an index in memory.
fn shown(path: &Path) -> String {
    if path.as_os_str().is_empty() { String::new() } else { format!("{}: ", path.display()) }
}

/// Whether the system refuses to write, to this place or at all.
pub(crate) fn is_read_only(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
}

impl Error {
    /// Whether the place cannot be written to, so that another may do.
    pub fn is_read_only(&self) -> bool {
        matches!(self, Self::Io { source, .. } if is_read_only(source))
    }

    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}

/// The result of the library's calls.
pub type Result<T, E = Error> = std::result::Result<T, E>;
