//! What a search believes of a heartbeat, and what a watch never writes to.

#![allow(clippy::print_stdout)]

use std::fs;
use std::os::unix::fs::symlink;
use std::process::{Child, Command};

use serde_json::{Value, json};

use super::*;
use crate::update::freshness::{Freshness, Limits, freshen_within};
use crate::update::{Batch, Queue, UpdateOptions, WriteOptions, update, write};

struct Folder {
    root: tempfile::TempDir,
    archive: Archive,
    engine: Engine,
}

impl Folder {
    /// An archive whose index has all. `None`, and it is said, where no file system of this host is below.
    fn watched() -> Option<(Self, Heartbeat)> {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("a.md"), "# Queue backlog\n").unwrap();
        let archive = Archive::open(root.path()).unwrap();
        let engine = Engine::from(crate::engine::Embedded::open_or_create(&archive.index_dir()).unwrap());
        let folder = Self { root, archive, engine };
        folder.update();
        let heartbeat = folder.heartbeat();
        if !heartbeat.tell(SystemTime::now()).unwrap() {
            println!("skipped: the file system of the temporary folder is not one that is watched");
            return None;
        }
        Some((folder, heartbeat))
    }

    fn update(&self) {
        update(&self.engine, &self.archive, &UpdateOptions::default(), Queue::Wait, &|_| {}).unwrap();
    }

    fn heartbeat(&self) -> Heartbeat {
        Heartbeat::new(self.archive.index_dir(), self.root.path()).unwrap()
    }

    fn path(&self) -> PathBuf {
        path(&self.archive.index_dir())
    }

    fn said(&self) -> Value {
        serde_json::from_slice(&fs::read(self.path()).unwrap()).unwrap()
    }

    /// Whether a search believes what is said. If not, it walks the archive.
    fn is_believed(&self) -> bool {
        let limits = Limits { walked_although_watched: 0, scan: Duration::from_secs(600), ..Limits::OF_SEARCH };
        match freshen_within(&self.engine, &self.archive, limits, &|_| {}).unwrap() {
            Freshness::Watched => true,
            Freshness::Fresh(_) => false,
            other => panic!("{other:?}"),
        }
    }

    fn is_believed_if_said(&self, text: &[u8]) -> bool {
        fs::write(self.path(), text).unwrap();
        self.is_believed()
    }
}

#[test]
fn a_live_heartbeat_is_believed_until_it_is_withdrawn() {
    let Some((folder, heartbeat)) = Folder::watched() else { return };
    assert!(folder.is_believed());
    // Nothing is looked at.
    fs::write(folder.root.path().join("b.md"), "# Disk full\n").unwrap();
    assert!(folder.is_believed());
    assert_eq!(folder.engine.snapshot().unwrap().incidents(), 1);
    heartbeat.withdraw().unwrap();
    assert!(!folder.path().exists() && !folder.is_believed());
    assert_eq!(folder.engine.snapshot().unwrap().incidents(), 2);
    // A small archive is walked all the same.
    folder.heartbeat().tell(SystemTime::now()).unwrap();
    fs::write(folder.root.path().join("c.md"), "# Disk full\n").unwrap();
    let limits = Limits { scan: Duration::from_secs(600), ..Limits::OF_SEARCH };
    freshen_within(&folder.engine, &folder.archive, limits, &|_| {}).unwrap();
    assert_eq!(folder.engine.snapshot().unwrap().incidents(), 3);
}

#[test]
fn what_is_not_proved_is_not_believed() {
    let Some((folder, heartbeat)) = Folder::watched() else { return };
    let said = folder.said();
    let other_number = |at: &str| json!(said.pointer(at).unwrap().as_u64().unwrap() + 1);
    let now = nanoseconds(SystemTime::now());
    let hour = 3_600_000_000_000;
    for (at, value) in [
        ("/process/boot", json!("another")),
        ("/process/boot", json!("")),
        ("/process/boot", json!("\u{1b}[2J\r\n")),
        ("/process/space", json!("pid:[1]")),
        ("/process/id", json!(1)),
        ("/process/id", json!(u32::MAX)),
        ("/process/id", json!(-1)),
        ("/process/started", other_number("/process/started")),
        ("/archive/0", other_number("/archive/0")),
        ("/archive/1", other_number("/archive/1")),
        ("/commit/0", other_number("/commit/0")),
        ("/commit/2", other_number("/commit/2")),
        ("/until", json!(now + hour)),
        ("/until", json!(now - hour)),
        ("/until", json!(0)),
        ("/until", json!(u64::MAX)),
        ("/until", json!("now")),
        ("/until", json!(1e300)),
    ] {
        let mut claim = said.clone();
        *claim.pointer_mut(at).unwrap() = value;
        assert!(!folder.is_believed_if_said(claim.to_string().as_bytes()), "{claim}");
    }
    let mut claim = said.clone();
    claim["until"] = json!(nanoseconds(SystemTime::now()));
    let text = claim.to_string();
    let padded = format!("{text}{}", " ".repeat(1_000));
    let nested = "[".repeat(900);
    for text in ["", "{}", "null", "\0", "\u{1b}]0;x\u{7}", &text[1..], &format!("{text}x"), &padded, &nested] {
        assert!(!folder.is_believed_if_said(text.as_bytes()), "{text:?}");
    }
    assert!(!folder.is_believed_if_said(b"\xff\xfe"));
    claim["more"] = json!(1);
    assert!(!folder.is_believed_if_said(claim.to_string().as_bytes()), "{claim}");
    // Nothing else is wrong with it.
    heartbeat.tell(SystemTime::now()).unwrap();
    assert!(folder.is_believed());
}

