//! Search: from a request to hits, facet counts and snippets. The one path that every front end takes.

use std::ops::Range;
use std::time::Duration;

use crate::error::Result;
use crate::incident::{Incident, SectionKind};
use crate::query::{self, Node, NodeKind, Query, QueryOptions, Sort};
use crate::schema::Facet;

/// What to search for and what to give back.
#[derive(Debug, Clone)]
pub struct SearchRequest {
    /// The query as typed.
    pub text: String,
    /// The query understood.
    pub query: Query,
    /// The number of hits to give back.
    pub limit: usize,
    /// The number of hits to skip.
    pub offset: usize,
    /// The facets to count over all matches.
    pub facets: Vec<Facet>,
    /// The number of snippets a hit may have.
    pub snippets: usize,
    /// Whether each hit tells how its score came about.
    pub explain: bool,
    /// Whether to fall back to the best partial matches when no report has all words.
    pub relax: bool,
    /// Now, in seconds since 1970, UTC: what `date:30d` counts back from. None means the system's clock.
    pub now: Option<i64>,
}

impl SearchRequest {
    /// A request for the first ten hits of a query in the query language.
    ///
    /// # Errors
    /// [`Error::Query`](crate::Error::Query) with every error in the text.
    pub fn parse(text: &str) -> Result<Self> {
        Ok(Self::new(text, query::parse(text, &QueryOptions::default())?))
    }

    /// A request for the first ten hits of a text with no syntax: every character counts as it stands.
    ///
    /// # Errors
    /// [`Error::Query`](crate::Error::Query) when the text is longer than a query may be.
    pub fn literal(text: &str) -> Result<Self> {
        Ok(Self::new(text, query::parse(text, &QueryOptions { literal: true, ..QueryOptions::default() })?))
    }

    fn new(text: &str, query: Query) -> Self {
        Self {
            text: text.to_owned(),
            query,
            limit: 10,
            offset: 0,
            facets: Vec::new(),
            snippets: 1,
            explain: false,
            relax: true,
            now: None,
        }
    }

    /// Narrows the query by one more condition.
    #[must_use]
    pub fn filter(mut self, condition: Node) -> Self {
        self.query = self.query.and(condition);
        self
    }

    /// Sets the number of hits to give back.
    #[must_use]
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = limit;
        self
    }

    /// Sets the number of hits to skip.
    #[must_use]
    pub fn offset(mut self, offset: usize) -> Self {
        self.offset = offset;
        self
    }

    /// Counts a facet over all matches.
    #[must_use]
    pub fn facet(mut self, facet: Facet) -> Self {
        self.facets.push(facet);
        self
    }

    /// Sets the order of hits.
    #[must_use]
    pub fn sort(mut self, sort: Sort) -> Self {
        self.query.sort = Some(sort);
        self
    }

    /// Makes each hit tell how its score came about.
    #[must_use]
    pub fn explain(mut self, explain: bool) -> Self {
        self.explain = explain;
        self
    }
}

/// The answer to a request.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SearchResults {
    /// The number of incidents that match.
    pub total: usize,
    /// Whether no incident has all the words, so that these are the best partial matches.
    pub relaxed: bool,
    /// The query as it was understood, in the query language.
    pub interpreted: String,
    /// The hits, best first.
    pub hits: Vec<Hit>,
    /// The counts of each facet asked for, in the order asked.
    pub facets: Vec<FacetCounts>,
    /// How long it took.
    pub took: Duration,
}

/// One incident found.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Hit {
    /// The incident, whole.
    pub incident: Incident,
    /// How well it fits: higher is better; comparable within one answer only.
    pub score: f32,
    /// The passages that fit best, best first.
    pub snippets: Vec<Snippet>,
    /// How the score came about, a line a part; empty unless asked for.
    pub explanation: Vec<String>,
}

/// A passage of a report that fits the query.
#[derive(Debug, Clone, PartialEq, Eq)]
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
pub struct FacetCounts {
    /// The facet.
    pub facet: Facet,
    /// The values, most frequent first, then by name.
    pub values: Vec<FacetCount>,
}

/// One value of a facet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetCount {
    /// The value as filters take it.
    pub value: String,
    /// The number of matching incidents that have it.
    pub count: usize,
}

impl Default for SearchRequest {
    /// Everything.
    fn default() -> Self {
        Self::new("", Query { root: Node { kind: NodeKind::All, span: 0..0 }, sort: None })
    }
}
