//! Mending: puts a new record of given incidents in the place of a damaged one.
//!
//! In: an index folder whose record is damaged. Out: a record of all that can be read of it and of the index; the damaged file
//! stays, under another name.

use std::path::{Path, PathBuf};

use crate::engine::layout::Layout;
use crate::engine::lock::{FolderLock, PATIENCE};
use crate::engine::{Embedded, fault, folder};
use crate::error::{Error, Result};
use crate::given::{Record, salvage};
use crate::incident::Incident;

/// How a damaged record of given incidents was repaired.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct GivenRepair {
    /// The incidents that could be read, and are kept.
    pub kept: usize,
    /// The damaged file, under its new name; `None` if the file was missing.
    pub set_aside: Option<PathBuf>,
}

/// Replaces the record in an index folder if it is damaged, and removes the index, which must be made again.
///
/// # Errors
/// [`Error::IndexLocked`], [`Error::IndexOtherVersion`], [`Error::Io`].
pub(crate) fn mend(dir: &Path) -> Result<Option<GivenRepair>> {
    Layout::of(dir)?;
    let Some(_lock) = lock(dir)? else { return Ok(None) };
    let index = opened(dir);
    if !is_damaged(dir, index.as_ref())? {
        return Ok(None);
    }
    let mut found = Vec::new();
    if let Some(index) = &index {
        // What cannot be read of a damaged index may be in the record.
        let _ = index.guard(|| read_given(index, &mut found));
    }
    let (kept, set_aside) = salvage(dir)?.replace(dir, found.into_iter())?;
    drop(index);
    folder::remove(dir)?;
    Ok(Some(GivenRepair { kept, set_aside }))
}

/// Removes an index, whose given incidents the record gives back.
///
/// # Errors
/// [`Error::IndexDamaged`] if the record is damaged, and the index may have what it lacks; [`Error::IndexLocked`];
/// [`Error::Io`].
pub(crate) fn remove(dir: &Path) -> Result<()> {
    Layout::of(dir)?;
    match lock(dir)? {
        Some(_lock) => remove_locked(dir),
        None => Ok(()),
    }
}

/// Removes an index if it cannot be opened or `is_damaged`, as found once nobody writes to it. Returns whether it was removed.
///
/// # Errors
/// As [`remove`], and those of `is_damaged`.
pub(crate) fn remove_if(dir: &Path, is_damaged: impl FnOnce(Embedded) -> Result<bool>) -> Result<bool> {
    Layout::of(dir)?;
    let Some(_lock) = lock(dir)? else { return Ok(false) };
    let found = fault::guarded(dir, || Embedded::open_as_it_is(dir)).and_then(|(index, _)| is_damaged(index));
    let must_go = match found {
        Err(Error::IndexDamaged { .. }) => true,
        Err(Error::IndexOtherVersion(_)) => folder::has_index(dir),
        // There is none, or it waits for its first update.
        Err(Error::IndexNotFound(_) | Error::IndexRemoved(_)) => false,
        found => found?,
    };
    if must_go {
        remove_locked(dir)?;
    }
    Ok(must_go)
}

/// The same as [`remove`], for a caller that holds the lock.
pub(super) fn remove_locked(dir: &Path) -> Result<()> {
    let index = opened(dir);
    look(dir, index.as_ref())?;
    drop(index);
    folder::remove(dir)
}

/// Whether there is an index of another version in the folder of this one.
pub(super) fn is_other_version(dir: &Path) -> bool {
    matches!(fault::guarded(dir, || Embedded::open_as_it_is(dir)), Err(Error::IndexOtherVersion(_)))
}

/// Waits until nobody writes to the index in a folder; `None` if there is no such folder.
fn lock(dir: &Path) -> Result<Option<FolderLock>> {
    match FolderLock::take(dir, PATIENCE) {
        Err(Error::IndexNotFound(_)) => Ok(None),
        lock => lock.map(Some),
    }
}

/// The index in a folder, if it can be opened.
fn opened(dir: &Path) -> Option<Embedded> {
    fault::guarded(dir, || Embedded::open_as_it_is(dir)).ok().map(|(index, _)| index)
}

fn is_damaged(dir: &Path, index: Option<&Embedded>) -> Result<bool> {
    match look(dir, index) {
        Ok(()) => Ok(false),
        Err(Error::IndexDamaged { .. }) => Ok(true),
        Err(error) => Err(error),
    }
}

/// Verifies that the record is intact, and fits the index if that can be opened.
fn look(dir: &Path, index: Option<&Embedded>) -> Result<()> {
    if let Some(record) = Record::open(dir)? {
        record.held()?;
    }
    match index.map(Embedded::note) {
        Some(Ok(note)) => index.map_or(Ok(()), |index| index.is_behind_record(&note).map(|_| ())),
        // A damaged index tells nothing of the record.
        Some(Err(_)) | None => Ok(()),
    }
}

fn read_given(index: &Embedded, found: &mut Vec<Incident>) -> Result<()> {
    found.extend(index.snapshot()?.given_incidents().filter_map(Result::ok));
    Ok(())
}
