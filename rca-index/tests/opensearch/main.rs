//! A real cluster: nodes of OpenSearch on loopback. It says "skipped" where Java, Maven or the artifacts are missing.
//!
//! The first three tests are run by `.ci/run`, and those of `faults.rs` and `secured.rs` by the script `faults`.
#![cfg(feature = "opensearch")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod faults;
mod node;
mod proxy;
mod secured;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use rca_index::{
    Archive, Auth, ClusterSettings, Error, Facet, Index, LinkFilter, SearchRequest, SearchResults, Summary,
    UpdateOptions,
};

use crate::node::nodes;
use crate::proxy::{Proxy, Rules};

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus")
}

/// The queries of the corpus that people have judged, as typed, and some with filters.
fn queries() -> Vec<SearchRequest> {
    let judged = fs::read_to_string(corpus().join("queries/queries.jsonl")).unwrap();
    let judged = judged.lines().map(|line| {
        let query: serde_json::Value = serde_json::from_str(line).unwrap();
        SearchRequest::literal(query["text"].as_str().unwrap()).unwrap()
    });
    let filters = [
        "queue", "\"connection pool\"", "rootcause:deploy", "severity:>=P2 -database", "service:* timeout", "certif*",
        "date:2025-06", "date:>=2025-03-01 -date:2025-06", "users:>1000", "has:impact -no:date", "duration:<60 lag",
        "(memory OR disk) -queue", "timeuot", "\"queue backlog\"~3", "title:outage sort:date", "sort:-duration",
        "status:resolved sort:severity", "tag:* failover", "*", "nothingatall",
    ];
    judged.chain(filters.map(|query| SearchRequest::parse(query).unwrap())).collect()
}

/// A copy of the corpus, to change it.
fn copied() -> (tempfile::TempDir, Archive) {
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(corpus().join("incidents")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
        }
    }
    let archive = Archive::open(folder.path()).unwrap();
    (folder, archive)
}

fn update(index: &Index, archive: &Archive) -> Result<(), Error> {
    index.update(archive, &UpdateOptions::default(), |_| {}).map(drop)
}

fn ids(found: &SearchResults<Summary>) -> Vec<&str> {
    found.hits.iter().map(|hit| hit.incident.id.as_str()).collect()
}

/// What must be the same whichever engine answers: which incidents match, how many, and the counts of facets.
fn same(found: &SearchResults<Summary>) -> (usize, usize, BTreeSet<&str>, String) {
    let facets: Vec<_> = found.facets.iter().map(|facet| format!("{:?}", facet.values)).collect();
    (found.total, found.total_some, ids(found).into_iter().collect(), facets.join("\n"))
}

/// The ids of all incidents of an index, sorted; each as often as it is there.
fn all_ids(index: &Index) -> Result<Vec<String>, Error> {
    let mut ids = index.ids()?.collect::<Result<Vec<_>, _>>()?;
    ids.sort();
    Ok(ids)
}

#[test]
#[ignore = "starts a node of OpenSearch; .ci/run runs it"]
fn the_corpus_in_a_cluster_answers_as_in_a_folder() {
    let Some(nodes) = nodes(1) else { return };
    let archive = Archive::open(corpus().join("incidents")).unwrap();
    let cluster = Index::connect(nodes.settings("parity").shards(3).archive("corpus").unwrap()).unwrap();
    let local = Index::in_memory().unwrap();
    for index in [&cluster, &local] {
        update(index, &archive).unwrap();
    }
    assert!(local.len().unwrap() > 10, "the corpus is small");
    assert_eq!(all_ids(&cluster).unwrap(), all_ids(&local).unwrap());
    let (mut asked, mut ordered) = (0, 0);
    for request in queries() {
        let mut request = request.limit(1_000).facet(Facet::Service).facet(Facet::Severity).facet(Facet::Tag);
        request.now = Some(1_760_000_000);
        let (here, there) = (local.search_summaries(&request).unwrap(), cluster.search_summaries(&request).unwrap());
        assert_eq!(same(&here), same(&there), "{request:?}");
        asked += 1;
        let is_same = ids(&here).iter().take(10).eq(ids(&there).iter().take(10));
        ordered += usize::from(is_same);
    }
    println!("{asked} queries over {} reports, {ordered} in the same order", local.len().unwrap());
    assert!(asked > 200 && ordered * 100 >= asked * 95, "{ordered} of {asked} in the same order");
}

