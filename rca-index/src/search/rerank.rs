//! Reranking: the second pass, over the best candidates of the first.
//!
//! In: the words of a query, their weights, and the evidence of a candidate. Out: the components of its score: in which
//! sections the words occur, how close together, and which feedback words occur. It does not depend on the engine.

use std::collections::HashMap;

use crate::plan::{Evidence, Occurrence, Statistics, Word, WordEvidence, WordId, WordWeight, work};
use crate::ranking::{
    FEEDBACK_WEIGHT, MAX_PAIRS, PAIR_WEIGHT, PAIR_WINDOW, RECENT_HALF_LIFE, RECENT_WEIGHT, SERVICE_WEIGHT,
    SEVERE_WEIGHT, TITLE_WEIGHT, coverage, rounded, saturate,
};

/// Reranks candidates.
pub(super) struct Reranker<'a> {
    /// The pairs of words that were typed next to each other.
    pub(super) pairs: &'a [Pair],
    /// The weights of the words for ranking.
    pub(super) weights: &'a [WordWeight],
    pub(super) statistics: Statistics,
    /// The current time, in seconds since 1970; `None` turns the preferences off.
    pub(super) now: Option<i64>,
}

/// Two words that were typed next to each other, by their places among the words for ranking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pair {
    first: usize,
    second: usize,
    /// How far apart they were typed, in words.
    gap: u32,
    /// How often.
    times: u32,
}

/// The pairs of words that were typed next to each other, each once.
pub(super) fn pairs<'w>(words: impl Iterator<Item = &'w Word>) -> Vec<Pair> {
    let mut typed = Vec::new();
    for (at, word) in words.enumerate() {
        typed.extend(word.typed_at.iter().map(|typed| (typed.sequence, typed.offset, word.field, at)));
    }
    typed.sort_by_key(|&(sequence, offset, ..)| (sequence, offset));
    let mut pairs: Vec<Pair> = Vec::new();
    let mut known: HashMap<(usize, usize, u32), usize> = HashMap::new();
    for two in typed.windows(2) {
        let ((sequence, from, field, first), (other_sequence, to, other_field, second)) = (two[0], two[1]);
        if sequence != other_sequence || field != other_field {
            continue;
        }
        let gap = to.saturating_sub(from);
        if let Some(&at) = known.get(&(first, second, gap)) {
            pairs[at].times += 1;
        } else if pairs.len() < MAX_PAIRS {
            known.insert((first, second, gap), pairs.len());
            pairs.push(Pair { first, second, gap, times: 1 });
        }
    }
    pairs
}

/// The components of a score.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Shares {
    /// For each word: the number of occurrences, weighted by section and form, and its score.
    pub(super) words: Vec<(f32, f32)>,
    /// For each word: the score for occurring close to the previous one.
    pub(super) pairs: Vec<f32>,
    /// The feedback score.
    pub(super) feedback: f32,
    /// The factor for missing words.
    pub(super) coverage: f32,
    /// The factor for recent incidents.
    pub(super) recent: f32,
    /// The factor for severe incidents.
    pub(super) severe: f32,
    /// The factor for incidents of a service that the text names.
    pub(super) service: f32,
    /// The weight of the words that the candidate has, as a share of that of the words that any incident has.
    pub(super) share: f32,
    /// What these words tell: the sum of their weights times rarity.
    pub(super) information: f32,
    /// The score of the words, as a share of that of an incident of mean length that has each of them once.
    pub(super) strength: f32,
}

impl Shares {
    /// Whether the candidate has all words.
    pub(super) fn has_all(&self) -> bool {
        self.coverage > 0.9999
    }

    /// The share of the score of words that is due to their closeness.
    pub(super) fn closeness(&self) -> f32 {
        let pairs: f32 = self.pairs.iter().sum();
        let words: f32 = self.words.iter().map(|(_, score)| score).sum();
        if pairs > 0.0 { pairs / (pairs + words) } else { 0.0 }
    }

    /// The total score, as used for sorting.
    pub(super) fn score(&self) -> f32 {
        let words: f32 = self.words.iter().map(|(_, score)| score).sum();
        let sum = words + self.pairs.iter().sum::<f32>() + self.feedback;
        rounded(sum * self.coverage * self.recent * self.severe * self.service) as f32
    }
}

