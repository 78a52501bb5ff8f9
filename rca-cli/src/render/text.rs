//! Text that several formats share: problems, paths, what an update did, the health of an index.
//!
//! In: results of the library. Out: plain text without colours, safe to show.

use std::io::{self, Write as _};

use indicatif::HumanBytes;
use rca_index::{Comparison, Health, IgnoredCount, LeftOut, Level, ReportProblem, UpdateReport};

use crate::location::Location;
use crate::quantity::{age, count, seconds_since, thousands};
use crate::terminal::{Output, clean};

/// What is said where no part of a report says what fixed its incident.
pub(crate) const FIX_UNKNOWN: &str = "the report does not say what fixed it";

/// The name of a problem's level.
pub(crate) fn level_name(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
    }
}

/// A problem in the notation of compilers, so that editors can jump to its line.
pub(crate) fn problem(location: &Location, found: &ReportProblem) -> String {
    let path = location.path_of(&found.path);
    format!("{}:{}: {}", clean(&path.to_string_lossy()), found.problem.line, reason(found))
}

/// The reason of a problem, with its level if that is not the usual one.
fn reason(found: &ReportProblem) -> String {
    let level = if found.problem.level() == Level::Warning { "warning: " } else { "" };
    format!("{level}{}", clean(&found.problem.reason()))
}

/// Writes the problems of a check, one per line.
pub(crate) fn problems(out: &mut Output, location: &Location, problems: &[ReportProblem]) -> io::Result<()> {
    problems.iter().try_for_each(|found| writeln!(out, "{}", problem(location, found)))
}

/// Writes the problems of a check, one per line, with links behind their places.
pub(crate) fn linked_problems(out: &mut Output, location: &Location, problems: &[ReportProblem]) -> io::Result<()> {
    problems.iter().try_for_each(|found| {
        let place = place(out, location, &found.path, Some(found.problem.line));
        writeln!(out, "{place}: {}", reason(found))
    })
}

/// The path of a report and a line, as seen from here, with a link behind it where links are shown.
pub(crate) fn place(out: &Output, location: &Location, report: &str, line: Option<u32>) -> String {
    let path = location.path_of(report);
    let text = clean(&path.to_string_lossy()).into_owned() + &line.map(|line| format!(":{line}")).unwrap_or_default();
    out.linked(&text, location.absolute(report).as_deref(), line)
}

/// Writes the files that are not reports, one per line, in the notation of problems.
pub(crate) fn left_out(out: &mut Output, location: &Location, files: &[LeftOut]) -> io::Result<()> {
    files.iter().try_for_each(|file| writeln!(out, "{}", left_out_file(location, file)))
}

/// A file that is not a report, in the notation of problems.
pub(crate) fn left_out_file(location: &Location, file: &LeftOut) -> String {
    let path = location.path_of(&file.path);
    format!("{}:{}: {}", clean(&path.to_string_lossy()), file.why.line, clean(&file.why.to_string()))
}

/// The number of files that ignore files leave out.
pub(super) fn ignored_files(counts: &[IgnoredCount]) -> usize {
    counts.iter().map(|count| count.files).sum()
}

/// How many files ignore files leave out, and which ones do: `3 files by .gitignore, 1 file by 2024/.gitignore`.
pub(crate) fn ignored(counts: &[IgnoredCount]) -> String {
    /// So many ignore files are named.
    const NAMED: usize = 5;
    let mut most: Vec<&IgnoredCount> = counts.iter().collect();
    most.sort_by_key(|count| std::cmp::Reverse(count.files));
    let one = |ignored: &&IgnoredCount| {
        let at_least = if ignored.more { "at least " } else { "" };
        format!("{at_least}{} by {}", count(ignored.files, "file"), clean(&ignored.by))
    };
    let mut parts: Vec<String> = most.iter().take(NAMED).map(one).collect();
    if counts.len() > NAMED {
        let files = most[NAMED..].iter().map(|count| count.files).sum();
        parts.push(format!("{} by {} others", count(files, "file"), counts.len() - NAMED));
    }
    parts.join(", ")
}

