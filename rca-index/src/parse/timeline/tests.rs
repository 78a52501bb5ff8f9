//! Timelines of every shape.

use crate::parse::zone::Zone;
use std::collections::BTreeMap;

use super::*;
use crate::parse::moment::local_day;
use crate::parse::outline::outline;
use crate::parse::sections::kinds;

fn rows(source: &str, start: Option<&str>) -> Vec<(String, String)> {
    let outline = outline(source, 0);
    let kinds = kinds(&outline.parts, &BTreeMap::new());
    let start = start.map(|text| Timestamp::try_from(text.to_owned()).unwrap());
    let time = |row: &TimelineRow| row.time.map(|time| time.to_string()).unwrap_or_default();
    let about = start.and_then(|start| local_day(start, &Zone::UTC));
    let zone = zone_stated_anywhere(&outline.parts).unwrap_or(Zone::UTC);
    let habits = Habits { zone, about, day_first: None };
    let timeline = read_timeline(&outline.parts, &kinds, start, &habits);
    timeline.rows.iter().map(|row| (time(row), row.text.clone())).collect()
}

fn check(source: &str, start: Option<&str>, expected: &[(&str, &str)]) {
    let expected: Vec<_> = expected.iter().map(|&(time, text)| (time.to_owned(), text.to_owned())).collect();
    assert_eq!(rows(source, start), expected, "{source}");
}

#[test]
fn tables() {
    let day = Some("2025-06-02");
    check(
        "## Timeline\n| Time (UTC) | Event |\n|-|-|\n| 15:53 | Alert |\n| | later |\n| ~16:03 | Found |\n",
        day,
        &[("2025-06-02T15:53Z", "Alert"), ("", "later"), ("2025-06-02T16:03Z", "Found")],
    );
    check(
        "## Timeline\n- Jun 2nd **21:44** one\n- Jun 2nd **22:XX** more\n",
        day,
        &[("2025-06-02T21:44Z", "one"), ("2025-06-02", "22:XX more")],
    );
    // The example row of a template.
    check(
        "## Timeline\n| Time | Event |\n|-|-|\n| 2025-06-02 15:53 | Alert |\n| 2025-06-02 HH:mm | What happened |\n\
         | 2025-06-03 HH:mm | Old hosts removed |\n",
        None,
        &[("2025-06-02T15:53Z", "Alert"), ("2025-06-03", "Old hosts removed")],
    );
    check(
        "## Timeline\n| Date | Time (CET) | Who | What |\n|-|-|-|-|\n| 2025-06-03 | 00:10 | Lin | paged |\n",
        day,
        // CET in summer means the local time there.
        &[("2025-06-02T22:10Z", "Lin: paged")],
    );
    check(
        "## タイムライン\n| 時刻 (JST) | イベント |\n|-|-|\n| 2026-04-11 時刻不明 | x |\n| 2026-04-11 09:05–09:09 | y |\n",
        None,
        &[("2026-04-11", "x"), ("2026-04-11T00:05Z", "y")],
    );
}

#[test]
fn bullets_lines_and_headings() {
    let day = Some("2025-06-02");
    check(
        "# Timeline\n- **18:53** it began\n  - a detail\n- 19:05 UTC: it ended\n",
        day,
        &[("2025-06-02T18:53Z", "it began a detail"), ("2025-06-02T19:05Z", "it ended")],
    );
    check(
        "## Timeline\n**10:00** - one\n10:05 — two\nmore of two\n\nafter\n",
        day,
        &[("2025-06-02T10:00Z", "one"), ("2025-06-02T10:05Z", "two more of two after")],
    );
    check(
        "# X\n## Timeline\nAll times in PST\n### 2018-02-22 16:30\n\nMail sent.\n\n### 16:32\n\nLogs read.\n",
        None,
        &[("2018-02-23T00:30Z", "Mail sent."), ("2018-02-23T00:32Z", "Logs read.")],
    );
    check(
        "## Timeline\n### 2018-02-22\n- 16:30 a\n- 16:31 b\n",
        None,
        &[("2018-02-22T16:30Z", "a"), ("2018-02-22T16:31Z", "b")],
    );
}

#[test]
fn midnight() {
    let source = "## Timeline\n- 23:58 a\n- 23:50 out of order\n- 00:03 b\n- 08:00 c\n";
    let expected = ["2025-06-02T23:58Z", "2025-06-02T23:50Z", "2025-06-03T00:03Z", "2025-06-03T08:00Z"];
    let times: Vec<_> = rows(source, Some("2025-06-02")).into_iter().map(|row| row.0).collect();
    assert_eq!(times, expected);
    // The start is just before midnight in UTC, the first row just after it.
    check("## Timeline\n- 00:03 b\n", Some("2025-06-02T23:58Z"), &[("2025-06-03T00:03Z", "b")]);
    // The day is the local one.
    check("## Timeline (JST)\n- 09:05 b\n", Some("2026-04-11T00:05Z"), &[("2026-04-11T00:05Z", "b")]);
}

