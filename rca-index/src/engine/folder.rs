//! The index folder: one subfolder per version of the index format, a `.gitignore`, and removal of files left by killed
//! processes.
//!
//! The index of another version is never read, and git ignores every index.

use std::collections::HashSet;
use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use tantivy::SegmentMeta;
use tantivy::directory::{Directory as _, DirectoryLock, INDEX_WRITER_LOCK, META_LOCK};

use crate::durable;
use crate::engine::directory::{CheckedDirectory, META_FILE};
use crate::engine::document::FORMAT;
use crate::engine::health::files_of;
use crate::engine::layout::Layout;
use crate::error::{Error, Result};
use crate::files::{self, TEMPORARY};
use crate::given::RECORD_FILE;

/// How the name of a file with deletions of a segment ends. Each commit that deletes has a new one.
const DELETIONS: &str = ".del";
/// The extension of the files with the positions of words.
const POSITIONS: &str = "pos";
/// The first version of the index format beside which there is a record of given incidents.
const FIRST_WITH_RECORD: u32 = 7;

/// The subfolder of this version of the index format.
pub(super) fn version_folder(dir: &Path) -> PathBuf {
    dir.join(format!("v{FORMAT}"))
}

/// Whether there is an index of this version.
pub(super) fn has_index(dir: &Path) -> bool {
    version_folder(dir).join(META_FILE).is_file()
}

/// The same, if this user may read it.
pub(super) fn has_readable_index(dir: &Path) -> bool {
    files::open_regular(&version_folder(dir).join(META_FILE)).is_ok()
}

/// The error if there is no index of this version.
pub(super) fn missing(dir: &Path) -> Error {
    match other_versions(dir).next() {
        Some(_) => Error::IndexOtherVersion(dir.to_owned()),
        None => Error::IndexNotFound(dir.to_owned()),
    }
}

/// Whether an index of which a file is missing is being removed. Whoever removes a folder by hand takes its files one after the
/// other, the meta file anywhere among them: so it is waited for as long as files go.
pub(super) fn is_going(dir: &Path) -> bool {
    /// A removal that makes no progress for so long is none.
    const STANDSTILL: Duration = Duration::from_millis(500);
    const STEP: Duration = Duration::from_millis(5);
    let count = || fs::read_dir(version_folder(dir)).map_or(0, Iterator::count);
    let (mut left, mut since) = (count(), Instant::now());
    while has_index(dir) {
        if since.elapsed() > STANDSTILL {
            return false;
        }
        thread::sleep(STEP);
        let now = count();
        if now < left {
            (left, since) = (now, Instant::now());
        }
    }
    true
}

/// Creates the subfolder of this version.
///
/// # Errors
/// [`Error::IndexUnsafe`], [`Error::Io`].
pub(super) fn create(dir: &Path) -> Result<PathBuf> {
    let versioned = version_folder(dir);
    // Given incidents are kept here too, so the names of the folders must outlive a lost power supply.
    durable::create_folders(dir).map_err(Error::io(dir))?;
    Layout::of(dir)?;
    durable::create_folders(&versioned).map_err(Error::io(&versioned))?;
    // One that is there already is left as it is.
    let ignore = dir.join(".gitignore");
    let made = files::create_new(&ignore).and_then(|mut file| file.write_all(b"*\n"));
    unless_there(made).map_err(Error::io(ignore))?;
    Ok(versioned)
}

fn unless_there(made: io::Result<()>) -> io::Result<()> {
    made.or_else(|error| if error.kind() == ErrorKind::AlreadyExists { Ok(()) } else { Err(error) })
}

/// Removes the index of this version. The caller must hold the lock. The files that processes lock stay, so that all lock
/// the same ones.
///
/// # Errors
/// [`Error::IndexUnsafe`], [`Error::Io`].
pub(super) fn remove(dir: &Path) -> Result<()> {
    Layout::of(dir)?;
    let versioned = version_folder(dir);
    let files = match fs::read_dir(&versioned) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(()),
        files => files.map_err(Error::io(&versioned))?,
    };
    // Nobody is about to open a file. If this cannot be known, a reader finds that the index is gone.
    let _reading = meta_lock(&versioned);
    // The meta file goes first: without it, the remaining files do not count as an index.
    let _ = durable::remove(&versioned.join(META_FILE));
    durable::sync_folder(&versioned).map_err(Error::io(&versioned))?;
    for entry in files.flatten() {
        let path = entry.path();
        if is_lock(&name(&path)) {
            continue;
        }
        let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { durable::remove(&path) };
        match removed {
            Err(e) if e.kind() != ErrorKind::NotFound => return Err(Error::io(path)(e)),
            _ => {}
        }
    }
    Ok(())
}

/// The lock that readers hold from when they read what the last commit names until they have opened it. While a process
/// holds it and nobody writes, every file that is not named may go.
fn meta_lock(versioned: &Path) -> Option<DirectoryLock> {
    CheckedDirectory::open(versioned).ok()?.acquire_lock(&META_LOCK).ok()
}

fn is_lock(name: &str) -> bool {
    [&INDEX_WRITER_LOCK.filepath, &META_LOCK.filepath].into_iter().any(|lock| lock.as_os_str() == name)
}

