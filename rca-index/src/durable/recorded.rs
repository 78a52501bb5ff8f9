//! Recordings: the steps that change the files below a folder, and the images that a crash may leave of them.
//!
//! In: steps, as `durable` and the engine's directory make them. Out: a folder as it may be found after the power was lost at
//! some step. What no later sync has made final may be there, be missing, or be there in part, each step apart from the others:
//! less than any real file system promises, as LazyFS and ALICE (Pillai and others 2014) have it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Pseudorandom numbers that are the same in every run (xorshift64*, Vigna 2016).
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below the limit.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) % limit as u64) as usize
    }
}

/// A file that was opened: the recording, and its number in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileId {
    recording: usize,
    opened: usize,
}

#[derive(Debug, Clone)]
enum Step {
    /// A file is opened; it is created if there was none. Numbered in order.
    Opened(PathBuf),
    Written {
        opened: usize,
        at: u64,
        bytes: Vec<u8>,
    },
    Cut {
        opened: usize,
        length: u64,
    },
    Synced {
        opened: usize,
    },
    Renamed {
        from: PathBuf,
        to: PathBuf,
    },
    Removed(PathBuf),
    FolderMade(PathBuf),
    FolderSynced(PathBuf),
}

struct Recorded {
    root: PathBuf,
    steps: Vec<Step>,
    opened: usize,
}

static RECORDINGS: Mutex<Vec<Recorded>> = Mutex::new(Vec::new());

fn recordings() -> MutexGuard<'static, Vec<Recorded>> {
    RECORDINGS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The steps below one folder, from its start on. The folder must be empty then.
pub(crate) struct Recording(usize);

impl Recording {
    pub(crate) fn start(root: &Path) -> Self {
        let mut recordings = recordings();
        recordings.push(Recorded { root: root.to_owned(), steps: Vec::new(), opened: 0 });
        Self(recordings.len() - 1)
    }

    /// The number of steps so far.
    pub(crate) fn len(&self) -> usize {
        recordings()[self.0].steps.len()
    }

    /// The steps from which nothing was synced yet that the next one syncs: when most may be lost.
    pub(crate) fn before_syncs(&self, from: usize) -> Vec<usize> {
        let is_sync = |step: &Step| matches!(step, Step::Synced { .. } | Step::FolderSynced(_));
        let recordings = recordings();
        recordings[self.0]
            .steps
            .iter()
            .enumerate()
            .skip(from)
            .filter(|(_, step)| is_sync(step))
            .map(|(at, _)| at)
            .collect()
    }

    /// Makes, in an empty folder, what a crash after so many steps may leave.
    pub(crate) fn crash(&self, after: usize, chance: &mut Chance, target: &Path) {
        let (root, steps) = {
            let recordings = recordings();
            (recordings[self.0].root.clone(), recordings[self.0].steps[..after].to_vec())
        };
        let mut image = Image::default();
        image.folders.insert(root.clone());
        let kept = kept(&steps, chance);
        image.apply(&steps, &kept);
        image.write(&root, target);
    }
}

fn record(path: &Path, step: impl FnOnce(&Path) -> Step) -> Option<FileId> {
    let mut recordings = recordings();
    let (recording, steps) =
        recordings.iter_mut().enumerate().rev().find(|(_, steps)| path.starts_with(&steps.root))?;
    let opened = steps.opened;
    let step = step(path);
    steps.opened += usize::from(matches!(step, Step::Opened(_)));
    steps.steps.push(step);
    Some(FileId { recording, opened })
}

fn record_of(file: Option<FileId>, step: impl FnOnce(usize) -> Step) {
    if let Some(FileId { recording, opened }) = file {
        recordings()[recording].steps.push(step(opened));
    }
}

pub(crate) fn opened(path: &Path) -> Option<FileId> {
    record(path, |path| Step::Opened(path.to_owned()))
}

pub(crate) fn written(file: Option<FileId>, at: u64, bytes: &[u8]) {
    record_of(file, |opened| Step::Written { opened, at, bytes: bytes.to_vec() });
}

pub(crate) fn cut(file: Option<FileId>, length: u64) {
    record_of(file, |opened| Step::Cut { opened, length });
}

pub(crate) fn synced(file: Option<FileId>) {
    record_of(file, |opened| Step::Synced { opened });
}

pub(crate) fn renamed(from: &Path, to: &Path) {
    record(to, |to| Step::Renamed { from: from.to_owned(), to: to.to_owned() });
}

pub(crate) fn removed(path: &Path) {
    record(path, |path| Step::Removed(path.to_owned()));
}

