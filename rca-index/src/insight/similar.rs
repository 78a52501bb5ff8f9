//! Similar: which incidents are like an incident, and which of them are linked with it.
//!
//! In: an incident, and the results of the search for the words of its text, best first. Out: plain data: the incidents that are
//! like it, each with its level and the links between the two; or the nearest, where nothing is like it.

use std::collections::HashMap;
use std::time::Duration;

use crate::archive::link_key::{LinkKey, link_keys};
use crate::archive::names::Names;
use crate::error::Result;
use crate::incident::{FailedCount, HouseNames, Incident};
use crate::insight::seen::words_in_common;
use crate::insight::shingles::Shingles;
use crate::insight::{Fix, Nearest};
use crate::ranking::{NEAR_SHARE, NEAR_SHINGLES, SAME_DAY_SHARE};
use crate::schema::Facet;
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
        incident: &Incident,
        (names, house): (&Names, &HouseNames),
        (found, like, candidates): (SearchResults, Like, impl Iterator<Item = Result<Hit>>),
        (links, limit, weak): (LinkFilter, usize, bool),
        incidents: usize,
    ) -> Result<Self> {
        let given = Given {
            incident,
            names,
            house,
            targets: linked(incident, names),
            services: Facet::Service.keys_of(incident, house),
            shingles: Shingles::of(incident),
        };
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
    house: &'a HouseNames,
    /// The ids that it links to, and the lines.
    targets: HashMap<String, u32>,
    /// The keys of its services.
    services: Vec<String>,
    shingles: Shingles,
}

impl Given<'_> {
    /// The links between it and another incident.
    fn links_with(&self, other: &Incident) -> Option<Linked> {
        let to = self.targets.get(&other.id).copied();
        let from = linked(other, self.names).get(&self.incident.id).copied();
        (to.is_some() || from.is_some()).then_some(Linked { to, from })
    }

    /// A hit, compared with it. No hit is called more than the best.
    fn compared(&self, hit: Hit, linked: Option<Linked>, best: Resemblance) -> Option<SimilarHit> {
        let (likeness, explanation) = (hit.likeness?, hit.explanation?);
        let incident = hit.incident;
        let resemblance = likeness.resemblance().max(best);
        let shingles = Shingles::of(&incident);
        let shared = |service: &&String| self.services.contains(&Facet::Service.key(service, self.house));
        let services = incident.services.iter().filter(shared).cloned().collect();
        let day = |incident: &Incident| incident.date.as_ref().map(|date| date.value.day());
        let mut hit = SimilarHit {
            level: if resemblance == Resemblance::Weak { SimilarLevel::Weak } else { SimilarLevel::Like },
            resemblance,
            likeness,
            wording: self.shingles.share(&shingles),
            linked,
            services,
            same_day: day(self.incident).is_some() && day(self.incident) == day(&incident),
            fix: incident.fix(),
            words: words_in_common(&explanation),
            of_words: explanation.words.len(),
            explanation,
            incident,
        };
        let other_services = hit.services.is_empty() && !self.services.is_empty() && !hit.incident.services.is_empty();
        if hit.is_near_duplicate(self.shingles.numbers_agree(&shingles) && !other_services) {
            hit.level = SimilarLevel::NearDuplicate;
        }
        Some(hit)
    }
}

impl SimilarHit {
    /// Whether the two are reports of one incident, or one report twice. The wording alone does not tell: reports that are
    /// written from one template share it, and differ in their facts.
    fn is_near_duplicate(&self, same_facts: bool) -> bool {
        let covered = self.likeness.share * self.likeness.known;
        let same_report = self.wording >= NEAR_SHINGLES && covered >= NEAR_SHARE && same_facts;
        let same_incident = self.same_day && !self.services.is_empty() && covered >= SAME_DAY_SHARE;
        same_report || same_incident
    }
}