#[test]
fn what_is_no_regular_file_is_neither_read_nor_written_through() {
    let Some((folder, heartbeat)) = Folder::watched() else { return };
    let outside = folder.root.path().join("outside");
    let said = fs::read(folder.path()).unwrap();
    fs::write(&outside, &said).unwrap();
    fs::remove_file(folder.path()).unwrap();
    symlink(&outside, folder.path()).unwrap();
    assert!(read(&folder.archive.index_dir()).is_none());
    assert!(matches!(heartbeat.tell(SystemTime::now()), Err(Error::IndexUnsafe { .. })));
    heartbeat.withdraw().unwrap();
    assert_eq!(fs::read(&outside).unwrap(), said);
    fs::remove_file(folder.path()).unwrap();
    // A link that leads nowhere creates nothing.
    symlink(folder.root.path().join("new"), folder.path()).unwrap();
    assert!(heartbeat.tell(SystemTime::now()).is_err() && !folder.root.path().join("new").exists());
    fs::remove_file(folder.path()).unwrap();
    fs::create_dir(folder.path()).unwrap();
    assert!(read(&folder.archive.index_dir()).is_none() && heartbeat.tell(SystemTime::now()).is_err());
    fs::remove_dir(folder.path()).unwrap();
    assert!(Command::new("mkfifo").arg(folder.path()).status().unwrap().success());
    assert!(read(&folder.archive.index_dir()).is_none() && heartbeat.tell(SystemTime::now()).is_err());
    fs::remove_file(folder.path()).unwrap();
    // The index folder itself.
    let (dir, aside) = (folder.archive.index_dir(), folder.root.path().join("aside"));
    fs::rename(&dir, &aside).unwrap();
    symlink(&aside, &dir).unwrap();
    assert!(heartbeat.tell(SystemTime::now()).is_err() && !path(&aside).exists());
}

/// Ends the process in any case.
struct Sleeper(Child);

impl Drop for Sleeper {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_word_of_another_process_holds_while_it_lives() {
    let Some((folder, heartbeat)) = Folder::watched() else { return };
    let mut sleeper = Sleeper(Command::new("sleep").arg("600").spawn().unwrap());
    let mut claim: Claim = serde_json::from_slice(&fs::read(folder.path()).unwrap()).unwrap();
    claim.process = Process::of(sleeper.0.id()).unwrap();
    let say = || {
        let claim = Claim { until: nanoseconds(SystemTime::now()), ..claim.clone() };
        fs::write(folder.path(), serde_json::to_vec(&claim).unwrap()).unwrap();
    };
    say();
    assert!(folder.is_believed());
    // It is neither replaced nor taken back by this one.
    assert!(!heartbeat.tell(SystemTime::now()).unwrap());
    heartbeat.withdraw().unwrap();
    assert!(folder.is_believed());
    sleeper.0.kill().unwrap();
    sleeper.0.wait().unwrap();
    say();
    assert!(!folder.is_believed());
    assert!(heartbeat.tell(SystemTime::now()).unwrap());
}

#[test]
fn it_is_of_one_commit_one_archive_and_its_settings() {
    let Some((mut folder, heartbeat)) = Folder::watched() else { return };
    let tell = |folder: &Folder| assert!(folder.heartbeat().tell(SystemTime::now()).unwrap());
    // A commit of somebody else.
    let batch: Batch = [crate::incident::Incident::new("OPS-1", "Disk full")].into_iter().collect();
    write(&folder.engine, batch.into_changes(), &WriteOptions::default()).unwrap();
    assert!(!heartbeat.is_current() && !folder.is_believed());
    tell(&folder);
    assert!(folder.is_believed());
    // Settings that no update has applied.
    fs::write(folder.root.path().join("rca.toml"), "day_first = true\n").unwrap();
    folder.archive = Archive::open(folder.root.path()).unwrap();
    assert!(!folder.is_believed());
    tell(&folder);
    assert!(folder.is_believed(), "the walk has applied them");
    // Another archive with the same index.
    let other = tempfile::tempdir().unwrap();
    let archive = Archive::open(other.path()).unwrap();
    let is_of = |archive: &Archive| {
        let claim = read(&folder.archive.index_dir()).unwrap();
        is_believed(&claim, &folder.archive.index_dir(), archive.root(), SystemTime::now())
    };
    tell(&folder);
    assert!(is_of(&folder.archive) && !is_of(&archive));
}

#[test]
fn a_file_system_mounted_inside_is_noticed() {
    let mounts = b"21 1 8:1 / / rw - ext4 /dev/a rw\n30 21 0:5 / /data/ar\\040chive/2024 rw - nfs host:/x rw\n";
    for (root, is_inside) in
        [("/data/ar chive", true), ("/data", true), ("/data/ar chive/2024", false), ("/data/ar", false)]
    {
        assert_eq!(host::has_mounts_inside(Path::new(root), mounts), is_inside, "{root}");
    }
    assert!(host::has_mounts_inside(Path::new("/data"), b"a line of something else\n"));
    assert!(!host::has_mounts_inside(Path::new("/data"), b""));
    assert!(host::watchable(Path::new("/proc")).is_none());
}
