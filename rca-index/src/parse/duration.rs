//! Durations as reports write them: `65`, `1h30`, `6h 27m`, `PT1H5M`, `1 day, 2:03:04`, `about 2 hours`, `an hour and a half`,
//! `2 Std. 30 Min.`, `10時間5分`, `30–45 minutes`, `13+ hours`, `20:20 - 20:46`.
//!
//! In: a value or running text. Out: minutes, how they are to be read, and bytes taken. A value that goes on to state
//! another duration, a rate or a doubt is not understood: never the part that happens to come first.

mod words;

use std::ops::Range;
use std::sync::LazyLock;

use crate::incident::Bound;
use crate::parse::cursor::{Cursor, is_latin, is_space};
use crate::parse::duration::words::{
    ABOUT, CJK_UNITS, DAY, DOUBTS, HOUR, LEAST, MOST, PLAIN, SPELLED, UNITS, WHOLE, begins_with_amount,
};
use crate::parse::phrases::{WordMap, lower};
use crate::parse::range::read_range;

/// A duration as a text states it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Duration {
    /// Of a range the upper end.
    pub(crate) minutes: f64,
    pub(crate) bound: Bound,
}

impl Duration {
    /// The same duration, read as the words right before it say: `about `, `more than `.
    pub(crate) fn behind(self, before: &str) -> Self {
        /// Such words are short.
        const LONGEST: usize = 24;
        if self.bound != Bound::Exact {
            return self;
        }
        let near = before.char_indices().rev().take(LONGEST).last().map_or(before, |(at, _)| &before[at..]);
        // Scripts with no spaces have words anywhere.
        let may_start = |&(at, c): &(usize, char)| !c.is_ascii() || at == 0 || near[..at].ends_with(' ');
        let mut starts = near.char_indices().filter(may_start).map(|(at, _)| at);
        let bound = |start: usize| {
            let mut cursor = Cursor::new(&near[start..]);
            let bound = lead(&mut cursor);
            (bound != Bound::Exact && cursor.rest().trim().is_empty()).then_some(bound)
        };
        Self { bound: starts.find_map(bound).unwrap_or(Bound::Exact), ..self }
    }
}

/// The longest duration, in minutes: a hundred years. What is longer is a slip of the pen or a trap, and no fact.
const LONGEST: f64 = 100.0 * 365.25 * DAY;

/// Minutes that a duration can have.
pub(crate) fn plausible(minutes: f64) -> Option<f64> {
    (0.0..=LONGEST).contains(&minutes).then_some(minutes)
}

/// Why a value gives no duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unclear {
    /// It states none.
    None,
    /// It states one, and something else that leaves open which one is meant.
    More,
}

/// Reads a value; a bare number is minutes.
pub(crate) fn read_duration(text: &str) -> Result<Duration, Unclear> {
    let text = text.trim().trim_matches(['[', ']', '`', '*', '"']).trim();
    if let Some(minutes) = whole_duration(text) {
        return Ok(Duration { minutes, bound: Bound::Exact });
    }
    let mut cursor = Cursor::new(text);
    let bound = lead(&mut cursor);
    let start = cursor;
    let (mut duration, taken) = match stated(cursor.rest()).or_else(|| clock_amount(cursor.rest())) {
        Some(found) => found,
        None => clocks(start.rest()).ok_or_else(|| unclear(text))?,
    };
    cursor.skip(taken);
    if duration.bound == Bound::Exact {
        duration.bound = bound;
    }
    // Amounts joined by `+` are written as one sum.
    while let Some((more, taken)) = plus(cursor.rest()) {
        duration.minutes += more;
        cursor.skip(taken);
    }
    remark(cursor.rest(), &mut duration)?;
    plausible(duration.minutes).map(|_| duration).ok_or(Unclear::None)
}

