//! Processes that give incidents are killed at any moment, or write at the same time.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rca_index::{Batch, Index, SearchRequest, UpdateOptions, WriteOptions};

use super::{dir, open, tickets, update};

/// Names the folder for a process that gives incidents.
const FOLDER: &str = "RCA_TEST_GIVE_TO";
/// Names what it gives.
const NAME: &str = "RCA_TEST_GIVE_NAME";

/// Not a test by itself: what the processes do that the tests start. Gives two incidents a write, deletes an older one, and
/// prints the number of the write once it is acknowledged.
#[test]
fn give() {
    let (Some(folder), Ok(name)) = (std::env::var_os(FOLDER), std::env::var(NAME)) else {
        assert!(std::env::var_os(NAME).is_none());
        return;
    };
    let index = Index::open_or_create(Path::new(&folder)).unwrap();
    for number in 0..12 {
        let mut batch = Batch::new();
        for half in ["x", "y"] {
            let mut incident = super::ticket(number);
            incident.id = format!("{name}-{number}-{half}");
            batch.upsert(incident);
        }
        if number >= 3 {
            batch.delete(format!("{name}-{}-x", number - 3));
        }
        index.write(batch, &WriteOptions::default().wait(Duration::MAX)).unwrap();
        println!("\nacknowledged {number}");
    }
}

fn spawn(folder: &Path, name: &str) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["kills::give", "--exact", "--nocapture", "--test-threads=1"]);
    command.env(FOLDER, folder).env(NAME, name).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

/// How many writes a process said were acknowledged, once it has ended.
fn acknowledged(child: &mut Child) -> usize {
    let mut said = String::new();
    child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    child.wait().unwrap();
    said.lines().filter(|line| line.starts_with("acknowledged")).count()
}

/// The ids that a process has given after so many writes.
fn given_by(name: &str, writes: usize) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for number in 0..writes {
        ids.extend(["x", "y"].map(|half| format!("{name}-{number}-{half}")));
        if number >= 3 {
            ids.remove(&format!("{name}-{}-x", number - 3));
        }
    }
    ids
}

fn indexed(index: &Index) -> BTreeSet<String> {
    let found = index.search(&SearchRequest::default().limit(10_000)).unwrap();
    let ids: BTreeSet<String> = found.hits.into_iter().map(|hit| hit.incident.id).collect();
    assert_eq!(ids.len(), found.total, "an incident is there twice");
    ids
}

fn kill_writers(trials: u64) -> (usize, usize) {
    let folder = super::archive(&["a", "b"]);
    update(&folder, &UpdateOptions::default());
    let mut expected: BTreeSet<String> = ["a".to_owned(), "b".to_owned()].into();
    let mut moments: BTreeMap<usize, usize> = BTreeMap::new();
    let mut ahead = 0;
    // How long a write takes, as an estimate: kills come at any moment of it.
    let mut took = Duration::from_millis(100);
    for trial in 0..trials {
        let name = format!("n{trial}");
        let mut child = spawn(&dir(&folder), &name);
        let mut output = BufReader::new(child.stdout.take().unwrap());
        // Let some writes through, then a moment of the next.
        let (mut through, mut line, mut last) = (0, String::new(), Instant::now());
        while through < trial % 5 && output.read_line(&mut line).unwrap() > 0 {
            if line.starts_with("acknowledged") {
                if through > 0 {
                    took = last.elapsed().clamp(took / 2, took * 2);
                }
                (through, last) = (through + 1, Instant::now());
            }
            line.clear();
        }
        // Steps of the golden ratio are spread evenly.
        thread::sleep(took.mul_f64(1.2 * (trial as f64 * 0.618_034).fract()));
        let _ = child.kill();
        child.wait().unwrap();
        let mut rest = String::new();
        output.read_to_string(&mut rest).unwrap();
        let said = through as usize + rest.lines().filter(|line| line.starts_with("acknowledged")).count();
        *moments.entry(said).or_default() += 1;

        let index = match trial % 3 {
            0 => Index::open(dir(&folder)).unwrap(),
            1 => {
                update(&folder, &UpdateOptions::default());
                open(&folder)
            }
            _ => {
                Index::remove(dir(&folder)).unwrap();
                update(&folder, &UpdateOptions::default());
                open(&folder)
            }
        };
        let found = indexed(&index);
        let states = [said, said + 1].map(|writes| expected.union(&given_by(&name, writes)).cloned().collect());
        assert!(states.contains(&found), "trial {trial}: {said} acknowledged, {found:?}");
        ahead += usize::from(found != states[0]);
        assert_eq!(index.health().unwrap().damaged.len(), 0);
        // What the index shows is what the record holds: a rebuild shows the same.
        if trial % 5 == 0 {
            drop(index);
            update(&folder, &UpdateOptions::default().rebuild(true));
            assert_eq!(indexed(&open(&folder)), found, "trial {trial}");
        }
        expected = found;
    }
    assert!(moments.len() > 2, "{moments:?}");
    (trials as usize - ahead, ahead)
}

/// A process that may write no file of more than so many blocks ends with an error, or is killed.
#[cfg(unix)]
#[test]
fn a_limit_on_the_size_of_files_loses_nothing() {
    for blocks in [2, 4, 8, 12, 16] {
        let folder = tempfile::tempdir().unwrap();
        open(&folder).upsert(tickets(0..1)).unwrap();
        let mut command = Command::new("sh");
        let give = "ulimit -f $1; shift; exec \"$@\"";
        command.args(["-c", give, "sh", &blocks.to_string()]).arg(std::env::current_exe().unwrap());
        command.args(["kills::give", "--exact", "--nocapture", "--test-threads=1"]);
        command.env(FOLDER, dir(&folder)).env(NAME, "n").stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let said = acknowledged(&mut child);
        assert!(said < 12, "{blocks}: the limit was never reached");
        let found = indexed(&Index::open(dir(&folder)).unwrap());
        let states = [said, said + 1].map(|writes| {
            let mut all = given_by("n", writes);
            all.insert("OPS-000".to_owned());
            all
        });
        assert!(states.contains(&found), "{blocks}: {said} acknowledged, {found:?}");
        open(&folder).upsert(tickets(1..2)).unwrap();
        assert_eq!(indexed(&open(&folder)).len(), found.len() + 1);
    }
}

#[test]
fn killed_writers_lose_nothing() {
    kill_writers(15);
}

#[test]
#[ignore = "takes minutes; .ci/run runs it"]
fn two_hundred_killed_writers_lose_nothing() {
    let (before, after) = kill_writers(200);
    println!("200 killed writers: {before} with the acknowledged writes, {after} with one more");
}

#[test]
fn two_processes_write_at_the_same_time() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(&folder);
    index.upsert(tickets(0..1)).unwrap();
    let mut children = ["one", "two"].map(|name| spawn(&dir(&folder), name));
    let mut expected: BTreeSet<String> = children.iter_mut().zip(["one", "two"]).fold(
        ["OPS-000".to_owned()].into(),
        |mut all: BTreeSet<String>, (child, name)| {
            let writes = acknowledged(child);
            assert_eq!(writes, 12, "{name}");
            all.extend(given_by(name, writes));
            all
        },
    );
    assert_eq!(indexed(&index), expected);
    // A third that waits for nobody and writes after them builds on what they wrote.
    index.upsert(tickets(1..2)).unwrap();
    expected.insert("OPS-001".to_owned());
    assert_eq!(indexed(&index), expected);
    Index::remove(dir(&folder)).unwrap();
    assert_eq!(indexed(&open(&folder)), expected);
}
