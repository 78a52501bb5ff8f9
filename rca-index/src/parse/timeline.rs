//! Timeline: what happened when, from tables, bullets, lines and headings that begin with a time.
//!
//! In: the parts of a report and when the incident began. Out: rows in UTC, with milestones. Times that name no day belong
//! to the day of the row before, or to the next one when the clock has gone back past midnight.

use crate::incident::squeeze::{append_words, squeezed};
use crate::incident::{Precision, Timestamp};
use crate::incident::{SectionKind, TimelineRow};
use crate::parse::date::{TimeOfDay, find_date, leading_date, read_time_of_day, zone_offset};
use crate::parse::milestones::mark;
use crate::parse::outline::{Block, Part, Table, Text};

const DAY: i64 = 86_400;
/// A row this much earlier than the one before belongs to the next day; less is a row out of order.
const BACKWARDS: i64 = 4 * 3600;
/// So many rows with a time make a timeline where no heading says so.
const ENOUGH_ROWS: usize = 3;

/// Reads the timeline. `start` is when the incident began, `zone` the offset in minutes of times that name none.
pub(crate) fn read_timeline(
    parts: &[Part<'_>],
    kinds: &[SectionKind],
    start: Option<Timestamp>,
    zone: Option<i32>,
) -> Vec<TimelineRow> {
    let zone = zone.or_else(|| stated_anywhere(parts));
    let clock = Clock::new(start, zone);
    let of_kind = |wanted: fn(SectionKind) -> bool| {
        parts.iter().zip(kinds).filter(move |&(_, &kind)| wanted(kind)).map(|(part, _)| part)
    };
    let mut reader = Reader { clock, rows: Vec::new(), in_row: false };
    of_kind(|kind| kind == SectionKind::Timeline).for_each(|part| reader.part(part, true));
    if reader.rows.is_empty() {
        use SectionKind::{Body, Impact, Resolution, RootCause, Summary};
        let elsewhere = |kind| matches!(kind, Body | Impact | Resolution | RootCause | Summary);
        let read = |part| {
            let mut reader = Reader { clock, rows: Vec::new(), in_row: false };
            reader.blocks(part, false);
            reader.rows
        };
        let headed = || {
            let mut reader = Reader { clock, rows: Vec::new(), in_row: false };
            let timed = |part: &&Part<'_>| part.level > 1 && leading_time(&part.heading, clock.zone).is_some();
            of_kind(elsewhere).filter(timed).for_each(|part| reader.part(part, true));
            reader.rows
        };
        let mut found = of_kind(elsewhere).map(read).chain(std::iter::once_with(headed));
        reader.rows = found.find(|rows| rows.len() >= ENOUGH_ROWS).unwrap_or_default();
    }
    mark(&mut reader.rows);
    reader.rows
}

/// A time as a row states it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Moment {
    /// A day, with or without a time.
    Date(Timestamp),
    /// A time on a day to be worked out.
    Time(TimeOfDay),
}

/// Where the timeline is.
#[derive(Debug, Clone, Copy)]
struct Clock {
    start: Option<Timestamp>,
    /// Minutes east of UTC of times that name no zone.
    zone: i32,
    /// The local day, counted from 1970.
    day: Option<i64>,
    /// The row before, in seconds since 1970, UTC.
    before: Option<i64>,
}

impl Clock {
    fn new(start: Option<Timestamp>, zone: Option<i32>) -> Self {
        let mut clock = Self { start, zone: 0, day: None, before: None };
        clock.set_zone(zone.unwrap_or(0));
        clock
    }

    fn set_zone(&mut self, zone: i32) {
        self.zone = zone;
        if self.before.is_none() {
            self.day = self.start.map(|start| self.local_day(start));
        }
    }

    fn local_day(&self, time: Timestamp) -> i64 {
        let offset = if time.has_time() { i64::from(self.zone) * 60 } else { 0 };
        (time.unix_seconds() + offset).div_euclid(DAY)
    }

