//! Requests to a cluster, over HTTP.
//!
//! In: a method, a path and a body. Out: the cluster's answer as JSON, or a typed error after some tries. Nothing that comes from a
//! cluster is trusted: answers have a limit, texts are cut and cleaned, redirects are not followed. Secrets go only into the header
//! of a request.

use std::fmt;
use std::io::{self, Read as _, Write as _};
use std::sync::Arc;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use ureq::http::{HeaderMap, Request, Response};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, TlsProvider, parse_pem};

use crate::engine::opensearch::answer::{self, Answer};
use crate::engine::opensearch::login::Login;
use crate::engine::opensearch::nodes::{Node, Nodes};
use crate::engine::opensearch::retry::{Retries, retry_after};
use crate::engine::opensearch::settings::ClusterSettings;
use crate::error::{Error, Result};

/// The longest answer that is read, in bytes, unpacked.
const MAX_ANSWER: u64 = 128 << 20;
/// How long connecting to a node may take; whoever takes longer is not there.
const CONNECT: Duration = Duration::from_secs(10);
/// What the client calls itself.
const USER_AGENT: &str = concat!("rca/", env!("CARGO_PKG_VERSION"));
/// A body from this size on is sent packed.
const PACKED_FROM: usize = 1 << 10;
/// What need not be encoded in a segment of a path.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// What is done with a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Get,
    Head,
    Post,
    Put,
    Delete,
}

