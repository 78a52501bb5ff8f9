//! Times of whole reports: what they are, by which statement, and that reading them takes work that grows with the size only.

use super::*;
use crate::parse::cursor::work;

fn parse(path: &str, source: &str) -> Parsed {
    parse_report(path, source.to_owned(), &ParseOptions::default())
}

/// Date, end and duration, and the codes of problems.
fn times(path: &str, source: &str) -> (String, String, Option<f64>, Vec<&'static str>) {
    let parsed = parse(path, source);
    let codes = parsed.problems.iter().map(Problem::code).collect();
    let incident = parsed.incident;
    let text =
        |time: Option<Sourced<crate::incident::Timestamp>>| time.map(|time| time.value.to_string()).unwrap_or_default();
    (text(incident.date), text(incident.end), incident.duration.map(|duration| duration.value), codes)
}

#[test]
fn statements_of_start_end_and_duration() {
    let check = |source: &str, date: &str, end: &str, minutes: Option<f64>| {
        let (found_date, found_end, found, _) = times("a.md", source);
        assert_eq!((found_date.as_str(), found_end.as_str(), found), (date, end, minutes), "{source}");
    };
    check("# T\n\n**Date:** 2025-03-04 09:15-10:30\n", "2025-03-04T09:15Z", "2025-03-04T10:30Z", Some(75.0));
    check("# T\n\n**Start–End:** 2025-08-19 14:02 → 14:37 PDT\n", "2025-08-19T21:02Z", "2025-08-19T21:37Z", Some(35.0));
    check(
        "# T\n\n**Date:** 2025-03-04\n**Duration:** 20:20 - 20:46 UTC\n",
        "2025-03-04T20:20Z",
        "2025-03-04T20:46Z",
        Some(26.0),
    );
    check(
        "# T\n\n**Date:** 2025-03-04\n**Duration:** ~39 minutes (23:50 to 00:29 UTC)\n",
        "2025-03-04T23:50Z",
        "2025-03-05T00:29Z",
        Some(39.0),
    );
    check(
        "---\ndate: 2023-04-05\nstart_time: 10:05 PM\nend_time: 01:35 AM\ntimezone: America/New_York\n---\n",
        "2023-04-06T02:05Z",
        "2023-04-06T05:35Z",
        Some(210.0),
    );
    check("---\ndate: 2022-07-24 19:00 ET\n---\n", "2022-07-24T23:00Z", "", None);
    check("---\ndate: 2023-04-05 10:05 UTC +2\n---\n", "2023-04-05T08:05Z", "", None);
    check("---\ndate: 20220824T190000Z\n---\n", "2022-08-24T19:00:00Z", "", None);
    check("# T\n\n**Date:** 13-17 May 2024\n", "2024-05-13", "2024-05-17", None);
    check("# T\n\n**Date:** May 30 - June 2, 2024\n", "2024-05-30", "2024-06-02", None);
    check("# T\n\n**Date:** 17/05/2023 4am UTC\n\nOn the 16 May 2023 it was planned.\n", "2023-05-17T04:00Z", "", None);
    check("---\nduration: 1h30\ndate: 2025-03-04\n---\n", "2025-03-04", "", Some(90.0));
    check(
        "# T\n\n## Summary\n\nOn March 13, 2025, between 2:25 PM and 3:03 PM UTC, a customer had errors.\n",
        "2025-03-13T14:25Z",
        "2025-03-13T15:03Z",
        Some(38.0),
    );
    check(
        "# T\n\n| Created | 2025-08-19 14:02 UTC |\n|---|---|\n| Resolved | 2025-08-19 14:37 UTC |\n",
        "2025-08-19T14:02Z",
        "2025-08-19T14:37Z",
        Some(35.0),
    );
    // A clock that names no zone is meant as it is in the timeline, where it stands there.
    let jst = |start: &str| {
        format!(
            "# T\n\n**Start:** {start}\n\n## Timeline\n\n| Time (JST) | Event |\n|---|---|\n| 07:37 | Reads fail |\n"
        )
    };
    check(&jst("2025-03-23 07:37"), "2025-03-22T22:37Z", "", None);
    check(&jst("2025-03-22 22:37"), "2025-03-22T22:37Z", "", None);
    check(&jst("2025-03-23 07:37 UTC"), "2025-03-23T07:37Z", "", None);
    // The day of a text about the incident is not the day of the incident.
    check("---\npublished_at: 2025-10-09\n---\n\nA release broke production.\n", "", "", None);
    check("# T\n\n**Created:** 2025-10-09\n\nA release broke production on 4 March 2025.\n", "2025-03-04", "", None);
    check("# T\n\n**Last reviewed:** 2025-10-09\n\nA release broke production.\n", "", "", None);
    check("# T\n\nIt was seen weeks before the publication of the text on 2 February 2015.\n", "", "", None);
    check("# T\n\nAfter the node was updated on 2 February 2015, reads failed.\n", "2015-02-02", "", None);
    // The row that agrees with how long it lasted, not the one of the day after.
    check(
        "# T\n\n## Summary\n\nThe outage lasted about nine hours.\n\n## Timeline\n\n- 2025-03-04 11:00 traffic fails\n\
         - 2025-03-04 19:50 traffic is back to normal\n- 2025-03-05 10:00 bug fixed, incident closed\n",
        "2025-03-04T11:00Z",
        "2025-03-04T19:50Z",
        Some(540.0),
    );
    check(
        "# T\n\n## Summary\n\nLogins were down for 40 minutes.\n\n## Timeline\n\n- 2025-03-04 11:00 logins fail\n\
         - 2025-03-04 16:00 service restored\n",
        "2025-03-04T11:00Z",
        // No row agrees: the end is in doubt.
        "",
        Some(40.0),
    );
    // The end that the timeline states.
    check(
        "# T\n\n**Date:** 2025-03-04\n\n## Timeline\n\n- 14:10 alert fired\n- 15:00 incident resolved\n",
        "2025-03-04",
        "2025-03-04T15:00Z",
        Some(50.0),
    );
    // A window in a sentence beats the span of a longer timeline.
    check(
        "# T\n\n**Date:** 2025-03-04\n\n## Summary\n\nAll was down from 14:10 to 14:40 UTC.\n\n## Timeline\n\n- 14:10 alert\n- 16:00 resolved\n",
        "2025-03-04T14:10Z",
        "2025-03-04T14:40Z",
        Some(30.0),
    );
}

