//! What counts as the same again, and what follows from it.

use super::*;
use crate::engine::Engine;
use crate::engine::fixture::add;
use crate::incident::SectionKind;
use crate::parse::{ParseOptions, parse_report};
use crate::search::SearchRequest;

/// Texts of incidents that are nothing like each other.
const KINDS: [&str; 3] = [
    "The consumers of the orders topic lagged: a partition was stuck behind a poison message, and the backlog grew for hours.",
    "The certificate of the payment gateway expired overnight, handshakes failed, and terminals in shops refused cards.",
    "The volume of the log collector ran out of inodes because of tiny rotated files, and ingestion stopped.",
];

fn incident(id: &str, date: &str, service: &str, text: &str) -> Incident {
    let report = format!("---\ndate: {date}\nservices: [{service}]\n---\n# Incident\n\n## Summary\n\n{text}\n");
    parse_report(&format!("{id}.md"), report, &ParseOptions::default()).incident
}

/// Three of each kind, and 40 others.
fn archive() -> Vec<Incident> {
    let same = KINDS.iter().enumerate().flat_map(|(kind, text)| {
        (1..4).map(move |n| incident(&format!("{kind}-{n}"), &format!("2025-0{n}-1{kind}"), &format!("s{kind}"), text))
    });
    let others = (0..40).map(|n| {
        let mut other = Incident::new(format!("o{n:02}"), format!("Ordinary report {n}"));
        other.push_section(SectionKind::Summary, &format!("Something about widget{n} and gadget{n}, host was slow."));
        other
    });
    same.chain(others).collect()
}

fn engine(incidents: impl IntoIterator<Item = Incident>) -> Engine {
    let engine = Engine::in_memory().unwrap();
    add(&engine, incidents);
    engine
}

fn alike(engine: &Engine) -> Alike<'_> {
    Alike::new(engine, &SearchRequest::default()).unwrap()
}

fn ids(cluster: &Cluster) -> Vec<&str> {
    cluster.incidents.iter().map(|one| one.incident.id.as_str()).collect()
}

fn all(engine: &Engine) -> Vec<Vec<String>> {
    let found = Recurring::new(&alike(engine), Recurring::MOST).unwrap();
    found.clusters.iter().map(|cluster| ids(cluster).into_iter().map(str::to_owned).collect()).collect()
}

#[test]
fn the_same_again_is_found_whatever_the_order_of_the_index() {
    let engine = engine(archive());
    let expected = [["2-1", "2-2", "2-3"], ["1-1", "1-2", "1-3"], ["0-1", "0-2", "0-3"]];
    assert_eq!(all(&engine), expected, "sorted by the last date");
    let mut back = archive();
    back.reverse();
    let other = Engine::in_memory().unwrap();
    back.chunks(7).for_each(|some| add(&other, some.to_vec()));
    assert_eq!(all(&other), expected);
    let found = Recurring::new(&alike(&engine), Recurring::MOST).unwrap();
    assert_eq!((found.looked_at, found.matching), (49, 49));
    assert!(found.clusters[0].incidents.iter().all(|one| one.likeness.is_some() && one.said.is_empty()));
    assert_eq!(found.clusters[0].gaps(), [Some(31), Some(28)]);
    assert!(found.compared > 0 && found.compared < 49 * 49, "{}", found.compared);
}

#[test]
fn the_latest_are_looked_at() {
    let engine = engine(archive());
    let found = Recurring::new(&alike(&engine), 6).unwrap();
    assert_eq!((found.looked_at, found.matching), (6, 49));
    let pairs: Vec<Vec<&str>> = found.clusters.iter().map(ids).collect();
    assert_eq!(pairs, [["2-2", "2-3"], ["1-2", "1-3"], ["0-2", "0-3"]]);
}

#[test]
fn the_neighborhood_of_an_incident_is_its_cluster() {
    let engine = engine(archive());
    let alike = alike(&engine);
    let found = Recurring::new(&alike, Recurring::MOST).unwrap();
    for cluster in &found.clusters {
        for id in ids(cluster) {
            let near = neighborhood(&alike, &alike.get(id).unwrap().unwrap()).unwrap().unwrap();
            assert_eq!(ids(&near), ids(cluster), "{id}");
        }
    }
    let other = alike.get("o07").unwrap().unwrap();
    assert!(neighborhood(&alike, &other).unwrap().is_none());
}

/// Numbers by chance, the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % end as u64) as usize
    }
}

