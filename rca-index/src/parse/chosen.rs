//! Chosen: which of a report's statements are its date and its duration.
//!
//! In: what front matter, metadata, names, timeline and prose state. Out: one date and one duration, each with its source.

use crate::incident::{Milestone, SectionKind, Source, Sourced, TimelineRow, Timestamp};
use crate::parse::body::Body;
use crate::parse::date::find_date;
use crate::parse::outline::{Block, Outline, Part};
use crate::parse::when::When;

/// The date in the title, or at the start of the file's or the folder's name.
pub(super) fn date_of_names(heading: Option<&str>, title: &str, path: &str) -> Option<Sourced<Timestamp>> {
    let of_heading = [heading.unwrap_or_default(), title].into_iter().find_map(|text| find_date(text, None));
    let of_heading = of_heading.map(|(_, date)| Sourced::new(date, Source::Heading));
    let of_path = || {
        let names = path.rsplit('/').take(2).find_map(|name| find_date(name, None));
        names.map(|(_, date)| Sourced::new(date, Source::FileName))
    };
    of_heading.or_else(of_path)
}

/// The first date of the timeline, else of the summary, else of the text.
pub(super) fn date_of_text(outline: &Outline<'_>, kinds: &[SectionKind], body: &Body) -> Option<Sourced<Timestamp>> {
    if let Some(time) = body.timeline.iter().find_map(|row| row.time) {
        return Some(Sourced::new(time, Source::Timeline));
    }
    let dated = |part: &Part<'_>| {
        part.blocks.iter().find_map(|block| match block {
            Block::Paragraph(text) => find_date(&text.text, None),
            Block::List(list) => list.items.iter().find_map(|item| find_date(&item.text.text, None)),
            Block::Table(_) | Block::Code => None,
        })
    };
    let parts = || outline.parts.iter().zip(kinds);
    let summary = parts().filter(|(_, kind)| **kind == SectionKind::Summary).find_map(|(part, _)| dated(part));
    let past = |kind: SectionKind| !matches!(kind, SectionKind::Actions | SectionKind::Related | SectionKind::Lessons);
    let rest = || parts().filter(|(_, kind)| past(**kind)).find_map(|(part, _)| dated(part));
    summary.or_else(rest).map(|(_, date)| Sourced::new(date, Source::Prose))
}

/// How long it lasted, in minutes: as stated, else from start to end, else from the first row of the timeline to the one
/// that says resolved, else as the prose says.
pub(super) fn duration(
    when: &When,
    start: Option<&Sourced<Timestamp>>,
    end: Option<&Sourced<Timestamp>>,
    rows: &[TimelineRow],
    in_prose: impl Fn() -> Option<f64>,
) -> Option<Sourced<f64>> {
    let between = |from: Timestamp, to: Timestamp| {
        let seconds = (to.unix_seconds() - from.unix_seconds()) as f64;
        (from.has_time() && to.has_time() && seconds >= 0.0).then_some(seconds / 60.0)
    };
    let start_and_end = || between(start?.value, end?.value).map(|minutes| Sourced::new(minutes, Source::StartAndEnd));
    let timeline = || {
        let first = rows.iter().find_map(|row| row.time.filter(Timestamp::has_time))?;
        let resolved = rows.iter().find(|row| row.milestone == Some(Milestone::Resolved))?.time?;
        between(first, resolved).filter(|&minutes| minutes > 0.0).map(|minutes| Sourced::new(minutes, Source::Timeline))
    };
    let prose = || in_prose().map(|minutes| Sourced::new(minutes, Source::Prose));
    let mut duration = when.duration.clone().or_else(start_and_end).or_else(timeline).or_else(prose)?;
    // Hundredths of a minute are more than any report means to say.
    duration.value = (duration.value * 100.0).round() / 100.0;
    Some(duration)
}
