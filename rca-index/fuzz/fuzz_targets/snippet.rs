//! Snippets: the first line is a query, the rest a report. Highlights are within the snippet, in order, for work that grows with
//! the size of the report only.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rca_index::parse::{ParseOptions, parse_report};
use rca_index::{SearchRequest, snippet_work_taken};

/// Steps of the reader for each byte of the report, and for a report of no bytes.
const STEPS: (usize, usize) = (160, 50_000);

fuzz_target!(|text: &str| {
    let (query, report) = text.split_once('\n').unwrap_or((text, text));
    let Ok(mut request) = SearchRequest::parse(query) else { return };
    request.snippets = 3;
    let incident = parse_report("report.md", report.to_owned(), &ParseOptions::default()).incident;
    let lines = 1 + report.bytes().filter(|&b| b == b'\n').count() as u32;
    snippet_work_taken();
    let snippets = request.snippets_of(&incident);
    let (steps, limit) = (snippet_work_taken(), STEPS.0 * report.len() + STEPS.1);
    assert!(steps <= limit, "{steps} steps for {} bytes", report.len());
    for snippet in snippets {
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
