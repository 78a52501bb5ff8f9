//! Links both ways: which incidents link to one, whatever the order in which they come and go.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::Path;

use rca_index::query::{QueryOptions, parse};
use rca_index::{Archive, Error, Incident, Index, Link, LinkFilter, SearchRequest, SectionKind, UpdateOptions};

fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn update(index: &Index, folder: &Path) {
    index.update(&Archive::open(folder).unwrap(), &UpdateOptions::default(), |_| {}).unwrap();
}

/// The ids that a query finds, sorted.
fn found(index: &Index, query: &str) -> Vec<String> {
    let request = SearchRequest::parse(query).unwrap().limit(100);
    let hits = index.search_summaries(&request).unwrap_or_else(|error| panic!("{query}: {error}")).hits;
    let mut ids: Vec<String> = hits.into_iter().map(|hit| hit.incident.id).collect();
    ids.sort();
    ids
}

fn backlinks(index: &Index, id: &str) -> Vec<String> {
    index.backlinks(id).unwrap().into_iter().map(|summary| summary.id).collect()
}

fn linking(id: &str, targets: &[&str]) -> Incident {
    let link = |&target: &&str| Link { target: target.to_owned(), external: false, label: None, line: 1 };
    let mut incident = Incident::new(id, id);
    incident.links = targets.iter().map(link).collect();
    incident
}

#[test]
fn links_of_every_kind_count_and_those_in_code_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let target = "# Queue backlog\n\nSee [above](#queue-backlog), [this](queue.md#cause), [[queue]], https://host/2025/queue.md\n";
    write(folder.path(), "2025/queue.md", target);
    for (name, text) in [
        ("relative", "[x](queue.md)"),
        ("heading", "[x](./queue.md#cause)"),
        ("wiki", "[[2025/queue|the queue]]"),
        ("escaped", "[x](../2025/%71ueue.md)"),
        ("case", "[x](../2025/QUEUE.MD)"),
        ("reference", "[x][q]\n\n[q]: queue.md"),
        ("item", "## Related Incidents\n\n- 2025/queue: the first"),
    ] {
        write(folder.path(), &format!("2025/{name}.md"), &format!("# {name}\n\n{text}\n"));
    }
    write(folder.path(), "2025/key.md", "---\nrelated: [2025/queue]\n---\n# key\n");
    for (name, text) in [
        ("code", "`[x](queue.md)`\n\n```\n[[2025/queue]]\n```\n\n    [x](queue.md)"),
        ("web", "[x](https://host/2025/queue.md) <https://host/queue.md>"),
        ("out", "[x](../../2025/queue.md) [y](../../../queue.md)"),
        ("words", "The queue of 2025/queue and 2025/queue.md"),
        ("picture", "![x](queue.md)"),
        ("comment", "<!-- [x](queue.md) -->"),
        ("related-code", "## Related\n\n```\n2025/queue-1\n```"),
    ] {
        write(folder.path(), &format!("2025/{name}.md"), &format!("# {name}\n\n{text}\n"));
    }
    let index = Index::in_memory().unwrap();
    update(&index, folder.path());
    let mut expected: Vec<String> = ["case", "escaped", "heading", "item", "key", "reference", "relative", "wiki"]
        .map(|name| format!("2025/{name}"))
        .into();
    expected.sort();
    assert_eq!(found(&index, "links:2025/queue"), expected);
    assert_eq!(found(&index, "has:backlinks"), ["2025/queue"]);
    assert_eq!(backlinks(&index, "2025/queue").len(), expected.len());
    assert_eq!(found(&index, "-has:backlinks").len() + 1, index.len().unwrap());
    assert_eq!(found(&index, "backlinks:2025/wiki"), ["2025/queue"]);
}

#[test]
fn a_link_counts_from_when_its_target_is_there_until_it_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.md", "# A\n\n[b](b.md) [[PM-7]]\n");
    let index = Index::in_memory().unwrap();
    update(&index, folder.path());
    assert!(found(&index, "has:backlinks").is_empty() && index.backlinks("b").unwrap().is_empty());
    write(folder.path(), "b.md", "# B\n");
    write(folder.path(), "old/PM-7-disk.md", "# Disk\n");
    update(&index, folder.path());
    assert_eq!(found(&index, "has:backlinks"), ["b", "old/PM-7-disk"]);
    fs::rename(folder.path().join("old/PM-7-disk.md"), folder.path().join("PM-7-disk-full.md")).unwrap();
    fs::remove_file(folder.path().join("b.md")).unwrap();
    update(&index, folder.path());
    assert_eq!(found(&index, "has:backlinks"), ["PM-7-disk-full"]);
    // An incident that a program gives is linked to, and links, like a report.
    index.upsert([linking("b", &["a"])]).unwrap();
    assert_eq!(
        (found(&index, "has:backlinks"), backlinks(&index, "b")),
        (vec!["PM-7-disk-full".into(), "a".into(), "b".into()], vec!["a".into()])
    );
    index.delete(["b"]).unwrap();
    assert_eq!(found(&index, "has:backlinks"), ["PM-7-disk-full"]);
    write(folder.path(), "a.md", "# A\n");
    update(&index, folder.path());
    assert!(found(&index, "has:backlinks").is_empty());
}

