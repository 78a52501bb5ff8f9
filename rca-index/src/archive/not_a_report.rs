//! Is it a report? Decides, by sure signs only, which files of an archive are templates, indexes or about their folder.
//!
//! In: a parsed file, its path and how it is taken. Out: why it is not a report, or nothing. In doubt it is a report: one that is
//! left out is lost, and a template that is taken in is a hit too many.

use serde::{Deserialize, Serialize};

use crate::archive::signs::{Sign, SignKind, Signs, read_signs};
use crate::incident::{Incident, NotAReport, NotAReportReason, Problem, ProblemKind, SectionKind, Source};
use crate::parse::{Parsed, stem};

/// How a file is taken. Kept in the manifest: where it changes, the file is read again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Taking {
    /// By its content.
    #[default]
    Judged,
    /// A README or an index with no other file in or below its folder, as where each incident has a folder.
    Alone,
    /// Always: `include` in the settings names it.
    Always,
}

/// The kind of name that a file has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum NameKind {
    Readme,
    /// `CONTRIBUTING`, `LICENSE`: never a report by being alone.
    AboutProject,
    Index,
    Other,
}

/// Whether a file can be a report by being alone in its folder.
pub(crate) fn is_folder_page(path: &str) -> bool {
    matches!(name_kind(path), NameKind::Readme | NameKind::Index)
}

/// Why a file is not a report.
pub(crate) fn not_a_report(path: &str, taking: Taking, parsed: &Parsed) -> Option<NotAReport> {
    let Parsed { incident, problems } = parsed;
    if taking == Taking::Always {
        return None;
    }
    let name = name_kind(path);
    let states_a_day = incident.date.as_ref().is_some_and(|date| is_stated(date.source));
    // Most reports end here: they state their day, and nothing in them looks like a choice that nobody made.
    if states_a_day && name == NameKind::Other && !problems.iter().any(looks_unfilled) {
        return None;
    }
    let signs = read_signs(&incident.source, problems);
    if let Some(sign) = template(path, incident, &signs) {
        return Some(because(NotAReportReason::Template, incident, sign.line));
    }
    if taking == Taking::Alone {
        return None;
    }
    match name {
        NameKind::Readme | NameKind::AboutProject if !is_report_by_content(incident) => {
            Some(NotAReport { reason: NotAReportReason::Readme, line: 1, sign: String::new() })
        }
        NameKind::Index if !has_facts(incident) && leads_on(incident) => {
            let line = incident.links.first().map_or(1, |link| link.line);
            Some(because(NotAReportReason::Index, incident, line))
        }
        NameKind::Other | NameKind::Index if !states_a_day && signs.is_list_of_links && is_index(incident) => {
            let line = incident.links.first().map_or(1, |link| link.line);
            Some(because(NotAReportReason::Index, incident, line))
        }
        _ => None,
    }
}

fn because(reason: NotAReportReason, incident: &Incident, line: u32) -> NotAReport {
    /// A longer line is cut.
    const MAX_CHARS: usize = 60;
    let text = incident.source.lines().nth(line.saturating_sub(1) as usize).unwrap_or_default().trim();
    let mut sign: String = text.chars().filter(|c| !c.is_control()).take(MAX_CHARS).collect();
    if text.chars().count() > MAX_CHARS {
        sign.push('…');
    }
    NotAReport { reason, line, sign }
}

/// Whether a fact is stated in the report, and not worked out of its name or its text.
fn is_stated(source: Source) -> bool {
    matches!(source, Source::FrontMatter | Source::Metadata)
}

/// Whether a problem is what a template leaves behind.
fn looks_unfilled(problem: &Problem) -> bool {
    matches!(
        problem.kind,
        ProblemKind::SeverityNotChosen { .. }
            | ProblemKind::StatusNotChosen { .. }
            | ProblemKind::DateUnreadable { .. }
            | ProblemKind::DurationUnreadable { .. }
    )
}

fn name_kind(path: &str) -> NameKind {
    const ANY_CASE: &[&str] = &[
        "contributing", "license", "licence", "code_of_conduct", "code-of-conduct", "codeowners", "copying",
        "pull_request_template", "issue_template", "governance", "maintainers",
    ];
    // In lower case these may be about an incident.
    const CAPITALS: &[&str] = &["SECURITY", "SUPPORT", "CHANGELOG", "CHANGES", "HISTORY", "NOTICE", "AUTHORS"];
    let stem = stem(path);
    let name = stem.rsplit_once('/').map_or(stem, |(_, name)| name);
    let lower = name.to_ascii_lowercase();
    // `README.de`, `readme_zh-CN`
    let language = |rest: &str| rest.is_empty() || rest.len() <= 6 && rest.starts_with(['.', '_', '-']);
    if lower.strip_prefix("readme").is_some_and(language) {
        NameKind::Readme
    } else if ANY_CASE.contains(&lower.as_str()) || CAPITALS.contains(&name) {
        NameKind::AboutProject
    } else if matches!(lower.as_str(), "index" | "_index") {
        NameKind::Index
    } else {
        NameKind::Other
    }
}

