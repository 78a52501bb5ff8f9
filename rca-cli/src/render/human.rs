//! Text for people, on a terminal or in a pipe.
//!
//! In: results of the library. Out: text that fits the width, with colours and links where the terminal shows them.

use std::io::{self, Write};

use anstyle::Style;
use rca_index::{
    Bound, CheckReport, FacetCounts, FieldKind, Fix, Health, Incident, LeftOut, Match, Measure, MeasureKind, Milestone,
    NumberField, SearchRequest, SearchResults, SectionKind, Severity, Show, Snippet, Summary, TextField, UpdateReport,
};
use textwrap::core::display_width;

use crate::failure::Failure;
use crate::fields::label;
use crate::location::Location;
use crate::quantity::{minutes, number, thousands};
use crate::render::body::body;
use crate::render::talk::Talk;
use crate::render::text;
#[cfg(test)]
use crate::render::work;
use crate::render::{
    Frame, IncidentAnswer, ListedHit, ListedHits, RecurringAnswer, Renderer, SeenAnswer, SimilarAnswer, mentions,
    recurring, seen, similar,
};
use crate::terminal::{Output, Palette, clean, clean_lines, clean_marked, wrap, write_marked};

const INDENT: &str = "  ";
/// How many values of a facet are shown below the hits; `rca facets` shows all.
const FACET_VALUES: usize = 8;

/// Text for people.
pub(crate) struct Human;

impl Renderer for Human {
    fn is_list(&self) -> bool {
        true
    }

    fn list(
        &self,
        out: &mut Output,
        location: &Location,
        request: &SearchRequest,
        results: &SearchResults,
        hits: &mut ListedHits<'_>,
    ) -> Result<(), Failure> {
        let mut some = 0;
        for found in hits {
            let found = found?;
            if found.hit.matched == Match::Some && !results.relaxed {
                // They must not distract from the hits with all words.
                some += 1;
                if some == 1 {
                    let dim = out.palette.dim;
                    writeln!(out, "{dim}partial matches:{dim:#}\n")?;
                }
            }
            hit(out, location, &found, request.show)?;
            writeln!(out)?;
        }
        for counts in &results.facets {
            facet_line(out, counts)?;
        }
        if !results.facets.is_empty() {
            writeln!(out)?;
        }
        Ok(())
    }

    fn incident(&self, out: &mut Output, location: &Location, answer: &IncidentAnswer<'_>) -> Result<(), Failure> {
        incident(out, location, answer)?;
        mentions::for_people(out, location, answer)
    }

    fn seen(&self, out: &mut Output, location: &Location, answer: &SeenAnswer<'_>) -> Result<(), Failure> {
        Ok(seen::for_people(out, location, answer)?)
    }

    fn recurring(&self, out: &mut Output, location: &Location, answer: &RecurringAnswer<'_>) -> Result<(), Failure> {
        Ok(recurring::for_people(out, location, answer)?)
    }

    fn similar(&self, out: &mut Output, location: &Location, answer: &SimilarAnswer<'_>) -> Result<(), Failure> {
        Ok(similar::for_people(out, location, answer)?)
    }

    fn frame(&self) -> Frame {
        Frame { open: "", between: "\n────────\n\n", close: "" }
    }

    fn facets(&self, out: &mut Output, _request: &SearchRequest, results: &SearchResults) -> Result<(), Failure> {
        for (i, counts) in results.facets.iter().enumerate() {
            if i > 0 {
                writeln!(out)?;
            }
            facet_list(out, counts)?;
        }
        Ok(())
    }

    fn update(&self, out: &mut Output, report: &UpdateReport) -> Result<(), Failure> {
        Ok(writeln!(out, "{}", text::update_summary(report))?)
    }

    fn check(&self, out: &mut Output, location: &Location, report: &CheckReport) -> Result<(), Failure> {
        Ok(text::linked_problems(out, location, &report.problems)?)
    }

    fn left_out(&self, out: &mut Output, location: &Location, files: &[LeftOut]) -> Result<(), Failure> {
        Ok(text::left_out(out, location, files)?)
    }

    fn health(&self, out: &mut Output, health: &Health) -> Result<(), Failure> {
        let dim = out.palette.dim;
        for (name, value) in text::health_lines(health) {
            writeln!(out, "{dim}{name:<10}{dim:#}{value}")?;
        }
        Ok(())
    }

    fn talk(&self) -> Talk {
        Talk::EVERYTHING
    }

    fn has_colors(&self) -> bool {
        true
    }
}

