//! Missing or damaged archives and indexes: one line with cause and hint, and the exit code.

use std::fs;

use super::{Run, Workshop};

/// A failure prints one line on stderr and nothing on stdout.
fn check(run: &Run, code: i32, parts: &[&str]) {
    assert_eq!((run.code, run.stdout.as_str()), (code, ""), "{run:?}");
    assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
    for part in parts {
        assert!(run.stderr.contains(part), "`{part}` is missing: {run:?}");
    }
}

#[test]
fn no_archive_around_the_current_folder() {
    let workshop = Workshop::new();
    check(&workshop.rca(&["search", "x"]), 3, &["no index and no reports here", "--archive DIR"]);
    assert_eq!(fs::read_dir(workshop.path()).unwrap().count(), 0, "nothing is left behind");
}

#[test]
fn an_empty_archive() {
    let workshop = Workshop::new();
    fs::create_dir(workshop.path().join("empty")).unwrap();
    let run = workshop.rca(&["search", "x", "--archive", "empty"]);
    check(&run, 3, &["empty: no index and no reports here", "pass a folder"]);
    assert_eq!(fs::read_dir(workshop.path().join("empty")).unwrap().count(), 0);
}

#[test]
fn every_command_takes_the_archive_as_an_option() {
    let workshop = Workshop::new();
    workshop.write("reports/a.md", "# Disk full");
    for command in workshop.commands() {
        let argument = match &*command {
            "show" | "similar" => Some("a"),
            "seen" => Some("disk full"),
            "completions" => Some("bash"),
            _ => None,
        };
        let arguments: Vec<&str> = [&*command].into_iter().chain(argument).chain(["--archive", "reports"]).collect();
        let run = workshop.rca(&arguments);
        assert_eq!(run.code, 0, "{run:?}");
    }
}

#[test]
fn a_file_and_a_missing_path() {
    let workshop = Workshop::new();
    workshop.write("file.md", "# x");
    check(&workshop.rca(&["search", "x", "--archive", "file.md"]), 2, &["file.md: not a folder", "pass a folder"]);
    check(&workshop.rca(&["search", "x", "--archive", "gone"]), 2, &["gone: no such folder", "pass a folder"]);
    check(&workshop.rca(&["index", "gone"]), 2, &["gone: no such folder", "pass a folder"]);
    check(&workshop.rca(&["index", "file.md"]), 2, &["file.md: not a folder", "pass a folder"]);
    // A check takes files too.
    check(&workshop.rca(&["check", "gone"]), 2, &["gone: no such file or folder", "name folders, reports"]);
    assert_eq!(workshop.stdout(&["check", "file.md"]), "");
}

#[test]
fn an_index_of_another_version() {
    let workshop = Workshop::with_archive();
    workshop.stdout(&["index", "archive"]);
    let index = workshop.path().join("archive/.rca");
    let own = fs::read_dir(&index).unwrap().flatten().find(|entry| entry.path().is_dir()).unwrap().path();
    fs::rename(&own, index.join("v0")).unwrap();
    let run = workshop.rca(&["search", "queue", "--archive", "archive", "--no-update"]);
    check(&run, 3, &["from another version", "`rca index`"]);
    // By default, the search rebuilds the index and removes the old one.
    let found = workshop.json(&["search", "queue", "--archive", "archive"]);
    assert_eq!(found["total"], 1);
    assert!(!index.join("v0").exists());
}

#[test]
fn no_index_and_none_wanted() {
    let workshop = Workshop::with_archive();
    let run = workshop.rca(&["search", "queue", "--archive", "archive", "--no-update"]);
    check(&run, 3, &["no index here", "`rca index`"]);
}

#[test]
fn a_damaged_index_is_noticed_and_repaired() {
    let workshop = Workshop::with_archive();
    workshop.stdout(&["index", "archive"]);
    let index = workshop.path().join("archive/.rca");
    let own = fs::read_dir(&index).unwrap().flatten().find(|entry| entry.path().is_dir()).unwrap().path();
    let store = fs::read_dir(own).unwrap().flatten().find(|e| e.path().extension().is_some_and(|ext| ext == "store"));
    let store = store.unwrap().path();
    let mut bytes = fs::read(&store).unwrap();
    bytes[10] ^= 0xFF;
    fs::write(&store, bytes).unwrap();
    let run = workshop.rca(&["doctor", "--archive", "archive"]);
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("`rca doctor --repair`"), "{run:?}");
    workshop.stdout(&["doctor", "--repair", "--archive", "archive"]);
    let health = workshop.json(&["doctor", "--archive", "archive"]);
    assert_eq!((&health["incidents"], &health["damaged"]), (&3.into(), &serde_json::json!([])));
}

