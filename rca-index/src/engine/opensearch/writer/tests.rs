//! Writing to a cluster: whatever ends a writer, the last commit stays whole, and the next writer puts right what was left.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::engine::opensearch::cluster::Remote;
use crate::engine::opensearch::fake::{Fake, Gone};
use crate::engine::opensearch::origin::{NamedBy, Origin, host as host_name};
use crate::incident::{FailedCount, SectionKind};

fn cluster_of(fake: &Arc<Fake>, archive: &str) -> Cluster {
    Cluster::with(Remote::new(fake.clone(), "incidents"), 1, 0, Some(archive.to_owned()))
}

fn incident(id: &str, text: &str) -> Incident {
    let mut incident = Incident::new(id, "Disk full");
    incident.path = format!("{id}.md");
    incident.source = format!("# Disk full\n\n{text}\n");
    incident.push_section(SectionKind::Body, text);
    incident
}

/// An update: removes and adds reports, and commits a manifest that says which there are.
struct Update<'a> {
    removed: &'a [&'a str],
    added: &'a [(&'a str, &'a str)],
    rebuild: bool,
    reports: usize,
}

impl Update<'_> {
    fn run(&self, cluster: &Cluster) -> Result<()> {
        let purpose = if self.rebuild { Purpose::Rebuild } else { Purpose::Update };
        let writer = cluster.writer(purpose, Duration::ZERO)?;
        self.removed.iter().try_for_each(|id| writer.remove(id))?;
        self.added.iter().try_for_each(|(id, text)| writer.add_report(incident(id, text)))?;
        let bytes = format!("manifest of {}", self.reports).into_bytes();
        let (reports, failed) = (self.reports, FailedCount::default());
        writer.commit(Some(&Manifest { bytes: &bytes, source_bytes: 7, reports, failed }))
    }
}

const FIRST: Update<'_> =
    Update { removed: &[], added: &[("a", "one"), ("b", "two"), ("c", "three")], rebuild: false, reports: 3 };
/// Changes one, removes one, adds one.
const SECOND: Update<'_> =
    Update { removed: &["b", "c"], added: &[("b", "two again"), ("d", "four")], rebuild: false, reports: 3 };
const SECOND_AGAIN: Update<'_> = Update { removed: &["d"], added: &[], rebuild: false, reports: 2 };
const REBUILD: Update<'_> = Update { removed: &[], added: &[("b", "two"), ("e", "five")], rebuild: true, reports: 2 };

/// What a reader finds: ids with their texts, and the manifest.
fn found(cluster: &Cluster) -> (Vec<(String, String)>, Option<Vec<u8>>) {
    let (_, manifest) = cluster.last_update().unwrap();
    let Some(state) = cluster.current().unwrap() else { return (Vec::new(), None) };
    let filters = state.living(cluster.archive().unwrap());
    let body = json!({ "query": { "bool": { "filter": filters } }, "size": 1_000 });
    let answer = cluster.remote.search(&state.index, &body).unwrap().unwrap();
    let hits = answer["hits"]["hits"].as_array().unwrap();
    let text = |hit: &serde_json::Value, field: &str| hit["_source"][field].as_str().unwrap().to_owned();
    let of = |hit: &serde_json::Value| {
        let source = hit["_source"]["store"]["source"].as_str().unwrap();
        (text(hit, "id"), source.lines().last().unwrap().to_owned())
    };
    let mut found: Vec<_> = hits.iter().map(of).collect();
    found.sort();
    (found, manifest)
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|&(id, text)| (id.to_owned(), text.to_owned())).collect()
}

fn after_first() -> Vec<(String, String)> {
    pairs(FIRST.added)
}

fn after_second() -> Vec<(String, String)> {
    pairs(&[("a", "one"), ("b", "two again"), ("d", "four")])
}

#[test]
fn an_update_is_found_as_a_whole() {
    let fake = Fake::new();
    let cluster = cluster_of(&fake, "ops");
    assert_eq!(found(&cluster), (Vec::new(), None));
    FIRST.run(&cluster).unwrap();
    assert_eq!(found(&cluster), (after_first(), Some(b"manifest of 3".to_vec())));
    let note = cluster.note().unwrap();
    assert_eq!((note.reports, note.source_bytes, note.updated > 0), (3, 7, true));
    assert_eq!(note.length, 3 * 9 + 3 + 3 + 5);
    SECOND.run(&cluster).unwrap();
    assert_eq!(found(&cluster).0, after_second());
    let now = cluster.note().unwrap();
    assert_eq!(now.length, 3 * 9 + 3 + 9 + 4);
    assert_ne!(now, note, "two commits differ");
    cluster.check_count(&now, 3).unwrap();
    assert!(matches!(cluster.check_count(&now, 4), Err(Error::IndexDamaged { .. })));
    REBUILD.run(&cluster).unwrap();
    assert_eq!(found(&cluster).0, pairs(REBUILD.added));
    assert_eq!(cluster.note().unwrap().length, 2 * 9 + 3 + 4);
    // The name leads to the index, and the lock is free.
    assert_eq!(fake.alias("incidents"), [mapping::physical_index("incidents")]);
    assert!(!fake.documents("incidents-state").contains_key("lock/ops"));
}

