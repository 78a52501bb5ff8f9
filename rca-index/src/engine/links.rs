//! Links between incidents: which of them link to one, and which are linked to.
//!
//! In: conditions on links. Out: sets of documents. What a link leads to is decided anew for each commit, by the ids that it
//! has, so that nothing of the index depends on which other incidents there are.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use tantivy::index::SegmentId;
use tantivy::query::{BitSetDocSet, ConstScorer, EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::IndexRecordOption;
use tantivy::{BitSet, DocAddress, DocId, DocSet as _, Score, SegmentReader, TERMINATED, TantivyError, Term};

use crate::archive::link_key::{LinkKey, link_keys};
use crate::archive::names::{Names, seekers};
use crate::engine::keys;
use crate::engine::seam::Nearest;
use crate::engine::snapshot::Snapshot;
use crate::error::Result;
use crate::plan::{Clause, Condition, Plan, work};

/// Documents of a commit.
#[derive(Debug, Default)]
pub(super) struct DocSets(HashMap<SegmentId, BitSet>);

/// The documents that meet the conditions on links of a plan.
#[derive(Debug, Default)]
pub(super) struct LinkSets(Vec<(Condition, Arc<DocSets>)>);

impl LinkSets {
    /// The query of a condition.
    pub(super) fn query(&self, condition: &Condition) -> Option<Box<dyn Query>> {
        let (_, docs) = self.0.iter().find(|(known, _)| known == condition)?;
        Some(Box::new(InSets(Arc::clone(docs))))
    }
}

impl Snapshot<'_> {
    /// The documents that meet the conditions on links of a plan.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    pub(super) fn link_sets(&self, plan: &Plan) -> Result<LinkSets> {
        let mut conditions = Vec::new();
        plan.groups.iter().chain(&plan.conditions).for_each(|clause| add_conditions(clause, &mut conditions));
        let mut sets = LinkSets::default();
        for condition in conditions {
            let docs = match condition {
                Condition::LinksTo(ids) => Arc::new(self.linking_to(ids)?),
                Condition::LinkedFrom(ids) => Arc::new(self.linked_from(ids)?),
                Condition::Linked => self.linked()?,
                _ => continue,
            };
            sets.0.push((condition.clone(), docs));
        }
        Ok(sets)
    }

    /// The incidents that link to any of these, each but itself. Only links that may mean one of them are looked at.
    fn linking_to(&self, ids: &[String]) -> Result<DocSets> {
        let mut found = DocSets::default();
        // To most incidents no link leads, and names are read for none.
        let mut meanings: Option<Meanings> = None;
        for id in ids {
            let own = self.address(id)?;
            for name in seekers(id) {
                let start = LinkKey::terms_start(&name);
                self.each_link(&start, |segment_ord, reader, term, docs| {
                    let meanings = match &mut meanings {
                        Some(meanings) => meanings,
                        none => none.insert(Meanings::new(self.names()?)),
                    };
                    if meanings.of(term) == Some(id) {
                        let docs = docs.iter().filter(|&&doc| own != Some(DocAddress::new(segment_ord, doc)));
                        docs.for_each(|&doc| found.insert(reader, doc));
                    }
                    Ok(())
                })?;
            }
        }
        Ok(found)
    }

    /// The ids of the incidents that link to this one, and of those that have one of these keys of front matter, sorted; no
    /// document is read. Of more than `most`, only the first of `near` that are among them.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    pub(crate) fn referring_to(&self, id: &str, keys: &[&str], near: Nearest<'_>, most: usize) -> Result<Vec<String>> {
        let mut found = self.linking_to(&[id.to_owned()])?;
        for key in keys {
            self.add_with_term(&keys::term(self.engine.fields.keys, key, None), &mut found)?;
        }
        let addresses = self.addresses(&found);
        if addresses.len() > most {
            let near = near()?;
            let near = near.iter().filter(|candidate| addresses.contains(&candidate.address)).take(most);
            return Ok(near.map(|candidate| candidate.id().to_owned()).collect());
        }
        let mut ids = addresses.into_iter().map(|address| self.id_at(address)).collect::<Result<Vec<String>>>()?;
        ids.retain(|other| other != id);
        ids.sort_unstable();
        Ok(ids)
    }

    /// Adds the incidents that have a term.
    fn add_with_term(&self, term: &Term, found: &mut DocSets) -> Result<()> {
        for reader in self.searcher.segment_readers() {
            let index = reader.inverted_index(term.field()).map_err(|e| self.engine.error(e))?;
            let postings = index.read_postings(term, IndexRecordOption::Basic);
            let Some(mut postings) = postings.map_err(|e| self.engine.error(e.into()))? else { continue };
            while postings.doc() != TERMINATED {
                if !reader.is_deleted(postings.doc()) {
                    found.insert(reader, postings.doc());
                }
                postings.advance();
            }
        }
        Ok(())
    }

    fn addresses(&self, docs: &DocSets) -> BTreeSet<DocAddress> {
        let mut addresses = BTreeSet::new();
        for (segment_ord, reader) in (0..).zip(self.searcher.segment_readers()) {
            let Some(docs) = docs.0.get(&reader.segment_id()) else { continue };
            let mut docs = BitSetDocSet::from(docs.clone());
            while docs.doc() != TERMINATED {
                addresses.insert(DocAddress::new(segment_ord, docs.doc()));
                docs.advance();
            }
        }
        addresses
    }

    /// The incidents that any of these link to, each but itself.
    fn linked_from(&self, ids: &[String]) -> Result<DocSets> {
        let names = self.names()?;
        let mut found = DocSets::default();
        for id in ids {
            let Some(incident) = self.get(id)? else { continue };
            let linked = link_keys(&incident).into_keys().filter_map(|key| names.linked_to(&key));
            for linked in linked.filter(|linked| linked != id) {
                self.insert(&linked, &mut found)?;
            }
        }
        Ok(found)
    }

    /// The incidents that another one links to; found once per commit. Each link that the index has is looked at once, and no
    /// incident that none leads to.
    fn linked(&self) -> Result<Arc<DocSets>> {
        let generation = self.searcher.generation().generation_id();
        let known = self.engine.latest().linked.clone();
        if let Some((_, linked)) = known.filter(|(of, _)| *of == generation) {
            return Ok(linked);
        }
        let mut meanings = Meanings::new(self.names()?);
        // Where each incident that a link leads to is, and whether another one has such a link.
        let mut targets: HashMap<String, (Option<DocAddress>, bool)> = HashMap::new();
        self.each_link("", |segment_ord, _, term, docs| {
            let Some(id) = meanings.of(term) else { return Ok(()) };
            let (own, linked) = match targets.get_mut(id) {
                Some(known) => known,
                None => targets.entry(id.to_owned()).or_insert((self.address(id)?, false)),
            };
            *linked = *linked || docs.iter().any(|&doc| *own != Some(DocAddress::new(segment_ord, doc)));
            Ok(())
        })?;
        let mut found = DocSets::default();
        let addresses = targets.into_values().filter_map(|(own, linked)| own.filter(|_| linked));
        for DocAddress { segment_ord, doc_id } in addresses {
            found.insert(self.searcher.segment_reader(segment_ord), doc_id);
        }
        let found = Arc::new(found);
        self.engine.latest().linked = Some((generation, Arc::clone(&found)));
        Ok(found)
    }

    fn insert(&self, id: &str, found: &mut DocSets) -> Result<()> {
        if let Some(DocAddress { segment_ord, doc_id }) = self.address(id)? {
            found.insert(self.searcher.segment_reader(segment_ord), doc_id);
        }
        Ok(())
    }

    /// Calls for each term of a link that begins so, with the documents of a segment that have it.
    fn each_link(
        &self,
        start: &str,
        mut found: impl FnMut(u32, &SegmentReader, &str, &[DocId]) -> Result<()>,
    ) -> Result<()> {
        let error = |e: TantivyError| self.engine.error(e);
        let mut docs = Vec::new();
        for (segment_ord, reader) in (0..).zip(self.searcher.segment_readers()) {
            let index = reader.inverted_index(self.engine.fields.links).map_err(error)?;
            let mut terms = index.terms().range().ge(start).into_stream().map_err(|e| error(e.into()))?;
            while terms.advance() {
                work::add(1);
                let Some(term) = std::str::from_utf8(terms.key()).ok().filter(|term| term.starts_with(start)) else {
                    break;
                };
                let postings = index.read_postings_from_terminfo(terms.value(), IndexRecordOption::Basic);
                let mut postings = postings.map_err(|e| error(e.into()))?;
                docs.clear();
                while postings.doc() != TERMINATED {
                    if !reader.is_deleted(postings.doc()) {
                        docs.push(postings.doc());
                    }
                    postings.advance();
                }
                found(segment_ord, reader, term, &docs)?;
            }
        }
        Ok(())
    }
}

