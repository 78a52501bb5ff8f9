use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use serde_json::json;

use super::*;
use crate::engine::opensearch::server::{Act, Server};
use crate::engine::opensearch::settings::Auth;

fn settings(address: &str) -> ClusterSettings {
    ClusterSettings::new(&format!("{address}/incidents")).unwrap()
}

/// A client that notes how long it would wait, in place of waiting.
fn client(settings: &ClusterSettings) -> (Client, Arc<Mutex<Vec<Duration>>>) {
    let pauses = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&pauses);
    let mut client = Client::new(settings).unwrap();
    client.pause = Box::new(move |pause| noted.lock().unwrap().push(pause));
    (client, pauses)
}

/// The answer to one request, or the error as text, with how often the client would have waited.
fn asked(settings: &ClusterSettings) -> (Result<Answer, String>, usize) {
    let (client, pauses) = client(settings);
    let answer = client.send(Method::Get, "/_x", Body::None).map_err(|error| error.to_string());
    let waits = pauses.lock().unwrap().len();
    (answer, waits)
}

fn busy(status: u16) -> Act {
    Act::Answer(status, "", r#"{"error":{"type":"rejected_execution","reason":"queue is full"}}"#.into())
}

fn done() -> Act {
    Act::Answer(200, "", r#"{"ok":true}"#.into())
}

#[test]
fn a_request_says_who_asks_and_logs_in() {
    let server = Server::always(200, "{}");
    let settings =
        settings(&server.address).auth(Auth::Basic { user: "Aladdin".into(), password: "open sesame".into() });
    let (client, _) = client(&settings);
    client.send(Method::Put, "/incidents/_doc/1", Body::Json(&json!({"a": 1}))).unwrap();
    let seen = &server.seen()[0];
    assert!(seen.head.starts_with("put /incidents/_doc/1 http/1.1"), "{}", seen.head);
    assert!(seen.head.contains(concat!("user-agent: rca/", env!("CARGO_PKG_VERSION"))), "{}", seen.head);
    assert!(seen.head.contains("authorization: basic qwxhzgrpbjpvcgvuihnlc2ftzq=="), "{}", seen.head);
    assert!(seen.head.contains("content-type: application/json"), "{}", seen.head);
    assert_eq!(seen.body, br#"{"a":1}"#);
}

#[test]
fn a_request_without_a_body_has_a_length_and_no_chunks() {
    for (method, length) in [(Method::Post, true), (Method::Put, true), (Method::Get, false), (Method::Delete, false)] {
        let server = Server::always(200, "{}");
        let (client, _) = client(&settings(&server.address));
        client.send(method, "/incidents/_search/point_in_time", Body::None).unwrap();
        let head = &server.seen()[0].head;
        assert!(!head.contains("transfer-encoding"), "{head}");
        assert_eq!(head.contains("content-length: 0"), length, "{head}");
    }
}

#[test]
fn long_bodies_are_packed_and_packed_answers_are_read() {
    let text = format!("{{\"text\":\"{}\"}}", "x".repeat(50_000));
    let server = Server::start(vec![Act::Packed(200, text.clone())]);
    let lines = "{\"index\":{}}\n".repeat(2_000);
    let (client, _) = client(&settings(&server.address));
    let answer = client.send(Method::Post, "/_bulk", Body::Lines(lines.as_bytes())).unwrap();
    assert_eq!(answer.body.to_string(), text);
    let seen = &server.seen()[0];
    assert!(
        seen.head.contains("content-encoding: gzip") && seen.head.contains("application/x-ndjson"),
        "{}",
        seen.head
    );
    assert_eq!(seen.body, lines.as_bytes());
}

#[test]
fn a_body_may_go_with_any_method() {
    let server = Server::always(200, "{}");
    let (client, _) = client(&settings(&server.address));
    client.send(Method::Delete, "/_search/point_in_time", Body::Json(&json!({"pit_id": ["x"]}))).unwrap();
    assert_eq!(server.seen()[0].body, br#"{"pit_id":["x"]}"#);
}

#[test]
fn refusals_of_a_request_are_answers() {
    for status in [400, 404, 409] {
        let server = Server::always(status, r#"{"status":1}"#);
        let (answer, waits) = asked(&settings(&server.address));
        assert_eq!((answer.unwrap().status, waits, server.seen().len()), (status, 0, 1));
    }
    let server = Server::always(404, "");
    assert_eq!(asked(&settings(&server.address)).0.unwrap().body, Value::Null);
}

#[test]
fn a_storm_of_refusals_is_waited_out() {
    for status in [429, 502, 503, 504] {
        let server = Server::start(vec![busy(status), busy(status), busy(status), done()]);
        let (answer, waits) = asked(&settings(&server.address));
        assert_eq!((answer.unwrap().status, waits, server.seen().len()), (200, 3, 4), "{status}");
    }
}

#[test]
fn an_endless_storm_ends_with_an_error() {
    let server = Server::start(vec![busy(429)]);
    let (answer, waits) = asked(&settings(&server.address));
    let error = answer.unwrap_err();
    assert!(error.contains("not available: it answered 429: rejected_execution: queue is full"), "{error}");
    assert_eq!(server.seen().len(), waits + 1);
}

#[test]
fn what_the_cluster_asks_to_wait_is_waited_but_not_a_day() {
    let later = |header| Act::Answer(429, header, String::new());
    let server = Server::start(vec![later("retry-after: 3\r\n"), later("retry-after: 86400\r\n"), done()]);
    let (client, pauses) = client(&settings(&server.address));
    client.send(Method::Get, "/", Body::None).unwrap();
    assert_eq!(*pauses.lock().unwrap(), [Duration::from_secs(3), Duration::from_secs(30)]);
}

#[test]
fn a_broken_connection_is_tried_again() {
    for broken in [Act::Drop, Act::Short(1_000, "{\"a\":"), Act::Answer(200, "", "{\"took\":1,\"hits\":".into())] {
        let server = Server::start(vec![broken.clone(), done()]);
        let (answer, waits) = asked(&settings(&server.address));
        assert_eq!((answer.unwrap().status, waits, server.seen().len()), (200, 1, 2), "{broken:?}");
    }
}

#[test]
fn a_time_out_is_tried_again() {
    let server = Server::start(vec![Act::Silence, done()]);
    let (answer, waits) = asked(&settings(&server.address).timeout(Duration::from_millis(500)));
    assert_eq!((answer.unwrap().status, waits), (200, 1));
}

#[test]
fn a_node_that_is_not_there_is_left_out() {
    let broken = Server::start(vec![Act::Drop]);
    let server = Server::start(vec![done()]);
    let (client, pauses) = client(&settings(&broken.address).address(&server.address).unwrap());
    for _ in 0..5 {
        client.send(Method::Get, "/", Body::None).unwrap();
    }
    assert_eq!((broken.seen().len(), server.seen().len(), pauses.lock().unwrap().len()), (1, 5, 0));
}

#[test]
fn if_no_node_was_ever_there_nobody_waits_long() {
    // A port that nobody listens at.
    let address = format!("http://{}", TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap());
    let (answer, waits) = asked(&settings(&address));
    let error = answer.unwrap_err();
    assert!(error.contains("not available: connection refused") && error.starts_with(&address), "{error}");
    assert_eq!(waits, 2);
}

#[test]
fn a_wrong_password_is_not_tried_again() {
    for status in [401, 403] {
        let server = Server::always(status, r#"{"error":{"type":"security_exception","reason":"no"}}"#);
        let (answer, waits) = asked(&settings(&server.address).auth(Auth::Bearer("wrong".into())));
        let error = answer.unwrap_err();
        assert!(error.contains(&format!("({status})")) && !error.contains("wrong"), "{error}");
        assert_eq!((waits, server.seen().len()), (0, 1));
    }
}

#[test]
fn a_blocked_index_is_not_a_matter_of_the_password() {
    let body = r#"{"error":{"type":"cluster_block_exception","reason":"index [incidents] blocked by: [FORBIDDEN/5/index read-only (api)];"}}"#;
    let (answer, _) = asked(&settings(&Server::always(403, body).address));
    let error = answer.unwrap_err();
    assert!(
        error.contains("the cluster answered 403: cluster_block_exception: index [incidents] blocked by"),
        "{error}"
    );
}

#[test]
fn an_answer_of_a_gigabyte_is_not_kept() {
    for act in [Act::Endless { packed: false }, Act::Endless { packed: true }, Act::Short(1 << 30, "0")] {
        let server = Server::start(vec![act.clone()]);
        let (mut client, _) = client(&settings(&server.address));
        client.max_answer = 4 << 20;
        let error = client.send(Method::Get, "/", Body::None).unwrap_err().to_string();
        assert!(error.contains("the answer is larger than 4 MB"), "{act:?}: {error}");
    }
}

#[test]
fn a_redirect_is_not_followed() {
    let elsewhere = Server::always(200, "{}");
    let location = format!("location: {}/steal\r\n", elsewhere.address);
    for status in [301, 302, 303, 307, 308] {
        let act = Act::Answer(status, Box::leak(location.clone().into_boxed_str()), String::new());
        let server = Server::start(vec![act]);
        let (answer, _) = asked(&settings(&server.address).auth(Auth::Bearer("t0ken".into())));
        let error = answer.unwrap_err();
        assert!(error.contains("a redirect, which is not followed") && error.contains("/steal"), "{error}");
    }
    assert!(elsewhere.seen().is_empty());
}

#[test]
fn text_of_a_stranger_is_cleaned_and_echoes_no_secret() {
    let echo = format!("\u{1b}[2J your header was Bearer s3cret-t0ken{}", "!".repeat(100_000));
    for body in [echo.clone(), json!({"error": {"type": "x", "reason": echo}}).to_string()] {
        for status in [200, 404, 405, 413, 429, 500, 503] {
            let server = Server::always(status, &body);
            let settings = settings(&server.address).auth(Auth::Bearer("s3cret-t0ken".into()));
            let (Err(error), _) = asked(&settings) else { continue };
            assert!(!error.contains("s3cret") && !error.contains('\u{1b}'), "{status}: {error}");
            assert!(error.chars().count() < 500, "{status}: {} characters", error.chars().count());
        }
    }
}

#[test]
fn what_is_not_json_is_an_error() {
    let server = Server::always(200, "<html>Please log in</html>");
    let error = asked(&settings(&server.address)).0.unwrap_err();
    assert!(error.contains("not JSON: <html>Please log in</html>"), "{error}");
}

#[test]
fn a_client_shows_no_secret() {
    let settings = settings("http://127.0.0.1:1").auth(Auth::ApiKey("s3cret".into()));
    assert!(!format!("{:?}", Client::new(&settings).unwrap()).contains("s3cret"));
}

#[test]
fn a_segment_is_one_segment() {
    assert_eq!(segment("2025/a b?#%@1"), "2025%2Fa%20b%3F%23%25%401");
    assert_eq!(segment("PM-1_a.b~c"), "PM-1_a.b~c");
}

#[test]
fn certificates_must_be_some() {
    for pem in ["", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA"] {
        let settings = settings("https://127.0.0.1:1").ca(pem);
        assert!(matches!(Client::new(&settings), Err(Error::ClusterSettings { .. })), "{pem}");
    }
}
