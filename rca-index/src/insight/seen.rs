//! Seen: whether something like a pasted text happened before, when, and what fixed it.
//!
//! In: a signal, and the results of the search for its words. Out: plain data: the incidents that are like it, counts of what
//! fixed them, their runbooks and open actions; or the nearest, where nothing is like it.

use std::time::Duration;

use crate::incident::{Action, FailedCount, Incident, Link, Timestamp};
use crate::insight::{Fix, FixKind};
use crate::ranking::MAX_SEEN;
use crate::search::{Cut, Explanation, Hit, Likeness, Resemblance, SearchResults, UnknownValue};
use crate::signal::Signal;

/// Whether something like a pasted text happened before.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Seen {
    /// The answer in a word.
    pub judgement: Judgement,
    /// How many incidents are the same: at most [`Seen::MOST`].
    pub times_seen: usize,
    /// When the first and the last began, of the incidents that the answer is about: those that are the same, or those that
    /// are like it where none is the same.
    pub first: Option<Timestamp>,
    /// See `first`.
    pub last: Option<Timestamp>,
    /// What fixed these incidents, the most frequent first.
    pub fixes: Vec<FixCount>,
    /// How many of their reports do not say what fixed them.
    pub fixes_unknown: usize,
    /// When each of these incidents began, where that is known, the earliest first.
    pub dates: Vec<Timestamp>,
    /// The hits to show: those that are the same, then those that are like it, then, if asked for, weak ones.
    pub hits: Vec<SeenHit>,
    /// How many hits are the same or like it, shown or not.
    pub like: usize,
    /// The runbooks that the text names, then those that the hits link to, each once.
    pub runbooks: Vec<Runbook>,
    /// The incident that is nearest, where nothing is like it.
    pub nearest: Option<Nearest>,
    /// The number of incidents of the index.
    pub incidents: usize,
    /// The interpreted query, in the query language.
    pub interpreted: String,
    /// Values of filters that no incident has; only computed if nothing matches.
    pub unknown_values: Vec<UnknownValue>,
    /// What was not looked for, because the text asks for more than a search does.
    pub cuts: Vec<Cut>,
    /// What the last update could not take in, so that nobody finds it.
    pub failed: FailedCount,
    /// The duration of the search.
    pub took: Duration,
}

/// What is known of a pasted text, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Judgement {
    /// The same happened before.
    Seen,
    /// Something like it happened before.
    Like,
    /// No incident is like it.
    Nothing,
}

impl Judgement {
    /// The name: `seen`, `like` or `nothing`.
    ///
    /// # Examples
    /// ```
    /// use rca_index::Judgement;
    ///
    /// assert_eq!(Judgement::Nothing.name(), "nothing");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Self::Seen => "seen",
            Self::Like => "like",
            Self::Nothing => "nothing",
        }
    }
}

/// How many incidents were fixed in a way.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FixCount {
    /// The kind of fix; `None` for those that the words do not tell.
    pub kind: Option<FixKind>,
    /// How many incidents.
    pub count: usize,
    /// Their ids.
    pub ids: Vec<String>,
}

/// An incident that is like a pasted text.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SeenHit {
    /// How much it is like the text.
    pub resemblance: Resemblance,
    /// The numbers behind that.
    pub likeness: Likeness,
    /// The incident.
    pub incident: Incident,
    /// What fixed it, where its report says so.
    pub fix: Option<Fix>,
    /// The words that it has in common with the text, those that tell the most first.
    pub words: Vec<String>,
    /// How many words were looked for, those that no incident has among them.
    pub of_words: usize,
    /// How its score was computed.
    pub explanation: Explanation,
}

impl SeenHit {
    /// The actions that its report does not mark as done.
    ///
    /// # Examples
    /// ```
    /// use rca_index::parse::{ParseOptions, parse_report};
    /// use rca_index::signal::Signal;
    /// use rca_index::{Index, SearchRequest};
    ///
    /// # let index = Index::in_memory()?;
    /// let text = "# Queue backlog of orders\n\n## Action Items\n\n- [x] Scale the consumers\n- [ ] Add an alert\n";
    /// index.upsert([parse_report("queue.md", text.to_owned(), &ParseOptions::default()).incident])?;
    /// let signal = Signal::read("backlog of the orders queue");
    /// let seen = index.seen(&signal, &SearchRequest::from_signal(&signal), true)?;
    /// let open: Vec<&str> = seen.hits[0].open_actions().map(|action| action.text.as_str()).collect();
    /// assert_eq!(open, ["Add an alert"]);
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn open_actions(&self) -> impl Iterator<Item = &Action> {
        self.incident.actions.iter().filter(|action| action.done != Some(true))
    }

