//! The guarantees of ranking, each tested on an index of a few incidents.
#![allow(clippy::unwrap_used)]

use rca_index::query::parse_sort;
use rca_index::{
    Explanation, Facet, Hit, Incident, Index, Match, SearchRequest, SearchResults, SectionKind, Severity, Sourced,
    Timestamp,
};

/// Words in every incident, so that all incidents have the same length and the words under test are not in all of them.
const FILLER: &str = "The team met on Monday and wrote down what had happened.";

fn incident(id: &str, title: &str, text: &str) -> Incident {
    let mut incident = Incident::new(id, title);
    incident.push_section(SectionKind::Body, &format!("{FILLER} {text}"));
    incident
}

fn dated(id: &str, date: (i16, i8, i8), severity: &str) -> Incident {
    let mut incident = incident(id, "Backlog", "queue backlog");
    incident.date = Timestamp::from_day(date.0, date.1, date.2).map(Sourced::from);
    incident.severity = Severity::parse(severity).map(Sourced::from);
    incident
}

/// An index of incidents with the same title; the texts are given by id.
fn index(texts: &[(&str, &str)]) -> Index {
    with(texts.iter().map(|(id, text)| incident(id, "An incident", text)))
}

fn with(incidents: impl IntoIterator<Item = Incident>) -> Index {
    let index = Index::in_memory().unwrap();
    index.upsert(incidents).unwrap();
    index
}

/// A request whose results do not depend on the current day.
fn request(query: &str) -> SearchRequest {
    let mut request = SearchRequest::parse(query).unwrap();
    request.now = Timestamp::from_day(2025, 7, 1).map(Timestamp::unix_seconds);
    request
}

fn search(index: &Index, query: &str) -> SearchResults {
    index.search(&request(query)).unwrap()
}

fn ids(hits: &[Hit]) -> Vec<&str> {
    hits.iter().map(|hit| hit.incident.id.as_str()).collect()
}

/// The ids of the hits with all words.
fn full(found: &SearchResults) -> Vec<&str> {
    found.hits.iter().filter(|hit| hit.matched == Match::All).map(|hit| hit.incident.id.as_str()).collect()
}

/// The ids of the partial matches.
fn partial(found: &SearchResults) -> Vec<&str> {
    found.hits.iter().filter(|hit| hit.matched == Match::Some).map(|hit| hit.incident.id.as_str()).collect()
}

/// Checks that the first incident ranks before the second, by score.
fn check_order(index: &Index, query: &str, first: &str, second: &str) {
    let found = search(index, query);
    assert_eq!(ids(&found.hits)[..2], [first, second], "{query}");
    assert!(found.hits[0].score > found.hits[1].score, "{query}: a tie");
}

#[test]
fn all_words_come_before_some() {
    let index = index(&[
        ("some", "queue queue queue queue, and the queue again"),
        ("all", "the queue had, for reasons that nobody knew, a backlog"),
        ("other", "the backlog of the backlog"),
        ("none", "disk full"),
    ]);
    let found = search(&index, "queue backlog");
    assert_eq!((full(&found), found.total, found.total_some, found.relaxed), (vec!["all"], 1, 2, false));
    assert_eq!(ids(&found.hits)[0], "all", "first");
    let mut partial = partial(&found);
    partial.sort_unstable();
    assert_eq!(partial, ["other", "some"]);
    assert!(found.hits.iter().all(|hit| !hit.snippets.is_empty() && !hit.snippets[0].highlights.is_empty()));
}

#[test]
fn partial_matches_are_returned_only_on_request() {
    let index = index(&[("all", "queue backlog"), ("some", "queue")]);
    let strict = index.search(&request("queue backlog").strict(true)).unwrap();
    assert_eq!((ids(&strict.hits), strict.total, strict.total_some), (vec!["all"], 1, 0));
    let facets = index.search(&request("queue backlog").facet(Facet::Service)).unwrap();
    assert_eq!((partial(&facets), facets.total_some), (vec!["some"], 1));
    // They are counted on a page that ends before them, too.
    let page = index.search(&request("queue backlog").limit(1)).unwrap();
    assert_eq!((ids(&page.hits), page.total, page.total_some), (vec!["all"], 1, 1));
    for query in ["+queue -backlog", "queue backlog sort:date", "queue"] {
        let found = search(&index, query);
        assert_eq!((partial(&found).len(), found.total_some), (0, 0), "{query}");
    }
}

