//! The writer: brings an archive in a cluster to its next generation.
//!
//! In: incidents, ids to remove, the manifest. Out: documents of a generation that no reader finds yet, and then one write, the
//! commit, with which all readers find it. A writer that ends at any moment before that leaves the last generation as it was; the
//! next one removes what it left.

use std::mem;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use xxhash_rust::xxh3::xxh3_128;

use crate::archive::KeptSettings;
use crate::engine::commit::CommitNote;
use crate::engine::document::text_length;
use crate::engine::given::Purpose;
use crate::engine::opensearch::bulk::Bulk;
use crate::engine::opensearch::cluster::{Cluster, Seen};
use crate::engine::opensearch::document::Document;
use crate::engine::opensearch::lock::ClusterLock;
use crate::engine::opensearch::mapping::{self, ARCHIVE, DEAD, ID, LENGTH};
use crate::engine::opensearch::state::{State, state_id};
use crate::engine::trust::new_token;
use crate::engine::turns::Turn;
use crate::engine::writer::Manifest;
use crate::error::{Error, Result};
use crate::incident::{HouseNames, Incident};
use crate::text::analyzer::Analyzer;

/// So many ids are looked up at once to be removed.
const LOOK_UP: usize = 1_000;
/// The longest id of a document, in bytes.
const LONGEST_ID: usize = 512;
/// The bytes of a manifest in a document. In base64, a request has room for them.
const CHUNK: usize = 3 << 20;

/// Changes an archive in a cluster. Threads may share it; changes become visible with the commit.
#[derive(Debug)]
pub(crate) struct ClusterWriter<'e> {
    cluster: &'e Cluster,
    archive: &'e str,
    /// The state with the generation of this writer reserved, as only this writer can change it.
    state: State,
    seen: Seen,
    /// Whether nothing of the state's generation is kept.
    afresh: bool,
    note: CommitNote,
    settings: KeptSettings,
    house: HouseNames,
    removing: Mutex<Vec<String>>,
    added: Count,
    removed: Count,
    /// Before the lock: what is under way ends first.
    bulk: Bulk,
    lock: ClusterLock,
    /// Released last, so that the next writer of this process finds the lock free.
    _turn: Turn<'e>,
}

/// A number of incidents, and the length of their texts.
#[derive(Debug, Default)]
struct Count {
    incidents: AtomicU64,
    length: AtomicU64,
}

impl Count {
    fn add(&self, length: u64) {
        self.incidents.fetch_add(1, Ordering::Relaxed);
        self.length.fetch_add(length, Ordering::Relaxed);
    }

    fn incidents(&self) -> u64 {
        self.incidents.load(Ordering::Relaxed)
    }

    fn length(&self) -> u64 {
        self.length.load(Ordering::Relaxed)
    }
}

