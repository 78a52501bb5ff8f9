//! Completions in real shells, with the values of an archive. A shell that is missing is skipped with a word.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::{Run, Workshop};

/// An archive with an index, and a folder with the command first in `PATH`.
fn workshop() -> Workshop {
    let workshop = Workshop::with_archive();
    workshop.write(
        "archive/2025/odd.md",
        "---\nservices: [\"orders; touch pwned\", \"$(touch pwned)\", \"a b\"]\nteam: payments\n---\n# Odd\n",
    );
    workshop.stdout(&["index", "archive"]);
    fs::create_dir(workshop.path().join("bin")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_rca"), workshop.path().join("bin/rca")).unwrap();
    workshop
}

/// Runs a script in a shell.
fn run(workshop: &Workshop, shell: &[&str], script: &str) -> Option<Run> {
    let mut command = Command::new(shell[0]);
    command
        .args(&shell[1..])
        .arg(script)
        .current_dir(workshop.path())
        .env("HOME", workshop.path())
        .env_remove("XDG_STATE_HOME");
    let path = format!("{}:{}", workshop.path().join("bin").display(), std::env::var("PATH").unwrap());
    let output = command.env("PATH", path).env("RCA_ARCHIVE", "archive").env("TERM", "dumb").output();
    let run = output.ok().map(Run::from);
    if run.is_none() {
        println!("skipped: {} is not installed", shell[0]);
    }
    run
}

/// What is typed, and a candidate that must be among those that a shell offers, and one that must not.
const TYPED: &[(&str, &str, &str)] = &[
    ("rca sea", "search", "show"),
    ("rca search --service or", "orders", "billing"),
    ("rca search --service billing,or", "billing,orders", "billing,billing"),
    ("rca search service:bil", "service:billing", "service:orders"),
    ("rca search tag:", "tag:mq/kafka", "tag:none"),
    ("rca search severity:P1,", "severity:P1,P2", "severity:P1,none"),
    ("rca search links:2025/qu", "links:2025/queue", "links:2025/disk"),
    ("rca search has:backl", "has:backlinks", "has:links"),
    ("rca search queue sort:-da", "sort:-date", "sort:date"),
    ("rca search --sort dur", "duration", "date"),
    ("rca search --facets service,te", "service,team", "service,tag"),
    ("rca search --fields id,minutes_t", "id,minutes_to", "id,minutes_from"),
    ("rca show 2025/qu", "2025/queue", "2025/disk"),
    ("rca show queue --section roo", "rootcause", "resolution"),
    ("rca facets te", "team", "tag"),
    ("rca help j", "json", "query"),
    ("rca search --format vim", "vimgrep", "json"),
];

/// Checks what a shell offers.
fn check(shell: &str, typed: &str, offered: &str, expected: &str, unexpected: &str) {
    // A shell may show only what follows the last colon.
    let bare = |word: &str| word.rsplit(':').next().unwrap_or_default().to_owned();
    let words: Vec<String> = offered.lines().map(|line| line.split('\t').next().unwrap().trim().to_owned()).collect();
    let has = |wanted: &str| words.iter().any(|word| word == wanted || *word == bare(wanted));
    assert!(has(expected), "{shell}: {typed}: {offered:?}");
    assert!(!has(unexpected), "{shell}: {typed}: {offered:?}");
    assert!(!offered.contains("pwned"), "{shell}: {typed}: {offered:?}");
}

#[test]
fn bash_knows_the_values_of_the_archive() {
    let workshop = workshop();
    for (typed, expected, unexpected) in TYPED {
        // Bash splits words at the characters of COMP_WORDBREAKS before it asks.
        let mut words: Vec<String> = Vec::new();
        for word in typed.split(' ') {
            let spaced = word.replace(':', " : ");
            words.extend(spaced.split(' ').filter(|part| !part.is_empty()).map(str::to_owned));
        }
        let last = words.len() - 1;
        let list = words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" ");
        let script = format!(
            "source <(rca completions bash); COMP_LINE='{typed}'; COMP_POINT=${{#COMP_LINE}}; COMP_WORDS=({list}); COMP_CWORD={last}; \
             compopt() {{ :; }}; _rca rca '{}' ''; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
            words[last]
        );
        let Some(run) = run(&workshop, &["bash", "--norc", "-c"], &script) else { return };
        assert_eq!(run.stderr, "", "{typed}");
        check("bash", typed, &run.stdout, expected, unexpected);
    }
}

