//! Giving incidents that are no files to an index.
//!
//! In: a batch of upserts and deletions. Out: one commit, and how many there were.

use std::time::Duration;

use crate::engine::{Engine, Purpose};
use crate::error::Result;
use crate::incident::Incident;

/// Upserts and deletions that become visible together, or not at all. Of several for one id, the last one counts.
///
/// ```
/// use rca_index::{Batch, Incident, Index, WriteOptions};
///
/// # fn main() -> rca_index::Result<()> {
/// let index = Index::in_memory()?;
/// index.upsert([Incident::new("OPS-1", "Queue backlog")])?;
///
/// let mut batch = Batch::new();
/// batch.upsert(Incident::new("OPS-2", "Disk full")).delete("OPS-1");
/// let written = index.write(batch, &WriteOptions::default())?;
/// assert_eq!((written.upserted, written.deleted, index.len()?), (1, 1, 1));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct Batch {
    changes: Vec<GivenChange>,
}

#[derive(Debug, Clone)]
pub(crate) enum GivenChange {
    Upsert(Box<Incident>),
    Delete(String),
}

impl Batch {
    /// A batch that changes nothing yet.
    ///
    /// # Examples
    /// ```
    /// use rca_index::Batch;
    ///
    /// assert!(Batch::new().is_empty());
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an incident, or replaces the one with its id.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Batch, Incident};
    ///
    /// let mut batch = Batch::new();
    /// batch.upsert(Incident::new("OPS-1", "Queue backlog")).upsert(Incident::new("OPS-2", "Disk full"));
    /// assert_eq!(batch.len(), 2);
    /// ```
    pub fn upsert(&mut self, incident: Incident) -> &mut Self {
        self.changes.push(GivenChange::Upsert(Box::new(incident)));
        self
    }

    /// Removes the incident with this id, if there is one.
    ///
    /// # Examples
    /// ```
    /// use rca_index::Batch;
    ///
    /// let mut batch = Batch::new();
    /// batch.delete("OPS-1");
    /// assert_eq!(batch.len(), 1);
    /// ```
    pub fn delete(&mut self, id: impl Into<String>) -> &mut Self {
        self.changes.push(GivenChange::Delete(id.into()));
        self
    }

    /// The number of upserts and deletions.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Batch, Incident};
    ///
    /// let batch: Batch = ["OPS-1", "OPS-2"].map(|id| Incident::new(id, "")).into_iter().collect();
    /// assert_eq!(batch.len(), 2);
    /// ```
    pub fn len(&self) -> usize {
        self.changes.len()
    }

    /// Whether it changes nothing.
    ///
    /// # Examples
    /// ```
    /// use rca_index::Batch;
    ///
    /// assert!(Batch::default().is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    pub(crate) fn into_changes(self) -> impl Iterator<Item = GivenChange> {
        self.changes.into_iter()
    }
}

impl Extend<Incident> for Batch {
    /// Adds upserts.
    fn extend<I: IntoIterator<Item = Incident>>(&mut self, incidents: I) {
        for incident in incidents {
            self.upsert(incident);
        }
    }
}

impl FromIterator<Incident> for Batch {
    /// A batch of upserts.
    fn from_iter<I: IntoIterator<Item = Incident>>(incidents: I) -> Self {
        let mut batch = Self::new();
        batch.extend(incidents);
        batch
    }
}

/// The options of a write.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct WriteOptions {
    /// How long to wait while another process writes to the index; zero means not at all. Other threads that use the same
    /// [`Index`](crate::Index) are always waited for.
    pub wait: Duration,
}

impl WriteOptions {
    /// Sets how long to wait while another process writes to the index.
    ///
    /// # Examples
    /// ```
    /// use std::time::Duration;
    ///
    /// use rca_index::WriteOptions;
    ///
    /// let wait = Duration::from_secs(5);
    /// assert_eq!(WriteOptions::default().wait(wait).wait, wait);
    /// ```
    #[must_use]
    pub fn wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }
}

/// What a write did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Written {
    /// Upserts.
    pub upserted: usize,
    /// Deletions of incidents that existed.
    pub deleted: usize,
}

/// Writes changes in one commit.
pub(crate) fn write(
    engine: &Engine,
    changes: impl IntoIterator<Item = GivenChange>,
    options: &WriteOptions,
) -> Result<Written> {
    let mut changes = changes.into_iter().peekable();
    let mut written = Written::default();
    if changes.peek().is_none() {
        return Ok(written);
    }
    let mut writer = engine.writer(Purpose::Give, 1, 0, options.wait)?;
    // The iterator is the caller's code: it must not wait for the end of this write.
    let telling = engine.telling();
    for change in changes {
        match change {
            GivenChange::Upsert(incident) => {
                writer.upsert(*incident)?;
                written.upserted += 1;
            }
            GivenChange::Delete(id) => written.deleted += usize::from(writer.delete(&id)?),
        }
    }
    drop(telling);
    writer.commit(None)?;
    Ok(written)
}
