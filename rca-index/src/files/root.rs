//! Roots: opens the files below a folder, which stays open meanwhile.
//!
//! In: a folder, which may be a link because it was chosen, and paths below it. Out: open files. No folder between the two can be a
//! link, whoever puts one there in the meantime.

use std::io;
#[cfg(unix)]
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
#[cfg(unix)]
use std::path::Component;
use std::path::{Path, PathBuf};
#[cfg(unix)]
use std::sync::OnceLock;

#[cfg(unix)]
use rustix::fs::{Mode, OFlags};
#[cfg(unix)]
use rustix::io::Errno;

use crate::files::Opened;
#[cfg(unix)]
use crate::files::{Found, exchanged, not_regular};

/// A folder below which files are opened.
#[derive(Debug)]
pub(crate) struct Root {
    path: PathBuf,
    /// Open since the first file was.
    #[cfg(unix)]
    folder: OnceLock<OwnedFd>,
}

#[cfg(unix)]
impl Root {
    pub(crate) fn at(path: &Path) -> Self {
        Self { path: path.to_owned(), folder: OnceLock::new() }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Opens a regular file below the folder.
    pub(crate) fn open(&self, path: &Path) -> io::Result<Opened> {
        let folder = self.folder()?;
        // Where that fails, the steps tell why.
        at_once(folder, path).map_or_else(|| step_by_step(folder, path), Ok)
    }

    fn folder(&self) -> io::Result<BorrowedFd<'_>> {
        if let Some(folder) = self.folder.get() {
            return Ok(folder.as_fd());
        }
        let folder = rustix::fs::open(&self.path, FOLDER, Mode::empty())?;
        Ok(self.folder.get_or_init(|| folder).as_fd())
    }
}

#[cfg(unix)]
const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::CLOEXEC).union(OFlags::DIRECTORY);
#[cfg(unix)]
const FILE: OFlags =
    OFlags::RDONLY.union(OFlags::CLOEXEC).union(OFlags::NOFOLLOW).union(OFlags::NONBLOCK).union(OFlags::NOCTTY);

/// Opens a file with one call, if the system has one that follows no link (Linux since 5.6).
#[cfg(any(target_os = "linux", target_os = "android"))]
fn at_once(root: BorrowedFd<'_>, path: &Path) -> Option<Opened> {
    use std::sync::atomic::{AtomicBool, Ordering};

    use rustix::fs::{ResolveFlags, openat2};
    static MISSING: AtomicBool = AtomicBool::new(false);
    let is_plain = path.components().all(|step| matches!(step, Component::Normal(_)));
    if !is_plain || MISSING.load(Ordering::Relaxed) {
        return None;
    }
    match openat2(root, path, FILE, Mode::empty(), ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS) {
        Ok(file) => Opened::of(file.into()).ok(),
        // An older system, or a container that does not let it through.
        Err(Errno::NOSYS | Errno::PERM) => {
            MISSING.store(true, Ordering::Relaxed);
            None
        }
        Err(_) => None,
    }
}

#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
fn at_once(_: BorrowedFd<'_>, _: &Path) -> Option<Opened> {
    None
}

/// Opens a file folder by folder.
#[cfg(unix)]
fn step_by_step(root: BorrowedFd<'_>, path: &Path) -> io::Result<Opened> {
    use rustix::fs::openat;
    let mut folder: Option<OwnedFd> = None;
    let mut steps = path.components().peekable();
    while let Some(step) = steps.next() {
        let Component::Normal(name) = step else { break };
        let above = folder.as_ref().map_or(root, OwnedFd::as_fd);
        if steps.peek().is_none() {
            let file = openat(above, name, FILE, Mode::empty());
            return Opened::of(file.map_err(|e| exchanged(e.into(), Found::Link))?.into());
        }
        let next = openat(above, name, FOLDER | OFlags::NOFOLLOW, Mode::empty());
        folder = Some(next.map_err(|e| match e {
            Errno::LOOP | Errno::MLINK | Errno::NOTDIR => not_regular(Found::OtherFolder),
            e => e.into(),
        })?);
    }
    Err(io::ErrorKind::NotFound.into())
}

#[cfg(not(unix))]
impl Root {
    pub(crate) fn at(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Opens a regular file below the folder. What was opened must be there with all links followed.
    pub(crate) fn open(&self, path: &Path) -> io::Result<Opened> {
        let whole = self.path.join(path);
        let opened = crate::files::open_unknown(&whole)?;
        if whole.canonicalize()?.starts_with(self.path.canonicalize()?) {
            Ok(opened)
        } else {
            Err(crate::files::not_regular(crate::files::Found::OtherFolder))
        }
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::files::found_instead;

    #[test]
    fn one_call_and_many_open_the_same_files_and_refuse_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("a/b")).unwrap();
        fs::create_dir(at("a/folder.md")).unwrap();
        fs::write(at("a/b/c.md"), "inside").unwrap();
        symlink("b/c.md", at("a/link.md")).unwrap();
        symlink("b", at("a/in")).unwrap();
        symlink("..", at("a/up")).unwrap();
        symlink("/etc", at("out")).unwrap();
        let root = Root::at(folder.path());
        let fd = root.folder().unwrap();
        let text = |opened: Opened| opened.read_within(100).unwrap().unwrap();
        for path in ["a/b/c.md", "a//b/c.md", "a/./b/c.md"] {
            assert_eq!(text(step_by_step(fd, Path::new(path)).unwrap()), b"inside", "{path}");
            assert_eq!(text(root.open(Path::new(path)).unwrap()), b"inside", "{path}");
        }
        let refused = [
            ("a/link.md", Some(Found::Link)),
            ("a/folder.md", Some(Found::Folder)),
            ("a/in/c.md", Some(Found::OtherFolder)),
            ("a/up/a/b/c.md", Some(Found::OtherFolder)),
            ("out/hostname", Some(Found::OtherFolder)),
            ("a/b/c.md/d.md", Some(Found::OtherFolder)),
            ("a/../a/b/c.md", None),
            ("/etc/hostname", None),
            ("a/gone.md", None),
            ("", None),
        ];
        for (path, found) in refused {
            assert!(at_once(fd, Path::new(path)).is_none(), "{path}");
            for outcome in [step_by_step(fd, Path::new(path)), root.open(Path::new(path))] {
                assert_eq!(found_instead(&outcome.unwrap_err()), found, "{path}");
            }
        }
    }

    #[test]
    fn a_root_that_is_moved_away_stays_the_one_that_was_walked() {
        let folder = tempfile::tempdir().unwrap();
        let (old, aside) = (folder.path().join("old"), folder.path().join("aside"));
        fs::create_dir(&old).unwrap();
        fs::write(old.join("a.md"), "first").unwrap();
        let root = Root::at(&old);
        assert!(root.open(Path::new("a.md")).is_ok());
        fs::rename(&old, aside).unwrap();
        fs::create_dir(&old).unwrap();
        fs::write(old.join("a.md"), "second").unwrap();
        assert_eq!(root.open(Path::new("a.md")).unwrap().read_whole().unwrap(), b"first");
        assert!(Root::at(&folder.path().join("gone")).open(Path::new("a.md")).is_err());
    }
}
