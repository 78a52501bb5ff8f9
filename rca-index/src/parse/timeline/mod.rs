//! Timeline: what happened when, from tables, bullets, lines, headings and sentences that state a time.
//!
//! In: the parts of a report and when the incident began. Out: rows in UTC. The shapes of rows are read here, the columns
//! of tables in `columns.rs`, single rows in `row.rs`, and the days that their clocks fall on are worked out in `days.rs`.

mod columns;
mod days;
mod row;
mod zones;

use std::borrow::Cow;

use jiff::civil::Date;

use crate::incident::squeeze::{append_words, squeezed};
use crate::incident::{Problem, ProblemKind, SectionKind, TimelineRow, Timestamp};
use crate::parse::milestones::is_status_word;
use crate::parse::moment::{Habits, Moment};
use crate::parse::outline::{Block, Item, Part, Table};
use crate::parse::phrases::has_digit;
use crate::parse::timeline::columns::{Columns, is_metadata};
use crate::parse::timeline::days::{Draft, resolve};
use crate::parse::timeline::row::{Lead, clock_in, day_in_brackets, labelled, leading, only_time, strip_separators};
use crate::parse::zone::stated_zone;

pub(crate) use crate::parse::timeline::row::sentences;
pub(crate) use crate::parse::timeline::zones::{zone_of_timeline, zone_stated_anywhere};

/// So many rows with a time make a timeline where no heading says so.
const ENOUGH_ROWS: usize = 3;

/// A timeline, and whether its rows state days of their own.
#[derive(Debug, Default)]
pub(crate) struct Timeline {
    pub(crate) rows: Vec<TimelineRow>,
    /// For each row whether its day is stated in it or above it.
    pub(crate) dated: Vec<bool>,
    pub(crate) problems: Vec<Problem>,
}

