//! Feedback: what the best hits have in common counts too.
//!
//! The relevance model of Lavrenko and Croft (2001), interpolated with the query as RM3 (Abdul-Jaleel and others 2004), used
//! to put hits in order and not to find more.

use std::collections::HashMap;

use crate::analyze::{Analyzer, LexemeKind, PART_MARK, STEM_MARK};
use crate::incident::Incident;
use crate::ranking::FEEDBACK_WORDS;
use crate::stop_words::is_stop_word;
use crate::text_query::{Form, Slot, Word};
use crate::words::alternative;

/// The words that say most about these incidents, by what share of their text they are and how rare they are elsewhere.
pub(crate) fn common_words(
    analyzer: &Analyzer,
    hits: &[(Incident, f32)],
    typed: &[Word],
    idf: impl Fn(&str) -> f32,
) -> Vec<(Word, f32)> {
    let mut shares: HashMap<String, f32> = HashMap::new();
    let sum: f32 = hits.iter().map(|(_, score)| score).sum();
    for (incident, score) in hits {
        let counts = counts(analyzer, incident);
        let length: u32 = counts.values().sum();
        for (word, count) in counts {
            *shares.entry(word).or_default() += score / sum * count as f32 / length.max(1) as f32;
        }
    }
    let known = |stem: &str| {
        let marked = format!("{STEM_MARK}{stem}");
        let mut forms = typed.iter().flat_map(|w| &w.alternatives).flat_map(|a| &a.slots).flat_map(|s| &s.forms);
        forms.any(|form| form.text == stem || form.text == marked)
    };
    shares.retain(|word, _| !known(word));
    let mut best: Vec<(String, f32)> = shares
        .into_iter()
        .map(|(word, share)| {
            let w = share * idf(&word);
            (word, w)
        })
        .collect();
    best.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    best.truncate(FEEDBACK_WORDS);
    let total: f32 = best.iter().map(|(_, weight)| weight).sum();
    best.into_iter().map(|(stem, weight)| (word(stem), weight / total)).collect()
}

fn word(stem: String) -> Word {
    let forms = [format!("{STEM_MARK}{stem}"), stem.clone()].map(|text| Form { text, weight: 1.0 });
    let slots = vec![Slot { offset: 0, forms: forms.to_vec() }];
    Word { text: stem, alternatives: vec![alternative(slots, 1.0)], part: None, place: None, extra: false }
}

/// How often each word, by its stem, stands in an incident.
fn counts(analyzer: &Analyzer, incident: &Incident) -> HashMap<String, u32> {
    let mut counts: HashMap<String, u32> = HashMap::new();
    let mut add = |word: &str| {
        if word.len() >= 3 && word.bytes().all(|b| b.is_ascii_alphabetic()) && !is_stop_word(word) {
            *counts.entry(word.to_owned()).or_default() += 1;
        }
    };
    for text in [&incident.title.value, &incident.source] {
        let mut lexemes = analyzer.lexemes(text);
        let mut before = String::new();
        while let Some(lexeme) = lexemes.next() {
            if lexeme.text.starts_with(PART_MARK) {
                continue;
            }
            if lexeme.kind == LexemeKind::Stem {
                before = lexeme.text.trim_start_matches(STEM_MARK).to_owned();
            } else {
                add(&before);
                before = lexeme.text.to_owned();
            }
        }
        add(&before);
    }
    counts
}
