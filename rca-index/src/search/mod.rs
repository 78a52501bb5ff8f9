//! Search: from a request to hits, facet counts and snippets. Every front end uses this path.
//!
//! In: a request and an index. Out: results as plain data. A search has two passes: candidate retrieval over all
//! incidents, in the engine, then reranking of the best 200, here. The plan interprets the query.

mod alike;
mod explanation;
mod feedback;
mod fields;
mod hits;
mod request;
mod rerank;
mod results;
#[cfg(test)]
mod scoring_tests;
mod show;
mod snippet;
mod titles;
mod unknown;
#[cfg(test)]
mod weighted_tests;
#[cfg(test)]
mod work_tests;

pub(crate) use alike::{Alike, Near};
pub use explanation::{Explanation, WordScore};
pub(crate) use hits::{Hits, Like};
pub use request::SearchRequest;
pub use results::{FacetCount, FacetCounts, Hit, Likeness, Match, Resemblance, SearchResults, Snippet, Suggestion};
pub use show::Show;
pub(crate) use titles::titled;
pub use unknown::UnknownValue;

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::engine::{Candidate, Candidates, Collect, Direction, Engine, KnownWords, Order, Snapshot, ValueCounts};
use crate::error::{QueryError, QueryErrorKind, QueryErrors, Result};
use crate::incident::{HouseNames, Summary};
use crate::plan::{Correction, Needed, Plan, Planner, reads_allowed};
pub use crate::plan::{Cut, CutKind, SearchWork, WeightedTexts};
use crate::query::{Node, NodeKind, Sort, SortKey, Span};
use crate::ranking::{FEEDBACK_HITS, FEEDBACK_MAX_WORDS, FEEDBACK_MIN_WORDS, RERANKED, evidence, report_evidence};
use crate::schema::FacetName;
use crate::search::feedback::common_words;
use crate::search::hits::Load;
use crate::search::rerank::{Reranker, Shares, pairs};
use crate::search::unknown::unknown_values_of;

/// The steps that this thread took to find snippets since this was asked last.
#[cfg(fuzzing)]
pub(crate) fn snippet_work_taken() -> usize {
    snippet::work::counted::taken()
}

/// How many of a page are fetched with those that feedback reads. A page may be as long as anybody asks for.
const MOST_EXPECTED: usize = 32;

/// A search whose hits are whole incidents, with snippets.
pub(crate) fn search(engine: &Engine, request: &SearchRequest) -> Result<SearchResults> {
    collected(engine, request, Search::hits)
}

/// A search whose hits are summaries: no report is parsed for them.
pub(crate) fn search_summaries(engine: &Engine, request: &SearchRequest) -> Result<SearchResults<Summary>> {
    collected(engine, request, Search::summaries)
}

/// A search for incidents like a pasted text. The hits are those that are like it, and the others among the first that the
/// request asks for; none has snippets. No other report is parsed.
pub(crate) fn search_seen(engine: &Engine, request: &SearchRequest) -> Result<SearchResults> {
    let started = Instant::now();
    let ranked = request.for_candidates();
    let (mut results, mut hits) = find(engine, &ranked, Search::hits)?;
    hits.keep_like(request.limit);
    results.hits = hits.all()?;
    (results.work, results.took) = (hits.work(), started.elapsed());
    Ok(results)
}

/// A search for incidents like a report: those that are like it, then, if asked for, weak ones, in all at most `most`. The hits
/// are made as they are taken; the request is for as many as are reranked.
pub(crate) fn search_similar<'a>(
    engine: &'a Engine,
    request: &'a SearchRequest,
    most: usize,
    weak: bool,
) -> Result<(SearchResults, Like, Hits<'a>)> {
    let started = Instant::now();
    let (mut results, mut hits) = find(engine, request, Search::hits)?;
    let like = hits.put_like_first(weak);
    hits.truncate(most);
    (results.work, results.took) = (hits.work(), started.elapsed());
    Ok((results, like, hits))
}

/// A search whose hits are made as they are taken; the results have none. The first ones are made already, so that most
/// errors come before any hit.
pub(crate) fn search_hits<'a>(engine: &'a Engine, request: &'a SearchRequest) -> Result<(SearchResults, Hits<'a>)> {
    let started = Instant::now();
    let (mut results, mut hits) = find(engine, request, Search::hits)?;
    hits.make_some()?;
    (results.work, results.took) = (hits.work(), started.elapsed());
    Ok((results, hits))
}

/// The same with summaries and snippets: no facts of reports are read.
pub(crate) fn search_passages<'a>(
    engine: &'a Engine,
    request: &'a SearchRequest,
) -> Result<(SearchResults, Hits<'a, Summary>)> {
    let started = Instant::now();
    let (mut results, mut hits) = find(engine, request, Search::passage_hits)?;
    hits.make_some()?;
    (results.work, results.took) = (hits.work(), started.elapsed());
    Ok((results, hits))
}

