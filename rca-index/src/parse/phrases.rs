//! Phrases: which of many known words and phrases stand in a text, by the word that each of them begins with.
//!
//! In: phrases and what they mean. Out: a table that costs one look-up for each word of a text, and nearly nothing to build.

use std::borrow::Cow;
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
    entries: Vec<Entry<V>>,
    /// For each byte that a first word begins with, a bit for each length of such words: most words of a text are none.
    lengths: [u64; 256],
    /// By the hash of a first word: the number of the longest phrase with this word, counted from 1; 0 where there is none.
    slots: Vec<usize>,
}

struct Entry<V> {
    phrase: (&'static str, V),
    /// Bytes of its first word.
    first: usize,
    /// The next phrase with the same first word, which is no longer; 0 behind the last.
    next: usize,
}

impl<V> Phrases<V> {
    /// Phrases begin with a letter or digit.
    pub(crate) fn new(phrases: impl IntoIterator<Item = (&'static str, V)>) -> Self {
        Self::merged(phrases, |_, _| false)
    }

    /// The same, where `merge` takes the second meaning of a phrase into the first, or says that both count.
    pub(crate) fn merged(
        phrases: impl IntoIterator<Item = (&'static str, V)>,
        merge: impl Fn(&mut V, &V) -> bool,
    ) -> Self {
        let phrases: Vec<_> = phrases.into_iter().collect();
        let slots = vec![0; (2 * phrases.len()).next_power_of_two()];
        let mut known = Self { entries: Vec::with_capacity(phrases.len()), lengths: [0; 256], slots };
        phrases.into_iter().for_each(|phrase| known.add(phrase, &merge));
        known
    }

    fn add(&mut self, phrase: (&'static str, V), merge: impl Fn(&mut V, &V) -> bool) {
        let Some(first) = words(phrase.0).next().map(|word| word.end) else { return };
        let word = &phrase.0.as_bytes()[..first];
        self.lengths[usize::from(word[0])] |= length_bit(word);
        let slot = self.slot(word);
        let (mut before, mut next) = (None, self.slots[slot]);
        while let Some(known) = next.checked_sub(1).map(|at| &mut self.entries[at].phrase) {
            if known.0.len() < phrase.0.len() {
                break;
            }
            if known.0 == phrase.0 && merge(&mut known.1, &phrase.1) {
                return;
            }
            before = Some(next - 1);
            next = self.entries[next - 1].next;
        }
        self.entries.push(Entry { phrase, first, next });
        let number = self.entries.len();
        *before.map_or(&mut self.slots[slot], |before| &mut self.entries[before].next) = number;
    }

    /// Where the phrases with this first word are, or would be.
    fn slot(&self, word: &[u8]) -> usize {
        let mut hasher = WordHasher::default();
        hasher.write(word);
        let mut slot = hasher.finish() as usize;
        loop {
            slot &= self.slots.len() - 1;
            let entry = self.slots[slot].checked_sub(1).map(|at| &self.entries[at]);
            if entry.is_none_or(|entry| entry.phrase.0.as_bytes()[..entry.first] == *word) {
                return slot;
            }
            slot += 1;
        }
    }

    /// The phrases with this first word, the longest first.
    fn beginning_with(&self, word: &str) -> impl Iterator<Item = &(&'static str, V)> {
        let word = word.as_bytes();
        let known = word.first().is_some_and(|&first| self.lengths[usize::from(first)] & length_bit(word) != 0);
        let mut next = if known { self.slots[self.slot(word)] } else { 0 };
        std::iter::from_fn(move || {
            let entry = self.entries.get(next.checked_sub(1)?)?;
            next = entry.next;
            Some(&entry.phrase)
        })
    }

    /// Each place of a text where phrases may begin, and these, the longest first. The text is in lower case.
    pub(crate) fn places<'t>(
        &'t self,
        text: &'t str,
    ) -> impl Iterator<Item = (usize, impl Iterator<Item = &'t (&'static str, V)>)> {
        words(text).map(move |word| {
            let start = word.start;
            (start, self.beginning_with(&text[word]).filter(move |(phrase, _)| text[start..].starts_with(phrase)))
        })
    }
}

/// The bit of a word's length; long words share one.
fn length_bit(word: &[u8]) -> u64 {
    1 << word.len().min(63)
}

/// The words of a text. Chinese, Japanese and Korean have no spaces between words: each character stands for itself.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at;
            let byte = *text.as_bytes().get(at)?;
            at += if byte.is_ascii() { 1 } else { text[at..].chars().next()?.len_utf8() };
            if IN_WORDS[usize::from(byte)] || !byte.is_ascii() && text[start..].starts_with(joins) {
                at = end_of_word(text, at);
                return Some(start..at);
            }
            if !byte.is_ascii() {
                return Some(start..at);
            }
        }
    })
}