    /// The point in time that a moment means here; the clock moves on to it.
    fn at(&mut self, moment: Moment) -> Option<Timestamp> {
        let time = match moment {
            Moment::Date(date) => {
                self.day = Some(self.local_day(date));
                self.before = date.has_time().then(|| date.unix_seconds());
                return Some(date);
            }
            Moment::Time(time) => time,
        };
        let zone = i64::from(time.zone.unwrap_or(self.zone)) * 60;
        let of_day = i64::from(time.hour) * 3600 + i64::from(time.minute) * 60 + i64::from(time.second.unwrap_or(0));
        let on = |day: i64| day * DAY + of_day - zone;
        let mut day = self.day?;
        match (self.before, self.start.filter(Timestamp::has_time)) {
            (Some(before), _) if on(day) + BACKWARDS < before => day += 1,
            (Some(_), _) | (None, None) => {}
            // The first row lies near the start, on whichever side of midnight.
            (None, Some(start)) => {
                let distance = |&day: &i64| (on(day) - start.unix_seconds()).abs();
                day = [day, day - 1, day + 1].into_iter().min_by_key(distance).unwrap_or(day);
            }
        }
        self.day = Some(day);
        self.before = Some(on(day));
        let precision = if time.second.is_some() { Precision::Second } else { Precision::Minute };
        Some(Timestamp::from_unix_seconds(on(day), precision))
    }
}

struct Reader {
    clock: Clock,
    rows: Vec<TimelineRow>,
    /// Whether text without a time belongs to the last row: it does below a heading or a paragraph with a time.
    in_row: bool,
}

impl Reader {
    /// Reads a part. In a `timeline` section rows without a time count too.
    fn part(&mut self, part: &Part<'_>, timeline: bool) {
        self.in_row = false;
        if let Some(zone) = stated_zone(&part.heading) {
            self.clock.set_zone(zone);
        }
        self.heading(part);
        self.blocks(part, timeline);
    }

    /// A heading that begins with a time is a row; one that is a day and no more says when the rows below it were.
    fn heading(&mut self, part: &Part<'_>) {
        let Some((moment, taken)) = leading_time(&part.heading, self.clock.zone) else { return };
        let time = self.clock.at(moment);
        let rest = strip_separators(&part.heading[taken..]);
        let only_day = matches!(moment, Moment::Date(date) if !date.has_time()) && rest.is_empty();
        let below = part.blocks.first().map(|block| match block {
            Block::Paragraph(text) => text.text.as_ref(),
            Block::List(list) => list.items.first().map_or("", |item| item.text.text.as_ref()),
            Block::Table(_) | Block::Code => "",
        });
        if only_day && below.is_some_and(|text| leading_time(text, self.clock.zone).is_some()) {
            return;
        }
        let label = part.heading[..part.heading.len() - rest.len()].trim();
        self.push(time, label, rest, part.heading_line);
        self.in_row = true;
    }

    fn blocks(&mut self, part: &Part<'_>, timeline: bool) {
        for block in &part.blocks {
            match block {
                Block::Table(table) => self.table(table),
                Block::List(list) => {
                    let timed = list.items.iter().any(|item| leading_time(&item.text.text, self.clock.zone).is_some());
                    for item in &list.items {
                        let starts = leading_time(&item.text.text, self.clock.zone).is_some();
                        if starts || (timeline && timed && item.depth == 0) {
                            self.line(&item.text.text, item.text.line);
                        } else if (timed || self.in_row)
                            && let Some(row) = self.rows.last_mut()
                        {
                            append_words(&mut row.text, &item.text.text);
                        }
                    }
                    self.in_row &= !timed;
                }
                Block::Paragraph(text) => self.paragraph(text, timeline),
                Block::Code => {}
            }
        }
    }

