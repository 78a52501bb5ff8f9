//! Words: from the texts of a query to words and all that counts as them.
//!
//! In: a word, phrase or pattern as typed. Out: `Word`s with their forms; `expand` adds what the index knows: synonyms,
//! corrections, the words a pattern stands for.

use crate::plan::{Alternative, Form, Slot, Word};
use crate::query::{Node, NodeKind, Text};
use crate::ranking::{LEAST_PART, PARTS_WEIGHT, STEM_WEIGHT};
use crate::schema::TextField;
use crate::text::analyzer::{Analyzer, LexemeKind, PART_MARK, STEM_MARK};

/// A word or identifier as the analyzer sees it.
pub(crate) struct Chunk {
    /// As it stands; none for text written without spaces.
    pub(crate) whole: Option<String>,
    /// Its parts at their places; one for a plain word.
    pub(crate) slots: Vec<Slot>,
}

/// The words and identifiers of a text. With `stemmed`, their other forms count too.
pub(crate) fn chunks(analyzer: &Analyzer, text: &str, stemmed: bool) -> Vec<Chunk> {
    let mut chunks: Vec<Chunk> = Vec::new();
    let mut current = None;
    let mut lexemes = analyzer.lexemes(text);
    while let Some(lexeme) = lexemes.next() {
        if lexeme.text.starts_with(PART_MARK) {
            continue;
        }
        if current != Some(lexeme.chunk) {
            current = Some(lexeme.chunk);
            chunks.push(Chunk { whole: None, slots: Vec::new() });
        }
        let Some(chunk) = chunks.last_mut() else { continue };
        let text = lexeme.text.to_owned();
        match lexeme.kind {
            LexemeKind::Whole => {
                chunk.slots.push(slot(lexeme.position, text.clone()));
                chunk.whole = Some(text);
            }
            LexemeKind::Part => {
                // The parts take the place of the whole.
                if chunk.slots.len() == 1 && chunk.whole.as_ref() == chunk.slots[0].forms.first().map(|f| &f.text) {
                    chunk.slots.clear();
                }
                chunk.slots.push(slot(lexeme.position, text));
            }
            LexemeKind::Stem if stemmed => {
                if let Some(slot) = chunk.slots.last_mut() {
                    // In a snippet, a word that is its own stem stands by itself.
                    let base = text.trim_start_matches(STEM_MARK).to_owned();
                    slot.forms.extend([text, base].map(|text| Form { text, weight: STEM_WEIGHT }));
                }
            }
            LexemeKind::Stem | LexemeKind::Written => {}
        }
    }
    if stemmed {
        // A word that is its own stem still has other forms in the index.
        for slot in chunks.iter_mut().flat_map(|chunk| &mut chunk.slots).filter(|slot| slot.forms.len() == 1) {
            let text = format!("{STEM_MARK}{}", slot.forms[0].text);
            slot.forms.push(Form { text, weight: STEM_WEIGHT });
        }
    }
    chunks
}

fn slot(offset: u32, text: String) -> Slot {
    Slot { offset, forms: vec![Form { text, weight: 1.0 }] }
}

/// The slots of chunks that stand in a row.
pub(crate) fn in_a_row(chunks: Vec<Chunk>) -> Vec<Slot> {
    let slots = chunks.into_iter().flat_map(|chunk| chunk.slots);
    (0..).zip(slots).map(|(offset, slot)| Slot { offset, ..slot }).collect()
}

/// The words of a text with no syntax: one for each word or identifier, and for each pair of characters of a text without
/// spaces.
pub(crate) fn words(analyzer: &Analyzer, text: &str, part: Option<TextField>) -> Vec<Word> {
    let mut words = Vec::new();
    for Chunk { whole, slots } in chunks(analyzer, text, true) {
        let word = |text: String, alternatives| Word { text, alternatives, part, place: None, extra: false };
        match whole {
            Some(whole) if slots.len() > 1 => {
                let as_typed = vec![slot(0, whole.clone())];
                let first = slots[0].offset;
                let apart = slots.into_iter().map(|s| Slot { offset: s.offset - first, ..s }).collect();
                words.push(word(whole, vec![alternative(as_typed, 1.0), alternative(apart, PARTS_WEIGHT)]));
            }
            _ => words.extend(slots.into_iter().map(|slot| {
                let text = slot.forms.first().map(|form| form.text.clone()).unwrap_or_default();
                word(text, vec![alternative(vec![Slot { offset: 0, ..slot }], 1.0)])
            })),
        }
    }
    words
}

pub(crate) fn alternative(slots: Vec<Slot>, weight: f32) -> Alternative {
    Alternative { slots, slop: 0, weight }
}

/// A phrase; none when it has no word.
pub(crate) fn phrase(analyzer: &Analyzer, text: &str, slop: u32) -> Option<Alternative> {
    let slots = in_a_row(chunks(analyzer, text, false));
    (!slots.is_empty()).then_some(Alternative { slots, slop, weight: 1.0 })
}

/// The words and phrases of a query that need no index; what is excluded is left out.
pub(crate) fn plain_words(analyzer: &Analyzer, node: &Node) -> Vec<Word> {
    match &node.kind {
        NodeKind::And(parts) | NodeKind::Or(parts) => {
            parts.iter().flat_map(|part| plain_words(analyzer, part)).collect()
        }
        NodeKind::Text { field, text: Text::Word(text) } => words(analyzer, text, *field),
        NodeKind::Text { field, text: Text::Phrase { text, slop } } => {
            let word = |phrase| Word {
                text: text.clone(),
                alternatives: vec![phrase],
                part: *field,
                place: None,
                extra: false,
            };
            phrase(analyzer, text, *slop).map(word).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// The telling parts of identifiers, each by itself: what an identifier that no report has may still be found by.
pub(crate) fn parts_alone(analyzer: &Analyzer, words: &[Word]) -> Vec<Word> {
    let telling = |text: &str| !analyzer.language().is_stop_word(text);
    let mut alone = Vec::new();
    for word in words {
        let slots = word.alternatives.iter().flat_map(|alternative| &alternative.slots);
        for slot in slots.filter(|_| word.alternatives.len() > 1) {
            let text = slot.forms.first().map_or("", |form| form.text.as_str());
            if text.len() >= LEAST_PART && text.bytes().all(|b| b.is_ascii_lowercase()) && telling(text) {
                let alternatives = vec![alternative(vec![Slot { offset: 0, ..slot.clone() }], 1.0)];
                alone.push(Word { text: text.to_owned(), alternatives, part: word.part, place: None, extra: true });
            }
        }
    }
    alone
}
