//! Single rows: the time that a line, a cell or a sentence states, and where in it.
//!
//! In: a text. Out: a moment and the bytes it takes.

use std::borrow::Cow;

use jiff::civil::Date;

use crate::parse::cursor::{Cursor, is_latin};
use crate::parse::date::{may_begin, possible_starts};
use crate::parse::day::Day;
use crate::parse::duration::find_duration;
use crate::parse::moment::{Habits, Moment, read_moment, read_sure_moment};
use crate::parse::phrases::{lower, next_byte};
use crate::parse::range::read_range;

/// The time that a text begins with.
#[derive(Debug)]
pub(super) struct Lead {
    pub(super) moment: Moment,
    /// Bytes of the text, with the end of a range.
    pub(super) taken: usize,
}

impl Lead {
    /// Whether it is a day, with no clock.
    pub(super) fn is_day(&self) -> bool {
        self.moment.day.is_some() && self.moment.clock.is_none()
    }

    /// The day that it states.
    pub(super) fn date(&self, habits: &Habits) -> Option<Date> {
        habits.date(self.moment.day?)
    }
}

/// The time that a text begins with: behind marks, `Day 2 -`, and words such as `around`.
pub(super) fn leading(text: &str) -> Option<Lead> {
    let start =
        text.len() - text.trim_start_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '~' | '≈' | '±')).len();
    let rest = &text[start..];
    // Cheap: most lines of a report begin with a word that has no digit near.
    if !may_begin(rest, rest.chars().next()?) && !rest.starts_with(['~', '≈', '±', '約']) {
        return None;
    }
    let (moment, taken) = behind_day_number(rest).or_else(|| begins(rest))?;
    Some(Lead { moment, taken: start + taken })
}

fn begins(text: &str) -> Option<(Moment, usize)> {
    let (range, taken) = read_range(text)?;
    let behind = &text[taken..];
    // `2025-06-02-notes`, `10:05/11:00`: a name, or a ratio.
    let glued = behind.starts_with(['-', '_', '/', '.']) && behind[1..].starts_with(is_latin);
    // A number with no year is a day only where a clock follows: `3/4 of the hosts`.
    let loose = range.start.clock.is_none()
        && match range.start.day {
            Some(Day::EitherNoYear(..)) => !only_marks(behind),
            Some(Day::NoYear(..)) => {
                !(text[..taken].contains(char::is_alphabetic) || only_marks(behind)) || !closes(&text[..taken], behind)
            }
            Some(Day::Month(..)) => true,
            _ => false,
        };
    (!glued && !loose).then_some((range.start, taken))
}

fn only_marks(text: &str) -> bool {
    !text.contains(char::is_alphanumeric)
}

/// Whether a day with no year ends where a day does: `Apr 5: x`, `Apr 5 - x`, `13 September Letters`, but not `may 2 of them`.
fn closes(day: &str, behind: &str) -> bool {
    let rest = behind.trim_start();
    let capital = |text: &str| text.chars().find(|c| c.is_alphabetic()).is_some_and(char::is_uppercase);
    rest.is_empty()
        || rest.starts_with(|c: char| !c.is_alphanumeric())
        || is_unknown_clock(rest)
        || capital(day) && (day.starts_with(|c: char| c.is_ascii_digit()) || rest.starts_with(char::is_uppercase))
}

/// `22:XX`, `22:??`: a clock whose minutes nobody knows.
fn is_unknown_clock(text: &str) -> bool {
    let hour = text.bytes().take(3).take_while(u8::is_ascii_digit).count();
    let minutes = text.get(hour..).and_then(|rest| rest.strip_prefix(':')).and_then(|rest| rest.get(..2));
    matches!(hour, 1 | 2) && minutes.is_some_and(|minutes| matches!(minutes, "XX" | "xx" | "??" | "--"))
}

/// `Day 1 - January 23, 2026`, `Day 2 (Jan 24):`
fn behind_day_number(text: &str) -> Option<(Moment, usize)> {
    let mut cursor = Cursor::new(text);
    if !cursor.eat_word(&["day", "tag", "jour", "día", "dag"]) {
        return None;
    }
    cursor.spaces();
    cursor.number(1, 2)?;
    let length = cursor.rest().len() - cursor.rest().trim_start_matches([' ', '-', '–', '—', ':', '(', ',']).len();
    cursor.skip(length);
    let (moment, taken) = begins(cursor.rest())?;
    Some((moment, cursor.at() + taken))
}

/// The time that a cell of a column of times states, where `15.15` and `0730` are clocks.
pub(super) fn leading_in_column(text: &str) -> Option<Lead> {
    leading(text).or_else(|| {
        let text = text.trim_end();
        let (moment, taken) = read_sure_moment(text)?;
        // `3 hosts` is none, whatever the header says.
        only_marks(&text[taken..]).then_some(Lead { moment, taken })
    })
}

