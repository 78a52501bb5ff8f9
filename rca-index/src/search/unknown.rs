//! Unknown values: what a query asks of a facet that no incident has, and what may have been meant.

use crate::engine::{Collect, Order, Snapshot};
use crate::error::Result;
use crate::plan::{Clause, Condition, Needed, Plan};
use crate::query::{Node, NodeKind};
use crate::schema::Facet;

/// A value of a facet that a query asks for and no incident has.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownValue {
    /// The facet.
    pub facet: Facet,
    /// The value as typed.
    pub value: String,
    /// A value that incidents have and that may have been meant.
    pub meant: Option<String>,
}

/// The values of facets that a query asks for and no incident has.
pub(super) fn unknown_values(snapshot: &Snapshot<'_>, plan: &Plan) -> Result<Vec<UnknownValue>> {
    let mut asked = Vec::new();
    collect_asked(&plan.interpreted.root, &mut asked);
    let mut unknown = Vec::new();
    for (facet, value) in asked {
        if count(snapshot, Some((facet, value)), None)?.is_some() {
            continue;
        }
        let known = count(snapshot, None, Some(facet))?.unwrap_or_default();
        let meant = nearest(&facet.value(value), &known).map(str::to_owned);
        unknown.push(UnknownValue { facet, value: value.to_owned(), meant });
    }
    Ok(unknown)
}

/// The values of a facet among the incidents that have a value, the most frequent first; none when no incident has it.
fn count(snapshot: &Snapshot<'_>, with: Option<(Facet, &str)>, counted: Option<Facet>) -> Result<Option<Vec<String>>> {
    let condition = |(facet, value): (Facet, &str)| {
        Clause::Condition(Condition::Facet { facet, values: facet.alternatives(value) })
    };
    let plan = Plan { conditions: with.map(condition).into_iter().collect(), ..Plan::of_words([]) };
    let collect = Collect { limit: 0, order: Order::Latest, facets: counted.into_iter().collect() };
    let mut found = snapshot.candidates(&plan, &snapshot.look_up(&plan)?, Needed::All, collect)?;
    if found.total == 0 {
        return Ok(None);
    }
    let counts = found.facets.pop().unwrap_or_default();
    let mut values: Vec<(String, usize)> = counts.into_iter().collect();
    values.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Ok(Some(values.into_iter().map(|(value, _)| value).collect()))
}

/// The values of facets that an incident must have, or may: not those that it must not.
fn collect_asked<'q>(node: &'q Node, asked: &mut Vec<(Facet, &'q str)>) {
    match &node.kind {
        NodeKind::Facet { facet, values } => asked.extend(values.iter().map(|value| (*facet, value.as_str()))),
        NodeKind::And(parts) | NodeKind::Or(parts) => parts.iter().for_each(|part| collect_asked(part, asked)),
        _ => {}
    }
}

/// The known value that is a few letters away, else the first that contains the value: `billing` for `billing-api`.
fn nearest<'a>(value: &str, known: &'a [String]) -> Option<&'a str> {
    let edits = |known: &'a str| (strsim::damerau_levenshtein(value, known), known);
    let near = known.iter().map(|known| edits(known));
    let near = near.filter(|(edits, known)| edits * 3 <= known.chars().count().min(12)).min();
    let holds = || known.iter().find(|known| value.chars().count() >= 3 && known.contains(value));
    near.map(|(_, known)| known).or_else(|| holds().map(String::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_near_or_longer() {
        let known = ["billing-api", "order-service", "db"].map(str::to_owned);
        let nearest = |value| nearest(value, &known);
        assert_eq!(nearest("biling-api"), Some("billing-api"));
        assert_eq!(nearest("order"), Some("order-service"));
        assert_eq!(nearest("dc"), None);
        assert_eq!(nearest("warehouse"), None);
    }
}
