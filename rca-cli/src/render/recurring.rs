//! What happened again, for people: on a terminal, in Markdown, and in lines.
//!
//! In: clusters of incidents. Out: for each how often it was seen and when, what fixed it each time, and what was not done before
//! it came back.

use std::io::{self, Write};

use rca_index::{Action, Cluster, Occurrence, Summary};

use crate::location::Location;
use crate::paths::link_target;
use crate::quantity::{count, minutes, ordinal, thousands};
use crate::render::seen::{action_text, fixed_by, labeled};
use crate::render::text::{FIX_UNKNOWN, place};
use crate::render::{RecurringAnswer, markdown};
use crate::terminal::{Output, Palette, clean, wrap};

/// How many promises of a cluster are shown.
const PROMISES: usize = 8;

/// Writes it for people on a terminal.
pub(super) fn for_people(out: &mut Output, location: &Location, answer: &RecurringAnswer<'_>) -> io::Result<()> {
    if answer.recurring.clusters.is_empty() && answer.total == 0 {
        return writeln!(out, "{}", nothing(answer));
    }
    for (nth, cluster) in answer.recurring.clusters.iter().enumerate() {
        if nth > 0 {
            writeln!(out)?;
        }
        cluster_for_people(out, location, cluster)?;
    }
    Ok(())
}

fn cluster_for_people(out: &mut Output, location: &Location, cluster: &Cluster) -> io::Result<()> {
    let Palette { dim, title, .. } = out.palette;
    for line in wrap(&clean(&head(cluster)), out.width) {
        writeln!(out, "{title}{line}{title:#}")?;
    }
    for line in wrap(&clean(&facts(cluster)), out.width.saturating_sub(2)) {
        writeln!(out, "  {line}")?;
    }
    for one in &cluster.incidents {
        labeled(out, &ordinal(one.nth), &incident_facts(&one.incident))?;
        match &one.fix {
            Some(fix) => labeled(out, "", &format!("fixed by: {}", fix.text))?,
            None => labeled(out, "", FIX_UNKNOWN)?,
        }
        let at = place(out, location, &one.incident.path, one.fix.as_ref().and_then(|fix| fix.line));
        writeln!(out, "  {:10}{dim}{at}{dim:#}", "")?;
        for said in &one.said {
            labeled(out, "", &format!("line {} says that it is the same as {}", said.line, said.id))?;
        }
    }
    let promises: Vec<_> = cluster.unfinished().collect();
    for (nth, (one, action)) in promises.iter().take(PROMISES).enumerate() {
        labeled(out, if nth == 0 { "not done" } else { "" }, &promise(one, action))?;
        let at = place(out, location, &one.incident.path, Some(action.line));
        writeln!(out, "  {:10}{dim}{at}{dim:#}", "")?;
    }
    if promises.len() > PROMISES {
        labeled(out, "", &format!("and {}", count(promises.len() - PROMISES, "more action")))?;
    }
    Ok(())
}

/// Writes it in Markdown.
pub(super) fn in_markdown(out: &mut Output, location: &Location, answer: &RecurringAnswer<'_>) -> io::Result<()> {
    let escape = |text: &str| markdown::escape(&clean(text));
    if answer.recurring.clusters.is_empty() && answer.total == 0 {
        return writeln!(out, "{}", nothing(answer));
    }
    for (nth, cluster) in answer.recurring.clusters.iter().enumerate() {
        let newline = if nth == 0 { "" } else { "\n" };
        writeln!(out, "{newline}## {}\n\n{}\n", escape(&head(cluster)), escape(&facts(cluster)))?;
        for one in &cluster.incidents {
            let incident = &one.incident;
            let path = location.path_of(&incident.path);
            let date = incident.date.map(|date| format!("{}: ", date.day())).unwrap_or_default();
            let title = escape(&incident.title);
            writeln!(out, "- {}, {date}[{title}](<{}>)", ordinal(one.nth), link_target(&path))?;
            let fix = one.fix.as_ref().map_or_else(|| FIX_UNKNOWN.to_owned(), |fix| format!("fixed by: {}", fix.text));
            writeln!(out, "  - {}", escape(&fix))?;
        }
        for (one, action) in cluster.unfinished() {
            let path = location.path_of(&one.incident.path);
            let at = markdown::code(&clean(&format!("{}:{}", path.to_string_lossy(), action.line)));
            writeln!(out, "- [ ] {} ({at})", escape(&promise(one, action)))?;
        }
    }
    Ok(())
}

