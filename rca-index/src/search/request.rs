//! The request: what to search for and what to return.

use crate::error::Result;
use crate::incident::{DayZone, HouseNames, Incident};
use crate::plan::{AnyVocabulary, Planner};
use crate::query::{self, Node, Query, QueryOptions, Sort};
use crate::schema::FacetName;
use crate::search::Snippet;
use crate::search::snippet::Passages;
use crate::text::Synonyms;
use crate::text::analyzer::Analyzer;

/// What to search for and what to return.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SearchRequest {
    /// The query as typed.
    pub text: String,
    /// The parsed query.
    pub query: Query,
    /// The maximum number of hits.
    pub limit: usize,
    /// The number of hits to skip.
    pub offset: usize,
    /// The facets to count over all matches.
    pub facets: Vec<FacetName>,
    /// The maximum number of snippets per hit.
    pub snippets: usize,
    /// Whether to explain the score of each hit.
    pub explain: bool,
    /// Whether to return the best partial matches if no report has all words, and to fill the page with partial
    /// matches.
    pub relax: bool,
    /// Whether to prefer recent and severe incidents slightly.
    pub preferences: bool,
    /// The current time, in seconds since 1970, UTC, for `date:30d` and the like. `None` means the system's clock.
    pub now: Option<i64>,
    /// The zone of the days that `date:today` or `date:2025-06-02` means. A report is also found by the day that it states,
    /// and by its day in UTC.
    pub zone: DayZone,
}

impl SearchRequest {
    /// A request for the first ten hits of a query in the query language.
    ///
    /// # Errors
    /// [`Error::Query`](crate::Error::Query) with every error in the text.
    pub fn parse(text: &str) -> Result<Self> {
        Ok(Self::new(text, query::parse(text, &QueryOptions::default())?))
    }

    /// A request for the first ten hits of a text without syntax: every character is literal.
    ///
    /// # Errors
    /// [`Error::Query`](crate::Error::Query) if the text exceeds the maximum length of a query.
    pub fn literal(text: &str) -> Result<Self> {
        Ok(Self::new(text, query::parse(text, &QueryOptions::literal())?))
    }

    /// A request for the first ten hits of a text that is still being typed: words that start with its last word match
    /// too, and what is half-typed at its end is left out.
    ///
    /// # Errors
    /// [`Error::Query`](crate::Error::Query) with every error before the end of the text.
    pub fn as_you_type(text: &str) -> Result<Self> {
        Ok(Self::new(text, query::parse(text, &QueryOptions::as_you_type())?))
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
            preferences: true,
            now: None,
            zone: DayZone::default(),
        }
    }

    /// Adds a condition to the query.
    #[must_use]
    pub fn filter(mut self, condition: Node) -> Self {
        self.query = self.query.and(condition);
        self
    }

    /// Sets the maximum number of hits.
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

    /// Counts a facet over all matches: one of the table (`Facet::Service`), or a key of front matter by its name
    /// (`"team"`).
    #[must_use]
    pub fn facet(mut self, facet: impl Into<FacetName>) -> Self {
        self.facets.push(facet.into());
        self
    }

    /// Sets the sort order of hits.
    #[must_use]
    pub fn sort(mut self, sort: Sort) -> Self {
        self.query.sort = Some(sort);
        self
    }

    /// Explains the score of each hit.
    #[must_use]
    pub fn explain(mut self, explain: bool) -> Self {
        self.explain = explain;
        self
    }

    /// The best snippets of an incident for this request, with the built-in synonyms and in English. The incident need
    /// not be in an index.
    pub fn snippets_of(&self, incident: &Incident) -> Vec<Snippet> {
        let (analyzer, synonyms) = (Analyzer::default(), Synonyms::default());
        let planner = Planner {
            analyzer: &analyzer,
            synonyms: &synonyms,
            vocabulary: &AnyVocabulary,
            house: &HouseNames::default(),
            now: 0,
            zone: &self.zone,
        };
        // Planning cannot fail without an index to read.
        let Ok(plan) = planner.plan(&self.query) else { return Vec::new() };
        Passages::new(plan.ranked_words().map(|word| (word, 1.0)), &analyzer).snippets(incident, self.snippets)
    }
}

impl Default for SearchRequest {
    /// A request that matches every incident.
    fn default() -> Self {
        Self::new("", Query::everything())
    }
}
