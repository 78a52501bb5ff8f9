//! Why: each fact of an incident beside the line that states it.
//!
//! In: an incident. Out: a line a fact; for programs with the whole path, for people in columns that fit the terminal.

use std::io::{self, Write};

use rca_index::Incident;
use rca_index::wire::stated_facts;
use textwrap::core::display_width;

use crate::location::Location;
use crate::render::text::place;
#[cfg(test)]
use crate::render::work;
use crate::terminal::{Output, clean};

/// A fact, clean: its name, its value, where it is stated, and the text of that line.
struct Row {
    name: String,
    value: String,
    line: Option<u32>,
    /// What states it if that is no line, as the name of the file.
    kind: String,
    text: String,
}

/// A line a fact. In a pipe each line has the path, as `path:line`; on a terminal it stands above them all.
pub(crate) fn facts(out: &mut Output, location: &Location, incident: &Incident) -> io::Result<()> {
    let path = location.path_of(&incident.path);
    let path = clean(&path.to_string_lossy()).into_owned();
    let rows = rows(incident);
    if out.is_terminal {
        let path = place(out, location, &incident.path, None);
        writeln!(out, "{path}")?;
        return columns(&rows, out.width).iter().try_for_each(|line| writeln!(out, "{line}"));
    }
    rows.iter().try_for_each(|row| writeln!(out, "{}", with_path(row, &path)))
}

fn rows(incident: &Incident) -> Vec<Row> {
    /// In bytes: more of a line fits no terminal, and all facts may stand in one line.
    const MOST: usize = 4 * 1024;
    let lines: Vec<&str> = incident.source.lines().collect();
    let row = |fact: rca_index::wire::StatedFact| {
        let kind = serde_json::to_value(fact.place.kind).unwrap_or_default();
        let text = fact.place.line.and_then(|line| lines.get(line as usize - 1)).copied().unwrap_or_default();
        let text = text.trim_start();
        let end = text.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|&end| end <= MOST).last();
        let text = &text[..end.unwrap_or(0)];
        #[cfg(test)]
        work::add(text.len());
        Row {
            value: clean(&fact.value).into_owned(),
            line: fact.place.line,
            kind: kind.as_str().unwrap_or_default().to_owned(),
            text: clean(text).trim().to_owned(),
            name: fact.name,
        }
    };
    stated_facts(incident).into_iter().map(row).collect()
}

fn with_path(row: &Row, path: &str) -> String {
    /// In columns; a longer value or line is cut.
    const LONGEST: usize = 60;
    let at = row.line.map_or_else(|| format!("{path} ({})", row.kind), |line| format!("{path}:{line}"));
    let (value, text) = (cut(&row.value, LONGEST), cut(&row.text, LONGEST));
    format!("{:<24}  {value}  {at}  {text}", row.name).trim_end().to_owned()
}

/// Names, values, numbers of lines and their texts, side by side in so many columns.
fn columns(rows: &[Row], width: usize) -> Vec<String> {
    let longest = |of: &dyn Fn(&Row) -> usize| rows.iter().map(of).max().unwrap_or(0);
    let number = |row: &Row| row.line.map(|line| line.to_string()).unwrap_or_default();
    let (names, numbers) = (longest(&|row| display_width(&row.name)), longest(&|row| number(row).len()));
    let names = names.min(width / 3);
    // Two spaces between columns.
    let left = width.saturating_sub(names + numbers + 6);
    let values = longest(&|row| display_width(&row.value)).min(left / 2);
    let line = |row: &Row| {
        let text = if row.line.is_some() { row.text.clone() } else { format!("({})", row.kind) };
        let (name, value) = (padded(&row.name, names), padded(&row.value, values));
        let line = format!("{name}  {value}  {:>numbers$}  {}", number(row), cut(&text, left - values));
        line.trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

fn padded(text: &str, width: usize) -> String {
    let text = cut(text, width);
    let gap = " ".repeat(width.saturating_sub(display_width(&text)));
    text + &gap
}

/// At most so many columns of a text, with an ellipsis for the rest.
fn cut(text: &str, most: usize) -> String {
    if display_width(text) <= most {
        return text.to_owned();
    }
    let mut used = 0;
    let end = text.char_indices().find(|(_, c)| {
        #[cfg(test)]
        work::add(1);
        used += display_width(c.encode_utf8(&mut [0; 4]));
        used >= most
    });
    let short = end.map_or(text, |(end, _)| &text[..end]);
    format!("{short}{}", if most > 0 { "…" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, value: &str, line: Option<u32>, text: &str) -> Row {
        Row { name: name.into(), value: value.into(), line, kind: "file-name".into(), text: text.into() }
    }

    #[test]
    fn columns_fit_the_terminal() {
        let rows = [
            row("severity", "SEV1", Some(5), "severity: SEV1"),
            row("measures.error_rate_baseline_pct", "0.2", Some(132), &"error rate on checkout-web ".repeat(9)),
            row("title", &"検索インデックスの更新遅延 ".repeat(9), Some(2), &"title: 検索インデックス ".repeat(9)),
            row("date", "2025-12-03", None, ""),
        ];
        for width in [20, 40, 80, 100] {
            let lines = columns(&rows, width);
            assert_eq!(lines.len(), rows.len());
            for line in &lines {
                assert!(display_width(line) <= width, "{width}: {line:?}");
            }
        }
        let lines = columns(&rows, 100);
        let start = |line: &str, part: &str| display_width(&line[..line.find(part).unwrap()]);
        // Numbers end, and texts begin, in the same columns.
        assert_eq!(start(&lines[0], "severity: SEV1"), start(&lines[2], "title: 検"));
        assert_eq!(start(&lines[0], "severity: SEV1"), start(&lines[3], "(file-name)"));
        assert!(lines[1].contains("baseline_pct  0.2 ") && lines[1].contains("  132  error rate"), "{lines:?}");
    }

    #[test]
    fn each_line_in_a_pipe_has_the_path() {
        let stated = row("severity", "SEV1", Some(5), "severity: SEV1");
        assert_eq!(with_path(&stated, "a/b.md"), "severity                  SEV1  a/b.md:5  severity: SEV1");
        let named = row("date", "2025-12-03", None, "");
        assert_eq!(with_path(&named, "a/b.md"), "date                      2025-12-03  a/b.md (file-name)");
    }

    #[test]
    fn work_grows_with_the_size() {
        // All facts stand in one line, and nothing of it is wide.
        let of = |size: usize| {
            let keys =
                (0..150).map(|i| format!("\"k{i}\":\"v{}\",", "\u{301}".repeat(20))).collect::<Vec<_>>().concat();
            let text = format!("---json\n{{{keys}\"title\":\"a{}\"}}\n---\n", "\u{301}".repeat(size / 2));
            let parsed = rca_index::parse::parse_report("a.md", text, &rca_index::parse::ParseOptions::default());
            work::taken();
            let rows = rows(&parsed.incident);
            assert!(rows.len() > 100, "{}", rows.len());
            let lines = columns(&rows, 80);
            assert_eq!(lines.len(), rows.len());
            work::taken()
        };
        let (once, twice) = (of(50_000), of(100_000));
        assert!(twice <= 2 * once + once / 4, "{once} {twice}");
    }
}
