//! Titles: incidents whose title has some words in a row.
//!
//! In: words and an engine. Out: ids.

use crate::engine::Engine;
use crate::error::Result;
use crate::query::{Node, NodeKind, Query, Text};
use crate::schema::TextField;
use crate::search::{SearchRequest, search};
use crate::text::row::Row;

/// How many incidents are looked at: whoever names an incident by words that more titles have needs a search.
const MOST: usize = 100;

/// The ids of incidents whose title has these words in a row, sorted.
pub(crate) fn titled(engine: &Engine, row: &Row) -> Result<Vec<String>> {
    let word = |word: &str| {
        let kind = NodeKind::Text { field: Some(TextField::Title), text: Text::Word(word.to_owned()) };
        Node { kind, span: 0..0 }
    };
    let root = Node::and(row.words().map(word).collect(), 0..0);
    let mut request = SearchRequest::new("", Query { root, sort: None }).limit(MOST).strict(true);
    (request.snippets, request.preferences) = (0, false);
    let hits = search(engine, &request)?.hits.into_iter();
    let mut ids: Vec<String> =
        hits.filter(|hit| row.is_in(&hit.incident.title.value)).map(|hit| hit.incident.id).collect();
    ids.sort();
    Ok(ids)
}
