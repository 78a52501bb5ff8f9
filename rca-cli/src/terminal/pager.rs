//! The pager: output longer than the screen is handed to a program that pages, as git, gh and jj do it.
//!
//! In: output, the size of the screen and the environment. Out: the same output, on the terminal or in a pager.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use anstream::adapter::strip_bytes;
use textwrap::core::display_width;

/// What less is told by its variable where the user has not set it: leave at once what fits the screen, show colours, and
/// leave the text on the screen.
const LESS: &str = "FRX";
/// The first less that shows links.
const LESS_WITH_LINKS: u32 = 566;

/// A pager as it is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PagerCommand {
    words: Vec<String>,
    /// Whether the user named it. One that is only the custom may be missing.
    named: bool,
}

impl PagerCommand {
    /// The pager that the environment names: `RCA_PAGER`, else `PAGER`, else less. `None` where that is nothing or `cat`, and for
    /// a terminal that cannot page.
    pub(crate) fn of_environment(variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        if variable("TERM").is_some_and(|term| term == "dumb") {
            return None;
        }
        let Some(text) = variable("RCA_PAGER").or_else(|| variable("PAGER")) else {
            return Some(Self { words: vec!["less".to_owned(), format!("-{LESS}")], named: false });
        };
        // A backslash is no escape in a path of Windows.
        let words = if cfg!(windows) { Some(split_at_spaces(&text)) } else { shlex::split(&text) };
        // What has an open quote is tried as it stands, and fails with its name.
        let words = words.unwrap_or_else(|| vec![text]);
        (!words.is_empty() && words[0] != "cat" && !words[0].is_empty()).then_some(Self { words, named: true })
    }

    /// Starts the pager.
    fn start(&self) -> io::Result<Pager> {
        let mut command = Command::new(&self.words[0]);
        command.args(&self.words[1..]).stdin(Stdio::piped());
        for (name, value) in [("LESS", LESS), ("LV", "-c")] {
            if std::env::var_os(name).is_none() {
                command.env(name, value);
            }
        }
        let shows_links = self.shows_links();
        stay_at_interrupts();
        let mut child = command.spawn()?;
        let input = child.stdin.take();
        Ok(Pager { child, input, shows_links })
    }

    /// Whether the pager passes links on: less does since its version 566, others print them as garbage.
    fn shows_links(&self) -> bool {
        if Path::new(&self.words[0]).file_stem() != Some(OsStr::new("less")) {
            return false;
        }
        let told = Command::new(&self.words[0]).arg("--version").stdin(Stdio::null()).stderr(Stdio::null()).output();
        told.is_ok_and(|told| version_of_less(&String::from_utf8_lossy(&told.stdout)) >= LESS_WITH_LINKS)
    }
}

