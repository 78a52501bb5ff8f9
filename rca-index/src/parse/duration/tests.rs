//! Tests of the durations that are read, and of those that are not.

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
    check("推定 24 時間以上（開始時刻は不明）", 1440.0, About);
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

#[test]
fn what_no_incident_lasts_is_no_duration() {
    let nines = "9".repeat(400);
    for text in [
        "nan",
        "inf",
        "infinity",
        "-inf",
        "nan:10",
        "inf:10",
        "nan minutes",
        "inf hours",
        "1e308",
        "1e308 hours",
        "1e5 minutes",
        "∞ hours",
        "0x10",
        "999999999999999 hours",
        "999999999999999 days",
        "36526 days",
        "5300 weeks",
        "99,999,999,999,999,999,999,999 hours",
        "99999999999",
        "PT99999999999999999999H",
        "P36600D",
        "36525 days and 1 hour",
        "36000 days + 1000 days",
        &nines,
        &format!("{nines} hours"),
        &format!("PT{nines}H"),
        &format!("{nines}:10"),
        &format!("10:{nines}"),
    ] {
        assert_eq!(read_duration(text).ok(), None, "{text}");
        assert_eq!(whole_duration(text), None, "{text}");
        assert_eq!(
            find_duration(&format!("it lasted {text} in all")).filter(|(_, found)| found.minutes > LONGEST),
            None,
            "{text}"
        );
    }
    assert_eq!(read_duration("36525 days").map(|read| read.minutes), Ok(LONGEST));
    assert_eq!(find_duration("999999999999999 hours, then 5 minutes").map(|(_, found)| found.minutes), Some(5.0));
}
