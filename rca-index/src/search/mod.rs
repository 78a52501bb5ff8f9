//! Search: from a request to hits, facet counts and snippets. The one path that every front end takes.

mod feedback;
mod rerank;
mod snippet;

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rayon::prelude::*;
use tantivy::collector::Collector as _;
use tantivy::query::EnableScoring;
use tantivy::{DocAddress, Searcher, SegmentOrdinal, SegmentReader};

use crate::engine::collect::{Collected, ColumnKind, Hits, OrderBy};
use crate::engine::compile::{Compiler, Correction, Matching};
use crate::engine::document::{DATE, RANK, number_column};
use crate::engine::lookup::{KnownWord, Lookups};
use crate::error::Result;
use crate::incident::{Incident, SectionKind};
use crate::index::{Commit, Index};
use crate::plan::interpret::interpret;
use crate::plan::words::plain_words;
use crate::query::{self, Node, NodeKind, Query, QueryOptions, Sort, SortKey};
use crate::ranking::{RELAXED_SHARE, RERANKED};
use crate::schema::Facet;
use crate::search::rerank::{Parts, Ranked, Ranker};
use crate::search::snippet::Passages;
use crate::text::analyzer::Analyzer;

/// In a smaller index, a search is over before threads have begun.
const PARALLEL_INCIDENTS: u64 = 20_000;

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

    /// The passages of an incident that fit the words and phrases of this request best; the incident need not be in an
    /// index. What only an index knows, such as the words that a pattern stands for, is left out.
    pub fn snippets_of(&self, incident: &Incident) -> Vec<Snippet> {
        let analyzer = Analyzer::default();
        let words = plain_words(&analyzer, &self.query.root);
        Passages::new(words.iter().map(|word| (word, 1.0)), &analyzer).snippets(incident, self.snippets)
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
    /// The query as it was understood, in the query language: with synonyms and corrections, without stop words.
    pub interpreted: String,
    /// Words that no incident has, and those that were looked for in their place.
    pub suggestions: Vec<Suggestion>,
    /// The hits, best first.
    pub hits: Vec<Hit>,
    /// Where the hits do not fill the page: incidents that have some of the words, best first. They count nowhere.
    pub partial: Vec<Hit>,
    /// The counts of each facet asked for, in the order asked.
    pub facets: Vec<FacetCounts>,
    /// How long it took.
    pub took: Duration,
}

/// A word that no incident has.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    let (searcher, commit) = index.searcher()?;
    let now = request.now.unwrap_or_else(system_now);
    let compiler = Compiler {
        fields: index.fields(),
        searcher: &searcher,
        statistics: commit.statistics,
        analyzer: &commit.analyzer,
        synonyms: &commit.synonyms,
        lookups: Lookups::default(),
        now,
    };
    let search = Search { index, request, searcher: &searcher, commit: &commit, compiler: &compiler };

    let mut found = search.run(Matching::All, request.limit, &request.facets).map_err(|e| index.error(e))?;
    let mut relaxed = false;
    if found.total == 0 && request.relax && found.has_words() {
        found =
            search.run(Matching::Some(RELAXED_SHARE), request.limit, &request.facets).map_err(|e| index.error(e))?;
        relaxed = found.total > 0;
    }
    let partial = if relaxed { Vec::new() } else { search.fill(&found).map_err(|e| index.error(e))? };

    let passages = Passages::new(found.words.iter().map(|known| (&known.word, known.idf())), &commit.analyzer);
    let make_hit = |Ranked { hit, parts }: &Ranked| -> Result<Hit> {
        let incident = index.incident(&searcher, &commit, hit.address)?;
        let snippets = passages.snippets(&incident, request.snippets);
        let parts = parts.as_ref().filter(|_| request.explain);
        let explanation = parts.map(|parts| explain(&found.words, parts)).unwrap_or_default();
        Ok(Hit { incident, score: hit.score, snippets, explanation })
    };
    let page: Vec<&Ranked> = found.hits.iter().skip(request.offset).take(request.limit).collect();
    let hits = map_all(page, is_large(&searcher), make_hit)?;
    let partial = partial.iter().map(make_hit).collect::<Result<_>>()?;
    let facets = request.facets.iter().zip(found.facets).map(|(&facet, counts)| {
        let mut values: Vec<_> = counts.into_iter().map(|(value, count)| FacetCount { value, count }).collect();
        values.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
        FacetCounts { facet, values }
    });
    Ok(SearchResults {
        total: found.total,
        relaxed,
        interpreted: interpret(&request.query, &compiler, &found.corrections).to_string(),
        suggestions: found
            .corrections
            .into_iter()
            .map(|Correction { typed, meant }| Suggestion { typed, meant })
            .collect(),
        hits,
        partial,
        facets: facets.collect(),
        took: started.elapsed(),
    })
}

