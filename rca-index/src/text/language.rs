//! The language of an archive. It determines the stemmer and the stop words.

use frostem::{Algorithm, Stemmer};
use serde::{Deserialize, Serialize};

use crate::text::stop_words;

/// The name for no language.
const NONE: &str = "none";

/// The language of the reports: one that has a Snowball stemmer, by its English name in lower case, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&'static str")]
pub struct Language(Option<Algorithm>);

impl Language {
    /// No language: only the exact words match.
    pub const NONE: Self = Self(None);

    /// All languages, sorted by name, then `none`.
    ///
    /// # Examples
    /// ```
    /// use rca_index::Language;
    ///
    /// assert_eq!(Language::all().last(), Some(Language::NONE));
    /// assert!(Language::all().any(|language| language.name() == "english"));
    /// ```
    pub fn all() -> impl Iterator<Item = Self> {
        // These are alternative stemmers for languages that already have one.
        let is_language = |a: &Algorithm| !matches!(a.name(), "porter" | "lovins" | "dutch_porter");
        Algorithm::all().iter().copied().filter(is_language).map(|a| Self(Some(a))).chain([Self::NONE])
    }

    /// The language with this name.
    ///
    /// # Examples
    /// ```
    /// use rca_index::Language;
    ///
    /// assert_eq!(Language::named("english"), Some(Language::default()));
    /// assert_eq!(Language::named("klingon"), None);
    /// ```
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|language| language.name() == name)
    }

    /// Its name, as in the settings: `german`.
    ///
    /// # Examples
    /// ```
    /// use rca_index::Language;
    ///
    /// assert_eq!((Language::default().name(), Language::NONE.name()), ("english", "none"));
    /// ```
    pub fn name(self) -> &'static str {
        self.0.map_or(NONE, Algorithm::name)
    }

    pub(crate) fn is_english(self) -> bool {
        self.0 == Some(Algorithm::English)
    }

    /// The stemmer of this language.
    pub(crate) fn stemmer(self) -> Option<Stemmer> {
        self.0.map(Stemmer::new)
    }

    /// A prefix that all words with a stem share, apart from a few irregular words such as `dying`. `None` for a single letter:
    /// it has no other forms, and many words begin with it.
    pub(crate) fn stem_prefix(self, stem: &str) -> Option<&str> {
        let all = stem.chars().count();
        if all < 2 {
            return None;
        }
        let letters = match self.name() {
            // Only these last letters of a stem may differ in the word: `happy`, `skies`, `hoping`, `possibility`. No rule
            // changes a stem of two letters.
            "english" => usize::from(all > 2 && stem.ends_with(['i', 'y', 'e', 'l'])),
            // These stemmers also remove prefixes, or change letters inside the word.
            "arabic" | "dutch" | "indonesian" | "irish" | "persian" | "polish" | "serbian" | "sesotho" | "tamil"
            | "yiddish" => all,
            // The first letter stays.
            _ => 2.min(all - 1),
        };
        let end = stem.char_indices().nth(all - letters).map_or(stem.len(), |(at, _)| at);
        Some(&stem[..end])
    }

    /// Whether a word is a stop word. Only English has stop words here.
    pub(crate) fn is_stop_word(self, word: &str) -> bool {
        self.is_english() && stop_words::is_stop_word(word)
    }
}

impl Default for Language {
    fn default() -> Self {
        Self(Some(Algorithm::English))
    }
}

impl TryFrom<String> for Language {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        Self::named(&name).ok_or_else(|| {
            let known: Vec<&str> = Self::all().map(Self::name).collect();
            let others = if cfg!(feature = "languages") { "" } else { "; the library was built without the others" };
            format!("unknown language `{name}`; these are known: {}{others}", known.join(", "))
        })
    }
}

impl From<Language> for &'static str {
    fn from(language: Language) -> Self {
        language.name()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_is_a_feature() {
        let manifest = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
        for name in Language::all().map(Language::name).filter(|name| !["english", NONE].contains(name)) {
            assert!(manifest.contains(&format!("\n{name} = [\"frostem/{name}\"]\n")), "{name}");
        }
    }

    #[test]
    fn languages_are_found_by_name() {
        for language in Language::all() {
            assert_eq!(Language::named(language.name()), Some(language));
        }
        assert_eq!(Language::named("english"), Some(Language::default()));
        assert!(Language::named("German").is_none() && Language::named("porter").is_none());
        let message = Language::try_from("klingon".to_owned()).unwrap_err();
        assert!(
            message.contains("`klingon`") && message.contains("german, greek") && message.ends_with("yiddish, none")
        );
    }
}
