//! What a check is asked for: folders, files and lines of files, as pre-commit, editors and people name them.
//!
//! In: paths as seen from the current folder. Out: the archives that they lie in, and the reports of each that are meant.

use std::ffi::OsStr;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use rca_index::{Archive, CheckReport, ReportProblem, Selection, Settings, check_selected, suggest};

use crate::arguments::GlobalArgs;
use crate::failure::Failure;
use crate::location::{Location, current_dir};
use crate::paths::{plain, slashed};

/// An archive, and which of its reports are meant.
pub(crate) struct Target {
    pub(crate) location: Location,
    /// The root with links resolved, to tell archives apart.
    root: PathBuf,
    selections: Vec<Selection>,
}

impl Target {
    /// The files that were named and are no reports of the archive.
    pub(crate) fn others(&self) -> impl Iterator<Item = PathBuf> {
        let files = self.selections.iter().filter(|selection| self.root.join(&selection.path).is_file());
        let others = files.filter(|selection| !self.location.archive.is_report(&selection.path));
        others.map(|selection| self.location.path_of(&selection.path))
    }

    /// The front matter that the facts of reports would make, as patches.
    pub(crate) fn suggestions(&self) -> Vec<String> {
        let folder = self.location.folder_in_repository().unwrap_or_default();
        let path = |report: &str| slashed(&folder.join(report));
        suggest(&self.location.archive, &self.selections, path)
    }

    /// Whether all of a report, at this absolute path, is meant.
    pub(crate) fn has_all_of(&self, path: &Path) -> bool {
        path.strip_prefix(&self.root).is_ok_and(|path| {
            let path = slashed(path);
            self.selections.iter().any(|selection| selection.lines.is_none() && selection.has(&path))
        })
    }
}

/// The archives that paths lie in; with no path, the archive that every command uses.
pub(crate) fn targets(paths: &[PathBuf], global: &GlobalArgs) -> Result<Vec<Target>, Failure> {
    let mut targets: Vec<Target> = Vec::new();
    if paths.is_empty() {
        let location = Location::find(None, global)?;
        let root = resolved(location.archive.root());
        let selections = vec![Selection { path: String::new(), lines: None }];
        return Ok(vec![Target { location, root, selections }]);
    }
    for path in paths {
        let (path, lines) = with_lines(path)?;
        let place = resolved(&path);
        let archive = archive_of(&path, &place, global);
        let root = resolved(&archive);
        let inside = place.strip_prefix(&root).unwrap_or(Path::new(""));
        let names: Vec<_> = inside.components().map(|name| name.as_os_str().to_string_lossy()).collect();
        let selection = Selection { path: names.join("/"), lines };
        match targets.iter_mut().find(|target| target.root == root) {
            Some(target) => target.selections.push(selection),
            None => {
                let location = Location::find(Some(&archive), global)?;
                targets.push(Target { location, root, selections: vec![selection] });
            }
        }
    }
    Ok(targets)
}

/// Checks what is meant. Of several archives, the result is that of a folder that holds them all.
pub(crate) fn check(targets: &[Target]) -> Result<(Location, CheckReport), Failure> {
    if let [target] = targets {
        let archive = target.location.archive.clone();
        let report = check_selected(&archive, &target.selections)?;
        return Ok((Location::of(archive), report));
    }
    let holds_all = |folder: &&Path| targets.iter().all(|target| target.root.starts_with(folder));
    let first = targets.first().map_or(Path::new("."), |target| target.root.as_path());
    let root = first.ancestors().find(holds_all).unwrap_or(first).to_owned();
    let mut all = CheckReport::default();
    for target in targets {
        let report = check_selected(&target.location.archive, &target.selections)?;
        let folder = slashed(target.root.strip_prefix(&root).unwrap_or(&target.root));
        let within = |mut found: ReportProblem| {
            if !folder.is_empty() {
                found.path = format!("{folder}/{}", found.path);
            }
            found
        };
        all.reports += report.reports;
        all.problems.extend(report.problems.into_iter().map(within));
    }
    all.problems.sort();
    Ok((Location::of(Archive::with_settings(plain(root), Settings::default())?), all))
}

/// The archive of a path: the one that is named if the path lies in it, else the nearest folder with settings or an index,
/// else the folder itself; for a file, the current folder or the file's.
fn archive_of(path: &Path, place: &Path, global: &GlobalArgs) -> PathBuf {
    if let Some(named) = global.archive.as_deref().filter(|named| place.starts_with(resolved(named))) {
        return named.to_owned();
    }
    let is_folder = place.is_dir();
    let folder = if is_folder { place } else { place.parent().unwrap_or(place) };
    match Archive::find(folder) {
        // As it was written, if that is it: messages show it.
        Some(root) if is_folder && root == place => path.to_owned(),
        Some(root) => plain(root),
        None if is_folder => path.to_owned(),
        None if place.starts_with(resolved(&current_dir())) => current_dir(),
        None => plain(folder.to_owned()),
    }
}

/// A path, and the lines behind it: `a.md:12`, `a.md:12-20`, or with a column, `a.md:12:4`.
fn with_lines(path: &Path) -> Result<(PathBuf, Option<RangeInclusive<u32>>), Failure> {
    if path.exists() {
        return Ok((path.to_owned(), None));
    }
    let missing = || {
        let what = format!("{}: no such file or folder", path.display());
        Failure::usage(what, "name folders, reports, or lines of reports: a.md:12")
    };
    let text = path.to_str().ok_or_else(missing)?;
    let ends = text.rmatch_indices(':').take(2).map(|(at, _)| at);
    let split = ends.filter_map(|at| Some((PathBuf::from(&text[..at]), lines(&text[at + 1..])?)));
    let found = split.filter(|(path, _)| path.is_file()).last();
    found.map(|(path, lines)| (path, Some(lines))).ok_or_else(missing)
}

/// Lines, counted from 1: `12`, `12-20`, `12:4`.
fn lines(text: &str) -> Option<RangeInclusive<u32>> {
    let text = text.split(':').next()?;
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    (first > 0 && first <= last).then_some(first..=last)
}

/// A path with links resolved, but not that of a file itself, whose name is the report's.
pub(crate) fn resolved(path: &Path) -> PathBuf {
    let whole =
        |path: &Path| path.canonicalize().or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_owned());
    match (path.is_dir(), path.file_name()) {
        (false, Some(name)) if name != OsStr::new("..") => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            whole(folder).join(name)
        }
        _ => whole(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stand_behind_a_path() {
        let check = |text: &str, expected: Option<RangeInclusive<u32>>| assert_eq!(lines(text), expected, "{text}");
        check("12", Some(12..=12));
        check("12-20", Some(12..=20));
        check("12:4", Some(12..=12));
        for wrong in ["", "0", "20-12", "a", "12-", "-3"] {
            check(wrong, None);
        }
    }
}
