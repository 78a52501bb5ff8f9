//! The check: lists the problems of an archive's reports, without an index. For authors of reports, pre-commit hooks and
//! CI.
//!
//! In: an archive, and which of its reports are asked for. Out: their problems, sorted by path and line.

use std::ops::RangeInclusive;

use rayon::prelude::*;

use crate::archive::Archive;
use crate::archive::ReportProblem;
use crate::archive::links::{Lookup, of_another_collection};
use crate::archive::names::Names;
use crate::archive::near::{Near, near_services};
use crate::archive::not_a_report::not_a_report;
use crate::archive::read::{decode_report, read};
use crate::archive::rules::broken_rules;
use crate::archive::walk::{File, walk};
use crate::error::Result;
use crate::incident::{Incident, LeftOut, NotAReport, Problem, ProblemKind};
use crate::parse::ParseOptions;

/// The result of a check.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CheckReport {
    /// The number of reports that were checked.
    pub reports: usize,
    /// The files that are not reports, sorted by path. Their problems are not listed.
    pub left_out: Vec<LeftOut>,
    /// Their problems, sorted by path and line.
    pub problems: Vec<ReportProblem>,
}

/// Reports of an archive: a file, or all in a folder; on request only some of their lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// A path in the archive, with `/` between folders; empty for the whole archive.
    pub path: String,
    /// Only problems of these lines are asked for.
    pub lines: Option<RangeInclusive<u32>>,
}

impl Selection {
    /// Whether a path in the archive is asked for.
    ///
    /// # Examples
    /// ```
    /// use rca_index::Selection;
    ///
    /// let folder = Selection { path: "2025".into(), lines: None };
    /// assert!(folder.has("2025/queue.md") && !folder.has("2025-drafts/queue.md"));
    /// ```
    pub fn has(&self, path: &str) -> bool {
        let rest = path.strip_prefix(self.path.trim_end_matches('/'));
        self.path.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    fn has_line(&self, line: u32) -> bool {
        self.lines.as_ref().is_none_or(|lines| lines.contains(&line))
    }
}

/// A file that was checked: its incident if it can be read and is a report, its problems, and why it is left out.
type Checked = (Option<Incident>, Vec<Problem>, Option<NotAReport>);

/// Parses every report of an archive and lists the problems, including links that match no report.
///
/// # Errors
/// None at present; defects of a report are problems in the result.
///
/// # Examples
/// ```
/// use rca_index::{Archive, check};
///
/// # let folder = tempfile::tempdir()?;
/// std::fs::write(folder.path().join("queue.md"), "# Queue\n\nSee [the other](gone.md).\n")?;
/// let report = check(&Archive::open(folder.path())?)?;
/// assert_eq!((report.reports, report.problems[0].problem.code()), (1, "link-dangling"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn check(archive: &Archive) -> Result<CheckReport> {
    check_selected(archive, &[Selection { path: String::new(), lines: None }])
}

