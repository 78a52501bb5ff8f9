//! Recurring: which incidents are the same again, what fixed them each time, and what was promised in between.
//!
//! In: the incidents of a commit, and which of them are alike. Out: clusters as plain data. Two incidents are the same if each is
//! the *same* as the other by its text and no service tells them apart, or if one of their reports says so.

mod clusters;
mod neighborhood;
mod promised;
mod stated;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::archive::link_key::LinkKey;
use crate::archive::names::Names;
use crate::error::Result;
use crate::incident::{Action, FailedCount, HouseNames, Incident, Precision, Summary, Timestamp};
use crate::insight::seen::count_fixes;
use crate::insight::{Fix, FixCount};
use crate::ranking::{MAX_RECURRING, RECURRING_EVIDENCE};
use crate::schema::Facet;
use crate::search::{Alike, Cut, Near, UnknownValue};
use clusters::{Pair, clusters};
pub(crate) use neighborhood::neighborhood;
use promised::unfinished;
use stated::{Stated, has_words, stated};

/// What happened again.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Recurring {
    /// The clusters of incidents that are the same: those that were seen most often first, of equals that which was seen last.
    pub clusters: Vec<Cluster>,
    /// How many incidents were looked at: the latest, at most [`Recurring::MOST`].
    pub looked_at: usize,
    /// How many incidents match the query.
    pub matching: usize,
    /// How many pairs of incidents were compared, each way.
    pub compared: usize,
    /// The interpreted query, in the query language.
    pub interpreted: String,
    /// Values of filters that no incident has; only computed if nothing matches.
    pub unknown_values: Vec<UnknownValue>,
    /// What of the query was not looked for.
    pub cuts: Vec<Cut>,
    /// What the last update could not take in, so that nobody finds it.
    pub failed: FailedCount,
    /// How long it took.
    pub took: Duration,
}

/// Incidents that are the same again.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Cluster {
    /// The incidents, the earliest first; those with no known date are last.
    pub incidents: Vec<Occurrence>,
    /// How often it was seen: reports of one day, or of overlapping times, count once.
    pub times: usize,
    /// When the first and the last began, of those whose date is known.
    pub first: Option<Timestamp>,
    /// See `first`.
    pub last: Option<Timestamp>,
    /// The services that at least half of the incidents have, the most frequent first, each once.
    pub services: Vec<String>,
    /// What fixed them, the most frequent first.
    pub fixes: Vec<FixCount>,
    /// How many of the reports do not say what fixed it.
    pub fixes_unknown: usize,
}

/// One of the incidents that are the same.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Occurrence {
    /// The incident.
    pub incident: Summary,
    /// The how many-th time it is, counted from 1. Two reports of the same time have the same number.
    pub nth: usize,
    /// Whole days since the time before began, where both dates are known to the day.
    pub days_since: Option<u64>,
    /// What fixed it, where its report says so.
    pub fix: Option<Fix>,
    /// How much it is like the likest of the others; `None` if only reports say that it is the same. See
    /// [`Likeness::evidence`](crate::Likeness::evidence).
    pub likeness: Option<f32>,
    /// The other incidents of which its report says that they are the same.
    pub said: Vec<Said>,
    /// Its actions that were not done when it came back.
    pub unfinished: Vec<Action>,
    /// When it came back.
    pub came_back: Option<Timestamp>,
}

/// Where a report says that an incident is the same as another.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Said {
    /// The id of the other.
    pub id: String,
    /// The line that says so, counted from 1.
    pub line: u32,
}

/// What is known of an incident while pairs are looked for.
#[derive(Debug, Clone)]
struct Node {
    id: String,
    /// The ids of those that it is the same as by its text, and how much.
    alike: Vec<(String, f32)>,
    said: Vec<Said>,
    /// The keys of its services.
    services: Vec<String>,
    has_date: bool,
    /// How many incidents it was compared with.
    compared: usize,
}

impl Node {
    fn read(alike: &Alike<'_>, incident: &Incident) -> Result<Self> {
        Self::new(alike, incident, alike.like(incident, RECURRING_EVIDENCE, false)?)
    }

