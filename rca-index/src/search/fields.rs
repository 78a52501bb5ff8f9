//! Fields: how many of the incidents that match have each facet of the table.
//!
//! In: a plan. Out: counts, which join those of the keys of front matter that the engine counts in its pass.

use crate::engine::{Collect, KnownWords, Order, Snapshot, ValueCounts};
use crate::error::Result;
use crate::plan::{Clause, Condition, Needed, Plan};
use crate::schema::Facet;

/// Adds the facets that incidents have to the counts of keys.
pub(super) fn add_facets(
    snapshot: &Snapshot<'_>,
    plan: &Plan,
    words: &KnownWords,
    needed: Needed,
    counts: &mut ValueCounts,
) -> Result<()> {
    for facet in Facet::ALL {
        let mut with = plan.clone();
        with.conditions.push(Clause::Condition(Condition::Has { field: facet.name(), present: true }));
        let collect = Collect { limit: 0, order: Order::Latest, facets: Vec::new() };
        let total = snapshot.candidates(&with, words, needed, collect)?.total;
        if total > 0 {
            counts.insert(facet.name(), total);
        }
    }
    Ok(())
}
