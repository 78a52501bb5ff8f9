//! For people: hits, incidents, counts and health, on a terminal or in a pipe.

use std::io::{self, Write};

use anstyle::Style;
use indicatif::HumanBytes;
use rca_index::{
    Bound, FacetCounts, Health, Hit, Incident, Measure, MeasureKind, Milestone, SearchResults, SectionKind, Severity,
    Snippet, UpdateReport,
};
use textwrap::core::display_width;

use crate::freshen::seconds_since;
use crate::place::Place;
use crate::quantity::{age, count, minutes, number};
use crate::render::body::body;
use crate::terminal::{
    DIM, NOTABLE, Output, SEVERE, TITLE, clean, clean_lines, clean_marked, link, wrap, write_marked,
};

const INDENT: &str = "  ";
/// How many values of a facet stand below the hits; `rca facets` has them all.
const FACET_VALUES: usize = 8;

/// The hits of a search, and the facet counts below them.
pub(crate) fn hits(out: &mut Output, place: &Place, results: &SearchResults) -> io::Result<()> {
    for found in &results.hits {
        hit(out, place, found)?;
        writeln!(out)?;
    }
    partial(out, place, &results.partial)?;
    for counts in &results.facets {
        let shown = counts.values.iter().take(FACET_VALUES);
        let mut parts: Vec<String> = shown.map(|v| format!("{} {}", clean(&v.value), v.count)).collect();
        if parts.is_empty() {
            parts.push("none".to_owned());
        } else if counts.values.len() > FACET_VALUES {
            parts.push(format!("{} more", counts.values.len() - FACET_VALUES));
        }
        let width = out.width.saturating_sub(10);
        for (i, line) in wrap(&parts.join(" · "), width).iter().enumerate() {
            let name = if i == 0 { counts.facet.name() } else { "" };
            writeln!(out, "{DIM}{name:<10}{DIM:#}{line}")?;
        }
    }
    if !results.facets.is_empty() {
        writeln!(out)?;
    }
    Ok(())
}

/// What has some of the words only, in a line each, so that it does not hide what has them all.
fn partial(out: &mut Output, place: &Place, hits: &[Hit]) -> io::Result<()> {
    /// More than a few of them help nobody.
    const SHOWN: usize = 5;
    if hits.is_empty() {
        return Ok(());
    }
    writeln!(out, "{DIM}with some of the words:{DIM:#}")?;
    for Hit { incident, .. } in hits.iter().take(SHOWN) {
        let date = incident.date.as_ref().map_or_else(|| " ".repeat(10), |date| date.value.day().to_string());
        let title = cut(&clean(&incident.title.value), out.width.saturating_sub(INDENT.len() + date.len() + 2));
        let url = if out.links { place.url_of(&incident.path) } else { None };
        writeln!(out, "{INDENT}{DIM}{date:<10}{DIM:#}  {}", link(&title, url.as_deref()))?;
    }
    writeln!(out)
}

fn hit(out: &mut Output, place: &Place, hit: &Hit) -> io::Result<()> {
    let incident = &hit.incident;
    let width = out.width;
    title(out, incident)?;
    let parts = facts(incident, width.saturating_sub(INDENT.len()));
    if !parts.is_empty() {
        let separator = format!(" {DIM}·{DIM:#} ");
        let styled: Vec<String> = parts.iter().map(|(text, style)| format!("{style}{text}{style:#}")).collect();
        writeln!(out, "{INDENT}{}", styled.join(&separator))?;
    }
    for snippet in &hit.snippets {
        let (text, highlights) = clean_marked(&snippet.text, &snippet.highlights);
        write_marked(out, &text, &highlights, width, INDENT)?;
        location(out, place, incident, Some(snippet))?;
    }
    if hit.snippets.is_empty() {
        location(out, place, incident, None)?;
    }
    let explanation = hit.explanation.as_ref().map(ToString::to_string).unwrap_or_default();
    for line in explanation.lines() {
        writeln!(out, "{INDENT}{INDENT}{DIM}{}{DIM:#}", clean(line))?;
    }
    Ok(())
}

fn title(out: &mut Output, incident: &Incident) -> io::Result<()> {
    let text = clean(&incident.title.value);
    for line in wrap(&text, out.width) {
        writeln!(out, "{TITLE}{line}{TITLE:#}")?;
    }
    Ok(())
}

