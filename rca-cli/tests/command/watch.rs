//! `rca index --watch`.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::Workshop;

/// Kills the process in any case.
struct Watcher(Child);

impl Drop for Watcher {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a watcher. Returns it with a function that waits until it prints a text.
fn watch(workshop: &Workshop) -> (Watcher, impl Fn(&str)) {
    let mut command = workshop.command(&["index", "archive", "--watch"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (lines, seen) = mpsc::channel();
    let streams: [Box<dyn std::io::Read + Send>; 2] =
        [Box::new(child.stdout.take().unwrap()), Box::new(child.stderr.take().unwrap())];
    for stream in streams {
        let lines = lines.clone();
        thread::spawn(move || {
            BufReader::new(stream).lines().map_while(Result::ok).for_each(|line| drop(lines.send(line)));
        });
    }
    let wait_for = move |part: &str| {
        let mut said = Vec::new();
        while let Ok(line) = seen.recv_timeout(Duration::from_secs(20)) {
            if line.contains(part) {
                return;
            }
            said.push(line);
        }
        panic!("`{part}` was never said, only {said:?}");
    };
    wait_for("watching");
    (Watcher(child), wait_for)
}

#[test]
fn a_watcher_takes_in_what_changes() {
    let workshop = Workshop::with_archive();
    let (_watcher, wait_for) = watch(&workshop);
    workshop.write("archive/new.md", "# A kangaroo on the runway\n");
    wait_for("4 reports: 1 added, 3 unchanged");
    let found = workshop.json(&["search", "kangaroo", "--archive", "archive", "--no-update"]);
    assert_eq!(found["total"], 1);
}

#[test]
fn a_watcher_does_not_keep_others_from_updating() {
    let workshop = Workshop::with_archive();
    let (_watcher, wait_for) = watch(&workshop);
    for number in 1..=5 {
        workshop.write(&format!("archive/{number}.md"), &format!("# Kangaroo {number}\n"));
        workshop.stdout(&["index", "archive", "--wait"]);
        let found = workshop.json(&["search", "kangaroo", "--archive", "archive", "--no-update"]);
        assert_eq!(found["total"], number);
    }
    wait_for("8 reports:");
}
