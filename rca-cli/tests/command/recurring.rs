//! `rca recurring`: what happened again, and what was promised in between.

use serde_json::Value;

use super::{Run, Workshop};

/// An archive with a queue that filled up three times, a disk whose report says that it is the same again, and 20 others.
fn archive() -> Workshop {
    let workshop = Workshop::new();
    let fixed = "## Resolution\n\nThe consumers were scaled to 12.\n";
    for (name, date, fix, action) in [
        ("queue-1", "2024-02-03", fixed, "- [ ] Alert on the backlog (owner: ada)\n- [x] Write this"),
        ("queue-2", "2024-06-02", "", "- [x] Raise the quota, done 2024-05-01\n- [x] Page earlier, done 2025-07-01"),
        ("queue-3", "2025-06-02", fixed, "- [ ] Look at it again"),
    ] {
        workshop.write(
            &format!("archive/{name}.md"),
            &format!(
                "---\ntitle: Queue backlog in orders\ndate: {date}\nseverity: P2\nservices: [orders]\nduration: 65\n---\n\n\
                 ## Summary\n\nThe queue of orders grew: its consumers were too slow, messages waited for hours.\n\n{fix}\n\
                 ## Action Items\n\n{action}\n"
            ),
        );
    }
    workshop.write(
        "archive/disk-1.md",
        "---\ndate: 2023-01-01\nservices: [logs]\n---\n# Disk full\n\nLogs filled the volume.\n",
    );
    workshop.write(
        "archive/disk-2.md",
        "---\ndate: 2023-01-11\nservices: [search]\n---\n# No space left\n\n## Summary\n\nA recurrence of [[disk-1]].\n",
    );
    for n in 0..20 {
        let see = if n < 4 { ", see [[disk-1]]" } else { "" };
        workshop.write(
            &format!("archive/other-{n}.md"),
            &format!("# Something {n} else\n\n**Service:** billing-{n}\n\nThe number {n} of host {n} was odd{see}.\n"),
        );
    }
    workshop
}

fn recurring(workshop: &Workshop, arguments: &[&str]) -> Run {
    workshop.rca(&[&["recurring", "--archive", "archive"], arguments].concat())
}

fn json(workshop: &Workshop, arguments: &[&str]) -> Value {
    let run = recurring(workshop, &[&["--format", "json"], arguments].concat());
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"))
}

/// The ids of each cluster.
fn ids(found: &Value) -> Vec<Vec<&str>> {
    let ids = |cluster: &'_ Value| cluster["incidents"].as_array().unwrap().len();
    let clusters = found["clusters"].as_array().unwrap();
    clusters
        .iter()
        .map(|cluster| (0..ids(cluster)).map(|n| cluster["incidents"][n]["id"].as_str().unwrap()).collect())
        .collect()
}

#[test]
fn what_happened_again_is_told() {
    let workshop = archive();
    let run = recurring(&workshop, &[]);
    assert_eq!(run.code, 0, "{run:?}");
    for expected in [
        "Seen 3 times: Queue backlog in orders",
        "last 2025-06-02, after 120 and 365 days · orders · Fixed by: scaled (2); unknown (1)",
        "1st       2024-02-03 · P2 · 1h 5m · Queue backlog in orders",
        "fixed by: The consumers were scaled to 12.",
        "archive/queue-1.md:15",
        "the report does not say what fixed it",
        "not done  Alert on the backlog (owner: ada) [promised after 2024-02-03, back on 2024-06-02]",
        "Page earlier, done 2025-07-01 [promised after 2024-06-02, back on 2025-06-02, done\n            later]",
        "Seen 2 times: No space left",
        "line 9 says that it is the same as disk-1",
    ] {
        assert!(run.stdout.contains(expected), "no {expected:?} in {run:?}");
    }
    for not in ["Write this", "Raise the quota", "Look at it again", "Something"] {
        assert!(!run.stdout.contains(not), "{not:?} in {run:?}");
    }
    assert!(run.stderr.contains("2 recurring in 25 incidents"), "{run:?}");
}

