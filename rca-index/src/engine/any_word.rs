//! Any word: scores the incidents that have some of many words, in windows of incidents.
//!
//! In: words with their occurrences in a segment. Out: a scorer. In a window, the occurrences of one word are read after
//! those of another, so that an incident costs as much as the words that it has, however many the query has. Positions are
//! read of the incidents only for which it matters whether they have a phrase.

use tantivy::query::Scorer;
use tantivy::{DocId, DocSet, Score, TERMINATED};

use crate::engine::scorer::ScoredWords;
use crate::engine::terms::{Bits, Window};
use crate::ranking::coverage;

/// The most words that are counted together, without adding up what an incident has of them.
const FEW_WORDS: usize = 16;

/// What the words that were read so far add up to, for an incident of the window.
#[derive(Clone, Copy, Default)]
struct Sums {
    /// The weight of the words that it has for certain, and of those that it may have.
    certain: f32,
    possible: f32,
    /// At most this is its score.
    score: f32,
    length: Option<f32>,
    /// Whether positions tell more.
    open: bool,
}

/// Scores the incidents that have some of the words.
pub(super) struct AnyWord {
    doc: DocId,
    words: ScoredWords,
    /// The minimum weight of the words that an incident must have.
    needed: f32,
    /// The total weight of all words.
    total: f32,
    /// Whether scores are asked for.
    scores: bool,
    /// Whether incidents are not scored, and each of few words is enough.
    each_is_enough: bool,
    /// The incidents of the window that may be matches.
    possible: Bits,
    /// Where each word is enough, those that are for certain.
    certain: Bits,
    /// By place in the window; not used where each word is enough.
    sums: Vec<Sums>,
    /// The incidents of the window of which positions tell more, by place, each with a word that it may have.
    open: Vec<(u32, u32)>,
}

impl AnyWord {
    pub(super) fn new(words: ScoredWords, needed: f32, total: f32, scores: bool) -> Self {
        let mut this = Self {
            doc: 0,
            words,
            needed,
            total,
            scores,
            each_is_enough: false,
            possible: Bits::default(),
            certain: Bits::default(),
            sums: Vec::new(),
            open: Vec::new(),
        };
        let weights = &this.words.weights;
        let each = weights.iter().all(|weight| weight.share <= 0.0 || this.is_enough(weight.share));
        this.each_is_enough = each && !scores && weights.len() <= FEW_WORDS;
        this.doc = this.find(0);
        this
    }

    /// Advances to the first incident at or after `target` that has enough of the words.
    fn find(&mut self, mut target: DocId) -> DocId {
        loop {
            let window = self.words.sources.window();
            while window.contains(target)
                && let Some(place) = self.possible.next(window.place(target))
            {
                let doc = window.start() + place as DocId;
                if self.is_match(doc, place) {
                    return doc;
                }
                target = doc + 1;
            }
            let Some(next) = self.read_behind(target.max(window.end())) else { return TERMINATED };
            target = next;
        }
    }

    /// Counts the incidents from this one on, window after window, where each word is enough.
    fn count_windows(&mut self) -> u32 {
        let (mut count, mut from) = (0, self.doc);
        loop {
            let window = self.words.sources.window();
            if window.contains(from) {
                // Of the first window, some incidents are behind.
                self.possible.keep_from(window.place(from));
                self.certain.keep_from(window.place(from));
            }
            let mut open = std::mem::take(&mut self.possible);
            open.remove(&self.certain);
            let known = self.certain.len();
            let found = open.iter().filter(|&place| self.is_match(window.start() + place as DocId, place)).count();
            count += (known + found) as u32;
            self.possible = open;
            from = window.end();
            if self.read_behind(from).is_none() {
                self.doc = TERMINATED;
                return count;
            }
        }
    }

    /// Moves on to the window with the first incident at or after `target` that may have a word; `None` if there is none.
    fn read_behind(&mut self, target: DocId) -> Option<DocId> {
        let words = 0..self.words.weights.len();
        let next = words.map(|word| self.words.sources.seek(word, target)).min();
        let next = next.filter(|&next| next != TERMINATED)?;
        let window = self.words.sources.move_behind(next);
        self.possible.clear(window);
        self.certain.clear(window);
        if self.each_is_enough {
            self.read_any();
        } else {
            self.read(window);
        }
        Some(next)
    }

    /// Reads which incidents of a window have a word.
    fn read_any(&mut self) {
        for word in 0..self.words.weights.len() {
            if self.words.weights[word].share > 0.0 {
                self.certain.add(self.words.sources.certain(word));
                self.possible.add(self.words.sources.perhaps(word));
            }
        }
        self.possible.add(&self.certain);
    }

