//! Evidence: what the index contains of a plan's words, as plain data. Ranking uses it without knowing the engine.

/// Statistics of the whole index, for word weights and length normalization.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Statistics {
    /// Incidents in the index.
    pub(crate) incidents: u64,
    /// The average length of an incident, in bytes of text.
    pub(crate) mean_length: f32,
}

/// The weight of a word.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct WordWeight {
    /// The weight of an occurrence: the inverse document frequency of the word times its weight in the plan, and times how
    /// often it was typed.
    pub(crate) idf: f32,
    /// Its weight in the share of words that an incident has.
    pub(crate) share: f32,
    /// How often it was typed.
    pub(crate) times: u32,
    /// The weight of an occurrence in the title, relative to one in the text.
    pub(crate) title: f32,
    /// Whether any incident has it.
    pub(crate) known: bool,
}

/// The position of an occurrence, counted in words, and its weight.
pub(crate) type Occurrence = (u32, f32);

/// The occurrences of one word in one incident, in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct WordEvidence {
    /// In the title.
    pub(crate) title: Vec<Occurrence>,
    /// In the text, each multiplied by the weight of its section.
    pub(crate) text: Vec<Occurrence>,
}

/// The evidence of one candidate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Evidence<'a> {
    /// For each word of the plan that incidents are ranked by, its occurrences.
    pub(crate) words: &'a [WordEvidence],
    /// Its length in bytes of text.
    pub(crate) length: f32,
    /// When the incident started, in seconds since 1970, UTC.
    pub(crate) date: Option<i64>,
    /// The rank of its severity, 0 (most severe) to 5.
    pub(crate) rank: Option<u64>,
}
