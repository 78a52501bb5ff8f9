//! A journey through the command that is the same on every system: what people see has the system's separators, what
//! formats and the archive hold has `/`. The tests in `command` are more, and need a Unix system.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{MAIN_SEPARATOR_STR, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// A repository with an archive in `docs/incidents`.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        fs::create_dir_all(place.0.path().join(".git")).unwrap();
        place.write("docs/runbooks/orders.md", "# Orders\n");
        place.write(
            "docs/incidents/2025/queue backlog.md",
            "---\ntitle: Queue backlog\ndate: 2025-06-02\nseverity: P2\nservices: [orders]\n---\n\n\
             The queue grew. See [the runbook](../../runbooks/Orders.md), [drive](C:/gone/x.md), \
             [server](//server/share/gone.md) and [a missing one](gone.md).\n",
        );
        place.write("docs/incidents/2024/障害.md", "# Disk full\n\n**Severity:** P9\n\nA queue filled the disk.\n");
        place
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Runs the command in a folder. Returns its exit code, stdout and stderr.
    fn rca_in(&self, folder: &str, arguments: &[&str]) -> (i32, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rca"));
        command.args(arguments).current_dir(self.0.path().join(folder)).stdin(Stdio::null());
        command.env("HOME", self.0.path()).env_remove("XDG_STATE_HOME").env_remove("RCA_TRUST_INDEX");
        command.env_remove("RCA_ARCHIVE").env_remove("RCA_TIMEZONE").env("RCA_PAGER", "").env("NO_COLOR", "1");
        let output = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }

    fn rca(&self, arguments: &[&str]) -> String {
        let (code, stdout, stderr) = self.rca_in(".", arguments);
        assert_eq!(code, 0, "{arguments:?}: {stdout}{stderr}");
        stdout
    }
}

/// A path as this system writes it.
fn native(path: &str) -> String {
    path.replace('/', MAIN_SEPARATOR_STR)
}

fn lines(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines
}

const ARCHIVE: [&str; 2] = ["--archive", "docs/incidents"];

#[test]
fn paths_for_people_are_native_and_those_of_formats_have_slashes() {
    let place = Place::new();
    let search = |more: &[&str]| place.rca(&[&["search", "queue"], &ARCHIVE[..], more].concat());
    let found = search(&["--format", "paths"]);
    assert_eq!(lines(&found), [native("docs/incidents/2024/障害.md"), native("docs/incidents/2025/queue backlog.md")]);
    // What is printed is a file.
    assert!(lines(&found).iter().all(|path| place.0.path().join(path).is_file()));
    assert!(search(&[]).contains(&native("docs/incidents/2025/queue backlog.md:")), "{}", search(&[]));
    let json: Value = serde_json::from_str(&search(&["--format", "json"])).unwrap();
    let paths: Vec<_> = json["hits"].as_array().unwrap().iter().map(|hit| hit["path"].as_str().unwrap()).collect();
    assert_eq!(paths.len(), 2);
    assert!(paths.contains(&"2025/queue backlog.md") && paths.contains(&"2024/障害.md"), "{paths:?}");
    assert!(search(&["--format", "markdown"]).contains("](<docs/incidents/2025/queue backlog.md>)"));
    assert!(place.rca(&[&["show", "2025/queue backlog"], &ARCHIVE[..]].concat()).contains("The queue grew."));
}

#[test]
fn a_check_names_files_as_the_repository_does() {
    let place = Place::new();
    let (code, stdout, stderr) = place.rca_in("docs", &["check", "incidents"]);
    assert_eq!(code, 0, "{stdout}{stderr}");
    assert!(stdout.contains(&native("incidents/2025/queue backlog.md:8: warning: link target `gone.md`")), "{stdout}");
    // Found in another case; on a drive or a server, which are not asked where they would be.
    assert!(!stdout.contains("Orders.md"), "{stdout}");
    let (_, github, _) = place.rca_in("docs", &["check", "incidents", "--format", "github"]);
    assert!(github.contains("file=docs/incidents/2025/queue backlog.md,line=8"), "{github}");
    let (_, sarif, _) = place.rca_in("docs", &["check", "incidents", "--format", "sarif"]);
    assert!(sarif.contains("\"docs/incidents/2025/queue%20backlog.md\""), "{sarif}");
    // A line of a file, by a path of the system.
    let (_, line, _) = place.rca_in("docs", &["check", &native("incidents/2025/queue backlog.md:3")]);
    assert!(!line.contains("gone.md"), "{line}");
    let absolute = place.0.path().join("docs").join("incidents").join("2025").join("queue backlog.md");
    let (_, line, stderr) = place.rca_in("docs", &["check", &format!("{}:8", absolute.display())]);
    assert!(line.contains("gone.md") && !line.contains(r"\\?\"), "{line}{stderr}");
}

#[test]
fn a_baseline_means_the_same_from_any_folder() {
    let place = Place::new();
    place.rca_in(".", &["check", "docs/incidents", "--write-baseline", "docs/known.txt"]);
    let known = fs::read_to_string(place.0.path().join("docs/known.txt")).unwrap();
    assert!(known.contains("incidents/2025/queue backlog.md\t") && !known.contains('\\'), "{known}");
    for (folder, archive, baseline) in
        [(".", "docs/incidents", "docs/known.txt"), ("docs/incidents", ".", "../known.txt")]
    {
        let (code, stdout, stderr) = place.rca_in(folder, &["check", archive, "--baseline", baseline, "--strict"]);
        assert_eq!((code, stdout.contains("gone.md")), (0, false), "{folder}: {stdout}{stderr}");
    }
}

#[test]
fn an_index_is_updated_rebuilt_and_removed_files_are_forgotten() {
    let place = Place::new();
    let total = || {
        let json = place.rca(&[&["search", "queue", "--format", "json"], &ARCHIVE[..]].concat());
        serde_json::from_str::<Value>(&json).unwrap()["total"].as_u64().unwrap()
    };
    assert_eq!(total(), 2);
    place.write("docs/incidents/2026/new.md", "# New\n\nAnother queue.\n");
    assert_eq!(total(), 3);
    fs::remove_file(place.0.path().join("docs/incidents/2026/new.md")).unwrap();
    assert_eq!(total(), 2);
    // While a reader has the old files open, which Windows does not let go.
    let index = rca_index::Index::open(index_folder(&place)).unwrap();
    let before = index.len().unwrap();
    place.rca(&["index", "docs/incidents", "--rebuild"]);
    assert_eq!((before, total()), (2, 2));
    let health = place.rca(&[&["doctor", "--format", "json"], &ARCHIVE[..]].concat());
    assert_eq!(serde_json::from_str::<Value>(&health).unwrap()["damaged"], serde_json::json!([]));
    drop(index);
}

fn index_folder(place: &Place) -> PathBuf {
    let folder = place.0.path().join("docs").join("incidents").join(".rca");
    assert!(folder.is_dir(), "{}", folder.display());
    folder
}

#[test]
fn nothing_on_stdin_is_no_query() {
    let place = Place::new();
    // The null device, as under a scheduler.
    let found = place.rca(&[&["search", "--severity", "P2", "--format", "paths"], &ARCHIVE[..]].concat());
    assert_eq!(lines(&found), [native("docs/incidents/2025/queue backlog.md")]);
}