#[test]
fn the_day_of_the_incident_and_not_of_the_report() {
    let check = |path: &str, source: &str, date: &str| assert_eq!(times(path, source).0, date, "{path} {source}");
    check("a.md", "---\ntitle: Login outage of May 14, 2022\ndate: 2022-05-19\n---\n", "2022-05-14");
    check("2015-08-13-x.md", "---\ntitle: Issues on August 10th\n---\nText.\n", "2015-08-10");
    check(
        "a.md",
        "---\ndate: 2018-01-11\n---\nOn Tuesday January 9 from 17:09 EST to 23:42 EST, all was unavailable.\n",
        "2018-01-09T22:09Z",
    );
    check("2019-03-06-x.md", "# T\n## Timeline\n- 2019-03-05 11:00 a\n- 2019-03-05 19:45 b\n", "2019-03-05T11:00Z");
    check(
        "a.md",
        "---\ndate: 2024-10-24\n---\n## Timeline\n- 2024-10-16 11:58 a\n- 2024-10-24 02:00 b\n",
        "2024-10-24",
    );
    // A first report is no background, however many days go by.
    check(
        "a.md",
        "---\ndate: 2024-10-24\n---\n## Timeline\n- Oct 22 11:58 first report of errors\n- Oct 24 02:00 b\n",
        "2024-10-22T11:58Z",
    );
    // All rows are of the day after the one of the post.
    check("a.md", "---\ndate: 2024-10-24\n---\n## Timeline\n- Oct 25 01:52 a\n- Oct 25 02:10 b\n", "2024-10-25T01:52Z");
    check("a.md", "---\ndate: 2024-10-24\n---\n## Timeline\n- Oct 28 01:52 a\n- Oct 28 02:10 b\n", "2024-10-24");
    // The text and the rows agree.
    check(
        "a.md",
        "---\ndate: 2024-10-24\n---\nBetween October 20 and October 24, 2024, all orders were public.\n\n\
         ## Timeline\n- 2024-10-20 01:52 a\n- 2024-10-24 02:10 b\n",
        "2024-10-20T01:52Z",
    );
    // What lasted half an hour began half an hour before its end.
    let late = "# T\n\n## Timeline\n- 2024-10-20 10:00 rule deployed\n- 2024-10-24 08:00 orders fail\n- 2024-10-24 08:30 resolved\n";
    check("a.md", &format!("{late}\n## Stats\n\n- Duration: 30 minutes\n"), "2024-10-24T08:00Z");
    check("a.md", late, "2024-10-20T10:00Z");
    // The title is a copy of another report's.
    check(
        "2023-08-04-x.md",
        "# 2023-02-19, x\n## Timeline\n### 2023-08-04 10:00 - start\na\n### 21:00 - end\nb\n",
        "2023-08-04T10:00Z",
    );
    check("a.md", "---\ndate: 2024-10-24\n---\n# T\n\n**Date:** 2024-10-22\n", "2024-10-22");
    check("2026/05/06-05-2026-x.md", "# 06-05-2026 - x\n", "2026-05-06");
    check("a.md", "# T\n\nThe migration `20230318_add_index.sql` was run.\n", "");
    check("a.md", "# T\n\nSee https://example.org/news/2019/06/11/review.pdf\n", "");
    check("a.md", "# T\n\nRelease v2024-06-11 and build_2024-06-12 were fine.\n", "");
}

