//! Any word: scores the incidents that have some of many words, in windows of incidents.
//!
//! In: words with their occurrences in a segment. Out: a scorer. In a window, the occurrences of one word are read after
//! those of another, so that an incident costs as much as the words that it has, however many the query has.

use tantivy::columnar::Column;
use tantivy::query::Scorer;
use tantivy::{DocId, DocSet, Score, TERMINATED};

use crate::engine::scorer::ScoredWord;
use crate::ranking::coverage;

/// The incidents of the first window, and of one after a leap: where something else chooses the incidents, few of a window
/// are asked for.
const FIRST_WINDOW: usize = 16;
/// The incidents of a window where all are asked for.
const LAST_WINDOW: usize = 4_096;

/// What scores are computed with.
pub(super) struct Scale {
    /// The minimum weight of the words that an incident must have.
    pub(super) needed: f32,
    /// The total weight of all words.
    pub(super) total: f32,
    pub(super) lengths: Column<u64>,
    pub(super) mean_length: f32,
    pub(super) boost: f32,
}

/// What the words that were read so far add up to, for an incident of the window.
#[derive(Clone, Copy, Default)]
struct Sums {
    covered: f32,
    score: f32,
    length: Option<f32>,
}

/// Scores the incidents that have some of the words.
pub(super) struct AnyWord {
    doc: DocId,
    words: Vec<ScoredWord>,
    scale: Scale,
    /// The first incident of the window.
    start: DocId,
    window: Vec<Sums>,
}

impl AnyWord {
    pub(super) fn new(words: Vec<ScoredWord>, scale: Scale) -> Self {
        let mut this = Self { doc: 0, words, scale, start: 0, window: Vec::new() };
        this.doc = this.find(0);
        this
    }

    /// Advances to the first incident at or after `target` that has enough of the words.
    fn find(&mut self, mut target: DocId) -> DocId {
        loop {
            let end = self.start.saturating_add(self.window.len() as DocId);
            if let Some(found) = (target..end).find(|&doc| self.is_enough(doc)) {
                return found;
            }
            target = target.max(end);
            let Some(next) = self.words.iter_mut().map(|word| word.postings.seek(target)).min() else {
                return TERMINATED;
            };
            if next == TERMINATED {
                return TERMINATED;
            }
            target = next;
            let is_near = next.saturating_sub(end) as usize <= self.window.len();
            let size = if is_near { (4 * self.window.len()).clamp(FIRST_WINDOW, LAST_WINDOW) } else { FIRST_WINDOW };
            self.read(next, size);
        }
    }

    /// Reads a window of incidents. The words are read in their order, so that each sum is that of one incident alone.
    fn read(&mut self, start: DocId, size: usize) {
        self.start = start;
        self.window.clear();
        self.window.resize(size, Sums::default());
        let end = start.saturating_add(size as DocId).min(TERMINATED);
        for word in &mut self.words {
            let mut doc = word.postings.doc();
            while doc < end {
                let sums = &mut self.window[(doc - start) as usize];
                let lengths = &self.scale.lengths;
                let length = *sums.length.get_or_insert_with(|| lengths.first(doc).unwrap_or(0) as f32);
                sums.covered += word.weight.share;
                sums.score += word.score(length, self.scale.mean_length);
                doc = word.postings.seek(doc + 1);
            }
        }
    }

    /// A part of an identifier matches nothing by itself: `CVE-2024-3095` must not match `CVE-2024-3094`. The tolerance is
    /// for sums of the same weights in another order, which differ in their last bits.
    fn is_enough(&self, doc: DocId) -> bool {
        let Sums { covered, .. } = self.window[(doc - self.start) as usize];
        covered > 0.0 && covered >= self.scale.needed * 0.9999
    }
}

impl DocSet for AnyWord {
    fn advance(&mut self) -> DocId {
        if self.doc != TERMINATED {
            self.doc = self.find(self.doc + 1);
        }
        self.doc
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if target > self.doc {
            self.doc = self.find(target);
        }
        self.doc
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.words.iter().map(|word| word.postings.size_hint()).max().unwrap_or(0)
    }
}

impl Scorer for AnyWord {
    fn score(&mut self) -> Score {
        let Sums { covered, score, .. } =
            self.window.get((self.doc - self.start) as usize).copied().unwrap_or_default();
        score * coverage(covered, self.scale.total) * self.scale.boost
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::fixture::{engine, ids};
    use crate::plan::Needed;

    #[test]
    fn incidents_are_found_in_every_window_and_behind_gaps() {
        // The incidents that have `zebra` are near at first, then far apart.
        let is_wanted = |i: usize| i < 40 || i.is_multiple_of(997);
        let texts: Vec<(String, &str)> =
            (0..6_000).map(|i| (format!("{i:04}"), if is_wanted(i) { "zebra" } else { "gnu" })).collect();
        let reports: Vec<(&str, &str, &str)> = texts.iter().map(|(id, text)| (id.as_str(), "Title", *text)).collect();
        let engine = engine(&[&reports]);
        let expected: Vec<String> = (0..6_000).filter(|&i| is_wanted(i)).map(|i| format!("{i:04}")).collect();
        assert_eq!(ids(&engine, "zebra okapi", Needed::Some), expected);
        // Another condition chooses the incidents.
        assert_eq!(ids(&engine, "zebra okapi -title:other has:rootcause", Needed::Some), expected);
    }
}
