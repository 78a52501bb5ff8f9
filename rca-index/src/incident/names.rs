//! Names: when two spellings are one name, and what a team's settings say of the names of its services and severities.
//!
//! In: a name as written. Out: its key, by which names are compared; the name of the service or the level that the settings
//! give for it.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use super::{Incident, Severity};

/// What a name is compared by: folded, without blanks, `-` and `_`. `Inventory API`, `inventory_api` and `InventoryAPI`
/// have one key. Between digits a separator counts, so that `node-1-1` is not `node-11`.
pub(crate) fn name_key(text: &str) -> String {
    let folded = folded(text);
    let mut key = String::with_capacity(folded.len());
    let mut separated = false;
    for c in folded.chars() {
        if is_separator(c) {
            separated = true;
            continue;
        }
        if std::mem::take(&mut separated) && c.is_numeric() && key.ends_with(char::is_numeric) {
            key.push(' ');
        }
        key.push(c);
    }
    key
}

/// What words are compared by: folded, with one space between them.
pub(crate) fn words_key(text: &str) -> String {
    let folded = folded(text);
    let words = folded.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// A text without case, accents of Latin letters, apostrophes, marks that cannot be seen, and the difference between full
/// and half width.
fn folded(text: &str) -> String {
    if text.is_ascii() && !text.contains('\'') {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    // The marks of other scripts change what a name says: `が` is not `か`.
    for c in text.nfkd().filter(|c| !('\u{300}'..='\u{36f}').contains(c)).nfc() {
        match c {
            '\'' | '‘' | '’' | '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{fe0f}' => {}
            'ß' | 'ẞ' => folded.push_str("ss"),
            // The end of a word decides between two forms of the same letter.
            'ς' => folded.push('σ'),
            c => folded.extend(c.to_lowercase()),
        }
    }
    folded
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '-' | '_' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// The key of a name with levels: the keys of its levels, with `/` between them.
pub(crate) fn path_key(text: &str) -> String {
    if !text.contains('/') {
        return name_key(text);
    }
    let keys: Vec<String> = text.split('/').map(name_key).filter(|key| !key.is_empty()).collect();
    keys.join("/")
}

/// The names of a team's services.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceNames {
    /// Of the key of every name, the service's name of today.
    names: BTreeMap<String, String>,
}

impl ServiceNames {
    /// Adds a service and one more name of it; its own name is one too.
    ///
    /// # Errors
    /// The service that has this name already.
    ///
    /// # Examples
    /// ```
    /// use rca_index::ServiceNames;
    ///
    /// let mut names = ServiceNames::default();
    /// names.add("inventory-api", "inv").expect("a free name");
    /// assert_eq!(names.add("investments", "INV"), Err("inventory-api".to_owned()));
    /// ```
    pub fn add(&mut self, service: &str, name: &str) -> Result<(), String> {
        match self.names.entry(path_key(name)) {
            Entry::Occupied(taken) if taken.get() != service => Err(taken.get().clone()),
            Entry::Occupied(_) => Ok(()),
            Entry::Vacant(free) => {
                free.insert(service.to_owned());
                Ok(())
            }
        }
    }

    /// The service of a name, or of its first levels: with `inv` a name of `inventory`, `inv/eu` is `inventory/eu`.
    ///
    /// # Examples
    /// ```
    /// use rca_index::ServiceNames;
    ///
    /// let mut names = ServiceNames::default();
    /// names.add("inventory-api", "inv").expect("a free name");
    /// assert_eq!(names.canonical("Inv/eu").as_deref(), Some("inventory-api/eu"));
    /// assert_eq!(names.canonical("billing"), None);
    /// ```
    pub fn canonical(&self, name: &str) -> Option<String> {
        let mut today = self.first_canonical(name)?;
        // `inventory/eu` may be a name of another service. Each time fewer levels are left behind the service.
        while let Some(next) = self.first_canonical(&today).filter(|next| *next != today) {
            today = next;
        }
        Some(today)
    }

    fn first_canonical(&self, name: &str) -> Option<String> {
        if self.names.is_empty() {
            return None;
        }
        if let Some(service) = self.names.get(&path_key(name)) {
            return Some(service.clone());
        }
        let ends = name.match_indices('/').map(|(at, _)| at).rev();
        ends.into_iter().find_map(|at| Some(format!("{}{}", self.names.get(&path_key(&name[..at]))?, &name[at..])))
    }

    /// Services by their names of today, each once, in the order given.
    pub(crate) fn renamed(&self, services: Vec<String>) -> Vec<String> {
        if services.len() < 2 && self.names.is_empty() {
            return services;
        }
        let mut known = HashSet::new();
        let named = services.into_iter().map(|written| self.canonical(&written).unwrap_or(written));
        named.filter(|service| known.insert(path_key(service))).collect()
    }

    /// Whether a name is one of the settings.
    pub(crate) fn knows(&self, name: &str) -> bool {
        !self.names.is_empty() && self.names.contains_key(&path_key(name))
    }

    /// The names of today.
    pub(crate) fn services(&self) -> impl Iterator<Item = &str> {
        self.names.values().map(String::as_str)
    }
}

/// A team's own labels of severities, and their ranks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeverityLabels {
    /// Of the key of every label, the label and its rank.
    labels: BTreeMap<String, (String, u8)>,
}

impl SeverityLabels {
    /// Adds a label, and its rank: 0 (most severe) to 5.
    ///
    /// # Errors
    /// The label that is the same but for its spelling.
    ///
    /// # Examples
    /// ```
    /// use rca_index::SeverityLabels;
    ///
    /// let mut labels = SeverityLabels::default();
    /// labels.add("Sev-Blue", 1).expect("a new label");
    /// assert_eq!(labels.add("sev blue", 2), Err("Sev-Blue".to_owned()));
    /// ```
    pub fn add(&mut self, label: &str, rank: u8) -> Result<(), String> {
        match self.labels.entry(name_key(label)) {
            Entry::Occupied(taken) => Err(taken.get().0.clone()),
            Entry::Vacant(free) => {
                free.insert((label.to_owned(), rank));
                Ok(())
            }
        }
    }

    /// Reads a label: one of these, with or without a remark behind it, else as [`Severity::parse`] does.
    ///
    /// # Examples
    /// ```
    /// use rca_index::SeverityLabels;
    ///
    /// let mut labels = SeverityLabels::default();
    /// labels.add("Sev-Blue", 1).expect("a new label");
    /// assert_eq!(labels.parse("sev-blue (Europe)").and_then(|severity| severity.rank), Some(1));
    /// ```
    pub fn parse(&self, label: &str) -> Option<Severity> {
        if self.labels.is_empty() {
            return Severity::parse(label);
        }
        let label = label.trim();
        match self.of_house(label) {
            Some((name, rank)) => Some(Severity { label: label.to_owned(), name, rank: Some(rank) }),
            None => Severity::parse(label),
        }
    }

    /// The rank of a label, of these or of those that everybody knows.
    pub(crate) fn rank(&self, label: &str) -> Option<u8> {
        self.parse(label)?.rank
    }

    /// Whether a label is one of these.
    pub(crate) fn knows(&self, label: &str) -> bool {
        !self.labels.is_empty() && self.labels.contains_key(&name_key(label))
    }

    /// The label of these that a text begins with: the longest, up to the end of a word.
    fn of_house(&self, text: &str) -> Option<(String, u8)> {
        if let Some(found) = self.labels.get(&name_key(text)) {
            return Some(found.clone());
        }
        if self.lists_several(text) {
            return None;
        }
        let text = text.trim_start_matches(|c: char| !c.is_alphanumeric());
        let longest = self.labels.keys().map(String::len).max()?;
        let mut key_length = 0;
        let mut ends = Vec::new();
        for (at, c) in text.char_indices() {
            key_length += usize::from(c.is_alphanumeric());
            if key_length > longest {
                break;
            }
            let ends_word =
                !(c.is_alphanumeric() || matches!(c, '-' | '_')) && text[..at].ends_with(char::is_alphanumeric);
            ends.extend(ends_word.then_some(at));
        }
        ends.push(text.len());
        ends.into_iter().rev().find_map(|end| self.labels.get(&name_key(&text[..end])).cloned())
    }

    /// Whether a text lists levels with none of them chosen, as a template does.
    pub(crate) fn lists_several(&self, text: &str) -> bool {
        if self.labels.is_empty() || !text.contains(['|', '/']) {
            return false;
        }
        let stated = text.split(['(', '（']).next().unwrap_or_default();
        let keys: Vec<String> = stated.split(['|', '/']).map(name_key).collect();
        let known =
            |key: &String| self.labels.contains_key(key) || Severity::parse(key).is_some_and(|s| s.rank.is_some());
        keys.iter().all(known) && keys.iter().any(|key| *key != keys[0])
    }
}

/// What a team's settings say of names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HouseNames {
    /// Its services.
    pub services: ServiceNames,
    /// Its labels of severities.
    pub severities: SeverityLabels,
}

