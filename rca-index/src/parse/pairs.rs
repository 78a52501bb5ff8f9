//! Pairs: a label and its value, whatever shape the body writes them in.
//!
//! In: a part of the outline, and which labels are keys. Out: pairs, from lines (`Severity: P2`), bullets, bold labels with a
//! dash or with the value below, definition lists, `key:: value`, a list below its label, tables of two or four columns,
//! tables with a header row over one row, and a heading with its value below.

use std::borrow::Cow;

use crate::incident::beginning::beginning;
#[cfg(any(test, fuzzing))]
use crate::parse::cursor::work;
use crate::parse::outline::{Block, Item, List, Part, Table, Text};
use crate::parse::phrases::may_have;
use crate::parse::words::plain;

/// A label and its value.
#[derive(Debug, PartialEq)]
pub(crate) struct Pair<'t> {
    pub(crate) label: &'t str,
    pub(crate) value: Cow<'t, str>,
    /// The value as a list, where it is one.
    pub(crate) items: Vec<&'t str>,
    pub(crate) line: u32,
    pub(crate) shape: Shape,
}

/// How a pair is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A line or a bullet.
    Line,
    Table,
    /// The heading of a part, and what stands first below it.
    Heading,
}

/// Calls back with each pair of a part, in order. `is_key` says which labels are known, for shapes that would otherwise be
/// anything.
pub(crate) fn pairs<'t>(part: &'t Part<'_>, is_key: &impl Fn(&str) -> bool, each: &mut impl FnMut(Pair<'t>)) {
    if part.level > 0 && is_key(&part.heading) {
        of_heading(part, is_key, each);
    }
    for (i, block) in part.blocks.iter().enumerate() {
        match block {
            Block::Paragraph(text) => {
                let below = match part.blocks.get(i + 1) {
                    Some(Block::List(list)) => Some(list),
                    _ => None,
                };
                of_paragraph(text, below, is_key, each);
            }
            Block::List(list) => of_list(list, is_key, each),
            Block::Table(table) => of_table(table, is_key, each),
            Block::Code => {}
        }
    }
}

/// The value below a heading: its first line, or the items of a list.
fn of_heading<'t>(part: &'t Part<'_>, is_key: &impl Fn(&str) -> bool, each: &mut impl FnMut(Pair<'t>)) {
    let (value, items, line) = match part.blocks.first() {
        Some(Block::Paragraph(text)) => {
            let first = text.text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
            // `Date` above `Start: ...` and `End: ...`
            if split(first).is_some_and(|(label, _)| is_key(label)) {
                return;
            }
            (first.trim(), Vec::new(), text.line)
        }
        Some(Block::List(list)) => {
            // Of choices with boxes, those that are ticked.
            let choice = list.items.iter().any(|item| item.checked.is_some());
            let items: Vec<_> =
                list.items.iter().filter(|item| item.depth == 0 && (!choice || item.checked == Some(true))).collect();
            let Some(first) = items.first() else { return };
            if split(&first.text.text).is_some_and(|(label, _)| is_key(label)) {
                return;
            }
            (first.text.text.trim(), items.iter().map(|item| item.text.text.trim()).collect(), first.text.line)
        }
        _ => return,
    };
    each(Pair { label: &part.heading, value: value.into(), items, line, shape: Shape::Heading });
}

