//! Incidents that a program gives are never lost: not by updates, rebuilds, repairs, new versions, kills or damage.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod damage;
mod kills;
mod model;
mod writers;

use std::fs;
use std::path::{Path, PathBuf};

use rca_index::{
    Archive, Batch, Error, Incident, Index, SearchRequest, SectionKind, Severity, Sourced, UpdateOptions, UpdateReport,
    WriteOptions,
};
use tempfile::TempDir;

/// A ticket with facts.
fn ticket(number: usize) -> Incident {
    let mut incident = Incident::new(format!("OPS-{number:03}"), format!("Ticket {number}"));
    incident.severity = Severity::parse("P2").map(Sourced::from);
    incident.services = vec![format!("service-{}", number % 3)];
    incident.duration = Some(Sourced::from(number as f64 * 0.1));
    incident.push_section(SectionKind::RootCause, "The queue of the billing service was full.");
    incident
}

fn tickets(numbers: std::ops::Range<usize>) -> impl Iterator<Item = Incident> {
    numbers.map(ticket)
}

/// An archive with these reports, by name.
fn archive(reports: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in reports {
        report(folder.path(), name);
    }
    folder
}

fn report(folder: &Path, name: &str) {
    fs::write(folder.join(format!("{name}.md")), format!("# Report {name}\n\nThe queue was full.\n")).unwrap();
}

fn dir(folder: &TempDir) -> PathBuf {
    folder.path().join(".rca")
}

fn open(folder: &TempDir) -> Index {
    Index::open_or_create(dir(folder)).unwrap()
}

fn update(folder: &TempDir, options: &UpdateOptions) -> UpdateReport {
    open(folder).update(&Archive::open(folder.path()).unwrap(), options, |_| {}).unwrap()
}

/// The ids of all incidents, sorted; each is there once and can be loaded.
fn ids(index: &Index) -> Vec<String> {
    let found = index.search(&SearchRequest::default().limit(1000)).unwrap();
    let mut ids: Vec<String> = found.hits.into_iter().map(|hit| hit.incident.id).collect();
    ids.sort();
    assert_eq!((ids.len(), ids.len()), (found.total, index.len().unwrap()));
    let before = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), before, "an incident is there twice");
    assert!(ids.iter().all(|id| index.get(id).unwrap().is_some()));
    ids
}

/// That all tickets are there, whole, and the reports `a` and `b`.
fn assert_all(folder: &TempDir, what: &str) {
    let index = open(folder);
    let expected: Vec<String> = (0..50).map(|number| ticket(number).id).chain(["a".into(), "b".into()]).collect();
    assert_eq!(ids(&index), expected, "{what}");
    for given in tickets(0..50) {
        assert_eq!(index.get(&given.id).unwrap().as_ref(), Some(&given), "{what}");
    }
    let health = index.health().unwrap();
    assert_eq!((health.given, health.hidden.len(), health.damaged.len()), (50, 0, 0), "{what}");
}

fn version_folder(folder: &TempDir) -> PathBuf {
    let folders = fs::read_dir(dir(folder)).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    let folders: Vec<_> = folders.collect();
    assert_eq!(folders.len(), 1, "{folders:?}");
    folders.into_iter().next().unwrap()
}

#[test]
fn fifty_given_incidents_survive_everything() {
    let folder = archive(&["a", "b"]);
    let plain = UpdateOptions::default();
    update(&folder, &plain);
    open(&folder).upsert(tickets(0..50)).unwrap();
    assert_all(&folder, "given");

    update(&folder, &plain.clone().rebuild(true));
    assert_all(&folder, "a rebuild");

    Index::remove(dir(&folder)).unwrap();
    assert!(matches!(Index::open(dir(&folder)), Err(Error::IndexNotFound(_))));
    update(&folder, &plain);
    assert_all(&folder, "a removed index");

    for version in ["v99", "v9"] {
        fs::rename(version_folder(&folder), dir(&folder).join(version)).unwrap();
        update(&folder, &plain);
        assert_all(&folder, "another version with a record");
    }

    // Versions before there was a record had given incidents in the index only.
    for version in ["v6", "v5"] {
        fs::rename(version_folder(&folder), dir(&folder).join(version)).unwrap();
        fs::remove_file(dir(&folder).join("given.log")).unwrap();
        update(&folder, &plain);
        assert_all(&folder, "a version without a record");
    }

    fs::write(folder.path().join("rca.toml"), "[services.service-x]\naliases = [\"other\"]\n").unwrap();
    update(&folder, &plain);
    assert_all(&folder, "a change of settings");
}

