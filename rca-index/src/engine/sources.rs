//! Sources: where the words of a query occur in the incidents of one segment.
//!
//! In: words, looked up. Out: for an incident, whether it has a word, how often, and where; for a window of incidents, which
//! have a word for certain and which perhaps. Words that share terms or phrases share their postings.

use std::collections::HashMap;
use std::sync::Arc;

use tantivy::{DocId, SegmentReader, TERMINATED};

use crate::engine::found_word::{KnownWord, TermMatch};
use crate::engine::postings::{Forms, Phrase, Place, Sums, add_present, frequency, positions};
use crate::engine::read_log::ReadLog;
use crate::engine::regions::{RegionMap, region_at};
use crate::engine::terms::{Bits, Term, Window};
#[cfg(test)]
use crate::engine::thorough;
use crate::engine::word_list::WordList;
use crate::plan::Occurrence;
use crate::schema::TextField;

/// The occurrences of some words in one segment. Incidents must be asked for in ascending order, and those of a window
/// before those behind it.
pub(super) struct Sources {
    terms: Vec<Term>,
    phrases: Vec<Phrase>,
    words: Vec<WordSources>,
    /// The regions of incidents, if a word counts in one section only.
    regions: Option<RegionMap>,
    window: Window,
    log: ReadLog,
    scratch: Vec<Occurrence>,
}

/// The sources of a word: those in the title first.
#[derive(Default)]
struct WordSources {
    sources: Vec<Source>,
    /// Terms of which an incident with the word has one.
    leads: Vec<usize>,
    size: u32,
    certain: WindowBits,
    perhaps: WindowBits,
    /// What its postings would tell, if earlier searches have added it up. Nothing else is read then.
    list: Option<Arc<WordList>>,
}

/// Some incidents of a window.
#[derive(Default)]
struct WindowBits {
    window: Option<Window>,
    bits: Bits,
}

/// Where a word occurs in the title or the text, or in one region of the text.
struct Source {
    kind: SourceKind,
    is_title: bool,
    region: Option<TextField>,
}

enum SourceKind {
    Forms(Forms, Sums),
    /// The number of a phrase.
    Phrase(usize),
}

impl Source {
    /// Whether an incident may have all of its terms, and yet not the word.
    fn needs_positions(&self) -> bool {
        self.region.is_some() || matches!(self.kind, SourceKind::Phrase(_))
    }
}

/// What makes sources.
struct Opener<'a> {
    reader: &'a SegmentReader,
    terms: Vec<Term>,
    phrases: Vec<Phrase>,
    /// The numbers of terms, by field and place in the postings.
    known: HashMap<(bool, usize), usize>,
}

impl Opener<'_> {
    fn forms(&mut self, matches: &[TermMatch], weight: f32) -> tantivy::Result<Forms> {
        matches.iter().map(|found| Ok((self.term(found)?, found.weight * weight))).collect()
    }

    fn term(&mut self, found: &TermMatch) -> tantivy::Result<usize> {
        let key = (found.is_title, found.info.postings_range.start);
        if let Some(&term) = self.known.get(&key) {
            return Ok(term);
        }
        self.terms.push(Term::open(self.reader.inverted_index(found.field)?, found.info.clone())?);
        self.known.insert(key, self.terms.len() - 1);
        Ok(self.terms.len() - 1)
    }

    fn phrase(&mut self, slots: Vec<Place>, slop: u32, weight: f32) -> usize {
        if let Some(known) = self.phrases.iter().position(|phrase| phrase.is(&slots, slop, weight)) {
            return known;
        }
        self.phrases.push(Phrase::new(slots, slop, weight));
        self.phrases.len() - 1
    }

    fn size(&self, forms: &Forms) -> u32 {
        forms.iter().map(|&(term, _)| self.terms[term].doc_freq()).fold(0, u32::saturating_add)
    }

    fn word(&mut self, known: &KnownWord) -> tantivy::Result<WordSources> {
        let (word, matches) = (known.word(), known.matches_in(self.reader.segment_id()));
        let region = word.field.filter(|&field| field != TextField::Title);
        let mut found = WordSources::default();
        for is_title in [false, true] {
            if word.field.is_some_and(|field| is_title != (field == TextField::Title)) {
                continue;
            }
            let mut words = Forms::new();
            for (at, alternative) in word.alternatives.iter().enumerate().filter(|(_, a)| a.slots.len() == 1) {
                words.extend(self.forms(of_slot(matches, (at, 0, is_title)), alternative.weight)?);
            }
            if !words.is_empty() {
                found.size = found.size.saturating_add(self.size(&words));
                found.leads.extend(words.iter().map(|&(term, _)| term));
                found.sources.push(Source { kind: SourceKind::Forms(words, Sums::default()), is_title, region });
            }
            for (at, alternative) in word.alternatives.iter().enumerate().filter(|(_, a)| a.slots.len() > 1) {
                if (0..alternative.slots.len()).any(|slot| of_slot(matches, (at, slot, is_title)).is_empty()) {
                    continue;
                }
                let mut slots = Vec::with_capacity(alternative.slots.len());
                for (index, slot) in alternative.slots.iter().enumerate() {
                    let forms = self.forms(of_slot(matches, (at, index, is_title)), 1.0)?;
                    let times = alternative.slots.iter().filter(|other| other.forms == slot.forms).count() as u32;
                    slots.push(Place { forms, offset: slot.offset, times });
                }
                let phrase = self.phrase(slots, alternative.slop, alternative.weight);
                let rarest = self.phrases[phrase].words().min_by_key(|forms| self.size(forms));
                let rarest: Vec<usize> = rarest.into_iter().flatten().map(|&(term, _)| term).collect();
                let size = self.phrases[phrase].words().map(|forms| self.size(forms)).min().unwrap_or(0);
                found.size = found.size.saturating_add(size);
                found.leads.extend(rarest);
                found.sources.push(Source { kind: SourceKind::Phrase(phrase), is_title, region });
            }
        }
        found.leads.sort_unstable();
        found.leads.dedup();
        Ok(found)
    }
}

