//! Clauses: what a sentence says happened, and what it denies, tries, plans, asks or takes back.
//!
//! In: a text and sets of words. Out: its clauses, each with the words found in it. `words` holds what says of any clause that
//! it is not so; what else is looked for, a reader brings.

mod words;

use crate::parse::phrases::{Phrases, joins, may_have};
pub(crate) use words::{BUT, FAILS, GOOD, MAYBE, NOT, NOT_BEHIND, SETS, STILL, SUBORDINATE};

/// A set of words, as one bit. Bits 0 to 5, 20 and 50 are those of `words`.
pub(crate) type Set = u64;

/// Declares sets of words, each with its bit, and `SETS`, all of them.
macro_rules! sets {
    ($($(#[$doc:meta])* $name:ident = $bit:literal: [$($word:literal),* $(,)?];)*) => {
        $($(#[$doc])* pub(crate) const $name: $crate::parse::clauses::Set = 1 << $bit;)*
        /// All sets. A word may stand in several.
        pub(crate) const SETS: &[($crate::parse::clauses::Set, &[&str])] = &[$(($name, &[$($word),*])),*];
    };
}
pub(crate) use sets;

/// The words of all sets, those of `words` among them, and the sets that each of them belongs to.
pub(crate) fn vocabulary(sets: &[(Set, &'static [&'static str])]) -> Phrases<Set> {
    let words = SETS.iter().chain(sets).flat_map(|&(set, words)| words.iter().map(move |&word| (word, set)));
    Phrases::merged(words, |sets, more| {
        *sets |= more;
        true
    })
}

/// A word of a set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hit {
    pub(crate) sets: Set,
    /// Where it begins in the text.
    pub(crate) start: usize,
    /// Whether `to` stands before it.
    pub(crate) infinitive: bool,
}

/// The words of a text that belong to sets. A word within a phrase is part of the phrase.
pub(crate) fn hits(text: &str, vocabulary: &Phrases<Set>) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut taken = 0;
    for (start, mut phrases) in vocabulary.places(text) {
        let longest = phrases.find(|(phrase, _)| is_whole(text, start, start + phrase.len()));
        if let Some((phrase, sets)) = longest.filter(|(phrase, _)| start + phrase.len() > taken) {
            taken = start + phrase.len();
            let before = &text[..start];
            let infinitive = before.ends_with("to ") && !before.ends_with("back to ");
            hits.push(Hit { sets: *sets, start, infinitive });
        }
    }
    hits
}

/// A text in lower case with no marks of bold and code, and without what others said in corner brackets.
pub(crate) fn plain(text: &str) -> String {
    if text.is_ascii() {
        let lower = text.to_ascii_lowercase();
        let marked = may_have(&lower, b"*") || may_have(&lower, b"`");
        return if marked { lower.replace(['*', '`'], " ") } else { lower };
    }
    let mut plain = String::with_capacity(text.len());
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '「' | '『' => quoted = true,
            '」' | '』' => quoted = false,
            _ if quoted => {}
            '’' | '‘' => plain.push('\''),
            '*' | '`' => plain.push(' '),
            _ => plain.extend(c.to_lowercase()),
        }
    }
    plain
}

/// Whether a word stands by itself. Scripts with no spaces have no such thing.
fn is_whole(text: &str, start: usize, end: usize) -> bool {
    let word = &text[start..end];
    let before = text[..start].chars().next_back();
    let after = text[end..].chars().next();
    let begins = !word.starts_with(joins) || before.is_none_or(|c| !(joins(c) || matches!(c, '-' | '/' | '.')));
    let ends =
        !word.ends_with(joins) || after.is_none_or(|c| !(joins(c) || matches!(c, '/' | '#'))) && !is_part(&text[end..]);
    begins && ends
}

/// `-` and a letter, as in `alert-manager`: the word goes on.
fn is_part(rest: &str) -> bool {
    let mut chars = rest.chars();
    matches!(chars.next(), Some('-' | '.' | '_')) && chars.next().is_some_and(char::is_alphanumeric)
}

/// A stretch of a text that says one thing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clause<'h> {
    pub(crate) hits: &'h [Hit],
    /// Of all hits.
    pub(crate) sets: Set,
    pub(crate) is_question: bool,
    /// Whether it is in the same sentence as the clause before.
    pub(crate) goes_on: bool,
}