#[test]
fn names_in_a_query_are_those_of_one_incident() {
    let index = Index::in_memory().unwrap();
    let odd = ["OPS:1", "disk full \"again\"", "a,b", "x\\y (z)", "-n", "größe/日本", "100%25 full"];
    index.upsert(odd.iter().map(|id| Incident::new(*id, "odd"))).unwrap();
    index.upsert(["2024/queue", "2025/queue", "2025/pool-exhausted"].map(|id| Incident::new(id, ""))).unwrap();
    for (n, id) in odd.iter().chain(&["2024/queue", "2025/pool-exhausted"]).enumerate() {
        index.upsert([linking(&format!("from-{n}"), &[id])]).unwrap();
        let quoted = format!("links:\"{}\"", id.replace('\\', "\\\\").replace('"', "\\\""));
        assert_eq!(found(&index, &quoted), [format!("from-{n}")], "{quoted}");
        let request = SearchRequest::linking_to(id);
        let results = index.search_summaries(&request).unwrap();
        assert_eq!(results.total, 1, "{id}");
        // What was understood is a query of its own.
        let again = parse(&results.interpreted, &QueryOptions::default()).unwrap();
        assert_eq!(again, request.query, "{}", results.interpreted);
    }
    for (query, expected) in [
        ("links:OPS:1", "from-0"),
        ("links:2024/queue.md", "from-7"),
        ("links:incidents/2024/queue.md", "from-7"),
        ("links:pool", "from-8"),
        ("links:\"exhausted\"", "from-8"),
        ("links:POOL-EXHAUSTED.md", "from-8"),
    ] {
        assert_eq!(found(&index, query), [expected], "{query}");
    }
    assert_eq!(found(&index, "links:\"a,b\",pool"), ["from-2", "from-8"]);
    let error = |query: &str| match index.search(&SearchRequest::parse(query).unwrap()) {
        Err(Error::Query(errors)) => format!("{} {:?} {errors}", errors.0[0].kind.code(), errors.0[0].span),
        other => panic!("{query}: {other:?}"),
    };
    assert_eq!(
        error("disk links:gone"),
        "unknown-report 5..15 no such incident: `gone` (write an id, a path or a file name, as `rca search` prints them)"
    );
    assert_eq!(
        error("-links:queue"),
        "unknown-report 1..12 `queue` may mean 2 incidents (write one of these ids: `2024/queue`, `2025/queue`)"
    );
    assert!(SearchRequest::parse("links:\"\"").is_err() && SearchRequest::parse("links:,").is_err());
    // While it is typed, half a name is no error.
    assert!(index.search(&SearchRequest::as_you_type("odd links:2024/que").unwrap()).unwrap().total > 0);
    // Pasted lines of logs are words.
    assert!(index.search(&SearchRequest::parse("lines:40 link:up").unwrap()).is_ok());
}

#[test]
fn ten_thousand_links_to_one_incident_and_from_one() {
    let index = Index::in_memory().unwrap();
    let all: Vec<String> = (0..10_000).map(|n| format!("OPS-{n}")).collect();
    let mut hub = linking("hub", &all.iter().map(String::as_str).collect::<Vec<_>>());
    hub.links.extend(linking("", &vec!["OPS-1"; 10_000]).links);
    index.upsert(all.iter().map(|id| linking(id, &["hub", "hub", id])).chain([hub])).unwrap();
    assert_eq!(index.backlinks("hub").unwrap().len(), 10_000);
    assert_eq!(backlinks(&index, "OPS-9999"), ["hub"]);
    let total = |query: &str| index.search(&SearchRequest::parse(query).unwrap().limit(0)).unwrap().total;
    assert_eq!((total("has:backlinks"), total("backlinks:hub"), total("no:backlinks")), (10_001, 10_000, 0));
}

#[test]
fn the_newest_come_first() {
    let index = Index::in_memory().unwrap();
    let dated = |id: &str, day: &str| {
        let text = format!("---\ndate: {day}\nrelated: disk\n---\n# {id}\n");
        rca_index::parse::parse_report(&format!("{id}.md"), text, &rca_index::parse::ParseOptions::default()).incident
    };
    let mut undated = Incident::new("undated", "");
    undated.push_section(SectionKind::Related, "disk-full-1 and `disk`");
    index.upsert([dated("a", "2024-01-02"), dated("b", "2025-01-02"), dated("c", "2023-01-02"), undated]).unwrap();
    index.upsert([Incident::new("disk", "")]).unwrap();
    assert_eq!(backlinks(&index, "disk"), ["b", "a", "c"]);
    assert!(backlinks(&index, "dis").is_empty(), "an id is not a name");
}