/// A search with all of its hits.
fn collected<'a, T>(engine: &'a Engine, request: &'a SearchRequest, load: Load<'a, T>) -> Result<SearchResults<T>> {
    let started = Instant::now();
    let (mut results, mut hits) = find(engine, request, load)?;
    results.hits = hits.all()?;
    (results.work, results.took) = (hits.work(), started.elapsed());
    Ok(results)
}

/// The whole search, as one function, up to the hits, which `load` makes of the ranked candidates of the page.
fn find<'a, T, H>(
    engine: &'a Engine,
    request: &'a SearchRequest,
    load: Load<'a, T>,
) -> Result<(SearchResults<H>, Hits<'a, T>)> {
    let search = Search::new(engine.snapshot()?, request)?;

    // Where any word suffices, there is nothing fuller than a partial match. A strict request asks for all of the words.
    let any = search.plan.any && (request.relax || search.plan.needed.is_empty());
    let all = if any { Pass::default() } else { search.pass(Needed::All, &request.facets, &[])? };
    let some = search.others(&all)?;
    let (total, total_some) = (all.total, some.total);
    let relaxed = total == 0 && total_some > 0;
    let mut cuts = search.plan.cuts.clone();
    cuts.extend(search.words.stems.map(|(kept, of)| Cut { what: CutKind::Stems, kept, of }));
    cuts.extend(search.words.expansions.map(|(kept, of)| Cut { what: CutKind::Expansions, kept, of }));
    for cut in all.cuts.iter().chain(&some.cuts) {
        if !cuts.contains(cut) {
            cuts.push(*cut);
        }
    }
    let mut unknown_values = Vec::new();
    if total + total_some == 0 {
        let unknown = unknown_values_of(&search.snapshot, &search.plan)?;
        cuts.extend(unknown.cut);
        unknown_values = unknown.values;
    }
    let facets = if relaxed || any { some.facets } else { all.facets };

    let mut ranked: Vec<Ranked> = all.hits.into_iter().chain(some.hits).collect();
    cap_scores(&mut ranked);
    let page: Vec<Ranked> = ranked.into_iter().skip(request.offset).take(request.limit).collect();
    let results = SearchResults {
        total,
        total_some,
        relaxed,
        interpreted: interpreted(request, &search.plan),
        suggestions: suggestions(&search.plan),
        unknown_values,
        cuts,
        hits: Vec::new(),
        facets: search.facet_counts(&facets)?,
        failed: search.snapshot.failed(),
        work: SearchWork::default(),
        took: Duration::ZERO,
    };
    Ok((results, Hits::new(engine, search, page, load)))
}

/// The context of a search.
struct Search<'a> {
    request: &'a SearchRequest,
    snapshot: Snapshot<'a>,
    plan: Plan,
    words: KnownWords,
    now: i64,
}

impl<'a> Search<'a> {
    /// Plans a request, and looks its words up.
    fn new(snapshot: Snapshot<'a>, request: &'a SearchRequest) -> Result<Self> {
        let now = request.now.unwrap_or_else(system_now);
        let (analyzer, synonyms) = (snapshot.analyzer(), snapshot.synonyms());
        let (house, zone) = (snapshot.house(), &request.zone);
        known_severities(request, house)?;
        let incidents = snapshot.statistics().incidents;
        let mut plan = snapshot.planned(|vocabulary| {
            let planner = Planner { analyzer, synonyms, vocabulary, house, now, zone };
            match &request.weighted {
                Some(texts) => planner.plan_weighted(texts, &request.query, incidents),
                None => planner.plan(&request.query),
            }
        })?;
        let words = snapshot.look_up(&plan)?;
        plan.keep_affordable(
            |word| words.rarity(word),
            |word| words.cost(word),
            reads_allowed(snapshot.statistics().incidents),
        );
        Ok(Self { request, snapshot, plan, words, now })
    }
}

/// The result of one pass over the index.
#[derive(Default)]
struct Pass {
    total: usize,
    /// The best candidates in order, starting with the first hit.
    hits: Vec<Ranked>,
    facets: Vec<ValueCounts>,
    /// What was not counted, or not looked for.
    cuts: Vec<Cut>,
}

/// A candidate with the components of its score; `None` if it was not reranked.
#[derive(Clone)]
struct Ranked {
    matched: Match,
    candidate: Candidate,
    shares: Option<Shares>,
    /// How far its score in the first pass is from those of all incidents, in standard deviations.
    z: f32,
}

