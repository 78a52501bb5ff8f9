//! Lookup: from a word and its forms to the terms of the index that count as it.
//!
//! In: a word and a view of the index. Out: the word with its terms in each segment, and how rare it is. A stem stands for
//! every word of the index that has it; those are found among the terms that begin as it does.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use tantivy::index::SegmentId;
use tantivy::postings::TermInfo;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocSet as _, InvertedIndexReader, SegmentReader, TERMINATED, Term};

use crate::engine::compile::Compiler;
use crate::engine::parts::{InPart, PartReader};
use crate::engine::postings::{AnyForm, FormPostings, Occurrences, Phrase};
use crate::engine::scorer::WordPostings;
use crate::plan::{Alternative, Form, Word};
use crate::ranking::EXTRA_WEIGHT;
use crate::schema::TextField;
use crate::text::analyzer::{Analyzer, STEM_MARK};

/// A word and where it is in each segment.
#[derive(Debug)]
pub(crate) struct KnownWord {
    pub(crate) word: Word,
    found: HashMap<SegmentId, Vec<Found>>,
    /// How rare it is.
    rarity: f32,
}

/// A term found in a segment.
#[derive(Debug)]
struct Found {
    alternative: usize,
    slot: usize,
    field: Field,
    is_title: bool,
    info: TermInfo,
    weight: f32,
}

/// What this search has looked up so far: synonyms repeat each other's words.
#[derive(Debug, Default)]
pub(crate) struct Lookups {
    known: RefCell<HashMap<LookupKey, Rc<Terms>>>,
}

/// Where is looked for which forms.
type LookupKey = (SegmentId, Field, Vec<String>);

impl Compiler<'_> {
    /// Looks a word up, in title and text.
    pub(crate) fn look_up(&self, word: Word) -> tantivy::Result<Arc<KnownWord>> {
        let mut found = HashMap::new();
        // By alternative and slot: how many incidents have any of its terms, in text and in title.
        let mut frequencies: HashMap<(usize, usize), [u64; 2]> = HashMap::new();
        for reader in self.searcher.segment_readers() {
            let mut here: Vec<Found> = Vec::new();
            for (field, is_title) in [(self.fields.text, false), (self.fields.title, true)] {
                let index = reader.inverted_index(field)?;
                for (alternative, slot, forms) in slots(&word) {
                    let terms = self.terms(reader, &index, field, forms)?;
                    frequencies.entry((alternative, slot)).or_default()[usize::from(is_title)] += terms.frequency;
                    here.extend(terms.found.iter().map(|(info, form)| {
                        let (info, weight) = (info.clone(), forms[*form].weight);
                        Found { alternative, slot, field, is_title, info, weight }
                    }));
                }
            }
            found.insert(reader.segment_id(), here);
        }
        let incidents = self.statistics.incidents;
        let idf_of = |(at, alternative): (usize, &Alternative)| {
            let slots = (0..alternative.slots.len()).map(|slot| {
                // Titles repeat what the text says.
                let most = frequencies.get(&(at, slot))?.iter().copied().max().filter(|&most| most > 0)?;
                Some(idf(most.min(incidents), incidents))
            });
            slots.sum::<Option<f32>>()
        };
        // A word is as rare as it is as typed; one that no report has so, as rare as the first thing that counts as it.
        let rarity = word.alternatives.iter().enumerate().find_map(idf_of);
        let rarity = rarity.unwrap_or_else(|| idf(0, incidents));
        Ok(Arc::new(KnownWord { word, found, rarity }))
    }

    /// The terms of a segment that are any of the forms.
    fn terms(
        &self,
        reader: &SegmentReader,
        index: &InvertedIndexReader,
        field: Field,
        forms: &[Form],
    ) -> tantivy::Result<Rc<Terms>> {
        let key = (reader.segment_id(), field, forms.iter().map(|form| form.text.clone()).collect());
        if let Some(known) = self.lookups.known.borrow().get(&key) {
            return Ok(Rc::clone(known));
        }
        let mut terms = Terms::default();
        for form in by_weight(forms) {
            terms.add(index, field, self.analyzer, &forms[form].text, form)?;
        }
        terms.frequency = terms.alive_frequency(reader, index)?;
        let terms = Rc::new(terms);
        self.lookups.known.borrow_mut().insert(key, Rc::clone(&terms));
        Ok(terms)
    }
}

/// The places of forms, those that count most first: a term that is several forms counts as the first.
fn by_weight(forms: &[Form]) -> Vec<usize> {
    let mut places: Vec<usize> = (0..forms.len()).collect();
    places.sort_by(|&a, &b| forms[b].weight.total_cmp(&forms[a].weight));
    places
}

impl KnownWord {
    /// Whether any form of it is in the index.
    pub(crate) fn is_known(&self) -> bool {
        self.found.values().any(|found| !found.is_empty())
    }

    /// What it weighs in a score: how rare it is.
    pub(crate) fn idf(&self) -> f32 {
        if self.word.extra { EXTRA_WEIGHT * self.rarity } else { self.rarity }
    }

    /// What it weighs against the others when it comes to having them all.
    pub(crate) fn share(&self) -> f32 {
        if self.word.extra { 0.0 } else { self.rarity }
    }

