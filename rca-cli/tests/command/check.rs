//! `rca check`: what it is asked for, and how its problems are printed.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::{Run, Workshop, repository};

/// A workshop with two archives in one folder, each with a date that cannot be read.
fn with_two_archives() -> Workshop {
    let workshop = Workshop::new();
    workshop.write("team/incidents/rca.toml", "[check]\nignore = [\"link-dangling\"]\n");
    workshop
        .write("team/incidents/2024/a b.md", "---\ndate: someday\nseverity: vermilion\n---\n# A\n\nSee [[gone]].\n");
    workshop.write("team/incidents/2024/é.md", "---\ndate: soon\n---\n# É\n");
    workshop.write("other/rca.toml", "");
    workshop.write("other/c.md", "---\ndate: never\n---\n# C\n\nSee [[gone]].\n");
    workshop
}

/// The places of problems: the start of each line, up to the reason.
fn places(run: &Run) -> Vec<String> {
    let place = |line: &str| line.splitn(3, ':').take(2).collect::<Vec<_>>().join(":");
    run.stdout.lines().map(place).collect()
}

#[test]
fn folders_files_and_lines_are_checked_from_any_folder() {
    let workshop = with_two_archives();
    let check = |arguments: &[&str], expected: &[&str]| {
        let mut all = vec!["check"];
        all.extend(arguments);
        let run = workshop.rca(&all);
        assert_eq!(places(&run), expected, "{run:?}");
        assert_eq!(run.code, if expected.is_empty() { 0 } else { 4 }, "{run:?}");
    };
    let (a, e, c) = ("team/incidents/2024/a b.md", "team/incidents/2024/é.md", "other/c.md");
    let (a2, a3) = (format!("{a}:2"), format!("{a}:3"));
    let (e2, c2, c6) = (format!("{e}:2"), format!("{c}:2"), format!("{c}:6"));
    check(&["team/incidents"], &[&a2, &a3, &e2]);
    check(&["./team/incidents/2024"], &[&a2, &a3, &e2]);
    check(&[a, c], &[&c2, &c6, &a2, &a3]);
    check(&[&a2, &format!("{a}:5-7"), &format!("{c}:2:1")], &[&c2, &a2]);
    check(&[&format!("{a}:7")], &[]);
    check(&["other/c.md:7"], &[]);
    check(&[a, "team/incidents/rca.toml"], &[&a2, &a3]);
    let run = workshop.rca(&["check", "team/incidents/nothing.md"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("nothing.md: no such file or folder"), "{run:?}");
}

#[test]
fn the_archive_around_a_folder_gives_the_settings_and_the_names() {
    let workshop = with_two_archives();
    workshop.write("other/2024/d.md", "# D\n\nSee [[c]] and [[nowhere]].\n");
    let run = Run::from(
        workshop.command(&["check", "d.md"]).current_dir(workshop.path().join("other/2024")).output().unwrap(),
    );
    assert_eq!(run.stdout.matches("link target").count(), 1, "{run:?}");
    assert!(run.stdout.contains("other/2024/d.md:3: warning: link target `nowhere`"), "{run:?}");
}

#[test]
fn unknown_names_in_the_settings_are_told_with_their_line() {
    let workshop = with_two_archives();
    workshop.write(
        "other/rca.toml",
        "[check]\nrequired = [\"date\"]\nignore = [\n  \"date-unreadable\",\n  \"timline-empty\",\n]\n",
    );
    let run = workshop.rca(&["check", "other"]);
    assert_eq!(run.code, 2, "{run:?}");
    let expected = "other/rca.toml:5: unknown kind of problem `timline-empty`; did you mean `timeline-empty`?";
    assert!(run.stderr.contains(expected), "{run:?}");
}

#[test]
fn annotations_name_files_as_the_repository_does() {
    let workshop = with_two_archives();
    fs::create_dir(workshop.path().join("team/.git")).unwrap();
    workshop.write("team/incidents/2024/a b.md", "---\ndate: 100%, soon\n---\n# A\n");
    let mut check = workshop.command(&["check", "a b.md", "--format", "github"]);
    let run = Run::from(check.current_dir(workshop.path().join("team/incidents/2024")).output().unwrap());
    let expected =
        "::error file=incidents/2024/a b.md,line=2,title=date-unreadable::`100%25, soon` is not a valid date\n";
    assert_eq!((run.code, run.stdout.as_str()), (4, expected), "{run:?}");
}

#[test]
fn a_format_for_problems_is_for_checks_only() {
    let workshop = Workshop::with_archive();
    for format in ["github", "sarif"] {
        let run = workshop.rca(&["index", "archive", "--format", format]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run:?}");
        assert!(run.stderr.contains("use it with `rca check`") && !workshop.path().join("archive/.rca").exists());
    }
}

/// Whether a document fits the schema of SARIF; nothing if Python or its package `jsonschema` are missing.
fn fits_the_schema(document: &str) -> Option<Result<(), String>> {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/command/sarif-2.1.0.json");
    let code = "import json, sys\ntry:\n    import jsonschema\nexcept ImportError:\n    sys.exit(77)\n\
                jsonschema.Draft7Validator(json.load(open(sys.argv[1]))).validate(json.load(sys.stdin))";
    let mut python = Command::new("python3");
    python.args(["-c", code]).arg(schema).stdin(Stdio::piped()).stderr(Stdio::piped());
    let mut child = python.spawn().ok()?;
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), document.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    match output.status.code() {
        Some(0) => Some(Ok(())),
        Some(77) => None,
        _ => Some(Err(String::from_utf8_lossy(&output.stderr).into_owned())),
    }
}

