//! Ranges: a start and an end written together: `09:15-10:30`, `14-19 January 2026`, `2025-03-04 22:00 to 2025-03-05 01:00`,
//! `between 4:30 PM and 7:00 PM UTC`.
//!
//! In: a text that begins with a moment. Out: a `Range` of one or two moments that share what only one of them states.

use jiff::civil::Date;

use crate::incident::Timestamp;
use crate::parse::cursor::Cursor;
use crate::parse::day::{Day, month, read_day};
use crate::parse::moment::{Habits, Moment, read_moment, read_sure_moment};

/// A moment, and the one that it lasted until, if that is stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) start: Moment,
    pub(crate) end: Option<Moment>,
}

impl Range {
    /// Start and end as points in time. `day` is the local day of clocks for which none is stated.
    pub(crate) fn resolve(&self, day: Option<Date>, habits: &Habits) -> Option<(Timestamp, Option<Timestamp>)> {
        let on =
            |moment: &Moment, day: Option<Date>| moment.resolve(habits).or_else(|| moment.resolve_on(day?, habits));
        let start = on(&self.start, day)?;
        let Some(end) = &self.end else { return Some((start, None)) };
        let day = self.start.day.and_then(|day| habits.date(day)).or(day);
        let mut end_time = on(end, day);
        if end.day.is_none() && end_time.is_some_and(|end| end < start) {
            // `23:10-00:20` ends on the day after.
            end_time = on(end, day.and_then(|day| day.tomorrow().ok()));
        }
        Some((start, end_time))
    }

    /// The minutes from one clock to the other, when there are two, and on which day does not matter.
    pub(crate) fn minutes(&self) -> Option<f64> {
        let (start, end) = (&self.start, self.end.as_ref()?);
        start.clock.as_ref()?;
        end.clock.as_ref()?;
        let habits = Habits { about: Some(AN_ORDINARY_DAY), ..Habits::default() };
        let (start, end) = self.resolve(Some(AN_ORDINARY_DAY), &habits)?;
        let seconds = end?.unix_seconds() - start.unix_seconds();
        (seconds >= 0).then_some(seconds as f64 / 60.0)
    }
}

/// A day on which no clock is changed.
const AN_ORDINARY_DAY: Date = jiff::civil::date(2023, 2, 15);

/// What stands between start and end. Words need a space on either side.
const DASHES: &[&str] = &["->", "=>", "-", "–", "—", "―", "−", "~", "〜", "～", "→", "➔", "⇒", "から", "至", "到"];
const WORDS: &[&str] =
    &["to", "till", "til", "until", "through", "thru", "bis", "a", "à", "al", "até", "hasta", "jusqu'à", "tot"];
const ANDS: &[&str] = &["and", "und", "et", "y", "e", "og", "en", "och"];
const BETWEEN: &[&str] = &["between", "zwischen", "entre", "mellom", "tussen", "mellan"];
const FROM: &[&str] = &["from", "von", "fra", "de", "du", "desde", "das", "från", "van", "starting"];

/// Words that a range may begin with, those of a moment aside.
pub(super) fn words_before() -> impl Iterator<Item = &'static str> {
    [BETWEEN, FROM].into_iter().flatten().copied()
}

/// Reads a moment or a range at the start of a text, and says how many bytes it took.
pub(crate) fn read_range(text: &str) -> Option<(Range, usize)> {
    let mut cursor = Cursor::new(text);
    cursor.spaces();
    let word = cursor.peek().is_some_and(char::is_alphabetic);
    let between = word && cursor.eat_word(BETWEEN);
    if word && !between {
        cursor.eat_word(FROM);
    }
    if let Some((range, taken)) = days_of_one_month(cursor.rest()) {
        return Some((range, cursor.at() + taken));
    }
    let (mut start, taken) =
        read_moment(cursor.rest()).or_else(|| between.then(|| read_sure_moment(cursor.rest()))?)?;
    cursor.skip(taken);
    let Some((mut end, taken)) = end_behind(cursor.rest(), &start, between) else {
        return Some((Range { start, end: None }, cursor.at()));
    };
    cursor.skip(taken);
    share(&mut start, &mut end);
    Some((Range { start, end: Some(end) }, cursor.at()))
}