/// The terms of a slot, in the title or the text. They are sorted.
fn of_slot(matches: &[TermMatch], wanted: (usize, usize, bool)) -> &[TermMatch] {
    let key = |found: &TermMatch| (found.alternative, found.slot, found.is_title);
    let from = matches.partition_point(|found| key(found) < wanted);
    let len = matches[from..].partition_point(|found| key(found) == wanted);
    &matches[from..from + len]
}

impl Sources {
    /// Opens the postings of all words.
    pub(super) fn open(reader: &SegmentReader, words: &[Arc<KnownWord>], log: &ReadLog) -> tantivy::Result<Self> {
        Self::opened(reader, words.iter().map(|word| (word, None)), log)
    }

    /// The same, but without postings and positions of words that were asked for before: these have lists.
    pub(super) fn with_lists(
        reader: &SegmentReader,
        words: &[Arc<KnownWord>],
        mean_length: f32,
        log: &ReadLog,
    ) -> tantivy::Result<Self> {
        #[cfg(test)]
        if thorough::is_thorough() {
            return Self::open(reader, words, log);
        }
        let lists =
            words.iter().map(|word| word.list(reader, mean_length, log)).collect::<tantivy::Result<Vec<_>>>()?;
        Self::opened(reader, words.iter().zip(lists), log)
    }

    fn opened<'w>(
        reader: &SegmentReader,
        words: impl Iterator<Item = (&'w Arc<KnownWord>, Option<Arc<WordList>>)>,
        log: &ReadLog,
    ) -> tantivy::Result<Self> {
        let mut opener = Opener { reader, terms: Vec::new(), phrases: Vec::new(), known: HashMap::new() };
        let words = words.map(|(word, list)| match list {
            Some(list) => Ok(WordSources { size: list.size(), list: Some(list), ..WordSources::default() }),
            None => opener.word(word),
        });
        let words = words.collect::<tantivy::Result<Vec<_>>>()?;
        let in_region = words.iter().flat_map(|word| &word.sources).any(|source| source.region.is_some());
        let regions = in_region.then(|| RegionMap::new(reader, log)).transpose()?;
        let Opener { terms, phrases, .. } = opener;
        let window = Window::default();
        Ok(Self { terms, phrases, words, regions, window, log: log.clone(), scratch: Vec::new() })
    }

    /// The list of a word, if it has one.
    #[inline]
    pub(super) fn list(&self, word: usize) -> Option<&Arc<WordList>> {
        self.words[word].list.as_ref()
    }

    /// About how many incidents have a word.
    pub(super) fn size(&self, word: usize) -> u32 {
        self.words[word].size
    }

    pub(super) fn window(&self) -> Window {
        self.window
    }

    pub(super) fn move_to(&mut self, window: Window) {
        self.window = window;
    }

    /// Moves to a window with `next`, the first incident behind the window that matters.
    pub(super) fn move_behind(&mut self, next: DocId) -> Window {
        self.window = self.window.followed_by(next, self.terms.len());
        self.window
    }

    /// The first incident at or after `target` that may have a word. The target must be behind the window.
    pub(super) fn seek(&mut self, word: usize, target: DocId) -> DocId {
        if let Some(list) = &self.words[word].list {
            return list.next(target);
        }
        let leads = self.words[word].leads.iter();
        leads.map(|&term| self.terms[term].seek(target)).min().unwrap_or(TERMINATED)
    }

    /// The incidents of the window that have a word for certain.
    pub(super) fn certain(&mut self, word: usize) -> &Bits {
        let Self { terms, words, window, .. } = self;
        let WordSources { sources, certain, list, .. } = &mut words[word];
        if certain.window != Some(*window) {
            certain.window = Some(*window);
            if let Some(list) = list {
                list.copy_to(*window, &mut certain.bits);
                return &certain.bits;
            }
            certain.bits.clear(*window);
            for source in sources.iter().filter(|source| !source.needs_positions()) {
                if let SourceKind::Forms(forms, _) = &source.kind {
                    add_present(terms, forms, *window, &mut certain.bits);
                }
            }
        }
        &certain.bits
    }

