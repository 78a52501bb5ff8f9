//! Forms of words that the trade uses: plurals of abbreviations, units, numbers, versions, letters of other scripts, names
//! with a sign, hashes, words written as one or two.

use super::{archive, check, check_order, telling};
use rca_index::SearchRequest;

/// An archive of reports, each given as id and text.
fn texts(texts: &[(&str, &str)]) -> rca_index::Index {
    archive(texts.iter().map(|&(id, text)| (id, telling(text))))
}

#[test]
fn plurals_and_singulars_find_each_other() {
    let index = texts(&[
        ("crd", "the CRD was missing"),
        ("crds", "both CRDs were missing"),
        ("pvcs", "full PVCs"),
        ("vm", "one VM stopped"),
        ("slos", "we broke SLOs"),
        ("cpu", "the CPU was busy"),
        ("bus", "a message bus stalled"),
        ("buses", "message buses stalled"),
        ("alias", "the alias was wrong"),
        ("aliases", "these Aliases were wrong"),
        ("had", "it has nothing"),
        ("http", "an http error"),
        ("https", "an https error"),
    ]);
    check(
        &index,
        &[
            ("CRD", "crd crds"),
            ("crds", "crd crds"),
            ("pvc", "pvcs"),
            ("VMs", "vm"),
            ("slo", "slos"),
            ("CPUs", "cpu"),
            ("bus", "bus buses"),
            ("buses", "bus buses"),
            ("alias", "alias aliases"),
            ("aliases", "alias aliases"),
            ("ha", ""),
            ("http", "http"),
            ("https", "https"),
            ("\"CRD\"", "crd"),
        ],
    );
    check_order(&index, &[("crd", "crd crds"), ("aliases", "aliases alias")]);
}

#[test]
fn letters_and_digits_stand_together_or_apart() {
    let index = texts(&[
        ("512MB", "it has 512MB of memory"),
        ("512 MB", "it has 512 MB of memory"),
        ("512-mb", "the 512-mb limit"),
        ("256MB", "it has 256MB of memory"),
        ("1.5GB", "it has 1.5GB"),
        ("1.5 GB", "it has 1.5 GB"),
        ("RFC 7231", "by RFC 7231"),
        ("RFC-7231", "by RFC-7231"),
        ("RFC7231", "by RFC7231"),
        ("utf8", "bad utf8 text"),
        ("UTF-8", "bad UTF-8 text"),
        ("10 GiB", "it has 10 GiB"),
        ("10GiB", "it has 10GiB"),
        ("TLS 1.3", "needs TLS 1.3"),
        ("TLSv1.3", "needs TLSv1.3"),
        ("v6.2.8", "MySQL v6.2.8 here"),
        ("6.2.8", "MySQL 6.2.8 here"),
        ("6.2.4", "MySQL 6.2.4 here"),
        ("mysql-6.2.8", "MySQL mysql-6.2.8 here"),
    ]);
    let ids = |query: &str| {
        let results = index.search(&SearchRequest::parse(query).unwrap().limit(100).strict(true)).unwrap();
        let mut ids: Vec<String> = results.hits.iter().map(|hit| hit.incident.id.clone()).collect();
        ids.sort_unstable();
        ids
    };
    for (queries, expected) in [
        (&["512MB", "512 MB", "512-MB", "512mb"][..], &["512 MB", "512-mb", "512MB"][..]),
        (&["1.5GB", "1.5 gb"], &["1.5 GB", "1.5GB"]),
        (&["10GiB", "10 gib"], &["10 GiB", "10GiB"]),
        (&["TLS 1.3", "TLSv1.3"], &["TLS 1.3", "TLSv1.3"]),
        (&["TLS1.3"], &["TLS 1.3"]),
        (&["RFC 7231", "RFC-7231", "rfc7231"], &["RFC 7231", "RFC-7231", "RFC7231"]),
        (&["utf8", "UTF-8", "utf 8"], &["UTF-8", "utf8"]),
        (&["v6.2.8", "6.2.8"], &["6.2.8", "mysql-6.2.8", "v6.2.8"]),
    ] {
        for query in queries {
            assert_eq!(ids(query), expected, "{query}");
        }
    }
    check(&index, &[("\"512MB\"", "512MB")]);
    check_order(&index, &[("v6.2.4", "6.2.4")]);
}

#[test]
fn numbers_are_found_with_and_without_separators() {
    let index = texts(&[
        ("plain", "it cost 4500 orders"),
        ("comma", "it cost $4,500 so far"),
        ("point", "it cost 4.500 orders"),
        ("space", "it cost 4 500 orders"),
        ("narrow", "it cost 4\u{202f}500 orders"),
        ("under", "sleep 4_500 there"),
        ("other", "it cost 4501 orders"),
        ("million", "2,750,000 requests"),
        ("swiss", "2'750'000 requests"),
        ("apart", "500 of 4 orders"),
    ]);
    let all = "plain comma point space narrow under";
    check(
        &index,
        &[
            ("4500", all),
            ("$4500", all),
            ("4,500", all),
            ("$4,500", all),
            ("4.500", all),
            ("2750000", "million swiss"),
            ("2,750,000", "million swiss"),
            ("2 750 000", "million swiss"),
            ("750000", "million"),
            ("4501", "other"),
            ("-4500 orders", "other apart"),
        ],
    );
}

