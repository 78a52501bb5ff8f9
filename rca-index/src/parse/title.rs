//! Title: which of a report's names is its headline.
//!
//! In: what front matter and metadata call it, the headings, the path. Out: the title and where it was found.

use std::collections::BTreeMap;

use crate::incident::{SectionKind, Source, Sourced};
use crate::parse::date::find_date;
use crate::parse::keys::key_named;
use crate::parse::outline::{Outline, Part};
use crate::parse::pairs::split;
use crate::parse::sections;
use crate::parse::value::clean;
use crate::parse::words::plain;

/// The title: as stated, else by its name, else the first heading that says something, else the name of the file.
pub(super) fn title(
    stated: Option<&Sourced<String>>,
    name: Option<Sourced<String>>,
    heading: Option<&Part<'_>>,
    path: &str,
) -> Sourced<String> {
    let of_heading = |part: &Part<'_>| Sourced::new(clean(&part.heading), Source::Heading).at(part.heading_line);
    let says = |title: &&Sourced<String>| !says_nothing(&title.value);
    let headed = heading.map(of_heading);
    let file = Sourced::new(title_of_path(path), Source::FileName);
    let first = stated.or_else(|| name.as_ref().filter(says)).or_else(|| headed.as_ref().filter(says)).cloned();
    // `Post-mortem` is better than a file name that is no better.
    first.or_else(|| Some(&file).filter(says).cloned()).or(name).or(headed).unwrap_or(file)
}

/// The heading that is the title: the first one, unless it only names a section; else one of the top level. One that says
/// nothing of the incident counts when there is no other.
pub(super) fn title_heading<'a>(outline: &'a Outline<'a>, kinds: &[SectionKind]) -> Option<&'a Part<'a>> {
    let headed =
        || outline.parts.iter().zip(kinds).filter(|(part, _)| part.level > 0 && !part.heading.trim().is_empty());
    let names_none =
        |(part, kind): &(&'a Part<'a>, &SectionKind)| **kind == SectionKind::Body && !sections::is_named(&part.heading);
    let first = headed().next().filter(names_none);
    let says = |(part, _): &(&'a Part<'a>, &SectionKind)| !says_nothing(&part.heading);
    let top = |found: &(&'a Part<'a>, &SectionKind)| found.0.level == 1 && names_none(found);
    let found = first.filter(says).or_else(|| headed().find(|found| top(found) && says(found)));
    found.or(first).or_else(|| headed().find(top)).map(|(part, _)| part)
}

/// Whether a name says nothing of the incident: what kind of document it is, a day, a label.
fn says_nothing(name: &str) -> bool {
    const KINDS: &[&str] = &[
        "post mortem", "postmortem", "incident", "incident report", "incident review", "incident post mortem",
        "incident postmortem", "post incident review", "post incident report", "postmortem report",
        "post mortem report", "blameless postmortem", "blameless post mortem", "outage report", "outage", "report",
        "rca", "root cause analysis", "rca report", "title", "titel", "tittel", "titre", "titulo", "template",
        "untitled", "retrospective", "owner", "rapport d'incident", "informe de incidente", "relatorio de incidente",
        "storungsbericht", "ポストモーテム", "障害報告", "障害報告書", "インシデントレポート", "インシデント報告書",
        "故障报告", "事故报告", "复盘报告", "장애 보고서",
    ];
    /// In bytes.
    const LONGEST: usize = 40;
    let plain = plain(name);
    let words = plain.split(|c: char| !(c.is_alphanumeric() || c == '\'')).filter(|word| !word.is_empty());
    // A name of a kind and a number says no more: `Incident 12`.
    let mut said = String::new();
    for word in words.filter(|word| !word.bytes().all(|b| b.is_ascii_digit())) {
        if !said.is_empty() {
            said.push(' ');
        }
        said.push_str(word);
        // No kind has so long a name.
        if said.len() > LONGEST {
            break;
        }
    }
    let label = || {
        let (label, value) = split(name)?;
        (value.is_empty() || key_named(label, &BTreeMap::new()).is_some_and(names_people_or_times)).then_some(())
    };
    said.is_empty() || KINDS.contains(&said.as_str()) || is_day(name) || label().is_some()
}

fn names_people_or_times(key: crate::parse::keys::Key) -> bool {
    use crate::parse::keys::Key;
    !matches!(key, Key::Title | Key::Name | Key::Summary | Key::Impact)
}

fn is_day(name: &str) -> bool {
    find_date(name, None).is_some_and(|(range, _)| {
        let mut rest = name.chars().count() - name[range].chars().count();
        rest -= name.chars().filter(|c| !c.is_alphanumeric()).count().min(rest);
        rest == 0
    })
}

/// The folder's name for `index.md` and the like, else the file's.
fn title_of_path(path: &str) -> String {
    let path = super::stem(path);
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let generic = ["index", "_index", "readme"].iter().any(|generic| name.eq_ignore_ascii_case(generic));
    let folder = folder.rsplit('/').next().filter(|folder| generic && !folder.is_empty());
    clean(folder.unwrap_or(name))
}

#[cfg(test)]
mod tests {
    use crate::parse::{ParseOptions, parse_report};

    #[test]
    fn titles_that_say_something() {
        for (path, source, title) in [
            ("a.md", "---\nname: Post-mortem\ntitle: Disk full\n---\n", "Disk full"),
            ("a.md", "---\nname: Disk full\n---\n# Post-mortem\n", "Disk full"),
            ("a.md", "---\nname: Post-mortem\n---\n# Disk full\n", "Disk full"),
            ("a.md", "# Post mortem\n\n# Disk full\n", "Disk full"),
            ("disk-full.md", "## POST MORTEM\n\n### Date\nMay\n", "disk-full"),
            ("disk-full.md", "# Owner: Kim\n", "disk-full"),
            ("disk-full.md", "# Artifacts:\n", "disk-full"),
            ("disk-full.md", "# 2024-05-03\n", "disk-full"),
            ("2024-05-03.md", "# Incident Report\n", "Incident Report"),
            ("a.md", "# Incident report: disk full\n", "Incident report: disk full"),
            ("a.md", "# Tittel\n\n**Dato:** 16.03.2020\n", "a"),
            ("a.md", "# Disk full { #disk .outage }\n", "Disk full"),
            ("a.md", "# Disk {full}\n", "Disk {full}"),
        ] {
            let found = parse_report(path, source.to_owned(), &ParseOptions::default()).incident.title;
            assert_eq!(found.value, title, "{source}");
        }
    }
}