/// Writes the counts of a facet below the hits.
fn facet_line(out: &mut Output, counts: &FacetCounts) -> io::Result<()> {
    let shown = counts.values.iter().take(FACET_VALUES);
    let mut parts: Vec<String> = shown.map(|v| format!("{} {}", clean(&v.value), thousands(v.count))).collect();
    if parts.is_empty() {
        parts.push("none".to_owned());
    } else if counts.values.len() > FACET_VALUES {
        parts.push(format!("{} more", thousands(counts.values.len() - FACET_VALUES)));
    }
    let (width, dim) = (out.width.saturating_sub(10), out.palette.dim);
    for (i, line) in wrap(&parts.join(" · "), width).iter().enumerate() {
        let name = if i == 0 { counts.facet.name() } else { "" };
        writeln!(out, "{dim}{name:<10}{dim:#}{line}")?;
    }
    Ok(())
}

/// Writes the counts of a facet, one value per line.
fn facet_list(out: &mut Output, counts: &FacetCounts) -> io::Result<()> {
    let Palette { title, dim, .. } = out.palette;
    writeln!(out, "{title}{}{title:#}", counts.facet.name())?;
    let digits = counts.values.iter().map(|v| thousands(v.count).len()).max().unwrap_or(1);
    if counts.values.is_empty() {
        writeln!(out, "{INDENT}{dim}none{dim:#}")?;
    }
    for v in &counts.values {
        writeln!(out, "{INDENT}{:>digits$}  {}", thousands(v.count), clean(&v.value))?;
    }
    Ok(())
}

fn hit(out: &mut Output, location: &Location, listed: &ListedHit, show: Show) -> io::Result<()> {
    let ListedHit { hit, fix } = listed;
    let incident = &hit.incident;
    let width = out.width;
    let Palette { dim, matched, .. } = out.palette;
    title(out, &incident.title)?;
    fact_line(out, incident)?;
    for snippet in &hit.snippets {
        let (text, highlights) = clean_marked(&snippet.text, &snippet.highlights);
        write_marked(out, &text, &highlights, (width, INDENT), matched)?;
        reference(out, location, &incident.path, Some(snippet))?;
    }
    if show == Show::Fix {
        seen::fixed_by_line(out, location, &incident.path, fix.as_ref())?;
    } else if hit.snippets.is_empty() {
        reference(out, location, &incident.path, None)?;
    }
    let explanation = hit.explanation.as_ref().map(ToString::to_string).unwrap_or_default();
    for line in explanation.lines() {
        writeln!(out, "{INDENT}{INDENT}{dim}{}{dim:#}", clean(line))?;
    }
    Ok(())
}

/// Writes the facts of an incident on a line, if any are known.
pub(super) fn fact_line(out: &mut Output, incident: &Summary) -> io::Result<()> {
    let dim = out.palette.dim;
    let parts = facts(incident, out.width.saturating_sub(INDENT.len()), &out.palette);
    if parts.is_empty() {
        return Ok(());
    }
    let separator = format!(" {dim}·{dim:#} ");
    let styled: Vec<String> = parts.iter().map(|(text, style)| format!("{style}{text}{style:#}")).collect();
    writeln!(out, "{INDENT}{}", styled.join(&separator))
}

/// Writes the title of an incident behind how much it is like something.
pub(super) fn leveled_title(out: &mut Output, level: &str, text: &str) -> io::Result<()> {
    let text = format!("{level}: {}", clean(text));
    let title = out.palette.title;
    wrap(&text, out.width).iter().try_for_each(|line| writeln!(out, "{title}{line}{title:#}"))
}

fn title(out: &mut Output, text: &str) -> io::Result<()> {
    let text = clean(text);
    let title = out.palette.title;
    for line in wrap(&text, out.width) {
        writeln!(out, "{title}{line}{title:#}")?;
    }
    Ok(())
}

/// Date, severity, services, duration and status, if known; as many services as fit the width.
fn facts(incident: &Summary, width: usize, palette: &Palette) -> Vec<(String, Style)> {
    /// The width of the separator of two facts.
    const SEPARATOR: usize = 3;
    let mut facts = Vec::new();
    let plain = Style::new();
    facts.extend(incident.date.map(|date| (date.day().to_string(), plain)));
    facts.extend(incident.severity.as_ref().map(|s| (clean(&s.name).into_owned(), severity_style(s, palette))));
    let services_at = facts.len();
    facts.extend(duration_text(incident).map(|duration| (duration, plain)));
    facts.extend(incident.status.as_ref().map(|status| (clean(status).into_owned(), plain)));
    let others: usize = facts.iter().map(|(text, _)| display_width(text) + SEPARATOR).sum();
    if !incident.services.is_empty() {
        facts.insert(services_at, (services(&incident.services, width.saturating_sub(others)), plain));
    }
    facts
}