#[test]
fn the_archive_is_found_from_the_environment_and_from_a_folder_inside() {
    let workshop = Workshop::with_archive();
    let output = workshop.command(&["search", "queue", "--format", "paths"]).env("RCA_ARCHIVE", "archive").output();
    assert_eq!(Run::from(output.unwrap()).stdout, "archive/2025/queue.md\n");
    // The folder has an index now, so it is recognised as an archive.
    let inside = workshop.path().join("archive/2024");
    let run = Run::from(workshop.command(&["search", "certificate"]).current_dir(inside).output().unwrap());
    assert!(run.stdout.starts_with("Certificate expired\n"), "{run:?}");
}

#[test]
fn a_settings_file_that_is_wrong() {
    let workshop = Workshop::with_archive();
    workshop.write("archive/rca.toml", "exclude = []\nexclud = []\n");
    check(&workshop.rca(&["search", "x", "--archive", "archive"]), 2, &["rca.toml:2: unknown field `exclud`"]);
}

#[test]
fn an_index_folder_of_its_own() {
    let workshop = Workshop::with_archive();
    workshop.stdout(&["index", "archive", "--index", "elsewhere"]);
    assert!(!workshop.path().join("archive/.rca").exists());
    let ignored = fs::read_to_string(workshop.path().join("elsewhere/.gitignore")).unwrap();
    assert_eq!(ignored, "*\n");
    let found = workshop.json(&["search", "*", "--archive", "archive", "--index", "elsewhere", "--no-update"]);
    assert_eq!(found["total"], 3);
}

#[test]
fn a_report_that_cannot_be_taken_in_ends_an_update_with_4() {
    let workshop = Workshop::with_archive();
    workshop.write("archive/empty.md", "");
    let run = workshop.rca(&["index", "archive"]);
    assert_eq!(run.code, 4);
    assert_eq!(run.stderr, "archive/empty.md:1: empty\n");
    assert!(run.stdout.starts_with("3 reports: 3 added, 1 failed; 1 problem;"), "{run:?}");
    // A search still works.
    assert_eq!(workshop.rca(&["search", "queue", "--archive", "archive"]).code, 0);
}

#[test]
fn an_index_that_another_process_writes_to() {
    let workshop = Workshop::with_archive();
    workshop.stdout(&["index", "archive"]);
    let index = workshop.path().join("archive/.rca");
    let own = fs::read_dir(&index).unwrap().flatten().find(|entry| entry.path().is_dir()).unwrap().path();
    let lock = fs::File::create(own.join(".tantivy-writer.lock")).unwrap();
    lock.lock().unwrap();
    workshop.write("archive/new.md", "# A kangaroo on the runway\n");
    check(&workshop.rca(&["index", "archive"]), 3, &["another process is updating this index", "wait"]);
    // A search uses the index as it is, and says so.
    let run = workshop.rca(&["search", "queue", "--archive", "archive", "--format", "paths"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, "archive/2025/queue.md\n"), "{run:?}");
    assert!(run.stderr.contains("searching without an update"), "{run:?}");
}

#[test]
fn the_archive_is_the_nearest_parent_with_settings() {
    let workshop = Workshop::with_archive();
    workshop.write("archive/rca.toml", "exclude = [\"2024/**\"]\n");
    let inside = workshop.path().join("archive/2025");
    let mut command = workshop.command(&["search", "--format", "paths", "--sort", "date"]);
    let run = Run::from(command.current_dir(inside).output().unwrap());
    assert_eq!((run.code, run.stdout.lines().count()), (0, 2), "{run:?}");
    assert!(run.stdout.contains("queue.md") && run.stdout.contains("disk.md"), "{run:?}");
    assert!(workshop.path().join("archive/.rca").is_dir());
}

