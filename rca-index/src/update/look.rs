//! The look: what a search looks at in an archive too large to be walked, so that it sees the likely changes.
//!
//! In: an archive, and a list that the last update left in the index: its folders, and the files changed last. Out: how many of
//! them were looked at, and whether any has changed. A folder whose times are as they were has had no file added, removed,
//! renamed or replaced; only a file that is written in place needs a look of its own.

use std::hash::{Hash as _, Hasher as _};
use std::path::{Component, Path};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{Xxh3Default, xxh3_64};

use crate::archive::Archive;
use crate::archive::stamp::Stamp;
use crate::archive::walk::{File, Folder, Walk};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::update::settle::reliable;

/// With fewer files, a walk is short.
const FEWEST_FILES: usize = 1_000;
/// No more folders are listed, and no more files: that is what can be looked at in time.
const MOST_LISTED: usize = 4_000;
/// The clock is read once per this many looks.
const CLOCK_INTERVAL: usize = 64;

/// What may be spent on a look.
#[derive(Debug, Clone, Copy)]
pub(super) struct Budget {
    pub(super) time: Duration,
    /// The most folders and files.
    pub(super) looks: usize,
}

/// How much of an archive was looked at for changes since the last update.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Looked {
    /// Folders that were looked at: in these no file was added, removed, renamed or replaced, unless `changed` says so.
    pub folders: usize,
    /// All folders at the last update; 0 if it left no list of them.
    pub of_folders: usize,
    /// Files that were looked at, the last changed first.
    pub files: usize,
    /// All files at the last update; 0 if it left no list of them.
    pub of_files: usize,
    /// Whether there is a change that the index has not. It was then not looked any further.
    pub changed: bool,
}

/// What an update leaves for the looks of searches.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct LookList {
    /// The file name of the manifest of the commit that it belongs to; empty before there is one.
    manifest: String,
    extent: Extent,
    /// Files, the last changed first, as they are written: an update that finds the same files need not read them.
    files: Vec<u8>,
}

/// What a list depends on, apart from the commit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Extent {
    /// The numbers of all folders and files.
    of: (usize, usize),
    /// Folders, the last changed first.
    folders: Vec<(Box<str>, Stamp)>,
    /// Of the paths, sizes and stamps of all files, in the order of the walk.
    checksum: u64,
}

/// The path, size in bytes and stamp of a file.
type Listed = (Box<str>, u64, Stamp);

/// The files whose paths lead to them again, which those that are not Unicode do not.
fn listed(walk: &Walk) -> impl Iterator<Item = &File> {
    walk.files.iter().filter(|file| file.own_path.is_none())
}

impl Extent {
    fn of(walk: &Walk, walked: i64) -> Self {
        let folders = walk.folders.iter().filter(|folder| !folder.encoded).collect();
        let folders = latest(folders, |folder: &&Folder| (folder.stamp, &*folder.path));
        let mut checksum = Xxh3Default::new();
        for file in listed(walk) {
            (&file.path, file.size, reliable(file.stamp, walked)).hash(&mut checksum);
        }
        let reliable = |folder: &&Folder| (folder.path.clone(), reliable(folder.stamp, walked));
        Self {
            of: (walk.folders.len(), walk.files.len()),
            folders: folders.iter().map(reliable).collect(),
            checksum: checksum.finish(),
        }
    }
}

impl LookList {
    /// The list of a walk that began at this time, in nanoseconds since 1970; `None` if the archive is small. The list that is
    /// in the index is taken over if it is of the same folders and files.
    pub(super) fn of(walk: &Walk, walked: i64, engine: &Engine) -> Result<Option<Self>> {
        if walk.files.len() < FEWEST_FILES {
            return Ok(None);
        }
        let extent = Extent::of(walk, walked);
        if let Some(kept) = Self::kept(engine).filter(|kept| kept.extent == extent) {
            return Ok(Some(kept));
        }
        let files = latest(listed(walk).collect(), |file: &&File| (file.stamp, &*file.path));
        let files: Vec<Listed> =
            files.iter().map(|file| (file.path.clone(), file.size, reliable(file.stamp, walked))).collect();
        Ok(Some(Self {
            manifest: String::new(),
            extent,
            files: postcard::to_stdvec(&files).map_err(|e| internal(&e))?,
        }))
    }