/// Where the word ends that a text is in at a byte.
fn end_of_word(text: &str, mut at: usize) -> usize {
    loop {
        at += text.as_bytes()[at..].iter().take_while(|&&byte| IN_WORDS[usize::from(byte)]).count();
        match text.as_bytes().get(at) {
            Some(byte) if !byte.is_ascii() => match text[at..].chars().next().filter(|&c| joins(c)) {
                Some(c) => at += c.len_utf8(),
                None => return at,
            },
            _ => return at,
        }
    }
}

/// For each byte whether it is a letter, digit or underscore of ASCII.
static IN_WORDS: [bool; 256] = {
    let mut bytes = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        bytes[byte] = (byte as u8).is_ascii_alphanumeric() || byte as u8 == b'_';
        byte += 1;
    }
    bytes
};

/// Letters and digits that run on in one word.
pub(crate) fn joins(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || !c.is_ascii() && c.is_alphanumeric() && !is_ideographic(c)
}

/// Letters of Chinese, Japanese and Korean, whose words are not parted by spaces or carry endings.
fn is_ideographic(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}')
}

/// Texts of three bytes or more, in lower case, that may stand anywhere in another text, within its words too, in any case.
/// Nearly nothing to build.
pub(crate) struct Anywhere {
    /// A bit for each three bytes that one begins with: most other texts differ in these.
    starts: [u32; 1024],
    /// The texts and their numbers, by their first byte.
    texts: ByByte<(usize, &'static [u8])>,
}

impl FromIterator<&'static str> for Anywhere {
    fn from_iter<I: IntoIterator<Item = &'static str>>(texts: I) -> Self {
        let mut starts = [0; 1024];
        let texts = texts.into_iter().map(str::as_bytes).enumerate();
        let by_byte = texts.filter_map(|(number, text)| {
            let (word, bit) = Self::place(*text.first_chunk()?);
            starts[word] |= bit;
            Some((text[0], (number, text)))
        });
        let texts = by_byte.collect();
        Self { starts, texts }
    }
}

impl Anywhere {
    /// Where the bit of three bytes is. Of each byte five bits count: those that a letter has in any case.
    fn place(start: [u8; 3]) -> (usize, u32) {
        let [first, second, third] = start.map(|byte| byte & 31);
        (usize::from(first) << 5 | usize::from(second), 1 << third)
    }

    /// Each of the texts that stands in a text, by its number, and where it ends; from left to right.
    pub(crate) fn places(&self, text: &str) -> impl Iterator<Item = (usize, usize)> {
        let bytes = text.as_bytes();
        let may_begin = |start: &[u8]| {
            let (word, bit) = Self::place([start[0], start[1], start[2]]);
            self.starts[word] & bit != 0
        };
        let starts = bytes.windows(3).enumerate().filter(move |(_, start)| may_begin(start));
        starts.flat_map(move |(at, start)| {
            let known = self.texts.of(start[0].to_ascii_lowercase()).iter();
            known.filter_map(move |&(number, known)| {
                let end = at + known.len();
                bytes.get(at..end)?.eq_ignore_ascii_case(known).then_some((number, end))
            })
        })
    }
}

/// Bytes that stand in a text, or that words begin with, to rule out most words before they are compared.
pub(crate) struct Bytes([bool; 256]);

