//! Durations as reports write them: `65`, `1h`, `6h 27m`, `1d 5h 47m`, `PT1H5M`, `about 2 hours`, `10時間 5分`, `1:05:00`.
//!
//! In: a value or running text. Out: minutes.

use std::ops::Range;

/// Units by their spelling, and their minutes.
const UNITS: &[(&str, f64)] = &[
    ("milliseconds", 1.0 / 60_000.0),
    ("ms", 1.0 / 60_000.0),
    ("seconds", 1.0 / 60.0),
    ("second", 1.0 / 60.0),
    ("secs", 1.0 / 60.0),
    ("sec", 1.0 / 60.0),
    ("s", 1.0 / 60.0),
    ("秒", 1.0 / 60.0),
    ("minutes", 1.0),
    ("minute", 1.0),
    ("mins", 1.0),
    ("min", 1.0),
    ("m", 1.0),
    ("分間", 1.0),
    ("分", 1.0),
    ("hours", 60.0),
    ("hour", 60.0),
    ("hrs", 60.0),
    ("hr", 60.0),
    ("h", 60.0),
    ("時間", 60.0),
    ("days", 1440.0),
    ("day", 1440.0),
    ("d", 1440.0),
    ("日間", 1440.0),
    ("日", 1440.0),
    ("weeks", 10_080.0),
    ("week", 10_080.0),
    ("w", 10_080.0),
    ("週間", 10_080.0),
];

/// Numbers that prose spells out.
const SPELLED: &[(&str, f64)] = &[
    ("half an", 0.5),
    ("an", 1.0),
    ("a", 1.0),
    ("one", 1.0),
    ("two", 2.0),
    ("three", 3.0),
    ("four", 4.0),
    ("five", 5.0),
    ("six", 6.0),
    ("seven", 7.0),
    ("eight", 8.0),
    ("nine", 9.0),
    ("ten", 10.0),
    ("twelve", 12.0),
    ("fifteen", 15.0),
    ("twenty", 20.0),
    ("thirty", 30.0),
    ("forty-five", 45.0),
    ("ninety", 90.0),
];

/// Reads a value as a duration in minutes; a bare number is minutes. Amounts joined by `+` and other words are added up:
/// `7 days degraded + ~1h 12m` is 10152. None when there is no amount, or when it is negative.
pub(crate) fn read_duration(text: &str) -> Option<f64> {
    let text = text.trim();
    if text.starts_with(['-', '−']) {
        return None;
    }
    if let Ok(minutes) = text.parse::<f64>() {
        return (minutes.is_finite() && minutes >= 0.0).then_some(minutes);
    }
    if let Some(minutes) = read_iso(text).or_else(|| read_clock(text)) {
        return Some(minutes);
    }
    let (range, mut minutes) = find_duration(text)?;
    let mut rest = text.get(range.end..).unwrap_or_default();
    // Only a `+` adds: in `1h (detected after 5m)` the second amount is another matter.
    while let Some((between, after)) = rest.split_once('+') {
        let Some((range, more)) = find_duration(after) else { break };
        if between.contains(|c: char| c.is_ascii_digit()) {
            break;
        }
        minutes += more;
        rest = after.get(range.end..).unwrap_or_default();
    }
    Some(minutes)
}

/// The first duration in running text in minutes, and the bytes it takes.
pub(crate) fn find_duration(text: &str) -> Option<(Range<usize>, f64)> {
    let mut at = 0;
    let mut boundary = true;
    while let Some(c) = text.get(at..)?.chars().next() {
        if boundary
            && c.is_ascii_alphanumeric()
            && let Some((length, minutes)) = amounts(&text[at..])
        {
            return Some((at..at + length, minutes));
        }
        // A number behind a letter, a point or a sign is no amount: `v1`, `2.5`, `-5m`, `p99`.
        boundary = !(c.is_ascii_alphanumeric() || matches!(c, '.' | ',' | ':' | '-' | '−' | '_'));
        at += c.len_utf8();
    }
    None
}

/// Amounts in a row at the start of a text: `1d 5h 47m`, `2 hours and 5 minutes`. Bytes taken, and minutes.
fn amounts(text: &str) -> Option<(usize, f64)> {
    let (mut taken, mut total) = amount(text)?;
    loop {
        let rest = &text[taken..];
        let gap = rest.len() - rest.trim_start_matches([' ', ',', '\u{a0}']).len();
        let gap = gap + if rest[gap..].starts_with("and ") { 4 } else { 0 };
        // Another number follows, so this is the same duration and no next sentence.
        if !rest[gap..].starts_with(|c: char| c.is_ascii_digit()) {
            return Some((taken, total));
        }
        let Some((length, minutes)) = amount(&rest[gap..]) else { return Some((taken, total)) };
        taken += gap + length;
        total += minutes;
    }
}

