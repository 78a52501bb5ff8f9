//! A peer that runs, and is asked one search after the other.

use std::error::Error;
use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::peers::{Answer, Found, Request};

/// What a peer says of a search.
pub enum Reply {
    Found(Found, Vec<f64>),
    /// Why the library has no such search.
    Unsupported(String),
}

/// A running peer; it ends when this is dropped.
pub struct Running {
    pub name: &'static str,
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Running {
    pub fn start(name: &'static str, command: &[OsString]) -> Result<Self, Box<dyn Error>> {
        let mut child = Command::new(&command[0])
            .args(&command[1..])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| format!("{name}: {e}"))?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let output = BufReader::new(output.ok_or("no output")?);
        Ok(Self { name, child, input, output })
    }

    pub fn ask(&mut self, request: &Request) -> Result<Reply, Box<dyn Error>> {
        let name = self.name;
        let input = self.input.as_mut().ok_or("no input")?;
        let mut line = serde_json::to_string(request)?;
        line.push('\n');
        input.write_all(line.as_bytes()).map_err(|e| format!("{name}: {e}"))?;
        input.flush()?;
        let mut answer = String::new();
        self.output.read_line(&mut answer)?;
        if answer.is_empty() {
            return Err(format!("{name} ended: {}", self.child.wait()?).into());
        }
        match serde_json::from_str(&answer).map_err(|e| format!("{name}: {e} in {answer}"))? {
            Answer::Found { found, seconds } => Ok(Reply::Found(found, seconds)),
            Answer::Unsupported { unsupported } => Ok(Reply::Unsupported(unsupported)),
            Answer::Error { error } => Err(format!("{name}: {error}").into()),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Without input, a peer ends.
        self.input.take();
        let _ = self.child.wait();
    }
}
