//! Counts the instructions of one command with valgrind. Unlike times, they are the same on a busy machine.
//!
//! In: a command. Out: the number of instructions executed in all threads.

use std::error::Error;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

use crate::compare::process::execute;

/// Runs a command under callgrind, which writes its counts to a file. Exit code 4 (problems in reports) is not a
/// failure.
pub fn count(command: &[OsString], counts: &Path) -> Result<u64, Box<dyn Error>> {
    let mut file = OsString::from("--callgrind-out-file=");
    file.push(counts);
    let mut counted: Vec<OsString> = vec!["valgrind".into(), "--tool=callgrind".into(), file];
    counted.extend_from_slice(command);
    let executed = execute(&counted)?;
    if !matches!(executed.status.code(), Some(0 | 4)) {
        return Err(executed.failure(&counted));
    }
    let text = fs::read_to_string(counts).map_err(|e| format!("{}: {e}", counts.display()))?;
    let total = total(&text).ok_or_else(|| format!("{}: no total", counts.display()))?;
    fs::remove_file(counts)?;
    Ok(total)
}

fn total(counts: &str) -> Option<u64> {
    counts.lines().rev().find_map(|line| line.strip_prefix("totals: "))?.trim().parse().ok()
}

#[test]
fn the_total_is_the_last_line_of_the_counts() {
    assert_eq!(total("summary: 12\n\nfn=(1) main\n1 12\n\ntotals: 1234\n"), Some(1234));
    assert_eq!(total("summary: 12\n"), None);
}
