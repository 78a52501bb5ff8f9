//! Lookup: from the words of a plan to the matching terms of the index.
//!
//! In: words. Out: for each word, its terms in each segment and its inverse document frequency. A stem matches every
//! indexed word that has it; these are found among the terms with a common prefix.

#[cfg(feature = "opensearch")]
mod elsewhere;

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use tantivy::index::SegmentId;
use tantivy::postings::TermInfo;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocSet as _, InvertedIndexReader, SegmentReader, TERMINATED, Term};

use crate::engine::cache::locked;
use crate::engine::found_word::{FoundWord, Frequencies, KnownWord, Rarity, Scanned, TermMatch, fingerprint};
use crate::engine::read_log::ReadLog;
use crate::engine::snapshot::Snapshot;
use crate::error::Result;
use crate::plan::{Alternative, Form, Pattern, Plan, Slot, Word, WordId, WordWeight, with_expansions, work};
use crate::ranking::{
    MAX_ALL_EXPANSIONS, MAX_EXPANSIONS, MAX_SCANNED, MAX_STEM_SCANNED, MAX_VISITED, PHRASE_READS, SECTION_READS,
    least_share,
};
use crate::schema::TextField;
use crate::text::analyzer::{Analyzer, STEM_MARK};

/// The words of a plan, looked up; indexed by their numbers in the plan.
#[derive(Default)]
pub(crate) struct KnownWords {
    words: Vec<Arc<KnownWord>>,
    /// How many words all open patterns match, and how many of these count, if not all do.
    pub(crate) expansions: Option<(usize, usize)>,
    /// How many words have other forms, and of how many of these all are looked for, if not of all.
    pub(crate) stems: Option<(usize, usize)>,
}

impl KnownWords {
    /// How rare a word is: its inverse document frequency.
    pub(crate) fn rarity(&self, word: WordId) -> f32 {
        self.words[word].found.rarity
    }

    /// What reading a word costs, in postings.
    pub(crate) fn cost(&self, word: WordId) -> u64 {
        self.words[word].found.cost
    }

    /// The weights of these words.
    pub(crate) fn weights(&self, words: &[WordId]) -> Vec<WordWeight> {
        words.iter().map(|&word| self.words[word].weight()).collect()
    }

    /// Whether an incident that has all that a plan needs has enough of its words for a partial match.
    pub(crate) fn full_is_partial(&self, plan: &Plan) -> bool {
        #[cfg(test)]
        if crate::engine::thorough::is_thorough() {
            return false;
        }
        let weights = self.weights(&plan.ranked);
        let ranked = plan.ranked.iter().zip(&weights).filter(|(word, _)| plan.needed.contains(word));
        let covered: f32 = ranked.map(|(_, weight)| weight.share).sum();
        let known = weights.iter().filter(|weight| weight.known);
        plan.groups.is_empty() && covered > 0.0 && covered >= least_share(known.map(|w| (w.share, w.times)))
    }

    pub(super) fn of(&self, words: &[WordId]) -> Vec<Arc<KnownWord>> {
        words.iter().map(|&word| Arc::clone(&self.words[word])).collect()
    }
}

/// What one search has looked up.
#[derive(Debug, Default)]
pub(super) struct Lookups {
    expansions: Mutex<HashMap<Pattern, Arc<[String]>>>,
    /// The terms of the dictionary that its prefixes visit. Those that an earlier search has visited for it count too, so that
    /// what a search finds does not depend on the others.
    visited: AtomicUsize,
    /// The terms of the dictionary that were looked at for stems, counted in the same way.
    scanned: AtomicUsize,
    /// The words that it has found, by their fingerprints.
    found: Mutex<HashMap<u64, Arc<FoundWord>>>,
}

