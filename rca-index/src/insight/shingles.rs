//! Shingles: how much of their wording two reports share (Broder 1997, "On the resemblance and containment of documents").
//!
//! In: the texts of two reports. Out: of all runs of a few words that either has, the share that both have; and the same of
//! their numbers, which tell two reports in one template apart.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use crate::incident::{Incident, SectionKind};
use crate::ranking::{MAX_REPORT_BYTES, NEAR_NUMBERS, SHINGLE_WORDS};
use crate::text::analyzer::{Analyzer, LexemeKind};

/// The different runs of words of a report, and its different numbers, as sorted hashes.
pub(super) struct Shingles {
    runs: Vec<u64>,
    numbers: Vec<u64>,
}

/// Shorter numbers say little: places in a list, levels.
const MIN_NUMBER_BYTES: usize = 3;

impl Shingles {
    /// Those of what a report says of its incident: without front matter, and without what it says of other incidents. Of a
    /// longer report, the first megabyte counts.
    pub(super) fn of(incident: &Incident) -> Self {
        let is_said = |section: &&crate::incident::Section| {
            section.kind != SectionKind::Related && !section.is_front_matter() && !section.range.is_empty()
        };
        let mut found = Self { runs: Vec::new(), numbers: Vec::new() };
        found.add(&incident.title.value);
        // The day that it states anywhere is one of its numbers.
        found.numbers.extend(incident.date.iter().map(|date| of_word(&date.value.day().to_string())));
        let mut left = MAX_REPORT_BYTES;
        for section in incident.sections.iter().filter(is_said) {
            if section.range.len() > left {
                break;
            }
            left -= section.range.len();
            found.add(&incident.visible_text(section));
        }
        for hashes in [&mut found.runs, &mut found.numbers] {
            hashes.sort_unstable();
            hashes.dedup();
        }
        found
    }

    /// Adds the runs of words of a text, and its numbers; of a text shorter than a run, all its words.
    fn add(&mut self, text: &str) {
        let analyzer = Analyzer::default();
        let mut lexemes = analyzer.lexemes(text);
        let mut words: Vec<u64> = Vec::new();
        let mut end_of_whole = 0;
        while let Some(lexeme) = lexemes.next() {
            // Text without spaces has pairs of characters only; the parts of an identifier lie within the whole.
            let is_word = match lexeme.kind {
                LexemeKind::Whole => {
                    end_of_whole = lexeme.span.1;
                    true
                }
                LexemeKind::Part => lexeme.span.0 >= end_of_whole,
                _ => false,
            };
            if !is_word {
                continue;
            }
            let word = of_word(lexeme.text);
            words.push(word);
            if lexeme.text.len() >= MIN_NUMBER_BYTES && lexeme.text.bytes().any(|byte| byte.is_ascii_digit()) {
                self.numbers.push(word);
            }
        }
        let run = SHINGLE_WORDS.min(words.len()).max(1);
        self.runs.extend(words.windows(run).map(|run| hash(|hasher| run.hash(hasher))));
    }

    /// The runs of words that both have, as a share of those that either has: from 0 to 1.
    pub(super) fn share(&self, other: &Self) -> f32 {
        let (common, all) = in_common(&self.runs, &other.runs);
        if all == 0 { 0.0 } else { common as f32 / all as f32 }
    }

    /// Whether the numbers of both say that they are about one incident. Without numbers, nothing says otherwise.
    pub(super) fn numbers_agree(&self, other: &Self) -> bool {
        let (common, all) = in_common(&self.numbers, &other.numbers);
        all < 2 || common as f32 / all as f32 >= NEAR_NUMBERS
    }
}

/// How many hashes two sorted lists have in common, and how many either has.
fn in_common(left: &[u64], right: &[u64]) -> (usize, usize) {
    let (mut at_left, mut at_right, mut common) = (0, 0, 0);
    while let (Some(a), Some(b)) = (left.get(at_left), right.get(at_right)) {
        at_left += usize::from(a <= b);
        at_right += usize::from(b <= a);
        common += usize::from(a == b);
    }
    (common, left.len() + right.len() - common)
}

fn of_word(word: &str) -> u64 {
    hash(|hasher| word.hash(hasher))
}

fn hash(add: impl FnOnce(&mut DefaultHasher)) -> u64 {
    let mut hasher = DefaultHasher::new();
    add(&mut hasher);
    hasher.finish()
}
