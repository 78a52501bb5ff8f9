//! Found words: the terms of the index that match a word, how rare it is, and what searches have added up for it.
//!
//! In: what a lookup found. Out: the same for each search of a commit that has the word, with the weight that it has there.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tantivy::SegmentReader;
use tantivy::index::SegmentId;
use tantivy::postings::TermInfo;
use tantivy::schema::Field;

use crate::engine::read_log::ReadLog;
use crate::engine::word_list::WordList;
use crate::plan::{Alternative, Word, WordWeight};
use crate::ranking::{idf, title_weight};
use crate::schema::TextField;

/// The bytes of all lists of a commit at most: those of 60 words that a million incidents have in ten.
pub(super) const MAX_LIST_BYTES: usize = 64 << 20;
/// A word that costs fewer postings to read is read again each time. Tests have small indexes.
const MIN_LISTED: u64 = if cfg!(test) { 1 } else { 256 };
/// A list is made for the search that is the second to ask for the word: many are asked for once.
const LISTED_FROM: u32 = 2;

/// A word of a plan with what was found of it.
#[derive(Debug)]
pub(super) struct KnownWord {
    pub(super) word: Arc<Word>,
    pub(super) found: Arc<FoundWord>,
}

/// What was found of a word in an index, whatever it weighs in a query.
#[derive(Debug)]
pub(super) struct FoundWord {
    alternatives: Vec<Alternative>,
    field: Option<TextField>,
    segments: HashMap<SegmentId, InSegment>,
    /// Its inverse document frequency.
    pub(super) rarity: f32,
    /// The weight of an occurrence in the title.
    title: f32,
    /// Whether any incident has it.
    known: bool,
    /// What reading it costs, in postings.
    pub(super) cost: u64,
    /// How many terms of the dictionary were looked at for its stems, and whether some of its forms were left out.
    pub(super) scanned: Scanned,
    /// How many searches have asked for it.
    uses: AtomicU32,
    /// The bytes of its lists, and those of all lists of the commit.
    bytes: AtomicUsize,
    all_bytes: Arc<AtomicUsize>,
}

/// What was found of a word in a segment.
#[derive(Debug, Default)]
struct InSegment {
    matches: Vec<TermMatch>,
    list: Mutex<Option<Arc<WordList>>>,
}

/// A term of a segment that matches a word.
#[derive(Debug)]
pub(super) struct TermMatch {
    pub(super) alternative: usize,
    pub(super) slot: usize,
    pub(super) field: Field,
    pub(super) is_title: bool,
    pub(super) info: TermInfo,
    /// The weight of its form.
    pub(super) weight: f32,
}

/// How rare a word is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rarity {
    pub(super) idf: f32,
    pub(super) title: f32,
    pub(super) known: bool,
}

/// What was looked at for the stems of a word.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Scanned {
    /// Terms of the dictionary.
    pub(super) terms: usize,
    /// Whether the word has forms with stems.
    pub(super) has_stems: bool,
    /// Whether some of these were not looked for.
    pub(super) is_cut: bool,
}

/// By alternative and slot: the number of incidents with any of its terms, in the text and in the title.
pub(super) type Frequencies = HashMap<(usize, usize), [u64; 2]>;

impl Rarity {
    /// That of a word that so many of all incidents have.
    pub(super) fn of(word: &Word, frequencies: &Frequencies, incidents: u64) -> Self {
        let idf_of = |(at, alternative): (usize, &Alternative)| {
            let slots = (0..alternative.slots.len()).map(|slot| {
                // The text usually repeats the words of the title.
                let most = frequencies.get(&(at, slot))?.iter().copied().max().filter(|&most| most > 0)?;
                Some(idf(most.min(incidents), incidents))
            });
            slots.sum::<Option<f32>>()
        };
        // The rarity of a word is that of its exact form. If that occurs nowhere, the first alternative that occurs
        // counts.
        let found = word.alternatives.iter().enumerate().find_map(idf_of);
        let idf = found.unwrap_or_else(|| idf(0, incidents));
        Self { idf, title: title_weight(idf, incidents), known: found.is_some() }
    }
}

impl FoundWord {
    pub(super) fn new(
        word: &Word,
        matches: HashMap<SegmentId, Vec<TermMatch>>,
        rarity: Rarity,
        cost: u64,
        scanned: Scanned,
        all_bytes: &Arc<AtomicUsize>,
    ) -> Self {
        let in_segment = |(segment, matches)| (segment, InSegment { matches, list: Mutex::default() });
        Self {
            alternatives: word.alternatives.clone(),
            field: word.field,
            segments: matches.into_iter().map(in_segment).collect(),
            rarity: rarity.idf,
            title: rarity.title,
            known: rarity.known,
            cost,
            scanned,
            uses: AtomicU32::new(0),
            bytes: AtomicUsize::new(0),
            all_bytes: Arc::clone(all_bytes),
        }
    }

