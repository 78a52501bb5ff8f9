//! Bulk requests: many documents in a request, a few requests at a time.
//!
//! In: actions, each with the id of the incident that it is about. Out: requests of a limited size; an error that names the
//! incidents whose action was refused. What a busy cluster did not take is sent again.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::io;
use std::ops::Range;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use crate::engine::opensearch::answer::reason_in;
use crate::engine::opensearch::cluster::{Remote, Seen};
use crate::engine::opensearch::http::{Body, Method, segment};
use crate::error::{Error, Result};

/// A request is sent once it has so many bytes or so many actions.
const MOST_BYTES: usize = 5 << 20;
const MOST_ACTIONS: usize = 2_000;
/// So many requests are under way at once.
const IN_FLIGHT: usize = 3;
/// How often actions that a busy cluster did not take are sent again, and how long is waited before the first time.
const TRIES: u32 = 6;
const PAUSE: Duration = Duration::from_millis(250);
/// So many refused actions are told by id.
const MOST_TOLD: usize = 10;

/// Actions on an index, sent in the background. Dropping it waits for what is under way.
#[derive(Debug)]
pub(super) struct Bulk {
    shared: Arc<Shared>,
    batch: Mutex<Batch>,
}

#[derive(Debug)]
struct Shared {
    remote: Remote,
    path: String,
    state: Mutex<State>,
    changed: Condvar,
    pause: Duration,
}

#[derive(Debug, Default)]
struct State {
    in_flight: usize,
    /// The first one.
    error: Option<Error>,
}

/// Actions that are sent together.
#[derive(Debug, Default)]
struct Batch {
    lines: Vec<u8>,
    actions: Vec<Action>,
}

/// An action: its lines, and the incident that it is about.
#[derive(Debug)]
struct Action {
    lines: Range<usize>,
    about: String,
}

impl Bulk {
    /// Actions on this index, or on this alias.
    pub(super) fn new(remote: &Remote, index: &str) -> Self {
        // Without that, a cluster would make an index that somebody removed, with a mapping that it guesses.
        let path = format!("/{}/_bulk?require_alias=true&_source=false", segment(index));
        Self::with(remote, path, PAUSE)
    }

    /// Actions on an index that has no alias.
    pub(super) fn on_index(remote: &Remote, index: &str) -> Self {
        Self::with(remote, format!("/{}/_bulk?_source=false", segment(index)), PAUSE)
    }

    fn with(remote: &Remote, path: String, pause: Duration) -> Self {
        let (state, changed) = (Mutex::default(), Condvar::new());
        let shared = Arc::new(Shared { remote: remote.clone(), path, state, changed, pause });
        Self { shared, batch: Mutex::default() }
    }

    /// Adds a document, or puts it in the place of the one with its id.
    pub(super) fn index(&self, id: &str, document: &impl Serialize, about: &str) -> Result<()> {
        self.add(&json!({ "index": { "_id": id } }), Some(document), about)
    }

    /// Changes fields of a document, if it is still as it was seen, or as it is.
    pub(super) fn update(&self, id: &str, seen: Option<Seen>, fields: &Value, about: &str) -> Result<()> {
        let action = match seen {
            Some(Seen { seq_no, primary_term }) => {
                json!({ "update": { "_id": id, "if_seq_no": seq_no, "if_primary_term": primary_term } })
            }
            None => json!({ "update": { "_id": id, "retry_on_conflict": 3 } }),
        };
        self.add(&action, Some(&json!({ "doc": fields })), about)
    }

    /// Removes a document.
    pub(super) fn delete(&self, id: &str) -> Result<()> {
        self.add::<Value>(&json!({ "delete": { "_id": id } }), None, id)
    }

    fn add<T: Serialize>(&self, action: &Value, document: Option<&T>, about: &str) -> Result<()> {
        let mut lines = Vec::new();
        let written = push_line(&mut lines, action)
            .and_then(|()| document.map_or(Ok(()), |document| push_line(&mut lines, document)));
        written.map_err(|e| self.shared.remote.damaged(format!("`{about}` cannot be written as JSON: {e}")))?;
        let mut batch = self.batch();
        let full = (!batch.fits(lines.len())).then(|| std::mem::take(&mut *batch));
        batch.push(&lines, about);
        drop(batch);
        full.map_or(Ok(()), |full| self.send(full))
    }

    /// Sends the rest, and waits until everything is written.
    pub(super) fn finish(&self) -> Result<()> {
        let rest = std::mem::take(&mut *self.batch());
        if !rest.actions.is_empty() {
            self.send(rest)?;
        }
        self.shared.wait(1).map(drop)
    }