#[test]
fn what_no_reader_needs_is_removed_one_update_later() {
    let fake = Fake::new();
    let cluster = cluster_of(&fake, "ops");
    let documents = || fake.documents(&mapping::physical_index("incidents")).len();
    FIRST.run(&cluster).unwrap();
    SECOND.run(&cluster).unwrap();
    assert_eq!(documents(), 5);
    // A reader of the first generation still finds it.
    REBUILD.run(&cluster).unwrap();
    assert_eq!(documents(), 5 + 2);
    for _ in 0..3 {
        Update { removed: &["e"], added: &[("e", "five")], rebuild: false, reports: 2 }.run(&cluster).unwrap();
    }
    assert_eq!(documents(), 2 + 2, "two live, and two that the generation before has");
    let kinds: BTreeSet<String> = fake.documents("incidents-state").into_keys().collect();
    let generation = cluster.current().unwrap().unwrap().generation;
    let old = format!("manifest/ops/{}/0", generation - 1);
    assert_eq!(kinds, [old, format!("manifest/ops/{generation}/0"), "state/ops".into()].into());
}

/// Ends a writer at each request in turn, before or after it is done; then the next update runs.
fn check_each_end(before: &[&Update<'_>], ended: &Update<'_>, expected: [&[(String, String)]; 2]) {
    for gone in [Gone::Before, Gone::After] {
        for nth in 0.. {
            let fake = Fake::new();
            let cluster = cluster_of(&fake, "ops");
            before.iter().for_each(|update| update.run(&cluster).unwrap());
            fake.gone(Some((nth, gone)));
            let result = ended.run(&cluster);
            let is_over = result.is_ok() && fake.requests_left() > 0;
            fake.gone(None);
            let found_after = found(&cluster).0;
            assert!(expected.contains(&&found_after[..]), "{gone:?} {nth}: {found_after:?}");
            if result.is_ok() {
                assert_eq!(found_after, expected[1], "{gone:?} {nth}");
            }
            // The lock of a process that was killed stays until it expires.
            fake.expire("lock/ops");
            let rest: &Update<'_> = if found_after == expected[1] { &TOUCH } else { ended };
            rest.run(&cluster).unwrap_or_else(|error| panic!("{gone:?} {nth}: {error}"));
            assert_eq!(found(&cluster).0, expected[1], "{gone:?} {nth}: the next update");
            // Nothing is left of the one that ended: each incident is there once.
            let state = cluster.current().unwrap().unwrap();
            let documents = fake.documents(&state.index);
            let alive = documents.values().filter(|document| document["dead"] == i64::MAX);
            let alive = alive.filter(|document| document["born"].as_i64() > Some(state.floor)).count();
            assert_eq!(alive, expected[1].len(), "{gone:?} {nth}");
            if is_over {
                break;
            }
            assert!(nth < 200, "it never ends");
        }
    }
}

const TOUCH: Update<'_> = Update { removed: &["a"], added: &[("a", "one")], rebuild: false, reports: 3 };

#[test]
fn a_first_update_that_ends_anywhere_is_put_right_by_the_next() {
    check_each_end(&[], &FIRST, [&[], &after_first()]);
}

#[test]
fn an_update_that_ends_anywhere_is_put_right_by_the_next() {
    check_each_end(&[&FIRST], &SECOND, [&after_first(), &after_second()]);
}

#[test]
fn a_rebuild_that_ends_anywhere_is_put_right_by_the_next() {
    let again = Update { removed: &[], added: &[("a", "one"), ("b", "two again"), ("d", "four")], ..REBUILD };
    let again = Update { reports: 3, ..again };
    check_each_end(&[&FIRST], &again, [&after_first(), &after_second()]);
}

#[test]
fn a_writer_that_lost_its_lock_cannot_commit_and_what_it_sends_late_is_not_found() {
    let fake = Fake::new();
    let (one, two) = (cluster_of(&fake, "ops"), cluster_of(&fake, "ops"));
    FIRST.run(&one).unwrap();
    let late = one.writer(Purpose::Update, Duration::ZERO).unwrap();
    late.add_report(incident("x", "never")).unwrap();
    assert!(matches!(two.writer(Purpose::Update, Duration::ZERO), Err(Error::IndexLocked { own: true, .. })));
    // It stands still, and its lock expires.
    fake.expire("lock/ops");
    SECOND.run(&two).unwrap();
    late.remove("a").unwrap();
    let manifest = Manifest { bytes: b"", source_bytes: 0, reports: 3, failed: FailedCount::default() };
    let error = late.commit(Some(&manifest)).unwrap_err();
    assert!(matches!(error, Error::IndexLocked { .. } | Error::IndexDamaged { .. }), "{error}");
    let index = mapping::physical_index("incidents");
    one.remote.refresh(&index).unwrap();
    assert_eq!(found(&two).0, after_second(), "what was sent late is not found");
    TOUCH.run(&two).unwrap();
    assert_eq!(found(&two).0, after_second());
    assert!(!fake.documents(&index).values().any(|document| document["id"] == "x"));
}

#[test]
fn archives_share_an_index_and_leave_each_other_alone() {
    let fake = Fake::new();
    let (ops, web) = (cluster_of(&fake, "ops"), cluster_of(&fake, "web"));
    FIRST.run(&ops).unwrap();
    let writer = web.writer(Purpose::Update, Duration::ZERO).unwrap();
    // One archive is written while another is.
    SECOND.run(&ops).unwrap();
    writer.add_report(incident("a", "of the other")).unwrap();
    writer.commit(None).unwrap();
    assert_eq!(found(&ops).0, after_second());
    assert_eq!(found(&web).0, pairs(&[("a", "of the other")]));
    REBUILD.run(&web).unwrap();
    assert_eq!((found(&ops).0, found(&web).0), (after_second(), pairs(REBUILD.added)));
}

#[test]
fn an_index_of_another_mapping_is_filled_beside_the_old_one() {
    let fake = Fake::new();
    let (ops, web) = (cluster_of(&fake, "ops"), cluster_of(&fake, "web"));
    FIRST.run(&ops).unwrap();
    FIRST.run(&web).unwrap();
    let old = "incidents-v9-00000000";
    fake.rename(&mapping::physical_index("incidents"), old);
    for archive in ["ops", "web"] {
        fake.change(&format!("state/{archive}"), |state| {
            state["body"]["index"] = old.into();
            state["body"]["hash"] = "other".into();
        });
    }
    // Until it is rebuilt, it counts as none.
    assert_eq!(ops.last_update().unwrap(), (CommitNote::default(), None));
    let writer = ops.writer(Purpose::Update, Duration::ZERO).unwrap();
    writer.add_report(incident("a", "one")).unwrap();
    assert_eq!(fake.alias("incidents"), [old], "the old one is read");
    drop(writer);
    FIRST.run(&ops).unwrap();
    assert_eq!(found(&ops).0, after_first());
    let new = mapping::physical_index("incidents");
    assert_eq!(fake.alias("incidents"), [new.as_str(), old], "the other archive is in the old one");
    TOUCH.run(&ops).unwrap();
    assert!(fake.indexes().contains(&old.to_owned()));
    FIRST.run(&web).unwrap();
    assert_eq!(fake.alias("incidents"), [new.as_str()]);
    assert!(fake.indexes().contains(&old.to_owned()), "kept until the next update");
    TOUCH.run(&web).unwrap();
    assert_eq!(fake.indexes(), ["incidents-state", &new]);
    assert_eq!((found(&ops).0, found(&web).0), (after_first(), after_first()));
}

#[test]
fn an_index_of_a_later_version_is_left_alone() {
    let fake = Fake::new();
    let ops = cluster_of(&fake, "ops");
    FIRST.run(&ops).unwrap();
    fake.change("state/ops", |state| state["body"]["version"] = (mapping::version() + 1).into());
    let requests = fake.requests();
    assert!(matches!(ops.writer(Purpose::Update, Duration::ZERO), Err(Error::IndexOtherVersion(_))));
    assert!(matches!(ops.note(), Err(Error::IndexOtherVersion(_))));
    assert_eq!(fake.requests() - requests, 2, "nothing but reading the state");
}

#[test]
fn what_is_counted_before_the_commit_must_be_what_was_written() {
    let fake = Fake::new();
    let cluster = cluster_of(&fake, "ops");
    FIRST.run(&cluster).unwrap();
    // The same id twice, and a manifest that says other things.
    for update in [
        Update { removed: &[], added: &[("a", "one"), ("a", "twice")], rebuild: false, reports: 5 },
        Update { removed: &["a"], added: &[], rebuild: false, reports: 3 },
    ] {
        assert!(matches!(update.run(&cluster), Err(Error::IndexDamaged { .. })));
        assert_eq!(found(&cluster).0, after_first());
    }
    SECOND.run(&cluster).unwrap();
}

#[test]
fn a_document_that_the_cluster_refuses_is_named_and_nothing_is_committed() {
    let fake = Fake::new();
    let cluster = cluster_of(&fake, "ops");
    FIRST.run(&cluster).unwrap();
    fake.refuse("four");
    let Err(Error::Remote { status, reason, .. }) = SECOND.run(&cluster) else { panic!("refused") };
    assert_eq!((status, reason.as_str()), (400, "`d`: mapper_parsing_exception: four"));
    assert_eq!(found(&cluster).0, after_first());
}

#[test]
fn a_large_manifest_is_kept_in_parts() {
    let fake = Fake::new();
    let cluster = cluster_of(&fake, "ops");
    let bytes: Vec<u8> = (0..=2 * CHUNK).map(|at| (at % 251) as u8).collect();
    let writer = cluster.writer(Purpose::Update, Duration::ZERO).unwrap();
    let manifest = Manifest { bytes: &bytes, source_bytes: 0, reports: 0, failed: FailedCount::default() };
    writer.commit(Some(&manifest)).unwrap();
    assert!(cluster.last_update().unwrap().1 == Some(bytes));
    assert_eq!(cluster.current().unwrap().unwrap().chunks, 3);
    fake.forget("manifest/ops/1/1");
    assert!(matches!(cluster.last_update(), Err(Error::IndexDamaged { .. })));
}

#[test]
fn given_incidents_and_updates_without_an_archive_are_refused() {
    let fake = Fake::new();
    let given = cluster_of(&fake, "ops").writer(Purpose::Give, Duration::ZERO).map(drop);
    assert!(matches!(given, Err(Error::GivenInCluster(_))));
    let nameless = Cluster::with(Remote::new(fake.clone(), "incidents"), 1, 0, None);
    let refused = nameless.writer(Purpose::Update, Duration::ZERO).map(drop);
    assert!(matches!(refused, Err(Error::ClusterSettings { .. })));
    assert_eq!(fake.requests(), 0);
}

#[test]
fn two_folders_of_one_name_do_not_remove_each_others_reports() {
    let fake = Fake::new();
    let place = tempfile::tempdir().unwrap();
    let folder = |name: &str| {
        let folder = place.path().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        Cluster { named_by: NamedBy::Folder, origin: Origin::of(&folder), ..cluster_of(&fake, "incidents") }
    };
    let (ours, theirs) = (folder("ours/incidents"), folder("theirs/incidents"));
    FIRST.run(&ours).unwrap();
    SECOND.run(&ours).unwrap();
    let after = found(&ours);
    for update in [FIRST, REBUILD] {
        let Err(Error::ArchiveElsewhere { archive, host, address }) = update.run(&theirs) else {
            unreachable!("removed")
        };
        assert_eq!((archive.as_str(), address.as_str()), ("incidents", "http://cluster/incidents"));
        assert_eq!(host.unwrap_or_default(), host_name());
    }
    assert_eq!(found(&ours), after);
    // Nor does it reserve a generation, or keep the lock.
    SECOND_AGAIN.run(&ours).unwrap();
    // Who names the archive means it; from then on it is that folder's.
    let named = Cluster { named_by: NamedBy::User, ..folder("theirs/incidents") };
    REBUILD.run(&named).unwrap();
    REBUILD.run(&theirs).unwrap();
    assert!(matches!(FIRST.run(&ours), Err(Error::ArchiveElsewhere { .. })));
    // One that the index has is read only.
    let only = Cluster { named_by: NamedBy::Index, ..cluster_of(&fake, "incidents") };
    assert!(matches!(REBUILD.run(&only), Err(Error::ClusterSettings { .. })));
}

#[test]
fn ids_of_documents_are_short_and_differ() {
    assert_eq!(document_id("ops", "2025/disk", 3), "ops/2025/disk@3");
    let long = |end: &str| document_id("ops", &format!("{}{end}", "x".repeat(600)), 3);
    assert!(long("a").len() <= LONGEST_ID && long("a") != long("b") && long("a") == long("a"));
}