impl Lookups {
    pub(super) fn expansions(&self) -> MutexGuard<'_, HashMap<Pattern, Arc<[String]>>> {
        locked(&self.expansions)
    }

    /// How many more terms of the dictionary this search may visit.
    pub(super) fn left(&self) -> usize {
        MAX_VISITED.saturating_sub(self.visited.load(Ordering::Relaxed))
    }

    pub(super) fn visit(&self, terms: usize) {
        self.visited.fetch_add(terms, Ordering::Relaxed);
    }

    fn scanned(&self) -> usize {
        self.scanned.load(Ordering::Relaxed)
    }

    fn found(&self, fingerprint: u64, word: &Word) -> Option<Arc<FoundWord>> {
        locked(&self.found).get(&fingerprint).filter(|found| found.is_of(word)).map(Arc::clone)
    }

    fn keep(&self, fingerprint: u64, found: &Arc<FoundWord>) {
        self.scanned.fetch_add(found.scanned.terms, Ordering::Relaxed);
        locked(&self.found).insert(fingerprint, Arc::clone(found));
    }
}

impl Snapshot<'_> {
    /// Looks up the words of a plan in title and text.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    pub(crate) fn look_up(&self, plan: &Plan) -> Result<KnownWords> {
        self.known_words(plan).map_err(|e| self.engine.error(e))
    }

    fn known_words(&self, plan: &Plan) -> tantivy::Result<KnownWords> {
        let (most, expansions) = self.expansions_of(plan)?;
        let words = plan.words.iter().map(|word| self.look_up_word(word, most));
        let words = words.collect::<tantivy::Result<Vec<Arc<KnownWord>>>>()?;
        let count = |counts: fn(&Scanned) -> bool| words.iter().filter(|word| counts(&word.found.scanned)).count();
        let (stemmed, cut) = (count(|scanned| scanned.has_stems), count(|scanned| scanned.is_cut));
        let stems = (cut > 0).then_some((stemmed - cut, stemmed));
        Ok(KnownWords { words, expansions, stems })
    }

    /// How many words each open pattern may stand for, so that all together are not too many; and how many they match, and
    /// how many of these count, if not all do.
    fn expansions_of(&self, plan: &Plan) -> tantivy::Result<(usize, Option<(usize, usize)>)> {
        let forms = plan.words.iter().flat_map(|word| word.forms());
        let open: HashSet<&Pattern> = forms.map(|form| &form.pattern).filter(|pattern| pattern.is_open()).collect();
        let counts = open.into_iter().map(|pattern| Ok(self.expand(pattern)?.len()));
        Ok(shared_expansions(counts.collect::<tantivy::Result<_>>()?))
    }

    fn look_up_word(&self, word: &Arc<Word>, most: usize) -> tantivy::Result<Arc<KnownWord>> {
        let known_word = |found| Arc::new(KnownWord { word: Arc::clone(word), found });
        // Where others have visited what a search may, a prefix matches less than elsewhere.
        if word.forms().any(|form| form.pattern.is_open()) && self.lookups.left() < MAX_SCANNED {
            return Ok(known_word(Arc::new(self.find_word(word, most)?)));
        }
        let fingerprint = fingerprint(word, most);
        let found = match self.lookups.found(fingerprint, word) {
            Some(found) => found,
            None => self.find_once(word, most, fingerprint)?,
        };
        found.ask();
        Ok(known_word(found))
    }

    /// Looks a word up that this search has not looked up yet, unless an earlier search has.
    fn find_once(&self, word: &Word, most: usize, fingerprint: u64) -> tantivy::Result<Arc<FoundWord>> {
        // What it has looked at counts here too, so that what a search finds does not depend on the others.
        let fits = |found: &Arc<FoundWord>| self.lookups.scanned() + found.scanned.terms <= MAX_STEM_SCANNED;
        let found = match self.cache().word(fingerprint, word).filter(fits) {
            Some(found) => found,
            None => {
                let found = Arc::new(self.find_word(word, most)?);
                if !found.scanned.is_cut {
                    self.cache().keep_word(fingerprint, &found);
                }
                found
            }
        };
        self.lookups.keep(fingerprint, &found);
        Ok(found)
    }

    fn find_word(&self, word: &Word, most: usize) -> tantivy::Result<FoundWord> {
        let mut matches: HashMap<SegmentId, Vec<TermMatch>> = HashMap::new();
        let mut frequencies = Frequencies::new();
        let (before, mut scanned) = (self.lookups.scanned(), Scanned::default());
        for (alternative, slot, Slot { forms, .. }) in slots(word) {
            let mut forms = with_expansions(forms, most, |pattern| self.expand(pattern))?;
            let is_stem = |form: &Form| matches!(form.pattern, Pattern::Stem(_));
            if forms.iter().any(is_stem) {
                scanned.has_stems = true;
                if before + scanned.terms > MAX_STEM_SCANNED {
                    scanned.is_cut = true;
                    forms.to_mut().retain(|form| !is_stem(form));
                }
            }
            for reader in self.searcher.segment_readers() {
                let here = matches.entry(reader.segment_id()).or_default();
                for (field, is_title) in self.engine.fields.searched().into_iter().zip([false, true]) {
                    let terms = self.terms(reader, field, &forms)?;
                    scanned.terms += terms.scanned;
                    frequencies.entry((alternative, slot)).or_default()[usize::from(is_title)] += terms.frequency;
                    here.extend(terms.found.iter().map(|(info, form)| {
                        let (info, weight) = (info.clone(), forms[*form].weight);
                        TermMatch { alternative, slot, field, is_title, info, weight }
                    }));
                }
            }
        }
        let rarity = Rarity::of(word, &frequencies, self.statistics().incidents);
        let cost = matches.values().map(|found| cost(word, found)).sum();
        Ok(FoundWord::new(word, matches, rarity, cost, scanned, self.cache().list_bytes()))
    }

    /// The number of incidents with any of these forms.
    pub(super) fn incidents_with_any(&self, forms: &[Form]) -> tantivy::Result<u64> {
        let forms = with_expansions(forms, MAX_EXPANSIONS, |pattern| self.expand(pattern))?;
        let mut frequency = 0;
        for reader in self.searcher.segment_readers() {
            let mut most = 0;
            for field in self.engine.fields.searched() {
                most = most.max(self.terms(reader, field, &forms)?.frequency);
            }
            frequency += most;
        }
        Ok(frequency)
    }

    /// The terms of a segment that match any of the forms.
    fn terms(&self, reader: &SegmentReader, field: Field, forms: &[Form]) -> tantivy::Result<Arc<Terms>> {
        let key = (reader.segment_id(), field, forms.iter().map(|form| form.pattern.clone()).collect());
        if let Some(known) = self.cache().terms().get(&key) {
            return Ok(known);
        }
        let index = reader.inverted_index(field)?;
        let mut terms = Terms::default();
        for form in by_weight(forms) {
            work::add(1);
            terms.add(&index, field, self.analyzer(), &forms[form].pattern, form)?;
        }
        terms.frequency = terms.alive_frequency(reader, &index, self.log())?;
        let terms = Arc::new(terms);
        self.cache().terms().insert(key, Arc::clone(&terms), 1 + forms.len() + terms.found.len());
        Ok(terms)
    }
}

