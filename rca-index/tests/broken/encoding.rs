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
fn other_encodings() {
    check_encoding("latin-1.md", "written in windows-1252");
    check_encoding("shift-jis.md", "written in Shift_JIS");
    check_encoding("gbk.md", "written in GBK");
    assert!(incident("shift-jis").title.value.starts_with("在庫"), "{}", incident("shift-jis").title.value);
    assert!(incident("gbk").title.value.starts_with("库存"), "{}", incident("gbk").title.value);
}

#[test]
fn a_few_bytes_that_are_not_utf8() {
    check_encoding("not-utf-8-in-part.md", "these bytes are read as Windows-1252");
    assert!(incident("not-utf-8-in-part").source.contains("“caché”"));
}

#[test]
fn utf_16() {
    check_encoding("utf-16.md", "UTF-16");
    check_encoding("utf-16-without-mark.md", "UTF-16");
}

#[test]
fn a_binary_file_is_not_taken_in() {
    assert_eq!(problems("picture.md"), ["1: a binary file (PNG); skipped"]);
}

#[test]
fn control_characters() {
    let title = incident("control-characters").title.value;
    assert!(title.contains("failing") && !title.chars().any(|c| c.is_control() || c == '\u{202e}'), "{title:?}");
}
