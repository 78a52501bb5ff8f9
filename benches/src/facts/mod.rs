//! Evaluation of facts: how many of the facts that rca states are right, and how many of those in the reports it
//! states.
//!
//! In: labels written by people, and the labelled reports. Out: precision and recall by kind of fact, and every fault.

mod labels;
mod rows;
mod same;
mod score;
mod stated;

use std::error::Error;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::Value;

use self::labels::LabelledArchive;
use self::rows::RowScore;
use self::score::Score;
pub use self::stated::incidents;
use self::stated::{Stated, by_command, by_library};

#[derive(Args)]
pub struct Arguments {
    /// Folders with labels.jsonl and texts/, or files of labels
    #[arg(value_name = "DIR|FILE", required_unless_present = "rows")]
    labels: Vec<PathBuf>,
    /// Where the reports for files of labels are: ROOT/ARCHIVE/PATH, or ROOT/PATH; may be repeated
    #[arg(long, value_name = "ROOT")]
    texts: Vec<PathBuf>,
    /// Also score the milestones of labelled timeline rows
    #[arg(long, value_name = "FILE", requires = "texts")]
    rows: Option<PathBuf>,
    /// Score a built command instead of the library that this program is built with
    #[arg(long, value_name = "PATH")]
    rca: Option<PathBuf>,
    /// List every fault
    #[arg(short, long)]
    verbose: bool,
}

pub fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let Arguments { labels, texts, rows, rca, verbose } = arguments;
    let rca = rca.as_deref();
    let mut lost = Vec::new();
    if !labels.is_empty() {
        let facts = Facts::of(labels, texts, rca)?;
        println!("{} of {} reports", facts.reports - facts.lost.len(), facts.reports);
        if *verbose {
            facts.score.faults().iter().for_each(|fault| println!("{fault}"));
        }
        facts.lost.iter().for_each(|path| println!("not there, all its facts are missing: {path}"));
        print!("{}", facts.score.table());
        lost = facts.lost;
    }
    if let Some(file) = rows {
        let score = score_rows(file, texts, rca)?;
        if *verbose {
            score.faults().iter().for_each(|fault| println!("{fault}"));
        }
        print!("{}", score.table());
    }
    if lost.is_empty() { Ok(()) } else { Err(format!("{} labelled reports are not in the index", lost.len()).into()) }
}

/// The scores of rca on labelled reports.
struct Facts {
    score: Score,
    reports: usize,
    /// Labelled reports that are not in the index.
    lost: Vec<String>,
}

impl Facts {
    fn of(places: &[PathBuf], texts: &[PathBuf], rca: Option<&Path>) -> Result<Self, Box<dyn Error>> {
        let mut facts = Self { score: Score::default(), reports: 0, lost: Vec::new() };
        for place in places {
            for archive in labels::read(place, texts, "repo")? {
                facts.add(&archive, &stated(&archive, rca)?);
            }
        }
        Ok(facts)
    }

    fn add(&mut self, archive: &LabelledArchive, stated: &Stated) {
        for (label, path) in archive.labels.iter().zip(archive.paths()) {
            let at = format!("{}/{path}", archive.name);
            let got = stated.get(path);
            self.score.compare(label, got.unwrap_or_default(), &at);
            self.reports += 1;
            // An index of reports, which states no facts of its own, is rightly left out.
            self.lost.extend((got.is_none() && states_a_fact(label)).then_some(at));
        }
    }
}

/// Whether a label has a fact that is not null or empty.
fn states_a_fact(label: &Value) -> bool {
    let about_the_label = ["repo", "path", "commit", "note", "arguable"];
    let facts = label.as_object().into_iter().flatten().filter(|(key, _)| !about_the_label.contains(&key.as_str()));
    let is_empty = |value: &Value| value.is_null() || value.as_object().is_some_and(serde_json::Map::is_empty);
    facts.map(|(_, value)| value).any(|value| !is_empty(value))
}

fn score_rows(file: &Path, texts: &[PathBuf], rca: Option<&Path>) -> Result<RowScore, Box<dyn Error>> {
    let mut score = RowScore::default();
    for archive in labels::read(file, texts, "archive")? {
        score.compare(&archive, &stated(&archive, rca)?);
    }
    Ok(score)
}

fn stated(archive: &LabelledArchive, rca: Option<&Path>) -> Result<Stated, Box<dyn Error>> {
    match rca {
        Some(rca) => by_command(rca, &archive.folder, &archive.paths()),
        None => by_library(&archive.folder),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::floors::Floors;

    fn folder(path: &str) -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
    }

    /// Whether a folder that is not part of the sources exists.
    fn is_there(path: &Path) -> bool {
        if !path.is_dir() {
            println!("skipped: {} is not there", path.display());
        }
        path.is_dir()
    }

    fn check(floors: &mut Floors, set: &str, labels: PathBuf, texts: &[PathBuf]) -> Result<(), Box<dyn Error>> {
        let facts = Facts::of(&[labels], texts, None)?;
        assert_eq!(facts.lost, [""; 0], "reports of {set} that are not in the index");
        let total = facts.score.total();
        floors.check(set, "precision", total.precision());
        floors.check(set, "recall", total.recall());
        Ok(())
    }

    #[test]
    #[ignore = "reads 800 reports; .ci/run runs it"]
    fn facts_do_not_get_worse() -> Result<(), Box<dyn Error>> {
        let mut floors = Floors::read()?;
        let corpus = folder("../corpus/incidents");
        check(&mut floors, "facts/corpus", folder("facts/corpus.jsonl"), std::slice::from_ref(&corpus))?;
        let (shared, archives) = (folder("../../shared/facts"), folder("../../shared/archives"));
        if is_there(&shared) {
            check(&mut floors, "facts/shared", shared, &[])?;
        }
        if is_there(&archives) {
            check(&mut floors, "facts/archives", folder("facts/archives.jsonl"), std::slice::from_ref(&archives))?;
            let rows = score_rows(&folder("facts/milestones.jsonl"), &[archives, corpus], None)?.total();
            floors.check("facts/rows", "precision", rows.precision());
            floors.check("facts/rows", "recall", rows.recall());
        }
        assert_eq!(floors.fallen(), [""; 0], "facts are stated worse than before");
        Ok(())
    }
}
