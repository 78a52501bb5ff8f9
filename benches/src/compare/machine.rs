//! Describes the machine and the versions that were measured.

use std::fs;
use std::path::Path;
use std::process::Command;

/// Lines of the form `name: value`.
pub fn describe(rca: &Path) -> Vec<(String, String)> {
    let processor = field("/proc/cpuinfo", "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let memory = field("/proc/meminfo", "MemTotal").unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut lines = vec![
        ("processor".to_owned(), format!("{processor}, {cores} cores")),
        ("memory".to_owned(), memory),
        ("system".to_owned(), first_line("uname", &["-sr"]).unwrap_or_else(|| std::env::consts::OS.to_owned())),
        ("rca".to_owned(), first_line(&rca.to_string_lossy(), &["--version"]).unwrap_or_default()),
        ("tantivy (bare)".to_owned(), tantivy::version_string().to_owned()),
        ("SQLite (index)".to_owned(), rusqlite::version().to_owned()),
    ];
    for tool in ["sqlite3", "tantivy", "rg", "find"] {
        let version = first_line(tool, &["--version"]).unwrap_or_else(|| "not installed".to_owned());
        lines.push((tool.to_owned(), version));
    }
    lines
}

/// Whether a program can be run.
pub fn is_installed(program: &str) -> bool {
    first_line(program, &["--version"]).is_some()
}

/// The peak resident memory of this process so far, in bytes.
pub fn own_peak() -> Option<u64> {
    let kilobytes: u64 = field("/proc/self/status", "VmHWM")?.strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

/// The first line that a program prints; `None` if it cannot be run.
pub fn first_line(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().to_owned())
}

fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
