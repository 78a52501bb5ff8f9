//! Gathers a signal from what the readers find: each part once, without noise, with its line.
//!
//! In: pieces of the input and what they are. Out: the [`Signal`].

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use super::errors::error_named;
use super::keys::{self, Role};
use super::noise;
use super::piece::Piece;
use super::{DETAIL_WEIGHT, LABEL_WEIGHT, Label, MESSAGE_WEIGHT, NAME_WEIGHT, Part, Signal};
use crate::incident::{Precision, Timestamp};

/// The longest value of a label. What is longer is no label but a text.
const MAX_LABEL_BYTES: usize = 200;

/// A list of the signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum List {
    Names,
    Errors,
    Services,
    Text,
    Labels,
    Runbooks,
}

/// A signal in the making.
pub(super) struct Gather {
    /// The first byte of each line of the input.
    lines: Vec<usize>,
    seen: HashSet<(List, String)>,
    pub(super) signal: Signal,
    /// How many bytes were looked at.
    pub(super) work: usize,
}

impl Gather {
    pub(super) fn new(source: &str) -> Self {
        let starts = source.bytes().enumerate().filter(|&(_, b)| b == b'\n').map(|(at, _)| at + 1);
        let lines = std::iter::once(0).chain(starts).collect();
        Self { lines, seen: HashSet::new(), signal: Signal::default(), work: source.len() }
    }

    fn part(&self, text: String, weight: f32, range: &Range<usize>) -> Part {
        let line = self.lines.partition_point(|&start| start <= range.start);
        Part { text, weight, range: range.clone(), line: u32::try_from(line).unwrap_or(u32::MAX) }
    }

    /// The list, and a part for it if it has none with this text.
    fn new_part(&mut self, list: List, text: String, weight: f32, range: &Range<usize>) -> Option<Part> {
        self.work += text.len();
        let is_new = text.len() > 1 && self.seen.insert((list, text.to_lowercase()));
        is_new.then(|| self.part(text, weight, range))
    }

    /// The name of an alert.
    pub(super) fn name(&mut self, piece: &Piece) {
        let text = noise::cleaned(piece.text);
        let part = self.new_part(List::Names, text, NAME_WEIGHT, &piece.range);
        self.signal.names.extend(part);
    }

    /// The type or the code of an error. What it is a type of stands before its last segment.
    pub(super) fn error(&mut self, piece: &Piece) {
        let name = noise::words(piece.text).next().unwrap_or_default();
        let name = error_named(name).unwrap_or(name).to_owned();
        let part = self.new_part(List::Errors, name, NAME_WEIGHT, &piece.range);
        self.signal.errors.extend(part);
    }

    /// The name of a service, or names with commas between them.
    pub(super) fn service(&mut self, piece: &Piece) {
        for name in piece.text.split(',').map(noise::cleaned) {
            // A unit of systemd.
            let name = name.strip_suffix(".service").map_or(name.clone(), str::to_owned);
            let part = self.new_part(List::Services, name, DETAIL_WEIGHT, &piece.range);
            self.signal.services.extend(part);
        }
    }

    /// A text, and the errors that it names.
    pub(super) fn prose(&mut self, piece: &Piece, weight: f32) {
        self.runbooks(piece);
        let text = without_links(piece.text);
        self.work += 2 * piece.text.len();
        let mut errors = Vec::new();
        let cleaned = noise::cleaned_seen(&text, "", |word| errors.extend(error_named(word)));
        for name in errors {
            let part = self.new_part(List::Errors, name.to_owned(), NAME_WEIGHT, &piece.range);
            self.signal.errors.extend(part);
        }
        let part = self.new_part(List::Text, cleaned, weight, &piece.range);
        self.signal.text.extend(part);
    }

    /// A label.
    pub(super) fn label(&mut self, name: &str, piece: &Piece) {
        if piece.text.len() > MAX_LABEL_BYTES {
            return self.prose(piece, LABEL_WEIGHT);
        }
        let text = noise::cleaned_value(piece.text, name);
        let part = self.new_part(List::Labels, text, LABEL_WEIGHT, &piece.range);
        self.signal.labels.extend(part.map(|value| Label { name: name.to_owned(), value }));
    }

    /// The addresses of a value that is known to be that of a runbook.
    fn runbook(&mut self, piece: &Piece) {
        for address in addresses(piece.text) {
            let part = self.new_part(List::Runbooks, address.to_owned(), LABEL_WEIGHT, &piece.range);
            self.signal.runbooks.extend(part);
        }
    }

    /// The addresses of runbooks in any text.
    pub(super) fn runbooks(&mut self, piece: &Piece) {
        let is_runbook = |address: &&str| address.contains("runbook") || address.contains("playbook");
        for address in addresses(piece.text).filter(is_runbook) {
            let part = self.new_part(List::Runbooks, address.to_owned(), LABEL_WEIGHT, &piece.range);
            self.signal.runbooks.extend(part);
        }
    }