    /// The runbooks that its report links to.
    ///
    /// # Examples
    /// ```
    /// use rca_index::parse::{ParseOptions, parse_report};
    /// use rca_index::signal::Signal;
    /// use rca_index::{Index, SearchRequest};
    ///
    /// # let index = Index::in_memory()?;
    /// let text = "# Queue backlog of orders\n\nSee [the runbook](https://wiki.example/queues) and [a graph](g.png).\n";
    /// index.upsert([parse_report("queue.md", text.to_owned(), &ParseOptions::default()).incident])?;
    /// let signal = Signal::read("backlog of the orders queue");
    /// let seen = index.seen(&signal, &SearchRequest::from_signal(&signal), true)?;
    /// let runbooks: Vec<&str> = seen.hits[0].runbooks().map(|link| link.target.as_str()).collect();
    /// assert_eq!(runbooks, ["https://wiki.example/queues"]);
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn runbooks(&self) -> impl Iterator<Item = &Link> {
        let names = |text: &str| {
            let text = text.to_lowercase();
            RUNBOOK_NAMES.iter().any(|name| text.contains(name))
        };
        self.incident.links.iter().filter(move |link| names(&link.target) || link.label.as_deref().is_some_and(names))
    }
}

/// What instructions for an alert are called.
const RUNBOOK_NAMES: [&str; 5] = ["runbook", "run-book", "run book", "playbook", "play-book"];

/// Instructions for an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Runbook {
    /// The address, or the target of the link as written.
    pub target: String,
    /// The incident that links to it; `None` if the pasted text names it.
    pub id: Option<String>,
    /// The line, in the report or in the pasted text, counted from 1.
    pub line: u32,
}

/// The incident that is nearest to a text that nothing is like.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Nearest {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// How many of the words it has.
    pub words: usize,
    /// How many words were looked for.
    pub of_words: usize,
}

impl Seen {
    /// At most so many incidents are counted.
    pub const MOST: usize = MAX_SEEN;

    /// What the results of the search for the words of a signal say.
    pub(crate) fn new(signal: &Signal, found: SearchResults, incidents: usize, limit: usize, weak: bool) -> Self {
        let mut hits: Vec<SeenHit> = found.hits.into_iter().filter_map(seen_hit).collect();
        // No hit is called more than the first: where the best score is no more than chance, so are the others.
        let best = hits.first().map_or(Resemblance::Weak, |hit| hit.resemblance);
        hits.iter_mut().for_each(|hit| hit.resemblance = hit.resemblance.max(best));
        // The sort is stable: those of one kind stay in the order of their scores.
        hits.sort_by_key(|hit| hit.resemblance);
        let times_seen = hits.iter().filter(|hit| hit.resemblance == Resemblance::Same).count();
        let like = hits.iter().filter(|hit| hit.resemblance != Resemblance::Weak).count();
        let judgement = match (times_seen, like) {
            (0, 0) => Judgement::Nothing,
            (0, _) => Judgement::Like,
            _ => Judgement::Seen,
        };
        let nearest = hits.first().filter(|_| judgement == Judgement::Nothing).map(|hit| Nearest {
            id: hit.incident.id.clone(),
            title: hit.incident.title.value.clone(),
            words: hit.words.len(),
            of_words: hit.of_words,
        });
        let meant = &hits[..if times_seen > 0 { times_seen } else { like }];
        let mut dates: Vec<Timestamp> =
            meant.iter().filter_map(|hit| Some(hit.incident.date.as_ref()?.value)).collect();
        dates.sort_by_key(|date| date.unix_seconds());
        let fixes_unknown = meant.iter().filter(|hit| hit.fix.is_none()).count();
        let fixes = count_fixes(meant.iter().map(|hit| (hit.incident.id.as_str(), hit.fix.as_ref())));
        hits.retain(|hit| weak || hit.resemblance != Resemblance::Weak);
        hits.truncate(limit);
        Self {
            judgement,
            times_seen,
            first: dates.first().copied(),
            last: dates.last().copied(),
            fixes,
            fixes_unknown,
            dates,
            runbooks: runbooks(signal, &hits),
            hits,
            like,
            nearest,
            incidents,
            interpreted: found.interpreted,
            unknown_values: found.unknown_values,
            cuts: found.cuts,
            failed: found.failed,
            took: found.took,
        }
    }
}

