//! When: what front matter and metadata state of the start, the end and the duration of an incident.
//!
//! In: keys and values in their order of precedence. Out: start, end and duration. The first statement of each counts.

use crate::incident::{Precision, Problem, ProblemKind, Source, Sourced, Timestamp};
use crate::parse::date::{TimeOfDay, find_date, read_date, read_time_of_day, zone_offset};
use crate::parse::duration::read_duration;
use crate::parse::facts::short;
use crate::parse::keys::Key;
use crate::parse::value::Value;

/// What is stated so far.
#[derive(Debug, Default)]
pub(crate) struct When {
    start: Option<Sourced<Moment>>,
    date: Option<Sourced<Moment>>,
    detected: Option<Sourced<Moment>>,
    published: Option<Sourced<Moment>>,
    end: Option<Sourced<Moment>>,
    /// In minutes.
    pub(crate) duration: Option<Sourced<f64>>,
    /// Minutes east of UTC of times that name no zone.
    pub(crate) zone: Option<i32>,
}

/// A time as stated: a date, or a time on a day that another fact states.
#[derive(Debug, Clone, Copy)]
enum Moment {
    Date(Timestamp),
    Time(TimeOfDay),
}

impl When {
    /// Takes in one statement; other keys than of times are left alone.
    pub(crate) fn state(&mut self, key: Key, value: &Value, source: Source, line: u32, problems: &mut Vec<Problem>) {
        let Some(text) = value.text() else { return };
        let slot: fn(&mut Self) -> &mut Option<Sourced<Moment>> = match key {
            Key::Start => |when| &mut when.start,
            Key::Date => |when| &mut when.date,
            Key::Detected => |when| &mut when.detected,
            Key::Published => |when| &mut when.published,
            Key::End => |when| &mut when.end,
            Key::Duration(minutes) => return self.duration(&text, f64::from(minutes), source, line, problems),
            Key::DurationSeconds => return self.duration(&text, 1.0 / 60.0, source, line, problems),
            Key::Zone => {
                self.zone = self.zone.or_else(|| zone_offset(&text));
                return;
            }
            _ => return,
        };
        self.moment(value, &text, source, line, slot, problems);
    }

    /// When the incident began and ended.
    ///
    /// A start is preferred to a date, a date to the time of detection. An end before the start is a problem and no end.
    pub(crate) fn period(
        &mut self,
        line_of_end: u32,
        problems: &mut Vec<Problem>,
    ) -> (Option<Sourced<Timestamp>>, Option<Sourced<Timestamp>>) {
        let day =
            [&self.start, &self.date, &self.detected].into_iter().flatten().find_map(|stated| match stated.value {
                Moment::Date(date) => Some(date),
                Moment::Time(_) => None,
            });
        let zone = self.zone.unwrap_or(0);
        let resolve = |stated: &Sourced<Moment>, day: Option<Timestamp>| {
            let time = match stated.value {
                Moment::Date(date) => date,
                Moment::Time(time) => on_day(day?, time, zone)?,
            };
            Some(Sourced::new(time, stated.source))
        };
        let begun = [&self.start, &self.date, &self.detected];
        let start = begun.into_iter().flatten().find_map(|stated| resolve(stated, day));
        let began = start.as_ref().map(|start| start.value);
        let mut end = self.end.as_ref().and_then(|stated| {
            let mut end = resolve(stated, began.or(day))?;
            // An end that is only a time of day may lie behind midnight.
            if matches!(stated.value, Moment::Time(_)) && began.is_some_and(|began| end.value < began) {
                end.value = Timestamp::from_unix_seconds(end.value.unix_seconds() + 86_400, end.value.precision());
            }
            Some(end)
        });
        if let (Some(began), Some(ended)) = (began, end.as_ref().map(|end| end.value)) {
            let (a, b) = if began.has_time() && ended.has_time() { (began, ended) } else { (began.day(), ended.day()) };
            if b < a {
                problems.push(Problem::new(line_of_end, ProblemKind::EndBeforeStart { end: ended, start: began }));
                end = None;
            }
        }
        (start, end)
    }

