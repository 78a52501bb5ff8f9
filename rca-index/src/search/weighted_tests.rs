//! Searches for pasted texts: what is found, how much like the text it is, and what it takes.

use crate::engine::Engine;
use crate::engine::fixture::engine;
use crate::plan::work;
use crate::ranking::{MAX_OTHER_FORMS, MAX_WEIGHED};
use crate::search::{Cut, CutKind, Hit, Match, SearchRequest, SearchResults, WeightedTexts, search};

fn archive() -> Engine {
    let others: Vec<(String, String)> =
        (0..60).map(|i| (format!("o{i:02}"), format!("ordinary report number {i}"))).collect();
    let mut reports: Vec<(&str, &str, &str)> =
        others.iter().map(|(id, text)| (id.as_str(), "Ordinary", text.as_str())).collect();
    reports.push(("pool", "Pool exhausted", "checkout of an ordinary connection from the pool timed out"));
    reports.push(("disk", "Disk full", "the disk of the ordinary collector was full"));
    engine(&[&reports]).into()
}

fn found(engine: &Engine, texts: &[(&str, f32)]) -> SearchResults {
    let texts = texts.iter().map(|&(text, weight)| (text.to_owned(), weight));
    search(engine, &SearchRequest::weighted(WeightedTexts::new(texts, 30)).explain(true)).unwrap()
}

fn ids(found: &SearchResults) -> Vec<&str> {
    found.hits.iter().map(|hit| hit.incident.id.as_str()).collect()
}

#[test]
fn weights_decide_which_words_count_most() {
    let engine = archive();
    let first = |texts: &[(&str, f32)]| ids(&found(&engine, texts))[0].to_owned();
    assert_eq!(first(&[("PoolExhausted", 3.0), ("disk", 0.3)]), "pool");
    assert_eq!(first(&[("pool", 0.3), ("disk full", 3.0)]), "disk");
    let results = found(&engine, &[("pool", 1.0), ("unheard of", 3.0)]);
    assert_eq!((ids(&results), results.total, results.total_some, results.relaxed), (vec!["pool"], 0, 1, true));
    assert!(results.hits[0].matched == Match::Some && results.suggestions.is_empty());
    assert_eq!(found(&engine, &[("unheard of", 3.0)]).total_some, 0, "nothing is like it");
}

#[test]
fn two_numbers_tell_a_real_match_from_none() {
    let engine = archive();
    let like = |results: &SearchResults| results.hits[0].likeness.unwrap();
    let real = like(&found(&engine, &[("checkout from the connection pool timed out, ordinary", 1.0)]));
    let none = like(&found(&engine, &[("ordinary report of the pool, collector, number 7, exhausted disk", 1.0)]));
    assert!(real.share > 0.99 && real.z > 5.0, "{real:?}");
    assert!(none.share < 0.6 && none.share > 0.0, "{none:?}");
    // Words that the archive does not know are no part of what could be found.
    let unknown = like(&found(&engine, &[("checkout from the pool timed out unheard of", 1.0)]));
    assert!(unknown.share > 0.99, "{unknown:?}");
    let explained = found(&engine, &[("pool", 1.0)]).hits.remove(0).explanation.unwrap().to_string();
    assert!(explained.contains("100 % of what the text says; "), "{explained}");
    let query: Vec<Hit> = search(&engine, &SearchRequest::parse("pool").unwrap()).unwrap().hits;
    assert_eq!(query[0].likeness, None);
}

#[test]
fn a_service_raises_a_score_and_excludes_nothing() {
    let engine = Engine::in_memory().unwrap();
    let incidents = ["orders", "billing", "search"].map(|service| {
        let mut incident = crate::incident::Incident::new(service, "Disk full");
        incident.services = vec![service.to_owned()];
        incident
    });
    crate::engine::fixture::add(&engine, incidents);
    let mut texts = WeightedTexts::new([("disk full".to_owned(), 1.0)], 30);
    texts.services = vec!["Billing".to_owned(), "unheard-of".to_owned()];
    let results = search(&engine, &SearchRequest::weighted(texts).explain(true)).unwrap();
    assert_eq!((ids(&results)[0], results.hits.len()), ("billing", 3));
    let factor = |hit: &Hit| hit.explanation.as_ref().unwrap().service;
    assert!((factor(&results.hits[0]) - 1.15).abs() < 1e-6 && (factor(&results.hits[1]) - 1.0).abs() < 1e-6);
    let ratio = results.hits[0].score / results.hits[1].score;
    assert!((ratio - 1.15).abs() < 1e-3, "{ratio}");
}

