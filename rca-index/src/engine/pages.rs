//! Pages: what is read of the engine's files is verified page by page, when it is read for the first time.
//!
//! In: the bytes of a file while it is written. Out: a table of the checksums of its pages, which becomes the end of the
//! file. In: a file with its table. Out: only bytes that match it. Since the table is part of its file, it is written,
//! synced, committed, merged away and removed with it.

use std::io::{self, ErrorKind};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crc32fast::Hasher;
use tantivy::HasLen;
use tantivy::directory::{FileHandle, OwnedBytes};

/// The length of a page, in bytes. A search reads many short pieces: with larger pages, more is verified that nobody reads;
/// with smaller ones, tables are longer, and each is verified whole when its file is opened.
const PAGE: usize = 4_096;
/// The length of a checksum in the table.
const SUM: usize = size_of::<u32>();
/// The end of a file: the length of its content, the checksum of name, table and length, and a mark.
const END: usize = size_of::<u64>() + SUM + MARK.len();
const MARK: &[u8; 4] = b"PGS1";
/// So much of the end of a file is read at once: the table of a file of 8 MB.
const TAIL: usize = 2 * PAGE;

/// The checksums of the pages of a file that is being written.
#[derive(Default)]
pub(super) struct PageSums {
    length: usize,
    page: Hasher,
    table: Vec<u8>,
}

impl PageSums {
    /// Takes in the next bytes of the content.
    pub(super) fn add(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(PAGE - self.length % PAGE));
            self.page.update(now);
            self.length += now.len();
            if self.length.is_multiple_of(PAGE) {
                self.end_page();
            }
            bytes = later;
        }
    }

    /// The bytes that follow the content in a file of this name.
    pub(super) fn finish(mut self, path: &Path) -> Vec<u8> {
        if !self.length.is_multiple_of(PAGE) {
            self.end_page();
        }
        let length = (self.length as u64).to_le_bytes();
        let sum = table_sum(path, &self.table, &length).to_le_bytes();
        [&self.table[..], &length, &sum, MARK].concat()
    }

    fn end_page(&mut self) {
        let sum = std::mem::take(&mut self.page).finalize();
        self.table.extend_from_slice(&sum.to_le_bytes());
    }
}

/// The checksum of a table. With the name in it, a file that took the place of another one is detected.
fn table_sum(path: &Path, table: &[u8], length: &[u8]) -> u32 {
    let mut hasher = Hasher::new();
    hasher.update(path.as_os_str().as_encoded_bytes());
    hasher.update(table);
    hasher.update(length);
    hasher.finalize()
}

/// Whether a file ends with a table of its pages.
pub(super) fn has_table(file: &dyn FileHandle) -> io::Result<bool> {
    let length = file.len();
    Ok(length >= END && file.read_bytes(length - MARK.len()..length)?.as_slice() == MARK)
}

/// A file with a table of its pages. What it returns has been verified by this process.
#[derive(Debug)]
pub(super) struct PagedFile {
    name: String,
    file: Arc<dyn FileHandle>,
    /// The length of the content.
    length: usize,
    table: OwnedBytes,
    /// A bit for each page that was verified. The engine writes a file once and never changes it.
    verified: Vec<AtomicU64>,
}

impl PagedFile {
    /// Reads and verifies the table of a file; `path` is relative to the index folder.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidData`] if the file is damaged.
    pub(super) fn open(path: &Path, file: Arc<dyn FileHandle>) -> io::Result<Self> {
        let name = path.display().to_string();
        let start = file.len().saturating_sub(TAIL);
        let tail = file.read_bytes(start..file.len())?;
        if tail.len() < END || !tail.ends_with(MARK) {
            return Err(damage(&name, "its end is missing"));
        }
        let end = file.len() - END;
        let (length, sum) = tail[end - start..][..size_of::<u64>() + SUM].split_at(size_of::<u64>());
        let content = length.try_into().map_or(u64::MAX, u64::from_le_bytes);
        let pages = content.div_ceil(PAGE as u64);
        if pages.checked_mul(SUM as u64).and_then(|table| table.checked_add(content)) != Some(end as u64) {
            return Err(damage(&name, "its length does not match its end"));
        }
        let content = content as usize;
        let table =
            if content < start { file.read_bytes(content..end)? } else { tail.slice(content - start..end - start) };
        if table_sum(path, &table, length).to_le_bytes() != *sum {
            return Err(damage(&name, "checksum mismatch in the checksums of its pages"));
        }
        let verified = (0..pages.div_ceil(64)).map(|_| AtomicU64::new(0)).collect();
        Ok(Self { name, file, length: content, table, verified })
    }

    fn is_verified(&self, page: usize) -> bool {
        self.verified[page / 64].load(Ordering::Relaxed) & 1 << (page % 64) != 0
    }

