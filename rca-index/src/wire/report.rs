//! The JSON form of update reports, check reports and index health.

use serde::Serialize;

use super::{VERSION, milliseconds};
use crate::archive::CheckReport;
use crate::archive::ReportProblem;
use crate::engine::health::Health;
use crate::incident::{IgnoredCount, LeftOut, Level};
use crate::incident::{Precision, Timestamp};
use crate::update::UpdateReport;

/// The result of a check.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct CheckForm<'a> {
    #[serde(flatten)]
    pub summary: CheckSummaryForm<'a>,
    pub problems: Vec<ProblemForm<'a>>,
}

/// The result of a check without its problems.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct CheckSummaryForm<'a> {
    pub version: u32,
    /// The folder that the paths are in.
    pub root: Option<&'a str>,
    pub reports: usize,
    /// Files that are not reports.
    pub left_out: usize,
}

/// The files of an archive that are not reports.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct LeftOutsForm<'a> {
    pub version: u32,
    /// The folder that the paths are in.
    pub root: Option<&'a str>,
    pub left_out: Vec<LeftOutForm<'a>>,
}

/// The number of the files of an archive that are not reports.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct LeftOutsSummaryForm<'a> {
    pub version: u32,
    /// The folder that the paths are in.
    pub root: Option<&'a str>,
    pub left_out: usize,
}

/// A file that is not a report.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct LeftOutForm<'a> {
    pub path: &'a str,
    pub line: u32,
    /// The stable code: `template`, `index`, `readme`.
    pub code: &'static str,
    pub reason: String,
}

/// How many files an ignore file leaves out.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct IgnoredForm<'a> {
    /// The ignore file, as seen from the archive.
    pub by: &'a str,
    pub files: usize,
    /// Whether there may be more, in folders that were not looked into.
    pub more: bool,
}

/// The health of an index.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct HealthForm<'a> {
    pub version: u32,
    /// The folder of the index.
    pub path: Option<String>,
    pub incidents: usize,
    /// Incidents that a program upserted.
    pub given: usize,
    /// The ids of given incidents that reports hide.
    pub hidden: Vec<String>,
    /// Folders of other versions that may have given incidents which this version cannot read.
    pub kept: Vec<String>,
    /// Files of the archive that are not reports.
    pub left_out: usize,
    /// Files that ignore files leave out.
    pub ignored: Vec<IgnoredForm<'a>>,
    pub segments: usize,
    /// Deleted incidents that still use disk space.
    pub deleted: usize,
    /// Bytes on disk.
    pub bytes: u64,
    /// The total size of the indexed reports, in bytes.
    pub source_bytes: u64,
    /// When the last update finished.
    pub updated: Option<Timestamp>,
    /// Missing files, and files with a checksum mismatch.
    pub damaged: Vec<String>,
    /// Whether the index is trusted: written by this user, or where only root can write.
    pub trusted: Option<bool>,
    /// How many reports were compared with their files.
    pub compared: Option<usize>,
    /// The ids of reports that the index shows otherwise than their files are, though their time stamps say that they are unchanged.
    pub differing: Vec<String>,
    /// Files that were added, modified or removed since the last update.
    pub outdated: Option<usize>,
    /// Whether an edit that keeps size and modification time is seen by an update.
    pub sees_kept_times: Option<bool>,
    /// Ids of reports that the manifest names and the index has not.
    pub missing: &'a [String],
    /// Ids of reports that the index has and the manifest does not name.
    pub unexpected: &'a [String],
}

/// The result of an update.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct UpdateForm<'a> {
    pub version: u32,
    pub reports: usize,
    pub added: usize,
    pub modified: usize,
    pub renamed: usize,
    pub removed: usize,
    pub unchanged: usize,
    /// Files and folders that could not be taken in.
    pub failed: usize,
    /// Reports that cannot be read now, and are as an earlier update read them.
    pub kept: usize,
    /// Reports that the index had, and that a rebuild could not read again.
    pub lost: usize,
    /// Files that are not reports.
    pub left_out: usize,
    /// The ids of given incidents that reports hide.
    pub hidden: &'a [String],
    /// Files that ignore files leave out.
    pub ignored: Vec<IgnoredForm<'a>>,
    pub bytes: u64,
    pub took_ms: f64,
    pub problems: Vec<ProblemForm<'a>>,
}

