//! A small index, for tests.

use std::time::Duration;

use crate::engine::seam::Reads;
use crate::engine::{Candidate, Collect, Embedded, Engine, Order, Purpose};
use crate::incident::{DayZone, Incident, SectionKind};
use crate::plan::{Needed, Plan, Planner};
use crate::query::{self, QueryOptions};

/// An index of incidents with these ids, titles and root causes, each list in a commit, and so a segment, of its own.
pub(crate) fn engine(commits: &[&[(&str, &str, &str)]]) -> Embedded {
    let incident = |&(id, title, text): &(&str, &str, &str)| {
        let mut incident = Incident::new(id, title);
        incident.push_section(SectionKind::RootCause, text);
        incident
    };
    let engine = Embedded::in_memory().unwrap();
    for commit in commits {
        add(&engine, commit.iter().map(incident));
    }
    engine
}

impl AsRef<Embedded> for Embedded {
    fn as_ref(&self) -> &Embedded {
        self
    }
}

impl AsRef<Embedded> for Engine {
    fn as_ref(&self) -> &Embedded {
        match self {
            Self::Embedded(engine) => engine,
            #[cfg(feature = "opensearch")]
            Self::Cluster(_) => panic!("it is in a cluster"),
        }
    }
}

pub(crate) fn add(engine: &impl AsRef<Embedded>, incidents: impl IntoIterator<Item = Incident>) {
    let mut writer = engine.as_ref().writer(Purpose::Give, 1, 0, Duration::ZERO).unwrap();
    incidents.into_iter().for_each(|incident| writer.upsert(incident).unwrap());
    writer.commit(None).unwrap();
}

pub(crate) fn remove(engine: &impl AsRef<Embedded>, id: &str) {
    let mut writer = engine.as_ref().writer(Purpose::Give, 1, 0, Duration::ZERO).unwrap();
    assert!(writer.delete(id).unwrap());
    writer.commit(None).unwrap();
}

pub(crate) fn plan(snapshot: &dyn Reads, query: &str) -> Plan {
    let query = query::parse(query, &QueryOptions::default()).unwrap();
    let (analyzer, synonyms) = (snapshot.analyzer(), snapshot.synonyms());
    let (house, zone) = (snapshot.house(), &DayZone::default());
    Planner { analyzer, synonyms, vocabulary: snapshot, house, now: 0, zone }.plan(&query).unwrap()
}

/// The ids of the candidates of a query, sorted.
pub(super) fn ids(engine: &Embedded, query: &str, needed: Needed) -> Vec<String> {
    let snapshot = engine.snapshot().unwrap();
    let plan = plan(&snapshot, query);
    let words = snapshot.look_up(&plan).unwrap();
    let collect = Collect { limit: 100, order: Order::Score, facets: Vec::new() };
    let found = snapshot.candidates(&plan, &words, needed, collect).unwrap();
    assert_eq!(found.total, found.best.len());
    let mut ids: Vec<String> = found.best.iter().map(|best| snapshot.incident(best).unwrap().id).collect();
    ids.sort();
    ids
}

/// Where a candidate is: the number of its segment, and its own number in it.
pub(crate) fn place(candidate: &Candidate) -> (u32, u32) {
    (candidate.address.segment_ord, candidate.address.doc_id)
}
