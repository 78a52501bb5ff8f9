//! Days: calendar days and months as reports write them, in the languages they come in: `2025-06-02`, `June 14th, 2022`,
//! `24. August 2022`, `05.04.2023`, `2025年6月2日`, `Apr 5`.
//!
//! In: a text that begins with a day. Out: a `Day`, which may lack its year or have two readings, and bytes taken.

mod names;

use jiff::civil::Date;

use crate::parse::cursor::{Cursor, is_space};
use crate::parse::day::names::behind;

pub(super) use crate::parse::day::names::names;
pub(crate) use crate::parse::day::names::{month, weekday};

/// A day as a text states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Day {
    Date(Date),
    /// Year and month.
    Month(i16, i8),
    /// Month and day, `Apr 5`.
    NoYear(i8, i8),
    /// `08-04-2022`: with the day first, and with the month first.
    Either(Date, Date),
    /// `01/07`: the two numbers, with no year.
    EitherNoYear(i8, i8),
}

impl Day {
    /// The day itself, when the order of day and month is no question or settled by `day_first`.
    pub(crate) fn date(self, day_first: Option<bool>) -> Option<Date> {
        match (self, day_first) {
            (Self::Date(date), _) | (Self::Either(date, _), Some(true)) | (Self::Either(_, date), Some(false)) => {
                Some(date)
            }
            _ => None,
        }
    }

    /// The day in the year, or with the reading, that lies nearest to a day that the report is about.
    pub(crate) fn near(self, about: Date, day_first: Option<bool>) -> Option<Date> {
        let distance = |date: &Date| (days(*date) - days(about)).abs();
        let in_years = |month: i8, day: i8| {
            let years = [about.year(), about.year() - 1, about.year() + 1];
            years.into_iter().filter_map(|year| Date::new(year, month, day).ok()).min_by_key(distance)
        };
        match self {
            Self::NoYear(month, day) => in_years(month, day),
            Self::EitherNoYear(a, b) => match day_first {
                Some(true) => in_years(b, a),
                Some(false) => in_years(a, b),
                None => [in_years(a, b), in_years(b, a)].into_iter().flatten().min_by_key(distance),
            },
            Self::Either(a, b) if day_first.is_none() => {
                // Only where one reading fits and the other does not.
                let close = |date: Date| distance(&date) <= CLOSE;
                match (close(a), close(b)) {
                    (true, false) => Some(a),
                    (false, true) => Some(b),
                    _ => None,
                }
            }
            other => other.date(day_first),
        }
    }
}

/// In days: two dates of one incident are no further apart.
const CLOSE: i64 = 20;

/// Days since 1970.
pub(crate) fn days(date: Date) -> i64 {
    jiff::civil::date(1970, 1, 1).until(date).map_or(0, |span| i64::from(span.get_days()))
}

/// Reads a day at the start of a text, and says how many bytes it took. A day of the week before or behind it is taken too.
pub(crate) fn read_day(text: &str) -> Option<(Day, usize)> {
    let mut cursor = Cursor::new(text);
    weekday(&mut cursor);
    let (day, taken) = bare_day(cursor.rest())?;
    cursor.skip(taken);
    behind(&mut cursor);
    Some((day, cursor.at()))
}

fn bare_day(text: &str) -> Option<(Day, usize)> {
    let cursor = Cursor::new(text);
    if !cursor.peek()?.is_ascii_digit() {
        return month_first(cursor);
    }
    match cursor.digits(9) {
        8 => compact(cursor),
        4 => year_first(cursor),
        // A clock, as most texts are that begin so.
        length @ (1 | 2) if text.as_bytes().get(length) == Some(&b':') => None,
        1 | 2 => cjk(cursor, None).or_else(|| numeric(cursor)).or_else(|| day_first(cursor)),
        _ => None,
    }
}

/// `20250602`.
fn compact(mut cursor: Cursor<'_>) -> Option<(Day, usize)> {
    let all = cursor.number(8, 8)?;
    let end = cursor.ends() || cursor.rest().starts_with(['T', 't']);
    date(all / 10_000, all / 100 % 100, all % 100).filter(|_| end).map(|day| (day, cursor.at()))
}

