//! Health: what a cluster has of an archive.
//!
//! In: the state of the last commit. Out: counts. The files are the cluster's own, which verifies their checksums.

use std::path::PathBuf;

use serde_json::Value;

use crate::engine::given::GivenHealth;
use crate::engine::health::Health;
use crate::engine::opensearch::cluster::Cluster;
use crate::engine::opensearch::http::{Body, Method, segment};
use crate::engine::turns::Telling;
use crate::error::Result;

impl Cluster {
    /// Counts what the index has of the archive.
    ///
    /// # Errors
    /// Those of requests; [`Error::IndexOtherVersion`](crate::Error::IndexOtherVersion).
    pub(crate) fn health(&self) -> Result<Health> {
        let state = self.current()?.unwrap_or_default();
        let living = match state.generation {
            0 => Some(0),
            _ => self.remote.count(&state.index, &state.living(self.archive()?))?,
        };
        let stats = self.stats(&state.index);
        let number = |path: &str| stats.pointer(path).and_then(Value::as_u64).unwrap_or(0);
        let GivenHealth { given, hidden, kept } = GivenHealth::default();
        Ok(Health {
            path: Some(self.place()),
            incidents: living.map_or(0, |living| living as usize),
            given,
            hidden,
            kept,
            left_out: 0,
            ignored: Vec::new(),
            segments: number("/_all/primaries/segments/count") as usize,
            deleted: number("/_all/primaries/docs/deleted") as usize,
            bytes: number("/_all/total/store/size_in_bytes"),
            source_bytes: state.note.source_bytes,
            updated: (state.note.updated != 0).then_some(state.note.updated),
            // An index that is gone, or lacks some, must be made again.
            damaged: if living == Some(state.incidents) { Vec::new() } else { vec![PathBuf::from(&state.index)] },
            comparison: None,
            trusted: None,
            trusted_because: String::new(),
            missing: Vec::new(),
            unexpected: Vec::new(),
        })
    }

    /// Numbers of the index; nothing where whoever asks may not see them.
    fn stats(&self, index: &str) -> Value {
        if index.is_empty() {
            return Value::Null;
        }
        let path = format!("/{}/_stats/docs,store,segments", segment(index));
        self.remote.send(Method::Get, &path, Body::None).map_or(Value::Null, |answer| answer.body)
    }

    /// Marks this thread as one that tells about an update of this index: it cannot write to it meanwhile.
    pub(crate) fn telling(&self) -> Telling<'_> {
        self.turns.tell()
    }
}