    fn new(alike: &Alike<'_>, incident: &Incident, near: Near) -> Result<Self> {
        let services = Facet::Service.keys_of(incident, alike.house());
        let (id, said, has_date) = (incident.id.clone(), said(alike, incident)?, incident.date.is_some());
        Ok(Self { id, alike: near.same, said, services, has_date, compared: near.compared })
    }

    /// Whether it is the same as another, and how much they are alike: each by the text of the other. What happened to other
    /// services is not the same again, however alike its report is; and of two reports of which one has no date, nobody knows
    /// whether they are of one time.
    fn is_same(&self, other: &Self) -> Option<f32> {
        let like = |a: &Self, b: &Self| a.alike.iter().find(|(id, _)| *id == b.id).map(|&(_, likeness)| likeness);
        let unknown = self.services.is_empty() || other.services.is_empty();
        let shared = unknown || self.services.iter().any(|service| other.services.contains(service));
        let known = self.has_date && other.has_date;
        Some(like(self, other)?.min(like(other, self)?)).filter(|_| shared && known)
    }
}

/// The incidents of which a report says that they are the same.
fn said(alike: &Alike<'_>, incident: &Incident) -> Result<Vec<Said>> {
    let mut found: Vec<Said> = Vec::new();
    for stated in stated(incident) {
        let Some(id) = meant(&*alike.names()?, incident, &stated) else { continue };
        let id = &id;
        if *id == incident.id || found.iter().any(|known| known.id == *id) {
            continue;
        }
        // Where the other report has the words in its title, a link to it names them and says nothing.
        let is_name = !stated.by_key && alike.get(id)?.is_some_and(|other| has_words(&other.title.value));
        if !is_name {
            found.push(Said { id: id.clone(), line: stated.line });
        }
    }
    Ok(found)
}

/// The id of the incident that a report names: by a link, or by a key of front matter, whose value is a name as people write it.
fn meant(names: &Names, incident: &Incident, stated: &Stated) -> Option<String> {
    if stated.by_key {
        return <[String; 1]>::try_from(names.resolve(&stated.target)).ok().map(|[id]| id);
    }
    names.linked_to(&LinkKey::new(&incident.path, &stated.target)?)
}

impl Recurring {
    /// At most so many incidents are looked at.
    pub const MOST: usize = MAX_RECURRING;

    /// What happened again among the incidents that match, of which so many are looked at, the latest.
    pub(crate) fn new(alike: &Alike<'_>, most: usize) -> Result<Self> {
        let started = Instant::now();
        let matching = alike.matching(most)?;
        let nodes = alike.map(&matching, |incident| Node::read(alike, incident))?;
        let clusters = found(alike, &nodes)?;
        Ok(Self {
            clusters,
            looked_at: matching.len(),
            matching: matching.total,
            compared: nodes.iter().map(|node| node.compared).sum(),
            interpreted: matching.interpreted,
            unknown_values: matching.unknown_values,
            cuts: matching.cuts,
            failed: alike.failed(),
            took: started.elapsed(),
        })
    }

    /// Only what was seen at least so often.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Incident, Index, SearchRequest};
    ///
    /// # let index = Index::in_memory()?;
    /// index.upsert([Incident::new("OPS-1", "Queue backlog")])?;
    /// assert!(index.recurring(&SearchRequest::default())?.at_least(3).clusters.is_empty());
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    #[must_use]
    pub fn at_least(mut self, times: usize) -> Self {
        self.clusters.retain(|cluster| cluster.times >= times);
        self
    }

    /// Only what came back before all was done that was promised.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Incident, Index, SearchRequest};
    ///
    /// # let index = Index::in_memory()?;
    /// index.upsert([Incident::new("OPS-1", "Queue backlog")])?;
    /// assert!(index.recurring(&SearchRequest::default())?.only_unfinished().clusters.is_empty());
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    #[must_use]
    pub fn only_unfinished(mut self) -> Self {
        self.clusters.retain(|cluster| cluster.unfinished().next().is_some());
        self
    }
}

