//! Clocks: times of day as reports write them (`15:53`, `3:05 p.m.`, `17h15`, `1506 UTC`, `14時05分`), and the one place
//! where a day, a clock and a zone become a point in time.
//!
//! In: a text that begins with a clock. Out: a `Clock`, bytes taken; with a day and the zone that holds, a `Timestamp`.

use jiff::civil::{Date, Time};

use crate::incident::{Precision, Timestamp};
use crate::parse::cursor::{Cursor, is_latin};
use crate::parse::zone::{Zone, read_city, read_zone};

/// A time of day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Clock {
    pub(crate) hour: i8,
    pub(crate) minute: i8,
    /// None when not stated.
    pub(crate) second: Option<i8>,
    /// Whether morning or afternoon is stated, as by `pm`.
    pub(crate) half: bool,
    /// The zone, when stated right behind the time.
    pub(crate) zone: Option<Zone>,
}

impl Clock {
    /// The point in time on a local day, in the zone of the clock, else in this one.
    pub(crate) fn on(&self, day: Date, zone: &Zone) -> Option<Timestamp> {
        let time = Time::new(self.hour, self.minute, self.second.unwrap_or(0), 0).ok()?;
        let local = day.to_datetime(time);
        let seconds = self.zone.as_ref().unwrap_or(zone).unix_seconds(local)?;
        let precision = if self.second.is_some() { Precision::Second } else { Precision::Minute };
        Some(Timestamp::from_unix_seconds(seconds, precision).stated_as(local))
    }

    /// Seconds since midnight.
    pub(crate) fn seconds(&self) -> i64 {
        i64::from(self.hour) * 3600 + i64::from(self.minute) * 60 + i64::from(self.second.unwrap_or(0))
    }

    /// Whether no seconds are stated, so that `-10:30` behind it is the end of a range and no zone.
    fn is_short(&self) -> bool {
        self.second.is_none()
    }
}

/// How a clock is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `15:53`, `17h15`, `14時05分`.
    Full,
    /// `3`, a clock only with `pm` behind it.
    Hour,
    /// `1506`, `15.15`: a clock only with a zone, or with words that say so.
    Bare,
}

/// Reads a clock at the start of a text with its zone, and says how many bytes it took.
pub(crate) fn read_clock(text: &str) -> Option<(Clock, usize)> {
    read(text, false, false)
}

/// Reads the clock behind the `T` of ISO 8601, where `-07:00` is a zone.
pub(crate) fn read_iso_clock(text: &str) -> Option<(Clock, usize)> {
    compact_iso(text).or_else(|| read(text, true, false))
}

/// Reads a clock where only a clock can stand, as behind `kl.` or in a column of clocks: `15.15` and `17h` are clocks there.
pub(crate) fn read_sure_clock(text: &str) -> Option<(Clock, usize)> {
    read(text, false, true)
}

fn read(text: &str, iso: bool, sure: bool) -> Option<(Clock, usize)> {
    let mut cursor = Cursor::new(text);
    // 午前, 오후 and the like stand before the hour.
    let half_before = match cursor.eat_any(&["午前", "上午", "오전", "午後", "下午", "오후", "晚上"]) {
        Some("午前" | "上午" | "오전") => Some(false),
        Some(_) => Some(true),
        None => None,
    };
    cursor.spaces();
    if !cursor.peek()?.is_ascii_digit() {
        return None;
    }
    let (mut clock, form) = digits(&mut cursor, sure)?;
    if let Some(afternoon) = half_before.or_else(|| half(&mut cursor)) {
        // `14:05 pm` is written too, and plain.
        if clock.hour > 12 && !afternoon || clock.hour == 0 && afternoon {
            return None;
        }
        if clock.hour <= 12 {
            clock.hour = clock.hour % 12 + if afternoon { 12 } else { 0 };
        }
        clock.half = true;
    } else if form == Form::Hour {
        return None;
    }
    let marked = clock.half || suffix(&mut cursor);
    let zone = zone_behind(&mut cursor, &clock, iso);
    if form == Form::Bare && zone.is_none() && !marked && !sure {
        return None;
    }
    clock.zone = zone;
    let whole = clock.zone.is_some() || text[..cursor.at()].ends_with(|c: char| !is_latin(c)) || cursor.ends();
    whole.then(|| Some((clock, cursor.at())))?
}

