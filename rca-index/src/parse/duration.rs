//! Durations as reports write them: `65`, `1h30`, `6h 27m`, `PT1H5M`, `1 day, 2:03:04`, `about 2 hours`, `an hour and a half`,
//! `2 Std. 30 Min.`, `10時間5分`, `30–45 minutes`, `13+ hours`, `20:20 - 20:46`.
//!
//! In: a value or running text. Out: minutes, how they are to be read, and bytes taken. A value that goes on to state
//! another duration, a rate or a doubt is not understood: never the part that happens to come first.

use std::ops::Range;

use crate::incident::Bound;
use crate::parse::cursor::{Cursor, is_latin, is_space};
use crate::parse::range::read_range;

/// A duration as a text states it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Duration {
    /// Of a range the upper end.
    pub(crate) minutes: f64,
    pub(crate) bound: Bound,
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
    Ok(duration)
}

/// Reads a text that is a duration and nothing else, as queries state it: `90`, `1h30`, `2d`, `PT1H5M`. None when it is
/// negative.
pub(crate) fn whole_duration(text: &str) -> Option<f64> {
    let text = text.trim();
    if text.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'_') {
        let minutes = text.replace('_', "").parse::<f64>().ok()?;
        return minutes.is_finite().then_some(minutes);
    }
    let whole = |(duration, taken): (Duration, usize)| {
        (taken == text.len() && duration.bound == Bound::Exact).then_some(duration.minutes)
    };
    read_iso(text).or_else(|| clock_amount(text).and_then(whole)).or_else(|| stated(text).and_then(whole))
}

