//! A file that is read in pieces instead of being mapped into memory.
//!
//! The stored incidents are nearly half of an index. A search reads ten of them, but a merge reads all, and mapped
//! pages would count as memory of the process until the merge ends.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::ops::Range;
use std::path::Path;

use tantivy::HasLen;
use tantivy::directory::error::OpenReadError;
use tantivy::directory::{FileHandle, OwnedBytes};

use crate::files::{self, Opened};

#[derive(Debug)]
pub(crate) struct PlainFile {
    file: File,
    length: usize,
}

impl PlainFile {
    /// Opens a file of the engine.
    pub(crate) fn open(folder: &Path, path: &Path) -> Result<Self, OpenReadError> {
        let Opened { file, metadata } = files::open_seen(&folder.join(path)).map_err(|e| unopened(e, path))?;
        Ok(Self { file, length: metadata.len() as usize })
    }
}

/// The engine's error for a file that was not opened.
pub(super) fn unopened(error: io::Error, path: &Path) -> OpenReadError {
    match error.kind() {
        ErrorKind::NotFound => OpenReadError::FileDoesNotExist(path.to_owned()),
        _ => OpenReadError::wrap_io_error(error, path.to_owned()),
    }
}

impl HasLen for PlainFile {
    fn len(&self) -> usize {
        self.length
    }
}

impl FileHandle for PlainFile {
    fn read_bytes(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        let mut bytes = vec![0; range.len()];
        read_exact_at(&self.file, &mut bytes, range.start as u64)?;
        Ok(OwnedBytes::new(bytes))
    }
}

#[cfg(unix)]
fn read_exact_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut bytes: &mut [u8], mut at: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, bytes, at)? {
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            read => (bytes, at) = (&mut bytes[read..], at + read as u64),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_read_and_a_truncated_file_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let (path, whole) = (Path::new("texts.store"), folder.path().join("texts.store"));
        std::fs::write(&whole, b"one two three").unwrap();
        let file = PlainFile::open(folder.path(), path).unwrap();
        assert_eq!((file.len(), &*file.read_bytes(4..7).unwrap()), (13, &b"two"[..]));
        assert!(file.read_bytes(13..13).unwrap().is_empty());
        // A file truncated while open is an error; with a memory map, it would kill the process.
        File::options().write(true).open(&whole).unwrap().set_len(5).unwrap();
        assert_eq!(file.read_bytes(4..7).unwrap_err().kind(), ErrorKind::UnexpectedEof);
        // On Windows the name stays while the file is open.
        drop(file);
        std::fs::remove_file(&whole).unwrap();
        assert!(matches!(PlainFile::open(folder.path(), path), Err(OpenReadError::FileDoesNotExist(_))));
    }
}