/// A problem in a report.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct ProblemForm<'a> {
    pub path: &'a str,
    pub line: u32,
    pub level: Level,
    /// The stable code of the problem.
    pub code: &'static str,
    pub reason: String,
}

impl<'a> CheckForm<'a> {
    /// The JSON form of a check report.
    ///
    /// # Examples
    /// ```
    /// use rca_index::wire::CheckForm;
    /// use rca_index::{Archive, check};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # std::fs::write(folder.path().join("queue.md"), "# Queue\n\n**Severity:** vermilion\n")?;
    /// let report = check(&Archive::open(folder.path())?)?;
    /// let json = serde_json::to_value(CheckForm::new(&report))?;
    /// assert_eq!((&json["reports"], &json["problems"][0]["line"]), (&1.into(), &3.into()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(report: &'a CheckReport) -> Self {
        let problems = report.problems.iter().map(ProblemForm::new).collect();
        Self { summary: CheckSummaryForm::new(report), problems }
    }

    /// The same with the folder that the paths are in.
    ///
    /// # Examples
    /// ```
    /// use rca_index::CheckReport;
    /// use rca_index::wire::CheckForm;
    ///
    /// let report = CheckReport::default();
    /// let json = serde_json::to_value(CheckForm::new(&report).root("/reports"))?;
    /// assert_eq!(json["root"], "/reports");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn root(self, root: &'a str) -> Self {
        Self { summary: self.summary.root(root), ..self }
    }
}

impl<'a> CheckSummaryForm<'a> {
    /// The JSON form of a check report, without its problems.
    ///
    /// # Examples
    /// ```
    /// use rca_index::CheckReport;
    /// use rca_index::wire::CheckSummaryForm;
    ///
    /// let json = serde_json::to_value(CheckSummaryForm::new(&CheckReport::default()))?;
    /// assert!(json["reports"] == 0 && json.get("problems").is_none());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn new(report: &CheckReport) -> Self {
        Self { version: VERSION, root: None, reports: report.reports, left_out: report.left_out.len() }
    }

    /// The same with the folder that the paths are in.
    ///
    /// # Examples
    /// ```
    /// use rca_index::CheckReport;
    /// use rca_index::wire::CheckSummaryForm;
    ///
    /// let report = CheckReport::default();
    /// let json = serde_json::to_value(CheckSummaryForm::new(&report).root("/reports"))?;
    /// assert_eq!(json["root"], "/reports");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn root(self, root: &'a str) -> Self {
        Self { root: Some(root), ..self }
    }
}

impl<'a> LeftOutsForm<'a> {
    /// The JSON form of the files that are not reports.
    ///
    /// # Examples
    /// ```
    /// use rca_index::wire::LeftOutsForm;
    ///
    /// let json = serde_json::to_value(LeftOutsForm::new(&[]))?;
    /// assert_eq!(json["left_out"], serde_json::json!([]));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn new(files: &'a [LeftOut]) -> Self {
        Self { version: VERSION, root: None, left_out: files.iter().map(LeftOutForm::new).collect() }
    }

    /// The same with the folder that the paths are in.
    ///
    /// # Examples
    /// ```
    /// use rca_index::wire::LeftOutsForm;
    ///
    /// assert_eq!(serde_json::to_value(LeftOutsForm::new(&[]).root("/reports"))?["root"], "/reports");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn root(self, root: &'a str) -> Self {
        Self { root: Some(root), ..self }
    }
}

impl<'a> LeftOutsSummaryForm<'a> {
    /// The number of the files that are not reports, in the folder that their paths are in.
    ///
    /// # Examples
    /// ```
    /// use rca_index::wire::LeftOutsSummaryForm;
    ///
    /// assert_eq!(serde_json::to_value(LeftOutsSummaryForm::new(&[], Some("/reports")))?["root"], "/reports");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn new(files: &[LeftOut], root: Option<&'a str>) -> Self {
        Self { version: VERSION, root, left_out: files.len() }
    }
}

