//! The tables of growth: a row per contestant, a column per size.

use std::error::Error;
use std::fmt::Write as _;

use crate::compare::FULL;
use crate::compare::table::{Log, OURS, megabytes, row, seconds};
use crate::growth::{COLD, Measured};
use crate::peers::queries::WARM;

/// For ten times the reports: the maximum factor of a full index, relative to that of the reports.
const FULL_GROWTH: f64 = 1.15;
/// The maximum factors of cold and warm searches.
const COLD_GROWTH: f64 = 2.0;
const WARM_GROWTH: f64 = 10.0;
/// The maximum peak memory of a full index in MB.
const MEMORY: f64 = 700.0;

/// One table.
struct Table<'a> {
    title: &'a str,
    value: &'a dyn Fn(&Log, &str) -> Option<f64>,
    show: &'a dyn Fn(f64) -> String,
    /// Whether rca's figure by theirs is shown.
    compared: bool,
}

/// All tables.
pub fn markdown(all: &[Measured], notes: &[String]) -> String {
    let mut out = String::new();
    // Writing to a string never fails.
    let _ = write(&mut out, all, notes);
    out
}

fn write(out: &mut String, all: &[Measured], notes: &[String]) -> std::fmt::Result {
    let Some(last) = all.last() else { return Ok(()) };
    let bytes = |value: f64| megabytes(value as u64);
    let full = |log: &Log, name: &str| log.median(FULL, name);
    write_table(out, all, &Table { title: FULL, value: &full, show: &seconds, compared: true })?;
    let peak = |log: &Log, name: &str| log.peak(FULL, name).map(|peak| peak as f64);
    write_table(out, all, &Table { title: "peak memory of a full index", value: &peak, show: &bytes, compared: true })?;
    let size = |log: &Log, name: &str| {
        log.sizes.iter().find(|(contestant, _)| *contestant == name).map(|(_, bytes)| *bytes as f64)
    };
    write_table(out, all, &Table { title: "size on disk", value: &size, show: &bytes, compared: true })?;
    let reports: Vec<String> = all.iter().map(|one| megabytes(one.bytes)).collect();
    writeln!(out, "The reports have {}.\n", reports.join(", "))?;
    for work in last.log.works().into_iter().filter(|&work| work != FULL) {
        let median = |log: &Log, name: &str| log.median(work, name);
        write_table(out, all, &Table { title: work, value: &median, show: &seconds, compared: true })?;
        let hits = |log: &Log, name: &str| log.hits(work, name).map(|hits| hits as f64);
        if last.log.contestants(work).iter().any(|name| last.log.hits(work, name).is_some()) {
            let title = format!("{work}: hits");
            let show = |hits: f64| format!("{hits}");
            write_table(out, all, &Table { title: &title, value: &hits, show: &show, compared: false })?;
        }
    }
    write_goals(out, all)?;
    writeln!(out, "\n## Notes\n")?;
    for note in notes.iter().chain(all.iter().flat_map(|one| &one.log.notes)) {
        writeln!(out, "- {note}")?;
    }
    Ok(())
}

fn write_table(out: &mut String, all: &[Measured], table: &Table<'_>) -> std::fmt::Result {
    let Table { title, value, show, compared } = table;
    let heading = if *compared { "## " } else { "### " };
    write!(out, "{heading}{title}\n\n| contestant |")?;
    all.iter().try_for_each(|one| write!(out, " {} |", one.reports))?;
    writeln!(out, "{}", if *compared && all.len() > 1 { " growth |" } else { "" })?;
    writeln!(out, "|---|{}", "--:|".repeat(all.len() + usize::from(*compared && all.len() > 1)))?;
    for name in contestants(all) {
        let values: Vec<Option<f64>> = all.iter().map(|one| value(&one.log, name)).collect();
        if values.iter().all(Option::is_none) {
            continue;
        }
        write!(out, "| {name} |")?;
        for (one, found) in all.iter().zip(&values) {
            let Some(found) = found else {
                write!(out, " |")?;
                continue;
            };
            write!(out, " {}", show(*found))?;
            if let Some(ours) = value(&one.log, OURS).filter(|_| *compared && name != OURS) {
                write!(out, " ({:.2} x)", ours / found)?;
            }
            write!(out, " |")?;
        }
        let growth: Vec<String> =
            growth(&values).map(|factor| factor.map_or("?".into(), |x| format!("{x:.2} x"))).collect();
        writeln!(
            out,
            "{}",
            if *compared && all.len() > 1 { format!(" {} |", growth.join(", ")) } else { String::new() }
        )?;
    }
    writeln!(out)
}