    /// Sends actions once fewer than the most requests are under way.
    fn send(&self, batch: Batch) -> Result<()> {
        let mut state = self.shared.wait(IN_FLIGHT)?;
        state.in_flight += 1;
        drop(state);
        let sending = Sending(Arc::clone(&self.shared));
        let spawned = thread::Builder::new().name("rca-bulk".to_owned()).spawn(move || {
            let result = sending.0.send(batch);
            sending.0.note(result);
        });
        spawned.map(drop).map_err(|e| Error::io(&self.shared.remote.place)(io::Error::other(e)))
    }

    fn batch(&self) -> MutexGuard<'_, Batch> {
        self.batch.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Bulk {
    fn drop(&mut self) {
        // What is under way must not arrive after the lock was released.
        let state = self.shared.state();
        drop(self.shared.changed.wait_while(state, |state| state.in_flight > 0));
    }
}

fn push_line(lines: &mut Vec<u8>, value: &impl Serialize) -> serde_json::Result<()> {
    serde_json::to_writer(&mut *lines, value)?;
    lines.push(b'\n');
    Ok(())
}

impl Batch {
    fn fits(&self, more: usize) -> bool {
        self.actions.is_empty() || self.lines.len() + more <= MOST_BYTES && self.actions.len() < MOST_ACTIONS
    }

    fn push(&mut self, lines: &[u8], about: &str) {
        let start = self.lines.len();
        self.lines.extend_from_slice(lines);
        self.actions.push(Action { lines: start..self.lines.len(), about: about.to_owned() });
    }

    /// Only these actions, by number.
    fn only(&self, numbers: &[usize]) -> Self {
        let mut rest = Self::default();
        for action in numbers.iter().filter_map(|&number| self.actions.get(number)) {
            rest.push(&self.lines[action.lines.clone()], &action.about);
        }
        rest
    }
}

/// A request under way, until it is dropped.
struct Sending(Arc<Shared>);

impl Drop for Sending {
    fn drop(&mut self) {
        self.0.state().in_flight -= 1;
        self.0.changed.notify_all();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until fewer than so many requests are under way. Fails with the first error.
    fn wait(&self, fewer_than: usize) -> Result<MutexGuard<'_, State>> {
        let waited = self.changed.wait_while(self.state(), |state| state.in_flight >= fewer_than);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        state.error.take().map_or(Ok(state), Err)
    }

    fn note(&self, result: Result<()>) {
        if let Err(error) = result {
            self.state().error.get_or_insert(error);
        }
    }

