//! Rerank: the second pass, over the best candidates of the first.
//!
//! In: the words of a query, what they weigh, and the evidence of a candidate. Out: how its score comes about: in which
//! sections the words stand, how close together, what the best have in common. It knows no engine.

use crate::plan::{Evidence, Occurrence, Statistics, Word, WordEvidence, WordId, WordWeight};
use crate::ranking::{
    FEEDBACK_WEIGHT, PAIR_WEIGHT, PAIR_WINDOW, RECENT_HALF_LIFE, RECENT_WEIGHT, SEVERE_WEIGHT, TITLE_WEIGHT, coverage,
    rounded, saturate,
};

/// What candidates are reranked with.
pub(super) struct Reranker<'a> {
    /// The words that incidents are ranked by.
    pub(super) words: &'a [&'a Word],
    /// What each weighs.
    pub(super) weights: &'a [WordWeight],
    pub(super) statistics: Statistics,
    /// Now, in seconds since 1970; none leaves the preferences out.
    pub(super) now: Option<i64>,
}

/// How the score of a candidate comes about.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Shares {
    /// How often each word stands there, weighed by section and form, and what that counts.
    pub(super) words: Vec<(f32, f32)>,
    /// What each word counts for standing close to the one before it.
    pub(super) pairs: Vec<f32>,
    /// What the words count that the best candidates have in common.
    pub(super) feedback: f32,
    /// The factor for having only some of the words.
    pub(super) coverage: f32,
    /// The factor for being recent.
    pub(super) recent: f32,
    /// The factor for being severe.
    pub(super) severe: f32,
}

impl Shares {
    /// Whether the candidate has all words.
    pub(super) fn has_all(&self) -> bool {
        self.coverage > 0.9999
    }

    /// The score, as candidates are ordered by it.
    pub(super) fn score(&self) -> f32 {
        let words: f32 = self.words.iter().map(|(_, score)| score).sum();
        let sum = words + self.pairs.iter().sum::<f32>() + self.feedback;
        rounded(sum * self.coverage * self.recent * self.severe) as f32
    }
}

impl Reranker<'_> {
    /// How the score of a candidate comes about, feedback aside.
    pub(super) fn shares(&self, evidence: &Evidence<'_>) -> Shares {
        let Evidence { words: found, length, date, rank } = *evidence;
        let words: Vec<(f32, f32)> = found
            .iter()
            .zip(self.weights)
            .map(|(found, weight)| {
                let frequency = frequency(found);
                (frequency, weight.idf * self.saturated(frequency, length))
            })
            .collect();
        let pairs = (0..found.len())
            .map(|at| self.pair(found, at).map_or(0.0, |(close, weight)| weight * self.saturated(close, length)))
            .collect();
        let total: f32 = self.weights.iter().map(|weight| weight.share).sum();
        let covered = words.iter().zip(self.weights).filter(|((_, score), _)| *score > 0.0);
        let coverage = coverage(covered.map(|(_, weight)| weight.share).sum(), total);
        // In whole days, so that the same search gives the same scores all day, nearly.
        let age = self.now.zip(date).map(|(now, date)| (now.saturating_sub(date).max(0) / 86_400) as f32);
        let recent = 1.0 + age.map_or(0.0, |days| RECENT_WEIGHT * (-days / RECENT_HALF_LIFE).exp2());
        let rank = rank.filter(|_| self.now.is_some());
        let severe = 1.0 + rank.map_or(0.0, |rank| SEVERE_WEIGHT * (1.0 - rank.min(5) as f32 / 5.0));
        Shares { words, pairs, feedback: 0.0, coverage, recent, severe }
    }

    /// What words count that the best candidates have in common, given with the share of each.
    pub(super) fn feedback(&self, evidence: &Evidence<'_>, chosen: &[(WordId, f32)]) -> f32 {
        let total: f32 = self.weights.iter().map(|weight| weight.idf).sum();
        let counts = evidence.words.iter().zip(chosen);
        let sum: f32 =
            counts.map(|(found, (_, share))| share * self.saturated(frequency(found), evidence.length)).sum();
        FEEDBACK_WEIGHT * total * sum
    }

    fn saturated(&self, frequency: f32, length: f32) -> f32 {
        saturate(frequency, length, self.statistics.mean_length)
    }

    /// How close a word stands to the one typed before it, and what that weighs.
    fn pair(&self, found: &[WordEvidence], second: usize) -> Option<(f32, f32)> {
        let first = second.checked_sub(1)?;
        let (a, b) = (self.words[first], self.words[second]);
        let (from, to) = (a.typed_at?, b.typed_at?);
        if from.sequence != to.sequence || a.field != b.field {
            return None;
        }
        let gap = to.offset.saturating_sub(from.offset);
        let close = TITLE_WEIGHT * closeness(&found[first].title, &found[second].title, gap)
            + closeness(&found[first].text, &found[second].text, gap);
        Some((close, PAIR_WEIGHT * self.weights[first].idf.min(self.weights[second].idf)))
    }
}

/// How often a word occurs, occurrences in the title weighed.
fn frequency(found: &WordEvidence) -> f32 {
    TITLE_WEIGHT * sum(&found.title) + sum(&found.text)
}

fn sum(occurrences: &[Occurrence]) -> f32 {
    // The sum of no numbers would be -0.
    occurrences.iter().fold(0.0, |sum, &(_, weight)| sum + weight)
}

/// How close two words stand: for each occurrence of the second, the nearer the closest of the first the more, where
/// standing as in the query counts as one.
fn closeness(first: &[Occurrence], second: &[Occurrence], gap: u32) -> f32 {
    let mut sum = 0.0;
    let mut at = 0;
    for &(position, weight) in second {
        let wanted = i64::from(position) - i64::from(gap);
        let distance = |at: usize| first.get(at).map(|&(nearest, _)| (i64::from(nearest) - wanted).unsigned_abs());
        while distance(at + 1).is_some_and(|next| Some(next) <= distance(at)) {
            at += 1;
        }
        let (Some(distance), Some(&(_, other))) = (distance(at), first.get(at)) else { break };
        if distance <= PAIR_WINDOW {
            sum += weight.min(other) / (1 + distance) as f32;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_close_that_stand_as_in_the_query() {
        let at = |positions: &[u32]| positions.iter().map(|&p| (p, 1.0)).collect::<Vec<_>>();
        let check = |first: &[u32], second: &[u32], gap, expected: f32| {
            assert!((closeness(&at(first), &at(second), gap) - expected).abs() < 1e-6, "{first:?} {second:?}");
        };
        check(&[4], &[5], 1, 1.0);
        check(&[4], &[6], 2, 1.0);
        check(&[4], &[6], 1, 0.5);
        check(&[5], &[4], 1, 1.0 / 3.0);
        check(&[1, 4, 40], &[5, 41, 90], 1, 2.0);
        check(&[1], &[90], 1, 0.0);
        check(&[], &[90], 1, 0.0);
    }
}
