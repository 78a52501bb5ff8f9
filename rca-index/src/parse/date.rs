//! Dates in values and running text, as points in time: what other parts of a report than its times need.
//!
//! In: a value or running text. Out: a `Timestamp` in UTC, as precise as the text is. Days with no year, and days whose
//! month may be either number, are none here.

use std::ops::Range;
use std::sync::LazyLock;

use crate::incident::Timestamp;
use crate::parse::cursor::{Cursor, is_latin};
use crate::parse::day::{self, Day};
use crate::parse::moment::{self, Habits, Moment, read_moment};
use crate::parse::phrases::FirstLetters;
use crate::parse::range;
use crate::parse::zone::Zone;

/// Reads a text that begins with a date, or a date and time, after spaces, quotes and words such as `about`. `zone` is that
/// of times that name none; none means UTC.
pub(crate) fn read_date(text: &str, zone: Option<&Zone>) -> Option<Timestamp> {
    let (range, time) = find_date(text, zone)?;
    let before = &text[..range.start];
    (!before.contains(|c: char| c.is_ascii_digit())).then_some(time)
}

/// The first date in running text, with its time of day if one follows, and the bytes it takes.
pub(crate) fn find_date(text: &str, zone: Option<&Zone>) -> Option<(Range<usize>, Timestamp)> {
    let habits = Habits { zone: zone.cloned().unwrap_or(Zone::UTC), ..Habits::default() };
    find_moment(text, |moment, _| moment.resolve(&habits))
}

/// The first moment of running text that something is made of. Most texts have none: they have no year.
pub(crate) fn find_moment<T>(
    text: &str,
    mut made: impl FnMut(&Moment, Range<usize>) -> Option<T>,
) -> Option<(Range<usize>, T)> {
    if !has_year(text) {
        return None;
    }
    for at in possible_starts(text) {
        if let Some((moment, taken)) = read_moment(&text[at..])
            && matches!(moment.day, Some(Day::Date(_) | Day::Month(..) | Day::Either(..)))
            && !begins_with_words(&text[at..])
        {
            let range = at..at + taken;
            if let Some(made) = made(&moment, range.clone()) {
                return Some((range, made));
            }
        }
    }
    None
}

/// Where in running text a moment may begin: at words, not within them.
pub(crate) fn possible_starts(text: &str) -> impl Iterator<Item = usize> {
    let mut boundary = true;
    text.char_indices().filter_map(move |(at, c)| {
        let starts = boundary && may_begin(&text[at..], c);
        boundary = !is_latin(c);
        starts.then_some(at)
    })
}

/// The month that a text begins with, and the bytes it takes.
pub(crate) fn month(text: &str) -> Option<(usize, i8)> {
    let mut cursor = Cursor::new(text);
    let month = day::month(&mut cursor)?;
    Some((cursor.at(), month))
}

/// Whether a moment may begin here: with a digit, or with a word that has one behind it.
pub(crate) fn may_begin(text: &str, first: char) -> bool {
    first.is_ascii_digit()
        || first.is_alphabetic()
            && (!first.is_ascii() || is_start_of_a_word(text))
            && text.bytes().take(28).any(|b| b.is_ascii_digit())
}

/// Whether the first two letters are those of a word that a moment or a range may begin with: most words differ in these.
pub(super) fn is_start_of_a_word(text: &str) -> bool {
    static WORDS: LazyLock<FirstLetters> =
        LazyLock::new(|| day::names().chain(moment::words_before()).chain(range::words_before()).collect());
    WORDS.may_begin(text)
}

/// `at 10:05 on ...` is found where its clock begins.
fn begins_with_words(text: &str) -> bool {
    ["at ", "on ", "about ", "around ", "from ", "by ", "since ", "the "]
        .iter()
        .any(|word| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)))
}

/// Whether there are four or eight digits in a row, as in every date: a cheap look before a thorough one.
pub(crate) fn has_year(text: &str) -> bool {
    let mut run = 0_usize;
    for b in text.bytes() {
        if b.is_ascii_digit() {
            run += 1;
        } else {
            if matches!(run, 4 | 8) {
                return true;
            }
            run = 0;
        }
    }
    matches!(run, 4 | 8)
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
        check("20250602", "2025-06-02");
        check("2024-08-13T15:00:00+02:00", "2024-08-13T13:00:00Z");
        check("2024-08-13T015:00:00+02:00", "2024-08-13");
        check("2023-10-17T9:30", "2023-10-17T09:30Z");
        check("2022-02-09T06:00:00-00:00", "2022-02-09T06:00:00Z");
        check("2018-03-20T02:36:09.000Z", "2018-03-20T02:36:09Z");
        check("June 14th, 2022", "2022-06-14");
        check("early August 2022", "2022-08");
        check("Jul 16, 2023 3:05 pm PDT", "2023-07-16T22:05Z");
        check("2nd of March, 2021 at 09:10 UTC", "2021-03-02T09:10Z");
        check("2026年7月22日 21:47:44 JST 頃", "2026-07-22T12:47:44Z");
        check("約 2026-04-16 頃", "2026-04-16");
        check("2021-03-04 10:00 - 11:30", "2021-03-04T10:00Z");
        check("2023-02-30", "");
        check("08-04-2022", "");
        check("Apr 5", "");
        check("1.2.3", "");
        check("", "");
    }

    #[test]
    fn dates_in_running_text() {
        let found = |text: &str| find_date(text, None).map(|(range, date)| format!("{date}|{}", &text[range]));
        assert_eq!(
            found("It began on June 14th, 2022 at 10:05 UTC.").as_deref(),
            Some("2022-06-14T10:05Z|June 14th, 2022 at 10:05 UTC")
        );
        assert_eq!(found("PM-2023-05-17-x").as_deref(), Some("2023-05-17|2023-05-17"));
        assert_eq!(
            found("10:05 UTC on 2 May 2023, when").as_deref(),
            Some("2023-05-02T10:05Z|10:05 UTC on 2 May 2023")
        );
        assert_eq!(found("in 2023 we had 1024 hosts"), None);
    }
}
