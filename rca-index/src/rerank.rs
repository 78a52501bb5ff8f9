//! Rerank: the second look, at the best hits of the first: in which sections their words stand, and how close together.
//!
//! In: the words of a query and hits. Out: the hits with their final scores, best first.

use tantivy::Searcher;

use crate::collect::CollectedHit;
use crate::document::{DATE, LENGTH, RANK};
use crate::parts::{PartMap, part_at};
use crate::postings::Occurrence;
use crate::ranking::{
    PAIR_WEIGHT, PAIR_WINDOW, RECENT_HALF_LIFE, RECENT_WEIGHT, RERANKED, SEVERE_WEIGHT, TITLE_WEIGHT,
};
use crate::schema::{FIELDS, FieldKind, TextField};
use crate::text_query::{Word, WordsWeight, coverage, saturate};

/// What hits are looked at with.
pub(crate) struct Reranker<'a> {
    pub(crate) searcher: &'a Searcher,
    pub(crate) words: &'a [Word],
    pub(crate) weight: &'a WordsWeight,
    pub(crate) mean_length: f32,
    /// The second that counts as now for the preference of recent incidents; none leaves the preferences out.
    pub(crate) now: Option<i64>,
}

/// How the score of a hit came about.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Parts {
    /// What each word counts.
    pub(crate) words: Vec<f32>,
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

    pub(crate) fn score(&self) -> f32 {
        let sum = self.words.iter().sum::<f32>() + self.pairs.iter().sum::<f32>();
        (sum + self.feedback) * self.coverage * self.recent * self.severe
    }
}

/// The occurrences of one word in one incident.
#[derive(Default)]
struct Seen {
    title: Vec<Occurrence>,
    text: Vec<Occurrence>,
}

