//! From query texts to words with their forms and parts, independently of an index.

use crate::plan::spelling::{
    apart_by_digits, grouped_number, groups_of, hash_starts, is_hash, letters_and_digits, other_version, plurals,
    without_joiners,
};
use crate::plan::{Alternative, Form, Pattern, Slot, Word};
use crate::ranking::{BARE_WEIGHT, MIN_PART_BYTES, PARTS_WEIGHT, SPELLING_WEIGHT, STEM_WEIGHT};
use crate::schema::TextField;
use crate::text::analyzer::{Analyzer, LexemeKind, REGION_MARK, STEM_MARK};
use crate::text::class::is_ideograph;

/// A word or identifier as split by the analyzer.
struct Chunk {
    /// The whole; `None` for text written without spaces.
    whole: Option<String>,
    /// Its parts with their positions; one for a plain word.
    slots: Vec<Slot>,
    /// The whole without its sign: `c` of `C++`.
    bare: Option<String>,
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
            chunks.push(Chunk { whole: None, slots: Vec::new(), bare: None });
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
            LexemeKind::Bare => chunk.bare = Some(lexeme.text.to_owned()),
            LexemeKind::Stem | LexemeKind::Written | LexemeKind::Last => {}
        }
    }
    if stemmed {
        // A word that equals its stem can still have other forms in the index.
        for slot in chunks.iter_mut().flat_map(|chunk| &mut chunk.slots).filter(|slot| slot.forms.len() == 1) {
            let pattern = Pattern::Stem(first_text(slot).to_owned());
            slot.forms.push(Form { pattern, weight: STEM_WEIGHT });
        }
        for slot in chunks.iter_mut().flat_map(|chunk| &mut chunk.slots) {
            let plurals = plurals(analyzer, first_text(slot)).into_iter().map(Pattern::Word);
            slot.forms.extend(plurals.map(|pattern| Form { pattern, weight: STEM_WEIGHT }));
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
    if let Some(groups) = grouped_number(text) {
        // Its groups are words of the index, but the number is one word.
        let number = Alternative::new(vec![Slot::of_word(0, groups.concat())], SPELLING_WEIGHT);
        return vec![Word::new(groups.concat(), vec![number, spelled(&groups, 1.0)], field)];
    }
    let mut words = Vec::new();
    for Chunk { whole, slots, bare } in chunks(analyzer, text, true) {
        match (whole, bare) {
            (Some(whole), _) if slots.len() > 1 => {
                let alternatives = identifier(&whole, slots);
                words.push(Word::new(whole, alternatives, field));
            }
            (Some(whole), Some(bare)) => {
                let bare = Alternative::new(vec![Slot::of_word(0, bare)], BARE_WEIGHT);
                let as_typed = slots.into_iter().map(Alternative::of_slot);
                words.push(Word::new(whole, as_typed.chain([bare]).collect(), field));
            }
            (whole, _) => words.extend(slots.into_iter().map(|slot| {
                let text = first_text(&slot).to_owned();
                let alternatives =
                    if whole.is_some() { plain_word(&text, slot) } else { vec![Alternative::of_slot(slot)] };
                Word::new(text, alternatives, field)
            })),
        }
    }
    words
}

/// The alternatives of an identifier: as typed, in another spelling, and its parts in a row.
fn identifier(whole: &str, slots: Vec<Slot>) -> Vec<Alternative> {
    let first = slots[0].offset;
    let mut apart: Vec<Slot> = slots.into_iter().map(|slot| Slot { offset: slot.offset - first, ..slot }).collect();
    let mut as_typed = Slot::of_word(0, whole.to_owned());
    as_typed.forms.extend(without_joiners(whole).map(spelling));
    let mut alternatives = Vec::new();
    if let Some(other) = other_version(whole) {
        let first = other.split('.').next().unwrap_or_default().to_owned();
        apart[0].forms.push(spelling(first));
        as_typed.forms.push(spelling(other));
    }
    alternatives.extend(apart_by_digits(whole).map(|texts| spelled(&texts, SPELLING_WEIGHT)));
    alternatives.splice(0..0, [Alternative::of_slot(as_typed), Alternative::new(apart, PARTS_WEIGHT)]);
    alternatives
}

/// The alternatives of a word without parts: itself with its forms, and other spellings of several words.
fn plain_word(text: &str, mut slot: Slot) -> Vec<Alternative> {
    if is_hash(text) {
        slot.forms.push(Form { pattern: Pattern::Prefix(text.to_owned()), weight: SPELLING_WEIGHT });
        slot.forms.extend(hash_starts(text).map(|start| spelling(start.to_owned())));
    }
    if text.chars().all(is_ideograph) {
        // It stands at the start of a pair, or at the end of the text.
        slot.forms.push(Form { pattern: Pattern::Prefix(text.to_owned()), weight: 1.0 });
    }
    let apart = match letters_and_digits(text) {
        Some((a, b)) => Some(vec![a, b]),
        None => groups_of(text),
    };
    let apart = apart.map(|texts| spelled(&texts, SPELLING_WEIGHT));
    std::iter::once(Alternative::of_slot(slot)).chain(apart).collect()
}

/// The same word in another spelling.
fn spelling(text: String) -> Form {
    Form { pattern: Pattern::Word(text), weight: SPELLING_WEIGHT }
}

/// The same word, spelled as several words in a row.
pub(super) fn spelled<S: AsRef<str>>(texts: &[S], weight: f32) -> Alternative {
    let slots = (0..).zip(texts).map(|(offset, text)| Slot::of_word(offset, text.as_ref().to_owned()));
    Alternative::new(slots.collect(), weight)
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
    let has_parts = |word: &&Word| word.alternatives.get(1).is_some_and(|parts| parts.slots.len() > 1);
    for word in words.iter().filter(has_parts) {
        // The first two are the whole, and its parts in a row.
        for slot in word.alternatives.iter().take(2).flat_map(|alternative| &alternative.slots) {
            let text = first_text(slot);
            if text.len() >= MIN_PART_BYTES && text.bytes().all(|b| b.is_ascii_lowercase()) && significant(text) {
                alone.push(Word::extra(text.to_owned(), slot.clone(), word.field));
            }
        }
    }
    alone
}

/// The words and identifiers of a text, folded, each whole; used to match prefixes and fuzzy words.
pub(super) fn folded_words(analyzer: &Analyzer, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut current = None;
    let mut lexemes = analyzer.lexemes(text);
    while let Some(lexeme) = lexemes.next() {
        if current != Some(lexeme.chunk) {
            current = Some(lexeme.chunk);
            found.push(lexeme.text.to_owned());
        }
    }
    found
}
