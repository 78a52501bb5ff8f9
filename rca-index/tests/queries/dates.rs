//! Dates: periods, comparisons, ranges, and the last days.

use super::{archive, check, now, request, stating};
use rca_index::{DayZone, Index, Precision, Timestamp};

#[test]
fn a_date_covers_its_whole_period() {
    let dates = [
        ("y24", "2024-12-31T23:59:59Z"),
        ("y25", "2025-01-01"),
        ("may", "2025-05-31T23:59:59Z"),
        ("jun", "2025-06-01"),
        ("day", "2025-06-02"),
        ("9:59", "2025-06-02T09:59:59Z"),
        ("10:00", "2025-06-02T10:00:00Z"),
        ("10:01", "2025-06-02T10:01:00Z"),
        ("night", "2025-06-02T23:59:59Z"),
        ("next", "2025-06-03"),
        ("jun30", "2025-06-30T23:59:59Z"),
        ("jul", "2025-07-01"),
        ("dec", "2025-12-31T23:59:59Z"),
        ("y26", "2026-01-01"),
    ];
    let reports = dates.map(|(id, date)| (id, stating(&format!("date: {date}"))));
    let index = archive(reports.into_iter().chain([("none", stating("status: open"))]));
    check(
        &index,
        &[
            ("date:2024", "y24"),
            ("date:2025", "y25 may jun day 9:59 10:00 10:01 night next jun30 jul dec"),
            ("date:2026", "y26"),
            ("date:2025-06", "jun day 9:59 10:00 10:01 night next jun30"),
            ("date:2025-12", "dec"),
            ("date:2025/06", "jun day 9:59 10:00 10:01 night next jun30"),
            ("date:2025-06-02", "day 9:59 10:00 10:01 night"),
            ("date:=2025-06-02", "day 9:59 10:00 10:01 night"),
            ("date:2025-06-02T10:00Z", "10:00"),
            ("date:2025-06-02T09:59Z", "9:59"),
            ("date:2025-06-02T09:59:58Z", ""),
            ("date:2025-06-02T09:59:59Z", "9:59"),
            ("when:2024", "y24"),
            ("start:2024", "y24"),
            // After a period means after its end; before a period means before its start.
            ("date:>2025-06-02", "next jun30 jul dec y26"),
            ("date:>=2025-06-02", "day 9:59 10:00 10:01 night next jun30 jul dec y26"),
            ("date:<2025-06-02", "y24 y25 may jun"),
            ("date:<=2025-06-02", "y24 y25 may jun day 9:59 10:00 10:01 night"),
            ("date:>2025-06", "jul dec y26"),
            ("date:>=2025-06", "jun day 9:59 10:00 10:01 night next jun30 jul dec y26"),
            ("date:<2025-06", "y24 y25 may"),
            ("date:<=2025-05", "y24 y25 may"),
            ("date:>2025", "y26"),
            ("date:>=2026", "y26"),
            ("date:<2025", "y24"),
            ("date:<=2024", "y24"),
            ("date:>2025-06-02T10:00Z date:<2025-06-03", "10:01 night"),
            ("date:>=2025-06-02T10:00Z date:<2025-06-03", "10:00 10:01 night"),
            // Both ends of a range are included as a whole.
            ("date:2025-06..2025-07", "jun day 9:59 10:00 10:01 night next jun30 jul"),
            ("date:2025-06-02..2025-06-03", "day 9:59 10:00 10:01 night next"),
            ("date:2025-06-02..2025-06-02", "day 9:59 10:00 10:01 night"),
            ("date:2025-06-02T09:59Z..2025-06-02T10:00Z", "9:59 10:00"),
            ("date:2024..2025-01", "y24 y25"),
            ("date:2025-07..", "jul dec y26"),
            ("date:..2025-05", "y24 y25 may"),
            ("date:..2024", "y24"),
            ("date:..", "y24 y25 may jun day 9:59 10:00 10:01 night next jun30 jul dec y26"),
            ("date:2024 OR date:2026", "y24 y26"),
            // An unknown date is in no period.
            ("-date:..", "none"),
            ("-date:2025", "y24 y26 none"),
            ("no:date", "none"),
        ],
    );
}

#[test]
fn the_last_days_are_counted_back_from_now() {
    let hours = [("h12", 12), ("d30", 30 * 24), ("w2", 14 * 24), ("m6", 180 * 24), ("y1", 365 * 24)];
    let at = |seconds: i64| Timestamp::from_unix_seconds(now() - seconds, Precision::Second);
    // Each limit, and the second before it.
    let reports = hours.iter().flat_map(|(id, hours)| {
        let border = hours * 3600;
        [((*id).to_owned(), at(border)), (format!("{id}-"), at(border + 1))]
    });
    let index = archive(reports.map(|(id, date)| (id, stating(&format!("date: {date}")))));
    check(
        &index,
        &[
            ("date:12h", "h12"),
            ("date:1d", "h12 h12-"),
            ("date:2w", "h12 h12- w2"),
            ("date:14d", "h12 h12- w2"),
            ("date:14days", "h12 h12- w2"),
            ("date:30d", "h12 h12- w2 w2- d30"),
            ("date:720h", "h12 h12- w2 w2- d30"),
            ("date:1m", "h12 h12- w2 w2- d30"),
            ("date:6m", "h12 h12- w2 w2- d30 d30- m6"),
            ("date:6mo", "h12 h12- w2 w2- d30 d30- m6"),
            ("date:1y", "h12 h12- w2 w2- d30 d30- m6 m6- y1"),
            ("date:2Y", "h12 h12- w2 w2- d30 d30- m6 m6- y1 y1-"),
            ("-date:30d", "d30- m6 m6- y1 y1-"),
            ("date:30d -date:12h", "h12- w2 w2- d30"),
        ],
    );
}

