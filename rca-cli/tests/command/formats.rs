//! Output formats.

use super::{Workshop, formats};

#[test]
fn json_has_every_fact_of_a_hit() {
    let workshop = Workshop::with_archive();
    let found = workshop.json(&["search", "queue", "--archive", "archive", "--facets", "service,tag"]);
    let hit = &found["hits"][0];
    let expected = serde_json::json!({
        "id": "2025/queue", "path": "2025/queue.md", "title": "Queue backlog", "date": "2025-06-02", "severity": "P2",
        "services": ["orders", "billing"], "tags": ["mq/kafka"], "status": "resolved", "duration_minutes": 65,
        "impact_user_minutes": null, "measures": {}
    });
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(&hit[key], value, "{key}");
    }
    let snippet = &hit["snippets"][0];
    assert_eq!((&snippet["section"], &snippet["line"]), (&"rootcause".into(), &13.into()));
    assert_eq!(snippet["highlights"], serde_json::json!([[21, 26]]));
    assert_eq!(found["facets"]["tag"], serde_json::json!([{"value": "mq/kafka", "count": 1}]));
    assert_eq!((&found["version"], &found["total"], &found["relaxed"]), (&2.into(), &1.into(), &false.into()));
}

#[test]
fn jsonl_csv_markdown_and_paths() {
    let workshop = Workshop::with_archive();
    let search = |format| workshop.stdout(&["search", "service:orders", "--archive", "archive", "--format", format]);
    assert_eq!(search("paths"), "archive/2025/disk.md\narchive/2025/queue.md\n");
    let lines: Vec<serde_json::Value> = search("jsonl").lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(lines.iter().map(|line| &line["type"]).collect::<Vec<_>>(), ["hit", "hit", "end"]);
    assert_eq!(lines[..2].iter().map(|hit| &hit["id"]).collect::<Vec<_>>(), ["2025/disk", "2025/queue"]);
    assert_eq!(
        (&lines[2]["total"], &lines[2]["total_some"], &lines[2]["relaxed"]),
        (&2.into(), &0.into(), &false.into())
    );
    let csv = search("csv");
    let mut rows = csv.lines();
    assert!(rows.next().unwrap().starts_with("id,path,title,date,severity,services,"), "{csv}");
    let row = rows.nth(1).unwrap();
    assert!(row.starts_with("2025/queue,2025/queue.md,Queue backlog,2025-06-02,P2,orders;billing,mq/kafka,"), "{row}");
    let markdown = search("markdown");
    let first = "1. [Disk full](<archive/2025/disk.md>) · 2025-07-01 · P1 · orders\n   > Logs filled it. ";
    assert!(markdown.starts_with(first), "{markdown}");
}

#[test]
fn what_an_answer_holds_is_not_said_beside_it() {
    let workshop = Workshop::with_archive();
    workshop.stdout(&["index", "archive"]);
    for format in formats("search") {
        let run = workshop.rca(&["search", "queue", "zebra", "--archive", "archive", "--format", &format]);
        assert_eq!(
            run.stderr.contains("no incident contains all of these words"),
            format != "json",
            "{format}: {run:?}"
        );
        assert_eq!(
            run.stderr.contains("1 partial match in "),
            ["human", "compact"].contains(&&*format),
            "{format}: {run:?}"
        );
        let run = workshop.rca(&["search", "servce:orders", "--archive", "archive", "--format", &format]);
        assert_eq!(run.stdout.is_empty(), !format.starts_with("json"), "{format}: {run:?}");
        let quiet = workshop.stdout(&["index", "archive", "-q", "--format", &format]);
        assert_eq!(quiet.is_empty(), !["json", "jsonl", "csv", "csv-safe"].contains(&&*format), "{format}: {quiet}");
    }
}

