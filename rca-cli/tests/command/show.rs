//! `rca show` takes what people type and what other commands print.

use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use super::{Run, Workshop};

impl Workshop {
    /// Runs `rca show` in a folder, with a text on stdin.
    fn show_in(&self, folder: &str, arguments: &[&str], input: &str) -> Run {
        let mut command = self.command(&["show"]);
        command.args(arguments).current_dir(self.path().join(folder)).stdin(Stdio::piped());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        Run::from(child.wait_with_output().unwrap())
    }
}

/// Three reports, and one of the same file name in another folder; settings, so that the archive is known in its subfolders.
fn with_archive() -> Workshop {
    let workshop = Workshop::with_archive();
    workshop.write("archive/rca.toml", "");
    workshop.write("archive/2024/queue.md", "# Mail queue stuck\n\n## Summary\n\nIt was stuck.\n");
    workshop.write(
        "archive/2025/long.md",
        "---\nseverity: P1\n---\n# Gateway down\n\nFirst words.\n\n## Summary\n\nShort.\n\n## Root Cause\n\nA typo.\n\n## Resolution\n\nFixed it.\n",
    );
    workshop.stdout(&["index", "archive", "-q"]);
    workshop
}

#[test]
fn names_are_paths_from_here_and_parts_of_names_and_titles() {
    let workshop = with_archive();
    let absolute = workshop.path().join("archive/2025/queue.md").to_string_lossy().into_owned();
    let address = format!("file://host{absolute}");
    let with_line = format!("{absolute}:13:5");
    for (folder, name, expected) in [
        ("", "archive/2025/queue.md", "Queue backlog"),
        ("", "./archive/2025/queue.md:13", "Queue backlog"),
        ("", "archive/2025/../2025/queue.md", "Queue backlog"),
        ("", "2025/queue", "Queue backlog"),
        ("archive", "2025/queue.md", "Queue backlog"),
        ("archive/2025", "queue.md", "Queue backlog"),
        ("archive/2025", "queue", "Queue backlog"),
        ("archive/2024", "queue.md", "Mail queue stuck"),
        ("archive/2024", "../2025/queue.md:1", "Queue backlog"),
        ("archive/2024", "2025/queue.md", "Queue backlog"),
        ("archive/2024", &absolute, "Queue backlog"),
        ("archive/2024", &with_line, "Queue backlog"),
        ("archive/2024", &address, "Queue backlog"),
        ("archive", "2025/queue.md:2: `x` is not understood", "Queue backlog"),
        ("archive", "queue backlog", "Queue backlog"),
        ("archive", "MAIL QUEUE", "Mail queue stuck"),
        ("archive", "certificate expired", "Certificate expired"),
        ("archive", "expired", "Certificate expired"),
        ("archive", "Gateway:12", "Gateway down"),
    ] {
        let run = workshop.show_in(folder, &[name, "--archive", workshop.path().join("archive").to_str().unwrap()], "");
        assert!(run.code == 0 && run.stdout.starts_with(expected), "{folder} {name}: {run:?}");
        if folder.starts_with("archive") {
            assert_eq!(
                workshop.show_in(folder, &[name], "").stdout,
                run.stdout,
                "{folder} {name}: found by its settings"
            );
        }
    }
    // From elsewhere, an absolute path tells which archive is meant.
    let elsewhere = tempfile::tempdir().unwrap();
    let run = Run::from(workshop.command(&["show", &with_line]).current_dir(elsewhere.path()).output().unwrap());
    assert!(run.code == 0 && run.stdout.starts_with("Queue backlog"), "{run:?}");
    assert!(!elsewhere.path().join(".rca").exists());
}

