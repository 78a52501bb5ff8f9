//! Dates: periods, comparisons, ranges, and the last days.

use super::{archive, check, now, stating};
use rca_index::{Precision, Timestamp};

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
