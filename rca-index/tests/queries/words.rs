//! Words and their alternatives: other forms, phrases, slop, prefixes, similar spellings, identifiers, synonyms, stop
//! words.

use super::{archive, check, telling};

/// An archive of reports, each given as id and text.
fn texts(texts: &[(&str, &str)]) -> rca_index::Index {
    archive(texts.iter().map(|&(id, text)| (id, telling(text))))
}

#[test]
fn a_word_matches_its_other_forms() {
    let index = texts(&[
        ("one", "the walrus"),
        ("upper", "THE WALRUS"),
        ("many", "two walruses"),
        ("inside", "walrusland"),
        ("accent", "une panne réseau"),
        ("plain", "une panne reseau"),
        ("owner", "the pelican's nest"),
        ("dot", "Walrus."),
    ]);
    check(
        &index,
        &[
            ("walrus", "one upper many dot"),
            ("walruses", "one upper many dot"),
            ("WALRUS", "one upper many dot"),
            ("walrusland", "inside"),
            ("reseau", "accent plain"),
            ("réseau", "accent plain"),
            ("pelican", "owner"),
            ("(walrus)", "one upper many dot"),
            ("walrus, pelican!", ""),
            ("!walrus!", "one upper many dot"),
        ],
    );
}

#[test]
fn a_phrase_matches_words_in_order() {
    let index = texts(&[
        ("next", "a walrus pelican came"),
        ("swapped", "a pelican walrus came"),
        ("gap1", "a walrus grey pelican came"),
        ("gap2", "a walrus grey old pelican came"),
        ("gap3", "a walrus grey old tired pelican came"),
        ("gap4", "a walrus grey old tired hungry pelican came"),
        ("plural", "a walrus pelicans came"),
        ("sign", "a walrus -- Pelican! came"),
        ("only", "a walrus came"),
        ("again", "a walrus and then a walrus pelican came"),
    ]);
    check(
        &index,
        &[
            ("\"walrus pelican\"", "next sign again"),
            ("\"Walrus, PELICAN\"", "next sign again"),
            ("\"pelican walrus\"", "swapped"),
            ("\"walrus\"", "next swapped gap1 gap2 gap3 gap4 plural sign only again"),
            // Exact words only, no other forms.
            ("\"walrus pelicans\"", "plural"),
            ("\"walruses pelican\"", ""),
            // Slop is the number of moves allowed; swapping two words takes two.
            ("\"walrus pelican\"~0", "next sign again"),
            ("\"walrus pelican\"~1", "next sign again gap1"),
            ("\"walrus pelican\"~2", "next sign again gap1 gap2 swapped"),
            ("\"walrus pelican\"~3", "next sign again gap1 gap2 swapped gap3"),
            ("\"walrus pelican\"~4", "next sign again gap1 gap2 swapped gap3 gap4"),
            ("\"pelican walrus\"~1", "swapped"),
            ("\"walrus old pelican\"~1", "gap2"),
            ("\"walrus tired hungry\"~1", ""),
            ("\"walrus tired hungry\"~2", "gap4"),
            // Combined with words and filters.
            ("came \"walrus pelican\"", "next sign again"),
            ("grey -\"walrus grey pelican\"", "gap2 gap3 gap4"),
            ("\"walrus grey\" \"pelican came\"", "gap1 gap2 gap3 gap4"),
            ("\"walrus grey pelican\" OR \"pelican walrus\"", "gap1 swapped"),
            // Stop words count in a phrase.
            ("\"and then a walrus\"", "again"),
            ("\"a walrus pelican came\"", "next sign again"),
        ],
    );
}

#[test]
fn a_phrase_stays_inside_a_section() {
    let index = archive([
        ("border", "# Fog\n\n## Summary\n\nIt was a walrus\n\n## Root Cause\n\npelican\n"),
        ("heading", "# Fog\n\n## Notes on the walrus\n\npelican\n"),
        ("title", "# The walrus\n\npelican\n"),
        ("same", "# Fog\n\n## Summary\n\nNothing\n\n## Root Cause\n\nthe walrus\npelican\n"),
        ("paragraphs", "# Fog\n\n## Summary\n\nthe walrus\n\npelican\n"),
    ]);
    check(
        &index,
        &[
            ("walrus pelican", "border heading title same paragraphs"),
            ("\"walrus pelican\"", "same paragraphs"),
            ("rootcause:\"walrus pelican\"", "same"),
            ("summary:\"walrus pelican\"", "paragraphs"),
            ("summary:\"pelican\"", "paragraphs"),
            ("title:\"the walrus\"", "title"),
            ("\"the walrus\"", "heading title same paragraphs"),
        ],
    );
}

