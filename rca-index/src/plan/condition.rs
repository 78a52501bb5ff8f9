//! Conditions: they decide which incidents match, and do not affect the score.

use crate::incident::HouseNames;
use crate::parse::status_named;
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

impl Clause {
    /// Whether no word of it adds to a score.
    pub(crate) fn only_filters(&self) -> bool {
        match self {
            Self::Words(_) => false,
            Self::All(clauses) | Self::Any(clauses) => clauses.iter().all(Self::only_filters),
            Self::Everything | Self::Condition(_) | Self::Not(_) => true,
        }
    }

    /// The same clause, where the numbers of words begin at `first`.
    pub(super) fn renumbered(self, first: WordId) -> Self {
        let all = |clauses: Vec<Self>| clauses.into_iter().map(|clause| clause.renumbered(first)).collect();
        match self {
            Self::Words(words) => Self::Words(words.into_iter().map(|word| word + first).collect()),
            Self::All(clauses) => Self::All(all(clauses)),
            Self::Any(clauses) => Self::Any(all(clauses)),
            Self::Not(inner) => Self::Not(Box::new(inner.renumbered(first))),
            Self::Everything | Self::Condition(_) => self,
        }
    }
}

/// A range of times in seconds since 1970, UTC; an end of `None` is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TimeRange {
    /// The first second (inclusive).
    pub(crate) from: Option<i64>,
    /// The end (exclusive).
    pub(crate) until: Option<i64>,
}

/// A condition on a value of an incident.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Condition {
    /// The incident with this id.
    Id(String),
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
    /// Any value of a facet with this prefix.
    FacetPrefix {
        /// The facet.
        facet: Facet,
        /// The start of the value's key.
        prefix: String,
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
    /// A start time in any of these ranges.
    Date {
        /// The range, in seconds since 1970, UTC.
        range: TimeRange,
        /// Whether the range consists of whole days, so that the day that a report states counts too.
        days: bool,
        /// The same days in the zone of the request, if it is not UTC. Only reports that state a time of day have a day in
        /// another zone.
        zoned: Option<TimeRange>,
    },
    /// A link to any of these incidents, other than the incident itself.
    LinksTo(Vec<String>),
    /// A link from any of these incidents, other than the incident itself.
    LinkedFrom(Vec<String>),
    /// A link from any other incident.
    Linked,
    /// Whether a field has a value.
    Has {
        /// The field's name in the field table.
        field: &'static str,
        /// Whether it must have one or must not.
        present: bool,
    },
}

/// The keys of a facet that match a value in a query. A status in another language is the known word that reports with it
/// are filed under.
pub(crate) fn matching_keys(facet: Facet, value: &str, house: &HouseNames) -> Vec<String> {
    let mut keys = vec![facet.key(value, house)];
    let known = (facet == Facet::Status).then(|| status_named(value)).flatten();
    keys.extend(known.map(|known| facet.key(known, house)).filter(|known| *known != keys[0]));
    keys
}

impl Condition {
    /// Any value of a facet with a prefix.
    pub(crate) fn facet_prefix(facet: Facet, prefix: &str) -> Self {
        // A name of the settings stands for a whole value, not for the start of one.
        let key = facet.key(prefix, &HouseNames::default());
        // `order/` has values below it, and is not the start of `orders`.
        let level = if facet.is_hierarchical() && prefix.trim_end().ends_with('/') { "/" } else { "" };
        Self::FacetPrefix { facet, prefix: key + level }
    }
}

/// How many of the query's words an incident must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needed {
    /// Every word.
    All,
    /// Some of the words, as many as `ranking::least_share` asks for, and not all that is needed for a full match.
    Some,
    /// As many as for [`Some`](Self::Some), or all: full and partial matches together.
    Any,
}
