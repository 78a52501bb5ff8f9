//! Queries designed to be slow: parsing one of maximum length takes an imperceptible time.
#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant};

use rca_index::SearchRequest;
use rca_index::query::{MAX_QUERY_BYTES, QueryOptions, parse};
use rca_index::signal::MAX_SIGNAL_BYTES;

/// About ten times as much without optimization.
const MOST: Duration = Duration::from_millis(if cfg!(debug_assertions) { 500 } else { 50 });

/// Queries of maximum length, each with a different difficulty.
fn hostile() -> Vec<String> {
    let pieces = [
        "(", ")", "((a) ", "a)", "(a OR (", "\"", "\"a\" ", "\"a", "a\"b\"", "\"a\"~", "-", "--", "NOT ", "-(",
        "NOT (a AND ", "a OR ", "a AND ", "OR ", "service:", "service:a,", "service:a ", "servce:a ", "date:",
        "date:1..", "duration:>=", "rootcause:(", "severity:>=P1,", "sort:date ", "sort:", ",", "a,b,", "~", "a~ ",
        "a~1", "*", "a* ", "*a", "\\", "\\\"", "..", ">=", "://", "a:b:", "é", "障", "e\u{301}", "\u{301}", "👩‍💻",
        "\u{2028}", "\u{0}", "a b ", "1", "9k", "ab-cd_ef.gh/", "aB", "\t\n",
    ];
    let repeated = pieces.iter().map(|piece| piece.repeat(MAX_QUERY_BYTES / piece.len()));
    let half = MAX_QUERY_BYTES / 2;
    let mixed = pieces.iter().flat_map(|a| pieces.iter().map(move |b| (a, b))).step_by(7);
    let mixed = mixed.map(|(a, b)| a.repeat(half / a.len()) + &b.repeat(half / b.len()));
    let nested = "(".repeat(half - 1) + "a" + &")".repeat(half);
    repeated.chain(mixed).chain([nested]).collect()
}

#[test]
fn no_query_of_maximum_length_is_slow_to_parse() {
    for text in hostile() {
        for options in [QueryOptions::default(), QueryOptions::literal(), QueryOptions::as_you_type()] {
            // Up to three tries, because other processes may slow the machine down.
            let fast = (0..3).any(|_| {
                let started = Instant::now();
                let _ = parse(&text, &options);
                started.elapsed() < MOST
            });
            let beginning: String = text.chars().take(20).collect();
            assert!(fast, "{beginning:?} ..., {options:?}: more than {MOST:?}");
        }
    }
}

#[test]
fn a_query_over_the_length_limit_is_rejected_and_a_text_is_cut() {
    let text = "é".repeat(MAX_QUERY_BYTES / 2) + "a";
    assert!(SearchRequest::parse(&text).is_err() && SearchRequest::as_you_type(&text).is_err());
    assert!(SearchRequest::literal(&text).unwrap().cut && !SearchRequest::pasted(&text).unwrap().cut);
    let text = "x ".repeat(MAX_SIGNAL_BYTES / 2) + "y";
    assert!(SearchRequest::pasted(&text).unwrap().cut);
    assert!(!SearchRequest::literal(&text[..MAX_QUERY_BYTES]).unwrap().cut);
}
