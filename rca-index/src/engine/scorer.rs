//! The scorer: scores the words of a plan, with their alternatives, over title and text together.
//!
//! In: words, and which of them an incident must have. Out: a query of the search engine. Title and text of an
//! incident count as one text in which words of the title weigh more (BM25F, Robertson, Zaragoza and Taylor 2004,
//! "Simple BM25 extension to multiple weighted fields"). This is the first pass, over all incidents; the best are
//! reranked.

use std::sync::Arc;

use tantivy::columnar::Column;
use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED};

use crate::engine::any_word::AnyWord;
use crate::engine::document::LENGTH;
use crate::engine::floor::Floor;
use crate::engine::found_word::KnownWord;
use crate::engine::listed::ListedWords;
use crate::engine::read_log::ReadLog;
use crate::engine::sources::Sources;
use crate::engine::terms::Bits;
#[cfg(test)]
use crate::engine::thorough;
use crate::plan::WordWeight;
use crate::ranking::{least_share, saturate};

/// Which of its words an incident must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Enough {
    /// All of them.
    All,
    /// A share of their weight, as `ranking::least_share` asks for.
    Share,
    /// Any of them.
    Any,
}

/// A query for words in title and text.
#[derive(Debug, Clone)]
pub(super) struct WordsQuery {
    pub(super) words: Vec<Arc<KnownWord>>,
    pub(super) enough: Enough,
    /// The average length of an incident, in bytes of text.
    pub(super) mean_length: f32,
    /// The least score that matters, if the score is that of these words alone.
    pub(super) floor: Option<Floor>,
    pub(super) log: ReadLog,
    /// Whether incidents are scored; otherwise they only match.
    pub(super) scores: bool,
}

impl Query for WordsQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(Self { scores: scoring.is_scoring_enabled(), ..self.clone() }))
    }
}

/// The words of a query in one segment, and what their scores are computed with.
pub(super) struct ScoredWords {
    pub(super) sources: Sources,
    pub(super) weights: Vec<WordWeight>,
    lengths: Column<u64>,
    mean_length: f32,
    boost: f32,
    floor: Option<Floor>,
}

impl ScoredWords {
    /// The length of an incident.
    pub(super) fn length(&self, doc: DocId) -> f32 {
        self.lengths.first(doc).unwrap_or(0) as f32
    }

    /// The score of a word that occurs so often.
    pub(super) fn saturated(&self, word: usize, frequency: f32, length: f32) -> f32 {
        self.weights[word].idf * saturate(frequency, length, self.mean_length)
    }

    /// The score of a word with a list; the length is in it.
    #[inline]
    pub(super) fn listed(&self, word: usize, doc: DocId) -> Option<f32> {
        Some(self.weights[word].idf * self.sources.list(word)?.factor(doc))
    }

    /// The score of a word in an incident of the window; 0 if it does not occur.
    pub(super) fn score(&mut self, word: usize, doc: DocId, length: f32) -> f32 {
        if let Some(score) = self.listed(word, doc) {
            return score;
        }
        let frequency = self.sources.frequency(word, doc, self.weights[word].title);
        self.saturated(word, frequency, length)
    }

    /// At most this is the score of a word that has no list, in an incident of the window.
    pub(super) fn most(&mut self, word: usize, doc: DocId, length: f32) -> f32 {
        let most = self.sources.most(word, doc, self.weights[word].title);
        self.saturated(word, most, length)
    }

    /// A score: the exact one, or one that is too low to matter, and no lower than the exact one.
    pub(super) fn finish(&mut self, most: f32, exact: impl FnOnce(&mut Self) -> f32) -> f32 {
        let most = most * self.boost;
        if self.is_below_floor(most) { most } else { exact(self) * self.boost }
    }

    /// Whether incidents with scores up to this one are left out. The score is asked for only where any are.
    pub(super) fn leaves_out(&self, most: impl FnOnce() -> f32) -> bool {
        self.floor.as_ref().is_some_and(|floor| floor.leaves_out(most() * self.boost))
    }

