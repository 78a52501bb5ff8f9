//! Conditions: they decide which incidents match, and do not affect the score.

use crate::plan::WordId;
use crate::query::{Comparison, KeyRange, NumberRange};
use crate::schema::{Facet, NumberField};

/// What an incident must satisfy to match.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Clause {
    /// Every incident matches.
    Everything,
    /// All of these words occur.
    Words(Vec<WordId>),
    /// A condition on a value holds.
    Condition(Condition),
    /// All of these hold.
    All(Vec<Clause>),
    /// At least one of these holds.
    Any(Vec<Clause>),
    /// This does not hold.
    Not(Box<Clause>),
}

/// A condition on a value of an incident.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Condition {
    /// Any of these values of a facet, or values below them in the hierarchy.
    Facet {
        /// The facet.
        facet: Facet,
        /// The keys of the values.
        keys: Vec<String>,
    },
    /// Any of these values of a key of front matter.
    Key {
        /// The name of the key.
        key: String,
        /// The values, folded.
        values: Vec<String>,
    },
    /// A value of a key in a range.
    KeyRange {
        /// The name of the key.
        key: String,
        /// The range.
        range: KeyRange,
    },
    /// Whether a key has a value.
    HasKey {
        /// The name of the key.
        key: String,
        /// Whether it must have one or must not.
        present: bool,
    },
    /// A severity at least, or at most, as severe as a rank.
    SeverityRank {
        /// The comparison; greater means more severe.
        comparison: Comparison,
        /// 0 (most severe) to 5.
        rank: u8,
    },
    /// A number in a range.
    Number {
        /// The field.
        field: NumberField,
        /// The range, in the field's unit.
        range: NumberRange,
    },
    /// A start time in this range, in seconds since 1970, UTC; an end of `None` is open.
    Date {
        /// The first second (inclusive).
        from: Option<i64>,
        /// The end (exclusive).
        until: Option<i64>,
    },
    /// Whether a field has a value.
    Has {
        /// The field's name in the field table.
        field: &'static str,
        /// Whether it must have one or must not.
        present: bool,
    },
}

/// How many of the query's words an incident must have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Needed {
    /// Every word.
    All,
    /// Words with at least this share of the total weight.
    Share(f32),
}
