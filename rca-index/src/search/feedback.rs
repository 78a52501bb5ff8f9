//! Feedback: which words the best hits have in common, since reports that are alike use them too.
//!
//! The relevance model of Lavrenko and Croft (2001), "Relevance-based language models", mixed with the query as in RM3 (Abdul-Jaleel
//! and others 2004, "UMass at TREC 2004"); used to put hits in order, not to find more.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use crate::engine::lookup::KnownWord;
use crate::incident::Incident;
use crate::plan::words::alternative;
use crate::plan::{Form, Slot, Word};
use crate::ranking::FEEDBACK_WORDS;
use crate::text::analyzer::{Analyzer, LexemeKind, STEM_MARK};

/// How many candidates are kept, by frequency alone, for one that is chosen by rarity as well.
const CANDIDATES: usize = 2;

/// The words that say most about some incidents, each with its share: how much of their text it is, the better the hit the
/// more, and how rare it is elsewhere. The words of the query are left out.
pub(crate) fn common_words<'a>(
    analyzer: &Analyzer,
    hits: &[(Incident, f32)],
    typed: impl Iterator<Item = &'a Word>,
    look_up: impl Fn(Word) -> tantivy::Result<Arc<KnownWord>>,
) -> tantivy::Result<Vec<(Arc<KnownWord>, f32)>> {
    let forms = typed.flat_map(|word| &word.alternatives).flat_map(|a| &a.slots).flat_map(|slot| &slot.forms);
    let typed: HashSet<&str> = forms.map(|form| form.text.trim_start_matches(STEM_MARK)).collect();
    // By stem: its share, and the words that have it.
    let mut found: BTreeMap<String, (f32, BTreeSet<String>)> = BTreeMap::new();
    for (incident, score) in hits {
        let counts = counts(analyzer, incident);
        let length: u32 = counts.values().sum();
        for ((stem, word), count) in counts {
            let (share, words) = found.entry(stem).or_default();
            *share += score * count as f32 / length.max(1) as f32;
            words.insert(word);
        }
    }
    let mut found: Vec<(Vec<String>, f32)> = found
        .into_iter()
        .filter(|(stem, _)| !typed.contains(stem.as_str()))
        .map(|(_, (share, words))| (words.into_iter().collect(), share))
        .collect();
    sort_and_cut(&mut found, CANDIDATES * FEEDBACK_WORDS, |words| words);
    let found = found.into_iter().map(|(words, share)| {
        let known = look_up(word(words))?;
        let share = share * known.idf();
        Ok((known, share))
    });
    let mut found = found.collect::<tantivy::Result<Vec<_>>>()?;
    sort_and_cut(&mut found, FEEDBACK_WORDS, |known| &known.word.text);
    let total: f32 = found.iter().map(|(_, share)| share).sum();
    Ok(found.into_iter().map(|(known, share)| (known, share / total)).collect())
}

fn sort_and_cut<T, N: Ord + ?Sized>(shares: &mut Vec<(T, f32)>, most: usize, name: impl Fn(&T) -> &N) {
    shares.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| name(&a.0).cmp(name(&b.0))));
    shares.truncate(most);
}

/// Words that have a stem in common, as one. Other words that have it are left out: to look for them would take longer than
/// all the rest.
fn word(words: Vec<String>) -> Word {
    let text = words[0].clone();
    let forms = words.into_iter().map(|text| Form { text, weight: 1.0 }).collect();
    let slots = vec![Slot { offset: 0, forms }];
    Word { text, alternatives: vec![alternative(slots, 1.0)], part: None, place: None, extra: false }
}

/// How often each word stands in an incident, by its stem and itself.
fn counts(analyzer: &Analyzer, incident: &Incident) -> BTreeMap<(String, String), u32> {
    let mut counts: BTreeMap<(String, String), u32> = BTreeMap::new();
    let mut add = |stem: &str, word: &str| {
        if stem.len() > 2 && stem.bytes().all(|b| b.is_ascii_alphabetic()) && !analyzer.language().is_stop_word(stem) {
            *counts.entry((stem.to_owned(), word.to_owned())).or_default() += 1;
        }
    };
    for text in [&incident.title.value, &incident.source] {
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
