//! The draft: a plan under construction.
//!
//! In: words, corrections and cuts, as they are found. Out: each word once, with how often it was typed.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::error::Result;
use crate::plan::{Correction, Cut, CutKind, Pattern, Plan, Word, WordId};
use crate::ranking::BARE_WEIGHT;
use crate::schema::TextField;

/// A plan under construction, and what of the query's budget is used up.
#[derive(Default)]
pub(super) struct Draft {
    words: Vec<Arc<Word>>,
    /// The numbers of words by their texts and fields, and whether they are excluded.
    numbers: HashMap<(String, Option<TextField>, bool), Vec<WordId>>,
    /// Whether what is added now is excluded.
    excludes: bool,
    pub(super) corrections: Vec<Correction>,
    /// The number of sequences so far.
    pub(super) sequences: usize,
    /// The words that were looked up to be corrected, with what each stands for, and how many of them no incident has.
    pub(super) corrected: HashMap<String, Option<(Vec<String>, u8)>>,
    pub(super) tried: usize,
    /// How many words were looked up in two parts.
    pub(super) divided: usize,
    /// The words that match similar spellings.
    fuzzy: HashSet<Pattern>,
    /// What a query may have so many of: how many count, and how many it has.
    counted: HashMap<CutKind, (usize, usize)>,
}

impl Draft {
    /// Adds words and returns their numbers, each once. A word that is there already counts once more.
    pub(super) fn add(&mut self, words: impl IntoIterator<Item = Word>) -> Vec<WordId> {
        let (mut added, mut seen) = (Vec::new(), HashSet::new());
        for word in words {
            let id = self.add_word(word);
            if seen.insert(id) {
                added.push(id);
            }
        }
        added
    }

    fn add_word(&mut self, mut word: Word) -> WordId {
        if self.excludes {
            // `-C++` does not exclude C.
            word.alternatives.retain(|alternative| alternative.weight > BARE_WEIGHT);
        }
        let same = self.numbers.entry((word.text.clone(), word.field, self.excludes)).or_default();
        if let Some(&id) = same.iter().find(|&&id| self.words[id].is_same(&word)) {
            Arc::make_mut(&mut self.words[id]).merge(word);
            return id;
        }
        let id = self.words.len();
        same.push(id);
        self.words.push(Arc::new(word));
        id
    }

    /// A word by its number.
    pub(super) fn word(&self, id: WordId) -> &Word {
        &self.words[id]
    }

    /// Adds what is excluded. Excluded words are not the same as words that are looked for.
    pub(super) fn excluding<T>(&mut self, add: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let before = std::mem::replace(&mut self.excludes, true);
        let added = add(self);
        self.excludes = before;
        added
    }

    /// Whether a word may match similar spellings, of which a query has at most so many.
    pub(super) fn may_be_fuzzy(&mut self, typo: &Pattern, most: usize) -> bool {
        if self.fuzzy.contains(typo) {
            return true;
        }
        let may = self.fuzzy.len() < most;
        if may {
            self.fuzzy.insert(typo.clone());
        }
        self.cut(CutKind::FuzzyWords, usize::from(may), 1);
        may
    }

    /// Notes that of so many things some are kept.
    pub(super) fn cut(&mut self, what: CutKind, kept: usize, of: usize) {
        let (all_kept, all) = self.counted.entry(what).or_default();
        *all_kept += kept;
        *all += of;
    }

    /// The words, corrections and cuts, as a plan.
    pub(super) fn into_plan(self) -> Plan {
        let cuts = self.counted.into_iter().filter(|(_, (kept, of))| kept < of);
        let mut cuts: Vec<Cut> = cuts.map(|(what, (kept, of))| Cut { what, kept, of }).collect();
        cuts.sort_by_key(|cut| cut.what);
        Plan { words: self.words, corrections: self.corrections, cuts, ..Plan::of_words([]) }
    }
}
