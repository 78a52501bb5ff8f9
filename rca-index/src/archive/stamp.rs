//! Stamps: when a file was last changed, as far as its file system tells.
//!
//! In: the metadata of a file. Out: a stamp; two that are the same prove that the file is unchanged.

use std::fs::Metadata;

use serde::{Deserialize, Serialize};

/// A file modified this shortly before the walk may be modified again without a change of its stamp: file systems count in
/// ticks of up to two seconds.
const CLOCK_TICK: i64 = 2_000_000_000;

/// When a file was changed. Kept small, because the stamps of all files of an archive are in memory at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Stamp {
    /// When its content was modified, as anybody may set it: `touch -r`, `rsync -t`, `cp -p`.
    modified: Time,
    /// When the system last changed its content or its metadata (`ctime`), which nobody can set. Windows does not tell.
    changed: Time,
}

/// Nanoseconds since 1970; 0 and less are real times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
struct Time(i64);

impl Time {
    /// Where the system does not tell. It is the year 1677, which no file system can express exactly.
    const UNKNOWN: Self = Self(i64::MIN);

    fn is_known(self) -> bool {
        self != Self::UNKNOWN
    }

    /// What is out of range counts as the first or the last time of it.
    #[cfg(unix)]
    fn of(seconds: i64, nanoseconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000_000_000).saturating_add(nanoseconds).max(i64::MIN + 1))
    }
}

impl Stamp {
    /// Proves nothing, so that the file is read.
    pub(crate) const UNKNOWN: Self = Self { modified: Time::UNKNOWN, changed: Time::UNKNOWN };

    /// The stamp of a file.
    #[cfg(unix)]
    pub(crate) fn of(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        Self {
            modified: Time::of(metadata.mtime(), metadata.mtime_nsec()),
            changed: Time::of(metadata.ctime(), metadata.ctime_nsec()),
        }
    }

    /// The stamp of a file.
    #[cfg(not(unix))]
    pub(crate) fn of(metadata: &Metadata) -> Self {
        use std::time::UNIX_EPOCH;
        let nanoseconds = |time: std::time::SystemTime| match time.duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_nanos()).ok(),
            Err(before) => i64::try_from(before.duration().as_nanos()).ok().map(|before| -before),
        };
        // With no change time beside it, a time that is out of range must not be equal to another one.
        let modified = metadata.modified().ok().and_then(nanoseconds).map_or(Time::UNKNOWN, Time);
        Self { modified, changed: Time::UNKNOWN }
    }

    /// Whether a file with this stamp and the size it had then is unchanged since it had the other one.
    pub(crate) fn proves_unchanged_since(self, before: Self) -> bool {
        self.modified.is_known() && self == before
    }

    /// Whether the file was changed so shortly before a walk that it may change again, and keep its stamp. `walked` is when
    /// the walk began, in nanoseconds since 1970.
    pub(crate) fn is_recent(self, walked: i64) -> bool {
        let last = if self.changed.is_known() { self.changed } else { self.modified };
        // Some file systems have a change time that does not change. A time in the future is one that somebody has set.
        last.0.saturating_add(CLOCK_TICK) > walked || self.modified.0.abs_diff(walked) < CLOCK_TICK.unsigned_abs()
    }

    /// The order in which the last changed comes first.
    pub(crate) fn cmp_latest(self, other: Self) -> std::cmp::Ordering {
        let last = |stamp: Self| if stamp.has_change_time() { stamp.changed } else { stamp.modified };
        last(other).cmp(&last(self))
    }

    /// Whether the system keeps a change time for this file.
    pub(crate) fn has_change_time(self) -> bool {
        self.changed.is_known() && self.changed != Time(0)
    }

    /// A stamp for tests.
    #[cfg(test)]
    pub(crate) fn at(modified: i64, changed: Option<i64>) -> Self {
        Self { modified: Time(modified), changed: changed.map_or(Time::UNKNOWN, Time) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_time_is_a_time() {
        for time in [0, -1, 1, i64::MIN + 1, i64::MAX] {
            for changed in [None, Some(0), Some(-5), Some(7)] {
                let stamp = Stamp::at(time, changed);
                assert!(stamp.proves_unchanged_since(stamp), "{stamp:?}");
                assert!(!stamp.proves_unchanged_since(Stamp::UNKNOWN), "{stamp:?}");
                assert!(!Stamp::UNKNOWN.proves_unchanged_since(stamp), "{stamp:?}");
                assert!(!stamp.proves_unchanged_since(Stamp::at(time ^ 1, changed)), "{stamp:?}");
            }
        }
        assert!(!Stamp::UNKNOWN.proves_unchanged_since(Stamp::UNKNOWN));
    }

    #[test]
    fn a_change_time_tells_what_a_kept_modification_time_hides() {
        assert!(!Stamp::at(5, Some(9)).proves_unchanged_since(Stamp::at(5, Some(8))));
        assert!(!Stamp::at(5, Some(9)).proves_unchanged_since(Stamp::at(5, None)));
        assert!(!Stamp::at(5, None).proves_unchanged_since(Stamp::at(5, Some(9))));
    }

    #[test]
    fn a_change_within_a_tick_of_the_clock_is_recent() {
        const NOW: i64 = 1_700_000_000_000_000_000;
        let second = 1_000_000_000;
        let recent = |modified: i64, changed: Option<i64>| Stamp::at(modified, changed).is_recent(NOW);
        assert!(recent(NOW - second, None) && recent(NOW, Some(NOW)) && recent(NOW + second, None));
        assert!(!recent(NOW - 3 * second, None) && !recent(0, None) && !recent(-second, None));
        // An old modification time, set just now; and a change time that does not move.
        assert!(recent(0, Some(NOW - second)) && recent(NOW - second, Some(0)));
        assert!(!recent(0, Some(NOW - 3 * second)));
        // A modification time in the future was set: only the change time tells when.
        assert!(!recent(NOW + 100 * second, Some(NOW - 3 * second)) && recent(NOW + 100 * second, None));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_tells_both_times() {
        use std::time::{Duration, UNIX_EPOCH};
        let file = tempfile::NamedTempFile::new().unwrap();
        let stamp = || Stamp::of(&file.path().metadata().unwrap());
        for (time, nanoseconds) in [
            (UNIX_EPOCH, 0),
            (UNIX_EPOCH - Duration::from_secs(1), -1_000_000_000),
            (UNIX_EPOCH + Duration::from_secs(1), 1_000_000_000),
        ] {
            file.as_file().set_modified(time).unwrap();
            assert_eq!(stamp().modified, Time(nanoseconds));
        }
        let now = std::time::SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as i64;
        assert!(stamp().changed.0.abs_diff(now) < 60_000_000_000, "the change time is now");
        assert!(Time::of(i64::MIN, 0).is_known() && Time::of(i64::MAX, 999_999_999).is_known());
    }
}
