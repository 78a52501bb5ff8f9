//! Searching: queries, filters, freshness, and the messages about invalid queries.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use super::{Run, Workshop};

/// The file stems of the hits.
fn found(workshop: &Workshop, arguments: &[&str]) -> Vec<String> {
    let mut all = vec!["search", "--archive", "archive"];
    all.extend(arguments);
    let hits = workshop.json(&all)["hits"].as_array().unwrap().clone();
    hits.iter().map(|hit| hit["id"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()).collect()
}

#[test]
fn flags_mean_what_the_query_language_means() {
    let workshop = Workshop::with_archive();
    let check = |arguments: &[&str], expected: &[&str]| {
        let mut ids = found(&workshop, arguments);
        ids.sort();
        assert_eq!(ids, expected, "{arguments:?}");
    };
    check(&[], &["cert", "disk", "queue"]);
    check(&["--service", "orders"], &["disk", "queue"]);
    check(&["--service", "orders", "--service", "billing"], &["queue"]);
    check(&["--service", "billing,cart"], &["queue"]);
    check(&["--severity", ">=P2"], &["disk", "queue"]);
    check(&["--tag", "mq"], &["queue"]);
    check(&["--status", "resolved"], &["queue"]);
    check(&["--since", "2025-06-15"], &["disk"]);
    check(&["--until", "2025-06"], &["queue"]);
    check(&["--since", "1d"], &[]);
    check(&["--min-duration", "1h"], &["queue"]);
    check(&["--min-duration", "30"], &["cert", "queue"]);
    check(&["--max-duration", "1h"], &["cert"]);
    check(&["--min-users", "1k"], &["cert"]);
    check(&["--min-impact", "90k"], &["cert"]);
    check(&["--min-impact", "100k"], &[]);
    check(&["--has", "resolution"], &["queue"]);
    check(&["--without", "date"], &["cert"]);
    check(&["queue", "-service:billing"], &[]);
    check(&["service:orders", "-tag:mq"], &["disk"]);
    check(&["--literal", "queue", "AND"], &["queue"]);
}

#[test]
fn order_limit_and_offset() {
    let workshop = Workshop::with_archive();
    assert_eq!(found(&workshop, &["--sort", "date", "has:date"]), ["queue", "disk"]);
    assert_eq!(found(&workshop, &["--sort", "-date", "has:date"]), ["disk", "queue"]);
    assert_eq!(found(&workshop, &["--sort", "-severity", "-n", "1"]), ["disk"]);
    assert_eq!(found(&workshop, &["--sort", "-severity", "-n1", "--offset", "1"]), ["queue"]);
}

#[test]
fn a_search_sees_what_has_changed() {
    let workshop = Workshop::with_archive();
    assert_eq!(found(&workshop, &["kangaroo"]).len(), 0);
    workshop.write("archive/new.md", "# A kangaroo on the runway\n");
    assert_eq!(found(&workshop, &["kangaroo", "--no-update"]).len(), 0);
    assert_eq!(found(&workshop, &["kangaroo"]), ["new"]);
    fs::remove_file(workshop.path().join("archive/new.md")).unwrap();
    assert_eq!(found(&workshop, &["kangaroo"]).len(), 0);
}

#[test]
fn a_query_that_is_wrong_is_drawn_with_carets() {
    let workshop = Workshop::with_archive();
    let run = workshop.rca(&["search", "--archive", "archive", "servce:orders (queue"]);
    assert_eq!(run.code, 2);
    assert_eq!(run.stdout, "");
    let expected = "\
rca: unknown field `servce`
  servce:orders (queue
  ^^^^^^ did you mean `service:orders`?
rca: unclosed `(`
  servce:orders (queue
                ^ close it, or turn the syntax off with --literal
";
    let bare = |text: &str| text.replace('^', "");
    assert_eq!(bare(&run.stderr), bare(expected));
}

#[test]
fn a_query_that_is_wrong_is_json_for_programs() {
    let workshop = Workshop::with_archive();
    let run = workshop.rca(&["search", "--archive", "archive", "--format", "json", "servce:orders"]);
    assert_eq!(run.code, 2);
    let form: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&form["version"], &form["query"]), (&2.into(), &"servce:orders".into()));
    assert_eq!(form["errors"][0]["span"][0], 0);
    assert!(form["errors"][0]["reason"].as_str().unwrap().contains("servce"), "{form}");
}

#[test]
fn a_flag_that_is_wrong_is_named() {
    let workshop = Workshop::with_archive();
    // Only the index knows whether there is a key `luck`.
    workshop.stdout(&["index", "archive"]);
    for (flag, value) in [("--min-duration", "3x"), ("--since", "tomorrowish"), ("--sort", "colour"), ("--has", "luck")]
    {
        let run = workshop.rca(&["search", "--archive", "archive", flag, value]);
        assert_eq!(run.code, 2, "{flag}");
        assert!(run.stderr.starts_with(&format!("rca: {flag} {value}: ")), "{run:?}");
        assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
    }
}

#[test]
fn no_hits_and_the_exit_code() {
    let workshop = Workshop::with_archive();
    let run = workshop.rca(&["search", "--archive", "archive", "zebra"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""));
    assert!(run.stderr.contains("no incident matches zebra"), "{run:?}");
    assert_eq!(workshop.rca(&["search", "--archive", "archive", "zebra", "-e"]).code, 1);
    assert_eq!(workshop.rca(&["search", "--archive", "archive", "queue", "-e"]).code, 0);
}

#[test]
fn values_that_no_incident_has_are_named() {
    let workshop = Workshop::with_archive();
    let said = |arguments: &[&str]| {
        let mut all = vec!["search", "--archive", "archive"];
        all.extend(arguments);
        workshop.rca(&all).stderr
    };
    workshop.stdout(&["index", "archive"]);
    assert_eq!(said(&["service:biling"]), "rca: no incident has the service `biling`; did you mean `billing`?\n");
    assert_eq!(said(&["--tag", "kafka"]), "rca: no incident has the tag `kafka`; did you mean `mq/kafka`?\n");
    let statuses = "rca: no incident has the status `lost`; `rca facets status` lists the values\n";
    assert_eq!(said(&["queue", "status:lost"]), statuses);
    assert!(said(&["service:billing -service:nowhere zebra"]).contains("no incident matches"));
}

#[test]
fn partial_matches_are_said_to_be_partial() {
    let workshop = Workshop::with_archive();
    let run = workshop.rca(&["search", "--archive", "archive", "queue", "zebra"]);
    assert!(run.stdout.starts_with("Queue backlog\n"), "{run:?}");
    assert!(run.stderr.contains("no incident contains all of these words"), "{run:?}");
    assert_eq!(workshop.json(&["search", "--archive", "archive", "queue", "zebra"])["relaxed"], true);
}

#[test]
fn what_was_cut_of_a_query_is_said_in_one_line() {
    let workshop = Workshop::with_archive();
    let words: Vec<String> = (0..600).map(|i| format!("{}", 10_000 + i)).collect();
    let query = format!("queue {}", words.join(" "));
    let search = ["search", "--archive", "archive", &query];
    let said = "rca: the query has 601 different words; searched for the 512 rarest\n";
    for format in ["human", "jsonl", "csv", "paths"] {
        let run = workshop.rca(&[&search[..], &["--format", format]].concat());
        assert_eq!(run.stderr.matches(said).count(), 1, "{format}: {run:?}");
    }
    let cuts = serde_json::json!([{"what": "words", "kept": 512, "of": 601}]);
    assert_eq!(workshop.json(&search)["cuts"], cuts);
    assert!(workshop.json(&["search", "--archive", "archive", "queue queue"]).get("cuts").is_none());
    let explained = workshop.stdout(&["search", "--archive", "archive", "queue queue", "--explain"]);
    assert!(explained.contains("word `queue`, 2 times: rarity"), "{explained}");
}

/// A search of which one report has all words.
fn search_three<'a>(more: &[&'a str]) -> Vec<&'a str> {
    ["search", "--archive", "archive", "logs", "disk", "queue"].into_iter().chain(more.iter().copied()).collect()
}

