//! The constants of the ranking, in one place. Field weights stand in the field table.

/// BM25: how fast repeating a word stops helping. Robertson and Zaragoza (2009), "The Probabilistic Relevance Framework".
pub(crate) const K1: f32 = 1.2;
/// BM25: how much a long report must repeat a word to score as a short one does; 0 not at all, 1 in full proportion.
pub(crate) const B: f32 = 0.75;
/// What another form of a word counts, against the word as typed: `backlogs` for `backlog`.
pub(crate) const STEM_WEIGHT: f32 = 0.7;
/// What a word counts that only begins as typed (`certif*`).
pub(crate) const PREFIX_WEIGHT: f32 = 0.8;
/// What a word counts that is one edit away from the word as typed; each further edit multiplies again.
pub(crate) const FUZZY_WEIGHT: f32 = 0.6;
/// What neighbouring words of a query add when they are neighbours in the report too, against the words themselves.
pub(crate) const NEIGHBOUR_WEIGHT: f32 = 0.5;
/// What an identifier's parts count when they stand there apart (`inventory api` for `inventory-api`).
pub(crate) const PARTS_WEIGHT: f32 = 0.8;
/// The most words that a prefix or a fuzzy word may stand for; the most frequent are kept.
pub(crate) const MAX_EXPANSIONS: usize = 128;
