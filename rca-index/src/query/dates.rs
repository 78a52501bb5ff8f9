//! Dates in queries: days, months, quarters and years, by their names or relative to today.
//!
//! In: the text of a value. Out: a range of times, or an error. What is relative to today is resolved by the plan, which
//! knows the time and the zone of days.

use jiff::civil::{self, ISOWeekDate, Weekday};
use jiff::{Span, ToSpan as _};

use crate::error::QueryErrorKind;
use crate::incident::{Precision, Timestamp};
use crate::parse::find_date;
use crate::query::ast::{CalendarUnit, Comparison, DateEnd, DateRange};
use crate::query::values::comparison;

/// The names of the units.
const UNITS: [(&str, CalendarUnit); 5] = [
    ("day", CalendarUnit::Day),
    ("week", CalendarUnit::Week),
    ("month", CalendarUnit::Month),
    ("quarter", CalendarUnit::Quarter),
    ("year", CalendarUnit::Year),
];

/// `2025`, `2025-Q3`, `June 2025`, `2025-06-02`, `last-month`, or a time; comparisons and ranges of these; `30d` for the
/// last 30 days.
pub(super) fn date_range(value: &str) -> Result<DateRange, QueryErrorKind> {
    if let Some((comparison, rest)) = comparison(value) {
        let (from, until) = period(rest)?;
        return Ok(match comparison {
            Comparison::Greater => range(Some(until), None),
            Comparison::GreaterOrEqual => range(Some(from), None),
            Comparison::Less => range(None, Some(from)),
            Comparison::LessOrEqual => range(None, Some(until)),
        });
    }
    if let Some(seconds) = last_seconds(value) {
        return Ok(DateRange::Last { seconds });
    }
    let Some((first, last)) = value.split_once("..") else {
        let (from, until) = period(value.trim_start_matches('='))?;
        return Ok(range(Some(from), Some(until)));
    };
    let end = |text: &str| if text.is_empty() { Ok(None) } else { period(text).map(Some) };
    match (end(first)?, end(last)?) {
        (Some((DateEnd::At(from), _)), Some((_, DateEnd::At(until)))) if from >= until => {
            Err(QueryErrorKind::ReversedRange { from: first.to_owned(), to: last.to_owned() })
        }
        (first, second) => Ok(range(first.map(|period| period.0), second.map(|period| period.1))),
    }
}

fn range(from: Option<DateEnd>, until: Option<DateEnd>) -> DateRange {
    let fixed = |end: Option<DateEnd>| match end {
        None => Some(None),
        Some(DateEnd::At(seconds)) => Some(Some(seconds)),
        Some(DateEnd::Start { .. }) => None,
    };
    match (fixed(from), fixed(until)) {
        (Some(from), Some(until)) => DateRange::Between { from, until },
        _ => DateRange::Calendar { from, until },
    }
}

/// `30d`, `2w`, `6m`, `1y`, `12h`, `last 30 days`: seconds; a month is 30 days, a year 365.
fn last_seconds(value: &str) -> Option<i64> {
    let lower = value.to_ascii_lowercase();
    // `2025-w` is no period.
    let spaced = lower.replace(['-', '_'], " ");
    let value = spaced.strip_prefix("last ").or_else(|| spaced.strip_prefix("past ")).unwrap_or(&lower).trim();
    let digits = value.find(|c: char| !c.is_ascii_digit())?;
    let number: i64 = value[..digits].parse().ok()?;
    let hours = match value[digits..].trim_start() {
        "h" | "hour" | "hours" => 1,
        "d" | "day" | "days" => 24,
        "w" | "week" | "weeks" => 7 * 24,
        "m" | "mo" | "month" | "months" => 30 * 24,
        "y" | "year" | "years" => 365 * 24,
        _ => return None,
    };
    number.checked_mul(hours * 3600)
}

