//! When a request is sent again.
//!
//! In: how often it was tried, and what the cluster asked for. Out: how long to wait, or that it is enough.

use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

/// How often a request is sent again after a wait.
const MOST: u32 = 7;
/// And if no node has ever answered: the address is probably wrong, and somebody waits.
const MOST_UNKNOWN: u32 = 2;
/// How often another node is asked at once.
const MOST_AT_ONCE: u32 = 16;
/// The first wait, doubled each time.
const FIRST: Duration = Duration::from_millis(200);
/// The longest wait.
const LONGEST: Duration = Duration::from_secs(10);
/// The longest wait that a cluster can ask for.
const LONGEST_ASKED: Duration = Duration::from_secs(30);

/// The tries of one request.
#[derive(Debug, Default)]
pub(super) struct Retries {
    waits: u32,
    at_once: u32,
}

impl Retries {
    /// Whether another node may be asked at once.
    pub(super) fn at_once(&mut self) -> bool {
        self.at_once += 1;
        self.at_once <= MOST_AT_ONCE
    }

    /// How long to wait before the next try; `None` if it was tried often enough. What the cluster asked for is the least, up to a limit.
    pub(super) fn pause(&mut self, asked: Option<Duration>, is_known: bool) -> Option<Duration> {
        if self.waits >= if is_known { MOST } else { MOST_UNKNOWN } {
            return None;
        }
        let wait = FIRST.saturating_mul(1 << self.waits).min(LONGEST);
        self.waits += 1;
        // Clients that were refused together do not come back together.
        let wait = wait.mul_f64(0.5 + jitter() / 2.0);
        Some(asked.map_or(wait, |asked| asked.min(LONGEST_ASKED).max(wait)))
    }
}

/// A random number from 0 to 1, from the keys that the standard library draws for its maps.
fn jitter() -> f64 {
    f64::from(RandomState::new().hash_one(()) as u32) / f64::from(u32::MAX)
}

/// How long a cluster asks to wait, from its header. Dates are not read: clocks differ.
pub(super) fn retry_after(header: &str) -> Option<Duration> {
    header.trim().parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(asked: Option<Duration>, is_known: bool) -> Vec<Duration> {
        let mut retries = Retries::default();
        std::iter::from_fn(|| retries.pause(asked, is_known)).collect()
    }

    #[test]
    fn waits_double_with_jitter_and_end() {
        let waits = all(None, true);
        assert_eq!(waits.len(), MOST as usize);
        for (nth, wait) in waits.iter().enumerate() {
            let most = FIRST.saturating_mul(1 << nth).min(LONGEST);
            assert!(*wait >= most / 2 && *wait <= most, "{nth}: {wait:?}");
        }
        assert!((0..20).any(|_| all(None, true) != waits), "no jitter");
        assert_eq!(all(None, false).len(), MOST_UNKNOWN as usize);
    }

    #[test]
    fn what_the_cluster_asks_for_is_honoured_up_to_a_limit() {
        assert_eq!(retry_after(" 3 "), Some(Duration::from_secs(3)));
        for odd in ["", "-1", "soon", "Fri, 27 Nov 2026 08:00:00 GMT", "99999999999999999999999"] {
            assert_eq!(retry_after(odd), None, "{odd}");
        }
        assert_eq!(all(retry_after("3"), true)[0], Duration::from_secs(3));
        assert_eq!(all(retry_after("86400"), true)[0], LONGEST_ASKED);
        assert!(all(retry_after("0"), true)[0] >= FIRST / 2);
    }
}
