//! The layout of an index folder: regular files, and a folder of such for each version. Nothing else is read or written.
//!
//! In: an index folder, which may have come with an archive. Out: which folders it consists of, or an error that names what does
//! not belong there: a link could lead anywhere, and a pipe never ends.

use std::fs::{self, Metadata};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::archive::stamp::Stamp;
use crate::engine::folder::{is_version, version_folder};
use crate::error::{Error, Result};
use crate::files::{Found, INDEX_FOLDER, Identity};

/// The folders of an index when it was checked.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Layout {
    folder: Option<Place>,
    /// That of this version.
    version: Option<Place>,
    /// When the look began, in nanoseconds since 1970.
    looked: i64,
}

/// A folder, and when something in it was last added, removed or exchanged.
#[derive(Debug, Clone, Copy)]
struct Place {
    identity: Identity,
    stamp: Stamp,
}

impl Place {
    fn of(metadata: &Metadata) -> Self {
        Self { identity: Identity::of(metadata), stamp: Stamp::of(metadata) }
    }
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
        let of_archive = is_of_archive(dir);
        // What changes from here on gives the folders other stamps.
        let layout = Self::of_folders(dir)?;
        if layout.folder.is_none() {
            return Ok(layout);
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
        Ok(layout)
    }

    /// The folders, with no look at what is in them.
    fn of_folders(dir: &Path) -> Result<Self> {
        let looked = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos() as i64;
        let found = if is_of_archive(dir) { dir.symlink_metadata() } else { dir.metadata() };
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
        let version = version_folder(dir).symlink_metadata().ok();
        Ok(Self { folder: Some(Place::of(&metadata)), version: version.as_ref().map(Place::of), looked })
    }

    /// Whether an index folder still consists of these folders, and of nothing that does not belong there. What is in them is looked
    /// at again, unless the system says that nothing was added, removed or exchanged since: nobody can set that time.
    ///
    /// # Errors
    /// As [`Layout::of`].
    pub(super) fn holds(&self, dir: &Path) -> Result<bool> {
        let dir = &dir.components().collect::<PathBuf>();
        let now = Self::of_folders(dir)?;
        if self.is_unchanged(&now) {
            return Ok(true);
        }
        Ok(self.has_folders_of(&Self::of(dir)?))
    }

    fn has_folders_of(&self, other: &Self) -> bool {
        let identities = |layout: &Self| [layout.folder, layout.version].map(|place| place.map(|place| place.identity));
        identities(self) == identities(other)
    }

    /// Whether these are the same folders, with stamps that say that they are as they were at the first look.
    fn is_unchanged(&self, now: &Self) -> bool {
        let is_same = |before: Option<Place>, now: Option<Place>| match (before, now) {
            (Some(before), Some(now)) => {
                let stamp = before.stamp;
                // Two changes within a tick of the clock have one time.
                let is_told = stamp.has_change_time() && !stamp.is_recent(self.looked);
                before.identity == now.identity && is_told && now.stamp.proves_unchanged_since(stamp)
            }
            (before, now) => before.is_none() && now.is_none(),
        };
        is_same(self.folder, now.folder) && is_same(self.version, now.version)
    }
}

/// Whether an index folder is that of an archive, by its name.
fn is_of_archive(dir: &Path) -> bool {
    dir.file_name() == Some(INDEX_FOLDER.as_ref())
}

