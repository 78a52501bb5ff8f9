//! Searches in an open index.

use std::collections::HashSet;
use std::error::Error;
use std::path::Path;

use seekstorm::index::{IndexArc, open_index};
use seekstorm::search::{FacetFilter, QueryFacet, QueryRewriting, QueryType, ResultType, Search, SearchMode};
use tokio::runtime::Runtime;

use crate::{Found, Hit, Request};

/// The names of the facets in the protocol and in the index.
const FACETS: [(&str, &str); 3] = [("service", "services"), ("severity", "severity"), ("tag", "tags")];

pub struct Searches {
    runtime: Runtime,
    index: IndexArc,
    /// The stored fields that are returned.
    loaded: HashSet<String>,
}

impl Searches {
    pub fn open(folder: &Path) -> Result<Self, Box<dyn Error>> {
        let runtime = Runtime::new()?;
        let index = runtime.block_on(open_index(folder))?;
        Ok(Self { runtime, index, loaded: ["id", "title"].map(String::from).into() })
    }

    pub fn run(&self, request: &Request) -> Result<Found, Box<dyn Error>> {
        let kind = match request.mode.as_str() {
            "all" | "every" => QueryType::Intersection,
            "any" => QueryType::Union,
            "phrase" => QueryType::Phrase,
            unknown => return Err(format!("unknown mode: {unknown}").into()),
        };
        // Punctuation is syntax to SeekStorm: what is asked for are words.
        let words: Vec<&str> =
            request.text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        self.runtime.block_on(async {
            let found = self.index.search(
                words.join(" "),
                None,
                kind,
                SearchMode::Lexical,
                request.mode == "every",
                0,
                request.limit,
                ResultType::TopkCount,
                false,
                Vec::new(),
                facets(request),
                filters(request),
                Vec::new(),
                QueryRewriting::SearchOnly,
            );
            let found = found.await;
            let index = self.index.read().await;
            let mut all = Found { hits: found.result_count_total, ..Found::default() };
            for result in &found.results {
                let document = index.get_document(result.doc_id, false, &None, &self.loaded, &Vec::new()).await?;
                let text = |field: &str| document.get(field).and_then(|v| v.as_str()).unwrap_or_default().to_owned();
                all.top.push(Hit { id: text("id"), title: text("title"), score: result.score });
            }
            for (name, field) in FACETS {
                if let Some(counts) = found.facets.get(field) {
                    all.facets.insert(name.to_owned(), counts.iter().cloned().collect());
                }
            }
            Ok(all)
        })
    }
}

fn facets(request: &Request) -> Vec<QueryFacet> {
    if !request.facets {
        return Vec::new();
    }
    let length = request.limit as u16;
    let facet = |(name, field): (&str, &str)| {
        let (field, prefix) = (field.to_owned(), String::new());
        match name {
            "severity" => QueryFacet::String16 { field, prefix, length },
            _ => QueryFacet::StringSet16 { field, prefix, length },
        }
    };
    FACETS.map(facet).into()
}

fn filters(request: &Request) -> Vec<FacetFilter> {
    let service = request.service.iter();
    let service =
        service.map(|name| FacetFilter::StringSet16 { field: "services".to_owned(), filter: vec![name.clone()] });
    let severity = (!request.severities.is_empty())
        .then(|| FacetFilter::String16 { field: "severity".to_owned(), filter: request.severities.clone() });
    service.chain(severity).collect()
}