impl Search<'_> {
    /// Retrieves candidates, counts matches and facets, and sorts the best candidates. `before` are the hits that come
    /// before them.
    fn pass(&self, needed: Needed, facets: &[FacetName], before: &[Ranked]) -> Result<Pass> {
        let (order, wanted) = (self.order(), self.wanted());
        let rerank = order == Order::Score && wanted > 0;
        // Reranking can move a candidate onto the page. It does not depend on the page, or the order would.
        let limit = if rerank { wanted.max(RERANKED) } else { wanted };
        let collect = Collect { limit, order, facets: facets.to_vec() };
        let Candidates { best, total, facets: mut counts, moments, cuts } =
            self.snapshot.candidates(&self.plan, &self.words, needed, collect)?;
        for (_, counts) in facets.iter().zip(&mut counts).filter(|(facet, _)| **facet == FacetName::Fields) {
            fields::add_facets(&self.snapshot, &self.plan, &self.words, needed, counts)?;
        }
        let matched = if needed == Needed::All { Match::All } else { Match::Some };
        let moments = moments.among(self.snapshot.statistics().incidents);
        let ranked = |candidate: Candidate| {
            let z = moments.z(candidate.first_score());
            Ranked { matched, candidate, shares: None, z }
        };
        let ranked = best.into_iter().map(ranked).collect();
        let hits = if rerank { self.rerank(ranked, before)? } else { ranked };
        Ok(Pass { total, hits, facets: counts, cuts })
    }

    /// The partial matches, which come after the full matches. They are only counted if the page ends before them.
    fn others(&self, all: &Pass) -> Result<Pass> {
        let relaxed = all.total == 0;
        let words = self.plan.ranked.len();
        if self.plan.any && self.request.relax && words > 0 {
            return self.pass(Needed::Some, &self.request.facets, &[]);
        }
        if !self.request.relax || words == 0 || (!relaxed && (words < 2 || self.order() != Order::Score)) {
            return Ok(Pass::default());
        }
        if relaxed {
            return self.pass(Needed::Some, &self.request.facets, &[]);
        }
        if all.total < self.wanted() {
            return self.pass(Needed::Some, &[], &all.hits);
        }
        let collect = Collect { limit: 0, order: Order::Latest, facets: Vec::new() };
        // To count all and subtract the full matches costs less than to look at each for what it lacks.
        let together = self.words.full_is_partial(&self.plan);
        let needed = if together { Needed::Any } else { Needed::Some };
        let counted = self.snapshot.candidates(&self.plan, &self.words, needed, collect)?.total;
        let total = if together { counted.saturating_sub(all.total) } else { counted };
        Ok(Pass { total, ..Pass::default() })
    }

    /// The number of hits up to the end of the page.
    fn wanted(&self) -> usize {
        if self.request.limit == 0 { 0 } else { self.request.limit.saturating_add(self.request.offset) }
    }

    /// The second pass: reranks the best candidates; the rest follow in their order.
    fn rerank(&self, mut ranked: Vec<Ranked>, before: &[Ranked]) -> Result<Vec<Ranked>> {
        let rest = ranked.split_off(ranked.len().min(RERANKED));
        let pairs = pairs(self.plan.ranked_words());
        let weights = self.words.weights(&self.plan.ranked);
        let reranker = Reranker {
            pairs: &pairs,
            weights: &weights,
            statistics: self.snapshot.statistics(),
            now: (self.request.preferences && !self.plan.any).then_some(self.now),
        };
        let shares = |evidence: crate::plan::Evidence<'_>| reranker.shares(&evidence);
        let preferred = self.plan.preferred.as_ref();
        let shares = self.snapshot.inspect(&self.words, &self.plan.ranked, preferred, &candidates(&ranked), shares)?;
        for (ranked, shares) in ranked.iter_mut().zip(shares) {
            ranked.shares = Some(shares);
        }
        put_in_order(&mut ranked, self.plan.any);
        // What was pasted says all there is to say.
        if !self.plan.any && (FEEDBACK_MIN_WORDS..=FEEDBACK_MAX_WORDS).contains(&self.plan.typed()) {
            self.add_feedback(&reranker, &mut ranked, before)?;
            put_in_order(&mut ranked, false);
        }
        ranked.extend(rest);
        Ok(ranked)
    }

    /// Adds the feedback score to the scores. The best hits are those before and these.
    fn add_feedback(&self, reranker: &Reranker<'_>, ranked: &mut [Ranked], before: &[Ranked]) -> Result<()> {
        // Most of the page are among the best before feedback, too.
        let expected = before.iter().chain(&*ranked).take(FEEDBACK_HITS.max(self.wanted().min(MOST_EXPECTED)));
        self.snapshot.expect(expected.map(|ranked| &ranked.candidate))?;
        let best = before.iter().chain(&*ranked).take(FEEDBACK_HITS);
        let best = best.map(|ranked| Ok((self.snapshot.texts(&ranked.candidate)?, ranked.candidate.score)));
        let common = common_words(self.snapshot.analyzer(), &best.collect::<Result<Vec<_>>>()?, &self.plan);
        let words = self.snapshot.look_up(&common)?;
        let chosen = feedback::choose(&common, &words.weights(&common.ranked));
        let chosen_words: Vec<_> = chosen.iter().map(|&(word, _)| word).collect();
        let counts = |evidence: crate::plan::Evidence<'_>| reranker.feedback(&evidence, &chosen);
        let counts = self.snapshot.inspect(&words, &chosen_words, None, &candidates(ranked), counts)?;
        for (ranked, feedback) in ranked.iter_mut().zip(counts) {
            ranked.shares.iter_mut().for_each(|shares| shares.feedback = feedback);
        }
        Ok(())
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
    fn facet_counts(&self, counts: &[ValueCounts]) -> Result<Vec<FacetCounts>> {
        let of_facet = |(facet, counts): (&FacetName, _)| {
            let values = self.snapshot.facet_values(facet, counts)?;
            let mut values: Vec<_> = values.into_iter().map(|(value, count)| FacetCount { value, count }).collect();
            values.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
            Ok(FacetCounts { facet: facet.clone(), values })
        };
        self.request.facets.iter().zip(counts).map(of_facet).collect()
    }

    /// How much like a pasted text a candidate is, if words of one are looked for and it was reranked.
    fn likeness(&self, ranked: &Ranked) -> Option<Likeness> {
        let shares = ranked.shares.as_ref().filter(|_| self.plan.any)?;
        let (share, known, incidents) = (shares.share, self.plan.known, self.snapshot.statistics().incidents);
        let evidence = match &self.request.weighted {
            Some(WeightedTexts { except: Some(_), .. }) => {
                report_evidence(shares.strength, known, shares.information, incidents)
            }
            // That both name a service says as much here as for the order.
            _ => evidence(share * known, shares.closeness(), shares.information, incidents) * shares.service,
        };
        Some(Likeness { share, z: ranked.z, known, asked: self.plan.asked, evidence })
    }
}