impl Method {
    fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// What is sent.
#[derive(Debug, Clone, Copy)]
pub(super) enum Body<'a> {
    None,
    Json(&'a Value),
    /// The same, and what is answered is packed already: to pack it again takes a cluster longer than to send it.
    JsonForPacked(&'a Value),
    /// One JSON document a line, the last one ended too.
    Lines(&'a [u8]),
}

/// A connection to a cluster. Threads may share it.
pub(super) struct Client {
    agent: ureq::Agent,
    nodes: Nodes,
    login: Option<Login>,
    max_answer: u64,
    /// Waits; the tests note how long.
    pause: Box<dyn Fn(Duration) + Send + Sync>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("nodes", &self.nodes).finish_non_exhaustive()
    }
}

/// Why a try failed.
enum Failed {
    /// Another try may do, perhaps at another node; so long after, if the node said.
    Busy { reason: String, after: Option<Duration> },
    /// The node cannot be reached, or broke off.
    Broken { reason: String },
    /// Trying again does not help.
    Final(Error),
}

impl Client {
    /// Makes a client; nothing is connected yet.
    ///
    /// # Errors
    /// [`Error::ClusterSettings`] if the certificates are not valid, or a secret cannot be sent.
    pub(super) fn new(settings: &ClusterSettings) -> Result<Self> {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            // Proxies are in the environment, which the library does not read.
            .proxy(None)
            .user_agent(USER_AGENT)
            .timeout_connect(Some(CONNECT.min(settings.timeout)))
            .timeout_global(Some(settings.timeout))
            .max_idle_age(Duration::from_secs(10));
        let is_tls = settings.addresses.iter().any(super::address::Address::is_tls);
        let config = if is_tls { config.tls_config(tls(settings.ca.as_deref())?) } else { config };
        Ok(Self {
            agent: config.build().new_agent(),
            nodes: Nodes::new(&settings.addresses),
            login: settings.auth.as_ref().map(Login::new).transpose()?,
            max_answer: MAX_ANSWER,
            pause: Box::new(std::thread::sleep),
        })
    }

    /// Sends a request: to the next node after a time-out or a broken connection, and again after a while if the cluster is too busy
    /// (429, 502, 503, 504). A request may thus arrive twice. Success, 400, 404 and 409 are answers; all else is an error.
    ///
    /// # Errors
    /// [`Error::Remote`], [`Error::Unauthorized`], [`Error::Unavailable`].
    pub(super) fn send(&self, method: Method, path: &str, body: Body<'_>) -> Result<Answer> {
        let body = Encoded::new(body).map_err(|error| Error::Unavailable {
            address: self.nodes.first().to_string(),
            reason: format!("the request cannot be packed: {error}"),
        })?;
        let mut retries = Retries::default();
        loop {
            let node = self.nodes.next();
            let (reason, after) = match self.try_once(node, method, path, &body) {
                Ok(answer) => return Ok(answer),
                Err(Failed::Final(error)) => return Err(error),
                Err(Failed::Busy { reason, after }) => {
                    self.nodes.answered(node);
                    self.nodes.rotate();
                    (reason, after)
                }
                Err(Failed::Broken { reason }) => {
                    // Another node may be there at once.
                    if self.nodes.failed(node) && retries.at_once() {
                        continue;
                    }
                    (reason, None)
                }
            };
            match retries.pause(after, self.nodes.ever_answered()) {
                Some(pause) => (self.pause)(pause),
                None => return Err(Error::Unavailable { address: node.to_string(), reason }),
            }
        }
    }

    fn try_once(&self, node: &Node, method: Method, path: &str, body: &Encoded) -> Result<Answer, Failed> {
        let mut request = Request::builder().method(method.name()).uri(format!("{node}{path}"));
        request = request.header("accept", "application/json");
        if let Some(login) = &self.login {
            request = request.header("authorization", login.header());
        }
        let response = match body {
            // Else the client would send an empty body in chunks, which some gateways refuse or wait for.
            Encoded::None if matches!(method, Method::Post | Method::Put) => {
                request.body(&b""[..]).map(|request| self.agent.run(request))
            }
            Encoded::None => request.body(()).map(|request| self.agent.run(request)),
            Encoded::Bytes { bytes, kind, is_packed, as_is } => {
                request = request.header("content-type", *kind);
                if *as_is {
                    request = request.header("accept-encoding", "identity");
                }
                if *is_packed {
                    request = request.header("content-encoding", "gzip");
                }
                request.body(&bytes[..]).map(|request| self.agent.run(request))
            }
        };
        let response = response.map_err(|error| {
            let reason = format!("the request cannot be made: {error}");
            Failed::Final(Error::Unavailable { address: node.to_string(), reason })
        })?;
        let response = response.map_err(|error| self.failure(node, &error))?;
        self.read(node, response)
    }

    /// Reads an answer.
    fn read(&self, node: &Node, response: Response<ureq::Body>) -> Result<Answer, Failed> {
        let (head, mut body) = response.into_parts();
        let status = head.status.as_u16();
        if status == 401 {
            return Err(Failed::Final(Error::Unauthorized { address: node.to_string(), status }));
        }
        let remote = |reason: String| Failed::Final(Error::Remote { address: node.to_string(), status, reason });
        let too_large = || remote(format!("the answer is larger than {} MB", self.max_answer >> 20));
        if body.content_length().is_some_and(|length| length > self.max_answer) {
            return Err(too_large());
        }
        let mut bytes = Vec::new();
        let limited = body.with_config().limit(u64::MAX).reader().take(self.max_answer + 1).read_to_end(&mut bytes);
        limited.map_err(|error| self.failure(node, &ureq::Error::from(error)))?;
        if bytes.len() as u64 > self.max_answer {
            return Err(too_large());
        }
        self.nodes.answered(node);
        match status {
            200..=299 | 400 | 404 | 409 => self.parsed(status, &bytes, remote),
            429 | 502..=504 => Err(self.busy(status, &head.headers, &bytes)),
            // A block of the index is told so as well, for one on a full disk.
            403 if !answer::is_block(&bytes) => {
                Err(Failed::Final(Error::Unauthorized { address: node.to_string(), status }))
            }
            300..=399 => {
                let to = head
                    .headers
                    .get("location")
                    .map_or_else(String::new, |to| self.told(&String::from_utf8_lossy(to.as_bytes())));
                Err(remote(format!("a redirect, which is not followed: {to}")))
            }
            _ => Err(remote(self.told(&answer::reason(&bytes)))),
        }
    }

    fn parsed(&self, status: u16, bytes: &[u8], remote: impl Fn(String) -> Failed) -> Result<Answer, Failed> {
        if bytes.is_empty() {
            return Ok(Answer { status, body: Value::Null });
        }
        match serde_json::from_slice(bytes) {
            Ok(body) => Ok(Answer { status, body }),
            // Some proxies end an answer early, and say that this was all.
            Err(error) if error.is_eof() => Err(Failed::Broken { reason: "the answer ends early".to_owned() }),
            Err(_) => Err(remote(format!("not JSON: {}", self.told(&answer::reason(bytes))))),
        }
    }

    fn busy(&self, status: u16, headers: &HeaderMap, bytes: &[u8]) -> Failed {
        let after = headers.get("retry-after").and_then(|after| after.to_str().ok()).and_then(retry_after);
        let reason = self.told(&answer::reason(bytes));
        let reason =
            if reason.is_empty() { format!("it answered {status}") } else { format!("it answered {status}: {reason}") };
        Failed::Busy { reason, after }
    }

    /// What a text from a cluster may say: no secret, though a proxy may echo the header of a request.
    fn told(&self, text: &str) -> String {
        let text = self.login.as_ref().map_or_else(|| text.to_owned(), |login| login.hide(text));
        answer::cleaned(&text)
    }

    /// What the failure of a connection means.
    fn failure(&self, node: &Node, error: &ureq::Error) -> Failed {
        if let Some(reason) = tls_reason(error) {
            let reason = self.told(&format!("TLS: {reason}"));
            return Failed::Final(Error::Unavailable { address: node.to_string(), reason });
        }
        let reason = match error {
            ureq::Error::Timeout(_) => "time-out".to_owned(),
            ureq::Error::HostNotFound => "host not found".to_owned(),
            ureq::Error::Io(error) => io_reason(error),
            _ => error.to_string(),
        };
        Failed::Broken { reason: self.told(&reason) }
    }
}

/// A segment of a path, encoded: an id with `/` in it is one segment.
pub(super) fn segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// Why a connection is not secure, if that is what failed. Another try would find the same certificate.
fn tls_reason(error: &ureq::Error) -> Option<String> {
    match error {
        ureq::Error::Rustls(error) => Some(error.to_string()),
        ureq::Error::Tls(reason) => Some((*reason).to_owned()),
        ureq::Error::Io(error) => error.get_ref()?.downcast_ref::<rustls::Error>().map(ToString::to_string),
        _ => None,
    }
}

fn io_reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "connection refused".to_owned(),
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => {
            "the connection broke off".to_owned()
        }
        _ => error.to_string(),
    }
}

