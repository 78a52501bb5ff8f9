//! Paths of reports, one per line, quoted where a name would break it, or ended by a NUL character, for `xargs` and editors.
//!
//! In: results of the library. Out: paths relative to the current folder; for facets, their values.

use std::borrow::Cow;
use std::io::{self, Write as _};
use std::path::Path;

use rca_index::{CheckReport, Health, LeftOut, SearchRequest, SearchResults, Summary, UpdateReport};

use crate::failure::Failure;
use crate::location::Location;
use crate::quoting::quoted;
use crate::render::talk::Talk;
use crate::render::text::{update_summary, write_health};
use crate::render::{
    Frame, IncidentAnswer, ListedHits, RecurringAnswer, Renderer, SeenAnswer, SimilarAnswer, facet_rows,
};
use crate::terminal::{Output, clean};

/// Paths of reports.
pub(crate) struct Paths {
    /// What ends a path: a line break, or a NUL character.
    pub(crate) end: &'static str,
}

impl Paths {
    /// Writes a path. Before a NUL character, it is as the system has it; on a line, one that would break it is quoted.
    fn path(&self, out: &mut Output, path: &Path) -> io::Result<()> {
        let bytes = path.as_os_str().as_encoded_bytes();
        if self.end == "\0" {
            out.write_all(bytes)?;
        } else {
            write!(out, "{}", quoted(bytes))?;
        }
        write!(out, "{}", self.end)
    }
}

impl Renderer for Paths {
    fn is_list(&self) -> bool {
        true
    }

    fn list(
        &self,
        out: &mut Output,
        location: &Location,
        _request: &SearchRequest,
        _results: &SearchResults,
        hits: &mut ListedHits<'_>,
    ) -> Result<(), Failure> {
        for hit in hits {
            let Summary { id, path, .. } = hit?.hit.incident;
            self.path(out, &location.path_of_incident(&id, &path))?;
        }
        Ok(())
    }

    fn incident(&self, out: &mut Output, location: &Location, answer: &IncidentAnswer<'_>) -> Result<(), Failure> {
        Ok(self.path(out, &location.path_of_incident(&answer.incident.id, &answer.incident.path))?)
    }

    fn seen(&self, out: &mut Output, location: &Location, answer: &SeenAnswer<'_>) -> Result<(), Failure> {
        let hits = &answer.seen.hits;
        Ok(hits
            .iter()
            .try_for_each(|hit| self.path(out, &location.path_of_incident(&hit.incident.id, &hit.incident.path)))?)
    }

    fn recurring(&self, out: &mut Output, location: &Location, answer: &RecurringAnswer<'_>) -> Result<(), Failure> {
        let incidents = answer.recurring.clusters.iter().flat_map(|cluster| &cluster.incidents);
        Ok({ incidents }.try_for_each(|one| self.path(out, &location.path_of(&one.incident.path)))?)
    }

    fn similar(&self, out: &mut Output, location: &Location, answer: &SimilarAnswer<'_>) -> Result<(), Failure> {
        let hits = &answer.similar.hits;
        Ok(hits
            .iter()
            .try_for_each(|hit| self.path(out, &location.path_of_incident(&hit.incident.id, &hit.incident.path)))?)
    }

    fn frame(&self) -> Frame {
        Frame::NONE
    }

    fn facets(&self, out: &mut Output, _request: &SearchRequest, results: &SearchResults) -> Result<(), Failure> {
        for (_, counted) in facet_rows(results) {
            let value = if self.end == "\0" { Cow::Borrowed(&*counted.value) } else { clean(&counted.value) };
            write!(out, "{value}{}", self.end)?;
        }
        Ok(())
    }

    fn update(&self, out: &mut Output, report: &UpdateReport) -> Result<(), Failure> {
        Ok(writeln!(out, "{}", update_summary(report))?)
    }

    fn check(&self, out: &mut Output, location: &Location, report: &CheckReport) -> Result<(), Failure> {
        let mut reports: Vec<&str> = report.problems.iter().map(|found| found.path.as_str()).collect();
        reports.dedup();
        Ok(reports.into_iter().try_for_each(|report| self.path(out, &location.path_of(report)))?)
    }

    fn left_out(&self, out: &mut Output, location: &Location, files: &[LeftOut]) -> Result<(), Failure> {
        Ok(files.iter().try_for_each(|file| self.path(out, &location.path_of(&file.path)))?)
    }

    fn health(&self, out: &mut Output, health: &Health) -> Result<(), Failure> {
        Ok(write_health(out, health)?)
    }

    fn talk(&self) -> Talk {
        Talk { problems: true, partial: true, ..Talk::FEEDBACK }
    }
}
