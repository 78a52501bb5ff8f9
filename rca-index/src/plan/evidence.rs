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
    /// Whether it meets what the plan prefers.
    pub(crate) preferred: bool,
}

/// How the scores of some incidents are distributed.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Moments {
    count: f64,
    sum: f64,
    squares: f64,
}

impl Moments {
    /// Adds a score.
    pub(crate) fn add(&mut self, score: f32) {
        let score = f64::from(score);
        self.count += 1.0;
        self.sum += score;
        self.squares += score * score;
    }

    /// Adds the scores of others.
    pub(crate) fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.sum += other.sum;
        self.squares += other.squares;
    }

    /// The same, with the incidents that have no score, of so many in all.
    pub(crate) fn among(self, incidents: u64) -> Self {
        Self { count: self.count.max(incidents as f64), ..self }
    }

    /// How far a score is from the mean, in standard deviations; 0 if all scores are equal.
    pub(crate) fn z(&self, score: f32) -> f32 {
        let mean = self.sum / self.count.max(1.0);
        let variance = self.squares / self.count.max(1.0) - mean * mean;
        // Below this, the difference is one of rounding.
        if variance <= 1e-6 * mean * mean { 0.0 } else { ((f64::from(score) - mean) / variance.sqrt()) as f32 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_as_far_from_the_others_as_they_are_apart() {
        let mut moments = Moments::default();
        [1.0, 2.0, 3.0].iter().for_each(|&score| moments.add(score));
        let mut more = Moments::default();
        [1.0, 3.0].iter().for_each(|&score| more.add(score));
        moments.merge(more);
        // Mean 2, variance 4 / 5.
        assert!((moments.z(4.0) - 2.0 / 0.8_f32.sqrt()).abs() < 1e-5 && moments.z(2.0).abs() < 1e-6);
        // Five more without a score: mean 1, variance 14 / 10.
        assert!((moments.among(10).z(4.0) - 3.0 / 1.4_f32.sqrt()).abs() < 1e-5);
        assert_eq!(moments.among(2), moments);
        let mut equal = Moments::default();
        (0..3).for_each(|_| equal.add(0.1));
        assert_eq!((equal.z(0.1), Moments::default().z(3.0)), (0.0, 0.0));
    }
}