#[test]
#[ignore = "starts a node of OpenSearch; .ci/run runs it"]
fn a_wrong_password_is_told_and_who_may_only_read_can_search() {
    let Some(nodes) = nodes(1) else { return };
    let (folder, archive) = copied();
    let direct = Index::connect(nodes.settings("secured").archive("corpus").unwrap()).unwrap();
    update(&direct, &archive).unwrap();
    // ada:right
    let login = Some("Basic YWRhOnJpZ2h0".to_owned());
    let proxy = Proxy::start(nodes.port(0), Rules { login, is_read_only: true, ..Rules::default() });
    let settings = || ClusterSettings::new(&format!("http://127.0.0.1:{}/secured", proxy.port)).unwrap();
    let basic = |password: &str| Auth::Basic { user: "ada".into(), password: password.into() };
    for wrong in [settings(), settings().auth(basic("wr0ng")), settings().auth(Auth::Bearer("right".into()))] {
        let error = Index::connect(wrong).unwrap_err();
        assert!(matches!(error, Error::Unauthorized { status: 401, .. }), "{error:?}");
        assert!(!format!("{error:?} {error}").contains("wr0ng"), "{error:?}");
    }
    let reader = Index::connect(settings().auth(basic("right"))).unwrap();
    assert_eq!(all_ids(&reader).unwrap(), all_ids(&direct).unwrap());
    for query in ["queue backlog", "severity:>=P2 certif*", "\"connection pool\"", "timeuot", "* sort:date"] {
        let request = SearchRequest::parse(query).unwrap().limit(300).facet(Facet::Service);
        let (one, other) = (reader.search_summaries(&request).unwrap(), direct.search_summaries(&request).unwrap());
        assert_eq!(same(&one), same(&other), "{query}");
    }
    let first = reader.incidents().unwrap().next().unwrap().unwrap();
    assert_eq!(reader.get(&first.id).unwrap().as_ref(), Some(&first));
    let request = SearchRequest::from_incident(&first);
    assert!(!reader.similar(&first, &request, LinkFilter::Any, true).unwrap().hits.is_empty());
    assert!(!reader.health().unwrap().is_damaged());
    // Only an update needs more, and says so.
    let writer = Index::connect(settings().auth(basic("right")).archive("corpus").unwrap()).unwrap();
    fs::write(folder.path().join("new.md"), "# A new one\n").unwrap();
    let error = update(&writer, &archive).unwrap_err();
    assert!(matches!(error, Error::Unauthorized { status: 403, .. }), "{error:?}");
    assert_eq!(all_ids(&reader).unwrap(), all_ids(&direct).unwrap());
}

#[test]
#[ignore = "starts three nodes of OpenSearch; .ci/run runs it"]
fn one_node_of_three_is_killed_and_nothing_is_missing() {
    let Some(mut nodes) = nodes(3) else { return };
    let (folder, archive) = copied();
    let settings = nodes.settings("killed").shards(3).archive("corpus").unwrap();
    let cluster = Index::connect(settings.clone()).unwrap();
    let local = Index::in_memory().unwrap();
    for index in [&cluster, &local] {
        update(index, &archive).unwrap();
    }
    nodes.wait_for("wait_for_status=green");
    // The one that is asked first.
    nodes.kill(0);
    let request = |query: &str| SearchRequest::parse(query).unwrap().limit(1_000).facet(Facet::Service);
    for query in ["*", "queue", "certif* -disk", "\"connection pool\""] {
        let (here, there) = (local.search_summaries(&request(query)), cluster.search_summaries(&request(query)));
        assert_eq!(same(&here.unwrap()), same(&there.unwrap()), "{query}");
    }
    // Who connects now finds the others as well.
    assert_eq!(Index::connect(settings).unwrap().len().unwrap(), local.len().unwrap());
    fs::write(folder.path().join("new.md"), "# A new one\n\nIt came while a node was down.\n").unwrap();
    update(&local, &archive).unwrap();
    let mut tries = 1;
    while let Err(error) = update(&cluster, &archive) {
        assert!(matches!(error, Error::Remote { .. } | Error::Unavailable { .. }), "{error:?}");
        println!("update {tries}: {error}");
        // A reader is not concerned.
        assert_eq!(cluster.len().unwrap() + 1, local.len().unwrap());
        nodes.wait_for("wait_for_status=yellow");
        tries += 1;
        assert!(tries < 4, "it is not mended");
    }
    assert_eq!(all_ids(&cluster).unwrap(), all_ids(&local).unwrap());
}
