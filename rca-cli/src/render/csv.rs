//! Comma-separated values with a header (RFC 4180). Lists are joined by a semicolon.
//!
//! In: results of the library. Out: rows; on request with cells escaped for spreadsheets.

use std::borrow::Cow;
use std::io::Write;

use ::csv::{Result as CsvResult, Writer};
use rca_index::wire::{Fields, LinkLookup, NoLinks, SelectedForm, UnknownField};
use rca_index::{
    CheckReport, Fix, FixKind, Health, Incident, LeftOut, ReportProblem, SearchRequest, SearchResults, Show, Timestamp,
    UpdateReport,
};

use crate::failure::Failure;
use crate::location::Location;
use serde_json::Value;

use crate::render::json::escape;
use crate::render::talk::Talk;
use crate::render::text::{ignored_files, level_name};
use crate::render::{
    Frame, Hits, IncidentAnswer, RecurringAnswer, Renderer, SeenAnswer, Selection, SimilarAnswer, facet_rows,
};
use crate::terminal::{Output, clean};

/// The columns of an incident when no fields are asked for.
const INCIDENT_COLUMNS: &str = "id,path,title,date,severity,services,tags,status,duration_minutes,impact_user_minutes";
/// What a hit has besides: its best passage, or what fixed it in its place.
const HIT_COLUMNS: &str = "score,section,line,snippet,match";
const FIX_COLUMNS: &str = "score,fix.source,fix.line,fix.text,match";

/// The columns of what was seen like a pasted text.
const SEEN_COLUMNS: &str =
    "level,id,path,title,date,severity,services,duration_minutes,fix_kind,fix,fix_line,words,share,z,evidence";

/// The columns of what happened again: a row for each incident.
const RECURRING_COLUMNS: &str =
    "cluster,times,nth,id,path,title,date,severity,services,days_since,fix_kind,fix,fix_line,came_back,unfinished";
/// The columns of the incidents like an incident.
const SIMILAR_COLUMNS: &str = "level,id,path,title,date,severity,services,duration_minutes,fix_kind,fix,fix_line,words,\
     linked_to,linked_from,common_services,wording,covered,evidence";

/// Comma-separated values.
#[derive(Clone, Copy)]
pub(crate) struct Csv<'a> {
    /// The fields that are asked for, if not the usual columns.
    pub(crate) selection: Option<Selection<'a>>,
    /// Whether cells are escaped so that spreadsheets do not run them as formulas.
    pub(crate) safe: bool,
}