pub(super) fn add_conditions<'p>(clause: &'p Clause, conditions: &mut Vec<&'p Condition>) {
    match clause {
        Clause::Condition(condition) => conditions.push(condition),
        Clause::All(clauses) | Clause::Any(clauses) => {
            clauses.iter().for_each(|clause| add_conditions(clause, conditions));
        }
        Clause::Not(inner) => add_conditions(inner, conditions),
        Clause::Everything | Clause::Words(_) => {}
    }
}

/// What links mean, each found once, although several segments have it.
pub(super) struct Meanings {
    names: Arc<Names>,
    known: HashMap<String, Option<String>>,
}

impl Meanings {
    pub(super) fn new(names: Arc<Names>) -> Self {
        Self { names, known: HashMap::new() }
    }

    /// The id that the link of a term means.
    pub(super) fn of(&mut self, term: &str) -> Option<&String> {
        if !self.known.contains_key(term) {
            let meant = LinkKey::of_term(term).and_then(|key| self.names.linked_to(&key));
            self.known.insert(term.to_owned(), meant);
        }
        self.known.get(term)?.as_ref()
    }
}

impl DocSets {
    fn insert(&mut self, reader: &SegmentReader, doc: DocId) {
        let docs = self.0.entry(reader.segment_id()).or_insert_with(|| BitSet::with_max_value(reader.max_doc()));
        docs.insert(doc);
    }
}

