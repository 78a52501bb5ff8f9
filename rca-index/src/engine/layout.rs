//! The layout of an index folder: regular files, and a folder of such for each version. Nothing else is read or written.
//!
//! In: an index folder, which may have come with an archive. Out: which folders it consists of, or an error that names what does
//! not belong there: a link could lead anywhere, and a pipe never ends.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::engine::folder::{is_version, version_folder};
use crate::error::{Error, Result};
use crate::files::{Found, INDEX_FOLDER, Identity};

/// The folders of an index when it was checked.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    folder: Option<Identity>,
    /// That of this version.
    version: Option<Identity>,
}

impl Layout {
    /// Checks an index folder. A folder that is called `.rca` must be one: it may have come with an archive. Another may be a
    /// link, and have folders of others in it: whoever named it has chosen it.
    ///
    /// # Errors
    /// [`Error::IndexUnsafe`] with the first thing that does not belong there; [`Error::Io`].
    pub(super) fn of(dir: &Path) -> Result<Self> {
        // With a separator at its end, a link would be followed.
        let dir = &dir.components().collect::<PathBuf>();
        let of_archive = dir.file_name() == Some(INDEX_FOLDER.as_ref());
        let found = if of_archive { dir.symlink_metadata() } else { dir.metadata() };
        let metadata = match found {
            Ok(metadata) => metadata,
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            Err(e) => return Err(Error::io(dir)(e)),
        };
        match Found::of(metadata.file_type()) {
            Found::Folder => {}
            // It cannot be an index, and cannot be taken for one.
            Found::File => return Ok(Self::default()),
            found => return Err(not_ours(dir, found)),
        }
        each(dir, |path, found| match found {
            Found::File => Ok(()),
            Found::Folder if is_version(path) => each(path, |path, found| match found {
                Found::File => Ok(()),
                found => Err(not_ours(path, found)),
            }),
            Found::Folder if !of_archive => Ok(()),
            found => Err(not_ours(path, found)),
        })?;
        let version = version_folder(dir).symlink_metadata().ok();
        Ok(Self { folder: Some(Identity::of(&metadata)), version: version.as_ref().map(Identity::of) })
    }
}

/// Looks at all that is in a folder. What another process removes meanwhile does not matter.
fn each(folder: &Path, mut look: impl FnMut(&Path, Found) -> Result<()>) -> Result<()> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(Error::io(folder)(e)),
    };
    for entry in entries {
        let entry = entry.map_err(Error::io(folder))?;
        match entry.file_type() {
            Ok(kind) => look(&entry.path(), Found::of(kind))?,
            Err(e) if e.kind() == ErrorKind::NotFound => {}
            Err(e) => return Err(Error::io(entry.path())(e)),
        }
    }
    Ok(())
}

fn not_ours(path: &Path, found: Found) -> Error {
    Error::IndexUnsafe { path: path.to_owned(), found: found.to_string() }
}

/// The error for an index whose folders are others each time that one looks.
pub(super) fn exchanged(dir: &Path) -> Error {
    Error::IndexUnsafe { path: dir.to_owned(), found: "exchanged while it was opened".to_owned() }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::engine::{Engine, mend};

    /// What an index folder is refused for, as seen from it.
    fn refused(dir: &Path) -> Option<(PathBuf, String)> {
        match Layout::of(dir) {
            Ok(_) => None,
            Err(Error::IndexUnsafe { path, found }) => Some((path.strip_prefix(dir).unwrap().to_owned(), found)),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_does_not_belong_to_an_index_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join(INDEX_FOLDER);
        assert_eq!(refused(&dir), None, "there is none yet");
        drop(Engine::open_or_create(&dir).unwrap());
        assert_eq!(refused(&dir), None);
        let version = version_folder(&dir);
        let version = version.strip_prefix(&dir).unwrap();
        let cases = [
            (PathBuf::from("x"), "y"),
            ("v3".into(), ".."),
            (version.join("x"), "meta.json"),
            (version.join("y"), "gone"),
        ];
        for (path, target) in cases {
            symlink(target, dir.join(&path)).unwrap();
            assert_eq!(refused(&dir), Some((path.clone(), "a symbolic link".to_owned())));
            // Every way in says so, and nothing is removed.
            let ways: [Result<()>; 4] = [
                Engine::open(&dir).map(drop),
                Engine::open_or_create(&dir).map(drop),
                Engine::remove(&dir),
                mend(&dir).map(drop),
            ];
            assert!(ways.iter().all(|way| matches!(way, Err(Error::IndexUnsafe { .. }))), "{ways:?}");
            fs::remove_file(dir.join(&path)).unwrap();
        }
        for path in [PathBuf::from("theirs"), version.join("v3")] {
            fs::create_dir(dir.join(&path)).unwrap();
            assert_eq!(refused(&dir), Some((path.clone(), "a folder".to_owned())));
            fs::remove_dir(dir.join(&path)).unwrap();
        }
        assert!(Engine::open_or_create(&dir).is_ok());
    }

    #[test]
    fn a_folder_that_somebody_named_may_be_a_link_and_have_folders_of_others() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("index");
        drop(Engine::open_or_create(&dir).unwrap());
        fs::create_dir(dir.join("theirs")).unwrap();
        symlink("index", folder.path().join("same")).unwrap();
        symlink("index", folder.path().join(INDEX_FOLDER)).unwrap();
        assert_eq!((refused(&dir), refused(&folder.path().join("same"))), (None, None));
        for spelling in [INDEX_FOLDER, ".rca/", ".rca/."] {
            let dir = folder.path().join(spelling);
            assert_eq!(refused(&dir), Some((PathBuf::new(), "a symbolic link".to_owned())), "{spelling}");
        }
        // Links in it are refused all the same.
        symlink("/", dir.join("v3")).unwrap();
        assert_eq!(refused(&dir), Some((PathBuf::from("v3"), "a symbolic link".to_owned())));
    }

    #[test]
    fn another_folder_in_the_place_of_one_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join(INDEX_FOLDER);
        drop(Engine::open_or_create(&dir).unwrap());
        let before = Layout::of(&dir).unwrap();
        assert_eq!(Layout::of(&dir).unwrap(), before);
        let version = version_folder(&dir);
        fs::rename(&version, folder.path().join("aside")).unwrap();
        fs::create_dir(&version).unwrap();
        assert_ne!(Layout::of(&dir).unwrap(), before);
    }

    #[test]
    fn a_writer_looks_again() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join(INDEX_FOLDER);
        let engine = Engine::open_or_create(&dir).unwrap();
        symlink("/", dir.join("v3")).unwrap();
        let writer = engine.writer(crate::engine::Purpose::Update, 1, 0, std::time::Duration::ZERO);
        assert!(matches!(writer.map(drop), Err(Error::IndexUnsafe { .. })));
    }
}
