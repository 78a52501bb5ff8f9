//! Stems that were made before. Reports repeat their words, and to look a stem up takes a fraction of making it.

use frostem::Stemmer;
use xxhash_rust::xxh3::xxh3_64;

/// How many stems are kept; a new one takes the place of the one that was where it belongs.
const SLOTS: usize = 4096;
/// Longer words are rare enough to be stemmed each time.
const MAX_BYTES: usize = 23;

/// A table of words and their stems, of a fixed size.
#[derive(Clone, Default)]
pub(crate) struct Stems {
    slots: Vec<Slot>,
    /// The stem made last.
    made: String,
}

#[derive(Clone, Copy, Default)]
struct Slot {
    word: Text,
    stem: Text,
}

/// A short text in place.
#[derive(Clone, Copy, Default)]
struct Text {
    length: u8,
    bytes: [u8; MAX_BYTES],
}

impl Text {
    fn new(text: &str) -> Option<Self> {
        let mut bytes = [0; MAX_BYTES];
        bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        Some(Self { length: text.len() as u8, bytes })
    }

    fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }
}

impl Stems {
    /// The stem of a word.
    pub(crate) fn stem(&mut self, stemmer: Stemmer, word: &str) -> &str {
        if self.slots.is_empty() {
            self.slots = vec![Slot::default(); SLOTS];
        }
        let slot = &mut self.slots[xxh3_64(word.as_bytes()) as usize % SLOTS];
        if slot.word.as_bytes() != word.as_bytes() {
            self.made.clear();
            self.made.push_str(&stemmer.stem(word));
            let (Some(word), Some(stem)) = (Text::new(word), Text::new(&self.made)) else { return &self.made };
            *slot = Slot { word, stem };
        }
        // It was copied from a text.
        std::str::from_utf8(slot.stem.as_bytes()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use frostem::Algorithm;

    #[test]
    fn a_stem_is_the_same_from_the_table() {
        let stemmer = Stemmer::new(Algorithm::English);
        let mut stems = Stems::default();
        let words: Vec<String> = (0..20_000).map(|i| format!("word{i}ing")).collect();
        let known = ["backlogs", "expired", "straße", "a", "antidisestablishmentarianisms", "connections"];
        for word in known.into_iter().chain(words.iter().map(String::as_str)).chain(known) {
            assert_eq!(stems.stem(stemmer, word), stemmer.stem(word), "{word}");
            assert_eq!(stems.stem(stemmer, word), stemmer.stem(word), "{word}");
        }
    }
}
