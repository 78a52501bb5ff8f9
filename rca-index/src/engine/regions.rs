//! Regions: map the positions of an incident's text to its fields.
//!
//! The text of an incident is indexed as one field: id, people and sections in sequence, each preceded by a marker
//! (`REGION_MARK`). The positions of the markers are the starts of the regions; a column lists their fields.

use tantivy::columnar::Column;
use tantivy::postings::{Postings as _, SegmentPostings};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet as _, SegmentReader, TERMINATED, Term};

use crate::engine::document::{REGIONS, TEXT};
use crate::engine::postings::Occurrences;
use crate::plan::Occurrence;
use crate::schema::TextField;
use crate::text::analyzer::REGION_MARK;

/// The regions of a segment's incidents, read in the order of the incidents.
pub(super) struct RegionMap {
    marks: Option<SegmentPostings>,
    fields: Column<u64>,
    starts: Vec<u32>,
    current: Vec<(u32, TextField)>,
}

impl RegionMap {
    pub(super) fn new(reader: &SegmentReader) -> tantivy::Result<Self> {
        let field = reader.schema().get_field(TEXT)?;
        let term = Term::from_field_text(field, REGION_MARK.encode_utf8(&mut [0; 4]));
        let marks = reader.inverted_index(field)?.read_postings(&term, IndexRecordOption::WithFreqsAndPositions)?;
        let fields = reader.fast_fields().u64(REGIONS)?;
        Ok(Self { marks, fields, starts: Vec::new(), current: Vec::new() })
    }

    /// The regions of an incident with their start positions, in order. Incidents must be requested in ascending order.
    pub(super) fn of(&mut self, doc: DocId) -> &[(u32, TextField)] {
        self.current.clear();
        if let Some(marks) = &mut self.marks
            && (marks.doc() == doc || marks.doc() < doc && marks.seek(doc) == doc)
        {
            marks.positions(&mut self.starts);
            let fields = self.fields.values_for_doc(doc).map(TextField::from_number);
            self.current.extend(self.starts.iter().copied().zip(fields));
        }
        &self.current
    }
}

/// The field of a position.
pub(super) fn region_at(regions: &[(u32, TextField)], position: u32) -> TextField {
    let after = regions.partition_point(|&(start, _)| start <= position);
    after.checked_sub(1).map_or(TextField::Title, |at| regions[at].1)
}

/// Keeps the occurrences in one region only.
pub(super) struct RegionReader {
    map: RegionMap,
    region: TextField,
}

impl RegionReader {
    pub(super) fn new(reader: &SegmentReader, region: TextField) -> tantivy::Result<Self> {
        Ok(Self { map: RegionMap::new(reader)?, region })
    }
}

/// The occurrences of a word in the title or the text, or in one region of the text.
pub(super) struct InRegion {
    occurrences: Occurrences,
    pub(super) is_title: bool,
    region: Option<RegionReader>,
    /// The occurrences in the region, in the current incident; only used with a region.
    kept: Vec<Occurrence>,
}

impl InRegion {
    pub(super) fn new(occurrences: Occurrences, is_title: bool, region: Option<RegionReader>) -> Self {
        let mut this = Self { occurrences, is_title, region, kept: Vec::new() };
        this.settle();
        this
    }

    pub(super) fn doc(&self) -> DocId {
        self.occurrences.doc()
    }

    pub(super) fn seek(&mut self, target: DocId) -> DocId {
        if target > self.doc() {
            self.occurrences.seek(target);
            self.settle();
        }
        self.doc()
    }

    /// Advances to the first incident with an occurrence in the region.
    fn settle(&mut self) {
        let Some(RegionReader { map, region }) = &mut self.region else { return };
        while self.occurrences.doc() != TERMINATED {
            self.occurrences.positions(&mut self.kept);
            let regions = map.of(self.occurrences.doc());
            self.kept.retain(|&(position, _)| region_at(regions, position) == *region);
            if !self.kept.is_empty() {
                return;
            }
            let next = self.occurrences.doc() + 1;
            self.occurrences.seek(next);
        }
    }

    pub(super) fn frequency(&self) -> f32 {
        match self.region {
            Some(_) => self.kept.iter().map(|&(_, weight)| weight).sum(),
            None => self.occurrences.frequency(),
        }
    }

    pub(super) fn positions(&mut self, found: &mut Vec<Occurrence>) {
        match self.region {
            Some(_) => found.clone_from(&self.kept),
            None => self.occurrences.positions(found),
        }
    }

    pub(super) fn size_hint(&self) -> u32 {
        self.occurrences.size_hint()
    }
}
