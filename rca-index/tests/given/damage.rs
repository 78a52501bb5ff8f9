//! A damaged record is named, nothing of it is dropped in silence, and it can be repaired.

use std::fs;
use std::path::PathBuf;

use rca_index::{Archive, Error, Incident, Index, UpdateOptions};

use super::{archive, assert_all, dir, ids, open, ticket, tickets, update};

fn record(folder: &tempfile::TempDir) -> PathBuf {
    dir(folder).join("given.log")
}

fn names_the_record(error: &Error) -> bool {
    matches!(error, Error::IndexDamaged { path, .. } if path.ends_with("given.log"))
}

/// An archive with two reports and fifty given incidents.
fn with_fifty() -> tempfile::TempDir {
    let folder = archive(&["a", "b"]);
    update(&folder, &UpdateOptions::default());
    open(&folder).upsert(tickets(0..49)).unwrap();
    open(&folder).upsert([ticket(49)]).unwrap();
    folder
}

#[test]
fn damage_in_the_middle_is_named_and_repaired() {
    let folder = with_fifty();
    let whole = fs::read(record(&folder)).unwrap();
    let at = whole.windows(9).position(|window| window == b"Ticket 17").unwrap();
    let mut bytes = whole.clone();
    bytes[at] ^= 1;
    fs::write(record(&folder), &bytes).unwrap();
    // The index answers, and health names the file.
    let index = Index::open(dir(&folder)).unwrap();
    assert_eq!(ids(&index).len(), 52);
    assert_eq!(index.health().unwrap().damaged, [PathBuf::from("given.log")]);
    // Whatever needs the record says so, and changes nothing.
    let archive = Archive::open(folder.path()).unwrap();
    let error = index.update(&archive, &UpdateOptions::default().rebuild(true), |_| {}).unwrap_err();
    assert!(names_the_record(&error), "{error}");
    assert_eq!(ids(&index).len(), 52);
    drop(index);
    let error = Index::remove(dir(&folder)).unwrap_err();
    assert!(names_the_record(&error), "{error}");
    assert_eq!(ids(&Index::open(dir(&folder)).unwrap()).len(), 52, "the index may be all there is");
    fs::remove_dir_all(super::version_folder(&folder)).unwrap();
    let error = Index::open_or_create(dir(&folder)).unwrap_err();
    assert!(names_the_record(&error) && error.to_string().contains("checksum mismatch at byte"), "{error}");
    assert_eq!(fs::read(record(&folder)).unwrap(), bytes);

    // Without an index, the one incident is lost, and its file is kept.
    let repaired = Index::repair_given(dir(&folder)).unwrap().unwrap();
    assert_eq!((repaired.kept, fs::read(repaired.set_aside.unwrap()).unwrap()), (49, bytes.clone()));
    assert_eq!(ids(&open(&folder)).len(), 49);
    assert!(Index::repair_given(dir(&folder)).unwrap().is_none());
}

#[test]
fn the_index_fills_the_gaps_of_a_damaged_record() {
    for damage in 0..4 {
        let folder = with_fifty();
        let whole = fs::read(record(&folder)).unwrap();
        let at = whole.windows(9).position(|window| window == b"Ticket 17").unwrap();
        let mut bytes = whole.clone();
        match damage {
            0 => bytes[at] ^= 1,
            1 => bytes.truncate(at),
            2 => bytes.truncate(10),
            _ => bytes = b"something else".to_vec(),
        }
        fs::write(record(&folder), &bytes).unwrap();
        if damage > 0 {
            let error = Index::open(dir(&folder)).unwrap_err();
            assert!(names_the_record(&error), "{damage}: {error}");
        }
        let repaired = Index::repair_given(dir(&folder)).unwrap().unwrap();
        assert_eq!(repaired.kept, 50, "{damage}");
        update(&folder, &UpdateOptions::default());
        assert_all(&folder, "repaired");
    }
}

#[test]
fn a_record_that_is_gone_or_older_is_named_and_repaired() {
    let folder = with_fifty();
    fs::remove_file(record(&folder)).unwrap();
    let error = Index::open(dir(&folder)).unwrap_err();
    assert!(names_the_record(&error) && error.to_string().contains("missing"), "{error}");
    let repaired = Index::repair_given(dir(&folder)).unwrap().unwrap();
    assert_eq!((repaired.kept, repaired.set_aside), (50, None));
    update(&folder, &UpdateOptions::default());
    assert_all(&folder, "repaired");

    let old = fs::read(record(&folder)).unwrap();
    open(&folder).upsert([Incident::new("new", "New")]).unwrap();
    fs::write(record(&folder), old).unwrap();
    let error = Index::open(dir(&folder)).unwrap_err();
    assert!(names_the_record(&error) && error.to_string().contains("older than the index"), "{error}");
    assert_eq!(Index::repair_given(dir(&folder)).unwrap().unwrap().kept, 51);
    assert_eq!(ids(&open(&folder)).len(), 51);
}

#[test]
fn a_damaged_index_is_made_again_from_the_record() {
    let folder = with_fifty();
    for file in fs::read_dir(super::version_folder(&folder)).unwrap().map(|entry| entry.unwrap().path()) {
        if file.extension().is_some_and(|extension| extension == "store") {
            fs::write(file, "damaged").unwrap();
        }
    }
    let error = Index::open(dir(&folder)).and_then(|index| index.get("OPS-001").map(|_| ())).unwrap_err();
    assert!(matches!(error, Error::IndexDamaged { .. }), "{error}");
    assert!(Index::repair_given(dir(&folder)).unwrap().is_none());
    Index::remove(dir(&folder)).unwrap();
    update(&folder, &UpdateOptions::default());
    assert_all(&folder, "made again");
}

#[test]
fn a_write_that_the_index_missed_is_taken_in() {
    // As if the process had been killed after the record was written: the index is the one before.
    let folder = with_fifty();
    let before = tempfile::tempdir().unwrap();
    let copy = |from: &std::path::Path, to: &std::path::Path| {
        fs::create_dir_all(to).unwrap();
        for file in fs::read_dir(from).unwrap().map(|entry| entry.unwrap().path()) {
            fs::copy(&file, to.join(file.file_name().unwrap())).unwrap();
        }
    };
    let version = super::version_folder(&folder);
    copy(&version, before.path());
    open(&folder).delete(["OPS-003"]).unwrap();
    open(&folder).upsert([Incident::new("OPS-004", "Newer"), Incident::new("new", "New")]).unwrap();
    for reopen in [true, false] {
        let behind = |()| {
            fs::remove_dir_all(&version).unwrap();
            copy(before.path(), &version);
        };
        if reopen {
            behind(());
            assert_eq!(ids(&Index::open(dir(&folder)).unwrap()).len(), 52);
        } else {
            // A handle that is open meanwhile learns by an update, though no report has changed.
            behind(());
            let archive = Archive::open(folder.path()).unwrap();
            Index::open(dir(&folder)).unwrap().update(&archive, &UpdateOptions::default(), |_| {}).unwrap();
        }
        let index = Index::open(dir(&folder)).unwrap();
        assert_eq!(index.get("OPS-003").unwrap(), None);
        assert_eq!(index.get("OPS-004").unwrap().unwrap().title.value, "Newer");
        assert!(index.get("new").unwrap().is_some());
    }
}
