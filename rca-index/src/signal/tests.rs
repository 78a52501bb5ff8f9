//! Signals as a whole: what is understood of each kind of paste, and that any text is read in linear work.

use std::path::Path;

use proptest::prelude::*;

use super::*;

/// The text, and its weight, of every part of a signal.
fn parts(signal: &Signal) -> Vec<&Part> {
    let labels = signal.labels.iter().map(|label| &label.value);
    let lists = [&signal.names, &signal.errors, &signal.services, &signal.text, &signal.runbooks];
    lists.into_iter().flatten().chain(labels).collect()
}

fn texts(parts: &[Part]) -> Vec<&str> {
    parts.iter().map(|part| part.text.as_str()).collect()
}

/// Whether a word is one that no other incident has.
fn is_noise(word: &str) -> bool {
    let is_hex = |text: &str| text.bytes().all(|b| b.is_ascii_hexdigit());
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    word.contains("://")
        || word.starts_with("0x")
        || word.len() >= 16 && is_hex(word)
        || word.split('-').map(str::len).eq([8, 4, 4, 4, 12])
        || word.split('.').count() == 4 && word.split('.').all(|part| part.parse::<u8>().is_ok())
        || word.len() >= 8 && word.len() == digits
        || matches!(word, "fingerprint" | "generatorURL" | "receiver" | "P1")
}

/// The judged pastes of the corpus: id, kind, text.
fn corpus() -> Vec<(String, String, String)> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus/queries/seen/pastes.jsonl");
    let Ok(text) = std::fs::read_to_string(&file) else {
        println!("skipped: {} is missing", file.display());
        return Vec::new();
    };
    let field = |row: &serde_json::Value, key: &str| row[key].as_str().unwrap().to_owned();
    let rows = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    rows.map(|row| (field(&row, "id"), field(&row, "kind"), field(&row, "text"))).collect()
}

#[test]
fn every_paste_of_the_corpus_is_of_its_kind_and_without_noise() {
    for (id, kind, text) in corpus() {
        let signal = Signal::read(&text);
        assert_eq!(signal.kind.name(), kind, "{id}");
        assert!(!signal.text.is_empty(), "{id}: {signal:?}");
        for part in parts(&signal).into_iter().filter(|part| !signal.runbooks.contains(part)) {
            let noise: Vec<&str> = part.text.split(' ').filter(|word| is_noise(word)).collect();
            assert!(noise.is_empty(), "{id}: {noise:?} in {part:?}");
        }
    }
}

#[test]
fn parts_have_places_in_the_input() {
    let check = |text: &str| {
        for part in parts(&Signal::read(text)) {
            let before = text.get(..part.range.start).unwrap();
            assert!(text.get(part.range.clone()).is_some(), "{part:?}");
            assert_eq!(part.line as usize, 1 + before.matches('\n').count(), "{part:?}");
        }
    };
    for (_, _, text) in corpus() {
        check(&text);
        // As it is cut by a terminal.
        for length in (0..text.len()).step_by(397).filter(|&length| text.is_char_boundary(length)) {
            check(&text[..length]);
        }
    }
    let text = "a line\n{\"message\": \"disk full\",\n \"service\": \"log-collector\"}\n";
    let signal = Signal::read(text);
    assert_eq!(&text[signal.services[0].range.clone()], "log-collector");
    assert_eq!(
        signal.text.iter().map(|part| (&text[part.range.clone()], part.line)).collect::<Vec<_>>(),
        [("a line", 1), ("disk full", 2)]
    );
}

