//! Chosen: which of a report's statements are its start, its end and its duration.
//!
//! In: what front matter, metadata, names, timeline and prose state. Out: one of each, with its source and line. What is
//! stated as the start comes first. A day that may be the report's own, as `date:` or the one of its file, gives way to
//! another day that the body states of the incident.

use std::cell::LazyCell;
use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::incident::{CountedFrom, Milestone, Problem, SectionKind, Source, Sourced, TimelineRow, Timestamp};
use crate::parse::agreement::is_close;
use crate::parse::cursor::is_latin;
use crate::parse::date::{find_date, find_moment, may_begin};
use crate::parse::day::{Day, days};
use crate::parse::keys::{Key, key_named};
use crate::parse::milestones::Said;
use crate::parse::moment::{Habits, local_day};
use crate::parse::order::day_order;
use crate::parse::outline::{Block, Outline, Part};
use crate::parse::prose::{Window, prose_duration, prose_window};
use crate::parse::range::{Range, read_range};
use crate::parse::timeline::{Timeline, read_timeline, zone_of_timeline, zone_stated_anywhere};
use crate::parse::when::{Period, When, credible, is_before};
use crate::parse::zone::Zone;

/// The report as far as its times are looked for.
pub(super) struct Report<'a> {
    pub(super) path: &'a str,
    pub(super) source: &'a str,
    pub(super) heading: Option<&'a str>,
    pub(super) title: &'a str,
    pub(super) summary: Option<&'a str>,
    pub(super) outline: &'a Outline<'a>,
    pub(super) kinds: &'a [SectionKind],
    /// The setting `day_first`.
    pub(super) day_first: Option<bool>,
}

/// The times of a report.
#[derive(Debug, Default)]
pub(super) struct Times {
    pub(super) date: Option<Sourced<Timestamp>>,
    pub(super) end: Option<Sourced<Timestamp>>,
    pub(super) duration: Option<Sourced<f64>>,
    pub(super) timeline: Vec<TimelineRow>,
    pub(super) said: Said,
    /// The detection that is stated under a key.
    pub(super) detected: Option<Sourced<Timestamp>>,
    pub(super) counted_from: Option<CountedFrom>,
}

/// Post-mortems are written within so many days of what they are about.
const REPORT_DAYS: i64 = 31;