#[test]
fn an_index_of_given_incidents_alone_is_whole_in_a_new_version() {
    let folder = tempfile::tempdir().unwrap();
    open(&folder).upsert(tickets(0..50)).unwrap();
    open(&folder).delete(["OPS-007"]).unwrap();
    for (version, has_record) in [("v9", true), ("v6", false)] {
        fs::rename(version_folder(&folder), dir(&folder).join(version)).unwrap();
        if !has_record {
            fs::remove_file(dir(&folder).join("given.log")).unwrap();
        }
        assert!(matches!(Index::open(dir(&folder)), Err(Error::IndexOtherVersion(_))));
        assert_eq!(ids(&open(&folder)).len(), 49, "there at once");
        // Whoever only reads sees them too, and what was deleted does not come back.
        let reader = Index::open(dir(&folder)).unwrap();
        assert_eq!((ids(&reader).len(), reader.get("OPS-007").unwrap()), (49, None));
        assert!(version_folder(&folder).ends_with("v10"), "the old version is gone");
    }
}

#[test]
fn a_version_that_cannot_be_read_is_kept_and_named() {
    let folder = archive(&["a", "b"]);
    let plain = UpdateOptions::default();
    update(&folder, &plain);
    open(&folder).upsert(tickets(0..50)).unwrap();
    let old = dir(&folder).join("v4");
    fs::rename(version_folder(&folder), &old).unwrap();
    fs::remove_file(dir(&folder).join("given.log")).unwrap();
    for file in fs::read_dir(&old).unwrap().map(|entry| entry.unwrap().path()) {
        if file.extension().is_some_and(|extension| extension == "store") {
            fs::write(file, "of another time").unwrap();
        }
    }
    for rebuild in [false, true] {
        update(&folder, &plain.clone().rebuild(rebuild));
        let index = open(&folder);
        assert_eq!(ids(&index), ["a", "b"]);
        assert_eq!(index.health().unwrap().kept, std::slice::from_ref(&old));
        assert!(old.join("meta.json").is_file());
    }
    // Whoever needs nothing of it removes it.
    fs::remove_dir_all(&old).unwrap();
    assert_eq!(open(&folder).health().unwrap().kept.len(), 0);
}

#[test]
fn nobody_takes_given_incidents_for_the_whole_of_an_archive() {
    let folder = archive(&["a", "b"]);
    // The record learns of the archive whichever comes first.
    open(&folder).upsert(tickets(0..50)).unwrap();
    update(&folder, &UpdateOptions::default());
    Index::remove(dir(&folder)).unwrap();
    assert_eq!(ids(&open(&folder)).len(), 50);
    assert!(matches!(Index::open(dir(&folder)), Err(Error::IndexNotFound(_))), "its reports are not in it");
    assert_eq!(update(&folder, &UpdateOptions::default()).added, 2);
    assert_all(&folder, "after the update");
}

#[test]
fn an_index_in_memory_keeps_them_too() {
    let folder = archive(&["a", "b"]);
    let archive = Archive::open(folder.path()).unwrap();
    let index = Index::in_memory().unwrap();
    let update = |rebuild| index.update(&archive, &UpdateOptions::default().rebuild(rebuild), |_| {}).unwrap().hidden;
    update(false);
    index.upsert([ticket(1), ticket(2)]).unwrap();
    update(true);
    assert_eq!(ids(&index), ["OPS-001", "OPS-002", "a", "b"]);
    report(folder.path(), "OPS-001");
    assert_eq!(update(false), ["OPS-001"]);
    assert_eq!(update(true), ["OPS-001"]);
    assert_eq!(index.get("OPS-001").unwrap().unwrap().title.value, "Report OPS-001");
    fs::remove_file(folder.path().join("OPS-001.md")).unwrap();
    assert_eq!(update(false), Vec::<String>::new());
    assert_eq!(index.get("OPS-001").unwrap().unwrap(), ticket(1));
}

#[test]
fn ids_of_reports_are_refused() {
    let folder = archive(&["a", "b"]);
    update(&folder, &UpdateOptions::default());
    let index = open(&folder);
    let refused = |result: Result<(), Error>| match result {
        Err(Error::IdOfReport { id, path }) => assert_eq!((id.as_str(), path.as_str()), ("a", "a.md")),
        other => panic!("{other:?}"),
    };
    refused(index.upsert([Incident::new("a", "Mine")]));
    refused(index.delete(["a"]).map(|_| ()));
    let mut batch: Batch = tickets(0..3).collect();
    batch.delete("a");
    refused(index.write(batch, &WriteOptions::default()).map(|_| ()));
    assert_eq!(ids(&index), ["a", "b"], "nothing of a refused batch is there");
    assert_eq!(index.get("a").unwrap().unwrap().title.value, "Report a");
    // Nothing of it comes back later.
    update(&folder, &UpdateOptions::default().rebuild(true));
    assert_eq!(ids(&open(&folder)), ["a", "b"]);
    index.upsert([ticket(1)]).unwrap();
    assert_eq!(ids(&index), ["OPS-001", "a", "b"]);
}