fn candidates(ranked: &[Ranked]) -> Vec<Candidate> {
    ranked.iter().map(|ranked| ranked.candidate.clone()).collect()
}

/// Recomputes scores and sorts: candidates with all words first, then by score; by score alone where any word suffices.
fn put_in_order(ranked: &mut [Ranked], any: bool) {
    for Ranked { candidate, shares, .. } in ranked.iter_mut() {
        candidate.score = shares.as_ref().map_or(0.0, Shares::score);
    }
    let has_all = |ranked: &Ranked| !any && ranked.shares.as_ref().is_some_and(Shares::has_all);
    ranked.sort_by(|a, b| {
        let by_score = || b.candidate.score.total_cmp(&a.candidate.score);
        has_all(b).cmp(&has_all(a)).then_with(by_score).then_with(|| a.candidate.break_tie(&b.candidate))
    });
}

/// Caps each score at that of the previous hit. Candidates that lack a word or were not reranked may have a higher
/// score than those before them. Where hits are not in the order of scores, all scores are 0.
fn cap_scores(ranked: &mut [Ranked]) {
    let mut lowest = f32::INFINITY;
    for Ranked { candidate, .. } in ranked {
        lowest = lowest.min(candidate.score);
        candidate.score = lowest;
    }
}

/// The interpreted query; for pasted text it says that syntax did not count.
fn interpreted(request: &SearchRequest, plan: &Plan) -> String {
    if request.pasted { format!("pasted text: {}", plan.interpreted) } else { plan.interpreted.to_string() }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::fixture::engine;
    use crate::engine::incidents_read;

    #[test]
    fn summaries_are_found_without_parsing() {
        let engine = engine(&[&[("a", "Queue backlog", "slow consumers"), ("b", "Disk full", "slow disk")]]).into();
        let request = SearchRequest::parse("slow queue").unwrap().explain(true);
        let before = incidents_read();
        let light = search_summaries(&engine, &request).unwrap();
        assert_eq!(incidents_read(), before);
        let whole = search(&engine, &request).unwrap();
        assert_eq!(incidents_read(), before + 2);
        let hits = |id: &str, score: f32, matched: Match| (id.to_owned(), score, matched);
        let light_hits: Vec<_> = light.hits.iter().map(|hit| hits(&hit.incident.id, hit.score, hit.matched)).collect();
        let whole_hits: Vec<_> = whole.hits.iter().map(|hit| hits(&hit.incident.id, hit.score, hit.matched)).collect();
        assert_eq!(light_hits, whole_hits);
        assert!(light.hits.iter().all(|hit| hit.snippets.is_empty() && hit.explanation.is_some()));
    }
}