pub(crate) fn folder_made(path: &Path) {
    record(path, |path| Step::FolderMade(path.to_owned()));
}

pub(crate) fn folder_synced(path: &Path) {
    record(path, |path| Step::FolderSynced(path.to_owned()));
}

/// A temporary file is written, synced and renamed.
pub(crate) fn replaced(file: &Path, content: &[u8]) {
    let temporary = file.with_file_name(format!(".tmp{}", content.len()));
    let id = opened(&temporary);
    written(id, 0, content);
    synced(id);
    renamed(&temporary, file);
}

/// The folder whose list of names a step changes.
fn folder_of(step: &Step) -> Option<&Path> {
    match step {
        Step::Opened(path) | Step::Removed(path) | Step::FolderMade(path) => path.parent(),
        Step::Renamed { to, .. } => to.parent(),
        Step::Written { .. } | Step::Cut { .. } | Step::Synced { .. } | Step::FolderSynced(_) => None,
    }
}

/// The file whose content a step changes.
fn file_of(step: &Step) -> Option<usize> {
    match step {
        Step::Written { opened, .. } | Step::Cut { opened, .. } => Some(*opened),
        _ => None,
    }
}

/// How much of a step is on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    All,
    Nothing,
    /// The first bytes alone.
    Start(usize),
    /// The first bytes, then zeros.
    Zeros(usize),
}

/// Decides for each step whether it is on disk: for sure if a later sync covers it, else by chance.
fn kept(steps: &[Step], chance: &mut Chance) -> Vec<Kept> {
    let inodes = Inodes::of(steps);
    let is_final = |at: usize| {
        let later = &steps[at + 1..];
        match (folder_of(&steps[at]), file_of(&steps[at])) {
            (Some(folder), _) => {
                later.iter().any(|step| matches!(step, Step::FolderSynced(synced) if synced == folder))
            }
            (_, Some(file)) => later.iter().any(
                |step| matches!(step, Step::Synced { opened } if inodes.of_opened[*opened] == inodes.of_opened[file]),
            ),
            (None, None) => true,
        }
    };
    let open: Vec<usize> = (0..steps.len()).filter(|&at| !is_final(at)).collect();
    let mut kept = vec![Kept::All; steps.len()];
    let how = chance.below(5);
    let one = if open.is_empty() { 0 } else { open[chance.below(open.len())] };
    for at in open {
        let keeps = match how {
            0 => false,
            1 => chance.below(8) > 0,
            2 => chance.below(2) > 0,
            3 => at != one,
            _ => at == one,
        };
        kept[at] = match &steps[at] {
            _ if !keeps => Kept::Nothing,
            Step::Written { bytes, .. } => match chance.below(4) {
                0 => Kept::Start(chance.below(bytes.len() + 1)),
                1 => Kept::Zeros(chance.below(bytes.len() + 1)),
                _ => Kept::All,
            },
            _ => Kept::All,
        };
    }
    kept
}

/// Which file is meant by each opening, and by each change of names.
struct Inodes {
    of_opened: Vec<usize>,
    /// By step: the file that gets or loses a name, and whether an opening created it.
    of_step: BTreeMap<usize, (usize, bool)>,
}

impl Inodes {
    fn of(steps: &[Step]) -> Self {
        let mut names: BTreeMap<&Path, usize> = BTreeMap::new();
        let mut inodes = Self { of_opened: Vec::new(), of_step: BTreeMap::new() };
        let mut next = 0;
        for (at, step) in steps.iter().enumerate() {
            match step {
                Step::Opened(path) => {
                    let known = names.get(path.as_path()).copied();
                    let inode = known.unwrap_or(next);
                    next += usize::from(known.is_none());
                    names.insert(path, inode);
                    inodes.of_opened.push(inode);
                    inodes.of_step.insert(at, (inode, known.is_none()));
                }
                Step::Renamed { from, to } => {
                    if let Some(inode) = names.remove(from.as_path()) {
                        names.insert(to, inode);
                        inodes.of_step.insert(at, (inode, false));
                    }
                }
                Step::Removed(path) => {
                    if let Some(inode) = names.remove(path.as_path()) {
                        inodes.of_step.insert(at, (inode, false));
                    }
                }
                _ => {}
            }
        }
        inodes
    }
}

/// The files and folders on disk.
#[derive(Default)]
struct Image {
    folders: BTreeSet<PathBuf>,
    names: BTreeMap<PathBuf, usize>,
    contents: BTreeMap<usize, Vec<u8>>,
}

