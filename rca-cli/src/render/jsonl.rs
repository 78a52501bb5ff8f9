//! JSON Lines: one document per line, for programs that read line by line.
//!
//! In: results of the library. Out: one line per hit, count or problem, in the wire form of the library.

use std::io::{self, Write};

use rca_index::wire::{HealthForm, HitForm, LeftOutForm, ProblemForm, QueryErrorsForm, UpdateForm};
use rca_index::{CheckReport, Health, LeftOut, SearchRequest, SearchResults, UpdateReport};
use serde::Serialize;

use crate::failure::Failure;
use crate::location::Location;
use crate::render::json::{document, escape, incident_form};
use crate::render::talk::Talk;
use crate::render::{Frame, IncidentAnswer, Renderer, WatchEvent, events, facet_rows};
use crate::terminal::Output;

/// One JSON document per line.
pub(crate) struct Jsonl;

impl Renderer for Jsonl {
    fn search(
        &self,
        out: &mut Output,
        _location: &Location,
        _request: &SearchRequest,
        results: &SearchResults,
    ) -> Result<(), Failure> {
        Ok(lines(out, results.hits.iter().map(HitForm::new))?)
    }

    fn incident(&self, out: &mut Output, _location: &Location, answer: &IncidentAnswer<'_>) -> Result<(), Failure> {
        Ok(lines(out, [incident_form(answer)])?)
    }

    fn frame(&self) -> Frame {
        Frame { open: "", between: "", close: "" }
    }

    fn facets(&self, out: &mut Output, _request: &SearchRequest, results: &SearchResults) -> Result<(), Failure> {
        let rows = facet_rows(results);
        Ok(lines(out, rows.map(|(facet, v)| serde_json::json!({"facet": facet, "value": v.value, "count": v.count})))?)
    }

    fn update(&self, out: &mut Output, report: &UpdateReport) -> Result<(), Failure> {
        Ok(lines(out, [UpdateForm::new(report)])?)
    }

    fn check(&self, out: &mut Output, _location: &Location, report: &CheckReport) -> Result<(), Failure> {
        Ok(lines(out, report.problems.iter().map(ProblemForm::new))?)
    }

    fn left_out(&self, out: &mut Output, _location: &Location, files: &[LeftOut]) -> Result<(), Failure> {
        Ok(lines(out, files.iter().map(LeftOutForm::new))?)
    }

    fn health(&self, out: &mut Output, health: &Health) -> Result<(), Failure> {
        Ok(lines(out, [HealthForm::new(health)])?)
    }

    fn query_errors(&self, out: &mut Output, form: &QueryErrorsForm<'_>) -> Result<(), Failure> {
        Ok(document(out, form)?)
    }

    fn watch_event(&self, out: &mut Output, event: &WatchEvent<'_>) -> Result<bool, Failure> {
        Ok(events::line(out, event).map(|()| true)?)
    }

    fn talk(&self) -> Talk {
        Talk::FEEDBACK
    }
}

fn lines<T: Serialize>(out: &mut impl Write, forms: impl IntoIterator<Item = T>) -> io::Result<()> {
    forms.into_iter().try_for_each(|form| writeln!(out, "{}", escape(&serde_json::to_string(&form)?)))
}
