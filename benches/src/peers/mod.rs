//! Peers: programs that index the same reports and answer the same searches, each with its own library.
//!
//! In: a request per line. Out: an answer per line, with the time that each search took inside the peer. The protocol is in
//! `peers/README.md`.

pub mod contest;
pub mod fts5;
pub mod ours;
pub mod programs;
pub mod queries;
pub mod running;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::time::Instant;

use rca_index::{Facet, Incident};
use serde::{Deserialize, Serialize};

/// A report, as all peers get it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Line {
    pub id: String,
    pub title: String,
    pub body: String,
    pub services: Vec<String>,
    pub severity: Option<String>,
    pub tags: Vec<String>,
    /// When the incident began, in seconds since 1970.
    pub date: Option<i64>,
}

impl From<&Incident> for Line {
    fn from(incident: &Incident) -> Self {
        Self {
            id: incident.id.clone(),
            title: incident.title.value.clone(),
            body: incident.source.clone(),
            services: Facet::Service.values_of(incident),
            severity: Facet::Severity.values_of(incident).into_iter().next(),
            tags: Facet::Tag.values_of(incident),
            date: incident.date.as_ref().map(|date| date.value.unix_seconds()),
        }
    }
}

/// Reads a file of lines.
pub fn read_lines(path: &Path) -> Result<impl Iterator<Item = Result<Line, Box<dyn Error>>>, Box<dyn Error>> {
    let lines = BufReader::with_capacity(1 << 20, File::open(path)?).lines();
    Ok(lines.map(|line| Ok(serde_json::from_str(&line?)?)))
}

/// Which reports a search looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Those with every word.
    All,
    /// Those with at least one word.
    Any,
    /// Those with the words next to each other.
    Phrase,
    /// Those with a word that begins with the text.
    Prefix,
    /// All there are.
    Every,
}

/// A search.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Request {
    pub mode: Mode,
    pub text: String,
    pub service: Option<String>,
    pub severities: Vec<String>,
    pub facets: bool,
    pub limit: usize,
    pub repeat: usize,
}

/// One of the best hits.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Hit {
    pub id: String,
    pub title: String,
    pub score: f64,
}

/// What a search finds.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Found {
    /// The exact number of matches.
    pub hits: u64,
    pub top: Vec<Hit>,
    pub facets: BTreeMap<String, BTreeMap<String, u64>>,
}

/// The answer to a request.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Answer {
    Found {
        #[serde(flatten)]
        found: Found,
        seconds: Vec<f64>,
    },
    /// The library has no such search.
    Unsupported {
        unsupported: String,
    },
    Error {
        error: String,
    },
}

/// The names of the facets.
pub const FACETS: [&str; 3] = ["service", "severity", "tag"];

/// An open index.
pub trait Searches {
    fn run(&self, request: &Request) -> Result<Found, Box<dyn Error>>;
}

/// Answers requests until there are no more.
pub fn serve(searches: &dyn Searches, input: impl BufRead, mut output: impl Write) -> Result<(), Box<dyn Error>> {
    for line in input.lines() {
        let answer = answer(searches, &line?).unwrap_or_else(|e| Answer::Error { error: e.to_string() });
        serde_json::to_writer(&mut output, &answer)?;
        output.write_all(b"\n")?;
        output.flush()?;
    }
    Ok(())
}

fn answer(searches: &dyn Searches, line: &str) -> Result<Answer, Box<dyn Error>> {
    let request: Request = serde_json::from_str(line)?;
    let (mut found, mut seconds) = (Found::default(), Vec::new());
    for _ in 0..request.repeat {
        let started = Instant::now();
        found = searches.run(&request)?;
        seconds.push(started.elapsed().as_secs_f64());
    }
    Ok(Answer::Found { found, seconds })
}
