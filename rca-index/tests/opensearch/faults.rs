//! Faults of a cluster and of a network, one after the other. The script `faults` runs them and keeps what they print.
//!
//! Whatever happens, the same holds: a reader sees the last complete update, nothing missing and nothing twice, or an error that has a
//! name; and the next update puts everything right.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rca_index::{Archive, ClusterSettings, Error, Index, SearchRequest};

use crate::node::{Nodes, nodes};
use crate::proxy::{Proxy, Rules};
use crate::update;

/// An archive that changes.
pub(crate) struct Reports {
    folder: tempfile::TempDir,
    chance: u64,
    revision: usize,
    highest: usize,
}

/// The titles by id. A title has the revision of its report.
type Titles = BTreeMap<String, String>;

impl Reports {
    pub(crate) fn new(number: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let reports = Self { folder, chance: 1, revision: 0, highest: number };
        (0..number).for_each(|nth| reports.write(nth));
        reports
    }

    fn write(&self, nth: usize) {
        let words: Vec<String> = (0..200).map(|word| format!("word{}", (nth * 31 + word * word) % 997)).collect();
        let text = format!(
            "---\nseverity: P{}\nservices: [service-{}]\n---\n# Report {nth} revision {}\n\n## Root cause\n\n{}.\n",
            1 + nth % 4,
            nth % 7,
            self.revision,
            words.join(" ")
        );
        fs::write(self.folder.path().join(format!("report-{nth:05}.md")), text).unwrap();
    }

    fn below(&mut self, most: usize) -> usize {
        self.chance = self.chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.chance >> 33) as usize % most
    }

    /// Changes a tenth, removes some, adds some.
    fn change(&mut self) {
        self.revision += 1;
        for _ in 0..self.highest / 10 {
            let nth = self.below(self.highest);
            self.write(nth);
        }
        for _ in 0..5 {
            let nth = self.below(self.highest);
            let _ = fs::remove_file(self.folder.path().join(format!("report-{nth:05}.md")));
            self.write(self.highest);
            self.highest += 1;
        }
    }

    pub(crate) fn archive(&self) -> Archive {
        Archive::open(self.folder.path()).unwrap()
    }

    /// What an index of it must have.
    fn titles(&self) -> Titles {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        let title = |path: PathBuf| {
            let text = fs::read_to_string(&path).unwrap();
            let title = text.lines().find_map(|line| line.strip_prefix("# ")).unwrap();
            (path.file_stem().unwrap().to_string_lossy().into_owned(), title.to_owned())
        };
        paths.map(title).collect()
    }
}

/// What an index has; fails if anything is there twice, or if lists, counts and searches differ.
fn titles_of(index: &Index) -> Result<Titles, Error> {
    let all = index.summaries()?.collect::<Result<Vec<_>, _>>()?;
    let number = all.len();
    let titles: Titles = all.into_iter().map(|summary| (summary.id, summary.title)).collect();
    assert_eq!(titles.len(), number, "some are there twice");
    Ok(titles)
}

/// The index has what the archive has, by whatever way it is asked.
pub(crate) fn check(index: &Index, reports: &Reports) {
    let expected = reports.titles();
    let titles = titles_of(index).unwrap();
    let differing: Vec<_> = expected.iter().filter(|&(id, title)| titles.get(id) != Some(title)).take(5).collect();
    assert!(titles == expected, "{} of {}: {differing:?}", titles.len(), expected.len());
    assert_eq!(index.len().unwrap(), expected.len());
    let found = index.search_summaries(&SearchRequest::parse("severity:>=P4").unwrap().limit(3)).unwrap();
    assert_eq!(found.total, expected.len(), "{:?}", found.total);
    assert!(!index.health().unwrap().is_damaged());
}

/// Whether an error says what went wrong.
fn is_named(error: &Error) -> bool {
    matches!(
        error,
        Error::Remote { .. } | Error::Unavailable { .. } | Error::IndexLocked { .. } | Error::IndexDamaged { .. }
    )
}