/// A text that makes all reports with it alike.
const LAG: &str = "Partition 7 of the placed topic was stuck behind a poison message, and the consumer group of the shipping \
                   planner fell behind by 40,000 records until the message was skipped.";

/// Reports that link to each other in every way; and the ids of all of them.
fn linked_archive(folder: &Path) -> (Index, Vec<String>) {
    let reports = [
        ("queue", ""),
        ("2024/queue", ""),
        ("2025/queue", ""),
        ("2024/disk/index", "[up](../queue.md)"),
        ("2024/beside", "[x](queue.md) and [[2025/queue]]"),
        ("2024/bare", "[[queue]]"),
        ("2025/up", "[x](../2024/queue.md#cause)"),
        ("2025/out", "[x](../../queue.md), [y](../../2024/queue.md)"),
        ("2025/item", "## Related\n\n- 2024/queue: the first\n- PM-033"),
        ("2025/PM-033-pool", "[x](%71ueue.md) [[disk]] [[PM-033]]"),
        ("2025/start", "[[PM-033]], [y](PM-033.md), [z](../2024/disk/)"),
        ("2025/key", ""),
        ("2025/several", "[[on]]"),
        ("a/on-call", "[[2025/several]]"),
        ("b/on-call", "[x](../a/on-call.md)"),
    ];
    for (id, text) in reports {
        let key = if id == "2025/key" { "related: ['2024/queue', '[[queue]]']\n" } else { "" };
        let text = format!("---\ndate: 2025-01-02\n{key}---\n# Report\n\n## Summary\n\n{LAG}\n\n{text}\n");
        write(folder, &format!("{id}.md"), &text);
    }
    for n in 0..40 {
        write(folder, &format!("others/o{n}.md"), &format!("# Ordinary {n}\n\nA disk of host {n} was full.\n"));
    }
    let index = Index::in_memory().unwrap();
    update(&index, folder);
    (index, reports.map(|(id, _)| id.to_owned()).into())
}

#[test]
fn what_is_similar_is_linked_by_the_rule_of_the_query_language() {
    let folder = tempfile::tempdir().unwrap();
    let (index, ids) = linked_archive(folder.path());
    let mut links = 0;
    for id in &ids {
        let incident = index.get(id).unwrap().unwrap();
        let request = SearchRequest::from_incident(&incident).limit(100);
        let similar = index.similar(&incident, &request, LinkFilter::Linked, true).unwrap();
        let sorted = |has: fn(rca_index::Linked) -> Option<u32>| {
            let hits = similar.hits.iter().filter(|hit| hit.linked.and_then(has).is_some());
            let mut ids: Vec<String> = hits.map(|hit| hit.incident.id.clone()).collect();
            ids.sort();
            ids
        };
        assert_eq!(sorted(|linked| linked.from), found(&index, &format!("links:{id}")), "{id}");
        assert_eq!(sorted(|linked| linked.to), found(&index, &format!("backlinks:{id}")), "{id}");
        // The line is that of the link.
        for hit in &similar.hits {
            let line_of =
                |incident: &Incident, line: u32| incident.source.lines().nth(line as usize - 1).map(str::to_owned);
            let to = hit.linked.unwrap().to.map(|line| line_of(&incident, line).unwrap());
            assert!(to.is_none_or(|line| line.contains(['[', '-'])), "{id}: {:?}", hit.linked);
            links += usize::from(hit.linked.unwrap().to.is_some());
        }
    }
    assert_eq!(links, 15, "all links that lead to another report");
}

#[test]
fn what_happened_again_is_linked_by_the_same_rule() {
    let folder = tempfile::tempdir().unwrap();
    let report = |id: &str, date: &str, key: &str, text: &str| {
        let text = format!("---\ndate: {date}\n{key}---\n# Report of {id}\n\n## Summary\n\n{text}\n");
        write(folder.path(), &format!("{id}.md"), &text);
    };
    ["queue", "2024/queue", "2025/queue"].iter().for_each(|id| report(id, "2024-01-01", "", ""));
    report("2024/beside", "2024-02-01", "", "A recurrence of [that](queue.md).");
    report("2025/up", "2025-02-01", "", "A recurrence of [that](../queue.md).");
    report("2025/out", "2025-02-02", "", "A recurrence of [that](../../2025/queue.md).");
    // The value of a key is a name, and no link.
    report("2025/key", "2025-02-03", "recurrence_of: 2025/queue\n", "");
    let index = Index::in_memory().unwrap();
    update(&index, folder.path());
    let found = index.recurring(&SearchRequest::default()).unwrap();
    let mut clusters: Vec<Vec<&str>> = { found.clusters.iter() }
        .map(|cluster| cluster.incidents.iter().map(|one| one.incident.id.as_str()).collect())
        .collect();
    clusters.sort();
    assert_eq!(clusters, [["2024/queue", "2024/beside"], ["2025/queue", "2025/key"], ["queue", "2025/up"]]);
}
