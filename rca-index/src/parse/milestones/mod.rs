//! Milestones: when an incident was detected, acknowledged, identified, mitigated and resolved, and from when on the minutes
//! to them are counted.
//!
//! In: the rows of a timeline, and the parts of a report that state such times. Out: the rows marked, `Reached`, `CountedFrom`.
//! `words` and `rules` hold the words and what they mean, `claims` reads one row, `stated` the times that are stated as such.

mod claims;
mod rules;
mod stated;
mod words;

use crate::incident::{CountedFrom, Milestone, MinutesFrom, Reached, ReachedAt, Source, Sourced};
use crate::incident::{TimelineRow, Timestamp};
use crate::parse::agreement::furthest;
use claims::{Claims, read_claims};
pub(crate) use rules::is_status_word;
pub(crate) use stated::{is_stated, read_stated};

/// What came so many seconds before the first failure may have caused it; what came earlier is another story.
const JUST_BEFORE: i64 = 3600;
/// A row so many seconds before the day of the incident tells how it came about.
const BACKGROUND: i64 = 86_400;
/// In seconds.
const A_MINUTE: i64 = 60;

/// What the rows of a timeline say.
#[derive(Debug, Default)]
pub(crate) struct Said {
    /// One for each row.
    claims: Vec<Claims>,
    /// The rows in the order of their times.
    order: Vec<usize>,
}

impl Said {
    /// Reads the rows.
    pub(crate) fn read(rows: &[TimelineRow]) -> Self {
        let claims = rows.iter().map(|row| read_claims(&row.text, &row.label)).collect();
        let mut times = rows.iter().filter_map(|row| row.time.filter(Timestamp::has_time));
        let newest_first = match (times.next(), times.next_back()) {
            (Some(first), Some(last)) => last.unix_seconds() < first.unix_seconds(),
            _ => false,
        };
        let mut order: Vec<usize> = (0..rows.len()).collect();
        if newest_first {
            order.reverse();
        }
        Self { claims, order }
    }

    /// Whether a row says that the incident was noticed: it is no background.
    pub(crate) fn is_noticed(&self, row: usize) -> bool {
        self.claims.get(row).is_some_and(|claims| claims.says(Milestone::Detected))
    }

    /// When each milestone was reached: as stated, else by the end of the incident, else by the rows that lie within it. Marks
    /// the rows.
    pub(crate) fn reached(
        &self,
        mut stated: Vec<Reached>,
        rows: &mut [TimelineRow],
        from: Option<CountedFrom>,
        end: Option<&Sourced<Timestamp>>,
        duration: Option<&Sourced<f64>>,
    ) -> Vec<Reached> {
        let marked = self.mark_within(rows, from, end, duration);
        if let Some(end) = end.filter(|end| end.value.has_time()) {
            stated.push(Reached::at_time(Milestone::Resolved, end));
        }
        stated.extend(marked.into_iter().filter(|one| !self.detects_only(rows, *one, from)));
        let mut reached: Vec<Reached> = Vec::with_capacity(stated.len());
        for one in stated {
            if reached.iter().all(|other| other.milestone != one.milestone) {
                reached.push(one);
            }
        }
        reached.sort_by_key(|reached| reached.milestone);
        reached
    }

    /// Whether this is a detection that minutes are counted from though rows come before it: how long it took is not told.
    fn detects_only(&self, rows: &[TimelineRow], one: Reached, from: Option<CountedFrom>) -> bool {
        let first = self.order.iter().find(|&&row| rows[row].time.is_some_and(|time| time.has_time()));
        one.milestone == Milestone::Detected
            && from.is_some_and(|from| from.origin == MinutesFrom::FirstFailure && from.line == one.line)
            && first.is_some_and(|&first| Some(rows[first].line) != one.line)
    }

    /// Marks the rows that lie within the incident, by its end or its duration, and tells which milestones they say were reached.
    pub(crate) fn mark_within(
        &self,
        rows: &mut [TimelineRow],
        from: Option<CountedFrom>,
        end: Option<&Sourced<Timestamp>>,
        duration: Option<&Sourced<f64>>,
    ) -> Vec<Reached> {
        let by_duration = || {
            let duration = duration.filter(|duration| duration.source != Source::Timeline)?;
            Some(from?.time.unix_seconds() + (furthest(duration.value) * 60.0) as i64)
        };
        let end = end.map(|end| end.value).filter(Timestamp::has_time);
        self.mark(rows, end.map(Timestamp::unix_seconds).or_else(by_duration))
    }

