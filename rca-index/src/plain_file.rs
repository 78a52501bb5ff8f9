//! A file that is read in pieces, and not mapped into memory.
//!
//! The texts of all incidents are nearly half of an index. A search reads ten of them; a merge reads all, and what is mapped
//! counts as memory of the process for as long as that takes.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::ops::Range;
use std::path::Path;

use tantivy::HasLen;
use tantivy::directory::error::OpenReadError;
use tantivy::directory::{FileHandle, OwnedBytes};

#[derive(Debug)]
pub(crate) struct PlainFile {
    file: File,
    length: usize,
}

impl PlainFile {
    /// Opens a file of the engine.
    pub(crate) fn open(folder: &Path, path: &Path) -> Result<Self, OpenReadError> {
        let opened = File::open(folder.join(path)).and_then(|file| {
            let length = file.metadata()?.len() as usize;
            Ok(Self { file, length })
        });
        opened.map_err(|e| match e.kind() {
            ErrorKind::NotFound => OpenReadError::FileDoesNotExist(path.to_owned()),
            _ => OpenReadError::wrap_io_error(e, path.to_owned()),
        })
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