/// `2025-06-02`, `2020/06`, `2025.06.02`, `2025年6月2日`, `2022 August 24`, `2022-Aug-24`.
fn year_first(mut cursor: Cursor<'_>) -> Option<(Day, usize)> {
    let year = cursor.number(4, 4)?;
    if let Some(found) = cjk(cursor, Some(year)) {
        return Some(found);
    }
    let mut named = cursor;
    if named.eat_any(&["-", ", ", " "]).is_some()
        && let Some(month) = month(&mut named)
    {
        named.eat_any(&["-", " "])?;
        let day = named.number(1, 2)?;
        ordinal(&mut named);
        return date(year, month.into(), day).filter(|_| named.ends()).map(|day| (day, named.at()));
    }
    let mark = cursor.eat_any(&["-", "/", ".", "‑", "–"])?;
    let month = cursor.number(1, 2)?;
    let mut ahead = cursor;
    let day = ahead.eat(mark).then(|| ahead.number(1, 2)).flatten();
    if let Some(day) = day {
        // `2025-06-02-notes` has a day, `10.0.0.1.2` none.
        let more = ahead.rest().strip_prefix('.').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        return date(year, month, day)
            .filter(|_| !more && (ahead.ends() || ahead.rest().starts_with(['T', 't', '_'])))
            .map(|day| (day, ahead.at()));
    }
    // `2020.06` is a version, `2020-06-xx` no month.
    let whole = !matches!(mark, "." | "–") && cursor.ends() && !cursor.rest().starts_with(mark);
    whole.then(|| Some((month_of(year, month)?, cursor.at())))?
}

/// `2025年6月2日`, `4月11日`, `2025년 6월`.
fn cjk(mut cursor: Cursor<'_>, year: Option<i32>) -> Option<(Day, usize)> {
    if year.is_some() {
        cursor.eat_any(&["年", "년"])?;
        cursor.spaces();
    }
    let month = cursor.number(1, 2)?;
    cursor.eat_any(&["月", "월"])?;
    let mut ahead = cursor;
    ahead.spaces();
    let day = ahead.number(1, 2).filter(|_| ahead.eat_any(&["日", "일", "号"]).is_some());
    match (year, day) {
        (Some(year), Some(day)) => Some((date(year, month, day)?, ahead.at())),
        (Some(year), None) => Some((month_of(year, month)?, cursor.at())),
        (None, Some(day)) => Some((no_year(month, day)?, ahead.at())),
        (None, None) => None,
    }
}

/// `16/03/2020`, `05.04.2023`, `02-13-2025`, and with no year `03-26`, `01/07`, `05.04.`
fn numeric(mut cursor: Cursor<'_>) -> Option<(Day, usize)> {
    let first = cursor.number(1, 2)?;
    let mark = cursor.eat_any(&["-", "/", "."])?;
    let padded = cursor.digits(3) == 2;
    let second = cursor.number(1, 2)?;
    let mut ahead = cursor;
    if ahead.eat(mark) {
        ahead.spaces();
        if ahead.digits(5) == 4
            && let Some(year) = ahead.number(4, 4)
        {
            let more = ahead
                .rest()
                .strip_prefix(['.', '/', '-'])
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
            let (day_first, month_first) = (date(year, second, first), date(year, first, second));
            let day = match (day_first, month_first) {
                // Points stand only in dates with the day first.
                (Some(day), _) if mark == "." || day_first == month_first => day,
                (Some(Day::Date(a)), Some(Day::Date(b))) => Day::Either(a, b),
                (Some(day), None) | (None, Some(day)) => day,
                _ => return None,
            };
            return (!more && ahead.ends()).then(|| (day, ahead.at()));
        }
        // `1.2.3`, `10/10/24`: a version, or a year that is anyone's guess. `05.04. 22:05` has none.
        if mark != "." || ahead.digits(1) > 0 && !cursor.rest()[1..].starts_with(is_space) {
            return None;
        }
        let before_year = ahead;
        return no_year(second, first)
            .filter(|_| padded)
            .map(|day| (day, before_year.at() - trailing_spaces(before_year, cursor)));
    }
    if mark == "." || !padded || !cursor.ends() {
        return None;
    }
    let (a, b) = (i8::try_from(first).ok()?, i8::try_from(second).ok()?);
    let day = match (no_year(first, second), no_year(second, first)) {
        // Hyphens are those of ISO 8601.
        (Some(day), _) if mark == "-" => day,
        (Some(_), Some(_)) => Day::EitherNoYear(a, b),
        (day, other) => day.or(other)?,
    };
    Some((day, cursor.at()))
}