/// Reads a text that is a duration and nothing else, as queries state it: `90`, `1h30`, `2d`, `PT1H5M`. None when it is
/// negative.
pub(crate) fn whole_duration(text: &str) -> Option<f64> {
    let text = text.trim();
    if text.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'_') {
        let minutes = text.replace('_', "").parse::<f64>().ok()?;
        return plausible(minutes);
    }
    let whole = |(duration, taken): (Duration, usize)| {
        (taken == text.len() && duration.bound == Bound::Exact).then_some(duration.minutes)
    };
    let read = read_iso(text).or_else(|| clock_amount(text).and_then(whole)).or_else(|| stated(text).and_then(whole));
    read.and_then(plausible)
}

/// The first duration in running text, and the bytes it takes.
pub(crate) fn find_duration(text: &str) -> Option<(Range<usize>, Duration)> {
    let mut boundary = true;
    for (at, c) in text.char_indices() {
        if boundary
            && (c.is_ascii_digit() || matches!(c, '½' | '半') || begins_with_amount(&text[at..]))
            && let Some((duration, taken)) = stated(&text[at..])
            && plausible(duration.minutes).is_some()
        {
            return Some((at..at + taken, duration));
        }
        // A number behind a letter, a point or a sign is no amount: `v1`, `2.5`, `-5m`, `p99`.
        boundary = !(is_latin(c) || matches!(c, '.' | ',' | ':' | '-' | '−' | '_' | '/' | '$' | '€' | '£' | '#'));
    }
    None
}

/// Words before a duration that say how it is meant, or only that it is one.
fn lead(cursor: &mut Cursor<'_>) -> Bound {
    let mut bound = Bound::Exact;
    for _ in 0..4 {
        cursor.spaces();
        if cursor.eat_any(&["~", "≈", "∼", "±", "約", "约", "およそ", "推定", "大约", "약"]).is_some()
            || cursor.eat_word(ABOUT)
        {
            bound = Bound::About;
        } else if cursor.eat_any(&[">=", "≥", ">"]).is_some() || cursor.eat_word(LEAST) {
            bound = Bound::AtLeast;
        } else if cursor.eat_any(&["<=", "≤", "<"]).is_some() || cursor.eat_word(MOST) {
            bound = Bound::AtMost;
        } else if !(cursor.eat("(") || cursor.eat_word(PLAIN)) {
            break;
        }
        cursor.eat(":");
    }
    bound
}

/// A value that does not begin with a duration: whether one stands in it all the same.
fn unclear(text: &str) -> Unclear {
    if find_duration(text).is_some() { Unclear::More } else { Unclear::None }
}

/// `20:20 - 20:46 UTC`: from one clock to another.
fn clocks(text: &str) -> Option<(Duration, usize)> {
    let (range, taken) = read_range(text)?;
    Some((Duration { minutes: range.minutes()?, bound: Bound::Exact }, taken))
}

/// ` + ~1h 12m`: another amount that is added.
fn plus(text: &str) -> Option<(f64, usize)> {
    let at = text.find('+')?;
    // `7 days degraded + ~1h`: some words may stand before the sign, but nothing else.
    let words = at > 0 && text.starts_with(is_space) && text[..at].chars().all(|c| c.is_alphabetic() || is_space(c));
    if !words {
        return None;
    }
    let mut cursor = Cursor::new(text);
    cursor.skip(at + 1);
    lead(&mut cursor);
    let (duration, taken) = stated(cursor.rest())?;
    Some((duration.minutes, cursor.at() + taken))
}

/// What may stand behind a duration. It makes the value an approximate one; what states more makes it unclear.
fn remark(rest: &str, duration: &mut Duration) -> Result<(), Unclear> {
    let mut rest = rest.trim_start_matches(is_space);
    if rest.is_empty() {
        return Ok(());
    }
    // `4 min/hour`, `90 seconds per call`
    if rest.starts_with('/') || ["per ", "each", "every ", "pro "].iter().any(|rate| rest.starts_with(rate)) {
        return Err(Unclear::More);
    }
    // A bracket right behind the value explains it: `~13 minutes (11:31 to 11:44 UTC)`.
    if let Some(inner) = rest.strip_prefix(['(', '（', '[']) {
        let close = inner
            .find([')', '）', ']'])
            .map_or(inner.len(), |at| at + inner[at..].chars().next().map_or(0, char::len_utf8));
        rest = &inner[close..];
    }
    let doubt = |word: &str| {
        DOUBTS.iter().any(|doubt| word.eq_ignore_ascii_case(doubt)) || word.ends_with("n't") || word.ends_with("n’t")
    };
    let doubtful = rest.split(|c: char| !(c.is_alphanumeric() || matches!(c, '\'' | '’'))).any(doubt);
    if doubtful || find_duration(rest).is_some() {
        return Err(Unclear::More);
    }
    if duration.bound == Bound::Exact && rest.chars().any(char::is_alphanumeric) {
        duration.bound = Bound::About;
    }
    Ok(())
}

