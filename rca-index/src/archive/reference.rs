//! The reference of `rca.toml`: every key, what it does, and the error that a wrong value gets.
//!
//! In: nothing. Out: a table. A test asks the reader of settings for its keys, so that none is missing here.

use std::path::Path;

use crate::archive::Archive;
use crate::error::Error;

/// A key of `rca.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct SettingSpec {
    /// The key, behind the names of the tables that it is in: `check.ignore`. `*` stands for names of the archive's own.
    pub key: &'static str,
    /// What its value is.
    pub value: &'static str,
    /// What holds when it is missing.
    pub default: &'static str,
    /// What it does, on one line with no full stop.
    pub help: &'static str,
    /// A settings file in which its value is wrong.
    wrong: &'static str,
}

impl SettingSpec {
    /// A wrong value, and the error that it gets.
    ///
    /// # Examples
    /// ```
    /// use rca_index::SETTINGS;
    ///
    /// let language = SETTINGS.iter().find(|spec| spec.key == "language").expect("a known key");
    /// assert!(language.error().1.starts_with("unknown language"));
    /// ```
    pub fn error(&self) -> (&'static str, String) {
        let given = self.wrong.lines().next_back().unwrap_or_default();
        match Archive::from_settings_text(Path::new(""), self.wrong) {
            Err(Error::Settings { reason, .. }) => (given, reason.lines().next().unwrap_or_default().to_owned()),
            _ => (given, String::new()),
        }
    }
}

const fn key(
    key: &'static str,
    value: &'static str,
    default: &'static str,
    help: &'static str,
    wrong: &'static str,
) -> SettingSpec {
    SettingSpec { key, value, default, help, wrong }
}

/// All keys of `rca.toml`.
pub const SETTINGS: &[SettingSpec] = &[
    key(
        "include",
        "globs",
        "none",
        "reports in addition to *.md, *.markdown, *.mdx, *.qmd and *.md.erb",
        "include = [\"a[\"]",
    ),
    key("exclude", "globs", "none", "files that are not reports", "exclude = \"README.md\""),
    key(
        "ignore_files",
        "true or false",
        "true",
        "whether .gitignore, .ignore and .git/info/exclude leave files out; include wins over them",
        "ignore_files = \".gitignore\"",
    ),
    key(
        "max_report_bytes", "bytes", "10000000", "larger files are skipped and reported",
        "max_report_bytes = \"10 MB\"",
    ),
    key(
        "max_facts_bytes",
        "bytes",
        "1000000",
        "facts are read up to here; the whole text is searched",
        "max_facts_bytes = -1",
    ),
    key(
        "day_first",
        "true or false",
        "the report's other dates decide",
        "whether `04/03/2025` is the 4th of March",
        "day_first = \"yes\"",
    ),
    key(
        "language",
        "a language",
        "english",
        "the language whose word forms match each other, or \"none\"",
        "language = \"klingon\"",
    ),
    key(
        "timezone",
        "a time zone",
        "UTC",
        "the IANA name of the zone of the days in queries, such as \"Europe/Berlin\"",
        "timezone = \"Mars/Olympus\"",
    ),
    key("synonyms.add", "lists of words", "none", "words with the same meaning", "[synonyms]\nadd = [\"shop\"]"),
    key("synonyms.remove", "words", "none", "words without synonyms", "[synonyms]\nremove = \"db\""),
    key(
        "keys.*",
        "a key",
        "none",
        "a front-matter key of yours, and the known key, or the name, it stands for",
        "[keys]\nblast = \"sevrity\"",
    ),
    key(
        "headings.*",
        "a section",
        "none",
        "a heading of yours, and the section it starts",
        "[headings]\n\"what broke\" = \"cause\"",
    ),
    key(
        "services.*",
        "aliases, renamed_from, team",
        "none",
        "a service by its name of today, its other and its former names",
        "[services.api]\naliases = \"gateway\"",
    ),
    key(
        "severity.*",
        "0 to 5, or a level",
        "none",
        "a label of yours, and the rank it stands for",
        "[severity]\n\"Sev-Blue\" = 9",
    ),
    key(
        "check.ignore", "kinds of problems", "none", "problems that `rca check` leaves out",
        "[check]\nignore = [\"link-danglin\"]",
    ),
    key("check.required", "facts", "none", "facts that every report must state", "[check]\nrequired = [\"sevrity\"]"),
    key(
        "check.allowed.severity", "labels", "any", "the severities that reports may use",
        "[check.allowed]\nseverity = \"P1\"",
    ),
    key("check.allowed.status", "labels", "any", "the statuses that reports may use", "[check.allowed]\nstatus = true"),
    key(
        "check.allowed.services", "names", "any", "the services that reports may name",
        "[check.allowed]\nservices = [1]",
    ),
    key("check.allowed.tags", "names", "any", "the tags that reports may use", "[check.allowed]\ntag = []"),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The keys that a table takes, by the error for one that it does not take; none if the name is not that of a table with
    /// fixed keys.
    fn keys_of(table: &str) -> Option<Vec<String>> {
        let text = if table.is_empty() { "zzz = 1\n".to_owned() } else { format!("[{table}]\nzzz = 1\n") };
        let Err(Error::Settings { reason, .. }) = Archive::from_settings_text(Path::new(""), &text) else {
            return None;
        };
        let known = reason.strip_prefix("unknown field `zzz`, expected ")?;
        Some(known.split('`').skip(1).step_by(2).map(str::to_owned).collect())
    }

    /// All keys below a table.
    fn all_keys(table: &str) -> Vec<String> {
        let mut keys = Vec::new();
        for key in keys_of(table).unwrap() {
            let path = if table.is_empty() { key } else { format!("{table}.{key}") };
            if keys_of(&path).is_some() {
                keys.extend(all_keys(&path));
            } else {
                keys.push(path);
            }
        }
        keys
    }

    #[test]
    fn every_key_is_in_the_table_and_every_row_is_a_key() {
        let mut listed: Vec<&str> = SETTINGS.iter().map(|spec| spec.key.trim_end_matches(".*")).collect();
        let mut known = all_keys("");
        listed.sort_unstable();
        known.sort_unstable();
        assert_eq!(listed, known, "add a row to SETTINGS for each key of the settings");
    }

    #[test]
    fn every_row_has_a_wrong_value_with_its_error() {
        for spec in SETTINGS {
            let (given, reason) = spec.error();
            assert!(!reason.is_empty() && !given.is_empty(), "{}: `{given}` is no error", spec.key);
            assert!(!spec.help.is_empty() && !spec.help.ends_with('.'), "{}", spec.key);
        }
    }
}
