//! Queries while they are typed.

use super::{archive, now, stating, telling};
use rca_index::SearchRequest;

#[test]
fn every_step_of_a_query_finds_what_it_may_become() {
    let index = archive([
        ("kafka", telling("kafka consumers lagged")),
        ("kafkaesque", telling("a kafkaesque lag of consumers")),
        ("queues", telling("the queues were full")),
        ("billing", stating("services: [billing-api]")),
    ]);
    let check = |text: &str, expected: &[&str]| {
        let mut request = SearchRequest::as_you_type(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        request.now = Some(now());
        request.relax = false;
        let results = index.search(&request).unwrap();
        let ids: Vec<&str> = results.hits.iter().map(|hit| hit.incident.id.as_str()).collect();
        assert_eq!(ids, expected, "{text}");
        assert!(results.suggestions.is_empty(), "{text}: {:?}", results.suggestions);
    };
    check("k", &["kafka", "kafkaesque"]);
    check("kafk", &["kafka", "kafkaesque"]);
    // The whole word first.
    check("kafka", &["kafka", "kafkaesque"]);
    check("kafka ", &["kafka"]);
    check("kafka con", &["kafka"]);
    check("\"kafka con", &["kafka"]);
    check("(kafka OR que", &["kafka", "queues"]);
    // Its other forms are found as always.
    check("queue", &["queues"]);
    check("service:bil", &["billing"]);
    check("service:billing-api", &["billing"]);
    check("kafka service:", &["kafka"]);
    check("kafka -la", &["kafka"]);
    check("kafka -lagged", &[]);
    check("xyz", &[]);
}

#[test]
fn the_start_of_a_word_is_highlighted() {
    let index = archive([("a", telling("both consumers lagged"))]);
    let results = index.search(&SearchRequest::as_you_type("cons").unwrap()).unwrap();
    let snippet = &results.hits[0].snippets[0];
    assert_eq!(&snippet.text[snippet.highlights[0].clone()], "consumers");
}
