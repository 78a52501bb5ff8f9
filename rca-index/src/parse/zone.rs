//! Zones: how far a local time is from UTC, as reports name it: `UTC`, `+02:00`, `UTC +2`, `PDT`, `ET`, `America/New_York`.
//!
//! In: a text that begins with a zone, or that names one. Out: a `Zone`, which knows daylight saving where the name means a
//! region (`ET`, `CET`, `Europe/Oslo`), and bytes taken. The zone data comes with the program.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::parse::cursor::Cursor;

/// A zone of local times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Zone {
    /// Minutes east of UTC.
    Offset(i32),
    /// A region of the zone data base.
    Region(TimeZone),
}

impl Zone {
    pub(crate) const UTC: Self = Self::Offset(0);

    /// Seconds since 1970 of a local time. A time that a change of the clock skips or repeats is read as jiff does.
    pub(crate) fn unix_seconds(&self, local: DateTime) -> Option<i64> {
        match self {
            Self::Offset(minutes) => {
                Some(TimeZone::UTC.to_timestamp(local).ok()?.as_second() - i64::from(*minutes) * 60)
            }
            Self::Region(region) => Some(region.to_timestamp(local).ok()?.as_second()),
        }
    }

    /// The local time at a point in time.
    pub(crate) fn local(&self, unix_seconds: i64) -> Option<DateTime> {
        Some(match self {
            Self::Offset(minutes) => {
                let shifted = unix_seconds.checked_add(i64::from(*minutes) * 60)?;
                TimeZone::UTC.to_datetime(jiff::Timestamp::from_second(shifted).ok()?)
            }
            Self::Region(region) => region.to_datetime(jiff::Timestamp::from_second(unix_seconds).ok()?),
        })
    }
}

/// Abbreviations with a fixed offset, in minutes east of UTC. `CST`, `IST` and `BST` are read as North American, Indian and
/// British.
const FIXED: &[(&str, i32)] = &[
    ("UTC", 0),
    ("GMT", 0),
    ("Z", 0),
    ("WEST", 60),
    ("BST", 60),
    ("CEST", 120),
    ("MESZ", 120),
    ("EEST", 180),
    ("MSK", 180),
    ("TRT", 180),
    ("EAT", 180),
    ("SAST", 120),
    ("PKT", 300),
    ("IST", 330),
    ("NPT", 345),
    ("WIB", 420),
    ("ICT", 420),
    ("SGT", 480),
    ("HKT", 480),
    ("PHT", 480),
    ("AWST", 480),
    ("JST", 540),
    ("KST", 540),
    ("ACST", 570),
    ("ACDT", 630),
    ("AEST", 600),
    ("AEDT", 660),
    ("NZST", 720),
    ("NZDT", 780),
    ("BRT", -180),
    ("BRST", -120),
    ("ADT", -180),
    ("AST", -240),
    ("EDT", -240),
    ("EST", -300),
    ("CDT", -300),
    ("CST", -360),
    ("MDT", -360),
    ("MST", -420),
    ("PDT", -420),
    ("PST", -480),
    ("AKDT", -480),
    ("AKST", -540),
    ("HST", -600),
];

/// Abbreviations that people use all year round, and the region that they mean.
const REGIONS: &[(&str, &str)] = &[
    ("CET", "Europe/Berlin"),
    ("MEZ", "Europe/Berlin"),
    ("EET", "Europe/Helsinki"),
    ("WET", "Europe/Lisbon"),
    ("ET", "America/New_York"),
    ("CT", "America/Chicago"),
    ("MT", "America/Denver"),
    ("PT", "America/Los_Angeles"),
    ("AET", "Australia/Sydney"),
];