impl Clause<'_> {
    /// Whether the first word of a set is one of these. Only words that open clauses are asked for.
    pub(crate) fn opens(&self, sets: Set) -> bool {
        self.hits.first().is_some_and(|hit| hit.sets & sets != 0)
    }

    /// The rest of the clause, from a word on.
    pub(crate) fn behind(&self, word: usize) -> Self {
        let hits = self.hits.get(word..).unwrap_or_default();
        Self { hits, sets: hits.iter().fold(0, |sets, hit| sets | hit.sets), ..*self }
    }

    /// Whether the clause says that a word of a set happened: nothing before it denies it, plans or tries it, and nothing
    /// behind it denies it, or, of a fix or an end, says that it `failed`.
    pub(crate) fn asserts(&self, verb: Set, failed: bool) -> bool {
        self.hits.iter().enumerate().any(|(at, hit)| {
            let behind = &self.hits[at + 1..];
            hit.sets & verb != 0
                && !hit.infinitive
                && self.hits[..at].iter().all(|before| before.sets & (NOT | MAYBE) == 0)
                && behind.iter().all(|after| after.sets & NOT_BEHIND == 0)
                && !(failed && behind.iter().any(|after| after.sets & FAILS != 0))
        })
    }
}

/// Whether what follows a clause says that it was none: `, but`, `: still down`. `trouble` are the words of what is wrong.
pub(crate) fn taken_back(next: Option<&Clause<'_>>, rest: &[Clause<'_>], trouble: Set) -> bool {
    next.is_some_and(|next| next.opens(BUT | STILL) || (next.goes_on && next.sets & FAILS != 0 && next.sets & NOT == 0))
        || rest.iter().any(|clause| clause.opens(BUT | STILL) && clause.sets & (FAILS | trouble) != 0)
}

/// Parts a text into clauses: at punctuation, and before words that open one.
pub(crate) fn clauses<'h>(text: &str, hits: &'h [Hit]) -> Vec<Clause<'h>> {
    let mut clauses: Vec<Clause<'h>> = Vec::new();
    let mut first = 0;
    // Clauses of the sentence that is being read begin here.
    let mut sentence = 0;
    let mut goes_on = false;
    let close = |until: usize, first: &mut usize, goes_on: bool, clauses: &mut Vec<Clause<'h>>| {
        let hits = &hits[*first..until];
        if !hits.is_empty() {
            let (mut sets, mut denied) = (0, false);
            for hit in hits {
                // `not as expected` is nothing good.
                sets |= if denied { hit.sets & !GOOD } else { hit.sets };
                denied |= hit.sets & NOT != 0;
            }
            clauses.push(Clause { hits, sets, is_question: false, goes_on });
        }
        *first = until;
    };
    let mut from = 0;
    for at in 0..=hits.len() {
        let until = hits.get(at).map_or(text.len(), |hit| hit.start);
        let between = text.get(from..until).unwrap_or_default();
        match stop(between) {
            Some(Stop::Sentence(question)) => {
                close(at, &mut first, goes_on, &mut clauses);
                if question {
                    clauses[sentence..].iter_mut().for_each(|clause| clause.is_question = true);
                }
                sentence = clauses.len();
                goes_on = false;
            }
            Some(Stop::Clause) => {
                close(at, &mut first, goes_on, &mut clauses);
                goes_on = true;
            }
            None if hits.get(at).is_some_and(|hit| hit.sets & (BUT | SUBORDINATE) != 0) => {
                close(at, &mut first, goes_on, &mut clauses);
                goes_on = true;
            }
            None => {}
        }
        from = until;
    }
    close(hits.len(), &mut first, goes_on, &mut clauses);
    clauses
}

/// What parts two clauses.
enum Stop {
    /// The end of a sentence, and whether it is a question.
    Sentence(bool),
    Clause,
}

/// The strongest stop in the text between two words, the first of them included.
fn stop(between: &str) -> Option<Stop> {
    let marks = |byte: u8| !(byte.is_ascii_alphanumeric() || byte == b' ');
    let mut found = None;
    let mut rest = between;
    while let Some(at) = rest.bytes().position(marks) {
        let before = between[..between.len() - rest.len() + at].chars().next_back().unwrap_or(' ');
        let mut chars = rest[at..].chars();
        let Some(c) = chars.next() else { break };
        rest = chars.as_str();
        let spaced = chars.next().is_none_or(char::is_whitespace);
        match c {
            '?' if spaced => return Some(Stop::Sentence(true)),
            '？' => return Some(Stop::Sentence(true)),
            '.' | '!' if spaced => found = Some(Stop::Sentence(false)),
            '。' | '！' | '\n' => found = Some(Stop::Sentence(false)),
            _ if found.is_none() && parts_clauses(c, before, spaced) => found = Some(Stop::Clause),
            _ => {}
        }
    }
    found
}

/// Whether a character parts two clauses. `before` is the one before it, `spaced` whether a space follows.
fn parts_clauses(c: char, before: char, spaced: bool) -> bool {
    match c {
        ',' | ';' | ':' | '/' => spaced,
        '-' => spaced && before.is_whitespace(),
        _ => matches!(c, '、' | '，' | '；' | '：' | '(' | ')' | '[' | ']' | '（' | '）' | '—' | '–' | '→'),
    }
}
