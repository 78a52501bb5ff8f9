//! Milestones of timeline rows: compares the milestone of each row with its label.
//!
//! In: labels of rows (archive, path, line, milestones, arguable) and the facts that rca states of their reports. Out:
//! counts by milestone, and a description of every fault.

use std::collections::BTreeSet;

use rca_index::Milestone;
use serde_json::Value;

use super::labels::LabelledArchive;
use super::score::share;
use super::stated::Stated;

/// The counts of one milestone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RowCounts {
    pub right: usize,
    /// Rows with the milestone that do not state it.
    pub wrong: usize,
    /// Reports in which a row states the milestone but no row has it.
    pub missing: usize,
}

impl RowCounts {
    pub fn precision(&self) -> f64 {
        share(self.right, self.right + self.wrong)
    }

    pub fn recall(&self) -> f64 {
        share(self.right, self.right + self.missing)
    }

    fn row(&self, name: &str) -> String {
        let Self { right, wrong, missing } = self;
        let (precision, recall) = (self.precision(), self.recall());
        format!("{name:14} {right:6} {wrong:6} {missing:7} {precision:9.3} {recall:7.3}\n")
    }
}

/// The counts of all rows so far, and the faults.
#[derive(Debug, Default)]
pub struct RowScore {
    counts: [RowCounts; Milestone::ALL.len()],
    faults: Vec<String>,
}

impl RowScore {
    /// Each labelled row with a milestone is right or wrong. A milestone is missing from a report if a labelled row
    /// states it and no row of the report has it: at most one row has each milestone, and that row may be one without a
    /// label.
    pub fn compare(&mut self, archive: &LabelledArchive, stated: &Stated) {
        for path in archive.paths().into_iter().collect::<BTreeSet<_>>() {
            let rows = stated.get(path).and_then(|got| got["timeline"].as_array()).map_or(&[][..], Vec::as_slice);
            let labels = archive.labels.iter().filter(|label| label["path"] == path && label["arguable"] != true);
            let (labels, at) = (labels.collect::<Vec<_>>(), format!("{}/{path}", archive.name));
            for (milestone, counts) in Milestone::ALL.into_iter().zip(&mut self.counts) {
                count(milestone.name(), &labels, rows, &at, counts, &mut self.faults);
            }
        }
    }

    pub fn faults(&self) -> Vec<&str> {
        let mut faults: Vec<&str> = self.faults.iter().map(String::as_str).collect();
        faults.sort_unstable();
        faults
    }

    /// All milestones together.
    pub fn total(&self) -> RowCounts {
        self.counts.iter().fold(RowCounts::default(), |sum, counts| RowCounts {
            right: sum.right + counts.right,
            wrong: sum.wrong + counts.wrong,
            missing: sum.missing + counts.missing,
        })
    }

    pub fn table(&self) -> String {
        let heading = format!(
            "{:14} {:>6} {:>6} {:>7} {:>9} {:>7}\n",
            "milestone", "right", "wrong", "missing", "precision", "recall"
        );
        let rows = Milestone::ALL.into_iter().zip(&self.counts).map(|(milestone, counts)| counts.row(milestone.name()));
        heading + &rows.collect::<String>() + &self.total().row("all")
    }
}

/// Counts one milestone of one report.
fn count(name: &str, labels: &[&Value], rows: &[Value], at: &str, counts: &mut RowCounts, faults: &mut Vec<String>) {
    let marked: Vec<&Value> = rows.iter().filter(|row| row["milestone"] == name).collect();
    let has = |label: &Value| label["milestones"].as_array().is_some_and(|all| all.iter().any(|one| one == name));
    for label in labels.iter().filter(|label| marked.iter().any(|row| row["line"] == label["line"])) {
        if has(label) {
            counts.right += 1;
        } else {
            counts.wrong += 1;
            faults.push(format!("wrong    {name:12} {at}:{}", label["line"]));
        }
    }
    if let Some(label) = labels.iter().find(|label| has(label)).filter(|_| marked.is_empty()) {
        counts.missing += 1;
        faults.push(format!("missing  {name:12} {at}:{}", label["line"]));
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use serde_json::json;

    use super::*;

    #[test]
    fn rows_are_right_or_wrong_and_milestones_of_a_report_missing() {
        let label =
            |path: &str, line: u32, milestones: &[&str]| json!({"path": path, "line": line, "milestones": milestones});
        let mut arguable = label("a.md", 5, &[]);
        arguable["arguable"] = json!(true);
        let labels = vec![
            label("a.md", 3, &["detected"]),
            label("a.md", 4, &[]),
            arguable,
            label("a.md", 6, &["resolved"]),
            label("a.md", 7, &["mitigated", "resolved"]),
            label("b.md", 3, &["resolved"]),
        ];
        let row = |line: u32, milestone: Value| json!({"line": line, "milestone": milestone});
        // Line 9 has no label, but its milestone is not missing.
        let timeline = json!([
            row(3, json!("detected")),
            row(4, json!("identified")),
            row(5, json!("acknowledged")),
            row(6, Value::Null),
            row(9, json!("resolved")),
        ]);
        let stated = Stated::from([("a.md".to_owned(), json!({"timeline": timeline}))]);
        let archive = LabelledArchive { name: "own".into(), folder: PathBuf::new(), labels };
        let mut score = RowScore::default();
        score.compare(&archive, &stated);
        let expected = [
            RowCounts { right: 1, ..RowCounts::default() },
            RowCounts::default(),
            RowCounts { wrong: 1, ..RowCounts::default() },
            RowCounts { missing: 1, ..RowCounts::default() },
            RowCounts { missing: 1, ..RowCounts::default() },
        ];
        assert_eq!(score.counts, expected);
        assert_eq!(
            score.faults(),
            [
                "missing  mitigated    own/a.md:7", "missing  resolved     own/b.md:3",
                "wrong    identified   own/a.md:4"
            ]
        );
    }
}
