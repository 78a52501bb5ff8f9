//! `rca seen`: what is like a pasted text, and what fixed it.

use std::io::Write as _;
use std::process::Stdio;

use serde_json::Value;

use super::{Run, Workshop};

const ALERT: &str = r#"{"version": "4", "status": "firing", "receiver": "pager", "groupKey": "{}:{alertname=\"QueueBacklog\"}",
  "alerts": [{"status": "firing", "labels": {"alertname": "QueueBacklog", "service": "orders", "severity": "page"},
    "annotations": {"summary": "the queue of orders grows, its consumers are too slow",
      "runbook_url": "https://wiki.example/runbooks/queue"},
    "startsAt": "2026-03-14T02:11:09Z", "fingerprint": "a3f1c2b49d0e8877"}]}"#;

/// Something else: nothing of it is in the archive but ordinary words.
const OTHER: &str = "SIP trunk of the telephony gateway lost its registrations, calls to the hotline are dropped";

/// An archive with a queue that filled up twice, and 20 other reports.
fn archive() -> Workshop {
    let workshop = Workshop::new();
    for (name, date, fix) in [
        ("queue-1", "2024-02-03", "## Resolution\n\nThe consumers were scaled to 12.\n"),
        ("queue-2", "2025-06-02", ""),
    ] {
        workshop.write(
            &format!("archive/{name}.md"),
            &format!(
                "---\ntitle: Queue backlog in orders\ndate: {date}\nseverity: P2\nservices: [orders]\nduration: 65\n---\n\n\
                 ## Summary\n\nThe queue of orders grew: its consumers were too slow.\n\n{fix}\n## Action Items\n\n\
                 - [ ] Alert on the backlog (owner: ada)\n- [x] Write this\n\n## Links\n\n- [Runbook](https://wiki.example/rb/{name})\n"
            ),
        );
    }
    for n in 0..20 {
        workshop.write(
            &format!("archive/other-{n}.md"),
            &format!("# Certificate {n} expired\n\n**Service:** billing\n\nThe certificate of host {n} expired, TLS failed.\n"),
        );
    }
    workshop
}

fn piped(workshop: &Workshop, text: &str, arguments: &[&str]) -> Run {
    let mut command = workshop.command(&[&["seen", "--archive", "archive"], arguments].concat());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A command that fails before it reads closes the pipe.
    let _ = child.stdin.take().unwrap().write_all(text.as_bytes());
    Run::from(child.wait_with_output().unwrap())
}

#[test]
fn an_alert_on_stdin_is_answered() {
    let workshop = archive();
    let run = piped(&workshop, ALERT, &[]);
    assert_eq!(run.code, 0, "{run:?}");
    for expected in [
        "alertmanager: QueueBacklog",
        "Seen 2 times: 2024-02-03, last 2025-06-02; this would be the 3rd. Fixed by: scaled (1); unknown (1)",
        "Runbook: https://wiki.example/runbooks/queue",
        "same: Queue backlog in orders",
        "· P2 · orders ·",
        "fixed by  The consumers were scaled to 12.",
        "archive/queue-1.md:15",
        "the report does not say what fixed it",
        "open      Alert on the backlog",
        "runbook   https://wiki.example/rb/queue-1",
    ] {
        assert!(run.stdout.contains(expected), "no {expected:?} in {run:?}");
    }
    assert!(!run.stdout.contains("Certificate") && !run.stdout.contains("Write this"), "{run:?}");
    // A dash, a file and words ask the same.
    assert_eq!(piped(&workshop, ALERT, &["-"]).stdout, run.stdout);
    workshop.write("alert.json", ALERT);
    assert_eq!(piped(&workshop, "", &["--file", "alert.json"]).stdout, run.stdout);
    let words = workshop.stdout(&["seen", "--archive", "archive", "the queue of orders grows, slow consumers"]);
    assert!(words.contains("text: the queue") && words.contains("Seen 2 times"), "{words}");
}

#[test]
fn nothing_like_it_is_said() {
    let workshop = archive();
    let run = piped(&workshop, OTHER, &[]);
    assert!(run.code == 0 && run.stdout.contains("Nothing like it in 22 incidents"), "{run:?}");
    assert_eq!(piped(&workshop, OTHER, &["-e"]).code, 1);
    assert_eq!(piped(&workshop, ALERT, &["-e"]).code, 0);
    let with_certificate = format!("{OTHER}; not the certificate");
    let run = piped(&workshop, &with_certificate, &[]);
    assert!(run.stdout.contains("(nearest: Certificate ") && run.stdout.contains(" of "), "{run:?}");
    // Weak hits are shown on request only.
    let all = piped(&workshop, &with_certificate, &["--all", "-n", "2"]);
    assert_eq!(all.stdout.matches("weak: Certificate").count(), 2, "{all:?}");
}

