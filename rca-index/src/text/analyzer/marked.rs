//! Marked stems: what an index that cannot go over its words has beside them, to find words by their stem.
//!
//! In: terms of an index, and stems. Out: terms. They find the words that [`Analyzer::has_stem`] finds.

use crate::text::analyzer::{Analyzer, STEM_MARK, is_stemmed};
use crate::text::fold::folded;

impl Analyzer {
    /// What stands beside a term: the stem that it is found by, marked; `None` if it has none, or one that equals it.
    pub(crate) fn stem_token(&self, term: &str) -> Option<String> {
        let stemmer = self.stemmer?;
        let stem = match term.split_once(STEM_MARK) {
            Some((_, written)) if self.by_accents() => folded(&stemmer.stem(written)),
            None if is_stemmed(term) => stemmer.stem(term).into_owned(),
            _ => return None,
        };
        let is_found = self.stem_prefix(&stem).is_some_and(|prefix| term.starts_with(prefix));
        (is_found && !stem.is_empty() && stem != term).then(|| format!("{STEM_MARK}{stem}"))
    }

    /// The terms that a stem is found by: the stem as a word, if it is its own stem, and the stem marked.
    pub(crate) fn stem_terms(&self, stem: &str) -> Vec<String> {
        let marked = self.stem_prefix(stem).map(|_| format!("{STEM_MARK}{stem}"));
        let itself = marked.is_some() && self.has_stem(stem, stem);
        itself.then(|| stem.to_owned()).into_iter().chain(marked).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::Language;

    const WORDS: [&str; 24] = [
        "queue", "queues", "queueing", "certificate", "certified", "certif", "happy", "happiness", "skies", "sky",
        "fully", "full", "ete\u{1}été", "ete", "etes\u{1}étés", "dying", "die", "ab", "v2", "naive\u{1}naïve",
        "hauser\u{1}häuser", "hauser", "haus", "possibilities",
    ];

    proptest! {
        #[test]
        fn marked_stems_find_what_has_the_stem(
            language in prop::sample::select(vec!["english", "german", "french", "dutch", "none"]),
            term in prop_oneof![prop::sample::select(WORDS.to_vec()).prop_map(str::to_owned), "[a-zé]{1,9}"],
            other in prop_oneof![prop::sample::select(WORDS.to_vec()).prop_map(str::to_owned), "[a-zé]{1,9}"],
        ) {
            let analyzer = Analyzer::new(Language::named(language).unwrap());
            let stems = [&term, &other].map(|word| analyzer.stem_token(word).map(|stem| stem[1..].to_owned()));
            for stem in stems.into_iter().flatten().chain([term.clone(), other.clone()]) {
                let is_found = analyzer.stem_prefix(&stem).is_some_and(|prefix| term.starts_with(prefix));
                let expected = is_found && analyzer.has_stem(&term, &stem);
                let terms = analyzer.stem_terms(&stem);
                let has = |token: &str| terms.iter().any(|term| term == token);
                let found = has(&term) || analyzer.stem_token(&term).is_some_and(|token| has(&token));
                prop_assert_eq!(found, expected, "{} by {}", term, stem);
            }
        }
    }
}