/// The words that a hit has, those that tell the most first; numbers, such as the time of day, tell people little, and are last.
pub(super) fn words_in_common(explanation: &Explanation) -> Vec<String> {
    let mut words: Vec<_> = explanation.words.iter().filter(|word| word.score > 0.0).collect();
    let is_number = |word: &str| !word.contains(char::is_alphabetic);
    words.sort_by(|a, b| is_number(&a.word).cmp(&is_number(&b.word)).then(b.rarity.total_cmp(&a.rarity)));
    words.into_iter().map(|word| word.word.clone()).collect()
}

fn seen_hit(hit: Hit) -> Option<SeenHit> {
    let (likeness, explanation) = (hit.likeness?, hit.explanation?);
    Some(SeenHit {
        resemblance: likeness.resemblance(),
        likeness,
        fix: hit.incident.fix(),
        incident: hit.incident,
        words: words_in_common(&explanation),
        of_words: likeness.asked,
        explanation,
    })
}

/// How often each kind of fix of some incidents occurs, the most frequent first, of equals that of the first incident.
pub(super) fn count_fixes<'f>(incidents: impl IntoIterator<Item = (&'f str, Option<&'f Fix>)>) -> Vec<FixCount> {
    let mut counts: Vec<FixCount> = Vec::new();
    for (id, fix) in incidents {
        let Some(fix) = fix else { continue };
        let id = id.to_owned();
        match counts.iter_mut().find(|count| count.kind == fix.kind) {
            Some(found) => {
                found.count += 1;
                found.ids.push(id);
            }
            None => counts.push(FixCount { kind: fix.kind, count: 1, ids: vec![id] }),
        }
    }
    counts.sort_by_key(|count| (count.kind.is_none(), std::cmp::Reverse(count.count)));
    counts
}

