//! Freshness: updates the index before a search, as far as time allows.
//!
//! In: an index and its archive. Out: whether the index has all changes, or how much of the archive was looked at. A small archive
//! is walked; of a large one, a watch that runs says that all is in, or what is likely to have changed is looked at.

use std::time::Duration;

use crate::archive::Archive;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::update::heartbeat::is_watched;
use crate::update::look::{Budget, Looked, look};
use crate::update::{IntoControlFlow, Queue, UpdateEvent, UpdateOptions, UpdateReport, update};

/// How fresh an index is.
#[derive(Debug)]
#[non_exhaustive]
pub enum Freshness {
    /// The index is up to date; the report lists the changes, if any.
    Fresh(UpdateReport),
    /// A process watches the archive, and says that the index has all changes that it was told of. Nothing was looked at.
    Watched,
    /// The archive is too large to scan in time. The index is as of its last update; some of the archive was looked at.
    NotCompared(Looked),
    /// The index could not be updated, because somebody else is updating it, because it is not writable, or because
    /// `on_event` stopped the update. It is as of its last update.
    NotUpdated(Error),
}

/// How much time a search gives to the changes of an archive.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// An archive of no more files is walked, though it is watched: the system takes a moment to tell a watch of a change.
    pub(super) walked_although_watched: usize,
    /// For the walk.
    pub(super) scan: Duration,
    /// An archive of more files is not even tried.
    pub(super) most_scanned: usize,
    /// For the look at an archive that cannot be walked in that time.
    pub(super) look: Budget,
    /// For the walk once the look has found a change.
    pub(super) scan_of_changed: Duration,
}

impl Limits {
    pub(super) const OF_SEARCH: Self = Self {
        walked_although_watched: 5_000,
        scan: Duration::from_millis(100),
        most_scanned: 100_000,
        look: Budget { time: Duration::from_millis(5), looks: usize::MAX },
        scan_of_changed: Duration::from_secs(2),
    };
}

/// Updates an index if that is fast.
pub(crate) fn freshen<F: IntoControlFlow>(
    engine: &Engine,
    archive: &Archive,
    on_event: &(impl Fn(UpdateEvent) -> F + Sync),
) -> Result<Freshness> {
    freshen_within(engine, archive, Limits::OF_SEARCH, on_event)
}

pub(super) fn freshen_within<F: IntoControlFlow>(
    engine: &Engine,
    archive: &Archive,
    limits: Limits,
    on_event: &(impl Fn(UpdateEvent) -> F + Sync),
) -> Result<Freshness> {
    // A write that failed must be known as such, before it is decided that the search may go on.
    let scanned = |time| {
        let options = UpdateOptions { scan_limit: Some(time), ..UpdateOptions::default() };
        outcome(engine.guard(|| update(engine, archive, &options, Queue::GiveUp, on_event)))
    };
    let files = engine.guard(|| Ok(engine.snapshot()?.incidents()))?;
    if files > limits.walked_although_watched && engine.guard(|| is_watched(engine, archive))? {
        return Ok(Freshness::Watched);
    }
    if files <= limits.most_scanned
        && let Some(freshness) = scanned(limits.scan)?
    {
        return Ok(freshness);
    }
    let looked = engine.guard(|| look(engine, archive, limits.look))?;
    if looked.changed
        && let Some(freshness) = scanned(limits.scan_of_changed)?
    {
        return Ok(freshness);
    }
    Ok(Freshness::NotCompared(looked))
}

/// What an update with a time limit has come to; `None` if it has given up.
fn outcome(updated: Result<UpdateReport>) -> Result<Option<Freshness>> {
    match updated {
        Ok(report) if report.given_up => Ok(None),
        Ok(report) => Ok(Some(Freshness::Fresh(report))),
        Err(error @ (Error::IndexLocked { .. } | Error::Io { .. } | Error::Cancelled)) => {
            Ok(Some(Freshness::NotUpdated(error)))
        }
        Err(error) => Err(error),
    }
}
