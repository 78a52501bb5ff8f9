//! Claims: what one sentence says was done to end an incident.
//!
//! In: a sentence. Out: the kind of what was done, and how plainly the sentence says that this ended it.

use std::sync::LazyLock;

use super::FixKind;
use super::words::{APPLIED, ASIDE, BY, CAUSES, FIX, GONE, IF, MENDED, PROVIDER, RESULT, RULES, Rule, SETS, TROUBLE};
use crate::incident::beginning::beginning;
use crate::parse::clauses::{
    Clause, FAILS, MAYBE, NOT, SUBORDINATE, Set, clauses, hits, plain, taken_back, vocabulary,
};
use crate::parse::phrases::Phrases;

static WORDS: LazyLock<Phrases<Set>> = LazyLock::new(|| vocabulary(SETS));

/// So much of a sentence is read, in bytes.
const MOST_BYTES: usize = 1000;

/// What a sentence says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Claim {
    /// Nothing of what was done.
    Nothing,
    /// That it is over, and no more.
    Over,
    /// A step, as an order or a noun: `Restart the broker`.
    Step(Option<FixKind>),
    /// What was done.
    Done(Option<FixKind>),
    /// What was done, and that it ended the incident.
    Ended(Option<FixKind>),
}

impl Claim {
    pub(super) fn kind(self) -> Option<FixKind> {
        match self {
            Self::Step(kind) | Self::Done(kind) | Self::Ended(kind) => kind,
            Self::Nothing | Self::Over => None,
        }
    }
}

/// Reads a sentence.
pub(super) fn read_claim(sentence: &str) -> Claim {
    let lower = plain(beginning(sentence, MOST_BYTES));
    let hits = hits(&lower, &WORDS);
    let clauses = clauses(&lower, &hits);
    // What brought trouble about ended none.
    if clauses.iter().any(|clause| clause.sets & CAUSES != 0) {
        return Claim::Nothing;
    }
    let (mut claim, mut over, mut by) = (Claim::Nothing, false, false);
    // What was done, as long as the sentence has not spoken of trouble since.
    let mut deed = None;
    for (number, clause) in clauses.iter().enumerate() {
        if clause.is_question || clause.opens(IF) || clause.sets & ASIDE != 0 {
            deed = None;
            continue;
        }
        let (next, rest) = (clauses.get(number + 1), &clauses[number + 1..]);
        let means = means(clause, &lower);
        if means.is_some() {
            by = true;
            claim = claim.or(Claim::Ended(None));
        }
        let gone = clause.sets & TROUBLE != 0 && clause.asserts(GONE, false);
        let ended = gone || clause.asserts(RESULT, true);
        over |= ended || clause.asserts(BY, false);
        let trouble = clause.sets & TROUBLE != 0 && !gone;
        let told = means.map_or(*clause, |means| clause.behind(means));
        if let Some((kind, done)) = deed_of(&told, by).filter(|_| !taken_back(next, rest, TROUBLE)) {
            claim = claim.or(match () {
                () if by || ended && !trouble && !(kind == FixKind::Provider && clause.opens(SUBORDINATE)) => {
                    Claim::Ended(Some(kind))
                }
                () if clause.opens(SUBORDINATE) => Claim::Nothing,
                () if done => Claim::Done(Some(kind)),
                () => Claim::Step(Some(kind)),
            });
            deed = (!trouble).then_some(kind);
        } else if trouble {
            deed = None;
        } else if deed.is_some() && ended {
            claim = claim.or(Claim::Ended(deed));
        }
    }
    if over && claim == Claim::Nothing { Claim::Over } else { claim }
}

/// Where a clause says by what it ended, as the number of the first word behind that: `resolved by`, `mitigated the impact by
/// rerouting`. A time behind it is no means.
fn means(clause: &Clause<'_>, text: &str) -> Option<usize> {
    const PREPOSITIONS: [&str; 9] =
        [" by ", " after ", " once ", " when ", " via ", " with ", " to ", " durch ", " ved "];
    let behind = |at: usize| text.get(clause.hits[at].start..).unwrap_or_default();
    let by = |at: &usize| {
        let after = behind(*at);
        let end = PREPOSITIONS.iter().filter_map(|word| Some(after.find(word)? + word.len())).min();
        clause.hits[*at].sets & BY != 0 && end.is_none_or(|end| !is_time(&after[end..]))
    };
    let by_doing = |at: &usize| {
        let after = behind(*at);
        let until =
            clause.hits.get(at + 1).map_or(FAR, |next| next.start - clause.hits[*at].start + 1).min(after.len());
        let doing = after.get(..until).and_then(|near| near.rfind(" by ")).map(|by| &after[by + " by ".len()..]);
        let doing = doing.and_then(|doing| doing.split_whitespace().next());
        clause.hits[*at].sets & RESULT != 0 && doing.is_some_and(|word| word.ends_with("ing"))
    };
    let said = clause.asserts(BY | RESULT, false);
    (0..clause.hits.len()).find(|at| said && (by(at) || by_doing(at))).map(|at| at + 1)
}

/// How far behind a verb its means may stand, in bytes.
const FAR: usize = 80;

/// Whether a text begins with a time, a day or a stretch of time: `by 10:40`, `after about two hours`.
fn is_time(text: &str) -> bool {
    const ABOUT: &[&str] = &[
        "about", "around", "approximately", "roughly", "nearly", "almost", "over", "more", "than", "a", "an", "the",
        "just", "some", "~",
    ];
    const TIMES: &[&str] = &[
        "noon", "midnight", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january",
        "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
        "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "one", "two", "three", "four",
        "five", "six", "seven", "eight", "nine", "ten", "few", "several", "hour", "hours", "day", "days", "minutes",
        "next", "following", "end", "morning", "evening", "afternoon", "then", "now", "later", "and", "or", "time",
    ];
    let mut words =
        text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '.' | ';')).filter(|word| !word.is_empty());
    words.find(|word| !ABOUT.contains(word)).is_none_or(|word| {
        word.trim_start_matches('~').starts_with(|c: char| c.is_ascii_digit()) || TIMES.contains(&word)
    })
}

