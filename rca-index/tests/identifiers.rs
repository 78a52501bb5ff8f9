//! Identifiers are found by the whole and by their parts, and never taken for their neighbours.
#![allow(clippy::unwrap_used, clippy::panic)]

use rca_index::{Incident, Index, SearchRequest, SectionKind};

/// An index of two incidents: one has the identifier, the other one much like it.
fn index(identifier: &str, neighbour: &str) -> Index {
    let index = Index::in_memory().unwrap();
    let incident = |id: &str, text: &str| {
        let mut incident = Incident::new(id, "An incident");
        incident.push_section(SectionKind::Body, &format!("At 10:15 we saw {text} in the log, then again."));
        incident
    };
    index.upsert([incident("wanted", identifier), incident("neighbour", neighbour)]).unwrap();
    index
}

fn found(index: &Index, query: &str) -> Vec<String> {
    let results = index.search(&SearchRequest::parse(query).unwrap()).unwrap();
    let mut ids: Vec<String> = results.hits.into_iter().map(|hit| hit.incident.id).collect();
    ids.sort();
    ids
}

/// The whole finds the one incident; each part finds it too; a part that the neighbour has finds both.
fn check(identifier: &str, neighbour: &str, parts: &[&str]) {
    let index = index(identifier, neighbour);
    let lower = identifier.to_lowercase();
    for query in [identifier, &lower, &format!("\"{identifier}\"")] {
        assert_eq!(found(&index, query), ["wanted"], "{query}");
    }
    assert_eq!(found(&index, neighbour), ["neighbour"], "{neighbour}");
    for part in parts {
        let ids = found(&index, part);
        assert!(ids.contains(&"wanted".to_owned()), "{part}: {ids:?}");
    }
}

#[test]
fn a_service() {
    check("inventory-api", "inventory-app", &["inventory", "api", "inventory api", "inventory_api", "InventoryApi"]);
}

#[test]
fn an_error_code() {
    check("ERR_CONN_RESET", "ERR_CONN_REFUSED", &["conn", "reset", "conn reset", "err-conn-reset"]);
}

#[test]
fn an_exception() {
    check("NullPointerException", "NullReferenceException", &["null", "pointer", "null pointer exception"]);
}

#[test]
fn a_percentile() {
    check("p99", "p95", &["P99"]);
}

#[test]
fn an_address() {
    check("10.0.0.1", "10.0.0.12", &["10.0.0.1", "10.0.0"]);
    check("10.0.0.1:443", "10.0.0.1:80", &["10.0.0.1", "443"]);
}

#[test]
fn a_vulnerability() {
    check("CVE-2024-3094", "CVE-2024-3095", &["cve", "3094", "cve 2024 3094", "CVE 2024-3094"]);
}

#[test]
fn a_node() {
    check("k8s-node-7.eu-west-1", "k8s-node-71.eu-west-1", &["k8s", "node", "k8s-node-7", "eu-west-1", "eu west"]);
}

#[test]
fn a_path() {
    check("/var/log/syslog", "/var/log/messages", &["syslog", "/var/log", "var/log/syslog"]);
}

#[test]
fn a_hash() {
    let hash = "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3";
    check(hash, "a94a8fe5ccb19ba61c4c0873d391e987982fbbd4", &["a94a8fe5*"]);
}

#[test]
fn a_state() {
    check("OOMKilled", "OOMScoreAdj", &["oom", "killed", "oom killed", "oomkilled"]);
}

#[test]
fn an_identifier_is_not_guessed_at() {
    let index = index("payments-ledger", "payroll-ledger");
    assert_eq!(found(&index, "paymnts-ledger"), Vec::<String>::new());
}
