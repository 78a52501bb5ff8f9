//! JSON: one document, in the wire form of the library.
//!
//! In: results of the library. Out: JSON without control characters.

use std::fmt::Write as _;
use std::io::{self, Write};

use rca_index::wire::{
    CheckForm, FacetsForm, HealthForm, IncidentForm, LeftOutsForm, QueryErrorsForm, RecurringForm, SearchForm,
    SeenForm, SelectedForm, SimilarForm, StreamedSearchForm, UpdateForm,
};
use rca_index::{CheckReport, Health, LeftOut, SearchRequest, SearchResults, UpdateReport};
use serde::Serialize;

use crate::characters::is_unsafe;
use crate::failure::Failure;
use crate::fields::Shown;
use crate::location::Location;
use crate::render::talk::Talk;
use crate::render::{Frame, Hits, IncidentAnswer, RecurringAnswer, Renderer, SeenAnswer, Selection, SimilarAnswer};
use crate::terminal::Output;

/// One JSON document.
pub(crate) struct Json<'a> {
    /// The fields that are asked for, if not all.
    pub(crate) selection: Option<Selection<'a>>,
}

impl Renderer for Json<'_> {
    fn search(
        &self,
        out: &mut Output,
        location: &Location,
        request: &SearchRequest,
        results: &SearchResults,
        hits: &mut Hits<'_>,
    ) -> Result<(), Failure> {
        let root = location.root();
        let form = StreamedSearchForm::new(request, results, hits).root(&root);
        let form = match self.selection {
            Some(selection) => form.fields(selection.fields, selection.index),
            None => form,
        };
        let written = document(out, &form);
        // A hit that cannot be made ends the document, and is the reason that counts.
        form.failure().map_or_else(|| Ok(written?), |error| Err(error.into()))
    }

    fn count(
        &self,
        out: &mut Output,
        location: &Location,
        request: &SearchRequest,
        results: &SearchResults,
    ) -> Result<(), Failure> {
        Ok(document(out, &SearchForm::new(request, results).root(&location.root()))?)
    }

    fn incident(&self, out: &mut Output, location: &Location, answer: &IncidentAnswer<'_>) -> Result<(), Failure> {
        let root = location.root();
        match selected(self.selection, answer, &root) {
            Some(form) => Ok(document(out, &form)?),
            None => Ok(document(out, &incident_form(answer).root(&root))?),
        }
    }

    fn seen(&self, out: &mut Output, location: &Location, answer: &SeenAnswer<'_>) -> Result<(), Failure> {
        Ok(document(out, &SeenForm::new(answer.signal, answer.seen).root(&location.root()))?)
    }

    fn recurring(&self, out: &mut Output, location: &Location, answer: &RecurringAnswer<'_>) -> Result<(), Failure> {
        Ok(document(out, &recurring_form(answer).root(&location.root()))?)
    }

    fn similar(&self, out: &mut Output, location: &Location, answer: &SimilarAnswer<'_>) -> Result<(), Failure> {
        Ok(document(out, &SimilarForm::new(answer.incident, answer.similar, answer.explain).root(&location.root()))?)
    }

    fn frame(&self) -> Frame {
        Frame { open: "[\n", between: ",\n", close: "]\n" }
    }

    fn facets(&self, out: &mut Output, request: &SearchRequest, results: &SearchResults) -> Result<(), Failure> {
        Ok(document(out, &FacetsForm::new(request, results))?)
    }

    fn update(&self, out: &mut Output, report: &UpdateReport) -> Result<(), Failure> {
        Ok(document(out, &UpdateForm::new(report))?)
    }

    fn check(&self, out: &mut Output, location: &Location, report: &CheckReport) -> Result<(), Failure> {
        Ok(document(out, &CheckForm::new(report).root(&location.root()))?)
    }

    fn left_out(&self, out: &mut Output, location: &Location, files: &[LeftOut]) -> Result<(), Failure> {
        Ok(document(out, &LeftOutsForm::new(files).root(&location.root()))?)
    }

    fn health(&self, out: &mut Output, health: &Health) -> Result<(), Failure> {
        Ok(document(out, &HealthForm::new(health))?)
    }

    fn query_errors(&self, out: &mut Output, form: &QueryErrorsForm<'_>) -> Result<(), Failure> {
        Ok(document(out, form)?)
    }

    fn talk(&self) -> Talk {
        Talk::NOTHING
    }
}

/// The wire form of an incident, with the sections asked for.
pub(crate) fn incident_form<'a>(answer: &IncidentAnswer<'a>) -> IncidentForm<'a> {
    let mut form = IncidentForm::new(answer.incident, answer.index);
    let sections = answer.sections;
    form.sections.retain(|section| {
        sections.is_empty()
            || sections.iter().any(|shown| matches!(shown, Shown::Section(kind) if kind.name() == section.section))
    });
    form
}

/// The wire form of what happened again, of which not all may be shown.
pub(crate) fn recurring_form<'a>(answer: &RecurringAnswer<'a>) -> RecurringForm<'a> {
    let mut form = RecurringForm::new(answer.query, answer.recurring);
    form.summary.total = answer.total;
    form
}

/// The fields of an incident that are asked for, if not all are.
pub(crate) fn selected<'s>(
    selection: Option<Selection<'s>>,
    answer: &IncidentAnswer<'_>,
    root: &str,
) -> Option<SelectedForm<'s>> {
    Some(selection?.fields.of_incident(answer.incident, Some(root), answer.index))
}

/// Writes one document, as far as it is known while it is made.
pub(crate) fn document(out: &mut impl Write, form: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer_pretty(Escaping(out), form)?;
    writeln!(out)
}

/// Escapes what is written through it. Each piece that is written to it ends with a whole character, as those of JSON do.
struct Escaping<'w, W>(&'w mut W);

impl<W: Write> Write for Escaping<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = str::from_utf8(bytes).map_err(io::Error::other)?;
        if text.chars().any(is_escaped) {
            self.0.write_all(escape(text).as_bytes())?;
        } else {
            self.0.write_all(bytes)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Escapes characters that JSON allows but a terminal might act on. They occur only inside strings; line breaks are those
/// of the pretty form.
pub(crate) fn escape(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for c in json.chars() {
        if is_escaped(c) {
            let _ = write!(escaped, "\\u{:04x}", u32::from(c));
        } else {
            escaped.push(c);
        }
    }
    escaped
}

/// Whether JSON has a character only in its escaped form here.
fn is_escaped(c: char) -> bool {
    is_unsafe(c) && c != '\n'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsafe_characters_are_escaped_and_survive() {
        let text = "a\u{9b}31m\u{202E}\x1b\n\"é";
        let mut out = Vec::new();
        document(&mut out, &[text]).unwrap();
        let json = String::from_utf8(out).unwrap();
        assert!(!json.chars().any(|c| is_unsafe(c) && c != '\n'), "{json}");
        assert_eq!(serde_json::from_str::<Vec<String>>(&json).unwrap(), [text]);
    }
}
