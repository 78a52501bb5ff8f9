//! The state of an archive in a cluster: one document that says which generation of its incidents is complete.
//!
//! In: a state as the last commit left it. Out: the filter that finds the incidents of that commit, and the state of the next one.
//! Documents of incidents are never changed in place: each says in which generations it lives, and a commit is the one write that
//! makes the next generation the current one.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::engine::commit::CommitNote;
use crate::engine::opensearch::cluster::{Cluster, Remote, Seen};
use crate::engine::opensearch::mapping::{self, ARCHIVE, BORN, DEAD};
use crate::engine::opensearch::origin::{NamedBy, Origin};
use crate::error::{Error, Result};

/// So many ranges of generations that were never complete are remembered. Each is put right by the writer that comes after it; they
/// are remembered only for requests that come late.
const MOST_ABANDONED: usize = 32;

/// The state of an archive.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct State {
    /// The version and the hash of the mapping.
    pub(super) version: u32,
    pub(super) hash: String,
    /// The index that holds its documents.
    pub(super) index: String,
    /// The complete generation; 0 before the first commit.
    pub(super) generation: i64,
    /// The one before.
    pub(super) previous: i64,
    /// The last generation that a writer was given.
    pub(super) reserved: i64,
    /// By which the writer of that one is known.
    pub(super) writer: String,
    /// Nothing born up to this generation lives: a rebuild began after it.
    pub(super) floor: i64,
    /// The generation of that rebuild.
    pub(super) floored: i64,
    /// Generations that were never complete: from the first to the last of each range.
    pub(super) abandoned: Vec<(i64, i64)>,
    /// The number of incidents.
    pub(super) incidents: u64,
    /// The number of documents with the manifest, whose generation is that of the last update.
    pub(super) chunks: usize,
    pub(super) manifest: i64,
    /// The indexes of other mappings that it was in before.
    pub(super) left: Vec<String>,
    /// Where its reports come from.
    pub(super) origin: Origin,
    pub(super) note: CommitNote,
}

impl State {
    /// The filters that find the incidents of this state, in its index.
    pub(super) fn living(&self, archive: &str) -> Vec<Value> {
        self.living_at(archive, self.generation)
    }

    fn living_at(&self, archive: &str, generation: i64) -> Vec<Value> {
        let lives = json!({ "range": { DEAD: { "gt": generation } } });
        let mut filters = vec![
            json!({ "term": { ARCHIVE: archive } }),
            json!({ "range": { BORN: { "gt": self.floor, "lte": generation } } }),
        ];
        if self.abandoned.is_empty() {
            filters.push(lives);
            return filters;
        }
        let among = |field: &str| {
            let range = |&(from, to): &(i64, i64)| json!({ "range": { field: { "gte": from, "lte": to } } });
            self.abandoned.iter().map(range).collect::<Vec<_>>()
        };
        let mut lives = vec![lives];
        lives.extend(among(DEAD));
        filters.push(json!({ "bool": { "should": lives, "minimum_should_match": 1 } }));
        filters.push(json!({ "bool": { "must_not": among(BORN) } }));
        filters
    }

    /// What a writer that did not finish left, or sent late: documents that were never part of a commit, and documents that it was
    /// about to remove.
    pub(super) fn unfinished(&self, archive: &str) -> [Value; 2] {
        let late = |field: &str, after: Value| {
            let range = |&(from, to): &(i64, i64)| json!({ "range": { field: { "gte": from, "lte": to } } });
            let mut any: Vec<Value> = self.abandoned.iter().map(range).collect();
            any.push(after);
            let filter = [
                json!({ "term": { ARCHIVE: archive } }),
                json!({ "bool": { "should": any, "minimum_should_match": 1 } }),
            ];
            json!({ "bool": { "filter": filter } })
        };
        let born = json!({ "range": { BORN: { "gt": self.generation } } });
        let dead = json!({ "range": { DEAD: { "gt": self.generation, "lt": mapping::NEVER } } });
        [late(BORN, born), late(DEAD, dead)]
    }

    /// Documents that no reader of `oldest` or a later generation can find. There may be none.
    pub(super) fn garbage(&self, archive: &str, oldest: i64) -> Value {
        let mut any = vec![json!({ "range": { DEAD: { "lte": oldest } } })];
        if self.floored <= oldest {
            any.push(json!({ "range": { BORN: { "lte": self.floor } } }));
        }
        let filter =
            [json!({ "term": { ARCHIVE: archive } }), json!({ "bool": { "should": any, "minimum_should_match": 1 } })];
        json!({ "bool": { "filter": filter } })
    }

    /// The state once a writer has begun: the same commit, and a generation that no other writer has.
    pub(super) fn reserving(&self, writer: &str) -> Self {
        let reserved = self.reserved.max(self.generation) + 1;
        Self { reserved, writer: writer.to_owned(), ..self.clone() }
    }

