//! The check: lists the problems of an archive's reports, without an index. For authors of reports and pre-commit
//! hooks.

use rayon::prelude::*;

use crate::archive::Archive;
use crate::archive::ReportProblem;
use crate::archive::names::Names;
use crate::archive::not_a_report::not_a_report;
use crate::archive::read::{decode_report, read};
use crate::archive::walk::{File, walk};
use crate::error::Result;
use crate::incident::{Incident, LeftOut, NotAReport, Problem, ProblemKind};

/// The result of a check.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CheckReport {
    /// The number of reports in the archive.
    pub reports: usize,
    /// The files that are not reports, sorted by path. Their problems are not listed.
    pub left_out: Vec<LeftOut>,
    /// Their problems, sorted by path and line.
    pub problems: Vec<ReportProblem>,
}

/// Parses every report of an archive and lists the problems, including links that match no report.
///
/// # Errors
/// None at present; defects of a report are problems in the result.
pub fn check(archive: &Archive) -> Result<CheckReport> {
    let walk = walk(archive, None).unwrap_or_default();
    let options = archive.parse_options();
    let parse = |file: &File| -> (Option<Incident>, Vec<Problem>, Option<NotAReport>) {
        let content = read(file, archive.root(), archive.max_report_bytes());
        match content.and_then(|content| decode_report(file, content.bytes, &options)) {
            Ok(parsed) => match not_a_report(&file.path, file.taking, &parsed) {
                None => (Some(parsed.incident), parsed.problems, None),
                why => (None, Vec::new(), why),
            },
            Err(kind) => (None, vec![Problem::new(1, kind)], None),
        }
    };
    let parsed: Vec<_> = walk.files.par_iter().map(parse).collect();

    let mut names = Names::default();
    walk.files.iter().for_each(|file| names.add(file.id()));
    let mut report = CheckReport { problems: walk.problems, ..CheckReport::default() };
    for (file, (incident, problems, why)) in walk.files.iter().zip(parsed) {
        match why {
            None => report.reports += 1,
            Some(why) => report.left_out.push(LeftOut { path: file.path.to_string(), why }),
        }
        let links = incident.into_iter().flat_map(|incident| incident.links).filter(|link| !link.external);
        let dead = links
            .filter(|link| names.resolve(&link.target).is_empty())
            .map(|link| Problem::new(link.line, ProblemKind::LinkToNothing { target: link.target }));
        let problems = problems.into_iter().chain(dead);
        report.problems.extend(problems.map(|problem| ReportProblem { path: file.path.to_string(), problem }));
    }
    report.problems.sort();
    Ok(report)
}