/// The clusters of some incidents, in their order.
fn found(alike: &Alike<'_>, nodes: &[Node]) -> Result<Vec<Cluster>> {
    let mut nodes: Vec<&Node> = nodes.iter().collect();
    nodes.sort_by(|a, b| a.id.cmp(&b.id));
    let number: HashMap<&str, usize> = nodes.iter().enumerate().map(|(at, node)| (node.id.as_str(), at)).collect();
    let mut pairs = Vec::new();
    let mut said = Vec::new();
    for (a, node) in nodes.iter().enumerate() {
        let others = node.alike.iter().filter_map(|(id, _)| number.get(id.as_str()).copied()).filter(|&b| a < b);
        pairs.extend(others.filter_map(|b| Some(Pair { a, b, likeness: node.is_same(nodes[b])? })));
        said.extend(node.said.iter().filter_map(|said| Some((a, *number.get(said.id.as_str())?))));
    }
    let mut found = Vec::new();
    for members in clusters(nodes.len(), &pairs, &said) {
        let likeness = |at: usize| {
            let own = pairs.iter().filter(|pair| pair.a == at || pair.b == at);
            let own = own.filter(|pair| members.contains(&pair.a) && members.contains(&pair.b));
            own.map(|pair| pair.likeness).reduce(f32::max)
        };
        let ids: Vec<&str> = members.iter().map(|&at| nodes[at].id.as_str()).collect();
        let mut parts = Vec::new();
        for &at in &members {
            let Some(incident) = alike.get(&nodes[at].id)? else { continue };
            let said = nodes[at].said.iter().filter(|said| ids.contains(&said.id.as_str())).cloned().collect();
            parts.push((incident, likeness(at), said));
        }
        found.push(Cluster::new(parts, alike.house()));
    }
    // What is reported twice, and was seen once, is not recurring.
    found.retain(|cluster| cluster.times > 1);
    found.sort_by(|a, b| {
        let last = |cluster: &Cluster| cluster.last.map(Timestamp::unix_seconds);
        let id = |cluster: &Cluster| cluster.incidents.first().map(|first| first.incident.id.clone());
        b.times.cmp(&a.times).then_with(|| last(b).cmp(&last(a))).then_with(|| id(a).cmp(&id(b)))
    });
    Ok(found)
}

impl Cluster {
    /// A cluster of incidents, each with how much it is like the others and what its report says of them.
    fn new(mut parts: Vec<(Incident, Option<f32>, Vec<Said>)>, house: &HouseNames) -> Self {
        let start = |incident: &Incident| incident.date.as_ref().map(|date| date.value);
        let key = |incident: &Incident| {
            let date = start(incident);
            (date.is_none(), date.map(Timestamp::unix_seconds), incident.id.clone())
        };
        parts.sort_by_cached_key(|(incident, ..)| key(incident));
        let mut nth = 0;
        let mut numbers: Vec<usize> = Vec::new();
        for (at, (incident, ..)) in parts.iter().enumerate() {
            let is_same_time = at.checked_sub(1).is_some_and(|before| is_same_time(&parts[before].0, incident));
            nth += usize::from(!is_same_time);
            numbers.push(nth);
        }
        let starts: Vec<Option<Timestamp>> = parts.iter().map(|(incident, ..)| start(incident)).collect();
        // When the time with a number began, if that is known.
        let began = |nth: usize| numbers.iter().position(|&of| of == nth).and_then(|at| starts[at]);
        let services = services(parts.iter().map(|(incident, ..)| incident), house);
        let incidents: Vec<Occurrence> = parts
            .into_iter()
            .zip(&numbers)
            .map(|((incident, likeness, said), &nth)| {
                let came_back = began(nth + 1).filter(|_| incident.date.is_some());
                let before = nth.checked_sub(1).and_then(began);
                Occurrence {
                    nth,
                    days_since: before.zip(start(&incident)).and_then(|(before, now)| days_between(before, now)),
                    fix: incident.fix(),
                    likeness,
                    said,
                    unfinished: came_back.map(|next| unfinished(&incident, next)).unwrap_or_default(),
                    came_back,
                    incident: Summary::from(&incident),
                }
            })
            .collect();
        let dates = || incidents.iter().filter_map(|occurrence| occurrence.incident.date);
        Self {
            times: nth,
            first: dates().next(),
            last: dates().next_back(),
            services,
            fixes: count_fixes(incidents.iter().map(|one| (one.incident.id.as_str(), one.fix.as_ref()))),
            fixes_unknown: incidents.iter().filter(|one| one.fix.is_none()).count(),
            incidents,
        }
    }

