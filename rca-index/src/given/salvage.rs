//! Salvage: what can be read of a damaged record.
//!
//! In: the file, however damaged. Out: the incidents whose lines match their checksums, as of the last of these lines.

use std::fs::File;
use std::io::{BufReader, ErrorKind, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::files;
use crate::given::append::{Appender, replace};
use crate::given::head::{HEAD, Head};
use crate::given::lines::{Lines, Said};
use crate::given::{Held, RECORD_FILE, read_incident};
use crate::incident::Incident;

/// What can be read of a record.
#[derive(Debug)]
pub(crate) struct Salvaged {
    path: PathBuf,
    file: Option<File>,
    /// The incidents that can be read, by id.
    pub(crate) held: Held,
}

/// Reads what can be read of the record in an index folder, if there is one.
///
/// # Errors
/// [`Error::Io`].
pub(crate) fn salvage(dir: &Path) -> Result<Salvaged> {
    let path = dir.join(RECORD_FILE);
    let file = match files::open_regular(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Ok(Salvaged { path, file: None, held: Held::new() });
        }
        Err(error) => return Err(Error::io(path)(error)),
    };
    let held = readable(&file).map_err(Error::io(&path))?;
    Ok(Salvaged { path, file: Some(file), held })
}

fn readable(mut file: &File) -> std::io::Result<Held> {
    let size = file.metadata()?.len();
    let mut head = Vec::new();
    file.take(HEAD as u64).read_to_end(&mut head)?;
    let record = Head::from_bytes(&head).map_or(0, |head| head.position.record);
    let start = (HEAD as u64).min(size);
    file.seek(SeekFrom::Start(start))?;
    let mut lines = Lines::new(BufReader::new(file), record, start..size);
    let mut held = Held::new();
    while let Some(line) = lines.next() {
        match line.map(|line| (line.said, line.json)) {
            Ok((Said::Upsert(id), json)) => drop(held.insert(id, json)),
            Ok((Said::Delete(id), _)) => drop(held.remove(&id)),
            Ok((Said::End, _)) | Err(_) => {}
        }
    }
    Ok(held)
}

impl Salvaged {
    /// Puts a new record in the place of the damaged one, which is kept under another name: `given` first, then the
    /// incidents that can be read and that are not among these. Returns the number of incidents, and the name.
    ///
    /// # Errors
    /// [`Error::IndexLocked`], [`Error::Io`].
    pub(crate) fn replace(
        mut self,
        dir: &Path,
        given: impl Iterator<Item = Incident>,
    ) -> Result<(usize, Option<PathBuf>)> {
        let aside = self.file.as_ref().map(|file| copy_aside(dir, file)).transpose()?;
        let mut kept = 0;
        replace(dir, |appender: &mut Appender| {
            for incident in given {
                self.held.remove(&incident.id);
                kept += 1;
                appender.upsert(incident)?;
            }
            let Some(file) = &self.file else { return Ok(()) };
            for span in self.held.values() {
                if let Some(incident) = read_incident(file, span).map_err(Error::io(&self.path))? {
                    kept += 1;
                    appender.upsert(incident)?;
                }
            }
            Ok(())
        })?;
        Ok((kept, aside))
    }
}

/// Copies a damaged record to a name that is not taken.
fn copy_aside(dir: &Path, mut record: &File) -> Result<PathBuf> {
    let mut number = 1;
    loop {
        let aside = dir.join(format!("given.damaged-{number}.log"));
        match files::create_new(&aside) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists && number < u32::MAX => number += 1,
            created => {
                let copy = |mut to| record.seek(SeekFrom::Start(0)).and_then(|_| std::io::copy(&mut record, &mut to));
                created.and_then(copy).map_err(Error::io(&aside))?;
                return Ok(aside);
            }
        }
    }
}