#[test]
fn a_timeline_without_a_heading_needs_three_rows() {
    let day = Some("2025-06-02");
    assert_eq!(rows("## How we got out\n- 10:00 a\n- 10:05 b\n- 10:06 c\n", day).len(), 3);
    assert_eq!(rows("# T\n### 10:00\na\n### 10:05\nb\n### 10:10\nc\n", day).len(), 3);
    assert_eq!(rows("## How we got out\n- 10:00 a\n- 10:05 b\n- no\n", day), []);
}

/// Reports with a day of their own, in the shapes that rows come in.
#[test]
fn shapes() {
    let day = Some("2025-03-04");
    let two = [("2025-03-04T10:05Z", "an alert fires"), ("2025-03-04T11:30Z", "all is well")];
    for source in [
        "## Timeline\n- 10:05 an alert fires\n- 11:30 all is well\n",
        "## Timeline\n- **10:05** — an alert fires\n- **11:30** — all is well\n",
        "## Timeline\n- [10:05] an alert fires\n- [11:30] all is well\n",
        "## Timeline\n- ~10:05: an alert fires\n- ca. 11:30: all is well\n",
        "## Timeline\n- 10:05 a.m. an alert fires\n- 11:30 a.m. all is well\n",
        "## Timeline\n- Tue, 10:05 - an alert fires\n- Tue, 11:30 - all is well\n",
        "## Timeline\n- 03-04 10:05 an alert fires\n- 03-04 11:30 all is well\n",
        "## Timeline\n- Mar 4, 10:05 UTC: an alert fires\n- Mar 4, 11:30 UTC: all is well\n",
        "## Timeline\n- 4 March 2025 at 10:05, an alert fires\n- 4 March 2025 at 11:30, all is well\n",
        "## Timeline\n- 04.03.2025 10:05 an alert fires\n- 04.03.2025 11:30 all is well\n",
        "## Timeline\n- 10:05-10:10 an alert fires\n- 11:30 – 11:40 UTC all is well\n",
        "## Timeline (Eastern Time)\n- 05:05 an alert fires\n- 06:30 all is well\n",
        "## Timeline\n\n04-03-2025 10:05 – an alert fires\n\n04-03-2025 11:30 – all is well\n",
        "## Timeline\n\n10:05 - an alert fires; 11:30 all is well\n",
        "## Timeline\n\n- ; 10:05, an alert fires\n- ; 11:30, all is well\n",
        "## Timeline\n\n- 2025-03-04\n- 10:05 an alert fires\n- 11:30 all is well\n",
        "## Timeline\n\n2025-03-04\n\n- 10:05 an alert fires\n- 11:30 all is well\n",
        "## Timeline\n### Day 1 - March 4, 2025\n- 10:05 an alert fires\n- 11:30 all is well\n",
        "## Timeline\n| Time | Event |\n|-|-|\n| ~10:05 | an alert fires |\n| 11:30 | all is well |\n",
        "## Timeline\n| Time | Event |\n|-|-|\n| 10.05 | an alert fires |\n| 11.30 | all is well |\n",
        "## Timeline\n| Date | Time | Event |\n|-|-|-|\n| 2025-03-04 | 10:05 | an alert fires |\n| | 11:30 | all is well |\n",
        "## Timeline\n| Date (2025) | UTC | What |\n|-|-|-|\n| Mar 4 | 10:05 | an alert fires |\n| Mar 4 | 11:30 | all is well |\n",
        "## Timeline\n| Time (America/New_York) | Event |\n|-|-|\n| 05:05 | an alert fires |\n| 06:30 | all is well |\n",
        "## Timeline\n| Event | Time |\n|-|-|\n| an alert fires | 10:05 |\n| all is well | 11:30 |\n",
        "## Timeline\n- an alert fires: 10:05 UTC\n- all is well: 11:30 UTC\n",
        "# T\n\n**2025-03-04 10:05 UTC**\n\nan alert fires\n\n**2025-03-04 11:30 UTC**\n\nall is well\n",
        "# T\n\n**Timeline:** 10:05 an alert fires; 11:30 all is well\n",
    ] {
        check(source, day, &two);
    }
}

#[test]
fn sentences_are_rows_where_nothing_else_is() {
    check(
        "## Timeline\n\nIt began at 4:29 PM UTC with a change. At *4:52 PM UTC* errors were seen.\n\nBy 6:03 PM CET, all was well.\n",
        Some("2025-03-04"),
        &[
            ("2025-03-04T16:29Z", "It began at 4:29 PM UTC with a change."),
            ("2025-03-04T16:52Z", "At 4:52 PM UTC errors were seen."),
            ("2025-03-04T17:03Z", "By 6:03 PM CET, all was well."),
        ],
    );
}

