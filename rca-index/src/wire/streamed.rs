//! The result of a search as one JSON document, whose hits are written as they are made.
//!
//! In: results and an iterator of hits. Out: what `SearchForm` writes; no more than one hit is held.

use std::cell::Cell;
use std::collections::BTreeMap;

use serde::ser::{Error as _, SerializeSeq as _};
use serde::{Serialize, Serializer};

use crate::error::{Error, Result};
use crate::search::{Hit, SearchRequest, SearchResults, Show};
use crate::wire::{FacetForm, Fields, HitForm, LinkLookup, SearchSummaryForm, facets};

/// The result of a search, its hits written as they are taken from an iterator: the document is that of
/// [`SearchForm`](super::SearchForm). It can be serialized once.
#[derive(Serialize)]
pub struct StreamedSearchForm<'a> {
    #[serde(flatten)]
    summary: SearchSummaryForm<'a>,
    hits: Streamed<'a>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    facets: BTreeMap<&'a str, Vec<FacetForm<'a>>>,
}

/// Hits, each with all fields or with those chosen.
struct Streamed<'a> {
    hits: Cell<Option<&'a mut dyn Iterator<Item = Result<Hit>>>>,
    root: Option<&'a str>,
    show: Show,
    chosen: Option<Chosen<'a>>,
    failure: Cell<Option<Error>>,
}

/// The fields that are asked for, and who knows of the links among them.
type Chosen<'a> = (&'a Fields, &'a dyn LinkLookup);

impl<'a> StreamedSearchForm<'a> {
    /// The JSON form of search results and of the hits that follow.
    ///
    /// # Examples
    /// ```
    /// use rca_index::wire::StreamedSearchForm;
    /// use rca_index::{Incident, Index, SearchRequest};
    ///
    /// # let index = Index::in_memory()?;
    /// # index.upsert([Incident::new("OPS-1", "Queue backlog")])?;
    /// let request = SearchRequest::parse("queue")?.limit(100_000);
    /// let (found, mut hits) = index.search_hits(&request)?;
    /// let mut out = Vec::new();
    /// serde_json::to_writer(&mut out, &StreamedSearchForm::new(&request, &found, &mut hits))?;
    /// let json: serde_json::Value = serde_json::from_slice(&out)?;
    /// assert_eq!((&json["total"], &json["hits"][0]["id"]), (&1.into(), &"OPS-1".into()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(
        request: &'a SearchRequest,
        results: &'a SearchResults,
        hits: &'a mut dyn Iterator<Item = Result<Hit>>,
    ) -> Self {
        let hits = Cell::new(Some(hits));
        Self {
            summary: SearchSummaryForm::new(request, results),
            hits: Streamed { hits, root: None, show: request.show, chosen: None, failure: Cell::new(None) },
            facets: facets(&results.facets),
        }
    }

    /// The same with the folder that the paths are in.
    ///
    /// # Examples
    /// ```
    /// use rca_index::wire::StreamedSearchForm;
    /// use rca_index::{Index, SearchRequest};
    ///
    /// # let index = Index::in_memory()?;
    /// let request = SearchRequest::parse("queue")?;
    /// let (found, mut hits) = index.search_hits(&request)?;
    /// let form = StreamedSearchForm::new(&request, &found, &mut hits).root("/reports");
    /// assert_eq!(serde_json::to_value(form)?["root"], "/reports");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn root(self, root: &'a str) -> Self {
        Self { summary: self.summary.root(root), hits: Streamed { root: Some(root), ..self.hits }, ..self }
    }

    /// The same with these fields of each hit only. The index knows where links lead.
    ///
    /// # Examples
    /// ```
    /// use rca_index::wire::{Fields, NoLinks, StreamedSearchForm};
    /// use rca_index::{Incident, Index, SearchRequest};
    ///
    /// # let index = Index::in_memory()?;
    /// # index.upsert([Incident::new("OPS-1", "Queue backlog")])?;
    /// let (request, fields) = (SearchRequest::parse("queue")?, Fields::of_hits("id").unwrap());
    /// let (found, mut hits) = index.search_hits(&request)?;
    /// let form = StreamedSearchForm::new(&request, &found, &mut hits).fields(&fields, &NoLinks);
    /// assert_eq!(serde_json::to_value(form)?["hits"], serde_json::json!([{"id": "OPS-1"}]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn fields(self, fields: &'a Fields, lookup: &'a dyn LinkLookup) -> Self {
        Self { hits: Streamed { chosen: Some((fields, lookup)), ..self.hits }, ..self }
    }

    /// Why a hit could not be made, if that is why the document ends before its end.
    ///
    /// # Examples
    /// ```
    /// use rca_index::wire::StreamedSearchForm;
    /// use rca_index::{Error, Index, SearchRequest};
    ///
    /// # let index = Index::in_memory()?;
    /// let (request, found) = (SearchRequest::default(), index.search(&SearchRequest::default())?);
    /// let mut hits = std::iter::once(Err(Error::IndexNotFound("reports/.rca".into())));
    /// let form = StreamedSearchForm::new(&request, &found, &mut hits);
    /// assert!(serde_json::to_string(&form).is_err());
    /// assert!(matches!(form.failure(), Some(Error::IndexNotFound(_))));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn failure(self) -> Option<Error> {
        self.hits.failure.take()
    }
}

