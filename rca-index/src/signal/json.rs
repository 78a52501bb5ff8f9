//! JSON with places: `serde_json` yields values and not where they stand.
//!
//! In: text that begins with a value. Out: the value, its strings with their bytes in the text, and where it ends; or where it
//! is broken. Values nested more than 64 deep are skipped. Every byte is looked at once.

use std::borrow::Cow;
use std::ops::Range;

/// How deep values are read.
const MAX_DEPTH: usize = 64;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Json<'t> {
    Object(Vec<(Cow<'t, str>, Json<'t>)>),
    Array(Vec<Json<'t>>),
    /// A string without its quotes.
    Text(Cow<'t, str>, Range<usize>),
    /// A number.
    Number(&'t str, Range<usize>),
    /// `true`; or `false` and `null`.
    Word(bool),
    /// A value that is nested too deeply.
    Deep(Range<usize>),
}

impl Json<'_> {
    /// The value of a key; none if it is no object.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(fields) => fields.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The values at a path of keys with `.` between them. `*` is every element of an array.
    pub(super) fn at(&self, path: &str) -> Vec<&Self> {
        let mut found = vec![self];
        for key in path.split('.').filter(|key| !key.is_empty()) {
            found = match key {
                "*" => found.into_iter().flat_map(Self::elements).collect(),
                key => found.into_iter().filter_map(|value| value.get(key)).collect(),
            };
        }
        found
    }

    fn elements(&self) -> &[Self] {
        if let Self::Array(elements) = self { elements } else { &[] }
    }

    /// The text of a string or a number.
    pub(super) fn scalar(&self) -> Option<(&str, &Range<usize>)> {
        match self {
            Self::Text(text, range) => Some((text, range)),
            Self::Number(text, range) => Some((text, range)),
            _ => None,
        }
    }

    /// The stretches that were skipped.
    pub(super) fn skipped(&self, found: &mut Vec<Range<usize>>) {
        match self {
            Self::Object(fields) => fields.iter().for_each(|(_, value)| value.skipped(found)),
            Self::Array(elements) => elements.iter().for_each(|value| value.skipped(found)),
            Self::Deep(range) => found.push(range.clone()),
            _ => {}
        }
    }
}

impl<'t> Json<'t> {
    /// Reads the value at a byte of a text. Yields it and the byte behind it.
    ///
    /// # Errors
    ///
    /// The byte at which it is broken.
    pub(super) fn read(text: &'t str, start: usize) -> Result<(Self, usize), usize> {
        let mut reader = Reader { text, at: start };
        let value = reader.value(0).ok_or(reader.at)?;
        Ok((value, reader.at))
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn spaces(&mut self) {
        while self.peek().is_some_and(|b| b.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    /// Steps over a character of syntax and the white space around it.
    fn take(&mut self, expected: u8) -> bool {
        self.spaces();
        let found = self.peek() == Some(expected);
        if found {
            self.at += 1;
            self.spaces();
        }
        found
    }

    fn value(&mut self, depth: usize) -> Option<Json<'t>> {
        self.spaces();
        match self.peek()? {
            b'{' | b'[' if depth >= MAX_DEPTH => self.skip(),
            b'{' => self.object(depth),
            b'[' => self.array(depth),
            b'"' => {
                let (text, range) = self.string()?;
                Some(Json::Text(text, range))
            }
            b'-' | b'0'..=b'9' => {
                let range = self.run(|b| b.is_ascii_digit() || matches!(b, b'-' | b'+' | b'.' | b'e' | b'E'));
                Some(Json::Number(self.text.get(range.clone())?, range))
            }
            _ => {
                let range = self.run(|b| b.is_ascii_lowercase());
                let word = self.text.get(range)?;
                matches!(word, "true" | "false" | "null").then_some(Json::Word(word == "true"))
            }
        }
    }

    fn run(&mut self, is_part: impl Fn(u8) -> bool) -> Range<usize> {
        let start = self.at;
        while self.peek().is_some_and(&is_part) {
            self.at += 1;
        }
        start..self.at
    }

    fn object(&mut self, depth: usize) -> Option<Json<'t>> {
        self.take(b'{');
        let mut fields = Vec::new();
        if self.take_end(b'}') {
            return Some(Json::Object(fields));
        }
        loop {
            if self.peek()? != b'"' {
                return None;
            }
            let (key, _) = self.string()?;
            if !self.take(b':') {
                return None;
            }
            fields.push((key, self.value(depth + 1)?));
            if self.take_end(b'}') {
                return Some(Json::Object(fields));
            }
            if !self.take(b',') {
                return None;
            }
        }
    }

    fn array(&mut self, depth: usize) -> Option<Json<'t>> {
        self.take(b'[');
        let mut elements = Vec::new();
        if self.take_end(b']') {
            return Some(Json::Array(elements));
        }
        loop {
            elements.push(self.value(depth + 1)?);
            if self.take_end(b']') {
                return Some(Json::Array(elements));
            }
            if !self.take(b',') {
                return None;
            }
        }
    }

    /// Steps over a closing bracket; what follows it is no part of the value.
    fn take_end(&mut self, bracket: u8) -> bool {
        self.spaces();
        let found = self.peek() == Some(bracket);
        self.at += usize::from(found);
        found
    }

    /// A string, on one line as JSON demands.
    fn string(&mut self) -> Option<(Cow<'t, str>, Range<usize>)> {
        let start = self.at + 1;
        let mut at = start;
        let mut is_escaped = false;
        loop {
            match self.text.as_bytes().get(at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    is_escaped = true;
                    at += 2;
                }
                Some(b'\n' | b'\r') | None => {
                    self.at = at.min(self.text.len());
                    return None;
                }
                Some(_) => at += 1,
            }
        }
        self.at = at + 1;
        let written = self.text.get(start..at)?;
        let text = if is_escaped {
            Cow::Owned(serde_json::from_str(self.text.get(start - 1..=at)?).ok()?)
        } else {
            Cow::Borrowed(written)
        };
        Some((text, start..at))
    }

    /// Steps over a value without keeping it.
    fn skip(&mut self) -> Option<Json<'t>> {
        let start = self.at;
        let mut depth = 0_usize;
        loop {
            match self.peek()? {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return Some(Json::Deep(start..self.at));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_places() {
        let text = r#" {"a": {"b": ["x", 5, true, {"c": "\u00e9\n"}]}} rest"#;
        let (value, end) = Json::read(text, 1).expect("valid");
        assert_eq!(&text[end..], " rest");
        let scalars: Vec<_> = value.at("a.b.*").into_iter().filter_map(Json::scalar).collect();
        assert_eq!(scalars.len(), 2);
        assert_eq!((&text[scalars[0].1.clone()], &text[scalars[1].1.clone()]), ("x", "5"));
        let escaped = value.at("a.b.*.c");
        assert_eq!(escaped[0].scalar().map(|(text, _)| text), Some("é\n"));
        assert_eq!(&text[escaped[0].scalar().expect("a string").1.clone()], r"\u00e9\n");
    }

    #[test]
    fn broken_json_says_where() {
        for (text, at) in [
            ("{", 1),
            ("{\"a\"", 4),
            ("{\"a\": \"b", 8),
            ("{\"a\": \"b\n\"}", 8),
            ("[1, }", 4),
            ("[2026-01-18T08:31]", 11),
            ("{\"a\": nil}", 9),
            ("{'a': 1}", 1),
            ("", 0),
        ] {
            assert_eq!(Json::read(text, 0).err(), Some(at), "{text}");
        }
    }

    #[test]
    fn deep_json_is_skipped() {
        let text = format!("{}\"]\"{}", "[".repeat(50_000), "]".repeat(50_000));
        let (value, end) = Json::read(&text, 0).expect("valid");
        let mut skipped = Vec::new();
        value.skipped(&mut skipped);
        assert_eq!((end, skipped), (text.len(), vec![64..text.len() - 64]));
        assert!(Json::read(&"[{\"a\":".repeat(50_000), 0).is_err());
    }
}
