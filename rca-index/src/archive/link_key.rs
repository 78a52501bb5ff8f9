//! Links in the form that an index stores: what a link says, and where it leads as seen from its report.
//!
//! In: an incident. Out: the keys of its links, which [`Names`](super::names::Names) resolves whenever it is asked. So a link
//! counts from when the report that it names is there until that is gone, and the report that has the link is not read again.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;

use crate::incident::{Incident, SectionKind};
use crate::parse::stem;

/// No name or path in a link is longer, in bytes.
const LONGEST: usize = 1_000;
/// No more links of a report count.
const MOST: usize = 10_000;

/// A link to a report.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LinkKey {
    /// As written.
    pub(super) target: String,
    /// The path in the archive that the target leads to, as seen from the report; empty for an incident that is no file.
    pub(super) place: String,
}

impl LinkKey {
    /// The key of a link in the report at a path, which is empty for an incident that is no file. `None` if the link cannot
    /// lead to a report: a heading, a path out of the archive, what is no name.
    pub(crate) fn new(report: &str, target: &str) -> Option<Self> {
        let target = target.trim();
        if target.is_empty() || target.len() > LONGEST || target.contains(SEPARATOR) {
            return None;
        }
        let target = target.to_owned();
        if report.is_empty() {
            return Some(Self { target, place: String::new() });
        }
        let path = path_of(&target);
        let place = may_be_name(&path).then(|| place(report, &path))??;
        (!place.contains(SEPARATOR)).then_some(Self { target, place })
    }

    /// Whether the target is a name and no path.
    pub(super) fn is_bare(&self) -> bool {
        !self.target.contains(['/', '\\']) && !self.has_extension()
    }

    /// Whether the target names a file by its whole name, if it names one: it has an extension, or is a year or less, which
    /// is not meant as the start of a name.
    pub(super) fn is_whole(&self) -> bool {
        /// As many digits as a year.
        const FEW: usize = 4;
        let path = path_of(&self.target);
        self.has_extension() || is_number(&path) && path.len() <= FEW
    }

    fn has_extension(&self) -> bool {
        let path = path_of(&self.target);
        stem(&path) != path
    }

    /// The terms that an index has for this key: one for each file name by which it may be looked for, most often one.
    pub(crate) fn terms(&self) -> impl Iterator<Item = String> {
        super::names::sought(&self.target, &self.place)
            .into_iter()
            .map(|name| format!("{name}{SEPARATOR}{}{SEPARATOR}{}", self.place, self.target))
    }

    /// What the terms of a file name begin with.
    pub(crate) fn terms_start(name: &str) -> String {
        format!("{name}{SEPARATOR}")
    }

    /// The key of a term.
    pub(crate) fn of_term(term: &str) -> Option<Self> {
        let mut parts = term.splitn(3, SEPARATOR).skip(1);
        let (place, target) = (parts.next()?.to_owned(), parts.next()?.to_owned());
        Some(Self { target, place })
    }
}

/// Between the parts of a term; no target has it.
const SEPARATOR: char = '\0';

/// The path in a target: decoded, without what follows a `#` or `?`, and with `/` between folders.
pub(super) fn path_of(target: &str) -> String {
    let path = target.split(['#', '?']).next().unwrap_or_default();
    percent_decode_str(path).decode_utf8_lossy().replace('\\', "/").trim().to_owned()
}

/// The keys of all links of an incident, and of the ids that its related incidents are named by; each once, with the first line
/// that has it, counted from 1.
pub(crate) fn link_keys(incident: &Incident) -> BTreeMap<LinkKey, u32> {
    let mut keys = BTreeMap::new();
    for link in incident.links.iter().filter(|link| !link.external).take(MOST) {
        if let Some(key) = LinkKey::new(&incident.path, &link.target) {
            keys.entry(key).or_insert(link.line);
        }
    }
    for section in incident.sections.iter().filter(|section| section.kind == SectionKind::Related) {
        for (nth, id) in ids_in(&incident.visible_text(section)) {
            if keys.len() >= MOST {
                return keys;
            }
            if let Some(key) = LinkKey::new(&incident.path, id) {
                keys.entry(key).or_insert(section.line + nth);
            }
        }
    }
    keys
}

/// The words of a text that may be ids, each with the number of lines before it: words with a digit, such as `PM-2026-033`, and
/// items that are one word. What is in a block of code or in an address is none.
fn ids_in(text: &str) -> impl Iterator<Item = (u32, &str)> {
    let mut in_code = false;
    let lines = (0..).zip(text.lines()).filter(move |(_, line)| {
        let is_fence = line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~");
        in_code ^= is_fence;
        !in_code && !is_fence
    });
    lines.flat_map(|(nth, line)| {
        let item = line.trim().trim_start_matches(['-', '*', '+', ' ']).trim_matches(|c: char| !c.is_alphanumeric());
        let is_one = |item: &str| item.chars().all(|c| c.is_alphanumeric() || "-_./%".contains(c));
        let one = is_one(item) && item.contains(['-', '_', '/']);
        let words = line.split_whitespace().filter(|word| !word.contains("://"));
        let pieces = words.flat_map(|word| word.split(|c: char| !(c.is_ascii_alphanumeric() || "-_./%".contains(c))));
        let pieces = pieces.map(|piece| piece.trim_matches(|c: char| !c.is_ascii_alphanumeric()));
        let ids = one.then_some(item).into_iter().chain(pieces.filter(|piece| is_id(piece)));
        ids.map(move |id| (nth, id))
    })
}

