//! Hostile archives: each report ends up in the index or as a problem that names it, in bounded time and memory, and the
//! reports beside it are found.

use std::fs::{self, File};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use super::{Run, Workshop};

/// An update that takes longer counts as unbounded, even for a debug build on a busy machine.
const LONG: Duration = Duration::from_secs(120);
/// The memory limit of an update, in kilobytes of address space.
const MEMORY: &str = "2500000";

/// Updates the index within these limits.
fn index(workshop: &Workshop) -> Run {
    let started = Instant::now();
    let mut command = Command::new("sh");
    let script = format!("ulimit -v {MEMORY}; exec \"$0\" index archive -v");
    command
        .args(["-c", &script, env!("CARGO_BIN_EXE_rca")])
        .current_dir(workshop.path())
        .env("HOME", workshop.path())
        .env_remove("XDG_STATE_HOME");
    let run = Run::from(command.output().unwrap());
    assert!(started.elapsed() < LONG, "it took {:?}", started.elapsed());
    run
}

/// Indexes a report beside a good one. The good one must be found, and the other too unless it has a problem with this
/// text.
fn check(name: &str, content: impl AsRef<[u8]>, problem: Option<&str>) {
    let workshop = Workshop::new();
    workshop.write("archive/good.md", "# Good\n\nThe queue grew.\n");
    fs::write(workshop.path().join("archive").join(name), content).unwrap();
    let run = index(&workshop);
    let found = workshop.json(&["search", "queue", "--archive", "archive", "--no-update", "-n", "100"]);
    match problem {
        Some(reason) => {
            assert!(run.stderr.contains(reason), "{name}: {run:?}");
            let whole = if run.code == 4 { 1 } else { 2 };
            assert_eq!(found["total"], whole, "{name}: {run:?}");
        }
        None => assert_eq!((run.code, &found["total"]), (0, &2.into()), "{name}: {run:?}"),
    }
}

#[test]
fn front_matter_that_explodes() {
    let level = |i: u32| format!("a{i}: &a{i} [{}]\n", vec![format!("*a{}", i - 1); 9].join(", "));
    let levels: String = (1..20).map(level).collect();
    let bomb = format!("---\na0: &a0 [x, x, x, x, x, x, x, x, x]\n{levels}---\n# Bomb\n\nqueue\n");
    let values = Some("too much YAML in the front matter: more than 100000 values");
    check("bomb.md", bomb, values);
    let nested = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let deep = "in the front matter: lists or maps nested more than 64 deep";
    check("yaml.md", format!("---\ntitle: {nested}\n---\n# T\n\nqueue\n"), Some(deep));
    check("toml.md", format!("+++\ntitle = {nested}\n+++\n# T\n\nqueue\n"), Some(deep));
    check("json.md", format!("---json\n{{\"title\": {nested}}}\n---\n# T\n\nqueue\n"), Some(deep));
    // Each alias repeats a text of 100 KB.
    let aliases = format!("a: &a {}\nb: [{}]\n", "x".repeat(100_000), "*a, ".repeat(20_000));
    check(
        "aliases.md",
        format!("---\n{aliases}---\n# T\n\nqueue\n"),
        Some("aliases that make more than 1000000 bytes of text"),
    );
    let many = "k: v\n".repeat(100_000);
    check("keys.md", format!("---\n{many}---\n# T\n\nqueue\n"), Some("more than 262144 bytes"));
}

#[test]
fn whoever_shows_a_report_says_what_it_exceeds() {
    let workshop = Workshop::new();
    let nested = format!("{}{}", "[".repeat(70), "]".repeat(70));
    workshop.write("archive/rca.toml", "max_facts_bytes = 500\n");
    workshop.write("archive/long.md", &format!("---\nk: {nested}\n---\n# T\n\n{}", "The queue grew.\n".repeat(100)));
    workshop.write("archive/short.md", "# Short\n\nThe queue grew.\n");
    workshop.rca(&["index", "archive"]);
    for format in ["human", "json", "jsonl", "markdown", "csv", "paths"] {
        let run = workshop.rca(&["show", "long", "--archive", "archive", "--no-update", "--format", format]);
        assert_eq!(run.code, 0, "{format}");
        for said in ["facts are read from the first 500 bytes only", "nested more than 64 deep"] {
            assert_eq!(run.stderr.matches(said).count(), 1, "{format}: {}", run.stderr);
        }
        let quiet = workshop.rca(&["show", "short", "--archive", "archive", "--no-update", "--format", format]);
        assert_eq!((quiet.code, quiet.stderr.as_str()), (0, ""), "{format}");
    }
    for format in ["human", "json", "jsonl", "csv", "github", "sarif"] {
        let run = workshop.rca(&["check", "archive", "--format", format]);
        for said in ["facts are read from the first 500 bytes only", "nested more than 64 deep"] {
            assert!(run.stdout.contains(said), "{format}: {}", run.stdout);
        }
    }
    let run = workshop.rca(&["index", "archive", "--rebuild", "-v"]);
    assert!(run.stderr.contains("facts are read from the first 500 bytes only"), "{run:?}");
}

