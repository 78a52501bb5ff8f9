//! Tables of Markdown, drawn for people.
//!
//! In: lines of a report that begin a table, and a width. Out: the table with borders and aligned columns, within the width.

use std::borrow::Cow;

use anstyle::Style;
use textwrap::core::display_width;

#[cfg(test)]
use crate::render::work;
use crate::terminal::wrap;

/// A column narrower than this cannot be read.
const NARROWEST: usize = 3;
/// What a column takes at least, with its border.
const LEAST: usize = 4;
/// The deepest indentation of a table that is kept, as in a list.
const DEEPEST: usize = 8;

/// How a column is aligned.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Alignment {
    Left,
    Center,
    Right,
}

/// A table as it is written: cells without their padding.
#[derive(Debug)]
pub(super) struct Table {
    indent: usize,
    alignments: Vec<Alignment>,
    /// Nothing if all its cells are empty, as in tables of names and values.
    header: Option<Vec<String>>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// The table that begins with the first line, if it has no more columns than fit the width, and how many lines it has.
    pub(super) fn at(lines: &[&str], width: usize) -> Option<(Option<Self>, usize)> {
        let [first, second, rest @ ..] = lines else { return None };
        if !first.contains('|') || !second.contains('|') {
            return None;
        }
        let header = cells(first);
        let mut alignments = cells(second).iter().map(|cell| alignment(cell)).collect::<Option<Vec<_>>>()?;
        if alignments.len() != header.len() {
            return None;
        }
        let mut rows: Vec<_> =
            rest.iter().take_while(|line| is_row(line)).map(|line| whole(cells(line), header.len())).collect();
        let used = 2 + rows.len();
        // Cells beyond the header are kept, though a browser would drop them.
        let columns = rows.iter().map(Vec::len).chain([header.len()]).max().unwrap_or(0);
        // One row may have more cells than there are rows: all rows are filled up only if they can be drawn.
        if columns > width / LEAST {
            return Some((None, used));
        }
        alignments.resize(columns, Alignment::Left);
        rows.iter_mut().for_each(|row| row.resize(columns, String::new()));
        #[cfg(test)]
        work::add(rows.len() * columns);
        let mut header = Some(header).filter(|header| header.iter().any(|cell| !cell.is_empty()));
        header.iter_mut().for_each(|header| header.resize(columns, String::new()));
        let indent = (first.len() - first.trim_start().len()).min(DEEPEST);
        Some((Some(Self { indent, alignments, header, rows }), used))
    }

    /// The lines of the table, at most `width` columns wide, with its borders in a style; `None` if it has more columns than fit.
    pub(super) fn drawn(&self, width: usize, border: Style) -> Option<Vec<String>> {
        let rows = || self.header.iter().chain(&self.rows);
        let columns = self.alignments.len();
        let natural = |column: usize| rows().flat_map(|row| lines(&row[column])).map(|line| display_width(&line)).max();
        let natural: Vec<usize> = (0..columns).map(|column| natural(column).unwrap_or(0).max(1)).collect();
        let widths = fitted(&natural, width.checked_sub(self.indent + 3 * columns + 1)?)?;

        let rule = |ends: [char; 3]| {
            let parts: Vec<String> = widths.iter().map(|width| "─".repeat(width + 2)).collect();
            let rule = format!("{}{}{}", ends[0], parts.join(&ends[1].to_string()), ends[2]);
            format!("{:indent$}{border}{rule}{border:#}", "", indent = self.indent)
        };
        let between = rule(['├', '┼', '┤']);
        let drawn: Vec<Vec<String>> = rows().map(|row| self.row(row, &widths, border)).collect();
        // Where a row has several lines, the first column tells where the next begins, if it has one line in each row.
        let is_tall = drawn.iter().any(|row| row.len() > 1);
        let has_starts = rows().all(|row| matches!(&Self::wrapped(row, 0, &widths)[..], [line] if !line.is_empty()));
        let needs_rules = is_tall && !has_starts;
        let mut all = vec![rule(['┌', '┬', '┐'])];
        for (nth, row) in drawn.into_iter().enumerate() {
            if nth > 0 && (needs_rules || (nth == 1 && self.header.is_some())) {
                all.push(between.clone());
            }
            all.extend(row);
        }
        all.push(rule(['└', '┴', '┘']));
        Some(all)
    }

    /// The lines of a cell.
    fn wrapped(row: &[String], column: usize, widths: &[usize]) -> Vec<String> {
        lines(&row[column]).iter().flat_map(|line| wrap(line, widths[column])).map(Cow::into_owned).collect()
    }

