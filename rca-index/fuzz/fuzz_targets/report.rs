//! The report parser: any text yields an incident whose positions are within the text, for work that grows with its size only.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rca_index::parse::{ParseOptions, parse_report, work_taken};

/// Steps of the readers for each byte, and for a report of no bytes: far more than any report needs, far less than what
/// grows with the square of the size takes in 16 KB.
const STEPS: (usize, usize) = (200, 50_000);

fuzz_target!(|text: &str| {
    work_taken();
    let parsed = parse_report("2024/report.md", text.to_owned(), &ParseOptions::default());
    let (steps, limit) = (work_taken(), STEPS.0 * text.len() + STEPS.1);
    assert!(steps <= limit, "{steps} steps for {} bytes", text.len());
    let lines = 1 + text.bytes().filter(|&b| b == b'\n').count() as u32;
    let incident = &parsed.incident;
    assert_eq!(incident.source, text);
    for section in &incident.sections {
        assert!(text.get(section.range.clone()).is_some(), "a section that is no text: {section:?}");
        assert!((1..=lines).contains(&section.line), "a section beyond the end: {section:?}");
    }
    for problem in &parsed.problems {
        assert!((1..=lines).contains(&problem.line), "a problem beyond the end: {problem:?}");
    }
    for link in &incident.links {
        assert!((1..=lines).contains(&link.line), "a link beyond the end: {link:?}");
    }
    assert!(incident.duration.as_ref().is_none_or(|duration| duration.value.is_finite()));
});
