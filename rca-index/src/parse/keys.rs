//! Keys: what the names of front matter keys and of labels in the body stand for, in any known language.
//!
//! In: a name as a report writes it, and the keys of the archive's settings. Out: the `Key` that it stands for, if any.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::incident::MeasureKind;
use crate::parse::phrases::WordMap;
use crate::parse::words;

/// What a key states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    Title,
    /// A title, unless there is a better one: templates have names too.
    Name,
    /// When it began.
    Start,
    /// The day of the incident or of the report.
    Date,
    /// When it was noticed; stands in for the start when nothing else does.
    Detected,
    /// When the report was published or created: not the date of the incident, but the year of a day that states none,
    /// and a start where an end behind it is stated.
    Published,
    End,
    /// The end when it is a time, the status when it is yes or no.
    Resolved,
    Severity,
    Services,
    Tags,
    Status,
    /// How far the report itself has come: `draft`, `final`.
    DocumentStatus,
    /// `impact`: a severity, when it is one of the words that status pages use.
    Impact,
    /// A duration; bare numbers are of this many minutes.
    Duration(u16),
    DurationSeconds,
    Author,
    Related,
    Summary,
    Zone,
    Measure(MeasureKind),
    /// A measure whose bare number up to one is a share of all: `error-rate: 0.0038`.
    Share(MeasureKind),
}

/// What a key states, if it is known. `own` are more keys, from the archive's settings, and the known key each stands for.
pub(crate) fn key_named(name: &str, own: &BTreeMap<String, String>) -> Option<Key> {
    /// No key is longer, in bytes.
    const LONGEST: usize = 120;
    if name.len() > LONGEST {
        return None;
    }
    let wanted = normal(name);
    let own = own.iter().find(|(key, _)| normal(key) == wanted).map(|(_, meaning)| normal(meaning));
    let of = |name: &str| BY_NAME.get(name).copied();
    of(own.as_deref().unwrap_or(&wanted)).or_else(|| {
        // `Systems/Services`: two names of one key.
        let (first, second) = name.split_once(['/', '&', '／'])?;
        of(&normal(first)).filter(|key| of(&normal(second)) == Some(*key))
    })
}

/// Whether a name is that of a key, in any language.
pub(crate) fn is_key(name: &str) -> bool {
    BY_NAME.contains_key(&normal(name))
}

/// A name of each key, in English.
pub(crate) fn key_names() -> impl Iterator<Item = &'static str> {
    words::ENGLISH.keys.iter().filter_map(|(_, names)| names.first().copied())
}

static BY_NAME: LazyLock<WordMap<String, Key>> = LazyLock::new(|| {
    let mut keys = WordMap::default();
    for &(key, names) in words::ALL.iter().flat_map(|words| words.keys) {
        names.iter().for_each(|name| {
            keys.entry(normal(name)).or_insert(key);
        });
    }
    keys
});

/// Lower case letters and digits, without accents; what stands in brackets does not count: `Start (UTC)`.
pub(super) fn normal(name: &str) -> String {
    if name.is_ascii() {
        let bare = name.bytes().take_while(|b| !matches!(b, b'(' | b'[')).filter(u8::is_ascii_alphanumeric);
        let mut normal = String::with_capacity(name.len());
        bare.for_each(|b| normal.push(char::from(b.to_ascii_lowercase())));
        return normal;
    }
    let name = name.split(['(', '（', '[']).next().unwrap_or(name);
    let mut normal = words::plain(name);
    normal.retain(char::is_alphanumeric);
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_any_spelling() {
        let none = BTreeMap::new();
        for (name, key) in [
            ("duration_minutes", Some(Key::Duration(1))),
            ("resolvedWhen", Some(Key::End)),
            ("Start (UTC)", Some(Key::Start)),
            ("Affected Services", Some(Key::Services)),
            ("重大度", Some(Key::Severity)),
            ("Gravité", Some(Key::Severity)),
            ("gravite", Some(Key::Severity)),
            ("Betroffene Dienste", Some(Key::Services)),
            ("Duración", Some(Key::Duration(1))),
            ("恢复时间（UTC）", Some(Key::End)),
            ("심각도", Some(Key::Severity)),
            ("Status atual", Some(Key::Status)),
            ("Systems/Services", Some(Key::Services)),
            ("Status/Services", None),
            ("max_severity", Some(Key::Severity)),
            ("note", None),
            ("", None),
        ] {
            assert_eq!(key_named(name, &none), key, "{name}");
        }
        let own = BTreeMap::from([("outage_class".to_owned(), "severity".to_owned())]);
        assert_eq!(key_named("Outage class", &own), Some(Key::Severity));
    }
}