/// Updates until it goes through, and says how often that was.
fn until_done(what: &str, index: &Index, reports: &Reports) {
    let since = Instant::now();
    for tries in 1..=8 {
        match update(index, &reports.archive()) {
            Ok(()) => {
                println!("{what}: update {tries} went through after {:.1} s", since.elapsed().as_secs_f64());
                return;
            }
            Err(error) => {
                assert!(is_named(&error), "{error:?}");
                println!("{what}: update {tries} after {:.1} s: {error}", since.elapsed().as_secs_f64());
            }
        }
    }
    panic!("{what}: no update goes through");
}

pub(crate) fn connect(settings: ClusterSettings) -> Index {
    Index::connect(settings.archive("faults").unwrap().timeout(Duration::from_secs(20))).unwrap()
}

#[test]
#[ignore = "a fault; the script `faults` runs it"]
fn fault_a_node_is_killed_during_ingest() {
    let Some(mut nodes) = nodes(3) else { return };
    for nth in 0..3 {
        let mut reports = Reports::new(4_000);
        let index = connect(nodes.settings(&format!("ingest-{nth}")).shards(3));
        for round in ["first", "second"] {
            let archive = reports.archive();
            thread::scope(|scope| {
                let updating = scope.spawn(|| update(&index, &archive));
                thread::sleep(Duration::from_millis(700));
                nodes.kill(nth);
                let result = updating.join().unwrap();
                println!("node {} killed -9 during the {round} update: {result:?}", nth + 1);
                assert!(result.as_ref().err().is_none_or(is_named));
            });
            nodes.wait_for("wait_for_status=yellow");
            until_done("one node down", &index, &reports);
            check(&index, &reports);
            nodes.restart(nth);
            check(&index, &reports);
            (0..5).for_each(|_| reports.change());
        }
    }
}

/// Searches until told to stop: how many answers were right, and how many were errors. A wrong answer is a failure.
fn search_until(stop: &AtomicBool, index: &Index, allowed: &dyn Fn(usize) -> bool) -> (usize, usize, Duration) {
    let (mut right, mut errors, mut longest) = (0, 0, Duration::ZERO);
    while !stop.load(Ordering::SeqCst) {
        let since = Instant::now();
        match index.search_summaries(&SearchRequest::parse("severity:>=P4").unwrap().limit(20)) {
            Ok(found) => {
                assert!(allowed(found.total) && found.hits.len() == 20, "{} found", found.total);
                right += 1;
            }
            Err(error) => {
                assert!(is_named(&error), "{error:?}");
                errors += 1;
            }
        }
        longest = longest.max(since.elapsed());
    }
    (right, errors, longest)
}

#[test]
#[ignore = "a fault; the script `faults` runs it"]
fn fault_a_node_is_killed_during_searches() {
    let Some(mut nodes) = nodes(3) else { return };
    let reports = Reports::new(1_000);
    let index = connect(nodes.settings("searched").shards(3));
    update(&index, &reports.archive()).unwrap();
    nodes.wait_for("wait_for_status=green");
    for nth in 0..3 {
        let stop = AtomicBool::new(false);
        thread::scope(|scope| {
            let readers: Vec<_> =
                (0..2).map(|_| scope.spawn(|| search_until(&stop, &index, &|found| found == 1_000))).collect();
            thread::sleep(Duration::from_secs(1));
            nodes.kill(nth);
            thread::sleep(Duration::from_secs(4));
            nodes.restart(nth);
            stop.store(true, Ordering::SeqCst);
            for reader in readers {
                let (right, errors, longest) = reader.join().unwrap();
                println!(
                    "node {} killed -9 and restarted: {right} right answers, {errors} errors, the longest took {longest:.1?}",
                    nth + 1
                );
                assert!(right > errors);
            }
        });
    }
    check(&index, &reports);
}

#[test]
#[ignore = "a fault; the script `faults` runs it"]
fn fault_a_node_is_full() {
    let Some(nodes) = nodes(1) else { return };
    let mut reports = Reports::new(500);
    let index = connect(nodes.settings("full"));
    update(&index, &reports.archive()).unwrap();
    let before = reports.titles();
    reports.change();
    let block = |is_full: &str| {
        let body = format!("{{\"index.blocks.read_only_allow_delete\":{is_full}}}");
        let (status, said) = nodes.ask("PUT", "/full-*/_settings", &body);
        assert_eq!(status, 200, "{said}");
    };
    block("true");
    let since = Instant::now();
    let error = update(&index, &reports.archive()).unwrap_err();
    println!("a full node, after {:.1} s: {error}", since.elapsed().as_secs_f64());
    assert!(is_named(&error), "{error:?}");
    assert_eq!(titles_of(&index).unwrap(), before);
    block("null");
    until_done("it has room again", &index, &reports);
    check(&index, &reports);
}

