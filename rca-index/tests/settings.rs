//! Changes in `rca.toml` take effect with the next update, also for processes that only search.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use rca_index::{
    Archive, Facet, Incident, Index, LinkFilter, SearchRequest, SectionKind, Severity, Sourced, UpdateOptions,
    UpdateReport, check,
};

/// Updates the index of a folder that has these settings.
fn update(folder: &Path, settings: &str) -> UpdateReport {
    fs::write(folder.join("rca.toml"), settings).unwrap();
    let archive = Archive::open(folder).unwrap();
    let index = Index::open_or_create(archive.index_dir()).unwrap();
    index.update(&archive, &UpdateOptions::default(), |_| {}).unwrap()
}

/// The ids that a query finds in a newly opened index.
fn found(folder: &Path, query: &str) -> Vec<String> {
    ids(&Index::open(folder.join(".rca")).unwrap(), query)
}

fn ids(index: &Index, query: &str) -> Vec<String> {
    let found = index.search(&SearchRequest::parse(query).unwrap().strict(true)).unwrap();
    let mut ids: Vec<String> = found.hits.into_iter().map(|hit| hit.incident.id).collect();
    ids.sort();
    ids
}

fn archive(reports: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (id, text) in reports {
        fs::write(folder.path().join(format!("{id}.md")), text).unwrap();
    }
    folder
}

#[test]
fn changed_headings_and_keys_take_effect() {
    let report = "---\nblast: P1\n---\n# Disk full\n\n## What broke\n\nThe janitor stopped.\n";
    let folder = archive(&[("disk", report)]);
    let folder = folder.path();
    assert_eq!(update(folder, "").added, 1);
    assert!(found(folder, "rootcause:janitor").is_empty() && found(folder, "severity:P1").is_empty());

    let again = update(folder, "[headings]\n\"what broke\" = \"rootcause\"\n[keys]\nblast = \"severity\"\n");
    assert_eq!((again.modified, again.unchanged, again.reports), (1, 0, 1));
    assert_eq!(found(folder, "rootcause:janitor severity:P1"), ["disk"]);
    let once_more = fs::read_to_string(folder.join("rca.toml")).unwrap();
    assert!(!update(folder, &once_more).changed(), "with the same settings no report is parsed again");

    update(folder, "");
    assert!(found(folder, "rootcause:janitor").is_empty());
    assert_eq!(found(folder, "janitor"), ["disk"]);
}

#[test]
fn keys_are_renamed() {
    let folder = archive(&[("a", "---\nsquad: payments\n---\n# A\n"), ("b", "---\nteam: Payments\n---\n# B\n")]);
    let folder = folder.path();
    update(folder, "");
    assert_eq!(found(folder, "team:payments"), ["b"]);
    assert_eq!(update(folder, "[keys]\nsquad = \"team\"\n").modified, 2);
    assert_eq!(found(folder, "team:payments"), ["a", "b"]);
    assert!(found(folder, "has:team").len() == 2);
}

#[test]
fn incidents_without_files_survive_a_change_of_settings() {
    let folder = archive(&[("disk", "# Disk full\n")]);
    let folder = folder.path();
    update(folder, "");
    let mut ticket = Incident::new("OPS-1", "Queue backlog");
    ticket.push_section(SectionKind::Body, "too slow");
    Index::open(folder.join(".rca")).unwrap().upsert([ticket]).unwrap();
    update(folder, "language = \"german\"\n");
    assert_eq!(found(folder, "*"), ["OPS-1", "disk"]);
}

#[test]
fn stemming_depends_on_the_language() {
    let folder = archive(&[("a", "# Störung\n\nMehrere Datenbanken sind auf dem Band verloren.\n")]);
    let folder = folder.path();
    update(folder, "");
    assert!(found(folder, "Bänder").is_empty());
    let reader = Index::open(folder.join(".rca")).unwrap();
    assert!(ids(&reader, "Bänder").is_empty());

    assert_eq!(update(folder, "language = \"german\"\n").modified, 0, "no report needs to be parsed again");
    assert_eq!(found(folder, "Bänder"), ["a"]);
    assert_eq!(ids(&reader, "Bänder"), ["a"], "who has the index open sees it too");
    let snippet = reader.search(&SearchRequest::parse("Bänder").unwrap()).unwrap().hits.remove(0).snippets.remove(0);
    assert_eq!(snippet.highlights.iter().map(|h| &snippet.text[h.clone()]).collect::<Vec<_>>(), ["Band"]);
    // Incidents added without an archive use the language of the index.
    let mut ticket = Incident::new("OPS-1", "Altes Band");
    ticket.push_section(SectionKind::Body, "nichts");
    reader.upsert([ticket]).unwrap();
    assert_eq!(ids(&reader, "Bänder"), ["OPS-1", "a"]);

    update(folder, "language = \"none\"\n");
    assert!(ids(&reader, "Bänder").is_empty());
    assert_eq!(found(folder, "Band"), ["OPS-1", "a"]);
}