/// The numbers of a clock.
fn digits(cursor: &mut Cursor<'_>, sure: bool) -> Option<(Clock, Form)> {
    let clock = |hour: i32, minute: i32, second: Option<i32>, form| {
        let (hour, minute) = (i8::try_from(hour).ok()?, i8::try_from(minute).ok()?);
        let second = second.map(|second| second.min(59)).and_then(|second| i8::try_from(second).ok());
        // 24:00 is not kept: which day it belongs to is anyone's guess.
        Time::new(hour, minute, second.unwrap_or(0), 0).ok()?;
        Some((Clock { hour, minute, second, half: false, zone: None }, form))
    };
    if cursor.digits(5) == 4 {
        let both = cursor.number(4, 4)?;
        return clock(both / 100, both % 100, None, Form::Bare);
    }
    let hour = cursor.number(1, 2)?;
    if cursor.eat(":") {
        let minute = cursor.number(2, 2)?;
        let mut ahead = *cursor;
        let second = ahead.eat(":").then(|| ahead.number(2, 2)).flatten();
        if second.is_some() {
            // Fractions are more than any report means to say.
            let mut fraction = ahead;
            if fraction.eat_any(&[".", ","]).is_some() && fraction.digits(10) > 0 {
                fraction.skip(fraction.digits(10));
                ahead = fraction;
            }
            *cursor = ahead;
        }
        let more =
            cursor.rest().strip_prefix([':', '.']).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        return if more { None } else { clock(hour, minute, second, Form::Full) };
    }
    if cursor.eat_any(&["時", "时", "点", "點", "시"]).is_some() {
        let mut ahead = *cursor;
        ahead.spaces();
        let minute = ahead.number(1, 2).filter(|_| ahead.eat_any(&["分", "분"]).is_some());
        if minute.is_some() {
            *cursor = ahead;
        }
        let half = minute.is_none() && cursor.eat_any(&["半", "반"]).is_some();
        // `3時間` and `3시간` are hours that something took.
        let hours = cursor.rest().starts_with(['間', '间', '간']);
        return if hours { None } else { clock(hour, if half { 30 } else { minute.unwrap_or(0) }, None, Form::Full) };
    }
    let mut ahead = *cursor;
    if ahead.eat_any(&["h", "H"]).is_some() {
        if let Some(minute) = ahead.number(2, 2) {
            *cursor = ahead;
            cursor.eat("min");
            return clock(hour, minute, None, Form::Full);
        }
        if sure && ahead.ends() {
            *cursor = ahead;
            return clock(hour, 0, None, Form::Full);
        }
    }
    let mut ahead = *cursor;
    if ahead.eat(".")
        && let Some(minute) = ahead.number(2, 2)
        && !ahead.rest().strip_prefix('.').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    {
        *cursor = ahead;
        return clock(hour, minute, None, Form::Bare);
    }
    // `15.15.2020`, `3/4`
    let more =
        cursor.rest().strip_prefix(['.', '/', '-']).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    if more { None } else { clock(hour, 0, None, if sure { Form::Bare } else { Form::Hour }) }
}

/// `am`, ` PM`, ` p.m.`: whether it is the afternoon.
fn half(cursor: &mut Cursor<'_>) -> Option<bool> {
    let mut ahead = *cursor;
    ahead.spaces();
    let afternoon = match ahead.peek()? {
        'a' | 'A' => false,
        'p' | 'P' => true,
        _ => return None,
    };
    ahead.skip(1);
    let points = ahead.eat(".");
    if !ahead.eat_ignoring_case("m") || !ahead.ends() {
        return None;
    }
    if points {
        ahead.eat(".");
    }
    *cursor = ahead;
    Some(afternoon)
}

