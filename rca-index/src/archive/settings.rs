//! From `rca.toml` to the settings of an archive.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::ops::Range;
use std::path::Path;

use serde::Deserialize;
use toml::de::DeTable;

use crate::archive::SynonymSettings;
use crate::archive::house::{Places, WrongName, house_names};
use crate::archive::rules::{ProblemName, RequiredFact, nearest};
use crate::archive::spans::Spans;
use crate::error::{Error, Result};
use crate::files;
use crate::incident::lines::line_at;
use crate::incident::{DayZone, SectionKind};
use crate::text::Language;

/// A larger settings file is not read: every command reads it.
const MAX_SETTINGS_BYTES: u64 = 1_000_000;

/// The settings of an archive, from `rca.toml`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Settings {
    /// Globs of reports in addition to the usual extensions: `["*.txt", "incidents/*.adoc"]`. What they name is a report
    /// even if its content says that it is a template, an index or about the folder.
    pub include: Vec<String>,
    /// Globs of files that are not reports: `["README.md", "templates/**"]`.
    pub exclude: Vec<String>,
    /// Whether what `.gitignore`, `.ignore` and `.git/info/exclude` name is left out, as git leaves it out; the default is
    /// true. `include` wins over them.
    pub ignore_files: Option<bool>,
    /// The maximum size of a report, in bytes; the default is 10 MB, and no more than 1 GB counts.
    pub max_report_bytes: Option<u64>,
    /// How much of a report's body is searched for facts, in bytes; the default is 1 MB. The whole text is indexed.
    pub max_facts_bytes: Option<usize>,
    /// Whether `04/03/2025` is the 4th of March; if not set, the other dates of the report decide.
    pub day_first: Option<bool>,
    /// Additional front-matter keys, and the known keys they stand for: `outage_class = "severity"`. Any other target is
    /// another name for a key of the archive's own: `squad = "team"`. In a settings file a target that is nearly a known
    /// key is an error.
    pub keys: BTreeMap<String, String>,
    /// Additional headings: `"what broke" = "rootcause"`.
    pub headings: BTreeMap<String, SectionKind>,
    /// The language of the reports; the default is English.
    pub language: Language,
    /// The zone of the days in queries, by its IANA name; the default is UTC.
    pub timezone: Option<DayZone>,
    /// Changes to the built-in table of synonyms.
    pub synonyms: SynonymSettings,
    /// What a check asks of the reports.
    pub check: CheckSettings,
    /// The services by their names of today.
    pub services: BTreeMap<String, ServiceSettings>,
    /// The team's own labels of severities: `"Sev-Blue" = 1`, or `"Sev-Blue" = "P1"`.
    pub severity: BTreeMap<String, SeverityRank>,
}

/// What a check asks of an archive's reports.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct CheckSettings {
    /// Kinds of problems that are left out: `["link-dangling"]`.
    pub ignore: Vec<ProblemName>,
    /// Facts that every report must state: `["severity", "date"]`.
    pub required: Vec<RequiredFact>,
    /// The values that reports may use.
    pub allowed: AllowedSettings,
}

/// The values that reports may use, in any case; all if a list is missing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct AllowedSettings {
    /// Severities as written: `["SEV1", "SEV2", "SEV3"]`.
    pub severity: Option<Vec<String>>,
    /// Statuses.
    pub status: Option<Vec<String>>,
    /// Services.
    pub services: Option<Vec<String>>,
    /// Tags.
    pub tags: Option<Vec<String>>,
}

/// The text for a name that is not known: which one was probably meant, and which there are.
pub(super) fn near<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    let meant = nearest(name, known.clone()).map(|meant| format!(" did you mean `{meant}`?")).unwrap_or_default();
    let known = known.collect::<Vec<_>>().join(", ");
    format!("unknown {what} `{name}`;{meant} these are known: {known}")
}

/// A service: `[services.inventory-api]`. Names are compared without case, blanks, `-` and `_`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct ServiceSettings {
    /// Other names that reports use for it.
    pub aliases: Vec<String>,
    /// Its former names. Reports that use them count under the name of today.
    pub renamed_from: Vec<String>,
    /// The team that runs it.
    pub team: Option<String>,
}

