//! A proxy in front of a node, which does what networks and gateways do: loses requests and answers, delays them, cuts them off, is
//! too busy, asks for a password, lets nobody write.
//!
//! In: the port of a node, and rules that may change at any time. Out: a port, and how often each rule was used.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What the proxy does, in percent of the requests.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rules {
    /// The connection is closed before the node sees the request.
    pub(crate) lost_requests: u64,
    /// The node sees the request; its answer is lost.
    pub(crate) lost_answers: u64,
    /// Half of the answer arrives.
    pub(crate) truncated: u64,
    /// The request waits.
    pub(crate) delayed: u64,
    pub(crate) delay: Duration,
    /// 429, with so many seconds in Retry-After.
    pub(crate) busy: u64,
    pub(crate) retry_after: u64,
    /// Only who sends this in `Authorization` is let in.
    pub(crate) login: Option<String>,
    /// 403 for whatever writes.
    pub(crate) is_read_only: bool,
    /// No connection is taken at all.
    pub(crate) is_cut: bool,
}

/// How often each was done.
#[derive(Debug, Default)]
pub(crate) struct Done {
    pub(crate) requests: AtomicU64,
    pub(crate) lost: AtomicU64,
    pub(crate) truncated: AtomicU64,
    pub(crate) delayed: AtomicU64,
    pub(crate) busy: AtomicU64,
    pub(crate) refused: AtomicU64,
}

pub(crate) struct Proxy {
    pub(crate) port: u16,
    pub(crate) done: Arc<Done>,
    rules: Arc<Mutex<Rules>>,
    has_ended: Arc<AtomicBool>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.has_ended.store(true, Ordering::SeqCst);
        // Wakes it up.
        drop(TcpStream::connect(("127.0.0.1", self.port)));
    }
}

impl Proxy {
    pub(crate) fn start(node: u16, rules: Rules) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (done, rules) = (Arc::new(Done::default()), Arc::new(Mutex::new(rules)));
        let has_ended = Arc::new(AtomicBool::new(false));
        let chance = Arc::new(AtomicU64::new(7));
        let proxy =
            Self { port, done: Arc::clone(&done), rules: Arc::clone(&rules), has_ended: Arc::clone(&has_ended) };
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if has_ended.load(Ordering::SeqCst) {
                    return;
                }
                let connection = Connection {
                    node,
                    rules: rules.lock().unwrap().clone(),
                    chance: Arc::clone(&chance),
                    done: Arc::clone(&done),
                };
                // A client that goes away is not the proxy's concern.
                thread::spawn(move || drop(connection.serve(client)));
            }
        });
        proxy
    }

    pub(crate) fn rule(&self, rules: Rules) {
        *self.rules.lock().unwrap() = rules;
    }
}

/// One connection, for one request.
struct Connection {
    node: u16,
    rules: Rules,
    chance: Arc<AtomicU64>,
    done: Arc<Done>,
}

impl Connection {
    /// Whether something happens that does so in so many percent; the same numbers in every run, in whatever order requests come.
    fn happens(&self, percent: u64, counter: &AtomicU64) -> bool {
        let step = |n: u64| n.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let before = self.chance.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| Some(step(n))).unwrap_or(0);
        let does = (step(before) >> 33) % 100 < percent;
        counter.fetch_add(u64::from(does), Ordering::Relaxed);
        does
    }

    fn serve(&self, mut client: TcpStream) -> std::io::Result<()> {
        let (rules, done) = (&self.rules, &self.done);
        if rules.is_cut {
            done.lost.fetch_add(1, Ordering::Relaxed);
            return client.shutdown(Shutdown::Both);
        }
        let request = Request::read(&mut client)?;
        done.requests.fetch_add(1, Ordering::Relaxed);
        if self.happens(rules.lost_requests, &done.lost) {
            return client.shutdown(Shutdown::Both);
        }
        if let Some((status, more)) = self.refusal(&request) {
            let body = r#"{"error":{"type":"proxy","reason":"the proxy says no"},"status":0}"#;
            let length = body.len();
            return write!(
                client,
                "HTTP/1.1 {status}\r\n{more}Connection: close\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
            );
        }
        if self.happens(rules.delayed, &done.delayed) {
            thread::sleep(rules.delay);
        }
        let answer = request.forward(self.node)?;
        if self.happens(rules.lost_answers, &done.lost) {
            return client.shutdown(Shutdown::Both);
        }
        let whole = !self.happens(rules.truncated, &done.truncated);
        client.write_all(&answer[..if whole { answer.len() } else { answer.len() / 2 }])
    }

    /// The status and more headers for a request that does not get through.
    fn refusal(&self, request: &Request) -> Option<(&'static str, String)> {
        let (rules, done) = (&self.rules, &self.done);
        let is_login = |login: &String| request.header("authorization") == Some(login);
        if rules.login.as_ref().is_some_and(|login| !is_login(login)) {
            done.refused.fetch_add(1, Ordering::Relaxed);
            return Some(("401 Unauthorized", "WWW-Authenticate: Basic realm=\"tests\"\r\n".to_owned()));
        }
        if rules.is_read_only && request.writes() {
            done.refused.fetch_add(1, Ordering::Relaxed);
            return Some(("403 Forbidden", String::new()));
        }
        let is_busy = self.happens(rules.busy, &done.busy);
        is_busy.then(|| ("429 Too Many Requests", format!("Retry-After: {}\r\n", rules.retry_after)))
    }
}

struct Request {
    head: String,
    body: Vec<u8>,
}

impl Request {
    fn read(client: &mut TcpStream) -> std::io::Result<Self> {
        client.set_read_timeout(Some(Duration::from_secs(60)))?;
        let mut bytes = Vec::new();
        let mut byte = [0];
        while !bytes.ends_with(b"\r\n\r\n") {
            client.read_exact(&mut byte)?;
            bytes.push(byte[0]);
        }
        let mut request = Self { head: String::from_utf8_lossy(&bytes).into_owned(), body: Vec::new() };
        // Chunks are not understood; without a length, there is no body.
        if request.header("transfer-encoding").is_some() {
            return Err(std::io::Error::other("a request in chunks"));
        }
        let length = request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        request.body = vec![0; length];
        client.read_exact(&mut request.body)?;
        Ok(request)
    }

    fn header(&self, name: &str) -> Option<&str> {
        let of = |line: &'_ str| line.split_once(": ").is_some_and(|(key, _)| key.eq_ignore_ascii_case(name));
        self.head.lines().find(|line| of(line)).and_then(|line| Some(line.split_once(": ")?.1))
    }

    /// Whether it changes anything: what a role that may only read must not send.
    fn writes(&self) -> bool {
        let mut words = self.head.split(' ');
        let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let path = path.split('?').next().unwrap_or_default();
        let is_search = path.split('/').any(|part| part == "_search" || part == "_count" || part == "_msearch");
        !(is_search || method == "GET" || method == "HEAD")
    }

    /// What the node answers to it, whole.
    fn forward(&self, node: u16) -> std::io::Result<Vec<u8>> {
        let mut node = TcpStream::connect(("127.0.0.1", node))?;
        node.set_read_timeout(Some(Duration::from_secs(120)))?;
        let kept = self.head.trim_end().lines().filter(|line| !line.to_ascii_lowercase().starts_with("connection:"));
        let mut head = kept.collect::<Vec<_>>().join("\r\n");
        head.push_str("\r\nConnection: close\r\n\r\n");
        node.write_all(head.as_bytes())?;
        node.write_all(&self.body)?;
        let mut answer = Vec::new();
        node.read_to_end(&mut answer)?;
        Ok(answer)
    }
}
