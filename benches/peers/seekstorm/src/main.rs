//! SeekStorm as a peer of the benchmarks: a search engine library designed for speed. The protocol is in
//! benches/peers/README.md.

mod index;
mod searches;

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{BufRead, Write};
use std::path::Path;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::searches::Searches;

#[derive(Deserialize)]
struct Request {
    mode: String,
    text: String,
    service: Option<String>,
    severities: Vec<String>,
    facets: bool,
    limit: usize,
    repeat: usize,
}

#[derive(Serialize)]
struct Hit {
    id: String,
    title: String,
    score: f32,
}

/// What a search returns.
#[derive(Serialize, Default)]
struct Found {
    hits: usize,
    top: Vec<Hit>,
    facets: BTreeMap<String, BTreeMap<String, usize>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Answer {
    Found {
        #[serde(flatten)]
        found: Found,
        seconds: Vec<f64>,
    },
    Unsupported {
        unsupported: &'static str,
    },
    Error {
        error: String,
    },
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["version"] => println!("SeekStorm {}", seekstorm_version()),
        ["index", lines, folder] => index::run(Path::new(lines), Path::new(folder))?,
        ["serve", folder] => serve(Path::new(folder))?,
        _ => return Err("usage: version | index LINES FOLDER | serve FOLDER".into()),
    }
    Ok(())
}

/// The version in the manifest, which is exact.
fn seekstorm_version() -> &'static str {
    let line = include_str!("../Cargo.toml").lines().find(|line| line.starts_with("seekstorm = "));
    line.and_then(|line| line.split('"').nth(1)).map_or("unknown", |version| version.trim_start_matches('='))
}

/// Answers requests, one line of JSON each.
fn serve(folder: &Path) -> Result<(), Box<dyn Error>> {
    let searches = Searches::open(folder)?;
    let mut output = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let answer = answer(&searches, &line?).unwrap_or_else(|e| Answer::Error { error: e.to_string() });
        serde_json::to_writer(&mut output, &answer)?;
        output.write_all(b"\n")?;
        output.flush()?;
    }
    Ok(())
}

fn answer(searches: &Searches, line: &str) -> Result<Answer, Box<dyn Error>> {
    let request: Request = serde_json::from_str(line)?;
    if request.mode == "prefix" {
        return Ok(Answer::Unsupported { unsupported: "no queries by prefix" });
    }
    let (mut found, mut seconds) = (Found::default(), Vec::new());
    for _ in 0..request.repeat {
        let started = Instant::now();
        found = searches.run(&request)?;
        seconds.push(started.elapsed().as_secs_f64());
    }
    Ok(Answer::Found { found, seconds })
}
