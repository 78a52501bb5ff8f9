//! The index handle, the main type of the public API. It only delegates.

#[cfg(feature = "opensearch")]
mod connect;
mod links;
mod options;
mod write;

pub use options::IndexOptions;

use std::path::Path;
use std::sync::Arc;

#[cfg(feature = "archive")]
use crate::archive::{Archive, ReportProblem, names::Names};
use crate::engine::health::{Comparison, Health};
use crate::engine::{Embedded, Engine, GivenRepair, mend, remove_if};
use crate::error::Result;
use crate::incident::{Incident, LeftOut, Problem, Summary};
use crate::insight::{Cluster, LinkFilter, Recurring, Seen, Similar, neighborhood};
use crate::parse::parse_report;
#[cfg(feature = "archive")]
use crate::parse::report_id;
use crate::search::{self, Alike, Hit, SearchRequest, SearchResults};
use crate::signal::Signal;
use crate::text::row::Row;
#[cfg(feature = "archive")]
use crate::update;

/// An index of incidents. Cheap to clone; `Send` and `Sync`. Every search sees the last commit, also that of another
/// process.
#[derive(Debug, Clone)]
pub struct Index {
    engine: Arc<Engine>,
}

/// What a name refers to.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Named {
    /// One incident.
    One(Box<Incident>),
    /// Several incidents; their ids, sorted.
    Several(Vec<String>),
    /// No incident, but a file that is not a report.
    LeftOut(LeftOut),
    /// No incident.
    Nothing,
}

