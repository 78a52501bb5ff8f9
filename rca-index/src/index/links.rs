//! Links between the incidents of an index, both ways.

use crate::archive::link_key::LinkKey;
use crate::engine::Engine;
use crate::error::Result;
use crate::incident::{Incident, Summary};
use crate::index::Index;
use crate::search::{SearchRequest, SearchResults, search_summaries};
use crate::wire::{LinkLookup, MOST_BACKLINKS};

impl Index {
    /// The incidents that link to the one with this id, the newest first; none if there is no such incident. A link to itself
    /// is none, and neither is one that may mean several incidents.
    ///
    /// No report is parsed for it, and none has to be indexed again: a link to an incident that is not there counts from
    /// when it is. [`SearchRequest::linking_to`] does the same with a limit, filters and facets.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Incident, Index, SectionKind};
    ///
    /// let index = Index::in_memory()?;
    /// let mut again = Incident::new("OPS-2", "Queue backlog again");
    /// again.push_section(SectionKind::Related, "- OPS-1");
    /// index.upsert([again])?;
    /// assert!(index.backlinks("OPS-1")?.is_empty());
    /// index.upsert([Incident::new("OPS-1", "Queue backlog")])?;
    /// assert_eq!(index.backlinks("OPS-1")?[0].title, "Queue backlog again");
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn backlinks(&self, id: &str) -> Result<Vec<Summary>> {
        let found = self.engine.guard(|| linking_to(&self.engine, id, usize::MAX))?;
        Ok(found.into_iter().flat_map(|found| found.hits).map(|hit| hit.incident).collect())
    }

    /// The ids that a link of an incident may mean, sorted: what it names, or the report at its place as seen from the
    /// incident's report. Several if it does not say which; none if it leads nowhere.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    ///
    /// # Examples
    /// ```
    /// use rca_index::parse::{ParseOptions, parse_report};
    /// use rca_index::{Incident, Index};
    ///
    /// # let index = Index::in_memory()?;
    /// index.upsert([Incident::new("2024/disk", "Disk full"), Incident::new("2025/disk", "Disk full")])?;
    /// let text = "# Disk full again\n\nAs [before](../2024/disk.md).\n".to_owned();
    /// let incident = parse_report("2025/again.md", text, &ParseOptions::default()).incident;
    /// assert_eq!(index.linked(&incident, &incident.links[0].target)?, ["2024/disk"]);
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn linked(&self, incident: &Incident, target: &str) -> Result<Vec<String>> {
        let Some(key) = LinkKey::new(&incident.path, target) else { return Ok(Vec::new()) };
        self.engine.guard(|| Ok(self.engine.snapshot()?.names()?.linked(&key)))
    }
}

/// The first incidents that link to one; `None` if there is no such incident.
fn linking_to(engine: &Engine, id: &str, limit: usize) -> Result<Option<SearchResults<Summary>>> {
    if !engine.snapshot()?.has_id(id)? {
        return Ok(None);
    }
    search_summaries(engine, &SearchRequest::linking_to(id).limit(limit)).map(Some)
}

impl LinkLookup for Index {
    fn linked(&self, incident: &Incident, target: &str) -> Vec<String> {
        Self::linked(self, incident, target).unwrap_or_default()
    }

    fn backlinks(&self, incident: &Incident) -> (Vec<Summary>, usize) {
        let found = self.engine.guard(|| linking_to(&self.engine, &incident.id, MOST_BACKLINKS)).ok().flatten();
        let found = found.map(|found| (found.hits.into_iter().map(|hit| hit.incident).collect(), found.total));
        found.unwrap_or_default()
    }
}