fn of_paragraph<'t>(
    text: &'t Text<'_>,
    below: Option<&'t List<'_>>,
    is_key: &impl Fn(&str) -> bool,
    each: &mut impl FnMut(Pair<'t>),
) {
    let mut at = 0;
    let mut lines = (text.line..).zip(text.text.split('\n')).peekable();
    while let Some((line, written)) = lines.next() {
        let start = at;
        at += written.len() + 1;
        let mut push = |label: &'t str, value: &'t str, items| {
            each(Pair { label, value: value.trim().into(), items, line, shape: Shape::Line });
        };
        let next = lines.peek().map(|(_, next)| next.trim());
        if let Some((label, value)) = bold_pair(text, start, written).filter(|(label, _)| is_key(label)) {
            match value {
                // The value stands in the next line.
                "" => match next {
                    Some(next) => push(label, next.trim_start_matches([':', '：']), Vec::new()),
                    None => push(label, "", below.map(top_items).unwrap_or_default()),
                },
                value => push(label, value, Vec::new()),
            }
            continue;
        }
        // A term above its definition.
        if let Some(next) = next.and_then(|next| next.strip_prefix(": ")).filter(|_| is_key(written)) {
            push(written.trim(), next, Vec::new());
            continue;
        }
        // Several on one line: `**Severity:** P2 | **Status:** resolved`
        for piece in labelled(written) {
            let Some((label, value)) = split(piece) else { continue };
            let last = next.is_none() && value.is_empty();
            let items = below.filter(|_| last && is_key(label)).map(top_items).unwrap_or_default();
            push(label, value, items);
        }
    }
}

/// The pieces of a line that have a label of their own. In `Severity: Low | Medium` the bar belongs to the value.
fn labelled(line: &str) -> Vec<&str> {
    const SEPARATORS: [&str; 3] = [" | ", " · ", " • "];
    /// A longer line is no line of labels; in bytes.
    const LONGEST: usize = 2_000;
    let mut pieces: Vec<&str> = Vec::new();
    let mut start = 0;
    if line.len() > LONGEST || !SEPARATORS.iter().any(|separator| line.contains(separator)) {
        return vec![line];
    }
    for (at, separator) in SEPARATORS.iter().flat_map(|separator| line.match_indices(separator)) {
        let end = at + separator.len();
        let next = &line[end..];
        let until = SEPARATORS.iter().filter_map(|separator| next.find(separator)).min().unwrap_or(next.len());
        if at >= start && next[..until].contains([':', '：']) {
            pieces.push(&line[start..at]);
            start = end;
        }
    }
    pieces.push(&line[start..]);
    pieces
}

/// The texts of the outermost items.
fn top_items<'t>(list: &'t List<'_>) -> Vec<&'t str> {
    list.items.iter().filter(|item| item.depth == 0).map(|item| item.text.text.trim()).collect()
}

fn of_list<'t>(list: &'t List<'_>, is_key: &impl Fn(&str) -> bool, each: &mut impl FnMut(Pair<'t>)) {
    for (i, item) in list.items.iter().enumerate() {
        let first = item.text.text.lines().next().unwrap_or_default();
        let bold = bold_pair(&item.text, 0, first).filter(|(label, _)| is_key(label));
        let Some((label, value)) = bold.or_else(|| split(first)) else { continue };
        let deeper = || list.items[i + 1..].iter().take_while(|next| next.depth > item.depth);
        let items: Vec<&str> = if value.is_empty() && is_key(label) {
            let children: Vec<&Item<'_>> = deeper().collect();
            children.iter().filter(|next| next.depth == item.depth + 1).map(|next| next.text.text.trim()).collect()
        } else {
            Vec::new()
        };
        each(Pair { label, value: value.into(), items, line: item.text.line, shape: Shape::Line });
    }
}

/// `**Label** - value`, `**Label** value`, and `**Label**` alone, for a line that starts at a byte of a text.
fn bold_pair<'t>(text: &Text<'_>, start: usize, line: &'t str) -> Option<(&'t str, &'t str)> {
    // They are in order, and a text may have as many as lines.
    let at = text.bold.partition_point(|bold| {
        #[cfg(any(test, fuzzing))]
        work::add(1);
        bold.start < start
    });
    let bold = text.bold.get(at).filter(|bold| bold.start == start)?;
    let (label, rest) = line.split_at_checked(bold.end - start)?;
    let (label, rest) = (label.trim(), rest.trim());
    // With a colon it is a line like any other, unless nothing follows.
    let colon = label.ends_with([':', '：']) || rest.starts_with([':', '：']);
    let value = rest.trim_start_matches([':', '：', '-', '–', '—']).trim_start();
    let label = label.trim_end_matches([':', '：']);
    (!label.is_empty() && (!colon || value.is_empty())).then_some((label, value))
}

