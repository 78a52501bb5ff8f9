//! Owners: who can write to a folder, by its owner and its mode. Only Unix tells.
//!
//! In: a folder. Out: whether it is the user's own, or one that only root can write to.

#[cfg(unix)]
mod unix {
    use std::fs::{self, Metadata};
    use std::os::unix::fs::MetadataExt as _;
    use std::path::Path;

    /// Group and others may write.
    const OTHERS_WRITE: u32 = 0o022;
    /// In such a folder, a file is removed and renamed by its owner only.
    const STICKY: u32 = 0o1000;
    const ROOT: u32 = 0;

    /// The id of the user that runs this process.
    fn user() -> Option<u32> {
        let own = fs::metadata("/proc/self").ok().map(|own| own.uid());
        own.or_else(|| Some(fs::metadata(dirs::home_dir()?).ok()?.uid()))
    }

    fn others_write(metadata: &Metadata) -> bool {
        metadata.mode() & OTHERS_WRITE != 0
    }

    pub(crate) fn is_own(folder: &Path) -> bool {
        fs::symlink_metadata(folder).is_ok_and(|metadata| {
            metadata.is_dir() && !others_write(&metadata) && user().is_none_or(|user| metadata.uid() == user)
        })
    }

    pub(crate) fn only_root_writes(folder: &Path) -> bool {
        // What root unpacks belongs to root too, or to whom the archive says: root trusts what root has noted.
        user().is_some_and(|user| user != ROOT)
            && is_of_root(folder)
            && all_of_root(folder, 2)
            && is_reached_safely(folder)
    }

    fn is_of_root(path: &Path) -> bool {
        fs::symlink_metadata(path).is_ok_and(|metadata| {
            (metadata.is_dir() || metadata.is_file()) && metadata.uid() == ROOT && !others_write(&metadata)
        })
    }

    /// Whether all files in a folder are root's, so many levels down; an index has no more.
    fn all_of_root(folder: &Path, levels: usize) -> bool {
        let Ok(mut entries) = fs::read_dir(folder) else { return false };
        entries.all(|entry| {
            entry.is_ok_and(|entry| {
                let path = entry.path();
                is_of_root(&path) && (!path.is_dir() || levels > 0 && all_of_root(&path, levels - 1))
            })
        })
    }

    /// Whether nobody but root can put another folder in the place of this one, whose path has no links.
    fn is_reached_safely(folder: &Path) -> bool {
        folder.ancestors().skip(1).all(|above| {
            let safe = |metadata: Metadata| {
                metadata.uid() == ROOT && (!others_write(&metadata) || metadata.mode() & STICKY != 0)
            };
            fs::metadata(above).is_ok_and(safe)
        })
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use std::fs::Permissions;
        use std::os::unix::fs::PermissionsExt as _;

        #[test]
        fn a_folder_that_others_can_write_to_is_not_the_users_own() {
            let folder = tempfile::tempdir().unwrap();
            let own = folder.path().join("own");
            fs::create_dir(&own).unwrap();
            let is_own_with = |mode: u32| {
                fs::set_permissions(&own, Permissions::from_mode(mode)).unwrap();
                is_own(&own)
            };
            assert!(is_own_with(0o700) && is_own_with(0o755));
            assert!(!is_own_with(0o775) && !is_own_with(0o757) && !is_own_with(0o777));
            std::os::unix::fs::symlink(&own, folder.path().join("link")).unwrap();
            assert!(is_own_with(0o700) && !is_own(&folder.path().join("link")) && !is_own(&folder.path().join("gone")));
        }

        #[test]
        fn only_a_tree_of_root_is_roots() {
            let folder = tempfile::tempdir().unwrap();
            let index = folder.path().join("index");
            fs::create_dir_all(index.join("v8")).unwrap();
            fs::write(index.join("v8/meta.json"), "{}").unwrap();
            let is_root = folder.path().metadata().unwrap().uid() == ROOT;
            let all = || is_of_root(&index) && all_of_root(&index, 2);
            assert_eq!(all(), is_root);
            assert!(!only_root_writes(&index), "root trusts what it has noted, and nobody else's folder is root's");
            fs::set_permissions(index.join("v8/meta.json"), Permissions::from_mode(0o664)).unwrap();
            assert!(!all());
            fs::remove_file(index.join("v8/meta.json")).unwrap();
            std::os::unix::fs::symlink("/etc/passwd", index.join("v8/meta.json")).unwrap();
            assert!(!all(), "a link is not followed");
            assert!(is_reached_safely(Path::new("/tmp/x")) || !Path::new("/tmp").exists());
        }
    }
}

/// Whether a folder is the user's own, and nobody else can write there.
#[cfg(unix)]
pub(crate) use unix::is_own;
/// Whether root owns an index folder and all in it, and only root can write there; root itself does not rely on this.
#[cfg(unix)]
pub(crate) use unix::only_root_writes;

/// Folders of the user are private by their place.
#[cfg(not(unix))]
pub(crate) fn is_own(folder: &std::path::Path) -> bool {
    folder.is_dir()
}

/// There is no such owner.
#[cfg(not(unix))]
pub(crate) fn only_root_writes(_folder: &std::path::Path) -> bool {
    false
}