impl Cluster {
    /// Opens the archive for writing, once the writers of this process that came before are done, and puts right what a writer left
    /// that did not finish.
    ///
    /// # Errors
    /// [`Error::IndexLocked`] if another process holds the lock for longer than `wait`, or if the caller is a writer itself;
    /// [`Error::IndexOtherVersion`] if a later version wrote the index; errors of the cluster.
    pub(crate) fn writer(&self, purpose: Purpose, wait: Duration) -> Result<ClusterWriter<'_>> {
        let turn = self.turns.wait().ok_or_else(|| self.locked_by_this_process())?;
        self.writer_in_turn(turn, purpose, wait)
    }

    /// The same, but only if no other thread writes.
    pub(crate) fn writer_at_once(&self, purpose: Purpose) -> Result<ClusterWriter<'_>> {
        let turn = self.turns.take().ok_or_else(|| self.locked_by_this_process())?;
        self.writer_in_turn(turn, purpose, Duration::ZERO)
    }

    fn locked_by_this_process(&self) -> Error {
        Error::IndexLocked { path: self.place(), holder: Some(std::process::id()), since: None, host: None, own: true }
    }

    fn writer_in_turn<'e>(&'e self, turn: Turn<'e>, purpose: Purpose, wait: Duration) -> Result<ClusterWriter<'e>> {
        let archive = self.written_archive()?;
        if matches!(purpose, Purpose::Give | Purpose::CatchUp) {
            return Err(Error::GivenInCluster(self.remote.place.clone()));
        }
        let index = mapping::physical_index(&self.remote.name);
        self.current()?;
        self.remote.make_index(&mapping::state_index(&self.remote.name), &mapping::state_index_body(self.replicas))?;
        let token = new_token();
        let lock = ClusterLock::take(&self.remote, archive, &token, wait)?;
        self.check_origin(archive)?;
        let (mut state, seen) = self.begin(archive, &token)?;
        // An index of another mapping is left alone; this one is filled beside it.
        let note = self.usable(Some(state.clone()))?.map(|state| state.note);
        let is_new = note.is_none();
        let note = note.unwrap_or_default();
        self.make_index(&index, &state)?;
        state.left = self.put_right(archive, &state, &index)?;
        let bulk = Bulk::new(&self.remote, &mapping::write_alias(&index));
        let settings = note.settings.clone();
        let house = settings.house().cloned().unwrap_or_default();
        Ok(ClusterWriter {
            cluster: self,
            archive,
            state,
            seen,
            afresh: is_new || purpose == Purpose::Rebuild,
            note,
            settings,
            house,
            removing: Mutex::default(),
            added: Count::default(),
            removed: Count::default(),
            bulk,
            lock,
            _turn: turn,
        })
    }

    /// Makes the index of documents, if there is none. While the one of another mapping is read, it gets no name for readers.
    fn make_index(&self, index: &str, state: &State) -> Result<()> {
        let (name, write_alias) = (self.remote.name.as_str(), mapping::write_alias(index));
        let both = [write_alias.as_str(), name];
        let aliases = if state.index.is_empty() { &both[..] } else { &both[..1] };
        self.remote.make_index(index, &mapping::index_body(self.shards, self.replicas, aliases))
    }

    /// Reserves a generation. From now on only this writer can commit: it alone knows the state as it is.
    fn begin(&self, archive: &str, token: &str) -> Result<(State, Seen)> {
        loop {
            let (before, seen) = match self.remote.state(archive)? {
                // The request that reserved it arrived, and its answer did not.
                Some((state, seen)) if state.writer == token => return Ok((state, seen)),
                Some((state, seen)) => (state, Some(seen)),
                None => (State::default(), None),
            };
            let state = before.reserving(token);
            if let Some(seen) = self.remote.put(&state_id(archive), &state.document(archive)?, seen)? {
                return Ok((state, seen));
            }
        }
    }
}

