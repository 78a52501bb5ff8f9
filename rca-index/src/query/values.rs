//! Typed values: the text after `field:`.
//!
//! In: the text of a value. Out: a range of numbers or times, or an error.

use jiff::Span;
use jiff::civil;

use crate::error::QueryErrorKind;
use crate::incident::{Precision, Timestamp};
use crate::parse::{find_date, is_currency_sign, unit_named, whole_duration};
use crate::query::ast::{Comparison, DateRange, NumberRange};
use crate::schema::Unit;

/// `>=`, `>`, `<=`, `<` at the start of a value.
pub(super) fn comparison(value: &str) -> Option<(Comparison, &str)> {
    use Comparison::{Greater, GreaterOrEqual, Less, LessOrEqual};
    let signs = [
        (">=", GreaterOrEqual),
        ("≥", GreaterOrEqual),
        ("<=", LessOrEqual),
        ("≤", LessOrEqual),
        (">", Greater),
        ("<", Less),
    ];
    signs.iter().find_map(|&(sign, comparison)| Some((comparison, value.strip_prefix(sign)?.trim_start())))
}

/// `30`, `>1h30m`, `30..90`, `30..`, `..90`, `..`
pub(super) fn number_range(value: &str, unit: Unit) -> Result<NumberRange, QueryErrorKind> {
    read_range(value, |text| number(text, unit))
}

/// A range whose ends are read by `number`.
pub(super) fn read_range(
    value: &str,
    number: impl Fn(&str) -> Result<f64, QueryErrorKind>,
) -> Result<NumberRange, QueryErrorKind> {
    if let Some((comparison, rest)) = comparison(value) {
        let number = number(rest)?;
        return Ok(match comparison {
            Comparison::Greater => NumberRange { from: Some((number, false)), to: None },
            Comparison::GreaterOrEqual => NumberRange { from: Some((number, true)), to: None },
            Comparison::Less => NumberRange { from: None, to: Some((number, false)) },
            Comparison::LessOrEqual => NumberRange { from: None, to: Some((number, true)) },
        });
    }
    let Some((from, to)) = value.split_once("..") else {
        let number = number(value.trim_start_matches('='))?;
        return Ok(NumberRange { from: Some((number, true)), to: Some((number, true)) });
    };
    let end = |text: &str| if text.is_empty() { Ok(None) } else { number(text).map(|number| Some((number, true))) };
    let range = NumberRange { from: end(from)?, to: end(to)? };
    match (range.from, range.to) {
        (Some((a, _)), Some((b, _))) if a > b => {
            Err(QueryErrorKind::ReversedRange { from: from.to_owned(), to: to.to_owned() })
        }
        _ => Ok(range),
    }
}

/// The factor of a suffix of a unit.
fn factor(unit: Unit, suffix: &str) -> Option<f64> {
    match (unit, suffix) {
        (_, "") | (Unit::Percent, "%") => Some(1.0),
        (Unit::Milliseconds, suffix) => unit_named(suffix).map(|minutes| minutes * 60_000.0),
        (Unit::Count, "k") => Some(1e3),
        (Unit::Count, "m") => Some(1e6),
        (Unit::Count, "bn" | "b") => Some(1e9),
        _ => None,
    }
}

/// A number with a suffix, or a duration: `1h30m`, `1h30`, `PT1H`.
fn number(text: &str, unit: Unit) -> Result<f64, QueryErrorKind> {
    let suffixed = || {
        let text = text.trim().trim_start_matches(is_currency_sign);
        let digits = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '_'))).unwrap_or(text.len());
        let number = text[..digits].replace('_', "").parse::<f64>().ok().filter(|number| number.is_finite())?;
        Some(number * factor(unit, &text[digits..].to_lowercase())?)
    };
    let read = if unit == Unit::Minutes { whole_duration(text) } else { suffixed() };
    if let Some(number) = read {
        return Ok(number);
    }
    Err(QueryErrorKind::NotANumber { value: text.to_owned(), unit })
}

/// `2025`, `2025-06`, `2025-06-02`, or a time; comparisons and ranges of these; `30d` for the last 30 days.
pub(super) fn date_range(value: &str) -> Result<DateRange, QueryErrorKind> {
    let between = |from, until| Ok(DateRange::Between { from, until });
    if let Some((comparison, rest)) = comparison(value) {
        let (from, until) = period(rest)?;
        return match comparison {
            Comparison::Greater => between(Some(until), None),
            Comparison::GreaterOrEqual => between(Some(from), None),
            Comparison::Less => between(None, Some(from)),
            Comparison::LessOrEqual => between(None, Some(until)),
        };
    }
    if let Some(seconds) = last_seconds(value) {
        return Ok(DateRange::Last { seconds });
    }
    let Some((first, last)) = value.split_once("..") else {
        let (from, until) = period(value.trim_start_matches('='))?;
        return between(Some(from), Some(until));
    };
    let end = |text: &str| if text.is_empty() { Ok(None) } else { period(text).map(Some) };
    match (end(first)?, end(last)?) {
        (Some((from, _)), Some((_, until))) if from >= until => {
            Err(QueryErrorKind::ReversedRange { from: first.to_owned(), to: last.to_owned() })
        }
        (first, second) => between(first.map(|period| period.0), second.map(|period| period.1)),
    }
}

