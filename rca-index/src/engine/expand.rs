//! Expansion: finds the words of an index that match a prefix or are similar to a typo, and answers the questions of a
//! plan.

use std::collections::BTreeMap;
use std::sync::Arc;

use tantivy::query::FuzzyTermQuery;
use tantivy::{SegmentReader, Term};

use crate::engine::cache::Expansion;
use crate::engine::keys;
use crate::engine::snapshot::{Snapshot, map_all};
use crate::error::Result;
use crate::plan::{Form, Pattern, Vocabulary, work};
use crate::ranking::{MAX_EXPANSIONS, MAX_SCANNED};
use crate::text::analyzer::STEM_MARK;

/// Words, with the number of incidents that contain each.
#[derive(Default)]
struct Frequencies(BTreeMap<String, u64>);

impl Frequencies {
    fn add(&mut self, term: &[u8], frequency: u32) {
        work::add(1);
        // The written form of a word is not a word of its own.
        if let Ok(term) = std::str::from_utf8(term)
            && !term.contains(STEM_MARK)
        {
            *self.0.entry(term.to_owned()).or_default() += u64::from(frequency);
        }
    }

    fn most_frequent(self, most: usize) -> Vec<String> {
        let mut found: Vec<(String, u64)> = self.0.into_iter().collect();
        found.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        found.truncate(most);
        found.into_iter().map(|(word, _)| word).collect()
    }
}

