//! Archives of strangers, with an index of theirs: nothing outside of the archive is read, written or removed, whatever is in the
//! place of a file, and nothing waits for what never ends.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::{Run, Workshop};

/// Longer counts as hanging, even for a debug build on a busy machine.
const LONG: Duration = Duration::from_secs(60);

/// Runs a command that must end by itself.
fn timed(workshop: &Workshop, arguments: &[&str]) -> Run {
    let mut command = Command::new("timeout");
    command.args(["-s", "KILL", &LONG.as_secs().to_string(), env!("CARGO_BIN_EXE_rca")]).args(arguments);
    command.current_dir(workshop.path()).env_clear().env("HOME", workshop.path());
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    Run::from(command.output().unwrap())
}

fn fifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// An archive with an index, and files outside of it.
fn with_index() -> (Workshop, PathBuf) {
    let workshop = Workshop::with_archive();
    workshop.write("outside/secret.txt", "secret kangaroo");
    workshop.write("outside/manifest-1.bin", "theirs");
    workshop.write("outside/meta.json", "theirs");
    workshop.write("outside/.tmp1", "theirs");
    workshop.stdout(&["index", "archive", "-q"]);
    let index = workshop.path().join("archive/.rca");
    (workshop, index)
}

/// What is below a folder: paths, and the content of files.
fn content_of(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            found.extend(content_of(&path));
        } else {
            found.push((path.clone(), fs::read(&path).unwrap()));
        }
    }
    found.sort();
    found
}

/// The folder of this version in an index.
fn version_in(index: &Path) -> PathBuf {
    fs::read_dir(index).unwrap().flatten().map(|entry| entry.path()).find(|path| path.is_dir()).unwrap()
}

/// Puts something in the place of what is at a path.
fn replace(path: &Path, kind: &str, outside: &Path) {
    let _ = fs::remove_file(path);
    let _ = fs::remove_dir_all(path);
    match kind {
        "file link" => symlink(outside.join("secret.txt"), path).unwrap(),
        "folder link" => symlink(outside, path).unwrap(),
        "dangling link" => symlink(outside.join("new.txt"), path).unwrap(),
        "device link" => symlink("/dev/zero", path).unwrap(),
        "pipe" => fifo(path),
        _ => fs::create_dir(path).unwrap(),
    }
}

const COMMANDS: [&[&str]; 9] = [
    &["search", "queue"],
    &["search", "queue", "--no-update"],
    &["show", "queue"],
    &["facets"],
    &["index"],
    &["index", "--rebuild"],
    &["index", "--wait"],
    &["doctor"],
    &["doctor", "--repair"],
];

#[test]
fn an_index_with_anything_but_its_own_files_is_refused_by_every_command() {
    let (workshop, index) = with_index();
    let outside = workshop.path().join("outside");
    let before = content_of(&outside);
    let sound = workshop.path().join("sound");
    assert!(Command::new("cp").arg("-a").arg(&index).arg(&sound).status().unwrap().success());
    let version = version_in(&index);
    let version = version.file_name().unwrap().to_str().unwrap().to_owned();
    let segment = fs::read_dir(index.join(&version)).unwrap().flatten().map(|entry| entry.file_name());
    let segment = segment.map(|name| name.into_string().unwrap()).find(|name| name.contains(".store")).unwrap();
    let inside = |name: &str| format!("{version}/{name}");
    let links = ["file link", "folder link", "dangling link", "device link", "pipe"];
    let mut cases: Vec<(String, &str)> = vec![(String::new(), "folder link")];
    for name in [".gitignore", "given.log", "given.lock", "given.new", "made-by-search", "v3", &version] {
        cases.extend(links.map(|kind| (name.to_owned(), kind)));
    }
    for name in [
        "meta.json", ".managed.json", ".tantivy-writer.lock", ".tantivy-meta.lock", &segment, ".tmp9", "manifest-9.bin",
    ] {
        cases.extend(["file link", "dangling link", "pipe", "folder"].map(|kind| (inside(name), kind)));
    }
    fs::create_dir(sound.join("v3")).unwrap();
    fs::write(sound.join("v3/meta.json"), "old").unwrap();
    cases.extend(["file link", "pipe"].map(|kind| ("v3/.tantivy-writer.lock".to_owned(), kind)));
    cases.push(("theirs".to_owned(), "folder"));
    let mut tried = 0;
    for (number, (name, kind)) in cases.iter().enumerate() {
        let _ = fs::remove_file(&index);
        let _ = fs::remove_dir_all(&index);
        assert!(Command::new("cp").arg("-a").arg(&sound).arg(&index).status().unwrap().success());
        let place = if name.is_empty() { index.clone() } else { index.join(name) };
        replace(&place, kind, &outside);
        // All commands for some, one in turn for the others.
        let commands = if number < 2 { &COMMANDS[..] } else { &COMMANDS[number % 9..][..1] };
        for command in commands {
            let run = timed(&workshop, &[*command, &["--archive", "archive"]].concat());
            assert_eq!((run.code, run.stdout.as_str()), (3, ""), "{name}: {kind}: {command:?}: {run:?}");
            let named = format!("archive/.rca/{name}").trim_end_matches('/').to_owned();
            assert!(run.stderr.contains(&named), "{name}: {kind}: {command:?}: {run:?}");
            assert!(
                run.stderr.contains("an index has only regular files") && run.stderr.contains("--index DIR"),
                "{run:?}"
            );
            tried += 1;
        }
        assert_eq!(content_of(&outside), before, "{name}: {kind}");
    }
    println!("{tried} commands refused what {} index folders have", cases.len());
}

