//! Processes of this machine: what tells one from all others, and whether one that said so still runs.
//!
//! In: what `/proc` says. Linux only: other systems do not tell, and there nobody is known to run or to have ended.

use std::fs;
use std::io::ErrorKind;

use serde::{Deserialize, Serialize};

/// The most that `/proc` says in one of the files that are read, in bytes.
const MOST_BYTES: u64 = 10_000;

/// A process of one run of one machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Process {
    /// The run of the machine: another at each start of it.
    boot: String,
    /// The space of process numbers: a container has its own.
    space: String,
    /// Its number, which another process may have later.
    id: u32,
    /// When it started, in ticks of the system since the machine did.
    started: u64,
}

/// What the system says of a process number.
enum Seen {
    /// A process with this number runs since then.
    Running(u64),
    /// None runs; one that has ended may wait for its parent to ask.
    Ended,
    Unknown,
}

impl Process {
    /// This process; `None` where the system does not tell.
    pub(crate) fn this() -> Option<Self> {
        Self::of(std::process::id())
    }

    /// The process that has this number now; `None` where there is none, or the system does not tell.
    pub(crate) fn of(id: u32) -> Option<Self> {
        let Seen::Running(started) = seen(id) else { return None };
        Some(Self { boot: boot()?, space: space()?, id, started })
    }

    /// Whether this very process still runs, on this machine; `false` where that is not known.
    pub(crate) fn is_running(&self) -> bool {
        self.is_here() && matches!(seen(self.id), Seen::Running(started) if started == self.started)
    }

    /// Whether this process has ended for sure; `false` where that is not known, as of another machine.
    #[cfg(any(test, feature = "opensearch"))]
    pub(crate) fn has_ended(&self) -> bool {
        // Where processes of other users are hidden, one that is not shown may run.
        let all_are_shown = || fs::metadata("/proc/1").is_ok();
        self.is_here()
            && match seen(self.id) {
                Seen::Running(started) => started != self.started,
                Seen::Ended => all_are_shown(),
                Seen::Unknown => false,
            }
    }

    fn is_here(&self) -> bool {
        boot().as_ref() == Some(&self.boot) && space().as_ref() == Some(&self.space)
    }
}

fn boot() -> Option<String> {
    let text = proc_file("/proc/sys/kernel/random/boot_id").ok()?;
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn space() -> Option<String> {
    fs::read_link("/proc/self/ns/pid").ok()?.into_os_string().into_string().ok()
}

fn seen(id: u32) -> Seen {
    match proc_file(&format!("/proc/{id}/stat")) {
        Ok(stat) => read_stat(&stat).unwrap_or(Seen::Unknown),
        Err(error) if error.kind() == ErrorKind::NotFound => Seen::Ended,
        Err(_) => Seen::Unknown,
    }
}

fn read_stat(stat: &str) -> Option<Seen> {
    // The name of the program comes first, in brackets, and may have any character in it.
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
    if matches!(fields.next()?, "Z" | "X" | "x") {
        return Some(Seen::Ended);
    }
    fields.nth(18)?.parse().ok().map(Seen::Running)
}

#[cfg(target_os = "linux")]
fn proc_file(path: &str) -> std::io::Result<String> {
    crate::files::read(path, MOST_BYTES).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(not(target_os = "linux"))]
fn proc_file(_: &str) -> std::io::Result<String> {
    let _ = MOST_BYTES;
    Err(ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn only_what_has_ended_for_sure_has_ended() {
        let this = Process::this().unwrap();
        assert!(this.is_running() && !this.has_ended());
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let other = Process::of(child.id()).unwrap();
        assert!(other.is_running() && !other.has_ended());
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!other.is_running() && other.has_ended());
        // Another process has its number now.
        let before = Process { started: this.started - 1, ..this.clone() };
        assert!(!before.is_running() && before.has_ended());
        // Of another machine, or of another space, nobody knows.
        for odd in [Process { boot: "another".to_owned(), ..other.clone() }, Process { space: String::new(), ..other }]
        {
            assert!(!odd.is_running() && !odd.has_ended(), "{odd:?}");
        }
    }

    #[test]
    fn a_program_may_be_called_anything() {
        let rest = "1 7 7 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0 4321 0 0";
        assert!(matches!(read_stat(&format!("7 (a) b (c)) S {rest}")), Some(Seen::Running(4321))));
        assert!(matches!(read_stat(&format!("7 (rca) Z {rest}")), Some(Seen::Ended)));
        assert!(read_stat("7 (rca").is_none() && read_stat("").is_none());
    }
}
