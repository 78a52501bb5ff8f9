//! Lists: contributing factors, resolution steps, lessons, links, and the closing line with who prepared the report.
//!
//! In: the outline of a report, or its parts of one kind. Out: a text for each item, links, a name and a day.

use crate::incident::Timestamp;
use crate::incident::squeeze::squeezed;
use crate::incident::{Lessons, Link, SectionKind};
use crate::parse::date::find_date;
use crate::parse::outline::{Block, Outline, OutlineLink, Part};
use crate::parse::phrases::{has_any, lower, may_have};

/// The items of the outermost lists of a part.
pub(crate) fn items(part: &Part<'_>) -> impl Iterator<Item = String> {
    let lists = part.blocks.iter().filter_map(|block| match block {
        Block::List(list) => Some(list),
        _ => None,
    });
    let items = lists.flat_map(|list| &list.items).filter(|item| item.depth == 0);
    items.map(|item| squeezed(&item.text.text).into_owned()).filter(|text| !text.is_empty())
}

/// Reads the lessons: what went well and badly by the heading that the items stand under.
pub(crate) fn read_lessons<'a>(parts: impl Iterator<Item = &'a Part<'a>>) -> Lessons {
    let mut lessons = Lessons::default();
    let mut group = (0, Group::Other);
    for part in parts {
        let own = Group::of(&part.heading);
        if own != Group::Other || part.level <= group.0 {
            group = (part.level, own);
        }
        let list = match group.1 {
            Group::Well => &mut lessons.went_well,
            Group::Badly => &mut lessons.went_badly,
            Group::Other => &mut lessons.other,
        };
        list.extend(items(part));
    }
    lessons
}

#[derive(Clone, Copy, PartialEq)]
enum Group {
    Well,
    Badly,
    Other,
}

impl Group {
    fn of(heading: &str) -> Self {
        const BADLY: &[&str] = &[
            "wrong", "badly", "poorly", "improve", "better", "not go well", "n't go well", "not work",
            "うまくいかなかった", "改善", "悪かった",
        ];
        const WELL: &[&str] = &["well", "worked", "good", "うまくいった", "良かった"];
        let heading = lower(heading);
        let heading = if heading.is_ascii() { heading } else { heading.replace('’', "'").into() };
        let says = |words: &[&str]| has_any(&heading, words);
        match () {
            // Luck is neither.
            () if says(&["luck", "運が良かった", "幸運"]) => Self::Other,
            () if says(BADLY) => Self::Badly,
            () if says(WELL) => Self::Well,
            () => Self::Other,
        }
    }
}

/// Links to other documents: wikilinks, links to relative paths of reports, and addresses elsewhere.
pub(crate) fn read_links(outline: &Outline<'_>) -> Vec<Link> {
    let of_a_report = |target: &str| {
        let path = target.split(['#', '?']).next().unwrap_or_default();
        let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let known = [".md", ".markdown", ".mdx", ".qmd", ".erb"].iter().any(|end| name.to_lowercase().ends_with(end));
        // What a template fills in is no path yet.
        let elsewhere = has_scheme(path) || path.starts_with("//") || path.contains(['<', '>', '{', '}', '$', '*']);
        // `/about/` is the address of a page; only a file is looked for from the root.
        let page = path.starts_with('/') || !path.contains('/');
        !elsewhere && !name.is_empty() && (known || (!name.contains('.') && !page))
    };
    let address = |target: &str| {
        let scheme = target.split_once("://").map(|(scheme, _)| scheme);
        scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https"))
    };
    let external = |link: &OutlineLink<'_>| !link.wiki && address(&link.target);
    let links = outline.links.iter().filter(|link| link.wiki || external(link) || of_a_report(&link.target));
    links
        .map(|link| Link {
            target: link.target.trim().to_owned(),
            external: external(link),
            label: link.label.as_deref().map(|label| squeezed(label).into_owned()).filter(|label| !label.is_empty()),
            line: link.line,
        })
        .collect()
}

/// Whether a link begins with a scheme, such as `mailto:`. A single letter is a drive.
fn has_scheme(target: &str) -> bool {
    target.split_once(':').is_some_and(|(scheme, _)| {
        scheme.len() > 1
            && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
    })
}