impl Reranker<'_> {
    /// The components of a candidate's score, without feedback.
    pub(super) fn shares(&self, evidence: &Evidence<'_>) -> Shares {
        let Evidence { words: found, length, date, rank, preferred } = *evidence;
        let words: Vec<(f32, f32)> = found
            .iter()
            .zip(self.weights)
            .map(|(found, weight)| {
                let frequency = frequency(found, weight.title);
                (frequency, weight.idf * self.saturated(frequency, length))
            })
            .collect();
        let mut pairs = vec![0.0; found.len()];
        for pair in self.pairs {
            let (close, weight) = self.close(found, pair);
            pairs[pair.second] += weight * self.saturated(close, length);
        }
        let total: f32 = self.weights.iter().map(|weight| weight.share).sum();
        let found_words = words.iter().zip(self.weights).filter(|((_, score), _)| *score > 0.0);
        let (covered, information) = found_words
            .fold((0.0, 0.0), |(covered, information), (_, weight)| (covered + weight.share, information + weight.idf));
        let known: f32 = self.weights.iter().filter(|weight| weight.known).map(|weight| weight.share).sum();
        let share = if known > 0.0 { covered / known } else { 0.0 };
        let all: f32 = self.weights.iter().map(|weight| weight.idf).sum();
        let scored: f32 = words.iter().map(|(_, score)| score).sum();
        let strength = if all > 0.0 { scored / all } else { 0.0 };
        let coverage = coverage(covered, total);
        // In whole days, so that scores do not change during a day.
        let age = self.now.zip(date).map(|(now, date)| (now.saturating_sub(date).max(0) / 86_400) as f32);
        let recent = 1.0 + age.map_or(0.0, |days| RECENT_WEIGHT * (-days / RECENT_HALF_LIFE).exp2());
        let rank = rank.filter(|_| self.now.is_some());
        let severe = 1.0 + rank.map_or(0.0, |rank| SEVERE_WEIGHT * (1.0 - rank.min(5) as f32 / 5.0));
        let service = if preferred { 1.0 + SERVICE_WEIGHT } else { 1.0 };
        Shares { words, pairs, feedback: 0.0, coverage, recent, severe, service, share, information, strength }
    }

    /// The feedback score, given the feedback words with their shares.
    pub(super) fn feedback(&self, evidence: &Evidence<'_>, chosen: &[(WordId, f32)]) -> f32 {
        // A word that no incident has cannot score, so feedback must not make up for it.
        let known = self.weights.iter().filter(|weight| weight.known);
        let total: f32 = known.map(|weight| weight.idf).sum();
        let counts = evidence.words.iter().zip(chosen);
        let sum: f32 = counts
            .map(|(found, (_, share))| share * self.saturated(frequency(found, TITLE_WEIGHT), evidence.length))
            .sum();
        FEEDBACK_WEIGHT * total * sum
    }

    fn saturated(&self, frequency: f32, length: f32) -> f32 {
        saturate(frequency, length, self.statistics.mean_length)
    }

    /// How close the words of a pair occur, and the weight of the pair.
    fn close(&self, found: &[WordEvidence], pair: &Pair) -> (f32, f32) {
        let Pair { first, second, gap, times } = *pair;
        let close = TITLE_WEIGHT * closeness(&found[first].title, &found[second].title, gap)
            + closeness(&found[first].text, &found[second].text, gap);
        // The weight of one time that the word was typed.
        let once = |at: usize| self.weights[at].idf / self.weights[at].times as f32;
        (close, times as f32 * PAIR_WEIGHT * once(first).min(once(second)))
    }
}

/// The number of occurrences of a word, with the weight of one in the title.
fn frequency(found: &WordEvidence, title_weight: f32) -> f32 {
    title_weight * sum(&found.title) + sum(&found.text)
}

fn sum(occurrences: &[Occurrence]) -> f32 {
    // Not `sum()`, because the sum of an empty iterator is -0.
    occurrences.iter().fold(0.0, |sum, &(_, weight)| sum + weight)
}

