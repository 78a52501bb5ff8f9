//! Explanations: how a score was computed, as data and as text.

use std::fmt;

use crate::plan::{Plan, WordWeight};
use crate::search::Likeness;
use crate::search::rerank::Shares;

/// How the score of a hit was computed: the sum of the word scores, the closeness scores and the feedback score, times
/// the factors.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Explanation {
    /// The words of the query in the order typed, then single parts of its identifiers.
    pub words: Vec<WordScore>,
    /// The feedback score, for words that the best hits have in common; only for queries of four or more words.
    pub feedback: f32,
    /// The factor for missing words; 1 if the hit has all words.
    pub coverage: f32,
    /// The factor for recent incidents; 1 without the preference.
    pub recency: f32,
    /// The factor for severe incidents; 1 without the preference.
    pub severity: f32,
    /// The factor for a service that the pasted text names; 1 for a query in words.
    pub service: f32,
    /// How much like the pasted text the hit is; `None` for a query in words.
    pub likeness: Option<Likeness>,
    /// The resulting score. The score of the hit may be lower: it never exceeds that of the previous hit, which may
    /// have more of the words but a lower score.
    pub total: f32,
}

/// The score of a word of the query in a hit.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct WordScore {
    /// The word, folded.
    pub word: String,
    /// Whether it is a single part of an identifier, which only adds to the score.
    pub is_part: bool,
    /// How often it was typed.
    pub times: u32,
    /// The inverse document frequency, times how often it was typed.
    pub rarity: f32,
    /// The number of occurrences, weighted by section and form.
    pub occurrences: f32,
    /// The word's score; 0 if the hit does not contain the word.
    pub score: f32,
    /// The score for occurring close to the previous word of the query.
    pub closeness: f32,
}

impl Explanation {
    pub(super) fn new(plan: &Plan, weights: &[WordWeight], shares: &Shares, likeness: Option<Likeness>) -> Self {
        let words = plan.ranked_words().zip(weights).zip(shares.words.iter().zip(&shares.pairs));
        let words = words.map(|((word, weight), (&(occurrences, score), &closeness))| WordScore {
            word: word.text.clone(),
            is_part: word.is_extra(),
            times: weight.times,
            rarity: weight.idf,
            occurrences,
            score,
            closeness,
        });
        let Shares { feedback, coverage, recent, severe, service, .. } = *shares;
        let (recency, severity, total) = (recent, severe, shares.score());
        Self { words: words.collect(), feedback, coverage, recency, severity, service, likeness, total }
    }
}

impl fmt::Display for Explanation {
    /// One line for each component of the score.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for WordScore { word, is_part, times, rarity, occurrences, score, closeness } in &self.words {
            if *score > 0.0 {
                let what = if *is_part { "part of an identifier" } else { "word" };
                let times = if *times > 1 { format!(", {times} times") } else { String::new() };
                let counted = format!("rarity {rarity:.2}; weighted occurrences {occurrences:.1}");
                writeln!(f, "{score:.3}  {what} `{word}`{times}: {counted}")?;
            } else if !is_part {
                writeln!(f, "{score:.3}  word `{word}`: missing")?;
            }
            if *closeness > 0.0 {
                writeln!(f, "{closeness:.3}  `{word}` is close to the word before it")?;
            }
        }
        if self.feedback > 0.0 {
            writeln!(f, "{:.3}  words that the best hits have in common", self.feedback)?;
        }
        let factors = [
            (self.coverage, "some words are missing"),
            (self.recency, "recency"),
            (self.severity, "severity"),
            (self.service, "a service that the text names"),
        ];
        for (factor, what) in factors.iter().filter(|(factor, _)| (factor - 1.0).abs() > f32::EPSILON) {
            writeln!(f, "x {factor:.3}  {what}")?;
        }
        if let Some(Likeness { share, z, evidence, .. }) = self.likeness {
            let share = 100.0 * share;
            writeln!(
                f,
                "{share:.0} % of what the text says; {z:.1} standard deviations above all incidents; evidence {evidence:.2}"
            )?;
        }
        Ok(())
    }
}
