//! Dates and times as reports write them: ISO 8601 and its misspellings, spelled months, Japanese dates, times of day.
//!
//! In: a value or running text. Out: a `Timestamp` in UTC, as precise as the text is.

use std::ops::Range;

use jiff::civil;

use crate::incident::{Precision, Timestamp};

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Zone abbreviations and their minutes east of UTC. `CST` and `IST` are read as North American and Indian.
const ZONES: &[(&str, i32)] = &[
    ("utc", 0),
    ("gmt", 0),
    ("z", 0),
    ("wet", 0),
    ("west", 60),
    ("bst", 60),
    ("cet", 60),
    ("cest", 120),
    ("eet", 120),
    ("eest", 180),
    ("msk", 180),
    ("ist", 330),
    ("sgt", 480),
    ("hkt", 480),
    ("jst", 540),
    ("kst", 540),
    ("aest", 600),
    ("aedt", 660),
    ("nzst", 720),
    ("nzdt", 780),
    ("est", -300),
    ("edt", -240),
    ("et", -300),
    ("cst", -360),
    ("cdt", -300),
    ("mst", -420),
    ("mdt", -360),
    ("pst", -480),
    ("pdt", -420),
    ("pt", -480),
];

/// A time of day and the zone it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TimeOfDay {
    pub(crate) hour: i8,
    pub(crate) minute: i8,
    /// None when not stated.
    pub(crate) second: Option<i8>,
    /// Minutes east of UTC, when stated right behind the time.
    pub(crate) zone: Option<i32>,
}

/// Reads a text that begins with a date, or a date and time, after spaces, quotes and words such as `about`. `zone` is the
/// offset in minutes of times that name none; none means UTC.
pub(crate) fn read_date(text: &str, zone: Option<i32>) -> Option<Timestamp> {
    let (range, time) = find_date(text, zone)?;
    let before = &text[..range.start];
    (!before.contains(|c: char| c.is_ascii_digit())).then_some(time)
}

/// The first date in running text, with its time of day if one follows, and the bytes it takes.
pub(crate) fn find_date(text: &str, zone: Option<i32>) -> Option<(Range<usize>, Timestamp)> {
    if !has_year(text) {
        return None;
    }
    let mut boundary = true;
    for (at, c) in text.char_indices() {
        if boundary
            && c.is_ascii_alphanumeric()
            && let Some((length, time)) = leading_date(&text[at..], zone)
        {
            return Some((at..at + length, time));
        }
        boundary = !c.is_ascii_alphanumeric();
    }
    None
}

/// The date that a text begins with, and how many bytes it takes.
pub(crate) fn leading_date(text: &str, zone: Option<i32>) -> Option<(usize, Timestamp)> {
    let (length, day) = day(text)?;
    Some(with_time(text, length, day, zone))
}

/// Whether there are four or eight digits in a row, as in every date: a cheap look before a thorough one.
fn has_year(text: &str) -> bool {
    text.as_bytes().split(|b| !b.is_ascii_digit()).any(|digits| matches!(digits.len(), 4 | 8))
}

/// The time of day behind a date, if there is one.
fn with_time(text: &str, length: usize, day: Timestamp, zone: Option<i32>) -> (usize, Timestamp) {
    if day.precision() == Precision::Month {
        return (length, day);
    }
    let rest = &text[length..];
    let lower: String = rest.chars().take(6).flat_map(char::to_lowercase).collect();
    let gap = [" at ", ", at ", ", ", "t", " - ", " ", "\u{a0}", " @ "];
    let gap = gap.iter().filter(|gap| lower.starts_with(**gap)).map(|gap| gap.len()).max().unwrap_or(0);
    let Some((time, taken)) = rest.get(gap..).filter(|_| gap > 0).and_then(read_time_of_day) else {
        return (length, day);
    };
    let civil = day.civil().date().at(time.hour, time.minute, time.second.unwrap_or(0), 0);
    let precision = if time.second.is_some() { Precision::Second } else { Precision::Minute };
    match Timestamp::from_civil(civil, time.zone.or(zone).unwrap_or(0), precision) {
        Some(stamp) => (length + gap + taken, stamp),
        None => (length, day),
    }
}

