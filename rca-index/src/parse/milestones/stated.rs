//! Stated: milestones whose minutes a report states: `Time to detect: 4 min`, `MTTR | 2h`, `detected after 10 minutes`.
//!
//! In: front matter and the parts of a report. Out: milestones with their minutes, the first statement of each.

use std::borrow::Cow;
use std::sync::LazyLock;

use crate::incident::Milestone::{self, Acknowledged, Detected, Identified, Mitigated, Resolved};
use crate::incident::lines::line_ends;
use crate::incident::{Reached, ReachedAt, SectionKind, Source};
use crate::parse::duration::{find_duration, plausible, read_duration, unit_named};
use crate::parse::outline::{Block, Part, Text};
use crate::parse::pairs::pairs;
use crate::parse::phrases::{WordMap, has_any, may_have};
use crate::parse::value::Map;

/// Labels, in lower case letters only.
const LABELS: &[(Milestone, &[&str])] = &[
    (
        Detected,
        &[
            "timetodetect", "timetodetection", "timetodiscover", "timetodiscovery", "ttd", "mttd", "detectiontime",
            "detectiondelay", "detectedafter", "detectedwithin", "検知までの時間", "検知時間", "检测时间", "检测耗时",
            "zeitbiszurerkennung", "délaidedétection", "tempsdedétection", "tiempodedetección", "tiddetekter",
            "감지시간",
        ],
    ),
    (
        Acknowledged,
        &[
            "timetoacknowledge", "timetoacknowledgement", "timetoack", "tta", "mtta", "timetoengage",
            "acknowledgedafter",
        ],
    ),
    (
        Identified,
        &[
            "timetoidentify", "timetoidentification", "timetodiagnose", "timetodiagnosis", "timetorootcause", "tti",
            "mtti", "原因特定までの時間",
        ],
    ),
    (
        Mitigated,
        &["timetomitigate", "timetomitigation", "ttm", "mttm", "mitigatedafter", "mitigatedwithin", "緩和までの時間"],
    ),
    (
        Resolved,
        &[
            "timetoresolve", "timetoresolution", "timetorecover", "timetorecovery", "timetorestore",
            "timetorestoration", "timetofix", "ttr", "mttr", "resolvedafter", "resolvedwithin", "復旧までの時間",
            "恢复时间", "恢复耗时", "zeitbiszurbehebung", "délaiderésolution", "tiempoderesolución", "복구시간",
        ],
    ),
];

/// What the labels begin with, for a cheap look: most labels begin with other letters.
const BEGINNINGS: &[&str] = &["ti", "tt", "te", "mt", "de", "dé", "ac", "mi", "re", "ze"];

/// The words that the phrases end with.
const ENDS: [&str; 3] = [" after", " within", " nach"];

/// Phrases of sentences that a duration follows.
const PHRASES: &[(&str, Milestone)] = &[
    ("detected after", Detected),
    ("detected within", Detected),
    ("noticed after", Detected),
    ("discovered after", Detected),
    ("acknowledged after", Acknowledged),
    ("acknowledged within", Acknowledged),
    ("cause was identified after", Identified),
    ("cause was identified within", Identified),
    ("incident was resolved after", Resolved),
    ("incident was resolved within", Resolved),
    ("outage was resolved after", Resolved),
    ("outage was resolved within", Resolved),
    ("issue was resolved after", Resolved),
    ("issue was resolved within", Resolved),
    ("service was restored after", Resolved),
    ("service was restored within", Resolved),
    ("erkannt nach", Detected),
    ("behoben nach", Resolved),
];

/// Units that a label may end with, for a bare number.
const UNITS: &[&str] = &["seconds", "secs", "minutes", "mins", "min", "hours"];

/// What makes a sentence a wish or a rule, and a label a goal.
const WISHES: &[&str] = &[
    "should", "would", "could", "will ", "can be", "must", "goal", "target", "objective", "slo", "sla", "aim",
    "average", "usually", "typically", "not ", "n't", "per ", "every ",
];

static BY_NAME: LazyLock<WordMap<&str, Milestone>> = LazyLock::new(|| {
    LABELS.iter().flat_map(|&(milestone, names)| names.iter().map(move |&name| (name, milestone))).collect()
});

