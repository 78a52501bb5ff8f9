//! Rerank: the second look, at the best hits of the first.
//!
//! In: the words of a query and hits. Out: the hits in their final order, and how their scores came about: in which sections
//! the words stand, how close together, and what the best hits have in common.

use std::sync::Arc;

use tantivy::Searcher;

use crate::engine::collect::CollectedHit;
use crate::engine::compile::Compiler;
use crate::engine::document::{DATE, LENGTH, RANK};
use crate::engine::lookup::KnownWord;
use crate::engine::parts::{PartMap, part_at};
use crate::engine::postings::Occurrence;
use crate::engine::scorer::{coverage, saturate};
use crate::index::{Commit, Index};
use crate::ranking::{
    FEEDBACK_HITS, FEEDBACK_LEAST_WORDS, FEEDBACK_WEIGHT, PAIR_WEIGHT, PAIR_WINDOW, RECENT_HALF_LIFE, RECENT_WEIGHT,
    RERANKED, SEVERE_WEIGHT, TITLE_WEIGHT,
};
use crate::schema::{FIELDS, FieldKind, TextField};
use crate::search::feedback::common_words;
use crate::search::{is_large, map_all};

/// What hits are looked at with.
pub(crate) struct Ranker<'a> {
    pub(crate) index: &'a Index,
    pub(crate) searcher: &'a Searcher,
    pub(crate) commit: &'a Commit,
    pub(crate) compiler: &'a Compiler<'a>,
    /// Whether recent and severe incidents are preferred.
    pub(crate) preferences: bool,
}

/// A hit and how its score came about; nothing is known of hits that were not looked at again.
#[derive(Debug, Clone)]
pub(crate) struct Ranked {
    pub(crate) hit: CollectedHit,
    pub(crate) parts: Option<Parts>,
}

/// How the score of a hit came about.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Parts {
    /// How often each word stands there, weighed by section and form, and what that counts.
    pub(crate) words: Vec<(f32, f32)>,
    /// What each word counts for standing close to the one before it.
    pub(crate) pairs: Vec<f32>,
    /// What the words count that the best hits have in common.
    pub(crate) feedback: f32,
    /// What having only some of the words multiplies by.
    pub(crate) coverage: f32,
    /// What being recent multiplies by.
    pub(crate) recent: f32,
    /// What being severe multiplies by.
    pub(crate) severe: f32,
}

impl Parts {
    /// Whether the hit has all words.
    fn is_whole(&self) -> bool {
        self.coverage > 0.9999
    }

    fn score(&self) -> f32 {
        let words: f32 = self.words.iter().map(|(_, score)| score).sum();
        (words + self.pairs.iter().sum::<f32>() + self.feedback) * self.coverage * self.recent * self.severe
    }
}

/// The occurrences of one word in one incident.
#[derive(Default)]
struct Seen {
    title: Vec<Occurrence>,
    text: Vec<Occurrence>,
}

impl Ranker<'_> {
    /// Puts hits in their final order: of the best, those that have all words first.
    pub(crate) fn rank(&self, words: &[Arc<KnownWord>], mut hits: Vec<CollectedHit>) -> tantivy::Result<Vec<Ranked>> {
        let rest = hits.split_off(hits.len().min(RERANKED));
        let mut best = self.look_at(words, hits)?;
        sort(&mut best);
        if words.len() >= FEEDBACK_LEAST_WORDS {
            self.feed_back(words, &mut best)?;
            sort(&mut best);
        }
        // Whoever was not looked at again keeps its place behind.
        let lowest = best.last().map_or(0.0, |(hit, _)| hit.score);
        let best = best.into_iter().map(|(hit, parts)| Ranked { hit, parts: Some(parts) });
        let rest = rest.into_iter().map(|mut hit| {
            hit.rescore(hit.score.min(lowest));
            Ranked { hit, parts: None }
        });
        Ok(best.chain(rest).collect())
    }

    /// Adds to the scores what the best hits have in common.
    fn feed_back(&self, words: &[Arc<KnownWord>], hits: &mut [(CollectedHit, Parts)]) -> tantivy::Result<()> {
        let best = hits.iter().take(FEEDBACK_HITS).filter_map(|(hit, _)| {
            let incident = self.index.incident(self.searcher, self.commit, hit.address).ok()?;
            Some((incident, hit.score))
        });
        let look_up = |word| self.compiler.look_up(word);
        let typed = words.iter().map(|known| &known.word);
        let common = common_words(self.compiler.analyzer, &best.collect::<Vec<_>>(), typed, look_up)?;
        let (common, shares): (Vec<_>, Vec<f32>) = common.into_iter().unzip();
        let total: f32 = words.iter().map(|word| word.idf()).sum();
        let again = hits.iter().map(|(hit, _)| hit.clone()).collect();
        for ((_, parts), (_, more)) in hits.iter_mut().zip(self.look_at(&common, again)?) {
            let counts = more.words.iter().zip(&common).map(|((_, score), word)| score / word.idf().max(f32::EPSILON));
            parts.feedback =
                FEEDBACK_WEIGHT * total * counts.zip(&shares).map(|(count, share)| count * share).sum::<f32>();
        }
        Ok(())
    }

    /// Looks at hits one by one; they stay in their order.
    fn look_at(
        &self,
        words: &[Arc<KnownWord>],
        hits: Vec<CollectedHit>,
    ) -> tantivy::Result<Vec<(CollectedHit, Parts)>> {
        let look = Look {
            words,
            total: words.iter().map(|word| word.share()).sum(),
            mean_length: self.compiler.statistics.mean_length,
            now: self.preferences.then_some(self.compiler.now),
        };
        let weights = part_weights();
        let searcher = self.searcher;
        let mut order: Vec<usize> = (0..hits.len()).collect();
        order.sort_by_key(|&i| (hits[i].address.segment_ord, hits[i].address.doc_id));
        let look_in = |segment: &[usize]| -> tantivy::Result<Vec<(usize, Parts)>> {
            let reader = searcher.segment_reader(hits[segment[0]].address.segment_ord);
            let columns = reader.fast_fields();
            let (lengths, dates, ranks) = (columns.u64(LENGTH)?, columns.i64(DATE)?, columns.u64(RANK)?);
            let mut postings = words.iter().map(|word| word.open(reader, true)).collect::<tantivy::Result<Vec<_>>>()?;
            let mut map = PartMap::new(reader)?;
            let mut seen: Vec<Seen> = (0..postings.len()).map(|_| Seen::default()).collect();
            let looked_at = segment.iter().map(|&i| {
                let doc = hits[i].address.doc_id;
                let known = map.of(doc);
                for (word, seen) in postings.iter_mut().zip(&mut seen) {
                    seen.title.clear();
                    seen.text.clear();
                    if word.seek(doc) == doc {
                        word.positions(true, &mut seen.title);
                        word.positions(false, &mut seen.text);
                        for (position, weight) in &mut seen.text {
                            *weight *= weights[part_at(known, *position).number() as usize];
                        }
                    }
                }
                let length = lengths.first(doc).unwrap_or(0) as f32;
                (i, look.parts(&seen, length, dates.first(doc), ranks.first(doc)))
            });
            Ok(looked_at.collect())
        };
        let segments: Vec<&[usize]> =
            order.chunk_by(|&a, &b| hits[a].address.segment_ord == hits[b].address.segment_ord).collect();
        let mut parts = vec![Parts::default(); hits.len()];
        for (i, of_hit) in map_all(segments, is_large(searcher), look_in)?.into_iter().flatten() {
            parts[i] = of_hit;
        }
        Ok(hits.into_iter().zip(parts).collect())
    }
}

