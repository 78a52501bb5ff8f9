//! TLS, with certificates that are made for the test.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;

use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::*;
use crate::engine::opensearch::server::{answer, read_request};

/// Makes a CA, and a certificate that it signed for this name, in a folder. Whether it could: that takes openssl.
fn make_certificates(folder: &Path, name: &str) -> bool {
    let openssl = |arguments: &str| {
        let words = arguments.split(' ').filter(|word| !word.is_empty());
        let run = Command::new("openssl").args(words).current_dir(folder).stderr(Stdio::null()).status();
        run.is_ok_and(|status| status.success())
    };
    std::fs::write(folder.join("san"), format!("subjectAltName={name}\nbasicConstraints=CA:FALSE\n")).unwrap();
    openssl("req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 3650 -subj /CN=ca")
        && openssl("req -newkey rsa:2048 -nodes -keyout key.pem -out node.csr -subj /CN=node")
        && openssl(
            "x509 -req -in node.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 3650 -out node.pem -extfile san",
        )
}

fn pem(path: &Path) -> Vec<Vec<u8>> {
    let text = std::fs::read(path).unwrap();
    let items = parse_pem(&text).map(|item| match item.unwrap() {
        PemItem::Certificate(one) => one.der().to_vec(),
        PemItem::PrivateKey(one) => one.der().to_vec(),
        _ => Vec::new(),
    });
    items.collect()
}

/// Answers every request over TLS with `{}`. The port.
fn serve(folder: &Path) -> u16 {
    let chain = pem(&folder.join("node.pem")).into_iter().map(CertificateDer::from).collect();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(pem(&folder.join("key.pem")).remove(0)));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(config.with_no_client_auth().with_single_cert(chain, key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = StreamOwned::new(connection, stream.unwrap());
            // A client that does not trust it breaks off.
            if read_request(&mut stream).is_some() {
                stream.write_all(&answer(200, "", b"{}")).unwrap();
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
        }
    });
    port
}

/// One request; the waits are none, so that a second try would show.
fn ask(settings: &ClusterSettings) -> Result<u16, String> {
    let mut client = Client::new(settings).map_err(|error| error.to_string())?;
    client.pause = Box::new(|_| panic!("a certificate does not get better"));
    client.send(Method::Get, "/", Body::None).map(|answer| answer.status).map_err(|error| error.to_string())
}

#[test]
fn certificates_are_verified() {
    let (own, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let names = "IP:127.0.0.1";
    if !make_certificates(own.path(), names) || !make_certificates(other.path(), "DNS:elsewhere.example") {
        eprintln!("skipped: certificates cannot be made, openssl is missing");
        return;
    }
    let ca = |folder: &Path| std::fs::read(folder.join("ca.pem")).unwrap();
    let at = |port: u16| ClusterSettings::new(&format!("https://127.0.0.1:{port}/incidents")).unwrap();
    let port = serve(own.path());
    assert_eq!(ask(&at(port).ca(ca(own.path()))), Ok(200));
    let unknown = ask(&at(port).ca(ca(other.path()))).unwrap_err();
    assert!(unknown.contains("TLS: ") && unknown.contains("certificate"), "{unknown}");
    // Signed by the CA, for another name.
    let wrong_name = ask(&at(serve(other.path())).ca(ca(other.path()))).unwrap_err();
    assert!(wrong_name.contains("TLS: ") && wrong_name.contains("not valid for"), "{wrong_name}");
    // Both together still know the first.
    assert_eq!(ask(&at(port).ca([ca(other.path()), ca(own.path())].concat())), Ok(200));
}
