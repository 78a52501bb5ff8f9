//! An index that several users share: the files are made as the umask says, and who may not read it has one of their own.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use super::{Run, Workshop};

/// The modes of all files below a folder that differ from the expected one, with their paths.
fn other_modes(folder: &Path, expected: u32) -> Vec<String> {
    let mut found = Vec::new();
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let mode = path.metadata().unwrap().permissions().mode() & 0o777;
        if path.is_dir() {
            found.extend(other_modes(&path, expected));
        } else if mode != expected {
            found.push(format!("{}: {mode:o}", path.display()));
        }
    }
    found
}

/// Runs a shell script in which `rca` is the command.
fn run_script(workshop: &Workshop, script: &str) -> Run {
    let script = format!("rca() {{ {} \"$@\"; }}\n{script}", env!("CARGO_BIN_EXE_rca"));
    let mut command = Command::new("sh");
    command.args(["-ec", &script]).current_dir(workshop.path()).env("HOME", workshop.path());
    Run::from(command.env_remove("RCA_ARCHIVE").output().unwrap())
}

#[test]
fn every_file_of_an_index_is_made_with_the_umask() {
    for (umask, mode) in [("022", 0o644), ("002", 0o664), ("077", 0o600)] {
        let workshop = Workshop::with_archive();
        let script = format!(
            "umask {umask}; rca index archive -q; echo '# New queue' > archive/new.md; rca search queue --archive archive"
        );
        assert_eq!(run_script(&workshop, &script).code, 0);
        assert_eq!(other_modes(&workshop.path().join("archive/.rca"), mode), [""; 0], "{umask}");
    }
}

/// A way to run a command as another user, who may not read what is only this user's; none if there is no such way.
fn as_another(workshop: &Workshop) -> Option<String> {
    let home = workshop.path().join("theirs");
    fs::create_dir(&home).unwrap();
    fs::set_permissions(&home, fs::Permissions::from_mode(0o777)).unwrap();
    fs::set_permissions(workshop.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let theirs = format!("env HOME={} setpriv --reuid=65534 --regid=65534 --clear-groups", home.display());
    let probe = format!("{theirs} {} --version", env!("CARGO_BIN_EXE_rca"));
    let possible = Command::new("sh").args(["-c", &probe]).output().is_ok_and(|output| output.status.success());
    if !possible {
        println!("skipped: no other user can be had here");
    }
    possible.then_some(theirs)
}

#[test]
fn a_second_user_reads_the_index_of_the_first() {
    let workshop = Workshop::with_archive();
    let Some(theirs) = as_another(&workshop) else { return };
    let rca = env!("CARGO_BIN_EXE_rca");
    let script = format!(
        "umask 022; rca index archive -q
        {theirs} {rca} search queue --archive archive --format paths
        {theirs} {rca} show queue --archive archive --format paths
        {theirs} {rca} doctor --archive archive --format json"
    );
    let run = run_script(&workshop, &script);
    // What changed a moment ago is compared, and only the first user can take note of that.
    assert!(run.code == 0 && !run.stderr.contains("cannot be read"), "{run:?}");
    assert!(run.stdout.starts_with("archive/2025/queue.md\narchive/2025/queue.md\n"), "{run:?}");
    assert!(run.stdout.contains("archive/.rca\""), "{run:?}");
}

#[test]
fn who_may_not_read_the_index_has_one_in_the_cache_folder_and_is_told() {
    let workshop = Workshop::with_archive();
    let Some(theirs) = as_another(&workshop) else { return };
    let rca = env!("CARGO_BIN_EXE_rca");
    // As a whole, or only the files that older versions made for their owner alone.
    for closed in ["chmod -R go= archive/.rca", "chmod go= archive/.rca/v*/meta.json", "chmod go= archive/.rca/v*"] {
        let script = format!(
            "umask 022; rca index archive -q --rebuild; {closed}; rm -rf theirs/.cache
            {theirs} {rca} search queue --archive archive --format paths
            {theirs} {rca} search queue --archive archive --format paths
            {theirs} {rca} search queue --archive archive --format paths --no-update -q
            {theirs} {rca} show queue --archive archive --format paths -q
            {theirs} {rca} doctor --archive archive --format json -q
            {theirs} {rca} index archive -q
            rm -r archive/.rca"
        );
        let run = run_script(&workshop, &script);
        assert_eq!(run.code, 0, "{closed}: {run:?}");
        assert_eq!(run.stdout.matches("archive/2025/queue.md\n").count(), 4, "{closed}: {run:?}");
        assert!(run.stdout.contains("theirs/.cache/rca/"), "{closed}: {run:?}");
        let told =
            run.stderr.matches("archive/.rca cannot be read (Permission denied (os error 13)); using the index in ");
        assert_eq!(told.count(), 2, "{closed}: {run:?}");
        assert_eq!(run.stderr.matches("rca: indexed 3 reports").count(), 1, "{closed}: {run:?}");
    }
}
