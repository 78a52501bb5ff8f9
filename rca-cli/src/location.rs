//! The location: which archive is searched, and where its index is.
//!
//! In: the options of the command line, and the current folder. Out: an archive, its index, and paths as seen from here.

#[cfg(unix)]
use std::ffi::OsString;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

#[cfg(unix)]
use rca_index::parse::report_path;
use rca_index::{
    Archive, DayZone, Error, GivenRepair, Index, IndexOptions, MADE_BY_SEARCH, Result, SETTINGS_FILE, TrustStore,
};
use xxhash_rust::xxh3::xxh3_64;

use crate::arguments::GlobalArgs;
use crate::cluster::Cluster;
use crate::failure::Failure;
use crate::paths::{file_url, slashed, within};
use crate::trust::UserTrust;

/// An archive, and the folders that may hold its index, the preferred one first.
#[derive(Clone)]
pub(crate) struct Location {
    pub(crate) archive: Archive,
    index_dirs: Vec<PathBuf>,
    /// The cluster that has the index, in place of a folder.
    cluster: Option<Cluster>,
    /// Whether the archive or its index was named, on the command line or in the environment.
    is_named: bool,
    /// The indexes that the user trusts; none where the index does not matter.
    trust: Option<Arc<UserTrust>>,
    /// Why this user may not read the index in the preferred folder, as found when an index was opened last.
    refusal: Arc<Mutex<Option<String>>>,
}

/// An index that was opened for an update, created if there was none.
pub(crate) struct Opened {
    pub(crate) index: Index,
    /// Another index that was there, and is not known to be the user's.
    pub(crate) unknown: Option<Unknown>,
}

/// What became of an index that is not known to be the user's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unknown {
    pub(crate) dir: PathBuf,
    /// Whether an empty one was put in its place; else it cannot be written to, and stays.
    pub(crate) replaced: bool,
}

/// Why a search keeps its index out of a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reluctance {
    /// It is the root of the file system.
    Root,
    /// It is somebody's home.
    Home,
    /// Few of its files are reports.
    FewReports,
}

/// The record of the incidents that programs upserted, in an index folder.
const GIVEN_RECORD: &str = "given.log";

/// What the file says that marks an index as made by a search.
const MADE_BY_SEARCH_TEXT: &str = "\
A search made this index. Searches in the folders below do not use it, unless `rca index` is run here or there is an rca.toml.
";

impl Location {
    /// Finds the archive: the one given on the command line or in the environment, else the nearest parent that is an
    /// archive, else the current folder.
    pub(crate) fn find(named: Option<&Path>, global: &GlobalArgs) -> Result<Self, Failure> {
        let named = named.or(global.archive.as_deref()).map(Path::to_owned);
        let is_named = named.is_some() || global.index.is_some();
        let root = named.or_else(|| Archive::find(current_dir())).unwrap_or_else(current_dir);
        let archive = Archive::open(root)?;
        match Cluster::named(global)? {
            Some(cluster) => Ok(Self { cluster: Some(cluster), ..Self::of(archive) }),
            None => Ok(Self { is_named, ..Self::with_index(archive, global) }),
        }
    }

    /// A folder whose index does not matter.
    pub(crate) fn of(archive: Archive) -> Self {
        Self { archive, index_dirs: Vec::new(), cluster: None, is_named: true, trust: None, refusal: Arc::default() }
    }

    fn with_index(archive: Archive, global: &GlobalArgs) -> Self {
        let index_dirs = match &global.index {
            Some(dir) => vec![chosen(dir)],
            None => std::iter::once(archive.index_dir()).chain(cache_dir(archive.root())).collect(),
        };
        let trust = Some(Arc::new(UserTrust::of(global)));
        Self { archive, index_dirs, cluster: None, is_named: true, trust, refusal: Arc::default() }
    }

    /// The cluster that has the index, if it is not in a folder.
    pub(crate) fn cluster(&self) -> Option<&Cluster> {
        self.cluster.as_ref()
    }

    /// How an index is opened: only if the user trusts it.
    fn options(&self) -> IndexOptions {
        let options = IndexOptions::default();
        self.trust.clone().map_or_else(|| options.clone(), |trust| options.clone().trust(trust as Arc<dyn TrustStore>))
    }

