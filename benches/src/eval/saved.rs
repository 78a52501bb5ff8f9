//! Scores by query, saved and compared: shows the effect of a ranking change on single queries, which means hide.
//!
//! In: the scores of two runs. Out: wins, losses and ties of the later run, and the queries that changed most.

use std::collections::HashMap;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// Scores that differ by less are equal; saved decimals may differ in the last digit.
const ALIKE: f64 = 1e-6;

/// One measure of one query: a line of the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Score {
    pub collection: String,
    pub query: String,
    pub measure: String,
    pub value: f64,
}

/// Writes scores as JSON lines.
pub fn write(path: &Path, scores: &[Score]) -> Result<(), Box<dyn Error>> {
    let lines =
        scores.iter().map(|score| Ok(serde_json::to_string(score)? + "\n")).collect::<serde_json::Result<String>>();
    fs::write(path, lines?).map_err(|e| format!("{}: {e}", path.display()).into())
}

pub fn read(path: &Path) -> Result<Vec<Score>, Box<dyn Error>> {
    let text = fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let read = |(line, number): (&str, usize)| {
        serde_json::from_str(line).map_err(|e| format!("{}:{number}: {e}", path.display()).into())
    };
    text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty()).map(read).collect()
}

/// The changes of a collection's queries, by its main measure.
#[derive(Debug, Default)]
pub struct Comparison {
    collection: String,
    measure: String,
    /// By query: scores before and now, the largest gain first.
    changes: Vec<(String, f64, f64)>,
    ties: usize,
    /// Queries in only one of the runs.
    unmatched: usize,
}

impl Comparison {
    /// Compares the scores of one collection, all of the same measure, with saved ones.
    pub fn new(collection: &str, measure: &str, now: &[(&str, f64)], before: &[Score]) -> Self {
        let saved = before.iter().filter(|score| score.collection == collection && score.measure == measure);
        let mut saved: HashMap<&str, f64> = saved.map(|score| (score.query.as_str(), score.value)).collect();
        let (collection, measure) = (collection.to_owned(), measure.to_owned());
        let mut comparison = Self { collection, measure, ..Self::default() };
        for &(query, now) in now {
            match saved.remove(query) {
                None => comparison.unmatched += 1,
                Some(before) if (now - before).abs() < ALIKE => comparison.ties += 1,
                Some(before) => comparison.changes.push((query.to_owned(), before, now)),
            }
        }
        comparison.unmatched += saved.len();
        comparison.changes.sort_by(|a, b| (b.2 - b.1).total_cmp(&(a.2 - a.1)).then_with(|| a.0.cmp(&b.0)));
        comparison
    }

    fn wins(&self) -> usize {
        self.changes.iter().filter(|(_, before, now)| now > before).count()
    }

    fn losses(&self) -> usize {
        self.changes.len() - self.wins()
    }

    /// The mean change over all queries in both runs; gains are positive.
    fn mean_difference(&self) -> f64 {
        let sum: f64 = self.changes.iter().map(|(_, before, now)| now - before).sum();
        // Not `sum()`, because an empty sum is -0.
        sum / (self.changes.len() + self.ties).max(1) as f64 + 0.0
    }

    /// A line of counts, then the queries that changed most, at most `most` in each direction. `text_of` returns the
    /// text of a query.
    pub fn shown(&self, most: usize, text_of: impl Fn(&str) -> String) -> String {
        let Self { collection, measure, changes, ties, unmatched } = self;
        let (wins, losses, mean) = (self.wins(), self.losses(), self.mean_difference());
        let mut out = format!("{collection:<20} {measure:>7}  {wins:>5} {losses:>6} {ties:>5}  {mean:>+8.4}\n");
        // Writing to a string never fails.
        if *unmatched > 0 {
            let _ = writeln!(out, "    {unmatched} queries are in one of the runs only");
        }
        let gains = changes.iter().take(wins.min(most));
        let falls = changes.iter().skip(wins.max(changes.len().saturating_sub(most)));
        for (query, before, now) in gains.chain(falls) {
            let change = now - before;
            let _ = writeln!(out, "    {change:+.3}  {before:.3} to {now:.3}  {query}: {}", text_of(query));
        }
        out
    }
}

/// The heading for [`Comparison::shown`].
pub fn heading() -> String {
    format!(
        "{:<20} {:>7}  {:>5} {:>6} {:>5}  {:>8}",
        "against the saved run", "measure", "wins", "losses", "ties", "mean"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(collection: &str, query: &str, measure: &str, value: f64) -> Score {
        Score { collection: collection.into(), query: query.into(), measure: measure.into(), value }
    }

    #[test]
    fn saved_scores_are_restored() -> Result<(), Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("scores.jsonl");
        let scores = [score("med", "1", "MAP", 0.25), score("med", "2", "MAP", 1.0)];
        write(&file, &scores)?;
        assert_eq!(read(&file)?, scores);
        fs::write(&file, "{}\n")?;
        let message = read(&file).err().map(|e| e.to_string()).unwrap_or_default();
        assert!(message.contains("scores.jsonl:1: missing field"), "{message}");
        Ok(())
    }

    #[test]
    fn wins_losses_and_ties_are_counted_per_measure_and_collection() {
        let before = [
            score("med", "a", "MAP", 0.5),
            score("med", "b", "MAP", 0.5),
            score("med", "c", "MAP", 0.5),
            score("med", "d", "MAP", 0.5),
            score("med", "gone", "MAP", 0.5),
            score("med", "a", "MRR", 0.9),
            score("other", "a", "MAP", 0.9),
        ];
        let now = [("a", 0.75), ("b", 0.5), ("c", 0.4), ("d", 0.55), ("new", 1.0)];
        let comparison = Comparison::new("med", "MAP", &now, &before);
        assert_eq!((comparison.wins(), comparison.losses(), comparison.ties, comparison.unmatched), (2, 1, 1, 2));
        assert!((comparison.mean_difference() - 0.05).abs() < 1e-9);
        let lines = |most| {
            let shown = comparison.shown(most, |query| format!("text of {query}"));
            shown.lines().skip(2).map(|line| line.trim().to_owned()).collect::<Vec<_>>()
        };
        let gain = "+0.250  0.500 to 0.750  a: text of a";
        let loss = "-0.100  0.500 to 0.400  c: text of c";
        assert_eq!(lines(1), [gain, loss]);
        assert_eq!(lines(9), [gain, "+0.050  0.500 to 0.550  d: text of d", loss]);
        assert_eq!(lines(0), [""; 0]);
        let same = Comparison::new("med", "MAP", &[("a", 0.5)], &before[..1]).shown(5, str::to_owned);
        assert!(same.ends_with("    0      0     1   +0.0000\n"), "{same}");
    }
}
