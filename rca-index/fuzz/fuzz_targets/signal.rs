//! Signals: any text is read, and every part has its place in the text and a line of it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rca_index::signal::{Part, Signal, is_paste};

fuzz_target!(|text: &str| {
    let signal = Signal::read(text);
    let lines = 1 + text.bytes().filter(|&b| b == b'\n').count() as u32;
    let check = |part: &Part| {
        assert!(text.get(part.range.clone()).is_some(), "no place in the text: {part:?}");
        assert!((1..=lines).contains(&part.line), "beyond the end: {part:?}");
        assert!(!part.text.trim().is_empty(), "no text: {part:?}");
    };
    for list in [&signal.names, &signal.errors, &signal.services, &signal.text, &signal.runbooks] {
        list.iter().for_each(check);
    }
    signal.labels.iter().for_each(|label| check(&label.value));
    for unread in &signal.unread {
        assert!(text.get(unread.range.clone()).is_some(), "no place in the text: {unread:?}");
    }
    assert_eq!(signal, Signal::read(text));
    let _ = is_paste(text);
});
