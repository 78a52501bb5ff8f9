//! Iteration: goes over all incidents of a generation, sorted by id, and fetches of each only what is asked for.
//!
//! In: a snapshot. Out: ids, summaries, incidents, a page at a time, so memory does not grow with the archive. The generation does not
//! change under the list: each page follows the last id of the one before.

use std::vec;

use serde_json::{Value, json};

use crate::engine::opensearch::mapping::ID;
use crate::engine::opensearch::pages::of_hits;
use crate::engine::opensearch::snapshot::{Snapshot, everything, hits};
use crate::engine::opensearch::stored::STORED;
use crate::engine::seam::Reads as _;
use crate::error::Result;
use crate::incident::{Incident, Summary};

/// How many ids a page has.
const IDS: usize = 10_000;
/// How many incidents a page has that are fetched whole.
const INCIDENTS: usize = 200;

/// All incidents of a snapshot, sorted by id. After an error, nothing follows.
pub(crate) struct Sorted<'e, T> {
    snapshot: Snapshot<'e>,
    page: usize,
    fields: &'static [&'static str],
    read: fn(&Snapshot<'e>, &Value) -> Result<T>,
    last: Option<Value>,
    made: vec::IntoIter<T>,
    is_done: bool,
}

impl<'e> Snapshot<'e> {
    /// The ids of all incidents.
    pub(crate) fn ids(self) -> Sorted<'e, String> {
        self.sorted_by_id(IDS, &[], |_, hit| Ok(hit["sort"][0].as_str().unwrap_or_default().to_owned()))
    }

    /// The summaries of all incidents; no report is parsed.
    pub(crate) fn summaries(self) -> Sorted<'e, Summary> {
        self.sorted_by_id(INCIDENTS, &STORED, |snapshot, hit| {
            let unreadable = || snapshot.cluster.remote.damaged("a stored summary cannot be read".to_owned());
            snapshot.stored_of(&hit["_source"])?.summary().ok_or_else(unreadable)
        })
    }

    /// All incidents.
    pub(crate) fn all(self) -> Sorted<'e, Incident> {
        self.sorted_by_id(INCIDENTS, &STORED, |snapshot, hit| {
            Ok(snapshot.stored_of(&hit["_source"])?.incident(snapshot.parse_options()))
        })
    }

    fn sorted_by_id<T>(
        self,
        page: usize,
        fields: &'static [&'static str],
        read: fn(&Self, &Value) -> Result<T>,
    ) -> Sorted<'e, T> {
        Sorted { snapshot: self, page, fields, read, last: None, made: Vec::new().into_iter(), is_done: false }
    }
}

impl<T> Sorted<'_, T> {
    fn fetch(&mut self) -> Result<()> {
        let mut body = json!({
            "size": self.page, "track_total_hits": false, "query": self.snapshot.living_and(everything()),
            "sort": [{ ID: "asc" }],
        });
        of_hits(&mut body, self.fields);
        if let Some(last) = &self.last {
            body["search_after"] = last.clone();
        }
        let answer = self.snapshot.ask(&body)?;
        self.last = hits(&answer).last().map(|hit| hit["sort"].clone());
        self.is_done = hits(&answer).count() < self.page;
        let made = hits(&answer).map(|hit| (self.read)(&self.snapshot, hit)).collect::<Result<Vec<_>>>()?;
        self.made = made.into_iter();
        Ok(())
    }
}

impl<T> Iterator for Sorted<'_, T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.made.next() {
                return Some(Ok(item));
            }
            if self.is_done {
                return None;
            }
            if let Err(error) = self.fetch() {
                self.is_done = true;
                return Some(Err(error));
            }
        }
    }
}
