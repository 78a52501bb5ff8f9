//! Facet lists: which values of a facet each incident has, as numbers that are the same in all segments of a commit.
//!
//! In: the column of a facet. Out: counts of values, for which no term is read and no column unpacked. They are made for the
//! second search of a commit that counts the facet.

use std::collections::HashMap;
use std::sync::Arc;

use tantivy::index::SegmentId;
use tantivy::{DocId, SegmentReader};

use crate::engine::document::{Counted, facet_column};
use crate::engine::facets::{Forms, most_used};
use crate::engine::snapshot::Snapshot;
use crate::schema::{Facet, FacetName};

/// The lists of a commit take at most so many bytes: those of a million incidents with eight values each.
const MAX_BYTES: usize = 48 << 20;
/// Lists are made for the search that is the second to count a facet: a command counts once.
const LISTED_FROM: u32 = 2;

/// The values of a facet in a commit.
#[derive(Debug, PartialEq)]
pub(crate) struct FacetLists {
    /// How each value is shown, in the order of the keys.
    shown: Vec<String>,
    segments: HashMap<SegmentId, FacetList>,
}

/// The values of the incidents of a segment.
#[derive(Debug, Default, PartialEq)]
struct FacetList {
    /// Where the values of each incident begin, and where the last ones end.
    from: Vec<u32>,
    /// Twice the number of a value, and one more if it is stated: incidents of `db/postgres` have `db` too.
    values: Vec<u32>,
}

/// What searches of a commit have asked for, and got.
#[derive(Debug, Default)]
pub(super) struct KnownLists {
    by_facet: HashMap<Facet, (u32, Option<Arc<FacetLists>>)>,
}

impl KnownLists {
    /// The lists of a facet, if there are any; and whether they are to be made.
    fn ask(&mut self, facet: Facet) -> (Option<Arc<FacetLists>>, bool) {
        let (asked, lists) = self.by_facet.entry(facet).or_default();
        *asked = asked.saturating_add(1);
        // Those that did not fit are not tried again.
        (lists.clone(), lists.is_none() && *asked == LISTED_FROM)
    }

    fn bytes(&self) -> usize {
        self.by_facet.values().flat_map(|(_, lists)| lists).map(|lists| lists.bytes()).sum()
    }
}

impl Snapshot<'_> {
    /// The lists of each of these facets that has some; this is another search that counts them.
    pub(super) fn facet_lists(&self, facets: &[FacetName]) -> tantivy::Result<Vec<Option<Arc<FacetLists>>>> {
        let of_facet = |facet: &FacetName| {
            let FacetName::Known(facet) = *facet else { return Ok(None) };
            let (lists, is_to_be_made) = self.cache().facet_lists().ask(facet);
            if !is_to_be_made {
                return Ok(lists);
            }
            let held = self.cache().facet_lists().bytes();
            if held + most_bytes(self.searcher.segment_readers(), facet)? > MAX_BYTES {
                return Ok(None);
            }
            let lists = Arc::new(FacetLists::read(self.searcher.segment_readers(), facet, &self.forms(facet, None)?)?);
            self.cache().facet_lists().by_facet.insert(facet, (LISTED_FROM, Some(Arc::clone(&lists))));
            Ok(Some(lists))
        };
        facets.iter().map(of_facet).collect()
    }
}

/// About how many bytes the lists of a facet take.
fn most_bytes(readers: &[SegmentReader], facet: Facet) -> tantivy::Result<usize> {
    let bytes = |reader: &SegmentReader| {
        let values = reader.fast_fields().str(&facet_column(facet))?.map_or(0, |terms| terms.ords().values.num_vals());
        Ok((values as usize + reader.max_doc() as usize + 1) * size_of::<u32>())
    };
    readers.iter().map(bytes).sum()
}

impl FacetLists {
    fn read(readers: &[SegmentReader], facet: Facet, forms: &Forms) -> tantivy::Result<Self> {
        let keys: Vec<&String> = forms.keys().collect();
        let list = |reader: &SegmentReader| Ok((reader.segment_id(), FacetList::read(reader, facet, &keys)?));
        Ok(Self {
            shown: forms.iter().map(|(key, forms)| most_used(forms).unwrap_or(key).clone()).collect(),
            segments: readers.iter().map(list).collect::<tantivy::Result<_>>()?,
        })
    }

    /// The memory that they take, in bytes.
    fn bytes(&self) -> usize {
        let entries: usize = self.segments.values().map(|list| list.from.len() + list.values.len()).sum();
        entries * size_of::<u32>()
    }

    /// Counts that nothing was added to yet.
    pub(super) fn counts(&self) -> Vec<u32> {
        vec![0; self.shown.len() * 2]
    }

