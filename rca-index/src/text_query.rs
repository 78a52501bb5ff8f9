//! The text query: words at their places, looked for in several fields at once, scored as one.
//!
//! In: fields with weights, and slots, each with the terms that may stand there. Out: an engine query. All fields of a
//! report count as one text whose words weigh as much as their field (BM25F, Robertson, Zaragoza and Taylor 2004, "Simple
//! BM25 extension to multiple weighted fields"); terms in one slot count as forms of one word.

use std::collections::HashMap;
use std::sync::Arc;

use tantivy::columnar::Column;
use tantivy::index::SegmentId;
use tantivy::postings::{Postings, SegmentPostings, TermInfo};
use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, Score, Searcher, SegmentReader, TERMINATED, TantivyError, Term};

use crate::document::LENGTH;
use crate::ranking::{B, K1};

/// A term that may stand in a slot.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Form {
    /// The indexed lexeme.
    pub(crate) text: String,
    /// What an occurrence counts against one of the word as typed.
    pub(crate) weight: f32,
}

/// One place of a text query.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Slot {
    /// The words before it.
    pub(crate) offset: u32,
    /// What may stand there.
    pub(crate) forms: Vec<Form>,
}

/// What the whole index looks like, for the weights of words and lengths.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Statistics {
    /// Incidents in the index.
    pub(crate) incidents: u64,
    /// Bytes of text of a mean incident.
    pub(crate) mean_length: f32,
}

/// Words at their places in one or more fields.
#[derive(Debug, Clone)]
pub(crate) struct TextQuery {
    /// The fields to look in and their weights.
    pub(crate) fields: Vec<(Field, f32)>,
    /// One slot for a word, several for a phrase.
    pub(crate) slots: Vec<Slot>,
    /// How far the words of a phrase may stand from their places, summed as in Lucene: the widest displacement.
    pub(crate) slop: u32,
    pub(crate) statistics: Statistics,
    /// Multiplies the score.
    pub(crate) boost: f32,
}

impl Query for TextQuery {
    fn weight(&self, enable_scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let searcher = enable_scoring
            .searcher()
            .ok_or_else(|| TantivyError::InvalidArgument("a text query needs a searcher".to_owned()))?;
        Ok(Box::new(TextWeight::new(self, searcher)?))
    }
}

/// A term found in a segment: where its postings are and what it counts.
#[derive(Clone)]
struct Found {
    slot: usize,
    field: Field,
    info: TermInfo,
    weight: f32,
}

struct TextWeight {
    query: TextQuery,
    found: HashMap<SegmentId, Vec<Found>>,
    idf: f32,
}

impl TextWeight {
    fn new(query: &TextQuery, searcher: &Searcher) -> tantivy::Result<Self> {
        let mut found = HashMap::new();
        // Per slot and form: in how many incidents each field has it.
        let mut frequencies: Vec<Vec<HashMap<Field, u64>>> =
            query.slots.iter().map(|slot| vec![HashMap::new(); slot.forms.len()]).collect();
        for reader in searcher.segment_readers() {
            let mut here = Vec::new();
            for &(field, field_weight) in &query.fields {
                let index = reader.inverted_index(field)?;
                for (slot_index, slot) in query.slots.iter().enumerate() {
                    for (form_index, form) in slot.forms.iter().enumerate() {
                        let Some(info) = index.get_term_info(&Term::from_field_text(field, &form.text))? else {
                            continue;
                        };
                        let alive = alive_frequency(reader, &index, &info)?;
                        *frequencies[slot_index][form_index].entry(field).or_default() += alive;
                        here.push(Found { slot: slot_index, field, info, weight: field_weight * form.weight });
                    }
                }
            }
            found.insert(reader.segment_id(), here);
        }
        let incidents = query.statistics.incidents;
        // A form's frequency is that of the field that has it most; the forms of a slot exclude each other, nearly.
        let idf = frequencies.iter().map(|forms| {
            let frequency: u64 = forms.iter().map(|fields| fields.values().copied().max().unwrap_or(0)).sum();
            idf(frequency.min(incidents), incidents)
        });
        Ok(Self { idf: idf.sum(), found, query: query.clone() })
    }

