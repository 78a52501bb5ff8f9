//! One report per defect: what `corpus/README.md` says of each file in `corpus/broken` is so.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use std::path::Path;
use std::sync::OnceLock;

use rca_index::{Archive, Incident, Index, ReportProblem, SearchRequest, SectionKind, Source, UpdateOptions, check};

struct Broken {
    index: Index,
    problems: Vec<ReportProblem>,
}

/// The archive of broken reports, indexed once.
fn broken() -> &'static Broken {
    static BROKEN: OnceLock<Broken> = OnceLock::new();
    BROKEN.get_or_init(|| {
        let archive = Archive::open(Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus/broken")).unwrap();
        let index = Index::in_memory().unwrap();
        index.update(&archive, &UpdateOptions::default(), |_| {}).unwrap();
        Broken { index, problems: check(&archive).unwrap().problems }
    })
}

fn incident(id: &str) -> Incident {
    broken().index.get(id).unwrap().unwrap_or_else(|| panic!("{id} is lost"))
}

/// The problems of a report as `line: reason`.
fn problems(path: &str) -> Vec<String> {
    let problems = broken().problems.iter().filter(|problem| problem.path == path);
    problems.map(|problem| format!("{}: {}", problem.problem.line, problem.problem.reason)).collect()
}

fn found(query: &str) -> Vec<String> {
    let request = SearchRequest::parse(query).unwrap();
    broken().index.search(&request).unwrap().hits.into_iter().map(|hit| hit.incident.id).collect()
}

fn date(id: &str) -> String {
    incident(id).date.map(|date| date.value.to_string()).unwrap_or_default()
}

fn minutes(id: &str) -> Option<f64> {
    incident(id).duration.map(|duration| duration.value)
}

/// The kinds of sections that an incident has.
fn kinds(incident: &Incident) -> Vec<SectionKind> {
    incident.sections.iter().map(|section| section.kind).collect()
}

/// The label, the rank, and whether there is a problem.
fn severity(id: &str) -> (Option<String>, Option<u8>, bool) {
    let severity = incident(id).severity.map(|severity| severity.value);
    (
        severity.as_ref().map(|s| s.label.clone()),
        severity.and_then(|s| s.rank),
        !problems(&format!("{id}.md")).is_empty(),
    )
}

#[test]
fn every_report_is_there() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus/broken");
    let archive = Archive::open(&folder).unwrap();
    let files = walkdir::WalkDir::new(&folder).into_iter().flatten().filter(|entry| entry.file_type().is_file());
    let paths: Vec<String> =
        files.map(|entry| entry.path().strip_prefix(&folder).unwrap().to_string_lossy().replace('\\', "/")).collect();
    let reports = paths.iter().filter(|path| archive.is_report(path) && !path.starts_with('.')).count();
    // Two hold no text.
    assert_eq!(broken().index.len().unwrap(), reports - 2);
    for path in ["empty.md", "only-white-space.md"] {
        assert_eq!(problems(path), ["1: empty"]);
    }
    assert_eq!(found("aardvark"), [] as [&str; 0], "hidden folders are skipped");
}

#[test]
fn severities() {
    let some = |label: &str, rank| (Some(label.to_owned()), rank);
    let check = |id: &str, expected: (Option<String>, Option<u8>), problem| {
        assert_eq!(severity(id), (expected.0, expected.1, problem), "{id}");
    };
    check("severity-misspelled", some("dissrupted", Some(3)), true);
    check("severity-emoji", some("🟡 Medium", Some(3)), false);
    check("severity-with-observations", some("LOW (n_observations: 1)", Some(4)), false);
    check("severity-blank", (None, None), false);
    check("severity-unknown-word", some("vermilion", None), true);
    let (label, rank, problem) = severity("severity-with-prose");
    assert!(label.unwrap().starts_with("Critical (") && rank == Some(1) && !problem);
}

