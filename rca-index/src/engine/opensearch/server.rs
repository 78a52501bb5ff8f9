//! A server of the tests: answers as a script says, one request a connection, and keeps what it was sent.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::thread;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

/// What the server does with a request.
#[derive(Debug, Clone)]
pub(super) enum Act {
    /// Answers with a status, more headers, and a body.
    Answer(u16, &'static str, String),
    /// Answers with a body that is packed.
    Packed(u16, String),
    /// Ends the connection without a word.
    Drop,
    /// Says that so many bytes follow, sends these, and ends the connection.
    Short(usize, &'static str),
    /// Sends zeros until nobody reads them, as one answer; packed if so.
    Endless { packed: bool },
    /// Never answers.
    Silence,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) head: String,
    /// Unpacked.
    pub(super) body: Vec<u8>,
}

/// A server, until it is dropped.
pub(super) struct Server {
    pub(super) address: String,
    seen: Receiver<Seen>,
}

impl Server {
    /// Answers the requests that come with these acts, the last one again and again.
    pub(super) fn start(script: Vec<Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (sender, seen) = mpsc::channel();
        let script = Arc::new(Mutex::new(script));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (Ok(stream), script, sender) = (stream, Arc::clone(&script), sender.clone()) else { return };
                thread::spawn(move || {
                    let mut stream = stream;
                    let Some(request) = read_request(&mut stream) else { return };
                    let act = {
                        let mut script = script.lock().unwrap();
                        if script.len() > 1 { script.remove(0) } else { script[0].clone() }
                    };
                    if sender.send(request).is_ok() {
                        perform(&mut stream, &act);
                    }
                });
            }
        });
        Self { address, seen }
    }

    /// Answers all requests with this status and body.
    pub(super) fn always(status: u16, body: &str) -> Self {
        Self::start(vec![Act::Answer(status, "", body.to_owned())])
    }

    /// The requests since the last call.
    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.try_iter().collect()
    }
}

/// Reads one request.
pub(super) fn read_request(stream: &mut impl Read) -> Option<Seen> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).ok()?.to_lowercase();
    let header =
        |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).map(|value| value.trim().to_owned());
    let length = header("content-length:").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    if header("content-encoding:").is_some_and(|kind| kind == "gzip") {
        let mut unpacked = Vec::new();
        GzDecoder::new(&body[..]).read_to_end(&mut unpacked).ok()?;
        body = unpacked;
    }
    Some(Seen { head, body })
}

/// The answer to a request, with its head.
pub(super) fn answer(status: u16, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let mut bytes =
        format!("HTTP/1.1 {status} Status\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n")
            .into_bytes();
    bytes.extend(body);
    bytes
}

fn perform(stream: &mut TcpStream, act: &Act) {
    // The client may have enough before the end.
    let _ = match act {
        Act::Answer(status, headers, body) => stream.write_all(&answer(*status, headers, body.as_bytes())),
        Act::Packed(status, body) => {
            let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
            packed.write_all(body.as_bytes()).unwrap();
            stream.write_all(&answer(*status, "content-encoding: gzip\r\n", &packed.finish().unwrap()))
        }
        Act::Drop => Ok(()),
        Act::Short(length, body) => {
            write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}")
        }
        Act::Endless { packed: false } => {
            write!(stream, "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").and_then(|()| endless(stream))
        }
        Act::Endless { packed: true } => {
            let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-encoding: gzip\r\n\r\n";
            stream.write_all(head.as_bytes()).and_then(|()| endless(&mut GzEncoder::new(stream, Compression::fast())))
        }
        Act::Silence => stream.read(&mut [0]).map(drop),
    };
}

/// A gigabyte of zeros.
fn endless(to: &mut impl Write) -> std::io::Result<()> {
    let zeros = vec![b'0'; 1 << 16];
    (0..1 << 14).try_for_each(|_| to.write_all(&zeros))
}
