//! The results of a search, as plain data.

use std::ops::Range;
use std::time::Duration;

use crate::incident::{Incident, SectionKind};
use crate::schema::Facet;
use crate::search::{Explanation, UnknownValue};

/// The answer to a request.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SearchResults {
    /// The number of incidents that match.
    pub total: usize,
    /// Whether no incident has all the words, so that these are the best partial matches.
    pub relaxed: bool,
    /// The query as it was understood, in the query language: with synonyms and corrections, without stop words.
    pub interpreted: String,
    /// Words that no incident has, and those that were looked for in their place.
    pub suggestions: Vec<Suggestion>,
    /// Values of facets that the query asks for and no incident has; looked for when nothing matches.
    pub unknown_values: Vec<UnknownValue>,
    /// The hits, best first.
    pub hits: Vec<Hit>,
    /// Partial matches, best first, where the hits do not fill the page: incidents that have some of the words. They are not
    /// included in the total or the facets.
    pub partial: Vec<Hit>,
    /// The counts of each facet asked for, in the order asked.
    pub facets: Vec<FacetCounts>,
    /// How long it took.
    pub took: Duration,
}

/// A word that no incident has.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Suggestion {
    /// The word as typed, in lower case.
    pub typed: String,
    /// Words like it that incidents have, the most frequent first.
    pub meant: Vec<String>,
}

/// One incident found.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Hit {
    /// The incident, whole.
    pub incident: Incident,
    /// How well it matches: higher is better; hits by relevance come in its order. Comparable within one answer only.
    pub score: f32,
    /// The passages that match best, best first.
    pub snippets: Vec<Snippet>,
    /// How the score came about; none unless asked for, and for hits beyond those that are reranked.
    pub explanation: Option<Explanation>,
}

/// A passage of a report that matches the query.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Snippet {
    /// The section it is from.
    pub section: SectionKind,
    /// The line in the report where it starts, counted from 1.
    pub line: u32,
    /// The passage, on one line.
    pub text: String,
    /// Bytes of `text` that match the query, in order, not overlapping.
    pub highlights: Vec<Range<usize>>,
}

/// How often each value of a facet occurs among all matches.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FacetCounts {
    /// The facet.
    pub facet: Facet,
    /// The values, most frequent first, then by name.
    pub values: Vec<FacetCount>,
}

/// One value of a facet.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FacetCount {
    /// The value as filters take it.
    pub value: String,
    /// The number of matching incidents that have it.
    pub count: usize,
}
