//! The plan: an interpreted query.
//!
//! In: a query tree or weighted words, the analyzer and the synonyms of the archive, and a [`Vocabulary`], which
//! answers questions about the words of the index. Out: a [`Plan`]: its words with their alternatives, which of them
//! are required, the conditions, and the words that were dropped or corrected. The engine compiles the plan;
//! `interpreted`, snippets and feedback read it. The plan does not depend on the engine and does not expand patterns:
//! the engine finds the words with a stem or a prefix.

mod budget;
mod condition;
mod cut;
mod dates;
mod draft;
mod evidence;
mod joined;
mod keys;
mod planner;
mod sequence;
mod spelling;
#[cfg(test)]
mod tests;
mod vocabulary;
mod weighted;
mod word;
mod words;
pub(crate) mod work;

pub(crate) use budget::reads_allowed;
pub(crate) use condition::{Clause, Condition, Needed, TimeRange, matching_keys};
pub use cut::{Cut, CutKind};
pub(crate) use evidence::{Evidence, Moments, Occurrence, Statistics, WordEvidence, WordWeight};
pub(crate) use planner::Planner;
pub(crate) use vocabulary::{AnyVocabulary, Vocabulary};
pub use weighted::WeightedTexts;
pub(crate) use word::{Alternative, Form, Pattern, Slot, TypedAt, Word, with_expansions};
pub use work::SearchWork;

use std::sync::Arc;

use crate::query::Query;

/// The number of a word in its plan.
pub(crate) type WordId = usize;

/// An interpreted query.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// Every word of the query; the rest of the plan refers to words by number.
    pub(crate) words: Vec<Arc<Word>>,
    /// The words for ranking: first those typed outside of groups, then those of groups.
    pub(crate) ranked: Vec<WordId>,
    /// The words that a full match must have.
    pub(crate) needed: Vec<WordId>,
    /// Groups of words, such as `(kafka OR rabbitmq)`, each of which must hold for a full match.
    pub(crate) groups: Vec<Clause>,
    /// Whether any of the words suffices, so that no match is fuller than another.
    pub(crate) any: bool,
    /// What a match had better have: it raises the score.
    pub(crate) preferred: Option<Condition>,
    /// Of weighted words: the weight of those that the archive knows, as a share of that of all that the texts say.
    pub(crate) known: f32,
    /// How many words of the texts were to be looked for, those that no incident has among them.
    pub(crate) asked: usize,
    /// The least score of the first pass that matters: where it is more than 0, incidents with less may be left out.
    pub(crate) least: f32,
    /// Conditions for every match, full or partial.
    pub(crate) conditions: Vec<Clause>,
    /// Words that occur in no incident, and their corrections.
    pub(crate) corrections: Vec<Correction>,
    /// What is not looked for, because the query asks for more than a search does.
    pub(crate) cuts: Vec<Cut>,
    /// The interpreted query in the query language: with synonyms and corrections, without dropped words. Of a query that
    /// was cut, all of it.
    pub(crate) interpreted: Query,
}

/// A word that occurs in no incident, and its corrections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Correction {
    /// The word as typed, folded.
    pub(crate) typed: String,
    /// The corrections, the most frequent first.
    pub(crate) meant: Vec<String>,
}

impl Plan {
    /// A plan of weighted words without a query: incidents with any of them match, ranked by all.
    pub(crate) fn of_words(words: impl IntoIterator<Item = Word>) -> Self {
        let words: Vec<Arc<Word>> = words.into_iter().map(Arc::new).collect();
        Self {
            ranked: (0..words.len()).collect(),
            needed: (0..words.len()).collect(),
            words,
            groups: Vec::new(),
            any: false,
            preferred: None,
            known: 1.0,
            asked: 0,
            least: 0.0,
            conditions: Vec::new(),
            corrections: Vec::new(),
            cuts: Vec::new(),
            interpreted: Query::everything(),
        }
    }

    /// The words for ranking.
    pub(crate) fn ranked_words(&self) -> impl Iterator<Item = &Word> {
        self.ranked.iter().map(|&id| &*self.words[id])
    }

    /// The number of words typed, without single parts of identifiers.
    pub(crate) fn typed(&self) -> usize {
        self.ranked_words().filter(|word| !word.is_extra()).map(|word| word.times as usize).sum()
    }
}