#[test]
fn fish_knows_the_values_of_the_archive() {
    let workshop = workshop();
    for (typed, expected, unexpected) in TYPED {
        let script = format!("rca completions fish | source; complete -C '{typed}'");
        let Some(run) = run(&workshop, &["fish", "--no-config", "-c"], &script) else { return };
        assert_eq!(run.stderr, "", "{typed}");
        check("fish", typed, &run.stdout, expected, unexpected);
    }
}

#[test]
fn zsh_knows_the_values_of_the_archive() {
    let workshop = workshop();
    for (typed, expected, unexpected) in TYPED {
        // The function fills what the completion system shows; here, that is printed.
        let list = typed.split(' ').map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" ");
        let script = format!(
            "compdef() {{ :; }}; source <(rca completions zsh); \
             _describe() {{ local name=${{@[-1]}}; [[ $name == / ]] && name=${{@[-5]}}; \
             for value in \"${{(@P)name}}\"; do value=${{value//\\\\:/COLON}}; value=${{value%%:*}}; print -r -- ${{value//COLON/:}}; done }}; \
             words=({list}); CURRENT=${{#words}}; _clap_dynamic_completer_rca"
        );
        let Some(run) = run(&workshop, &["zsh", "-f", "-c"], &script) else { return };
        assert_eq!(run.stderr, "", "{typed}");
        check("zsh", typed, &run.stdout, expected, unexpected);
    }
}

/// Everything in a folder, with its time of change.
fn state(folder: PathBuf) -> Vec<(PathBuf, std::time::SystemTime)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        files.push((entry.path(), entry.metadata().unwrap().modified().unwrap()));
        if entry.path().is_dir() {
            files.extend(state(entry.path()));
        }
    }
    files.sort();
    files
}

/// Asks as a shell does.
fn ask(workshop: &Workshop, words: &[&str]) -> Run {
    let mut command = workshop.command(&["--"]);
    let index = (words.len() - 1).to_string();
    command.args(words).env("RCA_COMPLETE", "fish").env("_CLAP_COMPLETE_INDEX", index);
    Run::from(command.output().unwrap())
}

#[test]
fn to_complete_changes_nothing_and_says_nothing() {
    let workshop = Workshop::with_archive();
    let asked = ["rca", "search", "--archive", "archive", "--service", ""];
    // There is no index, and none is made.
    let before = state(workshop.path().to_owned());
    let run = ask(&workshop, &asked);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str(), run.code), ("", "", 0));
    assert_eq!(state(workshop.path().to_owned()), before);
    // There is one, and it is not updated.
    workshop.stdout(&["index", "archive"]);
    workshop.write("archive/new.md", "---\nservices: [newcomer]\n---\n# New\n");
    let before = state(workshop.path().to_owned());
    let run = ask(&workshop, &asked);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("orders\nbilling\n", ""));
    assert_eq!(state(workshop.path().to_owned()), before);
    // Nothing is said of a wrong archive, wrong settings or a damaged index.
    assert_eq!(ask(&workshop, &["rca", "search", "--archive", "nowhere", "service:"]).stderr, "");
    workshop.write("archive/rca.toml", "nonsense = 1\n");
    let run = ask(&workshop, &asked);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str(), run.code), ("", "", 0));
}

#[test]
fn a_list_of_values_is_bounded() {
    let workshop = Workshop::new();
    for i in 0..300 {
        workshop.write(&format!("archive/report-{i:03}.md"), &format!("---\nservices: [svc-{i:03}]\n---\n# A {i}\n"));
    }
    workshop.stdout(&["index", "archive"]);
    for words in [["--service", "svc-"], ["service:svc-", ""], ["service:", ""]] {
        let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        let run = ask(&workshop, &[&["rca", "search", "--archive", "archive"], &words[..]].concat());
        assert_eq!(run.stdout.lines().count(), 100, "{words:?}: {run:?}");
    }
    let run = ask(&workshop, &["rca", "show", "--archive", "archive", "report-"]);
    assert_eq!(run.stdout.lines().count(), 100, "{run:?}");
}
