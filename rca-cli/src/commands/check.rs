//! `rca check`: list problems in reports, for people and for pre-commit hooks.
//!
//! In: an archive. Out: its problems on stdout, and an exit code that says whether there are any.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use rca_index::{Level, check};

use crate::context::Context;
use crate::failure::{Failure, REPORTS};
use crate::location::Location;
use crate::render;

/// List problems in reports
///
/// Reads every report; needs no index and changes nothing. Exits with code 4 if a report or a value in it could not be
/// read; with --strict, also if there are only warnings.
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  rca check                     list problems as path:line: reason
  rca check incidents --strict  fail on warnings too, as in a pre-commit hook
  rca check --not-reports       list the files that are left out, and why")]
pub(crate) struct Arguments {
    /// Folder of reports
    #[arg(value_name = "ARCHIVE")]
    folder: Option<PathBuf>,
    /// Fail on warnings too
    #[arg(long)]
    strict: bool,
    /// List the files that are not reports instead: templates, indexes, READMEs
    #[arg(long, conflicts_with = "strict")]
    not_reports: bool,
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context) -> Result<ExitCode, Failure> {
    let location = Location::find(arguments.folder.as_deref(), &context.global)?;
    let report = check(&location.archive)?;
    if arguments.not_reports {
        render::left_out(context, &location, &report.left_out)?;
        return Ok(ExitCode::SUCCESS);
    }
    render::check(context, &location, &report)?;
    let wrong = report.problems.iter().any(|found| arguments.strict || found.problem.level() == Level::Error);
    Ok(if wrong { ExitCode::from(REPORTS) } else { ExitCode::SUCCESS })
}
