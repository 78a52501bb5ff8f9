//! One report per defect: tests what `corpus/README.md` says about each file in `corpus/broken`.

#![allow(clippy::unwrap_used, clippy::panic)]

mod body;
mod encoding;
mod front_matter;
mod metadata;
mod severity;
mod times;

use std::path::Path;
use std::sync::OnceLock;

use rca_index::{Archive, Incident, Index, ReportProblem, SearchRequest, SectionKind, UpdateOptions, check};

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
    problems.map(|problem| format!("{}: {}", problem.problem.line, problem.problem.reason())).collect()
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

#[test]
fn every_report_is_indexed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus/broken");
    let archive = Archive::open(&folder).unwrap();
    let files = walkdir::WalkDir::new(&folder).into_iter().flatten().filter(|entry| entry.file_type().is_file());
    let paths: Vec<String> =
        files.map(|entry| entry.path().strip_prefix(&folder).unwrap().to_string_lossy().replace('\\', "/")).collect();
    let reports = paths.iter().filter(|path| archive.is_report(path) && !path.starts_with('.')).count();
    // Two files have no text, one is a picture.
    assert_eq!(broken().index.len().unwrap(), reports - 3);
    for path in ["empty.md", "only-white-space.md"] {
        assert_eq!(problems(path), ["1: empty"]);
    }
    assert_eq!(found("aardvark"), [] as [&str; 0], "hidden folders are skipped");
}

#[test]
fn every_report_is_described() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus");
    let described = std::fs::read_to_string(corpus.join("README.md")).unwrap();
    for path in Archive::open(corpus.join("broken")).unwrap().report_paths() {
        assert!(described.contains(&format!("| `{path}` |")), "{path} is not in corpus/README.md");
    }
}

/// Checks a severity: the start of its label, its rank, and whether there is a problem.
#[track_caller]
fn check_severity(id: &str, label: Option<&str>, rank: Option<u8>, problem: bool) {
    let severity = incident(id).severity.map(|severity| severity.value);
    assert_eq!(severity.as_ref().and_then(|severity| severity.rank), rank);
    match (severity, label) {
        (Some(severity), Some(label)) => assert!(severity.label.starts_with(label), "{}", severity.label),
        (severity, label) => assert_eq!(severity.map(|severity| severity.label).as_deref(), label),
    }
    assert_eq!(!problems(&format!("{id}.md")).is_empty(), problem);
}

#[test]
fn extensions() {
    for id in ["extension-markdown.markdown", "extension-mdx.mdx", "extension-qmd.qmd", "extension-erb.md.erb"] {
        assert!(!incident(id).title.value.is_empty(), "{id}");
    }
}

#[test]
fn extensions_from_the_settings() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("rca.toml", "include = [\"*.adoc\", \"PM*\"]\nexclude = [\"README.md\"]\n");
    ["disk.adoc", "PM 2024-01 queue", "README.md", "notes.txt"].iter().for_each(|name| write(name, "# A report\n"));
    let paths = Archive::open(folder.path()).unwrap().report_paths();
    assert_eq!(paths, ["PM 2024-01 queue", "disk.adoc"]);
}
