//! Batches: some incidents of a cluster, here. The best of a search are indexed in memory, as the embedded engine indexes them, so
//! that they are scored and inspected by one code.
//!
//! In: hits of an answer. Out: candidates, their evidence, what is stored of them. The tokens are those that the cluster has, so no
//! report is parsed.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use tantivy::directory::RamDirectory;
use tantivy::tokenizer::{PreTokenizedString, TextAnalyzer, Token, TokenizerManager};
use tantivy::{DocAddress, TantivyDocument};

use crate::engine::collect::{Candidate, Candidates, Collect};
use crate::engine::commit::Commit;
use crate::engine::directory::WriteFault;
use crate::engine::document::{ANALYZER, Fields};
use crate::engine::fault::convert_error;
use crate::engine::lookup::KnownWords;
use crate::engine::opensearch::mapping::{JOINER, NOTHING, SPACE};
use crate::engine::opensearch::scored::Scored;
use crate::engine::opensearch::stored::Stored;
use crate::engine::read_log::ReadLog;
use crate::engine::snapshot::Snapshot;
use crate::engine::tokenizer::LexemeTokenizer;
use crate::engine::{Embedded, builder};
use crate::error::Result;
use crate::plan::{Clause, Condition, Evidence, Needed, Pattern, Plan, WordId};
use crate::schema::Facet;
use crate::text::analyzer::{Analyzer, REGION_MARK};

/// Some incidents of a commit, in an order.
#[derive(Debug)]
pub(in crate::engine) struct Batch {
    number: u32,
    ids: Vec<String>,
    dates: Vec<Option<i64>>,
    /// What is stored of each; fetched when it is asked for.
    stored: Mutex<Vec<Option<Arc<Stored>>>>,
    /// What scoring needs of them; nothing if they are only listed.
    scored: Vec<Scored>,
    /// The indexes in memory, each with the tokens that some words ask for: the words of the query, and those of feedback.
    segments: Mutex<Vec<(Wanted, Arc<Embedded>)>>,
}

/// Which tokens words ask for. A report has hundreds that no word asks for.
#[derive(Debug, PartialEq, Eq)]
struct Wanted {
    words: BTreeSet<String>,
    /// What words with the stems begin with.
    starts: BTreeSet<String>,
}

impl Wanted {
    fn by(words: &KnownWords, analyzer: &Analyzer) -> Self {
        let (mut wanted, mut starts) = (BTreeSet::new(), BTreeSet::new());
        for pattern in words.patterns() {
            match pattern {
                Pattern::Word(word) => drop(wanted.insert(word.clone())),
                Pattern::Stem(stem) => starts.extend(analyzer.stem_prefix(stem).map(str::to_owned)),
                // Already replaced by the words that they match.
                Pattern::Prefix(_) | Pattern::Start(_) | Pattern::Typo { .. } => {}
            }
        }
        Self { words: wanted, starts }
    }

    fn has(&self, token: &str) -> bool {
        token.starts_with(REGION_MARK)
            || self.words.contains(token)
            || self.starts.iter().any(|start| token.starts_with(start.as_str()))
    }
}

/// Which tokens are wanted, found out once for each.
struct Chosen<'t> {
    wanted: &'t Wanted,
    known: HashMap<&'t str, bool>,
}

impl Batch {
    /// Incidents that are only listed; what is stored of them may be fetched already.
    pub(super) fn listed(number: u32, listed: Vec<(String, Option<i64>)>, stored: Option<Vec<Stored>>) -> Self {
        let (ids, dates): (Vec<_>, _) = listed.into_iter().unzip();
        let mut stored: Vec<_> = stored.into_iter().flatten().map(|stored| Some(Arc::new(stored))).collect();
        stored.resize(ids.len(), None);
        Self { number, ids, dates, stored: Mutex::new(stored), scored: Vec::new(), segments: Mutex::default() }
    }

    /// The number, by which its candidates are told from those of another batch.
    pub(in crate::engine) fn number(&self) -> u32 {
        self.number
    }

    pub(in crate::engine) fn id(&self, at: usize) -> &str {
        self.ids.get(at).map_or("", String::as_str)
    }

    pub(in crate::engine) fn date(&self, at: usize) -> i64 {
        self.dates.get(at).copied().flatten().unwrap_or(i64::MIN)
    }

    /// Whether the search chose them to be scored: then few are shown in the end.
    pub(super) fn is_scored(&self) -> bool {
        !self.scored.is_empty()
    }

