//! YAML: the one place that knows which library reads it.
//!
//! Front matter that the library refuses (duplicate keys, colons in titles, tabs) is read line by line, so that one bad
//! line costs one value.
//!
//! In: a block of front matter. Out: a map of keys and values, or the line and the reason why there is none.

use std::collections::{HashMap, HashSet};
use std::fmt::{Formatter, Result as Written};

use serde::de::{DeserializeSeed, Deserializer, EnumAccess, Error as _, MapAccess, SeqAccess, VariantAccess, Visitor};
use serde_yaml::budget::BudgetBreach;
use serde_yaml::options::{DuplicateKeyPolicy, MergeKeyPolicy, NonFiniteFloatPolicy};

use crate::parse::limits::{Budget, Limit, MAX_NESTING, MAX_TEXT, MAX_VALUES, Refusal, check_size};
use crate::parse::phrases::find;
use crate::parse::value::{Map, Value};

/// Reads a YAML map. Aliases are expanded as far as the limits of front matter allow.
pub(crate) fn read_yaml(text: &str) -> Result<Map, Refusal> {
    check_size(text)?;
    read_plain(text).map_or_else(|| read_any(text), Ok)
}

/// Reads any YAML, with the library.
fn read_any(text: &str) -> Result<Map, Refusal> {
    let mut budget = Budget::default();
    let numbers = Numbers::of(text);
    let top = Reader { budget: &mut budget, numbers: &numbers, depth: 0 };
    match serde_yaml::with_deserializer_from_str_with_options(text, options(), |yaml| top.deserialize(yaml)) {
        Ok(Value::Null) => Ok(Map::new()),
        Ok(Value::Map(map)) => Ok(map),
        Ok(_) => Err(Refusal::invalid(1, "no keys and values")),
        Err(error) => Err(refusal(&error, budget.exceeded)),
    }
}

/// YAML 1.2 as it was always read here: `yes` and `1_000` are texts, `<<` is a key. The library's budget is above that of
/// [`Reader`], which counts what aliases repeat; it keeps what the library itself remembers small.
fn options() -> serde_yaml::Options {
    serde_yaml::options! {
        budget: serde_yaml::budget! {
            max_depth: MAX_NESTING + 1,
            flow_nesting_limit: MAX_NESTING + 1,
            max_nodes: 2 * MAX_VALUES,
            max_events: 4 * MAX_VALUES,
            max_aliases: MAX_VALUES,
            max_anchors: MAX_VALUES,
            max_total_scalar_bytes: 2 * MAX_TEXT,
            max_recorded_anchor_bytes: 2 * MAX_TEXT,
            max_merge_keys: MAX_VALUES,
            enforce_alias_anchor_ratio: false,
        },
        duplicate_keys: DuplicateKeyPolicy::Error,
        merge_keys: MergeKeyPolicy::AsOrdinary,
        non_finite_float_policy: NonFiniteFloatPolicy::PassThrough,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        strict_booleans: true,
        bom_inside_document_as_content: true,
        ignore_binary_tag_for_string: true,
        with_snippet: false,
    }
}

fn refusal(error: &serde_yaml::Error, exceeded: Option<Limit>) -> Refusal {
    use serde_yaml::Error;
    let error = error.without_snippet();
    // Of an alias, where it stands and not what it names.
    let at = error.locations().map(|locations| locations.reference_location);
    let line = at.or_else(|| error.location()).map_or(1, |location| location.line().max(1) as u32);
    let own = match error {
        Error::Budget { breach: BudgetBreach::Depth { .. }, .. } => Some(Limit::Nesting),
        Error::Budget { .. } => Some(Limit::Values),
        // Of brackets within brackets, before there is a value.
        error if error.to_string().starts_with("recursion limit") => Some(Limit::Nesting),
        _ => None,
    };
    if let Some(limit) = exceeded.or(own) {
        return Refusal::beyond(line, limit);
    }
    let reason = match error {
        Error::DuplicateMappingKey { key: Some(key), .. } => format!("duplicate entry with key {key:?}"),
        Error::DuplicateMappingKey { .. } => "duplicate entry".to_owned(),
        Error::RecursiveReferencesRequireWeakTypes { .. } => "an alias within what it names".to_owned(),
        error => error.to_string(),
    };
    Refusal::invalid(line, reason.split(" at line ").next().unwrap_or_default())
}