#[test]
fn a_prefix_matches_all_words_that_start_with_it() {
    let index = texts(&[
        ("certificate", "the certificate was old"),
        ("certificates", "certificates were old"),
        ("certified", "nobody is certified"),
        ("certify", "CERTIFY it"),
        ("cert", "the cert was old"),
        ("concert", "the concert was long"),
        ("service", "the inventory-api was slow"),
        ("code", "saw ERR_CONN_RESET again"),
    ]);
    check(
        &index,
        &[
            ("certif*", "certificate certificates certified certify"),
            ("CertiF*", "certificate certificates certified certify"),
            ("certifi*", "certificate certificates certified"),
            ("certificate*", "certificate certificates"),
            ("certificates*", "certificates"),
            ("certify*", "certify"),
            ("cert*", "cert certificate certificates certified certify"),
            ("c*", "cert certificate certificates certified certify concert code"),
            ("certx*", ""),
            ("old certif*", "certificate certificates"),
            ("certif* -certificate", "certified certify"),
            ("certif* OR concert", "certificate certificates certified certify concert"),
            // Prefixes of identifiers, and of each part.
            ("inventory-a*", "service"),
            ("invent*", "service"),
            ("ap*", "service"),
            ("inventory-b*", ""),
            ("err_conn*", "code"),
            ("res*", "code"),
        ],
    );
}

#[test]
fn a_prefix_stands_for_the_128_most_frequent_words() {
    let reports = (0..132).map(|i| {
        // The last two of 130 words are the most frequent.
        let number = if i < 130 { i } else { i - 2 };
        (format!("{i:03}"), telling(&format!("a zebra{number:03} came")))
    });
    let index = archive(reports);
    let all: Vec<String> = (0..132).filter(|i| !(126..128).contains(i)).map(|i| format!("{i:03}")).collect();
    check(&index, &[("zebra*", &all.join(" ")), ("zebra127", "127")]);
}

#[test]
fn a_title_is_searched_in_each_way() {
    // The title of a report is a heading of its text; that of any other incident is not.
    let index = rca_index::Index::in_memory().unwrap();
    index.upsert([rca_index::Incident::new("1", "Inventory-api walrus")]).unwrap();
    let queries = ["walrus", "walruses", "walr*", "walris~1", "walris", "\"api walrus\"", "inventory-api", "inventory"];
    let fields = queries.iter().flat_map(|query| [(*query).to_owned(), format!("title:{query}")]);
    for query in fields {
        // What is excluded is excluded as typed: a typo excludes nothing.
        let left = if query.ends_with("walris") { "1" } else { "" };
        check(&index, &[(&query, "1"), (&format!("-{query}"), left)]);
    }
    check(&index, &[("body:walrus", ""), ("body:walr*", ""), ("body:\"api walrus\"", ""), ("title:pelican", "")]);
}

#[test]
fn a_fuzzy_word_matches_within_its_distance() {
    let index = texts(&[
        ("same", "pelican"),
        ("other", "pelicon"),
        ("less", "pelcan"),
        ("more", "pelickan"),
        ("swapped", "peilcan"),
        ("first", "belican"),
        ("two-other", "palicon"),
        ("two-less", "pecan"),
        ("two-more", "pellickan"),
        ("two-swapped", "eplicna"),
        ("three", "bolicon"),
        ("heron", "heron"),
        ("hero", "hero"),
        ("her", "her"),
    ]);
    check(
        &index,
        &[
            ("pelican", "same"),
            ("pelican~1", "same other less more swapped first"),
            ("pelican~2", "same other less more swapped first two-other two-less two-more two-swapped"),
            // Two edits by default, but one for words of at most five letters.
            ("pelican~", "same other less more swapped first two-other two-less two-more two-swapped"),
            ("heron~", "heron hero"),
            ("heron~1", "heron hero"),
            ("heron~2", "heron hero her"),
            ("PELICAN~1", "same other less more swapped first"),
            // The word itself need not occur.
            ("pelixan~1", "same"),
            ("pelixan~2", "same other less more swapped first"),
            ("pelican~1 -pelican", "other less more swapped first"),
            ("xxxxxxx~2", ""),
        ],
    );
}

#[test]
fn patterns_and_phrases_can_be_limited_to_a_section() {
    let index = archive([
        ("title", "# Certificate expired\n\n## Root Cause\n\nSlow.\n"),
        ("cause", "# Fog\n\n## Root Cause\n\nThe certificate expired.\n"),
        ("notes", "# Fog\n\n## Notes\n\nThe certificate expired.\n"),
    ]);
    check(
        &index,
        &[
            ("certif*", "title cause notes"),
            ("title:certif*", "title"),
            ("rootcause:certif*", "cause"),
            ("body:certif* -title:certif*", "notes"),
            ("title:certifikate~1", "title"),
            ("rootcause:certifikate~1", "cause"),
            ("rootcause:(certif* expired)", "cause"),
            ("rootcause:(fog OR certif*)", "cause"),
            ("title:\"certificate expired\"", "title"),
            ("rootcause:\"certificate expired\"", "cause"),
            ("rootcause:\"the expired\"~1", "cause"),
            ("rootcause:\"the expired\"", ""),
            ("-rootcause:certif*", "title notes"),
        ],
    );
    // Where an identifier stands is where its first part stands, also behind other words in one.
    let index = archive([("cause", "# Fog\n\n## Root Cause\n\ninventory api walrus pelican\n")]);
    check(&index, &[("rootcause:walrus,pelican,inventory-api", "cause"), ("title:walrus,inventory-api", "")]);
}

