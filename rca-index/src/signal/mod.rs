//! Signals: text that was pasted from an alert, a log or a stack trace.
//!
//! In: what was typed or pasted. Out: which of the two it was ([`is_paste`], and nothing else decides that); and what a
//! pasted text tells, as a [`Signal`]: names, errors, services, text, labels, runbooks, a time, each with its weight and place.
//!
//! Products and languages are rows of tables: `products.rs` has the JSON of each product by key paths, `frames.rs` the stack traces
//! of each language, `keys.rs` what a key says about its value wherever it stands, `noise.rs` what no other incident has.

mod errors;
mod frames;
mod gather;
mod hosts;
mod json;
mod keys;
mod lines;
mod model;
mod noise;
mod pairs;
mod paste;
mod payload;
mod piece;
mod products;
mod table;

#[cfg(test)]
mod tests;

use crate::incident::beginning::beginning;
use gather::Gather;
use json::Json;
use lines::Tally;
pub use model::{
    DETAIL_WEIGHT, LABEL_WEIGHT, Label, MESSAGE_WEIGHT, NAME_WEIGHT, Part, Signal, SignalKind, Unread, UnreadReason,
};
pub use paste::is_paste;
use payload::Payload;
use piece::Piece;
use products::PRODUCTS;

/// As much of a text is read, in bytes. [`Signal::unread`] says what was left out.
pub const MAX_SIGNAL_BYTES: usize = 1 << 20;

impl Signal {
    /// Reads a pasted text. Any text yields a signal: broken JSON is text, and an empty text tells nothing.
    ///
    /// Several alerts are one signal of those that are firing. Work is linear in the length of the text.
    ///
    /// ```
    /// use rca_index::signal::{Signal, SignalKind};
    ///
    /// let alert = r#"{"status": "firing", "alerts": [{
    ///     "status": "firing",
    ///     "labels": {"alertname": "DiskFull", "service": "log-collector", "severity": "page"},
    ///     "annotations": {"summary": "lc-data-2 has 4% free", "runbook_url": "https://wiki.example/runbooks/disk"},
    ///     "startsAt": "2026-03-14T02:11:09Z",
    ///     "fingerprint": "a3f1c2b49d0e8877"
    /// }]}"#;
    /// let signal = Signal::read(alert);
    /// assert_eq!(signal.kind, SignalKind::Alertmanager);
    /// assert_eq!((signal.names[0].text.as_str(), signal.names[0].weight), ("DiskFull", 3.0));
    /// assert_eq!(signal.services[0].text, "log-collector");
    /// assert_eq!(signal.text[0].text, "lc-data has free");
    /// assert_eq!((&alert[signal.text[0].range.clone()], signal.text[0].line), ("lc-data-2 has 4% free", 4));
    /// assert_eq!(signal.runbooks[0].text, "https://wiki.example/runbooks/disk");
    /// assert_eq!(signal.at.map(|at| at.to_string()).as_deref(), Some("2026-03-14T02:11:09Z"));
    /// ```
    #[must_use]
    pub fn read(text: &str) -> Self {
        read(text, None).signal
    }

    /// Reads a pasted text that is known to be of a kind: JSON as that of a product, with no regard to the keys that it is
    /// known by; or lines, in which no JSON is looked for.
    ///
    /// ```
    /// use rca_index::signal::{Signal, SignalKind};
    ///
    /// assert_eq!(Signal::read("the disk is full").kind, SignalKind::Text);
    /// let signal = Signal::read_as("the disk is full", SignalKind::Log);
    /// assert_eq!((signal.kind, &*signal.text[0].text), (SignalKind::Log, "the disk is full"));
    /// ```
    #[must_use]
    pub fn read_as(text: &str, kind: SignalKind) -> Self {
        Self { kind, ..read(text, Some(kind)).signal }
    }
}

/// Whether text of a kind has documents of JSON.
fn has_documents(kind: SignalKind) -> bool {
    matches!(kind, SignalKind::Json | SignalKind::JsonLines) || PRODUCTS.iter().any(|product| product.kind == kind)
}

/// Reads a text: documents of JSON that begin on a line of their own, and the text around them; as that of a kind, if one is
/// given.
fn read(text: &str, from: Option<SignalKind>) -> Gather {
    let (read, unread) = cut(text);
    let mut gather = Gather::new(read);
    gather.signal.unread.extend(unread);
    let mut tally = Tally::default();
    let mut documents = Documents::default();
    let whole = Piece { text: read, range: 0..read.len() };
    let (mut at, mut behind) = (0, 0);
    while at < read.len() {
        let start = at + read[at..].len() - read[at..].trim_start_matches([' ', '\t', '\r', '\n']).len();
        if begins_document(&read[start..]) && from.is_none_or(has_documents) {
            match Json::read(read, start) {
                Ok((json, end)) => {
                    gather.work += end - start;
                    lines::read(&mut gather, &whole.slice(behind..start), MESSAGE_WEIGHT, &mut tally);
                    documents.add(&mut gather, &json, from);
                    (at, behind) = (end, end);
                    continue;
                }
                // What was read in vain is text, and is not read as JSON again: work stays linear.
                Err(broken) => at = broken.max(start),
            }
            gather.work += at - start;
        }
        at = read[at.max(start)..].find('\n').map_or(read.len(), |end| at.max(start) + end + 1);
    }
    lines::read(&mut gather, &whole.from(behind), MESSAGE_WEIGHT, &mut tally);
    gather.signal.kind = documents.kind().unwrap_or_else(|| tally.kind());
    gather
}

/// The part of a text that is read, and the part that is not.
fn cut(text: &str) -> (&str, Option<Unread>) {
    if text.len() <= MAX_SIGNAL_BYTES {
        return (text, None);
    }
    let read = beginning(text, MAX_SIGNAL_BYTES);
    (read, Some(Unread { range: read.len()..text.len(), reason: UnreadReason::TooLong }))
}

/// Whether a document of JSON may begin here. Lines of logs begin with `[` too.
fn begins_document(text: &str) -> bool {
    let inside = text.strip_prefix('[').map(str::trim_start);
    text.starts_with('{') || inside.is_some_and(|inside| inside.starts_with('{'))
}

/// The documents of a text.
#[derive(Default)]
struct Documents {
    count: usize,
    product: Option<SignalKind>,
}

impl Documents {
    fn add(&mut self, gather: &mut Gather, json: &Json, from: Option<SignalKind>) {
        let mut skipped = Vec::new();
        json.skipped(&mut skipped);
        let unread = skipped.into_iter().map(|range| Unread { range, reason: UnreadReason::TooDeep });
        gather.signal.unread.extend(unread);
        let product = Payload { gather, within: None, from }.read(json);
        self.count += 1;
        self.product = self.product.or(product);
    }

    fn kind(&self) -> Option<SignalKind> {
        let other = match self.count {
            0 => return None,
            1 => SignalKind::Json,
            _ => SignalKind::JsonLines,
        };
        Some(self.product.unwrap_or(other))
    }
}
