//! Text analysis: from characters to words.
//!
//! In: text, and its language. Out: lexemes, folded forms, stop words, synonyms. It does not depend on queries or the
//! index.

pub(crate) mod analyzer;
pub(crate) mod class;
pub(crate) mod fold;
mod ideographs;
mod language;
pub(crate) mod row;
mod stop_words;
mod synonyms;

pub use language::Language;
pub(crate) use synonyms::{Excess, Synonyms};
