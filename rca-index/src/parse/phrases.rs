//! Phrases: which of many known words and phrases stand in a text, by the word that each of them begins with.
//!
//! In: phrases and what they mean. Out: a table that costs one look-up for each word of a text, and nearly nothing to build.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;

/// A map whose keys are words that are known at build time. What strangers write is only looked up, never inserted, so
/// that the hash need not be a keyed one.
pub(crate) type WordMap<K, V> = HashMap<K, V, BuildHasherDefault<WordHasher>>;

/// The same without meanings.
pub(crate) type WordSet<K> = HashSet<K, BuildHasherDefault<WordHasher>>;

/// FNV-1a: cheap for short words.
#[derive(Debug)]
pub(crate) struct WordHasher(u64);

impl Default for WordHasher {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for WordHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, &b| (hash ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Known phrases and what each means.
pub(crate) struct Phrases<V> {
    /// By the first word of each; the longest phrases first.
    by_first: WordMap<&'static str, Vec<(&'static str, V)>>,
}

impl<V> Phrases<V> {
    /// Phrases begin with a letter or digit.
    pub(crate) fn new(phrases: impl IntoIterator<Item = (&'static str, V)>) -> Self {
        let mut by_first: WordMap<&str, Vec<(&str, V)>> = WordMap::default();
        for (phrase, meaning) in phrases {
            if let Some(first) = words(phrase).next() {
                by_first.entry(&phrase[first]).or_default().push((phrase, meaning));
            }
        }
        by_first.values_mut().for_each(|phrases| phrases.sort_by_key(|(phrase, _)| std::cmp::Reverse(phrase.len())));
        Self { by_first }
    }

    /// Each place of a text where phrases begin, and these, the longest first. The text is in lower case.
    pub(crate) fn places<'t>(
        &'t self,
        text: &'t str,
    ) -> impl Iterator<Item = (usize, impl Iterator<Item = &'t (&'static str, V)>)> {
        words(text).filter_map(move |word| {
            let start = word.start;
            let phrases = self.by_first.get(&text[word])?;
            Some((start, phrases.iter().filter(move |(phrase, _)| text[start..].starts_with(phrase))))
        })
    }
}

/// The words of a text. Chinese, Japanese and Korean have no spaces between words: each character stands for itself.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at;
            let c = text[at..].chars().next()?;
            at += c.len_utf8();
            if joins(c) {
                at = text[at..].find(|c| !joins(c)).map_or(text.len(), |end| at + end);
                return Some(start..at);
            }
            if !c.is_ascii() {
                return Some(start..at);
            }
        }
    })
}

/// Letters and digits that run on in one word.
pub(crate) fn joins(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || !c.is_ascii() && c.is_alphanumeric() && !is_ideographic(c)
}

/// Letters of Chinese, Japanese and Korean, whose words are not parted by spaces or carry endings.
fn is_ideographic(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}')
}

/// The bytes that a text is made of, to rule out most words before they are searched for.
pub(crate) struct Bytes([bool; 256]);

impl Bytes {
    pub(crate) fn of(text: &str) -> Self {
        let mut found = [false; 256];
        text.bytes().for_each(|b| found[usize::from(b)] = true);
        Self(found)
    }

    /// Whether a word may stand in the text, by its first byte.
    pub(crate) fn may_hold(&self, word: &str) -> bool {
        word.bytes().next().is_none_or(|b| self.0[usize::from(b)])
    }
}

/// Whether one of these words stands anywhere in a text: cheaper than a search for each, which most texts are too short for.
pub(crate) fn has_any(text: &str, words: &[&str]) -> bool {
    let bytes = Bytes::of(text);
    words.iter().any(|word| bytes.may_hold(word) && has(text, word))
}

/// Whether a short word stands anywhere in a text.
pub(crate) fn has(text: &str, word: &str) -> bool {
    let (text, word) = (text.as_bytes(), word.as_bytes());
    let (Some(&first), Some(last)) = (word.first(), text.len().checked_sub(word.len())) else { return word.is_empty() };
    (0..=last).any(|at| text[at] == first && text[at..].starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn phrases_at_their_places() {
        let phrases = Phrases::new([("back", 1), ("back to normal", 2), ("復旧", 3), ("復旧完了", 4), ("5 whys", 5)]);
        let found = |text: &str| -> Vec<(usize, Vec<i32>)> {
            phrases.places(text).map(|(at, found)| (at, found.map(|&(_, n)| n).collect())).collect()
        };
        assert_eq!(found("all back to normal"), [(4, vec![2, 1])]);
        assert_eq!(found("の復旧完了, 5 whys"), [(3, vec![4, 3]), (17, vec![5])]);
        assert!(found("backup, rollback, back_to, 15 whys").is_empty());
        assert_eq!(found("back-up back"), [(0, vec![1]), (8, vec![1])]);
    }

    proptest! {
        #[test]
        fn a_word_is_found_where_it_stands(text in "[abé ]{0,12}", word in "[abé]{0,3}") {
            prop_assert_eq!(has(&text, &word), text.contains(&word));
            prop_assert_eq!(has_any(&text, &[&word]), text.contains(&word));
        }
    }
}
