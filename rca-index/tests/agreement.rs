//! No report has facts that contradict each other without a problem that says so. Over public archives, where they are at
//! hand, and the corpus of this project.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

use std::path::{Path, PathBuf};

use rca_index::parse::{ParseOptions, Parsed, parse_report};
use rca_index::{Incident, Milestone, Problem};

/// Every Markdown report below a folder: its path in it, and its text.
fn reports(root: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|ending| ["md", "mdx", "markdown"].iter().any(|known| ending == *known))
                && let Ok(text) = std::fs::read_to_string(&path)
            {
                let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
                found.push((name, text));
            }
        }
    }
    found.sort();
    found
}

/// How far behind the start a milestone may lie; an end is rounded as durations are.
fn furthest(milestone: Milestone, duration: f64) -> f64 {
    let (share, most) = if milestone == Milestone::Resolved { (0.1, 5.0) } else { (0.05, 1.0) };
    duration + (duration * share).max(most)
}

/// What contradicts what, as far as a reader of the facts alone can tell.
fn contradictions(incident: &Incident) -> Vec<String> {
    let mut found = Vec::new();
    let minutes = |milestone| incident.minutes_to(milestone);
    let duration = incident.duration.as_ref().map(|duration| duration.value);
    for milestone in Milestone::ALL {
        if let (Some(minutes), Some(duration)) = (minutes(milestone), duration)
            && minutes > furthest(milestone, duration)
        {
            found.push(format!("{} after {minutes} of {duration} minutes", milestone.name()));
        }
    }
    for (first, then) in [
        (Milestone::Detected, Milestone::Acknowledged),
        (Milestone::Detected, Milestone::Identified),
        (Milestone::Detected, Milestone::Mitigated),
        (Milestone::Detected, Milestone::Resolved),
        (Milestone::Acknowledged, Milestone::Resolved),
        (Milestone::Mitigated, Milestone::Resolved),
    ] {
        if let (Some(a), Some(b)) = (minutes(first), minutes(then))
            && a > b
        {
            found.push(format!("{} after {}", first.name(), then.name()));
        }
    }
    if let (Some(date), Some(end), Some(duration)) = (&incident.date, &incident.end, duration)
        && date.value.has_time()
        && end.value.has_time()
    {
        let minutes = (end.value.unix_seconds() - date.value.unix_seconds()) as f64 / 60.0;
        if (minutes - duration).abs() > (minutes.max(duration) * 0.1).max(5.0) {
            found.push(format!("start and end {minutes} apart, a duration of {duration} minutes"));
        }
    }
    found
}

fn is_told(problems: &[Problem]) -> bool {
    problems.iter().any(|problem| problem.code() == "facts-disagree")
}

#[test]
fn no_report_has_facts_that_disagree_in_silence() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let (mut looked_at, mut told, mut silent) = (0, 0, Vec::new());
    for folder in ["corpus", "../shared/archives", "../shared/facts/texts"] {
        let reports = reports(&here.join(folder));
        if reports.is_empty() {
            eprintln!("skipped: {folder} is not there");
        }
        for (path, text) in reports {
            looked_at += 1;
            let Parsed { incident, problems, .. } = parse_report(&path, text, &ParseOptions::default());
            let found = contradictions(&incident);
            told += usize::from(is_told(&problems));
            if !found.is_empty() && !is_told(&problems) {
                silent.push(format!("{folder}/{path}: {}", found.join("; ")));
            }
            if std::env::var("SHOW").is_ok() {
                for problem in problems.iter().filter(|problem| problem.code() == "facts-disagree") {
                    eprintln!("{folder}/{path}:{}: {}", problem.line, problem.reason());
                }
            }
        }
    }
    eprintln!("{looked_at} reports, {told} with facts that disagree and say so");
    assert!(looked_at > 50, "the corpus is there: {looked_at}");
    assert!(silent.is_empty(), "{} of {looked_at}:\n{}", silent.len(), silent.join("\n"));
}