#[test]
fn an_update_and_a_check_in_every_format() {
    let workshop = Workshop::with_archive();
    workshop.write("archive/odd.md", "---\ndate: someday\n---\n# Odd\n");
    let update = workshop.json(&["index", "archive"]);
    assert_eq!((&update["reports"], &update["added"], &update["failed"]), (&4.into(), &4.into(), &0.into()));
    assert_eq!(update["problems"][0]["path"], "odd.md");
    let run = workshop.rca(&["check", "archive"]);
    assert_eq!(run.code, 4);
    assert!(run.stdout.starts_with("archive/odd.md:2: `someday`"), "{run:?}");
    for (format, start) in [("csv", "path,line,level,code,reason\nodd.md,2,error,"), ("paths", "archive/odd.md\n")] {
        let run = workshop.rca(&["check", "archive", "--format", format]);
        assert!(run.stdout.starts_with(start), "{run:?}");
    }
}

#[test]
fn a_check_is_strict_when_asked_to_be() {
    let workshop = Workshop::new();
    workshop.write("archive/a.md", "---\nseverity: vermilion\n---\n# A\n");
    assert_eq!(workshop.rca(&["check", "archive"]).code, 0);
    assert_eq!(workshop.rca(&["check", "archive", "--strict"]).code, 4);
}

#[test]
fn completions_manuals_and_help_come_from_the_definition() {
    let workshop = Workshop::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(workshop.stdout(&["completions", shell]).contains("RCA_COMPLETE"), "{shell}");
    }
    assert!(workshop.stdout(&["man", "search"]).contains("rca\\-search"));
    workshop.stdout(&["man", "--out", "pages"]);
    let commands = workshop.commands();
    assert!(commands.iter().any(|command| command == "search"), "{commands:?}");
    for command in &commands {
        let help = workshop.stdout(&[command, "--help"]);
        assert!(help.starts_with(&format!("Examples:\n  rca {command}")), "{help}");
        assert_eq!(workshop.stdout(&["help", command]), help);
        assert!(workshop.path().join(format!("pages/rca-{command}.1")).is_file(), "{command}");
    }
    let problems = workshop.stdout(&["help", "problems"]);
    assert!(problems.lines().any(|line| line.starts_with("date-unreadable        error    a value")), "{problems}");
    let language = workshop.stdout(&["help", "query"]);
    assert!(language.starts_with("# The query language") && language.contains("duration_minutes"), "{language}");
}

#[test]
fn editors_jump_to_places_and_scripts_read_paths() {
    let workshop = Workshop::with_archive();
    let search = |more: &[&str]| workshop.stdout(&[&["search", "--archive", "archive"], more].concat());
    let expected = "archive/2025/queue.md:13:22:The consumers of the queue were too slow.\n";
    assert_eq!(search(&["queue", "--format", "vimgrep"]), expected);
    let expected = "2025-06-02  P2        Queue backlog  archive/2025/queue.md:13\n";
    assert_eq!(search(&["queue", "--format", "compact"]), expected);
    let undated = search(&["certificate", "--format", "compact"]);
    assert!(undated.starts_with("-           SEV3      Certificate expired  archive/2024/cert.md:"), "{undated}");
    assert_eq!(search(&["service:orders", "--print0"]), "archive/2025/disk.md\0archive/2025/queue.md\0");
    assert_eq!(search(&["service:orders", "-0"]), search(&["service:orders", "--format", "paths0"]));
    let facets = workshop.stdout(&["facets", "service", "--archive", "archive", "--format", "compact"]);
    assert_eq!(facets, "    2  service:orders\n    1  service:billing\n");
    let show =
        workshop.stdout(&["show", "queue", "--archive", "archive", "--format", "vimgrep", "--section", "rootcause"]);
    assert_eq!(show, "archive/2025/queue.md:12:1:Root Cause\n");
    workshop.write("archive/odd.md", "---\ndate: someday\n---\n# Odd\n");
    let check = workshop.rca(&["check", "archive", "--format", "vimgrep"]).stdout;
    assert!(check.starts_with("archive/odd.md:2:1:`someday`"), "{check}");
}

