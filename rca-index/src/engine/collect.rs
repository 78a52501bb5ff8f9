//! Collecting: one pass over the matches that keeps the best hits in a fixed order, counts all, and counts facets.
//!
//! Ties are broken by date, then by id, so that the same archive gives the same order however its index was built.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::OnceLock;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{Column, StrColumn};
use tantivy::fastfield::FacetReader;
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader};

use crate::engine::document::{DATE, KEY, facet_column};
use crate::schema::Facet;

/// What hits are put in order by.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum OrderBy {
    Score,
    /// A numeric column, by name; incidents without a value come last.
    Column {
        name: String,
        kind: ColumnKind,
        descending: bool,
    },
}

/// The type of a numeric column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ColumnKind {
    I64,
    U64,
    F64,
}

/// Collects hits, their number, and facet counts.
pub(crate) struct Hits {
    /// How many of the best hits to keep.
    pub(crate) limit: usize,
    pub(crate) order: OrderBy,
    pub(crate) facets: Vec<Facet>,
    /// Whether scores are wanted; they are when hits are ordered by score.
    pub(crate) scoring: bool,
}

/// What was collected.
#[derive(Debug, Default)]
pub(crate) struct Collected {
    /// The best hits, best first.
    pub(crate) hits: Vec<CollectedHit>,
    /// How many matched.
    pub(crate) total: usize,
    /// For each facet asked for: the engine's form of the value, and how many matched.
    pub(crate) facets: Vec<HashMap<String, usize>>,
}

#[derive(Debug, Clone)]
pub(crate) struct CollectedHit {
    pub(crate) address: DocAddress,
    pub(crate) score: Score,
    order: f64,
    date: i64,
    id: Id,
}

/// An incident's id. To read one takes longer than to score an incident, and few are needed: those of hits that are alike in
/// all else.
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
                // Should it not be readable, the hit cannot be read either, and says so.
                let _ = ids.ord_to_str(self.ord, &mut text);
            }
            text
        })
    }
}

impl CollectedHit {
    /// Gives a hit another score, by which it is ordered.
    pub(crate) fn rescore(&mut self, score: Score) {
        self.score = score;
        self.order = order_of(score);
    }

    /// The better one first.
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        best_first((self.order, self.date), (other.order, other.date)).then_with(|| {
            // Inside a segment ids are numbered in their order.
            let same_segment = self.address.segment_ord == other.address.segment_ord;
            if same_segment { self.id.ord.cmp(&other.id.ord) } else { self.id.text().cmp(other.id.text()) }
        })
    }
}

/// Scores are sums whose last bits depend on how the index is cut into segments: they are rounded away.
fn order_of(score: Score) -> f64 {
    (f64::from(score) * 1e4).round()
}

/// What orders hits inside a segment: larger first, ids smaller first.
#[derive(Clone, Copy)]
struct Candidate {
    order: f64,
    date: i64,
    id: u64,
    doc: DocId,
    score: Score,
}

impl Candidate {
    /// The better one first, in one segment.
    fn compare(&self, other: &Self) -> Ordering {
        self.compare_order(other).then(self.id.cmp(&other.id))
    }

    /// The better one first, ids aside, which mean something in their own segment only.
    fn compare_order(&self, other: &Self) -> Ordering {
        best_first((self.order, self.date), (other.order, other.date))
    }
}

fn best_first(a: (f64, i64), b: (f64, i64)) -> Ordering {
    b.0.total_cmp(&a.0).then(b.1.cmp(&a.1))
}

impl Collector for Hits {
    type Fruit = Collected;
    type Child = SegmentHits;