/// The rank that a label stands for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "expected a rank of 0 to 5, or a known severity such as \"P1\"")]
pub enum SeverityRank {
    /// 0 (most severe) to 5.
    Rank(i64),
    /// The rank of a known label.
    Like(String),
}

/// The text of a settings file; `None` if there is none.
///
/// # Errors
/// [`Error::SettingsUnreadable`]; [`Error::Settings`] for the line that is not UTF-8.
pub(super) fn settings_text(path: &Path) -> Result<Option<String>> {
    let unreadable = |reason| Error::SettingsUnreadable { path: path.to_owned(), reason };
    let bytes = match files::open_regular(path).and_then(|file| files::read_within(file, MAX_SETTINGS_BYTES)) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Err(unreadable(format!("larger than {MAX_SETTINGS_BYTES} bytes"))),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error.to_string())),
    };
    // With a mark at its start, or by the halves of its letters that are empty.
    if matches!(bytes[..], [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, _, ..] | [_, 0, ..]) {
        return Err(unreadable("UTF-16; save it as UTF-8".to_owned()));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Some(text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), str::to_owned))),
        Err(error) => {
            let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = before.iter().filter(|&&byte| byte == b'\n').count() as u32 + 1;
            let reason = "invalid UTF-8; save the file as UTF-8".to_owned();
            Err(Error::Settings { path: path.to_owned(), line, reason })
        }
    }
}

/// Where the line with the most dots begins. For a key of too many parts, the reader of TOML does not say where it stands.
fn most_dots(text: &str) -> usize {
    let lines = text.split_inclusive('\n').scan(0, |end, line| {
        let start = *end;
        *end += line.len();
        Some((line.matches('.').count(), start))
    });
    lines.max_by_key(|&(dots, start)| (dots, std::cmp::Reverse(start))).map_or(0, |(_, start)| start)
}

/// What only the user may say: where an index is. Whoever writes an archive could send its reports, and the user's secrets, elsewhere.
const OF_THE_USER: [&str; 2] = ["cluster", "index"];

/// A setting of an archive that is ignored, because only the user may set it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct IgnoredSetting {
    /// Its line in the settings file, counted from 1.
    pub line: u32,
    /// Its key.
    pub key: String,
}

/// The settings in a text, where their items stand, and what is ignored. Globs and synonyms are not looked at.
pub(super) fn read_settings(path: &Path, text: &str) -> Result<(Settings, Spans, Vec<IgnoredSetting>)> {
    let wrong = |at, reason| Error::Settings { path: path.to_owned(), line: line_at(text, at), reason };
    let not_toml = |e: toml::de::Error| {
        // The span of a list is that of all its items; the message names the one that is wrong.
        let named = e.message().split('`').nth(1);
        let within = |span: Range<usize>| {
            let inner = text.get(span.clone()).and_then(|value| value.find(named?));
            span.start + inner.unwrap_or_default()
        };
        wrong(e.span().map_or_else(|| most_dots(text), within), e.message().to_owned())
    };
    let mut table = DeTable::parse(text).map_err(not_toml)?;
    let keys = table.get_ref().keys().filter(|key| OF_THE_USER.contains(&key.get_ref().as_ref()));
    let ignored =
        keys.map(|key| IgnoredSetting { line: line_at(text, key.span().start), key: key.get_ref().to_string() });
    let ignored = ignored.collect();
    for key in OF_THE_USER {
        table.get_mut().remove(key);
    }
    let settings = Settings::deserialize(toml::de::Deserializer::from(table)).map_err(not_toml)?;
    let spans: Spans = toml::from_str(text).map_err(not_toml)?;
    let places: Places = toml::from_str(text).map_err(not_toml)?;
    house_names(&settings, &places).map_err(|WrongName { at, reason }| wrong(at, reason))?;
    match spans.wrong(&places) {
        None => Ok((settings, spans, ignored)),
        Some((at, reason)) => Err(wrong(at, reason)),
    }
}

#[cfg(test)]
mod tests;