#[test]
fn sarif_has_a_rule_a_place_and_a_fingerprint_for_each_problem() {
    let workshop = with_two_archives();
    let sarif = |arguments: &[&str]| -> serde_json::Value {
        let run = workshop.rca(&[&["check", "--format", "sarif"], arguments].concat());
        match fits_the_schema(&run.stdout) {
            Some(result) => result.unwrap(),
            None => println!("skipped: python3 with jsonschema, to validate against the schema, is missing"),
        }
        serde_json::from_str(&run.stdout).unwrap()
    };
    let document = sarif(&["team/incidents", "other"]);
    let run = &document["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 5, "{results:?}");
    for result in results {
        let rule = &run["tool"]["driver"]["rules"][usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(rule["help"]["text"].as_str().is_some_and(|text| !text.is_empty()), "{rule}");
    }
    let place = &results[2]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "team/incidents/2024/a%20b.md");
    assert_eq!((&place["region"]["startLine"], &results[2]["level"]), (&2.into(), &"error".into()));
    // A fingerprint stays when lines move.
    let print = |document: &serde_json::Value| document["runs"][0]["results"][0]["partialFingerprints"].clone();
    let before = print(&sarif(&["other"]));
    workshop.write("other/c.md", "---\ntitle: C\ndate: never\n---\n\nSee [[gone]].\n");
    assert_eq!(print(&sarif(&["other"])), before);
    // An archive with no problem, and one with odd names and every kind that the corpus has.
    workshop.write("good/a.md", "# A\n\nFine.\n");
    assert_eq!(sarif(&["good"])["runs"][0]["results"], serde_json::json!([]));
    let Some(corpus) = repository("corpus/broken") else { return };
    assert!(sarif(&[corpus.to_str().unwrap()])["runs"][0]["results"].as_array().unwrap().len() > 20);
}

#[test]
fn a_baseline_lets_known_problems_pass() {
    let workshop = with_two_archives();
    let check = |arguments: &[&str], code: i32| {
        let run = workshop.rca(&[&["check"], arguments].concat());
        assert_eq!(run.code, code, "{arguments:?}: {run:?}");
        run
    };
    check(&["team/incidents", "other", "--write-baseline", "known.txt"], 0);
    let text = fs::read_to_string(workshop.path().join("known.txt")).unwrap();
    assert!(text.lines().any(|line| line == "other/c.md\tdate-unreadable\t1\t`never` is not a valid date"), "{text}");
    let run = check(&["team/incidents", "other", "--baseline", "known.txt", "--strict"], 0);
    assert!(run.stdout.is_empty() && run.stderr.contains("5 known problems left out"), "{run:?}");
    // Lines move, a problem is added and one is mended.
    workshop.write("other/c.md", "---\ntitle: C\nend: whenever\ndate: never\n---\n# C\n");
    let run = check(&["team/incidents", "other", "--baseline", "known.txt"], 4);
    assert_eq!(run.stdout, "other/c.md:3: `whenever` is not a valid date\n");
    assert!(
        run.stderr.contains("known.txt: no longer found: other/c.md: link-dangling: link target `gone`"),
        "{run:?}"
    );
    // From another folder, of one archive only: the rest is not called mended.
    let folder = workshop.path().join("team");
    let run = Run::from(
        workshop.command(&["check", "incidents", "--baseline", "../known.txt"]).current_dir(&folder).output().unwrap(),
    );
    assert!(run.code == 0 && !run.stderr.contains("no longer found"), "{run:?}");
    // Writing it again keeps what was not checked.
    check(&["other", "--write-baseline", "known.txt"], 0);
    let again = fs::read_to_string(workshop.path().join("known.txt")).unwrap();
    assert!(
        again.contains("whenever") && !again.contains("gone") && again.contains("team/incidents/2024/é.md"),
        "{again}"
    );
    // A conflict in the file is told.
    workshop.write("known.txt", "<<<<<<< HEAD\n");
    assert!(check(&["other", "--baseline", "known.txt"], 2).stderr.contains("known.txt:1: not a line of a baseline"));
    assert!(check(&["other", "--baseline", "nowhere.txt"], 2).stderr.contains("nowhere.txt: "));
}

/// Runs git in a folder; nothing if it is not installed.
fn git(folder: &std::path::Path, arguments: &[&str], input: &str) -> Option<Result<(), String>> {
    let mut git = Command::new("git");
    git.args(arguments).current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = git.env("GIT_CONFIG_NOSYSTEM", "1").env("HOME", folder).spawn().ok()?;
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    Some(if output.status.success() { Ok(()) } else { Err(error) })
}

/// What a report says, without the places where it says it.
fn facts(workshop: &Workshop, archive: &str, id: &str) -> serde_json::Value {
    let mut facts = workshop.json(&["show", id, "--archive", archive]);
    for key in ["sources", "sections", "source", "timeline", "links", "actions", "minutes_from", "milestones"] {
        facts.as_object_mut().unwrap().remove(key);
    }
    facts
}

#[test]
fn git_applies_suggested_front_matter() {
    let reports = [
        ("plain", "# A\n\n**Severity:** P2\n**Date:** 2024-05-06\n"),
        ("no end", "**Status:** Resolved"),
        ("crlf", "# C\r\n\r\n- Severity: P1\r\n- Date: 2024-05-06 10:00 UTC\r\n\r\nText.\r\n"),
        ("ünï \"q\"", "---\ntitle: D\n---\n\n**Severity:** SEV3\n**Services:** a, b c\n"),
        ("toml", "+++\ntitle = \"E\"\n+++\n**Severity:** P3\n"),
        ("nothing", "# F\n\nText.\n"),
        ("empty", ""),
        ("deep/er/x", "\n\n# G\n\n| Severity | P2 |\n|---|---|\n| Duration | 90 min |\n"),
    ];
    for (root, repository) in [("", "archive"), ("docs/incidents/", "")] {
        let workshop = Workshop::new();
        let archive = format!("archive/{root}");
        for (name, text) in reports {
            workshop.write(&format!("{archive}{name}.md"), text);
        }
        let folder = workshop.path().join("archive");
        if repository.is_empty() && git(&folder, &["init", "-q"], "").is_none() {
            println!("skipped: git is missing");
            return;
        }
        let before = reports.map(|(name, text)| (!text.is_empty()).then(|| facts(&workshop, &archive, name)));
        let patch = workshop.stdout(&["check", &archive, "--suggest"]);
        assert_eq!(patch.matches("diff --git").count(), 6, "{patch}");
        let Some(applied) = git(&folder, &["apply", "--whitespace=nowarn"], &patch) else {
            println!("skipped: git is missing");
            return;
        };
        applied.unwrap();
        for ((name, text), before) in reports.iter().zip(before) {
            let now = fs::read_to_string(workshop.path().join(format!("{archive}{name}.md"))).unwrap();
            let is_changed = !["nothing", "empty"].contains(name);
            assert_eq!(now != *text, is_changed, "{now:?}");
            assert_eq!(now.contains("\r\n"), text.contains("\r\n"), "{now:?}");
            assert!(!text.contains("\r\n") || !now.replace("\r\n", "").contains('\n'), "{now:?}");
            if let Some(before) = before {
                assert_eq!(facts(&workshop, &archive, name), before, "{name}");
            }
        }
        // Nothing is left to suggest.
        assert_eq!(workshop.stdout(&["check", &archive, "--suggest"]), "");
    }
}

#[test]
fn suggestions_change_no_fact_of_real_archives() {
    let mut archives: Vec<_> = ["corpus/incidents", "corpus/broken"].into_iter().filter_map(repository).collect();
    if let Some(shared) = repository("../shared/archives") {
        let entries = fs::read_dir(shared).unwrap();
        archives.extend(entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()));
    }
    for archive in archives {
        let workshop = Workshop::new();
        super::readme::copy(&archive, &workshop.path().join("archive"));
        let hits = || {
            let mut found = workshop.json(&["search", "*", "-n", "10000", "--sort", "date", "--archive", "archive"]);
            for hit in found["hits"].as_array_mut().unwrap() {
                ["snippets", "score"].iter().for_each(|key| drop(hit.as_object_mut().unwrap().remove(*key)));
            }
            found["hits"].clone()
        };
        let before = hits();
        let patch = workshop.stdout(&["check", "archive", "--suggest"]);
        let Some(applied) = git(&workshop.path().join("archive"), &["apply", "--whitespace=nowarn"], &patch) else {
            println!("skipped: git is missing");
            return;
        };
        if !patch.is_empty() {
            applied.unwrap();
        }
        println!("{}: {} suggestions", archive.display(), patch.matches("diff --git").count());
        assert_eq!(hits(), before, "{}", archive.display());
    }
}
