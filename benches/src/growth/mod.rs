//! Growth: the same work on archives of several sizes, by rca and its peers, in turn at each size.
//!
//! In: numbers of reports. Out: how time, memory and size grow, as Markdown, and every run as CSV. Archives are generated, and
//! removed with their indexes before the next size.

mod table;

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::compare::process::{Contestant, clear, measure, run_in_turn};
use crate::compare::table::{Log, OURS};
use crate::compare::{FULL, machine, rca_command, size};
use crate::generate;
use crate::peers::contest::{self, Entry};
use crate::peers::programs::{self, Program};

/// A new process for each search.
const COLD: &str = "cold search by the command: queue backlog";

#[derive(Args)]
pub struct Arguments {
    /// The numbers of reports, from small to large
    #[arg(long, value_name = "N", value_delimiter = ',', default_values_t = [10_000, 100_000, 1_000_000])]
    reports: Vec<u64>,
    /// The seed of the generated archives
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The folder for archives and indexes: about twenty times the largest archive with all peers
    #[arg(long, default_value = "target/rca-bench-growth")]
    work: PathBuf,
    /// The folder for the results
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/runs"))]
    runs: PathBuf,
    /// The command to measure; default: the one next to this program
    #[arg(long)]
    rca: Option<PathBuf>,
    /// The number of full indexes
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// The number of runs of each cold search
    #[arg(long, default_value_t = 15)]
    searches: usize,
    /// The number of runs of each warm search
    #[arg(long, default_value_t = 50)]
    warm: usize,
    /// Peers to leave out: fts5, lucene, bleve, seekstorm
    #[arg(long, value_delimiter = ',')]
    without: Vec<String>,
    /// Keep the archives and indexes
    #[arg(long)]
    keep: bool,
    /// The name of the run
    #[arg(long, default_value = "growth")]
    name: String,
}

/// What was measured at one size.
pub struct Measured {
    pub reports: u64,
    /// The size of the reports in bytes.
    pub bytes: u64,
    pub log: Log,
}

pub fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    if !arguments.reports.is_sorted() || arguments.reports.first().is_none_or(|&reports| reports == 0) {
        return Err("--reports needs numbers from small to large".into());
    }
    fs::create_dir_all(&arguments.work)?;
    fs::create_dir_all(&arguments.runs)?;
    let own = std::env::current_exe()?;
    let rca = arguments.rca.clone().unwrap_or_else(|| own.with_file_name("rca"));
    let mut notes = Log::default();
    let programs = programs::wanted(&arguments.without, &mut notes);
    let mut all = Vec::new();
    for &reports in &arguments.reports {
        let work = arguments.work.join(reports.to_string());
        let place = Place { own: &own, rca: &rca, work: &work };
        all.push(place.measure(arguments, &programs, reports)?);
        if !arguments.keep {
            clear(&work)?;
        }
        // After each size, so that a run that is stopped keeps what it has.
        let report = header(&rca, &programs) + &table::markdown(&all, &notes.notes);
        fs::write(arguments.runs.join(format!("{}.md", arguments.name)), &report)?;
        fs::write(arguments.runs.join(format!("{}.csv", arguments.name)), table::csv(&all)?)?;
        if all.len() == arguments.reports.len() {
            print!("{report}");
        }
    }
    Ok(())
}

/// The machine and the versions.
fn header(rca: &Path, programs: &[Program]) -> String {
    let mut out = "# Growth\n\n".to_owned();
    // What is found in indexes of other programs is not measured here.
    let measured = ["processor", "memory", "system", "rca", "SQLite (index)"];
    let machine = machine::describe(rca).into_iter().filter(|(name, _)| measured.contains(&name.as_str()));
    let versions = programs.iter().map(|program| (program.peer.name().to_owned(), program.version.clone()));
    for (name, value) in machine.chain(versions) {
        // Writing to a string never fails.
        let _ = writeln!(out, "- {name}: {value}");
    }
    out += "- at each size in turn; files in the system's cache; medians; in parentheses rca's figure by theirs; growth from size to \
            size\n- a warm search is one call in one process: the ten best ids, titles and scores, and the exact count; no snippets\n\n";
    out
}

/// The paths of one size.
struct Place<'a> {
    own: &'a Path,
    rca: &'a Path,
    work: &'a Path,
}

impl Place<'_> {
    fn measure(&self, arguments: &Arguments, programs: &[Program], reports: u64) -> Result<Measured, Box<dyn Error>> {
        let Self { own, rca, work } = self;
        clear(work)?;
        let archive = work.join("archive");
        fs::create_dir_all(&archive)?;
        generate::run(&archive, reports, arguments.seed)?;
        eprintln!("preparing what the peers get");
        let (found, bytes) = self.prepare(&archive)?;
        // Only a peer of `compare` reads the records.
        clear(&work.join("records.bin"))?;
        let lines = work.join("lines.jsonl");
        let mut log = Log::default();
        let mut entries = vec![Entry::ours(rca, own, &archive, work)];
        if !arguments.without.iter().any(|name| name == "fts5") {
            entries.push(Entry::fts5(own, &lines, work));
        }
        entries.extend(programs.iter().map(|program| Entry::of_program(program, &lines, work)));
        // A first read fills the file system cache.
        measure(&[(*own).into(), "peer".into(), "read".into(), archive.clone().into()], None)?;
        for _ in 0..arguments.rounds.max(1) {
            entries.retain(|entry| match run_in_turn(FULL, &[entry.indexing()], 1, &mut log) {
                Ok(()) => true,
                Err(why) => {
                    log.note(format!("{reports} reports: {} is left out: {why}", entry.name));
                    false
                }
            });
        }
        if entries.first().is_none_or(|entry| entry.name != OURS) {
            return Err(log.notes.join("; ").into());
        }
        for entry in &entries {
            log.sizes.push((entry.name, size(&entry.place)?));
        }
        let search = ["search", "--no-update", "--format", "json", "queue backlog"];
        let cold = Contestant::new(OURS, rca_command(rca, &archive, &entries[0].place, &search));
        run_in_turn(COLD, &[cold], arguments.searches, &mut log)?;
        contest::warm(&entries, found, arguments.warm, &mut log)?;
        Ok(Measured { reports: found, bytes, log })
    }

    /// Prepares what the peers get in a process of its own: the memory of peers is measured where it exceeds that of this one.
    fn prepare(&self, archive: &Path) -> Result<(u64, u64), Box<dyn Error>> {
        let (archive, work) = (archive.to_string_lossy(), self.work.to_string_lossy());
        let line = machine::first_line(&self.own.to_string_lossy(), &["peer", "prepare", &archive, &work]);
        let numbers = line.as_deref().and_then(|line| line.split_once(' '));
        let numbers = numbers.and_then(|(reports, bytes)| Some((reports.parse().ok()?, bytes.parse().ok()?)));
        Ok(numbers.ok_or_else(|| format!("{archive}: cannot be prepared for the peers"))?)
    }
}
