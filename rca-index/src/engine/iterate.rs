//! Iteration: goes over all incidents of a snapshot, sorted by id, and reads of each only what is asked for.
//!
//! In: a snapshot. Out: ids, summaries, incidents. Ids are read in blocks from the sorted terms of each segment, so
//! memory does not grow with the index, and the order does not depend on how it was built.

use std::collections::VecDeque;

use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocId, DocSet as _, SegmentOrdinal, SegmentReader, TERMINATED};

use crate::engine::snapshot::Snapshot;
use crate::error::Result;
use crate::incident::{Incident, Summary};

/// The number of ids that are read at once from a segment.
const BLOCK: usize = 256;

/// All incidents of a snapshot, sorted by id. `read` makes an item of an incident's id and address.
pub(crate) struct Sorted<'e, T> {
    snapshot: Snapshot<'e>,
    segments: Vec<Ids>,
    read: fn(&Snapshot<'e>, String, DocAddress) -> Result<T>,
    /// After an error, nothing follows.
    failed: bool,
}

impl<'e> Snapshot<'e> {
    /// The ids of all incidents; no document is read.
    pub(crate) fn ids(self) -> Sorted<'e, String> {
        self.sorted(|_, id, _| Ok(id))
    }

    /// The summaries of all incidents; no report is parsed.
    pub(crate) fn summaries(self) -> Sorted<'e, Summary> {
        self.sorted(|snapshot, _, address| snapshot.read_summary(address))
    }

    /// All incidents.
    pub(crate) fn all(self) -> Sorted<'e, Incident> {
        self.sorted(|snapshot, _, address| snapshot.read(address))
    }

    fn sorted<T>(self, read: fn(&Snapshot<'e>, String, DocAddress) -> Result<T>) -> Sorted<'e, T> {
        let segments = (0..).take(self.searcher.segment_readers().len()).map(Ids::new).collect();
        Sorted { snapshot: self, segments, read, failed: false }
    }
}

impl<T> Sorted<'_, T> {
    fn read_next(&mut self) -> Result<Option<T>> {
        for segment in &mut self.segments {
            segment.fill(&self.snapshot)?;
        }
        let waiting = self.segments.iter_mut().filter(|segment| !segment.waiting.is_empty());
        let first = waiting.min_by(|a, b| a.next_id().cmp(&b.next_id()));
        let Some((segment, (id, doc))) = first.and_then(|s| Some((s.segment, s.waiting.pop_front()?))) else {
            return Ok(None);
        };
        (self.read)(&self.snapshot, id, DocAddress::new(segment, doc)).map(Some)
    }
}

impl<T> Iterator for Sorted<'_, T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let engine = self.snapshot.engine;
        let next = engine.guard(|| self.read_next());
        self.failed = next.is_err();
        next.transpose()
    }
}

/// The ids of a segment, in order.
struct Ids {
    segment: SegmentOrdinal,
    waiting: VecDeque<(String, DocId)>,
    /// The last id that was read.
    last: Option<Vec<u8>>,
    finished: bool,
}

impl Ids {
    fn new(segment: SegmentOrdinal) -> Self {
        Self { segment, waiting: VecDeque::new(), last: None, finished: false }
    }

    fn next_id(&self) -> Option<&str> {
        self.waiting.front().map(|(id, _)| id.as_str())
    }

    /// Reads ids until there is one or there are no more. Whole blocks may have been deleted.
    fn fill(&mut self, snapshot: &Snapshot<'_>) -> Result<()> {
        while self.waiting.is_empty() && !self.finished {
            let reader = snapshot.searcher.segment_reader(self.segment);
            self.read_block(reader, snapshot).map_err(|e| snapshot.engine.error(e))?;
        }
        Ok(())
    }

