//! Agreement: the facts of one report fit together, or the report is told that they do not.
//!
//! In: an incident with all its facts. Out: the same without what was worked out and cannot be true beside what is stated, and
//! a problem for each pair of statements that contradict each other. What is stated is kept as it stands.

use crate::incident::{Incident, Milestone, Precision, Problem, ProblemKind, ReachedAt, Source, Timestamp};
use crate::parse::date::find_date;

/// Statements are rounded: so much of a duration, or so many minutes, is no contradiction.
const ROUNDED: f64 = 0.1;
const ROUNDED_MINUTES: f64 = 5.0;
/// A milestone may lie so much, or so many minutes, behind a duration.
const BEHIND: f64 = 0.05;
const BEHIND_MINUTES: f64 = 1.0;
/// A day may be another one in another time zone.
const DAY_APART: i64 = 86_400;

/// Makes the facts agree.
pub(crate) fn settle(incident: &mut Incident, problems: &mut Vec<Problem>) {
    period(incident, problems);
    order(incident, problems);
    within_duration(incident, problems);
    dates(incident, problems);
}

/// How far behind the start a milestone may lie in an incident of this duration, in minutes.
pub(crate) fn furthest(duration: f64) -> f64 {
    duration + (duration * BEHIND).max(BEHIND_MINUTES)
}

/// Whether two durations are the same but for rounding.
pub(crate) fn is_close(a: f64, b: f64) -> bool {
    (a - b).abs() <= (a.max(b) * ROUNDED).max(ROUNDED_MINUTES)
}

/// The end minus the start is the duration.
fn period(incident: &mut Incident, problems: &mut Vec<Problem>) {
    let (Some(date), Some(end), Some(duration)) = (&incident.date, &incident.end, &incident.duration) else { return };
    if !(date.value.has_time() && end.value.has_time()) {
        return;
    }
    let minutes = (end.value.unix_seconds() - date.value.unix_seconds()) as f64 / 60.0;
    if is_close(minutes, duration.value) {
        return;
    }
    if is_derived(end.source) {
        incident.end = None;
    } else if is_derived(duration.source) {
        incident.duration = None;
    } else {
        let fact = format!("the duration ({})", shown(duration.value));
        let other = format!("start and end ({})", shown(minutes));
        let other_line = end.line.or(date.line).unwrap_or(1);
        problems.push(disagree(duration.line.unwrap_or(1), fact, other, other_line));
    }
}

/// Nothing is detected behind what followed from it, and nothing is taken on or mitigated behind the end. What the rows
/// say is left out where it breaks this: of two rows that cannot both be right, neither is trusted.
fn order(incident: &mut Incident, problems: &mut Vec<Problem>) {
    use Milestone::{Acknowledged, Detected, Identified, Mitigated, Resolved};
    for (first, then) in [
        (Detected, Resolved),
        (Detected, Mitigated),
        (Detected, Identified),
        (Detected, Acknowledged),
        (Acknowledged, Resolved),
        (Mitigated, Resolved),
    ] {
        let (Some(a), Some(b)) = (incident.minutes_to(first), incident.minutes_to(then)) else { continue };
        if a <= b {
            continue;
        }
        let (first_told, then_told) = (!from_a_row(incident, first), !from_a_row(incident, then));
        if first_told && then_told {
            let line = |milestone| incident.reached(milestone).and_then(|reached| reached.line).unwrap_or(1);
            let fact = format!("`{}` after {}", first.name(), shown(a));
            let other = format!("`{}` after {}", then.name(), shown(b));
            problems.push(disagree(line(first), fact, other, line(then)));
        }
        if !first_told {
            leave_out(incident, first);
        }
        if !then_told && (first_told || (first == Detected && then == Resolved)) {
            leave_out(incident, then);
        }
    }
}

/// Milestones lie within the duration, else before the end.
fn within_duration(incident: &mut Incident, problems: &mut Vec<Problem>) {
    let end = || {
        let (end, start) = (incident.end.as_ref()?, incident.minutes_from()?);
        let minutes = (end.value.unix_seconds() - start.time.unix_seconds()) as f64 / 60.0;
        (end.value.has_time() && minutes >= 0.0).then_some((minutes, end.line))
    };
    let duration = incident.duration.as_ref().map(|duration| (duration.value, duration.line));
    let Some((most, line)) = duration.or_else(end) else { return };
    for milestone in Milestone::ALL {
        let Some(minutes) = incident.minutes_to(milestone).filter(|&minutes| minutes > furthest(most)) else {
            continue;
        };
        let reached = incident.reached(milestone);
        // The end is compared with the duration as such.
        let is_end = milestone == Milestone::Resolved
            && reached.is_some_and(|reached| {
                incident.end.as_ref().is_some_and(|end| reached.at == ReachedAt::Time(end.value))
            });
        if from_a_row(incident, milestone) {
            leave_out(incident, milestone);
        } else if !is_end {
            let own = reached.and_then(|reached| reached.line).unwrap_or(1);
            let fact = format!("`{}` after {}", milestone.name(), shown(minutes));
            let other = format!("the duration ({})", shown(most));
            problems.push(disagree(own, fact, other, line.unwrap_or(1)));
        }
    }
}