/// Makes a value of what the library reads, and pays for it: an alias costs as much as what it repeats.
struct Reader<'b, 't> {
    budget: &'b mut Budget,
    numbers: &'b Numbers<'t>,
    /// How many lists and maps are around the value.
    depth: usize,
}

impl<'t> Reader<'_, 't> {
    fn inner(&mut self) -> Reader<'_, 't> {
        Reader { budget: self.budget, numbers: self.numbers, depth: self.depth + 1 }
    }

    fn text<E: serde::de::Error>(self, text: impl Into<String>) -> Result<Value, E> {
        let text = text.into();
        self.budget.pay(self.depth, text.len()).map_err(E::custom)?;
        Ok(Value::Text(text))
    }
}

impl<'de> DeserializeSeed<'de> for Reader<'_, '_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, yaml: D) -> Result<Value, D::Error> {
        yaml.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_, '_> {
    type Value = Value;

    fn expecting(&self, f: &mut Formatter<'_>) -> Written {
        f.write_str("a value")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Value, E> {
        self.budget.pay(self.depth, 0).map_err(E::custom)?;
        Ok(Value::Null)
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<Value, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, yaml: D) -> Result<Value, D::Error> {
        yaml.deserialize_any(self)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, yaml: D) -> Result<Value, D::Error> {
        yaml.deserialize_any(self)
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Value, E> {
        self.text(value.to_string())
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Value, E> {
        self.text(number.to_string())
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Value, E> {
        self.text(number.to_string())
    }

    fn visit_i128<E: serde::de::Error>(self, number: i128) -> Result<Value, E> {
        self.text(number.to_string())
    }

    fn visit_u128<E: serde::de::Error>(self, number: u128) -> Result<Value, E> {
        self.text(number.to_string())
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Value, E> {
        let text = self.numbers.text(number);
        self.text(text)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Value, E> {
        self.text(text)
    }

    fn visit_string<E: serde::de::Error>(self, text: String) -> Result<Value, E> {
        self.text(text)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<Value, A::Error> {
        self.budget.pay(self.depth, 0).map_err(A::Error::custom)?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self.inner())? {
            list.push(item);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut pairs: A) -> Result<Value, A::Error> {
        self.budget.pay(self.depth, 0).map_err(A::Error::custom)?;
        let mut map = Map::new();
        while let Some(key) = pairs.next_key_seed(self.inner())? {
            let key = match key {
                Value::Text(text) => text,
                other => other.text().unwrap_or_default(),
            };
            map.push((key, pairs.next_value_seed(self.inner())?));
        }
        Ok(Value::Map(map))
    }

    /// A value with a tag of its own: the tag says nothing here.
    fn visit_enum<A: EnumAccess<'de>>(self, tagged: A) -> Result<Value, A::Error> {
        let (_tag, value): (String, _) = tagged.variant()?;
        value.newtype_variant_seed(self)
    }
}

/// Reads comments at the margin and lines of `key: value`, where a value is a plain word or text, a whole number, a text in
/// quotes, or a list of these, in brackets or below the key: most front matter is no more than this, and the library takes ten
/// times as long. None when there is anything else, or a line that YAML might read in another way.
fn read_plain(text: &str) -> Option<Map> {
    let is_ascii_text = |b: u8| b == b'\n' || (b' '..=b'~').contains(&b);
    if !text.bytes().all(is_ascii_text)
        && !text.chars().all(|c| u8::try_from(c).is_ok_and(is_ascii_text) || is_foreign(c))
    {
        return None;
    }
    let mut map = Map::new();
    // How far the items below the last key stand from the margin.
    let mut margin = None;
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let item = line.trim_start_matches(' ');
        if let Some(text) = item.strip_prefix("- ") {
            let own = Some(line.len() - item.len());
            match &mut map.last_mut()?.1 {
                none @ Value::Null => *none = Value::List(vec![plain_text(text.trim())?]),
                Value::List(items) if margin == own => items.push(plain_text(text.trim())?),
                _ => return None,
            }
            margin = own;
            continue;
        }
        let (key, value) = match line.strip_suffix(':') {
            Some(key) => (key, Value::Null),
            None => {
                let (key, value) = line.split_at(find(line, ": ")?);
                (key, plain_value(value[1..].trim())?)
            }
        };
        let is_key = |key: &str| key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
        if key.len() > 60 || !is_key(key) || !is_plain(key) {
            return None;
        }
        map.push((key.to_owned(), value));
        margin = None;
    }
    (!map.is_empty() && !has_key_twice(&map)).then_some(map)
}

/// Whether a character is not ASCII, and one like any other: no control, no space, and no mark of a byte order.
fn is_foreign(c: char) -> bool {
    c > '\u{a0}' && !c.is_whitespace() && !matches!(c, '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

fn has_key_twice(map: &Map) -> bool {
    /// So few are compared with each other sooner than a set of them is made.
    const FEW: usize = 16;
    let mut keys = map.iter().map(|(key, _)| key.as_str()).enumerate();
    if map.len() <= FEW {
        return keys.any(|(at, key)| map[..at].iter().any(|(known, _)| known == key));
    }
    let mut known = HashSet::with_capacity(map.len());
    !keys.all(|(_, key)| known.insert(key))
}

fn plain_value(value: &str) -> Option<Value> {
    let inside = |open, close| value.strip_prefix(open).and_then(|value| value.strip_suffix(close));
    if let Some(items) = inside('[', ']') {
        if items.trim().is_empty() {
            return Some(Value::List(Vec::new()));
        }
        let in_item = |b: u8| b.is_ascii_alphanumeric() || !b.is_ascii() || b" -_./".contains(&b);
        let simple = |item: &str| is_plain(item) && item.bytes().all(in_item);
        let items = items.split(',').map(str::trim);
        return items
            .map(|item| simple(item).then(|| Value::Text(item.to_owned())))
            .collect::<Option<_>>()
            .map(Value::List);
    }
    plain_text(value)
}

/// A value that is no list.
fn plain_text(value: &str) -> Option<Value> {
    let inside = |quote| value.strip_prefix(quote).and_then(|value| value.strip_suffix(quote));
    let quoted = inside('"').filter(|text| !text.contains(['"', '\\']));
    let quoted = quoted.or_else(|| inside('\'').filter(|text| !text.contains('\'')));
    let is_text = |text: &&str| {
        matches!(*text, "true" | "false")
            || is_plain(text) && !text.contains(['#']) && !text.contains(": ") && !text.ends_with(':')
    };
    quoted.or_else(|| Some(value).filter(is_text)).map(|text| Value::Text(text.to_owned()))
}

/// Whether a text begins as text does, and is neither null nor true nor false nor any number but a whole one.
fn is_plain(text: &str) -> bool {
    // `inf` and `nan` are numbers, too; other texts that begin with a letter are none.
    let may_be_number = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, 'i' | 'I' | 'n' | 'N'));
    // `0x1f`
    let of_other_base = || matches!(text.as_bytes(), [b'0', b'x' | b'X' | b'o' | b'O' | b'b' | b'B', ..]);
    let number = || may_be_number && (text.parse::<f64>().is_ok() || of_other_base());
    let whole = || text.len() < 16 && !text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit());
    let named = ["null", "true", "false"].iter().any(|name| text.eq_ignore_ascii_case(name));
    text.starts_with(|c: char| c.is_ascii_alphanumeric() || !c.is_ascii()) && !named && (whole() || !number())
}

/// How numbers are written that have another usual form: `1.10`, by their bits.
struct Numbers<'t>(HashMap<u64, &'t str>);

impl<'t> Numbers<'t> {
    fn of(text: &'t str) -> Self {
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+' | '_')));
        let cut = words.filter(|word| word.contains('.') && word.ends_with('0') && word.len() <= 24);
        let numbers = cut.filter_map(|word| Some((word.parse::<f64>().ok()?.to_bits(), word)));
        Self(numbers.collect())
    }

    fn text(&self, number: f64) -> String {
        if let Some(&written) = self.0.get(&number.to_bits()) {
            return written.to_owned();
        }
        let named = if number.is_nan() {
            ".nan"
        } else if number > 0.0 {
            ".inf"
        } else {
            "-.inf"
        };
        serde_json::Number::from_f64(number).map_or_else(|| named.to_owned(), |number| number.to_string())
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
mod tests;
