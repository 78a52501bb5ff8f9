//! Sorting: every key in both directions, unknown values last, ties broken by date and then by id; pages.

use rca_index::query::parse_sort;
use rca_index::{FIELDS, Facet, FieldKind, Index};

use super::{archive, check_order, ids, request, stating};

/// A report that states every number; a larger step makes all of them larger.
pub(super) fn full_report(step: u32) -> String {
    let at = |minutes: u32| format!("10:{:02}", minutes * step);
    format!(
        "---\ntitle: Fog\nseverity: P{step}\ndate: 2025-0{step}-02T10:00:00Z\nduration: {step}h\n---\n\n## Impact\n\n\
         - {step}000 users were affected\n- Degraded service: {step}0% of requests affected\n\
         - Error rate: rose to {step}5% (baseline: {step}%)\n- Latency: p99 climbed from {step}00ms to {step}000ms\n\
         - {step}50 customer-facing errors were shown\n- {step}9 support tickets came in\n\
         - Estimated revenue impact: ${step}0000\n\n## Timeline\n\n\
         - {} Alert fired\n- {} On-call engineer acknowledged\n- {} Root cause identified\n- {} Mitigation applied\n\
         - {} Incident resolved\n",
        at(1),
        at(4),
        at(8),
        at(12),
        at(16)
    )
}

#[test]
fn every_key_sorts_in_both_directions_with_unknown_values_last() {
    let index = archive([
        ("unknown", "# Fog\n".to_owned()),
        ("2", full_report(2)),
        ("3", full_report(3)),
        ("1", full_report(1)),
    ]);
    let mut keys = 0;
    for spec in FIELDS {
        // A larger step is less severe.
        let up = match spec.kind {
            FieldKind::Number(..) | FieldKind::Date => "1 2 3 unknown",
            FieldKind::Facet(Facet::Severity) => "3 2 1 unknown",
            _ => {
                assert!(parse_sort(spec.name).is_err() || spec.name == "impact", "{}", spec.name);
                continue;
            }
        };
        let down = if up.starts_with('1') { "3 2 1 unknown" } else { "1 2 3 unknown" };
        for name in spec.aliases.iter().chain([&spec.name]) {
            check_order(&index, &[(&format!("sort:{name}"), up), (&format!("sort:-{name}"), down)]);
            for (sort, expected) in [((*name).to_owned(), up), (format!("-{name}"), down)] {
                let request = request("*").sort(parse_sort(&sort).unwrap());
                assert_eq!(ids(&index.search(&request).unwrap().hits).join(" "), expected, "{sort}");
            }
        }
        keys += 1;
    }
    assert!(keys >= 18, "{keys}");
}

#[test]
fn words_and_filters_are_sorted_as_requested() {
    let index = archive([
        ("b", "---\ndate: 2025-02-01\nduration: 10\n---\n# Walrus\n\nA walrus.\n"),
        ("a", "---\ndate: 2025-01-01\nduration: 30\n---\n# Fog\n\nA walrus.\n"),
        ("c", "---\ndate: 2025-03-01\nduration: 20\n---\n# Fog\n\nThe walrus walrus.\n"),
        ("d", "---\ndate: 2025-04-01\nduration: 40\n---\n# Fog\n\nFog.\n"),
    ]);
    check_order(
        &index,
        &[
            ("walrus sort:date", "a b c"),
            ("sort:date walrus", "a b c"),
            ("walrus sort:-date", "c b a"),
            ("walrus sort:duration", "b c a"),
            ("walrus sort:-duration", "a c b"),
            ("fog sort:-duration", "d a c"),
            ("walrus duration:>10 sort:date", "a c"),
            // Relevance has only one direction: best first.
            ("walrus", "b c a"),
            ("walrus sort:relevance", "b c a"),
            ("walrus sort:-relevance", "b c a"),
            ("walrus sort:score", "b c a"),
            // The last sort key counts.
            ("walrus sort:date sort:-date", "c b a"),
            // Filters alone: latest first.
            ("*", "d c b a"),
            ("duration:..", "d c b a"),
            ("-walrus", "d"),
        ],
    );
}

/// Incidents with the same words and length that differ only in date and id.
fn alike() -> Index {
    let report = |date: &str| stating(&format!("severity: P2\n{date}"));
    archive([
        ("b", report("date: 2025-01-01")),
        ("e", report("dote: 2026-01-01")),
        ("c", report("date: 2025-02-01")),
        ("a", report("date: 2025-01-01")),
        ("d", report("dote: 2026-01-01")),
        ("f", report("date: 2024-01-01")),
    ])
}

#[test]
fn ties_are_broken_by_date_and_then_by_id() {
    let index = alike();
    check_order(
        &index,
        &[
            ("*", "c a b f d e"),
            ("severity:P2", "c a b f d e"),
            ("sort:severity", "c a b f d e"),
            ("sort:-severity", "c a b f d e"),
            ("sort:users", "c a b f d e"),
            ("sort:-users", "c a b f d e"),
            ("sort:date", "f a b c d e"),
            ("sort:-date", "c a b f d e"),
        ],
    );
    let mut request = request("something happened");
    request.preferences = false;
    assert_eq!(ids(&index.search(&request).unwrap().hits).join(" "), "c a b f d e");
}

#[test]
fn a_page_is_a_piece_of_the_whole_order() {
    let index = alike();
    for query in ["*", "something", "sort:date", "sort:-severity"] {
        let whole = index.search(&request(query)).unwrap();
        let whole = ids(&whole.hits);
        assert_eq!(whole.len(), 6);
        for offset in 0..8 {
            for limit in 0..8 {
                let page = index.search(&request(query).offset(offset).limit(limit)).unwrap();
                let expected: Vec<&str> = whole.iter().copied().skip(offset).take(limit).collect();
                assert_eq!(ids(&page.hits), expected, "{query}: {offset} {limit}");
                assert_eq!((page.total, page.relaxed), (6, false), "{query}: {offset} {limit}");
            }
        }
        let far = index.search(&request(query).offset(usize::MAX).limit(usize::MAX)).unwrap();
        assert_eq!((far.hits.len(), far.total), (0, 6), "{query}");
    }
    assert_eq!(index.search(&request("walrus")).unwrap().total, 0);
}
