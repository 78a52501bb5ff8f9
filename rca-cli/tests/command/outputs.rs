//! Hostile values in every output: as title, path, service, tag and problem of a report, in every format; and as arguments.

use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::process::Stdio;

use super::{Run, Workshop, formats, is_harmful};

/// Values that drive a terminal, a spreadsheet, a browser, a shell, a CI service or a reader of lines, each with a name.
const VALUES: [(&str, &str); 24] = [
    ("colour", "\u{1b}[31mred"),
    ("clear", "\u{1b}[2J\u{1b}[H"),
    ("window title", "\u{1b}]0;owned\u{7}"),
    ("hyperlink", "\u{1b}]8;;http://evil.example\u{1b}\\x"),
    ("clipboard", "\u{1b}]52;c;cm0gLXJm\u{7}"),
    ("8-bit csi", "\u{9b}31mred"),
    ("8-bit osc", "\u{9d}0;owned\u{9c}"),
    ("overwrite", "safe\revil"),
    ("backspace", "evil\u{8}\u{8}\u{8}\u{8}safe"),
    ("delete", "a\u{7f}b"),
    ("bidi override", "\u{202E}gpj.exe"),
    ("bidi isolate", "\u{2066}x\u{2069}\u{200F}"),
    ("new line", "one\n::error::forged"),
    ("carriage and line", "one\r\nrca: forged"),
    ("formula", "=1+1"),
    ("formula behind a space", " @SUM(A1)"),
    ("formula in full width", "＝1+1"),
    ("formula behind a semicolon", "x;=1+1"),
    ("scheme", "javascript:alert(1)"),
    ("scheme in an entity", "javascript&colon;alert(1)"),
    ("link", "](javascript:alert(1))[x"),
    ("markup", "<script>alert(1)</script>"),
    ("table", "a|b`c`|d"),
    ("shell", "$(touch owned);`touch owned`"),
];

/// A value as it can be the name of a file.
fn in_a_name(value: &str) -> String {
    value.replace('/', "_")
}

/// A value as a string of YAML.
fn in_yaml(value: &str) -> String {
    let escape = |c: char| match c {
        '"' | '\\' => format!("\\{c}"),
        c if c.is_control() || ('\u{2000}'..'\u{2070}').contains(&c) => format!("\\u{:04X}", c as u32),
        c => c.to_string(),
    };
    value.chars().map(escape).collect()
}

/// An archive in the current folder with a report for each value: in its name, title, services, tags, status, and in a problem.
fn archive() -> Workshop {
    let workshop = Workshop::new();
    for (_, value) in VALUES {
        let (name, yaml) = (in_a_name(value), in_yaml(value));
        let report = format!(
            "---\ntitle: \"{yaml}\"\ndate: 2025-06-02\nseverity: \"{yaml}\"\nservices: [\"{yaml}\", other]\ntags: [\"{yaml}\"]\n\
             status: \"{yaml}\"\nteam: \"{yaml}\"\nduration: \"1 {yaml}\"\n---\n\n## Summary\n\nqueue {value}\n"
        );
        workshop.write(&format!("{name}.md"), &report);
    }
    workshop.write("rca.toml", "");
    workshop
}