#[test]
fn metadata_with_no_front_matter() {
    let check = |id: &str, severity: &str, day: &str, duration: f64, services: usize| {
        let incident = incident(id);
        assert_eq!(incident.severity.unwrap().value.name, severity, "{id}");
        assert!(date(id).starts_with(day), "{id}");
        assert_eq!((minutes(id), incident.services.len()), (Some(duration), services), "{id}");
    };
    check("metadata-bold-lines", "P2", "2022-08-24", 125.0, 2);
    check("metadata-bullets", "SEV3", "2023-04-11", 50.0, 2);
    check("metadata-table", "medium", "2023-11-21", 240.0, 1);
    check("metadata-table-japanese", "SEV3", "2025-02-13T00:40Z", 45.0, 2);
    assert_eq!(date("date-in-heading"), "2022-10-05");
    let named = incident("2023-05-17-date-in-file-name").date.unwrap();
    assert_eq!((named.value.to_string().as_str(), named.source), ("2023-05-17", Source::FileName));
    assert_eq!(date("date-spelled"), "2022-06-14");
}

#[test]
fn front_matter() {
    let check = |path: &str, severity: &str, day: &str, problem: Option<&str>| {
        let id = path.split('.').next().unwrap();
        let incident = incident(id);
        let kinds = kinds(&incident);
        assert!(kinds.contains(&SectionKind::Summary), "{path}: {kinds:?}");
        assert_eq!(incident.severity.unwrap().value.name, severity, "{path}");
        assert_eq!(date(id), day, "{path}");
        let problems = problems(path);
        match problem {
            None => assert_eq!(problems, [] as [&str; 0], "{path}"),
            Some(part) => assert!(problems.iter().any(|problem| problem.contains(part)), "{path}: {problems:?}"),
        }
    };
    check("front-matter-never-closed.md", "P3", "2024-06-03", Some("1: the front matter is never closed"));
    check("front-matter-never-opened.md", "P4", "2023-07-26", Some("1: the front matter has no opening"));
    check("front-matter-after-blank-line.md", "minor", "2022-05-30", None);
    check("front-matter-after-bom.md", "SEV3", "2024-10-22", None);
    check("rules-in-body.md", "P3", "2023-01-31", None);
    check("crlf.md", "P3", "2022-09-13", None);
    check("toml-plus.md", "P3", "2023-03-14T10:20:00Z", None);
    check("toml-dashes.md", "minor", "2024-01-17T13:05:00Z", None);
    check("json-dashes.md", "major", "2024-04-29T17:30:00Z", None);
    check("toml-fenced.md", "P3", "2023-12-12", None);
    check("yaml-does-not-parse.md", "P2", "2024-03-05", Some("2: the front matter is no valid YAML"));
    check("yaml-duplicate-keys.md", "P3", "2022-11-16", Some("severity"));
    check("yaml-tabs.md", "P3", "2023-08-09", Some("no valid YAML"));
    assert_eq!(
        [minutes("toml-plus"), minutes("toml-dashes"), minutes("json-dashes"), minutes("toml-fenced")],
        [Some(55.0), Some(150.0), Some(180.0), Some(1560.0)]
    );
    let no_return = |text: &str| assert!(!text.contains('\r'), "{text:?}");
    let crlf = incident("crlf");
    no_return(&crlf.title.value);
    crlf.services.iter().chain(&crlf.resolution_steps).for_each(|text| no_return(text));
    assert!(!incident("front-matter-after-bom").title.value.contains('\u{feff}'));
}

#[test]
fn lists() {
    assert_eq!(incident("scalar-where-list").services, ["order-service"]);
    assert_eq!(incident("null-where-list").services, [] as [&str; 0]);
    assert_eq!(incident("null-where-list").tags, [] as [&str; 0]);
    assert_eq!(incident("maps-where-list").services, ["payments-gateway", "notification-worker"]);
    assert_eq!(incident("commented-items").services, ["shipping-planner", "order-service"]);
    assert_eq!(incident("yaml-tabs").services, ["media-cdn", "image-resizer"]);
    assert_eq!(problems("commented-items.md"), [] as [&str; 0]);
}

