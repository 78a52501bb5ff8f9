//! The effect of each component of a score, on archives that differ in nothing else: the order of ids, and the
//! explanation.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fmt::Write as _;

use rca_index::{
    FIELDS, FieldKind, Hit, Incident, Index, SearchRequest, SectionKind, Severity, Sourced, TextField, Timestamp,
};

// Phrases in the lines of an explanation.
const CLOSE: &str = "is close to the word before it";
const COMMON: &str = "words that the best hits have in common";
const NOT_ALL: &str = "some words are missing";
const NOT_THERE: &str = ": missing";
const RECENT: &str = "recency";
const SEVERE: &str = "severity";

/// Filler of six-letter words, as long as the words under test, so that texts with equally many words have the same
/// length.
const FILLER: [&str; 8] = ["nebula", "garden", "copper", "violin", "meadow", "saddle", "candle", "button"];

/// An incident with these words, padded with filler to a fixed length.
fn incident(id: &str, title: &str, words: &str) -> Incident {
    let mut text = words.to_owned();
    for at in words.split(' ').count()..50 {
        write!(text, " {}", FILLER[at % FILLER.len()]).unwrap();
    }
    text.truncate(300);
    let mut incident = Incident::new(id, title);
    incident.push_section(SectionKind::Body, &text);
    incident
}

fn with(incidents: impl IntoIterator<Item = Incident>) -> Index {
    let index = Index::in_memory().unwrap();
    index.upsert(incidents).unwrap();
    index
}

/// An archive of these texts, plus incidents with none of their words.
fn texts(texts: &[(&str, &str)]) -> Index {
    let others = (0..6).map(|i| incident(&format!("z{i}"), "nebula", "nebula"));
    with(texts.iter().map(|(id, words)| incident(id, "nebula", words)).chain(others))
}

/// All hits for a query on 1 July 2025: full matches, then partial matches.
fn search(index: &Index, query: &str) -> Vec<Hit> {
    let mut request = SearchRequest::parse(query).unwrap().limit(1000).explain(true);
    request.now = Timestamp::from_day(2025, 7, 1).map(Timestamp::unix_seconds);
    index.search(&request).unwrap().hits
}

fn ids(hits: &[Hit]) -> Vec<&str> {
    hits.iter().map(|hit| hit.incident.id.as_str()).collect()
}

fn hit<'h>(hits: &'h [Hit], id: &str) -> &'h Hit {
    hits.iter().find(|hit| hit.incident.id == id).unwrap_or_else(|| panic!("{id} is not found"))
}

/// The number in the line of an explanation that contains `what`.
fn figure(hit: &Hit, what: &str) -> Option<f32> {
    let text = hit.explanation.as_ref()?.to_string();
    let line = text.lines().find(|line| line.contains(what))?;
    Some(line.trim_start_matches("x ").split_whitespace().next()?.parse().unwrap())
}

#[test]
fn words_shared_by_the_three_best_hits_boost_others() {
    let words = "walrus falcon badger parrot";
    let titled = |id, title, more| incident(id, title, &format!("{words} {more}"));
    let archive = || {
        [
            // The four best hits, each with words of its own.
            titled("best1", "walrus falcon badger", "cactus"),
            titled("best2", "walrus falcon nebula", "willow"),
            titled("best3", "walrus nebula copper", "tundra"),
            titled("best4", "nebula copper violin", "walrus harbor"),
            // Equal scores, except for the words shared with one of the best hits.
            titled("last1", "nebula copper violin", "jungle"),
            titled("last2", "nebula copper violin", "harbor"),
            titled("last3", "nebula copper violin", "tundra"),
        ]
    };
    let others = (0..6).map(|i| incident(&format!("z{i}"), "nebula copper violin", "nebula"));
    let index = with(archive().into_iter().chain(others));

    let found = search(&index, words);
    assert_eq!(ids(&found)[..7], ["best1", "best2", "best3", "best4", "last3", "last1", "last2"]);
    let common = |id: &str| figure(hit(&found, id), COMMON).unwrap_or(0.0);
    assert!(common("last3") > common("last1") + 0.05, "{:#?}", found[4].explanation);
    assert!(common("best1") > 0.0);
    assert_eq!(figure(hit(&found, "last1"), COMMON), figure(hit(&found, "last2"), COMMON));

    // Feedback does not apply to a shorter query.
    let found = search(&index, "walrus falcon badger");
    assert_eq!(ids(&found)[4..7], ["last1", "last2", "last3"]);
    assert!(found.iter().all(|hit| figure(hit, COMMON).is_none()));
    let scores: Vec<u32> = found[4..7].iter().map(|hit| hit.score.to_bits()).collect();
    assert!(scores.iter().all(|&score| score == scores[0]));
}

