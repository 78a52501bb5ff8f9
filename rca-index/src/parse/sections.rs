//! Sections: which part of a report is about what, by its heading.
//!
//! In: the outline. Out: the kind of each part. A heading that says nothing belongs to the section it stands in.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::incident::SectionKind::{self, Body};
use crate::incident::squeeze::squeezed;
use crate::parse::outline::Part;
use crate::parse::phrases::{Phrases, WordMap, WordSet, find};
use crate::parse::words;

/// Which part is about what. `headings` are more headings, in any case, from the archive's settings.
pub(crate) fn kinds(parts: &[Part<'_>], headings: &BTreeMap<String, SectionKind>) -> Vec<SectionKind> {
    let own: BTreeMap<String, SectionKind> =
        headings.iter().map(|(text, &kind)| (normal(text).into_owned(), kind)).collect();
    // The sections that a heading stands in, from the outside.
    let mut around: Vec<(u8, SectionKind)> = Vec::new();
    let mut titled = false;
    let mut kind_of = |part: &Part<'_>| {
        around.retain(|&(level, _)| level < part.level);
        // The first heading of the top level is the title, and says what the report is about, not the section.
        let title = part.level == 1 && !titled;
        titled |= part.level == 1;
        let inherited = around.last().map_or(Body, |&(_, kind)| kind);
        let kind = named(&part.heading, &own, title).unwrap_or(inherited);
        if part.level > 0 {
            around.push((part.level, kind));
        }
        kind
    };
    parts.iter().map(&mut kind_of).collect()
}

/// Whether a heading, whole, is the name of a section.
pub(crate) fn is_named(heading: &str) -> bool {
    named(heading, &BTreeMap::new(), true).is_some()
}

/// The kind that a heading names. In a title, only the whole heading counts.
fn named(heading: &str, own: &BTreeMap<String, SectionKind>, title: bool) -> Option<SectionKind> {
    let whole = normal(heading);
    let exact = |text: &str| {
        let text = text.trim();
        own.get(text).copied().or_else(|| BY_NAME.get(text).copied())
    };
    if title || whole.is_empty() {
        return exact(&whole);
    }
    exact(&whole)
        .or_else(|| {
            // `Root cause: a lost lock`, `検知（Detect）`, `Impact & scope`
            // Most headings are words and nothing else.
            let words = whole.bytes().all(|b| b.is_ascii_alphanumeric() || b == b' ');
            let separators = if words { &[" and "] } else { SEPARATORS };
            let first = separators.iter().filter_map(|sep| find(&whole, sep)).min()?;
            exact(&whole[..first])
        })
        .or_else(|| {
            let (kind, name) = inside(&whole)?;
            // `Improvements to the timeline of updates` is too long for a name.
            (whole.split(' ').count() <= 6 || !is_spaced(name)).then_some(kind)
        })
}

/// The longest known heading among the words of one: `Detailed timeline of the day`.
fn inside(heading: &str) -> Option<(SectionKind, &'static str)> {
    let stands_alone = |range: &std::ops::Range<usize>| {
        let (before, after) = (&heading[..range.start], &heading[range.end..]);
        (before.is_empty() || before.ends_with(' ')) && (after.is_empty() || after.starts_with(' '))
    };
    // The name of a product.
    if heading.contains("github actions") {
        return None;
    }
    let found = NAMES.places(heading).flat_map(|(start, names)| names.map(move |&(name, kind)| (start, name, kind)));
    let fits = |&(start, name, _): &(usize, &'static str, SectionKind)| {
        !is_spaced(name) || stands_alone(&(start..start + name.len()))
    };
    found.filter(fits).max_by_key(|(_, name, _)| name.len()).map(|(_, name, kind)| (kind, name))
}

/// Whether a language has spaces between words.
fn is_spaced(name: &str) -> bool {
    name.chars().all(|c| c < '\u{1100}')
}

/// The listed headings and their kinds.
static LISTED: LazyLock<Vec<(Cow<'_, str>, SectionKind)>> = LazyLock::new(|| {
    let headings = words::ALL.iter().flat_map(|words| words.headings);
    headings.flat_map(|&(kind, names)| names.iter().map(move |name| (normal(name), kind))).collect()
});

/// The headings that name a section as a part of one, too.
static NAMES: LazyLock<Phrases<SectionKind>> = LazyLock::new(|| {
    let vague: WordSet<&str> = VAGUE.iter().copied().collect();
    let inside = |(name, kind): &&'static (Cow<'_, str>, SectionKind)| *kind != Body && !vague.contains(&**name);
    Phrases::new(LISTED.iter().filter(inside).map(|(name, kind)| (&**name, *kind)))
});

