//! The index folder: a folder for each version of the layout, a `.gitignore`, and what killed processes leave behind.
//!
//! Another version's index is never misread, and no index is ever committed.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::engine::directory::META_FILE;
use crate::engine::document::FORMAT;
use crate::error::{Error, Result};

/// The folder of this version of the layout.
pub(super) fn version_folder(dir: &Path) -> PathBuf {
    dir.join(format!("v{FORMAT}"))
}

/// Whether there is an index of this version.
pub(super) fn has_index(dir: &Path) -> bool {
    version_folder(dir).join(META_FILE).is_file()
}

/// Why there is no index of this version.
pub(super) fn missing(dir: &Path) -> Error {
    match other_versions(dir).next() {
        Some(_) => Error::IndexOtherVersion(dir.to_owned()),
        None => Error::IndexNotFound(dir.to_owned()),
    }
}

/// Makes the folder of this version.
///
/// # Errors
/// [`Error::Io`].
pub(super) fn create(dir: &Path) -> Result<PathBuf> {
    let versioned = version_folder(dir);
    fs::create_dir_all(&versioned).map_err(Error::io(&versioned))?;
    let ignore = dir.join(".gitignore");
    fs::write(&ignore, "*\n").map_err(Error::io(ignore))?;
    Ok(versioned)
}

/// Removes the index of this version.
///
/// # Errors
/// [`Error::Io`].
pub(super) fn remove(dir: &Path) -> Result<()> {
    let versioned = version_folder(dir);
    // First what makes it an index: if the rest remains, nobody mistakes it for one.
    let _ = fs::remove_file(versioned.join(META_FILE));
    match fs::remove_dir_all(&versioned) {
        Err(e) if e.kind() != ErrorKind::NotFound => Err(Error::io(versioned)(e)),
        _ => Ok(()),
    }
}

/// What tells one commit from the next.
///
/// # Errors
/// [`Error::Io`].
pub(super) fn meta_stamp(dir: &Path) -> Result<(SystemTime, u64)> {
    let meta = version_folder(dir).join(META_FILE);
    meta.metadata().and_then(|m| Ok((m.modified()?, m.len()))).map_err(Error::io(meta))
}

/// The folders of other versions in an index folder.
fn other_versions(dir: &Path) -> impl Iterator<Item = PathBuf> {
    let own = version_folder(dir);
    fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path()).filter(move |path| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let version = name.strip_prefix('v').is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
        version && *path != own && path.join(META_FILE).is_file()
    })
}

/// Once this version has a commit, older ones only use disk space. A failure to remove them harms nobody.
pub(super) fn remove_other_versions(dir: &Path) {
    for folder in other_versions(dir) {
        let _ = fs::remove_dir_all(folder);
    }
}

/// Removes what killed processes have left behind: manifests that no commit names, and files half written. Only for the
/// holder of the lock that has written nothing yet. A failure to do so harms nobody.
pub(super) fn tidy(dir: &Path, manifest: Option<&str>) {
    for entry in fs::read_dir(version_folder(dir)).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(".tmp") || name.starts_with("manifest-") && Some(&*name) != manifest {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Bytes on disk.
pub(super) fn size(dir: &Path) -> u64 {
    let files = fs::read_dir(version_folder(dir)).into_iter().flatten().flatten();
    files.filter_map(|entry| entry.metadata().ok()).map(|metadata| metadata.len()).sum()
}
