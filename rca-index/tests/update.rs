//! An update gives the same results as a rebuild after any changes, and reports what it did.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use proptest::prelude::*;
use rca_index::{
    Archive, Error, Facet, FacetName, Index, Named, NotAReportReason, SearchRequest, UpdateOptions, UpdateReport,
};

const WORDS: [&str; 8] = ["queue", "backlog", "disk", "certificate", "expired", "latency", "deploy", "rollback"];

/// A report generated from a small number: its words, service and severity.
fn report(seed: u8) -> String {
    let word = |i: usize| WORDS[(seed as usize / (i + 1) + i * 3) % WORDS.len()];
    let (service, severity) = (seed % 5, 1 + seed % 4);
    let text: Vec<&str> = (0..3 + seed as usize % 7).map(word).collect();
    format!(
        "---\ntitle: {} {}\ndate: 2024-0{}-11\nseverity: P{severity}\nservices: [svc-{service}, core]\n---\n# x\n\n## Summary\n\n{}\n",
        word(0),
        word(1),
        1 + seed % 9,
        text.join(" ")
    )
}

#[derive(Debug, Clone)]
enum Step {
    Write(u8, u8),
    Rename(u8, u8),
    Delete(u8),
}

fn steps() -> impl Strategy<Value = Vec<Vec<Step>>> {
    let step = prop_oneof![
        3 => (0..12_u8, any::<u8>()).prop_map(|(file, seed)| Step::Write(file, seed)),
        1 => (0..12_u8, 0..12_u8).prop_map(|(from, to)| Step::Rename(from, to)),
        1 => (0..12_u8).prop_map(Step::Delete),
    ];
    prop::collection::vec(prop::collection::vec(step, 1..8), 1..5)
}

/// Twelve files whose ids would be one if an id depended on less than the whole path, in three folders.
fn path(root: &Path, file: u8) -> std::path::PathBuf {
    const NAMES: [&str; 12] = [
        "0/a.md", "0/a.markdown", "0/a.markdown.md", "0/a.md.md", "0/a.mdx", "0/a.MD", "1/%FF.md", "1/%25FF.md",
        "1/v1.2.md", "2/a.md", "2/A.md", "2/a.qmd",
    ];
    #[cfg(unix)]
    if file == 8 {
        use std::os::unix::ffi::OsStrExt as _;
        return root.join("1").join(std::ffi::OsStr::from_bytes(b"\xff.md"));
    }
    root.join(NAMES[usize::from(file)])
}

fn apply(root: &Path, step: &Step) {
    match *step {
        Step::Write(file, seed) => fs::write(path(root, file), report(seed)).unwrap(),
        Step::Rename(from, to) if path(root, from).exists() => fs::rename(path(root, from), path(root, to)).unwrap(),
        Step::Delete(file) if path(root, file).exists() => fs::remove_file(path(root, file)).unwrap(),
        _ => {}
    }
}

/// For several queries: ids in order with rounded scores, totals and facets.
fn answers(index: &Index) -> Vec<String> {
    let queries = [
        "*", "queue", "queue backlog", "service:svc-1", "disk -certificate", "severity:>=P2", "expir*",
        "deploy~ latency",
    ];
    let answer = |query: &&str| {
        let request = SearchRequest::parse(query).unwrap().limit(50).facet(Facet::Service).facet(Facet::Severity);
        let found = index.search(&request).unwrap();
        let hits: Vec<_> = found.hits.iter().map(|hit| format!("{} {:.3}", hit.incident.id, hit.score)).collect();
        format!("{query}: {} {:?} {:?}", found.total, hits, found.facets)
    };
    queries.iter().map(answer).collect()
}

