//! Snapshots: the last commit as seen by one search.

use std::collections::HashSet;
use std::sync::Arc;

use rayon::prelude::*;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocSet as _, Searcher, TERMINATED, TantivyDocument, Term};

use crate::archive::names::{Names, as_ids};
use crate::engine::Embedded;
use crate::engine::cache::CommitCache;
use crate::engine::collect::Candidate;
use crate::engine::commit::Commit;
use crate::engine::document::{GIVEN, KEY, LENGTH};
use crate::engine::lookup::Lookups;
use crate::engine::read_log::ReadLog;
use crate::error::Result;
use crate::incident::{FailedCount, Incident, Summary, Text};
use crate::parse::ParseOptions;
use crate::plan::{SearchWork, Statistics};
use crate::text::Synonyms;
use crate::text::analyzer::Analyzer;

/// In a smaller index, a search finishes before threads have started.
const PARALLEL_INCIDENTS: u64 = 20_000;

/// Whose an id is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Owner {
    Nobody,
    /// A given incident.
    Given,
    /// The report with this path.
    Report(String),
}

/// The last commit as seen by one search.
pub(crate) struct Snapshot<'e> {
    pub(super) engine: &'e Embedded,
    pub(super) searcher: Searcher,
    commit: Arc<Commit>,
    cache: Arc<CommitCache>,
    pub(super) lookups: Lookups,
    log: ReadLog,
}

impl<'e> Snapshot<'e> {
    pub(super) fn new(engine: &'e Embedded, searcher: Searcher, commit: Arc<Commit>) -> Self {
        let cache = Arc::clone(&commit.cache);
        Self { engine, searcher, commit, cache, lookups: Lookups::default(), log: ReadLog::default() }
    }

    /// Some incidents of a larger index, with the numbers of its commit. What searches find out of them is theirs alone.
    #[cfg(feature = "opensearch")]
    pub(super) fn of_some(engine: &'e Embedded, searcher: Searcher, commit: Arc<Commit>, log: ReadLog) -> Self {
        Self { engine, searcher, commit, cache: Arc::default(), lookups: Lookups::default(), log }
    }

    /// The same commit, for another search.
    pub(crate) fn again(&self) -> Self {
        Self::new(self.engine, self.searcher.clone(), Arc::clone(&self.commit))
    }

    /// What earlier searches of this commit have found out.
    pub(super) fn cache(&self) -> &CommitCache {
        &self.cache
    }

    /// What this search reads.
    pub(super) fn log(&self) -> &ReadLog {
        &self.log
    }

    /// The work that this search has taken so far.
    pub(crate) fn work(&self) -> SearchWork {
        self.log.work()
    }

    /// The number of incidents.
    pub(crate) fn incidents(&self) -> usize {
        self.searcher.num_docs() as usize
    }

    /// Statistics of the whole index.
    pub(crate) fn statistics(&self) -> Statistics {
        self.commit.statistics
    }

    /// The analyzer for the language of the archive.
    pub(crate) fn analyzer(&self) -> &Analyzer {
        &self.commit.analyzer
    }

    /// How the reports of this commit are parsed.
    pub(crate) fn parse_options(&self) -> &ParseOptions {
        &self.commit.parse_options
    }

    /// The synonyms of the archive.
    pub(crate) fn synonyms(&self) -> &Synonyms {
        &self.commit.synonyms
    }

