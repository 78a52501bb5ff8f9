//! Claims: which milestones the text of one row says were reached.
//!
//! In: the text. Out: milestones, each plainly or as a hint. A row is read clause by clause: a clause makes a claim when it
//! has the words of a rule, and does not deny, try, plan, ask or take it back.

use std::sync::LazyLock;

use super::rules::{LABELS, RULES, Rule, STATUS_WORDS};
use super::words::{BREAKS, BUT, FAILS, GOOD, MAYBE, NOT, NOT_BEHIND, SETS, START, STILL, SUBORDINATE, Set, TROUBLE};
use crate::incident::Milestone;
use crate::parse::phrases::{Phrases, WordMap, joins, may_have};

/// So much of a row is read, in bytes: nobody says what happened only after a page of text.
const MOST_BYTES: usize = 1500;

/// What a row says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Claims {
    plain: u8,
    hinted: u8,
    /// Whether it says that something failed.
    pub(super) trouble: bool,
    /// Whether it says that the incident begins.
    pub(super) begins: bool,
}

impl Claims {
    /// Whether the row says so plainly.
    pub(super) fn says(self, milestone: Milestone) -> bool {
        self.plain & bit(milestone) != 0
    }

    /// Whether it says so, if only by a hint.
    pub(super) fn hints(self, milestone: Milestone) -> bool {
        (self.plain | self.hinted) & bit(milestone) != 0
    }
}

fn bit(milestone: Milestone) -> u8 {
    1 << milestone as u8
}

/// All words, and the sets that each of them belongs to.
static WORDS: LazyLock<Phrases<Set>> = LazyLock::new(|| {
    let words = SETS.iter().flat_map(|&(set, words)| words.iter().map(move |&word| (word, set)));
    Phrases::merged(words, |sets, more| {
        *sets |= more;
        true
    })
});

/// A word of a set, where it begins in the row.
#[derive(Debug, Clone, Copy)]
struct Hit {
    sets: Set,
    start: usize,
    /// Whether `to` stands before it.
    infinitive: bool,
}

/// What the text of a row claims, whose time is written as `label`. What stands behind another time in the text happened then.
pub(super) fn read_claims(text: &str, label: &str) -> Claims {
    let most = (0..=MOST_BYTES.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    let lower = plain(&text[..most]);
    let hits = hits(&lower);
    let mut claims = Claims::default();
    labelled(text, &lower, &mut claims);
    if hits.is_empty() {
        return claims;
    }
    let clauses = clauses(&lower, &hits);
    let until = other_time(&lower, label);
    for (number, clause) in clauses.iter().enumerate() {
        claims.trouble |= clause.sets & (TROUBLE | BREAKS) != 0 && clause.sets & SUBORDINATE == 0;
        if clause.hits.last().is_some_and(|hit| hit.start >= until) {
            break;
        }
        if clause.is_question || clause.opens(SUBORDINATE) {
            continue;
        }
        claims.begins |= clause.sets & START != 0 && clause.sets & (NOT | MAYBE) == 0;
        let next = clauses.get(number + 1);
        let rest = &clauses[number + 1..];
        RULES.iter().filter(|rule| clause.claims(rule, next, rest)).for_each(|rule| {
            if rule.weak {
                // Who is called because of an alert is in the row of the alert.
                claims.hinted |= bit(rule.milestone);
            } else {
                claims.plain |= bit(rule.milestone);
            }
        });
    }
    claims
}

/// The words of a text that belong to sets. A word within a phrase is part of the phrase.
fn hits(text: &str) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut taken = 0;
    for (start, mut phrases) in WORDS.places(text) {
        let longest = phrases.find(|(phrase, _)| is_whole(text, start, start + phrase.len()));
        if let Some((phrase, sets)) = longest.filter(|(phrase, _)| start + phrase.len() > taken) {
            taken = start + phrase.len();
            let before = &text[..start];
            let infinitive = before.ends_with("to ") && !before.ends_with("back to ");
            hits.push(Hit { sets: *sets, start, infinitive });
        }
    }
    hits
}

