//! Queries: any text yields a query or an error with a valid span, a formatted query parses as the same query, and a search
//! takes work that grows with the query only.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use rca_index::query::{QueryOptions, parse, parse_filter, parse_sort};
use rca_index::{Incident, Index, SearchRequest, SectionKind, search_work_taken};

/// Steps of a search for each byte of the query, and for one of no bytes: several times what any query of
/// `search/work_tests.rs` takes of these incidents, and far less than what grows with the square of 16 KB.
const STEPS: (usize, usize) = (20, 200_000);

/// Incidents with words that all have, that some have, and that one has.
static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let index = Index::in_memory().expect("memory");
    let incident = |i: usize| {
        let mut incident = Incident::new(format!("OPS-{i}"), format!("Queue backlog {i} in order-service"));
        incident.services = vec![format!("order-service-{}", i % 4)];
        incident.tags = vec!["kafka/lag".into()];
        let own: String = (b'a'..=b'z').map(|c| format!("{}{}{} ", c as char, i, c as char)).collect();
        let text = format!("the time out of the pool; a b c the the the 影響 障害 k8s C++ v6.2.8 7be04c9 {own}");
        incident.push_section(SectionKind::RootCause, &text.repeat(1 + i % 3));
        incident
    };
    index.upsert((0..40).map(incident)).expect("memory");
    index
});

fuzz_target!(|text: &str| {
    for options in [QueryOptions::default(), QueryOptions::literal()] {
        match parse(text, &options) {
            Ok(query) => {
                let written = query.to_string();
                assert_eq!(parse(&written, &QueryOptions::default()), Ok(query), "{written}");
            }
            Err(errors) => {
                assert!(!errors.0.is_empty());
                for error in &errors.0 {
                    assert!(text.get(error.span.clone()).is_some(), "no place in the text: {error:?}");
                }
            }
        }
    }
    if let Some((field, value)) = text.split_once(':') {
        let _ = parse_filter(field, value);
    }
    let _ = parse_sort(text);
    for request in [SearchRequest::parse(text), SearchRequest::literal(text), SearchRequest::as_you_type(text)] {
        let Ok(request) = request else { continue };
        search_work_taken();
        let _ = INDEX.search_summaries(&request);
        let (steps, limit) = (search_work_taken(), STEPS.0 * text.len() + STEPS.1);
        assert!(steps <= limit, "{steps} steps for {} bytes", text.len());
    }
});