/// The end that stands behind a start.
fn end_behind(text: &str, start: &Moment, between: bool) -> Option<(Moment, usize)> {
    let mut cursor = Cursor::new(text);
    cursor.eat_any(&["]", ")", "*", "**", "\"", "`"]);
    let spaced = cursor.spaces();
    let dash = cursor.eat_any(DASHES).is_some();
    let word = !dash && spaced && (cursor.eat_word(WORDS) || between && cursor.eat_word(ANDS));
    if !dash && !word {
        return None;
    }
    let apart = cursor.spaces();
    if word && !apart {
        return None;
    }
    let mut read = cursor;
    // `2024-05 - 5 pods`: an end states as much as the start.
    let (end, taken) = match read_moment(read.rest()) {
        Some(found) => found,
        None if start.clock.is_some() && (between || !spaced) => read_sure_moment(read.rest())?,
        None => return None,
    };
    read.skip(taken);
    let fits = match (&start.clock, &end.clock) {
        (Some(_), Some(_)) => true,
        // `22:00 - 2025-03-05 x` is a clock and what happened; `2025-03-04 22:00 to 2025-03-06` an end with no clock.
        (Some(_), None) => {
            start.day.is_some() && word && !matches!(end.day, Some(Day::NoYear(..) | Day::EitherNoYear(..)) | None)
        }
        // `2025-03-04 - 10:05` is one moment and read as such before; days have days behind them.
        (None, _) => end.day.is_some(),
    };
    fits.then(|| (end, read.at()))
}

/// Gives each moment what only the other states: the zone, the half of the day, the year, the day.
fn share(start: &mut Moment, end: &mut Moment) {
    if let (Some(from), Some(to)) = (&mut start.clock, &mut end.clock) {
        match (&from.zone, &to.zone) {
            (None, Some(zone)) => from.zone = Some(zone.clone()),
            (Some(zone), None) => to.zone = Some(zone.clone()),
            _ => {}
        }
        // `9:15-10:30 pm` began at 21:15, `11:30-1:30 pm` in the morning.
        if to.half && !from.half && from.hour <= 12 {
            let afternoon = to.hour >= 12;
            let same = from.hour % 12 + if afternoon { 12 } else { 0 };
            let before = (same, from.minute) <= (to.hour, to.minute);
            from.hour = if before { same } else { from.hour % 12 + if afternoon { 0 } else { 12 } };
        }
        start.lost |= end.lost;
        end.lost |= start.lost;
    }
    match (start.day, end.day) {
        // `12:30 to 14:00 on 26 April 2023`
        (None, Some(day)) => {
            let crosses = matches!((&start.clock, &end.clock), (Some(a), Some(b)) if a.seconds() > b.seconds());
            start.day = match day {
                Day::Date(date) if crosses => date.yesterday().ok().map(Day::Date),
                day => Some(day),
            };
        }
        // `May 30 - June 2, 2024`, `30 Dec - 2 Jan 2025`
        (Some(Day::NoYear(month, day)), Some(Day::Date(until))) => {
            let year = if month > until.month() { until.year() - 1 } else { until.year() };
            start.day = Date::new(year, month, day).ok().map(Day::Date).or(start.day);
        }
        (Some(Day::Date(from)), Some(Day::NoYear(month, day))) => {
            let year = if month < from.month() { from.year() + 1 } else { from.year() };
            end.day = Date::new(year, month, day).ok().map(Day::Date).or(end.day);
        }
        _ => {}
    }
}

/// `14-19 January 2026`, `13–17 May`, `January 14 - 19, 2026`, `Apr-May 2023`, `2026-07-24/25`.
fn days_of_one_month(text: &str) -> Option<(Range, usize)> {
    let cursor = Cursor::new(text);
    let range = |start, end| Range { start: Moment::of_day(start), end: Some(Moment::of_day(end)) };
    let (start, end, taken) = match cursor.peek()? {
        c if c.is_alphabetic() => months(cursor).or_else(|| month_and_days(cursor))?,
        c if c.is_ascii_digit() && cursor.digits(3) <= 2 => days_and_month(cursor)?,
        c if c.is_ascii_digit() => iso_days(cursor)?,
        _ => return None,
    };
    Some((range(start, end), taken))
}

fn dash(cursor: &mut Cursor<'_>) -> bool {
    let mut ahead = *cursor;
    let spaced = ahead.spaces();
    let found = ahead.eat_any(DASHES).is_some()
        || spaced && (ahead.eat_word(WORDS) || ahead.eat("/ ") || ahead.eat_word(&["and", "&"]));
    ahead.spaces();
    if found {
        *cursor = ahead;
    }
    found
}

