//! Places in reports as `path:line:column:text`, which editors jump to: `set grepprg=rca\\ search\\ --format\\ vimgrep`.
//!
//! In: results of the library. Out: a line for each passage or problem.

use std::io::{self, Write as _};

use rca_index::{
    CheckReport, Fix, Health, Hit, Incident, LeftOut, SearchRequest, SearchResults, Show, Snippet, UpdateReport,
};

use crate::failure::Failure;
use crate::location::Location;
use crate::render::talk::Talk;
use crate::render::text::{update_summary, write_health};
use crate::render::{Frame, Hits, IncidentAnswer, RecurringAnswer, Renderer, SeenAnswer, SimilarAnswer, facet_rows};
use crate::terminal::{Output, clean};

/// One line per place.
pub(crate) struct Vimgrep;

/// A place in a report, and the text there. Lines and columns are counted from 1, columns in bytes.
struct Place<'a> {
    line: u32,
    column: usize,
    text: &'a str,
}

impl Renderer for Vimgrep {
    fn search(
        &self,
        out: &mut Output,
        location: &Location,
        request: &SearchRequest,
        _results: &SearchResults,
        hits: &mut Hits<'_>,
    ) -> Result<(), Failure> {
        for hit in hits {
            let hit = hit?;
            let fix = if request.show == Show::Fix { hit.incident.fix() } else { None };
            let places = fix.as_ref().map_or_else(|| places(&hit), |fix| vec![of_fix(fix)]);
            for place in places {
                write_place(out, location, &hit.incident.path, &place)?;
            }
        }
        Ok(())
    }

    fn incident(&self, out: &mut Output, location: &Location, answer: &IncidentAnswer<'_>) -> Result<(), Failure> {
        let incident = answer.incident;
        let whole = Place { line: 1, column: 1, text: &incident.title.value };
        if answer.sections.is_empty() {
            return Ok(write_place(out, location, &incident.path, &whole)?);
        }
        if let Some(fix) = incident.fix().filter(|_| answer.wants_fix()) {
            write_place(out, location, &incident.path, &of_fix(&fix))?;
        }
        let wanted = incident.sections.iter().filter(|section| answer.wants(section));
        let places = wanted.map(|section| Place { line: section.line, column: 1, text: &section.heading });
        Ok({ places }.try_for_each(|place| write_place(out, location, &incident.path, &place))?)
    }

    fn seen(&self, out: &mut Output, location: &Location, answer: &SeenAnswer<'_>) -> Result<(), Failure> {
        for hit in &answer.seen.hits {
            write_place(out, location, &hit.incident.path, &fix_place(&hit.incident, hit.fix.as_ref()))?;
        }
        Ok(())
    }

    fn similar(&self, out: &mut Output, location: &Location, answer: &SimilarAnswer<'_>) -> Result<(), Failure> {
        for hit in &answer.similar.hits {
            write_place(out, location, &hit.incident.path, &fix_place(&hit.incident, hit.fix.as_ref()))?;
        }
        Ok(())
    }

    fn recurring(&self, out: &mut Output, location: &Location, answer: &RecurringAnswer<'_>) -> Result<(), Failure> {
        for one in answer.recurring.clusters.iter().flat_map(|cluster| &cluster.incidents) {
            let (path, fix) = (&one.incident.path, one.fix.as_ref());
            let (line, text) = (fix.and_then(|fix| fix.line), fix.map_or(&one.incident.title, |fix| &fix.text));
            write_place(out, location, path, &Place { line: line.unwrap_or(1), column: 1, text })?;
            for action in &one.unfinished {
                let text = format!("not done: {}", action.text);
                write_place(out, location, path, &Place { line: action.line, column: 1, text: &text })?;
            }
        }
        Ok(())
    }

    fn frame(&self) -> Frame {
        Frame::NONE
    }

    fn facets(&self, out: &mut Output, _request: &SearchRequest, results: &SearchResults) -> Result<(), Failure> {
        for (_, counted) in facet_rows(results) {
            writeln!(out, "{}", clean(&counted.value))?;
        }
        Ok(())
    }

    fn update(&self, out: &mut Output, report: &UpdateReport) -> Result<(), Failure> {
        Ok(writeln!(out, "{}", update_summary(report))?)
    }

