//! Text: from characters to words.
//!
//! In: text, and the language it is written in. Out: lexemes, folded forms, stop words, synonyms. Knows no query and no
//! index.

pub(crate) mod analyzer;
pub(crate) mod class;
mod fold;
mod language;
mod stop_words;
mod synonyms;

pub use language::Language;
pub(crate) use synonyms::Synonyms;
