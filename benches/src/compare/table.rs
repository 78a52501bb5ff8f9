//! The log of all runs, as raw figures (CSV) and as tables (Markdown).

use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The contestant that all others are compared with.
pub const OURS: &str = "rca";

/// One run of one contestant.
#[derive(Debug, Clone, Default)]
pub struct Run {
    pub work: &'static str,
    pub contestant: &'static str,
    pub round: usize,
    pub seconds: f64,
    /// Seconds of processor time, user and system.
    pub processor: Option<f64>,
    /// The peak resident memory of the process.
    pub peak_bytes: Option<u64>,
    pub hits: Option<u64>,
}

/// A goal: for this work, the maximum of rca's figure relative to the peer's.
pub struct Goal {
    pub work: &'static str,
    pub peer: &'static str,
    pub most: f64,
}

/// All runs, in order.
#[derive(Default)]
pub struct Log {
    runs: Vec<Run>,
    /// Bytes on disk by contestant, in order.
    pub sizes: Vec<(&'static str, u64)>,
    /// What was skipped, and where numbers of hits differ.
    pub notes: Vec<String>,
}

impl Log {
    pub fn add(&mut self, run: Run) {
        eprintln!("{:<28} {:<26} {}", run.work, run.contestant, seconds(run.seconds));
        self.runs.push(run);
    }

    /// Adds the runs of one contestant at one work, and shows their median only.
    pub fn add_all(&mut self, runs: Vec<Run>) {
        let Some(Run { work, contestant, .. }) = runs.first().cloned() else { return };
        self.runs.extend(runs);
        eprintln!("{work:<42} {contestant:<14} {}", self.median(work, contestant).map_or(String::new(), seconds));
    }

    pub fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        if !self.notes.contains(&note) {
            eprintln!("note: {note}");
            self.notes.push(note);
        }
    }

    fn of(&self, work: &str, contestant: &str) -> impl Iterator<Item = &Run> {
        self.runs.iter().filter(move |run| run.work == work && run.contestant == contestant)
    }