#[test]
fn services_without_number() {
    let services: Vec<String> = (0..10_000).map(|i| format!("svc-{i}")).collect();
    check("services.md", format!("---\ntitle: T\nservices: [{}]\n---\n\nqueue\n", services.join(", ")), None);
    let listed = services.join("\n- ");
    check("listed.md", format!("# T\n\nqueue\n\n## Affected services\n\n- {listed}\n"), None);
}

#[test]
fn markup_without_end() {
    check("lists.md", format!("# T\n\n{}queue\n", "- ".repeat(100_000)), None);
    check("quotes.md", format!("# T\n\n{} queue\n", ">".repeat(100_000)), None);
    check("brackets.md", format!("# T\n\n{} queue\n", "[".repeat(100_000)), None);
    check("links.md", format!("# T\n\n{} queue\n", "[a](".repeat(100_000)), None);
    check("fences.md", format!("# T\n\nqueue\n{}", "~~~~\n".repeat(10_001)), None);
    let cells = "queue|".repeat(20_000);
    check("table.md", format!("# T\n\n|{cells}\n|{}\n|{cells}\n", "-|".repeat(20_000)), None);
}

#[test]
fn text_without_end() {
    let limit = Some("`max_facts_bytes` in rca.toml sets the limit");
    check("line.md", format!("# T\n\n{}\n", "queue ".repeat(400_000)), limit);
    check("word.md", format!("# T\n\nqueue {}\n", "q".repeat(3_000_000)), limit);
    check("sentences.md", format!("# T\n\n{}\n", "The queue lost 1,000 users for 3 hours. ".repeat(30_000)), limit);
    check(
        "rows.md",
        format!("# T\n\n## Timeline\n\n|Time|What|\n|-|-|\n{}", "|10:00|queue grew|\n".repeat(60_000)),
        limit,
    );
    check("marks.md", format!("# T\n\nqueue e{}\n", "\u{301}".repeat(600_000)), limit);
}

#[test]
#[ignore = "takes minutes; .ci/run runs it"]
fn text_of_ten_megabytes() {
    let limit = Some("`max_facts_bytes` in rca.toml sets the limit");
    check("lines.md", format!("# T\n\n{}", "queue\n".repeat(1_600_000)), limit);
    check("word.md", format!("# T\n\nqueue {}\n", "q".repeat(9_900_000)), limit);
    check("items.md", format!("# T\n\n{}", "- queue\n".repeat(1_200_000)), limit);
    check("headings.md", format!("# T\n\n{}", "## queue\n".repeat(1_000_000)), limit);
    check("notes.md", format!("# T\n\n{}queue {}\n", "[^1]: x\n".repeat(500_000), "[^1] ".repeat(500_000)), limit);
    check("dates.md", format!("# T\n\nqueue {}\n", "2025-06-02 10:00 ".repeat(500_000)), limit);
    // A line of 50 MB, if the limit allows it.
    let workshop = Workshop::new();
    workshop.write("archive/rca.toml", "max_report_bytes = 60_000_000\n");
    workshop.write("archive/line.md", &format!("# T\n\n{}\n", "queue ".repeat(8_500_000)));
    assert_eq!(index(&workshop).code, 0);
    let found = workshop.json(&["search", "queue", "--archive", "archive", "--no-update"]);
    assert_eq!(found["total"], 1);
}

