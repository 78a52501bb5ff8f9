//! Pairs of a key and a value on a line: `level=error msg="disk full"`, `"level": "error"`, `- alertname = DiskFull`,
//! `*Description:* disk full`.
//!
//! In: a line. Out: its pairs, and the text around them.

use std::ops::Range;

use super::keys;
use super::noise::is_level;

/// The longest name of a key.
const MAX_KEY_BYTES: usize = 64;

/// A pair: where its key and its value stand on the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) key: Range<usize>,
    pub(super) value: Range<usize>,
    /// Where it ends, with its closing quote.
    end: usize,
}

/// The pairs of a line and what stands around them. A line has pairs if it has several, or is one. Adds the bytes that it
/// looks at.
pub(super) fn pairs(line: &str, work: &mut usize) -> Option<(Vec<Pair>, Vec<Range<usize>>)> {
    let mut pairs: Vec<Pair> = Vec::new();
    let mut between = Vec::new();
    let mut at = 0;
    let mut rest = 0;
    while at < line.len() {
        if let Some(pair) = is_start(line, at).then(|| pair_at(line, at, work)).flatten() {
            between.push(rest..at);
            at = pair.end;
            rest = at;
            pairs.push(pair);
        } else {
            at += line[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    between.push(rest..line.len());
    let is_whole = pairs.len() == 1 && between.iter().all(|text| line[text.clone()].trim().len() <= 2);
    let is_known = pairs.len() == 1
        && keys::role(&line[pairs[0].key.clone()]).is_some()
        && line[..pairs[0].key.start].trim().is_empty();
    between.retain(|text| !line[text.clone()].trim().is_empty());
    // A sentence may have pairs in it.
    let outside: usize = between.iter().map(|text| line[text.clone()].split_whitespace().count()).sum();
    let is_many = pairs.len() >= 2 && outside <= 3 * pairs.len();
    (is_many || is_whole || is_known).then_some((pairs, between))
}

/// Whether a key may begin at a byte.
fn is_start(line: &str, at: usize) -> bool {
    let first = line.as_bytes()[at];
    let before = at.checked_sub(1).map(|before| line.as_bytes()[before]);
    (first.is_ascii_alphabetic() || matches!(first, b'_' | b'@' | b'"'))
        && before.is_none_or(|b| b.is_ascii_whitespace() || matches!(b, b'{' | b',' | b';' | b'(' | b'['))
}

/// `key=value`, `key="a value"`, `"key": "a value"`, `"key": 5`
fn pair_at(line: &str, start: usize, work: &mut usize) -> Option<Pair> {
    let bytes = line.as_bytes();
    let key = if bytes[start] == b'"' { quoted(line, start, MAX_KEY_BYTES, work)? } else { name(line, start, work) };
    let is_quoted = key.start > start;
    let mut at = key.end + usize::from(is_quoted);
    let byte = |at: usize| bytes.get(at).copied();
    if is_quoted {
        at += spaces(line, at, work);
        if byte(at) != Some(b':') {
            return None;
        }
        at += 1;
        at += spaces(line, at, work);
    } else {
        let is_comparison = || matches!(byte(at + 1), Some(b'=' | b'~' | b'>'));
        if byte(at) != Some(b'=') || is_comparison() {
            return None;
        }
        at += 1;
    }
    if key.is_empty() || key.len() > MAX_KEY_BYTES {
        return None;
    }
    match byte(at) {
        Some(b'"') => {
            // A value that is cut off ends with the line.
            let value = quoted(line, at, line.len(), work).unwrap_or(at + 1..line.len());
            Some(Pair { end: line.len().min(value.end + 1), key, value })
        }
        // An object or an array: its pairs are pairs of the line.
        Some(b'{' | b'[') if is_quoted => Some(Pair { key, value: at..at, end: at }),
        _ => {
            let is_end = |b: &u8| b.is_ascii_whitespace() || matches!(b, b',' | b';' | b'}' | b')');
            let length = bytes[at..].iter().take_while(|b| !is_end(b)).count();
            *work += length;
            Some(Pair { key, value: at..at + length, end: at + length })
        }
    }
}

/// The bytes within quotes, if they end within so many bytes.
fn quoted(line: &str, start: usize, longest: usize, work: &mut usize) -> Option<Range<usize>> {
    let bytes = line.as_bytes();
    let mut at = start + 1;
    while at < bytes.len() && at - start <= longest.saturating_add(1) {
        *work += 1;
        match bytes[at] {
            b'"' => return Some(start + 1..at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    None
}

/// The name of a key without quotes.
fn name(line: &str, start: usize, work: &mut usize) -> Range<usize> {
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-' | b'@' | b'/');
    let length = line.as_bytes()[start..].iter().take(MAX_KEY_BYTES + 1).take_while(|b| is_part(b)).count();
    *work += length;
    start..start + length
}

fn spaces(line: &str, at: usize, work: &mut usize) -> usize {
    let length = line.as_bytes()[at.min(line.len())..].iter().take_while(|b| b.is_ascii_whitespace()).count();
    *work += length;
    length
}

/// A line of a list or a chat message that is one pair: `- alertname = DiskFull`, `• *service:* \`edge\``, `Description: full`.
/// Yields the key, the bytes of the value, and whether it is a bullet.
pub(super) fn entry(line: &str) -> Option<(&str, Range<usize>, bool)> {
    const MARKS: &[char] = &[' ', '\t', '-', '*', '•', '>', '_', '#'];
    let body = line.trim_start_matches(MARKS);
    let start = line.len() - body.len();
    let is_bullet = line.trim_start().starts_with(['-', '•', '*']) && start > 0;
    let head = body.char_indices().map(|(at, _)| at).find(|&at| at > MAX_KEY_BYTES).unwrap_or(body.len());
    let is_name = |at: usize| !body[..at].contains(char::is_whitespace);
    let equals = body[..head].find(" = ").filter(|&at| is_bullet || is_name(at)).map(|at| (at, at + 3));
    let colon = || body[..head].find(':').map(|at| (at, at + 1));
    let (end, behind) = equals.or_else(colon)?;
    let key = body[..end].trim_matches(['*', '_', '`', ' ']);
    let is_key =
        !key.is_empty() && key.split_whitespace().count() <= 3 && !key.contains(['=', '(', '[', '/', '"', '{']);
    let is_address = body[behind..].starts_with("//");
    let is_marked = is_bullet && line[..start].ends_with('*') && body[behind..].starts_with('*');
    // Values in a column, as `kubectl describe` writes them. Postgres writes two spaces behind a level.
    let is_aligned = body[behind..].starts_with("  ") && !is_level(key);
    let is_sure = equals.is_some() || is_marked || is_aligned;
    (is_key && !is_address).then_some((key, start + behind..line.len(), is_sure))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_of_a_line() {
        for (line, expected) in [
            (
                "level=error msg=\"disk \\\"full\\\"\" n=5",
                vec![("level", "error"), ("msg", "disk \\\"full\\\""), ("n", "5")],
            ),
            ("{\"level\": \"error\", \"n\": 5}", vec![("level", "error"), ("n", "5")]),
            ("\"alertname\": \"DiskFull\",", vec![("alertname", "DiskFull")]),
            ("\"labels\": {\"app\": \"edge\"}", vec![("labels", ""), ("app", "edge")]),
            ("12:00 started service=edge err=full", vec![("service", "edge"), ("err", "full")]),
            ("a=", vec![("a", "")]),
            ("é=1 b=\"é", vec![]),
            ("if a == b && c != d", vec![]),
            ("see https://x.example/?a=1", vec![]),
            ("retry with x=1 and wait", vec![]),
            ("\"", vec![]),
            ("a=\"", vec![("a", "")]),
            ("a=\"b", vec![("a", "b")]),
        ] {
            let found = pairs(line, &mut 0).map(|(pairs, _)| pairs).unwrap_or_default();
            let found: Vec<_> = found.iter().map(|pair| (&line[pair.key.clone()], &line[pair.value.clone()])).collect();
            assert_eq!(found, expected, "{line}");
        }
    }

    #[test]
    fn entries_of_a_list() {
        for (line, expected) in [
            (" - alertname = DiskFull", Some(("alertname", "DiskFull", true))),
            ("  • *service:* `edge`", Some(("service", "* `edge`", true))),
            ("*Description:* full", Some(("Description", "* full", true))),
            ("alertname = DiskFull", Some(("alertname", "DiskFull", true))),
            ("rows of a = rows of b", None),
            ("Description: full", Some(("Description", "full", false))),
            ("Last State:     Terminated", Some(("Last State", "Terminated", true))),
            ("FATAL:  no slots", Some(("FATAL", "no slots", false))),
            ("https://x.example", None),
            ("the disk was full: nobody looked", None),
            ("no pair", None),
        ] {
            let found = entry(line).map(|(key, value, is_sure)| (key, line[value].trim_start(), is_sure));
            assert_eq!(found, expected, "{line}");
        }
    }
}
