//! Values of facets: lists, the start of a value, and ranges of severities.
//!
//! In: the text of a value. Out: a condition, or an error.

use crate::error::QueryErrorKind;
use crate::incident::Severity;
use crate::query::ast::{Comparison, Node, NodeKind, Span};
use crate::query::key::{is_value, listed};
use crate::query::unsupported::unsupported;
use crate::query::values::comparison;
use crate::schema::Facet;

/// `a,b*`: any of these values, or of those with these prefixes.
pub(super) fn facet_condition(facet: Facet, name: &str, value: &str, span: &Span) -> Result<NodeKind, QueryErrorKind> {
    let mut values = Vec::new();
    let mut nodes = Vec::new();
    for (text, quoted) in listed(value) {
        if !quoted && let Some(kind) = unsupported(&text) {
            return Err(kind);
        }
        match text.strip_suffix('*').filter(|_| !quoted) {
            Some(_) if facet == Facet::Severity => return Err(QueryErrorKind::NotASeverity(text)),
            Some(prefix) => {
                let kind = NodeKind::FacetPrefix { facet, prefix: prefix.to_owned() };
                nodes.push(Node { kind, span: span.clone() });
            }
            None => values.push(text),
        }
    }
    if nodes.is_empty() {
        return match &values[..] {
            [] => Err(QueryErrorKind::MissingValue(name.to_owned())),
            // Commas or quotes around a comparison do not change it.
            [only] if facet == Facet::Severity && comparison(only).is_some() => severity_range(only, span),
            _ => Ok(NodeKind::Facet { facet, values }),
        };
    }
    if !values.is_empty() {
        nodes.insert(0, Node { kind: NodeKind::Facet { facet, values }, span: span.clone() });
    }
    Ok(Node::or(nodes, span.clone()).kind)
}

/// `>=P1`: P1 or worse. `P1..P3`: both ends inclusive. Labels that only the settings of an archive know are ordered as
/// typed, the worse first.
pub(super) fn severity_range(value: &str, span: &Span) -> Result<NodeKind, QueryErrorKind> {
    let node = |comparison, name: &str| match Severity::parse(name) {
        None if !is_value(name) => Err(QueryErrorKind::NotASeverity(name.to_owned())),
        _ => Ok(NodeKind::SeverityRank { comparison, name: name.to_owned() }),
    };
    if let Some((comparison, name)) = comparison(value) {
        return node(comparison, name);
    }
    let (a, b) = value.split_once("..").unwrap_or((value, value));
    let rank = |name: &str| Severity::parse(name).and_then(|severity| severity.rank);
    let (worse, milder) = match (rank(a), rank(b)) {
        (Some(first), Some(second)) if first > second => (b, a),
        _ => (a, b),
    };
    let leaf = |kind| Node { kind, span: span.clone() };
    let worst = node(Comparison::LessOrEqual, worse)?;
    let mildest = node(Comparison::GreaterOrEqual, milder)?;
    Ok(NodeKind::And(vec![leaf(mildest), leaf(worst)]))
}
