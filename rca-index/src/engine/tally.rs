//! Tallies: how many matches have each value of a facet, in one segment.
//!
//! In: what to count, and matches in blocks, because columns are read much faster so. Out: counts by value, from lists where a
//! facet has some. A key of front matter is a range of the values of one column.

use std::collections::HashMap;
use std::ops::{Bound, Range};
use std::sync::Arc;

use tantivy::columnar::{Dictionary, StrColumn};
use tantivy::index::SegmentId;
use tantivy::{DocId, SegmentReader};

use crate::engine::document::facet_column;
use crate::engine::facet_lists::FacetLists;
use crate::engine::facets::ValueCounts;
use crate::engine::keys::{KEYS, SEPARATOR};
use crate::schema::FacetName;

/// The number of incidents per block; columns are read much faster in blocks.
pub(super) const BLOCK: usize = 1024;

/// The counts of one facet.
pub(super) enum FacetTally {
    Column(ColumnTally),
    /// In a segment, by lists.
    Listed(SegmentId, Arc<FacetLists>, Vec<u32>),
}

impl FacetTally {
    /// A tally of a facet, and of its lists if it has any.
    pub(super) fn new(
        reader: &SegmentReader,
        facet: &FacetName,
        lists: Option<&Arc<FacetLists>>,
    ) -> tantivy::Result<Self> {
        Ok(match lists {
            Some(lists) => Self::Listed(reader.segment_id(), Arc::clone(lists), lists.counts()),
            None => Self::Column(ColumnTally::new(reader, facet)?),
        })
    }

    /// Counts a block of matches.
    pub(super) fn count(&mut self, docs: &[DocId]) {
        match self {
            Self::Column(column) => column.count(docs),
            Self::Listed(segment, lists, counts) => lists.count(*segment, docs, counts),
        }
    }

    pub(super) fn into_counts(self) -> tantivy::Result<ValueCounts> {
        Ok(match self {
            Self::Column(column) => ValueCounts::Terms(column.into_counts()?),
            Self::Listed(_, lists, counts) => ValueCounts::Numbers(lists, counts),
        })
    }
}

/// The counts of one facet, read from its column.
pub(super) struct ColumnTally {
    terms: Option<StrColumn>,
    counted: Ordinals,
    counts: Vec<u32>,
    docs: Vec<DocId>,
    rows: Vec<u32>,
    block: Vec<u64>,
}

/// Which terms of the column are counted, by their numbers.
enum Ordinals {
    All,
    /// Those of one key; the length of the key and its separator.
    Key(Range<u64>, usize),
    /// Those of all keys themselves.
    Keys(Vec<u64>),
}

impl ColumnTally {
    pub(super) fn new(reader: &SegmentReader, facet: &FacetName) -> tantivy::Result<Self> {
        let name = match facet {
            FacetName::Known(facet) => facet_column(*facet),
            FacetName::Key(_) | FacetName::Fields => KEYS.to_owned(),
        };
        let Some(terms) = reader.fast_fields().str(&name)? else {
            let counted = Ordinals::Keys(Vec::new());
            return Ok(Self {
                terms: None,
                counted,
                counts: Vec::new(),
                docs: Vec::new(),
                rows: Vec::new(),
                block: Vec::new(),
            });
        };
        let dictionary = terms.dictionary();
        let counted = match facet {
            FacetName::Known(_) => Ordinals::All,
            FacetName::Key(key) => {
                let (from, to) = (format!("{key}{SEPARATOR}"), above(key.as_bytes()));
                let from = ord_at(dictionary, from.as_bytes())?;
                Ordinals::Key(from..ord_at(dictionary, &to)?, key.len() + 1)
            }
            FacetName::Fields => Ordinals::Keys(keys(dictionary)?),
        };
        let length = match &counted {
            Ordinals::All => terms.num_terms(),
            Ordinals::Key(ords, _) => (ords.end.saturating_sub(ords.start)) as usize,
            Ordinals::Keys(ords) => ords.len(),
        };
        let counts = vec![0; length];
        Ok(Self { terms: Some(terms), counted, counts, docs: Vec::new(), rows: Vec::new(), block: Vec::new() })
    }

    /// Counts a block of matches.
    pub(super) fn count(&mut self, docs: &[DocId]) {
        let Some(terms) = self.terms.as_ref().filter(|_| !self.counts.is_empty()) else { return };
        let values = terms.ords();
        self.docs.clear();
        self.rows.clear();
        values.row_ids_for_docs(docs, &mut self.docs, &mut self.rows);
        self.block.resize(self.rows.len(), 0);
        values.values.get_vals(&self.rows, &mut self.block);
        match &self.counted {
            Ordinals::All => self.block.iter().for_each(|&value| self.counts[value as usize] += 1),
            Ordinals::Key(ords, _) => {
                let inside = self.block.iter().filter(|value| ords.contains(value));
                inside.for_each(|value| self.counts[(value - ords.start) as usize] += 1);
            }
            Ordinals::Keys(ords) => {
                let found = self.block.iter().filter_map(|value| ords.binary_search(value).ok());
                found.for_each(|at| self.counts[at] += 1);
            }
        }
    }

    /// The number of matches with each term that was found at all. The term of a key's value is the value.
    pub(super) fn into_counts(self) -> tantivy::Result<HashMap<String, usize>> {
        let Some(terms) = &self.terms else { return Ok(HashMap::new()) };
        let (first, skipped) = match &self.counted {
            Ordinals::Key(ords, skipped) => (ords.start, *skipped),
            Ordinals::All | Ordinals::Keys(_) => (0, 0),
        };
        let ord = |at: usize| match &self.counted {
            Ordinals::Keys(ords) => ords.get(at).copied().unwrap_or(0),
            Ordinals::All | Ordinals::Key(..) => first + at as u64,
        };
        let counted = || self.counts.iter().copied().enumerate().filter(|(_, count)| *count > 0);
        let ords: Vec<u64> = counted().map(|(at, _)| ord(at)).collect();
        let mut numbers = counted().map(|(_, count)| count as usize);
        let mut counts = HashMap::with_capacity(ords.len());
        // One pass over the dictionary, because looking up values one by one takes longer than counting.
        terms.dictionary().sorted_ords_to_term_cb(&ords, |term| {
            let term = String::from_utf8_lossy(term.get(skipped..).unwrap_or_default()).into_owned();
            counts.extend(numbers.next().map(|count| (term, count)));
        })?;
        Ok(counts)
    }
}

/// The first text above a key and all of its values.
fn above(key: &[u8]) -> Vec<u8> {
    [key, &[SEPARATOR as u8 + 1]].concat()
}

/// The number of the first value at or above a text.
fn ord_at(values: &Dictionary, text: &[u8]) -> tantivy::Result<u64> {
    let (from, _) = values.term_bounds_to_ord(Bound::Included(text), Bound::Unbounded)?;
    let (Bound::Included(ord) | Bound::Excluded(ord)) = from else { return Ok(0) };
    Ok(ord.min(values.num_terms() as u64))
}

/// The numbers of all keys, in order. A key is a value of its own, in front of the values below it.
fn keys(values: &Dictionary) -> tantivy::Result<Vec<u64>> {
    let (mut keys, mut ord, mut key) = (Vec::new(), 0, Vec::new());
    while ord < values.num_terms() as u64 && values.ord_to_term(ord, &mut key)? {
        keys.push(ord);
        ord = ord_at(values, &above(&key))?.max(ord + 1);
        key.clear();
    }
    Ok(keys)
}
