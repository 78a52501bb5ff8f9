//! The zone of days: which points in time are the day that a query means.
//!
//! In: the name of a zone of the IANA data base, which comes with the program. Out: the start of a day, and the day of a
//! point in time.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// A time zone in which days begin and end, by its IANA name: `Europe/Berlin`. The default is UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DayZone(TimeZone);

impl DayZone {
    /// The zone with this name.
    ///
    /// # Errors
    /// There is no such zone; the message names it.
    ///
    /// # Examples
    /// ```
    /// use rca_index::DayZone;
    ///
    /// assert!(DayZone::named("Europe/Berlin").is_ok());
    /// assert!(DayZone::named("Berlin").unwrap_err().contains("unknown time zone `Berlin`"));
    /// ```
    pub fn named(name: &str) -> Result<Self, String> {
        let zone = TimeZone::get(name.trim());
        zone.map(Self).map_err(|_| format!("unknown time zone `{name}`; write a name such as `Europe/Berlin` or `UTC`"))
    }

    /// Whether days are those of UTC.
    pub(crate) fn is_utc(&self) -> bool {
        self.0 == TimeZone::UTC || self.0.iana_name() == Some("UTC")
    }

    /// The day at a point in time, in seconds since 1970, UTC.
    pub(crate) fn day(&self, unix_seconds: i64) -> Date {
        jiff::Timestamp::from_second(unix_seconds).map_or(Date::ZERO, |time| self.0.to_datetime(time).date())
    }

    /// The first second of a day, since 1970, UTC. A day at the end of time has none.
    pub(crate) fn start_of(&self, day: Date) -> Option<i64> {
        self.0.to_timestamp(day.at(0, 0, 0, 0)).ok().map(jiff::Timestamp::as_second)
    }
}

impl Default for DayZone {
    fn default() -> Self {
        Self(TimeZone::UTC)
    }
}

impl TryFrom<String> for DayZone {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        Self::named(&name)
    }
}

impl From<DayZone> for String {
    fn from(zone: DayZone) -> Self {
        zone.0.iana_name().unwrap_or("UTC").to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_begin_in_their_zone() {
        let berlin = DayZone::named("europe/berlin").unwrap();
        let day = jiff::civil::date(2025, 6, 2);
        let utc = DayZone::default().start_of(day).unwrap();
        assert_eq!(berlin.start_of(day), Some(utc - 2 * 3600));
        assert_eq!(berlin.day(utc - 3600), day);
        assert_eq!(DayZone::default().day(utc - 3600), jiff::civil::date(2025, 6, 1));
        assert!(DayZone::named("UTC").unwrap().is_utc() && !berlin.is_utc());
        assert!(DayZone::named("Berlin").unwrap_err().contains("`Berlin`"));
        assert_eq!(String::from(berlin), "Europe/Berlin");
    }
}
