//! A facet counts what its filter finds: for each value, the count is the total of the same search with a filter for it.

use proptest::prelude::*;
use rca_index::query::parse_filter;
use rca_index::{
    Archive, Facet, Incident, Index, SearchRequest, ServiceSettings, Settings, Severity, SeverityRank, Sourced,
    UpdateOptions,
};

use super::{archive, request, stating};

/// A value as a query writes it: in quotes, whatever it holds.
fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A request for totals and counts.
fn without_hits(query: &str, relax: bool) -> SearchRequest {
    let mut request = request(query).limit(0);
    request.relax = relax;
    request
}

/// Checks the count of each value of each facet against the total of the search with a filter for it, as part of the
/// query and as a flag. Returns the number of values.
fn check_counts(index: &Index, base: &SearchRequest) -> usize {
    let counted = Facet::ALL.into_iter().fold(base.clone(), SearchRequest::facet);
    let results = index.search(&counted).unwrap();
    assert_eq!(results.facets.len(), Facet::ALL.len());
    let mut values = 0;
    for counts in &results.facets {
        let name = counts.facet.name();
        for value in &counts.values {
            let text = format!("{name}:{}", quoted(&value.value));
            let in_query = SearchRequest::parse(&text).unwrap_or_else(|error| panic!("{text}: {error}")).query;
            let flag = parse_filter(name, &quoted(&value.value)).unwrap();
            for condition in [in_query.root, flag] {
                let found = index.search(&base.clone().filter(condition)).unwrap();
                // Without a full match, the partial matches are counted.
                let total = if results.relaxed { found.total_some } else { found.total };
                assert_eq!(total, value.count, "{text} with `{}`", base.query);
                // What is understood reads back as the same query.
                let again = index.search(&without_hits(&found.interpreted, base.relax)).unwrap();
                let total = if results.relaxed { again.total_some } else { again.total };
                assert_eq!(total, value.count, "{}", found.interpreted);
            }
            values += 1;
        }
        assert!(counts.values.windows(2).all(|pair| pair[0].count >= pair[1].count));
        let mut names: Vec<&str> = counts.values.iter().map(|count| count.value.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), counts.values.len(), "{name}: a value is listed once: {names:?}");
    }
    values
}

/// Values that are hard to write, to fold or to tell apart.
const VALUES: &[&str] = &[
    "db", "DB", "db/postgres", "DB / Postgres", "db/postgres/wal", "db-postgres", "d b", "Inventory API",
    "inventory-api", "inventory_api", "InventoryAPI", "inv-api", "inv-api/eu", "node-1-1", "node-11", "🔥", "a, b",
    "a \"quoted\" name", "*", "c*", "C++", "back\\slash", "(x)", ">=3", "1..2", "café", "CAFE", "Ｆｕｌｌ　ｗｉｄｔｈ",
    "'s", "-", "/", "a:b", "service:x", "AND", "İstanbul", "Straße", "データ", "ﾃﾞｰﾀ", "x~2", "no", "\u{1}1",
];

const SEVERITIES: &[&str] = &[
    "P0",
    "P1",
    "sev1",
    "SEV-1",
    "S1",
    "critical",
    "Critical (all)",
    "major",
    "high",
    "minor",
    "Sev-Blue",
    "SEV BLUE",
    "vermilion",
    "Vermilion!",
    "Low | Medium",
    "P1/P2",
    "🔴",
    "none of \"these\", or *",
    "5 of 7 sites, and then a label that is longer than any name that is kept",
];

const STATUSES: &[&str] = &["open", "Open", "resolved", "in / review", "\"quoted\"", "a, b", "🟢", "*"];

fn incidents() -> impl Strategy<Value = Vec<Incident>> {
    let values = |most| prop::collection::vec(prop::sample::select(VALUES), 0..most);
    let severity = prop::option::of(prop::sample::select(SEVERITIES));
    let by_hand = prop::option::of((prop::sample::select(&["minor", "P1", "odd", ""][..]), prop::option::of(0_u8..6)));
    let status = prop::option::of(prop::sample::select(STATUSES));
    let incident = (values(5), values(4), severity, by_hand, status, any::<bool>());
    prop::collection::vec(incident, 1..12).prop_map(|all| all.into_iter().enumerate().map(described).collect())
}

