//! Conditions: what decides which incidents match, and scores nothing.

use crate::plan::WordId;
use crate::query::{Comparison, NumberRange};
use crate::schema::{Facet, NumberField};

/// What a match must be like.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Clause {
    /// Anything.
    Everything,
    /// All of these words.
    Words(Vec<WordId>),
    /// A condition.
    Condition(Condition),
    /// All of these.
    All(Vec<Clause>),
    /// Any of these.
    Any(Vec<Clause>),
    /// Not this.
    Not(Box<Clause>),
}

/// A condition on a value of an incident.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Condition {
    /// Any of these values of a facet, or values below them in the hierarchy.
    Facet {
        /// The facet.
        facet: Facet,
        /// The values, folded.
        values: Vec<String>,
    },
    /// A severity at least, or at most, as severe as a rank.
    SeverityRank {
        /// How to compare, in severity.
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
    /// A start from one second (inclusive) until another (exclusive), in seconds since 1970, UTC; an end not given is open.
    Date {
        /// The first second.
        from: Option<i64>,
        /// The second after the last.
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

/// How much of its words an incident must have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Needed {
    /// Every word.
    All,
    /// Words that make up this share of the weight of all.
    Share(f32),
}
