//! Evaluation of similar incidents: how often the report that another links to is among the first that are like it, what it is
//! called, and how many incidents are called like one of another archive, which nothing is like.
//!
//! In: archives whose authors linked their reports, or named others by their file names. Out: shares by archive and by half,
//! on stdout. What a report says where it links to another is left out of the query.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::PathBuf;

use clap::Args;
use rca_index::parse::{ParseOptions, parse_report};
use rca_index::{
    Archive, Incident, Index, Likeness, LinkFilter, Resemblance, SearchRequest, SearchResults, SimilarLevel, Summary,
    UpdateOptions,
};

#[derive(Args)]
pub struct Arguments {
    /// Archives of reports
    #[arg(required = true)]
    archives: Vec<PathBuf>,
    /// Print each pair with its rank and evidence, and each near duplicate
    #[arg(short, long)]
    verbose: bool,
    /// Search for the title and the summary alone, for comparison
    #[arg(long)]
    title_and_summary: bool,
    /// Count near duplicates too
    #[arg(long)]
    near_duplicates: bool,
}

/// How deep a linked report still counts.
const DEPTH: usize = 200;

struct Loaded {
    name: String,
    index: Index,
    incidents: Vec<Incident>,
}

/// What pairs come to.
#[derive(Default)]
struct Tally {
    pairs: usize,
    first_3: usize,
    first_10: usize,
    reciprocal: f64,
    same: usize,
    like: usize,
    weak: usize,
    evidence: Vec<f32>,
}

impl Tally {
    fn add(&mut self, rank: Option<usize>, like: Option<(f32, Resemblance)>) {
        self.pairs += 1;
        self.first_3 += usize::from(rank.is_some_and(|rank| rank <= 3));
        self.first_10 += usize::from(rank.is_some_and(|rank| rank <= 10));
        self.reciprocal += rank.map_or(0.0, |rank| 1.0 / rank as f64);
        self.evidence.push(like.map_or(0.0, |(evidence, _)| evidence));
        match like.map_or(Resemblance::Weak, |(_, resemblance)| resemblance) {
            Resemblance::Same => self.same += 1,
            Resemblance::Like => self.like += 1,
            Resemblance::Weak => self.weak += 1,
        }
    }

    fn print(&mut self, name: &str) {
        let share = |n: usize| n as f64 / self.pairs.max(1) as f64;
        println!(
            "{name:<28} {:>5} {:>6.3} {:>6.3} {:>6.3} {:>5} {:>5} {:>5}  {}",
            self.pairs,
            share(self.first_3),
            share(self.first_10),
            self.reciprocal / self.pairs.max(1) as f64,
            self.same,
            self.like,
            self.weak,
            quantiles(&mut self.evidence),
        );
    }
}

/// A set of numbers at 5, 25, 50, 75 and 95 %.
fn quantiles(numbers: &mut [f32]) -> String {
    numbers.sort_by(f32::total_cmp);
    let at = |share: f64| numbers.get(((numbers.len().max(1) - 1) as f64 * share).round() as usize);
    let at = [0.05, 0.25, 0.5, 0.75, 0.95].map(|share| format!("{:.2}", at(share).copied().unwrap_or_default()));
    at.join(" ")
}

pub fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let archives = arguments.archives.iter().map(load).collect::<Result<Vec<_>, _>>()?;
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    for archive in &archives {
        for incident in &archive.incidents {
            for (linked, lines) in linked(archive, incident)? {
                let asked = without(incident, &lines);
                let found = find(&archive.index, &asked, arguments.title_and_summary)?;
                let at = found.hits.iter().position(|hit| hit.incident.id == linked);
                let like = at.and_then(|at| called(&found, at));
                let half = half(&incident.id);
                for name in [format!("{} {half}", archive.name), format!("all {half}")] {
                    tallies.entry(name).or_default().add(at.map(|at| at + 1), like);
                }
                if arguments.verbose {
                    println!("{half} {} -> {linked}: {:?} {like:?}", incident.id, at.map(|at| at + 1));
                }
            }
        }
    }
    println!(
        "{:<28} {:>5} {:>6} {:>6} {:>6} {:>5} {:>5} {:>5}  evidence at 5, 25, 50, 75, 95 %",
        "pairs of archive and half", "pairs", "of 3", "of 10", "MRR", "same", "like", "weak"
    );
    for (name, tally) in &mut tallies {
        tally.print(name);
    }
    elsewhere(&archives, arguments)?;
    if arguments.near_duplicates {
        near_duplicates(&archives, arguments.verbose)?;
    }
    Ok(())
}

fn load(folder: &PathBuf) -> Result<Loaded, Box<dyn Error>> {
    let index = Index::in_memory()?;
    index.update(&Archive::open(folder)?, &UpdateOptions::default(), |_event| {})?;
    let incidents = index.incidents()?.collect::<Result<Vec<_>, _>>()?;
    let name = folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy().into_owned();
    Ok(Loaded { name, index, incidents })
}

