//! Terms: the postings of the terms of a query in one segment, read in windows of incidents, each once.
//!
//! In: terms of a segment. Out: for the incidents of a window, which of them have a term, how often, and where. Positions are
//! read of those incidents only of which they are asked.

use std::io;
use std::sync::Arc;

use tantivy::postings::{BlockSegmentPostings, Postings as _, SegmentPostings, TermInfo};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet as _, InvertedIndexReader, TERMINATED};

use crate::engine::read_log::ReadLog;
use crate::plan::work;

/// The incidents of a word of bits.
const BITS: u32 = u64::BITS;
/// The incidents of the first window, and of one after a leap: where something else chooses the incidents, few of a window
/// are asked for.
const FIRST_WINDOW: u32 = BITS;
/// The incidents of a window where all are asked for.
const LAST_WINDOW: u32 = 4_096;
/// How many frequencies all terms of a query hold in a segment at most: 4 MB. Many terms have smaller windows.
const MAX_HELD: usize = 1 << 20;

/// A range of incidents. Its ends are multiples of 64, so that windows never overlap in part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Window {
    start: DocId,
    len: u32,
}

impl Window {
    /// The least window with an incident.
    pub(super) fn of(doc: DocId) -> Self {
        Self { start: doc - doc % BITS, len: FIRST_WINDOW }
    }

    /// The window with `next`, the first incident behind this window that matters: the larger, the more of them follow
    /// each other, and the smaller, the more terms there are.
    pub(super) fn followed_by(self, next: DocId, terms: usize) -> Self {
        let is_near = next.saturating_sub(self.end()) <= self.len;
        let len = if is_near { (4 * self.len).clamp(FIRST_WINDOW, longest(terms)) } else { FIRST_WINDOW };
        Self { start: next - next % BITS, len }
    }

    pub(super) fn start(self) -> DocId {
        self.start
    }

    pub(super) fn end(self) -> DocId {
        self.start.saturating_add(self.len).min(TERMINATED)
    }

    pub(super) fn contains(self, doc: DocId) -> bool {
        (self.start..self.end()).contains(&doc)
    }

    /// The place of an incident in the window.
    pub(super) fn place(self, doc: DocId) -> usize {
        (doc - self.start) as usize
    }

    pub(super) fn len(self) -> usize {
        self.len as usize
    }
}

fn longest(terms: usize) -> u32 {
    let most = u32::try_from(MAX_HELD / terms.max(1)).unwrap_or(LAST_WINDOW);
    (most - most % BITS).clamp(FIRST_WINDOW, LAST_WINDOW)
}

/// A set of incidents of a window.
#[derive(Debug, Clone, Default)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    /// Empties the set, and makes it one of a window.
    pub(super) fn clear(&mut self, window: Window) {
        self.0.clear();
        self.0.resize(window.len() / BITS as usize, 0);
    }

    pub(super) fn copy(&mut self, other: &Self) {
        self.0.clone_from(&other.0);
    }

    /// Makes it the set of a window with these bits; behind them are none.
    pub(super) fn copy_words(&mut self, window: Window, bits: &[u64]) {
        let words = window.len() / BITS as usize;
        self.0.clear();
        self.0.extend_from_slice(&bits[..words.min(bits.len())]);
        self.0.resize(words, 0);
    }

    /// The number of incidents.
    pub(super) fn len(&self) -> usize {
        self.0.iter().map(|bits| bits.count_ones() as usize).sum()
    }

    /// Removes the places before one.
    pub(super) fn keep_from(&mut self, place: usize) {
        let at = place / BITS as usize;
        self.0.iter_mut().take(at).for_each(|bits| *bits = 0);
        self.0.iter_mut().skip(at).take(1).for_each(|bits| *bits &= u64::MAX << (place % BITS as usize));
    }

    /// Removes what is in another set.
    pub(super) fn remove(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(bits, other)| *bits &= !other);
    }

    /// Makes it the set of all incidents of a window.
    pub(super) fn fill(&mut self, window: Window) {
        self.0.clear();
        self.0.resize(window.len() / BITS as usize, u64::MAX);
    }

    #[inline]
    pub(super) fn has(&self, place: usize) -> bool {
        self.0[place / BITS as usize] >> (place % BITS as usize) & 1 == 1
    }

    #[inline]
    fn insert(&mut self, place: usize) {
        self.0[place / BITS as usize] |= 1 << (place % BITS as usize);
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(bits, other)| *bits |= other);
    }

    /// Keeps what is in another set too.
    pub(super) fn keep(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(bits, other)| *bits &= other);
    }

    /// Keeps what is in one of two sets.
    pub(super) fn keep_any(&mut self, one: &Self, other: &Self) {
        self.0.iter_mut().zip(one.0.iter().zip(&other.0)).for_each(|(bits, (one, other))| *bits &= one | other);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|&bits| bits == 0)
    }

    pub(super) fn is_within(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(bits, other)| bits & !other == 0)
    }

    /// The first place at or after another.
    pub(super) fn next(&self, place: usize) -> Option<usize> {
        let (mut at, skipped) = (place / BITS as usize, place % BITS as usize);
        let mut bits = *self.0.get(at)? & (u64::MAX << skipped);
        while bits == 0 {
            at += 1;
            bits = *self.0.get(at)?;
        }
        Some(at * BITS as usize + bits.trailing_zeros() as usize)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = usize> {
        let mut from = 0;
        std::iter::from_fn(move || {
            let place = self.next(from)?;
            from = place + 1;
            Some(place)
        })
    }
}

