//! Similar: which incidents are like an incident, and which of them are linked with it.
//!
//! In: an incident, and the results of the search for the words of its text, best first. Out: plain data: the incidents that are
//! like it, each with its level and the links between the two; or the nearest, where nothing is like it.

use std::collections::HashSet;
use std::time::Duration;

use crate::archive::names::Names;
use crate::error::Result;
use crate::incident::names::path_key;
use crate::incident::{FailedCount, Incident, Link};
use crate::insight::seen::words_in_common;
use crate::insight::shingles::Shingles;
use crate::insight::{Fix, Nearest};
use crate::ranking::{NEAR_SHARE, NEAR_SHINGLES, SAME_DAY_SHARE};
use crate::search::{Cut, Explanation, Hit, Like, Likeness, Resemblance, SearchResults, UnknownValue};

/// The incidents like an incident.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Similar {
    /// The hits to show: near duplicates, then those that are like it, then weak ones; those of one level best first.
    pub hits: Vec<SimilarHit>,
    /// Which of them were wanted.
    pub links: LinkFilter,
    /// How many incidents are like it, shown or not, linked or not.
    pub like: usize,
    /// The incident that is nearest, where nothing is like it.
    pub nearest: Option<Nearest>,
    /// The number of incidents of the index.
    pub incidents: usize,
    /// The interpreted query, in the query language.
    pub interpreted: String,
    /// Values of filters that no incident has; only computed if nothing matches.
    pub unknown_values: Vec<UnknownValue>,
    /// What was not looked for, because the report asks for more than a search does.
    pub cuts: Vec<Cut>,
    /// What the last update could not take in, so that nobody finds it.
    pub failed: FailedCount,
    /// The duration of the search.
    pub took: Duration,
}

/// An incident that is like another.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SimilarHit {
    /// How much it is like it.
    pub level: SimilarLevel,
    /// What the evidence amounts to: whether it is the same again.
    pub resemblance: Resemblance,
    /// The numbers behind that.
    pub likeness: Likeness,
    /// How much of their wording the two reports share: of all runs of three words that either has, the share that both have.
    pub wording: f32,
    /// The incident.
    pub incident: Incident,
    /// The links between the two; `None` if there are none.
    pub linked: Option<Linked>,
    /// The services that both name, as the hit spells them.
    pub services: Vec<String>,
    /// Whether both began on the same day.
    pub same_day: bool,
    /// What fixed it, where its report says so.
    pub fix: Option<Fix>,
    /// The words that both have, those that tell the most first.
    pub words: Vec<String>,
    /// How many words were looked for.
    pub of_words: usize,
    /// How its score was computed.
    pub explanation: Explanation,
}

/// How much an incident is like another, the most first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SimilarLevel {
    /// Two reports of one incident, or one report twice.
    NearDuplicate,
    /// It is like it.
    Like,
    /// No more than any report is with some other by chance.
    Weak,
}

impl SimilarLevel {
    /// The name in machine-readable output: `near-duplicate`, `like` or `weak`.
    ///
    /// # Examples
    /// ```
    /// use rca_index::SimilarLevel;
    ///
    /// assert_eq!(SimilarLevel::NearDuplicate.name(), "near-duplicate");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Self::NearDuplicate => "near-duplicate",
            Self::Like => "like",
            Self::Weak => "weak",
        }
    }

    /// The name for people.
    ///
    /// # Examples
    /// ```
    /// use rca_index::SimilarLevel;
    ///
    /// assert_eq!(SimilarLevel::NearDuplicate.label(), "near duplicate");
    /// ```
    pub fn label(self) -> &'static str {
        if self == Self::NearDuplicate { "near duplicate" } else { self.name() }
    }
}

/// Where two reports link to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Linked {
    /// The line of the report that was asked with, where it links to the hit.
    pub to: Option<u32>,
    /// The line of the hit's report, where it links to the report that was asked with.
    pub from: Option<u32>,
}

/// Which of the incidents like another are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum LinkFilter {
    /// All of them.
    #[default]
    Any,
    /// Those that are linked with it, however much they are like it.
    Linked,
    /// Those that are not linked with it: candidates for a link.
    Unlinked,
}

