//! Search: from a request to hits, facet counts and snippets. Every front end uses this path.
//!
//! In: a request and an index. Out: results as plain data. A search has two passes: candidate retrieval over all
//! incidents, in the engine, then reranking of the best 200, here. The plan interprets the query.

mod explanation;
mod feedback;
mod fields;
mod request;
mod rerank;
mod results;
mod snippet;
mod unknown;

pub use explanation::{Explanation, WordScore};
pub use request::SearchRequest;
pub use results::{FacetCount, FacetCounts, Hit, SearchResults, Snippet, Suggestion};
pub use unknown::UnknownValue;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::engine::{Candidate, Candidates, Collect, Direction, Engine, KnownWords, Order, Snapshot};
use crate::error::{QueryError, QueryErrorKind, QueryErrors, Result};
use crate::incident::HouseNames;
use crate::plan::{Correction, Needed, Plan, Planner};
use crate::query::{Node, NodeKind, Sort, SortKey, Span};
use crate::ranking::{FEEDBACK_HITS, FEEDBACK_MIN_WORDS, RELAXED_SHARE, RERANKED};
use crate::schema::{Facet, FacetName};
use crate::search::feedback::common_words;
use crate::search::rerank::{Reranker, Shares};
use crate::search::snippet::Passages;
use crate::search::unknown::unknown_values;

/// The whole search, as one function.
pub(crate) fn search(engine: &Engine, request: &SearchRequest) -> Result<SearchResults> {
    let started = Instant::now();
    let snapshot = engine.snapshot()?;
    let now = request.now.unwrap_or_else(system_now);
    let (analyzer, synonyms) = (snapshot.analyzer(), snapshot.synonyms());
    let (house, zone) = (snapshot.house(), &request.zone);
    known_severities(request, house)?;
    let plan = Planner { analyzer, synonyms, vocabulary: &snapshot, house, now, zone }.plan(&request.query)?;
    let words = snapshot.look_up(&plan)?;
    let search = Search { request, snapshot: &snapshot, plan: &plan, words: &words, now };

    let mut found = search.pass(Needed::All, request.limit, &request.facets)?;
    let mut relaxed = false;
    if found.total == 0 && request.relax && !plan.ranked.is_empty() {
        found = search.pass(Needed::Share(RELAXED_SHARE), request.limit, &request.facets)?;
        relaxed = found.total > 0;
    }
    let partial = if relaxed { Vec::new() } else { search.fill(&found)? };
    let unknown_values = if found.total == 0 { unknown_values(&snapshot, &plan)? } else { Vec::new() };

    let page: Vec<Ranked> = found.hits.into_iter().skip(request.offset).take(request.limit).collect();
    let hits = search.hits(&page)?;
    Ok(SearchResults {
        total: found.total,
        relaxed,
        interpreted: plan.interpreted.to_string(),
        suggestions: suggestions(&plan),
        unknown_values,
        hits,
        partial: search.hits(&partial)?,
        facets: search.facet_counts(&found.facets)?,
        took: started.elapsed(),
    })
}

/// The context of a search.
struct Search<'a> {
    request: &'a SearchRequest,
    snapshot: &'a Snapshot<'a>,
    plan: &'a Plan,
    words: &'a KnownWords,
    now: i64,
}

/// The result of one pass over the index.
struct Pass {
    total: usize,
    /// The best candidates in order, starting with the first hit.
    hits: Vec<Ranked>,
    facets: Vec<HashMap<String, usize>>,
}

/// A candidate with the components of its score; `None` if it was not reranked.
struct Ranked {
    candidate: Candidate,
    shares: Option<Shares>,
}

