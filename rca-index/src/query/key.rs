//! Keys of front matter in a query: `team:payments`, `cost:>100`, `review_date:>=2025-01`.
//!
//! In: the text behind the colon. Out: what is asked of the values of a key, as plain data that can judge a value.

use crate::error::QueryErrorKind;
use crate::incident::OwnField;
use crate::parse::{whole_date, whole_duration, whole_number};
use crate::query::ast::{DateRange, KeyTest, Node, NodeKind, NumberRange, Otherwise, Span};
use crate::query::dates::date_range;
use crate::query::lexer::{nearest_name, unquote};
use crate::query::values::{comparison, read_range};
use crate::schema::{FieldKind, FieldSpec, Unit, fields_named};

/// A range of values of any kind. A value is in the range if it can be read as one of these kinds and lies in its range.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyRange {
    /// The range, if its ends are numbers.
    number: Option<NumberRange>,
    /// The range in minutes, if its ends are durations with a unit.
    minutes: Option<NumberRange>,
    /// The range, if its ends are dates.
    date: Option<DateRange>,
}

impl KeyRange {
    /// Whether a value, as folded, is in the range.
    pub(crate) fn contains(&self, value: &str) -> bool {
        let is_in = |range: Option<NumberRange>, read: fn(&str) -> Option<f64>| {
            range.is_some_and(|range| read(value).is_some_and(|number| range.contains(number)))
        };
        is_in(self.number, whole_number)
            || is_in(self.minutes, minutes)
            || self.date.is_some_and(|range| whole_date(value).is_some_and(|date| range.contains(date)))
    }

    /// The range of a comparison or of two ends with `..` between them.
    fn parse(value: &str) -> Result<Self, QueryErrorKind> {
        let not_a_number = || QueryErrorKind::NotANumber { value: value.to_owned(), unit: Unit::Count };
        let read = |read: fn(&str) -> Option<f64>| {
            read_range(value, |text| read(&text.to_lowercase()).ok_or_else(not_a_number))
        };
        let number = read(whole_number);
        let range = Self { number: number.clone().ok(), minutes: read(minutes).ok(), date: date_between(value) };
        if range.number.is_none() && range.minutes.is_none() && range.date.is_none() {
            return Err(number.err().unwrap_or_else(not_a_number));
        }
        Ok(range)
    }
}

/// A duration with a unit, in minutes.
fn minutes(text: &str) -> Option<f64> {
    if text.contains(char::is_alphabetic) { whole_duration(text) } else { None }
}

fn date_between(value: &str) -> Option<DateRange> {
    date_range(value).ok().filter(|range| matches!(range, DateRange::Between { .. }))
}

/// What is asked by the text behind `key:`; `None` if there is no value.
pub(super) fn key_test(value: &str) -> Option<KeyTest> {
    let compares = comparison(value).is_some();
    let range = || value.contains("..") && value.trim_matches('.').len() > 1;
    match KeyRange::parse(value) {
        Ok(found) if compares || range() => return Some(KeyTest::Range(found)),
        Err(error) if compares || matches!(error, QueryErrorKind::ReversedRange { .. }) => {
            return Some(KeyTest::Invalid(error));
        }
        _ => {}
    }
    let values = values(value);
    let period = match &values[..] {
        [] => return None,
        [only] => date_between(only).map(|date| KeyRange { number: None, minutes: None, date: Some(date) }),
        _ => None,
    };
    Some(KeyTest::Values { values, period })
}

/// `a,"b, c",d`
pub(super) fn values(value: &str) -> Vec<String> {
    listed(value).into_iter().map(|(text, _)| text).collect()
}

/// `a,"b, c",d`, and whether each is in quotes.
pub(super) fn listed(value: &str) -> Vec<(String, bool)> {
    let mut values = Vec::new();
    let mut rest = value;
    while !rest.is_empty() {
        let (item, length, quoted) = match rest.starts_with('"').then(|| unquote(rest)) {
            Some((text, length, true)) => (text, length, true),
            _ => {
                let length = rest.find(',').unwrap_or(rest.len());
                (rest[..length].to_owned(), length, false)
            }
        };
        rest = rest[length..].trim_start_matches(',');
        if is_value(&item) || quoted && !item.trim().is_empty() {
            values.push((item.trim().to_owned(), quoted));
        }
    }
    values
}

/// Whether a text without quotes may be the value of a facet: signs of the query language alone are none.
pub(super) fn is_value(text: &str) -> bool {
    text.chars().any(|c| c.is_alphanumeric() || !(c.is_ascii() || c.is_whitespace() || c.is_control()))
}

/// A key, or something else where the archive has no such key.
pub(super) fn key_or(otherwise: Otherwise, test: KeyTest, typed: &str, span: Span) -> Node {
    let name = typed.split(':').next().unwrap_or_default();
    Node { kind: NodeKind::Key { key: OwnField::name(name), test, typed: typed.to_owned(), otherwise }, span }
}

/// What is asked of a key with an alias of a number; `None` for the name of the field itself, and for other fields.
pub(super) fn alias_test(spec: &FieldSpec, typed: &str) -> Option<KeyTest> {
    let (length, name) = key_at(typed)?;
    let whole = length == typed.len() && is_alias_of_a_number(spec, &typed[..name]);
    if whole { key_test(&typed[name + 1..]) } else { None }
}

fn is_alias_of_a_number(spec: &FieldSpec, name: &str) -> bool {
    matches!(spec.kind, FieldKind::Number(..)) && !spec.name.eq_ignore_ascii_case(name)
}