/// Reports by chance: of a few kinds with some words changed, of some services and days, some of which say by a link or a key
/// that they are another one, and some of which link to another one and say nothing.
fn by_chance(seed: u64, incidents: usize) -> Vec<Incident> {
    let mut chance = Chance(seed);
    (0..incidents)
        .map(|n| {
            let kind = chance.below(6);
            let changed = |chance: &mut Chance, word: &str| match chance.below(9) {
                0 => format!("other{}", chance.below(40)),
                _ => word.to_owned(),
            };
            let text: Vec<String> = match KINDS.get(kind) {
                Some(text) => text.split(' ').map(|word| changed(&mut chance, word)).collect(),
                None => (0..20).map(|_| format!("word{}", chance.below(90))).collect(),
            };
            let other = format!("r{}", chance.below(incidents));
            let (mut key, mut more) = (String::new(), String::new());
            match chance.below(12) {
                0 => more = format!("This is a recurrence of [[{other}]]."),
                1 => key = format!("repeat-of: '[[{other}]]'\n"),
                2 | 3 => more = format!("See [that]({other}.md)."),
                _ => {}
            }
            let date = match chance.below(8) {
                0 => String::new(),
                day => format!("date: 2025-0{}-1{day}\n", 1 + chance.below(9)),
            };
            let service = format!("services: [s{}]\n", kind + chance.below(5) / 4);
            let text = text.join(" ");
            let report = format!("---\n{date}{service}{key}---\n# Incident {n}\n\n## Summary\n\n{text}\n\n{more}\n");
            parse_report(&format!("r{n}.md"), report, &ParseOptions::default()).incident
        })
        .collect()
}

/// Holds that the neighborhood of each incident is the cluster that it is in among all.
fn check_neighborhoods(incidents: Vec<Incident>) -> usize {
    let all: Vec<String> = incidents.iter().map(|incident| incident.id.clone()).collect();
    let engine = engine(incidents);
    let alike = alike(&engine);
    let found = Recurring::new(&alike, Recurring::MOST).unwrap();
    for id in &all {
        let near = neighborhood(&alike, &alike.get(id).unwrap().unwrap()).unwrap();
        let expected = found.clusters.iter().find(|cluster| ids(cluster).contains(&id.as_str()));
        let told = |cluster: &Cluster| {
            let one = |one: &Occurrence| (one.incident.id.clone(), one.nth, one.likeness.map(|l| (l * 100.0) as i64));
            cluster.incidents.iter().map(one).collect::<Vec<_>>()
        };
        assert_eq!(near.as_ref().map(told), expected.map(told), "{id}");
    }
    found.clusters.len()
}

#[test]
fn neighborhoods_by_chance_are_the_clusters_of_all() {
    let clusters = [1, 2].map(|seed| check_neighborhoods(by_chance(seed, 45)));
    assert!(clusters.iter().all(|&clusters| clusters > 2), "{clusters:?}");
}

#[test]
fn neighborhoods_of_the_corpus_are_the_clusters_of_all() {
    let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus");
    if !corpus.exists() {
        println!("skipped: there is no {}", corpus.display());
        return;
    }
    let mut incidents = Vec::new();
    for folder in ["recurring", "incidents"] {
        for entry in walkdir::WalkDir::new(corpus.join(folder)).sort_by_file_name().into_iter().flatten().take(60) {
            let path = entry.path().strip_prefix(&corpus).unwrap().to_string_lossy().replace('\\', "/");
            if let Ok(text) = std::fs::read_to_string(entry.path()) {
                incidents.push(parse_report(&path, text, &ParseOptions::default()).incident);
            }
        }
    }
    assert!(check_neighborhoods(incidents) > 0);
}

#[test]
fn a_chain_of_statements_is_one_neighborhood_whatever_the_reports_are_like() {
    // Each says that it is the one before, by a link or a key, in words that have nothing in common.
    let report = |n: usize| {
        let before = n.checked_sub(1).map(|before| format!("c{before}"));
        let (key, text) = match (n % 2, before) {
            (0, Some(before)) => (format!("recurrence_of: {before}\n"), String::new()),
            (_, Some(before)) => (String::new(), format!("A recurrence of [that]({before}.md).")),
            (_, None) => Default::default(),
        };
        let words: Vec<String> = (0..12).map(|word| format!("w{}", n * 12 + word)).collect();
        let text = format!("---\ndate: 2025-01-{:02}\n{key}---\n# C{n}\n\n{}. {text}\n", n + 1, words.join(" "));
        parse_report(&format!("c{n}.md"), text, &ParseOptions::default()).incident
    };
    let chain: Vec<Incident> = (0..8).map(report).collect();
    assert_eq!(check_neighborhoods(archive().into_iter().chain(chain.clone()).collect()), 4);
    // What only links to one says nothing, and costs no more than to read the nearest of it.
    let linking = (0..90).map(|n| {
        let text = format!("# Link {n}\n\nSee [[c3]] and gadget{n}.\n");
        parse_report(&format!("link{n}.md"), text, &ParseOptions::default()).incident
    });
    let engine = engine(archive().into_iter().chain(chain).chain(linking));
    let alike = alike(&engine);
    let hub = alike.get("c3").unwrap().unwrap();
    let before = crate::engine::incidents_read();
    let near = neighborhood(&alike, &hub).unwrap().unwrap();
    let read = crate::engine::incidents_read() - before;
    assert!(ids(&near).contains(&"c3") && read < 120, "{read} read: {:?}", ids(&near));
}

