//! Output that is longer than the screen, on a terminal that `script` makes.

use std::fs;
use std::process::Command;

use super::{Run, Workshop};

/// A pager that keeps what it is given in a file.
const KEEPS: &str = "sh -c 'cat > paged'";

impl Workshop {
    /// Runs the command on a terminal of 80 columns and 24 rows; `None` where there is no `script` to make one. What the
    /// terminal shows is `stdout`.
    fn on_terminal(&self, arguments: &str, environment: &[(&str, &str)]) -> Option<Run> {
        // Elsewhere `script` has other options.
        if !cfg!(target_os = "linux") {
            return None;
        }
        // For the command alone: `script` itself is looked up in PATH.
        let set = environment.iter().map(|(name, value)| format!("{name}='{}' ", value.replace('\'', r"'\''")));
        let set = set.collect::<String>();
        let line = format!("stty rows 24 cols 80; {set}'{}' {arguments}", env!("CARGO_BIN_EXE_rca"));
        let mut script = Command::new("script");
        script.args(["-qec", &line, "/dev/null"]).current_dir(self.path()).env_clear();
        script.env("PATH", std::env::var_os("PATH")?).env("HOME", self.path()).env("TERM", "xterm");
        let output = script.output().ok()?;
        let mut run = Run::from(output);
        run.stdout = run.stdout.replace("\r\n", "\n");
        Some(run)
    }

    /// What the pager was given, if it was started.
    fn paged(&self) -> Option<String> {
        let path = self.path().join("paged");
        let paged = fs::read_to_string(&path).ok();
        let _ = fs::remove_file(path);
        paged
    }
}

/// Many reports, with an index.
fn with_many() -> Workshop {
    let workshop = Workshop::new();
    for i in 0..40 {
        workshop.write(&format!("archive/{i:02}.md"), &format!("# Queue {i:02}\n\nThe queue grew.\n"));
    }
    workshop.stdout(&["index", "archive", "-q"]);
    workshop
}

macro_rules! on_terminal {
    ($workshop:expr, $arguments:expr, $environment:expr) => {
        match $workshop.on_terminal($arguments, $environment) {
            Some(run) => run,
            None => {
                println!("skipped: there is no `script` to make a terminal");
                return;
            }
        }
    };
}

#[test]
fn what_is_longer_than_the_screen_goes_to_the_pager() {
    let workshop = with_many();
    let run =
        on_terminal!(workshop, "search queue -n 30 --archive archive", &[("RCA_PAGER", KEEPS), ("PAGER", "false")]);
    let paged = workshop.paged().unwrap();
    assert_eq!((run.code, run.stdout.contains("Queue")), (0, false), "{run:?}");
    assert!(paged.starts_with("\x1b[1mQueue 00") && paged.contains("archive/29.md:3"), "{paged}");
    assert!(paged.contains("30 of 40 incidents in "), "what is said beside it stands below: {paged}");
    assert!(
        paged.contains("\x1b[") && !paged.contains("\x1b]8;"),
        "colours, but no links in an unknown pager: {paged}"
    );

    for (arguments, expected) in [
        ("help query", "# The query language"),
        ("search --help", "Usage:"),
        ("check archive/00.md --strict --format json --archive archive", ""),
        ("facets --archive archive", ""),
    ] {
        let run = on_terminal!(workshop, arguments, &[("PAGER", KEEPS), ("NO_COLOR", "1")]);
        assert!(matches!(run.code, 0 | 4), "{run:?}");
        match (expected, workshop.paged()) {
            ("", paged) => assert_eq!(paged, None, "{arguments}: it fits the screen"),
            (text, paged) => {
                let paged = paged.unwrap();
                assert!(paged.contains(text) && !paged.contains('\x1b'), "{arguments}: {paged}");
            }
        }
    }
}

#[test]
fn nothing_else_starts_a_pager() {
    let workshop = with_many();
    let search = "search queue -n 30 --archive archive";
    for (arguments, pager) in
        [(format!("{search} --no-pager"), KEEPS), (search.to_owned(), "cat"), (search.to_owned(), "")]
    {
        let run = on_terminal!(workshop, &arguments, &[("RCA_PAGER", pager), ("PAGER", KEEPS)]);
        assert_eq!((run.code, workshop.paged()), (0, None), "{arguments}: {run:?}");
        assert!(run.stdout.contains("Queue 29") && run.stdout.contains("30 of 40 incidents in "), "{run:?}");
    }
    let run = on_terminal!(workshop, &format!("{search} | tail -n 2"), &[("PAGER", KEEPS)]);
    assert_eq!(workshop.paged(), None, "a pipe is no terminal: {run:?}");
    let run = on_terminal!(workshop, "search queue -n 2 --archive archive", &[("PAGER", KEEPS)]);
    assert!(workshop.paged().is_none() && run.stdout.contains("Queue 01"), "it fits the screen: {run:?}");
}

#[test]
fn a_pager_that_does_not_start_or_ends_early_is_no_failure() {
    let workshop = with_many();
    let search = "search queue -n 30 --archive archive";
    let run = on_terminal!(workshop, search, &[("PAGER", "rca-no-such-pager -x")]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("Queue 29") && run.stdout.contains("archive/10.md"), "{run:?}");
    assert!(run.stdout.contains("rca: cannot start the pager `rca-no-such-pager`: "), "{run:?}");
    let run = on_terminal!(workshop, search, &[("PATH", "")]);
    assert!(run.code == 0 && !run.stdout.contains("cannot start"), "nobody asked for less: {run:?}");
    for i in 0..300 {
        workshop.write(&format!("archive/more/{i}.md"), &format!("# Queue\n\n{}\n", "A queue grew. ".repeat(20)));
    }
    let run = on_terminal!(workshop, "search queue -n 300 --archive archive -q", &[("PAGER", "true")]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "a pager that is closed at once");
}

#[cfg(unix)]
#[test]
fn less_is_the_custom_and_gets_links_if_it_shows_them() {
    use std::os::unix::fs::PermissionsExt as _;

    let workshop = with_many();
    let script = "#!/bin/sh\nif [ \"$1\" = --version ]; then echo \"less $VERSION (POSIX)\"; exit; fi\n\
                  echo \"$LESS $LV $*\" > settings\ncat > paged\n";
    workshop.write("bin/less", script);
    let less = workshop.path().join("bin/less");
    fs::set_permissions(&less, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", less.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let search = "search queue -n 30 --archive archive";
    for (version, set, settings, links) in [("590", "", "FRX -c -FRX", true), ("530", "-S", "-S -c -FRX", false)] {
        let environment = [("PATH", &*path), ("VERSION", version), ("LESS", set)];
        let given = if set.is_empty() { &environment[..2] } else { &environment };
        on_terminal!(workshop, search, given);
        let paged = workshop.paged().unwrap();
        assert_eq!(fs::read_to_string(workshop.path().join("settings")).unwrap().trim(), settings);
        assert_eq!(paged.contains("\x1b]8;;file://"), links, "{version}: {paged}");
        assert!(paged.contains("archive/00.md:3"), "{paged}");
    }
}
