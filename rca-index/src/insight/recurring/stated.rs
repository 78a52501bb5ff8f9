//! Statements: which other reports a report says it repeats. A mere link says nothing of the kind.
//!
//! In: a report. Out: links, each with the sentence that says so and its line. The sentence must have the link in it, and words
//! such as `recurrence of` or `the same root cause` close to it, which nothing in it denies, doubts or sets apart.

use std::sync::LazyLock;

use crate::incident::beginning::beginning;
use crate::incident::{Incident, Link, OwnField, SectionKind};
use crate::parse::clauses::{Clause, MAYBE, NOT, NOT_BEHIND, Set, clauses, hits, plain, sets, vocabulary};
use crate::parse::phrases::Phrases;
use crate::parse::sentences;

/// A link to a report, and what says that it was the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stated {
    /// As the link has it.
    pub(crate) target: String,
    /// The line of the link, counted from 1.
    pub(crate) line: u32,
    /// Whether a key of front matter says so, and no sentence.
    pub(crate) by_key: bool,
}

sets! {
    /// It happened before.
    AGAIN = 6: [
        "recurred", "recurs", "reoccurred", "re-occurred", "recurrence", "recurrences", "reoccurrence", "re-occurrence",
        "happened again", "happens again", "happening again", "occurred again", "occurs again", "struck again", "hit us again",
        "same again", "repeat of", "repetition of", "repeated itself", "second time",
        "third time", "fourth time", "fifth time", "second occurrence", "third occurrence", "fourth occurrence",
        "another occurrence of", "second instance of", "third instance of", "another instance of", "happened before",
        "occurred before", "same cause", "same root cause", "same underlying cause", "same incident", "same issue",
        "same problem", "same failure", "same fault", "same bug", "same defect", "same outage", "same signature",
        "same failure mode", "identical cause", "identical root cause", "identical failure",
        "identical incident", "identical issue", "identical problem", "the same as in", "same as in", "as seen before in",
        "erneut aufgetreten", "wieder aufgetreten", "wiederholung von", "gleiche ursache", "dieselbe ursache", "selbe ursache",
        "gleicher fehler", "derselbe fehler", "même cause", "même problème", "même incident", "récidive", "s'est reproduit",
        "misma causa", "mismo problema", "mismo incidente", "reincidencia", "se repitió", "mesma causa", "mesmo problema",
        "samme årsak", "samme feil", "samme årsag", "samme fejl", "再発", "再び発生", "同じ原因", "同一原因", "同じ根本原因",
        "同一の根本原因", "同一根本原因", "同じ障害", "同一の障害", "同一障害", "同じ不具合", "同一シグネチャ", "同じ事象", "同一事象", "度目発火",
        "度目の発火", "度目の発生", "度目の障害", "回目の発生", "回目の障害", "再次发生", "相同原因", "同样的原因", "同一问题", "재발", "같은 원인",
        "동일한 원인",
    ];
    /// It looks the same and is not, is about something beside the incident, or speaks of what is to be prevented.
    APART = 7: [
        "different", "differs", "differ", "distinct", "other cause", "other root cause", "another cause", "another root cause",
        "another reason", "other reason", "other reasons", "another resource", "unlike", "unrelated", "not related", "independent of", "contrary to", "in contrast",
        "by contrast", "coincidence", "misread", "mistaken", "mistook", "looked like", "looks like", "seemed", "seems", "appeared to be",
        "appears to be", "reminiscent", "in another form", "prevent", "prevents", "prevented", "preventing", "prevention", "avoid",
        "avoids", "avoided", "avoiding", "so that it does not", "no longer", "risk of", "ruled out", "rule out", "same lesson",
        "same day", "exercise", "game day", "drill", "during the recovery", "during recovery", "while recovering",
        "side effect", "side-effect", "addendum", "follow-up of", "同文", "別の", "別原因", "別根本原因", "別件", "別形態", "別系統", "異なる", "違う",
        "誤認", "誤判断", "誤解", "ではなく", "再発防止", "再発を防", "再発パターン", "再発しない", "復旧作業", "副作用", "教訓", "可能性", "andere ursache",
        "anderer grund", "autre cause", "otra causa", "outra causa", "annen årsak", "anden årsag", "不同", "다른",
    ];
}

