//! Feedback: which words the best hits have in common, since reports that are alike use them too.
//!
//! The relevance model of Lavrenko and Croft (2001), "Relevance-based language models", mixed with the query as in RM3 (Abdul-Jaleel
//! and others 2004, "UMass at TREC 2004"); used to put hits in order, not to find more.

use std::collections::{BTreeMap, HashSet};

use crate::analyze::{Analyzer, LexemeKind, PART_MARK, STEM_MARK};
use crate::incident::Incident;
use crate::ranking::FEEDBACK_WORDS;
use crate::text_query::{Form, Slot, Word};
use crate::words::alternative;

/// How many candidates are kept, by frequency alone, for one that is chosen by rarity as well.
const CANDIDATES: usize = 2;

/// The words that say most about some incidents, each with its share: how much of their text it is, the better the hit the
/// more, and how rare it is elsewhere. The words of the query are left out.
pub(crate) fn common_words(
    analyzer: &Analyzer,
    hits: &[(Incident, f32)],
    typed: &[Word],
    rarity: impl Fn(&Word) -> tantivy::Result<f32>,
) -> tantivy::Result<(Vec<Word>, Vec<f32>)> {
    let forms = typed.iter().flat_map(|word| &word.alternatives).flat_map(|a| &a.slots).flat_map(|slot| &slot.forms);
    let typed: HashSet<&str> = forms.map(|form| form.text.trim_start_matches(STEM_MARK)).collect();
    let mut shares: BTreeMap<String, f32> = BTreeMap::new();
    for (incident, score) in hits {
        let counts = counts(analyzer, incident);
        let length: u32 = counts.values().sum();
        for (stem, count) in counts {
            *shares.entry(stem).or_default() += score * count as f32 / length.max(1) as f32;
        }
    }
    let mut shares: Vec<(String, f32)> =
        shares.into_iter().filter(|(stem, _)| !typed.contains(stem.as_str())).collect();
    sort_and_cut(&mut shares, CANDIDATES * FEEDBACK_WORDS);
    for (stem, share) in &mut shares {
        *share *= rarity(&word(stem))?;
    }
    sort_and_cut(&mut shares, FEEDBACK_WORDS);
    let total: f32 = shares.iter().map(|(_, share)| share).sum();
    Ok(shares.iter().map(|(stem, share)| (word(stem), share / total)).unzip())
}

fn sort_and_cut(shares: &mut Vec<(String, f32)>, most: usize) {
    shares.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    shares.truncate(most);
}

fn word(stem: &str) -> Word {
    let forms = [format!("{STEM_MARK}{stem}"), stem.to_owned()].map(|text| Form { text, weight: 1.0 });
    let slots = vec![Slot { offset: 0, forms: forms.into() }];
    Word { text: stem.to_owned(), alternatives: vec![alternative(slots, 1.0)], part: None, place: None, extra: false }
}

/// How often each word, by its stem, stands in an incident.
fn counts(analyzer: &Analyzer, incident: &Incident) -> BTreeMap<String, u32> {
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    let mut add = |word: &str| {
        if word.len() > 2 && word.bytes().all(|b| b.is_ascii_alphabetic()) && !analyzer.language().is_stop_word(word) {
            *counts.entry(word.to_owned()).or_default() += 1;
        }
    };
    for text in [&incident.title.value, &incident.source] {
        let mut lexemes = analyzer.lexemes(text);
        let mut before = String::new();
        while let Some(lexeme) = lexemes.next() {
            // The stem of a word follows it, and takes its place.
            if lexeme.kind != LexemeKind::Stem {
                add(&before);
            }
            before.clear();
            before.push_str(lexeme.text.trim_start_matches([STEM_MARK, PART_MARK]));
        }
        add(&before);
    }
    counts
}
