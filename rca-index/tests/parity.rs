//! Both engines find the same. Whatever the archive and the query: the same incidents, the same counts, and nearly always the same
//! order. A cluster is asked that the environment names: `RCA_TEST_CLUSTER=http://127.0.0.1:9201`; without one, the tests are skipped.
#![cfg(feature = "opensearch")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use rca_index::{
    Archive, ClusterSettings, Error, Facet, FacetName, Incident, Index, LinkFilter, SearchRequest, SearchResults,
    Summary, UpdateOptions,
};

/// Numbers by chance, the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most.max(1)
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    fn words(&mut self, most: usize) -> String {
        let words: Vec<&str> = (0..=self.below(most)).map(|_| self.word()).collect();
        words.join(" ")
    }

    /// Few words make phrases by chance.
    fn word(&mut self) -> &'static str {
        let among = if self.below(4) > 0 { 12 } else { WORDS.len() };
        self.one(&WORDS[..among])
    }
}

const WORDS: [&str; 44] = [
    "connection", "pool", "queue", "queues", "backlog", "certificate", "expired", "memory", "leak", "replica", "lag",
    "timeout", "exhausted", "exhaustion", "connections", "cert", "certified", "out", "of", "oom", "too", "many",
    "order-api", "inventory_api", "CVE-2024-3095", "10.0.0.1:443", "NullPointerException", "C++", "café", "naïve",
    "résumé", "障害が発生", "4,500", "v6.2.8", "512MB", "p99", "failover", "happily", "happiness", "cached", "caches",
    "relational", "kubernetes", "kuberntes",
];
const SERVICES: [&str; 5] = ["order-api", "Order API", "billing", "search/index", "stock db"];
const TAGS: [&str; 6] = ["db/postgres", "db/mysql", "db", "network", "deploy", "db/postgres/wal"];
const TEAMS: [&str; 4] = ["Payments", "payments", "core 7", "edge"];

fn report(chance: &mut Chance, n: usize) -> String {
    let mut text = String::from("---\n");
    let title = chance.words(4);
    let _ = writeln!(text, "title: \"{title}\"");
    let date = match chance.below(5) {
        0 => String::new(),
        1 => format!("date: 2025-0{}-1{}\n", 1 + chance.below(9), chance.below(9)),
        _ => format!("date: 2025-0{}-1{}T0{}:30:00Z\n", 1 + chance.below(3), chance.below(3), chance.below(9)),
    };
    text.push_str(&date);
    if chance.below(5) > 0 {
        let _ = writeln!(text, "severity: {}", chance.one(&["P1", "P2", "SEV3", "minor", "odd one"]));
    }
    if chance.below(6) > 0 {
        let _ = writeln!(text, "services: [\"{}\", \"{}\"]", chance.one(&SERVICES), chance.one(&SERVICES));
    }
    if chance.below(3) > 0 {
        let _ = writeln!(text, "tags: [\"{}\", \"{}\"]", chance.one(&TAGS), chance.one(&TAGS));
    }
    if chance.below(3) > 0 {
        let _ = writeln!(text, "status: {}\nteam: {}", chance.one(&["resolved", "open"]), chance.one(&TEAMS));
    }
    if chance.below(3) > 0 {
        let _ = writeln!(text, "budget: {}\nduration: {}", chance.below(100), 10 + chance.below(300));
    }
    if n % 5 == 4 {
        let _ = writeln!(text, "recurrence_of: report-{:03}", n - 1);
    }
    text.push_str("---\n");
    let _ = writeln!(text, "# {title}\n");
    for heading in ["Summary", "Root cause", "Impact", "Resolution", "Notes"] {
        if chance.below(4) > 0 {
            let _ = writeln!(text, "## {heading}\n\n{}.\n", chance.words(24));
        }
    }
    if chance.below(3) == 0 {
        let _ = writeln!(text, "{} users were affected.\n", 10 * chance.below(200));
    }
    if chance.below(3) == 0 {
        let _ = writeln!(text, "## Related\n\n- [before](report-{:03}.md)\n", chance.below(n.max(1) + 3));
    }
    text
}