/// The spaces between a cursor and the point that it was behind.
fn trailing_spaces(at: Cursor<'_>, before: Cursor<'_>) -> usize {
    at.at() - before.at() - 1
}

/// `June 14th, 2022`, `Sep 27 2017`, `August 2022`, `Apr 5`.
fn month_first(mut cursor: Cursor<'_>) -> Option<(Day, usize)> {
    let month = month(&mut cursor)?;
    let gap = |cursor: &mut Cursor<'_>| {
        let from = cursor.at();
        cursor.eat(",");
        cursor.spaces();
        cursor.eat_any(&["-", "'", "’"]);
        cursor.eat_word(&["of", "de", "del"]).then(|| cursor.spaces());
        cursor.at() > from
    };
    if !gap(&mut cursor) {
        return None;
    }
    if cursor.digits(5) == 4 {
        let year = cursor.number(4, 4)?;
        return Some((month_of(year, month.into()).filter(|_| cursor.ends())?, cursor.at()));
    }
    cursor.eat_word(&["the"]).then(|| cursor.spaces());
    let day = cursor.number(1, 2)?;
    ordinal(&mut cursor);
    // `May 5:` has no year, `May 5:30 pm` no day, `Mar 3.5` neither.
    if !cursor.ends()
        || cursor
            .rest()
            .strip_prefix([':', '.', '%'])
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    {
        return None;
    }
    let mut ahead = cursor;
    if gap(&mut ahead)
        && let Some(year) = ahead.number(4, 4)
        && ahead.ends()
        && let Some(day) = date(year, month.into(), day)
    {
        return Some((day, ahead.at()));
    }
    Some((no_year(month.into(), day)?, cursor.at()))
}

/// `14 June 2022`, `14th of June, 2022`, `24. August`, `1er mars 2023`, `3 de mayo de 2023`, `13-Mar-2022`.
fn day_first(mut cursor: Cursor<'_>) -> Option<(Day, usize)> {
    let day = cursor.number(1, 2)?;
    ordinal(&mut cursor);
    cursor.eat_any(&[".", "-"]);
    cursor.spaces();
    cursor.eat_word(&["of", "de"]).then(|| cursor.spaces());
    let month = month(&mut cursor)?;
    let mut ahead = cursor;
    ahead.eat_any(&[",", "-"]);
    ahead.spaces();
    ahead.eat_word(&["of", "de", "del"]).then(|| ahead.spaces());
    if ahead.at() > cursor.at()
        && let Some(year) = ahead.number(4, 4)
        && ahead.ends()
        && let Some(day) = date(year, month.into(), day)
    {
        return Some((day, ahead.at()));
    }
    Some((no_year(month.into(), day)?, cursor.at()))
}

fn ordinal(cursor: &mut Cursor<'_>) {
    cursor.eat_word(&["st", "nd", "rd", "th", "er", "º", "ª"]);
}

fn date(year: i32, month: i32, day: i32) -> Option<Day> {
    let date = Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    YEARS.contains(&date.year()).then_some(Day::Date(date))
}

fn month_of(year: i32, month: i32) -> Option<Day> {
    let date = Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, 1).ok()?;
    YEARS.contains(&date.year()).then_some(Day::Month(date.year(), date.month()))
}

fn no_year(month: i32, day: i32) -> Option<Day> {
    // 2024 has a 29th of February.
    let date = Date::new(2024, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    Some(Day::NoYear(date.month(), date.day()))
}

/// Numbers of other years are hardly years.
const YEARS: std::ops::Range<i16> = 1500..2200;

#[cfg(test)]
mod tests;