#[test]
fn the_numbers_are_in_json() {
    let workshop = archive();
    let found = json(&workshop, &[]);
    assert_eq!(ids(&found), [vec!["queue-1", "queue-2", "queue-3"], vec!["disk-1", "disk-2"]]);
    assert_eq!((&found["total"], &found["looked_at"], &found["matching"]), (&2.into(), &25.into(), &25.into()));
    let queue = &found["clusters"][0];
    assert_eq!((&queue["times"], &queue["gaps_days"]), (&3.into(), &serde_json::json!([120, 365])));
    assert_eq!(queue["fixes"], serde_json::json!([{"kind": "scaled", "count": 2, "ids": ["queue-1", "queue-3"]}]));
    assert_eq!((&queue["first"], &queue["last"]), (&"2024-02-03".into(), &"2025-06-02".into()));
    let unfinished = queue["unfinished"].as_array().unwrap();
    assert_eq!(unfinished.iter().map(|action| &action["done"]).collect::<Vec<_>>(), [false, true]);
    assert_eq!(queue["incidents"][1]["days_since"], 120);
    let disk = &found["clusters"][1];
    assert_eq!(disk["incidents"][1]["said"], serde_json::json!([{"id": "disk-1", "line": 9}]));
    assert_eq!(
        (&disk["incidents"][1]["likeness"], &disk["services"]),
        (&Value::Null, &serde_json::json!(["logs", "search"]))
    );
}

#[test]
fn queries_filters_and_limits_narrow_it() {
    let workshop = archive();
    assert_eq!(ids(&json(&workshop, &["--min", "3"])), [["queue-1", "queue-2", "queue-3"]]);
    for wrong in ["1", "0"] {
        let run = recurring(&workshop, &["--min", wrong]);
        assert!(run.code == 2 && run.stderr.contains(&format!("--min {wrong}: what was seen once")), "{run:?}");
        assert!(run.stderr.contains("pass 2 or more"), "{run:?}");
    }
    assert!(recurring(&workshop, &["--min", "x"]).stderr.contains("not a whole number"));
    assert_eq!(ids(&json(&workshop, &["--unfinished"])), [["queue-1", "queue-2", "queue-3"]]);
    assert_eq!(ids(&json(&workshop, &["--until", "2023-12-31"])), [["disk-1", "disk-2"]]);
    assert_eq!(ids(&json(&workshop, &["queue", "--since", "2024-05-01"])), [["queue-2", "queue-3"]]);
    let one = json(&workshop, &["-n", "1"]);
    assert_eq!((one["clusters"].as_array().unwrap().len(), &one["total"]), (1, &2.into()));
    assert!(recurring(&workshop, &["-n", "1"]).stderr.contains("rca: 1 more; -n 2 shows all"));
    let nothing = recurring(&workshop, &["--service", "billing-3"]);
    assert!(nothing.code == 0 && nothing.stdout.contains("Nothing happened again in 1 incident"), "{nothing:?}");
    assert_eq!(recurring(&workshop, &["--service", "billing-3", "-e"]).code, 1);
    assert_eq!(recurring(&workshop, &["-e"]).code, 0);
    let wrong = recurring(&workshop, &["servce:orders"]);
    assert!(wrong.code == 2 && wrong.stderr.contains("service"), "{wrong:?}");
}

#[test]
fn every_format_has_it() {
    let workshop = archive();
    let format = |format: &str| recurring(&workshop, &["--format", format]).stdout;
    assert_eq!(format("paths").lines().count(), 5);
    let csv = format("csv");
    assert!(csv.starts_with("cluster,times,nth,id,") && csv.contains("1,3,2,queue-2,queue-2.md,"), "{csv}");
    let lines: Vec<Value> = format("jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.iter().map(|line| &line["type"]).collect::<Vec<_>>(), ["cluster", "cluster", "end"]);
    assert!(format("markdown").contains("- 1st, 2024-02-03: [Queue backlog in orders](<archive/queue-1.md>)"));
    assert!(format("compact").contains("2nd of 3 times"), "{}", format("compact"));
    assert!(format("vimgrep").contains("queue-1.md:19:1:not done: Alert on the backlog"), "{}", format("vimgrep"));
}

#[test]
fn show_and_seen_say_which_time_it_is() {
    let workshop = archive();
    let shown = workshop.stdout(&["show", "queue-2", "--archive", "archive"]);
    let expected = "seen          the 2nd of 3 times; before: 2024-02-03 queue-1; next: 2025-06-02 queue-3";
    assert!(shown.contains(expected), "{shown}");
    let said = workshop.stdout(&["show", "disk-1", "--archive", "archive"]);
    assert!(said.contains("seen          the 1st of 2 times; next: 2023-01-11 disk-2"), "{said}");
    let other = workshop.stdout(&["show", "other-3", "--archive", "archive"]);
    assert!(!other.contains("  seen  "), "{other}");
    let seen = workshop.stdout(&[
        "seen",
        "--archive",
        "archive",
        "the queue of orders grows, its consumers are too slow, messages wait for hours",
    ]);
    assert!(seen.contains("Seen 3 times: 2024-02-03, 2024-06-02, last 2025-06-02; this would be the 4th."), "{seen}");
}