    fn check(&self, out: &mut Output, location: &Location, report: &CheckReport) -> Result<(), Failure> {
        for found in &report.problems {
            let place = Place { line: found.problem.line, column: 1, text: &found.problem.reason() };
            write_place(out, location, &found.path, &place)?;
        }
        Ok(())
    }

    fn left_out(&self, out: &mut Output, location: &Location, files: &[LeftOut]) -> Result<(), Failure> {
        for file in files {
            let place = Place { line: file.why.line, column: 1, text: &file.why.to_string() };
            write_place(out, location, &file.path, &place)?;
        }
        Ok(())
    }

    fn health(&self, out: &mut Output, health: &Health) -> Result<(), Failure> {
        Ok(write_health(out, health)?)
    }

    fn talk(&self) -> Talk {
        Talk { problems: true, partial: true, ..Talk::FEEDBACK }
    }
}

/// Where a report says what fixed the incident, or its title.
fn fix_place<'a>(incident: &'a Incident, fix: Option<&'a Fix>) -> Place<'a> {
    let text = fix.map_or(&incident.title.value, |fix| &fix.text);
    Place { line: fix.and_then(|fix| fix.line).unwrap_or(1), column: 1, text }
}

/// Where a report says what fixed its incident.
fn of_fix(fix: &Fix) -> Place<'_> {
    Place { line: fix.line.unwrap_or(1), column: 1, text: &fix.text }
}

/// The places of a hit: one for each passage, or its title.
fn places(hit: &Hit) -> Vec<Place<'_>> {
    if hit.snippets.is_empty() {
        return vec![Place { line: 1, column: 1, text: &hit.incident.title.value }];
    }
    hit.snippets.iter().map(|snippet| place(&hit.incident.source, snippet)).collect()
}

/// Where the first match of a passage is in the report, with the line that it is in; the start of the passage where the
/// report writes the match in another way.
fn place<'a>(source: &'a str, snippet: &'a Snippet) -> Place<'a> {
    /// How many lines a passage may have.
    const LINES: usize = 100;
    let first = snippet.line.saturating_sub(1) as usize;
    let mut lines = source.lines().zip(1..).skip(first).take(LINES);
    let matched = snippet.highlights.first().and_then(|range| snippet.text.get(range.clone()));
    let found = matched.and_then(|word| lines.find_map(|(text, line)| Some((line, text.find(word)? + 1, text))));
    match found {
        Some((line, column, text)) => Place { line, column, text },
        None => Place { line: snippet.line, column: 1, text: &snippet.text },
    }
}

fn write_place(out: &mut Output, location: &Location, report: &str, place: &Place<'_>) -> io::Result<()> {
    /// In characters; the rest of a longer text is left out.
    const LONGEST: usize = 1000;
    let path = location.path_of(report);
    let text: String = place.text.chars().take(LONGEST).collect();
    writeln!(out, "{}:{}:{}:{}", clean(&path.to_string_lossy()), place.line, place.column, clean(text.trim_end()))
}

#[cfg(test)]
mod tests {
    use rca_index::parse::{ParseOptions, parse_report};
    use rca_index::{Index, SearchRequest};

    use super::*;

    #[test]
    fn a_place_is_where_the_match_is() {
        let check = |text: &str, query: &str, expected: (u32, usize, &str)| {
            let index = Index::in_memory().unwrap();
            let incident = parse_report("a.md", text.to_owned(), &ParseOptions::default()).incident;
            index.upsert([incident]).unwrap();
            let found = index.search(&SearchRequest::parse(query).unwrap()).unwrap();
            let places = places(&found.hits[0]);
            assert_eq!((places[0].line, places[0].column, places[0].text), expected, "{query}");
        };
        let text = "# Disk\n\n## Summary\n\nLogs filled it.\nThen a second\nqueue  grew.\n";
        check(text, "queue", (7, 1, "queue  grew."));
        check(text, "filled", (5, 6, "Logs filled it."));
        check("# Größe\n\nDie Größe der Tabelle.\n", "tabelle", (3, 17, "Die Größe der Tabelle."));
    }
}