type Description = (
    Vec<&'static str>,
    Vec<&'static str>,
    Option<&'static str>,
    Option<(&'static str, Option<u8>)>,
    Option<&'static str>,
    bool,
);

fn described((i, (services, tags, severity, by_hand, status, queue)): (usize, Description)) -> Incident {
    let mut incident = Incident::new(format!("{i}"), if queue { "Queue full" } else { "Disk full" });
    incident.services = services.into_iter().map(str::to_owned).collect();
    incident.tags = tags.into_iter().map(str::to_owned).collect();
    incident.severity = severity.and_then(Severity::parse).map(Sourced::from);
    if let (None, Some((name, rank))) = (severity, by_hand) {
        let severity = Severity { label: name.to_owned(), name: name.to_owned(), rank };
        incident.severity = Some(Sourced::from(severity));
    }
    incident.status = status.map(|status| Sourced::from(status.to_owned()));
    incident
}

fn queries() -> impl Strategy<Value = String> {
    let value = prop::sample::select(VALUES).prop_map(quoted);
    let facet = (prop::sample::select(&["service", "tag", "-tag", "-service"][..]), value)
        .prop_map(|(field, value)| format!("{field}:{value}"));
    let severity = (prop::sample::select(&["severity:", "-severity:"][..]), prop::sample::select(SEVERITIES))
        .prop_map(|(field, value)| format!("{field}{}", quoted(value)));
    let fixed =
        prop::sample::select(&["*", "queue", "full", "queue disk", "no:tag", "has:service", "severity:>=P2"][..]);
    let part = prop_oneof![2 => fixed.prop_map(str::to_owned), 2 => facet, 1 => severity];
    prop::collection::vec(part, 1..3).prop_map(|parts| parts.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn a_facet_counts_what_its_filter_finds(incidents in incidents(), more in incidents(), query in queries()) {
        let index = Index::in_memory().unwrap();
        let removed = more.len() / 2;
        index.upsert(more).unwrap();
        // Some are replaced, and some are gone.
        index.upsert(incidents).unwrap();
        let ids: Vec<String> = (0..removed).map(|i| i.to_string()).collect();
        index.delete(ids.iter().map(String::as_str)).unwrap();
        for relax in [false, true] {
            let base = without_hits(&query, relax);
            check_counts(&index, &base);
        }
    }
}

/// Settings that make one value of several of the hard ones.
fn settings() -> Settings {
    let mut settings = Settings::default();
    let mut inventory = ServiceSettings::default();
    inventory.aliases = ["inv-api", "a, b", "データ"].map(str::to_owned).to_vec();
    inventory.renamed_from = vec!["node-11".to_owned(), "db/postgres".to_owned()];
    settings.services.insert("inventory-api".to_owned(), inventory);
    settings.services.insert("C++".to_owned(), ServiceSettings::default());
    for (label, rank) in [("Sev-Blue", 1), ("minor", 2), ("🔴", 0), ("vermilion", 4)] {
        settings.severity.insert(label.to_owned(), SeverityRank::Rank(rank));
    }
    settings.severity.insert("P3".to_owned(), SeverityRank::Like("P1".to_owned()));
    settings
}

/// A report that states what an incident says.
fn report(incident: &Incident) -> String {
    let severity = incident.severity.as_ref().map_or("", |severity| severity.value.label.as_str());
    let status = incident.status.as_ref().map_or("", |status| status.value.as_str());
    let list = |values: &[String]| serde_json::Value::from(values).to_string();
    let (services, tags) = (list(&incident.services), list(&incident.tags));
    let [severity, status] = [severity, status].map(|text| serde_json::Value::from(text).to_string());
    let title = &incident.title.value;
    format!("---\nservices: {services}\ntags: {tags}\nseverity: {severity}\nstatus: {status}\n---\n# {title}\n")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn counts_and_filters_agree_on_the_names_of_a_team(
        reports in incidents(), given in incidents(), query in queries(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        for incident in &reports {
            std::fs::write(folder.path().join(format!("{}.md", incident.id)), report(incident)).unwrap();
        }
        let index = Index::in_memory().unwrap();
        let given = given.into_iter().map(|mut incident| {
            incident.id = format!("OPS-{}", incident.id);
            incident
        });
        let update = |settings: Settings| {
            let archive = Archive::with_settings(folder.path(), settings).unwrap();
            index.update(&archive, &UpdateOptions::default(), |_| {}).unwrap()
        };
        update(Settings::default());
        index.upsert(given).unwrap();
        for settings in [settings(), Settings::default()] {
            update(settings);
            check_counts(&index, &without_hits(&query, false));
        }
    }
}

#[test]
fn values_that_are_hard_to_write_are_counted_and_found() {
    let mut all = Vec::new();
    for (i, value) in VALUES.iter().enumerate() {
        let mut incident = Incident::new(format!("{i}"), "Disk full");
        incident.services = vec![(*value).to_owned()];
        incident.tags = vec![(*value).to_owned()];
        all.push(incident);
    }
    let index = Index::in_memory().unwrap();
    index.upsert(all).unwrap();
    let values = check_counts(&index, &without_hits("*", false));
    assert!(values > 50, "{values} values");
    let found = |query: &str| index.search(&request(query)).unwrap().total;
    assert_eq!(found("tag:🔥"), 1);
    assert_eq!(found("tag:🔥,db"), 5 + 1);
    assert_eq!(found("tag:\"*\""), 1);
    assert_eq!(found("service:\"a, b\""), 1);
    assert_eq!(found("tag:*"), found("has:tag"), "a star alone is any value");
}

/// The values of a facet, with their counts.
fn counted(index: &Index, facet: Facet, query: &str) -> String {
    let results = index.search(&request(query).facet(facet)).unwrap();
    let values = results.facets[0].values.iter().map(|value| format!("{} {}", value.value, value.count));
    values.collect::<Vec<_>>().join(", ")
}

#[test]
fn a_service_is_shown_in_its_most_used_form() {
    let index = archive([
        ("a", stating("services: [Inventory API]")),
        ("b", stating("services: [inventory_api, inventory-api, Billing]")),
        ("c", stating("services: [inventory-api, billing]")),
        ("d", stating("services: [inventory-api/eu]")),
        ("e", stating("services: [inventory-api]")),
    ]);
    assert_eq!(counted(&index, Facet::Service, "*"), "inventory-api 5, Billing 2, inventory-api/eu 1");
    // The form is that of the archive, not that of the matches.
    assert_eq!(counted(&index, Facet::Service, "id:a"), "inventory-api 1");
    let hit = |query: &str| index.search(&request(query)).unwrap().hits.remove(0).incident.services;
    assert_eq!(hit("id:a"), ["inventory-api"]);
    assert_eq!(hit("id:b"), ["inventory-api", "Billing"]);
    assert_eq!(index.get("a").unwrap().unwrap().services, ["Inventory API"], "the report is as it is written");
    index.delete(["c", "e"]).unwrap();
    let mut again = Incident::new("f", "Disk full");
    again.services = vec!["Inventory API".to_owned()];
    index.upsert([again]).unwrap();
    assert_eq!(counted(&index, Facet::Service, "id:b"), "Billing 1, Inventory API 1");
}

#[test]
fn severities_of_a_rank_are_one_value_under_their_most_used_name() {
    let severities = ["SEV2", "sev-2", "P2", "high", "P1", "critical", "vermilion", "Vermilion"];
    let index =
        archive((0..).zip(severities).map(|(i, s): (u32, _)| (i.to_string(), stating(&format!("severity: {s}")))));
    assert_eq!(counted(&index, Facet::Severity, "*"), "SEV2 4, P1 2, Vermilion 2");
    assert_eq!(counted(&index, Facet::Severity, "severity:high,vermilion"), "SEV2 4, Vermilion 2");
    // A status page calls its third level `minor`, which is the fourth elsewhere.
    let mut page = Incident::new("page", "Disk full");
    page.severity = Some(Sourced::from(Severity { label: "minor".into(), name: "minor".into(), rank: Some(3) }));
    index.upsert([page]).unwrap();
    assert_eq!(counted(&index, Facet::Severity, "id:page"), "P3 1");
}

#[test]
fn a_tag_counts_the_tags_below_it() {
    let index = archive([
        ("a", stating("tags: [db]")),
        ("b", stating("tags: [db/postgres, db/mysql]")),
        ("c", stating("tags: [DB/Postgres/wal]")),
        ("d", stating("tags: [net/dns]")),
    ]);
    assert_eq!(counted(&index, Facet::Tag, "*"), "db 3, db/postgres 2, db/mysql 1, db/postgres/wal 1, net/dns 1");
    // A level that no match states is not listed.
    assert_eq!(counted(&index, Facet::Tag, "id:b"), "db/mysql 1, db/postgres 1");
}