/// The closeness of two words, summed over the occurrences of the second. Each contributes by the distance to the
/// nearest occurrence of the first; a distance as in the query contributes one.
fn closeness(first: &[Occurrence], second: &[Occurrence], gap: u32) -> f32 {
    let mut sum = 0.0;
    let mut at = 0;
    work::add(second.len());
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
    use crate::plan::{Alternative, Slot, TypedAt};

    fn word(text: &str, offset: u32) -> Word {
        let alternatives = vec![Alternative::of_slot(Slot::of_word(0, text.to_owned()))];
        Word { typed_at: vec![TypedAt { sequence: 0, offset }], ..Word::new(text.to_owned(), alternatives, None) }
    }

    fn at(positions: &[u32]) -> Vec<Occurrence> {
        positions.iter().map(|&p| (p, 1.0)).collect()
    }

    fn found(title: &[u32], text: &[u32]) -> WordEvidence {
        WordEvidence { title: at(title), text: at(text) }
    }

    /// The shares of a candidate of mean length for two words typed side by side, each weighing 2.
    fn shares(words: &[WordEvidence], date: Option<i64>, rank: Option<u64>) -> Shares {
        let pairs = pairs([word("zebra", 0), word("okapi", 1)].iter());
        let weights = [WordWeight { idf: 2.0, share: 2.0, times: 1, title: 3.0, known: true }; 2];
        let statistics = Statistics { incidents: 10, mean_length: 100.0 };
        let reranker = Reranker { pairs: &pairs, weights: &weights, statistics, now: Some(1_000 * 86_400) };
        reranker.shares(&Evidence { words, length: 100.0, date, rank, preferred: false })
    }

    #[test]
    fn words_are_close_that_stand_as_in_the_query() {
        let check = |first: &[u32], second: &[u32], gap, expected: f32| {
            assert!((closeness(&at(first), &at(second), gap) - expected).abs() < 1e-6, "{first:?} {second:?}");
        };
        check(&[4], &[5], 1, 1.0);
        check(&[4], &[6], 2, 1.0);
        check(&[4], &[6], 1, 0.5);
        check(&[5], &[4], 1, 1.0 / 3.0);
        check(&[1, 4, 40], &[5, 41, 90], 1, 2.0);
        check(&[4], &[13], 1, 1.0 / 9.0);
        check(&[4], &[14], 1, 0.0);
        check(&[1], &[90], 1, 0.0);
        check(&[], &[90], 1, 0.0);
    }

    #[test]
    fn a_pair_that_was_typed_twice_counts_twice() {
        let at = |offset| TypedAt { sequence: 0, offset };
        let zebra = Word { typed_at: vec![at(0), at(2), at(4)], times: 3, ..word("zebra", 0) };
        let okapi = Word { typed_at: vec![at(1), at(3)], times: 2, ..word("okapi", 1) };
        let elsewhere = Word { typed_at: vec![TypedAt { sequence: 1, offset: 5 }], ..word("gnu", 5) };
        let found = pairs([zebra, okapi, elsewhere].iter());
        let pair = |first, second, times| Pair { first, second, gap: 1, times };
        assert_eq!(found, [pair(0, 1, 2), pair(1, 0, 2)]);
        // As many different pairs as words would take the square of their number; so many are looked at.
        let many: Vec<Word> = (0..3_000).map(|i| word(&i.to_string(), i)).collect();
        assert_eq!(pairs(many.iter()).len(), MAX_PAIRS);
    }

    #[test]
    fn a_score_is_the_sum_of_its_shares_times_the_factors() {
        let both = shares(&[found(&[], &[1]), found(&[], &[2])], None, None);
        // At mean length, one occurrence counts (k1 + 1) / (1 + k1) = 1.
        assert_eq!(both.words, [(1.0, 2.0), (1.0, 2.0)]);
        assert_eq!(both.pairs, [0.0, PAIR_WEIGHT * 2.0]);
        assert!((both.score() - (4.0 + PAIR_WEIGHT * 2.0)).abs() < 1e-3 && both.has_all());
        let apart = shares(&[found(&[], &[1]), found(&[], &[50])], None, None);
        assert_eq!(apart.pairs, [0.0, 0.0]);
        let titled = shares(&[found(&[0], &[]), found(&[], &[2])], None, None);
        assert!((titled.words[0].0 - 3.0).abs() < 1e-6 && titled.words[0].1 > 2.0);
        let one = shares(&[found(&[], &[1]), found(&[], &[])], None, None);
        assert!(!one.has_all() && (one.coverage - 0.5_f32.powf(crate::ranking::COVERAGE)).abs() < 1e-6);
        assert!(one.score() < 2.0);
    }

    #[test]
    fn recent_and_severe_incidents_are_preferred() {
        let of = |date: Option<i64>, rank| shares(&[found(&[], &[1]), found(&[], &[2])], date, rank);
        let day = |day: i64| Some(day * 86_400);
        assert!((of(day(1_000), None).recent - 1.0 - RECENT_WEIGHT).abs() < 1e-6);
        assert!((of(day(1_000 - 365), None).recent - 1.0 - RECENT_WEIGHT / 2.0).abs() < 1e-6);
        assert!((of(day(2_000), None).recent - 1.0 - RECENT_WEIGHT).abs() < 1e-6, "the future is no more recent");
        assert_eq!((of(None, None).recent, of(None, None).severe), (1.0, 1.0));
        assert!((of(None, Some(0)).severe - 1.0 - SEVERE_WEIGHT).abs() < 1e-6);
        assert!((of(None, Some(5)).severe - 1.0).abs() < 1e-6 && (of(None, Some(9)).severe - 1.0).abs() < 1e-6);
    }

    #[test]
    fn feedback_counts_words_by_their_shares() {
        let pairs = pairs([word("zebra", 0), word("unknown", 1)].iter());
        let known = WordWeight { idf: 3.0, share: 3.0, times: 1, title: 4.0, known: true };
        // The weight of a word that no incident has is not made up for.
        let weights = [known, WordWeight { idf: 9.0, known: false, ..known }];
        let statistics = Statistics { incidents: 10, mean_length: 100.0 };
        let reranker = Reranker { pairs: &pairs, weights: &weights, statistics, now: None };
        let words = [found(&[], &[1]), found(&[], &[])];
        let evidence = Evidence { words: &words, length: 100.0, date: None, rank: None, preferred: false };
        let feedback = reranker.feedback(&evidence, &[(0, 0.75), (1, 0.25)]);
        assert!((feedback - FEEDBACK_WEIGHT * 3.0 * 0.75).abs() < 1e-6, "{feedback}");
    }
}
