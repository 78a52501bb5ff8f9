//! Rendering: one renderer per output format, and the talk beside it.
//!
//! In: results of the library. Out: text on stdout in the format asked for, and messages on stderr.

mod body;
mod compact;
mod csv;
mod failure;
mod github;
mod human;
mod json;
mod jsonl;
mod markdown;
mod paths;
mod sarif;
mod talk;
mod text;
mod vimgrep;
pub(crate) mod why;

use std::io::Write as _;

use rca_index::wire::{Fields, QueryErrorsForm};
use rca_index::{
    CheckReport, FacetCount, Health, Incident, Index, LeftOut, SearchRequest, SearchResults, SectionKind, UpdateReport,
};

use crate::arguments::Format;
use crate::context::Context;
use crate::failure::Failure;
use crate::location::Location;
use crate::render::talk::Talk;
use crate::terminal::Output;

pub(crate) use failure::{failure, refusal};
pub(crate) use json::document;
pub(crate) use text::level_name;

/// An output format: how each kind of result is written. A format for problems alone writes nothing else; no command asks
/// it to.
pub(crate) trait Renderer {
    /// Writes the hits of a search, with facet counts if they were asked for.
    fn search(
        &self,
        _out: &mut Output,
        _location: &Location,
        _request: &SearchRequest,
        _results: &SearchResults,
    ) -> Result<(), Failure> {
        Err(for_problems_only())
    }

    /// Writes how many incidents a search found, and no hit.
    fn count(
        &self,
        out: &mut Output,
        _location: &Location,
        _request: &SearchRequest,
        results: &SearchResults,
    ) -> Result<(), Failure> {
        Ok(writeln!(out, "{}", results.total)?)
    }

    /// Writes one incident.
    fn incident(&self, _out: &mut Output, _location: &Location, _answer: &IncidentAnswer<'_>) -> Result<(), Failure> {
        Err(for_problems_only())
    }

    /// Writes facet counts.
    fn facets(&self, _out: &mut Output, _request: &SearchRequest, _results: &SearchResults) -> Result<(), Failure> {
        Err(for_problems_only())
    }

    /// Writes the summary of an update.
    fn update(&self, _out: &mut Output, _report: &UpdateReport) -> Result<(), Failure> {
        Err(for_problems_only())
    }

    /// Writes the problems that a check found.
    fn check(&self, out: &mut Output, location: &Location, report: &CheckReport) -> Result<(), Failure>;

    /// Writes the files that are not reports.
    fn left_out(&self, _out: &mut Output, _location: &Location, _files: &[LeftOut]) -> Result<(), Failure> {
        Err(for_problems_only())
    }

    /// Writes the health of an index.
    fn health(&self, _out: &mut Output, _health: &Health) -> Result<(), Failure> {
        Err(for_problems_only())
    }

    /// Writes the errors of a query, for programs that expect results in this format.
    fn query_errors(&self, _out: &mut Output, _form: &QueryErrorsForm<'_>) -> Result<(), Failure> {
        Ok(())
    }

    /// What is printed on stderr beside the results.
    fn talk(&self) -> Talk;

    /// Whether results have colours and links, on a terminal that shows them.
    fn has_colors(&self) -> bool {
        false
    }
}

/// The renderer of a format. Nothing else depends on which format it is.
pub(crate) fn renderer(format: Format) -> &'static dyn Renderer {
    match format {
        Format::Human => &human::Human,
        Format::Json => &json::Json { selection: None },
        Format::Jsonl => &jsonl::Jsonl { selection: None },
        Format::Csv => &csv::Csv { safe: false, selection: None },
        Format::CsvSafe => &csv::Csv { safe: true, selection: None },
        Format::Markdown => &markdown::Markdown,
        Format::Paths => &paths::Paths { end: "\n" },
        Format::Paths0 => &paths::Paths { end: "\0" },
        Format::Vimgrep => &vimgrep::Vimgrep,
        Format::Compact => &compact::Compact,
        Format::Github => &github::Github,
        Format::Sarif => &sarif::Sarif,
    }
}

/// The fields that are asked for, and the index that resolves the links among them.
#[derive(Clone, Copy)]
pub(crate) struct Selection<'a> {
    fields: &'a Fields,
    index: &'a Index,
}

impl Selection<'_> {
    /// The incidents that match the target of a link.
    fn resolve(&self, target: &str) -> Vec<String> {
        self.index.resolve(target).unwrap_or_default()
    }
}

/// The renderer of a format that writes only the fields asked for.
fn selecting<'a>(format: Format, fields: &'a Fields, index: &'a Index) -> Box<dyn Renderer + 'a> {
    let selection = Some(Selection { fields, index });
    match format {
        Format::Jsonl => Box::new(jsonl::Jsonl { selection }),
        Format::Csv | Format::CsvSafe => Box::new(csv::Csv { safe: format == Format::CsvSafe, selection }),
        _ => Box::new(json::Json { selection }),
    }
}