/// Who prepared the report and when, by its last lines: `RCA prepared by Platform Engineering on 2025-06-04`.
pub(crate) fn read_closing(outline: &Outline<'_>) -> (Option<String>, Option<Timestamp>) {
    const CUES: [&str; 4] = ["prepared by ", "written by ", "authored by ", "report by "];
    let last = outline.parts.iter().rev().take(1).flat_map(|part| part.blocks.iter().rev().take(3));
    for block in last {
        let Block::Paragraph(text) = block else { continue };
        if !may_have(&text.text, b"by") {
            continue;
        }
        let text = squeezed(&text.text);
        let lower = text.to_ascii_lowercase();
        let Some(rest) = CUES.iter().find_map(|cue| text.get(lower.find(cue)? + cue.len()..)) else { continue };
        let dated = find_date(rest, None);
        let end = dated.as_ref().map_or(rest.len(), |(range, _)| range.start);
        let name = rest[..end].trim_end_matches(|c: char| !c.is_alphanumeric());
        let name = name.strip_suffix(" on").unwrap_or(name).trim_end_matches(|c: char| !c.is_alphanumeric());
        if !name.is_empty() && name.chars().count() <= 80 {
            return (Some(name.to_owned()), dated.map(|(_, date)| date));
        }
    }
    (None, None)
}

/// The kinds of sections whose lists the incident keeps by themselves.
pub(crate) fn of_kind<'a>(
    parts: &'a [Part<'a>],
    kinds: &'a [SectionKind],
    wanted: SectionKind,
) -> impl Iterator<Item = &'a Part<'a>> {
    parts.iter().zip(kinds).filter(move |&(_, &kind)| kind == wanted).map(|(part, _)| part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::outline::outline;

    #[test]
    fn lessons_go_by_their_heading() {
        let source = "## Lessons\n- o\n### What Went Well\n- a\n  - deeper\n### What didn’t go well\n#### Process\n- b\n### Luck\n- c\n";
        let outline = outline(source, 0);
        let lessons = read_lessons(outline.parts.iter());
        assert_eq!((lessons.went_well, lessons.went_badly), (vec!["a".to_owned()], vec!["b".to_owned()]));
        assert_eq!(lessons.other, ["o", "c"]);
    }

    #[test]
    fn links_are_those_to_reports_and_addresses() {
        let source = "[[PM-1|One]] [a](../x/y.md#z) [b](https://example.org/a.md) [c](img.png) [d](#e) [f](../2024/disk/)\n<http://example.org/7> [m](mailto:a@example.org)\n";
        let links = read_links(&outline(source, 0));
        let targets: Vec<_> = links.iter().map(|link| (link.target.as_str(), link.external, link.line)).collect();
        let expected = [
            ("PM-1", false, 1),
            ("../x/y.md#z", false, 1),
            ("https://example.org/a.md", true, 1),
            ("../2024/disk/", false, 1),
            ("http://example.org/7", true, 2),
        ];
        assert_eq!(targets, expected);
        assert_eq!(links[2].label.as_deref(), Some("b"));
    }

    #[test]
    fn what_only_has_the_look_of_a_link_is_none() {
        let check = |source: &str, expected: &[&str]| {
            let links = read_links(&outline(source, 0));
            assert_eq!(links.iter().map(|link| link.target.as_str()).collect::<Vec<_>>(), expected, "{source}");
        };
        check("Again[^1] and[^2].\n\n[^1]: logs/2024\n[^2]: Twice that year.\n", &[]);
        check("Again[[a]](#notes), [[2]](../b.md), [[3]][src].\n\n[src]: ../c.md\n", &["../b.md", "../c.md"]);
        check("[unused]: ../gone.md\n\n- [x] done\n- [ ] open\n", &[]);
        check("`[a](../gone.md)` and\n\n```\n[b](../gone.md)\n[[gone]]\n```\n", &[]);
        check(
            "[a](mailto:x/y@example.org) [b](tel:1/2) [c](slack://x/y) [d](<{{ base }}/x.md>) [e](//example.org/x)\n",
            &[],
        );
        check(
            "[a](/runbooks/orders.md) [b](/about/) [c](../runbooks/orders)\n",
            &["/runbooks/orders.md", "../runbooks/orders"],
        );
        check("[[a]](see below)", &["a"]);
    }

    #[test]
    fn the_closing_line() {
        let check = |source: &str, by: Option<&str>, on: Option<&str>| {
            let (name, date) = read_closing(&outline(source, 0));
            assert_eq!((name.as_deref(), date.map(|date| date.to_string()).as_deref()), (by, on), "{source}");
        };
        check(
            "# A\n\n---\n*RCA prepared by Platform Engineering on 2025-06-04*",
            Some("Platform Engineering"),
            Some("2025-06-04"),
        );
        check("# A\n\nWritten by Lin.", Some("Lin"), None);
        check("# A\n\nText.", None, None);
    }
}