    /// Verifies the pages from `first` on that were not verified yet; `bytes` are theirs.
    fn verify(&self, first: usize, bytes: &[u8]) -> io::Result<()> {
        for (page, bytes) in (first..).zip(bytes.chunks(PAGE)).filter(|(page, _)| !self.is_verified(*page)) {
            if self.table[page * SUM..][..SUM] != crc32fast::hash(bytes).to_le_bytes() {
                let start = page * PAGE;
                let place = format!("checksum mismatch in bytes {start} to {}", start + bytes.len());
                return Err(damage(&self.name, &place));
            }
            self.verified[page / 64].fetch_or(1 << (page % 64), Ordering::Relaxed);
        }
        Ok(())
    }
}

impl HasLen for PagedFile {
    fn len(&self) -> usize {
        self.length
    }
}

impl FileHandle for PagedFile {
    fn read_bytes(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        if range.start > range.end || range.end > self.length {
            return Err(damage(&self.name, "a part of it lies outside of it"));
        }
        let pages = range.start / PAGE..range.end.div_ceil(PAGE);
        if range.is_empty() || pages.clone().all(|page| self.is_verified(page)) {
            return self.file.read_bytes(range);
        }
        let start = pages.start * PAGE;
        let whole = self.file.read_bytes(start..self.length.min(pages.end * PAGE))?;
        self.verify(pages.start, &whole)?;
        Ok(whole.slice(range.start - start..range.end - start))
    }
}

fn damage(name: &str, what: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, format!("{name}: {what}"))
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// A file in memory that notes what is read of it.
    #[derive(Debug)]
    struct Noted(OwnedBytes, Mutex<Vec<Range<usize>>>);

    impl HasLen for Noted {
        fn len(&self) -> usize {
            self.0.len()
        }
    }

    impl FileHandle for Noted {
        fn read_bytes(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
            self.1.lock().unwrap().push(range.clone());
            Ok(self.0.slice(range))
        }
    }

    fn content(length: usize) -> Vec<u8> {
        (0..length).map(|at| (at * at / 7) as u8).collect()
    }

    fn written(content: &[u8], name: &str) -> Vec<u8> {
        let mut sums = PageSums::default();
        content.chunks(1_000).for_each(|bytes| sums.add(bytes));
        [content, &sums.finish(Path::new(name))].concat()
    }

    fn open(bytes: &[u8]) -> io::Result<PagedFile> {
        PagedFile::open(Path::new("a.store"), Arc::new(OwnedBytes::new(bytes.to_vec())))
    }

    /// Whether all of a file can be opened and read.
    fn is_intact(bytes: &[u8]) -> bool {
        open(bytes).and_then(|file| file.read_bytes(0..file.len())).is_ok()
    }

    #[test]
    fn what_was_written_is_read() {
        for length in [0, 1, PAGE - 1, PAGE, PAGE + 1, 3 * PAGE, 65 * PAGE + 10] {
            let content = content(length);
            let file = open(&written(&content, "a.store")).unwrap();
            assert_eq!(file.len(), length);
            for start in [0, 1, PAGE - 1, PAGE, length / 2, length] {
                for end in [start, start + 1, start + PAGE, length] {
                    if start <= end && end <= length {
                        assert_eq!(file.read_bytes(start..end).unwrap().as_slice(), &content[start..end]);
                    }
                }
            }
            assert!(file.read_bytes(0..length + 1).is_err(), "nothing of the table");
        }
    }

    #[test]
    fn every_flipped_bit_and_every_other_length_is_detected() {
        let whole = written(&content(2 * PAGE + 10), "a.store");
        assert!(is_intact(&whole));
        for at in 0..whole.len() {
            let mut flipped = whole.clone();
            flipped[at] ^= 1 << (at % 8);
            assert!(!is_intact(&flipped), "byte {at}");
            assert!(!is_intact(&whole[..at]), "the first {at} bytes");
        }
        for added in [&[0; 1][..], &[0; 4], &[0; 16], &[7; 5_000], &whole] {
            assert!(!is_intact(&[&whole, added].concat()), "{} bytes more", added.len());
        }
        assert!(!is_intact(&written(&content(2 * PAGE + 10), "b.store")), "a file of another name");
    }

    #[test]
    fn only_what_is_read_is_verified_and_only_once() {
        let mut bytes = written(&content(10 * PAGE), "a.store");
        bytes[5 * PAGE + 3] ^= 1;
        let noted = Arc::new(Noted(OwnedBytes::new(bytes), Mutex::default()));
        let file = PagedFile::open(Path::new("a.store"), Arc::clone(&noted) as Arc<dyn FileHandle>).unwrap();
        noted.1.lock().unwrap().clear();
        let part = PAGE + 5..2 * PAGE + 7;
        assert!(file.read_bytes(part.clone()).is_ok() && file.read_bytes(part.clone()).is_ok());
        assert_eq!(*noted.1.lock().unwrap(), [PAGE..3 * PAGE, part], "whole pages at first");
        for range in [5 * PAGE..5 * PAGE + 1, 6 * PAGE - 1..6 * PAGE, 0..10 * PAGE] {
            let error = file.read_bytes(range).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidData);
            assert_eq!(error.to_string(), "a.store: checksum mismatch in bytes 20480 to 24576");
        }
        assert!(file.read_bytes(0..5 * PAGE).is_ok() && file.read_bytes(6 * PAGE..10 * PAGE).is_ok());
    }
}
