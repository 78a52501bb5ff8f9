//! Dates and durations as people write them, and those that cannot be.

use rca_index::Source;

use crate::{date, found, incident, minutes, problems};

/// Checks the date, and whether there is a problem.
#[track_caller]
fn check_date(id: &str, expected: &str, problem: bool) {
    assert_eq!((date(id).as_str(), !problems(&format!("{id}.md")).is_empty()), (expected, problem));
}

#[test]
fn date_spelled() {
    check_date("date-spelled", "2022-06-14", false);
}

#[test]
fn date_with_an_hour_of_three_digits() {
    check_date("date-hour-of-three-digits", "2024-08-13", true);
}

#[test]
fn date_with_an_hour_of_one_digit() {
    check_date("date-one-digit-hour", "2023-10-17T09:30Z", false);
}

#[test]
fn date_with_a_negative_zero_offset() {
    check_date("date-negative-zero-offset", "2022-02-09T06:00:00Z", false);
}

#[test]
fn date_without_a_day() {
    check_date("date-month-only", "2020-06", false);
    assert_eq!(found("date:2020-06"), ["date-month-only"]);
}

#[test]
fn date_with_two_times() {
    check_date("date-two-times", "2021-03-04T10:00Z", false);
    assert_eq!(minutes("date-two-times"), Some(90.0));
}

#[test]
fn date_quoted() {
    check_date("date-quoted", "2023-10-04T09:12:00Z", false);
}

#[test]
fn date_without_a_zone() {
    check_date("date-naive", "2022-11-08T14:25:00Z", false);
}

#[test]
fn date_that_does_not_exist() {
    check_date("date-impossible", "", true);
}

#[test]
fn end_before_the_start() {
    check_date("end-before-start", "2024-05-02T14:00:00Z", true);
    assert_eq!((minutes("end-before-start"), incident("end-before-start").end), (None, None));
}

/// Checks the duration in minutes, and whether there is a problem.
#[track_caller]
fn check_duration(id: &str, expected: Option<f64>, problem: bool) {
    assert_eq!((minutes(id), !problems(&format!("{id}.md")).is_empty()), (expected, problem));
}

#[test]
fn duration_plain() {
    check_duration("duration-plain", Some(65.0), false);
}

#[test]
fn duration_in_hours() {
    check_duration("duration-hours", Some(60.0), false);
}

#[test]
fn duration_compound() {
    check_duration("duration-compound", Some(387.0), false);
}

#[test]
fn duration_in_days() {
    check_duration("duration-days", Some(1787.0), false);
}

#[test]
fn duration_in_iso_8601() {
    check_duration("duration-iso", Some(65.0), false);
}

#[test]
fn duration_degraded_plus() {
    check_duration("duration-degraded-plus", Some(10_152.0), false);
}

#[test]
fn duration_in_prose() {
    check_duration("duration-in-prose", Some(65.0), false);
    assert_eq!(incident("duration-in-prose").duration.unwrap().source, Source::Prose);
}

#[test]
fn duration_negative() {
    check_duration("duration-negative", None, true);
}
