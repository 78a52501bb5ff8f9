//! Parse: from a report's text to an incident and its problems. A report is never lost.
//!
//! front matter -> outline of the body -> sections and metadata -> facts -> body (timeline, measures, actions ...) -> incident

mod action_item;
mod actions;
mod agreement;
mod body;
mod chosen;
pub(crate) mod clauses;
mod clock;
mod conflict;
mod currency;
mod cursor;
mod date;
mod day;
mod duration;
mod facts;
mod front_matter;
mod html;
mod id;
mod invisible;
mod keys;
mod limits;
mod lists;
mod measure_value;
mod measures;
mod metadata;
mod milestones;
mod moment;
mod numbers;
mod order;
pub(crate) mod outline;
mod own_fields;
mod pairs;
pub(crate) mod phrases;
mod prose;
mod range;
mod sections;
mod service_name;
mod suggest;
mod timeline;
mod title;
mod value;
mod when;
mod whole;
mod words;
mod yaml;
mod zone;

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::incident::beginning::beginning;
use crate::incident::lines::{line_at, line_ends};
use crate::incident::markup::visible;
use crate::incident::{
    FRONT_MATTER, HouseNames, Incident, Milestone, Place, Problem, ProblemKind, Reached, Section, SectionKind,
    Severity, Source, Sourced, Text,
};
use crate::parse::agreement::settle;
use crate::parse::body::read_body;
use crate::parse::chosen::{Report, Times, choose};
use crate::parse::conflict::merge_conflicts;
pub(crate) use crate::parse::currency::is_currency_sign;
pub(crate) use crate::parse::date::find_date;
pub(crate) use crate::parse::duration::{unit_named, whole_duration};
use crate::parse::facts::Facts;
use crate::parse::front_matter::{FrontMatter, read_front_matter};
pub(crate) use crate::parse::id::name_of_id;
#[cfg(feature = "archive")]
pub(crate) use crate::parse::id::{escaped, id_of_escaped};
pub use crate::parse::id::{report_id, report_path};
use crate::parse::invisible::without_invisible;
use crate::parse::keys::{Key, key_named};
pub(crate) use crate::parse::keys::{is_key, key_names};
use crate::parse::lists::items;
use crate::parse::metadata::read_metadata;
use crate::parse::milestones::read_stated;
pub(crate) use crate::parse::numbers::plausible_number;
use crate::parse::outline::{Outline, Part, outline, with_invisible};
use crate::parse::own_fields::own_fields;
pub(crate) use crate::parse::suggest::{Insertion, suggestion};
pub(crate) use crate::parse::timeline::sentences;
use crate::parse::title::{title, title_heading};
pub(crate) use crate::parse::value::is_blank;
pub(crate) use crate::parse::whole::{whole_date, whole_number};
pub(crate) use crate::parse::words::status_named;

/// What an archive's settings say about parsing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ParseOptions {
    /// More front-matter keys and what they mean: `outage_class` to `severity`; or another name for a key of the archive's own.
    pub keys: BTreeMap<String, String>,
    /// More headings, in any case, and the section they open.
    pub headings: BTreeMap<String, SectionKind>,
    /// Whether `04/03/2025` is the 4th of March, where nothing in the report decides it.
    pub day_first: Option<bool>,
    /// How much of a report's body is taken apart, in bytes; 1 MB when not set.
    pub max_facts_bytes: Option<usize>,
    /// The team's names of services and severities.
    pub house: HouseNames,
}

impl ParseOptions {
    fn max_facts_bytes(&self) -> usize {
        self.max_facts_bytes.unwrap_or(1_000_000)
    }
}

/// What parsing a report gave.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Parsed {
    /// The incident.
    pub incident: Incident,
    /// What could not be read as it stands, by line.
    pub problems: Vec<Problem>,
}

/// The steps that this thread took to read reports since this was asked last, for fuzzing.
#[cfg(fuzzing)]
#[doc(hidden)]
pub fn work_taken() -> usize {
    cursor::work::taken()
}

/// A path with no extension.
pub(crate) fn stem(path: &str) -> &str {
    let path = path.strip_suffix(".erb").filter(|rest| rest.to_lowercase().ends_with(".md")).unwrap_or(path);
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    // `v1.2 outage` has no extension.
    let extension =
        name.rsplit_once('.').map(|(stem, extension)| (stem.len(), extension)).filter(|(stem, extension)| {
            *stem > 0
                && extension.len() <= 10
                && extension.starts_with(|c: char| c.is_ascii_alphabetic())
                && extension.bytes().all(|b| b.is_ascii_alphanumeric())
        });
    extension.map_or(path, |(_, extension)| &path[..path.len() - extension.len() - 1])
}

