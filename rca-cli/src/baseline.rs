//! The file of a baseline: the problems that a team knows already, with paths relative to the file's folder, so that it means
//! the same from any working directory.
//!
//! In: the name of the file, what a check found. Out: the problems that are new, and what to say about the others.

use std::path::{Component, Path, PathBuf};

use rca_index::{Baseline, CheckReport, files};

use crate::context::Context;
use crate::failure::Failure;
use crate::location::Location;
use crate::paths::slashed;
use crate::quantity::count;
use crate::targets::{Target, resolved};

/// The file of a baseline.
pub(crate) struct BaselineFile<'a> {
    path: &'a Path,
    folder: PathBuf,
}

impl<'a> BaselineFile<'a> {
    pub(crate) fn new(path: &'a Path) -> Self {
        let file = resolved(path);
        let folder = file.parent().unwrap_or(&file).to_owned();
        Self { path, folder }
    }

    /// Leaves out the problems that the file has, and says what of it no longer occurs.
    pub(crate) fn leave_new(
        &self,
        context: &mut Context,
        targets: &[Target],
        location: &Location,
        report: CheckReport,
    ) -> Result<CheckReport, Failure> {
        /// More are counted, not listed.
        const SHOWN: usize = 10;
        let mut baseline = self.read()?;
        let mut report = report;
        let found = report.problems.len();
        report.problems = baseline.leave_new(report.problems, self.key(location));
        let known = found - report.problems.len();
        if known > 0 {
            context.say(format_args!("rca: {} left out", count(known, "known problem")));
        }
        // What was not checked may well be there still.
        baseline.retain(|entry| self.is_checked(targets, &entry.path));
        for entry in baseline.entries().take(SHOWN) {
            let place = self.path.display();
            context.say(format_args!("rca: {place}: no longer found: {}: {}: {}", entry.path, entry.code, entry.text));
        }
        let stale = baseline.entries().count();
        if stale > 0 {
            let more = if stale > SHOWN { format!("and {} more; ", stale - SHOWN) } else { String::new() };
            context.say(format_args!(
                "rca: {more}`--write-baseline {}` drops what is no longer found",
                self.path.display()
            ));
        }
        Ok(report)
    }

    /// Writes the problems found. What the file says of reports that were not checked is kept.
    pub(crate) fn write(
        &self,
        context: &mut Context,
        targets: &[Target],
        location: &Location,
        report: &CheckReport,
    ) -> Result<(), Failure> {
        let is_there = self.path.symlink_metadata().is_ok();
        let mut baseline = if is_there { self.read()? } else { Baseline::default() };
        baseline.retain(|entry| !self.is_checked(targets, &entry.path));
        baseline.extend(Baseline::of(&report.problems, self.key(location)));
        files::replace(self.path, baseline.to_text().as_bytes()).map_err(|error| self.failure(&error))?;
        context.say(format_args!("rca: {}: {}", self.path.display(), count(baseline.len(), "known problem")));
        Ok(())
    }

    fn read(&self) -> Result<Baseline, Failure> {
        /// A million problems.
        const MAX_BYTES: u64 = 100_000_000;
        let bytes = files::read(self.path, MAX_BYTES).map_err(|error| self.failure(&error))?;
        let text = String::from_utf8(bytes).map_err(|_| self.failure(&"invalid UTF-8"))?;
        Baseline::parse(&text).map_err(|line| {
            let what = format!("{}:{line}: not a line of a baseline", self.path.display());
            Failure::usage(what, format!("write it again with `--write-baseline {}`", self.path.display()))
        })
    }

    fn failure(&self, error: &dyn std::fmt::Display) -> Failure {
        let what = format!("{}: {error}", self.path.display());
        Failure::usage(what, "write a baseline with `rca check --write-baseline FILE`")
    }

    /// How the file names a report.
    fn key(&self, location: &Location) -> impl Fn(&str) -> String {
        let root = relative(&resolved(location.archive.root()), &self.folder);
        let root = slashed(&root);
        move |report| if root.is_empty() { report.to_owned() } else { format!("{root}/{report}") }
    }

    /// Whether a report that the file names was checked as a whole.
    fn is_checked(&self, targets: &[Target], key: &str) -> bool {
        let mut path = self.folder.clone();
        for part in Path::new(key).components() {
            if part == Component::ParentDir {
                path.pop()
            } else {
                path.push(part);
                true
            };
        }
        targets.iter().any(|target| target.has_all_of(&path))
    }
}

/// A path as seen from a folder; both absolute, with links resolved.
fn relative(path: &Path, folder: &Path) -> PathBuf {
    let common = path.components().zip(folder.components()).take_while(|(a, b)| a == b).count();
    let up = folder.components().skip(common).map(|_| Component::ParentDir);
    up.chain(path.components().skip(common)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_told_from_a_folder() {
        let check = |path: &str, folder: &str, expected: &str| {
            assert_eq!(relative(Path::new(path), Path::new(folder)), Path::new(expected), "{path} {folder}");
        };
        check("/a/b", "/a", "b");
        check("/a", "/a", "");
        check("/a/b", "/a/c/d", "../../b");
    }
}