#[cfg(unix)]
#[test]
fn a_path_before_a_nul_is_that_of_the_file() {
    let workshop = Workshop::new();
    let name = "a\nb\u{1b}[31m c.md";
    workshop.write(&format!("archive/{name}"), "# Queue\n");
    assert_eq!(workshop.stdout(&["search", "queue", "--archive", "archive", "-0"]), format!("archive/{name}\0"));
}

#[test]
fn a_count_is_of_full_matches() {
    let workshop = Workshop::with_archive();
    let count = |more: &[&str]| workshop.rca(&[&["search", "--archive", "archive", "--count"], more].concat());
    assert_eq!(count(&["service:orders"]).stdout, "2\n");
    assert_eq!(count(&["service:orders", "-n", "1"]).stdout, "2\n");
    assert_eq!(count(&["service:orders", "--format", "csv"]).stdout, "total,total_some\n2,0\n");
    let none = count(&["zebra", "-e"]);
    assert_eq!((none.stdout.as_str(), none.code), ("0\n", 1));
    let json: serde_json::Value = serde_json::from_str(&count(&["queue", "--format", "json"]).stdout).unwrap();
    assert_eq!((&json["total"], &json["hits"]), (&1.into(), &serde_json::json!([])));
    let line = count(&["queue", "--format", "jsonl"]).stdout;
    assert!(line.starts_with("{\"type\":\"end\"") && line.contains("\"total\":1"), "{line}");
}

#[test]
fn a_count_of_pasted_text_is_of_what_a_search_finds() {
    let workshop = Workshop::with_archive();
    let paste = "2026-05-04T08:31:00Z ERROR [pool-2] c.e.Queue - queue of orders: consumers too slow\n\
                 2026-05-04T08:31:02Z ERROR [pool-2] c.e.Queue - queue of orders: zebra\n";
    let search =
        |more: &[&str]| workshop.rca_with(&[&["search", "--archive", "archive"], more, &["-"]].concat(), paste);
    let json = |run: &super::Run| serde_json::from_str::<serde_json::Value>(&run.stdout).unwrap();
    let found = json(&search(&["--format", "json", "-n", "100"]));
    let some = found["total_some"].as_u64().unwrap();
    assert!(found["pasted"] == true && some > 0 && found["total"] == 0, "{found}");
    let count = search(&["--count", "-e"]);
    assert_eq!((count.stdout, count.code), (format!("{some}\n"), 0));
    let counted = json(&search(&["--count", "--format", "json"]));
    assert_eq!((&counted["total"], &counted["total_some"]), (&found["total"], &found["total_some"]));
    // A strict search asks for all words, and a typed query for what it says.
    let strict = json(&search(&["--strict", "--format", "json"]));
    assert_eq!(search(&["--count", "--strict"]).stdout, format!("{}\n", strict["total"]));
    assert_eq!(workshop.rca(&["search", "--archive", "archive", "--count", "queue zebra"]).stdout, "0\n");
}

#[test]
fn a_long_text_is_repeated_in_part() {
    let workshop = Workshop::with_archive();
    let line = "2026-05-04T08:31:00Z ERROR [pool-2] c.e.Queue - queue of orders: é too slow\n";
    for (text, is_cut) in [(line.repeat(10), false), (line.repeat(2_000), true)] {
        let text = text.trim_end().to_owned();
        for format in ["json", "jsonl"] {
            let run = workshop.rca_with(&["search", "--archive", "archive", "--format", format, "-n", "1", "-"], &text);
            let document = if format == "json" { run.stdout.as_str() } else { run.stdout.lines().last().unwrap() };
            let json: serde_json::Value = serde_json::from_str(document).unwrap();
            let query = json["query"].as_str().unwrap();
            assert!(
                text.starts_with(query) && (query.len() == text.len()) != is_cut && query.len() <= 4_096,
                "{}",
                query.len()
            );
            let bytes = json.get("query_bytes").and_then(serde_json::Value::as_u64);
            assert_eq!(bytes, is_cut.then_some(text.len() as u64), "{format}");
        }
    }
}
