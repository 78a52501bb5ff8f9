//! Expand: what else counts as a word, by what the index has: synonyms, corrections, the words that a pattern stands for.

use std::collections::BTreeMap;
use std::sync::Arc;

use tantivy::Term;
use tantivy::query::FuzzyTermQuery;

use crate::engine::compile::{Compiler, Correction};
use crate::engine::lookup::KnownWord;
use crate::plan::words::{chunks, in_a_row};
use crate::plan::{Alternative, Form, Slot, Word};
use crate::ranking::{FUZZY_WEIGHT, MAX_CORRECTED, MAX_CORRECTIONS, MAX_EXPANSIONS, PREFIX_WEIGHT, SYNONYM_WEIGHT};
use crate::text::analyzer::{Analyzer, STEM_MARK};

/// The words of an index that are like another, with the number of times they occur.
type Similar = BTreeMap<String, u64>;

impl Compiler<'_> {
    /// Adds what means the same. Words that mean something else together, such as `load balancer`, each count as found
    /// where that stands.
    pub(crate) fn add_synonyms(&self, words: &mut [Word]) {
        let typed: Vec<String> = words.iter().map(|word| word.text.clone()).collect();
        let typed: Vec<&str> = typed.iter().map(String::as_str).collect();
        for run in self.synonyms.of(&typed) {
            let others: Vec<Alternative> = run.others.iter().filter_map(|other| self.synonym(other)).collect();
            let is_stop_word = |at: usize| self.analyzer.language().is_stop_word(typed[at]);
            let telling = run.words.clone().any(|at| !is_stop_word(at));
            for at in run.words.filter(|&at| !telling || !is_stop_word(at)) {
                words[at].alternatives.extend(others.iter().cloned());
            }
        }
    }

    fn synonym(&self, words: &[String]) -> Option<Alternative> {
        let slots = in_a_row(chunks(self.analyzer, &words.join(" "), true));
        (!slots.is_empty()).then_some(Alternative { slots, slop: 0, weight: SYNONYM_WEIGHT })
    }

    /// Looks words up. Those that the index does not have get those that they may be misspellings of, and it is said which.
    pub(crate) fn look_up_or_correct(
        &self,
        words: Vec<Word>,
    ) -> tantivy::Result<(Vec<Arc<KnownWord>>, Vec<Correction>)> {
        let mut corrections = Vec::new();
        let mut looked = 0;
        let mut look_up = |word: Word| {
            let known = self.look_up(word)?;
            // A pasted page is not typed, and looking for what is like a word takes a millisecond.
            if known.is_known() || !is_correctable(&known.word.text) || looked == MAX_CORRECTED {
                return Ok(known);
            }
            looked += 1;
            let typed = known.word.text.clone();
            let Some(alternative) = self.correction(&typed)? else { return Ok(known) };
            let meant = alternative.slots[0].forms.iter().map(|form| form.text.clone()).collect();
            corrections.push(Correction { typed, meant });
            let mut word = known.word.clone();
            word.alternatives.push(alternative);
            self.look_up(word)
        };
        let known = words.into_iter().map(&mut look_up).collect::<tantivy::Result<_>>()?;
        Ok((known, corrections))
    }

    /// The words of the index that a word may be a misspelling of.
    fn correction(&self, word: &str) -> tantivy::Result<Option<Alternative>> {
        // Of a short word, two edits leave nothing.
        let most = if word.len() < 9 { 1 } else { 2 };
        for distance in 1..=most {
            let forms = most_frequent(self.similar(word, distance)?, MAX_CORRECTIONS, |_| 1.0);
            if !forms.is_empty() {
                let slots = vec![Slot { offset: 0, forms }];
                let weight = FUZZY_WEIGHT.powi(i32::from(distance));
                return Ok(Some(Alternative { slots, slop: 0, weight }));
            }
        }
        Ok(None)
    }

    /// The words of the index that begin so.
    pub(crate) fn expand_prefix(&self, start: &str) -> tantivy::Result<Vec<Form>> {
        let start = fold(self.analyzer, start);
        let mut found = Similar::new();
        for reader in self.searcher.segment_readers() {
            for field in [self.fields.text, self.fields.title] {
                let index = reader.inverted_index(field)?;
                let mut terms = index.terms().range().ge(start.as_bytes()).into_stream()?;
                while terms.advance() {
                    let Ok(term) = std::str::from_utf8(terms.key()) else { continue };
                    if !term.starts_with(&start) {
                        break;
                    }
                    if !term.contains(STEM_MARK) {
                        *found.entry(term.to_owned()).or_default() += u64::from(terms.value().doc_freq);
                    }
                }
            }
        }
        Ok(most_frequent(found, MAX_EXPANSIONS, |word| if word == start { 1.0 } else { PREFIX_WEIGHT }))
    }

    /// The words of the index that are at most `distance` edits away.
    pub(crate) fn expand_fuzzy(&self, word: &str, distance: u8) -> tantivy::Result<Vec<Form>> {
        let word = fold(self.analyzer, word);
        let found = self.similar(&word, distance)?;
        let edits = |found: &str| i32::try_from(strsim::damerau_levenshtein(&word, found)).unwrap_or(i32::MAX);
        Ok(most_frequent(found, MAX_EXPANSIONS, |found| FUZZY_WEIGHT.powi(edits(found))))
    }

    fn similar(&self, word: &str, distance: u8) -> tantivy::Result<Similar> {
        let mut found = Similar::new();
        for field in [self.fields.text, self.fields.title] {
            let automaton = FuzzyTermQuery::new(Term::from_field_text(field, word), distance, true).automaton()?;
            for reader in self.searcher.segment_readers() {
                let index = reader.inverted_index(field)?;
                let mut terms = index.terms().search(&automaton).into_stream()?;
                while terms.advance() {
                    let Ok(term) = std::str::from_utf8(terms.key()) else { continue };
                    if !term.contains(STEM_MARK) {
                        *found.entry(term.to_owned()).or_default() += u64::from(terms.value().doc_freq);
                    }
                }
            }
        }
        Ok(found)
    }
}

/// Whether a word may be a misspelling: identifiers and figures are what they are.
fn is_correctable(word: &str) -> bool {
    word.len() >= 4 && word.bytes().all(|b| b.is_ascii_lowercase())
}

fn most_frequent(found: Similar, most: usize, weight: impl Fn(&str) -> f32) -> Vec<Form> {
    let mut found: Vec<(String, u64)> = found.into_iter().collect();
    found.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    found.truncate(most);
    found.into_iter().map(|(text, _)| Form { weight: weight(&text), text }).collect()
}

fn fold(analyzer: &Analyzer, word: &str) -> String {
    analyzer.lexemes(word).next().map(|lexeme| lexeme.text.to_owned()).unwrap_or_default()
}
