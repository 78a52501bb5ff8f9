//! `rca check`: the problems in reports, for people and for a pre-commit hook.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use rca_index::{Level, check};

use crate::context::Context;
use crate::failure::{Failure, REPORTS};
use crate::place::Place;
use crate::render;

/// List the problems in reports
///
/// Reads every report, needs no index and changes nothing. Ends with exit code 4 when a value or a file could not be
/// understood; with --strict, also when something is only odd.
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  rca check                    path:line: what is wrong
  rca check incidents --strict as a pre-commit hook")]
pub(crate) struct Arguments {
    /// The folder of reports
    #[arg(value_name = "ARCHIVE")]
    folder: Option<PathBuf>,
    /// Take warnings for errors
    #[arg(long)]
    strict: bool,
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context) -> Result<ExitCode, Failure> {
    let place = Place::find(arguments.folder.as_deref(), &context.global)?;
    let report = check(&place.archive)?;
    render::check(context, &place, &report)?;
    let wrong = report.problems.iter().any(|found| arguments.strict || found.problem.level() == Level::Error);
    Ok(if wrong { ExitCode::from(REPORTS) } else { ExitCode::SUCCESS })
}