    /// Adds the values of incidents of a segment to counts.
    pub(super) fn count(&self, segment: SegmentId, docs: &[DocId], counts: &mut [u32]) {
        let Some(list) = self.segments.get(&segment) else { return };
        for &doc in docs {
            let (from, to) = (list.from[doc as usize], list.from[doc as usize + 1]);
            list.values[from as usize..to as usize].iter().for_each(|&value| counts[value as usize] += 1);
        }
    }

    /// The values that any incident states, as they are shown, with their counts.
    pub(super) fn values(&self, counts: &[u32]) -> Vec<(String, usize)> {
        let counted = self.shown.iter().zip(counts.chunks_exact(2)).filter(|(_, counts)| counts[1] > 0);
        counted.map(|(shown, counts)| (shown.clone(), (counts[0] + counts[1]) as usize)).collect()
    }
}

impl FacetList {
    /// Reads the column of a segment. The keys, in their order, are those that any incident of the index states.
    fn read(reader: &SegmentReader, facet: Facet, keys: &[&String]) -> tantivy::Result<Self> {
        let mut list = Self { from: vec![0], values: Vec::new() };
        let terms = reader.fast_fields().str(&facet_column(facet))?;
        let mut values: Vec<Option<u32>> = Vec::new();
        if let Some(terms) = &terms {
            let mut stream = terms.dictionary().stream()?;
            while stream.advance() {
                let term = String::from_utf8_lossy(stream.key());
                let Counted { key, shown } = Counted::of_term(&term);
                let number = keys.binary_search_by(|&other| other.as_str().cmp(key)).ok();
                values.push(number.map(|number| number as u32 * 2 + u32::from(shown.is_some())));
            }
        }
        for doc in 0..reader.max_doc() {
            let ords = terms.iter().flat_map(|terms| terms.ords().values_for_doc(doc));
            list.values.extend(ords.filter_map(|ord| values.get(ord as usize).copied().flatten()));
            list.from.push(list.values.len() as u32);
        }
        list.values.shrink_to_fit();
        Ok(list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::fixture::{add, plan, remove};
    use crate::engine::{Collect, Embedded, Order};
    use crate::incident::Incident;
    use crate::plan::Needed;

    const SERVICES: [&str; 5] = ["db/postgres", "db/Postgres", "DB", "web", "db/postgres/replica"];

    /// The values of all facets that the matches of a query have.
    fn counted(snapshot: &Snapshot<'_>, query: &str) -> Vec<Vec<(String, usize)>> {
        let plan = plan(snapshot, query);
        let facets: Vec<FacetName> = Facet::ALL.into_iter().map(FacetName::from).collect();
        let collect = Collect { limit: 0, order: Order::Latest, facets: facets.clone() };
        let found = snapshot.candidates(&plan, &snapshot.look_up(&plan).unwrap(), Needed::All, collect).unwrap();
        let values = |(facet, counts)| {
            let mut values = snapshot.facet_values(facet, counts).unwrap();
            values.sort_unstable();
            values
        };
        facets.iter().zip(&found.facets).map(values).collect()
    }

    #[test]
    fn lists_count_what_columns_count() {
        let engine = Embedded::in_memory().unwrap();
        for segment in 0..3 {
            let incident = |i: usize| {
                let mut incident = Incident::new(format!("{segment}/{i}"), format!("Disk {} full", i % 5));
                // Values below others, forms that differ, incidents with none and with many.
                incident.services = SERVICES[..i % 6].iter().map(|&name| name.to_owned()).collect();
                incident.tags = (0..i % 4).map(|tag| format!("tag {}", (segment * 7 + tag * i) % 11)).collect();
                incident
            };
            add(&engine, (0..40).map(incident));
        }
        remove(&engine, "1/5");
        let snapshot = engine.snapshot().unwrap();
        let queries = ["*", "disk", "full 3", "tag:\"tag 3\"", "nothing"];
        let by_column = queries.map(|query| {
            // The first that counts in this commit.
            let alone = engine.snapshot().unwrap();
            alone.cache().facet_lists().by_facet.clear();
            counted(&alone, query)
        });
        assert!(by_column[0][0].iter().any(|(shown, count)| shown == "db/postgres" && *count > 40), "{by_column:?}");
        snapshot.cache().facet_lists().by_facet.clear();
        for round in 0..3 {
            for (query, expected) in queries.iter().zip(&by_column) {
                assert_eq!(counted(&snapshot, query), *expected, "{query}, round {round}");
            }
        }
        assert!(snapshot.cache().facet_lists().bytes() > 3 * 40 * 4);
    }
}
