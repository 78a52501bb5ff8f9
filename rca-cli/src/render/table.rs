//! Tables: comma-separated values with a header (RFC 4180). Lists are joined by a semicolon.

use std::io::Write;

use rca_index::{FacetCount, Health, Incident, Level, ReportProblem, SearchResults, UpdateReport};

use crate::cli::Format;
use crate::terminal::clean;

const INCIDENT_COLUMNS: [&str; 10] = [
    "id",
    "path",
    "title",
    "date",
    "severity",
    "services",
    "tags",
    "status",
    "duration_minutes",
    "impact_user_minutes",
];

/// Rows of cells.
struct Table<W: Write> {
    csv: csv::Writer<W>,
    /// Whether a spreadsheet will read it, which takes some texts for formulas.
    safe: bool,
}

impl<W: Write> Table<W> {
    fn new(out: W, format: Format) -> Self {
        Self { csv: csv::Writer::from_writer(out), safe: format == Format::CsvSafe }
    }

    fn write_record<T: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = T>) -> csv::Result<()> {
        for cell in cells {
            let cell = cell.as_ref();
            if self.safe && is_formula(cell) {
                // What OWASP advises against CSV injection: the apostrophe makes it a text, and is not shown.
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

/// Whether a spreadsheet would take a text for a formula. Signs of double width count in some.
fn is_formula(cell: &str) -> bool {
    cell.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '|', '%'])
        && cell.parse::<f64>().is_err()
}

/// The hits of a search.
pub(crate) fn hits(out: &mut impl Write, format: Format, results: &SearchResults) -> csv::Result<()> {
    let mut table = Table::new(out, format);
    table.write_record(INCIDENT_COLUMNS.iter().chain(&["score", "section", "line", "snippet"]))?;
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
        table.write_record(row)?;
    }
    Ok(table.flush()?)
}

/// One incident.
pub(crate) fn incident(out: &mut impl Write, format: Format, incident: &Incident) -> csv::Result<()> {
    let mut table = Table::new(out, format);
    table.write_record(INCIDENT_COLUMNS)?;
    table.write_record(columns(incident))?;
    Ok(table.flush()?)
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

/// Facet counts.
pub(crate) fn facets<'a>(
    out: &mut impl Write,
    format: Format,
    rows: impl Iterator<Item = (&'static str, &'a FacetCount)>,
) -> csv::Result<()> {
    let mut table = Table::new(out, format);
    table.write_record(["facet", "value", "count"])?;
    for (facet, v) in rows {
        table.write_record([facet, &clean(&v.value), &v.count.to_string()])?;
    }
    Ok(table.flush()?)
}

/// Problems.
pub(crate) fn problems(out: &mut impl Write, format: Format, problems: &[ReportProblem]) -> csv::Result<()> {
    let mut table = Table::new(out, format);
    table.write_record(["path", "line", "level", "code", "reason"])?;
    for ReportProblem { path, problem, .. } in problems {
        let level = if problem.level() == Level::Error { "error" } else { "warning" };
        table.write_record([
            &*clean(path),
            &problem.line.to_string(),
            level,
            problem.code(),
            &clean(&problem.reason()),
        ])?;
    }
    Ok(table.flush()?)
}

/// What an update did.
pub(crate) fn update(out: &mut impl Write, format: Format, report: &UpdateReport) -> csv::Result<()> {
    let mut table = Table::new(out, format);
    let columns = ["reports", "added", "modified", "renamed", "removed", "unchanged", "failed", "problems", "bytes"];
    table.write_record(columns.iter().chain(&["took_ms"]))?;
    let counts = [report.reports, report.added, report.modified, report.renamed, report.removed, report.unchanged];
    let mut row: Vec<String> =
        counts.iter().chain(&[report.failed, report.problems.len()]).map(usize::to_string).collect();
    row.extend([report.bytes.to_string(), (report.took.as_micros() as f64 / 1000.0).to_string()]);
    table.write_record(row)?;
    Ok(table.flush()?)
}

/// The health of an index.
pub(crate) fn health(out: &mut impl Write, format: Format, health: &Health) -> csv::Result<()> {
    let mut table = Table::new(out, format);
    table.write_record(["incidents", "segments", "deleted", "bytes", "source_bytes", "updated", "damaged"])?;
    let counts = [health.incidents, health.segments, health.deleted].map(|n| n.to_string());
    let bytes = [health.bytes, health.source_bytes].map(|n| n.to_string());
    let updated = health.updated.map(|seconds| seconds.to_string()).unwrap_or_default();
    let damaged = health.damaged.iter().map(|path| path.to_string_lossy()).collect::<Vec<_>>().join(";");
    table.write_record(counts.into_iter().chain(bytes).chain([updated, damaged]))?;
    Ok(table.flush()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_where_that_is_asked_for() {
        let row = |format| {
            let mut out = Vec::new();
            let mut table = Table::new(&mut out, format);
            table.write_record(["=1+1", " @SUM(A1)", "-1.5", "a-b", "+x", "\"q\", ="]).unwrap();
            table.flush().unwrap();
            drop(table);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(row(Format::Csv), "=1+1, @SUM(A1),-1.5,a-b,+x,\"\"\"q\"\", =\"\n");
        assert_eq!(row(Format::CsvSafe), "'=1+1,' @SUM(A1),-1.5,a-b,'+x,\"\"\"q\"\", =\"\n");
    }
}
