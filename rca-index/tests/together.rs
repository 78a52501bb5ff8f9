//! Two who use one index: nothing that is dead stays, and what one removes under the other leaves a sound index or none.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use rca_index::{Archive, Error, Index, SearchRequest, UpdateEvent, UpdateOptions};
use tempfile::TempDir;

fn report(folder: &Path, name: &str, text: &str) {
    fs::write(folder.join(format!("{name}.md")), format!("# Report {name}\n\nThe queue was full. {text}\n")).unwrap();
}

/// An archive of twenty reports, beside a folder for its index.
fn archive() -> (TempDir, Archive) {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("archive")).unwrap();
    let archive = Archive::open(folder.path().join("archive")).unwrap();
    (0..20).for_each(|number| report(archive.root(), &number.to_string(), ""));
    (folder, archive)
}

fn dir(folder: &TempDir) -> PathBuf {
    folder.path().join("index")
}

fn update(index: &Index, archive: &Archive, rebuild: bool) {
    index.update(archive, &UpdateOptions::default().rebuild(rebuild), |_| {}).unwrap();
}

/// The files of the engine, by name.
fn files(dir: &Path) -> Vec<PathBuf> {
    let folder = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).find(|path| path.is_dir()).unwrap();
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

/// The segments and the manifests that there are files of.
fn kept(dir: &Path) -> (usize, usize) {
    let names: Vec<String> = files(dir).iter().map(|path| name(path)).collect();
    let stems: BTreeSet<&str> = names.iter().filter_map(|name| name.split_once('.')).map(|(stem, _)| stem).collect();
    let segments = stems.iter().filter(|stem| stem.len() == 32).count();
    (segments, names.iter().filter(|name| name.starts_with("manifest-")).count())
}

#[test]
fn what_no_commit_names_is_removed_whoever_wrote_it() {
    let (folder, archive) = archive();
    let dir = dir(&folder);
    // One that stays open, as a watcher does, and others that come and go.
    let watcher = Index::open_or_create(&dir).unwrap();
    update(&watcher, &archive, false);
    let size = watcher.health().unwrap().bytes;
    for round in 0..8 {
        update(&Index::open(&dir).unwrap(), &archive, true);
        report(archive.root(), "new", &format!("For the {round}th time."));
        update(&watcher, &archive, false);
        let health = watcher.health().unwrap();
        assert_eq!(kept(&dir), (health.segments, 1), "round {round}");
        assert!(health.bytes < size * 2, "round {round}: {} grew to {}", size, health.bytes);
    }
    // What killed processes have left goes as well, and nothing else does.
    let versioned = files(&dir)[0].parent().unwrap().to_owned();
    let dead = [
        "0123456789abcdef0123456789abcdef.store",
        "0123456789abcdef0123456789abcdef.7.del",
        "0123456789abcdef0123456789abcdef.store.temp",
        ".tmpAbCdEf",
        "manifest-7.bin",
    ];
    dead.iter().chain(&["notes.txt"]).for_each(|name| fs::write(versioned.join(name), "x").unwrap());
    update(&watcher, &archive, true);
    let left: Vec<String> = files(&dir).iter().map(|path| name(path)).collect();
    assert!(dead.iter().all(|dead| !left.iter().any(|name| name == dead)), "{left:?}");
    assert!(left.iter().any(|name| name == "notes.txt"), "{left:?}");
}

#[test]
fn a_reader_of_another_process_reads_on() {
    let (folder, archive) = archive();
    let reader = Index::open_or_create(dir(&folder)).unwrap();
    update(&reader, &archive, false);
    let ids = reader.ids().unwrap();
    let first = reader.search(&SearchRequest::default().limit(100)).unwrap();
    // Its iteration sees one commit, whose files are gone now.
    let mut incidents = reader.incidents().unwrap();
    incidents.next().unwrap().unwrap();
    for _ in 0..3 {
        update(&Index::open(dir(&folder)).unwrap(), &archive, true);
    }
    assert_eq!(incidents.collect::<Result<Vec<_>, _>>().unwrap().len(), 19);
    assert_eq!(ids.count(), 20);
    let now = reader.search(&SearchRequest::default().limit(100)).unwrap();
    assert_eq!((first.total, now.total), (20, 20));
}

/// Ways to remove an index, or a part of it, or what it is made of.
type Removal = fn(&Path, &Path);

/// Removes a folder to which somebody writes.
fn remove_folder(folder: &Path) {
    while folder.exists() {
        let _ = fs::remove_dir_all(folder);
    }
}

