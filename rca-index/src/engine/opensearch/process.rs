//! Processes of this machine: whether one that wrote down what it is has ended.
//!
//! In: what `/proc` says. Out: a text that no other process has, and later whether its process is gone for sure. Where there is no
//! `/proc`, nobody knows.

use std::fs;
use std::io::ErrorKind;

/// What tells this process from all others: the start of the machine, the space of process ids, and when it began. Empty where that
/// is not known.
pub(super) fn this() -> String {
    of(std::process::id()).unwrap_or_default()
}

/// Whether the process that had this id, and was this one, has ended. `false` where it is not known, as on another machine.
pub(super) fn has_ended(pid: u32, was: &str) -> bool {
    let (Some(machine), Some((on, started))) = (machine(), was.rsplit_once(' ')) else { return false };
    if machine != on || !others_are_shown() {
        return false;
    }
    match fs::read_to_string(stat_of(pid)) {
        // Its id may be another's by now.
        Ok(stat) => start_in(&stat).is_some_and(|now| now != started),
        Err(error) => error.kind() == ErrorKind::NotFound,
    }
}

fn of(pid: u32) -> Option<String> {
    let stat = fs::read_to_string(stat_of(pid)).ok()?;
    Some(format!("{} {}", machine()?, start_in(&stat)?))
}

/// The machine since it was started, and the space of its process ids: a container has its own.
fn machine() -> Option<String> {
    let start = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let space = fs::read_link("/proc/self/ns/pid").ok()?;
    Some(format!("{} {}", start.trim(), space.display()))
}

/// Whether `/proc` has processes of other users: else one that is not in it may run.
fn others_are_shown() -> bool {
    fs::metadata("/proc/1").is_ok()
}

fn stat_of(pid: u32) -> String {
    format!("/proc/{pid}/stat")
}

/// When a process began, in ticks since the start of the machine. Its name, which may be anything, stands in parentheses before.
fn start_in(stat: &str) -> Option<&str> {
    stat.rsplit_once(')')?.1.split_ascii_whitespace().nth(19)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_ended_for_sure_has_ended() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let (pid, was) = (child.id(), of(child.id()).unwrap());
        assert!(!has_ended(std::process::id(), &this()) && !has_ended(pid, &was));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(has_ended(pid, &was));
        // Another process has its id.
        let (machine, _) = was.rsplit_once(' ').unwrap();
        assert!(has_ended(std::process::id(), &format!("{machine} 1")));
        // Of another machine, or of one that says nothing, nobody knows.
        for odd in ["", " ", "1", "pid:[1] 1", &was.replacen(&was[..4], "zzzz", 1)] {
            assert!(!has_ended(pid, odd), "{odd}");
        }
    }

    #[test]
    fn a_process_may_be_called_anything() {
        let stat = "7 (a) b (c)) S 1 7 7 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0 4321 0 0";
        assert_eq!((start_in(stat), start_in("7 (rca"), start_in("")), (Some("4321"), None, None));
    }
}
