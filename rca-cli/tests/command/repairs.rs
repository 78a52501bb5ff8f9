//! Repairs, removals and rebuilds beside other processes: nobody fails for a false reason, and a sound index or none is left.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rca_index::{Error, Index, SearchRequest};

use super::chance::Chance;
use super::watch::watch;
use super::{Run, Workshop};

const REPORTS: usize = 40;

fn workshop() -> Workshop {
    let workshop = Workshop::new();
    for number in 0..REPORTS {
        let text = "The queue of the orders service was full.\n".repeat(10 + number);
        workshop
            .write(&format!("archive/{number}.md"), &format!("# Report {number}\n\n**Date:** 2024-05-06\n\n{text}"));
    }
    workshop
}

fn index_dir(workshop: &Workshop) -> PathBuf {
    workshop.path().join("archive/.rca")
}

/// The files of the engine.
fn files(workshop: &Workshop) -> Vec<PathBuf> {
    let entries = fs::read_dir(index_dir(workshop)).unwrap().map(|entry| entry.unwrap().path());
    let folder = entries.into_iter().find(|path| path.is_dir()).unwrap();
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

fn start(workshop: &Workshop, arguments: &[&str]) -> Child {
    workshop.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn end(child: Child) -> Run {
    Run::from(child.wait_with_output().unwrap())
}

/// How many incidents an index has, every file of which is sound; `None` if there is no index.
fn sound(workshop: &Workshop) -> Option<usize> {
    let index = match Index::open(index_dir(workshop)) {
        Err(Error::IndexNotFound(_)) => return None,
        opened => opened.unwrap(),
    };
    assert!(index.health().unwrap().damaged.is_empty());
    Some(index.search(&SearchRequest::default().limit(1000)).unwrap().hits.len())
}

/// The state of the index before a race.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Sound,
    Damaged,
    Missing,
}

const OTHERS: [&[&str]; 3] = [
    &["index", "archive", "--wait", "--rebuild"],
    &["search", "queue", "--archive", "archive", "--format", "json"],
    &["index", "archive"],
];

/// Races of `doctor --repair` against others. Returns how many of the others ended with 0.
fn race(races: usize) -> usize {
    let workshop = workshop();
    let mut chance = Chance::new(races as u64);
    let (mut took, mut done) = (Duration::from_millis(100), 0);
    for race in 0..races {
        let state = [State::Sound, State::Damaged, State::Missing][race % 3];
        let other = OTHERS[race / 3 % 3];
        let _ = fs::remove_dir_all(index_dir(&workshop));
        if state != State::Missing {
            workshop.stdout(&["index", "archive", "-q"]);
        }
        if state == State::Damaged {
            let files = files(&workshop);
            let ending = [".store", ".term", "meta.json"][chance.below(3) as usize];
            let file = files.iter().find(|path| path.to_str().unwrap().ends_with(ending)).unwrap();
            let mut bytes = fs::read(file).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            fs::write(file, bytes).unwrap();
        }
        let repair: &[&str] = &["doctor", "--repair", "--archive", "archive"];
        let (first, second) = if race % 2 == 0 { (repair, other) } else { (other, repair) };
        let started = Instant::now();
        let one = start(&workshop, first);
        thread::sleep(Duration::from_micros(chance.below(took.as_micros() as u64)));
        let two = start(&workshop, second);
        let runs = [end(one), end(two)];
        took = started.elapsed().clamp(Duration::from_millis(20), Duration::from_millis(500));
        let (repaired, other_run) = if race % 2 == 0 { (&runs[0], &runs[1]) } else { (&runs[1], &runs[0]) };
        let said = |run: &Run| format!("{} {:?}", run.code, run.stderr);
        let case = format!("race {race}: {state:?}, {other:?}: {} {}", said(repaired), said(other_run));
        assert_eq!(repaired.code, 0, "{case}");
        done += usize::from(other_run.code == 0);
        if other_run.code != 0 {
            let is_busy = !other.contains(&"--wait") && other_run.stderr.contains("is updating this index");
            let is_damaged = other_run.stderr.contains("the index is damaged")
                || other_run.stderr.contains("the index was removed while it was in use");
            let is_true = is_busy && other[0] == "index" || is_damaged && state == State::Damaged;
            assert!(other_run.code == 3 && is_true, "{case}");
        }
        assert_eq!(sound(&workshop), Some(REPORTS), "{case}");
    }
    done
}

#[test]
fn a_repair_waits_for_others_and_others_for_it() {
    assert!(race(9) >= 4);
}

#[test]
#[ignore = "takes a minute; .ci/run runs it"]
fn forty_five_races_of_a_repair() {
    let done = race(45);
    println!(
        "45 races of `doctor --repair`: {done} of the others ended with 0, the rest with a true reason; 45 sound indexes"
    );
    assert!(done >= 25, "{done}");
}

/// Removes the index, or the archive with it, under updates, by hand: as `rm -r` does. Returns how many ended with an error.
fn remove_under_updates(trials: u64) -> u64 {
    let mut chance = Chance::new(trials);
    let (mut took, mut failed) = (Duration::from_millis(200), 0);
    for trial in 0..trials {
        let workshop = workshop();
        let is_archive = trial % 4 == 3;
        if trial % 2 == 0 {
            workshop.stdout(&["index", "archive", "-q"]);
        }
        let started = Instant::now();
        let update = start(&workshop, &["index", "archive", "--rebuild"]);
        thread::sleep(Duration::from_micros(chance.below(took.as_micros() as u64)));
        let removed = if is_archive { workshop.path().join("archive") } else { index_dir(&workshop) };
        // Somebody who removes it once; what is created meanwhile is left.
        let _ = fs::remove_dir_all(removed);
        let run = end(update);
        took = started.elapsed().clamp(Duration::from_millis(20), Duration::from_millis(400));
        let case = format!("trial {trial}, archive {is_archive}: {run:?}");
        if run.code != 0 {
            failed += 1;
            let reasons = ["the index was removed while it was in use", "no such folder", "no index here", "no folder"];
            assert!(reasons.iter().any(|reason| run.stderr.contains(reason)), "{case}");
            assert!(matches!(run.code, 2 | 3), "{case}");
        }
        let left = sound(&workshop);
        // Of an archive that is being removed, an update takes in what is there.
        assert!(is_archive || matches!(left, None | Some(REPORTS)), "{case}: {left:?}");
        if !is_archive {
            assert_eq!(workshop.rca(&["index", "archive", "-q"]).code, 0, "{case}");
            assert_eq!(sound(&workshop), Some(REPORTS), "{case}");
        }
    }
    failed
}

#[test]
fn what_is_removed_under_an_update_is_told() {
    remove_under_updates(8);
}

#[test]
#[ignore = "takes a minute; .ci/run runs it"]
fn a_hundred_removals_under_updates() {
    let failed = remove_under_updates(100);
    println!(
        "100 removals under an update: {failed} updates ended with a clear error; a sound index or none each time"
    );
    assert!(failed > 10, "{failed}");
}

#[test]
fn rebuilds_beside_a_watcher_leave_nothing_behind() {
    let workshop = workshop();
    let (_watcher, wait_for) = watch(&workshop, &[]);
    let size = || files(&workshop).iter().filter_map(|path| path.metadata().ok()).map(|file| file.len()).sum::<u64>();
    let before = size();
    for round in 0..8 {
        workshop.stdout(&["index", "archive", "--rebuild", "--wait"]);
        workshop.write("archive/new.md", &format!("# Kangaroo {round}\n"));
        wait_for(&format!("{} reports: ", REPORTS + 1));
        workshop.stdout(&["index", "archive", "--wait"]);
        assert!(size() < before * 2, "round {round}: {before} bytes grew to {}", size());
    }
    let segments: std::collections::BTreeSet<String> = files(&workshop)
        .iter()
        .filter_map(|path| Some(path.file_name()?.to_str()?.split_once('.')?.0.to_owned()))
        .filter(|stem| stem.len() == 32)
        .collect();
    assert_eq!(segments.len(), Index::open(index_dir(&workshop)).unwrap().health().unwrap().segments);
}

/// An index that waits for its first update, which another process is said to have been making for 90 seconds.
fn waiting_index() -> (Workshop, File) {
    let workshop = Workshop::with_archive();
    Index::open_or_create(index_dir(&workshop)).unwrap();
    let path = index_dir(&workshop).join("write.lock");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    fs::write(&path, format!("4711 {}\n", now - 90)).unwrap();
    let holder = File::open(&path).unwrap();
    holder.lock().unwrap();
    (workshop, holder)
}

const SEARCH: &[&str] = &["search", "queue", "--archive", "archive", "--format", "paths"];
const WAITS: &str = "rca: waiting for process 4711, which has been updating this index for 1 minute\n";

#[test]
fn a_search_says_for_whom_it_waits() {
    let (workshop, holder) = waiting_index();
    let mut search = start(&workshop, SEARCH);
    let mut said = BufReader::new(search.stderr.take().unwrap());
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    assert_eq!(line, WAITS);
    assert!(search.try_wait().unwrap().is_none(), "it did not wait");
    holder.unlock().unwrap();
    let run = end(search);
    assert_eq!((run.code, run.stdout.as_str()), (0, "archive/2025/queue.md\n"));
    let mut rest = String::new();
    said.read_to_string(&mut rest).unwrap();
    assert!(rest.starts_with("rca: indexed 3 reports from archive"), "{rest}");
}

#[test]
#[ignore = "takes a minute; .ci/run runs it"]
fn a_search_gives_up_after_a_minute() {
    let (workshop, _holder) = waiting_index();
    let run = workshop.rca(SEARCH);
    let gives_up = "rca: archive/.rca: process 4711 is updating this index (it began 2 minutes ago); \
                    let it finish, or wait for it with `rca index --wait`\n";
    assert_eq!((run.code, run.stdout.as_str(), run.stderr), (3, "", format!("{WAITS}{gives_up}")));
}
