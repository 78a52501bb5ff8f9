//! Synonyms: words and phrases with the same meaning in operations. In: the words of a query. Out: the equivalent words
//! and phrases. The built-in table is `synonyms.txt`.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, LazyLock};

/// The built-in table.
static BUILT_IN: LazyLock<Synonyms> = LazyLock::new(|| Synonyms::new(groups(include_str!("synonyms.txt"))));

/// Groups of equivalent words and phrases. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Synonyms {
    table: Arc<Table>,
}

#[derive(Debug)]
struct Table {
    /// The entries of each group.
    groups: Vec<Vec<Phrase>>,
    /// The group of each entry, by its key.
    group_of: HashMap<String, usize>,
    /// The number of words of the longest entry.
    longest: usize,
}

/// An entry: its words in lower case. Text without white space is one word: `ci/cd`, `read-only`.
pub(crate) type Phrase = Vec<String>;

/// A run of query words that is an entry, and the other entries of its group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Equivalents<'s> {
    /// The range of query words.
    pub(crate) words: Range<usize>,
    /// The synonyms, in the order of the table.
    pub(crate) others: Vec<&'s [String]>,
}

impl Default for Synonyms {
    fn default() -> Self {
        BUILT_IN.clone()
    }
}

impl Synonyms {
    /// A table with no groups.
    pub(crate) fn none() -> Self {
        Self::new([])
    }

    /// A table of these groups. Groups that share an entry are merged.
    fn new(groups: impl IntoIterator<Item = Vec<Phrase>>) -> Self {
        let mut merged: Vec<Vec<Phrase>> = Vec::new();
        let mut group_of: HashMap<String, usize> = HashMap::new();
        for group in groups {
            // All existing groups that share an entry with this one move into a new group at the end; their old places
            // stay empty.
            let keyed = |entry: Phrase| (key(&entry), entry);
            let group: Vec<_> = group.into_iter().map(keyed).collect();
            let mut known: Vec<usize> = group.iter().filter_map(|(key, _)| group_of.get(key).copied()).collect();
            known.sort_unstable();
            known.dedup();
            let before: Vec<Phrase> = known.iter().flat_map(|&at| std::mem::take(&mut merged[at])).collect();
            let mut entries = Vec::new();
            for (key, entry) in before.into_iter().map(keyed).chain(group) {
                if !entry.is_empty() && group_of.insert(key, merged.len()) != Some(merged.len()) {
                    entries.push(entry);
                }
            }
            merged.push(entries);
        }
        group_of.retain(|_, &mut at| merged[at].len() > 1);
        let longest = merged.iter().flatten().map(Vec::len).max().unwrap_or(0);
        Self { table: Arc::new(Table { groups: merged, group_of, longest }) }
    }

    /// This table without the removed words and phrases, plus the added groups. A group that shares an entry with a
    /// group of the table is merged with it.
    pub(crate) fn with<S: AsRef<str>>(&self, added: &[Vec<S>], removed: &[S]) -> Self {
        if added.is_empty() && removed.is_empty() {
            return self.clone();
        }
        let removed: Vec<String> = removed.iter().map(|entry| key(&phrase(entry.as_ref()))).collect();
        let kept = self.table.groups.iter().map(|group| {
            let kept = group.iter().filter(|entry| !removed.contains(&key(entry)));
            kept.cloned().collect()
        });
        let added = added.iter().map(|group| group.iter().map(|entry| phrase(entry.as_ref())).collect());
        Self::new(kept.chain(added))
    }

    /// The runs of words that are entries, from left to right. The longest wins; runs do not overlap. Words must be in
    /// lower case. A plural matches its singular.
    pub(crate) fn of(&self, words: &[&str]) -> Vec<Equivalents<'_>> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let Some(run) = self.longest_at(words, at) else {
                at += 1;
                continue;
            };
            at = run.words.end;
            found.push(run);
        }
        found
    }

    fn longest_at(&self, words: &[&str], at: usize) -> Option<Equivalents<'_>> {
        let last = words.len().min(at + self.table.longest);
        (at + 1..=last).rev().find_map(|end| {
            let typed = key(&words[at..end]);
            let group = &self.table.groups[*self.table.group_of.get(&typed)?];
            let others = group.iter().filter(|entry| key(entry) != typed).map(Vec::as_slice).collect();
            Some(Equivalents { words: at..end, others })
        })
    }
}

/// The groups of a table: one per line, entries separated by commas, `#` starts a comment.
fn groups(text: &str) -> impl Iterator<Item = Vec<Phrase>> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.split(',').map(phrase).collect())
}

fn phrase(text: &str) -> Phrase {
    text.split_whitespace().map(str::to_lowercase).collect()
}

