//! Summaries, ids and incidents that are read without a search, and searches that return summaries: they agree with
//! whole incidents.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::fs;
use std::path::Path;

use rca_index::{Archive, Facet, Incident, Index, SearchRequest, Severity, Sourced, Summary, Timestamp, UpdateOptions};

/// An archive of a few reports with names of its own, and an index of it.
fn archive_index(folder: &Path) -> Index {
    let reports = [
        (
            "a/queue.md",
            "---\ndate: 2025-06-02T15:53:10Z\nseverity: Sev-Blue\nservices: [Orders API, billing]\ntags: [db/wal]\nstatus: done\n---\n# Queue backlog\n\n**Duration:** 65 minutes\n\n## Root Cause\n\nThe consumers were too slow.\n",
        ),
        (
            "b.md",
            "# Disk full\n\n**Date:** 2025-06\n**Severity:** critical (all regions)\n**Services:** order-service\n\nThe disk of the queue was full.\n",
        ),
        ("c.md", "Nothing is known.\n"),
        ("z.md", "# Cache cold\n\n**Date:** 2025-01-02\n**Service:** orders-api\n\nThe queue was slow.\n"),
        ("zz.md", "# Cache\n\n**Date:** 2025-01-03\n**Service:** orders-api\n\nNo queue.\n"),
    ];
    for (path, text) in reports {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let settings = "[services.orders-api]\naliases = [\"order-service\"]\n[severity]\nSev-Blue = 1\n";
    fs::write(folder.join("rca.toml"), settings).unwrap();
    let archive = Archive::open(folder).unwrap();
    let index = Index::open_or_create(archive.index_dir()).unwrap();
    index.update(&archive, &UpdateOptions::default(), |_| {}).unwrap();
    let mut ticket = Incident::new("OPS-1", "Queue of tickets");
    ticket.path = "https://tickets.example/OPS-1".into();
    ticket.severity = Severity::parse("P2").map(Sourced::from);
    ticket.date = Timestamp::from_day(2025, 3, 4).map(Sourced::from);
    ticket.services = vec!["order-service".into()];
    ticket.duration = Some(Sourced::from(1.5));
    index.upsert([ticket]).unwrap();
    index
}

#[test]
fn summaries_agree_with_incidents() {
    let folder = tempfile::tempdir().unwrap();
    let index = archive_index(folder.path());
    let ids: Vec<String> = index.ids().unwrap().map(Result::unwrap).collect();
    assert_eq!(ids, ["OPS-1", "a/queue", "b", "c", "z", "zz"]);
    let incidents: Vec<Incident> = index.incidents().unwrap().map(Result::unwrap).collect();
    assert_eq!(incidents.iter().map(|incident| &incident.id).collect::<Vec<_>>(), ids.iter().collect::<Vec<_>>());
    let summaries: Vec<Summary> = index.summaries().unwrap().map(Result::unwrap).collect();
    assert_eq!(summaries, incidents.iter().map(Summary::from).collect::<Vec<_>>());
    let queue = &summaries[1];
    assert_eq!((queue.path.as_str(), queue.title.as_str()), ("a/queue.md", "Queue backlog"));
    assert_eq!(queue.date.unwrap().to_string(), "2025-06-02T15:53:10Z");
    assert_eq!(queue.severity.as_ref().unwrap().rank, Some(1));
    assert_eq!((queue.status.as_deref(), queue.duration_minutes), (Some("completed"), Some(65.0)));
    assert_eq!(queue.tags, ["db/wal"]);
    assert_eq!(summaries[0].path, "https://tickets.example/OPS-1");
    assert_eq!((summaries[3].date, summaries[3].severity.clone()), (None, None));
    for (id, incident) in ids.iter().zip(&incidents) {
        assert_eq!(index.get(id).unwrap().as_ref(), Some(incident));
    }
}

#[test]
fn summaries_are_found_as_incidents_are() {
    let folder = tempfile::tempdir().unwrap();
    let index = archive_index(folder.path());
    for query in
        ["queue", "queue slow consumers", "severity:>=P1", "*", "service:orders-api sort:date", "nowhere", "quue"]
    {
        for (offset, limit) in [(0, 10), (1, 2), (0, 0)] {
            let request = SearchRequest::parse(query).unwrap().offset(offset).limit(limit).facet(Facet::Service);
            let (light, whole) = (index.search_summaries(&request).unwrap(), index.search(&request).unwrap());
            let expected: Vec<_> =
                whole.hits.iter().map(|hit| (Summary::from(&hit.incident), hit.score, hit.matched)).collect();
            let found: Vec<_> = light.hits.into_iter().map(|hit| (hit.incident, hit.score, hit.matched)).collect();
            assert_eq!(found, expected, "{query}");
            assert_eq!((light.total, light.total_some, light.relaxed), (whole.total, whole.total_some, whole.relaxed));
            assert_eq!((light.facets, light.interpreted), (whole.facets, whole.interpreted), "{query}");
        }
    }
    let hits = index.search_summaries(&SearchRequest::parse("queue").unwrap()).unwrap().hits;
    assert!(hits.iter().all(|hit| hit.snippets.is_empty() && hit.explanation.is_none()) && hits.len() == 5);
}

#[test]
fn summaries_of_the_corpus_agree_with_its_incidents() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus");
    for folder in ["incidents", "broken"] {
        let Ok(archive) = Archive::open(corpus.join(folder)) else {
            println!("skipped: corpus/{folder} is not there");
            continue;
        };
        let index = Index::in_memory().unwrap();
        index.update(&archive, &UpdateOptions::default(), |_| {}).unwrap();
        let summaries: Vec<Summary> = index.summaries().unwrap().map(Result::unwrap).collect();
        let incidents: Vec<Incident> = index.incidents().unwrap().map(Result::unwrap).collect();
        assert_eq!(summaries, incidents.iter().map(Summary::from).collect::<Vec<_>>());
        assert_eq!((summaries.len(), summaries.len() > 20), (index.len().unwrap(), true));
        assert!(summaries.is_sorted_by(|a, b| a.id < b.id));
    }
}

#[test]
fn an_update_renames_what_was_given_in_summaries_too() {
    let folder = tempfile::tempdir().unwrap();
    let index = archive_index(folder.path());
    let settings = "[services.order-platform]\nrenamed_from = [\"order-service\", \"orders-api\"]\n";
    fs::write(folder.path().join("rca.toml"), settings).unwrap();
    let archive = Archive::open(folder.path()).unwrap();
    index.update(&archive, &UpdateOptions::default(), |_| {}).unwrap();
    let services: Vec<_> = index.summaries().unwrap().flat_map(|summary| summary.unwrap().services).collect();
    assert_eq!(services.iter().filter(|service| *service == "order-platform").count(), 5, "{services:?}");
}