impl ClusterWriter<'_> {
    /// The note of the commit that this one builds on.
    pub(crate) fn note(&self) -> &CommitNote {
        &self.note
    }

    /// The error for incidents that a program gives.
    pub(crate) fn takes_no_given(&self) -> Error {
        Error::GivenInCluster(self.cluster.remote.place.clone())
    }

    /// Sets the settings for the next commit. Must be called before anything is added.
    pub(crate) fn use_settings(&mut self, settings: KeptSettings) {
        self.house = settings.house().cloned().unwrap_or_default();
        self.settings = settings;
    }

    /// Adds an incident from [`parse_report`](crate::parse::parse_report). A report with the same id must be removed first.
    pub(crate) fn add_report(&self, incident: Incident) -> Result<()> {
        let path = PathBuf::from(&incident.path);
        let length = text_length(&incident);
        let analyzer = Analyzer::new(self.settings.language);
        let document = Document::of_report(incident, (&self.house, &analyzer), self.archive, self.state.reserved);
        let internal = |e| Error::Internal { path, reason: format!("the incident cannot be stored: {e}") };
        let document = document.map_err(internal)?;
        self.added.add(length);
        let id = document_id(self.archive, document.id(), self.state.reserved);
        self.bulk.index(&id, &document, document.id())
    }

    /// Removes an incident, if the last commit has it.
    pub(crate) fn remove(&self, id: &str) -> Result<()> {
        if self.afresh {
            return Ok(());
        }
        let mut removing = self.removing();
        removing.push(id.to_owned());
        let due = (removing.len() >= LOOK_UP).then(|| mem::take(&mut *removing));
        drop(removing);
        due.map_or(Ok(()), |ids| self.remove_now(&ids))
    }

    /// Marks the documents of these incidents as dead from this generation on.
    fn remove_now(&self, ids: &[String]) -> Result<()> {
        let remote = &self.cluster.remote;
        let mut filters = self.state.living(self.archive);
        filters.push(json!({ "terms": { ID: ids } }));
        let body = json!({
            "query": { "bool": { "filter": filters } },
            // None is there twice, but for damage, which the count before the commit finds.
            "size": 2 * LOOK_UP,
            "_source": [ID],
            "docvalue_fields": [LENGTH],
            "seq_no_primary_term": true,
        });
        let index = &self.state.index;
        let found = remote.search(index, &body)?.ok_or_else(|| remote.damaged(format!("{index} is missing")))?;
        for hit in found["hits"]["hits"].as_array().into_iter().flatten() {
            let Some(document) = hit["_id"].as_str() else { continue };
            self.removed.add(hit["fields"][LENGTH][0].as_u64().unwrap_or(0));
            let about = hit["_source"][ID].as_str().unwrap_or(document);
            self.bulk.update(document, Seen::of(hit), &json!({ DEAD: self.state.reserved }), about)?;
        }
        Ok(())
    }

    fn removing(&self) -> MutexGuard<'_, Vec<String>> {
        self.removing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes all changes visible at once, or none. Without a manifest, the last one is kept.
    pub(crate) fn commit(self, manifest: Option<&Manifest<'_>>) -> Result<()> {
        let removing = mem::take(&mut *self.removing());
        if !removing.is_empty() {
            self.remove_now(&removing)?;
        }
        self.bulk.finish()?;
        let index = mapping::physical_index(&self.cluster.remote.name);
        let next = self.next(&index, manifest);
        self.count(&next, manifest)?;
        self.lock.check()?;
        if let Some(manifest) = manifest {
            self.write_manifest(manifest)?;
        }
        self.write_state(&next)?;
        self.cluster.point_alias(&index, &next.left)
    }

    /// The state that this commit makes.
    fn next(&self, index: &str, manifest: Option<&Manifest<'_>>) -> State {
        let (incidents, length) = if self.afresh { (0, 0) } else { (self.state.incidents, self.note.length) };
        let incidents = (incidents + self.added.incidents()).saturating_sub(self.removed.incidents());
        let length = (length + self.added.length()).saturating_sub(self.removed.length());
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let mut note = CommitNote {
            length,
            updated: now.cast_signed(),
            settings: self.settings.clone(),
            manifest: Some(self.state.reserved.to_string()),
            ..self.note.clone()
        };
        if let Some(manifest) = manifest {
            note.source_bytes = manifest.source_bytes;
            note.reports = manifest.reports;
            note.failed = manifest.failed;
        }
        let mut next = self.state.committed(incidents, note, self.afresh && self.state.index == index);
        if let Some(manifest) = manifest {
            next.manifest = next.generation;
            next.chunks = manifest.bytes.len().div_ceil(CHUNK);
        }
        if next.index != index {
            let left = mem::replace(&mut next.index, index.to_owned());
            next.left.retain(|left| left != index);
            next.left.extend(Some(left).filter(|left| !left.is_empty()));
        }
        next.origin = self.cluster.origin.clone();
        next.version = mapping::version();
        next.hash = mapping::hash();
        next
    }

    /// Fails unless the next generation has as many incidents as was written.
    fn count(&self, next: &State, manifest: Option<&Manifest<'_>>) -> Result<()> {
        let remote = &self.cluster.remote;
        remote.refresh(&next.index)?;
        let counted = remote.count(&next.index, &next.living(self.archive))?;
        let meant = manifest.map_or(next.incidents, |manifest| manifest.reports as u64);
        if counted == Some(meant) && next.incidents == meant {
            return Ok(());
        }
        let has = counted.unwrap_or(0);
        Err(remote.damaged(format!(
            "its next generation has {has} reports, {} by what was written, and {meant} by the manifest",
            next.incidents
        )))
    }

    /// Writes the manifest, in documents of their own that the state names.
    fn write_manifest(&self, manifest: &Manifest<'_>) -> Result<()> {
        let generation = self.state.reserved;
        let bulk = Bulk::on_index(&self.cluster.remote, &mapping::state_index(&self.cluster.remote.name));
        for (nth, chunk) in manifest.bytes.chunks(CHUNK).enumerate() {
            let document = json!({
                "kind": "manifest",
                ARCHIVE: self.archive,
                "generation": generation,
                "body": { "bytes": STANDARD.encode(chunk) },
            });
            bulk.index(&chunk_id(self.archive, generation, nth), &document, "the manifest")?;
        }
        bulk.finish()
    }

    /// The commit itself.
    fn write_state(&self, next: &State) -> Result<()> {
        let remote = &self.cluster.remote;
        let written = remote.put(&state_id(self.archive), &next.document(self.archive)?, Some(self.seen));
        if matches!(written, Ok(Some(_))) {
            return Ok(());
        }
        // The request may have arrived, and its answer not.
        match remote.state(self.archive)? {
            Some((now, _)) if now.generation == next.generation && now.writer == next.writer => return Ok(()),
            _ => {}
        }
        written?;
        self.lock.check()?;
        Err(self.cluster.locked_by_another())
    }
}