    /// The lines of a row.
    fn row(&self, row: &[String], widths: &[usize], border: Style) -> Vec<String> {
        let cells: Vec<Vec<String>> = (0..widths.len()).map(|column| Self::wrapped(row, column, widths)).collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or(0).max(1);
        let line = |nth: usize| {
            let parts = cells.iter().zip(widths).zip(&self.alignments).map(|((cell, width), alignment)| {
                padded(cell.get(nth).map_or("", |line| line.trim_end()), *width, *alignment)
            });
            let bar = format!("{border}│{border:#}");
            let parts = parts.collect::<Vec<_>>().join(&format!(" {bar} "));
            format!("{:indent$}{bar} {parts} {bar}", "", indent = self.indent)
        };
        (0..height).map(line).collect()
    }
}

/// Whether a line goes on with a table.
fn is_row(line: &str) -> bool {
    line.contains('|') && !line.trim_start().starts_with(['#', '>', '`', '~'])
}

/// The cells of a row. `\|` is no border.
fn cells(line: &str) -> Vec<String> {
    #[cfg(test)]
    work::add(line.len());
    let line = line.trim();
    let line = line.strip_prefix('|').unwrap_or(line);
    let mut cells = vec![String::new()];
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        let cell = cells.last_mut();
        match (c, cell) {
            ('\\', Some(cell)) if chars.peek() == Some(&'|') => {
                chars.next();
                cell.push('|');
            }
            // The last border ends the row and begins no cell.
            ('|', _) if chars.peek().is_some() => cells.push(String::new()),
            ('|', _) => {}
            (c, Some(cell)) => cell.push(c),
            _ => {}
        }
    }
    cells.iter().map(|cell| cell.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// A row with more cells than columns, whose code was taken for cells: `ps aux | grep cart`.
fn whole(row: Vec<String>, columns: usize) -> Vec<String> {
    let mut more = row.len().saturating_sub(columns);
    let mut whole: Vec<String> = Vec::with_capacity(row.len());
    let mut is_open = false;
    for cell in row {
        #[cfg(test)]
        work::add(cell.len());
        let opens_or_closes = cell.matches('`').count() % 2 == 1;
        match whole.last_mut().filter(|_| is_open && more > 0) {
            Some(code) => {
                code.push_str(" | ");
                code.push_str(&cell);
                more -= 1;
                is_open ^= opens_or_closes;
            }
            None => {
                whole.push(cell);
                is_open = opens_or_closes;
            }
        }
    }
    whole
}

/// The alignment that a cell below the header gives its column.
fn alignment(cell: &str) -> Option<Alignment> {
    let (left, right) = (cell.starts_with(':'), cell.len() > 1 && cell.ends_with(':'));
    let dashes = &cell[usize::from(left)..cell.len() - usize::from(right)];
    if dashes.is_empty() || !dashes.bytes().all(|b| b == b'-') {
        return None;
    }
    Some(match (left, right) {
        (true, true) => Alignment::Center,
        (false, true) => Alignment::Right,
        _ => Alignment::Left,
    })
}

/// The lines that a cell has of its own.
fn lines(cell: &str) -> Vec<Cow<'_, str>> {
    if !cell.contains('<') {
        return vec![Cow::Borrowed(cell)];
    }
    let breaks = ["<br>", "<br/>", "<br />", "<BR>"];
    let broken = breaks.iter().fold(cell.to_owned(), |text, mark| text.replace(mark, "\n"));
    broken.lines().map(|line| Cow::Owned(line.trim().to_owned())).collect()
}

/// The widths of columns that have so much room together: the narrow ones keep theirs, the wide ones share what is left.
fn fitted(natural: &[usize], room: usize) -> Option<Vec<usize>> {
    if natural.iter().sum::<usize>() <= room {
        return Some(natural.to_vec());
    }
    let mut sorted = natural.to_vec();
    sorted.sort_unstable();
    let (mut left, mut limit) = (room, 0);
    for (nth, width) in sorted.iter().enumerate() {
        limit = left / (sorted.len() - nth);
        if *width > limit {
            break;
        }
        left -= width;
    }
    if limit < NARROWEST {
        return None;
    }
    let mut widths: Vec<usize> = natural.iter().map(|width| *width.min(&limit)).collect();
    let mut spare = room.saturating_sub(widths.iter().sum());
    for (width, natural) in widths.iter_mut().zip(natural).filter(|(width, natural)| **width < **natural) {
        *width += usize::from(spare > 0 && *width < *natural);
        spare = spare.saturating_sub(1);
    }
    Some(widths)
}

