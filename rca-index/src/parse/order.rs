//! Order: whether a report writes the day of a date first, `16/03/2020`, or the month, `03/16/2020`.
//!
//! In: a report's text and a day that it is about. Out: the order, where a date with a part above 12 decides, or where only
//! one reading of the others lies near that day.

use jiff::civil::Date;

use crate::parse::day::{Day, days, read_day};

/// Whether the day comes first; none when nothing decides.
pub(super) fn day_order(source: &str, about: Option<Date>) -> Option<bool> {
    let mut seen: [bool; 2] = [false; 2];
    let mut near: [bool; 2] = [false; 2];
    for at in candidates(source) {
        let text = &source[at..];
        match read_day(text).map(|(day, _)| day) {
            Some(Day::Date(date)) => {
                let first: i32 = text.get(..2).and_then(|first| first.parse().ok()).unwrap_or(0);
                if date.day() != date.month() && !text[..2].is_empty() {
                    seen[usize::from(first != i32::from(date.day()))] = true;
                }
            }
            Some(Day::Either(a, b)) => {
                if let Some(about) = about {
                    let close = |date: Date| (days(date) - days(about)).abs() <= NEAR;
                    match (close(a), close(b)) {
                        (true, false) => near[0] = true,
                        (false, true) => near[1] = true,
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    let decides = |[first, second]: [bool; 2]| (first != second).then_some(first);
    decides(seen).or_else(|| decides(near))
}

/// In days.
const NEAR: i64 = 20;

/// Where two digits, a slash or hyphen, two digits and the same sign stand before four digits.
fn candidates(source: &str) -> Vec<usize> {
    const YEAR: usize = 4;
    let bytes = source.as_bytes();
    if !may_have_candidate(bytes) {
        return Vec::new();
    }
    let shaped = |at: usize| {
        let digit = |offset: usize| bytes.get(at + offset).is_some_and(u8::is_ascii_digit);
        let mark = bytes.get(at + 2).copied();
        matches!(mark, Some(b'/' | b'-'))
            && bytes.get(at + 5).copied() == mark
            && [0, 1, 3, 4, 6, 7, 8, 9].into_iter().all(digit)
            && !digit(10)
            && at
                .checked_sub(1)
                .is_none_or(|before| !(bytes[before].is_ascii_alphanumeric() || matches!(bytes[before], b'/' | b'-')))
    };
    let mut found = Vec::new();
    // Of four digits in a row, one is at every fourth byte.
    let mut at = YEAR - 1;
    while let Some(byte) = bytes.get(at) {
        if byte.is_ascii_digit() {
            let begins = |digit: usize| at.checked_sub(6 + digit).filter(|begin| shaped(*begin));
            found.extend((0..YEAR).find_map(begins));
        }
        at += YEAR;
    }
    found
}

/// Whether a sign stands twice, two bytes apart, with a digit as far behind. No step depends on the one before, so that the
/// compiler looks at many bytes at once.
fn may_have_candidate(bytes: &[u8]) -> bool {
    // The two signs differ in one bit.
    let sign = |byte: u8| byte | (b'-' ^ b'/') == b'/';
    let found = bytes.windows(7).fold(0, |found, at| {
        let digit = at[6].wrapping_sub(b'0') < 10;
        found | u8::from(sign(at[0])) & u8::from(at[0] == at[3]) & u8::from(digit)
    });
    found > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_decides() {
        let about = Some(jiff::civil::date(2024, 10, 8));
        for (text, about, expected) in [
            ("on 25/09/2024 and 10/10/2024", None, Some(true)),
            ("on 09/25/2024 and 10/11/2024", None, Some(false)),
            ("13-02-2025", None, Some(true)),
            ("25/09/2024 and 09/25/2024", None, None),
            ("09/10/2024", about, Some(true)),
            ("10/09/2024", about, Some(false)),
            ("10/10/2024", about, None),
            ("08/04/2022", None, None),
            ("v25/09/2024", None, None),
            ("", None, None),
        ] {
            assert_eq!(day_order(text, about), expected, "{text}");
        }
    }
}