impl Search<'_> {
    /// Retrieves candidates, counts matches and facets, and sorts the best candidates.
    fn pass(&self, needed: Needed, limit: usize, facets: &[FacetName]) -> Result<Pass> {
        let order = self.order();
        let wanted = limit.saturating_add(self.request.offset);
        let rerank = order == Order::Score && wanted > 0;
        // Reranking can move a candidate onto the page.
        let limit = if rerank { wanted.max(RERANKED) } else { wanted };
        let collect = Collect { limit, order, facets: facets.to_vec() };
        let Candidates { best, total, facets: mut counts } =
            self.snapshot.candidates(self.plan, self.words, needed, collect)?;
        for (_, counts) in facets.iter().zip(&mut counts).filter(|(facet, _)| **facet == FacetName::Fields) {
            fields::add_facets(self.snapshot, self.plan, self.words, needed, counts)?;
        }
        let hits = if rerank {
            self.rerank(best)?
        } else {
            best.into_iter().map(|candidate| Ranked { candidate, shares: None }).collect()
        };
        Ok(Pass { total, hits, facets: counts })
    }

    /// The second pass: reranks the best candidates; the rest follow in their order.
    fn rerank(&self, mut best: Vec<Candidate>) -> Result<Vec<Ranked>> {
        let rest = best.split_off(best.len().min(RERANKED));
        let words: Vec<_> = self.plan.ranked_words().collect();
        let weights = self.words.weights(&self.plan.ranked);
        let reranker = Reranker {
            words: &words,
            weights: &weights,
            statistics: self.snapshot.statistics(),
            now: self.request.preferences.then_some(self.now),
        };
        let shares = |evidence: crate::plan::Evidence<'_>| reranker.shares(&evidence);
        let shares = self.snapshot.inspect(self.words, &self.plan.ranked, &best, shares)?;
        let mut ranked: Vec<Ranked> = best
            .into_iter()
            .zip(shares)
            .map(|(candidate, shares)| Ranked { candidate, shares: Some(shares) })
            .collect();
        put_in_order(&mut ranked);
        if self.plan.typed() >= FEEDBACK_MIN_WORDS {
            self.add_feedback(&reranker, &mut ranked)?;
            put_in_order(&mut ranked);
        }
        ranked.extend(rest.into_iter().map(|candidate| Ranked { candidate, shares: None }));
        cap_scores(&mut ranked);
        Ok(ranked)
    }

    /// Adds the feedback score to the scores.
    fn add_feedback(&self, reranker: &Reranker<'_>, ranked: &mut [Ranked]) -> Result<()> {
        let best = ranked.iter().take(FEEDBACK_HITS);
        let best = best.map(|ranked| Ok((self.snapshot.texts(&ranked.candidate)?, ranked.candidate.score)));
        let common = common_words(self.snapshot.analyzer(), &best.collect::<Result<Vec<_>>>()?, self.plan);
        let words = self.snapshot.look_up(&common)?;
        let chosen = feedback::choose(&common, &words.weights(&common.ranked));
        let chosen_words: Vec<_> = chosen.iter().map(|&(word, _)| word).collect();
        let candidates: Vec<Candidate> = ranked.iter().map(|ranked| ranked.candidate.clone()).collect();
        let counts = |evidence: crate::plan::Evidence<'_>| reranker.feedback(&evidence, &chosen);
        let counts = self.snapshot.inspect(&words, &chosen_words, &candidates, counts)?;
        for (ranked, feedback) in ranked.iter_mut().zip(counts) {
            ranked.shares.iter_mut().for_each(|shares| shares.feedback = feedback);
        }
        Ok(())
    }

    /// The best partial matches, as many as fit on the page after the full matches.
    fn fill(&self, found: &Pass) -> Result<Vec<Ranked>> {
        let SearchRequest { limit, offset, relax, .. } = self.request;
        let end = limit.saturating_add(*offset);
        if !relax || *limit == 0 || found.total >= end || self.plan.ranked.len() < 2 || self.order() != Order::Score {
            return Ok(Vec::new());
        }
        let full: HashSet<_> = found.hits.iter().map(|ranked| ranked.candidate.key()).collect();
        let some = self.pass(Needed::Share(0.0), limit.saturating_add(found.total), &[])?;
        let partial = some.hits.into_iter().filter(|ranked| !full.contains(&ranked.candidate.key()));
        let skipped = offset.saturating_sub(found.total);
        Ok(partial.skip(skipped).take(end - found.total.max(*offset)).collect())
    }

    /// The sort order of this request.
    fn order(&self) -> Order {
        match self.request.query.sort {
            None | Some(Sort { key: SortKey::Relevance, .. }) if self.plan.ranked.is_empty() => Order::Latest,
            None | Some(Sort { key: SortKey::Relevance, .. }) => Order::Score,
            Some(Sort { key, descending: true }) => Order::Value(key, Direction::Descending),
            Some(Sort { key, descending: false }) => Order::Value(key, Direction::Ascending),
        }
    }

    /// The counts of the requested facets, the most frequent values first.
    fn facet_counts(&self, counts: &[HashMap<String, usize>]) -> Result<Vec<FacetCounts>> {
        let of_facet = |(facet, counts): (&FacetName, _)| {
            let values = self.snapshot.facet_values(facet, counts)?;
            let mut values: Vec<_> = values.into_iter().map(|(value, count)| FacetCount { value, count }).collect();
            values.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
            Ok(FacetCounts { facet: facet.clone(), values })
        };
        self.request.facets.iter().zip(counts).map(of_facet).collect()
    }

    /// Shows the services of hits in the spelling that the archive uses most.
    fn show_services(&self, hits: &mut [Hit]) -> Result<()> {
        let house = self.snapshot.house();
        let key = |service: &String| Facet::Service.key(service, house);
        let keys: BTreeSet<String> = hits.iter().flat_map(|hit| &hit.incident.services).map(key).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).filter(|key| !key.is_empty()).collect();
        let shown = self.snapshot.shown(Facet::Service, &keys)?;
        let shown: HashMap<&str, Option<String>> = keys.into_iter().zip(shown).collect();
        for service in hits.iter_mut().flat_map(|hit| &mut hit.incident.services) {
            if let Some(Some(shown)) = shown.get(&*key(service)) {
                service.clone_from(shown);
            }
        }
        Ok(())
    }

    /// Loads the incidents and extracts their snippets.
    fn hits(&self, ranked: &[Ranked]) -> Result<Vec<Hit>> {
        let weights = self.words.weights(&self.plan.ranked);
        let words = self.plan.ranked_words().zip(&weights).map(|(word, weight)| (word, weight.idf));
        let passages = Passages::new(words, self.snapshot.analyzer());
        let mut hits = self.snapshot.map(ranked, |Ranked { candidate, shares }| {
            let incident = self.snapshot.incident(candidate)?;
            let snippets = passages.snippets(&incident, self.request.snippets);
            let shares = shares.as_ref().filter(|_| self.request.explain);
            let explanation = shares.map(|shares| Explanation::new(self.plan, &weights, shares));
            Ok(Hit { incident, score: candidate.score, snippets, explanation })
        })?;
        self.show_services(&mut hits)?;
        Ok(hits)
    }
}