    fn table(&mut self, table: &Table<'_>) {
        if let Some(zone) = table.header.iter().find_map(|cell| stated_zone(cell)) {
            self.clock.set_zone(zone);
        }
        let zone = self.clock.zone;
        let timed = |column: usize| {
            let cells = table.rows.iter().filter_map(|row| row.cells.get(column));
            cells.filter(|cell| leading_time(cell, zone).is_some()).count()
        };
        let columns: Vec<usize> =
            (0..table.header.len()).filter(|&column| timed(column) * 2 >= table.rows.len()).collect();
        let Some(&first) = columns.first().filter(|&&first| timed(first) > 0) else { return };
        self.in_row = false;
        // A column of days may have a column of times beside it.
        let second = columns.get(1).copied().filter(|&second| second == first + 1);
        for row in &table.rows {
            let cell = |column: usize| row.cells.get(column).map_or("", |cell| cell.trim());
            let moment = |column| leading_time(cell(column), zone);
            let (time, taken) = match (moment(first), second.and_then(|second| Some((second, moment(second)?.0)))) {
                (Some((day @ Moment::Date(date), _)), Some((second, Moment::Time(of_day)))) if !date.has_time() => {
                    self.clock.at(day);
                    (self.clock.at(Moment::Time(of_day)), first..=second)
                }
                (Some((moment, _)), _) => (self.clock.at(moment), first..=first),
                (None, _) => (None, first..=first),
            };
            let label: Vec<&str> = taken.clone().map(cell).collect();
            let rest: Vec<&str> =
                (0..row.cells.len()).filter(|i| !taken.contains(i)).map(cell).filter(|cell| !cell.is_empty()).collect();
            self.push(time, &label.join(" "), &rest.join(": "), row.line);
        }
    }

    /// A paragraph whose lines begin with times, or a container that names one: `::: update Monitoring | 2018-04-12`.
    fn paragraph(&mut self, text: &Text<'_>, timeline: bool) {
        let first = leading_time(&text.text, self.clock.zone).is_some() || text.text.starts_with(":::");
        if !first
            && timeline
            && self.rows.is_empty()
            && let Some(zone) = stated_zone(&text.text)
        {
            self.clock.set_zone(zone);
        }
        if !first && !timeline {
            return;
        }
        for (number, line) in (text.line..).zip(text.text.lines()) {
            let container = line.strip_prefix(":::").and_then(|line| line.split_once('|'));
            if let Some((what, when)) = container
                && let Some((_, date)) = find_date(when, Some(self.clock.zone))
            {
                let time = self.clock.at(Moment::Date(date));
                self.push(time, when.trim(), what.trim().trim_start_matches("update ").trim(), number);
                self.in_row = true;
            } else if leading_time(line, self.clock.zone).is_some() {
                self.line(line, number);
                self.in_row = true;
            } else if self.in_row
                && !line.starts_with(":::")
                && let Some(row) = self.rows.last_mut()
            {
                append_words(&mut row.text, line);
            }
        }
    }

    /// A line that may begin with a time.
    fn line(&mut self, line: &str, number: u32) {
        match leading_time(line, self.clock.zone) {
            Some((moment, taken)) => {
                let time = self.clock.at(moment);
                let rest = strip_separators(&line[taken..]);
                let label = line[..line.len() - rest.len()].trim_matches(|c: char| !c.is_alphanumeric());
                self.push(time, label, rest, number);
            }
            None => self.push(None, "", line, number),
        }
    }

    fn push(&mut self, time: Option<Timestamp>, label: &str, text: &str, line: u32) {
        let text = squeezed(text).into_owned();
        if !text.is_empty() || time.is_some() {
            self.rows.push(TimelineRow { time, label: label.trim().to_owned(), text, milestone: None, line });
        }
    }
}

