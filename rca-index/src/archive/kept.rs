//! The settings that an index keeps, to read its reports again and to understand queries as the archive does.

use serde::{Deserialize, Serialize};

use crate::incident::HouseNames;
use crate::parse::ParseOptions;
use crate::text::Language;

/// An archive's changes to the built-in table of synonyms.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct SynonymSettings {
    /// Groups of words and phrases with the same meaning: `[["shop", "storefront"]]`. A group that shares an entry with
    /// a group of the table is merged with it.
    pub add: Vec<Vec<String>>,
    /// Words and phrases to remove from the table: `["db"]`.
    pub remove: Vec<String>,
}

/// The settings that an index depends on, as stored in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeptSettings {
    /// The settings for parsing; `None` if no report came from an archive.
    pub(crate) reading: Option<ReadingSettings>,
    pub(crate) language: Language,
    pub(crate) synonyms: SynonymSettings,
}

impl KeptSettings {
    /// The names of services and severities.
    pub(crate) fn house(&self) -> Option<&HouseNames> {
        self.reading.as_ref().map(|reading| &reading.parse.house).filter(|house| !house.is_empty())
    }
}

/// The settings for parsing reports.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReadingSettings {
    pub(crate) parse: ParseOptions,
    pub(super) max_report_bytes: u64,
}
