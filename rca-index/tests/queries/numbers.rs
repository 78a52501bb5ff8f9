//! Numbers: comparisons, ranges and units, each with the last value that matches and the first that does not.

use rca_index::{FIELDS, FieldKind};

use super::{archive, check, stating};

#[test]
fn a_duration_is_compared_in_minutes() {
    let minutes = ["29", "30", "31", "59.5", "60", "89", "90", "91", "1439", "1440", "10080"];
    let reports = minutes.map(|minutes| (minutes, stating(&format!("duration: {minutes}m"))));
    let index = archive(reports.into_iter().chain([("none", stating("status: open"))]));
    check(
        &index,
        &[
            ("duration:90", "90"),
            ("duration:=90", "90"),
            ("duration:>89", "90 91 1439 1440 10080"),
            ("duration:>90", "91 1439 1440 10080"),
            ("duration:>=90", "90 91 1439 1440 10080"),
            ("duration:>=91", "91 1439 1440 10080"),
            ("duration:<30", "29"),
            ("duration:<31", "29 30"),
            ("duration:<=30", "29 30"),
            ("duration:<29", ""),
            ("duration:<=29", "29"),
            ("duration:≥1440", "1440 10080"),
            ("duration:≤30", "29 30"),
            // Ranges include both ends, and either end may be open.
            ("duration:30..90", "30 31 59.5 60 89 90"),
            ("duration:31..89", "31 59.5 60 89"),
            ("duration:60..60", "60"),
            ("duration:61..88", ""),
            ("duration:91..", "91 1439 1440 10080"),
            ("duration:..30", "29 30"),
            ("duration:..", "29 30 31 59.5 60 89 90 91 1439 1440 10080"),
            ("duration:>30 duration:<90", "31 59.5 60 89"),
            // Units.
            ("duration:>1h30m", "91 1439 1440 10080"),
            ("duration:>=1h30m", "90 91 1439 1440 10080"),
            ("duration:1h30", "90"),
            ("duration:1.5h", "90"),
            ("duration:90min", "90"),
            ("duration:1h", "60"),
            ("duration:1hr", "60"),
            ("duration:0.5h..1H", "30 31 59.5 60"),
            ("duration:3570s", "59.5"),
            ("duration:>59m30s", "60 89 90 91 1439 1440 10080"),
            ("duration:1d", "1440"),
            ("duration:23h59m", "1439"),
            ("duration:1w", "10080"),
            ("duration:7days", "10080"),
            ("duration_minutes:90", "90"),
            // An unknown value is in no range, not even an open one.
            ("-duration:>=30", "29 none"),
            ("-duration:..", "none"),
            ("no:duration", "none"),
        ],
    );
}

#[test]
fn counts_accept_thousands_and_millions() {
    let users = ["999", "1000", "1001", "1500", "10000", "1000000", "2500000"];
    let index = archive(users.map(|users| (users, stating(&format!("users: {users}")))));
    check(
        &index,
        &[
            ("users:>1000", "1001 1500 10000 1000000 2500000"),
            ("users:>=1000", "1000 1001 1500 10000 1000000 2500000"),
            ("users:<1000", "999"),
            ("users:<=1k", "999 1000"),
            ("users:1k", "1000"),
            ("users:1_000", "1000"),
            ("users:1.5k", "1500"),
            ("users:10K", "10000"),
            ("users:1000..10k", "1000 1001 1500 10000"),
            ("users:1m", "1000000"),
            ("users:1M", "1000000"),
            ("users:>1M", "2500000"),
            ("users:<0.001bn", "999 1000 1001 1500 10000"),
            ("users:>=2.5m", "2500000"),
            ("customers:999", "999"),
        ],
    );
}

