//! The update: applies the changes of an archive to its index.
//!
//! archive -> walk -> changes since the last update -> read and parse in parallel -> documents -> one atomic commit.
//! In: an archive and an index. Out: a report with counts. It does not depend on queries.

mod agreement;
mod changes;
mod compare;
#[cfg(test)]
mod crashes;
mod flow;
mod freshness;
mod give;
mod heartbeat;
mod ingest;
mod look;
mod manifest;
mod settle;

pub(crate) use agreement::{Agreement, agreement};
pub(crate) use compare::compare;
pub use flow::IntoControlFlow;
pub use freshness::Freshness;
pub(crate) use freshness::freshen;
pub use give::{Batch, WriteOptions, Written};
pub(crate) use give::{GivenChange, write};
pub use heartbeat::Heartbeat;
pub use look::Looked;

use std::collections::HashSet;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::archive::walk::{Limit, walk};
use crate::archive::{Archive, ReportProblem};
use crate::engine::{self, CommitNote, Engine, Purpose};
use crate::error::{Error, Result};
use crate::incident::{IgnoredCount, LeftOut};
use crate::update::changes::Changes;
use crate::update::freshness::Limits;
use crate::update::ingest::{Ingested, count, ingest_all};
use crate::update::look::LookList;
use crate::update::manifest::{Entry, Manifest};
use crate::update::settle::settle;

/// The options of an update.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct UpdateOptions {
    /// Parse every report again, as if the index were empty.
    pub rebuild: bool,
    /// The number of threads that read and parse; 0 means the number of processors.
    pub threads: usize,
    /// Give up if finding the changes takes longer than this; the report says so.
    pub scan_limit: Option<Duration>,
    /// How long to wait while another process updates the index; zero means not at all. Other threads that use the same
    /// [`Index`](crate::Index) are always waited for.
    pub wait: Duration,
}

impl UpdateOptions {
    /// Sets whether to parse every report again.
    ///
    /// # Examples
    /// ```
    /// use rca_index::UpdateOptions;
    ///
    /// assert!(UpdateOptions::default().rebuild(true).rebuild);
    /// ```
    #[must_use]
    pub fn rebuild(mut self, rebuild: bool) -> Self {
        self.rebuild = rebuild;
        self
    }

    /// Sets the number of threads that read and parse; 0 means the number of processors.
    ///
    /// # Examples
    /// ```
    /// use rca_index::UpdateOptions;
    ///
    /// assert_eq!(UpdateOptions::default().threads(2).threads, 2);
    /// ```
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// Sets how long finding the changes may take.
    ///
    /// # Examples
    /// ```
    /// use std::time::Duration;
    ///
    /// use rca_index::UpdateOptions;
    ///
    /// let limit = Duration::from_millis(100);
    /// assert_eq!(UpdateOptions::default().scan_limit(limit).scan_limit, Some(limit));
    /// ```
    #[must_use]
    pub fn scan_limit(mut self, limit: Duration) -> Self {
        self.scan_limit = Some(limit);
        self
    }

    /// Sets how long to wait while another process updates the index.
    ///
    /// # Examples
    /// ```
    /// use std::time::Duration;
    ///
    /// use rca_index::UpdateOptions;
    ///
    /// let wait = Duration::from_secs(5);
    /// assert_eq!(UpdateOptions::default().wait(wait).wait, wait);
    /// ```
    #[must_use]
    pub fn wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }
}

/// The progress of an update. Events come from several threads, possibly at the same time.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum UpdateEvent {
    /// The archive was scanned and compared with the last update.
    Compared {
        /// Reports in the archive.
        reports: usize,
        /// Reports to read: new, modified or renamed.
        to_read: usize,
        /// The total size of these in bytes.
        bytes: u64,
    },
    /// One more report was read, parsed and passed to the index.
    Read {
        /// Its size in bytes.
        bytes: u64,
    },
    /// All reports are read; the index is being written.
    Committing,
}