/// The same for some reports of an archive. A file that cannot be read is told whatever lines are asked for; services that
/// are nearly others are told of whole archives only.
///
/// # Errors
/// As [`check()`].
///
/// # Examples
/// ```
/// use rca_index::{Archive, Selection, check_selected};
///
/// # let folder = tempfile::tempdir()?;
/// std::fs::write(folder.path().join("queue.md"), "# Queue\n\nSee [the other](gone.md).\n")?;
/// let archive = Archive::open(folder.path())?;
/// let lines = |lines| [Selection { path: "queue.md".into(), lines: Some(lines) }];
/// assert_eq!(check_selected(&archive, &lines(3..=3))?.problems.len(), 1);
/// assert_eq!(check_selected(&archive, &lines(1..=2))?.problems.len(), 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn check_selected(archive: &Archive, selections: &[Selection]) -> Result<CheckReport> {
    let walk = walk(archive, None).unwrap_or_default();
    let options = archive.parse_options();
    let settings = &archive.settings().check;
    let root = archive.open_root();
    let parse = |file: &&File| -> Checked {
        let content = read(file, &root, archive.max_report_bytes());
        match content.and_then(|content| decode_report(file, content.bytes, &options)) {
            Ok(parsed) => match not_a_report(&file.path, file.taking, &parsed) {
                None => (Some(parsed.incident), parsed.problems, None),
                why => (None, Vec::new(), why),
            },
            Err(kind) => (None, vec![Problem::new(1, kind)], None),
        }
    };
    let is_selected = |path: &str| selections.iter().any(|selection| selection.has(path));
    let files: Vec<&File> = walk.files.iter().filter(|file| is_selected(&file.path)).collect();
    let parsed: Vec<_> = files.par_iter().map(parse).collect();

    let mut names = Names::default();
    walk.files.iter().for_each(|file| names.add(&file.id()));
    let mut report = CheckReport { problems: walk.problems, ..CheckReport::default() };
    // Whether a service is in one report only, all reports tell.
    if files.len() == walk.files.len() {
        report.problems.extend(misspelled_services(&files, &parsed, &options));
    }
    let mut lookup = Lookup::new(&names, archive.root());
    report.problems.retain(|found| is_selected(&found.path));
    for (file, (incident, mut problems, why)) in files.into_iter().zip(parsed) {
        match why {
            None => report.reports += 1,
            Some(why) => report.left_out.push(LeftOut { path: file.path.to_string(), why }),
        }
        if let Some(incident) = incident {
            problems.extend(broken_rules(settings, &incident));
            let links = incident.links.into_iter().filter(|link| !link.external);
            let dangling = links.filter(|link| lookup.is_dangling(&file.path, &link.target));
            let kind = |target| ProblemKind::LinkDangling { target };
            problems.extend(dangling.map(|link| Problem::new(link.line, kind(link.target))));
            let asked = |line| selections.iter().any(|selection| selection.has(&file.path) && selection.has_line(line));
            problems.retain(|problem| asked(problem.line));
        }
        report
            .problems
            .extend(problems.into_iter().map(|problem| ReportProblem { path: file.path.to_string(), problem }));
    }
    let target = |found: &'_ ReportProblem| match &found.problem.kind {
        ProblemKind::LinkDangling { target } => Some(target.clone()),
        _ => None,
    };
    let dangling: Vec<String> = report.problems.iter().filter_map(target).collect();
    let elsewhere = of_another_collection(&names, dangling.iter().map(String::as_str));
    report.problems.retain(|found| target(found).is_none_or(|target| !elsewhere.contains(target.as_str())));
    report.problems.retain(|found| !settings.ignore.iter().any(|name| name.name() == found.problem.code()));
    report.problems.sort();
    Ok(report)
}

/// Services of one report alone whose names are nearly those of others.
fn misspelled_services(files: &[&File], parsed: &[Checked], options: &ParseOptions) -> Vec<ReportProblem> {
    fn services((incident, ..): &Checked) -> &[String] {
        incident.as_ref().map_or(&[], |incident| &incident.services)
    }
    let line = |report: usize| parsed[report].0.as_ref().and_then(|incident| incident.services_at?.line).unwrap_or(1);
    let problem = |Near { report, service, other }| ReportProblem {
        path: files[report].path.to_string(),
        problem: Problem::new(line(report), ProblemKind::ServiceNearAnother { service, other }),
    };
    near_services(parsed.iter().map(services), &options.house.services).into_iter().map(problem).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn check_archive(settings: &str, selections: &[(&str, Option<RangeInclusive<u32>>)], expected: &[&str]) {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("2024")).unwrap();
        fs::write(folder.path().join("rca.toml"), settings).unwrap();
        fs::write(folder.path().join("2024/a.md"), "---\ndate: someday\n---\n# A\n\nSee [[gone]].\n").unwrap();
        fs::write(folder.path().join("2024/b.md"), "See [[a]] and [[lost]].\n").unwrap();
        fs::write(folder.path().join("20.md"), "").unwrap();
        let selections: Vec<Selection> =
            selections.iter().cloned().map(|(path, lines)| Selection { path: path.into(), lines }).collect();
        let report = check_selected(&Archive::open(folder.path()).unwrap(), &selections).unwrap();
        let shown = |found: &ReportProblem| format!("{}:{} {}", found.path, found.problem.line, found.problem.code());
        assert_eq!(report.problems.iter().map(shown).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn what_is_asked_for_is_checked() {
        let all = [
            "20.md:1 file-empty", "2024/a.md:2 date-unreadable", "2024/a.md:6 link-dangling",
            "2024/b.md:1 link-dangling",
        ];
        check_archive("", &[("", None)], &all);
        check_archive("", &[("2024", None)], &all[1..]);
        check_archive("", &[("2024/b.md", None)], &all[3..]);
        check_archive("", &[("2024/a.md", Some(5..=6)), ("20.md", Some(9..=9))], &[all[0], all[2]]);
        check_archive("", &[("2024/a.md", Some(3..=5)), ("2024/a.md", Some(2..=2))], &all[1..2]);
        check_archive("", &[], &[]);
    }

    #[test]
    fn ignored_kinds_are_left_out_and_required_facts_added() {
        let settings = "[check]\nignore = [\"link-dangling\", \"file-empty\"]\nrequired = [\"severity\"]\n";
        let expected = ["2024/a.md:1 fact-missing", "2024/a.md:2 date-unreadable", "2024/b.md:1 fact-missing"];
        check_archive(settings, &[("", None)], &expected);
    }
}
