//! The days of rows: which day each clock of a timeline falls on.
//!
//! In: rows as written, with the day that a heading, a day line or a column states. Out: points in time. From the strongest
//! statement to the weakest: the row itself, what stands above it, the row before it, the day of the report.

use jiff::civil::Date;

use crate::incident::{TimelineRow, Timestamp};
use crate::parse::clock::Clock;
use crate::parse::day::days;
use crate::parse::moment::{Habits, Moment, local_day};

const HOUR: i64 = 3600;
/// A row this much earlier than the one before belongs to the next day; less is a row out of order.
const BACKWARDS: i64 = 4 * HOUR;

/// A row as written.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) moment: Option<Moment>,
    /// Minutes from the start, `T+5min`.
    pub(super) offset: Option<f64>,
    /// The day that a heading or a day line above the row states.
    pub(super) above: Option<Date>,
    /// The habits that hold where the row stands: a heading or a header may name a zone.
    pub(super) habits: Habits,
    pub(super) label: String,
    pub(super) text: String,
    pub(super) line: u32,
    /// Whether day and clock stand in a paragraph of their own.
    pub(super) alone: bool,
    /// Whether the row is a sentence: `At 10:05 the shop was down.`
    pub(super) told: bool,
}

impl Draft {
    /// Whether the row states a time.
    pub(super) fn is_timed(&self) -> bool {
        self.moment.is_some() || self.offset.is_some()
    }
}

/// Works out the times. `start` is when the incident began.
pub(super) fn resolve(drafts: Vec<Draft>, start: Option<Timestamp>) -> Vec<TimelineRow> {
    let newest_first = newest_first(&drafts);
    let mut clock = State { start, day: None, stated: false, before: None, above: None, many_days: many_days(&drafts) };
    let order: Vec<usize> = if newest_first { (0..drafts.len()).rev().collect() } else { (0..drafts.len()).collect() };
    let mut times = vec![None; drafts.len()];
    for index in order {
        times[index] = clock.at(&drafts[index]);
    }
    let row = |(draft, time): (Draft, Option<Timestamp>)| TimelineRow {
        time,
        label: draft.label,
        text: draft.text,
        milestone: None,
        line: draft.line,
    };
    drafts.into_iter().zip(times).map(row).collect()
}

/// Whether clocks with no day of their own run backwards: status pages put the newest update first.
fn newest_first(drafts: &[Draft]) -> bool {
    let (mut down, mut up, mut largest) = (0, 0, 0);
    for pair in drafts.windows(2) {
        let seconds = |draft: &Draft| {
            let moment = draft.moment.as_ref()?;
            moment.clock.as_ref().filter(|_| moment.day.is_none()).map(Clock::seconds)
        };
        let Some((a, b)) = seconds(&pair[0]).zip(seconds(&pair[1])) else { continue };
        if pair[0].above != pair[1].above {
            continue;
        }
        if b < a {
            down += 1;
            largest = largest.max(a - b);
        } else if b > a {
            up += 1;
        }
    }
    // One step back over most of a day is midnight.
    if down == 1 && up == 0 { largest <= 12 * HOUR } else { down >= 2 && down > 2 * up }
}

/// Whether headings or day lines state several days, so that none of them goes on into the next one.
fn many_days(drafts: &[Draft]) -> bool {
    let mut above = drafts.iter().filter_map(|draft| draft.above);
    above.next().is_some_and(|first| above.any(|day| day != first))
}

/// Where the timeline is.
#[derive(Debug)]
struct State {
    start: Option<Timestamp>,
    /// The local day, and whether the report states it.
    day: Option<Date>,
    stated: bool,
    /// The row before, in seconds since 1970, UTC.
    before: Option<i64>,
    /// The day above the row before.
    above: Option<Date>,
    many_days: bool,
}

impl State {
    /// The point in time of a row; the state moves on to it.
    fn at(&mut self, draft: &Draft) -> Option<Timestamp> {
        let habits = &draft.habits;
        if draft.above != self.above {
            (self.above, self.day, self.before) = (draft.above, draft.above.or(self.day), None);
            self.stated = draft.above.is_some();
        }
        if let Some(minutes) = draft.offset {
            let start = self.start.filter(Timestamp::has_time)?;
            return Some(Timestamp::from_unix_seconds(
                start.unix_seconds() + (minutes * 60.0) as i64,
                start.precision(),
            ));
        }
        let moment = draft.moment.as_ref()?;
        if moment.day.is_some() {
            let time = moment.resolve(habits)?;
            self.day = local_day(
                time,
                &moment.clock.as_ref().and_then(|clock| clock.zone.clone()).unwrap_or_else(|| habits.zone.clone()),
            );
            self.stated = true;
            self.before = time.has_time().then(|| time.unix_seconds());
            return Some(time);
        }
        let of_report = self.start.and_then(|start| local_day(start, &habits.zone));
        if let (Some(day), Some(of_report)) = (self.day, of_report)
            && draft.above.is_none()
            && days(of_report) - days(day) > 1
            && self.before.is_some()
        {
            // Behind a row of days before, the background, the clocks are those of the incident again.
            (self.day, self.before, self.stated) = (Some(of_report), None, false);
        }
        let day = self.day.or(of_report)?;
        let day = self.day_of(moment, day, habits)?;
        let time = moment.resolve_on(day, habits)?;
        self.day = Some(day);
        self.before = time.has_time().then(|| time.unix_seconds()).or(self.before);
        Some(time)
    }

    /// The day of a clock, where the one of the row before, or of the report, is known.
    fn day_of(&self, moment: &Moment, day: Date, habits: &Habits) -> Option<Date> {
        let on = |day: Date| moment.resolve_on(day, habits).map(Timestamp::unix_seconds);
        match (self.before, self.start.filter(Timestamp::has_time)) {
            // Past midnight.
            (Some(before), _) if !(self.many_days && self.above.is_some()) && on(day)? + BACKWARDS < before => {
                day.tomorrow().ok()
            }
            (Some(_), _) | (None, None) => Some(day),
            (None, Some(_)) if self.stated => Some(day),
            // The first row lies near the start, on whichever side of midnight.
            (None, Some(start)) => {
                let around = [Some(day), day.yesterday().ok(), day.tomorrow().ok()];
                let distance = |day: &Date| on(*day).map_or(i64::MAX, |at| (at - start.unix_seconds()).abs());
                around.into_iter().flatten().min_by_key(distance)
            }
        }
    }
}