fn query(chance: &mut Chance) -> String {
    let parts: Vec<String> = (0..=chance.below(3)).map(|_| part(chance)).collect();
    let sort = ["", "", "", " sort:date", " sort:-date", " sort:severity", " sort:-duration"];
    parts.join(" ") + sort[chance.below(sort.len())]
}

fn part(chance: &mut Chance) -> String {
    match chance.below(26) {
        0..=7 => chance.word().to_owned(),
        8 => format!("\"{} {}\"", chance.word(), chance.word()),
        9 => format!("\"{} {} {}\"~{}", chance.word(), chance.word(), chance.word(), 1 + chance.below(4)),
        10 => format!("{}*", &chance.one(&["certif", "conn", "q", "exhaust", "ca", "happ"])),
        11 => format!("{}~{}", chance.one(&["quue", "bcklog", "certifcate", "lage", "timeuot"]), 1 + chance.below(2)),
        12 => format!("-{}", chance.word()),
        13 => format!("({} OR {})", chance.word(), part(chance)),
        14 => format!("{}:{}", chance.one(&["rootcause", "impact", "title", "summary"]), chance.word()),
        15 => format!("rootcause:\"{} {}\"", chance.word(), chance.word()),
        16 => format!("service:\"{}\"", chance.one(&SERVICES)),
        17 => format!("{}tag:{}", chance.one(&["", "-"]), chance.one(&TAGS)),
        18 => format!("severity:{}", chance.one(&["P1", ">=P2", "<P2", "P1,P3", "minor"])),
        19 => format!("date:{}", chance.one(&["2025-02", ">=2025-02-01", "2025-01-11..2025-03", "2025-01-12"])),
        20 => format!("{}:{}", chance.one(&["duration", "users", "impact"]), chance.one(&[">100", "<500", "50..400"])),
        21 => format!(
            "{}:{}",
            chance.one(&["has", "no"]),
            chance.one(&["date", "impact", "users", "tag", "team", "links"])
        ),
        22 => format!("team:{}", chance.one(&["payments", "edge", "nobody"])),
        23 => format!("budget:{}", chance.one(&[">50", "10..30", "<=20"])),
        24 => format!("links:report-{:03}", chance.below(40)),
        _ => format!("backlinks:report-{:03}", chance.below(40)),
    }
}

/// An archive in both engines, and the folder that it is in.
struct Both {
    /// The name of the index in the cluster.
    name: String,
    folder: tempfile::TempDir,
    archive: Archive,
    disk: Index,
    cluster: Index,
}

/// The address of the cluster; `None` if there is none.
fn address() -> Option<String> {
    let address = std::env::var("RCA_TEST_CLUSTER").ok();
    if address.is_none() {
        eprintln!("skipped: RCA_TEST_CLUSTER names no cluster");
    }
    address
}

/// The name of an index of a test.
fn index_name(name: &str) -> String {
    format!("seam-{name}-{}", std::process::id())
}

/// The settings of an index of a test; `None` if there is no cluster.
fn settings(name: &str) -> Option<ClusterSettings> {
    Some(ClusterSettings::new(&format!("{}/{}", address()?, index_name(name))).unwrap())
}

/// An archive of such an index.
fn cluster(name: &str) -> Option<Index> {
    let settings = settings(name)?;
    Some(Index::connect(settings.archive("ops").unwrap().replicas(0).shards(2)).unwrap())
}

