//! Files: opens regular files without following links, makes new ones, and replaces whole ones.
//!
//! In: paths in folders that anybody may have filled. Out: open files that are what their paths say, or an error that says what
//! is there instead. Nothing here waits for a pipe, opens a device that it can tell before, or writes through a link.

use std::fmt;
use std::fs::{self, File, FileType, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

mod root;

pub(crate) use root::Root;

/// The name of the index folder, in the root of an archive.
pub const INDEX_FOLDER: &str = ".rca";

/// How the names of files begin that are not complete yet.
pub(crate) const TEMPORARY: &str = ".tmp";

/// No more is reserved for a file before it is read, whatever size it states.
const MAX_RESERVED: u64 = 16 << 20;

/// What was found in the place of a regular file or a folder.
// Pipes, sockets and devices are known on Unix only.
#[cfg_attr(not(unix), allow(dead_code))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    Folder,
    File,
    Link,
    Pipe,
    Socket,
    Device,
    /// A folder on the way to the file is not one, or is a link.
    OtherFolder,
    Other,
}

impl Found {
    pub(crate) fn of(kind: FileType) -> Self {
        if kind.is_symlink() {
            Self::Link
        } else if kind.is_dir() {
            Self::Folder
        } else if kind.is_file() {
            Self::File
        } else {
            Self::of_special(kind)
        }
    }

    #[cfg(unix)]
    fn of_special(kind: FileType) -> Self {
        use std::os::unix::fs::FileTypeExt as _;
        if kind.is_fifo() {
            Self::Pipe
        } else if kind.is_socket() {
            Self::Socket
        } else {
            Self::Device
        }
    }

    #[cfg(not(unix))]
    fn of_special(_: FileType) -> Self {
        Self::Other
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Folder => "a folder",
            Self::File => "a file",
            Self::Link => "a symbolic link",
            Self::Pipe => "a pipe",
            Self::Socket => "a socket",
            Self::Device => "a device",
            Self::OtherFolder => "behind a symbolic link",
            Self::Other => "not a regular file",
        })
    }
}

/// The inner error of a file that is not a regular one.
#[derive(Debug)]
struct NotRegular(Found);

impl fmt::Display for NotRegular {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, not a regular file", self.0)
    }
}

impl std::error::Error for NotRegular {}

fn not_regular(found: Found) -> io::Error {
    io::Error::new(ErrorKind::InvalidInput, NotRegular(found))
}

/// What was found in the place of a regular file, if that is why it was not opened.
pub(crate) fn found_instead(error: &io::Error) -> Option<Found> {
    error.get_ref()?.downcast_ref::<NotRegular>().map(|instead| instead.0)
}

/// A regular file that is open, and what the system said of it then.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) file: File,
    pub(crate) metadata: Metadata,
}

impl Opened {
    /// Lets only what is a regular file now that it is open.
    fn of(file: File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        match Found::of(metadata.file_type()) {
            Found::File => Ok(Self { file, metadata }),
            found => Err(not_regular(found)),
        }
    }

    /// Reads the file to its end; `None` if that is further than `limit` bytes, even if it grows meanwhile.
    pub(crate) fn read_within(self, limit: u64) -> io::Result<Option<Vec<u8>>> {
        let size = self.metadata.len();
        if size > limit {
            return Ok(None);
        }
        let mut bytes = Vec::with_capacity(size.min(MAX_RESERVED) as usize + 1);
        self.file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
        Ok((bytes.len() as u64 <= limit).then_some(bytes))
    }

