//! Feedback: finds words that the best candidates have in common, because similar incidents use them too.
//!
//! The relevance model of Lavrenko and Croft (2001), "Relevance-based language models", mixed with the query as in RM3
//! (Abdul-Jaleel and others 2004, "UMass at TREC 2004"). It is used to rerank candidates, not to find more.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::plan::{Pattern, Plan, Word, WordId, WordWeight};
use crate::ranking::FEEDBACK_WORDS;
use crate::text::analyzer::{Analyzer, LexemeKind, STEM_MARK};

/// How many words are preselected by frequency for each one finally chosen.
const PRESELECTED: usize = 2;

/// The most frequent words of some incidents by their titles and sources, with their shares of the text. Better candidates count more. The words of
/// the query are left out.
pub(super) fn common_words(analyzer: &Analyzer, best: &[([String; 2], f32)], plan: &Plan) -> Plan {
    // By stem: its share, and the words with this stem.
    let mut found: BTreeMap<String, (f32, BTreeSet<String>)> = BTreeMap::new();
    for (texts, score) in best {
        let counts = counts(analyzer, texts);
        let length: u32 = counts.values().sum();
        for ((stem, word), count) in counts {
            let (share, words) = found.entry(stem).or_default();
            *share += score * count as f32 / length.max(1) as f32;
            words.insert(word);
        }
    }
    let typed = TypedForms::of(plan);
    let mut found: Vec<(Vec<String>, f32)> = found
        .into_iter()
        .filter(|(stem, _)| !typed.contain(stem))
        .map(|(_, (share, words))| (words.into_iter().collect(), share))
        .collect();
    sort_and_cut(&mut found, PRESELECTED * FEEDBACK_WORDS, Ord::cmp);
    // Only words that occur in these incidents count; looking up all words with the stem would take too long.
    Plan::of_words(found.into_iter().map(|(words, share)| Word::weighted(words, share)))
}

/// The final choice of words, by inverse document frequency too. Their shares add up to one.
pub(super) fn choose(common: &Plan, weights: &[WordWeight]) -> Vec<(WordId, f32)> {
    // The weight of a word is its share times its inverse document frequency.
    let mut found: Vec<(WordId, f32)> =
        common.ranked.iter().zip(weights).map(|(&id, weight)| (id, weight.idf)).collect();
    sort_and_cut(&mut found, FEEDBACK_WORDS, |&a, &b| common.words[a].text.cmp(&common.words[b].text));
    let total: f32 = found.iter().map(|(_, share)| share).sum();
    found.into_iter().map(|(id, share)| (id, share / total)).collect()
}

/// All words and stems that match a word of the query.
struct TypedForms<'p> {
    texts: HashSet<&'p str>,
    open: Vec<&'p Pattern>,
}

impl<'p> TypedForms<'p> {
    fn of(plan: &'p Plan) -> Self {
        let patterns = || plan.ranked_words().flat_map(Word::forms).map(|form| &form.pattern);
        Self {
            texts: patterns().filter(|pattern| !pattern.is_open()).map(Pattern::text).collect(),
            open: patterns().filter(|pattern| pattern.is_open()).collect(),
        }
    }

    fn contain(&self, word: &str) -> bool {
        self.texts.contains(word) || self.open.iter().any(|pattern| pattern.weight_of(word).is_some())
    }
}

/// Keeps the largest shares.
fn sort_and_cut<T>(shares: &mut Vec<(T, f32)>, most: usize, by_name: impl Fn(&T, &T) -> Ordering) {
    shares.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| by_name(&a.0, &b.0)));
    shares.truncate(most);
}

/// Counts the words of the texts of an incident, by stem and word.
fn counts(analyzer: &Analyzer, texts: &[String; 2]) -> BTreeMap<(String, String), u32> {
    let mut counts: BTreeMap<(String, String), u32> = BTreeMap::new();
    let mut add = |stem: &str, word: &str| {
        if stem.len() > 2 && stem.bytes().all(|b| b.is_ascii_alphabetic()) && !analyzer.language().is_stop_word(stem) {
            *counts.entry((stem.to_owned(), word.to_owned())).or_default() += 1;
        }
    };
    for text in texts {
        let mut lexemes = analyzer.lexemes(text);
        let (mut word, mut stem) = (String::new(), String::new());
        while let Some(lexeme) = lexemes.next() {
            // The stem of a word follows it.
            if lexeme.kind == LexemeKind::Stem {
                stem.clear();
                stem.push_str(lexeme.text.trim_start_matches(STEM_MARK));
                continue;
            }
            add(&stem, &word);
            lexeme.text.clone_into(&mut word);
            word.clone_into(&mut stem);
        }
        add(&stem, &word);
    }
    counts
}