/// What an update did, on one line.
pub(crate) fn update_summary(report: &UpdateReport) -> String {
    let parts = [
        (report.added, "added"),
        (report.modified, "modified"),
        (report.renamed, "renamed"),
        (report.removed, "removed"),
        (report.unchanged, "unchanged"),
        (report.failed, "failed"),
        (report.left_out.len(), "left out"),
    ];
    let parts: Vec<String> =
        parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{} {what}", thousands(*n))).collect();
    let what = if parts.is_empty() { "nothing to index".to_owned() } else { parts.join(", ") };
    let seconds = report.took.as_secs_f64();
    let rate = report.bytes as f64 / 1e6 / seconds.max(1e-6);
    let rate = if report.bytes > 0 { format!(", {rate:.1} MB/s") } else { String::new() };
    let reports = count(report.reports, "report");
    let problems = count(report.problems.len(), "problem");
    format!("{reports}: {what}; {problems}; {seconds:.2} s{rate}")
}

/// The health of an index, as names and values.
pub(crate) fn health_lines(health: &Health) -> Vec<(&'static str, String)> {
    let path = health.path.as_ref().map(|path| ("index", clean(&path.to_string_lossy()).into_owned()));
    let segments = count(health.segments, "segment");
    let updated = health.updated.map_or_else(|| "never".to_owned(), |then| format!("{} ago", age(seconds_since(then))));
    let files = if health.is_damaged() { "damaged" } else { "all intact" };
    let hidden = match &health.hidden[..] {
        [] => String::new(),
        ids => format!("; hidden by a report with the same id: {}", some_of(ids)),
    };
    let kept: Vec<_> = health.kept.iter().map(|path| path.display().to_string()).collect();
    let lines = [
        ("incidents", format!("{} in {segments}, {} deleted", thousands(health.incidents), thousands(health.deleted))),
        ("upserted", format!("{} by programs{hidden}", count(health.given, "incident"))),
        (
            "kept",
            format!("{}: it may have upserted incidents, which this version cannot read", clean(&kept.join(", "))),
        ),
        ("left out", format!("{}; `rca check --not-reports` lists them", count(health.left_out, "file"))),
        ("ignored", ignored(&health.ignored)),
        ("size", format!("{} for {} of reports", HumanBytes(health.bytes), HumanBytes(health.source_bytes))),
        ("updated", updated),
        ("files", files.to_owned()),
        ("reports", health.comparison.as_ref().map(comparison).unwrap_or_default()),
        ("trusted", health.trusted_because.clone()),
    ];
    let is_told = |name: &str| match name {
        "left out" => health.left_out > 0,
        "upserted" => health.given > 0,
        "kept" => !health.kept.is_empty(),
        "ignored" => !health.ignored.is_empty(),
        "reports" => health.comparison.is_some(),
        "trusted" => health.trusted.is_some(),
        _ => true,
    };
    let lines = lines.into_iter().filter(|&(name, _)| is_told(name));
    path.into_iter().chain(lines).collect()
}

/// How an index compares with the files of its archive.
fn comparison(compared: &Comparison) -> String {
    let reports = count(compared.reports, "report");
    let differing = match &compared.differing[..] {
        [] if compared.outdated == 0 => "compared, each equal to its file".to_owned(),
        [] => format!("compared; {} changed since the last update", count(compared.outdated, "file")),
        ids => format!("compared; {} differ from their files: {}", thousands(ids.len()), some_of(ids)),
    };
    let unseen = "; an edit that keeps size and modification time is seen here only, as this system has no change time";
    format!("{reports} {differing}{}", if compared.sees_kept_times { "" } else { unseen })
}

/// The first few of these ids, and how many more there are.
pub(crate) fn some_of(ids: &[String]) -> String {
    const SHOWN: usize = 5;
    let shown = ids.iter().take(SHOWN).map(|id| clean(id)).collect::<Vec<_>>().join(", ");
    match ids.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {} more", thousands(more)),
    }
}

/// Writes the health of an index without colours.
pub(crate) fn write_health(out: &mut Output, health: &Health) -> io::Result<()> {
    health_lines(health).into_iter().try_for_each(|(name, value)| writeln!(out, "{name:<10}{value}"))
}
