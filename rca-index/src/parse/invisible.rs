//! What no reader sees, wherever it stands: characters of no width, and the data of pictures in addresses.
//!
//! In: a source. Out: the stretches of it. What Markdown makes of it is in `outline/markup.rs`.

use std::ops::Range;

use crate::parse::phrases::may_have;

/// The stretches of a source that are not seen, in order.
pub(crate) fn invisible(source: &str) -> Vec<Range<usize>> {
    let mut found = data_addresses(source);
    if !source.is_ascii() {
        found.extend(no_width(source));
        found.sort_by_key(|range| range.start);
    }
    found
}

/// A text without the characters that are not seen.
pub(crate) fn without_invisible(text: String) -> String {
    if text.is_ascii() || no_width(&text).next().is_none() {
        return text;
    }
    let mut seen = String::with_capacity(text.len());
    let mut at = 0;
    for range in no_width(&text) {
        seen.push_str(&text[at..range.start]);
        at = range.end;
    }
    seen.push_str(&text[at..]);
    seen
}

/// Characters of no width: soft hyphens, spaces of no width, joiners, marks of direction, byte order marks.
fn no_width(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    // The first bytes of these characters; in most texts they are rare.
    let text = if may_have_no_width(text) { text } else { "" };
    let leads = text.bytes().enumerate().filter(|(_, b)| matches!(b, 0xc2 | 0xe2 | 0xef)).map(|(at, _)| at);
    leads.filter_map(|at| {
        let c = text.get(at..)?.chars().next()?;
        let range = at..at + c.len_utf8();
        match c {
            '\u{ad}' | '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}' | '\u{2060}' | '\u{feff}' => Some(range),
            // It makes one picture of several, which are not to come apart.
            '\u{200d}' => {
                let letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
                let (before, behind) = (text[..at].chars().next_back(), text[range.end..].chars().next());
                (letter(before) && letter(behind)).then_some(range)
            }
            _ => None,
        }
    })
}

/// Whether there is one of these characters, or one that begins like it. No step depends on the one before, so that the
/// compiler looks at many bytes at once.
fn may_have_no_width(text: &str) -> bool {
    let found = text.as_bytes().windows(3).fold(0, |found, at| {
        let is = |place: usize, byte: u8| u8::from(at[place] == byte);
        let hyphen = is(0, 0xc2) & is(1, 0xad);
        let space = is(0, 0xe2) & (is(1, 0x80) & u8::from(at[2] & 0xf8 == 0x88) | is(1, 0x81) & is(2, 0xa0));
        found | hyphen | space | is(0, 0xef) & is(1, 0xbb)
    });
    found > 0 || text.ends_with('\u{ad}')
}

/// Addresses that hold what they name: `data:image/png;base64,iVBORw0KGgo=`.
fn data_addresses(source: &str) -> Vec<Range<usize>> {
    const SCHEME: &str = "data";
    let mut found: Vec<Range<usize>> = Vec::new();
    // The end of the scheme: few texts have it.
    if !may_have(source, b"ta:") {
        return found;
    }
    for (colon, _) in source.match_indices(':') {
        let Some(start) = colon.checked_sub(SCHEME.len()) else { continue };
        if !source.get(start..colon).is_some_and(|scheme| scheme.eq_ignore_ascii_case(SCHEME)) {
            continue;
        }
        let after_word = source[..start].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        if after_word || found.last().is_some_and(|last| last.end > start) {
            continue;
        }
        if let Some(end) = data_end(source, colon + 1) {
            found.push(start..end);
        }
    }
    found
}

/// Where an address of data ends whose scheme ends at `at`.
fn data_end(source: &str, at: usize) -> Option<usize> {
    /// A kind of data and its parameters are not longer.
    const MAX_KIND: usize = 120;
    let rest = source.get(at..)?;
    let comma = rest.bytes().take(MAX_KIND).position(|b| b == b',')?;
    let kind = rest.get(..comma)?;
    let is_kind = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '+' | '.' | '-' | ';' | '=' | '_' | '"');
    let base64 = kind.ends_with(";base64");
    if !kind.chars().all(is_kind) || !(kind.contains('/') || base64) {
        return None;
    }
    let data = &rest[comma + 1..];
    let mut length = data.find(ends_data).unwrap_or(data.len());
    if base64 {
        length = last_digits(data, length);
    }
    Some(at + comma + 1 + length)
}

/// Where data ends that mailers and editors have broken into lines, the first of which ends at `length`.
fn last_digits(data: &str, mut length: usize) -> usize {
    /// A shorter line may be a word.
    const MIN_LINE: usize = 40;
    loop {
        let rest = &data[length..];
        let Some(line) = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n')) else { return length };
        let digits = line.bytes().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=')).count();
        let long = digits >= MIN_LINE || line[..digits].ends_with('=');
        if !long || !line[digits..].chars().next().is_none_or(ends_data) {
            return length;
        }
        length = data.len() - line.len() + digits;
    }
}

/// Whether a character ends an address.
fn ends_data(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | ')' | ']' | '`' | '|')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(source: &str) -> String {
        let mut text = source.to_owned();
        for range in invisible(source).into_iter().rev() {
            text.replace_range(range, "");
        }
        text
    }

    #[test]
    fn characters_of_no_width_are_not_seen() {
        for c in ['\u{ad}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{200e}', '\u{200f}', '\u{2060}', '\u{feff}'] {
            assert_eq!(seen(&format!("re{c}started")), "restarted", "{c:?}");
            assert_eq!(without_invisible(format!("{c}re{c}started")).trim_start_matches('\u{200d}'), "restarted");
        }
        for text in ["👩\u{200d}💻", "naïve – “x” … ﬁ", "日本語", "plain"] {
            assert_eq!(seen(text), text);
        }
    }

    #[test]
    fn addresses_of_data_are_not_seen() {
        let lines = format!("{}\r\n{}\r\nabc=\r\ntext", "A".repeat(60), "B".repeat(60));
        for (source, expected) in [
            ("a data:image/png;base64,iVBORw0KGgo= b", "a  b".to_owned()),
            ("(data:image/svg+xml;charset=utf-8,%3Csvg%3E)", "()".to_owned()),
            ("<data:text/plain,hello>", "<>".to_owned()),
            ("\"DATA:;base64,QUJD\"", "\"\"".to_owned()),
            ("`data:font/woff2;base64,d09GMg==`", "``".to_owned()),
            (&format!("data:image/png;base64,{lines}"), "\r\ntext".to_owned()),
            ("logo: data:image/gif;base64,R0lGOD\nseverity: P1", "logo: \nseverity: P1".to_owned()),
        ] {
            assert_eq!(seen(source), expected, "{source}");
        }
        for text in ["data: lost, all of it", "metadata:image/png,x", "the data:image field", "data:,", "data:a,b"] {
            assert_eq!(seen(text), text);
        }
    }
}
