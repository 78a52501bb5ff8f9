//! A batch holds what the embedded engine would hold: its scores and its evidence are those of the embedded engine.

use std::path::Path;

use super::*;
use crate::engine::collect::Order;
use crate::engine::fixture::{engine, plan};
use crate::engine::opensearch::document::Document;
use crate::incident::{HouseNames, Incident, SectionKind};
use crate::text::analyzer::Analyzer;

fn incident(id: &str, title: &str, cause: &str) -> Incident {
    let mut incident = Incident::new(id, title);
    incident.push_section(SectionKind::RootCause, cause);
    incident
}

#[test]
fn scores_and_evidence_are_those_of_the_embedded_engine() {
    let reports = [
        ("1", "Queue backlog", "the queues of café-orders were stuck; queue queue"),
        ("2", "Disk full", "a queue backlog of the inventory-api, 障害"),
        ("3", "Backlog", "nothing else"),
        ("4", "", "order pool"),
    ];
    let embedded = engine(&[&reports]);
    let snapshot = embedded.snapshot().unwrap();
    let commit = Arc::new(Commit::new(embedded.note().unwrap(), 4));
    let scored = |document: &Document<'_>| {
        let document = serde_json::to_value(document).unwrap();
        Scored::unpacked(document["scored"].as_str().unwrap()).unwrap()
    };
    let hits: Vec<(String, Scored)> = reports
        .iter()
        .map(|(id, title, cause)| {
            let names = (&HouseNames::default(), &Analyzer::default());
            let document = Document::of_report(incident(id, title, cause), names, "ops", 1).unwrap();
            ((*id).to_owned(), scored(&document))
        })
        .collect();
    let batch = Arc::new(Batch::new(7, hits));
    for query in ["queue backlog", "\"queue backlog\"", "rootcause:queue", "inventory api", "cafe", "orders", "障害"]
    {
        let plan = plan(&snapshot, query);
        let words = snapshot.look_up(&plan).unwrap();
        let collect = || Collect { limit: 10, order: Order::Score, facets: Vec::new() };
        let expected = snapshot.candidates(&plan, &words, Needed::All, collect()).unwrap();
        let found = batch.candidates((&plan, &words), Needed::All, (&commit, &ReadLog::default()), collect()).unwrap();
        let scores = |found: &Candidates| -> Vec<(String, u32)> {
            found.best.iter().map(|best| (best.id().to_owned(), best.score.to_bits())).collect()
        };
        assert_eq!(scores(&found), scores(&expected), "{query}");
        assert!(!found.best.is_empty() && found.best.iter().all(|best| best.address.segment_ord == 7), "{query}");
        let evidence = |evidence: Evidence<'_>| (evidence.words.to_vec(), evidence.length, evidence.rank);
        let here = batch
            .inspect((&words, &plan.ranked), None, (&commit, &ReadLog::default()), &found.best, evidence)
            .unwrap()
            .unwrap();
        assert_eq!(here, snapshot.inspect(&words, &plan.ranked, None, &expected.best, evidence).unwrap(), "{query}");
    }
}

#[test]
fn a_list_fetches_what_is_stored_when_it_is_asked_for() {
    let batch = Batch::listed(1, vec![("a".into(), Some(5)), ("b".into(), None)], None);
    assert_eq!((batch.id(1), batch.date(0), batch.date(1), batch.id(2)), ("b", 5, i64::MIN, ""));
    let gone = || crate::Error::IndexNotFound(Path::new("gone").into());
    assert!(batch.stored(1, |_| Err(gone())).is_err());
    let found = batch.stored(1, |ids| {
        assert_eq!(ids, ["a", "b"]);
        Ok(ids.iter().map(|id| stored(id)).collect())
    });
    assert_eq!(found.unwrap().unwrap().id, "b");
    // It is not asked for again.
    assert_eq!(batch.stored(0, |_| Err(gone())).unwrap().unwrap().id, "a");
    assert!(batch.stored(2, |_| Err(gone())).unwrap().is_none());
}

fn stored(id: &str) -> Stored {
    let store = serde_json::json!({ "title": "", "source": "", "summary": "" });
    serde_json::from_value(serde_json::json!({ "id": id, "store": store })).unwrap()
}

#[test]
fn of_what_is_scored_only_the_few_that_are_shown_are_fetched() {
    let hits = ["a", "b", "c"].map(|id| (id.to_owned(), Scored::default()));
    let batch = Batch::new(1, hits.into());
    let fetch = |expected: &'static [&'static str]| {
        move |ids: &[String]| {
            assert_eq!(ids, expected);
            Ok(ids.iter().map(|id| stored(id)).collect())
        }
    };
    batch.fetch([2, 0, 9], fetch(&["c", "a"])).unwrap();
    batch.fetch([0, 2], fetch(&[])).unwrap();
    assert_eq!(batch.stored(1, fetch(&["b"])).unwrap().unwrap().id, "b");
}
