//! Rendering: one renderer per output format, and the talk beside it.
//!
//! In: results of the library. Out: text on stdout in the format asked for, and messages on stderr.

mod body;
mod compact;
mod csv;
mod events;
mod failure;
mod github;
mod human;
mod json;
mod jsonl;
mod markdown;
mod mentions;
mod paths;
mod recurring;
mod sarif;
mod seen;
mod similar;
mod table;
mod talk;
mod text;
mod vimgrep;
pub(crate) mod why;
#[cfg(test)]
mod work;

use std::io::Write as _;

use rca_index::signal::Signal;
use rca_index::wire::{Fields, QueryErrorsForm};
use rca_index::{
    CheckReport, FacetCount, Fix, Health, Hit, Incident, Index, LeftOut, Recurring, SearchRequest, SearchResults,
    Section, Seen, Similar, Summary, UpdateReport,
};

use crate::arguments::Format;
use crate::context::Context;
use crate::failure::Failure;
use crate::fields::Shown;
use crate::location::Location;
use crate::render::talk::{ShownHits, Talk};
use crate::terminal::Output;

pub(crate) use events::{WatchEvent, watch_event};
pub(crate) use failure::{failure, refusal};
pub(crate) use json::document;
pub(crate) use text::{ignored, level_name, some_of};

/// The hits of a search, made as they are taken.
pub(crate) type Hits<'h> = dyn Iterator<Item = rca_index::Result<Hit>> + 'h;

/// The same, as far as a list shows them.
pub(crate) type ListedHits<'h> = dyn Iterator<Item = rca_index::Result<ListedHit>> + 'h;

/// A hit of a list.
pub(crate) struct ListedHit {
    pub(crate) hit: Hit<Summary>,
    /// What fixed the incident, where that is asked for and known.
    pub(crate) fix: Option<Fix>,
}

