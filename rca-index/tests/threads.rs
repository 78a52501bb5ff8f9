//! One index, many threads: a search during an update sees exactly one commit.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use rca_index::{Archive, Index, SearchRequest, UpdateOptions};

#[test]
fn threads_search_during_updates() {
    const REPORTS: usize = 25;
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::open(folder.path()).unwrap();
    let write = |generation: usize| {
        for number in 0..REPORTS {
            let text = format!("# Generation {generation}\n\nThe queue of report {number}.\n");
            fs::write(folder.path().join(format!("{number}.md")), text).unwrap();
        }
    };
    write(0);
    let index = Index::open_or_create(archive.index_dir()).unwrap();
    index.update(&archive, &UpdateOptions::default(), |_| {}).unwrap();
    // A separate handle has to detect the commits of the other.
    let other = Index::open(archive.index_dir()).unwrap();
    let (ended, searches) = (AtomicBool::new(false), AtomicUsize::new(0));
    let search = |index: &Index| {
        let mut newest = 0;
        while !ended.load(Ordering::Relaxed) {
            let found = index.search(&SearchRequest::parse("queue").unwrap().limit(100)).unwrap();
            assert_eq!(found.total, REPORTS);
            let mut generations: Vec<usize> = found
                .hits
                .iter()
                .map(|hit| hit.incident.title.value.strip_prefix("Generation ").unwrap().parse().unwrap())
                .collect();
            generations.dedup();
            assert_eq!(generations.len(), 1, "half an update: {generations:?}");
            assert!(generations[0] >= newest, "back to an older commit");
            newest = generations[0];
            assert_eq!(index.get("7").unwrap().unwrap().id, "7");
            assert_eq!(index.resolve("3").unwrap(), ["3"]);
            searches.fetch_add(1, Ordering::Relaxed);
        }
        newest
    };
    thread::scope(|scope| {
        let handles = [&index, &other];
        let searchers: Vec<_> = (0..8).map(|i| scope.spawn(move || search(handles[i % 2]))).collect();
        for generation in 1..=12 {
            write(generation);
            index.update(&archive, &UpdateOptions::default().rebuild(generation % 5 == 0), |_| {}).unwrap();
        }
        ended.store(true, Ordering::Relaxed);
        for searcher in searchers {
            assert!(searcher.join().unwrap() > 0, "no thread saw a new commit");
        }
    });
    assert!(searches.into_inner() >= 8);
}

#[test]
fn a_commit_between_opening_and_the_first_search_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::open(folder.path()).unwrap();
    let writer = Index::open_or_create(archive.index_dir()).unwrap();
    writer.update(&archive, &UpdateOptions::default(), |_| {}).unwrap();
    let reader = Index::open(archive.index_dir()).unwrap();
    fs::write(folder.path().join("a.md"), "# Queue\n").unwrap();
    writer.update(&archive, &UpdateOptions::default(), |_| {}).unwrap();
    assert_eq!(reader.len().unwrap(), 1);
}