static WORDS: LazyLock<Phrases<Set>> = LazyLock::new(|| vocabulary(SETS));

/// Keys of front matter whose value is such a report, as [`OwnField::name`] writes them.
pub(crate) const KEYS: &[&str] = &[
    "recurrence_of", "recurrence", "repeat_of", "repeats", "reoccurrence_of", "same_as", "same_incident_as", "recurs",
    "happened_before", "seen_before",
];
/// Stands for the link in a sentence, and for another link.
const THIS: char = '\u{fffc}';
const OTHER: char = '\u{2022}';
/// How far from the link the words may stand, in bytes.
const NEAR: usize = 160;
/// How many links of a report are looked at, and how many lines of a paragraph.
const MOST_LINKS: usize = 200;
const MOST_LINES: usize = 20;
/// So much of a sentence is read, in bytes.
const MOST_BYTES: usize = 2000;

/// The links of a report that it says are to the same incident, earlier or later.
pub(crate) fn stated(incident: &Incident) -> Vec<Stated> {
    let mut found = by_key(incident);
    let links = incident.links.iter().filter(|link| !link.external).take(MOST_LINKS);
    let lines: Vec<&str> = incident.source.lines().collect();
    for link in links.filter(|link| is_about_the_whole(incident, link.line)) {
        let passage = passage(&lines, link.line as usize);
        let marked = marked(&passage, link);
        let says =
            marked.contains(THIS) && sentences(&marked).any(|sentence| sentence.contains(THIS) && is_said(sentence));
        let stated = Stated { target: link.target.clone(), line: link.line, by_key: false };
        if says && !found.iter().any(|known| known.target == stated.target) {
            found.push(stated);
        }
    }
    found
}

/// The sections in which a report speaks of its incident as a whole.
const SPEAKS_OF_THE_WHOLE: [SectionKind; 4] =
    [SectionKind::Summary, SectionKind::RootCause, SectionKind::Related, SectionKind::Body];

/// Whether a line stands where a report speaks of its incident as a whole. Rows of a timeline tell what somebody believed at that
/// moment or what broke besides; lessons and actions speak of what may come.
fn is_about_the_whole(incident: &Incident, line: u32) -> bool {
    let sections = incident.sections.iter().rev().filter(|section| !section.is_front_matter());
    let kind = { sections }.find(|section| section.line <= line).map(|section| section.kind);
    kind.is_none_or(|kind| SPEAKS_OF_THE_WHOLE.contains(&kind))
}

/// Whether a text has the words by which a report says that it is the same again, as the title of a report may: where they
/// stand beside a link to it, they name it.
pub(crate) fn has_words(text: &str) -> bool {
    hits(&plain(beginning(text, MOST_BYTES)), &WORDS).iter().any(|hit| hit.sets & AGAIN != 0)
}

fn by_key(incident: &Incident) -> Vec<Stated> {
    let keys = incident.front_matter.iter().filter(|field| KEYS.contains(&OwnField::name(&field.key).as_str()));
    let texts = keys.flat_map(|field| field.value.texts().iter().map(|text| (text, field.line.unwrap_or(1))));
    let bare = |text: &str| {
        let text = text.trim().trim_start_matches("[[").trim_end_matches("]]");
        text.split('|').next().unwrap_or_default().trim().to_owned()
    };
    texts
        .map(|(text, line)| Stated { target: bare(text), line, by_key: true })
        .filter(|stated| !stated.target.is_empty())
        .collect()
}

/// The paragraph or item that a line is in, on one line; nothing in a table.
fn passage(lines: &[&str], line: usize) -> String {
    let Some(at) = line.checked_sub(1).filter(|&at| at < lines.len()) else { return String::new() };
    let (mut first, mut last) = (at, at);
    while first > 0 && at - first < MOST_LINES && !opens(lines[first]) && goes_on(lines[first - 1]) {
        first -= 1;
    }
    while last + 1 < lines.len() && last - at < MOST_LINES && goes_on(lines[last + 1]) && !opens(lines[last + 1]) {
        last += 1;
    }
    let lines = &lines[first..=last];
    // Nobody writes such a paragraph; a program may.
    if lines.iter().map(|line| line.len()).sum::<usize>() > MOST_BYTES * 4 {
        return String::new();
    }
    // A row of a table says what its columns are about.
    if lines[0].trim_start().starts_with('|') {
        return String::new();
    }
    lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
}