#[test]
fn filters_and_limits_narrow_it() {
    let workshop = archive();
    let json = |arguments: &[&str]| -> Value {
        let run = piped(&workshop, ALERT, &[&["--format", "json"], arguments].concat());
        serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"))
    };
    let whole = json(&[]);
    assert_eq!((&whole["judgement"], &whole["times_seen"], &whole["like"]), (&"seen".into(), &2.into(), &2.into()));
    assert_eq!(whole["fixes"], serde_json::json!([{"kind": "scaled", "count": 1, "ids": ["queue-1"]}]));
    assert_eq!((&whole["first"], &whole["last"]), (&"2024-02-03".into(), &"2025-06-02".into()));
    assert_eq!((&whole["signal"]["kind"], &whole["fixes_unknown"]), (&"alertmanager".into(), &1.into()));
    let fixes: Vec<&Value> = whole["hits"].as_array().unwrap().iter().map(|hit| &hit["fix"]["source"]).collect();
    assert!(fixes.contains(&&Value::from("resolution")) && fixes.contains(&&Value::Null), "{fixes:?}");
    assert_eq!(whole["runbooks"].as_array().unwrap().len(), 3);
    assert_eq!(whole["open_actions"].as_array().unwrap().len(), 2);
    let one = json(&["-n", "1"]);
    assert_eq!((one["hits"].as_array().unwrap().len(), &one["times_seen"]), (1, &2.into()));
    let since = json(&["--since", "2025-01-01"]);
    assert_eq!((&since["times_seen"], &since["hits"][0]["id"]), (&1.into(), &"queue-2".into()));
    // A service weighs; as a flag, it filters.
    assert_eq!(json(&["--service", "billing"])["judgement"], "nothing");
    let run = piped(&workshop, ALERT, &["--since", "never"]);
    assert!(run.code == 2 && run.stderr.contains("--since never"), "{run:?}");
}

#[test]
fn every_format_has_it() {
    let workshop = archive();
    let format = |format: &str| piped(&workshop, ALERT, &["--format", format]).stdout;
    let paths = format("paths");
    assert_eq!(paths.lines().count(), 2, "{paths}");
    assert!(paths.contains("archive/queue-1.md\n"), "{paths}");
    let markdown = format("markdown");
    assert!(
        markdown.contains("**Seen 2 times: ") && markdown.contains("same: [Queue backlog in orders](<"),
        "{markdown}"
    );
    let csv = format("csv");
    assert!(csv.starts_with("level,id,path,title,") && csv.contains("The consumers were scaled to 12.,15"), "{csv}");
    let lines = format("jsonl");
    let kinds: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kinds: Vec<&str> = kinds.iter().map(|line| line["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["hit", "hit", "end"]);
    assert!(format("compact").contains("(same)") && format("vimgrep").contains("queue-1.md:15:1:The consumers"));
}

#[test]
fn what_was_understood_is_shown() {
    let workshop = archive();
    let run = piped(&workshop, ALERT, &["--show-signal"]);
    assert!(run.stdout.contains("name     x3    line 2    QueueBacklog"), "{run:?}");
    assert!(run.stdout.contains("the queue of orders grows") && !run.stdout.contains("a3f1c2b49d0e8877"), "{run:?}");
    // A kind that is given counts, whatever the text looks like.
    let run = piped(&workshop, ALERT, &["--from", "text"]);
    assert!(run.stdout.starts_with("text: "), "{run:?}");
    let run = piped(&workshop, ALERT, &["--from", "pigeon"]);
    assert!(run.code == 2 && run.stderr.contains("the kinds are alertmanager,"), "{run:?}");
}

#[test]
fn a_text_that_is_missing_empty_or_too_long() {
    let workshop = archive();
    let run = workshop.rca(&["seen", "--archive", "archive"]);
    assert!(run.code == 2 && run.stderr.contains("there is no text"), "{run:?}");
    let run = piped(&workshop, " \n", &[]);
    assert!(run.code == 0 && run.stderr.contains("the text is empty"), "{run:?}");
    assert!(run.stdout.contains("Nothing like it in 22 incidents"), "{run:?}");
    let long = format!("the queue of orders grows, its consumers are too slow\n{}", "x ".repeat(600_000));
    let run = piped(&workshop, &long, &[]);
    assert!(run.stderr.contains("its first 1,048,576 bytes were read"), "{run:?}");
    let run = piped(&workshop, "", &["--file", "missing.json"]);
    assert!(run.code == 2 && run.stderr.contains("missing.json"), "{run:?}");
    let run = piped(&workshop, "", &["--file", "x", "words"]);
    assert_eq!(run.code, 2, "{run:?}");
}
