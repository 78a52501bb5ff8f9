//! Moments: a day, a clock, or both, in whatever order a report writes them: `2025-03-04 at 10:05 UTC`, `Apr 5, 22:05`,
//! `17:05 on 4 March 2025`, `~09:05`, `Wed Aug 24 03:10:20 IST 2022`.
//!
//! In: a text that begins with one. Out: a `Moment`, bytes taken; with what the report says elsewhere, a `Timestamp`.

use jiff::civil::Date;

use crate::incident::{Precision, Timestamp};
use crate::parse::clock::{Clock, read_clock, read_iso_clock, read_sure_clock};
use crate::parse::cursor::Cursor;
use crate::parse::date::is_start_of_a_word;
use crate::parse::day::{Day, read_day, weekday};
use crate::parse::zone::{Zone, looks_like_zone};

/// A time as a text states it. One of day and clock is there at least.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) day: Option<Day>,
    pub(crate) clock: Option<Clock>,
    /// `~`, "around".
    pub(crate) about: bool,
    /// A zone stands behind the clock that nobody knows, so that the clock says nothing.
    pub(crate) lost: bool,
}

/// What decides where a text alone does not: the zone and the order of day and month that a report writes, and a day that it
/// is about.
#[derive(Debug, Clone)]
pub(crate) struct Habits {
    pub(crate) zone: Zone,
    pub(crate) day_first: Option<bool>,
    pub(crate) about: Option<Date>,
}

impl Default for Habits {
    fn default() -> Self {
        Self { zone: Zone::UTC, day_first: None, about: None }
    }
}

impl Habits {
    /// The calendar day that a day means.
    pub(crate) fn date(&self, day: Day) -> Option<Date> {
        day.date(self.day_first).or_else(|| day.near(self.about?, self.day_first))
    }
}

impl Moment {
    pub(crate) fn of_day(day: Day) -> Self {
        Self { day: Some(day), clock: None, about: false, lost: false }
    }

    /// The point in time, where the moment states a day.
    pub(crate) fn resolve(&self, habits: &Habits) -> Option<Timestamp> {
        let day = self.day?;
        if let Day::Month(year, month) = day {
            return Timestamp::from_month(year, month);
        }
        self.resolve_on(habits.date(day)?, habits)
    }

    /// The point in time, on this local day.
    pub(crate) fn resolve_on(&self, day: Date, habits: &Habits) -> Option<Timestamp> {
        match self.clock.as_ref().filter(|_| !self.lost) {
            Some(clock) => clock.on(day, &habits.zone),
            None => Timestamp::from_day(day.year(), day.month(), day.day()),
        }
    }
}

/// Reads a moment at the start of a text, behind brackets and words such as `about`, and says how many bytes it took.
pub(crate) fn read_moment(text: &str) -> Option<(Moment, usize)> {
    read(text, false)
}

/// Reads a moment where only one can stand, so that `15.15` and `kl 11` are clocks.
pub(crate) fn read_sure_moment(text: &str) -> Option<(Moment, usize)> {
    read(text, true)
}

fn read(text: &str, sure: bool) -> Option<(Moment, usize)> {
    // Most words are none that stand in a moment or before it.
    if text.starts_with(|c: char| c.is_ascii_alphabetic()) && !is_start_of_a_word(text) {
        return None;
    }
    let mut cursor = Cursor::new(text);
    let mut lead = hedges(&mut cursor);
    lead.clock |= sure;
    let start = cursor;
    if let Some((day, taken)) = read_day(cursor.rest()) {
        cursor.skip(taken);
        let mut moment = Moment { about: lead.about, ..Moment::of_day(day) };
        if !matches!(day, Day::Month(..)) {
            clock_behind(&mut cursor, &mut moment);
        }
        return Some((moment, cursor.at()));
    }
    // `Tuesday, 10:05`
    weekday(&mut cursor);
    lead.about |= hedges(&mut cursor).about;
    let read = if lead.clock { read_sure_clock } else { read_clock };
    let (clock, taken) = read(cursor.rest()).or_else(|| {
        cursor = start;
        read(cursor.rest())
    })?;
    cursor.skip(taken);
    let mut moment = Moment { day: None, clock: Some(clock), about: lead.about, lost: false };
    lost_zone(&mut cursor, &mut moment);
    day_behind(&mut cursor, &mut moment);
    Some((moment, cursor.at()))
}

/// What words before a time say of it.
#[derive(Debug, Clone, Copy, Default)]
struct Lead {
    about: bool,
    /// A clock follows: `kl.`, `um`.
    clock: bool,
}