/// `Key: value` and `key:: value`, with a colon of either width.
pub(crate) fn split(line: &str) -> Option<(&str, &str)> {
    /// In characters; what stands in brackets is no part of the name.
    const LONGEST: usize = 40;
    // A label is short: of a long line only the front is gone through.
    let front = beginning(line, 4 * LONGEST + 3);
    // Most lines have none: look before searching.
    if front.is_ascii() && !may_have(front, b":") {
        return None;
    }
    let colon = front.bytes().position(|b| b == b':');
    let at = if front.is_ascii() { colon? } else { colon.into_iter().chain(front.find('：')).min()? };
    let (label, value) = (&line[..at], &line[at + line[at..].chars().next().map_or(1, char::len_utf8)..]);
    let name = label.split(['(', '（']).next().unwrap_or_default();
    let fits = label.len() <= 4 * LONGEST && name.chars().count() <= LONGEST;
    fits.then(|| (label.trim(), value.trim_start_matches(':').trim()))
}

fn of_table<'t>(table: &'t Table<'_>, is_key: &impl Fn(&str) -> bool, each: &mut impl FnMut(Pair<'t>)) {
    let bare = |cell: &'t str| cell.trim().trim_end_matches([':', '：']);
    if let Some(values) = horizontal(table, is_key) {
        for (label, value) in table.header.iter().zip(&values.cells) {
            let value = value.trim().into();
            each(Pair { label: bare(label), value, items: Vec::new(), line: values.line, shape: Shape::Table });
        }
        return;
    }
    let named = names_fields(table);
    let rows = std::iter::once((table.line, &table.header)).chain(table.rows.iter().map(|row| (row.line, &row.cells)));
    let mut pairs: Vec<(u32, &str, &str)> = Vec::new();
    for (line, cells) in rows {
        match &cells[..] {
            [label, value, ..] if cells.len() == 2 || named => pairs.push((line, bare(label), value.trim())),
            [a, b, c, d] => pairs.extend([(line, bare(a), b.trim()), (line, bare(c), d.trim())]),
            _ => {}
        }
    }
    let known = pairs.iter().filter(|(_, label, _)| is_key(label)).count();
    if known >= 2 || known * 2 > pairs.len() || (named && known > 0) {
        for (line, label, value) in pairs {
            each(Pair { label, value: value.into(), items: Vec::new(), line, shape: Shape::Table });
        }
    }
}

/// The one row below a header of keys.
fn horizontal<'t>(table: &'t Table<'_>, is_key: &impl Fn(&str) -> bool) -> Option<&'t crate::parse::outline::Row<'t>> {
    /// A table with more columns is no table of keys.
    const COLUMNS: usize = 30;
    let [row] = &table.rows[..] else { return None };
    let columns = table.header.len();
    if !(2..=COLUMNS).contains(&columns) || names_fields(table) {
        return None;
    }
    let known = table.header.iter().filter(|cell| is_key(cell)).count();
    let below = row.cells.iter().step_by(2).filter(|cell| is_key(cell)).count();
    let vertical = known == 1 && is_key(&table.header[0]) && columns == 2;
    (known > 0 && below == 0 && !vertical).then_some(row)
}

