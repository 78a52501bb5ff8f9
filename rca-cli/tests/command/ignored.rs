//! Files that git ignores: left out, counted by ignore file, named when asked for, and taken in by the settings.

use super::Workshop;

/// An archive in a repository with drafts that git ignores.
fn workshop() -> Workshop {
    let workshop = Workshop::with_archive();
    workshop.write(".git/HEAD", "ref: refs/heads/main\n");
    workshop.write(".gitignore", "drafts/\n");
    workshop.write("archive/2024/.gitignore", "*.local.md\n");
    workshop.write("archive/drafts/tapir.md", "# Tapir on the runway\n");
    workshop.write("archive/2024/tapir.local.md", "# Tapir in the hangar\n");
    workshop
}

#[test]
fn ignored_files_are_not_found_and_are_counted() {
    let workshop = workshop();
    let run = workshop.rca(&["index", "archive"]);
    let told = "rca: ignored: 1 file by ../.gitignore, 1 file by 2024/.gitignore; `include` in rca.toml takes them in";
    assert!(run.stdout.starts_with("3 reports: 3 added; ") && run.stderr.contains(told), "{run:?}");
    assert_eq!(workshop.json(&["search", "tapir", "--archive", "archive"])["total"], 0);
    let by_git = serde_json::json!([
        {"by": "../.gitignore", "files": 1, "more": false}, {"by": "2024/.gitignore", "files": 1, "more": false},
    ]);
    assert_eq!(workshop.json(&["index", "archive"])["ignored"], by_git);
    assert_eq!(workshop.json(&["doctor", "--archive", "archive"])["ignored"], by_git);
    let doctor = workshop.stdout(&["doctor", "--archive", "archive"]);
    assert!(doctor.contains("ignored   1 file by ../.gitignore, 1 file by 2024/.gitignore"), "{doctor}");
}

#[test]
fn an_ignored_file_that_is_asked_for_is_explained() {
    let workshop = workshop();
    for name in ["drafts/tapir.md", "drafts/tapir"] {
        let run = workshop.rca(&["show", name, "--archive", "archive"]);
        let told = "drafts/tapir.md: left out by `drafts/` in ../.gitignore; take it in with `include` in rca.toml";
        assert!(run.code == 2 && run.stderr.contains(told), "{run:?}");
    }
    let run = workshop.rca(&["show", "gorilla", "--archive", "archive"]);
    assert!(run.stderr.contains("gorilla: no such incident"), "{run:?}");
}

#[test]
fn the_settings_take_them_in() {
    let workshop = workshop();
    let found = |settings: &str| {
        workshop.write("archive/rca.toml", settings);
        let run = workshop.stdout(&["search", "tapir", "--archive", "archive", "--format", "paths"]);
        let mut paths: Vec<String> = run.lines().map(|path| path.replace("archive/", "")).collect();
        paths.sort_unstable();
        paths
    };
    assert_eq!(found("include = [\"drafts/**\"]\n"), ["drafts/tapir.md"]);
    assert_eq!(found("ignore_files = false\n"), ["2024/tapir.local.md", "drafts/tapir.md"]);
    assert_eq!(found("ignore_files = true\n"), Vec::<String>::new());
}

#[test]
fn an_archive_of_ignored_files_alone_says_so() {
    let workshop = Workshop::new();
    workshop.write("archive/a.md", "# Disk full\n");
    workshop.write("archive/.gitignore", "*\n");
    let run = workshop.rca(&["search", "disk", "--archive", "archive"]);
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("all reports here are ignored: 1 file by .gitignore; take them in"), "{run:?}");
    assert!(!workshop.path().join("archive/.rca").exists());
}
