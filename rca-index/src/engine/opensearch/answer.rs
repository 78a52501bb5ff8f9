//! What a cluster answered, and which of its words are passed on.
//!
//! In: the bytes of an answer, from a stranger. Out: JSON, or a short text without control characters.

use serde_json::Value;

/// How much of a cluster's text is passed on, in characters.
const MAX_TEXT: usize = 300;

/// An answer of a cluster.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    /// The status of HTTP: success, 400, 404 or 409.
    pub(super) status: u16,
    /// Null if there was none.
    pub(super) body: Value,
}

/// Why a cluster did not do something: the reason in its JSON, else its text.
pub(super) fn reason(bytes: &[u8]) -> String {
    let Ok(body) = serde_json::from_slice::<Value>(bytes) else {
        return String::from_utf8_lossy(&bytes[..bytes.len().min(4 * MAX_TEXT)]).into_owned();
    };
    reason_in(&body)
}

/// The reason in an answer of JSON, or in an item of one.
pub(super) fn reason_in(body: &Value) -> String {
    let error = body.get("error").unwrap_or(body);
    let cause = error.pointer("/root_cause/0").unwrap_or(error);
    match (cause.get("type").and_then(Value::as_str), cause.get("reason").and_then(Value::as_str)) {
        (Some(kind), Some(reason)) => format!("{kind}: {reason}"),
        (_, Some(reason)) => reason.to_owned(),
        (Some(kind), _) => kind.to_owned(),
        _ => error.as_str().or_else(|| body.get("message").and_then(Value::as_str)).unwrap_or_default().to_owned(),
    }
}

/// Whether an answer says that an index, or the cluster, is blocked: read-only, or closed.
pub(super) fn is_block(bytes: &[u8]) -> bool {
    let body: Value = serde_json::from_slice(bytes).unwrap_or_default();
    body.pointer("/error/type").and_then(Value::as_str).is_some_and(|kind| kind.ends_with("block_exception"))
}

/// A text from a cluster, cut, on one line, without characters that control a terminal or the direction of text.
pub(super) fn cleaned(text: &str) -> String {
    let is_odd = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    let shown: String = text.chars().take(8 * MAX_TEXT).map(|c| if is_odd(c) { ' ' } else { c }).collect();
    let mut line = String::new();
    for (nth, word) in shown.split_whitespace().enumerate() {
        if nth > 0 {
            line.push(' ');
        }
        line.push_str(word);
    }
    if let Some((end, _)) = line.char_indices().nth(MAX_TEXT) {
        line.truncate(end);
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_is_the_innermost() {
        let root = br#"{"error":{"root_cause":[{"type":"parsing_exception","reason":"unknown query [x]"}],"type":"other","reason":"outer"},"status":400}"#;
        assert_eq!(reason(root), "parsing_exception: unknown query [x]");
        assert_eq!(reason(br#"{"error":"no handler found","status":400}"#), "no handler found");
        assert_eq!(reason(br#"{"message":"Forbidden by policy"}"#), "Forbidden by policy");
        assert_eq!(reason(b"<html>Bad gateway</html>"), "<html>Bad gateway</html>");
        assert_eq!(reason(b"[]"), "");
    }

    #[test]
    fn text_is_cut_and_cannot_control_a_terminal() {
        let hostile = format!("\u{1b}[31mred\u{1b}]0;title\u{7}\r\nnext\u{202e}line {}", "x".repeat(5_000));
        let line = cleaned(&hostile);
        assert!(line.starts_with("[31mred ]0;title next line xxx") && line.ends_with('…'), "{line}");
        assert_eq!(line.chars().count(), MAX_TEXT + 1);
    }

    #[test]
    fn a_block_is_not_a_matter_of_credentials() {
        assert!(is_block(br#"{"error":{"type":"cluster_block_exception","reason":"index [x] blocked by: [FORBIDDEN/5/index read-only (api)];"},"status":403}"#));
        assert!(!is_block(br#"{"error":{"type":"security_exception","reason":"no permissions"},"status":403}"#));
        assert!(!is_block(b"Forbidden"));
    }
}
