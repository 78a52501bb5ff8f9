//! The vocabulary: answers a plan's questions about the words of an index.

use crate::error::Result;
use crate::plan::Form;

/// The words of an index.
pub(crate) trait Vocabulary {
    /// Up to `most` words within `distance` edits of a folded word, the most frequent first.
    ///
    /// # Errors
    /// The index cannot be read.
    fn similar(&self, word: &str, distance: u8, most: usize) -> Result<Vec<String>>;

    /// The number of incidents with any of these forms.
    ///
    /// # Errors
    /// The index cannot be read.
    fn incidents_with(&self, forms: &[Form]) -> Result<u64>;
}

/// The vocabulary if there is no index. Every word is known, so none is corrected.
pub(crate) struct AnyVocabulary;

impl Vocabulary for AnyVocabulary {
    fn similar(&self, _: &str, _: u8, _: usize) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    fn incidents_with(&self, _: &[Form]) -> Result<u64> {
        Ok(1)
    }
}
