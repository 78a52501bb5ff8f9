//! Keys of front matter that the field table does not know: values, comparisons, existence, counts, and text that only
//! looks like one.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rca_index::query::key_filter;
use rca_index::{Error, Facet, FacetName, Incident, Index, OwnField, OwnValue, SearchRequest};

use crate::{archive, check, ids, request, stating, telling};

#[test]
fn a_value_is_found_exactly_and_folded() {
    let index = archive([
        ("pay", stating("team: Payments")),
        ("order", stating("Team: 'Order  Processing'\nregions: [eu-west, us]")),
        ("wide", stating("TEAM: ＰＡＹＭＥＮＴＳ")),
        ("nested", stating("vendor:\n  name: Acme\n  contacts:\n  - role: sales\n  - role: support")),
        (
            "toml",
            "+++\nteam = \"payments\"\nregions = [\"us\"]\n[vendor]\nname = \"Acme\"\n+++\n# An incident\n".to_owned(),
        ),
        ("json", "---json\n{\"team\": \"payments\", \"on_call\": true, \"tier\": 1}\n---\n# An incident\n".to_owned()),
        ("none", stating("severity: P1")),
        ("told", telling("The team:payments was told of it, and the contract:gold, too.")),
    ]);
    check(
        &index,
        &[
            ("team:payments", "pay wide toml json"),
            ("TEAM:PAYMENTS", "pay wide toml json"),
            ("team:ｐａｙｍｅｎｔｓ", "pay wide toml json"),
            ("team:payment", ""),
            ("team:\"order processing\"", "order"),
            ("team:\"ORDER   processing\"", "order"),
            ("team:order", ""),
            ("team:payments,\"order processing\"", "pay order wide toml json"),
            ("team:payments team:\"order processing\"", ""),
            ("team:payments OR regions:us", "pay order wide toml json"),
            ("regions:us", "order toml"),
            ("regions:us regions:eu-west", "order"),
            ("regions:\"eu-west, us\"", ""),
            ("vendor.name:acme", "nested toml"),
            ("vendor.contacts.role:support", "nested"),
            ("tier:1", "json"),
            ("on-call:true", "json"),
            ("-team:payments regions:us", "order"),
            ("NOT team:payments", "order nested none told"),
            ("has:team", "pay order wide toml json"),
            ("no:team", "nested none told"),
            ("has:vendor.name", "nested toml"),
            ("-has:regions has:team", "pay wide json"),
            ("has:on_call", "json"),
            // No incident has such a key, so it is text.
            ("contract:gold", "told"),
            ("\\team:payments body:told", "told"),
            ("\"team:payments\" body:told", "told"),
        ],
    );
    let literal = index.search(&SearchRequest::literal("told team:payments").unwrap().strict(true)).unwrap();
    assert_eq!((ids(&literal.hits), literal.interpreted.as_str()), (vec!["told"], "told \\team:payments"));
    let shown = |query: &str| index.search(&request(query)).unwrap().interpreted;
    assert_eq!(shown("team:Payments contract:gold"), "\\contract:gold team:Payments");
}

#[test]
fn numbers_and_dates_compare() {
    let index = archive([
        ("cheap", stating("cost: 80\nreview_date: 2024-12-31\nrto: 20m")),
        ("fair", stating("cost: 100\nreview_date: 2025-01-01\nrto: 45 min")),
        ("dear", stating("cost: $1,200.50\nreview_date: 2 June 2025\nrto: 2h")),
        ("back", stating("cost: -40\nreview_date: 2025-06-02T10:00:00Z")),
        ("open", stating("cost: unknown so far\nreview_date: soon")),
        ("several", stating("cost: [5, 500]")),
        ("none", stating("severity: P1")),
    ]);
    check(
        &index,
        &[
            ("cost:>100", "dear several"),
            ("cost:>=100", "fair dear several"),
            ("cost:>1.2k", "dear"),
            ("cost:>1,200", "dear"),
            ("cost:<0", "back"),
            ("cost:<-40", ""),
            ("cost:<=-40", "back"),
            ("cost:10..100", "cheap fair"),
            ("cost:..80", "cheap back several"),
            ("cost:100", "fair"),
            ("-cost:>100", "cheap fair back open none"),
            ("review_date:>=2025-01", "fair dear back"),
            ("review-date:>2025-01", "dear back"),
            ("review_date:<2025", "cheap"),
            ("review_date:2025-06", "dear back"),
            ("review_date:2025-01-01..2025-06-02", "fair dear back"),
            ("review_date:2025-01-01", "fair"),
            ("rto:>30m", "fair dear"),
            ("rto:<=20m", "cheap"),
            ("revenue:>0", ""),
        ],
    );
}