/// Words before `time` and the region that they mean.
const SPELLED: &[(&str, &str)] = &[
    ("eastern", "America/New_York"),
    ("central european", "Europe/Berlin"),
    ("central", "America/Chicago"),
    ("mountain", "America/Denver"),
    ("pacific", "America/Los_Angeles"),
    ("uk", "Europe/London"),
    ("british", "Europe/London"),
    ("london", "Europe/London"),
    ("paris", "Europe/Paris"),
    ("berlin", "Europe/Berlin"),
    ("oslo", "Europe/Oslo"),
    ("new york", "America/New_York"),
    ("california", "America/Los_Angeles"),
    ("san francisco", "America/Los_Angeles"),
    ("sydney", "Australia/Sydney"),
    ("japan", "Asia/Tokyo"),
    ("tokyo", "Asia/Tokyo"),
    ("korea", "Asia/Seoul"),
    ("beijing", "Asia/Shanghai"),
    ("china", "Asia/Shanghai"),
    ("india", "Asia/Kolkata"),
    ("indian", "Asia/Kolkata"),
    ("coordinated universal", "UTC"),
    ("universal", "UTC"),
    ("greenwich mean", "UTC"),
];

/// What is called a time zone with no word `time`.
const ALONE: &[(&str, &str)] = &[
    ("日本時間", "Asia/Tokyo"),
    ("北京时间", "Asia/Shanghai"),
    ("한국시간", "Asia/Seoul"),
    ("한국 시간", "Asia/Seoul"),
    ("協定世界時", "UTC"),
    ("horário de brasília", "America/Sao_Paulo"),
    ("heure de paris", "Europe/Paris"),
];

/// Cities by whose clocks people tell the time.
const CITIES: &[(&str, &str)] = &[
    ("Amsterdam", "Europe/Amsterdam"),
    ("Berlin", "Europe/Berlin"),
    ("Chicago", "America/Chicago"),
    ("Copenhagen", "Europe/Copenhagen"),
    ("Denver", "America/Denver"),
    ("Dublin", "Europe/Dublin"),
    ("Helsinki", "Europe/Helsinki"),
    ("Lisbon", "Europe/Lisbon"),
    ("London", "Europe/London"),
    ("Los Angeles", "America/Los_Angeles"),
    ("Madrid", "Europe/Madrid"),
    ("New York", "America/New_York"),
    ("Oslo", "Europe/Oslo"),
    ("Paris", "Europe/Paris"),
    ("Prague", "Europe/Prague"),
    ("Rome", "Europe/Rome"),
    ("San Francisco", "America/Los_Angeles"),
    ("Seattle", "America/Los_Angeles"),
    ("Seoul", "Asia/Seoul"),
    ("Singapore", "Asia/Singapore"),
    ("Stockholm", "Europe/Stockholm"),
    ("Sydney", "Australia/Sydney"),
    ("Tokyo", "Asia/Tokyo"),
    ("Toronto", "America/Toronto"),
    ("Vienna", "Europe/Vienna"),
    ("Warsaw", "Europe/Warsaw"),
    ("Zurich", "Europe/Zurich"),
];

/// The zone of a city right behind a clock, `10:05 Denver - restarted`, `17:00 Paris time`, and the bytes it takes. A city
/// that goes on as a sentence is who did it: `10:05 Denver restarted`.
pub(crate) fn read_city(text: &str) -> Option<(Zone, usize)> {
    let same = |name: &str| text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    let (name, region) = CITIES.iter().find(|(name, _)| text.starts_with(|c: char| c.is_uppercase()) && same(name))?;
    let mut cursor = Cursor::new(&text[name.len()..]);
    let mut ahead = cursor;
    ahead.spaces();
    let time = ahead.eat_word(&["time"]);
    if time {
        cursor = ahead;
    }
    let rest = cursor.rest();
    let closes =
        rest.is_empty() || rest.starts_with(')') || [" - ", " – ", " — "].iter().any(|dash| rest.starts_with(dash));
    (time || closes).then(|| Some((Zone::Region(TimeZone::get(region).ok()?), name.len() + cursor.at())))?
}