/// How many words each of some open patterns may stand for, given how many each matches; and how many they match together, and how
/// many of these count, if not all do.
pub(super) fn shared_expansions(mut counts: Vec<usize>) -> (usize, Option<(usize, usize)>) {
    counts.sort_unstable();
    let all: usize = counts.iter().sum();
    let (mut left, mut most) = (MAX_ALL_EXPANSIONS, MAX_EXPANSIONS);
    for (at, &count) in counts.iter().enumerate() {
        // Those with few leave more to the others.
        let share = (left / (counts.len() - at)).max(1);
        if count > share {
            most = share;
            break;
        }
        left -= count.min(left);
    }
    let kept: usize = counts.iter().map(|&count| count.min(most)).sum();
    (most, (kept < all).then_some((kept, all)))
}

/// What reading a word in a segment costs, in postings.
fn cost(word: &Word, found: &[TermMatch]) -> u64 {
    let postings = |alternative: usize, slot: usize| -> u64 {
        let here = found.iter().filter(|found| found.alternative == alternative && found.slot == slot);
        here.map(|found| u64::from(found.info.doc_freq)).sum()
    };
    let of_alternative = |(at, alternative): (usize, &Alternative)| match alternative.slots.len() {
        1 => postings(at, 0),
        // Only where it has its rarest word, the others are looked for.
        slots => PHRASE_READS * slots as u64 * (0..slots).map(|slot| postings(at, slot)).min().unwrap_or(0),
    };
    let all: u64 = word.alternatives.iter().enumerate().map(of_alternative).sum();
    if word.field.is_some_and(|field| field != TextField::Title) { SECTION_READS * all } else { all }
}

