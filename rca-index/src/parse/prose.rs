//! Prose: what sentences state of the time of an incident: `between 4:30 PM and 7:00 PM UTC`, `lasted about 65 minutes`.
//!
//! In: the parts of a report. Out: the window of the incident, and how long it lasted, in minutes. Sentences of the summary
//! come first, then those of the impact, then those above the first section.

use std::sync::LazyLock;

use crate::incident::squeeze::squeezed;
use crate::incident::{SectionKind, Source, Sourced};
use crate::parse::cursor::is_latin;
use crate::parse::date::may_begin;
use crate::parse::day::Day;
use crate::parse::duration::{Duration, find_duration};
use crate::parse::lists::of_kind;
use crate::parse::outline::{Block, Part, Text};
use crate::parse::phrases::{Anywhere, FirstLetters, has_any, next_digit};
use crate::parse::range::{Range, read_range};
use crate::parse::timeline::sentences;

/// A start and an end with clocks, as a sentence states them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Window {
    pub(crate) range: Range,
    /// Whether the sentence goes on to state another one, so that neither is the whole.
    pub(crate) one_of_several: bool,
    pub(crate) line: u32,
}

/// What kind of section a text stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plain {
    Summary,
    Impact,
    /// Above the first section: a text may be about anything.
    Top,
}

/// The texts in which a report states what happened as a whole, and the section.
fn texts<'a>(parts: &'a [Part<'a>], kinds: &'a [SectionKind]) -> impl Iterator<Item = (&'a Text<'a>, Plain)> {
    let sections = [SectionKind::Summary, SectionKind::Impact, SectionKind::Body];
    let above = kinds.iter().take_while(|kind| **kind == SectionKind::Body).count();
    let above = parts.get(above.min(3)).map_or(u32::MAX, |part| part.heading_line);
    let parts = sections.into_iter().flat_map(move |kind| {
        let top = move |part: &&Part<'_>| kind != SectionKind::Body || part.level <= 1 || part.heading_line < above;
        of_kind(parts, kinds, kind).filter(top).map(move |part| (part, plain_of(kind)))
    });
    parts.flat_map(|(part, plain)| part.blocks.iter().map(move |block| (block, plain))).flat_map(|(block, plain)| {
        let (paragraph, items) = match block {
            Block::Paragraph(text) => (Some(text), &[][..]),
            Block::List(list) => (None, &list.items[..]),
            Block::Table(_) | Block::Code => (None, &[][..]),
        };
        paragraph.into_iter().chain(items.iter().map(|item| &item.text)).map(move |text| (text, plain))
    })
}

fn plain_of(kind: SectionKind) -> Plain {
    match kind {
        SectionKind::Summary => Plain::Summary,
        SectionKind::Impact => Plain::Impact,
        _ => Plain::Top,
    }
}

