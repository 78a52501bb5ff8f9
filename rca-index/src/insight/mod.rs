//! Insight: what follows from incidents that no report says in so many words.
//!
//! In: incidents. Out: plain data, each with the place that it was read from.

mod fix;
mod seen;
mod shingles;
mod similar;

pub use fix::{Fix, FixKind, FixSource};
pub use seen::{FixCount, Judgement, Nearest, Runbook, Seen, SeenHit};
pub use similar::{LinkFilter, Linked, Similar, SimilarHit, SimilarLevel};