impl FromIterator<u8> for Bytes {
    fn from_iter<I: IntoIterator<Item = u8>>(bytes: I) -> Self {
        let mut found = [false; 256];
        bytes.into_iter().for_each(|b| found[usize::from(b)] = true);
        Self(found)
    }
}

/// The first two letters of words, in any case: most other words differ in these.
pub(crate) struct FirstLetters([u32; 26]);

impl<'w> FromIterator<&'w str> for FirstLetters {
    /// Words that begin with no ASCII letter are left out.
    fn from_iter<I: IntoIterator<Item = &'w str>>(words: I) -> Self {
        // For each first letter, one bit for each second one; the last is for any other byte.
        let mut pairs = [0; 26];
        for word in words.into_iter().map(str::as_bytes).filter(|word| word[0].is_ascii_alphabetic()) {
            pairs[letter(word[0])] |= 1 << word.get(1).map_or(26, |&second| letter(second));
        }
        Self(pairs)
    }
}

impl FirstLetters {
    /// Whether a text begins with an ASCII letter and may begin with one of the words, with something behind.
    pub(crate) fn may_begin(&self, text: impl AsRef<[u8]>) -> bool {
        matches!(text.as_ref(), [first, second, ..]
            if first.is_ascii_alphabetic() && self.0[letter(*first)] & 1 << letter(*second) != 0)
    }
}

/// The number of a letter in any case, 26 for other bytes.
fn letter(b: u8) -> usize {
    if b.is_ascii_alphabetic() { usize::from(b.to_ascii_lowercase() - b'a') } else { 26 }
}

/// Things by a byte, such as the one that a word begins with: those of each byte in the order in which they came.
pub(crate) struct ByByte<V>(Vec<Vec<V>>);

impl<V> FromIterator<(u8, V)> for ByByte<V> {
    fn from_iter<I: IntoIterator<Item = (u8, V)>>(things: I) -> Self {
        let mut found: Vec<Vec<V>> = (0..256).map(|_| Vec::new()).collect();
        things.into_iter().for_each(|(byte, thing)| found[usize::from(byte)].push(thing));
        Self(found)
    }
}

impl<V> ByByte<V> {
    pub(crate) fn of(&self, byte: u8) -> &[V] {
        &self.0[usize::from(byte)]
    }
}

impl Bytes {
    pub(crate) fn of(text: &str) -> Self {
        text.bytes().collect()
    }

    /// Whether a word may be there, by its first byte.
    pub(crate) fn may_hold(&self, word: &str) -> bool {
        word.bytes().next().is_none_or(|b| self.0[usize::from(b)])
    }
}

/// Whether one of these words stands anywhere in a text: cheaper than a search for each, which most texts are too short for.
pub(crate) fn has_any(text: &str, words: &[&str]) -> bool {
    let bytes = Bytes::of(text);
    words.iter().any(|word| bytes.may_hold(word) && has(text, word))
}

/// A text in lower case. Most words are so already.
pub(crate) fn lower(text: &str) -> Cow<'_, str> {
    let is_lower = text.bytes().fold(true, |lower, byte| lower & byte.is_ascii() & !byte.is_ascii_uppercase());
    if is_lower { Cow::Borrowed(text) } else { Cow::Owned(text.to_lowercase()) }
}

/// Whether a text has a digit. No step depends on the one before, so that the compiler looks at many bytes at once.
pub(crate) fn has_digit(text: impl AsRef<[u8]>) -> bool {
    text.as_ref().iter().fold(false, |found, byte| found | byte.is_ascii_digit())
}

/// The first digit of a text that does not stand before a byte.
pub(crate) fn next_digit(text: &str, from: usize) -> Option<usize> {
    next_byte(text, from, |byte| byte.is_ascii_digit())
}

/// The same for any kind of bytes. No step within a run depends on the one before.
pub(crate) fn next_byte(text: &str, from: usize, is_wanted: impl Fn(u8) -> bool) -> Option<usize> {
    let rest = text.as_bytes().get(from..)?;
    let (runs, _) = rest.as_chunks::<32>();
    let has_none = |run: &&[u8; 32]| !run.iter().fold(false, |found, &byte| found | is_wanted(byte));
    let skipped = 32 * runs.iter().take_while(has_none).count();
    rest[skipped..].iter().position(|&byte| is_wanted(byte)).map(|at| from + skipped + at)
}

