//! Peers index the same reports, and what they find is compared.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};

use rca_index::{Archive, Index, UpdateOptions};

use crate::compare::process::measure;
use crate::compare::records::prepare;
use crate::compare::table::Log;
use crate::generate;
use crate::peers::contest::{self, Entry};
use crate::peers::fts5::{self, Fts5};
use crate::peers::ours::Ours;
use crate::peers::programs::Peer;
use crate::peers::queries::WARM;
use crate::peers::running::{Reply, Running};
use crate::peers::{Answer, Found, Mode, Request, Searches, read_lines, serve};

const REPORTS: u64 = 400;

/// A generated archive as the peers get it, and a database of it.
struct Prepared {
    folder: tempfile::TempDir,
    lines: PathBuf,
    database: PathBuf,
}

impl Prepared {
    fn new() -> Result<Self, Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        let archive = folder.path().join("archive");
        generate::run(&archive, REPORTS, 1)?;
        let lines = prepare(&Archive::open(&archive)?, folder.path())?.lines;
        let database = folder.path().join("fts5.db");
        fts5::index(&lines, &database)?;
        Ok(Self { folder, lines, database })
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }
}

#[test]
fn sqlite_finds_what_the_lines_say() -> Result<(), Box<dyn Error>> {
    let prepared = Prepared::new()?;
    let peer = Fts5::open(&prepared.database)?;
    let lines: Vec<_> = read_lines(&prepared.lines)?.collect::<Result<_, _>>()?;
    let words =
        |text: &str| -> Vec<String> { text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase).collect() };
    let number = |test: &dyn Fn(&super::Line) -> bool| lines.iter().filter(|line| test(line)).count() as u64;
    for query in &WARM {
        let found = peer.run(&query.request(1))?;
        let expected = match (query.mode, query.text) {
            (Mode::Every, _) => REPORTS,
            (Mode::Prefix, prefix) => number(&|line| words(&line.body).iter().any(|word| word.starts_with(prefix))),
            (Mode::Phrase, phrase) => number(&|line| line.body.to_lowercase().contains(phrase)),
            _ => continue,
        };
        assert_eq!(found.hits, expected, "{}", query.work);
        assert_eq!(found.top.len() as u64, expected.min(10), "{}", query.work);
    }
    let mut services: BTreeMap<&str, u64> = BTreeMap::new();
    lines.iter().flat_map(|line| &line.services).for_each(|name| *services.entry(name).or_default() += 1);
    let all = peer.run(&WARM[13].request(1))?;
    let most = services.values().max();
    assert_eq!(all.facets["service"].values().max(), most);
    let (service, count) = all.facets["service"].iter().next().ok_or("no service")?;
    let filtered = Request { service: Some(service.clone()), ..WARM[13].request(1) };
    assert_eq!(peer.run(&filtered)?.hits, *count);
    let severe = Request { severities: vec!["P1".into(), "P4".into()], ..WARM[13].request(1) };
    let of = |name: &str| all.facets["severity"][name];
    assert_eq!(peer.run(&severe)?.hits, of("P1") + of("P4"));
    Ok(())
}

#[test]
fn rca_answers_each_warm_query_by_the_protocol() -> Result<(), Box<dyn Error>> {
    let prepared = Prepared::new()?;
    let index = prepared.path().join("rca");
    let archive = Archive::open(prepared.path().join("archive"))?;
    Index::open_or_create(&index)?.update(&archive, &UpdateOptions::default(), |_| {})?;
    let ours = Ours::open(&index)?;
    let sqlite = Fts5::open(&prepared.database)?;
    for query in &WARM {
        let mut output = Vec::new();
        let request = serde_json::to_string(&query.request(2))? + "\n";
        serve(&ours, request.as_bytes(), &mut output)?;
        let Answer::Found { found, seconds } = serde_json::from_slice(&output)? else {
            return Err(format!("{}: {}", query.work, String::from_utf8_lossy(&output)).into());
        };
        assert_eq!(seconds.len(), 2, "{}", query.work);
        assert_eq!(found.facets.len(), if query.facets { 3 } else { 0 }, "{}", query.work);
        assert!(found.top.iter().all(|hit| !hit.id.is_empty() && !hit.title.is_empty()), "{}", query.work);
        if query.is_exact() {
            let theirs = sqlite.run(&query.request(1))?;
            assert_eq!((found.hits, &found.facets), (theirs.hits, &theirs.facets), "{}", query.work);
        }
    }
    Ok(())
}

