//! Markdown: to paste into a chat, a ticket or a report.

use std::io::{self, Write};
use std::ops::Range;

use rca_index::{FacetCounts, Hit, Incident, SearchResults, SectionKind};

use crate::place::Place;
use crate::quantity::minutes;
use crate::terminal::{clean, clean_marked};

/// The hits of a search as a list, and facet counts as tables.
pub(crate) fn hits(out: &mut impl Write, place: &Place, results: &SearchResults) -> io::Result<()> {
    for (i, found) in results.hits.iter().enumerate() {
        hit(out, place, i + 1, found)?;
    }
    if !results.facets.is_empty() {
        writeln!(out)?;
    }
    facets(out, &results.facets)
}

fn hit(out: &mut impl Write, place: &Place, number: usize, hit: &Hit) -> io::Result<()> {
    let incident = &hit.incident;
    let path = place.path_of(&incident.path);
    // Angle brackets allow spaces in a link's target.
    let target = clean(&path.to_string_lossy()).replace(['<', '>', '`', '\\'], "");
    write!(out, "{number}. [{}](<{target}>)", escape(&clean(&incident.title.value)))?;
    let facts = [
        incident.date.as_ref().map(|date| date.value.day().to_string()),
        incident.severity.as_ref().map(|severity| severity.value.name.clone()),
        (!incident.services.is_empty()).then(|| incident.services.join(", ")),
        incident.duration.as_ref().map(|duration| minutes(duration.value)),
        incident.status.as_ref().map(|status| status.value.clone()),
    ];
    for fact in facts.iter().flatten() {
        write!(out, " · {}", escape(&clean(fact)))?;
    }
    writeln!(out)?;
    for snippet in &hit.snippets {
        let (text, highlights) = clean_marked(&snippet.text, &snippet.highlights);
        writeln!(out, "   > {} (`{target}:{}`)", marked(&text, &highlights), snippet.line)?;
    }
    Ok(())
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

/// Facet counts, a table each.
pub(crate) fn facets(out: &mut impl Write, facets: &[FacetCounts]) -> io::Result<()> {
    for counts in facets {
        writeln!(out, "| {} | incidents |\n|---|---:|", counts.facet.name())?;
        for v in &counts.values {
            writeln!(out, "| {} | {} |", escape(&clean(&v.value)), v.count)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// A report as it was written, or some of its sections.
pub(crate) fn source(incident: &Incident, sections: &[SectionKind]) -> String {
    if sections.is_empty() {
        return incident.source.clone();
    }
    let wanted = incident.sections.iter().filter(|section| sections.contains(&section.kind));
    let texts = wanted.map(|section| {
        let heading = if section.heading.is_empty() { section.kind.name() } else { &section.heading };
        format!("## {heading}\n\n{}\n", incident.section_text(section).trim())
    });
    texts.collect::<Vec<_>>().join("\n")
}

/// Takes their meaning from characters that have one in Markdown.
fn escape(text: &str) -> String {
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
    }
}