/// Chooses among all that is stated.
pub(super) fn choose(when: &When, report: &Report<'_>, problems: &mut Vec<Problem>) -> Times {
    let (parts, kinds) = (&report.outline.parts[..], report.kinds);
    let zone = when.zone.clone().or_else(|| zone_stated_anywhere(parts)).or_else(|| when.zone_of_start());
    // A clock that names no zone, and stands in the timeline as well, is meant as it is there.
    let in_timeline = |part: &Part<'_>| {
        report.source.get(part.range.clone()).is_some_and(|text| when.bare_clocks().any(|clock| text.contains(&clock)))
    };
    let zone = zone.or_else(|| zone_of_timeline(parts, kinds, in_timeline)).unwrap_or(Zone::UTC);
    let file_day = day_of_path(report.path);
    let about = when.any_day().or(file_day);
    let day_first = report.day_first.or_else(|| day_order(report.source, about.or_else(|| month_of_path(report.path))));
    let mut habits = Habits { zone, day_first, about };
    let titled = title_day(report, &habits);
    habits.about = habits.about.or_else(|| local_day(titled.as_ref()?.value, &habits.zone));
    let named = titled.or_else(|| file_day.and_then(|day| sourced_day(day, Source::FileName)));
    let named_day = named.as_ref().and_then(|named| local_day(named.value, &habits.zone));
    let stated = when.period(&habits, named_day, problems);
    let published = when.published(&habits);
    let base = base(&stated, named);
    let day_of = |time: &Option<Sourced<Timestamp>>| local_day(time.as_ref()?.value, &habits.zone);
    habits.about = day_of(&base).or(habits.about).or_else(|| day_of(&published));
    let window = prose_window(parts, kinds).and_then(|window| Spanned::of(&window, day_of(&base), &habits));
    // A window of another length than the incident is one of something else.
    let lasted = |window: &Spanned| Some(is_close(window.duration()?.value, when.duration.as_ref()?.value));
    let window = window.filter(|window| lasted(window) != Some(false));
    let anchor = base
        .clone()
        .or_else(|| window.as_ref().map(|window| window.start.clone()))
        .or_else(|| date_of_text(report, &habits));
    habits.about = day_of(&anchor).or(habits.about);
    let day = anchor.as_ref().or(stated.end.as_ref()).or(published.as_ref()).map(|day| day.value);
    let mut timeline = read_timeline(parts, kinds, day, &habits);
    // Rows that go on past midnight began on the day before the end.
    if anchor.is_none()
        && let Some(end) = stated.end.as_ref().map(|end| end.value)
        && timeline.rows.iter().find_map(|row| row.time).is_some_and(|first| is_before(end, first))
    {
        let before = Timestamp::from_unix_seconds(end.unix_seconds() - 24 * 3600, end.precision());
        timeline = read_timeline(parts, kinds, Some(before), &habits);
    }
    problems.extend(timeline.problems.iter().cloned());
    let said = Said::read(&timeline.rows);
    let in_prose = || first_paragraph(parts).and_then(|text| first_day(text)?.resolve(about, &habits));
    let told = Told { timeline: &timeline, said: &said, lasted: when.duration.as_ref(), file_day, in_prose: &in_prose };
    let (date, window) = date(&stated, base, anchor, window, &told, &habits);
    let date = date.or_else(|| opened_before(published, stated.end.as_ref()?));
    let rows = &mut timeline.rows;
    let of_sentence = window.as_ref().and_then(Spanned::duration);
    let lasted = when.duration.clone().or(of_sentence);
    let counted_from = said.counted_from(rows, date.as_ref(), lasted.as_ref());
    // The row that says resolved lies within what is stated.
    let of_prose = LazyCell::new(|| prose_duration(parts, kinds));
    let in_prose = || of_prose.clone();
    // A sentence may be about a part of the incident: it counts where a row agrees with it.
    if !rows.is_empty() {
        for lasted in [lasted.clone().or_else(in_prose), lasted] {
            said.mark_within(rows, counted_from, stated.end.as_ref(), lasted.as_ref());
            if rows.iter().any(|row| row.milestone == Some(Milestone::Resolved)) {
                break;
            }
        }
    }
    let end = end(&stated, date.as_ref(), window.as_ref(), rows);
    let from = counted_from.map(|from| from.time);
    let duration = duration(when, date.as_ref(), &stated, window.as_ref(), from, rows, in_prose);
    let detected = when.detected(date.as_ref(), &habits);
    Times { date, end, duration, timeline: timeline.rows, said, detected, counted_from }
}

/// Of a ticket that states when it was created and when it was resolved, the first is the start.
fn opened_before(created: Option<Sourced<Timestamp>>, end: &Sourced<Timestamp>) -> Option<Sourced<Timestamp>> {
    created.filter(|created| between(created.value, end.value).is_some_and(|minutes| minutes > 0.0))
}

/// A window as points in time.
struct Spanned {
    start: Sourced<Timestamp>,
    end: Option<Sourced<Timestamp>>,
    /// Whether the sentence states the day too.
    dated: bool,
    /// Whether its clocks are about: the rows of a timeline know better.
    about: bool,
}

impl Spanned {
    fn of(window: &Window, day: Option<Date>, habits: &Habits) -> Option<Self> {
        let (start, end) = window.range.resolve(day, habits)?;
        let sourced = |time| Sourced::new(time, Source::Prose).at(window.line);
        let end = end.filter(|&end| !window.one_of_several && credible(end) && end >= start);
        credible(start).then(|| Self {
            start: sourced(start),
            end: end.map(sourced),
            dated: window.range.start.day.is_some(),
            about: window.range.start.about || window.range.end.as_ref().is_some_and(|end| end.about),
        })
    }

    fn duration(&self) -> Option<Sourced<f64>> {
        let minutes = between(self.start.value, self.end.as_ref()?.value)?;
        Some(Sourced { line: self.start.line, ..Sourced::new(minutes, Source::Prose) })
    }
}

/// The best day before the body is looked at: the stated one, else the one in the title, else the one in the file's name.
/// A title names the day of the incident sooner than the front matter's `date:`, which may be that of the report.
fn base(stated: &Period, named: Option<Sourced<Timestamp>>) -> Option<Sourced<Timestamp>> {
    let Some(start) = stated.start.clone() else { return named };
    if stated.sure || start.source != Source::FrontMatter {
        return Some(start);
    }
    named.filter(|named| named.source == Source::Heading && named.value.day() != start.value.day()).or(Some(start))
}

