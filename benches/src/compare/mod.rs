//! The comparison: the same work by rca and its peers, or by two builds of rca, in one run and in turn.
//!
//! In: an archive. Out: medians, spread and ratios as Markdown, and every run as CSV.

pub mod bare;
mod builds;
mod instructions;
pub mod machine;
mod pastes;
pub mod process;
pub mod queries;
pub mod records;
pub mod table;
mod warm;

use std::error::Error;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::io::{stdin, stdout};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::builder::ArgPredicate;
use clap::{Args, Subcommand};
use rca_index::{Archive, Index};

use crate::compare::bare::Bare;
use crate::compare::builds::Plan;
use crate::compare::pastes::{Paste, pastes};
use crate::compare::process::{Contestant, clear, measure, run_in_turn};
use crate::compare::queries::{FACETS, Kind};
use crate::compare::records::{Prepared, prepare};
use crate::compare::table::{Goal, Log, OURS};
use crate::compare::warm::BARE;
use crate::peers::contest::{self, Entry, FTS5};
use crate::peers::programs::{self, Peer as Other, Program};
use crate::peers::queries::WARM;
use crate::peers::{fts5, ours, serve};

pub const FULL: &str = "full index";
const UNCHANGED: &str = "update, nothing changed";
const CHANGED: &str = "one report changed, until found";
const TANTIVY_CLI: &str = "tantivy-cli";
const RIPGREP: &str = "ripgrep";
const FIND: &str = "find -printf";

#[derive(Args)]
pub struct Arguments {
    /// The archive, from `rca-bench generate`. One report is added during the run and removed again. With --against, an
    /// archive is generated if none is given
    #[arg(required_unless_present = "against")]
    archive: Option<PathBuf>,
    /// Compare with another build of the command instead of the peers
    #[arg(long, value_name = "OLD_RCA", conflicts_with_all = ["without", "reuse", "warm", "name", "runs"])]
    against: Option<PathBuf>,
    /// The folder for indexes and prepared files
    #[arg(long, default_value = "target/rca-bench")]
    work: PathBuf,
    /// The folder for the results
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/runs"))]
    runs: PathBuf,
    /// The command to measure; default: the one next to this program
    #[arg(long)]
    rca: Option<PathBuf>,
    /// The number of full indexes; with --against, the default is 9
    #[arg(long, default_value_t = 3, default_value_if("against", ArgPredicate::IsPresent, "9"))]
    rounds: usize,
    /// The number of runs of each update and each cold search; with --against, the default is 41
    #[arg(long, default_value_t = 15, default_value_if("against", ArgPredicate::IsPresent, "41"))]
    searches: usize,
    /// With --against: the number of reports to generate if no archive is given
    #[arg(long, value_name = "N", default_value_t = 2000, requires = "against")]
    reports: u64,
    /// With --against: the number of reports to generate for counting instructions; 0 skips the count
    #[arg(long, value_name = "N", default_value_t = 2000, requires = "against")]
    counted: u64,
    /// The number of runs of each warm search
    #[arg(long, default_value_t = 50)]
    warm: usize,
    /// Peers to leave out: fts5, ripgrep, tantivy-cli, lucene, bleve, seekstorm
    #[arg(long, value_delimiter = ',')]
    without: Vec<String>,
    /// Only search, in the indexes of the last run in this work folder
    #[arg(long)]
    reuse: bool,
    /// The name of the run
    #[arg(long, default_value = "run")]
    name: String,
}

impl Arguments {
    /// The command to measure.
    fn rca(&self) -> std::io::Result<PathBuf> {
        match &self.rca {
            Some(rca) => Ok(rca.clone()),
            None => Ok(std::env::current_exe()?.with_file_name("rca")),
        }
    }
}

/// The work of a peer, as a process of its own.
#[derive(Subcommand)]
pub enum Peer {
    /// Walk an archive and read every report
    Read { archive: PathBuf },
    /// Write the files that peers get, and print the numbers of reports and of their bytes
    Prepare { archive: PathBuf, work: PathBuf },
    /// Index a file of records with tantivy and its stock English analyzer
    Index { records: PathBuf, index: PathBuf },
    /// Search such an index
    Search { index: PathBuf, kind: Kind, rare_word: String },
    /// Index a file of JSON lines with SQLite FTS5
    Fts5 { lines: PathBuf, database: PathBuf },
    /// Answer searches in a database of SQLite FTS5
    ServeFts5 { database: PathBuf },
    /// Answer searches in an index of rca
    Serve { index: PathBuf },
}