impl Cluster {
    /// The error for a commit that another writer has prevented.
    fn locked_by_another(&self) -> Error {
        Error::IndexLocked { path: self.place(), holder: None, since: None, host: None, own: false }
    }

    /// The note and the manifest of the last commit; `None` before the first update.
    pub(crate) fn last_update(&self) -> Result<(CommitNote, Option<Vec<u8>>)> {
        /// Others may commit in the meantime, again and again.
        const TRIES: u32 = 5;
        let archive = self.archive()?;
        for attempt in 1.. {
            let Some(state) = self.current()? else { return Ok((CommitNote::default(), None)) };
            match self.read_manifest(archive, &state)? {
                Some(bytes) => return Ok((state.note, Some(bytes))),
                None if attempt == TRIES || self.current()?.as_ref() == Some(&state) => break,
                None => {}
            }
        }
        Err(self.remote.damaged("the manifest of the last update is missing".to_owned()))
    }

    fn read_manifest(&self, archive: &str, state: &State) -> Result<Option<Vec<u8>>> {
        let mut bytes = Vec::new();
        for nth in 0..state.chunks {
            let Some((body, _)) = self.remote.get(&chunk_id(archive, state.manifest, nth))? else { return Ok(None) };
            let chunk = body["bytes"].as_str().and_then(|chunk| STANDARD.decode(chunk).ok());
            let chunk = chunk.ok_or_else(|| self.remote.damaged("the manifest of the last update".to_owned()))?;
            bytes.extend(chunk);
        }
        Ok(Some(bytes))
    }

    /// Fails if the last commit, with this note, has not as many reports as its manifest says.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`]; errors of the cluster.
    pub(crate) fn check_count(&self, note: &CommitNote, meant: usize) -> Result<()> {
        let Some(state) = self.current()? else { return Ok(()) };
        let has = self.remote.count(&state.index, &state.living(self.archive()?))?;
        // Another process may have committed in the meantime.
        if has == Some(meant as u64) || self.note()? != *note {
            return Ok(());
        }
        let has = has.unwrap_or(0);
        Err(self.remote.damaged(format!("it has {has} reports, and {meant} by the manifest of the last update")))
    }
}

/// The id of a document: of an incident in one generation.
fn document_id(archive: &str, id: &str, generation: i64) -> String {
    let whole = format!("{archive}/{id}@{generation}");
    if whole.len() <= LONGEST_ID {
        return whole;
    }
    format!("{archive}/#{:032x}@{generation}", xxh3_128(id.as_bytes()))
}

/// The id of a part of a manifest.
fn chunk_id(archive: &str, generation: i64, nth: usize) -> String {
    format!("manifest/{archive}/{generation}/{nth}")
}

#[cfg(test)]
mod tests;
