//! Rendering: how answers look. The library's answers go in; one form per format comes out, on stdout.

mod body;
mod human;
pub(crate) mod json;
mod markdown;
mod table;

use std::io::{self, Write as _};

use rca_index::wire::{CheckForm, FacetsForm, HealthForm, HitForm, IncidentForm, ProblemForm, SearchForm, UpdateForm};
use rca_index::{
    CheckReport, Health, Incident, Index, Level, ReportProblem, SearchRequest, SearchResults, SectionKind, UpdateReport,
};

use crate::cli::Format;
use crate::context::Context;
use crate::failure::Failure;
use crate::place::Place;
use crate::quantity::count;
use crate::terminal::{Output, clean};

/// The answer to a search; `unknown` says what it asks for that there is nowhere.
pub(crate) fn search(
    context: &mut Context,
    place: &Place,
    request: &SearchRequest,
    results: &SearchResults,
    unknown: &[String],
) -> Result<(), Failure> {
    let out = &mut context.out;
    let format = context.global.format;
    match format {
        Format::Human => human::hits(out, place, results)?,
        Format::Json => json::document(out, &SearchForm::new(request, results))?,
        Format::Jsonl => json::lines(out, results.hits.iter().map(HitForm::new))?,
        Format::Csv | Format::CsvSafe => table::hits(out, context.global.format, results)?,
        Format::Markdown => markdown::hits(out, place, results)?,
        Format::Paths => {
            for hit in &results.hits {
                path(out, place, &hit.incident.path)?;
            }
        }
    }
    if results.relaxed && format != Format::Json {
        context.say(format_args!("rca: no incident has all of these words; these have some"));
    }
    for suggestion in results.suggestions.iter().filter(|_| format != Format::Json) {
        let meant = suggestion.meant.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
        context.say(format_args!(
            "rca: no incident has `{}`; looked for {} too",
            clean(&suggestion.typed),
            clean(&meant)
        ));
    }
    if format == Format::Human {
        let took = results.took.as_secs_f64() * 1000.0;
        let total = count(results.total as u64, "incident");
        match results.hits.len() {
            _ if !unknown.is_empty() => {
                unknown.iter().for_each(|sentence| context.say(format_args!("rca: {}", clean(sentence))));
            }
            _ if results.total == 0 => {
                let query = clean(&results.interpreted);
                context.say(format_args!("rca: no incident matches {query}; try fewer words or filters"));
            }
            shown if shown < results.total => context.say(format_args!("{shown} of {total} in {took:.1} ms")),
            _ => context.say(format_args!("{total} in {took:.1} ms")),
        }
    }
    context.detail(format_args!("rca: understood as {}", clean(&results.interpreted)));
    Ok(())
}

/// One incident; only some of its sections when they are named.
pub(crate) fn incident(
    context: &mut Context,
    place: &Place,
    index: &Index,
    incident: &Incident,
    sections: &[SectionKind],
) -> Result<(), Failure> {
    let out = &mut context.out;
    let wanted = |kind: SectionKind| sections.is_empty() || sections.contains(&kind);
    if !sections.is_empty() && !incident.sections.iter().any(|section| wanted(section.kind)) {
        let names: Vec<&str> = sections.iter().map(|kind| kind.name()).collect();
        let has = |kind: &SectionKind| incident.sections.iter().any(|section| section.kind == *kind);
        let there: Vec<&str> = SectionKind::ALL.iter().filter(|kind| has(kind)).map(|kind| kind.name()).collect();
        let what = format!("{}: no section {}", incident.id, names.join(", "));
        return Err(Failure::usage(what, format!("it has {}", there.join(", "))));
    }
    let form = || {
        let mut form = IncidentForm::new(incident, |target| index.resolve(target).unwrap_or_default());
        form.sections
            .retain(|section| sections.is_empty() || sections.iter().any(|kind| kind.name() == section.section));
        form
    };
    match context.global.format {
        Format::Human => human::incident(out, place, incident, sections)?,
        Format::Json => json::document(out, &form())?,
        Format::Jsonl => json::lines(out, [form()])?,
        Format::Csv | Format::CsvSafe => table::incident(out, context.global.format, incident)?,
        Format::Markdown => {
            let text = markdown::source(incident, sections);
            let shown = out.shown(&text).into_owned();
            out.write_all(shown.as_bytes())?;
        }
        Format::Paths => path(out, place, &incident.path)?,
    }
    Ok(())
}

