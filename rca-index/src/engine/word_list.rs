//! Word lists: which incidents of a segment have a word, and how much that counts, with all of its forms, synonyms and phrases.
//!
//! In: a word, looked up. Out: what its postings and positions tell, added up once. Searches that ask for the word again, in the
//! same commit, read no postings for it.

use std::sync::Arc;

use tantivy::{DocId, SegmentReader, TERMINATED};

use crate::engine::document::LENGTH;
use crate::engine::found_word::KnownWord;
use crate::engine::read_log::ReadLog;
use crate::engine::sources::Sources;
use crate::engine::terms::{Bits, Window};
use crate::ranking::saturate;

/// The incidents of a word of bits.
const BITS: u32 = u64::BITS;

/// The incidents of a segment that have a word.
pub(super) struct WordList {
    /// A bit for each incident of the segment.
    bits: Vec<u64>,
    /// For each word of bits: the number of bits before it.
    before: Vec<u32>,
    /// The factor of BM25 of each of them: how often it has the word, those in the title with their weight, for its length.
    factors: Vec<f32>,
    /// For each word of bits: the largest of its factors.
    most: Vec<f32>,
    /// About how many they are, as the postings say: what words are sorted by must not depend on what is listed.
    size: u32,
}

impl WordList {
    /// Reads the occurrences of a word in a segment of an index with this mean length of incidents.
    pub(super) fn read(
        reader: &SegmentReader,
        word: &Arc<KnownWord>,
        mean_length: f32,
        log: &ReadLog,
    ) -> tantivy::Result<Self> {
        let lengths = reader.fast_fields().u64(LENGTH)?;
        let mut sources = Sources::open(reader, std::slice::from_ref(word), log)?;
        let (title, words) = (word.weight().title, reader.max_doc().div_ceil(BITS) as usize);
        let mut list = Self {
            bits: vec![0; words],
            before: Vec::with_capacity(words),
            factors: Vec::new(),
            most: vec![0.0; words],
            size: sources.size(0),
        };
        let mut possible = Bits::default();
        let mut target = 0;
        loop {
            let next = sources.seek(0, target);
            if next == TERMINATED {
                break;
            }
            let window = sources.move_behind(next);
            target = window.end();
            possible.copy(sources.certain(0));
            possible.add(sources.perhaps(0));
            for place in possible.iter() {
                let doc = window.start() + place as DocId;
                let frequency = sources.frequency(0, doc, title);
                if frequency > 0.0 {
                    let at = (doc / BITS) as usize;
                    let factor = saturate(frequency, lengths.first(doc).unwrap_or(0) as f32, mean_length);
                    list.bits[at] |= 1 << (doc % BITS);
                    list.most[at] = list.most[at].max(factor);
                    list.factors.push(factor);
                }
            }
        }
        let mut before = 0;
        for bits in &list.bits {
            list.before.push(before);
            before += bits.count_ones();
        }
        list.factors.shrink_to_fit();
        Ok(list)
    }

    /// How many bytes the list of a word takes at most that has so many postings, in a segment of so many incidents.
    pub(super) fn most_bytes(postings: u64, incidents: DocId) -> usize {
        let (words, listed) = (u64::from(incidents.div_ceil(BITS)), postings.min(u64::from(incidents)));
        usize::try_from(words * 16 + listed * 4).unwrap_or(usize::MAX)
    }

    /// The memory that it takes.
    pub(super) fn bytes(&self) -> usize {
        self.bits.len() * 16 + self.factors.len() * 4
    }

    pub(super) fn size(&self) -> u32 {
        self.size
    }

    /// The number of incidents.
    pub(super) fn len(&self) -> usize {
        self.factors.len()
    }

    /// The factor of BM25 of an incident; 0 if it does not have the word.
    #[inline]
    pub(super) fn factor(&self, doc: DocId) -> f32 {
        let (at, bit) = ((doc / BITS) as usize, 1_u64 << (doc % BITS));
        let Some(bits) = self.bits.get(at).filter(|&bits| bits & bit != 0) else { return 0.0 };
        self.factors[self.before[at] as usize + (bits & (bit - 1)).count_ones() as usize]
    }

    /// The incidents of a word of bits, and the largest of their factors.
    pub(super) fn block(&self, at: usize) -> (u64, f32) {
        (self.bits[at], self.most[at])
    }

