//! Several processes at one index: nobody sees an error or half an update, and who must wait is told for whom.

use std::fs::{self, File};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

use super::{Run, Workshop};

const REPORTS: usize = 30;
const SEARCHERS: usize = 8;

/// Writes all reports anew; each file is replaced at once, as editors do.
fn write_generation(workshop: &Workshop, generation: u64) {
    for number in 0..REPORTS {
        let text = format!("# Generation {generation}\n\n**Date:** 2024-05-06\n\nThe queue of report {number}.\n");
        workshop.write(".part", &text);
        let path = workshop.path().join(format!("archive/{number}.md"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::rename(workshop.path().join(".part"), path).unwrap();
    }
}

/// The generation of each report that an answer has; every report must be in it once.
fn generations(answer: &str) -> Vec<u64> {
    let found: serde_json::Value = serde_json::from_str(answer).unwrap();
    assert_eq!(found["total"], REPORTS, "{answer}");
    let hits = found["hits"].as_array().unwrap();
    let mut ids: Vec<&str> = hits.iter().map(|hit| hit["id"].as_str().unwrap()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), REPORTS, "{answer}");
    let generation = |hit: &serde_json::Value| hit["title"].as_str()?.strip_prefix("Generation ")?.parse().ok();
    hits.iter().map(|hit| generation(hit).unwrap_or_else(|| panic!("{hit}"))).collect()
}

/// Says that all is over when it goes, also when an assertion fails: nobody waits for the others then.
struct Ending<'a>(&'a AtomicBool);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.store(true, SeqCst);
    }
}

/// Eight processes at a time search while others update, until there were so many updates and each of the eight has had so
/// many answers. How long that takes does not matter. Gives the number of updates and of answers.
fn search_during_updates(updates: u64, answers: u64, no_update: bool) -> (u64, u64) {
    let workshop = Workshop::new();
    write_generation(&workshop, 0);
    workshop.stdout(&["index", "archive", "-q"]);
    // The last generation that is in the index for sure, and the last of which a file may be there.
    let (committed, written) = (AtomicU64::new(0), AtomicU64::new(0));
    let (ended, answered) = (AtomicBool::new(false), [const { AtomicU64::new(0) }; SEARCHERS]);
    let mut arguments = vec!["search", "queue", "--archive", "archive", "-n", "100", "--format", "json"];
    let as_it_is = [&arguments[..], &["--no-update"]].concat();
    if no_update {
        arguments.push("--no-update");
    }
    let search = |answered: &AtomicU64| {
        let _ending = Ending(&ended);
        while !ended.load(SeqCst) {
            let least = committed.load(SeqCst);
            let run = workshop.rca(&arguments);
            let most = written.load(SeqCst);
            assert_eq!(run.code, 0, "{run:?}");
            // With so many at work, a search may find another at it, or the scan for changes may take too long.
            let patient = |line: &str| {
                line.starts_with("rca: searching without an update") && line.ends_with("is updating this index")
                    || line.starts_with("rca: the index is ")
            };
            assert!(run.stderr.lines().all(|line| !no_update && patient(line)), "{}", run.stderr);
            let found = generations(&run.stdout);
            assert!(found.iter().all(|found| (least..=most).contains(found)), "{least} to {most}: {found:?}");
            // Who updates takes in reports as they stand, and they are being written.
            assert!(!no_update || found.iter().all(|&other| other == found[0]), "half an update: {found:?}");
            answered.fetch_add(1, SeqCst);
        }
    };
    let mut generation = 0;
    thread::scope(|scope| {
        let _ending = Ending(&ended);
        for answered in &answered {
            scope.spawn(|| search(answered));
        }
        let enough = || answered.iter().all(|answered| answered.load(SeqCst) >= answers);
        while !ended.load(SeqCst) && (generation < updates || !enough()) {
            generation += 1;
            written.store(generation, SeqCst);
            write_generation(&workshop, generation);
            let run = workshop.rca(&["index", "archive", "-q", "--wait"]);
            assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
            committed.store(generation, SeqCst);
            let found = generations(&workshop.stdout(&as_it_is));
            assert!(found.iter().all(|&found| found == generation), "{generation} is lost: {found:?}");
        }
    });
    // Nothing is left half done.
    assert_eq!(workshop.rca(&["doctor", "--archive", "archive"]).code, 0);
    (generation, answered.into_iter().map(AtomicU64::into_inner).sum())
}

#[test]
fn eight_searching_processes_see_whole_updates() {
    let (updates, answers) = search_during_updates(4, 3, true);
    assert!(updates >= 4 && answers >= 24, "{updates} {answers}");
}

#[test]
fn eight_searching_processes_may_all_update() {
    let (updates, answers) = search_during_updates(4, 3, false);
    assert!(updates >= 4 && answers >= 24, "{updates} {answers}");
}

#[test]
#[ignore = "takes a minute; .ci/run runs it"]
fn eight_processes_search_a_thousand_times() {
    for no_update in [true, false] {
        let (updates, answers) = search_during_updates(15, 125, no_update);
        println!(
            "no_update: {no_update}; {answers} answers to 8 processes during {updates} updates, none lost or wrong"
        );
        assert!(updates >= 15 && answers >= 1000, "{updates} {answers}");
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
    let lock = workshop.path().join("archive/.rca/write.lock");
    fs::write(&lock, "4711").unwrap();
    let holder = File::open(&lock).unwrap();
    holder.lock().unwrap();

    let run = workshop.rca(&["index", "archive"]);
    let said = "rca: archive/.rca: process 4711 is updating this index; let it finish, or wait for it with `rca index --wait`\n";
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
