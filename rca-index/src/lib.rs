//! Full-text search for incident archives.

mod incident;
pub mod parse;
pub mod query;
mod schema;
mod severity;
mod timestamp;

pub use incident::{
    Action, Bound, Incident, Lessons, Level, Link, Measure, MeasureKind, Milestone, Problem, Section, SectionKind,
    Source, Sourced, TimelineRow,
};
pub use severity::Severity;
pub use timestamp::{Precision, Timestamp};