/// Whether a table's header says that its first two columns are names and values.
fn names_fields(table: &Table<'_>) -> bool {
    const NAMES: &[&str] = &[
        "field", "key", "item", "property", "attribute", "metric", "metadata", "name", "label", "parameter", "detail",
        "項目", "フィールド", "属性", "字段", "项目", "feld", "merkmal", "champ", "propriete", "campo", "항목",
    ];
    const VALUES: &[&str] = &[
        "value", "values", "details", "detail", "content", "data", "description", "info", "information", "内容", "値",
        "詳細", "值", "wert", "inhalt", "valeur", "valor", "detalle", "값", "내용",
    ];
    let says = |cell: Option<&Cow<'_, str>>, words: &[&str]| {
        cell.is_some_and(|cell| cell.len() <= 40 && words.contains(&&*plain(cell.trim())))
    };
    says(table.header.first(), NAMES) && says(table.header.get(1), VALUES)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::keys::key_named;
    use crate::parse::outline::outline;
    use std::collections::BTreeMap;

    /// The pairs whose label is a key, as `label=value` or `label=[items]`.
    fn check(source: &str, expected: &[&str]) {
        let is_key = |label: &str| key_named(label, &BTreeMap::new()).is_some();
        let outline = outline(source, 0);
        let mut found = Vec::new();
        for part in &outline.parts {
            pairs(part, &is_key, &mut |pair| {
                if is_key(pair.label) {
                    let value =
                        if pair.items.is_empty() { pair.value.to_string() } else { format!("{:?}", pair.items) };
                    found.push(format!("{}={value}", pair.label));
                }
            });
        }
        assert_eq!(found, expected, "{source}");
    }

    #[test]
    fn lines_and_bullets() {
        check("Severity: P2\nDate：2024-03-05\nnote: x\n", &["Severity=P2", "Date=2024-03-05"]);
        check("**Severity:** Low | Medium | High\n", &["Severity=Low | Medium | High"]);
        check("**Severity:** P2 | **Status:** open · Duration: 1h\n", &["Severity=P2", "Status=open", "Duration=1h"]);
        check("- **Severity** - P2\n- **Status** open\n", &["Severity=P2", "Status=open"]);
        check("- severity:: P2\n- status :: open\n", &["severity=P2", "status=open"]);
        check("**Severity**\nP2\n**Status**\nopen\n", &["Severity=P2", "Status=open"]);
        check("Severity\n: P2\n\nStatus\n: open\n", &["Severity=P2", "Status=open"]);
        check("Affected services:\n\n- api\n- web\n", &["Affected services=[\"api\", \"web\"]"]);
        check(
            "- Services:\n  - api\n    - v1\n  - web\n- Status: open\n",
            &["Services=[\"api\", \"web\"]", "Status=open"],
        );
        check(
            "- Severity (see `docs/operations/incidents/severity.md`): sev1\n",
            &["Severity (see docs/operations/incidents/severity.md)=sev1"],
        );
        check("> **Severity:** P2\n> **Status:** open\n", &["Severity=P2", "Status=open"]);
    }

    #[test]
    fn headings_with_their_value_below() {
        check("## Severity\n\n**Critical** - all down\n\nMore text.\n", &["Severity=Critical - all down"]);
        check("## Affected services\n- api\n- web\n", &["Affected services=[\"api\", \"web\"]"]);
        check("## Severity\n- [ ] P1\n- [x] P2\n- [ ] P3\n", &["Severity=[\"P2\"]"]);
        check("## Severity\n- [ ] P1\n- [ ] P2\n", &[]);
        check("## Date\nStart: 2024-03-05\nEnd: 2024-03-06\n", &["Start=2024-03-05", "End=2024-03-06"]);
        check("**Severity**\n\nP2\n\n**Status:**\n\nopen\n", &["Severity=P2", "Status=open"]);
        check("## Severity\n", &[]);
    }

    #[test]
    fn tables() {
        check("| Severity | P2 |\n|-|-|\n| Status | open |\n", &["Severity=P2", "Status=open"]);
        check("| Field | Value | Note |\n|-|-|-|\n| Severity | P2 | x |\n", &["Severity=P2"]);
        check("| | | | |\n|-|-|-|-|\n| Severity | P2 | Status | open |\n", &["Severity=P2", "Status=open"]);
        check("| Severity | Duration | Region |\n|:-:|-|-|\n| P2 | 1h | eu |\n", &["Severity=P2", "Duration=1h"]);
        check("| Severity | Status |\n|-|-|\n| P2 | open |\n", &["Severity=P2", "Status=open"]);
        check(
            "<table>\n<tr><td>Severity</td><td>P2</td></tr>\n<tr><td>Status</td><td>open</td></tr>\n</table>\n",
            &["Severity=P2", "Status=open"],
        );
        // A table of many things of which one is a key by chance.
        check("| Thing | State |\n|-|-|\n| Status | a |\n| x | b |\n| y | c |\n", &[]);
    }
}