/// Reads what is stated. `line_of` says in which line a key of the front matter stands.
pub(crate) fn read_stated(
    front: &Map,
    line_of: impl Fn(&str) -> u32,
    parts: &[Part<'_>],
    kinds: &[SectionKind],
) -> Vec<Reached> {
    let mut stated = Stated::default();
    for (key, value) in front {
        if named(key).is_some()
            && let Some(text) = value.text()
        {
            stated.pair(key, &text, Source::FrontMatter, || line_of(key));
        }
    }
    let told = |kind: SectionKind| !matches!(kind, SectionKind::Actions | SectionKind::Related | SectionKind::Lessons);
    for (part, _) in parts.iter().zip(kinds).filter(|&(_, &kind)| told(kind)) {
        if may_hold_label(part) {
            pairs(part, &|label| named(label).is_some(), &mut |pair| {
                stated.pair(pair.label, &pair.value, Source::Metadata, || pair.line);
            });
        }
        for block in &part.blocks {
            match block {
                Block::Paragraph(text) => stated.sentences(text),
                Block::List(list) => list.items.iter().for_each(|item| stated.sentences(&item.text)),
                Block::Table(_) | Block::Code => {}
            }
        }
    }
    stated.counted_from_the_start();
    stated.reached
}

#[derive(Debug, Default)]
struct Stated {
    reached: Vec<Reached>,
}

impl Stated {
    fn sentences(&mut self, text: &Text<'_>) {
        let (first, text) = (text.line, &*text.text);
        for (start, phrase, milestone) in phrases(text) {
            let sentence = text[..start].rfind(". ").map_or(0, |end| end + 2);
            let before = text[sentence..start].to_lowercase();
            let line = first + line_ends(&text[..start]);
            if has_any(&before, WISHES) {
                continue;
            }
            let after = &text[start + phrase.len()..];
            // The duration follows at once, but for `about` and the like.
            if let Some((range, duration)) = find_duration(after)
                && after[..range.start].split_whitespace().count() <= 1
                && after[range.end..].chars().next().is_none_or(|c| !matches!(c, '/' | '-'))
                && !is_counted_from_elsewhere(&clause_of(&after[range.end..]))
            {
                self.add(milestone, duration.minutes, Source::Prose, line);
            }
        }
    }

    fn pair(&mut self, label: &str, value: &str, source: Source, line: impl Fn() -> u32) {
        let Some((milestone, unit)) = named(label) else { return };
        if let Some(minutes) = minutes(value.trim().trim_start_matches('*').trim(), unit) {
            self.add(milestone, minutes, source, line());
        }
    }

    /// A time to resolve that is shorter than the time to detect is counted from the detection.
    fn counted_from_the_start(&mut self) {
        let of = |stated: &Self, milestone| {
            stated.reached.iter().find(|reached| reached.milestone == milestone).map(|reached| reached.at)
        };
        let Some(ReachedAt::Minutes(detected)) = of(self, Detected) else { return };
        for reached in &mut self.reached {
            if let ReachedAt::Minutes(minutes) = &mut reached.at
                && *minutes < detected
            {
                *minutes += detected;
            }
        }
    }

    fn add(&mut self, milestone: Milestone, minutes: f64, source: Source, line: u32) {
        if self.reached.iter().all(|reached| reached.milestone != milestone) {
            self.reached.push(Reached { milestone, at: ReachedAt::Minutes(minutes), source, line: Some(line) });
        }
    }
}

/// Whether a key states the minutes to a milestone.
pub(crate) fn is_stated(key: &str) -> bool {
    named(key).is_some()
}

/// The phrases that stand in a text in any case, by the words that they end with.
fn phrases(text: &str) -> Vec<(usize, &'static str, Milestone)> {
    if !may_hold_phrase(text) {
        return Vec::new();
    }
    let bytes = text.as_bytes();
    let is = |at: usize, word: &str| {
        bytes.get(at..at + word.len()).is_some_and(|found| found.eq_ignore_ascii_case(word.as_bytes()))
    };
    let mut found = Vec::new();
    for (at, pair) in bytes.windows(2).enumerate() {
        // Of most bytes one look is enough.
        if pair[0] != b' ' || !matches!(pair[1] | 0x20, b'a' | b'w' | b'n') {
            continue;
        }
        let Some(end) = ENDS.iter().find(|end| is(at, end)).map(|end| at + end.len()) else { continue };
        let begins = |phrase: &str| end.checked_sub(phrase.len()).filter(|&start| is(start, phrase));
        found.extend(PHRASES.iter().find_map(|&(phrase, milestone)| Some((begins(phrase)?, phrase, milestone))));
    }
    found
}

/// Whether one of the words that phrases end with may stand in a text, with more behind it. No step depends on the one
/// before, so that the compiler looks at many bytes at once.
fn may_hold_phrase(text: &str) -> bool {
    let found = text.as_bytes().windows(6).fold(0, |found, at| {
        let is = |place: usize, letter: u8| u8::from(at[place] | 0x20 == letter);
        let after = is(1, b'a') & is(2, b'f') & is(3, b't');
        let within = is(1, b'w') & is(3, b't') & is(5, b'i');
        let nach = is(1, b'n') & is(2, b'a') & is(3, b'c');
        found | is(0, b' ') & (after | within | nach)
    });
    found > 0
}

/// Whether a pair of a part may have one of the labels.
fn may_hold_label(part: &Part<'_>) -> bool {
    let in_text = |text: &Text<'_>| {
        let ascii = text.text.is_ascii();
        let separator = |line: &str| may_have(line, b"|") || !ascii && line.contains(['·', '•']);
        let label = |line: &str| may_be_label(line) || separator(line);
        let colon = || may_have(&text.text, b":") || !ascii && text.text.contains('：');
        (!text.bold.is_empty() || colon()) && text.text.split('\n').any(label)
    };
    let in_cells = |cells: &[Cow<'_, str>]| cells.iter().any(|cell| may_be_label(cell));
    may_be_label(&part.heading)
        || part.blocks.iter().any(|block| match block {
            Block::Paragraph(text) => in_text(text),
            Block::List(list) => list.items.iter().any(|item| in_text(&item.text)),
            Block::Table(table) => in_cells(&table.header) || table.rows.iter().any(|row| in_cells(&row.cells)),
            Block::Code => false,
        })
}

/// Whether a label begins as one of the known ones does.
fn may_be_label(label: &str) -> bool {
    // Most begin with two letters.
    if let [first, second, ..] = label.as_bytes()
        && first.is_ascii_alphabetic()
        && second.is_ascii_alphabetic()
    {
        let pair = [first.to_ascii_lowercase(), second.to_ascii_lowercase()];
        return BEGINNINGS.iter().any(|known| known.as_bytes() == pair);
    }
    let mut letters = label.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase);
    let Some(first) = letters.next() else { return false };
    if first >= '\u{1100}' {
        return true;
    }
    let second = letters.next();
    BEGINNINGS.iter().any(|known| known.starts_with(first) && known.chars().nth(1) == second)
}