    /// Days between one time and the next, from the first on; `None` where a date is not known to the day.
    ///
    /// # Examples
    /// ```
    /// use rca_index::parse::{ParseOptions, parse_report};
    /// use rca_index::{Index, SearchRequest};
    ///
    /// # let index = Index::in_memory()?;
    /// let first = "---\ndate: 2025-03-02\n---\n# Queue backlog\n";
    /// let again = "---\ndate: 2025-06-02\nrecurrence_of: first\n---\n# Queue full\n";
    /// let report = |path: &str, text: &str| parse_report(path, text.to_owned(), &ParseOptions::default()).incident;
    /// index.upsert([report("first.md", first), report("again.md", again)])?;
    /// assert_eq!(index.recurring(&SearchRequest::default())?.clusters[0].gaps(), [Some(92)]);
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn gaps(&self) -> Vec<Option<u64>> {
        (2..=self.times).map(|nth| self.incidents.iter().find(|one| one.nth == nth)?.days_since).collect()
    }

    /// What was promised and not done before it came back: each action, with the incident whose report has it.
    ///
    /// # Examples
    /// ```
    /// use rca_index::parse::{ParseOptions, parse_report};
    /// use rca_index::{Index, SearchRequest};
    ///
    /// # let index = Index::in_memory()?;
    /// let first = "---\ndate: 2025-03-02\n---\n# Queue backlog\n\n## Action Items\n\n- [ ] Alert on lag\n";
    /// let again = "---\ndate: 2025-06-02\nrecurrence_of: first\n---\n# Queue full\n";
    /// let report = |path: &str, text: &str| parse_report(path, text.to_owned(), &ParseOptions::default()).incident;
    /// index.upsert([report("first.md", first), report("again.md", again)])?;
    /// let recurring = index.recurring(&SearchRequest::default())?;
    /// let (occurrence, action) = recurring.clusters[0].unfinished().next().expect("an open action");
    /// assert_eq!((occurrence.nth, action.text.as_str()), (1, "Alert on lag"));
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn unfinished(&self) -> impl Iterator<Item = (&Occurrence, &Action)> {
        self.incidents
            .iter()
            .flat_map(|occurrence| occurrence.unfinished.iter().map(move |action| (occurrence, action)))
    }
}

/// Whether two incidents, in the order of their dates, are two reports of one time: they began on one day, or overlap. Two alike
/// reports of one day are mostly parts of one thing.
fn is_same_time(before: &Incident, incident: &Incident) -> bool {
    let (Some(a), Some(b)) = (&before.date, &incident.date) else { return false };
    if a.value.precision().min(b.value.precision()) == Precision::Month {
        let month = |date: Timestamp| date.to_string().get(..7).map(str::to_owned);
        return month(a.value) == month(b.value);
    }
    if a.value.day() == b.value.day() {
        return true;
    }
    let minutes = before.duration.as_ref().map_or(0.0, |duration| duration.value);
    (b.value.unix_seconds() - a.value.unix_seconds()) as f64 <= minutes * 60.0
}

fn days_between(before: Timestamp, now: Timestamp) -> Option<u64> {
    let is_known = |date: Timestamp| date.precision() >= Precision::Day;
    let days = (now.day().unix_seconds() - before.day().unix_seconds()) / 86_400;
    (is_known(before) && is_known(now)).then_some(days)?.try_into().ok()
}

/// The services that at least half of some incidents have, the most frequent first; each as the first of them spells it.
fn services<'i>(incidents: impl ExactSizeIterator<Item = &'i Incident>, house: &HouseNames) -> Vec<String> {
    let all = incidents.len();
    let mut counts: Vec<(String, &str, usize)> = Vec::new();
    for incident in incidents {
        let mut known = Vec::new();
        for service in &incident.services {
            let key = Facet::Service.key(service, house);
            if key.is_empty() || known.contains(&key) {
                continue;
            }
            match counts.iter_mut().find(|(of, ..)| *of == key) {
                Some((.., count)) => *count += 1,
                None => counts.push((key.clone(), service, 1)),
            }
            known.push(key);
        }
    }
    counts.retain(|(.., count)| 2 * count >= all);
    counts.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.1.cmp(b.1)));
    counts.into_iter().map(|(_, service, _)| service.to_owned()).collect()
}
