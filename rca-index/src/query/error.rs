//! What is wrong with a query: where, why, and what to write instead.

use std::fmt;
use std::ops::Range;

/// One error in a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryError {
    /// Bytes of the query's text, on character boundaries.
    pub span: Range<usize>,
    /// What is wrong.
    pub reason: String,
    /// What to write instead.
    pub fix: String,
}

/// All errors in a query, by place; at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryErrors(pub Vec<QueryError>);

impl fmt::Display for QueryErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, error) in self.0.iter().enumerate() {
            let between = if i == 0 { "" } else { "; " };
            write!(f, "{between}{} ({})", error.reason, error.fix)?;
        }
        Ok(())
    }
}

impl std::error::Error for QueryErrors {}