/// The sign by which a file is a template.
fn template<'a>(path: &str, incident: &Incident, signs: &'a Signs) -> Option<&'a Sign> {
    let found = &signs.found[..];
    let count = |kind: SignKind| found.iter().filter(|sign| sign.kind == kind).count();
    // What only a field has that nobody filled in: a choice, or the pattern of a date.
    let fields = count(SignKind::Choice) + count(SignKind::Date);
    let kinds = SignKind::ALL.iter().filter(|&&kind| count(kind) > 0).count();
    let first = || {
        let field = found.iter().find(|sign| matches!(sign.kind, SignKind::Choice | SignKind::Date));
        field.or_else(|| found.iter().find(|sign| sign.kind != SignKind::Empty)).or(found.first())
    };
    let placeholders = found.len() - count(SignKind::Empty);
    // A heading below the title, or more than a field or two: the rest of a report is waiting to be written.
    let structured = signs.headings >= 2 || placeholders >= 3;
    let titled = says_template(&incident.title.value) || signs.title_is_placeholder;
    let filed = says_template(stem(path));
    let dated = incident.date.is_some();
    let known = has_facts(incident);
    let is_template = if titled || filed {
        // Its own severity or duration may be an example.
        let example = !known || titled && (filed || signs.title_is_placeholder);
        (!dated && placeholders > 0 && structured && example)
            || (!known && count(SignKind::Empty) >= 2)
            || (titled && placeholders >= 3 && fields > 0)
    } else if known {
        placeholders >= 4 && fields >= 2 && placeholders * 2 >= signs.lines
    } else {
        let enough = (placeholders >= 2 && fields > 0) || (placeholders >= 3 && kinds >= 2);
        enough && structured && placeholders * 3 >= signs.lines
    };
    is_template.then(first).flatten()
}

/// Whether a name says that it is a template, as a word of its own.
fn says_template(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "template", "templates", "vorlage", "vorlagen", "plantilla", "plantillas", "modele", "modèle", "gabarit",
        "modelo", "skeleton", "boilerplate",
    ];
    const PARTS: &[&str] = &["テンプレート", "雛形", "ひな形", "模板", "範本", "템플릿", "양식"];
    let lower = name.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric());
    words.any(|word| WORDS.contains(&word)) || PARTS.iter().any(|part| lower.contains(part))
}

/// Whether anything is known of an incident that a template or a page about the folder would not state.
fn has_facts(incident: &Incident) -> bool {
    incident.date.is_some()
        || incident.duration.is_some()
        || incident.end.is_some()
        || incident.severity.as_ref().is_some_and(|severity| severity.value.rank.is_some())
        || !incident.measures.is_empty()
}

/// Whether a text states what only a report states. Most reports do; a note, a page of a manual or a diary seldom does.
pub(super) fn reads_as_report(incident: &Incident) -> bool {
    let states_a_day = incident.date.as_ref().is_some_and(|date| is_stated(date.source));
    let without_day = incident.duration.is_some()
        || incident.severity.as_ref().is_some_and(|severity| severity.value.rank.is_some())
        || !incident.measures.is_empty();
    states_a_day || without_day || incident.timeline.len() >= 2 || report_sections(incident) >= 2
}

/// How many kinds of sections it has that only reports have, with text in them.
fn report_sections(incident: &Incident) -> usize {
    use SectionKind::{Actions, Impact, Lessons, Resolution, RootCause, Summary, Timeline};
    let has = |kind: &&SectionKind| incident.texts(**kind).any(|text| !text.trim().is_empty());
    [Summary, Timeline, RootCause, Impact, Resolution, Lessons, Actions].iter().filter(has).count()
}

/// Whether a README says what a report says: sections and facts, a timeline, or more than one stated fact.
fn is_report_by_content(incident: &Incident) -> bool {
    let stated = [
        incident.date.as_ref().is_some_and(|date| is_stated(date.source)),
        incident.severity.as_ref().is_some_and(|severity| severity.value.rank.is_some()),
        incident.duration.as_ref().is_some_and(|duration| is_stated(duration.source)),
        !incident.services.is_empty(),
    ];
    let sections = report_sections(incident);
    let rows = incident.timeline.iter().filter(|row| row.time.is_some()).count();
    (sections >= 2 && has_facts(incident)) || (sections >= 1 && rows >= 2) || stated.iter().filter(|s| **s).count() >= 2
}

/// Whether a page leads to other files and has no section of a report, or lists the files of its folder.
fn leads_on(incident: &Incident) -> bool {
    let texts = incident.sections.iter().filter(|section| !section.is_front_matter());
    let lists = texts.clone().any(|section| incident.section_text(section).contains("{toctree}"));
    let is_blank = texts.clone().all(|section| incident.section_text(section).trim().is_empty());
    let leads = is_blank || incident.links.iter().any(|link| !link.external);
    lists || leads && report_sections(incident) == 0
}

/// Whether a list of links is one of files in the archive, and has nothing of a report beside it.
fn is_index(incident: &Incident) -> bool {
    let inside = incident.links.iter().filter(|link| !link.external).count();
    let own = incident.duration.as_ref().is_some_and(|duration| is_stated(duration.source))
        || incident.severity.as_ref().is_some_and(|severity| is_stated(severity.source));
    inside >= 2 && inside * 2 > incident.links.len() && !own
}

#[cfg(test)]
mod tests;
