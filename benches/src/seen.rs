//! Evaluation of pasted alerts and logs: how often the report that a paste should find comes first, and how well the numbers
//! of a hit tell a real match from the best of none: of the expected reports that come first, how many are called the same or
//! like it, and of pastes that nothing is like, and of each asked of every other archive, how many are told so.
//!
//! In: files of judged pastes beside archives of reports. Out: first-hit rate and mean reciprocal rank by kind, on stdout.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use rca_index::signal::Signal;
use rca_index::{Archive, Index, Likeness, Resemblance, SearchRequest, SearchResults, Summary, UpdateOptions};
use serde::Deserialize;

#[derive(Args)]
pub struct Arguments {
    /// Files of judged pastes, one JSON object a line; their archives lie beside them, in a folder `archives` above, or above
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Search for the pastes as plain text, as `rca search --literal` does, for comparison
    #[arg(long)]
    as_text: bool,
    /// Measure how long each paste takes on this index, warm, instead of judging what is found
    #[arg(long, value_name = "FOLDER")]
    time_on: Option<PathBuf>,
    /// Print each paste that does not find its report first
    #[arg(short, long)]
    verbose: bool,
}

#[derive(Deserialize)]
struct Paste {
    id: String,
    archive: String,
    kind: String,
    text: String,
    expect: Option<String>,
}

/// What was found for a paste: the rank of its report from 1, if among the first hundred, and the best hit's numbers.
struct Found {
    rank: Option<usize>,
    best: Option<(f32, f32)>,
    /// What the first hit is called; no other is called more.
    first: Resemblance,
}

/// How pastes are judged: of expected reports that come first, of pastes that nothing is like, and of pastes asked of the
/// other archives, how many there are, and how many are judged right.
#[derive(Default)]
struct Verdicts {
    kept: [usize; 2],
    same: usize,
    none: [usize; 2],
    elsewhere: [usize; 2],
}

impl Verdicts {
    fn print(&self) {
        let share = |[of, right]: [usize; 2]| format!("{right} of {of} ({:.3})", right as f64 / of.max(1) as f64);
        println!("expected, first, and called same or like: {}; {} of them same", share(self.kept), self.same);
        println!("nothing like it, for pastes that match nothing: {}", share(self.none));
        println!("nothing like it, asked of every other archive: {}", share(self.elsewhere));
    }
}

/// Counts of one kind of pastes.
#[derive(Default)]
struct Tally {
    pastes: usize,
    first: usize,
    reciprocal: f64,
}

pub fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let mut indexes = Indexes::new();
    for file in &arguments.files {
        for paste in pastes(file)? {
            if arguments.time_on.is_none() && !indexes.contains_key(&paste.archive) {
                indexes.insert(paste.archive.clone(), index_of(file, &paste.archive)?);
            }
        }
    }
    for file in &arguments.files {
        if let Some(folder) = &arguments.time_on {
            time(file, &Index::open(folder)?)?;
            continue;
        }
        let Judged { tallies, right, none, verdicts } = judge(file, &indexes, arguments)?;
        println!("{}", file.display());
        println!("{:<24} {:>6} {:>6} {:>6}", "kind", "pastes", "first", "MRR");
        for (kind, Tally { pastes, first, reciprocal }) in tallies {
            let share = |sum: f64| sum / pastes as f64;
            println!("{kind:<24} {pastes:>6} {:>6.3} {:>6.3}", share(first as f64), share(reciprocal));
        }
        println!("of the first hits that are right, and of those for pastes that nothing is like: share and z");
        for (name, mut numbers) in [("right", right), ("none", none)] {
            numbers.sort_by(|a, b| a.0.total_cmp(&b.0));
            let quantile = |numbers: &[f32], q: f64| {
                numbers.get(((numbers.len().max(1) - 1) as f64 * q).round() as usize).copied().unwrap_or(0.0)
            };
            let shares: Vec<f32> = numbers.iter().map(|(share, _)| *share).collect();
            let mut zs: Vec<f32> = numbers.iter().map(|(_, z)| *z).collect();
            zs.sort_by(f32::total_cmp);
            let [shares, zs] =
                [shares, zs].map(|of| [0.05, 0.5, 0.95].map(|q| format!("{:.2}", quantile(&of, q))).join(" "));
            println!("{name:<6} {:>4}  share at 5, 50, 95 %: {shares}   z: {zs}", numbers.len());
        }
        if !arguments.as_text {
            verdicts.print();
        }
    }
    Ok(())
}

