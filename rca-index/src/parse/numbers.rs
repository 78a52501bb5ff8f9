//! Numbers in running text, with their sign, scale, unit and bound: `~1,200`, `<1%`, `$1.5m`, `7.9 s`, `10k+`.
//!
//! In: a sentence in lower case. Out: its numbers. What is part of a name, a version, a date or a time is none.

use std::ops::Range;
use std::sync::LazyLock;

use crate::incident::Bound;
use crate::parse::currency::{CURRENCIES, currency_before};
use crate::parse::date::month;
use crate::parse::duration::unit_named;
use crate::parse::phrases::{ByByte, WordSet, next_digit};

/// The largest number: beyond it not every whole number has a value of its own. What is larger is a trap, and no fact.
const LARGEST: f64 = 1e15;

/// A number that can be meant.
pub(crate) fn plausible_number(number: f64) -> Option<f64> {
    (-LARGEST..=LARGEST).contains(&number).then_some(number)
}

/// A number in a sentence.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Number {
    pub(crate) value: f64,
    pub(crate) unit: NumberUnit,
    pub(crate) bound: Bound,
    /// The number with its signs and unit.
    pub(crate) range: Range<usize>,
    /// As written, to know status codes by.
    pub(crate) written: Range<usize>,
    /// The value when a point before three digits parts thousands: `12.345` of things that come whole.
    pub(crate) whole: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum NumberUnit {
    None,
    Percent,
    /// Milliseconds, converted.
    Time,
    /// An ISO 4217 code.
    Currency(&'static str),
    /// Something else that is counted: minutes, gigabytes.
    Other,
}

/// What people are counted by in Japanese.
pub(crate) const PEOPLE: [&str; 3] = ["人", "名", "ユーザ"];

/// All numbers of a text in lower case.
pub(crate) fn numbers(text: &str) -> Vec<Number> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = next_digit(text, at) {
        let digits = read_digits(&text[start..]);
        let written = &text[start..start + digits.length];
        at = start + digits.length.max(1);
        // Part of a name, a version, a date or a time.
        let glued = |c: char| {
            c.is_alphanumeric() && !matches!(c, '約' | '計') || matches!(c, '-' | '_' | '/' | ':' | '#' | '.')
        };
        let before = &text[..start];
        let glued_before = before.ends_with(glued) && !before.ends_with(|c: char| !c.is_ascii() && c.is_alphanumeric());
        let glued_after =
            text[at..].starts_with([':', '-', '/']) && text[at + 1..].starts_with(|c: char| c.is_ascii_digit());
        if (glued_before && !before.ends_with("us$")) || glued_after || is_of_a_date(before, written) {
            continue;
        }
        let Some(value) = digits.value.filter(|_| !is_a_name(before)) else { continue };
        let mut number = with_unit(text, start..at, value);
        let scale = if value == 0.0 { 1.0 } else { number.value / value };
        number.whole = digits.thousands.unwrap_or(value) * scale;
        at = number.range.end.max(at);
        if plausible_number(number.value).is_some() && plausible_number(number.whole).is_some() {
            found.push(number);
        }
    }
    found
}

/// Digits with what parts them.
pub(crate) struct Digits {
    /// In bytes.
    pub(crate) length: usize,
    /// The number, unless it is none: a version, a list.
    pub(crate) value: Option<f64>,
    /// The number when its only point parts thousands.
    pub(crate) thousands: Option<f64>,
}

/// Reads the digits that a text begins with. Thousands are parted by `,` `.` `'` or a space, decimals by `.` or `,`.
pub(crate) fn read_digits(text: &str) -> Digits {
    let run = |at: usize| text[at..].len() - text[at..].trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let first = run(0);
    if !text[first..].starts_with(parts_digits) {
        return Digits { length: first, value: text[..first].parse().ok(), thousands: None };
    }
    let (mut length, mut groups) = (first, Vec::new());
    while let Some(separator) = text[length..].chars().next() {
        let start = length + separator.len_utf8();
        let group = &text[start..start + run(start)];
        let space = parts_digits(separator) && !matches!(separator, ',' | '.');
        let parts = match separator {
            ',' | '.' => !group.is_empty(),
            _ => space && group.len() == 3 && (1..=3).contains(&first) && !text.starts_with('0'),
        };
        if !parts {
            break;
        }
        if groups.is_empty() {
            groups.push((None, &text[..first]));
        }
        groups.push((Some(separator), group));
        length = start + group.len();
    }
    if groups.is_empty() {
        return Digits { length, value: text[..first].parse().ok(), thousands: None };
    }
    let (value, thousands) = value_of(&groups);
    Digits { length, value, thousands }
}