/// Reads the timeline. `start` is when the incident began as far as that is known.
pub(crate) fn read_timeline(
    parts: &[Part<'_>],
    kinds: &[SectionKind],
    start: Option<Timestamp>,
    habits: &Habits,
) -> Timeline {
    let of_kind = |wanted: fn(SectionKind) -> bool| {
        parts.iter().zip(kinds).filter(move |&(_, &kind)| wanted(kind)).map(|(part, _)| part)
    };
    let mut reader = Reader::new(habits);
    let timeline = |kind| kind == SectionKind::Timeline;
    // The posts of a status page tell the same story again: they count where nothing else is a timeline.
    let updates = updates(parts);
    let told = parts.iter().zip(kinds).zip(&updates).filter(|((_, kind), updates)| timeline(**kind) && !**updates);
    told.for_each(|((part, _), _)| reader.part(part, true));
    if !reader.drafts.iter().any(Draft::is_timed) {
        reader = Reader::new(habits);
        of_kind(timeline).for_each(|part| reader.part(part, true));
    }
    let mut problems = Vec::new();
    let headed = of_kind(|kind| kind == SectionKind::Timeline).find(|part| !part.heading.is_empty());
    if reader.drafts.iter().all(|draft| draft.told) {
        let mut told = Reader::new(habits);
        of_kind(timeline).for_each(|part| told.sentences(part));
        if told.drafts.len() >= reader.drafts.len() {
            reader = told;
        }
    }
    if let Some(part) = headed.filter(|_| !reader.drafts.iter().any(Draft::is_timed))
        && parts.iter().zip(kinds).any(|(part, kind)| *kind == SectionKind::Timeline && has_entries(part))
    {
        problems.push(Problem::new(part.heading_line, ProblemKind::TimelineEmpty));
    }
    if reader.drafts.is_empty() {
        use SectionKind::{Body, Impact, Resolution, RootCause, Summary};
        let elsewhere = |kind| matches!(kind, Body | Impact | Resolution | RootCause | Summary);
        let read = |part| {
            let mut reader = Reader::new(habits);
            reader.blocks(part, false);
            reader.drafts
        };
        let headed = || {
            let mut reader = Reader::new(habits);
            let timed = |part: &&Part<'_>| part.level > 1 && row::of_heading(&part.heading).is_some();
            of_kind(elsewhere).filter(timed).for_each(|part| reader.part(part, true));
            reader.drafts
        };
        let enough = |drafts: &Vec<Draft>| {
            drafts.len() >= ENOUGH_ROWS || drafts.len() >= 2 && drafts.iter().all(|draft| draft.alone)
        };
        let found = of_kind(elsewhere).map(read).find(enough).unwrap_or_default();
        // Days as headings hold more rows than the part below one of them.
        let headed = headed();
        reader.drafts = if headed.len() > found.len() && enough(&headed) { headed } else { found };
        if !reader.drafts.is_empty() {
            problems.clear();
        }
    }
    let dated = reader
        .drafts
        .iter()
        .map(|draft| draft.above.is_some() || draft.moment.as_ref().is_some_and(|m| m.day.is_some()));
    let dated = dated.collect();
    let counted = reader.drafts.iter().any(|draft| draft.offset.is_some());
    let rows = resolve(reader.drafts, start);
    if counted && rows.iter().all(|row| row.time.is_none()) {
        // `T+5min` of a start that has no clock.
        let line = headed.map_or_else(|| rows.first().map_or(1, |row| row.line), |part| part.heading_line);
        problems.push(Problem::new(line, ProblemKind::TimelineEmpty));
        return Timeline { rows: Vec::new(), dated: Vec::new(), problems };
    }
    Timeline { rows, dated, problems }
}

/// For each part whether it holds the posts of a status page, or stands below the heading of such a section.
fn updates(parts: &[Part<'_>]) -> Vec<bool> {
    let mut level = None;
    let below = |part: &Part<'_>| {
        if level.is_some_and(|level| part.level <= level) {
            level = None;
        }
        if level.is_none() && is_updates(&part.heading) {
            level = Some(part.level);
        }
        level.is_some()
    };
    parts.iter().map(below).collect()
}

fn is_updates(heading: &str) -> bool {
    heading
        .split(|c: char| !c.is_alphanumeric())
        .any(|word| word.eq_ignore_ascii_case("updates") || word.eq_ignore_ascii_case("update"))
}

struct Reader {
    habits: Habits,
    drafts: Vec<Draft>,
    /// The day that a heading or a day line states.
    above: Option<Date>,
    /// Whether text without a time belongs to the last row: it does below a heading or a paragraph with a time.
    in_row: bool,
}

impl Reader {
    fn new(habits: &Habits) -> Self {
        Self { habits: habits.clone(), drafts: Vec::new(), above: None, in_row: false }
    }

    /// Reads a part. In a `timeline` section rows without a time count too.
    fn part(&mut self, part: &Part<'_>, timeline: bool) {
        self.in_row = false;
        self.zone_of(&part.heading);
        self.heading(part);
        let before = self.drafts.len();
        self.blocks(part, timeline);
        // The heading of an update of a status page says what it reports.
        if let [draft] = &mut self.drafts[before..]
            && is_status_word(&part.heading)
        {
            draft.text = format!("{}: {}", part.heading.trim(), draft.text);
        }
    }

    fn zone_of(&mut self, text: &str) {
        if let Some(zone) = stated_zone(text) {
            self.habits.zone = zone;
        }
    }

    /// A heading that begins with a time is a row; one that is a day and no more says when the rows below it were.
    fn heading(&mut self, part: &Part<'_>) {
        let Some(lead) = row::of_heading(&part.heading) else {
            if let Some(day) = day_in_brackets(&part.heading, &self.habits) {
                self.above = Some(day);
            }
            return;
        };
        let rest = strip_separators(&part.heading[lead.taken..]);
        if lead.is_day() && (rest.is_empty() || Self::rows_below(part)) {
            self.above = lead.date(&self.habits);
            // A day with no rows of clocks below it is what happened that day.
            if Self::rows_below(part) || part.blocks.is_empty() {
                return;
            }
        }
        let label = part.heading[..part.heading.len() - rest.len()].trim();
        let alone = lead.moment.day.is_some() && lead.moment.clock.is_some() && rest.is_empty();
        self.push(Some(lead.moment), label, rest, part.heading_line);
        self.drafts.last_mut().into_iter().for_each(|draft| draft.alone = alone);
        self.in_row = true;
    }

    /// Whether the first thing below a heading has a clock.
    fn rows_below(part: &Part<'_>) -> bool {
        let clock = |text: &str| leading(text).is_some_and(|lead| lead.moment.clock.is_some());
        part.blocks.iter().take(3).any(|block| match block {
            Block::Paragraph(text) => clock(&text.text),
            Block::List(list) => list.items.iter().take(3).any(|item| clock(&item.text.text)),
            Block::Table(table) => {
                table.rows.iter().take(3).any(|row| row.cells.iter().take(3).any(|cell| clock(cell)))
            }
            Block::Code => false,
        })
    }

    fn blocks(&mut self, part: &Part<'_>, timeline: bool) {
        for block in &part.blocks {
            match block {
                Block::Table(table) => self.table(table, timeline),
                Block::List(list) => self.list(&list.items, timeline),
                Block::Paragraph(text) => self.paragraph(&text.text, text.line, timeline),
                Block::Code => {}
            }
        }
    }

    fn list(&mut self, items: &[Item<'_>], timeline: bool) {
        let leads: Vec<Option<Lead>> = items.iter().map(|item| leading(&item.text.text)).collect();
        let timed = leads.iter().any(Option::is_some);
        let labels = timeline && !timed && items.iter().any(|item| labelled(&item.text.text).is_some());
        for (at, (item, lead)) in items.iter().zip(leads).enumerate() {
            let text = item.text.text.as_ref();
            match lead {
                // A bullet that is only a day says when those below it were.
                Some(lead)
                    if lead.is_day()
                        && strip_separators(&text[lead.taken..]).is_empty()
                        && has_clocks_below(&items[at + 1..]) =>
                {
                    self.above = lead.date(&self.habits);
                    self.in_row = false;
                }
                Some(lead) => self.row(lead, text, item.text.line),
                None if labels && labelled(text).is_some() => self.labelled(text, item.text.line),
                None if timeline && timed && item.depth == 0 => self.push(None, "", text, item.text.line),
                None if timed || self.in_row => self.append(text),
                None => {}
            }
        }
        self.in_row &= !timed;
    }

    fn append(&mut self, text: &str) {
        if let Some(row) = self.drafts.last_mut() {
            append_words(&mut row.text, text);
        }
    }

    /// `Detected: 10:05 UTC`: what happened stands before its time.
    fn labelled(&mut self, text: &str, line: u32) {
        if let Some((label, moment, time)) = labelled(text) {
            self.push(Some(moment), time, label, line);
        }
    }

    fn table(&mut self, table: &Table<'_>, timeline: bool) {
        if let Some(zone) = table.header.iter().find_map(|cell| stated_zone(cell)) {
            self.habits.zone = zone;
        }
        if !timeline && is_metadata(table) {
            return;
        }
        let year = table.header.iter().find_map(|cell| row::year_in(cell));
        let columns = Columns::of(table, timeline);
        let Some(columns) = columns else { return };
        self.in_row = false;
        let mut day = self.above;
        for (row, mut lead) in table.rows.iter().zip(columns.leads) {
            let cell = |column: usize| row.cells.get(column).map_or("", |cell| cell.trim());
            let mut taken = columns.first..=columns.first;
            if let Some(second) = columns.second {
                taken = columns.first..=second;
                let other = row::leading_in_column(cell(second));
                // A day that is not repeated holds for the rows below it.
                if let Some(stated) = lead
                    .as_ref()
                    .filter(|lead| lead.is_day())
                    .and_then(|lead| lead.date(&row::in_year(&self.habits, year)))
                {
                    day = Some(stated);
                }
                match (&lead, other) {
                    (Some(found), Some(mut other)) if found.is_day() && other.moment.day.is_none() => {
                        other.moment.day = found.moment.day;
                        lead = Some(other);
                    }
                    (None, Some(other)) => lead = Some(other),
                    _ => {}
                }
            }
            let label = joined(taken.clone().map(cell), " ");
            let mut rest = joined((0..row.cells.len()).filter(|i| !taken.contains(i)).map(cell), ": ");
            // What stands behind the time in its own cell belongs to the row.
            let behind = lead.as_ref().filter(|_| columns.second.is_none());
            if let Some(behind) = behind.filter(|_| rest.is_empty()) {
                rest = strip_separators(&cell(columns.first)[behind.taken..]).into();
            }
            if !rest.is_empty() && row::is_unfilled(cell(columns.first), &rest) {
                continue;
            }
            let saved = self.above;
            self.above = day;
            let habits = row::in_year(&self.habits, year);
            self.push_with(lead.map(|lead| lead.moment), &label, &rest, row.line, &habits);
            self.above = saved;
        }
    }

    /// A paragraph whose lines begin with times, or a container that names one: `::: update Monitoring | 2018-04-12`.
    fn paragraph(&mut self, text: &str, at: u32, timeline: bool) {
        if !timeline && let Some(rows) = row::behind_label(text) {
            let before = self.drafts.len();
            self.paragraph(rows, at, true);
            // The label says what they are, however few.
            self.drafts[before..].iter_mut().for_each(|draft| draft.alone = true);
            return;
        }
        let first = leading(text).is_some() || text.starts_with(":::");
        if !first && timeline && self.drafts.is_empty() {
            self.zone_of(text);
            if let Some(day) = day_in_brackets(text, &self.habits) {
                self.above = Some(day);
            }
        }
        if !first && timeline && self.update(text, at) {
            return;
        }
        if !first && !timeline {
            // Below a time that stands alone is what happened then.
            if self.in_row && self.drafts.last().is_some_and(|draft| draft.alone) {
                self.append(text);
            }
            return;
        }
        for (number, line) in (at..).zip(text.lines()) {
            let container = line.strip_prefix(":::").and_then(|line| line.split_once('|'));
            if let Some((what, when)) = container
                && let Some(lead) = leading(when)
            {
                self.push(Some(lead.moment), when.trim(), what.trim().trim_start_matches("update ").trim(), number);
                self.in_row = true;
            } else if let Some(lead) = leading(line) {
                let bare = strip_separators(&line[lead.taken..]).is_empty() && !text.trim_end().contains('\n');
                if bare && lead.moment.day.is_some() && lead.moment.clock.is_some() {
                    // A day and a clock alone, below which is told what happened then.
                    self.row(lead, line, number);
                    self.drafts.last_mut().into_iter().for_each(|draft| draft.alone = true);
                    self.in_row = true;
                    continue;
                }
                if timeline
                    && lead.is_day()
                    && strip_separators(&line[lead.taken..]).is_empty()
                    && text.lines().count() == 1
                {
                    self.above = lead.date(&self.habits);
                    self.in_row = false;
                    continue;
                }
                self.row(lead, line, number);
                self.in_row = true;
            } else if timeline && labelled(line).is_some() {
                self.labelled(line, number);
                self.in_row = true;
            } else if self.in_row && !line.starts_with(":::") {
                self.append(line);
            }
        }
    }

    /// An update of a status page: its time stands in the last line, `Apr 5, 11:15 UTC`.
    fn update(&mut self, text: &str, at: u32) -> bool {
        let Some((before, last)) = text.trim_end().rsplit_once('\n') else { return false };
        let Some(moment) = only_time(last).filter(|moment| moment.clock.is_some()) else { return false };
        self.push(Some(moment), last.trim(), before, at);
        self.in_row = false;
        true
    }

    /// Sentences of prose that state a clock, where a timeline has no other rows.
    fn sentences(&mut self, part: &Part<'_>) {
        self.zone_of(&part.heading);
        for block in &part.blocks {
            let Block::Paragraph(text) = block else { continue };
            for sentence in row::sentences(&text.text) {
                if let Some((moment, label)) = clock_in(sentence) {
                    let habits = self.habits.clone();
                    if let Some(day) = moment.day.and_then(|day| habits.date(day)) {
                        self.above = Some(day);
                    }
                    self.push(Some(moment), label, sentence.trim(), text.line);
                }
            }
        }
    }

    /// A line that begins with a time, and may hold more rows.
    fn row(&mut self, lead: Lead, line: &str, number: u32) {
        let mut rows = row::several(line, lead.taken).into_iter();
        let first = rows.next().unwrap_or(line);
        self.one_row(lead, first, number);
        for line in rows {
            if let Some(lead) = leading(line) {
                self.one_row(lead, line, number);
            }
        }
    }

    fn one_row(&mut self, lead: Lead, line: &str, number: u32) {
        let told = row::is_told(line);
        let rest = strip_separators(&line[lead.taken..]);
        let label = line[..line.len() - rest.len()].trim_matches(|c: char| !c.is_alphanumeric());
        self.push(Some(lead.moment), label, rest, number);
        self.drafts.last_mut().into_iter().for_each(|draft| draft.told = told);
    }

    fn push(&mut self, moment: Option<Moment>, label: &str, text: &str, line: u32) {
        let habits = self.habits.clone();
        self.push_with(moment, label, text, line, &habits);
    }

    fn push_with(&mut self, moment: Option<Moment>, label: &str, text: &str, line: u32, habits: &Habits) {
        let text = squeezed(text).into_owned();
        let offset = if moment.is_none() { row::offset(label) } else { None };
        if !text.is_empty() || moment.is_some() {
            self.drafts.push(Draft {
                moment,
                offset,
                above: self.above,
                habits: habits.clone(),
                label: label.trim().to_owned(),
                text,
                line,
                alone: false,
                told: false,
            });
        }
    }
}

/// The cells that say something, in one text.
fn joined<'t>(cells: impl Iterator<Item = &'t str>, between: &str) -> Cow<'t, str> {
    let mut cells = cells.filter(|cell| !cell.is_empty());
    let mut joined = Cow::Borrowed(cells.next().unwrap_or_default());
    for cell in cells {
        joined.to_mut().push_str(between);
        joined.to_mut().push_str(cell);
    }
    joined
}

/// Whether items below one have clocks, up to the next one that is a day again.
fn has_clocks_below(items: &[Item<'_>]) -> bool {
    items.first().is_some_and(|item| leading(&item.text.text).is_some_and(|lead| lead.moment.day.is_none()))
}

/// Whether a part has anything that could be an entry: a list, a table, or a paragraph with a digit in it.
fn has_entries(part: &Part<'_>) -> bool {
    part.blocks.iter().any(|block| match block {
        Block::Paragraph(text) => has_digit(&*text.text),
        Block::Code => false,
        _ => true,
    })
}

#[cfg(test)]
mod tests;
