//! A cluster in memory, for tests: documents, versions, what a refresh makes visible, and what can go wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::engine::opensearch::answer::Answer;
use crate::engine::opensearch::cluster::Transport;
use crate::engine::opensearch::http::{Body, Method};
use crate::error::{Error, Result};

/// When a cluster is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gone {
    /// Before it does a request.
    Before,
    /// After it did the request, and before it answered.
    After,
}

#[derive(Debug, Default)]
pub(super) struct Fake {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    indexes: BTreeMap<String, Index>,
    aliases: BTreeMap<String, BTreeSet<String>>,
    seq_no: i64,
    /// The bodies of bulk requests.
    bulks: Vec<String>,
    /// The number of requests.
    requests: usize,
    /// From which request on it is gone.
    gone: Option<(usize, Gone)>,
    refused: Option<String>,
    busy: usize,
    twice: Option<String>,
    in_flight: usize,
    most_in_flight: usize,
}

#[derive(Debug, Default, Clone)]
struct Index {
    documents: BTreeMap<String, Document>,
    /// As of the last refresh.
    visible: BTreeMap<String, Document>,
}

#[derive(Debug, Clone)]
struct Document {
    source: Value,
    seq_no: i64,
}

impl Fake {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self::default())
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Refuses documents with this text.
    pub(super) fn refuse(&self, text: &str) {
        self.inner().refused = Some(text.to_owned());
    }

    /// Is too busy for the next so many actions.
    pub(super) fn busy_items(&self, items: usize) {
        self.inner().busy = items;
    }

    /// Does requests whose path has this text twice, and answers as the second time.
    pub(super) fn send_twice(&self, path: &str) {
        self.inner().twice = Some(path.to_owned());
    }

    /// Is gone from this request on, counted from now.
    pub(super) fn gone(&self, after: Option<(usize, Gone)>) {
        let mut inner = self.inner();
        inner.gone = after.map(|(requests, gone)| (inner.requests + requests, gone));
    }

    pub(super) fn requests(&self) -> usize {
        self.inner().requests
    }

    pub(super) fn bulks(&self) -> Vec<String> {
        self.inner().bulks.clone()
    }

    pub(super) fn most_in_flight(&self) -> usize {
        self.inner().most_in_flight
    }

    /// The documents of an index, with their ids.
    pub(super) fn documents(&self, index: &str) -> BTreeMap<String, Value> {
        let inner = self.inner();
        let documents = inner.indexes.get(index).map(|index| index.documents.clone()).unwrap_or_default();
        documents.into_iter().map(|(id, document)| (id, document.source)).collect()
    }

    pub(super) fn indexes(&self) -> Vec<String> {
        self.inner().indexes.keys().cloned().collect()
    }

    /// How many requests it would do before it is gone.
    pub(super) fn requests_left(&self) -> usize {
        let inner = self.inner();
        inner.gone.map_or(0, |(from, _)| from.saturating_sub(inner.requests))
    }

    /// Changes a document of the index of states.
    pub(super) fn change(&self, id: &str, change: impl Fn(&mut Value)) {
        let mut inner = self.inner();
        inner.seq_no += 1;
        let seq_no = inner.seq_no;
        for index in inner.indexes.values_mut() {
            if let Some(document) = index.documents.get_mut(id) {
                change(&mut document.source);
                document.seq_no = seq_no;
            }
        }
    }

    /// Makes a lock one that has expired.
    pub(super) fn expire(&self, lock: &str) {
        self.change(lock, |document| document["body"]["expires"] = 1.into());
    }

    pub(super) fn forget(&self, id: &str) {
        self.inner().indexes.values_mut().for_each(|index| drop(index.documents.remove(id)));
    }

    /// Gives an index another name, in its aliases too.
    pub(super) fn rename(&self, index: &str, name: &str) {
        let mut inner = self.inner();
        let moved = inner.indexes.remove(index).unwrap();
        inner.indexes.insert(name.to_owned(), moved);
        inner.aliases.remove(&format!("{index}-write"));
        inner.aliases.insert(format!("{name}-write"), [name.to_owned()].into());
        for indexes in inner.aliases.values_mut() {
            if indexes.remove(index) {
                indexes.insert(name.to_owned());
            }
        }
    }

    /// The indexes of an alias.
    pub(super) fn alias(&self, alias: &str) -> Vec<String> {
        self.inner().aliases.get(alias).into_iter().flatten().cloned().collect()
    }
}

