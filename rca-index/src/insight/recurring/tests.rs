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