#[test]
fn what_is_not_understood_is_named() {
    let check = |source: &str, date: &str, minutes: Option<f64>, code: &str| {
        let (found, _, found_minutes, codes) = times("a.md", source);
        assert_eq!((found.as_str(), found_minutes, &codes[..]), (date, minutes, &[code][..]), "{source}");
    };
    check("---\ndate: 08-04-2022 06:15 PM\n---\n", "", None, "date-ambiguous");
    check("---\ndate: 1506-02-07\n---\n", "", None, "date-out-of-range");
    check("---\ndate: 2190-02-07\n---\n", "", None, "date-out-of-range");
    check("---\ndate: 2023-04-05 10:05 QST\n---\n", "2023-04-05", None, "zone-unknown");
    check("---\ntimezone: Middle/Earth\ndate: 2023-04-05\n---\n", "2023-04-05", None, "zone-unknown");
    check("---\nduration: 34 hours undetected, 22 minutes to resolve\n---\n", "", None, "duration-unreadable");
    check("---\nduration: 90 seconds per call\n---\n", "", None, "duration-unreadable");
    check("---\nduration: 約40分。潜伏期間は6日間\n---\n", "", None, "duration-unreadable");
    check("---\nduration: Outage 2 — about 8 hours\n---\n", "", None, "duration-unreadable");
    check("---\nduration: 約7時間（検知から）。影響は約1時間\n---\n", "", None, "duration-unreadable");
    check("---\nduration: Undetected — about 34 hours\n---\n", "", None, "duration-unreadable");
    check("---\ndate: 1970-01-01T00:00:00Z\n---\n", "", None, "date-out-of-range");
}

#[test]
fn settings_and_other_dates_decide_what_comes_first() {
    let date = |source: &str, day_first: Option<bool>| {
        let options = ParseOptions { day_first, ..ParseOptions::default() };
        parse_report("a.md", source.to_owned(), &options).incident.date.map(|date| date.value.to_string())
    };
    let source = "---\ndate: 08/04/2022\n---\n";
    assert_eq!(date(source, None), None);
    assert_eq!(date(source, Some(true)).as_deref(), Some("2022-04-08"));
    assert_eq!(date(source, Some(false)).as_deref(), Some("2022-08-04"));
    assert_eq!(date(&format!("{source}Mended on 21/04/2022.\n"), None).as_deref(), Some("2022-04-08"));
    assert_eq!(date(&format!("{source}Mended on 04/21/2022.\n"), None).as_deref(), Some("2022-08-04"));
}

