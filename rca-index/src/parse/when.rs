//! When: what front matter and metadata state of the start, the end and the duration of an incident.
//!
//! In: keys and values in their order of precedence. Out: start, end, the day of publication and the duration. The first
//! statement of each that can be read counts; what cannot be read is a problem with its line.

use jiff::civil::Date;

use crate::incident::{Problem, ProblemKind, Source, Sourced, Timestamp};
use crate::parse::clock::Clock;
use crate::parse::cursor::is_latin;
use crate::parse::date::may_begin;
use crate::parse::day::Day;
use crate::parse::duration::read_duration;
use crate::parse::facts::short;
use crate::parse::keys::Key;
use crate::parse::moment::{Habits, Moment, local_day};
use crate::parse::range::{Range, read_range};
use crate::parse::value::Value;
use crate::parse::zone::{Zone, zone_named};

/// What is stated so far.
#[derive(Debug, Default)]
pub(crate) struct When {
    statements: Vec<Statement>,
    /// In minutes.
    pub(crate) duration: Option<Sourced<f64>>,
    /// The zone of times that name none.
    pub(crate) zone: Option<Zone>,
}

/// A value with times in it.
#[derive(Debug)]
struct Statement {
    role: Role,
    range: Range,
    /// The value, for messages.
    text: String,
    source: Source,
    line: u32,
}

/// What the times of a statement are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Start,
    /// The two clocks that a duration spans.
    Window,
    Date,
    Detected,
    Published,
    End,
}

/// Start and end as far as they are stated.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Period {
    pub(crate) start: Option<Sourced<Timestamp>>,
    /// Whether the start is stated as such, and not as the day of the incident or of the report.
    pub(crate) sure: bool,
    pub(crate) end: Option<Sourced<Timestamp>>,
}

impl When {
    /// Takes in one statement; other keys than of times are left alone.
    pub(crate) fn state(&mut self, key: Key, value: &Value, source: Source, line: u32, problems: &mut Vec<Problem>) {
        let Some(text) = value.text() else { return };
        let role = match key {
            Key::Start => Role::Start,
            Key::Date => Role::Date,
            Key::Detected => Role::Detected,
            Key::Published => Role::Published,
            Key::End => Role::End,
            Key::Duration(minutes) => return self.duration(&text, f64::from(minutes), source, line, problems),
            Key::DurationSeconds => return self.duration(&text, 1.0 / 60.0, source, line, problems),
            Key::Zone => {
                if self.zone.is_none() {
                    self.zone = zone_named(&text);
                    if self.zone.is_none() {
                        problems.push(Problem::new(line, ProblemKind::ZoneUnknown { text: short(&text) }));
                    }
                }
                return;
            }
            _ => return,
        };
        let range = match value {
            // A list of two is a start and an end.
            Value::List(items) if items.len() >= 2 => two(&value.texts()).map(|range| (range, "")),
            _ => times_of(&text),
        };
        match range {
            Some((range, rest)) => {
                let start = &range.start;
                if start.day.is_some() && start.clock.is_none() && has_clock(rest) {
                    problems.push(Problem::new(line, ProblemKind::TimeUnreadable { text: short(&text) }));
                } else if start.lost {
                    problems.push(Problem::new(line, ProblemKind::ZoneUnknown { text: short(&text) }));
                }
                self.statements.push(Statement { role, range, text: short(&text), source, line });
            }
            None if source == Source::FrontMatter || text.contains(|c: char| c.is_ascii_digit()) => {
                problems.push(Problem::new(line, ProblemKind::DateUnreadable { text: short(&text) }));
            }
            None => {}
        }
    }

    /// The offset behind the stated start: the clocks of the body are those of the same place.
    pub(crate) fn zone_of_start(&self) -> Option<Zone> {
        let start = self.statements.iter().filter(|statement| matches!(statement.role, Role::Start | Role::Date));
        let mut zones = start.filter_map(|statement| statement.range.start.clock.as_ref()?.zone.clone());
        let first = zones.next()?;
        Some(if first == Zone::UTC { zones.find(|zone| *zone != Zone::UTC).unwrap_or(first) } else { first })
    }

    /// The clocks, `07:36`, of statements that name no zone.
    pub(crate) fn bare_clocks(&self) -> impl Iterator<Item = String> {
        let clocks = self.statements.iter().filter_map(|statement| statement.range.start.clock.as_ref());
        clocks.filter(|clock| clock.zone.is_none()).map(|clock| format!("{:02}:{:02}", clock.hour, clock.minute))
    }

    /// Some unambiguous day that is stated, to read the others by.
    pub(crate) fn any_day(&self) -> Option<Date> {
        self.statements.iter().find_map(|statement| match statement.range.start.day? {
            Day::Date(date) => Some(date),
            _ => None,
        })
    }

