//! What a cluster answers only in part is an error, and few requests are made.

use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;

use super::*;
use crate::engine::Engine;
use crate::engine::opensearch::answer::Answer;
use crate::engine::opensearch::cluster::{Remote, Transport};
use crate::engine::opensearch::http::Body;
use crate::engine::opensearch::mapping;
use crate::engine::opensearch::state::State;
use crate::error::Error;
use crate::search::{SearchRequest, search_summaries};

/// A cluster with an archive of a hundred incidents, and one answer to all that is searched.
#[derive(Debug)]
struct Same {
    answer: Value,
    searches: AtomicUsize,
    /// What was asked.
    asked: Mutex<Vec<Value>>,
}

impl Transport for Arc<Same> {
    fn send(&self, _: Method, path: &str, body: Body<'_>) -> Result<Answer> {
        if path.contains("/_doc/") {
            let state = State {
                version: mapping::version(),
                hash: mapping::hash(),
                index: "incidents-v1".to_owned(),
                generation: 1,
                incidents: 100,
                ..State::default()
            };
            let body = json!({ "_seq_no": 1, "_primary_term": 1, "_source": { "body": state } });
            return Ok(Answer { status: 200, body });
        }
        self.searches.fetch_add(1, Ordering::Relaxed);
        if let Body::Json(body) | Body::JsonForPacked(body) = body {
            self.asked.lock().unwrap().push(body.clone());
        }
        Ok(Answer { status: 200, body: self.answer.clone() })
    }
}

fn engine(answer: Value) -> (Engine, Arc<Same>) {
    let same = Arc::new(Same { answer, searches: AtomicUsize::new(0), asked: Mutex::default() });
    let remote = Remote::new(Arc::new(Arc::clone(&same)), "incidents");
    (Cluster::with(remote, 1, 0, Some("ops".to_owned())).into(), same)
}

#[test]
fn an_answer_of_some_shards_is_an_error() {
    let failures = json!([{ "reason": { "type": "node_disconnected", "reason": "it is gone" } }]);
    for (answer, expected) in [
        (json!({ "_shards": { "failed": 1, "failures": failures } }), "1 shards failed"),
        (json!({ "timed_out": true, "_shards": { "failed": 0 } }), "ran out of time"),
    ] {
        let (engine, _) = engine(answer);
        for query in ["queue backlog", "service:billing", "*"] {
            let found = search_summaries(&engine, &SearchRequest::parse(query).unwrap());
            let Err(Error::Remote { reason, .. }) = found else { panic!("{query}") };
            assert!(reason.contains(expected), "{query}: {reason}");
        }
        assert!(matches!(engine.snapshot().unwrap().ids().next(), Some(Err(Error::Remote { .. }))));
    }
}

#[test]
fn a_plan_asks_for_all_of_its_words_at_once() {
    let (engine, same) = engine(json!({ "hits": { "total": { "value": 0 }, "hits": [] } }));
    let asked = |query: &str| {
        let before = same.searches.load(Ordering::Relaxed);
        let found = search_summaries(&engine, &SearchRequest::parse(query).unwrap()).unwrap();
        assert_eq!((found.total, found.hits.len()), (0, 0), "{query}");
        same.searches.load(Ordering::Relaxed) - before
    };
    let few = asked("1111 2222");
    let many = asked("3333 4444 5555 6666 7777 8888 9999 1234 4321 5678 8765 2468");
    assert!(few <= 6 && many <= few + 1, "{few} requests for two words, {many} for twelve");
    // What is known of the commit is not asked for again.
    assert!(asked("1111 2222") < few);
}

#[test]
fn candidates_come_as_columns_and_only_what_is_shown_from_what_is_stored() {
    let scored = crate::engine::opensearch::scored::Scored { title: "queue".to_owned(), ..Default::default() };
    let hit = json!({ "fields": { "id": ["a"], "scored": [scored.packed().unwrap()] }, "sort": [1.0, 5] });
    let (engine, same) = engine(json!({ "hits": { "total": { "value": 1 }, "hits": [hit] } }));
    // What is stored of it is not in the answer.
    let found = search_summaries(&engine, &SearchRequest::parse("queue").unwrap());
    assert!(matches!(found, Err(Error::IndexDamaged { .. })), "{found:?}");
    let asked = same.asked.lock().unwrap();
    let candidates: Vec<&Value> = asked.iter().filter(|body| !body["docvalue_fields"].is_null()).collect();
    let [candidates] = candidates[..] else { panic!("{asked:?}") };
    assert_eq!((&candidates["_source"], &candidates["stored_fields"]), (&json!(false), &json!("_none_")));
    assert_eq!(candidates["docvalue_fields"], json!(["scored", "id"]));
    assert_eq!(candidates["sort"].as_array().unwrap().len(), 2);
    let stored = asked.last().unwrap();
    assert_eq!((&stored["_source"], stored["size"].as_u64()), (&json!(["id", "path", "store"]), Some(1)));
    // A cluster refuses it as nothing.
    assert!(asked.iter().all(|body| body.get("stored_fields").is_none_or(|fields| !fields.is_null())));
}
