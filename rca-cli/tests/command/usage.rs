//! Wrong command lines: one voice, nothing that drives a terminal, and what to do instead.

use super::{Run, Workshop, is_harmful};

const EVIL: &str = "\u{1b}[31mx\u{7}\u{202e}\u{9b}2J\r";

#[test]
fn no_error_of_the_command_line_lets_a_control_character_through() {
    let workshop = Workshop::with_archive();
    let long = format!("--{EVIL}");
    let lines: &[&[&str]] = &[
        &[EVIL],
        &["search", "x", "--format", EVIL],
        &["search", "x", "--color", EVIL],
        &["search", "x", "-n", EVIL],
        &["search", "x", &long],
        &["search", "x", "--offset", EVIL],
        &["search", "x", "--fields", EVIL],
        &["search", "x", "--facets", EVIL],
        &["search", "x", "--sort", EVIL],
        &["search", "x", "--since", EVIL],
        &["search", "x", "--timezone", EVIL],
        &["search", "-\u{1b}", "--archive", "archive"],
        &["show", "a", "--section", EVIL],
        &["show", "a", EVIL, EVIL],
        &["recurring", "--min", EVIL],
        &["doctor", EVIL],
        &["doctor", &long],
        &["index", "--threads", EVIL],
        &["check", EVIL],
        &["completions", EVIL],
        &["help", EVIL],
        &["help", "json", EVIL],
        &["man", EVIL],
    ];
    for line in lines {
        let run = workshop.rca(line);
        assert!(run.stderr.starts_with("rca: "), "{line:?}: {run:?}");
        assert!(!run.stderr.contains(is_harmful) && !run.stdout.contains(is_harmful), "{line:?}: {run:?}");
        assert_eq!(run.stderr.matches("error:").count(), 0, "{line:?}: {run:?}");
    }
}

#[test]
fn every_wrong_command_line_is_one_line_and_a_code() {
    let workshop = Workshop::with_archive();
    for line in [
        &["search", "--nonsense"][..],
        &["search", "-z"],
        &["show"],
        &["index", "-xyz"],
        &["doctor", "-d"],
        &["serch", "x"],
        &["search", "--literal", "--query", "x"],
        &["search", "x", "-n"],
        &["facets", "-k", "service"],
        &["check", "-abc"],
        &["search", "x", "-q", "-v"],
    ] {
        let run = workshop.rca(line);
        assert_eq!((run.code, run.stdout.as_str(), run.stderr.lines().count()), (2, "", 1), "{line:?}: {run:?}");
        let message = run.stderr.strip_prefix("rca: ").unwrap();
        assert!(message.contains("; ") && !message.contains("Usage"), "{line:?}: {run:?}");
    }
}

#[test]
fn words_without_a_command_are_most_likely_a_query() {
    let workshop = Workshop::with_archive();
    let run = workshop.rca(&["queue", "backlog", "service:orders"]);
    assert!(run.stderr.contains("to search, write `rca search queue backlog service:orders`"), "{run:?}");
    // The hint can be pasted.
    let hint = workshop.rca(&["--archive", "archive", "it's a \"queue\""]).stderr;
    let pasted = hint.split('`').nth(3).unwrap().strip_prefix("rca ").unwrap();
    let line = format!("'{}' {pasted} --archive archive --format json", env!("CARGO_BIN_EXE_rca"));
    let mut shell = std::process::Command::new("sh");
    shell.env("HOME", workshop.path()).env_remove("XDG_STATE_HOME");
    let run = Run::from(shell.args(["-c", &line]).current_dir(workshop.path()).output().unwrap());
    let found: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(found["query"], "it's a \"queue\"", "{hint}");
}

#[test]
fn an_unknown_letter_is_an_error_and_a_longer_word_is_excluded() {
    let workshop = Workshop::with_archive();
    let run = workshop.rca(&["search", "queue", "-z", "--archive", "archive"]);
    assert!(run.stderr.contains("unknown option `-z`") && run.stderr.contains("write `NOT z`"), "{run:?}");
    let found = workshop.json(&["search", "orders", "-disk", "--archive", "archive"]);
    assert_eq!(found["total"], 1);
    // Only queries exclude words.
    let run = workshop.rca(&["show", "-disk", "--archive", "archive"]);
    assert!(run.code == 2 && run.stderr.contains("unknown option `-d`; `rca show --help` lists"), "{run:?}");
    let behind = ["search", "--archive", "archive", "--format", "paths", "--", "-disk", "orders"];
    assert_eq!(workshop.stdout(&behind), "archive/2025/queue.md\n");
}

#[test]
fn a_variable_set_to_nothing_is_not_set() {
    let workshop = Workshop::with_archive();
    let mut command = workshop.command(&["search", "queue", "--format", "paths"]);
    command.current_dir(workshop.path().join("archive")).env("RCA_ARCHIVE", "").env("RCA_TIMEZONE", "");
    let run = Run::from(command.output().unwrap());
    assert_eq!((run.code, run.stdout.as_str()), (0, "2025/queue.md\n"), "{run:?}");
    let run = workshop.rca(&["search", "queue", "--archive", ""]);
    assert!(run.code == 2 && run.stderr.contains("--archive: the value is missing"), "{run:?}");
}

#[test]
fn help_and_version_are_no_errors() {
    let workshop = Workshop::new();
    assert!(workshop.stdout(&["--version"]).starts_with("rca 0."));
    assert!(workshop.stdout(&["search", "-h"]).contains("--fields <FIELDS>"));
    let run = workshop.rca(&[]);
    assert!(run.code == 2 && run.stderr.contains("Usage: rca"), "{run:?}");
}