/// The hits of a search, with what their format shows.
pub(crate) enum FoundHits<'h> {
    Whole(Box<Hits<'h>>),
    Listed(Box<ListedHits<'h>>),
}

/// Whether a format lists hits, so that it needs no other facts than those of a summary.
pub(crate) fn is_list(format: Format) -> bool {
    renderer(format).is_list()
}

/// An output format: how each kind of result is written. A format for problems alone writes nothing else; no command asks
/// it to.
pub(crate) trait Renderer {
    /// Writes the hits of a search as they are made, with facet counts if they were asked for.
    fn search(
        &self,
        _out: &mut Output,
        _location: &Location,
        _request: &SearchRequest,
        _results: &SearchResults,
        _hits: &mut Hits<'_>,
    ) -> Result<(), Failure> {
        Err(for_problems_only())
    }

    /// Whether hits are listed by [`list`](Self::list), and not written by [`search`](Self::search).
    fn is_list(&self) -> bool {
        false
    }

    /// Lists the hits of a search as they are made, with facet counts if they were asked for.
    fn list(
        &self,
        _out: &mut Output,
        _location: &Location,
        _request: &SearchRequest,
        _results: &SearchResults,
        _hits: &mut ListedHits<'_>,
    ) -> Result<(), Failure> {
        Err(for_problems_only())
    }

    /// Writes how many incidents a search found, and no hit.
    fn count(
        &self,
        out: &mut Output,
        _location: &Location,
        request: &SearchRequest,
        results: &SearchResults,
    ) -> Result<(), Failure> {
        Ok(writeln!(out, "{}", matching(request, results))?)
    }

    /// Writes one incident.
    fn incident(&self, _out: &mut Output, _location: &Location, _answer: &IncidentAnswer<'_>) -> Result<(), Failure> {
        Err(for_problems_only())
    }

    /// Writes what was seen like a pasted text.
    fn seen(&self, _out: &mut Output, _location: &Location, _answer: &SeenAnswer<'_>) -> Result<(), Failure> {
        Err(for_problems_only())
    }

    /// Writes what happened again.
    fn recurring(&self, _out: &mut Output, _location: &Location, _answer: &RecurringAnswer<'_>) -> Result<(), Failure> {
        Err(for_problems_only())
    }

    /// Writes the incidents like an incident.
    fn similar(&self, _out: &mut Output, _location: &Location, _answer: &SimilarAnswer<'_>) -> Result<(), Failure> {
        Err(for_problems_only())
    }

    /// What stands around incidents in a list.
    fn frame(&self) -> Frame {
        Frame { open: "", between: "\n", close: "" }
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

    /// Writes an event of a watch, for programs that supervise it. Returns whether it did; if not, people are told.
    fn watch_event(&self, _out: &mut Output, _event: &WatchEvent<'_>) -> Result<bool, Failure> {
        Ok(false)
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

/// The fields that are asked for, and the index that knows of the links among them.
#[derive(Clone, Copy)]
pub(crate) struct Selection<'a> {
    fields: &'a Fields,
    index: &'a Index,
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
    pub(crate) sections: &'a [Shown],
    /// The line that was asked for.
    pub(crate) line: Option<u32>,
    /// In a list of incidents, the place of this one, counted from 0.
    pub(crate) nth: Option<usize>,
    /// Knows where links lead, and who links to the incident.
    pub(crate) index: &'a Index,
    /// Bytes of the source before the first section that is shown.
    skipped: usize,
    /// Write only these fields; all if there are none.
    pub(crate) fields: Option<&'a Fields>,
}

impl<'a> IncidentAnswer<'a> {
    /// For people, a line that was asked for lets the report begin at the section that has it, unless sections are asked for.
    pub(crate) fn new(
        incident: &'a Incident,
        sections: &'a [Shown],
        line: Option<u32>,
        nth: Option<usize>,
        index: &'a Index,
    ) -> Self {
        let begin = line.filter(|_| sections.is_empty()).map_or(0, |line| section_with(incident, line));
        Self { incident, sections, line, nth, index, skipped: begin, fields: None }
    }

    /// The same with these fields only.
    pub(crate) fn with_fields(self, fields: Option<&'a Fields>) -> Self {
        Self { fields, ..self }
    }

    /// Whether a section is asked for.
    fn wants(&self, section: &Section) -> bool {
        let kind = self.sections.is_empty() || self.sections.contains(&Shown::Section(section.kind));
        kind && section.range.start >= self.skipped
    }

    /// Whether what fixed it is asked for by itself.
    fn wants_fix(&self) -> bool {
        self.sections.contains(&Shown::Fix)
    }

    /// The sections that are left out because they stand before the line that was asked for.
    fn skipped(&self) -> impl Iterator<Item = &'a Section> {
        let skipped = self.skipped;
        self.incident.sections.iter().filter(move |section| section.range.start < skipped)
    }
}

/// Where the text of the section with a line begins, in bytes; 0 if only front matter and an empty text stand before it.
fn section_with(incident: &Incident, line: u32) -> usize {
    let source = &incident.source;
    let before = source.split_inclusive('\n').take(line.saturating_sub(1) as usize).map(str::len).sum::<usize>();
    // A heading belongs to the section below it.
    let sections = || incident.sections.iter().filter(|section| !section.is_front_matter());
    let holds = |section: &&Section| section.range.end > before;
    let begin = sections().find(holds).or_else(|| sections().next_back()).map_or(0, |section| section.range.start);
    let has_text = |section: &Section| !incident.section_text(section).trim().is_empty();
    let any_before = sections().any(|section| section.range.start < begin && has_text(section));
    if any_before { begin } else { 0 }
}

/// What was seen like a pasted text, and what was understood of it.
pub(crate) struct SeenAnswer<'a> {
    pub(crate) signal: &'a Signal,
    pub(crate) seen: &'a Seen,
    /// Show each part of the signal.
    pub(crate) show_signal: bool,
}

/// What happened again.
pub(crate) struct RecurringAnswer<'a> {
    pub(crate) query: &'a str,
    /// The clusters to show.
    pub(crate) recurring: &'a Recurring,
    /// How many there are.
    pub(crate) total: usize,
    /// Whether only clusters with unfinished actions are asked for.
    pub(crate) unfinished: bool,
}

/// The incidents like an incident.
pub(crate) struct SimilarAnswer<'a> {
    pub(crate) incident: &'a Incident,
    pub(crate) similar: &'a Similar,
    /// Explain the score of each hit.
    pub(crate) explain: bool,
}

/// What stands around the incidents of a list: before the first, between two, after the last.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    pub(crate) open: &'static str,
    pub(crate) between: &'static str,
    pub(crate) close: &'static str,
}

impl Frame {
    /// Nothing, where each incident is whole by itself.
    const NONE: Self = Self { open: "", between: "", close: "" };
}