impl Peer {
    pub fn run(&self) -> Result<(), Box<dyn Error>> {
        match self {
            Self::Read { archive } => bare::read(archive),
            Self::Prepare { archive, work } => {
                let Prepared { reports, bytes, .. } = prepare(&Archive::open(archive)?, work)?;
                println!("{reports} {bytes}");
                Ok(())
            }
            Self::Index { records, index } => bare::index(records, index),
            Self::Search { index, kind, rare_word } => bare::search(index, *kind, rare_word),
            Self::Fts5 { lines, database } => fts5::index(lines, database),
            Self::ServeFts5 { database } => serve(&fts5::Fts5::open(database)?, stdin().lock(), stdout().lock()),
            Self::Serve { index } => serve(&ours::Ours::open(index)?, stdin().lock(), stdout().lock()),
        }
    }
}

pub fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(&arguments.work)?;
    if let Some(before) = &arguments.against {
        return builds::run(&Plan {
            now: arguments.rca()?,
            before,
            work: arguments.work.join("builds"),
            archive: arguments.archive.as_deref(),
            reports: arguments.reports,
            counted: arguments.counted,
            rounds: arguments.rounds,
            searches: arguments.searches,
        });
    }
    let archive = arguments.archive.as_deref().ok_or("no archive is given")?;
    fs::create_dir_all(&arguments.runs)?;
    let comparison = Comparison::new(arguments, archive)?;
    let mut log = Log::default();
    let programs = programs::wanted(&arguments.without, &mut log);
    let others = comparison.others(&programs, &arguments.work);
    if arguments.reuse {
        log.note("the indexes are those of an earlier run");
    } else {
        comparison.full_index(arguments.rounds, &others, &mut log)?;
        comparison.updates(arguments.searches, &mut log)?;
    }
    comparison.cold_searches(arguments.searches, &mut log)?;
    comparison.warm_searches(arguments.warm, &mut log)?;
    comparison.warm_peers(arguments.warm, others, &mut log)?;
    let report = comparison.report(&programs, &log)?;
    print!("{report}");
    fs::write(arguments.runs.join(format!("{}.md", arguments.name)), report)?;
    fs::write(arguments.runs.join(format!("{}.csv", arguments.name)), log.csv()?)?;
    Ok(())
}

/// The paths of a comparison.
struct Comparison {
    archive: PathBuf,
    prepared: Prepared,
    rca: PathBuf,
    /// This program, for the peers that are part of it.
    own: PathBuf,
    index: PathBuf,
    bare: PathBuf,
    cli: PathBuf,
    database: PathBuf,
    without: Vec<String>,
}

impl Comparison {
    fn new(arguments: &Arguments, archive: &Path) -> Result<Self, Box<dyn Error>> {
        let (own, rca) = (std::env::current_exe()?, arguments.rca()?);
        eprintln!("preparing what the peers get");
        let prepared = prepare(&Archive::open(archive)?, &arguments.work)?;
        let place = |name: &str| arguments.work.join(name);
        let (index, bare, cli, database) = (place("rca"), place("bare"), place("cli"), place("fts5.db"));
        let (archive, without) = (archive.to_owned(), arguments.without.clone());
        Ok(Self { archive, prepared, rca, own, index, bare, cli, database, without })
    }

    fn is_wanted(&self, peer: &str, log: &mut Log) -> bool {
        let wanted = !self.without.iter().any(|name| name == peer);
        if !wanted {
            log.note(format!("{peer}: left out on request"));
        }
        wanted
    }

    fn has(&self, peer: &str, program: &str, log: &mut Log) -> bool {
        if !self.is_wanted(peer, log) {
            return false;
        }
        let installed = machine::is_installed(program);
        if !installed {
            log.note(format!("{peer}: left out, as `{program}` is not installed"));
        }
        installed
    }

