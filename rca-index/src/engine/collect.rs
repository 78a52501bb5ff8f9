//! Collection: one pass over the matches that keeps the best candidates and counts matches and facets.
//!
//! In: a plan and its words, looked up. Out: candidates. Ties are broken by date, then by id, so that results do not
//! depend on how the index was built.

mod order;

use std::cmp::Ordering;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;
use tantivy::collector::{Collector as _, SegmentCollector};
use tantivy::columnar::{Column, StrColumn};
use tantivy::fastfield::AliveBitSet;
use tantivy::query::{EnableScoring, Query, Weight};
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader, TERMINATED};

use crate::engine::collect::order::SegmentOrder;
use crate::engine::compile::Compiler;
use crate::engine::document::{DATE, KEY};
use crate::engine::facet_lists::FacetLists;
use crate::engine::facets::ValueCounts;
use crate::engine::floor::Floor;
use crate::engine::links::LinkSets;
use crate::engine::listed::{Block, ListedWords};
use crate::engine::lookup::KnownWords;
#[cfg(feature = "opensearch")]
use crate::engine::opensearch::batch::Batch;
use crate::engine::scorer::{WordsQuery, WordsScorer};
use crate::engine::snapshot::{Snapshot, map_all};
use crate::engine::tally::{BLOCK, FacetTally};
use crate::error::Result;
use crate::plan::{Cut, Moments, Needed, Plan, work};
use crate::query::SortKey;
#[cfg(feature = "opensearch")]
use crate::ranking::rounded;
use crate::schema::FacetName;

/// What to collect.
#[derive(Debug, Clone)]
pub(crate) struct Collect {
    /// The maximum number of candidates to keep.
    pub(crate) limit: usize,
    pub(crate) order: Order,
    /// The facets to count over all matches.
    pub(crate) facets: Vec<FacetName>,
}

/// The order of candidates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// By date only.
    Latest,
    Score,
    /// By value; incidents without a value come last.
    Value(SortKey, Direction),
}

/// The direction of a sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// Smallest, earliest or least severe first.
    Ascending,
    /// Largest, latest or most severe first.
    Descending,
}

/// What was collected.
#[derive(Debug, Default)]
pub(crate) struct Candidates {
    /// The best, best first.
    pub(crate) best: Vec<Candidate>,
    /// The number of matches.
    pub(crate) total: usize,
    /// For each requested facet, the number of matches with each of its values.
    pub(crate) facets: Vec<ValueCounts>,
    /// How the scores of all matches are distributed.
    pub(crate) moments: Moments,
    /// What was not counted.
    pub(crate) cuts: Vec<Cut>,
}

/// A matching incident.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    pub(super) address: DocAddress,
    pub(crate) score: Score,
    order: f64,
    date: i64,
    id: Id,
    /// What is known here of an incident in a cluster.
    #[cfg(feature = "opensearch")]
    pub(super) batch: Option<Arc<Batch>>,
}

/// An incident's id, loaded on demand: loading it takes longer than scoring, and it is only needed to break ties.
#[derive(Debug, Clone)]
struct Id {
    ids: Option<StrColumn>,
    ord: u64,
    text: OnceLock<String>,
}

impl Id {
    fn text(&self) -> &str {
        self.text.get_or_init(|| {
            let mut text = String::new();
            if let Some(ids) = &self.ids {
                // If this fails, loading the hit fails too and reports the error.
                let _ = ids.ord_to_str(self.ord, &mut text);
            }
            text
        })
    }
}

impl Candidate {
    /// The score of the first pass.
    pub(crate) fn first_score(&self) -> f32 {
        self.order as f32
    }

    /// The id of its incident.
    pub(crate) fn id(&self) -> &str {
        self.id.text()
    }

    /// An incident of a batch, in whose order it stands.
    #[cfg(feature = "opensearch")]
    pub(super) fn listed(batch: Arc<Batch>, at: u32, score: Score) -> Self {
        let id = Id { ids: None, ord: at.into(), text: OnceLock::from(batch.id(at as usize).to_owned()) };
        let (address, date) = (DocAddress::new(batch.number(), at), batch.date(at as usize));
        Self { address, score, order: rounded(score), date, id, batch: Some(batch) }
    }