impl std::fmt::Debug for StreamedSearchForm<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StreamedSearchForm").field("summary", &self.summary).finish_non_exhaustive()
    }
}

impl Serialize for Streamed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        for hit in self.hits.take().into_iter().flatten() {
            let hit = hit.map_err(|error| {
                let reason = S::Error::custom(&error);
                self.failure.set(Some(error));
                reason
            })?;
            match self.chosen {
                Some((fields, lookup)) => list.serialize_element(&fields.of_hit(&hit, self.root, lookup))?,
                None => list.serialize_element(&HitForm::new(&hit).shown(&hit, self.show))?,
            }
        }
        list.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::SearchForm;
    use crate::{Facet, Incident, Index};

    #[test]
    fn the_document_is_that_of_the_whole_form() {
        let index = Index::in_memory().unwrap();
        let incident = |n: usize| {
            let mut incident = Incident::new(format!("a/{n}"), format!("Disk \u{202e}full {n}"));
            incident.services = vec!["log-store".to_owned()];
            incident
        };
        index.upsert((0..100).map(incident)).unwrap();
        for (query, limit) in [("disk", 1000), ("disk", 0), ("disk", 1), ("nothing", 10), ("disk queue", 70)] {
            let request = SearchRequest::parse(query).unwrap().limit(limit).facet(Facet::Service).explain(true);
            let mut whole = index.search(&request).unwrap();
            let (found, mut hits) = index.search_hits(&request).unwrap();
            // A search that follows another one reads less.
            (whole.work, whole.took) = (found.work, found.took);
            let streamed = StreamedSearchForm::new(&request, &found, &mut hits).root("/r");
            let streamed = serde_json::to_string_pretty(&streamed).unwrap();
            let whole = SearchForm::new(&request, &whole).root("/r");
            assert_eq!(streamed, serde_json::to_string_pretty(&whole).unwrap(), "{query} {limit}");
        }
    }

    #[test]
    fn no_hit_is_taken_before_it_is_written() {
        use std::cell::RefCell;
        use std::io::Write;

        /// Notes the number of bytes that were written before each hit was taken.
        struct Counted<'a>(&'a RefCell<usize>);
        impl Write for Counted<'_> {
            fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
                *self.0.borrow_mut() += bytes.len();
                Ok(bytes.len())
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let index = Index::in_memory().unwrap();
        index.upsert((0..5).map(|n| Incident::new(format!("{n}"), "Disk full"))).unwrap();
        let (request, written) = (SearchRequest::parse("disk").unwrap(), RefCell::new(0));
        let (found, hits) = index.search_hits(&request).unwrap();
        let mut before: Vec<usize> = Vec::new();
        let mut hits = hits.inspect(|_| before.push(*written.borrow()));
        serde_json::to_writer(Counted(&written), &StreamedSearchForm::new(&request, &found, &mut hits)).unwrap();
        drop(hits);
        assert!(before.len() == 5 && before.windows(2).all(|pair| pair[1] > pair[0] + 50), "{before:?}");
    }
}