/// The zone that a text begins with, and the bytes it takes.
pub(crate) fn read_zone(text: &str) -> Option<(Zone, usize)> {
    let mut cursor = Cursor::new(text);
    match cursor.peek()? {
        '+' | '-' | '−' => {
            let minutes = offset(&mut cursor)?;
            return cursor.ends().then_some((Zone::Offset(minutes), cursor.at()));
        }
        c if !c.is_alphabetic() => return None,
        _ => {}
    }
    let (zone, taken) = abbreviation(text).or_else(|| region(text)).or_else(|| spelled(text))?;
    Some(offset_in_brackets(text, taken).unwrap_or((zone, taken)))
}

/// `PST (UTC-7)`, `CET (GMT+1)`: the offset says what the name, often the wrong one in summer, is meant to be.
fn offset_in_brackets(text: &str, name: usize) -> Option<(Zone, usize)> {
    let bracket = text.get(name..)?.trim_start_matches(' ').strip_prefix('(')?;
    let universal =
        bracket.get(..3).filter(|word| ["UTC", "GMT"].iter().any(|known| known.eq_ignore_ascii_case(word)))?;
    let mut cursor = Cursor::new(&bracket[universal.len()..]);
    cursor.spaces();
    let minutes = offset(&mut cursor)?;
    let behind = bracket[universal.len() + cursor.at()..].strip_prefix(')')?;
    Some((Zone::Offset(minutes), text.len() - behind.len()))
}

/// The zone that the whole text names: `UTC`, `Europe/Oslo`, `+02:00`, `(JST)`.
pub(crate) fn zone_named(text: &str) -> Option<Zone> {
    let text = text.trim().trim_matches(['(', ')', '[', ']', '`']).trim();
    let (zone, taken) = read_zone(text)?;
    let rest = text[taken..].trim();
    // `UTC (default)`, `Europe/Berlin, UTC+2`
    (rest.is_empty() || rest.starts_with(['(', ',', '/', ';'])).then_some(zone)
}

/// The zone that a heading, a table's header or a sentence about its times names anywhere: `Time (UTC)`, `All times CET`,
/// `Timeline (Eastern Time)`.
pub(crate) fn stated_zone(text: &str) -> Option<Zone> {
    let mut starts = true;
    for (at, c) in text.char_indices() {
        if starts && c.is_alphabetic() {
            let rest = &text[at..];
            // An abbreviation in running text is one only in capitals; `Z` is none there.
            let found = read_zone(rest).filter(|(_, taken)| *taken > 1);
            if found.is_some() {
                return found.map(|(zone, _)| zone);
            }
        }
        starts = !(c.is_alphanumeric() || matches!(c, '/' | '_' | '.' | '-' | '#' | '@'));
    }
    None
}

/// A word in the place of a zone that looks like one and is not known: `Time (XYT)`, `10:05 QST`.
pub(crate) fn looks_like_zone(text: &str) -> bool {
    let text = text.trim().trim_matches(['(', ')']);
    let capitals = (3..=4).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_uppercase()) && text.ends_with('T');
    let path = || {
        let (area, place) = text.split_once('/')?;
        let word = |text: &str| {
            text.len() >= 3
                && text.starts_with(|c: char| c.is_ascii_uppercase())
                && text.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_')
        };
        Some(word(area) && word(place))
    };
    (capitals || path().unwrap_or(false)) && zone_named(text).is_none()
}

