//! The lines of the record: each a change or the end of a write, as JSON after a checksum that includes the line before.
//!
//! In: the bytes after the head. Out: changes with their place, or the byte at which the lines are damaged.

use std::io::{self, BufRead};
use std::ops::Range;

use serde::Deserialize;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::given::form;
use crate::given::head::hex;
use crate::incident::Incident;

/// The length of the checksum and the space before the JSON of a line.
const CHECKSUM: usize = 17;

/// A change of the given incidents.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Change {
    /// An incident was added, or replaced the one with its id.
    Upsert(Box<Incident>),
    /// The incident with this id was removed.
    Delete(String),
}

/// A line and its checksum.
pub(super) fn line(json: &[u8], before: u64) -> (Vec<u8>, u64) {
    let checksum = xxh3_64_with_seed(json, before);
    let mut line = format!("{checksum:016x} ").into_bytes();
    line.extend_from_slice(json);
    line.push(b'\n');
    (line, checksum)
}

pub(super) fn upsert_json(incident: Incident) -> serde_json::Result<Vec<u8>> {
    Ok([&b"{\"upsert\":"[..], &form::to_json(incident)?, b"}"].concat())
}

pub(super) fn delete_json(id: &str) -> serde_json::Result<Vec<u8>> {
    Ok([&b"{\"delete\":"[..], &serde_json::to_vec(id)?, b"}"].concat())
}

/// The end of a write: what stands before it counts from here on.
pub(super) fn end_json(sequence: u64) -> Vec<u8> {
    format!("{{\"end\":{sequence}}}").into_bytes()
}

/// What a line says, without the incident.
#[derive(Debug, PartialEq)]
pub(super) enum Said {
    Upsert(String),
    Delete(String),
    End,
}

/// A line that was read, and where its JSON is in the file.
#[derive(Debug, PartialEq)]
pub(super) struct Line {
    pub(super) said: Said,
    pub(super) json: Range<u64>,
}

/// What is wrong with a line.
#[derive(Debug)]
pub(super) enum LineFault {
    /// The line that begins at this byte is damaged.
    Damaged(u64),
    Io(io::Error),
}

/// The lines of a stretch of the record, in order.
pub(super) struct Lines<R> {
    input: R,
    /// The checksum of the line before.
    pub(super) chain: u64,
    /// Where the next line begins.
    pub(super) at: u64,
    /// Where the stretch ends.
    end: u64,
    bytes: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(input: R, chain: u64, stretch: Range<u64>) -> Self {
        Self { input, chain, at: stretch.start, end: stretch.end, bytes: Vec::new() }
    }

    /// Reads the next line; `None` at the end of the stretch. After a damaged line the next call goes on behind it.
    pub(super) fn next(&mut self) -> Option<Result<Line, LineFault>> {
        if self.at >= self.end {
            return None;
        }
        self.bytes.clear();
        let left = self.end - self.at;
        match io::Read::take(&mut self.input, left).read_until(b'\n', &mut self.bytes) {
            Err(error) => return Some(Err(LineFault::Io(error))),
            Ok(0) => {
                self.end = self.at;
                return Some(Err(LineFault::Damaged(self.at)));
            }
            Ok(_) => {}
        }
        let start = self.at;
        self.at += self.bytes.len() as u64;
        let stated = self.bytes.get(..CHECKSUM - 1).and_then(|word| hex(std::str::from_utf8(word).ok()?));
        let json = self.bytes.strip_suffix(b"\n").and_then(|line| line.get(CHECKSUM..));
        let read =
            json.filter(|json| self.bytes[CHECKSUM - 1] == b' ' && stated == Some(xxh3_64_with_seed(json, self.chain)));
        let line = read.and_then(said).map(|said| {
            let json = start + CHECKSUM as u64..self.at - 1;
            Line { said, json }
        });
        if let Some(stated) = stated {
            self.chain = stated;
        }
        Some(line.ok_or(LineFault::Damaged(start)))
    }
}

#[derive(Deserialize)]
struct Peek {
    upsert: Option<OnlyId>,
    delete: Option<String>,
    end: Option<u64>,
}

#[derive(Deserialize)]
struct OnlyId {
    id: String,
}

fn said(json: &[u8]) -> Option<Said> {
    match serde_json::from_slice(json).ok()? {
        Peek { upsert: Some(incident), .. } => Some(Said::Upsert(incident.id)),
        Peek { delete: Some(id), .. } => Some(Said::Delete(id)),
        Peek { end: Some(_), .. } => Some(Said::End),
        Peek { .. } => None,
    }
}

/// The incident of a line that adds one.
pub(super) fn incident(json: &[u8]) -> Option<Incident> {
    let json = json.strip_prefix(b"{\"upsert\":")?.strip_suffix(b"}")?;
    form::from_json(json).ok()
}
