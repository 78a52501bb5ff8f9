//! Words: what keys, headings, columns of action tables and statuses are called, a table a language.
//!
//! In: a name as a report writes it. Out: what it means. Names are compared in lower case and without accents.

mod chinese;
mod english;
mod french;
mod german;
mod japanese;
mod korean;
mod norwegian;
mod portuguese;
mod spanish;

use std::borrow::Cow;
use std::sync::LazyLock;

use crate::incident::SectionKind;
use crate::parse::keys::Key;
use crate::parse::phrases::{ByByte, Bytes, WordMap, has};
use crate::text::fold::push_unaccented;

/// The words of one language.
pub(super) struct Words {
    /// Keys of front matter, labels of lines, bullets and tables.
    pub(super) keys: &'static [(Key, &'static [&'static str])],
    /// Headings, and what stands below them.
    pub(super) headings: &'static [(SectionKind, &'static [&'static str])],
    /// Words in the headers of an action table.
    pub(super) columns: &'static [(Column, &'static [&'static str])],
    /// Statuses of an incident, by the known word that each stands for.
    pub(super) statuses: &'static [(&'static str, &'static [&'static str])],
    /// States of an action that is done, and of one that is not.
    pub(super) done: &'static [&'static str],
    pub(super) open: &'static [&'static str],
    /// Statuses of the document, which say nothing of the incident.
    pub(super) document_statuses: &'static [&'static str],
}

/// What a column of an action table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Column {
    Priority,
    Due,
    Owner,
    State,
    Text,
}

/// All languages. Of a name that two languages share, the first counts.
pub(super) const ALL: [&Words; 9] = [
    &english::WORDS,
    &japanese::WORDS,
    &chinese::WORDS,
    &german::WORDS,
    &french::WORDS,
    &spanish::WORDS,
    &korean::WORDS,
    &portuguese::WORDS,
    &norwegian::WORDS,
];

/// The language of messages.
pub(super) const ENGLISH: &Words = &english::WORDS;

/// What a status says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StatusWord {
    /// Of the incident, as the known word.
    Incident(&'static str),
    /// Of the document.
    Document,
}

/// Statuses in their folded form.
static STATUSES: LazyLock<WordMap<Cow<'_, str>, StatusWord>> = LazyLock::new(|| {
    let mut statuses = WordMap::default();
    for words in ALL {
        for &(known, names) in words.statuses {
            names.iter().for_each(|name| {
                statuses.entry(plain(name)).or_insert(StatusWord::Incident(known));
            });
        }
        words.document_statuses.iter().for_each(|name| {
            statuses.entry(plain(name)).or_insert(StatusWord::Document);
        });
    }
    statuses
});

/// States of actions in their folded form, and whether they mean done.
static STATES: LazyLock<Vec<(Cow<'_, str>, bool)>> = LazyLock::new(|| {
    let names = |done: bool| {
        let of = move |words: &&'static Words| if done { words.done } else { words.open };
        ALL.iter().flat_map(of).map(move |name| (plain(name), done))
    };
    // `not done` is longer than `done`, `未完了` than `完了`: the longest counts.
    let mut states: Vec<_> = names(false).chain(names(true)).collect();
    states.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    states
});

/// These by their first byte.
static STATES_BY_START: LazyLock<ByByte<(&str, bool)>> =
    LazyLock::new(|| STATES.iter().filter_map(|(name, done)| Some((name.bytes().next()?, (&**name, *done)))).collect());

/// Whether a state of an action means done, open, or nothing that is known, by the words in front, or behind a tick.
pub(crate) fn is_done(state: &str) -> Option<bool> {
    /// What stands further behind is a remark; in characters.
    const LONGEST: usize = 60;
    let longer = if state.len() > LONGEST { state.char_indices().nth(LONGEST) } else { None };
    let state = plain(&state[..longer.map_or(state.len(), |(at, _)| at)]);
    let bare =
        state.trim_matches(|c: char| matches!(c, '*' | '_' | '[' | ']' | '(' | ')' | '`' | '~') || c.is_whitespace());
    let begins = |name: &str| {
        let letter = |c: char| c.is_alphanumeric() && c < '\u{1100}';
        bare.strip_prefix(name).is_some_and(|rest| !rest.starts_with(letter) || !name.ends_with(letter))
    };
    let states = bare.bytes().next().map_or(&[][..], |first| STATES_BY_START.of(first));
    states.iter().find(|(name, _)| begins(name)).map(|&(_, done)| done).or_else(|| {
        // `PR を作成、完了`: these scripts put the state behind.
        if bare.is_ascii() {
            return None;
        }
        let inside = |name: &str| name >= "\u{2e80}" && bare.contains(name);
        STATES.iter().find(|(name, _)| inside(name)).map(|&(_, done)| done)
    })
}

/// What the column of an action table holds, by its header. The first kind that fits counts.
pub(crate) fn column(header: &str) -> Option<Column> {
    /// More is no header; in bytes.
    const LONGEST: usize = 80;
    if header.len() > LONGEST {
        return None;
    }
    let header = plain(header);
    // Short words are words of their own: `who` in `whole` says nothing.
    let whole = |name: &str| header.split(|c: char| !c.is_alphanumeric()).any(|word| word == name);
    let bytes = Bytes::of(&header);
    let fits =
        |name: &str| bytes.may_hold(name) && has(&header, name) && (name.len() > 4 || !name.is_ascii() || whole(name));
    COLUMNS.iter().find(|(_, name)| fits(name)).map(|&(column, _)| column)
}

