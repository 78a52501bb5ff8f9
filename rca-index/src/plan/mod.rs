//! Plan: a query, understood once.
//!
//! In: a query's tree or weighted words, the analyzer and the synonyms of the archive, and a [`Vocabulary`]: what the index
//! has. Out: a [`Plan`]: its words and what counts as each, what is needed, the conditions, what was dropped or corrected.
//! The engine compiles it; `interpreted`, snippets and feedback read it. It knows no engine, and expands no pattern: which
//! words of the index have a stem or a prefix is for the engine to find out.

mod condition;
mod evidence;
mod planner;
mod sequence;
#[cfg(test)]
mod tests;
mod vocabulary;
mod word;
mod words;

pub(crate) use condition::{Clause, Condition, Needed};
pub(crate) use evidence::{Evidence, Occurrence, Statistics, WordEvidence, WordWeight};
pub(crate) use planner::Planner;
pub(crate) use vocabulary::{AnyVocabulary, Vocabulary};
pub(crate) use word::{Alternative, Form, Pattern, Slot, TypedAt, Word, with_expansions};

use std::sync::Arc;

use crate::query::Query;

/// The number of a word in its plan.
pub(crate) type WordId = usize;

/// A query as it was understood.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// Every word that is looked for; the rest of the plan names them by number.
    pub(crate) words: Vec<Arc<Word>>,
    /// The words that incidents are ranked by: those typed beside each other first, then those of groups.
    pub(crate) ranked: Vec<WordId>,
    /// The words that an incident must have to match in full.
    pub(crate) needed: Vec<WordId>,
    /// Groups of words, such as `(kafka OR rabbitmq)`, of which each must match for a match in full.
    pub(crate) groups: Vec<Clause>,
    /// What must hold of every match, full or partial.
    pub(crate) conditions: Vec<Clause>,
    /// Words that no incident has, and what is looked for in their place.
    pub(crate) corrections: Vec<Correction>,
    /// The query as it was understood, as a query again: with synonyms and corrections, without what was dropped.
    pub(crate) interpreted: Query,
}

/// A word that no incident has, and those like it that count in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Correction {
    /// The word as typed, folded.
    pub(crate) typed: String,
    /// The words that count in its place, the most frequent first.
    pub(crate) meant: Vec<String>,
}

impl Plan {
    /// A plan of words with no query text: incidents that have any of them, ranked by all.
    pub(crate) fn of_words(words: impl IntoIterator<Item = Word>) -> Self {
        let words: Vec<Arc<Word>> = words.into_iter().map(Arc::new).collect();
        Self {
            ranked: (0..words.len()).collect(),
            needed: (0..words.len()).collect(),
            words,
            groups: Vec::new(),
            conditions: Vec::new(),
            corrections: Vec::new(),
            interpreted: Query::everything(),
        }
    }

    /// The words that incidents are ranked by.
    pub(crate) fn ranked_words(&self) -> impl Iterator<Item = &Word> {
        self.ranked.iter().map(|&id| &*self.words[id])
    }

    /// How many words were typed, and not made from parts of others.
    pub(crate) fn typed(&self) -> usize {
        self.ranked_words().filter(|word| !word.is_extra()).count()
    }
}
