//! `rca show`: show one incident.
//!
//! In: a name, and the sections asked for. Out: the incident on stdout.

use std::process::ExitCode;

use clap::Args;
use rca_index::wire::Fields;
use rca_index::{Incident, Index, Named, SectionKind};

use crate::context::Context;
use crate::failure::Failure;
use crate::fields::{parse_section, section_names};
use crate::freshen::open_fresh;
use crate::location::Location;
use crate::render::{self, IncidentAnswer};

/// Show one incident
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  rca show 2025-06-02-message-queue-backlog      the start of a file name is enough
  rca show PM-2026-033 --section resolution      only what fixed it
  rca show 2025/06/disk-full --format json       every field, as JSON
  rca show 2025/06/disk-full --why               every fact, and the line that states it")]
pub(crate) struct Arguments {
    /// Id, path or file name of the incident, or the start of one
    #[arg(value_name = "ID")]
    id: String,
    #[arg(long, value_name = "SECTIONS", value_delimiter = ',', value_parser = parse_section)]
    #[arg(help = format!("Show only these sections: {}", section_names()))]
    section: Vec<SectionKind>,
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
    let location = Location::find(None, &context.global)?;
    let index = open_fresh(&location, arguments.no_update, context)?;
    let incident = find(&index, &location, &arguments.id)?;
    if arguments.why {
        render::why::facts(&mut context.out, &location, &incident)?;
        return Ok(ExitCode::SUCCESS);
    }
    check_sections(&incident, &arguments.section)?;
    let fields = arguments.fields.as_ref();
    let answer = IncidentAnswer { incident: &incident, sections: &arguments.section, index: &index, fields };
    render::incident(context, &location, &answer)?;
    Ok(ExitCode::SUCCESS)
}

/// Fails if the incident has none of the sections asked for.
fn check_sections(incident: &Incident, wanted: &[SectionKind]) -> Result<(), Failure> {
    let has = |kind: &SectionKind| incident.sections.iter().any(|section| section.kind == *kind);
    if wanted.is_empty() || wanted.iter().any(has) {
        return Ok(());
    }
    let names: Vec<&str> = wanted.iter().map(|kind| kind.name()).collect();
    let there: Vec<&str> = SectionKind::ALL.iter().filter(|kind| has(kind)).map(|kind| kind.name()).collect();
    let what = format!("{}: no section {}", incident.id, names.join(", "));
    Err(Failure::usage(what, format!("it has {}", there.join(", "))))
}

/// The incident that a name stands for.
fn find(index: &Index, location: &Location, name: &str) -> Result<Incident, Failure> {
    /// How many of the incidents that match are listed.
    const CANDIDATES: usize = 5;
    match index.find(name)? {
        Named::One(incident) => Ok(*incident),
        Named::Several(ids) => {
            let shown = ids.iter().take(CANDIDATES).map(String::as_str).collect::<Vec<_>>().join(", ");
            let more = if ids.len() > CANDIDATES { ", ..." } else { "" };
            let what = format!("{name}: {} incidents match this name", ids.len());
            Err(Failure::usage(what, format!("use one of {shown}{more}")))
        }
        Named::LeftOut(file) => {
            let what = format!("{}: left out: {}", file.path, file.why);
            Err(Failure::usage(what, "take it in with `include` in rca.toml"))
        }
        _ if location.archive.is_excluded(name) && location.archive.root().join(name).is_file() => {
            Err(Failure::usage(format!("{name}: left out by `exclude` in rca.toml"), "remove it from `exclude`"))
        }
        _ => Err(Failure::usage(format!("{name}: no such incident"), "find it with `rca search`")),
    }
}
