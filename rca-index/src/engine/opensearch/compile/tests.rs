//! Compilation needs no cluster: what is asked of it is compared as JSON.

use std::sync::Arc;

use super::*;
use crate::engine::Embedded;
use crate::engine::fixture::{engine, plan};
use crate::engine::found_word::Frequencies;

/// A query compiled, of whose words four of 4,000 incidents have each; or all, and one has the rarest.
fn compiled(query: &str, needed: Needed, rarest: Option<&str>) -> Value {
    let engine: Embedded = engine(&[&[
        ("1", "Zebra quagga", "okapi"),
        ("2", "Zebra", "quagga"),
        ("3", "Gnu", "okapi zebra"),
        ("4", "Okapis", "quagga"),
    ]]);
    let snapshot = engine.snapshot().unwrap();
    let plan = plan(&snapshot, query);
    let frequencies = |word: &Arc<Word>| {
        let count = rarest.map_or(4, |rarest| if word.text == rarest { 1 } else { 4_000 });
        let places = (0..word.alternatives.len()).map(|at| ((at, 0), [count, 0]));
        (Arc::clone(word), places.collect::<Frequencies>())
    };
    let words = KnownWords::elsewhere(plan.words.iter().map(frequencies).collect(), 4_000, None);
    let resolved = Resolved::default();
    Compiler { words: &words, analyzer: snapshot.analyzer(), resolved: &resolved }.matches(&plan, needed)
}

/// A word in the text or the title: itself, and its marked stem.
fn word(word: &str) -> Value {
    let found = [format!("\u{1}{word}"), word.to_owned()];
    any_of(vec![terms("text", &found), terms("title", &found)])
}

#[test]
fn a_full_match_has_all_words_and_meets_all_conditions() {
    assert_eq!(compiled("*", Needed::All, None), json!({ "match_all": {} }));
    assert_eq!(compiled("zebra", Needed::All, None), word("zebra"));
    assert_eq!(
        compiled("zebra -okapi has:impact", Needed::All, None),
        all_of(vec![word("zebra"), not(&word("okapi")), term("has", "impact")])
    );
    assert_eq!(
        compiled("zebra (okapi OR quagga)", Needed::All, None),
        all_of(vec![word("zebra"), any_of(vec![word("okapi"), word("quagga")])])
    );
}

#[test]
fn a_partial_match_has_enough_words_and_not_all() {
    // Each of these two words is enough.
    assert_eq!(
        compiled("zebra quagga", Needed::Some, None),
        all_of(vec![any_of(vec![word("zebra"), word("quagga")]), not(&all_of(vec![word("zebra"), word("quagga")]))])
    );
    // One of these is too ordinary.
    let found = compiled("zebra quagga", Needed::Any, Some("quagga"));
    let shares = &found["function_score"]["query"]["bool"]["should"];
    assert_eq!(shares[1]["constant_score"]["filter"], word("quagga"));
    let boost = |at: usize| shares[at]["constant_score"]["boost"].as_f64().unwrap();
    let least = found["function_score"]["min_score"].as_f64().unwrap();
    assert!(boost(0) > 0.0 && boost(1) > boost(0), "{found}");
    assert!(least > 0.0 && least < boost(1), "{found}");
}

#[test]
fn words_of_a_phrase_stand_at_their_places() {
    let phrase = |field: &str, slop: u32| json!({ "match_phrase": { field: { "query": "zebra quagga", "analyzer": "tokens", "slop": slop } } });
    let both = |slop| any_of(vec![phrase("text", slop), phrase("title", slop)]);
    assert_eq!(compiled("\"zebra quagga\"", Needed::All, None), both(0));
    assert_eq!(compiled("\"zebra quagga\"~3", Needed::All, None), both(3));
    let zebra = [String::from("\u{1}zebra"), "zebra".into()];
    assert_eq!(compiled("rootcause:zebra", Needed::All, None), terms("region.rootcause", &zebra));
    assert_eq!(compiled("title:zebra", Needed::All, None), terms("title", &zebra));
}

#[test]
fn conditions_are_filters() {
    let check = |query: &str, expected: Value| assert_eq!(compiled(query, Needed::All, None), expected, "{query}");
    check("tag:db", terms("facet.tag", &["db"]));
    check("service:order*", json!({ "prefix": { "facet.service": "order" } }));
    check("severity:>=P2", json!({ "range": { "rank": { "lte": 2 } } }));
    check("severity:<P2", json!({ "range": { "rank": { "gt": 2 } } }));
    check("users:>1000", json!({ "range": { "number.users": { "gt": 1000.0 } } }));
    check("duration:30..90", json!({ "range": { "number.duration": { "gte": 30.0, "lte": 90.0 } } }));
    check("no:rootcause", not(&term("has", "rootcause")));
    let day = |field: &str| json!({ "range": { field: { "gte": 1_735_689_600_i64, "lt": 1_735_776_000_i64 } } });
    check("date:2025-01-01", any_of(vec![day("date"), day("stated_date")]));
}

#[test]
fn a_query_of_more_words_than_a_cluster_takes_has_the_rarest() {
    let words: Vec<String> = (0..450).map(|n| format!("word{n}x")).collect();
    let plan = Plan::of_words(words.iter().map(|text| Word::weighted(vec![text.clone()], 1.0)));
    let frequencies = |(at, word): (usize, &Arc<Word>)| {
        (Arc::clone(word), Frequencies::from([((0, 0), [if at < 100 { 1 } else { 50 }, 0])]))
    };
    let words = KnownWords::elsewhere(plan.words.iter().enumerate().map(frequencies).collect(), 100, None);
    let (resolved, analyzer) = (Resolved::default(), Analyzer::default());
    let compiler = Compiler { words: &words, analyzer: &analyzer, resolved: &resolved };
    let shortened = compiler.shortened(&plan);
    // Each takes a clause in the text and one in the title.
    assert_eq!((shortened.ranked.len(), shortened.needed.len()), (MOST_MATCHING / 2, MOST_MATCHING / 2));
    assert!((0..100).all(|word| shortened.ranked.contains(&word)), "the rarest are kept");
    assert!(compiler.scores(&plan).len() <= MOST_SCORING);
    let few = Plan { ranked: vec![1, 2], needed: vec![1, 2], ..plan.clone() };
    assert!(matches!(compiler.shortened(&few), Cow::Borrowed(_)));
}
