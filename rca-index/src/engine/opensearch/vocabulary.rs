//! Vocabulary: the words of an archive in a cluster, and the words that open patterns stand for.
//!
//! In: words and patterns. Out: words and numbers of incidents. Stems are terms of the index; the words of prefixes and typos are found
//! by an aggregation over the incidents that have any. The cluster's suggester does not know all words within two edits.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::engine::opensearch::compile::terms_of;
use crate::engine::opensearch::counts::{Counter, Rounds};
use crate::engine::opensearch::dsl::{any_of, starting_with, term, terms};
use crate::engine::opensearch::mapping::{self, FRONT, ID, TEXT, TITLE, WORDS};
use crate::engine::opensearch::snapshot::Snapshot;
use crate::error::Result;
use crate::plan::{Form, Pattern, Vocabulary, with_expansions};
use crate::ranking::MAX_EXPANSIONS;
use crate::text::analyzer::STEM_MARK;

/// Of more words, the numbers are those of incidents with a word anywhere, by one aggregation.
const FEW_WORDS: usize = 128;
/// How many words one aggregation counts.
const WORDS_AT_ONCE: usize = 10_000;

/// The filters for the incidents with any of some terms: in the text, and in the title.
pub(super) fn in_text_and_title(terms_of_forms: &[String]) -> [Value; 2] {
    [terms(TEXT, terms_of_forms), terms(TITLE, terms_of_forms)]
}

/// The number of incidents with any of some forms, as the embedded engine counts them: the text usually repeats the words of
/// the title.
fn incidents_with(counter: &impl Counter, forms: &[Form]) -> Result<u64> {
    let snapshot = counter.snapshot();
    let forms = with_expansions(forms, MAX_EXPANSIONS, |pattern| snapshot.expand(pattern))?;
    let found = terms_of(&forms, snapshot.view().analyzer());
    if found.is_empty() {
        return Ok(0);
    }
    let counts = counter.counts(in_text_and_title(&found).to_vec())?;
    Ok(counts.into_iter().max().unwrap_or(0))
}

fn has_word(counter: &impl Counter, word: &str) -> Result<bool> {
    let found = [mapping::term(word).into_owned()];
    Ok(counter.counts(in_text_and_title(&found).to_vec())?.into_iter().any(|count| count > 0))
}

fn frequencies(counter: &impl Counter, words: &[&str]) -> Result<Vec<u64>> {
    if words.len() > FEW_WORDS {
        return counter.snapshot().all_frequencies(words);
    }
    let filters = words.iter().flat_map(|word| in_text_and_title(&[mapping::term(word).into_owned()])).collect();
    let counts = counter.counts(filters)?;
    Ok(counts.chunks(2).map(|counts| counts.iter().copied().max().unwrap_or(0)).collect())
}

impl Snapshot<'_> {
    /// The number of incidents with each of many words, in the title or the text.
    fn all_frequencies(&self, words: &[&str]) -> Result<Vec<u64>> {
        let mut found: HashMap<String, u64> = HashMap::new();
        for some in words.chunks(WORDS_AT_ONCE) {
            let body = json!({
                "size": 0, "track_total_hits": false, "query": self.living_and(terms(WORDS, some)),
                "aggs": { "words": { "terms": { "field": WORDS, "include": some, "size": some.len() } } },
            });
            found.extend(buckets(&self.ask(&body)?["aggregations"]["words"]));
        }
        Ok(words.iter().map(|word| found.get(*word).copied().unwrap_or(0)).collect())
    }

    /// The words that match an open pattern, the most frequent first; asked for once in a commit.
    pub(super) fn expand(&self, pattern: &Pattern) -> Result<Arc<[String]>> {
        if let Some(known) = self.view().expansions().get(pattern) {
            return Ok(Arc::clone(known));
        }
        let mut found = match pattern {
            Pattern::Word(_) | Pattern::Stem(_) => Vec::new(),
            Pattern::Prefix(start) | Pattern::Start(start) => self.words_with_prefix(start)?,
            Pattern::Typo { word, distance } => self.words_within(word, *distance)?,
        };
        found.truncate(MAX_EXPANSIONS);
        let found: Arc<[String]> = found.into();
        self.view().expansions().insert(pattern.clone(), Arc::clone(&found));
        Ok(found)
    }

    fn words_with_prefix(&self, start: &str) -> Result<Vec<String>> {
        /// More than count, because the written forms of words are none.
        const ASKED: usize = 4 * MAX_EXPANSIONS;
        let body = json!({
            "size": 0, "track_total_hits": false, "query": self.living_and(json!({ "prefix": { WORDS: start } })),
            "aggs": { "words": { "terms": { "field": WORDS, "include": starting_with(start), "size": ASKED } } },
        });
        let mut found = buckets(&self.ask(&body)?["aggregations"]["words"]);
        found.retain(|(word, _)| !word.contains(STEM_MARK));
        self.most_frequent(found.into_iter().map(|(word, _)| word).collect())
    }

    /// The words of the archive within so many edits of a word, the most frequent first.
    fn words_within(&self, word: &str, distance: u8) -> Result<Vec<String>> {
        /// Words that may be near, of which most are not.
        const ASKED: usize = 10_000;
        let near = json!({ "fuzzy": { WORDS: { "value": word, "fuzziness": distance, "max_expansions": 1_000 } } });
        let may_be_near = json!({ "terms": { "field": WORDS, "include": near_to(word, distance), "size": ASKED } });
        let body = json!({
            "size": 0, "track_total_hits": false, "query": self.living_and(near), "aggs": { "words": may_be_near },
        });
        let pattern = Pattern::Typo { word: word.to_owned(), distance };
        let mut found = buckets(&self.ask(&body)?["aggregations"]["words"]);
        found.retain(|(found, _)| !found.contains(STEM_MARK) && pattern.weight_of(found).is_some());
        self.most_frequent(found.into_iter().map(|(word, _)| word).collect())
    }

    /// Those words that incidents have, the most frequent first. In the title and in the text, a word counts twice.
    fn most_frequent(&self, words: Vec<String>) -> Result<Vec<String>> {
        let filters = words.iter().flat_map(|word| in_text_and_title(&[mapping::term(word).into_owned()])).collect();
        let counts = self.counts(filters)?;
        let mut found: Vec<(u64, String)> = counts.chunks(2).map(|counts| counts.iter().sum()).zip(words).collect();
        found.retain(|(count, _)| *count > 0);
        found.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        found.dedup();
        Ok(found.into_iter().map(|(_, word)| word).collect())
    }
}

