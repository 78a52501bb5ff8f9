//! Regions: map the positions of an incident's text to its fields.
//!
//! The text of an incident is indexed as one field: id, people and sections in sequence, each preceded by a marker
//! (`REGION_MARK`). The positions of the markers are the starts of the regions; a column lists their fields.

use tantivy::columnar::Column;
use tantivy::postings::{Postings as _, SegmentPostings};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet as _, SegmentReader, Term};

use crate::engine::document::{REGIONS, TEXT};
use crate::engine::read_log::ReadLog;
use crate::schema::TextField;
use crate::text::analyzer::REGION_MARK;

/// The regions of a segment's incidents, read in the order of the incidents.
pub(super) struct RegionMap {
    marks: Option<SegmentPostings>,
    fields: Column<u64>,
    starts: Vec<u32>,
    /// The incident that was asked for last, and its regions.
    doc: Option<DocId>,
    current: Vec<(u32, TextField)>,
    /// The positions that were read.
    read: u64,
    log: ReadLog,
}

impl RegionMap {
    pub(super) fn new(reader: &SegmentReader, log: &ReadLog) -> tantivy::Result<Self> {
        let field = reader.schema().get_field(TEXT)?;
        let term = Term::from_field_text(field, REGION_MARK.encode_utf8(&mut [0; 4]));
        let marks = reader.inverted_index(field)?.read_postings(&term, IndexRecordOption::WithFreqsAndPositions)?;
        let fields = reader.fast_fields().u64(REGIONS)?;
        Ok(Self { marks, fields, starts: Vec::new(), doc: None, current: Vec::new(), read: 0, log: log.clone() })
    }

    /// The regions of an incident with their start positions, in order. Incidents must be requested in ascending order.
    pub(super) fn of(&mut self, doc: DocId) -> &[(u32, TextField)] {
        if self.doc == Some(doc) {
            return &self.current;
        }
        self.doc = Some(doc);
        self.current.clear();
        if let Some(marks) = &mut self.marks
            && (marks.doc() == doc || marks.doc() < doc && marks.seek(doc) == doc)
        {
            marks.positions(&mut self.starts);
            self.read += self.starts.len() as u64;
            let fields = self.fields.values_for_doc(doc).map(TextField::from_number);
            self.current.extend(self.starts.iter().copied().zip(fields));
        }
        &self.current
    }
}

impl Drop for RegionMap {
    fn drop(&mut self) {
        self.log.add(0, self.read);
    }
}

/// The field of a position.
pub(super) fn region_at(regions: &[(u32, TextField)], position: u32) -> TextField {
    let after = regions.partition_point(|&(start, _)| start <= position);
    after.checked_sub(1).map_or(TextField::Title, |at| regions[at].1)
}
