//! The errors of the library. Each states what failed and where; hints on what to do next are up to the caller.

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
    /// The path of the archive is not a folder.
    #[error("{path}: not a folder", path = .0.display())]
    ArchiveNotAFolder(PathBuf),
    /// The settings file of the archive is invalid.
    #[error("{path}:{line}: {reason}", path = path.display())]
    Settings {
        /// The settings file.
        path: PathBuf,
        /// The line, counted from 1.
        line: u32,
        /// What is wrong.
        reason: String,
    },
    /// The settings file of an archive cannot be used as a whole: it is not a regular file, too large, or cannot be read.
    #[error("{path}: {reason}", path = path.display())]
    SettingsUnreadable {
        /// The settings file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// There is no index at this place.
    #[error("{path}: no index here", path = .0.display())]
    IndexNotFound(PathBuf),
    /// The index was written by a library version with another index format.
    #[error("{path}: the index is from another version", path = .0.display())]
    IndexOtherVersion(PathBuf),
    /// The store that was passed in does not trust this index: it may have come with the archive, and answer what no report says.
    #[error("{path}: this index is not known to be yours", path = .0.display())]
    IndexNotTrusted(PathBuf),
    /// Somebody else is writing to the index: another process, or another thread of this one.
    #[error("{}{} is updating this index", prefix(path), writer(*holder, host.as_deref(), *own))]
    IndexLocked {
        /// The folder of the index, or its address in a cluster; empty for one in memory.
        path: PathBuf,
        /// The id of the process that writes, if known.
        holder: Option<u32>,
        /// Since when, in seconds since 1970, UTC, if known.
        since: Option<i64>,
        /// The machine of that process, if it may be another one and is known.
        host: Option<String>,
        /// Whether that is this process: another handle that was opened apart, or the caller itself, from within the
        /// events of an update.
        own: bool,
    },
    /// The folder of the index has something in it that no index has: a link, a pipe, a folder. It may lead anywhere, so nothing
    /// was read or written.
    #[error("{path}: {found}; an index has only regular files, and folders of its own", path = path.display())]
    IndexUnsafe {
        /// What does not belong there, or the folder of the index itself.
        path: PathBuf,
        /// What it is.
        found: String,
    },
    /// Somebody removed the index, or a part of it, while it was in use. Nothing half done is left.
    #[error("{path}: the index was removed while it was in use", path = .0.display())]
    IndexRemoved(PathBuf),
    /// The files of the index are inconsistent or corrupt.
    #[error("{path}: the index is damaged: {reason}", path = path.display())]
    IndexDamaged {
        /// The folder of the index, or the damaged file in it.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// An address, a name or a certificate of a cluster is invalid.
    #[error("{reason}")]
    ClusterSettings {
        /// What is wrong, without any secret.
        reason: String,
    },
    /// A cluster did not do what it was asked to.
    #[error("{address}: the cluster answered {status}: {reason}")]
    Remote {
        /// The address of the node.
        address: String,
        /// The status of HTTP.
        status: u16,
        /// What the cluster said, shortened, without control characters.
        reason: String,
    },
    /// A cluster does not know the user, or the user may not do this.
    #[error("{address}: {}", refused(*status))]
    Unauthorized {
        /// The address of the node.
        address: String,
        /// 401 or 403.
        status: u16,
    },
    /// No node of a cluster could be reached, or all were too busy, several times.
    #[error("{address}: the cluster is not available: {reason}")]
    Unavailable {
        /// The address that was tried last.
        address: String,
        /// What went wrong last.
        reason: String,
    },
    /// A bug in this library: it panicked although the index is intact.
    #[error("{}internal error: {reason}; please report this", prefix(path))]
    Internal {
        /// The folder of the index; empty for one in memory.
        path: PathBuf,
        /// The panic message.
        reason: String,
    },
    /// The id that a program gave belongs to a report of the archive, which is changed in the archive only.
    #[error("`{id}` is the id of the report {path}: change that file, or use another id")]
    IdOfReport {
        /// The id.
        id: String,
        /// The report's path in the archive.
        path: String,
    },
    /// An archive in a cluster that is called as its folder was last updated from another folder of that name, whose reports an update
    /// would remove.
    #[error("{address}: the archive `{archive}` was last updated from another folder{}", on(host.as_deref()))]
    ArchiveElsewhere {
        /// The address of the index.
        address: String,
        /// The name of the archive.
        archive: String,
        /// The machine of that folder, if known.
        host: Option<String>,
    },
    /// Incidents that a program gives have no reports, so they must not be lost with an index; a cluster does not keep them yet.
    #[error("{0}: an index in a cluster takes only the reports of an archive")]
    GivenInCluster(String),
    /// The events of an update asked to stop it. The index is as it was before.
    #[error("the update was cancelled")]
    Cancelled,
    /// The query is invalid.
    #[error(transparent)]
    Query(#[from] QueryErrors),
    /// A file or folder could not be read or written.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
}

/// Why a cluster refused a request.
fn refused(status: u16) -> &'static str {
    match status {
        401 => "the cluster does not accept these credentials (401)",
        _ => "these credentials do not permit this (403)",
    }
}

fn on(host: Option<&str>) -> String {
    host.map_or_else(String::new, |host| format!(" on {host}"))
}

/// Who is writing to an index.
fn writer(holder: Option<u32>, host: Option<&str>, own: bool) -> String {
    match (holder, host) {
        _ if own => "this process".to_owned(),
        (Some(id), Some(host)) => format!("process {id} on {host}"),
        (Some(id), None) => format!("process {id}"),
        (None, _) => "another process".to_owned(),
    }
}

/// A path as the prefix of a message; empty for an index in memory.
fn prefix(path: &Path) -> String {
    if path.as_os_str().is_empty() { String::new() } else { format!("{}: ", path.display()) }
}

/// Whether the system refuses to write, to this place or at all.
pub(crate) fn is_read_only(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
}

impl From<QueryError> for Error {
    fn from(error: QueryError) -> Self {
        Self::Query(error.into())
    }
}

impl Error {
    /// Whether the place cannot be written to, so that another may do.
    ///
    /// # Examples
    /// ```
    /// use std::io;
    ///
    /// use rca_index::Error;
    ///
    /// let denied = io::Error::from(io::ErrorKind::PermissionDenied);
    /// assert!(Error::Io { path: "incidents/.rca".into(), source: denied }.is_read_only());
    /// ```
    pub fn is_read_only(&self) -> bool {
        matches!(self, Self::Io { source, .. } if is_read_only(source))
    }

    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}

/// The result type of the library.
pub type Result<T, E = Error> = std::result::Result<T, E>;