/// The indexes of forms, sorted by weight: a term that matches several forms counts as the first.
fn by_weight(forms: &[Form]) -> Vec<usize> {
    let mut places: Vec<usize> = (0..forms.len()).collect();
    places.sort_by(|&a, &b| forms[b].weight.total_cmp(&forms[a].weight));
    places
}

/// All slots of a word, with the indexes of alternative and slot.
fn slots(word: &Word) -> impl Iterator<Item = (usize, usize, &Slot)> {
    word.alternatives
        .iter()
        .enumerate()
        .flat_map(|(alternative, a)| a.slots.iter().enumerate().map(move |(slot, s)| (alternative, slot, s)))
}

/// The terms of a segment that match a slot, each with the index of its form.
#[derive(Debug, Default)]
pub(super) struct Terms {
    found: Vec<(TermInfo, usize)>,
    /// The number of incidents with any of these terms.
    frequency: u64,
    /// How many terms were looked at for stems.
    scanned: usize,
}

impl Terms {
    /// Adds the terms that match a form: the word itself, or all words with the stem. Terms of earlier forms are
    /// skipped.
    fn add(
        &mut self,
        index: &InvertedIndexReader,
        field: Field,
        analyzer: &Analyzer,
        pattern: &Pattern,
        form: usize,
    ) -> tantivy::Result<()> {
        let stem = match pattern {
            Pattern::Stem(stem) => stem,
            Pattern::Word(word) => {
                if let Some(info) = index.get_term_info(&Term::from_field_text(field, word))? {
                    self.push(&info, form);
                }
                return Ok(());
            }
            // Already replaced by the words that they match.
            Pattern::Prefix(_) | Pattern::Start(_) | Pattern::Typo { .. } => return Ok(()),
        };
        let Some(prefix) = analyzer.stem_prefix(stem) else { return Ok(()) };
        let mut last = String::new();
        let mut terms = index.terms().range().ge(prefix.as_bytes()).into_stream()?;
        while terms.advance() {
            let Ok(term) = std::str::from_utf8(terms.key()) else { continue };
            if !term.starts_with(prefix) {
                break;
            }
            self.scanned += 1;
            work::add(1);
            // The written form follows its word, and occurs only where the word does.
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

    /// The number of incidents with any of these terms, without deleted ones, so that an updated index ranks like a
    /// rebuilt one.
    fn alive_frequency(
        &self,
        reader: &SegmentReader,
        index: &InvertedIndexReader,
        log: &ReadLog,
    ) -> tantivy::Result<u64> {
        /// Above this, an estimate is good enough and counting would take too long.
        const MAX_COUNTED: u64 = 20_000;
        let sum: u64 = self.found.iter().map(|(info, _)| u64::from(info.doc_freq)).sum();
        if reader.alive_bitset().is_none() && self.found.len() < 2 {
            return Ok(sum);
        }
        let (alive, all) = (f64::from(reader.num_docs()), f64::from(reader.max_doc().max(1)));
        if sum > MAX_COUNTED {
            // Estimated as if the terms were independent.
            let without = self.found.iter().map(|(info, _)| 1.0 - f64::from(info.doc_freq) / all);
            return Ok((alive * (1.0 - without.product::<f64>())).round() as u64);
        }
        let is_alive = |doc| reader.alive_bitset().is_none_or(|alive| alive.is_alive(doc));
        let mut docs = vec![0_u64; reader.max_doc().div_ceil(u64::BITS) as usize];
        for (info, _) in &self.found {
            let mut postings = index.read_postings_from_terminfo(info, IndexRecordOption::Basic)?;
            log.add(u64::from(info.doc_freq), 0);
            while postings.doc() != TERMINATED {
                work::add(1);
                let bit = u64::from(is_alive(postings.doc())) << (postings.doc() % u64::BITS);
                docs[(postings.doc() / u64::BITS) as usize] |= bit;
                postings.advance();
            }
        }
        Ok(docs.iter().map(|docs| u64::from(docs.count_ones())).sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Embedded;
    use crate::engine::fixture::{engine, plan, remove};
    use crate::plan::Vocabulary as _;
    use crate::ranking::idf;

    fn frequency(engine: &Embedded, pattern: Pattern) -> u64 {
        engine.snapshot().unwrap().incidents_with(&[Form { pattern, weight: 1.0 }]).unwrap()
    }

    #[test]
    fn forms_stand_for_words_of_the_index() {
        let engine = engine(&[
            &[("1", "Backlog", "certificates"), ("2", "Backlogs", "certified")],
            &[("3", "Queue", "backlogged certain")],
        ]);
        let check =
            |pattern: Pattern, expected| assert_eq!(frequency(&engine, pattern.clone()), expected, "{pattern:?}");
        check(Pattern::Word("backlog".into()), 1);
        check(Pattern::Word("backlo".into()), 0);
        check(Pattern::Stem("backlog".into()), 3);
        check(Pattern::Prefix("certif".into()), 2);
        check(Pattern::Prefix("cert".into()), 3);
        check(Pattern::Typo { word: "baklog".into(), distance: 1 }, 1);
        check(Pattern::Typo { word: "baklog".into(), distance: 2 }, 2);
    }

    #[test]
    fn deleted_incidents_do_not_count() {
        let engine = engine(&[&[
            ("1", "Zebra", ""),
            ("2", "Zebra quagga", ""),
            ("3", "Gnu", ""),
            ("4", "Gnu", ""),
            ("5", "Gnu", ""),
            ("6", "Gnu", ""),
        ]]);
        let (zebra, quagga) = (Pattern::Word("zebra".into()), Pattern::Word("quagga".into()));
        assert_eq!((frequency(&engine, zebra.clone()), frequency(&engine, quagga.clone())), (2, 1));
        remove(&engine, "2");
        assert_eq!((frequency(&engine, zebra), frequency(&engine, quagga)), (1, 0));
    }

    #[test]
    fn the_rarer_a_word_the_more_it_weighs() {
        let engine = engine(&[&[("1", "zebra gnu", ""), ("2", "zebra", ""), ("3", "zebra", ""), ("4", "okapi", "")]]);
        let snapshot = engine.snapshot().unwrap();
        let weights = |query: &str| {
            let plan = plan(&snapshot, query);
            snapshot.look_up(&plan).unwrap().weights(&plan.ranked)
        };
        let [zebra, gnu] = &weights("zebra gnu")[..] else { panic!() };
        assert!((zebra.idf - idf(3, 4)).abs() < 1e-6 && (gnu.idf - idf(1, 4)).abs() < 1e-6);
        assert!((zebra.share - zebra.idf).abs() < 1e-6);
        // A part of an identifier weighs half, and is no word that could be missing.
        let parts = weights("zebra-gnu");
        assert_eq!(parts.len(), 3);
        assert!((parts[2].idf - 0.5 * idf(1, 4)).abs() < 1e-6 && parts[2].share == 0.0);
        // A word that no incident has is as rare as can be.
        assert!((weights("quagga")[0].idf - idf(0, 4)).abs() < 1e-6);
    }
}
