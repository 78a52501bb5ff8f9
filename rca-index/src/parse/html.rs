//! HTML: tables that exports of wikis hold, read as Markdown's own.
//!
//! In: a block of HTML. Out: its tables. Anything else in it is text that is searched, and states nothing.

use std::borrow::Cow;

use crate::incident::lines::line_ends;
use crate::incident::squeeze::squeezed;
use crate::parse::outline::{Block, Row, Table};

/// The tables of a block of HTML that starts at a line.
pub(crate) fn html_blocks(html: &str, line: u32) -> Vec<Block<'_>> {
    if !html.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("<table")) && !html.contains("<table") {
        return Vec::new();
    }
    let mut reader = Reader { line, ..Reader::default() };
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        reader.text(&rest[..open]);
        let Some(close) = rest[open..].find('>') else { break };
        let tag = &rest[open + 1..open + close];
        reader.tag(tag);
        reader.line += line_ends(tag);
        rest = &rest[open + close + 1..];
    }
    reader.tables.into_iter().map(Block::Table).collect()
}

#[derive(Default)]
struct Reader<'a> {
    tables: Vec<Table<'a>>,
    line: u32,
    /// The cells of the open row, its line, and whether all of them are headers.
    row: Vec<Cow<'a, str>>,
    row_line: u32,
    headers: usize,
    cell: Option<String>,
}

impl Reader<'_> {
    fn text(&mut self, text: &str) {
        self.line += line_ends(text);
        if let Some(cell) = &mut self.cell {
            let entities = [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")];
            if text.contains('&') {
                let text = entities.iter().fold(text.to_owned(), |text, (entity, c)| text.replace(entity, c));
                cell.push_str(&text);
            } else {
                cell.push_str(text);
            }
        }
    }

    fn tag(&mut self, tag: &str) {
        let name: String = tag.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '/').collect();
        match name.to_ascii_lowercase().as_str() {
            "table" => self.tables.push(Table { header: Vec::new(), rows: Vec::new(), line: self.line }),
            "tr" => {
                self.end_of_row();
                self.row_line = self.line;
            }
            header @ ("td" | "th") => {
                self.end_of_cell();
                self.headers += usize::from(header == "th");
                self.cell = Some(String::new());
            }
            "/td" | "/th" => self.end_of_cell(),
            "/tr" | "/table" => self.end_of_row(),
            "br" | "br/" => self.text("\n"),
            _ => {}
        }
    }

    fn end_of_cell(&mut self) {
        if let Some(cell) = self.cell.take() {
            let lines: Vec<_> = cell.lines().map(squeezed).filter(|line| !line.is_empty()).collect();
            self.row.push(Cow::Owned(lines.join("\n")));
        }
    }

    /// A first row that is all headers is the header of the table.
    fn end_of_row(&mut self) {
        self.end_of_cell();
        let (cells, headers) = (std::mem::take(&mut self.row), std::mem::take(&mut self.headers));
        let Some(table) = self.tables.last_mut().filter(|_| !cells.is_empty()) else { return };
        if table.rows.is_empty() && table.header.is_empty() && headers == cells.len() {
            table.header = cells;
        } else {
            table.rows.push(Row { cells, line: self.row_line });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_of_html() {
        let html = "<table class=\"x\">\n<tr><th>Time</th><th>Event</th></tr>\n<tr>\n<td>10:00</td><td>a &amp; <b>b</b></td></tr>\n</table>";
        let blocks = html_blocks(html, 3);
        let [Block::Table(table)] = &blocks[..] else { panic!("{blocks:?}") };
        assert_eq!((&table.header[..], table.line), (&["Time".into(), "Event".into()][..], 3));
        assert_eq!((&table.rows[0].cells[..], table.rows[0].line), (&["10:00".into(), "a & b".into()][..], 5));
        let blocks = html_blocks("<table><tbody><tr><th>Severity</th><td>x<br>y</td></tr><tr><td>never closed", 1);
        let [Block::Table(table)] = &blocks[..] else { panic!("{blocks:?}") };
        assert_eq!(table.rows[0].cells, ["Severity", "x\ny"]);
        assert!(html_blocks("<div>text</div>", 1).is_empty());
    }
}