    /// The indexes that the user trusts.
    pub(crate) fn trust(&self) -> Option<&UserTrust> {
        self.trust.as_deref()
    }

    /// The record of upserted incidents in an index, if the user was not told of it yet.
    pub(crate) fn unknown_record(&self, index: &Index) -> Result<Option<String>> {
        let Some(trust) = &self.trust else { return Ok(None) };
        // Nearly no index has one, and then nothing is read.
        let has_record = |dir: &PathBuf| dir.join(GIVEN_RECORD).is_file();
        let dirs: Vec<&PathBuf> = self.index_dirs.iter().filter(|dir| has_record(dir)).collect();
        if dirs.is_empty() {
            return Ok(None);
        }
        Ok(index.given_record()?.filter(|record| !dirs.iter().any(|dir| trust.knows_record(dir, record))))
    }

    /// Notes that the user was told of a record of upserted incidents.
    pub(crate) fn note_record(&self, record: &str) {
        for dir in self.index_dirs.iter().filter(|dir| dir.join(GIVEN_RECORD).is_file()) {
            self.trust.iter().for_each(|trust| trust.note_record(dir, record));
        }
    }

    /// Notes that the user trusts the index in this folder as it is.
    pub(crate) fn accept_index(&self, dir: &Path) -> Result<()> {
        self.options().accept(dir)
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

    /// Opens the index: the first that is there, that this user may read, and that the user trusts.
    pub(crate) fn open_index(&self) -> Result<Index> {
        if let Some(cluster) = &self.cluster {
            return cluster.connect(None);
        }
        let (options, mut missing, mut unknown) = (self.options(), None, None);
        self.set_refusal(None);
        for dir in &self.index_dirs {
            let opened = match options.open(dir) {
                // Another process may be putting an empty index in the place of this one.
                Err(Error::IndexDamaged { .. } | Error::Io { .. }) => self.alone(|| options.open(dir)),
                opened => opened,
            };
            match opened {
                Err(error) if matches!(error, Error::IndexNotFound(_)) || error.is_read_only() => {
                    self.note_refusal(dir, &error);
                    missing = missing.or(Some(error));
                }
                Err(error @ Error::IndexNotTrusted(_)) => unknown = unknown.or(Some(error)),
                opened => return opened,
            }
        }
        Err(unknown.or(missing).unwrap_or_else(|| Error::IndexNotFound(self.archive.index_dir())))
    }

    /// The folder of an index that this user may not read, so that the one in another folder is used; with the reason. It is what
    /// opening an index has found.
    pub(crate) fn unreadable_index(&self) -> Option<(&Path, &Path, String)> {
        let reason = self.refusal.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        let (first, used) = (self.index_dirs.first()?, self.index_dir()?);
        (first != used).then_some((first, used, reason))
    }

    fn set_refusal(&self, reason: Option<String>) {
        *self.refusal.lock().unwrap_or_else(PoisonError::into_inner) = reason;
    }

    /// Keeps why an index was not opened, if it is that this user may not read the preferred one.
    fn note_refusal(&self, dir: &Path, error: &Error) {
        if error.is_read_only() && self.index_dirs.first().is_some_and(|first| first == dir) {
            self.set_refusal(Some(error.to_string()));
        }
    }

    /// Opens the index or creates an empty one, because it was asked for: in the archive, or in the user's cache folder if the
    /// archive is read-only. From now on the folder is meant to be an archive.
    pub(crate) fn open_or_create_index(&self) -> Result<Opened> {
        if let Some(cluster) = &self.cluster {
            return Ok(Opened { index: cluster.connect(Some(self.archive.root()))?, unknown: None });
        }
        let index = self.create(&self.index_dirs)?;
        if let Some(dir) = self.index_dirs.first() {
            // What cannot be removed is in a folder that cannot be written to.
            let _ = std::fs::remove_file(dir.join(MADE_BY_SEARCH));
        }
        index.map(|(index, _)| index).ok_or_else(|| Error::IndexNotFound(self.archive.index_dir()))
    }

    /// Creates an empty index because a search needs one. A folder that is not known to be an archive gets none: its index is in
    /// the user's cache folder, for the reason returned.
    pub(crate) fn create_index_for_search(&self) -> Result<(Opened, Option<Reluctance>)> {
        let not_found = || Error::IndexNotFound(self.archive.index_dir());
        let Some(reluctance) = self.reluctance() else {
            let (index, dir) = self.create(&self.index_dirs)?.ok_or_else(not_found)?;
            if !self.is_named && dir == self.archive.index_dir() {
                // Without the mark, searches below use this index, which is no harm.
                let _ = File::create_new(dir.join(MADE_BY_SEARCH))
                    .and_then(|mut mark| mark.write_all(MADE_BY_SEARCH_TEXT.as_bytes()));
            }
            return Ok((index, None));
        };
        let elsewhere: Vec<PathBuf> =
            self.index_dirs.iter().filter(|dir| **dir != self.archive.index_dir()).cloned().collect();
        Ok((self.create(&elsewhere)?.ok_or_else(not_found)?.0, Some(reluctance)))
    }

    /// Opens or creates an index in the first of these folders that can be written to; `None` if there is no folder. An index
    /// that the user does not trust is replaced by an empty one. One process of a user does so at a time; nobody waits to open
    /// one that is there.
    fn create<'d>(&self, dirs: &'d [PathBuf]) -> Result<Option<(Opened, &'d Path)>> {
        let (mut refused, mut unknown, options) = (None, None, self.options());
        self.set_refusal(None);
        for dir in dirs {
            match options.open(dir) {
                Ok(index) => return Ok(Some((Opened { index, unknown: None }, dir.as_path()))),
                Err(error) if error.is_read_only() => self.note_refusal(dir, &error),
                Err(_) => break,
            }
        }
        let work = || {
            for dir in dirs {
                let opened = match options.open_or_create(dir) {
                    Err(Error::IndexNotTrusted(dir)) => {
                        let replaced = options.recreate(&dir);
                        unknown.get_or_insert(Unknown { dir, replaced: replaced.is_ok() });
                        replaced
                    }
                    opened => opened,
                };
                match opened {
                    Err(error) if error.is_read_only() => refused = refused.or(Some(error)),
                    opened => return opened.map(|index| Some((Opened { index, unknown }, dir.as_path()))),
                }
            }
            refused.map_or(Ok(None), Err)
        };
        self.alone(work)
    }