/// As many services as fit, at least a prefix of the first, and the number of the others.
fn services(services: &[String], width: usize) -> String {
    let more = |shown: usize| match services.len() - shown {
        0 => String::new(),
        more => format!(", {more} more"),
    };
    let (mut used, mut fitting) = (0, 0);
    for (nth, name) in services.iter().enumerate() {
        #[cfg(test)]
        work::add(1);
        used += display_width(&clean(name)) + if nth > 0 { 2 } else { 0 };
        if used > width {
            break;
        }
        if used + more(nth + 1).len() <= width {
            fitting = nth + 1;
        }
    }
    let shown = fitting.max(1);
    let names: Vec<_> = services.iter().take(shown).map(|name| clean(name)).collect();
    let list = names.join(", ") + &more(shown);
    if fitting == 0 { cut(&list, width) } else { list }
}

/// The longest prefix of a text that fits the width.
fn cut(text: &str, width: usize) -> String {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        #[cfg(test)]
        work::add(1);
        let own = display_width(c.encode_utf8(&mut [0; 4]));
        if used + own >= width.max(8) {
            return format!("{}…", &text[..at]);
        }
        used += own;
    }
    text.to_owned()
}

fn severity_style(severity: &Severity, palette: &Palette) -> Style {
    match severity.rank {
        Some(0 | 1) => palette.severe,
        Some(2) => palette.notable,
        _ => Style::new(),
    }
}

/// Writes the section of a snippet and its `path:line`, which many terminals and editors can open.
fn reference(out: &mut Output, location: &Location, report: &str, snippet: Option<&Snippet>) -> io::Result<()> {
    let dim = out.palette.dim;
    let section = snippet.map(|snippet| format!("{}  ", section_label(snippet.section))).unwrap_or_default();
    let path = text::place(out, location, report, snippet.map(|snippet| snippet.line));
    writeln!(out, "{INDENT}{dim}{section}{path}{dim:#}")
}

fn section_label(kind: SectionKind) -> &'static str {
    label(|field| field == FieldKind::Text(TextField::Section(kind)))
}

fn measure_label(kind: MeasureKind) -> &'static str {
    label(|field| matches!(field, FieldKind::Number(NumberField::Measure(measure), _) if measure == kind))
}

/// Writes one incident: its facts, then the text of the report.
fn incident(out: &mut Output, location: &Location, answer: &IncidentAnswer<'_>) -> io::Result<()> {
    let incident = answer.incident;
    let Palette { title: bold, dim, .. } = out.palette;
    title(out, &incident.title.value)?;
    let place = text::place(out, location, &incident.path, answer.line);
    writeln!(out, "{INDENT}{dim}{place}{dim:#}")?;
    let skipped: Vec<&str> = answer.skipped().map(|section| section_label(section.kind)).collect();
    if !skipped.is_empty() {
        let text = format!("left out above this line: {}", distinct(&skipped).join(", "));
        for line in wrap(&text, out.width.saturating_sub(INDENT.len())) {
            writeln!(out, "{INDENT}{dim}{line}{dim:#}")?;
        }
    } else if answer.sections.is_empty() {
        writeln!(out)?;
        let again = answer.index.recurrence(incident).ok().flatten();
        let again = again.and_then(|cluster| recurring::recurrence(&cluster, &incident.id));
        for (name, value) in known(incident).into_iter().chain(again.map(|again| ("seen", again))) {
            let value = clean(&value);
            for (i, line) in wrap(&value, out.width.saturating_sub(16)).iter().enumerate() {
                let name = if i == 0 { &*clean(name) } else { "" };
                writeln!(out, "{INDENT}{dim}{name:<13}{dim:#} {line}")?;
            }
        }
    }
    if answer.wants_fix() {
        fixed_by(out, location, incident)?;
    }
    // The front matter comes last: the facts above include most of it.
    let (front, rest): (Vec<_>, Vec<_>) = incident.sections.iter().partition(|section| section.is_front_matter());
    for section in rest.into_iter().chain(front) {
        if !answer.wants(section) {
            continue;
        }
        let text = incident.section_text(section).trim();
        if !section.heading.is_empty() {
            writeln!(out, "\n{bold}{}{bold:#}", clean(&section.heading))?;
        } else if !text.is_empty() {
            writeln!(out)?;
        }
        body(out, &clean_lines(text))?;
    }
    Ok(())
}