fn split_at_spaces(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// The version in `less 590 (GNU regular expressions)`.
fn version_of_less(told: &str) -> u32 {
    let number = told.split_whitespace().nth(1).and_then(|word| word.split('.').next());
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// From now on an interrupt is for the pager, which handles it itself. It would otherwise end this program and leave two
/// programs that read the same keyboard.
#[cfg(unix)]
fn stay_at_interrupts() {
    let noticed = std::sync::Arc::default();
    // Without the handler everything else works.
    let _ = signal_hook::flag::register(signal_hook::consts::SIGINT, noticed);
}

#[cfg(not(unix))]
fn stay_at_interrupts() {}

/// A running pager.
struct Pager {
    child: Child,
    input: Option<ChildStdin>,
    shows_links: bool,
}

impl Drop for Pager {
    fn drop(&mut self) {
        // Its input ends, so it ends when the user has read it. Only then may this program end.
        self.input = None;
        let _ = self.child.wait();
    }
}

/// Output that is held back until it is known whether it fits the screen.
pub(crate) struct Paging {
    command: PagerCommand,
    screen: (usize, usize),
    /// Whether escape sequences are removed.
    plain: bool,
    /// What is not on its way yet: all of it, or with a running pager the line that is being written.
    held: Vec<u8>,
    /// Where in `held` the line begins that is being written.
    line: usize,
    /// How many rows of the screen the held lines fill.
    rows: usize,
    pager: Option<Pager>,
}

impl Paging {
    /// For a screen of so many columns and rows.
    pub(crate) fn new(command: PagerCommand, screen: (usize, usize), plain: bool) -> Self {
        Self { command, screen, plain, held: Vec::new(), line: 0, rows: 0, pager: None }
    }

    /// Takes more of the output, and starts the pager as soon as the output is longer than the screen.
    ///
    /// # Errors
    /// The pager is gone. Or it did not start: then `Ok` has the reason, and what was held is for the terminal.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> io::Result<Option<NotStarted>> {
        self.held.extend_from_slice(bytes);
        let (columns, rows) = self.screen;
        while self.pager.is_none() {
            let Some(length) = self.held[self.line..].iter().position(|&b| b == b'\n') else { return Ok(None) };
            let line = &self.held[self.line..self.line + length];
            let text = strip_bytes(line).into_vec();
            self.rows += display_width(&String::from_utf8_lossy(&text)).div_ceil(columns.max(1)).max(1);
            self.line += length + 1;
            // The prompt of the shell takes the last row.
            if self.rows >= rows {
                match self.command.start() {
                    Ok(pager) => self.pager = Some(pager),
                    Err(error) => return Ok(Some(self.not_started(&error))),
                }
            }
        }
        self.forward()
    }

    /// Passes the lines that are complete on to the pager.
    fn forward(&mut self) -> io::Result<Option<NotStarted>> {
        let complete = self.held.iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
        let rest = self.held.split_off(complete);
        let lines = std::mem::replace(&mut self.held, rest);
        self.send(&lines)?;
        Ok(None)
    }

    fn send(&mut self, text: &[u8]) -> io::Result<()> {
        let plain = self.plain;
        let Some(Pager { input: Some(input), shows_links, .. }) = &mut self.pager else { return Ok(()) };
        let text = match (plain, *shows_links) {
            (true, _) => Cow::Owned(strip_bytes(text).into_vec()),
            (false, true) => Cow::Borrowed(text),
            (false, false) => without_links(text),
        };
        input.write_all(&text)
    }

    /// Ends the output: waits until the user has read it, or returns what fits the screen.
    ///
    /// # Errors
    /// The pager is gone.
    pub(crate) fn finish(mut self) -> io::Result<Vec<u8>> {
        let rest = std::mem::take(&mut self.held);
        if self.pager.is_none() {
            return Ok(rest);
        }
        self.send(&rest)?;
        Ok(Vec::new())
    }

    fn not_started(&mut self, error: &io::Error) -> NotStarted {
        let held = std::mem::take(&mut self.held);
        let reason = self.command.named.then(|| format!("cannot start the pager `{}`: {error}", self.command.words[0]));
        NotStarted { held, reason }
    }
}

/// A pager that could not be started.
pub(crate) struct NotStarted {
    /// The output that was held for it.
    pub(crate) held: Vec<u8>,
    /// What to tell the user, if the user named the pager.
    pub(crate) reason: Option<String>,
}

/// A text without the addresses of its links (OSC 8).
fn without_links(text: &[u8]) -> Cow<'_, [u8]> {
    const OPEN: &[u8] = b"\x1b]8;";
    const CLOSE: &[u8] = b"\x1b\\";
    let find = |text: &[u8], what: &[u8]| text.windows(what.len()).position(|at| at == what);
    let Some(mut start) = find(text, OPEN) else { return Cow::Borrowed(text) };
    let mut left = Vec::with_capacity(text.len());
    let mut rest = text;
    loop {
        left.extend_from_slice(&rest[..start]);
        rest = &rest[start..];
        let Some(end) = find(rest, CLOSE) else { break };
        rest = &rest[end + CLOSE.len()..];
        match find(rest, OPEN) {
            Some(next) => start = next,
            None => break,
        }
    }
    left.extend_from_slice(rest);
    Cow::Owned(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Option<Vec<String>> {
        let variable = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
        PagerCommand::of_environment(variable).map(|command| command.words)
    }

    #[test]
    fn the_environment_names_the_pager() {
        let words = |words: &[&str]| Some(words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>());
        assert_eq!(of(&[]), words(&["less", "-FRX"]));
        assert_eq!(of(&[("PAGER", "more")]), words(&["more"]));
        assert_eq!(of(&[("PAGER", "more"), ("RCA_PAGER", "less -R '+/a b'")]), words(&["less", "-R", "+/a b"]));
        for none in ["", " ", "cat", "''"] {
            assert_eq!(of(&[("PAGER", "more"), ("RCA_PAGER", none)]), None, "{none:?}");
        }
        assert_eq!(of(&[("PAGER", "more \"")]), words(&["more \""]));
        assert_eq!(of(&[("TERM", "dumb"), ("PAGER", "more")]), None);
        assert_eq!(["less 590 (GNU)\nCopyright", "less 608.1", "", "busybox"].map(version_of_less), [590, 608, 0, 0]);
    }

    #[test]
    fn what_fits_the_screen_comes_back_and_what_does_not_starts_the_pager() {
        let missing = PagerCommand { words: vec!["rca-no-such-pager".to_owned()], named: true };
        let mut paging = Paging::new(missing.clone(), (10, 4), false);
        assert!(paging.push(b"one\n\x1b[1mtwo\x1b[0m\nth").unwrap().is_none());
        assert!(paging.push(b"ree").unwrap().is_none());
        assert_eq!(paging.finish().unwrap(), b"one\n\x1b[1mtwo\x1b[0m\nthree");
        // A line may fill several rows; Japanese takes two columns.
        for text in ["1\n2\n3\n4\n", "1\nnine nine nine nine\n2\n", "日本日本日本日本日本日本\n1\n2\n"] {
            let mut paging = Paging::new(missing.clone(), (10, 4), false);
            let failed = paging.push(text.as_bytes()).unwrap().unwrap();
            assert_eq!(String::from_utf8(failed.held).unwrap(), text);
            assert!(failed.reason.unwrap().starts_with("cannot start the pager `rca-no-such-pager`: "));
        }
        let custom = PagerCommand { named: false, ..missing };
        let failed = Paging::new(custom, (10, 1), false).push(b"1\n").unwrap().unwrap();
        assert_eq!(failed.reason, None, "the custom one may be missing");
    }

    #[test]
    fn links_can_be_left_out() {
        let link = b"a \x1b]8;;file:///a\x1b\\\x1b[1mtext\x1b[0m\x1b]8;;\x1b\\ b\n";
        assert_eq!(&*without_links(link), b"a \x1b[1mtext\x1b[0m b\n");
        assert_eq!(&*without_links(b"plain\n"), b"plain\n");
        // Links have no width.
        assert_eq!(strip_bytes(link).into_vec(), b"a text b\n");
    }
}
