//! Who takes part: how each peer indexes and how it is asked; and the warm searches, in turn.
//!
//! In: commands and places. Out: the runs of each peer at each query, in the log.

use std::error::Error;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::compare::process::Contestant;
use crate::compare::rca_command;
use crate::compare::table::{Log, OURS, Run};
use crate::peers::programs::Program;
use crate::peers::queries::{WARM, WarmQuery};
use crate::peers::running::{Reply, Running};
use crate::peers::{Found, Mode, Request};

pub const FTS5: &str = "SQLite FTS5";

/// The number of times that all peers are asked the same query.
const TURNS: usize = 5;
/// Before a query is measured, a peer answers it this many times as often, or for this long: programs with a compiler at
/// run time get faster with each call.
const WARM_UP_CALLS: usize = 6;
const WARM_UP_SECONDS: f64 = 1.0;
/// The calls of one warm-up request.
const WARM_UP_STEP: usize = 10;
/// A turn takes about this long at most, if a search is slow.
const TURN_SECONDS: f64 = 2.0;

/// A peer that takes part.
pub struct Entry {
    pub name: &'static str,
    /// Where its index is.
    pub place: PathBuf,
    index: Vec<OsString>,
    serve: Vec<OsString>,
}

impl Entry {
    /// rca, with the command that indexes and the program that has its library.
    pub fn ours(rca: &Path, own: &Path, archive: &Path, work: &Path) -> Self {
        let place = work.join("rca");
        let index = rca_command(rca, archive, &place, &["index", "--rebuild", "-q"]);
        let serve = vec![own.into(), "peer".into(), "serve".into(), place.clone().into()];
        Self { name: OURS, place, index, serve }
    }

    pub fn fts5(own: &Path, lines: &Path, work: &Path) -> Self {
        let place = work.join("fts5.db");
        let index = vec![own.into(), "peer".into(), "fts5".into(), lines.into(), place.clone().into()];
        let serve = vec![own.into(), "peer".into(), "serve-fts5".into(), place.clone().into()];
        Self { name: FTS5, place, index, serve }
    }

    /// A peer that follows the protocol.
    pub fn of_program(program: &Program, lines: &Path, work: &Path) -> Self {
        let place = work.join(program.peer.short_name());
        let command = |words: &[&std::ffi::OsStr]| {
            program.command.iter().cloned().chain(words.iter().map(OsString::from)).collect::<Vec<_>>()
        };
        let index = command(&["index".as_ref(), lines.as_ref(), place.as_ref()]);
        let serve = command(&["serve".as_ref(), place.as_ref()]);
        Self { name: program.peer.name(), place, index, serve }
    }

    /// A peer whose index is there already.
    pub fn serving(name: &'static str, place: &Path, serve: Vec<OsString>) -> Self {
        Self { name, place: place.to_owned(), index: Vec::new(), serve }
    }

    /// The words that build its index.
    #[cfg(test)]
    pub fn index_command(&self) -> &[OsString] {
        &self.index
    }

    /// The words that start it.
    #[cfg(test)]
    pub fn serve_command(&self) -> &[OsString] {
        &self.serve
    }

    /// Its full index.
    pub fn indexing(&self) -> Contestant {
        Contestant::new(self.name, self.index.clone()).clearing(&self.place)
    }
}

/// Asks all peers every query, in turn, and adds each search to the log.
///
/// # Errors
/// A peer fails, or has not indexed all reports.
pub fn warm(entries: &[Entry], reports: u64, searches: usize, log: &mut Log) -> Result<(), Box<dyn Error>> {
    let mut peers =
        entries.iter().map(|entry| Running::start(entry.name, &entry.serve)).collect::<Result<Vec<_>, _>>()?;
    for peer in &mut peers {
        let every = Request { mode: Mode::Every, text: String::new(), ..WARM[0].request(1) };
        match peer.ask(&every)? {
            Reply::Found(Found { hits, .. }, _) if hits == reports => {}
            Reply::Found(found, _) => {
                return Err(format!("{} has {} reports of {reports}", peer.name, found.hits).into());
            }
            Reply::Unsupported(why) => return Err(format!("{} cannot count its reports: {why}", peer.name).into()),
        }
    }
    // Every kind of search once, unmeasured: a compiler at run time is busy with the first ones for longer than a query is
    // warmed up for.
    for peer in &mut peers {
        for query in &WARM {
            let _supported = warm_up(query, peer, searches)?;
        }
    }
    for query in &WARM {
        ask_in_turn(query, &mut peers, searches, log)?;
        let alike = entries.iter().map(|entry| entry.name).filter(|&name| name != OURS || query.is_exact());
        log.check_hits(query.work, &alike.collect::<Vec<_>>());
    }
    Ok(())
}

fn ask_in_turn(query: &WarmQuery, peers: &mut [Running], searches: usize, log: &mut Log) -> Result<(), Box<dyn Error>> {
    let mut asked = Vec::new();
    for peer in peers {
        match warm_up(query, peer, searches)? {
            Ok(seconds) => asked.push((peer, seconds, Vec::new())),
            Err(why) => log.note(format!("{}: {} is left out: {why}", query.work, peer.name)),
        }
    }
    for _ in 0..TURNS {
        for (peer, seconds, runs) in &mut asked {
            let repeat = repeats(searches, *seconds);
            let Reply::Found(found, all) = peer.ask(&query.request(repeat))? else { continue };
            for seconds in all {
                let (round, hits) = (runs.len(), Some(found.hits));
                runs.push(Run { work: query.work, contestant: peer.name, round, seconds, hits, ..Run::default() });
            }
        }
    }
    for (_, _, runs) in asked {
        log.add_all(runs);
    }
    Ok(())
}

/// How often a search is repeated in a turn.
fn repeats(searches: usize, seconds: f64) -> usize {
    let fitting = (TURN_SECONDS / seconds.max(1e-9)) as usize;
    searches.div_ceil(TURNS).min(fitting).max(1)
}

/// Repeats a query without measuring it. Returns the seconds of the last call, or why the peer has no such search.
fn warm_up(query: &WarmQuery, peer: &mut Running, searches: usize) -> Result<Result<f64, String>, Box<dyn Error>> {
    let (mut calls, mut spent, mut last) = (0, 0.0, 0.0);
    // The first call alone, as it may be slow.
    let mut repeat = 1;
    while calls < WARM_UP_CALLS * searches && spent < WARM_UP_SECONDS {
        match peer.ask(&query.request(repeat))? {
            Reply::Found(_, seconds) => {
                calls += repeat;
                spent += seconds.iter().sum::<f64>();
                last = seconds.last().copied().unwrap_or_default();
            }
            Reply::Unsupported(why) => return Ok(Err(why)),
        }
        repeat = repeats(WARM_UP_STEP * TURNS, last);
    }
    Ok(Ok(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_searches_are_repeated_less_and_at_least_once() {
        assert_eq!(repeats(50, 0.001), 10);
        assert_eq!(repeats(51, 0.0), 11);
        assert_eq!(repeats(50, 0.5), 4);
        assert_eq!(repeats(50, 9.0), 1);
    }
}