/// Words in headers in their folded form, the first kind of column first.
static COLUMNS: LazyLock<Vec<(Column, Cow<'_, str>)>> = LazyLock::new(|| {
    let kinds = [Column::Priority, Column::Due, Column::Owner, Column::State, Column::Text];
    let of = |wanted: Column| {
        let names = ALL.iter().flat_map(|words| words.columns).filter(move |(column, _)| *column == wanted);
        names.flat_map(|(_, names)| *names).map(move |name| (wanted, plain(name)))
    };
    kinds.into_iter().flat_map(of).collect()
});

/// What a text begins to say as a status: the longest known status in front, and where it ends. The text is plain.
pub(crate) fn leading_status(text: &str) -> Option<(StatusWord, usize)> {
    /// No status has more words, or more characters.
    const WORDS: usize = 4;
    const CHARACTERS: usize = 40;
    let spaced = |(at, c): &(usize, char)| *at > 0 && (c.is_whitespace() || !c.is_alphanumeric());
    let ends = text.char_indices().take(CHARACTERS).filter(spaced).map(|(at, _)| at).take(WORDS).collect::<Vec<_>>();
    let whole = (text.chars().count() <= CHARACTERS).then_some(text.len());
    let found = whole.into_iter().chain(ends.into_iter().rev());
    found.into_iter().find_map(|end| {
        let name = text.get(..end)?.trim_end();
        Some((*STATUSES.get(name)?, name.len()))
    })
}

/// The known word for a status in any of the languages.
pub(crate) fn status_named(name: &str) -> Option<&'static str> {
    match STATUSES.get(&*plain(name.trim()))? {
        StatusWord::Incident(known) => Some(known),
        StatusWord::Document => None,
    }
}

/// A name in lower case, its Latin letters without accents, its words a space apart.
pub(crate) fn plain(name: &str) -> Cow<'_, str> {
    // Most names are so but for their case. No step depends on the one before, so that many bytes are looked at at once.
    let all = |fits: fn(u8) -> bool| name.bytes().fold(true, |all, b| all & fits(b));
    let spaced = name.as_bytes().windows(2).fold(0, |found, two| found | u8::from(two == b"  ")) > 0;
    if all(|b| matches!(b, b' '..=b'~')) && !spaced {
        let lower = all(|b| !b.is_ascii_uppercase());
        return if lower { Cow::Borrowed(name) } else { Cow::Owned(name.to_ascii_lowercase()) };
    }
    let mut plain = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '’' | '\'' => plain.push('\''),
            c if c.is_whitespace() => {
                if !plain.ends_with(' ') {
                    plain.push(' ');
                }
            }
            c if c.is_ascii() => plain.push(c.to_ascii_lowercase()),
            // No letter of Chinese, Japanese and Korean has another case.
            '\u{3040}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' => plain.push(c),
            // Other scripts have marks that tell words apart.
            c if c < '\u{250}' => push_unaccented(c, &mut plain),
            c if c < '\u{2e80}' && !c.is_alphanumeric() => plain.push(c),
            c => plain.extend(c.to_lowercase()),
        }
    }
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn no_name_means_two_things() {
        let mut keys: HashMap<String, Key> = HashMap::new();
        let mut headings: HashMap<Cow<'_, str>, SectionKind> = HashMap::new();
        let mut statuses: HashMap<Cow<'_, str>, &str> = HashMap::new();
        for words in ALL {
            for &(key, names) in words.keys {
                for name in names {
                    let known = *keys.entry(crate::parse::keys::normal(name)).or_insert(key);
                    assert_eq!(known, key, "{name}");
                }
            }
            for &(kind, names) in words.headings {
                names.iter().for_each(|name| assert_eq!(*headings.entry(plain(name)).or_insert(kind), kind, "{name}"));
            }
            for &(known, names) in words.statuses {
                names
                    .iter()
                    .for_each(|name| assert_eq!(*statuses.entry(plain(name)).or_insert(known), known, "{name}"));
            }
            assert!(words.document_statuses.iter().all(|name| !statuses.contains_key(&plain(name))));
        }
    }

    #[test]
    fn statuses_in_front_of_a_text() {
        use StatusWord::{Document, Incident};
        for (text, expected) in [
            ("resolved", Some((Incident("resolved"), 8))),
            ("resolved (after a day)", Some((Incident("resolved"), 8))),
            ("partially resolved; watch", Some((Incident("partially resolved"), 18))),
            ("fully resolved", Some((Incident("resolved"), 14))),
            ("解決済み", Some((Incident("resolved"), 12))),
            ("lost", None),
            ("en cours d'analyse", Some((Incident("investigating"), 18))),
            ("draft", Some((Document, 5))),
            ("green", None),
            ("", None),
        ] {
            assert_eq!(leading_status(text), expected, "{text}");
        }
        assert_eq!(leading_status(&plain("Løst")), Some((Incident("resolved"), plain("Løst").len())));
    }
}