/// The half of the evidence that a report is in: `a` to choose constants by, `b` to check them.
fn half(id: &str) -> char {
    let sum = id.bytes().fold(0_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(16_777_619));
    if sum.count_ones().is_multiple_of(2) { 'a' } else { 'b' }
}

/// The other reports that a report links to or names, each with the lines where it does.
fn linked(archive: &Loaded, incident: &Incident) -> Result<BTreeMap<String, Vec<usize>>, Box<dyn Error>> {
    let mut found: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut add = |name: &str, line: usize| -> Result<(), Box<dyn Error>> {
        if let [id] = &archive.index.resolve(name)?[..]
            && *id != incident.id
        {
            found.entry(id.clone()).or_default().push(line);
        }
        Ok(())
    };
    for link in incident.links.iter().filter(|link| !link.external) {
        add(&link.target, link.line as usize)?;
    }
    // A number of a report, such as `PM-2026-014`, names it in any text.
    let is_name = |word: &&str| word.len() >= 8 && word.contains('-') && word.bytes().any(|b| b.is_ascii_digit());
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    for (line, text) in (1..).zip(incident.source.lines()) {
        for word in
            text.split(|c: char| !is_part(c)).filter(is_name).filter(|word| word.starts_with(char::is_alphabetic))
        {
            add(word, line)?;
        }
    }
    Ok(found)
}

/// The same incident without some lines of its report.
fn without(incident: &Incident, lines: &[usize]) -> Incident {
    let kept = |(number, line): (usize, &str)| if lines.contains(&number) { String::new() } else { line.to_owned() };
    let text: Vec<String> = (1..).zip(incident.source.lines()).map(kept).collect();
    parse_report(&incident.path, text.join("\n"), &ParseOptions::default()).incident
}

fn find(index: &Index, incident: &Incident, short: bool) -> Result<SearchResults<Summary>, Box<dyn Error>> {
    let mut incident = incident.clone();
    if short {
        let is_summary = |section: &rca_index::Section| section.kind == rca_index::SectionKind::Summary;
        incident.sections.retain(is_summary);
    }
    Ok(index.search_summaries(&SearchRequest::from_incident(&incident).limit(DEPTH))?)
}

/// The evidence of a hit, and what it is called: no more than the first.
fn called(found: &SearchResults<Summary>, at: usize) -> Option<(f32, Resemblance)> {
    let likeness = |at: usize| found.hits.get(at).and_then(|hit| hit.likeness);
    let best = likeness(0).map_or(Resemblance::Weak, Likeness::resemblance);
    likeness(at).map(|likeness| (likeness.evidence, likeness.resemblance().max(best)))
}

/// Asks every incident of every other archive.
fn elsewhere(archives: &[Loaded], arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let mut evidence: BTreeMap<char, Vec<f32>> = BTreeMap::new();
    let mut weak: BTreeMap<char, usize> = BTreeMap::new();
    for archive in archives {
        for other in archives.iter().filter(|other| other.name != archive.name) {
            for incident in &archive.incidents {
                let found = find(&other.index, incident, arguments.title_and_summary)?;
                let (number, resemblance) = called(&found, 0).unwrap_or((0.0, Resemblance::Weak));
                let half = half(&incident.id);
                evidence.entry(half).or_default().push(number);
                *weak.entry(half).or_default() += usize::from(resemblance == Resemblance::Weak);
            }
        }
    }
    for (half, mut numbers) in evidence {
        let all = numbers.len();
        let weak = weak.get(&half).copied().unwrap_or_default();
        println!(
            "asked of every other archive, {half}: nothing like it {weak} of {all} ({:.3}); evidence of the first hit at 5, 25, 50, 75, 95 %: {}",
            weak as f64 / all.max(1) as f64,
            quantiles(&mut numbers)
        );
    }
    Ok(())
}

/// Counts the incidents that have near duplicates in their archive.
fn near_duplicates(archives: &[Loaded], verbose: bool) -> Result<(), Box<dyn Error>> {
    for archive in archives {
        let (mut with, mut like) = (0, 0);
        for incident in &archive.incidents {
            let request = SearchRequest::from_incident(incident).limit(3);
            let similar = archive.index.similar(incident, &request, LinkFilter::Any, false)?;
            with += usize::from(similar.hits.iter().any(|hit| hit.level == SimilarLevel::NearDuplicate));
            like += similar.like;
            for hit in similar.hits.iter().filter(|_| verbose) {
                let covered = hit.likeness.share * hit.likeness.known;
                println!(
                    "{}: {} | {} | {} | wording {:.2} covered {covered:.2} evidence {:.2} same day {} services {}",
                    hit.level.name(),
                    incident.id,
                    hit.incident.id,
                    hit.incident.title.value,
                    hit.wording,
                    hit.likeness.evidence,
                    hit.same_day,
                    hit.services.len()
                );
            }
        }
        let all = archive.incidents.len();
        println!(
            "{}: {with} of {all} have near duplicates, {:.1} are like each",
            archive.name,
            like as f64 / all as f64
        );
    }
    Ok(())
}