    /// The number of words of bits.
    pub(super) fn blocks(&self) -> usize {
        self.bits.len()
    }

    /// Tells the place of each incident of a window, and its factor.
    pub(super) fn each(&self, window: Window, mut tell: impl FnMut(usize, f32)) {
        let first = (window.start() / BITS) as usize;
        let words =
            self.bits.iter().zip(&self.before).enumerate().skip(first).take(window.len().div_ceil(BITS as usize));
        for (at, (&bits, &before)) in words {
            let (mut bits, place) = (bits, (at - first) * BITS as usize);
            for &factor in &self.factors[before as usize..][..bits.count_ones() as usize] {
                tell(place + bits.trailing_zeros() as usize, factor);
                bits &= bits - 1;
            }
        }
    }

    /// The first incident at or after another.
    pub(super) fn next(&self, target: DocId) -> DocId {
        let mut at = (target / BITS) as usize;
        let Some(bits) = self.bits.get(at) else { return TERMINATED };
        let mut bits = bits & (u64::MAX << (target % BITS));
        while bits == 0 {
            at += 1;
            match self.bits.get(at) {
                Some(&next) => bits = next,
                None => return TERMINATED,
            }
        }
        at as DocId * BITS + bits.trailing_zeros()
    }

    /// Makes a set that of the incidents of a window.
    pub(super) fn copy_to(&self, window: Window, found: &mut Bits) {
        let from = (window.start() / BITS) as usize;
        found.copy_words(window, self.bits.get(from..).unwrap_or_default());
    }
}

impl std::fmt::Debug for WordList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WordList").field("incidents", &self.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::fixture::{engine, plan};

    #[test]
    fn it_has_the_incidents_and_how_often_they_have_the_word() {
        // Every third has the word, every ninth twice; one has a synonym that is a phrase.
        let text = |i: usize| match i {
            500 => "out of memory",
            i if i.is_multiple_of(9) => "oom oom",
            i if i.is_multiple_of(3) => "oom",
            _ => "memory out of gnu",
        };
        let reports: Vec<(String, &str)> = (0..700).map(|i| (format!("{i:03}"), text(i))).collect();
        let reports: Vec<(&str, &str, &str)> = reports.iter().map(|(id, text)| (id.as_str(), "Title", *text)).collect();
        let engine = engine(&[&reports]);
        let snapshot = engine.snapshot().unwrap();
        let plan = plan(&snapshot, "oom");
        let words = snapshot.look_up(&plan).unwrap().of(&plan.ranked);
        let reader = snapshot.searcher.segment_reader(0);
        let list = WordList::read(reader, &words[0], 20.0, &ReadLog::default()).unwrap();
        let factor = |i: usize| list.factor(i as DocId);
        let length = |i: usize| reader.fast_fields().u64(LENGTH).unwrap().first(i as DocId).unwrap() as f32;
        assert!((factor(9) - saturate(2.0, length(9), 20.0)).abs() < 1e-6 && factor(4) == 0.0);
        assert!((factor(3) - saturate(1.0, length(3), 20.0)).abs() < 1e-6 && factor(3) < factor(9));
        assert!(factor(500) > 0.0 && factor(500) < factor(3) && factor(700) == 0.0 && factor(100_000) == 0.0);
        // The most of a block is that of its best.
        let best = (448..512).map(factor).fold(0.0, f32::max);
        assert_eq!((list.block(7).1, list.blocks()), (best, 11));
        assert_eq!((list.next(0), list.next(1), list.next(499), list.next(501)), (0, 3, 500, 501));
        assert_eq!((list.next(700), list.next(100_000), list.len()), (TERMINATED, TERMINATED, 235));
        assert!(list.bytes() <= WordList::most_bytes(1_000, 700));
        let (window, mut found) = (Window::default().followed_by(128, 1), Bits::default());
        list.copy_to(window, &mut found);
        let expected: Vec<usize> = (128..192).filter(|i| i % 3 == 0).map(|i| i - 128).collect();
        assert_eq!(found.iter().collect::<Vec<_>>(), expected);
        let mut told = Vec::new();
        list.each(window, |place, found| told.push((place, found)));
        assert_eq!(told, expected.iter().map(|&place| (place, factor(place + 128))).collect::<Vec<_>>());
        list.each(Window::default().followed_by(640, 1), |place, _| {
            assert!(place < 60, "the last word of bits is not full");
        });
    }
}
