//! Measures whole processes from start to end.

use std::error::Error;
use std::ffi::OsString;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Instant;

use wait4::Wait4 as _;

use crate::compare::machine;
use crate::compare::table::{Log, Run};

/// One contestant's way to do the work.
pub struct Contestant {
    name: &'static str,
    command: Vec<OsString>,
    /// A folder or file that is removed before each run, so that each run starts from scratch.
    cleared: Option<PathBuf>,
    /// Reads the number of hits from the output.
    hits: Option<fn(&str) -> Option<u64>>,
}

impl Contestant {
    pub fn new<I: IntoIterator>(name: &'static str, command: I) -> Self
    where
        I::Item: Into<OsString>,
    {
        Self { name, command: command.into_iter().map(Into::into).collect(), cleared: None, hits: None }
    }

    pub fn clearing(mut self, path: &Path) -> Self {
        self.cleared = Some(path.to_owned());
        self
    }

    pub fn hits(mut self, read: fn(&str) -> Option<u64>) -> Self {
        self.hits = Some(read);
        self
    }
}

/// Runs all contestants in turn for a number of rounds, and records each run.
pub fn run_in_turn(
    work: &'static str,
    contestants: &[Contestant],
    rounds: usize,
    log: &mut Log,
) -> Result<(), Box<dyn Error>> {
    for round in 0..rounds {
        for contestant in contestants {
            if let Some(path) = &contestant.cleared {
                clear(path)?;
                settle();
            }
            let mut run = measure(&contestant.command, contestant.hits)?;
            (run.work, run.contestant, run.round) = (work, contestant.name, round);
            log.add(run);
        }
    }
    Ok(())
}

/// Flushes pending writes to disk, so that a contestant does not pay for the one before. Does nothing if `sync` does
/// not exist.
pub fn settle() {
    let _ = Command::new("sync").status();
}

/// A finished command.
pub struct Executed {
    pub run: Run,
    pub status: ExitStatus,
    output: String,
}

impl Executed {
    /// An error if the command failed.
    pub fn failure(&self, command: &[OsString]) -> Box<dyn Error> {
        format!("{}: {}", shown(command), self.status).into()
    }
}

/// Runs and measures one command.
pub fn execute(command: &[OsString]) -> Result<Executed, Box<dyn Error>> {
    let started = Instant::now();
    let mut child = Command::new(&command[0])
        .args(&command[1..])
        // Nothing is noted in the home of whoever measures.
        .env("XDG_STATE_HOME", std::env::temp_dir().join("rca-bench-state"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|e| format!("{}: {e}", shown(command)))?;
    let mut bytes = Vec::new();
    if let Some(stdout) = &mut child.stdout {
        stdout.read_to_end(&mut bytes)?;
    }
    let used = child.wait4()?;
    let run = Run {
        seconds: started.elapsed().as_secs_f64(),
        processor: Some((used.rusage.utime + used.rusage.stime).as_secs_f64()),
        // A child starts as a copy of this process, so a peak below our own is meaningless.
        peak_bytes: Some(used.rusage.maxrss).filter(|&peak| peak > machine::own_peak().unwrap_or(0)),
        ..Run::default()
    };
    Ok(Executed { run, status: used.status, output: String::from_utf8_lossy(&bytes).into_owned() })
}

/// Runs one command. If it fails, that is an error, because its figures would be meaningless.
pub fn measure(command: &[OsString], hits: Option<fn(&str) -> Option<u64>>) -> Result<Run, Box<dyn Error>> {
    let executed = execute(command)?;
    if !executed.status.success() {
        return Err(executed.failure(command));
    }
    let Executed { run, output, .. } = executed;
    let hits = match hits {
        Some(read) => Some(read(&output).ok_or_else(|| format!("{}: no number of hits in {output}", shown(command)))?),
        None => None,
    };
    Ok(Run { hits, ..run })
}

fn shown(command: &[OsString]) -> String {
    command.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// Removes a file or folder if it exists.
pub fn clear(path: &Path) -> std::io::Result<()> {
    if path.is_dir() {
        std::fs::remove_dir_all(path)
    } else if path.exists() {
        std::fs::remove_file(path)
    } else {
        Ok(())
    }
}
