//! Comma-separated values with a header (RFC 4180). Lists are joined by a semicolon.
//!
//! In: results of the library. Out: rows; on request with cells escaped for spreadsheets.

use std::io::Write;

use ::csv::{Result as CsvResult, Writer};
use rca_index::{
    CheckReport, Health, IgnoredCount, Incident, LeftOut, ReportProblem, SearchRequest, SearchResults, UpdateReport,
};

use crate::failure::Failure;
use crate::location::Location;
use crate::render::talk::Talk;
use crate::render::text::level_name;
use crate::render::{Frame, IncidentAnswer, Renderer, facet_rows};
use crate::terminal::{Output, clean};

const INCIDENT_COLUMNS: [&str; 10] = [
    "id", "path", "title", "date", "severity", "services", "tags", "status", "duration_minutes", "impact_user_minutes",
];

/// Comma-separated values.
#[derive(Clone, Copy)]
pub(crate) struct Csv {
    /// Whether cells are escaped so that spreadsheets do not run them as formulas.
    pub(crate) safe: bool,
}

impl Renderer for Csv {
    fn search(
        &self,
        out: &mut Output,
        _location: &Location,
        _request: &SearchRequest,
        results: &SearchResults,
    ) -> Result<(), Failure> {
        let mut table = self.table(out);
        table.write_record(INCIDENT_COLUMNS.iter().chain(&["score", "section", "line", "snippet", "match"]))?;
        for hit in &results.hits {
            let mut row = columns(&hit.incident);
            row.push(hit.score.to_string());
            match hit.snippets.first() {
                Some(snippet) => row.extend([
                    snippet.section.name().to_owned(),
                    snippet.line.to_string(),
                    clean(&snippet.text).into_owned(),
                ]),
                None => row.extend([const { String::new() }; 3]),
            }
            row.push(hit.matched.name().to_owned());
            table.write_record(row)?;
        }
        Ok(table.flush()?)
    }

    fn incident(&self, out: &mut Output, _location: &Location, answer: &IncidentAnswer<'_>) -> Result<(), Failure> {
        let mut table = self.table(out);
        if answer.nth.is_none_or(|nth| nth == 0) {
            table.write_record(INCIDENT_COLUMNS)?;
        }
        table.write_record(columns(answer.incident))?;
        Ok(table.flush()?)
    }

    fn frame(&self) -> Frame {
        Frame { open: "", between: "", close: "" }
    }

    fn facets(&self, out: &mut Output, _request: &SearchRequest, results: &SearchResults) -> Result<(), Failure> {
        let mut table = self.table(out);
        table.write_record(["facet", "value", "count"])?;
        for (facet, v) in facet_rows(results) {
            table.write_record([facet, &clean(&v.value), &v.count.to_string()])?;
        }
        Ok(table.flush()?)
    }

    fn update(&self, out: &mut Output, report: &UpdateReport) -> Result<(), Failure> {
        let mut table = self.table(out);
        let columns =
            ["reports", "added", "modified", "renamed", "removed", "unchanged", "failed", "problems", "bytes"];
        table.write_record(columns.iter().chain(&["took_ms", "left_out", "ignored"]))?;
        let counts = [report.reports, report.added, report.modified, report.renamed, report.removed, report.unchanged];
        let mut row: Vec<String> =
            counts.iter().chain(&[report.failed, report.problems.len()]).map(usize::to_string).collect();
        row.extend([report.bytes.to_string(), (report.took.as_micros() as f64 / 1000.0).to_string()]);
        row.extend([report.left_out.len(), ignored(&report.ignored)].map(|n| n.to_string()));
        table.write_record(row)?;
        Ok(table.flush()?)
    }

    fn check(&self, out: &mut Output, _location: &Location, report: &CheckReport) -> Result<(), Failure> {
        let mut table = self.table(out);
        table.write_record(["path", "line", "level", "code", "reason"])?;
        for ReportProblem { path, problem, .. } in &report.problems {
            let (line, level) = (problem.line.to_string(), level_name(problem.level()));
            table.write_record([&*clean(path), &line, level, problem.code(), &clean(&problem.reason())])?;
        }
        Ok(table.flush()?)
    }

