//! The query as plain data.

use std::ops::Range;

use crate::schema::{Facet, NumberField, TextField};

/// Bytes of the query text.
pub type Span = Range<usize>;

/// A query: what to find, and in which order.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Query {
    /// What to find.
    pub root: Node,
    /// `sort:date`, `sort:-duration`; none means by relevance.
    pub sort: Option<Sort>,
}

/// One part of a query and where it stands in the text.
#[derive(Debug, Clone)]
pub struct Node {
    /// What it asks for.
    pub kind: NodeKind,
    /// Where it stands in the query's text; not part of equality.
    pub span: Span,
}

impl Node {
    /// All of these nodes; one by itself, and with none everything.
    pub(crate) fn and(mut parts: Vec<Self>, span: Span) -> Self {
        let kind = match parts.len() {
            0 => NodeKind::All,
            1 => parts.remove(0).kind,
            _ => NodeKind::And(parts),
        };
        Self { kind, span }
    }

    /// Any of these nodes, at least one.
    pub(crate) fn or(parts: Vec<Self>, span: Span) -> Self {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            match part.kind {
                NodeKind::Or(parts) => flat.extend(parts),
                _ => flat.push(part),
            }
        }
        let kind = if flat.len() == 1 { flat.remove(0).kind } else { NodeKind::Or(flat) };
        Self { kind, span }
    }
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

/// What a part of a query asks for.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum NodeKind {
    /// `*`: every incident.
    All,
    /// Words in the text, in all fields or in one.
    Text {
        /// The field; none means all.
        field: Option<TextField>,
        /// What to look for.
        text: Text,
    },
    /// `service:a,b`: any of these values, or values below them in the hierarchy.
    Facet {
        /// The facet.
        facet: Facet,
        /// The values as typed; at least one.
        values: Vec<String>,
    },
    /// `severity:>=P1`: at least, or at most, as severe.
    SeverityRank {
        /// How to compare, in severity: `>=P1` is P1 or worse.
        comparison: Comparison,
        /// The severity as typed.
        name: String,
        /// Its rank, 0 (most severe) to 5.
        rank: u8,
    },
    /// `duration:>1h30m`: a number in a range, in the unit of the field.
    Number {
        /// The field.
        field: NumberField,
        /// The range.
        range: NumberRange,
    },
    /// `date:2025-06`.
    Date(DateRange),
    /// `has:actions`, `no:rootcause`: whether a field has a value.
    Has {
        /// The field's name in the field table.
        field: &'static str,
        /// `has` or `no`.
        present: bool,
    },
    /// All of these; at least two.
    And(Vec<Node>),
    /// Any of these; at least two.
    Or(Vec<Node>),
    /// Not this.
    Not(Box<Node>),
}

/// Words to look for.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Text {
    /// One word as typed; the analyzer may take it apart.
    Word(String),
    /// Words that stand together, up to `slop` moves apart.
    Phrase {
        /// The text between the quotes.
        text: String,
        /// How many moves of a word are forgiven.
        slop: u32,
    },
    /// `certif*`: words that begin so.
    Prefix(String),
    /// `kubernets~`, `kubernets~2`: words that many edits away.
    Fuzzy {
        /// The word as typed.
        word: String,
        /// 1 or 2.
        distance: u8,
    },
}

/// A comparison in a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Comparison {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A range of numbers. An end that is not there is open.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NumberRange {
    /// The lower end and whether it belongs to the range.
    pub from: Option<(f64, bool)>,
    /// The upper end and whether it belongs to the range.
    pub to: Option<(f64, bool)>,
}

/// A range of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DateRange {
    /// From the first second (inclusive) to the second after the last (exclusive), in seconds since 1970, UTC.
    Between {
        /// First second, or open.
        from: Option<i64>,
        /// The second after the last, or open.
        until: Option<i64>,
    },
    /// `30d`: the last seconds before now; the search says what now is.
    Last {
        /// How many seconds.
        seconds: i64,
    },
}

/// The order of hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// What to sort by.
    pub key: SortKey,
    /// Largest or latest first.
    pub descending: bool,
}

/// What hits can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SortKey {
    /// How well the hit fits the query; the default.
    Relevance,
    /// When the incident began.
    Date,
    /// How bad it was.
    Severity,
    /// A number field.
    Number(NumberField),
}