/// A pattern that all words within so many edits of a word match, and not many others. An edit changes at most two neighboring
/// pieces of the word, so of more than twice as many pieces one is left as it is, and moved by no more letters than there are edits.
fn near_to(word: &str, distance: u8) -> String {
    let letters: Vec<char> = word.chars().collect();
    let distance = usize::from(distance);
    let any = |letters: usize| format!(".{{{},{}}}", letters.saturating_sub(distance), letters + distance);
    let pieces = 2 * distance + 1;
    if letters.len() < pieces {
        return any(letters.len());
    }
    let place = |piece: usize| piece * letters.len() / pieces;
    let around = |piece: usize| {
        let (from, to) = (place(piece), place(piece + 1));
        let kept: String = letters[from..to]
            .iter()
            .flat_map(|c| c.is_ascii_punctuation().then_some('\\').into_iter().chain([*c]))
            .collect();
        format!("{}{kept}{}", any(from), any(letters.len() - to))
    };
    (0..pieces).map(around).collect::<Vec<_>>().join("|")
}

/// The terms of an aggregation with their counts.
pub(super) fn buckets(aggregation: &Value) -> Vec<(String, u64)> {
    let buckets = aggregation["buckets"].as_array().into_iter().flatten();
    buckets.filter_map(|bucket| Some((bucket["key"].as_str()?.to_owned(), bucket["doc_count"].as_u64()?))).collect()
}

/// What both a snapshot and a round of a plan answer.
macro_rules! vocabulary {
    ($counter:ty) => {
        impl Vocabulary for $counter {
            fn similar(&self, word: &str, distance: u8, most: usize) -> Result<Vec<String>> {
                let pattern = Pattern::Typo { word: word.to_owned(), distance };
                Ok(self.snapshot().expand(&pattern)?.iter().take(most).cloned().collect())
            }

            fn has(&self, word: &str) -> Result<bool> {
                has_word(self, word)
            }

            fn incidents_with(&self, forms: &[Form]) -> Result<u64> {
                incidents_with(self, forms)
            }

            fn frequencies(&self, words: &[&str]) -> Result<Vec<u64>> {
                frequencies(self, words)
            }

            fn has_incident(&self, id: &str) -> Result<bool> {
                Ok(self.count(term(ID, id))? > 0)
            }

            fn has_key(&self, key: &str) -> Result<bool> {
                Ok(self.count(term(FRONT, key))? > 0)
            }

            fn has_value(&self, key: &str, value: &str) -> Result<bool> {
                Ok(self.count(term(FRONT, &mapping::front(key, Some(value))))? > 0)
            }

            fn ids_named(&self, name: &str) -> Result<Vec<String>> {
                Ok(self.snapshot().all_names()?.meant_by(name))
            }
        }
    };
}

vocabulary!(Snapshot<'_>);
vocabulary!(Rounds<'_>);

/// The filter for the incidents with any of the values that a condition asks for; `None` for another condition.
pub(super) fn any_value(condition: &crate::plan::Condition) -> Option<Value> {
    use crate::plan::Condition;
    match condition {
        Condition::Facet { facet, keys } => Some(terms(&mapping::facet(*facet), keys)),
        Condition::Key { key, values } => {
            Some(any_of(values.iter().map(|value| term(FRONT, &mapping::front(key, Some(value)))).collect()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_with_typos_keep_a_piece() {
        assert_eq!(near_to("queue", 1), ".{0,1}q.{3,5}|.{0,2}ue.{1,3}|.{2,4}ue.{0,1}");
        // Too short to have a piece that no edit changes.
        assert_eq!(near_to("lage", 2), ".{2,6}");
        assert_eq!(near_to("a.b", 1), ".{0,1}a.{1,3}|.{0,2}\\..{0,2}|.{1,3}b.{0,1}");
    }
}
