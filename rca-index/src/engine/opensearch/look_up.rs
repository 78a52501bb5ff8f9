//! Lookup: from the words of a plan to words with their numbers in a cluster, all asked for in one request.
//!
//! In: a plan. Out: its words, with open patterns replaced by words of the archive, and how rare each is.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::engine::found_word::Frequencies;
use crate::engine::lookup::{KnownWords, shared_expansions};
use crate::engine::opensearch::compile::terms_of;
use crate::engine::opensearch::counts::Counter as _;
use crate::engine::opensearch::snapshot::Snapshot;
use crate::engine::opensearch::vocabulary::in_text_and_title;
use crate::error::Result;
use crate::plan::{Alternative, Pattern, Plan, Slot, Word, with_expansions};

impl Snapshot<'_> {
    /// Looks up the words of a plan in title and text.
    pub(super) fn known_words(&self, plan: &Plan) -> Result<KnownWords> {
        let forms = plan.words.iter().flat_map(|word| word.forms());
        let open: HashSet<&Pattern> = forms.map(|form| &form.pattern).filter(|pattern| pattern.is_open()).collect();
        let counts = open.into_iter().map(|pattern| Ok(self.expand(pattern)?.len()));
        let (most, expansions) = shared_expansions(counts.collect::<Result<_>>()?);
        let words: Vec<Arc<Word>> = plan.words.iter().map(|word| self.expanded(word, most)).collect::<Result<_>>()?;

        // What each slot asks for; slots of several words ask for the same.
        let mut asked: Vec<Vec<String>> = Vec::new();
        let mut places: HashMap<Vec<String>, usize> = HashMap::new();
        let mut place = |slot: &Slot| {
            let found = terms_of(&slot.forms, self.view().analyzer());
            *places.entry(found).or_insert_with_key(|found| {
                asked.push(found.clone());
                asked.len() - 1
            })
        };
        let slots: Vec<Vec<Vec<usize>>> = words
            .iter()
            .map(|word| word.alternatives.iter().map(|a| a.slots.iter().map(&mut place).collect()).collect())
            .collect();
        let counts = self.counts(asked.iter().flat_map(|found| in_text_and_title(found)).collect())?;
        let of_word = |(word, alternatives): (Arc<Word>, Vec<Vec<usize>>)| {
            let mut frequencies = Frequencies::new();
            for (at, slots) in alternatives.into_iter().enumerate() {
                for (slot, place) in slots.into_iter().enumerate() {
                    let count = |at: usize| counts.get(at).copied().unwrap_or(0);
                    frequencies.insert((at, slot), [count(2 * place), count(2 * place + 1)]);
                }
            }
            (word, frequencies)
        };
        let words = words.into_iter().zip(slots).map(of_word).collect();
        Ok(KnownWords::elsewhere(words, self.view().incidents, expansions))
    }

    /// A word with its open patterns replaced by the words that they stand for, of each at most so many.
    fn expanded(&self, word: &Arc<Word>, most: usize) -> Result<Arc<Word>> {
        if !word.forms().any(|form| form.pattern.is_open()) {
            return Ok(Arc::clone(word));
        }
        let slot = |slot: &Slot| -> Result<Slot> {
            let forms = with_expansions(&slot.forms, most, |pattern| self.expand(pattern))?.into_owned();
            Ok(Slot { forms, ..*slot })
        };
        let alternative = |alternative: &Alternative| -> Result<Alternative> {
            let slots = alternative.slots.iter().map(slot).collect::<Result<_>>()?;
            Ok(Alternative { slots, ..*alternative })
        };
        let alternatives = word.alternatives.iter().map(alternative).collect::<Result<_>>()?;
        Ok(Arc::new(Word { alternatives, ..Word::clone(word) }))
    }
}
