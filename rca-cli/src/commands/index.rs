//! `rca index`: bring the index in line with the archive.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use rca_index::{Index, UpdateOptions, UpdateReport};

use crate::commands::watch;
use crate::context::Context;
use crate::failure::{Failure, REPORTS};
use crate::place::Place;
use crate::progress::Progress;
use crate::render;

/// Bring the index in line with the archive
///
/// Reads what is new or has changed since the last time, in parallel, and commits at once: whoever searches meanwhile
/// sees the old answers, then the new.
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  rca index                    the archive around the current folder
  rca index incidents          another one
  rca index --rebuild          from scratch
  rca index --watch            and again whenever a report changes")]
pub(crate) struct Arguments {
    /// The folder of reports
    #[arg(value_name = "ARCHIVE")]
    folder: Option<PathBuf>,
    /// Read every report again, changed or not
    #[arg(long)]
    rebuild: bool,
    /// Stay, and update whenever a report changes
    #[arg(long)]
    watch: bool,
    /// Wait for another process that updates the index, instead of failing
    #[arg(long)]
    wait: bool,
    /// How many threads read and parse; one per processor when not given
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    threads: usize,
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context) -> Result<ExitCode, Failure> {
    let place = Place::find(arguments.folder.as_deref(), &context.global)?;
    let wait = if arguments.wait { Duration::MAX } else { Duration::ZERO };
    let options = UpdateOptions::default().rebuild(arguments.rebuild).threads(arguments.threads).wait(wait);
    // What is built anew need not be sound.
    let index = match place.open_or_create_index() {
        Err(rca_index::Error::IndexDamaged { .. }) if arguments.rebuild => {
            place.remove_index()?;
            place.open_or_create_index()?
        }
        opened => opened?,
    };
    let report = update(&index, &place, &options, context)?;
    if arguments.watch {
        watch::run(&index, &place, context)?;
    }
    Ok(if report.failed > 0 { ExitCode::from(REPORTS) } else { ExitCode::SUCCESS })
}

/// One update, with its progress and its summary.
pub(crate) fn update(
    index: &Index,
    place: &Place,
    options: &UpdateOptions,
    context: &mut Context,
) -> Result<UpdateReport, Failure> {
    let progress = Progress::new(&context.global);
    let report = index.update(&place.archive, options, |event| progress.show(&event));
    progress.finish();
    let report = report?;
    render::update(context, place, &report)?;
    Ok(report)
}
