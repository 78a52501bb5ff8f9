//! The cache: what searches of a commit have found out about its words, for those that follow.
//!
//! In: what was looked up. Out: the same again. It is bounded, and what it leaves out is looked up once more. Nothing in it
//! depends on a query or on the order of searches.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tantivy::index::SegmentId;
use tantivy::schema::Field;

use crate::engine::facet_lists::KnownLists;
use crate::engine::found_word::{FoundWord, MAX_LIST_BYTES};
use crate::engine::lookup::Terms;
use crate::plan::{Pattern, Word};
use crate::schema::Facet;

/// The most terms and forms that are held, of about 100 bytes each; and as many for words.
const MAX_TERMS: usize = 1 << 17;
/// The most words with what was found of them. A query of four words looks up 120 others for feedback.
const MAX_WORDS: usize = 4_096;
/// The most other answers of each kind.
const MAX_ANSWERS: usize = 4_096;

/// Terms of a segment by the forms that match them.
pub(super) type TermsKey = (SegmentId, Field, Vec<Pattern>);

/// The words that an open pattern matches.
#[derive(Debug, Clone)]
pub(super) struct Expansion {
    pub(super) words: Arc<[String]>,
    /// How many terms of the dictionary were visited for them.
    pub(super) visited: usize,
}

/// What searches of a commit have found out.
#[derive(Debug)]
pub(super) struct CommitCache {
    terms: Mutex<Bounded<TermsKey, Arc<Terms>>>,
    expansions: Mutex<Bounded<Pattern, Expansion>>,
    occurring: Mutex<Bounded<String, bool>>,
    shown: Mutex<Bounded<(Facet, String), Option<String>>>,
    facet_lists: Mutex<KnownLists>,
    words: Mutex<FoundWords>,
    /// The bytes of the lists of all words.
    list_bytes: Arc<AtomicUsize>,
    /// Whether the dictionaries of words are open.
    dictionaries: AtomicBool,
}

impl Default for CommitCache {
    fn default() -> Self {
        Self {
            terms: Mutex::new(Bounded::new(MAX_TERMS)),
            expansions: Mutex::new(Bounded::new(MAX_TERMS)),
            occurring: Mutex::new(Bounded::new(MAX_ANSWERS)),
            shown: Mutex::new(Bounded::new(MAX_ANSWERS)),
            facet_lists: Mutex::default(),
            words: Mutex::default(),
            list_bytes: Arc::default(),
            dictionaries: AtomicBool::default(),
        }
    }
}

pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl CommitCache {
    /// Terms of a segment that match forms.
    pub(super) fn terms(&self) -> MutexGuard<'_, Bounded<TermsKey, Arc<Terms>>> {
        locked(&self.terms)
    }

    /// The words that open patterns match.
    pub(super) fn expansions(&self) -> MutexGuard<'_, Bounded<Pattern, Expansion>> {
        locked(&self.expansions)
    }

    /// Whether words are in the index.
    pub(super) fn occurring(&self) -> MutexGuard<'_, Bounded<String, bool>> {
        locked(&self.occurring)
    }

    /// How keys of facets are shown.
    pub(super) fn shown(&self) -> MutexGuard<'_, Bounded<(Facet, String), Option<String>>> {
        locked(&self.shown)
    }

    /// The lists of facets.
    pub(super) fn facet_lists(&self) -> MutexGuard<'_, KnownLists> {
        locked(&self.facet_lists)
    }

    /// The bytes of the lists of all words.
    pub(super) fn list_bytes(&self) -> &Arc<AtomicUsize> {
        &self.list_bytes
    }

    /// Whether a search asks for the dictionaries of words for the first time.
    pub(super) fn needs_dictionaries(&self) -> bool {
        !self.dictionaries.swap(true, Ordering::Relaxed)
    }

    /// What was found of a word with this fingerprint.
    pub(super) fn word(&self, fingerprint: u64, word: &Word) -> Option<Arc<FoundWord>> {
        let mut words = locked(&self.words);
        words.asked += 1;
        let asked = words.asked;
        let (found, last) = words.found.get_mut(&fingerprint)?;
        *last = asked;
        found.is_of(word).then(|| Arc::clone(found))
    }

    /// Keeps what was found of a word with this fingerprint.
    pub(super) fn keep_word(&self, fingerprint: u64, found: &Arc<FoundWord>) {
        let mut words = locked(&self.words);
        let list_bytes = self.list_bytes.load(Ordering::Relaxed);
        let is_full = words.found.len() >= MAX_WORDS || words.size >= MAX_TERMS || list_bytes >= MAX_LIST_BYTES / 4 * 3;
        if is_full {
            words.make_room(list_bytes);
        }
        words.size += found.size();
        let asked = words.asked;
        if let Some((before, _)) = words.found.insert(fingerprint, (Arc::clone(found), asked)) {
            words.size -= before.size();
        }
    }
}

