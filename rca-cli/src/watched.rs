//! The archive's folder as the system watches it: which events may change the index, and whether the folder is still the same.
//!
//! In: a folder. Out: events, sent to a channel.

use std::path::{Path, PathBuf};

use notify::event::{CreateKind, EventKind, ModifyKind, RemoveKind};
use notify::{Config, RecommendedWatcher, RecursiveMode, Watcher as _};
use rca_index::{Archive, SETTINGS_FILE};
use same_file::Handle;

/// A folder that is watched.
pub(crate) struct Watched {
    root: PathBuf,
    /// The folder behind the path. It is kept open, so that no other folder gets its number.
    folder: Handle,
    watcher: RecommendedWatcher,
}

impl Watched {
    /// Watches a folder, given by its absolute path.
    pub(crate) fn new(
        root: &Path,
        on_event: impl Fn(notify::Result<notify::Event>) + Send + 'static,
    ) -> Result<Self, notify::Error> {
        let folder = Handle::from_path(root).map_err(notify::Error::io)?;
        let config = Config::default().with_follow_symlinks(false);
        let mut watcher = RecommendedWatcher::new(on_event, config)?;
        match watcher.watch(root, RecursiveMode::Recursive) {
            // A folder inside cannot be read, and those beside it may not be watched.
            Err(error) if !error.paths.iter().any(|path| path == root) && is_refused(&error) => {
                watch_one_by_one(&mut watcher, root)?;
            }
            watching => watching?,
        }
        Ok(Self { root: root.to_owned(), folder, watcher })
    }

    /// Watches another folder too, without those in it.
    pub(crate) fn watch_also(&mut self, folder: &Path) -> Result<(), notify::Error> {
        self.watcher.watch(folder, RecursiveMode::NonRecursive)
    }

    /// Whether the path still leads to the folder that is watched.
    pub(crate) fn is_current(&self) -> bool {
        Handle::from_path(&self.root).is_ok_and(|now| now == self.folder)
    }
}

fn is_refused(error: &notify::Error) -> bool {
    matches!(&error.kind, notify::ErrorKind::Io(error) if error.kind() == std::io::ErrorKind::PermissionDenied)
}

/// Watches the folder and each folder in it that can be read.
fn watch_one_by_one(watcher: &mut RecommendedWatcher, root: &Path) -> Result<(), notify::Error> {
    watcher.watch(root, RecursiveMode::NonRecursive)?;
    for entry in root.read_dir().map_err(notify::Error::io)?.flatten() {
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder && !is_hidden(&entry.path(), root) {
            match watcher.watch(&entry.path(), RecursiveMode::Recursive) {
                Err(error) if is_refused(&error) => drop(watch_one_by_one(watcher, &entry.path())),
                watching => watching?,
            }
        }
    }
    Ok(())
}

/// What this process prints to, if that is a file: writing to it must not count as a change.
pub(crate) struct OwnOutput(Vec<Handle>);

impl OwnOutput {
    pub(crate) fn new() -> Self {
        let streams = [Handle::stdout(), Handle::stderr()].into_iter().flatten();
        Self(streams.filter(|stream| stream.as_file().metadata().is_ok_and(|file| file.is_file())).collect())
    }

    fn is(&self, path: &Path) -> bool {
        !self.0.is_empty() && Handle::from_path(path).is_ok_and(|file| self.0.contains(&file))
    }
}

/// Whether an event may change what the index holds: it is about a report, a folder, the settings or an ignore file.
pub(crate) fn concerns(event: &notify::Event, archive: &Archive, root: &Path, own: &OwnOutput) -> bool {
    let concerns = |path: &PathBuf| {
        let inside = path.strip_prefix(root).unwrap_or(path);
        let name = path.file_name().unwrap_or_default();
        if name == SETTINGS_FILE || name == ".gitignore" || name == ".ignore" {
            return !inside.parent().is_some_and(|folder| is_hidden(folder, Path::new("")));
        }
        if is_hidden(inside, Path::new("")) {
            return false;
        }
        let text = inside.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
        if archive.is_report(&text) {
            return !own.is(path);
        }
        match event.kind {
            EventKind::Create(CreateKind::Folder) | EventKind::Remove(RemoveKind::Folder) => true,
            // Whether it was a folder cannot be seen any more.
            EventKind::Modify(ModifyKind::Name(_)) => !path.is_file(),
            EventKind::Remove(RemoveKind::Any | RemoveKind::Other) => path.extension().is_none(),
            _ => path.is_dir(),
        }
    };
    event.need_rescan() || !event.kind.is_access() && event.paths.iter().any(concerns)
}

/// Whether a path has a hidden name below a folder.
fn is_hidden(path: &Path, root: &Path) -> bool {
    let inside = path.strip_prefix(root).unwrap_or(path);
    inside.components().any(|part| part.as_os_str().as_encoded_bytes().starts_with(b"."))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use notify::event::{AccessKind, DataChange, Flag, RenameMode};
    use rca_index::Settings;

    use super::*;

    #[test]
    fn what_cannot_change_the_index_is_no_concern() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir(root.join("2024")).unwrap();
        fs::write(root.join("watch.log"), "").unwrap();
        fs::write(root.join("log.md"), "").unwrap();
        let archive = Archive::with_settings(root, Settings::default()).unwrap();
        let own = OwnOutput(vec![Handle::from_path(root.join("log.md")).unwrap()]);
        let check = |kind: EventKind, path: &str, expected: bool| {
            let event = notify::Event::new(kind).add_path(root.join(path));
            assert_eq!(concerns(&event, &archive, root, &own), expected, "{kind:?} {path}");
        };
        let written = EventKind::Modify(ModifyKind::Data(DataChange::Any));
        for path in ["a.md", "2024/a.MD", "rca.toml", ".gitignore", "2024/.ignore", "2024"] {
            check(written, path, true);
            check(EventKind::Access(AccessKind::Any), path, false);
        }
        for path in [
            "watch.log", "a.md.swp", ".a.md.tmp", ".rca/v6/meta.json", ".rca/.gitignore", ".git/index", "log.md",
            "gone",
        ] {
            check(written, path, false);
        }
        check(EventKind::Create(CreateKind::Folder), "new", true);
        check(EventKind::Remove(RemoveKind::Folder), "old", true);
        check(EventKind::Remove(RemoveKind::File), "notes.txt", false);
        check(EventKind::Modify(ModifyKind::Name(RenameMode::From)), "moved", true);
        check(EventKind::Modify(ModifyKind::Name(RenameMode::To)), "watch.log", false);
        let lost = notify::Event::new(EventKind::Other).set_flag(Flag::Rescan);
        assert!(concerns(&lost, &archive, root, &own));
    }

    #[test]
    fn a_folder_that_is_replaced_is_another() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("archive");
        fs::create_dir(&root).unwrap();
        let watched = Watched::new(&root, drop).unwrap();
        assert!(watched.is_current());
        fs::remove_dir(&root).unwrap();
        assert!(!watched.is_current());
        fs::create_dir(&root).unwrap();
        assert!(!watched.is_current());
    }
}