/// What else tells the day of the incident.
struct Told<'a> {
    timeline: &'a Timeline,
    said: &'a Said,
    /// The stated duration.
    lasted: Option<&'a Sourced<f64>>,
    file_day: Option<Date>,
    /// The first day, or range of days, of the first paragraph.
    in_prose: &'a dyn Fn() -> Option<(Timestamp, Option<Timestamp>)>,
}

impl Told<'_> {
    /// The row that the stated duration is counted from, where it lies days behind the first one: that is the cause, such
    /// as a change that broke nothing until the next restart.
    fn start_of_duration(&self, first: &Sourced<Timestamp>) -> Option<Sourced<Timestamp>> {
        const DAY: i64 = 24 * 3600;
        let from = self.said.counted_from(&self.timeline.rows, None, Some(self.lasted?))?;
        let minutes = self.lasted?.value;
        let gap = from.time.unix_seconds() - first.value.unix_seconds();
        (gap > DAY && gap > (minutes * 60.0) as i64)
            .then(|| Sourced { line: from.line, ..Sourced::new(from.time, Source::Timeline) })
    }
}

/// The start. Gives the window back only where it is of the same incident.
fn date(
    stated: &Period,
    base: Option<Sourced<Timestamp>>,
    anchor: Option<Sourced<Timestamp>>,
    window: Option<Spanned>,
    told: &Told<'_>,
    habits: &Habits,
) -> (Option<Sourced<Timestamp>>, Option<Spanned>) {
    let day = |time: Timestamp| local_day(time, &habits.zone).map(days);
    let Some(base) = base else {
        if let Some(window) = window.filter(|window| window.dated) {
            return (Some(window.start.clone()), Some(window));
        }
        let first = own_day(told.timeline).map(|(first, _)| told.start_of_duration(&first).unwrap_or(first));
        return (first.or(anchor), None);
    };
    let of_report = !stated.sure && (base.source != Source::Metadata);
    let days_before = |time: Timestamp| Some(day(base.value)? - day(time)?);
    if of_report
        && let Some((first, row)) = own_day(told.timeline)
        && let Some(before) = days_before(first.value)
    {
        let timeline = told.timeline;
        let dated = || timeline.rows.iter().zip(&timeline.dated).filter(|(_, dated)| **dated);
        let among = dated().any(|(row, _)| row.time.and_then(day) == day(base.value));
        // A row of the day before is the incident, one of the week before its background.
        let in_prose = || (told.in_prose)().and_then(|(start, _)| day(start)) == day(first.value);
        let earlier = (1..=REPORT_DAYS).contains(&before)
            && (!among
                || before <= 1 && base.source != Source::FrontMatter
                || before <= 7 && told.said.is_noticed(row)
                || in_prose());
        // A day with no row at all is another one in the zone of the writer: the incident was on the next.
        let next_day = before == -1 && !among && timeline.dated.iter().all(|dated| *dated);
        // The file's name and the rows agree against a title that was copied from another report.
        let copied =
            base.source == Source::Heading && !among && told.file_day.map(days) == day(first.value) && before != 0;
        if earlier || copied || next_day && !base.value.has_time() {
            return (Some(first), window.filter(|window| window.dated));
        }
    }
    if let Some(window) = window {
        match days_before(window.start.value) {
            Some(0) if window.about => return (Some(base), Some(window)),
            Some(0) if !base.value.has_time() || base.value == window.start.value => {
                return (Some(window.start.clone()), Some(window));
            }
            Some(before) if !stated.sure && window.dated && (1..=REPORT_DAYS).contains(&before) => {
                return (Some(window.start.clone()), Some(window));
            }
            _ => {}
        }
    }
    (Some(base), None)
}

/// The first row with a clock whose day the timeline itself states, and its number.
fn own_day(timeline: &Timeline) -> Option<(Sourced<Timestamp>, usize)> {
    let rows = || timeline.rows.iter().enumerate().filter(|(number, _)| timeline.dated[*number]);
    let clock = rows().filter(|(_, row)| row.time.is_some_and(|time| time.has_time())).min_by_key(|(_, row)| row.time);
    let (number, row) =
        clock.or_else(|| rows().filter(|(_, row)| row.time.is_some()).min_by_key(|(_, row)| row.time))?;
    Some((Sourced::new(row.time.filter(|&time| credible(time))?, Source::Timeline).at(row.line), number))
}