/// Prints how long pastes take: the median and the longest of those of up to 1, 4 and 16 KB and more, each the fastest of five
/// searches.
fn time(file: &Path, index: &Index) -> Result<(), Box<dyn Error>> {
    let mut by_size: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for paste in pastes(file)? {
        let mut fastest = f64::INFINITY;
        for _ in 0..5 {
            let started = Instant::now();
            index.search(&SearchRequest::from_signal(&Signal::read(&paste.text)))?;
            fastest = fastest.min(started.elapsed().as_secs_f64() * 1000.0);
        }
        let size = [1_024, 4_096, 16_384].into_iter().find(|&size| paste.text.len() <= size);
        by_size.entry(size.unwrap_or(usize::MAX)).or_default().push(fastest);
    }
    for (size, mut times) in by_size {
        times.sort_by(f64::total_cmp);
        let most = times.last().copied().unwrap_or_default();
        let size = if size == usize::MAX { "more".to_owned() } else { format!("up to {size} bytes") };
        println!("{size}: {} pastes, median {:.1} ms, longest {most:.1} ms", times.len(), times[times.len() / 2]);
    }
    Ok(())
}

type Indexes = BTreeMap<String, Index>;

/// What a file of pastes comes to: counts by kind, share and z of first hits that are right, and of those for pastes that
/// nothing is like, and how they are called.
#[derive(Default)]
struct Judged {
    tallies: BTreeMap<String, Tally>,
    right: Vec<(f32, f32)>,
    none: Vec<(f32, f32)>,
    verdicts: Verdicts,
}

/// The pastes of a file.
fn pastes(file: &Path) -> Result<Vec<Paste>, Box<dyn Error>> {
    let text = fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
    let lines = text.lines().filter(|line| !line.is_empty());
    Ok(lines.map(serde_json::from_str).collect::<Result<_, _>>()?)
}

fn judge(file: &Path, indexes: &Indexes, arguments: &Arguments) -> Result<Judged, Box<dyn Error>> {
    let mut judged = Judged::default();
    for paste in pastes(file)? {
        for (name, index) in indexes.iter().filter(|(name, _)| **name != paste.archive) {
            let first = find(index, &paste, arguments.as_text)?.first;
            count(&mut judged.verdicts.elsewhere, first == Resemblance::Weak);
            if arguments.verbose && first != Resemblance::Weak {
                println!("{}: {} {} in {name}", paste.id, paste.kind, first.name());
            }
        }
        let found = find(&indexes[&paste.archive], &paste, arguments.as_text)?;
        if paste.expect.is_none() {
            judged.none.extend(found.best);
            count(&mut judged.verdicts.none, found.first == Resemblance::Weak);
            continue;
        }
        let is_first = found.rank == Some(1);
        if is_first {
            judged.right.extend(found.best);
            count(&mut judged.verdicts.kept, found.first != Resemblance::Weak);
            judged.verdicts.same += usize::from(found.first == Resemblance::Same);
            if arguments.verbose && found.first == Resemblance::Weak {
                println!("{}: {} weak", paste.id, paste.kind);
            }
        } else if arguments.verbose {
            println!("{}: {} {:?}", paste.id, paste.kind, found.rank);
        }
        let group = if paste.archive == "runbooks" { "runbooks" } else { "archives" };
        for kind in [format!("{group} {}", paste.kind), format!("{group}: all")] {
            let tally = judged.tallies.entry(kind).or_default();
            tally.pastes += 1;
            tally.first += usize::from(is_first);
            tally.reciprocal += found.rank.map_or(0.0, |rank| 1.0 / rank as f64);
        }
    }
    Ok(judged)
}

/// Counts a paste, and whether it was judged right.
fn count([all, right]: &mut [usize; 2], is_right: bool) {
    *all += 1;
    *right += usize::from(is_right);
}

fn find(index: &Index, paste: &Paste, as_text: bool) -> Result<Found, Box<dyn Error>> {
    /// How far down a report still counts.
    const DEPTH: usize = 100;
    let request = if as_text {
        SearchRequest::literal(&paste.text)?
    } else {
        SearchRequest::from_signal(&Signal::read(&paste.text))
    };
    let found: SearchResults<Summary> = index.search_summaries(&request.limit(DEPTH))?;
    let is_expected = |path: &str| paste.expect.as_deref() == Some(path);
    let rank = found.hits.iter().position(|hit| is_expected(&hit.incident.path)).map(|at| at + 1);
    let best = found.hits.first().and_then(|hit| hit.likeness).map(|like| (like.share, like.z));
    let first = found.hits.first().and_then(|hit| hit.likeness).map_or(Resemblance::Weak, Likeness::resemblance);
    Ok(Found { rank, best, first })
}

/// Indexes the archive of a name: beside the file, in `archives` beside its folder, or beside a folder above.
fn index_of(file: &Path, name: &str) -> Result<Index, Box<dyn Error>> {
    let file = file.canonicalize().map_err(|e| format!("{}: {e}", file.display()))?;
    let above = file.ancestors().skip(1).take(4);
    let folders = above.flat_map(|folder| [folder.join(name), folder.join("archives").join(name)]);
    let Some(folder) = folders.into_iter().find(|folder| folder.is_dir()) else {
        return Err(format!("{}: no archive `{name}`", file.display()).into());
    };
    let index = Index::in_memory()?;
    index.update(&Archive::open(folder)?, &UpdateOptions::default(), |_event| {})?;
    Ok(index)
}