    /// Breaks a tie: the later incident first, then by id.
    pub(crate) fn break_tie(&self, other: &Self) -> Ordering {
        other.date.cmp(&self.date).then_with(|| {
            // Within a segment, the numbers of ids are in the order of the ids.
            let same_segment = self.address.segment_ord == other.address.segment_ord;
            if same_segment { self.id.ord.cmp(&other.id.ord) } else { self.id.text().cmp(other.id.text()) }
        })
    }

    /// The better one first.
    fn compare(&self, other: &Self) -> Ordering {
        other.order.total_cmp(&self.order).then_with(|| self.break_tie(other))
    }
}

impl Snapshot<'_> {
    /// The candidates of a plan, for full or partial matches.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    pub(crate) fn candidates(
        &self,
        plan: &Plan,
        words: &KnownWords,
        needed: Needed,
        collect: Collect,
    ) -> Result<Candidates> {
        let links = self.link_sets(plan)?;
        let compiler = Compiler { floor: Floor::starting_at(plan.least), ..self.compiler(words, &links) };
        let query = compiler.compile(plan, needed);
        let found = self.facet_lists(&collect.facets).and_then(|lists| {
            let collector = Collector { collect, lists, floor: compiler.floor, is_words: query.is::<WordsQuery>() };
            self.collect(&*query, &collector, self.is_large())
        });
        found.and_then(|found| compiler.log.check().map(|()| found)).map_err(|e| self.engine.error(e))
    }

    /// What compiles plans with these words and incidents that links lead to.
    pub(super) fn compiler<'a>(&'a self, words: &'a KnownWords, links: &'a LinkSets) -> Compiler<'a> {
        let (floor, log) = (Floor::default(), self.log().clone());
        Compiler { fields: &self.engine.fields, words, statistics: self.statistics(), links, floor, log }
    }

    /// Collects from all segments, in parallel if the index is large.
    fn collect(&self, query: &dyn Query, collector: &Collector, parallel: bool) -> tantivy::Result<Candidates> {
        let only_counts = collector.only_counts();
        if !parallel && !only_counts {
            return self.searcher.search(query, collector);
        }
        let scoring = if collector.requires_scoring() && !only_counts {
            EnableScoring::enabled_from_searcher(&self.searcher)
        } else {
            EnableScoring::disabled_from_searcher(&self.searcher)
        };
        let weight = query.weight(scoring)?;
        if only_counts {
            let readers: Vec<_> = self.searcher.segment_readers().iter().collect();
            let counts = map_all(readers, parallel, |reader| weight.count(reader))?;
            let total = counts.into_iter().map(|count| count as usize).sum();
            return Ok(Candidates { total, ..Candidates::default() });
        }
        let in_segment =
            |(ord, reader): (usize, &SegmentReader)| collector.collect_segment(&*weight, ord as SegmentOrdinal, reader);
        let segments = self.searcher.segment_readers().par_iter().enumerate();
        collector.merge_fruits(segments.map(in_segment).collect::<tantivy::Result<Vec<_>>>()?)
    }
}

/// The collector that the search engine calls.
struct Collector {
    collect: Collect,
    /// The lists of the facets that have some.
    lists: Vec<Option<Arc<FacetLists>>>,
    floor: Floor,
    /// Whether words are all that is asked for.
    is_words: bool,
}

impl Collector {
    /// Whether nothing is asked for but the number of matches.
    fn only_counts(&self) -> bool {
        self.collect.limit == 0 && self.collect.facets.is_empty()
    }
}

/// The sort key of candidates within a segment: larger values first, smaller ids first.
#[derive(Clone, Copy)]
struct InOrder {
    order: f64,
    date: i64,
    id: u64,
    doc: DocId,
    score: Score,
}

impl InOrder {
    /// The better one first, within a segment.
    fn compare(&self, other: &Self) -> Ordering {
        self.compare_order(other).then(self.id.cmp(&other.id))
    }

    /// The better one first, without comparing ids, which are only valid within a segment.
    fn compare_order(&self, other: &Self) -> Ordering {
        best_first((self.order, self.date), (other.order, other.date))
    }
}

fn best_first(a: (f64, i64), b: (f64, i64)) -> Ordering {
    b.0.total_cmp(&a.0).then(b.1.cmp(&a.1))
}