#[test]
fn one_list_has_the_hits_with_all_words_then_those_with_some() {
    let workshop = Workshop::with_archive();
    workshop.write("archive/all.md", "# Everything\n\n## Summary\n\nThe disk of the queue was full of logs.\n");
    let found = workshop.json(&search_three(&[]));
    let matches: Vec<_> = found["hits"].as_array().unwrap().iter().map(|hit| hit["match"].as_str().unwrap()).collect();
    assert_eq!((matches, &found["total"], &found["total_some"]), (vec!["all", "some", "some"], &1.into(), &2.into()));
    assert!(found["hits"].as_array().unwrap().iter().all(|hit| hit["snippets"][0]["text"].is_string()), "{found}");
    assert_eq!((&found["version"], &found["relaxed"]), (&2.into(), &false.into()));
    let second = workshop.json(&search_three(&["-n", "1", "--offset", "1"]));
    assert_eq!(second["hits"], serde_json::json!([found["hits"][1]]));
    let strict = workshop.json(&search_three(&["--strict"]));
    assert_eq!((strict["hits"].as_array().unwrap().len(), &strict["total_some"]), (1, &0.into()));

    let csv = workshop.stdout(&search_three(&["--format", "csv"]));
    let ends: Vec<_> = csv.lines().map(|line| line.rsplit(',').next().unwrap()).collect();
    assert_eq!(ends, ["match", "all", "some", "some"]);
    let jsonl = workshop.stdout(&search_three(&["--format", "jsonl"]));
    assert!(jsonl.lines().nth(1).unwrap().starts_with("{\"type\":\"hit\",\"match\":\"some\","), "{jsonl}");
    let paths = workshop.rca(&search_three(&["--format", "paths"]));
    assert_eq!(paths.stdout.lines().count(), 3);
    assert!(paths.stderr.contains("the last 2 have some of the words only; --strict omits them"), "{paths:?}");
    let markdown = workshop.stdout(&search_three(&["--format", "markdown"]));
    assert_eq!(markdown.matches(" · partial match\n").count(), 2, "{markdown}");
    let human = workshop.rca(&search_three(&[]));
    assert!(human.stderr.starts_with("1 incident, 2 partial matches in "), "{human:?}");
    let (before, after) = human.stdout.split_once("partial matches:\n").unwrap();
    assert!(before.starts_with("Everything\n") && after.contains("Queue backlog\n"), "{human:?}");
}

