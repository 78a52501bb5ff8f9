//! The query parser: any text yields a query or an error with a valid span, and a formatted query parses as the same
//! query.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rca_index::query::{QueryOptions, parse, parse_filter, parse_sort};

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
});
