//! Files that are not reports: left out, listed with the reason, and taken in by the settings.

use crate::{Workshop, formats};

fn workshop() -> Workshop {
    let workshop = Workshop::with_archive();
    workshop.write(
        "archive/templates/basic.md",
        "# [Title]\n\n**Severity:** P1 | P2 | P3\n**Date:** YYYY-MM-DD\n\n## Root cause\n\nTODO: the zebra\n",
    );
    workshop.write("archive/README.md", "# Our incidents\n\nAsk the zebra.\n");
    workshop.write("archive/2025.md", "# 2025\n\n- [Queue](2025/queue.md)\n- [Disk](2025/disk.md)\n");
    workshop
}

const TEMPLATE: &str = "a template (line 3: **Severity:** P1 | P2 | P3)";

#[test]
fn an_update_says_how_many_are_left_out_and_how_to_list_them() {
    let workshop = workshop();
    let run = workshop.rca(&["index", "archive"]);
    assert!(run.stdout.starts_with("3 reports: 3 added, 3 left out; "), "{run:?}");
    let hint = "3 files are not reports and were left out; `rca check --not-reports` says why";
    assert!(run.stderr.contains(hint), "{run:?}");
    assert_eq!(workshop.json(&["index", "archive"])["left_out"], 3);
    let doctor = workshop.stdout(&["doctor", "--archive", "archive"]);
    assert!(doctor.contains("left out  3 files; `rca check --not-reports` lists them"), "{doctor}");
}

#[test]
fn each_is_listed_with_its_reason_in_all_formats() {
    let workshop = workshop();
    let list = |format: &str| workshop.stdout(&["check", "archive", "--not-reports", "--format", format]);
    let expected = format!(
        "archive/2025.md:3: an index of other files (line 3: - [Queue](2025/queue.md))\n\
         archive/README.md:1: about the folder, with no facts of an incident\n\
         archive/templates/basic.md:3: {TEMPLATE}\n"
    );
    assert_eq!(list("human"), expected);
    // What means something in Markdown is escaped.
    let markdown = list("markdown");
    assert_eq!(
        markdown.lines().map(|line| line.starts_with("- archive/")).collect::<Vec<_>>(),
        [true; 3],
        "{markdown}"
    );
    assert!(markdown.contains(r"(line 3: - \[Queue\](2025/queue.md))"), "{markdown}");
    assert_eq!(list("paths"), "archive/2025.md\narchive/README.md\narchive/templates/basic.md\n");
    assert!(list("csv").starts_with("path,line,code,reason\n2025.md,3,index,"), "{}", list("csv"));
    let json: serde_json::Value = serde_json::from_str(&list("json")).unwrap();
    let template = serde_json::json!({
        "path": "templates/basic.md", "line": 3, "code": "template", "reason": TEMPLATE,
    });
    assert_eq!(json["left_out"][2], template);
    let jsonl = list("jsonl");
    let mut line: serde_json::Value = serde_json::from_str(jsonl.lines().nth(2).unwrap()).unwrap();
    assert_eq!(line.as_object_mut().unwrap().remove("type"), Some("left_out".into()));
    assert_eq!(line, template);
    assert!(jsonl.lines().nth(3).unwrap().starts_with("{\"type\":\"end\","), "{jsonl}");
    for format in formats("search") {
        assert!(list(&format).contains("basic.md"), "{format}");
    }
    // Their problems are not those of reports.
    let check = workshop.json(&["check", "archive"]);
    assert_eq!(
        (&check["reports"], &check["left_out"], &check["problems"]),
        (&3.into(), &3.into(), &serde_json::json!([]))
    );
}

#[test]
fn who_looks_for_one_is_told_why_it_is_not_found() {
    let workshop = workshop();
    let show = |name: &str| workshop.rca(&["show", name, "--archive", "archive"]);
    let run = show("templates/basic.md");
    assert_eq!(run.code, 2, "{run:?}");
    let expected = format!("rca: templates/basic.md: left out: {TEMPLATE}; take it in with `include` in rca.toml\n");
    assert!(run.stderr.ends_with(&expected), "{run:?}");
    assert!(show("README").stderr.contains("README.md: left out: about the folder"), "{:?}", show("README"));
    let run = workshop.rca(&["search", "zebra", "--archive", "archive"]);
    assert!(run.stderr.contains("3 files are not reports and were left out"), "{run:?}");
    let run = workshop.rca(&["search", "queue", "--archive", "archive"]);
    assert!(!run.stderr.contains("left out"), "{run:?}");

    workshop.write("archive/rca.toml", "include = [\"templates/**\"]\nexclude = [\"README.md\"]\n");
    let found = workshop.stdout(&["search", "zebra", "--archive", "archive", "--format", "paths"]);
    assert_eq!(found, "archive/templates/basic.md\n");
    assert!(
        show("README.md").stderr.contains("README.md: left out by `exclude` in rca.toml"),
        "{:?}",
        show("README.md")
    );
}
