//! Micro benchmarks of each station of indexing and searching, through the public API and on the corpus.
//!
//!     cargo bench -p rca-bench

use std::path::PathBuf;
use std::sync::LazyLock;

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use rca_index::parse::{ParseOptions, Parsed, parse_report};
use rca_index::query::{self, QueryOptions};
use rca_index::{Archive, Facet, Incident, Index, SearchRequest};

/// The number of copies of the corpus in the searched index.
const COPIES: usize = 100;

const QUERIES: [&str; 4] = ["queue backlog", "\"connection pool\"", "certif*", "severity:>=P2 date:2020..2026"];

fn main() {
    divan::main();
}

static REPORTS: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../corpus/incidents");
    let archive = Archive::open(&root).expect("the corpus is there");
    let read = |path: String| {
        let text = std::fs::read_to_string(root.join(&path)).expect("a report of the corpus is text");
        (path, text)
    };
    archive.report_paths().into_iter().map(read).collect()
});

static INCIDENTS: LazyLock<Vec<Incident>> =
    LazyLock::new(|| REPORTS.iter().map(|(path, text)| parse(path, text.clone()).incident).collect());

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let index = Index::in_memory().expect("an index in memory");
    let copy = |copy: usize| {
        INCIDENTS.iter().map(move |incident| {
            let mut copied = incident.clone();
            copied.id = format!("{copy}/{}", incident.id);
            copied
        })
    };
    index.upsert((0..COPIES).flat_map(copy)).expect("incidents go in");
    index
});

fn parse(path: &str, text: String) -> Parsed {
    parse_report(path, text, &ParseOptions::default())
}

fn bytes() -> BytesCount {
    BytesCount::new(REPORTS.iter().map(|(_, text)| text.len()).sum::<usize>())
}

/// Parses reports to incidents.
#[divan::bench]
fn parse_reports(bencher: Bencher<'_, '_>) {
    bencher
        .counter(bytes())
        .counter(ItemsCount::new(REPORTS.len()))
        .with_inputs(|| REPORTS.clone())
        .bench_values(|reports| reports.into_iter().map(|(path, text)| parse(&path, text)).collect::<Vec<_>>());
}

/// Adds incidents to an index in memory: analysis, postings, stored form, commit.
#[divan::bench]
fn analyze_and_index(bencher: Bencher<'_, '_>) {
    bencher.counter(bytes()).with_inputs(|| (Index::in_memory().expect("an index"), INCIDENTS.clone())).bench_values(
        |(index, incidents)| {
            index.upsert(incidents).expect("incidents go in");
            index
        },
    );
}

/// Parses a query to a tree.
#[divan::bench(args = QUERIES)]
fn parse_query(text: &str) -> query::Query {
    query::parse(black_box(text), &QueryOptions::default()).expect("a query")
}

/// Compiles a query and counts all matches, without hits.
#[divan::bench(args = QUERIES)]
fn compile_and_count(bencher: Bencher<'_, '_>, text: &str) {
    let request = request(text, 0, 0);
    bencher.bench(|| search(&request));
}

/// The ten best hits.
#[divan::bench(args = QUERIES)]
fn search_top_ten(bencher: Bencher<'_, '_>, text: &str) {
    let request = request(text, 10, 0);
    bencher.bench(|| search(&request));
}

/// The ten best hits with a snippet each.
#[divan::bench(args = QUERIES)]
fn search_with_snippets(bencher: Bencher<'_, '_>, text: &str) {
    let request = request(text, 10, 1);
    bencher.bench(|| search(&request));
}

/// Counts all matches by four facets.
#[divan::bench(args = QUERIES)]
fn count_facets(bencher: Bencher<'_, '_>, text: &str) {
    let request = Facet::ALL.into_iter().fold(request(text, 0, 0), SearchRequest::facet);
    bencher.bench(|| search(&request));
}

/// Loads one incident by its id.
#[divan::bench]
fn get() -> Option<Incident> {
    INDEX.get(black_box(&format!("7/{}", INCIDENTS[0].id))).expect("an index")
}

fn request(text: &str, limit: usize, snippets: usize) -> SearchRequest {
    LazyLock::force(&INDEX);
    let mut request = SearchRequest::parse(text).expect("a query").limit(limit);
    request.snippets = snippets;
    request
}

fn search(request: &SearchRequest) -> usize {
    INDEX.search(black_box(request)).expect("an index").total
}