/// The milestone that a label states the minutes to, and the minutes of the unit that it names.
fn named(label: &str) -> Option<(Milestone, Option<f64>)> {
    if label.len() > 60 || !may_be_label(label) {
        return None;
    }
    let (label, remark) = label.split_once(['(', '（']).unwrap_or((label, ""));
    let letters = |text: &str| {
        let mut letters = String::with_capacity(text.len());
        letters.extend(text.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase));
        letters
    };
    let unit =
        |name: &str| UNITS.iter().find_map(|unit| Some((name.strip_suffix(unit)?.to_owned(), unit_named(unit)?)));
    let name = letters(label);
    if let Some(&milestone) = BY_NAME.get(name.as_str()) {
        return Some((milestone, unit(&letters(remark)).map(|(_, unit)| unit)));
    }
    let (name, unit) = unit(&name)?;
    Some((*BY_NAME.get(name.as_str())?, Some(unit)))
}

/// The minutes of a value; a bare number needs the unit of its label. A time counted from anything but the start is none.
fn minutes(value: &str, unit: Option<f64>) -> Option<f64> {
    if let Ok(number) = value.parse::<f64>() {
        return unit.and_then(|unit| plausible(number * unit));
    }
    let lower = value.to_lowercase();
    if has_any(&lower, WISHES) {
        return None;
    }
    if is_counted_from_elsewhere(&lower) {
        return None;
    }
    // A clock is a point in time, and no duration.
    let first = lower.split([' ', '(']).next().unwrap_or_default();
    if first.contains(':')
        || lower.contains(" am")
        || lower.contains(" pm")
        || lower.contains("utc") && !lower.contains('(')
    {
        return None;
    }
    read_duration(value).ok().map(|duration| duration.minutes)
}

/// The rest of a clause, in lower case.
fn clause_of(text: &str) -> String {
    text.split(['.', ',', ';', '(']).next().unwrap_or_default().to_lowercase()
}