/// A duration or a range of two at the start of a text, and the bytes it takes.
fn stated(text: &str) -> Option<(Duration, usize)> {
    if let Some(found) = range_of_numbers(text) {
        return Some(found);
    }
    let mut cursor = Cursor::new(text);
    let (minutes, mut bound) = amounts(&mut cursor)?;
    let mut ahead = cursor;
    if bound == Bound::Exact && dash(&mut ahead) {
        lead(&mut ahead);
        if let Some((until, _)) = amounts(&mut ahead)
            && until > minutes
        {
            return Some((Duration { minutes: until, bound: Bound::AtMost }, ahead.at()));
        }
    }
    // `9h+`, `2 hours+`
    if cursor.eat("+") {
        bound = Bound::AtLeast;
    }
    Some((Duration { minutes, bound }, cursor.at()))
}

fn dash(cursor: &mut Cursor<'_>) -> bool {
    let spaced = cursor.spaces();
    let found = cursor.eat_any(&["-", "–", "—", "~", "〜", "～"]).is_some()
        || spaced && cursor.eat_word(&["to", "or", "bis", "à", "a"]);
    cursor.spaces();
    found
}

/// `30–45 minutes`, `1 to 2 hours`, `2-3時間`.
fn range_of_numbers(text: &str) -> Option<(Duration, usize)> {
    let mut cursor = Cursor::new(text);
    let (from, _) = number(&mut cursor)?;
    if !dash(&mut cursor) {
        return None;
    }
    cursor.eat_any(&["~", "≈"]);
    let (until, _) = number(&mut cursor)?;
    let unit = unit_behind(&mut cursor, false)?;
    (from < until && until < 10_000.0).then(|| (Duration { minutes: until * unit, bound: Bound::AtMost }, cursor.at()))
}

/// Amounts in a row, each of a smaller unit than the one before: `1d 5h 47m`, `2 hours and 5 minutes`, `1h30`.
fn amounts(cursor: &mut Cursor<'_>) -> Option<(f64, Bound)> {
    let (mut total, mut unit, mut bound) = amount(cursor, false)?;
    loop {
        let mut ahead = *cursor;
        let touching = ahead.peek().is_some_and(|c| c.is_ascii_digit());
        ahead.spaces();
        ahead.eat_any(&[",", "&", "、"]);
        ahead.spaces();
        let and = ahead.eat_word(&["and", "und", "et", "y", "og", "e", "och", "en"]) && ahead.spaces();
        // `2時間半`
        if before_half(cursor, unit) {
            return Some((total + unit / 2.0, bound));
        }
        // `an hour and a half`
        if and && (ahead.eat_word(&["a half", "half", "demie", "media", "halb"])) {
            total += unit / 2.0;
            *cursor = ahead;
            return Some((total, bound));
        }
        let mut clock = ahead;
        if unit >= DAY
            && let Some((duration, taken)) = clock_amount(clock.rest())
        {
            clock.skip(taken);
            *cursor = clock;
            return Some((total + duration.minutes, bound));
        }
        let before = ahead;
        match amount(&mut ahead, true) {
            Some((more, smaller, more_bound)) if smaller < unit => {
                (total, unit, bound) =
                    (total + more, smaller, if more_bound == Bound::Exact { bound } else { more_bound });
                *cursor = ahead;
            }
            _ => {
                // `1h30`, `2 h 05`: the unit is plain.
                let mut ahead = before;
                let smaller = unit / 60.0;
                if (touching || !and)
                    && (unit - HOUR).abs() < 0.1
                    && let Some(more) = ahead.number(2, 2)
                    && more < 60
                    && ahead.ends()
                    && !ahead.rest().starts_with([':', '.', ',', '-', '/', '%'])
                {
                    *cursor = ahead;
                    total += f64::from(more) * smaller;
                }
                return Some((total, bound));
            }
        }
    }
}