/// Whether a row is the example of a template: `2025-06-02 HH:mm | Short event description.` The clock alone proves nothing:
/// people leave it so where they do not know it.
pub(super) fn is_unfilled(time: &str, text: &str) -> bool {
    if !time.as_bytes().windows(5).any(|clock| clock.eq_ignore_ascii_case(b"hh:mm")) {
        return false;
    }
    let text = text.trim().trim_matches(['.', '*', '_', '<', '>', '[', ']', '(', ')']).to_lowercase();
    ["", "event", "description", "event description", "short event description", "what happened", "short description"]
        .contains(&text.as_str())
}

/// Whether a line begins as a sentence does, and ends as one: `At 10:05 the shop was down.`
pub(super) fn is_told(line: &str) -> bool {
    let line = line.trim();
    ["at ", "by ", "on ", "around ", "about ", "from ", "since "]
        .iter()
        .any(|word| line.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)))
        && line.ends_with('.')
}

/// The time of a heading: in front, or all of what stands behind its first word: `Update, Oct 20, 14:20`.
pub(super) fn of_heading(text: &str) -> Option<Lead> {
    leading(text).or_else(|| {
        let at = text.find([',', ':', '-', '–', '—', '('])?;
        let label = &text[..at];
        let short = !label.contains(|c: char| c.is_ascii_digit()) && label.split_whitespace().count() <= 2;
        let lead = leading(&text[at..]).filter(|lead| short && lead.moment.clock.is_some())?;
        only_marks(&text[at + lead.taken..]).then_some(Lead { taken: at + lead.taken, ..lead })
    })
}

/// The rows of a line that holds several: `11:25 disk full; 11:50 somebody asks`. The time of the first ends at byte `taken`.
pub(super) fn several(line: &str, taken: usize) -> Vec<&str> {
    let mut rows = Vec::new();
    let mut start = 0;
    for (at, _) in line.match_indices("; ").filter(|(at, _)| *at >= taken) {
        let clock = |lead: Lead| lead.moment.clock.is_some();
        if leading(&line[at + 2..]).is_some_and(clock)
            && line[at + 2..].starts_with(|c: char| c.is_alphanumeric() || c == '~')
        {
            rows.push(&line[start..at]);
            start = at + 2;
        }
    }
    rows.push(&line[start..]);
    rows
}

/// `Timeline: 16:05 first refusal; 16:19 paged`: the rows behind the label of a paragraph.
pub(super) fn behind_label(line: &str) -> Option<&str> {
    let known = ["timeline", "chronology", "times", "タイムライン", "chronologie", "zeitleiste", "zeitverlauf"];
    let line = line.trim_start();
    let is_label = |known: &&&str| line.get(..known.len()).is_some_and(|label| label.eq_ignore_ascii_case(known));
    let behind = line[known.iter().find(is_label)?.len()..].trim_start();
    let rows = behind.strip_prefix([':', '：'])?;
    leading(rows).is_some().then(|| rows.trim_start())
}

/// The time that is all of a line.
pub(super) fn only_time(text: &str) -> Option<Moment> {
    let text = text.trim();
    let text = ["Posted ", "Updated ", "posted ", "Posted on "]
        .iter()
        .find_map(|word| text.strip_prefix(word))
        .unwrap_or(text);
    let lead = leading(text)?;
    only_marks(&text[lead.taken..]).then_some(lead.moment)
}

/// `Detected: 10:05 UTC`, `Resolved at 2025-03-04 11:00 (by hand)`: the label, the time, and the time as written.
pub(super) fn labelled(text: &str) -> Option<(&str, Moment, &str)> {
    let line = text.lines().next()?;
    let at = line.char_indices().find(|&(_, c)| c.is_ascii_digit() || matches!(c, '~' | '≈'))?.0;
    if at > 60 {
        return None;
    }
    let colon = line[..at].rfind([':', '：']);
    let split = colon.map(|colon| colon + line[colon..].chars().next().map_or(1, char::len_utf8));
    let split = split
        .or_else(|| line[..at].rfind(" at ").map(|at| at + 1))
        .or_else(|| line[..at].rfind(" – ").map(|at| at + 1))?;
    let label = line[..split].trim_end_matches(|c: char| !c.is_alphanumeric() && c != ')');
    let (moment, taken) = read_moment(&line[split..])?;
    let rest = &line[split + taken..];
    let closed = only_marks(rest) || rest.trim_start().starts_with(['(', '–', '-', '—', ',', ';']);
    let words = label.split_whitespace().count();
    (closed && (1..=6).contains(&words) && (moment.clock.is_some() || colon.is_some()))
        .then(|| (label, moment, line[split..split + taken].trim()))
}

/// The first clock that a sentence states, with its day, and as written.
pub(super) fn clock_in(sentence: &str) -> Option<(Moment, &str)> {
    let mut boundary = true;
    let mut day = None;
    let mut skip = 0;
    for (at, c) in sentence.char_indices() {
        if at >= skip
            && boundary
            && may_begin(&sentence[at..], c)
            && let Some((mut moment, taken)) = read_moment(&sentence[at..])
        {
            if moment.clock.is_some() {
                moment.day = moment.day.or(day);
                return Some((moment, sentence[at..at + taken].trim()));
            }
            // `On March 13, 2025, at 2:25 PM` may have words between.
            day = moment.day.filter(|day| matches!(day, Day::Date(_))).or(day);
            skip = at + taken;
        }
        boundary = !(is_latin(c) || matches!(c, '.' | ':' | '-' | '/' | '_'));
    }
    None
}