#[test]
fn letters_have_other_spellings() {
    let index = texts(&[
        ("lodz", "the hub in Łódź"),
        ("plain", "the hub in Lodz"),
        ("street", "in der Straße"),
        ("streets", "in der Strasse"),
        ("oe", "Århus og København, ærø"),
        ("kana", "ﾃﾞｰﾀﾍﾞｰｽ が停止した"),
        ("wide", "データベースが停止した"),
        ("apart", "テ\u{3099}ータヘ\u{3099}ース"),
        ("hangul", "\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af} 장애"),
        ("zero", "the ware\u{200b}house"),
        ("lock", "订单锁"),
    ]);
    check(
        &index,
        &[
            ("Lodz", "lodz plain"),
            ("Łódź", "lodz plain"),
            ("ŁÓDŹ", "lodz plain"),
            ("strasse", "street streets"),
            ("straße", "street streets"),
            ("kobenhavn", "oe"),
            ("aero", "oe"),
            ("データベース", "kana wide apart"),
            ("ﾃﾞｰﾀﾍﾞｰｽ", "kana wide apart"),
            ("한글", "hangul"),
            ("warehouse", "zero"),
            ("锁", "lock"),
            ("单", "lock"),
            ("订", "lock"),
        ],
    );
    // The name of a file, as some systems write it.
    let index = archive([("Cafe\u{301}-テ\u{3099}ータ", telling("walrus"))]);
    let id = "Cafe\u{301}-テ\u{3099}ータ";
    check(&index, &[("id:café", id), ("id:データ", id), ("walrus", id)]);
}

#[test]
fn names_with_a_sign_are_words() {
    let index = texts(&[
        ("cpp", "the C++ worker crashed"),
        ("c", "the C worker crashed"),
        ("csharp", "the C# worker crashed"),
        ("dotnet", "the .NET worker crashed"),
        ("mesh", "the net worker crashed"),
        ("node", "the node.js worker crashed"),
    ]);
    check_order(
        &index,
        &[("c# -c++", "csharp c"), ("\"C++ worker\"", "cpp"), ("\".NET worker\"", "dotnet"), ("node.js", "node")],
    );
    for (query, first) in [("C++", "cpp"), ("C#", "csharp"), (".NET", "dotnet"), ("node.js", "node")] {
        let results = index.search(&SearchRequest::parse(query).unwrap()).unwrap();
        assert_eq!(results.hits[0].incident.id, first, "{query}");
        let snippet = &results.hits[0].snippets[0];
        assert_eq!(&snippet.text[snippet.highlights[0].clone()], query, "{snippet:?}");
    }
}

#[test]
fn the_start_of_a_hash_finds_it() {
    let index = texts(&[
        ("whole", "commit 7be04c91d2aa53f08e6b1c97d4405ef2236d18ca was bad"),
        ("short", "commit 7be04c9 was bad"),
        ("image", "image payments@sha256:7be04c91d2aa was bad"),
        ("other", "commit 7be04c81d2aa53f08e6b1c97d4405ef2236d18ca was bad"),
    ]);
    check(
        &index,
        &[
            ("7be04c9", "whole short image"),
            ("7BE04C91", "whole image short"),
            ("7be04c91d2aa53f08e6b1c97d4405ef2236d18ca", "whole short image"),
            ("7be04c", ""),
        ],
    );
    let results = index.search(&SearchRequest::parse("7be04c9").unwrap()).unwrap();
    assert_eq!(results.hits[0].incident.id, "short");
}

#[test]
fn words_are_written_as_one_or_as_two() {
    let index = texts(&[
        ("hyphen", "the order-service-v2 failed"),
        ("camel", "it called getConnectionPool"),
        ("one", "the pinebox took long"),
        ("two", "the pine box took long"),
        ("three", "the pine was a box"),
        ("apart", "the service of the order"),
        ("login", "the login page"),
    ]);
    check(
        &index,
        &[
            ("orderservice", "hyphen"),
            ("connectionpool", "camel"),
            ("pinebox", "one two"),
            ("pine box", "one two three"),
            ("log in", "login"),
            ("\"pinebox\"", "one"),
            ("-pinebox took", "two"),
        ],
    );
    check_order(&index, &[("pinebox", "one two")]);
}

#[test]
fn snippets_highlight_every_form() {
    let cases = [
        ("crd", "both CRDs were missing", &["CRDs"][..]),
        ("512MB", "it has 512 MB of memory", &["512", "MB"]),
        ("512 MB", "it has 512MB of memory", &["512MB"]),
        ("4500", "it cost $4,500 so far", &["4", "500"]),
        ("4,500", "it cost 4500 so far", &["4500"]),
        ("v6.2.8", "MySQL 6.2.8 here", &["6.2.8"]),
        ("lodz", "the hub in Łódź", &["Łódź"]),
        ("データベース", "ﾃﾞｰﾀﾍﾞｰｽ が停止した", &["ﾃﾞｰﾀﾍﾞｰｽ"]),
        ("7be04c9", "commit 7be04c91d2aa53f08e6b1c97d4405ef2236d18ca", &["7be04c91d2aa53f08e6b1c97d4405ef2236d18ca"]),
        ("connectionpool", "it called getConnectionPool", &["ConnectionPool"]),
        ("warehouse", "the ware\u{200b}house", &["warehouse"]),
    ];
    for (query, text, expected) in cases {
        let index = texts(&[("a", text)]);
        let results = index.search(&SearchRequest::parse(query).unwrap()).unwrap();
        let snippet = &results.hits[0].snippets[0];
        let marked: Vec<&str> = snippet.highlights.iter().map(|range| &snippet.text[range.clone()]).collect();
        assert_eq!(marked.concat(), expected.concat(), "{query}: {snippet:?}");
    }
}
