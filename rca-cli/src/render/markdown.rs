//! Markdown: to paste into a chat, a ticket or a report.
//!
//! In: results of the library. Out: a list of hits, tables of counts, the source of a report.

use std::io::{self, Write};
use std::ops::Range;

use rca_index::{CheckReport, FacetCounts, Health, LeftOut, Match, SearchRequest, SearchResults, Show, UpdateReport};

use crate::failure::Failure;
use crate::location::Location;
use crate::paths::{link_target, slashed};
use crate::quantity::minutes;
use crate::render::talk::Talk;
use crate::render::text::{FIX_UNKNOWN, health_lines, left_out_file, problem, update_summary};
use crate::render::{
    IncidentAnswer, ListedHit, ListedHits, RecurringAnswer, Renderer, SeenAnswer, SimilarAnswer, recurring, seen,
    similar,
};
use crate::terminal::{Output, clean, clean_marked};

/// Markdown.
pub(crate) struct Markdown;

impl Renderer for Markdown {
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
        for (i, found) in hits.enumerate() {
            hit(out, location, i + 1, &found?, request.show)?;
        }
        if !results.facets.is_empty() {
            writeln!(out)?;
        }
        Ok(tables(out, &results.facets)?)
    }

    fn incident(&self, out: &mut Output, _location: &Location, answer: &IncidentAnswer<'_>) -> Result<(), Failure> {
        let text = source(answer);
        let shown = out.shown(&text).into_owned();
        Ok(out.write_all(shown.as_bytes())?)
    }

    fn seen(&self, out: &mut Output, location: &Location, answer: &SeenAnswer<'_>) -> Result<(), Failure> {
        Ok(seen::in_markdown(out, location, answer)?)
    }

    fn recurring(&self, out: &mut Output, location: &Location, answer: &RecurringAnswer<'_>) -> Result<(), Failure> {
        Ok(recurring::in_markdown(out, location, answer)?)
    }

    fn similar(&self, out: &mut Output, location: &Location, answer: &SimilarAnswer<'_>) -> Result<(), Failure> {
        Ok(similar::in_markdown(out, location, answer)?)
    }

    fn facets(&self, out: &mut Output, _request: &SearchRequest, results: &SearchResults) -> Result<(), Failure> {
        Ok(tables(out, &results.facets)?)
    }

    fn update(&self, out: &mut Output, report: &UpdateReport) -> Result<(), Failure> {
        Ok(writeln!(out, "{}", update_summary(report))?)
    }

    fn check(&self, out: &mut Output, location: &Location, report: &CheckReport) -> Result<(), Failure> {
        for found in &report.problems {
            writeln!(out, "- {}", escape(&problem(location, found)))?;
        }
        Ok(())
    }

    fn left_out(&self, out: &mut Output, location: &Location, files: &[LeftOut]) -> Result<(), Failure> {
        for file in files {
            writeln!(out, "- {}", escape(&left_out_file(location, file)))?;
        }
        Ok(())
    }

    fn health(&self, out: &mut Output, health: &Health) -> Result<(), Failure> {
        let lines = health_lines(health);
        Ok(lines.iter().try_for_each(|(name, value)| writeln!(out, "- {name}: {}", escape(value)))?)
    }

    fn talk(&self) -> Talk {
        Talk { counts: false, ..Talk::EVERYTHING }
    }
}

fn hit(out: &mut impl Write, location: &Location, number: usize, listed: &ListedHit, show: Show) -> io::Result<()> {
    let ListedHit { hit, fix } = listed;
    let incident = &hit.incident;
    let path = location.path_of(&incident.path);
    // Angle brackets allow spaces in the target of a link.
    let target = link_target(&path);
    let slashed = slashed(&path);
    let shown = clean(&slashed);
    write!(out, "{number}. [{}](<{target}>)", escape(&clean(&incident.title)))?;
    let facts = [
        incident.date.map(|date| date.day().to_string()),
        incident.severity.as_ref().map(|severity| severity.name.clone()),
        (!incident.services.is_empty()).then(|| incident.services.join(", ")),
        incident.duration_minutes.map(minutes),
        incident.status.clone(),
        (hit.matched == Match::Some).then(|| "partial match".to_owned()),
    ];
    for fact in facts.iter().flatten() {
        write!(out, " · {}", escape(&clean(fact)))?;
    }
    writeln!(out)?;
    for snippet in &hit.snippets {
        let (text, highlights) = clean_marked(&snippet.text, &snippet.highlights);
        // A backslash keeps lines of code and rows of tables apart.
        let lines = marked(&text, &highlights).replace('\n', "\\\n   > ");
        writeln!(out, "   > {lines} ({})", code(&format!("{shown}:{}", snippet.line)))?;
    }
    if show == Show::Fix {
        writeln!(out, "   - fixed by: {}", seen::fix_in_markdown(location, &incident.path, fix.as_ref()))?;
    }
    Ok(())
}

/// A text as code, between more backticks than it has in a row.
pub(super) fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

/// A text with its highlights in bold.
fn marked(text: &str, highlights: &[Range<usize>]) -> String {
    let mut marked = String::new();
    let mut at = 0;
    for highlight in highlights {
        marked.push_str(&escape(&text[at..highlight.start]));
        marked.push_str("**");
        marked.push_str(&escape(&text[highlight.clone()]));
        marked.push_str("**");
        at = highlight.end;
    }
    marked + &escape(&text[at..])
}

/// Writes a table for each facet.
fn tables(out: &mut impl Write, facets: &[FacetCounts]) -> io::Result<()> {
    for counts in facets {
        writeln!(out, "| {} | incidents |\n|---|---:|", counts.facet.name())?;
        for v in &counts.values {
            writeln!(out, "| {} | {} |", escape(&clean(&v.value)), v.count)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// The source of a report, or of some of its sections.
fn source(answer: &IncidentAnswer<'_>) -> String {
    let incident = answer.incident;
    if answer.sections.is_empty() && answer.skipped().next().is_none() {
        return incident.source.clone();
    }
    let fix = answer.wants_fix().then(|| {
        let text = incident.fix().map_or_else(|| FIX_UNKNOWN.to_owned(), |fix| escape(&fix.text));
        format!("## Fixed by\n\n{text}\n")
    });
    let wanted = incident.sections.iter().filter(|section| answer.wants(section));
    let texts = wanted.map(|section| {
        let heading = if section.heading.is_empty() { section.kind.name() } else { &section.heading };
        format!("## {heading}\n\n{}\n", incident.section_text(section).trim())
    });
    fix.into_iter().chain(texts).collect::<Vec<_>>().join("\n")
}

/// Escapes characters with a meaning in Markdown.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '~' | '&' | '!') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_something_in_markdown_is_escaped() {
        assert_eq!(marked("a_b [queue] full", &[5..10]), "a\\_b \\[**queue**\\] full");
        assert_eq!(
            (code("a.md"), code("a`b"), code("`a``")),
            ("`a.md`".into(), "``a`b``".into(), "``` `a`` ```".into())
        );
    }
}