/// Words behind a clock that only say that it is one: `14:05 Uhr`, `14:05h`, `14時頃`. Says whether there were any.
fn suffix(cursor: &mut Cursor<'_>) -> bool {
    if cursor.eat_any(&["頃", "ごろ", "頃に", "左右", "경"]).is_some() {
        return true;
    }
    let mut ahead = *cursor;
    ahead.spaces();
    let found = ahead.eat_word(&["uhr", "hrs", "hours local", "h", "hs"]);
    if found {
        *cursor = ahead;
    }
    found
}

/// The zone behind a clock: `Z`, ` UTC`, `+02:00`, ` (JST)`, ` +0800`.
fn zone_behind(cursor: &mut Cursor<'_>, clock: &Clock, iso: bool) -> Option<Zone> {
    let mut ahead = *cursor;
    let spaced = ahead.spaces();
    let bracket = ahead.eat_any(&["(", "[", "（"]);
    if matches!(ahead.peek()?, '-' | '−') {
        let hours = ahead.rest().trim_start_matches(['-', '−']);
        let compact = hours.bytes().take(5).take_while(u8::is_ascii_digit).count() == 4;
        let colon = hours.as_bytes().get(2) == Some(&b':');
        // `09:15-10:30` is a range and `15:53 -3 hosts` text; `09:15:00-07:00`, `T09:15-07:00` and `09:15 -0700` have zones.
        if !(compact || colon && (iso || !clock.is_short()) || bracket.is_some()) {
            return None;
        }
    } else if ahead.peek() == Some('+') && spaced && bracket.is_none() {
        let hours = ahead.rest().trim_start_matches('+');
        let digits = hours.bytes().take(5).take_while(u8::is_ascii_digit).count();
        if digits != 4 && hours.as_bytes().get(2) != Some(&b':') {
            return None;
        }
    }
    let (zone, taken) = read_zone(ahead.rest()).or_else(|| read_city(ahead.rest()).filter(|_| spaced))?;
    ahead.skip(taken);
    if let Some(bracket) = bracket {
        let close = match bracket {
            "(" => ")",
            "[" => "]",
            _ => "）",
        };
        if !ahead.eat(close) {
            return None;
        }
    } else if !spaced && !zone_may_touch(cursor.rest()) {
        return None;
    }
    *cursor = ahead;
    Some(zone)
}

/// Whether letters that touch a clock may be a zone: `10:05Z`, `10:05UTC`, but no `10:05Europe`.
fn zone_may_touch(text: &str) -> bool {
    text.starts_with(['+', '-', '−', 'Z', 'U', 'G', '日', '('])
        || text.bytes().take_while(u8::is_ascii_uppercase).count() >= 2
}