/// The start of a stated time, and the start of what follows it.
fn period(text: &str) -> Result<(DateEnd, DateEnd), QueryErrorKind> {
    if let Some((unit, ago)) = relative(text) {
        return Ok((DateEnd::Start { unit, ago }, DateEnd::Start { unit, ago: ago - 1 }));
    }
    let (from, until) = fixed(text).ok_or_else(|| QueryErrorKind::NotADate(text.to_owned()))?;
    Ok((DateEnd::At(from), DateEnd::At(until)))
}

/// `today`, `yesterday`, `this-week`, `last month`: the unit, and how many of them ago.
fn relative(text: &str) -> Option<(CalendarUnit, i32)> {
    let text = text.trim().to_ascii_lowercase();
    let unit = |name: &str| UNITS.iter().find(|(known, _)| *known == name).map(|&(_, unit)| unit);
    match text.as_str() {
        "today" => return Some((CalendarUnit::Day, 0)),
        "yesterday" => return Some((CalendarUnit::Day, 1)),
        _ => {}
    }
    let (which, name) = text.split_once(['-', '_', ' '])?;
    let ago = match which {
        "this" | "current" => 0,
        "last" | "previous" => 1,
        _ => return None,
    };
    Some((unit(name.trim())?, ago))
}

/// The first second of a stated time, and the second after its last.
fn fixed(text: &str) -> Option<(i64, i64)> {
    let text = text.trim();
    year(text).or_else(|| part_of_year(text)).or_else(|| week(text)).or_else(|| date(text))
}

const YEARS: std::ops::Range<i16> = 1970..2100;

fn year_number(text: &str) -> Option<i16> {
    text.parse().ok().filter(|year| text.len() == 4 && YEARS.contains(year))
}

fn year(text: &str) -> Option<(i64, i64)> {
    let year = year_number(text)?;
    Some((start_of(year, 1)?, start_of(year + 1, 1)?))
}

/// The first second of a month; the 13th is January of the next year.
fn start_of(year: i16, month: i8) -> Option<i64> {
    let (year, month) = if month > 12 { (year + 1, month - 12) } else { (year, month) };
    Some(Timestamp::from_day(year, month, 1)?.unix_seconds())
}

/// `2025-Q3`, `2025Q3`, `Q3 2025`, `2025-H1`.
fn part_of_year(text: &str) -> Option<(i64, i64)> {
    let is_joint = |c: char| matches!(c, '-' | ' ' | '/');
    let (year, part) = match text.get(..4).and_then(year_number) {
        Some(year) => (year, text[4..].trim_start_matches(is_joint)),
        None => {
            let at = text.len().checked_sub(4).filter(|&at| text.is_char_boundary(at))?;
            (year_number(&text[at..])?, text[..at].trim_end_matches(is_joint))
        }
    };
    let (months, parts) = match part.get(..1)? {
        "Q" | "q" => (3, 4),
        "H" | "h" => (6, 2),
        _ => return None,
    };
    let number: i8 = part[1..].parse().ok().filter(|number| (1..=parts).contains(number))?;
    let first = (number - 1) * months + 1;
    Some((start_of(year, first)?, start_of(year, first + months)?))
}

/// `2025-W23`: a week of ISO 8601.
fn week(text: &str) -> Option<(i64, i64)> {
    let (year, week) = text.split_once(['-', ' '])?;
    let week = week.strip_prefix(['W', 'w'])?.parse().ok()?;
    let monday = ISOWeekDate::new(year_number(year)?, week, Weekday::Monday).ok()?.date();
    let from = civil_seconds(monday);
    Some((from, from + 7 * 86_400))
}

/// A day, a month or a time, as reports write them.
fn date(text: &str) -> Option<(i64, i64)> {
    let (range, time) = find_date(text, None)?;
    // One day before or after must be a valid date too, so that the range can be formatted.
    if range != (0..text.len()) || !(1501..2199).contains(&time.civil().year()) {
        return None;
    }
    let from = time.unix_seconds();
    let until = match time.precision() {
        Precision::Month => start_of(time.civil().year(), time.civil().month() + 1).unwrap_or(from),
        Precision::Day => from + 86_400,
        Precision::Minute => from + 60,
        Precision::Second => from + 1,
    };
    Some((from, until))
}

