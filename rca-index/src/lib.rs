//! Full-text search for incident archives.

mod analyze;
mod archive;
mod changes;
mod check;
mod collect;
mod compile;
mod directory;
mod document;
mod error;
mod fault;
mod incident;
mod index;
mod manifest;
mod names;
pub mod parse;
pub mod query;
mod ranking;
mod read;
mod schema;
mod search;
mod severity;
mod snippet;
mod synonyms;
mod text_query;
mod timestamp;
mod update;
mod walk;
pub mod wire;
mod writer;

pub use archive::{Archive, INDEX_FOLDER, SETTINGS_FILE, Settings};
pub use check::{CheckReport, check};
pub use error::{Error, Result};
pub use incident::{
    Action, Bound, FRONT_MATTER, Incident, Lessons, Level, Link, Measure, MeasureKind, Milestone, Problem, Section,
    SectionKind, Source, Sourced, TimelineRow,
};
pub use index::{Health, Index};
pub use schema::{FIELDS, Facet, FieldKind, FieldSpec, NumberField, TextField, Unit, fields_named};
pub use search::{FacetCount, FacetCounts, Hit, SearchRequest, SearchResults, Snippet};
pub use severity::Severity;
pub use timestamp::{Precision, Timestamp};
pub use update::{ReportProblem, UpdateEvent, UpdateOptions, UpdateReport};

/// The README's examples run too.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