/// From each size to the next, the factor of a value.
fn growth(values: &[Option<f64>]) -> impl Iterator<Item = Option<f64>> {
    values.windows(2).map(|pair| pair[0].zip(pair[1]).map(|(small, large)| large / small))
}

/// All contestants, in the order of their first run.
fn contestants(all: &[Measured]) -> Vec<&'static str> {
    let mut names = Vec::new();
    for name in all.iter().flat_map(|one| one.log.contestants(FULL)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The goals of rca, from each size to the next.
fn write_goals(out: &mut String, all: &[Measured]) -> std::fmt::Result {
    writeln!(out, "## Goals of growth\n\n| work | at most | measured | |\n|---|---|--:|---|")?;
    for pair in all.windows(2) {
        let (small, large) = (&pair[0], &pair[1]);
        let reports = large.reports as f64 / small.reports as f64;
        let step = format!("{} to {}", small.reports, large.reports);
        let factor = |work: &str| Some(large.log.median(work, OURS)? / small.log.median(work, OURS)?);
        let most = FULL_GROWTH * reports;
        row(out, &format!("{FULL}, {step}"), &format!("{most:.1} x"), factor(FULL), most)?;
        // What may grow tenfold with ten times the reports may grow less with fewer.
        let of_step = |most: f64| most.powf(reports.log10());
        let works = std::iter::once((COLD, of_step(COLD_GROWTH)))
            .chain(WARM.iter().map(|query| (query.work, of_step(WARM_GROWTH))));
        for (work, most) in works {
            row(out, &format!("{work}, {step}"), &format!("{most:.1} x"), factor(work), most)?;
        }
    }
    for one in all {
        let peak = one.log.peak(FULL, OURS).map(|peak| peak as f64 / 1e6);
        row(out, &format!("peak memory, {} reports", one.reports), &format!("{MEMORY} MB"), peak, MEMORY)?;
    }
    Ok(())
}

/// The raw figures of all sizes.
pub fn csv(all: &[Measured]) -> Result<String, Box<dyn Error>> {
    let mut out = String::new();
    for one in all {
        for (number, line) in one.log.csv()?.lines().enumerate() {
            match number {
                0 if out.is_empty() => writeln!(out, "reports,{line}")?,
                0 => {}
                _ => writeln!(out, "{},{line}", one.reports)?,
            }
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::table::Run;

    fn measured(reports: u64, ours: f64, theirs: Option<f64>) -> Measured {
        let mut log = Log::default();
        let run = |contestant, seconds| Run { work: FULL, contestant, seconds, ..Run::default() };
        log.add_all(vec![run(OURS, ours)]);
        log.add_all(theirs.map(|theirs| run("Lucene", theirs)).into_iter().collect());
        Measured { reports, bytes: 1_000_000, log }
    }

    #[test]
    fn a_table_has_a_column_per_size_and_the_factors_between_them() {
        let all = [measured(1000, 1.0, Some(2.0)), measured(10_000, 12.0, None)];
        let text = markdown(&all, &["Bleve: left out, as `go` is not installed".to_owned()]);
        assert!(text.contains("| contestant | 1000 | 10000 | growth |\n|---|--:|--:|--:|\n"), "{text}");
        assert!(text.contains("| rca | 1.00 s | 12.00 s | 12.00 x |\n"), "{text}");
        assert!(text.contains("| Lucene | 2.00 s (0.50 x) | | ? |\n"), "{text}");
        assert!(text.contains("| full index, 1000 to 10000 | 11.5 x | 12.000 | missed |\n"), "{text}");
        assert!(text.contains("\n- Bleve: left out, as `go` is not installed\n"), "{text}");
    }

    #[test]
    fn raw_figures_name_the_size_and_have_one_heading() {
        let text = csv(&[measured(1000, 1.0, None), measured(10_000, 12.0, Some(9.0))]).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 4, "{text}");
        assert!(lines[0].starts_with("reports,work,contestant,"), "{text}");
        assert!(
            lines[1].starts_with("1000,full index,rca,0,1.000000") && lines[3].starts_with("10000,full index,Lucene")
        );
    }
}
