//! Trust: the indexes that this user trusts, each noted in a file of the user's state folder.
//!
//! In: an index folder and its tokens, from the library. Out: whether the index is trusted, and why. A note that is missing,
//! damaged or where others can write means that an index is unknown, never an error.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use rca_index::TrustStore;
use xxhash_rust::xxh3::xxh3_64;

use crate::arguments::GlobalArgs;
use crate::owner;

/// Beyond so many notes, those of folders that are gone are removed.
const MANY: usize = 1_000;
/// So many are kept at most, the newest.
const MOST: usize = 4_000;
/// So many of one folder, beside those that are new: of processes that create an index at once, each makes a note, and the
/// first to commit is the one that counts.
const MOST_OF_A_FOLDER: usize = 4;
/// How long a note is new.
const NEW: Duration = Duration::from_secs(3600);
/// A note has one path.
const LONGEST: u64 = 1 << 16;

/// Why an index is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trusted {
    /// The user said so for all indexes.
    All,
    /// It has a note: this user wrote it, or accepted it.
    Noted,
    /// It is in the user's own cache folder, where nothing comes with an archive.
    Cache,
    /// Root owns it, and nobody else can write there.
    Root,
}

/// The notes.
#[derive(Debug)]
pub(crate) struct UserTrust {
    /// `None` if the user has no state folder.
    folder: Option<PathBuf>,
    /// The folder of indexes in the user's cache, if there is one.
    cache: Option<PathBuf>,
    /// Whether every index is trusted.
    all: bool,
    told: Mutex<Told>,
}

/// What the commands ask for afterwards.
#[derive(Debug, Default)]
struct Told {
    /// Why the last index was trusted.
    why: Option<Trusted>,
    /// Why the last index could not be noted.
    failure: Option<String>,
}

impl UserTrust {
    /// The notes of this user.
    pub(crate) fn of(global: &GlobalArgs) -> Self {
        let state = dirs::state_dir().or_else(dirs::data_local_dir);
        let cache = dirs::cache_dir().map(|cache| cache.join("rca"));
        Self { cache, ..Self::in_folder(state.map(|state| state.join("rca").join("trusted")), global.trust_index) }
    }

    fn in_folder(folder: Option<PathBuf>, all: bool) -> Self {
        Self { folder, cache: None, all, told: Mutex::default() }
    }

    /// Why the index that was opened last is trusted.
    pub(crate) fn why(&self) -> Option<Trusted> {
        self.told().why
    }

    /// Why the last index could not be noted, so that it will be unknown again.
    pub(crate) fn failure(&self) -> Option<String> {
        self.told().failure.clone()
    }

    /// Whether the user was told of a record of upserted incidents in this index folder.
    pub(crate) fn knows_record(&self, dir: &Path, record: &str) -> bool {
        let is_noted = |folder: &Path| owner::is_own(folder) && has_note(folder, &of_record(dir), record);
        self.all || self.folder.as_deref().is_some_and(is_noted)
    }

    /// Notes that the user was told of it.
    pub(crate) fn note_record(&self, dir: &Path, record: &str) {
        // If it cannot be noted, it is said again.
        let _ = self.note(&of_record(dir), record);
    }

    /// Runs work that no other process of this user runs at the same time; without a folder to lock, it just runs.
    pub(crate) fn exclusively<T>(&self, work: impl FnOnce() -> T) -> T {
        let lock = self.folder.as_deref().and_then(|folder| {
            make_folder(folder).ok()?;
            let lock = own_file(OpenOptions::new().create(true).truncate(false)).open(folder.join(".lock")).ok()?;
            lock.lock().ok()?;
            Some(lock)
        });
        let done = work();
        drop(lock);
        done
    }

    fn told(&self) -> std::sync::MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reason(&self, dir: &Path, tokens: &[String]) -> Option<Trusted> {
        if self.all {
            return Some(Trusted::All);
        }
        let is_noted = |folder: &Path| owner::is_own(folder) && tokens.iter().any(|token| has_note(folder, dir, token));
        if self.folder.as_deref().is_some_and(is_noted) {
            return Some(Trusted::Noted);
        }
        let is_in = |cache: &Path| dir.parent() == Some(cache) && owner::is_own(cache) && owner::is_own(dir);
        // Most indexes have a note, so that nobody asks for more.
        let cache = self.cache.as_deref().and_then(|cache| cache.canonicalize().ok());
        if cache.as_deref().is_some_and(is_in) {
            return Some(Trusted::Cache);
        }
        owner::only_root_writes(dir).then_some(Trusted::Root)
    }

    fn note(&self, dir: &Path, token: &str) -> io::Result<()> {
        let Some(folder) = &self.folder else {
            return Err(io::Error::new(io::ErrorKind::NotFound, "there is no home folder"));
        };
        make_folder(folder)?;
        if !owner::is_own(folder) {
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, "others can write there"));
        }
        forget_old(folder, dir);
        let new = folder.join(format!(".new-{}-{token}", std::process::id()));
        let written = own_file(OpenOptions::new().create_new(true)).open(&new).and_then(|mut file| {
            file.write_all(dir.as_os_str().as_encoded_bytes())?;
            fs::rename(&new, folder.join(note_name(dir, token)))
        });
        if written.is_err() {
            let _ = fs::remove_file(&new);
        }
        written
    }
}

