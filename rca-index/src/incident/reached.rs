//! When an incident reached its milestones, and what the minutes to them are counted from.

use serde::{Deserialize, Serialize};

use super::{Milestone, Source, Sourced, Timestamp};

/// A milestone that a report says was reached.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Reached {
    /// The milestone.
    pub milestone: Milestone,
    /// When.
    pub at: ReachedAt,
    /// Where the report says so.
    pub source: Source,
    /// The line that says so, counted from 1; none where no line does.
    pub line: Option<u32>,
}

impl Reached {
    /// A milestone reached at a stated time.
    pub(crate) fn at_time(milestone: Milestone, time: &Sourced<Timestamp>) -> Self {
        Self { milestone, at: ReachedAt::Time(time.value), source: time.source, line: time.line }
    }
}

/// When a milestone was reached.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReachedAt {
    /// At a point in time.
    Time(Timestamp),
    /// So many minutes after the start, as stated: `Time to detect: 4 min`.
    Minutes(f64),
}

/// The point in time that minutes are counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountedFrom {
    /// When; with a time of day.
    pub time: Timestamp,
    /// What it is.
    pub origin: MinutesFrom,
    /// The line that states it, counted from 1; none where it is not known.
    pub line: Option<u32>,
}

/// What minutes are counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum MinutesFrom {
    /// The start that the report states, with a time of day.
    StatedStart,
    /// The start of a period that a sentence states: `between 7:00 and 11:21 UTC`.
    StatedWindow,
    /// The first row of the timeline that says that something failed or users were hit.
    FirstFailure,
    /// The first row of the timeline with a time of day.
    FirstRow,
}

impl MinutesFrom {
    /// The name in machine-readable output.
    ///
    /// # Examples
    /// ```
    /// use rca_index::MinutesFrom;
    ///
    /// assert_eq!(MinutesFrom::FirstRow.name(), "first-row");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Self::StatedStart => "stated-start",
            Self::StatedWindow => "stated-window",
            Self::FirstFailure => "first-failure",
            Self::FirstRow => "first-row",
        }
    }
}