    /// Reads a window of incidents. The words are read in their order, so that each sum is that of one incident alone.
    fn read(&mut self, window: Window) {
        let Self { words, sums, scores, possible: any, certain, .. } = self;
        sums.clear();
        sums.resize(window.len(), Sums::default());
        let mut perhaps = Bits::default();
        for word in 0..words.weights.len() {
            let share = words.weights[word].share;
            certain.copy(words.sources.certain(word));
            if let Some(list) = words.sources.list(word) {
                any.add(certain);
                let idf = words.weights[word].idf;
                list.each(window, |place, factor| {
                    let sums = &mut sums[place];
                    sums.certain += share;
                    sums.possible += share;
                    sums.score += idf * factor;
                });
                continue;
            }
            perhaps.copy(words.sources.perhaps(word));
            for place in certain.iter() {
                let sums = &mut sums[place];
                sums.certain += share;
                sums.possible += share;
                sums.open |= *scores && perhaps.has(place);
            }
            for place in perhaps.iter().filter(|&place| !certain.has(place)) {
                sums[place].possible += share;
                sums[place].open = true;
            }
            perhaps.add(certain);
            any.add(&perhaps);
            if *scores {
                for place in perhaps.iter() {
                    let doc = window.start() + place as DocId;
                    let sums = &mut sums[place];
                    let length = *sums.length.get_or_insert_with(|| words.length(doc));
                    sums.score += words.most(word, doc, length);
                }
            }
        }
        self.find_open();
    }

    /// Notes the words of the incidents of which positions tell more.
    fn find_open(&mut self) {
        let Self { words, sums, open, .. } = self;
        open.clear();
        if !sums.iter().any(|sums| sums.open) {
            return;
        }
        for word in 0..words.weights.len() {
            let mut any = words.sources.certain(word).clone();
            any.add(words.sources.perhaps(word));
            open.extend(any.iter().filter(|&place| sums[place].open).map(|place| (place as u32, word as u32)));
        }
        open.sort_unstable();
    }

    fn is_match(&mut self, doc: DocId, place: usize) -> bool {
        if self.scores && self.is_left_out(place) {
            return false;
        }
        if self.each_is_enough {
            let Self { words, certain, .. } = self;
            let mut counted = (0..words.weights.len()).filter(|&word| words.weights[word].share > 0.0);
            return certain.has(place) || counted.any(|word| words.sources.has(word, doc));
        }
        let Sums { certain, possible, open, .. } = self.sums[place];
        if !open || self.is_enough(certain) || !self.is_enough(possible) {
            return self.is_enough(certain);
        }
        let mut covered = 0.0;
        for word in self.open_words(place) {
            let (_, word) = self.open[word];
            if self.words.sources.has(word as usize, doc) {
                covered += self.words.weights[word as usize].share;
            }
        }
        self.is_enough(covered)
    }

    /// Whether an incident cannot have a score that matters. Before positions are read.
    fn is_left_out(&self, place: usize) -> bool {
        let Sums { possible, score, .. } = self.sums[place];
        self.words.leaves_out(|| score) || self.words.leaves_out(|| score * coverage(possible, self.total))
    }

    /// Where the words are that an incident may have.
    fn open_words(&self, place: usize) -> std::ops::Range<usize> {
        let place = place as u32;
        let from = self.open.partition_point(|&(other, _)| other < place);
        from..from + self.open[from..].partition_point(|&(other, _)| other == place)
    }

    /// A part of an identifier matches nothing by itself: `CVE-2024-3095` must not match `CVE-2024-3094`. The tolerance is
    /// for sums of the same weights in another order, which differ in their last bits.
    fn is_enough(&self, covered: f32) -> bool {
        covered > 0.0 && covered >= self.needed * 0.9999
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

    fn count_including_deleted(&mut self) -> u32 {
        let mut count = 0;
        if self.each_is_enough && self.doc != TERMINATED {
            count += self.count_windows();
        }
        while self.doc != TERMINATED {
            count += 1;
            self.advance();
        }
        count
    }

    fn size_hint(&self) -> u32 {
        (0..self.words.weights.len()).map(|word| self.words.sources.size(word)).max().unwrap_or(0)
    }
}

impl Scorer for AnyWord {
    fn score(&mut self) -> Score {
        let (doc, window) = (self.doc, self.words.sources.window());
        if !window.contains(doc) {
            return 0.0;
        }
        let place = window.place(doc);
        let Sums { certain, possible, score, length, open } = self.sums[place];
        if !open {
            let exact = score * coverage(certain, self.total);
            return self.words.finish(exact, |_| exact);
        }
        let asked = self.open_words(place);
        let (open, total, length) = (&self.open, self.total, length.unwrap_or(0.0));
        self.words.finish(score * coverage(possible, total), |words| {
            let (mut covered, mut score) = (0.0, 0.0);
            for &(_, word) in &open[asked] {
                let of_word = words.score(word as usize, doc, length);
                if of_word > 0.0 {
                    covered += words.weights[word as usize].share;
                    score += of_word;
                }
            }
            score * coverage(covered, total)
        })
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
