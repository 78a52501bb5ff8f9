//! Compares two builds of rca at the same work, in turn, to show the effect of a change.
//!
//! In: two commands and an archive. Out: for each kind of work, the ratio of paired wall times and of instructions, and
//! a verdict.

use std::error::Error;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rca_index::Archive;
use rca_index::parse::report_id;

use crate::compare::process::{clear, execute, settle};
use crate::compare::queries::{FACETS, Kind};
use crate::compare::records::prepare;
use crate::compare::{FULL, UNCHANGED, instructions, machine, rca_command};
use crate::generate;

/// The maximum wall time of a build relative to the other build, paired.
const MOST_TIME: f64 = 1.10;
/// The maximum number of instructions of a build relative to the other build.
const MOST_INSTRUCTIONS: f64 = 1.03;
/// The seed for generated archives.
const SEED: u64 = 1;
const SHOW: &str = "show";
const CHECK: &str = "check";

/// What to compare, and how often.
pub struct Plan<'a> {
    pub now: PathBuf,
    pub before: &'a Path,
    /// The folder for archives and indexes.
    pub work: PathBuf,
    /// The archive; generated if `None`.
    pub archive: Option<&'a Path>,
    /// The number of reports to generate if there is no archive.
    pub reports: u64,
    /// The number of reports to generate for counting instructions; 0 skips the count.
    pub counted: u64,
    /// The number of full indexes.
    pub rounds: usize,
    /// The number of runs of all other work.
    pub searches: usize,
}

pub fn run(plan: &Plan<'_>) -> Result<(), Box<dyn Error>> {
    for (name, rca) in [("now", &*plan.now), ("before", plan.before)] {
        let version = machine::first_line(&rca.to_string_lossy(), &["--version"]);
        let version = version.ok_or_else(|| format!("{}: cannot be started", rca.display()))?;
        println!("{name}: {} ({version})", rca.display());
    }
    let archive = match plan.archive {
        Some(archive) => archive.to_owned(),
        None => generated(&plan.work, plan.reports)?,
    };
    let mut results = timed(&Pair::new(plan, &archive)?, plan)?;
    if plan.counted == 0 {
        println!("instructions: left out on request");
    } else if machine::is_installed("valgrind") {
        let is_there = plan.archive.is_none() && plan.reports == plan.counted;
        let archive = if is_there { archive } else { generated(&plan.work, plan.counted)? };
        count(&Pair::new(plan, &archive)?, &mut results)?;
    } else {
        println!("instructions: left out, as `valgrind` is not installed");
    }
    print!("{}{}", table(&results), verdicts(&results));
    Ok(())
}

/// Generates an archive with a number of reports.
fn generated(work: &Path, reports: u64) -> Result<PathBuf, Box<dyn Error>> {
    let folder = work.join(format!("archive-{reports}"));
    clear(&folder)?;
    fs::create_dir_all(&folder)?;
    generate::run(&folder, reports, SEED)?;
    Ok(folder)
}

/// The two builds with one archive, and separate indexes because formats may differ.
struct Pair {
    archive: PathBuf,
    now: Build,
    before: Build,
}

struct Build {
    rca: PathBuf,
    index: PathBuf,
}

/// A new copy of a build, written as a whole. How a file was written decides how the system keeps it in memory: a search by two
/// copies of one build differs by 8 %.
fn copied(rca: &Path, copy: &Path) -> std::io::Result<PathBuf> {
    fs::create_dir_all(copy.parent().unwrap_or(Path::new(".")))?;
    if copy.exists() {
        fs::remove_file(copy)?;
    }
    fs::write(copy, fs::read(rca)?)?;
    fs::set_permissions(copy, rca.metadata()?.permissions())?;
    copy.canonicalize()
}

/// Turns the arguments of a command into the full command of a build.
type Words = Vec<String>;

impl Pair {
    fn new(plan: &Plan<'_>, archive: &Path) -> Result<Self, Box<dyn Error>> {
        let build = |rca: &Path, name: &str| -> Result<Build, Box<dyn Error>> {
            Ok(Build { rca: copied(rca, &plan.work.join(format!("rca-{name}")))?, index: plan.work.join(name) })
        };
        Ok(Self { archive: archive.to_owned(), now: build(&plan.now, "now")?, before: build(plan.before, "before")? })
    }

