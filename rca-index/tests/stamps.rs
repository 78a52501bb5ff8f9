//! What an update believes of the times of files, and what it reads again. The change time is that of Unix systems.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rca_index::{Archive, Freshness, Index, SearchRequest, UpdateOptions, UpdateReport};

/// Longer than two seconds, which is the longest tick of a file system's clock: only then do stamps prove anything.
const TICK: Duration = Duration::from_millis(2_100);

struct Folder {
    root: tempfile::TempDir,
    archive: Archive,
    index: Index,
}

impl Folder {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive::open(folder.path()).unwrap();
        let index = Index::open_or_create(archive.index_dir()).unwrap();
        Self { root: folder, archive, index }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    fn write(&self, name: &str, text: &str, modified: SystemTime) {
        fs::write(self.path(name), text).unwrap();
        set_modified(&self.path(name), modified);
    }

    fn update(&self) -> UpdateReport {
        self.index.update(&self.archive, &UpdateOptions::default(), |_| {}).unwrap()
    }

    fn found(&self, text: &str) -> usize {
        self.index.search(&SearchRequest::parse(text).unwrap()).unwrap().total
    }

    /// What a commit changes.
    fn commit(&self) -> Vec<u8> {
        let versions = fs::read_dir(self.archive.index_dir()).unwrap().map(|entry| entry.unwrap().path());
        let folder = versions.into_iter().find(|path| path.is_dir()).unwrap();
        fs::read(folder.join("meta.json")).unwrap()
    }
}

fn set_modified(path: &Path, modified: SystemTime) {
    File::options().write(true).open(path).unwrap().set_modified(modified).unwrap();
}

/// 1970, just before it, long ago, the last time that fits and one that does not, and a time of a clock that is wrong.
fn times() -> [(&'static str, SystemTime); 6] {
    let after = |nanoseconds| UNIX_EPOCH + Duration::from_nanos(nanoseconds);
    [
        ("zero", UNIX_EPOCH),
        ("before", UNIX_EPOCH - Duration::from_secs(1)),
        ("long-ago", after(1_000_000_000_000_000_000)),
        ("last", after(i64::MAX as u64)),
        ("too-late", after(i64::MAX as u64 + 1)),
        ("tomorrow", SystemTime::now() + Duration::from_secs(86_400)),
    ]
}

#[test]
fn a_text_of_the_same_size_and_time_is_seen_and_a_new_change_time_alone_is_no_modification() {
    let archive = Folder::new();
    let times = times();
    for (name, time) in &times {
        archive.write(&format!("{name}.md"), &format!("# Queue {name}\n\nkafka\n"), *time);
    }
    sleep(TICK);
    assert_eq!(archive.update().added, 6);
    let (known, first) = (archive.commit(), archive.update());
    assert_eq!((first.changed(), first.unchanged, archive.commit() == known), (false, 6, true), "nothing is written");

    // Rights, another link, a kept time that is set again: none is a modification. They are written down once.
    fs::set_permissions(archive.path("zero.md"), Permissions::from_mode(0o600)).unwrap();
    fs::hard_link(archive.path("before.md"), archive.path("before.txt")).unwrap();
    set_modified(&archive.path("long-ago.md"), times[2].1);
    sleep(TICK);
    let changed = archive.update();
    assert_eq!((changed.changed(), changed.unchanged), (false, 6));
    let written = archive.commit();
    assert_ne!(written, known, "the new change times");
    assert!(!archive.update().changed());
    assert_eq!(archive.commit(), written, "and only once");

    // `touch -r`, `rsync -t`, `cp -p`: the same size, the same modification time, another text.
    for (name, time) in &times {
        archive.write(&format!("{name}.md"), &format!("# Queue {name}\n\nredis\n"), *time);
    }
    assert!(
        matches!(archive.index.freshen(&archive.archive, |_| {}).unwrap(), Freshness::Fresh(report) if report.modified == 6)
    );
    assert_eq!((archive.found("kafka"), archive.found("redis")), (0, 6));
    assert!(archive.index.get("zero").unwrap().unwrap().source.contains("redis"));
}

#[test]
fn a_change_within_a_tick_of_the_clock_is_seen() {
    let archive = Folder::new();
    for (round, (_, time)) in times().into_iter().enumerate() {
        let words = ["kafka", "redis"];
        for word in words {
            archive.write("a.md", &format!("# Queue {round}\n\n{word}\n"), time);
            archive.update();
            assert_eq!(archive.found(&format!("{word} {round}")), 1, "{word} in round {round}");
        }
    }
    let before = archive.commit();
    assert!(!archive.update().changed());
    assert_eq!(archive.commit(), before, "read again, as it may have changed, but nothing is written");
}

#[test]
fn a_file_that_cannot_be_read_is_tried_again_and_written_down_once() {
    let archive = Folder::new();
    let path = archive.path("a.md");
    archive.write("a.md", "# Queue\n\n**Severity:** vermilion\n", UNIX_EPOCH);
    archive.write("b.md", "# Disk\n", UNIX_EPOCH);
    let problems = |report: &UpdateReport| report.problems.iter().map(|p| p.problem.code()).collect::<Vec<_>>();
    assert_eq!(problems(&archive.update()), ["severity-unknown"]);
    fs::set_permissions(&path, Permissions::from_mode(0o000)).unwrap();
    if File::open(&path).is_ok() {
        println!("skipped: this user can read every file");
        return;
    }
    sleep(TICK);
    let denied = archive.update();
    assert_eq!(problems(&denied), ["file-unreadable", "severity-unknown"], "the last known text stays");
    assert_eq!((denied.changed(), archive.found("queue")), (false, 1));
    let before = archive.commit();
    assert_eq!(problems(&archive.update()).len(), 2);
    assert_eq!(archive.commit(), before, "tried again, with nothing to write");
    fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
    assert_eq!(problems(&archive.update()), ["severity-unknown"]);
    // A file that was never read.
    fs::write(archive.path("c.md"), "# Kafka\n").unwrap();
    fs::set_permissions(archive.path("c.md"), Permissions::from_mode(0o000)).unwrap();
    assert_eq!((archive.update().failed, archive.found("kafka")), (1, 0));
    fs::set_permissions(archive.path("c.md"), Permissions::from_mode(0o644)).unwrap();
    assert_eq!((archive.update().added, archive.found("kafka")), (1, 1));
}
