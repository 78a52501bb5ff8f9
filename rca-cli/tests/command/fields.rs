//! `--fields`: what is asked for and nothing else, with one meaning in every format.

use super::Workshop;

fn workshop() -> Workshop {
    let workshop = Workshop::with_archive();
    workshop.write(
        "archive/2025/pool.md",
        "---\ntitle: Pool empty\nseverity: P1\nteam: [payments, =cmd]\ndate: 2025-08-01T10:00:00Z\n---\n\n## Timeline\n\n\
         - 10:00 Errors began\n- 10:04 Alert fired\n- 10:30 Resolved\n\n## Action items\n\n- [ ] Watch the pool (owner: Ada)\n\n\
         ## Related\n\n[the queue](queue.md)\n",
    );
    workshop
}

#[test]
fn json_has_the_fields_asked_for() {
    let workshop = workshop();
    let fields = "id,severity_rank,minutes_to,actions,links,root,front_matter.team,minutes_to.identified";
    let found = workshop.json(&["search", "pool", "--archive", "archive", "-n", "1", "--fields", fields]);
    let hit = &found["hits"][0];
    let names: Vec<&String> = hit.as_object().unwrap().keys().collect();
    let mut expected: Vec<&str> = fields.split(',').collect();
    expected.sort_unstable();
    assert_eq!(names, expected);
    assert_eq!((&hit["severity_rank"], &hit["minutes_to.identified"]), (&1.into(), &serde_json::Value::Null));
    assert_eq!(hit["front_matter.team"], serde_json::json!(["payments", "=cmd"]));
    assert_eq!(
        (&hit["actions"][0]["text"], &hit["links"][0]["ids"][0]),
        (&"Watch the pool (owner: Ada)".into(), &"2025/queue".into())
    );
    let root = workshop.path().join("archive");
    assert_eq!((&hit["root"], &found["root"]), (&root.to_str().unwrap().into(), &root.to_str().unwrap().into()));
    // What a field holds is what the whole incident has.
    let whole = workshop.json(&["show", "pool", "--archive", "archive"]);
    for field in ["id", "severity_rank", "minutes_to", "actions", "links", "root"] {
        assert_eq!(hit[field], whole[field], "{field}");
    }
    let shown = workshop.json(&["show", "pool", "--archive", "archive", "--fields", "title,actions"]);
    assert_eq!(shown, serde_json::json!({"title": "Pool empty", "actions": whole["actions"]}));
    let more = workshop.json(&["search", "pool", "--archive", "archive", "-n", "1", "--fields", "+actions"]);
    assert_eq!((&more["hits"][0]["match"], &more["hits"][0]["actions"]), (&"all".into(), &whole["actions"]));
}

#[test]
fn csv_and_json_lines_have_the_same_fields() {
    let workshop = workshop();
    let search = |format: &str| {
        let fields = "line,id,minutes_to.resolved,front_matter.team,links";
        workshop.stdout(&["search", "pool", "--archive", "archive", "-n", "1", "--fields", fields, "--format", format])
    };
    let links = "\"[{\"\"external\"\":false,\"\"ids\"\":[\"\"2025/queue\"\"],\"\"label\"\":\"\"the queue\"\",";
    let csv = search("csv");
    let rows: Vec<&str> = csv.lines().collect();
    assert_eq!(rows[0], "line,id,minutes_to.resolved,front_matter.team,links");
    assert!(rows[1].contains(&format!(",2025/pool,30,payments;=cmd,{links}")), "{csv}");
    assert!(search("csv-safe").contains(",payments;'=cmd,"), "{csv}");
    let lines = search("jsonl");
    assert!(
        lines.starts_with("{\"type\":\"hit\",\"line\":") && lines.lines().last().unwrap().contains("\"end\""),
        "{lines}"
    );
    let show = workshop.stdout(&["show", "pool", "--archive", "archive", "--fields", "id,severity", "--format", "csv"]);
    assert_eq!(show, "id,severity\n2025/pool,P1\n");
}

#[test]
fn unknown_fields_and_formats_without_fields_are_errors() {
    let workshop = workshop();
    let check = |arguments: &[&str], expected: &str| {
        let run = workshop.rca(&[arguments, &["--archive", "archive"]].concat());
        assert!(run.code == 2 && run.stdout.is_empty() && run.stderr.contains(expected), "{arguments:?}: {run:?}");
    };
    check(
        &["search", "x", "--format", "json", "--fields", "id,colour"],
        "`colour` is not a field; the fields are match, id",
    );
    check(&["search", "x", "--format", "json", "--fields", ""], "--fields: the value is missing");
    check(
        &["show", "pool", "--format", "json", "--fields", "score"],
        "`score` is not a field; the fields are id, path",
    );
    for format in ["human", "markdown", "paths", "vimgrep", "compact"] {
        check(
            &["search", "x", "--fields", "id", "--format", format],
            "--fields: this format has no fields to choose from",
        );
    }
}