/// Eats the `半` of `2時間半`.
fn before_half(cursor: &mut Cursor<'_>, unit: f64) -> bool {
    unit >= HOUR && cursor.eat_any(&["半", "반"]).is_some()
}

/// One number and its unit: minutes, the minutes of the unit, and whether a `+` stands between them.
fn amount(cursor: &mut Cursor<'_>, follows: bool) -> Option<(f64, f64, Bound)> {
    if let Some(found) = spelled_whole(cursor) {
        return Some(found);
    }
    let mut ahead = *cursor;
    let (number, decade) = number(&mut ahead)?;
    let bound = if ahead.eat("+") { Bound::AtLeast } else { Bound::Exact };
    let before_unit = ahead;
    let unit = unit_behind(&mut ahead, follows)?;
    // `the 1990s`
    if decade && before_unit.rest().starts_with('s') {
        return None;
    }
    *cursor = ahead;
    Some((number * unit, unit, bound))
}

/// `half an hour`, `a quarter of an hour`, `three quarters of an hour`, `une demi-heure`, `halvannen time`.
fn spelled_whole(cursor: &mut Cursor<'_>) -> Option<(f64, f64, Bound)> {
    // Most amounts are digits.
    if !cursor.peek()?.is_alphabetic() {
        return None;
    }
    let first = cursor.rest().bytes().next()?.to_ascii_lowercase();
    let same_start = |(words, ..): &&(&str, f64, f64)| words.as_bytes()[0] == first;
    let (_, number, unit) = WHOLE.iter().filter(same_start).find(|(words, ..)| cursor.eat_word(&[words]))?;
    Some((number * unit, *unit, Bound::Exact))
}

/// A number, and whether it may be a decade: `1990`.
fn number(cursor: &mut Cursor<'_>) -> Option<(f64, bool)> {
    let mut ahead = *cursor;
    let (mut number, mut decade) = if ahead.peek()?.is_ascii_digit() {
        digits(&mut ahead)?
    } else {
        let first = ahead.rest().bytes().next()?.to_ascii_lowercase();
        let fits = |(word, _): &&(&str, f64)| word.as_bytes()[0] == first && ahead.rest().len() > word.len();
        let (word, number) = SPELLED.iter().filter(fits).find(|(word, _)| {
            ahead.rest().get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
                && ahead.rest()[word.len()..].starts_with(|c: char| is_space(c) || c == '-')
                && !(ahead.rest()[word.len()..].starts_with('-') && *word == "forty")
        })?;
        ahead.skip(word.len());
        (*number, false)
    };
    for (sign, part) in [("½", 0.5), ("¼", 0.25), ("¾", 0.75)] {
        if ahead.eat(sign) {
            (number, decade) = (number + part, false);
        }
    }
    let mut half = ahead;
    half.spaces();
    if half.eat_word(&["and a half", "1/2", "et demie", "y media"]) {
        number += 0.5;
        ahead = half;
    }
    *cursor = ahead;
    Some((number, decade))
}