/// A term of a segment.
pub(super) struct Term {
    index: Arc<InvertedIndexReader>,
    info: TermInfo,
    cursor: BlockSegmentPostings,
    /// The place in the cursor's block of the first posting that is not read yet.
    at: usize,
    /// The window that was read.
    window: Option<Window>,
    present: Bits,
    /// How often the incidents of the window have it; of incidents that do not have it, anything.
    counts: Vec<u32>,
    positions: Option<SegmentPostings>,
    /// The incident whose positions were read.
    located: Option<DocId>,
    found: Vec<u32>,
    pub(super) read: Read,
}

/// How much was read.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Read {
    pub(super) postings: u64,
    pub(super) positions: u64,
}

impl Term {
    pub(super) fn open(index: Arc<InvertedIndexReader>, info: TermInfo) -> io::Result<Self> {
        let cursor = index.read_block_postings_from_terminfo(&info, IndexRecordOption::WithFreqs)?;
        Ok(Self {
            index,
            info,
            cursor,
            at: 0,
            window: None,
            present: Bits::default(),
            counts: Vec::new(),
            positions: None,
            located: None,
            found: Vec::new(),
            read: Read::default(),
        })
    }

    pub(super) fn doc_freq(&self) -> u32 {
        self.info.doc_freq
    }

    /// The first incident at or after `target` that has it, if that is behind all windows that were read.
    pub(super) fn seek(&mut self, target: DocId) -> DocId {
        match self.cursor.docs().get(self.at) {
            Some(&doc) if doc >= target => return doc,
            None if self.cursor.docs().is_empty() => return TERMINATED,
            _ => self.at = self.cursor.seek(target),
        }
        work::add(1);
        self.cursor.docs().get(self.at).copied().unwrap_or(TERMINATED)
    }

    /// The incidents of a window that have it.
    pub(super) fn present(&mut self, window: Window) -> &Bits {
        if self.window != Some(window) {
            self.read(window);
        }
        &self.present
    }

    fn read(&mut self, window: Window) {
        self.window = Some(window);
        self.present.clear(window);
        if self.seek(window.start()) >= window.end() {
            return;
        }
        if self.counts.len() < window.len() {
            self.counts.resize(window.len(), 0);
        }
        let Self { cursor, at, present, counts: held, .. } = self;
        let (start, end) = (window.start(), window.end());
        loop {
            let (docs, counts) = (&cursor.docs()[*at..], &cursor.freqs()[*at..]);
            let all = docs.last().is_some_and(|&last| last < end);
            let inside = if all { docs.len() } else { docs.partition_point(|&doc| doc < end) };
            for (&doc, &count) in docs[..inside].iter().zip(&counts[..inside]) {
                let place = (doc - start) as usize;
                present.insert(place);
                held[place] = count;
            }
            work::add_postings(inside);
            self.read.postings += inside as u64;
            if inside < docs.len() || docs.is_empty() {
                *at += inside;
                return;
            }
            cursor.advance();
            *at = 0;
        }
    }

    /// How often an incident of a window has it.
    #[inline]
    pub(super) fn count(&mut self, window: Window, place: usize) -> u32 {
        if self.present(window).has(place) { self.counts[place] } else { 0 }
    }

    /// Passes on the incidents of a window that have it, and how often they do.
    pub(super) fn each(&mut self, window: Window, mut see: impl FnMut(usize, u32)) {
        self.present(window);
        self.present.iter().for_each(|place| see(place, self.counts[place]));
    }

    /// Where an incident has it. Incidents must be asked for in ascending order.
    pub(super) fn positions(&mut self, doc: DocId, log: &ReadLog) -> &[u32] {
        if self.located != Some(doc) {
            self.located = Some(doc);
            self.found.clear();
            if let Err(error) = self.locate(doc) {
                log.fail(error);
            }
            work::add_positions(self.found.len());
            self.read.positions += self.found.len() as u64;
        }
        &self.found
    }

    fn locate(&mut self, doc: DocId) -> io::Result<()> {
        let postings = match &mut self.positions {
            Some(postings) => postings,
            none => {
                let option = IndexRecordOption::WithFreqsAndPositions;
                none.insert(self.index.read_postings_from_terminfo(&self.info, option)?)
            }
        };
        if postings.doc() == doc || postings.doc() < doc && postings.seek(doc) == doc {
            postings.positions(&mut self.found);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_grow_while_incidents_follow_each_other() {
        let mut window = Window::default();
        let mut lens = Vec::new();
        for _ in 0..6 {
            window = window.followed_by(window.end(), 10);
            lens.push(window.len());
        }
        assert_eq!((lens, window.start() % BITS), (vec![64, 256, 1024, 4096, 4096, 4096], 0));
        let leapt = window.followed_by(1_000_001, 10);
        assert_eq!((leapt.start(), leapt.len()), (1_000_001 / 64 * 64, 64));
        // Many terms hold no more than few.
        assert_eq!((longest(256), longest(4_096), longest(1_000_000)), (4_096, 256, 64));
    }

    #[test]
    fn bits_are_found_in_order() {
        let window = Window::default().followed_by(0, 1).followed_by(64, 1);
        let (mut some, mut others) = (Bits::default(), Bits::default());
        some.clear(window);
        others.clear(window);
        [0, 63, 64, 255].iter().for_each(|&place| some.insert(place));
        assert_eq!(
            (some.iter().collect::<Vec<_>>(), some.next(65), some.next(256)),
            (vec![0, 63, 64, 255], Some(255), None)
        );
        others.insert(63);
        assert!(others.is_within(&some) && !some.is_within(&others));
        let mut kept = Bits::default();
        kept.fill(window);
        kept.keep_any(&others, &some);
        assert_eq!(kept.iter().count(), 4);
        kept.keep(&others);
        assert_eq!((kept.iter().collect::<Vec<_>>(), kept.is_empty()), (vec![63], false));
    }
}