impl LinkFilter {
    fn keeps(self, linked: Option<Linked>) -> bool {
        match self {
            Self::Any => true,
            Self::Linked => linked.is_some(),
            Self::Unlinked => linked.is_none(),
        }
    }
}

impl Similar {
    /// What the search for the words of an incident says. Hits are taken until there are enough: only of those that are shown,
    /// the wording is compared.
    pub(crate) fn new(
        (incident, names): (&Incident, &Names),
        (found, like, candidates): (SearchResults, Like, impl Iterator<Item = Result<Hit>>),
        (links, limit, weak): (LinkFilter, usize, bool),
        incidents: usize,
    ) -> Result<Self> {
        let given = Given { incident, names, targets: resolved(incident, names), shingles: Shingles::of(incident) };
        let mut hits = Vec::new();
        let mut nearest = None;
        for (nth, hit) in candidates.enumerate() {
            let hit = hit?;
            let nothing_like_it = nth == 0 && like.incidents == 0;
            if nothing_like_it {
                nearest = nearest_of(&hit);
            }
            if hits.len() == limit || nothing_like_it && !weak {
                break;
            }
            let linked = given.links_with(&hit.incident);
            if links.keeps(linked) {
                hits.extend(given.compared(hit, linked, like.best));
            }
        }
        // The sort is stable: those of one level stay in the order of their scores.
        hits.sort_by_key(|hit| hit.level);
        Ok(Self {
            hits,
            links,
            like: like.incidents,
            nearest,
            incidents,
            interpreted: found.interpreted,
            unknown_values: found.unknown_values,
            cuts: found.cuts,
            failed: found.failed,
            took: found.took,
        })
    }

    /// Whether nothing that was wanted is like it. A linked incident is what was wanted, however much it is like it.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Incident, Index, LinkFilter, SearchRequest};
    ///
    /// # let index = Index::in_memory()?;
    /// let disk = Incident::new("OPS-1", "Disk full");
    /// index.upsert([disk.clone(), Incident::new("OPS-2", "Certificate expired")])?;
    /// assert!(index.similar(&disk, &SearchRequest::from_incident(&disk), LinkFilter::Any, true)?.is_nothing());
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn is_nothing(&self) -> bool {
        match self.links {
            LinkFilter::Any => self.like == 0,
            LinkFilter::Linked => self.hits.is_empty(),
            LinkFilter::Unlinked => !self.hits.iter().any(|hit| hit.level != SimilarLevel::Weak),
        }
    }
}

/// The incident that was asked with.
struct Given<'a> {
    incident: &'a Incident,
    names: &'a Names,
    /// The ids that it links to, and the lines.
    targets: Vec<(String, u32)>,
    shingles: Shingles,
}

impl Given<'_> {
    /// The links between it and another incident.
    fn links_with(&self, other: &Incident) -> Option<Linked> {
        let line = |targets: &[(String, u32)], id: &str| {
            targets.iter().find(|(target, _)| target == id).map(|&(_, line)| line)
        };
        let to = line(&self.targets, &other.id);
        let from = line(&resolved(other, self.names), &self.incident.id);
        (to.is_some() || from.is_some()).then_some(Linked { to, from })
    }

    /// A hit, compared with it. No hit is called more than the best.
    fn compared(&self, hit: Hit, linked: Option<Linked>, best: Resemblance) -> Option<SimilarHit> {
        let (likeness, explanation) = (hit.likeness?, hit.explanation?);
        let incident = hit.incident;
        let resemblance = likeness.resemblance().max(best);
        let wording = self.shingles.share(&Shingles::of(&incident));
        let keys: Vec<String> = self.incident.services.iter().map(|service| path_key(service)).collect();
        let services = incident.services.iter().filter(|service| keys.contains(&path_key(service))).cloned().collect();
        let day = |incident: &Incident| incident.date.as_ref().map(|date| date.value.day());
        let mut hit = SimilarHit {
            level: if resemblance == Resemblance::Weak { SimilarLevel::Weak } else { SimilarLevel::Like },
            resemblance,
            likeness,
            wording,
            linked,
            services,
            same_day: day(self.incident).is_some() && day(self.incident) == day(&incident),
            fix: incident.fix(),
            words: words_in_common(&explanation),
            of_words: explanation.words.len(),
            explanation,
            incident,
        };
        if hit.is_near_duplicate() {
            hit.level = SimilarLevel::NearDuplicate;
        }
        Some(hit)
    }
}

