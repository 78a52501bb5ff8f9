//! Tests of the days that are read, and of those that are not.

use super::*;

fn shown(text: &str) -> String {
    let Some((day, taken)) = read_day(text) else { return String::new() };
    let day = match day {
        Day::Date(date) => date.to_string(),
        Day::Month(year, month) => format!("{year}-{month:02}"),
        Day::NoYear(month, day) => format!("--{month:02}-{day:02}"),
        Day::Either(a, b) => format!("{a} or {b}"),
        Day::EitherNoYear(a, b) => format!("{a}/{b}"),
    };
    format!("{day}|{}", &text[taken..])
}

#[test]
fn days_and_what_is_left() {
    for (text, expected) in [
        ("2025-06-02T10:00", "2025-06-02|T10:00"),
        ("2020/06", "2020-06|"),
        ("2020/06/01.", "2020-06-01|."),
        ("2023.05.04", "2023-05-04|"),
        ("20250602-x", "2025-06-02|-x"),
        ("2025-06-02-outage", "2025-06-02|-outage"),
        ("2025年6月2日（月）", "2025-06-02|"),
        ("2025년 6월 2일", "2025-06-02|"),
        ("2026年7月", "2026-07|"),
        ("4月11日 x", "--04-11| x"),
        ("2022 August 24", "2022-08-24|"),
        ("June 14th, 2022", "2022-06-14|"),
        ("Sep 27 2017", "2017-09-27|"),
        ("Sept. 27, 2017", "2017-09-27|"),
        ("August 2022", "2022-08|"),
        ("April 5th", "--04-05|"),
        ("Apr 5 22:05", "--04-05| 22:05"),
        ("14 June 2022", "2022-06-14|"),
        ("2nd of March, 2021 at", "2021-03-02| at"),
        ("24. August 2022", "2022-08-24|"),
        ("24 août 2022", "2022-08-24|"),
        ("1er mars 2023", "2023-03-01|"),
        ("13 Fev 2024", "2024-02-13|"),
        ("3 de mayo de 2023", "2023-05-03|"),
        ("26. april 2023.", "2023-04-26|."),
        ("13-Mar-2022", "2022-03-13|"),
        ("Thu, May 9, 2019 at 14:07", "2019-05-09| at 14:07"),
        ("Tuesday 4 March", "--03-04|"),
        ("2025-03-04 Tuesday", "2025-03-04|"),
        ("2025-03-04 (Tue) x", "2025-03-04| x"),
        ("16/03/2020", "2020-03-16|"),
        ("02-13-2025 11:00 pm", "2025-02-13| 11:00 pm"),
        ("05.04.2023 22:05", "2023-04-05| 22:05"),
        ("08-04-2022", "2022-04-08 or 2022-08-04|"),
        ("04/04/2022", "2022-04-04|"),
        ("03-26 17:40", "--03-26| 17:40"),
        ("26/03 x", "--03-26| x"),
        ("01/07 ~19:17", "1/7| ~19:17"),
        ("05.04. 22:05", "--04-05| 22:05"),
    ] {
        assert_eq!(shown(text), expected, "{text}");
    }
}

#[test]
fn what_is_no_day() {
    for text in [
        "2023-02-30", "YYYY-MM-DD", "1.2.3", "10.0.0.1", "1506", "2023", "13/13/2020", "12/2023x", "10/10/24", "May",
        "Marching 5", "5 pods", "May 5:30 pm", "1.5", "3-4 hosts", "15.15", "99-99", "2024-10-24x", "",
    ] {
        assert_eq!(shown(text), "", "{text}");
    }
}

#[test]
fn the_year_and_the_order_of_the_nearest_day() {
    let about = jiff::civil::date(2025, 1, 2);
    let near =
        |text: &str, day_first| read_day(text).and_then(|(day, _)| day.near(about, day_first)).map(|d| d.to_string());
    let check = |text: &str, day_first, expected: Option<&str>| {
        assert_eq!(near(text, day_first).as_deref(), expected, "{text}");
    };
    check("Dec 31", None, Some("2024-12-31"));
    check("Jan 3", None, Some("2025-01-03"));
    check("04/01", None, Some("2025-01-04"));
    check("01/04", None, Some("2025-01-04"));
    check("04/01", Some(false), Some("2025-04-01"));
    check("05/01/2025", None, Some("2025-01-05"));
    check("05/06/2024", None, None);
    check("05/06/2024", Some(true), Some("2024-06-05"));
}