    /// Its occurrences in a segment.
    pub(crate) fn open(&self, reader: &SegmentReader, positions: bool) -> tantivy::Result<WordPostings> {
        let found = self.found.get(&reader.segment_id()).map_or(&[][..], Vec::as_slice);
        let part = self.word.part;
        let filtered = part.is_some_and(|part| part != TextField::Title);
        let open = |found: &Found, weight: f32, positions: bool| -> tantivy::Result<FormPostings> {
            let option =
                if positions { IndexRecordOption::WithFreqsAndPositions } else { IndexRecordOption::WithFreqs };
            let index = reader.inverted_index(found.field)?;
            Ok(FormPostings { postings: index.read_postings_from_terminfo(&found.info, option)?, weight })
        };
        let alternatives = &self.word.alternatives;
        let mut sources = Vec::new();
        let mut add = |occurrences: Occurrences, is_title: bool| -> tantivy::Result<()> {
            let part = part.filter(|_| filtered).map(|part| PartReader::new(reader, part)).transpose()?;
            sources.push(InPart::new(occurrences, is_title, part));
            Ok(())
        };
        for is_title in [false, true] {
            if part.is_some_and(|part| is_title != (part == TextField::Title)) {
                continue;
            }
            let here = || found.iter().filter(|f| f.is_title == is_title);
            let words = here()
                .filter(|f| alternatives[f.alternative].slots.len() == 1)
                .map(|f| open(f, f.weight * alternatives[f.alternative].weight, positions || filtered));
            let words = words.collect::<tantivy::Result<Vec<_>>>()?;
            if !words.is_empty() {
                add(Occurrences::Word(AnyForm::new(words)), is_title)?;
            }
            for (at, alternative) in alternatives.iter().enumerate().filter(|(_, a)| a.slots.len() > 1) {
                let has = |slot: usize| here().any(|f| f.alternative == at && f.slot == slot);
                if !(0..alternative.slots.len()).all(has) {
                    continue;
                }
                let mut slots = Vec::new();
                for (index, slot) in alternative.slots.iter().enumerate() {
                    let forms = here().filter(|f| f.alternative == at && f.slot == index);
                    let forms = forms.map(|f| open(f, f.weight, true)).collect::<tantivy::Result<Vec<_>>>()?;
                    slots.push((slot.offset, AnyForm::new(forms)));
                }
                add(Occurrences::Phrase(Phrase::new(slots, alternative.slop, alternative.weight)), is_title)?;
            }
        }
        Ok(WordPostings::new(sources))
    }
}

/// All slots of a word: alternative, slot, forms.
fn slots(word: &Word) -> impl Iterator<Item = (usize, usize, &[Form])> {
    word.alternatives.iter().enumerate().flat_map(|(alternative, a)| {
        a.slots.iter().enumerate().map(move |(slot, s)| (alternative, slot, s.forms.as_slice()))
    })
}

/// The terms of a segment that may stand in a slot, each with the place of the form that it is.
#[derive(Debug, Default)]
struct Terms {
    found: Vec<(TermInfo, usize)>,
    /// The number of incidents that have any of them.
    frequency: u64,
}

impl Terms {
    /// Adds those that are a form, itself or all that have the stem, and no form before it.
    fn add(
        &mut self,
        index: &InvertedIndexReader,
        field: Field,
        analyzer: &Analyzer,
        text: &str,
        form: usize,
    ) -> tantivy::Result<()> {
        let Some(stem) = text.strip_prefix(STEM_MARK) else {
            if let Some(info) = index.get_term_info(&Term::from_field_text(field, text))? {
                self.push(&info, form);
            }
            return Ok(());
        };
        let Some(beginning) = analyzer.beginning(stem) else { return Ok(()) };
        let mut last = String::new();
        let mut terms = index.terms().range().ge(beginning.as_bytes()).into_stream()?;
        while terms.advance() {
            let Ok(term) = std::str::from_utf8(terms.key()) else { continue };
            if !term.starts_with(beginning) {
                break;
            }
            // Where a word is found, the way it is written is found with it, and comes right behind.
            let known = || term.split_once(STEM_MARK).is_some_and(|(word, _)| word == last);
            if analyzer.has_stem(term, stem) && !known() {
                self.push(terms.value(), form);
                term.clone_into(&mut last);
            }
        }
        Ok(())
    }

    fn push(&mut self, info: &TermInfo, form: usize) {
        if !self.found.iter().any(|(known, _)| known == info) {
            self.found.push((info.clone(), form));
        }
    }

    /// The number of incidents that have any of them, without the deleted ones: so an updated index ranks as a rebuilt one
    /// does.
    fn alive_frequency(&self, reader: &SegmentReader, index: &InvertedIndexReader) -> tantivy::Result<u64> {
        /// Past this an estimate is as good, and counting would take too long.
        const COUNTED: u64 = 20_000;
        let sum: u64 = self.found.iter().map(|(info, _)| u64::from(info.doc_freq)).sum();
        if reader.alive_bitset().is_none() && self.found.len() < 2 {
            return Ok(sum);
        }
        let (alive, all) = (f64::from(reader.num_docs()), f64::from(reader.max_doc().max(1)));
        if sum > COUNTED {
            // As if each had its incidents by chance.
            let without = self.found.iter().map(|(info, _)| 1.0 - f64::from(info.doc_freq) / all);
            return Ok((alive * (1.0 - without.product::<f64>())).round() as u64);
        }
        let mut docs = Vec::with_capacity(sum as usize);
        for (info, _) in &self.found {
            let mut postings = index.read_postings_from_terminfo(info, IndexRecordOption::Basic)?;
            while postings.doc() != TERMINATED {
                docs.push(postings.doc());
                postings.advance();
            }
        }
        docs.sort_unstable();
        docs.dedup();
        docs.retain(|&doc| !reader.is_deleted(doc));
        Ok(docs.len() as u64)
    }
}

/// The weight of a word: ln(1 + (N - n + 0.5) / (n + 0.5)), as in Lucene; never negative.
fn idf(frequency: u64, incidents: u64) -> f32 {
    let (n, all) = (frequency as f32, incidents as f32);
    (1.0 + (all - n + 0.5) / (n + 0.5)).ln()
}
