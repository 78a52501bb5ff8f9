//! A point in time as a report states it: UTC, to the day or to the second.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use jiff::civil;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// How precisely a time is stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Precision {
    /// Year and month.
    Month,
    /// A calendar day.
    Day,
    /// Hours and minutes.
    Minute,
    /// Seconds.
    Second,
}

/// A point in time, UTC, and how precisely it is stated. A month or a day stands for its first second.
///
/// Its text form is as long as it is precise: `2025-06`, `2025-06-02`, `2025-06-02T15:53Z`, `2025-06-02T15:53:10Z`.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Timestamp {
    seconds: i64,
    precision: Precision,
    /// Minutes east of UTC of the clock that it is stated by. Not part of its identity or its text form.
    offset_minutes: i16,
}

impl Timestamp {
    /// A time in seconds since 1970-01-01T00:00:00Z, cut to the years 0 to 9999.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Precision, Timestamp};
    ///
    /// assert_eq!(Timestamp::from_unix_seconds(0, Precision::Minute).to_string(), "1970-01-01T00:00Z");
    /// ```
    pub fn from_unix_seconds(seconds: i64, precision: Precision) -> Self {
        const FIRST: i64 = -62_167_219_200;
        const LAST: i64 = 253_402_300_799;
        Self { seconds: seconds.clamp(FIRST, LAST), precision, offset_minutes: 0 }
    }

    /// A calendar day; none when there is no such day.
    ///
    /// # Examples
    /// ```
    /// use rca_index::Timestamp;
    ///
    /// assert_eq!(Timestamp::from_day(2025, 6, 2).map(|day| day.to_string()).as_deref(), Some("2025-06-02"));
    /// assert_eq!(Timestamp::from_day(2025, 2, 30), None);
    /// ```
    pub fn from_day(year: i16, month: i8, day: i8) -> Option<Self> {
        let date = civil::Date::new(year, month, day).ok()?;
        Self::from_civil(date.at(0, 0, 0, 0), 0, Precision::Day)
    }

    /// A month; none when there is no such month.
    ///
    /// # Examples
    /// ```
    /// use rca_index::Timestamp;
    ///
    /// assert_eq!(Timestamp::from_month(2025, 6).map(|month| month.to_string()).as_deref(), Some("2025-06"));
    /// ```
    pub fn from_month(year: i16, month: i8) -> Option<Self> {
        Some(Self { precision: Precision::Month, ..Self::from_day(year, month, 1)? })
    }

    /// A civil time at an offset from UTC in minutes.
    pub(crate) fn from_civil(time: civil::DateTime, offset_minutes: i32, precision: Precision) -> Option<Self> {
        let seconds = TimeZone::UTC.to_timestamp(time).ok()?.as_second();
        Some(Self::from_unix_seconds(seconds - i64::from(offset_minutes) * 60, precision))
    }

    /// The same point in time, stated as this civil time.
    pub(crate) fn stated_as(self, time: civil::DateTime) -> Self {
        let stated = TimeZone::UTC.to_timestamp(time).map_or(self.seconds, jiff::Timestamp::as_second);
        let offset_minutes = i16::try_from((stated - self.seconds) / 60).unwrap_or(0);
        Self { offset_minutes, ..self }
    }

    /// The same point in time, stated by a clock so many minutes east of UTC.
    pub(crate) fn at_offset(self, offset_minutes: i16) -> Self {
        Self { offset_minutes, ..self }
    }

    /// Minutes east of UTC of the clock that it is stated by.
    pub(crate) fn offset_minutes(self) -> i16 {
        self.offset_minutes
    }

    /// The civil time that is stated, in seconds since 1970 as if it were UTC.
    pub(crate) fn stated_seconds(self) -> i64 {
        self.seconds + i64::from(self.offset_minutes) * 60
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    ///
    /// # Examples
    /// ```
    /// use rca_index::Timestamp;
    ///
    /// assert_eq!(Timestamp::from_day(1970, 1, 2).map(Timestamp::unix_seconds), Some(86_400));
    /// ```
    pub fn unix_seconds(self) -> i64 {
        self.seconds
    }

    /// How precisely the time is stated.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Precision, Timestamp};
    ///
    /// assert_eq!(Timestamp::from_month(2025, 6).map(Timestamp::precision), Some(Precision::Month));
    /// ```
    pub fn precision(self) -> Precision {
        self.precision
    }

    /// Whether it states more than a day.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Precision, Timestamp};
    ///
    /// assert!(Timestamp::from_unix_seconds(0, Precision::Minute).has_time());
    /// assert!(!Timestamp::from_unix_seconds(0, Precision::Day).has_time());
    /// ```
    pub fn has_time(&self) -> bool {
        self.precision >= Precision::Minute
    }

    /// The same day, with no time of day.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Precision, Timestamp};
    ///
    /// let time = Timestamp::from_unix_seconds(1_748_879_590, Precision::Second);
    /// assert_eq!(time.day().to_string(), "2025-06-02");
    /// ```
    #[must_use]
    pub fn day(self) -> Self {
        let precision = self.precision.min(Precision::Day);
        Self { seconds: self.seconds.div_euclid(86_400) * 86_400, precision, offset_minutes: 0 }
    }

    pub(crate) fn civil(self) -> civil::DateTime {
        jiff::Timestamp::from_second(self.seconds).map_or(civil::DateTime::ZERO, |t| TimeZone::UTC.to_datetime(t))
    }
}

impl PartialEq for Timestamp {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Timestamp {}

impl PartialOrd for Timestamp {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Timestamp {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.seconds, self.precision).cmp(&(other.seconds, other.precision))
    }
}

impl Hash for Timestamp {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.seconds, self.precision).hash(state);
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let t = self.civil();
        let (year, month, day) = (t.year(), t.month(), t.day());
        match self.precision {
            Precision::Month => write!(f, "{year:04}-{month:02}"),
            Precision::Day => write!(f, "{year:04}-{month:02}-{day:02}"),
            Precision::Minute => write!(f, "{year:04}-{month:02}-{day:02}T{:02}:{:02}Z", t.hour(), t.minute()),
            Precision::Second => {
                write!(f, "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", t.hour(), t.minute(), t.second())
            }
        }
    }
}

impl From<Timestamp> for String {
    fn from(t: Timestamp) -> Self {
        t.to_string()
    }
}

impl TryFrom<String> for Timestamp {
    type Error = String;

    /// Reads the text form of a timestamp, and no other.
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<i8>().ok();
        let read = || {
            let year = text.get(0..4)?.parse().ok()?;
            let month = number(5..7)?;
            if text.len() == 7 {
                return Self::from_month(year, month);
            }
            let day = Self::from_day(year, month, number(8..10)?)?;
            let (seconds, precision) = match text.len() {
                10 => return Some(day),
                17 => (0, Precision::Minute),
                20 => (number(17..19)?, Precision::Second),
                _ => return None,
            };
            let minutes = i64::from(number(11..13)?) * 60 + i64::from(number(14..16)?);
            Some(Self::from_unix_seconds(day.seconds + minutes * 60 + i64::from(seconds), precision))
        };
        read().ok_or_else(|| format!("`{text}` is no timestamp"))
    }
}
