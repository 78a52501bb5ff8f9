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
    let sources: Vec<Value> = reports
        .iter()
        .map(|(id, title, cause)| {
            let names = (&HouseNames::default(), &Analyzer::default());
            serde_json::to_value(Document::of_report(incident(id, title, cause), names, "ops", 1).unwrap()).unwrap()
        })
        .collect();
    let stored = |source: &Value| serde::Deserialize::deserialize(source).unwrap();
    let batch = Arc::new(Batch::new(7, sources.iter().map(|source| (source, stored(source))).collect()).unwrap());
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
    assert!(batch.stored(|_| Err(gone())).is_err());
    assert_eq!(
        batch
            .stored(|ids| {
                assert_eq!(ids, ["a", "b"]);
                Ok(Vec::new())
            })
            .unwrap()
            .len(),
        0
    );
    // It is not asked for again.
    assert!(batch.stored(|_| Err(gone())).is_ok());
}