#[test]
fn more_than_the_limit() {
    let workshop = Workshop::with_archive();
    for (name, bytes) in [("huge.md", 100_000_000), ("line.md", 50_000_000)] {
        File::create(workshop.path().join("archive").join(name)).unwrap().set_len(bytes).unwrap();
    }
    let run = index(&workshop);
    assert_eq!(run.code, 4, "{run:?}");
    let said = "larger than 10000000 bytes; `max_report_bytes` in rca.toml sets the limit";
    assert_eq!(run.stderr.matches(said).count(), 2, "{run:?}");
    assert!(run.stdout.starts_with("3 reports: 3 added, 2 failed"), "{run:?}");
}

#[test]
fn bytes_that_are_no_text() {
    check("nul.md", b"# T\n\nqueue \0\0\0 x\n", Some("NUL bytes"));
    check("nothing.md", [vec![0; 100_000], b" queue".to_vec()].concat(), Some("NUL bytes"));
    check("latin.md", b"# T\n\nqueue d\xe9j\xe0 \xff\xfe\xc3(\n", Some("read as such"));
    let utf16 = "# T\n\nqueue überall\n".encode_utf16().flat_map(u16::to_le_bytes);
    check("utf16.md", [0xff, 0xfe].into_iter().chain(utf16).collect::<Vec<u8>>(), Some("UTF-16"));
}

#[cfg(unix)]
#[test]
fn files_that_are_no_files() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let workshop = Workshop::with_archive();
    let at = |name: &str| workshop.path().join("archive").join(name);
    workshop.write("outside/secret.md", "# Secret queue\n");
    workshop.write("archive/folder.md/inside.md", "# Queue inside\n");
    symlink(".", at("loop")).unwrap();
    symlink("../archive", at("around.md")).unwrap();
    symlink("../outside", at("out")).unwrap();
    symlink("../outside/secret.md", at("secret.md")).unwrap();
    symlink("/dev/zero", at("zero.md")).unwrap();
    assert!(Command::new("mkfifo").arg(at("pipe.md")).status().unwrap().success());
    workshop.write("archive/locked.md", "# Locked queue\n");
    fs::set_permissions(at("locked.md"), fs::Permissions::from_mode(0o0)).unwrap();
    let locked = fs::read(at("locked.md")).is_err();
    if !locked {
        println!("skipped: files cannot be made unreadable to this user");
    }
    let run = index(&workshop);
    assert_eq!(run.code, 4, "{run:?}");
    for name in [
        "pipe.md:1: not a regular file",
        "secret.md:1: warning: this symbolic link leads out",
        "zero.md:1: warning:",
        "out:1: warning:",
    ] {
        assert!(run.stderr.contains(name), "{name}: {run:?}");
    }
    let found = workshop.stdout(&["search", "queue", "--archive", "archive", "--no-update", "--format", "paths"]);
    let mut found: Vec<&str> = found.lines().filter(|path| !path.contains("locked")).collect();
    found.sort_unstable();
    assert_eq!(found, ["archive/2025/queue.md", "archive/folder.md/inside.md"]);
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_no_names() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let workshop = Workshop::new();
    let names: [&[u8]; 8] = [
        b"two\nlines.md",
        b"\xff\xfe.md",
        b"\xff\xff.md",
        b"\xfe\xfe.md",
        b"\x1b[31mred.md",
        b"Case.md",
        b"case.md",
        "e\u{202E}dm.md".as_bytes(),
    ];
    for (number, name) in names.iter().enumerate() {
        fs::create_dir_all(workshop.path().join("archive")).unwrap();
        let path = workshop.path().join("archive").join(Path::new(OsStr::from_bytes(name)));
        fs::write(path, format!("# Queue number {number}\n")).unwrap();
    }
    assert_eq!(index(&workshop).code, 0);
    let found = workshop.json(&["search", "queue", "--archive", "archive", "--no-update"]);
    assert_eq!(found["total"], names.len());
    let ids: std::collections::BTreeSet<&str> =
        found["hits"].as_array().unwrap().iter().map(|hit| hit["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), names.len(), "{ids:?}");
    assert!(ids.contains("Case") && ids.contains("case"), "{ids:?}");
    // The next update treats none of them as new.
    let again = index(&workshop);
    assert!(again.stdout.starts_with("8 reports: 8 unchanged"), "{again:?}");
}
