//! What stays of the room without the feature `archive`: giving incidents that are no files.

mod give;

pub use give::{Batch, WriteOptions, Written};
pub(crate) use give::{GivenChange, write};