fn padded(text: &str, width: usize, alignment: Alignment) -> String {
    let gap = width.saturating_sub(display_width(text));
    let before = match alignment {
        Alignment::Left => 0,
        Alignment::Center => gap / 2,
        Alignment::Right => gap,
    };
    format!("{:before$}{text}{:after$}", "", "", after = gap - before)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, width: usize, expected: &[&str]) {
        let lines: Vec<&str> = text.lines().collect();
        let (table, used) = Table::at(&lines, width).unwrap();
        let table = table.unwrap();
        assert_eq!(used, lines.len(), "{text}");
        let drawn = table.drawn(width, Style::new()).unwrap();
        assert_eq!(drawn, expected, "{}", drawn.join("\n"));
        assert!(drawn.iter().all(|line| display_width(line) <= width));
        let styled = table.drawn(width, Style::new().bold()).unwrap().join("\n");
        assert_eq!(anstream::adapter::strip_str(&styled).to_string(), expected.join("\n"), "a style has no width");
    }

    #[test]
    fn a_table_is_drawn_with_borders_and_aligned_columns() {
        check(
            "| Time | Users |\n|:--|--:|\n| 10:05 | 7 |\n| 9:00 | 1,200 |",
            40,
            &[
                "┌───────┬───────┐",
                "│ Time  │ Users │",
                "├───────┼───────┤",
                "│ 10:05 │     7 │",
                "│ 9:00  │ 1,200 │",
                "└───────┴───────┘",
            ],
        );
        check(
            "a | b\n-|:-:\nx \\| y | z | w",
            40,
            &["┌───────┬───┬───┐", "│ a     │ b │   │", "├───────┼───┼───┤", "│ x | y │ z │ w │", "└───────┴───┴───┘"],
        );
        check(
            "| | |\n|---|---|\n| Severity | P1 |",
            40,
            &["┌──────────┬────┐", "│ Severity │ P1 │", "└──────────┴────┘"],
        );
        check(
            "  | 時刻 | é |\n  |---|---|\n  | 日 | b |",
            20,
            &["  ┌──────┬───┐", "  │ 時刻 │ é │", "  ├──────┼───┤", "  │ 日   │ b │", "  └──────┴───┘"],
        );
    }

    #[test]
    fn wide_columns_share_the_room() {
        check(
            "| t | what happened | who |\n|---|---|---|\n| 1 | the queue grew and grew | me |\n| 2 | ok<br>done | |",
            26,
            &[
                "┌───┬──────────────┬─────┐",
                "│ t │ what         │ who │",
                "│   │ happened     │     │",
                "├───┼──────────────┼─────┤",
                "│ 1 │ the queue    │ me  │",
                "│   │ grew and     │     │",
                "│   │ grew         │     │",
                "│ 2 │ ok           │     │",
                "│   │ done         │     │",
                "└───┴──────────────┴─────┘",
            ],
        );
        // No column tells where a row begins.
        check(
            "| t | u |\n|---|---|\n| a<br>b | c |\n| | d |",
            26,
            &["┌───┬───┐", "│ t │ u │", "├───┼───┤", "│ a │ c │", "│ b │   │", "├───┼───┤", "│   │ d │", "└───┴───┘"],
        );
        assert_eq!(fitted(&[1, 100, 100], 21), Some(vec![1, 10, 10]));
        assert_eq!(fitted(&[1, 100, 100], 22), Some(vec![1, 11, 10]));
        assert_eq!(fitted(&[5, 5, 40], 20), Some(vec![5, 5, 10]));
        assert_eq!(fitted(&[9, 9, 9], 8), None);
        let many = format!("{}\n{}\n{}", "|a".repeat(30), "|-".repeat(30), "|b".repeat(30));
        let lines: Vec<&str> = many.lines().collect();
        assert!(Table::at(&lines, 80).unwrap().0.is_none(), "more columns than fit");
    }

    #[test]
    fn what_is_no_table_is_none() {
        for text in
            ["| a | b |", "| a | b |\n| c | d |", "| a | b |\n|---|", "a\n---", "a | b\n---", "a | b\n| x- | - |"]
        {
            assert!(Table::at(&text.lines().collect::<Vec<_>>(), 80).is_none(), "{text}");
        }
        let lines = ["| a |", "|---|", "| b |", "", "| c |"];
        assert_eq!(Table::at(&lines, 80).unwrap().1, 3);
        assert_eq!(Table::at(&["| a |", "|---|", "text"], 80).unwrap().1, 2);
    }
}
