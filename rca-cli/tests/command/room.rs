//! A full disk, or no permission to write: the old index still works, and the message says what to do.

use std::process::Command;

use super::{Run, Workshop};

/// Runs a script, in which `rca` is the command, with private mounts. Returns none if the system does not allow mounts.
fn with_mounts(workshop: &Workshop, script: &str) -> Option<Run> {
    let unshare = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["--mount", "--map-root-user", "sh", "-ec", script]).current_dir(workshop.path());
        command.env("HOME", workshop.path()).env_remove("RCA_ARCHIVE").env_remove("XDG_STATE_HOME").output()
    };
    let possible = unshare("mkdir -p try; mount -t tmpfs none try");
    if !possible.is_ok_and(|output| output.status.success()) {
        println!("skipped: mounts cannot be set up here");
        return None;
    }
    let script = format!("rca() {{ {} \"$@\"; }}\n{script}", env!("CARGO_BIN_EXE_rca"));
    Some(Run::from(unshare(&script).unwrap()))
}

/// Many reports whose words do not repeat, for a large index.
fn many_reports(workshop: &Workshop) {
    for number in 0..60_u64 {
        let words: Vec<String> = (0..2000).map(|i| format!("{:x}", (number * 2000 + i) * 0x9E37_79B9)).collect();
        workshop.write(&format!("archive/many/{number}.md"), &format!("# Many {number}\n\n{}\n", words.join(" ")));
    }
}

/// A failure for lack of space: code 3, one line, with a hint.
fn assert_no_room(stderr: &str) {
    assert!(stderr.contains("code 3"), "{stderr}");
    assert!(stderr.contains("free some space") && stderr.contains("the index as it was before is kept"), "{stderr}");
    assert!(!stderr.contains("damaged"), "{stderr}");
}

#[test]
fn a_full_disk() {
    let workshop = Workshop::with_archive();
    many_reports(&workshop);
    let script = "
        mkdir small; mount -t tmpfs -o size=300k none small
        mv archive/many aside
        rca index archive --index small -q
        mv aside archive/many
        rca index archive --index small -q || echo code $? >&2
        rca search queue --archive archive --index small --no-update --format paths
        rca search queue --archive archive --index small --format paths
        rm -r archive/many; rca index archive --index small
        rca doctor --archive archive --index small >/dev/null";
    let Some(run) = with_mounts(&workshop, script) else { return };
    assert_eq!(run.code, 0, "{run:?}");
    assert_no_room(&run.stderr);
    assert!(run.stderr.contains("searching without an update"), "{run:?}");
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(lines[..2], ["archive/2025/queue.md"; 2], "{run:?}");
    assert!(lines[2].starts_with("3 reports: 3 unchanged"), "{run:?}");
}

#[test]
fn a_disk_too_small_from_the_start() {
    let workshop = Workshop::with_archive();
    many_reports(&workshop);
    let script = "
        mkdir small; mount -t tmpfs -o size=200k none small
        rca search queue --archive archive --index small || echo code $? >&2
        rm -r archive/many
        rca search queue --archive archive --index small --format paths";
    let Some(run) = with_mounts(&workshop, script) else { return };
    assert_no_room(&run.stderr);
    assert_eq!((run.code, run.stdout.as_str()), (0, "archive/2025/queue.md\n"), "{run:?}");
}

#[test]
fn a_limit_on_the_size_of_files() {
    let workshop = Workshop::with_archive();
    workshop.stdout(&["index", "archive", "-q"]);
    many_reports(&workshop);
    let limited = |trap: &str| {
        let script = format!("{trap} ulimit -f 64; exec \"$0\" index archive -q");
        let mut command = Command::new("sh");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_rca")]).current_dir(workshop.path());
        command.env("HOME", workshop.path()).env_remove("XDG_STATE_HOME");
        Run::from(command.output().unwrap())
    };
    // By default the system kills a process that writes too large a file; with the signal ignored, the write fails.
    let run = limited("trap '' XFSZ;");
    assert_no_room(&format!("{} code {}", run.stderr, run.code));
    assert!(!matches!(limited("").code, 0..=2), "killed by the system");
    let found = workshop.json(&["search", "queue", "--archive", "archive", "--no-update"]);
    assert_eq!(found["total"], 1);
    assert!(workshop.stdout(&["index", "archive"]).starts_with("63 reports: 60 added"));
}

#[test]
fn a_read_only_index_answers() {
    let workshop = Workshop::with_archive();
    let script = "
        mkdir place; mount -t tmpfs none place
        find archive -type f -exec touch -d 2025-01-01 {} +
        rca index archive --index place -q
        mount -o remount,ro place
        rca search queue --archive archive --index place --format paths
        rca show queue --archive archive --index place --section resolution --no-update --format json >/dev/null
        rca doctor --archive archive --index place >/dev/null
        echo '# New queue' > archive/new.md
        rca search queue --archive archive --index place --format paths
        rca index archive --index place || echo code $? >&2";
    let Some(run) = with_mounts(&workshop, script) else { return };
    assert_eq!(run.stdout, "archive/2025/queue.md\narchive/2025/queue.md\n", "{run:?}");
    let said: Vec<&str> = run.stderr.lines().collect();
    assert_eq!(said.len(), 3, "{run:?}");
    assert!(said[0].contains("searching without an update"), "{run:?}");
    assert!(said[1].contains("Read-only file system") && said[1].contains("--index DIR"), "{run:?}");
    assert_eq!(said[2], "code 3");
}

#[test]
fn a_read_only_archive_is_indexed_in_the_cache_folder() {
    let workshop = Workshop::with_archive();
    let script = "
        mkdir place; mount -t tmpfs none place
        cp -r archive place; mount -o remount,ro place
        rca search queue --archive place/archive --format paths
        rca search queue --archive place/archive --format paths --no-update";
    let Some(run) = with_mounts(&workshop, script) else { return };
    assert_eq!((run.code, run.stdout), (0, "place/archive/2025/queue.md\n".repeat(2)));
    assert!(!run.stderr.contains("Read-only"), "{}", run.stderr);
    assert!(workshop.path().join(".cache/rca").is_dir());
}

#[test]
fn an_unknown_index_that_cannot_be_replaced_is_left_alone() {
    let workshop = Workshop::with_archive();
    let script = "
        mkdir place; mount -t tmpfs none place; cp -r archive place
        mkdir stranger; (export HOME=$PWD/stranger; rca index place/archive -q)
        mount -o remount,ro place
        rca search queue --archive place/archive --format paths
        rca search queue --archive place/archive --format paths
        rca doctor --archive place/archive | grep -o 'cache/rca.*\\|trusted.*'";
    let Some(run) = with_mounts(&workshop, script) else { return };
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(lines[..2], ["place/archive/2025/queue.md"; 2], "{run:?}");
    assert!(lines[2].starts_with("cache/rca/") && lines[3].contains("yes: "), "{run:?}");
    let said: Vec<&str> = run.stderr.lines().collect();
    assert_eq!(said.len(), 1, "{run:?}");
    assert!(said[0].contains("not known to be yours; left alone, and built in your cache folder instead"), "{run:?}");
}
