//! The seam: what the rooms above ask of an engine, whichever kind of it keeps the incidents.
//!
//! In: an engine of any kind. Out: [`Engine`] and [`Snapshot`], by which the rooms above know it. They pass each call on,
//! never each posting. A build that leaves a kind out has nothing of it, and passes nothing on.

mod embedded;
mod writes;

pub(crate) use writes::Writer;

use std::collections::HashMap;
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::archive::names::Names;
use crate::engine::collect::{Candidate, Candidates, Collect};
use crate::engine::commit::CommitNote;
use crate::engine::facets::ValueCounts;
use crate::engine::given::{GivenHealth, Purpose};
use crate::engine::health::Health;
use crate::engine::iterate::Sorted;
use crate::engine::lookup::KnownWords;
#[cfg(feature = "opensearch")]
use crate::engine::opensearch;
use crate::engine::turns::Telling;
use crate::engine::{Embedded, snapshot};
use crate::error::Result;
use crate::incident::{FailedCount, HouseNames, Incident, Summary, Text};
use crate::parse::ParseOptions;
use crate::plan::{Condition, Evidence, Needed, Plan, SearchWork, Statistics, Vocabulary, WordId};
use crate::schema::{Facet, FacetName};
use crate::text::Synonyms;
use crate::text::analyzer::Analyzer;

/// What finds the incidents that are nearest to another, best first; it is asked only where there are too many.
pub(crate) type Nearest<'n> = &'n dyn Fn() -> Result<Vec<Candidate>>;

/// An open index of incidents.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "there is one of them, and a box would cost a look-up for each call")]
pub(crate) enum Engine {
    /// On disk or in memory.
    Embedded(Embedded),
    #[cfg(feature = "opensearch")]
    Cluster(opensearch::Cluster),
}

#[cfg(test)]
impl Engine {
    pub(crate) fn in_memory() -> Result<Self> {
        Embedded::in_memory().map(Self::Embedded)
    }

    /// Forgets what searches have found out.
    pub(crate) fn forget(&self) {
        match self {
            Self::Embedded(engine) => engine.forget(),
            #[cfg(feature = "opensearch")]
            Self::Cluster(_) => {}
        }
    }
}

/// Calls a method of whichever kind it is.
macro_rules! pass_on {
    ($self:ident, $kind:ident => $call:expr) => {
        match $self {
            Self::Embedded($kind) => $call,
            #[cfg(feature = "opensearch")]
            Self::Cluster($kind) => $call,
        }
    };
}

impl From<Embedded> for Engine {
    fn from(engine: Embedded) -> Self {
        Self::Embedded(engine)
    }
}

#[cfg(feature = "opensearch")]
impl From<opensearch::Cluster> for Engine {
    fn from(cluster: opensearch::Cluster) -> Self {
        Self::Cluster(cluster)
    }
}

/// What the rooms above ask of an engine; its methods of the same names say more.
impl Engine {
    /// The folder; `None` if it is not in one.
    pub(crate) fn dir(&self) -> Option<&Path> {
        match self {
            Self::Embedded(engine) => engine.dir(),
            #[cfg(feature = "opensearch")]
            Self::Cluster(_) => None,
        }
    }

