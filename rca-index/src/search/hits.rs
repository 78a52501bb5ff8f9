//! Hits: made of ranked candidates a few at a time, as they are taken.
//!
//! In: a search that has ranked its candidates. Out: hits in order, each report read, parsed and searched for snippets when
//! its hit is due, so memory does not grow with the number of hits beyond what ids and scores take.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::vec;

use crate::engine::{Candidate, Engine};
use crate::error::Result;
use crate::incident::{Incident, Summary};
use crate::plan::{SearchWork, WordWeight};
use crate::ranking::MAX_SEEN;
use crate::schema::Facet;
use crate::search::snippet::Passages;
use crate::search::{Explanation, Hit, Likeness, Ranked, Resemblance, Search, Snippet};

/// How many hits are made at once: enough for several processors, few enough to be held in memory whatever their size.
const AT_ONCE: usize = 32;

/// Makes hits of ranked candidates.
pub(super) type Load<'a, T> = fn(&Search<'a>, &[Ranked], &mut Spellings) -> Result<Vec<Hit<T>>>;

/// The hits of a search, best first, of one commit.
pub(crate) struct Hits<'a, T = Incident> {
    engine: &'a Engine,
    search: Search<'a>,
    load: Load<'a, T>,
    /// The candidates of which no hit is made yet.
    ranked: vec::IntoIter<Ranked>,
    /// The hits that are made and not taken yet.
    made: VecDeque<Hit<T>>,
    spellings: Spellings,
}

/// What the best candidate is called, and how many candidates are like what is looked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Like {
    pub(crate) best: Resemblance,
    pub(crate) incidents: usize,
}

impl<'a, T> Hits<'a, T> {
    pub(super) fn new(engine: &'a Engine, search: Search<'a>, page: Vec<Ranked>, load: Load<'a, T>) -> Self {
        let (ranked, made, spellings) = (page.into_iter(), VecDeque::new(), Spellings::default());
        Self { engine, search, load, ranked, made, spellings }
    }

    /// Makes the next hits.
    pub(super) fn make_some(&mut self) -> Result<()> {
        let next: Vec<Ranked> = self.ranked.by_ref().take(AT_ONCE).collect();
        self.made = (self.load)(&self.search, &next, &mut self.spellings)?.into();
        Ok(())
    }

    /// Keeps the candidates that are like a pasted text, and those among the first that are shown in any case. Must be called
    /// before any hit is made.
    pub(super) fn keep_like(&mut self, shown: usize) {
        let is_like = |ranked: &Ranked| {
            self.search.likeness(ranked).is_some_and(|likeness| likeness.resemblance() != Resemblance::Weak)
        };
        // Where the first is not like it, no other is.
        let any = self.ranked.as_slice().first().is_some_and(is_like);
        let mut like = 0;
        let kept: Vec<Ranked> = (self.ranked.as_slice().iter().enumerate())
            .filter(|(at, ranked)| {
                let is_like = any && is_like(ranked);
                like += usize::from(is_like);
                (is_like && like <= MAX_SEEN) || *at < shown
            })
            .map(|(_, ranked)| ranked.clone())
            .collect();
        self.ranked = kept.into_iter();
    }

    /// Puts the candidates that are like what is looked for first, in the order of their scores, and keeps the others behind them
    /// only if `weak` is set; the first is kept in any case. Must be called before any hit is made.
    pub(super) fn put_like_first(&mut self, weak: bool) -> Like {
        let of = |ranked: &Ranked| self.search.likeness(ranked).map_or(Resemblance::Weak, Likeness::resemblance);
        let candidates = self.ranked.as_slice();
        let best = candidates.first().map_or(Resemblance::Weak, of);
        // No hit is called more than the first.
        let mut called: Vec<(Resemblance, &Ranked)> =
            candidates.iter().map(|ranked| (of(ranked).max(best), ranked)).collect();
        called.sort_by_key(|(resemblance, _)| *resemblance);
        let incidents = called.iter().filter(|(resemblance, _)| *resemblance != Resemblance::Weak).count();
        let kept = if weak { called.len() } else { incidents.max(1) };
        let kept: Vec<Ranked> = called.into_iter().take(kept).map(|(_, ranked)| ranked.clone()).collect();
        self.ranked = kept.into_iter();
        Like { best, incidents }
    }

