//! Cuts: what a search left out of a query that asks for more than a search does.
//!
//! In: counts. Out: plain data with a name for programs and a sentence for people.

use std::fmt;

/// Something of a query that was not looked for, so that the search ends in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cut {
    /// What was left out.
    pub what: CutKind,
    /// How many of them count.
    pub kept: usize,
    /// How many the query has.
    pub of: usize,
}

/// What may be left out of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum CutKind {
    /// Different words and phrases; the rarest that the archive has are kept.
    Words,
    /// Different words and phrases that are excluded; the first are kept.
    ExcludedWords,
    /// Words of a phrase; the first are kept.
    PhraseWords,
    /// Different words of a pasted text; the first are weighed.
    TextWords,
    /// Words of a pasted text that no incident has; other forms of those with the most weight are looked for.
    OtherForms,
    /// Words that are looked for with all words of the same stem; the others match as typed, or with synonyms.
    Stems,
    /// Words with `~`; the others match as typed.
    FuzzyWords,
    /// Words of the archive that match prefixes and words with `~`; the most frequent of each are kept.
    Expansions,
    /// Values of a facet; the most frequent are counted.
    FacetValues,
    /// Filter values that no incident has and that were compared with the archive's values.
    Suggestions,
}

impl CutKind {
    /// The name in JSON.
    ///
    /// # Examples
    /// ```
    /// use rca_index::CutKind;
    ///
    /// assert_eq!(CutKind::PhraseWords.name(), "phrase-words");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Self::Words => "words",
            Self::ExcludedWords => "excluded-words",
            Self::PhraseWords => "phrase-words",
            Self::TextWords => "text-words",
            Self::OtherForms => "other-forms",
            Self::Stems => "stems",
            Self::FuzzyWords => "fuzzy-words",
            Self::Expansions => "expansions",
            Self::FacetValues => "facet-values",
            Self::Suggestions => "suggestions",
        }
    }
}

impl fmt::Display for Cut {
    /// One sentence without a period.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, kept, of } = self;
        match what {
            CutKind::Words => write!(f, "the query has {of} different words; searched for the {kept} rarest"),
            CutKind::ExcludedWords => write!(f, "the query excludes {of} different words; the first {kept} count"),
            CutKind::PhraseWords => write!(f, "a phrase has {of} words; its first {kept} count"),
            CutKind::TextWords => write!(f, "the text has {of} different words; the first {kept} count"),
            CutKind::OtherForms => {
                write!(f, "no incident has {of} words of the text; {kept} of them were looked for in other forms")
            }
            CutKind::Stems => write!(f, "{of} words have other forms; those of {kept} of them were looked for"),
            CutKind::FuzzyWords => {
                write!(f, "the query has {of} words with `~`; the first {kept} match similar spellings")
            }
            CutKind::Expansions => write!(f, "{of} words match the prefixes and similar spellings; {kept} count"),
            CutKind::FacetValues => write!(f, "a facet has more than {kept} values; the most frequent are counted"),
            CutKind::Suggestions => write!(f, "no incident has {of} of the values; suggestions for {kept} of them"),
        }
    }
}
