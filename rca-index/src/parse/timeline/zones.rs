//! Zones of a report: which zone clocks are in that name none.
//!
//! In: the parts of a report. Out: the zone that a sentence about its times, or its timeline, names.

use crate::incident::SectionKind;
use crate::parse::outline::{Block, Part};
use crate::parse::phrases::may_have;
use crate::parse::zone::{Zone, stated_zone};

/// The zone that a sentence about the times of the report names, anywhere in it.
pub(crate) fn zone_stated_anywhere(parts: &[Part<'_>]) -> Option<Zone> {
    let paragraphs = parts.iter().flat_map(|part| &part.blocks).filter_map(|block| match block {
        Block::Paragraph(text) => Some(text.text.as_ref()),
        _ => None,
    });
    let about_times = |sentence: &&str| {
        let lower = sentence.to_lowercase();
        ["times", "timezone", "time zone"].iter().any(|word| lower.contains(word))
    };
    // Most reports say nothing of the kind: look before lower-casing every sentence.
    let may_be = |text: &&str| {
        if !may_have(text, b"time") {
            return false;
        }
        let bytes = text.as_bytes();
        let begins = |at: usize, word: &[u8]| {
            bytes.get(at..at + word.len()).is_some_and(|found| found.eq_ignore_ascii_case(word))
        };
        // Of the four letters of `time`, one is at every fourth byte.
        (3..bytes.len()).step_by(4).any(|at| {
            let letter = b"time".iter().position(|&letter| letter == bytes[at] | 0x20);
            let start = letter.map(|letter| at - letter).filter(|&start| begins(start, b"time"));
            start.is_some_and(|start| [&b"s"[..], b"zone", b" zone"].iter().any(|rest| begins(start + 4, rest)))
        })
    };
    paragraphs.filter(may_be).flat_map(|text| text.split(['.', '\n'])).filter(about_times).find_map(stated_zone)
}

/// The zone that the heading of a timeline that `counts`, or the header of its table, names.
pub(crate) fn zone_of_timeline(
    parts: &[Part<'_>],
    kinds: &[SectionKind],
    counts: impl Fn(&Part<'_>) -> bool,
) -> Option<Zone> {
    let timelines = parts.iter().zip(kinds).filter(|(_, kind)| **kind == SectionKind::Timeline);
    let of_header = |part: &Part<'_>| {
        part.blocks.iter().find_map(|block| match block {
            Block::Table(table) => table.header.iter().find_map(|cell| stated_zone(cell)),
            _ => None,
        })
    };
    let zone = |part: &Part<'_>| stated_zone(&part.heading).or_else(|| of_header(part));
    timelines.map(|(part, _)| part).filter(|part| counts(part)).find_map(zone)
}