/// The result of an update.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct UpdateReport {
    /// Reports now in the index.
    pub reports: usize,
    /// New reports.
    pub added: usize,
    /// Reports with changed text, and reports parsed again because the settings changed.
    pub modified: usize,
    /// New reports with the text of a removed one.
    pub renamed: usize,
    /// Reports removed from the archive.
    pub removed: usize,
    /// Unchanged reports.
    pub unchanged: usize,
    /// Files and folders that could not be taken in: unreadable, empty, binary or too large ones, pipes, sockets, devices and links
    /// whose target is missing. Each has a problem.
    pub failed: usize,
    /// Reports that cannot be read now, or are in a folder that cannot be listed, and are as an earlier update read them.
    pub kept: usize,
    /// Reports that the index had, and that a rebuild could not read again: they are not found until an update can read them.
    pub lost: usize,
    /// Files that are not reports, sorted by path; unchanged ones included.
    pub left_out: Vec<LeftOut>,
    /// Files that ignore files leave out, by ignore file; with a scan limit, only those outside of ignored folders.
    pub ignored: Vec<IgnoredCount>,
    /// Problems of all reports in the archive, sorted by path and line; unchanged reports included.
    pub problems: Vec<ReportProblem>,
    /// The ids of given incidents that are not found because a report has their id, sorted. They are kept, and come back
    /// when the report is gone.
    pub hidden: Vec<String>,
    /// Bytes read.
    pub bytes: u64,
    /// Whether the scan took longer than the limit in the options, so that nothing was updated.
    pub given_up: bool,
    /// The duration of the update.
    pub took: Duration,
}

impl UpdateReport {
    /// Whether the update changed the index.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Archive, Index, UpdateOptions};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # std::fs::write(folder.path().join("queue.md"), "# Queue backlog\n")?;
    /// let archive = Archive::open(folder.path())?;
    /// let index = Index::open_or_create(archive.index_dir())?;
    /// let update = || index.update(&archive, &UpdateOptions::default(), |_event| {});
    /// assert!(update()?.changed());
    /// assert!(!update()?.changed());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn changed(&self) -> bool {
        self.added + self.modified + self.renamed + self.removed > 0
    }
}

/// Whether an update waits for other threads of this process that write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Queue {
    Wait,
    GiveUp,
}

/// Updates an index; `on_event` may stop it.
pub(crate) fn update<F: IntoControlFlow>(
    engine: &Engine,
    archive: &Archive,
    options: &UpdateOptions,
    queue: Queue,
    on_event: &(impl Fn(UpdateEvent) -> F + Sync),
) -> Result<UpdateReport> {
    let tell = |event| {
        let _telling = engine.telling();
        if on_event(event).into_control_flow().is_break() { Err(Error::Cancelled) } else { Ok(()) }
    };
    whole_update(engine, archive, options, queue, &tell)
}

