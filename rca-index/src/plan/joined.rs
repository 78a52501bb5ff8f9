//! Words written as one or as two: `time out` and `timeout`, `512 MB` and `512MB`, `4 500` and `4500`.
//!
//! In: the plain words of a sequence. Out: the same words with more alternatives, as far as the archive has these
//! spellings, and which words were joined.

use crate::error::Result;
use crate::plan::draft::Draft;
use crate::plan::planner::Planner;
use crate::plan::sequence::{SynonymRun, Typed};
use crate::plan::spelling::{halves, is_grouping};
use crate::plan::words::spelled;
use crate::plan::{Alternative, Form, Pattern, Slot};
use crate::ranking::{DIVIDED_WEIGHT, JOINED_WEIGHT, MAX_DIVIDED, MAX_HALVES, MAX_JOINED, SPELLING_WEIGHT};

impl Planner<'_> {
    /// Adds the joined spelling of neighboring words to each of them.
    pub(super) fn join(&self, typed: &mut [Typed<'_>]) -> Result<Vec<SynonymRun>> {
        let mut runs = Vec::new();
        let mut at = 0;
        while at + 1 < typed.len().min(MAX_JOINED) {
            let Some((end, weight)) = self.joined_at(typed, at) else {
                at += 1;
                continue;
            };
            let texts: Vec<&str> = typed[at..end].iter().map(|typed| typed.word.text.as_str()).collect();
            let mut joined = texts.concat();
            if !self.occurs(&joined)? && texts[1].contains('.') {
                // `TLS 1.3` is also written `TLSv1.3`.
                joined = texts.join("v");
            }
            if !self.occurs(&joined)? || self.is_stop_word(&joined) {
                at += 1;
                continue;
            }
            let alternative = Alternative::new(vec![Slot::of_word(0, joined.clone())], weight);
            for typed in &mut typed[at..end] {
                typed.word.alternatives.push(alternative.clone());
            }
            runs.push(SynonymRun { words: at..end, others: vec![joined] });
            at = end;
        }
        Ok(runs)
    }

    fn occurs(&self, word: &str) -> Result<bool> {
        let form = Form { pattern: Pattern::Word(word.to_owned()), weight: 1.0 };
        Ok(self.vocabulary.has(word)? && self.vocabulary.incidents_with(&[form])? > 0)
    }

    /// The end of the words from `at` that may be written as one, and the weight of that spelling.
    fn joined_at(&self, typed: &[Typed<'_>], at: usize) -> Option<(usize, f32)> {
        let text = |at: usize| typed[at].word.text.as_str();
        let field = typed[at].word.field;
        let same_field = typed[at..].iter().take_while(|typed| typed.word.field == field).count();
        let numbers =
            typed[at..at + same_field].iter().take_while(|typed| kind(&typed.word.text) == Some(Kind::Digits));
        let groups: Vec<&str> = numbers.take(5).map(|typed| typed.word.text.as_str()).collect();
        if let Some(count) = (2..=groups.len()).rev().find(|&count| is_grouping(&groups[..count])) {
            return Some((at + count, SPELLING_WEIGHT));
        }
        if same_field < 2 {
            return None;
        }
        let (first, second) = (text(at), text(at + 1));
        match (kind(first)?, kind(second)?) {
            // `in correct` is hardly `incorrect`, but `log in` may be `login`.
            (Kind::Letters, Kind::Letters) if self.is_stop_word(first) || first.len() < 2 => None,
            (Kind::Letters, Kind::Letters) => Some((at + 2, JOINED_WEIGHT)),
            (Kind::Digits, Kind::Digits) => None,
            _ if self.is_stop_word(first) || self.is_stop_word(second) => None,
            _ => Some((at + 2, SPELLING_WEIGHT)),
        }
    }

    /// Adds the spelling as two words to words that may be written so, if the archive has both.
    pub(super) fn divide(&self, typed: &mut [Typed<'_>], draft: &mut Draft) -> Result<()> {
        let words = typed.iter_mut().filter(|typed| !typed.dropped && halves(&typed.word.text).next().is_some());
        for typed in words.take(MAX_DIVIDED.saturating_sub(draft.divided)) {
            draft.divided += 1;
            let text = typed.word.text.clone();
            let mut found = 0;
            for (first, second) in halves(&text) {
                if found < MAX_HALVES
                    && !self.is_stop_word(first)
                    && self.vocabulary.has(first)?
                    && self.vocabulary.has(second)?
                {
                    found += 1;
                    typed.word.alternatives.push(spelled(&[first, second], DIVIDED_WEIGHT));
                }
            }
        }
        Ok(())
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Letters,
    /// With points, as in `1.5` and `6.2.8`.
    Digits,
}

fn kind(text: &str) -> Option<Kind> {
    if text.bytes().all(|b| b.is_ascii_lowercase()) {
        Some(Kind::Letters)
    } else if text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        Some(Kind::Digits)
    } else {
        None
    }
}
