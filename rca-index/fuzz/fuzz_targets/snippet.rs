//! Snippets: the first line is a query, the rest a report. Highlights are within the snippet, in order.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rca_index::SearchRequest;
use rca_index::parse::{ParseOptions, parse_report};

fuzz_target!(|text: &str| {
    let (query, report) = text.split_once('\n').unwrap_or((text, text));
    let Ok(mut request) = SearchRequest::parse(query) else { return };
    request.snippets = 3;
    let incident = parse_report("report.md", report.to_owned(), &ParseOptions::default()).incident;
    let lines = 1 + report.bytes().filter(|&b| b == b'\n').count() as u32;
    for snippet in request.snippets_of(&incident) {
        assert!((1..=lines).contains(&snippet.line), "beyond the end: {snippet:?}");
        assert!(snippet.text.len() < 10_000 + report.len(), "too long: {snippet:?}");
        let mut at = 0;
        for highlight in &snippet.highlights {
            assert!(at <= highlight.start && highlight.start < highlight.end, "out of order: {snippet:?}");
            assert!(snippet.text.get(highlight.clone()).is_some(), "no text: {snippet:?}");
            at = highlight.end;
        }
    }
});