    fn send(&self, mut batch: Batch) -> Result<()> {
        for attempt in 0..TRIES {
            let answer = self.remote.done(Method::Post, &self.path, Body::Lines(&batch.lines))?;
            let Judged { refused, busy, reason } = judge(&answer, &batch.actions);
            if let Some((status, reason)) = refused {
                return Err(self.remote.error(status, &reason));
            }
            if busy.is_empty() {
                return Ok(());
            }
            if attempt + 1 == TRIES {
                return Err(Error::Unavailable { address: self.remote.place.clone(), reason });
            }
            batch = batch.only(&busy);
            thread::sleep(self.pause * 2_u32.pow(attempt));
        }
        Ok(())
    }
}

/// What an answer says of its actions.
#[derive(Debug, Default)]
struct Judged {
    /// The status of the first that was refused, and what is wrong with all of them.
    refused: Option<(u16, String)>,
    /// The numbers of those that the cluster was too busy for.
    busy: Vec<usize>,
    reason: String,
}

fn judge(answer: &Value, actions: &[Action]) -> Judged {
    let mut judged = Judged::default();
    let items = answer["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    if items.len() != actions.len() {
        let reason = format!("it answered {} of {} actions", items.len(), actions.len());
        return Judged { refused: Some((200, reason)), ..judged };
    }
    let mut refused = VecDeque::new();
    for (number, (item, action)) in items.iter().zip(actions).enumerate() {
        let Some((kind, item)) = item.as_object().and_then(|item| item.iter().next()) else { continue };
        let status = item["status"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or(500);
        match status {
            200..300 => {}
            429 | 503 => {
                judged.reason = reason_in(item);
                judged.busy.push(number);
            }
            // It is gone already, or was changed by the same request, which arrived twice. A commit counts.
            404 if kind == "delete" || kind == "update" && !reason_in(item).starts_with("index_not_found") => {}
            409 if kind == "update" => {}
            _ => refused.push_back((status, &action.about, reason_in(item))),
        }
    }
    if let Some(&(status, ..)) = refused.front() {
        let mut told = String::new();
        for (_, about, reason) in refused.iter().take(MOST_TOLD) {
            let separator = if told.is_empty() { "" } else { "; " };
            let _ = write!(told, "{separator}`{about}`: {reason}");
        }
        if refused.len() > MOST_TOLD {
            let _ = write!(told, "; and {} more", refused.len() - MOST_TOLD);
        }
        judged.refused = Some((status, told));
    }
    judged
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::opensearch::fake::Fake;

    fn bulk(fake: &Arc<Fake>) -> Bulk {
        let remote = Remote::new(fake.clone(), "incidents");
        Bulk::with(&remote, "/docs/_bulk".to_owned(), Duration::from_millis(1))
    }

    #[test]
    fn requests_are_split_by_size_and_by_number() {
        let fake = Fake::new();
        let writing = bulk(&fake);
        for nth in 0..4_500 {
            writing.index(&nth.to_string(), &json!({ "id": nth }), "a").unwrap();
        }
        writing.finish().unwrap();
        let mut sizes: Vec<usize> = fake.bulks().iter().map(|lines| lines.lines().count() / 2).collect();
        sizes.sort_unstable();
        assert_eq!(sizes, [500, MOST_ACTIONS, MOST_ACTIONS]);
        assert_eq!(fake.documents("docs").len(), 4_500);

        let fake = Fake::new();
        let writing = bulk(&fake);
        let text = "x".repeat(MOST_BYTES / 3);
        for nth in 0..7 {
            writing.index(&nth.to_string(), &json!({ "text": text }), "a").unwrap();
        }
        // Larger than a request may be: it goes alone.
        writing.index("large", &json!({ "text": "x".repeat(MOST_BYTES + 1) }), "a").unwrap();
        writing.finish().unwrap();
        let mut sizes: Vec<usize> = fake.bulks().iter().map(|lines| lines.lines().count() / 2).collect();
        sizes.sort_unstable();
        assert_eq!(sizes, [1, 1, 2, 2, 2]);
        let few_are_under_way = fake.most_in_flight();
        assert!((1..=IN_FLIGHT).contains(&few_are_under_way), "{few_are_under_way}");
    }

    #[test]
    fn refused_actions_are_told_by_id() {
        let fake = Fake::new();
        fake.refuse("\"poison\"");
        let writing = bulk(&fake);
        for nth in 0..30 {
            let word = if nth % 2 == 0 { "poison" } else { "fine" };
            writing.index(&nth.to_string(), &json!({ "words": [word] }), &format!("2025/report-{nth}")).unwrap();
        }
        let Err(Error::Remote { status, reason, address }) = writing.finish() else { unreachable!("refused") };
        assert_eq!((status, address.as_str()), (400, "http://cluster/incidents"));
        assert!(reason.starts_with("`2025/report-0`: mapper_parsing_exception: poison; `2025/report-2`: "), "{reason}");
        // Told once; the text of a cluster is cut.
        assert!(writing.finish().is_ok() && reason.chars().count() <= 301, "{reason}");
    }

    #[test]
    fn what_a_busy_cluster_did_not_take_is_sent_again_alone() {
        let fake = Fake::new();
        fake.busy_items(3);
        let writing = bulk(&fake);
        for nth in 0..5 {
            writing.index(&nth.to_string(), &json!({ "id": nth }), "a").unwrap();
        }
        writing.finish().unwrap();
        let sizes: Vec<usize> = fake.bulks().iter().map(|lines| lines.lines().count() / 2).collect();
        assert_eq!(sizes, [5, 3]);
        assert_eq!(fake.documents("docs").len(), 5);

        fake.busy_items(1_000);
        writing.index("late", &json!({ "id": 1 }), "a").unwrap();
        assert!(matches!(writing.finish(), Err(Error::Unavailable { .. })));
        assert_eq!(fake.bulks().len(), 2 + TRIES as usize);
    }

    #[test]
    fn an_answer_about_other_actions_is_an_error() {
        let actions = [Action { lines: 0..1, about: "a".into() }];
        assert!(judge(&json!({ "items": [] }), &actions).refused.is_some());
        let gone = json!({ "items": [{ "delete": { "status": 404 } }] });
        assert!(judge(&gone, &actions).refused.is_none());
        let missing =
            json!({ "items": [{ "index": { "status": 404, "error": { "type": "index_not_found_exception" } } }] });
        assert_eq!(judge(&missing, &actions).refused, Some((404, "`a`: index_not_found_exception".to_owned())));
        let changed = json!({ "items": [{ "update": { "status": 409 } }] });
        assert!(judge(&changed, &actions).refused.is_none());
    }
}
