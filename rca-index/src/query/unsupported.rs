//! Syntax of other search tools that this language does not have. It is an error, which names the form that works, because
//! as plain text it would find something else.
//!
//! In: a word of a query. Out: the error.

use crate::error::QueryErrorKind;

/// The error for a word in the syntax of another tool: `w?rd`, `*word`, `word^2`, `/reg.*ex/`.
pub(super) fn unsupported(word: &str) -> Option<QueryErrorKind> {
    regex(word).or_else(|| boost(word)).or_else(|| wildcard(word))
}

/// `/kaf.*a/`; not a path.
fn regex(word: &str) -> Option<QueryErrorKind> {
    let inner = word.strip_prefix('/')?.strip_suffix('/')?;
    let is_pattern = [".*", ".+", ".?", "[", "\\", "|", "^", "$"].iter().any(|sign| inner.contains(sign));
    let start: String = inner.chars().take_while(|&c| c.is_alphanumeric()).collect();
    (is_pattern && !inner.contains('/')).then_some(QueryErrorKind::Regex(start))
}

/// `word^2`, `word^0.5`; not `x^2`.
fn boost(word: &str) -> Option<QueryErrorKind> {
    let (stem, number) = word.rsplit_once('^')?;
    let letters = stem.chars().filter(|c| c.is_alphabetic()).count();
    (letters > 1 && !stem.contains('^') && is_number(number)).then(|| QueryErrorKind::Boost(stem.to_owned()))
}

/// Whether a text is a number such as `2` or `0.5`.
pub(super) fn is_number(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit()) && text.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

/// `k?fka`, `ka*a`, `*fka`, `*kafka*`; not `what?`, `2*3` or `**bold**`.
fn wildcard(word: &str) -> Option<QueryErrorKind> {
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    let plain = word.chars().all(|c| c.is_alphanumeric() || matches!(c, '*' | '?' | '-' | '_'));
    if letters < 2 || !plain || word.contains("**") || word.contains("??") || word.starts_with('?') {
        return None;
    }
    let inner = word.trim_end_matches(['*', '?']);
    let at = inner.find(['*', '?'])?;
    // `*` or `?` in front has no prefix; the longest run of letters is the best hint.
    let prefix = if at > 0 { &inner[..at] } else { inner.split(['*', '?']).max_by_key(|part| part.len())? };
    Some(QueryErrorKind::WildcardInside(prefix.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_syntax_is_told_from_text() {
        use QueryErrorKind::{Boost, Regex, WildcardInside};
        let wildcard = |prefix: &str| Some(WildcardInside(prefix.to_owned()));
        for (word, expected) in [
            ("k?fka", wildcard("k")),
            ("ka*a", wildcard("ka")),
            ("ka*a*", wildcard("ka")),
            ("*fka", wildcard("fka")),
            ("*kafka*", wildcard("kafka")),
            ("order-*-service", wildcard("order-")),
            ("kafka*", None),
            ("what?", None),
            ("2*3", None),
            ("x*y", wildcard("x")),
            ("**bold**", None),
            ("http://host/path?x=1", None),
            ("*.example.com", None),
            ("kafka^2", Some(Boost("kafka".to_owned()))),
            ("kafka^0.5", Some(Boost("kafka".to_owned()))),
            ("x^2", None),
            ("10^6", None),
            ("/kaf.*a/", Some(Regex("kaf".to_owned()))),
            ("/(kafka|rabbit)/", Some(Regex(String::new()))),
            ("/var/log/", None),
            ("/kafka/", None),
        ] {
            assert_eq!(unsupported(word), expected, "{word}");
        }
    }
}
