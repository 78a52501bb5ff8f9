//! Words: what is looked for in the text of incidents, and all that counts as it.

use std::borrow::Cow;

use crate::ranking::{EXTRA_WEIGHT, FUZZY_WEIGHT, PREFIX_WEIGHT};
use crate::schema::TextField;

/// A word of a query, and all that counts as it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Word {
    /// What was typed, folded.
    pub(crate) text: String,
    /// Forms, parts, synonyms and corrections.
    pub(crate) alternatives: Vec<Alternative>,
    /// Where it must stand; none means anywhere.
    pub(crate) field: Option<TextField>,
    /// Where it was typed, beside which others; none for phrases, patterns and words that nobody typed.
    pub(crate) typed_at: Option<TypedAt>,
    /// What it counts against another word that is as rare: 1 for a word typed.
    pub(crate) weight: f32,
    /// Whether an incident that lacks it lacks a word of the query.
    pub(crate) counts: bool,
}

impl Word {
    /// A word that counts as typed.
    pub(crate) fn new(text: String, alternatives: Vec<Alternative>, field: Option<TextField>) -> Self {
        Self { text, alternatives, field, typed_at: None, weight: 1.0, counts: true }
    }

    /// A part of an identifier by itself: it adds to the score of incidents that have it, and finds nothing alone.
    pub(crate) fn extra(text: String, slot: Slot, field: Option<TextField>) -> Self {
        let alternatives = vec![Alternative::of_slot(slot)];
        Self { weight: EXTRA_WEIGHT, counts: false, ..Self::new(text, alternatives, field) }
    }

    /// Words that count as one, by what they weigh together; nobody typed them.
    pub(crate) fn weighted(words: Vec<String>, weight: f32) -> Self {
        let text = words.first().cloned().unwrap_or_default();
        let forms = words.into_iter().map(|word| Form { pattern: Pattern::Word(word), weight: 1.0 }).collect();
        let alternatives = vec![Alternative::of_slot(Slot { offset: 0, forms })];
        Self { weight, ..Self::new(text, alternatives, None) }
    }

    /// Whether it only adds to the score.
    pub(crate) fn is_extra(&self) -> bool {
        !self.counts
    }

    /// All that may stand anywhere in it.
    pub(crate) fn forms(&self) -> impl Iterator<Item = &Form> {
        self.alternatives.iter().flat_map(|alternative| &alternative.slots).flat_map(|slot| &slot.forms)
    }
}

/// Where a word was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TypedAt {
    /// Which sequence of words it belongs to.
    pub(crate) sequence: usize,
    /// The number of words before it in the sequence.
    pub(crate) offset: u32,
}

/// One thing that counts as a word: terms that stand in a row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Alternative {
    pub(crate) slots: Vec<Slot>,
    /// How far the terms may stand from their places.
    pub(crate) slop: u32,
    /// What an occurrence counts against one of the word as typed.
    pub(crate) weight: f32,
}

impl Alternative {
    /// Terms in a row, with no slop.
    pub(crate) fn new(slots: Vec<Slot>, weight: f32) -> Self {
        Self { slots, slop: 0, weight }
    }

    /// One slot, wherever it was.
    pub(crate) fn of_slot(slot: Slot) -> Self {
        Self::new(vec![Slot { offset: 0, ..slot }], 1.0)
    }
}

/// One place of an alternative.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Slot {
    /// The number of words before it.
    pub(crate) offset: u32,
    /// What may stand there.
    pub(crate) forms: Vec<Form>,
}

impl Slot {
    /// A slot for one lexeme.
    pub(crate) fn of_word(offset: u32, text: String) -> Self {
        Self { offset, forms: vec![Form { pattern: Pattern::Word(text), weight: 1.0 }] }
    }

    /// A slot for what a pattern stands for.
    pub(crate) fn of_pattern(pattern: Pattern) -> Self {
        Self { offset: 0, forms: vec![Form { pattern, weight: 1.0 }] }
    }
}

/// What may stand in a slot.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Form {
    pub(crate) pattern: Pattern,
    /// What an occurrence counts. A word that is several forms counts as the one that counts most.
    pub(crate) weight: f32,
}

/// Which words of the index a form is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Pattern {
    /// This lexeme.
    Word(String),
    /// Every word with this stem.
    Stem(String),
    /// Every word with this prefix.
    Prefix(String),
    /// Every word at most so many edits away.
    Typo {
        /// The word as typed, folded.
        word: String,
        /// The edits allowed, 1 or 2; to swap two neighbouring letters is one.
        distance: u8,
    },
}

impl Pattern {
    /// The text it is made from.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Word(text) | Self::Stem(text) | Self::Prefix(text) | Self::Typo { word: text, .. } => text,
        }
    }

    /// What a word counts that the pattern stands for; none when it does not stand for it. Stems are for the analyzer to tell.
    pub(crate) fn weight_of(&self, word: &str) -> Option<f32> {
        match self {
            Self::Word(text) => (text == word).then_some(1.0),
            Self::Stem(_) => None,
            Self::Prefix(prefix) if word == prefix => Some(1.0),
            Self::Prefix(prefix) => word.starts_with(prefix.as_str()).then_some(PREFIX_WEIGHT),
            Self::Typo { word: typed, distance } => {
                // Each letter more or less is an edit.
                let lengths = typed.chars().count().abs_diff(word.chars().count());
                let edits = if lengths > usize::from(*distance) { lengths } else { strsim::osa_distance(typed, word) };
                (edits <= usize::from(*distance)).then(|| FUZZY_WEIGHT.powi(i32::try_from(edits).unwrap_or(i32::MAX)))
            }
        }
    }

    /// Whether the index must be asked which words it stands for.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self, Self::Prefix(_) | Self::Typo { .. })
    }
}

/// The forms of a slot, where open patterns are replaced by the words that they stand for, as `expand` gives them.
pub(crate) fn with_expansions<E>(
    forms: &[Form],
    mut expand: impl FnMut(&Pattern) -> Result<Vec<String>, E>,
) -> Result<Cow<'_, [Form]>, E> {
    if !forms.iter().any(|form| form.pattern.is_open()) {
        return Ok(Cow::Borrowed(forms));
    }
    let mut expanded = Vec::new();
    for form in forms {
        if !form.pattern.is_open() {
            expanded.push(form.clone());
            continue;
        }
        expanded.extend(expand(&form.pattern)?.into_iter().filter_map(|word| {
            let weight = form.weight * form.pattern.weight_of(&word)?;
            Some(Form { pattern: Pattern::Word(word), weight })
        }));
    }
    Ok(Cow::Owned(expanded))
}
