//! The words of a plan, and their alternatives.

use std::borrow::Cow;
use std::sync::Arc;

use crate::ranking::{EXTRA_WEIGHT, FUZZY_WEIGHT, PREFIX_WEIGHT};
use crate::schema::TextField;

/// A word of a query with its alternatives.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Word {
    /// The word as typed, folded.
    pub(crate) text: String,
    /// Other forms, parts, synonyms and corrections.
    pub(crate) alternatives: Vec<Alternative>,
    /// The field in which it must occur; `None` means any.
    pub(crate) field: Option<TextField>,
    /// Its positions in the query; none for phrases, patterns and words from feedback.
    pub(crate) typed_at: Vec<TypedAt>,
    /// How often it was typed. It is looked up and scored once, and counts this often.
    pub(crate) times: u32,
    /// Its weight relative to an equally rare word; 1 for a typed word.
    pub(crate) weight: f32,
    /// Whether an incident without it counts as missing a word of the query.
    pub(crate) counts: bool,
}

impl Word {
    /// A word with the weight of a typed word.
    pub(crate) fn new(text: String, alternatives: Vec<Alternative>, field: Option<TextField>) -> Self {
        Self { text, alternatives, field, typed_at: Vec::new(), times: 1, weight: 1.0, counts: true }
    }

    /// A single part of an identifier. It adds to the score of incidents that have it, but matches nothing by itself.
    pub(crate) fn extra(text: String, slot: Slot, field: Option<TextField>) -> Self {
        let alternatives = vec![Alternative::of_slot(slot)];
        Self { weight: EXTRA_WEIGHT, counts: false, ..Self::new(text, alternatives, field) }
    }

    /// Several words that count as one, with their common weight; used by feedback.
    pub(crate) fn weighted(words: Vec<String>, weight: f32) -> Self {
        let text = words.first().cloned().unwrap_or_default();
        let forms = words.into_iter().map(|word| Form { pattern: Pattern::Word(word), weight: 1.0 }).collect();
        let alternatives = vec![Alternative::of_slot(Slot { offset: 0, forms })];
        Self { weight, ..Self::new(text, alternatives, None) }
    }

    /// Whether another word matches the same and weighs the same, so that the two are one.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.counts == other.counts
            && self.field == other.field
            && (self.weight - other.weight).abs() < f32::EPSILON
            && self.text == other.text
            && self.alternatives == other.alternatives
    }

    /// Takes in a word that is [the same](Self::is_same).
    pub(super) fn merge(&mut self, other: Self) {
        self.times = self.times.saturating_add(other.times);
        self.typed_at.extend(other.typed_at);
    }

    /// Whether it only adds to the score.
    pub(crate) fn is_extra(&self) -> bool {
        !self.counts
    }

    /// Of alternatives with the same words in a row only the one with the most weight stays, so that no occurrence counts
    /// twice: a synonym may be another spelling too.
    pub(crate) fn keep_distinct(&mut self) {
        let mut kept: Vec<Alternative> = Vec::with_capacity(self.alternatives.len());
        for alternative in self.alternatives.drain(..) {
            match kept.iter_mut().find(|other| other.is_same_words(&alternative)) {
                Some(same) if same.weight < alternative.weight => *same = alternative,
                Some(_) => {}
                None => kept.push(alternative),
            }
        }
        self.alternatives = kept;
    }

    /// All forms of all alternatives.
    pub(crate) fn forms(&self) -> impl Iterator<Item = &Form> {
        self.alternatives.iter().flat_map(|alternative| &alternative.slots).flat_map(|slot| &slot.forms)
    }
}

/// The position of a typed word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TypedAt {
    /// The sequence that it belongs to.
    pub(crate) sequence: usize,
    /// The number of words before it in the sequence.
    pub(crate) offset: u32,
}

/// An alternative for a word: terms in a row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Alternative {
    pub(crate) slots: Vec<Slot>,
    /// The slop: how far terms may be from their places.
    pub(crate) slop: u32,
    /// The weight of an occurrence, relative to the word as typed.
    pub(crate) weight: f32,
}

