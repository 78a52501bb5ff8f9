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
    format!("{} {what}{plural}", thousands(n))
}

/// So many problems, failures or values are listed on stderr; the others are counted.
pub(crate) const MOST_LISTED: usize = 20;

/// A whole number with its thousands separated: `31,442`.
pub(crate) fn thousands(n: usize) -> String {
    separated(&n.to_string())
}

/// A number without superfluous digits and with its thousands separated: `65`, `0.05`, `31,442.5`.
pub(crate) fn number(value: f64) -> String {
    if value.fract() == 0.0 { separated(&format!("{value:.0}")) } else { separated(&format!("{value}")) }
}

/// A number with a comma before every three digits of its whole part.
fn separated(number: &str) -> String {
    let (sign, number) = number.split_at(usize::from(number.starts_with('-')));
    let whole = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
    let (whole, rest) = number.split_at(whole);
    let mut separated = String::with_capacity(number.len() + whole.len() / 3 + 1);
    separated.push_str(sign);
    for (i, digit) in whole.char_indices() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            separated.push(',');
        }
        separated.push(digit);
    }
    separated + rest
}

/// `1st`, `2nd`, `3rd`, `4th`, `11th`, `21st`.
pub(crate) fn ordinal(n: usize) -> String {
    let end = match (n % 10, n % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{}{end}", thousands(n))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_read_well() {
        assert_eq!([0.0, 0.2, 65.0, 1440.0, 1787.0].map(minutes), ["0m", "<1m", "1h 5m", "1d", "1d 5h 47m"]);
        assert_eq!([1, 90, 7200, 200_000].map(age), ["1 second", "1 minute", "2 hours", "2 days"]);
        let numbers = [0.05, 7.0, 999.0, 31442.0, 1_234_567.5, -1000.0, f64::INFINITY].map(number);
        assert_eq!(numbers, ["0.05", "7", "999", "31,442", "1,234,567.5", "-1,000", "inf"]);
        assert_eq!([0, 100, 1000, 1_000_000].map(thousands), ["0", "100", "1,000", "1,000,000"]);
        assert_eq!(count(14_051, "match"), "14,051 matches");
    }

    #[test]
    fn numbers_in_order() {
        let numbers = [1, 2, 3, 4, 11, 12, 13, 21, 22, 101, 111, 1_003].map(ordinal);
        let expected =
            ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "101st", "111th", "1,003rd"];
        assert_eq!(numbers, expected);
    }
}
