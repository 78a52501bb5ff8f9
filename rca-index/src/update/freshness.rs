//! Freshness: an index as fresh as can be had before a search is answered.

use std::time::Duration;

use crate::archive::Archive;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::update::{UpdateEvent, UpdateOptions, UpdateReport, update};

/// How long looking for changes may take before a search goes on without them.
const SCAN_LIMIT: Duration = Duration::from_millis(100);

/// How fresh an index is.
#[derive(Debug)]
#[non_exhaustive]
pub enum Freshness {
    /// It is in line with the archive; the report says what was changed for that, if anything.
    Fresh(UpdateReport),
    /// The archive is too large to be compared at once. The index is as of its last update.
    NotCompared,
    /// It could not be updated, because another process updates it or it cannot be written. It is as of its last update.
    NotUpdated(Error),
}

/// Updates an index while that is cheap.
pub(crate) fn freshen(
    engine: &Engine,
    archive: &Archive,
    on_event: &(impl Fn(UpdateEvent) + Sync),
) -> Result<Freshness> {
    let options = UpdateOptions { scan_limit: Some(SCAN_LIMIT), ..UpdateOptions::default() };
    // A write that failed must be known as such, before it is decided that the search may go on.
    match engine.guard(|| update(engine, archive, &options, on_event)) {
        Ok(report) if report.given_up => Ok(Freshness::NotCompared),
        Ok(report) => Ok(Freshness::Fresh(report)),
        Err(error @ (Error::IndexLocked { .. } | Error::Io { .. })) => Ok(Freshness::NotUpdated(error)),
        Err(error) => Err(error),
    }
}
