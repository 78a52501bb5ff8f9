//! `rca index --watch`: watch the archive and update on every change.
//!
//! In: events of the file system, the state of archive and index once a second, and signals. Out: an update after each burst of
//! changes, until a signal ends the process. What fails is tried again, less and less often.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use rca_index::{Archive, Error, ProblemKind, UpdateOptions, UpdateReport};

use crate::arguments::GlobalArgs;
use crate::context::Context;
use crate::failure::Failure;
use crate::freshen::update;
use crate::location::Location;
use crate::pulse::Pulse;
use crate::render::{WatchEvent, watch_event};
use crate::watched::{OwnOutput, Watched, concerns};

/// How long there must be no event before an update starts: editors write a file in several steps.
const QUIET: Duration = Duration::from_millis(200);
/// The longest that an update is put off while events keep coming.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often it is looked whether archive and index are still there.
const TICK: Duration = Duration::from_secs(1);
/// After this time the archive is compared with the index although nothing was noticed. The system may lose events, and sends none
/// for ignore files above the archive.
const RESCAN: Duration = Duration::from_secs(300);
/// The longest time between two attempts.
const MAX_RETRY: Duration = Duration::from_secs(60);
/// How long a signal waits for an update to finish. An update that is left loses nothing: the index stays at the last commit.
const GRACE: Duration = Duration::from_secs(5);

/// What the loop is told.
enum Notice {
    Changed(notify::Event),
    /// The system could not watch something.
    Lost,
    /// An update ended; the archive with its settings as they were read for it.
    Ended(Box<Archive>, Box<rca_index::Result<UpdateReport>>),
    Stop,
}

/// A watch, from one update to the next.
struct Watch<'c> {
    context: &'c mut Context,
    location: Location,
    /// The absolute path of the archive.
    root: PathBuf,
    sender: Sender<Notice>,
    watched: Option<Watched>,
    own: OwnOutput,
    updating: bool,
    /// When the next update starts.
    due: Option<Instant>,
    /// When the first of the changes came that it waits for.
    first_change: Option<Instant>,
    last_attempt: Instant,
    looked: Instant,
    failures: u32,
    /// Whether it was told that the archive is gone.
    is_gone: bool,
    /// The folders that could not be read. When they change, the system must be told again what to watch.
    unreadable: Vec<String>,
    has_updated: bool,
    /// Whether the update that is due, or running, is one that no change asked for. It is told only if it finds any.
    is_rescan: bool,
    /// When the update began that runs, or ran last.
    began: SystemTime,
    /// What searches are told.
    pulse: Pulse,
    /// How long the last update took.
    took: Duration,
    /// Whether the system could not watch something, so that nothing may be said.
    is_blind: bool,
}

/// Updates, then updates on every change, until a signal ends it. The first update must succeed.
pub(crate) fn watch(location: Location, options: UpdateOptions, context: &mut Context) -> Result<(), Failure> {
    let root = std::path::absolute(location.archive.root())?;
    let (sender, notices) = mpsc::channel();
    let stop = sender.clone();
    // The receiver lives as long as the process.
    ctrlc::set_handler(move || drop(stop.send(Notice::Stop)))
        .map_err(|error| Failure::from(std::io::Error::other(error)))?;
    let now = Instant::now();
    let mut watch = Watch {
        context,
        location,
        root,
        sender,
        watched: None,
        own: OwnOutput::new(),
        updating: false,
        due: None,
        first_change: None,
        last_attempt: now,
        looked: now,
        failures: 0,
        is_gone: false,
        unreadable: Vec::new(),
        has_updated: false,
        is_rescan: false,
        began: SystemTime::now(),
        pulse: Pulse::default(),
        took: Duration::ZERO,
        is_blind: false,
    };
    let archive = watch.root.display().to_string();
    watch.tell(&WatchEvent::Started { archive: &archive })?;
    // Before the first update, so that no change is lost between the two.
    watch.watch_root().map_err(|error| cannot_watch(&watch.root, &error))?;
    watch.start(options);
    watch.run(&notices)
}

