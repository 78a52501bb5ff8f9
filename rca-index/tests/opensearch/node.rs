//! A real cluster: one to three nodes of OpenSearch, processes on loopback, at ports that were free.
//!
//! In: how many nodes. Out: their addresses, or why there can be none here. The nodes end with the value, and with this process, however
//! it ends.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rca_index::ClusterSettings;

/// How long a node may take to start: the machine may be busy.
const START: Duration = Duration::from_secs(180);

/// One cluster at a time: the nodes are large.
static ONE: Mutex<()> = Mutex::new(());

/// Some nodes that are a cluster.
pub(crate) struct Nodes {
    all: Vec<Node>,
    classpath: String,
    name: String,
    folder: tempfile::TempDir,
    _one: MutexGuard<'static, ()>,
}

struct Node {
    /// `None` while it is down.
    process: Option<Child>,
    http: u16,
    transport: u16,
}

impl Drop for Node {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// What a test begins with: a cluster, or a word that it is skipped.
pub(crate) fn nodes(number: usize) -> Option<Nodes> {
    match Nodes::start(number) {
        Ok(nodes) => Some(nodes),
        Err(why) => {
            println!("skipped: no OpenSearch to try a cluster with: {why}");
            None
        }
    }
}

/// The launcher and what it needs; else why they cannot be had.
fn classpath() -> Result<String, String> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/opensearch/prepare");
    let built = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("opensearch");
    let prepared = Command::new(here).arg(&built).output().map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&prepared.stderr);
    match prepared.status.code() {
        Some(0) => Ok(fs::read_to_string(built.join("classpath")).unwrap().trim().to_owned()),
        Some(3) => Err(said.lines().collect::<Vec<_>>().join(": ")),
        code => panic!("the launcher is broken ({code:?}): {said}"),
    }
}

impl Nodes {
    fn start(number: usize) -> Result<Self, String> {
        let one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
        let classpath = classpath()?;
        let folder = tempfile::tempdir().unwrap();
        let name = format!("rca-{}", std::process::id());
        let mut nodes = Self { all: Vec::new(), classpath, name, folder, _one: one };
        // The first makes the cluster, the others join it.
        for first in [true, false] {
            let new = if first { 0..1 } else { 1..number };
            for nth in new.clone() {
                let process = nodes.launch(nth, 0, 0);
                nodes.all.push(Node { process: Some(process), http: 0, transport: 0 });
            }
            for nth in new {
                (nodes.all[nth].http, nodes.all[nth].transport) = nodes.ports(nth, 1);
            }
        }
        nodes.wait_for("wait_for_status=green");
        Ok(nodes)
    }

    /// Starts the process of a node, which prints to a log that it appends to.
    fn launch(&self, nth: usize, http: u16, transport: u16) -> Child {
        let log = File::options().create(true).append(true).open(self.log_path(nth)).unwrap();
        let others = self.all.iter().enumerate().filter(|&(other, node)| other != nth && node.transport > 0);
        Command::new("java")
            .args(["-Xms512m", "-Xmx512m", "-cp", &self.classpath, "TestNode", &self.name])
            .arg(format!("n{}", nth + 1))
            .arg(self.folder.path().join(format!("n{}", nth + 1)))
            .args([http.to_string(), transport.to_string()])
            .args(others.map(|(_, node)| node.transport.to_string()))
            .stdin(Stdio::piped())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap()
    }

    fn log_path(&self, nth: usize) -> PathBuf {
        self.folder.path().join(format!("n{}.log", nth + 1))
    }

    /// The ports of a node, once it has printed them so many times.
    fn ports(&mut self, nth: usize, times: usize) -> (u16, u16) {
        let since = Instant::now();
        loop {
            let log = fs::read_to_string(self.log_path(nth)).unwrap_or_default();
            let lines: Vec<_> = log.lines().filter_map(|line| line.strip_prefix("listening ")).collect();
            if let [.., last] = lines[..]
                && lines.len() >= times
            {
                let (http, transport) = last.split_once(' ').unwrap();
                return (http.parse().unwrap(), transport.parse().unwrap());
            }
            let ended = self.all[nth].process.as_mut().and_then(|process| process.try_wait().unwrap());
            assert!(ended.is_none() && since.elapsed() < START, "node {} does not start: {ended:?}: {log}", nth + 1);
            thread::sleep(Duration::from_millis(200));
        }
    }

    /// Ends a node with -9.
    pub(crate) fn kill(&mut self, nth: usize) {
        let mut process = self.all[nth].process.take().unwrap();
        process.kill().unwrap();
        process.wait().unwrap();
    }

    /// Ends a node in order.
    pub(crate) fn stop(&mut self, nth: usize) {
        let mut process = self.all[nth].process.take().unwrap();
        drop(process.stdin.take());
        process.wait().unwrap();
    }

    /// Starts a node again that was ended, at its ports, and waits until all copies of shards are there.
    pub(crate) fn restart(&mut self, nth: usize) {
        let Node { http, transport, .. } = self.all[nth];
        let log = fs::read_to_string(self.log_path(nth)).unwrap_or_default();
        let started = log.lines().filter(|line| line.starts_with("listening ")).count();
        self.all[nth].process = Some(self.launch(nth, http, transport));
        assert_eq!(self.ports(nth, started + 1), (http, transport));
        self.wait_for("wait_for_status=green");
    }

    /// Waits until all nodes that run are in the cluster, and for a state of it.
    pub(crate) fn wait_for(&self, what: &str) {
        let running = self.all.iter().filter(|node| node.process.is_some()).count();
        let path = format!("/_cluster/health?wait_for_nodes={running}&{what}&timeout=5s");
        let since = Instant::now();
        loop {
            let (status, body) = self.ask("GET", &path, "");
            if status == 200 && body.contains("\"timed_out\":false") {
                return;
            }
            assert!(since.elapsed() < START, "no cluster of {running} nodes: {body}");
            thread::sleep(Duration::from_millis(300));
        }
    }

    /// The port of a node for HTTP.
    pub(crate) fn port(&self, nth: usize) -> u16 {
        self.all[nth].http
    }

    /// An index of the cluster, at all of its nodes.
    pub(crate) fn settings(&self, index: &str) -> ClusterSettings {
        let address = |node: &Node| format!("http://127.0.0.1:{}", node.http);
        let first = ClusterSettings::new(&format!("{}/{index}", address(&self.all[0]))).unwrap();
        let settings = self.all[1..].iter().fold(first, |all, node| all.address(&address(node)).unwrap());
        settings.replicas(u32::from(self.all.len() > 1))
    }

    /// Asks a node that runs: the status and the body of its answer; 0 if it gives none.
    pub(crate) fn ask(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        let running = self.all.iter().find(|node| node.process.is_some()).unwrap();
        ask(running.http, method, path, body).unwrap_or_default()
    }
}

fn ask(port: u16, method: &str, path: &str, body: &str) -> std::io::Result<(u16, String)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    Ok((status, answer.split_once("\r\n\r\n").unwrap_or_default().1.to_owned()))
}
