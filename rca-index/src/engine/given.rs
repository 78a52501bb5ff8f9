//! Given incidents: keeps the index in line with their record, and the record with the index.
//!
//! In: upserts and deletions of a program, or a record that is ahead of the index. Out: documents, and lines of the record,
//! that the same commit makes final. In memory there is no record: the index itself holds them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::engine::cache::locked;
use crate::engine::document::text_length;
use crate::engine::snapshot::Owner;
use crate::engine::turns::Telling;
use crate::engine::writer::Writer;
use crate::engine::{CommitNote, Embedded, folder, older};
use crate::error::{Error, Result};
use crate::given::{Appender, Change, Held, Position, RECORD_FILE, Record, Since, damaged};
use crate::incident::Incident;

/// What became of the given incidents in the folder of another version of the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum OtherVersion {
    /// All are in the record, so that the folder can go.
    Carried,
    /// Some cannot be read by this version, so the folder stays.
    Left,
}

/// What a commit notes of given incidents.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct GivenNote {
    /// The state of the record that the index is in line with.
    pub(super) position: Option<Position>,
    /// Incidents of the record that are not in the index, because a report of the archive has their id.
    pub(super) hidden: BTreeSet<String>,
    /// The folders of other versions that were looked at, by name.
    pub(super) other_versions: BTreeMap<String, OtherVersion>,
}

impl GivenNote {
    /// Whether the folder of another version holds no given incident that the record lacks.
    pub(super) fn is_carried(&self, folder: &str) -> bool {
        self.other_versions.get(folder) == Some(&OtherVersion::Carried)
    }
}

/// What a writer is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Upserts and deletions of a program.
    Give,
    /// An update from the archive.
    Update,
    /// An update that indexes everything again.
    Rebuild,
    /// Only what the record has and the index lacks.
    CatchUp,
}

/// The given incidents as this writer will commit them.
#[derive(Debug, Default)]
pub(super) struct Pending {
    /// Whether the documents of the last commit are gone.
    fresh: bool,
    /// Whether there may be any.
    any: bool,
    /// Incidents that were added, with the length of their text, or removed.
    changed: Mutex<HashMap<String, Option<u64>>>,
    hidden: Mutex<BTreeSet<String>>,
    position: Option<Position>,
    other_versions: BTreeMap<String, OtherVersion>,
    /// Whether an index of another version has reports of an archive.
    archive: bool,
    record: Option<Record>,
    appender: Option<Appender>,
}

impl Pending {
    pub(super) fn of(note: &GivenNote) -> Self {
        let GivenNote { position, hidden, other_versions } = note.clone();
        Self { hidden: Mutex::new(hidden), position, other_versions, ..Self::default() }
    }

    fn note(&self) -> GivenNote {
        let (hidden, other_versions) = (locked(&self.hidden).clone(), self.other_versions.clone());
        GivenNote { position: self.position, hidden, other_versions }
    }

    /// Makes the lines of this write final. The caller undoes it with [`Pending::roll_back`] if its commit fails.
    pub(super) fn commit(&mut self, archive: bool) -> Result<GivenNote> {
        if let Some(appender) = &mut self.appender {
            self.position = Some(appender.commit(archive || self.archive)?);
        }
        Ok(self.note())
    }

    /// When the index was last updated, as of the next commit. An index of reports that has only its given incidents so
    /// far does not count as updated: nobody must take it for the whole.
    pub(super) fn updated(&self, purpose: Purpose, before: i64, now: u64) -> i64 {
        let waits_for_reports = || self.archive || self.record.as_ref().is_some_and(Record::has_archive);
        if purpose == Purpose::CatchUp && (before != 0 || waits_for_reports()) { before } else { now.cast_signed() }
    }

    pub(super) fn roll_back(self) {
        if let Some(appender) = self.appender {
            appender.roll_back();
        }
    }
}

/// What the record holds, and what keeps it from being shown.
#[derive(Debug, Default)]
pub(crate) struct GivenHealth {
    pub(crate) given: usize,
    pub(super) hidden: Vec<String>,
    pub(super) kept: Vec<PathBuf>,
}

