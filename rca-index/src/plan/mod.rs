//! Plan: a query, understood once.
//!
//! In: a query's tree. Out: what is looked for. Knows no engine.

pub(crate) mod expand;
pub(crate) mod interpret;
pub(crate) mod words;

use crate::schema::TextField;

/// A word of a query, and all that counts as it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Word {
    /// What was typed.
    pub(crate) text: String,
    /// Forms, parts, synonyms and corrections.
    pub(crate) alternatives: Vec<Alternative>,
    /// Where it must stand; none means anywhere.
    pub(crate) part: Option<TextField>,
    /// The number of words typed before it, in the run of words that it belongs to; none when it belongs to none.
    pub(crate) place: Option<Place>,
    /// Whether it only adds to the score of reports that have it: a part of an identifier by itself.
    pub(crate) extra: bool,
}

/// The place of a word among the words typed beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// Which run of words.
    pub(crate) run: usize,
    /// The number of words before it.
    pub(crate) offset: u32,
}

/// One thing that counts as a word: terms that stand in a row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Alternative {
    pub(crate) slots: Vec<Slot>,
    /// How far the terms may stand from their places.
    pub(crate) slop: u32,
    /// What an occurrence counts against one of the word as typed.
    pub(crate) weight: f32,
}

/// One place of an alternative.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Slot {
    /// The words before it.
    pub(crate) offset: u32,
    /// What may stand there.
    pub(crate) forms: Vec<Form>,
}

/// What may stand in a slot.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Form {
    /// A lexeme; a stem stands for every word that has it.
    pub(crate) text: String,
    /// What an occurrence counts. A word that is several forms counts as the one that counts most.
    pub(crate) weight: f32,
}
