//! Explanations: the JSON form of how a score was computed, and of what a search read.

use serde::Serialize;

use crate::search::{Explanation, SearchWork, WordScore};

/// How a score was computed: the sum of the word scores, the closeness scores and the feedback score, times the
/// factors.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct ExplanationForm<'a> {
    pub words: Vec<WordScoreForm<'a>>,
    /// The feedback score, for words that the best hits have in common.
    pub feedback: f32,
    /// The factors for missing words, for recent and for severe incidents.
    pub coverage: f32,
    pub recency: f32,
    pub severity: f32,
    /// The factor for a service that a pasted text, or the report asked with, names.
    #[serde(skip_serializing_if = "is_one")]
    pub service: f32,
    /// For a pasted text or another report: the share of its information that the hit has, and how far its score is from those of all
    /// incidents, in standard deviations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub z: Option<f32>,
    /// The resulting score. The hit's score is lower if the previous hit has more of the words but a lower score.
    pub total: f32,
}

/// The score of a word of the query in a hit.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct WordScoreForm<'a> {
    pub word: &'a str,
    /// Whether it is a single part of an identifier.
    pub is_part: bool,
    /// How often it was typed.
    pub times: u32,
    pub rarity: f32,
    /// Weighted by section and form.
    pub occurrences: f32,
    pub score: f32,
    /// The score for occurring close to the previous word.
    pub closeness: f32,
}

/// What a search read: its work, in units that do not depend on the machine.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct WorkForm {
    /// Each says that an incident has a term, and how often.
    pub postings: u64,
    /// Where in an incident a term stands.
    pub positions: u64,
    /// Incidents in lists of words that an earlier search of the same process has made; none for a command, which searches once.
    pub listed: u64,
    /// Reports that were parsed to show the hits, or the first of many.
    pub reports: u64,
}

impl WorkForm {
    pub(super) fn new(work: SearchWork) -> Self {
        let SearchWork { postings, positions, listed, reports } = work;
        Self { postings, positions, listed, reports }
    }
}

/// Whether a factor changes nothing.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_one(factor: &f32) -> bool {
    (factor - 1.0).abs() < f32::EPSILON
}

impl<'a> ExplanationForm<'a> {
    pub(super) fn new(explanation: &'a Explanation) -> Self {
        let word = |word: &'a WordScore| WordScoreForm {
            word: &word.word,
            is_part: word.is_part,
            times: word.times,
            rarity: word.rarity,
            occurrences: word.occurrences,
            score: word.score,
            closeness: word.closeness,
        };
        let Explanation { feedback, coverage, recency, severity, service, total, .. } = *explanation;
        let (share, z) = explanation.likeness.map(|like| (like.share, like.z)).unzip();
        let words = explanation.words.iter().map(word).collect();
        Self { words, feedback, coverage, recency, severity, service, share, z, total }
    }
}
