//! The request: what to search for and what to return.

use crate::error::Result;
use crate::incident::beginning::beginning;
use crate::incident::{DayZone, HouseNames, Incident};
use crate::plan::{AnyVocabulary, Planner, WeightedTexts};
use crate::query::{self, MAX_QUERY_BYTES, Node, NodeKind, Query, QueryOptions, Sort};
use crate::ranking::RERANKED;
use crate::schema::{FacetName, LinkField};
use crate::search::snippet::Passages;
use crate::search::{Show, Snippet};
use crate::signal::{Signal, UnreadReason, is_paste};
use crate::text::Synonyms;
use crate::text::analyzer::Analyzer;

/// What to search for and what to return.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SearchRequest {
    /// The query as typed, or what was read of a pasted text.
    pub text: String,
    /// The parsed query; of a pasted text or a report that is looked for, what incidents must meet besides.
    pub query: Query,
    /// What is looked for by words that count differently, of which any suffices, and not by the words of the query.
    pub weighted: Option<WeightedTexts>,
    /// The maximum number of hits.
    pub limit: usize,
    /// The number of hits to skip.
    pub offset: usize,
    /// The facets to count over all matches.
    pub facets: Vec<FacetName>,
    /// The maximum number of snippets per hit.
    pub snippets: usize,
    /// What front ends show of each hit, and what its JSON form has.
    pub show: Show,
    /// Whether to explain the score of each hit.
    pub explain: bool,
    /// Whether partial matches follow those with all words. Without, a request is strict.
    pub relax: bool,
    /// Whether the text was taken for pasted, so that its syntax did not count.
    pub pasted: bool,
    /// Whether the text was longer than is read of it, and was cut because it is literal or pasted.
    pub cut: bool,
    /// Whether to prefer recent and severe incidents slightly.
    pub preferences: bool,
    /// The current time, in seconds since 1970, UTC, for `date:30d` and the like. `None` means the system's clock.
    pub now: Option<i64>,
    /// The zone of the days that `date:today` or `date:2025-06-02` means. A report is also found by the day that it states,
    /// and by its day in UTC.
    pub zone: DayZone,
}