/// Whether a line may belong to a paragraph with the next.
fn goes_on(line: &str) -> bool {
    let text = line.trim();
    !text.is_empty() && !text.starts_with(['#', '|']) && !text.starts_with("```")
}

/// Whether a line begins an item, a row or a heading.
fn opens(line: &str) -> bool {
    let text = line.trim_start();
    let numbered = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_numbered = numbered.len() < text.len() && numbered.starts_with(['.', ')']);
    is_numbered || text.starts_with(['#', '|', '>']) || ["- ", "* ", "+ "].iter().any(|mark| text.starts_with(mark))
}

/// A text in which a link is one character, and each other link another. What stands in quotes was said by somebody else.
fn marked(text: &str, link: &Link) -> String {
    let mut marked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['[', '"', '“']) {
        let (before, from) = rest.split_at(at);
        marked.push_str(before);
        let (target, length) = match from.chars().next() {
            Some('[') => link_at(from),
            _ => (None, quoted(from)),
        };
        match target {
            Some(target) => marked.push(if target == link.target { THIS } else { OTHER }),
            None if length == 1 => marked.push(' '),
            None => {}
        }
        rest = &from[length..];
    }
    marked + rest
}

/// The target of the link that a text begins with, and its length; without one, that of what is no link.
fn link_at(text: &str) -> (Option<&str>, usize) {
    if let Some(inside) = text.strip_prefix("[[") {
        let Some(end) = inside.find("]]") else { return (None, 1) };
        let target = inside[..end].split('|').next().unwrap_or_default();
        return (Some(target.trim_end_matches('\\').trim()), end + 4);
    }
    let label = text.find("](").filter(|&end| !text[1..end].contains('['));
    let Some(open) = label.map(|end| end + 2) else { return (None, 1) };
    let Some(end) = text[open..].find(')') else { return (None, 1) };
    let target = text[open..open + end].split(" \"").next().unwrap_or_default();
    (Some(target.trim().trim_start_matches('<').trim_end_matches('>')), open + end + 1)
}

/// The length of the short quotation that a text begins with; 1 if it is none.
fn quoted(text: &str) -> usize {
    const LONGEST: usize = 120;
    let open = text.chars().next().map_or(1, char::len_utf8);
    let end = text[open..].find(['"', '”']).map(|end| open + end).filter(|&end| end <= LONGEST);
    let close = end.map_or(0, |end| text[end..].chars().next().map_or(0, char::len_utf8));
    match end {
        Some(end) if !text[..end].contains("[[") && !text[..end].contains("](") => end + close,
        _ => open,
    }
}

/// Whether a sentence says of the link in it that it was the same.
fn is_said(sentence: &str) -> bool {
    let lower = plain(beginning(sentence, MOST_BYTES));
    let hits = hits(&lower, &WORDS);
    let clauses = clauses(&lower, &hits);
    if clauses.iter().any(|clause| clause.sets & APART != 0) {
        return false;
    }
    let links: Vec<usize> = lower.match_indices(THIS).map(|(at, _)| at).collect();
    let is_near = |start: usize| links.iter().any(|&link| link.abs_diff(start) <= NEAR);
    let said = clauses.iter().filter(|clause| !clause.is_question).any(|clause| asserted(clause).any(is_near));
    let doubted = clauses.iter().any(|clause| clause.is_question || clause.sets & (NOT | MAYBE) != 0);
    said || (!doubted && is_beside_again(&lower))
}

/// Where a clause says so: nothing before it denies or doubts it, and nothing behind it denies it.
fn asserted<'c>(clause: &'c Clause<'_>) -> impl Iterator<Item = usize> + 'c {
    clause.hits.iter().enumerate().filter_map(|(at, hit)| {
        let before = clause.hits[..at].iter().all(|before| before.sets & (NOT | MAYBE) == 0);
        let behind = clause.hits[at + 1..].iter().all(|behind| behind.sets & (NOT_BEHIND | MAYBE) == 0);
        (hit.sets & AGAIN != 0 && !hit.infinitive && before && behind).then_some(hit.start)
    })
}

