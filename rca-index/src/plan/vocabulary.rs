//! The vocabulary: what a plan asks an index about words.

use crate::error::Result;
use crate::plan::Form;

/// The words of an index.
pub(crate) trait Vocabulary {
    /// The words at most `distance` edits away from a folded word, at most `most` of them, the most frequent first.
    ///
    /// # Errors
    /// The index cannot be read.
    fn similar(&self, word: &str, distance: u8, most: usize) -> Result<Vec<String>>;

    /// The number of incidents that have any of these forms.
    ///
    /// # Errors
    /// The index cannot be read.
    fn incidents_with(&self, forms: &[Form]) -> Result<u64>;
}

/// The vocabulary where there is no index: it has every word, so that none is taken for a misspelling.
pub(crate) struct AnyVocabulary;

impl Vocabulary for AnyVocabulary {
    fn similar(&self, _: &str, _: u8, _: usize) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    fn incidents_with(&self, _: &[Form]) -> Result<u64> {
        Ok(1)
    }
}