impl SearchRequest {
    /// A request for the first ten hits of a query in the query language, whatever it looks like;
    /// [`typed_or_pasted`](Self::typed_or_pasted) is for text that people may have pasted.
    ///
    /// # Errors
    /// [`Error::Query`](crate::Error::Query) with every error in the text.
    ///
    /// # Examples
    /// ```
    /// use rca_index::SearchRequest;
    ///
    /// assert!(SearchRequest::parse("queue backlog severity:>=P2 date:2025-06").is_ok());
    /// assert!(SearchRequest::parse("(queue").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Self> {
        Ok(Self::new(text, query::parse(text, &QueryOptions::default())?))
    }

    /// A request for the first ten hits of a text without syntax: every character is literal. Of a text longer than a
    /// query may be, the beginning is searched for, and [`cut`](Self::cut) says so.
    ///
    /// # Errors
    /// [`Error::Query`](crate::Error::Query) if the text has no word.
    ///
    /// # Examples
    /// ```
    /// use rca_index::SearchRequest;
    ///
    /// assert!(SearchRequest::literal("(queue: -1 \"").is_ok());
    /// ```
    pub fn literal(text: &str) -> Result<Self> {
        let start = query_of(text);
        let request = Self::new(start, query::parse(start, &QueryOptions::literal())?);
        Ok(Self { cut: start.len() < text.len(), ..request })
    }

    /// A request for the first ten hits of a text that people typed or pasted: text that [`is_paste`] takes for pasted is
    /// looked for [by its weights](Self::pasted), anything else is in the query language.
    ///
    /// # Errors
    /// [`Error::Query`](crate::Error::Query) with every error in the text.
    ///
    /// # Examples
    /// ```
    /// use rca_index::SearchRequest;
    ///
    /// assert!(SearchRequest::typed_or_pasted("{\"error\": \"queue full\"}")?.pasted);
    /// assert!(!SearchRequest::typed_or_pasted("queue full")?.pasted);
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn typed_or_pasted(text: &str) -> Result<Self> {
        if is_paste(text) { Self::pasted(text) } else { Self::parse(text) }
    }

    /// A request for the first ten incidents like a text that is known to be pasted: that of
    /// [its signal](Self::from_signal), marked as [`pasted`](field@Self::pasted). A text of which a signal has no words, such as
    /// the name of a service alone, is [literal](Self::literal).
    ///
    /// # Errors
    /// [`Error::Query`](crate::Error::Query) if the text has no word.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Incident, Index, SearchRequest};
    ///
    /// # let index = Index::in_memory()?;
    /// index.upsert([Incident::new("OPS-1", "Pool exhausted: checkout timed out"), Incident::new("OPS-2", "Disk full")])?;
    /// let request = SearchRequest::pasted("2026-03-14T02:11:09Z ERROR checkout from the pool failed (severity:high")?;
    /// let found = index.search(&request)?;
    /// assert_eq!(found.hits[0].incident.id, "OPS-1");
    /// assert!(request.pasted && found.interpreted.starts_with("pasted text: "));
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn pasted(text: &str) -> Result<Self> {
        let signal = Signal::read(text);
        let request = Self::from_signal(&signal);
        if request.weighted.as_ref().is_none_or(|texts| texts.texts.is_empty()) {
            return Ok(Self { pasted: true, ..Self::literal(text)? });
        }
        let too_long = signal.unread.iter().find(|unread| unread.reason == UnreadReason::TooLong);
        let end = too_long.map_or(text.len(), |unread| unread.range.start);
        let read = text.get(..end).unwrap_or(text).to_owned();
        Ok(Self { text: read, pasted: true, cut: end < text.len(), ..request })
    }

    /// A request for the first ten incidents like a pasted alert, log or stack trace. Any of its words suffices, those that
    /// say most count most, and a service that it names is preferred. Nothing is corrected.
    ///
    /// # Examples
    /// ```
    /// use rca_index::signal::Signal;
    /// use rca_index::{Incident, Index, SearchRequest};
    ///
    /// # let index = Index::in_memory()?;
    /// index.upsert([Incident::new("OPS-1", "Pool exhausted: checkout timed out"), Incident::new("OPS-2", "Disk full")])?;
    /// let signal = Signal::read("org.acme.PoolTimeoutException: checkout from the pool failed\n\tat org.acme.Pool.get(Pool.java:7)");
    /// let found = index.search(&SearchRequest::from_signal(&signal))?;
    /// assert_eq!(found.hits[0].incident.id, "OPS-1");
    /// assert!(found.hits[0].likeness.is_some_and(|like| like.share > 0.5));
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn from_signal(signal: &Signal) -> Self {
        Self::weighted(WeightedTexts::of_signal(signal))
    }

    /// A request for the first ten incidents like another: any of the words of its text suffices, those that say most count
    /// most, and its services are preferred. The incident itself, by its id, is no hit; it need not be in the index.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Incident, Index, SearchRequest};
    ///
    /// # let index = Index::in_memory()?;
    /// let backlog = Incident::new("OPS-1", "Backlog in the orders queue");
    /// index.upsert([backlog.clone(), Incident::new("OPS-2", "Queue full: orders wait"), Incident::new("OPS-3", "Disk full")])?;
    /// let found = index.search(&SearchRequest::from_incident(&backlog))?;
    /// let ids: Vec<&str> = found.hits.iter().map(|hit| hit.incident.id.as_str()).collect();
    /// assert_eq!(ids, ["OPS-2"]);
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn from_incident(incident: &Incident) -> Self {
        Self::weighted(WeightedTexts::of_report(incident))
    }

    /// The same request for all candidates that are reranked, explained and without snippets.
    pub(crate) fn for_candidates(&self) -> Self {
        Self { limit: RERANKED, offset: 0, snippets: 0, explain: true, ..self.clone() }
    }

    /// A request for the first ten incidents that have any words of some texts, whose words count differently.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Incident, Index, SearchRequest, WeightedTexts};
    ///
    /// # let index = Index::in_memory()?;
    /// index.upsert([Incident::new("OPS-1", "Disk full"), Incident::new("OPS-2", "Queue full of orders")])?;
    /// let texts = WeightedTexts::new([("queue".to_owned(), 3.0), ("disk full".to_owned(), 1.0)], 30);
    /// let found = index.search(&SearchRequest::weighted(texts))?;
    /// assert_eq!((found.hits[0].incident.id.as_str(), found.total_some), ("OPS-2", 2));
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn weighted(texts: WeightedTexts) -> Self {
        Self { weighted: Some(texts), ..Self::default() }
    }

    /// A request for the first ten incidents that link to the one with this id, the newest first; the search fails if there is no
    /// such incident.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Incident, Index, SearchRequest, SectionKind};
    ///
    /// # let index = Index::in_memory()?;
    /// # let mut again = Incident::new("OPS-2", "Queue backlog again");
    /// # again.push_section(SectionKind::Related, "- OPS-1");
    /// # index.upsert([Incident::new("OPS-1", "Queue backlog"), again])?;
    /// let found = index.search_summaries(&SearchRequest::linking_to("OPS-1").limit(3))?;
    /// assert_eq!((found.total, found.hits[0].incident.id.as_str()), (1, "OPS-2"));
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn linking_to(id: &str) -> Self {
        let kind = NodeKind::Links { field: LinkField::Links, names: vec![id.to_owned()] };
        Self::default().filter(Node { kind, span: 0..0 })
    }

    /// A request for the first ten hits of a text that is still being typed: words that start with its last word match
    /// too, and what is half-typed at its end is left out. Pasted text is [what it is elsewhere](Self::pasted).
    ///
    /// # Errors
    /// [`Error::Query`](crate::Error::Query) with every error before the end of the text.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Incident, Index, SearchRequest};
    ///
    /// # let index = Index::in_memory()?;
    /// # index.upsert([Incident::new("OPS-1", "Queue backlog")])?;
    /// assert_eq!(index.search(&SearchRequest::as_you_type("queue back")?)?.total, 1);
    /// // What is half-typed at the end is no error.
    /// assert!(SearchRequest::as_you_type("queue severity:").is_ok());
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn as_you_type(text: &str) -> Result<Self> {
        if is_paste(text) {
            return Self::pasted(text);
        }
        Ok(Self::new(text, query::parse(text, &QueryOptions::as_you_type())?))
    }

    pub(super) fn new(text: &str, query: Query) -> Self {
        Self {
            text: text.to_owned(),
            query,
            weighted: None,
            limit: 10,
            offset: 0,
            facets: Vec::new(),
            snippets: 1,
            show: Show::default(),
            explain: false,
            relax: true,
            pasted: false,
            cut: false,
            preferences: true,
            now: None,
            zone: DayZone::default(),
        }
    }

    /// Adds a condition to the query.
    ///
    /// # Examples
    /// ```
    /// use rca_index::query::parse_filter;
    /// use rca_index::{Incident, Index, SearchRequest};
    ///
    /// # let index = Index::in_memory()?;
    /// let mut queue = Incident::new("OPS-1", "Queue backlog");
    /// queue.services = vec!["orders".into()];
    /// index.upsert([queue, Incident::new("OPS-2", "Queue full")])?;
    /// let request = SearchRequest::parse("queue")?.filter(parse_filter("service", "orders")?);
    /// assert_eq!(index.search(&request)?.total, 1);
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    #[must_use]
    pub fn filter(mut self, condition: Node) -> Self {
        self.query = self.query.and(condition);
        self
    }

    /// Sets the maximum number of hits.
    ///
    /// # Examples
    /// ```
    /// use rca_index::SearchRequest;
    ///
    /// assert_eq!(SearchRequest::parse("queue")?.limit(3).limit, 3);
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    #[must_use]
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = limit;
        self
    }

    /// Sets the number of hits to skip.
    ///
    /// # Examples
    /// ```
    /// use rca_index::SearchRequest;
    ///
    /// // The second page.
    /// assert_eq!(SearchRequest::parse("queue")?.offset(10).offset, 10);
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    #[must_use]
    pub fn offset(mut self, offset: usize) -> Self {
        self.offset = offset;
        self
    }

    /// Counts a facet over all matches: one of the table (`Facet::Service`), or a key of front matter by its name
    /// (`"team"`).
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Facet, SearchRequest};
    ///
    /// let request = SearchRequest::parse("queue")?.facet(Facet::Service).facet("team");
    /// assert_eq!(request.facets.iter().map(|facet| facet.name()).collect::<Vec<_>>(), ["service", "team"]);
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    #[must_use]
    pub fn facet(mut self, facet: impl Into<FacetName>) -> Self {
        self.facets.push(facet.into());
        self
    }

    /// Sets the sort order of hits.
    ///
    /// # Examples
    /// ```
    /// use rca_index::SearchRequest;
    /// use rca_index::query::parse_sort;
    ///
    /// let request = SearchRequest::parse("queue")?.sort(parse_sort("-date")?);
    /// assert!(request.query.sort.is_some_and(|sort| sort.descending));
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    #[must_use]
    pub fn sort(mut self, sort: Sort) -> Self {
        self.query.sort = Some(sort);
        self
    }

    /// Sets what of each hit is shown. Where that is not passages, hits have none.
    ///
    /// # Examples
    /// ```
    /// use rca_index::wire::SearchForm;
    /// use rca_index::{Incident, Index, SearchRequest, SectionKind, Show};
    ///
    /// # let index = Index::in_memory()?;
    /// let mut incident = Incident::new("OPS-1", "Queue backlog");
    /// incident.push_section(SectionKind::Resolution, "The consumers were scaled to 12.");
    /// index.upsert([incident])?;
    /// let request = SearchRequest::parse("queue")?.show(Show::Fix);
    /// let json = serde_json::to_value(SearchForm::new(&request, &index.search(&request)?))?;
    /// assert_eq!(json["hits"][0]["fix"]["text"], "The consumers were scaled to 12.");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn show(mut self, show: Show) -> Self {
        self.snippets = if show == Show::Snippet { self.snippets.max(1) } else { 0 };
        self.show = show;
        self
    }

    /// Returns only incidents with all words.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Incident, Index, SearchRequest};
    ///
    /// # let index = Index::in_memory()?;
    /// # index.upsert([Incident::new("OPS-1", "Queue backlog"), Incident::new("OPS-2", "Disk full")])?;
    /// let request = SearchRequest::parse("queue disk")?;
    /// assert_eq!(index.search(&request)?.hits.len(), 2);
    /// assert_eq!(index.search(&request.strict(true))?.hits.len(), 0);
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.relax = !strict;
        self
    }

    /// Explains the score of each hit.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Incident, Index, SearchRequest};
    ///
    /// # let index = Index::in_memory()?;
    /// # index.upsert([Incident::new("OPS-1", "Queue backlog"), Incident::new("OPS-2", "Disk full")])?;
    /// let found = index.search(&SearchRequest::parse("queue")?.explain(true))?;
    /// let explanation = found.hits[0].explanation.as_ref().expect("it was asked for");
    /// assert_eq!(explanation.words[0].word, "queue");
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    #[must_use]
    pub fn explain(mut self, explain: bool) -> Self {
        self.explain = explain;
        self
    }

    /// The best snippets of an incident for this request, with the built-in synonyms and in English. The incident need
    /// not be in an index.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Incident, SearchRequest, SectionKind};
    ///
    /// let mut incident = Incident::new("OPS-1", "Queue backlog");
    /// incident.push_section(SectionKind::RootCause, "The consumers were too slow.");
    /// let snippets = SearchRequest::parse("slow")?.snippets_of(&incident);
    /// assert_eq!(&snippets[0].text[snippets[0].highlights[0].clone()], "slow");
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn snippets_of(&self, incident: &Incident) -> Vec<Snippet> {
        let (analyzer, synonyms) = (Analyzer::default(), Synonyms::default());
        let planner = Planner {
            analyzer: &analyzer,
            synonyms: &synonyms,
            vocabulary: &AnyVocabulary,
            house: &HouseNames::default(),
            now: 0,
            zone: &self.zone,
        };
        // Planning cannot fail without an index to read.
        let planned = match &self.weighted {
            Some(texts) => planner.plan_weighted(texts, &self.query, 1),
            None => planner.plan(&self.query),
        };
        let Ok(plan) = planned else { return Vec::new() };
        Passages::new(plan.ranked_words().map(|word| (word, word.times as f32)), &analyzer)
            .snippets(&incident.text(), self.snippets)
    }
}

