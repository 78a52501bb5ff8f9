//! The body: everything below the front matter that is no metadata line, read from the outline.
#![allow(dead_code)]

use crate::incident::{Action, Lessons, Link, Measure, Problem, Section, TimelineRow};
use crate::parse::ParseOptions;
use crate::parse::outline::Outline;
use crate::timestamp::Timestamp;

/// What a report's body states.
#[derive(Debug, Default)]
pub(crate) struct Body {
    pub(crate) sections: Vec<Section>,
    pub(crate) timeline: Vec<TimelineRow>,
    pub(crate) measures: Vec<Measure>,
    pub(crate) contributing_factors: Vec<String>,
    pub(crate) resolution_steps: Vec<String>,
    pub(crate) lessons: Lessons,
    pub(crate) actions: Vec<Action>,
    pub(crate) links: Vec<Link>,
    pub(crate) prepared_by: Option<String>,
    pub(crate) prepared_on: Option<Timestamp>,
    /// The duration that the summary, the impact or the text before the first heading states, in minutes.
    pub(crate) prose_duration: Option<f64>,
}

/// Reads the body. `start` is when the incident began as far as the front matter and metadata say; `zone` the offset from
/// UTC in minutes of times that name no zone.
pub(crate) fn read_body(
    _outline: &Outline<'_>,
    _start: Option<Timestamp>,
    _zone: Option<i32>,
    _options: &ParseOptions,
    _problems: &mut Vec<Problem>,
) -> Body {
    Body::default()
}
