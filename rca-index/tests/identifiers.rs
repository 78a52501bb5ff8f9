//! Identifiers are found by the whole and by their parts, and are not confused with similar ones.
#![allow(clippy::unwrap_used, clippy::panic)]

use rca_index::{Incident, Index, SearchRequest, SectionKind};

/// An index of two incidents: one with the identifier, one with a similar identifier.
fn index(identifier: &str, similar: &str) -> Index {
    let index = Index::in_memory().unwrap();
    let incident = |id: &str, text: &str| {
        let mut incident = Incident::new(id, "An incident");
        incident.push_section(SectionKind::Body, &format!("At 10:15 we saw {text} in the log, then again."));
        incident
    };
    index.upsert([incident("wanted", identifier), incident("similar", similar)]).unwrap();
    index
}

fn found(index: &Index, query: &str) -> Vec<String> {
    let results = index.search(&SearchRequest::parse(query).unwrap()).unwrap();
    let mut ids: Vec<String> = results.hits.into_iter().map(|hit| hit.incident.id).collect();
    ids.sort();
    ids
}

/// Checks that the whole finds only the one incident, and that each part finds it too. A part shared with the similar
/// identifier finds both.
fn check(identifier: &str, similar: &str, parts: &[&str]) {
    let index = index(identifier, similar);
    let lower = identifier.to_lowercase();
    for query in [identifier, &lower, &format!("\"{identifier}\"")] {
        assert_eq!(found(&index, query), ["wanted"], "{query}");
    }
    assert_eq!(found(&index, similar), ["similar"], "{similar}");
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
fn an_identifier_is_not_corrected() {
    let index = index("payments-ledger", "payroll-ledger");
    assert_eq!(found(&index, "paymnts-ledger"), Vec::<String>::new());
}