/// The first second of a day, as if it were one of UTC.
pub(crate) fn civil_seconds(day: civil::Date) -> i64 {
    Timestamp::from_day(day.year(), day.month(), day.day()).map_or(0, Timestamp::unix_seconds)
}

impl DateEnd {
    /// The second since 1970, UTC, given today. The start of a day is given as if it were one of UTC.
    pub(crate) fn seconds(self, today: civil::Date) -> i64 {
        let (unit, ago) = match self {
            Self::At(seconds) => return seconds,
            Self::Start { unit, ago } => (unit, i64::from(ago)),
        };
        let first_of = |month: i8| civil::Date::new(today.year(), month, 1).unwrap_or(today);
        let (first, span): (civil::Date, Span) = match unit {
            CalendarUnit::Day => (today, ago.days()),
            CalendarUnit::Week => {
                let past = i64::from(today.weekday().to_monday_zero_offset());
                (today, (past + 7 * ago).days())
            }
            CalendarUnit::Month => (first_of(today.month()), ago.months()),
            CalendarUnit::Quarter => (first_of((today.month() - 1) / 3 * 3 + 1), (3 * ago).months()),
            CalendarUnit::Year => (first_of(1), ago.years()),
        };
        civil_seconds(first.checked_sub(span).unwrap_or(first))
    }
}

/// Formats a range of times, as whole years, months or days if its ends allow it.
pub(super) fn show_date_range(range: DateRange) -> String {
    let (from, until) = match range {
        DateRange::Last { seconds } if seconds % 86_400 == 0 => return format!("{}d", seconds / 86_400),
        DateRange::Last { seconds } => return format!("{}h", seconds / 3600),
        DateRange::Calendar { from, until } => return show_calendar(from, until),
        DateRange::Between { from, until } => (from, until),
    };
    match (from, until) {
        (None, None) => "..".to_owned(),
        (Some(from), None) => format!(">={}", first(from)),
        (None, Some(until)) => format!("<{}", first(until)),
        (Some(from), Some(until)) => {
            let text = first(from).to_string();
            let whole = |text: &str| fixed(text) == Some((from, until));
            let short = [4, 7, 10].iter().filter_map(|&length| text.get(..length)).find(|text| whole(text));
            if let Some(short) = short {
                return short.to_owned();
            }
            let last = if from.rem_euclid(86_400) == 0 { last(until) } else { last_second(until) };
            format!("{text}..{last}")
        }
    }
}

/// A second as a day, if it is the first of one.
fn first(seconds: i64) -> Timestamp {
    let precision = if seconds.rem_euclid(86_400) == 0 { Precision::Day } else { Precision::Second };
    Timestamp::from_unix_seconds(seconds, precision)
}

/// The last day or second before an end.
fn last(until: i64) -> Timestamp {
    if until.rem_euclid(86_400) == 0 {
        Timestamp::from_unix_seconds(until - 86_400, Precision::Day)
    } else {
        last_second(until)
    }
}

fn last_second(until: i64) -> Timestamp {
    Timestamp::from_unix_seconds(until - 1, Precision::Second)
}

fn show_calendar(from: Option<DateEnd>, until: Option<DateEnd>) -> String {
    let start = |end: DateEnd| match end {
        DateEnd::At(seconds) => first(seconds).to_string(),
        DateEnd::Start { unit, ago } => relative_name(unit, ago),
    };
    let before = |end: DateEnd| match end {
        DateEnd::At(seconds) => last(seconds).to_string(),
        DateEnd::Start { unit, ago } => relative_name(unit, ago + 1),
    };
    match (from, until) {
        (None, None) => "..".to_owned(),
        // The start of the next unit has no name.
        (Some(DateEnd::Start { unit, ago }), None) if ago < 0 => format!(">{}", relative_name(unit, ago + 1)),
        (Some(from), None) => format!(">={}", start(from)),
        (None, Some(DateEnd::Start { unit, ago })) if ago < 0 => format!("<={}", relative_name(unit, ago + 1)),
        (None, Some(until)) => format!("<{}", start(until)),
        (Some(DateEnd::Start { unit, ago }), Some(DateEnd::Start { unit: other, ago: next }))
            if unit == other && next == ago - 1 =>
        {
            relative_name(unit, ago)
        }
        (Some(from), Some(until)) => format!("{}..{}", start(from), before(until)),
    }
}