#[test]
fn several_alerts_are_one_signal_of_those_that_fire() {
    let alert = |name: &str, status: &str, time: &str| {
        format!(
            r#"{{"status": "{status}", "labels": {{"alertname": "{name}", "job": "node"}}, "startsAt": "{time}",
                "annotations": {{"summary": "{name} is bad"}}}}"#
        )
    };
    let payload = |alerts: &[String]| format!(r#"{{"receiver": "x", "alerts": [{}]}}"#, alerts.join(","));
    let firing = alert("DiskFull", "firing", "2026-03-02T10:00:00Z");
    let earlier = alert("DiskFull", "firing", "2026-03-02T09:00:00Z");
    let resolved = alert("QueueLong", "resolved", "2026-03-01T09:00:00Z");
    let signal = Signal::read(&payload(&[firing, earlier, resolved.clone()]));
    assert_eq!((texts(&signal.names), texts(&signal.text)), (vec!["DiskFull"], vec!["DiskFull is bad"]));
    assert_eq!(signal.at.map(|at| at.to_string()).as_deref(), Some("2026-03-02T09:00:00Z"));
    // Who scraped is no label, and if none fires, all count.
    assert_eq!(signal.labels, []);
    assert_eq!(texts(&Signal::read(&payload(&[resolved])).names), ["QueueLong"]);
}

#[test]
fn resolved_alerts_of_a_chat_message_are_left_out() {
    let text = "[FIRING:1] DiskFull (edge page)\n - alertname = DiskFull\n - summary = disk full\n\n\
                [RESOLVED] QueueLong (edge page)\n - summary = queue is long\n";
    let signal = Signal::read(text);
    assert_eq!((texts(&signal.names), texts(&signal.text)), (vec!["DiskFull"], vec!["disk full"]));
    assert_eq!(texts(&Signal::read("[RESOLVED] QueueLong (edge page)").names), ["QueueLong"]);
}

#[test]
fn json_is_read_by_the_names_of_its_keys() {
    let signal = Signal::read(
        r#"{"app": "edge", "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736", "error": {"type": "TimeoutError", "message": "no answer"},
            "status": 503, "url": "https://edge.example/x", "queue": "orders", "stack": "TimeoutError: no answer\n    at send (/srv/send.js:3:1)"}"#,
    );
    assert_eq!(signal.kind, SignalKind::Json);
    assert_eq!((texts(&signal.services), texts(&signal.errors)), (vec!["edge"], vec!["TimeoutError"]));
    assert_eq!(texts(&signal.text), ["no answer", "status 503", "TimeoutError no answer", "send"]);
    assert_eq!(signal.labels.iter().map(|label| label.name.as_str()).collect::<Vec<_>>(), ["queue"]);
}

#[test]
fn services_and_tags_stand_in_objects_and_lists() {
    let signal = Signal::read(
        r#"{"service": {"id": "PN49J75", "name": "log-collector"}, "tags": "env:prod,service:edge", "title": "[P1] disk full"}"#,
    );
    assert_eq!((texts(&signal.services), texts(&signal.text)), (vec!["log-collector", "edge"], vec!["disk full"]));
}

#[test]
fn text_around_json_is_read_too() {
    let signal = Signal::read("from the edge team\n{\"msg\": \"disk full\"}\n[main] {no json\nlast words");
    assert_eq!(texts(&signal.text), ["from the edge team", "disk full", "main no json", "last words"]);
}

#[test]
fn broken_json_is_text() {
    let whole = r#"{"alerts": [{"status": "firing", "labels": {"alertname": "DiskFull", "service": "edge"}, "fingerprint": "a3f1c2b49d0e8877"#;
    let signal = Signal::read(whole);
    assert_eq!((signal.kind, texts(&signal.services)), (SignalKind::Text, vec!["edge"]));
    assert_eq!(texts(&signal.names), ["DiskFull"]);
    assert_eq!((texts(&signal.text), signal.labels.len()), (Vec::<&str>::new(), 0));
    assert_eq!(Signal::read("{disk} full").kind, SignalKind::Text);
}

#[test]
fn json_in_a_string_is_read_once() {
    let alarm = r#"{"AlarmName": "disk-full", "NewStateValue": "ALARM", "AlarmDescription": "disk is full"}"#;
    let notification = |message: &str| {
        serde_json::json!({"Type": "Notification", "TopicArn": "arn:aws:sns:x", "Message": message}).to_string()
    };
    let signal = Signal::read(&notification(alarm));
    assert_eq!((texts(&signal.names), texts(&signal.text)), (vec!["disk-full"], vec!["disk is full"]));
    assert_eq!(texts(&Signal::read(&notification("the disk is full")).text), ["the disk is full"]);
    let mut nested = notification(alarm);
    (0..8).for_each(|_| nested = notification(&nested));
    assert_eq!(Signal::read(&nested).kind, SignalKind::CloudWatch);
}

