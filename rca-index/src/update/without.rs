//! What stays of the room without the feature `archive`: writing incidents that a program gives.

mod give;

pub use give::{Batch, WriteOptions, Written};
pub(crate) use give::{GivenChange, write};
