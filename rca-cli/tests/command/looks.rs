//! Colours and links as the user wants them.

use super::{Run, Workshop};

fn search(workshop: &Workshop, arguments: &[&str], environment: &[(&str, &str)]) -> Run {
    let mut command = workshop.command(&["search", "queue", "--archive", "archive", "--color", "always"]);
    Run::from(command.args(arguments).envs(environment.iter().copied()).output().unwrap())
}

#[test]
fn colours_are_those_that_the_user_names() {
    let workshop = Workshop::with_archive();
    let plain = search(&workshop, &[], &[]).stdout;
    assert!(plain.contains("\x1b[1m\x1b[38;5;29mqueue\x1b[0m") && !plain.contains("\x1b[33m"), "no yellow: {plain:?}");
    let colored = |arguments: &[&str], environment: &[(&str, &str)]| search(&workshop, arguments, environment).stdout;
    let blue = colored(&["--colors", "match:fg:blue", "--colors", "match:style:nobold title:none"], &[]);
    assert!(blue.contains("\x1b[34mqueue\x1b[0m") && blue.starts_with("Queue backlog\n"), "{blue:?}");
    assert!(colored(&[], &[("RCA_COLORS", "match:none match:style:underline")]).contains("\x1b[4mqueue\x1b[0m"));
    assert_eq!(colored(&[], &[("RCA_COLORS", "")]), plain, "an empty variable is one that is not set");
    for (spec, reason) in [
        ("match:fg:purple", "`purple` is not a colour; write black, red,"),
        ("matches:fg:red", "unknown part `matches`; known are title, match, severe, notable, dim"),
        ("match:red", "unknown attribute `red`; known are fg, bg, style and none"),
        ("match:style:loud", "unknown style `loud`; known are bold,"),
        ("red", "a spec is `PART:fg:COLOR`"),
    ] {
        let run = search(&workshop, &[], &[("RCA_COLORS", spec)]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run:?}");
        assert!(run.stderr.starts_with(&format!("rca: --colors {spec}: {reason}")), "{run:?}");
    }
}

#[cfg(unix)]
#[test]
fn links_have_the_line() {
    let workshop = Workshop::with_archive();
    let path = workshop.path().canonicalize().unwrap().join("archive/2025/queue.md");
    let link = format!("\x1b]8;;vscode://file{}:13:1\x1b\\archive/2025/queue.md:13\x1b]8;;\x1b\\", path.display());
    let run = search(&workshop, &["--hyperlink-format", "vscode"], &[]);
    assert!(run.stdout.contains(&link), "{run:?}");
    assert!(search(&workshop, &[], &[("RCA_HYPERLINK_FORMAT", "vscode")]).stdout.contains(&link));
    for none in [&["--hyperlink-format", "none"][..], &[], &["--hyperlink-format", "vscode", "--format", "paths"]] {
        assert!(!search(&workshop, none, &[]).stdout.contains("\x1b]8"), "{none:?}");
    }
    workshop.write("archive/odd.md", "---\ndate: someday\n---\n# Odd\n");
    let check = ["check", "archive", "--color", "always", "--hyperlink-format", "x://{path}?{line}"];
    let run = workshop.rca(&check);
    let odd = path.parent().unwrap().parent().unwrap().join("odd.md");
    assert!(run.stdout.starts_with(&format!("\x1b]8;;x://{}?2\x1b\\archive/odd.md:2", odd.display())), "{run:?}");
    for (format, reason) in [
        ("code", "no format has this name; known are default, none, file, vscode,"),
        ("x://{line}", "a format needs {path}"),
        ("x://{path}:{row}", "unknown variable `{row}`"),
    ] {
        let run = search(&workshop, &["--hyperlink-format", format], &[]);
        assert!(
            run.code == 2 && run.stderr.starts_with(&format!("rca: --hyperlink-format {format}: {reason}")),
            "{run:?}"
        );
    }
}

#[test]
fn snippets_of_code_and_tables_keep_their_lines() {
    let workshop = Workshop::new();
    workshop.write(
        "archive/pool.md",
        "# Pool\n\n## Root cause\n\n```yaml\npool:\n  zebra: 8\n```\n\n## Timeline\n\n| time | what |\n|---|---|\n| 10:05 | okapi fell |\n| 10:07 | fixed |\n",
    );
    let search = |query: &str, format: &str| {
        workshop.stdout(&["search", query, "--archive", "archive", "--format", format, "--no-preferences"])
    };
    assert!(search("pool zebra", "human").contains("\n  pool:\n    zebra: 8\n  root cause  "));
    assert!(search("okapi", "human").contains("\n  10:05 | okapi fell\n  10:07 | fixed\n  timeline  "));
    assert!(
        search("okapi", "markdown")
            .contains("   > 10:05 \\| **okapi** fell\\\n   > 10:07 \\| fixed (`archive/pool.md:14`)\n")
    );
    assert!(search("okapi", "csv").contains("10:05 | okapi fell 10:07 | fixed"), "a row of CSV is a line");
    let json: serde_json::Value = serde_json::from_str(&search("okapi", "json")).unwrap();
    assert_eq!(json["hits"][0]["snippets"][0]["text"], "10:05 | okapi fell\n10:07 | fixed");
}