impl Alternative {
    /// Terms in a row, without slop.
    pub(crate) fn new(slots: Vec<Slot>, weight: f32) -> Self {
        Self { slots, slop: 0, weight }
    }

    /// Whether another one has the same words, as typed, in the same places.
    fn is_same_words(&self, other: &Self) -> bool {
        fn typed(slot: &Slot) -> Option<&Pattern> {
            slot.forms.first().map(|form| &form.pattern)
        }
        let same = |(a, b): (&Slot, &Slot)| a.offset == b.offset && typed(a) == typed(b);
        self.slop == other.slop
            && self.slots.len() == other.slots.len()
            && self.slots.iter().zip(&other.slots).all(same)
    }

    /// An alternative of one slot, whatever its offset.
    pub(crate) fn of_slot(slot: Slot) -> Self {
        Self::new(vec![Slot { offset: 0, ..slot }], 1.0)
    }
}

/// A place in an alternative.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Slot {
    /// The number of slots before it, as positions.
    pub(crate) offset: u32,
    /// The forms that match in this place.
    pub(crate) forms: Vec<Form>,
}

impl Slot {
    /// A slot for a lexeme.
    pub(crate) fn of_word(offset: u32, text: String) -> Self {
        Self { offset, forms: vec![Form { pattern: Pattern::Word(text), weight: 1.0 }] }
    }

    /// A slot for a pattern.
    pub(crate) fn of_pattern(pattern: Pattern) -> Self {
        Self { offset: 0, forms: vec![Form { pattern, weight: 1.0 }] }
    }
}

/// A form that matches in a slot.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Form {
    pub(crate) pattern: Pattern,
    /// The weight of an occurrence. If a term matches several forms, the largest weight counts.
    pub(crate) weight: f32,
}

/// A pattern that matches terms of the index.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Pattern {
    /// This lexeme.
    Word(String),
    /// Every word with this stem.
    Stem(String),
    /// Every word with this prefix.
    Prefix(String),
    /// Words with this prefix, as many as are found in bounded time, because it is still being typed.
    Start(String),
    /// Every word within an edit distance.
    Typo {
        /// The word as typed, folded.
        word: String,
        /// The maximum distance, 1 or 2; a swap of two adjacent letters is one edit.
        distance: u8,
    },
}

impl Pattern {
    /// The text of the pattern.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Word(text)
            | Self::Stem(text)
            | Self::Prefix(text)
            | Self::Start(text)
            | Self::Typo { word: text, .. } => text,
        }
    }

    /// The weight of a word that the pattern matches; `None` if it does not match. Stems need the analyzer and are not
    /// handled here.
    pub(crate) fn weight_of(&self, word: &str) -> Option<f32> {
        match self {
            Self::Word(text) => (text == word).then_some(1.0),
            Self::Stem(_) => None,
            Self::Prefix(prefix) | Self::Start(prefix) if word == prefix => Some(1.0),
            Self::Prefix(prefix) | Self::Start(prefix) => word.starts_with(prefix.as_str()).then_some(PREFIX_WEIGHT),
            Self::Typo { word: typed, distance } => {
                // Each letter more or less is an edit.
                let lengths = typed.chars().count().abs_diff(word.chars().count());
                let edits = if lengths > usize::from(*distance) { lengths } else { strsim::osa_distance(typed, word) };
                (edits <= usize::from(*distance)).then(|| FUZZY_WEIGHT.powi(i32::try_from(edits).unwrap_or(i32::MAX)))
            }
        }
    }

    /// Whether the index is needed to find the words that it matches.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self, Self::Prefix(_) | Self::Start(_) | Self::Typo { .. })
    }
}

/// The forms of a slot, with open patterns replaced by the words that they match, as `expand` returns them: of each, at most
/// so many.
pub(crate) fn with_expansions<E>(
    forms: &[Form],
    most: usize,
    mut expand: impl FnMut(&Pattern) -> Result<Arc<[String]>, E>,
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
        expanded.extend(expand(&form.pattern)?.iter().take(most).filter_map(|word| {
            let weight = form.weight * form.pattern.weight_of(word)?;
            Some(Form { pattern: Pattern::Word(word.clone()), weight })
        }));
    }
    Ok(Cow::Owned(expanded))
}
