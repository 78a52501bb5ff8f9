//! Freshness: updates the index before a search, as far as time allows.

use std::time::Duration;

use crate::archive::Archive;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::update::{IntoControlFlow, Queue, UpdateEvent, UpdateOptions, UpdateReport, update};

/// How long a search waits for the scan for changes.
const SCAN_LIMIT: Duration = Duration::from_millis(100);

/// How fresh an index is.
#[derive(Debug)]
#[non_exhaustive]
pub enum Freshness {
    /// The index is up to date; the report lists the changes, if any.
    Fresh(UpdateReport),
    /// The archive is too large to scan in time. The index is as of its last update.
    NotCompared,
    /// The index could not be updated, because somebody else is updating it, because it is not writable, or because
    /// `on_event` stopped the update. It is as of its last update.
    NotUpdated(Error),
}

/// Updates an index if that is fast.
pub(crate) fn freshen<F: IntoControlFlow>(
    engine: &Engine,
    archive: &Archive,
    on_event: &(impl Fn(UpdateEvent) -> F + Sync),
) -> Result<Freshness> {
    let options = UpdateOptions { scan_limit: Some(SCAN_LIMIT), ..UpdateOptions::default() };
    // A write that failed must be known as such, before it is decided that the search may go on.
    match engine.guard(|| update(engine, archive, &options, Queue::GiveUp, on_event)) {
        Ok(report) if report.given_up => Ok(Freshness::NotCompared),
        Ok(report) => Ok(Freshness::Fresh(report)),
        Err(error @ (Error::IndexLocked { .. } | Error::Io { .. } | Error::Cancelled)) => {
            Ok(Freshness::NotUpdated(error))
        }
        Err(error) => Err(error),
    }
}