/// The key by which entries are compared: their words in the singular, separated by spaces.
fn key<S: AsRef<str>>(words: &[S]) -> String {
    match words {
        // Most entries are one word.
        [word] => singular(word.as_ref()).into_owned(),
        words => words.iter().map(|word| singular(word.as_ref())).collect::<Vec<_>>().join(" "),
    }
}

/// An approximation, applied to the table and to queries alike: `kubernetes` loses its `s` on both sides.
fn singular(word: &str) -> Cow<'_, str> {
    match word.strip_suffix('s') {
        Some(stem) if stem.len() >= 4 && stem.ends_with("ie") => Cow::Owned(format!("{}y", &stem[..stem.len() - 2])),
        Some(stem) if stem.len() >= 3 && !stem.ends_with('s') => Cow::Borrowed(stem),
        _ => Cow::Borrowed(word),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    const TEXT: &str = include_str!("synonyms.txt");

    fn others(synonyms: &Synonyms, query: &str) -> Vec<(String, Vec<String>)> {
        let words: Vec<&str> = query.split(' ').collect();
        let found = synonyms.of(&words).into_iter();
        found
            .map(|run| (words[run.words].join(" "), run.others.iter().map(|other| other.join(" ")).collect()))
            .collect()
    }

    fn custom(text: &str) -> Synonyms {
        Synonyms::new(groups(text))
    }

    #[test]
    fn every_line_of_the_table_is_a_group() {
        for line in TEXT.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let entries: Vec<&str> = line.split(',').map(str::trim).collect();
            assert!(entries.len() > 1, "{line}: a group of one");
            for entry in entries {
                assert!(!entry.is_empty(), "{line}: an empty entry");
                assert_eq!(entry, phrase(entry).join(" "), "{line}: lower case, one space between words");
            }
        }
        assert!(groups(TEXT).count() >= 180);
    }

    #[test]
    fn no_entry_is_in_the_table_twice() {
        let mut seen = HashSet::new();
        for entry in groups(TEXT).flatten() {
            assert!(seen.insert(key(&entry)), "{} is in the table twice", entry.join(" "));
        }
    }

    #[test]
    fn a_word_yields_the_rest_of_its_group() {
        let found = others(&Synonyms::default(), "why did the k8s cluster freeze");
        assert_eq!(found, [("k8s".to_owned(), vec!["kubernetes".to_owned(), "kube".to_owned()])]);
    }

    #[test]
    fn the_longest_run_of_words_wins() {
        let synonyms = custom("tls, ssl\ntls certificate, ssl cert\ncertificate, cert");
        let runs = |query| others(&synonyms, query).into_iter().map(|(run, _)| run).collect::<Vec<_>>();
        assert_eq!(runs("the tls certificate of the shop"), ["tls certificate"]);
        assert_eq!(runs("tls and a certificate"), ["tls", "certificate"]);
        assert_eq!(runs("certificate tls certificate"), ["certificate", "tls certificate"]);
        assert_eq!(runs("nothing here"), [""; 0]);
        assert!(synonyms.of(&[]).is_empty());
    }

    #[test]
    fn plurals_match_singulars() {
        let synonyms = Synonyms::default();
        assert_eq!(
            others(&synonyms, "load balancers"),
            [("load balancers".to_owned(), ["lb", "loadbalancer", "load-balancer"].map(str::to_owned).to_vec())]
        );
        assert_eq!(others(&synonyms, "slow queries")[0].0, "slow queries");
        assert_eq!(others(&synonyms, "request per second")[0].1, ["rps"]);
        assert_eq!(others(&synonyms, "kubernetes")[0].1, ["k8s", "kube"]);
    }

    #[test]
    fn groups_can_be_added_and_words_removed() {
        let synonyms = custom("database, db\nkubernetes, k8s, kube");
        let changed = synonyms.with(&[vec!["DB", "postgres main"], vec!["shop", "store"]], &["Kube", "database"]);
        assert_eq!(others(&changed, "db"), [("db".to_owned(), vec!["postgres main".to_owned()])]);
        assert!(others(&changed, "database").is_empty());
        assert_eq!(others(&changed, "k8s")[0].1, ["kubernetes"]);
        assert_eq!(others(&changed, "stores")[0].1, ["shop"]);
        assert_eq!(others(&synonyms, "kube")[0].1, ["kubernetes", "k8s"], "the original stays as it was");
    }

    #[test]
    fn an_added_group_can_merge_two() {
        let synonyms = custom("a1, a2\nb1, b2").with(&[vec!["a1", "b2", "c"]], &[]);
        assert_eq!(others(&synonyms, "c")[0].1, ["a1", "a2", "b1", "b2"]);
        assert_eq!(others(&synonyms, "b1")[0].1, ["a1", "a2", "b2", "c"]);
    }

    #[test]
    fn a_group_with_one_entry_left_is_dropped() {
        assert!(others(&custom("a1, a2").with(&[], &["a2"]), "a1").is_empty());
    }
}