/// The text of a report as a reader sees it. No facts are read.
pub(crate) fn visible_text(source: &str) -> String {
    let body_start = read_front_matter(source).body_start;
    let (mut outline, _) = outline_within(source, body_start, ParseOptions::default().max_facts_bytes());
    let markup = with_invisible(source, std::mem::take(&mut outline.markup));
    visible(source, &markup, 0..source.len()).into_owned()
}

/// The text of a report in its sections, which are those of [`parse_report`]. No facts are read.
pub(crate) fn read_text(source: String, options: &ParseOptions) -> Text<'static> {
    let front = read_front_matter(&source);
    let (mut outline, _) = outline_within(&source, front.body_start, options.max_facts_bytes());
    let kinds = sections::kinds(&outline.parts, &options.headings);
    // Only where it stands in the front matter, a summary is a section of its own.
    let mut facts = Facts::new(&options.house);
    if !front.range.is_empty() {
        for (_, name, value) in front.keys(&options.keys).into_iter().filter(|(key, ..)| *key == Key::Summary) {
            facts.state(Key::Summary, value, Source::FrontMatter, front.lines(&source).of(name));
        }
        for entry in read_metadata(&outline.parts, &kinds, &options.keys).iter().filter(|e| e.key == Key::Summary) {
            facts.state(Key::Summary, &entry.value, Source::Metadata, entry.line);
        }
    }
    let sections = sections_of(&front, facts.summary.as_deref(), &source, body::sections(&outline.parts, &kinds));
    let markup = with_invisible(&source, std::mem::take(&mut outline.markup));
    Text { sections: sections.into(), markup: markup.into(), source: source.into() }
}

/// Parses a report: its path in the archive, `/` between folders, and its text. Always gives an incident; what cannot be
/// read as it stands becomes a problem with its line.
///
/// # Examples
/// ```
/// use rca_index::parse::{ParseOptions, parse_report};
///
/// let text = "# Queue backlog\n\n**Date:** 2025-06-02\n**Severity:** vermilion\n".to_owned();
/// let parsed = parse_report("2025/queue.md", text, &ParseOptions::default());
/// assert_eq!((parsed.incident.id.as_str(), parsed.incident.title.value.as_str()), ("2025/queue", "Queue backlog"));
/// assert_eq!(parsed.problems[0].line, 4);
/// ```
pub fn parse_report(path: &str, source: String, options: &ParseOptions) -> Parsed {
    let front = read_front_matter(&source);
    let (mut outline, unread) = outline_within(&source, front.body_start, options.max_facts_bytes());
    let kinds = sections::kinds(&outline.parts, &options.headings);

    let mut facts = Facts::new(&options.house);
    let lines = front.lines(&source);
    let keys = front.keys(&options.keys).into_iter();
    let mut keys: Vec<_> = keys.map(|(key, name, value)| (key, value, lines.of(name))).collect();
    // The zone decides how the times are read, wherever it stands.
    keys.sort_by_key(|(key, ..)| *key != Key::Zone);
    for (key, value, line) in keys {
        facts.state(key, value, Source::FrontMatter, line);
    }
    for entry in read_metadata(&outline.parts, &kinds, &options.keys) {
        facts.state(entry.key, &entry.value, Source::Metadata, entry.line);
    }

    let heading = title_heading(&outline, &kinds);
    let mut title = title(facts.title.as_ref(), facts.name.take(), heading, path);
    title.value = without_invisible(title.value);
    if facts.severity.is_none()
        && let Some(severity) = Severity::of_title(&title.value)
    {
        facts.severity = Some(Sourced { line: title.line, ..Sourced::new(severity, title.source) });
    }
    let report = Report {
        path,
        source: &source,
        heading: heading.map(|part| &*part.heading),
        title: &title.value,
        summary: facts.summary.as_deref(),
        outline: &outline,
        kinds: &kinds,
        day_first: options.day_first,
    };
    let times = choose(&facts.when, &report, &mut facts.problems);
    let Times { date, end, duration, mut timeline, said, detected, counted_from } = times;
    let line_of = |name: &str| lines.of(name);
    let mut stated = read_stated(&front.map, line_of, &outline.parts, &kinds);
    stated.extend(detected.as_ref().map(|time| Reached::at_time(Milestone::Detected, time)));
    let milestones = said.reached(stated, &mut timeline, counted_from, end.as_ref(), duration.as_ref());
    let body = read_body(&outline, &kinds);
    let services = options.house.services.renamed(affected_services(&outline.parts, &mut facts));
    let sections = sections_of(&front, facts.summary.as_deref(), &source, body.sections);

    let (front_matter, cut) = own_fields(&front.map, &options.keys, line_of);
    let mut measures = facts.measures;
    measures.extend(body.measures);
    let mut seen = Vec::new();
    measures.retain(|measure| {
        !seen.contains(&measure.kind) && {
            seen.push(measure.kind);
            true
        }
    });
    let mut links = facts.related;
    links.extend(body.links);

    let mut incident = Incident {
        path: path.to_owned(),
        date,
        end,
        severity: facts.severity,
        services,
        services_at: facts.services_at,
        tags: facts.tags,
        tags_at: facts.tags_at,
        status: facts.status,
        status_label: facts.status_label,
        document_status: facts.document_status,
        duration,
        author: facts.author,
        prepared_by: body.prepared_by,
        prepared_on: body.prepared_on,
        timeline,
        milestones,
        counted_from,
        measures,
        contributing_factors: body.contributing_factors,
        resolution_steps: body.resolution_steps,
        lessons: body.lessons,
        actions: body.actions,
        links,
        front_matter,
        sections,
        title,
        source: String::new(),
        markup: with_invisible(&source, std::mem::take(&mut outline.markup)),
        ..Incident::new(report_id(path), "")
    };
    let mut problems = front.problems;
    problems.extend(outline.problems);
    problems.extend(unread);
    problems.extend(cut);
    problems.extend(merge_conflicts(&source));
    problems.append(&mut facts.problems);
    settle(&mut incident, &mut problems);
    // Who reads the front matter may count line ends that nobody else does.
    if !problems.is_empty() {
        let last = line_at(&source, source.len());
        problems.iter_mut().for_each(|problem| problem.line = problem.line.min(last));
        problems.sort();
    }
    Parsed { incident: Incident { source, ..incident }, problems }
}

