//! Synonyms: words and phrases with the same meaning in operations. In: the words of a query. Out: the equivalent words
//! and phrases. The built-in table is `synonyms.txt`.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::{Arc, LazyLock};

/// The built-in table.
static BUILT_IN: LazyLock<Synonyms> = LazyLock::new(|| Synonyms::new(groups(include_str!("synonyms.txt"))));

/// About as many words and phrases as the built-in table has.
const EXPECTED: usize = 1_500;
/// So many words and phrases may have the same meaning: a search looks for all of them.
const MAX_GROUP: usize = 100;
/// So many words and phrases an archive may add. Every search makes the table.
const MAX_ENTRIES: usize = 10_000;
/// The longest phrase, in words and in bytes. Every run of so many words of a query is looked up.
const MAX_WORDS: usize = 16;
const MAX_BYTES: usize = 1_000;

/// A change to the table that is more than a search can bear.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Excess {
    /// The number of the added group.
    pub(crate) group: usize,
    /// The number of the entry in it.
    pub(crate) entry: usize,
    pub(crate) reason: String,
}

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
    group_of: HashMap<Phrase, usize>,
    /// The number of words of the longest entry.
    longest: usize,
}

/// An entry: its words in lower case, a space apart. Text without white space is one word: `ci/cd`, `read-only`. Those of the
/// built-in table are borrowed, since every search of a command makes the table.
type Phrase = Cow<'static, str>;

/// A run of query words that is an entry, and the other entries of its group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Equivalents<'s> {
    /// The range of query words.
    pub(crate) words: Range<usize>,
    /// The synonyms, in the order of the table.
    pub(crate) others: Vec<&'s str>,
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

    /// A table of these groups. Groups that share an entry are merged, as far as a group may grow.
    fn new(groups: impl IntoIterator<Item = Vec<Phrase>>) -> Self {
        let mut merging = Merging::default();
        merging.of_key.reserve(EXPECTED);
        merging.entries.reserve(EXPECTED);
        for group in groups {
            merging.add(group);
        }
        merging.table()
    }

    /// This table without the removed words and phrases, plus the added groups. A group that shares an entry with a
    /// group of the table is merged with it.
    pub(crate) fn with<S: AsRef<str>>(&self, added: &[Vec<S>], removed: &[S]) -> Self {
        if added.is_empty() && removed.is_empty() {
            return self.clone();
        }
        let removed = keys(removed);
        let mut merging = Merging::default();
        for group in &self.table.groups {
            merging.add(group.iter().filter(|entry| !removed.contains(&*key(entry))).cloned());
        }
        for group in added {
            merging.add(group.iter().map(|entry| phrase(entry.as_ref()).into_owned().into()));
        }
        merging.table()
    }

    /// The first change to this table that is more than a search can bear: the group and the entry in it, and why. Takes time for
    /// what is added, not for the table.
    pub(crate) fn excess<S: AsRef<str>>(&self, added: &[Vec<S>], removed: &[S]) -> Option<Excess> {
        let removed = keys(removed);
        let mut sets = Sets::default();
        let (mut of_group, mut of_key) = (HashMap::new(), HashMap::new());
        let mut entries = 0;
        for (group, texts) in added.iter().enumerate() {
            let mut first = None;
            for (entry, text) in texts.iter().map(AsRef::as_ref).enumerate() {
                let excess = |reason| Some(Excess { group, entry, reason });
                entries += 1;
                if entries > MAX_ENTRIES {
                    return excess(format!("more than {MAX_ENTRIES} words and phrases with synonyms"));
                }
                if text.len() > MAX_BYTES || text.split_whitespace().count() > MAX_WORDS {
                    return excess(format!("a synonym of more than {MAX_WORDS} words or {MAX_BYTES} bytes"));
                }
                let key = key(&phrase(text)).into_owned();
                if key.is_empty() {
                    continue;
                }
                let known = self.table.group_of.get(&*key).filter(|_| !removed.contains(&key));
                let set = match known {
                    Some(&known) => *of_group.entry(known).or_insert_with(|| sets.add(self.left(known, &removed))),
                    None => *of_key.entry(key).or_insert_with(|| sets.add(1)),
                };
                if !sets.unite(*first.get_or_insert(set), set) {
                    return excess(format!(
                        "`{text}` joins more than {MAX_GROUP} words and phrases with the same meaning; groups that share one are one group"
                    ));
                }
            }
        }
        None
    }

    /// How many entries of a group are not removed.
    fn left(&self, group: usize, removed: &HashSet<String>) -> usize {
        self.table.groups[group].iter().filter(|entry| removed.is_empty() || !removed.contains(&*key(entry))).count()
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
            let typed = words[at..end].join(" ");
            let typed = key(&typed);
            let group = &self.table.groups[*self.table.group_of.get(&*typed)?];
            let others = group.iter().filter(|entry| key(entry) != typed).map(|entry| &**entry).collect();
            Some(Equivalents { words: at..end, others })
        })
    }
}

