//! Paths on a line of their own, quoted as git quotes them where a name would break the line.
//!
//! In: bytes of a path. Out: the path, or a string of C in double quotes; and back. Letters of all languages stay as they are,
//! as with git's `core.quotePath=false`.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::characters::is_unsafe;

/// A path on one line: as it is, unless it has a control character, a quote, a backslash, or bytes that are not UTF-8.
pub(crate) fn quoted(path: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(path) {
        Ok(text) if !text.contains(|c| is_unsafe(c) || matches!(c, '"' | '\\')) => Cow::Borrowed(text),
        _ => Cow::Owned(in_quotes(path)),
    }
}

fn in_quotes(path: &[u8]) -> String {
    let mut text = String::from("\"");
    for chunk in path.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '"' | '\\' => text.extend(['\\', c]),
                '\u{7}' => text.push_str("\\a"),
                '\u{8}' => text.push_str("\\b"),
                '\t' => text.push_str("\\t"),
                '\n' => text.push_str("\\n"),
                '\u{b}' => text.push_str("\\v"),
                '\u{c}' => text.push_str("\\f"),
                '\r' => text.push_str("\\r"),
                c if is_unsafe(c) => push_octal(&mut text, c.encode_utf8(&mut [0; 4]).as_bytes()),
                c => text.push(c),
            }
        }
        push_octal(&mut text, chunk.invalid());
    }
    text.push('"');
    text
}

fn push_octal(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        let _ = write!(text, "\\{byte:03o}");
    }
}

/// The path in a line that [`quoted`] or git wrote; the line itself if it is not quoted.
pub(crate) fn unquoted(line: &[u8]) -> Cow<'_, [u8]> {
    let inner = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\""));
    inner.and_then(without_escapes).map_or(Cow::Borrowed(line), Cow::Owned)
}

/// None if it is not what stands in the quotes of such a string.
fn without_escapes(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, behind)) = rest.split_first() {
        rest = behind;
        if byte != b'\\' {
            if byte == b'"' {
                return None;
            }
            bytes.push(byte);
            continue;
        }
        let (&escaped, behind) = rest.split_first()?;
        rest = behind;
        bytes.push(match escaped {
            b'"' | b'\\' => escaped,
            b'a' => 7,
            b'b' => 8,
            b't' => b'\t',
            b'n' => b'\n',
            b'v' => 0xb,
            b'f' => 0xc,
            b'r' => b'\r',
            b'0'..=b'3' => {
                let (digits, behind) = rest.split_at_checked(2)?;
                rest = behind;
                let digits = [escaped, digits[0], digits[1]];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 8).ok()?
            }
            _ => return None,
        });
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_quoted_as_git_quotes_them() {
        for (path, line) in [
            (&b"2025/queue backlog.md"[..], "2025/queue backlog.md"),
            ("障害/é.md".as_bytes(), "障害/é.md"),
            (b"a\nb.md", r#""a\nb.md""#),
            (b"a\r\n\t\x07\x08\x0b\x0cb", r#""a\r\n\t\a\b\v\fb""#),
            (b"\x1b[31m.md", r#""\033[31m.md""#),
            (b"\x7f", r#""\177""#),
            (b"say \"x\".md", r#""say \"x\".md""#),
            (br"a\b.md", r#""a\\b.md""#),
            (b"\xff\xfe.md", r#""\377\376.md""#),
            ("\u{202E}x\u{9b}".as_bytes(), r#""\342\200\256x\302\233""#),
        ] {
            assert_eq!(quoted(path), line);
            assert_eq!(unquoted(line.as_bytes()), path, "{line}");
        }
    }

    #[test]
    fn a_line_that_is_not_quoted_is_the_path() {
        for line in ["a.md", "\"", "\"a", "\"a\" and \"b\"", "\"\\x41\"", "\"\\9\"", "\"\\40\"", "\"a\\\"", "\"\\777\""]
        {
            assert_eq!(unquoted(line.as_bytes()), line.as_bytes(), "{line}");
        }
        assert_eq!(unquoted(b"\"\\303\\251.md\""), "é.md".as_bytes(), "as git writes it with core.quotePath");
    }
}