    /// Runs work that no other process of this user runs at the same time.
    fn alone<T>(&self, work: impl FnOnce() -> T) -> T {
        match &self.trust {
            Some(trust) => trust.exclusively(work),
            None => work(),
        }
    }

    /// Why a search should not write into the archive's folder. `None` if it has settings or an index, or is an archive by what is
    /// in it.
    fn reluctance(&self) -> Option<Reluctance> {
        let own = self.archive.index_dir();
        let is_known = own.is_dir() || self.archive.root().join(SETTINGS_FILE).is_file();
        if is_known || !self.index_dirs.contains(&own) {
            return None;
        }
        let root = self.archive.root().canonicalize().unwrap_or_else(|_| self.archive.root().to_owned());
        if root.parent().is_none() {
            Some(Reluctance::Root)
        } else if is_home(&root) {
            Some(Reluctance::Home)
        } else {
            (!self.archive.sample().is_archive()).then_some(Reluctance::FewReports)
        }
    }

    /// Whether there is an index; one in a cluster is not asked for.
    pub(crate) fn has_index(&self) -> bool {
        self.cluster.is_some() || self.index_dir().is_some()
    }

    /// The folder of the index that is used now, if there is one.
    pub(crate) fn index_dir(&self) -> Option<&Path> {
        self.index_dirs.iter().map(PathBuf::as_path).find(|dir| Index::exists(dir))
    }

    /// Creates the index in this folder, once it was removed.
    pub(crate) fn create_index_in(&self, dir: &Path) -> Result<Index> {
        self.options().open_or_create(dir)
    }

    /// Removes a damaged index from every folder that may hold it.
    pub(crate) fn remove_damaged_index(&self) -> Result<()> {
        self.index_dirs.iter().filter(|dir| dir.is_dir()).try_for_each(|dir| Index::remove_damaged(dir).map(drop))
    }

