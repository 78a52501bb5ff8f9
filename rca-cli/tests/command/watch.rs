//! `rca index --watch`.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::Workshop;

/// Kills the process in any case.
pub(super) struct Watcher(Child);

impl Drop for Watcher {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a watcher. Returns it with a function that waits until it prints a text.
pub(super) fn watch(workshop: &Workshop, more: &[&str]) -> (Watcher, impl Fn(&str)) {
    let mut command = workshop.command(&[&["index", "archive", "--watch"], more].concat());
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
    let (_watcher, wait_for) = watch(&workshop, &[]);
    workshop.write("archive/new.md", "# A kangaroo on the runway\n");
    wait_for("4 reports: 1 added, 3 unchanged");
    let found = workshop.json(&["search", "kangaroo", "--archive", "archive", "--no-update"]);
    assert_eq!(found["total"], 1);
}

#[test]
fn an_unknown_index_is_built_anew() {
    let workshop = Workshop::with_archive();
    let home = workshop.path().join(".stranger");
    fs::create_dir(&home).unwrap();
    assert!(workshop.command(&["index", "archive", "-q"]).env("HOME", home).status().unwrap().success());
    let before = workshop.json(&["doctor", "--archive", "archive"]);
    // The watcher says so, before it says that it watches.
    let (_watcher, _) = watch(&workshop, &[]);
    let after = workshop.json(&["doctor", "--archive", "archive"]);
    assert_eq!((&before["trusted"], &after["trusted"]), (&false.into(), &true.into()));
}

#[test]
fn a_watcher_does_not_keep_others_from_updating() {
    let workshop = Workshop::with_archive();
    let (_watcher, wait_for) = watch(&workshop, &[]);
    for number in 1..=5 {
        workshop.write(&format!("archive/{number}.md"), &format!("# Kangaroo {number}\n"));
        workshop.stdout(&["index", "archive", "--wait"]);
        let found = workshop.json(&["search", "kangaroo", "--archive", "archive", "--no-update"]);
        assert_eq!(found["total"], number);
    }
    wait_for("8 reports:");
}

/// How many incidents a search finds, once it is as many as expected.
fn expect(workshop: &Workshop, word: &str, expected: u64) {
    let mut found = None;
    for _ in 0..100 {
        let run =
            workshop.rca(&["search", word, "--strict", "--archive", "archive", "--no-update", "--format", "json"]);
        let answer: serde_json::Value = serde_json::from_str(&run.stdout).unwrap_or_default();
        found = answer["total"].as_u64();
        if found == Some(expected) {
            return;
        }
        thread::sleep(Duration::from_millis(100));
    }
    panic!("{word}: found {found:?}, not {expected}");
}

#[test]
fn a_removed_index_is_built_again() {
    let workshop = Workshop::with_archive();
    let (_watcher, wait_for) = watch(&workshop, &[]);
    let index = workshop.path().join("archive/.rca");
    fs::remove_dir_all(&index).unwrap();
    // With no other change in the archive.
    expect(&workshop, "*", 3);
    workshop.write("archive/new.md", "# A kangaroo on the runway\n");
    wait_for("4 reports: 1 added");
    expect(&workshop, "kangaroo", 1);
}

#[test]
fn an_archive_that_is_moved_away_and_replaced_is_watched_again() {
    let workshop = Workshop::with_archive();
    let (_watcher, wait_for) = watch(&workshop, &[]);
    fs::rename(workshop.path().join("archive"), workshop.path().join("old")).unwrap();
    wait_for("archive: no such folder");
    workshop.write("archive/a.md", "# A kangaroo on the runway\n");
    wait_for("watching");
    wait_for("1 report: ");
    workshop.write("archive/b.md", "# A kangaroo in the hangar\n");
    expect(&workshop, "kangaroo", 2);
}

#[test]
fn settings_are_taken_up_broken_ones_told_and_mended_ones_taken_up_again() {
    let workshop = Workshop::with_archive();
    let (_watcher, wait_for) = watch(&workshop, &[]);
    workshop.write("archive/rca.toml", "exclude = [\"2024/**\"]\n");
    wait_for("2 reports: 1 removed");
    workshop.write("archive/rca.toml", "exclud = []\n");
    wait_for("rca.toml:1: unknown field `exclud`");
    workshop.write("archive/rca.toml", "include = [\"*.txt\"]\n");
    wait_for("3 reports: 1 added");
    workshop.write("archive/note.txt", "# A kangaroo on the runway\n");
    wait_for("4 reports: 1 added");
    workshop.write("archive/.gitignore", "*.txt\n2025/\n");
    wait_for("2 reports: 2 removed");
}

#[test]
fn its_own_log_inside_the_archive_starts_no_update() {
    for name in ["watch.log", "log.md"] {
        let workshop = Workshop::with_archive();
        let path = workshop.path().join("archive").join(name);
        let log = fs::File::create(&path).unwrap();
        let mut command = workshop.command(&["index", "archive", "--watch"]);
        let _watcher = Watcher(command.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap());
        let lines = || fs::read_to_string(&path).unwrap().lines().count();
        (0..200).take_while(|_| lines() < 2).for_each(|_| thread::sleep(Duration::from_millis(50)));
        workshop.write("archive/new.md", "# A kangaroo on the runway\n");
        expect(&workshop, "kangaroo", 1);
        let before = lines();
        thread::sleep(Duration::from_secs(2));
        assert!(lines() <= before + 1, "{name}: {}", fs::read_to_string(&path).unwrap());
    }
}

#[cfg(unix)]
#[test]
fn signals_end_it_cleanly_and_events_are_objects() {
    for signal in ["-TERM", "-INT"] {
        let workshop = Workshop::with_archive();
        let mut command = workshop.command(&["index", "archive", "--watch", "--format", "jsonl"]);
        let mut watcher = Watcher(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
        let mut lines = BufReader::new(watcher.0.stdout.take().unwrap()).lines().map(Result::unwrap);
        let mut next = || -> serde_json::Value { serde_json::from_str(&lines.next().unwrap()).unwrap() };
        let started = next();
        assert_eq!((&started["type"], &started["pid"]), (&"started".into(), &watcher.0.id().into()));
        let first = next();
        assert_eq!((&first["type"], &first["reports"], &first["added"]), (&"updated".into(), &3.into(), &3.into()));
        assert_eq!(next()["type"], "watching");
        workshop.write("archive/rca.toml", "nothing = 1\n");
        let failed = next();
        assert_eq!((&failed["type"], &failed["retry_in_seconds"]), (&"failed".into(), &1.into()), "{failed}");
        let id = watcher.0.id().to_string();
        assert!(std::process::Command::new("kill").args([signal, &id]).status().unwrap().success());
        let last = std::iter::from_fn(|| Some(next())).find(|event| event["type"] != "failed").unwrap();
        assert_eq!(last["type"], "stopped");
        assert_eq!(watcher.0.wait().unwrap().code(), Some(0));
    }
}

/// What the watcher tells searches, once that is something other than before.
#[cfg(target_os = "linux")]
fn told(workshop: &Workshop, before: &serde_json::Value) -> serde_json::Value {
    let versions = || fs::read_dir(workshop.path().join("archive/.rca")).into_iter().flatten().flatten();
    for _ in 0..200 {
        let mut files = versions().filter_map(|version| fs::read(version.path().join("watch.json")).ok());
        let said = files.find_map(|text| serde_json::from_slice::<serde_json::Value>(&text).ok());
        if let Some(said) = said.filter(|said| said["commit"] != before["commit"]) {
            return said;
        }
        thread::sleep(Duration::from_millis(100));
    }
    panic!("nothing was told after {before}");
}

#[cfg(target_os = "linux")]
#[test]
fn searches_are_told_that_all_changes_are_in_until_it_ends() {
    let workshop = Workshop::with_archive();
    let (mut watcher, wait_for) = watch(&workshop, &[]);
    let first = told(&workshop, &serde_json::Value::Null);
    assert_eq!(first["process"]["id"], watcher.0.id());
    // Edited in place, and told again once that is in.
    let path = workshop.path().join("archive").join("new.md");
    for word in ["kangaroo", "wallabys"] {
        let before = told(&workshop, &serde_json::Value::Null);
        fs::write(&path, format!("# A {word} on the runway\n")).unwrap();
        let after = told(&workshop, &before);
        assert!(after["until"].as_u64() > before["until"].as_u64(), "{before} {after}");
        let found = workshop.json(&["search", word, "--strict", "--archive", "archive", "--no-update"]);
        assert_eq!(found["total"], 1, "{word}");
    }
    // A commit of somebody else is compared with the archive before it is told of.
    let before = told(&workshop, &serde_json::Value::Null);
    workshop.stdout(&["index", "archive", "--rebuild", "--wait"]);
    told(&workshop, &before);
    let id = watcher.0.id().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    wait_for("stopped");
    assert!(watcher.0.wait().unwrap().success());
    let versions = fs::read_dir(workshop.path().join("archive/.rca")).unwrap().flatten();
    assert!(versions.into_iter().all(|version| !version.path().join("watch.json").exists()));
}