    /// Gives it the numbers of the same word in a larger index.
    #[cfg(feature = "opensearch")]
    pub(super) fn count_as(&mut self, other: &Self) {
        (self.rarity, self.title, self.known, self.cost) = (other.rarity, other.title, other.known, other.cost);
    }

    /// Whether a word matches the same.
    pub(super) fn is_of(&self, word: &Word) -> bool {
        self.field == word.field && self.alternatives == word.alternatives
    }

    /// Another search asks for it.
    pub(super) fn ask(&self) {
        self.uses.fetch_add(1, Ordering::Relaxed);
    }

    /// About how much memory it takes without lists, in terms and forms.
    pub(super) fn size(&self) -> usize {
        let slots = self.alternatives.iter().flat_map(|alternative| &alternative.slots);
        let forms: usize = slots.map(|slot| slot.forms.len()).sum();
        forms + self.segments.values().map(|segment| segment.matches.len()).sum::<usize>()
    }

    /// The bytes of its lists.
    pub(super) fn list_bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }
}

impl Drop for FoundWord {
    fn drop(&mut self) {
        self.all_bytes.fetch_sub(self.list_bytes(), Ordering::Relaxed);
    }
}

/// A number that words that match the same have in common, and hardly any others. At most so many words count of what an open
/// pattern matches.
pub(super) fn fingerprint(word: &Word, most: usize) -> u64 {
    let mut hasher = DefaultHasher::new();
    most.hash(&mut hasher);
    word.field.map(TextField::number).hash(&mut hasher);
    for Alternative { slots, slop, weight } in &word.alternatives {
        (slots.len(), slop, weight.to_bits()).hash(&mut hasher);
        for slot in slots {
            (slot.offset, slot.forms.len()).hash(&mut hasher);
            for form in &slot.forms {
                form.pattern.hash(&mut hasher);
                form.weight.to_bits().hash(&mut hasher);
            }
        }
    }
    hasher.finish()
}

impl KnownWord {
    /// Its weight for ranking.
    pub(super) fn weight(&self) -> WordWeight {
        let FoundWord { rarity, title, known, .. } = *self.found;
        let times = self.word.times as f32;
        let idf = times * self.word.weight * rarity;
        let share = if self.word.counts { idf } else { 0.0 };
        WordWeight { idf, share, times: self.word.times, title, known }
    }

    pub(super) fn word(&self) -> &Word {
        &self.word
    }

    /// Its terms in a segment, by alternative, slot, and whether they are of the title.
    pub(super) fn matches_in(&self, segment: SegmentId) -> &[TermMatch] {
        self.found.segments.get(&segment).map_or(&[], |segment| segment.matches.as_slice())
    }

    /// Its list in a segment, if other searches have asked for the word, and there is room for it.
    pub(super) fn list(
        self: &Arc<Self>,
        reader: &SegmentReader,
        mean_length: f32,
        log: &ReadLog,
    ) -> tantivy::Result<Option<Arc<WordList>>> {
        let FoundWord { segments, cost, uses, bytes, all_bytes, .. } = &*self.found;
        let Some(here) = segments.get(&reader.segment_id()) else { return Ok(None) };
        if *cost < MIN_LISTED || uses.load(Ordering::Relaxed) < LISTED_FROM {
            return Ok(None);
        }
        let known = || here.list.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(list) = &*known() {
            log.add_listed(list.len() as u64);
            return Ok(Some(Arc::clone(list)));
        }
        let postings = here.matches.iter().map(|found| u64::from(found.info.doc_freq)).sum();
        if all_bytes.load(Ordering::Relaxed) + WordList::most_bytes(postings, reader.max_doc()) > MAX_LIST_BYTES {
            return Ok(None);
        }
        let list = Arc::new(WordList::read(reader, self, mean_length, log)?);
        log.check()?;
        // Another search may have made the same meanwhile.
        let mut known = known();
        if known.is_none() {
            bytes.fetch_add(list.bytes(), Ordering::Relaxed);
            all_bytes.fetch_add(list.bytes(), Ordering::Relaxed);
            *known = Some(Arc::clone(&list));
        }
        log.add_listed(list.len() as u64);
        Ok(Some(list))
    }
}