#[test]
fn what_is_printed_can_be_shown() {
    let workshop = with_archive();
    let archive = workshop.path().join("archive");
    let printed = workshop.rca(&["search", "queue", "--archive", "archive", "--no-preferences"]).stdout;
    let places = printed.lines().filter_map(|line| line.split_whitespace().last()).filter(|word| word.contains(".md"));
    let places: Vec<&str> = places.collect();
    assert_eq!(places.len(), 2, "{printed}");
    for place in places {
        let run = workshop.rca(&["show", place, "--archive", "archive"]);
        assert!(run.code == 0 && run.stdout.contains(Path::new(place).to_str().unwrap()), "{run:?}");
    }
    let paths = workshop.stdout(&["search", "queue", "--archive", "archive", "--format", "paths"]);
    assert_eq!(paths.lines().count(), 2);
    let list = |input: &str, arguments: &[&str]| {
        let mut all = vec!["-", "--archive", archive.to_str().unwrap()];
        all.extend(arguments);
        workshop.show_in("", &all, input)
    };
    let run = list(&paths, &[]);
    assert!(
        run.code == 0 && run.stdout.contains("Queue backlog") && run.stdout.contains("Mail queue stuck"),
        "{run:?}"
    );
    assert_eq!(list(&paths.replace('\n', "\0"), &[]).stdout, run.stdout, "with NULs");
    assert_eq!(list(&format!("{paths}{paths}"), &[]).stdout, run.stdout, "each incident once");
    let ids = |stdout: &str| -> Vec<String> {
        let shown: serde_json::Value = serde_json::from_str(stdout).unwrap();
        shown.as_array().unwrap().iter().map(|incident| incident["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&list(&paths, &["--format", "json"]).stdout).len(), 2);
    assert_eq!(ids(&list("2025/queue", &["--format", "json"]).stdout), ["2025/queue"], "a list of one is a list");
    assert!(ids(&list("", &["--format", "json"]).stdout).is_empty());
    assert_eq!(list(&paths, &["--format", "jsonl"]).stdout.lines().count(), 2);
    assert_eq!(list(&paths, &["--format", "csv"]).stdout.lines().count(), 3, "one header");
    assert_eq!(list(&paths, &["--format", "paths"]).stdout.lines().count(), 2);
    let empty = list("\n", &[]);
    assert_eq!((empty.code, empty.stdout.as_str()), (0, ""));
    assert!(empty.stderr.contains("stdin is empty"), "{empty:?}");
}

#[test]
fn one_wrong_name_does_not_keep_the_others_back() {
    let workshop = with_archive();
    let run = workshop.rca(&["show", "disk", "zebra", "2025/queue", "--archive", "archive"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stdout.starts_with("Disk full") && run.stdout.contains("\n────────\n\nQueue backlog\n"), "{run:?}");
    assert_eq!(run.stderr, "rca: zebra: no such incident; find it with `rca search`\n");
}

#[test]
fn a_name_of_several_incidents_lists_them_with_their_titles() {
    let workshop = with_archive();
    let run = workshop.rca(&["show", "queue", "--archive", "archive"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    let expected = "rca: queue: 2 incidents match this name; use one of these\n  2024/queue  Mail queue stuck\n  2025/queue  Queue backlog\n";
    assert_eq!(run.stderr, expected);
    for i in 0..30 {
        workshop.write(&format!("archive/more/{i:02}.md"), &format!("# Cache \u{1b}[31mcold {i}\n"));
    }
    let run = workshop.rca(&["show", "cold", "--archive", "archive"]);
    assert!(run.code == 2 && run.stderr.lines().count() == 22, "{run:?}");
    assert!(
        run.stderr.contains("30 incidents match") && run.stderr.ends_with("  and 10; `rca search` finds them\n"),
        "{run:?}"
    );
    assert!(!run.stderr.contains('\u{1b}'), "{run:?}");
}

#[test]
fn a_report_begins_at_the_section_with_the_line() {
    let workshop = with_archive();
    let show = |name: &str, arguments: &[&str]| {
        let mut all = vec!["show", name, "--archive", "archive"];
        all.extend(arguments);
        workshop.stdout(&all)
    };
    let from_cause = "Gateway down\n  archive/2025/long.md:14\n  left out above this line: body, summary\n\nRoot Cause\nA typo.\n\nResolution\nFixed it.\n";
    assert_eq!(show("archive/2025/long.md:14", &[]), from_cause);
    assert_eq!(show("2025/long:12", &[]), from_cause.replace(":14", ":12"), "the heading belongs to the section below");
    assert!(show("2025/long:99", &[]).ends_with("\n\nResolution\nFixed it.\n"), "behind the end: the last one");
    for whole in ["2025/long:1", "2025/long:2", "2025/long:4", "2025/long:6", "2025/long"] {
        let shown = show(whole, &[]);
        assert!(shown.contains("severity      P1") && shown.contains("First words."), "{whole}: {shown}");
    }
    let section = show("2025/long:14", &["--section", "summary"]);
    assert!(section.contains("Short.") && !section.contains("A typo."), "{section}");
    assert_eq!(
        show("2025/long:14", &["--format", "markdown"]),
        "## Root Cause\n\nA typo.\n\n## Resolution\n\nFixed it.\n"
    );
    assert_eq!(
        show("2025/long:14", &["--format", "json"]),
        show("2025/long", &["--format", "json"]),
        "programs get all"
    );
}

#[test]
fn a_file_that_is_no_incident_says_why() {
    let workshop = with_archive();
    workshop.write("archive/rca.toml", "exclude = [\"drafts/**\"]\n");
    workshop.write("archive/drafts/idea.md", "# Idea\n");
    workshop.write("archive/README.md", "# How to write reports\n\nCopy the template.\n");
    workshop.write("elsewhere.md", "# Elsewhere\n");
    for (name, reason) in [
        ("elsewhere.md", "elsewhere.md: not in the archive archive; name its archive with --archive DIR"),
        ("archive/drafts/idea.md", "archive/drafts/idea.md: left out by `exclude` in rca.toml"),
        ("drafts/idea.md", "drafts/idea.md: left out by `exclude` in rca.toml"),
        ("archive/README.md:3", "README.md: left out: "),
        ("archive/2025/gone.md:3", "archive/2025/gone.md:3: no such incident"),
    ] {
        let run = workshop.rca(&["show", name, "--archive", "archive"]);
        assert!(run.code == 2 && run.stderr.starts_with(&format!("rca: {reason}")), "{name}: {run:?}");
    }
    workshop.write("archive/2025/new.md", "# New\n");
    let run = workshop.rca(&["show", "archive/2025/new.md", "--archive", "archive", "--no-update"]);
    assert!(run.code == 2 && run.stderr.ends_with("update it with `rca index`\n"), "{run:?}");
}

#[test]
fn what_fixed_it_is_shown_with_its_line() {
    let workshop = with_archive();
    workshop.write(
        "archive/2025/pool.md",
        "# Pool exhausted\n\n## Resolution\n\nA restart did not help. The release was rolled back.\n",
    );
    let shown = workshop.stdout(&["show", "pool", "--archive", "archive"]);
    assert!(shown.contains("fixed by      The release was rolled back. (line 5)"), "{shown}");
    let alone = workshop.stdout(&["show", "pool", "--section", "fix", "--archive", "archive"]);
    assert!(
        alone.contains("Fixed by\nThe release was rolled back.\n  rolled back  archive/2025/pool.md:5\n"),
        "{alone}"
    );
    assert!(!alone.contains("A restart did not help"), "{alone}");
    let json = workshop.stdout(&["show", "pool", "--archive", "archive", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let fix = serde_json::json!({
        "text": "The release was rolled back.", "kind": "rolled-back", "source": "resolution", "line": 5
    });
    assert_eq!(json["fix"], fix);
    let markdown =
        workshop.stdout(&["show", "pool", "--section", "fix", "--archive", "archive", "--format", "markdown"]);
    assert_eq!(markdown, "## Fixed by\n\nThe release was rolled back.\n");
    let place = workshop.stdout(&["show", "pool", "--section", "fix", "--archive", "archive", "--format", "vimgrep"]);
    assert!(place.ends_with("pool.md:5:1:The release was rolled back.\n"), "{place}");
    let unknown = workshop.stdout(&["show", "2024/queue", "--section", "fix", "--archive", "archive"]);
    assert!(unknown.contains("the report does not say what fixed it"), "{unknown}");
    let found = workshop.stdout(&["search", "pool", "--archive", "archive", "--format", "jsonl", "--fields", "id,fix"]);
    assert!(found.contains("\"kind\":\"rolled-back\""), "{found}");
}