/// Date, severity, services, duration and status, as far as they are known; as many services as fit the width.
fn facts(incident: &Incident, width: usize) -> Vec<(String, Style)> {
    /// What separates two facts takes three columns.
    const SEPARATOR: usize = 3;
    let mut facts = Vec::new();
    let plain = Style::new();
    facts.extend(incident.date.as_ref().map(|date| (date.value.day().to_string(), plain)));
    facts.extend(incident.severity.as_ref().map(|s| (clean(&s.value.name).into_owned(), severity_style(&s.value))));
    let services_at = facts.len();
    facts.extend(incident.duration.as_ref().map(|duration| (minutes(duration.value), plain)));
    facts.extend(incident.status.as_ref().map(|status| (clean(&status.value).into_owned(), plain)));
    let taken: usize = facts.iter().map(|(text, _)| display_width(text) + SEPARATOR).sum();
    if !incident.services.is_empty() {
        facts.insert(services_at, (services(&incident.services, width.saturating_sub(taken)), plain));
    }
    facts
}

/// As many services as fit, at least the beginning of the first, and how many more there are.
fn services(services: &[String], width: usize) -> String {
    let list = |shown: usize| {
        let names: Vec<_> = services[..shown].iter().map(|name| clean(name)).collect();
        let more = services.len() - shown;
        let more = if more > 0 { format!(", {more} more") } else { String::new() };
        names.join(", ") + &more
    };
    (1..=services.len())
        .rev()
        .map(list)
        .find(|list| display_width(list) <= width)
        .unwrap_or_else(|| cut(&list(1), width))
}

/// The beginning of a text that fits so many columns.
fn cut(text: &str, width: usize) -> String {
    let mut cut = String::new();
    for c in text.chars() {
        if display_width(&cut) + display_width(c.encode_utf8(&mut [0; 4])) >= width.max(8) {
            return cut + "…";
        }
        cut.push(c);
    }
    cut
}

fn severity_style(severity: &Severity) -> Style {
    match severity.rank {
        Some(0 | 1) => SEVERE,
        Some(2) => NOTABLE,
        _ => Style::new(),
    }
}

/// Where it stands: the section, and `path:line`, which many terminals and editors can open.
fn location(out: &mut Output, place: &Place, incident: &Incident, snippet: Option<&Snippet>) -> io::Result<()> {
    let path = place.path_of(&incident.path);
    let path = clean(&path.to_string_lossy()).into_owned();
    let url = if out.links { place.url_of(&incident.path) } else { None };
    match snippet {
        Some(snippet) => {
            let path = link(&format!("{path}:{}", snippet.line), url.as_deref());
            writeln!(out, "{INDENT}{DIM}{}  {path}{DIM:#}", section_name(snippet.section))
        }
        None => writeln!(out, "{INDENT}{DIM}{}{DIM:#}", link(&path, url.as_deref())),
    }
}

fn section_name(kind: SectionKind) -> &'static str {
    match kind {
        SectionKind::RootCause => "root cause",
        other => other.name(),
    }
}

/// One incident: what is known of it, then what the report says.
pub(crate) fn incident(
    out: &mut Output,
    place: &Place,
    incident: &Incident,
    sections: &[SectionKind],
) -> io::Result<()> {
    title(out, incident)?;
    location(out, place, incident, None)?;
    if sections.is_empty() {
        writeln!(out)?;
        for (name, value) in known(incident) {
            let value = clean(&value);
            for (i, line) in wrap(&value, out.width.saturating_sub(16)).iter().enumerate() {
                let name = if i == 0 { name } else { "" };
                writeln!(out, "{INDENT}{DIM}{name:<14}{DIM:#}{line}")?;
            }
        }
    }
    // The front matter comes last: most of it has been said above.
    let (front, rest): (Vec<_>, Vec<_>) = incident.sections.iter().partition(|section| section.is_front_matter());
    for section in rest.into_iter().chain(front) {
        if !sections.is_empty() && !sections.contains(&section.kind) {
            continue;
        }
        let text = incident.section_text(section).trim();
        if !section.heading.is_empty() {
            writeln!(out, "\n{TITLE}{}{TITLE:#}", clean(&section.heading))?;
        } else if !text.is_empty() {
            writeln!(out)?;
        }
        body(out, &clean_lines(text))?;
    }
    Ok(())
}