    /// Marks the rows, and says when each milestone was reached: by the first row that says so, for `resolved` by the last one
    /// that is not later than `until`, in seconds since 1970.
    pub(crate) fn mark(&self, rows: &mut [TimelineRow], until: Option<i64>) -> Vec<Reached> {
        rows.iter_mut().for_each(|row| row.milestone = None);
        let mut reached = Vec::with_capacity(Milestone::ALL.len());
        for milestone in Milestone::ALL {
            let Some(row) = self.row(rows, milestone, until) else { continue };
            let row = &mut rows[row];
            // A row may say two things; the end of the incident is the one to show.
            if row.milestone.is_none() || milestone == Milestone::Resolved {
                row.milestone = Some(milestone);
            }
            if let Some(time) = row.time {
                let (at, line) = (ReachedAt::Time(time), Some(row.line));
                reached.push(Reached { milestone, at, source: Source::Timeline, line });
            }
        }
        reached
    }

    fn row(&self, rows: &[TimelineRow], milestone: Milestone, until: Option<i64>) -> Option<usize> {
        let in_time = |row: usize| {
            let time = rows[row].time.filter(Timestamp::has_time);
            until.is_none_or(|until| time.is_none_or(|time| time.unix_seconds() <= until))
        };
        if milestone == Milestone::Resolved {
            let last = |says: fn(Claims) -> bool| {
                self.order.iter().rev().copied().find(|&row| says(self.claims[row]) && in_time(row))
            };
            return last(|claims| claims.says(Milestone::Resolved))
                .or_else(|| last(|claims| claims.hints(Milestone::Resolved)));
        }
        let first = |plainly: bool| {
            self.order.iter().copied().find(|&row| {
                let claims = self.claims[row];
                if plainly { claims.says(milestone) } else { claims.hints(milestone) }
            })
        };
        first(true).or_else(|| first(false))
    }

    /// What minutes are counted from: the stated start with a time of day, else the first row that says that something
    /// failed, else the first row. A row shortly before the first failure counts, as its likely cause. Where the duration is
    /// stated, a row that lies so long before the end is the start.
    pub(crate) fn counted_from(
        &self,
        rows: &[TimelineRow],
        date: Option<&Sourced<Timestamp>>,
        duration: Option<&Sourced<f64>>,
    ) -> Option<CountedFrom> {
        if let Some(date) = date.filter(|date| date.value.has_time() && date.source != Source::Timeline) {
            let window = date.source == Source::Prose;
            let origin = if window { MinutesFrom::StatedWindow } else { MinutesFrom::StatedStart };
            return Some(CountedFrom { time: date.value, origin, line: date.line });
        }
        let timed = self.order.iter().filter_map(|&row| Some((row, rows[row].time.filter(Timestamp::has_time)?)));
        // A row long before the day of the incident is its background.
        let lasted = duration.map_or(0, |duration| (duration.value * 60.0) as i64);
        let background = lasted.max(BACKGROUND);
        let recent = |time: Timestamp| {
            date.is_none_or(|date| date.value.day().unix_seconds() - time.unix_seconds() <= background)
        };
        let timed: Vec<(usize, Timestamp)> = timed.filter(|(_, time)| recent(*time)).collect();
        let &(first, began) = timed.first()?;
        let starts = || {
            let duration = duration.filter(|duration| duration.source != Source::Timeline)?;
            let lasted = (duration.value * 60.0) as i64;
            // Several rows may say that it is over: the one that the duration fits best ends it.
            let over = timed.iter().filter(|(row, _)| self.claims[*row].hints(Milestone::Resolved));
            let ends: Vec<i64> = over.map(|(_, time)| time.unix_seconds()).collect();
            let apart = |time: Timestamp| {
                ends.iter().map(|end| (end - lasted - time.unix_seconds()).abs()).min().unwrap_or(i64::MAX)
            };
            let rounded = ((duration.value * 6.0) as i64).max(A_MINUTE);
            timed.iter().filter(|(_, time)| apart(*time) <= rounded).min_by_key(|(_, time)| apart(*time))
        };
        let begins = || timed.iter().find(|(row, _)| self.claims[*row].begins);
        if let Some(&(row, time)) = begins().or_else(starts) {
            let origin = if row == first { MinutesFrom::FirstRow } else { MinutesFrom::FirstFailure };
            return Some(CountedFrom { time, origin, line: Some(rows[row].line) });
        }
        let fails =
            |&&(row, _): &&(usize, Timestamp)| self.claims[row].trouble || self.claims[row].hints(Milestone::Detected);
        let (row, time, origin) = match timed.iter().find(fails) {
            Some(&(row, time)) if time.unix_seconds() - began.unix_seconds() > JUST_BEFORE => {
                (row, time, MinutesFrom::FirstFailure)
            }
            Some(&(row, time)) if row == first => (row, time, MinutesFrom::FirstFailure),
            _ => (first, began, MinutesFrom::FirstRow),
        };
        Some(CountedFrom { time, origin, line: Some(rows[row].line) })
    }
}

#[cfg(test)]
mod tests;