#[test]
fn a_request_that_is_not_one_is_answered_by_an_error() -> Result<(), Box<dyn Error>> {
    struct None;
    impl Searches for None {
        fn run(&self, _: &Request) -> Result<Found, Box<dyn Error>> {
            Err("no index".into())
        }
    }
    let mut output = Vec::new();
    let request = serde_json::to_string(&WARM[0].request(1))?;
    serve(&None, format!("{{}}\n{request}\n").as_bytes(), &mut output)?;
    let answers = String::from_utf8(output)?;
    let errors: Vec<bool> = answers.lines().map(|line| line.starts_with("{\"error\":")).collect();
    assert_eq!(errors, [true, true], "{answers}");
    assert!(answers.ends_with("{\"error\":\"no index\"}\n"), "{answers}");
    Ok(())
}

/// Builds what can be built from packages that are there, without fetching any; the rest is skipped with a word.
/// SeekStorm is not built, as that takes minutes.
#[test]
#[ignore = "builds programs in other languages"]
fn peers_in_other_languages_find_what_sqlite_finds() -> Result<(), Box<dyn Error>> {
    let prepared = Prepared::new()?;
    let sqlite = Fts5::open(&prepared.database)?;
    let mut entries = Vec::new();
    for peer in [Peer::Lucene, Peer::Bleve] {
        let program = match peer.build(true) {
            Ok(program) => program,
            Err(why) => {
                println!("skipped: {} is not tried, as {why}", peer.name());
                continue;
            }
        };
        let entry = Entry::of_program(&program, &prepared.lines, prepared.path());
        measure(entry.index_command(), None)?;
        let mut running = Running::start(peer.name(), entry.serve_command())?;
        for query in &WARM {
            let Reply::Found(found, _) = running.ask(&query.request(1))? else {
                return Err(format!("{}: {} cannot answer", query.work, peer.name()).into());
            };
            let expected = sqlite.run(&query.request(1))?;
            assert_eq!(found.hits, expected.hits, "{}: {}", peer.name(), query.work);
            assert_eq!(found.top.len(), expected.top.len(), "{}: {}", peer.name(), query.work);
            assert!(found.top.iter().all(|hit| !hit.title.is_empty()), "{}: {}", peer.name(), query.work);
            // Of the most frequent values, peers order equal counts differently.
            let counts = |found: &Found| -> Vec<Vec<u64>> {
                let sorted = |values: &BTreeMap<String, u64>| {
                    let mut counts: Vec<u64> = values.values().copied().collect();
                    counts.sort_unstable();
                    counts
                };
                found.facets.values().map(sorted).collect()
            };
            assert_eq!(counts(&found), counts(&expected), "{}: {}", peer.name(), query.work);
        }
        entries.push(entry);
        println!("{}: built, and it finds what SQLite finds", program.version);
    }
    if entries.is_empty() {
        return Ok(());
    }
    let mut log = Log::default();
    contest::warm(&entries, REPORTS, 5, &mut log)?;
    assert_eq!((log.works(), &log.notes), (WARM.map(|query| query.work).into(), &Vec::new()));
    let incomplete = contest::warm(&entries, REPORTS + 1, 5, &mut log).err().map(|e| e.to_string());
    assert!(incomplete.is_some_and(|why| why.ends_with("has 400 reports of 401")));
    Ok(())
}
