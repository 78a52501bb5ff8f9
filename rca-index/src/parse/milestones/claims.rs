//! Claims: which milestones the text of one row says were reached.
//!
//! In: the text. Out: milestones, each plainly or as a hint. A row is read clause by clause: a clause makes a claim when it
//! has the words of a rule, and does not deny, try, plan, ask or take it back.

use std::sync::LazyLock;

use super::rules::{LABELS, RULES, Rule, STATUS_WORDS};
use super::words::{BREAKS, SETS, START, TROUBLE};
use crate::incident::Milestone;
use crate::incident::beginning::beginning;
use crate::parse::clauses::{Clause, MAYBE, NOT, SUBORDINATE, Set, clauses, hits, plain, taken_back, vocabulary};
use crate::parse::phrases::{Phrases, WordMap};

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
static WORDS: LazyLock<Phrases<Set>> = LazyLock::new(|| vocabulary(SETS));

/// What the text of a row claims, whose time is written as `label`. What stands behind another time in the text happened then.
pub(super) fn read_claims(text: &str, label: &str) -> Claims {
    let lower = plain(beginning(text, MOST_BYTES));
    let hits = hits(&lower, &WORDS);
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
        RULES.iter().filter(|rule| follows(clause, rule, next, rest)).for_each(|rule| {
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

/// Whether a clause claims what a rule says; `next` and `rest` follow it.
fn follows(clause: &Clause<'_>, rule: &Rule, next: Option<&Clause<'_>>, rest: &[Clause<'_>]) -> bool {
    let all = rule.needs.iter().all(|set| clause.sets & set != 0);
    let Some(verb) = rule.needs.last().filter(|_| all && clause.sets & rule.lacks == 0) else { return false };
    // One word is not two: `detected` is what a monitor did only where there is a monitor.
    let distinct = rule.needs.len() == 1
        || clause.hits.iter().filter(|hit| rule.needs.iter().any(|set| hit.sets & set != 0)).count() > 1;
    if !distinct {
        return false;
    }
    let ends = matches!(rule.milestone, Milestone::Mitigated | Milestone::Resolved);
    clause.asserts(*verb, ends) && !(ends && taken_back(next, rest, TROUBLE))
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
