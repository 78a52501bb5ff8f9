//! Facets: counted by the cluster, and how their values are shown.
//!
//! In: names of facets. Out: aggregations, and counts as those of the embedded engine's columns. A cluster counts the most frequent
//! values; how many incidents have others is told.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde_json::{Value, json};

use crate::engine::document::Counted;
use crate::engine::facets::{Forms, ValueCounts, counts_by_key, most_used};
use crate::engine::keys::SEPARATOR;
use crate::engine::opensearch::dsl::starting_with;
use crate::engine::opensearch::mapping::{FRONT, facet_shown, front};
use crate::engine::opensearch::snapshot::{Snapshot, everything};
use crate::engine::opensearch::vocabulary::buckets;
use crate::error::Result;
use crate::schema::{Facet, FacetName};

/// How many values of a facet are counted: the most frequent.
pub(super) const FACET_VALUES: usize = 10_000;

/// What counts a facet.
pub(super) fn facet_aggregation(facet: &FacetName) -> Value {
    match facet {
        FacetName::Known(facet) => json!({ "terms": { "field": facet_shown(*facet), "size": FACET_VALUES } }),
        FacetName::Key(key) => {
            let values = starting_with(&front(key, Some("")));
            json!({ "terms": { "field": FRONT, "include": values, "size": FACET_VALUES } })
        }
        FacetName::Fields => {
            json!({ "terms": { "field": FRONT, "include": format!("[^{SEPARATOR}]+"), "size": FACET_VALUES } })
        }
    }
}

/// The counts of a facet, by the terms of the embedded engine's column; and how many values there are at least if not all were
/// counted, or not exactly, else 0.
pub(super) fn facet_counts(facet: &FacetName, aggregation: &Value) -> (HashMap<String, usize>, usize) {
    let value = |term: String| match facet {
        FacetName::Key(_) => term.split_once(SEPARATOR).map_or_else(|| term.clone(), |(_, value)| value.to_owned()),
        FacetName::Known(_) | FacetName::Fields => term,
    };
    let counts: HashMap<String, usize> =
        buckets(aggregation).into_iter().map(|(term, count)| (value(term), count as usize)).collect();
    let number = |name: &str| aggregation[name].as_u64().unwrap_or(0) as usize;
    let others = number("sum_other_doc_count") + number("doc_count_error_upper_bound");
    let others = if others > 0 { counts.len() + 1 } else { 0 };
    (counts, others)
}

impl Snapshot<'_> {
    /// The values of a facet as they are shown, with their counts.
    pub(super) fn shown_values(&self, facet: &FacetName, counts: &ValueCounts) -> Result<Vec<(String, usize)>> {
        // A cluster has no lists.
        let ValueCounts::Terms(counts) = counts else { return Ok(Vec::new()) };
        let FacetName::Known(facet) = *facet else {
            return Ok(counts.iter().map(|(value, count)| (value.clone(), *count)).collect());
        };
        let shown = self.shown_forms(facet)?;
        let by_key = counts_by_key(counts).into_iter();
        Ok(by_key.map(|(key, count)| (shown.get(key).cloned().unwrap_or_else(|| key.to_owned()), count)).collect())
    }

    /// How each key of a facet is shown: in the form that most incidents use.
    pub(super) fn shown_forms(&self, facet: Facet) -> Result<HashMap<String, String>> {
        let forms = self.forms_of(facet)?;
        Ok(forms.iter().filter_map(|(key, forms)| Some((key.clone(), most_used(forms)?.clone()))).collect())
    }

    /// The forms of each key, with the number of incidents that use each; asked for once in a commit.
    fn forms_of(&self, facet: Facet) -> Result<Arc<Forms>> {
        if let Some(known) = self.view().forms().get(&facet) {
            return Ok(Arc::clone(known));
        }
        let body = json!({
            "size": 0, "track_total_hits": false, "query": self.living_and(everything()),
            "aggs": { "forms": facet_aggregation(&facet.into()) },
        });
        let mut forms: Forms = BTreeMap::new();
        for (term, count) in buckets(&self.ask(&body)?["aggregations"]["forms"]) {
            let Counted { key, shown: Some(shown) } = Counted::of_term(&term) else { continue };
            *forms.entry(key.to_owned()).or_default().entry(shown.to_owned()).or_default() += count as usize;
        }
        let forms = Arc::new(forms);
        self.view().forms().insert(facet, Arc::clone(&forms));
        Ok(forms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_counted_is_told() {
        let of = |others: u64, error: u64| {
            json!({ "doc_count_error_upper_bound": error, "sum_other_doc_count": others,
                "buckets": [{ "key": "team\0payments", "doc_count": 3 }] })
        };
        let key = FacetName::Key("team".to_owned());
        assert_eq!(facet_counts(&key, &of(0, 0)), (HashMap::from([("payments".to_owned(), 3)]), 0));
        assert_eq!((facet_counts(&key, &of(7, 0)).1, facet_counts(&key, &of(0, 1)).1), (2, 2));
        let services = FacetName::from(Facet::Service);
        assert_eq!(facet_counts(&services, &of(0, 0)).0, HashMap::from([("team\0payments".to_owned(), 3)]));
    }
}
