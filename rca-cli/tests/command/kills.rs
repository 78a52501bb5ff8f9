//! Updates that are killed at any moment: the index stays at a commit, and the next update completes the work.

use std::collections::BTreeMap;
use std::fs;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use rca_index::{Error, Index, SearchRequest};

use super::Workshop;
use super::chance::Chance;

const REPORTS: u64 = 60;

/// Titles by id. A title includes the version of the report.
type Incidents = BTreeMap<String, String>;

fn write(workshop: &Workshop, archive: &mut Incidents, number: u64, version: u64) {
    let title = format!("Report {number} version {version}");
    let text = "The queue of the orders service grew until its disk was full.\n".repeat(20 + (number as usize % 40));
    workshop.write(&format!("archive/{number}.md"), &format!("# {title}\n\n## Summary\n\n{text}"));
    archive.insert(number.to_string(), title);
}

/// All incidents of the last commit, or none if there is no index. Checks that no report is there twice.
fn indexed(workshop: &Workshop) -> Option<Incidents> {
    let index = match Index::open(workshop.path().join("archive/.rca")) {
        Err(Error::IndexNotFound(_)) => return None,
        opened => opened.unwrap(),
    };
    let found = index.search(&SearchRequest::default().limit(1000)).unwrap();
    let incidents: Incidents = found.hits.into_iter().map(|h| (h.incident.id, h.incident.title.value)).collect();
    assert_eq!((found.total, index.len().unwrap()), (incidents.len(), incidents.len()), "a report is there twice");
    assert_eq!(index.health().unwrap().damaged, Vec::<std::path::PathBuf>::new());
    Some(incidents)
}

/// Kills updates. Returns how many were killed before their commit, and how many after it.
fn kill_updates(trials: u64, seed: u64) -> (u64, u64) {
    let workshop = Workshop::new();
    let mut chance = Chance::new(seed);
    let mut archive = Incidents::new();
    (0..REPORTS).for_each(|number| write(&workshop, &mut archive, number, 0));
    // How long an update takes, as an estimate: kills come at any moment of it.
    let mut took = Duration::from_millis(200);
    let (mut before, mut killed, mut through) = (None, 0, 0);
    for trial in 1..=trials {
        let mut arguments = vec!["index", "archive", "--quiet"];
        match trial % 3 {
            0 => {
                fs::remove_dir_all(workshop.path().join("archive/.rca")).unwrap();
                before = None;
            }
            1 => arguments.push("--rebuild"),
            _ => {}
        }
        for _ in 0..=chance.below(12) {
            let number = chance.below(REPORTS);
            if chance.below(4) == 0 {
                archive.remove(&number.to_string());
                let _ = fs::remove_file(workshop.path().join(format!("archive/{number}.md")));
            } else {
                write(&workshop, &mut archive, number, trial);
            }
        }
        let moment = Duration::from_micros(chance.below(took.as_micros() as u64 * 11 / 10));
        let mut update = workshop.command(&arguments);
        let mut update = update.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        thread::sleep(moment);
        let _ = update.kill();
        update.wait().unwrap();

        let now = indexed(&workshop);
        let came_through = now.as_ref() == Some(&archive);
        assert!(came_through || now == before, "trial {trial}: neither the old answers nor the new: {now:?}");
        if came_through {
            through += 1;
        } else {
            killed += 1;
        }

        let started = Instant::now();
        let next = workshop.rca(&["index", "archive", "--quiet"]);
        took = started.elapsed().clamp(Duration::from_millis(20), Duration::from_millis(400)).max(took / 2);
        assert_eq!((next.code, next.stderr.as_str()), (0, ""), "trial {trial}: the next update");
        before = indexed(&workshop);
        assert_eq!(before.as_ref(), Some(&archive), "trial {trial}: what the next update made");
    }
    // Files left behind by killed processes do not pile up.
    let folder = fs::read_dir(workshop.path().join("archive/.rca")).unwrap().flatten().find(|e| e.path().is_dir());
    let files: Vec<_> = fs::read_dir(folder.unwrap().path()).unwrap().flatten().map(|e| e.file_name()).collect();
    assert!(files.iter().filter(|f| f.to_string_lossy().starts_with("manifest")).count() == 1, "{files:?}");
    (killed, through)
}

#[test]
fn killed_updates_lose_nothing() {
    let (killed, _) = kill_updates(15, 1);
    assert!(killed > 0);
}

#[test]
#[ignore = "takes a minute; .ci/run runs it"]
fn two_hundred_killed_updates_lose_nothing() {
    let (killed, through) = kill_updates(200, 200);
    println!("200 updates: {killed} killed before their commit, {through} after it");
    assert!(killed > 50 && through > 10, "{killed} {through}");
}