/// Incidents in a set.
#[derive(Debug, Clone)]
struct InSets(Arc<DocSets>);

impl Query for InSets {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for InSets {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        Ok(match self.0.0.get(&reader.segment_id()) {
            Some(docs) => Box::new(ConstScorer::new(BitSetDocSet::from(docs.clone()), boost)),
            None => Box::new(EmptyScorer),
        })
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        if scorer.seek(doc) == doc {
            return Ok(Explanation::new("linked", 1.0));
        }
        Err(TantivyError::InvalidArgument(format!("incident {doc} is not linked")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Embedded;
    use crate::engine::fixture::{add, ids, remove};
    use crate::engine::seam::Reads;
    use crate::incident::{Incident, Link};
    use crate::plan::Needed;

    fn linking(id: &str, targets: &[&str]) -> Incident {
        let link = |&target: &&str| Link { target: target.to_owned(), external: false, label: None, line: 1 };
        Incident { links: targets.iter().map(link).collect(), ..Incident::new(id, "") }
    }

    fn check(engine: &Embedded, query: &str, expected: &[&str]) {
        assert_eq!(ids(engine, query, Needed::All), expected, "{query}");
    }

    #[test]
    fn a_link_counts_while_its_target_is_there() {
        let engine = Embedded::in_memory().unwrap();
        add(&engine, [linking("b", &["a"]), linking("c", &["a", "b"]), linking("a2", &["a2", "z"])]);
        check(&engine, "has:backlinks", &["b"]);
        add(&engine, [linking("a", &["c"])]);
        check(&engine, "has:backlinks", &["a", "b", "c"]);
        check(&engine, "links:a", &["b", "c"]);
        check(&engine, "links:a,b", &["b", "c"]);
        check(&engine, "links:a -links:b", &["b"]);
        check(&engine, "links:c OR links:b", &["a", "c"]);
        check(&engine, "backlinks:c", &["a", "b"]);
        check(&engine, "backlinks:c,b", &["a", "b"]);
        // A link to itself is none.
        for query in ["-has:backlinks", "no:backlinks", "NOT (has:backlinks)"] {
            check(&engine, query, &["a2"]);
        }
        check(&engine, "links:a2", &[]);
        check(&engine, "backlinks:a2", &[]);
        check(&engine, "has:links", &["a", "a2", "b", "c"]);
        remove(&engine, "a");
        check(&engine, "has:backlinks", &["b"]);
        check(&engine, "backlinks:c", &["b"]);
        add(&engine, [Incident::new("z", "")]);
        check(&engine, "links:z", &["a2"]);
        // Who linked to it is gone.
        remove(&engine, "a2");
        check(&engine, "links:z", &[]);
        check(&engine, "has:backlinks", &["b"]);
        // Two that link to each other, the last of which is given anew.
        add(&engine, [linking("z", &["b"])]);
        add(&engine, [linking("b", &["z"])]);
        check(&engine, "has:backlinks", &["b", "z"]);
        add(&engine, [linking("b", &["b"])]);
        check(&engine, "has:backlinks", &["b"]);
    }

    #[test]
    fn names_are_read_where_an_id_and_its_links_do_not_tell() {
        let engine = Embedded::in_memory().unwrap();
        add(
            &engine,
            [linking("a/queue", &["disk"]), linking("queue", &[]), linking("b/Disk full", &[]), linking("c ", &[])],
        );
        remove(&engine, "queue");
        let near = || Ok(Vec::new());
        let snapshot = engine.snapshot().unwrap();
        for name in ["a/queue", "a/queue.md", " ./a/queue", "c "] {
            assert_eq!(Reads::resolve(&snapshot, name).unwrap().len(), 1, "{name}");
        }
        assert!(snapshot.referring_to("a/queue", &["same_as"], &near, 9).unwrap().is_empty());
        assert!(engine.latest().names.is_none());
        assert_eq!(snapshot.referring_to("b/Disk full", &[], &near, 9).unwrap(), ["a/queue"]);
        assert!(engine.latest().names.is_some());
        let names = snapshot.names().unwrap();
        for name in
            ["a/queue", "a/queue.md", "queue", "QUEUE", "./queue", "b/disk", "disk%20full", "c", "c ", "", "zebra"]
        {
            assert_eq!(Reads::resolve(&snapshot, name).unwrap(), names.resolve(name), "{name}");
        }
    }

    #[test]
    fn a_link_that_may_mean_several_counts_when_it_means_one() {
        let engine = Embedded::in_memory().unwrap();
        add(&engine, [linking("x", &["PM-1"]), Incident::new("PM-1-queue", ""), Incident::new("PM-1-disk", "")]);
        check(&engine, "has:backlinks", &[]);
        remove(&engine, "PM-1-disk");
        check(&engine, "links:PM-1-queue", &["x"]);
        check(&engine, "links:PM-1", &["x"]);
        add(&engine, [Incident::new("PM-1", "")]);
        check(&engine, "links:PM-1-queue", &[]);
        check(&engine, "links:PM-1", &["x"]);
    }

    #[test]
    fn only_links_that_may_lead_there_are_looked_at() {
        let work_of = |incidents: usize, links: usize, query: &str| {
            let engine = Embedded::in_memory().unwrap();
            add(&engine, (0..incidents).map(|n| Incident::new(format!("plain-{n}"), "")));
            add(&engine, (0..links).map(|n| linking(&format!("linking-{n}"), &["hub", &format!("plain-{n}")])));
            add(&engine, [Incident::new("hub", "")]);
            ids_of(&engine, query);
            work::taken();
            let found = ids_of(&engine, query);
            (work::taken(), found)
        };
        // With the names known, the work for one incident does not grow with the links of others.
        for (incidents, links) in [(200, 50), (200, 100), (400, 100)] {
            let (steps, found) = work_of(incidents, links, "links:hub");
            assert!(found == links && steps <= 10, "{steps} steps, {found} found");
        }
        // Which have links is found once per commit.
        assert_eq!(work_of(200, 100, "has:backlinks"), (0, 101));
        let engine = Embedded::in_memory().unwrap();
        add(&engine, (0..300).map(|n| Incident::new(format!("plain-{n}"), "")));
        add(&engine, (0..50).map(|n| linking(&format!("linking-{n}"), &["hub", "plain-7"])));
        work::taken();
        assert_eq!(ids_of(&engine, "has:backlinks"), 1);
        assert_eq!(work::taken(), 2, "a step for each link, and none for an incident");
    }

    fn ids_of(engine: &Embedded, query: &str) -> usize {
        let snapshot = engine.snapshot().unwrap();
        let plan = crate::engine::fixture::plan(&snapshot, query);
        let collect = crate::engine::Collect { limit: 0, order: crate::engine::Order::Latest, facets: Vec::new() };
        let words = snapshot.look_up(&plan).unwrap();
        snapshot.candidates(&plan, &words, Needed::All, collect).unwrap().total
    }
}
