//! Values as front matter states them, whatever it is written in: YAML, TOML or JSON.
//!
//! In: what a reader of one of these formats made out. Out: texts and lists of texts, without values that stand for none.

use std::borrow::Cow;

use crate::incident::squeeze::squeezed;

/// A value. Numbers, booleans and dates keep their text, since a report's `date: 2025-06-02` is no number.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Text(String),
    List(Vec<Self>),
    Map(Map),
}

/// Keys and values in the order of the report.
pub(crate) type Map = Vec<(String, Value)>;

/// The keys of a map that name it.
pub(crate) const NAMES: [&str; 6] = ["name", "title", "service", "id", "value", "tag"];

impl Value {
    /// The value as one text: of a list the first item that has one, of a map its name.
    pub(crate) fn text(&self) -> Option<String> {
        match self {
            Self::Null => None,
            Self::Text(text) => Some(unquoted(clean(text))).filter(|text| !is_blank(text)),
            Self::List(items) => items.iter().find_map(Self::text),
            Self::Map(map) => {
                let named = NAMES.iter().find_map(|name| map.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)));
                // `- api: slow` names what the value is about; of more keys none is known to be the name.
                let single = || match &map[..] {
                    [(key, Self::Text(_) | Self::Null)] => Some(clean(key)),
                    _ => None,
                };
                named.map_or_else(single, |(_, value)| value.text())
            }
        }
    }

    /// The value as a list of texts: of a single text the pieces between commas.
    pub(crate) fn texts(&self) -> Vec<String> {
        match self {
            Self::Text(text) => split_list(text),
            Self::List(items) => items.iter().filter_map(Self::text).collect(),
            Self::Null | Self::Map(_) => self.text().into_iter().collect(),
        }
    }
}

/// The items of a list written on one line: `a, b`, `a、b`, `a; b`.
fn split_list(text: &str) -> Vec<String> {
    let mut depth = 0_i32;
    let pieces = text.split(|c: char| {
        depth += i32::from(matches!(c, '(' | '（' | '[')) - i32::from(matches!(c, ')' | '）' | ']'));
        depth <= 0 && matches!(c, ',' | '、' | ';' | '，' | '\n')
    });
    pieces.map(|piece| unquoted(clean(piece))).filter(|piece| !is_blank(piece)).collect()
}

/// A text without the curly quotes around it, which no format takes for quotes.
fn unquoted(text: String) -> String {
    let pairs = [('“', '”'), ('‘', '’'), ('„', '“'), ('«', '»'), ('“', '“'), ('”', '”')];
    if text.bytes().next().is_none_or(|first| first.is_ascii()) {
        return text;
    }
    let inside = pairs.iter().find_map(|&(open, close)| text.strip_prefix(open)?.strip_suffix(close));
    inside.filter(|inside| !inside.contains(['“', '”'])).map(|inside| inside.trim().to_owned()).unwrap_or(text)
}

/// Whether a text stands for no value.
pub(crate) fn is_blank(text: &str) -> bool {
    /// In bytes; what is longer and no Japanese says something.
    const LONGEST: usize = 7;
    // Most are longer, with no white space around them.
    let ends = |end: Option<u8>| end.is_some_and(|b| b.is_ascii_graphic());
    if text.len() > LONGEST && ends(text.bytes().next()) && ends(text.bytes().next_back()) {
        return false;
    }
    let text = text.trim();
    if text.len() > LONGEST && text.as_bytes()[0].is_ascii() {
        return false;
    }
    matches!(text, "" | "~" | "-" | "—" | "–" | "?" | "なし" | "不明" | "未定" | "无" | "없음" | "[]" | "{}")
        || text.starts_with("不明")
        || ["null", "none", "n/a", "na", "tbd", "unknown", "nothing"]
            .iter()
            .any(|blank| text.eq_ignore_ascii_case(blank))
}

/// A text on one line, with neither terminal sequences nor characters that control the direction of writing.
pub(crate) fn clean(text: &str) -> String {
    // Most are so already.
    if let Cow::Borrowed(text) = squeezed(text) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => {
                // `ESC [ ... letter`; any other escape is two characters.
                if chars.next_if_eq(&'[').is_some() {
                    while chars.next_if(|c| !c.is_ascii_alphabetic()).is_some() {}
                }
                chars.next();
            }
            '\u{200b}'
            | '\u{2060}'
            | '\u{ad}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}' => {}
            // Joiners matter in some scripts and in emoji, and are invisible between Latin letters.
            '\u{200c}' | '\u{200d}' if out.ends_with(|c: char| c.is_ascii()) => {}
            c if c.is_whitespace() => {
                if !out.ends_with(' ') && !out.is_empty() {
                    out.push(' ');
                }
            }
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_texts() {
        let text = |text: &str| Value::Text(text.to_owned());
        assert_eq!(text("a, b (c, d)、e").texts(), ["a", "b (c, d)", "e"]);
        assert_eq!(Value::List(vec![Value::Null, text("~"), text("x")]).texts(), ["x"]);
        let map = Value::Map(vec![("region".into(), text("eu")), ("name".into(), text("api"))]);
        assert_eq!(Value::List(vec![map]).texts(), ["api"]);
        assert_eq!(Value::Null.texts(), [] as [&str; 0]);
    }

    #[test]
    fn values_that_stand_for_none() {
        for text in ["", " ", "-", "N/A", "TBD", "none", "不明（調査中）", "未定", "无", "없음", "[]"] {
            assert!(is_blank(text), "{text}");
        }
        assert!(!["0", "no", "nonesuch", "--"].iter().any(|text| is_blank(text)));
    }

    #[test]
    fn no_control_characters() {
        assert_eq!(clean(" badge \u{1b}[31mfailing\u{1b}[0m\tfor\u{202e} x\u{202c}\r\n"), "badge failing for x");
    }
}
