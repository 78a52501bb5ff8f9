//! More incidents than are kept at once, in several commits: order, pages, totals and facet counts stay exact.

use std::collections::BTreeMap;

use rca_index::{Facet, Incident, Index, SectionKind, Severity, Sourced, Timestamp};

use super::{ids, request};

const INCIDENTS: u32 = 2500;

/// The sort keys: two in three incidents have a date; dates and durations repeat.
fn date(i: u32) -> Option<u32> {
    (!i.is_multiple_of(3)).then_some(i * 7 % 28)
}

fn duration(i: u32) -> Option<u32> {
    (!i.is_multiple_of(5)).then_some(i * 11 % 40)
}

fn id(i: u32) -> String {
    // Not in the order of insertion.
    format!("i{:04}", (i * 37) % INCIDENTS)
}

fn archive() -> Index {
    let index = Index::in_memory().unwrap();
    let incident = |i: u32| {
        let mut incident = Incident::new(id(i), "Fog");
        incident.date = date(i).and_then(|day| Timestamp::from_day(2025, 1, 1 + day as i8)).map(Sourced::from);
        incident.duration = duration(i).map(|minutes| Sourced::from(f64::from(minutes)));
        incident.severity = Severity::parse(["P1", "P2", "P3"][i as usize % 3]).map(Sourced::from);
        incident.services = vec![format!("service-{}", i % 7), format!("host/{}", i % 2)];
        incident.push_section(SectionKind::Summary, if i.is_multiple_of(2) { "even" } else { "odd" });
        incident
    };
    // The first commit is one segment, large enough for facets to be counted in several blocks.
    for part in [0..1500, 1500..2100, 2100..INCIDENTS] {
        index.upsert(part.map(incident)).unwrap();
    }
    index
}

/// The ids of the wanted incidents, sorted by a key, then latest first without a date last, then by id.
fn expected(wanted: impl Fn(u32) -> bool, key: impl Fn(u32) -> i64) -> Vec<String> {
    let mut all: Vec<u32> = (0..INCIDENTS).filter(|&i| wanted(i)).collect();
    all.sort_by_key(|&i| (key(i), -date(i).map_or(-1, i64::from), id(i)));
    all.into_iter().map(id).collect()
}

#[test]
fn order_totals_and_counts_are_exact() {
    let index = archive();
    let up = |value: Option<u32>| value.map_or(i64::MAX, i64::from);
    let down = |value: Option<u32>| value.map_or(i64::MAX, |value| -i64::from(value));
    let all = |_: u32| true;
    let even = |i: u32| i.is_multiple_of(2);
    let rows: [(&str, Vec<String>); 7] = [
        ("*", expected(all, |_| 0)),
        ("sort:date", expected(all, |i| up(date(i)))),
        ("sort:-date", expected(all, |i| down(date(i)))),
        ("sort:duration", expected(all, |i| up(duration(i)))),
        ("sort:-duration", expected(all, |i| down(duration(i)))),
        ("even sort:-severity", expected(even, |i| i64::from(i % 3))),
        ("duration:<20 sort:severity", expected(|i| duration(i).is_some_and(|d| d < 20), |i| -i64::from(i % 3))),
    ];
    for (query, expected) in rows {
        for (offset, limit) in [(0, 10), (0, 32), (7, 33), (90, 20), (0, 2500), (expected.len() - 5, 10)] {
            let page = index.search(&request(query).offset(offset).limit(limit)).unwrap();
            let wanted: Vec<&str> = expected.iter().skip(offset).take(limit).map(String::as_str).collect();
            assert_eq!(ids(&page.hits), wanted, "{query}: {limit} from {offset}");
            assert_eq!(page.total, expected.len(), "{query}");
        }
    }

    for (query, is_wanted) in [("*", &all as &dyn Fn(u32) -> bool), ("even", &even)] {
        let mut wanted: BTreeMap<String, usize> = BTreeMap::new();
        let mut total = 0;
        for i in (0..INCIDENTS).filter(|&i| is_wanted(i)) {
            total += 1;
            for service in [format!("service-{}", i % 7), format!("host/{}", i % 2)] {
                *wanted.entry(service).or_default() += 1;
            }
        }
        let found = index.search(&request(query).limit(0).facet(Facet::Service).facet(Facet::Severity)).unwrap();
        assert_eq!((found.total, found.hits.len()), (total, 0), "{query}");
        let [services, severities] = &found.facets[..] else { panic!("{query}: {:?}", found.facets) };
        let counts = services.values.iter().map(|v| (v.value.clone(), v.count));
        assert_eq!(counts.collect::<BTreeMap<_, _>>(), wanted, "{query}");
        assert!(services.values.is_sorted_by_key(|v| (usize::MAX - v.count, v.value.clone())), "{query}");
        assert_eq!(severities.values.len(), 3, "{query}");
        assert_eq!(severities.values.iter().map(|v| v.count).sum::<usize>(), total, "{query}");
    }
}
