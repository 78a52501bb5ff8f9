//! Compares a stated value with a label: numbers within a tolerance, times within 90 seconds, names without remarks.
//!
//! In: the value of a label and the value that rca states, both as JSON. Out: whether they agree.

use std::collections::HashSet;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use serde_json::Value;

/// A comparison of a label with a stated value.
pub type Same = fn(&Value, &Value) -> bool;

/// Times this close, in seconds, are equal.
const MOMENT_SECONDS: i64 = 90;

pub fn equal(want: &Value, got: &Value) -> bool {
    want == got
}

/// Within one, or 1 % of a larger number; within half of one of a range.
pub fn near(want: &Value, got: &Value) -> bool {
    let Some(got) = got.as_f64() else { return false };
    match range(want) {
        Some((least, most)) => least - 0.5 <= got && got <= most + 0.5,
        None => want.as_f64().is_some_and(|want| (want - got).abs() <= (want.abs() * 0.01).max(1.0)),
    }
}

/// A count of rows: within one, or 5 % of a larger number; ranges as in [`near`].
pub fn as_many(want: &Value, got: &Value) -> bool {
    match (want.as_f64(), got.as_f64()) {
        (Some(want), Some(got)) => (want - got).abs() <= (want * 0.05).max(1.0),
        _ => near(want, got),
    }
}

fn range(want: &Value) -> Option<(f64, f64)> {
    Some((want.get("min")?.as_f64()?, want.get("max")?.as_f64()?))
}

/// The same time if both state a time of day, else the same day, as precisely as the label is.
pub fn same_moment(want: &Value, got: &Value) -> bool {
    texts(want, got).is_some_and(|(want, got)| moments_meet(want, got))
}

fn moments_meet(want: &str, got: &str) -> bool {
    match (moment(want), moment(got)) {
        (Some(want), Some(got)) => (want.as_second() - got.as_second()).abs() < MOMENT_SECONDS,
        _ => days_meet(want, got),
    }
}

/// The same day, and the same time if both state a time of day.
pub fn same_day(want: &Value, got: &Value) -> bool {
    texts(want, got).is_some_and(|(want, got)| {
        days_meet(want, got) && (moment(want).is_none() || moment(got).is_none() || moments_meet(want, got))
    })
}

/// Whether the stated time starts with the day, month or year of the label.
fn days_meet(want: &str, got: &str) -> bool {
    let day = want.get(..10).unwrap_or(want);
    got.starts_with(day)
}

/// A date with a time of day; UTC if it has no zone.
fn moment(text: &str) -> Option<Timestamp> {
    let text = text.replace(' ', "T");
    let text = text.strip_suffix('Z').unwrap_or(&text);
    let zoned = |form: &str| strtime::parse(form, text).ok()?.to_timestamp().ok();
    let local = |form: &str| {
        let local: DateTime = strtime::parse(form, text).ok()?.to_datetime().ok()?;
        TimeZone::UTC.to_timestamp(local).ok()
    };
    ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"]
        .into_iter()
        .find_map(|form| local(form).or_else(|| zoned(&format!("{form}%z"))).or_else(|| zoned(&format!("{form}%:z"))))
}

/// The known word for a status, case-insensitive.
pub fn same_status(want: &Value, got: &Value) -> bool {
    texts(want, got).is_some_and(|(want, got)| fold(want) == fold(got))
}

/// The same words, in any order.
pub fn same_words(want: &Value, got: &Value) -> bool {
    texts(want, got).is_some_and(|(want, got)| words(want) == words(got))
}

/// The same services, in any order, without remarks and counts.
pub fn same_services(want: &Value, got: &Value) -> bool {
    let names = |value: &Value| -> Option<HashSet<String>> {
        Some(value.as_array()?.iter().filter_map(Value::as_str).map(service).collect())
    };
    names(want).is_some_and(|want| names(got) == Some(want))
}