/// Facet counts.
pub(crate) fn facets(context: &mut Context, request: &SearchRequest, results: &SearchResults) -> Result<(), Failure> {
    let out = &mut context.out;
    let rows = || {
        let row = |facet: &'static str| move |v| (facet, v);
        results.facets.iter().flat_map(move |counts| counts.values.iter().map(row(counts.facet.name())))
    };
    match context.global.format {
        Format::Human => human::facets(out, &results.facets)?,
        Format::Json => json::document(out, &FacetsForm::new(request, results))?,
        Format::Jsonl => json::lines(
            out,
            rows().map(|(facet, v)| serde_json::json!({"facet": facet, "value": v.value, "count": v.count})),
        )?,
        Format::Csv | Format::CsvSafe => table::facets(out, context.global.format, rows())?,
        Format::Markdown => markdown::facets(out, &results.facets)?,
        Format::Paths => {
            for (_, v) in rows() {
                let value = out.shown(&v.value).into_owned();
                writeln!(out, "{value}")?;
            }
        }
    }
    if context.global.format == Format::Human {
        context.say(format_args!("over {}", count(results.total as u64, "incident")));
    }
    Ok(())
}

/// What an update did. Its problems are talk, not data, when people read it.
pub(crate) fn update(context: &mut Context, place: &Place, report: &UpdateReport) -> Result<(), Failure> {
    let out = &mut context.out;
    match context.global.format {
        Format::Json => json::document(out, &UpdateForm::new(report))?,
        Format::Jsonl => json::lines(out, [UpdateForm::new(report)])?,
        Format::Csv | Format::CsvSafe => table::update(out, context.global.format, report)?,
        Format::Human | Format::Markdown | Format::Paths => {
            let verbose = context.global.verbose;
            let told = |found: &&ReportProblem| verbose || found.problem.level() == Level::Error;
            for found in report.problems.iter().filter(told) {
                context.say(format_args!("{}", problem(place, found)));
            }
            let untold = report.problems.iter().filter(|found| !told(found)).count();
            if untold > 0 {
                context.say(format_args!("rca: {}; `rca check` lists them", count(untold as u64, "warning")));
            }
            if !context.global.quiet {
                writeln!(context.out, "{}", human::update(report))?;
            }
        }
    }
    Ok(())
}

/// What a check found.
pub(crate) fn check(context: &mut Context, place: &Place, report: &CheckReport) -> Result<(), Failure> {
    let out = &mut context.out;
    match context.global.format {
        Format::Human | Format::Markdown => {
            for found in &report.problems {
                writeln!(out, "{}", problem(place, found))?;
            }
            let errors = report.problems.iter().filter(|found| found.problem.level() == Level::Error).count();
            let [errors, warnings] = [errors, report.problems.len() - errors].map(|n| n as u64);
            let (errors, warnings) = (count(errors, "error"), count(warnings, "warning"));
            context.say(format_args!("{errors}, {warnings} in {}", count(report.reports as u64, "report")));
        }
        Format::Json => json::document(out, &CheckForm::new(report))?,
        Format::Jsonl => json::lines(out, report.problems.iter().map(ProblemForm::new))?,
        Format::Csv | Format::CsvSafe => table::problems(out, context.global.format, &report.problems)?,
        Format::Paths => {
            let mut paths: Vec<&str> = report.problems.iter().map(|found| found.path.as_str()).collect();
            paths.dedup();
            for report in paths {
                path(out, place, report)?;
            }
        }
    }
    Ok(())
}

/// The health of an index.
pub(crate) fn health(context: &mut Context, health: &Health) -> Result<(), Failure> {
    let out = &mut context.out;
    match context.global.format {
        Format::Json => json::document(out, &HealthForm::new(health))?,
        Format::Jsonl => json::lines(out, [HealthForm::new(health)])?,
        Format::Csv | Format::CsvSafe => table::health(out, context.global.format, health)?,
        Format::Human => human::health(out, health)?,
        Format::Markdown | Format::Paths => {
            let mut text = Vec::new();
            human::health(&mut text, health)?;
            // These formats have no colours, whatever the terminal.
            out.write_all(&anstream::adapter::strip_bytes(&text).into_vec())?;
        }
    }
    Ok(())
}

/// A problem as compilers write them, so that editors can jump to its place.
fn problem(place: &Place, found: &ReportProblem) -> String {
    let warning = if found.problem.level() == Level::Warning { "warning: " } else { "" };
    let path = place.path_of(&found.path);
    format!("{}:{}: {warning}{}", clean(&path.to_string_lossy()), found.problem.line, clean(&found.problem.reason()))
}

/// A report's path, on a line.
fn path(out: &mut Output, place: &Place, report: &str) -> io::Result<()> {
    let path = place.path_of(report);
    let shown = out.shown(&path.to_string_lossy()).into_owned();
    writeln!(out, "{shown}")
}