impl Claim {
    /// The stronger of two claims; of two that are alike, the first that has a kind.
    fn or(self, other: Self) -> Self {
        let rank = |claim: Self| match claim {
            Self::Nothing => 0,
            Self::Over => 1,
            Self::Step(_) => 2,
            Self::Done(_) => 3,
            Self::Ended(_) => 4,
        };
        let better = rank(other) > rank(self) || rank(other) == rank(self) && self.kind().is_none();
        // What a weaker claim names is what a stronger one of the same sentence is about.
        match if better { other } else { self } {
            Self::Ended(None) => Self::Ended(self.kind().or(other.kind())),
            claim => claim,
        }
    }
}

/// What a clause says was done, and whether it says that it was, or only names it. Behind `by`, the provider is who did it, and not
/// what was done.
fn deed_of(clause: &Clause<'_>, by: bool) -> Option<(FixKind, bool)> {
    let fits = |rule: &&Rule| rule.object == 0 || clause.sets & rule.object != 0;
    let done = |rule: &&Rule| {
        let applied = rule.bare & FIX != 0 && clause.sets & APPLIED != 0 && clause.asserts(rule.bare, true);
        clause.asserts(rule.done, true) || applied
    };
    let fitting = || RULES.iter().filter(fits);
    let was_done = fitting().find(done).map(|rule| (rule.kind, true));
    was_done
        .or_else(|| fitting().find(|rule| named(clause, rule)).map(|rule| (rule.kind, false)))
        .or_else(|| (!by && provider_mended(clause)).then_some((FixKind::Provider, true)))
}

/// Whether a provider is who mended it: its name, and right behind it what it did.
fn provider_mended(clause: &Clause<'_>) -> bool {
    /// In bytes, the name included.
    const NEAR: usize = 50;
    clause.asserts(MENDED, true)
        && clause.hits.windows(2).any(|pair| {
            pair[0].sets & PROVIDER != 0 && pair[1].sets & MENDED != 0 && pair[1].start - pair[0].start < NEAR
        })
}

/// Whether a clause names what is done with nothing that denies it.
fn named(clause: &Clause<'_>, rule: &Rule) -> bool {
    rule.bare != 0
        && clause.hits.iter().enumerate().any(|(at, hit)| {
            hit.sets & rule.bare != 0
                && clause.hits[..at].iter().all(|before| before.sets & (NOT | MAYBE) == 0)
                && clause.hits[at + 1..].iter().all(|after| after.sets & FAILS == 0)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use Claim::{Done, Ended, Nothing, Over, Step};
    use FixKind::*;

    #[test]
    fn what_sentences_say() {
        let cases: &[(&str, Claim)] = &[
            ("We rolled back the release.", Done(Some(RolledBack))),
            ("Rolled back the release, and errors stopped; service recovered.", Ended(Some(RolledBack))),
            ("Restarting the broker resolved the issue.", Ended(Some(Restarted))),
            ("The issue was resolved by restarting the broker.", Ended(Some(Restarted))),
            ("The outage was mitigated by asking everybody to stay calm.", Ended(None)),
            ("Restart the broker", Step(Some(Restarted))),
            ("The restart did not help.", Nothing),
            ("We tried to restart the broker.", Nothing),
            ("The rollback failed.", Nothing),
            ("If the broker is restarted, it recovers.", Over),
            ("The issue was resolved at 10:40.", Over),
            ("A failover caused errors.", Nothing),
            ("After the database failed over, connections errored until service was restored.", Nothing),
            ("Increased the number of consumers from 4 to 12.", Done(Some(Scaled))),
            ("Increased the timeout to 30 s.", Done(Some(ConfigurationChanged))),
            ("A fix was deployed at 10:20.", Done(Some(HotFix))),
            ("Renewed the certificate.", Done(Some(Renewed))),
            ("AWS resolved the issue.", Ended(Some(Provider))),
            ("Deleted old snapshots to free up disk space.", Done(Some(SpaceFreed))),
            ("We blocked the crawler's addresses.", Done(Some(Limited))),
            ("The table was restored from last night's backup.", Done(Some(DataRestored))),
            ("Should we roll back?", Nothing),
            ("Added a write limit to the data disk.", Done(Some(ConfigurationChanged))),
            ("The volume was expanded to 200 GiB.", Done(Some(SpaceFreed))),
            ("It was mitigated by moving the traffic to another zone.", Ended(None)),
            ("After AWS recovered, our own retries kept the queue full.", Over),
            ("コンテナを再起動した。", Done(Some(Restarted))),
            ("Der Dienst wurde neu gestartet.", Done(Some(Restarted))),
            ("Service was restored by 6:15 PM.", Over),
            ("It recovered after about two hours.", Over),
            ("Google engineers mitigated the issue by reconfiguring the proxies.", Ended(None)),
            ("Verify that the broker restarted.", Nothing),
            ("The token was changed to the order id.", Nothing),
            ("Increased the request from 10 GiB to 20 GiB.", Nothing),
            ("", Nothing),
        ];
        for (sentence, claim) in cases {
            assert_eq!(read_claim(sentence), *claim, "{sentence}");
        }
    }
}