impl tantivy::collector::Collector for Collector {
    type Fruit = Candidates;
    type Child = SegmentCandidates;

    fn for_segment(&self, segment: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<SegmentCandidates> {
        let columns = reader.fast_fields();
        let facets = self.collect.facets.iter().zip(&self.lists);
        let facets = facets.map(|(facet, lists)| FacetTally::new(reader, facet, lists.as_ref()));
        Ok(SegmentCandidates {
            segment,
            limit: self.collect.limit,
            order: SegmentOrder::new(self.collect.order, reader)?,
            dates: columns.i64(DATE)?,
            ids: columns.str(KEY)?,
            facets: facets.collect::<tantivy::Result<_>>()?,
            total: 0,
            moments: Moments::default(),
            pending: Vec::with_capacity(BLOCK),
            best: Vec::new(),
            worst_kept: None,
            floor: self.floor.clone(),
        })
    }

    fn requires_scoring(&self) -> bool {
        self.collect.order == Order::Score
    }

    fn collect_segment(
        &self,
        weight: &dyn Weight,
        segment: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<tantivy::Result<InSegment>> {
        let mut found = self.for_segment(segment, reader)?;
        let alive = reader.alive_bitset();
        let is_alive = |doc: DocId| alive.is_none_or(|alive| alive.is_alive(doc));
        if self.requires_scoring() && self.is_words {
            let mut scorer = weight.scorer(reader, 1.0)?;
            if let Some(words) = scorer.downcast_ref::<WordsScorer>().and_then(WordsScorer::listed) {
                found.collect_listed(&words, alive);
                return Ok(found.harvest());
            }
            while scorer.doc() != TERMINATED {
                if is_alive(scorer.doc()) {
                    found.collect(scorer.doc(), scorer.score());
                }
                scorer.advance();
            }
        } else if self.requires_scoring() {
            let mut collect = |doc, score| {
                if is_alive(doc) {
                    found.collect(doc, score);
                }
            };
            weight.for_each(reader, &mut collect)?;
        } else if alive.is_some() {
            let mut collect = |docs: &[DocId]| {
                docs.iter().filter(|&&doc| is_alive(doc)).for_each(|&doc| found.collect(doc, 0.0));
            };
            weight.for_each_no_score(reader, &mut collect)?;
        } else {
            weight.for_each_no_score(reader, &mut |docs| found.collect_block(docs))?;
        }
        Ok(found.harvest())
    }

    fn merge_fruits(&self, segments: Vec<tantivy::Result<InSegment>>) -> tantivy::Result<Candidates> {
        let facets = vec![ValueCounts::default(); self.collect.facets.len()];
        let mut all = Candidates { facets, ..Candidates::default() };
        let mut best = Vec::new();
        for segment in segments {
            let InSegment { segment, ids, best: here, total, facets, moments } = segment?;
            all.total += total;
            all.moments.merge(moments);
            best.extend(here.into_iter().map(|candidate| (candidate, segment, ids.clone())));
            all.facets.iter_mut().zip(facets).for_each(|(sums, counts)| sums.add(counts));
        }
        if let Some(last) = self.collect.limit.checked_sub(1).filter(|&last| last < best.len()) {
            let (_, (last, ..), _) = best.select_nth_unstable_by(last, |(a, ..), (b, ..)| a.compare_order(b));
            let last = *last;
            best.retain(|(candidate, ..)| candidate.compare_order(&last).is_le());
        }
        for (InOrder { order, date, id, doc, score }, segment, ids) in best {
            let id = Id { ids, ord: id, text: OnceLock::new() };
            all.best.push(Candidate {
                address: DocAddress::new(segment, doc),
                score,
                order,
                date,
                id,
                #[cfg(feature = "opensearch")]
                batch: None,
            });
        }
        all.best.sort_by(Candidate::compare);
        all.best.truncate(self.collect.limit);
        Ok(all)
    }
}

/// What was collected in one segment.
pub(super) struct InSegment {
    segment: SegmentOrdinal,
    /// The id column, to resolve the numbers of candidates.
    ids: Option<StrColumn>,
    best: Vec<InOrder>,
    total: usize,
    facets: Vec<ValueCounts>,
    moments: Moments,
}

pub(super) struct SegmentCandidates {
    segment: SegmentOrdinal,
    limit: usize,
    order: SegmentOrder,
    dates: Column<i64>,
    ids: Option<StrColumn>,
    facets: Vec<FacetTally>,
    total: usize,
    moments: Moments,
    /// Matches not yet counted by the facets.
    pending: Vec<DocId>,
    /// The best so far, in no order, up to twice the limit.
    best: Vec<InOrder>,
    /// The worst candidate that is kept; new candidates must be better once the limit is reached.
    worst_kept: Option<InOrder>,
    /// The least score that matters; only used where scores are the order.
    floor: Floor,
}

impl SegmentCandidates {
    fn count_pending(&mut self) {
        self.facets.iter_mut().for_each(|facet| facet.count(&self.pending));
        self.pending.clear();
    }

    /// Counts the incidents that have all words, and keeps the best. Those below the floor are not looked at.
    fn collect_listed(&mut self, words: &ListedWords, alive: Option<&AliveBitSet>) {
        let blocks = words.blocks().map(|mut block| {
            if let Some(alive) = alive {
                block.retain(|doc| alive.is_alive(doc));
            }
            block
        });
        if !self.facets.is_empty() {
            blocks.clone().flat_map(Block::docs).for_each(|doc| self.count_later(doc));
        }
        // The last reports of most archives are the latest, which come first where scores are the same.
        for block in blocks.rev() {
            self.total += block.len();
            if self.limit == 0 || self.floor.is_above(block.most) {
                continue;
            }
            work::add(block.len());
            for doc in block.docs() {
                let score = words.score(doc);
                if !self.floor.is_above(score) {
                    self.keep(doc, score);
                }
            }
        }
    }

    fn count_later(&mut self, doc: DocId) {
        self.pending.push(doc);
        if self.pending.len() == BLOCK {
            self.count_pending();
        }
    }

    /// Keeps a match if it is among the best so far.
    fn keep(&mut self, doc: DocId, score: Score) {
        let order = self.order.of(doc, score);
        if self.worst_kept.is_some_and(|worst| order < worst.order) {
            return;
        }
        // Many candidates may have an equal sort value, so the date rejects most of them before ids are compared.
        let date = self.dates.first(doc).unwrap_or(i64::MIN);
        if self.worst_kept.is_some_and(|worst| best_first((order, date), (worst.order, worst.date)).is_gt()) {
            return;
        }
        let id = self.ids.as_ref().and_then(|ids| ids.ords().first(doc)).unwrap_or(0);
        let candidate = InOrder { order, date, id, doc, score };
        if self.worst_kept.is_some_and(|worst| candidate.compare(&worst).is_gt()) {
            return;
        }
        self.best.push(candidate);
        if self.best.len() >= self.limit.saturating_mul(2).max(64) {
            self.cut();
        }
    }

    /// Drops all but the best.
    fn cut(&mut self) {
        if let Some(last) = self.limit.checked_sub(1).filter(|&last| last < self.best.len()) {
            let (_, worst, _) = self.best.select_nth_unstable_by(last, InOrder::compare);
            self.worst_kept = Some(*worst);
            self.best.truncate(self.limit);
        }
        if let (SegmentOrder::Score, Some(worst)) = (&self.order, self.worst_kept) {
            self.floor.raise(worst.order);
        }
    }
}

impl SegmentCollector for SegmentCandidates {
    type Fruit = tantivy::Result<InSegment>;

    fn collect(&mut self, doc: DocId, score: Score) {
        self.total += 1;
        self.moments.add(score);
        if !self.facets.is_empty() {
            self.count_later(doc);
        }
        if self.limit > 0 {
            self.keep(doc, score);
        }
    }

    fn collect_block(&mut self, docs: &[DocId]) {
        if self.limit == 0 && self.facets.is_empty() {
            self.total += docs.len();
        } else {
            docs.iter().for_each(|&doc| self.collect(doc, 0.0));
        }
    }

    fn harvest(mut self) -> Self::Fruit {
        self.count_pending();
        self.cut();
        let facets = std::mem::take(&mut self.facets)
            .into_iter()
            .map(FacetTally::into_counts)
            .collect::<tantivy::Result<_>>()?;
        let Self { segment, ids, best, total, moments, .. } = self;
        Ok(InSegment { segment, ids, best, total, facets, moments })
    }
}

#[cfg(test)]
mod tests;