#[cfg(unix)]
#[test]
fn a_read_only_archive_has_its_index_in_the_cache_folder() {
    use std::os::unix::fs::PermissionsExt as _;

    let workshop = Workshop::with_archive();
    let archive = workshop.path().join("archive");
    let allow = |mode| fs::set_permissions(&archive, fs::Permissions::from_mode(mode)).unwrap();
    allow(0o555);
    if fs::create_dir(archive.join("probe")).is_ok() {
        println!("skipped: this user may write anywhere");
        return;
    }
    let found = workshop.json(&["search", "queue", "--archive", "archive"]);
    let again = workshop.json(&["search", "queue", "--archive", "archive", "--no-update"]);
    let health = workshop.json(&["doctor", "--archive", "archive"]);
    allow(0o755);
    assert_eq!((&found["total"], &again["total"]), (&1.into(), &1.into()));
    assert!(health["path"].as_str().unwrap().contains("/.cache/rca/"), "{health}");
    assert!(!archive.join(".rca").exists());
}

/// A folder of notes, none of which is a report, with a word that can be found.
fn with_notes() -> Workshop {
    let workshop = Workshop::new();
    (0..10).for_each(|number| workshop.write(&format!("notes/{number}.md"), "# Groceries\n\nBread and a kangaroo.\n"));
    workshop
}

#[test]
fn a_search_makes_no_index_in_a_folder_of_notes() {
    let workshop = with_notes();
    let notes = workshop.path().join("notes");
    let search = || {
        let mut command = workshop.command(&["search", "kangaroo", "--format", "paths", "--limit", "100"]);
        Run::from(command.current_dir(&notes).output().unwrap())
    };
    let first = search();
    assert_eq!((first.code, first.stdout.lines().count()), (0, 10), "{first:?}");
    assert!(first.stderr.contains("/.cache/rca/"), "{first:?}");
    assert!(first.stderr.contains("fewer than one in five files here is a report; `rca index` keeps it in .rca here"));
    let again = search();
    assert_eq!((again.code, again.stdout.lines().count(), again.stderr.as_str()), (0, 10, ""));
    assert!(!notes.join(".rca").exists());
    // Who asks for an index gets one, and it is used from then on.
    workshop.stdout(&["index", "notes"]);
    assert!(notes.join(".rca").is_dir());
    assert!(workshop.json(&["doctor", "--archive", "notes"])["path"].as_str().unwrap().ends_with("notes/.rca"));
}

#[test]
fn a_search_makes_no_index_in_a_home_folder() {
    let workshop = Workshop::with_archive();
    let run = workshop.rca(&["search", "queue", "--format", "paths"]);
    assert_eq!(run.stdout, "archive/2025/queue.md\n");
    assert!(run.stderr.contains("because this is a home folder"), "{run:?}");
    assert!(!workshop.path().join(".rca").exists());
}

#[test]
fn a_folder_of_reports_has_its_index_and_settings_make_any_folder_an_archive() {
    let workshop = Workshop::with_archive();
    workshop.stdout(&["search", "queue", "--archive", "archive"]);
    assert!(workshop.path().join("archive/.rca").is_dir());
    let workshop = with_notes();
    workshop.write("notes/rca.toml", "");
    workshop.stdout(&["search", "kangaroo", "--archive", "notes"]);
    assert!(workshop.path().join("notes/.rca").is_dir());
}

#[test]
fn an_index_above_that_a_search_made_is_not_used_unless_it_was_named() {
    let workshop = Workshop::with_archive();
    let found = |folder: &str| {
        let mut command = workshop.command(&["search", "--format", "paths"]);
        let run = Run::from(command.current_dir(workshop.path().join(folder)).output().unwrap());
        assert_eq!(run.code, 0, "{run:?}");
        run.stdout.lines().count()
    };
    assert_eq!((found("archive"), found("archive")), (3, 3));
    assert_eq!(found("archive/2024"), 1);
    fs::remove_dir_all(workshop.path().join("archive/2024/.rca")).unwrap();
    workshop.stdout(&["index", "archive"]);
    assert_eq!(found("archive/2024"), 3);
    assert!(!workshop.path().join("archive/2024/.rca").exists());
}