/// What changes with every commit: the time of the meta file, its length, and where the system tells, which file it is. Two
/// commits may be made within one tick of the clock.
pub(super) type MetaStamp = (SystemTime, u64, u64);

/// The stamp of the last commit.
///
/// # Errors
/// [`Error::IndexNotFound`], [`Error::Io`].
pub(super) fn meta_stamp(dir: &Path) -> Result<MetaStamp> {
    let meta = version_folder(dir).join(META_FILE);
    meta.metadata().and_then(|m| Ok((m.modified()?, m.len(), number(&m)))).map_err(|error| match error.kind() {
        ErrorKind::NotFound => Error::IndexNotFound(dir.to_owned()),
        _ => Error::io(meta)(error),
    })
}

#[cfg(unix)]
fn number(file: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(file)
}

#[cfg(not(unix))]
fn number(_: &fs::Metadata) -> u64 {
    0
}

/// The name of a subfolder.
pub(super) fn name(folder: &Path) -> String {
    folder.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Whether the version of a subfolder keeps a record of given incidents, so that none is in that folder alone.
pub(super) fn keeps_record(folder: &Path) -> bool {
    name(folder).strip_prefix('v').and_then(|version| version.parse::<u32>().ok()) >= Some(FIRST_WITH_RECORD)
}

/// The subfolders of other versions in an index folder.
pub(super) fn other_versions(dir: &Path) -> impl Iterator<Item = PathBuf> {
    let own = version_folder(dir);
    fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path()).filter(move |path| {
        let is_folder = || path.symlink_metadata().is_ok_and(|metadata| metadata.is_dir());
        is_version(path) && *path != own && is_folder() && path.join(META_FILE).is_file()
    })
}

/// Whether a subfolder is called as that of a version is.
pub(super) fn is_version(folder: &Path) -> bool {
    let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.strip_prefix('v').is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

/// Removes other versions, which only use disk space once this version has a commit and their given incidents. Failing
/// to remove them is harmless.
pub(super) fn remove_other_versions(dir: &Path, may_go: impl Fn(&str) -> bool) {
    for folder in other_versions(dir).filter(|folder| may_go(&name(folder))) {
        let _ = fs::remove_dir_all(folder);
    }
}

/// Removes every file of ours that the last commit does not name: segments that were replaced, or that killed processes left,
/// other manifests, and incomplete files. The caller must hold the lock, and must not be writing. A failure is harmless.
pub(super) fn tidy(dir: &Path, segments: &[SegmentMeta], manifest: Option<&str>) {
    let versioned = version_folder(dir);
    let named: HashSet<PathBuf> = segments.iter().flat_map(files_of).collect();
    let stems: HashSet<String> = segments.iter().map(|segment| segment.id().uuid_string()).collect();
    let is_dead = |name: &str| match name.split_once('.') {
        // What is kept beside the files of a segment goes with them.
        Some((stem, rest)) if is_segment(stem) => {
            let is_old_deletion = rest.ends_with(DELETIONS) && !named.contains(Path::new(name));
            !stems.contains(stem) || is_old_deletion
        }
        _ => name.starts_with(TEMPORARY) || name.starts_with("manifest-") && Some(name) != manifest,
    };
    let dead = || {
        let entries = fs::read_dir(&versioned).into_iter().flatten().flatten().map(|entry| entry.path());
        entries.filter(|path| is_dead(&name(path)))
    };
    // Most of the time there are none, and nobody need wait.
    if dead().next().is_none() {
        return;
    }
    let Some(_reading) = meta_lock(&versioned) else { return };
    for path in dead() {
        // On Windows, a file that somebody has open stays until the next time.
        let _ = durable::remove(&path);
    }
}

/// Whether this is the name of a segment: an id in hexadecimal digits.
fn is_segment(stem: &str) -> bool {
    stem.len() == 32 && stem.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether all files are there that the last commit names.
pub(super) fn is_complete(dir: &Path, segments: &[SegmentMeta], manifest: Option<&str>) -> bool {
    let versioned = version_folder(dir);
    let is_there = |file: &Path| versioned.join(file).is_file();
    // A segment opens without this one.
    let is_needed = |file: &PathBuf| file.extension().is_none_or(|extension| extension != POSITIONS);
    let mut files = segments.iter().flat_map(files_of).filter(is_needed);
    has_index(dir) && manifest.is_none_or(|name| is_there(Path::new(name))) && files.all(|file| is_there(&file))
}

/// Removes the mark of an index of which a part is missing. Failing to do so is harmless: it is named as damaged.
pub(super) fn disown(dir: &Path) {
    let _ = durable::remove(&version_folder(dir).join(META_FILE));
}

/// The size on disk in bytes, the record of given incidents included.
pub(super) fn size(dir: &Path) -> u64 {
    let files = fs::read_dir(version_folder(dir)).into_iter().flatten().flatten();
    let files: u64 = files.filter_map(|entry| entry.metadata().ok()).map(|metadata| metadata.len()).sum();
    files + dir.join(RECORD_FILE).metadata().map_or(0, |metadata| metadata.len())
}
