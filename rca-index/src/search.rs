//! Search: from a request to hits, facet counts and snippets. The one path that every front end takes.

use std::ops::Range;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tantivy::query::EnableScoring;

use crate::analyze::Analyzer;
use crate::collect::{Collected, CollectedHit, ColumnKind, Hits, OrderBy};
use crate::compile::{Compiler, is_text};
use crate::document::{DATE, RANK, number_column};
use crate::error::Result;
use crate::incident::{Incident, SectionKind};
use crate::index::Index;
use crate::query::{self, Node, NodeKind, Query, QueryOptions, Sort, SortKey};
use crate::schema::Facet;
use crate::snippet::Passages;

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
        Ok(Self::new(text, query::parse(text, &QueryOptions { literal: true })?))
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

    /// The passages of an incident that fit this request best, as a hit has them; the incident need not be in an index.
    pub fn snippets_of(&self, incident: &Incident) -> Vec<Snippet> {
        let analyzer = Analyzer::default();
        Passages::new(&self.query.root, &analyzer).snippets(incident, self.snippets)
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

/// The whole search, as one path.
pub(crate) fn search(index: &Index, request: &SearchRequest) -> Result<SearchResults> {
    let started = Instant::now();
    let (searcher, statistics) = index.searcher()?;
    let analyzer = Analyzer::default();
    let now = request.now.unwrap_or_else(system_now);
    let compiler = Compiler { fields: index.fields(), searcher: &searcher, statistics, analyzer: &analyzer, now };
    let collector = collector(request);
    let run = |enough: Option<usize>| -> tantivy::Result<(Box<dyn tantivy::query::Query>, Collected)> {
        let compiled = compiler.compile(&request.query.root, enough)?;
        let collected = searcher.search(&*compiled, &collector)?;
        Ok((compiled, collected))
    };

    let (mut compiled, mut collected) = run(None).map_err(|e| index.error(e))?;
    let mut relaxed = false;
    if collected.total == 0 && request.relax {
        for enough in enough_words(&request.query.root) {
            (compiled, collected) = run(Some(enough)).map_err(|e| index.error(e))?;
            if collected.total > 0 {
                relaxed = true;
                break;
            }
        }
    }

    let passages = Passages::new(&request.query.root, &analyzer);
    let make_hit = |found: &CollectedHit| -> Result<Hit> {
        let incident = index.incident(&searcher, found.address)?;
        let snippets = passages.snippets(&incident, request.snippets);
        let mut explanation = Vec::new();
        if request.explain {
            let weight =
                compiled.weight(EnableScoring::enabled_from_searcher(&searcher)).map_err(|e| index.error(e))?;
            let reader = searcher.segment_reader(found.address.segment_ord);
            let explained = weight.explain(reader, found.address.doc_id).map_err(|e| index.error(e))?;
            explanation = explain::lines(&explained);
        }
        Ok(Hit { incident, score: found.score, snippets, explanation })
    };
    let page = collected.hits.iter().skip(request.offset);
    let hits = page.map(make_hit).collect::<Result<_>>()?;
    let facets = request.facets.iter().zip(collected.facets).map(|(&facet, counts)| {
        let mut values: Vec<_> = counts.into_iter().map(|(value, count)| FacetCount { value, count }).collect();
        values.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
        FacetCounts { facet, values }
    });
    Ok(SearchResults {
        total: collected.total,
        relaxed,
        interpreted: request.query.to_string(),
        hits,
        facets: facets.collect(),
        took: started.elapsed(),
    })
}

fn system_now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs().cast_signed()
}

fn collector(request: &SearchRequest) -> Hits {
    let sort = request.query.sort.filter(|sort| sort.key != SortKey::Relevance);
    let column = |name: String, kind, descending| OrderBy::Column { name, kind, descending };
    let order = sort.map_or(OrderBy::Score, |Sort { key, descending }| match key {
        SortKey::Relevance => OrderBy::Score,
        SortKey::Date => column(DATE.to_owned(), ColumnKind::I64, descending),
        // The more severe, the lower the rank.
        SortKey::Severity => column(RANK.to_owned(), ColumnKind::U64, !descending),
        SortKey::Number(number) => column(number_column(number), ColumnKind::F64, descending),
    });
    let scoring = order == OrderBy::Score || request.explain;
    Hits { limit: request.limit.saturating_add(request.offset), order, facets: request.facets.clone(), scoring }
}

/// How many of the words may suffice when no report has all of them: the most first.
fn enough_words(root: &Node) -> Vec<usize> {
    let words = match &root.kind {
        NodeKind::And(parts) => parts.iter().filter(|part| is_text(part)).count(),
        _ => 0,
    };
    let mut steps = vec![words.saturating_sub(1), words * 3 / 4, words / 2, words / 4, 1];
    steps.retain(|&enough| 0 < enough && enough < words);
    steps.dedup();
    steps
}

/// Explanations in words.
mod explain {
    use serde_json::Value;
    use tantivy::query::Explanation;

    /// An explanation as lines, its parts indented below it.
    pub(super) fn lines(explanation: &Explanation) -> Vec<String> {
        let mut lines = Vec::new();
        // The engine gives its explanations away as JSON only.
        if let Ok(value) = serde_json::from_str(&explanation.to_pretty_json()) {
            add(&value, 0, &mut lines);
        }
        lines
    }

    fn add(value: &Value, depth: usize, lines: &mut Vec<String>) {
        let what = value["description"].as_str().unwrap_or_default();
        let score = value["value"].as_f64().unwrap_or_default();
        if score != 0.0 {
            lines.push(format!("{:indent$}{score:.3}  {what}", "", indent = depth * 2));
            for part in value["details"].as_array().into_iter().flatten() {
                add(part, depth + 1, lines);
            }
        }
    }
}
