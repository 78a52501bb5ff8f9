//! The heartbeat: what a process that watches an archive says in the index folder, so that searches need not look for changes.
//!
//! In: an index and its archive. Out: a small file that says up to when all changes are in the index, or whether a search may
//! believe the one that is there. What cannot be proved is not believed: the search then looks for itself.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::archive::Archive;
use crate::engine::{CommitStamp, Engine};
use crate::error::{Error, Result};
use crate::files;
use crate::process::Process;

mod host;

/// The file, in the folder of this version's index.
const FILE: &str = "watch.json";
/// A heartbeat is no larger.
const MOST_BYTES: u64 = 1_000;
/// A watch says once a second up to when all changes are in, and that is a second ago; on a busy machine a little more.
const MOST_AGE: Duration = Duration::from_secs(4);

/// What the file says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claim {
    /// The process that watches.
    process: Process,
    /// The archive's folder: its device and its number.
    archive: (u64, u64),
    /// The commit that has the changes.
    commit: CommitStamp,
    /// All changes of the archive before are in it, in nanoseconds since 1970.
    until: u64,
}

/// The word of a process that watches an archive: the index has all changes up to a moment. Searches believe it for a few
/// seconds, and only while that process lives, so it is said again each second and withdrawn when a change is noticed.
///
/// Nothing is said where it could be wrong: on systems other than Linux, and in archives on network file systems or with another
/// file system mounted inside, which change without a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heartbeat {
    /// The index folder.
    dir: PathBuf,
    root: PathBuf,
    commit: CommitStamp,
}

