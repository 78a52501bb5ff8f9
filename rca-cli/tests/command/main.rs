//! The command as a process: what it prints, on which stream, and its exit codes. These tests need a Unix shell, and expect `/`
//! between folders; `tests/journey.rs` is for every system.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

// The source of the shared options, for the list of formats. It imports no other module of the command.
#[allow(dead_code)]
#[path = "../../src/arguments.rs"]
mod arguments;
mod chance;
mod check;
#[cfg(feature = "opensearch")]
mod cluster;
mod complete;
mod fields;
mod formats;
mod given;
mod hostile;
mod ignored;
mod keys;
mod kills;
mod links;
mod locations;
mod looks;
mod manuals;
mod missing;
#[cfg(not(feature = "opensearch"))]
mod no_cluster;
mod not_reports;
mod outputs;
mod pager;
mod readers;
mod readme;
mod recurring;
mod repairs;
mod room;
mod schemas;
mod search;
mod seen;
mod shared;
mod show;
mod similar;
mod terminal;
mod together;
mod trust;
mod untrusted;
mod usage;
mod visible;
mod watch;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use clap::ValueEnum as _;
use tempfile::TempDir;

use arguments::Format;

/// The names of the formats of a command, as `--format` takes them.
fn formats(command: &str) -> Vec<String> {
    let formats = Format::value_variants().iter().filter(|format| command == "check" || !format.is_for_problems());
    formats.filter_map(Format::to_possible_value).map(|value| value.get_name().to_owned()).collect()
}

/// Whether a character could control a terminal or reverse the direction of text. A format may use line breaks and tabs.
fn is_harmful(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\t') || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// A temporary folder in which the command runs.
struct Workshop {
    folder: TempDir,
}

/// The output and exit code of a run.
#[derive(Debug)]
struct Run {
    stdout: String,
    stderr: String,
    code: i32,
}

impl Workshop {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A workshop with three reports in `archive`.
    fn with_archive() -> Self {
        let workshop = Self::new();
        workshop.write(
            "archive/2025/queue.md",
            "---\ntitle: Queue backlog\ndate: 2025-06-02\nseverity: P2\nservices: [orders, billing]\ntags: [mq/kafka]\n\
             status: resolved\nduration: 65\n---\n\n## Root Cause\n\nThe consumers of the queue were too slow.\n\n\
             ## Resolution\n\n1. More consumers\n",
        );
        workshop.write(
            "archive/2025/disk.md",
            "---\ntitle: Disk full\ndate: 2025-07-01\nseverity: P1\nservices: [orders]\n---\n\n## Summary\n\nLogs filled it.\n",
        );
        workshop.write(
            "archive/2024/cert.md",
            "# Certificate expired\n\n**Severity:** SEV3\n**Duration:** 45m\n\nNobody renewed it. 2000 users were affected.\n",
        );
        workshop
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rca"));
        command.args(arguments).current_dir(self.path()).env_clear().env("HOME", self.path());
        command
    }

    fn rca(&self, arguments: &[&str]) -> Run {
        Run::from(self.command(arguments).output().unwrap())
    }

    /// A run that gets a text on stdin.
    fn rca_with(&self, arguments: &[&str], input: &str) -> Run {
        let file = self.path().join("stdin.txt");
        fs::write(&file, input).unwrap();
        Run::from(self.command(arguments).stdin(fs::File::open(&file).unwrap()).output().unwrap())
    }

    /// The standard output of a run that must succeed.
    fn stdout(&self, arguments: &[&str]) -> String {
        let run = self.rca(arguments);
        assert_eq!(run.code, 0, "{arguments:?}: {run:?}");
        run.stdout
    }

    /// The name of every command, from the help that clap makes of the definition.
    fn commands(&self) -> Vec<String> {
        let help = self.stdout(&["--help"]);
        let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
        listed.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
    }

    fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let mut with_format = arguments.to_vec();
        with_format.extend(["--format", "json"]);
        serde_json::from_str(&self.stdout(&with_format)).unwrap()
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
            code: output.status.code().unwrap_or(-1),
        }
    }
}

/// A file or folder of the repository. A published crate does not have it, so a test that needs it is skipped there.
fn repository(path: &str) -> Option<PathBuf> {
    let found = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(path);
    if !found.exists() {
        println!("skipped: {path} is not there");
        return None;
    }
    Some(found)
}