#[test]
#[ignore = "a fault; the script `faults` runs it"]
fn fault_the_network_is_bad() {
    let Some(nodes) = nodes(1) else { return };
    let proxy = Proxy::start(nodes.port(0), Rules::default());
    let mut reports = Reports::new(1_500);
    let direct = connect(nodes.settings("network"));
    let through =
        connect(ClusterSettings::new(&format!("http://127.0.0.1:{}/network", proxy.port)).unwrap().replicas(0));
    let none = Rules::default();
    let kinds = [
        ("requests lost", Rules { lost_requests: 20, ..none.clone() }),
        ("answers lost", Rules { lost_answers: 20, ..none.clone() }),
        ("answers truncated", Rules { truncated: 20, ..none.clone() }),
        ("delays of 1 s", Rules { delayed: 30, delay: Duration::from_secs(1), ..none.clone() }),
        ("delays beyond the time-out", Rules { delayed: 5, delay: Duration::from_secs(25), ..none.clone() }),
        ("a storm of 429", Rules { busy: 60, retry_after: 1, ..none.clone() }),
        (
            "all of that",
            Rules {
                lost_requests: 8,
                lost_answers: 8,
                truncated: 8,
                busy: 15,
                delayed: 10,
                delay: Duration::from_millis(300),
                ..none.clone()
            },
        ),
    ];
    for (what, rules) in kinds {
        for _ in 0..3 {
            reports.change();
            proxy.rule(rules.clone());
            until_done(what, &through, &reports);
            check(&direct, &reports);
            let (mut right, mut errors) = (0, 0);
            for _ in 0..20 {
                match through.search_summaries(&SearchRequest::parse("severity:>=P4").unwrap().limit(5)) {
                    Ok(found) => {
                        assert_eq!((found.total, found.hits.len()), (reports.titles().len(), 5), "{what}");
                        right += 1;
                    }
                    Err(error) => {
                        assert!(is_named(&error), "{what}: {error:?}");
                        errors += 1;
                    }
                }
            }
            println!("{what}: {right} right searches, {errors} errors; so far {:?}", proxy.done);
        }
    }
    // The connection is cut in the middle of updates, and comes back.
    for nth in 0..5 {
        reports.change();
        proxy.rule(none.clone());
        let archive = reports.archive();
        thread::scope(|scope| {
            let updating = scope.spawn(|| update(&through, &archive));
            thread::sleep(Duration::from_millis(60 * nth));
            proxy.rule(Rules { is_cut: true, ..none.clone() });
            let result = updating.join().unwrap();
            println!("cut after {} ms: {result:?}", 60 * nth);
            assert!(result.as_ref().err().is_none_or(is_named));
        });
        proxy.rule(none.clone());
        until_done("the network is back", &through, &reports);
        check(&direct, &reports);
    }
}

#[test]
#[ignore = "a fault; the script `faults` runs it"]
fn fault_a_rolling_restart_under_load() {
    let Some(mut nodes) = nodes(3) else { return };
    let mut reports = Reports::new(1_000);
    let index = connect(nodes.settings("rolling").shards(3));
    update(&index, &reports.archive()).unwrap();
    nodes.wait_for("wait_for_status=green");
    let stop = AtomicBool::new(false);
    // Each change removes some and adds five.
    let (reader, writer) = (connect(nodes.settings("rolling")), &index);
    thread::scope(|scope| {
        let reading = scope.spawn(|| search_until(&stop, &reader, &|found| found >= 1_000));
        let writing = scope.spawn(|| {
            let (mut done, mut failed) = (0, Vec::new());
            while !stop.load(Ordering::SeqCst) {
                reports.change();
                match update(writer, &reports.archive()) {
                    Ok(()) => done += 1,
                    Err(error) => failed.push(error),
                }
            }
            (done, failed)
        });
        for nth in 0..3 {
            nodes.stop(nth);
            thread::sleep(Duration::from_secs(1));
            nodes.restart(nth);
        }
        stop.store(true, Ordering::SeqCst);
        let (right, errors, longest) = reading.join().unwrap();
        println!("rolling restart: {right} right searches, {errors} errors, the longest took {longest:.1?}");
        let (done, failed) = writing.join().unwrap();
        println!("rolling restart: {done} updates, {} failed: {failed:?}", failed.len());
        assert!(failed.iter().all(is_named) && done > 0 && right > errors);
    });
    until_done("after the restart", &index, &reports);
    check(&index, &reports);
}