#[test]
fn stop_words_are_english_only() {
    // `again` is a stop word in English, but not in German.
    let folder = archive(&[("a", "# Backlog\n\nqueue\n"), ("b", "# Backlog\n\nqueue again\n")]);
    let folder = folder.path();
    update(folder, "");
    assert_eq!(found(folder, "queue again"), ["a", "b"]);
    update(folder, "language = \"german\"\n");
    assert_eq!(found(folder, "queue again"), ["b"]);
}

#[test]
fn synonyms_come_from_the_settings() {
    let folder = archive(&[("shop", "# Storefront down\n\nslow\n"), ("second", "# Database down\n\nslow\n")]);
    let folder = folder.path();
    update(folder, "");
    let reader = Index::open(folder.join(".rca")).unwrap();
    assert!(found(folder, "boutique").is_empty());
    assert_eq!(found(folder, "db"), ["second"]);

    let report = update(folder, "[synonyms]\nadd = [[\"boutique\", \"storefront\"]]\nremove = [\"db\"]\n");
    assert!(!report.changed(), "no report is parsed again");
    for index in [&reader, &Index::open(folder.join(".rca")).unwrap()] {
        assert_eq!(ids(index, "boutique"), ["shop"]);
        assert!(ids(index, "db").is_empty());
        let interpreted = index.search(&SearchRequest::parse("boutique").unwrap()).unwrap().interpreted;
        assert_eq!(interpreted, "boutique OR storefront");
    }

    update(folder, "");
    assert!(ids(&reader, "boutique").is_empty());
    assert_eq!(ids(&reader, "db"), ["second"]);
}

/// The values of a facet in a newly opened index, with their counts.
fn counted(folder: &Path, facet: Facet, query: &str) -> String {
    let request = SearchRequest::parse(query).unwrap().facet(facet);
    let found = Index::open(folder.join(".rca")).unwrap().search(&request).unwrap();
    let values = found.facets[0].values.iter().map(|value| format!("{} {}", value.value, value.count));
    values.collect::<Vec<_>>().join(", ")
}

fn services(folder: &Path, id: &str) -> Vec<String> {
    Index::open(folder.join(".rca")).unwrap().get(id).unwrap().unwrap().services
}

#[test]
fn services_have_one_name() {
    let reports = [
        ("a", "---\nservices: [inv-api, billing]\n---\n# A\n"),
        ("b", "---\nservices: [Inventory Service, INVENTORY_API]\n---\n# B\n"),
        ("c", "# C\n\n**Services:** stock-api\n"),
        ("d", "---\nservices: stock-api/eu\n---\n# D\n"),
    ];
    let folder = archive(&reports);
    let folder = folder.path();
    update(folder, "");
    assert!(found(folder, "service:inventory-api") == ["b"] && found(folder, "service:stock-api") == ["c", "d"]);
    let mut ticket = Incident::new("OPS-1", "Queue backlog");
    ticket.services = vec!["stock api".to_owned(), "inv-api".to_owned()];
    Index::open(folder.join(".rca")).unwrap().upsert([ticket]).unwrap();

    let settings = "[services.inventory-api]\naliases = [\"inv-api\", \"inventory service\"]\nrenamed_from = [\"stock-api\"]\n\
                    team = \"warehouse\"\n";
    assert_eq!(update(folder, settings).modified, 4);
    let all = ["OPS-1", "a", "b", "c", "d"];
    for name in ["inventory-api", "Inventory API", "inv-api", "INV_API", "\"inventory  service\"", "stock-api"] {
        let name = if name.contains(' ') && !name.starts_with('"') { format!("\"{name}\"") } else { name.to_owned() };
        assert_eq!(found(folder, &format!("service:{name}")), all, "{name}");
    }
    assert_eq!(found(folder, "service:stock-api/eu"), ["d"]);
    assert_eq!(counted(folder, Facet::Service, "*"), "inventory-api 5, billing 1, inventory-api/eu 1");
    assert_eq!(counted(folder, Facet::Service, "service:inv-api"), "inventory-api 5, billing 1, inventory-api/eu 1");
    assert_eq!(services(folder, "a"), ["inventory-api", "billing"]);
    assert_eq!(services(folder, "b"), ["inventory-api"]);
    assert_eq!(services(folder, "d"), ["inventory-api/eu"]);
    assert_eq!(services(folder, "OPS-1"), ["inventory-api"]);
    // What was written is text still.
    assert_eq!(found(folder, "\"inventory service\""), ["b"]);
    assert!(!update(folder, settings).changed(), "with the same settings no report is parsed again");

    update(folder, "");
    assert_eq!(found(folder, "service:inv-api"), ["OPS-1", "a"]);
    assert_eq!(
        services(folder, "OPS-1"),
        ["stock api", "inv-api"],
        "an incident from no report is kept as it was given"
    );
}

