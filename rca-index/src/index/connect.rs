//! An index in a cluster.

use crate::engine::opensearch::{Cluster, ClusterSettings};
use crate::error::Result;
use crate::index::Index;

impl Index {
    /// Opens an index in a cluster of `OpenSearch`, which is asked whether it answers. It is read and updated as one in a folder
    /// is, and takes no incidents that a program gives. If the settings name an archive, the index need not be there yet: it is empty,
    /// and the first update makes it. If they name none, the index must have one archive only.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::Error::Unavailable) if no address answers in time,
    /// [`Error::Unauthorized`](crate::Error::Unauthorized), [`Error::IndexNotFound`](crate::Error::IndexNotFound) if no archive is named
    /// and there is none, [`Error::ClusterSettings`](crate::Error::ClusterSettings) if there are several,
    /// [`Error::Remote`](crate::Error::Remote). All that is done with the index may fail with these too: what a part of the cluster
    /// cannot answer in time is an error, and never a smaller answer.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{ClusterSettings, Error, Index};
    ///
    /// // Nobody listens there.
    /// let settings = ClusterSettings::new("http://127.0.0.1:1/incidents")?;
    /// assert!(matches!(Index::connect(settings), Err(Error::Unavailable { .. })));
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    #[allow(clippy::needless_pass_by_value, reason = "the settings hold secrets, which go with them")]
    pub fn connect(settings: ClusterSettings) -> Result<Self> {
        Cluster::connect(&settings).map(Self::of)
    }
}