#[test]
fn a_report_hides_a_given_incident_with_its_id() {
    let folder = archive(&["a"]);
    let plain = UpdateOptions::default();
    update(&folder, &plain);
    open(&folder).upsert(tickets(1..4)).unwrap();
    report(folder.path(), "OPS-001");
    report(folder.path(), "OPS-002");
    let hidden = ["OPS-001", "OPS-002"];
    assert_eq!(update(&folder, &plain).hidden, hidden);
    assert_eq!(update(&folder, &plain).hidden, hidden, "every update says so");
    assert_eq!(update(&folder, &plain.clone().rebuild(true)).hidden, hidden);
    let index = open(&folder);
    assert_eq!(ids(&index), ["OPS-001", "OPS-002", "OPS-003", "a"]);
    assert_eq!(index.get("OPS-001").unwrap().unwrap().title.value, "Report OPS-001");
    let health = index.health().unwrap();
    assert_eq!((health.given, health.hidden), (3, hidden.map(str::to_owned).to_vec()));
    assert!(matches!(index.upsert([ticket(1)]), Err(Error::IdOfReport { .. })));

    // A hidden incident may be deleted: the report stays.
    assert_eq!(index.delete(["OPS-002"]).unwrap(), 1);
    assert_eq!(ids(&index), ["OPS-001", "OPS-002", "OPS-003", "a"]);
    assert!(matches!(index.delete(["OPS-002"]), Err(Error::IdOfReport { .. })));
    drop(index);

    // The report goes, or is no report any more: the given incident is found again.
    fs::remove_file(folder.path().join("OPS-002.md")).unwrap();
    fs::write(folder.path().join("OPS-001.md"), "").unwrap();
    assert_eq!(update(&folder, &plain).hidden, Vec::<String>::new());
    let index = open(&folder);
    assert_eq!(ids(&index), ["OPS-001", "OPS-003", "a"]);
    assert_eq!(index.get("OPS-001").unwrap().unwrap(), ticket(1));

    // A new version, and a removed index, hide it again.
    report(folder.path(), "OPS-001");
    for version in ["v9", "v6"] {
        fs::rename(version_folder(&folder), dir(&folder).join(version)).unwrap();
        assert_eq!(update(&folder, &plain).hidden, ["OPS-001"], "{version}");
    }
    Index::remove(dir(&folder)).unwrap();
    assert_eq!(update(&folder, &plain).hidden, ["OPS-001"]);
    fs::remove_file(folder.path().join("OPS-001.md")).unwrap();
    update(&folder, &plain);
    assert_eq!(open(&folder).get("OPS-001").unwrap().unwrap(), ticket(1));
}

#[test]
fn the_last_change_of_an_id_in_a_batch_counts() {
    let index = Index::in_memory().unwrap();
    index.upsert([ticket(1)]).unwrap();
    let mut batch = Batch::new();
    batch.upsert(Incident::new("x", "First")).upsert(Incident::new("x", "Second")).delete("OPS-001").delete("OPS-001");
    batch.upsert(ticket(2)).delete("OPS-002").delete("nothing");
    assert_eq!((batch.len(), batch.is_empty()), (7, false));
    let written = index.write(batch, &WriteOptions::default()).unwrap();
    assert_eq!((written.upserted, written.deleted), (3, 2));
    assert_eq!(ids(&index), ["x"]);
    assert_eq!(index.get("x").unwrap().unwrap().title.value, "Second");
    assert_eq!(index.write(Batch::new(), &WriteOptions::default()).unwrap(), rca_index::Written::default());
}

#[test]
fn an_archive_without_given_incidents_has_no_record() {
    let folder = archive(&["a", "b"]);
    update(&folder, &UpdateOptions::default());
    update(&folder, &UpdateOptions::default().rebuild(true));
    fs::rename(version_folder(&folder), dir(&folder).join("v6")).unwrap();
    update(&folder, &UpdateOptions::default());
    let mut files: Vec<_> = fs::read_dir(dir(&folder)).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    files.sort();
    assert_eq!(files, [".gitignore", "v10", "write.lock"]);
}