    /// Fetches by their ids what is stored of some, unless it is here. Threads that ask for the same wait for each other.
    pub(super) fn fetch(
        &self,
        wanted: impl IntoIterator<Item = usize>,
        fetch: impl FnOnce(&[String]) -> Result<Vec<Stored>>,
    ) -> Result<()> {
        let mut stored = self.stored.lock().unwrap_or_else(PoisonError::into_inner);
        let is_missing = |&at: &usize| stored.get(at).is_some_and(Option::is_none);
        let missing: Vec<usize> = wanted.into_iter().filter(is_missing).collect();
        if !missing.is_empty() {
            let ids: Vec<String> = missing.iter().map(|&at| self.id(at).to_owned()).collect();
            for (at, fetched) in missing.into_iter().zip(fetch(&ids)?) {
                stored[at] = Some(Arc::new(fetched));
            }
        }
        Ok(())
    }

    /// What is stored of an incident. If it is not here, it is fetched, and in a list that of all, which follow each other.
    pub(super) fn stored(
        &self,
        at: usize,
        fetch: impl FnOnce(&[String]) -> Result<Vec<Stored>>,
    ) -> Result<Option<Arc<Stored>>> {
        let here = |stored: &[Option<Arc<Stored>>]| stored.get(at).cloned().flatten();
        if let Some(stored) = here(&self.stored.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(Some(stored));
        }
        let wanted = if self.is_scored() { at..at + 1 } else { 0..self.ids.len() };
        self.fetch(wanted, fetch)?;
        Ok(here(&self.stored.lock().unwrap_or_else(PoisonError::into_inner)))
    }

    /// Indexes in memory what is wanted of its incidents.
    fn indexed(&self, wanted: &Wanted) -> tantivy::Result<Embedded> {
        let fields = Fields::new();
        let tokenizers = TokenizerManager::default();
        tokenizers.register(ANALYZER, TextAnalyzer::from(LexemeTokenizer));
        let directory = RamDirectory::create();
        let builder = builder().tokenizers(tokenizers);
        let mut writer = builder.single_segment_index_writer(directory.clone(), MEMORY)?;
        let mut chosen = Chosen { wanted, known: HashMap::new() };
        for (id, scored) in self.ids.iter().zip(&self.scored) {
            writer.add_document(document(&fields, scored, id, &mut chosen))?;
        }
        let index = writer.finalize()?;
        Embedded::with_index(None, WriteFault::default(), Box::new(directory), index)
            .map_err(|error| tantivy::TantivyError::InternalError(error.to_string()))
    }

    /// Makes a batch of hits that are to be scored.
    pub(super) fn new(number: u32, hits: Vec<(String, Scored)>) -> Self {
        let (listed, scored) = hits.into_iter().map(|(id, scored)| ((id, scored.date), scored)).unzip();
        Self { scored, ..Self::listed(number, listed, None) }
    }

    /// The index in memory for some words.
    fn segment(&self, words: &KnownWords, analyzer: &Analyzer) -> Result<Arc<Embedded>> {
        let wanted = Wanted::by(words, analyzer);
        let mut segments = self.segments.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, known)) = segments.iter().find(|(known, _)| *known == wanted) {
            return Ok(Arc::clone(known));
        }
        let segment = self.indexed(&wanted).map_err(|e| convert_error(std::path::Path::new("memory"), e))?;
        let segment = Arc::new(segment);
        segments.push((wanted, Arc::clone(&segment)));
        Ok(segment)
    }

    fn snapshot<'s>(segment: &'s Embedded, (commit, log): (&Arc<Commit>, &ReadLog)) -> Snapshot<'s> {
        Snapshot::of_some(segment, segment.reader.searcher(), Arc::clone(commit), log.clone())
    }

    /// Scores its incidents with the numbers of a commit, and logs what that reads. Whether they match was decided before.
    pub(super) fn candidates(
        self: &Arc<Self>,
        (plan, words): (&Plan, &KnownWords),
        needed: Needed,
        of: (&Arc<Commit>, &ReadLog),
        collect: Collect,
    ) -> Result<Candidates> {
        if !self.is_scored() {
            return Ok(Candidates::default());
        }
        let segment = &*self.segment(words, &of.0.analyzer)?;
        let snapshot = Self::snapshot(segment, of);
        let words = snapshot.located(words).map_err(|e| segment.error(e))?;
        let plan = without_conditions(plan);
        let needed = if needed == Needed::Some { Needed::Any } else { needed };
        let mut found = snapshot.candidates(&plan, &words, needed, collect)?;
        for candidate in &mut found.best {
            candidate.address = DocAddress::new(self.number, candidate.address.doc_id);
            // The id is read before the segment may go.
            let _ = candidate.id();
            candidate.batch = Some(Arc::clone(self));
        }
        Ok(found)
    }

    /// The evidence of some of its incidents, passed to `judge`.
    pub(super) fn inspect<R: Send>(
        &self,
        (words, ranked): (&KnownWords, &[WordId]),
        preferred: Option<&Condition>,
        of: (&Arc<Commit>, &ReadLog),
        candidates: &[Candidate],
        judge: impl Fn(Evidence<'_>) -> R + Sync + Send,
    ) -> Result<Option<Vec<R>>> {
        if !self.is_scored() {
            return Ok(None);
        }
        let segment = &*self.segment(words, &of.0.analyzer)?;
        let snapshot = Self::snapshot(segment, of);
        let words = snapshot.located(words).map_err(|e| segment.error(e))?;
        let mut here = candidates.to_vec();
        here.iter_mut().for_each(|candidate| candidate.address = DocAddress::new(0, candidate.address.doc_id));
        snapshot.inspect(&words, ranked, preferred, &here, judge).map(Some)
    }
}

