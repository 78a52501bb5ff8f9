//! Milestones: which rows of a timeline mark the turning points of an incident.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::incident::{Milestone, TimelineRow};

/// Words that mark each milestone, in lower case: plain ones first, then those that usually do, then hints. The row with the
/// plainest words is the milestone; of equals the first, for `resolved` the last.
const WORDS: [(Milestone, [&[&str]; 3]); 5] = [
    (
        Milestone::Detected,
        [
            &["detected", "alert fired", "alert triggered", "alert fires", "first alert", "incident detected", "検知"],
            &["alert", "alerts", "alarm", "alerted", "alarms", "アラート"],
            &[
                "noticed",
                "notices",
                "reported",
                "reports",
                "report",
                "complaint",
                "complaints",
                "complains",
                "first message",
                "発覚",
                "報告",
            ],
        ],
    ),
    (
        Milestone::Acknowledged,
        [
            &["acknowledged", "acknowledges", "acknowledge", "acked", "ack", "確認応答"],
            &[
                "incident declared",
                "incident opened",
                "on-call engineer paged",
                "page sent",
                "on-call paged",
                "paged",
                "pages",
            ],
            &[
                "joins",
                "joined",
                "investigation started",
                "starts to look",
                "started investigating",
                "対応開始",
                "調査開始",
            ],
        ],
    ),
    (
        Milestone::Identified,
        [
            &[
                "root cause identified",
                "cause identified",
                "identified",
                "root cause found",
                "cause found",
                "cause known",
                "原因特定",
                "原因を特定",
            ],
            &["root cause", "pinpointed", "traced to", "the cause", "culprit", "特定"],
            &["discovered", "found that", "find that", "finds", "found"],
        ],
    ),
    (
        Milestone::Mitigated,
        [
            &["mitigated", "mitigation applied", "mitigation", "contained", "緩和", "暫定復旧"],
            &["rolled back", "rollback", "reverted", "failed over", "workaround", "restarted", "緩和策"],
            &["hotfix", "fix deployed", "deployed the fix", "scaled", "drained", "disabled", "patched"],
        ],
    ),
    (
        Milestone::Resolved,
        [
            &[
                "incident resolved",
                "issue resolved",
                "resolved",
                "incident closed",
                "closed",
                "all clear",
                "解決",
                "完全復旧",
                "クローズ",
            ],
            &["recovered", "fully restored", "service restored", "back to normal", "restored", "復旧"],
            &["recovery", "recovers", "normal again", "fixed", "done"],
        ],
    ),
];

/// All words at once, and for each the milestone it marks and how plainly. None only if the table could not be compiled.
static FINDER: LazyLock<Option<(AhoCorasick, Vec<Said>)>> = LazyLock::new(|| {
    let words = (0..).zip(&WORDS).flat_map(|(milestone, (_, words))| {
        let words = (0..).zip(words).flat_map(|(strength, words)| words.iter().map(move |word| (strength, *word)));
        words.map(move |(strength, word)| (word, Said { milestone, strength }))
    });
    let (words, said): (Vec<&str>, Vec<Said>) = words.unzip();
    Some((AhoCorasick::new(words).ok()?, said))
});

/// A milestone, as its place in the table, and the strength of the words for it.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Said {
    milestone: usize,
    strength: usize,
}

/// Marks the rows. Each milestone marks one row at most, and each row has one milestone at most.
pub(crate) fn mark(rows: &mut [TimelineRow]) {
    let said: Vec<Vec<Said>> = rows.iter().map(|row| says(&row.text.to_lowercase())).collect();
    for strength in 0..3 {
        for (place, (milestone, _)) in WORDS.iter().enumerate() {
            if rows.iter().any(|row| row.milestone == Some(*milestone)) {
                continue;
            }
            let wanted = Said { milestone: place, strength };
            let fits = |i: &usize| rows[*i].milestone.is_none() && said[*i].contains(&wanted);
            let mut fitting = (0..rows.len()).filter(fits);
            let row = if *milestone == Milestone::Resolved { fitting.next_back() } else { fitting.next() };
            if let Some(row) = row {
                rows[row].milestone = Some(*milestone);
            }
        }
    }
}

/// What a text in lower case says: the words, whole, and not `not` them.
fn says(text: &str) -> Vec<Said> {
    let Some((finder, said)) = &*FINDER else { return Vec::new() };
    let found = finder.find_overlapping_iter(text).filter(|found| {
        let (before, words, after) = (&text[..found.start()], &text[found.range()], &text[found.end()..]);
        let whole = !words.is_ascii()
            || !(before.ends_with(|c: char| c.is_alphanumeric() || c == '-')
                || after.starts_with(|c: char| c.is_ascii_alphanumeric()));
        let negated = ["not ", "no ", "not yet ", "never ", "without ", "un"].iter().any(|not| before.ends_with(not));
        whole && !negated
    });
    found.map(|found| said[found.pattern()]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(texts: &[&str]) -> Vec<Option<Milestone>> {
        let row = |text: &&str| TimelineRow {
            time: None,
            label: String::new(),
            text: (*text).to_owned(),
            milestone: None,
            line: 1,
        };
        let mut rows: Vec<_> = texts.iter().map(row).collect();
        mark(&mut rows);
        rows.into_iter().map(|row| row.milestone).collect()
    }

    #[test]
    fn the_plainest_words_count() {
        use Milestone::{Acknowledged, Detected, Identified, Mitigated, Resolved};
        let texts = [
            "Monitoring alert triggered",
            "On-call engineer paged",
            "Initial investigation started",
            "Root cause identified",
            "Mitigation applied",
            "Service recovery observed",
            "Incident resolved",
        ];
        let expected =
            [Some(Detected), Some(Acknowledged), None, Some(Identified), Some(Mitigated), None, Some(Resolved)];
        assert_eq!(marks(&texts), expected);
        assert_eq!(
            marks(&["**検知**: ユーザー報告", "原因特定", "復旧"]),
            [Some(Detected), Some(Identified), Some(Resolved)]
        );
        assert_eq!(marks(&["not resolved", "unresolved", "the alertness"]), [None, None, None]);
        assert_eq!(marks(&["first part resolved", "all resolved"]), [None, Some(Resolved)]);
    }
}