impl Renderer for Csv<'_> {
    fn search(
        &self,
        out: &mut Output,
        location: &Location,
        request: &SearchRequest,
        _results: &SearchResults,
        hits: &mut Hits<'_>,
    ) -> Result<(), Failure> {
        let more = if request.show == Show::Fix { FIX_COLUMNS } else { HIT_COLUMNS };
        let usual = Fields::of_hits(&format!("{INCIDENT_COLUMNS},{more}"));
        let (fields, root) = (self.fields(&usual)?, location.root());
        let mut table = self.table(out);
        table.write_record(fields.names())?;
        for hit in hits {
            table.write_form(&fields.of_hit(&hit?, Some(&root), self.lookup()))?;
        }
        Ok(table.flush()?)
    }

    fn count(
        &self,
        out: &mut Output,
        _location: &Location,
        _request: &SearchRequest,
        results: &SearchResults,
    ) -> Result<(), Failure> {
        let mut table = self.table(out);
        table.write_record(["total", "total_some"])?;
        table.write_record([results.total, results.total_some].map(|n| n.to_string()))?;
        Ok(table.flush()?)
    }

    fn incident(&self, out: &mut Output, location: &Location, answer: &IncidentAnswer<'_>) -> Result<(), Failure> {
        let usual = Fields::of_incidents(INCIDENT_COLUMNS);
        let (fields, root) = (self.fields(&usual)?, location.root());
        let mut table = self.table(out);
        if answer.nth.is_none_or(|nth| nth == 0) {
            table.write_record(fields.names())?;
        }
        table.write_form(&fields.of_incident(answer.incident, Some(&root), self.lookup()))?;
        Ok(table.flush()?)
    }

    fn seen(&self, out: &mut Output, _location: &Location, answer: &SeenAnswer<'_>) -> Result<(), Failure> {
        let mut table = self.table(out);
        table.write_record(SEEN_COLUMNS.split(','))?;
        for hit in &answer.seen.hits {
            let head = liked(hit.resemblance.name(), &hit.incident, hit.fix.as_ref(), &hit.words);
            let shares = [hit.likeness.share, hit.likeness.z, hit.likeness.evidence].map(|n| format!("{n:.3}"));
            table.write_record(head.iter().chain(&shares).map(|cell| clean(cell).into_owned()))?;
        }
        Ok(table.flush()?)
    }

    fn similar(&self, out: &mut Output, _location: &Location, answer: &SimilarAnswer<'_>) -> Result<(), Failure> {
        let mut table = self.table(out);
        table.write_record(SIMILAR_COLUMNS.split(','))?;
        for hit in &answer.similar.hits {
            let head = liked(hit.level.name(), &hit.incident, hit.fix.as_ref(), &hit.words);
            let line = |line: Option<u32>| line.map(|line| line.to_string()).unwrap_or_default();
            let links = hit.linked.map(|linked| [linked.to, linked.from]).unwrap_or_default().map(line);
            let (covered, evidence) = (hit.likeness.share * hit.likeness.known, hit.likeness.evidence);
            let shares = [hit.wording, covered, evidence].map(|n| format!("{n:.3}"));
            let common = joined(hit.services.iter().map(String::as_str));
            let cells = head.iter().chain(&links).chain([&common]).chain(&shares);
            table.write_record(cells.map(|cell| clean(cell).into_owned()))?;
        }
        Ok(table.flush()?)
    }

    fn recurring(&self, out: &mut Output, _location: &Location, answer: &RecurringAnswer<'_>) -> Result<(), Failure> {
        let mut table = self.table(out);
        table.write_record(RECURRING_COLUMNS.split(','))?;
        for (number, cluster) in answer.recurring.clusters.iter().enumerate() {
            for one in &cluster.incidents {
                let (incident, fix) = (&one.incident, one.fix.as_ref());
                let date = |date: Option<Timestamp>| date.map(|date| date.to_string()).unwrap_or_default();
                let head = [number + 1, cluster.times, one.nth].map(|n| n.to_string());
                let facts = [
                    incident.id.clone(),
                    incident.path.clone(),
                    incident.title.clone(),
                    date(incident.date),
                    incident.severity.as_ref().map(|severity| severity.name.clone()).unwrap_or_default(),
                    joined(incident.services.iter().map(String::as_str)),
                    one.days_since.map(|days| days.to_string()).unwrap_or_default(),
                    fix.and_then(|fix| fix.kind).map_or("", FixKind::name).to_owned(),
                    fix.map(|fix| fix.text.clone()).unwrap_or_default(),
                    fix.and_then(|fix| fix.line).map(|line| line.to_string()).unwrap_or_default(),
                    date(one.came_back),
                    joined(one.unfinished.iter().map(|action| action.text.as_str())),
                ];
                table.write_record(head.iter().chain(&facts).map(|cell| clean(cell).into_owned()))?;
            }
        }
        Ok(table.flush()?)
    }

    fn frame(&self) -> Frame {
        Frame::NONE
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
        table.write_record(columns.iter().chain(&["took_ms", "left_out", "ignored", "kept", "lost"]))?;
        let counts = [report.reports, report.added, report.modified, report.renamed, report.removed, report.unchanged];
        let mut row: Vec<String> =
            counts.iter().chain(&[report.failed, report.problems.len()]).map(usize::to_string).collect();
        row.extend([report.bytes.to_string(), (report.took.as_micros() as f64 / 1000.0).to_string()]);
        row.extend([report.left_out.len(), ignored_files(&report.ignored)].map(|n| n.to_string()));
        row.extend([report.kept, report.lost].map(|n| n.to_string()));
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
            "trusted", "compared", "differing", "outdated", "missing", "unexpected",
        ])?;
        let counts = [health.incidents, health.segments, health.deleted].map(|n| n.to_string());
        let bytes = [health.bytes, health.source_bytes].map(|n| n.to_string());
        let updated = health.updated.map(|seconds| seconds.to_string()).unwrap_or_default();
        let left_out = [health.left_out, ignored_files(&health.ignored)].map(|n| n.to_string());
        let damaged: Vec<_> = health.damaged.iter().map(|path| path.to_string_lossy()).collect();
        let damaged = joined(damaged.iter().map(|path| &**path));
        let trusted = health.trusted.map(|trusted| trusted.to_string()).unwrap_or_default();
        let compared = health.comparison.clone().unwrap_or_default();
        let differing = joined(compared.differing.iter().map(String::as_str));
        let figures = [compared.reports.to_string(), differing, compared.outdated.to_string()];
        let ids = [&health.missing, &health.unexpected].map(|ids| joined(ids.iter().map(String::as_str)));
        let row = counts.into_iter().chain(bytes).chain([updated, damaged]).chain(left_out);
        table.write_record(row.chain([trusted]).chain(figures).chain(ids))?;
        Ok(table.flush()?)
    }

    fn talk(&self) -> Talk {
        Talk::FEEDBACK
    }
}