fn runbooks(signal: &Signal, hits: &[SeenHit]) -> Vec<Runbook> {
    let named = signal.runbooks.iter().map(|part| Runbook { target: part.text.clone(), id: None, line: part.line });
    let linked = hits.iter().flat_map(|hit| {
        let runbook =
            |link: &Link| Runbook { target: link.target.clone(), id: Some(hit.incident.id.clone()), line: link.line };
        hit.runbooks().map(runbook)
    });
    let mut runbooks: Vec<Runbook> = Vec::new();
    for runbook in named.chain(linked) {
        if !runbooks.iter().any(|known| known.target == runbook.target) {
            runbooks.push(runbook);
        }
    }
    runbooks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::SectionKind;
    use crate::search::SearchRequest;
    use crate::{Index, Sourced};

    const ALERT: &str = r#"{"status": "firing", "alerts": [{"status": "firing",
        "labels": {"alertname": "KafkaConsumerLagHigh", "service": "orders", "severity": "page"},
        "annotations": {"summary": "consumer lag of the orders topic grows, partition 7 is stuck",
            "runbook_url": "https://wiki.example/runbooks/kafka-lag"}}]}"#;

    fn lag(id: &str, day: i8, resolution: &str) -> Incident {
        let text = format!(
            "# Kafka consumer lag in orders\n\n## Summary\n\nThe consumer lag of the orders topic grew, a partition was stuck.\n\
             \n## Action Items\n\n- [ ] Alert earlier\n- [x] Scale\n\nSee [runbook](https://wiki.example/{id}).\n"
        );
        let mut incident =
            crate::parse::parse_report(&format!("{id}.md"), text, &crate::parse::ParseOptions::default()).incident;
        incident.date = Timestamp::from_day(2025, 3, day).map(Sourced::from);
        if !resolution.is_empty() {
            incident.push_section(SectionKind::Resolution, resolution);
        }
        incident
    }

    fn archive() -> Index {
        let index = Index::in_memory().unwrap();
        let others = (0..40).map(|n| {
            let mut other = Incident::new(format!("o{n}"), format!("Ordinary report {n} of the orders service"));
            other.push_section(SectionKind::Summary, "A disk was full, a certificate expired.");
            other
        });
        let lags = [
            lag("b", 9, "The consumers were scaled to 12."),
            lag("a", 2, "The consumers were scaled to 8."),
            lag("c", 20, ""),
        ];
        index.upsert(lags.into_iter().chain(others)).unwrap();
        index
    }

    fn seen(index: &Index, text: &str, limit: usize, weak: bool) -> Seen {
        let signal = Signal::read(text);
        index.seen(&signal, &SearchRequest::from_signal(&signal).limit(limit), weak).unwrap()
    }

    #[test]
    fn an_alert_that_came_back() {
        let index = archive();
        let seen = seen(&index, ALERT, 2, false);
        assert_eq!((seen.judgement, seen.times_seen, seen.like, seen.hits.len()), (Judgement::Seen, 3, 3, 2));
        let days: Vec<String> = seen.dates.iter().map(ToString::to_string).collect();
        assert_eq!(days, ["2025-03-02", "2025-03-09", "2025-03-20"]);
        assert_eq!((seen.first, seen.last), (seen.dates.first().copied(), seen.dates.last().copied()));
        let [scaled] = &seen.fixes[..] else { panic!("{:?}", seen.fixes) };
        assert_eq!((scaled.kind, scaled.count, seen.fixes_unknown), (Some(FixKind::Scaled), 2, 1));
        assert!(scaled.ids.iter().all(|id| id == "a" || id == "b"), "{scaled:?}");
        let hit = &seen.hits[0];
        assert_eq!(hit.resemblance, Resemblance::Same);
        assert!(hit.words.len() <= hit.of_words && hit.words.iter().any(|word| word == "lag"), "{:?}", hit.words);
        assert_eq!(hit.open_actions().map(|action| &*action.text).collect::<Vec<_>>(), ["Alert earlier"]);
        // The runbook of the text comes first.
        assert_eq!((seen.runbooks.len(), seen.runbooks[0].id.as_deref()), (3, None));
        assert!(seen.runbooks[0].target.ends_with("/kafka-lag") && seen.runbooks[1].id.is_some());
        assert_eq!((seen.nearest, seen.incidents), (None, 43));
    }

    #[test]
    fn nothing_like_it() {
        let index = archive();
        let text = "HAProxy backend of the telephony gateway is down: SIP registrations of the orders service fail";
        let nothing = seen(&index, text, 3, false);
        assert_eq!((nothing.judgement, nothing.times_seen, nothing.hits.len()), (Judgement::Nothing, 0, 0));
        let nearest = nothing.nearest.unwrap();
        assert!(nearest.words >= 1 && nearest.words <= nearest.of_words, "{nearest:?}");
        let weak = seen(&index, text, 3, true);
        assert!(weak.hits.len() == 3 && weak.hits.iter().all(|hit| hit.resemblance == Resemblance::Weak));
        let unheard = seen(&index, "zyzzyva", 3, true);
        assert_eq!((unheard.judgement, unheard.nearest, unheard.hits.len()), (Judgement::Nothing, None, 0));
        assert_eq!(seen(&Index::in_memory().unwrap(), ALERT, 3, true).judgement, Judgement::Nothing);
    }

    #[test]
    fn the_first_report_of_an_archive_is_enough() {
        let index = Index::in_memory().unwrap();
        index.upsert([lag("a", 2, "")]).unwrap();
        assert_ne!(seen(&index, ALERT, 3, false).judgement, Judgement::Nothing);
        let other = seen(&index, "A certificate of the mail gateway expired, TLS handshakes fail", 3, false);
        assert_eq!(other.judgement, Judgement::Nothing);
    }

    #[test]
    fn one_of_many_words_is_not_the_same() {
        let index = archive();
        let text = "kafka broker 3 lost its disk, the controller moved, zookeeper sessions expired, replicas offline";
        assert_eq!(seen(&index, text, 3, false).judgement, Judgement::Nothing);
    }
}
