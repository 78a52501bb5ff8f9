//! The real archives: no report is dropped, and the facts they state are found. `-- --nocapture` prints the figures.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use std::path::{Path, PathBuf};

use rca_index::parse::{ParseOptions, parse_report};
use rca_index::query::parse_filter;
use rca_index::{Archive, Facet, Index, SearchRequest, Settings, UpdateOptions};

fn archives() -> Option<Vec<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/archives");
    let Ok(entries) = folder.read_dir() else {
        println!("skipped: {} is not there", folder.display());
        return None;
    };
    let mut folders: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    Some(folders)
}

/// All text files of an archive, whatever their extension.
fn reports(folder: &Path) -> Vec<(String, String)> {
    let files =
        walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().flatten().filter(|e| e.file_type().is_file());
    let text = |entry: walkdir::DirEntry| {
        let path = entry.path().strip_prefix(folder).ok()?.to_string_lossy().replace('\\', "/");
        let text = std::fs::read_to_string(entry.path()).ok()?;
        (!text.trim().is_empty() && !path.ends_with("LICENSE")).then_some((path, text))
    };
    files.filter_map(text).collect()
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Whether a report states a date anywhere, in digits or in words. Independent of the parser.
///
/// When somebody published or copied the report, and what its address has, is no date of the incident.
fn states_date(text: &str) -> bool {
    let of_the_document = ["source_fetched_at:", "source_published_at:", "url:", "archive_url:"];
    let own = |line: &&str| !of_the_document.iter().any(|key| line.starts_with(key));
    let text: String = text.split_inclusive('\n').filter(own).collect();
    let bytes = text.as_bytes();
    let digits = |at: usize, n: usize| bytes.get(at..at + n).is_some_and(|d| d.iter().all(u8::is_ascii_digit));
    let in_figures = (0..bytes.len()).any(|i| {
        matches!(bytes.get(i..i + 2), Some(b"19" | b"20"))
            && digits(i, 4)
            && digits(i + 5, 2)
            && matches!(bytes.get(i + 4), Some(b'-' | b'/'))
            && bytes.get(i + 7) == bytes.get(i + 4)
            && digits(i + 8, 2)
    });
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let in_words = words.windows(3).any(|w| {
        let day = |word: &str| {
            word.trim_end_matches(|c: char| c.is_ascii_alphabetic()).parse::<u8>().is_ok_and(|d| (1..=31).contains(&d))
        };
        let year = |word: &str| word.len() == 4 && word.parse::<u16>().is_ok_and(|y| (1990..2100).contains(&y));
        let month = |word: &str| word.len() >= 3 && MONTHS.iter().any(|month| word.starts_with(month));
        year(w[2]) && (month(w[0]) && day(w[1]) || day(w[0]) && month(w[1]))
    });
    in_figures || in_words || text.contains('年') && text.contains('月') && text.contains('日')
}

/// Whether a line of a report states a severity.
fn states_severity(text: &str) -> bool {
    text.lines().take(40).any(|line| {
        let line = line.trim_start_matches(['-', '*', '|', ' ', '"']);
        let rest = ["severity", "Severity", "重大度"].iter().find_map(|key| line.strip_prefix(key));
        rest.is_some_and(|rest| {
            let rest = rest.trim_start_matches(['*', ' ', '"', ':', '=', '|', '：']);
            rest.len() < line.len() && rest.starts_with(|c: char| c.is_alphanumeric() || c == '"')
        })
    })
}

#[test]
fn stated_facts_are_found() {
    let Some(folders) = archives() else { return };
    let mut total = [0_usize; 6];
    println!(
        "{:<18} {:>7} {:>7} {:>9} {:>9} {:>9} {:>9}",
        "archive", "reports", "titles", "dates", "severity", "duration", "problems"
    );
    for folder in folders {
        let mut sums = [0_usize; 6];
        let (mut durations, mut problems) = (0, 0);
        for (path, text) in reports(&folder) {
            let (date, severity) = (states_date(&text), states_severity(&text));
            let parsed = parse_report(&path, text, &ParseOptions::default());
            let incident = &parsed.incident;
            let ranked = incident.severity.as_ref().is_some_and(|severity| severity.value.rank.is_some());
            if date && incident.date.is_none() {
                println!("  {path}: states a date, none found");
            }
            if severity && !ranked {
                println!(
                    "  {path}: states a severity, no rank: {:?}",
                    incident.severity.as_ref().map(|s| &s.value.label)
                );
            }
            let found = [
                true,
                !incident.title.value.is_empty(),
                date,
                date && incident.date.is_some(),
                severity,
                severity && ranked,
            ];
            sums.iter_mut().zip(found).for_each(|(sum, found)| *sum += usize::from(found));
            durations += usize::from(incident.duration.is_some());
            problems += parsed.problems.len();
            for problem in &parsed.problems {
                println!("  {path}:{}: {}", problem.line, problem.reason());
            }
        }
        let [reports, titles, dates, dated, severities, ranked] = sums;
        let name = folder.file_name().unwrap().to_string_lossy();
        println!(
            "{name:<18} {reports:>7} {titles:>7} {dated:>4}/{dates:<4} {ranked:>4}/{severities:<4} {durations:>9} {problems:>9}"
        );
        total.iter_mut().zip(sums).for_each(|(total, sum)| *total += sum);
    }
    let [reports, titles, dates, dated, severities, ranked] = total;
    println!("{:<18} {reports:>7} {titles:>7} {dated:>4}/{dates:<4} {ranked:>4}/{severities:<4}", "all");
    assert_eq!(titles, reports);
    assert!(dated * 100 >= dates * 98, "{dated} of {dates} dates");
    assert!(ranked * 100 >= severities * 95, "{ranked} of {severities} severities");
}

#[test]
fn every_report_is_ingested_and_found() {
    let Some(folders) = archives() else { return };
    for folder in folders {
        let mut settings = Settings::default();
        settings.include.push("**/PM*".into());
        let archive = Archive::with_settings(&folder, settings).unwrap();
        let index = Index::in_memory().unwrap();
        let report = index.update(&archive, &UpdateOptions::default(), |_| {}).unwrap();
        let expected: Vec<String> =
            reports(&folder).into_iter().map(|(path, _)| path).filter(|path| archive.is_report(path)).collect();
        // Read by hand: no report is among them.
        let known = ["_index.md", "index.md", "template-incident-report.md"];
        for file in &report.left_out {
            println!("  {}: {}", file.path, file.why);
            let name = file.path.rsplit('/').next().unwrap_or_default();
            assert!(known.contains(&name), "{}: {}", file.path, file.why);
        }
        let taken = expected.len() - report.left_out.len();
        assert_eq!((report.reports, report.failed), (taken, 0), "{}", folder.display());
        assert_eq!(index.len().unwrap(), taken);
    }
}

#[test]
fn each_facet_counts_what_its_filter_finds() {
    let Some(folders) = archives() else { return };
    let mut values = 0;
    for folder in folders {
        let index = Index::in_memory().unwrap();
        index.update(&Archive::open(&folder).unwrap(), &UpdateOptions::default(), |_| {}).unwrap();
        for query in ["*", "error", "has:date severity:>=P3"] {
            let base = SearchRequest::parse(query).unwrap().limit(0);
            let counted = Facet::ALL.into_iter().fold(base.clone(), SearchRequest::facet);
            for counts in index.search(&counted).unwrap().facets {
                for value in &counts.values {
                    let quoted = format!("\"{}\"", value.value.replace('\\', "\\\\").replace('"', "\\\""));
                    let filter = parse_filter(counts.facet.name(), &quoted).unwrap();
                    let found = index.search(&base.clone().filter(filter)).unwrap().total;
                    let name = counts.facet.name();
                    assert_eq!(found, value.count, "{}: {query} {name}:{quoted}", folder.display());
                    values += 1;
                }
            }
        }
    }
    println!("{values} values of facets count what their filters find");
    assert!(values > 1_000, "{values} values");
}
