//! The location: which archive is searched, and where its index is.
//!
//! In: the options of the command line, and the current folder. Out: an archive, its index, and paths as seen from here.

use std::path::{Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rca_index::{Archive, DayZone, Error, GivenRepair, Index, Result};
use xxhash_rust::xxh3::xxh3_64;

use crate::arguments::GlobalArgs;
use crate::failure::Failure;

/// Characters that a path may contain unescaped (RFC 3986, section 3.3).
pub(crate) const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// An archive, and the folders that may hold its index, the preferred one first.
pub(crate) struct Location {
    pub(crate) archive: Archive,
    index_dirs: Vec<PathBuf>,
}

impl Location {
    /// Finds the archive: the one given on the command line or in the environment, else the nearest parent that is an
    /// archive, else the current folder.
    pub(crate) fn find(named: Option<&Path>, global: &GlobalArgs) -> Result<Self, Failure> {
        let root = named.or(global.archive.as_deref()).map(Path::to_owned);
        let root = root.or_else(|| Archive::find(current_dir())).unwrap_or_else(current_dir);
        let archive = Archive::open(root)?;
        Ok(Self::with_index(archive, global))
    }

    /// A folder whose index does not matter.
    pub(crate) fn of(archive: Archive) -> Self {
        Self { archive, index_dirs: Vec::new() }
    }

    fn with_index(archive: Archive, global: &GlobalArgs) -> Self {
        let index_dirs = match &global.index {
            Some(dir) => vec![dir.clone()],
            None => std::iter::once(archive.index_dir()).chain(cache_dir(archive.root())).collect(),
        };
        Self { archive, index_dirs }
    }

    /// The zone of the days in queries: as given on the command line or in the environment, else that of the settings.
    pub(crate) fn day_zone(&self, global: &GlobalArgs) -> std::result::Result<DayZone, Failure> {
        match &global.timezone {
            Some(name) => DayZone::named(name).map_err(|reason| {
                Failure::usage(format!("--timezone {name}: {reason}"), "check --timezone and RCA_TIMEZONE")
            }),
            None => Ok(self.archive.settings().timezone.clone().unwrap_or_default()),
        }
    }

    /// Opens the index.
    pub(crate) fn open_index(&self) -> Result<Index> {
        let mut missing = None;
        for dir in &self.index_dirs {
            match Index::open(dir) {
                Err(error @ Error::IndexNotFound(_)) => missing = missing.or(Some(error)),
                opened => return opened,
            }
        }
        Err(missing.unwrap_or_else(|| Error::IndexNotFound(self.archive.index_dir())))
    }

    /// Opens the index or creates an empty one: in the archive, or in the user's cache folder if the archive is read-only.
    pub(crate) fn open_or_create_index(&self) -> Result<Index> {
        match self.open_index() {
            Err(Error::IndexNotFound(_) | Error::IndexOtherVersion(_)) => {}
            opened => return opened,
        }
        let mut refused = None;
        for dir in &self.index_dirs {
            match Index::open_or_create(dir) {
                Err(error) if error.is_read_only() => refused = refused.or(Some(error)),
                opened => return opened,
            }
        }
        Err(refused.unwrap_or_else(|| Error::IndexNotFound(self.archive.index_dir())))
    }

    /// Removes the index from every folder that may hold it.
    pub(crate) fn remove_index(&self) -> Result<()> {
        self.index_dirs.iter().filter(|dir| dir.is_dir()).try_for_each(Index::remove)
    }

    /// Repairs the record of the incidents that programs put into the index, in every folder that may hold it.
    pub(crate) fn repair_given(&self) -> Result<Vec<GivenRepair>> {
        let repaired = self.index_dirs.iter().filter(|dir| dir.is_dir()).map(Index::repair_given);
        repaired.filter_map(Result::transpose).collect()
    }

    /// The path of a report, relative to the current folder if the archive is in it.
    pub(crate) fn path_of(&self, report: &str) -> PathBuf {
        let root = self.archive.root();
        let root = root.strip_prefix(current_dir()).unwrap_or(root);
        root.strip_prefix(".").unwrap_or(root).join(report)
    }

    /// The paths of reports as the repository that holds them knows them, with `/` between folders; as seen from here if there
    /// is none. The services that show problems beside code want these.
    pub(crate) fn paths_in_repository(&self) -> impl Fn(&str) -> String {
        let folder = self.folder_in_repository().unwrap_or_else(|| self.path_of(""));
        move |report| folder.join(report).to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
    }

    /// The folder of the archive in the repository that holds it, if there is one.
    pub(crate) fn folder_in_repository(&self) -> Option<PathBuf> {
        let root = self.archive.root().canonicalize().ok()?;
        let repository = root.ancestors().find(|folder| folder.join(".git").exists())?;
        root.strip_prefix(repository).ok().map(Path::to_owned)
    }

    /// The URL of a report's file, for links.
    pub(crate) fn url_of(&self, report: &str) -> Option<String> {
        let path = std::path::absolute(self.archive.root().join(report)).ok()?;
        Some(format!("file://{}", utf8_percent_encode(&path.to_string_lossy(), PLAIN)))
    }
}

pub(crate) fn current_dir() -> PathBuf {
    std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."))
}

/// The folder in the user's cache for the index of this archive.
fn cache_dir(root: &Path) -> Option<PathBuf> {
    let root = root.canonicalize().ok()?;
    let name = format!("{:016x}", xxh3_64(root.as_os_str().as_encoded_bytes()));
    Some(dirs::cache_dir()?.join("rca").join(name))
}