    /// The kinds of work, in the order of their first run.
    pub fn works(&self) -> Vec<&'static str> {
        each_once(self.runs.iter().map(|run| run.work))
    }

    pub fn contestants(&self, work: &str) -> Vec<&'static str> {
        each_once(self.runs.iter().filter(|run| run.work == work).map(|run| run.contestant))
    }

    pub fn median(&self, work: &str, contestant: &str) -> Option<f64> {
        let mut all: Vec<f64> = self.of(work, contestant).map(|run| run.seconds).collect();
        all.sort_by(f64::total_cmp);
        let middle = all.get(all.len() / 2).copied()?;
        Some(if all.len().is_multiple_of(2) { f64::midpoint(all[all.len() / 2 - 1], middle) } else { middle })
    }

    pub fn peak(&self, work: &str, contestant: &str) -> Option<u64> {
        self.of(work, contestant).filter_map(|run| run.peak_bytes).max()
    }

    /// The number of hits of a contestant, if it is the same in every run.
    pub fn hits(&self, work: &str, contestant: &str) -> Option<u64> {
        let all: BTreeSet<u64> = self.of(work, contestant).filter_map(|run| run.hits).collect();
        if all.len() == 1 { all.first().copied() } else { None }
    }

    /// Checks that contestants with the same semantics have the same number of hits.
    pub fn check_hits(&mut self, work: &str, alike: &[&str]) {
        let hits: Vec<(&str, Option<u64>)> = self
            .contestants(work)
            .into_iter()
            .filter(|name| alike.contains(name))
            .map(|name| (name, self.hits(work, name)))
            .collect();
        if hits.iter().any(|(_, found)| *found != hits[0].1 || found.is_none()) {
            let shown =
                hits.iter().map(|(name, found)| format!("{name} {}", found.map_or("?".into(), |n| n.to_string())));
            self.note(format!("{work}: the numbers of hits differ: {}", shown.collect::<Vec<_>>().join(", ")));
        }
    }

    /// The raw figures.
    pub fn csv(&self) -> Result<String, Box<dyn std::error::Error>> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["work", "contestant", "round", "seconds", "processor_seconds", "peak_bytes", "hits"])?;
        for run in &self.runs {
            let optional = |value: Option<u64>| value.map_or(String::new(), |value| value.to_string());
            writer.write_record([
                run.work,
                run.contestant,
                &run.round.to_string(),
                &format!("{:.6}", run.seconds),
                &run.processor.map_or(String::new(), |value| format!("{value:.3}")),
                &optional(run.peak_bytes),
                &optional(run.hits),
            ])?;
        }
        Ok(String::from_utf8(writer.into_inner()?)?)
    }

    /// The report: a table for each kind of work, sizes, goals, notes.
    pub fn markdown(&self, source_bytes: u64, goals: &[Goal]) -> String {
        let mut out = String::new();
        // Writing to a string never fails.
        let _ = self.write(&mut out, source_bytes, goals);
        out
    }

    fn write(&self, out: &mut String, source_bytes: u64, goals: &[Goal]) -> std::fmt::Result {
        for work in self.works() {
            writeln!(out, "## {work}\n")?;
            writeln!(out, "| contestant | median | least to most | rca takes | processor | peak memory | hits |")?;
            writeln!(out, "|---|--:|--:|--:|--:|--:|--:|")?;
            let ours = self.median(work, OURS);
            for name in self.contestants(work) {
                let all: Vec<f64> = self.of(work, name).map(|run| run.seconds).collect();
                let (least, most) =
                    all.iter().fold((f64::MAX, f64::MIN), |(least, most), &s| (least.min(s), most.max(s)));
                let median = self.median(work, name).unwrap_or_default();
                let ratio = match ours {
                    Some(ours) if name != OURS => format!("{:.3} x", ours / median),
                    _ => String::new(),
                };
                let mut processor: Vec<f64> = self.of(work, name).filter_map(|run| run.processor).collect();
                processor.sort_by(f64::total_cmp);
                let processor = processor.get(processor.len() / 2).map_or(String::new(), |&s| seconds(s));
                let peak = self.peak(work, name).map_or(String::new(), megabytes);
                let hits = self.hits(work, name).map_or(String::new(), |hits| hits.to_string());
                writeln!(
                    out,
                    "| {name} | {} | {} to {} | {ratio} | {processor} | {peak} | {hits} |",
                    seconds(median),
                    seconds(least),
                    seconds(most)
                )?;
            }
            writeln!(out)?;
        }
        writeln!(out, "## Size on disk\n\n| what | size | of the source |\n|---|--:|--:|")?;
        for (name, bytes) in std::iter::once(&("the reports", source_bytes)).chain(&self.sizes) {
            let share = *bytes as f64 / source_bytes as f64;
            writeln!(out, "| {name} | {} | {share:.2} x |", megabytes(*bytes))?;
        }
        writeln!(out, "\n## Goals\n\n| work | rca takes, at most | measured | |\n|---|---|--:|---|")?;
        for goal in goals {
            let Goal { work, peer, most } = goal;
            let ratio = self.median(work, OURS).zip(self.median(work, peer)).map(|(ours, theirs)| ours / theirs);
            row(out, work, &format!("{most} x {peer}"), ratio, *most)?;
        }
        Ok(())
    }
}

fn each_once(names: impl Iterator<Item = &'static str>) -> Vec<&'static str> {
    let mut seen = Vec::new();
    for name in names {
        if !seen.contains(&name) {
            seen.push(name);
        }
    }
    seen
}

/// One row of the table of goals.
pub fn row(out: &mut String, work: &str, goal: &str, measured: Option<f64>, most: f64) -> std::fmt::Result {
    let (shown, verdict) = match measured {
        None => ("not measured".to_owned(), ""),
        Some(value) => (format!("{value:.3}"), if value <= most { "met" } else { "missed" }),
    };
    writeln!(out, "| {work} | {goal} | {shown} | {verdict} |")
}

/// Seconds in a suitable unit.
pub fn seconds(seconds: f64) -> String {
    match seconds {
        s if s >= 1.0 => format!("{s:.2} s"),
        s if s >= 0.01 => format!("{:.1} ms", s * 1e3),
        s => format!("{:.3} ms", s * 1e3),
    }
}

/// Bytes in megabytes.
pub fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}