/// What may stand between two groups of digits.
fn parts_digits(c: char) -> bool {
    matches!(c, ',' | '.' | ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '’')
}

/// What groups of digits mean, each with what stands in front of it; and the other reading of one point.
fn value_of(groups: &[(Option<char>, &str)]) -> (Option<f64>, Option<f64>) {
    let join = |groups: &[(Option<char>, &str)]| groups.iter().map(|(_, digits)| *digits).collect::<String>();
    let whole = || join(groups).parse::<f64>().ok();
    let Some(((separator, last), front)) = groups.split_last() else { return (None, None) };
    let Some((_, first)) = groups.first() else { return (None, None) };
    let decimal = || format!("{}.{last}", join(front)).parse::<f64>().ok();
    let grouped = (1..=3).contains(&first.len()) && !first.starts_with('0');
    let same = |groups: &[(Option<char>, &str)]| {
        groups.iter().skip(1).all(|(by, digits)| *by == groups[1].0 && digits.len() == 3)
    };
    match separator {
        None => (whole(), None),
        Some(separator) if front.len() == 1 => match separator {
            '.' if grouped && last.len() == 3 => (decimal(), whole()),
            ',' if grouped && last.len() == 3 => (whole(), None),
            '.' | ',' => (decimal(), None),
            _ => (whole(), None),
        },
        Some(_) if grouped && same(groups) => (whole(), None),
        Some(separator) => {
            let other = front[1].0 != Some(*separator);
            (if grouped && other && same(front) && matches!(separator, '.' | ',') { decimal() } else { None }, None)
        }
    }
}

/// Whether the word before a number makes it a name: `port 8080`, `ticket 4711`, `version 3`.
fn is_a_name(before: &str) -> bool {
    static NAMES: LazyLock<WordSet<&str>> = LazyLock::new(|| {
        [
            "port", "version", "ticket", "issue", "pr", "page", "step", "phase", "code", "status", "http", "error",
            "line", "build", "release", "room", "chapter", "section", "level", "priority", "severity", "rfc", "cve",
            "ios", "android", "windows", "tls", "ipv", "python", "java", "node", "postgres", "mysql", "ubuntu",
            "debian", "q", "week", "day", "sprint", "commit", "job", "number", "no.", "nr.", "id", "tier", "case",
            "incident", "generation", "gen", "figure", "table", "attempt", "part",
        ]
        .into_iter()
        .collect()
    });
    let Some(rest) = before.strip_suffix([' ', '\u{a0}']) else { return false };
    let word = rest.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
    NAMES.contains(word)
}

