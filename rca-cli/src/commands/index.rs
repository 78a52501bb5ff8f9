//! `rca index`: create or update the index.
//!
//! In: an archive. Out: an index that matches it, and what the update did on stdout.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use rca_index::{Error, UpdateOptions};

use crate::commands::watch::watch;
use crate::context::Context;
use crate::failure::Failure;
use crate::freshen::{outcome, tell_given, tell_of_place, tell_of_unreadable, tell_unknown, update_in_turn};
use crate::location::Location;
use crate::render;

/// Create or update the index
///
/// Reads new and changed reports in parallel and commits them in one step: searches that run meanwhile see either the old
/// index or the new one. Exits with code 4 if a file or folder could not be taken in; what an update cannot read stays as it
/// was read before, and what --rebuild cannot read is gone from the index until it can be read again.
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  rca index                    index the archive that the current folder is in
  rca index incidents          index another archive
  rca index --index https://search.example.com:9200/incidents   keep the index in a cluster
  rca index --rebuild          read every report again
  rca index --watch            watch the archive and update on every change
  rca index --watch --format jsonl   the same for a supervisor: an event a line")]
pub(crate) struct Arguments {
    /// Folder of reports
    #[arg(value_name = "ARCHIVE")]
    folder: Option<PathBuf>,
    /// Read every report again, even if it has not changed
    #[arg(long)]
    rebuild: bool,
    /// Watch the archive and update on every change, until SIGINT or SIGTERM
    #[arg(long)]
    watch: bool,
    /// Wait while another process updates the index, instead of failing
    #[arg(long)]
    wait: bool,
    /// Number of threads that read and parse; defaults to one per processor
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    threads: usize,
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context) -> Result<ExitCode, Failure> {
    let location = Location::find(arguments.folder.as_deref(), &context.global)?;
    let wait = if arguments.wait { Duration::MAX } else { Duration::ZERO };
    let options = UpdateOptions::default().rebuild(arguments.rebuild).threads(arguments.threads).wait(wait);
    tell_of_place(&location, context);
    if arguments.watch {
        if location.cluster().is_none()
            && let Err(Error::IndexNotTrusted(dir)) = location.open_index()
        {
            let place = dir.display().to_string();
            context.say(format_args!("rca: {place}: this index is not known to be yours; it is built anew"));
        }
        watch(location, options, context)?;
        return Ok(ExitCode::SUCCESS);
    }
    // An index that is about to be rebuilt may be damaged.
    let opened = match location.open_or_create_index() {
        Err(Error::IndexDamaged { .. }) if arguments.rebuild => {
            location.remove_damaged_index()?;
            location.open_or_create_index()?
        }
        opened => opened?,
    };
    tell_of_unreadable(&location, context);
    let index = opened.index;
    let report = update_in_turn(&index, &location, &options, context)?;
    if let Some(unknown) = opened.unknown {
        tell_unknown(&unknown, &report, &location, context);
    }
    tell_given(&index, &location, context)?;
    render::update(context, &location, &report)?;
    Ok(outcome(&report))
}
