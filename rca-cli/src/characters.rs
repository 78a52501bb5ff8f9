//! Characters that are not shown: they could drive a terminal, or make a text read as another one.
//!
//! In: a character. Out: whether it is one of these. What stands in its place is for the callers to decide.

/// Whether a character could control a terminal or reverse the direction of text; the latter are those of Trojan Source
/// (CVE-2021-42574).
pub(crate) fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}
