//! Snippets: what is quoted and highlighted, and what finding it costs.

use super::*;
use crate::incident::Incident;
use crate::search::SearchRequest;

/// What is highlighted in the best passage of a report, each piece in brackets.
fn marked(report: &str, query: &str) -> String {
    let parsed = crate::parse::parse_report("a.md", report.to_owned(), &crate::parse::ParseOptions::default());
    let snippets = SearchRequest::parse(query).unwrap().snippets_of(&parsed.incident);
    let Snippet { text, highlights, .. } = &snippets[0];
    let mut marked = text.clone();
    for range in highlights.iter().rev() {
        marked.insert(range.end, ']');
        marked.insert(range.start, '[');
    }
    marked
}

#[test]
fn what_counts_as_a_word_is_highlighted() {
    let check = |text: &str, query: &str, expected: &str| {
        assert_eq!(marked(&format!("# Title\n\n## Root cause\n\n{text}\n"), query), expected, "{query}");
    };
    check("The queue grew.", "queue", "The [queue] grew.");
    check("The queues grew.", "queue", "The [queues] grew.");
    check("A certificate expired.", "certif*", "A [certificate] expired.");
    check("Kubernets failed.", "kubernetes~1", "[Kubernets] failed.");
    check("Kubrnets failed, kubernetes not.", "kubernetes~1", "Kubrnets failed, [kubernetes] not.");
    check("The load balancer failed.", "lb", "The [load] [balancer] failed.");
    check(
        "A pool of connections; the connection pool.",
        "\"connection pool\"",
        "A pool of connections; the [connection] [pool].",
    );
    check("Restarted inventory-api.", "inventory-api", "Restarted [inventory-api].");
    check("Queue grew.", "title:queue grew", "Queue [grew].");
}

#[test]
fn what_is_not_shown_is_not_highlighted() {
    // One letter of another is a control character.
    assert_eq!(marked("# T\n\nAll \u{2}\u{2} of its\n", "uk~2"), "All [of] its");
    assert_eq!(marked("e\u{2}", "s~"), "[e]");
    for row in ["| a | \u{2} |", "| a | b |", "a |\u{2}|", "| | |", "|\u{2}\u{2}|e|"] {
        for query in ["s~", "uk*bernetes~"] {
            let report = format!("# T\n\n| x | y |\n|---|---|\n{row}\n");
            assert!(!marked(&report, query).contains("[]"), "{row} {query}");
        }
    }
}

#[test]
fn code_and_tables_keep_their_shape() {
    let check = |text: &str, query: &str, expected: &str| {
        assert_eq!(marked(&format!("# Title\n\n## Root cause\n\n{text}\n"), query), expected, "{query}");
    };
    let config = "The limit was wrong:\n\n```yaml\npool:\n  size: 8\n\n  zebra: on | off\n```\n\nIt is\nright now.";
    check(config, "zebra", "[zebra]: on | off\nIt is right now.");
    check(config, "limit", "The [limit] was wrong:\npool:\n  size: 8\n  zebra: on | off\nIt is right now.");
    check(config, "pool", "[pool]:\n  size: 8\n  zebra: on | off\nIt is right now.");
    check("```\n\tif okapi {\n\t\tpanic()\n```", "okapi", "if [okapi] {\n    panic()");
    check("<pre>\nlemur  x\n y\n</pre>\nz", "lemur", "[lemur]  x\n y\nz");
    let table = "| time | what |\n|:-----|---|\n| 10:05 | the   zebra fell | \n| 10:07 |  | up |\n\n- one\n- two";
    check(table, "zebra", "10:05 | the [zebra] fell\n10:07 | up\n- one - two");
    check(table, "what", "time | [what]\n10:05 | the zebra fell\n10:07 | up\n- one - two");
    let many = format!("```\nokapi\n{}```\n", "x\n".repeat(20));
    check(&many, "okapi", "[okapi]\nx\nx\nx\nx\nx");
    let long = format!("```\n{}\nokapi {}\n```", "a b ".repeat(20), "word ".repeat(80));
    let found = marked(&format!("# T\n\n## Root cause\n\n{long}\n"), "okapi");
    assert!(found.starts_with("[okapi] word") && found.ends_with('…') && found.len() < LENGTH + 70, "{found}");
}

