//! `rca doctor`: verify the index and repair it.
//!
//! In: an index. Out: its health on stdout; an error if it is damaged, or a rebuilt index with `--repair`.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use rca_index::{Error, Index, UpdateOptions};

use crate::context::Context;
use crate::failure::Failure;
use crate::freshen::update_in_turn;
use crate::location::Location;
use crate::quantity::count;
use crate::render;

/// How long a repair waits for another process that updates the index.
const PATIENCE: Duration = Duration::from_secs(60);

/// Verify the index and repair it
///
/// Verifies the checksum of every file of the index, and prints counts, age and disk usage. The index can always be built
/// from the archive, and from the record of the incidents that programs upserted, so repairing it means rebuilding it. Of a
/// damaged record, all that can be read is kept, and the damaged file stays under another name. A repair waits up to a minute for
/// another process that updates the index, and rebuilds only what is damaged then.
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
        Err(
            Error::IndexDamaged { .. } | Error::IndexNotFound(_) | Error::IndexOtherVersion(_) | Error::IndexRemoved(_),
        ) => true,
        Err(_) => false,
    };
    if needs_repair && arguments.repair {
        let place = location.index_dir().map(Path::to_owned);
        for repaired in location.repair_given()? {
            let kept = count(repaired.kept, "upserted incident");
            let aside = repaired.set_aside.map(|path| format!("; the damaged record is now {}", path.display()));
            context.say(format_args!("rca: {kept} could be read, and are kept{}", aside.unwrap_or_default()));
        }
        // Only if it still is: another process may have made it, or have repaired it, since it was looked at.
        location.remove_damaged_index()?;
        // Where it was; a repair does not make a folder an archive.
        let index = place.map_or_else(|| location.open_or_create_index(), Index::open_or_create)?;
        let options = UpdateOptions::default().wait(PATIENCE);
        let report = update_in_turn(&index, &location, &options, context)?;
        render::update(context, &location, &report)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut health = health?;
    health.ignored = location.archive.ignored_counts();
    render::health(context, &health)?;
    if needs_repair {
        let files = health.damaged.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ");
        return Err(Failure::index(format!("the index is damaged: {files}"), "rebuild it with `rca doctor --repair`"));
    }
    Ok(ExitCode::SUCCESS)
}
