//! Durable writes: the order in which the changes of an index reach the disk.
//!
//! In: writes, renames and removals of an index's own files. Out: the same, synced in such an order that a lost power supply
//! leaves the state before a commit or the state after it. Unit tests record every step, and make crashes of the recordings.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Seek, SeekFrom, Write};
use std::path::Path;

#[cfg(test)]
pub(crate) mod recorded;

/// A file that is written to in place.
#[derive(Debug)]
pub(crate) struct DurableFile {
    file: File,
    #[cfg(test)]
    recorded: Option<recorded::FileId>,
}

impl DurableFile {
    /// A file that was just opened, or created, at this path.
    #[cfg_attr(not(test), allow(unused_variables))]
    pub(crate) fn of(file: File, path: &Path) -> Self {
        Self {
            file,
            #[cfg(test)]
            recorded: recorded::opened(path),
        }
    }

    /// Sets its length.
    pub(crate) fn cut(&self, length: u64) -> io::Result<()> {
        self.file.set_len(length)?;
        #[cfg(test)]
        recorded::cut(self.recorded, length);
        Ok(())
    }

    /// Returns once all that was written is on disk, the length of the file included.
    pub(crate) fn sync(&self) -> io::Result<()> {
        #[cfg(test)]
        recorded::synced(self.recorded);
        self.file.sync_data()
    }

    /// Another handle of the same file.
    pub(crate) fn handle(&self) -> io::Result<File> {
        self.file.try_clone()
    }
}

impl Write for DurableFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        #[cfg(test)]
        let at = self.file.stream_position()?;
        let written = self.file.write(bytes)?;
        #[cfg(test)]
        recorded::written(self.recorded, at, &bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Seek for DurableFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

/// Creates a folder and those above it that are missing, and returns once their names are on disk.
pub(crate) fn create_folders(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty());
    if let Some(parent) = parent {
        create_folders(parent)?;
    }
    match fs::create_dir(folder) {
        Err(e) if e.kind() == ErrorKind::AlreadyExists && folder.is_dir() => return Ok(()),
        made => made?,
    }
    #[cfg(test)]
    recorded::folder_made(folder);
    sync_folder(parent.unwrap_or(Path::new(".")))
}

/// Renames a file, and returns once the new name is on disk.
pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)?;
    #[cfg(test)]
    recorded::renamed(from, to);
    to.parent().map_or(Ok(()), sync_folder)
}

/// Removes a file. Its name may come back until its folder is synced.
pub(crate) fn remove(file: &Path) -> io::Result<()> {
    removing(file, || fs::remove_file(file))
}

/// Returns once the names in a folder are on disk, where the system can tell. On Windows a rename is final by itself.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(windows) {
        return Ok(());
    }
    syncing(folder, || match File::open(folder).and_then(|folder| folder.sync_all()) {
        // Not every file system can sync a folder, and not every folder may be read.
        Err(e) if matches!(e.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => Ok(()),
        Err(e) if e.kind() == ErrorKind::PermissionDenied => Ok(()),
        synced => synced,
    })
}

/// Work that puts a file with this content in the place of another: a temporary file, synced, then renamed.
#[cfg_attr(not(test), allow(unused_variables))]
pub(crate) fn replacing<E>(file: &Path, content: &[u8], work: impl FnOnce() -> Result<(), E>) -> Result<(), E> {
    work()?;
    #[cfg(test)]
    recorded::replaced(file, content);
    Ok(())
}

/// Work that removes a file.
#[cfg_attr(not(test), allow(unused_variables))]
pub(crate) fn removing<E>(file: &Path, work: impl FnOnce() -> Result<(), E>) -> Result<(), E> {
    work()?;
    #[cfg(test)]
    recorded::removed(file);
    Ok(())
}

/// Work that syncs a folder.
#[cfg_attr(not(test), allow(unused_variables))]
pub(crate) fn syncing<E>(folder: &Path, work: impl FnOnce() -> Result<(), E>) -> Result<(), E> {
    // Recorded before it is done: what another thread does meanwhile may not be covered.
    #[cfg(test)]
    recorded::folder_synced(folder);
    work()
}