/// Writes what fixed an incident, and where its report says so.
fn fixed_by(out: &mut Output, location: &Location, incident: &Incident) -> io::Result<()> {
    let Palette { title: bold, dim, .. } = out.palette;
    writeln!(out, "\n{bold}Fixed by{bold:#}")?;
    let Some(fix) = incident.fix() else {
        return writeln!(out, "{dim}{}{dim:#}", text::FIX_UNKNOWN);
    };
    body(out, &clean(&fix.text))?;
    let kind = fix.kind.map(|kind| format!("{}  ", kind.label())).unwrap_or_default();
    let place = text::place(out, location, &incident.path, fix.line);
    writeln!(out, "{INDENT}{dim}{kind}{place}{dim:#}")
}

/// Names, each once, in order.
fn distinct<'a>(names: &[&'a str]) -> Vec<&'a str> {
    let mut distinct = Vec::new();
    for name in names {
        if !distinct.contains(name) {
            distinct.push(*name);
        }
    }
    distinct
}

/// The facts of an incident that are known, with their labels.
fn known(incident: &Incident) -> Vec<(&str, String)> {
    let mut known = Vec::new();
    let mut add = |name, value: Option<String>| known.extend(value.map(|value| (name, value)));
    let list = |values: &[String]| (!values.is_empty()).then(|| values.join(", "));
    add("date", incident.date.as_ref().map(|date| date.value.to_string()));
    add("end", incident.end.as_ref().map(|end| end.value.to_string()));
    add("severity", incident.severity.as_ref().map(|severity| severity.value.label.clone()));
    add("status", incident.status.as_ref().map(|status| status.value.clone()));
    add("services", list(&incident.services));
    add("tags", list(&incident.tags));
    add("duration", duration_text(&incident.into()));
    let reached =
        |milestone: Milestone| Some(format!("{} {}", milestone.name(), minutes(incident.minutes_to(milestone)?)));
    let reached: Vec<String> = Milestone::ALL.into_iter().filter_map(reached).collect();
    add("after", (!reached.is_empty()).then(|| reached.join(", ")));
    add("fixed by", incident.fix().map(|fix| fixed_text(&fix)));
    add("impact", incident.impact_user_minutes().map(|impact| format!("{} user-minutes", number(impact))));
    for measure in &incident.measures {
        add(measure_label(measure.kind), Some(measure_text(measure)));
    }
    add("author", incident.author.clone());
    for field in &incident.front_matter {
        add(&field.key, list(field.value.texts()));
    }
    known
}

/// What fixed it, with its line.
fn fixed_text(fix: &Fix) -> String {
    fix.line.map_or_else(|| fix.text.clone(), |line| format!("{} (line {line})", fix.text))
}

/// A duration, marked when it is worked out and not stated.
fn duration_text(incident: &Summary) -> Option<String> {
    Some(format!("{}{}", bound_text(incident.duration_bound), minutes(incident.duration_minutes?)))
}

/// What stands before a number that is to be read so.
fn bound_text(bound: Bound) -> &'static str {
    match bound {
        Bound::Exact => "",
        Bound::About => "~",
        Bound::AtMost => "up to ",
        Bound::AtLeast => "at least ",
    }
}

fn measure_text(measure: &Measure) -> String {
    let bound = bound_text(measure.bound);
    let unit = match measure.kind {
        MeasureKind::RequestsPct | MeasureKind::ErrorRatePct | MeasureKind::ErrorRateBaselinePct => " %",
        MeasureKind::LatencyBeforeMs | MeasureKind::LatencyAfterMs => " ms",
        _ => "",
    };
    let qualifier = measure.qualifier.as_ref().map(|qualifier| format!(" {qualifier}")).unwrap_or_default();
    format!("{bound}{}{unit}{qualifier}", number(measure.value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_services_as_fit() {
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        assert_eq!(services(&names(&["api", "billing"]), 12), "api, billing");
        assert_eq!(services(&names(&["api", "billing"]), 11), "api, 1 more");
        assert_eq!(services(&names(&["api", "db", "billing", "cart"]), 16), "api, db, 2 more");
        assert_eq!(services(&names(&["a-long-name", "b"]), 8), "a-long-…");
        assert_eq!(services(&names(&["障害障害", "b"]), 9), "障害障害…");
    }

    #[test]
    fn work_grows_with_the_size() {
        let of = |name: &str, count: usize| {
            work::taken();
            assert!(services(&vec![name.to_owned(); count], 80).len() < 50 * (name.len() + 10));
            work::taken()
        };
        for name in ["svc", "\u{301}", &"\u{301}".repeat(1_000), &"x".repeat(1_000)] {
            let (once, twice) = (of(name, 20_000), of(name, 40_000));
            assert!(twice <= 2 * once + 100 && once <= 20_000 + name.len(), "{once} {twice}");
        }
    }
}
