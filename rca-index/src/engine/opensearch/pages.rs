//! Pages: a long list of hits, a page at a time, all of one point in time.
//!
//! In: the body of a search, with an order that no two incidents share. Out: answers, each behind the one before. A single page needs
//! no point in time.

use serde_json::{Value, json};

use crate::engine::opensearch::http::{Body, Method, segment};
use crate::engine::opensearch::snapshot::{Snapshot, hits};
use crate::error::Result;

/// How long a cluster keeps a point in time between two pages.
const KEPT: &str = "2m";

/// Asks for these fields of hits. Without any, what is stored is not even unpacked.
pub(super) fn of_hits(body: &mut Value, fields: &[&str]) {
    body["_source"] = if fields.is_empty() { Value::Bool(false) } else { json!(fields) };
    match body {
        Value::Object(body) if fields.is_empty() => drop(body.insert("stored_fields".to_owned(), json!("_none_"))),
        Value::Object(body) => drop(body.remove("stored_fields")),
        _ => {}
    }
}

/// The pages of a list.
pub(super) struct Pages<'s> {
    snapshot: &'s Snapshot<'s>,
    body: Value,
    /// Whether more than one page may be asked for.
    pub(super) keep_open: bool,
    /// The point in time.
    open: Option<String>,
    is_done: bool,
    is_first: bool,
}

impl<'s> Pages<'s> {
    pub(super) fn new(snapshot: &'s Snapshot<'s>, body: Value) -> Self {
        Self { snapshot, body, keep_open: false, open: None, is_done: false, is_first: true }
    }

    /// The next page, of so many hits with these fields; `None` behind the last.
    pub(super) fn next(&mut self, size: usize, fields: &[&str]) -> Result<Option<Value>> {
        if self.is_done {
            return Ok(None);
        }
        if self.keep_open && self.open.is_none() {
            self.open = self.opened()?;
        }
        self.body["size"] = json!(size);
        of_hits(&mut self.body, fields);
        if let Some(id) = &self.open {
            self.body["pit"] = json!({ "id": id, "keep_alive": KEPT });
        }
        let answer =
            if self.open.is_some() { self.snapshot.ask_open(&self.body)? } else { self.snapshot.ask(&self.body)? };
        let found = hits(&answer).count();
        match hits(&answer).last() {
            Some(last) if found == size && self.keep_open => self.body["search_after"] = last["sort"].clone(),
            _ => self.is_done = true,
        }
        if let Some(id) = answer["pit_id"].as_str() {
            self.open = Some(id.to_owned());
        }
        let is_first = std::mem::take(&mut self.is_first);
        if is_first && let Value::Object(body) = &mut self.body {
            // The number of matches and the counts of facets are of the first page.
            body.remove("aggs");
            body.remove("docvalue_fields");
            body.insert("track_total_hits".to_owned(), Value::Bool(false));
        }
        Ok((is_first || found > 0).then_some(answer))
    }

    fn opened(&self) -> Result<Option<String>> {
        let index = &self.snapshot.view().index;
        if index.is_empty() {
            return Ok(None);
        }
        let path = format!("/{}/_search/point_in_time?keep_alive={KEPT}", segment(index));
        let opened = self.snapshot.cluster.remote.done(Method::Post, &path, Body::None)?;
        Ok(opened["pit_id"].as_str().map(str::to_owned))
    }
}

impl Drop for Pages<'_> {
    fn drop(&mut self) {
        if let Some(id) = self.open.take() {
            // The cluster drops it by itself too, only later.
            let body = json!({ "pit_id": [id] });
            let _ = self.snapshot.cluster.remote.send(Method::Delete, "/_search/point_in_time", Body::Json(&body));
        }
    }
}