#[test]
fn money_percentages_and_times_have_their_units() {
    let text = |revenue: &str, pct: &str, before: &str, after: &str| {
        format!(
            "# An incident\n\n## Impact\n\n- Estimated revenue impact: ${revenue}\n- Error rate: rose to {pct}%\n\
             - Latency: p99 climbed from {before}ms to {after}ms\n"
        )
    };
    let index = archive([
        ("low", text("9999", "4.9", "299", "1999")),
        ("mid", text("10000", "5", "300", "2000")),
        ("high", text("10001", "5.1", "301", "2001")),
    ]);
    check(
        &index,
        &[
            ("revenue:>=10k", "mid high"),
            ("revenue:>$10k", "high"),
            ("revenue:$10_000", "mid"),
            ("cost:<10k", "low"),
            ("loss:..10k", "low mid"),
            ("error_rate:5%", "mid"),
            ("error_rate:5", "mid"),
            ("error_rate:>5%", "high"),
            ("error_rate:>=5%", "mid high"),
            ("errorrate:4.9%..5%", "low mid"),
            ("latency:2s", "mid"),
            ("latency:2000", "mid"),
            ("latency:2000ms", "mid"),
            ("latency:>2s", "high"),
            ("latency:>2seconds", "high"),
            ("latency:<2s", "low"),
            ("latency:<1m", "low mid high"),
            ("latency_before:300ms", "mid"),
            ("latency_before:>=300", "mid high"),
            ("latency_before:<0.3s", "low"),
        ],
    );
}

#[test]
fn impact_is_a_number_before_digits_and_a_section_before_words() {
    let text = |users: u32, rest: &str| format!("---\nduration: 50\nusers: {users}\n---\n# An incident\n\n{rest}\n");
    let index = archive([
        ("below", text(999, "50000 letters")),
        ("at", text(1000, "## Impact\n\nThe walrus slept.")),
        ("above", text(1001, "## Summary\n\nThe walrus slept.")),
    ]);
    check(
        &index,
        &[
            ("impact:50000", "at"),
            ("impact:>50000", "above"),
            ("impact:>=50k", "at above"),
            ("impact:<50k", "below"),
            ("impact:50000..", "at above"),
            ("impact:..49999", "below"),
            ("impact:$50k", "at"),
            ("user_minutes:50k", "at"),
            ("impact:walrus", "at"),
            ("walrus", "at above"),
            ("50000", "below"),
        ],
    );
}

#[test]
fn minutes_to_a_milestone_are_counted_from_the_start() {
    let text = |minute: u32| {
        format!(
            "# An incident\n\n**Date:** 2025-06-02 10:00 UTC\n\n## Timeline\n\n- 10:0{minute} Alert fired\n\
             - 10:1{minute} On-call engineer acknowledged\n- 10:2{minute} Root cause identified\n\
             - 10:3{minute} Mitigation applied\n- 10:4{minute} Incident resolved\n"
        )
    };
    let index = archive([("less", text(1)), ("equal", text(2)), ("more", text(3))]);
    let rows = [("ttd", 2), ("tta", 12), ("tti", 22), ("ttm", 32), ("ttr", 42)];
    for (field, minutes) in rows {
        check(
            &index,
            &[
                (&format!("{field}:{minutes}"), "equal"),
                (&format!("{field}:<{minutes}"), "less"),
                (&format!("{field}:<={minutes}m"), "less equal"),
                (&format!("{field}:>{minutes}"), "more"),
                (&format!("{field}:>={minutes}m"), "equal more"),
            ],
        );
    }
}

#[test]
fn every_number_field_can_be_compared() {
    let index = archive([("full", super::order::full_report(1)), ("bare", "# An incident\n".to_owned())]);
    let incident = index.get("full").unwrap().unwrap();
    let mut compared = 0;
    for spec in FIELDS {
        let FieldKind::Number(number, _) = spec.kind else { continue };
        let value = number.value_of(&incident).unwrap_or_else(|| panic!("the report states no {}", spec.name));
        let name = spec.name;
        check(
            &index,
            &[
                (&format!("{name}:{value}"), "full"),
                (&format!("{name}:>={value}"), "full"),
                (&format!("{name}:>{value}"), ""),
                (&format!("{name}:<={value}"), "full"),
                (&format!("{name}:<{value}"), ""),
                (&format!("{name}:.."), "full"),
                (&format!("-{name}:.."), "bare"),
            ],
        );
        compared += 1;
    }
    assert!(compared >= 16, "{compared}");
}