/// Where another time of day than the row's begins: `acknowledged; 14:09 mitigated`. Times in brackets explain.
fn other_time(text: &str, label: &str) -> usize {
    let bytes = text.as_bytes();
    let digits =
        |from: usize, until: usize| bytes.get(from..until).is_some_and(|part| part.iter().all(u8::is_ascii_digit));
    // Most rows have no other: look before counting brackets.
    let clock = |three: &[u8]| three[0].is_ascii_digit() & three[2].is_ascii_digit() & matches!(three[1], b':');
    if !bytes.windows(3).fold(false, |found, three| found | clock(three)) {
        return usize::MAX;
    }
    let mut depth = 0;
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth -= 1,
            b':' if depth <= 0 && at >= 2 && digits(at - 1, at) && digits(at + 1, at + 3) => {
                let start = if digits(at - 2, at - 1) { at - 2 } else { at - 1 };
                let alone = start == 0
                    || !(bytes[start - 1].is_ascii_alphanumeric()
                        || matches!(bytes[start - 1], b':' | b'.' | b'/' | b'-'));
                let ends = bytes.get(at + 3).is_none_or(|next| {
                    !(next.is_ascii_digit() || matches!(next, b':' | b'.') && digits(at + 4, at + 5))
                });
                if alone && ends && start > 0 && !label.contains(&text[start..at + 3]) {
                    // The words right before it belong to it, too: `acknowledged 18:38`.
                    return text[..start].rfind([';', '.', ',', '—', '–']).map_or(start, |stop| stop + 1);
                }
            }
            _ => {}
        }
    }
    usize::MAX
}

/// A text in lower case with no markup, and without what others said in corner brackets.
fn plain(text: &str) -> String {
    if text.is_ascii() {
        let lower = text.to_ascii_lowercase();
        let marked = may_have(&lower, b"*") || may_have(&lower, b"`");
        return if marked { lower.replace(['*', '`'], " ") } else { lower };
    }
    let mut plain = String::with_capacity(text.len());
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '「' | '『' => quoted = true,
            '」' | '』' => quoted = false,
            _ if quoted => {}
            '’' | '‘' => plain.push('\''),
            '*' | '`' => plain.push(' '),
            _ => plain.extend(c.to_lowercase()),
        }
    }
    plain
}

/// Whether a word stands by itself. Scripts with no spaces have no such thing.
fn is_whole(text: &str, start: usize, end: usize) -> bool {
    let word = &text[start..end];
    let before = text[..start].chars().next_back();
    let after = text[end..].chars().next();
    let begins = !word.starts_with(joins) || before.is_none_or(|c| !(joins(c) || matches!(c, '-' | '/' | '.')));
    let ends =
        !word.ends_with(joins) || after.is_none_or(|c| !(joins(c) || matches!(c, '/' | '#'))) && !is_part(&text[end..]);
    begins && ends
}

/// `-` and a letter, as in `alert-manager`: the word goes on.
fn is_part(rest: &str) -> bool {
    let mut chars = rest.chars();
    matches!(chars.next(), Some('-' | '.' | '_')) && chars.next().is_some_and(char::is_alphanumeric)
}

/// A stretch of a row that says one thing.
#[derive(Debug)]
struct Clause<'h> {
    hits: &'h [Hit],
    /// Of all hits.
    sets: Set,
    is_question: bool,
    /// Whether it is in the same sentence as the clause before.
    goes_on: bool,
}

