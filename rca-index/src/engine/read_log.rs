//! The log of what a search reads: how much, and the first error.
//!
//! In: what readers of postings counted, each once it is done, and errors that scorers of the engine have no way to return. Out:
//! the error, and the work of the search.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::plan::SearchWork;

/// What one search read, with all of its threads.
#[derive(Debug, Default, Clone)]
pub(super) struct ReadLog(Arc<Logged>);

#[derive(Debug, Default)]
struct Logged {
    error: Mutex<Option<io::Error>>,
    postings: AtomicU64,
    positions: AtomicU64,
    listed: AtomicU64,
    reports: AtomicU64,
}

impl ReadLog {
    pub(super) fn fail(&self, error: io::Error) {
        self.0.error.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }

    /// The error, if there was one.
    pub(super) fn check(&self) -> tantivy::Result<()> {
        let error = self.0.error.lock().unwrap_or_else(PoisonError::into_inner).take();
        error.map_or(Ok(()), |error| Err(error.into()))
    }

    /// Adds postings and positions that were read.
    pub(super) fn add(&self, postings: u64, positions: u64) {
        self.0.postings.fetch_add(postings, Ordering::Relaxed);
        self.0.positions.fetch_add(positions, Ordering::Relaxed);
    }

    /// Adds incidents that were taken from lists of earlier searches.
    pub(super) fn add_listed(&self, incidents: u64) {
        self.0.listed.fetch_add(incidents, Ordering::Relaxed);
    }

    /// Adds a report that was parsed.
    pub(super) fn add_report(&self) {
        self.0.reports.fetch_add(1, Ordering::Relaxed);
    }

    /// The work so far.
    pub(super) fn work(&self) -> SearchWork {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let Logged { postings, positions, listed, reports, .. } = &*self.0;
        SearchWork {
            postings: read(postings),
            positions: read(positions),
            listed: read(listed),
            reports: read(reports),
        }
    }
}
