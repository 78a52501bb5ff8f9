//! A real cluster: one node of OpenSearch on loopback. It says "skipped" where Java, Maven or the artifacts are missing.
#![cfg(feature = "opensearch")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rca_index::{Archive, ClusterSettings, Error, Index, SearchRequest, UpdateOptions};

/// A node that ends with this value.
struct Node {
    process: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

impl Drop for Node {
    fn drop(&mut self) {
        // Its folder goes with it.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Node {
    /// Starts a node and waits until it answers; else why that is not possible here.
    fn start() -> Result<Self, String> {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let built = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("opensearch");
        let prepared = Command::new(here.join("tests/opensearch/prepare")).arg(&built).output();
        let prepared = prepared.map_err(|error| error.to_string())?;
        if !prepared.status.success() {
            let said = String::from_utf8_lossy(&prepared.stderr).into_owned();
            return Err(said.lines().last().unwrap_or("it cannot be prepared").to_owned());
        }
        let classpath = fs::read_to_string(built.join("classpath")).unwrap();
        let free = || TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let (port, transport) = (free(), free());
        let folder = tempfile::tempdir().unwrap();
        let log = File::create(folder.path().join("out.log")).unwrap();
        let process = Command::new("java")
            .args(["-Xms512m", "-Xmx512m", "-cp", classpath.trim(), "TestNode"])
            .arg(format!("n{transport}"))
            .arg(folder.path().join("node"))
            .args([port.to_string(), transport.to_string()])
            .stdin(Stdio::piped())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .map_err(|error| format!("java: {error}"))?;
        let mut node = Self { process, port, _folder: folder };
        let since = Instant::now();
        while !matches!(node.connect("rca-not-there"), Err(Error::IndexNotFound(_))) {
            let ended = node.process.try_wait().unwrap();
            assert!(ended.is_none() && since.elapsed() < Duration::from_secs(120), "{ended:?}: {}", node.log());
            thread::sleep(Duration::from_millis(500));
        }
        Ok(node)
    }

    fn log(&self) -> String {
        fs::read_to_string(self._folder.path().join("out.log")).unwrap_or_default()
    }

    fn settings(&self, index: &str) -> ClusterSettings {
        ClusterSettings::new(&format!("http://127.0.0.1:{}/{index}", self.port)).unwrap().replicas(0)
    }

    fn connect(&self, index: &str) -> Result<Index, Error> {
        let index = Index::connect(self.settings(index))?;
        index.len()?;
        Ok(index)
    }
}

#[test]
#[ignore = "starts a node of OpenSearch; .ci/run runs it"]
fn an_archive_in_a_cluster_answers_as_in_a_folder() {
    let node = match Node::start() {
        Ok(node) => node,
        Err(why) => {
            println!("skipped: no OpenSearch to try a cluster with: {why}");
            return;
        }
    };
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("queue.md"),
        "---\nseverity: P2\nservices: [orders]\n---\n# Queue backlog\n\n## Root Cause\n\nSlow consumers.\n",
    )
    .unwrap();
    fs::write(
        folder.path().join("disk.md"),
        "---\nseverity: P1\nservices: [orders]\n---\n# Disk full\n\nLogs filled it.\n",
    )
    .unwrap();
    let archive = Archive::open(folder.path()).unwrap();
    let cluster = Index::connect(node.settings("incidents").archive("tests").unwrap()).unwrap();
    let local = Index::in_memory().unwrap();
    for index in [&cluster, &local] {
        index.update(&archive, &UpdateOptions::default(), |_| {}).unwrap();
    }
    let ids = |index: &Index, query: &str| -> Vec<String> {
        let found = index.search(&SearchRequest::parse(query).unwrap()).unwrap();
        found.hits.into_iter().map(|hit| hit.incident.id).collect()
    };
    for query in [
        "queue", "slow consumers", "severity:>=P1", "service:orders -queue", "\"disk full\"", "rootcause:slow",
        "nothing",
    ] {
        assert_eq!(ids(&cluster, query), ids(&local, query), "{query}");
    }
    assert_eq!(ids(&cluster, "severity:>=P2").len(), 2);
    // Another reader sees it, and a report that is gone is gone.
    assert_eq!(node.connect("incidents").unwrap().len().unwrap(), 2);
    fs::remove_file(folder.path().join("disk.md")).unwrap();
    cluster.update(&archive, &UpdateOptions::default(), |_| {}).unwrap();
    assert_eq!(ids(&node.connect("incidents").unwrap(), "disk"), [""; 0]);
    assert_eq!(ids(&cluster, "*"), ["queue"]);
}