/// Looks at all that is in a folder. What another process removes meanwhile does not matter.
fn each(folder: &Path, mut look: impl FnMut(&Path, Found) -> Result<()>) -> Result<()> {
    #[cfg(test)]
    LISTED.set(LISTED.get() + 1);
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

#[cfg(test)]
thread_local! {
    /// The number of folders that this thread has listed.
    static LISTED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

fn not_ours(path: &Path, found: Found) -> Error {
    Error::IndexUnsafe { path: path.to_owned(), found: found.to_string() }
}

/// The error for an index whose folders are others each time that one looks, or are gone.
pub(super) fn exchanged(dir: &Path) -> Error {
    let is_gone = |path: &Path| path.symlink_metadata().is_err_and(|e| e.kind() == ErrorKind::NotFound);
    if is_gone(dir) || is_gone(&version_folder(dir)) {
        return Error::IndexRemoved(dir.to_owned());
    }
    Error::IndexUnsafe { path: dir.to_owned(), found: "exchanged while it was opened".to_owned() }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::engine::{Embedded, mend};

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
        drop(Embedded::open_or_create(&dir).unwrap());
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
                Embedded::open(&dir).map(drop),
                Embedded::open_or_create(&dir).map(drop),
                Embedded::remove(&dir),
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
        assert!(Embedded::open_or_create(&dir).is_ok());
    }

    #[test]
    fn a_folder_that_somebody_named_may_be_a_link_and_have_folders_of_others() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("index");
        drop(Embedded::open_or_create(&dir).unwrap());
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
        drop(Embedded::open_or_create(&dir).unwrap());
        let version = version_folder(&dir);
        for looked in [Layout::of(&dir).unwrap().looked, LATER] {
            let before = Layout { looked, ..Layout::of(&dir).unwrap() };
            assert!(before.holds(&dir).unwrap());
            let aside = folder.path().join(format!("aside-{looked}"));
            fs::rename(&version, &aside).unwrap();
            assert!(!before.holds(&dir).unwrap());
            fs::create_dir(&version).unwrap();
            assert!(!before.holds(&dir).unwrap());
            fs::remove_dir(&version).unwrap();
            fs::rename(&aside, &version).unwrap();
            assert!(before.holds(&dir).unwrap(), "the same again");
        }
    }

    /// A look so long after the last change that the next one has another time.
    const LATER: i64 = i64::MAX / 2;

    #[test]
    fn what_is_gone_was_removed_and_not_exchanged() {
        let workshop = tempfile::tempdir().unwrap();
        let dir = workshop.path().join(INDEX_FOLDER);
        fs::create_dir_all(version_folder(&dir)).unwrap();
        assert!(matches!(exchanged(&dir), Error::IndexUnsafe { .. }));
        fs::remove_dir(version_folder(&dir)).unwrap();
        assert!(matches!(exchanged(&dir), Error::IndexRemoved(path) if path == dir));
        fs::remove_dir(&dir).unwrap();
        assert!(matches!(exchanged(&dir), Error::IndexRemoved(path) if path == dir));
    }

    #[test]
    fn folders_are_listed_again_unless_nothing_in_them_changed() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join(INDEX_FOLDER);
        drop(Embedded::open_or_create(&dir).unwrap());
        let at_once = Layout::of(&dir).unwrap();
        let later = Layout { looked: LATER, ..at_once };
        let listed = |layout: Layout| {
            let before = LISTED.get();
            let holds = layout.holds(&dir);
            (holds.ok(), LISTED.get() - before)
        };
        assert_eq!(listed(at_once), (Some(true), 2), "it may have changed within a tick of the clock");
        let is_told = later.folder.unwrap().stamp.has_change_time();
        assert_eq!(listed(later), (Some(true), if is_told { 0 } else { 2 }));
        // What does not belong there is noticed in either folder, when it comes and as long as it stays.
        for at in [dir.join("x"), version_folder(&dir).join("x")] {
            let later = Layout { looked: LATER, ..Layout::of(&dir).unwrap() };
            std::thread::sleep(std::time::Duration::from_millis(20));
            symlink("y", &at).unwrap();
            assert_eq!(listed(later).0, None, "{}", at.display());
            fs::remove_file(&at).unwrap();
            assert_eq!(listed(later), (Some(true), 2), "{}", at.display());
        }
    }

    #[test]
    fn a_writer_looks_again() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join(INDEX_FOLDER);
        let engine = Embedded::open_or_create(&dir).unwrap();
        symlink("/", dir.join("v3")).unwrap();
        let writer = engine.writer(crate::engine::Purpose::Update, 1, 0, std::time::Duration::ZERO);
        assert!(matches!(writer.map(drop), Err(Error::IndexUnsafe { .. })));
    }
}