#[test]
fn what_cannot_be_the_same_is_left_out_and_nothing_else_is() {
    let incidents: Vec<Incident> = archive().into_iter().chain(by_chance(3, 45)).collect();
    let engine = engine(incidents.clone());
    let alike = alike(&engine);
    let mut left_out = 0;
    for report in &incidents {
        let like = |only| alike.like(report, RECURRING_EVIDENCE, only).unwrap();
        let (all, some) = (like(false), like(true));
        assert_eq!(all.same, some.same, "{}", report.id);
        assert!(some.compared >= some.same.len() && some.compared <= all.compared);
        left_out += all.compared - some.compared;
    }
    assert!(left_out > incidents.len(), "{left_out}");
}

#[test]
fn of_most_incidents_no_other_is_read() {
    let engine = engine(archive());
    let alike = alike(&engine);
    let other = alike.get("o07").unwrap().unwrap();
    let before = crate::engine::incidents_read();
    assert!(neighborhood(&alike, &other).unwrap().is_none());
    assert_eq!(crate::engine::incidents_read(), before);
}

#[test]
fn other_services_are_another_incident() {
    let mut incidents = archive();
    incidents.push(incident("0-4", "2025-06-01", "another", KINDS[0]));
    incidents.push(incident("1-4", "2025-06-01", "S1", KINDS[1]));
    let found = all(&engine(incidents));
    assert!(found.iter().all(|cluster| !cluster.contains(&"0-4".to_owned())), "{found:?}");
    assert_eq!(found[0], ["1-1", "1-2", "1-3", "1-4"], "spellings of one service are one");
}

#[test]
fn two_reports_of_one_time_count_once() {
    let twice = |id: &str, date: &str| incident(id, date, "s0", KINDS[0]);
    let others = || archive().split_off(9);
    let one_day = [twice("a", "2025-01-10"), twice("b", "2025-01-10")];
    assert_eq!(all(&engine(others().into_iter().chain(one_day.clone()))), [] as [Vec<String>; 0]);
    let again = engine(others().into_iter().chain(one_day).chain([twice("c", "2025-02-10")]));
    let found = Recurring::new(&alike(&again), Recurring::MOST).unwrap();
    let numbers: Vec<usize> = found.clusters[0].incidents.iter().map(|one| one.nth).collect();
    assert_eq!((ids(&found.clusters[0]), numbers, found.clusters[0].times), (vec!["a", "b", "c"], vec![1, 1, 2], 2));
    // Of two days, they are one if the first was not over.
    let lasted = |id: &str, time: &str| {
        let mut one = incident(id, &format!("2025-01-{time}:00Z"), "s0", KINDS[0]);
        one.duration = Some(60.0.into());
        one
    };
    for (second, times) in [("10T23:45", 0), ("11T00:20", 0), ("11T02:00", 1)] {
        let both = [lasted("a", "10T23:30"), lasted("b", second)];
        assert_eq!(all(&engine(others().into_iter().chain(both))).len(), times, "{second}");
    }
}

#[test]
fn what_a_report_says_counts_and_a_name_does_not() {
    let report =
        |id: &str, text: &str| parse_report(&format!("{id}.md"), text.to_owned(), &ParseOptions::default()).incident;
    let first = report("a", "---\ndate: 2025-01-01\n---\n# Queue full\n");
    let link =
        report("c", "---\ndate: 2025-03-01\n---\n# Disk full\n\n## Related\n\n- [[a]]\n- [[b]] The same issue again\n");
    let said = |title: &str| {
        report("b", &format!("---\ndate: 2025-02-01\n---\n# {title}\n\nA recurrence of [[a]] and of [[nowhere]].\n"))
    };
    let with = |title: &str| all(&engine([first.clone(), said(title), link.clone()]));
    assert_eq!(with("Backlog"), [["a", "b", "c"]]);
    assert_eq!(with("The same issue once more"), [["a", "b"]], "the words beside the link are its title");
}

#[test]
fn actions_are_those_of_earlier_times() {
    let report = |id: &str, date: &str, said: &str| {
        let text = format!("---\ndate: {date}\n{said}---\n# Queue\n\n## Action Items\n\n- [ ] Alert {id}\n");
        parse_report(&format!("{id}.md"), text, &ParseOptions::default()).incident
    };
    let undated = parse_report(
        "c.md",
        "---\nrecurrence_of: a\n---\n# Queue\n\n## Action Items\n\n- [ ] x\n".to_owned(),
        &ParseOptions::default(),
    );
    let engine =
        engine([report("a", "2025-01-01", ""), report("b", "2025-02-01", "recurrence_of: a\n"), undated.incident]);
    let found = Recurring::new(&alike(&engine), Recurring::MOST).unwrap();
    let unfinished: Vec<&str> = found.clusters[0].unfinished().map(|(_, action)| action.text.as_str()).collect();
    assert_eq!((ids(&found.clusters[0]), unfinished), (vec!["a", "b", "c"], vec!["Alert a"]));
    assert_eq!(found.clusters[0].gaps(), [Some(31), None]);
    assert_eq!((found.clone().at_least(4).clusters.len(), found.only_unfinished().clusters.len()), (0, 1));
}