#[test]
fn feedback_only_changes_the_order() {
    let index = with([
        incident("both", "walrus falcon badger parrot", "walrus falcon badger parrot tundra tundra"),
        incident("like", "nebula", "tundra tundra tundra"),
        incident("none", "nebula", "nebula"),
    ]);
    assert_eq!(ids(&search(&index, "walrus falcon badger parrot")), ["both"]);
}

#[test]
fn closer_words_score_higher() {
    let between = |words: usize| vec!["copper"; words].join(" ");
    let apart = |words: usize| format!("walrus {} falcon", between(words));
    let rows = [
        ("0", "walrus falcon".to_owned()),
        ("1", apart(1)),
        ("2", apart(2)),
        ("7", apart(7)),
        ("8", apart(8)),
        ("9", apart(9)),
        ("30", apart(30)),
        ("swapped", "falcon walrus".to_owned()),
    ];
    let index = texts(&rows.each_ref().map(|(id, text)| (*id, text.as_str())));
    let found = search(&index, "walrus falcon");
    // Swapped, a word is two places off.
    assert_eq!(ids(&found), ["0", "1", "2", "swapped", "7", "8", "30", "9"]);
    let close = |id: &str| figure(hit(&found, id), CLOSE);
    let next = close("0").unwrap();
    for (id, share) in [("1", 2.0), ("2", 3.0), ("swapped", 3.0), ("7", 8.0), ("8", 9.0)] {
        let expected = next / share;
        // Saturation makes half as close count a little more than half.
        assert!((expected..2.0 * expected).contains(&close(id).unwrap()), "{id}: {:?} of {next}", close(id));
    }
    // Beyond the window, closeness does not count.
    assert_eq!((close("9"), close("30")), (None, None));
    assert_eq!(hit(&found, "9").score.to_bits(), hit(&found, "30").score.to_bits());
    // A single word, or words in different fields, have no closeness.
    assert!(search(&index, "walrus").iter().all(|hit| figure(hit, CLOSE).is_none()));
    assert!(search(&index, "walrus body:falcon").iter().all(|hit| figure(hit, CLOSE).is_none()));
    assert!(search(&index, "walrus OR falcon").iter().all(|hit| figure(hit, CLOSE).is_none()));
    assert!(figure(hit(&search(&index, "body:walrus body:falcon"), "0"), CLOSE).is_some());
}

#[test]
fn closeness_is_relative_to_the_query() {
    let index = texts(&[("next", "walrus falcon"), ("typed", "walrus of falcon")]);
    // A stop word has no score, but it has a position.
    assert_eq!(ids(&search(&index, "walrus of falcon"))[..2], ["typed", "next"]);
    assert_eq!(ids(&search(&index, "walrus falcon"))[..2], ["next", "typed"]);
    // The second and third of three words.
    let index = texts(&[("a", "walrus copper copper badger falcon"), ("b", "walrus copper copper falcon badger")]);
    assert_eq!(ids(&search(&index, "walrus falcon badger"))[..2], ["b", "a"]);
    let found = search(&index, "walrus falcon badger");
    assert!(
        figure(hit(&found, "b"), &format!("`badger` {CLOSE}")) > figure(hit(&found, "a"), &format!("`badger` {CLOSE}"))
    );
}

#[test]
fn closeness_counts_in_the_title_too() {
    let index = with([
        incident("apart", "walrus copper copper copper falcon", "nebula"),
        incident("close", "copper copper copper walrus falcon", "nebula"),
        incident("none", "copper copper copper nebula meadow", "nebula"),
    ]);
    let found = search(&index, "walrus falcon");
    assert_eq!(ids(&found), ["close", "apart"]);
    assert!(figure(&found[0], CLOSE) > figure(&found[1], CLOSE));
    // More than in the text.
    let index = with([
        incident("a-text", "walrus copper falcon", "walrus falcon copper"),
        incident("b-title", "walrus falcon copper", "walrus copper falcon"),
    ]);
    assert_eq!(ids(&search(&index, "walrus falcon")), ["b-title", "a-text"]);
}

