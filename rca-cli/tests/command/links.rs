//! Links both ways: `rca show` lists who mentions a report, and the query language finds them.

use std::fs;

use super::Workshop;

fn workshop() -> Workshop {
    let workshop = Workshop::new();
    workshop.write(
        "archive/2025/queue.md",
        "---\ndate: 2025-06-02\n---\n# Queue backlog\n\nSee [this](#cause) and [[2025/queue]].\n",
    );
    workshop.write(
        "archive/2025/disk.md",
        "---\ndate: 2025-07-01\nseverity: P2\n---\n# Disk full again\n\nLike [that](queue.md#cause).\n",
    );
    workshop.write("archive/2024/pool.md", "---\ndate: 2024-01-05\nrelated: 2025/queue\n---\n# Pool exhausted\n");
    workshop.write("archive/2024/other.md", "# Other\n\n[gone](../2026/gone.md)\n");
    workshop
}

#[test]
fn show_lists_who_mentions_a_report_the_newest_first() {
    let workshop = workshop();
    let shown = workshop.stdout(&["show", "2025/queue", "--archive", "archive"]);
    let (_, list) = shown.split_once("\nMentioned in\n").unwrap_or_else(|| panic!("{shown}"));
    assert_eq!(
        list.replace('\\', "/"),
        "  Disk full again\n    2025-07-01  archive/2025/disk.md\n  Pool exhausted\n    2024-01-05  archive/2024/pool.md\n"
    );
    for arguments in [&["show", "2025/disk"][..], &["show", "2025/queue", "--section", "fix"]] {
        let shown = workshop.stdout(&[arguments, &["--archive", "archive"]].concat());
        assert!(!shown.contains("Mentioned in"), "{arguments:?}: {shown}");
    }
    // A report that comes later is linked to by those that were there.
    workshop.write("archive/2026/gone.md", "# Found\n");
    let shown = workshop.stdout(&["show", "2026/gone", "--archive", "archive"]);
    assert!(shown.ends_with("\nMentioned in\n  Other\n    archive/2024/other.md\n"), "{shown}");
    fs::remove_file(workshop.path().join("archive/2024/other.md")).unwrap();
    assert!(!workshop.stdout(&["show", "2026/gone", "--archive", "archive"]).contains("Mentioned in"));
}

#[test]
fn a_long_list_is_cut_and_counted() {
    let workshop = workshop();
    for n in 0..1_002 {
        workshop.write(&format!("archive/many/{n}-x.md"), "# Many\n\n[[2025/disk]]\n");
    }
    let shown = workshop.stdout(&["show", "2025/disk", "--archive", "archive"]);
    let (_, list) = shown.split_once("\nMentioned in\n").unwrap();
    assert_eq!(list.matches("  Many\n").count(), 10);
    assert!(list.ends_with("  and 992 more; `rca search` lists them: links:2025/disk\n"), "{list}");
    let json = workshop.json(&["show", "2025/disk", "--archive", "archive"]);
    assert_eq!((json["backlinks"].as_array().unwrap().len(), &json["backlinks_total"]), (1_000, &1_002.into()));
}

#[test]
fn json_has_links_both_ways() {
    let workshop = workshop();
    let json = workshop.json(&["show", "2025/queue", "--archive", "archive"]);
    assert_eq!(json["backlinks_total"], 2);
    let expected = serde_json::json!({
        "id": "2025/disk", "path": "2025/disk.md", "title": "Disk full again", "date": "2025-07-01", "severity": "P2",
        "services": [], "status": null
    });
    assert_eq!(json["backlinks"][0], expected);
    assert_eq!(json["backlinks"][1]["id"], "2024/pool");
    let json = workshop.json(&["show", "2025/disk", "--archive", "archive"]);
    assert_eq!(
        (&json["links"][0]["ids"], &json["backlinks"]),
        (&serde_json::json!(["2025/queue"]), &serde_json::json!([]))
    );
    let found = workshop.json(&["search", "queue", "--archive", "archive", "--fields", "id,backlinks,backlinks_total"]);
    let hit = found["hits"].as_array().unwrap().iter().find(|hit| hit["id"] == "2025/queue").unwrap();
    assert_eq!((&hit["backlinks"][1]["date"], &hit["backlinks_total"]), (&"2024-01-05".into(), &2.into()));
}

#[test]
fn queries_follow_links() {
    let workshop = workshop();
    let ids = |query: &str| {
        let found = workshop.json(&["search", query, "--archive", "archive"]);
        let mut ids: Vec<String> =
            found["hits"].as_array().unwrap().iter().map(|hit| hit["id"].as_str().unwrap().to_owned()).collect();
        ids.sort();
        ids
    };
    for (query, expected) in [
        ("links:2025/queue", &["2024/pool", "2025/disk"][..]),
        ("links:archive/2025/queue.md severity:P2", &["2025/disk"]),
        ("links:queue", &["2024/pool", "2025/disk"]),
        ("backlinks:pool", &["2025/queue"]),
        ("has:backlinks", &["2025/queue"]),
        ("-has:backlinks", &["2024/other", "2024/pool", "2025/disk"]),
        ("no:backlinks no:links", &[]),
    ] {
        assert_eq!(ids(query), expected, "{query}");
    }
    let run = workshop.rca(&["search", "*", "--archive", "archive", "--has", "backlinks", "--format", "paths"]);
    assert_eq!(run.stdout.replace('\\', "/"), "archive/2025/queue.md\n", "{run:?}");
    let run = workshop.rca(&["search", "disk links:gone", "--archive", "archive"]);
    assert!(run.code == 2 && run.stderr.contains("no such incident: `gone`") && run.stderr.contains('^'), "{run:?}");
    let run = workshop.rca(&["search", "links:20", "--archive", "archive", "--format", "json"]);
    assert!(run.code == 2 && run.stdout.contains("unknown-report"), "{run:?}");
}

#[test]
fn a_dangling_link_is_none_that_leads_to_a_report() {
    let workshop = workshop();
    workshop.write("archive/2025/out.md", "# Out\n\n[a](../../../../2025/queue.md) [b](queue.md)\n");
    let run = workshop.rca(&["check", "archive"]);
    assert!(run.stdout.contains("other.md:3") && run.stdout.contains("out.md:3"), "{run:?}");
    assert_eq!(run.stdout.matches("out.md:3").count(), 1, "{run:?}");
}
