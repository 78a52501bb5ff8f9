//! Metadata in the body: `**Severity:** P2` lines, `- **Severity:** P2` bullets, and tables of keys and values.

use std::collections::BTreeMap;

use crate::incident::SectionKind;
use crate::parse::keys::{Key, key_named};
use crate::parse::outline::{Block, Part, Table};

/// A key and its value as the body states them.
#[derive(Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key: Key,
    pub(crate) value: String,
    pub(crate) line: u32,
}

/// Reads the metadata of a report's parts: of the text below the title and of parts that are about metadata; what a summary
/// or an impact section states in this form counts as well, as far as such sections do.
pub(crate) fn read_metadata(parts: &[Part<'_>], kinds: &[SectionKind], own: &BTreeMap<String, String>) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut at_top = true;
    for (part, &kind) in parts.iter().zip(kinds) {
        at_top &= kind == SectionKind::Body && part.level <= 1;
        let wanted: fn(Key) -> bool = match kind {
            _ if at_top || is_metadata(&part.heading) => |_| true,
            SectionKind::Summary => |key| !matches!(key, Key::Title | Key::Summary | Key::Tags | Key::Related),
            SectionKind::Impact => |key| matches!(key, Key::Services | Key::Duration(_) | Key::Severity),
            _ => continue,
        };
        let mut add = |key: &str, value: &str, line: u32| {
            if let Some(key) = key_named(key, own).filter(|&key| wanted(key)) {
                entries.push(Entry { key, value: value.trim().to_owned(), line });
            }
        };
        for block in &part.blocks {
            match block {
                Block::Paragraph(text) => {
                    for (line, text) in (text.line..).zip(text.text.lines()) {
                        // Several on one line: `**Severity:** P2 | **Status:** resolved`
                        text.split(" | ").filter_map(split).for_each(|(key, value)| add(key, value, line));
                    }
                }
                Block::List(list) => {
                    for item in &list.items {
                        let first = item.text.text.lines().next().unwrap_or_default();
                        split(first).into_iter().for_each(|(key, value)| add(key, value, item.text.line));
                    }
                }
                Block::Table(table) => from_table(table, own, &mut add),
                Block::Code => {}
            }
        }
    }
    entries
}

fn is_metadata(heading: &str) -> bool {
    const HEADINGS: &[&str] = &[
        "metadata",
        "stats",
        "details",
        "incident details",
        "facts",
        "key facts",
        "at a glance",
        "general information",
        "メタデータ",
        "基本情報",
        "インシデント情報",
    ];
    let heading = heading.trim().to_lowercase();
    HEADINGS.contains(&heading.trim_end_matches([':', '：']))
}

/// `Key: value`, with a colon of either width.
fn split(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once([':', '：'])?;
    (key.chars().count() <= 40).then(|| (key.trim(), value.trim()))
}

/// Rows of two cells. The header may be a row too, when nobody wrote one.
fn from_table(table: &Table<'_>, own: &BTreeMap<String, String>, add: &mut impl FnMut(&str, &str, u32)) {
    let rows = std::iter::once((table.line, &table.header)).chain(table.rows.iter().map(|row| (row.line, &row.cells)));
    let pairs: Vec<(u32, &str, &str)> = rows
        .filter_map(|(line, cells)| match &cells[..] {
            [key, value] => Some((line, key.trim(), value.trim())),
            _ => None,
        })
        .collect();
    let known = pairs.iter().filter(|(_, key, _)| key_named(key, own).is_some()).count();
    if known >= 2 || known * 2 > pairs.len() {
        pairs.into_iter().for_each(|(line, key, value)| add(key.trim_end_matches([':', '：']), value, line));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::outline::outline;
    use crate::parse::sections;

    fn check(source: &str, expected: &[(Key, &str, u32)]) {
        let outline = outline(source, 0);
        let kinds = sections::kinds(&outline.parts, &BTreeMap::new());
        let entries = read_metadata(&outline.parts, &kinds, &BTreeMap::new());
        let found: Vec<_> = entries.iter().map(|e| (e.key, e.value.as_str(), e.line)).collect();
        assert_eq!(found, expected, "{source}");
    }

    #[test]
    fn lines_bullets_and_tables() {
        let expected = [(Key::Severity, "P2", 3), (Key::Date, "2022-08-24", 4)];
        check("# T\n\n**Severity:** P2\n**Date**: 2022-08-24\nNote: x\n", &expected);
        check("# T\n\n- **Severity:** P2\n- Date: 2022-08-24\n- Other: x\n", &expected);
        check("# T\n\n| Severity | P2 |\n|-|-|\n| 日付 | 2022-08-24 |\n", &[expected[0], (Key::Date, "2022-08-24", 5)]);
        check(
            "# T\n\n| | |\n|-|-|\n| **重大度** | SEV-3（一部） |\n| x | y |\n",
            &[(Key::Severity, "SEV-3（一部）", 5)][..0],
        );
        check(
            "# T\n\n| | |\n|-|-|\n| **重大度** | SEV-3（一部） |\n| 状態 | y |\n",
            &[(Key::Severity, "SEV-3（一部）", 5), (Key::Status, "y", 6)],
        );
    }

    #[test]
    fn only_where_metadata_stands() {
        check(
            "# T\n## Root cause\nStatus: bad\n## Impact\n- Affected services: a\n- Status: x\n## Stats\n- Category: dns\n",
            &[(Key::Services, "a", 5), (Key::Tags, "dns", 8)],
        );
    }
}
