//! The archive: a folder of reports and its settings, `rca.toml`.

mod baseline;
mod check;
mod encoding;
mod globs;
mod house;
mod ignore_files;
mod ignore_patterns;
pub(crate) mod ignored;
mod include;
mod kept;
pub(crate) mod link_key;
mod links;
pub(crate) mod names;
mod near;
pub(crate) mod not_a_report;
pub(crate) mod read;
mod reference;
mod rules;
mod sample;
mod settings;
mod signs;
mod spans;
pub(crate) mod stamp;
mod suggest;
pub(crate) mod walk;

use std::path::{Path, PathBuf};

use globset::GlobSet;
use serde::{Deserialize, Serialize};

use crate::archive::globs::{WrongGlob, glob_set};
use crate::archive::house::{Places, WrongName, house_names};
use crate::archive::include::IncludeInside;
use crate::error::{Error, Result};
pub use crate::files::INDEX_FOLDER;
use crate::files::Root;
use crate::incident::lines::line_at;
use crate::incident::{HouseNames, Problem};
use crate::parse::ParseOptions;
use crate::text::{Excess, Synonyms};

use settings::{read_settings, settings_text};
use spans::Item;

pub use baseline::{Baseline, Entry as BaselineEntry, fingerprint};
pub use check::{CheckReport, Selection, check, check_selected};
pub use kept::SynonymSettings;
pub(crate) use kept::{KeptSettings, ReadingSettings};
pub use reference::{SETTINGS, SettingSpec};
pub use rules::{ProblemName, RequiredFact};
pub use sample::Sample;
pub use settings::{AllowedSettings, CheckSettings, IgnoredSetting, ServiceSettings, Settings, SeverityRank};
pub use suggest::suggest;

/// The name of the settings file, in the root of an archive.
pub const SETTINGS_FILE: &str = "rca.toml";
/// The name of a file in an index folder that says that a search made the index, in a folder that nobody named as an archive.
pub const MADE_BY_SEARCH: &str = "made-by-search";

/// How the name of a report ends, in any case.
const REPORT_EXTENSIONS: [&str; 5] = [".md", ".markdown", ".mdx", ".qmd", ".md.erb"];

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
    ignored_settings: Vec<IgnoredSetting>,
    include: GlobSet,
    include_inside: IncludeInside,
    exclude: GlobSet,
    house: HouseNames,
}

