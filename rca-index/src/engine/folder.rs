//! The index folder: one subfolder per version of the index format, a `.gitignore`, and removal of files left by killed
//! processes.
//!
//! The index of another version is never read, and git ignores every index.

use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::engine::directory::META_FILE;
use crate::engine::document::FORMAT;
use crate::engine::layout::Layout;
use crate::error::{Error, Result};
use crate::files::{self, TEMPORARY};
use crate::given::RECORD_FILE;

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

/// Creates the subfolder of this version.
///
/// # Errors
/// [`Error::IndexUnsafe`], [`Error::Io`].
pub(super) fn create(dir: &Path) -> Result<PathBuf> {
    let versioned = version_folder(dir);
    fs::create_dir_all(dir).map_err(Error::io(dir))?;
    Layout::of(dir)?;
    // It cannot be a link: of these, `create_dir` makes none, and follows none.
    unless_there(fs::create_dir(&versioned)).map_err(Error::io(&versioned))?;
    // One that is there already is left as it is.
    let ignore = dir.join(".gitignore");
    let made = files::create_new(&ignore).and_then(|mut file| file.write_all(b"*\n"));
    unless_there(made).map_err(Error::io(ignore))?;
    Ok(versioned)
}

fn unless_there(made: io::Result<()>) -> io::Result<()> {
    made.or_else(|error| if error.kind() == ErrorKind::AlreadyExists { Ok(()) } else { Err(error) })
}

/// Removes the index of this version.
///
/// # Errors
/// [`Error::IndexUnsafe`], [`Error::Io`].
pub(super) fn remove(dir: &Path) -> Result<()> {
    Layout::of(dir)?;
    let versioned = version_folder(dir);
    // The meta file goes first: without it, the remaining files do not count as an index.
    let _ = fs::remove_file(versioned.join(META_FILE));
    match fs::remove_dir_all(&versioned) {
        Err(e) if e.kind() != ErrorKind::NotFound => Err(Error::io(versioned)(e)),
        _ => Ok(()),
    }
}

/// A stamp that changes with every commit.
///
/// # Errors
/// [`Error::Io`].
pub(super) fn meta_stamp(dir: &Path) -> Result<(SystemTime, u64)> {
    let meta = version_folder(dir).join(META_FILE);
    meta.metadata().and_then(|m| Ok((m.modified()?, m.len()))).map_err(Error::io(meta))
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

/// Removes what killed processes have left behind: manifests that no commit names, and incomplete files. The caller
/// must hold the lock and must not have written anything yet. A failure is harmless.
pub(super) fn tidy(dir: &Path, manifest: Option<&str>) {
    for entry in fs::read_dir(version_folder(dir)).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(TEMPORARY) || name.starts_with("manifest-") && Some(&*name) != manifest {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// The size on disk in bytes, the record of given incidents included.
pub(super) fn size(dir: &Path) -> u64 {
    let files = fs::read_dir(version_folder(dir)).into_iter().flatten().flatten();
    let files: u64 = files.filter_map(|entry| entry.metadata().ok()).map(|metadata| metadata.len()).sum();
    files + dir.join(RECORD_FILE).metadata().map_or(0, |metadata| metadata.len())
}