    /// Keeps so many candidates. Must be called before any hit is made.
    pub(super) fn truncate(&mut self, most: usize) {
        let kept: Vec<Ranked> = self.ranked.as_slice().iter().take(most).cloned().collect();
        self.ranked = kept.into_iter();
    }

    /// The work of the search, and of the hits that are made so far.
    pub(super) fn work(&self) -> SearchWork {
        self.search.snapshot.work()
    }

    /// All of them, made at once.
    pub(super) fn all(&mut self) -> Result<Vec<Hit<T>>> {
        (self.load)(&self.search, self.ranked.as_slice(), &mut self.spellings)
    }
}

impl<T> Iterator for Hits<'_, T> {
    type Item = Result<Hit<T>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.made.is_empty() && !self.ranked.as_slice().is_empty() {
            let engine = self.engine;
            if let Err(error) = engine.guard(|| self.make_some()) {
                // After an error, nothing follows.
                self.ranked = Vec::new().into_iter();
                return Some(Err(error));
            }
        }
        self.made.pop_front().map(Ok)
    }
}

/// How services are shown: in the spelling that most incidents of the index use.
#[derive(Default)]
pub(super) struct Spellings {
    /// The spelling for each key.
    known: HashMap<String, String>,
    asked: Asked,
}

/// What spellings were looked up.
#[derive(Default)]
enum Asked {
    #[default]
    Nothing,
    /// Those of the first hits.
    Some,
    /// Those of the whole index.
    All,
}

impl Spellings {
    /// Looks up the spellings of keys, sorted and each once. To look up those of more hits each time could go over the index
    /// for each of them, so the second time all are.
    fn look_up(&mut self, search: &Search<'_>, keys: &[&str]) -> Result<()> {
        let known = &self.known;
        match self.asked {
            Asked::Nothing => {
                let shown = search.snapshot.shown(Facet::Service, keys)?;
                let shown = keys.iter().zip(shown).filter_map(|(&key, shown)| Some((key.to_owned(), shown?)));
                (self.known, self.asked) = (shown.collect(), Asked::Some);
            }
            Asked::Some if keys.iter().any(|key| !known.contains_key(*key)) => {
                (self.known, self.asked) = (search.snapshot.all_shown(Facet::Service)?, Asked::All);
                // A service of symbols alone has no key, and is shown as it is written.
                self.known.remove("");
            }
            Asked::Some | Asked::All => {}
        }
        Ok(())
    }
}