impl Clause<'_> {
    /// Whether the first word of a set is one of these. Only words that open clauses are asked for.
    fn opens(&self, sets: Set) -> bool {
        self.hits.first().is_some_and(|hit| hit.sets & sets != 0)
    }

    fn claims(&self, rule: &Rule, next: Option<&Clause<'_>>, rest: &[Clause<'_>]) -> bool {
        let all = rule.needs.iter().all(|set| self.sets & set != 0);
        let Some(verb) = rule.needs.last().filter(|_| all && self.sets & rule.lacks == 0) else { return false };
        // One word is not two: `detected` is what a monitor did only where there is a monitor.
        let distinct = rule.needs.len() == 1
            || self.hits.iter().filter(|hit| rule.needs.iter().any(|set| hit.sets & set != 0)).count() > 1;
        if !distinct {
            return false;
        }
        let ends = matches!(rule.milestone, Milestone::Mitigated | Milestone::Resolved);
        let said = self.hits.iter().enumerate().any(|(at, hit)| {
            let behind = &self.hits[at + 1..];
            hit.sets & verb != 0
                && !hit.infinitive
                && self.hits[..at].iter().all(|before| before.sets & (NOT | MAYBE) == 0)
                && behind.iter().all(|after| after.sets & NOT_BEHIND == 0)
                && !(ends && behind.iter().any(|after| after.sets & FAILS != 0))
        });
        said && !(ends && taken_back(next, rest))
    }
}

/// Whether what follows a clause says that the end was none: `, but`, `: still down`.
fn taken_back(next: Option<&Clause<'_>>, rest: &[Clause<'_>]) -> bool {
    next.is_some_and(|next| next.opens(BUT | STILL) || (next.goes_on && next.sets & FAILS != 0 && next.sets & NOT == 0))
        || rest.iter().any(|clause| clause.opens(BUT | STILL) && clause.sets & (FAILS | TROUBLE) != 0)
}

/// Parts a row into clauses: at punctuation, and before words that open one.
fn clauses<'h>(text: &str, hits: &'h [Hit]) -> Vec<Clause<'h>> {
    let mut clauses: Vec<Clause<'h>> = Vec::new();
    let mut first = 0;
    // Clauses of the sentence that is being read begin here.
    let mut sentence = 0;
    let mut goes_on = false;
    let close = |until: usize, first: &mut usize, goes_on: bool, clauses: &mut Vec<Clause<'h>>| {
        let hits = &hits[*first..until];
        if !hits.is_empty() {
            let (mut sets, mut denied) = (0, false);
            for hit in hits {
                // `not as expected` is nothing good.
                sets |= if denied { hit.sets & !GOOD } else { hit.sets };
                denied |= hit.sets & NOT != 0;
            }
            clauses.push(Clause { hits, sets, is_question: false, goes_on });
        }
        *first = until;
    };
    let mut from = 0;
    for at in 0..=hits.len() {
        let until = hits.get(at).map_or(text.len(), |hit| hit.start);
        let between = text.get(from..until).unwrap_or_default();
        match stop(between) {
            Some(Stop::Sentence(question)) => {
                close(at, &mut first, goes_on, &mut clauses);
                if question {
                    clauses[sentence..].iter_mut().for_each(|clause| clause.is_question = true);
                }
                sentence = clauses.len();
                goes_on = false;
            }
            Some(Stop::Clause) => {
                close(at, &mut first, goes_on, &mut clauses);
                goes_on = true;
            }
            None if hits.get(at).is_some_and(|hit| hit.sets & (BUT | SUBORDINATE) != 0) => {
                close(at, &mut first, goes_on, &mut clauses);
                goes_on = true;
            }
            None => {}
        }
        from = until;
    }
    close(hits.len(), &mut first, goes_on, &mut clauses);
    clauses
}

/// What parts two clauses.
enum Stop {
    /// The end of a sentence, and whether it is a question.
    Sentence(bool),
    Clause,
}

