//! The results of a search, as plain data.

use std::ops::Range;
use std::time::Duration;

use crate::incident::{FailedCount, Incident, SectionKind, Summary};
use crate::ranking::{LIKE_EVIDENCE, SAME_EVIDENCE};
use crate::schema::FacetName;
use crate::search::{Cut, Explanation, SearchWork, UnknownValue};

/// The results of a search: of [`Index::search`](crate::Index::search) with whole incidents, of
/// [`Index::search_summaries`](crate::Index::search_summaries) with summaries.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SearchResults<T = Incident> {
    /// The number of incidents with all words.
    pub total: usize,
    /// The number of the others in the list of hits: incidents with some of the words. None for a single word, another
    /// sort order than by relevance, or a strict request.
    pub total_some: usize,
    /// Whether no incident has all words, so that all hits are partial matches.
    pub relaxed: bool,
    /// The interpreted query in the query language: with synonyms and corrections, without stop words. Behind `pasted
    /// text: ` if the text was taken for pasted, so that its syntax did not count.
    pub interpreted: String,
    /// Words that occur in no incident, and their corrections.
    pub suggestions: Vec<Suggestion>,
    /// Facet values in the query that no incident has; only computed if nothing matches.
    pub unknown_values: Vec<UnknownValue>,
    /// What of the query was not looked for, because it asks for more than a search does. Ordinary queries are not cut.
    pub cuts: Vec<Cut>,
    /// The hits, best first: incidents with all words, then those with some.
    pub hits: Vec<Hit<T>>,
    /// The counts of the requested facets, in the order of the request, over the incidents with all words, or over those
    /// with some if no incident has all.
    pub facets: Vec<FacetCounts>,
    /// What the last update could not take in, so that nobody finds it.
    pub failed: FailedCount,
    /// What the search read. Where hits are made as they are taken, the reports of the later ones are not among it.
    pub work: SearchWork,
    /// The duration of the search.
    pub took: Duration,
}

/// A word that occurs in no incident.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Suggestion {
    /// The word as typed, in lower case.
    pub typed: String,
    /// Corrections: similar words that occur in incidents, the most frequent first.
    pub meant: Vec<String>,
}

/// Which of the words of a query a hit has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Match {
    /// All of them.
    All,
    /// Some of them: a partial match.
    Some,
}

impl Match {
    /// The name: `all` or `some`.
    ///
    /// # Examples
    /// ```
    /// use rca_index::Match;
    ///
    /// assert_eq!((Match::All.name(), Match::Some.name()), ("all", "some"));
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Some => "some",
        }
    }
}

/// A hit: an incident, or what a [`Summary`](crate::Summary) has of it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Hit<T = Incident> {
    /// Whether it has all words of the query or some.
    pub matched: Match,
    /// The incident, its services in the spelling that most incidents of the index use.
    pub incident: T,
    /// The score; higher is better. Only comparable within one result.
    pub score: f32,
    /// The best snippets, best first; none in a search for summaries.
    pub snippets: Vec<Snippet>,
    /// How much like a pasted text or another report it is; `None` for a query in words, and for hits that were not reranked.
    pub likeness: Option<Likeness>,
    /// How the score was computed; `None` unless requested, and for hits that were not reranked.
    pub explanation: Option<Explanation>,
}

impl From<Hit> for Hit<Summary> {
    fn from(hit: Hit) -> Self {
        let Hit { matched, incident, score, snippets, likeness, explanation } = hit;
        Self { matched, incident: Summary::from(&incident), score, snippets, likeness, explanation }
    }
}

/// How much an incident is like a pasted text: the numbers that tell a real match from the best of none.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Likeness {
    /// The weight of the words that it has, as a share of that of all words that the archive knows: from 0 to 1.
    pub share: f32,
    /// How far its score is from the mean of all incidents, in standard deviations of their scores. An incident with none of the
    /// words has the score 0; scores are those of the first pass.
    pub z: f32,
    /// The weight of the words that the archive knows, as a share of that of all that the text says: from 0 to 1. What no
    /// incident has is as telling as what this one lacks.
    pub known: f32,
    /// How many words of the text were asked for, those that no incident has among them.
    pub asked: usize,
    /// How much all of this says that the incident is like the text; see [`Resemblance`].
    pub evidence: f32,
}

impl Likeness {
    /// What the evidence amounts to.
    ///
    /// # Examples
    /// ```
    /// use rca_index::signal::Signal;
    /// use rca_index::{Incident, Index, Resemblance, SearchRequest};
    ///
    /// let index = Index::in_memory()?;
    /// let titles = ["Orders queue backlog: slow consumers", "Disk full", "Certificate expired", "Cache cold"];
    /// index.upsert(titles.iter().enumerate().map(|(n, title)| Incident::new(format!("OPS-{n}"), *title)))?;
    /// let signal = Signal::read("backlog in the orders queue, slow consumers");
    /// let found = index.search(&SearchRequest::from_signal(&signal))?;
    /// assert_eq!(found.hits[0].likeness.map(|likeness| likeness.resemblance()), Some(Resemblance::Same));
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn resemblance(self) -> Resemblance {
        match self.evidence {
            evidence if evidence >= SAME_EVIDENCE => Resemblance::Same,
            evidence if evidence >= LIKE_EVIDENCE => Resemblance::Like,
            _ => Resemblance::Weak,
        }
    }
}

/// How much an incident resembles a pasted text, the most first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resemblance {
    /// It is the same again.
    Same,
    /// It is like it.
    Like,
    /// No more than any text has with some incident by chance.
    Weak,
}

impl Resemblance {
    /// The name: `same`, `like` or `weak`.
    ///
    /// # Examples
    /// ```
    /// use rca_index::Resemblance;
    ///
    /// assert_eq!(Resemblance::Same.name(), "same");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Like => "like",
            Self::Weak => "weak",
        }
    }
}

/// A snippet: a passage of a report that matches the query.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Snippet {
    /// The section of the passage.
    pub section: SectionKind,
    /// The line in the report where it starts, counted from 1.
    pub line: u32,
    /// The text: prose on one line, code and rows of tables on lines of their own.
    pub text: String,
    /// Byte ranges of `text` that match the query, in order, not overlapping.
    pub highlights: Vec<Range<usize>>,
}

/// How many matches have each value of a facet.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FacetCounts {
    /// The facet, or the key.
    pub facet: FacetName,
    /// The values, the most frequent first, then by name.
    pub values: Vec<FacetCount>,
}

/// One value of a facet.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FacetCount {
    /// The value, as accepted by filters.
    pub value: String,
    /// The number of matching incidents that have it.
    pub count: usize,
}
