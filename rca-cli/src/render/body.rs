//! The text of a section, for people.
//!
//! In: Markdown of a report. Out: lines that fit the width, tables drawn; lines that fit already, and code, stay unchanged.

use std::io::{self, Write};

use anstyle::Style;
use textwrap::core::display_width;

use crate::render::table::Table;
use crate::terminal::{Output, wrap};

/// Writes the text of a section.
pub(crate) fn body(out: &mut Output, text: &str) -> io::Result<()> {
    for line in fitted(text, out.width, out.palette.dim) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// The lines of a text, at most `width` columns wide except for code: a paragraph with a line that is too wide is
/// rewrapped, a table is drawn, and a row of one with too many columns loses its padding.
fn fitted(text: &str, width: usize, border: Style) -> Vec<String> {
    let mut fitted = Vec::new();
    let mut paragraph: Vec<&str> = Vec::new();
    let mut in_code = false;
    // Where a table ends that does not fit.
    let mut too_wide = 0;
    let lines: Vec<&str> = text.lines().collect();
    let mut at = 0;
    while let Some(&line) = lines.get(at) {
        let content = line.trim_start();
        let table = if in_code || at < too_wide { None } else { Table::at(&lines[at..], width) };
        if let Some((table, used)) = table {
            if let Some(drawn) = table.and_then(|table| table.drawn(width, border)) {
                rewrap(&mut paragraph, width, &mut fitted);
                fitted.extend(drawn);
                at += used;
                continue;
            }
            // Each row of it may look like the header of another table: they are not read again.
            too_wide = at + used;
        }
        at += 1;
        let fence = content.starts_with("```") || content.starts_with("~~~");
        let table = content.starts_with('|');
        if in_code || fence || table || content.is_empty() {
            rewrap(&mut paragraph, width, &mut fitted);
            in_code ^= fence;
            if table && display_width(line) > width {
                rewrap(&mut vec![&squeezed(content)], width, &mut fitted);
            } else {
                fitted.push(line.to_owned());
            }
            continue;
        }
        let continues = paragraph.last().is_some_and(|last| !last.ends_with("  ") && !last.ends_with('\\'));
        if !continues || starts_block(content) {
            rewrap(&mut paragraph, width, &mut fitted);
        }
        paragraph.push(line);
    }
    rewrap(&mut paragraph, width, &mut fitted);
    fitted
}

/// Rewraps a paragraph or a list item, if a line of it is too wide. Further lines of a list item align with its text.
fn rewrap(paragraph: &mut Vec<&str>, width: usize, fitted: &mut Vec<String>) {
    let lines = std::mem::take(paragraph);
    if lines.iter().all(|line| display_width(line) <= width) {
        fitted.extend(lines.into_iter().map(str::to_owned));
        return;
    }
    let Some(first) = lines.first() else { return };
    let content = first.trim_start();
    let lead = first.len() - content.len();
    let mark = content.find(' ').filter(|&end| is_list_mark(&content[..end])).map_or(0, |end| end + 1);
    let indent = (lead + mark).min(width / 2);
    let text = lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
    for (i, piece) in wrap(&text, width.saturating_sub(indent)).iter().enumerate() {
        let lead = if i == 0 { lead.min(indent) } else { indent };
        fitted.push(format!("{:lead$}{piece}", ""));
    }
}

/// Whether a line starts a new block: a list item, a heading, a rule, a `**Key:** value`, a dated entry.
fn starts_block(content: &str) -> bool {
    let mark = content.split(' ').next().unwrap_or_default();
    is_list_mark(mark)
        || content.starts_with(['#', '*', '<', '[', ':'])
        || content.starts_with("---")
        || content.starts_with(|c: char| c.is_ascii_digit())
}

fn is_list_mark(text: &str) -> bool {
    let numbered =
        text.strip_suffix(['.', ')']).is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    numbered || matches!(text, "-" | "*" | "+" | ">")
}

/// A row of a table without its padding.
fn squeezed(row: &str) -> String {
    let cell = |cell: &str| {
        let cell = cell.trim();
        let rule = cell.len() > 3 && cell.chars().all(|c| matches!(c, '-' | ':'));
        if rule { "---".to_owned() } else { cell.split_whitespace().collect::<Vec<_>>().join(" ") }
    };
    row.trim_end().split('|').map(cell).collect::<Vec<_>>().join(" | ").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::work;

    /// Text of this size, of these pieces.
    fn made((before, piece, behind): (&str, &str, &str), size: usize) -> String {
        format!("{before}{}{behind}", piece.repeat(size / piece.len()))
    }

    #[test]
    fn work_grows_with_the_size() {
        const SIZE: usize = 50_000;
        let rules = format!("{}\n", "|-".repeat(40));
        let shapes = [
            ("rules that do not fit", ("", rules.as_str(), "")),
            ("rows", ("|a|\n|-|\n", "|b|\n", "")),
            ("a row of many cells below", ("|a|\n|-|\n", "|b|\n", &"|c".repeat(SIZE))),
            ("code in a row of many cells", ("|a|\n|-|\n", "|`b", "\n")),
            ("code that ends", ("|a|\n|-|\n", "|`b|`", "\n")),
            ("columns", ("", "|a", "\n")),
            ("bars", ("", "|", "\n")),
            ("headers", ("", "|a|\n|-|\n\n", "")),
        ];
        for (name, shape) in shapes {
            let of = |size: usize| {
                work::taken();
                let lines = fitted(&made(shape, size), 80, Style::new());
                work::taken() + lines.iter().map(String::len).sum::<usize>()
            };
            let (once, twice) = (of(SIZE), of(2 * SIZE));
            assert!(twice <= 2 * once + once / 4 + 20_000, "{name}: {once} {twice}");
            assert!(once <= 40 * SIZE, "{name}: {once}");
        }
    }

    fn check(text: &str, expected: &[&str]) {
        assert_eq!(fitted(text, 20, Style::new()), expected, "{text}");
    }

    #[test]
    fn what_fits_stays_as_it_is() {
        let text =
            "one line\nanother one\n\n- item\n  goes on\n| a   | b |\n```\ncode is never broken, however wide\n```";
        check(text, &text.lines().collect::<Vec<_>>());
    }

    #[test]
    fn a_paragraph_with_a_line_too_wide_is_rewrapped() {
        check("a line that is far too wide\nand another", &["a line that is far", "too wide and another"]);
        check(
            "- an item that is far too wide\n  and goes on",
            &["- an item that is", "  far too wide and", "  goes on"],
        );
        check("**Severity:** P2\n**Services:** one, two", &["**Severity:** P2", "**Services:** one,", "two"]);
        check("10:05 the first alert came\n10:07 seen", &["10:05 the first", "alert came", "10:07 seen"]);
        check("一二三四五六七八九十一二三", &["一二三四五六七八九十", "一二三"]);
    }

    #[test]
    fn a_table_is_drawn_unless_it_is_code_or_too_wide() {
        let drawn = ["text", "┌───┬───┐", "│ a │ b │", "├───┼───┤", "│ c │ d │", "└───┴───┘", "more"];
        check("text\n| a | b |\n|---|---|\n| c | d |\nmore", &drawn);
        let code = "```\n| a | b |\n|---|---|\n```";
        check(code, &code.lines().collect::<Vec<_>>());
        let wide = "|a|b|c|d|e|f|g|h|i|\n|-|-|-|-|-|-|-|-|-|";
        check(wide, &wide.lines().collect::<Vec<_>>());
        check("| a | b                |", &["| a | b |"]);
    }
}
