//! From query texts to words with their forms and parts, independently of an index.

use crate::plan::{Alternative, Form, Pattern, Slot, Word};
use crate::ranking::{MIN_PART_BYTES, PARTS_WEIGHT, STEM_WEIGHT};
use crate::schema::TextField;
use crate::text::analyzer::{Analyzer, LexemeKind, REGION_MARK, STEM_MARK};

/// A word or identifier as split by the analyzer.
struct Chunk {
    /// The whole; `None` for text written without spaces.
    whole: Option<String>,
    /// Its parts with their positions; one for a plain word.
    slots: Vec<Slot>,
}

/// The words and identifiers of a text; with `stemmed`, including other forms.
fn chunks(analyzer: &Analyzer, text: &str, stemmed: bool) -> Vec<Chunk> {
    let mut chunks: Vec<Chunk> = Vec::new();
    let mut current = None;
    let mut lexemes = analyzer.lexemes(text);
    while let Some(lexeme) = lexemes.next() {
        if lexeme.text.starts_with(REGION_MARK) {
            continue;
        }
        if current != Some(lexeme.chunk) {
            current = Some(lexeme.chunk);
            chunks.push(Chunk { whole: None, slots: Vec::new() });
        }
        let Some(chunk) = chunks.last_mut() else { continue };
        match lexeme.kind {
            LexemeKind::Whole => {
                chunk.slots.push(Slot::of_word(lexeme.position, lexeme.text.to_owned()));
                chunk.whole = Some(lexeme.text.to_owned());
            }
            LexemeKind::Part => {
                // The parts replace the whole.
                if chunk.slots.len() == 1 && chunk.whole.as_deref() == Some(first_text(&chunk.slots[0])) {
                    chunk.slots.clear();
                }
                chunk.slots.push(Slot::of_word(lexeme.position, lexeme.text.to_owned()));
            }
            LexemeKind::Stem if stemmed => {
                if let Some(slot) = chunk.slots.last_mut() {
                    let stem = lexeme.text.trim_start_matches(STEM_MARK).to_owned();
                    // In a snippet, a word that equals its stem occurs as itself.
                    let forms = [Pattern::Stem(stem.clone()), Pattern::Word(stem)];
                    slot.forms.extend(forms.map(|pattern| Form { pattern, weight: STEM_WEIGHT }));
                }
            }
            LexemeKind::Stem | LexemeKind::Written => {}
        }
    }
    if stemmed {
        // A word that equals its stem can still have other forms in the index.
        for slot in chunks.iter_mut().flat_map(|chunk| &mut chunk.slots).filter(|slot| slot.forms.len() == 1) {
            let pattern = Pattern::Stem(first_text(slot).to_owned());
            slot.forms.push(Form { pattern, weight: STEM_WEIGHT });
        }
    }
    chunks
}

fn first_text(slot: &Slot) -> &str {
    slot.forms.first().map_or("", |form| form.pattern.text())
}

/// The slots of all words of a text, in a row; with `stemmed`, including other forms.
pub(super) fn in_a_row(analyzer: &Analyzer, text: &str, stemmed: bool) -> Vec<Slot> {
    let slots = chunks(analyzer, text, stemmed).into_iter().flat_map(|chunk| chunk.slots);
    (0..).zip(slots).map(|(offset, slot)| Slot { offset, ..slot }).collect()
}

/// The words of a text without syntax: one for each word or identifier, and one for each pair of characters of text
/// without spaces.
pub(super) fn words(analyzer: &Analyzer, text: &str, field: Option<TextField>) -> Vec<Word> {
    let mut words = Vec::new();
    for Chunk { whole, slots } in chunks(analyzer, text, true) {
        match whole {
            Some(whole) if slots.len() > 1 => {
                let as_typed = Alternative::new(vec![Slot::of_word(0, whole.clone())], 1.0);
                let first = slots[0].offset;
                let apart = slots.into_iter().map(|s| Slot { offset: s.offset - first, ..s }).collect();
                words.push(Word::new(whole, vec![as_typed, Alternative::new(apart, PARTS_WEIGHT)], field));
            }
            _ => words.extend(
                slots
                    .into_iter()
                    .map(|slot| Word::new(first_text(&slot).to_owned(), vec![Alternative::of_slot(slot)], field)),
            ),
        }
    }
    words
}

/// A phrase; `None` if it has no word.
pub(super) fn phrase(analyzer: &Analyzer, text: &str, slop: u32) -> Option<Alternative> {
    let slots = in_a_row(analyzer, text, false);
    (!slots.is_empty()).then_some(Alternative { slots, slop, weight: 1.0 })
}

/// The significant parts of identifiers, one word each, so that an incident with only some of the parts scores too.
pub(super) fn parts_alone(analyzer: &Analyzer, words: &[Word]) -> Vec<Word> {
    let significant = |text: &str| !analyzer.language().is_stop_word(text);
    let mut alone = Vec::new();
    for word in words.iter().filter(|word| word.alternatives.len() > 1) {
        for slot in word.alternatives.iter().flat_map(|alternative| &alternative.slots) {
            let text = first_text(slot);
            if text.len() >= MIN_PART_BYTES && text.bytes().all(|b| b.is_ascii_lowercase()) && significant(text) {
                alone.push(Word::extra(text.to_owned(), slot.clone(), word.field));
            }
        }
    }
    alone
}

/// The first lexeme of a text, folded; used to match prefixes and fuzzy words.
pub(super) fn folded_word(analyzer: &Analyzer, text: &str) -> String {
    analyzer.lexemes(text).next().map(|lexeme| lexeme.text.to_owned()).unwrap_or_default()
}