/// What no format may print.
fn check_output(format: &str, what: &str, run: &Run) {
    let harmful = |text: &str| text.replace("\r\n", "\n").contains(is_harmful);
    assert!(matches!(run.code, 0 | 4), "{what}: {run:?}");
    assert!(!harmful(&run.stderr), "{what}: {:?}", run.stderr);
    if format != "paths0" {
        assert!(!harmful(&run.stdout), "{what}: {:?}", run.stdout);
    }
    for text in [&run.stderr, &run.stdout] {
        let forged = text.lines().any(|line| line.starts_with("rca: forged") || line.starts_with("::error::forged"));
        // The text of a report keeps its lines.
        let is_text = format == "human" && what.starts_with("show") && *text == run.stdout;
        assert!(!forged || format == "paths0" || is_text, "{what}: {text:?}");
    }
    match format {
        "json" | "sarif" => drop(serde_json::from_str::<serde_json::Value>(&run.stdout).unwrap()),
        "jsonl" => run.stdout.lines().for_each(|line| drop(serde_json::from_str::<serde_json::Value>(line).unwrap())),
        "csv-safe" => {
            for row in csv::Reader::from_reader(run.stdout.as_bytes()).records() {
                for item in row.unwrap().iter().flat_map(|cell| cell.split(';')) {
                    let is_formula = item.trim_start().starts_with(['=', '+', '-', '@', '＝']);
                    assert!(!is_formula || item.parse::<f64>().is_ok(), "{what}: {item:?}");
                }
            }
        }
        "markdown" => {
            use pulldown_cmark::{Event, Options, Parser, Tag};
            for event in Parser::new_ext(&run.stdout, Options::all()) {
                match event {
                    Event::Html(html) | Event::InlineHtml(html) => panic!("{what}: {html}"),
                    Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                        let first = dest_url.split('/').next().unwrap_or_default();
                        assert!(!first.contains(':') && !dest_url.starts_with("//"), "{what}: {dest_url}");
                    }
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

#[test]
fn no_format_prints_what_a_report_says_as_anything_but_text() {
    let workshop = archive();
    assert_eq!(workshop.rca(&["index"]).code, 0);
    let mut outputs = 0;
    for command in [
        &["search", "queue", "-n", "100", "--facets", "service,tag,status,severity"][..],
        &["search", "-n", "100", "--explain"],
        &["facets", "service"],
        &["facets"],
        &["check"],
        &["index"],
        &["doctor"],
    ] {
        for format in formats(command[0]) {
            let run = workshop.rca(&[command, &["--format", &format]].concat());
            check_output(&format, &format!("{command:?} {format}"), &run);
            // Each value is in the answer, in some form, by itself.
            outputs += VALUES.len();
        }
    }
    for (name, value) in VALUES {
        let path = format!("./{}.md", in_a_name(value));
        for format in formats("show").iter().filter(|format| *format != "markdown") {
            let run = workshop.rca(&["show", &path, "--format", format]);
            check_output(format, &format!("show {name} {format}"), &run);
            outputs += 1;
        }
    }
    assert!(outputs > 1_500, "{outputs}");
}

#[test]
fn no_format_prints_what_happened_again_as_anything_but_text() {
    let workshop = Workshop::new();
    for (number, (_, value)) in VALUES.iter().enumerate() {
        let yaml = in_yaml(value);
        for (name, day, key) in [("a", 2, String::new()), ("b", 9, format!("recurrence_of: a-{number}\n"))] {
            let report = format!(
                "---\ntitle: \"{yaml}\"\ndate: 2025-06-0{day}\nseverity: \"{yaml}\"\nservices: [\"{yaml}\"]\n\
                 resolution: \"restarted it {yaml}\"\n{key}---\n\n## Action Items\n\n- [ ] mend {value}\n"
            );
            workshop.write(&format!("{name}-{number}.md"), &report);
        }
    }
    workshop.write("rca.toml", "");
    assert_eq!(workshop.rca(&["index"]).code, 0);
    for format in formats("recurring") {
        let run = workshop.rca(&["recurring", "-n", "100", "--format", &format]);
        check_output(&format, &format!("recurring {format}"), &run);
        assert!(run.stdout.contains("a-0"), "{format}: {run:?}");
    }
    let found = workshop.json(&["recurring", "-n", "100"]);
    assert!(found["clusters"].as_array().unwrap().len() >= VALUES.len() / 2, "{found}");
    assert_eq!(workshop.rca(&["show", "a-1"]).code, 0);
}

#[test]
fn lines_of_paths_are_quoted_as_git_does_and_read_again() {
    let workshop = archive();
    let lines = workshop.stdout(&["search", "-n", "100", "--format", "paths"]);
    assert_eq!(lines.lines().count(), VALUES.len());
    for line in [r#""one\n::error::forged.md""#, r#""\033[31mred.md""#, r#""\342\200\256gpj.exe.md""#, "=1+1.md"] {
        assert!(lines.lines().any(|found| found == line), "{line}: {lines}");
    }
    let mut command = workshop.command(&["show", "-", "--format", "jsonl", "--fields", "path"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let run = Run::from(child.wait_with_output().unwrap());
    assert_eq!((run.code, run.stdout.lines().count()), (0, VALUES.len()), "{run:?}");
    // Before a NUL, a path is as the system has it.
    let raw = workshop.stdout(&["search", "-n", "100", "--print0", "--format", "paths"]);
    assert!(raw.split('\0').any(|path| path == "one\n::error::forged.md"), "{raw:?}");
}

#[test]
fn a_name_that_is_not_text_is_printed_as_it_is_and_quoted_on_a_line() {
    let workshop = Workshop::new();
    for name in [&b"\xff\xfe.md"[..], b"%FF%FE.md"] {
        std::fs::write(workshop.path().join(OsStr::from_bytes(name)), "# Queue\n").unwrap();
    }
    workshop.write("rca.toml", "");
    let lines = workshop.stdout(&["search", "queue", "--format", "paths"]);
    let mut lines: Vec<&str> = lines.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, [r#""\377\376.md""#, "%FF%FE.md"]);
    let raw = workshop.command(&["search", "queue", "--print0"]).output().unwrap().stdout;
    let mut raw: Vec<&[u8]> = raw.split(|byte| *byte == 0).filter(|path| !path.is_empty()).collect();
    raw.sort_unstable();
    assert_eq!(raw, [&b"%FF%FE.md"[..], b"\xff\xfe.md"]);
    // Each is edited by itself.
    for name in [&b"\xff\xfe.md"[..], b"%FF%FE.md"] {
        std::fs::write(workshop.path().join(OsStr::from_bytes(name)), "# Queue again\n").unwrap();
        let run = workshop.rca(&["index"]);
        assert!(run.code == 0 && run.stdout.starts_with("2 reports: 1 modified, 1 unchanged; 0 problems"), "{run:?}");
    }
    assert_eq!(workshop.rca(&["doctor"]).code, 0);
}

#[test]
fn no_argument_is_printed_as_anything_but_text() {
    let workshop = Workshop::with_archive();
    let mut outputs = 0;
    let bytes = [&b"\xff\xfe\x1b[31m"[..], b"\xc3(\x9b2J", b"a\xed\xa0\x80\x07"].map(OsStr::from_bytes);
    let values = VALUES.iter().map(|(_, value)| OsStr::new(value)).chain(bytes);
    for value in values {
        let option = |name: &str| [OsStr::new(name), value].join(OsStr::new(""));
        let lines: [Vec<OsString>; 14] = [
            vec![value.into()],
            vec!["search".into(), "x".into(), option("--")],
            vec!["search".into(), option("servce:")],
            vec!["search".into(), option("severity:>")],
            vec!["search".into(), "x".into(), "--format".into(), value.into()],
            vec!["search".into(), "x".into(), "--color".into(), value.into()],
            vec!["search".into(), "x".into(), "--sort".into(), value.into()],
            vec!["search".into(), "x".into(), "-n".into(), value.into()],
            vec!["search".into(), "x".into(), "--archive".into(), value.into()],
            vec!["search".into(), "x".into(), "--service".into(), value.into()],
            vec!["show".into(), value.into()],
            vec!["facets".into(), value.into()],
            vec!["check".into(), value.into()],
            vec!["help".into(), value.into()],
        ];
        for line in lines {
            let mut command = workshop.command(&[]);
            let output = command.args(&line).current_dir(workshop.path().join("archive")).output().unwrap();
            for text in [&output.stdout, &output.stderr].map(|bytes| String::from_utf8(bytes.clone()).unwrap()) {
                assert!(!text.contains(is_harmful), "{line:?}: {text:?}");
                let forged = text.lines().any(|line| line.starts_with("rca: forged") || line.starts_with("::error"));
                assert!(!forged, "{line:?}: {text:?}");
            }
            outputs += 1;
        }
    }
    assert_eq!(outputs, 27 * 14);
}
