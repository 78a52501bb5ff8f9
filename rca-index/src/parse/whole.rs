//! Whole values: a text that is one number or one date and nothing else.
//!
//! In: a value in lower case, as front matter or a query states it. Out: a number, or a time, if nothing of it is left over.

use crate::parse::date::find_date;
use crate::parse::numbers::{NumberUnit, numbers, plausible_number};

/// A number with its sign, scale, currency or `%`: `1,200`, `$1.5k`, `-3`, `99.9 %`.
pub(crate) fn whole_number(text: &str) -> Option<f64> {
    let text = text.trim();
    let unsigned = text.strip_prefix(['-', '\u{2212}']);
    let bare = unsigned.unwrap_or(text);
    // Most numbers are no more than digits.
    let number = if bare.bytes().all(|b| b.is_ascii_digit()) {
        plausible_number(bare.parse().ok()?)?
    } else {
        match &numbers(bare)[..] {
            [only] if only.range == (0..bare.len()) && only.unit != NumberUnit::Time => only.value,
            _ => return None,
        }
    };
    Some(if unsigned.is_some() { -number } else { number })
}

/// A date, or a month, with its time of day if there is one, in seconds since 1970, UTC.
pub(crate) fn whole_date(text: &str) -> Option<i64> {
    let read = |text: &str| {
        let (range, time) = find_date(text, None)?;
        (range == (0..text.len())).then(|| time.unix_seconds())
    };
    // A folded `2025-06-02T10:00Z` has lost its capital letters.
    read(text).or_else(|| read(&text.to_ascii_uppercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_whole_or_not_at_all() {
        for (text, number) in [
            ("5", Some(5.0)),
            ("-5", Some(-5.0)),
            ("1,200", Some(1200.0)),
            ("$1.5k", Some(1500.0)),
            ("99.9 %", Some(99.9)),
            ("1.2.3", None),
            ("2025-06-02", None),
            ("5 of 7", None),
            ("about 5", None),
            ("5 s", None),
            ("", None),
            ("-", None),
            ("1000000000000000", Some(1e15)),
            ("1000000000000001", None),
            ("-9999999999999999", None),
            ("2000000 bn", None),
            ("nan", None),
            ("inf", None),
            ("1e308", None),
            (&"9".repeat(400), None),
        ] {
            assert_eq!(whole_number(text), number, "{text}");
        }
    }

    #[test]
    fn a_date_is_read_whole_or_not_at_all() {
        let day = 1_748_822_400;
        for (text, time) in [
            ("2025-06-02", Some(day)),
            ("2 june 2025", Some(day)),
            ("2025-06", Some(day - 86_400)),
            ("2025-06-02t10:00:00z", Some(day + 36_000)),
            ("2025-06-02 to 2025-06-03", None),
            ("since 2025-06-02", None),
            ("2025", None),
        ] {
            assert_eq!(whole_date(text), time, "{text}");
        }
    }
}