impl SimilarHit {
    /// Whether the two are reports of one incident, or one report twice. The wording alone does not tell: reports that are
    /// written from one template share it, and differ in what is rare.
    fn is_near_duplicate(&self) -> bool {
        let covered = self.likeness.share * self.likeness.known;
        let same_report = self.wording >= NEAR_SHINGLES && covered >= NEAR_SHARE;
        let same_incident = self.same_day && !self.services.is_empty() && covered >= SAME_DAY_SHARE;
        same_report || same_incident
    }
}

/// The ids of the incidents that a report links to, each with the first line. A target that may be several is none.
fn resolved(incident: &Incident, names: &Names) -> Vec<(String, u32)> {
    /// More targets of one report are not looked up.
    const MOST: usize = 1_000;
    let mut known = HashSet::new();
    let links = incident.links.iter().filter(|link| !link.external && known.insert(link.target.as_str()));
    let id = |link: &Link| {
        let mut ids = names.resolve(&link.target);
        ids.pop().filter(|_| ids.is_empty()).map(|id| (id, link.line))
    };
    links.take(MOST).filter_map(id).collect()
}

fn nearest_of(hit: &Hit) -> Option<Nearest> {
    let explanation = hit.explanation.as_ref()?;
    Some(Nearest {
        id: hit.incident.id.clone(),
        title: hit.incident.title.value.clone(),
        words: words_in_common(explanation).len(),
        of_words: explanation.words.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::{ParseOptions, parse_report};
    use crate::{Index, SearchRequest};

    fn report(path: &str, text: &str) -> Incident {
        parse_report(path, text.to_owned(), &ParseOptions::default()).incident
    }

    const LAG: &str = "---\ndate: 2025-03-09\nservices: [orders]\n---\n# Kafka consumer lag in orders\n\n\
        ## Summary\n\nPartition 7 of the placed topic was stuck behind a poison message, and the consumer group of the \
        shipping planner fell behind by 40,000 records until the message was skipped.\n\n\
        ## Root cause\n\nA producer wrote a record with an unknown schema version.\n";

    /// An index of some reports and 40 others.
    fn archive(reports: &[Incident]) -> Index {
        let index = Index::in_memory().unwrap();
        let others = (0..40).map(|n| {
            let text =
                format!("# Ordinary report {n}\n\nA disk was full and a certificate of the orders service expired.\n");
            report(&format!("o{n:02}.md"), &text)
        });
        index.upsert(reports.iter().cloned().chain(others)).unwrap();
        index
    }

    fn similar(index: &Index, id: &str, links: LinkFilter, weak: bool) -> Similar {
        let incident = index.get(id).unwrap().unwrap();
        index.similar(&incident, &SearchRequest::from_incident(&incident).limit(5), links, weak).unwrap()
    }

    fn ids(similar: &Similar) -> Vec<&str> {
        similar.hits.iter().map(|hit| hit.incident.id.as_str()).collect()
    }

    #[test]
    fn an_incident_is_not_like_itself() {
        let index = archive(&[report("a.md", LAG), report("b.md", &LAG.replace("40,000", "41,000"))]);
        let found = similar(&index, "a", LinkFilter::Any, true);
        assert_eq!((ids(&found)[0], found.hits[0].level, found.like), ("b", SimilarLevel::NearDuplicate, 1));
        assert!(!ids(&found).contains(&"a") && found.hits[0].same_day && found.hits[0].services == ["orders"]);
        assert!(found.hits[0].wording > 0.8 && found.hits[1..].iter().all(|hit| hit.level == SimilarLevel::Weak));
        // What only the report itself has is not looked for, whatever was edited and deleted since.
        for _ in 0..3 {
            index.upsert([report("a.md", LAG)]).unwrap();
        }
        let explained = &similar(&index, "a", LinkFilter::Any, false).hits[0].explanation;
        assert!(explained.words.iter().all(|word| word.score > 0.0), "{explained}");
        assert!(similar(&archive(&[report("a.md", LAG)]), "a", LinkFilter::Any, false).hits.is_empty());
    }
}
