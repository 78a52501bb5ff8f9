//! YAML: the one place that knows which library reads it.
//!
//! Front matter that the library refuses (duplicate keys, colons in titles, tabs) is read line by line, so that one bad
//! line costs one value.
//!
//! In: a block of front matter. Out: a map of keys and values, or the line and the reason of an error.

use std::collections::{HashMap, HashSet};

use crate::parse::value::{Map, Value};

/// More than this is no front matter; the line reader is enough for it.
const MAX_BYTES: usize = 256 * 1024;

/// Deeper lists and maps are not read.
const MAX_NESTING: usize = 100;

/// Why YAML cannot be read.
pub(crate) struct YamlError {
    /// The line within the text, counted from 1.
    pub(crate) line: u32,
    pub(crate) reason: String,
}

/// Reads a YAML map. Aliases are expanded up to the library's own limit.
pub(crate) fn read_yaml(text: &str) -> Result<Map, YamlError> {
    if text.len() > MAX_BYTES {
        return Err(YamlError { line: 1, reason: format!("more than {MAX_BYTES} bytes") });
    }
    if nesting(text) > MAX_NESTING {
        return Err(YamlError { line: 1, reason: format!("lists or maps nested more than {MAX_NESTING} deep") });
    }
    if let Some(map) = read_plain(text) {
        return Ok(map);
    }
    read_any(text)
}

/// Reads any YAML, with the library.
fn read_any(text: &str) -> Result<Map, YamlError> {
    let wrong = |e: &serde_yaml::Error| {
        let line = e.location().map_or(1, |location| location.line() as u32);
        let reason = e.to_string();
        let reason = reason.split(" at line ").next().unwrap_or_default().to_owned();
        YamlError { line, reason }
    };
    match serde_yaml::from_str::<serde_yaml::Value>(text).map_err(|e| wrong(&e))? {
        serde_yaml::Value::Null => Ok(Map::new()),
        serde_yaml::Value::Mapping(map) => Ok(convert_map(map, &Written::of(text))),
        _ => Err(YamlError { line: 1, reason: "no keys and values".to_owned() }),
    }
}

/// Reads lines of `key: value`, where a value is a plain word or text, a whole number, a text in quotes, or a list of plain
/// words: most front matter is no more than this, and the library takes ten times as long. None when there is anything
/// else, or a line that YAML might read in another way.
fn read_plain(text: &str) -> Option<Map> {
    if !text.bytes().all(|b| b == b'\n' || (b' '..=b'~').contains(&b)) {
        return None;
    }
    let mut map = Map::new();
    let mut known = HashSet::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        let (key, value) = line.split_once(": ")?;
        let is_key = |key: &str| key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
        if key.len() > 60 || !is_key(key) || !is_plain(key) || !known.insert(key) {
            return None;
        }
        map.push((key.to_owned(), plain_value(value.trim())?));
    }
    (!map.is_empty()).then_some(map)
}

fn plain_value(value: &str) -> Option<Value> {
    let inside = |open, close| value.strip_prefix(open).and_then(|value| value.strip_suffix(close));
    if let Some(items) = inside('[', ']') {
        let simple =
            |item: &str| is_plain(item) && item.bytes().all(|b| b.is_ascii_alphanumeric() || b" -_./".contains(&b));
        let items = items.split(',').map(str::trim);
        return items
            .map(|item| simple(item).then(|| Value::Text(item.to_owned())))
            .collect::<Option<_>>()
            .map(Value::List);
    }
    let quoted = inside('"', '"').filter(|text| !text.contains(['"', '\\']));
    let quoted = quoted.or_else(|| inside('\'', '\'').filter(|text| !text.contains('\'')));
    let is_text = |text: &&str| is_plain(text) && !text.contains(['#']) && !text.contains(": ") && !text.ends_with(':');
    quoted.or_else(|| Some(value).filter(is_text)).map(|text| Value::Text(text.to_owned()))
}

/// Whether a text begins as text does, and is neither null nor true nor false nor any number but a whole one.
fn is_plain(text: &str) -> bool {
    let number = || text.parse::<f64>().is_ok() || text.starts_with('0') && text.len() > 1;
    let whole = || text.len() < 16 && !text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit());
    let named = ["null", "true", "false"].iter().any(|name| text.eq_ignore_ascii_case(name));
    text.starts_with(|c: char| c.is_ascii_alphanumeric()) && !named && (whole() || !number())
}

/// How deep brackets are nested, at most: the library takes time that grows with its square to find out.
fn nesting(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// How numbers are written that the library would write in another way: `1.10`, by their bits.
struct Written<'t>(HashMap<u64, &'t str>);

impl<'t> Written<'t> {
    fn of(text: &'t str) -> Self {
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+' | '_')));
        let cut = words.filter(|word| word.contains('.') && word.ends_with('0') && word.len() <= 24);
        let numbers = cut.filter_map(|word| Some((word.parse::<f64>().ok()?.to_bits(), word)));
        Self(numbers.collect())
    }

    fn number(&self, number: &serde_yaml::Number) -> String {
        let written = number.as_f64().filter(|_| number.is_f64()).and_then(|number| self.0.get(&number.to_bits()));
        written.map_or_else(|| number.to_string(), |&text| text.to_owned())
    }
}

fn convert_map(map: serde_yaml::Mapping, written: &Written<'_>) -> Map {
    let key = |key| match convert(key, written) {
        Value::Text(text) => text,
        other => other.text().unwrap_or_default(),
    };
    map.into_iter().map(|(k, value)| (key(k), convert(value, written))).collect()
}