/// How long the incident lasted, and the line that says so.
pub(crate) fn prose_duration(parts: &[Part<'_>], kinds: &[SectionKind]) -> Option<Sourced<f64>> {
    texts(parts, kinds).find_map(|(text, _)| {
        let line = squeezed(&text.text);
        sentences(&line)
            .find_map(duration_of_sentence)
            .map(|found| Sourced::new(found.minutes, Source::Prose).at(text.line).read_as(found.bound))
    })
}

/// From when to when it lasted.
pub(crate) fn prose_window(parts: &[Part<'_>], kinds: &[SectionKind]) -> Option<Window> {
    let mut in_impact = 0;
    texts(parts, kinds).find_map(|(text, plain)| {
        // Of an impact section only the first text is about the whole.
        in_impact += usize::from(plain == Plain::Impact);
        if in_impact > 1 && plain == Plain::Impact {
            return None;
        }
        // Most texts have no clock: look before reading.
        if !may_state_clocks(&text.text) {
            return None;
        }
        let line = squeezed(&text.text);
        sentences(&line).find_map(|sentence| window_of_sentence(sentence, plain != Plain::Top, text.line))
    })
}

/// Words of sentences about something that fails.
const FAILURES: [&str; 27] = [
    "unavailable", "outage", "down", "offline", "unreachable", "inaccessible", "disrupt", "interrupt", "degrad",
    "affect", "impact", "fail", "error", "unable", "could not", "couldn't", "broken", "problem", "issue", "incident",
    "timeout", "timed out", "utilgjengelig", "ausfall", "panne", "caída", "障害",
];

/// Words of sentences about other windows.
const OTHERS: [&str; 12] = [
    "maintenance", "scheduled", "every ", "daily", "business hours", "working hours", "office hours", "will be",
    "deadline", "meeting", "between deployments", "planned",
];

/// The window that a sentence states, when it is about the incident.
fn window_of_sentence(sentence: &str, plain: bool, line: u32) -> Option<Window> {
    if !may_state_clocks(sentence) {
        return None;
    }
    let mut found: Option<Range> = None;
    let mut several = false;
    let mut day = None;
    let (mut boundary, mut skip) = (true, 0);
    for (at, c) in sentence.char_indices() {
        if at >= skip
            && boundary
            && may_begin(&sentence[at..], c)
            && let Some((range, taken)) = read_range(&sentence[at..])
        {
            let clocks = range.start.clock.is_some() && range.end.as_ref().is_some_and(|end| end.clock.is_some());
            if clocks && found.is_some() {
                several = true;
            } else if clocks {
                found = Some(range);
            } else if range.start.clock.is_none() && range.end.is_none() {
                let spelled = sentence[at..at + taken].contains(char::is_alphabetic);
                let is_day = match range.start.day {
                    Some(Day::Date(_)) => true,
                    Some(Day::NoYear(..)) => spelled,
                    _ => false,
                };
                day = range.start.day.filter(|_| is_day).or(day);
            }
            skip = at + taken;
        }
        boundary = !(is_latin(c) || matches!(c, '.' | ':' | '-' | '/' | '_'));
    }
    let mut range = found?;
    let lower = sentence.to_ascii_lowercase();
    if has_any(&lower, &OTHERS) || !plain && !has_any(&lower, &FAILURES) {
        return None;
    }
    if range.start.day.is_none() {
        range.start.day = day;
        // The end is on the same day, or on the next: the range works it out.
    }
    Some(Window { range, one_of_several: several, line })
}

/// Whether two numbers stand in a sentence, and one of them looks like a clock, or a word says that it is one.
fn may_state_clocks(sentence: &str) -> bool {
    /// Words before clocks that do not look like one: `between 9 and 10 pm`, `kl 9`.
    const SURE: [&str; 12] =
        ["between", "zwischen", "entre", "mellom", "tussen", "mellan", "kl", "klokka", "klokken", "um", "as", "las"];
    static LETTERS: LazyLock<FirstLetters> = LazyLock::new(|| SURE.into_iter().collect());
    let bytes = sentence.as_bytes();
    let (mut numbers, mut clock, mut at) = (0, false, 0);
    while let Some(start) = next_digit(sentence, at).filter(|_| numbers < 2 || !clock) {
        at = start + bytes[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        numbers += 1;
        clock |= is_clock_like(bytes[..start].last(), at - start, &bytes[at..]);
    }
    if numbers < 2 || clock || !sentence.is_ascii() {
        return numbers >= 2;
    }
    let mut words = bytes.split(|byte| !byte.is_ascii_alphabetic());
    words.any(|word| LETTERS.may_begin(word) && SURE.iter().any(|sure| sure.as_bytes().eq_ignore_ascii_case(word)))
}

/// Whether so many digits may be a clock, by the byte before them and what follows: `10:05`, `9 pm`, `9h`, `9.30`, `1005`,
/// `T100500`.
fn is_clock_like(before: Option<&u8>, digits: usize, behind: &[u8]) -> bool {
    match digits {
        _ if matches!(before, Some(b'T' | b't')) => true,
        // A year with its month.
        4 => !matches!(behind, [b'-', a, b, b'-', ..] if a.is_ascii_digit() && b.is_ascii_digit()),
        1 | 2 => {
            let word = behind.trim_ascii_start();
            matches!(behind, [b':' | b'.' | b'h' | b'H', ..]) || matches!(word, [b'a' | b'A' | b'p' | b'P', ..])
        }
        _ => false,
    }
}

/// The duration that a sentence states of the incident itself: `lasted about 65 minutes`, `a 40-minute outage`.
fn duration_of_sentence(sentence: &str) -> Option<Duration> {
    const BEFORE: [&str; 26] = [
        "lasted", "lasting", "duration of", "duration was", "duration:", "down for", "unavailable for",
        "unreachable for", "inaccessible for", "offline for", "degraded for", "affected for", "outage of",
        "downtime of", "downtime was", "downtime:", "disruption of", "interruption of", "a total of", "continued for",
        "took down", "nede i", "opp i", "influencé pendant", "影響時間", "停止時間",
    ];
    const AFTER: [&str; 9] = [
        "outage", "incident", "disruption", "downtime", "interruption", "of downtime", "of outage", "partial outage",
        "service outage",
    ];
    /// Words behind which `for 14 hours` is how long the incident lasted.
    const STATES: [&str; 10] = [
        "unavailable", "outage", " down ", "offline", "unreachable", "inaccessible", "interrupted", "disrupted",
        "affected", "degraded",
    ];
    /// Most sentences have none of these: look before lower-casing.
    static CUES: LazyLock<Anywhere> = LazyLock::new(|| BEFORE.into_iter().chain(STATES).chain(AFTER).collect());
    if !CUES.places(sentence).any(|_| true) {
        return None;
    }
    let lower = sentence.to_lowercase();
    // Where each cue stands first: one look at the sentence in place of one for each of them.
    let mut first = [None; BEFORE.len() + STATES.len() + AFTER.len()];
    CUES.places(&lower).for_each(|(cue, end)| _ = first[cue].get_or_insert(end));
    // What will be, would be or may be did not happen.
    let plans = [" will ", " would ", " could ", " may ", " might ", " should ", " if ", "maintenance", "planned"];
    let behind_cue = || {
        BEFORE.iter().zip(&first).find_map(|(cue, end)| {
            let rest = &lower[(*end)?..];
            let (range, duration) = find_duration(rest)?;
            // `lasted nine hours before it was over`
            let ends = cue.starts_with("last") && rest[range.end..].trim_start().starts_with("before ");
            (range.start <= 32 && is_own(&rest[..range.start]) && (ends || !is_rate(&rest[range.end..])))
                .then(|| duration.behind(&rest[..range.start]))
        })
    };
    let before_cue = || {
        let (range, duration) = find_duration(&lower)?;
        let rest = lower[range.end..].trim_start();
        AFTER.iter().any(|cue| rest.starts_with(cue)).then(|| duration.behind(&lower[..range.start]))
    };
    let for_a_while = || {
        first[BEFORE.len()..][..STATES.len()].iter().any(Option::is_some).then_some(())?;
        let (at, _) = lower.match_indices("for ").find(|(at, _)| *at == 0 || lower[..*at].ends_with([' ', ',']))?;
        let rest = &lower[at + 4..];
        let (range, duration) = find_duration(rest)?;
        (range.start <= 16 && is_own(&rest[..range.start]) && !is_rate(&rest[range.end..]))
            .then(|| duration.behind(&rest[..range.start]))
    };
    behind_cue().or_else(before_cue).or_else(for_a_while).filter(|_| !has_any(&lower, &plans))
}

/// Whether a duration is not one that something is compared with: `less than the 4 hours of our SLA`.
fn is_own(between: &str) -> bool {
    !between
        .split(|c: char| !c.is_alphanumeric())
        .any(|word| matches!(word, "the" | "our" | "its" | "their" | "first" | "last" | "after" | "every" | "each"))
}

fn is_rate(behind: &str) -> bool {
    let behind = behind.trim_start();
    behind.starts_with(['/'])
        || ["per ", "each", "every", "ago", "later", "before", "after", "or more"]
            .iter()
            .any(|word| behind.starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::Bound;
    use crate::parse::moment::Habits;
    use proptest::prelude::*;

    #[test]
    fn durations() {
        let check = |text: &str, minutes: Option<f64>| {
            assert_eq!(duration_of_sentence(text).map(|found| found.minutes), minutes, "{text}");
        };
        let bound = |text: &str| duration_of_sentence(text).map(|found| found.bound);
        assert_eq!(bound("The incident lasted approximately 65 minutes"), Some(Bound::About));
        assert_eq!(bound("The site was unavailable for more than two hours"), Some(Bound::AtLeast));
        assert_eq!(bound("The outage lasted up to 20 minutes"), Some(Bound::AtMost));
        assert_eq!(bound("The site was unavailable for two hours"), Some(Bound::Exact));
        assert_eq!(bound("影響時間は約 10 分"), Some(Bound::About));
        check("The incident lasted approximately 65 minutes and affected 1348 users", Some(65.0));
        check("We had a 40-minute outage of the shop", Some(40.0));
        check("The site was unavailable for two hours", Some(120.0));
        check("The outage lasted a day and a half.", Some(2160.0));
        check("The total downtime was approximately 38 minutes.", Some(38.0));
        check("This affected all mail of the main domain for approximately 14 hours.", Some(840.0));
        check("影響時間は約 10 分", Some(10.0));
        check("Saksbehandlingen stoppet opp i halvannen time", Some(90.0));
        check("It took 20 minutes to find somebody", None);
        check("The outage lasted less than the 4 hours of our SLA: 35 minutes in all", None);
        check("The builders will be offline for 25m or more.", None);
        check("A 1990s outage drill was the template", None);
        check("It was down for 5 minutes per hour", None);
        check("This lasted about nine hours before all was well again.", Some(540.0));
        check("It had been down for 3 hours before anybody saw it.", None);
        check("Nothing", None);
    }

    proptest! {
        #[test]
        fn a_cheap_look_misses_no_window(sentence in "(from |between |um |kl )?[0-9]{1,4}[-:.hTpm ]{0,3}[0-9apm:.h]{0,4}( to |-| and )[0-9]{1,4}[:.h ]{0,2}[0-9apmUTC: ]{0,4}") {
            let stated = read_range(&sentence).is_some_and(|(range, _)| {
                range.start.clock.is_some() && range.end.is_some_and(|end| end.clock.is_some())
            });
            prop_assert!(!stated || may_state_clocks(&sentence), "{}", sentence);
        }
    }

    #[test]
    fn windows() {
        let day = jiff::civil::date(2025, 3, 14);
        let habits = Habits { about: Some(day), ..Habits::default() };
        let check = |text: &str, expected: &str| {
            let window = window_of_sentence(text, false, 1).and_then(|window| {
                let (start, end) = window.range.resolve(Some(day), &habits)?;
                Some(format!("{start} {}{}", end?, if window.one_of_several { " and more" } else { "" }))
            });
            assert_eq!(window.unwrap_or_default(), expected, "{text}");
        };
        check(
            "On March 13, 2025, between 2:25 PM and 3:03 PM UTC, a customer had errors.",
            "2025-03-13T14:25Z 2025-03-13T15:03Z",
        );
        check(
            "On Thursday March 13 from 17:09 EST to approximately 23:42 EST, all was down.",
            "2025-03-13T22:09Z 2025-03-14T04:42Z",
        );
        check("Logins failed from 17:35 to 21:25", "2025-03-14T17:35Z 2025-03-14T21:25Z");
        check(
            "Nede, utilgjengelig i perioden fra 12:30 til 14:00 12. mars 2025.",
            "2025-03-12T12:30Z 2025-03-12T14:00Z",
        );
        check(
            "It was down from 7:08 UTC until 10:40 UTC, and again from 19:03 UTC until 19:19 UTC.",
            "2025-03-14T07:08Z 2025-03-14T10:40Z and more",
        );
        check("The outage began at 10:05.", "");
        check("Outages of the scheduled job between 10:00 and 11:00 are fine.", "");
        check("We met between 10:00 and 11:00.", "");
    }
}