/// Digits with separators: `1,440`, `1 440`, `2.5`, `1,5`.
fn digits(cursor: &mut Cursor<'_>) -> Option<(f64, bool)> {
    let first = cursor.digits(16);
    if first == 0 || first > 15 {
        return None;
    }
    let start = cursor.rest();
    let mut whole: f64 = start[..first].parse().ok()?;
    let decade = first == 4 && (start.starts_with("19") || start.starts_with("20")) && start[..4].ends_with('0');
    cursor.skip(first);
    let mut grouped = false;
    loop {
        let mut ahead = *cursor;
        if first > 3 || ahead.eat_any(&[",", "'", "’", "\u{202f}", "\u{2009}"]).is_none() || ahead.digits(4) != 3 {
            break;
        }
        whole = whole * 1000.0 + f64::from(ahead.number(3, 3)?);
        *cursor = ahead;
        grouped = true;
    }
    let mut ahead = *cursor;
    let comma = !grouped && ahead.peek() == Some(',');
    if ahead.eat_any(&[".", ","]).is_some() && (1..=6).contains(&ahead.digits(7)) && (!comma || ahead.digits(7) <= 2) {
        let length = ahead.digits(6);
        let fraction: f64 = format!("0.{}", ahead.rest().get(..length)?).parse().ok()?;
        ahead.skip(length);
        // `1.2.3` is a version.
        if ahead.rest().starts_with(['.', ',']) && ahead.rest()[1..].starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        *cursor = ahead;
        return Some((whole + fraction, false));
    }
    Some((whole, decade))
}

/// The unit behind a number, in minutes. A capital `M` is one only behind hours: `5M` are millions.
fn unit_behind(cursor: &mut Cursor<'_>, follows: bool) -> Option<f64> {
    let mut ahead = *cursor;
    // One space or hyphen, as in `65-minute`; more is no unit any more.
    let hyphen = ahead.eat("-");
    if !hyphen && ahead.peek().is_some_and(is_space) {
        ahead.skip(ahead.peek().map_or(0, char::len_utf8));
        ahead.eat("(");
    }
    let is_ascii = ahead.rest().bytes().next().is_some_and(|b| b.is_ascii());
    if !is_ascii && let Some((_, minutes)) = CJK_UNITS.iter().find(|(unit, _)| ahead.eat(unit)) {
        *cursor = ahead;
        return Some(*minutes);
    }
    let length = ahead
        .rest()
        .char_indices()
        .find(|&(at, c)| at > 14 || !c.is_alphabetic())
        .map_or(ahead.rest().len(), |(at, _)| at);
    let word = ahead.rest().get(..length)?;
    if word == "M" && !follows {
        return None;
    }
    let minutes = unit_named(word)?;
    ahead.skip(length);
    // Short forms may have a point: `2 Std. 30 Min.`
    if word.len() <= 5 && ahead.rest().starts_with(". ") && ahead.rest()[2..].starts_with(|c: char| c.is_ascii_digit())
    {
        ahead.skip(1);
    }
    *cursor = ahead;
    Some(minutes)
}

/// The minutes of a unit with this name, in any case.
pub(crate) fn unit_named(word: &str) -> Option<f64> {
    static BY_NAME: LazyLock<WordMap<&str, f64>> = LazyLock::new(|| UNITS.iter().rev().copied().collect());
    BY_NAME.get(&*lower(word)).copied()
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
                ('W', false) => 7.0 * DAY,
                ('D', false) => DAY,
                ('H', true) => HOUR,
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
fn clock_amount(text: &str) -> Option<(Duration, usize)> {
    let mut cursor = Cursor::new(text);
    let hours = cursor.number(1, 4)?;
    cursor.eat(":").then_some(())?;
    let minutes = cursor.number(2, 2)?;
    let seconds = if cursor.eat(":") { Some(cursor.number(2, 2)?) } else { None };
    let mut ahead = cursor;
    ahead.spaces();
    // `10:05-10:30`, `10:05 pm` and `10:05 UTC` are points in time.
    let open = ahead.rest().starts_with(|c: char| matches!(c, '-' | '–' | '—' | '→' | ':' | '~') || c.is_alphabetic());
    if open && !ahead.eat_word(&["h", "hrs", "hours", "hh:mm", "hh:mm:ss", "hour"]) {
        return None;
    }
    let end = if open { ahead } else { cursor };
    if minutes >= 60 || seconds.is_some_and(|seconds| seconds >= 60) {
        return None;
    }
    let minutes = f64::from(hours) * HOUR + f64::from(minutes) + f64::from(seconds.unwrap_or(0)) / 60.0;
    Some((Duration { minutes, bound: Bound::Exact }, end.at()))
}

#[cfg(test)]
mod tests;