    /// Loads the incident of a candidate.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    pub(crate) fn incident(&self, candidate: &Candidate) -> Result<Incident> {
        self.read(candidate.address)
    }

    /// Loads the summary of a candidate's incident; no report is parsed.
    ///
    /// # Errors
    /// As [`Snapshot::incident`].
    pub(crate) fn summary(&self, candidate: &Candidate) -> Result<Summary> {
        self.read_summary(candidate.address)
    }

    /// Loads the summary and the text of a candidate's incident; no facts are read.
    ///
    /// # Errors
    /// As [`Snapshot::incident`].
    pub(crate) fn summary_and_text(&self, candidate: &Candidate) -> Result<(Summary, Text<'static>)> {
        self.log.add_report();
        let options = &self.commit.parse_options;
        self.stored(candidate.address, |doc| self.engine.fields.summary_and_text(doc, options))
    }

    /// Loads the title and the source of a candidate's incident.
    ///
    /// # Errors
    /// As [`Snapshot::incident`].
    pub(crate) fn texts(&self, candidate: &Candidate) -> Result<[String; 2]> {
        self.stored(candidate.address, |doc| self.engine.fields.texts(doc))
    }

    /// Loads several incidents in parallel and maps them; the results are in order.
    ///
    /// # Errors
    /// As [`Snapshot::incident`], or the first error of `work`.
    pub(crate) fn map<'c, T: Sync, R: Send>(
        &self,
        candidates: &'c [T],
        work: impl Fn(&'c T) -> Result<R> + Sync + Send,
    ) -> Result<Vec<R>> {
        map_all(candidates.iter().collect(), self.is_large(), work)
    }

    /// Loads an incident by its id.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    pub(crate) fn get(&self, id: &str) -> Result<Option<Incident>> {
        self.address(id)?.map(|address| self.read(address)).transpose()
    }

    /// Whether there is an incident with this id. No document is read.
    ///
    /// # Errors
    /// As [`Snapshot::incident`].
    pub(crate) fn has_id(&self, id: &str) -> Result<bool> {
        Ok(self.address(id)?.is_some())
    }

    /// The id that a name is itself, if it is one: it is looked up sooner than the names of all incidents are read.
    ///
    /// # Errors
    /// As [`Snapshot::incident`].
    pub(super) fn id_itself(&self, name: &str) -> Result<Option<String>> {
        for id in as_ids(name) {
            if self.has_id(&id)? {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// The length of an incident in the index, in bytes of text.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    pub(super) fn length_of(&self, id: &str) -> Result<Option<u64>> {
        let Some(address) = self.address(id)? else { return Ok(None) };
        let columns = self.searcher.segment_reader(address.segment_ord).fast_fields();
        let length = columns.u64(LENGTH).map_err(|e| self.engine.error(e))?;
        Ok(length.first(address.doc_id))
    }

    /// Whose an id is.
    ///
    /// # Errors
    /// As [`Snapshot::incident`].
    pub(super) fn owner(&self, id: &str) -> Result<Owner> {
        let Some(address) = self.address(id)? else { return Ok(Owner::Nobody) };
        self.stored(address, |doc| Some(self.engine.fields.owner(doc)))
    }

    /// The text and the summary that are stored of the report with this id; `None` if it is not a report.
    ///
    /// # Errors
    /// As [`Snapshot::incident`].
    pub(crate) fn stored_report(&self, id: &str) -> Result<Option<(String, Summary)>> {
        let Some(address) = self.address(id)? else { return Ok(None) };
        self.stored(address, |doc| Some(self.engine.fields.report(doc)))
    }

    /// The given incident with this id, as it was given.
    ///
    /// # Errors
    /// As [`Snapshot::incident`].
    pub(super) fn given_incident(&self, id: &str) -> Result<Option<Incident>> {
        let Some(address) = self.address(id)? else { return Ok(None) };
        self.stored(address, |doc| Some(self.engine.fields.given_incident(doc)))
    }

    /// The incidents that come from no report, as they were given. Reads the whole index.
    ///
    /// # Errors
    /// As [`Snapshot::incident`].
    pub(super) fn given_incidents(&self) -> impl Iterator<Item = Result<Incident>> {
        self.of_documents(|doc| self.engine.fields.given_incident(doc))
    }

    /// The ids of the incidents that come from no report. Reads the whole index.
    ///
    /// # Errors
    /// As [`Snapshot::incident`].
    pub(super) fn given_ids(&self) -> Result<Vec<String>> {
        self.of_documents(|doc| self.engine.fields.given_id(doc)).collect()
    }

    /// Whether an id is that of a report.
    #[cfg(feature = "archive")]
    pub(crate) fn is_report(&self, id: &str) -> Result<bool> {
        Ok(matches!(self.owner(id)?, Owner::Report(_)))
    }

    /// The number of incidents that come from no report. No document is read.
    pub(super) fn given(&self) -> Result<usize> {
        let field = self.engine.fields.has;
        let term = Term::from_field_text(field, GIVEN);
        let mut given = 0;
        for reader in self.searcher.segment_readers() {
            let index = reader.inverted_index(field).map_err(|e| self.engine.error(e))?;
            if !reader.has_deletes() {
                given += index.doc_freq(&term).map_err(|e| self.engine.error(e.into()))? as usize;
                continue;
            }
            let postings = index.read_postings(&term, IndexRecordOption::Basic);
            let Some(mut postings) = postings.map_err(|e| self.engine.error(e.into()))? else { continue };
            while postings.doc() != TERMINATED {
                given += usize::from(!reader.is_deleted(postings.doc()));
                postings.advance();
            }
        }
        Ok(given)
    }

    /// What the update of this commit could not take in.
    pub(crate) fn failed(&self) -> FailedCount {
        self.commit.failed
    }

    fn of_documents<T>(&self, made: impl Fn(&TantivyDocument) -> Option<T>) -> impl Iterator<Item = Result<T>> {
        let addresses = (0..)
            .zip(self.searcher.segment_readers())
            .flat_map(|(segment_ord, reader)| reader.doc_ids_alive().map(move |doc| DocAddress::new(segment_ord, doc)));
        addresses.filter_map(move |address| {
            let doc: Result<TantivyDocument> = self.searcher.doc(address).map_err(|e| self.engine.error(e));
            doc.map(|doc| made(&doc)).transpose()
        })
    }

    /// The names of all incidents, loaded once per commit.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    pub(crate) fn names(&self) -> Result<Arc<Names>> {
        let generation = self.searcher.generation().generation_id();
        let known = self.engine.latest().names.clone();
        if let Some((_, names)) = known.filter(|(of, _)| *of == generation) {
            return Ok(names);
        }
        let mut names = Names::with_room_for(self.incidents());
        for reader in self.searcher.segment_readers() {
            let Some(ids) = reader.fast_fields().str(KEY).map_err(|e| self.engine.error(e))? else { continue };
            // In the order of the dictionary, because to read one id of it takes as long as to read all of its block.
            let all = ids.num_terms() == reader.num_docs() as usize;
            let alive = (!all).then(|| reader.doc_ids_alive().filter_map(|doc| ids.ords().first(doc)).collect());
            let alive: Option<HashSet<u64>> = alive;
            let mut terms = ids.dictionary().stream().map_err(|e| self.engine.error(e.into()))?;
            while terms.advance() {
                if alive.as_ref().is_none_or(|alive| alive.contains(&terms.term_ord()))
                    && let Ok(id) = std::str::from_utf8(terms.key())
                {
                    names.add(id);
                }
            }
        }
        let names = Arc::new(names);
        self.engine.latest().names = Some((generation, Arc::clone(&names)));
        Ok(names)
    }

    /// Whether the index is large enough to benefit from threads.
    pub(super) fn is_large(&self) -> bool {
        self.searcher.num_docs() >= PARALLEL_INCIDENTS
    }

    pub(super) fn read_summary(&self, address: DocAddress) -> Result<Summary> {
        self.stored(address, |doc| self.engine.fields.summary(doc))
    }

    pub(super) fn read(&self, address: DocAddress) -> Result<Incident> {
        self.log.add_report();
        self.stored(address, |doc| self.engine.fields.incident(doc, &self.commit.parse_options))
    }

    /// What is made of a stored document.
    fn stored<T>(&self, address: DocAddress, made: impl Fn(&TantivyDocument) -> Option<T>) -> Result<T> {
        let doc: TantivyDocument = self.searcher.doc(address).map_err(|e| self.engine.error(e))?;
        made(&doc).ok_or_else(|| self.engine.damage("a stored incident cannot be read".to_owned()))
    }

    /// The id of the incident at a place; no document is read.
    pub(super) fn id_at(&self, address: DocAddress) -> Result<String> {
        let error = |e: std::io::Error| self.engine.error(e.into());
        let columns = self.searcher.segment_reader(address.segment_ord).fast_fields();
        let mut id = String::new();
        if let Some(ids) = columns.str(KEY).map_err(|e| self.engine.error(e))?
            && let Some(ord) = ids.ords().first(address.doc_id)
        {
            ids.ord_to_str(ord, &mut id).map_err(error)?;
        }
        Ok(id)
    }

    pub(super) fn address(&self, id: &str) -> Result<Option<DocAddress>> {
        let field = self.engine.fields.key;
        let term = Term::from_field_text(field, id);
        for (segment_ord, reader) in (0..).zip(self.searcher.segment_readers()) {
            let index = reader.inverted_index(field).map_err(|e| self.engine.error(e))?;
            let postings = index.read_postings(&term, IndexRecordOption::Basic);
            let Some(mut postings) = postings.map_err(|e| self.engine.error(e.into()))? else { continue };
            while postings.doc() != TERMINATED {
                if !reader.is_deleted(postings.doc()) {
                    return Ok(Some(DocAddress::new(segment_ord, postings.doc())));
                }
                postings.advance();
            }
        }
        Ok(None)
    }
}

/// Maps all items, in parallel if requested; stops at the first error.
pub(super) fn map_all<T: Send, R: Send, E: Send>(
    things: Vec<T>,
    parallel: bool,
    work: impl Fn(T) -> std::result::Result<R, E> + Sync + Send,
) -> std::result::Result<Vec<R>, E> {
    if parallel { things.into_par_iter().map(work).collect() } else { things.into_iter().map(work).collect() }
}
