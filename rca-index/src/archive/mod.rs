//! The archive: a folder of reports and its settings, `rca.toml`.

mod check;
pub(crate) mod names;
pub(crate) mod read;
pub(crate) mod walk;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use globset::{Glob, GlobSet, GlobSetBuilder};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::incident::{Problem, SectionKind};
use crate::parse::ParseOptions;
use crate::text::Language;

pub use check::{CheckReport, check};

/// The name of the settings file, in the root of an archive.
pub const SETTINGS_FILE: &str = "rca.toml";
/// The name of the index folder, in the root of an archive.
pub const INDEX_FOLDER: &str = ".rca";

/// The settings of an archive, as `rca.toml` states them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Settings {
    /// Globs of files that are reports beside the usual extensions: `["*.txt", "incidents/*.adoc"]`.
    pub include: Vec<String>,
    /// Globs of files that are no reports: `["README.md", "templates/**"]`.
    pub exclude: Vec<String>,
    /// The largest report that is read, in bytes; 10 MB when not set.
    pub max_report_bytes: Option<u64>,
    /// How much of a report's body is taken apart into facts, in bytes; 1 MB when not set. All of it is searched.
    pub max_facts_bytes: Option<usize>,
    /// More front-matter keys: `outage_class = "severity"`.
    pub keys: BTreeMap<String, String>,
    /// More headings: `"what broke" = "rootcause"`.
    pub headings: BTreeMap<String, SectionKind>,
    /// The language that reports are written in; English when not set.
    pub language: Language,
    /// Changes to the table of words that mean the same.
    pub synonyms: SynonymSettings,
}

/// What an archive changes in the library's table of words that mean the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct SynonymSettings {
    /// Groups of words and phrases that mean the same: `[["shop", "storefront"]]`. One that shares an entry with a group of
    /// the table joins it.
    pub add: Vec<Vec<String>>,
    /// Words and phrases that stand for nothing but themselves: `["db"]`.
    pub remove: Vec<String>,
}

/// The settings that an index depends on, as it keeps them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeptSettings {
    /// What decides how a report is read; none when nothing was read from an archive.
    pub(crate) reading: Option<ReadingSettings>,
    pub(crate) language: Language,
    pub(crate) synonyms: SynonymSettings,
}

/// The settings that decide how a report is read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReadingSettings {
    pub(crate) parse: ParseOptions,
    max_report_bytes: u64,
}

/// A problem and the report it is in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ReportProblem {
    /// The report's path in the archive, `/` between folders.
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

    /// An archive with settings from elsewhere.
    ///
    /// # Errors
    /// [`Error::Settings`] when a glob cannot be read.
    pub fn with_settings(root: impl AsRef<Path>, settings: Settings) -> Result<Self> {
        let root = root.as_ref().to_owned();
        let include = globs(&root, &settings.include)?;
        let exclude = globs(&root, &settings.exclude)?;
        Ok(Self { root, settings, include, exclude })
    }

    /// The nearest folder, from this one upwards, that has a settings file or an index.
    pub fn find(from: impl AsRef<Path>) -> Option<PathBuf> {
        from.as_ref()
            .ancestors()
            .find(|folder| folder.join(SETTINGS_FILE).is_file() || folder.join(INDEX_FOLDER).is_dir())
            .map(Path::to_owned)
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where the index of this archive lives unless told otherwise.
    pub fn index_dir(&self) -> PathBuf {
        self.root.join(INDEX_FOLDER)
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Whether a path in the archive, `/` between folders, is a report's.
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

    /// The paths of all reports in the archive, `/` between folders, sorted. What cannot be read is left out.
    pub fn report_paths(&self) -> Vec<String> {
        walk::walk(self, None).unwrap_or_default().files.into_iter().map(|file| file.path.into()).collect()
    }

    /// The largest report that is read, in bytes.
    pub fn max_report_bytes(&self) -> u64 {
        self.settings.max_report_bytes.unwrap_or(10_000_000)
    }

    /// How reports of this archive are parsed.
    pub fn parse_options(&self) -> ParseOptions {
        ParseOptions {
            keys: self.settings.keys.clone(),
            headings: self.settings.headings.clone(),
            max_facts_bytes: self.settings.max_facts_bytes,
        }
    }

    /// What an index of this archive keeps of its settings.
    pub(crate) fn kept_settings(&self) -> KeptSettings {
        let reading = ReadingSettings { parse: self.parse_options(), max_report_bytes: self.max_report_bytes() };
        let Settings { language, synonyms, .. } = &self.settings;
        KeptSettings { reading: Some(reading), language: *language, synonyms: synonyms.clone() }
    }
}

fn read_settings(path: &Path, text: &str) -> Result<Settings> {
    toml::from_str(text).map_err(|e| {
        let before = e.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = 1 + before.bytes().filter(|&b| b == b'\n').count() as u32;
        Error::Settings { path: path.to_owned(), line, reason: e.message().to_owned() }
    })
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
    fn reports_are_known_by_extension_and_glob() {
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
    fn a_settings_file_that_cannot_be_read_is_named_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(SETTINGS_FILE), "exclude = []\ninclud = []\n").unwrap();
        let message = Archive::open(folder.path()).unwrap_err().to_string();
        assert!(message.contains("rca.toml:2: unknown field `includ`"), "{message}");
        std::fs::write(folder.path().join(SETTINGS_FILE), "\nlanguage = \"klingon\"\n").unwrap();
        let message = Archive::open(folder.path()).unwrap_err().to_string();
        assert!(message.contains("rca.toml:2: unknown language `klingon`; these are known: arabic, "), "{message}");
    }
}
