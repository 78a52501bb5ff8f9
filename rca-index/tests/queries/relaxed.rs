//! Missing words: corrections of typos, and partial matches.

use rca_index::{Index, Match, SearchResults};

use super::{archive, check, ids, request, telling};

fn search(index: &Index, query: &str) -> SearchResults {
    let mut request = request(query);
    request.relax = true;
    index.search(&request).unwrap()
}

/// The ids of the partial matches.
fn some_words(results: &SearchResults) -> Vec<&str> {
    results.hits.iter().filter(|hit| hit.matched == Match::Some).map(|hit| hit.incident.id.as_str()).collect()
}

#[test]
fn a_typo_is_corrected() {
    let index = archive([
        ("backlog", telling("the backlog")),
        ("canary", telling("the canary")),
        ("cannery", telling("the cannery")),
        ("certificate", telling("the certificate")),
        ("walrus", telling("the walrus")),
        ("host", telling("the host")),
        ("pod", telling("the pod web-7 with E1001")),
        ("cause", "# Fog\n\n## Root Cause\n\nThe pelican.\n".to_owned()),
    ]);
    check(
        &index,
        &[
            // One edit: a letter replaced, removed or added, or two swapped.
            ("bakclog", "backlog"),
            ("baklog", "backlog"),
            ("backxlog", "backlog"),
            ("bocklog", "backlog"),
            // Two edits only in a word of at least nine letters.
            ("bocklig", ""),
            ("wolrox", ""),
            ("certifikoat", ""),
            ("cartifikate", "certificate"),
            ("certiphikate", ""),
            // Only a word of at least four letters.
            ("hozt", "host"),
            ("pid", ""),
            // Known words are not corrected, nor are identifiers and numbers.
            ("cannery", "cannery"),
            ("canery", "canary cannery"),
            ("web-8", ""),
            ("E1002", ""),
            // Words in quotes or in a pattern are not corrected.
            ("\"baklog\"", ""),
            ("baklo*", ""),
            // In a field, and with other words.
            ("rootcause:pelicon", "cause"),
            ("title:pelicon", ""),
            ("the baklog", "backlog"),
            ("walrus baklog", ""),
            ("walrus OR baklog", "walrus backlog"),
        ],
    );
    let suggestions = |query: &str| {
        let found = search(&index, query).suggestions.into_iter();
        found.map(|s| format!("{}: {}", s.typed, s.meant.join(" "))).collect::<Vec<_>>().join("; ")
    };
    assert_eq!(suggestions("baklog"), "baklog: backlog");
    assert_eq!(suggestions("Canery"), "canery: canary cannery");
    assert_eq!(suggestions("baklog walrsu"), "baklog: backlog; walrsu: walrus");
    for known in ["backlog", "cannery", "web-8", "zzzzzz", "\"baklog\"", "baklog~1"] {
        assert_eq!(suggestions(known), "", "{known}");
    }
}

#[test]
fn a_typo_stands_for_the_four_most_frequent_words_like_it() {
    let words = ["walrua", "walrub", "walruc", "walrud", "walrue"];
    // The further down, the more frequent.
    let reports =
        words.iter().enumerate().flat_map(|(at, word)| (0..=at).map(move |i| (format!("{word}{i}"), telling(word))));
    let index = archive(reports);
    let found = index.search(&request("walruz")).unwrap();
    assert_eq!(found.suggestions[0].meant, ["walrue", "walrud", "walruc", "walrub"]);
    assert_eq!((found.total, ids(&found.hits).contains(&"walrua0")), (14, false));
}

#[test]
fn a_typo_does_not_stand_for_a_stop_word() {
    let text = |word: &str| format!("That was what they did when it had been there: the {word}.");
    let index = archive([("a", telling(&text("walrus"))), ("b", telling(&text("pelican")))]);
    for typo in ["chat", "thit", "whan", "bean"] {
        let found = search(&index, typo);
        assert_eq!((ids(&found.hits), found.suggestions.len()), (vec![], 0), "{typo}");
    }
    assert_eq!(search(&index, "chat walrus").interpreted, "chat walrus");
}

#[test]
fn a_correction_stands_for_its_other_forms_too() {
    let index = archive([
        ("one", telling("one certificate")),
        ("more", telling("all certificates")),
        ("other", telling("a walrus")),
    ]);
    let mut found = ids(&search(&index, "certifcate").hits).into_iter().map(str::to_owned).collect::<Vec<_>>();
    found.sort_unstable();
    assert_eq!(found, ["more", "one"]);
    check(&index, &[("certifcate -walrus", "more one")]);
}