/// One number and its unit at the start of a text.
fn amount(text: &str) -> Option<(usize, f64)> {
    let spelled = || {
        let found = SPELLED.iter().find(|(word, _)| {
            text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
                && text[word.len()..].starts_with(' ')
        })?;
        Some((found.0.len(), found.1))
    };
    let digits = || {
        let length = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
        Some((length, text[..length].trim_end_matches('.').parse::<f64>().ok()?))
    };
    let (length, number) = digits().or_else(spelled)?;
    let rest = &text[length..];
    let gap = rest.len() - rest.trim_start_matches([' ', '-', '\u{a0}']).len();
    // One space or hyphen, as in `65-minute`; more is no unit any more.
    if gap > 2 {
        return None;
    }
    let rest = &rest[gap..];
    let (unit, minutes) =
        UNITS.iter().filter(|(unit, _)| starts_with_unit(rest, unit)).max_by_key(|(unit, _)| unit.len())?;
    // In `3 s` and `5 m` of prose the letter may mean anything; written together it is a unit.
    Some((length + gap + unit.len(), number * minutes))
}

fn starts_with_unit(text: &str, unit: &str) -> bool {
    let Some(start) = text.get(..unit.len()) else { return false };
    let next = text[unit.len()..].chars().next();
    let ends = if unit.is_ascii() { next.is_none_or(|c| !c.is_alphabetic() || !c.is_ascii()) } else { true };
    start.eq_ignore_ascii_case(unit) && ends
}

/// ISO 8601: `PT1H5M`, `P1DT2H`.
fn read_iso(text: &str) -> Option<f64> {
    let mut rest = text.strip_prefix(['P', 'p'])?;
    let (mut minutes, mut time, mut any) = (0.0, false, false);
    while let Some(c) = rest.chars().next() {
        if c.eq_ignore_ascii_case(&'t') {
            (time, rest) = (true, &rest[1..]);
            continue;
        }
        let length = rest.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
        let number: f64 = rest[..length].parse().ok()?;
        let unit = rest[length..].chars().next()?;
        minutes += number
            * match (unit.to_ascii_uppercase(), time) {
                ('W', false) => 10_080.0,
                ('D', false) => 1440.0,
                ('H', true) => 60.0,
                ('M', true) => 1.0,
                ('S', true) => 1.0 / 60.0,
                _ => return None,
            };
        any = true;
        rest = &rest[length + 1..];
    }
    any.then_some(minutes)
}

/// `1:05:00`, hours, minutes and seconds; `1:05` alone, hours and minutes.
fn read_clock(text: &str) -> Option<f64> {
    let parts: Vec<f64> = text.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    match parts[..] {
        [hours, minutes] if minutes < 60.0 => Some(hours * 60.0 + minutes),
        [hours, minutes, seconds] if minutes < 60.0 && seconds < 60.0 => Some(hours * 60.0 + minutes + seconds / 60.0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        let check = |text: &str, minutes: Option<f64>| assert_eq!(read_duration(text), minutes, "{text}");
        check("65", Some(65.0));
        check("1h", Some(60.0));
        check("6h 27m", Some(387.0));
        check("1d 5h 47m", Some(1787.0));
        check("1h30m", Some(90.0));
        check("PT1H5M", Some(65.0));
        check("P1DT2H", Some(1560.0));
        check("1:05:00", Some(65.0));
        check("7 days degraded + ~1h 12m", Some(10152.0));
        check("約24時間30分（TTD ≈ 24時間）", Some(1470.0));
        check("約 10 分", Some(10.0));
        check("11d", Some(15840.0));
        check("2.5 hours", Some(150.0));
        check("-5m", None);
        check("-5", None);
        check("unknown", None);
        check("", None);
        check("NaN", None);
        check("P", None);
    }

    #[test]
    fn in_prose() {
        let check = |text: &str, minutes: Option<f64>| assert_eq!(find_duration(text).map(|d| d.1), minutes, "{text}");
        check("lasted approximately 65 minutes and hit", Some(65.0));
        check("for two hours", Some(120.0));
        check("a 65-minute outage", Some(65.0));
        check("1 hour and 5 minutes", Some(65.0));
        check("half an hour", Some(30.0));
        check("p99 went to 7947", None);
        check("in 2025 a man", None);
        check("v2.5h", None);
        check("é1é", None);
    }
}