impl Watch<'_> {
    fn run(&mut self, notices: &Receiver<Notice>) -> Result<(), Failure> {
        loop {
            let now = Instant::now();
            if !self.updating && self.due.is_some_and(|due| due <= now) {
                // An update by another process may have begun before this change.
                self.start(UpdateOptions::default().wait(Duration::MAX));
            }
            let due = self.due.filter(|_| !self.updating).map_or(TICK, |due| due.saturating_duration_since(now));
            match notices.recv_timeout(due.min(TICK)) {
                Ok(Notice::Stop) => return self.stop(notices),
                Ok(Notice::Changed(event)) if self.pulse.takes(&event) => {}
                // Events were lost, perhaps those of new folders.
                Ok(Notice::Changed(event)) if event.need_rescan() => self.watch_again(),
                Ok(Notice::Changed(event)) => {
                    if concerns(&event, &self.location.archive, &self.root, &self.own) {
                        self.changed();
                    }
                }
                Ok(Notice::Lost) => {
                    self.is_blind = true;
                    self.changed();
                }
                Ok(Notice::Ended(archive, outcome)) => self.ended(*archive, *outcome)?,
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
            }
            if self.looked.elapsed() >= TICK {
                self.look()?;
            }
        }
    }

    fn tell(&mut self, event: &WatchEvent<'_>) -> Result<(), Failure> {
        watch_event(self.context, &self.location, event)
    }

    /// Has the system watch the folder that the archive's path leads to now.
    fn watch_root(&mut self) -> Result<(), notify::Error> {
        let sender = self.sender.clone();
        let on_event = move |event: notify::Result<notify::Event>| {
            drop(sender.send(event.map_or(Notice::Lost, Notice::Changed)));
        };
        self.watched = None;
        self.pulse.watched_anew();
        self.watched = Some(Watched::new(&self.root, on_event)?);
        self.is_blind = false;
        self.watch_index();
        Ok(())
    }

    /// Has the system watch the folder in which searches are told, wherever the index is.
    fn watch_index(&mut self) {
        if let (Some(watched), Some(folder)) = (&mut self.watched, self.pulse.folder()) {
            // If this fails, what is said there never comes back, and nothing more is said.
            let _ = watched.watch_also(&folder);
        }
    }

    /// Puts an update off until the changes have ended, but not for long.
    fn changed(&mut self) {
        self.is_rescan = false;
        self.pulse.withdraw();
        let now = Instant::now();
        let first = *self.first_change.get_or_insert(now);
        let mut due = (now + QUIET).min(first + PATIENCE);
        if self.failures > 0 {
            due = due.max(self.last_attempt + TICK);
        }
        self.due = Some(due);
    }

    /// Starts an update in a thread of its own: a signal does not wait for it.
    fn start(&mut self, options: UpdateOptions) {
        (self.due, self.first_change) = (None, None);
        self.updating = true;
        self.last_attempt = Instant::now();
        self.began = SystemTime::now();
        let (mut location, global, sender) = (self.location.clone(), self.context.global.clone(), self.sender.clone());
        thread::spawn(move || {
            // The loop waits for an answer whatever happens.
            let outcome = catch_unwind(AssertUnwindSafe(|| attempt(&mut location, &options, &global)));
            let bug = || Error::Internal { path: PathBuf::new(), reason: "an update panicked".to_owned() };
            let outcome = outcome.unwrap_or_else(|_| Err(bug()));
            drop(sender.send(Notice::Ended(Box::new(location.archive), Box::new(outcome))));
        });
    }

    fn ended(&mut self, archive: Archive, outcome: rca_index::Result<UpdateReport>) -> Result<(), Failure> {
        self.updating = false;
        self.took = self.last_attempt.elapsed();
        self.location.archive = archive;
        match outcome {
            Ok(report) => self.updated(&report),
            Err(error) if !self.has_updated => Err(error.into()),
            Err(error) => self.failed(error),
        }
    }

    fn updated(&mut self, report: &UpdateReport) -> Result<(), Failure> {
        (self.failures, self.is_gone) = (0, false);
        if !self.is_rescan || report.changed() {
            self.tell(&WatchEvent::Updated(report))?;
        }
        self.is_rescan = false;
        if let Some(dir) = self.location.index_dir().and_then(|dir| std::path::absolute(dir).ok()) {
            self.pulse.updated(self.began, &dir, &self.root);
            self.watch_index();
        }
        if !self.has_updated {
            self.has_updated = true;
            self.tell_watching()?;
        }
        let unreadable = |found: &rca_index::ReportProblem| {
            matches!(found.problem.kind, ProblemKind::FolderUnreadable { .. }).then(|| found.path.clone())
        };
        let unreadable: Vec<String> = report.problems.iter().filter_map(unreadable).collect();
        if unreadable != self.unreadable {
            self.unreadable = unreadable;
            self.watch_again();
        }
        Ok(())
    }

    fn failed(&mut self, error: Error) -> Result<(), Failure> {
        self.failures += 1;
        let is_gone = matches!(error, Error::ArchiveNotFound(_) | Error::ArchiveNotAFolder(_));
        let retry_in = (TICK * 2_u32.saturating_pow(self.failures - 1).min(64)).min(MAX_RETRY);
        // A folder that is gone is looked for all the time.
        let retry_in = (!is_gone).then_some(retry_in);
        if let Some(time) = retry_in {
            let retry = Instant::now() + time;
            self.due = Some(self.due.map_or(retry, |due| due.max(self.last_attempt + TICK)));
        }
        if is_gone && std::mem::replace(&mut self.is_gone, true) {
            return Ok(());
        }
        match Failure::from(error) {
            Failure::Plain { what, hint, .. } => {
                self.tell(&WatchEvent::Failed { reason: &what, hint: &hint, retry_in })
            }
            Failure::IndexRemoved(what) => {
                self.tell(&WatchEvent::Failed { reason: &what, hint: "it is made again", retry_in })
            }
            other => Err(other),
        }
    }

    /// Looks whether archive and index are still there. The system does not tell when another folder takes the archive's place.
    fn look(&mut self) -> Result<(), Failure> {
        self.looked = Instant::now();
        if self.watched.as_ref().is_some_and(|watched| !watched.is_current()) {
            self.watched = None;
            if !self.root.is_dir() && self.has_updated {
                self.failed(Error::ArchiveNotFound(self.root.clone()))?;
            }
        }
        if self.watched.is_none() && self.root.is_dir() && self.watch_root().is_ok() {
            self.tell_watching()?;
            self.changed();
        }
        let is_idle = !self.updating && self.due.is_none() && self.watched.is_some();
        if is_idle && !self.location.has_index() {
            self.changed();
        } else if is_idle && self.last_attempt.elapsed() >= RESCAN {
            self.rescan();
        } else if is_idle && self.sees_all() && !self.pulse.beat() {
            // Somebody who commits all the time must not keep this process busy.
            if self.last_attempt.elapsed() >= self.took * 10 {
                self.rescan();
            }
        }
        Ok(())
    }

    /// Whether the system tells of every change, and the last update took all in.
    fn sees_all(&self) -> bool {
        self.failures == 0 && self.unreadable.is_empty() && !self.is_blind
    }

    /// Has the archive compared although nothing was noticed.
    fn rescan(&mut self) {
        self.due = Some(Instant::now());
        self.is_rescan = true;
    }

    /// Has the system watch the archive anew, and compares it once more: what changed in between was not noticed.
    fn watch_again(&mut self) {
        // If this fails, the next look tries again.
        drop(self.watch_root());
        self.changed();
    }

    fn tell_watching(&mut self) -> Result<(), Failure> {
        let archive = self.root.display().to_string();
        self.tell(&WatchEvent::Watching { archive: &archive })
    }

    /// Ends the watch. An update that is nearly done is waited for.
    fn stop(&mut self, notices: &Receiver<Notice>) -> Result<(), Failure> {
        let since = Instant::now();
        while self.updating && since.elapsed() < GRACE {
            match notices.recv_timeout(GRACE.saturating_sub(since.elapsed())) {
                Ok(Notice::Ended(archive, outcome)) => self.ended(*archive, *outcome)?,
                // A second signal.
                Ok(Notice::Stop) => break,
                _ => {}
            }
        }
        self.pulse.withdraw();
        self.tell(&WatchEvent::Stopped)
    }
}

/// One update, with the settings and the index as they are now. An index that was damaged, as by removing a part of it, is built
/// again.
fn attempt(location: &mut Location, options: &UpdateOptions, global: &GlobalArgs) -> rca_index::Result<UpdateReport> {
    location.archive = Archive::open(location.archive.root())?;
    let once = |location: &Location| {
        let index = location.open_or_create_index()?.index;
        update(&index, location, options, global)
    };
    match once(location) {
        Err(Error::IndexDamaged { .. }) => {
            location.remove_damaged_index()?;
            once(location)
        }
        outcome => outcome,
    }
}

fn cannot_watch(root: &Path, error: &notify::Error) -> Failure {
    let what = format!("{}: cannot watch for changes: {error}", root.display());
    Failure::from(Error::Io { path: root.to_owned(), source: std::io::Error::other(what) })
}
