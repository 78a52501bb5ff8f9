//! The writing methods of the index handle: updates from an archive, and incidents that a program gives.

#[cfg(feature = "archive")]
use crate::archive::Archive;
use crate::error::Result;
use crate::incident::Incident;
use crate::index::Index;
use crate::update::{self, Batch, GivenChange, WriteOptions, Written};
#[cfg(feature = "archive")]
use crate::update::{Freshness, IntoControlFlow, Queue, UpdateEvent, UpdateOptions, UpdateReport};

impl Index {
    /// Updates the index from the archive: in parallel, incrementally, in one atomic commit. Waits for other threads that
    /// write through this index or its clones. Incidents that were upserted stay, whatever the options are; one whose id a
    /// report has is hidden while that report is there, and named in [`UpdateReport::hidden`].
    ///
    /// `on_event` is called from several threads. It may return nothing, or a [`ControlFlow`](std::ops::ControlFlow):
    /// `Break` stops the update, and leaves the index as it was. It must not write to this index.
    ///
    /// ```
    /// use std::ops::ControlFlow;
    ///
    /// use rca_index::{Archive, Error, Index, UpdateEvent, UpdateOptions};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = tempfile::tempdir()?;
    /// # std::fs::write(folder.path().join("queue.md"), "# Queue backlog\n")?;
    /// let archive = Archive::open(folder.path())?;
    /// let index = Index::open_or_create(archive.index_dir())?;
    /// let cancelled = index.update(&archive, &UpdateOptions::default(), |event| match event {
    ///     UpdateEvent::Read { .. } => ControlFlow::Break(()),
    ///     _ => ControlFlow::Continue(()),
    /// });
    /// assert!(matches!(cancelled, Err(Error::Cancelled)));
    /// assert!(index.is_empty()?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::IndexLocked`](crate::Error::IndexLocked) while another process updates for longer than the options allow,
    /// [`Error::Cancelled`](crate::Error::Cancelled), [`Error::IndexRemoved`](crate::Error::IndexRemoved) and
    /// [`Error::ArchiveNotFound`](crate::Error::ArchiveNotFound) if somebody removes either meanwhile,
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged),
    /// [`Error::Io`](crate::Error::Io). Defects of single reports are not errors, but problems in the result.
    #[cfg(feature = "archive")]
    pub fn update<F: IntoControlFlow>(
        &self,
        archive: &Archive,
        options: &UpdateOptions,
        on_event: impl Fn(UpdateEvent) -> F + Sync,
    ) -> Result<UpdateReport> {
        self.engine.guard(|| update::update(&self.engine, archive, options, Queue::Wait, &on_event))
    }

    /// Updates the index before a search, unless finding the changes would take too long or another process is
    /// updating. In these cases, the search should use the index as it is.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged).
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Archive, Freshness, Index};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # std::fs::write(folder.path().join("queue.md"), "# Queue backlog\n")?;
    /// let archive = Archive::open(folder.path())?;
    /// let index = Index::open_or_create(archive.index_dir())?;
    /// match index.freshen(&archive, |_event| {})? {
    ///     Freshness::Fresh(report) => assert_eq!(report.reports, 1),
    ///     stale => panic!("a small archive is scanned in time: {stale:?}"),
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "archive")]
    pub fn freshen<F: IntoControlFlow>(
        &self,
        archive: &Archive,
        on_event: impl Fn(UpdateEvent) -> F + Sync,
    ) -> Result<Freshness> {
        update::freshen(&self.engine, archive, &on_event)
    }

    /// Writes the upserts and deletions of a batch in one atomic commit: all, or none where there is an error. Waits for
    /// other threads that write through this index or its clones; for other processes, as the options say.
    ///
    /// Once it returns, the incidents are in a record of their own beside the index. They survive updates, rebuilds,
    /// [`Index::remove`] and new versions of this library.
    ///
    /// # Errors
    /// [`Error::IdOfReport`](crate::Error::IdOfReport) for an id that a report of the archive has: the archive is the truth
    /// about it, and the next update would undo the change. [`Error::IndexLocked`](crate::Error::IndexLocked),
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Batch, Incident, Index, WriteOptions};
    ///
    /// let index = Index::in_memory()?;
    /// let batch: Batch = [Incident::new("OPS-1", "Queue backlog"), Incident::new("OPS-2", "Disk full")].into_iter().collect();
    /// let written = index.write(batch, &WriteOptions::default())?;
    /// assert_eq!((written.upserted, index.len()?), (2, 2));
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn write(&self, batch: Batch, options: &WriteOptions) -> Result<Written> {
        self.engine.guard(|| update::write(&self.engine, batch.into_changes(), options))
    }

    /// Adds incidents, replacing those with the same id; one atomic commit. Short for [`Index::write`].
    ///
    /// # Errors
    /// As [`Index::write`].
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Incident, Index};
    ///
    /// let index = Index::in_memory()?;
    /// index.upsert([Incident::new("OPS-1", "Queue"), Incident::new("OPS-2", "Disk full")])?;
    /// index.upsert([Incident::new("OPS-1", "Queue backlog")])?;
    /// assert_eq!(index.get("OPS-1")?.map(|incident| incident.title.value).as_deref(), Some("Queue backlog"));
    /// assert_eq!(index.len()?, 2);
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn upsert(&self, incidents: impl IntoIterator<Item = Incident>) -> Result<()> {
        let changes = incidents.into_iter().map(|incident| GivenChange::Upsert(Box::new(incident)));
        self.engine.guard(|| update::write(&self.engine, changes, &WriteOptions::default())).map(|_| ())
    }

    /// Removes upserted incidents by id, in one atomic commit. Returns how many existed. Short for [`Index::write`].
    ///
    /// # Errors
    /// As [`Index::write`].
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Incident, Index};
    ///
    /// let index = Index::in_memory()?;
    /// index.upsert([Incident::new("OPS-1", "Queue backlog")])?;
    /// assert_eq!(index.delete(["OPS-1", "OPS-2"])?, 1);
    /// assert!(index.is_empty()?);
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn delete<'a>(&self, ids: impl IntoIterator<Item = &'a str>) -> Result<usize> {
        let changes = ids.into_iter().map(|id| GivenChange::Delete(id.to_owned()));
        let written = self.engine.guard(|| update::write(&self.engine, changes, &WriteOptions::default()))?;
        Ok(written.deleted)
    }
}
