//! Batches: some incidents of a cluster, here. The best of a search are indexed in memory, as the embedded engine indexes them, so
//! that they are scored and inspected by one code.
//!
//! In: hits of an answer. Out: candidates, their evidence, what is stored of them. The tokens are those that the cluster has, so no
//! report is parsed.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use tantivy::directory::RamDirectory;
use tantivy::tokenizer::{PreTokenizedString, TextAnalyzer, Token, TokenizerManager};
use tantivy::{DocAddress, TantivyDocument};

use crate::engine::collect::{Candidate, Candidates, Collect};
use crate::engine::commit::Commit;
use crate::engine::directory::WriteFault;
use crate::engine::document::{ANALYZER, Fields};
use crate::engine::fault::convert_error;
use crate::engine::lookup::KnownWords;
use crate::engine::opensearch::mapping::{JOINER, NOTHING, SPACE, region_name};
use crate::engine::opensearch::stored::Stored;
use crate::engine::read_log::ReadLog;
use crate::engine::snapshot::Snapshot;
use crate::engine::tokenizer::LexemeTokenizer;
use crate::engine::{Embedded, builder};
use crate::error::Result;
use crate::plan::{Clause, Condition, Evidence, Needed, Plan, WordId};
use crate::schema::{FIELDS, Facet, FieldKind, TextField};
use crate::text::analyzer::{REGION_MARK, STEM_MARK};

/// The fields that are asked for of incidents that are to be scored.
pub(super) const SCORED: [&str; 9] =
    ["id", "path", "store", "title", "region", "length", "date", "rank", "facet.service"];

/// Some incidents of a commit, in an order.
#[derive(Debug)]
pub(in crate::engine) struct Batch {
    number: u32,
    ids: Vec<String>,
    dates: Vec<Option<i64>>,
    /// What is stored of them; fetched when the first is asked for.
    stored: Mutex<Option<Arc<Vec<Stored>>>>,
    /// The index in memory, if they were scored.
    segment: Option<Embedded>,
}

impl Batch {
    /// Incidents that are only listed; what is stored of them may be fetched already.
    pub(super) fn listed(number: u32, listed: Vec<(String, Option<i64>)>, stored: Option<Vec<Stored>>) -> Self {
        let (ids, dates) = listed.into_iter().unzip();
        Self { number, ids, dates, stored: Mutex::new(stored.map(Arc::new)), segment: None }
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

    /// What is stored of its incidents, fetched by their ids if it is not here yet, in their order.
    pub(super) fn stored(&self, fetch: impl FnOnce(&[String]) -> Result<Vec<Stored>>) -> Result<Arc<Vec<Stored>>> {
        let mut stored = self.stored.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(stored) = &*stored {
            return Ok(Arc::clone(stored));
        }
        Ok(Arc::clone(stored.insert(Arc::new(fetch(&self.ids)?))))
    }

    /// Indexes hits in memory.
    fn indexed(hits: &[(&Value, Stored)]) -> tantivy::Result<Embedded> {
        let fields = Fields::new();
        let tokenizers = TokenizerManager::default();
        tokenizers.register(ANALYZER, TextAnalyzer::from(LexemeTokenizer));
        let directory = RamDirectory::create();
        let builder = builder().tokenizers(tokenizers);
        let mut writer = builder.single_segment_index_writer(directory.clone(), MEMORY)?;
        for (source, stored) in hits {
            writer.add_document(document(&fields, source, &stored.id))?;
        }
        let index = writer.finalize()?;
        Embedded::with_index(None, WriteFault::default(), Box::new(directory), index)
            .map_err(|error| tantivy::TantivyError::InternalError(error.to_string()))
    }

    /// Makes a batch of hits that are to be scored.
    pub(super) fn new(number: u32, hits: Vec<(&Value, Stored)>) -> Result<Self> {
        let segment = Self::indexed(&hits).map_err(|e| convert_error(std::path::Path::new("memory"), e))?;
        let dates = hits.iter().map(|(source, _)| source["date"].as_i64()).collect();
        let stored: Vec<Stored> = hits.into_iter().map(|(_, stored)| stored).collect();
        let ids = stored.iter().map(|stored| stored.id.clone()).collect();
        Ok(Self { number, ids, dates, stored: Mutex::new(Some(Arc::new(stored))), segment: Some(segment) })
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
        let Some(segment) = &self.segment else { return Ok(Candidates::default()) };
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
        let Some(segment) = &self.segment else { return Ok(None) };
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

/// The document of a hit: what scoring and evidence need of it.
fn document(fields: &Fields, source: &Value, id: &str) -> TantivyDocument {
    let mut doc = TantivyDocument::default();
    doc.add_text(fields.key, id);
    doc.add_u64(fields.length, source["length"].as_u64().unwrap_or(0));
    if let Some(date) = source["date"].as_i64() {
        doc.add_i64(fields.date, date);
    }
    if let Some(rank) = source["rank"].as_u64() {
        doc.add_u64(fields.rank, rank);
    }
    for key in source["facet"]["service"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        doc.add_text(fields.facet_keys(Facet::Service), key);
    }
    doc.add_pre_tokenized_text(fields.title, tokens([source["title"].as_str().unwrap_or("")]));
    let mut regions = Vec::new();
    for spec in FIELDS {
        let FieldKind::Text(field) = spec.kind else { continue };
        let text = source["region"][region_name(field)].as_str().filter(|_| field != TextField::Title);
        let Some(text) = text else { continue };
        // Each region begins with a mark.
        let marks = text.split(' ').filter(|group| group.starts_with(REGION_MARK)).count();
        (0..marks).for_each(|_| doc.add_u64(fields.regions, field.number()));
        regions.push(text);
    }
    doc.add_pre_tokenized_text(fields.text, tokens(regions));
    doc
}

/// The tokens of texts that follow each other, at their positions.
fn tokens<'t>(texts: impl IntoIterator<Item = &'t str>) -> PreTokenizedString {
    let groups = texts.into_iter().flat_map(|text| text.split(' ')).filter(|group| !group.is_empty());
    let mut tokens = Vec::new();
    for (position, group) in groups.enumerate() {
        let found = group.split(JOINER).filter(|token| !token.starts_with([STEM_MARK, NOTHING]));
        tokens.extend(found.map(|token| Token { position, text: token.replace(SPACE, " "), ..Token::default() }));
    }
    PreTokenizedString { text: String::new(), tokens }
}

#[cfg(test)]
mod tests;