/// The dates in the title and in the path are the date of the incident, or lie within it.
fn dates(incident: &Incident, problems: &mut Vec<Problem>) {
    let Some(date) = incident.date.as_ref().filter(|date| date.value.precision() != Precision::Month) else { return };
    let end = incident.end.as_ref().map_or(date.value, |end| end.value);
    let fits = |other: Timestamp| {
        let day = other.unix_seconds();
        let of_month = other.precision() == Precision::Month;
        (of_month && other.to_string().as_str() == &date.value.to_string()[..7])
            || (!of_month
                && date.value.day().unix_seconds() - DAY_APART <= day
                && day <= end.day().unix_seconds() + 2 * DAY_APART)
    };
    let in_title = find_date(&incident.title.value, None).map(|(_, other)| ("the title", other));
    let in_path = incident.path.rsplit('/').take(2).find_map(|name| find_date(name, None));
    let in_path = in_path.map(|(_, other)| ("the path", other));
    // A report is often named after the day when it was written or published, which is no statement about the incident.
    let worked_out = is_derived(date.source) || date.source == Source::Prose;
    let is_post = incident.path.split('/').any(|folder| folder == "_posts");
    let is_later = |other: Timestamp| (worked_out || is_post) && other.unix_seconds() > date.value.unix_seconds();
    let contradicts = |&(_, other): &(&str, Timestamp)| !fits(other) && !is_later(other);
    if let Some((place, other)) = [in_title, in_path].into_iter().flatten().find(contradicts) {
        let (fact, other) = (format!("the date ({})", date.value), format!("{place} ({other})"));
        let line = date.line.unwrap_or(1);
        let other_line = if place == "the title" { incident.title.line.unwrap_or(1) } else { line };
        problems.push(disagree(line, fact, other, other_line));
    }
}

/// Whether a value was worked out, and is not stated.
fn is_derived(source: Source) -> bool {
    matches!(source, Source::StartAndEnd | Source::Timeline)
}

fn from_a_row(incident: &Incident, milestone: Milestone) -> bool {
    incident
        .reached(milestone)
        .is_some_and(|reached| reached.source == Source::Timeline && matches!(reached.at, ReachedAt::Time(_)))
}

fn leave_out(incident: &mut Incident, milestone: Milestone) {
    incident.milestones.retain(|reached| reached.milestone != milestone);
    incident.timeline.iter_mut().filter(|row| row.milestone == Some(milestone)).for_each(|row| row.milestone = None);
}

fn disagree(line: u32, fact: String, other: String, other_line: u32) -> Problem {
    Problem::new(line, ProblemKind::FactsDisagree { fact, other, other_line })
}

/// Minutes as people write them: `1h 5m`.
fn shown(minutes: f64) -> String {
    let whole = minutes.round() as i64;
    let (days, hours, minutes) = (whole / 1440, whole / 60 % 24, whole % 60);
    let parts = [(days, 'd'), (hours, 'h'), (minutes, 'm')];
    let parts: Vec<String> =
        parts.iter().filter(|(count, _)| *count != 0).map(|(count, unit)| format!("{count}{unit}")).collect();
    if parts.is_empty() { "0m".to_owned() } else { parts.join(" ") }
}

#[cfg(test)]
mod tests {
    use crate::incident::Milestone::{self, Acknowledged, Detected, Identified, Mitigated, Resolved};
    use crate::parse::{ParseOptions, parse_report};

    /// The minutes to these milestones, and the lines of facts that disagree with those they disagree with.
    fn check(path: &str, source: &str, minutes: &[(Milestone, Option<f64>)], told: &[(u32, &str)]) {
        let parsed = parse_report(path, source.to_owned(), &ParseOptions::default());
        for &(milestone, expected) in minutes {
            assert_eq!(parsed.incident.minutes_to(milestone), expected, "{milestone:?} in {source}");
        }
        let problems = parsed.problems.iter().filter(|problem| problem.code() == "facts-disagree");
        let problems: Vec<(u32, String)> = problems.map(|problem| (problem.line, problem.reason())).collect();
        assert_eq!(problems.len(), told.len(), "{problems:?} in {source}");
        for ((line, reason), (expected_line, part)) in problems.iter().zip(told) {
            assert!(line == expected_line && reason.contains(part), "{line}: {reason}, not {expected_line}: {part}");
        }
    }

    const FRONT: &str = "---\ntitle: Carts stall\nstart: 2025-03-04 10:00\n";

    fn report(keys: &str, rows: &[(&str, &str)]) -> String {
        let rows: Vec<String> = rows.iter().map(|(time, text)| format!("- {time} {text}")).collect();
        format!("{FRONT}{keys}---\n\n## Timeline (UTC)\n\n{}\n", rows.join("\n"))
    }