#[test]
fn if_no_incident_has_all_words_partial_matches_are_returned_and_marked() {
    let others = (0..8).map(|i| incident(&format!("other{i}"), "An incident", "disk full"));
    let texts = [("two", "the certificate expired"), ("one", "the certificate is fine")];
    let index = with(texts.map(|(id, text)| incident(id, "An incident", text)).into_iter().chain(others));
    let found = search(&index, "certificate expired pager");
    assert!(found.relaxed && full(&found).is_empty());
    assert_eq!((ids(&found.hits)[0], found.total, found.total_some), ("two", 0, 2));
    let mut request = request("certificate expired pager");
    request.relax = false;
    let found = index.search(&request).unwrap();
    assert!(!found.relaxed && found.hits.is_empty());
    assert!(!search(&index, "certificate expired").relaxed);
}

#[test]
fn words_close_together_rank_higher() {
    let index = index(&[
        ("apart", "the queue was checked by the people of the night shift and then there was the backlog"),
        ("together", "there was the queue backlog and it was checked by the people of the night shift then"),
        ("swapped", "there was the backlog queue and it was checked by the people of the night shift then"),
    ]);
    let found = search(&index, "queue backlog");
    assert_eq!(ids(&found.hits), ["together", "swapped", "apart"]);
}

#[test]
fn the_title_counts_more_than_the_text() {
    let index = with([
        incident("text", "An incident", "certificate expired"),
        incident("title", "Certificate expired", "an incident"),
    ]);
    check_order(&index, "certificate", "title", "text");
    check_order(&index, "certificate expired", "title", "text");
}

#[test]
fn sections_have_weights() {
    let section = |id: &str, kind| {
        let mut incident = incident(id, "An incident", "");
        incident.push_section(kind, "kangaroo");
        incident
    };
    let index = with([section("related", SectionKind::Related), section("rootcause", SectionKind::RootCause)]);
    check_order(&index, "kangaroo", "rootcause", "related");
}

#[test]
fn the_exact_word_ranks_before_another_form() {
    let index = index(&[("other", "the backlogs"), ("typed", "the backlog")]);
    check_order(&index, "backlog", "typed", "other");
    check_order(&index, "backlogs", "other", "typed");
}

#[test]
fn a_synonym_ranks_below_the_exact_word() {
    let index = index(&[("synonym", "the kubernetes cluster"), ("direct", "the k8s cluster"), ("none", "a cluster")]);
    check_order(&index, "k8s", "direct", "synonym");
    check_order(&index, "kubernetes", "synonym", "direct");
    let found = search(&index, "k8s");
    assert_eq!(found.total, 2);
    assert_eq!(found.interpreted, "k8s OR kubernetes OR kube");

    let index = self::index(&[("phrase", "it was out of memory"), ("words", "memory ran out, out of luck")]);
    assert_eq!(ids(&search(&index, "oom").hits), ["phrase"]);
}

#[test]
fn only_unknown_words_are_corrected() {
    let index = index(&[("backlog", "the backlog"), ("canary", "the canary"), ("cannery", "the cannery")]);
    let found = search(&index, "baklog");
    assert_eq!(ids(&found.hits), ["backlog"]);
    assert_eq!(
        (found.suggestions[0].typed.as_str(), &found.suggestions[0].meant[..]),
        ("baklog", &["backlog".into()][..])
    );
    let found = search(&index, "cannery");
    assert_eq!((ids(&found.hits), found.suggestions.len()), (vec!["cannery"], 0));
}