/// Words before a time that is about.
const ABOUT: &[&str] = &[
    "about", "around", "approximately", "approx.", "approx", "ca.", "ca", "circa", "c.", "roughly", "gegen", "vers",
    "cerca de", "por volta das", "omkring", "early", "late", "mid", "nearly",
];
/// Words before a time that say nothing of it.
const PLAIN: &[&str] = &["at", "on", "the", "by", "since", "from", "le", "el", "den", "am", "dia"];
/// Words before a clock.
const CLOCK: &[&str] = &["kl.", "kl", "klokka", "klokken", "um", "às", "as", "a las", "à"];
/// Words that a moment may begin with, names of days and months aside.
pub(super) fn words_before() -> impl Iterator<Item = &'static str> {
    [ABOUT, PLAIN, CLOCK].into_iter().flatten().copied()
}

/// Eats brackets, signs and words before a time.
fn hedges(cursor: &mut Cursor<'_>) -> Lead {
    let mut lead = Lead::default();
    // A few are enough: `on about the 3rd`.
    for _ in 0..4 {
        cursor.spaces();
        // Most times begin with a digit.
        if cursor.peek().is_some_and(|c| c.is_ascii_digit()) {
            break;
        }
        while cursor.eat_any(&["[", "(", "*", "_", "\"", "'", "`", "「", "【", "（", "@"]).is_some() {}
        if cursor.eat_any(&["~", "≈", "∼", "±", "〜", "～", "約", "约", "およそ", "大约", "약"]).is_some()
        {
            lead.about = true;
        } else if cursor.peek().is_some_and(char::is_alphabetic) {
            let before = *cursor;
            if cursor.eat_word(ABOUT) {
                lead.about = true;
            } else if cursor.eat_word(CLOCK) {
                lead.clock = true;
            } else if !cursor.eat_word(PLAIN) {
                break;
            }
            // `at10`, `a-b`
            if !cursor.spaces()
                && !cursor.rest().starts_with(['~', '≈', '-'])
                && !cursor.peek().is_some_and(|c| c.is_ascii_digit())
            {
                *cursor = before;
                break;
            }
            cursor.eat("-");
        } else {
            break;
        }
    }
    lead
}

/// Takes in a clock behind a day: `T10:05`, ` at 10:05`, `, 10:05`, ` - 10:05`, ` ~10:05`.
fn clock_behind(cursor: &mut Cursor<'_>, moment: &mut Moment) {
    let mut ahead = *cursor;
    if ahead.eat_any(&["T", "t"]).is_some() {
        if let Some((clock, taken)) = read_iso_clock(ahead.rest()) {
            ahead.skip(taken);
            moment.clock = Some(clock);
            *cursor = ahead;
            lost_zone(cursor, moment);
        }
        return;
    }
    ahead.eat_any(&["]", ")", "*"]);
    let comma = ahead.eat_any(&[",", ":"]).is_some();
    let spaced = ahead.spaces();
    if spaced {
        ahead.eat_any(&["- ", "– ", "— ", "| ", "@ ", "/ "]);
    }
    if !(comma || spaced || ahead.rest().starts_with(['(', '~', '（'])) {
        return;
    }
    let lead = hedges(&mut ahead);
    let read = if lead.clock { read_sure_clock } else { read_clock };
    let Some((clock, taken)) = read(ahead.rest()) else { return };
    ahead.skip(taken);
    moment.clock = Some(clock);
    moment.about |= lead.about;
    *cursor = ahead;
    lost_zone(cursor, moment);
    // As `date` prints it: `Wed Aug 24 03:10:20 IST 2022`.
    let mut ahead = *cursor;
    if let Some(Day::NoYear(month, day)) = moment.day
        && ahead.spaces()
        && let Some(year) = ahead.number(4, 4)
        && ahead.ends()
        && let Some(date) = i16::try_from(year).ok().and_then(|year| Date::new(year, month, day).ok())
        && (1990..2200).contains(&year)
    {
        moment.day = Some(Day::Date(date));
        *cursor = ahead;
    }
}

/// Takes in a day behind a clock: ` on 4 March 2025`, `, Apr 5`, ` (2025-03-04)`, ` den 23.08.2019`.
fn day_behind(cursor: &mut Cursor<'_>, moment: &mut Moment) {
    let mut ahead = *cursor;
    let comma = ahead.eat(",");
    if !ahead.spaces() {
        return;
    }
    let bracket = ahead.eat("(");
    let said = ahead.eat_word(&["on", "den", "le", "am", "of", "el", "del", "em", "on the"]);
    ahead.spaces();
    let Some((day, taken)) = read_day(ahead.rest()) else { return };
    ahead.skip(taken);
    let spelled = cursor.rest()[..cursor.rest().len() - ahead.rest().len()].contains(char::is_alphabetic);
    let fits = match day {
        Day::Date(_) | Day::Either(..) => true,
        // `10:05 03-04` may be anything.
        Day::NoYear(..) => spelled && (comma || said || bracket),
        Day::EitherNoYear(..) | Day::Month(..) => false,
    };
    if !fits || (bracket && !ahead.eat(")")) {
        return;
    }
    moment.day = Some(day);
    *cursor = ahead;
}

