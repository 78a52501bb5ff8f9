//! Words whose numbers come from elsewhere: a few incidents are searched here as those of a larger index.
//!
//! In: words with the numbers of that index. Out: the same words with their terms in the segments here.

use std::collections::HashMap;
use std::sync::Arc;

use crate::engine::found_word::{FoundWord, Frequencies, KnownWord, Rarity, Scanned};
use crate::engine::lookup::{KnownWords, slots};
use crate::engine::snapshot::Snapshot;
use crate::plan::{Pattern, Word};
use crate::ranking::PHRASE_READS;

impl KnownWords {
    /// Words with these numbers of incidents, of so many, and without terms: open patterns are replaced by words.
    pub(in crate::engine) fn elsewhere(
        words: Vec<(Arc<Word>, Frequencies)>,
        incidents: u64,
        expansions: Option<(usize, usize)>,
    ) -> Self {
        let lists = Arc::default();
        let known = |(word, frequencies): (Arc<Word>, Frequencies)| {
            let rarity = Rarity::of(&word, &frequencies, incidents);
            let found =
                FoundWord::new(&word, HashMap::new(), rarity, cost(&word, &frequencies), Scanned::default(), &lists);
            Arc::new(KnownWord { word, found: Arc::new(found) })
        };
        Self { words: words.into_iter().map(known).collect(), expansions, stems: None }
    }

    /// The patterns of all forms of the words.
    pub(in crate::engine) fn patterns(&self) -> impl Iterator<Item = &Pattern> {
        self.words.iter().flat_map(|known| known.word.forms()).map(|form| &form.pattern)
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
            let word = Arc::clone(&known.word);
            debug_assert!(slots(&word).all(|(.., slot)| slot.forms.iter().all(|form| !form.pattern.is_open())));
            let mut found = self.find_word(&word, usize::MAX)?;
            found.count_as(&known.found);
            Ok(Arc::new(KnownWord { word, found: Arc::new(found) }))
        };
        let located = words.words.iter().map(here).collect::<tantivy::Result<_>>()?;
        Ok(KnownWords { words: located, expansions: words.expansions, stems: words.stems })
    }
}