/// The outline of as much of a body as is taken apart. The rest belongs to the last part, and is searched like any text.
fn outline_within(source: &str, body_start: usize, limit: usize) -> (Outline<'_>, Option<Problem>) {
    let read = beginning(source, body_start.saturating_add(limit));
    if read.len() == source.len() {
        return (outline(source, body_start), None);
    }
    let end = read.rfind('\n').map_or(read.len(), |at| at + 1).max(body_start);
    let mut outline = outline(&source[..end], body_start);
    if let Some(last) = outline.parts.last_mut() {
        last.range.end = source.len();
    }
    let line = line_at(source, end);
    (outline, Some(Problem::new(line, ProblemKind::FactsCutOff { limit: limit as u64 })))
}

/// The services stated, else the items under a heading such as `Affected Services`.
fn affected_services(parts: &[Part<'_>], facts: &mut Facts<'_>) -> Vec<String> {
    let mut services = std::mem::take(&mut facts.services);
    if !services.is_empty() {
        return services;
    }
    let is_listed = |part: &&Part<'_>| {
        key_named(&part.heading, &BTreeMap::new()) == Some(Key::Services)
            && part.heading.contains([' ', '影', '受', '영'])
    };
    let Some(listed) = parts.iter().find(is_listed) else { return services };
    let mut seen = HashSet::new();
    for item in items(listed) {
        // `api (read only)`, `api: slow`: the name stands first.
        let name = item.split(['(', '（', ':', '：', ',']).next().unwrap_or_default().trim();
        if name.split(' ').count() > 4 {
            continue;
        }
        let name = facts.service(name, listed.line).filter(|name| seen.insert(name.clone()));
        services.extend(name);
    }
    facts.services_at = (!services.is_empty()).then_some(Place { source: Source::Metadata, line: Some(listed.line) });
    services
}

/// The sections of the body, behind the front matter, whose text is searched like any other.
fn sections_of(front: &FrontMatter, summary: Option<&str>, source: &str, body: Vec<Section>) -> Vec<Section> {
    let mut sections = Vec::with_capacity(body.len() + 2);
    let add = |kind, heading: &str, range: std::ops::Range<usize>, sections: &mut Vec<Section>| {
        let before = source.get(front.range.start..range.start).unwrap_or_default();
        let line = front.line + line_ends(before);
        sections.push(Section { kind, heading: heading.to_owned(), line, range });
    };
    if !front.range.is_empty() {
        let block = source.get(front.range.clone()).unwrap_or_default();
        // A summary in the front matter is a summary where it stands there word for word.
        if let Some((summary, at)) = summary.and_then(|summary| Some((summary, block.find(summary)?))) {
            let start = front.range.start + at;
            add(SectionKind::Summary, "", start..start + summary.len(), &mut sections);
        }
        add(SectionKind::Body, FRONT_MATTER, front.range.clone(), &mut sections);
    }
    sections.extend(body);
    sections
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod times_tests;
#[cfg(test)]
mod work_tests;