impl Reranker<'_> {
    /// Puts the best of these hits in a new order, those that have all words first, and says how their scores came about.
    pub(crate) fn rerank(
        &self,
        hits: &mut [CollectedHit],
        feedback: Option<&dyn Fn(&mut [(CollectedHit, Parts)]) -> tantivy::Result<()>>,
    ) -> tantivy::Result<Vec<Parts>> {
        let reranked = hits.len().min(RERANKED);
        let (best, rest) = hits.split_at_mut(reranked);
        let parts = self.parts(best)?;
        let mut scored: Vec<(CollectedHit, Parts)> = best.iter().cloned().zip(parts).collect();
        sort(&mut scored);
        if let Some(feedback) = feedback {
            feedback(&mut scored)?;
            sort(&mut scored);
        }
        let lowest = scored.last().map_or(0.0, |(hit, _)| hit.score);
        let mut all = Vec::with_capacity(scored.len());
        for (slot, (hit, parts)) in best.iter_mut().zip(scored) {
            *slot = hit;
            all.push(parts);
        }
        // Whoever was not looked at again keeps its place behind.
        for hit in rest {
            hit.rescore(hit.score.min(lowest));
        }
        Ok(all)
    }

    /// How the scores of these hits come about, in their order.
    pub(crate) fn parts(&self, hits: &[CollectedHit]) -> tantivy::Result<Vec<Parts>> {
        let weights = part_weights();
        let mut order: Vec<usize> = (0..hits.len()).collect();
        order.sort_by_key(|&i| (hits[i].address.segment_ord, hits[i].address.doc_id));
        let mut parts = vec![Parts::default(); hits.len()];
        for segment in order.chunk_by(|&a, &b| hits[a].address.segment_ord == hits[b].address.segment_ord) {
            let reader = self.searcher.segment_reader(hits[segment[0]].address.segment_ord);
            let columns = reader.fast_fields();
            let (lengths, dates, ranks) = (columns.u64(LENGTH)?, columns.i64(DATE)?, columns.u64(RANK)?);
            let mut postings = self.weight.open(reader, true)?;
            let mut map = PartMap::new(reader)?;
            let mut seen: Vec<Seen> = (0..postings.len()).map(|_| Seen::default()).collect();
            for &i in segment {
                let doc = hits[i].address.doc_id;
                let length = lengths.first(doc).unwrap_or(0) as f32;
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
                let (date, rank) = (dates.first(doc), ranks.first(doc));
                parts[i] = self.look(&seen, length, date, rank);
            }
        }
        Ok(parts)
    }

    fn look(&self, seen: &[Seen], length: f32, date: Option<i64>, rank: Option<u64>) -> Parts {
        let idf: Vec<f32> = self.weight.idf().collect();
        let count = |frequency: f32| saturate(frequency, length, self.mean_length);
        let frequency = |seen: &Seen| TITLE_WEIGHT * weight(&seen.title) + weight(&seen.text);
        let words: Vec<f32> = seen.iter().zip(&idf).map(|(seen, idf)| idf * count(frequency(seen))).collect();
        let pairs = (0..seen.len()).map(|b| {
            let Some(a) = b.checked_sub(1) else { return 0.0 };
            let (Some(first), Some(second)) = (self.words[a].place, self.words[b].place) else { return 0.0 };
            if first.run != second.run || self.words[a].part != self.words[b].part {
                return 0.0;
            }
            let gap = second.offset.saturating_sub(first.offset);
            let close = TITLE_WEIGHT * closeness(&seen[a].title, &seen[b].title, gap)
                + closeness(&seen[a].text, &seen[b].text, gap);
            PAIR_WEIGHT * idf[a].min(idf[b]) * count(close)
        });
        let pairs = pairs.collect();
        let total: f32 = self.weight.shares().sum();
        let covered = words.iter().zip(self.weight.shares()).filter(|(score, _)| **score > 0.0);
        let covered: f32 = covered.map(|(_, share)| share).sum();
        let age = self.now.zip(date).map(|(now, date)| (now - date).max(0) as f32 / 86_400.0);
        let recent = 1.0 + age.map_or(0.0, |days| RECENT_WEIGHT * (-days / RECENT_HALF_LIFE).exp2());
        let rank = rank.filter(|_| self.now.is_some());
        let severe = 1.0 + rank.map_or(0.0, |rank| SEVERE_WEIGHT * (1.0 - rank.min(5) as f32 / 5.0));
        Parts { words, pairs, feedback: 0.0, coverage: coverage(covered, total), recent, severe }
    }
}

fn sort(scored: &mut [(CollectedHit, Parts)]) {
    for (hit, parts) in scored.iter_mut() {
        hit.rescore(parts.score());
    }
    scored.sort_by(|(a, of_a), (b, of_b)| of_b.is_whole().cmp(&of_a.is_whole()).then_with(|| a.compare(b)));
}

fn weight(occurrences: &[Occurrence]) -> f32 {
    occurrences.iter().map(|&(_, weight)| weight).sum()
}

/// How close two words stand: for each occurrence of the second, the nearer the closest of the first the more, where
/// standing as in the query counts as one.
fn closeness(first: &[Occurrence], second: &[Occurrence], gap: u32) -> f32 {
    let mut sum = 0.0;
    let mut at = 0;
    for &(position, weight) in second {
        let wanted = i64::from(position) - i64::from(gap);
        while at + 1 < first.len()
            && (i64::from(first[at + 1].0) - wanted).abs() <= (i64::from(first[at].0) - wanted).abs()
        {
            at += 1;
        }
        let Some(&(nearest, other)) = first.get(at) else { break };
        let distance = (i64::from(nearest) - wanted).unsigned_abs();
        if distance <= PAIR_WINDOW {
            sum += weight.min(other) / (1 + distance) as f32;
        }
    }
    sum
}

/// The weight of each part, by its number.
fn part_weights() -> [f32; 12] {
    let mut weights = [1.0; 12];
    for spec in FIELDS {
        if let FieldKind::Text(field) = spec.kind
            && field != TextField::Title
        {
            weights[field.number() as usize] = spec.weight;
        }
    }
    weights
}
