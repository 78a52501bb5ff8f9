//! The floor: the least score that can still be among the best, of all segments together.
//!
//! In: a score from which on all matter, and the worst of the best in a segment. Out: whether a score is too low to matter. It
//! only rises, so that an incident that is below it in one segment is never among the best of all.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// The least score that matters.
#[derive(Debug, Clone, Default)]
pub(super) struct Floor {
    least: Arc<AtomicU32>,
    /// Incidents below this score are left out, and not counted.
    start: f32,
}

impl Floor {
    pub(super) fn starting_at(start: f32) -> Self {
        let floor = Self { start, ..Self::default() };
        floor.raise(start.into());
        floor
    }

    /// Whether incidents with scores up to this one are left out, however it is rounded and in which order it is summed.
    pub(super) fn leaves_out(&self, score: f32) -> bool {
        is_below(score, self.start)
    }

    /// So many incidents as are wanted have at least this score.
    pub(super) fn raise(&self, score: f64) {
        // Of numbers that are not negative, the bits are in the order of the numbers.
        self.least.fetch_max((score as f32).max(0.0).to_bits(), Ordering::Relaxed);
    }

    /// Whether no score up to this one matters, however it is rounded and in which order it is summed.
    pub(super) fn is_above(&self, score: f32) -> bool {
        is_below(score, f32::from_bits(self.least.load(Ordering::Relaxed)))
    }
}

fn is_below(score: f32, least: f32) -> bool {
    score * 1.0001 + 0.001 < least
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
        assert!(!floor.leaves_out(0.0));
        let floor = Floor::starting_at(1.0);
        floor.raise(2.0);
        assert!(floor.leaves_out(0.9) && !floor.leaves_out(1.0) && floor.is_above(1.0));
    }
}
