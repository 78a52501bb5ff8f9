//! Keys: decides what a `key:value` of a query means in this index: a filter, or the text that was typed; and which incidents
//! `links:name` means.
//!
//! In: a query, and a vocabulary that knows the keys and ids of the index. Out: the same query, in which every key that is left
//! is one that the index has, or matches nothing, and every name is an id.

use std::borrow::Cow;

use crate::error::{QueryError, QueryErrorKind, Result};
use crate::incident::OwnField;
use crate::plan::{Condition, Vocabulary};
use crate::query::{KeyTest, Node, NodeKind, Otherwise, Query};

/// The query as this index understands it.
pub(super) fn resolve<'q>(query: &'q Query, vocabulary: &dyn Vocabulary) -> Result<Cow<'q, Query>> {
    if !asks_the_index(&query.root) {
        return Ok(Cow::Borrowed(query));
    }
    Ok(Cow::Owned(Query { root: resolved(&query.root, vocabulary)?, sort: query.sort }))
}

fn asks_the_index(node: &Node) -> bool {
    match &node.kind {
        NodeKind::Key { .. } | NodeKind::Links { .. } => true,
        NodeKind::And(parts) | NodeKind::Or(parts) => parts.iter().any(asks_the_index),
        NodeKind::Not(inner) => asks_the_index(inner),
        _ => false,
    }
}

fn resolved(node: &Node, vocabulary: &dyn Vocabulary) -> Result<Node> {
    let span = node.span.clone();
    let all = |parts: &[Node]| parts.iter().map(|part| resolved(part, vocabulary)).collect::<Result<Vec<_>>>();
    Ok(match &node.kind {
        NodeKind::And(parts) => {
            let mut flat = Vec::with_capacity(parts.len());
            for part in all(parts)? {
                match part.kind {
                    NodeKind::And(inner) => flat.extend(inner),
                    kind => flat.push(Node { kind, span: part.span }),
                }
            }
            Node { kind: NodeKind::And(flat), span }
        }
        NodeKind::Or(parts) => Node { kind: NodeKind::Or(all(parts)?), span },
        NodeKind::Not(inner) => Node { kind: NodeKind::Not(Box::new(resolved(inner, vocabulary)?)), span },
        NodeKind::Key { key, test, typed, otherwise } => {
            if vocabulary.has_key(key)? {
                let (test, otherwise) = (settled(key, test, vocabulary, node)?, Otherwise::Nothing);
                return Ok(Node {
                    kind: NodeKind::Key { key: key.clone(), test, typed: typed.clone(), otherwise },
                    span,
                });
            }
            match otherwise {
                Otherwise::Node(other) => other.as_ref().clone(),
                Otherwise::Nothing => node.clone(),
                Otherwise::Error(kind) => return Err(QueryError::new(span, kind.clone()).into()),
            }
        }
        NodeKind::Links { field, names } => {
            let ids = names.iter().map(|name| id_named(name, vocabulary, node)).collect::<Result<Vec<_>>>()?;
            Node { kind: NodeKind::Links { field: *field, names: ids }, span }
        }
        _ => node.clone(),
    })
}

/// The id that a name in a query means.
fn id_named(name: &str, vocabulary: &dyn Vocabulary, node: &Node) -> Result<String> {
    /// So many ids that a name may mean are told.
    const TOLD: usize = 5;
    let mut ids = vocabulary.ids_named(name)?;
    if ids.len() == 1 {
        return Ok(ids.remove(0));
    }
    let (name, of) = (name.to_owned(), ids.len());
    ids.truncate(TOLD);
    Err(QueryError::new(node.span.clone(), QueryErrorKind::UnknownReport { name, ids, of }).into())
}

/// What is asked of a key that the index has. A date that is no value of the key itself stands for its days.
fn settled(key: &str, test: &KeyTest, vocabulary: &dyn Vocabulary, node: &Node) -> Result<KeyTest> {
    match test {
        KeyTest::Invalid(kind) => return Err(QueryError::new(node.span.clone(), kind.clone()).into()),
        KeyTest::Values { values, period: Some(period) } => {
            if let [value] = &values[..]
                && !vocabulary.has_value(key, &OwnField::folded(value))?
            {
                return Ok(KeyTest::Range(period.clone()));
            }
        }
        _ => {}
    }
    Ok(test.clone())
}

/// The condition of a key that was resolved.
pub(super) fn condition(key: &str, test: &KeyTest) -> Option<Condition> {
    let key = key.to_owned();
    Some(match test {
        KeyTest::Values { values, .. } => {
            Condition::Key { key, values: values.iter().map(|value| OwnField::folded(value)).collect() }
        }
        KeyTest::Range(range) => Condition::KeyRange { key, range: range.clone() },
        KeyTest::Present(present) => Condition::HasKey { key, present: *present },
        KeyTest::Invalid(_) => return None,
    })
}