impl Image {
    fn apply(&mut self, steps: &[Step], kept: &[Kept]) {
        let inodes = Inodes::of(steps);
        for (at, step) in steps.iter().enumerate().filter(|(at, _)| kept[*at] != Kept::Nothing) {
            let inode = inodes.of_step.get(&at).copied();
            match (step, inode) {
                (Step::Opened(path), Some((inode, true))) => drop(self.names.insert(path.clone(), inode)),
                (Step::Renamed { from, to }, Some((inode, _))) => {
                    if self.names.get(from) == Some(&inode) {
                        self.names.remove(from);
                    }
                    self.names.insert(to.clone(), inode);
                }
                (Step::Removed(path), Some((inode, _))) if self.names.get(path) == Some(&inode) => {
                    self.names.remove(path);
                }
                (Step::FolderMade(path), _) => drop(self.folders.insert(path.clone())),
                (Step::Written { opened, at: from, bytes }, _) => {
                    let content = self.contents.entry(inodes.of_opened[*opened]).or_default();
                    let mut bytes = bytes.clone();
                    match kept[at] {
                        Kept::Start(length) => bytes.truncate(length),
                        Kept::Zeros(length) => bytes[length..].fill(0),
                        Kept::All | Kept::Nothing => {}
                    }
                    let from = usize::try_from(*from).unwrap();
                    content.resize(content.len().max(from + bytes.len()), 0);
                    content[from..from + bytes.len()].copy_from_slice(&bytes);
                }
                (Step::Cut { opened, length }, _) => {
                    let content = self.contents.entry(inodes.of_opened[*opened]).or_default();
                    content.resize(usize::try_from(*length).unwrap(), 0);
                }
                _ => {}
            }
        }
    }

    fn write(&self, root: &Path, target: &Path) {
        let place = |path: &Path| target.join(path.strip_prefix(root).unwrap());
        let is_there = |path: &Path| {
            path.ancestors().skip(1).take_while(|folder| folder.starts_with(root)).all(|f| self.folders.contains(f))
        };
        for folder in self.folders.iter().filter(|folder| *folder == root || is_there(folder)) {
            fs::create_dir_all(place(folder)).unwrap();
        }
        for (path, inode) in self.names.iter().filter(|(path, _)| is_there(path)) {
            fs::write(place(path), self.contents.get(inode).map_or(&[][..], |content| content)).unwrap();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs::OpenOptions;
    use std::io::Write as _;

    use super::*;
    use crate::durable::{DurableFile, create_folders, remove, rename, sync_folder};

    /// What crashes after the last step leave of a file, each once; `None` if it is missing.
    fn left(recording: &Recording, name: &str) -> BTreeSet<Option<String>> {
        let mut chance = Chance::new(7);
        let images = (0..60).map(|_| {
            let target = tempfile::tempdir().unwrap();
            recording.crash(recording.len(), &mut chance, target.path());
            fs::read(target.path().join("index").join(name)).ok().map(|bytes| String::from_utf8(bytes).unwrap())
        });
        images.collect()
    }

    fn file(folder: &Path, name: &str, text: &str) -> DurableFile {
        let path = folder.join(name);
        let opened = OpenOptions::new().write(true).create(true).truncate(false).open(&path).unwrap();
        let mut file = DurableFile::of(opened, &path);
        file.write_all(text.as_bytes()).unwrap();
        file
    }

    #[test]
    fn only_what_was_synced_is_there_for_sure() {
        let root = tempfile::tempdir().unwrap();
        let recording = Recording::start(root.path());
        let folder = root.path().join("index");
        create_folders(&folder).unwrap();

        let one = file(&folder, "one", "1111");
        let unsynced = left(&recording, "one");
        assert!(unsynced.contains(&None) && unsynced.contains(&Some("1111".into())), "{unsynced:?}");
        assert!(unsynced.iter().flatten().any(|text| text.len() < 4 || text.contains('\0')), "{unsynced:?}");
        one.sync().unwrap();
        assert_eq!(left(&recording, "one"), [None, Some("1111".into())].into(), "its name is not synced");
        sync_folder(&folder).unwrap();
        assert_eq!(left(&recording, "one"), [Some("1111".into())].into());

        file(&folder, "two", "2222").sync().unwrap();
        rename(&folder.join("two"), &folder.join("one")).unwrap();
        assert_eq!(left(&recording, "one"), [Some("2222".into())].into());
        remove(&folder.join("one")).unwrap();
        assert_eq!(left(&recording, "one"), [None, Some("2222".into())].into());
        sync_folder(&folder).unwrap();
        assert_eq!(left(&recording, "one"), [None].into());
    }
}
