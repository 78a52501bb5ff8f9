//! Changes in `rca.toml` take effect with the next update, also for processes that only search.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use rca_index::{Archive, Incident, Index, SearchRequest, SectionKind, UpdateOptions, UpdateReport};

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
    let found = index.search(&SearchRequest::parse(query).unwrap()).unwrap();
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