fn relative_name(unit: CalendarUnit, ago: i32) -> String {
    let name = UNITS.iter().find(|(_, known)| *known == unit).map_or("day", |&(name, _)| name);
    match (unit, ago) {
        (CalendarUnit::Day, 0) => "today".to_owned(),
        (CalendarUnit::Day, _) => "yesterday".to_owned(),
        (_, 0) => format!("this-{name}"),
        _ => format!("last-{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        check("last 30 days", "30d");
        check("past-2-weeks", "14d");
        check("..", "..");
        check("2025-Q3", "2025-07-01..2025-09-30");
        for same in ["2025Q3", "Q3 2025", "q3-2025", "2025/q3", "Q3/2025"] {
            assert_eq!(date_range(same), date_range("2025-Q3"), "{same}");
        }
        check("2025-Q4", "2025-10-01..2025-12-31");
        check("H1 2025", "2025-01-01..2025-06-30");
        check("2025-W23", "2025-06-02..2025-06-08");
        for same in ["June 2025", "june-2025", "Jun 2025", "Juni 2025", "2025年6月"] {
            assert_eq!(date_range(same), date_range("2025-06"), "{same}");
        }
        for same in ["2 June 2025", "June 2nd, 2025", "2. Juni 2025", "2025年6月2日", "Mon, 2 June 2025"] {
            assert_eq!(date_range(same), date_range("2025-06-02"), "{same}");
        }
        check("today", "today");
        check("Yesterday", "yesterday");
        check("last month", "last-month");
        check("last_quarter", "last-quarter");
        check("this week", "this-week");
        check("previous year", "last-year");
        check(">=yesterday", ">=yesterday");
        check(">last-week", ">=this-week");
        check("<=last-week", "<this-week");
        check("<=today", "<=today");
        check(">today", ">today");
        check("last-week..yesterday", "last-week..yesterday");
        check("2025-06-01..today", "2025-06-01..today");
        check("last-year..2025-06-02", "last-year..2025-06-02");
        for text in [
            "soon", "2025-13", "2025-06-31", "2025-07..2025-06", ">30d", "2025-06-02x", "2025-Q5", "Q3", "2025-H3",
            "last", "last-moon", "June", "2025-W60", "2025-W", "Q 2025", "éQ2025",
        ] {
            assert!(date_range(text).is_err(), "{text}");
        }
    }

    #[test]
    fn relative_dates_are_counted_from_today() {
        let check = |today: (i16, i8, i8), text: &str, expected: &str| {
            let today = civil::date(today.0, today.1, today.2);
            let Ok(DateRange::Calendar { from, until }) = date_range(text) else { panic!("{text}") };
            let (from, until) = (from.unwrap().seconds(today), until.unwrap().seconds(today));
            assert_eq!(
                show_date_range(DateRange::Between { from: Some(from), until: Some(until) }),
                expected,
                "{text}"
            );
        };
        // A Tuesday.
        let day = (2025, 7, 1);
        check(day, "today", "2025-07-01");
        check(day, "yesterday", "2025-06-30");
        check(day, "this-week", "2025-06-30..2025-07-06");
        check(day, "last-week", "2025-06-23..2025-06-29");
        check(day, "this-month", "2025-07");
        check(day, "last-month", "2025-06");
        check(day, "this-quarter", "2025-07-01..2025-09-30");
        check(day, "last-quarter", "2025-04-01..2025-06-30");
        check(day, "this-year", "2025");
        check(day, "last-year", "2024");
        check((2025, 1, 31), "last-month", "2024-12");
        check((2025, 2, 10), "last-quarter", "2024-10-01..2024-12-31");
        check((2025, 1, 1), "last-week", "2024-12-23..2024-12-29");
        check((2024, 2, 29), "last-year", "2023");
        check((2025, 6, 29), "this-week", "2025-06-23..2025-06-29");
    }
}
