//! Evidence: what the index has of a plan's words, as plain data: for ranking, which knows no engine.

/// What the whole index looks like, for the weights of words and lengths.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Statistics {
    /// Incidents in the index.
    pub(crate) incidents: u64,
    /// Bytes of text of a mean incident.
    pub(crate) mean_length: f32,
}

/// What a word weighs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct WordWeight {
    /// How much an occurrence is worth: how rare the word is, times the weight of the word in the plan.
    pub(crate) idf: f32,
    /// What it weighs against the others when it comes to having them all.
    pub(crate) share: f32,
}

/// Where an occurrence begins, counted in words, and what it counts.
pub(crate) type Occurrence = (u32, f32);

/// The occurrences of one word in one incident, in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct WordEvidence {
    /// In the title.
    pub(crate) title: Vec<Occurrence>,
    /// In the text, each already weighed by the section it stands in.
    pub(crate) text: Vec<Occurrence>,
}

/// What is known of one candidate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Evidence<'a> {
    /// For each word of the plan that incidents are ranked by.
    pub(crate) words: &'a [WordEvidence],
    /// Bytes of text.
    pub(crate) length: f32,
    /// When the incident began, in seconds since 1970, UTC.
    pub(crate) date: Option<i64>,
    /// Its severity, 0 (most severe) to 5.
    pub(crate) rank: Option<u64>,
}