impl HouseNames {
    /// Whether the settings say nothing of names.
    pub(crate) fn is_empty(&self) -> bool {
        self.services.names.is_empty() && self.severities.labels.is_empty()
    }

    /// Gives an incident that comes from no report the names of the settings, as parsing does to a report.
    pub(crate) fn rename(&self, incident: &mut Incident) {
        incident.services = self.services.renamed(std::mem::take(&mut incident.services));
        if let Some(severity) = incident.severity.as_mut().filter(|severity| severity.value.rank.is_none()) {
            severity.value = self.severities.parse(&severity.value.label).unwrap_or_else(|| severity.value.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings_of_one_name_have_one_key() {
        let same = |names: &[&str]| {
            let keys: Vec<String> = names.iter().map(|name| path_key(name)).collect();
            assert!(keys.iter().all(|key| *key == keys[0] && !key.is_empty()), "{names:?}: {keys:?}");
        };
        same(&["Inventory API", "inventory_api", "inventory-api", "InventoryAPI", " INVENTORY  API ", "inventory‐api"]);
        same(&["Ｉｎｖｅｎｔｏｒｙ　ＡＰＩ", "inventory-api", "inventory－api", "inventory\u{ad}-api"]);
        same(&["Bob’s cache", "bob's cache", "bobs-cache"]);
        same(&["Café", "cafe", "CAFE\u{301}"]);
        same(&["ﾃﾞｰﾀﾍﾞｰｽ", "データベース"]);
        same(&["Straße", "STRASSE"]);
        same(&["ΟΔΟΣ", "οδός", "οδοσ"]);
        same(&["orders/eu", "Orders / EU", "/orders//eu/"]);
        same(&["node-1-1", "node_1 1"]);
        let other = |a: &str, b: &str| assert_ne!(path_key(a), path_key(b));
        other("node-1-1", "node-11");
        other("inventory-api", "inventory.api");
        other("が", "か");
        other("orders/eu", "orders-eu");
        other("C", "C++");
        assert_eq!(path_key(" -_/"), "");
        assert_eq!(words_key(" Café\u{a0} ＤＢ-2 "), "cafe db-2");
    }

    proptest! {
        #[test]
        fn a_key_is_its_own_key(text in "[aA1 \\-_/’éßİΣｱﾞ🔥\u{fe0f}\u{345}]{0,8}|\\PC{0,8}") {
            let key = path_key(&text);
            prop_assert_eq!(path_key(&key), key);
            let key = words_key(&text);
            prop_assert_eq!(&words_key(&key), &key);
            prop_assert_eq!(words_key(&text.to_lowercase()), key);
        }
    }

    #[test]
    fn a_name_has_one_service() {
        let mut names = ServiceNames::default();
        for name in ["inventory-api", "inv-api", "Stock API", "INV_API"] {
            names.add("inventory-api", name).unwrap();
        }
        assert_eq!(names.add("billing", "inv api"), Err("inventory-api".to_owned()));
        let canonical = |name| names.canonical(name);
        assert_eq!(canonical("Inventory API").as_deref(), Some("inventory-api"));
        assert_eq!(canonical("stock-api").as_deref(), Some("inventory-api"));
        assert_eq!(canonical("inv-api/eu/west").as_deref(), Some("inventory-api/eu/west"));
        assert_eq!(canonical("billing"), None);
        names.add("stock", "inventory-api/eu").unwrap();
        assert_eq!(names.canonical("inv-api/eu/west").as_deref(), Some("stock/west"));
    }

    #[test]
    fn labels_of_a_house_have_its_ranks() {
        let mut labels = SeverityLabels::default();
        for (label, rank) in [("Sev-Blue", 1), ("Sev-Blue-Sky", 4), ("major", 1), ("🔴", 0)] {
            labels.add(label, rank).unwrap();
        }
        assert_eq!(labels.add("sev_blue", 2), Err("Sev-Blue".to_owned()));
        let check = |text: &str, name: &str, rank: Option<u8>| {
            let severity = labels.parse(text).unwrap();
            assert_eq!((severity.name.as_str(), severity.rank), (name, rank), "{text}");
            assert_eq!(severity.label, text);
        };
        check("Sev-Blue", "Sev-Blue", Some(1));
        check("SEV BLUE (all of Europe)", "Sev-Blue", Some(1));
        check("**Sev-Blue**, raised later", "Sev-Blue", Some(1));
        check("sev blue sky: a drill", "Sev-Blue-Sky", Some(4));
        check("Sev-Bluebird", "Sev-Bluebird", None);
        check("Sev-Blue-Green", "Sev-Blue-Green", None);
        check("Major", "major", Some(1));
        check("🔴", "🔴", Some(0));
        check("P2", "P2", Some(2));
        check("Sev-Blue | major | P3", "Sev-Blue | major | P3", None);
        assert!(labels.lists_several("Sev-Blue / Major") && !labels.lists_several("Sev-Blue"));
        assert_eq!(labels.parse(" "), None);
    }
}
