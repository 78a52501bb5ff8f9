//! Spellings: other ways to write a word of a query, without an index: plurals of abbreviations, numbers with
//! separators, letters beside digits, versions, hashes.
//!
//! In: a folded word. Out: the other spellings, as texts.

use crate::text::analyzer::Analyzer;

/// Words in `-s` that are no plural of the word without it.
const NO_PLURALS: &[&str] = &[
    "aws", "axis", "bias", "bus", "cms", "cs", "css", "dms", "dns", "ebs", "ecs", "efs", "eks", "gas", "gcs", "gps",
    "hdfs", "https", "iis", "ios", "js", "kms", "lens", "ls", "ms", "nfs", "ps", "plus", "rds", "sms", "sns", "sqs",
    "thus", "tls", "ts", "vs", "yes",
];

/// The plural of a word, or its singular, where the stemmer does not know that they are forms of one word: `crds` and
/// `slos`, because they have no vowel or end in one; `buses` and `aliases`.
pub(super) fn plurals(analyzer: &Analyzer, word: &str) -> Vec<String> {
    /// Abbreviations have no more letters, without the `s`.
    const MAX_ABBREVIATION: usize = 5;
    if !analyzer.has_stemmer() || word.len() < 2 || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return Vec::new();
    }
    let is_stop_word = |word: &str| analyzer.language().is_stop_word(word);
    if is_stop_word(word) {
        return Vec::new();
    }
    let english = analyzer.language().is_english();
    let mut found = Vec::new();
    match word.strip_suffix("es").filter(|singular| english && singular.len() > 2 && hisses(singular)) {
        Some(singular) => found.push(singular.to_owned()),
        None => {
            let singular = word.strip_suffix('s').filter(|_| !NO_PLURALS.contains(&word));
            let fits = |singular: &&str| (2..=MAX_ABBREVIATION).contains(&singular.len()) && !singular.ends_with('s');
            found.extend(singular.filter(fits).map(str::to_owned));
        }
    }
    // `pods` is a plural already.
    let singular = !word.ends_with('s') || ["us", "is", "as", "os", "ss"].iter().any(|end| word.ends_with(end));
    if english && singular && word.contains(['a', 'e', 'i', 'o', 'u']) && hisses(word) {
        found.push(format!("{word}es"));
    }
    if word.len() <= MAX_ABBREVIATION && !word.ends_with('s') {
        found.push(format!("{word}s"));
    }
    // A plural in `-es` has a singular that is in the list: `buses`.
    let known = |other: &str| other.len() == word.len() + 1 && NO_PLURALS.contains(&other);
    found.retain(|other| !is_stop_word(other) && !known(other) && !analyzer.share_stem(word, other));
    found
}

/// Whether the plural of an English word ends in `-es`.
fn hisses(word: &str) -> bool {
    ["s", "x", "z", "ch", "sh"].iter().any(|end| word.ends_with(end))
}

/// A number that is typed with thousands separators, or with a currency: `4,500`, `$4,500`, `4'500`: its groups.
pub(super) fn grouped_number(text: &str) -> Option<Vec<&str>> {
    let text = text.trim_matches(|c: char| !c.is_alphanumeric());
    let groups: Vec<&str> = text.split([',', '\'', '’']).collect();
    is_grouping(&groups).then_some(groups)
}

/// Whether these are the groups of one number: one to three digits, then three each.
pub(super) fn is_grouping<S: AsRef<str>>(groups: &[S]) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match groups {
        [first, rest @ ..] if !rest.is_empty() => {
            let first = first.as_ref();
            let rest = rest.iter().all(|group| group.as_ref().len() == 3 && digits(group.as_ref()));
            digits(first) && first.len() <= 3 && !first.starts_with('0') && rest
        }
        _ => false,
    }
}

/// The groups of a number without separators: `4500` is `4`, `500`.
pub(super) fn groups_of(number: &str) -> Option<Vec<&str>> {
    let plain = (4..=15).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    if !plain || number.starts_with('0') {
        return None;
    }
    let first = match number.len() % 3 {
        0 => 3,
        rest => rest,
    };
    let mut groups = vec![&number[..first]];
    groups.extend((first..number.len()).step_by(3).map(|at| &number[at..at + 3]));
    Some(groups)
}

/// The letters and the digits of a word that has one border between them: `512mb`, `rfc7231`.
pub(super) fn letters_and_digits(word: &str) -> Option<(&str, &str)> {
    let bytes = word.as_bytes();
    if !bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) {
        return None;
    }
    let mut borders = (1..bytes.len()).filter(|&at| bytes[at - 1].is_ascii_digit() != bytes[at].is_ascii_digit());
    let border = borders.next()?;
    borders.next().is_none().then(|| word.split_at(border))
}

