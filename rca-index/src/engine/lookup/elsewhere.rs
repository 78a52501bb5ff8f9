//! Words whose numbers come from elsewhere: a few incidents are searched here as those of a larger index.
//!
//! In: words with the numbers of that index. Out: the same words with their terms in the segments here.

use std::collections::HashMap;
use std::sync::Arc;

use crate::engine::lookup::{Frequencies, KnownWord, KnownWords, slots};
use crate::engine::snapshot::Snapshot;
use crate::plan::Word;
use crate::ranking::PHRASE_READS;

impl KnownWords {
    /// Words with these numbers of incidents, of so many, and without terms: open patterns are replaced by words.
    pub(in crate::engine) fn elsewhere(
        words: Vec<(Arc<Word>, Frequencies)>,
        incidents: u64,
        expansions: Option<(usize, usize)>,
    ) -> Self {
        let known = |(word, frequencies): (Arc<Word>, Frequencies)| {
            Arc::new(KnownWord::new(&word, (HashMap::new(), cost(&word, &frequencies)), &frequencies, incidents))
        };
        Self { words: words.into_iter().map(known).collect(), expansions }
    }
}

/// About what reading a word costs, in postings.
fn cost(word: &Word, frequencies: &Frequencies) -> u64 {
    let of_slot = |at: usize, slot: usize| frequencies.get(&(at, slot)).map_or(0, |counts| counts.iter().sum::<u64>());
    let of_alternative = |at: usize, slots: usize| match slots {
        1 => of_slot(at, 0),
        _ => PHRASE_READS * slots as u64 * (0..slots).map(|slot| of_slot(at, slot)).min().unwrap_or(0),
    };
    word.alternatives.iter().enumerate().map(|(at, alternative)| of_alternative(at, alternative.slots.len())).sum()
}

impl Snapshot<'_> {
    /// The same words with their terms here.
    pub(in crate::engine) fn located(&self, words: &KnownWords) -> tantivy::Result<KnownWords> {
        let here = |known: &Arc<KnownWord>| {
            let KnownWord { word, rarity, title, known, cost, .. } = &**known;
            debug_assert!(slots(word).all(|(.., slot)| slot.forms.iter().all(|form| !form.pattern.is_open())));
            let located = Arc::into_inner(self.look_up_word(word, usize::MAX)?);
            let matches = located.map(|located| located.matches).unwrap_or_default();
            let word = Arc::clone(word);
            Ok(Arc::new(KnownWord { word, matches, rarity: *rarity, title: *title, known: *known, cost: *cost }))
        };
        let located = words.words.iter().map(here).collect::<tantivy::Result<_>>()?;
        Ok(KnownWords { words: located, expansions: words.expansions })
    }
}