impl Archive {
    /// Opens the archive in a folder and reads its settings file if there is one.
    ///
    /// # Errors
    /// [`Error::ArchiveNotFound`], [`Error::ArchiveNotAFolder`], [`Error::Settings`], [`Error::SettingsUnreadable`],
    /// [`Error::Io`].
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Archive, Error};
    ///
    /// let folder = tempfile::tempdir()?;
    /// assert_eq!(Archive::open(folder.path())?.report_paths(), [""; 0]);
    /// assert!(matches!(Archive::open(folder.path().join("gone")), Err(Error::ArchiveNotFound(_))));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
        match settings_text(&path)? {
            Some(text) => Self::from_settings_text(root, &text),
            None => Self::with_settings(root, Settings::default()),
        }
    }

    /// An archive with the settings of this text.
    fn from_settings_text(root: &Path, text: &str) -> Result<Self> {
        let (settings, spans, ignored_settings) = read_settings(&root.join(SETTINGS_FILE), text)?;
        let archive = Self::of(root, settings, |item| line_at(text, spans.of(item)))?;
        Ok(Self { ignored_settings, ..archive })
    }

    /// An archive with explicit settings.
    ///
    /// # Errors
    /// [`Error::Settings`] if a glob is invalid, a name belongs to two services, or there are too many synonyms.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Archive, Settings};
    ///
    /// let mut settings = Settings::default();
    /// settings.include = vec!["*.adoc".into()];
    /// assert!(Archive::with_settings("incidents", settings)?.is_report("queue.adoc"));
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn with_settings(root: impl AsRef<Path>, settings: Settings) -> Result<Self> {
        Self::of(root.as_ref(), settings, |_| 1)
    }

    /// An archive with settings whose items stand at these lines of its settings file.
    fn of(root: &Path, settings: Settings, line_of: impl Fn(Item) -> u32) -> Result<Self> {
        let wrong = |line, reason| Error::Settings { path: root.join(SETTINGS_FILE), line, reason };
        let globs = |globs: &[String], item: fn(usize) -> Item| {
            glob_set(globs).map_err(|WrongGlob { number, reason }| wrong(line_of(item(number)), reason))
        };
        let include = globs(&settings.include, Item::Include)?;
        let include_inside = IncludeInside::new(&settings.include, |inside| globs(inside, Item::Include))?;
        let exclude = globs(&settings.exclude, Item::Exclude)?;
        let SynonymSettings { add, remove } = &settings.synonyms;
        let excess = if add.is_empty() { None } else { Synonyms::default().excess(add, remove) };
        if let Some(Excess { group, entry, reason }) = excess {
            return Err(wrong(line_of(Item::Synonym { group, entry }), reason));
        }
        let house = house_names(&settings, &Places::default()).map_err(|WrongName { reason, .. }| wrong(1, reason))?;
        let ignored_settings = Vec::new();
        Ok(Self { root: root.to_owned(), settings, ignored_settings, include, include_inside, exclude, house })
    }

    /// The nearest folder with a settings file or an index: this folder or one of its parents. A parent's index that a search
    /// made by itself does not count: nobody said that the parent is an archive.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Archive, SETTINGS_FILE};
    ///
    /// let folder = tempfile::tempdir()?;
    /// std::fs::create_dir(folder.path().join("2025"))?;
    /// std::fs::write(folder.path().join(SETTINGS_FILE), "")?;
    /// assert_eq!(Archive::find(folder.path().join("2025")).as_deref(), Some(folder.path()));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn find(from: impl AsRef<Path>) -> Option<PathBuf> {
        let from = from.as_ref();
        let has_index = |folder: &Path| {
            let index = folder.join(INDEX_FOLDER);
            index.is_dir() && (folder == from || !index.join(MADE_BY_SEARCH).exists())
        };
        // What is there and is no regular file is refused when it is opened, and not passed over.
        let is_settings = |path: PathBuf| path.symlink_metadata().is_ok_and(|metadata| !metadata.is_dir());
        from.ancestors().find(|folder| is_settings(folder.join(SETTINGS_FILE)) || has_index(folder)).map(Path::to_owned)
    }

    /// The root folder.
    ///
    /// # Examples
    /// ```
    /// use std::path::Path;
    ///
    /// use rca_index::{Archive, Settings};
    ///
    /// assert_eq!(Archive::with_settings("incidents", Settings::default())?.root(), Path::new("incidents"));
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder, to read files below it. It stays open meanwhile, so this is for one go through the archive.
    pub(crate) fn open_root(&self) -> Root {
        Root::at(&self.root)
    }

    /// The default folder of this archive's index.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Archive, Settings};
    ///
    /// assert!(Archive::with_settings("incidents", Settings::default())?.index_dir().ends_with(".rca"));
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn index_dir(&self) -> PathBuf {
        self.root.join(INDEX_FOLDER)
    }

    /// The settings.
    ///
    /// # Examples
    /// ```
    /// use rca_index::Archive;
    ///
    /// let folder = tempfile::tempdir()?;
    /// std::fs::write(folder.path().join("rca.toml"), "day_first = true\n")?;
    /// assert_eq!(Archive::open(folder.path())?.settings().day_first, Some(true));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What the settings file says that only the user may say, namely where the index is: `index`, and `[cluster]`. It is ignored.
    ///
    /// # Examples
    /// ```
    /// use rca_index::Archive;
    ///
    /// let folder = tempfile::tempdir()?;
    /// std::fs::write(folder.path().join("rca.toml"), "# Ours.\nindex = \"http://elsewhere.example/x\"\n")?;
    /// let archive = Archive::open(folder.path())?;
    /// assert_eq!((archive.ignored_settings()[0].key.as_str(), archive.ignored_settings()[0].line), ("index", 2));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn ignored_settings(&self) -> &[IgnoredSetting] {
        &self.ignored_settings
    }

    /// Whether a path in the archive, with `/` between folders, is that of a report. Its content may say that it is a
    /// template, an index or about the folder.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Archive, Settings};
    ///
    /// let archive = Archive::with_settings("incidents", Settings::default())?;
    /// assert!(archive.is_report("2025/queue.md") && !archive.is_report("2025/graph.png"));
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn is_report(&self, path: &str) -> bool {
        let usual = REPORT_EXTENSIONS.iter().any(|ext| {
            path.len()
                .checked_sub(ext.len())
                .and_then(|at| path.get(at..))
                .is_some_and(|end| end.eq_ignore_ascii_case(ext))
        });
        (usual || self.include.is_match(path)) && !self.exclude.is_match(path)
    }

    /// Whether the settings take this path in, whatever its content says.
    pub(crate) fn is_included(&self, path: &str) -> bool {
        self.include.is_match(path)
    }

    /// Whether `.gitignore` and `.ignore` count.
    pub(crate) fn uses_ignore_files(&self) -> bool {
        self.settings.ignore_files.unwrap_or(true)
    }

    /// Whether reports may have other names than those with the usual extensions.
    pub(crate) fn has_own_names(&self) -> bool {
        !self.settings.include.is_empty()
    }

    /// Whether the settings may take in files of this folder although an ignore file leaves it out.
    pub(crate) fn includes_inside(&self, folder: &str) -> bool {
        self.include_inside.may_be_in(folder)
    }

    /// Whether the settings take this path in although an ignore file leaves out a folder that it is in.
    pub(crate) fn is_included_inside(&self, path: &str) -> bool {
        self.include_inside.is_match(path) && !self.is_excluded(path)
    }

    /// Whether the settings leave this path out.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Archive, Settings};
    ///
    /// let mut settings = Settings::default();
    /// settings.exclude = vec!["drafts/**".into()];
    /// assert!(Archive::with_settings("incidents", settings)?.is_excluded("drafts/queue.md"));
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn is_excluded(&self, path: &str) -> bool {
        self.exclude.is_match(path)
    }

    /// The paths of all reports in the archive, with `/` between folders, sorted. Unreadable files and folders are left
    /// out.
    ///
    /// # Examples
    /// ```
    /// use rca_index::Archive;
    ///
    /// let folder = tempfile::tempdir()?;
    /// std::fs::write(folder.path().join("queue.md"), "# Queue backlog\n")?;
    /// std::fs::write(folder.path().join("graph.png"), "")?;
    /// assert_eq!(Archive::open(folder.path())?.report_paths(), ["queue.md"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn report_paths(&self) -> Vec<String> {
        walk::walk(self, None).unwrap_or_default().files.into_iter().map(|file| file.path.into()).collect()
    }

    /// The maximum size of a report, in bytes. That of the settings, but no more than 1 GB: a file may state any size.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Archive, Settings};
    ///
    /// assert_eq!(Archive::with_settings("incidents", Settings::default())?.max_report_bytes(), 10_000_000);
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn max_report_bytes(&self) -> u64 {
        /// Each thread of an update holds a report.
        const MOST: u64 = 1_000_000_000;
        self.settings.max_report_bytes.unwrap_or(10_000_000).min(MOST)
    }

    /// The options for parsing reports of this archive.
    ///
    /// # Examples
    /// ```
    /// use rca_index::parse::parse_report;
    /// use rca_index::{Archive, Settings};
    ///
    /// let mut settings = Settings::default();
    /// settings.keys.insert("outage_class".into(), "severity".into());
    /// let options = Archive::with_settings("incidents", settings)?.parse_options();
    /// let parsed = parse_report("queue.md", "---\noutage_class: P2\n---\n# Queue\n".to_owned(), &options);
    /// assert_eq!(parsed.incident.severity.map(|severity| severity.value.name).as_deref(), Some("P2"));
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn parse_options(&self) -> ParseOptions {
        ParseOptions {
            keys: self.settings.keys.clone(),
            headings: self.settings.headings.clone(),
            day_first: self.settings.day_first,
            max_facts_bytes: self.settings.max_facts_bytes,
            house: self.house.clone(),
        }
    }

    /// The settings that are stored in an index of this archive.
    pub(crate) fn kept_settings(&self) -> KeptSettings {
        let reading = ReadingSettings { parse: self.parse_options(), max_report_bytes: self.max_report_bytes() };
        let Settings { language, synonyms, .. } = &self.settings;
        KeptSettings { reading: Some(reading), language: *language, synonyms: synonyms.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_above_counts_unless_a_search_made_it() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let inside = root.join("a/b");
        std::fs::create_dir_all(&inside).unwrap();
        std::fs::create_dir(root.join(INDEX_FOLDER)).unwrap();
        assert_eq!(Archive::find(&inside), Some(root.clone()));
        std::fs::write(root.join(INDEX_FOLDER).join(MADE_BY_SEARCH), "").unwrap();
        assert_eq!(Archive::find(&inside).filter(|found| found.starts_with(&root)), None);
        assert_eq!(Archive::find(&root), Some(root.clone()));
        std::fs::write(root.join(SETTINGS_FILE), "").unwrap();
        assert_eq!(Archive::find(&inside), Some(root));
    }

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
}
