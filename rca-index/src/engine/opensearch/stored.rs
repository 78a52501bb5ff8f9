//! Stored documents: what restores an incident from the answer of a cluster.
//!
//! In: a hit of an answer. Out: the incident, its summary, its texts. What a stranger's cluster answers may be anything: what cannot
//! be read is damage.

use serde::Deserialize;

use crate::engine::opensearch::document::Store;
use crate::incident::{Incident, Summary, Text};
use crate::parse::{ParseOptions, parse_report, read_text, visible_text};

/// The fields that are asked for.
pub(super) const STORED: [&str; 3] = ["id", "path", "store"];

/// What a cluster stores of an incident.
#[derive(Debug, Deserialize)]
pub(super) struct Stored {
    pub(super) id: String,
    #[serde(default)]
    path: String,
    store: Store,
}

impl Stored {
    /// The incident; its report is parsed.
    pub(super) fn incident(&self, options: &ParseOptions) -> Incident {
        let incident = parse_report(&self.path, self.store.source.clone(), options).incident;
        Incident { id: self.id.clone(), ..incident }
    }

    /// The summary; `None` if it cannot be read.
    pub(super) fn summary(&self) -> Option<Summary> {
        Some(Summary { id: self.id.clone(), path: self.path.clone(), ..self.store.summary()? })
    }

    /// The text in sections; no facts are read.
    pub(super) fn text(&self, options: &ParseOptions) -> Text<'static> {
        read_text(self.store.source.clone(), options)
    }

    /// The title, and the text as a reader sees it.
    pub(super) fn texts(&self) -> [String; 2] {
        [self.store.title.clone(), visible_text(&self.store.source)]
    }

    /// The text and the summary.
    pub(super) fn report(&self) -> Option<(String, Summary)> {
        Some((self.store.source.clone(), self.summary()?))
    }
}