impl<'a> LeftOutForm<'a> {
    /// The JSON form of a file that is not a report.
    ///
    /// # Examples
    /// ```
    /// use rca_index::wire::LeftOutForm;
    /// use rca_index::{Archive, check};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # std::fs::create_dir(folder.path().join("templates"))?;
    /// # std::fs::write(folder.path().join("templates/a.md"), "# Incident\n\n## Summary\n\n## Impact\n\n## Timeline\n")?;
    /// for file in &check(&Archive::open(folder.path())?)?.left_out {
    ///     assert_eq!(serde_json::to_value(LeftOutForm::new(file))?["code"], "template");
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(file: &'a LeftOut) -> Self {
        let LeftOut { path, why } = file;
        Self { path, line: why.line, code: why.reason.code(), reason: why.to_string() }
    }
}

impl<'a> IgnoredForm<'a> {
    fn all(counts: &'a [IgnoredCount]) -> Vec<Self> {
        counts.iter().map(|IgnoredCount { by, files, more }| Self { by, files: *files, more: *more }).collect()
    }
}

impl<'a> HealthForm<'a> {
    /// The JSON form of an index's health.
    ///
    /// # Examples
    /// ```
    /// use rca_index::wire::HealthForm;
    /// use rca_index::Index;
    ///
    /// let json = serde_json::to_value(HealthForm::new(&Index::in_memory()?.health()?))?;
    /// assert_eq!(json["incidents"], 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(health: &'a Health) -> Self {
        let text = |path: &std::path::PathBuf| path.to_string_lossy().into_owned();
        let compared = health.comparison.as_ref();
        Self {
            version: VERSION,
            path: health.path.as_ref().map(text),
            incidents: health.incidents,
            given: health.given,
            hidden: health.hidden.clone(),
            kept: health.kept.iter().map(text).collect(),
            left_out: health.left_out,
            ignored: IgnoredForm::all(&health.ignored),
            segments: health.segments,
            deleted: health.deleted,
            bytes: health.bytes,
            source_bytes: health.source_bytes,
            updated: health.updated.map(|seconds| Timestamp::from_unix_seconds(seconds, Precision::Second)),
            damaged: health.damaged.iter().map(text).collect(),
            trusted: health.trusted,
            compared: compared.map(|compared| compared.reports),
            differing: compared.map(|compared| compared.differing.clone()).unwrap_or_default(),
            outdated: compared.map(|compared| compared.outdated),
            sees_kept_times: compared.map(|compared| compared.sees_kept_times),
            missing: &health.missing,
            unexpected: &health.unexpected,
        }
    }
}

impl<'a> UpdateForm<'a> {
    /// The JSON form of an update report.
    ///
    /// # Examples
    /// ```
    /// use rca_index::wire::UpdateForm;
    /// use rca_index::{Archive, Index, UpdateOptions};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # std::fs::write(folder.path().join("queue.md"), "# Queue backlog\n")?;
    /// let archive = Archive::open(folder.path())?;
    /// let report = Index::in_memory()?.update(&archive, &UpdateOptions::default(), |_event| {})?;
    /// assert_eq!(serde_json::to_value(UpdateForm::new(&report))?["added"], 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(report: &'a UpdateReport) -> Self {
        Self {
            version: VERSION,
            reports: report.reports,
            added: report.added,
            modified: report.modified,
            renamed: report.renamed,
            removed: report.removed,
            unchanged: report.unchanged,
            failed: report.failed,
            kept: report.kept,
            lost: report.lost,
            left_out: report.left_out.len(),
            hidden: &report.hidden,
            ignored: IgnoredForm::all(&report.ignored),
            bytes: report.bytes,
            took_ms: milliseconds(report.took),
            problems: report.problems.iter().map(ProblemForm::new).collect(),
        }
    }
}

impl<'a> ProblemForm<'a> {
    /// The JSON form of a problem.
    ///
    /// # Examples
    /// ```
    /// use rca_index::wire::ProblemForm;
    /// use rca_index::{Archive, check};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # std::fs::write(folder.path().join("queue.md"), "# Queue\n\n**Severity:** vermilion\n")?;
    /// let found = check(&Archive::open(folder.path())?)?;
    /// let json = serde_json::to_value(ProblemForm::new(&found.problems[0]))?;
    /// assert_eq!((&json["path"], &json["code"]), (&"queue.md".into(), &"severity-unknown".into()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(problem: &'a ReportProblem) -> Self {
        let ReportProblem { path, problem } = problem;
        Self { path, line: problem.line, level: problem.level(), code: problem.code(), reason: problem.reason() }
    }
}
