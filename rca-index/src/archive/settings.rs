//! From `rca.toml` to the settings of an archive.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::ops::Range;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use crate::archive::SynonymSettings;
use crate::archive::globs::{WrongGlob, wrong_glob};
use crate::archive::house::{Places, WrongName, house_names};
use crate::archive::rules::{ProblemName, RequiredFact, nearest};
use crate::error::{Error, Result};
use crate::files;
use crate::incident::lines::line_at;
use crate::incident::{DayZone, OwnField, SectionKind};
use crate::parse::{is_key, key_names};
use crate::text::{Excess, Language, Synonyms};

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

/// What is checked of a settings file beyond its types, and where it stands.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Spans {
    keys: BTreeMap<String, Spanned<String>>,
    include: Vec<Spanned<String>>,
    exclude: Vec<Spanned<String>>,
    synonyms: SynonymSpans,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SynonymSpans {
    add: Vec<Vec<Spanned<String>>>,
}

impl Spans {
    /// What is wrong, with the byte at which it stands: the first of it in the file.
    fn wrong(&self, settings: &Settings) -> Option<(usize, String)> {
        let targets =
            self.keys.values().filter_map(|target| Some((target.span().start, wrong_target(target.get_ref())?)));
        let globs = [(&settings.include, &self.include), (&settings.exclude, &self.exclude)];
        let globs = globs.into_iter().filter_map(|(globs, spans)| {
            let WrongGlob { number, reason } = wrong_glob(globs)?;
            Some((spans.get(number).map_or(0, |glob| glob.span().start), reason))
        });
        let synonyms = excess_of(&settings.synonyms).map(|excess| {
            let entry = self.synonyms.add.get(excess.group).and_then(|group| group.get(excess.entry));
            (entry.map_or(0, |entry| entry.span().start), excess.reason)
        });
        targets.chain(globs).chain(synonyms).min_by_key(|(at, _)| *at)
    }
}

/// What a search cannot bear of the changes to the table of synonyms.
pub(super) fn excess_of(synonyms: &SynonymSettings) -> Option<Excess> {
    if synonyms.add.is_empty() { None } else { Synonyms::default().excess(&synonyms.add, &synonyms.remove) }
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

pub(super) fn read_settings(path: &Path, text: &str) -> Result<Settings> {
    let wrong = |at, reason| Error::Settings { path: path.to_owned(), line: line_at(text, at), reason };
    let not_toml = |e: toml::de::Error| {
        // The span of a list is that of all its items; the message names the one that is wrong.
        let named = e.message().split('`').nth(1);
        let within = |span: Range<usize>| {
            let inner = text.get(span.clone()).and_then(|value| value.find(named?));
            span.start + inner.unwrap_or_default()
        };
        wrong(e.span().map_or(0, within), e.message().to_owned())
    };
    let settings = toml::from_str(text).map_err(not_toml)?;
    let spans: Spans = toml::from_str(text).map_err(not_toml)?;
    let places: Places = toml::from_str(text).map_err(not_toml)?;
    house_names(&settings, &places).map_err(|WrongName { at, reason }| wrong(at, reason))?;
    match spans.wrong(&settings) {
        None => Ok(settings),
        Some((at, reason)) => Err(wrong(at, reason)),
    }
}

/// Why a key cannot stand for this one: it is no name, or nearly a known key.
fn wrong_target(target: &str) -> Option<String> {
    let known = || key_names().collect::<Vec<_>>().join(", ");
    if is_key(target) {
        return None;
    }
    if !OwnField::name(target).contains(char::is_alphabetic) {
        return Some(format!("`{}` is not a name of a key; these are known: {}", target.escape_debug(), known()));
    }
    let near = nearest_key(target)?;
    Some(format!("unknown key `{target}`; did you mean `{near}`? These are known: {}", known()))
}

/// The known key that a name is a typo of: one edit away, or two from a long key, with the same first letter.
fn nearest_key(name: &str) -> Option<&'static str> {
    let name = name.to_lowercase();
    let near = key_names().filter(|known| known.len() >= 4 && known.bytes().next() == name.bytes().next());
    let near = near.map(|known| (strsim::damerau_levenshtein(&name, known), known));
    near.filter(|&(edits, known)| edits <= if known.len() > 5 { 2 } else { 1 }).min().map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::super::{Archive, SETTINGS_FILE};
    use super::*;

    #[test]
    fn an_invalid_settings_file_is_reported_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(SETTINGS_FILE), "exclude = []\ninclud = []\n").unwrap();
        let message = Archive::open(folder.path()).unwrap_err().to_string();
        assert!(message.contains("rca.toml:2: unknown field `includ`"), "{message}");
        std::fs::write(folder.path().join(SETTINGS_FILE), "\nlanguage = \"klingon\"\n").unwrap();
        let message = Archive::open(folder.path()).unwrap_err().to_string();
        assert!(message.contains("rca.toml:2: unknown language `klingon`; these are known: arabic, "), "{message}");
        std::fs::write(folder.path().join(SETTINGS_FILE), "# days\ntimezone = \"Berlin\"\n").unwrap();
        let message = Archive::open(folder.path()).unwrap_err().to_string();
        assert!(message.contains("rca.toml:2: unknown time zone `Berlin`; write a name such as"), "{message}");
        std::fs::write(folder.path().join(SETTINGS_FILE), "timezone = \"Europe/Berlin\"\n").unwrap();
        let zone = Archive::open(folder.path()).unwrap().settings.timezone;
        assert_eq!(zone, DayZone::named("Europe/Berlin").ok());
    }

    #[test]
    fn an_unknown_target_of_a_key_is_reported_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let open = |text: &str| {
            std::fs::write(folder.path().join(SETTINGS_FILE), text).unwrap();
            Archive::open(folder.path()).map(|archive| archive.settings.keys)
        };
        let text =
            "[keys]\nblast = \"severity\"\nwhat = \"Affected Services\"\nzone = \"sevrity\"\narea = \"nothing\"\n";
        let Err(Error::Settings { path, line, reason }) = open(text) else { panic!("no error") };
        assert_eq!((path, line), (folder.path().join(SETTINGS_FILE), 4));
        assert!(
            reason.starts_with("unknown key `sevrity`; did you mean `severity`? These are known: title, start, date, "),
            "{reason}"
        );
        for known in ["end", "severity", "services", "tags", "status", "duration", "summary", "impact"] {
            assert!(reason.split(", ").any(|name| name == known), "{known} is not in: {reason}");
        }
        assert_eq!(open("[keys]\nsquad = \"team\"\n").unwrap()["squad"], "team");
        for target in ["", "?!", "12", "\\u0000"] {
            let error = open(&format!("[keys]\nsquad = \"{target}\"\n")).unwrap_err().to_string();
            assert!(error.contains("rca.toml:2: `") && error.contains("` is not a name of a key"), "{error}");
        }
        assert_eq!(open("[keys]\nblast = \"severity\"\nort = \"Betroffene Dienste\"\n").unwrap().len(), 2);
    }
}