    /// A snapshot of the last commit, also that of another process.
    pub(crate) fn snapshot(&self) -> Result<Snapshot<'_>> {
        match self {
            Self::Embedded(engine) => engine.snapshot().map(Snapshot::Embedded),
            #[cfg(feature = "opensearch")]
            Self::Cluster(cluster) => cluster.snapshot().map(Snapshot::Cluster),
        }
    }

    /// Runs code that reads or writes: what goes wrong below the engine becomes an error that says why.
    pub(crate) fn guard<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        match self {
            Self::Embedded(engine) => engine.guard(work),
            #[cfg(feature = "opensearch")]
            Self::Cluster(_) => work(),
        }
    }

    /// The note of the last commit.
    pub(crate) fn note(&self) -> Result<CommitNote> {
        pass_on!(self, engine => engine.note())
    }

    /// The note and the manifest of the last commit; no manifest before the first update.
    pub(crate) fn last_update(&self) -> Result<(CommitNote, Option<Vec<u8>>)> {
        pass_on!(self, engine => engine.last_update())
    }

    /// Fails if the last commit, with this note, has not as many reports as its manifest says.
    pub(crate) fn check_count(&self, note: &CommitNote, meant: usize) -> Result<()> {
        pass_on!(self, engine => engine.check_count(note, meant))
    }

    /// Verifies the index.
    pub(crate) fn health(&self) -> Result<Health> {
        pass_on!(self, engine => engine.health())
    }

    /// Verifies the record of given incidents, and counts them.
    pub(crate) fn given_health(&self) -> Result<GivenHealth> {
        match self {
            Self::Embedded(engine) => engine.given_health(),
            #[cfg(feature = "opensearch")]
            Self::Cluster(_) => Ok(GivenHealth::default()),
        }
    }

    /// What tells the record of given incidents from others; `None` if there is no record.
    pub(crate) fn given_record(&self) -> Result<Option<String>> {
        match self {
            Self::Embedded(engine) => engine.given_record(),
            #[cfg(feature = "opensearch")]
            Self::Cluster(_) => Ok(None),
        }
    }

    /// Whether the record of given incidents has something that the last commit lacks.
    pub(crate) fn is_behind_record(&self, note: &CommitNote) -> Result<bool> {
        match self {
            Self::Embedded(engine) => engine.is_behind_record(note),
            #[cfg(feature = "opensearch")]
            Self::Cluster(_) => Ok(false),
        }
    }

    /// Marks this thread as one that tells about an update of this index: it cannot write to it meanwhile.
    pub(crate) fn telling(&self) -> Telling<'_> {
        pass_on!(self, engine => engine.telling())
    }

    /// Opens the index for writing, once the writers that came before are done.
    pub(crate) fn writer(&self, purpose: Purpose, threads: usize, bytes: u64, wait: Duration) -> Result<Writer<'_>> {
        match self {
            Self::Embedded(engine) => engine.writer(purpose, threads, bytes, wait).map(Writer::Embedded),
            #[cfg(feature = "opensearch")]
            Self::Cluster(cluster) => cluster.writer(purpose, wait).map(Writer::Cluster),
        }
    }

    /// The same, but only if no other thread writes.
    pub(crate) fn writer_at_once(&self, purpose: Purpose, threads: usize, bytes: u64) -> Result<Writer<'_>> {
        match self {
            Self::Embedded(engine) => engine.writer_at_once(purpose, threads, bytes).map(Writer::Embedded),
            #[cfg(feature = "opensearch")]
            Self::Cluster(cluster) => cluster.writer_at_once(purpose).map(Writer::Cluster),
        }
    }

    /// Whether what it stores of an incident depends on the language of the archive.
    #[cfg(feature = "archive")]
    pub(crate) fn depends_on_language(&self) -> bool {
        match self {
            Self::Embedded(_) => false,
            #[cfg(feature = "opensearch")]
            Self::Cluster(_) => true,
        }
    }
}

/// The last commit as seen by one search. What it can be asked stands in [`Reads`]; here is only what a trait object has
/// not.
pub(crate) enum Snapshot<'e> {
    Embedded(snapshot::Snapshot<'e>),
    #[cfg(feature = "opensearch")]
    Cluster(opensearch::Snapshot<'e>),
}

impl<'e> Deref for Snapshot<'e> {
    type Target = dyn Reads + 'e;

    fn deref(&self) -> &Self::Target {
        pass_on!(self, snapshot => snapshot)
    }
}

impl<'e> Snapshot<'e> {
    /// The same commit, for another search.
    pub(crate) fn again(&self) -> Self {
        match self {
            Self::Embedded(snapshot) => Self::Embedded(snapshot.again()),
            #[cfg(feature = "opensearch")]
            Self::Cluster(snapshot) => Self::Cluster(snapshot.again()),
        }
    }

    /// Makes a plan, which asks for the words of the archive. Where asking takes long, it is made several times, each with more
    /// answers, so it must be the same for the same answers.
    pub(crate) fn planned<T>(&self, plan: impl Fn(&dyn Vocabulary) -> Result<T>) -> Result<T> {
        match self {
            Self::Embedded(snapshot) => plan(snapshot),
            #[cfg(feature = "opensearch")]
            Self::Cluster(snapshot) => snapshot.planned(|round| plan(round)),
        }
    }

    /// Passes the evidence of each candidate to `judge`, and returns the results in the order of the candidates.
    pub(crate) fn inspect<R: Send>(
        &self,
        words: &KnownWords,
        ranked: &[WordId],
        preferred: Option<&Condition>,
        candidates: &[Candidate],
        judge: impl Fn(Evidence<'_>) -> R + Sync + Send,
    ) -> Result<Vec<R>> {
        pass_on!(self, snapshot => snapshot.inspect(words, ranked, preferred, candidates, judge))
    }

    /// Says which candidates are about to be loaded: where each takes a while, they are fetched together.
    #[cfg_attr(not(feature = "opensearch"), allow(clippy::unnecessary_wraps, clippy::unused_self))]
    pub(crate) fn expect<'c>(&self, candidates: impl IntoIterator<Item = &'c Candidate>) -> Result<()> {
        match self {
            Self::Embedded(_) => {
                drop(candidates);
                Ok(())
            }
            #[cfg(feature = "opensearch")]
            Self::Cluster(snapshot) => snapshot.expect(candidates),
        }
    }

    /// Loads several incidents, in parallel where that is worth it, and maps them; the results are in order.
    pub(crate) fn map<'c, T: Sync, R: Send>(
        &self,
        candidates: &'c [T],
        work: impl Fn(&'c T) -> Result<R> + Sync + Send,
    ) -> Result<Vec<R>> {
        pass_on!(self, snapshot => snapshot.map(candidates, work))
    }

    /// The ids of all incidents, sorted; no document is read.
    pub(crate) fn ids(self) -> Items<'e, String> {
        match self {
            Self::Embedded(snapshot) => Items::Embedded(snapshot.ids()),
            #[cfg(feature = "opensearch")]
            Self::Cluster(snapshot) => Items::Cluster(snapshot.ids()),
        }
    }

    /// The summaries of all incidents, sorted by id; no report is parsed.
    pub(crate) fn summaries(self) -> Items<'e, Summary> {
        match self {
            Self::Embedded(snapshot) => Items::Embedded(snapshot.summaries()),
            #[cfg(feature = "opensearch")]
            Self::Cluster(snapshot) => Items::Cluster(snapshot.summaries()),
        }
    }

    /// All incidents, sorted by id.
    pub(crate) fn all(self) -> Items<'e, Incident> {
        match self {
            Self::Embedded(snapshot) => Items::Embedded(snapshot.all()),
            #[cfg(feature = "opensearch")]
            Self::Cluster(snapshot) => Items::Cluster(snapshot.all()),
        }
    }
}