/// Prints the results of a search, each hit as it is made.
pub(crate) fn search(
    context: &mut Context,
    location: &Location,
    request: &SearchRequest,
    results: &SearchResults,
    hits: FoundHits<'_>,
    chosen: Option<(&Fields, &Index)>,
) -> Result<(), Failure> {
    let format = context.global.format;
    let talk = renderer(format).talk();
    context.out.page()?;
    let mut shown = ShownHits::default();
    match (hits, chosen) {
        (FoundHits::Listed(hits), _) => {
            let mut hits = hits.inspect(|hit| hit.iter().for_each(|listed| shown.add(listed.hit.matched)));
            renderer(format).list(&mut context.out, location, request, results, &mut hits)?;
        }
        (FoundHits::Whole(hits), chosen) => {
            let mut hits = hits.inspect(|hit| hit.iter().for_each(|hit| shown.add(hit.matched)));
            let out = &mut context.out;
            match chosen {
                Some((fields, index)) => {
                    selecting(format, fields, index).search(out, location, request, results, &mut hits)?;
                }
                None => renderer(format).search(out, location, request, results, &mut hits)?,
            }
        }
    }
    talk.after_search(context, request, results, shown);
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
    context.out.page()?;
    renderer.count(&mut context.out, location, request, results)?;
    Talk { counts: false, ..renderer.talk() }.after_search(context, request, results, ShownHits::default());
    Ok(())
}

/// How many incidents match, as `--count` has it. Where any word of a pasted text suffices, no match is fuller than another.
pub(crate) fn matching(request: &SearchRequest, results: &SearchResults) -> usize {
    let any_suffices = request.weighted.is_some() && request.relax;
    if any_suffices { results.total + results.total_some } else { results.total }
}

/// Prints what was seen like a pasted text.
pub(crate) fn seen(context: &mut Context, location: &Location, answer: &SeenAnswer<'_>) -> Result<(), Failure> {
    let renderer = renderer(context.global.format);
    context.out.page()?;
    renderer.seen(&mut context.out, location, answer)?;
    renderer.talk().after_seen(context, answer);
    Ok(())
}

/// Prints what happened again.
pub(crate) fn recurring(
    context: &mut Context,
    location: &Location,
    answer: &RecurringAnswer<'_>,
) -> Result<(), Failure> {
    let renderer = renderer(context.global.format);
    context.out.page()?;
    renderer.recurring(&mut context.out, location, answer)?;
    renderer.talk().after_recurring(context, answer);
    Ok(())
}

/// Prints the incidents like an incident.
pub(crate) fn similar(context: &mut Context, location: &Location, answer: &SimilarAnswer<'_>) -> Result<(), Failure> {
    let renderer = renderer(context.global.format);
    context.out.page()?;
    renderer.similar(&mut context.out, location, answer)?;
    renderer.talk().after_similar(context, answer.similar);
    Ok(())
}

/// Prints one incident.
pub(crate) fn incident(context: &mut Context, location: &Location, answer: &IncidentAnswer<'_>) -> Result<(), Failure> {
    context.out.page()?;
    let format = context.global.format;
    if let Some(nth) = answer.nth {
        let Frame { open, between, .. } = renderer(format).frame();
        context.out.write_all(if nth == 0 { open } else { between }.as_bytes())?;
    }
    match answer.fields {
        Some(fields) => selecting(format, fields, answer.index).incident(&mut context.out, location, answer),
        None => renderer(format).incident(&mut context.out, location, answer),
    }
}

/// Ends a list of so many incidents.
pub(crate) fn end_of_incidents(context: &mut Context, incidents: usize) -> Result<(), Failure> {
    let Frame { open, close, .. } = renderer(context.global.format).frame();
    if incidents == 0 {
        context.out.write_all(open.as_bytes())?;
    }
    Ok(context.out.write_all(close.as_bytes())?)
}

/// Prints facet counts.
pub(crate) fn facets(context: &mut Context, request: &SearchRequest, results: &SearchResults) -> Result<(), Failure> {
    let renderer = renderer(context.global.format);
    context.out.page()?;
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
    context.out.page()?;
    renderer.check(&mut context.out, location, report)?;
    renderer.talk().after_check(context, report);
    Ok(())
}

/// Prints the files that are not reports.
pub(crate) fn left_out(context: &mut Context, location: &Location, files: &[LeftOut]) -> Result<(), Failure> {
    context.out.page()?;
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