    /// When the incident began and ended, by start, then by day, then by detection. `named` is the day in the report's title
    /// or file name, for clocks with no day. An end before the start is a problem and no end.
    pub(crate) fn period(&self, habits: &Habits, named: Option<Date>, problems: &mut Vec<Problem>) -> Period {
        let date = self.first(Role::Date, None, habits, problems).map(|(found, _)| found);
        let day = date.as_ref().and_then(|(start, _)| local_day(start.value, &habits.zone)).or(named);
        let started = self.first(Role::Start, day, habits, problems);
        let window = self.first(Role::Window, day, habits, problems).map(|(found, _)| found);
        let detected = || self.first(Role::Detected, day, habits, &mut Vec::new()).map(|(found, _)| found);
        let mut sure = true;
        let found = match (started.map(|(found, _)| found), window) {
            // A start that is only a day is made plain by the clocks of the duration.
            (Some((start, end)), Some((from, until)))
                if !start.value.has_time() && same_day(start.value, from.value, habits) =>
            {
                Some((from, end.or(until)))
            }
            (Some(found), _) => Some(found),
            (None, Some((from, until))) if date.as_ref().is_none_or(|(date, _)| !date.value.has_time()) => {
                Some((from, until))
            }
            (None, _) => {
                sure = false;
                date.or_else(detected)
            }
        };
        let (start, mut end) = found.map_or((None, None), |(start, end)| (Some(start), end));
        let day = start.as_ref().and_then(|start| local_day(start.value, &habits.zone)).or(day);
        if let Some((stated, line)) = self.end(start.as_ref().map(|start| start.value), day, habits, problems) {
            end = Some(stated);
            if let (Some(start), Some(ended)) = (&start, &end)
                && is_before(ended.value, start.value)
            {
                problems.push(Problem::new(line, ProblemKind::EndBeforeStart { end: ended.value, start: start.value }));
                end = None;
            }
        }
        let sure = sure || start.as_ref().is_some_and(|start| start.value.has_time());
        Period { start, sure, end }
    }

    /// When the incident was detected, with a clock, if that is not what stands in for the start.
    pub(crate) fn detected(&self, start: Option<&Sourced<Timestamp>>, habits: &Habits) -> Option<Sourced<Timestamp>> {
        let day = start.and_then(|start| local_day(start.value, &habits.zone));
        let ((detected, _), line) = self.first(Role::Detected, day, habits, &mut Vec::new())?;
        (detected.value.has_time() && start.is_some_and(|start| start.line != Some(line))).then_some(detected)
    }

    /// When the report was published.
    pub(crate) fn published(&self, habits: &Habits) -> Option<Sourced<Timestamp>> {
        self.first(Role::Published, None, habits, &mut Vec::new()).map(|((start, _), _)| start)
    }

    /// The first statement of a role that can be read, and its line.
    fn first(
        &self,
        role: Role,
        day: Option<Date>,
        habits: &Habits,
        problems: &mut Vec<Problem>,
    ) -> Option<(Span, u32)> {
        let of_role = || self.statements.iter().filter(move |statement| statement.role == role);
        // What the body states of the day is of the incident; front matter often dates the report.
        let order = |statement: &&Statement| role == Role::Date && statement.source == Source::FrontMatter;
        let mut ordered: Vec<&Statement> = of_role().collect();
        ordered.sort_by_key(order);
        ordered.into_iter().find_map(|statement| {
            let (start, end) = statement.resolve(day, habits, problems)?;
            let sourced = |time| Sourced::new(time, statement.source).at(statement.line);
            Some(((sourced(start), end.map(sourced)), statement.line))
        })
    }

    /// The end that is stated as such.
    fn end(
        &self,
        start: Option<Timestamp>,
        day: Option<Date>,
        habits: &Habits,
        problems: &mut Vec<Problem>,
    ) -> Option<(Sourced<Timestamp>, u32)> {
        let ((mut end, _), line) = self.first(Role::End, day, habits, problems)?;
        // An end that is only a time of day may lie behind midnight.
        let only_clock =
            self.statements.iter().any(|s| s.line == line && s.role == Role::End && s.range.start.day.is_none());
        if only_clock
            && start.is_some_and(|start| start.has_time() && end.value < start)
            && let Some(((next, _), _)) =
                self.first(Role::End, day.and_then(|day| day.tomorrow().ok()), habits, problems)
        {
            end = next;
        }
        Some((end, line))
    }

    fn duration(&mut self, text: &str, minutes: f64, source: Source, line: u32, problems: &mut Vec<Problem>) {
        // The clocks of `~39 minutes (00:18–00:57 UTC)` are the start and the end.
        if let Some(range) = clocks_in(text) {
            self.statements.push(Statement { role: Role::Window, range, text: short(text), source, line });
        }
        if self.duration.is_some() {
            return;
        }
        let plain = text.parse::<f64>().is_ok();
        match read_duration(text) {
            Ok(read) => {
                let minutes = if plain { read.minutes * minutes } else { read.minutes };
                self.duration = Some(Sourced::new(minutes, source).at(line).read_as(read.bound));
            }
            Err(_) => problems.push(Problem::new(line, ProblemKind::DurationUnreadable { text: short(text) })),
        }
    }
}