#[test]
fn a_link_that_the_user_names_as_the_index_is_followed() {
    let (workshop, index) = with_index();
    symlink("archive/.rca", workshop.path().join("mine")).unwrap();
    let found = workshop.json(&["search", "queue", "--archive", "archive", "--index", "mine"]);
    assert_eq!(found["total"], 1);
    // Even one that the archive has, if it is named.
    fs::rename(&index, workshop.path().join("elsewhere")).unwrap();
    symlink("../elsewhere", &index).unwrap();
    assert_eq!(workshop.rca(&["search", "queue", "--archive", "archive"]).code, 3);
    let found = workshop.json(&["search", "queue", "--archive", "archive", "--index", "archive/.rca"]);
    assert_eq!(found["total"], 1);
}

#[test]
fn files_with_other_names_are_not_written_in_place() {
    let (workshop, index) = with_index();
    let version = version_in(&index);
    workshop.write("archive/precious.md", "# Precious\n\nA report of long ago.\n");
    let precious = workshop.path().join("archive/precious.md");
    let before = fs::read(&precious).unwrap();
    let names =
        [index.join(".gitignore"), index.join("made-by-search"), index.join("write.lock"), index.join("given.lock")];
    for path in names {
        let _ = fs::remove_file(&path);
        fs::hard_link(&precious, &path).unwrap();
    }
    for arguments in [&["index", "--rebuild"][..], &["search", "report"], &["doctor"]] {
        let run = workshop.rca(&[arguments, &["--archive", "archive"]].concat());
        assert_eq!(run.code, 0, "{run:?}");
    }
    // A search that makes the index where nobody named an archive marks it.
    fs::remove_dir_all(&version).unwrap();
    let mut command = workshop.command(&["search", "report"]);
    assert_eq!(Run::from(command.current_dir(workshop.path().join("archive")).output().unwrap()).code, 0);
    assert_eq!(fs::read(&precious).unwrap(), before);
}

#[test]
fn a_settings_file_that_is_not_a_regular_file_is_refused() {
    let workshop = Workshop::with_archive();
    workshop.write("outside/secret.txt", "kangaroo = true\n");
    let outside = workshop.path().join("outside");
    let settings = workshop.path().join("archive/rca.toml");
    for (kind, said) in [
        ("file link", "a symbolic link"),
        ("folder link", "a symbolic link"),
        ("dangling link", "a symbolic link"),
        ("device link", "a symbolic link"),
        ("pipe", "a pipe"),
        ("folder", "a folder"),
    ] {
        replace(&settings, kind, &outside);
        for command in [&["search", "queue"][..], &["index"], &["check"], &["doctor"]] {
            let run = timed(&workshop, &[command, &["--archive", "archive"]].concat());
            assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{kind}: {run:?}");
            let message = format!("archive/rca.toml: {said}, not a regular file");
            assert!(run.stderr.contains(&message) && !run.stderr.contains("kangaroo"), "{kind}: {run:?}");
        }
    }
    // Also where it is what makes a folder an archive.
    replace(&settings, "pipe", &outside);
    let output = workshop.command(&["search", "queue"]).current_dir(workshop.path().join("archive/2025")).output();
    assert_eq!(Run::from(output.unwrap()).code, 2);
    let _listening = {
        fs::remove_file(&settings).unwrap();
        std::os::unix::net::UnixListener::bind(&settings).unwrap()
    };
    let run = timed(&workshop, &["search", "queue", "--archive", "archive"]);
    assert!(run.code == 2 && run.stderr.contains("a socket"), "{run:?}");
}