/// Whether a text in lower case names another origin of its minutes than the start: `31 minutes from the root cause`.
fn is_counted_from_elsewhere(text: &str) -> bool {
    const BEGINS: &[&str] =
        &["start", "onset", "begin", "began", "first failure", "first error", "impact", "outage", "incident"];
    let origin =
        [" from ", " after ", " since ", " of "].iter().find_map(|word| text.split_once(word)).map(|(_, rest)| rest);
    origin.is_some_and(|origin| {
        let origin = origin.split(" to ").next().unwrap_or(origin);
        !BEGINS.iter().any(|word| origin.contains(word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::outline::outline;
    use crate::parse::sections;
    use crate::parse::value::Value;
    use std::collections::BTreeMap;

    fn check(source: &str, expected: &[(Milestone, f64, u32)]) {
        let outline = outline(source, 0);
        let kinds = sections::kinds(&outline.parts, &BTreeMap::new());
        let stated = read_stated(&Map::new(), |_| 1, &outline.parts, &kinds);
        let minutes = |reached: &Reached| match reached.at {
            ReachedAt::Minutes(minutes) => minutes,
            ReachedAt::Time(time) => panic!("{time} is a point in time"),
        };
        let found: Vec<_> =
            stated.iter().map(|reached| (reached.milestone, minutes(reached), reached.line.unwrap())).collect();
        assert_eq!(found, expected, "{source}");
    }

    #[test]
    fn lines_bullets_and_tables() {
        check("# T\n\n**Time to detection:** 4 min\n", &[(Detected, 4.0, 3)]);
        check("# T\n\n- TTD: 12m\n- MTTR: 2h\n", &[(Detected, 12.0, 3), (Resolved, 120.0, 4)]);
        check("# T\n\nMTTD: 5 min | MTTR: 1h 5m\n", &[(Detected, 5.0, 3), (Resolved, 65.0, 3)]);
        check("# T\n\n| Metric | Value |\n|-|-|\n| Time to mitigate | 40 min |\n", &[(Mitigated, 40.0, 5)]);
        check("# T\n\n| TTD | TTR |\n|-|-|\n| 5m | 50m |\n", &[(Detected, 5.0, 5), (Resolved, 50.0, 5)]);
        check("# T\n\nTime to detect (minutes): 7\n", &[(Detected, 7.0, 3)]);
        check("# T\n\nTime to acknowledge: 90 seconds\n", &[(Acknowledged, 1.5, 3)]);
        check("# T\n\nTime to identify: 8 min from the start of the outage\n", &[(Identified, 8.0, 3)]);
    }

    #[test]
    fn sentences() {
        check("# T\n\nIt was detected after 10 minutes.\n", &[(Detected, 10.0, 3)]);
        check("# T\n\nThe outage was resolved within about 2 hours.\n", &[(Resolved, 120.0, 3)]);
        check("# T\n\nAcknowledged within 3 min by Lin.\n", &[(Acknowledged, 3.0, 3)]);
        check("# T\n\nSuch a fault should be detected within 5 minutes.\n", &[]);
        check("# T\n\nIt was not detected within 5 minutes.\n", &[]);
        check("# T\n\nDetected within 5 minutes of the second deploy.\n", &[]);
    }

    #[test]
    fn what_is_none() {
        check("# T\n\nTime to detect: unknown\n", &[]);
        check("# T\n\nTime to detect: 7\n", &[]);
        check("# T\n\nDetection time: 13:45 UTC\n", &[]);
        check("# T\n\nTime to resolve: 31 min from the root cause\n", &[]);
        check("# T\n\nMTTR: goal 30 min\n", &[]);
        check("# T\n\n## Action items\n\n- Time to detect: 5 min\n", &[]);
        check("# T\n\nResponse: 5 min\n", &[]);
    }

    #[test]
    fn a_time_to_resolve_may_be_counted_from_the_detection() {
        check("# T\n\n- TTD: 13h\n- TTR: 1h\n", &[(Detected, 780.0, 3), (Resolved, 840.0, 4)]);
    }

    #[test]
    fn cheap_looks_miss_nothing() {
        let labels = LABELS.iter().flat_map(|(_, names)| *names);
        assert!(labels.clone().all(|label| may_be_label(label)));
        assert!(PHRASES.iter().all(|(phrase, _)| phrases(&format!("It was {phrase} 5 min.")).len() == 1));
        assert!(
            !may_be_label("Severity")
                && !may_be_label("T")
                && !may_be_label("")
                && phrases("before, after 5 min").is_empty()
        );
    }

    #[test]
    fn front_matter() {
        let front = vec![
            ("time_to_detect".to_owned(), Value::Text("4m".to_owned())),
            ("ttr_minutes".to_owned(), Value::Text("95".to_owned())),
        ];
        let stated = read_stated(&front, |key| if key == "ttr_minutes" { 3 } else { 2 }, &[], &[]);
        let found: Vec<_> = stated.iter().map(|reached| (reached.milestone, reached.at, reached.line)).collect();
        let expected = [(Detected, ReachedAt::Minutes(4.0), Some(2)), (Resolved, ReachedAt::Minutes(95.0), Some(3))];
        assert_eq!(found, expected);
    }
}
