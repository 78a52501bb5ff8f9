//! `rca doctor`: verify the index and repair it.
//!
//! In: an index. Out: its health on stdout; an error if it is damaged, or a rebuilt index with `--repair`.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use rca_index::{Error, Health, Index, UpdateOptions};

use crate::context::Context;
use crate::failure::Failure;
use crate::freshen::{outcome, tell_of_place, tell_of_unreadable, update_in_turn};
use crate::location::Location;
use crate::quantity::count;
use crate::render;
use crate::terminal::clean;
use crate::trust::{Trusted, UserTrust};

/// How long a repair waits for another process that updates the index.
const PATIENCE: Duration = Duration::from_secs(60);

/// Verify the index and repair it
///
/// Verifies the checksum of every file of the index, compares its ids with those of the last update and every report in it with its
/// file, and prints counts, age, disk usage, and whether the index is known to be yours. The index can always be built
/// from the archive, and from the record of the incidents that programs upserted, so repairing it means rebuilding it. Of a
/// damaged record, all that can be read is kept, and the damaged file stays under another name. A repair waits up to a minute for
/// another process that updates the index, and rebuilds only what is damaged then.
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  rca doctor                   verify the index
  rca doctor --repair          rebuild it if it is damaged, or differs from the reports
  rca doctor --trust           trust an index that you know, though somebody else made it")]
pub(crate) struct Arguments {
    /// Rebuild the index if it is damaged, missing or from another version, or differs from the reports
    #[arg(long)]
    repair: bool,
    /// Trust this index from now on, whoever made it
    #[arg(long, conflicts_with = "repair")]
    trust: bool,
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context) -> Result<ExitCode, Failure> {
    let location = Location::find(None, &context.global)?;
    tell_of_place(&location, context);
    if let Some(cluster) = location.cluster()
        && (arguments.repair || arguments.trust)
    {
        let option = if arguments.repair { "--repair" } else { "--trust" };
        let what = format!("{option} is for an index in a folder, and {} is in a cluster", cluster.address());
        return Err(Failure::usage(what, "`rca index --rebuild` reads every report again"));
    }
    if arguments.trust {
        trust(&location, context)?;
    }
    let health = look(&location);
    tell_of_unreadable(&location, context);
    let needs_repair = match &health {
        Ok(health) => health.is_damaged() || !differing(health).is_empty(),
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
        let index = match place {
            Some(place) => location.create_index_in(&place)?,
            None => location.open_or_create_index()?.index,
        };
        // An index whose files are sound may still say otherwise than the reports.
        let options = UpdateOptions::default().rebuild(true).wait(PATIENCE);
        let report = update_in_turn(&index, &location, &options, context)?;
        render::update(context, &location, &report)?;
        return Ok(outcome(&report));
    }
    let mut health = health?;
    health.ignored = location.archive.ignored_counts();
    render::health(context, &health)?;
    if health.is_damaged() {
        let files: Vec<String> = health.damaged.iter().map(|path| path.display().to_string()).collect();
        let found = [("", &files), ("missing: ", &health.missing), ("not in the manifest: ", &health.unexpected)];
        let found = found.iter().filter(|(_, names)| !names.is_empty());
        let found: Vec<String> = found.map(|(what, names)| format!("{what}{}", render::some_of(names))).collect();
        let what = format!("the index is damaged: {}", found.join("; "));
        return Err(Failure::index(what, "rebuild it with `rca doctor --repair`"));
    }
    let differing = differing(&health);
    if !differing.is_empty() {
        let what = format!("the index differs from the reports: {}", render::some_of(differing));
        return Err(Failure::index(what, "rebuild it with `rca doctor --repair`"));
    }
    Ok(ExitCode::SUCCESS)
}

/// The health of the index, and how it compares with the reports; of one that is not trusted too.
fn look(location: &Location) -> Result<Health, Error> {
    let (index, trusted) = match location.open_index() {
        Err(Error::IndexNotTrusted(dir)) => (Index::open(dir)?, false),
        opened => (opened?, true),
    };
    let mut health = index.health()?;
    if health.damaged.is_empty() {
        health.comparison = Some(index.compare(&location.archive)?);
    }
    health.trusted = Some(trusted);
    if location.cluster().is_some() {
        health.trusted_because = "yes: you named the cluster".to_owned();
        return Ok(health);
    }
    let why = location.trust().and_then(UserTrust::why).filter(|_| trusted);
    health.trusted_because = match why {
        Some(Trusted::Noted) => "yes: you made it, or trusted it",
        Some(Trusted::Cache) => "yes: it is in your cache folder",
        Some(Trusted::Root) => "yes: only root can write to it",
        Some(Trusted::All) => "yes: --trust-index or RCA_TRUST_INDEX trusts every index",
        None => "no: not known to be yours; a search builds it anew, `rca doctor --trust` trusts it as it is",
    }
    .to_owned();
    Ok(health)
}

/// The reports that the index shows otherwise than their files are.
fn differing(health: &Health) -> &[String] {
    health.comparison.as_ref().map_or(&[], |comparison| &comparison.differing)
}

/// Notes that the user trusts the index.
fn trust(location: &Location, context: &mut Context) -> Result<(), Failure> {
    let Err(Error::IndexNotTrusted(dir)) = location.open_index() else { return Ok(()) };
    location.accept_index(&dir)?;
    match location.trust().and_then(UserTrust::failure) {
        Some(failure) => Err(Failure::index(
            format!("the index cannot be noted as trusted: {failure}"),
            "set HOME or XDG_STATE_HOME to a folder of yours, or RCA_TRUST_INDEX=1",
        )),
        None => {
            let place = dir.display().to_string();
            context.say(format_args!("rca: {} is trusted from now on", clean(&place)));
            Ok(())
        }
    }
}