#[test]
fn an_answer_without_a_full_match_is_marked_and_strict_has_none() {
    let workshop = Workshop::with_archive();
    let search = |more: &[&str]| {
        let mut all = vec!["search", "--archive", "archive", "queue", "zebra", "-e"];
        all.extend(more);
        workshop.rca(&all)
    };
    for format in ["jsonl", "csv", "paths"] {
        let run = search(&["--format", format]);
        assert_eq!(run.code, 0, "{run:?}");
        assert!(run.stderr.contains("no incident contains all of these words"), "{run:?}");
        assert!(format == "paths" || run.stdout.contains("some"), "{run:?}");
        let run = search(&["--format", format, "--strict"]);
        assert_eq!((run.code, run.stdout.contains("queue.md")), (1, false), "{run:?}");
    }
}

#[test]
fn pasted_text_is_searched_for_without_syntax() {
    let workshop = Workshop::with_archive();
    let search = |text: &str, more: &[&str]| {
        let mut all = vec!["search", "--archive", "archive"];
        all.extend(more);
        all.extend(["--", text]);
        workshop.rca(&all)
    };
    for text in [
        "{\"summary\": \"consumers slow\", \"labels\": \"severity:critical\", \"cmd\": \"rm -rf -slow\"}",
        "consumers slow:\n    at java.lang.Thread.start0(Native Method)\n    ... (5 more -consumers",
        "Traceback (most recent call last):\n  File \"/app/consumers.py\", line 41, in slow\nValueError: -INF",
    ] {
        let run = search(text, &["-n", "1"]);
        assert!(run.code == 0 && run.stdout.starts_with("Queue backlog\n"), "{run:?}");
        assert!(run.stderr.contains("rca: read as pasted text, without syntax: the words that say most"), "{run:?}");
        assert!(!run.stderr.contains("no incident contains all"), "any word suffices: {run:?}");
        let found = search(text, &["--format", "json"]).stdout;
        let found: serde_json::Value = serde_json::from_str(&found).unwrap();
        assert!(found["interpreted"].as_str().unwrap().starts_with("pasted text: "), "{found}");
        assert_eq!(found["pasted"], true);
    }
    // The flags decide, if they are given.
    assert_eq!(search("(consumers\nslow", &["--query"]).code, 2);
    let literal = search("(consumers slow", &["--literal"]);
    assert!(literal.code == 0 && !literal.stderr.contains("pasted"), "{literal:?}");
    let typed = search("consumers (slow", &[]);
    assert_eq!(typed.code, 2, "{typed:?}");
    let unheard = search("walrus\nof the ocean", &[]);
    assert!(unheard.stderr.contains("no incident has any of these words"), "{unheard:?}");
    let wrong = search("consumers\nslow", &["--severity", ">=never"]);
    assert!(wrong.code == 2 && wrong.stderr.contains("--severity"), "{wrong:?}");
}