    /// A time. The earliest is kept.
    pub(super) fn at(&mut self, text: &str) {
        let time = read_time(text);
        self.signal.at = [self.signal.at, time].into_iter().flatten().min();
    }

    /// The value of a key, on one line.
    pub(super) fn valued(&mut self, key: &str, role: Role, piece: &Piece) {
        match role {
            Role::Name => self.name(piece),
            Role::Error if noise::is_number(piece.text.trim_start_matches('-')) => self.detail(key, piece),
            Role::Error => self.error(piece),
            Role::Service => self.service(piece),
            Role::Message => self.prose(piece, MESSAGE_WEIGHT),
            Role::Detail => self.detail(key, piece),
            Role::Label => self.label(key, piece),
            Role::Runbook => self.runbook(piece),
            Role::At => self.at(piece.text),
            // The status of a request tells something, that of an alert does not.
            Role::Noise if key.to_ascii_lowercase().contains("status") && says_more(piece.text) => {
                self.detail(key, piece);
            }
            // The address of a dashboard is noise, and may have that of a runbook behind it.
            Role::Noise => self.runbooks(piece),
        }
    }

    /// A detail. A number is kept with its key, if it tells something.
    fn detail(&mut self, key: &str, piece: &Piece) {
        if !noise::is_number(piece.text) {
            return self.prose(piece, DETAIL_WEIGHT);
        }
        let number = noise::cleaned_after(piece.text, key);
        let text = if number.is_empty() { number } else { format!("{key} {number}") };
        let part = self.new_part(List::Text, text, DETAIL_WEIGHT, &piece.range);
        self.signal.text.extend(part);
    }
}

/// The role of a key, and of one that the table does not know.
pub(super) fn role_of(key: &str, otherwise: Role) -> Role {
    keys::role(key).unwrap_or(otherwise)
}

/// Whether a status is more than the state of an alert: a number, or a sentence.
fn says_more(status: &str) -> bool {
    noise::is_number(status) || noise::words(status).nth(2).is_some()
}

/// The addresses in a text.
fn addresses(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '|' | '"' | '\'' | '(' | ')' | '[' | ']' | '`'))
        .filter(|word| word.contains("://"))
        .map(|word| word.trim_end_matches(['.', ',', ';', '*']))
}

/// A text without its links in Markdown, which lead to dashboards and monitors: `[Edit](https://...)`.
fn without_links(text: &str) -> Cow<'_, str> {
    if !text.contains("](") {
        return Cow::Borrowed(text);
    }
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(middle) = rest.find("](") {
        let Some(end) = rest[middle..].find(')') else { break };
        let start = rest[..middle].rfind('[').unwrap_or(middle);
        kept.push_str(&rest[..start]);
        kept.push(' ');
        rest = &rest[middle + end + 1..];
    }
    kept.push_str(rest);
    Cow::Owned(kept)
}

/// A time with its offset, or seconds, milliseconds, microseconds or nanoseconds since 1970.
fn read_time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let of_seconds = |seconds| Timestamp::from_unix_seconds(seconds, Precision::Second);
    let whole = text.split('.').next().unwrap_or_default();
    if whole.len() >= 10 && whole.bytes().all(|b| b.is_ascii_digit()) {
        let number: i64 = whole.parse().ok()?;
        let unit = match whole.len() {
            10 | 11 => 1,
            13 => 1_000,
            16 => 1_000_000,
            19 => 1_000_000_000,
            _ => return None,
        };
        return Some(of_seconds(number / unit));
    }
    let time: jiff::Timestamp = text.parse().ok()?;
    // Year 1 stands for "not yet".
    (time.as_second() > 0).then(|| of_seconds(time.as_second()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_in_any_form() {
        for (text, expected) in [
            ("2026-05-04T08:31:02.114Z", Some("2026-05-04T08:31:02Z")),
            ("2026-06-02T16:47:20+02:00", Some("2026-06-02T14:47:20Z")),
            ("2026-04-20T10:20:31.664+0000", Some("2026-04-20T10:20:31Z")),
            ("1770100000000", Some("2026-02-03T06:26:40Z")),
            ("1772323181.2", Some("2026-02-28T23:59:41Z")),
            ("0001-01-01T00:00:00Z", None),
            ("soon", None),
            ("12", None),
        ] {
            assert_eq!(read_time(text).map(|time| time.to_string()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn links_are_removed() {
        for (text, expected) in [
            ("disk full [[Edit](https://a.example/x)] now", "disk full [ ] now"),
            ("a](b", "a](b"),
            ("](x) y", "  y"),
            ("[a](b) [c](d)", "   "),
        ] {
            assert_eq!(without_links(text), expected);
        }
    }
}
