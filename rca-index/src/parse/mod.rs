//! Parse: from a report's text to an incident and its problems. A report is never lost.
//!
//! front matter -> outline of the body -> sections and metadata -> facts -> body (timeline, measures, actions ...) -> incident

mod actions;
mod body;
mod chosen;
mod date;
mod duration;
mod facts;
mod front_matter;
mod keys;
mod lists;
mod measures;
mod metadata;
mod milestones;
mod numbers;
mod outline;
mod sections;
mod timeline;
mod value;
mod when;
mod yaml;

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::incident::{FRONT_MATTER, Incident, Problem, ProblemKind, Section, SectionKind, Source, Sourced};
use crate::parse::body::{prose_duration, read_body};
use crate::parse::chosen::{date_of_names, date_of_text, duration};
pub(crate) use crate::parse::date::find_date;
use crate::parse::facts::Facts;
use crate::parse::front_matter::{FrontMatter, read_front_matter};
use crate::parse::keys::{Key, key_named};
use crate::parse::lists::items;
use crate::parse::metadata::read_metadata;
use crate::parse::outline::{Outline, Part, outline};
use crate::parse::value::{Value, clean};

/// What an archive's settings say about parsing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ParseOptions {
    /// More front-matter keys and what they mean: `outage_class` to `severity`.
    pub keys: BTreeMap<String, String>,
    /// More headings, in any case, and the section they open.
    pub headings: BTreeMap<String, SectionKind>,
    /// How much of a report's body is taken apart, in bytes; 1 MB when not set.
    pub max_facts_bytes: Option<usize>,
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

