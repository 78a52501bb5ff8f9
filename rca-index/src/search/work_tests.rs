//! Work: a search takes work that grows with its query, and no more than a search may do, whatever the query is made of.
//! Counted in terms visited, postings read and occurrences looked at.

use std::fmt::Write as _;
use std::time::Duration;

use crate::archive::KeptSettings;
use crate::engine::fixture::engine;
use crate::engine::incidents_read;
use crate::engine::thorough::thoroughly;
use crate::engine::{Engine, Purpose};
use crate::plan::work;
use crate::query::MAX_QUERY_BYTES;
use crate::ranking::RERANKED;
use crate::search::{CutKind, SearchRequest, search_summaries};
use crate::text::Language;

/// A shape of a query: its name, what it begins with, what is repeated, and what it ends with. A `#` is another word each
/// time, `%` one of ten words that many incidents have, `&` one of a thousand that one has.
type Shape = (&'static str, &'static str, &'static str, &'static str);

const SHAPES: &[Shape] = &[
    ("one word", "", "zebra ", ""),
    ("words that many have", "", "% ", ""),
    ("words that one has", "", "& ", ""),
    ("words that none has", "", "# ", ""),
    ("one prefix", "", "z* ", ""),
    ("prefixes", "", "#* ", ""),
    ("prefixes that match", "", "&* ", ""),
    ("prefixes that many match", "", "%* ", ""),
    ("one fuzzy word", "", "zebra~2 ", ""),
    ("fuzzy words", "", "#~2 ", ""),
    ("fuzzy words that match", "", "&~1 ", ""),
    ("hyphens", "", "a-", "a"),
    ("hyphens between words", "", "%-", "a"),
    ("points", "", "#.", "a"),
    ("identifiers", "", "%-& ", ""),
    ("a phrase of one word", "\"", "zebra ", "\""),
    ("a phrase of words", "\"", "% ", "\""),
    ("phrases", "", "\"% %\" ", ""),
    ("a phrase of one word with slop", "\"", "zebra ", "\"~50"),
    ("a phrase of words with slop", "\"", "% ", "\"~50"),
    ("phrases with slop", "", "\"% zebra %\"~50 ", ""),
    ("groups", "", "(% OR &) ", ""),
    ("alternatives", "", "% OR ", "zebra"),
    ("alternatives of pairs", "", "(% &) OR ", "zebra"),
    ("exclusions", "", "-& ", ""),
    ("one exclusion", "zebra ", "-quagga ", ""),
    ("exclusions of what none has", "", "-# ", ""),
    ("exclusions of exclusions", "", "NOT NOT & ", "zebra"),
    ("values that none has", "service:", "#,", "x"),
    ("filters that none has", "", "service:# ", ""),
    ("prefixes of values", "", "service:#* ", ""),
    ("ranges", "", "duration:># ", ""),
    ("dates", "", "date:2020-01.. ", ""),
    ("has", "", "has:actions no:rootcause ", ""),
    ("everything", "", "* ", ""),
    ("keys that none has", "", "k#:# ", ""),
    ("Japanese", "", "影響 ", ""),
    ("Japanese on and on", "", "障害影響", ""),
    ("a long word", "", "z", ""),
    ("hashes", "", "7be04c# ", ""),
    ("numbers", "", "# ", ""),
    ("words in a section", "", "rootcause:% ", ""),
    ("one word in a section", "", "rootcause:zebra ", ""),
    ("words with synonyms", "", "k8s db oom lb timeout cert ", ""),
    ("two words that are one", "", "time out ", ""),
    ("one word that is two", "", "zebraquagga# ", ""),
    ("a log", "", "2025-06-02T10:00:00Z ERROR [pool-#] c.e.Zebra - % & timed out after # ms\n", ""),
];

/// 200 incidents; each has a common text, ten words that many have, and words that no other has.
fn archive() -> Engine {
    let reports: Vec<(String, String)> = (0..200).map(|i| (format!("{i}"), text_of(i))).collect();
    let reports: Vec<(&str, &str, &str)> =
        reports.iter().map(|(id, text)| (id.as_str(), "Zebra", text.as_str())).collect();
    engine(&[&reports[..100], &reports[100..]]).into()
}

fn text_of(i: usize) -> String {
    let mut text = String::new();
    for common in 0..10 {
        if !(i + common).is_multiple_of(3) {
            let _ = write!(text, "zebra {} quagga ", common_word(common));
        }
    }
    (0..5).for_each(|own| {
        let _ = write!(text, "{} ", own_word(i * 5 + own));
    });
    text
}