/// The ids of the incidents that a report links to, each with the first line. A link that may mean several is none.
fn linked(incident: &Incident, names: &Names) -> HashMap<String, u32> {
    /// More different links of one report, those of its last lines, are not looked up.
    const MOST: usize = 1_000;
    let mut links: Vec<(u32, LinkKey)> = link_keys(incident).into_iter().map(|(key, line)| (line, key)).collect();
    links.sort_unstable();
    let mut found = HashMap::new();
    for (line, key) in links.into_iter().take(MOST) {
        if let Some(id) = names.linked_to(&key) {
            found.entry(id).or_insert(line);
        }
    }
    found
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

    /// A report in a team's template: its title and its facts differ.
    fn from_template(id: &str, service: &str, facts: [&str; 4]) -> Incident {
        let [day, users, cause, host] = facts;
        let text = format!(
            "---\ndate: {day}\nservices: [{service}]\n---\n# Outage of {service}\n\n## Summary\n\nOn {day} the service {service} was \
             not available. {users} users were affected, and the on-call engineer was paged by the alert on its error rate.\n\n\
             ## Root cause\n\nThe root cause was {cause} on {host}. Several contributing factors were found: tests did not \
             cover this case, and monitoring noticed it late.\n\n## Resolution\n\nThe on-call engineer followed the runbook of \
             {service}, and the service recovered. The team informed the customers on the status page.\n\n\
             ## Lessons\n\nRunbooks help. Alerts should come before customers call. The team will review its alerts.\n"
        );
        report(&format!("{id}.md"), &text)
    }

    fn pool() -> Incident {
        from_template("pool", "checkout", ["2025-03-09", "1,348", "an exhausted connection pool", "db-replica-17"])
    }

    /// The level of a report, and how much of the wording it shares, for one that is in an archive with it and with others.
    fn level_of(other: &Incident, asked: &Incident, more: &[Incident]) -> (SimilarLevel, f32) {
        let index = archive(&[&[asked.clone(), other.clone()], more].concat());
        let found = similar(&index, &asked.id, LinkFilter::Any, true);
        let hit = found.hits.iter().find(|hit| hit.incident.id == other.id).unwrap();
        (hit.level, hit.wording)
    }

    #[test]
    fn a_report_twice_is_a_near_duplicate() {
        let asked = pool();
        let edited = |edit: &dyn Fn(String) -> String| report("copy.md", &edit(asked.source.clone()));
        let copies = [
            edited(&|text| text),
            edited(&|text| text.replace("1,348", "1,352").replace("was paged", "had been paged")),
            edited(&|text| {
                text.replace("Summary", "Zusammenfassung").replace("Root cause", "Ursache").replace("Lessons", "Lehren")
            }),
            edited(&|text| text.to_uppercase()),
            edited(&|text| {
                text + "\n## Action items\n\n- [ ] Raise the limit of the pool\n- [ ] Write a test with a full pool\n"
            }),
            edited(&|text| text.split_once("## Lessons").unwrap().0.to_owned()),
            edited(&|text| text.replace("\n\n", "\n\n\n").replace(". ", ".\n")),
            edited(&|text| {
                text.replace("exhausted", "**exhausted**").replace("runbook", "[runbook](https://wiki.example/rb)")
            }),
        ];
        for copy in &copies {
            for (other, asked) in [(copy, &asked), (&asked, copy)] {
                let (level, wording) = level_of(other, asked, &[]);
                assert_eq!(level, SimilarLevel::NearDuplicate, "{wording}\n{}", copy.source);
            }
        }
        // Two people wrote about one incident, in their own words.
        let other = report(
            "other.md",
            "---\ndate: 2025-03-09\nservices: [Checkout, payments]\n---\n# Checkout down: connection pool exhausted\n\n\
             The connection pool on db-replica-17 was exhausted, so checkout was not available for 1,348 users.\n",
        );
        assert_eq!(level_of(&asked, &other, &[]).0, SimilarLevel::NearDuplicate);
    }

    #[test]
    fn a_template_with_other_facts_is_no_near_duplicate() {
        let others = [
            from_template("a", "ledger", ["2024-11-30", "75", "a certificate that expired", "gateway-eu-2"]),
            from_template("b", "checkout", ["2024-02-14", "20,411", "a full disk", "node-03"]),
            from_template("c", "search-api", ["2025-03-09", "9", "a bad deployment", "cluster-b"]),
            from_template("d", "checkout", ["2023-07-01", "4,000", "a lost route", "router-1"]),
        ];
        for other in &others {
            // Few reports in this template, and many.
            for more in [&[][..], &others.clone().map(|more| Incident { id: format!("{}-2", more.id), ..more })] {
                let (level, wording) = level_of(other, &pool(), more);
                assert_ne!(level, SimilarLevel::NearDuplicate, "{} with {}", other.id, more.len());
                assert!(wording > 0.4, "they share the wording: {wording}");
            }
        }
    }

    #[test]
    fn links_are_seen_in_both_directions() {
        let with = |id: &str, line: &str| report(&format!("2025/{id}.md"), &format!("{LAG}\n## Related\n\n{line}\n"));
        let index = archive(&[
            with("a", "- [[b]] and [d](d.md), [outside](https://wiki.example/e.md)"),
            with("b", ""),
            with("c", "- [the first one](./a.md#impact), [[2025]]"),
            with("d", "- [[a]], [[d]]"),
            with("e", "- [[o]], [[missing]]"),
        ]);
        let linked = |links| {
            let found = similar(&index, "2025/a", links, false);
            let mut linked: Vec<_> =
                found.hits.into_iter().map(|hit| (hit.incident.id, hit.linked.map(|l| (l.to, l.from)))).collect();
            linked.sort();
            linked
        };
        let line = Some(17);
        let (b, c) = (("2025/b".to_owned(), Some((line, None))), ("2025/c".to_owned(), Some((None, line))));
        let (d, e) = (("2025/d".to_owned(), Some((line, line))), ("2025/e".to_owned(), None));
        assert_eq!(linked(LinkFilter::Linked), [b.clone(), c.clone(), d.clone()]);
        assert_eq!(linked(LinkFilter::Unlinked), std::slice::from_ref(&e));
        assert_eq!(linked(LinkFilter::Any), [b, c, d, e]);
        // What an author linked is shown however little it is like it.
        let disk = report("disk.md", "# Disk full\n\nA disk was full. See [[a]].\n");
        let index = archive(&[with("a", ""), disk]);
        let found = similar(&index, "disk", LinkFilter::Linked, false);
        assert!(found.hits.is_empty() && found.is_nothing(), "they have nothing in common: {:?}", ids(&found));
    }

    #[test]
    fn nothing_like_it_names_the_nearest() {
        let index = archive(&[report("a.md", LAG)]);
        let found = similar(&index, "a", LinkFilter::Any, false);
        assert!(found.is_nothing() && found.hits.is_empty() && found.like == 0);
        assert!(found.nearest.is_some_and(|nearest| nearest.id.starts_with('o') && nearest.words <= nearest.of_words));
        assert!(!similar(&index, "a", LinkFilter::Any, true).hits.is_empty());
    }

    #[test]
    fn work_is_bounded() {
        let index = archive(&(0..60).map(|n| report(&format!("lag-{n}.md"), LAG)).collect::<Vec<_>>());
        let before = crate::engine::incidents_read();
        let asked = index.get("lag-0").unwrap().unwrap();
        let request = SearchRequest::from_incident(&asked).limit(3);
        let found = index.similar(&asked, &request, LinkFilter::Any, true).unwrap();
        // The report that is asked with, and those that are shown.
        assert_eq!((found.like, found.hits.len(), crate::engine::incidents_read() - before), (59, 3, 4));
        let work_of = |text: String| {
            let asked = report("asked.md", &text);
            crate::plan::work::taken();
            index.similar(&asked, &SearchRequest::from_incident(&asked).limit(3), LinkFilter::Any, true).unwrap();
            crate::plan::work::taken()
        };
        let (once, often) =
            (work_of(LAG.to_owned()), work_of(LAG.to_owned() + &"\n\nThe lag grew again.".repeat(4_000)));
        assert!(often <= once + once / 2, "{once} {often}");
        let unknown = (0..15_000).map(|n| (1_000_000 + n).to_string()).collect::<Vec<_>>().join(" ");
        let most = work_of(format!("{LAG}\n{unknown}"));
        assert!(most <= once + 20 * crate::ranking::MAX_WEIGHED, "{once} {most}");
    }
}