    /// The builds in the order of a round; they alternate in going first.
    fn in_order(&self, round: usize) -> [(Side, &Build); 2] {
        let order = [(Side::Before, &self.before), (Side::Now, &self.now)];
        if round.is_multiple_of(2) { order } else { [order[1], order[0]] }
    }

    fn command(&self, build: &Build, words: &Words) -> Vec<OsString> {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        rca_command(&build.rca, &self.archive, &build.index, &words)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Now,
    Before,
}

/// The measurements of one kind of work.
#[derive(Debug, Default)]
struct Outcome {
    work: &'static str,
    /// Seconds of the new and the old build, per round.
    seconds: Vec<(f64, f64)>,
    /// Instructions of the new and the old build.
    instructions: Option<(u64, u64)>,
}

fn timed(pair: &Pair, plan: &Plan<'_>) -> Result<Vec<Outcome>, Box<dyn Error>> {
    let mut results = vec![in_turn(pair, FULL, &words(&["index", "--rebuild", "--quiet"]), plan.rounds, true)?];
    // Recently modified files would be read again, because they may have changed within the resolution of the clock.
    std::thread::sleep(Duration::from_secs(3));
    let update = words(&["index", "--quiet"]);
    results.push(in_turn(pair, UNCHANGED, &update, plan.searches, false)?);
    let archive = Archive::open(&pair.archive)?;
    let rare = prepare(&archive, &plan.work)?.rare_word;
    for kind in Kind::ALL {
        results.push(in_turn(pair, kind.cold_work(), &search(kind, &rare), plan.searches, false)?);
    }
    let report = archive.report_paths().into_iter().next().ok_or("the archive has no reports")?;
    let show = words(&["show", &report_id(&report), "--no-update"]);
    results.push(in_turn(pair, SHOW, &show, plan.searches, false)?);
    results.push(in_turn(pair, CHECK, &words(&["check"]), plan.searches, false)?);
    Ok(results)
}

fn search(kind: Kind, rare_word: &str) -> Words {
    let mut words = words(&["search", "--format", "json", "--no-update", &kind.rca(rare_word)]);
    if kind == Kind::FacetsOnly {
        words.extend(["--facets".to_owned(), FACETS.to_owned()]);
    }
    words
}

fn words(words: &[&str]) -> Words {
    words.iter().map(|&word| word.to_owned()).collect()
}

/// Runs a kind of work with both builds in turn for a number of rounds, after a warm-up round.
fn in_turn(
    pair: &Pair,
    work: &'static str,
    words: &Words,
    rounds: usize,
    from_nothing: bool,
) -> Result<Outcome, Box<dyn Error>> {
    eprintln!("{work}");
    let mut outcome = Outcome { work, ..Outcome::default() };
    for round in 0..=rounds {
        let (mut now, mut before) = (0.0, 0.0);
        for (side, build) in pair.in_order(round) {
            if from_nothing {
                clear(&build.index)?;
                settle();
            }
            let seconds = finished(&pair.command(build, words))?;
            *(if side == Side::Now { &mut now } else { &mut before }) = seconds;
        }
        if round > 0 {
            outcome.seconds.push((now, before));
        }
    }
    Ok(outcome)
}

/// The wall time of an rca command in seconds. Exit code 4 (problems in reports) is not a failure.
fn finished(command: &[OsString]) -> Result<f64, Box<dyn Error>> {
    let executed = execute(command)?;
    match executed.status.code() {
        Some(0 | 4) => Ok(executed.run.seconds),
        _ => Err(executed.failure(command)),
    }
}

/// Counts the instructions of a full index, a search and a check.
fn count(pair: &Pair, results: &mut [Outcome]) -> Result<(), Box<dyn Error>> {
    let works = [
        (FULL, words(&["index", "--rebuild", "--quiet", "--threads", "1"])),
        (Kind::TwoWords.cold_work(), search(Kind::TwoWords, "")),
        (CHECK, words(&["check"])),
    ];
    for build in [&pair.now, &pair.before] {
        clear(&build.index)?;
    }
    for (work, words) in works {
        eprintln!("instructions: {work}");
        let of =
            |build: &Build| instructions::count(&pair.command(build, &words), &build.index.with_extension("callgrind"));
        let counted = (of(&pair.now)?, of(&pair.before)?);
        if let Some(result) = results.iter_mut().find(|result| result.work == work) {
            result.instructions = Some(counted);
        }
    }
    Ok(())
}

impl Outcome {
    /// The quartiles of the paired ratios of wall time, new to old.
    fn ratios(&self) -> Option<[f64; 3]> {
        let mut ratios: Vec<f64> = self.seconds.iter().map(|(now, before)| now / before).collect();
        ratios.sort_by(f64::total_cmp);
        (!ratios.is_empty()).then(|| [0.25, 0.5, 0.75].map(|share| quantile(&ratios, share)))
    }