#[test]
fn an_alias_is_the_same_service_wherever_reports_are_compared() {
    let text = |service: &str, more: &str| {
        format!(
            "---\nservices: [{service}]\n{more}\n---\n# Consumer lag\n\nPartition 7 of the placed topic was stuck behind a \
             poison message, and the consumer group fell behind by 40,000 records until the message was skipped.\n"
        )
    };
    let reports = [
        ("a", text("inventory-api", "date: 2025-03-09")),
        ("b", text("Inventory API", "date: 2025-06-09\nrecurrence_of: a")),
    ];
    let others = (0..30).map(|n| (format!("o{n}"), format!("# Ordinary {n}\n\nA disk of host {n} was full.\n")));
    let all: Vec<(String, String)> =
        reports.into_iter().map(|(id, text)| (id.to_owned(), text)).chain(others).collect();
    let all: Vec<(&str, &str)> = all.iter().map(|(id, text)| (id.as_str(), text.as_str())).collect();
    let folder = archive(&all);
    let folder = folder.path();
    let similar = |settings: &str| {
        update(folder, settings);
        let index = Index::open(folder.join(".rca")).unwrap();
        // As a program gives it, which has not asked for the names of today.
        let mut draft = index.get("a").unwrap().unwrap();
        "draft".clone_into(&mut draft.id);
        draft.services = vec!["inv".to_owned(), "billing".to_owned()];
        let request = SearchRequest::from_incident(&draft).limit(5);
        let found = index.similar(&draft, &request, LinkFilter::Any, false).unwrap();
        let hits = found.hits.into_iter().map(|hit| (hit.incident.id, hit.services)).collect::<Vec<_>>();
        let recurring = index.recurring(&SearchRequest::default()).unwrap();
        (hits, recurring.clusters.into_iter().map(|cluster| cluster.services).collect::<Vec<_>>())
    };
    let hits = |services: &[&str]| {
        let hit = |id: &str| (id.to_owned(), services.iter().map(|&service| service.to_owned()).collect::<Vec<_>>());
        vec![hit("a"), hit("b")]
    };
    let (mut without, clusters) = similar("");
    without.sort();
    assert_eq!((without, clusters), (hits(&[]), vec![vec!["inventory-api".to_owned()]]));
    let (mut with, clusters) = similar("[services.inventory-api]\naliases = [\"inv\"]\n");
    with.sort();
    assert_eq!((with, clusters), (hits(&["inventory-api"]), vec![vec!["inventory-api".to_owned()]]));
}

