//! The query language: parses text that people type or paste into a tree of plain data, and formats it again.
//!
#![doc = include_str!("reference.md")]

mod ast;
mod command_line;
mod dates;
mod display;
mod facets;
mod key;
mod lexer;
mod notes;
mod parser;
mod terms;
#[cfg(test)]
mod tests;
mod unfinished;
mod unsupported;
mod values;

pub use crate::error::{QueryError, QueryErrorKind, QueryErrors};
pub use ast::{
    CalendarUnit, Comparison, DateEnd, DateRange, KeyTest, Node, NodeKind, NumberRange, Otherwise, Query, Sort,
    SortKey, Span, Text,
};
pub(crate) use dates::civil_seconds;
pub use key::KeyRange;
pub use notes::{QueryNote, notes};

use crate::incident::OwnField;
use crate::incident::beginning::beginning;
use crate::schema::FlagKind;
use parser::{all_of, parse_query, parse_value, sort_of};
use terms::has_letter;
pub(crate) use terms::usual_edits;
use unfinished::parse_unfinished;

/// The reference of the query language in Markdown, also shown by `rca help query`.
pub const REFERENCE: &str = include_str!("reference.md");
/// The maximum length of a query, in bytes.
pub const MAX_QUERY_BYTES: usize = 16 * 1024;

/// How to parse a query.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueryOptions {
    /// Turn off all syntax: every character is literal.
    pub literal: bool,
    /// The text is still being typed: its last word is the start of one, and what is half-typed is left out.
    pub as_you_type: bool,
}

impl QueryOptions {
    /// Options without syntax: every character is literal.
    ///
    /// # Examples
    /// ```
    /// use rca_index::query::{QueryOptions, parse};
    ///
    /// assert!(parse("(queue", &QueryOptions::literal()).is_ok());
    /// ```
    pub fn literal() -> Self {
        Self { literal: true, ..Self::default() }
    }

    /// Options for a text that is still being typed.
    ///
    /// # Examples
    /// ```
    /// use rca_index::query::{QueryOptions, parse};
    ///
    /// assert!(parse("queue AND", &QueryOptions::as_you_type()).is_ok());
    /// ```
    pub fn as_you_type() -> Self {
        Self { as_you_type: true, ..Self::default() }
    }
}

/// Parses a query.
///
/// # Errors
/// All errors in the query, not only the first.
///
/// # Examples
/// ```
/// use rca_index::query::{QueryOptions, parse};
///
/// let query = parse("queue severity:>=P2 sort:date", &QueryOptions::default())?;
/// assert!(query.sort.is_some());
/// // A query is formatted in the language that it is parsed from.
/// assert_eq!(parse(&query.to_string(), &QueryOptions::default())?.to_string(), query.to_string());
/// # Ok::<(), rca_index::query::QueryErrors>(())
/// ```
pub fn parse(text: &str, options: &QueryOptions) -> Result<Query, QueryErrors> {
    if text.len() > MAX_QUERY_BYTES {
        let end = beginning(text, MAX_QUERY_BYTES).len();
        return Err(QueryError::new(0..end, QueryErrorKind::TooLong(MAX_QUERY_BYTES)).into());
    }
    match options {
        QueryOptions { literal: true, .. } => parse_literal(text),
        QueryOptions { as_you_type: true, .. } => parse_unfinished(text),
        _ => parse_query(text),
    }
}

/// Parses the value of a filter: `parse_filter("service", "a,b")` equals `service:a,b` in a query, and
/// `parse_filter("has", "actions")` equals `has:actions`. Spans are relative to the value.
///
/// # Errors
/// The field is unknown, or the value is invalid for it.
///
/// # Examples
/// ```
/// use rca_index::query::parse_filter;
///
/// assert!(parse_filter("duration", ">1h30m").is_ok());
/// assert!(parse_filter("duration", "long").is_err());
/// ```
pub fn parse_filter(field: &str, value: &str) -> Result<Node, QueryErrors> {
    parse_value(field, value.trim())
}

