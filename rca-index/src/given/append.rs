//! Appending to the record: one write at a time, acknowledged as a whole.
//!
//! In: upserts and deletions. Out: the position of the record once all are on disk. What is not acknowledged is cut by the
//! next write.

use std::fs::{File, TryLockError};
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::durable::{self, DurableFile};
use crate::error::{Error, Result};
use crate::files;
use crate::given::head::{Head, Position};
use crate::given::{RECORD_FILE, Record, lines};
use crate::incident::Incident;

/// The file that is locked while the record is written to.
const LOCK_FILE: &str = "given.lock";
/// The file that becomes the record when it is made or compacted.
const NEW_FILE: &str = "given.new";
/// A record is compacted when it has doubled, and grown by this many bytes.
const LEAST_GROWTH: u64 = 1 << 20;
/// How long to sleep while another process holds the lock.
const POLL: Duration = Duration::from_millis(20);

/// A write to the record. What is not committed is undone when it is dropped.
#[derive(Debug)]
pub(crate) struct Appender {
    path: PathBuf,
    file: BufWriter<DurableFile>,
    head: Head,
    /// The checksum of the last line, acknowledged or not.
    chain: u64,
    /// Where the next line begins.
    at: u64,
    /// The state before the last commit.
    before: Head,
    /// Locked while this lives.
    lock: File,
}

impl Appender {
    /// Opens the record in an index folder for one write; makes it if there is none.
    ///
    /// # Errors
    /// [`Error::IndexLocked`] if another writer holds it for longer than `wait`; [`Error::IndexDamaged`],
    /// [`Error::IndexOtherVersion`], [`Error::Io`].
    pub(crate) fn open(dir: &Path, wait: Duration) -> Result<Self> {
        let lock = lock(dir, wait)?;
        let path = dir.join(RECORD_FILE);
        let record = match Record::open(dir)? {
            Some(record) => record.of_its_own(dir)?,
            None => {
                make(dir, Head::new(new_identity(dir)), |_| Ok(()))?;
                Record::open(dir)?.ok_or_else(|| Error::io(&path)(std::io::ErrorKind::NotFound.into()))?
            }
        };
        let mut appender = Self::at_end_of(&record, path, lock)?;
        if record.head.doubtful {
            appender.acknowledge()?;
            appender.acknowledge()?;
        }
        Ok(appender)
    }

    /// The state of the record.
    pub(crate) fn position(&self) -> Position {
        self.head.position
    }

    /// Rewrites the record with what it holds if it has grown enough, before anything is appended.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`], [`Error::Io`]; the record is as it was then.
    pub(crate) fn compacted(self, dir: &Path) -> Result<Self> {
        let has_grown = self.head.position.length > self.head.compacted * 2 + LEAST_GROWTH;
        if has_grown && self.at == self.head.position.length { self.compact(dir) } else { Ok(self) }
    }

    fn at_end_of(record: &Record, path: PathBuf, lock: File) -> Result<Self> {
        let head = Head { doubtful: false, ..record.head };
        let Position { length, chain, .. } = head.position;
        let opened = files::open_to_write(&path).map_err(Error::io(&path))?;
        let mut file = DurableFile::of(opened, &path);
        let cut = file.cut(length).and_then(|()| file.seek(SeekFrom::Start(length)));
        cut.map_err(Error::io(&path))?;
        Ok(Self { path, file: BufWriter::new(file), head, chain, at: length, before: head, lock })
    }

    /// Adds an incident, or replaces the one with its id.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub(crate) fn upsert(&mut self, incident: Incident) -> Result<()> {
        let json = lines::upsert_json(incident).map_err(|e| self.not_written(&e))?;
        self.append(&json)
    }

    /// Removes the incident with this id.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub(crate) fn delete(&mut self, id: &str) -> Result<()> {
        let json = lines::delete_json(id).map_err(|e| self.not_written(&e))?;
        self.append(&json)
    }

    fn append(&mut self, json: &[u8]) -> Result<()> {
        let (line, chain) = lines::line(json, self.chain);
        self.file.write_all(&line).map_err(Error::io(&self.path))?;
        self.chain = chain;
        self.at += line.len() as u64;
        Ok(())
    }

    /// Acknowledges all that was appended, and that the index has reports of an archive. Returns the new position.
    ///
    /// # Errors
    /// [`Error::Io`]; nothing is acknowledged then.
    pub(crate) fn commit(&mut self, archive: bool) -> Result<Position> {
        self.before = self.head;
        if self.at == self.head.position.length && archive == self.head.archive {
            return Ok(self.head.position);
        }
        if self.at > self.head.position.length {
            self.append(&lines::end_json(self.head.position.sequence + 1))?;
        }
        self.file.flush().and_then(|()| self.file.get_ref().sync()).map_err(Error::io(&self.path))?;
        self.head.position.length = self.at;
        self.head.position.chain = self.chain;
        self.head.archive = archive;
        self.acknowledge().inspect_err(|_| self.head = self.before)?;
        Ok(self.head.position)
    }

    /// Takes back the last commit, because the index could not be committed.
    pub(crate) fn roll_back(mut self) {
        let sequence = self.head.position.sequence;
        let position = Position { sequence, generation: self.head.position.generation + 1, ..self.before.position };
        self.head = Head { position, ..self.before };
        // If this fails too, the write is complete in the record, and the next update of the index takes it in.
        let _ = self.acknowledge();
    }

    /// Writes the head with the next number.
    fn acknowledge(&mut self) -> Result<()> {
        self.head.position.sequence += 1;
        let (at, slot) = self.head.slot_to_write();
        let file = self.file.get_mut();
        let written = file.seek(SeekFrom::Start(at)).and_then(|_| file.write_all(&slot)).and_then(|()| file.sync());
        let written = written.and_then(|()| file.seek(SeekFrom::Start(self.at)));
        written.map(|_| ()).map_err(Error::io(&self.path))
    }

    fn compact(self, dir: &Path) -> Result<Self> {
        let there = || Error::io(dir.join(RECORD_FILE))(std::io::ErrorKind::NotFound.into());
        let record = Record::open(dir)?.ok_or_else(there)?;
        let Position { record: identity, generation, sequence, .. } = self.head.position;
        let mut head = Head::new(identity);
        head.position.generation = generation + 1;
        head.position.sequence = sequence + 1;
        head.archive = self.head.archive;
        let mut spans: Vec<_> = record.held()?.into_values().collect();
        spans.sort_unstable_by_key(|span| span.start);
        make(dir, head, |appender| spans.iter().try_for_each(|span| appender.upsert(record.incident(span)?)))?;
        let lock = self.lock.try_clone().map_err(Error::io(dir.join(LOCK_FILE)))?;
        let record = Record::open(dir)?.ok_or_else(there)?;
        Self::at_end_of(&record, self.path.clone(), lock)
    }

    fn not_written(&self, error: &serde_json::Error) -> Error {
        Error::Internal { path: self.path.clone(), reason: format!("an incident cannot be written: {error}") }
    }
}