    /// Repairs the record of the incidents that programs put into the index, in every folder that may hold it.
    pub(crate) fn repair_given(&self) -> Result<Vec<GivenRepair>> {
        let repaired = self.index_dirs.iter().filter(|dir| dir.is_dir()).map(Index::repair_given);
        repaired.filter_map(Result::transpose).collect()
    }

    /// The folder that the paths of reports are in, for programs: absolute, as text.
    pub(crate) fn root(&self) -> String {
        let root = self.archive.root();
        std::path::absolute(root).unwrap_or_else(|_| root.to_owned()).to_string_lossy().into_owned()
    }

    /// The path of a report, relative to the current folder if the archive is in it.
    pub(crate) fn path_of(&self, report: &str) -> PathBuf {
        let root = self.archive.root();
        let root = root.strip_prefix(current_dir()).unwrap_or(root);
        within(root.strip_prefix(".").unwrap_or(root), report)
    }

    /// The same for an incident, with the bytes of its name where these are not Unicode.
    pub(crate) fn path_of_incident(&self, id: &str, path: &str) -> PathBuf {
        #[cfg(unix)]
        if path.contains('%') {
            use std::os::unix::ffi::OsStringExt as _;
            let bytes = report_path(id);
            if std::str::from_utf8(&bytes).is_err() {
                return self.path_of("").join(PathBuf::from(OsString::from_vec(bytes)));
            }
        }
        self.path_of(path)
    }

    /// The paths of reports as the repository that holds them knows them, with `/` between folders; as seen from here if there
    /// is none. The services that show problems beside code want these.
    pub(crate) fn paths_in_repository(&self) -> impl Fn(&str) -> String {
        let folder = self.folder_in_repository().unwrap_or_else(|| self.path_of(""));
        move |report| slashed(&folder.join(report))
    }

    /// The folder of the archive in the repository that holds it, if there is one.
    pub(crate) fn folder_in_repository(&self) -> Option<PathBuf> {
        let root = self.archive.root().canonicalize().ok()?;
        let repository = root.ancestors().find(|folder| folder.join(".git").exists())?;
        root.strip_prefix(repository).ok().map(Path::to_owned)
    }

    /// The absolute path of a report's file.
    pub(crate) fn absolute(&self, report: &str) -> Option<PathBuf> {
        std::path::absolute(self.archive.root().join(report)).ok()
    }

    /// The URL of a report's file.
    pub(crate) fn url_of(&self, report: &str) -> Option<String> {
        file_url(&self.absolute(report)?)
    }
}

pub(crate) fn current_dir() -> PathBuf {
    std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."))
}

/// The folder that the user named for the index. If it is a link, what it leads to was chosen; that the archive's own folder is
/// one was not.
fn chosen(dir: &Path) -> PathBuf {
    let is_link = dir.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink());
    let target = is_link.then(|| dir.canonicalize().ok()).flatten();
    target.unwrap_or_else(|| dir.to_owned())
}

/// Whether a folder, with links resolved, is a home: this user's, or one where systems keep them.
fn is_home(folder: &Path) -> bool {
    let own = dirs::home_dir().and_then(|home| home.canonicalize().ok());
    let is_called = |name: &str| folder.file_name() == Some(name.as_ref());
    let is_at_top = |folder: &Path| folder.parent().is_some_and(|parent| parent.parent().is_none());
    let among_homes = folder.parent().is_some_and(|parent| {
        is_at_top(parent) && ["home", "Users"].iter().any(|name| parent.file_name() == Some(name.as_ref()))
    });
    own.as_deref() == Some(folder) || among_homes || is_called("root") && is_at_top(folder)
}

/// The folder in the user's cache for the index of this archive.
fn cache_dir(root: &Path) -> Option<PathBuf> {
    let root = root.canonicalize().ok()?;
    let name = format!("{:016x}", xxh3_64(root.as_os_str().as_encoded_bytes()));
    Some(dirs::cache_dir()?.join("rca").join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn homes_are_known_by_their_place() {
        let home = |path: &str| is_home(Path::new(path));
        assert!(home("/root") && home("/home/ada") && home("/Users/ada"));
        for other in ["/srv", "/home/ada/incidents", "/srv/home/ada", "/srv/root", "/Users", "/"] {
            assert!(!home(other), "{other}");
        }
    }
}
