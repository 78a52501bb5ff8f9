//! What stands beside a commit in the index folder, and no search needs: a list for looking for changes, and the word of a watch.
//!
//! In: an index folder. Out: which commit is the last, and where the files are.

use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};

use crate::engine::layout::Layout;
use crate::engine::{Engine, folder};
use crate::error::{Error, Result};

/// The list of what a search looks at for changes.
const LOOK_LIST: &str = "look.bin";

/// What tells a commit from any other of the same index, without opening it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CommitStamp(u64, u64, u64);

impl CommitStamp {
    /// That of the last commit of the index in this folder.
    ///
    /// # Errors
    /// [`Error::IndexNotFound`], [`Error::Io`].
    pub(crate) fn of(dir: &Path) -> Result<Self> {
        let (modified, length, number) = folder::meta_stamp(dir)?;
        let since = modified.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        Ok(Self(u64::try_from(since).unwrap_or(u64::MAX), length, number))
    }
}

impl Engine {
    /// The folder of this version's index in an index folder.
    pub(crate) fn version_folder(dir: &Path) -> PathBuf {
        folder::version_folder(dir)
    }

    /// Fails unless an index folder has only in it what belongs there.
    ///
    /// # Errors
    /// [`Error::IndexUnsafe`], [`Error::Io`].
    pub(crate) fn check_layout(dir: &Path) -> Result<()> {
        Layout::of(dir).map(drop)
    }

    /// The list of what a search looks at for changes, as the last update left it; `None` if it cannot be read, or if the index is
    /// in no folder.
    pub(crate) fn look_list(&self) -> Option<Vec<u8>> {
        match self {
            Self::Embedded(engine) => engine.directory.atomic_read(Path::new(LOOK_LIST)).ok(),
            #[cfg(feature = "opensearch")]
            Self::Cluster(_) => None,
        }
    }

    /// Replaces that list, if the index is in a folder.
    ///
    /// # Errors
    /// [`Error::IndexUnsafe`], [`Error::Io`].
    pub(crate) fn write_look_list(&self, bytes: &[u8]) -> Result<()> {
        self.dir().map_or(Ok(()), Self::check_layout)?;
        match self {
            Self::Embedded(engine) => {
                engine.directory.atomic_write(Path::new(LOOK_LIST), bytes).map_err(Error::io(LOOK_LIST))
            }
            #[cfg(feature = "opensearch")]
            Self::Cluster(_) => Ok(()),
        }
    }
}
