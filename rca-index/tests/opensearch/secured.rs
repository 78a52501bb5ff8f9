//! TLS and passwords, by nginx in front of a node. Run by the script `faults`.

use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rca_index::{Auth, ClusterSettings, Error, Index};

use crate::faults::{Reports, check, connect};
use crate::node::nodes;
use crate::update;

#[test]
#[ignore = "a fault; the script `faults` runs it"]
fn fault_tls_and_passwords_by_nginx() {
    let is_there = |tool: &str, arguments: &[&str]| Command::new(tool).args(arguments).output().is_ok();
    if !is_there("nginx", &["-v"]) || !is_there("openssl", &["version"]) {
        println!("skipped: nginx or openssl is missing");
        return;
    }
    let Some(nodes) = nodes(1) else { return };
    let reports = Reports::new(200);
    update(&connect(nodes.settings("tls")), &reports.archive()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let openssl = |arguments: &str| {
        let done = Command::new("openssl").args(arguments.split(' ')).current_dir(&folder).output().unwrap();
        assert!(done.status.success(), "{done:?}");
        String::from_utf8(done.stdout).unwrap()
    };
    for ca in ["ca", "other"] {
        openssl(&format!("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={ca} -keyout {ca}.key -out {ca}.pem"));
    }
    openssl("req -newkey rsa:2048 -nodes -subj /CN=node -keyout node.key -out node.csr");
    fs::write(folder.path().join("san"), "subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n").unwrap();
    openssl("x509 -req -in node.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile san -out node.pem");
    let password = openssl("passwd -apr1 right");
    fs::write(folder.path().join("users"), format!("ada:{password}")).unwrap();
    let here = folder.path().display();
    let node = nodes.port(0);
    let configuration = format!(
        "daemon off; master_process off; error_log {here}/error.log; pid {here}/pid; events {{}}\n\
         http {{ access_log off; client_max_body_size 50m; client_body_temp_path {here}/b; proxy_temp_path {here}/p;\n\
         fastcgi_temp_path {here}/f; uwsgi_temp_path {here}/u; scgi_temp_path {here}/s;\n\
         server {{ listen 127.0.0.1:{port} ssl; ssl_certificate {here}/node.pem; ssl_certificate_key {here}/node.key;\n\
         auth_basic nodes; auth_basic_user_file {here}/users; location / {{ proxy_pass http://127.0.0.1:{node}; }} }} }}\n"
    );
    fs::write(folder.path().join("nginx.conf"), configuration).unwrap();
    let mut nginx =
        Command::new("nginx").arg("-c").arg(folder.path().join("nginx.conf")).stdin(Stdio::null()).spawn().unwrap();
    let result = std::panic::catch_unwind(|| {
        let since = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(since.elapsed() < Duration::from_secs(20), "nginx does not start");
            thread::sleep(Duration::from_millis(100));
        }
        let ca = |name: &str| fs::read(folder.path().join(name)).unwrap();
        let at = |scheme: &str| ClusterSettings::new(&format!("{scheme}://127.0.0.1:{port}/tls")).unwrap();
        let basic = |password: &str| Auth::Basic { user: "ada".into(), password: password.into() };
        let right = connect(at("https").ca(ca("ca.pem")).auth(basic("right")));
        check(&right, &reports);
        update(&right, &reports.archive()).unwrap();
        println!("TLS with its own CA and a password: searched and updated");
        let wrong = [
            ("no password", at("https").ca(ca("ca.pem"))),
            ("a wrong password", at("https").ca(ca("ca.pem")).auth(basic("wr0ng"))),
            ("another CA", at("https").ca(ca("other.pem")).auth(basic("right"))),
            ("the CAs of the system", at("https").auth(basic("right"))),
            ("no TLS", at("http").auth(basic("right"))),
        ];
        for (what, settings) in wrong {
            let error = Index::connect(settings).unwrap_err();
            println!("{what}: {error}");
            let is_login = what.ends_with("password");
            assert_eq!(matches!(error, Error::Unauthorized { status: 401, .. }), is_login, "{error:?}");
            let is_other =
                matches!(error, Error::Unavailable { .. } | Error::Remote { .. } | Error::ClusterSettings { .. });
            assert!(is_login || is_other, "{error:?}");
        }
    });
    let _ = nginx.kill();
    let _ = nginx.wait();
    if let Err(panic) = result {
        std::panic::resume_unwind(panic);
    }
}
