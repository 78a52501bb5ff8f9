//! How an index is opened: with or without a store of the indexes that are trusted.

use std::path::Path;
use std::sync::Arc;

use crate::engine::{Embedded, TrustStore};
use crate::error::Result;
use crate::index::Index;

/// How an index is opened. [`Index::open`] and [`Index::open_or_create`] open whatever there is, which is right for a program that
/// made the index itself, in a place where nobody else writes.
///
/// A folder of reports from elsewhere may come with an index inside, made so that it answers what no report says. A program
/// that opens such folders keeps a [`TrustStore`]: an index that this does not know is an error, and
/// [`recreate`](Self::recreate) puts an empty one in its place, for [`Index::update`] to fill from the reports.
///
/// ```
/// use std::collections::HashSet;
/// use std::path::{Path, PathBuf};
/// use std::sync::{Arc, Mutex};
///
/// use rca_index::{Archive, Error, Index, IndexOptions, TrustStore, UpdateOptions};
///
/// /// Forgets all when the program ends; a real one is a file of the user.
/// #[derive(Debug, Default)]
/// struct Trusted(Mutex<HashSet<(PathBuf, String)>>);
///
/// impl TrustStore for Trusted {
///     fn trusts(&self, dir: &Path, tokens: &[String]) -> bool {
///         let trusted = self.0.lock().unwrap();
///         tokens.iter().any(|token| trusted.contains(&(dir.to_owned(), token.clone())))
///     }
///
///     fn remember(&self, dir: &Path, token: &str) {
///         self.0.lock().unwrap().insert((dir.to_owned(), token.to_owned()));
///     }
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # std::fs::write(folder.path().join("queue.md"), "# Queue backlog\n")?;
/// let archive = Archive::open(folder.path())?;
/// # Index::open_or_create(archive.index_dir())?.update(&archive, &UpdateOptions::default(), |_event| {})?;
/// let options = IndexOptions::default().trust(Arc::new(Trusted::default()));
/// let index = match options.open_or_create(archive.index_dir()) {
///     // It came with the archive.
///     Err(Error::IndexNotTrusted(dir)) => options.recreate(dir)?,
///     opened => opened?,
/// };
/// index.update(&archive, &UpdateOptions::default(), |_event| {})?;
/// assert_eq!(index.len()?, 1);
/// // From now on it is known.
/// assert!(options.open(archive.index_dir()).is_ok());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct IndexOptions {
    trust: Option<Arc<dyn TrustStore>>,
}

impl IndexOptions {
    /// Opens only indexes that this store trusts; the index that is created is told to it.
    ///
    /// # Examples
    /// ```
    /// use std::path::Path;
    /// use std::sync::Arc;
    ///
    /// use rca_index::{Error, Incident, Index, IndexOptions, TrustStore};
    ///
    /// #[derive(Debug)]
    /// struct Nothing;
    ///
    /// impl TrustStore for Nothing {
    ///     fn trusts(&self, _dir: &Path, _tokens: &[String]) -> bool { false }
    ///     fn remember(&self, _dir: &Path, _token: &str) {}
    /// }
    ///
    /// let folder = tempfile::tempdir()?;
    /// Index::open_or_create(folder.path())?.upsert([Incident::new("OPS-1", "Queue backlog")])?;
    /// let opened = IndexOptions::default().trust(Arc::new(Nothing)).open(folder.path());
    /// assert!(matches!(opened, Err(Error::IndexNotTrusted(_))));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn trust(mut self, store: Arc<dyn TrustStore>) -> Self {
        self.trust = Some(store);
        self
    }

    /// Opens an index, as [`Index::open`] does.
    ///
    /// # Errors
    /// Those of [`Index::open`], and [`Error::IndexNotTrusted`](crate::Error::IndexNotTrusted).
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Error, IndexOptions};
    ///
    /// let folder = tempfile::tempdir()?;
    /// assert!(matches!(IndexOptions::default().open(folder.path()), Err(Error::IndexNotFound(_))));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn open(&self, dir: impl AsRef<Path>) -> Result<Index> {
        Embedded::open_with(dir.as_ref(), self.store()).map(Index::of)
    }

    /// Opens an index or creates an empty one, as [`Index::open_or_create`] does.
    ///
    /// # Errors
    /// Those of [`Index::open_or_create`], and [`Error::IndexNotTrusted`](crate::Error::IndexNotTrusted).
    ///
    /// # Examples
    /// ```
    /// use rca_index::IndexOptions;
    ///
    /// let folder = tempfile::tempdir()?;
    /// assert!(IndexOptions::default().open_or_create(folder.path())?.is_empty()?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn open_or_create(&self, dir: impl AsRef<Path>) -> Result<Index> {
        Embedded::open_or_create_with(dir.as_ref(), self.store(), Vec::new()).map(Index::of)
    }

    /// Puts an empty index in the place of the one that is there, and tells the store. The record of incidents that a program
    /// upserted stays, and the new index has them again: what they say cannot be compared with any file.
    ///
    /// # Errors
    /// Those of [`Index::remove`] and [`Index::open_or_create`].
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Incident, Index, IndexOptions};
    ///
    /// let folder = tempfile::tempdir()?;
    /// Index::open_or_create(folder.path())?.upsert([Incident::new("OPS-1", "Queue backlog")])?;
    /// let index = IndexOptions::default().recreate(folder.path())?;
    /// assert_eq!((index.len()?, index.given()?), (1, 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn recreate(&self, dir: impl AsRef<Path>) -> Result<Index> {
        Embedded::recreate(dir.as_ref(), self.store()).map(Index::of)
    }

    /// Tells the store that the index which is there is trusted as it is, whoever made it.
    ///
    /// # Errors
    /// Those of [`Index::open`].
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Incident, Index, IndexOptions};
    ///
    /// let folder = tempfile::tempdir()?;
    /// Index::open_or_create(folder.path())?.upsert([Incident::new("OPS-1", "Queue backlog")])?;
    /// // With no store, there is nothing to tell.
    /// IndexOptions::default().accept(folder.path())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn accept(&self, dir: impl AsRef<Path>) -> Result<()> {
        self.store().map_or(Ok(()), |store| Embedded::accept(dir.as_ref(), store))
    }

    fn store(&self) -> Option<&dyn TrustStore> {
        self.trust.as_deref()
    }
}