/// Twenty reports about an ordinary thing, and two about a queue; one says what fixed it.
fn queues() -> Workshop {
    let workshop = Workshop::new();
    for n in 0..20 {
        workshop.write(&format!("archive/other-{n}.md"), "# Certificate expired\n\nThe retry of the client failed.\n");
    }
    for (name, service, fix) in
        [("queue-1", "orders", "## Resolution\n\nThe consumers were scaled to `12`.\n"), ("queue-2", "billing", "")]
    {
        workshop.write(
            &format!("archive/{name}.md"),
            &format!(
                "# Queue backlog in {service}\n\n**Service:** {service}\n\n## Summary\n\nThe queue grew: consumers were slow.\n\n{fix}"
            ),
        );
    }
    workshop
}

const QUEUE_ALERT: &str = r#"{"alerts": [{"status": "firing", "labels": {"alertname": "QueueBacklog", "service": "billing"},
    "annotations": {"summary": "the queue grows, retry of the client"}, "fingerprint": "a3f1c2b49d0e8877"}], "status": "firing"}"#;

#[test]
fn a_paste_is_ranked_as_seen_ranks_it() {
    let workshop = queues();
    let run = |command: &str, more: &[&str]| {
        workshop.json(&[&[command, QUEUE_ALERT, "--archive", "archive", "-n", "3"], more].concat())
    };
    let ids = |found: &serde_json::Value| {
        found["hits"].as_array().unwrap().iter().map(|hit| hit["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (searched, seen) = (run("search", &[]), run("seen", &["--all"]));
    assert_eq!(ids(&searched), ids(&seen));
    assert_eq!(ids(&searched)[..2], ["queue-2", "queue-1"], "the service that it names comes first");
    assert_eq!(
        searched["interpreted"].as_str().unwrap(),
        format!("pasted text: {}", seen["interpreted"].as_str().unwrap())
    );
    assert_eq!((&searched["query"], &searched["relaxed"]), (&QUEUE_ALERT.into(), &true.into()));
    assert!(searched.get("suggestions").is_none(), "nothing is corrected: {searched}");
    // Filters, facets and an explanation are those of any search.
    assert_eq!(ids(&run("search", &["--service", "orders"])), ["queue-1"]);
    let facets = run("search", &["--facets", "service", "--explain"]);
    assert_eq!(
        facets["facets"]["service"],
        serde_json::json!([{"value": "billing", "count": 1}, {"value": "orders", "count": 1}])
    );
    let explanation = &facets["hits"][0]["explanation"];
    assert!(explanation["service"].as_f64().unwrap() > 1.0, "{explanation}");
    assert_eq!(run("search", &["--strict"])["total"], 0);
}

#[test]
fn a_question_is_typed_however_long_it_is() {
    let workshop = queues();
    let question = "which of the outages that we had in the last two years had a queue that grew, because the consumers of \
                    the service were slow, and how was it fixed?";
    let found = workshop.json(&["search", "--archive", "archive", question]);
    assert!(found.get("pasted").is_none() && found["hits"][0]["id"].as_str().unwrap().starts_with("queue"), "{found}");
}

#[test]
fn what_fixed_it_is_shown_in_place_of_the_passage() {
    let workshop = queues();
    let search = |more: &[&str]| {
        let run = workshop.rca(&[&["search", "--archive", "archive", "queue", "backlog"], more].concat());
        assert_eq!(run.code, 0, "{run:?}");
        run.stdout
    };
    let human = search(&["--show", "fix"]);
    assert!(human.contains("  fixed by  The consumers were scaled to 12.\n"), "{human}");
    assert!(human.contains("scaled  archive/queue-1.md:11\n"), "{human}");
    assert!(
        human.contains("  fixed by  the report does not say what fixed it\n            archive/queue-2.md\n"),
        "{human}"
    );
    assert!(!human.contains("The queue grew"), "no passage: {human}");
    let markdown = search(&["--show", "fix", "--format", "markdown"]);
    assert!(
        markdown.contains("   - fixed by: The consumers were scaled to 12. (`archive/queue-1.md:11`)\n"),
        "{markdown}"
    );
    assert!(markdown.contains("   - fixed by: the report does not say what fixed it\n"), "{markdown}");
    assert!(!markdown.contains("   > "), "{markdown}");
    for format in ["json", "jsonl"] {
        let hits = search(&["--show", "fix", "--format", format]);
        let hits: Vec<serde_json::Value> = match format {
            "json" => serde_json::from_str::<serde_json::Value>(&hits).unwrap()["hits"].as_array().unwrap().clone(),
            _ => hits.lines().take(2).map(|line| serde_json::from_str(line).unwrap()).collect(),
        };
        let fix_of = |id: &str| hits.iter().find(|hit| hit["id"] == id).unwrap().get("fix").cloned();
        let fix = serde_json::json!({"text": "The consumers were scaled to 12.", "kind": "scaled", "source": "resolution", "line": 11});
        assert_eq!((fix_of("queue-1"), fix_of("queue-2")), (Some(fix), Some(serde_json::Value::Null)));
        assert!(hits.iter().all(|hit| hit["snippets"] == serde_json::json!([])), "{hits:?}");
    }
    let csv = search(&["--show", "fix", "--format", "csv"]);
    assert!(csv.lines().next().unwrap().ends_with(",score,fix.source,fix.line,fix.text,match"), "{csv}");
    assert!(csv.contains(",resolution,11,The consumers were scaled to 12.,all") && csv.contains(",,,,all"), "{csv}");
    assert!(search(&["--show", "fix", "--format", "compact"]).contains("archive/queue-1.md:11"));
    let vimgrep = search(&["--show", "fix", "--format", "vimgrep"]);
    assert!(vimgrep.contains("archive/queue-1.md:11:1:The consumers were scaled"), "{vimgrep}");
    assert!(vimgrep.contains("archive/queue-2.md:1:1:Queue backlog in billing"), "{vimgrep}");
}

#[test]
fn a_hit_without_a_passage_is_shown_by_its_facts_alone() {
    let workshop = queues();
    let search =
        |more: &[&str]| workshop.rca(&[&["search", "--archive", "archive", "queue", "-n", "1"], more].concat());
    let none = search(&["--show", "none", "-q"]);
    assert_eq!(none.stdout.lines().count(), 4, "title, facts, path: {none:?}");
    let usual = search(&["--format", "json"]).stdout;
    assert!(usual.contains("\"snippets\": [\n") && !usual.contains("\"fix\""), "{usual}");
    let snippet = search(&["--show", "snippet", "--format", "json"]).stdout;
    let without_time =
        |json: &str| json.lines().filter(|line| !line.contains("took_ms")).collect::<Vec<_>>().join("\n");
    assert_eq!(without_time(&snippet), without_time(&usual));
    assert!(search(&["--show", "none", "--format", "json"]).stdout.contains("\"snippets\": []"));
    for wrong in [&["--show", "cause"][..], &["--show", "fix", "--fields", "id"], &["--show", "fix", "--count"]] {
        assert_eq!(search(wrong).code, 2, "{wrong:?}");
    }
    assert!(search(&["--show", "cause"]).stderr.contains("snippet, fix, none"));
    let fields = search(&["--fields", "id,fix.line,fix.text", "--format", "csv"]).stdout;
    assert!(fields.starts_with("id,fix.line,fix.text\nqueue-"), "{fields}");
}

#[test]
fn a_query_from_stdin() {
    let workshop = Workshop::with_archive();
    let mut command = workshop.command(&["search", "--archive", "archive", "--literal", "-", "--format", "paths"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"ERROR [consumers] (slow\n").unwrap();
    let run = Run::from(child.wait_with_output().unwrap());
    assert_eq!(run.stdout, "archive/2025/queue.md\n", "{run:?}");
}

#[test]
fn an_incident_is_shown_by_any_name_that_is_clear() {
    let workshop = Workshop::with_archive();
    for name in ["2025/queue", "2025/queue.md", "queue", "queue.md"] {
        assert_eq!(workshop.json(&["show", name, "--archive", "archive"])["id"], "2025/queue", "{name}");
    }
    let section = workshop.stdout(&["show", "queue", "--archive", "archive", "--section", "resolution"]);
    assert_eq!(section, "Queue backlog\n  archive/2025/queue.md\n\nResolution\n1. More consumers\n");
    let source = workshop.stdout(&["show", "queue", "--archive", "archive", "--format", "markdown"]);
    assert_eq!(source, fs::read_to_string(workshop.path().join("archive/2025/queue.md")).unwrap());

    let unknown = workshop.rca(&["show", "nothing", "--archive", "archive"]);
    assert_eq!((unknown.code, unknown.stderr.lines().count()), (2, 1), "{unknown:?}");
    workshop.write("archive/2023/queue.md", "# Another queue\n");
    let many = workshop.rca(&["show", "queue", "--archive", "archive"]);
    assert_eq!(many.code, 2);
    assert!(many.stderr.ends_with("\n  2023/queue  Another queue\n  2025/queue  Queue backlog\n"), "{many:?}");
}

#[test]
fn facets_are_counted_over_what_a_query_finds() {
    let workshop = Workshop::with_archive();
    let all = workshop.json(&["facets", "service", "--archive", "archive"]);
    let expected = serde_json::json!([{"value": "orders", "count": 2}, {"value": "billing", "count": 1}]);
    assert_eq!(all["facets"], serde_json::json!({"service": expected}));
    let fields = workshop.json(&["facets", "--archive", "archive"]);
    assert_eq!(fields["facets"]["field"][0], serde_json::json!({"value": "severity", "count": 3}));
    let some = workshop.stdout(&["facets", "service", "disk", "--archive", "archive"]);
    assert_eq!(some, "service\n  1  orders\n");
}

#[test]
fn a_score_is_explained_when_asked_for() {
    let workshop = Workshop::with_archive();
    let plain = workshop.json(&["search", "queue", "--archive", "archive"]);
    let explained = workshop.json(&["search", "queue", "--archive", "archive", "--explain"]);
    assert!(plain["hits"][0]["explanation"].is_null(), "{plain}");
    let explanation = &explained["hits"][0]["explanation"];
    assert_eq!(explanation["words"][0]["word"], "queue", "{explanation}");
    assert!(explanation["severity"].as_f64().unwrap() > 1.0, "{explanation}");
    assert!((explanation["total"].as_f64().unwrap() - explained["hits"][0]["score"].as_f64().unwrap()).abs() < 1e-3);
    let plain = workshop.json(&["search", "queue", "--archive", "archive", "--explain", "--no-preferences"]);
    let explanation = &plain["hits"][0]["explanation"];
    assert_eq!((&explanation["severity"], &explanation["recency"]), (&1.0.into(), &1.0.into()), "{explanation}");
    let told = workshop.stdout(&["search", "queue", "--archive", "archive", "--explain"]);
    assert!(told.contains("word `queue`: rarity") && told.contains("severity"), "{told}");
}

#[test]
fn what_a_search_reads_is_explained_when_asked_for() {
    let workshop = Workshop::with_archive();
    let plain = workshop.json(&["search", "queue backlog", "--archive", "archive"]);
    let explained = workshop.json(&["search", "queue backlog", "--archive", "archive", "--explain"]);
    let work = |name: &str| explained["work"][name].as_u64().unwrap();
    assert!(plain.get("work").is_none(), "{plain}");
    assert!(work("postings") > 0 && work("positions") > 0 && work("listed") == 0, "{explained}");
    assert_eq!(work("reports"), explained["hits"].as_array().unwrap().len() as u64, "{explained}");
    let told = workshop.rca(&["search", "queue backlog", "--archive", "archive", "--explain"]).stderr;
    let expected = format!(
        "rca: {} postings read, {} positions decoded, {} report",
        work("postings"),
        work("positions"),
        work("reports")
    );
    assert!(told.contains(&expected), "{told}");
}

#[test]
fn more_is_said_when_asked_for() {
    let workshop = Workshop::with_archive();
    let run = workshop.rca(&["search", "severity:>=P2 queue", "--archive", "archive", "-v"]);
    assert!(run.stderr.starts_with("rca: indexed 3 reports from archive in "), "{run:?}");
    assert!(run.stderr.contains("rca: interpreted as queue severity:>=P2\n"), "{run:?}");
}

#[test]
fn everything_is_read_again_when_asked_for() {
    let workshop = Workshop::with_archive();
    let added = |arguments: &[&str]| workshop.json(arguments)["added"].clone();
    assert_eq!(added(&["index", "archive"]), 3);
    assert_eq!(added(&["index", "archive"]), 0);
    assert_eq!(added(&["index", "archive", "--rebuild"]), 3);
}

/// Runs a search with this text piped in.
fn piped(workshop: &Workshop, arguments: &[&str], text: &str) -> Run {
    piped_as("json", workshop, arguments, text)
}

fn piped_as(format: &str, workshop: &Workshop, arguments: &[&str], text: &str) -> Run {
    let mut all = vec!["search", "--archive", "archive", "--format", format];
    all.extend(arguments);
    let mut command = workshop.command(&all);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    Run::from(child.wait_with_output().unwrap())
}

fn total(run: &Run) -> u64 {
    let results: serde_json::Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"));
    results["total"].as_u64().unwrap()
}

#[test]
fn piped_text_without_a_query_is_searched_for_as_it_stands() {
    let workshop = Workshop::with_archive();
    let run = piped(&workshop, &[], "consumers (of the queue) -slow service:\n");
    assert_eq!((run.code, total(&run)), (0, 1), "{run:?}");
    assert!(!run.stdout.contains("\"pasted\""), "a word or two is no paste: {run:?}");
    let run = piped_as("compact", &workshop, &[], "consumers or (queue\n");
    assert!(
        run.stderr.contains("rca: read as plain text, without syntax; --query") && !run.stderr.contains("`OR`"),
        "{run:?}"
    );
    // What is pasted is, however it comes in.
    let log = "12:01:07 ERROR consumers of the queue are slow (again\n12:01:09 ERROR walrus -slow\n";
    for arguments in [&[][..], &["-"]] {
        let run = piped(&workshop, arguments, log);
        let results: serde_json::Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"));
        assert_eq!(
            (&results["pasted"], &results["hits"][0]["id"]),
            (&true.into(), &"2025/queue".into()),
            "{arguments:?}"
        );
    }
    let literal: serde_json::Value = serde_json::from_str(&piped(&workshop, &["--literal"], log).stdout).unwrap();
    assert!(literal.get("pasted").is_none(), "{literal}");
    // An argument is the query, whatever is piped in.
    assert_eq!(total(&piped(&workshop, &["disk"], "consumers")), 1);
    assert_eq!(total(&piped(&workshop, &["-service:orders"], "consumers")), 1);
    // A file.
    workshop.write("alert.txt", "consumers queue");
    let mut command = workshop.command(&["search", "--archive", "archive", "--format", "json", "-n", "1"]);
    command.stdin(fs::File::open(workshop.path().join("alert.txt")).unwrap());
    assert_eq!(total(&Run::from(command.output().unwrap())), 1);
    // More than a query may have, and more than is read of a paste.
    let run = piped(&workshop, &[], &"consumers é ".repeat(3_000));
    let results: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&results["cut"], &results["total_some"]), (&true.into(), &1.into()), "{}", run.stderr);
    let run = piped(&workshop, &[], &format!("consumers\n{}", "walrus ".repeat(150_000)));
    let results: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&results["pasted"], &results["cut"]), (&true.into(), &true.into()));
    assert_eq!(
        (results["query"].as_str().unwrap().len(), &results["query_bytes"], &results["total_some"]),
        (4_096, &(1 << 20).into(), &1.into()),
        "{}",
        run.stderr
    );
    let run = piped_as("compact", &workshop, &[], &format!("consumers\n{}", "walrus ".repeat(150_000)));
    assert!(run.stderr.contains("the text is too long; searched for its first 1048576 bytes"), "{run:?}");
    // A flag makes it a query.
    assert_eq!(piped(&workshop, &["--query"], "consumers (of").code, 2);
    assert_eq!(total(&piped(&workshop, &["--query"], "consumers -service:orders")), 0);
}

