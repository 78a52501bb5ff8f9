//! Facets: decides how each value of a facet of the table is shown.
//!
//! In: the counts of a column's terms, keys of values. Out: the number of matches with each key, and the form of a key
//! that most incidents of the index use.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use tantivy::{DocId, SegmentReader};

use crate::engine::document::{Counted, facet_column};
use crate::engine::facet_lists::FacetLists;
use crate::engine::snapshot::Snapshot;
use crate::engine::tally::{BLOCK, ColumnTally};
use crate::error::Result;
use crate::schema::{Facet, FacetName};

/// The forms of each key, and the number of incidents that use each.
pub(super) type Forms = BTreeMap<String, BTreeMap<String, usize>>;

/// The number of matches with each value of a facet.
#[derive(Debug, Clone)]
pub(crate) enum ValueCounts {
    /// By the terms of its column.
    Terms(HashMap<String, usize>),
    /// By the numbers in lists.
    Numbers(Arc<FacetLists>, Vec<u32>),
}

impl ValueCounts {
    /// Adds the counts of another segment of the same commit.
    pub(super) fn add(&mut self, other: Self) {
        match (self, other) {
            (Self::Terms(sums), Self::Terms(counts)) => {
                counts.into_iter().for_each(|(term, count)| *sums.entry(term).or_default() += count);
            }
            (Self::Numbers(_, sums), Self::Numbers(_, counts)) => {
                sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
            }
            // What was counted in no segment.
            (sums, counts) => *sums = counts,
        }
    }

    /// Sets the count of a term.
    pub(crate) fn insert(&mut self, term: &str, count: usize) {
        if let Self::Terms(counts) = self {
            counts.insert(term.to_owned(), count);
        }
    }
}

impl Default for ValueCounts {
    fn default() -> Self {
        Self::Terms(HashMap::new())
    }
}

impl Snapshot<'_> {
    /// The values of a facet as they are shown, with their counts. A value that incidents have only below it, such as `db` of
    /// `db/postgres`, is none.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    pub(crate) fn facet_values(&self, facet: &FacetName, counts: &ValueCounts) -> Result<Vec<(String, usize)>> {
        let counts = match counts {
            ValueCounts::Terms(counts) => counts,
            ValueCounts::Numbers(lists, counts) => return Ok(lists.values(counts)),
        };
        let FacetName::Known(facet) = *facet else {
            return Ok(counts.iter().map(|(value, count)| (value.clone(), *count)).collect());
        };
        let by_key = counts_by_key(counts);
        let keys: Vec<&str> = by_key.keys().copied().collect();
        let shown = self.shown(facet, &keys)?;
        let shown = keys.iter().zip(shown).map(|(&key, shown)| shown.unwrap_or_else(|| key.to_owned()));
        Ok(shown.zip(by_key.values()).map(|(shown, count)| (shown, *count)).collect())
    }

    /// How keys, sorted and each once, are shown: in the form that most incidents of the index use, of several the first
    /// in the order of the alphabet; `None` if no incident has the key.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    pub(crate) fn shown(&self, facet: Facet, keys: &[&str]) -> Result<Vec<Option<String>>> {
        let known = {
            let shown = self.cache().shown();
            keys.iter().map(|&key| shown.get(&(facet, key.to_owned()))).collect::<Vec<_>>()
        };
        let missing: Vec<&str> =
            keys.iter().zip(&known).filter(|(_, known)| known.is_none()).map(|(&key, _)| key).collect();
        if missing.is_empty() {
            return Ok(known.into_iter().flatten().collect());
        }
        let forms = self.forms(facet, Some(&missing)).map_err(|e| self.engine.error(e))?;
        let found = |key: &str| forms.get(key).and_then(most_used).cloned();
        let mut shown = self.cache().shown();
        for &key in &missing {
            shown.insert((facet, key.to_owned()), found(key), 1);
        }
        Ok(keys.iter().zip(known).map(|(&key, known)| known.unwrap_or_else(|| found(key))).collect())
    }

    /// How each key of a facet is shown, as [`Snapshot::shown`] says; for those who would ask many times.
    ///
    /// # Errors
    /// As [`Snapshot::shown`].
    pub(crate) fn all_shown(&self, facet: Facet) -> Result<HashMap<String, String>> {
        let forms = self.forms(facet, None).map_err(|e| self.engine.error(e))?.into_iter();
        Ok(forms.filter_map(|(key, forms)| Some((key, most_used(&forms)?.clone()))).collect())
    }

    /// The forms of these keys, or of all. Only where forms of a key differ, it is counted how many incidents use each.
    pub(super) fn forms(&self, facet: Facet, keys: Option<&[&str]>) -> tantivy::Result<Forms> {
        let mut forms = Forms::new();
        for reader in self.searcher.segment_readers() {
            forms_in(reader, facet, keys, &mut forms)?;
        }
        if forms.values().any(|forms| forms.len() > 1) {
            for reader in self.searcher.segment_readers() {
                count_forms(reader, facet, &mut forms)?;
            }
        }
        Ok(forms)
    }
}