/// What a request is run against.
struct Search<'a> {
    index: &'a Index,
    request: &'a SearchRequest,
    searcher: &'a Searcher,
    commit: &'a Commit,
    compiler: &'a Compiler<'a>,
}

/// What one run found.
struct Found {
    words: Vec<Arc<KnownWord>>,
    corrections: Vec<Correction>,
    total: usize,
    /// The best hits, best first, from the first hit on.
    hits: Vec<Ranked>,
    facets: Vec<HashMap<String, usize>>,
}

impl Found {
    fn has_words(&self) -> bool {
        !self.words.is_empty()
    }
}

impl Search<'_> {
    /// Finds, counts, and puts the best in order.
    fn run(&self, matching: Matching, limit: usize, facets: &[Facet]) -> tantivy::Result<Found> {
        let compiled = self.compiler.compile(&self.request.query.root, matching)?;
        let order = order(self.request.query.sort);
        let scoring = order == OrderBy::Score && !compiled.words.is_empty();
        let wanted = limit.saturating_add(self.request.offset);
        // What is not quite among the best at the first look may be at the second.
        let kept = if scoring && wanted > 0 { wanted.max(RERANKED) } else { wanted };
        let collector = Hits { limit: kept, order, facets: facets.to_vec(), scoring };
        let Collected { hits, total, facets } =
            collect(self.searcher, &*compiled.query, &collector, is_large(self.searcher))?;
        let hits = if scoring {
            let Self { index, searcher, commit, compiler, request } = *self;
            let ranker = Ranker { index, searcher, commit, compiler, preferences: request.preferences };
            ranker.rank(&compiled.words, hits)?
        } else {
            hits.into_iter().map(|hit| Ranked { hit, parts: None }).collect()
        };
        Ok(Found { words: compiled.words, corrections: compiled.corrections, total, hits, facets })
    }

    /// The best partial matches, as many as the page has room for behind those that match in full.
    fn fill(&self, found: &Found) -> tantivy::Result<Vec<Ranked>> {
        let SearchRequest { limit, offset, relax, query, .. } = self.request;
        let end = limit.saturating_add(*offset);
        if !relax || *limit == 0 || found.total >= end || found.words.len() < 2 || order(query.sort) != OrderBy::Score {
            return Ok(Vec::new());
        }
        let full: HashSet<DocAddress> = found.hits.iter().map(|ranked| ranked.hit.address).collect();
        let some = self.run(Matching::Some(0.0), limit.saturating_add(found.total), &[])?;
        let partial = some.hits.into_iter().filter(|ranked| !full.contains(&ranked.hit.address));
        let skipped = offset.saturating_sub(found.total);
        Ok(partial.skip(skipped).take(end - found.total.max(*offset)).collect())
    }
}

/// Whether there is so much to go over that it is worth while to begin threads.
pub(crate) fn is_large(searcher: &Searcher) -> bool {
    searcher.num_docs() >= PARALLEL_INCIDENTS
}

/// Does the same with all things, one after the other or several at a time; the first error ends it.
pub(crate) fn map_all<T: Send, R: Send, E: Send>(
    things: Vec<T>,
    parallel: bool,
    work: impl Fn(T) -> std::result::Result<R, E> + Sync + Send,
) -> std::result::Result<Vec<R>, E> {
    if parallel { things.into_par_iter().map(work).collect() } else { things.into_iter().map(work).collect() }
}