/// A start, and an end if there is one.
type Span = (Sourced<Timestamp>, Option<Sourced<Timestamp>>);

impl Statement {
    /// Start and end as points in time; none, and a problem, when they cannot be.
    fn resolve(
        &self,
        day: Option<Date>,
        habits: &Habits,
        problems: &mut Vec<Problem>,
    ) -> Option<(Timestamp, Option<Timestamp>)> {
        if let Some(Day::Either(a, b)) = self.range.start.day
            && habits.date(Day::Either(a, b)).is_none()
        {
            let readings = [a, b].into_iter().filter_map(|day| Timestamp::from_day(day.year(), day.month(), day.day()));
            let kind = ProblemKind::DateAmbiguous { text: self.text.clone(), readings: readings.collect() };
            problems.push(Problem::new(self.line, kind));
            return None;
        }
        let (start, end) = self.range.resolve(day, habits)?;
        if !credible(start) {
            problems.push(Problem::new(self.line, ProblemKind::DateOutOfRange { text: self.text.clone() }));
            return None;
        }
        Some((start, end.filter(|&end| credible(end) && !is_before(end, start))))
    }
}

/// The years that a report is believed to be about. The bounds are fixed, since the facts of a report must depend on
/// its text, its path and the settings alone: a bound taken from the clock would give the same report other facts at
/// New Year. 2100 still refuses what a misread clock gives as a year ("2145 UTC").
const YEARS: std::ops::RangeInclusive<u16> = 1990..=2100;

/// Whether an incident can have been then.
pub(crate) fn credible(time: Timestamp) -> bool {
    YEARS.contains(&time.civil().year().unsigned_abs())
}

/// Whether a time lies before another; where one of them has no clock, its day does.
pub(crate) fn is_before(a: Timestamp, b: Timestamp) -> bool {
    if a.has_time() && b.has_time() { a.unix_seconds() < b.unix_seconds() } else { a.day() < b.day() }
}

fn same_day(a: Timestamp, b: Timestamp, habits: &Habits) -> bool {
    let (a, b) = (local_day(a, &habits.zone), local_day(b, &habits.zone));
    a.zip(b).is_some_and(|(a, b)| a == b || a.yesterday().is_ok_and(|day| day == b))
}

/// The two texts of a list as a range.
fn two(texts: &[String]) -> Option<Range> {
    let (start, _) = times_of(texts.first()?)?;
    let end = texts.get(1).and_then(|text| Some(times_of(text)?.0.start));
    Some(Range { start: start.start, end: end.or(start.end) })
}

/// The times of a value, and what stands behind them: it begins with them, or names a date further on.
fn times_of(text: &str) -> Option<(Range, &str)> {
    if let Some(moment) = epoch(text) {
        return Some((Range { start: moment, end: None }, ""));
    }
    if let Some((range, taken)) = read_range(text) {
        return Some((range, &text[taken..]));
    }
    let mut boundary = true;
    for (at, c) in text.char_indices() {
        if boundary
            && may_begin(&text[at..], c)
            && let Some((range, taken)) = read_range(&text[at..])
            && matches!(range.start.day, Some(Day::Date(_) | Day::Month(..) | Day::Either(..)))
        {
            return Some((range, &text[at + taken..]));
        }
        boundary = !is_latin(c);
        // Digits before a date make it a part of something else.
        if c.is_ascii_digit() && !text[..at].contains(' ') {
            return None;
        }
    }
    None
}

/// The first range of two clocks anywhere in a value.
fn clocks_in(text: &str) -> Option<Range> {
    if !text.contains(':') && !text.contains(['m', 'M', 'h', '時']) {
        return None;
    }
    let mut boundary = true;
    for (at, c) in text.char_indices() {
        if boundary
            && may_begin(&text[at..], c)
            && let Some((range, _)) = read_range(&text[at..])
            && range.start.clock.is_some()
            && range.end.as_ref().is_some_and(|end| end.clock.is_some())
        {
            return Some(range);
        }
        boundary = !is_latin(c) && c != ':';
    }
    None
}

/// `1661337000000`, `1661337000`: milliseconds or seconds since 1970.
fn epoch(text: &str) -> Option<Moment> {
    let digits = text.trim();
    if !matches!(digits.len(), 10 | 13) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let seconds: i64 = digits[..10].parse().ok()?;
    let time = Zone::UTC.local(seconds)?;
    let (hour, minute, second) = (time.hour(), time.minute(), Some(time.second()));
    let clock = Clock { hour, minute, second, half: true, zone: Some(Zone::UTC) };
    Some(Moment { clock: Some(clock), ..Moment::of_day(Day::Date(time.date())) })
}

/// Whether a text looks like a time of day: digits and colons behind a date.
fn has_clock(rest: &str) -> bool {
    let rest = rest.trim_start_matches([' ', 't', 'T', ',']);
    rest.starts_with(|c: char| c.is_ascii_digit())
        && rest.get(..6.min(rest.len())).is_some_and(|start| start.contains(':'))
}