/// What a look at an incident needs to know.
struct Look<'a> {
    words: &'a [Arc<KnownWord>],
    /// The weight of all words, when it comes to having them all.
    total: f32,
    mean_length: f32,
    /// Now, in seconds since 1970; none leaves the preferences out.
    now: Option<i64>,
}

impl Look<'_> {
    fn parts(&self, seen: &[Seen], length: f32, date: Option<i64>, rank: Option<u64>) -> Parts {
        let count = |frequency: f32| saturate(frequency, length, self.mean_length);
        let words = seen.iter().zip(self.words).map(|(seen, word)| {
            let frequency = TITLE_WEIGHT * sum(&seen.title) + sum(&seen.text);
            (frequency, word.idf() * count(frequency))
        });
        let words: Vec<(f32, f32)> = words.collect();
        let pairs = (0..seen.len()).map(|at| self.pair(seen, at).map_or(0.0, |(close, idf)| idf * count(close)));
        let pairs = pairs.collect();
        let covered = words.iter().zip(self.words).filter(|((_, score), _)| *score > 0.0);
        let coverage = coverage(covered.map(|(_, word)| word.share()).sum(), self.total);
        // In whole days, so that the same search gives the same scores all day, nearly.
        let age = self.now.zip(date).map(|(now, date)| (now.saturating_sub(date).max(0) / 86_400) as f32);
        let recent = 1.0 + age.map_or(0.0, |days| RECENT_WEIGHT * (-days / RECENT_HALF_LIFE).exp2());
        let rank = rank.filter(|_| self.now.is_some());
        let severe = 1.0 + rank.map_or(0.0, |rank| SEVERE_WEIGHT * (1.0 - rank.min(5) as f32 / 5.0));
        Parts { words, pairs, feedback: 0.0, coverage, recent, severe }
    }

    /// How close a word stands to the one typed before it, and what that weighs.
    fn pair(&self, seen: &[Seen], second: usize) -> Option<(f32, f32)> {
        let first = second.checked_sub(1)?;
        let (first_word, second_word) = (&self.words[first], &self.words[second]);
        let (a, b) = (&first_word.word, &second_word.word);
        let (from, to) = (a.place?, b.place?);
        if from.run != to.run || a.part != b.part {
            return None;
        }
        let gap = to.offset.saturating_sub(from.offset);
        let close = TITLE_WEIGHT * closeness(&seen[first].title, &seen[second].title, gap)
            + closeness(&seen[first].text, &seen[second].text, gap);
        Some((close, PAIR_WEIGHT * first_word.idf().min(second_word.idf())))
    }
}

fn sort(hits: &mut [(CollectedHit, Parts)]) {
    for (hit, parts) in hits.iter_mut() {
        hit.rescore(parts.score());
    }
    hits.sort_by(|(a, of_a), (b, of_b)| of_b.is_whole().cmp(&of_a.is_whole()).then_with(|| a.compare(b)));
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

/// The weight of each part of the text, by its number.
fn part_weights() -> [f32; TextField::COUNT] {
    let mut weights = [1.0; TextField::COUNT];
    for spec in FIELDS {
        if let FieldKind::Text(field) = spec.kind
            && field != TextField::Title
        {
            weights[field.number() as usize] = spec.weight;
        }
    }
    weights
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
