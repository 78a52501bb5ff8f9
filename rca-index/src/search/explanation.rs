//! Explanations: how the score of a hit came about, as data and in words.

use std::fmt;

use crate::plan::{Plan, WordWeight};
use crate::search::rerank::Shares;

/// How the score of a hit came about: the sum of the words' scores, their closeness and the feedback, times the factors.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Explanation {
    /// The words of the query, in the order typed, then the parts of its identifiers.
    pub words: Vec<WordScore>,
    /// What words count that the best hits have in common, from four words typed on.
    pub feedback: f32,
    /// The factor for having only some of the words; 1 for all.
    pub coverage: f32,
    /// The factor for being recent; 1 for none.
    pub recency: f32,
    /// The factor for being severe; 1 for none.
    pub severity: f32,
    /// What that comes to. The score of the hit is lower where the hit before it has more of the words and scores less.
    pub total: f32,
}

/// What a word of the query counts in a hit.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct WordScore {
    /// The word, folded.
    pub word: String,
    /// Whether it is a part of an identifier by itself, which only adds to the score.
    pub is_part: bool,
    /// How rare it is in the index.
    pub rarity: f32,
    /// How often it occurs, weighed by section and form.
    pub occurrences: f32,
    /// What that counts; 0 when the hit lacks the word.
    pub score: f32,
    /// What it counts for standing close to the word typed before it.
    pub closeness: f32,
}

impl Explanation {
    pub(super) fn new(plan: &Plan, weights: &[WordWeight], shares: &Shares) -> Self {
        let words = plan.ranked_words().zip(weights).zip(shares.words.iter().zip(&shares.pairs));
        let words = words.map(|((word, weight), (&(occurrences, score), &closeness))| WordScore {
            word: word.text.clone(),
            is_part: word.is_extra(),
            rarity: weight.idf,
            occurrences,
            score,
            closeness,
        });
        let Shares { feedback, coverage, recent, severe, .. } = *shares;
        let (recency, severity, total) = (recent, severe, shares.score());
        Self { words: words.collect(), feedback, coverage, recency, severity, total }
    }
}

impl fmt::Display for Explanation {
    /// A line for each part of the score.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for WordScore { word, is_part, rarity, occurrences, score, closeness } in &self.words {
            if *score > 0.0 {
                let what = if *is_part { "part of an identifier" } else { "word" };
                writeln!(f, "{score:.3}  {what} `{word}`: rarity {rarity:.2}; weighted occurrences {occurrences:.1}")?;
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
        let factors =
            [(self.coverage, "some words are missing"), (self.recency, "recency"), (self.severity, "severity")];
        for (factor, what) in factors.iter().filter(|(factor, _)| (factor - 1.0).abs() > f32::EPSILON) {
            writeln!(f, "x {factor:.3}  {what}")?;
        }
        Ok(())
    }
}