impl Index {
    /// Opens an index. An index whose first update has not finished does not count as an index yet.
    ///
    /// # Errors
    /// [`Error::IndexNotFound`](crate::Error::IndexNotFound), [`Error::IndexOtherVersion`](crate::Error::IndexOtherVersion),
    /// [`Error::IndexUnsafe`](crate::Error::IndexUnsafe) if the folder has a link or a pipe in it, or is called `.rca` and is a
    /// link itself, [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Error, Index};
    ///
    /// let folder = tempfile::tempdir()?;
    /// // There is no index yet: one is made by `open_or_create`.
    /// assert!(matches!(Index::open(folder.path()), Err(Error::IndexNotFound(_))));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn open(dir: impl AsRef<Path>) -> Result<Self> {
        Embedded::open(dir.as_ref()).map(Self::of)
    }

    /// Opens an index, or creates an empty one if there is none of this version.
    ///
    /// # Errors
    /// [`Error::IndexUnsafe`](crate::Error::IndexUnsafe), [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Incident, Index};
    ///
    /// let folder = tempfile::tempdir()?;
    /// Index::open_or_create(folder.path())?.upsert([Incident::new("OPS-1", "Queue backlog")])?;
    /// // Later, or in another process.
    /// assert_eq!(Index::open_or_create(folder.path())?.len()?, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn open_or_create(dir: impl AsRef<Path>) -> Result<Self> {
        Embedded::open_or_create(dir.as_ref()).map(Self::of)
    }

    /// Whether a folder has an index of this version that this user may read; finding out costs one look at the disk.
    ///
    /// # Examples
    /// ```
    /// use rca_index::Index;
    ///
    /// let folder = tempfile::tempdir()?;
    /// assert!(!Index::exists(folder.path()));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn exists(dir: impl AsRef<Path>) -> bool {
        Embedded::exists(dir.as_ref())
    }

    /// An index in memory.
    ///
    /// # Errors
    /// None in practice.
    ///
    /// # Examples
    /// ```
    /// use rca_index::Index;
    ///
    /// assert!(Index::in_memory()?.is_empty()?);
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn in_memory() -> Result<Self> {
        Embedded::in_memory().map(Self::of)
    }

    /// Removes an index, so that a new one can replace it. The archive is not touched, and neither is the record of the
    /// incidents that a program upserted: the next index in this folder has them again. To be rid of these too, delete them
    /// by id, or remove the folder. Waits up to a minute for a process that writes to the index.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged) if the record is damaged, because the index may have what cannot
    /// be read of it: [`Index::repair_given`] first. [`Error::IndexLocked`](crate::Error::IndexLocked),
    /// [`Error::IndexOtherVersion`](crate::Error::IndexOtherVersion) for a record of a later version,
    /// [`Error::Io`](crate::Error::Io).
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Incident, Index};
    ///
    /// let folder = tempfile::tempdir()?;
    /// Index::open_or_create(folder.path())?.upsert([Incident::new("OPS-1", "Queue backlog")])?;
    /// Index::remove(folder.path())?;
    /// assert!(Index::open(folder.path()).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn remove(dir: impl AsRef<Path>) -> Result<()> {
        Embedded::remove(dir.as_ref())
    }

    /// Repairs the record of the incidents that a program upserted, if it is damaged: puts a new one in its place, with all
    /// that can be read of the record and of the index, and removes the index, which is then made again by
    /// [`Index::open_or_create`] and [`Index::update`]. The damaged file is kept under another name. Returns `None` if the
    /// record is intact.
    ///
    /// An incident that was deleted may come back, if its deletion is what cannot be read. Waits up to a minute for a process
    /// that writes to the index.
    ///
    /// # Errors
    /// [`Error::IndexLocked`](crate::Error::IndexLocked), [`Error::IndexOtherVersion`](crate::Error::IndexOtherVersion) for a
    /// record of a later version, [`Error::Io`](crate::Error::Io).
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Incident, Index};
    ///
    /// let folder = tempfile::tempdir()?;
    /// Index::open_or_create(folder.path())?.upsert([Incident::new("OPS-1", "Queue backlog")])?;
    /// // Nothing is damaged.
    /// assert!(Index::repair_given(folder.path())?.is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn repair_given(dir: impl AsRef<Path>) -> Result<Option<GivenRepair>> {
        mend(dir.as_ref())
    }

    /// Removes an index if it is damaged, of another version of the fields, or cannot be opened; as found once no other
    /// process writes to it, for which it waits a minute. Returns whether it was removed. Like [`Index::remove`], it leaves
    /// the record of upserted incidents alone. This is how an index is repaired while others may use it: whoever comes next
    /// makes a new one.
    ///
    /// # Errors
    /// [`Error::IndexLocked`](crate::Error::IndexLocked), and as [`Index::remove`].
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Incident, Index};
    ///
    /// let folder = tempfile::tempdir()?;
    /// Index::open_or_create(folder.path())?.upsert([Incident::new("OPS-1", "Queue backlog")])?;
    /// assert!(!Index::remove_damaged(folder.path())?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn remove_damaged(dir: impl AsRef<Path>) -> Result<bool> {
        remove_if(dir.as_ref(), |engine| Ok(Self::of(engine).health()?.is_damaged()))
    }

    fn of(engine: impl Into<Engine>) -> Self {
        Self { engine: Arc::new(engine.into()) }
    }

    /// Runs a search.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Incident, Index, SearchRequest, SectionKind};
    ///
    /// # let index = Index::in_memory()?;
    /// # let mut incident = Incident::new("OPS-1", "Queue backlog");
    /// # incident.push_section(SectionKind::RootCause, "The consumers were too slow.");
    /// # index.upsert([incident])?;
    /// let found = index.search(&SearchRequest::parse("slow consumers")?)?;
    /// assert_eq!((found.total, found.hits[0].incident.id.as_str()), (1, "OPS-1"));
    /// assert_eq!(found.hits[0].snippets[0].text, "The consumers were too slow.");
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn search(&self, request: &SearchRequest) -> Result<SearchResults> {
        self.engine.guard(|| search::search(&self.engine, request))
    }

    /// Runs a search whose hits are [summaries](Summary): no report is parsed for them, and none has snippets. Ranking,
    /// order, counts and facets are those of [`search`](Self::search).
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Incident, Index, SearchRequest};
    ///
    /// # let index = Index::in_memory()?;
    /// # index.upsert([Incident::new("OPS-1", "Queue backlog"), Incident::new("OPS-2", "Disk full")])?;
    /// let found = index.search_summaries(&SearchRequest::parse("queue")?)?;
    /// let titles: Vec<&str> = found.hits.iter().map(|hit| hit.incident.title.as_str()).collect();
    /// assert_eq!(titles, ["Queue backlog"]);
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn search_summaries(&self, request: &SearchRequest) -> Result<SearchResults<Summary>> {
        self.engine.guard(|| search::search_summaries(&self.engine, request))
    }

    /// Runs a search whose hits are made as they are taken: each report is read, parsed and searched for snippets when its hit
    /// is due, a few at a time, so that memory does not grow with the number of hits. The results have all but the hits, which
    /// follow as an iterator. They are those of [`search`](Self::search), in its order, and all of the commit at the time of
    /// this call. After an error, no hit follows.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Incident, Index, SearchRequest};
    ///
    /// # let index = Index::in_memory()?;
    /// # index.upsert([Incident::new("OPS-1", "Queue backlog"), Incident::new("OPS-2", "Disk full")])?;
    /// let request = SearchRequest::parse("*")?.limit(100_000);
    /// let (found, hits) = index.search_hits(&request)?;
    /// assert_eq!((found.total, found.hits.len()), (2, 0));
    /// for hit in hits {
    ///     println!("{}", hit?.incident.title.value);
    /// }
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn search_hits<'a>(
        &'a self,
        request: &'a SearchRequest,
    ) -> Result<(SearchResults, impl Iterator<Item = Result<Hit>> + use<'a>)> {
        self.engine.guard(|| search::search_hits(&self.engine, request))
    }

    /// The same with hits that are [summaries](Summary) with snippets: the texts of reports are read for these, and no facts.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Index, SearchRequest};
    /// use rca_index::parse::{ParseOptions, parse_report};
    ///
    /// # let index = Index::in_memory()?;
    /// let report = "# Queue backlog\n\nThe queue was full.\n".to_owned();
    /// index.upsert([parse_report("queue.md", report, &ParseOptions::default()).incident])?;
    /// let request = SearchRequest::parse("full")?;
    /// let (_, mut hits) = index.search_passages(&request)?;
    /// let hit = hits.next().expect("a hit")?;
    /// assert_eq!((&*hit.incident.title, &*hit.snippets[0].text), ("Queue backlog", "The queue was full."));
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn search_passages<'a>(
        &'a self,
        request: &'a SearchRequest,
    ) -> Result<(SearchResults, impl Iterator<Item = Result<Hit<Summary>>> + use<'a>)> {
        self.engine.guard(|| search::search_passages(&self.engine, request))
    }

    /// Looks for incidents like a pasted text, and for what fixed them. The request is that of
    /// [`from_signal`](SearchRequest::from_signal), with filters and a number of hits; hits that are no more like the text
    /// than chance would have it are among them only if `weak` is set.
    ///
    /// # Errors
    /// [`Error::Query`](crate::Error::Query) for a filter that the index knows to be wrong,
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    ///
    /// # Examples
    /// ```
    /// use rca_index::signal::Signal;
    /// use rca_index::{FixKind, Incident, Index, SearchRequest, SectionKind};
    ///
    /// # let index = Index::in_memory()?;
    /// let mut queue = Incident::new("OPS-1", "Kafka consumer lag in orders");
    /// queue.push_section(SectionKind::Resolution, "The consumers were scaled to 12.");
    /// index.upsert([queue, Incident::new("OPS-2", "Disk full"), Incident::new("OPS-3", "Certificate expired")])?;
    /// let signal = Signal::read("[FIRING:1] KafkaConsumerLagHigh\nkafka consumer lag of orders is high");
    /// let seen = index.seen(&signal, &SearchRequest::from_signal(&signal), false)?;
    /// assert_eq!((seen.hits[0].incident.id.as_str(), seen.fixes[0].kind), ("OPS-1", Some(FixKind::Scaled)));
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn seen(&self, signal: &Signal, request: &SearchRequest, weak: bool) -> Result<Seen> {
        let found = self.engine.guard(|| search::search_seen(&self.engine, request))?;
        Ok(Seen::new(signal, found, self.len()?, request.limit, weak))
    }

    /// Looks for other incidents like an incident, and for links between them and it. The request is that of
    /// [`from_incident`](SearchRequest::from_incident), with filters and a number of hits. Hits that are no more like it than chance
    /// would have it are among them only if `weak` is set, or if only linked ones are asked for.
    ///
    /// # Errors
    /// [`Error::Query`](crate::Error::Query) for a filter that the index knows to be wrong,
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Incident, Index, LinkFilter, SearchRequest, SimilarLevel};
    ///
    /// # let index = Index::in_memory()?;
    /// let lag = |id, text| Incident::new(id, format!("Kafka consumer lag in orders: {text}"));
    /// let first = lag("OPS-1", "partition 7 stuck behind a poison message");
    /// index.upsert([first.clone(), lag("OPS-2", "partition 7 stuck behind a poison message"), Incident::new("OPS-3", "Disk full")])?;
    /// let similar = index.similar(&first, &SearchRequest::from_incident(&first), LinkFilter::Any, false)?;
    /// let hit = &similar.hits[0];
    /// assert_eq!((hit.incident.id.as_str(), hit.level), ("OPS-2", SimilarLevel::NearDuplicate));
    /// assert!(hit.linked.is_none() && similar.hits.len() == 1);
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn similar(
        &self,
        incident: &Incident,
        request: &SearchRequest,
        links: LinkFilter,
        weak: bool,
    ) -> Result<Similar> {
        let candidates = request.for_candidates();
        let snapshot = self.engine.guard(|| self.engine.snapshot())?;
        let names = self.engine.guard(|| snapshot.names())?;
        let (most, weak) = match links {
            LinkFilter::Any => (request.limit.max(1), weak),
            LinkFilter::Unlinked => (candidates.limit, weak),
            LinkFilter::Linked => (candidates.limit, true),
        };
        let found = self.engine.guard(|| search::search_similar(&self.engine, &candidates, most, weak))?;
        Similar::new(incident, (&names, snapshot.house()), found, (links, request.limit, weak), self.len()?)
    }

    /// Looks for incidents that are the same again, among those that match a query, at most the [`Recurring::MOST`] latest.
    /// Each asks for those like it, so this takes as long as so many searches.
    ///
    /// # Errors
    /// As [`search`](Self::search).
    ///
    /// # Examples
    /// ```
    /// use rca_index::parse::{ParseOptions, parse_report};
    /// use rca_index::{Index, SearchRequest};
    ///
    /// # let index = Index::in_memory()?;
    /// let report = |path: &str, text: &str| parse_report(path, text.to_owned(), &ParseOptions::default()).incident;
    /// let first = report("2025-03-02-queue.md", "# Queue backlog\n");
    /// let again = report("2025-06-02-queue.md", "# Queue full\n\nA recurrence of [[2025-03-02-queue]].\n");
    /// index.upsert([first, again])?;
    /// let recurring = index.recurring(&SearchRequest::default())?;
    /// assert_eq!((recurring.clusters.len(), recurring.clusters[0].times), (1, 2));
    /// assert_eq!(recurring.clusters[0].incidents[1].days_since, Some(92));
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn recurring(&self, request: &SearchRequest) -> Result<Recurring> {
        self.engine.guard(|| Recurring::new(&Alike::new(&self.engine, request)?, Recurring::MOST))
    }

    /// The cluster of [`recurring`](Self::recurring) that an incident is in, if it happened before or again: only what is near
    /// it is compared, which takes one search for most incidents, and at most 40.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Incident, Index};
    ///
    /// # let index = Index::in_memory()?;
    /// index.upsert([Incident::new("OPS-1", "Queue backlog"), Incident::new("OPS-2", "Disk full")])?;
    /// let incident = index.get("OPS-1")?.expect("it was upserted");
    /// assert!(index.recurrence(&incident)?.is_none());
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn recurrence(&self, incident: &Incident) -> Result<Option<Cluster>> {
        self.engine.guard(|| neighborhood(&Alike::new(&self.engine, &SearchRequest::default())?, incident))
    }

    /// The ids of all incidents, sorted by their bytes. Nothing else of an incident is read.
    ///
    /// As with [`summaries`](Self::summaries) and [`incidents`](Self::incidents), all items are those of the commit at
    /// the time of this call, memory does not grow with the index, and after an error no item follows.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Incident, Index};
    ///
    /// # let index = Index::in_memory()?;
    /// index.upsert(["OPS-10", "OPS-2", "OPS-1"].map(|id| Incident::new(id, "")))?;
    /// let ids: Vec<String> = index.ids()?.collect::<Result<_, _>>()?;
    /// assert_eq!(ids, ["OPS-1", "OPS-10", "OPS-2"]);
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn ids(&self) -> Result<impl Iterator<Item = Result<String>>> {
        self.engine.guard(|| Ok(self.engine.snapshot()?.ids()))
    }

    /// The summaries of all incidents, sorted by id. No report is parsed for them. Services are spelled as the report
    /// does.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Incident, Index, Severity, Sourced};
    ///
    /// # let index = Index::in_memory()?;
    /// let mut queue = Incident::new("OPS-1", "Queue backlog");
    /// queue.severity = Severity::parse("P2").map(Sourced::from);
    /// index.upsert([queue])?;
    /// for summary in index.summaries()? {
    ///     let summary = summary?;
    ///     assert_eq!(summary.severity.map(|severity| severity.name).as_deref(), Some("P2"));
    /// }
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn summaries(&self) -> Result<impl Iterator<Item = Result<Summary>>> {
        self.engine.guard(|| Ok(self.engine.snapshot()?.summaries()))
    }

    /// All incidents, sorted by id, as [`get`](Self::get) returns them.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Incident, Index};
    ///
    /// # let index = Index::in_memory()?;
    /// # index.upsert([Incident::new("OPS-1", "Queue backlog"), Incident::new("OPS-2", "Disk full")])?;
    /// let without_cause = index.incidents()?.filter(|incident| {
    ///     incident.as_ref().is_ok_and(|incident| incident.contributing_factors.is_empty())
    /// });
    /// assert_eq!(without_cause.count(), 2);
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn incidents(&self) -> Result<impl Iterator<Item = Result<Incident>>> {
        self.engine.guard(|| Ok(self.engine.snapshot()?.all()))
    }

    /// Returns one incident by its id.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Incident, Index};
    ///
    /// # let index = Index::in_memory()?;
    /// # index.upsert([Incident::new("OPS-1", "Queue backlog")])?;
    /// assert_eq!(index.get("OPS-1")?.map(|incident| incident.title.value).as_deref(), Some("Queue backlog"));
    /// assert_eq!(index.get("OPS-2")?, None);
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn get(&self, id: &str) -> Result<Option<Incident>> {
        self.engine.guard(|| self.engine.snapshot()?.get(id))
    }

    /// What a report exceeds, so that not all facts it states are read: its size, the size of its front matter, the work that it takes. Its
    /// text is searched all the same. The report is parsed again for it.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    ///
    /// # Examples
    /// ```
    /// use rca_index::parse::{ParseOptions, parse_report};
    ///
    /// # let index = rca_index::Index::in_memory()?;
    /// let text = format!("# Disk full\n\n{}", "The disk was full.\n".repeat(100_000));
    /// let incident = parse_report("disk.md", text, &ParseOptions::default()).incident;
    /// assert_eq!(index.cut_off(&incident)?[0].code(), "facts-cut-off");
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn cut_off(&self, incident: &Incident) -> Result<Vec<Problem>> {
        if incident.path.is_empty() {
            return Ok(Vec::new());
        }
        let snapshot = self.engine.snapshot()?;
        let parsed = parse_report(&incident.path, incident.source.clone(), snapshot.parse_options());
        Ok(parsed.problems.into_iter().filter(|problem| problem.kind.is_limit()).collect())
    }

    /// The ids that match a name. Only the best kind of match counts: the id or path itself, else ids whose file name
    /// equals the name, else ids whose file name starts with the name, up to a word boundary. So `PM-2026-033` finds
    /// `postmortems/PM-2026-033-mtls-expired`.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Incident, Index};
    ///
    /// # let index = Index::in_memory()?;
    /// index.upsert(["2025/PM-033-queue", "2025/PM-034-disk"].map(|id| Incident::new(id, "")))?;
    /// assert_eq!(index.resolve("PM-033")?, ["2025/PM-033-queue"]);
    /// assert!(index.resolve("PM-03")?.is_empty());
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn resolve(&self, name: &str) -> Result<Vec<String>> {
        self.engine.guard(|| self.engine.snapshot()?.resolve(name))
    }

    /// Finds the incident with a name: an id, a path, a file name, the first words of a file name, any words in a row of a
    /// file name or of a title, in any case. Only the best kind of match counts, in this order. A file with this name that is
    /// not a report comes before words of names and titles.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Incident, Index, Named};
    ///
    /// # let index = Index::in_memory()?;
    /// # index.upsert([Incident::new("2025/PM-033-queue", "Queue backlog")])?;
    /// match index.find("PM-033")? {
    ///     Named::One(incident) => assert_eq!(incident.title.value, "Queue backlog"),
    ///     other => panic!("{other:?}"),
    /// }
    /// assert!(matches!(index.find("PM-099")?, Named::Nothing));
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn find(&self, name: &str) -> Result<Named> {
        let mut ids = self.resolve(name)?;
        #[cfg(feature = "archive")]
        if ids.is_empty()
            && let Some(file) = self.find_left_out(name)?
        {
            return Ok(Named::LeftOut(file));
        }
        if ids.is_empty() {
            ids = self.with_words(name)?;
        }
        match &ids[..] {
            [] => Ok(Named::Nothing),
            // An update may have removed it in the meantime.
            [id] => Ok(self.get(id)?.map_or(Named::Nothing, |incident| Named::One(Box::new(incident)))),
            _ => Ok(Named::Several(ids)),
        }
    }

    /// The ids of incidents with these words in a row in the file name, else in the title.
    fn with_words(&self, name: &str) -> Result<Vec<String>> {
        let Some(row) = Row::of(name) else { return Ok(Vec::new()) };
        self.engine.guard(|| {
            let named = self.engine.snapshot()?.names()?.with_words(&row);
            if named.is_empty() { search::titled(&self.engine, &row) } else { Ok(named) }
        })
    }

    /// Names that start so, for completions: ids, or file names if no id does; at most so many.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Incident, Index};
    ///
    /// # let index = Index::in_memory()?;
    /// index.upsert([Incident::new("OPS-1", "Queue backlog"), Incident::new("OPS-2", "Disk full")])?;
    /// assert_eq!(index.names_starting_with("OPS", 1)?, ["OPS-1"]);
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn names_starting_with(&self, start: &str, most: usize) -> Result<Vec<String>> {
        self.engine.guard(|| Ok(self.engine.snapshot()?.names()?.starting_with(start, most)))
    }

    /// The file that is not a report with a name.
    #[cfg(feature = "archive")]
    fn find_left_out(&self, name: &str) -> Result<Option<LeftOut>> {
        let files = self.left_out()?;
        let mut names = Names::default();
        files.iter().for_each(|file| names.add(&report_id(&file.path)));
        let ids = names.resolve(name);
        Ok(files.into_iter().find(|file| ids.first().is_some_and(|id| report_id(&file.path) == *id)))
    }

    /// The files of the archive that are not reports, as of the last update, sorted by path.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged).
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Archive, Index, UpdateOptions};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// std::fs::create_dir(folder.path().join("templates"))?;
    /// std::fs::write(folder.path().join("templates/basic.md"), "# Incident\n\n## Summary\n\n## Impact\n\n## Timeline\n")?;
    /// let archive = Archive::open(folder.path())?;
    /// let index = Index::open_or_create(archive.index_dir())?;
    /// index.update(&archive, &UpdateOptions::default(), |_event| {})?;
    /// assert_eq!(index.left_out()?[0].path, "templates/basic.md");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "archive")]
    pub fn left_out(&self) -> Result<Vec<LeftOut>> {
        self.engine.guard(|| update::left_out(&self.engine))
    }

    /// When the last update finished, in seconds since 1970, UTC; `None` before the first.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged).
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Incident, Index};
    ///
    /// let index = Index::in_memory()?;
    /// assert_eq!(index.updated()?, None);
    /// index.upsert([Incident::new("OPS-1", "Queue backlog")])?;
    /// assert!(index.updated()? > Some(1_700_000_000));
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn updated(&self) -> Result<Option<i64>> {
        let updated = self.engine.guard(|| self.engine.note())?.updated;
        Ok((updated != 0).then_some(updated))
    }

    /// The problems of all reports as of the last update, sorted by path and line.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged).
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Archive, Index, UpdateOptions};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// std::fs::write(folder.path().join("queue.md"), "# Queue\n\n**Severity:** vermilion\n")?;
    /// let archive = Archive::open(folder.path())?;
    /// let index = Index::open_or_create(archive.index_dir())?;
    /// index.update(&archive, &UpdateOptions::default(), |_event| {})?;
    /// let found = &index.problems()?[0];
    /// assert_eq!((found.path.as_str(), found.problem.line), ("queue.md", 3));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "archive")]
    pub fn problems(&self) -> Result<Vec<ReportProblem>> {
        self.engine.guard(|| update::problems(&self.engine))
    }

    /// Verifies the index: sizes, counts, and every file's checksum.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged) if it cannot be read at all,
    /// [`Error::Io`](crate::Error::Io).
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Incident, Index};
    ///
    /// let index = Index::in_memory()?;
    /// index.upsert([Incident::new("OPS-1", "Queue backlog")])?;
    /// let health = index.health()?;
    /// assert!(health.incidents == 1 && health.damaged.is_empty());
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn health(&self) -> Result<Health> {
        let health = self.engine.guard(|| self.engine.health())?;
        // A manifest that cannot be read is damage as well.
        #[cfg(feature = "archive")]
        let health = {
            let update::Agreement { missing, unexpected, left_out } =
                self.engine.guard(|| update::agreement(&self.engine))?;
            Health { left_out, missing, unexpected, ..health }
        };
        Ok(health)
    }

    /// Compares every report with its file, whatever the time stamps are: reads and parses them all, and changes nothing.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Archive, Index, UpdateOptions};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// std::fs::write(folder.path().join("queue.md"), "# Queue backlog\n")?;
    /// let archive = Archive::open(folder.path())?;
    /// let index = Index::open_or_create(archive.index_dir())?;
    /// index.update(&archive, &UpdateOptions::default(), |_event| {})?;
    /// std::fs::write(folder.path().join("disk.md"), "# Disk full\n")?;
    /// let compared = index.compare(&archive)?;
    /// assert_eq!((compared.reports, compared.differing.len(), compared.outdated), (1, 0, 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "archive")]
    pub fn compare(&self, archive: &Archive) -> Result<Comparison> {
        self.engine.guard(|| update::compare(&self.engine, archive))
    }

    /// What tells the record of the incidents that a program upserted from any other, as long as it is not made anew: 16
    /// hexadecimal digits. `None` if there is no record, as in memory.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged).
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Incident, Index};
    ///
    /// let folder = tempfile::tempdir()?;
    /// let index = Index::open_or_create(folder.path())?;
    /// assert_eq!(index.given_record()?, None);
    /// index.upsert([Incident::new("OPS-1", "Queue backlog")])?;
    /// assert_eq!(index.given_record()?.map(|record| record.len()), Some(16));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn given_record(&self) -> Result<Option<String>> {
        self.engine.given_record()
    }

    /// The number of incidents that a program upserted, hidden ones included.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Incident, Index};
    ///
    /// let index = Index::in_memory()?;
    /// index.upsert([Incident::new("OPS-1", "Queue backlog")])?;
    /// assert_eq!(index.given()?, 1);
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn given(&self) -> Result<usize> {
        Ok(self.engine.given_health()?.given)
    }

    /// The number of incidents.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Incident, Index};
    ///
    /// let index = Index::in_memory()?;
    /// index.upsert([Incident::new("OPS-1", "Queue backlog")])?;
    /// assert_eq!(index.len()?, 1);
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn len(&self) -> Result<usize> {
        self.engine.guard(|| Ok(self.engine.snapshot()?.incidents()))
    }

    /// Whether there are no incidents.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    ///
    /// # Examples
    /// ```
    /// use rca_index::Index;
    ///
    /// assert!(Index::in_memory()?.is_empty()?);
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn is_empty(&self) -> Result<bool> {
        Ok(self.len()? == 0)
    }
}