/// The same month and year, on another day.
fn on(day: Day, number: i32) -> Option<Day> {
    let number = i8::try_from(number).ok()?;
    match day {
        Day::Date(date) => Date::new(date.year(), date.month(), number).ok().map(Day::Date),
        Day::NoYear(month, _) => Date::new(2024, month, number).ok().map(|date| Day::NoYear(month, date.day())),
        _ => None,
    }
}

fn days_and_month(mut cursor: Cursor<'_>) -> Option<(Day, Day, usize)> {
    let first = cursor.number(1, 2)?;
    cursor.eat_any(&[".", "st", "nd", "rd", "th"]);
    if !dash(&mut cursor) || !cursor.peek()?.is_ascii_digit() {
        return None;
    }
    let (end, taken) = read_day(cursor.rest())?;
    let written = &cursor.rest()[..taken];
    // `3-4-2024` is one day; the month of two days is spelled.
    let start = on(end, first).filter(|_| written.contains(char::is_alphabetic))?;
    let ordered = matches!((start, end), (Day::Date(a), Day::Date(b)) if a < b)
        || matches!((start, end), (Day::NoYear(_, a), Day::NoYear(_, b)) if a < b);
    ordered.then(|| (start, end, cursor.at() + taken))
}

fn month_and_days(cursor: Cursor<'_>) -> Option<(Day, Day, usize)> {
    let (start, taken) = read_day(cursor.rest())?;
    let Day::NoYear(month, day) = start else { return None };
    let mut ahead = cursor;
    ahead.skip(taken);
    if !dash(&mut ahead) {
        return None;
    }
    let until = ahead.number(1, 2)?;
    ahead.eat_word(&["st", "nd", "rd", "th"]);
    if !ahead.ends()
        || ahead.rest().starts_with([':', '.']) && ahead.rest()[1..].starts_with(|c: char| c.is_ascii_digit())
    {
        return None;
    }
    let end = on(start, until).filter(|_| until > i32::from(day))?;
    let mut with_year = ahead;
    with_year.eat(",");
    if with_year.spaces()
        && let Some(year) = with_year.number(4, 4)
        && (1990..2200).contains(&year)
        && with_year.ends()
    {
        let year = i16::try_from(year).ok()?;
        let date = |day: i8| Date::new(year, month, day).ok().map(Day::Date);
        return Some((date(day)?, date(i8::try_from(until).ok()?)?, with_year.at()));
    }
    // `May 5 - 3 pods were lost`
    let closed = ahead.rest().trim_start().is_empty() || ahead.rest().starts_with([',', ':', ')', ']', '.']);
    closed.then(|| (start, end, ahead.at()))
}

/// `Apr-May 2023`, `March to May 2023`.
fn months(mut cursor: Cursor<'_>) -> Option<(Day, Day, usize)> {
    let first = month(&mut cursor)?;
    if !dash(&mut cursor) {
        return None;
    }
    let (end, taken) = read_day(cursor.rest())?;
    let Day::Month(year, last) = end else { return None };
    let year = if first > last { year - 1 } else { year };
    Some((Day::Month(year, first), end, cursor.at() + taken))
}

