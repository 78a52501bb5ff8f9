//! Putting right: what a writer left that did not finish, and what no reader needs any more.
//!
//! In: the state of an archive, while its lock is held. Out: an index that has nothing but what readers may find. A page of documents
//! is looked at after the other; each that is done no longer matches, so that this can stop at any moment as well.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::engine::opensearch::bulk::Bulk;
use crate::engine::opensearch::cluster::{Cluster, Remote};
use crate::engine::opensearch::http::{Body, Method, segment};
use crate::engine::opensearch::mapping::{self, ARCHIVE, DEAD, NEVER};
use crate::engine::opensearch::state::State;
use crate::error::Result;

/// So many documents are looked at at once.
const PAGE: usize = 2_000;
/// No search takes so long that it would still read the generation before the last.
const READERS: Duration = Duration::from_secs(600);

impl Cluster {
    /// Removes what belongs to no commit, and brings back what was about to be removed; then removes what no reader needs. Returns
    /// the indexes of other mappings that another archive is still in.
    pub(super) fn put_right(&self, archive: &str, state: &State, index: &str) -> Result<Vec<String>> {
        let remote = &self.remote;
        if state.generation > 0 && state.index != index {
            // The one beside it is still being filled. Whatever an earlier try left in it counts for nothing.
            self.remove_all(index, &json!({ "term": { ARCHIVE: archive } }))?;
        }
        let data = if state.index.is_empty() { index } else { &state.index };
        let [born, dead] = state.unfinished(archive);
        self.remove_all(data, &born)?;
        self.each(data, &dead, |bulk, id| bulk.update(id, None, &json!({ DEAD: NEVER }), id))?;
        if state.generation > 0 {
            self.remove_all(data, &state.garbage(archive, oldest(state)))?;
        }
        let states = mapping::state_index(&remote.name);
        let others = json!({ "bool": {
            "filter": [{ "term": { "kind": "manifest" } }, { "term": { ARCHIVE: archive } }],
            "must_not": [{ "term": { "generation": state.manifest } }],
        } });
        remote.refresh(&states)?;
        self.each_in(&states, &Bulk::on_index(remote, &states), &others, Bulk::delete)?;
        self.remove_left(&states, state)
    }

    fn remove_all(&self, index: &str, query: &Value) -> Result<()> {
        self.each(index, query, Bulk::delete)
    }

    /// Does something about each document that matches, until none does.
    fn each(&self, index: &str, query: &Value, act: impl Fn(&Bulk, &str) -> Result<()>) -> Result<()> {
        self.remote.refresh(index)?;
        self.each_in(index, &Bulk::new(&self.remote, &mapping::write_alias(index)), query, act)
    }

    fn each_in(&self, index: &str, bulk: &Bulk, query: &Value, act: impl Fn(&Bulk, &str) -> Result<()>) -> Result<()> {
        let body = json!({ "query": query, "size": PAGE, "_source": false, "sort": ["_doc"] });
        loop {
            // Nothing of an index that is gone is left.
            let Some(found) = self.remote.search(index, &body)? else { return Ok(()) };
            let hits = found["hits"]["hits"].as_array().map(Vec::as_slice).unwrap_or_default();
            if hits.is_empty() {
                return Ok(());
            }
            hits.iter().filter_map(|hit| hit["_id"].as_str()).try_for_each(|id| act(bulk, id))?;
            bulk.finish()?;
            self.remote.refresh(index)?;
        }
    }

    /// Removes indexes of other mappings that no archive is in any more.
    fn remove_left(&self, states: &str, state: &State) -> Result<Vec<String>> {
        if state.left.is_empty() {
            return Ok(Vec::new());
        }
        let used = self.remote.indexes_in_use(states)?;
        let (left, unused): (Vec<_>, Vec<_>) = state.left.iter().cloned().partition(|index| used.contains(index));
        for index in unused.iter().filter(|index| is_ours(index, &self.remote.name)) {
            let answer = self.remote.send(Method::Delete, &format!("/{}", segment(index)), Body::None)?;
            if answer.status != 404 && !(200..300).contains(&answer.status) {
                return Err(self.remote.refused(&answer));
            }
        }
        Ok(left)
    }

    /// Makes the name of the index lead to the index that was just filled, and no longer to those that were left, unless another
    /// archive is in them: in one request. It is for people and their dashboards; `rca` reads the state.
    pub(super) fn point_alias(&self, index: &str, left: &[String]) -> Result<()> {
        let remote = &self.remote;
        let mut actions = vec![json!({ "add": { "index": index, "alias": remote.name } })];
        if !left.is_empty() {
            let states = mapping::state_index(&remote.name);
            remote.refresh(&states)?;
            let used = remote.indexes_in_use(&states)?;
            for index in left.iter().filter(|index| !used.contains(index)) {
                let exists = remote.send(Method::Head, &format!("/{}", segment(index)), Body::None)?.status == 200;
                let remove = json!({ "remove": { "index": index, "alias": remote.name, "must_exist": false } });
                actions.extend(exists.then_some(remove));
            }
        } else if remote.send(Method::Head, &alias_path(index, &remote.name), Body::None)?.status == 200 {
            return Ok(());
        }
        remote.done(Method::Post, "/_aliases", Body::Json(&json!({ "actions": actions }))).map(drop)
    }
}

fn alias_path(index: &str, alias: &str) -> String {
    format!("/{}/_alias/{}", segment(index), segment(alias))
}

/// Whether an index has a name that only [`mapping::physical_index`] gives: a state that was tampered with must not remove another.
fn is_ours(index: &str, name: &str) -> bool {
    index.strip_prefix(name).is_some_and(|rest| {
        let version = rest.strip_prefix("-v").and_then(|rest| rest.split_once('-'));
        version.is_some_and(|(version, hash)| {
            version.bytes().all(|b| b.is_ascii_digit())
                && hash.len() == 8
                && hash.bytes().all(|b| b.is_ascii_hexdigit())
        })
    })
}

/// The oldest generation that somebody may be reading.
fn oldest(state: &State) -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs().cast_signed();
    let is_old = now.saturating_sub(state.note.updated) > READERS.as_secs().cast_signed();
    if is_old { state.generation } else { state.previous }
}

impl Remote {
    /// Makes an index, if there is none of this name.
    pub(super) fn make_index(&self, index: &str, body: &Value) -> Result<()> {
        let path = format!("/{}", segment(index));
        if self.send(Method::Head, &path, Body::None)?.status == 200 {
            return Ok(());
        }
        let answer = self.send(Method::Put, &path, Body::Json(body))?;
        // Another writer may have made it meanwhile.
        let exists = answer.body.pointer("/error/type").is_some_and(|kind| kind == "resource_already_exists_exception");
        if (200..300).contains(&answer.status) || exists { Ok(()) } else { Err(self.refused(&answer)) }
    }

    /// The indexes that hold the documents of any archive.
    fn indexes_in_use(&self, states: &str) -> Result<Vec<String>> {
        let body = json!({ "query": { "term": { "kind": "state" } }, "size": 10_000, "_source": ["body.index"] });
        let found = self.search(states, &body)?.unwrap_or_default();
        let hits = found["hits"]["hits"].as_array().into_iter().flatten();
        Ok(hits.filter_map(|hit| hit["_source"]["body"]["index"].as_str().map(str::to_owned)).collect())
    }
}
