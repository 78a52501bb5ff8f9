//! The names of services: what of a text is a name, and whether it is one at all.
//!
//! In: the value of a key such as `services`, or an item of a list. Out: names; and what is a count or a sentence and no
//! name, by sure signs only, since a wrong name is worse than none.

use crate::parse::phrases::find;
use crate::parse::value::Value;

/// Whether a text is the name of a service.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// It is, as it stands.
    Plainly(String),
    /// It is, behind a count: `All 3 k3s nodes`.
    WithCount {
        /// The text as written.
        text: String,
        /// The name.
        name: String,
    },
    /// It is a sentence, or stands for everything.
    NotAtAll(String),
}

/// Words for how many, in front of what they count.
const QUANTIFIERS: [&str; 11] =
    ["all", "any", "both", "each", "every", "many", "most", "multiple", "several", "some", "various"];

/// What is counted without being named.
const ANYTHING: [&str; 25] = [
    "services", "systems", "nodes", "apps", "applications", "users", "customers", "sites", "websites", "regions",
    "environments", "clusters", "components", "servers", "hosts", "machines", "workloads", "pods", "requests",
    "tenants", "products", "endpoints", "pages", "features", "teams",
];

/// Verbs that no name of a service has in it, in lower case; `What Is My IP` may be a name.
const VERBS: [&str; 23] = [
    "is", "are", "was", "were", "been", "became", "showed", "recovered", "self-recovered", "experienced", "could",
    "couldn't", "cannot", "can't", "had", "did", "didn't", "doesn't", "returned", "remained", "went", "saw", "crashed",
];

/// Tells a name from a count of something, and from a sentence.
pub(super) fn named(text: String) -> Named {
    /// In characters; what is longer is a sentence.
    const LONGEST: usize = 60;
    let words: Vec<&str> = text.split(' ').collect();
    if text.chars().count() > LONGEST || is_sentence(&words) {
        return Named::NotAtAll(text);
    }
    let counted = without_count(&words);
    if counted.len() == words.len() && !text.eq_ignore_ascii_case("all") && !text.eq_ignore_ascii_case("everything") {
        return Named::Plainly(text);
    }
    let name = counted.join(" ");
    let anything = counted.iter().all(|word| ANYTHING.contains(&&*word.to_lowercase()));
    if anything || counted.len() == words.len() { Named::NotAtAll(text) } else { Named::WithCount { name, text } }
}

/// Whether words make a sentence.
fn is_sentence(words: &[&str]) -> bool {
    if words.len() < 3 {
        return false;
    }
    let plain = |word: &&str| word.trim_end_matches(|c: char| !c.is_alphanumeric()).replace('’', "'");
    // `failed to start`; before a noun the word is no verb: `failed payments`.
    let failed = words.windows(2).any(|pair| {
        pair[0] == "failed" && matches!(pair[1], "to" | "with" | "for" | "at" | "in" | "after" | "during" | "because")
    });
    failed || words.iter().skip(1).any(|word| VERBS.contains(&&*plain(word)))
}

/// The words behind a count, such as `all 3` or `5`, if they are a plural.
fn without_count<'a, 'w>(words: &'w [&'a str]) -> &'w [&'a str] {
    let is_number = |word: &&str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit());
    let is_plural = |word: &&&str| word.starts_with(char::is_lowercase) && word.ends_with('s') && !word.ends_with("ss");
    if !words.last().is_some_and(|last| is_plural(&last)) {
        return words;
    }
    let quantified = words.first().is_some_and(|first| QUANTIFIERS.contains(&&*first.to_lowercase()));
    let mut rest = &words[usize::from(quantified)..];
    if quantified {
        let article = rest.iter().take_while(|word| matches!(**word, "of" | "the" | "our")).count();
        rest = &rest[article..];
    }
    let numbered = rest.first().is_some_and(is_number);
    let rest = &rest[usize::from(numbered)..];
    if rest.is_empty() { words } else { rest }
}

/// The texts of a value that name a service each. If prose follows, only its first sentence counts.
pub(super) fn service_texts(value: &Value) -> Vec<String> {
    match value {
        Value::Text(text) => {
            let text = first_sentence(text);
            // `All services behind the proxy: a, b`
            let named = text.split_once(": ").filter(|(lead, rest)| lead.contains(' ') && rest.contains(", "));
            Value::Text(named.map_or(text, |(_, rest)| rest).to_owned()).texts()
        }
        // `api: slow`: the name stands first.
        other => other.texts().iter().map(|text| text.split(": ").next().unwrap_or_default().to_owned()).collect(),
    }
}

/// A name without a remark in brackets, and without the marks that only markup adds.
pub(super) fn service_name(text: &str) -> String {
    const MARKS: [char; 10] = ['*', '`', '"', '\'', '“', '”', '‘', '’', '„', ':'];
    let text = without_remark(first_sentence(text)).trim_matches(|c: char| MARKS.contains(&c) || c.is_whitespace());
    let text = text.strip_prefix("and ").unwrap_or(text);
    let rest = text.strip_prefix('~').unwrap_or(text);
    let others = rest.ends_with(" others") || rest.ends_with(" more");
    if others && rest.starts_with(|c: char| c.is_ascii_digit()) { String::new() } else { text.to_owned() }
}

fn first_sentence(text: &str) -> &str {
    let end = ["。", ". ", "! "].iter().filter_map(|end| find(text, end)).filter(|&at| at > 0).min();
    end.map_or(text, |end| &text[..end])
}

/// `rag-orchestrator（全面停止）` without the remark in brackets, and `api — slow` without the one behind a dash.
fn without_remark(text: &str) -> &str {
    let ends = ["(", "（", " — ", " – ", " - "];
    let end = ends.iter().filter_map(|end| find(text, end)).filter(|&at| at > 0).min();
    end.map_or(text, |at| text[..at].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_told_from_a_count_and_a_sentence() {
        let check = |text: &str, expected: &str| {
            let found = match named(service_name(text)) {
                Named::Plainly(name) => name,
                Named::WithCount { name, .. } => format!("count {name}"),
                Named::NotAtAll(_) => "none".to_owned(),
            };
            assert_eq!(found, expected, "{text}");
        };
        // Counts of what has a name.
        check("All 4 edge proxies", "count edge proxies");
        check("all Nomad workloads", "count Nomad workloads");
        check("Both of the print servers", "count print servers");
        check("12 checkout pods", "count checkout pods");
        check("several EU brokers", "count EU brokers");
        // Counts of anything.
        for text in ["All", "everything", "all services", "All 7 systems", "Most of our customers", "40 users"] {
            check(text, "none");
        }
        // Sentences.
        check("most came back by themselves and were fine", "none");
        check("some self-recovered once the load fell", "none");
        check("Region-wide: 9/12 watched hosts showed timeouts", "none");
        check("the importer failed to start", "none");
        check("Checkout couldn’t reach payments", "none");
        check(&"a very long description ".repeat(4), "none");
        // Names.
        for name in [
            "inventory-api", "Order Service", "What Is My IP", "All Saints shop", "all-hands", "Any Desk", "Every",
            "7 zip", "3scale", "S3", "k3s nodes", "failed payments", "Phase 2", "The Matrix",
            "analytics of every shop", "api and dashboard", "ci agents for builds in cluster b", "wiki.example.org",
            "1.1.1.1 resolver", "データベース", "tous les services", "9/12", "Most", "Business",
        ] {
            check(name, name);
        }
    }
}