#[test]
fn runs_of_words_have_synonyms() {
    let kill = ("kill", "Worker restarts", "the worker was oom killed");
    let cache = ("cache", "Cache", "the memory of the cache was cold");
    let engine = engine(&[&[kill, cache, ("other", "Disk", "a disk was full")]]).into();
    let results = found(&engine, &[("out of memory", 1.0)]);
    let mut ids = ids(&results);
    ids.sort_unstable();
    assert_eq!(ids, ["cache", "kill"]);
}

#[test]
fn hits_that_have_all_words_come_first_only_by_their_scores() {
    let filler = "nothing to see here, move along ".repeat(80);
    let all = format!("a disk, {filler} full, {filler} ordinary");
    let few = ("few", "Disk full", "the disk was full, and the disk full of logs");
    let engine =
        engine(&[&[("all", "Long", &all), few, ("o1", "Other", "ordinary"), ("o2", "Other", "ordinary")]]).into();
    assert_eq!(ids(&found(&engine, &[("disk full ordinary", 1.0)]))[..2], ["few", "all"]);
}

#[test]
fn a_long_log_takes_work_by_its_different_words() {
    let engine = archive();
    let work_of = |text: &str| {
        work::taken();
        found(&engine, &[(text, 2.0)]);
        work::taken()
    };
    let line = "checkout from the connection pool timed out\n";
    let (once, often) = (work_of(line), work_of(&line.repeat(2_000)));
    assert!(often <= once + once / 10, "{once} {often}");
    // Each word is looked up in title and text, and other forms of few.
    let limit = 2 * MAX_WEIGHED + 30 * MAX_OTHER_FORMS;
    let numbers: String = (0..20_000).map(|i| (100_000 + i).to_string() + " ").collect();
    let work = work_of(&(line.to_owned() + &numbers));
    assert!(work <= once + limit, "{work} {once}");
    let work = work_of(&(line.to_owned() + &made_up_words(20_000)));
    assert!(work <= once + limit, "{work} {once}");
}

/// Different words of letters, each with other forms than those of the others.
fn made_up_words(count: usize) -> String {
    let letters = |n: usize| [n / 676 % 26, n / 26 % 26, n % 26].map(|letter| char::from(b'a' + letter as u8));
    let word =
        |n: usize| letters(n).iter().collect::<String>() + "zkw" + &letters(n / 17_576).iter().collect::<String>();
    (0..count).map(|n| word(n) + " ").collect()
}

#[test]
fn what_of_a_long_text_is_not_looked_up_is_said() {
    let engine = archive();
    let cuts = |text: &str| found(&engine, &[(text, 1.0)]).cuts;
    assert_eq!(cuts("checkout of an unheard connection"), []);
    assert_eq!(cuts(&made_up_words(MAX_OTHER_FORMS)), []);
    let cut = |what: CutKind, kept: usize, of: usize| Cut { what, kept, of };
    let many = cuts(&made_up_words(MAX_OTHER_FORMS + 9));
    assert_eq!(many, [cut(CutKind::OtherForms, MAX_OTHER_FORMS, MAX_OTHER_FORMS + 9)]);
    let most = cuts(&(made_up_words(MAX_WEIGHED + 7) + &made_up_words(MAX_WEIGHED + 7)));
    let expected =
        [cut(CutKind::TextWords, MAX_WEIGHED, MAX_WEIGHED + 7), cut(CutKind::OtherForms, MAX_OTHER_FORMS, MAX_WEIGHED)];
    assert_eq!(most, expected);
}

#[test]
fn other_forms_are_those_of_the_words_that_count_most() {
    let engine = archive();
    let found = |text: &str, weight: f32| {
        ids(&found(&engine, &[(&made_up_words(2 * MAX_OTHER_FORMS), 1.0), (text, weight)])).join(" ")
    };
    // No report has `pools`, and one has `pool`.
    assert_eq!(
        (found("pools", 1.0), found("pools", 2.0), found("pools pools", 1.0)),
        (String::new(), "pool".into(), "pool".into())
    );
    assert_eq!(found("pool", 1.0), "pool");
}