    fn text_scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<TextScorer> {
        let found = self.found.get(&reader.segment_id()).map_or(&[][..], Vec::as_slice);
        let phrase = self.query.slots.len() > 1;
        let option = if phrase { IndexRecordOption::WithFreqsAndPositions } else { IndexRecordOption::WithFreqs };
        let open = |found: &Found, weight: f32| -> tantivy::Result<FormPostings> {
            let postings = reader.inverted_index(found.field)?.read_postings_from_terminfo(&found.info, option)?;
            Ok(FormPostings { postings, weight })
        };
        let matches = if phrase {
            let mut phrases = Vec::new();
            for &(field, field_weight) in &self.query.fields {
                let mut slots = Vec::new();
                for (index, slot) in self.query.slots.iter().enumerate() {
                    let forms = found.iter().filter(|f| f.field == field && f.slot == index);
                    let forms = forms.map(|f| open(f, f.weight / field_weight)).collect::<tantivy::Result<Vec<_>>>()?;
                    slots.push((slot.offset, AnyForm::new(forms)));
                }
                phrases.push(Phrase::new(slots, self.query.slop, field_weight));
            }
            Matches::Phrases(phrases)
        } else {
            Matches::Word(AnyForm::new(found.iter().map(|f| open(f, f.weight)).collect::<tantivy::Result<Vec<_>>>()?))
        };
        let scale = self.idf * (K1 + 1.0) * self.query.boost * boost;
        let lengths = reader.fast_fields().u64(LENGTH)?;
        let mut scorer = TextScorer { doc: 0, matches, lengths, mean_length: self.query.statistics.mean_length, scale };
        scorer.doc = scorer.matches.doc();
        Ok(scorer)
    }
}

/// The number of incidents that have a term, without the deleted ones: so an updated index ranks as a rebuilt one does.
fn alive_frequency(
    reader: &SegmentReader,
    index: &Arc<tantivy::InvertedIndexReader>,
    info: &TermInfo,
) -> tantivy::Result<u64> {
    /// Past this an estimate by the share of deleted incidents is as good, and counting would take too long.
    const COUNTED: u32 = 20_000;
    let Some(alive) = reader.alive_bitset() else { return Ok(u64::from(info.doc_freq)) };
    if info.doc_freq > COUNTED {
        return Ok(u64::from(info.doc_freq) * u64::from(reader.num_docs()) / u64::from(reader.max_doc().max(1)));
    }
    let mut postings = index.read_postings_from_terminfo(info, IndexRecordOption::Basic)?;
    Ok(u64::from(postings.count(alive)))
}

/// The weight of a word: ln(1 + (N - n + 0.5) / (n + 0.5)), as in Lucene; never negative.
fn idf(frequency: u64, incidents: u64) -> f32 {
    let (n, all) = (frequency as f32, incidents as f32);
    (1.0 + (all - n + 0.5) / (n + 0.5)).ln()
}

impl Weight for TextWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        Ok(Box::new(self.text_scorer(reader, boost)?))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.text_scorer(reader, 1.0)?;
        let words = self.query.slots.iter().filter_map(|slot| slot.forms.first());
        let words: Vec<&str> = words.map(|form| form.text.trim_start_matches(crate::analyze::STEM_MARK)).collect();
        let words = words.join(" ");
        let found = scorer.doc <= doc && scorer.seek(doc) == doc;
        if !found {
            return Ok(Explanation::new_with_string(format!("`{words}`: not there"), 0.0));
        }
        let mut explanation = Explanation::new_with_string(format!("`{words}`"), scorer.score());
        explanation.add_const("rarity (idf)", self.idf);
        explanation.add_const("occurrences, weighed by field and form", scorer.matches.frequency());
        explanation.add_const("length against the mean", scorer.length() / scorer.mean_length);
        explanation.add_const("boost", self.query.boost);
        Ok(explanation)
    }
}

struct TextScorer {
    doc: DocId,
    matches: Matches,
    lengths: Column<u64>,
    mean_length: f32,
    scale: f32,
}

impl TextScorer {
    fn length(&self) -> f32 {
        self.lengths.first(self.doc).unwrap_or(0) as f32
    }
}

impl DocSet for TextScorer {
    fn advance(&mut self) -> DocId {
        if self.doc != TERMINATED {
            self.doc = self.matches.seek(self.doc + 1);
        }
        self.doc
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if target > self.doc {
            self.doc = self.matches.seek(target);
        }
        self.doc
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.matches.size_hint()
    }
}

impl Scorer for TextScorer {
    fn score(&mut self) -> Score {
        let frequency = self.matches.frequency();
        let norm = K1 * (1.0 - B + B * self.length() / self.mean_length);
        self.scale * frequency / (frequency + norm)
    }
}

/// Where a query stands in a segment.
enum Matches {
    Word(AnyForm),
    /// The same phrase in each field.
    Phrases(Vec<Phrase>),
}

impl Matches {
    fn doc(&self) -> DocId {
        match self {
            Self::Word(word) => word.doc,
            Self::Phrases(phrases) => phrases.iter().map(|p| p.doc).min().unwrap_or(TERMINATED),
        }
    }

    fn seek(&mut self, target: DocId) -> DocId {
        match self {
            Self::Word(word) => word.seek(target),
            Self::Phrases(phrases) => phrases.iter_mut().map(|p| p.seek(target)).min().unwrap_or(TERMINATED),
        }
    }

    /// Occurrences in the current incident, weighed by field and form.
    fn frequency(&self) -> f32 {
        match self {
            Self::Word(word) => word.frequency(),
            Self::Phrases(phrases) => {
                let doc = self.doc();
                phrases.iter().filter(|p| p.doc == doc).map(|p| p.frequency * p.field_weight).sum()
            }
        }
    }