    /// The state once the generation that was reserved is complete.
    pub(super) fn committed(&self, incidents: u64, note: CommitNote, rebuilt: bool) -> Self {
        let mut abandoned = self.abandoned.clone();
        if self.reserved > self.generation + 1 {
            abandoned.push((self.generation + 1, self.reserved - 1));
        }
        abandoned.drain(..abandoned.len().saturating_sub(MOST_ABANDONED));
        let (floor, floored) = if rebuilt { (self.generation, self.reserved) } else { (self.floor, self.floored) };
        let (generation, previous) = (self.reserved, self.generation);
        Self { generation, previous, floor, floored, abandoned, incidents, note, ..self.clone() }
    }

    /// Whether it is of this mapping.
    pub(super) fn is_current(&self) -> bool {
        self.version == mapping::version() && self.hash == mapping::hash()
    }

    /// The document of the index of states.
    pub(super) fn document(&self, archive: &str) -> Result<Value> {
        let internal =
            |e: serde_json::Error| Error::Internal { path: std::path::PathBuf::new(), reason: format!("state: {e}") };
        let body = serde_json::to_value(self).map_err(internal)?;
        Ok(json!({ "kind": "state", ARCHIVE: archive, "generation": self.generation, "body": body }))
    }
}

/// The id of the state of an archive.
pub(super) fn state_id(archive: &str) -> String {
    format!("state/{archive}")
}

impl Remote {
    /// The state of an archive as it is now; `None` if nothing was ever written of it.
    pub(super) fn state(&self, archive: &str) -> Result<Option<(State, Seen)>> {
        let Some((body, seen)) = self.get(&state_id(archive))? else { return Ok(None) };
        let state = serde_json::from_value(body);
        let state = state.map_err(|e| self.damaged(format!("the state of the archive `{archive}`: {e}")))?;
        Ok(Some((state, seen)))
    }
}

fn unnamed() -> Error {
    Error::ClusterSettings { reason: "an update of a cluster needs the name of an archive".into() }
}

impl Cluster {
    /// The archive that is read.
    pub(super) fn archive(&self) -> Result<&str> {
        self.archive.as_deref().ok_or_else(unnamed)
    }

    /// The archive that is written: one that the index has is not taken for it.
    pub(super) fn written_archive(&self) -> Result<&str> {
        self.archive.as_deref().filter(|_| self.named_by != NamedBy::Index).ok_or_else(unnamed)
    }

    /// The state of the last commit, if it is of this mapping: an older one is rebuilt, and counts as none until then.
    ///
    /// # Errors
    /// [`Error::IndexOtherVersion`] if a later version wrote it.
    pub(super) fn current(&self) -> Result<Option<State>> {
        let state = self.remote.state(self.archive()?)?.map(|(state, _)| state);
        self.usable(state)
    }

    pub(super) fn usable(&self, state: Option<State>) -> Result<Option<State>> {
        match state {
            Some(state) if state.version > mapping::version() => Err(Error::IndexOtherVersion(self.place())),
            state => Ok(state.filter(|state| state.generation > 0 && state.is_current())),
        }
    }

    /// The note of the last commit.
    pub(crate) fn note(&self) -> Result<CommitNote> {
        Ok(self.current()?.map(|state| state.note).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_writer_has_a_generation_of_its_own_and_those_without_a_commit_are_abandoned() {
        let first = State::default().reserving("a");
        assert_eq!((first.generation, first.reserved), (0, 1));
        let one = first.committed(3, CommitNote::default(), false);
        assert_eq!((one.generation, one.previous, one.reserved, one.incidents), (1, 0, 1, 3));
        assert!(one.abandoned.is_empty());
        // Two writers that did not finish, and a third that did.
        let four = one.reserving("b").reserving("c").reserving("d").committed(4, CommitNote::default(), false);
        assert_eq!((four.generation, four.previous, four.abandoned.clone()), (4, 1, vec![(2, 3)]));
        let mut state = four;
        for _ in 0..100 {
            state = state.reserving("b").reserving("c").committed(4, CommitNote::default(), false);
        }
        assert_eq!((state.abandoned.len(), state.abandoned.last()), (MOST_ABANDONED, Some(&(203, 203))));
    }

    #[test]
    fn a_rebuild_leaves_behind_what_was_there() {
        let state = State { generation: 5, previous: 4, reserved: 5, ..State::default() };
        let rebuilt = state.reserving("a").committed(1, CommitNote::default(), true);
        assert_eq!((rebuilt.generation, rebuilt.floor, rebuilt.floored), (6, 5, 6));
        assert_eq!(rebuilt.living("ops")[1], json!({ "range": { "born": { "gt": 5, "lte": 6 } } }));
        // Readers of generation 5 need the old ones still.
        let any = |oldest| rebuilt.garbage("ops", oldest)["bool"]["filter"][1]["bool"]["should"].clone();
        assert_eq!(any(5).as_array().map(Vec::len), Some(1));
        assert_eq!(any(6)[1], json!({ "range": { "born": { "lte": 5 } } }));
        let next = rebuilt.reserving("b").committed(1, CommitNote::default(), false);
        assert_eq!((next.floor, next.floored), (5, 6));
    }
}
