//! Folding: removes differences in case, accents and apostrophes.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// A word in lower case with its accents. Only characters that never count are dropped, such as soft hyphens.
pub(crate) fn as_written(word: &str) -> String {
    word.chars().filter(|c| !matches!(c, '\'' | '\u{2019}' | '\u{ad}')).nfc().flat_map(char::to_lowercase).collect()
}

/// A text in lower case, without accents and apostrophes.
pub(crate) fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(text, &mut folded);
    folded
}

/// Appends a text in lower case, without accents and apostrophes.
pub(crate) fn fold_into(text: &str, buffer: &mut String) {
    for c in text.chars() {
        match c {
            '\'' | '\u{2019}' | '\u{ad}' => {}
            'ß' | 'ẞ' => buffer.push_str("ss"),
            '\0'..='\x7f' => buffer.push(c.to_ascii_lowercase()),
            _ => decompose_compatible(c, |d| {
                if !is_combining_mark(d) {
                    buffer.extend(d.to_lowercase());
                }
            }),
        }
    }
}