    /// Leaves the list in the index, unless it is there. A search that finds none, or an older one, looks at nothing.
    pub(super) fn keep(&self, engine: &Engine) -> Result<()> {
        let manifest = engine.note()?.manifest.unwrap_or_default();
        if manifest == self.manifest && !manifest.is_empty() {
            return Ok(());
        }
        let head = postcard::to_stdvec(&(manifest, &self.extent, xxh3_64(&self.files))).map_err(|e| internal(&e))?;
        engine.write_look_list(&[head.as_slice(), &self.files].concat())
    }

    /// The list in the index, of whichever commit; `None` if it cannot be used. Its files are not read.
    fn kept(engine: &Engine) -> Option<Self> {
        let bytes = engine.look_list()?;
        let (head, files) = postcard::take_from_bytes::<(String, Extent, u64)>(&bytes).ok()?;
        let (manifest, extent, checksum) = head;
        (xxh3_64(files) == checksum).then(|| Self { manifest, extent, files: files.to_vec() })
    }

    /// Folders and files of the list of the last commit; `None` if there is none, or it cannot be used.
    fn read(engine: &Engine) -> Result<Option<(Extent, Vec<Listed>)>> {
        let Some(list) = Self::kept(engine) else { return Ok(None) };
        let Ok(files) = postcard::from_bytes::<Vec<Listed>>(&list.files) else { return Ok(None) };
        let is_inside = |path: &str| Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
        let mut paths = list.extent.folders.iter().map(|(path, _)| path).chain(files.iter().map(|(path, ..)| path));
        let is_sound = paths.all(|path| is_inside(path)) && Some(&list.manifest) == engine.note()?.manifest.as_ref();
        Ok(is_sound.then_some((list.extent, files)))
    }
}

fn internal(error: &postcard::Error) -> Error {
    Error::Internal { path: "look.bin".into(), reason: error.to_string() }
}

/// The last changed of these, the last one first.
fn latest<'a, T>(mut all: Vec<&'a T>, key: impl Fn(&&'a T) -> (Stamp, &'a str)) -> Vec<&'a T> {
    let order = |a: &&'a T, b: &&'a T| {
        let ((stamp, path), (other, other_path)) = (key(a), key(b));
        stamp.cmp_latest(other).then(path.cmp(other_path))
    };
    if all.len() > MOST_LISTED {
        all.select_nth_unstable_by(MOST_LISTED, order);
        all.truncate(MOST_LISTED);
    }
    all.sort_unstable_by(order);
    all
}

/// Looks for changes until one is found, all that is listed was looked at, or the budget is spent.
pub(super) fn look(engine: &Engine, archive: &Archive, budget: Budget) -> Result<Looked> {
    let mut looked = Looked::default();
    let Some((extent, files)) = LookList::read(engine)? else { return Ok(looked) };
    (looked.of_folders, looked.of_files) = extent.of;
    let note = engine.note()?;
    looked.changed = note.settings != archive.kept_settings() || engine.is_behind_record(&note)?;
    // Reading the list takes no longer for a larger archive, so it does not count.
    let started = Instant::now();
    let is_spent = |looked: &Looked| {
        let looks = looked.folders + looked.files;
        looked.changed
            || looks >= budget.looks
            || looks.is_multiple_of(CLOCK_INTERVAL) && started.elapsed() >= budget.time
    };
    for (path, stamp) in &extent.folders {
        if is_spent(&looked) {
            return Ok(looked);
        }
        looked.folders += 1;
        let now = Folder::stamp_at(&archive.root().join(&**path), path.is_empty());
        looked.changed = !now.is_some_and(|now| now.proves_unchanged_since(*stamp));
    }
    for (path, size, stamp) in &files {
        if is_spent(&looked) {
            return Ok(looked);
        }
        looked.files += 1;
        let now = archive.root().join(&**path).symlink_metadata().ok();
        let is_same = |now: std::fs::Metadata| now.len() == *size && Stamp::of(&now).proves_unchanged_since(*stamp);
        looked.changed = !now.is_some_and(is_same);
    }
    Ok(looked)
}

#[cfg(test)]
mod tests;