#[test]
fn an_answer_says_how_the_query_was_understood() {
    let index = archive([("a", telling("the k8s walrus")), ("b", telling("a pelican"))]);
    let rows = [
        ("walrus pelican", "walrus pelican"),
        ("why is the walrus there", "walrus"),
        ("why is it", "why is it"),
        ("the \"the walrus\"", "the \"the walrus\""),
        ("k8s", "k8s OR kubernetes OR kube"),
        ("the k8s walrus", "(k8s OR kubernetes OR kube) walrus"),
        ("\"k8s\"", "\"k8s\""),
        ("walrsu", "walrsu OR walrus"),
        ("walrus (the OR pelican) severity:>=p1", "walrus (the OR pelican) severity:>=p1"),
        ("walrus OR pelican sort:-date", "walrus OR pelican sort:-date"),
        ("duration:>1h30m", "duration:>90"),
    ];
    for (query, expected) in rows {
        assert_eq!(index.search(&request(query)).unwrap().interpreted, expected, "{query}");
    }
}

/// An archive of twelve, so that the words of the first few incidents are rare.
fn few_among_many() -> Index {
    let few = [
        ("all", "the walrus and the pelican slept"),
        ("walrus", "the walrus slept"),
        ("pelican", "the pelican slept"),
        ("badger", "the badger slept"),
    ];
    let others = (0..8).map(|i| (format!("other{i}"), telling("nobody slept")));
    archive(few.map(|(id, text)| (id.to_owned(), telling(text))).into_iter().chain(others))
}

#[test]
fn partial_matches_follow_full_matches() {
    let index = few_among_many();
    let found = search(&index, "walrus pelican");
    assert_eq!((ids(&found.hits)[0], found.total, found.total_some, found.relaxed), ("all", 1, 2, false));
    let mut some = some_words(&found);
    some.sort_unstable();
    assert_eq!(some, ["pelican", "walrus"]);
    // A single word has no partial matches. Other sort orders have no best matches. Excluded incidents stay excluded.
    for query in ["walrus", "walrus pelican sort:date", "walrus -pelican"] {
        assert_eq!(some_words(&search(&index, query)), [""; 0], "{query}");
    }
    let found = search(&index, "(walrus OR badger) pelican");
    assert_eq!((ids(&found.hits)[0], found.total), ("all", 1));
    let mut some = some_words(&found);
    some.sort_unstable();
    assert_eq!(some, ["badger", "pelican", "walrus"]);
    assert_eq!(some_words(&index.search(&request("walrus pelican")).unwrap()), [""; 0]);
}

#[test]
fn without_full_matches_the_best_partial_matches_are_hits() {
    let index = few_among_many();
    let found = search(&index, "walrus pelican zebra");
    assert!(found.relaxed && some_words(&found).len() == 3);
    assert_eq!((found.total, found.total_some, ids(&found.hits)[0]), (0, 3, "all"));
    // Frequent words are not enough for a partial match.
    let found = search(&index, "slept walrus zebra giraffe");
    assert!(found.relaxed);
    assert_eq!(found.total_some, 2, "{:?}", ids(&found.hits));
    // A phrase counts as one of the words.
    let found = search(&index, "\"the pelican\" zebra");
    assert_eq!((found.relaxed, found.total_some), (true, 2), "{:?}", ids(&found.hits));
    // Conditions hold all the same, in brackets too.
    let found = search(&index, "zebra pelican (walrus OR has:users)");
    assert_eq!((ids(&found.hits), found.relaxed), (vec!["all"], true));
    let found = search(&index, "walrus pelican zebra -pelican");
    assert_eq!((ids(&found.hits), found.total_some), (vec!["walrus"], 1));
    let found = search(&index, "walrus zebra has:users");
    assert!(!found.relaxed && found.hits.is_empty() && found.total_some == 0);
    // Filters are not relaxed, nor is a query that finds something.
    assert!(!search(&index, "has:users").relaxed);
    assert!(!search(&index, "walrus").relaxed);
    assert!(!search(&index, "zebra").relaxed);
    assert!(index.search(&request("walrus zebra")).unwrap().hits.is_empty());
}