/// Memory of the engine for one batch, in bytes.
const MEMORY: usize = 15_000_000;

/// A plan without what only filters.
fn without_conditions(plan: &Plan) -> Plan {
    fn words_of(clause: &Clause) -> Clause {
        match clause {
            Clause::All(clauses) => Clause::All(clauses.iter().map(words_of).collect()),
            Clause::Any(clauses) => Clause::Any(clauses.iter().map(words_of).collect()),
            Clause::Words(_) => clause.clone(),
            Clause::Everything | Clause::Condition(_) | Clause::Not(_) => Clause::Everything,
        }
    }
    Plan { groups: plan.groups.iter().map(words_of).collect(), conditions: Vec::new(), ..plan.clone() }
}

/// The document of an incident: what scoring and evidence need of it.
fn document<'t>(fields: &Fields, scored: &'t Scored, id: &str, chosen: &mut Chosen<'t>) -> TantivyDocument {
    let mut doc = TantivyDocument::default();
    doc.add_text(fields.key, id);
    doc.add_u64(fields.length, scored.length);
    if let Some(date) = scored.date {
        doc.add_i64(fields.date, date);
    }
    if let Some(rank) = scored.rank {
        doc.add_u64(fields.rank, rank.into());
    }
    for key in &scored.services {
        doc.add_text(fields.facet_keys(Facet::Service), key);
    }
    doc.add_pre_tokenized_text(fields.title, chosen.tokens([scored.title.as_str()]));
    for (field, text) in &scored.regions {
        // Each region begins with a mark.
        let marks = text.split(' ').filter(|group| group.starts_with(REGION_MARK)).count();
        (0..marks).for_each(|_| doc.add_u64(fields.regions, *field));
    }
    doc.add_pre_tokenized_text(fields.text, chosen.tokens(scored.regions.iter().map(|(_, text)| text.as_str())));
    doc
}

impl<'t> Chosen<'t> {
    /// The wanted tokens of texts that follow each other, at their positions.
    fn tokens(&mut self, texts: impl IntoIterator<Item = &'t str>) -> PreTokenizedString {
        let groups = texts.into_iter().flat_map(|text| text.split(' ')).filter(|group| !group.is_empty());
        let mut tokens = Vec::new();
        for (position, group) in groups.enumerate() {
            for token in group.split(JOINER).filter(|token| !token.starts_with(NOTHING)) {
                if self.has(token) {
                    tokens.push(Token { position, text: as_written(token).into_owned(), ..Token::default() });
                }
            }
        }
        PreTokenizedString { text: String::new(), tokens }
    }

    fn has(&mut self, token: &'t str) -> bool {
        *self.known.entry(token).or_insert_with(|| self.wanted.has(&as_written(token)))
    }
}

/// A token as the embedded engine has it.
fn as_written(token: &str) -> Cow<'_, str> {
    if token.contains(SPACE) { token.replace(SPACE, " ").into() } else { token.into() }
}

#[cfg(test)]
mod tests;
