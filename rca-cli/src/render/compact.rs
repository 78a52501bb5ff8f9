//! One line for each hit: date, severity, title, and where the best passage is.
//!
//! In: results of the library. Out: lines for people who look through many hits, with colours where the terminal shows them.

use std::io::{self, Write as _};

use rca_index::{CheckReport, Health, LeftOut, Match, SearchRequest, SearchResults, Show, Summary, UpdateReport};

use crate::failure::Failure;
use crate::location::Location;
use crate::render::talk::Talk;
use crate::render::text::{left_out, place, problems, update_summary, write_health};
use crate::render::{
    Frame, IncidentAnswer, ListedHit, ListedHits, RecurringAnswer, Renderer, SeenAnswer, SimilarAnswer, facet_rows,
    recurring, similar,
};
use crate::terminal::{Output, Palette, clean};

/// One line per hit.
pub(crate) struct Compact;

impl Renderer for Compact {
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
        for hit in hits {
            let ListedHit { hit, fix } = hit?;
            let line = match request.show {
                Show::Fix => fix.and_then(|fix| fix.line),
                _ => hit.snippets.first().map(|snippet| snippet.line),
            };
            let remark = if hit.matched == Match::Some && !results.relaxed { "  (partial match)" } else { "" };
            write_line(out, location, &hit.incident, line, remark)?;
        }
        self.facets(out, request, results)
    }

    fn incident(&self, out: &mut Output, location: &Location, answer: &IncidentAnswer<'_>) -> Result<(), Failure> {
        Ok(write_line(out, location, &answer.incident.into(), None, "")?)
    }

    fn seen(&self, out: &mut Output, location: &Location, answer: &SeenAnswer<'_>) -> Result<(), Failure> {
        for hit in &answer.seen.hits {
            let line = hit.fix.as_ref().and_then(|fix| fix.line);
            write_line(out, location, &(&hit.incident).into(), line, &format!("  ({})", hit.resemblance.name()))?;
        }
        Ok(())
    }

    fn recurring(&self, out: &mut Output, location: &Location, answer: &RecurringAnswer<'_>) -> Result<(), Failure> {
        Ok(recurring::in_lines(out, location, answer)?)
    }

    fn similar(&self, out: &mut Output, location: &Location, answer: &SimilarAnswer<'_>) -> Result<(), Failure> {
        for hit in &answer.similar.hits {
            let line = hit.fix.as_ref().and_then(|fix| fix.line);
            write_line(out, location, &(&hit.incident).into(), line, &format!("  ({})", similar::level(hit)))?;
        }
        Ok(())
    }

    fn frame(&self) -> Frame {
        Frame::NONE
    }

    fn facets(&self, out: &mut Output, _request: &SearchRequest, results: &SearchResults) -> Result<(), Failure> {
        for (facet, counted) in facet_rows(results) {
            writeln!(out, "{:>5}  {facet}:{}", counted.count, clean(&counted.value))?;
        }
        Ok(())
    }

    fn update(&self, out: &mut Output, report: &UpdateReport) -> Result<(), Failure> {
        Ok(writeln!(out, "{}", update_summary(report))?)
    }

    fn check(&self, out: &mut Output, location: &Location, report: &CheckReport) -> Result<(), Failure> {
        Ok(problems(out, location, &report.problems)?)
    }

    fn left_out(&self, out: &mut Output, location: &Location, files: &[LeftOut]) -> Result<(), Failure> {
        Ok(left_out(out, location, files)?)
    }

    fn health(&self, out: &mut Output, health: &Health) -> Result<(), Failure> {
        Ok(write_health(out, health)?)
    }

    fn talk(&self) -> Talk {
        Talk::EVERYTHING
    }

    fn has_colors(&self) -> bool {
        true
    }
}

/// Writes the line of an incident. What is unknown is a dash, so that columns stay in line.
fn write_line(
    out: &mut Output,
    location: &Location,
    incident: &Summary,
    line: Option<u32>,
    remark: &str,
) -> io::Result<()> {
    /// In characters; a longer label of a severity is cut.
    const SEVERITY: usize = 8;
    let date = incident.date.as_ref().map_or_else(|| "-".to_owned(), |date| date.day().to_string());
    let severity = incident.severity.as_ref().map_or("-", |severity| severity.name.as_str());
    let severity: String = clean(severity).chars().take(SEVERITY).collect();
    let title = clean(&incident.title).into_owned();
    let at = place(out, location, &incident.path, line);
    let Palette { title: bold, dim, .. } = out.palette;
    writeln!(out, "{dim}{date:<10}{dim:#}  {severity:<SEVERITY$}  {bold}{title}{bold:#}  {dim}{at}{remark}{dim:#}")
}