/// `30d`, `2w`, `6m`, `1y`, `12h`: seconds; a month is 30 days, a year 365.
fn last_seconds(value: &str) -> Option<i64> {
    let digits = value.find(|c: char| !c.is_ascii_digit())?;
    let number: i64 = value[..digits].parse().ok()?;
    let hours = match value[digits..].to_ascii_lowercase().as_str() {
        "h" | "hours" => 1,
        "d" | "day" | "days" => 24,
        "w" | "weeks" => 7 * 24,
        "m" | "mo" | "months" => 30 * 24,
        "y" | "years" => 365 * 24,
        _ => return None,
    };
    number.checked_mul(hours * 3600)
}

/// The first second of a stated time, and the second after its last.
fn period(text: &str) -> Result<(i64, i64), QueryErrorKind> {
    let year = || {
        let year: i16 = text.parse().ok().filter(|year| text.len() == 4 && (1970..2100).contains(year))?;
        let start = |year| Some(Timestamp::from_day(year, 1, 1)?.unix_seconds());
        Some((start(year)?, start(year + 1)?))
    };
    let date = || {
        let (range, time) = find_date(text, None)?;
        // One day before or after must be a valid date too, so that the range can be formatted.
        (range == (0..text.len()) && (1501..2199).contains(&time.civil().year())).then_some(time)
    };
    if let Some(year) = year() {
        return Ok(year);
    }
    let Some(time) = date() else { return Err(QueryErrorKind::NotADate(text.to_owned())) };
    let from = time.unix_seconds();
    let until = match time.precision() {
        Precision::Month => next_month(time.civil()).unwrap_or(from),
        Precision::Day => from + 86_400,
        Precision::Minute => from + 60,
        Precision::Second => from + 1,
    };
    Ok((from, until))
}

fn next_month(month: civil::DateTime) -> Option<i64> {
    let next = month.date().checked_add(Span::new().months(1)).ok()?;
    Some(Timestamp::from_day(next.year(), next.month(), 1)?.unix_seconds())
}

/// Formats a range of times, as whole years, months or days if its ends allow it.
pub(super) fn show_date_range(range: DateRange) -> String {
    let (from, until) = match range {
        DateRange::Last { seconds } if seconds % 86_400 == 0 => return format!("{}d", seconds / 86_400),
        DateRange::Last { seconds } => return format!("{}h", seconds / 3600),
        DateRange::Between { from, until } => (from, until),
    };
    let first = |seconds: i64| {
        let precision = if seconds.rem_euclid(86_400) == 0 { Precision::Day } else { Precision::Second };
        Timestamp::from_unix_seconds(seconds, precision)
    };
    match (from, until) {
        (None, None) => "..".to_owned(),
        (Some(from), None) => format!(">={}", first(from)),
        (None, Some(until)) => format!("<{}", first(until)),
        (Some(from), Some(until)) => {
            let whole = |text: &str| period(text).is_ok_and(|period| period == (from, until));
            let text = first(from).to_string();
            let short = [4, 7, 10].iter().filter_map(|&length| text.get(..length)).find(|text| whole(text));
            if let Some(short) = short {
                return short.to_owned();
            }
            let last = if from.rem_euclid(86_400) == 0 && until.rem_euclid(86_400) == 0 {
                Timestamp::from_unix_seconds(until - 86_400, Precision::Day)
            } else {
                Timestamp::from_unix_seconds(until - 1, Precision::Second)
            };
            format!("{text}..{last}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_converted_from_their_units() {
        let check = |text: &str, unit, expected: Option<f64>| assert_eq!(number(text, unit).ok(), expected, "{text}");
        check("90", Unit::Minutes, Some(90.0));
        check("1h30m", Unit::Minutes, Some(90.0));
        check("1h30", Unit::Minutes, Some(90.0));
        check("2d", Unit::Minutes, Some(2880.0));
        check("1.5h", Unit::Minutes, Some(90.0));
        check("PT1H5M", Unit::Minutes, Some(65.0));
        check("1h 5m", Unit::Minutes, Some(65.0));
        check("1:05:00", Unit::Minutes, Some(65.0));
        check("1_000", Unit::Minutes, Some(1000.0));
        check("2 hours, 5 of them bad", Unit::Minutes, None);
        check("about 5m", Unit::Minutes, None);
        check("2s", Unit::Milliseconds, Some(2000.0));
        check("18%", Unit::Percent, Some(18.0));
        check("$10k", Unit::Count, Some(10_000.0));
        check("1.5m", Unit::Count, Some(1_500_000.0));
        check("10k5", Unit::Count, None);
        check("10x", Unit::Minutes, None);
        check("", Unit::Count, None);
        check("-5", Unit::Count, None);
    }

    #[test]
    fn a_date_covers_its_whole_period() {
        let check = |text: &str, shown: &str| {
            let range = date_range(text).unwrap_or_else(|wrong| panic!("{text}: {wrong}"));
            assert_eq!(show_date_range(range), shown, "{text}");
            assert_eq!(date_range(shown).ok(), Some(range), "{text}");
        };
        check("2025", "2025");
        check("2025-12", "2025-12");
        check("2025/06/02", "2025-06-02");
        check("2025-06..2025-07", "2025-06-01..2025-07-31");
        check("2025-06-01..", ">=2025-06-01");
        check(">2025-06", ">=2025-07-01");
        check("<=2025-06-02", "<2025-06-03");
        check("2025-06-02T10:00Z..2025-06-02T11:00Z", "2025-06-02T10:00:00Z..2025-06-02T11:00:59Z");
        check("30d", "30d");
        check("2w", "14d");
        check("..", "..");
        for text in ["soon", "2025-13", "2025-06-31", "2025-07..2025-06", ">30d", "2025-06-02x"] {
            assert!(date_range(text).is_err(), "{text}");
        }
    }
}
