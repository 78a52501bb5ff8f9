//! Scoring leaves out what cannot matter. Whatever the archive and the query: the same incidents in the same order with the same
//! scores, and the same counts, as from scoring everything; and the same again from the lists that earlier searches have made.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;

use crate::engine::fixture::{add, place, plan};
use crate::engine::thorough::thoroughly;
use crate::engine::{Collect, Embedded, Engine, Order, Purpose};
use crate::incident::{Incident, SectionKind};
use crate::plan::Needed;
use crate::schema::Facet;
use crate::search::{SearchRequest, SearchResults, search_summaries};

/// Words with synonyms of several words, which share words with each other.
const WORDS: [&str; 24] = [
    "connection", "pool", "exhausted", "exhaustion", "timeout", "too", "many", "connections", "queue", "queues",
    "backlog", "certificate", "cert", "expired", "memory", "out", "of", "oom", "leak", "order-api", "CVE-2024-3095",
    "replica", "lag", "failover",
];

const QUERIES: [&str; 30] = [
    "connection pool exhaustion", "connection pool exhausted timeout", "queue backlog", "certificate",
    "certificate expired", "oom", "out of memory leak", "\"connection pool\"", "\"pool connection\"~3",
    "\"memory of memory\"~4 queue", "conn* pool", "queu~1 lag", "title:queue backlog", "rootcause:certificate",
    "rootcause:\"connection pool\" queue", "impact:oom", "queue -certificate", "queue -\"connection pool\"",
    "(queue OR oom) lag", "(\"pool exhausted\" OR oom OR cert*)", "certificate OR (pool exhaustion)",
    "service:a connection pool", "-service:a queue backlog lag", "order-api timeout", "CVE-2024-3095 pool",
    "replica lag failover", "unknownword queue pool", "pool pool connection", "has:impact connection pool exhaustion",
    "NOT queue",
];

/// A text of so many words. Few words make phrases by chance.
fn text(most: usize) -> impl Strategy<Value = String> {
    let word = prop_oneof![4 => 0..8_usize, 1 => 0..WORDS.len()];
    proptest::collection::vec(word, 0..most)
        .prop_map(|words| words.iter().map(|&at| WORDS[at]).collect::<Vec<_>>().join(" "))
}

/// A report: its title, root cause and impact, and its service.
fn report() -> impl Strategy<Value = (String, String, String, bool)> {
    (text(4), text(14), text(8), any::<bool>())
}

fn archive(reports: &[(String, String, String, bool)]) -> Engine {
    let engine = Embedded::in_memory().unwrap();
    let incident = |(at, (title, cause, impact, is_a)): (usize, &(String, String, String, bool))| {
        let mut incident = Incident::new(format!("{at:03}"), title.clone());
        incident.push_section(SectionKind::RootCause, cause);
        if !impact.is_empty() {
            incident.push_section(SectionKind::Impact, impact);
        }
        incident.services = vec![if *is_a { "a" } else { "b" }.into()];
        incident
    };
    // Two segments of different sizes, and some incidents that are deleted.
    let (first, second) = reports.split_at(reports.len() * 2 / 3);
    add(&engine, first.iter().enumerate().map(incident));
    add(&engine, second.iter().enumerate().map(|(at, report)| incident((at + first.len(), report))));
    let mut writer = engine.writer(Purpose::Give, 1, 0, Duration::ZERO).unwrap();
    (0..reports.len()).step_by(17).for_each(|at| assert!(writer.delete(&format!("{at:03}")).unwrap()));
    writer.commit(None).unwrap();
    engine.into()
}

/// What of a search must be the same.
fn seen(found: &SearchResults<crate::incident::Summary>) -> (usize, usize, Vec<(String, u32)>, String) {
    let hits = found.hits.iter().map(|hit| (hit.incident.id.clone(), hit.score.to_bits())).collect();
    (found.total, found.total_some, hits, format!("{:?}", found.facets))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]

    #[test]
    fn candidates_are_those_of_scoring_everything(
        reports in proptest::collection::vec(report(), 20..260),
        limits in proptest::collection::vec(1..60_usize, QUERIES.len()),
    ) {
        let engine = archive(&reports);
        for (query, limit) in QUERIES.iter().zip(limits) {
            engine.forget();
            let snapshot = engine.snapshot().unwrap();
            let plan = plan(&*snapshot, query);
            for uses in 0..3 {
                // At first from postings, then from lists.
                let words = snapshot.look_up(&plan).unwrap();
                for needed in [Needed::All, Needed::Some, Needed::Any] {
                    let find = || {
                        let collect = Collect { limit, order: Order::Score, facets: vec![Facet::Service.into()] };
                        let found = snapshot.candidates(&plan, &words, needed, collect).unwrap();
                        let counted = Collect { limit: 0, order: Order::Latest, facets: Vec::new() };
                        let counted = snapshot.candidates(&plan, &words, needed, counted).unwrap().total;
                        let best: Vec<_> = found.best.iter().map(|best| (place(best), best.first_score())).collect();
                        let values = snapshot.facet_values(&Facet::Service.into(), &found.facets[0]).unwrap();
                        (found.total, counted, best, values.into_iter().collect::<BTreeMap<_, _>>())
                    };
                    let expected = thoroughly(find);
                    prop_assert_eq!(expected.0, expected.1);
                    prop_assert_eq!(find(), expected, "{} {:?} {} {}", query, needed, limit, uses);
                }
            }
        }
    }

    #[test]
    fn a_page_is_that_of_scoring_everything(
        reports in proptest::collection::vec(report(), 20..400),
        limits in proptest::collection::vec(1..30_usize, QUERIES.len()),
    ) {
        let engine = archive(&reports);
        for (query, limit) in QUERIES.iter().zip(limits) {
            let mut request = SearchRequest::parse(query).unwrap().limit(limit).facet(Facet::Service);
            request.now = Some(1_750_000_000);
            let find = || seen(&search_summaries(&engine, &request).unwrap());
            let expected = thoroughly(find);
            for uses in 0..3 {
                if uses == 0 {
                    engine.forget();
                }
                prop_assert_eq!(find(), expected.clone(), "{} {} {}", query, limit, uses);
            }
        }
    }
}