/// Numbers, joined to sets of a bounded size: a forest in which each leads to the root of its set.
#[derive(Debug, Default)]
struct Sets {
    /// For each number, one of its set that is nearer to the root, or itself.
    parent: Vec<usize>,
    /// For each root, the size of its set.
    size: Vec<usize>,
}

impl Sets {
    /// A set of its own, which stands for so many.
    fn add(&mut self, size: usize) -> usize {
        self.parent.push(self.parent.len());
        self.size.push(size);
        self.parent.len() - 1
    }

    /// Joins the sets of two numbers, unless that would be too large.
    fn unite(&mut self, one: usize, other: usize) -> bool {
        let (one, other) = (self.root(one), self.root(other));
        if one == other {
            return true;
        }
        let size = self.size[one] + self.size[other];
        if size > MAX_GROUP {
            return false;
        }
        let (root, below) = if self.size[one] < self.size[other] { (other, one) } else { (one, other) };
        self.parent[below] = root;
        self.size[root] = size;
        true
    }

    fn root(&mut self, mut number: usize) -> usize {
        while self.parent[number] != number {
            self.parent[number] = self.parent[self.parent[number]];
            number = self.parent[number];
        }
        number
    }
}

/// Groups of entries while they are merged.
#[derive(Debug, Default)]
struct Merging {
    entries: Vec<Phrase>,
    /// The entry of each key.
    of_key: HashMap<Phrase, usize>,
    /// The groups of the entries.
    sets: Sets,
}

impl Merging {
    /// Adds a group, and merges it with those that it shares an entry with. What would make a group too large stays apart.
    fn add(&mut self, group: impl IntoIterator<Item = Phrase>) {
        let mut first = None;
        for entry in group.into_iter().filter(|entry| !entry.is_empty()) {
            let number = self.entries.len();
            let key = match &entry {
                Cow::Borrowed(entry) => key(entry),
                Cow::Owned(entry) => key(entry).into_owned().into(),
            };
            let known = *self.of_key.entry(key).or_insert(number);
            if known == number {
                self.entries.push(entry);
                self.sets.add(1);
            }
            self.sets.unite(*first.get_or_insert(known), known);
        }
    }

    /// The table: groups, and the entries in them, in the order in which they came.
    fn table(mut self) -> Synonyms {
        let entries = std::mem::take(&mut self.entries);
        let mut groups: Vec<Vec<Phrase>> = Vec::new();
        let mut group_of_root: Vec<Option<usize>> = vec![None; entries.len()];
        let mut group_of_entry = Vec::with_capacity(entries.len());
        for (number, entry) in entries.into_iter().enumerate() {
            let root = self.sets.root(number);
            let group = *group_of_root[root].get_or_insert_with(|| {
                groups.push(Vec::with_capacity(self.sets.size[root]));
                groups.len() - 1
            });
            groups[group].push(entry);
            group_of_entry.push(group);
        }
        let mut group_of = self.of_key;
        group_of.retain(|_, number| {
            *number = group_of_entry[*number];
            groups[*number].len() > 1
        });
        let longest = groups.iter().flatten().map(|entry| entry.split(' ').count()).max().unwrap_or(0);
        Synonyms { table: Arc::new(Table { groups, group_of, longest }) }
    }
}

/// The groups of a table: one per line, entries separated by commas, `#` starts a comment.
fn groups(text: &str) -> impl Iterator<Item = Vec<Cow<'_, str>>> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.split(',').map(phrase).collect())
}

fn phrase(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    let is_one = |(at, byte): (usize, u8)| match byte {
        b' ' => text.as_bytes().get(at + 1) != Some(&b' '),
        _ => byte.is_ascii_graphic() && !byte.is_ascii_uppercase(),
    };
    if text.bytes().enumerate().all(is_one) {
        return Cow::Borrowed(text);
    }
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    Cow::Owned(words.join(" "))
}

