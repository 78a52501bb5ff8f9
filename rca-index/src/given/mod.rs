//! The record of given incidents: those that a program upserted, which no archive could give back.
//!
//! In: upserts and deletions, write by write. Out: what changed since an index was brought in line with the record, and all
//! incidents that it holds. It depends on neither the engine nor the version of the index, beside whose folders it stands.
//!
//! The record is one text file, `given.log`. Its [`head`] says how much of it is acknowledged; [`lines`] follow, each with a
//! checksum, each write ended by a line of its own. A write is appended and synced, then acknowledged in the head. When the
//! file has doubled since, it is rewritten with what it holds and replaced at once.

mod append;
mod form;
mod head;
mod lines;
mod salvage;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

pub(crate) use append::Appender;
pub(crate) use head::Position;
pub(crate) use lines::Change;
pub(crate) use salvage::salvage;

use crate::error::{Error, Result};
use crate::files;
use crate::given::head::{HEAD, Head, HeadFault};
use crate::given::lines::{Line, LineFault, Lines, Said};
use crate::incident::Incident;

/// The file name of the record.
pub(crate) const RECORD_FILE: &str = "given.log";

/// Where the JSON of an incident is in the record.
pub(crate) type Span = Range<u64>;

/// The incidents that a record holds: their ids, and where they are.
pub(crate) type Held = BTreeMap<String, Span>;

/// A record as of one moment. A later write does not change it.
#[derive(Debug)]
pub(crate) struct Record {
    path: PathBuf,
    file: File,
    head: Head,
}

/// What a record has that an index lacks.
#[derive(Debug)]
pub(crate) enum Since {
    /// Nothing.
    Nothing,
    /// These changes, in order.
    Changes(Vec<Change>),
    /// The changes are not known: these are all incidents.
    All(Held),
}