/// The words of an identifier with points, its letters and digits apart: `1.5gb` is `1.5 GB`, `tlsv1.3` is `TLS 1.3`,
/// `10gib` is `10 GiB`.
pub(super) fn apart_by_digits(identifier: &str) -> Option<Vec<&str>> {
    let mut texts = Vec::new();
    let mut divided = false;
    for part in identifier.split('.') {
        match letters_and_digits(part) {
            Some((first, second)) => {
                divided = true;
                let name = first.strip_suffix('v').filter(|name| !name.is_empty() && identifier.contains('.'));
                texts.extend([name.unwrap_or(first), second]);
            }
            None if !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) => {
                texts.push(part);
            }
            None => return None,
        }
    }
    // `v6.2.8` is a version without a name.
    (divided && texts[0] != "v").then_some(texts)
}

/// An identifier without what joins its parts: `rfc7231` for `rfc-7231`, `4500` for `4.500`. Digits are joined only if
/// they are groups of one number.
pub(super) fn without_joiners(identifier: &str) -> Option<String> {
    let groups: Vec<&str> = identifier.split(['.', '_']).collect();
    if is_grouping(&groups) {
        return Some(groups.concat());
    }
    let parts: Vec<&str> = identifier.split(['-', '_']).collect();
    let is_word = |part: &&str| !part.is_empty() && part.chars().all(char::is_alphanumeric);
    let ends = |part: &str| part.ends_with(|c: char| c.is_ascii_digit());
    let begins = |part: &str| part.starts_with(|c: char| c.is_ascii_digit());
    let joins = parts.len() > 1 && parts.iter().all(is_word);
    let numbers = parts.windows(2).any(|two| ends(two[0]) && begins(two[1]));
    (joins && !numbers).then(|| parts.concat())
}

/// A version with its `v` or without it: `6.2.8` for `v6.2.8`. The parts of a version are divided by points.
pub(super) fn other_version(text: &str) -> Option<String> {
    let bare = text.strip_prefix('v').unwrap_or(text);
    let first = bare.split('.').next().filter(|first| first.len() < bare.len())?;
    if first.is_empty() || !first.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some(if bare.len() < text.len() { bare.to_owned() } else { format!("v{text}") })
}

/// The least length of the start of a hash, in characters.
const MIN_HASH: usize = 7;

/// Whether a word looks like a hash or its start: `7be04c9`.
pub(super) fn is_hash(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    (MIN_HASH..=64).contains(&word.len())
        && word.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        && digits > 0
        && digits < word.len()
}

/// The starts of a hash that tools write for it.
pub(super) fn hash_starts(hash: &str) -> impl Iterator<Item = &str> {
    /// The longest of them.
    const MAX_SHORT: usize = 12;
    (MIN_HASH..hash.len().min(MAX_SHORT + 1)).map(|length| &hash[..length])
}

/// Endings of words that are also written apart: `set up`.
const PARTICLES: &[&str] = &["up", "in", "on", "by"];
/// The least length of the parts of a word that may be written apart.
const MIN_HALF: usize = 3;

