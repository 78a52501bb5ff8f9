//! Shingles: how much of their wording two reports share (Broder 1997, "On the resemblance and containment of documents").
//!
//! In: the texts of two reports. Out: of all runs of a few words that either has, the share that both have.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use crate::incident::{Incident, SectionKind};
use crate::ranking::{MAX_REPORT_BYTES, SHINGLE_WORDS};
use crate::text::analyzer::{Analyzer, LexemeKind};

/// The different runs of words of a report, as sorted hashes.
pub(super) struct Shingles(Vec<u64>);

impl Shingles {
    /// Those of what a report says of its incident: without front matter, and without what it says of other incidents. Of a
    /// longer report, the first megabyte counts.
    pub(super) fn of(incident: &Incident) -> Self {
        let is_said = |section: &&crate::incident::Section| {
            section.kind != SectionKind::Related && !section.is_front_matter() && !section.range.is_empty()
        };
        let mut hashes = of_text(&incident.title.value);
        let mut left = MAX_REPORT_BYTES;
        for section in incident.sections.iter().filter(is_said) {
            if section.range.len() > left {
                break;
            }
            left -= section.range.len();
            hashes.extend(of_text(&incident.visible_text(section)));
        }
        hashes.sort_unstable();
        hashes.dedup();
        Self(hashes)
    }

    /// The runs that both have, as a share of those that either has: from 0 to 1.
    pub(super) fn share(&self, other: &Self) -> f32 {
        let (mut left, mut right) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut common = 0_usize;
        while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
            let (at_left, at_right) = (a <= b, b <= a);
            common += usize::from(at_left && at_right);
            if at_left {
                left.next();
            }
            if at_right {
                right.next();
            }
        }
        let all = self.0.len() + other.0.len() - common;
        if all == 0 { 0.0 } else { common as f32 / all as f32 }
    }
}

/// The hash of each run of words of a text; of a shorter text, that of all its words.
fn of_text(text: &str) -> Vec<u64> {
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
        if is_word {
            words.push(hash(|hasher| lexeme.text.hash(hasher)));
        }
    }
    if words.is_empty() {
        return Vec::new();
    }
    words.windows(SHINGLE_WORDS.min(words.len())).map(|run| hash(|hasher| run.hash(hasher))).collect()
}

fn hash(add: impl FnOnce(&mut DefaultHasher)) -> u64 {
    let mut hasher = DefaultHasher::new();
    add(&mut hasher);
    hasher.finish()
}
