//! What is missing from an index is said: files and folders that could not be taken in, by updates, rebuilds and searches; and
//! an index that has not what its last update says.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::net::UnixListener;
use std::process::Command;

use super::{Run, Workshop};

/// Whether this user is refused what permissions forbid; root is not.
fn is_refused(workshop: &Workshop) -> bool {
    let path = workshop.path().join("refused");
    fs::write(&path, "").unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o000)).unwrap();
    let refused = fs::read(&path).is_err();
    if !refused {
        println!("skipped: permissions do not keep this user out");
    }
    refused
}

fn forbid(workshop: &Workshop, path: &str, mode: u32) {
    fs::set_permissions(workshop.path().join(path), Permissions::from_mode(mode)).unwrap();
}

fn pipe(workshop: &Workshop, path: &str) {
    assert!(Command::new("mkfifo").arg(workshop.path().join(path)).status().unwrap().success());
}

/// What a search says beside its count, and how many incidents it finds.
fn search(workshop: &Workshop, more: &[&str]) -> (Run, u64) {
    let run = workshop.rca(&[&["search", "*", "--archive", "archive", "--format", "json"], more].concat());
    let total = serde_json::from_str::<serde_json::Value>(&run.stdout).unwrap()["total"].as_u64().unwrap();
    (run, total)
}

#[test]
fn pipes_sockets_and_dead_links_end_an_update_with_4() {
    let workshop = Workshop::with_archive();
    pipe(&workshop, "archive/pipe.md");
    let _socket = UnixListener::bind(workshop.path().join("archive/socket.md")).unwrap();
    symlink("gone.md", workshop.path().join("archive/dead.md")).unwrap();
    for rebuild in [&[][..], &[], &["--rebuild"]] {
        let run = workshop.rca(&[&["index", "archive"], rebuild].concat());
        assert_eq!(run.code, 4, "{run:?}");
        for named in
            ["pipe.md:1: not a regular file", "socket.md:1: not a regular file", "dead.md:1: the target of this"]
        {
            assert!(run.stderr.contains(named), "{named}: {run:?}");
        }
        assert!(run.stdout.starts_with("3 reports: 3 ") && run.stdout.contains("3 failed; 3 problems;"), "{run:?}");
    }
    // Nothing else is counted: a link out of the archive is a warning.
    for path in ["pipe.md", "socket.md", "dead.md"] {
        fs::remove_file(workshop.path().join("archive").join(path)).unwrap();
    }
    symlink("/etc/hostname", workshop.path().join("archive/outside.md")).unwrap();
    assert_eq!(workshop.rca(&["index", "archive"]).code, 0);
}