fn update(index: &Index, archive: &Archive) -> UpdateReport {
    index.update(archive, &UpdateOptions::default(), |_| {}).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn an_update_gives_the_same_results_as_a_rebuild(batches in steps()) {
        let folder = tempfile::tempdir().unwrap();
        (0..3).for_each(|i| fs::create_dir(folder.path().join(i.to_string())).unwrap());
        let archive = Archive::open(folder.path()).unwrap();
        let index = Index::open_or_create(archive.index_dir()).unwrap();
        for batch in &batches {
            batch.iter().for_each(|step| apply(folder.path(), step));
            update(&index, &archive);
            let fresh = Index::in_memory().unwrap();
            let rebuilt = update(&fresh, &archive);
            prop_assert_eq!(answers(&index), answers(&fresh));
            prop_assert_eq!(index.len().unwrap(), rebuilt.reports);
            let files = (0..3).map(|i| fs::read_dir(folder.path().join(i.to_string())).unwrap().count());
            prop_assert_eq!(index.len().unwrap(), files.sum::<usize>());
        }
        let reopened = Index::open(archive.index_dir()).unwrap();
        prop_assert_eq!(answers(&reopened), answers(&index));
    }

    #[test]
    fn facet_counts_equal_a_plain_count(seeds in prop::collection::vec(any::<u8>(), 0..30), query in prop::sample::select(&["*", "queue", "disk -deploy", "latency OR queue"][..])) {
        let folder = tempfile::tempdir().unwrap();
        for (i, &seed) in seeds.iter().enumerate() {
            fs::write(folder.path().join(format!("{i}.md")), report(seed)).unwrap();
        }
        let index = Index::in_memory().unwrap();
        update(&index, &Archive::open(folder.path()).unwrap());
        let mut request = SearchRequest::parse(query).unwrap().limit(usize::MAX);
        request.facets = Facet::ALL.map(Into::into).to_vec();
        request.relax = false;
        let found = index.search(&request).unwrap();
        prop_assert_eq!(found.hits.len(), found.total);
        for counts in &found.facets {
            let mut plain: BTreeMap<String, usize> = BTreeMap::new();
            for hit in &found.hits {
                let incident = &hit.incident;
                let FacetName::Known(facet) = counts.facet else { panic!("not asked for") };
                let values: Vec<String> = match facet {
                    Facet::Service => incident.services.iter().map(|s| s.to_lowercase()).collect(),
                    Facet::Severity => incident.severity.iter().map(|s| s.value.name.clone()).collect(),
                    Facet::Tag => incident.tags.iter().map(|s| s.to_lowercase()).collect(),
                    Facet::Status => incident.status.iter().map(|s| s.value.clone()).collect(),
                    other => panic!("how is {other:?} counted by hand?"),
                };
                values.into_iter().for_each(|value| *plain.entry(value).or_default() += 1);
            }
            let counted: BTreeMap<String, usize> = counts.values.iter().map(|v| (v.value.clone(), v.count)).collect();
            prop_assert_eq!(counted, plain);
        }
    }
}

#[test]
fn an_update_reports_what_it_did() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("a.md", &report(1));
    write("b.md", &report(2));
    write("c.md", &report(3));
    write("empty.md", " \n");
    let archive = Archive::open(folder.path()).unwrap();
    let index = Index::open_or_create(archive.index_dir()).unwrap();

    let first = update(&index, &archive);
    assert_eq!((first.reports, first.added, first.failed), (3, 3, 1));
    assert_eq!(first.problems[0].path, "empty.md");

    let again = update(&index, &archive);
    assert!(!again.changed());
    assert_eq!((again.reports, again.unchanged, again.failed, again.problems.len()), (3, 3, 1, first.problems.len()));

    write("a.md", &report(9));
    fs::rename(folder.path().join("b.md"), folder.path().join("z.md")).unwrap();
    fs::remove_file(folder.path().join("c.md")).unwrap();
    write("d.md", &report(4));
    let changed = update(&index, &archive);
    let counts = (changed.added, changed.modified, changed.renamed, changed.removed, changed.unchanged);
    assert_eq!(counts, (1, 1, 1, 1, 0));
    assert_eq!(index.len().unwrap(), 3);
    assert!(index.get("c").unwrap().is_none() && index.get("z").unwrap().is_some());

    let rebuild = UpdateOptions::default().rebuild(true);
    assert_eq!(index.update(&archive, &rebuild, |_| {}).unwrap().added, 3);
    assert_eq!(index.len().unwrap(), 3);
}

#[test]
fn files_whose_names_differ_only_in_the_extension_are_updated_one_by_one() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("rca.toml"), "include = [\"*.html\", \"x\"]\n").unwrap();
    let names = ["x.md", "x.markdown", "x.markdown.md", "x.html", "x.html.md", "x", "x.MD"];
    names.iter().for_each(|name| fs::write(folder.path().join(name), report(1)).unwrap());
    let archive = Archive::open(folder.path()).unwrap();
    let index = Index::open_or_create(archive.index_dir()).unwrap();
    let ids = || index.ids().unwrap().collect::<Result<Vec<_>, _>>().unwrap();
    let expected = ["x", "x.", "x.MD", "x.html", "x.html.md", "x.markdown", "x.markdown.md"];
    assert_eq!((update(&index, &archive).added, ids()), (7, expected.map(str::to_owned).to_vec()));
    for (n, name) in (2..).zip(names) {
        fs::write(folder.path().join(name), report(n)).unwrap();
        let changed = update(&index, &archive);
        assert_eq!((changed.modified, changed.removed, changed.reports, ids().len()), (1, 0, 7, 7), "{name}");
    }
    // No id changes with the files beside it.
    fs::remove_file(folder.path().join("x.md")).unwrap();
    update(&index, &archive);
    assert_eq!(ids(), expected[1..]);
    assert_eq!(index.resolve("x").unwrap(), ["x."]);
    fs::remove_file(folder.path().join("x")).unwrap();
    update(&index, &archive);
    assert_eq!(index.resolve("x").unwrap(), ["x.MD", "x.html", "x.markdown"]);
}

