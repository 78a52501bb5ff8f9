//! Fields of an archive's own: keys of front matter that the field table does not know.
//!
//! In: a key and its values as written. Out: plain data, and the folded forms by which a query finds them.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use crate::incident::beginning::beginning;

/// A key of front matter that the field table does not know, with its values as written. A key in a map follows the key
/// of the map after a point: `vendor.name`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnField {
    /// The key as written, or the name that the settings give it.
    pub key: String,
    /// The value.
    pub value: OwnValue,
    /// The line that states it, counted from 1; none where no line does.
    pub line: Option<u32>,
}

/// The value of an [`OwnField`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum OwnValue {
    /// One value.
    One(String),
    /// The items of a list.
    List(Vec<String>),
}

impl OwnValue {
    /// The values as written.
    ///
    /// # Examples
    /// ```
    /// use rca_index::OwnValue;
    ///
    /// assert_eq!(OwnValue::One("payments".into()).texts(), ["payments"]);
    /// assert_eq!(OwnValue::List(vec!["a".into(), "b".into()]).texts(), ["a", "b"]);
    /// ```
    pub fn texts(&self) -> &[String] {
        match self {
            Self::One(text) => std::slice::from_ref(text),
            Self::List(texts) => texts,
        }
    }
}

/// The longest form of a key or of a value by which it is found, in bytes; what is longer is cut, in queries too.
const LONGEST: usize = 256;

impl OwnField {
    /// The name of a key in queries and counts: lower case letters and digits, and `_` for everything between them, so that
    /// `Review Date`, `review-date` and `review_date` are one key. Empty if there is no letter or digit.
    ///
    /// # Examples
    /// ```
    /// use rca_index::OwnField;
    ///
    /// assert_eq!(OwnField::name("Review Date"), OwnField::name("review-date"));
    /// assert_eq!(OwnField::name("Review Date"), "review_date");
    /// ```
    pub fn name(key: &str) -> String {
        let mut name = String::with_capacity(key.len().min(LONGEST));
        for c in key.chars().take(LONGEST).nfkc().flat_map(char::to_lowercase) {
            match c {
                c if c.is_alphanumeric() => name.push(c),
                '.' => {
                    name.truncate(name.trim_end_matches(['_', '.']).len());
                    name.push('.');
                }
                _ if name.is_empty() || name.ends_with(['_', '.']) => {}
                _ => name.push('_'),
            }
        }
        name.truncate(beginning(&name, LONGEST).len());
        let bare = name.trim_matches(['_', '.']);
        if bare.len() < name.len() { bare.to_owned() } else { name }
    }

    /// A value as it is filtered by and counted: lower case, one width of letters, one space between words. Empty if the
    /// text is not a value.
    ///
    /// # Examples
    /// ```
    /// use rca_index::OwnField;
    ///
    /// assert_eq!(OwnField::folded("  Order   Processing"), "order processing");
    /// ```
    pub fn folded(value: &str) -> String {
        let mut folded = String::with_capacity(value.len().min(LONGEST));
        // Folding makes no text much shorter.
        for c in value.chars().take(4 * LONGEST).nfkc().flat_map(char::to_lowercase) {
            if !c.is_whitespace() && !c.is_control() {
                folded.push(c);
            } else if !folded.is_empty() && !folded.ends_with(' ') {
                folded.push(' ');
            }
        }
        folded.truncate(beginning(&folded, LONGEST).len());
        folded.truncate(folded.trim_end().len());
        folded
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings_of_a_key_have_one_name() {
        for (key, name) in [
            ("Review Date", "review_date"),
            ("review-date", "review_date"),
            ("__review__date__", "review_date"),
            ("Cost (USD)", "cost_usd"),
            ("vendor.Name", "vendor.name"),
            ("vendor. name.", "vendor.name"),
            ("ＴＥＡＭ", "team"),
            ("担当チーム", "担当チーム"),
            ("a\0b\u{1b}c", "a_b_c"),
            ("?!", ""),
        ] {
            assert_eq!(OwnField::name(key), name, "{key}");
        }
        assert_eq!(OwnField::name(&"k".repeat(1_000_000)).len(), LONGEST);
    }

    #[test]
    fn values_are_folded() {
        assert_eq!(OwnField::folded("  Order\tProcessing\0"), "order processing");
        assert_eq!(OwnField::folded("ＡＢＣ　１２"), "abc 12");
        assert_eq!(OwnField::folded("\0 \n"), "");
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,300}") {
            let (name, value) = (OwnField::name(&text), OwnField::folded(&text));
            prop_assert_eq!(OwnField::name(&name), name);
            prop_assert_eq!(OwnField::folded(&value), value);
        }
    }
}
