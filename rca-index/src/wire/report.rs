//! The JSON form of update reports, check reports and index health.

use serde::Serialize;

use super::{VERSION, milliseconds};
use crate::archive::CheckReport;
use crate::archive::ReportProblem;
use crate::engine::health::Health;
use crate::incident::{LeftOut, Level};
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

/// The health of an index.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct HealthForm {
    pub version: u32,
    /// The folder of the index.
    pub path: Option<String>,
    pub incidents: usize,
    /// Files of the archive that are not reports.
    pub left_out: usize,
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
    pub failed: usize,
    /// Files that are not reports.
    pub left_out: usize,
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
    pub fn new(report: &'a CheckReport) -> Self {
        let problems = report.problems.iter().map(ProblemForm::new).collect();
        Self { summary: CheckSummaryForm::new(report), problems }
    }

    /// The same with the folder that the paths are in.
    #[must_use]
    pub fn root(self, root: &'a str) -> Self {
        Self { summary: self.summary.root(root), ..self }
    }
}

impl<'a> CheckSummaryForm<'a> {
    /// The JSON form of a check report, without its problems.
    pub fn new(report: &CheckReport) -> Self {
        Self { version: VERSION, root: None, reports: report.reports, left_out: report.left_out.len() }
    }

    /// The same with the folder that the paths are in.
    #[must_use]
    pub fn root(self, root: &'a str) -> Self {
        Self { root: Some(root), ..self }
    }
}

impl<'a> LeftOutsForm<'a> {
    /// The JSON form of the files that are not reports.
    pub fn new(files: &'a [LeftOut]) -> Self {
        Self { version: VERSION, root: None, left_out: files.iter().map(LeftOutForm::new).collect() }
    }

    /// The same with the folder that the paths are in.
    #[must_use]
    pub fn root(self, root: &'a str) -> Self {
        Self { root: Some(root), ..self }
    }
}

impl<'a> LeftOutsSummaryForm<'a> {
    /// The number of the files that are not reports, in the folder that their paths are in.
    pub fn new(files: &[LeftOut], root: Option<&'a str>) -> Self {
        Self { version: VERSION, root, left_out: files.len() }
    }
}

impl<'a> LeftOutForm<'a> {
    /// The JSON form of a file that is not a report.
    pub fn new(file: &'a LeftOut) -> Self {
        let LeftOut { path, why } = file;
        Self { path, line: why.line, code: why.reason.code(), reason: why.to_string() }
    }
}

impl HealthForm {
    /// The JSON form of an index's health.
    pub fn new(health: &Health) -> Self {
        let text = |path: &std::path::PathBuf| path.to_string_lossy().into_owned();
        Self {
            version: VERSION,
            path: health.path.as_ref().map(text),
            incidents: health.incidents,
            left_out: health.left_out,
            segments: health.segments,
            deleted: health.deleted,
            bytes: health.bytes,
            source_bytes: health.source_bytes,
            updated: health.updated.map(|seconds| Timestamp::from_unix_seconds(seconds, Precision::Second)),
            damaged: health.damaged.iter().map(text).collect(),
        }
    }
}

impl<'a> UpdateForm<'a> {
    /// The JSON form of an update report.
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
            left_out: report.left_out.len(),
            bytes: report.bytes,
            took_ms: milliseconds(report.took),
            problems: report.problems.iter().map(ProblemForm::new).collect(),
        }
    }
}

impl<'a> ProblemForm<'a> {
    /// The JSON form of a problem.
    pub fn new(problem: &'a ReportProblem) -> Self {
        let ReportProblem { path, problem } = problem;
        Self { path, line: problem.line, level: problem.level(), code: problem.code(), reason: problem.reason() }
    }
}
