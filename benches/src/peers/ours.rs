//! rca as a peer: its library, with the index that `rca index` built.

use std::error::Error;
use std::path::Path;

use rca_index::query::parse_filter;
use rca_index::{Facet, Index, SearchRequest};

use crate::peers::{Found, Hit, Mode, Request, Searches};

/// An open index of rca.
pub struct Ours(Index);

impl Ours {
    pub fn open(folder: &Path) -> Result<Self, Box<dyn Error>> {
        Ok(Self(Index::open(folder)?))
    }
}

impl Searches for Ours {
    fn run(&self, request: &Request) -> Result<Found, Box<dyn Error>> {
        let mut search = match request.mode {
            Mode::All => SearchRequest::parse(&request.text)?,
            Mode::Any => SearchRequest::pasted(&request.text)?,
            Mode::Phrase => SearchRequest::parse(&format!("\"{}\"", request.text))?,
            Mode::Prefix => SearchRequest::parse(&format!("{}*", request.text))?,
            Mode::Every => SearchRequest::parse("*")?,
        };
        search = search.limit(request.limit);
        search.snippets = 0;
        if let Some(service) = &request.service {
            search = search.filter(parse_filter("service", service)?);
        }
        if !request.severities.is_empty() {
            search = search.filter(parse_filter("severity", &request.severities.join(","))?);
        }
        if request.facets {
            search = search.facet(Facet::Service).facet(Facet::Severity).facet(Facet::Tag);
        }
        let results = self.0.search_summaries(&search)?;
        let top = results.hits.into_iter().map(|hit| Hit {
            id: hit.incident.id,
            title: hit.incident.title,
            score: f64::from(hit.score),
        });
        let facets = results.facets.into_iter().map(|counts| {
            let most = counts.values.into_iter().take(request.limit);
            (counts.facet.name().to_owned(), most.map(|value| (value.value, value.count as u64)).collect())
        });
        // Of a pasted text, the number of partial matches is known for the listed ones only.
        Ok(Found { hits: results.total as u64, top: top.collect(), facets: facets.collect() })
    }
}