/// The command, which the script has built.
fn rca() -> PathBuf {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/debug/rca");
    std::env::var_os("RCA").map_or_else(default, PathBuf::from)
}

/// `rca index` of an archive, as a process of its own.
fn rca_index(nodes: &Nodes, index: &str, reports: &Reports) -> Child {
    Command::new(rca())
        .args(["index", "--index", &format!("http://127.0.0.1:{}/{index}", nodes.port(0))])
        .arg(reports.folder.path())
        .env("RCA_CLUSTER_ARCHIVE", "faults")
        .env("HOME", reports.folder.path().join("no-home"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
#[ignore = "a fault; the script `faults` runs it"]
fn fault_two_writers_at_once() {
    let Some(nodes) = nodes(1) else { return };
    let mut reports = Reports::new(800);
    let mut exits = BTreeMap::<String, usize>::new();
    for _ in 0..15 {
        let writers = [rca_index(&nodes, "writers", &reports), rca_index(&nodes, "writers", &reports)];
        for writer in writers {
            let output = writer.wait_with_output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(matches!(output.status.code(), Some(0 | 3)), "{output:?}");
            let kind = if output.status.success() { "done" } else { said.lines().last().unwrap_or_default() };
            *exits.entry(kind.to_owned()).or_default() += 1;
        }
        let index = connect(nodes.settings("writers"));
        check(&index, &reports);
        reports.change();
    }
    println!("two writers at once, 15 times: {exits:#?}");
}

#[test]
#[ignore = "a fault; the script `faults` runs it"]
fn fault_an_update_is_killed_at_random_moments() {
    let Some(nodes) = nodes(1) else { return };
    let mut reports = Reports::new(1_000);
    assert!(rca_index(&nodes, "killed", &reports).wait().unwrap().success());
    let index = connect(nodes.settings("killed"));
    check(&index, &reports);
    reports.change();
    let since = Instant::now();
    assert!(rca_index(&nodes, "killed", &reports).wait().unwrap().success());
    let whole = usize::try_from(since.elapsed().as_millis()).unwrap();
    println!("an update takes {whole} ms");
    let mut seen = reports.titles();
    let (mut before, mut after, mut ended) = (0, 0, 0);
    for nth in 0..50 {
        reports.change();
        let mut process = rca_index(&nodes, "killed", &reports);
        thread::sleep(Duration::from_millis(reports.below(whole * 11 / 10) as u64));
        ended += usize::from(process.try_wait().unwrap().is_some());
        let _ = process.kill();
        process.wait().unwrap();
        // What a reader finds is the last commit, or the one that was just made.
        let (now, new) = (titles_of(&index).unwrap(), reports.titles());
        let is_new = now == new;
        assert!(is_new || now == seen, "kill {nth}: {} reports, neither {} nor {}", now.len(), seen.len(), new.len());
        if is_new {
            after += 1;
        } else {
            before += 1;
        }
        seen = now;
        // As if its lease had ended. Each tenth waits for that.
        if nth % 10 > 0 {
            nodes.ask("DELETE", "/killed-state/_doc/lock%2Ffaults", "");
        }
        if nth % 5 == 4 {
            until_done(&format!("after kill {}", nth + 1), &index, &reports);
            check(&index, &reports);
            seen = reports.titles();
        }
    }
    println!("killed 50 times, {ended} of them too late: {before} left the state before, {after} had committed");
    until_done("at last", &index, &reports);
    check(&index, &reports);
}