/// Words by their fingerprints, each with when it was asked for last.
#[derive(Debug, Default)]
struct FoundWords {
    found: HashMap<u64, (Arc<FoundWord>, u64)>,
    /// The terms and forms of all.
    size: usize,
    /// How often a word was asked for.
    asked: u64,
}

impl FoundWords {
    /// Drops those that were asked for least recently, until half of the room is free. So many bytes of lists are held.
    fn make_room(&mut self, mut list_bytes: usize) {
        let mut by_age: Vec<(u64, u64)> = self.found.iter().map(|(&print, &(_, last))| (last, print)).collect();
        by_age.sort_unstable();
        for (_, print) in by_age {
            let is_enough =
                self.found.len() <= MAX_WORDS / 2 && self.size <= MAX_TERMS / 2 && list_bytes <= MAX_LIST_BYTES / 2;
            if is_enough {
                break;
            }
            if let Some((found, _)) = self.found.remove(&print) {
                self.size -= found.size();
                list_bytes = list_bytes.saturating_sub(found.list_bytes());
            }
        }
    }
}

/// Answers by what was asked, of a limited size together. If there is no room left, it begins anew.
#[derive(Debug)]
pub(super) struct Bounded<K, V> {
    held: HashMap<K, V>,
    size: usize,
    most: usize,
}

impl<K: Eq + Hash, V: Clone> Bounded<K, V> {
    fn new(most: usize) -> Self {
        Self { held: HashMap::new(), size: 0, most }
    }

    pub(super) fn get<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> Option<V>
    where
        K: std::borrow::Borrow<Q>,
    {
        self.held.get(key).cloned()
    }

    /// Keeps an answer of a size.
    pub(super) fn insert(&mut self, key: K, value: V, size: usize) {
        if size > self.most {
            return;
        }
        if self.size + size > self.most {
            self.held.clear();
            self.size = 0;
        }
        self.size += size;
        self.held.insert(key, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::fixture::{engine, plan};

    #[test]
    fn no_more_is_held_than_there_is_room_for() {
        let mut bounded: Bounded<String, usize> = Bounded::new(10);
        for at in 0..100 {
            bounded.insert(at.to_string(), at, 3);
            assert_eq!(bounded.get(&*at.to_string()), Some(at));
            assert!(bounded.size <= 10 && bounded.held.len() <= 3);
        }
        bounded.insert("large".into(), 0, 11);
        assert_eq!((bounded.get("large"), bounded.get("99")), (None, Some(99)));
    }

    #[test]
    fn words_that_were_asked_for_least_recently_are_dropped() {
        let engine = engine(&[&[("1", "Zebra", "zebra quagga gnu okapi")]]);
        let snapshot = engine.snapshot().unwrap();
        let ask = |text: &str| {
            let plan = plan(&snapshot, text);
            let words = snapshot.look_up(&plan).unwrap();
            Arc::clone(&words.of(&plan.ranked)[0].found)
        };
        let zebra = ask("zebra");
        for at in 0..2 * MAX_WORDS {
            ask(&format!("word{at}x"));
            if at % 1_000 == 0 {
                assert!(Arc::ptr_eq(&ask("zebra"), &zebra), "{at}");
            }
        }
        let words = locked(&snapshot.cache().words);
        assert!(words.found.len() <= MAX_WORDS && words.size <= MAX_TERMS, "{} {}", words.found.len(), words.size);
        let size: usize = words.found.values().map(|(found, _)| found.size()).sum();
        assert_eq!(words.size, size);
    }

    #[test]
    fn lists_count_as_long_as_they_are_held() {
        let engine = engine(&[&[("1", "Zebra", "zebra quagga"), ("2", "Gnu", "okapi")]]);
        let snapshot = engine.snapshot().unwrap();
        let held = || snapshot.cache().list_bytes().load(Ordering::Relaxed);
        for uses in 0..3 {
            crate::engine::fixture::ids(&engine, "zebra quagga", crate::plan::Needed::All);
            // A word is listed when it is asked for again.
            assert_eq!(held() > 0, uses > 0, "{uses}");
        }
        let bytes = held();
        assert!(bytes <= 2 * crate::engine::word_list::WordList::most_bytes(2, 2), "{bytes}");
        locked(&snapshot.cache().words).found.clear();
        assert_eq!(held(), 0);
    }
}