impl Heartbeat {
    /// A heartbeat for the last commit of the index in this folder, which an update has just compared with the archive.
    ///
    /// # Errors
    /// [`Error::IndexNotFound`], [`Error::Io`].
    ///
    /// # Examples
    /// ```
    /// use std::time::SystemTime;
    ///
    /// use rca_index::{Archive, Heartbeat, Index, UpdateOptions};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # std::fs::write(folder.path().join("queue.md"), "# Queue backlog\n")?;
    /// let archive = Archive::open(folder.path())?;
    /// let watched_since = SystemTime::now();
    /// Index::open_or_create(archive.index_dir())?.update(&archive, &UpdateOptions::default(), |_event| {})?;
    /// let heartbeat = Heartbeat::new(archive.index_dir(), archive.root())?;
    /// // Once a second, unless a change was noticed.
    /// if heartbeat.is_current() && heartbeat.tell(watched_since)? {
    ///     assert!(heartbeat.path().exists());
    /// }
    /// heartbeat.withdraw()?;
    /// assert!(!heartbeat.path().exists());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(index_dir: impl AsRef<Path>, root: impl AsRef<Path>) -> Result<Self> {
        let dir = index_dir.as_ref().to_owned();
        let commit = CommitStamp::of(&dir)?;
        Ok(Self { dir, root: root.as_ref().to_owned(), commit })
    }

    /// The path of the file. A watch that notices that its file was replaced has noticed all that changed before.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Heartbeat, Index};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # std::fs::write(folder.path().join("queue.md"), "# Queue backlog\n")?;
    /// # let archive = rca_index::Archive::open(folder.path())?;
    /// Index::open_or_create(archive.index_dir())?.update(&archive, &Default::default(), |_event| {})?;
    /// assert!(Heartbeat::new(archive.index_dir(), archive.root())?.path().starts_with(archive.index_dir()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn path(&self) -> PathBuf {
        path(&self.dir)
    }

    /// Whether the commit is still the last one. If not, somebody else has updated the index, or removed it.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Heartbeat, Incident, Index};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # std::fs::write(folder.path().join("queue.md"), "# Queue backlog\n")?;
    /// # let archive = rca_index::Archive::open(folder.path())?;
    /// let index = Index::open_or_create(archive.index_dir())?;
    /// index.update(&archive, &Default::default(), |_event| {})?;
    /// let heartbeat = Heartbeat::new(archive.index_dir(), archive.root())?;
    /// assert!(heartbeat.is_current());
    /// index.upsert([Incident::new("OPS-1", "Disk full")])?;
    /// assert!(!heartbeat.is_current());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn is_current(&self) -> bool {
        CommitStamp::of(&self.dir).is_ok_and(|now| now == self.commit)
    }

    /// Says that all changes up to this moment are in the index. Returns whether it was said: not where the system gives no
    /// notice of all changes, and not while another process says it.
    ///
    /// # Errors
    /// [`Error::IndexUnsafe`] if the folder has anything in it that does not belong there, [`Error::Io`].
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Heartbeat, Index};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # std::fs::write(folder.path().join("queue.md"), "# Queue backlog\n")?;
    /// # let archive = rca_index::Archive::open(folder.path())?;
    /// let began = std::time::SystemTime::now();
    /// Index::open_or_create(archive.index_dir())?.update(&archive, &Default::default(), |_event| {})?;
    /// let heartbeat = Heartbeat::new(archive.index_dir(), archive.root())?;
    /// assert_eq!(heartbeat.tell(began)?, heartbeat.path().exists());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn tell(&self, until: SystemTime) -> Result<bool> {
        let Some(process) = Process::this() else { return Ok(false) };
        let Some(archive) = host::watchable(&self.root) else { return Ok(false) };
        if read(&self.dir).is_some_and(|other| other.process != process && other.process.is_running()) {
            return Ok(false);
        }
        let until = nanoseconds(until);
        let claim = Claim { process, archive, commit: self.commit, until };
        Engine::check_layout(&self.dir)?;
        let path = self.path();
        let bytes = serde_json::to_vec(&claim)
            .map_err(|error| Error::Internal { path: path.clone(), reason: error.to_string() })?;
        files::replace_at_once(&path, &bytes).map_err(Error::io(&path))?;
        Ok(true)
    }

    /// Takes back what this process said. Searches look for changes themselves from now on.
    ///
    /// # Errors
    /// [`Error::Io`].
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Heartbeat, Index};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # std::fs::write(folder.path().join("queue.md"), "# Queue backlog\n")?;
    /// # let archive = rca_index::Archive::open(folder.path())?;
    /// let began = std::time::SystemTime::now();
    /// Index::open_or_create(archive.index_dir())?.update(&archive, &Default::default(), |_event| {})?;
    /// let heartbeat = Heartbeat::new(archive.index_dir(), archive.root())?;
    /// heartbeat.tell(began)?;
    /// heartbeat.withdraw()?;
    /// assert!(!heartbeat.path().exists());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn withdraw(&self) -> Result<()> {
        let own = Process::this();
        if !read(&self.dir).is_some_and(|said| Some(said.process) == own) {
            return Ok(());
        }
        match std::fs::remove_file(self.path()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::io(self.path())(error)),
            _ => Ok(()),
        }
    }
}

/// Whether a live process says that the index has all changes of the archive.
///
/// # Errors
/// [`Error::IndexDamaged`], [`Error::Io`].
pub(super) fn is_watched(engine: &Engine, archive: &Archive) -> Result<bool> {
    let Some(dir) = engine.dir() else { return Ok(false) };
    let Some(claim) = read(dir) else { return Ok(false) };
    if !is_believed(&claim, dir, archive.root(), SystemTime::now()) {
        return Ok(false);
    }
    let note = engine.note()?;
    Ok(note.settings == archive.kept_settings() && !engine.is_behind_record(&note)?)
}

fn is_believed(claim: &Claim, dir: &Path, root: &Path, now: SystemTime) -> bool {
    let age = nanoseconds(now).checked_sub(claim.until);
    age.is_some_and(|age| u128::from(age) <= MOST_AGE.as_nanos())
        && host::folder(root) == Some(claim.archive)
        && CommitStamp::of(dir).is_ok_and(|commit| commit == claim.commit)
        && claim.process.is_running()
}

fn path(dir: &Path) -> PathBuf {
    Engine::version_folder(dir).join(FILE)
}

/// Reads what is said. What is not a small regular file that says it in full says nothing.
fn read(dir: &Path) -> Option<Claim> {
    let bytes = files::read(path(dir), MOST_BYTES).ok()?;
    serde_json::from_slice(&bytes).ok()
}

fn nanoseconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).ok().and_then(|since| u64::try_from(since.as_nanos()).ok()).unwrap_or(0)
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests;