    /// The peers in other languages.
    fn others(&self, programs: &[Program], work: &Path) -> Vec<Entry> {
        programs.iter().map(|program| Entry::of_program(program, &self.prepared.lines, work)).collect()
    }

    fn peer(&self, words: &[&str]) -> Vec<OsString> {
        let mut command = vec![self.own.clone().into_os_string(), "peer".into()];
        command.extend(words.iter().map(OsString::from));
        command
    }

    /// `rca` with the archive and the index of this comparison.
    fn ours(&self, words: &[&str]) -> Vec<OsString> {
        rca_command(&self.rca, &self.archive, &self.index, words)
    }

    fn full_index(&self, rounds: usize, others: &[Entry], log: &mut Log) -> Result<(), Box<dyn Error>> {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let (archive, records) = (text(&self.archive), text(&self.prepared.records));
        let read = self.peer(&["read", &archive]);
        let read = Contestant::new("floor: walk and read", read).hits(last_number);
        let ours = Contestant::new(OURS, self.ours(&["index", "--rebuild", "-q"])).clearing(&self.index);
        let bare = self.peer(&["index", &records, &text(&self.bare)]);
        let mut contestants = vec![read, ours, Contestant::new(BARE, bare).clearing(&self.bare)];
        let with_cli = self.has(TANTIVY_CLI, "tantivy", log);
        if with_cli {
            let script = format!(
                "mkdir -p \"$0\" && printf '%s' '{META}' > \"$0/meta.json\" && \
                 exec tantivy index -i \"$0\" -f \"$1\" -t 2"
            );
            let command: [OsString; 5] =
                ["sh".into(), "-c".into(), script.into(), self.cli.clone().into(), self.prepared.lines.clone().into()];
            contestants.push(Contestant::new(TANTIVY_CLI, command).clearing(&self.cli));
        }
        let with_fts5 = self.has("fts5", "sqlite3", log);
        if with_fts5 {
            let command = self.peer(&["fts5", &text(&self.prepared.lines), &text(&self.database)]);
            contestants.push(Contestant::new(FTS5, command).clearing(&self.database));
        }
        contestants.extend(others.iter().map(Entry::indexing));
        // The first read fills the file system cache.
        measure(&self.peer(&["read", &archive]), None)?;
        run_in_turn(FULL, &contestants, rounds, log)?;
        log.sizes.push(("rca's index", size(&self.index)?));
        log.sizes.push((BARE, size(&self.bare)?));
        if with_cli {
            log.sizes.push((TANTIVY_CLI, size(&self.cli)?));
        }
        if with_fts5 {
            log.sizes.push((FTS5, size(&self.database)?));
        }
        for other in others {
            log.sizes.push((other.name, size(&other.place)?));
        }
        Ok(())
    }

    fn updates(&self, rounds: usize, log: &mut Log) -> Result<(), Box<dyn Error>> {
        let update = self.ours(&["index", "-q"]);
        let find: Vec<OsString> = vec![
            "find".into(),
            self.archive.clone().into(),
            "-name".into(),
            "*.md".into(),
            "-printf".into(),
            "%p %T@ %s\n".into(),
        ];
        // Recently modified files would be read again, because they may have changed within the resolution of the
        // clock.
        std::thread::sleep(Duration::from_secs(3));
        measure(&update, None)?;
        let contestants = [
            Contestant::new(OURS, update.clone()),
            Contestant::new(FIND, find).hits(|out| Some(out.lines().count() as u64)),
        ];
        run_in_turn(UNCHANGED, &contestants, rounds, log)?;

        let probe = self.archive.join("rca-bench-probe.md");
        let changed = (0..rounds).try_for_each(|round| -> Result<(), Box<dyn Error>> {
            let word = format!("zzprobe{round}");
            fs::write(&probe, format!("# A probe\n\n{word}\n"))?;
            let mut run = measure(&update, None)?;
            let search = self.ours(&["search", "--no-update", "--format", "json", &word]);
            let found = measure(&search, Some(total_of_json))?;
            if found.hits != Some(1) {
                return Err(format!("{word} is not found").into());
            }
            run.seconds += found.seconds;
            run.processor = run.processor.zip(found.processor).map(|(update, search)| update + search);
            (run.work, run.contestant, run.round) = (CHANGED, OURS, round);
            log.add(run);
            Ok(())
        });
        clear(&probe)?;
        measure(&update, None)?;
        changed?;
        // For the ratio, in the same table.
        run_in_turn(CHANGED, &[Contestant::new("rca, nothing changed", update)], rounds, log)
    }