    /// Whether no score up to this one matters.
    fn is_below_floor(&self, most: f32) -> bool {
        self.floor.as_ref().is_some_and(|floor| floor.is_above(most))
    }
}

impl Weight for WordsQuery {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        #[cfg_attr(not(test), allow(unused_mut))]
        let mut words = ScoredWords {
            sources: Sources::with_lists(reader, &self.words, self.mean_length, &self.log)?,
            weights: self.words.iter().map(|word| word.weight()).collect(),
            lengths: reader.fast_fields().u64(LENGTH)?,
            mean_length: self.mean_length,
            boost,
            floor: self.floor.clone(),
        };
        let known = words.weights.iter().filter(|weight| weight.known);
        let (needed, total) = match self.enough {
            Enough::Share => (
                least_share(known.map(|weight| (weight.share, weight.times))),
                words.weights.iter().map(|weight| weight.share).sum(),
            ),
            Enough::All | Enough::Any => (0.0, 0.0),
        };
        #[cfg(test)]
        if thorough::is_thorough() {
            return Ok(Box::new(thorough::Thorough::new(&mut words, self.enough, needed, total, reader.max_doc())));
        }
        if self.enough != Enough::All {
            return Ok(Box::new(AnyWord::new(words, needed, total, self.scores)));
        }
        // The rarest word drives the intersection.
        let mut order: Vec<usize> = (0..words.weights.len()).collect();
        order.sort_by_key(|&word| words.sources.size(word));
        let mut scorer = WordsScorer { doc: 0, words, order, matches: Bits::default() };
        scorer.doc = scorer.find(0);
        Ok(Box::new(scorer))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        let found = scorer.doc() <= doc && scorer.seek(doc) == doc;
        Ok(Explanation::new_with_string("words".to_owned(), if found { scorer.score() } else { 0.0 }))
    }
}

/// Scores the incidents that have all words.
pub(super) struct WordsScorer {
    doc: DocId,
    words: ScoredWords,
    /// The words, the rarest first.
    order: Vec<usize>,
    /// The incidents of the window that may have all words.
    matches: Bits,
}

impl WordsScorer {
    /// Its words, the rarest first, if all have lists, and if only the scores at or above a floor matter.
    pub(super) fn listed(&self) -> Option<ListedWords> {
        self.words.floor.as_ref()?;
        let of = |&word: &usize| Some((self.words.weights[word].idf, Arc::clone(self.words.sources.list(word)?)));
        ListedWords::new(self.order.iter().map(of).collect::<Option<Vec<_>>>()?, self.words.boost)
    }

    /// Advances to the first incident at or after `target` that has all words.
    fn find(&mut self, mut target: DocId) -> DocId {
        let Some(&rarest) = self.order.first() else { return TERMINATED };
        loop {
            let sources = &mut self.words.sources;
            let window = sources.window();
            while window.contains(target)
                && let Some(place) = self.matches.next(window.place(target))
            {
                let doc = window.start() + place as DocId;
                if self.order.iter().all(|&word| sources.has(word, doc)) {
                    return doc;
                }
                target = doc + 1;
            }
            let next = sources.seek(rarest, target.max(window.end()));
            if next == TERMINATED {
                return TERMINATED;
            }
            let window = sources.move_behind(next);
            self.matches.fill(window);
            for &word in &self.order {
                sources.keep_possible(word, &mut self.matches);
                if self.matches.is_empty() {
                    break;
                }
            }
            target = target.max(next);
        }
    }
}

impl DocSet for WordsScorer {
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
        self.order.first().map_or(0, |&word| self.words.sources.size(word))
    }
}

impl Scorer for WordsScorer {
    fn score(&mut self) -> Score {
        let doc = self.doc;
        let Self { words, order, .. } = self;
        if let Some(score) = order.iter().map(|&word| words.listed(word, doc)).sum::<Option<f32>>() {
            return score * words.boost;
        }
        let length = words.length(doc);
        let most = order.iter().map(|&word| words.most(word, doc, length)).sum();
        words.finish(most, |words| order.iter().map(|&word| words.score(word, doc, length)).sum())
    }
}