#[test]
fn a_passage_with_more_of_the_words_is_better() {
    let report =
        "# Title\n\n## Root cause\n\nThe zebra was slow.\n\n## Resolution\n\nThe zebra and the okapi were restarted.\n";
    assert_eq!(marked(report, "zebra okapi"), "The [zebra] and the [okapi] were restarted.");
    assert_eq!(marked(report, "quagga"), "The zebra was slow.", "the beginning, where nothing matches");
}

#[test]
fn a_word_typed_again_weighs_as_much_again() {
    let report = "# T\n\n## Root cause\n\nThe okapi fell.\n\n## Resolution\n\nThe zebra fell.\n";
    assert_eq!(marked(report, "zebra okapi okapi okapi"), "The [okapi] fell.");
    assert_eq!(marked(report, "okapi zebra zebra zebra"), "The [zebra] fell.");
    let twice = "# T\n\n## Root cause\n\nA queue. The queue queue grew.\n";
    assert_eq!(marked(twice, "\"queue queue\""), "A queue. The [queue] [queue] grew.");
}

#[test]
fn work_grows_with_the_size() {
    const SIZE: usize = 4_000;
    let typos =
        ('a'..='z').flat_map(|a| ('a'..='z').map(move |b| format!("queu{a}{b}~2 "))).collect::<Vec<_>>().concat();
    let prefixes = (1..150).map(|n| format!("{}* ", "a".repeat(n))).collect::<Vec<_>>().concat();
    let words = (0..2_000).map(|i| format!("w{i} ")).collect::<Vec<_>>().concat();
    let phrase = format!("\"{}\"~50", "a ".repeat(500));
    let letters = ('a'..='z').map(|c| format!("{c}* ")).collect::<Vec<_>>().concat();
    let queries = [
        "queue",
        "queue grew",
        &"queue ".repeat(2_000),
        &"a* ".repeat(2_000),
        &letters,
        &typos,
        &prefixes,
        &words,
        &phrase,
        "\"a a\"~50",
        &format!("{}~2", "q".repeat(60)),
    ];
    let pieces = [
        "queue ",
        "queue\n",
        "a\n",
        "a ",
        "a",
        "queue-grew.a/b ",
        "|a|queue",
        "w1 w2 w3 ",
        "\n## queue\na\n",
        "- a\n",
        "```\na\n```\n",
        "e\u{301} ",
        "\u{1f469}\u{200d}\u{1f4bb}",
        "障害",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa ",
        "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq ",
    ];
    let report = |piece: &str, size: usize| {
        let text = format!("# T\n\n{}\n", piece.repeat(size / piece.len()));
        crate::parse::parse_report("a.md", text, &crate::parse::ParseOptions::default()).incident
    };
    let reports: Vec<_> = pieces.iter().map(|piece| (piece, report(piece, SIZE), report(piece, 2 * SIZE))).collect();
    for query in queries {
        let request = SearchRequest::parse(query).unwrap();
        for (piece, one, two) in &reports {
            let of = |incident: &Incident| {
                work::counted::taken();
                assert!(!request.snippets_of(incident).is_empty());
                work::counted::taken()
            };
            let (once, twice) = (of(one), of(two));
            let name: String = query.chars().take(20).collect();
            assert!(twice <= 2 * once + once / 4 + 10_000, "{name} in {piece}: {once} {twice}");
            assert!(once <= 170 * SIZE + 50_000, "{name} in {piece}: {once}");
        }
    }
}

#[test]
fn a_long_query_is_found_to_the_end_of_a_report() {
    let text = format!("# T\n\n## Root cause\n\n{}\nThe zebra and the okapi.\n", "The queue grew.\n".repeat(5_000));
    assert!(marked(&text, &format!("{}zebra okapi", "queue ".repeat(1_000))).starts_with("The [queue] grew."));
    // Nearly as many words as a query may have.
    let words = (0..500).map(|i| format!("w{i} ")).collect::<Vec<_>>().concat();
    assert_eq!(marked(&text, &format!("{words}zebra okapi")), "The [zebra] and the [okapi].");
}