#[test]
fn a_word_in_the_title_counts_as_its_weight() {
    let title = FIELDS.iter().find(|spec| spec.name == "title").unwrap();
    assert!(title.weight.fract() < f32::EPSILON && title.weight > 1.0);
    let times = |times: usize| vec!["walrus"; times].join(" ");
    let weight = title.weight as usize;
    let among = |others: usize| {
        let others = (0..others).map(|i| incident(&format!("none{i}"), "nebula", "nebula"));
        let few = [
            incident("less", "nebula", &times(weight - 1)),
            incident("more", "nebula", &times(weight + 1)),
            incident("title", "walrus", "nebula"),
            incident("both", "walrus", &times(2)),
        ];
        with(few.into_iter().chain(others))
    };
    // A word that most incidents have says less in a title than a rare one.
    assert_eq!(ids(&search(&among(1), "walrus")), ["more", "both", "less", "title"]);
    let index = among(60);
    assert_eq!(ids(&search(&index, "walrus")), ["both", "more", "title", "less"]);
    let found = search(&index, "title:walrus");
    assert_eq!(ids(&found), ["both", "title"]);
    assert_eq!(found[0].score.to_bits(), found[1].score.to_bits(), "the text does not count");
}

#[test]
fn sections_rank_by_the_weights_of_the_field_table() {
    let mut expected: Vec<(f32, &str)> = Vec::new();
    let mut incidents = Vec::new();
    for spec in FIELDS {
        let FieldKind::Text(TextField::Section(kind)) = spec.kind else { continue };
        let mut incident = incident(spec.name, "nebula", "nebula");
        incident.push_section(kind, "walrus");
        incidents.push(incident);
        expected.push((spec.weight, spec.name));
    }
    expected.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    let index = with(incidents);
    let expected: Vec<&str> = expected.into_iter().map(|(_, name)| name).collect();
    assert_eq!(ids(&search(&index, "walrus")), expected);
    assert_eq!(expected.len(), SectionKind::ALL.len());
}

#[test]
fn a_rare_word_counts_more_than_a_common_one() {
    let index = texts(&[
        ("common", "walrus"),
        ("rare", "falcon"),
        ("c1", "walrus copper"),
        ("c2", "walrus copper"),
        ("c3", "walrus copper"),
    ]);
    assert_eq!(ids(&search(&index, "walrus falcon"))[0], "rare");
    let index = texts(&[("long", "falcon walrus walrus"), ("short", "falcon walrus"), ("once", "falcon")]);
    assert_eq!(ids(&search(&index, "walrus")), ["long", "short"]);
}

#[test]
fn of_equal_texts_the_shorter_ranks_first() {
    let short = || {
        let mut incident = Incident::new("short", "nebula");
        incident.push_section(SectionKind::Body, "walrus copper");
        incident
    };
    let index = with([incident("long", "nebula", "walrus copper"), short(), incident("none", "nebula", "nebula")]);
    assert_eq!(ids(&search(&index, "walrus")), ["short", "long"]);
}