#[test]
fn identifiers_are_never_corrected() {
    let texts = [("near", "CVE-2024-3095 and web-7 at 10.0.0.12 with E1001"), ("other", "disk full")];
    let index = index(&texts);
    for query in ["CVE-2024-3094", "web-8", "10.0.0.13", "E1002"] {
        let found = search(&index, query);
        assert!(found.hits.is_empty() && !found.relaxed, "{query}: {:?}", ids(&found.hits));
        assert!(found.suggestions.is_empty(), "{query}: {:?}", found.suggestions);
    }
    let index = self::index(&[("wanted", "CVE-2024-3094"), ("near", "CVE-2024-3095")]);
    for query in ["CVE-2024-3094", "cve-2024-3094", "\"CVE-2024-3094\""] {
        let found = search(&index, query);
        assert_eq!((ids(&found.hits), found.total_some), (vec!["wanted"], 0), "{query}");
    }
}

#[test]
fn recent_and_severe_incidents_are_preferred_slightly() {
    let index = with([dated("old", (2015, 1, 1), "P3"), dated("new", (2025, 6, 1), "P3")]);
    check_order(&index, "queue backlog", "new", "old");
    let severe = with([dated("minor", (2020, 1, 1), "P4"), dated("severe", (2020, 1, 1), "P0")]);
    check_order(&severe, "queue backlog", "severe", "minor");
    for index in [&index, &severe] {
        let mut request = request("queue backlog");
        request.preferences = false;
        let found = index.search(&request).unwrap();
        assert_eq!(found.hits[0].score.to_bits(), found.hits[1].score.to_bits());
    }
    // Only slightly: a better match still ranks first, however old or minor it is.
    let mut better = dated("better", (2015, 1, 1), "P4");
    better.title = Sourced::from("Queue backlog".to_owned());
    let index = with([better, dated("new", (2025, 6, 30), "P0")]);
    check_order(&index, "queue backlog", "better", "new");
}

#[test]
fn scores_do_not_depend_on_the_time_of_day() {
    let index = with([dated("new", (2025, 6, 1), "P3")]);
    let score = |seconds| {
        let mut request = request("queue");
        request.now = request.now.map(|now| now + seconds);
        index.search(&request).unwrap().hits[0].score.to_bits()
    };
    assert_eq!(score(0), score(86_399));
    assert_ne!(score(0), score(30 * 86_400));
}

#[test]
fn ties_are_broken_by_date_then_id() {
    let index = with([
        dated("b", (2024, 1, 1), "P2"),
        dated("a", (2024, 1, 1), "P2"),
        dated("c", (2025, 1, 1), "P2"),
        incident("undated", "Backlog", "queue backlog"),
    ]);
    let mut request = request("queue backlog");
    request.preferences = false;
    assert_eq!(ids(&index.search(&request).unwrap().hits), ["c", "a", "b", "undated"]);
    assert_eq!(ids(&search(&index, "*").hits), ["c", "a", "b", "undated"]);
}

