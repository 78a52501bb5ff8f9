//! The pulse of a watch: what it says in the index folder, so that searches need not look for changes.
//!
//! In: the ends of updates, and events of the system. Out: a heartbeat once a second while no change waits, withdrawn as soon as one
//! is noticed. Each heartbeat is itself a change that the system tells of: once it comes back, so did all changes before it.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use notify::event::{EventKind, ModifyKind, RenameMode};
use rca_index::Heartbeat;

/// What a watch has said, and what it knows.
#[derive(Default)]
pub(crate) struct Pulse {
    index_dir: PathBuf,
    heartbeat: Option<Heartbeat>,
    /// All changes before are in the index.
    until: Option<SystemTime>,
    /// When the heartbeat was written that did not come back yet.
    sent: Option<SystemTime>,
    is_told: bool,
}

impl Pulse {
    /// An update that began at this time has brought an index in line with an archive.
    pub(crate) fn updated(&mut self, began: SystemTime, index_dir: &Path, root: &Path) {
        self.index_dir = index_dir.to_owned();
        self.heartbeat = Heartbeat::new(index_dir, root).ok();
        self.until = Some(began);
    }

    /// The system watches the archive anew, so a heartbeat of before may never come back.
    pub(crate) fn watched_anew(&mut self) {
        self.withdraw();
        self.sent = None;
    }

    /// The folder in which the heartbeat is written.
    pub(crate) fn folder(&self) -> Option<PathBuf> {
        self.heartbeat.as_ref()?.path().parent().map(Path::to_owned)
    }

    /// Takes an event that is about nothing but the index; returns whether it is one.
    pub(crate) fn takes(&mut self, event: &notify::Event) -> bool {
        let Some(heartbeat) = &self.heartbeat else { return false };
        if event.need_rescan() || event.paths.is_empty() || !event.paths.iter().all(|p| p.starts_with(&self.index_dir))
        {
            return false;
        }
        let has_come_back = event.kind == EventKind::Modify(ModifyKind::Name(RenameMode::To))
            && event.paths.first() == Some(&heartbeat.path());
        if has_come_back && let Some(sent) = self.sent.take() {
            self.until = self.until.max(Some(sent));
        }
        true
    }

    /// Says up to when all changes are in. Called while no change waits. Returns `false` if somebody else has changed the index, so
    /// that it must be compared again.
    pub(crate) fn beat(&mut self) -> bool {
        let (Some(heartbeat), Some(until)) = (&self.heartbeat, self.until) else { return true };
        if !heartbeat.is_current() {
            self.withdraw();
            return false;
        }
        // The system lags behind: what it has not told is not claimed, and soon nobody believes what was said before.
        if self.sent.is_some() {
            return true;
        }
        let now = SystemTime::now();
        self.is_told = heartbeat.tell(until).unwrap_or(false);
        if self.is_told {
            self.sent = Some(now);
        }
        true
    }

    /// Takes back what was said: there is a change that the index has not.
    pub(crate) fn withdraw(&mut self) {
        if std::mem::take(&mut self.is_told)
            && let Some(heartbeat) = &self.heartbeat
        {
            // If this fails, nobody believes it in a few seconds.
            let _ = heartbeat.withdraw();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use notify::event::Flag;
    use rca_index::{Archive, Index, UpdateOptions};

    use super::*;

    /// An archive, and the pulse of a watch that has updated its index.
    fn pulse() -> (tempfile::TempDir, PathBuf, Pulse) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.md"), "# Queue backlog\n").unwrap();
        let archive = Archive::open(folder.path()).unwrap();
        let dir = archive.index_dir();
        Index::open_or_create(&dir).unwrap().update(&archive, &UpdateOptions::default(), |_| {}).unwrap();
        let mut pulse = Pulse::default();
        pulse.updated(SystemTime::UNIX_EPOCH, &dir, folder.path());
        (folder, dir, pulse)
    }

    fn renamed(path: PathBuf, mode: RenameMode) -> notify::Event {
        notify::Event::new(EventKind::Modify(ModifyKind::Name(mode))).add_path(path)
    }

    #[test]
    fn only_the_return_of_its_own_heartbeat_says_that_all_before_was_told() {
        let (_folder, _, mut pulse) = pulse();
        let path = pulse.heartbeat.as_ref().unwrap().path();
        assert!(pulse.takes(&renamed(path.clone(), RenameMode::To)), "none was sent");
        assert_eq!(pulse.until, Some(SystemTime::UNIX_EPOCH));
        let sent = SystemTime::UNIX_EPOCH + Duration::from_secs(5);
        pulse.sent = Some(sent);
        for other in [renamed(path.with_extension("x"), RenameMode::To), renamed(path.clone(), RenameMode::From)] {
            assert!(pulse.takes(&other) && pulse.until == Some(SystemTime::UNIX_EPOCH), "{other:?}");
        }
        assert!(pulse.takes(&renamed(path, RenameMode::To)));
        assert_eq!((pulse.until, pulse.sent), (Some(sent), None));
    }

    #[test]
    fn events_of_the_archive_and_lost_ones_are_not_taken() {
        let (folder, dir, mut pulse) = pulse();
        for (event, is_taken) in [
            (renamed(folder.path().join("b.md"), RenameMode::To), false),
            (renamed(folder.path().join("b.md"), RenameMode::Both).add_path(dir.join("b.md")), false),
            (notify::Event::new(EventKind::Other).set_flag(Flag::Rescan), false),
            (notify::Event::new(EventKind::Other).set_flag(Flag::Rescan).add_path(dir.join("x")), false),
            (notify::Event::new(EventKind::Any), false),
            (renamed(dir.join("x"), RenameMode::From), true),
        ] {
            assert_eq!(pulse.takes(&event), is_taken, "{event:?}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn it_beats_until_a_change_and_not_while_the_last_one_is_on_its_way() {
        let (_folder, dir, mut pulse) = pulse();
        let path = pulse.heartbeat.as_ref().unwrap().path();
        if !pulse.heartbeat.as_ref().unwrap().tell(SystemTime::now()).unwrap() {
            #[allow(clippy::print_stdout)]
            {
                println!("skipped: the file system of the temporary folder is not one that is watched");
            }
            return;
        }
        assert!(pulse.beat() && path.exists());
        let first = std::fs::read(&path).unwrap();
        let sent = pulse.sent;
        pulse.until = Some(SystemTime::now());
        assert!(pulse.beat());
        assert_eq!((std::fs::read(&path).unwrap(), pulse.sent), (first, sent), "it has not come back");
        pulse.withdraw();
        assert!(!path.exists());
        // Somebody else writes to the index.
        pulse.sent = None;
        assert!(pulse.beat() && path.exists());
        Index::open(&dir).unwrap().upsert([rca_index::Incident::new("OPS-1", "Disk full")]).unwrap();
        assert!(!pulse.beat() && !path.exists());
    }
}