impl Drop for Both {
    fn drop(&mut self) {
        let Some(address) = address() else { return };
        let host = address.trim_start_matches("http://").to_owned();
        for index in [format!("{}-v*", self.name), format!("{}-state", self.name)] {
            let Ok(mut stream) = TcpStream::connect(&host) else { return };
            let request = format!("DELETE /{index} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
            let _ = stream.write_all(request.as_bytes());
            let _ = stream.read_to_end(&mut Vec::new());
        }
    }
}

impl Both {
    fn of(name: &str, chance: &mut Chance, reports: usize) -> Option<Self> {
        let cluster = cluster(name)?;
        let folder = tempfile::tempdir().unwrap();
        for n in 0..reports {
            fs::write(folder.path().join(format!("report-{n:03}.md")), report(chance, n)).unwrap();
        }
        let archive = Archive::open(folder.path()).unwrap();
        let both = Self { name: index_name(name), archive, disk: Index::in_memory().unwrap(), cluster, folder };
        both.update();
        Some(both)
    }

    fn update(&self) {
        for index in [&self.disk, &self.cluster] {
            index.update(&self.archive, &UpdateOptions::default(), |_| {}).unwrap();
        }
    }
}

fn ids(found: &SearchResults<Summary>) -> Vec<&str> {
    found.hits.iter().map(|hit| hit.incident.id.as_str()).collect()
}

/// What must be the same of any search.
fn same(found: &SearchResults<Summary>) -> (usize, usize, bool, BTreeSet<&str>, String) {
    let facets: Vec<String> =
        found.facets.iter().map(|facet| format!("{} {:?}", facet.facet.name(), facet.values)).collect();
    (found.total, found.total_some, found.relaxed, ids(found).into_iter().collect(), facets.join("\n"))
}

fn check(name: &str, reports: usize, queries: usize) {
    let mut chance = Chance(7);
    let Some(both) = Both::of(name, &mut chance, reports) else { return };
    assert_eq!(both.disk.len().unwrap(), both.cluster.len().unwrap());
    // Some are changed, and some are gone.
    for n in (0..reports).step_by(7) {
        let path = both.folder.path().join(format!("report-{n:03}.md"));
        if n % 2 == 0 { fs::remove_file(path).unwrap() } else { fs::write(path, report(&mut chance, n)).unwrap() }
    }
    both.update();
    let (mut asked, mut ordered, mut found_any, mut differing) = (0, 0, 0, Vec::new());
    for _ in 0..queries {
        let query = query(&mut chance);
        let Ok(request) = SearchRequest::parse(&query) else { continue };
        let mut request = request.limit(1_000).facet(Facet::Service).facet(Facet::Tag).facet(FacetName::from("team"));
        request.now = Some(1_760_000_000);
        let (here, there) = (both.disk.search_summaries(&request), both.cluster.search_summaries(&request));
        let (here, there) = match (here, there) {
            (Ok(here), Ok(there)) => (here, there),
            (Err(here), Err(there)) => {
                assert_eq!(here.to_string(), there.to_string(), "{query}");
                continue;
            }
            (here, there) => panic!("{query}: {:?} {:?}", here.err(), there.err()),
        };
        if same(&here) != same(&there) {
            eprintln!("not the same: {query}\n  {:?}\n  {:?}", same(&here), same(&there));
            differing.push(query.clone());
        }
        asked += 1;
        found_any += usize::from(here.total > 0);
        let first =
            |found: &SearchResults<Summary>| ids(found).into_iter().take(10).map(str::to_owned).collect::<Vec<_>>();
        let is_ordered = first(&here) == first(&there);
        if !is_ordered {
            eprintln!("another order: {query}\n  {:?}\n  {:?}", first(&here), first(&there));
        }
        ordered += usize::from(is_ordered);
    }
    eprintln!("{asked} queries, {found_any} with full matches, {ordered} in the same order");
    assert!(differing.is_empty(), "{differing:#?}");
    assert!(asked * 2 > queries && found_any * 3 > asked, "{asked} asked, {found_any} found any");
    assert!(ordered * 100 >= asked * 95, "{ordered} of {asked} in the same order");
    check_incidents(&both);
    // Whoever searches need not name the only archive.
    let only = Index::connect(settings(name).unwrap()).unwrap();
    assert_eq!(only.len().unwrap(), both.disk.len().unwrap());
    let other = settings(name).unwrap().archive("others").unwrap();
    Index::connect(other).unwrap().update(&both.archive, &UpdateOptions::default(), |_| {}).unwrap();
    let several = Index::connect(settings(name).unwrap());
    assert!(several.unwrap_err().to_string().contains("ops, others"));
    assert_eq!(both.cluster.len().unwrap(), both.disk.len().unwrap(), "archives leave each other alone");
}

#[test]
fn an_index_that_is_not_there_has_nothing() {
    let Some(settings) = settings("none") else { return };
    assert!(matches!(Index::connect(settings.clone()), Err(Error::IndexNotFound(_))));
    let empty = Index::connect(settings.archive("ops").unwrap()).unwrap();
    let found = empty.search(&SearchRequest::parse("queue service:orders (a OR b) -c*").unwrap()).unwrap();
    assert_eq!((empty.len().unwrap(), found.total, found.hits.len()), (0, 0, 0));
    assert!(empty.ids().unwrap().next().is_none() && empty.get("a").unwrap().is_none());
    assert!(empty.resolve("a").unwrap().is_empty() && empty.updated().unwrap().is_none());
}

fn all<T>(items: impl Iterator<Item = rca_index::Result<T>>) -> Vec<T> {
    items.map(Result::unwrap).collect()
}

/// What is stored, and what is said of single incidents.
fn check_incidents(Both { disk, cluster, .. }: &Both) {
    let incidents: Vec<Incident> = all(disk.incidents().unwrap());
    assert_eq!(incidents, all(cluster.incidents().unwrap()));
    assert_eq!(all(disk.summaries().unwrap()), all(cluster.summaries().unwrap()));
    assert_eq!(all(disk.ids().unwrap()), all(cluster.ids().unwrap()));
    let backlinks = |index: &Index, id: &str| -> Vec<String> {
        index.backlinks(id).unwrap().into_iter().map(|summary| summary.id).collect()
    };
    let similar = |index: &Index, incident: &Incident| -> Vec<String> {
        let request = SearchRequest::from_incident(incident);
        let found = index.similar(incident, &request, LinkFilter::Any, true).unwrap();
        found.hits.into_iter().map(|hit| hit.incident.id).collect()
    };
    let again = |index: &Index, incident: &Incident| {
        let cluster = index.recurrence(incident).unwrap();
        cluster
            .map(|cluster| cluster.incidents.into_iter().map(|occurrence| occurrence.incident.id).collect::<Vec<_>>())
    };
    let mut recurring = 0;
    for incident in incidents.iter().take(12) {
        let here = again(disk, incident);
        assert_eq!(here, again(cluster, incident), "{}", incident.id);
        recurring += usize::from(here.is_some());
        assert_eq!(backlinks(disk, &incident.id), backlinks(cluster, &incident.id), "{}", incident.id);
        assert_eq!(cluster.get(&incident.id).unwrap().as_ref(), Some(incident));
        assert_eq!(disk.resolve("report").unwrap(), cluster.resolve("report").unwrap());
        // How rare a word is counts nearly the same: the engine on disk counts the title or the text of each segment.
        let (here, there) = (similar(disk, incident), similar(cluster, incident));
        let in_common = here.iter().filter(|id| there.contains(id)).count();
        assert!(in_common * 10 >= here.len() * 8 && here.first() == there.first(), "{here:?} {there:?}");
    }
    assert!(recurring > 0, "none happened again");
    assert_eq!(cluster.get("none").unwrap(), None);
    assert!(!cluster.health().unwrap().is_damaged());
}

#[test]
fn both_engines_find_the_same() {
    check("few", 60, 60);
}

#[test]
#[ignore = "takes a minute; .ci/run runs it"]
fn both_engines_find_the_same_whatever_is_asked() {
    check("many", 300, 500);
}