#[test]
fn a_house_has_its_own_severities() {
    let reports = [
        ("a", "---\nseverity: Sev-Blue\n---\n# A\n"),
        ("b", "---\nseverity: SEV_BLUE (all of Europe)\n---\n# B\n"),
        ("c", "---\nseverity: P1\n---\n# C\n"),
        ("d", "---\nseverity: Sev-Green\n---\n# D\n"),
        ("e", "---\nseverity: minor\n---\n# E\n"),
        ("f", "---\nseverity: Sev-Blue | Sev-Green\n---\n# F\n"),
        ("g", "---\nseverity: Sev-Mauve\n---\n# G\n"),
    ];
    let folder = archive(&reports);
    let folder = folder.path();
    update(folder, "");
    let mut ticket = Incident::new("OPS-1", "Queue backlog");
    ticket.severity = Severity::parse("sev blue").map(Sourced::from);
    Index::open(folder.join(".rca")).unwrap().upsert([ticket]).unwrap();
    assert_eq!(found(folder, "severity:P1"), ["c"]);
    assert_eq!(found(folder, "severity:>=P5"), ["c", "e"]);

    update(folder, "[severity]\nSev-Blue = 1\nSev-Green = \"P4\"\nminor = 3\n");
    assert_eq!(found(folder, "severity:P1"), ["OPS-1", "a", "b", "c"]);
    assert_eq!(found(folder, "severity:sev_blue"), ["OPS-1", "a", "b", "c"]);
    assert_eq!(found(folder, "severity:\"Sev Green\""), ["d"]);
    assert_eq!(found(folder, "severity:minor"), ["e"]);
    assert_eq!(found(folder, "severity:>=Sev-Blue"), ["OPS-1", "a", "b", "c"]);
    assert_eq!(found(folder, "severity:<Sev-Blue"), ["d", "e"]);
    assert_eq!(found(folder, "severity:Sev-Blue..minor"), ["OPS-1", "a", "b", "c", "e"]);
    assert_eq!(
        counted(folder, Facet::Severity, "*"),
        "Sev-Blue 4, Sev-Blue | Sev-Green 1, Sev-Green 1, Sev-Mauve 1, minor 1"
    );
    let index = Index::open(folder.join(".rca")).unwrap();
    let severity = index.get("b").unwrap().unwrap().severity.unwrap().value;
    assert_eq!((severity.name.as_str(), severity.rank), ("Sev-Blue", Some(1)));
    assert_eq!(severity.label, "SEV_BLUE (all of Europe)");
    let error = index.search(&SearchRequest::parse("disk severity:>=Sev-Mauve").unwrap()).unwrap_err();
    assert!(matches!(error, rca_index::Error::Query(_)) && error.to_string().contains("`Sev-Mauve`"), "{error}");

    let codes = |archive: &Archive| -> Vec<String> {
        let problems = check(archive).unwrap().problems;
        problems.iter().map(|found| format!("{} {}", found.path, found.problem.code())).collect()
    };
    let of_archive = Archive::open(folder).unwrap();
    assert_eq!(codes(&of_archive), ["f.md severity-not-chosen", "g.md severity-unknown"]);
}

#[test]
fn a_check_names_services_that_are_no_names_or_nearly_others() {
    let reports = [
        ("a", "---\nservices: [inventory-api, billing]\n---\n# A\n"),
        ("b", "---\nservices:\n  - inventroy-api\n  - ledgre\n---\n# B\n"),
        ("c", "# C\n\n**Services:** All 4 edge proxies; most came back and were fine\n"),
        ("d", "---\nservices: [Inventory API, inv]\n---\n# D\n"),
    ];
    let folder = archive(&reports);
    let folder = folder.path();
    let settings = "[services.inventory-api]\naliases = [\"inv\"]\n[services.ledger]\n";
    update(folder, settings);
    let problems = check(&Archive::open(folder).unwrap()).unwrap().problems;
    let told: Vec<String> = problems
        .iter()
        .map(|found| format!("{}:{} {}", found.path, found.problem.line, found.problem.code()))
        .collect();
    let expected = [
        "b.md:2 service-near-another", "b.md:2 service-near-another", "c.md:3 service-not-a-name",
        "c.md:3 service-not-a-name",
    ];
    assert_eq!(told, expected);
    let reasons: Vec<String> = problems.iter().map(|found| found.problem.reason()).collect();
    assert_eq!(reasons[0], "service `inventroy-api` is in no other report; did you mean `inventory-api`?");
    assert_eq!(reasons[1], "service `ledgre` is in no other report; did you mean `ledger`?");
    assert!(reasons.contains(&"`All 4 edge proxies` is not the name of a service; read as `edge proxies`".to_owned()));
    assert_eq!(services(folder, "c"), ["edge proxies"]);
}