impl Search<'_> {
    /// Loads the incidents and extracts their snippets.
    pub(super) fn hits(&self, ranked: &[Ranked], spellings: &mut Spellings) -> Result<Vec<Hit>> {
        let weights = self.words.weights(&self.plan.ranked);
        let passages = self.passages(&weights);
        let mut hits = self.loaded(ranked, &weights, |candidate| {
            let incident = self.snapshot.incident(candidate)?;
            let snippets = passages.snippets(&incident.text(), self.request.snippets);
            Ok((incident, snippets))
        })?;
        let services = hits.iter_mut().map(|hit| &mut hit.incident.services);
        self.show_services(&mut services.collect::<Vec<_>>(), spellings)?;
        Ok(hits)
    }

    /// Loads the summaries, and extracts the snippets of the texts. No facts are read.
    pub(super) fn passage_hits(&self, ranked: &[Ranked], spellings: &mut Spellings) -> Result<Vec<Hit<Summary>>> {
        if self.request.snippets == 0 {
            return self.summaries(ranked, spellings);
        }
        let weights = self.words.weights(&self.plan.ranked);
        let passages = self.passages(&weights);
        let mut hits = self.loaded(ranked, &weights, |candidate| {
            let (summary, text) = self.snapshot.summary_and_text(candidate)?;
            let snippets = passages.snippets(&text, self.request.snippets);
            Ok((summary, snippets))
        })?;
        let services = hits.iter_mut().map(|hit| &mut hit.incident.services);
        self.show_services(&mut services.collect::<Vec<_>>(), spellings)?;
        Ok(hits)
    }

    fn passages(&self, weights: &[WordWeight]) -> Passages<'_> {
        let words = self.plan.ranked_words().zip(weights).map(|(word, weight)| (word, weight.idf));
        Passages::new(words, self.snapshot.analyzer())
    }

    /// Loads the summaries.
    pub(super) fn summaries(&self, ranked: &[Ranked], spellings: &mut Spellings) -> Result<Vec<Hit<Summary>>> {
        let weights = self.words.weights(&self.plan.ranked);
        let summary = |candidate: &Candidate| Ok((self.snapshot.summary(candidate)?, Vec::new()));
        let mut hits = self.loaded(ranked, &weights, summary)?;
        let services = hits.iter_mut().map(|hit| &mut hit.incident.services);
        self.show_services(&mut services.collect::<Vec<_>>(), spellings)?;
        Ok(hits)
    }

    /// Makes hits of candidates. `load` returns what a hit shows of the incident, and snippets.
    fn loaded<T: Send>(
        &self,
        ranked: &[Ranked],
        weights: &[WordWeight],
        load: impl Fn(&Candidate) -> Result<(T, Vec<Snippet>)> + Sync + Send,
    ) -> Result<Vec<Hit<T>>> {
        self.snapshot.expect(ranked.iter().map(|ranked| &ranked.candidate))?;
        self.snapshot.map(ranked, |ranked| {
            let Ranked { matched, candidate, shares, .. } = ranked;
            let (incident, snippets) = load(candidate)?;
            let likeness = self.likeness(ranked);
            let shares = shares.as_ref().filter(|_| self.request.explain);
            let explanation = shares.map(|shares| Explanation::new(&self.plan, weights, shares, likeness));
            Ok(Hit { matched: *matched, incident, score: candidate.score, snippets, likeness, explanation })
        })
    }

    /// Shows the services of hits in the spelling that the archive uses most.
    fn show_services(&self, hits: &mut [&mut Vec<String>], spellings: &mut Spellings) -> Result<()> {
        let house = self.snapshot.house();
        let key = |service: &String| Facet::Service.key(service, house);
        let keys: BTreeSet<String> = hits.iter().flat_map(|services| services.iter()).map(key).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).filter(|key| !key.is_empty()).collect();
        spellings.look_up(self, &keys)?;
        for service in hits.iter_mut().flat_map(|services| services.iter_mut()) {
            if let Some(shown) = spellings.known.get(&*key(service)) {
                service.clone_from(shown);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::fixture::{add, remove};
    use crate::engine::incidents_read;
    use crate::search::{SearchRequest, SearchResults, search, search_hits, search_passages};

    /// An index of so many incidents with the word `queue`, some in other spellings of their services than most.
    fn engine_of(incidents: usize) -> Engine {
        let engine = Engine::in_memory().unwrap();
        let incident = |n: usize| {
            let mut incident = Incident::new(format!("{n:04}"), format!("Queue backlog {n}"));
            incident.services = vec![if n.is_multiple_of(7) { "Order-API".into() } else { "order-api".into() }];
            if n > 40 {
                incident.services.push(if n.is_multiple_of(5) { "Stock DB" } else { "stock-db" }.into());
            }
            incident
        };
        add(&engine, (0..incidents).map(incident));
        engine
    }

    fn shown(hit: &Hit) -> String {
        format!("{hit:?}")
    }

    #[test]
    fn hits_are_those_of_the_whole_search() {
        for incidents in [0, 1, AT_ONCE, AT_ONCE + 1, 3 * AT_ONCE, 100] {
            let engine = engine_of(incidents);
            for query in ["queue", "queue disk", "*", "queue sort:date"] {
                let request = SearchRequest::parse(query).unwrap().limit(1000).offset(incidents / 50).explain(true);
                let whole = search(&engine, &request).unwrap();
                let (found, hits) = search_hits(&engine, &request).unwrap();
                assert_eq!((found.total, found.total_some, found.hits.len()), (whole.total, whole.total_some, 0));
                let hits: Vec<String> = hits.map(|hit| shown(&hit.unwrap())).collect();
                assert_eq!(hits, whole.hits.iter().map(shown).collect::<Vec<_>>(), "{query}");
            }
        }
    }

    #[test]
    fn passages_are_those_of_whole_incidents_and_no_facts_are_read() {
        let engine = engine_of(100);
        for query in ["queue", "queue disk", "*", "queue sort:date"] {
            for snippets in [0, 1, 3] {
                let mut request = SearchRequest::parse(query).unwrap().limit(1000).offset(3).explain(true);
                request.snippets = snippets;
                let (whole, hits) = search_hits(&engine, &request).unwrap();
                let hits: Vec<Hit<Summary>> = hits.map(|hit| hit.unwrap().into()).collect();
                let before = incidents_read();
                let (found, passages) = search_passages(&engine, &request).unwrap();
                let passages: Vec<Hit<Summary>> = passages.map(Result::unwrap).collect();
                assert_eq!(incidents_read(), before);
                assert_eq!((found.total, found.total_some), (whole.total, whole.total_some));
                assert_eq!(format!("{passages:?}"), format!("{hits:?}"), "{query}");
            }
        }
    }

    #[test]
    fn hits_are_made_as_they_are_taken() {
        let engine = engine_of(3 * AT_ONCE + 1);
        let request = SearchRequest::parse("queue").unwrap().limit(100_000);
        let before = incidents_read();
        let (_, mut hits) = search_hits(&engine, &request).unwrap();
        for taken in 0..=3 * AT_ONCE {
            assert!(hits.next().unwrap().is_ok());
            let made = incidents_read() - before;
            // Of what is made, all but one round is taken.
            assert!(made > taken && made <= (taken / AT_ONCE + 1) * AT_ONCE, "{made} made, {taken} taken");
        }
        assert!(hits.next().is_none() && hits.next().is_none());
        let (_, hits) = search_hits(&engine, &request).unwrap();
        let before = incidents_read();
        drop(hits);
        assert_eq!(incidents_read(), before);
    }

    #[test]
    fn hits_are_of_one_commit() {
        let engine = engine_of(2 * AT_ONCE);
        let request = SearchRequest::parse("queue").unwrap().limit(1000);
        let whole = search(&engine, &request).unwrap();
        let (_, mut hits) = search_hits(&engine, &request).unwrap();
        let first = hits.next().unwrap().unwrap();
        for hit in [&whole.hits[1], &whole.hits[AT_ONCE + 5]] {
            remove(&engine, &hit.incident.id);
        }
        add(&engine, [Incident::new("new", "Queue queue queue")]);
        let rest = hits.map(|hit| shown(&hit.unwrap()));
        let hits: Vec<String> = [shown(&first)].into_iter().chain(rest).collect();
        assert_eq!(hits, whole.hits.iter().map(shown).collect::<Vec<_>>());
        assert_eq!(search(&engine, &request).unwrap().hits[0].incident.id, "new");
    }

    #[test]
    fn spellings_do_not_depend_on_the_round() {
        let engine = engine_of(100);
        let request = SearchRequest::parse("*").unwrap().limit(1000);
        let services: BTreeSet<String> =
            search_hits(&engine, &request).unwrap().1.flat_map(|hit| hit.unwrap().incident.services).collect();
        assert_eq!(services.into_iter().collect::<Vec<_>>(), ["order-api", "stock-db"]);
    }

    #[test]
    fn nothing_follows_an_error() {
        fn failing(search: &Search<'_>, ranked: &[Ranked], spellings: &mut Spellings) -> Result<Vec<Hit>> {
            let hits = search.hits(ranked, spellings)?;
            if hits.iter().any(|hit| hit.incident.id == "0050") {
                return Err(crate::Error::IndexNotFound("here".into()));
            }
            Ok(hits)
        }
        let engine = engine_of(100);
        let request = SearchRequest::default().limit(1000);
        let (_, mut hits): (SearchResults, _) = crate::search::find(&engine, &request, failing).unwrap();
        let taken: Vec<bool> = hits.by_ref().map(|hit| hit.is_ok()).collect();
        assert!(taken.len() < 100 && taken.ends_with(&[false]), "{taken:?}");
        assert!(hits.next().is_none());
    }
}