/// A filter by a key of front matter that is no field of the table: `key_filter("team", "a,b")` equals `team:a,b` in a
/// query, but matches nothing if the archive has no such key.
///
/// # Errors
/// The value is missing or cannot be compared, or the name has no letter.
///
/// # Examples
/// ```
/// use rca_index::query::key_filter;
/// use rca_index::{Incident, Index, OwnField, OwnValue, SearchRequest};
///
/// # let index = Index::in_memory()?;
/// let mut incident = Incident::new("OPS-1", "Queue backlog");
/// let value = OwnValue::One("payments".into());
/// incident.front_matter = vec![OwnField { key: "team".into(), value, line: None }];
/// index.upsert([incident])?;
/// let request = SearchRequest::default().filter(key_filter("team", "payments,billing")?);
/// assert_eq!(index.search(&request)?.total, 1);
/// # Ok::<(), rca_index::Error>(())
/// ```
pub fn key_filter(key: &str, value: &str) -> Result<Node, QueryErrors> {
    let (key, value) = (OwnField::name(key), value.trim());
    let missing = || QueryErrorKind::MissingValue(key.clone());
    match key::key_test(value).ok_or_else(missing) {
        Ok(KeyTest::Invalid(kind)) | Err(kind) => Err(QueryError::new(0..value.len(), kind).into()),
        Ok(test) => {
            let typed = format!("{key}:{value}");
            let kind = NodeKind::Key { typed, key, test, otherwise: Otherwise::Nothing };
            Ok(Node { kind, span: 0..value.len() })
        }
    }
}

/// Reads the value of a filter flag: a value or a list of them, or the least or most that a value may be. A period that ends
/// now, such as `90d`, needs no comparison to mean "since".
///
/// # Errors
/// There is no such field, or the value does not fit it.
///
/// # Examples
/// ```
/// use rca_index::FlagKind;
/// use rca_index::query::{parse_filter, parse_flag};
///
/// // `--min-duration 30m`
/// assert_eq!(parse_flag("duration", FlagKind::AtLeast, "30m")?.kind, parse_filter("duration", ">=30m")?.kind);
/// # Ok::<(), rca_index::query::QueryErrors>(())
/// ```
pub fn parse_flag(field: &str, kind: FlagKind, value: &str) -> Result<Node, QueryErrors> {
    let sign = match kind {
        FlagKind::AnyOf => return parse_filter(field, value),
        FlagKind::AtLeast => ">=",
        FlagKind::AtMost => "<=",
    };
    if kind == FlagKind::AtLeast
        && let Ok(period) = parse_filter(field, value)
        && matches!(period.kind, NodeKind::Date(DateRange::Last { .. }))
    {
        return Ok(period);
    }
    parse_filter(field, &format!("{sign}{value}"))
}

/// Parses a sort key: `date`, `severity`, `relevance` or a numeric field. A leading `-` sorts in descending order:
/// latest, most severe or largest first.
///
/// # Errors
/// Not a sort key.
///
/// # Examples
/// ```
/// use rca_index::query::parse_sort;
///
/// assert!(parse_sort("-severity")?.descending);
/// assert!(parse_sort("wings").is_err());
/// # Ok::<(), rca_index::query::QueryErrors>(())
/// ```
pub fn parse_sort(text: &str) -> Result<Sort, QueryErrors> {
    let error = || QueryError::new(0..text.len(), QueryErrorKind::CannotSort(text.to_owned()));
    sort_of(text.trim()).ok_or_else(|| error().into())
}

impl Query {
    /// A query that matches every incident.
    ///
    /// # Examples
    /// ```
    /// use rca_index::query::Query;
    ///
    /// assert_eq!(Query::everything().to_string(), "*");
    /// ```
    pub fn everything() -> Self {
        Self { root: Node { kind: NodeKind::All, span: 0..0 }, sort: None }
    }

    /// Combines this query with one more condition.
    ///
    /// # Examples
    /// ```
    /// use rca_index::query::{QueryOptions, parse, parse_filter};
    ///
    /// let query = parse("queue", &QueryOptions::default())?.and(parse_filter("service", "orders")?);
    /// assert_eq!(query.to_string(), "queue service:orders");
    /// # Ok::<(), rca_index::query::QueryErrors>(())
    /// ```
    #[must_use]
    pub fn and(self, condition: Node) -> Self {
        let span = self.root.span.clone();
        let parts = if self.root.kind == NodeKind::All { vec![condition] } else { vec![self.root, condition] };
        let all = Node { kind: NodeKind::All, span: span.clone() };
        Self { root: all_of(parts, span).unwrap_or(all), sort: self.sort }
    }
}

/// Splits the text at white space; every piece is a word.
fn parse_literal(text: &str) -> Result<Query, QueryErrors> {
    let mut at = 0;
    let mut words = Vec::new();
    for piece in text.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end();
        let span = at..at + word.len();
        at += piece.len();
        if has_letter(word) {
            words.push(Node { kind: NodeKind::Text { field: None, text: Text::Word(word.to_owned()) }, span });
        }
    }
    match all_of(words, 0..text.len()) {
        Some(root) => Ok(Query { root, sort: None }),
        None if text.trim().is_empty() => {
            Ok(Query { root: Node { kind: NodeKind::All, span: 0..text.len() }, sort: None })
        }
        None => Err(QueryError::new(0..text.len(), QueryErrorKind::NoWord).into()),
    }
}