impl TrustStore for UserTrust {
    fn trusts(&self, dir: &Path, tokens: &[String]) -> bool {
        let why = self.reason(dir, tokens);
        self.told().why = why;
        why.is_some()
    }

    fn remember(&self, dir: &Path, token: &str) {
        let noted = self.note(dir, token);
        let place = self.folder.as_deref().map(|folder| format!("{}: ", folder.display())).unwrap_or_default();
        let mut told = self.told();
        told.why = noted.is_ok().then_some(Trusted::Noted);
        told.failure = noted.err().map(|error| format!("{place}{error}"));
    }
}

/// The file that a note of a record is of.
fn of_record(dir: &Path) -> PathBuf {
    dir.canonicalize().unwrap_or_else(|_| dir.to_owned()).join("given.log")
}

/// The name of a note: the folder's hash, and the token.
fn note_name(dir: &Path, token: &str) -> String {
    format!("{:016x}-{token}", xxh3_64(dir.as_os_str().as_encoded_bytes()))
}

/// Whether there is a note of this index.
fn has_note(folder: &Path, dir: &Path, token: &str) -> bool {
    use std::io::Read as _;
    let mut text = Vec::new();
    let read =
        File::open(folder.join(note_name(dir, token))).and_then(|file| file.take(LONGEST).read_to_end(&mut text));
    read.is_ok() && text == dir.as_os_str().as_encoded_bytes()
}

/// Makes room for a note of an index folder.
fn forget_old(folder: &Path, dir: &Path) {
    let mut notes: Vec<(SystemTime, PathBuf)> = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        // A lock, and what a killed process left half written, begin with a dot.
        let modified = entry.metadata().and_then(|metadata| metadata.modified());
        notes.extend(modified.ok().map(|modified| (modified, entry.path())));
    }
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    notes.retain(|(_, path)| !name(path).starts_with('.'));
    notes.sort();
    let of_this = note_name(dir, "");
    let is_new = |modified: SystemTime| modified.elapsed().is_ok_and(|age| age < NEW);
    let old = notes.iter().filter(|(modified, path)| name(path).starts_with(&of_this) && !is_new(*modified));
    let mut forgotten: Vec<PathBuf> = old.rev().skip(MOST_OF_A_FOLDER - 1).map(|(_, path)| path.clone()).collect();
    if notes.len() >= MANY {
        forgotten.extend(notes.iter().filter(|(_, note)| is_of_nothing(note)).map(|(_, path)| path.clone()));
    }
    let surplus = (notes.len() + 1).saturating_sub(MOST);
    forgotten.extend(notes.into_iter().take(surplus).map(|(_, path)| path));
    for note in forgotten {
        let _ = fs::remove_file(note);
    }
}

/// Whether what a note is of does not exist.
fn is_of_nothing(note: &Path) -> bool {
    let Ok(dir) = fs::read(note) else { return true };
    String::from_utf8(dir).is_ok_and(|dir| !Path::new(&dir).exists())
}

