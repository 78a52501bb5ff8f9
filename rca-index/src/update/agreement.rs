//! Agreement: whether the index has the reports that the manifest of the last update names.
//!
//! In: an engine. Out: the ids on which the two differ, and what else the manifest says of the health of an index. The manifest
//! is read and decoded once.

use std::borrow::Cow;

use rayon::slice::ParallelSliceMut as _;

use crate::engine::Engine;
use crate::error::Result;
use crate::update::last_update;
use crate::update::manifest::{Entry, Manifest};

/// What the manifest of the last update says, and how the index differs from it.
#[derive(Debug, Default)]
pub(crate) struct Agreement {
    /// Ids that the manifest names and the index has not, sorted.
    pub(crate) missing: Vec<String>,
    /// Ids of reports that the index has and the manifest does not name, sorted.
    pub(crate) unexpected: Vec<String>,
    /// The number of files that are not reports.
    pub(crate) left_out: usize,
}

/// Compares the reports in the manifest with those in the index.
///
/// # Errors
/// [`Error::IndexDamaged`](crate::Error::IndexDamaged) if the manifest cannot be read, or the ids agree and the numbers of
/// reports do not; [`Error::Io`](crate::Error::Io).
pub(crate) fn agreement(engine: &Engine) -> Result<Agreement> {
    /// Other processes may commit in the meantime, again and again.
    const ATTEMPTS: usize = 3;
    let mut attempt = 1;
    loop {
        let (note, manifest) = last_update(engine)?;
        let (missing, unexpected) = ids_that_differ(engine, &manifest)?;
        if attempt < ATTEMPTS && engine.note()? != note {
            attempt += 1;
            continue;
        }
        if missing.is_empty() && unexpected.is_empty() {
            engine.check_count(&note, manifest.indexed().count())?;
        }
        return Ok(Agreement { missing, unexpected, left_out: manifest.left_out().len() });
    }
}

fn ids_that_differ(engine: &Engine, manifest: &Manifest) -> Result<(Vec<String>, Vec<String>)> {
    let mut meant: Vec<Cow<'_, str>> = manifest.indexed().map(Entry::id).collect();
    meant.par_sort_unstable();
    let mut meant = meant.iter().map(|id| &**id).peekable();
    let (mut missing, mut unexpected) = (Vec::new(), Vec::new());
    let snapshot = engine.snapshot()?;
    for id in engine.snapshot()?.ids() {
        let id = id?;
        while let Some(before) = meant.next_if(|meant| *meant < &*id) {
            missing.push(before.to_owned());
        }
        if meant.next_if(|meant| *meant == id).is_none() && snapshot.is_report(&id)? {
            unexpected.push(id);
        }
    }
    missing.extend(meant.map(str::to_owned));
    Ok((missing, unexpected))
}

#[cfg(test)]
mod tests {
    use crate::archive::Archive;
    use crate::update::manifest::DECODED;
    use crate::{Index, UpdateOptions};

    #[test]
    fn the_manifest_is_decoded_once() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a", "b", "c"] {
            std::fs::write(folder.path().join(format!("{name}.md")), format!("# Disk {name}\n\n**Severity:** P1\n"))
                .unwrap();
        }
        let archive = Archive::open(folder.path()).unwrap();
        let index = Index::in_memory().unwrap();
        index.update(&archive, &UpdateOptions::default(), |_| {}).unwrap();
        let before = DECODED.get();
        let health = index.health().unwrap();
        assert_eq!((health.is_damaged(), health.incidents, DECODED.get() - before), (false, 3, 1));
    }
}
