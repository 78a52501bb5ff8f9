//! Origins: which folder the reports of an archive come from, so that two folders of one name do not remove each other's.
//!
//! In: a folder, and the state of the archive that it is about to update. Out: the name of the archive, and whether it is that of the
//! folder. The folder itself is not told to the cluster: only a hash of where it is, and the name of this machine.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use crate::engine::opensearch::answer::cleaned;
use crate::engine::opensearch::cluster::Cluster;
use crate::error::{Error, Result};

/// The longest name of a host that is told.
pub(super) const LONGEST_HOST: usize = 64;

/// Where the reports of an archive come from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Origin {
    /// The machine; empty where it is not known.
    host: String,
    /// A hash of the folder; empty where the reports are of no known folder.
    folder: String,
}

impl Origin {
    pub(super) fn of(root: &Path) -> Self {
        let root = absolute(root);
        let host = host();
        // Machines may have the same name, and folders the same path on both: hardly ever the same number as well.
        let place = [host.as_bytes(), root.as_os_str().as_encoded_bytes(), &number_of(&root).to_le_bytes()];
        Self { folder: format!("{:032x}", xxh3_128(&place.join(&b'\n'))), host }
    }
}

/// What a folder is called, as the name of its archive.
pub(super) fn name_of(root: &Path) -> String {
    absolute(root).file_name().map_or_else(|| "root".to_owned(), |name| name.to_string_lossy().into_owned())
}

fn absolute(root: &Path) -> PathBuf {
    root.canonicalize().unwrap_or_else(|_| root.to_owned())
}

#[cfg(unix)]
fn number_of(root: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata(root).map_or(0, |metadata| metadata.ino())
}

#[cfg(not(unix))]
fn number_of(_root: &Path) -> u64 {
    0
}

/// The name of this machine, where the system tells it in a file; else nothing.
pub(super) fn host() -> String {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    name.trim().chars().take(LONGEST_HOST).collect()
}

/// Who named the archive that is read or written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NamedBy {
    /// The user: whoever writes under this name means this archive.
    User,
    /// The folder that updates it.
    Folder,
    /// The index, which has no other. It can only be read.
    Index,
}

impl Cluster {
    /// Fails if an update would take the reports of another folder for its own, and remove them. Asked while the lock is held.
    pub(super) fn check_origin(&self, archive: &str) -> Result<()> {
        if self.named_by == NamedBy::User {
            return Ok(());
        }
        let Some((state, _)) = self.remote.state(archive)? else { return Ok(()) };
        if state.generation == 0 || state.origin == self.origin {
            return Ok(());
        }
        let host: String = cleaned(&state.origin.host).chars().take(LONGEST_HOST).collect();
        Err(Error::ArchiveElsewhere {
            address: self.remote.place.clone(),
            archive: archive.to_owned(),
            host: Some(host).filter(|host| !host.is_empty()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_the_same_however_it_is_named_and_differs_from_any_other() {
        let place = tempfile::tempdir().unwrap();
        let [one, two] = ["one/incidents", "two/incidents"].map(|name| place.path().join(name));
        for folder in [&one, &two] {
            fs::create_dir_all(folder).unwrap();
        }
        let origin = Origin::of(&one);
        assert_eq!(Origin::of(&place.path().join("two/../one/incidents")), origin);
        assert_ne!(Origin::of(&two), origin);
        assert_eq!(
            (name_of(&one), name_of(&two), name_of(Path::new("/"))),
            ("incidents".into(), "incidents".into(), "root".into())
        );
        assert!(!format!("{origin:?}").contains("incidents"), "{origin:?}");
        // One that is made anew in its place is another, where the system numbers folders.
        fs::rename(&one, place.path().join("old")).unwrap();
        fs::create_dir_all(&one).unwrap();
        assert_eq!(Origin::of(&one) == origin, cfg!(not(unix)));
    }
}