#[test]
fn a_search_says_once_how_much_is_missing() {
    let workshop = Workshop::with_archive();
    workshop.write("archive/empty.md", "");
    pipe(&workshop, "archive/pipe.md");
    symlink("gone.md", workshop.path().join("archive/dead.md")).unwrap();
    let said = "rca: 3 files could not be taken in; `rca index` names them\n";
    let (run, total) = search(&workshop, &[]);
    assert_eq!((total, run.code, run.stderr.matches(said).count()), (3, 0, 1), "{run:?}");
    assert_eq!(serde_json::from_str::<serde_json::Value>(&run.stdout).unwrap()["failed"], 3);
    for format in super::formats("search") {
        for more in [&[][..], &["--no-update"], &["--count"]] {
            let run = workshop.rca(&[&["search", "queue", "--archive", "archive", "--format", &format], more].concat());
            assert_eq!((run.code, run.stderr.matches("could not be taken in").count()), (0, 1), "{format}: {run:?}");
        }
        let run = workshop.rca(&["search", "queue", "--archive", "archive", "--format", &format, "-q"]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{format}");
    }
    let run = workshop.rca(&["facets", "service", "--archive", "archive"]);
    assert!(run.stderr.contains(said), "{run:?}");
    for path in ["empty.md", "pipe.md", "dead.md"] {
        fs::remove_file(workshop.path().join("archive").join(path)).unwrap();
    }
    let (run, total) = search(&workshop, &[]);
    assert_eq!((total, run.stderr.as_str()), (3, ""));
    assert!(!run.stdout.contains("failed"), "{run:?}");
}

#[test]
fn what_cannot_be_read_now_is_kept_by_an_update_and_named_by_a_rebuild() {
    let workshop = Workshop::with_archive();
    if !is_refused(&workshop) {
        return;
    }
    assert_eq!(workshop.rca(&["index", "archive"]).code, 0);
    // A folder that cannot be listed, a file that cannot be read, and a folder in which nothing can be looked at.
    for (path, open, closed, of_before, kept) in [
        ("archive/2025", 0o755, 0o000, 2, "2 reports cannot"),
        ("archive/2024/cert.md", 0o644, 0o000, 1, "1 report cannot"),
        ("archive/2025", 0o755, 0o444, 2, "2 reports cannot"),
    ] {
        let touched = workshop.path().join("archive/2024/cert.md");
        fs::File::options().write(true).open(touched).unwrap().set_modified(std::time::SystemTime::now()).unwrap();
        forbid(&workshop, path, closed);
        let run = workshop.rca(&["index", "archive"]);
        assert_eq!(run.code, 4, "{path}: {run:?}");
        assert!(run.stderr.contains(kept) && run.stderr.contains("as an earlier update read them"), "{path}: {run:?}");
        let (run, total) = search(&workshop, &[]);
        assert_eq!(total, 3, "{path}: nothing is lost");
        assert!(run.stderr.contains("could not be taken in; `rca index` names them"), "{path}: {run:?}");

        let run = workshop.rca(&["index", "archive", "--rebuild"]);
        assert_eq!(run.code, 4, "{path}: {run:?}");
        let said = format!("rca: {of_before} report{} that ", if of_before == 1 { "" } else { "s" });
        assert!(run.stderr.contains(&said) && run.stderr.contains("cannot be read now"), "{path}: {run:?}");
        assert_eq!(search(&workshop, &["--no-update"]).1, 3 - of_before, "{path}");

        forbid(&workshop, path, open);
        let run = workshop.rca(&["index", "archive"]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{path}");
        assert_eq!(search(&workshop, &[]).1, 3, "{path}: all is back");
    }
}

#[test]
fn errors_are_cut_and_counted() {
    let workshop = Workshop::with_archive();
    (0..5_461).for_each(|n| workshop.write(&format!("archive/empty/{n:04}.md"), ""));
    workshop.write("archive/0.md", "---\ndate: someday\n---\n# Wrong\n");
    let run = workshop.rca(&["index", "archive"]);
    let lines: Vec<&str> = run.stderr.lines().collect();
    assert_eq!((run.code, lines.len()), (4, 21), "{:?}", run.stderr);
    // What is missing comes before what is wrong.
    assert_eq!(lines[0], "archive/empty/0000.md:1: empty");
    assert_eq!(lines[20], "rca: and 5,442 more; `rca check` lists all");
    assert_eq!(workshop.rca(&["check", "archive"]).stdout.lines().count(), 5_462);
    let run = workshop.rca(&["search", "queue", "--archive", "archive"]);
    assert!(run.stderr.contains("rca: 5,461 files could not be taken in; `rca index` names them"), "{:?}", run.stderr);

    // Names that stand for nothing, and errors of a query.
    let names: Vec<String> = (0..45).map(|n| format!("nothing-{n}")).collect();
    let mut arguments = vec!["show", "--no-update", "--archive", "archive"];
    arguments.extend(names.iter().map(String::as_str));
    let run = workshop.rca(&arguments);
    assert_eq!((run.code, run.stderr.lines().count()), (2, 21), "{:?}", run.stderr);
    assert!(run.stderr.contains("and 25 more names"), "{:?}", run.stderr);
    let query = "servce:x ".repeat(45);
    let run = workshop.rca(&["search", &query, "--archive", "archive"]);
    assert_eq!((run.code, run.stderr.matches("rca: ").count()), (2, 21), "{:?}", run.stderr);
    assert!(run.stderr.contains("rca: and 25 more; --format json has all"), "{:?}", run.stderr);
}

#[test]
fn an_index_that_has_not_what_its_update_says_is_named_and_repaired() {
    let workshop = Workshop::with_archive();
    workshop.stdout(&["index", "archive"]);
    // The manifest of an archive with one report more, and another one less, as after reports that got lost on the way.
    workshop.write("other/2025/queue.md", "# Queue\n");
    workshop.write("other/2025/disk.md", "# Disk\n");
    workshop.write("other/2025/lost-1.md", "# Lost\n");
    workshop.write("other/2025/lost-2.md", "# Lost\n");
    workshop.stdout(&["index", "other"]);
    let manifest = |archive: &str| {
        let index = workshop.path().join(archive).join(".rca");
        let versioned =
            fs::read_dir(index).unwrap().flatten().map(|entry| entry.path()).find(|path| path.is_dir()).unwrap();
        let mut files = fs::read_dir(versioned).unwrap().flatten().map(|entry| entry.path());
        files.find(|path| path.file_name().unwrap().to_string_lossy().starts_with("manifest-")).unwrap()
    };
    fs::copy(manifest("other"), manifest("archive")).unwrap();
    for command in [&["index", "archive"][..], &["search", "queue", "--archive", "archive"]] {
        let run = workshop.rca(command);
        let said = "the index is damaged: it has 3 reports, and 4 by the manifest of the last update; rebuild it with";
        assert!(run.code == 3 && run.stderr.contains(said), "{command:?}: {run:?}");
    }
    let doctor = ["doctor", "--archive", "archive"];
    let run = workshop.rca(&doctor);
    let said =
        "the index is damaged: missing: 2025/lost-1, 2025/lost-2; not in the manifest: 2024/cert; rebuild it with";
    assert!(run.code == 3 && run.stderr.contains(said) && run.stdout.contains("damaged"), "{run:?}");
    let run = workshop.rca(&["doctor", "--archive", "archive", "--format", "json"]);
    let health: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(health["missing"], serde_json::json!(["2025/lost-1", "2025/lost-2"]));
    assert_eq!(health["unexpected"], serde_json::json!(["2024/cert"]));
    // Either of the two mends it.
    let before = fs::read(manifest("other")).unwrap();
    for mend in [&["index", "archive", "--rebuild"][..], &["doctor", "--archive", "archive", "--repair"]] {
        fs::write(manifest("archive"), &before).unwrap();
        assert_eq!(workshop.rca(mend).code, 0, "{mend:?}");
        assert_eq!(workshop.rca(&doctor).code, 0, "{mend:?}");
        assert_eq!(search(&workshop, &[]).1, 3, "{mend:?}");
    }
}