/// The id of a report at this path: the path with no extension.
pub fn report_id(path: &str) -> String {
    stem(path).to_owned()
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

/// Parses a report: its path in the archive, `/` between folders, and its text. Always gives an incident; what cannot be
/// read as it stands becomes a problem with its line.
pub fn parse_report(path: &str, source: String, options: &ParseOptions) -> Parsed {
    let front = read_front_matter(&source);
    let (outline, unread) = outline_within(&source, front.body_start, options.max_facts_bytes());
    let kinds = sections::kinds(&outline.parts, &options.headings);

    let mut facts = Facts::default();
    let mut line_of_end = front.line;
    let keys = front.map.iter().filter_map(|(name, value)| Some((key_named(name, &options.keys)?, name, value)));
    let mut keys: Vec<_> = keys.map(|(key, name, value)| (key, value, front.line_of(&source, name))).collect();
    // The zone decides how the times are read, wherever it stands.
    keys.sort_by_key(|(key, ..)| *key != Key::Zone);
    for (key, value, line) in keys {
        if matches!(key, Key::End | Key::Resolved) {
            line_of_end = line;
        }
        facts.state(key, value, Source::FrontMatter, line);
    }
    for entry in read_metadata(&outline.parts, &kinds, &options.keys) {
        if entry.key == Key::End && line_of_end == front.line {
            line_of_end = entry.line;
        }
        facts.state(entry.key, &Value::Text(entry.value), Source::Metadata, entry.line);
    }

    let heading = title_heading(&outline, &kinds);
    let title = facts.title.take().or_else(|| heading.map(|text| Sourced::new(clean(text), Source::Heading)));
    let title = title.unwrap_or_else(|| Sourced::new(title_of_path(path), Source::FileName));
    let (stated, end) = facts.when.period(line_of_end, &mut facts.problems);
    let date = stated.or_else(|| date_of_names(heading, &title.value, path));
    let body = read_body(&outline, &kinds, date.as_ref().map(|date| date.value), facts.when.zone);
    let of_summary = || Some(Sourced::new(find_date(facts.summary.as_deref()?, None)?.1, Source::Prose));
    let date =
        date.or_else(|| date_of_text(&outline, &kinds, &body)).or_else(of_summary).or_else(|| facts.when.published());
    let in_prose = || prose_duration(&outline.parts, &kinds);
    let duration = duration(&facts.when, date.as_ref(), end.as_ref(), &body.timeline, in_prose);
    let services = affected_services(&outline.parts, std::mem::take(&mut facts.services));
    let sections = sections_of(&front, facts.summary.as_deref(), &source, body.sections);

    let mut problems = front.problems;
    problems.extend(outline.problems);
    problems.extend(unread);
    problems.append(&mut facts.problems);
    // Who reads the front matter may count line ends that nobody else does.
    let last = 1 + source.bytes().filter(|&b| b == b'\n').count() as u32;
    problems.iter_mut().for_each(|problem| problem.line = problem.line.min(last));
    problems.sort();
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

    let incident = Incident {
        path: path.to_owned(),
        date,
        end,
        severity: facts.severity,
        services,
        tags: facts.tags,
        status: facts.status,
        duration,
        author: facts.author,
        prepared_by: body.prepared_by,
        prepared_on: body.prepared_on,
        timeline: body.timeline,
        measures,
        contributing_factors: body.contributing_factors,
        resolution_steps: body.resolution_steps,
        lessons: body.lessons,
        actions: body.actions,
        links,
        sections,
        title,
        source: String::new(),
        ..Incident::new(report_id(path), "")
    };
    Parsed { incident: Incident { source, ..incident }, problems }
}

/// The outline of as much of a body as is taken apart. The rest belongs to the last part, and is searched like any text.
fn outline_within(source: &str, body_start: usize, limit: usize) -> (Outline<'_>, Option<Problem>) {
    let most = body_start.saturating_add(limit).min(source.len());
    let end = (0..=most).rev().find(|&at| source.is_char_boundary(at)).unwrap_or(0);
    if end == source.len() {
        return (outline(source, body_start), None);
    }
    let end = source[..end].rfind('\n').map_or(end, |at| at + 1).max(body_start);
    let mut outline = outline(&source[..end], body_start);
    if let Some(last) = outline.parts.last_mut() {
        last.range.end = source.len();
    }
    let line = 1 + source[..end].bytes().filter(|&b| b == b'\n').count() as u32;
    (outline, Some(Problem::new(line, ProblemKind::FactsCutOff { limit: limit as u64 })))
}

/// The heading that is the title: the first one, unless it only names a section.
fn title_heading<'a>(outline: &'a Outline<'_>, kinds: &[SectionKind]) -> Option<&'a str> {
    let mut headed =
        outline.parts.iter().zip(kinds).filter(|(part, _)| part.level > 0 && !part.heading.trim().is_empty());
    let names_none =
        |(part, kind): &(&'a Part<'_>, &SectionKind)| **kind == SectionKind::Body && !sections::is_named(&part.heading);
    let first = headed.clone().next().filter(names_none);
    first
        .or_else(|| headed.find(|found| found.0.level == 1 && names_none(found)))
        .map(|(part, _)| part.heading.as_ref())
}

/// The folder's name for `index.md` and the like, else the file's.
fn title_of_path(path: &str) -> String {
    let id = report_id(path);
    let (folder, name) = id.rsplit_once('/').unwrap_or(("", &id));
    let generic = ["index", "_index", "readme"].iter().any(|generic| name.eq_ignore_ascii_case(generic));
    let folder = folder.rsplit('/').next().filter(|folder| generic && !folder.is_empty());
    clean(folder.unwrap_or(name))
}

/// The services stated, else the items under a heading such as `Affected Services`.
fn affected_services(parts: &[Part<'_>], stated: Vec<String>) -> Vec<String> {
    if !stated.is_empty() {
        return stated;
    }
    let listed = parts.iter().find(|part| key_named(&part.heading, &BTreeMap::new()) == Some(Key::Services));
    let mut services: Vec<String> = Vec::new();
    let mut seen = HashSet::new();
    for item in listed.into_iter().flat_map(items) {
        // `api (read only)`, `api: slow`: the name stands first.
        let name = item.split(['(', '（', ':', '：', ',']).next().unwrap_or_default().trim();
        if !name.is_empty() && name.split(' ').count() <= 4 && seen.insert(name.to_owned()) {
            services.push(name.to_owned());
        }
    }
    services
}

/// The sections of the body, behind the front matter, whose text is searched like any other.
fn sections_of(front: &FrontMatter, summary: Option<&str>, source: &str, body: Vec<Section>) -> Vec<Section> {
    let mut sections = Vec::with_capacity(body.len() + 2);
    let add = |kind, heading: &str, range: std::ops::Range<usize>, sections: &mut Vec<Section>| {
        let before = source.get(front.range.start..range.start).unwrap_or_default();
        let line = front.line + before.bytes().filter(|&b| b == b'\n').count() as u32;
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
