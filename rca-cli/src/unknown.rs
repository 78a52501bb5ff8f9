//! Unknown values: what a query that finds nothing names and no incident has, and what may have been meant.

use rca_index::query::{Node, NodeKind, Query};
use rca_index::{Facet, Index, Result, SearchRequest};

/// One sentence for each value of a facet that the query asks for and no incident has.
pub(crate) fn unknown_values(index: &Index, query: &Query) -> Result<Vec<String>> {
    let mut asked = Vec::new();
    collect(&query.root, &mut asked);
    let mut sentences = Vec::new();
    for (facet, value) in asked {
        let kind = NodeKind::Facet { facet, values: vec![value.clone()] };
        let request = SearchRequest::parse("*")?.limit(0);
        if index.search(&request.clone().filter(Node { kind, span: 0..0 }))?.total > 0 {
            continue;
        }
        let counts = index.search(&request.facet(facet))?.facets;
        let known: Vec<&str> = counts.iter().flat_map(|counts| &counts.values).map(|v| v.value.as_str()).collect();
        let fix = match nearest(&facet.value(&value), &known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("`rca facets {}` lists what there is", facet.name()),
        };
        sentences.push(format!("no incident has the {} `{value}`; {fix}", facet.name()));
    }
    Ok(sentences)
}

/// The values of facets that an incident must have, or may: not those that it must not.
fn collect(node: &Node, asked: &mut Vec<(Facet, String)>) {
    match &node.kind {
        NodeKind::Facet { facet, values } => asked.extend(values.iter().map(|value| (*facet, value.clone()))),
        NodeKind::And(parts) | NodeKind::Or(parts) => parts.iter().for_each(|part| collect(part, asked)),
        _ => {}
    }
}

/// The known value that is a few letters away, else the first that holds the value: `billing` for `billing-api`.
fn nearest<'a>(value: &str, known: &[&'a str]) -> Option<&'a str> {
    let edits = |known: &'a str| (strsim::damerau_levenshtein(value, known), known);
    let near = known.iter().copied().map(edits);
    let near = near.filter(|(edits, known)| edits * 3 <= known.chars().count().min(12)).min();
    let holds = || known.iter().copied().find(|known| value.chars().count() >= 3 && known.contains(value));
    near.map(|(_, known)| known).or_else(holds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_near_or_longer() {
        let known = ["billing-api", "order-service", "db"];
        let nearest = |value| nearest(value, &known);
        assert_eq!(nearest("biling-api"), Some("billing-api"));
        assert_eq!(nearest("order"), Some("order-service"));
        assert_eq!(nearest("dc"), None);
        assert_eq!(nearest("warehouse"), None);
    }
}