/// The end: as stated, else that of the window, else the row that says resolved.
fn end(
    stated: &Period,
    date: Option<&Sourced<Timestamp>>,
    window: Option<&Spanned>,
    rows: &[TimelineRow],
) -> Option<Sourced<Timestamp>> {
    let resolved = || {
        let row = rows.iter().rfind(|row| row.milestone == Some(Milestone::Resolved))?;
        let time = row.time.filter(|time| time.has_time() && credible(*time))?;
        date.is_none_or(|date| !is_before(time, date.value)).then(|| Sourced::new(time, Source::Timeline).at(row.line))
    };
    let of_window = |about: bool| window.filter(|window| window.about == about).and_then(|window| window.end.clone());
    stated.end.clone().or_else(|| of_window(false)).or_else(resolved).or_else(|| of_window(true))
}

/// How long it lasted, in minutes: as stated, else from start to end, else the window of a sentence, else as a sentence
/// says, else from `from`, which minutes are counted from, to the row of the timeline that says resolved.
fn duration(
    when: &When,
    date: Option<&Sourced<Timestamp>>,
    stated: &Period,
    window: Option<&Spanned>,
    from: Option<Timestamp>,
    rows: &[TimelineRow],
    in_prose: impl Fn() -> Option<Sourced<f64>>,
) -> Option<Sourced<f64>> {
    let start_and_end = || {
        let (start, end) = (stated.start.as_ref().or(date)?, stated.end.as_ref()?);
        Some(Sourced { line: end.line, ..Sourced::new(between(start.value, end.value)?, Source::StartAndEnd) })
    };
    let of_window = || window.and_then(Spanned::duration);
    let timeline = || {
        let resolved = rows.iter().rfind(|row| row.milestone == Some(Milestone::Resolved))?;
        let minutes = between(from?, resolved.time?).filter(|&minutes| minutes > 0.0)?;
        Some(Sourced::new(minutes, Source::Timeline).at(resolved.line))
    };
    let duration = when.duration.clone().or_else(start_and_end).or_else(of_window).or_else(in_prose).or_else(timeline);
    let mut duration = duration?;
    // Hundredths of a minute are more than any report means to say.
    duration.value = (duration.value * 100.0).round() / 100.0;
    Some(duration)
}

/// Minutes between two times with a clock.
fn between(from: Timestamp, to: Timestamp) -> Option<f64> {
    let seconds = (to.unix_seconds() - from.unix_seconds()) as f64;
    (from.has_time() && to.has_time() && seconds >= 0.0).then_some(seconds / 60.0)
}

fn sourced_day(day: Date, source: Source) -> Option<Sourced<Timestamp>> {
    let time = Timestamp::from_day(day.year(), day.month(), day.day())?;
    credible(time).then(|| Sourced::new(time, source))
}

/// The day in the title: one with a year, or one that lies near the day of the report.
fn title_day(report: &Report<'_>, habits: &Habits) -> Option<Sourced<Timestamp>> {
    [report.heading.unwrap_or_default(), report.title].into_iter().find_map(|text| {
        let range = first_day(text)?;
        let time = range.start.resolve(habits)?;
        credible(time).then(|| Sourced::new(time, Source::Heading))
    })
}

/// The first day, or range of days, that a title names.
fn first_day(text: &str) -> Option<Range> {
    let mut boundary = true;
    for (at, c) in text.char_indices() {
        if boundary
            && may_begin(&text[at..], c)
            && let Some((range, taken)) = read_range(&text[at..])
        {
            let spelled = text[at..at + taken].contains(char::is_alphabetic);
            let fits = match range.start.day {
                Some(Day::Date(_) | Day::Month(..) | Day::Either(..)) => true,
                Some(Day::NoYear(..)) => spelled,
                _ => false,
            };
            if fits {
                return Some(range);
            }
        }
        boundary = !is_latin(c);
    }
    None
}

