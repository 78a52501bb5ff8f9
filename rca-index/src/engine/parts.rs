//! Parts: which part of a report a position of its text belongs to.
//!
//! The text of a report is indexed as one: id, people and sections in a row, each behind a mark (`PART_MARK`). Where the
//! marks stand tells where the parts begin; a column tells which parts they are.

use tantivy::columnar::Column;
use tantivy::postings::{Postings as _, SegmentPostings};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet as _, SegmentReader, TERMINATED, Term};

use crate::engine::document::{PARTS, TEXT};
use crate::engine::postings::{Occurrence, Occurrences};
use crate::schema::TextField;
use crate::text::analyzer::PART_MARK;

/// The parts of the incidents of a segment, asked for in order.
pub(crate) struct PartMap {
    marks: Option<SegmentPostings>,
    kinds: Column<u64>,
    starts: Vec<u32>,
    current: Vec<(u32, TextField)>,
}

impl PartMap {
    pub(crate) fn new(reader: &SegmentReader) -> tantivy::Result<Self> {
        let field = reader.schema().get_field(TEXT)?;
        let term = Term::from_field_text(field, PART_MARK.encode_utf8(&mut [0; 4]));
        let marks = reader.inverted_index(field)?.read_postings(&term, IndexRecordOption::WithFreqsAndPositions)?;
        let kinds = reader.fast_fields().u64(PARTS)?;
        Ok(Self { marks, kinds, starts: Vec::new(), current: Vec::new() })
    }

    /// The parts of an incident and the positions where they begin, in order. Incidents must be asked for in order.
    pub(crate) fn of(&mut self, doc: DocId) -> &[(u32, TextField)] {
        self.current.clear();
        if let Some(marks) = &mut self.marks
            && (marks.doc() == doc || marks.doc() < doc && marks.seek(doc) == doc)
        {
            marks.positions(&mut self.starts);
            let kinds = self.kinds.values_for_doc(doc).map(TextField::from_number);
            self.current.extend(self.starts.iter().copied().zip(kinds));
        }
        &self.current
    }
}

/// The part that a position belongs to.
pub(crate) fn part_at(parts: &[(u32, TextField)], position: u32) -> TextField {
    let after = parts.partition_point(|&(start, _)| start <= position);
    after.checked_sub(1).map_or(TextField::Title, |at| parts[at].1)
}

/// Keeps occurrences in one part.
pub(crate) struct PartReader {
    map: PartMap,
    part: TextField,
}

impl PartReader {
    pub(crate) fn new(reader: &SegmentReader, part: TextField) -> tantivy::Result<Self> {
        Ok(Self { map: PartMap::new(reader)?, part })
    }
}

/// The occurrences of a word in title or text, or in one part of the text.
pub(crate) struct InPart {
    occurrences: Occurrences,
    pub(crate) is_title: bool,
    part: Option<PartReader>,
    /// The occurrences in the part, in the current incident; only with a part.
    kept: Vec<Occurrence>,
}

impl InPart {
    pub(crate) fn new(occurrences: Occurrences, is_title: bool, part: Option<PartReader>) -> Self {
        let mut this = Self { occurrences, is_title, part, kept: Vec::new() };
        this.settle();
        this
    }

    pub(crate) fn doc(&self) -> DocId {
        self.occurrences.doc()
    }

    pub(crate) fn seek(&mut self, target: DocId) -> DocId {
        if target > self.doc() {
            self.occurrences.seek(target);
            self.settle();
        }
        self.doc()
    }

    /// Goes on to the first incident that has an occurrence in the part.
    fn settle(&mut self) {
        let Some(PartReader { map, part }) = &mut self.part else { return };
        while self.occurrences.doc() != TERMINATED {
            self.occurrences.positions(&mut self.kept);
            let parts = map.of(self.occurrences.doc());
            self.kept.retain(|&(position, _)| part_at(parts, position) == *part);
            if !self.kept.is_empty() {
                return;
            }
            let next = self.occurrences.doc() + 1;
            self.occurrences.seek(next);
        }
    }

    pub(crate) fn frequency(&self) -> f32 {
        match self.part {
            Some(_) => self.kept.iter().map(|&(_, weight)| weight).sum(),
            None => self.occurrences.frequency(),
        }
    }

    pub(crate) fn positions(&mut self, found: &mut Vec<Occurrence>) {
        match self.part {
            Some(_) => found.clone_from(&self.kept),
            None => self.occurrences.positions(found),
        }
    }

    pub(crate) fn size_hint(&self) -> u32 {
        self.occurrences.size_hint()
    }
}
