//! Writers wait for each other, are told who else writes, and can be stopped.

use std::fs::{self, File};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use rca_index::{Archive, Batch, Error, Freshness, Incident, Index, UpdateEvent, UpdateOptions, WriteOptions};

use super::{archive, dir, ids, open, report, ticket, tickets, update};

#[test]
fn eight_threads_write_through_one_index() {
    let folder = archive(&["a", "b"]);
    update(&folder, &UpdateOptions::default());
    for index in [open(&folder), Index::in_memory().unwrap()] {
        let archive = Archive::open(folder.path()).unwrap();
        thread::scope(|scope| {
            for number in 0..8 {
                let index = index.clone();
                scope.spawn(move || {
                    for round in 0..5 {
                        index.upsert([ticket(number * 10 + round)]).unwrap();
                    }
                    assert_eq!(index.delete([ticket(number * 10).id.as_str()]).unwrap(), 1);
                });
            }
            scope.spawn(|| index.update(&archive, &UpdateOptions::default().rebuild(true), |_| {}).unwrap());
        });
        assert_eq!(ids(&index).len(), 8 * 4 + 2);
    }
    assert_eq!(ids(&open(&folder)).len(), 8 * 4 + 2);
}

#[test]
fn who_else_writes_is_told() {
    let folder = archive(&["a"]);
    update(&folder, &UpdateOptions::default());
    let lock = dir(&folder).join("write.lock");
    let index = open(&folder);
    let held = |pid: &str| {
        fs::write(&lock, pid).unwrap();
        let file = File::open(&lock).unwrap();
        file.lock().unwrap();
        file
    };
    let file = held("4711");
    let error = index.upsert([ticket(1)]).unwrap_err();
    assert!(matches!(error, Error::IndexLocked { holder: Some(4711), own: false, .. }), "{error}");
    assert!(error.to_string().ends_with("process 4711 is updating this index"), "{error}");
    drop(file);
    let file = held(&std::process::id().to_string());
    let error = index.delete(["x"]).unwrap_err();
    assert!(matches!(error, Error::IndexLocked { own: true, .. }), "{error}");
    assert!(error.to_string().ends_with("this process is updating this index"), "{error}");
    let brief = WriteOptions::default().wait(Duration::from_millis(50));
    assert!(matches!(index.write(tickets(0..1).collect(), &brief), Err(Error::IndexLocked { .. })));
    // It waits as long as it may.
    thread::scope(|scope| {
        let waiting =
            scope.spawn(|| index.write(tickets(0..1).collect(), &WriteOptions::default().wait(Duration::MAX)));
        thread::sleep(Duration::from_millis(100));
        assert!(!waiting.is_finished());
        drop(file);
        assert_eq!(waiting.join().unwrap().unwrap().upserted, 1);
    });
    assert_eq!(ids(&index), ["OPS-000", "a"]);
}

#[test]
fn a_search_waits_for_no_writer_and_events_cannot_write() {
    let folder = archive(&["a"]);
    let archive = Archive::open(folder.path()).unwrap();
    let (index, told) = (open(&folder), AtomicUsize::new(0));
    let other = Index::in_memory().unwrap();
    let on_event = |_: UpdateEvent| {
        let error = index.upsert([ticket(1)]).unwrap_err();
        assert!(matches!(error, Error::IndexLocked { own: true, .. }), "{error}");
        other.upsert([ticket(1)]).unwrap();
        told.fetch_add(1, Ordering::Relaxed);
    };
    index.update(&archive, &UpdateOptions::default(), on_event).unwrap();
    assert!(told.into_inner() >= 3);
    // Nor can the iterator of an upsert.
    let lazy = tickets(5..7).inspect(|_| {
        let nested = index.delete(["x"]);
        assert!(nested.is_ok() || matches!(nested, Err(Error::IndexLocked { own: true, .. })), "{nested:?}");
    });
    index.upsert(lazy).unwrap();
    index.delete(["OPS-005", "OPS-006"]).unwrap();
    report(folder.path(), "b");
    let looked = AtomicUsize::new(0);
    let reported = |event| {
        if event == UpdateEvent::Committing {
            thread::scope(|scope| {
                scope.spawn(|| {
                    let fresh = index.freshen(&archive, |_| {}).unwrap();
                    assert!(matches!(fresh, Freshness::NotUpdated(Error::IndexLocked { own: true, .. })), "{fresh:?}");
                    assert_eq!(ids(&index), ["a"]);
                    looked.fetch_add(1, Ordering::Relaxed);
                });
            });
        }
    };
    index.update(&archive, &UpdateOptions::default(), reported).unwrap();
    assert_eq!((looked.into_inner(), ids(&index).len()), (1, 2));
}

#[test]
fn a_cancelled_update_leaves_the_old_commit() {
    let folder = archive(&["a", "b"]);
    update(&folder, &UpdateOptions::default());
    open(&folder).upsert([ticket(1), ticket(2)]).unwrap();
    // Changes of every kind: a new report, a changed one, a removed one, one that hides a given incident.
    report(folder.path(), "c");
    report(folder.path(), "OPS-001");
    fs::write(folder.path().join("a.md"), "# Other\n").unwrap();
    fs::remove_file(folder.path().join("b.md")).unwrap();
    let archive = Archive::open(folder.path()).unwrap();
    let index = open(&folder);
    for rebuild in [false, true] {
        for threads in [1, 2] {
            for stop_at in 0..5 {
                let seen = AtomicUsize::new(0);
                let stop = |_| match seen.fetch_add(1, Ordering::SeqCst) {
                    number if number >= stop_at => ControlFlow::Break(()),
                    _ => ControlFlow::Continue(()),
                };
                let options = UpdateOptions::default().rebuild(rebuild).threads(threads);
                let stopped = index.update(&archive, &options, stop);
                assert!(matches!(stopped, Err(Error::Cancelled)), "{stop_at}: {stopped:?}");
                assert_eq!(ids(&index), ["OPS-001", "OPS-002", "a", "b"]);
                assert_eq!(index.get("a").unwrap().unwrap().title.value, "Report a");
                assert_eq!(index.get("OPS-001").unwrap().unwrap(), ticket(1));
                assert_eq!(index.health().unwrap().damaged.len(), 0);
            }
        }
    }
    // A search goes on with the index as it is.
    let fresh = index.freshen(&archive, |_| ControlFlow::Break(())).unwrap();
    assert!(matches!(fresh, Freshness::NotUpdated(Error::Cancelled)));
    let report = index.update(&archive, &UpdateOptions::default(), |_| ControlFlow::Continue(())).unwrap();
    assert_eq!((report.added, report.modified, report.removed, report.hidden.len()), (2, 1, 1, 1));
    assert_eq!(ids(&index), ["OPS-001", "OPS-002", "a", "c"]);
}

#[test]
fn a_batch_is_seen_as_a_whole() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(&folder);
    index.upsert([Incident::new("0", "Generation 0"), Incident::new("1", "Generation 0")]).unwrap();
    let other = Index::open(dir(&folder)).unwrap();
    thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for generation in 1..=10 {
                let mut batch = Batch::new();
                for id in 0..2 {
                    batch.upsert(Incident::new(id.to_string(), format!("Generation {generation}")));
                }
                index.write(batch, &WriteOptions::default()).unwrap();
            }
        });
        while !writer.is_finished() {
            let found = other.search(&rca_index::SearchRequest::default()).unwrap();
            let titles: Vec<_> = found.hits.iter().map(|hit| &hit.incident.title.value).collect();
            assert_eq!((titles.len(), titles[0]), (2, titles[1]));
        }
    });
}