#[test]
fn several_words_count_more_than_one_repeated_word() {
    // Each word occurs in two incidents, so all are equally rare.
    let index = texts(&[
        ("often", "walrus walrus walrus walrus"),
        ("two", "walrus falcon"),
        ("other", "falcon badger"),
        ("badger", "badger"),
    ]);
    let found = search(&index, "walrus body:falcon badger");
    let place = |id: &str| ids(&found).iter().position(|&found| found == id).unwrap();
    assert!(place("two") < place("often") && place("often") < place("badger"), "{:?}", ids(&found));
    let share = |id: &str| figure(hit(&found, id), NOT_ALL).unwrap();
    assert!(share("often") < share("two") && share("two") < 1.0);
    assert!((share("often") - share("badger")).abs() < f32::EPSILON);
    let lines = |id: &str| hit(&found, id).explanation.as_ref().unwrap().to_string();
    let missing = |id: &str| lines(id).lines().filter(|line| line.contains(NOT_THERE)).count();
    assert_eq!(["two", "often", "badger"].map(missing), [1, 2, 2]);
    // An incident with all words has no penalty, and ranks first whatever its score.
    let index = texts(&[
        ("often", &vec!["walrus"; 40].join(" ")),
        ("all", "walrus copper copper copper copper copper copper copper copper copper copper falcon"),
        ("w1", "walrus"),
        ("w2", "falcon"),
        ("w3", "falcon"),
        ("w4", "falcon"),
        ("w5", "falcon"),
        ("w6", "falcon"),
    ]);
    let found = search(&index, "walrus falcon");
    assert_eq!(ids(&found)[..2], ["all", "often"]);
    let total = |hit: &Hit| hit.explanation.as_ref().unwrap().total;
    assert!(total(&found[1]) > total(&found[0]), "{} {}", total(&found[1]), total(&found[0]));
    assert!(found[1].score <= found[0].score, "scores are given as they are ordered");
    assert_eq!(figure(&found[0], NOT_ALL), None);
}

/// The factor of the preferences for each of some incidents that differ in nothing else.
fn preference_factors(incidents: Vec<Incident>) -> Vec<(String, f32)> {
    let index = with(incidents);
    let mut request = SearchRequest::parse("walrus").unwrap().limit(100).explain(true);
    request.now = Timestamp::from_day(2025, 7, 1).map(Timestamp::unix_seconds);
    let found = index.search(&request).unwrap().hits;
    request.preferences = false;
    let plain = index.search(&request).unwrap().hits;
    assert!(plain.iter().all(|hit| hit.score.to_bits() == plain[0].score.to_bits()));
    for hit in &plain {
        assert_eq!((figure(hit, RECENT), figure(hit, SEVERE)), (None, None));
    }
    for hit in &found {
        let factor = figure(hit, RECENT).unwrap_or(1.0) * figure(hit, SEVERE).unwrap_or(1.0);
        assert!((factor - hit.score / plain[0].score).abs() < 0.002, "{:#?}", hit.explanation);
    }
    let factor = |hit: &Hit| hit.explanation.as_ref().map(|e| e.recency * e.severity).unwrap();
    found.iter().map(|hit| (hit.incident.id.clone(), factor(hit))).collect()
}

#[test]
fn the_preference_for_recent_incidents_halves_each_year() {
    let dated = |id: &str, date: Option<Timestamp>| {
        let mut incident = incident(id, "nebula", "walrus");
        incident.date = date.map(Sourced::from);
        incident
    };
    let day = Timestamp::from_day;
    let found = preference_factors(vec![
        dated("undated", None),
        dated("year", day(2024, 7, 1)),
        dated("two-years", day(2023, 7, 2)),
        dated("ancient", day(1971, 1, 1)),
        dated("today", day(2025, 7, 1)),
        dated("tomorrow", day(2025, 7, 2)),
    ]);
    let names: Vec<&str> = found.iter().map(|(id, _)| id.as_str()).collect();
    // A future date is no more recent than today.
    assert_eq!(names, ["tomorrow", "today", "year", "two-years", "ancient", "undated"]);
    let extra: Vec<f32> = found.iter().map(|(_, factor)| factor - 1.0).collect();
    assert!(extra[1] > 0.001 && (extra[0] - extra[1]).abs() < 1e-5, "{extra:?}");
    assert!((extra[2] * 2.0 - extra[1]).abs() < 1e-4 && (extra[3] * 4.0 - extra[1]).abs() < 1e-4, "{extra:?}");
    assert!(extra[4].abs() < 1e-5 && extra[5].abs() < 1e-5, "{extra:?}");
}

#[test]
fn the_preference_for_severe_incidents_falls_with_the_rank() {
    let severe = |label: &str| {
        let mut incident = incident(label, "nebula", "walrus");
        incident.severity = Severity::parse(label).map(Sourced::from);
        incident
    };
    let labels = ["P5", "P2", "vermilion", "P0", "P3", "P1", "P4"];
    let found = preference_factors(labels.map(severe).to_vec());
    let names: Vec<&str> = found.iter().map(|(id, _)| id.as_str()).collect();
    // An incident without a rank gets as little boost as the least severe.
    assert_eq!(names, ["P0", "P1", "P2", "P3", "P4", "P5", "vermilion"]);
    let extra: Vec<f32> = found.iter().map(|(_, factor)| factor - 1.0).collect();
    assert!(extra[0] > 0.01, "{extra:?}");
    for (rank, extra_of_rank) in extra[..6].iter().enumerate() {
        let expected = extra[0] * (1.0 - rank as f32 / 5.0);
        assert!((extra_of_rank - expected).abs() < 1e-5, "{extra:?}");
    }
    assert!(extra[6].abs() < 1e-6, "{extra:?}");
}

