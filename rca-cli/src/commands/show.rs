//! `rca show`: show incidents.
//!
//! In: names or paths, and the sections asked for. Out: the incidents on stdout.

use std::collections::HashSet;
use std::process::ExitCode;

use clap::Args;
use rca_index::wire::Fields;
use rca_index::{Incident, Index, SectionKind};

use crate::context::Context;
use crate::failure::{Failure, USAGE};
use crate::fields::{FIX, Shown, parse_section, section_names};
use crate::freshen::open_fresh;
use crate::location::Location;
use crate::quantity::{MOST_LISTED, thousands};
use crate::render::{self, IncidentAnswer};
use crate::wanted::{self, Finder, Found};

/// Show incidents
///
/// A name is an id, a path as other commands print it, the start of a file name, or words in a row of a file name or a title.
/// With a line behind a path, a report is shown from the section that has this line.
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  rca show 2025-06-02-message-queue-backlog      the start of a file name is enough
  rca show 'queue backlog'                       and so are words of the file name or the title
  rca show incidents/2025/disk-full.md:31        a path as printed; from the section with this line on
  rca show PM-2026-033 PM-2026-041 --section fix  what fixed them, and where they say so
  rca search 'disk full' --format paths | rca show -
  rca show 2025/06/disk-full --format json       every field, as JSON
  rca show 2025/06/disk-full --why               every fact, and the line that states it")]
pub(crate) struct Arguments {
    /// Ids, paths, paths with a line, or parts of file names or titles; `-` reads them from stdin, one a line or with a NUL
    /// behind each
    #[arg(value_name = "NAME", required = true)]
    names: Vec<String>,
    #[arg(long, value_name = "SECTIONS", value_delimiter = ',', value_parser = parse_section)]
    #[arg(help = format!("Show only these sections: {}; {FIX}: what fixed it", section_names()))]
    section: Vec<Shown>,
    /// Show where each fact was found: fact, value, path:line, and the text of the line
    #[arg(long, conflicts_with = "section")]
    why: bool,
    /// Write only these fields, in this order, in json, jsonl and csv; `rca help json` lists them
    #[arg(long, value_name = "FIELDS", value_parser = Fields::of_incidents, conflicts_with = "why")]
    fields: Option<Fields>,
    /// Do not update the index first
    #[arg(long)]
    no_update: bool,
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context) -> Result<ExitCode, Failure> {
    render::check_fields(context.global.format, arguments.fields.as_ref())?;
    let names = wanted::names(&arguments.names)?;
    let location = wanted::location(&names, &context.global)?;
    let index = open_fresh(&location, arguments.no_update, context)?;
    let finder = Finder::new(&index, &location);
    // A list is a list, however long: programs get the same form for one name on stdin as for ten.
    let is_list = arguments.names.len() > 1 || arguments.names.iter().any(|name| name == "-");
    if !is_list {
        let found = finder.find(names.first().map_or("", String::as_str))?;
        show(&found, None, arguments, (&index, &location), context)?;
        return Ok(ExitCode::SUCCESS);
    }
    if names.is_empty() {
        context.say(format_args!("rca: stdin is empty: there is nothing to show"));
    }
    show_list(&names, &finder, arguments, (&index, &location), context)
}

/// Shows every incident that is named, once. A name that stands for none does not keep the others back.
fn show_list(
    names: &[String],
    finder: &Finder<'_>,
    arguments: &Arguments,
    place: (&Index, &Location),
    context: &mut Context,
) -> Result<ExitCode, Failure> {
    let mut shown = HashSet::new();
    let mut failures = 0;
    for name in names {
        let outcome = finder.find(name).and_then(|found| {
            if !shown.contains(&found.incident.id) {
                show(&found, Some(shown.len()), arguments, place, context)?;
                shown.insert(found.incident.id);
            }
            Ok(())
        });
        match outcome {
            Ok(()) => {}
            Err(Failure::ReaderGone) => return Err(Failure::ReaderGone),
            Err(failure) => {
                if failures < MOST_LISTED {
                    render::failure(failure, context);
                }
                failures += 1;
            }
        }
    }
    if failures > MOST_LISTED {
        let more = thousands(failures - MOST_LISTED);
        context.say(format_args!("rca: and {more} more names that stand for no incident; pass fewer names to see all"));
    }
    if !arguments.why {
        render::end_of_incidents(context, shown.len())?;
    }
    Ok(if failures > 0 { ExitCode::from(USAGE) } else { ExitCode::SUCCESS })
}

/// Shows one incident; in a list, with its place there.
fn show(
    found: &Found,
    nth: Option<usize>,
    arguments: &Arguments,
    (index, location): (&Index, &Location),
    context: &mut Context,
) -> Result<(), Failure> {
    let Found { incident, line } = found;
    for problem in index.cut_off(incident)? {
        let path = location.path_of(&incident.path);
        context.say(format_args!("rca: {}:{}: {}", path.display(), problem.line, problem.reason()));
    }
    if arguments.why {
        context.out.page()?;
        return Ok(render::why::facts(&mut context.out, location, incident)?);
    }
    check_sections(incident, &arguments.section)?;
    let answer =
        IncidentAnswer::new(incident, &arguments.section, *line, nth, index).with_fields(arguments.fields.as_ref());
    render::incident(context, location, &answer)
}

/// Fails if the incident has none of the sections asked for.
fn check_sections(incident: &Incident, wanted: &[Shown]) -> Result<(), Failure> {
    let has = |kind: &SectionKind| incident.sections.iter().any(|section| section.kind == *kind);
    let sections = wanted.iter().filter_map(|shown| match shown {
        Shown::Section(kind) => Some(kind),
        Shown::Fix => None,
    });
    // What fixed it is said even where it is unknown.
    if wanted.is_empty() || wanted.contains(&Shown::Fix) || sections.clone().any(has) {
        return Ok(());
    }
    let names: Vec<&str> = sections.map(|kind| kind.name()).collect();
    let there: Vec<&str> = SectionKind::ALL.iter().filter(|kind| has(kind)).map(|kind| kind.name()).collect();
    let what = format!("{}: no section {}", incident.id, names.join(", "));
    Err(Failure::usage(what, format!("it has {}", there.join(", "))))
}
