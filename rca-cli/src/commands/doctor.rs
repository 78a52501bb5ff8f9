//! `rca doctor`: the health of the index.

use std::process::ExitCode;

use clap::Args;
use rca_index::{Error, UpdateOptions};

use crate::commands::index::update;
use crate::context::Context;
use crate::failure::Failure;
use crate::place::Place;
use crate::render;

/// Look the index over, and repair it
///
/// Verifies the checksum of every file of the index, and tells counts, age and disk use. The index holds nothing that the
/// archive does not, so repairing means building it anew.
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  rca doctor                   is the index sound?
  rca doctor --repair          build it anew if it is not")]
pub(crate) struct Arguments {
    /// Build the index anew when it is damaged, missing or from another version
    #[arg(long)]
    repair: bool,
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context) -> Result<ExitCode, Failure> {
    let place = Place::find(None, &context.global)?;
    let looked = place.open_index().and_then(|index| index.health());
    let unsound = match &looked {
        Ok(health) => !health.damaged.is_empty(),
        Err(Error::IndexDamaged { .. } | Error::IndexNotFound(_) | Error::IndexOtherVersion(_)) => true,
        Err(_) => false,
    };
    if unsound && arguments.repair {
        place.remove_index()?;
        let index = place.open_or_create_index()?;
        update(&index, &place, &UpdateOptions::default(), context)?;
        return Ok(ExitCode::SUCCESS);
    }
    let health = looked?;
    render::health(context, &health)?;
    if unsound {
        let files = health.damaged.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ");
        return Err(Failure::index(
            format!("the index is damaged: {files}"),
            "build it anew with `rca doctor --repair`",
        ));
    }
    Ok(ExitCode::SUCCESS)
}
