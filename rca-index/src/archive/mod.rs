//! The archive: a folder of reports and its settings, `rca.toml`.

mod check;
pub(crate) mod names;
pub(crate) mod read;
pub(crate) mod walk;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use globset::{Glob, GlobSet, GlobSetBuilder};
use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::error::{Error, Result};
use crate::incident::lines::line_at;
use crate::incident::{Problem, SectionKind};
use crate::parse::{ParseOptions, is_key, key_names};
use crate::text::Language;

pub use check::{CheckReport, check};

/// The name of the settings file, in the root of an archive.
pub const SETTINGS_FILE: &str = "rca.toml";
/// The name of the index folder, in the root of an archive.
pub const INDEX_FOLDER: &str = ".rca";

/// The settings of an archive, from `rca.toml`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Settings {
    /// Globs of reports in addition to the usual extensions: `["*.txt", "incidents/*.adoc"]`.
    pub include: Vec<String>,
    /// Globs of files that are not reports: `["README.md", "templates/**"]`.
    pub exclude: Vec<String>,
    /// The maximum size of a report, in bytes; the default is 10 MB.
    pub max_report_bytes: Option<u64>,
    /// How much of a report's body is searched for facts, in bytes; the default is 1 MB. The whole text is indexed.
    pub max_facts_bytes: Option<usize>,
    /// Whether `04/03/2025` is the 4th of March; if not set, the other dates of the report decide.
    pub day_first: Option<bool>,
    /// Additional front-matter keys, and the known keys they stand for: `outage_class = "severity"`. In a settings file
    /// an unknown target is an error.
    pub keys: BTreeMap<String, String>,
    /// Additional headings: `"what broke" = "rootcause"`.
    pub headings: BTreeMap<String, SectionKind>,
    /// The language of the reports; the default is English.
    pub language: Language,
    /// Changes to the built-in table of synonyms.
    pub synonyms: SynonymSettings,
}

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

/// The settings for parsing reports.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReadingSettings {
    pub(crate) parse: ParseOptions,
    max_report_bytes: u64,
}

/// A problem and the path of its report.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ReportProblem {
    /// The report's path in the archive, with `/` between folders.
    pub path: String,
    /// The problem.
    pub problem: Problem,
}

/// A folder of reports.
#[derive(Debug, Clone)]
pub struct Archive {
    root: PathBuf,
    settings: Settings,
    include: GlobSet,
    exclude: GlobSet,
}

impl Archive {
    /// Opens the archive in a folder and reads its settings file if there is one.
    ///
    /// # Errors
    /// [`Error::ArchiveNotFound`], [`Error::ArchiveNotAFolder`], [`Error::Settings`], [`Error::Io`].
    pub fn open(root: impl AsRef<Path>) -> Result<Self> {
        let root = root.as_ref();
        let metadata = match root.metadata() {
            Ok(metadata) => metadata,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Err(Error::ArchiveNotFound(root.to_owned())),
            Err(e) => return Err(Error::io(root)(e)),
        };
        if !metadata.is_dir() {
            return Err(Error::ArchiveNotAFolder(root.to_owned()));
        }
        let path = root.join(SETTINGS_FILE);
        let settings = match std::fs::read_to_string(&path) {
            Ok(text) => read_settings(&path, &text)?,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Settings::default(),
            Err(e) => return Err(Error::io(path)(e)),
        };
        Self::with_settings(root, settings)
    }

    /// An archive with explicit settings.
    ///
    /// # Errors
    /// [`Error::Settings`] if a glob is invalid.
    pub fn with_settings(root: impl AsRef<Path>, settings: Settings) -> Result<Self> {
        let root = root.as_ref().to_owned();
        let include = globs(&root, &settings.include)?;
        let exclude = globs(&root, &settings.exclude)?;
        Ok(Self { root, settings, include, exclude })
    }

    /// The nearest folder with a settings file or an index: this folder or one of its parents.
    pub fn find(from: impl AsRef<Path>) -> Option<PathBuf> {
        from.as_ref()
            .ancestors()
            .find(|folder| folder.join(SETTINGS_FILE).is_file() || folder.join(INDEX_FOLDER).is_dir())
            .map(Path::to_owned)
    }

