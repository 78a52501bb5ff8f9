//! `rca doctor`: verify the index and repair it.
//!
//! In: an index. Out: its health on stdout; an error if it is damaged, or a rebuilt index with `--repair`.

use std::process::ExitCode;

use clap::Args;
use rca_index::{Error, UpdateOptions};

use crate::context::Context;
use crate::failure::Failure;
use crate::freshen::update;
use crate::location::Location;
use crate::quantity::count;
use crate::render;

/// Verify the index and repair it
///
/// Verifies the checksum of every file of the index, and prints counts, age and disk usage. The index can always be built
/// from the archive, and from the record of the incidents that programs upserted, so repairing it means rebuilding it. Of a
/// damaged record, all that can be read is kept, and the damaged file stays under another name.
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  rca doctor                   verify the index
  rca doctor --repair          rebuild it if it is damaged")]
pub(crate) struct Arguments {
    /// Rebuild the index if it is damaged, missing or from another version
    #[arg(long)]
    repair: bool,
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context) -> Result<ExitCode, Failure> {
    let location = Location::find(None, &context.global)?;
    let health = location.open_index().and_then(|index| index.health());
    let needs_repair = match &health {
        Ok(health) => !health.damaged.is_empty(),
        Err(Error::IndexDamaged { .. } | Error::IndexNotFound(_) | Error::IndexOtherVersion(_)) => true,
        Err(_) => false,
    };
    if needs_repair && arguments.repair {
        for repaired in location.repair_given()? {
            let kept = count(repaired.kept, "upserted incident");
            let aside = repaired.set_aside.map(|path| format!("; the damaged record is now {}", path.display()));
            context.say(format_args!("rca: {kept} could be read, and are kept{}", aside.unwrap_or_default()));
        }
        location.remove_index()?;
        let index = location.open_or_create_index()?;
        let report = update(&index, &location, &UpdateOptions::default(), context)?;
        render::update(context, &location, &report)?;
        return Ok(ExitCode::SUCCESS);
    }
    let health = health?;
    render::health(context, &health)?;
    if needs_repair {
        let files = health.damaged.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ");
        return Err(Failure::index(format!("the index is damaged: {files}"), "rebuild it with `rca doctor --repair`"));
    }
    Ok(ExitCode::SUCCESS)
}
