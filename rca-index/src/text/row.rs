//! Words in a row: whether a name or a title has some words next to each other.
//!
//! In: texts. Out: yes or no; case, accents and what stands between words do not count.

use crate::text::class::is_ideograph;
use crate::text::fold::folded;

/// Words in a row.
pub(crate) struct Row {
    words: String,
}

impl Row {
    /// The words of a text; `None` if it has none.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let words = spaced(text);
        (!words.is_empty()).then_some(Self { words })
    }

    /// The words, in lower case and without accents.
    pub(crate) fn words(&self) -> impl Iterator<Item = &str> {
        self.words.split(' ')
    }

    /// Whether a text has these words in a row, and whole. Chinese and Japanese are written without spaces, so that a word
    /// may end anywhere.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        let text = spaced(text);
        let ends_between = |before: Option<char>, after: Option<char>| match (before, after) {
            (Some(before), Some(after)) => before == ' ' || after == ' ' || is_ideograph(before) || is_ideograph(after),
            _ => true,
        };
        text.match_indices(&self.words).any(|(at, found)| {
            let end = at + found.len();
            ends_between(text[..at].chars().next_back(), found.chars().next())
                && ends_between(found.chars().next_back(), text[end..].chars().next())
        })
    }
}

/// The words of a text with one space between them.
fn spaced(text: &str) -> String {
    let text = folded(text);
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_whole_and_in_a_row() {
        let check = |words: &str, text: &str, expected: bool| {
            assert_eq!(Row::of(words).is_some_and(|row| row.is_in(text)), expected, "{words} in {text}");
        };
        check("queue backlog", "2025-06-02-message-queue-backlog-in-orders", true);
        check("QUEUE_Backlog", "Message queue: backlog!", true);
        check("queue back", "message-queue-backlog", false);
        check("ueue", "queue", false);
        check("backlog queue", "queue-backlog", false);
        check("06-02", "2025-06-02-x", true);
        check("033", "PM-2026-0331", false);
        check("ca", "cache ca", true);
        check("cafe", "Café geschlossen", true);
        check("don't", "We dont know", true);
        check("在庫", "倉庫の在庫が不足", true);
        check("k8s 障害", "K8s障害", false);
        check("障害", "K8s障害", true);
        check("", "anything", false);
        check("--", "a--b", false);
    }
}
