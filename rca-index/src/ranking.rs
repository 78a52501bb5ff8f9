//! The constants and formulas of ranking, in one place. Section weights stand in the field table.

/// BM25 (Robertson and Zaragoza 2009): how much a word counts that occurs so often in an incident of such a length, in bytes.
pub(crate) fn saturate(frequency: f32, length: f32, mean_length: f32) -> f32 {
    (K1 + 1.0) * frequency / (frequency + K1 * (1.0 - B + B * length / mean_length))
}

/// The weight of a word: ln(1 + (N - n + 0.5) / (n + 0.5)), as in Lucene; never negative.
pub(crate) fn idf(frequency: u64, incidents: u64) -> f32 {
    let (n, all) = (frequency as f32, incidents as f32);
    (1.0 + (all - n + 0.5) / (n + 0.5)).ln()
}

/// What an incident counts that has words of only a part of the weight of all.
pub(crate) fn coverage(covered: f32, total: f32) -> f32 {
    // In most queries every match has all words.
    if covered < total { (covered / total).powf(COVERAGE) } else { 1.0 }
}

/// A score as hits are ordered by it. Scores are sums whose last bits depend on how the index is cut into segments: they are
/// rounded away.
pub(crate) fn rounded(score: f32) -> f64 {
    (f64::from(score) * 1e4).round() / 1e4
}

/// BM25: how fast repeating a word stops helping. Robertson and Zaragoza (2009), "The Probabilistic Relevance Framework".
pub(crate) const K1: f32 = 2.4;
/// BM25: how much a long report must repeat a word to score as a short one does; 0 not at all, 1 in full proportion.
pub(crate) const B: f32 = 0.6;
/// What an occurrence in the title counts, against one in the text.
pub(crate) const TITLE_WEIGHT: f32 = 4.0;
/// What another form of a word counts, against the word as typed: `backlogs` for `backlog`.
pub(crate) const STEM_WEIGHT: f32 = 0.7;
/// What a word counts that only begins as typed (`certif*`).
pub(crate) const PREFIX_WEIGHT: f32 = 0.8;
/// What a word counts that is one edit away from the word as typed; each further edit multiplies again.
pub(crate) const FUZZY_WEIGHT: f32 = 0.6;
/// What an identifier's parts count when they stand there apart (`inventory api` for `inventory-api`).
pub(crate) const PARTS_WEIGHT: f32 = 0.8;
/// What a part of an identifier counts by itself (`idempotent` for `non-idempotent`), against a word.
pub(crate) const EXTRA_WEIGHT: f32 = 0.5;
/// Shorter parts count for nothing by themselves, in bytes.
pub(crate) const LEAST_PART: usize = 3;
/// What a word counts that means the same.
pub(crate) const SYNONYM_WEIGHT: f32 = 0.6;
/// How many words of a query may be misspelled.
pub(crate) const MAX_CORRECTED: usize = 8;
/// The most words that a word may be a misspelling of; the most frequent are kept.
pub(crate) const MAX_CORRECTIONS: usize = 4;
/// The most words that a prefix or a fuzzy word may stand for; the most frequent are kept.
pub(crate) const MAX_EXPANSIONS: usize = 128;
/// When no report has all words, those are found that have this share of the weight of all.
pub(crate) const RELAXED_SHARE: f32 = 0.05;
/// How much a report falls behind that has only a part of the words: the power of its share of their weight.
pub(crate) const COVERAGE: f32 = 0.15;
/// What two neighbouring words count for standing together, against the rarer of the two.
pub(crate) const PAIR_WEIGHT: f32 = 0.5;
/// How far apart, in words, two words may stand to count as close.
pub(crate) const PAIR_WINDOW: u64 = 8;
/// How many of the best hits are looked at again.
pub(crate) const RERANKED: usize = 200;
/// What an incident of today counts more than one of long ago.
pub(crate) const RECENT_WEIGHT: f32 = 0.02;
/// After so many days half of that is left.
pub(crate) const RECENT_HALF_LIFE: f32 = 365.0;
/// What the most severe incident counts more than the least severe.
pub(crate) const SEVERE_WEIGHT: f32 = 0.08;
/// From so many words on, what the best hits have in common counts too.
pub(crate) const FEEDBACK_LEAST_WORDS: usize = 4;
/// How many of the best hits are asked for what they have in common.
pub(crate) const FEEDBACK_HITS: usize = 3;
/// How many words they have in common at most.
pub(crate) const FEEDBACK_WORDS: usize = 60;
/// What these words count together, against the words of the query.
pub(crate) const FEEDBACK_WEIGHT: f32 = 1.0;