    fn read_block(&mut self, reader: &SegmentReader, snapshot: &Snapshot<'_>) -> tantivy::Result<()> {
        let index = reader.inverted_index(snapshot.engine.fields.key)?;
        let mut terms = match self.last.take() {
            Some(last) => index.terms().range().gt(last).into_stream()?,
            None => index.terms().range().into_stream()?,
        };
        for _ in 0..BLOCK {
            if !terms.advance() {
                self.finished = true;
                return Ok(());
            }
            let mut postings = index.read_postings_from_terminfo(terms.value(), IndexRecordOption::Basic)?;
            while postings.doc() != TERMINATED && reader.is_deleted(postings.doc()) {
                postings.advance();
            }
            if postings.doc() != TERMINATED {
                self.waiting.push_back((String::from_utf8_lossy(terms.key()).into_owned(), postings.doc()));
            }
        }
        self.last = Some(terms.key().to_owned());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::document::INCIDENTS_READ;
    use crate::engine::fixture::{add, engine, remove};
    use crate::engine::{Embedded, Purpose};

    fn ids(engine: &Embedded) -> Vec<String> {
        engine.snapshot().unwrap().ids().map(Result::unwrap).collect()
    }

    #[test]
    fn ids_are_sorted_whatever_the_segments() {
        let engine = engine(&[&[("c", "1", ""), ("a", "2", "")], &[("é", "3", ""), ("b", "4", "")]]);
        assert_eq!(ids(&engine), ["a", "b", "c", "é"]);
        remove(&engine, "a");
        assert_eq!(ids(&engine), ["b", "c", "é"]);
        add(&engine, [Incident::new("c", "again"), Incident::new("a", "back")]);
        assert_eq!(ids(&engine), ["a", "b", "c", "é"]);
        assert!(ids(&Embedded::in_memory().unwrap()).is_empty());
    }

    #[test]
    fn more_ids_than_a_block_follow_each_other() {
        let engine = Embedded::in_memory().unwrap();
        for part in 0..3 {
            add(&engine, (0..2 * BLOCK).map(|n| Incident::new(format!("{n:04}-{part}"), "")));
        }
        // Whole blocks of what is deleted are skipped.
        let mut writer = engine.writer(Purpose::Give, 1, 0, std::time::Duration::ZERO).unwrap();
        for n in 0..BLOCK + 10 {
            assert!(writer.delete(&format!("{n:04}-1")).unwrap());
        }
        writer.commit(None).unwrap();
        let mut expected: Vec<String> =
            (0..2 * BLOCK).flat_map(|n| [0, 2].map(|part| format!("{n:04}-{part}"))).collect();
        expected.extend((BLOCK + 10..2 * BLOCK).map(|n| format!("{n:04}-1")));
        expected.sort();
        assert_eq!(ids(&engine), expected);
    }

    #[test]
    fn all_items_are_of_one_commit() {
        let engine = engine(&[&[("a", "1", ""), ("b", "2", ""), ("c", "3", "")]]);
        let mut all = engine.snapshot().unwrap().all();
        assert_eq!(all.next().unwrap().unwrap().id, "a");
        remove(&engine, "b");
        add(&engine, [Incident::new("bb", "new")]);
        let rest: Vec<String> = all.map(|incident| incident.unwrap().id).collect();
        assert_eq!(
            (rest, ids(&engine)),
            (vec!["b".to_owned(), "c".to_owned()], vec!["a".into(), "bb".into(), "c".into()])
        );
    }

    #[test]
    fn nothing_is_parsed_that_is_not_asked_for() {
        let engine = engine(&[&[("a", "One", "cause"), ("b", "Two", "cause")]]);
        let before = INCIDENTS_READ.get();
        let titles: Vec<String> = engine.snapshot().unwrap().summaries().map(|s| s.unwrap().title).collect();
        assert_eq!((titles, ids(&engine).len()), (vec!["One".to_owned(), "Two".into()], 2));
        assert_eq!(INCIDENTS_READ.get(), before);
        assert_eq!(engine.snapshot().unwrap().all().count(), 2);
        assert_eq!(INCIDENTS_READ.get(), before + 2);
    }
}