/// All incidents of a snapshot, sorted by id. After an error, nothing follows.
pub(crate) enum Items<'e, T> {
    Embedded(Sorted<'e, T>),
    #[cfg(feature = "opensearch")]
    Cluster(opensearch::Sorted<'e, T>),
}

impl<T> Iterator for Items<'_, T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Self::Item> {
        pass_on!(self, items => items.next())
    }
}

/// What can be asked of one commit, of whichever kind the engine is. Every answer is of that commit, whatever others write
/// meanwhile. The words of the archive are asked for as a [`Vocabulary`].
///
/// All methods that return a result fail if the index cannot be read: with [`Error::IndexDamaged`] or [`Error::Io`] on disk.
///
/// [`Error::IndexDamaged`]: crate::Error::IndexDamaged
/// [`Error::Io`]: crate::Error::Io
pub(crate) trait Reads: Vocabulary + Sync {
    /// The number of incidents.
    fn incidents(&self) -> usize;

    /// Statistics of the whole index.
    fn statistics(&self) -> Statistics;

    /// The analyzer for the language of the archive.
    fn analyzer(&self) -> &Analyzer;

    /// How the reports of this commit are parsed.
    fn parse_options(&self) -> &ParseOptions;

    /// The archive's names of services and severities.
    fn house(&self) -> &HouseNames {
        &self.parse_options().house
    }

    /// The synonyms of the archive.
    fn synonyms(&self) -> &Synonyms;

    /// What the update of this commit could not take in.
    fn failed(&self) -> FailedCount;

    /// What searches with this snapshot have read so far, on this machine.
    fn work(&self) -> SearchWork;

    /// Looks up the words of a plan in title and text.
    fn look_up(&self, plan: &Plan) -> Result<KnownWords>;

    /// The candidates of a plan, for full or partial matches.
    fn candidates(&self, plan: &Plan, words: &KnownWords, needed: Needed, collect: Collect) -> Result<Candidates>;

    /// Loads the incident of a candidate.
    fn incident(&self, candidate: &Candidate) -> Result<Incident>;

    /// Loads the summary of a candidate's incident; no report is parsed.
    fn summary(&self, candidate: &Candidate) -> Result<Summary>;

    /// Loads the summary and the text of a candidate's incident; no facts are read.
    fn summary_and_text(&self, candidate: &Candidate) -> Result<(Summary, Text<'static>)>;

    /// Loads the title and the text of a candidate's incident, as a reader sees them.
    fn texts(&self, candidate: &Candidate) -> Result<[String; 2]>;

    /// Loads an incident by its id.
    fn get(&self, id: &str) -> Result<Option<Incident>>;

    /// Whether there is an incident with this id. No document is read.
    fn has_id(&self, id: &str) -> Result<bool>;

    /// Whether an id is that of a report.
    #[cfg(feature = "archive")]
    fn is_report(&self, id: &str) -> Result<bool>;

    /// The text and the summary that are stored of the report with this id; `None` if it is not a report.
    #[cfg(feature = "archive")]
    fn stored_report(&self, id: &str) -> Result<Option<(String, Summary)>>;

    /// The names of all incidents, loaded once per commit.
    fn names(&self) -> Result<Arc<Names>>;

    /// The ids that a name means, as [`Names::resolve`] finds them.
    fn resolve(&self, name: &str) -> Result<Vec<String>> {
        Ok(self.names()?.resolve(name))
    }

    /// The values of a facet as they are shown, with their counts, from the counts of [`Candidates`].
    fn facet_values(&self, facet: &FacetName, counts: &ValueCounts) -> Result<Vec<(String, usize)>>;

    /// How keys of a facet, sorted and each once, are shown; `None` if no incident has the key.
    fn shown(&self, facet: Facet, keys: &[&str]) -> Result<Vec<Option<String>>>;

    /// How each key of a facet is shown.
    fn all_shown(&self, facet: Facet) -> Result<HashMap<String, String>>;

    /// The ids of the incidents that link to this one, and of those that have one of these keys of front matter, sorted. Of more
    /// than `most`, only the first of `near` that are among them.
    fn referring_to(&self, id: &str, keys: &[&str], near: Nearest<'_>, most: usize) -> Result<Vec<String>>;

    /// Whether any incident has one of the values that a condition asks for.
    fn has_any(&self, condition: &Condition) -> Result<bool>;
}