#[test]
fn what_is_not_read_is_said() {
    let deep = format!("{{\"msg\": \"disk full\", \"a\": {}{}}}", "[".repeat(100), "]".repeat(100));
    let signal = Signal::read(&deep);
    assert_eq!((texts(&signal.text), signal.unread[0].reason), (vec!["disk full"], UnreadReason::TooDeep));
    let long = format!("disk full\n{}", "é".repeat(MAX_SIGNAL_BYTES));
    let signal = Signal::read(&long);
    assert_eq!(signal.unread, [Unread { range: MAX_SIGNAL_BYTES..long.len(), reason: UnreadReason::TooLong }]);
    assert_eq!(Signal::read("disk full").unread, []);
}

#[test]
fn what_a_person_types_is_text() {
    let signal = Signal::read("the queue of inventory-api is growing");
    assert_eq!((signal.kind, texts(&signal.text)), (SignalKind::Text, vec!["the queue of inventory-api is growing"]));
    assert_eq!(Signal::read("").text, []);
    assert_eq!(texts(&Signal::read("検索インデックスの更新が遅い").text), ["検索インデックスの更新が遅い"]);
}

/// What stands before, what is repeated, what stands behind.
const SHAPES: &[(&str, &str, &str)] = &[
    ("", "{", ""),
    ("", "{\"a\":[\n", ""),
    ("", "{\"a\":", "}"),
    ("", "[{\n", ""),
    ("", "{}\n", ""),
    ("", "{\"a\":\"b\"}\n", ""),
    ("{\"a\":\"", "\\n", "\"}"),
    ("{\"a\":\"", "\\\"", "\"}"),
    ("{\"alerts\":[", "{\"labels\":{\"alertname\":\"a\"}},", "{}]}"),
    ("{\"alerts\":[{\"labels\":{", "\"a\":\"b\",", "\"c\":\"d\"}}]}"),
    ("", "a=b ", ""),
    ("", "a=", ""),
    ("", "a=\"b ", ""),
    ("", "\"a\": ", ""),
    ("", "\"", ""),
    ("", "\\\"", ""),
    ("", "a", ""),
    ("", "a-", ""),
    ("", "a:", ""),
    ("", "1", ""),
    ("", "1-", ""),
    ("", "1:1:1:", ""),
    ("", "1.1.", ""),
    ("", "https://", ""),
    ("", "[a](b", ""),
    ("", "](", ""),
    ("", "[a](", ")"),
    ("", "at ", ""),
    ("", "at a.b(C.java:1)\n", ""),
    ("", "(", ")"),
    ("", "a.b(", "\n\t/a.go:1"),
    ("", "File \"a\", line 1, in b\n", ""),
    ("", "  1: a::b\n", ""),
    ("", "Caused by: ", ""),
    ("", "[FIRING:1] A (b)\n", ""),
    ("", "- a = b\n", ""),
    ("", "<1>", ""),
    ("", "Jan 1 10:00:00 a b: c\n", ""),
    ("", "10:00:00 ", ""),
    ("", "@", ""),
    ("", "é", ""),
    ("", "影響 ", ""),
    ("", "\n", ""),
    ("", "\r", ""),
];

/// Work is counted in the bytes that readers look at.
#[test]
fn work_grows_with_the_size() {
    for &(before, repeated, behind) in SHAPES {
        let work =
            |size: usize| read(&format!("{before}{}{behind}", repeated.repeat(size / repeated.len())), None).work;
        let (once, twice) = (work(8_000), work(16_000));
        assert!(twice <= 2 * once + 2_000 && twice <= 40 * 16_000, "{repeated}: {once} {twice}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read(text in "(\\PC|[\\n{}\\[\\]\":=,\\\\@]|at |\\(|\"a\":|10:00:00 |\\[FIRING:1\\] | - a = ){0,60}") {
        let signal = Signal::read(&text);
        for part in parts(&signal) {
            prop_assert!(text.get(part.range.clone()).is_some(), "{part:?}");
            prop_assert!(!part.text.is_empty() && part.weight > 0.0, "{part:?}");
        }
    }
}
