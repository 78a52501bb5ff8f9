//! The query as an answer repeats it. In: the query as typed. Out: all of it, or its beginning and its length.

use crate::incident::beginning::beginning;

/// As much of a query as an answer repeats, and how many bytes it has if that is not all. A pasted log may have a megabyte.
pub(super) fn repeated(query: &str) -> (&str, Option<usize>) {
    const LONGEST: usize = 4_096;
    let repeated = beginning(query, LONGEST);
    (repeated, (repeated.len() < query.len()).then_some(query.len()))
}