/// What may stand before a time.
const HEDGES: &[&str] = &[
    "around ",
    "about ",
    "approximately ",
    "approx. ",
    "ca. ",
    "at ",
    "on ",
    "約",
    "monday ",
    "tuesday ",
    "wednesday ",
    "thursday ",
    "friday ",
    "saturday ",
    "sunday ",
    "mon ",
    "tue ",
    "wed ",
    "thu ",
    "fri ",
    "sat ",
    "sun ",
];

/// The time that a text begins with, and the bytes it takes, the end of a period included.
fn leading_time(text: &str, zone: i32) -> Option<(Moment, usize)> {
    let mut at = text.len() - text.trim_start_matches(|c: char| !c.is_alphanumeric()).len();
    let begins = |hedge: &str| text[at..].get(..hedge.len()).is_some_and(|start| start.eq_ignore_ascii_case(hedge));
    if !text[at..].starts_with(|c: char| c.is_ascii_digit()) {
        at += HEDGES.iter().find(|hedge| begins(hedge)).map_or(0, |hedge| hedge.len());
    }
    let rest = text.get(at..)?;
    let (moment, taken) = match leading_date(rest, Some(zone)) {
        Some((taken, date)) => (Moment::Date(date), taken),
        None => read_time_of_day(rest).map(|(time, taken)| (Moment::Time(time), taken))?,
    };
    let mut end = at + taken;
    // `19:34 to 20:05`, `10:00–11:30 UTC`
    let tail = text[end..].trim_start();
    for dash in ["-", "–", "—", "~", "〜", "to ", "until "] {
        let Some(until) = tail.strip_prefix(dash) else { continue };
        let until = until.trim_start();
        if let Some((_, taken)) = read_time_of_day(until) {
            end = text.len() - until.len() + taken;
        }
    }
    Some((moment, end))
}

fn strip_separators(text: &str) -> &str {
    text.trim_start_matches(|c: char| {
        c.is_whitespace() || matches!(c, ':' | '-' | '–' | '—' | '|' | ')' | ']' | ',' | '：' | '）' | '*')
    })
}

/// The zone that a heading, a table's header or a sentence names, in capitals: `Time (UTC)`, `All times CET`.
fn stated_zone(text: &str) -> Option<i32> {
    let tokens = text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | ':')));
    let tokens = tokens.map(|token| token.trim_end_matches(['-', ':', '+']));
    let mut capitals = tokens.filter(|token| {
        let letters = token.bytes().take_while(u8::is_ascii_alphabetic).count();
        letters >= 2 && token.bytes().take(letters).all(|b| b.is_ascii_uppercase())
    });
    capitals.find_map(zone_offset)
}