/// What is known of an incident, by name.
fn known(incident: &Incident) -> Vec<(&'static str, String)> {
    let mut known = Vec::new();
    let mut add = |name, value: Option<String>| known.extend(value.map(|value| (name, value)));
    let list = |values: &[String]| (!values.is_empty()).then(|| values.join(", "));
    add("date", incident.date.as_ref().map(|date| date.value.to_string()));
    add("end", incident.end.as_ref().map(|end| end.value.to_string()));
    add("severity", incident.severity.as_ref().map(|severity| severity.value.label.clone()));
    add("status", incident.status.as_ref().map(|status| status.value.clone()));
    add("services", list(&incident.services));
    add("tags", list(&incident.tags));
    add("duration", incident.duration.as_ref().map(|duration| minutes(duration.value)));
    let reached =
        |milestone: Milestone| Some(format!("{} {}", milestone.name(), minutes(incident.minutes_to(milestone)?)));
    let reached: Vec<String> = Milestone::ALL.into_iter().filter_map(reached).collect();
    add("after", (!reached.is_empty()).then(|| reached.join(", ")));
    add("impact", incident.impact_user_minutes().map(|impact| format!("{} user-minutes", number(impact))));
    for measure in &incident.measures {
        add(measure_name(measure.kind), Some(measure_text(measure)));
    }
    add("author", incident.author.clone());
    known
}

fn measure_name(kind: MeasureKind) -> &'static str {
    match kind {
        MeasureKind::Users => "users",
        MeasureKind::Errors => "errors",
        MeasureKind::Tickets => "tickets",
        MeasureKind::Revenue => "revenue lost",
        MeasureKind::RequestsPct => "requests hit",
        MeasureKind::ErrorRatePct => "error rate",
        MeasureKind::ErrorRateBaselinePct => "usual errors",
        MeasureKind::LatencyBeforeMs => "usual latency",
        MeasureKind::LatencyAfterMs => "latency",
    }
}

fn measure_text(measure: &Measure) -> String {
    let bound = match measure.bound {
        Bound::Exact => "",
        Bound::About => "about ",
        Bound::AtMost => "up to ",
        Bound::AtLeast => "at least ",
    };
    let unit = match measure.kind {
        MeasureKind::RequestsPct | MeasureKind::ErrorRatePct | MeasureKind::ErrorRateBaselinePct => " %",
        MeasureKind::LatencyBeforeMs | MeasureKind::LatencyAfterMs => " ms",
        _ => "",
    };
    let qualifier = measure.qualifier.as_ref().map(|qualifier| format!(" {qualifier}")).unwrap_or_default();
    format!("{bound}{}{unit}{qualifier}", number(measure.value))
}

/// Facet counts, a value a line.
pub(crate) fn facets(out: &mut Output, facets: &[FacetCounts]) -> io::Result<()> {
    for (i, counts) in facets.iter().enumerate() {
        if i > 0 {
            writeln!(out)?;
        }
        writeln!(out, "{TITLE}{}{TITLE:#}", counts.facet.name())?;
        let digits = counts.values.iter().map(|v| v.count.to_string().len()).max().unwrap_or(1);
        if counts.values.is_empty() {
            writeln!(out, "{INDENT}{DIM}none{DIM:#}")?;
        }
        for v in &counts.values {
            writeln!(out, "{INDENT}{:>digits$}  {}", v.count, clean(&v.value))?;
        }
    }
    Ok(())
}

/// What an update did, on one line.
pub(crate) fn update(report: &UpdateReport) -> String {
    let parts = [
        (report.added, "added"),
        (report.modified, "modified"),
        (report.renamed, "renamed"),
        (report.removed, "removed"),
        (report.unchanged, "unchanged"),
        (report.failed, "not taken in"),
    ];
    let parts: Vec<String> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    let what = if parts.is_empty() { "nothing here".to_owned() } else { parts.join(", ") };
    let seconds = report.took.as_secs_f64();
    let rate = report.bytes as f64 / 1e6 / seconds.max(1e-6);
    let rate = if report.bytes > 0 { format!(", {rate:.1} MB/s") } else { String::new() };
    let reports = count(report.reports as u64, "report");
    let problems = count(report.problems.len() as u64, "problem");
    format!("{reports}: {what}; {problems}; {seconds:.2} s{rate}")
}

/// The health of an index.
pub(crate) fn health(out: &mut impl Write, health: &Health) -> io::Result<()> {
    let mut line = |name: &str, value: String| writeln!(out, "{DIM}{name:<10}{DIM:#}{value}");
    if let Some(path) = &health.path {
        line("index", clean(&path.to_string_lossy()).into_owned())?;
    }
    let segments = count(health.segments as u64, "segment");
    line("incidents", format!("{} in {segments}, {} deleted", health.incidents, health.deleted))?;
    line("size", format!("{} for {} of reports", HumanBytes(health.bytes), HumanBytes(health.source_bytes)))?;
    let updated = health.updated.map_or_else(|| "never".to_owned(), |then| format!("{} ago", age(seconds_since(then))));
    line("updated", updated)?;
    line("files", if health.damaged.is_empty() { "all sound".to_owned() } else { "damaged".to_owned() })
}