/// Marks a moment whose clock is followed by a zone that is not known.
fn lost_zone(cursor: &mut Cursor<'_>, moment: &mut Moment) {
    if moment.clock.as_ref().is_none_or(|clock| clock.zone.is_some()) {
        return;
    }
    let mut ahead = *cursor;
    if !ahead.spaces() {
        return;
    }
    let bracket = ahead.eat("(");
    let length =
        ahead.rest().find(|c: char| !(c.is_ascii_alphabetic() || matches!(c, '/' | '_'))).unwrap_or(ahead.rest().len());
    let word = &ahead.rest()[..length];
    if length > 40 || !looks_like_zone(word) {
        return;
    }
    ahead.skip(length);
    // In running text `10:05 VAT went wrong` begins a sentence.
    let alone = if bracket {
        ahead.eat(")")
    } else {
        ahead.rest().trim().is_empty() || ahead.rest().starts_with([':', ')', ']', '|', ','])
    };
    if alone {
        moment.lost = true;
        *cursor = ahead;
    }
}

/// The local day that a point in time falls on.
pub(crate) fn local_day(time: Timestamp, zone: &Zone) -> Option<Date> {
    if time.precision() >= Precision::Minute {
        return Some(zone.local(time.unix_seconds())?.date());
    }
    Some(Zone::UTC.local(time.unix_seconds())?.date())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let Some((moment, taken)) = read_moment(text) else { return String::new() };
        let habits = Habits { about: Some(jiff::civil::date(2025, 3, 5)), ..Habits::default() };
        let time = moment.resolve(&habits).or_else(|| moment.resolve_on(jiff::civil::date(2025, 3, 1), &habits));
        format!(
            "{}{}|{}",
            if moment.about { "~" } else { "" },
            time.map(|t| t.to_string()).unwrap_or_default(),
            &text[taken..]
        )
    }

    #[test]
    fn days_and_clocks_in_any_order() {
        for (text, expected) in [
            ("2025-03-04 at 10:05 UTC", "2025-03-04T10:05Z|"),
            ("2025-03-04T10:05:00+02:00", "2025-03-04T08:05:00Z|"),
            ("20220824T190000Z", "2022-08-24T19:00:00Z|"),
            ("2024-05-10 ~09:05", "~2024-05-10T09:05Z|"),
            ("Mar 15, 2025 - 18:00 UTC: x", "2025-03-15T18:00Z|: x"),
            ("24-10-2024 - 08:15", "2024-10-24T08:15Z|"),
            ("[2025-05-16 09:14 UTC]: x", "2025-05-16T09:14Z|]: x"),
            ("[03-26 17:40] x", "2025-03-26T17:40Z|] x"),
            ("Apr 5 22:05", "2025-04-05T22:05Z|"),
            ("Mar 4, 9:40 AM", "2025-03-04T09:40Z|"),
            ("Thu, May 9, 2019 at 14:07 - x", "2019-05-09T14:07Z| - x"),
            ("Tue, 10:05 x", "2025-03-01T10:05Z| x"),
            ("Wed Aug 24 03:10:20 IST 2022", "2022-08-23T21:40:20Z|"),
            ("26. april 2023 kl. 12.30", "2023-04-26T12:30Z|"),
            ("kl 11 den 15. mai 2020", "2020-05-15T11:00Z|"),
            ("17:05 on 4 March 2025", "2025-03-04T17:05Z|"),
            ("00:21 den 23.08.2019", "2019-08-23T00:21Z|"),
            ("11:15 UTC, Apr 5", "2025-04-05T11:15Z|"),
            ("Dec 23 ~7 PM", "~2024-12-23T19:00Z|"),
            ("17/05/2023 4am UTC", "2023-05-17T04:00Z|"),
            ("02-13-2025 11:00 pm", "2025-02-13T23:00Z|"),
            ("2025-03-04 10:05 UTC +2", "2025-03-04T08:05Z|"),
            ("2025-03-04 09:15-10:30", "2025-03-04T09:15Z|-10:30"),
            ("2025-03-04 10:05 QST", "2025-03-04|"),
            ("2025-03-04 10:05 VAT went", "2025-03-04T10:05Z| VAT went"),
            ("around 10:05", "~2025-03-01T10:05Z|"),
            ("**10:05** x", "2025-03-01T10:05Z|** x"),
            ("約 2026-04-16 頃", "~2026-04-16| 頃"),
            ("early August 2022", "~2022-08|"),
            ("2026年7月22日 21:47:44 JST 頃", "2026-07-22T12:47:44Z| 頃"),
            ("10:05 3 hosts", "2025-03-01T10:05Z| 3 hosts"),
            ("2025-03-04 1506 UTC", "2025-03-04T15:06Z|"),
            ("2025-03-04 1506 users", "2025-03-04| 1506 users"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
        for text in ["at10", "on call", "at the top", "ca", "about 5 pods", "x 2025-03-04", "", "by 10 hosts"] {
            assert_eq!(shown(text), "", "{text}");
        }
    }
}
