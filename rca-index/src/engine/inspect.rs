//! Inspection: collects the evidence for a plan's words in some candidates.

use tantivy::SegmentReader;
use tantivy::query::{EnableScoring, Scorer};

use crate::engine::collect::Candidate;
use crate::engine::document::{DATE, LENGTH, RANK};
use crate::engine::links::LinkSets;
use crate::engine::lookup::KnownWords;
use crate::engine::regions::{RegionMap, region_at};
use crate::engine::snapshot::{Snapshot, map_all};
use crate::engine::sources::Sources;
use crate::engine::terms::Window;
use crate::error::Result;
use crate::plan::{Condition, Evidence, WordEvidence, WordId};
use crate::schema::{FIELDS, FieldKind, TextField};

impl Snapshot<'_> {
    /// Passes the evidence of each candidate to `judge`, and returns the results in the order of the candidates.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    pub(crate) fn inspect<R: Send>(
        &self,
        words: &KnownWords,
        ranked: &[WordId],
        preferred: Option<&Condition>,
        candidates: &[Candidate],
        judge: impl Fn(Evidence<'_>) -> R + Sync + Send,
    ) -> Result<Vec<R>> {
        let (words, log) = (words.of(ranked), self.log());
        let weights = region_weights();
        let mut order: Vec<usize> = (0..candidates.len()).collect();
        order.sort_by_key(|&i| (candidates[i].address.segment_ord, candidates[i].address.doc_id));
        let in_segment = |segment: &[usize]| -> tantivy::Result<Vec<(usize, R)>> {
            let reader = self.searcher.segment_reader(candidates[segment[0]].address.segment_ord);
            let columns = reader.fast_fields();
            let (lengths, dates, ranks) = (columns.u64(LENGTH)?, columns.i64(DATE)?, columns.u64(RANK)?);
            let mut sources = Sources::open(reader, &words, log)?;
            let mut regions = RegionMap::new(reader, log)?;
            let mut found = vec![WordEvidence::default(); words.len()];
            let mut preferred = match preferred {
                Some(condition) => Some(self.meeting(condition, reader)?),
                None => None,
            };
            let judged = segment.iter().map(|&i| {
                let doc = candidates[i].address.doc_id;
                let regions = regions.of(doc);
                sources.move_to(Window::of(doc));
                for (word, found) in found.iter_mut().enumerate() {
                    sources.positions(word, doc, true, &mut found.title);
                    sources.positions(word, doc, false, &mut found.text);
                    for (position, weight) in &mut found.text {
                        *weight *= weights[region_at(regions, *position).number() as usize];
                    }
                }
                let length = lengths.first(doc).unwrap_or(0) as f32;
                let (date, rank) = (dates.first(doc), ranks.first(doc));
                let preferred = preferred.as_mut().is_some_and(|docs| docs.doc() <= doc && docs.seek(doc) == doc);
                (i, judge(Evidence { words: &found, length, date, rank, preferred }))
            });
            Ok(judged.collect())
        };
        let segment_of = |i: usize| candidates[i].address.segment_ord;
        let segments: Vec<&[usize]> = order.chunk_by(|&a, &b| segment_of(a) == segment_of(b)).collect();
        let judged = map_all(segments, self.is_large(), in_segment);
        let judged = judged.and_then(|judged| log.check().map(|()| judged)).map_err(|e| self.engine.error(e))?;
        let mut judged: Vec<(usize, R)> = judged.into_iter().flatten().collect();
        judged.sort_by_key(|&(i, _)| i);
        Ok(judged.into_iter().map(|(_, judged)| judged).collect())
    }
}

impl Snapshot<'_> {
    /// The incidents of a segment that meet a condition, in order.
    fn meeting(&self, condition: &Condition, reader: &SegmentReader) -> tantivy::Result<Box<dyn Scorer>> {
        let (words, links) = (KnownWords::default(), LinkSets::default());
        let query = self.compiler(&words, &links).of_condition(condition);
        query.weight(EnableScoring::enabled_from_searcher(&self.searcher))?.scorer(reader, 1.0)
    }
}

/// The weight of each text field, by its number.
fn region_weights() -> [f32; TextField::COUNT] {
    let mut weights = [1.0; TextField::COUNT];
    for spec in FIELDS {
        if let FieldKind::Text(field) = spec.kind
            && field != TextField::Title
        {
            weights[field.number() as usize] = spec.weight;
        }
    }
    weights
}
