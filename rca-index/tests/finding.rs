//! Finding one incident by what people call it.
#![allow(clippy::unwrap_used, clippy::panic)]

use rca_index::{Incident, Index, Named};

fn index(incidents: &[(&str, &str)]) -> Index {
    let index = Index::in_memory().unwrap();
    index.upsert(incidents.iter().map(|(id, title)| Incident::new(*id, *title))).unwrap();
    index
}

/// The ids that a name may mean, joined by spaces.
fn named(index: &Index, name: &str) -> String {
    match index.find(name).unwrap() {
        Named::One(incident) => incident.id,
        Named::Several(ids) => ids.join(" "),
        _ => String::new(),
    }
}

#[test]
fn only_the_best_kind_of_match_counts() {
    let index = index(&[
        ("a/queue", "Mail stuck"),
        ("b/queue-backlog", "Orders late"),
        ("b/message-queue", "Consumers too slow"),
        ("c/OPS-7", "The queue backlog of billing"),
        ("c/OPS-8", "Database: no connections left (again)"),
        ("c/OPS-9", "倉庫の在庫が不足"),
    ]);
    for (name, expected) in [
        ("a/queue", "a/queue"),
        ("queue", "a/queue"),
        ("queue-backlog", "b/queue-backlog"),
        ("Queue Backlog", "b/queue-backlog"),
        ("message", "b/message-queue"),
        ("backlog", "b/queue-backlog"),
        ("BACKLOG OF billing", "c/OPS-7"),
        ("no connections left again", "c/OPS-8"),
        ("No Connections Left", "c/OPS-8"),
        ("connections no", ""),
        ("connection", ""),
        ("在庫", "c/OPS-9"),
        ("ops", "c/OPS-7 c/OPS-8 c/OPS-9"),
        ("zebra", ""),
        ("-", ""),
        ("", ""),
        ("the", "c/OPS-7"),
        ("queue:backlog OR (", ""),
    ] {
        assert_eq!(named(&index, name), expected, "{name}");
    }
    // Links are stricter: they name an incident, and words of a title do not.
    assert!(index.resolve("no connections left").unwrap().is_empty() && index.resolve("backlog").unwrap().is_empty());
}
