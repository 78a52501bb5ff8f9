//! Text of reports cannot fool readers of the output: a terminal, a JSON parser, a spreadsheet, a Markdown renderer.

use std::process::Command;

use super::{Run, Workshop, formats, is_harmful};

/// Text that goes into every field that is printed.
const EVIL: &str = "x\u{1b}[2J\u{1b}]0;t\u{7}\u{202E}\u{9b}31m|`<b>*[y](z)";

fn hostile_archive() -> Workshop {
    let workshop = Workshop::new();
    let yaml = EVIL.replace('\u{1b}', "\\e").replace('\u{7}', "\\a").replace('\u{202E}', "\\u202E");
    let yaml = yaml.replace('\u{9b}', "\\x9b");
    workshop.write(
        "archive\u{1b}[31m/2025/bad\u{1b}[2J\u{202E}|`.md",
        &format!(
            "---\ntitle: \"=cmd|'/c calc' {yaml}\"\ndate: 2025-06-02\nseverity: \"{yaml}\"\nservices: [\"+{yaml}\", \"@sum\"]\n\
             tags: [\"-{yaml}\"]\nstatus: \"{yaml}\"\nauthor: \"{yaml}\"\nbroken: {{\n---\n"
        )
        .replace("broken: {\n", "wrong-date: x\n"),
    );
    workshop.write(
        "archive\u{1b}[31m/plain.md",
        &format!(
            "# {EVIL}\n\n**Severity:** {EVIL}\n**Services:** {EVIL}\n**Date:** 2025-99-99 {EVIL}\n\n## Root cause {EVIL}\n\nqueue {EVIL}\n\n\
             ## Timeline\n\n- 10:00 {EVIL}\n\n## Action items\n\n- [ ] {EVIL} (owner: {EVIL})\n\n## Related\n\n[{EVIL}](gone{EVIL}.md)\n"
        ),
    );
    workshop
}

const COMMANDS: [&[&str]; 8] = [
    &["search", "x", "--facets", "service,severity,tag,status", "--explain", "-v"],
    &["search", "\u{1b}[31mx", "-v"],
    &["show", "plain"],
    &["similar", "plain", "--all", "--explain", "-v"],
    &["facets"],
    &["check"],
    &["index", "-v", "--rebuild"],
    &["doctor"],
];

/// The arguments that name the archive.
fn archive_argument(command: &[&str]) -> &'static [&'static str] {
    let named: &[&str] = &["--archive", "archive\u{1b}[31m"];
    if matches!(command[0], "check" | "index") { &named[1..] } else { named }
}

#[test]
fn no_command_lets_a_control_character_through() {
    let workshop = hostile_archive();
    for command in COMMANDS {
        for format in formats(command[0]) {
            // In a pipe, the source of a report and paths are printed unchanged.
            if format.starts_with("paths") || (command[0], &*format) == ("show", "markdown") {
                continue;
            }
            let mut arguments = [command, archive_argument(command)].concat();
            arguments.extend(["--format", &format]);
            let run = workshop.rca(&arguments);
            assert!(matches!(run.code, 0 | 4), "{arguments:?}: {run:?}");
            assert!(!run.stdout.replace("\r\n", "\n").contains(is_harmful), "{arguments:?}: {:?}", run.stdout);
            assert!(!run.stderr.contains(is_harmful), "{arguments:?}: {:?}", run.stderr);
            match &*format {
                "json" | "sarif" => drop(serde_json::from_str::<serde_json::Value>(&run.stdout).unwrap()),
                "jsonl" => {
                    run.stdout.lines().for_each(|line| drop(serde_json::from_str::<serde_json::Value>(line).unwrap()));
                }
                "csv" | "csv-safe" => {
                    let rows = csv::Reader::from_reader(run.stdout.as_bytes()).into_records();
                    let cells: Vec<String> =
                        rows.flat_map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()).collect();
                    let formula =
                        |cell: &String| cell.starts_with(['=', '+', '-', '@']) && cell.parse::<f64>().is_err();
                    assert!(format == "csv" || !cells.iter().any(formula), "{arguments:?}: {cells:?}");
                }
                _ => {}
            }
        }
    }
}

#[test]
fn a_terminal_gets_our_own_sequences_only() {
    let workshop = hostile_archive();
    for command in COMMANDS {
        let quote = |argument: &&str| format!("'{argument}'");
        let arguments: Vec<String> = command.iter().chain(archive_argument(command)).map(quote).collect();
        let line = format!("'{}' {}", env!("CARGO_BIN_EXE_rca"), arguments.join(" "));
        let mut script = Command::new("script");
        script
            .args(["-qec", &line, "/dev/null"])
            .current_dir(workshop.path())
            .env("HOME", workshop.path())
            .env_remove("XDG_STATE_HOME");
        let Ok(output) = script.env("TERM", "xterm").env("RCA_PAGER", "cat").output() else {
            println!("skipped: there is no `script` to make a terminal");
            return;
        };
        let shown = String::from_utf8(output.stdout).unwrap().replace("\r\n", "\n");
        for evil in ["\u{1b}[2J", "\u{1b}]0", "\u{7}", "\u{9b}", "\u{202E}", "\u{1b}[31m/"] {
            assert!(!shown.contains(evil), "{command:?}: {evil:?} in {shown:?}");
        }
    }
}

#[test]
fn markdown_keeps_its_form() {
    let workshop = hostile_archive();
    let facets = ["facets", "--archive", "archive\u{1b}[31m", "--format", "markdown"];
    for line in workshop.stdout(&facets).lines().filter(|line| !line.is_empty()) {
        let bars = line.replace("\\\\", "").replace("\\|", "").matches('|').count();
        assert_eq!(bars, 3, "{line}");
    }
    let search = ["search", "queue", "--archive", "archive\u{1b}[31m", "--format", "markdown"];
    let hits = workshop.stdout(&search);
    let plain = hits.replace("\\\\", "").replace("\\<", "").replace("\\[", "").replace("\\`", "");
    assert_eq!(plain.matches('`').count() % 2, 0, "{hits}");
    assert!(!plain.contains("<b>") && !plain.contains("[y]"), "{hits}");
    let run = Run::from(workshop.command(&["search", "[", "--archive", "archive\u{1b}[31m"]).output().unwrap());
    assert_eq!(run.code, 2, "{run:?}");
}