#[test]
fn empty_stdin_finds_nothing_and_says_so() {
    let workshop = Workshop::with_archive();
    for arguments in [&[][..], &["-"], &["--literal", "-"]] {
        let run = piped(&workshop, arguments, " \n");
        assert_eq!((run.code, total(&run)), (0, 0), "{arguments:?}: {run:?}");
        assert!(run.stderr.contains("stdin is empty"), "{arguments:?}: {run:?}");
    }
    assert_eq!(piped(&workshop, &["-e"], "").code, 1);
    // Filters alone ask for something.
    let run = piped(&workshop, &["--since", "1990-01-01"], "");
    assert!(total(&run) > 0 && !run.stderr.contains("stdin is empty"), "{run:?}");
    // No stdin is not empty text.
    assert_eq!(workshop.json(&["search", "--archive", "archive"])["total"], 3);
}

#[test]
fn a_pipe_that_nobody_writes_to_is_not_waited_for() {
    let workshop = Workshop::with_archive();
    let mut command = workshop.command(&["search", "--archive", "archive", "--format", "json"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let open = child.stdin.take();
    let run = Run::from(child.wait_with_output().unwrap());
    assert_eq!(total(&run), 3);
    assert!(run.stderr.contains("nothing arrived on stdin"), "{run:?}");
    drop(open);
}

#[test]
fn text_that_may_be_meant_as_syntax_is_noted() {
    let workshop = Workshop::with_archive();
    let check = |query: &str, note: &str| {
        let run = workshop.rca(&["search", "--archive", "archive", query]);
        assert!(run.code == 0 && run.stderr.contains(note), "{query}: {run:?}");
    };
    check("queue or disk", "`or` is searched for as text; write `OR`");
    check("service=orders", "write `service:orders`");
    let run = workshop.rca(&["search", "--archive", "archive", "--literal", "queue or disk"]);
    assert!(!run.stderr.contains("as text"), "{run:?}");
    let run = workshop.rca(&["search", "--archive", "archive", "-s", "orders", "queue"]);
    assert!(run.code == 2 && run.stderr.contains("unknown option `-s`"), "{run:?}");
}

#[test]
fn a_query_may_still_be_typed() {
    let workshop = Workshop::with_archive();
    assert_eq!(found(&workshop, &["--as-you-type", "cons"]), ["queue"]);
    assert_eq!(found(&workshop, &["--as-you-type", "disk service:ord"]), ["disk"]);
    assert_eq!(found(&workshop, &["--as-you-type", "disk service:"]), ["disk"]);
    assert_eq!(workshop.rca(&["search", "--archive", "archive", "--as-you-type", "--literal", "x"]).code, 2);
}

#[test]
fn days_are_those_of_the_zone_that_is_set() {
    let workshop = Workshop::with_archive();
    workshop.write("archive/night.md", "---\ndate: 2025-06-10T22:30:00Z\n---\n# Night\n\nText.\n");
    let day = "date:2025-06-11";
    assert_eq!(found(&workshop, &[day]).len(), 0);
    assert_eq!(found(&workshop, &["--timezone", "Europe/Berlin", day]), ["night"]);
    workshop.write("archive/rca.toml", "timezone = \"Europe/Berlin\"\n");
    assert_eq!(found(&workshop, &[day]), ["night"]);
    assert_eq!(found(&workshop, &["--timezone", "UTC", day]).len(), 0);
    let mut command = workshop.command(&["facets", "status", day, "--archive", "archive", "--format", "json"]);
    let run = Run::from(command.env("RCA_TIMEZONE", "Nowhere/Land").output().unwrap());
    assert!(run.code == 2 && run.stderr.contains("unknown time zone `Nowhere/Land`"), "{run:?}");
}