/// A body as it is sent, once for all tries.
enum Encoded {
    None,
    Bytes {
        bytes: Vec<u8>,
        kind: &'static str,
        is_packed: bool,
        /// Whether the answer is wanted as it is.
        as_is: bool,
    },
}

impl Encoded {
    fn new(body: Body<'_>) -> io::Result<Self> {
        let as_is = matches!(body, Body::JsonForPacked(_));
        let (bytes, kind) = match body {
            Body::None => return Ok(Self::None),
            Body::Json(value) | Body::JsonForPacked(value) => (serde_json::to_vec(value)?, "application/json"),
            Body::Lines(lines) => (lines.to_vec(), "application/x-ndjson"),
        };
        if bytes.len() < PACKED_FROM {
            return Ok(Self::Bytes { bytes, kind, is_packed: false, as_is });
        }
        let mut packed = GzEncoder::new(Vec::with_capacity(bytes.len() / 4), Compression::fast());
        packed.write_all(&bytes)?;
        Ok(Self::Bytes { bytes: packed.finish()?, kind, is_packed: true, as_is })
    }
}

/// TLS with these certificates, or with those that the system trusts; always verified.
fn tls(ca: Option<&[u8]>) -> Result<TlsConfig> {
    let invalid = |reason: &str| Error::ClusterSettings { reason: reason.to_owned() };
    let roots: Vec<Certificate<'static>> = match ca {
        Some(pem) => {
            let items: std::result::Result<Vec<_>, _> = parse_pem(pem).collect();
            let items = items.map_err(|_| invalid("the certificates of the cluster's CA are not PEM"))?;
            items
                .into_iter()
                .filter_map(|item| if let PemItem::Certificate(one) = item { Some(one) } else { None })
                .collect()
        }
        None => {
            let found = rustls_native_certs::load_native_certs().certs;
            found.iter().map(|der| Certificate::from_der(der).to_owned()).collect()
        }
    };
    if roots.is_empty() {
        return Err(invalid(match ca {
            Some(_) => "the file of the cluster's CA has no certificate in it",
            None => "this system has no certificates of authorities; name the cluster's CA in the settings",
        }));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = TlsConfig::builder().provider(TlsProvider::Rustls).unversioned_rustls_crypto_provider(provider);
    Ok(config.root_certs(RootCerts::from(roots.into_iter())).build())
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tls_tests;