#[test]
fn days_of_rows() {
    let times = |source: &str, start: &str| rows(source, Some(start)).into_iter().map(|row| row.0).collect::<Vec<_>>();
    let check = |source: &str, start: &str, expected: &[&str]| assert_eq!(times(source, start), expected, "{source}");
    // Newest first, however long the gaps.
    let newest = "## Updates\n- 21:40 UTC: well\n- 15:10 UTC: found\n- 09:20 UTC: alert\n";
    check(newest, "2025-03-04T09:20Z", &["2025-03-04T21:40Z", "2025-03-04T15:10Z", "2025-03-04T09:20Z"]);
    // A heading's day holds, however far from the start.
    let headed = "## Timeline\n### 2025-03-04\n- 10:40 a\n- 23:10 b\n### 2025-03-05\n- 00:20 c\n";
    check(headed, "2025-03-04T23:10Z", &["2025-03-04T10:40Z", "2025-03-04T23:10Z", "2025-03-05T00:20Z"]);
    // Rows out of order below a day of several stay on it.
    let out_of_order = "## Timeline\n### 2025-03-04\n- 23:26 a\n- 17:22 b\n### 2025-03-05\n- 00:20 c\n";
    check(out_of_order, "2025-03-04", &["2025-03-04T23:26Z", "2025-03-04T17:22Z", "2025-03-05T00:20Z"]);
    // Past midnight.
    check("## Timeline\n- 23:50 a\n- 00:10 b\n", "2025-03-04", &["2025-03-04T23:50Z", "2025-03-05T00:10Z"]);
    // Behind a row of long before, clocks are those of the incident.
    let background = "## Timeline\n- 21 Feb 09:14 a\n- 22:58 b\n- 00:32 c\n";
    check(background, "2025-03-04T22:58Z", &["2025-02-21T09:14Z", "2025-03-04T22:58Z", "2025-03-05T00:32Z"]);
    // Offsets count from the start, and a day alone has no clock.
    check("## Timeline\n- T+0 a\n- T+5min b\n", "2025-03-04T10:00Z", &[]);
    let offsets = "## Timeline\n| Time | Event |\n|-|-|\n| T+0min | a |\n| T+1h05 | b |\n";
    check(offsets, "2025-03-04T10:00Z", &["2025-03-04T10:00Z", "2025-03-04T11:05Z"]);
    check("## Timeline\n- Wed, Mar 5, 2025 - a\n- 6 March 2025 - b\n", "2025-03-04", &["2025-03-05", "2025-03-06"]);
    check("## Timeline\n- 10:05 QST: a\n- 10:10 UTC: b\n", "2025-03-04", &["2025-03-04", "2025-03-04T10:10Z"]);
    // Posts of a status page tell the story again.
    let twice = "## Timeline\n- 10:05 a\n- 10:10 b\n## Updates\n- 10:10 b\n- 10:05 a\n";
    check(twice, "2025-03-04", &["2025-03-04T10:05Z", "2025-03-04T10:10Z"]);
}

#[test]
fn a_timeline_with_no_row_is_a_problem() {
    let problems = |source: &str| {
        let outline = outline(source, 0);
        let kinds = kinds(&outline.parts, &BTreeMap::new());
        read_timeline(&outline.parts, &kinds, None, &Habits::default())
            .problems
            .iter()
            .map(|p| (p.line, p.code()))
            .collect::<Vec<_>>()
    };
    assert_eq!(problems("# T\n## Timeline\n- first this\n- then that\n"), [(2, "timeline-empty")]);
    assert_eq!(problems("# T\n## Timeline\n|Time|x|\n|-|-|\n|T+5min|a|\n|T+9min|b|\n"), [(2, "timeline-empty")]);
    assert_eq!(problems("# T\n## Timeline\n- 10:05 this\n"), []);
    assert_eq!(problems("# T\n## Timeline\n## Impact\nNone.\n"), []);
}

#[test]
fn the_day_of_the_end_is_the_day_of_rows_where_no_start_is_known() {
    let times = |rows: &str| {
        let source = format!("# T\n\n**Resolved:** 2025-03-05 00:40 UTC\n\n## Timeline\n\n{rows}");
        let incident = crate::parse::parse_report("r.md", source, &crate::parse::ParseOptions::default()).incident;
        incident
            .timeline
            .iter()
            .map(|row| row.time.map(|time| time.to_string()).unwrap_or_default())
            .collect::<Vec<_>>()
    };
    let late = times("- 23:50 Reads fail\n- 00:10 Restarted\n- 00:40 Back to normal\n");
    assert_eq!(late, ["2025-03-04T23:50Z", "2025-03-05T00:10Z", "2025-03-05T00:40Z"]);
    let same = times("- 00:10 Reads fail\n- 00:40 Back to normal\n- 11:20 Data checked\n");
    assert_eq!(same, ["2025-03-05T00:10Z", "2025-03-05T00:40Z", "2025-03-05T11:20Z"]);
}
