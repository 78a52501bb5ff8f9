//! Services that only one report names, and whose names are nearly those of others.
//!
//! In: the services of all reports. Out: the names that are likely misspelled, with the likely meant one.

use std::collections::BTreeMap;

use crate::incident::ServiceNames;
use crate::incident::names::path_key;

/// The reports that name a service.
struct Uses<'a> {
    /// As first written.
    name: &'a str,
    /// The first report.
    report: usize,
    reports: usize,
}

/// A service that is likely misspelled.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Near {
    pub(super) report: usize,
    pub(super) service: String,
    pub(super) other: String,
}

/// The services of reports that are named once and are near another. `services` has a list for each report, in the order
/// of the archive.
pub(super) fn near_services<'a>(services: impl Iterator<Item = &'a [String]>, house: &'a ServiceNames) -> Vec<Near> {
    let mut uses: BTreeMap<String, Uses<'a>> = BTreeMap::new();
    for (report, names) in services.enumerate() {
        let keys: BTreeMap<String, &str> = names.iter().map(|name| (path_key(name), name.as_str())).rev().collect();
        for (key, name) in keys {
            uses.entry(key).or_insert(Uses { name, report, reports: 0 }).reports += 1;
        }
    }
    // Names of the settings are known, whether a report has them or not.
    for service in house.services() {
        let known = uses.entry(path_key(service)).or_insert(Uses { name: service, report: 0, reports: 0 });
        known.reports += 2;
    }
    let mut similar: BTreeMap<String, Vec<&Uses<'_>>> = BTreeMap::new();
    for known in uses.values() {
        for shape in shapes(known.name) {
            similar.entry(shape).or_default().push(known);
        }
    }
    let mut near = Vec::new();
    for rare in uses.values().filter(|uses| uses.reports == 1) {
        // Of two that occur once, the later one is told.
        let is_likelier =
            |other: &&&Uses<'_>| (other.reports > 1 || other.report < rare.report) && is_near(rare.name, other.name);
        let shapes = shapes(rare.name);
        let sharing = shapes.iter().filter_map(|shape| similar.get(shape)).filter(|names| names.len() <= MAX_SIMILAR);
        let others = sharing.flatten().filter(is_likelier).map(|other| (std::cmp::Reverse(other.reports), other.name));
        if let Some((_, other)) = others.min() {
            near.push(Near { report: rare.report, service: rare.name.to_owned(), other: other.to_owned() });
        }
    }
    near.sort_by(|a, b| (a.report, &a.service).cmp(&(b.report, &b.service)));
    near
}

/// Where so many names differ in one word, it is not a misspelled one.
const MAX_SIMILAR: usize = 500;

/// The shortest word in which a letter may be wrong: shorter ones differ on purpose too often, as `eu` and `us`.
const MIN_WORD: usize = 5;

/// The words of a name, folded. What else is in it, such as the signs of `C++`, belongs to its word.
fn words(name: &str) -> Vec<String> {
    let separates = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '-' | '_' | '.' | '/' | ':' | ',');
    name.split(separates).map(path_key).filter(|word| !word.is_empty()).collect()
}

/// The name with a place for each word that may be misspelled, and with none. Names that are near share one.
fn shapes(name: &str) -> Vec<String> {
    let words = words(name);
    let mut shapes = vec![words.join(" ")];
    for (at, word) in words.iter().enumerate().filter(|(_, word)| may_be_misspelled(word)) {
        let first = word.chars().next().into_iter().collect::<String>();
        let mut shape = words.clone();
        shape[at] = format!("{first}*");
        shapes.push(shape.join(" "));
    }
    shapes
}

/// Whether a letter of a word may be wrong. A sign of Chinese, Japanese or Korean is a word or a syllable.
fn may_be_misspelled(word: &str) -> bool {
    word.chars().all(|c| c.is_alphabetic() && c < '\u{2e80}') && word.chars().count() >= MIN_WORD
}

/// Whether two names differ in punctuation, or by a letter or two of one word.
fn is_near(a: &str, b: &str) -> bool {
    let (a, b) = (words(a), words(b));
    let mut differing = a.iter().zip(&b).filter(|(a, b)| a != b);
    match (a.len() == b.len(), differing.next(), differing.next()) {
        (true, None, _) => a.iter().map(|word| word.chars().count()).sum::<usize>() >= MIN_WORD,
        (true, Some((a, b)), None) => {
            let most = if a.chars().count().min(b.chars().count()) >= 9 { 2 } else { 1 };
            may_be_misspelled(a) && may_be_misspelled(b) && strsim::damerau_levenshtein(a, b) <= most
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(reports: &[&[&str]], house: &ServiceNames) -> Vec<String> {
        let reports: Vec<Vec<String>> =
            reports.iter().map(|names| names.iter().map(|name| (*name).to_owned()).collect()).collect();
        let found = near_services(reports.iter().map(Vec::as_slice), house);
        found.into_iter().map(|near| format!("{}: {} -> {}", near.report, near.service, near.other)).collect()
    }

    #[test]
    fn a_rare_name_near_a_frequent_one_is_told() {
        let house = ServiceNames::default();
        let check = |rare: &str, known: &str, expected: bool| {
            let found = near(&[&[known], &[rare], &[known]], &house);
            let told = format!("1: {rare} -> {known}");
            assert_eq!(found, if expected { vec![told] } else { Vec::new() }, "{rare} {known}");
        };
        check("inventroy-api", "inventory-api", true);
        check("Inventry API", "inventory-api", true);
        check("wiki.exampel.org", "wiki.example.org", true);
        check("wiki..example.org", "wiki.example.org", true);
        check("wiki-example.org", "wiki.example.org", true);
        check("authentification", "authentication", true);
        check("job triggers", "job trigger", true);
        // The same service, in another spelling.
        check("Inventory_API", "inventory-api", false);
        // Others on purpose.
        check("checkout-eu", "checkout-us", false);
        check("node-1", "node-2", false);
        check("worker1", "worker2", false);
        check("google+", "google", false);
        check("C", "C++", false);
        check("reader", "leader", false);
        check("upstream", "downstream", false);
        check("import", "export", false);
        check("本番環境サーバ", "検番環境サーバ", false);
        check("mysql", "mssql", true);
        check("inventory", "inventory-api", false);
    }

    #[test]
    fn of_two_that_occur_once_the_later_is_told() {
        let house = ServiceNames::default();
        assert_eq!(near(&[&["billing"], &["biling"]], &house), ["1: biling -> billing"]);
        assert_eq!(near(&[&["billing", "biling"]], &house), [""; 0]);
        assert_eq!(near(&[&["billing"], &["biling"], &["biling"]], &house), ["0: billing -> biling"]);
        assert_eq!(near(&[&["biling"], &["biling"], &["billing"], &["billing"]], &house), [""; 0]);
    }

    #[test]
    fn names_of_the_settings_are_known() {
        let mut house = ServiceNames::default();
        house.add("billing", "billing").unwrap();
        house.add("biling", "biling").unwrap();
        house.add("ledger", "ledger").unwrap();
        assert_eq!(near(&[&["billing"], &["biling"], &["legder"]], &house), ["2: legder -> ledger"]);
    }

    #[test]
    fn many_names_are_compared_in_no_time() {
        let names: Vec<String> = (0..20_000).map(|i: u32| format!("a{}", letters(i))).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert_eq!(near(&[&names, &["abbbbbbb"]], &ServiceNames::default()), [""; 0]);
    }

    fn letters(i: u32) -> String {
        (0..5).map(|place| char::from(b'a' + (i / 9_u32.pow(place) % 9) as u8)).collect()
    }
}
