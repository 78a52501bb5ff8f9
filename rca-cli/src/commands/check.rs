//! `rca check`: list problems in reports, for people, pre-commit hooks and CI.
//!
//! In: folders, reports or lines of reports. Out: their problems on stdout, and an exit code that says whether there are any.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use rca_index::Level;

use crate::arguments::Format;
use crate::baseline::BaselineFile;
use crate::context::Context;
use crate::failure::{Failure, REPORTS};
use crate::render;
use crate::targets::{self, Target, targets};

/// List problems in reports
///
/// Reads the reports; needs no index and changes nothing. Exits with code 4 if a report or a value in it could not be
/// read; with --strict, also if there are only warnings. `rca help problems` lists the kinds of problems; the table
/// `check` of rca.toml says which of them matter.
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  rca check                     list problems as path:line: reason
  rca check incidents --strict  fail on warnings too, as in a pre-commit hook
  rca check --not-reports       list the files that are left out, and why
  rca check a.md b.md:12        only these reports, only this line
  rca check --format github     as annotations of a pull request
  rca check --suggest           front matter that reports lack, as a patch for `git apply`
  rca check --baseline known    only problems that are not in this file")]
pub(crate) struct Arguments {
    /// Folders, reports, or lines of reports (a.md:12, a.md:12-20); the whole archive if there is none
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Fail on warnings too
    #[arg(long)]
    strict: bool,
    /// List the files that are not reports instead: templates, indexes, READMEs
    #[arg(long, conflicts_with_all = ["strict", "baseline", "write_baseline"])]
    not_reports: bool,
    /// Leave out the problems in this file, which --write-baseline wrote
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write the problems found to this file, to fail on new ones only from then on
    #[arg(long, value_name = "FILE", conflicts_with = "baseline")]
    write_baseline: Option<PathBuf>,
    /// Print the front matter that the facts of reports would make, as a patch for `git apply`; nothing is written
    #[arg(long, conflicts_with_all = ["baseline", "write_baseline", "strict"])]
    suggest: bool,
}

/// Prints patches. Paths are those of the repository, or of the archive if there is none.
fn suggest(targets: &[Target], context: &mut Context) -> Result<ExitCode, Failure> {
    if context.global.format != Format::Human {
        return Err(Failure::usage("suggestions are patches, in no other format", "leave out --format"));
    }
    for patch in targets.iter().flat_map(Target::suggestions) {
        let shown = context.out.shown(&patch).into_owned();
        write!(context.out, "{shown}")?;
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context) -> Result<ExitCode, Failure> {
    let targets = targets(&arguments.paths, &context.global)?;
    for other in targets.iter().flat_map(Target::others) {
        context.detail(format_args!("rca: {}: not a report; skipped", other.display()));
    }
    if arguments.suggest {
        return suggest(&targets, context);
    }
    let (location, report) = targets::check(&targets)?;
    if arguments.not_reports {
        render::left_out(context, &location, &report.left_out)?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(file) = &arguments.write_baseline {
        BaselineFile::new(file).write(context, &targets, &location, &report)?;
        return Ok(ExitCode::SUCCESS);
    }
    let report = match &arguments.baseline {
        Some(file) => BaselineFile::new(file).leave_new(context, &targets, &location, report)?,
        None => report,
    };
    render::check(context, &location, &report)?;
    let wrong = report.problems.iter().any(|found| arguments.strict || found.problem.level() == Level::Error);
    Ok(if wrong { ExitCode::from(REPORTS) } else { ExitCode::SUCCESS })
}
