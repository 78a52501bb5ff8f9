//! The slow way to score, for tests: goes over all incidents, and scores each by all of its occurrences. What the fast way
//! leaves out must not change what is found.

use std::cell::Cell;

use tantivy::query::Scorer;
use tantivy::{DocId, DocSet, Score, TERMINATED};

use crate::engine::scorer::{Enough, ScoredWords};
use crate::engine::terms::Window;
use crate::ranking::coverage;

thread_local!(static THOROUGH: Cell<bool> = const { Cell::new(false) });

/// Whether this thread searches the slow way.
pub(crate) fn is_thorough() -> bool {
    THOROUGH.get()
}

/// Searches the slow way.
pub(crate) fn thoroughly<R>(search: impl FnOnce() -> R) -> R {
    THOROUGH.set(true);
    let found = search();
    THOROUGH.set(false);
    found
}

/// All matches of some words in a segment.
pub(super) struct Thorough {
    found: Vec<(DocId, Score)>,
    at: usize,
}

impl Thorough {
    pub(super) fn new(words: &mut ScoredWords, enough: Enough, needed: f32, total: f32, incidents: DocId) -> Self {
        let all: Vec<usize> = (0..words.weights.len()).collect();
        let mut by_size = all.clone();
        by_size.sort_by_key(|&word| words.sources.size(word));
        let order = if enough == Enough::All { by_size } else { all };
        let mut found = Vec::new();
        for doc in 0..incidents {
            words.sources.move_to(Window::of(doc));
            let length = words.length(doc);
            let (mut has, mut covered, mut score) = (0, 0.0, 0.0);
            for &word in &order {
                let of_word = words.score(word, doc, length);
                if of_word > 0.0 {
                    has += 1;
                    covered += words.weights[word].share;
                    score += of_word;
                }
            }
            if enough == Enough::All && has == order.len() && has > 0 {
                found.push((doc, score));
            } else if enough != Enough::All && covered > 0.0 && covered >= needed * 0.9999 {
                found.push((doc, score * coverage(covered, total)));
            }
        }
        Self { found, at: 0 }
    }
}

impl DocSet for Thorough {
    fn advance(&mut self) -> DocId {
        self.at += 1;
        self.doc()
    }

    fn doc(&self) -> DocId {
        self.found.get(self.at).map_or(TERMINATED, |&(doc, _)| doc)
    }

    fn size_hint(&self) -> u32 {
        self.found.len() as u32
    }
}

impl Scorer for Thorough {
    fn score(&mut self) -> Score {
        self.found.get(self.at).map_or(0.0, |&(_, score)| score)
    }
}
