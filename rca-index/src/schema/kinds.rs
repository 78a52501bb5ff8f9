//! What the values of a field may be besides words: links and units, as plain names.
//!
//! In: nothing. Out: enums, for the field table and those who read it.

use crate::incident::{HouseNames, Incident};
use crate::schema::Facet;

/// A field of links between incidents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LinkField {
    /// To the incidents that its value names.
    Links,
    /// From the incidents that its value names.
    Backlinks,
}

/// The unit of a numeric field. It determines how a bare number in a query is interpreted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unit {
    /// Minutes; `90`, `1h30m`, `2d`.
    Minutes,
    /// Milliseconds; `300`, `300ms`, `2s`.
    Milliseconds,
    /// Percent; `18`, `18%`.
    Percent,
    /// A plain number; `1000`, `10k`, `2m`.
    Count,
}

impl Facet {
    /// The keys of an incident's values, each once, sorted.
    pub(crate) fn keys_of(self, incident: &Incident, house: &HouseNames) -> Vec<String> {
        self.entries_of(incident, house).into_iter().map(|value| value.key).collect()
    }
}
