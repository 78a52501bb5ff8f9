//! Spans: where in a settings file each thing stands that is checked beyond its type, and the first that is wrong.
//!
//! In: the spans of a settings file. Out: a byte of the file and a reason. Whoever writes the file decides how much every command
//! has to read and compare, so all of it has a limit.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use toml::Spanned;

use crate::archive::house::Places;
use crate::incident::OwnField;
use crate::parse::{is_key, key_names};

/// So many keys, headings and labels may be stated: each report is read with all of them.
const MAX_NAMES: usize = 1_000;
/// So many names of services.
const MAX_SERVICES: usize = 20_000;
/// So many values of one kind may be allowed, and so many words be without synonyms.
const MAX_VALUES: usize = 10_000;

/// Where things stand in a settings file.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Spans {
    keys: BTreeMap<Spanned<String>, Spanned<String>>,
    headings: BTreeMap<Spanned<String>, Spanned<IgnoredAny>>,
    include: Vec<Spanned<String>>,
    exclude: Vec<Spanned<String>>,
    synonyms: SynonymSpans,
    check: CheckSpans,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SynonymSpans {
    add: Vec<Vec<Spanned<String>>>,
    remove: Vec<Spanned<IgnoredAny>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CheckSpans {
    allowed: BTreeMap<String, Vec<Spanned<IgnoredAny>>>,
}

/// An item of a list that is wrong.
#[derive(Debug, Clone, Copy)]
pub(super) enum Item {
    Include(usize),
    Exclude(usize),
    Synonym { group: usize, entry: usize },
}

impl Spans {
    /// What is wrong of names and amounts, with the byte at which it stands: the first of it in the file.
    pub(super) fn wrong(&self, places: &Places) -> Option<(usize, String)> {
        let targets =
            self.keys.values().filter_map(|target| Some((target.span().start, wrong_target(target.get_ref())?)));
        self.too_many(places).chain(targets).min_by_key(|(at, _)| *at)
    }

    /// Where an item of a list stands, in bytes.
    pub(super) fn of(&self, item: Item) -> usize {
        let found = match item {
            Item::Include(number) => self.include.get(number),
            Item::Exclude(number) => self.exclude.get(number),
            Item::Synonym { group, entry } => self.synonyms.add.get(group).and_then(|group| group.get(entry)),
        };
        found.map_or(0, start)
    }

    /// Where there is more of something than the limit.
    fn too_many(&self, places: &Places) -> impl Iterator<Item = (usize, String)> {
        let allowed = self.check.allowed.values().map(|values| (starts(values), MAX_VALUES, "allowed values"));
        let counted = [
            (starts(self.keys.keys()), MAX_NAMES, "keys"),
            (starts(self.headings.keys()), MAX_NAMES, "headings"),
            (places.labels(), MAX_NAMES, "labels of severities"),
            (places.names_of_services(), MAX_SERVICES, "names of services"),
            (starts(&self.synonyms.remove), MAX_VALUES, "words without synonyms"),
        ];
        counted.into_iter().chain(allowed).filter_map(|(mut starts, most, what)| {
            if starts.len() <= most {
                return None;
            }
            starts.sort_unstable();
            Some((starts[most], format!("more than {most} {what}")))
        })
    }
}

fn start<T>(spanned: &Spanned<T>) -> usize {
    spanned.span().start
}

/// Where each of these stands.
pub(super) fn starts<'a, T: 'a>(spanned: impl IntoIterator<Item = &'a Spanned<T>>) -> Vec<usize> {
    spanned.into_iter().map(start).collect()
}

/// Why a key cannot stand for this one: it is no name, or nearly a known key.
fn wrong_target(target: &str) -> Option<String> {
    let known = || key_names().collect::<Vec<_>>().join(", ");
    if is_key(target) {
        return None;
    }
    if !OwnField::name(target).contains(char::is_alphabetic) {
        return Some(format!("`{}` is not a name of a key; these are known: {}", target.escape_debug(), known()));
    }
    let near = nearest_key(target)?;
    Some(format!("unknown key `{target}`; did you mean `{near}`? These are known: {}", known()))
}

/// The known key that a name is a typo of: one edit away, or two from a long key, with the same first letter.
fn nearest_key(name: &str) -> Option<&'static str> {
    let name = name.to_lowercase();
    let near = key_names().filter(|known| known.len() >= 4 && known.bytes().next() == name.bytes().next());
    let near = near.map(|known| (strsim::damerau_levenshtein(&name, known), known));
    near.filter(|&(edits, known)| edits <= if known.len() > 5 { 2 } else { 1 }).min().map(|(_, known)| known)
}
