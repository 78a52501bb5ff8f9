//! Metadata in the body: pairs of a known key and its value, as far as the place where they stand is about them.
//!
//! In: the parts of a report and their kinds. Out: keys and values with their lines, in the order of the report.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::incident::SectionKind;
use crate::incident::squeeze::squeezed;
use crate::parse::keys::{Key, key_named, normal};
use crate::parse::outline::{LABEL_LEVEL, Part};
use crate::parse::pairs::{Pair, Shape, pairs};
use crate::parse::value::Value;
use crate::parse::words::{leading_status, plain};

/// A key and its value as the body states them.
#[derive(Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key: Key,
    pub(crate) value: Value,
    pub(crate) line: u32,
}

/// Reads the metadata of a report's parts: of the text below the title and of parts that are about metadata; what a summary
/// or an impact section states in this form counts as well, as far as such sections do.
pub(crate) fn read_metadata(parts: &[Part<'_>], kinds: &[SectionKind], own: &BTreeMap<String, String>) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut at_top = true;
    let is_key = |label: &str| key_named(label, own).is_some();
    for (part, &kind) in parts.iter().zip(kinds) {
        at_top &= kind == SectionKind::Body && (part.level <= 1 || part.level == LABEL_LEVEL);
        let place = Place::of(part, kind, at_top);
        if matches!(place, Place::Other) {
            continue;
        }
        pairs(part, &is_key, &mut |pair: Pair<'_>| {
            let Some(key) = key_named(pair.label, own).filter(|&key| place.allows(key, &pair)) else { return };
            let value = if pair.items.is_empty() {
                Value::Text(pair.value.trim().to_owned())
            } else {
                Value::List(pair.items.iter().map(|item| Value::Text((*item).to_owned())).collect())
            };
            entries.push(Entry { key, value, line: pair.line });
        });
    }
    entries
}

/// What a part is about, as far as that decides which of its pairs are facts of the incident.
#[derive(Clone, Copy)]
enum Place {
    /// The text below the title, or a part that is headed so.
    Metadata,
    Summary,
    Impact,
    /// Any other text.
    Body,
    /// Sections that speak of other things than the incident as a whole.
    Other,
}

impl Place {
    fn of(part: &Part<'_>, kind: SectionKind, at_top: bool) -> Self {
        match kind {
            _ if at_top || is_metadata(&part.heading) => Self::Metadata,
            SectionKind::Summary => Self::Summary,
            SectionKind::Impact => Self::Impact,
            SectionKind::Body => Self::Body,
            _ => Self::Other,
        }
    }

    fn allows(self, key: Key, pair: &Pair<'_>) -> bool {
        let of_the_incident = matches!(
            key,
            Key::Severity
                | Key::Services
                | Key::Status
                | Key::Start
                | Key::End
                | Key::Resolved
                | Key::Duration(_)
                | Key::DurationSeconds
                | Key::Measure(_)
                | Key::Share(_)
        );
        match (self, pair.shape) {
            // `impact` is a severity in front matter alone.
            _ if key == Key::Impact => false,
            (Self::Other, _) => false,
            (_, Shape::Heading) => heading_states(key, pair),
            (Self::Metadata, _) => true,
            (Self::Summary, _) => !matches!(key, Key::Title | Key::Name | Key::Summary | Key::Tags | Key::Related),
            (Self::Impact, Shape::Table) => of_the_incident && key != Key::Status,
            (Self::Impact, _) => matches!(key, Key::Services | Key::Duration(_) | Key::Severity),
            (Self::Body, Shape::Table) => of_the_incident,
            (Self::Body, _) => false,
        }
    }
}

/// Whether a heading and what stands below it are a key and its value, and no section.
fn heading_states(key: Key, pair: &Pair<'_>) -> bool {
    /// In characters: what is longer is prose.
    const SHORT: usize = 80;
    let short = pair.value.chars().count() <= SHORT;
    match key {
        Key::Severity => true,
        Key::Status => {
            let status = plain(pair.value.trim_matches(|c: char| !c.is_alphanumeric()));
            leading_status(&status).is_some()
        }
        Key::Date
        | Key::Start
        | Key::End
        | Key::Duration(_)
        | Key::DurationSeconds
        | Key::Measure(_)
        | Key::Share(_) => short,
        // `Applications` may be about anything.
        Key::Services => {
            let vague = matches!(
                normal(pair.label).as_str(),
                "services"
                    | "service"
                    | "affected"
                    | "systems"
                    | "system"
                    | "components"
                    | "component"
                    | "products"
                    | "product"
                    | "applications"
                    | "application"
            );
            !vague && (!pair.items.is_empty() || (short && !pair.value.ends_with(['.', '。'])))
        }
        _ => false,
    }
}

fn is_metadata(heading: &str) -> bool {
    const HEADINGS: &[&str] = &[
        "header", "general", "at a glance", "incident", "cabecalho", "eckdaten", "metadaten", "metadonnees",
        "metadatos", "metadados", "メタデータ", "基本情報", "インシデント情報", "元数据", "基本信息", "事件信息",
        "메타데이터", "기본 정보",
    ];
    const WORDS: &[&str] = &["metadata", "details", "facts", "information", "info", "stats", "data"];
    /// A longer heading is about something else.
    const MOST: usize = 60;
    if heading.len() > MOST {
        return false;
    }
    // Most headings are plain but for their case.
    let heading = match squeezed(heading) {
        Cow::Borrowed(heading) => Cow::Borrowed(heading),
        Cow::Owned(heading) => Cow::Owned(plain(&heading).into_owned()),
    };
    let heading = heading.trim_matches(|c: char| !c.is_alphanumeric());
    let is_one_of = |text: &str, words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    is_one_of(heading, HEADINGS)
        || heading.rsplit(' ').next().is_some_and(|last| is_one_of(last, WORDS)) && heading.split(' ').count() <= 3
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
        let found: Vec<_> = entries.iter().map(|e| (e.key, e.value.text().unwrap_or_default(), e.line)).collect();
        let expected: Vec<_> = expected.iter().map(|&(key, value, line)| (key, value.to_owned(), line)).collect();
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