#[test]
fn the_last_days_end_today() {
    let index = archive([
        ("today", stating("date: 2025-07-01")),
        ("tonight", stating("date: 2025-07-01T23:00:00Z")),
        // In Auckland it is tomorrow already.
        ("ahead", stating("date: 2025-07-02")),
        ("typo", stating("date: 2052-06-30")),
    ]);
    check(&index, &[("date:30d", "today tonight ahead"), ("date:>=2025-06", "today tonight ahead typo")]);
}

#[test]
fn dates_have_names() {
    let dates = [
        ("today", "2025-07-01"),
        ("yesterday", "2025-06-30T23:59:59Z"),
        ("sunday", "2025-06-29"),
        ("monday", "2025-06-23"),
        ("early", "2025-06-01"),
        ("may", "2025-05-31T23:59:59Z"),
        ("april", "2025-04-01"),
        ("march", "2025-03-31"),
        ("last", "2024-12-31"),
        ("end", "2025-09-30"),
        ("later", "2025-10-01"),
    ];
    let index = archive(dates.map(|(id, date)| (id, stating(&format!("date: {date}")))));
    check(
        &index,
        &[
            ("date:today", "today"),
            ("date:Yesterday", "yesterday"),
            ("date:this-week", "today yesterday"),
            ("date:last-week", "sunday monday"),
            ("date:\"last week\"", "sunday monday"),
            ("date:last-month", "yesterday sunday monday early"),
            ("date:this-month", "today"),
            ("date:last-quarter", "yesterday sunday monday early may april"),
            ("date:this-quarter", "today end"),
            ("date:last-year", "last"),
            ("date:this-year", "today yesterday sunday monday early may april march end later"),
            ("date:2025-Q3", "today end"),
            ("date:\"Q3 2025\"", "today end"),
            ("date:\"June 2025\"", "yesterday sunday monday early"),
            ("date:\"Juni 2025\"", "yesterday sunday monday early"),
            ("date:2025-W26", "sunday monday"),
            ("date:>=yesterday date:<=today", "today yesterday"),
            ("date:last-week..yesterday", "sunday monday yesterday"),
            ("date:<last-month", "may april march last"),
            ("-date:this-year", "last"),
            ("date:\"last 2 days\"", "today yesterday"),
        ],
    );
}

/// The ids that a query finds in a zone, sorted.
fn in_zone(index: &Index, zone: &str, query: &str) -> Vec<String> {
    let mut request = request(query);
    request.zone = DayZone::named(zone).unwrap();
    let mut ids: Vec<String> = index.search(&request).unwrap().hits.iter().map(|hit| hit.incident.id.clone()).collect();
    ids.sort_unstable();
    ids
}

#[test]
fn a_report_is_found_by_the_day_that_it_states() {
    let index = archive([
        ("chicago", stating("date: 2025-06-02 23:30 -0500")),
        ("tokyo", stating("date: 2025-06-04T00:30:00+09:00")),
        ("utc", stating("date: 2025-06-03T12:00:00Z")),
        ("day", stating("date: 2025-06-03")),
    ]);
    check(
        &index,
        &[
            ("date:2025-06-02", "chicago"),
            ("date:2025-06-03", "chicago tokyo utc day"),
            ("date:2025-06-04", "tokyo"),
            ("date:>=2025-06-04", "tokyo"),
            ("date:<2025-06-03", "chicago"),
            ("-date:2025-06-02", "tokyo utc day"),
            ("date:2025-06", "chicago tokyo utc day"),
            // A time is a point in time.
            ("date:2025-06-03T04:30Z", "chicago"),
            ("date:>=2025-06-03T12:00Z date:<2025-06-03T12:01Z", "utc"),
        ],
    );
}

#[test]
fn days_may_be_those_of_a_zone() {
    let index = archive([
        ("night", stating("date: 2025-06-02T22:30:00Z")),
        ("morning", stating("date: 2025-06-03T02:00:00Z")),
        ("day", stating("date: 2025-06-03")),
    ]);
    let check = |zone: &str, query: &str, expected: &[&str]| {
        assert_eq!(in_zone(&index, zone, query), expected, "{query} in {zone}");
    };
    check("UTC", "date:2025-06-03", &["day", "morning"]);
    check("Europe/Berlin", "date:2025-06-03", &["day", "morning", "night"]);
    // The day that the report states, in UTC, finds it too.
    check("Europe/Berlin", "date:2025-06-02", &["night"]);
    check("America/New_York", "date:2025-06-02", &["morning", "night"]);
    // A day without a time is the same day everywhere.
    check("America/New_York", "date:2025-06-03", &["day", "morning"]);
    check("Pacific/Auckland", "date:2025-06-04", &[]);
    check("America/New_York", "date:<2025-06-03", &["morning", "night"]);
    // Noon in UTC is the next day in Kiritimati.
    let index = archive([("second", stating("date: 2025-07-02")), ("first", stating("date: 2025-07-01"))]);
    assert_eq!(in_zone(&index, "UTC", "date:today"), ["first"]);
    assert_eq!(in_zone(&index, "Pacific/Kiritimati", "date:today"), ["second"]);
    assert_eq!(in_zone(&index, "Pacific/Kiritimati", "date:yesterday"), ["first"]);
}
