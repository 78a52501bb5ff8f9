//! Two builds of rca in turn: what a change costs, or gains, at the same work.
//!
//! In: two commands and an archive. Out: for each work the ratio of paired wall times and of instructions, and a verdict.

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

/// The most of the other build's paired wall time that a build may take.
const MOST_TIME: f64 = 1.10;
/// The most of the other build's instructions that a build may take.
const MOST_INSTRUCTIONS: f64 = 1.03;
/// The seed of generated archives.
const SEED: u64 = 1;
const SHOW: &str = "show";
const CHECK: &str = "check";

/// What is to be compared, and how often.
pub struct Plan<'a> {
    pub now: PathBuf,
    pub before: &'a Path,
    /// Where archives and indexes go.
    pub work: PathBuf,
    /// The archive; one is generated where none is given.
    pub archive: Option<&'a Path>,
    /// How many reports are generated where no archive is given.
    pub reports: u64,
    /// How many reports are generated to count instructions on; none are counted for 0.
    pub counted: u64,
    /// How often each full index is built.
    pub rounds: usize,
    /// How often everything else runs.
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
    let mut results = timed(&Pair::new(plan, &archive), plan)?;
    if plan.counted == 0 {
        println!("instructions: left out on request");
    } else if machine::is_installed("valgrind") {
        let is_there = plan.archive.is_none() && plan.reports == plan.counted;
        let archive = if is_there { archive } else { generated(&plan.work, plan.counted)? };
        count(&Pair::new(plan, &archive), &mut results)?;
    } else {
        println!("instructions: left out, as `valgrind` is not installed");
    }
    print!("{}{}", table(&results), verdicts(&results));
    Ok(())
}

/// An archive of so many reports, made anew.
fn generated(work: &Path, reports: u64) -> Result<PathBuf, Box<dyn Error>> {
    let folder = work.join(format!("archive-{reports}"));
    clear(&folder)?;
    fs::create_dir_all(&folder)?;
    generate::run(&folder, reports, SEED)?;
    Ok(folder)
}

/// The two builds at one archive, each with an index of its own: formats may differ.
struct Pair {
    archive: PathBuf,
    now: Build,
    before: Build,
}

struct Build {
    rca: PathBuf,
    index: PathBuf,
}

/// How a work is called: from the words of a command to the whole command of a build.
type Words = Vec<String>;

impl Pair {
    fn new(plan: &Plan<'_>, archive: &Path) -> Self {
        let build = |rca: &Path, name: &str| Build { rca: rca.to_owned(), index: plan.work.join(name) };
        Self { archive: archive.to_owned(), now: build(&plan.now, "now"), before: build(plan.before, "before") }
    }

    /// The builds, in the order of a round: each goes first as often as the other.
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

/// One work of both builds.
#[derive(Debug, Default)]
struct Outcome {
    work: &'static str,
    /// Seconds now and before, round by round.
    seconds: Vec<(f64, f64)>,
    /// Instructions now and before.
    instructions: Option<(u64, u64)>,
}

fn timed(pair: &Pair, plan: &Plan<'_>) -> Result<Vec<Outcome>, Box<dyn Error>> {
    let mut results = vec![in_turn(pair, FULL, &words(&["index", "--rebuild", "--quiet"]), plan.rounds, true)?];
    // Files changed a moment ago are read again, as they may have changed within the clock's tick.
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

/// Runs a work by both builds in turn, so many rounds, after one round that does not count.
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

/// Seconds that a command of rca takes. That reports have problems (exit code 4) is no failure.
fn finished(command: &[OsString]) -> Result<f64, Box<dyn Error>> {
    let executed = execute(command)?;
    match executed.status.code() {
        Some(0 | 4) => Ok(executed.run.seconds),
        _ => Err(executed.failure(command)),
    }
}

/// Counts the instructions of a full index, a search and a check, and adds them to the results.
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
    /// The quartiles of the paired ratios of wall time: now by before.
    fn ratios(&self) -> Option<[f64; 3]> {
        let mut ratios: Vec<f64> = self.seconds.iter().map(|(now, before)| now / before).collect();
        ratios.sort_by(f64::total_cmp);
        (!ratios.is_empty()).then(|| [0.25, 0.5, 0.75].map(|share| quantile(&ratios, share)))
    }

    fn instruction_ratio(&self) -> Option<f64> {
        self.instructions.map(|(now, before)| now as f64 / before as f64)
    }
}

/// A quantile of sorted values, between the two nearest.
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

/// A line for each measurement.
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
    fn the_ratio_is_the_median_of_pairs_with_its_middle_half() {
        // The machine was twice as slow in the second round, for both.
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