impl Snapshot<'_> {
    /// The words that match an open pattern, the most frequent first; looked up once in a search.
    pub(super) fn expand(&self, pattern: &Pattern) -> tantivy::Result<Arc<[String]>> {
        if let Some(known) = self.lookups.expansions().get(pattern) {
            return Ok(Arc::clone(known));
        }
        let left = self.lookups.left();
        // A prefix finds less where less may be visited.
        let is_free = left >= MAX_SCANNED;
        let known = self.cache().expansions().get(pattern);
        let words = match known.filter(|known| is_free && known.visited <= left) {
            Some(Expansion { words, visited }) => {
                self.lookups.visit(visited);
                words
            }
            None => {
                let words: Arc<[String]> = self.expand_anew(pattern)?.most_frequent(MAX_EXPANSIONS).into();
                let visited = left.saturating_sub(self.lookups.left());
                if is_free && visited < left {
                    let (expansion, size) = (Expansion { words: Arc::clone(&words), visited }, 1 + words.len());
                    self.cache().expansions().insert(pattern.clone(), expansion, size);
                }
                words
            }
        };
        self.lookups.expansions().insert(pattern.clone(), Arc::clone(&words));
        Ok(words)
    }

    fn expand_anew(&self, pattern: &Pattern) -> tantivy::Result<Frequencies> {
        match pattern {
            // Stems are expanded per segment, when they are looked up.
            Pattern::Word(_) | Pattern::Stem(_) => Ok(Frequencies::default()),
            Pattern::Prefix(prefix) => self.with_prefix(prefix),
            Pattern::Start(start) => self.with_start(start),
            Pattern::Typo { word, distance } => self.within(word, *distance),
        }
    }

    fn with_prefix(&self, prefix: &str) -> tantivy::Result<Frequencies> {
        let mut found = Frequencies::default();
        let left = self.lookups.left();
        // Where others have visited what a search may, a prefix is looked for as one that is still being typed.
        if left < MAX_SCANNED {
            return self.with_start(prefix);
        }
        self.add_with_prefix(prefix, left, &mut found)?;
        Ok(found)
    }

    /// The words with a prefix, in bounded time: of a short prefix, an equal number of words for each next letter.
    fn with_start(&self, start: &str) -> tantivy::Result<Frequencies> {
        /// From this length on, few words share a prefix.
        const LONG: usize = 3;
        let mut found = Frequencies::default();
        let streams = self.searcher.segment_readers().len().max(1) * self.engine.fields.searched().len();
        let most = (MAX_SCANNED / streams).max(1);
        if start.chars().count() >= LONG || !start.is_ascii() {
            self.add_with_prefix(start, most, &mut found)?;
            return Ok(found);
        }
        let letters = ('0'..='9').chain('a'..='z').chain(['-', '.', '_']);
        let prefixes: Vec<String> = letters.map(|letter| format!("{start}{letter}")).collect();
        for prefix in &prefixes {
            self.add_with_prefix(prefix, (most / prefixes.len()).max(1), &mut found)?;
        }
        Ok(found)
    }

    /// Adds words with a prefix: at most so many of each field of each segment.
    fn add_with_prefix(&self, prefix: &str, most: usize, found: &mut Frequencies) -> tantivy::Result<()> {
        for reader in self.searcher.segment_readers() {
            for field in self.engine.fields.searched() {
                let index = reader.inverted_index(field)?;
                let mut terms = index.terms().range().ge(prefix.as_bytes()).into_stream()?;
                let mut scanned = 0;
                while scanned < most && terms.advance() {
                    if !terms.key().starts_with(prefix.as_bytes()) {
                        break;
                    }
                    scanned += 1;
                    found.add(terms.key(), terms.value().doc_freq);
                }
                self.lookups.visit(scanned);
            }
        }
        Ok(())
    }

    /// Looks the words up in one dictionary after another, in their order, so that neighbors share what was read of it.
    fn word_frequencies(&self, words: &[&str]) -> tantivy::Result<Vec<u64>> {
        let mut order: Vec<usize> = (0..words.len()).collect();
        order.sort_unstable_by_key(|&at| words[at]);
        let mut frequencies = vec![0; words.len()];
        for reader in self.searcher.segment_readers() {
            // The text usually repeats the words of the title.
            let mut most = vec![0; words.len()];
            for field in self.engine.fields.searched() {
                let index = reader.inverted_index(field)?;
                for &at in &order {
                    work::add(1);
                    let info = index.terms().get(words[at])?;
                    most[at] = most[at].max(info.map_or(0, |info| info.doc_freq));
                }
            }
            frequencies.iter_mut().zip(most).for_each(|(frequency, most)| *frequency += u64::from(most));
        }
        Ok(frequencies)
    }

    fn has_word(&self, word: &str) -> tantivy::Result<bool> {
        if let Some(known) = self.cache().occurring().get(word) {
            return Ok(known);
        }
        let has = self.is_in_index(word)?;
        self.cache().occurring().insert(word.to_owned(), has, 1);
        Ok(has)
    }

    fn is_in_index(&self, word: &str) -> tantivy::Result<bool> {
        for reader in self.searcher.segment_readers() {
            for field in self.engine.fields.searched() {
                if reader.inverted_index(field)?.get_term_info(&Term::from_field_text(field, word))?.is_some() {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    fn within(&self, word: &str, distance: u8) -> tantivy::Result<Frequencies> {
        let mut found = Frequencies::default();
        for field in self.engine.fields.searched() {
            let automaton = FuzzyTermQuery::new(Term::from_field_text(field, word), distance, true).automaton()?;
            for reader in self.searcher.segment_readers() {
                let index = reader.inverted_index(field)?;
                let mut terms = index.terms().search(&automaton).into_stream()?;
                while terms.advance() {
                    found.add(terms.key(), terms.value().doc_freq);
                }
            }
        }
        Ok(found)
    }

    /// Opens the dictionaries of words. Each is verified as a whole when it is opened, so those of several segments are at once.
    fn open_dictionaries(&self) -> tantivy::Result<()> {
        if !self.cache().needs_dictionaries() {
            return Ok(());
        }
        let readers = self.searcher.segment_readers().iter().collect();
        map_all(readers, self.is_large(), |reader: &SegmentReader| {
            self.engine.fields.searched().into_iter().try_for_each(|field| reader.inverted_index(field).map(drop))
        })?;
        Ok(())
    }
}

impl Vocabulary for Snapshot<'_> {
    fn similar(&self, word: &str, distance: u8, most: usize) -> Result<Vec<String>> {
        let found = self.within(word, distance).map_err(|e| self.engine.error(e))?;
        Ok(found.most_frequent(most))
    }

    fn has(&self, word: &str) -> Result<bool> {
        self.open_dictionaries().map_err(|e| self.engine.error(e))?;
        self.has_word(word).map_err(|e| self.engine.error(e))
    }

    fn frequencies(&self, words: &[&str]) -> Result<Vec<u64>> {
        self.open_dictionaries().map_err(|e| self.engine.error(e))?;
        self.word_frequencies(words).map_err(|e| self.engine.error(e))
    }

    fn incidents_with(&self, forms: &[Form]) -> Result<u64> {
        self.open_dictionaries().map_err(|e| self.engine.error(e))?;
        self.incidents_with_any(forms).map_err(|e| self.engine.error(e))
    }

    fn has_incident(&self, id: &str) -> Result<bool> {
        self.has_term(&Term::from_field_text(self.engine.fields.key, id)).map_err(|e| self.engine.error(e))
    }

    fn has_key(&self, key: &str) -> Result<bool> {
        self.has_term(&keys::term(self.engine.fields.keys, key, None)).map_err(|e| self.engine.error(e))
    }

    fn ids_named(&self, name: &str) -> Result<Vec<String>> {
        Ok(match self.id_itself(name)? {
            Some(id) => vec![id],
            None => self.names()?.meant_by(name),
        })
    }

    fn has_value(&self, key: &str, value: &str) -> Result<bool> {
        self.has_term(&keys::term(self.engine.fields.keys, key, Some(value))).map_err(|e| self.engine.error(e))
    }
}