#[test]
fn dates() {
    let check = |id: &str, expected: &str, problem: bool| {
        assert_eq!((date(id).as_str(), !problems(&format!("{id}.md")).is_empty()), (expected, problem), "{id}");
    };
    check("date-hour-of-three-digits", "2024-08-13", true);
    check("date-one-digit-hour", "2023-10-17T09:30Z", false);
    check("date-negative-zero-offset", "2022-02-09T06:00:00Z", false);
    check("date-month-only", "2020-06", false);
    check("date-two-times", "2021-03-04T10:00Z", false);
    check("date-naive", "2022-11-08T14:25:00Z", false);
    check("date-impossible", "", true);
    check("end-before-start", "2024-05-02T14:00:00Z", true);
    assert!(date("date-quoted").starts_with("2023-10-04T09:12"));
    assert_eq!(minutes("date-two-times"), Some(90.0));
    assert_eq!(minutes("end-before-start"), None);
    assert_eq!(found("date:2020-06"), ["date-month-only"]);
}

#[test]
fn durations() {
    let check = |id: &str, expected: Option<f64>, problem: bool| {
        assert_eq!((minutes(id), !problems(&format!("{id}.md")).is_empty()), (expected, problem), "{id}");
    };
    check("duration-plain", Some(65.0), false);
    check("duration-hours", Some(60.0), false);
    check("duration-compound", Some(387.0), false);
    check("duration-days", Some(1787.0), false);
    check("duration-iso", Some(65.0), false);
    check("duration-degraded-plus", Some(10_152.0), false);
    check("duration-in-prose", Some(65.0), false);
    check("duration-negative", None, true);
    assert_eq!(incident("duration-in-prose").duration.unwrap().source, Source::Prose);
}

#[test]
fn bodies() {
    assert!(!kinds(&incident("heading-in-fence")).contains(&SectionKind::RootCause));
    assert_eq!(found("summary:kangaroo"), ["heading-in-fence"]);
    assert!(kinds(&incident("fence-never-closed")).contains(&SectionKind::Resolution));
    assert!(problems("fence-never-closed.md")[0].starts_with("11: this code fence is never closed"));
    assert!(!kinds(&incident("html-comment")).contains(&SectionKind::RootCause));
    assert_eq!(incident("no-title").title.value, "no-title");
    assert_eq!(incident("title-from-heading").title.source, Source::Heading);
    assert_eq!(incident("title-from-folder/index").title.value, "title-from-folder");
    assert!(incident("link-to-nothing").links.iter().any(|link| link.target == "PM-2099-001"));
    assert!(problems("link-to-nothing.md")[0].contains("PM-2099-001"));
    for (path, part) in [("nul-bytes.md", "NUL"), ("latin-1.md", "Latin-1"), ("utf-16.md", "UTF-16")] {
        assert!(problems(path).iter().any(|problem| problem.contains(part)), "{path}");
        let incident = incident(path.trim_end_matches(".md"));
        assert!(incident.severity.is_some() && incident.date.is_some(), "{path}");
    }
    let title = incident("control-characters").title.value;
    assert!(title.contains("failing") && !title.chars().any(|c| c.is_control() || c == '\u{202e}'), "{title:?}");
    assert!(incident("long-line").source.len() > 20_000);
    let actions = incident("action-done-unknown").actions;
    assert_eq!(actions.len(), 2);
    assert!(actions.iter().all(|action| action.owner.is_none() && action.done.is_none()));
    assert!(actions[0].text.contains("next week") && actions[0].due.is_none());
    let (label, rank, _) = severity("template-placeholders");
    assert!(label.is_some() && rank.is_none() && date("template-placeholders").is_empty());
    assert!(problems("template-placeholders.md").iter().all(|problem| problem.contains("template not filled in")));
}

#[test]
fn file_names() {
    for id in ["extension-markdown", "extension-mdx", "extension-qmd", "extension-erb"] {
        assert!(!incident(id).title.value.is_empty());
    }
}
