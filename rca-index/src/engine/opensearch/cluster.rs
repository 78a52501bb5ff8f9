//! An index in a cluster: what reading and writing it have in common.
//!
//! In: settings, and a way to send requests. Out: answers that are whole: a search of which a shard failed is an error, never a
//! smaller answer.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::engine::opensearch::answer::{Answer, cleaned, reason_in};
use crate::engine::opensearch::http::{Body, Client, Method, segment};
use crate::engine::opensearch::mapping::{self, ARCHIVE, SCORED};
use crate::engine::opensearch::origin::{NamedBy, Origin};
use crate::engine::opensearch::settings::{ClusterSettings, valid_archive_name};
use crate::engine::opensearch::state::state_id;
use crate::engine::opensearch::view::Latest;
use crate::engine::opensearch::vocabulary::buckets;
use crate::engine::turns::Turns;
use crate::error::{Error, Result};

/// A way to send requests: [`Client`], or what the tests have in its place.
pub(super) trait Transport: fmt::Debug + Send + Sync {
    /// Sends a request; see [`Client::send`].
    fn send(&self, method: Method, path: &str, body: Body<'_>) -> Result<Answer>;
}

impl Transport for Client {
    fn send(&self, method: Method, path: &str, body: Body<'_>) -> Result<Answer> {
        Self::send(self, method, path, body)
    }
}

/// An index in a cluster.
#[derive(Debug)]
pub(crate) struct Cluster {
    pub(super) remote: Remote,
    pub(super) shards: u32,
    pub(super) replicas: u32,
    /// The archive that is read and written; `None` until it is known.
    pub(super) archive: Option<String>,
    pub(super) named_by: NamedBy,
    /// Where the reports of its updates come from.
    pub(super) origin: Origin,
    /// Who of this process writes.
    pub(super) turns: Turns,
    /// The generation that was seen last.
    pub(super) latest: Latest,
}

/// The requests of one index. Cheap to clone; threads may share it.
#[derive(Debug, Clone)]
pub(super) struct Remote {
    transport: Arc<dyn Transport>,
    /// The name of the index, and of its alias.
    pub(super) name: String,
    /// The address of the index, for messages.
    pub(super) place: String,
}

impl Cluster {
    /// An index in the cluster of these settings. Nothing is connected yet.
    ///
    /// # Errors
    /// [`Error::ClusterSettings`].
    pub(crate) fn new(settings: &ClusterSettings) -> Result<Self> {
        let client = Client::new(settings)?;
        let address = settings.addresses.first().map(ToString::to_string).unwrap_or_default();
        let place = format!("{address}/{}", settings.index);
        let remote = Remote { transport: Arc::new(client), name: settings.index.clone(), place };
        let cluster = Self::with(remote, settings.shards, settings.replicas, settings.archive.clone());
        match &settings.folder {
            Some((_, origin)) if settings.archive.is_some() => Ok(Self { origin: origin.clone(), ..cluster }),
            Some((name, origin)) => {
                let archive = Some(valid_archive_name(name)?.to_owned());
                Ok(Self { archive, named_by: NamedBy::Folder, origin: origin.clone(), ..cluster })
            }
            None => Ok(cluster),
        }
    }

    /// The same, once the cluster has answered. Without the name of an archive, it is the only one of the index.
    ///
    /// # Errors
    /// Those of requests; [`Error::IndexNotFound`], and [`Error::ClusterSettings`] if there are several archives.
    pub(crate) fn connect(settings: &ClusterSettings) -> Result<Self> {
        /// So many are named in a message.
        const NAMED: usize = 10;
        let cluster = Self::new(settings)?;
        if let Some(archive) = &cluster.archive {
            // The index need not be there yet. Who may only read it may ask this.
            cluster.remote.get(&state_id(archive))?;
            return Ok(cluster);
        }
        let archives = json!({ "terms": { "field": ARCHIVE, "size": NAMED, "order": { "_key": "asc" } } });
        let body = json!({ "size": 0, "track_total_hits": false, "aggs": { "archives": archives } });
        let found = cluster.remote.search(&cluster.remote.name, &body)?.unwrap_or_default();
        let found = buckets(&found["aggregations"]["archives"]);
        match &found[..] {
            [] => Err(Error::IndexNotFound(cluster.place())),
            [(archive, _)] => Ok(Self { archive: Some(archive.clone()), named_by: NamedBy::Index, ..cluster }),
            several => {
                let names: Vec<String> = several.iter().map(|(name, _)| cleaned(name)).collect();
                let reason =
                    format!("the index has several archives, of which one must be named: {}", names.join(", "));
                Err(Error::ClusterSettings { reason })
            }
        }
    }

    pub(super) fn with(remote: Remote, shards: u32, replicas: u32, archive: Option<String>) -> Self {
        let (named_by, origin) = (NamedBy::User, Origin::default());
        Self { remote, shards, replicas, archive, named_by, origin, turns: Turns::default(), latest: Latest::default() }
    }

    /// The address of the index, in the place of a folder.
    pub(crate) fn place(&self) -> PathBuf {
        PathBuf::from(&self.remote.place)
    }
}

/// The number of a version of a document, by which a change of it is made only if nobody else made one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) seq_no: i64,
    pub(super) primary_term: i64,
}