#[test]
fn a_known_field_wins() {
    let index = archive([
        ("known", stating("services: [orders]\nseverity: P1\ncompany: acme")),
        ("other", stating("fix: rollback\nloss: 5\nrevenue: 900")),
        ("fixed", "# An incident\n\n## Resolution\n\nA rollback.\n".to_owned()),
    ]);
    check(
        &index,
        &[
            ("service:orders", "known"),
            ("tag:acme", "known"),
            ("company:acme", "known"),
            // The section, not the key.
            ("fix:rollback", "fixed"),
            ("revenue:>10", "other"),
            ("loss:>10", ""),
            ("loss:<10", "other"),
            ("cost:>10", "other"),
        ],
    );
}

#[test]
fn what_cannot_be_asked_is_an_error() {
    let index = archive([("pay", stating("team: Payments"))]);
    for (query, expected) in [
        ("has:wings", "unknown field `wings`"),
        ("has:rootcuase", "did you mean `has:rootcause`"),
        ("team:>high", "`>high` is not a number"),
        ("team:20..10", "ends before it begins"),
        ("queue no:wings", "unknown field `wings`"),
    ] {
        let Err(Error::Query(errors)) = index.search(&request(query)) else { panic!("{query}: no error") };
        assert!(errors.to_string().contains(expected), "{query}: {errors}");
        assert!(query.get(errors.0[0].span.clone()).is_some_and(|text| !text.is_empty()), "{query}: {errors:?}");
    }
    // The same where it is text.
    assert!(index.search(&request("squad:>high")).is_ok());
}

#[test]
fn keys_are_counted() {
    let index = archive([
        ("a", stating("team: Payments\nregions: [us, US, eu]\nseverity: P1")),
        ("b", stating("team: payments\nregions: us")),
        ("c", stating("team: search/core")),
        ("d", stating("team_lead: Ann")),
    ]);
    let count = |query: &str, facet: FacetName| -> Vec<(String, usize)> {
        let found = index.search(&request(query).limit(0).facet(facet)).unwrap();
        found.facets[0].values.iter().map(|v| (v.value.clone(), v.count)).collect()
    };
    let counts = |pairs: &[(&str, usize)]| pairs.iter().map(|&(v, n)| (v.to_owned(), n)).collect::<Vec<_>>();
    assert_eq!(count("*", "team".into()), counts(&[("payments", 2), ("search/core", 1)]));
    assert_eq!(count("*", "Regions".into()), counts(&[("us", 2), ("eu", 1)]));
    assert_eq!(count("regions:eu", "team".into()), counts(&[("payments", 1)]));
    assert_eq!(count("*", "wings".into()), []);
    let fields = [("regions", 2), ("severity", 1), ("team", 3), ("team_lead", 1)];
    let mut found = count("*", FacetName::Fields);
    found.sort();
    assert_eq!(found, counts(&fields));
    assert_eq!(count("team:payments -regions:eu", FacetName::Fields), counts(&[("regions", 1), ("team", 1)]));
    assert_eq!(FacetName::from("svc"), Facet::Service.into());
    let unknown = index.search(&request("team:paymnts")).unwrap().unknown_values;
    assert_eq!((unknown[0].facet.name(), unknown[0].meant.as_deref()), ("team", Some("payments")));
}