fn remove_files(dir: &Path, is_meant: impl Fn(&str) -> bool) {
    files(dir).iter().filter(|path| is_meant(&name(path))).for_each(|path| drop(fs::remove_file(path)));
}

const REMOVALS: &[(&str, Removal)] = &[
    ("all", |dir, _| remove_folder(dir)),
    ("its version", |dir, _| remove_folder(files(dir)[0].parent().unwrap())),
    ("the lock", |dir, _| fs::remove_file(dir.join("write.lock")).unwrap()),
    ("the meta file", |dir, _| remove_files(dir, |name| name == "meta.json")),
    ("the manifest", |dir, _| remove_files(dir, |name| name.starts_with("manifest-"))),
    ("the stored texts", |dir, _| remove_files(dir, |name| name.split('.').nth(1) == Some("store"))),
    ("every file", |dir, _| remove_files(dir, |_| true)),
    ("the archive", |_, archive| remove_folder(archive)),
    // Another one makes the index again at once.
    ("all, for another", |dir, archive| {
        remove_folder(dir);
        update(&Index::open_or_create(dir).unwrap(), &Archive::open(archive).unwrap(), false);
    }),
];

#[test]
fn what_is_removed_under_an_update_leaves_a_sound_index_or_none() {
    let mut outcomes = [0; 2];
    for (what, remove) in REMOVALS {
        for rebuild in [false, true] {
            for stop_at in [0, 3, 9] {
                let (folder, archive) = archive();
                let dir = dir(&folder);
                update(&Index::open_or_create(&dir).unwrap(), &archive, false);
                (0..8).for_each(|number| report(archive.root(), &number.to_string(), "It is larger now."));
                let index = Index::open(&dir).unwrap();
                let events = AtomicUsize::new(0);
                let on_event = |event| {
                    let at = events.fetch_add(1, Ordering::SeqCst);
                    let is_moment = if stop_at == 9 { event == UpdateEvent::Committing } else { at == stop_at };
                    if is_moment {
                        remove(&dir, archive.root());
                    }
                };
                let options = UpdateOptions::default().rebuild(rebuild).threads(1);
                let outcome = index.update(&archive, &options, on_event);
                let case = format!("{what}, rebuild {rebuild}, at {stop_at}");
                match &outcome {
                    Err(Error::IndexRemoved(_) | Error::ArchiveNotFound(_)) => {}
                    // It had not begun to write, and made the index again.
                    Ok(_) if stop_at == 0 => assert_eq!(Index::open(&dir).unwrap().len().unwrap(), 20, "{case}"),
                    other => panic!("{case}: {other:?}"),
                }
                match Index::open(&dir) {
                    Ok(left) => {
                        let found = left.search(&SearchRequest::default().limit(100)).unwrap();
                        assert_eq!((found.total, found.hits.len()), (20, 20), "{case}");
                        assert!(left.health().unwrap().damaged.is_empty(), "{case}");
                        outcomes[0] += 1;
                    }
                    Err(Error::IndexNotFound(_)) => outcomes[1] += 1,
                    Err(error) => panic!("{case}: {error}"),
                }
                // The next update is as good as ever, where there is an archive.
                if archive.root().is_dir() {
                    let next = Index::open_or_create(&dir).unwrap();
                    update(&next, &archive, false);
                    assert_eq!(next.len().unwrap(), 20, "{case}");
                }
            }
        }
    }
    assert!(outcomes[0] > 5 && outcomes[1] > 20, "{outcomes:?}");
}

#[test]
fn a_damaged_index_is_removed_and_a_sound_one_is_not() {
    let (folder, archive) = archive();
    let dir = dir(&folder);
    assert!(!Index::remove_damaged(&dir).unwrap(), "there is none");
    Index::open_or_create(&dir).unwrap();
    assert!(!Index::remove_damaged(&dir).unwrap(), "one that waits for its first update");
    update(&Index::open_or_create(&dir).unwrap(), &archive, false);
    assert!(!Index::remove_damaged(&dir).unwrap());
    assert_eq!(Index::open(&dir).unwrap().len().unwrap(), 20);
    for damaged in ["meta.json", ".store", ".term"] {
        let file = files(&dir).into_iter().find(|path| name(path).ends_with(damaged)).unwrap();
        let mut bytes = fs::read(&file).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&file, bytes).unwrap();
        assert!(Index::remove_damaged(&dir).unwrap(), "{damaged}");
        assert!(matches!(Index::open(&dir), Err(Error::IndexNotFound(_))), "{damaged}");
        update(&Index::open_or_create(&dir).unwrap(), &archive, false);
        assert_eq!(Index::open(&dir).unwrap().len().unwrap(), 20);
    }
}