/// What is repeated, behind what.
const SHAPES: &[(&str, &str)] = &[
    ("# T\n\n", "1: "),
    ("# T\n## Timeline\n\n", "1: "),
    ("# T\n## Summary\n\n", "1: "),
    ("# T\n## Summary\n\n", "10:05 "),
    ("# T\n## Summary\n\n", "10:05 - "),
    ("# T\n## Summary\n\n", "10:05 to 10:06. "),
    ("# T\n## Timeline\n\n", "10:05 "),
    ("# T\n## Timeline\n\n", "10:05 a; "),
    ("# T\n## Timeline\n\n", "- 10:05 a\n"),
    ("# T\n## Timeline\n\n", "- a: 10:05\n"),
    ("# T\n## Timeline\n\n", "10:05 - a\n\n"),
    ("# T\n## Timeline\n\n", "### 2024-01-01\n- 10:05 a\n"),
    ("# T\n## Timeline\n\n", "x. At 10:05 "),
    ("# T\n## Timeline\n\n", "~"),
    ("# T\n## Timeline\n\n", "at "),
    ("# T\n## Timeline\n|Time|x|\n|-|-|\n", "|10:05|a|\n"),
    ("# T\n\n|Time|x|\n|-|-|\n", "|10:05|a|\n"),
    ("# T\n## Summary\n2022 ", "May 5 - "),
    ("# T\n## Summary\n2022 ", "[2022-05-05] "),
    ("# T\n## Summary\n", "08/04/2022 "),
    ("# T\n## Summary\n", "outage for a a "),
    ("# T\n## Summary\n", "down for 5 m, "),
    ("# T\n## Summary\n", "1,"),
    ("# T\n## Summary\n", "1"),
    ("# T\n\n", " 1  0      0 1234567  12345 123456    0    0     1     2    3    4  1  0 99  0  0\n"),
    ("# T\n## Impact\n", " 1234 root      20   0  162072   2220   1544 R   0.7  0.1   0:00.10 top\n"),
    ("# T\n\n**Date:** ", "1 a "),
    ("# T\n\n**Date:** ", "2022-05-05 - "),
    ("# T\n\n**Duration:** ", "1 m "),
    ("# T\n\n**Duration:** x ", "10:05 - "),
    ("# ", "May 5 a "),
];

#[test]
fn work_grows_with_the_size() {
    const SIZE: usize = 8_000;
    for (before, repeated) in SHAPES {
        let steps = |size: usize| {
            work::taken();
            parse("2024-05-05-x.md", &format!("{before}{}\n", repeated.repeat(size / repeated.len())));
            work::taken()
        };
        let (once, twice) = (steps(SIZE), steps(2 * SIZE));
        assert!(twice <= 2 * once + once / 8 + 2000, "{before}{repeated}: {once} {twice}");
        assert!(once <= SIZE * 400, "{before}{repeated}: {once}");
    }
}

#[test]
fn a_duration_knows_how_it_is_to_be_read() {
    let bound = |source: &str| parse("a.md", source).incident.duration.map(|duration| duration.bound);
    assert_eq!(bound("---\nduration: about 2 hours\n---\n"), Some(crate::incident::Bound::About));
    assert_eq!(bound("# T\n\n**Duration:** 13+ hours\n"), Some(crate::incident::Bound::AtLeast));
    assert_eq!(bound("# T\n\nThe outage lasted up to 20 minutes.\n"), Some(crate::incident::Bound::AtMost));
    assert_eq!(bound("---\nduration: 2h\n---\n"), Some(crate::incident::Bound::Exact));
}