impl Csv<'_> {
    fn table<W: Write>(&self, out: W) -> Table<W> {
        Table { csv: Writer::from_writer(out), safe: self.safe }
    }

    /// The fields that are asked for, or the usual ones.
    fn fields<'f>(&'f self, usual: &'f Result<Fields, UnknownField>) -> Result<&'f Fields, Failure> {
        match (self.selection, usual) {
            (Some(selection), _) => Ok(selection.fields),
            (None, Ok(fields)) => Ok(fields),
            // The usual columns are names of the library's own table.
            (None, Err(_)) => Err(Failure::bug()),
        }
    }

    /// Who knows of links; the usual columns have none.
    fn lookup(&self) -> &dyn LinkLookup {
        self.selection.map_or(&NoLinks, |selection| selection.index as &dyn LinkLookup)
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
            if self.safe { self.csv.write_field(&*without_formulas(cell))? } else { self.csv.write_field(cell)? }
        }
        self.csv.write_record(None::<&[u8]>)
    }

    /// Writes the fields of a form as a row.
    fn write_form(&mut self, form: &SelectedForm<'_>) -> CsvResult<()> {
        self.write_record(form.0.iter().map(|(_, value)| cell(value)))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.csv.flush()
    }
}

/// Whether a spreadsheet would run a text as a formula. Some accept full-width signs too.
fn is_formula(cell: &str) -> bool {
    cell.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '|', '%'])
        && !cell.parse::<f64>().is_ok_and(f64::is_finite)
}

/// A cell in which no part is a formula: parts end at semicolons, by which programs split lists again, and spreadsheets of many
/// languages split lines.
fn without_formulas(cell: &str) -> Cow<'_, str> {
    if !cell.split(';').any(is_formula) {
        return Cow::Borrowed(cell);
    }
    // OWASP's advice against CSV injection: the apostrophe makes the cell text, and is not shown.
    let part = |part: &str| if is_formula(part) { format!("'{part}") } else { part.to_owned() };
    Cow::Owned(cell.split(';').map(part).collect::<Vec<_>>().join(";"))
}

/// What is written of an incident that is like something: its level, its facts, what fixed it, and the words in common.
fn liked(level: &str, incident: &Incident, fix: Option<&Fix>, words: &[String]) -> Vec<String> {
    let date = incident.date.as_ref().map(|date| date.value.to_string()).unwrap_or_default();
    let severity = incident.severity.as_ref().map(|severity| severity.value.name.clone()).unwrap_or_default();
    let duration = incident.duration.as_ref().map(|duration| duration.value.to_string()).unwrap_or_default();
    let services = joined(incident.services.iter().map(String::as_str));
    let kind = fix.and_then(|fix| fix.kind).map_or("", FixKind::name).to_owned();
    let line = fix.and_then(|fix| fix.line).map(|line| line.to_string()).unwrap_or_default();
    let text = fix.map(|fix| fix.text.clone()).unwrap_or_default();
    let head = [level, &incident.id, &incident.path, &incident.title.value].map(str::to_owned);
    let words = joined(words.iter().map(String::as_str));
    head.into_iter().chain([date, severity, services, duration, kind, text, line, words]).collect()
}

/// A list in one cell.
fn joined<'t>(items: impl Iterator<Item = &'t str>) -> String {
    items.map(clean).collect::<Vec<_>>().join(";")
}

/// The text of a value: a list of texts or numbers is joined by semicolons, anything deeper is JSON.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => clean(text).into_owned(),
        Value::Array(items) if !items.iter().any(|item| item.is_array() || item.is_object()) => {
            items.iter().map(cell).collect::<Vec<_>>().join(";")
        }
        // A whole number has no decimals, whatever it is counted in.
        Value::Number(number) if number.is_f64() => number.as_f64().unwrap_or_default().to_string(),
        deeper => escape(&deeper.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_where_that_is_asked_for() {
        let row = |safe| {
            let mut out = Vec::new();
            let mut table = Csv { safe, selection: None }.table(&mut out);
            table.write_record(["=1+1", " @SUM(A1)", "-1.5", "a-b", "+x", "\"q\", ="]).unwrap();
            table.flush().unwrap();
            drop(table);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(row(false), "=1+1, @SUM(A1),-1.5,a-b,+x,\"\"\"q\"\", =\"\n");
        let safe = |value: serde_json::Value| without_formulas(&cell(&value)).into_owned();
        assert_eq!(safe(serde_json::json!(["a", "=1+1", 7])), "a;'=1+1;7");
        assert_eq!(safe(serde_json::json!(["a;=1+1; @x", "-7", "-inf", "＝1"])), "a;'=1+1;' @x;-7;'-inf;'＝1");
        assert_eq!(safe(serde_json::json!("a;=1+1")), "a;'=1+1");
        assert_eq!(cell(&serde_json::json!(["a;=1+1", "\t=1"])), "a;=1+1; =1");
        assert_eq!([7.0, 0.0, 1.25].map(|n| cell(&serde_json::json!(n))), ["7", "0", "1.25"]);
        assert_eq!(cell(&serde_json::json!([{"a": "x\u{1b}"}])), "[{\"a\":\"x\\u001b\"}]");
        assert_eq!(row(true), "'=1+1,' @SUM(A1),-1.5,a-b,'+x,\"\"\"q\"\", =\"\n");
    }
}