impl Drop for Appender {
    fn drop(&mut self) {
        // What is left is cut by the next write.
        let _ = self.file.flush();
        let _ = self.file.get_ref().cut(self.head.position.length);
    }
}

/// Makes a record under another name, and puts it in its place at once.
fn make(dir: &Path, head: Head, fill: impl FnOnce(&mut Appender) -> Result<()>) -> Result<()> {
    let (new, path) = (dir.join(NEW_FILE), dir.join(RECORD_FILE));
    let mut file = DurableFile::of(create(&new)?, &new);
    file.write_all(&head.to_bytes()).map_err(Error::io(&new))?;
    let lock = file.handle().map_err(Error::io(&new))?;
    let file = BufWriter::new(file);
    let Position { length, chain, .. } = head.position;
    let mut appender = Appender { path: new.clone(), file, head, chain, at: length, before: head, lock };
    fill(&mut appender)?;
    appender.commit(head.archive)?;
    appender.head.compacted = appender.head.position.length;
    appender.file.flush().map_err(Error::io(&new))?;
    appender.acknowledge()?;
    appender.acknowledge()?;
    drop(appender);
    durable::rename(&new, &path).map_err(Error::io(path))
}

/// Makes a file in the place of the one that a killed process may have left.
fn create(path: &Path) -> Result<File> {
    let _ = durable::remove(path);
    files::create_new(path).map_err(Error::io(path))
}

impl Record {
    /// The record in a file that has no other name: it is written in place, and a copy that was made by linking its files must
    /// stay as it was.
    fn of_its_own(self, dir: &Path) -> Result<Self> {
        if !files::has_other_names(&self.file) {
            return Ok(self);
        }
        let new = dir.join(NEW_FILE);
        let mut copy = create(&new)?;
        let mut from = &self.file;
        let copied = from.seek(SeekFrom::Start(0)).and_then(|_| std::io::copy(&mut from, &mut copy));
        copied.and_then(|_| copy.sync_data()).map_err(Error::io(&new))?;
        durable::rename(&new, &self.path).map_err(Error::io(&self.path))?;
        let there = || Error::io(&self.path)(std::io::ErrorKind::NotFound.into());
        Self::open(dir)?.ok_or_else(there)
    }
}

/// Puts the record of all that `fill` appends in the place of the one that there is.
///
/// # Errors
/// [`Error::IndexLocked`] if another writer holds the record; [`Error::Io`].
pub(super) fn replace(dir: &Path, fill: impl FnOnce(&mut Appender) -> Result<()>) -> Result<()> {
    let _lock = lock(dir, Duration::ZERO)?;
    make(dir, Head::new(new_identity(dir)), fill)
}

fn lock(dir: &Path, wait: Duration) -> Result<File> {
    let path = dir.join(LOCK_FILE);
    let file = files::open_or_create(&path).map_err(Error::io(&path))?;
    let started = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if started.elapsed() < wait => thread::sleep(POLL),
            Err(TryLockError::WouldBlock) => {
                return Err(Error::IndexLocked {
                    path: dir.to_owned(),
                    holder: None,
                    since: None,
                    host: None,
                    own: false,
                });
            }
            Err(TryLockError::Error(error)) => return Err(Error::io(path)(error)),
        }
    }
}

/// An identity for a new record; not secret, but not the same twice.
fn new_identity(dir: &Path) -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    let text = format!("{} {now} {}", dir.display(), std::process::id());
    xxhash_rust::xxh3::xxh3_64(text.as_bytes())
}
