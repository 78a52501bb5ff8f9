//! Unknown values: facet values in a query that no incident has, and a suggestion for each.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use crate::engine::{Collect, Order, Snapshot};
use crate::error::Result;
use crate::incident::{HouseNames, OwnField};
use crate::plan::{Condition, Needed, Plan, matching_keys, work};
use crate::query::{KeyTest, Node, NodeKind};
use crate::ranking::{MAX_COMPARED, MAX_SUGGESTED};
use crate::schema::{Facet, FacetName};
use crate::search::{Cut, CutKind};

/// A facet value in a query that no incident has.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownValue {
    /// The facet, or the key.
    pub facet: FacetName,
    /// The value as typed.
    pub value: String,
    /// A similar value that incidents have.
    pub meant: Option<String>,
}

/// A value of a filter in a query.
struct Filtered<'q> {
    facet: FacetName,
    /// As typed.
    value: &'q str,
    /// As it is counted.
    folded: String,
    /// The condition that it stands for.
    condition: Condition,
}

impl<'q> Filtered<'q> {
    fn by_facet(facet: Facet, value: &'q str, house: &HouseNames) -> Self {
        let condition = Condition::Facet { facet, keys: matching_keys(facet, value, house) };
        Self { facet: facet.into(), value, folded: facet.value(value).to_lowercase(), condition }
    }

    fn by_key(key: &str, value: &'q str) -> Self {
        let folded = OwnField::folded(value);
        let condition = Condition::Key { key: key.to_owned(), values: vec![folded.clone()] };
        Self { facet: FacetName::Key(key.to_owned()), value, folded, condition }
    }
}

/// The facet values in a query that no incident has.
pub(super) struct UnknownValues {
    pub(super) values: Vec<UnknownValue>,
    /// How many of them were compared with the values that incidents have, if not all.
    pub(super) cut: Option<Cut>,
}

/// Finds the facet values in a query that no incident has.
pub(super) fn unknown_values_of(snapshot: &Snapshot<'_>, plan: &Plan) -> Result<UnknownValues> {
    let mut filtered = Vec::new();
    collect_filtered(&plan.interpreted.root, snapshot.house(), &mut filtered);
    let mut seen = HashSet::new();
    filtered.retain(|filtered| seen.insert((filtered.facet.clone(), filtered.folded.clone())));
    let (mut values, mut unknown) = (Vec::new(), 0);
    // What incidents have, for each facet of the query.
    let mut known: HashMap<FacetName, Vec<String>> = HashMap::new();
    for Filtered { facet, value, folded, condition } in filtered {
        if snapshot.has_any(&condition)? {
            continue;
        }
        unknown += 1;
        if unknown > MAX_SUGGESTED {
            continue;
        }
        let known = match known.entry(facet.clone()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(entry) => entry.insert(values_of(snapshot, &facet)?),
        };
        let meant = nearest(&folded, known).map(str::to_owned);
        values.push(UnknownValue { facet, value: value.to_owned(), meant });
    }
    let cut = (unknown > MAX_SUGGESTED).then_some(Cut { what: CutKind::Suggestions, kept: MAX_SUGGESTED, of: unknown });
    Ok(UnknownValues { values, cut })
}

/// The values of a facet, the most frequent first.
fn values_of(snapshot: &Snapshot<'_>, facet: &FacetName) -> Result<Vec<String>> {
    let plan = Plan::of_words([]);
    let collect = Collect { limit: 0, order: Order::Latest, facets: vec![facet.clone()] };
    let mut found = snapshot.candidates(&plan, &snapshot.look_up(&plan)?, Needed::All, collect)?;
    let Some(counts) = found.facets.pop() else { return Ok(Vec::new()) };
    let mut values = snapshot.facet_values(facet, &counts)?;
    values.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    values.truncate(MAX_COMPARED);
    Ok(values.into_iter().map(|(value, _)| value).collect())
}

/// Collects the values of filters, except those that are excluded.
fn collect_filtered<'q>(node: &'q Node, house: &HouseNames, filtered: &mut Vec<Filtered<'q>>) {
    match &node.kind {
        NodeKind::Facet { facet, values } => {
            filtered.extend(values.iter().map(|value| Filtered::by_facet(*facet, value, house)));
        }
        NodeKind::Key { key, test: KeyTest::Values { values, .. }, .. } => {
            filtered.extend(values.iter().map(|value| Filtered::by_key(key, value)));
        }
        NodeKind::And(parts) | NodeKind::Or(parts) => {
            parts.iter().for_each(|part| collect_filtered(part, house, filtered));
        }
        _ => {}
    }
}

/// The known value with a similar spelling, else the first that contains the value: `billing` for `billing-api`.
fn nearest<'a>(value: &str, known: &'a [String]) -> Option<&'a str> {
    let length = value.chars().count();
    // Each letter more or less is an edit, and a third of the letters may differ.
    let may_be_near = |known: &&'a str| {
        let letters = known.chars().count();
        letters.abs_diff(length) * 3 <= letters.min(12)
    };
    let edits = |known: &'a str| {
        work::add(known.len());
        (strsim::damerau_levenshtein(value, &known.to_lowercase()), known)
    };
    let near = known.iter().map(String::as_str).filter(may_be_near).map(edits);
    let near = near.filter(|(edits, known)| edits * 3 <= known.chars().count().min(12)).min();
    let holds = || known.iter().find(|known| value.chars().count() >= 3 && known.to_lowercase().contains(value));
    near.map(|(_, known)| known).or_else(|| holds().map(String::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggestions_are_similar_or_longer() {
        let known = ["billing-api", "order-service", "db"].map(str::to_owned);
        let nearest = |value| nearest(value, &known);
        assert_eq!(nearest("biling-api"), Some("billing-api"));
        assert_eq!(nearest("order"), Some("order-service"));
        assert_eq!(nearest("dc"), None);
        assert_eq!(nearest("warehouse"), None);
    }
}