/// The strongest stop in the text between two words, the first of them included.
fn stop(between: &str) -> Option<Stop> {
    let marks = |byte: u8| !(byte.is_ascii_alphanumeric() || byte == b' ');
    let mut found = None;
    let mut rest = between;
    while let Some(at) = rest.bytes().position(marks) {
        let before = between[..between.len() - rest.len() + at].chars().next_back().unwrap_or(' ');
        let mut chars = rest[at..].chars();
        let Some(c) = chars.next() else { break };
        rest = chars.as_str();
        let spaced = chars.next().is_none_or(char::is_whitespace);
        match c {
            '?' if spaced => return Some(Stop::Sentence(true)),
            '？' => return Some(Stop::Sentence(true)),
            '.' | '!' if spaced => found = Some(Stop::Sentence(false)),
            '。' | '！' | '\n' => found = Some(Stop::Sentence(false)),
            _ if found.is_none() && parts_clauses(c, before, spaced) => found = Some(Stop::Clause),
            _ => {}
        }
    }
    found
}

/// Whether a character parts two clauses. `before` is the one before it, `spaced` whether a space follows.
fn parts_clauses(c: char, before: char, spaced: bool) -> bool {
    match c {
        ',' | ';' | ':' | '/' => spaced,
        '-' => spaced && before.is_whitespace(),
        _ => matches!(c, '、' | '，' | '；' | '：' | '(' | ')' | '[' | ']' | '（' | '）' | '—' | '–' | '→'),
    }
}

/// In bytes.
const LONGEST_LABEL: usize = 32;

/// The milestone of each label, as a bit.
static BY_LABEL: LazyLock<WordMap<&str, u8>> = LazyLock::new(|| {
    let mut bits = WordMap::default();
    for (milestone, labels) in LABELS {
        labels.iter().for_each(|label| *bits.entry(*label).or_default() |= bit(*milestone));
    }
    bits
});

/// A label at the head of a row (`Detected: ...`), a cell of its own at the end, or the word of a status page.
fn labelled(text: &str, lower: &str, claims: &mut Claims) {
    let head = lower.trim_start_matches(|c: char| !c.is_alphanumeric());
    let closes = |c: char| matches!(c, ':' | '：' | '—' | '–' | '(' | '（' | '.' | ',' | '\n');
    // Bytes are found sooner than characters.
    let ascii = lower.is_ascii();
    let end = if ascii { head.bytes().position(|b| closes(b.into())) } else { head.find(closes) };
    let begins = end.map_or(head, |end| &head[..end]);
    let mut dashes = begins.match_indices('-').map(|(at, _)| at);
    let spaced = |&at: &usize| begins[..at].ends_with(' ') && head[at + 1..].starts_with(' ');
    let begins = dashes.find(spaced).map_or(begins, |dash| &begins[..dash - 1]).trim();
    let colon = if ascii { lower.rfind(':') } else { lower.rfind([':', '：']) };
    let ends = colon.map_or(lower, |colon| lower[colon..].trim_start_matches([':', '：']));
    let ends = ends.trim_matches(|c: char| !c.is_alphanumeric());
    let told = lower.trim_end_matches(|c: char| !c.is_alphanumeric());
    let last = told.rmatch_indices('.').map(|(at, _)| at + 1).find(|&end| told[end..].starts_with(' '));
    let last = last.map_or(told, |end| &told[end..]).trim();
    for part in [begins, ends, last] {
        let label = part.trim_end_matches(|c: char| c.is_numeric() || c == ' ');
        if label.len() <= LONGEST_LABEL {
            claims.plain |= BY_LABEL.get(label).copied().unwrap_or_default();
        }
    }
    let text = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    let same_start = |(word, _): &&(&str, Milestone)| word.bytes().next() == text.bytes().next();
    for (word, milestone) in STATUS_WORDS.iter().filter(same_start) {
        let behind = text.strip_prefix(word).map(|rest| rest.trim_start_matches([':', '-', '–', '—', ' ', '\n', '*']));
        if behind.is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_uppercase)) {
            claims.plain |= bit(*milestone);
            if *milestone == Milestone::Acknowledged {
                claims.hinted |= bit(Milestone::Detected);
            }
        }
    }
}
