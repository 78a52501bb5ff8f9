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

use crate::engine::any_word::{AnyWord, Scale};
use crate::engine::document::LENGTH;
use crate::engine::lookup::KnownWord;
use crate::engine::regions::InRegion;
use crate::plan::{Occurrence, WordWeight, work};
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
}

impl Query for WordsQuery {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

/// The occurrences of a word in one segment, over title and text.
pub(super) struct WordPostings {
    doc: DocId,
    sources: Vec<InRegion>,
}

impl WordPostings {
    pub(super) fn new(sources: Vec<InRegion>) -> Self {
        let doc = sources.iter().map(InRegion::doc).min().unwrap_or(TERMINATED);
        Self { doc, sources }
    }

    /// Advances to the first incident at or after `target`.
    pub(super) fn seek(&mut self, target: DocId) -> DocId {
        if target > self.doc {
            work::add(1);
            self.doc = self.sources.iter_mut().map(|source| source.seek(target)).min().unwrap_or(TERMINATED);
        }
        self.doc
    }

    /// The current incident.
    pub(super) fn doc(&self) -> DocId {
        self.doc
    }

    pub(super) fn size_hint(&self) -> u32 {
        self.sources.iter().map(InRegion::size_hint).fold(0, u32::saturating_add)
    }

    /// The number of occurrences in the current incident, with the weight of one in the title.
    fn frequency(&self, title_weight: f32) -> f32 {
        let here = self.sources.iter().filter(|source| source.doc() == self.doc);
        here.map(|source| source.frequency() * if source.is_title { title_weight } else { 1.0 }).sum()
    }

    /// The occurrences in the title or the text of the current incident, in order.
    pub(super) fn positions(&mut self, in_title: bool, found: &mut Vec<Occurrence>) {
        let mut more = Vec::new();
        found.clear();
        for source in &mut self.sources {
            if source.doc() == self.doc && source.is_title == in_title {
                source.positions(&mut more);
                found.append(&mut more);
            }
        }
        found.sort_unstable_by_key(|&(position, _)| position);
    }
}

impl Weight for WordsQuery {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let open =
            |word: &Arc<KnownWord>| Ok(ScoredWord { postings: word.open(reader, false)?, weight: word.weight() });
        let mut words = self.words.iter().map(open).collect::<tantivy::Result<Vec<_>>>()?;
        let total: f32 = words.iter().map(|word| word.weight.share).sum();
        let lengths = reader.fast_fields().u64(LENGTH)?;
        let mean_length = self.mean_length;
        if self.enough != Enough::All {
            let known = words.iter().filter(|word| word.weight.known);
            let (needed, total) = match self.enough {
                Enough::Share => (least_share(known.map(|word| (word.weight.share, word.weight.times))), total),
                Enough::All | Enough::Any => (0.0, 0.0),
            };
            return Ok(Box::new(AnyWord::new(words, Scale { needed, total, lengths, mean_length, boost })));
        }
        // The rarest word drives the intersection.
        words.sort_by_key(|word| word.postings.size_hint());
        let mut scorer = WordsScorer { doc: 0, words, lengths, mean_length, boost };
        scorer.doc = scorer.find(0);
        Ok(Box::new(scorer))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        let found = scorer.doc() <= doc && scorer.seek(doc) == doc;
        Ok(Explanation::new_with_string("words".to_owned(), if found { scorer.score() } else { 0.0 }))
    }
}

/// A word and its occurrences in one segment.
pub(super) struct ScoredWord {
    pub(super) postings: WordPostings,
    pub(super) weight: WordWeight,
}

impl ScoredWord {
    /// The score of its occurrences in the current incident.
    pub(super) fn score(&self, length: f32, mean_length: f32) -> f32 {
        self.weight.idf * saturate(self.postings.frequency(self.weight.title), length, mean_length)
    }
}

/// Scores the incidents that have all words.
struct WordsScorer {
    doc: DocId,
    words: Vec<ScoredWord>,
    lengths: Column<u64>,
    mean_length: f32,
    boost: f32,
}

impl WordsScorer {
    /// Advances to the first incident at or after `target` that has all words.
    fn find(&mut self, mut target: DocId) -> DocId {
        'candidate: loop {
            let Some((first, others)) = self.words.split_first_mut() else { return TERMINATED };
            let doc = first.postings.seek(target);
            if doc == TERMINATED {
                return TERMINATED;
            }
            for word in others {
                let next = word.postings.seek(doc);
                if next > doc {
                    target = next;
                    continue 'candidate;
                }
            }
            return doc;
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
        self.words.first().map_or(0, |word| word.postings.size_hint())
    }
}

impl Scorer for WordsScorer {
    fn score(&mut self) -> Score {
        let length = self.lengths.first(self.doc).unwrap_or(0) as f32;
        self.words.iter().map(|word| word.score(length, self.mean_length)).sum::<f32>() * self.boost
    }
}