impl Embedded {
    /// Verifies the record of given incidents, and counts them.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`], [`Error::Io`].
    pub(crate) fn given_health(&self) -> Result<GivenHealth> {
        let GivenNote { position, hidden, other_versions } = self.note()?.given;
        let hidden: Vec<String> = hidden.into_iter().collect();
        let Some(dir) = &self.dir else {
            let given = self.snapshot()?.given_ids()?.len() + hidden.len();
            return Ok(GivenHealth { given, hidden, kept: Vec::new() });
        };
        let given = match Record::open(dir)? {
            Some(record) => {
                record.is_ahead_of(position.as_ref())?;
                record.held()?.len()
            }
            None if position.is_some() => return Err(missing(dir)),
            None => 0,
        };
        let left = other_versions.into_iter().filter(|(_, state)| *state == OtherVersion::Left);
        let kept = left.map(|(name, _)| dir.join(name)).filter(|folder| folder.is_dir()).collect();
        Ok(GivenHealth { given, hidden, kept })
    }

    /// What tells the record of given incidents from others.
    pub(crate) fn given_record(&self) -> Result<Option<String>> {
        Ok(self.note()?.given.position.map(|position| position.identity()))
    }

    /// Marks this thread as one that tells about an update of this index: it cannot write to it meanwhile.
    pub(crate) fn telling(&self) -> Telling<'_> {
        self.turns.tell()
    }

    /// Whether the record has something that the last commit lacks.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`] if the record lacks something; [`Error::Io`].
    pub(crate) fn is_behind_record(&self, note: &CommitNote) -> Result<bool> {
        let Some(dir) = &self.dir else { return Ok(false) };
        match Record::open(dir)? {
            Some(record) => record.is_ahead_of(note.given.position.as_ref()),
            None if note.given.position.is_some() => Err(missing(dir)),
            None => Ok(false),
        }
    }

    /// Brings an index that was opened in line with the record, unless another writer is at it, which does the same.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`], [`Error::Io`].
    pub(super) fn catch_up(&self, note: &CommitNote) -> Result<()> {
        if self.is_behind_record(note)? { self.take_in_now() } else { Ok(()) }
    }

    /// The same for an index that was just created: folders of other versions may have given incidents as well.
    pub(super) fn catch_up_from_nothing(&self) -> Result<()> {
        if self.has_other_versions() { self.take_in_now() } else { self.catch_up(&self.note()?) }
    }

    fn take_in_now(&self) -> Result<()> {
        match self.writer(Purpose::CatchUp, 1, 0, Duration::ZERO) {
            Ok(writer) if writer.given.note() != writer.note().given => writer.commit(None),
            Ok(_) | Err(Error::IndexLocked { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Whether there are folders of other versions that were not looked at.
    fn has_other_versions(&self) -> bool {
        let Some(dir) = &self.dir else { return false };
        let mut others = folder::other_versions(dir).peekable();
        let known = || self.note().map(|note| note.given.other_versions).unwrap_or_default();
        others.peek().is_some() && others.any(|path| !known().contains_key(&folder::name(&path)))
    }
}

/// The error for a record that is gone.
fn missing(dir: &Path) -> Error {
    damaged(&dir.join(RECORD_FILE), "the file is missing")
}

impl Writer<'_> {
    /// Takes in what the record has and the last commit lacks; for a rebuild, removes everything else.
    pub(super) fn take_in_record(&mut self, purpose: Purpose, wait: Duration) -> Result<()> {
        if purpose == Purpose::Rebuild {
            self.remove_all()?;
            self.given.fresh = true;
            // A report that hides one is about to be read again.
            locked(&self.given.hidden).clear();
        }
        let Some(dir) = self.engine.dir.clone() else {
            self.given.any = true;
            return if purpose == Purpose::Rebuild { self.give_again() } else { Ok(()) };
        };
        let others: Vec<_> = folder::other_versions(&dir)
            .filter(|path| !self.given.other_versions.contains_key(&folder::name(path)))
            .collect();
        let tell_of_archive = match purpose {
            Purpose::Update | Purpose::Rebuild => Record::open(&dir)?.is_some_and(|record| !record.has_archive()),
            Purpose::Give | Purpose::CatchUp => false,
        };
        if purpose == Purpose::Give || tell_of_archive {
            self.given.appender = Some(Appender::open(&dir, wait)?);
        }
        let known = self.given.position;
        match Record::open(&dir)? {
            None if known.is_some() => return Err(missing(&dir)),
            None => {}
            Some(record) => self.take_in(record, if purpose == Purpose::Rebuild { None } else { known })?,
        }
        for other in others {
            let state = self.carry_over(&dir, &other, wait)?;
            self.given.other_versions.insert(folder::name(&other), state);
        }
        if let Some(appender) = self.given.appender.take() {
            let appender = appender.compacted(&dir)?;
            self.given.position = Some(appender.position());
            self.given.appender = Some(appender);
        }
        self.given.any |= self.given.appender.is_some();
        Ok(())
    }

    /// Takes in what a record has and an index in line with `known` lacks.
    fn take_in(&mut self, record: Record, known: Option<Position>) -> Result<()> {
        self.given.any = true;
        // A record that is older than the index must not be taken for it, not even to rebuild.
        record.is_ahead_of(self.given.position.as_ref())?;
        match record.since(known.as_ref())? {
            Since::Nothing => {}
            Since::Changes(changes) => {
                for change in changes {
                    match change {
                        Change::Upsert(incident) => self.put(*incident)?,
                        Change::Delete(id) => self.take_out(&id).map(|_| ())?,
                    }
                }
            }
            Since::All(held) => self.replace_all(&record, &held)?,
        }
        self.given.position = Some(record.position());
        self.given.record = Some(record);
        Ok(())
    }

    fn replace_all(&self, record: &Record, held: &Held) -> Result<()> {
        if !self.given.fresh {
            for id in self.before.given_ids()? {
                if !held.contains_key(&id) {
                    self.take_out(&id)?;
                }
            }
        }
        locked(&self.given.hidden).retain(|id| held.contains_key(id));
        held.values().try_for_each(|span| self.put(record.incident(span)?))
    }

    /// Takes over the given incidents in the folder of another version.
    fn carry_over(&mut self, dir: &Path, other: &Path, wait: Duration) -> Result<OtherVersion> {
        if folder::keeps_record(other) {
            return Ok(OtherVersion::Carried);
        }
        let held = self.given.record.as_ref().map(Record::held).transpose()?.unwrap_or_default();
        let read = older::each_given(other, |incident| {
            if held.contains_key(&incident.id) {
                return Ok(());
            }
            if self.given.appender.is_none() {
                self.given.appender = Some(Appender::open(dir, wait)?);
                self.given.any = true;
            }
            self.append(|appender| appender.upsert(incident.clone()))?;
            self.put(incident)
        })?;
        self.given.archive |= read.archive;
        Ok(if read.all { OtherVersion::Carried } else { OtherVersion::Left })
    }

    /// Indexes the given incidents again, with the names of the current settings.
    pub(crate) fn give_again(&self) -> Result<()> {
        let Some(record) = &self.given.record else {
            for incident in self.before.given_incidents() {
                self.put(incident?)?;
            }
            let hidden = if self.given.fresh { locked(&self.engine.hidden_in_memory).clone() } else { BTreeMap::new() };
            return hidden.into_values().try_for_each(|incident| self.put(incident));
        };
        self.replace_all(record, &record.held()?)
    }

    /// Adds a given incident, or replaces the one with its id.
    ///
    /// # Errors
    /// [`Error::IdOfReport`], [`Error::Io`].
    pub(crate) fn upsert(&mut self, incident: Incident) -> Result<()> {
        if let Owner::Report(path) = self.owner(&incident.id)? {
            return Err(Error::IdOfReport { id: incident.id, path });
        }
        if self.given.appender.is_some() {
            self.append(|appender| appender.upsert(incident.clone()))?;
        }
        self.replace(incident)
    }

    /// Removes a given incident; returns whether there was one.
    ///
    /// # Errors
    /// [`Error::IdOfReport`], [`Error::Io`].
    pub(crate) fn delete(&mut self, id: &str) -> Result<bool> {
        let is_hidden = locked(&self.given.hidden).contains(id);
        match self.owner(id)? {
            Owner::Report(path) if !is_hidden => return Err(Error::IdOfReport { id: id.to_owned(), path }),
            Owner::Nobody => return Ok(false),
            Owner::Report(_) | Owner::Given => {}
        }
        self.append(|appender| appender.delete(id))?;
        self.take_out(id)
    }

    fn append(&mut self, write: impl FnOnce(&mut Appender) -> Result<()>) -> Result<()> {
        self.given.appender.as_mut().map_or(Ok(()), write)
    }

    /// Adds a given incident to the index, unless a report has its id.
    fn put(&self, incident: Incident) -> Result<()> {
        let id = incident.id.clone();
        if matches!(self.owner(&id)?, Owner::Report(_)) {
            self.keep_in_memory(incident);
            locked(&self.given.hidden).insert(id);
            return Ok(());
        }
        self.replace(incident)
    }

    /// Adds a given incident in the place of another one, if there is one.
    fn replace(&self, incident: Incident) -> Result<()> {
        let id = incident.id.clone();
        let length = text_length(&incident);
        self.remove(&id)?;
        self.add(incident)?;
        locked(&self.given.changed).insert(id, Some(length));
        Ok(())
    }

    /// Removes a given incident, or what is known of a hidden one; returns whether there was one.
    fn take_out(&self, id: &str) -> Result<bool> {
        if locked(&self.given.hidden).remove(id) {
            locked(&self.engine.hidden_in_memory).remove(id);
            return Ok(true);
        }
        let existed = self.owner(id)? == Owner::Given;
        if existed {
            self.remove(id)?;
            locked(&self.given.changed).insert(id.to_owned(), None);
        }
        Ok(existed)
    }

    /// Removes the given incident with the id of a report, which hides it.
    pub(super) fn hide(&self, id: &str) -> Result<()> {
        if !self.given.any || self.owner(id)? != Owner::Given {
            return Ok(());
        }
        if self.engine.dir.is_none()
            && let Some(incident) = self.before.given_incident(id)?
        {
            self.keep_in_memory(incident);
        }
        self.remove(id)?;
        locked(&self.given.changed).insert(id.to_owned(), None);
        locked(&self.given.hidden).insert(id.to_owned());
        Ok(())
    }

    /// Without a record, a hidden incident has no other place.
    fn keep_in_memory(&self, incident: Incident) {
        if self.engine.dir.is_none() {
            locked(&self.engine.hidden_in_memory).insert(incident.id.clone(), incident);
        }
    }

    /// Brings back given incidents whose id no report has any more. Returns those that stay hidden.
    pub(crate) fn show_hidden(&self, has_report: impl Fn(&str) -> bool) -> Result<Vec<String>> {
        let hidden = locked(&self.given.hidden).clone();
        let (hidden, shown): (Vec<_>, Vec<_>) = hidden.into_iter().partition(|id| has_report(id));
        if shown.is_empty() {
            return Ok(hidden);
        }
        let held = self.given.record.as_ref().map(Record::held).transpose()?.unwrap_or_default();
        for id in shown {
            let incident = match (&self.given.record, held.get(&id)) {
                (Some(record), Some(span)) => Some(record.incident(span)?),
                _ => locked(&self.engine.hidden_in_memory).get(&id).cloned(),
            };
            locked(&self.given.hidden).remove(&id);
            // The report that had the id is removed in this update.
            locked(&self.given.changed).insert(id, None);
            if let Some(incident) = incident {
                self.put(incident)?;
            }
        }
        Ok(hidden)
    }

    /// Whether any given incidents are hidden.
    pub(crate) fn hides_any(&self) -> bool {
        !locked(&self.given.hidden).is_empty()
    }

    /// Whose an id is, as this writer will commit it.
    fn owner(&self, id: &str) -> Result<Owner> {
        match locked(&self.given.changed).get(id) {
            Some(Some(_)) => return Ok(Owner::Given),
            Some(None) if locked(&self.given.hidden).contains(id) => return Ok(Owner::Report(String::new())),
            Some(None) => return Ok(Owner::Nobody),
            None => {}
        }
        if self.given.fresh { Ok(Owner::Nobody) } else { self.before.owner(id) }
    }

    /// The length of an incident that this writer would remove: of one that it added, else of the last commit.
    pub(super) fn length_now(&self, id: &str) -> Result<Option<u64>> {
        match locked(&self.given.changed).get(id) {
            Some(length) => Ok(*length),
            None if self.given.fresh => Ok(None),
            None => self.before.length_of(id),
        }
    }
}