#[test]
fn pipes_and_links_in_the_place_of_ignore_files_and_baselines() {
    let workshop = Workshop::with_archive();
    workshop.write("outside/secret.txt", "2025\n");
    let outside = workshop.path().join("outside");
    let archive = workshop.path().join("archive");
    fs::create_dir_all(archive.join(".git/info")).unwrap();
    for name in [".gitignore", ".ignore", "2025/.gitignore", ".git/info/exclude"] {
        for kind in ["pipe", "file link", "device link"] {
            replace(&archive.join(name), kind, &outside);
            let run = timed(&workshop, &["index", "archive", "-v"]);
            assert!(run.stdout.starts_with("3 reports: "), "{name}: {kind}: {run:?}");
            assert!(
                run.stderr.contains(&format!("{name}:1: ")) && run.stderr.contains("not a regular file"),
                "{run:?}"
            );
            fs::remove_file(archive.join(name)).unwrap();
        }
    }
    let baseline = workshop.path().join("known.txt");
    for kind in ["pipe", "file link", "dangling link", "device link"] {
        replace(&baseline, kind, &outside);
        for option in ["--baseline", "--write-baseline"] {
            let run = timed(&workshop, &["check", "archive", option, "known.txt"]);
            assert!(run.code == 2 && run.stderr.contains("not a regular file"), "{kind}: {run:?}");
        }
    }
    assert_eq!(fs::read_to_string(outside.join("secret.txt")).unwrap(), "2025\n");
    assert!(!outside.join("new.txt").exists());
}

/// Swaps two paths with a third, over and over, while `work` runs.
fn while_swapping(one: &Path, other: &Path, work: impl FnOnce()) -> usize {
    let aside = one.with_extension("aside");
    let (done, swaps) = (AtomicBool::new(false), std::sync::atomic::AtomicUsize::new(0));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                fs::rename(one, &aside).unwrap();
                fs::rename(other, one).unwrap();
                fs::rename(one, other).unwrap();
                fs::rename(&aside, one).unwrap();
                swaps.fetch_add(1, Ordering::Relaxed);
            }
        });
        work();
        done.store(true, Ordering::Relaxed);
    });
    swaps.into_inner()
}

/// Updates while files and folders are swapped for links to the outside.
fn check_swaps(rounds: usize) {
    let workshop = Workshop::new();
    workshop.write("outside/report.md", "# Secret kangaroo\n\nFrom outside.\n");
    for number in 0..40 {
        workshop.write(&format!("archive/2025/{number:02}.md"), &format!("# Report {number}\n\nA queue grew.\n"));
        workshop.write(&format!("outside/folder/{number:02}.md"), "# Secret kangaroo\n\nFrom outside.\n");
    }
    let at = |path: &str| workshop.path().join(path);
    symlink("../outside/report.md", at("file")).unwrap();
    symlink(at("outside/report.md"), at("file-link")).unwrap();
    symlink(at("outside/folder"), at("folder-link")).unwrap();
    let started = Instant::now();
    let mut swaps = 0;
    for round in 0..rounds {
        let (one, other) =
            if round % 2 == 0 { ("archive/2025", "folder-link") } else { ("archive/2025/20.md", "file-link") };
        swaps += while_swapping(&at(one), &at(other), || {
            for _ in 0..3 {
                let run = timed(&workshop, &["index", "archive", "--rebuild", "-q"]);
                assert!(matches!(run.code, 0 | 4), "{run:?}");
                let run = timed(&workshop, &["search", "kangaroo", "--archive", "archive", "--no-update"]);
                assert!(run.code == 0 && !run.stdout.contains("Secret"), "outside text was taken in: {run:?}");
                let run = timed(&workshop, &["check", "archive"]);
                assert!(!run.stdout.contains("kangaroo"), "{run:?}");
            }
        });
    }
    println!("{swaps} swaps in {} updates, no text from outside, {:.0?}", rounds * 3, started.elapsed());
    assert!(swaps > rounds);
}

#[test]
fn files_and_folders_that_are_swapped_for_links_are_not_read() {
    check_swaps(4);
}

#[test]
#[ignore = "takes a minute; .ci/run runs it"]
fn sixty_updates_while_files_and_folders_are_swapped_for_links() {
    check_swaps(20);
}