#[test]
fn an_identifier_is_found_whole_and_by_its_parts() {
    let index = texts(&[
        ("api", "the inventory-api was slow"),
        ("apart", "the inventory api was slow"),
        ("swapped", "the api inventory was slow"),
        ("app", "the inventory-app was slow"),
        ("camel", "saw a NullPointerException there"),
        ("address", "no route to 10.0.0.1:443 there"),
        ("neighbour", "no route to 10.0.0.12:443 there"),
        ("path", "wrote to /var/log/syslog there"),
        ("cve", "patched CVE-2024-3094 there"),
    ]);
    check(
        &index,
        &[
            ("inventory-api", "api apart"),
            ("INVENTORY-API", "api apart"),
            ("inventory_api", "api apart"),
            ("api-inventory", "swapped"),
            ("inventory", "api apart swapped app"),
            ("api", "api apart swapped"),
            ("inventory api", "api apart swapped"),
            ("\"inventory api\"", "api apart"),
            ("\"inventory-api\"", "api apart"),
            ("-inventory-api slow", "swapped app"),
            ("nullpointerexception", "camel"),
            ("NullPointerException", "camel"),
            ("pointer", "camel"),
            ("\"null pointer exception\"", "camel"),
            ("\"pointer null\"", ""),
            ("10.0.0.1:443", "address"),
            ("10.0.0.1", "address"),
            ("443", "address neighbour"),
            ("10.0.0.12", "neighbour"),
            ("10.0.0.2", ""),
            ("syslog", "path"),
            ("/var/log", "path"),
            ("var log syslog", "path"),
            ("cve-2024-3094", "cve"),
            ("CVE-2024-3095", ""),
        ],
    );
}

#[test]
fn stop_words_are_dropped_beside_other_words() {
    let index = texts(&[
        ("the", "the walrus"),
        ("bare", "walrus"),
        ("how", "how to do it"),
        ("why", "why did it do so"),
        ("title", "nothing"),
    ]);
    check(
        &index,
        &[
            ("the walrus", "the bare"),
            ("why did the walrus do it", "the bare"),
            // A query of stop words only searches for them.
            ("the", "the"),
            ("how to", "how"),
            ("why it", "why"),
            ("do it", "how why"),
            // In a phrase and after a field name they are required.
            ("\"the walrus\"", "the"),
            ("\"the\" walrus", "the"),
            ("body:the walrus", "the"),
            ("walrus -the", "bare"),
        ],
    );
}

#[test]
fn a_synonym_is_found_too() {
    let index = texts(&[
        ("k8s", "the k8s cluster"),
        ("kubernetes", "the Kubernetes cluster"),
        ("none", "the cluster"),
        ("oom", "an OOM was seen"),
        ("memory", "it was out of memory"),
        ("scattered", "the memory was taken out of it"),
        ("lb", "the lb was slow"),
        ("balancer", "the load balancers were slow"),
        ("load", "the load was high"),
        ("titled", "nothing"),
    ]);
    check(
        &index,
        &[
            ("k8s", "k8s kubernetes"),
            ("kubernetes", "k8s kubernetes"),
            ("kubernetes cluster", "k8s kubernetes"),
            ("k8s OR oom", "k8s kubernetes oom memory"),
            // Synonyms of several words are phrases.
            ("oom", "oom memory"),
            ("out of memory", "oom memory scattered"),
            ("load balancer", "balancer lb"),
            ("lb", "balancer lb"),
            ("load", "load balancer"),
            ("balancer", "balancer"),
            // Words in quotes, in a pattern or excluded have no synonyms.
            ("\"k8s\"", "k8s"),
            ("k8s*", "k8s"),
            ("\"load balancers\"", "balancer"),
        ],
    );
}

#[test]
fn text_that_looks_like_syntax_is_words() {
    let index = texts(&[
        ("log", "ERROR: timed out, level=warn"),
        ("url", "see http://host/path?x=1 for more"),
        ("quote", "it said \"no\" twice"),
    ]);
    check(
        &index,
        &[
            ("ERROR: timed", "log"),
            ("level=warn", "log"),
            ("http://host/path?x=1", "url"),
            ("\\\"no\\\" said", "quote"),
            ("error:timed", "log"),
        ],
    );
}
