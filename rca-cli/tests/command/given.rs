//! Incidents that a program upserted: the command keeps them, counts them, and says where they are hidden or damaged.

use std::fs;
use std::path::{Path, PathBuf};

use rca_index::{Incident, Index};

use super::Workshop;

/// An archive with an index that a program has upserted three incidents to.
fn workshop() -> Workshop {
    let workshop = Workshop::with_archive();
    workshop.stdout(&["index", "archive", "-q"]);
    let tickets = (1..=3).map(|number| Incident::new(format!("OPS-{number}"), format!("Ticket {number}")));
    Index::open(dir(&workshop)).unwrap().upsert(tickets).unwrap();
    workshop
}

fn dir(workshop: &Workshop) -> PathBuf {
    workshop.path().join("archive/.rca")
}

fn version_folder(dir: &Path) -> PathBuf {
    fs::read_dir(dir).unwrap().flatten().find(|entry| entry.path().is_dir()).unwrap().path()
}

/// How many incidents there are, and how many of them were upserted.
fn counts(workshop: &Workshop) -> (u64, u64) {
    let health = workshop.json(&["doctor", "--archive", "archive"]);
    (health["incidents"].as_u64().unwrap(), health["given"].as_u64().unwrap())
}

#[test]
fn rebuild_repair_and_another_version_keep_them() {
    let workshop = workshop();
    assert_eq!(counts(&workshop), (6, 3));
    workshop.stdout(&["index", "archive", "--rebuild"]);
    assert_eq!(counts(&workshop), (6, 3));
    let dir = dir(&workshop);
    for rebuild in [&["doctor", "--repair", "--archive", "archive"][..], &["index", "archive", "--rebuild"]] {
        let files = fs::read_dir(version_folder(&dir)).unwrap().flatten().map(|entry| entry.path());
        for store in files.filter(|path| path.extension().is_some_and(|extension| extension == "store")) {
            fs::write(store, "damaged").unwrap();
        }
        let run = workshop.rca(rebuild);
        assert_eq!(run.code, 0, "{run:?}");
        assert_eq!(counts(&workshop), (6, 3), "{rebuild:?}");
    }
    fs::rename(version_folder(&dir), dir.join("v3")).unwrap();
    assert_eq!(workshop.json(&["search", "ticket", "--archive", "archive"])["total"], 3);
    assert_eq!(counts(&workshop), (6, 3));
    let said = workshop.stdout(&["doctor", "--archive", "archive", "--format", "human"]);
    assert!(said.contains("3 incidents by programs"), "{said}");
}

#[test]
fn incidents_of_programs_alone_are_an_index_too() {
    let workshop = Workshop::new();
    fs::create_dir(workshop.path().join("archive")).unwrap();
    let dir = dir(&workshop);
    Index::open_or_create(&dir).unwrap().upsert([Incident::new("OPS-1", "Ticket")]).unwrap();
    fs::rename(version_folder(&dir), dir.join("v5")).unwrap();
    assert_eq!(workshop.json(&["search", "ticket", "--archive", "archive"])["total"], 1);
}

#[test]
fn a_hidden_incident_is_named() {
    let workshop = workshop();
    workshop.write("archive/OPS-2.md", "# Report of the second\n");
    let run = workshop.rca(&["index", "archive"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stderr.contains("1 upserted incident hidden by a report with the same id, and kept: OPS-2"), "{run:?}");
    assert_eq!(workshop.json(&["index", "archive"])["hidden"], serde_json::json!(["OPS-2"]));
    let said = workshop.stdout(&["doctor", "--archive", "archive", "--format", "human"]);
    assert!(said.contains("3 incidents by programs; hidden by a report with the same id: OPS-2"), "{said}");
    fs::remove_file(workshop.path().join("archive/OPS-2.md")).unwrap();
    assert_eq!(workshop.json(&["search", "ticket", "--archive", "archive"])["total"], 3);
}

#[test]
fn a_damaged_record_is_named_and_repaired() {
    let workshop = workshop();
    let record = dir(&workshop).join("given.log");
    let mut bytes = fs::read(&record).unwrap();
    let at = bytes.windows(8).position(|window| window == b"Ticket 2").unwrap();
    bytes[at] ^= 1;
    fs::write(&record, &bytes).unwrap();
    let run = workshop.rca(&["doctor", "--archive", "archive"]);
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("the index is damaged: given.log; rebuild it with `rca doctor --repair`"), "{run:?}");
    let run = workshop.rca(&["index", "archive", "--rebuild"]);
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("given.log: the index is damaged: the record of given incidents"), "{run:?}");
    let run = workshop.rca(&["doctor", "--repair", "--archive", "archive"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        run.stderr.contains("3 upserted incidents could be read, and are kept; the damaged record is now"),
        "{run:?}"
    );
    assert_eq!(counts(&workshop), (6, 3));
}