    fn for_segment(&self, segment: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<SegmentHits> {
        let columns = reader.fast_fields();
        let order = match &self.order {
            OrderBy::Score => SegmentOrder::Score,
            OrderBy::Column { name, kind, descending } => {
                let column = match kind {
                    ColumnKind::I64 => NumberColumn::I64(columns.i64(name)?),
                    ColumnKind::U64 => NumberColumn::U64(columns.u64(name)?),
                    ColumnKind::F64 => NumberColumn::F64(columns.f64(name)?),
                };
                SegmentOrder::Column { column, descending: *descending }
            }
        };
        let facets = self.facets.iter().map(|&facet| {
            let name = facet_column(facet);
            let values = columns.str(&name)?.map(|values| values.ords().clone());
            let names = reader.facet_reader(&name)?;
            let counts = vec![0; names.num_facets()];
            Ok(FacetTally { names, values, counts, docs: Vec::new(), rows: Vec::new(), block: Vec::new() })
        });
        Ok(SegmentHits {
            segment,
            limit: self.limit,
            order,
            dates: columns.i64(DATE)?,
            ids: columns.str(KEY)?,
            facets: facets.collect::<tantivy::Result<_>>()?,
            total: 0,
            pending: Vec::with_capacity(BLOCK),
            best: Vec::new(),
            worst_kept: None,
        })
    }

    fn requires_scoring(&self) -> bool {
        self.scoring
    }

    fn merge_fruits(&self, segments: Vec<tantivy::Result<InSegment>>) -> tantivy::Result<Collected> {
        let mut all = Collected { facets: vec![HashMap::new(); self.facets.len()], ..Collected::default() };
        let mut best = Vec::new();
        for segment in segments {
            let InSegment { segment, ids, best: here, total, facets } = segment?;
            all.total += total;
            best.extend(here.into_iter().map(|candidate| (candidate, segment, ids.clone())));
            for (sum, counts) in all.facets.iter_mut().zip(facets) {
                for (value, count) in counts {
                    *sum.entry(value).or_default() += count;
                }
            }
        }
        if let Some(last) = self.limit.checked_sub(1).filter(|&last| last < best.len()) {
            let (_, (last, ..), _) = best.select_nth_unstable_by(last, |(a, ..), (b, ..)| a.compare_order(b));
            let last = *last;
            best.retain(|(candidate, ..)| candidate.compare_order(&last).is_le());
        }
        for (Candidate { order, date, id, doc, score }, segment, ids) in best {
            let id = Id { ids, ord: id, text: OnceLock::new() };
            all.hits.push(CollectedHit { address: DocAddress::new(segment, doc), score, order, date, id });
        }
        all.hits.sort_by(CollectedHit::compare);
        all.hits.truncate(self.limit);
        Ok(all)
    }
}

enum SegmentOrder {
    Score,
    Column { column: NumberColumn, descending: bool },
}

enum NumberColumn {
    I64(Column<i64>),
    U64(Column<u64>),
    F64(Column<f64>),
}

impl SegmentOrder {
    /// The place of an incident in the order: the larger the earlier.
    fn of(&self, doc: DocId, score: Score) -> f64 {
        match self {
            Self::Score => order_of(score),
            Self::Column { column, descending } => {
                let value = match column {
                    NumberColumn::I64(column) => column.first(doc).map(|v| v as f64),
                    NumberColumn::U64(column) => column.first(doc).map(|v| v as f64),
                    NumberColumn::F64(column) => column.first(doc),
                };
                value.map_or(f64::NEG_INFINITY, |v| if *descending { v } else { -v })
            }
        }
    }
}

/// How many incidents are counted at once: columns are read much faster in blocks.
const BLOCK: usize = 1024;

struct FacetTally {
    names: FacetReader,
    values: Option<Column<u64>>,
    counts: Vec<u32>,
    docs: Vec<DocId>,
    rows: Vec<u32>,
    block: Vec<u64>,
}

impl FacetTally {
    fn count(&mut self, docs: &[DocId]) {
        let Some(values) = &self.values else { return };
        self.docs.clear();
        self.rows.clear();
        values.row_ids_for_docs(docs, &mut self.docs, &mut self.rows);
        self.block.resize(self.rows.len(), 0);
        values.values.get_vals(&self.rows, &mut self.block);
        for &value in &self.block {
            self.counts[value as usize] += 1;
        }
    }
}

/// What was collected in one segment.
pub(crate) struct InSegment {
    segment: SegmentOrdinal,
    /// The ids behind the numbers of the candidates.
    ids: Option<StrColumn>,
    best: Vec<Candidate>,
    total: usize,
    facets: Vec<HashMap<String, usize>>,
}

pub(crate) struct SegmentHits {
    segment: SegmentOrdinal,
    limit: usize,
    order: SegmentOrder,
    dates: Column<i64>,
    ids: Option<StrColumn>,
    facets: Vec<FacetTally>,
    total: usize,
    /// Matches that no facet has counted yet.
    pending: Vec<DocId>,
    /// Up to twice the limit, in no order.
    best: Vec<Candidate>,
    /// The last of the best, which a candidate must beat, once the limit is reached.
    worst_kept: Option<Candidate>,
}

impl SegmentHits {
    fn count_pending(&mut self) {
        self.facets.iter_mut().for_each(|facet| facet.count(&self.pending));
        self.pending.clear();
    }

    fn sort(&mut self) {
        self.best.sort_unstable_by(Candidate::compare);
        self.best.truncate(self.limit);
        if self.best.len() == self.limit {
            self.worst_kept = self.best.last().copied();
        }
    }
}

impl SegmentCollector for SegmentHits {
    type Fruit = tantivy::Result<InSegment>;

    fn collect(&mut self, doc: DocId, score: Score) {
        self.total += 1;
        if !self.facets.is_empty() {
            self.pending.push(doc);
            if self.pending.len() == BLOCK {
                self.count_pending();
            }
        }
        if self.limit == 0 {
            return;
        }
        let order = self.order.of(doc, score);
        if self.worst_kept.is_some_and(|worst| order < worst.order) {
            return;
        }
        // Many may be alike in their order, where it says little: then the date decides for most.
        let date = self.dates.first(doc).unwrap_or(i64::MIN);
        if self.worst_kept.is_some_and(|worst| best_first((order, date), (worst.order, worst.date)).is_gt()) {
            return;
        }
        let id = self.ids.as_ref().and_then(|ids| ids.ords().first(doc)).unwrap_or(0);
        let candidate = Candidate { order, date, id, doc, score };
        if self.worst_kept.is_some_and(|worst| candidate.compare(&worst).is_gt()) {
            return;
        }
        self.best.push(candidate);
        if self.best.len() >= self.limit.saturating_mul(2).max(64) {
            self.sort();
        }
    }

    fn harvest(mut self) -> Self::Fruit {
        self.count_pending();
        self.sort();
        let mut facets = Vec::with_capacity(self.facets.len());
        for facet in &self.facets {
            let counted: Vec<(u64, u32)> = (0..).zip(facet.counts.iter().copied()).filter(|(_, n)| *n > 0).collect();
            let ords: Vec<u64> = counted.iter().map(|(ord, _)| *ord).collect();
            let mut numbers = counted.iter().map(|(_, count)| *count as usize);
            let mut counts = HashMap::with_capacity(counted.len());
            // One pass over the dictionary: to look values up one by one takes longer than to count them. A zero byte stands
            // between the levels of a value.
            facet.names.facet_dict().sorted_ords_to_term_cb(&ords, |value| {
                let value = String::from_utf8_lossy(value).replace('\0', "/");
                counts.extend(numbers.next().map(|count| (value, count)));
            })?;
            facets.push(counts);
        }
        Ok(InSegment { segment: self.segment, ids: self.ids, best: self.best, total: self.total, facets })
    }
}