#[test]
fn the_exact_word_counts_more_than_its_alternatives() {
    // The ids give the expected order: first, second, third.
    let check = |query: &str, rows: &[(&str, &str)]| {
        let found = search(&texts(rows), query);
        let expected: Vec<&str> = rows.iter().rev().map(|(id, _)| *id).collect();
        assert_eq!(ids(&found), expected, "{query}");
        assert!(found.is_sorted_by(|a, b| a.score > b.score), "{query}: a tie");
    };
    check("walrus", &[("a-form", "walruses"), ("b-typed", "walrus")]);
    check("walr*", &[("a-longer", "walrus"), ("b-typed", "walr")]);
    check("walrus~2", &[("a-two", "wolris"), ("b-one", "wolrus"), ("c-typed", "walrus")]);
    check("k8s", &[("a-synonym", "kubernetes"), ("b-typed", "k8s")]);
    check("walrus-api", &[("a-apart", "walrus api"), ("b-typed", "walrus-api")]);
    check("\"walrus falcon\"~2", &[("a-loose", "walrus copper falcon"), ("b-typed", "walrus falcon")]);
    check("\"walrus falcon\"", &[("a-once", "walrus falcon"), ("b-twice", "walrus falcon walrus falcon")]);
    check("bootloop", &[("a-form", "boot loops"), ("b-synonym", "boot loop"), ("c-typed", "bootloop")]);
    check("walrus OR falcon", &[("a-one", "walrus"), ("b-other", "walrus falcon")]);
}

#[test]
fn a_part_of_an_identifier_adds_a_little() {
    const PART: &str = "part of an identifier `walrus`";
    let index =
        texts(&[("bare", "badger"), ("part", "badger walrus"), ("whole", "badger walrus-falcon"), ("only", "walrus")]);
    let found = search(&index, "walrus-falcon badger");
    // A part alone is no match.
    assert_eq!(ids(&found), ["whole", "part", "bare"]);
    let as_part = figure(hit(&found, "part"), PART).unwrap();
    assert_eq!(figure(hit(&found, "bare"), PART), None);
    // It counts less than a word, and lacks nothing that is to be had.
    let as_word = figure(hit(&search(&index, "walrus badger"), "part"), "word `walrus`").unwrap();
    assert!(as_part > 0.0 && as_part < 0.75 * as_word, "{as_part} {as_word}");
    assert_eq!(figure(hit(&found, "part"), NOT_ALL), figure(hit(&found, "bare"), NOT_ALL));
    assert_eq!(figure(hit(&found, "whole"), NOT_ALL), None);
}

#[test]
fn candidates_that_are_not_reranked_follow_in_their_order() {
    let incidents = (0..450_usize).map(|i| {
        let words = vec!["walrus"; 1 + i % 9].join(" ");
        incident(&format!("i{i:03}"), "nebula", &format!("{words} copper falcon"))
    });
    let index = with(incidents);
    let all = search(&index, "walrus falcon");
    assert_eq!(all.len(), 450);
    assert!(all.is_sorted_by(|a, b| a.score >= b.score));
    assert!(all[199].explanation.is_some() && all[200].explanation.is_none());
    let page = |offset, limit| {
        let mut request = SearchRequest::parse("walrus falcon").unwrap().offset(offset).limit(limit);
        request.now = Timestamp::from_day(2025, 7, 1).map(Timestamp::unix_seconds);
        index.search(&request).unwrap().hits
    };
    for (offset, limit) in [(0, 10), (190, 20), (200, 50), (395, 60)] {
        let expected: Vec<&str> = ids(&all).into_iter().skip(offset).take(limit).collect();
        assert_eq!(ids(&page(offset, limit)), expected, "{limit} from {offset}");
    }
}