impl Record {
    /// Opens the record in an index folder; `None` if there is none.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`], [`Error::IndexOtherVersion`], [`Error::Io`]; each names the file.
    pub(crate) fn open(dir: &Path) -> Result<Option<Self>> {
        let path = dir.join(RECORD_FILE);
        match files::open_regular(&path) {
            Ok(file) => Self::of(path, file).map(Some),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io(path)(error)),
        }
    }

    fn of(path: PathBuf, file: File) -> Result<Self> {
        let mut bytes = Vec::with_capacity(HEAD);
        (&file).take(HEAD as u64).read_to_end(&mut bytes).map_err(Error::io(&path))?;
        let head = Head::from_bytes(&bytes).map_err(|fault| match fault {
            HeadFault::OtherVersion => Error::IndexOtherVersion(path.clone()),
            HeadFault::Damaged(reason) => damaged(&path, reason),
        })?;
        let size = file.metadata().map_err(Error::io(&path))?.len();
        let mut record = Self { path, file, head };
        if size < head.position.length {
            return Err(record.damage(&format!("{} bytes are missing at its end", head.position.length - size)));
        }
        if head.doubtful {
            record.roll_forward(size)?;
        }
        Ok(record)
    }

    /// Takes in what follows the slot that can be read, because the damaged one may have acknowledged it.
    fn roll_forward(&mut self, size: u64) -> Result<()> {
        let mut lines = self.lines(self.head.position, size)?;
        let mut position = self.head.position;
        while let Some(line) = lines.next() {
            if self.read(line)?.said == Said::End {
                position.length = lines.at;
                position.chain = lines.chain;
                position.sequence += 1;
            }
        }
        if position.length < size {
            return Err(self.damage("its head and its end are damaged"));
        }
        // The next head must be written over the damaged slot, never over the one that can be read.
        position.sequence += (position.sequence - self.head.position.sequence) % 2;
        self.head.position = position;
        Ok(())
    }

    /// The state that it is in.
    pub(crate) fn position(&self) -> Position {
        self.head.position
    }

    /// Whether the index has reports of an archive as well, as far as the record knows.
    pub(crate) fn has_archive(&self) -> bool {
        self.head.archive
    }

    /// Whether it has something that an index in line with `known` lacks. Reads no lines.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`] if it lacks something that the index was in line with.
    pub(crate) fn is_ahead_of(&self, known: Option<&Position>) -> Result<bool> {
        let (now, Some(known)) = (self.head.position, known) else { return Ok(true) };
        if now.record != known.record {
            return Err(self.damage("it is not the record that the index was made with"));
        }
        let older = now.generation < known.generation
            || now.generation == known.generation && (now.length < known.length || now.sequence < known.sequence);
        if older {
            return Err(self.damage("it is older than the index"));
        }
        Ok((now.generation, now.length) != (known.generation, known.length))
    }

    /// What an index in line with `known` lacks.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`], [`Error::Io`].
    pub(crate) fn since(&self, known: Option<&Position>) -> Result<Since> {
        if !self.is_ahead_of(known)? {
            return Ok(Since::Nothing);
        }
        match known.filter(|known| known.generation == self.head.position.generation) {
            Some(known) => self.changes_after(*known).map(Since::Changes),
            None => self.held().map(Since::All),
        }
    }

    fn changes_after(&self, known: Position) -> Result<Vec<Change>> {
        let mut lines = self.lines(known, self.head.position.length)?;
        let mut read = Vec::new();
        while let Some(line) = lines.next() {
            read.push(self.read(line)?);
        }
        let change = |line: Line| match line.said {
            Said::Upsert(_) => Some(self.incident(&line.json).map(|incident| Change::Upsert(Box::new(incident)))),
            Said::Delete(id) => Some(Ok(Change::Delete(id))),
            Said::End => None,
        };
        read.into_iter().filter_map(change).collect()
    }

    /// The incidents that it holds. Reads and verifies the whole record.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`], [`Error::Io`].
    pub(crate) fn held(&self) -> Result<Held> {
        let start = Head::new(self.head.position.record).position;
        let mut lines = self.lines(start, self.head.position.length)?;
        let (mut held, mut ended) = (Held::new(), true);
        while let Some(line) = lines.next() {
            let Line { said, json } = self.read(line)?;
            ended = said == Said::End;
            match said {
                Said::Upsert(id) => drop(held.insert(id, json)),
                Said::Delete(id) => drop(held.remove(&id)),
                Said::End => {}
            }
        }
        if !ended || lines.chain != self.head.position.chain {
            return Err(self.damage("its lines do not fit its head"));
        }
        Ok(held)
    }

    /// Reads one of the incidents that it holds.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`], [`Error::Io`].
    pub(crate) fn incident(&self, at: &Span) -> Result<Incident> {
        read_incident(&self.file, at).map_err(Error::io(&self.path))?.ok_or_else(|| self.damaged_at(at.start))
    }

    /// The lines from a position up to a byte.
    fn lines(&self, from: Position, end: u64) -> Result<Lines<BufReader<&File>>> {
        (&self.file).seek(SeekFrom::Start(from.length)).map_err(Error::io(&self.path))?;
        Ok(Lines::new(BufReader::with_capacity(1 << 16, &self.file), from.chain, from.length..end))
    }

    fn read(&self, line: Result<Line, LineFault>) -> Result<Line> {
        line.map_err(|fault| match fault {
            LineFault::Damaged(at) => self.damaged_at(at),
            LineFault::Io(error) => Error::io(&self.path)(error),
        })
    }

    fn damaged_at(&self, at: u64) -> Error {
        self.damage(&format!("checksum mismatch at byte {at}"))
    }

    fn damage(&self, reason: &str) -> Error {
        damaged(&self.path, reason)
    }
}

/// The error for a damaged record.
pub(crate) fn damaged(path: &Path, reason: &str) -> Error {
    Error::IndexDamaged { path: path.to_owned(), reason: format!("the record of given incidents: {reason}") }
}

/// Reads the incident at a place in a file; `None` if there is none.
fn read_incident(mut file: &File, at: &Span) -> io::Result<Option<Incident>> {
    file.seek(SeekFrom::Start(at.start))?;
    let mut json = Vec::new();
    file.take(at.end - at.start).read_to_end(&mut json)?;
    Ok(lines::incident(&json))
}
