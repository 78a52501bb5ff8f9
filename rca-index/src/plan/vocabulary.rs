//! The vocabulary: answers a plan's questions about the words of an index.

use crate::error::Result;
use crate::plan::{Form, Pattern};

/// The words of an index.
pub(crate) trait Vocabulary {
    /// Up to `most` words within `distance` edits of a folded word, the most frequent first.
    ///
    /// # Errors
    /// The index cannot be read.
    fn similar(&self, word: &str, distance: u8, most: usize) -> Result<Vec<String>>;

    /// Whether a folded word is in the index.
    ///
    /// # Errors
    /// The index cannot be read.
    fn has(&self, word: &str) -> Result<bool>;

    /// The number of incidents with any of these forms.
    ///
    /// # Errors
    /// The index cannot be read.
    fn incidents_with(&self, forms: &[Form]) -> Result<u64>;

    /// About how many incidents have each of these folded words: those that were deleted since may count. Found faster than the
    /// number of [`Vocabulary::incidents_with`], for thousands of words.
    ///
    /// # Errors
    /// The index cannot be read.
    fn frequencies(&self, words: &[&str]) -> Result<Vec<u64>> {
        let form = |word: &str| Form { pattern: Pattern::Word(word.to_owned()), weight: 1.0 };
        words.iter().map(|word| self.incidents_with(&[form(word)])).collect()
    }

    /// Whether there is an incident with this id.
    ///
    /// # Errors
    /// The index cannot be read.
    fn has_incident(&self, _id: &str) -> Result<bool> {
        Ok(false)
    }

    /// Whether an incident has a key of front matter that the field table does not know.
    ///
    /// # Errors
    /// The index cannot be read.
    fn has_key(&self, _key: &str) -> Result<bool> {
        Ok(false)
    }

    /// The ids of the incidents that a name may mean, as [`Index::resolve`](crate::Index::resolve) finds them, else by a path
    /// as seen from elsewhere, else by words in a row of a file name; sorted.
    ///
    /// # Errors
    /// The index cannot be read.
    fn ids_named(&self, name: &str) -> Result<Vec<String>> {
        Ok(vec![name.to_owned()])
    }

    /// Whether an incident has this value, folded, under a key.
    ///
    /// # Errors
    /// The index cannot be read.
    fn has_value(&self, _key: &str, _value: &str) -> Result<bool> {
        Ok(false)
    }
}

/// The vocabulary if there is no index. Every typed word occurs, so none is corrected; no other word is known.
pub(crate) struct AnyVocabulary;

impl Vocabulary for AnyVocabulary {
    fn similar(&self, _: &str, _: u8, _: usize) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    fn has(&self, _: &str) -> Result<bool> {
        Ok(false)
    }

    fn incidents_with(&self, _: &[Form]) -> Result<u64> {
        Ok(1)
    }
}