/// `UTC`, `utc`, `PDT`, `UTC+2`, `UTC +02:00`, `GMT-5:30`, `CET`.
fn abbreviation(text: &str) -> Option<(Zone, usize)> {
    let length = text.bytes().take(6).take_while(u8::is_ascii_alphabetic).count();
    let mut cursor = Cursor::new(text);
    cursor.skip(length);
    if !cursor.ends() || length == 0 {
        return None;
    }
    let name = &text[..length];
    let universal = ["UTC", "GMT"].iter().any(|known| known.eq_ignore_ascii_case(name));
    if universal {
        let mut ahead = cursor;
        ahead.spaces();
        if let Some(minutes) = offset(&mut ahead).filter(|_| ahead.ends()) {
            return Some((Zone::Offset(minutes), ahead.at()));
        }
        return Some((Zone::UTC, cursor.at()));
    }
    // `est` is a word in French, `ist` in German: other names are zones only in capitals.
    if let Some((_, minutes)) = FIXED.iter().find(|(known, _)| *known == name) {
        return Some((Zone::Offset(*minutes), length));
    }
    let (_, region) = REGIONS.iter().find(|(known, _)| *known == name)?;
    Some((Zone::Region(TimeZone::get(region).ok()?), length))
}

/// `+02:00`, `+0200`, `-5`, `−5:30`: minutes.
fn offset(cursor: &mut Cursor<'_>) -> Option<i32> {
    let sign = match cursor.eat_any(&["+", "-", "−"])? {
        "+" => 1,
        _ => -1,
    };
    let (hours, minutes) = match cursor.digits(5) {
        4 => {
            let both = cursor.number(4, 4)?;
            (both / 100, both % 100)
        }
        1 | 2 => {
            let hours = cursor.number(1, 2)?;
            let mut ahead = *cursor;
            match ahead.eat(":").then(|| ahead.number(2, 2)).flatten() {
                Some(minutes) => {
                    *cursor = ahead;
                    (hours, minutes)
                }
                None => (hours, 0),
            }
        }
        _ => return None,
    };
    // Where zones are: `-11:30` is the end of a range. East of UTC some are a quarter of an hour off, west half an hour.
    let exists = match sign {
        1 => hours <= 14 && matches!(minutes, 0 | 30 | 45),
        _ => hours <= 12 && (minutes == 0 || minutes == 30 && matches!(hours, 2 | 3 | 9)),
    };
    exists.then_some(sign * (hours * 60 + minutes))
}

/// `America/New_York`.
fn region(text: &str) -> Option<(Zone, usize)> {
    let word = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'-' | b'+');
    let length = text.bytes().take(40).take_while(word).count();
    let name = text.get(..length)?.trim_end_matches(['-', '+', '/']);
    let is_path = name.split('/').count() >= 2
        && name.split('/').all(|piece| piece.starts_with(|c: char| c.is_ascii_uppercase()));
    // `UC/Pacific`: whatever was meant in front, there is one time of that name.
    let american = || {
        let (_, side) = name.split_once('/')?;
        let known = ["Pacific", "Mountain", "Central", "Eastern"].contains(&side);
        known.then(|| TimeZone::get(&format!("US/{side}")).ok())?
    };
    is_path.then(|| Some((Zone::Region(TimeZone::get(name).ok().or_else(american)?), name.len())))?
}