/// Fails if fields are asked for in a format that has none to choose from.
pub(crate) fn check_fields(format: Format, fields: Option<&Fields>) -> Result<(), Failure> {
    let has_fields = matches!(format, Format::Json | Format::Jsonl | Format::Csv | Format::CsvSafe);
    match fields {
        Some(_) if !has_fields => {
            Err(Failure::usage("--fields: this format has no fields to choose from", "add --format json, jsonl or csv"))
        }
        _ => Ok(()),
    }
}

/// The failure of a command that asks for something else in a format for problems.
pub(crate) fn for_problems_only() -> Failure {
    Failure::usage("this output format is for problems of reports only", "use it with `rca check`")
}

/// One incident, and the sections of it that are asked for.
pub(crate) struct IncidentAnswer<'a> {
    pub(crate) incident: &'a Incident,
    /// Show only these sections; all if the list is empty.
    pub(crate) sections: &'a [SectionKind],
    /// Resolves the targets of links.
    pub(crate) index: &'a Index,
    /// Write only these fields; all if there are none.
    pub(crate) fields: Option<&'a Fields>,
}

impl IncidentAnswer<'_> {
    /// Whether sections of this kind are asked for.
    fn wants(&self, kind: SectionKind) -> bool {
        self.sections.is_empty() || self.sections.contains(&kind)
    }
}

/// Prints the results of a search.
pub(crate) fn search(
    context: &mut Context,
    location: &Location,
    request: &SearchRequest,
    results: &SearchResults,
    chosen: Option<(&Fields, &Index)>,
) -> Result<(), Failure> {
    let format = context.global.format;
    let talk = renderer(format).talk();
    match chosen {
        Some((fields, index)) => {
            selecting(format, fields, index).search(&mut context.out, location, request, results)?;
        }
        None => renderer(format).search(&mut context.out, location, request, results)?,
    }
    talk.after_search(context, request, results);
    Ok(())
}

/// Prints how many incidents a search found.
pub(crate) fn count(
    context: &mut Context,
    location: &Location,
    request: &SearchRequest,
    results: &SearchResults,
) -> Result<(), Failure> {
    let renderer = renderer(context.global.format);
    renderer.count(&mut context.out, location, request, results)?;
    Talk { counts: false, ..renderer.talk() }.after_search(context, request, results);
    Ok(())
}

/// Prints one incident.
pub(crate) fn incident(context: &mut Context, location: &Location, answer: &IncidentAnswer<'_>) -> Result<(), Failure> {
    let format = context.global.format;
    match answer.fields {
        Some(fields) => selecting(format, fields, answer.index).incident(&mut context.out, location, answer),
        None => renderer(format).incident(&mut context.out, location, answer),
    }
}

/// Prints facet counts.
pub(crate) fn facets(context: &mut Context, request: &SearchRequest, results: &SearchResults) -> Result<(), Failure> {
    let renderer = renderer(context.global.format);
    renderer.facets(&mut context.out, request, results)?;
    renderer.talk().after_facets(context, results);
    Ok(())
}

/// Prints the summary of an update.
pub(crate) fn update(context: &mut Context, location: &Location, report: &UpdateReport) -> Result<(), Failure> {
    let renderer = renderer(context.global.format);
    let talk = renderer.talk();
    talk.before_update(context, location, report);
    if talk.omits_update(context) {
        return Ok(());
    }
    renderer.update(&mut context.out, report)
}

/// Prints the problems that a check found.
pub(crate) fn check(context: &mut Context, location: &Location, report: &CheckReport) -> Result<(), Failure> {
    let renderer = renderer(context.global.format);
    renderer.check(&mut context.out, location, report)?;
    renderer.talk().after_check(context, report);
    Ok(())
}

/// Prints the files that are not reports.
pub(crate) fn left_out(context: &mut Context, location: &Location, files: &[LeftOut]) -> Result<(), Failure> {
    renderer(context.global.format).left_out(&mut context.out, location, files)
}

/// Says how many files were left out, where a search may have meant one of them.
pub(crate) fn hint_at_left_out(context: &mut Context, files: usize) {
    renderer(context.global.format).talk().after_nothing_found(context, files);
}

/// Prints the health of an index.
pub(crate) fn health(context: &mut Context, health: &Health) -> Result<(), Failure> {
    renderer(context.global.format).health(&mut context.out, health)
}

/// Facet counts as rows: the name of a facet, and a value with its count.
fn facet_rows(results: &SearchResults) -> impl Iterator<Item = (&str, &FacetCount)> {
    results.facets.iter().flat_map(|counts| counts.values.iter().map(|value| (counts.facet.name(), value)))
}