/// Reads what stands around a number: its sign, its scale and its unit.
fn with_unit(text: &str, written: Range<usize>, mut value: f64) -> Number {
    let currency = currency_before(&text[..written.start]);
    let mut end = written.end;
    let start = written.start - currency.map_or(0, |(_, length)| length);

    // Most words behind a number are no unit, and begin with another letter.
    let behind = text[end..].trim_start_matches([' ', '\u{a0}']).bytes().next();
    let may_follow = behind.is_some_and(|b| !b.is_ascii() || b"%bcdegkmpstu".contains(&b));
    let mut take = |words: &[&'static str]| {
        if !may_follow {
            return None;
        }
        let rest = &text[end..];
        let gap = rest.len() - rest.trim_start_matches([' ', '\u{a0}']).len();
        let first = rest.as_bytes().get(gap)?;
        let word = words.iter().find(|word| {
            let fits = word.as_bytes().first() == Some(first) && rest[gap..].starts_with(**word);
            fits && !(word.is_ascii()
                && word.ends_with(|c: char| c.is_alphabetic())
                && rest[gap + word.len()..].starts_with(|c: char| c.is_ascii_alphanumeric()))
        });
        // A letter that scales belongs to the number only when they touch.
        let word = word.filter(|word| gap == 0 || !matches!(**word, "k" | "m"))?;
        end += gap + word.len();
        Some(*word)
    };
    match take(&["thousand", "million", "billion", "bn", "k", "m", "万"]) {
        Some("thousand" | "k") => value *= 1e3,
        Some("million" | "m") => value *= 1e6,
        Some("billion" | "bn") => value *= 1e9,
        Some("万") => value *= 1e4,
        _ => {}
    }
    let unit = if let Some((code, _)) = currency {
        NumberUnit::Currency(code)
    } else if take(&["%", "percent", "per cent", "％"]).is_some() {
        NumberUnit::Percent
    } else if let Some(unit) = take(&["milliseconds", "ms", "seconds", "second", "secs", "sec", "s"]) {
        value *= unit_named(unit).map_or(1.0, |minutes| minutes * 60_000.0);
        NumberUnit::Time
    } else if let Some(currency) = CURRENCIES.iter().find(|currency| take(currency.behind).is_some()) {
        NumberUnit::Currency(currency.code)
    } else if counts_something_else(&text[end..]) {
        NumberUnit::Other
    } else {
        NumberUnit::None
    };
    let mut bound = bound_before(&text[..start]);
    if text[end..].starts_with('+') {
        (bound, end) = (Bound::AtLeast, end + 1);
    }
    Number { value, unit, bound, range: start..end, written, whole: value }
}

/// Whether a number is a day or a year by the word before it: `april 22`, `february 2017`, `since 2019`.
fn is_of_a_date(before: &str, written: &str) -> bool {
    if !before.ends_with([' ', '\u{a0}']) || !written.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let word = before.trim_end().rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
    let year = written.len() == 4 && matches!(&written[..2], "19" | "20");
    let of_month = month(word).is_some_and(|(length, _)| word[length..].trim_end_matches(['.', ',']).is_empty());
    (of_month && (year || written.len() <= 2))
        || (year && ["in", "since", "until", "during", "early", "mid", "late"].contains(&word))
}

/// Whether what follows a number is a unit of its own: letters that touch it, or a Japanese counter other than of people.
fn counts_something_else(rest: &str) -> bool {
    let counter = rest.trim_start();
    rest.starts_with(|c: char| c.is_ascii_alphabetic())
        || (counter.starts_with(|c: char| c >= '\u{3040}' && c.is_alphabetic())
            && !PEOPLE.iter().any(|people| counter.starts_with(people)))
}

/// How the words before a number bound it.
fn bound_before(before: &str) -> Bound {
    const BOUNDS: &[(Bound, &[&str])] = &[
        (
            Bound::AtMost,
            &[
                "<", "≤", "<=", "less than", "under", "up to", "bis zu", "jusqu'a", "hasta", "最多", "최대", "at most",
                "below", "fewer than", "no more than", "未満", "以下",
            ],
        ),
        (
            Bound::AtLeast,
            &[
                ">", "≥", ">=", "more than", "over", "at least", "above", "minimum of", "upwards of", "mehr als",
                "plus de", "mas de", "超过", "以上の",
            ],
        ),
        (
            Bound::About,
            &[
                "~", "≈", "about", "approximately", "approx.", "around", "roughly", "some", "nearly", "almost",
                "an estimated", "約", "およそ", "circa", "ca.", "c.", "etwa", "rund", "environ", "unos", "cerca de",
                "aproximadamente", "约", "大约", "약", "an estimated total of",
            ],
        ),
    ];
    static BY_LAST: LazyLock<ByByte<(&str, Bound)>> = LazyLock::new(|| {
        let words = BOUNDS.iter().flat_map(|&(bound, words)| words.iter().map(move |&word| (word, bound)));
        words.filter_map(|(word, bound)| Some((word.bytes().next_back()?, (word, bound)))).collect()
    });
    // An arrow is no comparison.
    let before = before.trim_end().trim_end_matches(['→', '⇒']);
    if before.ends_with("->") || before.ends_with("=>") {
        return Bound::Exact;
    }
    let words = before.bytes().next_back().map_or(&[][..], |last| BY_LAST.of(last));
    words.iter().find(|(word, _)| before.ends_with(word)).map_or(Bound::Exact, |&(_, bound)| bound)
}