impl Transport for Fake {
    fn send(&self, method: Method, path: &str, body: Body<'_>) -> Result<Answer> {
        let is_bulk = path.contains("/_bulk");
        if is_bulk {
            let mut inner = self.inner();
            inner.in_flight += 1;
            inner.most_in_flight = inner.most_in_flight.max(inner.in_flight);
            drop(inner);
            thread::sleep(Duration::from_millis(1));
        }
        let mut inner = self.inner();
        inner.in_flight -= usize::from(is_bulk);
        inner.requests += 1;
        let gone = inner.gone.filter(|(from, _)| inner.requests > *from).map(|(_, gone)| gone);
        let is_first = inner.gone.is_some_and(|(from, _)| inner.requests == from + 1);
        let error = || Error::Unavailable { address: "http://cluster".into(), reason: "gone".into() };
        if gone == Some(Gone::Before) || gone.is_some() && !is_first {
            return Err(error());
        }
        if inner.twice.as_ref().is_some_and(|twice| path.contains(twice.as_str())) {
            inner.act(method, path, body);
        }
        let answer = inner.act(method, path, body);
        if gone.is_some() { Err(error()) } else { Ok(answer) }
    }
}

fn answer(status: u16, body: Value) -> Answer {
    Answer { status, body }
}

fn refusal(status: u16, kind: &str) -> Answer {
    answer(status, json!({ "error": { "type": kind, "reason": kind }, "status": status }))
}