/// Makes a folder in which only its owner can read and write.
fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Options to write a file that only its owner can read and write.
fn own_file(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.write(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "0123456789abcdef0123456789abcdef";
    const OTHER: &str = "fedcba9876543210fedcba9876543210";

    fn tokens(tokens: &[&str]) -> Vec<String> {
        tokens.iter().map(|&token| token.to_owned()).collect()
    }

    fn store(folder: &Path) -> UserTrust {
        UserTrust::in_folder(Some(folder.join("state/rca/trusted")), false)
    }

    fn notes(folder: &Path) -> Vec<PathBuf> {
        fs::read_dir(folder.join("state/rca/trusted")).unwrap().map(|entry| entry.unwrap().path()).collect()
    }

    #[test]
    fn an_index_is_trusted_by_its_folder_and_a_token_together() {
        let folder = tempfile::tempdir().unwrap();
        let (here, there) = (folder.path().join("here"), folder.path().join("there"));
        let trust = store(folder.path());
        assert!(!trust.trusts(&here, &tokens(&[TOKEN])), "nothing is noted");
        trust.remember(&here, TOKEN);
        assert_eq!((trust.why(), trust.failure()), (Some(Trusted::Noted), None));
        assert!(trust.trusts(&here, &tokens(&[OTHER, TOKEN])) && store(folder.path()).trusts(&here, &tokens(&[TOKEN])));
        assert!(!trust.trusts(&here, &tokens(&[OTHER])) && !trust.trusts(&here, &[]), "another index in its place");
        assert!(!trust.trusts(&there, &tokens(&[TOKEN])), "a copy of it elsewhere");
        assert_eq!(trust.why(), None);
        let all = UserTrust::in_folder(None, true);
        assert!(all.trusts(&there, &[]) && all.why() == Some(Trusted::All));
    }

    #[test]
    fn an_index_in_the_cache_folder_is_the_users_own() {
        let folder = tempfile::tempdir().unwrap();
        let cache = folder.path().canonicalize().unwrap().join("rca");
        fs::create_dir_all(cache.join("1234/v8")).unwrap();
        let trust = UserTrust { cache: Some(cache.clone()), ..UserTrust::in_folder(None, false) };
        assert!(trust.trusts(&cache.join("1234"), &[]));
        assert_eq!(trust.why(), Some(Trusted::Cache));
        assert!(
            !trust.trusts(&cache.join("1234/v8"), &[])
                && !trust.trusts(&cache, &[])
                && !trust.trusts(folder.path(), &[])
        );
        assert!(!trust.trusts(&cache.join("gone"), &[]));
    }

    #[test]
    fn damaged_notes_mean_unknown_and_are_mended() {
        let folder = tempfile::tempdir().unwrap();
        let here = folder.path().join("here");
        let trust = store(folder.path());
        trust.remember(&here, TOKEN);
        let note = notes(folder.path()).remove(0);
        for damage in [&b""[..], b"/elsewhere", "x".repeat(100_000).as_bytes()] {
            fs::write(&note, damage).unwrap();
            assert!(!trust.trusts(&here, &tokens(&[TOKEN])));
        }
        fs::remove_file(&note).unwrap();
        fs::create_dir(&note).unwrap();
        assert!(!trust.trusts(&here, &tokens(&[TOKEN])));
        trust.remember(&here, TOKEN);
        assert!(trust.failure().is_some(), "a folder is in the way");
        fs::remove_dir(&note).unwrap();
        trust.remember(&here, TOKEN);
        assert!(trust.trusts(&here, &tokens(&[TOKEN])) && trust.failure().is_none());
        // No home, or a file in the place of the folder.
        let nowhere = UserTrust::in_folder(None, false);
        nowhere.remember(&here, TOKEN);
        assert!(nowhere.failure().is_some() && !nowhere.trusts(&here, &tokens(&[TOKEN])));
        let blocked = UserTrust::in_folder(Some(note), false);
        blocked.remember(&here, TOKEN);
        assert!(blocked.failure().is_some() && !blocked.trusts(&here, &tokens(&[TOKEN])));
    }

    #[test]
    fn the_notes_do_not_grow_without_bound() {
        let folder = tempfile::tempdir().unwrap();
        let (here, trust) = (folder.path().join("here"), store(folder.path()));
        let token = |n: usize| format!("{n:032x}");
        (0..20).for_each(|n| trust.remember(&here, &token(n)));
        assert!((0..20).all(|n| trust.trusts(&here, &[token(n)])), "all may be creating it now");
        for (note, age) in notes(folder.path()).into_iter().zip(1..) {
            let then = SystemTime::now() - NEW * age;
            File::options().write(true).open(note).unwrap().set_modified(then).unwrap();
        }
        trust.remember(&here, &token(20));
        assert_eq!(notes(folder.path()).len(), MOST_OF_A_FOLDER);
        assert!(trust.trusts(&here, &[token(20)]));
        // Many folders, of which few still exist.
        let known = folder.path().join("state");
        trust.remember(&known, TOKEN);
        (0..MANY).for_each(|n| {
            let gone = folder.path().join(format!("gone-{n}"));
            fs::write(
                folder.path().join("state/rca/trusted").join(note_name(&gone, TOKEN)),
                gone.as_os_str().as_encoded_bytes(),
            )
            .unwrap();
        });
        trust.remember(&folder.path().join("new"), TOKEN);
        assert!(notes(folder.path()).len() < 10, "{}", notes(folder.path()).len());
        assert!(trust.trusts(&known, &tokens(&[TOKEN])));
    }

    #[test]
    fn processes_note_at_the_same_time() {
        let folder = tempfile::tempdir().unwrap();
        let here = folder.path().join("here");
        std::thread::scope(|scope| {
            for n in 0..4 {
                let (folder, here) = (folder.path(), &here);
                scope.spawn(move || store(folder).exclusively(|| store(folder).remember(here, &format!("{n:032x}"))));
            }
        });
        let trust = store(folder.path());
        assert!((0..4).all(|n| trust.trusts(&here, &[format!("{n:032x}")])));
    }

    #[cfg(unix)]
    #[test]
    fn only_the_user_reads_and_writes_the_notes() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let (here, trust) = (folder.path().join("here"), store(folder.path()));
        trust.exclusively(|| trust.remember(&here, TOKEN));
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        let place = folder.path().join("state/rca/trusted");
        assert_eq!(mode(&place), 0o700);
        assert!(notes(folder.path()).iter().all(|note| mode(note) == 0o600));
        // Where others can write, nothing is believed.
        fs::set_permissions(&place, fs::Permissions::from_mode(0o770)).unwrap();
        assert!(!trust.trusts(&here, &tokens(&[TOKEN])));
        trust.remember(&here, OTHER);
        assert!(trust.failure().is_some_and(|failure| failure.contains("others can write there")));
    }
}