    fn size_hint(&self) -> u32 {
        match self {
            Self::Word(word) => word.size_hint(),
            Self::Phrases(phrases) => phrases.iter().map(Phrase::size_hint).fold(0, u32::saturating_add),
        }
    }
}

/// The postings of one form in one field.
struct FormPostings {
    postings: SegmentPostings,
    weight: f32,
}

/// The union of the forms of one slot.
struct AnyForm {
    doc: DocId,
    forms: Vec<FormPostings>,
}

impl AnyForm {
    fn new(forms: Vec<FormPostings>) -> Self {
        let doc = forms.iter().map(|f| f.postings.doc()).min().unwrap_or(TERMINATED);
        Self { doc, forms }
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if target <= self.doc {
            return self.doc;
        }
        self.doc = TERMINATED;
        for form in &mut self.forms {
            let mut doc = form.postings.doc();
            if doc < target {
                doc = if doc + 1 == target { form.postings.advance() } else { form.postings.seek(target) };
            }
            self.doc = self.doc.min(doc);
        }
        self.doc
    }

    fn frequency(&self) -> f32 {
        let here = self.forms.iter().filter(|f| f.postings.doc() == self.doc);
        here.map(|f| f.postings.term_freq() as f32 * f.weight).sum()
    }

    fn size_hint(&self) -> u32 {
        self.forms.iter().map(|f| f.postings.size_hint()).fold(0, u32::saturating_add)
    }

    /// The positions in the current incident, shifted by `shift`, with the weight of the form that stands there.
    fn positions(&mut self, shift: u32, found: &mut Vec<(u32, f32)>, scratch: &mut Vec<u32>) {
        found.clear();
        for form in &mut self.forms {
            if form.postings.doc() == self.doc {
                form.postings.positions_with_offset(shift, scratch);
                found.extend(scratch.iter().map(|&position| (position, form.weight)));
            }
        }
        // Several forms of a word stand at one position: the best one counts.
        found.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
        found.dedup_by_key(|(position, _)| *position);
    }
}

/// A phrase in one field: the incidents where its slots stand at their places.
struct Phrase {
    doc: DocId,
    slots: Vec<AnyForm>,
    /// What brings the slots' positions to a common place.
    shifts: Vec<u32>,
    slop: u32,
    field_weight: f32,
    /// Weighed occurrences in the current incident.
    frequency: f32,
    positions: Vec<Vec<(u32, f32)>>,
    scratch: Vec<u32>,
}

impl Phrase {
    fn new(slots: Vec<(u32, AnyForm)>, slop: u32, field_weight: f32) -> Self {
        let last = slots.iter().map(|(offset, _)| *offset).max().unwrap_or(0);
        let shifts = slots.iter().map(|(offset, _)| last - offset).collect();
        let slots: Vec<AnyForm> = slots.into_iter().map(|(_, forms)| forms).collect();
        let positions = vec![Vec::new(); slots.len()];
        let mut phrase =
            Self { doc: 0, slots, shifts, slop, field_weight, frequency: 0.0, positions, scratch: Vec::new() };
        phrase.doc = phrase.find(0);
        phrase
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if target > self.doc {
            self.doc = self.find(target);
        }
        self.doc
    }

    /// The first incident from `target` on where the words stand at their places.
    fn find(&mut self, mut target: DocId) -> DocId {
        loop {
            let Some(doc) = self.slots.iter_mut().map(|slot| slot.seek(target)).max() else { return TERMINATED };
            if doc == TERMINATED {
                return TERMINATED;
            }
            if doc == target || self.slots.iter().all(|slot| slot.doc == doc) {
                self.frequency = self.count();
                if self.frequency > 0.0 {
                    return doc;
                }
                target = doc + 1;
            } else {
                target = doc;
            }
        }
    }

    /// How often the phrase occurs in the incident where all slots stand; a loose occurrence counts less.
    fn count(&mut self) -> f32 {
        for ((slot, &shift), found) in self.slots.iter_mut().zip(&self.shifts).zip(&mut self.positions) {
            slot.positions(shift, found, &mut self.scratch);
        }
        let mut at = vec![0; self.positions.len()];
        let mut frequency = 0.0;
        loop {
            let (mut lowest, mut low, mut high, mut weight) = (0, u32::MAX, 0, 1.0_f32);
            for (slot, (found, &i)) in self.positions.iter().zip(&at).enumerate() {
                let Some(&(position, form_weight)) = found.get(i) else { return frequency };
                if position < low {
                    (lowest, low) = (slot, position);
                }
                high = high.max(position);
                weight = weight.min(form_weight);
            }
            if high - low <= self.slop {
                frequency += weight / (1 + high - low) as f32;
                // Each occurrence of a word belongs to one occurrence of the phrase.
                at.iter_mut().for_each(|i| *i += 1);
            } else {
                at[lowest] += 1;
            }
        }
    }

    fn size_hint(&self) -> u32 {
        self.slots.iter().map(AnyForm::size_hint).min().unwrap_or(0)
    }
}
