//! The query language as tables: each row is a query and the ids of the incidents that it finds.
//!
//! Each table starts with the few reports that it searches, and has a row for each limit of an operator: the last value
//! that matches and the first that does not. The tables use only the public API, so they survive any internal change.
#![allow(clippy::unwrap_used, clippy::panic)]

mod boolean;
mod counts;
mod dates;
mod facets;
mod fields;
mod forms;
mod keys;
mod many;
mod numbers;
mod order;
mod relaxed;
mod typing;
mod words;

use rca_index::parse::{ParseOptions, parse_report};
use rca_index::{Hit, Index, SearchRequest, Timestamp};

/// A query, and the ids of the incidents that it finds, separated by spaces.
type Row<'a> = (&'a str, &'a str);

/// An index of reports, each given as id and text.
fn archive<I: AsRef<str>, T: Into<String>>(reports: impl IntoIterator<Item = (I, T)>) -> Index {
    let index = Index::in_memory().unwrap();
    let read = |(id, text): (I, T)| {
        parse_report(&format!("{}.md", id.as_ref()), text.into(), &ParseOptions::default()).incident
    };
    index.upsert(reports.into_iter().map(read)).unwrap();
    index
}

/// A report with only this front matter.
fn stating(front_matter: &str) -> String {
    format!("---\n{front_matter}\n---\n# An incident\n\nSomething happened.\n")
}

/// A report with this text under a neutral heading.
fn telling(text: &str) -> String {
    format!("# An incident\n\n## Notes\n\n{text}\n")
}

/// Noon on 1 July 2025.
fn now() -> i64 {
    Timestamp::from_day(2025, 7, 1).unwrap().unix_seconds() + 12 * 3600
}

/// A request for all full matches, as of `now`.
fn request(query: &str) -> SearchRequest {
    let mut request = SearchRequest::parse(query).unwrap_or_else(|error| panic!("{query}: {error}")).limit(10_000);
    request.now = Some(now());
    request.relax = false;
    request
}

fn ids(hits: &[Hit]) -> Vec<&str> {
    hits.iter().map(|hit| hit.incident.id.as_str()).collect()
}

/// Checks that each query finds exactly these incidents, in any order.
fn check(index: &Index, rows: &[Row]) {
    compare(index, rows, |ids| ids.sort_unstable());
}

/// Checks that each query finds exactly these incidents, in this order.
fn check_order(index: &Index, rows: &[Row]) {
    compare(index, rows, |_| {});
}

/// Compares all rows before it fails, so that one run shows all differences.
fn compare(index: &Index, rows: &[Row], arrange: impl Fn(&mut Vec<&str>)) {
    let mut wrong = Vec::new();
    for (query, expected) in rows {
        let results = index.search(&request(query)).unwrap();
        assert_eq!(results.total, results.hits.len(), "{query}: the total");
        let (mut found, mut expected) = (ids(&results.hits), expected.split_whitespace().collect());
        arrange(&mut found);
        arrange(&mut expected);
        if found != expected {
            wrong.push(format!("{query}\n    expected: {}\n    found:    {}", expected.join(" "), found.join(" ")));
        }
    }
    assert!(wrong.is_empty(), "{} of {} rows differ:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}