    /// The root folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The default folder of this archive's index.
    pub fn index_dir(&self) -> PathBuf {
        self.root.join(INDEX_FOLDER)
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Whether a path in the archive, with `/` between folders, is a report.
    pub fn is_report(&self, path: &str) -> bool {
        const EXTENSIONS: [&str; 5] = [".md", ".markdown", ".mdx", ".qmd", ".md.erb"];
        let usual = EXTENSIONS.iter().any(|ext| {
            path.len()
                .checked_sub(ext.len())
                .and_then(|at| path.get(at..))
                .is_some_and(|end| end.eq_ignore_ascii_case(ext))
        });
        (usual || self.include.is_match(path)) && !self.exclude.is_match(path)
    }

    /// The paths of all reports in the archive, with `/` between folders, sorted. Unreadable files and folders are left
    /// out.
    pub fn report_paths(&self) -> Vec<String> {
        walk::walk(self, None).unwrap_or_default().files.into_iter().map(|file| file.path.into()).collect()
    }

    /// The maximum size of a report, in bytes.
    pub fn max_report_bytes(&self) -> u64 {
        self.settings.max_report_bytes.unwrap_or(10_000_000)
    }

    /// The options for parsing reports of this archive.
    pub fn parse_options(&self) -> ParseOptions {
        ParseOptions {
            keys: self.settings.keys.clone(),
            headings: self.settings.headings.clone(),
            day_first: self.settings.day_first,
            max_facts_bytes: self.settings.max_facts_bytes,
        }
    }

    /// The settings that are stored in an index of this archive.
    pub(crate) fn kept_settings(&self) -> KeptSettings {
        let reading = ReadingSettings { parse: self.parse_options(), max_report_bytes: self.max_report_bytes() };
        let Settings { language, synonyms, .. } = &self.settings;
        KeptSettings { reading: Some(reading), language: *language, synonyms: synonyms.clone() }
    }
}

/// The `[keys]` of a settings file, and where the values are.
#[derive(Deserialize)]
struct KeyTargets {
    #[serde(default)]
    keys: BTreeMap<String, Spanned<String>>,
}

fn read_settings(path: &Path, text: &str) -> Result<Settings> {
    let wrong = |at, reason| Error::Settings { path: path.to_owned(), line: line_at(text, at), reason };
    let not_toml = |e: toml::de::Error| wrong(e.span().map_or(0, |span| span.start), e.message().to_owned());
    let settings = toml::from_str(text).map_err(not_toml)?;
    let KeyTargets { keys } = toml::from_str(text).map_err(not_toml)?;
    let unknown = keys.values().filter(|target| !is_key(target.get_ref()));
    match unknown.min_by_key(|target| target.span().start) {
        None => Ok(settings),
        Some(target) => {
            let known = key_names().collect::<Vec<_>>().join(", ");
            let reason = format!("unknown key `{}`; these are known: {known}", target.get_ref());
            Err(wrong(target.span().start, reason))
        }
    }
}

fn globs(root: &Path, patterns: &[String]) -> Result<GlobSet> {
    let wrong = |e: globset::Error| Error::Settings { path: root.join(SETTINGS_FILE), line: 1, reason: e.to_string() };
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        set.add(Glob::new(pattern).map_err(wrong)?);
    }
    set.build().map_err(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_recognized_by_extension_and_glob() {
        let settings = Settings {
            include: vec!["*.adoc".into(), "PM*".into()],
            exclude: vec!["**/template.md".into()],
            ..Settings::default()
        };
        let archive = Archive::with_settings("x", settings).unwrap();
        for path in
            ["a.md", "A.MD", "b/c.markdown", "d.mdx", "e.qmd", "f.md.erb", "g.adoc", "PM2022-009 - no extension"]
        {
            assert!(archive.is_report(path), "{path}");
        }
        for path in ["a.txt", "md", ".md.bak", "img.png", "b/template.md", "é"] {
            assert!(!archive.is_report(path), "{path}");
        }
    }

    #[test]
    fn an_invalid_settings_file_is_reported_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(SETTINGS_FILE), "exclude = []\ninclud = []\n").unwrap();
        let message = Archive::open(folder.path()).unwrap_err().to_string();
        assert!(message.contains("rca.toml:2: unknown field `includ`"), "{message}");
        std::fs::write(folder.path().join(SETTINGS_FILE), "\nlanguage = \"klingon\"\n").unwrap();
        let message = Archive::open(folder.path()).unwrap_err().to_string();
        assert!(message.contains("rca.toml:2: unknown language `klingon`; these are known: arabic, "), "{message}");
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
        assert!(reason.starts_with("unknown key `sevrity`; these are known: title, start, date, "), "{reason}");
        for known in ["end", "severity", "services", "tags", "status", "duration", "summary", "impact"] {
            assert!(reason.split(", ").any(|name| name == known), "{known} is not in: {reason}");
        }
        assert_eq!(open("[keys]\nblast = \"severity\"\nort = \"Betroffene Dienste\"\n").unwrap().len(), 2);
    }
}
