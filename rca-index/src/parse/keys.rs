//! Keys: what the names of front matter keys and of labels in the body stand for, in any known language.
//!
//! In: a name as a report writes it, and the keys of the archive's settings. Out: the `Key` that it stands for, if any.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::hash::BuildHasherDefault;
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
    let of = |name: &str| with_normal(name, |name| BY_NAME.get(name).copied());
    let meaning = |wanted: &str| own.iter().find(|(key, _)| normal(key) == wanted).map(|(_, meaning)| meaning);
    let own = if own.is_empty() { None } else { with_normal(name, meaning) };
    of(own.map_or(name, String::as_str)).or_else(|| {
        // `Systems/Services`: two names of one key.
        let parts = |byte: u8| matches!(byte, b'/' | b'&') || !byte.is_ascii();
        let (first, second) = name.bytes().any(parts).then(|| name.split_once(['/', '&', '／']))??;
        of(first).filter(|key| of(second) == Some(*key))
    })
}

/// Whether a name is that of a key, in any language.
pub(crate) fn is_key(name: &str) -> bool {
    with_normal(name, |name| BY_NAME.contains_key(name))
}

/// A name of each key, in English.
pub(crate) fn key_names() -> impl Iterator<Item = &'static str> {
    words::ENGLISH.keys.iter().filter_map(|(_, names)| names.first().copied())
}

static BY_NAME: LazyLock<WordMap<Cow<'static, str>, Key>> = LazyLock::new(|| {
    let listed = || words::ALL.iter().flat_map(|words| words.keys);
    let many = listed().map(|(_, names)| names.len()).sum();
    let mut keys = WordMap::with_capacity_and_hasher(many, BuildHasherDefault::default());
    for &(key, names) in listed() {
        names.iter().for_each(|name| {
            let as_it_is = |normal: &str| if normal == *name { Cow::Borrowed(*name) } else { normal.to_owned().into() };
            keys.entry(with_normal(name, as_it_is)).or_insert(key);
        });
    }
    keys
});

/// Lower case letters and digits, without accents; what stands in brackets does not count: `Start (UTC)`.
pub(super) fn normal(name: &str) -> String {
    with_normal(name, str::to_owned)
}

/// Reads the normal form of a name. That of an ordinary name takes no memory of its own.
pub(super) fn with_normal<T>(name: &str, read: impl FnOnce(&str) -> T) -> T {
    const ORDINARY: usize = 64;
    if name.len() <= ORDINARY && name.is_ascii() {
        let (mut normal, mut length) = ([0; ORDINARY], 0);
        for byte in name.bytes().take_while(|b| !matches!(b, b'(' | b'[')) {
            // What is left out is written over.
            normal[length] = NORMAL[usize::from(byte)];
            length += usize::from(normal[length] != 0);
        }
        return read(str::from_utf8(&normal[..length]).unwrap_or_default());
    }
    let name = name.split(['(', '（', '[']).next().unwrap_or(name);
    let mut normal = words::plain(name).into_owned();
    normal.retain(char::is_alphanumeric);
    read(&normal)
}

/// Letters in lower case and digits; 0 for what is left out.
static NORMAL: [u8; 256] = {
    let mut bytes = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        if (byte as u8).is_ascii_alphanumeric() {
            bytes[byte] = (byte as u8).to_ascii_lowercase();
        }
        byte += 1;
    }
    bytes
};

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