fn common_word(i: usize) -> String {
    format!("common{}", ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"][i % 10])
}

fn own_word(i: usize) -> String {
    let letter = |i: usize| (b'a' + (i % 26) as u8) as char;
    format!("w{}{}{}own", letter(i), letter(i / 26), letter(i / 676))
}

/// A query of about so many bytes.
fn made(&(_, first, repeated, last): &Shape, size: usize) -> String {
    let mut text = first.to_owned();
    let mut i = 0;
    while text.len() + repeated.len() + last.len() < size {
        let before = text.len();
        for c in repeated.chars() {
            match c {
                '#' => text.push_str(&(10_000 + i * 7).to_string()),
                '%' => text.push_str(&common_word(i)),
                '&' => text.push_str(&own_word(i % 1_000)),
                c => text.push(c),
            }
            i += usize::from("#%&".contains(c));
        }
        if text.len() + last.len() > size {
            text.truncate(before);
            break;
        }
    }
    text + last
}

fn work_of(engine: &Engine, text: &str) -> usize {
    engine.forget();
    work::taken();
    // What is no query takes no work.
    if let Ok(request) = SearchRequest::parse(text) {
        search_summaries(engine, &request).unwrap();
    }
    work::taken()
}

#[test]
fn work_grows_with_the_query_and_has_a_limit() {
    /// What a search of this archive takes at most; the most that any takes is a third of it.
    const MOST: usize = 200_000;
    let engine = archive();
    for shape in SHAPES {
        let [once, twice] = [1, 2].map(|times| work_of(&engine, &made(shape, times * MAX_QUERY_BYTES / 2 - 8)));
        assert!(twice <= 2 * once + once / 2 + 50_000, "{}: {once} {twice}", shape.0);
        assert!(twice <= MOST, "{}: {twice}", shape.0);
    }
}

#[test]
fn equal_words_take_the_work_of_one() {
    let engine = archive();
    for word in ["zebra", "z*", "\"zebra quagga\"", "rootcause:zebra", "-quagga"] {
        let many = format!("{word} ").repeat(400);
        let (one, many) = (work_of(&engine, word), work_of(&engine, &many));
        assert!(many <= 3 * one + 5_000, "{word}: {one} {many}");
    }
}

#[test]
fn what_was_cut_is_said() {
    let engine = archive();
    let cuts = |text: &str| {
        let found = search_summaries(&engine, &SearchRequest::parse(text).unwrap()).unwrap();
        found.cuts.iter().map(|cut| (cut.what, cut.kept, cut.of)).collect::<Vec<_>>()
    };
    assert_eq!(cuts("zebra commona w* \"zebra quagga\"~3"), []);
    let prefixes: Vec<String> = ('a'..='z').map(|c| format!("w{c}*")).collect();
    // Each letter stands behind `w` in 38 or 39 of the thousand words.
    assert_eq!(cuts(&prefixes.join(" ")), [(CutKind::Expansions, 26 * (512 / 26), 1_000)]);
    let values: Vec<String> = (0..2_000).map(|i| format!("svc{i}")).collect();
    assert_eq!(cuts(&format!("service:{}", values.join(","))), [(CutKind::Suggestions, 8, 2_000)]);
}

#[test]
fn forms_of_words_are_looked_for_within_a_budget() {
    let engine = archive();
    let query = (0..400).map(own_word).collect::<Vec<_>>().join(" ");
    let found = |query: &str| {
        let found = search_summaries(&engine, &SearchRequest::parse(query).unwrap()).unwrap();
        let cuts: Vec<_> = found.cuts.iter().map(|cut| (cut.what, cut.kept, cut.of)).collect();
        (found.total, found.total_some, found.hits.first().map(|hit| hit.incident.id.clone()), cuts)
    };
    // An English stem is looked for among the words that begin as it does.
    assert_eq!(found(&query).3, []);
    // A Dutch word may begin with something else, so each looks at all words of the archive.
    let mut writer = engine.writer(Purpose::Give, 1, 0, Duration::ZERO).unwrap();
    let language = Language::named("dutch").unwrap();
    writer.use_settings(KeptSettings { language, ..KeptSettings::default() });
    writer.commit(None).unwrap();
    let first = found(&query);
    assert!(matches!(first.3[..], [(CutKind::Stems, 5..40, 400)]), "{first:?}");
    assert_eq!(first.1, 80, "five words of each incident, as typed");
    assert_eq!(found(&query), first, "what was found out before does not count");
    assert_eq!(found("zebra").3, []);
    // Each of 400 words looking at all of the 1,200 of the archive would be half as much again.
    assert!(work_of(&engine, &query) < 700_000);
}

/// So many incidents with a title and a text of words by chance, of which many make phrases that are synonyms.
fn archive_of(incidents: usize) -> Engine {
    const WORDS: [&str; 20] = [
        "connection", "pool", "exhausted", "exhaustion", "timeout", "too", "many", "connections", "queue", "backlog",
        "certificate", "cert", "tls", "expired", "replica", "lag", "replication", "delay", "failover", "disk",
    ];
    let mut state = 1_u64;
    let mut chance = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let mut text = |words: usize| (0..words).map(|_| WORDS[chance(WORDS.len())]).collect::<Vec<_>>().join(" ");
    let reports: Vec<_> = (0..incidents).map(|i| (format!("{i}"), text(3), text(24))).collect();
    let reports: Vec<_> = reports.iter().map(|(id, title, text)| (id.as_str(), &**title, &**text)).collect();
    engine(&[&reports]).into()
}

#[test]
fn positions_are_read_of_what_can_still_be_shown() {
    let engines = [800, 3_200].map(archive_of);
    for query in ["connection pool exhaustion", "queue backlog", "certificate", "replica lag failover"] {
        let request = SearchRequest::parse(query).unwrap();
        let [(found, few), (found_more, many)] = [0, 1].map(|at| {
            work::read();
            let incidents = incidents_read();
            let found = search_summaries(&engines[at], &request).unwrap().total;
            assert_eq!(incidents_read(), incidents, "{query}");
            (found, work::read())
        });
        let ((postings, positions), (more_postings, more_positions)) = (few, many);
        assert!(found > RERANKED && found_more > 3 * found && postings > 0, "{query}: {found} {found_more}");
        // Each posting once for candidates, once to count partial matches; few more to rerank.
        assert!(more_postings <= 5 * postings, "{query}: {postings} {more_postings}");
        assert!(more_positions <= 4 * positions, "{query}: {positions} {more_positions}");
        // What scores everything reads the positions of every phrase; these words alone have synonyms of several words here.
        thoroughly(|| search_summaries(&engines[1], &request)).unwrap();
        let (_, all) = work::read();
        assert!(more_positions <= all, "{query}: {more_positions} {all}");
        assert!(more_positions < all || query != "connection pool exhaustion", "{more_positions} {all}");
    }
}

#[test]
fn words_that_are_asked_for_again_are_not_read_again() {
    let engine = archive_of(3_200);
    for query in ["connection pool exhaustion", "queue backlog -disk", "title:certificate", "repl* lag failover"] {
        let request = SearchRequest::parse(query).unwrap();
        let find = || {
            let found = search_summaries(&engine, &request).unwrap();
            let hits: Vec<_> = found.hits.iter().map(|hit| (hit.incident.id.clone(), hit.score.to_bits())).collect();
            (found.work, (found.total, found.total_some, hits))
        };
        engine.forget();
        let [(first, expected), (second, _), (third, again)] = [0; 3].map(|_| find());
        assert_eq!(again, expected, "{query}");
        assert!(first.listed == 0 && second.listed > 0, "{query}: {first:?} {second:?}");
        // Only reranking reads them: of 200 incidents.
        assert!(third.postings < first.postings && third.positions <= first.positions, "{query}: {first:?} {third:?}");
        assert!(third.listed as usize <= 8 * 3_200, "{query}: {third:?}");
        // Another commit may have other incidents.
        engine.forget();
        assert_eq!(find().0, first, "{query}");
    }
}

#[test]
fn blocks_of_lists_below_the_floor_are_not_scored() {
    const WITH_WORD: usize = 3_000;
    // Those with the word in the title are enough to rerank; blocks of those with it in a long text cannot be among the best.
    let long = "word ".repeat(200) + "certificate";
    let report = |i: usize| match i {
        i if i >= WITH_WORD => ("Other", "other"),
        // Blocks are looked at from the last one.
        i if i + 2 * RERANKED >= WITH_WORD => ("Certificate", "certificate"),
        _ => ("Other", &*long),
    };
    let ids: Vec<_> = (0..2 * WITH_WORD).map(|i| format!("{i:04}")).collect();
    let reports: Vec<_> = ids.iter().enumerate().map(|(i, id)| (id.as_str(), report(i).0, report(i).1)).collect();
    let engine: Engine = engine(&[&reports]).into();
    let request = SearchRequest::parse("certificate").unwrap();
    let found = [0; 3].map(|_| {
        work::taken();
        (search_summaries(&engine, &request).unwrap().total, work::taken())
    });
    let [.., (total, steps)] = found;
    assert_eq!(total, WITH_WORD);
    assert!((2 * RERANKED..WITH_WORD).contains(&steps), "{found:?}");
}

#[test]
fn what_a_search_reads_is_told() {
    let engine = archive_of(800);
    let request = SearchRequest::parse("connection pool exhaustion").unwrap().limit(3);
    work::read();
    let found = crate::search::search(&engine, &request).unwrap();
    let (postings, positions) = work::read();
    // Beside them, the marks of regions are read, and postings to count what has several forms.
    assert!(found.work.postings >= postings as u64 && found.work.positions >= positions as u64, "{:?}", found.work);
    assert!(postings > 0 && positions > 0 && found.work.postings < 10 * postings as u64, "{:?}", found.work);
    assert_eq!((found.work.reports, found.work.listed), (3, 0));
}