/// The first duration in running text, and the bytes it takes.
pub(crate) fn find_duration(text: &str) -> Option<(Range<usize>, Duration)> {
    let mut boundary = true;
    for (at, c) in text.char_indices() {
        if boundary
            && (c.is_ascii_alphanumeric() || matches!(c, '½' | '半'))
            && let Some((duration, taken)) = stated(&text[at..])
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
    const ABOUT: &[&str] = &[
        "about",
        "approximately",
        "approx.",
        "approx",
        "around",
        "roughly",
        "ca.",
        "ca",
        "circa",
        "c.",
        "nearly",
        "almost",
        "some",
        "an estimated",
        "estimated",
        "environ",
        "etwa",
        "ungefähr",
        "rund",
        "cerca de",
        "aproximadamente",
        "unos",
        "omtrent",
        "est.",
    ];
    const LEAST: &[&str] =
        &["at least", "more than", "over", "mindestens", "plus de", "más de", "mais de", "minst", "au moins"];
    const MOST: &[&str] =
        &["less than", "under", "up to", "at most", "no more than", "max.", "max", "moins de", "weniger als", "bis zu"];
    const PLAIN: &[&str] = &["a total of", "total of", "total", "in total", "for", "lasted", "lasting", "just"];
    let mut bound = Bound::Exact;
    for _ in 0..4 {
        cursor.spaces();
        if cursor.eat_any(&["~", "≈", "∼", "±", "約", "约", "およそ", "大约", "약"]).is_some() || cursor.eat_word(ABOUT)
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
    const DOUBTS: [&str; 9] = ["not", "never", "unknown", "unclear", "tbd", "tbc", "per", "nicht", "unbekannt"];
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

const HOUR: f64 = 60.0;
const DAY: f64 = 1440.0;

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
    const WHOLE: &[(&str, f64, f64)] = &[
        ("half an hour", 0.5, HOUR),
        ("half hour", 0.5, HOUR),
        ("half-hour", 0.5, HOUR),
        ("half a day", 0.5, DAY),
        ("half a minute", 0.5, 1.0),
        ("a quarter of an hour", 0.25, HOUR),
        ("quarter of an hour", 0.25, HOUR),
        ("quarter hour", 0.25, HOUR),
        ("three quarters of an hour", 0.75, HOUR),
        ("three-quarters of an hour", 0.75, HOUR),
        ("une demi-heure", 0.5, HOUR),
        ("demi-heure", 0.5, HOUR),
        ("eine halbe stunde", 0.5, HOUR),
        ("media hora", 0.5, HOUR),
        ("meia hora", 0.5, HOUR),
        ("anderthalb stunden", 1.5, HOUR),
        ("halvannen time", 1.5, HOUR),
        ("en halv time", 0.5, HOUR),
        ("半小时", 0.5, HOUR),
        ("半時間", 0.5, HOUR),
        ("半日", 0.5, DAY),
    ];
    // Most amounts are digits.
    if !cursor.peek()?.is_alphabetic() {
        return None;
    }
    let (_, number, unit) = WHOLE.iter().find(|(words, ..)| cursor.eat_word(&[words]))?;
    Some((number * unit, *unit, Bound::Exact))
}

/// Numbers that prose spells out.
const SPELLED: &[(&str, f64)] = &[
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
    ("eleven", 11.0),
    ("twelve", 12.0),
    ("fifteen", 15.0),
    ("twenty", 20.0),
    ("thirty", 30.0),
    ("forty", 40.0),
    ("forty-five", 45.0),
    ("fifty", 50.0),
    ("sixty", 60.0),
    ("ninety", 90.0),
    ("eine", 1.0),
    ("einer", 1.0),
    ("zwei", 2.0),
    ("drei", 3.0),
    ("une", 1.0),
    ("deux", 2.0),
    ("trois", 3.0),
    ("una", 1.0),
    ("dos", 2.0),
    ("tres", 3.0),
    ("en", 1.0),
    ("to", 2.0),
    ("tre", 3.0),
    ("fem", 5.0),
];

/// A number, and whether it may be a decade: `1990`.
fn number(cursor: &mut Cursor<'_>) -> Option<(f64, bool)> {
    let mut ahead = *cursor;
    let (mut number, mut decade) = if ahead.peek()?.is_ascii_digit() {
        digits(&mut ahead)?
    } else {
        let (word, number) = SPELLED.iter().filter(|(word, _)| ahead.rest().len() > word.len()).find(|(word, _)| {
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
    if let Some((_, minutes)) = CJK_UNITS.iter().find(|(unit, _)| ahead.eat(unit)) {
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
    let (_, minutes) = UNITS.iter().find(|(unit, _)| {
        unit.len() == word.len() && (unit.eq_ignore_ascii_case(word) || word.to_lowercase() == *unit)
    })?;
    ahead.skip(length);
    // Short forms may have a point: `2 Std. 30 Min.`
    if word.len() <= 5 && ahead.rest().starts_with(". ") && ahead.rest()[2..].starts_with(|c: char| c.is_ascii_digit())
    {
        ahead.skip(1);
    }
    *cursor = ahead;
    Some(*minutes)
}

/// Units that are written with no space, longer ones first.
const CJK_UNITS: &[(&str, f64)] = &[
    ("時間", HOUR),
    ("个小时", HOUR),
    ("小时", HOUR),
    ("小時", HOUR),
    ("시간", HOUR),
    ("分間", 1.0),
    ("分钟", 1.0),
    ("分鐘", 1.0),
    ("分", 1.0),
    ("분", 1.0),
    ("秒間", 1.0 / 60.0),
    ("秒钟", 1.0 / 60.0),
    ("秒", 1.0 / 60.0),
    ("초", 1.0 / 60.0),
    ("日間", DAY),
    ("日", DAY),
    ("天", DAY),
    ("일", DAY),
    ("週間", 7.0 * DAY),
    ("周", 7.0 * DAY),
    ("주일", 7.0 * DAY),
];

/// Units by their spelling in lower case, and their minutes.
const UNITS: &[(&str, f64)] = &[
    ("ms", 1.0 / 60_000.0),
    ("milliseconds", 1.0 / 60_000.0),
    ("s", 1.0 / 60.0),
    ("sec", 1.0 / 60.0),
    ("secs", 1.0 / 60.0),
    ("second", 1.0 / 60.0),
    ("seconds", 1.0 / 60.0),
    ("sek", 1.0 / 60.0),
    ("sekunden", 1.0 / 60.0),
    ("secondes", 1.0 / 60.0),
    ("segundos", 1.0 / 60.0),
    ("sekunder", 1.0 / 60.0),
    ("m", 1.0),
    ("mn", 1.0),
    ("min", 1.0),
    ("mins", 1.0),
    ("minute", 1.0),
    ("minutes", 1.0),
    ("minuten", 1.0),
    ("minuto", 1.0),
    ("minutos", 1.0),
    ("minutt", 1.0),
    ("minutter", 1.0),
    ("minuti", 1.0),
    ("h", HOUR),
    ("hr", HOUR),
    ("hrs", HOUR),
    ("hour", HOUR),
    ("hours", HOUR),
    ("std", HOUR),
    ("stunde", HOUR),
    ("stunden", HOUR),
    ("heure", HOUR),
    ("heures", HOUR),
    ("hora", HOUR),
    ("horas", HOUR),
    ("time", HOUR),
    ("timer", HOUR),
    ("uur", HOUR),
    ("ore", HOUR),
    ("d", DAY),
    ("day", DAY),
    ("days", DAY),
    ("tag", DAY),
    ("tage", DAY),
    ("tagen", DAY),
    ("jour", DAY),
    ("jours", DAY),
    ("día", DAY),
    ("días", DAY),
    ("dia", DAY),
    ("dias", DAY),
    ("dag", DAY),
    ("dager", DAY),
    ("dagen", DAY),
    ("giorni", DAY),
    ("w", 7.0 * DAY),
    ("week", 7.0 * DAY),
    ("weeks", 7.0 * DAY),
    ("woche", 7.0 * DAY),
    ("wochen", 7.0 * DAY),
    ("semaine", 7.0 * DAY),
    ("semaines", 7.0 * DAY),
    ("semana", 7.0 * DAY),
    ("semanas", 7.0 * DAY),
    ("uke", 7.0 * DAY),
    ("uker", 7.0 * DAY),
];

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
mod tests {
    use super::*;
    use Bound::{About, AtLeast, AtMost, Exact};

    #[test]
    fn values() {
        let check = |text: &str, minutes: f64, bound: Bound| {
            let read = read_duration(text).unwrap_or_else(|why| panic!("{text}: {why:?}"));
            assert!((read.minutes - minutes).abs() < 0.01 && read.bound == bound, "{text}: {read:?}");
        };
        check("65", 65.0, Exact);
        check("1h", 60.0, Exact);
        check("1h30", 90.0, Exact);
        check("01h05", 65.0, Exact);
        check("2 h 05", 125.0, Exact);
        check("6h 27m", 387.0, Exact);
        check("1H30M", 90.0, Exact);
        check("1d 5h 47m", 1787.0, Exact);
        check("~24h40m", 1480.0, About);
        check("PT1H5M", 65.0, Exact);
        check("P1DT2H", 1560.0, Exact);
        check("1:05:00", 65.0, Exact);
        check("30:15:00", 1815.0, Exact);
        check("1 day, 2:03:04", 1563.07, Exact);
        check("4 minutes, 2 seconds", 4.03, Exact);
        check("2 hours and 5 minutes", 125.0, Exact);
        check("an hour and a half", 90.0, Exact);
        check("a day and a half", 2160.0, Exact);
        check("two and a half hours", 150.0, Exact);
        check("1½ hours", 90.0, Exact);
        check("quarter of an hour", 15.0, Exact);
        check("half an hour", 30.0, Exact);
        check("halvannen time", 90.0, Exact);
        check("2 Std. 30 Min.", 150.0, Exact);
        check("2,5 Stunden", 150.0, Exact);
        check("environ 2 heures", 120.0, About);
        check("3 horas", 180.0, Exact);
        check("30mn", 30.0, Exact);
        check("1,440 minutes", 1440.0, Exact);
        check("2.5 hours", 150.0, Exact);
        check("2時間30分", 150.0, Exact);
        check("約24時間30分（TTD ≈ 24時間）", 1470.0, About);
        check("2小时30分钟", 150.0, Exact);
        check("1時間半", 90.0, Exact);
        check("2시간 30분", 150.0, Exact);
        check("7 days degraded + ~1h 12m", 10152.0, Exact);
        check("30–45 minutes", 45.0, AtMost);
        check("1-2 hours", 120.0, AtMost);
        check("1h to 2h", 120.0, AtMost);
        check("13+ hours", 780.0, AtLeast);
        check("9h+", 540.0, AtLeast);
        check("> 2h", 120.0, AtLeast);
        check("less than 5 minutes", 5.0, AtMost);
        check("20:20 - 20:46 UTC", 26.0, Exact);
        check("23:50 to 00:20", 30.0, Exact);
        check("~13 minutes (11:31 to 11:44 UTC), with a brief second blip", 13.0, About);
        check("about 22h to full recovery", 1320.0, About);
        check("45 minutes, no data lost", 45.0, About);
        check("3 hours (180 minutes)", 180.0, Exact);
        check("[2h]", 120.0, Exact);
    }

    #[test]
    fn values_that_are_unclear() {
        for (text, why) in [
            ("34 hours undetected, 22 minutes to resolve", Unclear::More),
            ("90 seconds per call", Unclear::More),
            ("4 min/hour", Unclear::More),
            ("2h, not yet over", Unclear::More),
            ("9h+ (since the restart), 2h of search", Unclear::More),
            ("Unknown (since the upgrade), 2h of search", Unclear::More),
            ("-5m", Unclear::None),
            ("-5", Unclear::None),
            ("unknown", Unclear::None),
            ("two windows", Unclear::None),
            ("1990s", Unclear::None),
            ("5M", Unclear::None),
            ("1.2.3", Unclear::None),
            ("", Unclear::None),
            ("NaN", Unclear::None),
            ("P", Unclear::None),
        ] {
            assert_eq!(read_duration(text), Err(why), "{text}");
        }
    }

    #[test]
    fn in_prose() {
        let check = |text: &str, minutes: Option<f64>| {
            assert_eq!(find_duration(text).map(|(_, duration)| duration.minutes), minutes, "{text}");
        };
        check("lasted approximately 65 minutes and hit", Some(65.0));
        check("for two hours", Some(120.0));
        check("a 65-minute outage", Some(65.0));
        check("1 hour and 5 minutes", Some(65.0));
        check("a quarter of an hour", Some(15.0));
        check("(6 hours and 33 minutes), x", Some(393.0));
        check("p99 went to 7947", None);
        check("in 2025 a man", None);
        check("A 1990s outage", None);
        check("v2.5h", None);
        check("é1é", None);
    }
}
