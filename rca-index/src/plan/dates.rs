//! Dates of a query: from a range, the time and the zone of days to the points in time that match.

use jiff::civil::Date;

use crate::incident::DayZone;
use crate::plan::{Condition, TimeRange};
use crate::query::{DateRange, civil_seconds};

const DAY: i64 = 86_400;

/// The condition of a range of times.
pub(super) fn date_condition(range: DateRange, now: i64, zone: &DayZone) -> Condition {
    let (from, until) = match range {
        DateRange::Between { from, until } => (from, until),
        // A report of tomorrow is a typo, or from a zone where it is tomorrow already.
        DateRange::Last { seconds } => {
            let range = TimeRange { from: Some(now.saturating_sub(seconds)), until: Some(now.saturating_add(DAY)) };
            return Condition::Date { range, days: false, zoned: None };
        }
        DateRange::Calendar { from, until } => {
            let today = zone.day(now);
            (from.map(|end| end.seconds(today)), until.map(|end| end.seconds(today)))
        }
    };
    let days = [from, until].into_iter().flatten().all(|end| end.rem_euclid(DAY) == 0);
    let zoned = (days && !zone.is_utc()).then(|| {
        let start = |end: i64| day_of(end).and_then(|day| zone.start_of(day)).unwrap_or(end);
        TimeRange { from: from.map(start), until: until.map(start) }
    });
    Condition::Date { range: TimeRange { from, until }, days, zoned }
}

/// The day that begins at a second, as if it were one of UTC.
fn day_of(seconds: i64) -> Option<Date> {
    let day = DayZone::default().day(seconds);
    (civil_seconds(day) == seconds).then_some(day)
}