#[test]
fn removed_incidents_leave_no_key() {
    let index = archive([("pay", stating("squad: Payments")), ("told", telling("The squad:payments was told."))]);
    check(&index, &[("squad:payments", "pay")]);
    index.delete(["pay"]).unwrap();
    check(&index, &[("squad:payments", "told")]);
    let fields = index.search(&request("*").facet(FacetName::Fields)).unwrap();
    assert!(fields.facets[0].values.iter().all(|field| field.value != "squad"), "{:?}", fields.facets);
}

#[test]
fn incidents_that_are_no_files_have_keys() {
    let mut ticket = Incident::new("OPS-1", "Queue backlog");
    let value = OwnValue::List(vec!["Payments".into(), "a\0b".into(), "\0".into()]);
    ticket.front_matter = vec![OwnField { key: "Team\0name".into(), value, line: None }];
    let index = Index::in_memory().unwrap();
    index.upsert([ticket.clone()]).unwrap();
    check(&index, &[("team_name:payments", "OPS-1"), ("team_name:\"a b\"", "OPS-1"), ("has:team_name", "OPS-1")]);
    assert_eq!(index.get("OPS-1").unwrap().unwrap().front_matter, ticket.front_matter);
    let by_hand = |key: &str, value: &str| {
        let request = SearchRequest::default().filter(key_filter(key, value).unwrap());
        index.search(&request).unwrap().total
    };
    assert_eq!((by_hand("team name", "payments"), by_hand("wings", "payments")), (1, 0));
}

/// Front matter with some keys, made from a number.
fn some_keys(seed: u16) -> String {
    const TEAMS: [&str; 5] = ["", "Payments", "payments", "order  processing", "2025-06"];
    const REGIONS: [&str; 4] = ["", "[r0, R1]", "[r1, R1, 'a/b, c']", "r1"];
    const COSTS: [&str; 9] = ["", "1", "1.0", "100", "2025-06-02", "2025-06", "-5", "1k", "x\"y\\z"];
    let mut seed = usize::from(seed);
    let mut one_of = |values: &[&'static str]| {
        let value = values[seed % values.len()];
        seed /= values.len();
        value
    };
    let keys = [("team", one_of(&TEAMS)), ("regions", one_of(&REGIONS)), ("cost", one_of(&COSTS))];
    let stated = keys.iter().filter(|(_, value)| !value.is_empty());
    stating(&stated.fold("severity: P2".to_owned(), |text, (key, value)| format!("{text}\n{key}: {value}")))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn a_count_equals_the_total_of_a_search_with_its_filter(seeds in prop::collection::vec(any::<u16>(), 1..25), query in prop::sample::select(&["*", "-team:payments", "regions:r1", "cost:>1"][..])) {
        let index = archive(seeds.iter().enumerate().map(|(i, &seed)| (i.to_string(), some_keys(seed))));
        let mut asked = request(query).limit(0);
        for facet in ["team", "regions", "cost", "field"] {
            asked = asked.facet(facet);
        }
        // A key that no incident has is text.
        let Ok(found) = index.search(&asked) else { return Ok(()) };
        for counts in &found.facets {
            let mut total = BTreeMap::new();
            for counted in &counts.values {
                let value = counted.value.replace('\\', "\\\\").replace('"', "\\\"");
                let filter = match counts.facet {
                    FacetName::Fields => format!("has:{value}"),
                    _ => format!("{}:\"{value}\"", counts.facet.name()),
                };
                let all = if query == "*" { filter.clone() } else { format!("{query} {filter}") };
                prop_assert_eq!(index.search(&request(&all)).unwrap().total, counted.count, "{}", all);
                prop_assert!(total.insert(counted.value.clone(), counted.count).is_none());
            }
        }
    }
}