/// A day or month at the start of a text, and the bytes it takes.
fn day(text: &str) -> Option<(usize, Timestamp)> {
    numeric(text).or_else(|| month_first(text)).or_else(|| day_first(text))
}

/// `2025-06-02`, `2020/06`, `2025年6月2日`, `20250602`.
fn numeric(text: &str) -> Option<(usize, Timestamp)> {
    let (length, year) = number(text, 4, 8)?;
    if length == 8 {
        let day = i8::try_from(year % 100).ok()?;
        let month = i8::try_from(year / 100 % 100).ok()?;
        return Some((8, plausible(Timestamp::from_day(i16::try_from(year / 10_000).ok()?, month, day)?)?));
    }
    if length != 4 {
        return None;
    }
    let year = i16::try_from(year).ok()?;
    let mark = text[4..].chars().next()?;
    let japanese = mark == '年';
    if !japanese && !matches!(mark, '-' | '/' | '.') {
        return None;
    }
    let mut at = 4 + mark.len_utf8();
    let (length, month) = number(&text[at..], 1, 2)?;
    at += length;
    let second = if japanese { '月' } else { mark };
    let month = i8::try_from(month).ok()?;
    let only_month =
        || Some((at + if japanese { '月'.len_utf8() } else { 0 }, plausible(Timestamp::from_month(year, month)?)?));
    let Some(rest) = text[at..].strip_prefix(second) else {
        return if japanese || mark == '.' { None } else { only_month() };
    };
    let Some((length, day)) = number(rest, 1, 2) else {
        return if japanese { only_month() } else { None };
    };
    let end = at + second.len_utf8() + length;
    let end = end + if japanese && text[end..].starts_with('日') { '日'.len_utf8() } else { 0 };
    Some((end, plausible(Timestamp::from_day(year, month, i8::try_from(day).ok()?)?)?))
}

/// `June 14th, 2022`, `Sep 27 2017`, `August 2022`.
fn month_first(text: &str) -> Option<(usize, Timestamp)> {
    let (length, month) = month(text)?;
    let at = length + spaces(&text[length..]);
    if let Some((length, year)) = number(&text[at..], 4, 4) {
        return Some((at + length, plausible(Timestamp::from_month(i16::try_from(year).ok()?, month)?)?));
    }
    let (length, day) = number(&text[at..], 1, 2)?;
    let at = at + length + ordinal(&text[at + length..]);
    let at = at + spaces(&text[at..]);
    let (length, year) = number(&text[at..], 4, 4)?;
    let year = i16::try_from(year).ok()?;
    Some((at + length, plausible(Timestamp::from_day(year, month, i8::try_from(day).ok()?)?)?))
}

/// `14 June 2022`, `14th of June, 2022`.
fn day_first(text: &str) -> Option<(usize, Timestamp)> {
    let (length, day) = number(text, 1, 2)?;
    let at = length + ordinal(&text[length..]);
    let at = at + spaces(&text[at..]);
    let at = at + if text[at..].starts_with("of ") { 3 } else { 0 };
    let (length, month) = month(&text[at..])?;
    let at = at + length;
    let at = at + spaces(&text[at..]);
    let (length, year) = number(&text[at..], 4, 4)?;
    let year = i16::try_from(year).ok()?;
    Some((at + length, plausible(Timestamp::from_day(year, month, i8::try_from(day).ok()?)?)?))
}

/// Years outside these are version numbers and the like; two numbers are sooner something else than three.
fn plausible(time: Timestamp) -> Option<Timestamp> {
    let years = if time.precision() == Precision::Month { 1970..2100 } else { 1500..2200 };
    years.contains(&time.civil().year()).then_some(time)
}

/// A run of digits at the start of a text that is no shorter or longer than this.
fn number(text: &str, least: usize, most: usize) -> Option<(usize, i32)> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    (least..=most).contains(&length).then(|| text[..length].parse().ok().map(|number| (length, number)))?
}

