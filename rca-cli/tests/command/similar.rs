//! `rca similar`: the incidents like an incident, and which of them are linked with it.

use serde_json::Value;

use super::Workshop;

fn report(date: &str, title: &str, text: &str) -> String {
    format!("---\ntitle: {title}\ndate: {date}\nservices: [orders]\n---\n\n## Summary\n\n{text}\n")
}

const LAG: &str = "The consumer group of the shipping planner fell behind on partition 7 of the placed topic: a poison message with an \
                   unknown schema version stopped its deserializer, and 40,000 records waited until the offset was skipped.";
const AGAIN: &str = "A poison message on partition 3 of the placed topic stopped the deserializer of the billing worker. The offset was \
                     skipped by hand, as the consumer group of the shipping planner had needed before.";

/// An archive with a report that is there twice, one that it links to, one like it, and 20 others.
fn archive() -> Workshop {
    let workshop = Workshop::new();
    let linking = format!("{LAG}\n\n## Related\n\n- [[again]]");
    workshop.write("archive/lag.md", &report("2025-03-09", "Poison message on the placed topic", &linking));
    workshop.write("archive/copy.md", &report("2025-03-09", "Poison message on the placed topic", LAG));
    workshop.write("archive/again.md", &report("2025-06-02", "Deserializer stopped by a poison message", AGAIN));
    for n in 0..20 {
        let text = format!("The certificate of host {n} expired, TLS failed for the orders service.");
        workshop
            .write(&format!("archive/other-{n}.md"), &report("2024-01-01", &format!("Certificate {n} expired"), &text));
    }
    workshop
}

const ASK: [&str; 4] = ["similar", "lag", "--archive", "archive"];

fn ask<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&ASK[..], more].concat()
}

#[test]
fn what_is_like_an_incident_is_listed_with_its_links() {
    let workshop = archive();
    let run = workshop.rca(&ask(&[]));
    assert_eq!(run.code, 0, "{run:?}");
    for expected in [
        "2 incidents are like it",
        "near duplicate: Poison message on the placed topic",
        "like, linked: Deserializer stopped by a poison message",
        "the same day",
        "% of the wording",
        "this report links to it",
        "archive/lag.md:13",
        "fixed by",
    ] {
        assert!(run.stdout.contains(expected), "no {expected:?} in {run:?}");
    }
    assert!(!run.stdout.contains("Certificate"), "{run:?}");
    let linked = workshop.stdout(&ask(&["--linked"]));
    assert!(linked.contains("1 incident is linked with it") && !linked.contains("near duplicate"), "{linked}");
    let unlinked = workshop.stdout(&ask(&["--unlinked"]));
    assert!(unlinked.contains("near duplicate") && !unlinked.contains("like, linked"), "{unlinked}");
    // The link counts in the other direction too.
    let back = workshop.stdout(&["similar", "again", "--archive", "archive", "--linked"]);
    assert!(back.contains("it links to this report") && back.contains("archive/lag.md:13"), "{back}");
    let explained = workshop.stdout(&ask(&["--explain"]));
    assert!(explained.contains("word `poison`"), "{explained}");
}

#[test]
fn nothing_like_it_and_names_of_no_incident_are_said() {
    let workshop = archive();
    workshop.write(
        "archive/lone.md",
        "# SIP trunk of the telephony gateway lost its registrations\n\nCalls to the hotline dropped.\n",
    );
    let lone = ["similar", "lone", "--archive", "archive"];
    let run = workshop.rca(&lone);
    assert!(run.code == 0 && run.stdout.contains("Nothing like it in 24 incidents"), "{run:?}");
    assert_eq!(workshop.rca(&[&lone[..], &["-e"]].concat()).code, 1);
    assert_eq!(workshop.rca(&[&lone[..], &["-e", "--linked"]].concat()).code, 1);
    assert_eq!(workshop.rca(&ask(&["-e"])).code, 0);
    assert_eq!(workshop.rca(&ask(&["-e", "--service", "billing"])).code, 1);
    let run = workshop.rca(&["similar", "nothing", "--archive", "archive"]);
    assert!(run.code == 2 && run.stderr.contains("no such incident"), "{run:?}");
    let run = workshop.rca(&["similar", "other", "--archive", "archive"]);
    assert!(run.code == 2 && run.stderr.contains("other-1"), "{run:?}");
    assert_eq!(workshop.rca(&ask(&["--linked", "--unlinked"])).code, 2);
    let run = workshop.rca(&ask(&["--since", "never"]));
    assert!(run.code == 2 && run.stderr.contains("--since never"), "{run:?}");
}

#[test]
fn every_format_has_it() {
    let workshop = archive();
    let format = |format: &str| workshop.stdout(&ask(&["--format", format]));
    let json: Value = serde_json::from_str(&format("json")).unwrap();
    assert_eq!((&json["incident"]["id"], &json["like"]), (&"lag".into(), &2.into()));
    let hits: Vec<_> =
        json["hits"].as_array().unwrap().iter().map(|hit| (&hit["id"], &hit["level"], &hit["linked"])).collect();
    let link = serde_json::json!({"to": 13, "from": null});
    assert_eq!(
        hits,
        [(&"copy".into(), &"near-duplicate".into(), &Value::Null), (&"again".into(), &"like".into(), &link)]
    );
    assert_eq!(format("paths"), "archive/copy.md\narchive/again.md\n");
    let markdown = format("markdown");
    assert!(markdown.contains("1. near duplicate: [Poison message on the placed topic](<"), "{markdown}");
    let csv = format("csv");
    assert!(csv.starts_with("level,id,path,title,") && csv.contains("\nlike,again,again.md,"), "{csv}");
    let kinds: Vec<Value> = format("jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kinds: Vec<&str> = kinds.iter().map(|line| line["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["hit", "hit", "end"]);
    let compact = format("compact");
    assert!(compact.contains("(near duplicate)") && compact.contains("(like, linked)"), "{compact}");
    assert_eq!(format("vimgrep").lines().count(), 2);
    assert_eq!(workshop.stdout(&ask(&["-n", "1", "--format", "paths"])), "archive/copy.md\n");
    assert_eq!(workshop.stdout(&ask(&["--since", "2025-06", "--format", "paths"])), "archive/again.md\n");
    let all = workshop.json(&ask(&["--all", "-n", "9"]));
    assert!(all["hits"].as_array().unwrap().iter().any(|hit| hit["level"] == "weak"), "{all}");
}
