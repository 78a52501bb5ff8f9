//! Quantities as text: minutes, ages, counts.
//!
//! In: numbers. Out: text with units, in the plural where needed.

use std::time::{SystemTime, UNIX_EPOCH};

/// Minutes in the usual notation: `1h 5m`, `2d 3h`, `<1m`.
pub(crate) fn minutes(minutes: f64) -> String {
    let whole = minutes.round();
    if whole < 1.0 {
        return if minutes > 0.0 { "<1m".to_owned() } else { "0m".to_owned() };
    }
    let whole = whole as u64;
    let parts = [(whole / 1440, "d"), (whole / 60 % 24, "h"), (whole % 60, "m")];
    let parts: Vec<String> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, unit)| format!("{n}{unit}")).collect();
    parts.join(" ")
}

/// A time span in its largest unit: `3 hours`.
pub(crate) fn age(seconds: i64) -> String {
    let (n, unit) = match seconds.max(0) {
        s @ 0..60 => (s, "second"),
        s @ 60..3600 => (s / 60, "minute"),
        s @ 3600..86400 => (s / 3600, "hour"),
        s => (s / 86400, "day"),
    };
    count(usize::try_from(n).unwrap_or_default(), unit)
}

/// Seconds since a point in time, given in seconds since 1970.
pub(crate) fn seconds_since(then: i64) -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    now.cast_signed() - then
}

/// A number and what it counts: `1 report`, `2 reports`.
pub(crate) fn count(n: usize, what: &str) -> String {
    let plural = match n {
        1 => "",
        _ if what.ends_with("ch") => "es",
        _ => "s",
    };
    format!("{n} {what}{plural}")
}

/// A number without superfluous digits: `65`, `0.05`.
pub(crate) fn number(value: f64) -> String {
    if value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_read_well() {
        assert_eq!([0.0, 0.2, 65.0, 1440.0, 1787.0].map(minutes), ["0m", "<1m", "1h 5m", "1d", "1d 5h 47m"]);
        assert_eq!([1, 90, 7200, 200_000].map(age), ["1 second", "1 minute", "2 hours", "2 days"]);
        assert_eq!((number(0.05), number(31442.0)), ("0.05".to_owned(), "31442".to_owned()));
    }
}