    #[test]
    fn what_fits_is_kept() {
        let rows = [("10:05", "alert fires"), ("10:10", "Lin acknowledges"), ("11:00", "incident resolved")];
        let all = [(Detected, Some(5.0)), (Acknowledged, Some(10.0)), (Resolved, Some(60.0))];
        check("r.md", &report("", &rows), &all, &[]);
        check("r.md", &report("duration: 1h\n", &rows), &all, &[]);
        check("r.md", &report("end: 2025-03-04 11:00\nduration: about 1h\n", &rows), &all, &[]);
    }

    #[test]
    fn a_milestone_behind_the_duration_is_unknown() {
        let rows = [("10:05", "alert fires"), ("10:20", "service restored"), ("12:00", "root cause identified")];
        let minutes = [(Detected, Some(5.0)), (Identified, None), (Resolved, Some(20.0))];
        check("r.md", &report("duration: 20m\n", &rows), &minutes, &[]);
        check("r.md", &report("end: 2025-03-04 10:20\n", &rows), &minutes, &[]);
    }

    #[test]
    fn of_several_ends_the_one_within_the_duration_counts() {
        let rows = [("10:05", "alert fires"), ("10:30", "all services restored"), ("14:00", "incident closed")];
        check("r.md", &report("duration: 30m\n", &rows), &[(Resolved, Some(30.0))], &[]);
        check("r.md", &report("", &rows), &[(Resolved, Some(240.0))], &[]);
    }

    #[test]
    fn what_is_out_of_order_is_unknown() {
        let rows = [("10:05", "incident resolved"), ("10:20", "alert fires")];
        check("r.md", &report("", &rows), &[(Detected, None), (Resolved, None)], &[]);
        let rows = [("10:02", "alert fires"), ("10:20", "incident resolved"), ("10:30", "fix deployed")];
        let minutes = [(Detected, Some(2.0)), (Mitigated, None), (Resolved, Some(20.0))];
        check("r.md", &report("", &rows), &minutes, &[]);
        // The cause may be found after the fix.
        let rows = [("10:02", "rolled back"), ("10:20", "root cause identified"), ("10:30", "incident resolved")];
        check("r.md", &report("", &rows), &[(Mitigated, Some(2.0)), (Identified, Some(20.0))], &[]);
    }

    #[test]
    fn statements_that_contradict_each_other_are_named() {
        let keys = "end: 2025-03-04 12:00\nduration: 30m\n";
        let minutes = [(Resolved, Some(120.0))];
        check(
            "r.md",
            &report(keys, &[]),
            &minutes,
            &[(5, "the duration (30m) contradicts start and end (2h) in line 4")],
        );
        let keys = "duration: 30m\ntime_to_detect: 2h\n";
        check(
            "r.md",
            &report(keys, &[]),
            &[(Detected, Some(120.0))],
            &[(5, "`detected` after 2h contradicts the duration")],
        );
        let keys = "time_to_detect: 2h\ntime_to_mitigate: 1h\n";
        let minutes = [(Detected, Some(120.0)), (Mitigated, Some(180.0))];
        check("r.md", &report(keys, &[]), &minutes, &[]);
    }

    #[test]
    fn stated_minutes_win() {
        let rows = [("10:05", "alert fires"), ("11:00", "incident resolved")];
        check("r.md", &report("time_to_detect: 4m\n", &rows), &[(Detected, Some(4.0)), (Resolved, Some(60.0))], &[]);
    }

    #[test]
    fn keys_and_the_headings_of_updates_count() {
        let keys = "detected: 2025-03-04 10:07\nend: 2025-03-04 11:00\n";
        check("r.md", &report(keys, &[]), &[(Detected, Some(7.0)), (Resolved, Some(60.0))], &[]);
        let updates = "## Updates\n\n### Resolved\n2025-03-04T11:00:00Z\n\nThe shop is quick again.\n\n\
                       ### Identified\n2025-03-04T10:20:00Z\n\nA bad route.\n\n\
                       ### Investigating\n2025-03-04T10:05:00Z\n\nWe look into slow pages.\n";
        let minutes = [(Detected, Some(5.0)), (Identified, Some(20.0)), (Resolved, Some(60.0))];
        check("r.md", &format!("{FRONT}---\n\n{updates}"), &minutes, &[]);
    }

    #[test]
    fn dates_of_title_and_path() {
        for (path, told) in [
            ("2025-03-04-carts.md", false),
            ("2025-03-05-carts.md", false),
            ("2025-03/carts.md", false),
            ("2025-07-19-carts.md", true),
        ] {
            let expected: &[(u32, &str)] = if told { &[(3, "contradicts the path (2025-07-19)")] } else { &[] };
            check(path, &report("", &[]), &[], expected);
        }
        // The day of the report, not of the incident.
        let source = "# Carts stall\n\n## Timeline\n\n- 2025-03-04 10:00 Alert fires\n- 2025-03-04 10:20 Resolved\n";
        check("2025-03-11-carts.md", source, &[], &[]);
        check("_posts/2025-03-11-carts.md", &report("", &[]), &[], &[]);
        let source = "# Outage of 2024-01-09\n\n**Start:** 2024-03-01 10:00\n";
        check("r.md", source, &[], &[(3, "the date (2024-03-01T10:00Z) contradicts the title (2024-01-09)")]);
    }
}
