//! The query as plain data.

use std::ops::Range;

use crate::error::QueryErrorKind;
use crate::query::key::KeyRange;
use crate::schema::{Facet, LinkField, NumberField, TextField};

/// A byte range in the query text.
pub type Span = Range<usize>;

/// A query: what to search for, and how to sort.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Query {
    /// The root of the tree.
    pub root: Node,
    /// `sort:date`, `sort:-duration`; `None` means by relevance.
    pub sort: Option<Sort>,
}

/// A node of the query tree, and its position in the text.
#[derive(Debug, Clone)]
pub struct Node {
    /// What the node matches.
    pub kind: NodeKind,
    /// Its position in the query text; ignored by `==`.
    pub span: Span,
}

impl Node {
    /// All of these nodes. A single node stays as it is; no nodes match everything.
    pub(crate) fn and(mut nodes: Vec<Self>, span: Span) -> Self {
        let kind = match nodes.len() {
            0 => NodeKind::All,
            1 => nodes.remove(0).kind,
            _ => NodeKind::And(nodes),
        };
        Self { kind, span }
    }

    /// Any of these nodes, at least one.
    pub(crate) fn or(nodes: Vec<Self>, span: Span) -> Self {
        let mut flat = Vec::with_capacity(nodes.len());
        for node in nodes {
            match node.kind {
                NodeKind::Or(nodes) => flat.extend(nodes),
                _ => flat.push(node),
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

/// What a node matches.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum NodeKind {
    /// `*`: every incident.
    All,
    /// Words in the text, in any field or in one.
    Text {
        /// The field; `None` means any.
        field: Option<TextField>,
        /// The words.
        text: Text,
    },
    /// `service:a,b`: any of these values, or values below them in the hierarchy.
    Facet {
        /// The facet.
        facet: Facet,
        /// The values as typed; at least one.
        values: Vec<String>,
    },
    /// `service:order*`: any value with this prefix.
    FacetPrefix {
        /// The facet.
        facet: Facet,
        /// The start of the value as typed.
        prefix: String,
    },
    /// `severity:>=P1`: severities at least, or at most, this severe.
    SeverityRank {
        /// The comparison; greater means more severe, so `>=P1` is P1 or worse.
        comparison: Comparison,
        /// The severity as typed. Its rank depends on the settings of the archive, so that it is looked up by the search.
        name: String,
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
        /// `true` for `has`, `false` for `no`.
        present: bool,
    },
    /// `links:OPS-1`: a link to any of these incidents; `backlinks:OPS-1`: a link from any of them. Which incidents they are is
    /// known only when the query is planned.
    Links {
        /// Which way.
        field: LinkField,
        /// Ids, paths or names as typed; at least one.
        names: Vec<String>,
    },
    /// `team:payments`: a key of front matter that is no field of the table. Whether the archive has it is known only when
    /// the query is planned.
    Key {
        /// The name of the key.
        key: String,
        /// What is asked of its values.
        test: KeyTest,
        /// The text as typed.
        typed: String,
        /// What is meant if the archive has no such key.
        otherwise: Otherwise,
    },
    /// All of these; at least two.
    And(Vec<Node>),
    /// Any of these; at least two.
    Or(Vec<Node>),
    /// Excludes what this node matches.
    Not(Box<Node>),
}

/// What is asked of the values of a key.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum KeyTest {
    /// Any of these values.
    Values {
        /// The values as typed; at least one.
        values: Vec<String>,
        /// The range that a single value covers if it is a date: 2025-06 has thirty days.
        period: Option<KeyRange>,
    },
    /// A value in a range.
    Range(KeyRange),
    /// Whether there is a value.
    Present(bool),
    /// A comparison with something that cannot be compared.
    Invalid(QueryErrorKind),
}

/// What is meant by a key that the archive does not have.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Otherwise {
    /// Something else: most often the text as it stands.
    Node(Box<Node>),
    /// An error, such as that there is no such field.
    Error(QueryErrorKind),
    /// Nothing: no incident matches.
    Nothing,
}

/// Words to search for.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Text {
    /// One word as typed; the analyzer may split it.
    Word(String),
    /// A word that is still being typed: the word itself, and words with this prefix.
    Unfinished(String),
    /// A phrase: words next to each other, with up to `slop` moves.
    Phrase {
        /// The text between the quotes.
        text: String,
        /// The slop: how many moves of a word are allowed.
        slop: u32,
    },
    /// `certif*`: words with this prefix.
    Prefix(String),
    /// `kubernets~`, `kubernets~2`: words within this edit distance.
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

/// A range of numbers; an end of `None` is open.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NumberRange {
    /// The lower end, and whether it is inclusive.
    pub from: Option<(f64, bool)>,
    /// The upper end, and whether it is inclusive.
    pub to: Option<(f64, bool)>,
}

impl NumberRange {
    /// Whether a number is in the range.
    pub(crate) fn contains(self, number: f64) -> bool {
        let above = self.from.is_none_or(|(from, inclusive)| number > from || inclusive && number >= from);
        let below = self.to.is_none_or(|(to, inclusive)| number < to || inclusive && number <= to);
        above && below
    }
}

/// A range of times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DateRange {
    /// From `from` (inclusive) until `until` (exclusive), in seconds since 1970, UTC. Ends at midnight are those of days,
    /// in the zone of the search request.
    Between {
        /// The first second; `None` is open.
        from: Option<i64>,
        /// The second after the last; `None` is open.
        until: Option<i64>,
    },
    /// `30d`: a number of seconds before now; the search request defines now.
    Last {
        /// The number of seconds.
        seconds: i64,
    },
    /// `last-month`, `yesterday..`: from `from` (inclusive) until `until` (exclusive).
    Calendar {
        /// The start; `None` is open.
        from: Option<DateEnd>,
        /// The end; `None` is open.
        until: Option<DateEnd>,
    },
}

/// An end of a range of times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DateEnd {
    /// A second since 1970, UTC.
    At(i64),
    /// The start of a calendar unit before the current one; the search request defines today.
    Start {
        /// The unit.
        unit: CalendarUnit,
        /// How many units ago: 0 is the current one, -1 the next.
        ago: i32,
    },
}

/// A unit of the calendar. Weeks begin on Monday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum CalendarUnit {
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

impl DateRange {
    /// Whether a time, in seconds since 1970, is in a range with fixed ends.
    pub(crate) fn contains(self, time: i64) -> bool {
        match self {
            Self::Between { from, until } => {
                from.is_none_or(|from| time >= from) && until.is_none_or(|until| time < until)
            }
            Self::Last { .. } | Self::Calendar { .. } => false,
        }
    }
}

/// The sort order of hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// The sort key.
    pub key: SortKey,
    /// Largest or latest first.
    pub descending: bool,
}

/// A sort key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SortKey {
    /// How well a hit matches the query; the default.
    Relevance,
    /// When the incident started.
    Date,
    /// The rank of the severity.
    Severity,
    /// A numeric field.
    Number(NumberField),
}