fn convert(value: serde_yaml::Value, written: &Written<'_>) -> Value {
    match value {
        serde_yaml::Value::Null => Value::Null,
        serde_yaml::Value::Bool(b) => Value::Text(b.to_string()),
        serde_yaml::Value::Number(n) => Value::Text(written.number(&n)),
        serde_yaml::Value::String(text) => Value::Text(text),
        serde_yaml::Value::Sequence(items) => {
            Value::List(items.into_iter().map(|item| convert(item, written)).collect())
        }
        serde_yaml::Value::Mapping(map) => Value::Map(convert_map(map, written)),
        serde_yaml::Value::Tagged(tagged) => convert(tagged.value, written),
    }
}

/// Reads `key: value` lines and the list items below them, and passes over everything else. Of a key that comes twice,
/// the first counts.
pub(crate) fn read_lines(text: &str) -> Map {
    let mut map = Map::new();
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        if let Some(item) = trimmed.strip_prefix("- ").or_else(|| trimmed.strip_prefix("-\t")) {
            if let Some((_, value)) = map.last_mut() {
                add_item(value, item.trim());
            }
        } else if !line.starts_with([' ', '\t'])
            && let Some((key, value)) = split_key(trimmed)
        {
            map.push((key.to_owned(), scalar(value)));
        }
    }
    let mut seen = HashSet::new();
    map.retain(|(key, _)| seen.insert(key.to_lowercase()));
    map
}

fn add_item(list: &mut Value, item: &str) {
    let item = match split_key(item) {
        Some((key, value)) if !value.is_empty() => Value::Map(vec![(key.to_owned(), scalar(value))]),
        _ => scalar(item),
    };
    match list {
        Value::List(items) => items.push(item),
        Value::Null => *list = Value::List(vec![item]),
        Value::Text(_) | Value::Map(_) => {}
    }
}

/// `key: value`, where the key looks like one.
pub(crate) fn split_key(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once(':')?;
    let key = key.trim().trim_matches(['"', '\'']);
    let plain = !key.is_empty()
        && key.len() <= 60
        && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | ' ' | '.'));
    (plain && (value.is_empty() || value.starts_with([' ', '\t']))).then_some((key, value.trim()))
}

fn scalar(text: &str) -> Value {
    let text = text.split(" #").next().unwrap_or_default().trim();
    if let Some(inner) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
        return Value::List(inner.split(',').map(flat).filter(|item| *item != Value::Null).collect());
    }
    flat(text)
}

/// A value that is no list. Lists in lists are beyond a reader of lines, and could be nested without end.
fn flat(text: &str) -> Value {
    let text = text.trim();
    let quoted = ['"', '\''].iter().find_map(|&quote| text.strip_prefix(quote)?.strip_suffix(quote));
    match quoted.unwrap_or(text) {
        "" | "~" | "null" if quoted.is_none() => Value::Null,
        text => Value::Text(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_line_reader_gives_what_yaml_would() {
        let text = "title: \"A\"\ndate: 2024-03-05 # day\nservices: [a, b]\ntags:\n\t- x\n  # - no\n  - name: y\nempty:\nnested:\n  k: v\n";
        let text_value = |text: &str| Value::Text(text.to_owned());
        let map = read_lines(text);
        assert_eq!(map[0], ("title".to_owned(), text_value("A")));
        assert_eq!(map[1], ("date".to_owned(), text_value("2024-03-05")));
        assert_eq!(map[2].1.texts(), ["a", "b"]);
        assert_eq!(map[3].1.texts(), ["x", "y"]);
        assert_eq!(map[4].1, Value::Null);
        let same = "title: A\ndate: 2024-03-05\nservices: [a, b]\ntags:\n- x\n- y\n";
        assert_eq!(read_yaml(same).ok(), Some(read_lines(same)));
    }

    #[test]
    fn most_front_matter_is_plain() {
        let text = "title: \"2025-06-02 - A: b\"\ndate: 2025-06-02\nservices: [inventory-api]\ntags: [rca, p2, a/b]\n\
                    duration_minutes: 65\nauthor: The team's lead\nat: 10:30\n";
        let plain = read_plain(text).expect("plain");
        assert_eq!(read_any(text).ok(), Some(plain));
        for text in
            ["a:\n  - b", "a: [b: c]", "a: 0x1f", "a: 1.50", "a: b # c", "a: b\nA: c\na: d", "a: 'it''s'", "- a: b"]
        {
            assert_eq!(read_plain(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_plain_is_what_yaml_says(lines in proptest::collection::vec("[a-cA-C0-9_-]{1,4}: ?([\\[\"']?[a-z0-9 :#,.'&*!_+eExX-]{0,12}[\\]\"']?|null|True|~|1e5|0o7|[0-9.]{1,4})", 0..5)) {
            let text = lines.join("\n");
            if let Some(map) = read_plain(&text) {
                prop_assert_eq!(read_any(&text).ok(), Some(map), "{}", text);
            }
        }
    }

    #[test]
    fn errors_have_a_line_and_bombs_do_not_explode() {
        let error = read_yaml("a: 1\nb: c: d\n").unwrap_err();
        assert_eq!(error.line, 2);
        let error = read_yaml("a: 1\na: 2\n").unwrap_err();
        assert!(error.reason.contains("\"a\""), "{}", error.reason);
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for i in 1..20 {
            let alias = format!("*a{}, ", i - 1).repeat(9);
            bomb = format!("{bomb}a{i}: &a{i} [{}]\n", alias.trim_end_matches(", "));
        }
        assert!(read_yaml(&bomb).is_err());
        assert!(read_yaml("- a\n- b\n").is_err());
    }
}