/// The whole update, as one function.
fn whole_update(
    engine: &Engine,
    archive: &Archive,
    options: &UpdateOptions,
    queue: Queue,
    tell: &(impl Fn(UpdateEvent) -> Result<()> + Sync),
) -> Result<UpdateReport> {
    let started = Instant::now();
    let walked = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos() as i64;
    let limit = match options.scan_limit {
        // An archive that is walked before each search needs no list for looks.
        Some(time) => {
            Some(Limit { time, files: engine.snapshot()?.incidents(), folders: time > Limits::OF_SEARCH.scan })
        }
        None => None,
    };
    let Some(walk) = walk(archive, limit) else {
        return Ok(UpdateReport { given_up: true, took: started.elapsed(), ..UpdateReport::default() });
    };
    let list = if limit.is_none_or(|limit| limit.folders) { LookList::of(&walk, walked, engine)? } else { None };
    // If it cannot be written, searches look at nothing, and say so.
    let keep_list = || list.as_ref().map(|list| list.keep(engine));
    still_there(archive)?;
    let (note, before) = last_update(engine)?;
    let (mut before, rebuilt) = if options.rebuild {
        (Manifest::default(), before)
    } else {
        engine.check_count(&note, before.indexed().count())?;
        (before, Manifest::default())
    };
    let settings = archive.kept_settings();
    let in_another_language = engine.depends_on_language() && settings.language != note.settings.language;
    if settings.reading != note.settings.reading || in_another_language {
        before.forget_contents();
    }
    let known = before.problems.clone();
    let found = walk.problems.clone();
    let ignored = walk.ignored.counts();
    let mut changes = Changes::between(before, walk);
    settle(&mut changes, archive, walked);
    // The first update always commits, even without reports: only then does the index exist.
    let first = note.updated == 0;
    let is_same = known == found && settings == note.settings && !options.rebuild && !first;
    let is_same = is_same && !engine.is_behind_record(&note)?;
    let unchanged = |entries, ignored| {
        keep_list();
        let manifest = Manifest { entries, problems: found.clone() };
        let (hidden, took) = (note.hidden(), started.elapsed());
        Ok(report(&manifest, UpdateReport { ignored, hidden, took, ..UpdateReport::default() }))
    };
    if is_same && changes.is_empty() && !changes.restamped {
        return unchanged(changes.unchanged, ignored);
    }

    let bytes = changes.to_read.iter().map(|(file, _)| file.size).sum();
    let reports = changes.unchanged.len() + changes.to_read.len();
    tell(UpdateEvent::Compared { reports, to_read: changes.to_read.len(), bytes })?;
    let threads = threads(options.threads);
    let writer_threads = if bytes > PARALLEL_BYTES { threads } else { 1 };
    let purpose = if options.rebuild { Purpose::Rebuild } else { Purpose::Update };
    let writer = match queue {
        Queue::Wait => engine.writer(purpose, writer_threads, bytes, options.wait),
        Queue::GiveUp => engine.writer_at_once(purpose, writer_threads, bytes),
    };
    let mut writer = match writer {
        // The index has all; that its files have new stamps is found out again next time.
        Err(error) if is_same && changes.is_empty() && cannot_write(&error) => {
            return unchanged(changes.unchanged, ignored);
        }
        opened => opened?,
    };
    if writer.note() != &note {
        // Another update has finished in the meantime, so the changes must be computed again.
        drop(writer);
        return whole_update(engine, archive, options, queue, tell);
    }
    let renamed = settings.house() != note.settings.house();
    writer.use_settings(settings);
    if renamed {
        writer.give_again()?;
    }
    for entry in &changes.removed {
        writer.remove(&entry.id())?;
    }
    let to_read = std::mem::take(&mut changes.to_read);
    let ingested = ingest_all(to_read, archive, &writer, threads, walked, tell)?;
    let is_known = |ingested: &Ingested| !ingested.is_new_entry;
    let is_same = is_same && changes.removed.is_empty() && !changes.restamped && ingested.iter().all(is_known);

    let mut counts = count(&changes, &ingested);
    let mut entries = changes.unchanged;
    entries.extend(ingested.into_iter().map(|ingested| ingested.entry));
    entries.sort_unstable_by(|a, b| a.key().cmp(&b.key()));
    if is_same {
        return unchanged(entries, ignored);
    }
    tell(UpdateEvent::Committing)?;
    still_there(archive)?;
    let manifest = Manifest { entries, problems: found };
    if writer.hides_any() {
        let ids: HashSet<_> = manifest.indexed().map(Entry::id).collect();
        counts.hidden = writer.show_hidden(|id| ids.contains(id))?;
    }
    let source_bytes = manifest.indexed().map(|entry| entry.size).sum();
    let (reports, failed) = (manifest.indexed().count(), manifest.failed());
    writer.commit(Some(&engine::Manifest { bytes: &manifest.to_bytes()?, source_bytes, reports, failed }))?;
    keep_list();
    counts.lost = manifest.lost_since(&rebuilt);
    counts.bytes = bytes;
    counts.ignored = ignored;
    counts.took = started.elapsed();
    Ok(report(&manifest, counts))
}

/// Whether an index cannot be written to now, which is no reason to say that it is out of date.
fn cannot_write(error: &Error) -> bool {
    matches!(error, Error::IndexLocked { .. }) || error.is_read_only()
}

/// Fails if the folder of the archive is gone: an index of no reports must not take the place of the last one.
fn still_there(archive: &Archive) -> Result<()> {
    if archive.root().is_dir() { Ok(()) } else { Err(Error::ArchiveNotFound(archive.root().to_owned())) }
}

/// The commit note and the manifest of the last update.
fn last_update(engine: &Engine) -> Result<(CommitNote, Manifest)> {
    let (note, bytes) = engine.last_update()?;
    let manifest = match bytes {
        Some(bytes) => Manifest::from_bytes(&bytes, engine.dir())?,
        None => Manifest::default(),
    };
    Ok((note, manifest))
}

/// The problems of all reports, as of the last update.
pub(crate) fn problems(engine: &Engine) -> Result<Vec<ReportProblem>> {
    Ok(last_update(engine)?.1.all_problems())
}

/// The files that are not reports, as of the last update.
pub(crate) fn left_out(engine: &Engine) -> Result<Vec<LeftOut>> {
    Ok(last_update(engine)?.1.left_out())
}

/// With less text, one thread is as fast, and writes a single segment.
const PARALLEL_BYTES: u64 = 4_000_000;

fn threads(wanted: usize) -> usize {
    if wanted > 0 { wanted } else { std::thread::available_parallelism().map_or(1, usize::from) }
}

/// Adds the counts for the whole archive from the manifest.
#[allow(clippy::needless_pass_by_value)]
fn report(manifest: &Manifest, counts: UpdateReport) -> UpdateReport {
    let reports = manifest.indexed().count();
    let left_out = manifest.left_out();
    let (failed, kept) = (manifest.failed().total(), manifest.kept());
    let unchanged = if counts.changed() { counts.unchanged } else { reports };
    UpdateReport { reports, failed, kept, unchanged, left_out, problems: manifest.all_problems(), ..counts }
}