#[test]
fn filters_alone_match_and_sort() {
    let index =
        with([dated("minor", (2024, 1, 1), "P4"), dated("old", (2020, 1, 1), "P1"), dated("new", (2025, 1, 1), "P2")]);
    let sorted = |query: &str, sort: &str| {
        let found = index.search(&request(query).sort(parse_sort(sort).unwrap())).unwrap();
        ids(&found.hits).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(sorted("severity:>=P2", "date"), ["old", "new"]);
    assert_eq!(sorted("severity:>=P2", "-date"), ["new", "old"]);
    assert_eq!(sorted("severity:>=P4", "-severity"), ["old", "new", "minor"]);
    assert_eq!(ids(&search(&index, "severity:>=P2").hits), ["new", "old"]);
}

#[test]
fn pages_contain_hits_then_partial_matches_without_duplicates() {
    let full = (0..7).map(|i| (format!("full{i}"), format!("queue backlog {}", "queue ".repeat(i))));
    let some = (0..6).map(|i| (format!("some{i}"), format!("backlog {}", "backlog ".repeat(i))));
    let index = with(full.chain(some).map(|(id, text)| incident(&id, "An incident", &text)));
    let page = |offset, limit| {
        let found = index.search(&request("queue backlog").offset(offset).limit(limit)).unwrap();
        assert_eq!((found.total, found.total_some), (7, 6));
        ids(&found.hits).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let all = page(0, 100);
    assert_eq!(all.len(), 13);
    assert!(all[..7].iter().all(|id| id.starts_with("full")) && all[7..].iter().all(|id| id.starts_with("some")));
    for limit in [1, 2, 3, 5] {
        let pages: Vec<String> = (0..15).step_by(limit).flat_map(|offset| page(offset, limit)).collect();
        assert_eq!(pages, all, "pages of {limit}");
    }
}

#[test]
fn the_size_of_a_page_does_not_change_the_order() {
    // More matches of either kind than are reranked.
    let varied =
        |i: usize, words: &str| format!("{words} {}", ["walrus ", "meadow ", "falcon "][i % 3]).repeat(1 + i % 7);
    let full = (0..230).map(|i| (format!("full{i}"), varied(i, "queue backlog lag badger")));
    let some = (0..230).map(|i| (format!("some{i}"), varied(i, ["queue backlog", "lag badger"][i % 2])));
    let index = with(full.chain(some).map(|(id, text)| incident(&id, "An incident", &text)));
    let page = |offset, limit| {
        let found = index.search(&request("queue backlog lag badger").offset(offset).limit(limit)).unwrap();
        ids(&found.hits).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let all = page(0, 1000);
    assert_eq!(all.len(), 460);
    for limit in [1, 3, 10, 210, 300] {
        assert_eq!(page(0, limit), all[..limit], "the first {limit}");
    }
    for (offset, limit) in [(1, 2), (5, 10), (195, 10), (228, 5), (250, 100), (425, 20)] {
        assert_eq!(page(offset, limit), all[offset..offset + limit], "{limit} from {offset}");
    }
}

/// The score computed from the components of an explanation.
fn explained(explanation: &Explanation) -> f32 {
    let words: f32 = explanation.words.iter().map(|word| word.score + word.closeness).sum();
    (words + explanation.feedback) * explanation.coverage * explanation.recency * explanation.severity
}

/// The score computed from the lines of an explanation: the sum of the scores, times the factors.
fn score_of_lines(explanation: &Explanation) -> f32 {
    let text = explanation.to_string();
    let figure = |text: &str| text.split_whitespace().next().unwrap().parse::<f32>().unwrap();
    let sum: f32 = text.lines().filter(|line| !line.starts_with("x ")).map(figure).sum();
    text.lines().filter_map(|line| line.strip_prefix("x ")).map(figure).product::<f32>() * sum
}

#[test]
fn an_explanation_adds_up_to_the_score() {
    let mut api = dated("api", (2025, 6, 1), "P1");
    api.push_section(SectionKind::RootCause, "The inventory-api consumers were slow; kubernetes killed pods.");
    let mut some = dated("some", (2023, 1, 1), "P3");
    some.push_section(SectionKind::Resolution, "More consumers, and a slow rollout.");
    let index = with([api, some, incident("other", "Disk full", "The disk of the log host was full: no backlog.")]);
    let mut checked = 0;
    for query in ["queue", "queue backlog", "k8s inventory-api", "backlog disk", "queue backlog slow consumers rollout"]
    {
        let found = index.search(&request(query).explain(true)).unwrap();
        for hit in &found.hits {
            let explanation = hit.explanation.as_ref().unwrap();
            let total = explanation.total;
            assert!((explained(explanation) - total).abs() <= 0.001, "{query}: {total}: {explanation:#?}");
            // Lines show three decimal places.
            let text = explanation.to_string();
            let rounding = 0.0006 * text.lines().count() as f32 + 0.001 * total;
            assert!((score_of_lines(explanation) - total).abs() <= rounding, "{query}: {total}: {text}");
            assert!(!text.contains("-0.000"), "{text}");
            assert!(hit.score <= total);
            checked += 1;
        }
    }
    assert!(checked >= 10, "{checked}");
}