/// The sentences of a paragraph. A point in `p.m.` or `9.30` ends none.
pub(crate) fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.trim().is_empty() {
            return None;
        }
        let mut from = 0;
        let end = loop {
            // The first byte of `。` begins other signs, too.
            let Some(at) = next_byte(rest, from, |byte| matches!(byte, b'.' | b'!' | b'?' | 0xe3)) else {
                break rest.len();
            };
            from = at + 1;
            let full_stop = rest[at..].starts_with('。');
            if !full_stop && rest.as_bytes()[at] == 0xe3 {
                continue;
            }
            let end = at + if full_stop { '。'.len_utf8() } else { 1 };
            let behind = &rest[end..];
            let begins = || behind.trim_start().starts_with(|c: char| !c.is_lowercase());
            if behind.is_empty() || full_stop || behind.starts_with(char::is_whitespace) && begins() {
                break end;
            }
        };
        let (sentence, after) = rest.split_at(end);
        rest = after;
        Some(sentence)
    })
}

/// A day that a heading or a line above the rows states in brackets or behind `on`: `Timeline (UTC August 5th, 2021)`,
/// `Times are JST on 2026-07-25.`
pub(super) fn day_in_brackets(text: &str, habits: &Habits) -> Option<Date> {
    if text.len() > 200 {
        return None;
    }
    possible_starts(text)
        .find_map(|at| {
            let (range, _) = read_range(&text[at..])?;
            let day = range.start.day.filter(|day| matches!(day, Day::Date(_) | Day::Either(..)))?;
            range.start.clock.is_none().then_some(day)
        })
        .and_then(|day| habits.date(day))
}

/// The year that the header of a column of days names: `Date (2024)`.
pub(super) fn year_in(header: &str) -> Option<i16> {
    let (_, inner) = header.split_once('(')?;
    let year = inner.trim().strip_suffix(')')?.trim();
    (year.len() == 4).then(|| year.parse().ok().filter(|year| (1990..2200).contains(year)))?
}

/// The same habits, with days that name no year in this one.
pub(super) fn in_year(habits: &Habits, year: Option<i16>) -> Habits {
    let about = year.and_then(|year| {
        let about = habits.about.filter(|about| about.year() == year);
        about.or_else(|| Date::new(year, 7, 1).ok())
    });
    Habits { about: about.or(habits.about), ..habits.clone() }
}

/// Whether the header of a column says that it holds times.
pub(super) fn is_time_header(header: &str) -> bool {
    const NAMES: &[&str] = &[
        "time", "times", "clock", "when", "zeit", "uhrzeit", "heure", "hora", "horário", "klokkeslett", "tid",
        "tidspunkt", "ora", "時刻", "时间", "시간", "日時", "timestamp", "utc",
    ];
    let name = header.split(['(', '（', '[']).next().unwrap_or(header).trim().trim_matches('*');
    let first = name.split_whitespace().next().unwrap_or_default();
    let first = if first.is_ascii() { Cow::Borrowed(first) } else { lower(first) };
    NAMES.iter().any(|known| known.eq_ignore_ascii_case(name) || known.eq_ignore_ascii_case(&first))
}

/// `T+5min`, `T+1h05`, `T+0`, `+45 min`: minutes from the start.
pub(super) fn offset(text: &str) -> Option<f64> {
    let text = text.trim().trim_matches(['*', '`', '[', ']']);
    let (signed, bare) = match text.strip_prefix(['T', 't']) {
        Some(rest) => (rest.trim_start(), true),
        None => (text, false),
    };
    let (sign, rest) = match signed.strip_prefix('+') {
        Some(rest) => (1.0, rest),
        None => (-1.0, signed.strip_prefix(['-', '−']).filter(|_| bare)?),
    };
    let rest = rest.trim();
    if let Some((range, duration)) = find_duration(rest)
        && range.start == 0
        && only_marks(&rest[range.end..])
    {
        return Some(sign * duration.minutes);
    }
    // `T+0:05`, `T+5`
    let (hours, minutes) = match rest.split_once(':') {
        Some((hours, minutes)) => {
            (hours.parse::<u16>().ok()?, minutes.parse::<u16>().ok().filter(|_| minutes.len() == 2)?)
        }
        None => (0, rest.parse::<u16>().ok().filter(|_| bare)?),
    };
    Some(sign * f64::from(hours * 60 + minutes))
}

pub(super) fn strip_separators(text: &str) -> &str {
    text.trim_start_matches(|c: char| {
        c.is_whitespace()
            || matches!(c, ':' | '-' | '–' | '—' | '|' | ')' | ']' | ',' | '：' | '）' | '*' | '?' | '頃' | '→')
    })
}
