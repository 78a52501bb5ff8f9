//! The budget: how much one search may look for.
//!
//! In: a plan, how many incidents have each word, and what reading each word costs. Out: the same plan with the words that
//! a search can afford, and what was cut. What most incidents have says least, so the rarest words are kept.

use std::collections::HashSet;

use crate::error::Result;
use crate::plan::{Clause, Cut, CutKind, Form, Pattern, Plan, Vocabulary, Word, WordId};
use crate::ranking::{MAX_EXCLUDED, MAX_READS, MAX_WORDS, MIN_READS};

/// How much one search may read, in postings, of an index of so many incidents.
pub(crate) fn reads_allowed(incidents: u64) -> u64 {
    MAX_READS.saturating_mul(incidents).max(MIN_READS)
}

impl Plan {
    /// Keeps as many words as a search looks up.
    pub(super) fn keep_most_words(&mut self, vocabulary: &dyn Vocabulary) -> Result<()> {
        let ranked: HashSet<WordId> = self.ranked.iter().copied().collect();
        let excluded: Vec<WordId> = (0..self.words.len()).filter(|word| !ranked.contains(word)).collect();
        if excluded.len() > MAX_EXCLUDED {
            self.keep_words(&excluded[..MAX_EXCLUDED].iter().copied().chain(ranked).collect());
            self.cut(CutKind::ExcludedWords, MAX_EXCLUDED, excluded.len());
        }
        if self.ranked.len() <= MAX_WORDS {
            return Ok(());
        }
        let mut rarest = Vec::with_capacity(self.ranked.len());
        for &word in &self.ranked {
            let Word { text, typed_at, .. } = &*self.words[word];
            let typed = || [Form { pattern: Pattern::Word(text.clone()), weight: 1.0 }];
            let frequency = if self.words[word].is_extra() {
                // A single part of an identifier says least.
                u64::MAX
            } else if typed_at.is_empty() {
                // A phrase or a pattern was written on purpose.
                0
            } else {
                let frequency = vocabulary.incidents_with(&typed())?;
                if frequency == 0 { u64::MAX - 1 } else { frequency }
            };
            rarest.push((frequency, word));
        }
        rarest.sort_by_key(|&(frequency, _)| frequency);
        self.keep_ranked(rarest.into_iter().map(|(_, word)| word).take(MAX_WORDS).collect());
        Ok(())
    }

    /// Keeps the words that can be read within a budget, given how rare each word is and what reading it costs. The rarest
    /// is always kept.
    pub(crate) fn keep_affordable(&mut self, rarity: impl Fn(WordId) -> f32, cost: impl Fn(WordId) -> u64, most: u64) {
        let total: u64 = self.ranked.iter().map(|&word| cost(word)).sum();
        if total <= most {
            return;
        }
        let mut rarest = self.ranked.clone();
        rarest.sort_by(|&a, &b| rarity(b).total_cmp(&rarity(a)));
        let mut spent = 0;
        let affordable = rarest.iter().enumerate().filter(|&(at, &word)| {
            let fits = spent + cost(word) <= most || at == 0;
            spent += if fits { cost(word) } else { 0 };
            fits
        });
        self.keep_ranked(affordable.map(|(_, &word)| word).collect());
    }

    fn keep_ranked(&mut self, kept: HashSet<WordId>) {
        let counted =
            |words: &mut dyn Iterator<Item = &WordId>| words.filter(|&&word| !self.words[word].is_extra()).count();
        let (before, after) = (counted(&mut self.ranked.iter()), counted(&mut kept.iter()));
        let ranked: HashSet<WordId> = self.ranked.iter().copied().collect();
        let excluded = (0..self.words.len()).filter(|word| !ranked.contains(word));
        self.keep_words(&excluded.chain(kept).collect());
        if after < before {
            self.cut(CutKind::Words, after, before);
        }
    }

    /// Leaves out all other words, wherever the plan refers to them. A group of which nothing is left holds.
    fn keep_words(&mut self, kept: &HashSet<WordId>) {
        self.ranked.retain(|word| kept.contains(word));
        self.needed.retain(|word| kept.contains(word));
        for clauses in [&mut self.groups, &mut self.conditions] {
            *clauses = std::mem::take(clauses).into_iter().filter_map(|clause| only(clause, kept)).collect();
        }
        for (id, word) in self.words.iter_mut().enumerate() {
            if !kept.contains(&id) {
                // It keeps its number, and is not looked up.
                *word = Word::new(String::new(), Vec::new(), None).into();
            }
        }
    }

    fn cut(&mut self, what: CutKind, kept: usize, of: usize) {
        match self.cuts.iter_mut().find(|cut| cut.what == what) {
            Some(cut) => cut.kept = kept,
            None => self.cuts.push(Cut { what, kept, of }),
        }
        self.cuts.sort_by_key(|cut| cut.what);
    }
}

/// A clause with these words only; `None` if nothing is left of it.
fn only(clause: Clause, kept: &HashSet<WordId>) -> Option<Clause> {
    let parts =
        |clauses: Vec<Clause>| -> Vec<Clause> { clauses.into_iter().filter_map(|clause| only(clause, kept)).collect() };
    match clause {
        Clause::Words(mut words) => {
            words.retain(|word| kept.contains(word));
            (!words.is_empty()).then_some(Clause::Words(words))
        }
        Clause::All(clauses) => Some(parts(clauses)).filter(|parts| !parts.is_empty()).map(Clause::All),
        Clause::Any(clauses) => Some(parts(clauses)).filter(|parts| !parts.is_empty()).map(Clause::Any),
        Clause::Not(inner) => only(*inner, kept).map(|inner| Clause::Not(Box::new(inner))),
        Clause::Everything | Clause::Condition(_) => Some(clause),
    }
}