pub(crate) fn month(text: &str) -> Option<(usize, i8)> {
    let length = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let word = &text[..length];
    let is = |name: &str| word.eq_ignore_ascii_case(name);
    let at = MONTHS.iter().position(|month| is(month) || is(&month[..3]) || month.starts_with("sept") && is("sept"))?;
    let dot = usize::from(text[length..].starts_with('.'));
    Some((length + dot, i8::try_from(at + 1).ok()?))
}

fn ordinal(text: &str) -> usize {
    let ends = ["st", "nd", "rd", "th"].iter().any(|end| text.get(..2).is_some_and(|t| t.eq_ignore_ascii_case(end)));
    if ends { 2 } else { 0 }
}

fn spaces(text: &str) -> usize {
    text.len() - text.trim_start_matches([' ', ',', '\u{a0}', '-']).len()
}

/// Reads a time of day at the start of a text (`15:53`, `9:30 UTC`, `3:05pm`, `09:40:12 JST`, `14時05分`) and says how many
/// bytes it took.
pub(crate) fn read_time_of_day(text: &str) -> Option<(TimeOfDay, usize)> {
    let (mut at, hour) = number(text, 1, 2)?;
    let mut hour = i8::try_from(hour).ok()?;
    let (mut minute, mut second) = (0, None);
    let japanese = text[at..].starts_with('時');
    if japanese {
        at += '時'.len_utf8();
        if let Some((length, minutes)) = number(&text[at..], 1, 2) {
            at += length;
            at += text[at..].strip_prefix('分').map_or(0, |_| '分'.len_utf8());
            minute = i8::try_from(minutes).ok()?;
        }
    } else if text[at..].starts_with(':') {
        let (length, minutes) = number(&text[at + 1..], 2, 2)?;
        at += 1 + length;
        minute = i8::try_from(minutes).ok()?;
        if let Some((length, seconds)) = text[at..].strip_prefix(':').and_then(|rest| number(rest, 2, 2)) {
            at += 1 + length;
            second = Some(i8::try_from(seconds).ok()?);
            if let Some(rest) = text[at..].strip_prefix(['.', ',']) {
                let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
                at += if digits > 0 { 1 + digits } else { 0 };
            }
        }
    }
    let plain = at <= 2;
    let gap = usize::from(text[at..].starts_with(' '));
    let half = text.get(at + gap..at + gap + 2).map(str::to_ascii_lowercase);
    let ends = |after: usize| !text[after..].starts_with(|c: char| c.is_ascii_alphanumeric());
    match half.as_deref() {
        Some(half @ ("am" | "pm")) if (1..=12).contains(&hour) && ends(at + gap + 2) => {
            hour = hour % 12 + if half == "pm" { 12 } else { 0 };
            at += gap + 2;
        }
        // `14` alone is a number.
        _ if plain => return None,
        _ => {}
    }
    // 24:00 is not kept: which day it belongs to is anyone's guess.
    civil::Time::new(hour, minute, second.unwrap_or(0), 0).ok()?;
    let (zone, taken) = zone_behind(&text[at..]).map_or((None, 0), |(zone, taken)| (Some(zone), taken));
    if taken == 0 && !japanese && !ends(at) {
        return None;
    }
    Some((TimeOfDay { hour, minute, second, zone }, at + taken))
}

/// A zone right behind a time, and the bytes it takes: `Z`, ` UTC`, `+02:00`, ` (JST)`.
fn zone_behind(text: &str) -> Option<(i32, usize)> {
    let gap = text.len() - text.trim_start_matches([' ', '(']).len();
    if gap > 2 {
        return None;
    }
    let rest = &text[gap..];
    let name = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
    let tail = rest[name..].bytes().take_while(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b':')).count();
    let signed = rest[name..].starts_with(['+', '-']);
    // A sign after a space begins something else: `15:53 - alert`, `10:00 -11:30`.
    let candidates = [(signed && (name > 0 || gap == 0)).then_some(name + tail), (name > 0).then_some(name)];
    let closed = |end: usize| end + usize::from(text[..gap].contains('(') && rest[end..].starts_with(')'));
    candidates.into_iter().flatten().find_map(|end| Some((zone_offset(&rest[..end])?, gap + closed(end))))
}

