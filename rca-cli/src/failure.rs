//! Failures: what failed, what to do about it, and the exit code.
//!
//! In: errors of the library and of the system. Out: plain data, which `render` prints.

use std::io;

use rca_index::Error;
use rca_index::query::QueryErrors;

use crate::paths::is_address;
use crate::quantity::{age, seconds_since};

/// No hits, with `--exit-status`.
pub(crate) const NO_HITS: u8 = 1;
/// Invalid command line or query.
pub(crate) const USAGE: u8 = 2;
/// The index is missing, locked, damaged or from another version, or a file or folder cannot be used.
pub(crate) const INDEX: u8 = 3;
/// Done, but some reports could not be read.
pub(crate) const REPORTS: u8 = 4;

/// The code of a program that panics.
const BUG: u8 = 101;

/// Why a command failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// What failed, what to do, and the exit code.
    Plain { what: String, hint: String, code: u8 },
    /// The index was removed while it was in use: what failed.
    IndexRemoved(String),
    /// An invalid query.
    Query { text: String, errors: QueryErrors },
    /// A name that several incidents have: ids and titles of the first ones, and how many there are.
    Ambiguous { name: String, candidates: Vec<(String, String)>, total: usize },
    /// The reader of stdout is gone, which is not an error of the command.
    ReaderGone,
}

impl Failure {
    /// An error that the user can fix on the command line.
    pub(crate) fn usage(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Plain { what: what.into(), hint: hint.into(), code: USAGE }
    }

    /// An error about the index, or about a file or folder that cannot be used.
    pub(crate) fn index(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Plain { what: what.into(), hint: hint.into(), code: INDEX }
    }

    /// The errors of a query.
    pub(crate) fn of_query(text: &str, errors: QueryErrors) -> Self {
        Self::Query { text: text.to_owned(), errors }
    }

    /// A bug in this program.
    pub(crate) fn bug() -> Self {
        let what = "this is a bug in rca".to_owned();
        let hint = "please report it, with the output of the same command under RUST_BACKTRACE=1".to_owned();
        Self::Plain { what, hint, code: BUG }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let what = error.to_string();
        match error {
            Error::ArchiveNotFound(_) | Error::ArchiveNotAFolder(_) => {
                Self::usage(what, "pass a folder of reports with --archive DIR or RCA_ARCHIVE")
            }
            Error::Settings { .. } => Self::usage(what, "fix this line of rca.toml"),
            Error::SettingsUnreadable { .. } => {
                Self::usage(what, "rca.toml must be a regular file of text in UTF-8 that you may read, of at most 1 MB")
            }
            Error::Query(errors) => Self::Query { text: String::new(), errors },
            Error::IndexNotFound(_) => Self::index(what, "create it with `rca index`"),
            Error::IndexNotTrusted(_) => {
                Self::index(what, "build it anew with `rca index`, or trust it with `rca doctor --trust`")
            }
            Error::IndexOtherVersion(path) if path.is_file() => {
                Self::index(what, "use the version of rca that wrote it, or a later one")
            }
            Error::IndexOtherVersion(place) if is_address(&place) => {
                Self::index(what, "use the version of rca that wrote it, or a later one")
            }
            Error::IndexOtherVersion(_) => Self::index(what, "rebuild it with `rca index`"),
            Error::IndexLocked { since, .. } => {
                let since = since.map(|since| format!(" (it began {} ago)", age(seconds_since(since))));
                let what = what + &since.unwrap_or_default();
                Self::index(what, "let it finish, or wait for it with `rca index --wait`")
            }
            Error::IndexRemoved(_) => Self::IndexRemoved(what),
            Error::IndexUnsafe { .. } => Self::index(
                what,
                "nothing was read or written; remove it unless you made it, or use another place: --index DIR",
            ),
            Error::ArchiveElsewhere { ref archive, .. } => {
                let name = shlex::try_quote(archive).unwrap_or_default();
                let hint =
                    format!("if this is that archive, say so: RCA_CLUSTER_ARCHIVE={name}; else give it another name");
                Self::usage(what, hint)
            }
            Error::GivenInCluster(_) => {
                Self::usage(what, "keep what a program gives in an index in a folder: --index DIR")
            }
            Error::ClusterSettings { .. } => Self::usage(
                what,
                "pass --index https://HOST:PORT/NAME, and name one of several archives by RCA_CLUSTER_ARCHIVE; the environment or rca's config.toml says how to log in",
            ),
            Error::Unauthorized { status: 401, .. } => Self::index(
                what,
                "set RCA_CLUSTER_USER and RCA_CLUSTER_PASSWORD, or RCA_CLUSTER_API_KEY, or RCA_CLUSTER_TOKEN",
            ),
            Error::Unauthorized { .. } => {
                Self::index(what, "searching takes permission to read, and updating to write, the index and its state")
            }
            Error::Unavailable { .. } => {
                Self::index(what, "check the address and the cluster's health, then run the same command again")
            }
            Error::Remote { .. } => {
                Self::index(what, "see the cluster's log; the next `rca index` completes what was not done")
            }
            Error::IndexDamaged { path, .. } if is_address(&path) => {
                Self::index(what, "make it anew with `rca index --rebuild`")
            }
            Error::IndexDamaged { .. } => Self::index(what, "rebuild it with `rca doctor --repair`"),
            Error::Io { source, .. } if is_full(&source) => Self::index(
                what,
                "free some space, or use another place: --index DIR; the index as it was before is kept",
            ),
            _ => Self::index(what, "check its permissions, or use another place: --index DIR"),
        }
    }
}

/// Whether a size limit was hit: of the disk, of the user's quota, or of one file.
fn is_full(error: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::ReaderGone;
        }
        Self::index(format!("cannot write the output: {error}"), "check where stdout is redirected to")
    }
}

impl From<csv::Error> for Failure {
    fn from(error: csv::Error) -> Self {
        // The conversion of the csv library drops the kind of error, and with it that the reader is gone.
        match error.into_kind() {
            csv::ErrorKind::Io(error) => Self::from(error),
            other => Self::from(io::Error::other(format!("{other:?}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(error: Error) -> (String, String, u8) {
        let Failure::Plain { what, hint, code } = Failure::from(error) else { panic!("another failure") };
        (what, hint, code)
    }

    #[test]
    fn what_a_cluster_refuses_is_said_with_what_to_do_there() {
        let address = || "http://127.0.0.1:1/x".to_owned();
        let elsewhere =
            Error::ArchiveElsewhere { address: address(), archive: "it's; ours".into(), host: Some("web-1".into()) };
        let (what, hint, code) = plain(elsewhere);
        assert_eq!(
            what,
            "http://127.0.0.1:1/x: the archive `it's; ours` was last updated from another folder on web-1"
        );
        // As a shell takes it.
        assert!(hint.contains("RCA_CLUSTER_ARCHIVE=\"it's; ours\";") && code == USAGE, "{hint}");
        let (_, hint, code) = plain(Error::GivenInCluster(address()));
        assert!(hint.ends_with("--index DIR") && code == USAGE, "{hint}");
        // What helps an index in a folder is refused for one in a cluster.
        let damaged = |place: &str| plain(Error::IndexDamaged { path: place.into(), reason: "x".into() });
        assert!(
            damaged("http://127.0.0.1:1/x").1.contains("rca index --rebuild") && damaged("x").1.contains("--repair")
        );
        let other = |place: &str| plain(Error::IndexOtherVersion(place.into())).1;
        assert!(other("http://127.0.0.1:1/x").contains("a later one") && other("x").contains("rebuild"));
    }
}