/// Whether a word looks like an id: `PM-2026-033`, `OPS_1`, `2025/queue-backlog`; not a date, a version or a share.
fn is_id(word: &str) -> bool {
    word.contains(['-', '_', '/'])
        && word.bytes().any(|b| b.is_ascii_digit())
        && word.bytes().any(|b| b.is_ascii_alphabetic())
}

/// Whether this is the name of a document, if it is of none that is known. Not so: the number or letter of a footnote, and what
/// can be no name at all.
pub(super) fn is_name(path: &str) -> bool {
    !is_number(path) && may_be_name(path)
}

/// Whether this may be the number or letter of a footnote.
fn is_number(path: &str) -> bool {
    path.chars().count() <= 2 || path.bytes().all(|b| b.is_ascii_digit())
}

/// Whether this can be the name of a document. Not so: a footnote, the place of a table of contents, an expression of a shell or
/// a template, an address.
fn may_be_name(path: &str) -> bool {
    let is_contents = path.trim_matches('_').eq_ignore_ascii_case("toc");
    let is_expression =
        path.starts_with(['-', '!', ':']) || path.contains(['$', '"', '<', '>', '{', '}', '|', '*', '=']);
    !path.is_empty() && !path.starts_with('^') && !is_contents && !is_expression && !path.contains("://")
}

/// The path in the archive that a path in a report leads to: from its folder, or from the root of the archive if it begins
/// with `/`. `None` if it leads out of the archive, or to its root.
fn place(report: &str, path: &str) -> Option<String> {
    let folder = report.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = if path.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop().filter(|part| !part.is_empty())?;
            }
            part => parts.push(part),
        }
    }
    let place = parts.join("/");
    let place = place.trim_start_matches('/');
    (!place.is_empty()).then(|| place.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::Link;

    #[test]
    fn a_place_is_seen_from_the_report() {
        let check = |report: &str, target: &str, expected: Option<&str>| {
            assert_eq!(LinkKey::new(report, target).map(|key| key.place).as_deref(), expected, "{report}: {target}");
        };
        check("2025/a.md", "disk.md#cause", Some("2025/disk.md"));
        check("2025/a.md", "./x/../disk.md?plain=1", Some("2025/disk.md"));
        check("2025/a.md", "../2024/On%20Call.md", Some("2024/On Call.md"));
        check("2025/a.md", "..\\2024\\disk.md", Some("2024/disk.md"));
        check("2025/a.md", "/2024/disk/", Some("2024/disk"));
        check("a.md", "disk.md", Some("disk.md"));
        check("2025/a.md", "..", None);
        check("2025/a.md", "../..", None);
        check("2025/a.md", "../../disk.md", None);
        check("2025/a.md", "../../../2025/disk.md", None);
        check("a.md", "../a.md", None);
        check("a.md", "/../a.md", None);
        check("2025/a.md", "#impact", None);
        check("2025/a.md", "disk%00full.md", None);
        check("2025/a.md", "1", Some("2025/1"));
        check("2025/a.md", "^1", None);
        check("2025/a.md", "{{ name }}", None);
        check("2025/a.md", "   ", None);
        check("2025/a.md", &"a".repeat(LONGEST + 1), None);
        // An incident that is no file has no folder.
        check("", "../OPS-1", Some(""));
    }

    #[test]
    fn a_term_reads_as_its_key() {
        for (report, target) in [("2025/a.md", "../x/disk full.md#a"), ("", "OPS:1 \"x\""), ("a.md", "v1.2")] {
            let key = LinkKey::new(report, target).unwrap();
            let terms: Vec<String> = key.terms().collect();
            assert!(!terms.is_empty() && terms.len() <= 3, "{terms:?}");
            for term in terms {
                assert_eq!(LinkKey::of_term(&term), Some(key.clone()), "{term:?}");
            }
        }
        assert_eq!(LinkKey::of_term("no term"), None);
    }

    #[test]
    fn related_incidents_may_be_named_without_a_link() {
        let check = |text: &str, expected: &[&str]| {
            let mut incident = Incident::new("OPS-9", "");
            incident.push_section(SectionKind::Related, text);
            let found: Vec<String> = link_keys(&incident).into_keys().map(|key| key.target).collect();
            assert_eq!(found, expected, "{text}");
        };
        check(
            "- OPS-1: the first one (OPS-2)\n- 2025/06/disk-full.md, `PM_7`.",
            &["2025/06/disk-full.md", "OPS-1", "OPS-2", "PM_7"],
        );
        check("queue-backlog\n* disk/full\n- the state-of-the-art queue", &["disk/full", "queue-backlog"]);
        check("PM-2026-050の再発、PM-2026-051", &["PM-2026-050", "PM-2026-051"]);
        check("On 2025-06-02, v1.2, 50 %, 10/20, plain words", &[]);
        check("```\nOPS-1\n```\nhttps://host/browse/OPS-2\nsee (https://host/OPS-3)", &[]);
        let mut incident = Incident::new("OPS-9", "");
        incident.push_section(SectionKind::Summary, "Like OPS-1.");
        assert!(link_keys(&incident).is_empty(), "other sections name an id without meaning a link");
    }

    #[test]
    fn links_count_once_and_not_without_limit() {
        let link = |target: &str, external| Link { target: target.to_owned(), external, label: None, line: 1 };
        let mut incident = Incident::new("a", "");
        incident.links = vec![link("OPS-1", false), link("OPS-1", false), link("https://host/OPS-2", true)];
        assert_eq!(link_keys(&incident).len(), 1);
        incident.links = (0..MOST + 10).map(|n| link(&format!("OPS-{n}"), false)).collect();
        assert_eq!(link_keys(&incident).len(), MOST);
    }
}