/// The ways to write a word as two: `connectionpool` is `connection pool` or `connect ionpool` ...
pub(super) fn halves(word: &str) -> impl Iterator<Item = (&str, &str)> {
    let whole = (5..=40).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_lowercase());
    let borders = if whole { MIN_HALF..word.len() - 1 } else { 0..0 };
    borders.map(|at| word.split_at(at)).filter(|(_, second)| second.len() >= MIN_HALF || PARTICLES.contains(second))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Language;

    #[test]
    fn plurals_that_the_stemmer_does_not_know() {
        let analyzer = Analyzer::default();
        let check = |word: &str, expected: &[&str]| assert_eq!(plurals(&analyzer, word), expected, "{word}");
        for (one, many) in [
            ("crd", "crds"),
            ("vm", "vms"),
            ("pvc", "pvcs"),
            ("slo", "slos"),
            ("sla", "slas"),
            ("cpu", "cpus"),
            ("rca", "rcas"),
            ("kpi", "kpis"),
            ("sre", "sres"),
            ("bus", "buses"),
            ("alias", "aliases"),
            ("bias", "biases"),
            ("canvas", "canvases"),
        ] {
            let finds = |a: &str, b: &str| analyzer.share_stem(a, b) || plurals(&analyzer, a).contains(&b.to_owned());
            assert!(finds(one, many) && finds(many, one), "{one} {many}");
        }
        // The stemmer knows these.
        check("queue", &[]);
        check("pods", &[]);
        check("api", &[]);
        // No plurals, and words that are too common.
        check("https", &[]);
        check("http", &[]);
        check("ha", &[]);
        check("this", &[]);
        check("x", &[]);
        check("p99", &[]);
        let none = Analyzer::new(Language::NONE);
        assert!(plurals(&none, "crd").is_empty());
        let german = Analyzer::new(Language::named("german").unwrap());
        assert_eq!(plurals(&german, "vms"), ["vm"]);
    }

    #[test]
    fn numbers_have_groups() {
        let check =
            |text: &str, expected: Option<&[&str]>| assert_eq!(grouped_number(text).as_deref(), expected, "{text}");
        check("4,500", Some(&["4", "500"]));
        check("$4,500", Some(&["4", "500"]));
        check("2'750'000", Some(&["2", "750", "000"]));
        check("4,50", None);
        check("4500,500", None);
        check("0,500", None);
        check("500", None);
        check("a,500", None);
        assert_eq!(groups_of("4500").unwrap(), ["4", "500"]);
        assert_eq!(groups_of("2750000").unwrap(), ["2", "750", "000"]);
        assert_eq!(groups_of("482000").unwrap(), ["482", "000"]);
        assert_eq!((groups_of("500"), groups_of("0450"), groups_of("45a0")), (None, None, None));
    }

    #[test]
    fn letters_stand_beside_digits() {
        for (word, expected) in [
            ("512mb", Some(("512", "mb"))),
            ("rfc7231", Some(("rfc", "7231"))),
            ("k8s", None),
            ("queue", None),
            ("512", None),
            ("7be04c9", None),
        ] {
            assert_eq!(letters_and_digits(word), expected, "{word}");
        }
    }

    #[test]
    fn letters_and_digits_of_identifiers_are_apart() {
        for (identifier, expected) in [
            ("1.5gb", Some(&["1", "5", "gb"][..])),
            ("tlsv1.3", Some(&["tls", "1", "3"])),
            ("openssl3.0.2", Some(&["openssl", "3", "0", "2"])),
            ("10gib", Some(&["10", "gib"])),
            ("v6.2.8", None),
            ("node.js", None),
            ("order-service-7", None),
        ] {
            assert_eq!(apart_by_digits(identifier).as_deref(), expected, "{identifier}");
        }
    }

    #[test]
    fn parts_are_joined() {
        for (identifier, expected) in [
            ("rfc-7231", Some("rfc7231")),
            ("order-service", Some("orderservice")),
            ("order_service", Some("orderservice")),
            ("4.500", Some("4500")),
            ("4_500", Some("4500")),
            ("2024-03", None),
            ("10.0.0.1", None),
            ("node.js", None),
        ] {
            assert_eq!(without_joiners(identifier).as_deref(), expected, "{identifier}");
        }
    }

    #[test]
    fn versions_have_a_v_or_none() {
        for (version, expected) in [
            ("v6.2.8", Some("6.2.8")),
            ("6.2.8", Some("v6.2.8")),
            ("v1.2-rc1", Some("1.2-rc1")),
            ("v6", None),
            ("6", None),
            ("var.log", None),
            ("v.2", None),
        ] {
            assert_eq!(other_version(version).as_deref(), expected, "{version}");
        }
    }

    #[test]
    fn hashes_have_digits_and_letters() {
        assert!(is_hash("7be04c9") && is_hash("da39a3ee5e6b4b0d3255bfef95601890afd80709"));
        assert!(!is_hash("7be04c") && !is_hash("defaced") && !is_hash("1234567") && !is_hash("7be04cx"));
        assert_eq!(hash_starts("7be04c91d").collect::<Vec<_>>(), ["7be04c9", "7be04c91"]);
        assert_eq!(hash_starts("da39a3ee5e6b4b0d3255bfef95601890afd80709").count(), 6);
    }

    #[test]
    fn words_have_halves() {
        let all = |word: &str| halves(word).map(|(a, b)| format!("{a} {b}")).collect::<Vec<_>>();
        assert!(all("orderservice").contains(&"order service".to_owned()));
        assert_eq!(all("setup"), ["set up"]);
        assert_eq!(all("abcdef"), ["abc def"]);
        assert!(all("pool").is_empty() && all("p99thing").is_empty());
    }
}
