//! Several processes at one index: nobody sees an error or half an update, and who must wait is told for whom.

use std::fs::{self, File};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::{Run, Workshop};

const REPORTS: usize = 30;

/// Writes all reports anew; each file is replaced at once, as editors do.
fn write_generation(workshop: &Workshop, generation: u64) {
    for number in 0..REPORTS {
        workshop.write(".part", &format!("# Generation {generation}\n\nThe queue of report {number}.\n"));
        let path = workshop.path().join(format!("archive/{number}.md"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::rename(workshop.path().join(".part"), path).unwrap();
    }
}

/// Eight processes search while one updates. How many searches and updates there were.
fn search_during_updates(time: Duration, no_update: bool) -> (u64, u64) {
    let workshop = Workshop::new();
    write_generation(&workshop, 0);
    workshop.stdout(&["index", "archive", "-q"]);
    let (ended, searches) = (AtomicBool::new(false), AtomicU64::new(0));
    let mut arguments = vec!["search", "queue", "--archive", "archive", "-n", "100", "--format", "json"];
    if no_update {
        arguments.push("--no-update");
    }
    let search = || {
        while !ended.load(Ordering::Relaxed) {
            let run = workshop.rca(&arguments);
            assert_eq!(run.code, 0, "{run:?}");
            // With so many at work, a search may find another at it, or the scan for changes may take too long.
            let patient = |line: &str| {
                line.starts_with("rca: answering from the index as it is") && line.ends_with("is updating this index")
                    || line.starts_with("rca: this index is ") && line.contains(" second")
            };
            assert!(run.stderr.lines().all(|line| !no_update && patient(line)), "{}", run.stderr);
            let found: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
            assert_eq!(found["total"], REPORTS, "{}", run.stdout);
            let titles = found["hits"].as_array().unwrap().iter().map(|hit| hit["title"].as_str().unwrap());
            let mut titles: Vec<&str> = titles.collect();
            titles.dedup();
            // Who updates takes in reports as they stand, and they are being written.
            assert!(!no_update || titles.len() == 1, "half an update: {titles:?}");
            searches.fetch_add(1, Ordering::Relaxed);
        }
    };
    let mut generation = 0;
    thread::scope(|scope| {
        let searchers: Vec<_> = (0..8).map(|_| scope.spawn(search)).collect();
        let started = Instant::now();
        while started.elapsed() < time && searchers.iter().all(|searcher| !searcher.is_finished()) {
            generation += 1;
            write_generation(&workshop, generation);
            let run = workshop.rca(&["index", "archive", "-q", "--wait"]);
            assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
        }
        ended.store(true, Ordering::Relaxed);
    });
    (searches.into_inner(), generation)
}

#[test]
fn eight_searching_processes_see_whole_updates() {
    let (searches, updates) = search_during_updates(Duration::from_secs(2), true);
    assert!(searches > 8 && updates > 1, "{searches} {updates}");
}

#[test]
fn eight_searching_processes_may_all_update() {
    let (searches, updates) = search_during_updates(Duration::from_secs(2), false);
    assert!(searches > 8 && updates > 1, "{searches} {updates}");
}

#[test]
#[ignore = "takes a minute; .ci/run runs it"]
fn eight_processes_for_half_a_minute() {
    for no_update in [true, false] {
        let (searches, updates) = search_during_updates(Duration::from_secs(30), no_update);
        println!("no_update: {no_update}; {searches} searches by 8 processes during {updates} updates, no error");
        assert!(searches > 100 && updates > 10, "{searches} {updates}");
    }
}

#[test]
fn who_comes_first_builds_the_index_for_all() {
    let workshop = Workshop::new();
    write_generation(&workshop, 0);
    for _ in 0..5 {
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let found = workshop.json(&["search", "queue", "--archive", "archive"]);
                    assert_eq!(found["total"], REPORTS);
                });
            }
        });
        fs::remove_dir_all(workshop.path().join("archive/.rca")).unwrap();
    }
}

#[test]
fn a_second_writer_is_told_of_the_first_or_waits_for_it() {
    let workshop = Workshop::with_archive();
    workshop.stdout(&["index", "archive", "-q"]);
    workshop.write("archive/new.md", "# New queue\n");
    let folder = fs::read_dir(workshop.path().join("archive/.rca")).unwrap().flatten().find(|e| e.path().is_dir());
    let lock = folder.unwrap().path().join(".tantivy-writer.lock");
    fs::write(&lock, "4711").unwrap();
    let holder = File::open(&lock).unwrap();
    holder.lock().unwrap();

    let run = workshop.rca(&["index", "archive"]);
    let said =
        "rca: archive/.rca: process 4711 is updating this index; let it end, or wait for it with `rca index --wait`\n";
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (3, "", said));
    let run = workshop.rca(&["search", "queue", "--archive", "archive", "--format", "paths"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, "archive/2025/queue.md\n"));
    assert!(run.stderr.contains("process 4711 is updating this index"), "{run:?}");

    let mut waiting = workshop.command(&["index", "archive", "--wait"]);
    let mut waiting = waiting.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    thread::sleep(Duration::from_millis(300));
    assert!(waiting.try_wait().unwrap().is_none(), "it did not wait");
    holder.unlock().unwrap();
    let run = Run::from(waiting.wait_with_output().unwrap());
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.starts_with("4 reports: 1 added"), "{run:?}");
}