/// As much of a text as a query may have, up to the end of a word.
fn query_of(text: &str) -> &str {
    if text.len() <= MAX_QUERY_BYTES {
        return text;
    }
    let start = beginning(text, MAX_QUERY_BYTES);
    // A word that is cut is another word. A text without a space is kept as it is.
    start.rfind(char::is_whitespace).map_or(start, |at| &start[..at])
}

impl Default for SearchRequest {
    /// A request that matches every incident.
    fn default() -> Self {
        Self::new("", Query::everything())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::MAX_SIGNAL_BYTES;

    #[test]
    fn a_strict_paste_has_all_words() {
        let index = crate::Index::in_memory().unwrap();
        let other = (0..20).map(|n| Incident::new(format!("o{n}"), "A report"));
        let queue = [Incident::new("OPS-1", "Queue full of orders"), Incident::new("OPS-2", "Disk full")];
        index.upsert(queue.into_iter().chain(other)).unwrap();
        let totals = |text: &str, strict| {
            let request = SearchRequest::pasted(text).unwrap().strict(strict).facet("service");
            let found = index.search(&request).unwrap();
            (found.total, found.total_some, found.hits.len(), found.facets.len())
        };
        assert_eq!((totals("queue\nfull", false), totals("queue\nfull", true)), ((0, 2, 2, 1), (1, 0, 1, 1)));
        assert_eq!(totals("disk\nqueue", true), (0, 0, 0, 1));
        // A word that the archive does not know is not looked for.
        assert_eq!(totals("queue\nunheard", true), (1, 0, 1, 1));
        assert_eq!(totals("unheard\nof", true).2, 0);
        assert_eq!(totals("unheard\nof", false).2, 0);
    }

    #[test]
    fn snippets_of_a_paste_show_its_words() {
        let mut incident = Incident::new("OPS-1", "Queue backlog");
        incident.push_section(crate::SectionKind::RootCause, "It was late. The consumers were too slow.");
        let request = SearchRequest::pasted("ERROR the consumers\n  at acme.Slow.run(Slow.java:7)").unwrap();
        let snippets = request.snippets_of(&incident);
        let shown = |snippet: &Snippet| snippet.text[snippet.highlights[0].clone()].to_owned();
        assert_eq!(snippets.iter().map(shown).collect::<Vec<_>>(), ["consumers"]);
    }

    #[test]
    fn pasted_text_has_no_syntax() {
        let pasted = SearchRequest::typed_or_pasted("{\"severity:critical\"} rm -rf \"a b\" (timeout -INF\n").unwrap();
        assert!(pasted.pasted && !pasted.cut);
        let typed = |text: &str| SearchRequest::parse(text).unwrap().query;
        let signal = SearchRequest::from_signal(&Signal::read(&pasted.text));
        assert_eq!((&pasted.query, &pasted.weighted), (&Query::everything(), &signal.weighted));
        let half_typed = SearchRequest::as_you_type(&pasted.text).unwrap();
        assert!(half_typed.pasted && half_typed.weighted == pasted.weighted);
        // A service alone is no text of a signal.
        let service = SearchRequest::typed_or_pasted("{\"service\": \"orders\"}").unwrap();
        assert!(service.pasted && service.weighted.is_none() && service.query.to_string().contains("orders"));
        assert!(SearchRequest::pasted("{\n}").is_err(), "no word");
        let query = SearchRequest::typed_or_pasted("severity:critical -rf").unwrap();
        assert!(!query.pasted && query.query == typed("severity:critical -rf"));
        assert!(SearchRequest::typed_or_pasted("(queue").is_err());
    }

    #[test]
    fn long_literal_text_is_cut_and_says_so() {
        let long = "queue backlog é ".repeat(2_000);
        let request = SearchRequest::literal(&long).unwrap();
        let text = request.text.len();
        assert!(request.cut && text <= MAX_QUERY_BYTES && text > MAX_QUERY_BYTES - 10, "{text}");
        assert!(request.text.ends_with("queue") || request.text.ends_with("backlog") || request.text.ends_with('é'));
        // Of what is pasted, a signal reads more.
        let pasted = |text: &str| SearchRequest::typed_or_pasted(text).unwrap();
        let whole = format!("{long}\nlag");
        assert!(!pasted(&whole).cut && pasted(&whole).text == whole);
        let page = pasted(&format!("lag\n{}", "é".repeat(MAX_SIGNAL_BYTES)));
        assert!(page.cut && page.text.len() <= MAX_SIGNAL_BYTES && page.text.len() > MAX_SIGNAL_BYTES - 10);
        assert!(!SearchRequest::literal("queue").unwrap().cut);
        assert!(SearchRequest::literal(&"é".repeat(MAX_QUERY_BYTES)).unwrap().cut, "without a space");
        assert!(SearchRequest::parse(&long).is_err(), "a query is not cut");
    }
}