    fn instruction_ratio(&self) -> Option<f64> {
        self.instructions.map(|(now, before)| now as f64 / before as f64)
    }
}

/// A quantile of sorted values, interpolated between the two nearest.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let (low, high) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    low + (high - low) * place.fract()
}

fn table(results: &[Outcome]) -> String {
    let heading = "\n| work | runs | time, now by before | middle half | instructions now | before | now by before |\n\
                   |---|--:|--:|--:|--:|--:|--:|\n";
    results.iter().fold(heading.to_owned(), |out, result| out + &row(result))
}

fn row(result: &Outcome) -> String {
    let Outcome { work, seconds, instructions } = result;
    let [low, median, high] = result.ratios().unwrap_or_default();
    let (now, before) = instructions.map_or_else(Default::default, |(now, before)| (millions(now), millions(before)));
    let ratio = result.instruction_ratio().map_or(String::new(), |ratio| format!("{ratio:.3}"));
    let runs = seconds.len();
    format!("| {work} | {runs} | {median:.3} | {low:.3} to {high:.3} | {now} | {before} | {ratio} |\n")
}

fn millions(count: u64) -> String {
    format!("{:.1} M", count as f64 / 1e6)
}

/// One line for each measurement.
fn verdicts(results: &[Outcome]) -> String {
    let measured = results.iter().flat_map(|result| {
        let time = result.ratios().map(|[_, median, _]| verdict(result.work, "paired time", median, MOST_TIME));
        let counted = result.instruction_ratio();
        let instructions = counted.map(|ratio| verdict(result.work, "instructions", ratio, MOST_INSTRUCTIONS));
        [time, instructions]
    });
    std::iter::once("\n".to_owned()).chain(measured.flatten()).collect()
}

fn verdict(work: &str, what: &str, ratio: f64, most: f64) -> String {
    let verdict = if ratio <= most { "within" } else { "NOT within" };
    format!("{work}: {what} {ratio:.3}: {verdict} {:.0} %\n", (most - 1.0) * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ratio_is_the_median_of_pairs_with_its_quartiles() {
        // In the second round, the machine was half as fast for both.
        let seconds = vec![(1.0, 1.0), (2.2, 2.0), (1.2, 1.0), (0.9, 1.0), (1.3, 1.0)];
        let outcome = Outcome { work: FULL, seconds, instructions: Some((104, 100)) };
        let [low, median, high] = outcome.ratios().unwrap_or_default();
        assert!((low - 1.0).abs() < 1e-9 && (median - 1.1).abs() < 1e-9 && (high - 1.2).abs() < 1e-9);
        assert_eq!(
            verdicts(&[outcome]),
            "\nfull index: paired time 1.100: within 10 %\nfull index: instructions 1.040: NOT within 3 %\n"
        );
        assert!((quantile(&[1.0, 2.0], 0.25) - 1.25).abs() < 1e-9);
        assert_eq!(Outcome::default().ratios(), None);
    }

    #[test]
    fn each_build_goes_first_in_every_other_round() {
        let build = || Build { rca: PathBuf::new(), index: PathBuf::new() };
        let pair = Pair { archive: PathBuf::new(), now: build(), before: build() };
        let sides = |round| pair.in_order(round).map(|(side, _)| side);
        assert_eq!(sides(0), [Side::Before, Side::Now]);
        assert_eq!(sides(1), [Side::Now, Side::Before]);
        assert_eq!(sides(2), sides(0));
    }
}