/// Recomputes scores and sorts: candidates with all words first, then by score.
fn put_in_order(ranked: &mut [Ranked]) {
    for Ranked { candidate, shares } in ranked.iter_mut() {
        candidate.score = shares.as_ref().map_or(0.0, Shares::score);
    }
    let has_all = |ranked: &Ranked| ranked.shares.as_ref().is_some_and(Shares::has_all);
    ranked.sort_by(|a, b| {
        let by_score = || b.candidate.score.total_cmp(&a.candidate.score);
        has_all(b).cmp(&has_all(a)).then_with(by_score).then_with(|| a.candidate.break_tie(&b.candidate))
    });
}

/// Caps each score at that of the previous hit. Candidates that lack a word or were not reranked may have a higher
/// score than those before them.
fn cap_scores(ranked: &mut [Ranked]) {
    let mut lowest = f32::INFINITY;
    for Ranked { candidate, .. } in ranked {
        lowest = lowest.min(candidate.score);
        candidate.score = lowest;
    }
}

fn suggestions(plan: &Plan) -> Vec<Suggestion> {
    let suggestion =
        |Correction { typed, meant }: &Correction| Suggestion { typed: typed.clone(), meant: meant.clone() };
    plan.corrections.iter().map(suggestion).collect()
}

/// Checks the severities of comparisons, of which some are known to the settings of the archive alone.
fn known_severities(request: &SearchRequest, house: &HouseNames) -> Result<()> {
    let mut unknown = Vec::new();
    unknown_severities(&request.query.root, house, &mut unknown);
    // The place of a condition that was added to the query is not one of its text.
    let span_of = |name: &str, span: &Span| {
        let inside = request.text.get(span.clone()).is_some_and(|text| text.contains(name));
        if inside { span.clone() } else { 0..request.text.len() }
    };
    let error =
        |(name, span): (String, Span)| QueryError::new(span_of(&name, &span), QueryErrorKind::NotASeverity(name));
    if unknown.is_empty() { Ok(()) } else { Err(QueryErrors(unknown.into_iter().map(error).collect()).into()) }
}

fn unknown_severities(node: &Node, house: &HouseNames, unknown: &mut Vec<(String, Span)>) {
    match &node.kind {
        NodeKind::SeverityRank { name, .. } if house.severities.rank(name).is_none() => {
            unknown.push((name.clone(), node.span.clone()));
        }
        NodeKind::And(nodes) | NodeKind::Or(nodes) => {
            nodes.iter().for_each(|node| unknown_severities(node, house, unknown));
        }
        NodeKind::Not(inner) => unknown_severities(inner, house, unknown),
        _ => {}
    }
}

fn system_now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs().cast_signed()
}