/// The kind of each listed heading.
static BY_NAME: LazyLock<WordMap<&str, SectionKind>> =
    LazyLock::new(|| LISTED.iter().rev().map(|(name, kind)| (&**name, *kind)).collect());

const SEPARATORS: &[&str] = &[":", "：", " (", "（", " - ", " – ", " — ", " & ", " and ", " / ", ", ", "・"];

/// Words that name a section when they are the whole heading, and nothing as a part of one.
const VAGUE: &[&str] = &[
    "events", "fault", "problem", "description", "analysis", "background", "response", "people", "links", "resources",
    "reference", "effect", "scope", "tasks", "tickets", "related", "improvements", "updates", "luck", "対応", "原因",
    "対策", "修正", "解決", "参考", "関連", "影響", "影响", "解决", "修复", "恢复", "处理", "总结", "改进", "原因分析",
    "원인", "영향", "해결", "조치", "대응", "복구", "참고", "issue", "history", "why", "ai", "date", "damage", "cause",
    "fix", "fixes", "change", "solution", "extent", "recommendations", "positives", "negatives", "artifacts",
    "artefacts", "prevention", "causa", "causas", "causes", "folgen", "grund", "verlauf", "ablauf", "origen",
    "origine", "portee", "suites", "suivi", "acciones", "acoes", "tiltak", "tareas", "tarefas", "mejoras", "melhorias",
    "ameliorations", "descripcion", "descricao", "beschreibung", "beskrivelse", "aufgaben", "lehren", "historique",
    "historico", "trigger", "triggers", "liens", "enlaces", "linker", "lenker", "solutions", "losning", "what broke",
    "measures", "afterwards", "what we do", "what remains", "what follows",
];

/// Lower case, no numbering, emoji or closing punctuation, one space between words.
fn normal(heading: &str) -> Cow<'_, str> {
    // Most headings are so already, but for their case.
    let bare = |text: &str| {
        let ends = |end: Option<&u8>| end.is_some_and(u8::is_ascii_alphabetic);
        ends(text.as_bytes().first()) && ends(text.as_bytes().last()) && matches!(squeezed(text), Cow::Borrowed(_))
    };
    if bare(heading) {
        let is_lower = !heading.bytes().any(|b| b.is_ascii_uppercase());
        return if is_lower { Cow::Borrowed(heading) } else { Cow::Owned(heading.to_ascii_lowercase()) };
    }
    let lower = words::plain(heading);
    if bare(&lower) {
        return lower;
    }
    // `5 whys` begins with a number that counts; `5. Impact` with one that does not.
    let numbered = lower.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.' || c == ')');
    let number = &lower[..lower.len() - numbered.len()];
    let text = if number.contains(['.', ')']) { numbered } else { &lower };
    let text = text.trim_matches(|c: char| !(c.is_alphanumeric() || matches!(c, ')' | '）' | '(' | '（')));
    Cow::Owned(squeezed(text).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::outline::outline;
    use SectionKind::{Actions, Impact, Lessons, Resolution, RootCause, Summary, Timeline};

    fn check(source: &str, expected: &[SectionKind]) {
        let parts = outline(source, 0).parts;
        assert_eq!(kinds(&parts, &BTreeMap::new()), expected, "{source}");
    }

    #[test]
    fn headings_name_sections() {
        for (heading, kind) in [
            ("Root Causes", RootCause),
            ("5 Whys", RootCause),
            ("Trigger", RootCause),
            ("What happened?", Summary),
            ("2. Impact", Impact),
            ("🔥 Impact", Impact),
            ("Timeline (UTC)", Timeline),
            ("Detailed timeline of events", Timeline),
            ("Resolution & recovery", Resolution),
            ("What didn’t go well", Lessons),
            ("Action items:", Actions),
            ("根本原因（共通）", RootCause),
            ("関連 PM / ADR", Body),
            ("予防（Prevent）", Body),
            ("再発防止策一覧", Actions),
            ("Something else", Body),
        ] {
            check(&format!("# Title\n\n## {heading}\n"), &[Body, kind]);
        }
    }

    #[test]
    fn a_heading_that_says_nothing_belongs_to_the_section_around_it() {
        let source = "# Impact of the disk\n## Impact\n### In the shop\n#### Timeline\n### Elsewhere\n## Weather\n";
        check(source, &[Body, Impact, Impact, Timeline, Impact, Body]);
        check("# Timeline\n# Impact\n", &[Timeline, Impact]);
        check("text\n# Title\n", &[Body, Body]);
    }

    #[test]
    fn archives_add_headings() {
        let headings = BTreeMap::from([("What broke".to_owned(), RootCause)]);
        assert_eq!(kinds(&outline("## what broke?\n", 0).parts, &headings), [RootCause]);
    }
}