/// `has:actions`, `no:team`: whether a field has a value, or a key where there is no such field.
pub(super) fn presence(name: &str, present: bool, span: Span) -> Result<Node, QueryErrorKind> {
    let typed = |name: &str| format!("{}:{name}", if present { "has" } else { "no" });
    let spec = fields_named(name).next();
    let field = spec.map(|spec| Node { kind: NodeKind::Has { field: spec.name, present }, span: span.clone() });
    if let Some(node) = &field
        && !spec.is_some_and(|spec| is_alias_of_a_number(spec, name))
    {
        return Ok(node.clone());
    }
    let unknown = || QueryErrorKind::UnknownField { name: name.to_owned(), meant: nearest_name(name).map(typed) };
    let key = OwnField::name(name);
    if key.is_empty() || name.contains(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"' | '\\')) {
        return Err(unknown());
    }
    let otherwise = field.map_or_else(|| Otherwise::Error(unknown()), |node| Otherwise::Node(Box::new(node)));
    Ok(Node { kind: NodeKind::Key { key, test: KeyTest::Present(present), typed: typed(name), otherwise }, span })
}

/// A field with a quoted value, as typed.
pub(super) fn quoted(name: &str, value: &str) -> String {
    format!("{name}:\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The length of `key:value` at the start of a text, and that of the key: a name with a letter, and a value without
/// blanks outside of quotes. `None` if the text is anything else: an address, a path of modules, brackets.
pub(super) fn key_at(text: &str) -> Option<(usize, usize)> {
    /// No key is longer, in bytes.
    const LONGEST: usize = 256;
    let name = text.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.')))?;
    let value = text[name..].strip_prefix(':')?;
    let begins = |c: char| !c.is_whitespace() && !matches!(c, ':' | '/');
    let named = name <= LONGEST && text[..name].contains(char::is_alphabetic);
    if !named || !text.starts_with(|c: char| c.is_alphanumeric() || c == '_') || !value.starts_with(begins) {
        return None;
    }
    let length = super::lexer::word_length(value, true);
    is_list(&value[..length]).then_some((name + 1 + length, name))
}

/// Whether a value is a list of plain or quoted values.
fn is_list(mut value: &str) -> bool {
    loop {
        let length = if value.starts_with('"') {
            let (_, length, closed) = unquote(value);
            if !closed {
                return false;
            }
            length
        } else {
            let length = value.find(',').unwrap_or(value.len());
            if value[..length].contains(['"', '(', ')', '\\']) {
                return false;
            }
            length
        };
        match value[length..].strip_prefix(',') {
            Some(rest) => value = rest,
            None => return value.len() == length,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_judged_as_what_it_can_be_read_as() {
        let check = |asked: &str, inside: &[&str], outside: &[&str]| {
            let Some(KeyTest::Range(range)) = key_test(asked) else { panic!("{asked}: {:?}", key_test(asked)) };
            inside.iter().for_each(|value| assert!(range.contains(value), "{value} is not in {asked}"));
            outside.iter().for_each(|value| assert!(!range.contains(value), "{value} is in {asked}"));
        };
        check(
            ">100",
            &["101", "1,200", "$1.5k", "100.5", "101 %", "€ 500"],
            &["100", "-500", "high", "", "2025-01-02"],
        );
        check(">=-5", &["-5", "0"], &["-5.5"]);
        check("10..20", &["10", "15.5", "20"], &["9", "21", "10 of 20"]);
        check("..20", &["20", "-3"], &["21"]);
        check(">1,000", &["1001"], &["1000"]);
        check(">=2025-01", &["2025-01-01", "2025-06-02t10:00:00z", "2 june 2025", "2026-01"], &["2024-12-31", "500"]);
        check("2025-01..2025-02", &["2025-01-01", "2025-02-28"], &["2025-03-01"]);
        check(">30m", &["1h", "45 min", "31m", "31000000"], &["30m", "20 minutes"]);
        check(">=2025", &["2025", "2026-01-01", "3000"], &["2024", "2024-12-31"]);
    }

    #[test]
    fn what_is_no_range_is_a_list_of_values() {
        for (text, expected) in [
            ("payments", &["payments"][..]),
            ("a,\"b, c\",d", &["a", "b, c", "d"]),
            ("\"order processing\"", &["order processing"]),
            ("../up", &["../up"]),
            ("v1..x", &["v1..x"]),
        ] {
            let Some(KeyTest::Values { values, .. }) = key_test(text) else { panic!("{text}") };
            assert_eq!(values, expected, "{text}");
        }
        assert_eq!(key_test(",,"), None);
        assert!(matches!(key_test(">high"), Some(KeyTest::Invalid(QueryErrorKind::NotANumber { .. }))));
        assert!(matches!(key_test("20..10"), Some(KeyTest::Invalid(QueryErrorKind::ReversedRange { .. }))));
    }

    #[test]
    fn what_looks_like_a_key() {
        for (text, key) in [
            ("team:payments rest", Some("team:payments")),
            ("team:\"order processing\",x) rest", Some("team:\"order processing\",x")),
            ("vendor.name:x", Some("vendor.name:x")),
            ("担当:決済", Some("担当:決済")),
            ("a:b)", Some("a:b")),
            ("10.0.0.1:443", None),
            ("12:30:01", None),
            ("http://x", None),
            ("std::fmt", None),
            ("C:\\Windows", None),
            ("msg:\"open", None),
            ("f:(x)", None),
            ("f:a(x)", None),
            ("ERROR: x", None),
            ("-a:b", None),
        ] {
            assert_eq!(key_at(text).map(|(length, _)| &text[..length]), key, "{text}");
        }
    }
}