/// A sentence anywhere in the report about the zone of its times.
fn stated_anywhere(parts: &[Part<'_>]) -> Option<i32> {
    let paragraphs = parts.iter().flat_map(|part| &part.blocks).filter_map(|block| match block {
        Block::Paragraph(text) => Some(text.text.as_ref()),
        _ => None,
    });
    let about_times = |sentence: &&str| {
        let lower = sentence.to_lowercase();
        ["times", "timezone", "time zone"].iter().any(|word| lower.contains(word))
    };
    // Most reports say nothing of the kind: look before lower-casing every sentence.
    let may_be = |text: &&str| text.as_bytes().windows(4).any(|four| four.eq_ignore_ascii_case(b"time"));
    paragraphs.filter(may_be).flat_map(|text| text.split(['.', '\n'])).filter(about_times).find_map(stated_zone)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::outline::outline;
    use crate::parse::sections::kinds;
    use std::collections::BTreeMap;

    fn rows(source: &str, start: Option<&str>) -> Vec<(String, String)> {
        let outline = outline(source, 0);
        let kinds = kinds(&outline.parts, &BTreeMap::new());
        let start = start.map(|text| Timestamp::try_from(text.to_owned()).unwrap());
        let time = |row: &TimelineRow| row.time.map(|time| time.to_string()).unwrap_or_default();
        read_timeline(&outline.parts, &kinds, start, None).iter().map(|row| (time(row), row.text.clone())).collect()
    }

    fn check(source: &str, start: Option<&str>, expected: &[(&str, &str)]) {
        let expected: Vec<_> = expected.iter().map(|&(time, text)| (time.to_owned(), text.to_owned())).collect();
        assert_eq!(rows(source, start), expected, "{source}");
    }

    #[test]
    fn tables() {
        let day = Some("2025-06-02");
        check(
            "## Timeline\n| Time (UTC) | Event |\n|-|-|\n| 15:53 | Alert |\n| | later |\n| ~16:03 | Found |\n",
            day,
            &[("2025-06-02T15:53Z", "Alert"), ("", "later"), ("2025-06-02T16:03Z", "Found")],
        );
        check(
            "## Timeline\n| Date | Time (CET) | Who | What |\n|-|-|-|-|\n| 2025-06-03 | 00:10 | Lin | paged |\n",
            day,
            &[("2025-06-02T23:10Z", "Lin: paged")],
        );
        check(
            "## タイムライン\n| 時刻 (JST) | イベント |\n|-|-|\n| 2026-04-11 時刻不明 | x |\n| 2026-04-11 09:05–09:09 | y |\n",
            None,
            &[("2026-04-11", "x"), ("2026-04-11T00:05Z", "y")],
        );
    }

    #[test]
    fn bullets_lines_and_headings() {
        let day = Some("2025-06-02");
        check(
            "# Timeline\n- **18:53** it began\n  - a detail\n- 19:05 UTC: it ended\n",
            day,
            &[("2025-06-02T18:53Z", "it began a detail"), ("2025-06-02T19:05Z", "it ended")],
        );
        check(
            "## Timeline\n**10:00** - one\n10:05 — two\nmore of two\n\nafter\n",
            day,
            &[("2025-06-02T10:00Z", "one"), ("2025-06-02T10:05Z", "two more of two after")],
        );
        check(
            "# X\n## Timeline\nAll times in PST\n### 2018-02-22 16:30\n\nMail sent.\n\n### 16:32\n\nLogs read.\n",
            None,
            &[("2018-02-23T00:30Z", "Mail sent."), ("2018-02-23T00:32Z", "Logs read.")],
        );
        check(
            "## Timeline\n### 2018-02-22\n- 16:30 a\n- 16:31 b\n",
            None,
            &[("2018-02-22T16:30Z", "a"), ("2018-02-22T16:31Z", "b")],
        );
    }

    #[test]
    fn midnight() {
        let source = "## Timeline\n- 23:58 a\n- 23:50 out of order\n- 00:03 b\n- 08:00 c\n";
        let expected = ["2025-06-02T23:58Z", "2025-06-02T23:50Z", "2025-06-03T00:03Z", "2025-06-03T08:00Z"];
        let times: Vec<_> = rows(source, Some("2025-06-02")).into_iter().map(|row| row.0).collect();
        assert_eq!(times, expected);
        // The start is just before midnight in UTC, the first row just after it.
        check("## Timeline\n- 00:03 b\n", Some("2025-06-02T23:58Z"), &[("2025-06-03T00:03Z", "b")]);
        // The day is the local one.
        check("## Timeline (JST)\n- 09:05 b\n", Some("2026-04-11T00:05Z"), &[("2026-04-11T00:05Z", "b")]);
    }

    #[test]
    fn a_timeline_without_a_heading_needs_three_rows() {
        let day = Some("2025-06-02");
        assert_eq!(rows("## How we got out\n- 10:00 a\n- 10:05 b\n- 10:06 c\n", day).len(), 3);
        assert_eq!(rows("# T\n### 10:00\na\n### 10:05\nb\n### 10:10\nc\n", day).len(), 3);
        assert_eq!(rows("## How we got out\n- 10:00 a\n- 10:05 b\n- no\n", day), []);
    }
}
