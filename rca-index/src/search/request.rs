//! The request: what to search for and what to give back.

use crate::error::Result;
use crate::incident::Incident;
use crate::plan::{AnyVocabulary, Planner};
use crate::query::{self, Node, Query, QueryOptions, Sort};
use crate::schema::Facet;
use crate::search::Snippet;
use crate::search::snippet::Passages;
use crate::text::Synonyms;
use crate::text::analyzer::Analyzer;

/// What to search for and what to give back.
#[derive(Debug, Clone)]
#[non_exhaustive]
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
    /// Whether to fall back to the best partial matches when no report has all words, and to fill the page with them.
    pub relax: bool,
    /// Whether recent and severe incidents are mildly preferred.
    pub preferences: bool,
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
        Ok(Self::new(text, query::parse(text, &QueryOptions::literal())?))
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

    /// The passages of an incident that match this request best, by the built-in synonyms and in English; the incident need
    /// not be in an index.
    pub fn snippets_of(&self, incident: &Incident) -> Vec<Snippet> {
        let (analyzer, synonyms) = (Analyzer::default(), Synonyms::default());
        let planner = Planner { analyzer: &analyzer, synonyms: &synonyms, vocabulary: &AnyVocabulary, now: 0 };
        // Where there is no index, there is none that cannot be read.
        let Ok(plan) = planner.plan(&self.query) else { return Vec::new() };
        Passages::new(plan.ranked_words().map(|word| (word, 1.0)), &analyzer).snippets(incident, self.snippets)
    }
}

impl Default for SearchRequest {
    /// Everything.
    fn default() -> Self {
        Self::new("", Query::everything())
    }
}