    fn cold_searches(&self, rounds: usize, log: &mut Log) -> Result<(), Box<dyn Error>> {
        let rare = &self.prepared.rare_word;
        let (with_fts5, with_ripgrep) = (self.has("fts5", "sqlite3", log), self.has(RIPGREP, "rg", log));
        for kind in Kind::ALL {
            let query = kind.rca(rare);
            let mut search = vec!["search", "--format", "json"];
            if kind == Kind::FacetsOnly {
                search.extend(["--facets", FACETS]);
            }
            search.push(&query);
            let looking = self.ours(&search);
            search.push("--no-update");
            let name = clap::ValueEnum::to_possible_value(&kind).unwrap_or_default();
            let bare = self.peer(&["search", &self.bare.to_string_lossy(), name.get_name(), rare]);
            let mut contestants = vec![
                Contestant::new(OURS, self.ours(&search)).hits(total_of_json),
                Contestant::new("rca, looking for changes", looking).hits(total_of_json),
                Contestant::new(BARE, bare).hits(last_number),
            ];
            if with_fts5 {
                let command: [OsString; 3] = ["sqlite3".into(), self.database.clone().into(), kind.sql(rare).into()];
                contestants.push(Contestant::new(FTS5, command).hits(last_number));
            }
            if let Some(line) = kind.ripgrep(rare).filter(|_| with_ripgrep) {
                let command: [OsString; 4] = ["sh".into(), "-c".into(), line.into(), self.archive.clone().into()];
                contestants.push(Contestant::new(RIPGREP, command).hits(|out| Some(out.lines().count() as u64)));
            }
            run_in_turn(kind.cold_work(), &contestants, rounds, log)?;
            log.check_hits(kind.cold_work(), &[OURS, "rca, looking for changes", BARE, FTS5]);
        }
        Ok(())
    }

    fn warm_searches(&self, rounds: usize, log: &mut Log) -> Result<(), Box<dyn Error>> {
        let index = Index::open(&self.index)?;
        let bare = Bare::open(&self.bare)?;
        let rare = &self.prepared.rare_word;
        for kind in Kind::ALL {
            warm::with_snippets(&index, &bare, kind, rare, rounds, log)?;
            log.check_hits(kind.warm_work(), &[OURS, BARE]);
        }
        for Paste { work, text, .. } in pastes() {
            warm::pasted(&index, work, &text, rounds, log)?;
        }
        let (mut ours, mut theirs) = (warm::ours(&index), warm::bare(&bare));
        warm::in_turn(warm::TOP, rounds, log, &mut [(OURS, &mut ours), (BARE, &mut theirs)])?;
        log.check_hits(warm::TOP, &[OURS, BARE]);
        Ok(())
    }

    /// The searches that peers in other languages answer too.
    fn warm_peers(&self, rounds: usize, others: Vec<Entry>, log: &mut Log) -> Result<(), Box<dyn Error>> {
        let serving = |verb: &str, place: &Path| self.peer(&[verb, &place.to_string_lossy()]);
        let mut entries = vec![Entry::serving(OURS, &self.index, serving("serve", &self.index))];
        if self.is_wanted("fts5", log) {
            entries.push(Entry::serving(FTS5, &self.database, serving("serve-fts5", &self.database)));
        }
        entries.extend(others);
        // With the indexes of an earlier run, some may be missing.
        entries.retain(|entry| entry.place.exists());
        contest::warm(&entries, self.prepared.reports, rounds, log)
    }