/// Whether a short word of lower case letters, or of signs, stands anywhere in a text, in any case. Many bytes are looked
/// at at once; a sign may be taken for another one.
pub(crate) fn may_have<const N: usize>(text: &str, word: &[u8; N]) -> bool {
    let found = text.as_bytes().windows(N).fold(0, |found, at| {
        found | at.iter().zip(word).fold(1, |same, (byte, letter)| same & u8::from(byte | 0x20 == *letter))
    });
    found > 0
}

/// Whether a short word stands anywhere in a text.
pub(crate) fn has(text: &str, word: &str) -> bool {
    find(text, word).is_some()
}

/// Where a word stands in a short text, in which the searcher of the standard library would cost more to build than to use.
pub(crate) fn find(text: &str, word: &str) -> Option<usize> {
    let (text, word) = (text.as_bytes(), word.as_bytes());
    let Some(&first) = word.first() else { return Some(0) };
    let last = text.len().checked_sub(word.len())?;
    (0..=last).find(|&at| text[at] == first && text[at..].starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn phrases_at_their_places() {
        let phrases = Phrases::new([("back", 1), ("back to normal", 2), ("復旧", 3), ("復旧完了", 4), ("5 whys", 5)]);
        let found = |text: &str| -> Vec<(usize, Vec<i32>)> {
            let places = phrases.places(text).map(|(at, found)| (at, found.map(|&(_, n)| n).collect::<Vec<_>>()));
            places.filter(|(_, found)| !found.is_empty()).collect()
        };
        assert_eq!(found("all back to normal"), [(4, vec![2, 1])]);
        assert_eq!(found("の復旧完了, 5 whys"), [(3, vec![4, 3]), (17, vec![5])]);
        assert!(found("backup, rollback, back_to, 15 whys").is_empty());
        assert_eq!(found("back-up back"), [(0, vec![1]), (8, vec![1])]);
        assert_eq!(found("the back_up naïveback, back"), [(24, vec![1])]);
    }

    #[test]
    fn a_phrase_that_is_listed_twice() {
        let all = |phrases: &Phrases<u8>| -> Vec<u8> {
            phrases.places("is up").flat_map(|(_, found)| found.map(|&(_, n)| n)).collect()
        };
        let listed = [("is", 1), ("is up", 2), ("is", 4), ("is up", 8)];
        assert_eq!(all(&Phrases::new(listed)), [2, 8, 1, 4]);
        let merged = Phrases::merged(listed, |known, more| {
            *known |= more;
            true
        });
        assert_eq!(all(&merged), [10, 5]);
        assert!(all(&Phrases::new([])).is_empty());
    }

    proptest! {
        #[test]
        fn a_word_is_found_where_it_stands(text in "[abé ]{0,12}", word in "[abé]{0,3}") {
            prop_assert_eq!((has(&text, &word), find(&text, &word)), (text.contains(&word), text.find(&word)));
            prop_assert_eq!(has_any(&text, &[&word]), text.contains(&word));
            let digit = text.replace('b', "1");
            let digits = format!("{}{digit}", "ab".repeat(20));
            prop_assert_eq!((has_digit(&digits), next_digit(&digits, 3)), (digit.contains('1'), digits.find('1')));
            prop_assert_eq!(may_have(&text, b"ab"), text.contains("ab"));
            let known = ["baa", " ab", "éa", "ab b", "abé", "é é"];
            let places: Vec<_> = known.into_iter().collect::<Anywhere>().places(&text.to_ascii_uppercase()).collect();
            for at in 0..=text.len() {
                for (number, known) in known.into_iter().enumerate() {
                    let stands = text.as_bytes()[at..].starts_with(known.as_bytes());
                    prop_assert_eq!(stands, places.contains(&(number, at + known.len())), "{}", text);
                }
            }
            prop_assert_eq!(may_have(&text.to_uppercase(), b"ba"), text.contains("ba"));
        }
    }
}
