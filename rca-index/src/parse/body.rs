//! The body: everything below the front matter that is no metadata, read from the outline.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::incident::Timestamp;
use crate::incident::squeeze::squeezed;
use crate::incident::{Action, Lessons, Link, Measure, Section, SectionKind, TimelineRow};
use crate::parse::actions::read_actions;
use crate::parse::duration::find_duration;
use crate::parse::lists::{items, of_kind, read_closing, read_lessons, read_links};
use crate::parse::measures::{one_line, read_measures};
use crate::parse::outline::{Block, Outline, Part};
use crate::parse::timeline::read_timeline;

/// What a report's body states.
#[derive(Debug, Default)]
pub(crate) struct Body {
    pub(crate) sections: Vec<Section>,
    pub(crate) timeline: Vec<TimelineRow>,
    pub(crate) measures: Vec<Measure>,
    pub(crate) contributing_factors: Vec<String>,
    pub(crate) resolution_steps: Vec<String>,
    pub(crate) lessons: Lessons,
    pub(crate) actions: Vec<Action>,
    pub(crate) links: Vec<Link>,
    pub(crate) prepared_by: Option<String>,
    pub(crate) prepared_on: Option<Timestamp>,
}

/// Reads the body. `start` is when the incident began as far as the front matter and metadata say; `zone` the offset from
/// UTC in minutes of times that name no zone.
pub(crate) fn read_body(
    outline: &Outline<'_>,
    kinds: &[SectionKind],
    start: Option<Timestamp>,
    zone: Option<i32>,
) -> Body {
    let parts = &outline.parts[..];
    let mut actions = Vec::new();
    of_kind(parts, kinds, SectionKind::Actions).for_each(|part| read_actions(part, &mut actions));
    let (prepared_by, prepared_on) = read_closing(outline);
    Body {
        sections: parts.iter().zip(kinds).map(|(part, &kind)| section(part, kind)).collect(),
        timeline: read_timeline(parts, kinds, start, zone),
        measures: read_measures(parts, kinds),
        contributing_factors: of_kind(parts, kinds, SectionKind::RootCause).flat_map(items).collect(),
        resolution_steps: of_kind(parts, kinds, SectionKind::Resolution).flat_map(items).collect(),
        lessons: read_lessons(of_kind(parts, kinds, SectionKind::Lessons)),
        actions,
        links: read_links(outline),
        prepared_by,
        prepared_on,
    }
}

fn section(part: &Part<'_>, kind: SectionKind) -> Section {
    let heading = squeezed(&part.heading).into_owned();
    Section { kind, heading, line: part.line, range: part.range.clone() }
}

/// How long the incident lasted by the summary, else the impact, else the text before the first section.
/// In minutes.
pub(crate) fn prose_duration(parts: &[Part<'_>], kinds: &[SectionKind]) -> Option<f64> {
    let sections = [SectionKind::Summary, SectionKind::Impact, SectionKind::Body];
    let parts = sections
        .iter()
        .flat_map(|&kind| of_kind(parts, kinds, kind).filter(move |part| kind != SectionKind::Body || part.level <= 1));
    let mut texts = parts.flat_map(|part| &part.blocks).flat_map(|block| {
        let (paragraph, items) = match block {
            Block::Paragraph(text) => (Some(text), &[][..]),
            Block::List(list) => (None, &list.items[..]),
            Block::Table(_) | Block::Code => (None, &[][..]),
        };
        paragraph.into_iter().chain(items.iter().map(|item| &item.text))
    });
    texts.find_map(|text| one_line(&text.text).split(". ").find_map(duration_of_sentence))
}

/// The duration that a sentence states of the incident itself: `lasted about 65 minutes`, `a 40-minute outage`.
fn duration_of_sentence(sentence: &str) -> Option<f64> {
    const BEFORE: [&str; 16] = [
        "lasted",
        "lasting",
        "duration",
        "down for",
        "unavailable for",
        "unreachable for",
        "offline for",
        "degraded for",
        "outage of",
        "downtime of",
        "disruption of",
        "interruption of",
        "total of",
        "continued for",
        "影響時間",
        "停止時間",
    ];
    const AFTER: [&str; 8] =
        ["outage", "incident", "disruption", "downtime", "interruption", "of downtime", "of outage", "partial outage"];
    /// Most sentences have none of these: look before lower-casing.
    static CUES: LazyLock<Option<AhoCorasick>> =
        LazyLock::new(|| AhoCorasick::builder().ascii_case_insensitive(true).build(BEFORE.iter().chain(&AFTER)).ok());
    if CUES.as_ref().is_some_and(|cues| !cues.is_match(sentence)) {
        return None;
    }
    let lower = sentence.to_lowercase();
    let behind_cue = || {
        BEFORE.iter().find_map(|cue| {
            let rest = &lower[lower.find(cue)? + cue.len()..];
            let (range, minutes) = find_duration(rest)?;
            (range.start <= 32).then_some(minutes)
        })
    };
    let before_cue = || {
        let (range, minutes) = find_duration(&lower)?;
        let rest = lower[range.end..].trim_start();
        AFTER.iter().any(|cue| rest.starts_with(cue)).then_some(minutes)
    };
    behind_cue().or_else(before_cue)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_in_prose() {
        let check = |text: &str, minutes: Option<f64>| assert_eq!(duration_of_sentence(text), minutes, "{text}");
        check("The incident lasted approximately 65 minutes and affected 1348 users", Some(65.0));
        check("We had a 40-minute outage of the shop", Some(40.0));
        check("The site was unavailable for two hours", Some(120.0));
        check("影響時間は約 10 分", Some(10.0));
        check("It took 20 minutes to find somebody", None);
        check("Nothing", None);
    }
}
