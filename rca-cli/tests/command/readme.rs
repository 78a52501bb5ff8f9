//! The README shows what the command prints. `UPDATE_README=1 cargo test -p rca-cli readme` updates it, with its pictures.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Run, Workshop, repository};

/// The pictures, each with its command and what its answer must show.
const PICTURES: [(&str, &str, &str); 2] = [
    ("search.svg", "search \"queue backlog\" -n 3", "Message Queue Backlog in inventory-api"),
    ("seen.svg", "seen -n 2 < corpus/queries/seen/alert.json", "Orders reach the warehouse too late"),
];

/// A workshop with a copy of the corpus, so that no index is left in the original; `None` outside of the repository.
fn with_corpus() -> Option<Workshop> {
    let corpus = repository("corpus")?;
    let workshop = Workshop::new();
    copy(&corpus, &workshop.path().join("corpus"));
    workshop.stdout(&["index", "corpus/incidents"]);
    Some(workshop)
}

/// The README, which a published crate has beside its manifest.
fn readme() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(env!("CARGO_PKG_README"))
}

pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (source, target): (PathBuf, PathBuf) = (entry.path(), to.join(entry.file_name()));
        if entry.file_name() == ".rca" {
            continue;
        }
        if source.is_dir() {
            copy(&source, &target);
        } else {
            fs::copy(source, target).unwrap();
        }
    }
}

/// The output of a command of the README as a terminal shows it: stdout and stderr. What stands behind `<` is the file that it
/// reads.
fn run(workshop: &Workshop, line: &str, color: &str) -> String {
    let mut command = workshop.command(&[]);
    let (line, input) = line.split_once(" < ").map_or((line, None), |(line, input)| (line, Some(input)));
    if let Some(input) = input {
        command.stdin(fs::File::open(workshop.path().join(input)).unwrap());
    }
    command.args(words(line)).args(["--color", color]).env("RCA_ARCHIVE", "corpus/incidents");
    let Run { stdout, stderr, .. } = Run::from(command.output().unwrap());
    // The folder of the archive differs between runs.
    let folder = workshop.path().canonicalize().unwrap();
    (stdout + &stderr).replace(folder.to_str().unwrap(), "/home/ada")
}

/// The arguments after `$ rca`, split at spaces outside quotes.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for c in line.chars() {
        match (quote, c) {
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            (None, ' ') => words.push(String::new()),
            _ => words.last_mut().unwrap().push(c),
        }
    }
    words
}

/// A text without what differs between runs: durations, and scores, which depend on the age of incidents.
fn timeless(text: &str) -> String {
    let mut timeless = String::new();
    for line in text.lines() {
        let took = line.find(" ms").and_then(|end| line[..end].rfind(" in ").map(|start| start + 4..end));
        let json = ["\"took_ms\"", "\"score\""].into_iter().find(|key| line.trim_start().starts_with(key));
        match took {
            Some(took) => timeless.push_str(&line.replacen(&line[took], "?", 1)),
            None => timeless.push_str(json.unwrap_or(line)),
        }
        timeless.push('\n');
    }
    timeless
}

/// Compares a file with its expected content, or updates it.
fn check(path: &Path, actual: &str) {
    let expected = fs::read_to_string(path).unwrap_or_default();
    if timeless(&expected) == timeless(actual) {
        return;
    }
    if std::env::var_os("UPDATE_README").is_some() {
        fs::write(path, actual).unwrap();
        return;
    }
    let differs = expected.lines().zip(actual.lines()).find(|(e, a)| timeless(e) != timeless(a));
    panic!("{} is out of date ({differs:?}); run UPDATE_README=1 cargo test -p rca-cli readme", path.display());
}

#[test]
fn its_answers_are_those_of_the_command() {
    let Some(workshop) = with_corpus() else { return };
    let path = readme();
    let readme = fs::read_to_string(&path).unwrap();
    let mut actual = String::new();
    let mut commands = 0;
    let mut in_console = false;
    for line in readme.lines() {
        let command = line.strip_prefix("$ rca ").filter(|_| in_console);
        if line == "```console" {
            in_console = true;
        } else if line == "```" {
            in_console = false;
        }
        if in_console && line != "```console" && command.is_none() {
            continue;
        }
        actual.push_str(line);
        actual.push('\n');
        if let Some(command) = command {
            commands += 1;
            actual.push_str(run(&workshop, command, "never").trim_end());
            actual.push('\n');
        }
    }
    assert!(commands >= 8, "{commands} commands");
    check(&path, &actual);
}