    /// Reads a file that is only ever replaced as a whole, and so has the size that it had when it was opened.
    ///
    /// # Errors
    /// Those of the system; [`UnexpectedEof`](ErrorKind::UnexpectedEof) if it was cut short all the same.
    pub(crate) fn read_whole(mut self) -> io::Result<Vec<u8>> {
        let size = self.metadata.len();
        if size > MAX_RESERVED {
            let mut bytes = Vec::new();
            self.file.take(size).read_to_end(&mut bytes)?;
            return Ok(bytes);
        }
        let mut bytes = vec![0; size as usize];
        self.file.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

/// Opens a regular file for reading. A link is not followed, whoever puts it there in the meantime.
pub(crate) fn open_regular(path: &Path) -> io::Result<File> {
    open_unknown(path).map(|opened| opened.file)
}

fn open_unknown(path: &Path) -> io::Result<Opened> {
    // Opening a device may do something, and a socket cannot be opened.
    let found = Found::of(path.symlink_metadata()?.file_type());
    if found != Found::File {
        return Err(not_regular(found));
    }
    open_with(path, OpenOptions::new().read(true))
}

/// Opens a regular file for reading in a folder that was seen to have regular files only. What has come since is not let in either,
/// but a device may be opened before that is known.
#[cfg(unix)]
pub(crate) fn open_seen(path: &Path) -> io::Result<Opened> {
    open_with(path, OpenOptions::new().read(true))
}

/// Opens a regular file for reading. A link would be followed, so what is there is looked at again.
#[cfg(not(unix))]
pub(crate) fn open_seen(path: &Path) -> io::Result<Opened> {
    open_unknown(path)
}

/// Opens a regular file for reading and writing in place; makes it if there is none.
pub(crate) fn open_or_create(path: &Path) -> io::Result<File> {
    open_as_it_is(path, OpenOptions::new().read(true).write(true).create(true).truncate(false))
}

/// Opens a regular file for reading and writing in place.
pub(crate) fn open_to_write(path: &Path) -> io::Result<File> {
    open_as_it_is(path, OpenOptions::new().read(true).write(true))
}

/// Makes a file that must not be there yet.
pub(crate) fn create_new(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create_new(true).open(path)
}

fn open_as_it_is(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    open_with(path, options).map(|opened| opened.file)
}

fn open_with(path: &Path, options: &mut OpenOptions) -> io::Result<Opened> {
    Opened::of(without_links(options).open(path).map_err(|e| exchanged(e, Found::Link))?)
}

#[cfg(unix)]
fn without_links(options: &mut OpenOptions) -> &mut OpenOptions {
    use rustix::fs::OFlags;
    use std::os::unix::fs::OpenOptionsExt as _;
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    options.custom_flags(flags.bits().cast_signed())
}

/// The flag that opens a link instead of what it leads to would open files of the cloud as their placeholders: what is there is
/// looked at before.
#[cfg(not(unix))]
fn without_links(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// The error of the system for a link that it was told not to follow, by its meaning.
#[cfg(unix)]
fn exchanged(error: io::Error, link: Found) -> io::Error {
    use rustix::io::Errno;
    match error.raw_os_error().map(Errno::from_raw_os_error) {
        // The second is that of FreeBSD.
        Some(Errno::LOOP | Errno::MLINK) => not_regular(link),
        Some(Errno::NXIO) => not_regular(Found::Other),
        _ => error,
    }
}

#[cfg(not(unix))]
fn exchanged(error: io::Error, _: Found) -> io::Error {
    error
}

/// Opens a regular file below a folder. No folder on the way can be a link.
pub(crate) fn open_below(root: &Path, path: &Path) -> io::Result<File> {
    Root::at(root).open(path).map(|opened| opened.file)
}

/// Reads an open file to its end; `None` if that is further than `limit` bytes, even if it grows meanwhile.
pub(crate) fn read_within(file: File, limit: u64) -> io::Result<Option<Vec<u8>>> {
    Opened { metadata: file.metadata()?, file }.read_within(limit)
}

/// Reads a regular file of at most `limit` bytes. What is in its place is not followed, opened or waited for: a link, a pipe, a
/// device. Use it for files of an archive that somebody else may have made.
///
/// # Errors
/// Those of the system; [`InvalidInput`](ErrorKind::InvalidInput) if it is not a regular file,
/// [`FileTooLarge`](ErrorKind::FileTooLarge) if it is larger than `limit`.
///
/// # Examples
/// ```
/// let folder = tempfile::tempdir()?;
/// std::fs::write(folder.path().join("known.txt"), "# Known problems\n")?;
/// assert_eq!(rca_index::files::read(folder.path().join("known.txt"), 1_000)?, b"# Known problems\n");
/// assert!(rca_index::files::read(folder.path(), 1_000).is_err());
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn read(path: impl AsRef<Path>, limit: u64) -> io::Result<Vec<u8>> {
    let too_large = || io::Error::new(ErrorKind::FileTooLarge, format!("larger than {limit} bytes"));
    open_unknown(path.as_ref())?.read_within(limit)?.ok_or_else(too_large)
}

/// Writes a file whole, in the place of the regular file that may be there: another process sees the old one or the new one.
/// Nothing is written through a link, and other names of the old file keep its content. The permissions are those of any new file.
///
/// # Errors
/// Those of the system; [`InvalidInput`](ErrorKind::InvalidInput) if what is there is not a regular file.
///
/// # Examples
/// ```
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("known.txt");
/// rca_index::files::replace(&path, b"# Known problems\n")?;
/// assert_eq!(std::fs::read(&path)?, b"# Known problems\n");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn replace(path: impl AsRef<Path>, content: &[u8]) -> io::Result<()> {
    replace_with(path.as_ref(), content, File::sync_data)
}

/// The same for a file that a lost power supply may take: nothing waits until it is on disk.
pub(crate) fn replace_at_once(path: &Path, content: &[u8]) -> io::Result<()> {
    replace_with(path, content, |_| Ok(()))
}

fn replace_with(path: &Path, content: &[u8], sync: impl Fn(&File) -> io::Result<()>) -> io::Result<()> {
    match path.symlink_metadata().map(|metadata| Found::of(metadata.file_type())) {
        Ok(Found::File) => {}
        Ok(found) => return Err(not_regular(found)),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let (mut file, temporary) = create_temporary(path.parent().unwrap_or(Path::new("")))?;
    let written = file.write_all(content).and_then(|()| sync(&file));
    drop(file);
    written.and_then(|()| fs::rename(&temporary, path)).inspect_err(|_| {
        // It is removed by the next update too.
        let _ = fs::remove_file(&temporary);
    })
}

/// Makes a file with a name that nothing else has.
fn create_temporary(folder: &Path) -> io::Result<(File, PathBuf)> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    /// So many names may be taken by what killed processes have left.
    const TRIES: u32 = 1_000;
    for _ in 0..TRIES {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = folder.join(format!("{TEMPORARY}-{}-{number}", std::process::id()));
        match create_new(&path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            created => return Ok((created?, path)),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

/// Whether a file has other names, so that writing to it in place would change what they name. Not known on Windows.
#[cfg(unix)]
pub(crate) fn has_other_names(file: &File) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    file.metadata().is_ok_and(|metadata| metadata.nlink() > 1)
}

#[cfg(not(unix))]
pub(crate) fn has_other_names(_: &File) -> bool {
    false
}

/// What tells a file or folder from any other that has its name later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Identity(u64, u64);

impl Identity {
    #[cfg(unix)]
    pub(crate) fn of(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        Self(metadata.dev(), metadata.ino())
    }

    #[cfg(windows)]
    pub(crate) fn of(metadata: &Metadata) -> Self {
        use std::os::windows::fs::MetadataExt as _;
        Self(metadata.creation_time(), 0)
    }
}

#[cfg(test)]
mod tests;
