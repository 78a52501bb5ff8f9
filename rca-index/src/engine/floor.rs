//! The floor: the least score that can still be among the best, of all segments together.
//!
//! In: the worst of the best in a segment. Out: whether a score is too low to matter. It only rises, so that an incident that
//! is below it in one segment is never among the best of all.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// The least score that matters.
#[derive(Debug, Clone, Default)]
pub(super) struct Floor(Arc<AtomicU32>);

impl Floor {
    /// So many incidents as are wanted have at least this score.
    pub(super) fn raise(&self, score: f64) {
        // Of numbers that are not negative, the bits are in the order of the numbers.
        self.0.fetch_max((score as f32).max(0.0).to_bits(), Ordering::Relaxed);
    }

    /// Whether no score up to this one matters, however it is rounded and in which order it is summed.
    pub(super) fn is_above(&self, score: f32) -> bool {
        score * 1.0001 + 0.001 < f32::from_bits(self.0.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_only_rises() {
        let floor = Floor::default();
        assert!(!floor.is_above(0.0));
        let other = floor.clone();
        other.raise(2.0);
        other.raise(1.0);
        assert!(floor.is_above(1.9) && !floor.is_above(2.0) && !floor.is_above(1.9999));
    }
}