/// Goes over all segments, one after the other or several at a time.
fn collect(
    searcher: &Searcher,
    query: &dyn tantivy::query::Query,
    collector: &Hits,
    parallel: bool,
) -> tantivy::Result<Collected> {
    if !parallel {
        return searcher.search(query, collector);
    }
    let weight = query.weight(EnableScoring::enabled_from_searcher(searcher))?;
    let in_segment =
        |(ord, reader): (usize, &SegmentReader)| collector.collect_segment(&*weight, ord as SegmentOrdinal, reader);
    let segments = searcher.segment_readers().par_iter().enumerate();
    collector.merge_fruits(segments.map(in_segment).collect::<tantivy::Result<Vec<_>>>()?)
}

fn system_now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs().cast_signed()
}

/// What a sort order means for collecting.
fn order(sort: Option<Sort>) -> OrderBy {
    let column = |name: String, kind, descending| OrderBy::Column { name, kind, descending };
    match sort {
        None | Some(Sort { key: SortKey::Relevance, .. }) => OrderBy::Score,
        Some(Sort { key: SortKey::Date, descending }) => column(DATE.to_owned(), ColumnKind::I64, descending),
        // The more severe, the lower the rank.
        Some(Sort { key: SortKey::Severity, descending }) => column(RANK.to_owned(), ColumnKind::U64, !descending),
        Some(Sort { key: SortKey::Number(number), descending }) => {
            column(number_column(number), ColumnKind::F64, descending)
        }
    }
}

/// How a score came about, a line a part.
fn explain(words: &[Arc<KnownWord>], parts: &Parts) -> Vec<String> {
    let mut lines = Vec::new();
    for ((known, (frequency, score)), pair) in words.iter().zip(&parts.words).zip(&parts.pairs) {
        let (word, weight) = (&known.word, known.idf());
        let text = &word.text;
        if *score > 0.0 {
            let what = if word.extra { "part of an identifier" } else { "word" };
            lines.push(format!(
                "{score:.3}  {what} `{text}`: rarity {weight:.2}; occurrences, weighed by section and form, {frequency:.1}"
            ));
        } else if !word.extra {
            lines.push(format!("{score:.3}  word `{text}`: not there"));
        }
        if *pair > 0.0 {
            lines.push(format!("{pair:.3}  `{text}` stands close to the word before it"));
        }
    }
    if parts.feedback > 0.0 {
        lines.push(format!("{:.3}  words that the best hits have in common", parts.feedback));
    }
    let factors = [
        (parts.coverage, "not all words are there"),
        (parts.recent, "how recent it is"),
        (parts.severe, "how severe it was"),
    ];
    let telling = factors.iter().filter(|(factor, _)| (factor - 1.0).abs() > f32::EPSILON);
    lines.extend(telling.map(|(factor, what)| format!("x {factor:.3}  {what}")));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use tantivy::query::AllQuery;

    #[test]
    fn several_segments_at_a_time_give_the_same() {
        let index = Index::in_memory().unwrap();
        for segment in 0..3 {
            let incidents = (0..30).map(|i| {
                let mut incident = Incident::new(format!("{segment}/{i}"), format!("Disk {i} full"));
                incident.services = vec![format!("service-{}", i % 7)];
                incident
            });
            index.upsert(incidents).unwrap();
        }
        let (searcher, _) = index.searcher().unwrap();
        assert!(searcher.segment_readers().len() > 1);
        for order in [OrderBy::Score, order(Some(Sort { key: SortKey::Date, descending: true }))] {
            let scoring = order == OrderBy::Score;
            let hits = Hits { limit: 50, order, facets: vec![Facet::Service], scoring };
            let [alone, together] =
                [false, true].map(|parallel| collect(&searcher, &AllQuery, &hits, parallel).unwrap());
            let addresses = |found: &Collected| found.hits.iter().map(|hit| hit.address).collect::<Vec<_>>();
            assert_eq!(addresses(&alone), addresses(&together));
            assert_eq!((alone.total, alone.facets), (together.total, together.facets));
        }
    }
}
