//! Texts that are not UTF-8, and characters that must not reach a terminal.

use crate::{incident, problems};

/// Checks a text that is not, or not entirely, UTF-8: the facts are found, and a problem names the encoding.
#[track_caller]
fn check_encoding(path: &str, part: &str) {
    assert!(problems(path).iter().any(|problem| problem.contains(part)), "{:?}", problems(path));
    let incident = incident(path.trim_end_matches(".md"));
    assert!(incident.severity.is_some() && incident.date.is_some());
}

#[test]
fn nul_bytes() {
    check_encoding("nul-bytes.md", "NUL");
}

#[test]
fn latin_1() {
    check_encoding("latin-1.md", "Latin-1");
}

#[test]
fn utf_16() {
    check_encoding("utf-16.md", "UTF-16");
}

#[test]
fn control_characters() {
    let title = incident("control-characters").title.value;
    assert!(title.contains("failing") && !title.chars().any(|c| c.is_control() || c == '\u{202e}'), "{title:?}");
}