/// The first paragraph of a report.
fn first_paragraph<'a>(parts: &'a [Part<'_>]) -> Option<&'a str> {
    parts.iter().flat_map(|part| &part.blocks).find_map(|block| match block {
        Block::Paragraph(text) => Some(text.text.as_ref()),
        _ => None,
    })
}

/// The day at the start of the file's or the folder's name.
fn day_of_path(path: &str) -> Option<Date> {
    path.rsplit('/').take(2).find_map(|name| {
        let (_, date) = find_moment(name, |moment, _| match moment.day? {
            Day::Date(date) => Some(date),
            _ => None,
        })?;
        Some(date)
    })
}

/// The middle of the month that the folders of a path name: `2026/05/x.md`.
fn month_of_path(path: &str) -> Option<Date> {
    let mut folders = path.rsplit('/').skip(1);
    let (month, year) = (folders.next()?, folders.next()?);
    let number = |text: &str, length: usize| text.parse::<i16>().ok().filter(|_| text.len() == length);
    Date::new(number(year, 4)?, i8::try_from(number(month, 2)?).ok()?, 15).ok()
}

/// The first date of the summary, else of the text: never from an address, a file name or a footnote.
fn date_of_text(report: &Report<'_>, habits: &Habits) -> Option<Sourced<Timestamp>> {
    let in_text = |text: &str, line: u32| {
        let (_, time) = find_moment(text, |moment, range| {
            let time = moment.resolve(habits)?;
            (credible(time) && stands_alone(text, &range) && !is_of_publication(text, &range)).then_some(time)
        })?;
        Some(Sourced::new(time, Source::Prose).at(line))
    };
    let dated = |part: &Part<'_>| {
        part.blocks.iter().find_map(|block| match block {
            Block::Paragraph(text) if !text.text.starts_with("[^") => in_text(&text.text, text.line),
            Block::List(list) => list.items.iter().find_map(|item| in_text(&item.text.text, item.text.line)),
            _ => None,
        })
    };
    let parts = || report.outline.parts.iter().zip(report.kinds);
    let summary = parts().filter(|(_, kind)| **kind == SectionKind::Summary).find_map(|(part, _)| dated(part));
    let past = |kind: SectionKind| {
        !matches!(kind, SectionKind::Actions | SectionKind::Related | SectionKind::Lessons | SectionKind::Timeline)
    };
    let rest = || parts().filter(|(_, kind)| past(**kind)).find_map(|(part, _)| dated(part));
    let stated_summary = || {
        Some(Sourced::new(find_date(report.summary?, Some(&habits.zone))?.1, Source::Prose))
            .filter(|date| credible(date.value))
    };
    summary.or_else(stated_summary).or_else(rest)
}

/// Whether a date is the day of a text about the incident: `**Created:** 2025-06-09`, `before the publication of the
/// article on February 2`.
fn is_of_publication(text: &str, range: &std::ops::Range<usize>) -> bool {
    const WORDS: [&str; 7] =
        ["publish", "publication", "posted on", "this article", "blog post", "last updated", "written on"];
    const LABELS: [&str; 4] = ["updated", "modified", "reviewed", "review date"];
    let before = &text[..range.start];
    let line =
        before.rfind('\n').map_or(before, |at| &before[at..]).trim_matches(|c: char| c == '*' || c.is_whitespace());
    let of_document = |label: &str| {
        let label = label.to_lowercase();
        LABELS.iter().any(|word| label.contains(word)) || key_named(&label, &BTreeMap::new()) == Some(Key::Published)
    };
    if line.strip_suffix(':').is_some_and(of_document) {
        return true;
    }
    let clause = before.rfind(['.', ';', ',', '(', '\n']).map_or(before, |at| &before[at..]).to_lowercase();
    WORDS.iter().any(|word| clause.contains(word))
}

/// Whether a date is no piece of an address, a file name or an identifier.
fn stands_alone(text: &str, range: &std::ops::Range<usize>) -> bool {
    let glued =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-' | '#' | '=' | '@' | '\\' | '&' | '?' | '%');
    let before = text[..range.start].ends_with(glued);
    let mut behind = text[range.end..].chars();
    let after = match behind.next() {
        Some('.' | '-') => behind.next().is_some_and(|c| c.is_ascii_alphanumeric()),
        Some('\'' | '’') | None => false,
        Some(c) => glued(c),
    };
    !before && !after
}