    fn left_out(&self, out: &mut Output, _location: &Location, files: &[LeftOut]) -> Result<(), Failure> {
        let mut table = self.table(out);
        table.write_record(["path", "line", "code", "reason"])?;
        for LeftOut { path, why, .. } in files {
            let (line, reason) = (why.line.to_string(), why.to_string());
            table.write_record([&*clean(path), &line, why.reason.code(), &clean(&reason)])?;
        }
        Ok(table.flush()?)
    }

    fn health(&self, out: &mut Output, health: &Health) -> Result<(), Failure> {
        let mut table = self.table(out);
        table.write_record([
            "incidents", "segments", "deleted", "bytes", "source_bytes", "updated", "damaged", "left_out", "ignored",
        ])?;
        let counts = [health.incidents, health.segments, health.deleted].map(|n| n.to_string());
        let bytes = [health.bytes, health.source_bytes].map(|n| n.to_string());
        let updated = health.updated.map(|seconds| seconds.to_string()).unwrap_or_default();
        let left_out = [health.left_out, ignored(&health.ignored)].map(|n| n.to_string());
        let damaged = health.damaged.iter().map(|path| path.to_string_lossy()).collect::<Vec<_>>().join(";");
        table.write_record(counts.into_iter().chain(bytes).chain([updated, damaged]).chain(left_out))?;
        Ok(table.flush()?)
    }

    fn talk(&self) -> Talk {
        Talk::FEEDBACK
    }
}

impl Csv {
    fn table<W: Write>(self, out: W) -> Table<W> {
        Table { csv: Writer::from_writer(out), safe: self.safe }
    }
}

/// Rows of cells.
struct Table<W: Write> {
    csv: Writer<W>,
    safe: bool,
}

impl<W: Write> Table<W> {
    fn write_record<T: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = T>) -> CsvResult<()> {
        for cell in cells {
            let cell = cell.as_ref();
            if self.safe && is_formula(cell) {
                // OWASP's advice against CSV injection: the apostrophe makes the cell text, and is not shown.
                self.csv.write_field(format!("'{cell}"))?;
            } else {
                self.csv.write_field(cell)?;
            }
        }
        self.csv.write_record(None::<&[u8]>)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.csv.flush()
    }
}

/// Whether a spreadsheet would run a text as a formula. Some accept full-width signs too.
fn is_formula(cell: &str) -> bool {
    cell.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '|', '%'])
        && cell.parse::<f64>().is_err()
}

fn columns(incident: &Incident) -> Vec<String> {
    let list = |values: &[String]| clean(&values.join(";")).into_owned();
    let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    vec![
        clean(&incident.id).into_owned(),
        clean(&incident.path).into_owned(),
        clean(&incident.title.value).into_owned(),
        incident.date.as_ref().map(|date| date.value.to_string()).unwrap_or_default(),
        incident.severity.as_ref().map(|s| clean(&s.value.name).into_owned()).unwrap_or_default(),
        list(&incident.services),
        list(&incident.tags),
        incident.status.as_ref().map(|status| clean(&status.value).into_owned()).unwrap_or_default(),
        number(incident.duration.as_ref().map(|duration| duration.value)),
        number(incident.impact_user_minutes()),
    ]
}

/// The number of files that ignore files leave out.
fn ignored(counts: &[IgnoredCount]) -> usize {
    counts.iter().map(|count| count.files).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_where_that_is_asked_for() {
        let row = |safe| {
            let mut out = Vec::new();
            let mut table = Csv { safe }.table(&mut out);
            table.write_record(["=1+1", " @SUM(A1)", "-1.5", "a-b", "+x", "\"q\", ="]).unwrap();
            table.flush().unwrap();
            drop(table);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(row(false), "=1+1, @SUM(A1),-1.5,a-b,+x,\"\"\"q\"\", =\"\n");
        assert_eq!(row(true), "'=1+1,' @SUM(A1),-1.5,a-b,'+x,\"\"\"q\"\", =\"\n");
    }
}