#[test]
fn its_pictures_are_what_a_terminal_shows() {
    let Some(workshop) = with_corpus() else { return };
    for (picture, command, promised) in PICTURES {
        let answer = run(&workshop, command, "always");
        assert!(answer.contains(promised), "{answer}");
        let terminal = format!("\x1b[32m$\x1b[0m rca {command}\n{answer}");
        let svg = anstyle_svg::Term::new().render_svg(&terminal);
        check(&Path::new(env!("CARGO_MANIFEST_DIR")).join(picture), &(svg.trim_end().to_owned() + "\n"));
    }
}

#[test]
fn the_commands_to_build_and_test_are_those_that_are_checked() {
    let Some(checks) = repository(".ci/run") else { return };
    let (readme, checked) = (fs::read_to_string(readme()).unwrap(), fs::read_to_string(checks).unwrap());
    let mut blocks = readme.split("```sh\n").skip(1).map(|block| block.split("```").next().unwrap().trim());
    let (build, test) = (blocks.next().unwrap(), blocks.next().unwrap());
    assert!(build.contains("search \"queue backlog\"") && test.starts_with("cargo test"), "{build} {test}");
    for command in [build, test] {
        assert!(checked.contains(command), "`{command}` is not run by .ci/run");
    }
}

#[test]
fn its_settings_do_what_it_says() {
    let readme = fs::read_to_string(readme()).unwrap();
    let settings = readme.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let workshop = Workshop::new();
    workshop.write("archive/rca.toml", settings);
    let report =
        |services: &str, severity: &str| format!("---\nservices: [{services}]\nseverity: {severity}\n---\n# Stock\n");
    workshop.write("archive/a.md", &report("inv-api", "Sev-Blue (all of Europe)"));
    workshop.write("archive/b.md", &report("Inventory Service, INVENTORY_API", "P1"));
    workshop.write("archive/c.md", &report("stock-api", "Sev-Green"));
    let ids = |arguments: &[&str]| -> String {
        let mut all = vec!["search", "--archive", "archive"];
        all.extend(arguments);
        let found = workshop.json(&all);
        let mut ids: Vec<&str> =
            found["hits"].as_array().unwrap().iter().map(|hit| hit["id"].as_str().unwrap()).collect();
        ids.sort_unstable();
        ids.join(" ")
    };
    for name in ["inventory-api", "Inventory API", "inv-api", "stock-api", "inventory service"] {
        assert_eq!(ids(&["--service", name]), "a b c", "{name}");
    }
    assert_eq!((ids(&["service:stock-api"]), ids(&["\"inventory service\""])), ("a b c".to_owned(), "b".to_owned()));
    assert_eq!((ids(&["severity:P1"]), ids(&["severity:>=Sev-Blue"])), ("a b".to_owned(), "a b".to_owned()));
    assert_eq!(ids(&["--severity", "sev green"]), "c");
    let shown = workshop.json(&["show", "b", "--archive", "archive"]);
    assert_eq!(shown["services"], serde_json::json!(["inventory-api"]));
    let counted = workshop.stdout(&["facets", "service", "--archive", "archive"]);
    assert!(counted.contains("3  inventory-api"), "{counted}");
    let wrong = workshop.rca(&["search", "--severity", ">=Sev-Mauve", "--archive", "archive"]);
    assert!(wrong.code == 2 && wrong.stderr.contains("--severity >=Sev-Mauve: `Sev-Mauve` is not"), "{wrong:?}");
    let wrong = workshop.rca(&["search", "stock severity:>=Sev-Mauve", "--archive", "archive"]);
    assert!(wrong.code == 2 && wrong.stderr.contains("\n        ^^^"), "{wrong:?}");

    workshop.write("archive/rca.toml", "[services.a1]\n[services.b1]\naliases = [\"A_1\"]\n");
    let twice = workshop.rca(&["search", "x", "--archive", "archive"]);
    assert!(twice.code == 2 && twice.stderr.contains("rca.toml:3: `A_1` is a name of `b1` here"), "{twice:?}");
}