/// `2026-07-24/25`, `2025-03-04..06`.
fn iso_days(cursor: Cursor<'_>) -> Option<(Day, Day, usize)> {
    let (start, taken) = read_day(cursor.rest())?;
    let mut ahead = cursor;
    ahead.skip(taken);
    ahead.eat_any(&["/", "..", "…", "–"])?;
    let until = ahead.number(2, 2).filter(|_| ahead.ends() && !ahead.rest().starts_with([':', '-', '/']))?;
    let end = on(start, until)?;
    matches!((start, end), (Day::Date(a), Day::Date(b)) if a < b).then(|| (start, end, ahead.at()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let Some((range, taken)) = read_range(text) else { return String::new() };
        let day = jiff::civil::date(2025, 3, 1);
        let habits = Habits { about: Some(day), ..Habits::default() };
        let Some((start, end)) = range.resolve(Some(day), &habits) else { return "unresolved".to_owned() };
        let end = end.map(|end| format!(" to {end}")).unwrap_or_default();
        format!("{start}{end}|{}", &text[taken..])
    }

    #[test]
    fn ranges_and_what_is_left() {
        for (text, expected) in [
            ("09:15-10:30", "2025-03-01T09:15Z to 2025-03-01T10:30Z|"),
            ("2025-03-04 09:15-10:30", "2025-03-04T09:15Z to 2025-03-04T10:30Z|"),
            ("2025-08-19 14:02 → 14:37 PDT", "2025-08-19T21:02Z to 2025-08-19T21:37Z|"),
            ("23:10–00:20 UTC x", "2025-03-01T23:10Z to 2025-03-02T00:20Z| x"),
            ("20:20 - 20:46 UTC", "2025-03-01T20:20Z to 2025-03-01T20:46Z|"),
            ("between 4:30 PM and 7:00 PM UTC, x", "2025-03-01T16:30Z to 2025-03-01T19:00Z|, x"),
            ("between 9:15 and 10:30 pm", "2025-03-01T21:15Z to 2025-03-01T22:30Z|"),
            ("11:30-1:30 pm", "2025-03-01T11:30Z to 2025-03-01T13:30Z|"),
            ("from 17:35 to 21:25", "2025-03-01T17:35Z to 2025-03-01T21:25Z|"),
            ("fra 12:30 til 14:00 26. april 2023.", "2023-04-26T12:30Z to 2023-04-26T14:00Z|."),
            ("mellom kl 11 og kl 13 den 15. mai 2020", "2020-05-15T11:00Z to 2020-05-15T13:00Z|"),
            ("entre 17h15 et 17h30 :", "2025-03-01T17:15Z to 2025-03-01T17:30Z| :"),
            ("17:09 EST to approximately 23:42 EST (6 hours", "2025-03-01T22:09Z to 2025-03-02T04:42Z| (6 hours"),
            ("8:43 UTC until 14:07 UTC. x", "2025-03-01T08:43Z to 2025-03-01T14:07Z|. x"),
            ("21:54 UTC 2026-03-13 to 08:54 UTC 2026-03-14)", "2026-03-13T21:54Z to 2026-03-14T08:54Z|)"),
            ("2026-10-01 09:45 UTC → 2026-10-02 07:07 UTC", "2026-10-01T09:45Z to 2026-10-02T07:07Z|"),
            ("Dec 23 7 PM → Dec 24 9 AM ET", "2024-12-24T00:00Z to 2024-12-24T14:00Z|"),
            ("14-19 January 2026", "2026-01-14 to 2026-01-19|"),
            ("13 – 17 May 2024 x", "2024-05-13 to 2024-05-17| x"),
            ("30 Jan - 2 Feb", "2025-01-30 to 2025-02-02|"),
            ("May 30 - June 2, 2024", "2024-05-30 to 2024-06-02|"),
            ("January 14-19, 2026", "2026-01-14 to 2026-01-19|"),
            ("Apr-May 2023", "2023-04 to 2023-05|"),
            ("2021-03-04 to 2021-03-06", "2021-03-04 to 2021-03-06|"),
            ("2025-10-12 〜 2025-10-26", "2025-10-12 to 2025-10-26|"),
            ("2026-06-28 a 2026-07-01", "2026-06-28 to 2026-07-01|"),
            ("2026-07-24/25; x", "2026-07-24 to 2026-07-25|; x"),
            ("16.03.2020 – 18.03.2020", "2020-03-16 to 2020-03-18|"),
            ("2025-03-04 10:05 UTC - the alert", "2025-03-04T10:05Z| - the alert"),
            ("10:05 - 3 hosts", "2025-03-01T10:05Z| - 3 hosts"),
            ("2025-03-04 - outage", "2025-03-04| - outage"),
            ("May 5 - 3 pods were lost", "2025-05-05| - 3 pods were lost"),
            ("10:05 to the team", "2025-03-01T10:05Z| to the team"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
        for text in ["3-4 hosts", "from the team", "between us", ""] {
            assert_eq!(shown(text), "", "{text}");
        }
    }

    #[test]
    fn minutes_of_two_clocks() {
        let minutes = |text: &str| read_range(text).and_then(|(range, _)| range.minutes());
        assert_eq!(minutes("20:20 - 20:46 UTC"), Some(26.0));
        assert_eq!(minutes("23:50 to 00:20"), Some(30.0));
        assert_eq!(minutes("2025-03-04 23:00 to 2025-03-06 01:00"), Some(1560.0));
        assert_eq!(minutes("2025-03-04 to 2025-03-06"), None);
        assert_eq!(minutes("10:05"), None);
    }
}
