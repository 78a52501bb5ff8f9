//! The warm searches that all peers are asked: the ten best hits with the exact count, without snippets.

use crate::peers::{Mode, Request};

/// A search with a name.
#[derive(Debug, Clone, Copy)]
pub struct WarmQuery {
    /// The name of the work in tables.
    pub work: &'static str,
    pub mode: Mode,
    pub text: &'static str,
    pub service: Option<&'static str>,
    pub severities: &'static [&'static str],
    pub facets: bool,
}

const fn text(work: &'static str, mode: Mode, text: &'static str) -> WarmQuery {
    WarmQuery { work, mode, text, service: None, severities: &[], facets: false }
}

/// Words of the generated archives, in every kind of search.
pub const WARM: [WarmQuery; 14] = [
    text("warm: queue backlog", Mode::All, "queue backlog"),
    text("warm: connection pool exhaustion", Mode::All, "connection pool exhaustion"),
    text("warm: certificate", Mode::All, "certificate"),
    text("warm: replica lag failover", Mode::All, "replica lag failover"),
    text("warm: phrase, \"connection pool\"", Mode::Phrase, "connection pool"),
    text("warm: phrase, \"split brain of its cluster\"", Mode::Phrase, "split brain of its cluster"),
    text("warm: prefix, throttl*", Mode::Prefix, "throttl"),
    text("warm: prefix, re*", Mode::Prefix, "re"),
    WarmQuery {
        service: Some("billing-worker"),
        ..text("warm: queue backlog, one service", Mode::All, "queue backlog")
    },
    WarmQuery { severities: &["P1", "P2"], ..text("warm: certificate, two severities", Mode::All, "certificate") },
    text(
        "warm: pasted log line",
        Mode::Any,
        "2024-03-07T12:41:07Z ERROR checkout-api-7d9f4 10.0.0.1: upstream connect error ETIMEDOUT after 3 retries, connection pool exhausted",
    ),
    text(
        "warm: pasted stack frame",
        Mode::Any,
        "java.lang.NullPointerException: session token expired at com.acme.checkout.SessionCache.lookup(SessionCache.java:212)",
    ),
    WarmQuery { facets: true, ..text("warm: facets of queue backlog", Mode::All, "queue backlog") },
    WarmQuery { facets: true, ..text("warm: facets of all reports", Mode::Every, "") },
];

impl WarmQuery {
    /// The request for a number of repetitions.
    pub fn request(&self, repeat: usize) -> Request {
        Request {
            mode: self.mode,
            text: self.text.to_owned(),
            service: self.service.map(str::to_owned),
            severities: self.severities.iter().map(|&name| name.to_owned()).collect(),
            facets: self.facets,
            limit: 10,
            repeat,
        }
    }

    /// Whether all peers find the same: rca also finds synonyms, and reads of a pasted text what tells most.
    pub fn is_exact(&self) -> bool {
        matches!(self.mode, Mode::Phrase | Mode::Every)
    }
}