/// A service without remarks in parentheses, counts and markup.
fn service(name: &str) -> String {
    let name = without_brackets(&fold(name));
    let words = name.split(|c: char| c.is_whitespace() || ",;`*".contains(c));
    let names = words.filter(|word| {
        let counts = word.chars().all(char::is_numeric);
        !(counts || ["all", "the"].contains(word))
    });
    names.collect::<Vec<_>>().join(" ")
}

fn without_brackets(text: &str) -> String {
    let mut rest = text;
    let mut out = String::new();
    while let Some((before, inside)) = rest.split_once('(') {
        let Some((_, after)) = inside.split_once(')') else { break };
        out.push_str(before);
        out.push(' ');
        rest = after;
    }
    out + rest
}

/// The distinct words of a text, case-insensitive.
pub fn words(text: &str) -> HashSet<String> {
    let folded = fold(text);
    let words = folded.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Upper case first, so that `ß` and `SS` are equal.
fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

fn texts<'a>(want: &'a Value, got: &'a Value) -> Option<(&'a str, &'a str)> {
    Some((want.as_str()?, got.as_str()?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_near_within_their_tolerance() {
        for (want, got, expected) in [
            (json!(50), json!(51), true),
            (json!(50), json!(51.5), false),
            (json!(1000), json!(1010), true),
            (json!(1000), json!(1011), false),
            (json!({"min": 10, "max": 20}), json!(9.5), true),
            (json!({"min": 10, "max": 20}), json!(20.6), false),
            (json!(50), json!("50"), false),
        ] {
            assert_eq!(near(&want, &got), expected, "{want} {got}");
        }
        assert!(as_many(&json!(100), &json!(105)) && !as_many(&json!(100), &json!(106)));
        assert!(as_many(&json!({"min": 2, "max": 4}), &json!(4)) && !as_many(&json!({"min": 2, "max": 4}), &json!(5)));
    }

    #[test]
    fn times_are_compared_in_utc_and_days_as_days() {
        for (want, got, moment, day) in [
            ("2025-06-02T10:00Z", "2025-06-02T10:01:29Z", true, true),
            ("2025-06-02T10:00Z", "2025-06-02T10:01:30Z", false, false),
            ("2025-06-02T10:00+02:00", "2025-06-02T08:00Z", true, true),
            ("2025-06-02 10:00:00+0200", "2025-06-02T08:00Z", true, true),
            ("2025-06-02T10:00", "2025-06-02T10:00Z", true, true),
            // Close in time across midnight, but not on the same day.
            ("2025-06-02T23:59:30Z", "2025-06-03T00:00Z", true, false),
            ("2025-06-02", "2025-06-02T10:00Z", true, true),
            ("2025-06-02T10:00Z", "2025-06-02", true, true),
            ("2025-06", "2025-06-02", true, true),
            ("2025-06-02", "2025-06", false, false),
        ] {
            assert_eq!(same_moment(&json!(want), &json!(got)), moment, "{want} {got}");
            assert_eq!(same_day(&json!(want), &json!(got)), day, "{want} {got}");
        }
    }

    #[test]
    fn services_are_compared_without_remarks_counts_and_markup() {
        let want = json!(["Storefront (read only)", "All 3 nodes", "`api`"]);
        assert!(same_services(&want, &json!(["api", "nodes", "storefront"])));
        assert!(!same_services(&want, &json!(["api", "nodes"])));
        assert!(!same_services(&json!(["api (eu)"]), &json!(["api eu"])));
        assert!(same_services(&json!(["api (eu"]), &json!(["API (EU"])));
    }

    #[test]
    fn words_are_compared_without_case_and_order() {
        assert!(same_words(&json!("Team Straße"), &json!("STRASSE, team")));
        assert!(!same_words(&json!("Team"), &json!("Team B")));
        assert!(same_status(&json!("Resolved"), &json!("resolved")) && !same_status(&json!("open"), &Value::Null));
    }
}
