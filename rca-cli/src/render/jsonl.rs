//! JSON Lines: one document per line, for programs that read line by line. Each line has a type, and a list ends with a line of
//! the type `end`.
//!
//! In: results of the library. Out: one line per hit, count or problem, in the wire form of the library.

use std::io::{self, Write};
use std::iter;

use rca_index::wire::{
    CheckForm, CheckLine, FacetValueForm, FacetsForm, FacetsLine, HealthForm, HitForm, IncidentLine, LeftOutForm,
    LeftOutsLine, LeftOutsSummaryForm, ProblemForm, QueryErrorsForm, QueryErrorsLine, RecurringForm, RecurringLine,
    SearchLine, SearchSummaryForm, SeenForm, SeenLine, SimilarForm, SimilarLine, StateLine, UpdateForm,
};
use rca_index::{CheckReport, Health, LeftOut, SearchRequest, SearchResults, UpdateReport};
use serde::Serialize;

use crate::failure::Failure;
use crate::location::Location;
use crate::render::json::{escape, incident_form, recurring_form, selected};
use crate::render::talk::Talk;
use crate::render::{
    Frame, Hits, IncidentAnswer, RecurringAnswer, Renderer, SeenAnswer, Selection, SimilarAnswer, WatchEvent, events,
    facet_rows,
};
use crate::terminal::Output;

/// One JSON document per line.
pub(crate) struct Jsonl<'a> {
    /// The fields that are asked for, if not all.
    pub(crate) selection: Option<Selection<'a>>,
}

impl Renderer for Jsonl<'_> {
    fn search(
        &self,
        out: &mut Output,
        location: &Location,
        request: &SearchRequest,
        results: &SearchResults,
        hits: &mut Hits<'_>,
    ) -> Result<(), Failure> {
        let root = location.root();
        for hit in hits {
            let hit = hit?;
            let line = match self.selection {
                Some(selection) => SearchLine::Selected(selection.fields.of_hit(&hit, Some(&root), selection.index)),
                None => SearchLine::Hit(HitForm::new(&hit).shown(&hit, request.show)),
            };
            lines(out, [line])?;
        }
        lines(out, facet_forms(results).map(SearchLine::Facet))?;
        Ok(lines(out, [SearchLine::End(SearchSummaryForm::new(request, results).root(&root))])?)
    }

    fn count(
        &self,
        out: &mut Output,
        location: &Location,
        request: &SearchRequest,
        results: &SearchResults,
    ) -> Result<(), Failure> {
        self.search(out, location, request, results, &mut iter::empty())
    }

    fn incident(&self, out: &mut Output, location: &Location, answer: &IncidentAnswer<'_>) -> Result<(), Failure> {
        let root = location.root();
        let line = match selected(self.selection, answer, &root) {
            Some(form) => IncidentLine::Selected(form),
            None => IncidentLine::Incident(Box::new(incident_form(answer).root(&root))),
        };
        Ok(lines(out, [line])?)
    }

    fn seen(&self, out: &mut Output, location: &Location, answer: &SeenAnswer<'_>) -> Result<(), Failure> {
        let root = location.root();
        let SeenForm { summary, hits, .. } = SeenForm::new(answer.signal, answer.seen).root(&root);
        lines(out, hits.into_iter().map(|hit| SeenLine::Hit(Box::new(hit))))?;
        Ok(lines(out, [SeenLine::End(Box::new(summary))])?)
    }

    fn recurring(&self, out: &mut Output, location: &Location, answer: &RecurringAnswer<'_>) -> Result<(), Failure> {
        let root = location.root();
        let RecurringForm { summary, clusters, .. } = recurring_form(answer).root(&root);
        lines(out, clusters.into_iter().map(|cluster| RecurringLine::Cluster(Box::new(cluster))))?;
        Ok(lines(out, [RecurringLine::End(Box::new(summary))])?)
    }

    fn similar(&self, out: &mut Output, location: &Location, answer: &SimilarAnswer<'_>) -> Result<(), Failure> {
        let root = location.root();
        let form = SimilarForm::new(answer.incident, answer.similar, answer.explain).root(&root);
        let SimilarForm { summary, hits, .. } = form;
        lines(out, hits.into_iter().map(|hit| SimilarLine::Hit(Box::new(hit))))?;
        Ok(lines(out, [SimilarLine::End(Box::new(summary))])?)
    }

    fn frame(&self) -> Frame {
        Frame::NONE
    }

    fn facets(&self, out: &mut Output, request: &SearchRequest, results: &SearchResults) -> Result<(), Failure> {
        lines(out, facet_forms(results).map(FacetsLine::Facet))?;
        Ok(lines(out, [FacetsLine::End(FacetsForm::new(request, results).summary)])?)
    }

    fn update(&self, out: &mut Output, report: &UpdateReport) -> Result<(), Failure> {
        Ok(lines(out, [StateLine::Update(UpdateForm::new(report))])?)
    }

    fn check(&self, out: &mut Output, location: &Location, report: &CheckReport) -> Result<(), Failure> {
        lines(out, report.problems.iter().map(|found| CheckLine::Problem(ProblemForm::new(found))))?;
        Ok(lines(out, [CheckLine::End(CheckForm::new(report).root(&location.root()).summary)])?)
    }

    fn left_out(&self, out: &mut Output, location: &Location, files: &[LeftOut]) -> Result<(), Failure> {
        lines(out, files.iter().map(|file| LeftOutsLine::LeftOut(LeftOutForm::new(file))))?;
        Ok(lines(out, [LeftOutsLine::End(LeftOutsSummaryForm::new(files, Some(&location.root())))])?)
    }

    fn health(&self, out: &mut Output, health: &Health) -> Result<(), Failure> {
        Ok(lines(out, [StateLine::Health(HealthForm::new(health))])?)
    }

    fn query_errors(&self, out: &mut Output, form: &QueryErrorsForm<'_>) -> Result<(), Failure> {
        Ok(lines(out, [QueryErrorsLine::Errors(form)])?)
    }

    fn watch_event(&self, out: &mut Output, event: &WatchEvent<'_>) -> Result<bool, Failure> {
        Ok(events::line(out, event).map(|()| true)?)
    }

    fn talk(&self) -> Talk {
        Talk::FEEDBACK
    }
}

fn facet_forms(results: &SearchResults) -> impl Iterator<Item = FacetValueForm<'_>> {
    facet_rows(results).map(|(facet, value)| FacetValueForm::new(facet, &value.value, value.count))
}

fn lines<T: Serialize>(out: &mut impl Write, forms: impl IntoIterator<Item = T>) -> io::Result<()> {
    forms.into_iter().try_for_each(|form| writeln!(out, "{}", escape(&serde_json::to_string(&form)?)))
}
