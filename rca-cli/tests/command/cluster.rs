//! Indexes in a cluster: what the command connects to, what it says when that fails, and that an archive has no say in it.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

use super::{Run, Workshop};

/// A server that keeps the heads of all requests and gives each the same answer.
struct Listener {
    address: String,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Listener {
    fn start(status: &'static str, body: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let heads = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&heads);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut head = Vec::new();
                let mut byte = [0];
                // Whoever connects counts, whatever they send.
                kept.lock().unwrap().push(String::new());
                while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
                    head.push(byte[0]);
                }
                *kept.lock().unwrap().last_mut().unwrap() = String::from_utf8_lossy(&head).to_lowercase();
                let length = body.len();
                let _ = write!(
                    stream,
                    "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
                );
            }
        });
        Self { address, heads }
    }

    /// The heads of the requests so far.
    fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

const REFUSED: (&str, &str) = ("401 Unauthorized", r#"{"error":{"type":"security_exception","reason":"no"}}"#);

/// One line on stderr, nothing on stdout.
fn check(run: &Run, code: i32, parts: &[&str]) {
    assert_eq!((run.code, run.stdout.as_str()), (code, ""), "{run:?}");
    for part in parts {
        assert!(run.stderr.contains(part), "`{part}` is missing: {run:?}");
    }
}

/// A configuration of the user, which nobody else can write to.
fn configure(workshop: &Workshop, text: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    workshop.write(".config/rca/config.toml", text);
    let path = workshop.path().join(".config/rca/config.toml");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

#[test]
fn a_hostile_archive_makes_no_connection_and_starts_no_process() {
    let listener = Listener::start(REFUSED.0, REFUSED.1);
    let workshop = Workshop::with_archive();
    let ran = workshop.path().join("ran");
    let (address, ran_text) = (&listener.address, ran.display());
    let hostile = [
        format!("index = \"{address}/steal\"\n"),
        format!("[cluster]\naddresses = [\"{address}\"]\nindex = \"steal\"\n"),
        format!(
            "index = \"{address}/steal\"\n[cluster]\naddresses = [\"{address}\"]\nindex = \"steal\"\nca = \"/etc/passwd\"\n[cluster.auth]\n\
             user = \"x\"\npassword = {{ command = [\"touch\", \"{ran_text}\"] }}\n"
        ),
        format!(
            "cluster.addresses = [\"{address}\"]\ncluster.auth.token.command = [\"sh\", \"-c\", \"touch {ran_text}\"]\n"
        ),
        format!("[[cluster]]\nindex = \"{address}/steal\"\ncommand = \"touch {ran_text}\"\n"),
    ];
    for text in hostile {
        workshop.write("archive/rca.toml", &text);
        for words in [
            &["index"][..],
            &["search", "queue"],
            &["seen", "queue backlog"],
            &["show", "queue"],
            &["similar", "queue"],
            &["facets"],
            &["recurring"],
            &["check"],
            &["doctor"],
        ] {
            let mut command = workshop.command(words);
            // The secrets of the user are there to be had.
            command.current_dir(workshop.path().join("archive")).env("RCA_CLUSTER_TOKEN", "s3cret");
            let run = Run::from(command.output().unwrap());
            assert_eq!(run.code, 0, "{run:?}");
            let Run { stdout, stderr, .. } = run;
            assert!(!(stdout + &stderr).contains(address.as_str()), "{words:?} shows the address");
            // A check needs no index.
            let said = stderr.contains("is ignored: an archive cannot say where its index is");
            assert_eq!(said, words != ["check"], "{words:?}: {stderr}");
        }
        let run = Run::from(
            workshop.command(&["search", "queue"]).current_dir(workshop.path().join("archive")).output().unwrap(),
        );
        assert!(run.stdout.contains("Queue backlog") && run.stderr.contains("rca.toml:1: `"), "{run:?}");
    }
    assert_eq!(listener.heads(), [""; 0]);
    assert!(!ran.exists(), "a command of the archive was run");
}

#[test]
fn the_users_own_choices_do_connect() {
    let workshop = Workshop::with_archive();
    let ask = |variables: &[(&str, &str)], arguments: &[&str]| {
        let mut command = workshop.command(arguments);
        command.envs(variables.iter().copied());
        Run::from(command.output().unwrap())
    };
    let listener = Listener::start(REFUSED.0, REFUSED.1);
    let index = format!("{}/incidents", listener.address);
    let search = ["search", "queue"];
    // The option, the variable, the configuration.
    let run = ask(&[], &["search", "queue", "--index", &index]);
    check(&run, 3, &["does not accept these credentials (401)", "RCA_CLUSTER_USER"]);
    check(&ask(&[("RCA_INDEX", &index)], &search), 3, &["(401)"]);
    configure(&workshop, &format!("[cluster]\naddresses = [\"{}\"]\nindex = \"incidents\"\n", listener.address));
    check(&ask(&[], &search), 3, &["(401)"]);
    assert_eq!(listener.heads().len(), 3);
    assert!(listener.heads().iter().all(|head| !head.contains("authorization")), "{:?}", listener.heads());
    // A folder is still a folder.
    let run = ask(&[], &["search", "queue", "--archive", "archive", "--index", "ix"]);
    assert!(run.stdout.contains("Queue backlog"), "{run:?}");
    assert_eq!(listener.heads().len(), 3);
}

#[test]
fn credentials_are_sent_and_never_shown() {
    let workshop = Workshop::with_archive();
    let listener = Listener::start(
        REFUSED.0,
        r#"{"error":{"type":"x","reason":"you sent Bearer s3cret, cdpzm2nyzxq= and s3cret"}}"#,
    );
    let index = format!("{}/incidents", listener.address);
    let last = |variables: &[(&str, &str)]| {
        let mut command = workshop.command(&["search", "queue", "--index", &index, "--verbose"]);
        command.envs(variables.iter().copied());
        let run = Run::from(command.output().unwrap());
        check(&run, 3, &["(401)"]);
        assert!(!run.stderr.contains("s3cret"), "{run:?}");
        let heads = listener.heads();
        let head = heads.last().unwrap();
        let header = head.lines().find_map(|line| line.strip_prefix("authorization: "));
        header.unwrap_or_default().to_owned()
    };
    assert_eq!(last(&[("RCA_CLUSTER_USER", "r"), ("RCA_CLUSTER_PASSWORD", "s3cret")]), "basic cjpzm2nyzxq=");
    assert_eq!(last(&[("RCA_CLUSTER_API_KEY", "s3cret")]), "apikey s3cret");
    assert_eq!(last(&[("RCA_CLUSTER_TOKEN", "s3cret")]), "bearer s3cret");
    workshop.write("token", "s3cret\n");
    let token = workshop.path().join("token").display().to_string();
    for secret in [format!("{{ file = \"{token}\" }}"), format!("{{ command = [\"/bin/cat\", \"{token}\"] }}")] {
        configure(&workshop, &format!("[cluster]\naddresses = [\"{}\"]\nauth.token = {secret}\n", listener.address));
        assert_eq!(last(&[]), "bearer s3cret");
    }
    // The configuration's secrets go to the configuration's cluster only.
    configure(
        &workshop,
        &format!("[cluster]\naddresses = [\"http://127.0.0.1:1\"]\nauth.token = {{ file = \"{token}\" }}\n"),
    );
    assert_eq!(last(&[]), "");
}

#[test]
fn wrong_addresses_and_credentials_are_errors_of_the_user() {
    let workshop = Workshop::with_archive();
    let with_index = |index: &str| workshop.rca(&["search", "queue", "--index", index]);
    check(&with_index("http://127.0.0.1:1"), 2, &["has no name of an index", "--index https://HOST:PORT/NAME"]);
    check(&with_index("ftp://host/incidents"), 2, &["must begin with https:// or http://"]);
    let run = with_index("https://rca:s3cret@host/incidents");
    check(&run, 2, &["must not contain a user or a password"]);
    assert!(!run.stderr.contains("s3cret"), "{run:?}");
    let mut both = workshop.command(&["search", "queue", "--index", "http://127.0.0.1:1/x"]);
    both.env("RCA_CLUSTER_TOKEN", "s3cret").env("RCA_CLUSTER_API_KEY", "s3cret");
    let run = Run::from(both.output().unwrap());
    check(&run, 2, &["only one of them"]);
    assert!(!run.stderr.contains("s3cret"), "{run:?}");
    configure(&workshop, "[cluster]\nindex = \"incidents\"\n");
    check(&workshop.rca(&["search", "queue"]), 2, &["config.toml: [cluster] has no addresses"]);
    configure(&workshop, "[cluster]\nadresses = []\n");
    check(&workshop.rca(&["search", "queue"]), 2, &["config.toml:2: unknown field `adresses`"]);
}

#[test]
fn a_cluster_that_is_not_there_is_said_soon() {
    let workshop = Workshop::with_archive();
    let run = workshop.rca(&["search", "queue", "--index", "http://127.0.0.1:1/incidents"]);
    check(&run, 3, &["http://127.0.0.1:1: the cluster is not available: connection refused", "check the address"]);
    assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
}

#[test]
fn what_makes_no_sense_in_a_cluster_says_so_without_asking_it() {
    let listener = Listener::start(REFUSED.0, REFUSED.1);
    let workshop = Workshop::with_archive();
    let index = format!("{}/incidents", listener.address);
    for option in ["--repair", "--trust"] {
        let run = workshop.rca(&["doctor", option, "--archive", "archive", "--index", &index]);
        check(&run, 2, &[&format!("{option} is for an index in a folder"), "`rca index --rebuild`"]);
    }
    // Neither does a key that is pressed connect, nor a check, which needs no index.
    let mut completed = workshop.command(&["--", "rca", "show", "q"]);
    completed.env("RCA_COMPLETE", "bash").env("_CLAP_COMPLETE_INDEX", "2").env("RCA_INDEX", &index);
    let run = Run::from(completed.output().unwrap());
    assert_eq!(run.code, 0, "{run:?}");
    let run = workshop.rca(&["check", "archive", "--index", &index]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(listener.heads(), [""; 0]);
}