/// The number of matches with each key that any of them has itself, from the counts of the column's terms.
pub(super) fn counts_by_key(counts: &HashMap<String, usize>) -> BTreeMap<&str, usize> {
    let mut by_key: BTreeMap<&str, (usize, bool)> = BTreeMap::new();
    for (term, count) in counts {
        let Counted { key, shown } = Counted::of_term(term);
        let (total, stated) = by_key.entry(key).or_default();
        *total += count;
        *stated |= shown.is_some();
    }
    by_key.into_iter().filter(|(_, (_, stated))| *stated).map(|(key, (count, _))| (key, count)).collect()
}

/// The form that most incidents use, of several the first in the order of the alphabet.
pub(super) fn most_used(forms: &BTreeMap<String, usize>) -> Option<&String> {
    forms.iter().max_by(|(a, n), (b, m)| n.cmp(m).then_with(|| b.cmp(a))).map(|(form, _)| form)
}

/// Adds the forms of keys in a segment, or of all keys.
fn forms_in(reader: &SegmentReader, facet: Facet, keys: Option<&[&str]>, forms: &mut Forms) -> tantivy::Result<()> {
    /// More keys are found faster by going over all terms.
    const MAX_LOOKUPS: usize = 64;
    /// Going over so many terms costs as much as looking a key up.
    const TERMS_A_LOOKUP: usize = 200;
    let Some(terms) = reader.fast_fields().str(&facet_column(facet))? else { return Ok(()) };
    let mut add = |term: &[u8]| {
        let term = String::from_utf8_lossy(term);
        if let Counted { key, shown: Some(shown) } = Counted::of_term(&term)
            && keys.is_none_or(|keys| keys.binary_search(&key).is_ok())
        {
            forms.entry(key.to_owned()).or_default().entry(shown.to_owned()).or_default();
        }
    };
    let few = |keys: &&[&str]| keys.len() <= MAX_LOOKUPS.min(terms.num_terms() / TERMS_A_LOOKUP);
    let Some(keys) = keys.filter(few) else {
        let mut stream = terms.dictionary().stream()?;
        while stream.advance() {
            add(stream.key());
        }
        return Ok(());
    };
    for key in keys {
        // The key itself, and the key with what is shown behind the separator.
        let mut stream = terms.dictionary().range().ge(key).lt(format!("{key}\u{1}")).into_stream()?;
        while stream.advance() {
            add(stream.key());
        }
    }
    Ok(())
}

/// Counts the incidents of a segment that use each of these forms.
fn count_forms(reader: &SegmentReader, facet: Facet, forms: &mut Forms) -> tantivy::Result<()> {
    let mut tally = ColumnTally::new(reader, &facet.into())?;
    let docs: Vec<DocId> = reader.doc_ids_alive().collect();
    docs.chunks(BLOCK).for_each(|docs| tally.count(docs));
    for (term, count) in tally.into_counts()? {
        let Counted { key, shown: Some(shown) } = Counted::of_term(&term) else { continue };
        if let Some(uses) = forms.get_mut(key).and_then(|forms| forms.get_mut(shown)) {
            *uses += count;
        }
    }
    Ok(())
}