/// `190000Z`, `1900`: the basic form of ISO 8601, behind its `T`.
fn compact_iso(text: &str) -> Option<(Clock, usize)> {
    let mut cursor = Cursor::new(text);
    let number = match cursor.digits(7) {
        6 => cursor.number(6, 6)?,
        4 => cursor.number(4, 4)? * 100,
        _ => return None,
    };
    let part = |number: i32| i8::try_from(number % 100).ok();
    let (hour, minute, second) = (part(number / 10_000)?, part(number / 100)?, part(number)?);
    Time::new(hour, minute, second, 0).ok()?;
    let second = (cursor.at() == 6).then_some(second);
    let mut clock = Clock { hour, minute, second, half: true, zone: None };
    clock.zone = zone_behind(&mut cursor, &clock, true);
    (clock.zone.is_some() || cursor.ends()).then(|| (clock, cursor.at()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `HH:MM` or `HH:MM:SS`, with the offset from UTC in January where a zone is stated, and what is left.
    fn shown(text: &str, read: fn(&str) -> Option<(Clock, usize)>) -> String {
        let Some((clock, taken)) = read(text) else { return String::new() };
        let day = jiff::civil::date(2023, 1, 15);
        let zone = clock.zone.as_ref().map(|zone| {
            let noon = day.at(12, 0, 0, 0);
            format!("{:+}", (Zone::UTC.unix_seconds(noon).unwrap() - zone.unix_seconds(noon).unwrap()) / 60)
        });
        let second = clock.second.map(|second| format!(":{second:02}")).unwrap_or_default();
        format!("{:02}:{:02}{second}{}|{}", clock.hour, clock.minute, zone.unwrap_or_default(), &text[taken..])
    }

    #[test]
    fn clocks_zones_and_what_is_left() {
        for (text, expected) in [
            ("15:53 - alert", "15:53| - alert"),
            ("9:30 UTC: x", "09:30+0|: x"),
            ("09:15-10:30", "09:15|-10:30"),
            ("09:15 -10:30", "09:15| -10:30"),
            ("10:00+02:00", "10:00+120|"),
            ("10:00 +0800", "10:00+480|"),
            ("10:00 -0500, x", "10:00-300|, x"),
            ("10:00 +08:00", "10:00+480|"),
            ("10:00 +2 hosts", "10:00| +2 hosts"),
            ("09:15:00-07:00", "09:15:00-420|"),
            ("10:00 UTC +2", "10:00+120|"),
            ("10:00 UTC+2:", "10:00+120|:"),
            ("09:40:12.250 (JST)", "09:40:12+540|"),
            ("10:05 Eastern Time", "10:05-300|"),
            ("10:05 Denver - restarted", "10:05-420| - restarted"),
            ("10h05 Paris Time", "10:05+60|"),
            ("10:05 Denver restarted", "10:05| Denver restarted"),
            ("10:05 Parish - restarted", "10:05| Parish - restarted"),
            ("10:05 America/New_York", "10:05-300|"),
            ("10:05Z", "10:05+0|"),
            ("3:05pm", "15:05|"),
            ("1:15 p.m. resolved", "13:15| resolved"),
            ("11:05 a.m.", "11:05|"),
            ("12 am", "00:00|"),
            ("4pm ET", "16:00-300|"),
            ("12:40 PM", "12:40|"),
            ("14:05 pm", "14:05|"),
            ("1506 UTC", "15:06+0|"),
            ("0905Z", "09:05+0|"),
            ("17h15 et", "17:15| et"),
            ("15.30 Uhr", "15:30|"),
            ("14:05 Uhr", "14:05|"),
            ("14時05分", "14:05|"),
            ("午後3時半", "15:30|"),
            ("오후 2시 5분", "14:05|"),
            ("9点 (UTC)", "09:00+0|"),
            ("10:05頃", "10:05|"),
        ] {
            assert_eq!(shown(text, read_clock), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_clock() {
        for text in [
            "25:00", "14", "14 users", "1506", "1506 users", "15.30", "1:2:3", "10:05:07:09", "3時間", "3시간", "17h",
            "10:5", "09:XX UTC", "18:1x", "10:60", "13 am", "3:1", "p", "", "10:05abc",
        ] {
            assert_eq!(shown(text, read_clock), "", "{text}");
        }
    }

    #[test]
    fn clocks_where_only_clocks_stand() {
        for (text, expected) in [
            ("15.15", "15:15|"),
            ("17h", "17:00|"),
            ("11 og", "11:00| og"),
            ("0730", "07:30|"),
            ("15.15.2020", ""),
            ("99", ""),
        ] {
            assert_eq!(shown(text, read_sure_clock), expected, "{text}");
        }
        for (text, expected) in [
            ("190000Z", "19:00:00+0|"),
            ("09:15-07:00", "09:15-420|"),
            ("1405", "14:05|"),
            ("02:36:09.000Z", "02:36:09+0|"),
        ] {
            assert_eq!(shown(text, read_iso_clock), expected, "{text}");
        }
    }

    #[test]
    fn a_clock_on_a_day_in_a_zone() {
        let on = |text: &str, day: Date, zone: &Zone| read_clock(text).unwrap().0.on(day, zone).unwrap().to_string();
        let (summer, winter) = (jiff::civil::date(2022, 7, 24), jiff::civil::date(2022, 1, 24));
        assert_eq!(on("19:00 ET", summer, &Zone::UTC), "2022-07-24T23:00Z");
        assert_eq!(on("19:00 ET", winter, &Zone::UTC), "2022-01-25T00:00Z");
        assert_eq!(on("00:05", summer, &Zone::Offset(540)), "2022-07-23T15:05Z");
        assert_eq!(on("00:05:30 UTC", summer, &Zone::Offset(540)), "2022-07-24T00:05:30Z");
    }
}
