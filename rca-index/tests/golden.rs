//! The ten best hits for every judged query of the corpus, stored in `golden/ranking.txt`, so that a diff shows every
//! change in ranking. `UPDATE_GOLDEN=1 cargo test -p rca-index --test golden` updates the file.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use rca_index::{Archive, Index, Match, SearchRequest, Timestamp, UpdateOptions};

const HEAD: &str = "\
# The ten best for every judged query of corpus/queries. The figure in front of an id is its grade for the query: 3 is
# wanted, 1 is related, - was not judged to be of use. A line divides those with all of the words from those with some.
# Written by: UPDATE_GOLDEN=1 cargo test -p rca-index --test golden
";

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus")
}

/// The judged queries, id and text.
fn queries() -> Vec<(String, String)> {
    let text = fs::read_to_string(corpus().join("queries/queries.jsonl")).unwrap();
    let read = |line: &str| {
        let query: serde_json::Value = serde_json::from_str(line).unwrap();
        (query["id"].as_str().unwrap().to_owned(), query["text"].as_str().unwrap().to_owned())
    };
    text.lines().map(read).collect()
}

/// Grades by query and report.
fn grades() -> HashMap<(String, String), String> {
    let text = fs::read_to_string(corpus().join("queries/qrels.tsv")).unwrap();
    let read = |line: &str| {
        let mut cells = line.split('\t').map(str::to_owned);
        ((cells.next().unwrap(), cells.next().unwrap()), cells.next().unwrap())
    };
    text.lines().map(read).collect()
}

/// A request for the ten best hits.
fn request(text: &str) -> SearchRequest {
    let mut request = SearchRequest::literal(text).unwrap().limit(10);
    // A fixed date after the last report, because scores depend on the age of an incident.
    request.now = Timestamp::from_day(2026, 1, 1).map(Timestamp::unix_seconds);
    request
}

/// The index of the corpus, in a temporary folder.
fn indexed(folder: &Path) -> Index {
    let archive = Archive::open(corpus().join("incidents")).unwrap();
    let index = Index::open_or_create(folder).unwrap();
    index.update(&archive, &UpdateOptions::default(), |_| {}).unwrap();
    index
}

fn ranking(index: &Index) -> String {
    let grades = grades();
    let mut out = HEAD.to_owned();
    for (id, text) in queries() {
        let found = index.search(&request(&text)).unwrap();
        writeln!(out, "\n{id}  {text}").unwrap();
        let all = found.hits.iter().filter(|hit| hit.matched == Match::All).count();
        for (place, hit) in found.hits.iter().enumerate() {
            if place == all {
                out.push_str("      ----\n");
            }
            let report = &hit.incident.id;
            let grade = grades.get(&(id.clone(), report.clone())).map_or("-", String::as_str);
            writeln!(out, "  {grade}  {report}").unwrap();
        }
    }
    out
}

#[test]
fn the_ten_best_hits_match_the_golden_file() {
    let folder = tempfile::tempdir().unwrap();
    let actual = ranking(&indexed(folder.path()));

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/ranking.txt");
    let expected = fs::read_to_string(&path).unwrap_or_default();
    if expected == actual {
        return;
    }
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, actual).unwrap();
        return;
    }
    // Compare by query, so that one shifted line does not make all following lines differ.
    let blocks = |text: &str| text.split("\n\n").map(str::to_owned).collect::<Vec<_>>();
    let (expected, actual) = (blocks(&expected), blocks(&actual));
    let differs: Vec<&String> = actual.iter().filter(|block| !expected.contains(block)).collect();
    panic!(
        "the ranking of {} queries differs from {}, first that of:\n{}\nIf it should, read the diff that this makes: \
         UPDATE_GOLDEN=1 cargo test -p rca-index --test golden",
        differs.len(),
        path.display(),
        differs.first().map_or("", |block| block.as_str())
    );
}

#[test]
fn pages_of_any_size_have_the_same_order() {
    let folder = tempfile::tempdir().unwrap();
    let index = indexed(folder.path());
    for (id, text) in queries() {
        let page = |offset, limit| {
            let found = index.search(&request(&text).offset(offset).limit(limit)).unwrap();
            found.hits.into_iter().map(|hit| hit.incident.id).collect::<Vec<_>>()
        };
        let ten = page(0, 10);
        for (offset, limit) in [(0, 1), (0, 3), (3, 3), (6, 4)] {
            let expected: Vec<String> = ten.iter().skip(offset).take(limit).cloned().collect();
            assert_eq!(page(offset, limit), expected, "{id}: {limit} from {offset}");
        }
    }
}