/// `Eastern Time`, `Pacific Daylight Time`, `UK time`, `日本時間`.
fn spelled(text: &str) -> Option<(Zone, usize)> {
    let zone = |name: &str| if name == "UTC" { Some(Zone::UTC) } else { TimeZone::get(name).ok().map(Zone::Region) };
    // Most words differ in their first letter.
    let first = text.bytes().next()?.to_ascii_lowercase();
    let begins = |(words, _): &&(&str, &'static str)| words.bytes().next() == Some(first);
    for (words, region) in SPELLED.iter().filter(begins) {
        let mut cursor = Cursor::new(text);
        if !cursor.eat_word(&[words]) {
            continue;
        }
        cursor.spaces();
        if cursor.eat_word(&["standard", "daylight", "summer", "us", "american"]) {
            cursor.spaces();
        }
        // A place has times of many kinds: `UK times out`.
        return cursor
            .eat_word(&["time", "time zone", "timezone", "us time"])
            .then(|| Some((zone(region)?, cursor.at())))?;
    }
    ALONE.iter().filter(begins).find_map(|(words, region)| {
        let start = text.get(..words.len())?;
        (start == *words || start.to_lowercase() == *words).then(|| Some((zone(region)?, words.len())))?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Minutes east of UTC in January and in July.
    fn offsets(zone: &Zone) -> (i64, i64) {
        let at = |month: i8| {
            let local = jiff::civil::date(2023, month, 15).at(12, 0, 0, 0);
            let utc = Zone::UTC.unix_seconds(local).unwrap();
            (utc - zone.unix_seconds(local).unwrap()) / 60
        };
        (at(1), at(7))
    }

    #[test]
    fn zones_and_what_they_leave() {
        let check = |text: &str, expected: Option<((i64, i64), &str)>| {
            let found = read_zone(text).map(|(zone, taken)| (offsets(&zone), &text[taken..]));
            assert_eq!(found, expected, "{text}");
        };
        check("UTC: alert", Some(((0, 0), ": alert")));
        check("utc", Some(((0, 0), "")));
        check("Z", Some(((0, 0), "")));
        check("UTC+2", Some(((120, 120), "")));
        check("UTC +2", Some(((120, 120), "")));
        check("UTC +02:00 x", Some(((120, 120), " x")));
        check("UTC - 5 alerts", Some(((0, 0), " - 5 alerts")));
        check("GMT-3:30", Some(((-210, -210), "")));
        check("UTC -11:30", Some(((0, 0), " -11:30")));
        check("UTC−3", Some(((-180, -180), "")));
        check("+0800", Some(((480, 480), "")));
        check("+05:45)", Some(((345, 345), ")")));
        check("-0330", Some(((-210, -210), "")));
        check("+0817", None);
        check("+15", None);
        check("PDT", Some(((-420, -420), "")));
        check("PT", Some(((-480, -420), "")));
        check("ET,", Some(((-300, -240), ",")));
        check("CET", Some(((60, 120), "")));
        check("CEST", Some(((120, 120), "")));
        check("America/Los_Angeles)", Some(((-480, -420), ")")));
        check("Asia/Kolkata", Some(((330, 330), "")));
        check("Asia/Nowhere", None);
        check("UC/Pacific", Some(((-480, -420), "")));
        check("Eastern Time", Some(((-300, -240), "")));
        check("Central European Summer Time", Some(((60, 120), "")));
        check("Pacific Daylight Time now", Some(((-480, -420), " now")));
        check("UK time", Some(((0, 60), "")));
        check("PST (UTC-7) and so on", Some(((-420, -420), " and so on")));
        check("CET (GMT+1)", Some(((60, 60), "")));
        check("Eastern Time (UTC -04:00)", Some(((-240, -240), "")));
        check("CET (UTC+1 in winter)", Some(((60, 120), " (UTC+1 in winter)")));
        check("PST (San Diego)", Some(((-480, -480), " (San Diego)")));
        check("central storage", None);
        check("est encore", None);
        check("et", None);
        check("UTCX", None);
        check("", None);
    }

    #[test]
    fn zones_in_headers_and_sentences() {
        let check = |text: &str, expected: Option<(i64, i64)>| {
            assert_eq!(stated_zone(text).as_ref().map(offsets), expected, "{text}");
        };
        check("Time (UTC)", Some((0, 0)));
        check("Timeline (all times ET)", Some((-300, -240)));
        check("Timeline (Eastern Time)", Some((-300, -240)));
        check("Time (America/Los_Angeles)", Some((-480, -420)));
        check("All times are in UTC+8.", Some((480, 480)));
        check("时间 (北京时间)", Some((480, 480)));
        check("What is it about", None);
        check("Time", None);
        check("Postgres/PT-1", None);
    }

    #[test]
    fn what_only_looks_like_a_zone() {
        for (text, expected) in
            [("QST", true), ("(XYZT)", true), ("Middle/Earth", true), ("JST", false), ("DNS", false), ("and/or", false)]
        {
            assert_eq!(looks_like_zone(text), expected, "{text}");
        }
    }
}