    /// When the report was published, as far as that is a date.
    pub(crate) fn published(&self) -> Option<Sourced<Timestamp>> {
        match self.published.as_ref()?.value {
            Moment::Date(date) => Some(Sourced::new(date, self.published.as_ref()?.source)),
            Moment::Time(_) => None,
        }
    }

    fn moment(
        &mut self,
        value: &Value,
        text: &str,
        source: Source,
        line: u32,
        slot: fn(&mut Self) -> &mut Option<Sourced<Moment>>,
        problems: &mut Vec<Problem>,
    ) {
        if slot(self).is_some() {
            return;
        }
        let zone = self.zone;
        if let Some((range, date)) = find_date(text, zone) {
            *slot(self) = Some(Sourced::new(Moment::Date(date), source));
            let rest = &text[range.end..];
            if !date.has_time() && date.precision() == Precision::Day && has_clock(rest) {
                problems.push(Problem::new(line, ProblemKind::TimeNotUnderstood { text: short(text) }));
            }
            let second = value.texts().get(1).cloned().unwrap_or_else(|| rest.to_owned());
            self.until(date, &second, source);
        } else if let Some((time, _)) = read_time_of_day(text) {
            *slot(self) = Some(Sourced::new(Moment::Time(time), source));
        } else if source == Source::FrontMatter || text.chars().any(|c| c.is_ascii_digit()) {
            problems.push(Problem::new(line, ProblemKind::DateNotUnderstood { text: short(text) }));
        }
    }

    /// A second time in the same value is the end: `2021-03-04 10:00 - 11:30`.
    fn until(&mut self, start: Timestamp, rest: &str, source: Source) {
        let rest = rest.trim_start();
        let after = ["-", "–", "—", "~", "〜", "to ", "until ", "→"].iter().find_map(|dash| rest.strip_prefix(dash));
        let Some(after) = after.map(str::trim_start).filter(|_| self.end.is_none()) else { return };
        let end = match read_date(after, self.zone) {
            Some(end) => Some(Moment::Date(end)),
            None => read_time_of_day(after).filter(|_| start.has_time()).map(|(time, _)| Moment::Time(time)),
        };
        self.end = end.map(|end| Sourced::new(end, source));
    }

    fn duration(&mut self, text: &str, minutes: f64, source: Source, line: u32, problems: &mut Vec<Problem>) {
        if self.duration.is_some() {
            return;
        }
        let plain = text.parse::<f64>().is_ok();
        if let Some(read) = read_duration(text) {
            self.duration = Some(Sourced::new(if plain { read * minutes } else { read }, source));
        } else {
            problems.push(Problem::new(line, ProblemKind::DurationNotUnderstood { text: short(text) }));
        }
    }
}

/// A time of day on the local day of a date.
fn on_day(date: Timestamp, time: TimeOfDay, zone: i32) -> Option<Timestamp> {
    let zone = time.zone.unwrap_or(zone);
    let local = if date.has_time() { date.unix_seconds() + i64::from(zone) * 60 } else { date.unix_seconds() };
    let day = Timestamp::from_unix_seconds(local, Precision::Day).day();
    let civil = day.civil().date().at(time.hour, time.minute, time.second.unwrap_or(0), 0);
    let precision = if time.second.is_some() { Precision::Second } else { Precision::Minute };
    Timestamp::from_civil(civil, zone, precision)
}

/// Whether a text looks like a time of day: digits and colons behind a date.
fn has_clock(rest: &str) -> bool {
    let rest = rest.trim_start_matches([' ', 't', 'T', ',']);
    rest.starts_with(|c: char| c.is_ascii_digit())
        && rest.get(..6.min(rest.len())).is_some_and(|start| start.contains(':'))
}