/// Whether the bare word `again` stands right beside the link: `X again`, `again: X`.
fn is_beside_again(lower: &str) -> bool {
    const BETWEEN: &[char] = &[' ', ',', ':', '(', ')', '—', '–', '-'];
    lower.match_indices(THIS).any(|(at, this)| {
        let behind = lower[at + this.len()..].trim_start_matches(BETWEEN);
        let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == ' ') || rest.trim().is_empty();
        let follows = behind.strip_prefix("again").is_some_and(ends);
        let before = lower[..at].trim_end_matches(BETWEEN);
        let before = before.strip_suffix("see").map_or(before, |before| before.trim_end_matches(BETWEEN));
        let precedes = before.strip_suffix("again").is_some_and(|before| !before.ends_with(char::is_alphanumeric));
        follows || precedes
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::{ParseOptions, parse_report};

    /// The targets that a text of a report says are the same.
    fn targets(text: &str) -> Vec<String> {
        let report = format!("# Report\n\n## Summary\n\n{text}\n");
        let incident = parse_report("a.md", report, &ParseOptions::default()).incident;
        stated(&incident).into_iter().map(|stated| stated.target).collect()
    }

    #[test]
    fn what_says_so() {
        for text in [
            "This is a recurrence of [[b]].",
            "It was the same root cause as in [[b|the outage in May]].",
            "The disk filled up again: [[b]].",
            "The leak of [the pool](b.md) recurred.",
            "[[b]] again.",
            "[[b]] happened again, for the third time this year.",
            "## Related Incidents\n\n- [[b]]: same cause\n- [[c]]: other cause",
            "- [May](b.md), the first time; this is the second time",
            "Not a deploy this time, but a repeat of [[b]].",
            "The pods were\nrestarted. It is the same bug\nas in [[b]], which was never fixed.",
            "[[b]] と同種の問題が再発した",
            "- [[b]] 証明書期限切れ（同一シグネチャの 1 度目）",
            "Dieselbe Ursache wie in [[b]].",
        ] {
            let found: Vec<String> = targets(text).iter().map(|target| target.replace(".md", "")).collect();
            assert_eq!(found, ["b"], "{text}");
        }
    }

    #[test]
    fn what_does_not() {
        for text in [
            "See also [[b]].",
            "- [[b]]",
            "- [[b]], the incident we believed to have again",
            "Not a recurrence of [[b]].",
            "It may be the same cause as in [[b]].",
            "Is it the same problem as [[b]]?",
            "The same error message as in [[b]], with a different cause: the same issue it is not.",
            "The same kind of rotation as in [[b]].",
            "Same database as in [[b]], another resource.",
            "[[b]] taught us to keep this from happening again, and to prevent it.",
            "This was the second time. See [[b]] for the runbook.",
            "Pods came back after the fix of [[b]].",
            "It recurred. Compare [[b]].",
            "An empty cache hurt us before, with sessions: [[b]].",
            "本件は [[b]] の再発ではない",
            "[[b]] と同文のエラーだが別根本原因",
            "再発防止は [[b]] を参照",
            "## Timeline\n\n- 10:00 the same problem as in [[b]], we believe",
            "## Lessons Learned\n\n- The same problem as in [[b]] finds us again",
            "| Start | 10:00, a recurrence of [[b]] |\n|---|---|\n| End | 11:00 |",
            "Somebody said \"it is the same issue as last year\" and meant [[b]].",
            "It is the same issue as in the [vendor's report](https://status.example/1).",
        ] {
            assert_eq!(targets(text), [] as [&str; 0], "{text}");
        }
    }

    #[test]
    fn a_key_says_so() {
        let text = "---\nrecurrence_of: '[[2024/queue]]'\nsame-as: [a, b]\n---\n# Queue\n".to_owned();
        let incident = parse_report("c.md", text, &ParseOptions::default()).incident;
        let found: Vec<(String, u32)> = stated(&incident).into_iter().map(|s| (s.target, s.line)).collect();
        assert_eq!(found, [("2024/queue".into(), 2), ("a".into(), 3), ("b".into(), 3)]);
    }

    #[test]
    fn odd_texts_end() {
        for text in ["[[", "[[b", "[b](", "\"", "“[[b]]", "[[b]]".repeat(500).as_str(), &"[".repeat(10_000)] {
            assert!(targets(text).len() <= 1, "{}", text.len());
        }
        assert_eq!(quoted("\"é\" x"), "\"é\"".len());
    }
}