/// Writes one line for each incident: date, how many-th time it is, title, place.
pub(super) fn in_lines(out: &mut Output, location: &Location, answer: &RecurringAnswer<'_>) -> io::Result<()> {
    let Palette { title: bold, dim, .. } = out.palette;
    for (nth, cluster) in answer.recurring.clusters.iter().enumerate() {
        if nth > 0 {
            writeln!(out)?;
        }
        for one in &cluster.incidents {
            let incident = &one.incident;
            let date = incident.date.map_or_else(|| "-".to_owned(), |date| date.day().to_string());
            let at = place(out, location, &incident.path, one.fix.as_ref().and_then(|fix| fix.line));
            let time = nth_of(one.nth, cluster.times);
            let title = clean(&incident.title).into_owned();
            let open = one.unfinished.len();
            let open = if open == 0 { String::new() } else { format!("  ({} not done)", thousands(open)) };
            writeln!(out, "{dim}{date:<10}{dim:#}  {time:<14}  {bold}{title}{bold:#}  {dim}{at}{open}{dim:#}")?;
        }
    }
    Ok(())
}

/// What `rca show` says of an incident that happened before or again: `the 2nd of 4 times; before: 2025-06-02 queue-1`.
pub(super) fn recurrence(cluster: &Cluster, id: &str) -> Option<String> {
    let own = cluster.incidents.iter().find(|one| one.incident.id == id)?;
    let other = |nth: usize| cluster.incidents.iter().find(|one| one.nth == nth);
    let told = |what: &str, one: &Occurrence| {
        let date = one.incident.date.map(|date| format!("{} ", date.day())).unwrap_or_default();
        format!("{what} {date}{}", name(&one.incident.id))
    };
    let before = own.nth.checked_sub(1).and_then(other).map(|one| told("before:", one));
    let next = other(own.nth + 1).map(|one| told("next:", one));
    let parts = [Some(format!("the {}", nth_of(own.nth, cluster.times))), before, next];
    Some(parts.into_iter().flatten().collect::<Vec<_>>().join("; "))
}

/// The file name of an id, by which `rca show` finds it; with its folder where that has one report.
fn name(id: &str) -> &str {
    let last = id.rsplit('/').next().unwrap_or(id);
    if matches!(last, "index" | "_index" | "README" | "readme") { id } else { last }
}

/// `2nd of 4`
fn nth_of(nth: usize, times: usize) -> String {
    format!("{} of {} times", ordinal(nth), thousands(times))
}

/// `Nothing happened again in 66 incidents`
fn nothing(answer: &RecurringAnswer<'_>) -> String {
    let open = if answer.unfinished { " before all was done that was promised" } else { "" };
    format!("Nothing happened again{open} in {}", count(answer.recurring.looked_at, "incident"))
}

/// `Seen 3 times: Queue backlog in orders`, with the title of the last.
fn head(cluster: &Cluster) -> String {
    let title = cluster.incidents.iter().rfind(|one| one.incident.date.is_some()).or(cluster.incidents.last());
    let title = title.map_or("", |one| one.incident.title.as_str());
    format!("Seen {} times: {title}", thousands(cluster.times))
}

/// `last 2025-06-02, after 908 and 210 days · orders · Fixed by: scaled (2)`
fn facts(cluster: &Cluster) -> String {
    /// Of more gaps, the last ones are shown.
    const GAPS: usize = 5;
    let gaps = cluster.gaps();
    let days: Vec<String> =
        gaps.iter().map(|gap| gap.map_or_else(|| "?".to_owned(), |days| days.to_string())).collect();
    let shown = &days[days.len().saturating_sub(GAPS)..];
    let listed = match shown {
        [] => String::new(),
        [only] => only.clone(),
        [some @ .., last] => format!("{} and {last}", some.join(", ")),
    };
    let dots = if shown.len() < days.len() { "… " } else { "" };
    let unit = if shown == ["1"] { "day" } else { "days" };
    let known = gaps.iter().any(Option::is_some);
    let last = cluster.last.map(|last| {
        let after = if known { format!(", after {dots}{listed} {unit}") } else { String::new() };
        format!("last {}{after}", last.day())
    });
    let services = (!cluster.services.is_empty()).then(|| cluster.services.join(", "));
    let fixes = fixed_by(&cluster.fixes, cluster.fixes_unknown);
    [last, services, fixes].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn incident_facts(incident: &Summary) -> String {
    let facts = [
        incident.date.map(|date| date.day().to_string()),
        incident.severity.as_ref().map(|severity| severity.name.clone()),
        incident.duration_minutes.map(minutes),
        Some(incident.title.clone()),
    ];
    facts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// `Alert on lag (ada, due 2024-03-01): promised 2024-02-03, not done when it came back on 2025-06-02`
fn promise(one: &Occurrence, action: &Action) -> String {
    let promised = one.incident.date.map(|date| format!("promised after {}, ", date.day())).unwrap_or_default();
    let back = one.came_back.map(|date| format!("back on {}", date.day())).unwrap_or_default();
    let later = if action.done == Some(true) { ", done later" } else { "" };
    format!("{} [{promised}{back}{later}]", action_text(action))
}