impl Inner {
    fn act(&mut self, method: Method, path: &str, body: Body<'_>) -> Answer {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let parts: Vec<String> =
            path.split('/').skip(1).map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned()).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let json = if let Body::Json(json) | Body::JsonForPacked(json) = body { json.clone() } else { Value::Null };
        match (method, parts.as_slice()) {
            (Method::Post, ["_aliases"]) => self.change_aliases(&json),
            (Method::Head, [index]) => answer(if self.indexes.contains_key(*index) { 200 } else { 404 }, Value::Null),
            (Method::Head, [index, "_alias", alias]) => {
                let has = self.aliases.get(*alias).is_some_and(|indexes| indexes.contains(*index));
                answer(if has { 200 } else { 404 }, Value::Null)
            }
            (Method::Put, [index]) => self.make(index, &json),
            (Method::Delete, [index]) => {
                for indexes in self.aliases.values_mut() {
                    indexes.remove(*index);
                }
                let found = self.indexes.remove(*index).is_some();
                if found {
                    answer(200, json!({ "acknowledged": true }))
                } else {
                    refusal(404, "index_not_found_exception")
                }
            }
            (Method::Post, [index, "_bulk"]) => {
                let lines = if let Body::Lines(lines) = body { lines } else { &[] };
                self.bulk(index, query, &String::from_utf8_lossy(lines))
            }
            (Method::Post, [index, "_search"]) => self.search(index, &json),
            (Method::Post, [index, "_count"]) => {
                let size = json!({ "query": json["query"], "size": usize::MAX });
                let found = self.search(index, &size);
                let Some(hits) = found.body["hits"]["hits"].as_array() else { return found };
                answer(200, json!({ "count": hits.len(), "_shards": { "failed": 0 } }))
            }
            (Method::Post, [index, "_refresh"]) => match self.indexes.get_mut(*index) {
                Some(index) => {
                    index.visible = index.documents.clone();
                    answer(200, json!({ "_shards": { "failed": 0 } }))
                }
                None => refusal(404, "index_not_found_exception"),
            },
            (_, [index, "_doc", id]) => self.document(method, index, id, query, json),
            _ => refusal(400, &format!("no handler for {method:?} {path}")),
        }
    }

    fn make(&mut self, index: &str, body: &Value) -> Answer {
        if self.indexes.contains_key(index) {
            return refusal(400, "resource_already_exists_exception");
        }
        for alias in body["aliases"].as_object().into_iter().flatten().map(|(alias, _)| alias) {
            self.aliases.entry(alias.clone()).or_default().insert(index.to_owned());
        }
        self.indexes.insert(index.to_owned(), Index::default());
        answer(200, json!({ "acknowledged": true }))
    }

    fn change_aliases(&mut self, body: &Value) -> Answer {
        for action in body["actions"].as_array().into_iter().flatten() {
            let (kind, action) = action.as_object().and_then(|action| action.iter().next()).unwrap();
            let of = |name: &str| action[name].as_str().unwrap().to_owned();
            let indexes = self.aliases.entry(of("alias")).or_default();
            let _ = if kind == "add" { indexes.insert(of("index")) } else { indexes.remove(&of("index")) };
        }
        answer(200, json!({ "acknowledged": true }))
    }

    fn document(&mut self, method: Method, index: &str, id: &str, query: &str, source: Value) -> Answer {
        self.seq_no += 1;
        let seq_no = self.seq_no;
        let documents = &mut self.indexes.entry(index.to_owned()).or_default().documents;
        let found = documents.get(id);
        let wanted =
            query.split('&').find_map(|part| part.strip_prefix("if_seq_no=")).map(|n| n.parse::<i64>().unwrap());
        let conflicts = query.contains("op_type=create") && found.is_some()
            || wanted.is_some_and(|wanted| found.is_none_or(|document| document.seq_no != wanted));
        if conflicts {
            return refusal(409, "version_conflict_engine_exception");
        }
        match (method, found) {
            (Method::Get | Method::Delete, None) => answer(404, json!({ "found": false })),
            (Method::Get, Some(document)) => {
                answer(200, json!({ "_source": document.source, "_seq_no": document.seq_no, "_primary_term": 1 }))
            }
            (Method::Delete, Some(_)) => {
                documents.remove(id);
                answer(200, json!({ "result": "deleted" }))
            }
            _ => {
                documents.insert(id.to_owned(), Document { source, seq_no });
                answer(201, json!({ "_seq_no": seq_no, "_primary_term": 1 }))
            }
        }
    }

    fn bulk(&mut self, index: &str, query: &str, lines: &str) -> Answer {
        self.bulks.push(lines.to_owned());
        let by_alias = self.aliases.get(index).and_then(|indexes| indexes.first().cloned());
        let index = match by_alias {
            Some(index) => index,
            None if query.contains("require_alias=true") => return refusal(404, "index_not_found_exception"),
            None => index.to_owned(),
        };
        let mut items = Vec::new();
        let mut lines = lines.lines();
        while let Some(action) = lines.next() {
            let action: Value = serde_json::from_str(action).unwrap();
            let (kind, action) = action.as_object().and_then(|action| action.iter().next()).unwrap();
            let source =
                if kind == "delete" { Value::Null } else { serde_json::from_str(lines.next().unwrap()).unwrap() };
            items.push(json!({ kind: self.item(&index, kind, action, source) }));
        }
        answer(200, json!({ "items": items }))
    }

    fn item(&mut self, index: &str, kind: &str, action: &Value, source: Value) -> Value {
        let error = |status: u16, kind: &str, reason: &str| json!({ "status": status, "error": { "type": kind, "reason": reason } });
        if self.busy > 0 {
            self.busy -= 1;
            return error(429, "rejected_execution_exception", "queue is full");
        }
        if let Some(text) = self.refused.as_ref().filter(|text| source.to_string().contains(text.as_str())) {
            return error(400, "mapper_parsing_exception", text.trim_matches('"'));
        }
        self.seq_no += 1;
        let seq_no = self.seq_no;
        let documents = &mut self.indexes.entry(index.to_owned()).or_default().documents;
        let id = action["_id"].as_str().unwrap();
        let is_seen =
            action["if_seq_no"].as_i64().is_none_or(|wanted| documents.get(id).is_some_and(|d| d.seq_no == wanted));
        match kind {
            "delete" => json!({ "status": if documents.remove(id).is_some() { 200 } else { 404 } }),
            "update" => match documents.get_mut(id) {
                None => error(404, "document_missing_exception", id),
                Some(_) if !is_seen => error(409, "version_conflict_engine_exception", id),
                Some(document) => {
                    document.seq_no = seq_no;
                    for (name, value) in source["doc"].as_object().into_iter().flatten() {
                        document.source[name] = value.clone();
                    }
                    json!({ "status": 200 })
                }
            },
            _ => {
                documents.insert(id.to_owned(), Document { source, seq_no });
                json!({ "status": 201 })
            }
        }
    }

    fn search(&self, index: &str, body: &Value) -> Answer {
        let Some(index) = self.indexes.get(index) else { return refusal(404, "index_not_found_exception") };
        let size = body["size"].as_u64().unwrap_or(10) as usize;
        let hit = |(id, document): (&String, &Document)| {
            let length = &document.source["length"];
            json!({
                "_id": id,
                "_seq_no": document.seq_no,
                "_primary_term": 1,
                "_source": document.source,
                "fields": { "length": [length] },
            })
        };
        let found = index.visible.iter().filter(|(_, document)| matches(&body["query"], &document.source));
        let hits: Vec<Value> = found.take(size).map(hit).collect();
        answer(200, json!({ "hits": { "hits": hits }, "_shards": { "failed": 0 }, "timed_out": false }))
    }
}

/// Whether a document matches a query of those that writers use.
fn matches(query: &Value, source: &Value) -> bool {
    let Some((kind, of)) = query.as_object().and_then(|query| query.iter().next()) else { return true };
    let clauses = |name: &str| of[name].as_array().map(Vec::as_slice).unwrap_or_default();
    let field = || of.as_object().and_then(|of| of.iter().next()).unwrap();
    match kind.as_str() {
        "bool" => {
            let should = clauses("should");
            clauses("filter").iter().all(|clause| matches(clause, source))
                && !clauses("must_not").iter().any(|clause| matches(clause, source))
                && (should.is_empty() || should.iter().any(|clause| matches(clause, source)))
        }
        "term" => source[field().0] == *field().1,
        "terms" => field().1.as_array().unwrap().contains(&source[field().0]),
        "range" => {
            let Some(value) = source[field().0].as_i64() else { return false };
            field().1.as_object().unwrap().iter().all(|(end, bound)| {
                let bound = bound.as_i64().unwrap();
                match end.as_str() {
                    "gt" => value > bound,
                    "gte" => value >= bound,
                    "lt" => value < bound,
                    "lte" => value <= bound,
                    _ => panic!("{end}"),
                }
            })
        }
        _ => panic!("{kind}"),
    }
}
