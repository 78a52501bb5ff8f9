//! `rca show`: one incident, whole.

use std::process::ExitCode;

use clap::Args;
use rca_index::{FieldKind, Incident, Index, SectionKind, TextField, fields_named};

use crate::context::Context;
use crate::failure::Failure;
use crate::freshen::open_fresh;
use crate::place::Place;
use crate::render;

/// Show one incident
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  rca show 2025-06-02-message-queue-backlog      the beginning of a file name is enough
  rca show PM-2026-033 --section resolution      what fixed it
  rca show 2025/06/disk-full --format json       every fact")]
pub(crate) struct Arguments {
    /// An id, a path, a file name, or the beginning of one
    #[arg(value_name = "ID")]
    id: String,
    /// Only these sections: summary, timeline, rootcause, impact, resolution, lessons, actions, related, body
    #[arg(long, value_name = "SECTIONS", value_delimiter = ',', value_parser = section)]
    section: Vec<SectionKind>,
    /// Take the index as it is
    #[arg(long)]
    no_update: bool,
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context) -> Result<ExitCode, Failure> {
    let place = Place::find(None, &context.global)?;
    let index = open_fresh(&place, arguments.no_update, context)?;
    let incident = find(&index, &arguments.id)?;
    render::incident(context, &place, &index, &incident, &arguments.section)?;
    Ok(ExitCode::SUCCESS)
}

/// The one incident that a name means.
fn find(index: &Index, name: &str) -> Result<Incident, Failure> {
    /// How many candidates are named.
    const CANDIDATES: usize = 5;
    let ids = index.resolve(name)?;
    if let [id] = &ids[..]
        && let Some(incident) = index.get(id)?
    {
        return Ok(incident);
    }
    if ids.is_empty() {
        return Err(Failure::usage(format!("{name}: no such incident"), "look for it with `rca search`"));
    }
    let shown = ids.iter().take(CANDIDATES).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = if ids.len() > CANDIDATES { ", ..." } else { "" };
    let what = format!("{name}: {} incidents have this name", ids.len());
    Err(Failure::usage(what, format!("name one of them: {shown}{more}")))
}

/// The section that a name or alias means.
fn section(name: &str) -> Result<SectionKind, String> {
    fields_named(name)
        .find_map(|spec| match spec.kind {
            FieldKind::Text(TextField::Section(kind)) => Some(kind),
            _ => None,
        })
        .ok_or_else(|| {
            format!("no section of this name; they are {}", SectionKind::ALL.map(SectionKind::name).join(", "))
        })
}