    fn report(&self, programs: &[Program], log: &Log) -> Result<String, Box<dyn Error>> {
        let Prepared { reports, bytes, rare_word, .. } = &self.prepared;
        let mut out = format!("# {reports} reports, {:.1} MB\n\n", *bytes as f64 / 1e6);
        for (name, value) in machine::describe(&self.rca) {
            writeln!(out, "- {name}: {value}")?;
        }
        for program in programs {
            writeln!(out, "- {}: {}", program.peer.name(), program.version)?;
        }
        writeln!(
            out,
            "- all in one go and in turn; files in the system's cache; medians; `rca takes` is rca's median by theirs\n\
             - the rare word: {rare_word}\n"
        )?;
        out += &log.markdown(*bytes, &goals());
        let ours = log.sizes.first().map(|(_, size)| *size as f64 / *bytes as f64);
        table::row(&mut out, "size of the index", "0.6 x the reports", ours, 0.6)?;
        let peak = log.peak(FULL, OURS).map(|peak| peak as f64 / 1e6);
        table::row(&mut out, "peak memory of a full index", "500 MB", peak, 500.0)?;
        for Paste { work, most, .. } in pastes() {
            let took = log.median(work, OURS).map(|seconds| seconds * 1e3);
            table::row(&mut out, work, &format!("{most} ms"), took, most)?;
        }
        writeln!(out, "\n## Notes\n")?;
        log.notes.iter().try_for_each(|note| writeln!(out, "- {note}"))?;
        Ok(out)
    }
}

/// A command of rca with this archive and this index.
pub fn rca_command(rca: &Path, archive: &Path, index: &Path, words: &[&str]) -> Vec<OsString> {
    let mut command: Vec<OsString> = vec![rca.into()];
    command.extend(words.iter().map(OsString::from));
    command.extend(["--index".into(), index.into()]);
    // `rca index` takes the archive as its argument.
    command.extend((words[0] != "index").then(|| "--archive".into()));
    command.push(archive.into());
    command
}

fn goals() -> Vec<Goal> {
    let mut goals = vec![
        Goal { work: FULL, peer: TANTIVY_CLI, most: 0.9 },
        Goal { work: FULL, peer: FTS5, most: 0.2 },
        Goal { work: UNCHANGED, peer: FIND, most: 2.0 },
        Goal { work: CHANGED, peer: "rca, nothing changed", most: 1.3 },
    ];
    for kind in Kind::ALL {
        let work = kind.cold_work();
        goals.extend([(BARE, 1.5), (FTS5, 0.5)].map(|(peer, most)| Goal { work, peer, most }));
        if kind != Kind::FacetsOnly {
            goals.push(Goal { work, peer: RIPGREP, most: 0.025 });
        }
    }
    goals.extend(Kind::ALL.map(|kind| Goal { work: kind.warm_work(), peer: BARE, most: 1.3 }));
    let (lucene, seekstorm) = (Other::Lucene.name(), Other::SeekStorm.name());
    goals.push(Goal { work: FULL, peer: lucene, most: 0.7 });
    goals.extend(WARM.map(|query| Goal { work: query.work, peer: lucene, most: 1.5 }));
    goals.push(Goal { work: WARM[0].work, peer: seekstorm, most: 1.2 });
    goals
}

/// The schema of tantivy-cli's index, which it otherwise asks for interactively: id, and title and body with the
/// stemmer, stored.
const META: &str = r#"{"index_settings":{"docstore_compression":"lz4","docstore_blocksize":16384},"segments":[],"schema":[{"name":"id","type":"text","options":{"indexing":{"record":"basic","fieldnorms":false,"tokenizer":"raw"},"stored":true,"fast":false}},{"name":"title","type":"text","options":{"indexing":{"record":"position","fieldnorms":true,"tokenizer":"en_stem"},"stored":true,"fast":false}},{"name":"body","type":"text","options":{"indexing":{"record":"position","fieldnorms":true,"tokenizer":"en_stem"},"stored":true,"fast":false}}],"opstamp":0}"#;

/// The number on the last line.
fn last_number(output: &str) -> Option<u64> {
    output.lines().next_back()?.trim().parse().ok()
}

/// The total in rca's JSON.
fn total_of_json(output: &str) -> Option<u64> {
    serde_json::from_str::<serde_json::Value>(output).ok()?["total"].as_u64()
}

/// The size in bytes of a file, or of all files in a folder.
pub fn size(path: &Path) -> std::io::Result<u64> {
    if !path.is_dir() {
        return Ok(path.metadata()?.len());
    }
    fs::read_dir(path)?.map(|entry| size(&entry?.path())).sum()
}