    /// The incidents of the window of which only positions tell whether they have a word, or have it more often.
    pub(super) fn perhaps(&mut self, word: usize) -> &Bits {
        let Self { terms, phrases, words, window, .. } = self;
        let WordSources { sources, perhaps, .. } = &mut words[word];
        if perhaps.window != Some(*window) {
            perhaps.window = Some(*window);
            perhaps.bits.clear(*window);
            for source in sources.iter().filter(|source| source.needs_positions()) {
                match &source.kind {
                    SourceKind::Forms(forms, _) => add_present(terms, forms, *window, &mut perhaps.bits),
                    SourceKind::Phrase(phrase) => perhaps.bits.add(phrases[*phrase].present(terms, *window)),
                }
            }
        }
        &perhaps.bits
    }

    /// Keeps of some incidents of the window those that may have a word.
    pub(super) fn keep_possible(&mut self, word: usize, bits: &mut Bits) {
        if bits.is_within(self.certain(word)) {
            return;
        }
        self.perhaps(word);
        let WordSources { certain, perhaps, .. } = &self.words[word];
        bits.keep_any(&certain.bits, &perhaps.bits);
    }

    /// Whether an incident of the window has a word.
    pub(super) fn has(&mut self, word: usize, doc: DocId) -> bool {
        let place = self.window.place(doc);
        if self.certain(word).has(place) {
            return true;
        }
        self.perhaps(word).has(place)
            && (0..self.words[word].sources.len()).any(|source| {
                let source = (word, source);
                self.source(source).needs_positions() && self.found(source, doc, |found| !found.is_empty())
            })
    }

    /// The total weight of the occurrences of a word in an incident of the window, with the weight of one in the title. The word
    /// has no list.
    pub(super) fn frequency(&mut self, word: usize, doc: DocId, title: f32) -> f32 {
        let place = self.window.place(doc);
        let perhaps = self.perhaps(word).has(place);
        let mut sum = 0.0;
        for at in 0..self.words[word].sources.len() {
            let Self { terms, words, window, .. } = self;
            let source = &mut words[word].sources[at];
            let weight = if source.is_title { title } else { 1.0 };
            if !source.needs_positions() {
                let SourceKind::Forms(forms, sums) = &mut source.kind else { continue };
                sum += frequency(terms, (forms, sums), *window, place) * weight;
            } else if perhaps {
                let total = |found: &[Occurrence]| found.iter().fold(0.0, |sum, &(_, weight)| sum + weight);
                sum += self.found((word, at), doc, total) * weight;
            }
        }
        sum
    }

    /// At most this is the [`frequency`](Self::frequency); no positions are read.
    pub(super) fn most(&mut self, word: usize, doc: DocId, title: f32) -> f32 {
        let place = self.window.place(doc);
        let perhaps = self.perhaps(word).has(place);
        let Self { terms, phrases, words, window, .. } = self;
        let mut sum = 0.0;
        for source in &mut words[word].sources {
            let weight = if source.is_title { title } else { 1.0 };
            if perhaps || !source.needs_positions() {
                sum += weight
                    * match &mut source.kind {
                        SourceKind::Forms(forms, sums) => frequency(terms, (forms, sums), *window, place),
                        SourceKind::Phrase(phrase) => phrases[*phrase].most(terms, *window, place),
                    };
            }
        }
        sum
    }

    /// The occurrences of a word in the title or the text of an incident of the window, in order.
    pub(super) fn positions(&mut self, word: usize, doc: DocId, in_title: bool, all: &mut Vec<Occurrence>) {
        all.clear();
        for at in 0..self.words[word].sources.len() {
            if self.words[word].sources[at].is_title == in_title {
                self.found((word, at), doc, |found| all.extend_from_slice(found));
            }
        }
        all.sort_unstable_by_key(|&(position, _)| position);
    }

    fn source(&self, (word, source): (usize, usize)) -> &Source {
        &self.words[word].sources[source]
    }

    /// Passes on the occurrences of a source in an incident of the window.
    fn found<R>(&mut self, (word, source): (usize, usize), doc: DocId, see: impl FnOnce(&[Occurrence]) -> R) -> R {
        let Self { terms, phrases, words, regions, window, log, scratch } = self;
        let Source { kind, region, .. } = &words[word].sources[source];
        let found = match kind {
            SourceKind::Forms(forms, _) => {
                positions(terms, forms, (*window, doc, 0), log, scratch);
                &*scratch
            }
            SourceKind::Phrase(phrase) => phrases[*phrase].find(terms, *window, doc, log),
        };
        let (Some(region), Some(regions)) = (region, regions) else { return see(found) };
        if found.is_empty() {
            return see(found);
        }
        let regions = regions.of(doc);
        let kept = found.iter().filter(|&&(position, _)| region_at(regions, position) == *region);
        see(&kept.copied().collect::<Vec<_>>())
    }
}

impl Drop for Sources {
    fn drop(&mut self) {
        let read = self.terms.iter().map(|term| term.read);
        let (postings, positions) = read.fold((0, 0), |sum, read| (sum.0 + read.postings, sum.1 + read.positions));
        self.log.add(postings, positions);
    }
}