impl Seen {
    /// The number in an answer, or in a hit of a search that was asked for it.
    pub(super) fn of(body: &Value) -> Option<Self> {
        Some(Self { seq_no: body["_seq_no"].as_i64()?, primary_term: body["_primary_term"].as_i64()? })
    }

    fn parameters(self) -> String {
        format!("if_seq_no={}&if_primary_term={}", self.seq_no, self.primary_term)
    }
}

/// The body of a search. What scoring needs comes packed.
pub(super) fn searching(body: &Value) -> Body<'_> {
    if body["docvalue_fields"][0] == SCORED { Body::JsonForPacked(body) } else { Body::Json(body) }
}

impl Remote {
    #[cfg(test)]
    pub(super) fn new(transport: Arc<dyn Transport>, name: &str) -> Self {
        Self { transport, name: name.to_owned(), place: format!("http://cluster/{name}") }
    }

    /// Sends a request whose answer may be a refusal: 400, 404, 409.
    pub(super) fn send(&self, method: Method, path: &str, body: Body<'_>) -> Result<Answer> {
        self.transport.send(method, path, body)
    }

    /// Sends a request that must be done.
    pub(super) fn done(&self, method: Method, path: &str, body: Body<'_>) -> Result<Value> {
        let answer = self.send(method, path, body)?;
        if (200..300).contains(&answer.status) { Ok(answer.body) } else { Err(self.refused(&answer)) }
    }

    /// The error for an answer that is not the one that was needed.
    pub(super) fn refused(&self, answer: &Answer) -> Error {
        self.error(answer.status, &reason_in(&answer.body))
    }

    pub(super) fn error(&self, status: u16, reason: &str) -> Error {
        Error::Remote { address: self.place.clone(), status, reason: cleaned(reason) }
    }

    pub(super) fn damaged(&self, reason: String) -> Error {
        Error::IndexDamaged { path: PathBuf::from(&self.place), reason }
    }

    /// Searches an index; `None` if there is no such index. Fails unless all shards answered in time.
    pub(super) fn search(&self, index: &str, body: &Value) -> Result<Option<Value>> {
        let answer = self.send(Method::Post, &format!("/{}/_search", segment(index)), searching(body))?;
        self.whole(answer)
    }

    /// Counts the documents of an index that match all filters; `None` if there is no such index.
    pub(super) fn count(&self, index: &str, filters: &[Value]) -> Result<Option<u64>> {
        let body = json!({ "query": { "bool": { "filter": filters } } });
        let answer = self.send(Method::Post, &format!("/{}/_count", segment(index)), Body::Json(&body))?;
        Ok(self.whole(answer)?.and_then(|body| body["count"].as_u64()))
    }

    /// Makes what was written to an index visible to searches.
    pub(super) fn refresh(&self, index: &str) -> Result<()> {
        let answer = self.send(Method::Post, &format!("/{}/_refresh", segment(index)), Body::None)?;
        self.whole(answer).map(|_| ())
    }

    /// The answer of all shards; `None` if there is no such index.
    pub(super) fn whole(&self, answer: Answer) -> Result<Option<Value>> {
        match answer.status {
            200..300 => {}
            404 => return Ok(None),
            _ => return Err(self.refused(&answer)),
        }
        let failed = answer.body["_shards"]["failed"].as_u64().unwrap_or(0);
        if failed > 0 {
            let reason = reason_in(&answer.body["_shards"]["failures"][0]["reason"]);
            return Err(self.error(answer.status, &format!("{failed} shards failed: {reason}")));
        }
        if answer.body["timed_out"] == true {
            return Err(self.error(answer.status, "the search ran out of time"));
        }
        Ok(Some(answer.body))
    }

    /// A document of the index of states as it is now, seen by a search or not; `None` if there is none.
    pub(super) fn get(&self, id: &str) -> Result<Option<(Value, Seen)>> {
        let answer = self.send(Method::Get, &self.path_of(id), Body::None)?;
        if answer.status == 404 {
            return Ok(None);
        }
        let mut body = if answer.status == 200 { answer.body } else { return Err(self.refused(&answer)) };
        let seen = Seen::of(&body).ok_or_else(|| self.damaged(format!("{id}: no version")))?;
        Ok(Some((body["_source"]["body"].take(), seen)))
    }

    /// Writes a document of the index of states, if it is still as it was seen, or if there is none. Returns `None` otherwise.
    pub(super) fn put(&self, id: &str, document: &Value, before: Option<Seen>) -> Result<Option<Seen>> {
        let only_if = before.map_or_else(|| "op_type=create".to_owned(), Seen::parameters);
        let path = format!("{}?{only_if}", self.path_of(id));
        let answer = self.send(Method::Put, &path, Body::Json(document))?;
        match answer.status {
            409 => Ok(None),
            200..300 => Seen::of(&answer.body).map(Some).ok_or_else(|| self.damaged(format!("{id}: no version"))),
            _ => Err(self.refused(&answer)),
        }
    }

    /// Removes a document of the index of states, if it is still as it was seen.
    pub(super) fn remove(&self, id: &str, before: Seen) -> Result<()> {
        let path = format!("{}?{}", self.path_of(id), before.parameters());
        self.send(Method::Delete, &path, Body::None).map(|_| ())
    }

    fn path_of(&self, id: &str) -> String {
        format!("/{}/_doc/{}", segment(&mapping::state_index(&self.name)), segment(id))
    }
}
