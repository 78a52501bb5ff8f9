//! Pasted texts of two sizes, as long as monitoring and people make them; the same ones in every run.
//!
//! In: nothing. Out: the payload of a webhook of 4 KB, and 100 KB of log: half in words of generated reports, half in words
//! that few of them have, which take longer.

use std::fmt::Write as _;

use fastrand::Rng;
use serde_json::json;

use crate::generate::{service, words};
use crate::words::{COMPONENTS, SYMPTOMS, Vocabulary};

/// The seed of `rca-bench generate`, so that the archive knows the words.
const SEED: u64 = 1;

/// A text to look for, the name of the work, and the goal in milliseconds.
pub struct Paste {
    pub work: &'static str,
    pub text: String,
    pub most: f64,
}

/// The payload and the log.
pub fn pastes() -> [Paste; 2] {
    [
        Paste { work: "warm search, alert of 4 KB", text: payload(4 * 1024), most: 60.0 },
        Paste { work: "warm search, log of 100 KB", text: log(100 * 1024), most: 150.0 },
    ]
}

/// A webhook of Alertmanager with as many alerts as fit into so many bytes.
fn payload(bytes: usize) -> String {
    let (mut rng, [known, other]) = (Rng::with_seed(SEED), vocabularies());
    let mut alerts = Vec::new();
    loop {
        let name: String = [COMPONENTS, SYMPTOMS].map(|of| capitalized(of[rng.usize(0..of.len())])).concat();
        alerts.push(json!({
            "status": "firing",
            "labels": {
                "alertname": name, "service": service(&mut rng), "severity": "page", "cluster": "eu-west-1",
                "pod": format!("{}-7d9f8c6b5-x2kqj", words(&mut rng, &other, 1)),
            },
            "annotations": {
                "summary": words(&mut rng, &known, 8), "description": words(&mut rng, &other, 20),
                "runbook_url": format!("https://wiki.example/runbooks/{name}"),
            },
            "startsAt": "2026-03-14T02:11:09Z", "endsAt": "0001-01-01T00:00:00Z",
            "fingerprint": format!("{:016x}", rng.u64(..)),
        }));
        let payload = json!({"version": "4", "status": "firing", "receiver": "pager", "alerts": alerts}).to_string();
        if payload.len() >= bytes {
            return payload;
        }
    }
}

/// The lines of a log, no two the same, up to so many bytes.
fn log(bytes: usize) -> String {
    let (mut rng, [known, other]) = (Rng::with_seed(SEED), vocabularies());
    let mut log = String::with_capacity(bytes + 200);
    for second in 0.. {
        if log.len() >= bytes {
            break;
        }
        let level = ["INFO", "WARN", "ERROR"][rng.usize(0..3)];
        let host = format!("{}-{:05x}", service(&mut rng), rng.u32(0..0xF_FFFF));
        let message = [words(&mut rng, &known, 5), words(&mut rng, &other, 5)].join(" ");
        let (hour, minute) = (second / 3_600 % 24, second / 60 % 60);
        // Writing to a string never fails.
        let _ = writeln!(log, "2026-03-14T{hour:02}:{minute:02}:{:02}Z {level} {host} {message}", second % 60);
    }
    log
}

/// The words of generated reports, and others.
fn vocabularies() -> [Vocabulary; 2] {
    [SEED, SEED + 1].map(Vocabulary::new)
}

fn capitalized(words: &str) -> String {
    let word = |word: &str| word[..1].to_uppercase() + &word[1..];
    words.split(' ').map(word).collect()
}

#[cfg(test)]
mod tests {
    use rca_index::signal::{Signal, SignalKind, is_paste};

    use super::*;

    #[test]
    fn they_are_what_they_say() {
        let [payload, log] = pastes();
        for (paste, kind, size) in [(&payload, SignalKind::Alertmanager, 4_096), (&log, SignalKind::Log, 102_400)] {
            assert!((size..size + size / 3).contains(&paste.text.len()), "{}: {}", paste.work, paste.text.len());
            assert!(is_paste(&paste.text));
            assert_eq!(Signal::read(&paste.text).kind, kind);
        }
        assert!(Signal::read(&payload.text).names.len() > 3);
        assert_eq!(pastes().map(|paste| paste.text), [payload.text, log.text], "the same in every run");
    }
}
