//! Colours, widths, control characters, and readers that close the pipe.

use std::process::Stdio;

use super::{Run, Workshop, formats, is_harmful};

#[test]
fn colours_only_where_they_are_wanted() {
    let workshop = Workshop::with_archive();
    let search = ["search", "queue", "--archive", "archive"];
    let colourful = |arguments: &[&str], environment: &[(&str, &str)]| {
        let mut command = workshop.command(&search);
        command.args(arguments).envs(environment.iter().copied());
        Run::from(command.output().unwrap()).stdout.contains('\x1b')
    };
    assert!(!colourful(&[], &[]), "a pipe");
    assert!(colourful(&["--color", "always"], &[]));
    assert!(!colourful(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
    assert!(colourful(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!colourful(&[], &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]));
    assert!(!colourful(&["--color", "always", "--format", "json"], &[]), "machines get none");
}

#[test]
fn what_drives_a_terminal_never_reaches_it() {
    let workshop = Workshop::new();
    let title = "Bad \x1b[31mred\x1b[0m \x1b]0;owned\x07 \u{202E}desrever \u{9b}2J";
    workshop.write("archive/bad.md", &format!("# {title}\n\nSome \x1b[2J text, {title}.\n"));
    for format in formats("search") {
        let run = workshop.rca(&["search", "text", "--archive", "archive", "--format", &format]);
        // The character that ends a path there.
        let csv_line_end = run.stdout.replace("\r\n", "\n").replace('\0', "\n");
        assert!(!csv_line_end.contains(is_harmful), "{format}: {:?}", run.stdout);
        assert!(!run.stderr.contains(is_harmful), "{format}: {:?}", run.stderr);
    }
    let shown = workshop.rca(&["show", "bad", "--archive", "archive"]);
    assert!(shown.stdout.contains("text") && !shown.stdout.contains(is_harmful), "{shown:?}");
    let wrong = workshop.rca(&["search", "servce:\x1b[31m", "--archive", "archive"]);
    assert!(!wrong.stderr.contains(is_harmful), "{wrong:?}");
}

#[test]
fn output_fits_a_line() {
    let workshop = Workshop::new();
    let long = "queue ".repeat(400);
    workshop.write("archive/long.md", &format!("# {long}\n\n{long}\n"));
    let run = workshop.rca(&["search", "queue", "--archive", "archive"]);
    let widest = run.stdout.lines().map(|line| line.chars().count()).max();
    assert!(widest.is_some_and(|columns| columns <= 100), "{run:?}");
}

#[test]
fn names_that_are_too_long_are_cut() {
    let workshop = Workshop::new();
    let long = "倉庫の在庫を管理するサービスと".repeat(4);
    workshop.write("archive/long.md", &format!("---\nservices: [\"{long}\", b]\nstatus: open\n---\n# A queue\n"));
    let run = workshop.rca(&["search", "queue", "--archive", "archive"]);
    let facts = run.stdout.lines().nth(1).unwrap();
    assert!(textwrap::core::display_width(facts) <= 100 && facts.ends_with("… · open"), "{run:?}");
}

#[test]
fn a_table_is_drawn_within_the_width() {
    let workshop = Workshop::new();
    let long = "queue ".repeat(40);
    workshop.write("archive/table.md", &format!("# T\n\n## Impact\n\n| a | b |\n|---|---|\n| c | {long} |\n"));
    let shown = workshop.stdout(&["show", "table", "--archive", "archive"]);
    assert!(shown.contains("\n│ a │ b ") && shown.contains("\n│   │ queue queue"), "{shown}");
    let widths: Vec<usize> = shown.lines().map(textwrap::core::display_width).collect();
    assert_eq!(widths.iter().max(), Some(&100), "{shown}");
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let workshop = Workshop::with_archive();
    for i in 0..300 {
        workshop.write(&format!("archive/{i}.md"), "# A queue\n\nMuch text about the queue that nobody reads.\n");
    }
    workshop.stdout(&["index", "archive", "-q"]);
    for format in formats("search") {
        let search = ["search", "queue", "--archive", "archive", "-q", "-n", "300", "--format", &format];
        let mut child = workshop.command(&search).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let run = Run::from(child.wait_with_output().unwrap());
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{format}");
    }
}

#[test]
fn progress_is_for_terminals() {
    let workshop = Workshop::with_archive();
    let run = workshop.rca(&["index", "archive"]);
    assert_eq!((run.stderr.as_str(), run.stdout.lines().count()), ("", 1), "{run:?}");
    assert!(run.stdout.starts_with("3 reports: 3 added; 0 problems; ") && run.stdout.contains(" s, "), "{run:?}");
}

#[test]
fn quiet_is_quiet() {
    let workshop = Workshop::with_archive();
    let run = workshop.rca(&["index", "archive", "-q"]);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
    let run = workshop.rca(&["search", "queue", "--archive", "archive", "-q"]);
    assert_eq!(run.stderr, "");
}