/// Minutes east of UTC of a zone: `UTC`, `Z`, `CET`, `JST`, `PST`, `UTC+2`, `GMT-5:30`, `+02:00`. The whole text must be one.
pub(crate) fn zone_offset(text: &str) -> Option<i32> {
    let text = text.trim();
    let name = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (name, rest) = text.split_at(name);
    let base = if name.is_empty() {
        0
    } else {
        ZONES.iter().find(|(zone, _)| zone.eq_ignore_ascii_case(name)).map(|zone| zone.1)?
    };
    if rest.is_empty() {
        return (!name.is_empty()).then_some(base);
    }
    let sign = match rest.as_bytes()[0] {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = match rest[1..].split_once(':') {
        Some((hours, minutes)) => (number(hours, 1, 2)?, number(minutes, 2, 2)?),
        None if rest.len() == 5 => (number(rest.get(1..3)?, 2, 2)?, number(rest.get(3..5)?, 2, 2)?),
        None => (number(&rest[1..], 1, 2)?, (0, 0)),
    };
    (hours.1 <= 14 && minutes.1 < 60).then_some(base + sign * (hours.1 * 60 + minutes.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_as_reports_write_them() {
        let check = |text: &str, expected: &str| {
            let found = read_date(text, None).map(|time| time.to_string()).unwrap_or_default();
            assert_eq!(found, expected, "{text}");
        };
        check("2025-06-02", "2025-06-02");
        check("2020/06", "2020-06");
        check("2020/06/01", "2020-06-01");
        check("20250602", "2025-06-02");
        check("2024-08-13T15:00:00+02:00", "2024-08-13T13:00:00Z");
        check("2024-08-13T015:00:00+02:00", "2024-08-13");
        check("2023-10-17T9:30", "2023-10-17T09:30Z");
        check("2022-02-09T06:00:00-00:00", "2022-02-09T06:00:00Z");
        check("2022-11-08 14:25", "2022-11-08T14:25Z");
        check("2018-03-20T02:36:09.000Z", "2018-03-20T02:36:09Z");
        check("June 14th, 2022", "2022-06-14");
        check("early August 2022", "2022-08");
        check("1969-07-20T20:08:55Z", "1969-07-20T20:08:55Z");
        check("Sep 27 2017", "2017-09-27");
        check("Jul 16, 2023 3:05 pm PDT", "2023-07-16T22:05Z");
        check("14 June 2022", "2022-06-14");
        check("2nd of March, 2021 at 09:10 UTC", "2021-03-02T09:10Z");
        check("2026年7月22日 21:47:44 JST 頃", "2026-07-22T12:47:44Z");
        check("約 2026-04-16 頃", "2026-04-16");
        check("2021-03-04 10:00 - 11:30", "2021-03-04T10:00Z");
        check("2023-02-30", "");
        check("YYYY-MM-DD", "");
        check("1.2.3", "");
        check("", "");
    }

    #[test]
    fn times_of_day_and_zones() {
        let check = |text: &str, expected: Option<(i8, i8, Option<i32>, usize)>| {
            let found = read_time_of_day(text).map(|(time, taken)| (time.hour, time.minute, time.zone, taken));
            assert_eq!(found, expected, "{text}");
        };
        check("15:53 - alert", Some((15, 53, None, 5)));
        check("9:30 UTC: x", Some((9, 30, Some(0), 8)));
        check("3:05pm", Some((15, 5, None, 6)));
        check("12 am", Some((0, 0, None, 5)));
        check("09:40:12 (JST)", Some((9, 40, Some(540), 14)));
        check("14時05分", Some((14, 5, None, 10)));
        check("10:00+02:00", Some((10, 0, Some(120), 11)));
        check("10:00 UTC+2", Some((10, 0, Some(120), 11)));
        check("25:00", None);
        check("14", None);
        check("14 users", None);
        assert_eq!(zone_offset("GMT-5:30"), Some(-330));
        assert_eq!(zone_offset("+0200"), Some(120));
        assert_eq!(zone_offset("somewhere"), None);
    }
}