/// The key by which phrases are compared: their words in the singular.
fn key(phrase: &str) -> Cow<'_, str> {
    // Most phrases are one word.
    if !phrase.contains(' ') {
        return singular(phrase);
    }
    if phrase.split(' ').all(|word| !word.ends_with('s') || singular(word) == word) {
        return Cow::Borrowed(phrase);
    }
    Cow::Owned(phrase.split(' ').map(singular).collect::<Vec<_>>().join(" "))
}

/// The keys of texts.
fn keys<S: AsRef<str>>(texts: &[S]) -> HashSet<String> {
    texts.iter().map(|text| key(&phrase(text.as_ref())).into_owned()).collect()
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
    use super::*;

    const TEXT: &str = include_str!("synonyms.txt");

    fn others(synonyms: &Synonyms, query: &str) -> Vec<(String, Vec<String>)> {
        let words: Vec<&str> = query.split(' ').collect();
        let found = synonyms.of(&words).into_iter();
        found
            .map(|run| (words[run.words].join(" "), run.others.iter().map(|&other| other.to_owned()).collect()))
            .collect()
    }

    fn custom(text: &'static str) -> Synonyms {
        Synonyms::new(groups(text))
    }

    #[test]
    fn every_line_of_the_table_is_a_group() {
        for line in TEXT.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let entries: Vec<&str> = line.split(',').map(str::trim).collect();
            assert!(entries.len() > 1, "{line}: a group of one");
            for entry in entries {
                assert!(!entry.is_empty(), "{line}: an empty entry");
                assert_eq!(entry, phrase(entry), "{line}: lower case, one space between words");
            }
        }
        assert!(groups(TEXT).count() >= 180);
    }

    #[test]
    fn no_entry_is_in_the_table_twice() {
        let mut seen = HashSet::new();
        for entry in groups(TEXT).flatten() {
            assert!(seen.insert(key(&entry).into_owned()), "{entry} is in the table twice");
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
    fn what_a_search_cannot_bear_is_named_and_cut() {
        let chain: Vec<Vec<String>> = (0..100_000).map(|i| vec![format!("w{i}"), format!("w{}", i + 1)]).collect();
        let hub: Vec<Vec<String>> = (0..50_000).map(|i| vec!["hub".to_owned(), format!("w{i}")]).collect();
        let wide = vec![(0..50_000).map(|i| format!("w{i}")).collect::<Vec<_>>()];
        let many: Vec<Vec<String>> = (0..50_000).map(|i| vec![format!("a{i}"), format!("b{i}")]).collect();
        let synonyms = Synonyms::none();
        let at = |added: &[Vec<String>]| synonyms.excess(added, &[]).map(|excess| (excess.group, excess.entry));
        assert_eq!((at(&chain), at(&hub)), (Some((99, 1)), Some((99, 1))));
        assert_eq!((at(&wide), at(&many)), (Some((0, 100)), Some((5_000, 0))));
        assert_eq!(at(&[vec!["a".to_owned(), "b ".repeat(17)]]), Some((0, 1)));
        assert_eq!(at(&[vec!["a".to_owned(), "b".repeat(1_001)]]), Some((0, 1)));
        assert_eq!((at(&chain[..99]), at(&hub[..99]), at(&many[..5_000])), (None, None, None));
        // An index may state what settings may not.
        for added in [&chain, &hub, &wide] {
            let largest = synonyms.with(added, &[]).table.groups.iter().map(Vec::len).max();
            assert!(largest <= Some(MAX_GROUP), "{largest:?}");
        }
        // The table of all archives counts as well: `db` is one of a group.
        let more: Vec<String> = (0..MAX_GROUP - 1).map(|i| format!("w{i}")).collect();
        let with_known = [vec!["db".to_owned()], more].concat();
        let excess = Synonyms::default().excess(std::slice::from_ref(&with_known), &[]).unwrap();
        assert!(excess.reason.contains("joins more than 100 words and phrases"), "{excess:?}");
        assert_eq!(
            Synonyms::default().excess(std::slice::from_ref(&with_known), &["database".to_owned(), "db".to_owned()]),
            None
        );
    }

    #[test]
    fn a_group_with_one_entry_left_is_dropped() {
        assert!(others(&custom("a1, a2").with(&[], &["a2"]), "a1").is_empty());
    }
}
