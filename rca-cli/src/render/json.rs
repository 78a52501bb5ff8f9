//! JSON, in the wire form of the library.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;

use crate::terminal::is_unsafe;

/// One document.
pub(crate) fn document(out: &mut impl Write, form: &impl Serialize) -> io::Result<()> {
    writeln!(out, "{}", escape(&serde_json::to_string_pretty(form)?))
}

/// One document a line.
pub(crate) fn lines<T: Serialize>(out: &mut impl Write, forms: impl IntoIterator<Item = T>) -> io::Result<()> {
    forms.into_iter().try_for_each(|form| writeln!(out, "{}", escape(&serde_json::to_string(&form)?)))
}

/// Escapes what JSON would allow but a terminal might act on. Such characters occur inside strings only; line breaks
/// are the pretty form's own.
fn escape(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for c in json.chars() {
        if is_unsafe(c) && c != '\n' {
            let _ = write!(escaped, "\\u{:04x}", u32::from(c));
        } else {
            escaped.push(c);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsafe_characters_are_escaped_and_survive() {
        let text = "a\u{9b}31m\u{202E}\x1b\n\"é";
        let mut out = Vec::new();
        document(&mut out, &[text]).unwrap();
        let json = String::from_utf8(out).unwrap();
        assert!(!json.chars().any(|c| is_unsafe(c) && c != '\n'), "{json}");
        assert_eq!(serde_json::from_str::<Vec<String>>(&json).unwrap(), [text]);
    }
}