#[test]
fn what_is_not_a_report_is_left_out_until_it_becomes_one() {
    let folder = tempfile::tempdir().unwrap();
    let clock = std::cell::Cell::new(1_000_000_000);
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        clock.set(clock.get() + 1);
        let modified = UNIX_EPOCH + Duration::from_secs(clock.get());
        File::options().write(true).open(&path).unwrap().set_modified(modified).unwrap();
    };
    let template = "# [Title]\n\n**Date:** YYYY-MM-DD\n**Severity:** P1 | P2 | P3\n\n## Summary\n\n## Root cause\n";
    write("a.md", &report(1));
    write("template.md", template);
    write("queue/README.md", "# Queue backlog\n\nIt grew.\n");
    let index = Index::open_or_create(folder.path().join(".rca")).unwrap();
    let update = || update(&index, &Archive::open(folder.path()).unwrap());
    let left_out = |report: &UpdateReport| report.left_out.iter().map(|file| file.path.clone()).collect::<Vec<_>>();
    let found = |id: &str| index.get(id).unwrap().is_some();

    let first = update();
    assert_eq!((first.reports, first.added, first.failed, left_out(&first)), (2, 2, 0, vec!["template.md".into()]));
    assert!(!found("template") && found("queue/README"));
    let Named::LeftOut(file) = index.find("template").unwrap() else { panic!("no reason") };
    assert_eq!((file.why.reason, file.why.line), (NotAReportReason::Template, 3));

    let again = update();
    assert!(!again.changed());
    assert_eq!((again.reports, again.unchanged, left_out(&again)), (2, 2, vec!["template.md".into()]));

    // A template that is filled in, and a report that turns into one.
    write("template.md", &report(3));
    write("a.md", template);
    let changed = update();
    assert_eq!((changed.added, changed.removed, changed.modified), (1, 1, 0));
    assert_eq!((changed.reports, left_out(&changed)), (2, vec!["a.md".into()]));
    assert!(found("template") && !found("a"));

    // A README is no longer alone; nothing in it has changed.
    write("queue/log.md", &report(4));
    let joined = update();
    assert_eq!((joined.added, joined.removed, joined.reports), (1, 1, 2));
    assert_eq!(left_out(&joined), ["a.md", "queue/README.md"]);
    fs::remove_file(folder.path().join("queue/log.md")).unwrap();
    assert_eq!(update().added, 1);
    assert!(found("queue/README"));

    // The settings take it in, and leave it out again.
    write("rca.toml", "include = [\"a.md\"]\n");
    assert_eq!((update().added, found("a")), (1, true));
    write("rca.toml", "");
    assert_eq!((update().removed, found("a")), (1, false));

    // One that is removed is not a report that was removed.
    fs::remove_file(folder.path().join("a.md")).unwrap();
    let removed = update();
    assert_eq!((removed.removed, removed.reports, removed.left_out.len()), (0, 2, 0));
}

#[test]
fn a_file_from_the_far_future_is_ingested() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.md");
    let (archive, index) = (Archive::open(folder.path()).unwrap(), Index::in_memory().unwrap());
    // The last nanosecond that fits, and the first that does not.
    for (text, nanoseconds) in [("queue", i64::MAX as u64), ("backlog", i64::MAX as u64 + 1)] {
        fs::write(&path, format!("# {text}\n")).unwrap();
        let modified = UNIX_EPOCH + Duration::from_nanos(nanoseconds);
        File::options().write(true).open(&path).unwrap().set_modified(modified).unwrap();
        update(&index, &archive);
        assert_eq!(index.search(&SearchRequest::parse(text).unwrap()).unwrap().total, 1);
    }
}

#[test]
fn a_missing_or_foreign_index_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(Index::open(folder.path()), Err(Error::IndexNotFound(_))));
    fs::create_dir(folder.path().join("v0")).unwrap();
    fs::write(folder.path().join("v0/meta.json"), "{}").unwrap();
    assert!(matches!(Index::open(folder.path()), Err(Error::IndexOtherVersion(_))));
    let index = Index::open_or_create(folder.path()).unwrap();
    assert!(index.is_empty().unwrap());
    assert!(matches!(Archive::open(folder.path().join("gone")), Err(Error::ArchiveNotFound(_))));
    assert!(matches!(Archive::open(folder.path().join("v0/meta.json")), Err(Error::ArchiveNotAFolder(_))));
}

#[test]
fn another_handle_sees_a_commit_without_reopening() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.md"), report(1)).unwrap();
    let archive = Archive::open(folder.path()).unwrap();
    let writer = Index::open_or_create(archive.index_dir()).unwrap();
    update(&writer, &archive);
    let reader = Index::open(archive.index_dir()).unwrap();
    assert_eq!(reader.len().unwrap(), 1);
    fs::write(folder.path().join("b.md"), report(2)).unwrap();
    update(&writer, &archive);
    assert_eq!(reader.len().unwrap(), 2);
}
