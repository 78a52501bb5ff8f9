//! Which index is believed: not one that came with the archive, until it was built anew from the reports, or the user says so.

use std::fs;
use std::path::{Path, PathBuf};

use rca_index::{Incident, Index};

use super::{Run, Workshop};

/// What a report of the archive says in the forged index only.
const FORGED: &str = "zebra";

fn index(workshop: &Workshop) -> PathBuf {
    workshop.path().join("archive/.rca")
}

fn version_folder(index: &Path) -> PathBuf {
    fs::read_dir(index).unwrap().flatten().find(|entry| entry.path().is_dir()).unwrap().path()
}

fn manifest(index: &Path) -> PathBuf {
    let files = fs::read_dir(version_folder(index)).unwrap().flatten().map(|entry| entry.path());
    let mut named = files.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("manifest-"));
    named.next().unwrap()
}

fn meta(workshop: &Workshop) -> Vec<u8> {
    fs::read(version_folder(&index(workshop)).join("meta.json")).unwrap()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(from, to).unwrap();
        }
    }
}

/// Runs as another user of this machine, or on another machine: one with another home.
fn rca_of(workshop: &Workshop, user: &str, arguments: &[&str]) -> Run {
    let home = workshop.path().join(".users").join(user);
    fs::create_dir_all(&home).unwrap();
    Run::from(workshop.command(arguments).env("HOME", home).output().unwrap())
}

/// An archive with an index that a stranger made: what it stores of the reports is another text, and what it knows of the files,
/// sizes, times and hashes, is right, so that no update has a reason to read them.
fn with_forged_index() -> Workshop {
    let workshop = Workshop::with_archive();
    let honest = workshop.path().join(".honest");
    assert_eq!(rca_of(&workshop, "stranger", &["index", "archive", "-q", "--index", ".honest"]).code, 0);
    copy(&workshop.path().join("archive"), &workshop.path().join(".forged"));
    let path = workshop.path().join(".forged/2025/queue.md");
    fs::write(&path, fs::read_to_string(&path).unwrap() + "\n" + FORGED + "\n").unwrap();
    assert_eq!(rca_of(&workshop, "stranger", &["index", ".forged", "-q"]).code, 0);
    copy(&workshop.path().join(".forged/.rca"), &index(&workshop));
    fs::copy(manifest(&honest), manifest(&index(&workshop))).unwrap();
    workshop
}

#[test]
fn a_forged_index_is_built_anew_once_and_says_so() {
    let workshop = with_forged_index();
    // It is a good forgery: whoever trusts it is lied to.
    let mut fooled = workshop.command(&["search", FORGED, "--archive", "archive", "--format", "paths"]);
    let fooled = Run::from(fooled.env("RCA_TRUST_INDEX", "1").output().unwrap());
    assert_eq!(fooled.stdout, "archive/2025/queue.md\n", "{fooled:?}");

    let first = workshop.rca(&["search", FORGED, "--archive", "archive", "--format", "paths"]);
    assert_eq!((first.code, first.stdout.as_str()), (0, ""), "{first:?}");
    let said = "archive/.rca: this index is not known to be yours; built anew from 3 reports in ";
    assert!(first.stderr.contains(said), "{first:?}");
    let again = workshop.rca(&["show", "queue", "--archive", "archive", "--format", "json"]);
    assert!(!again.stderr.contains("yours") && !again.stdout.contains(FORGED), "{again:?}");
    assert_eq!(workshop.json(&["doctor", "--archive", "archive"])["trusted"], true);
}

#[test]
fn the_other_commands_do_not_believe_it_either() {
    for arguments in [
        &["index", "archive"][..],
        &["index", "archive", "--rebuild"],
        &["facets", "service", "--archive", "archive"],
        &["show", "queue", "--archive", "archive"],
    ] {
        let workshop = with_forged_index();
        let run = workshop.rca(arguments);
        assert!(run.stderr.contains("not known to be yours; built anew from 3 reports"), "{arguments:?}: {run:?}");
        assert!(!run.stdout.contains(FORGED), "{arguments:?}: {run:?}");
        assert_eq!(workshop.stdout(&["search", FORGED, "--archive", "archive", "--format", "paths"]), "");
    }
}

#[test]
fn doctor_compares_the_texts_whoever_made_the_index() {
    let workshop = with_forged_index();
    let doctor = |arguments: &[&str]| {
        let mut command = workshop.command(&["doctor", "--archive", "archive"]);
        Run::from(command.args(arguments).env("RCA_TRUST_INDEX", "1").output().unwrap())
    };
    let found = doctor(&[]);
    assert_eq!(found.code, 3, "{found:?}");
    assert!(found.stdout.contains("3 reports compared; 1 differ from their files: 2025/queue"), "{found:?}");
    assert!(
        found.stdout.contains("trusts every index") && found.stderr.contains("differs from the reports: 2025/queue")
    );
    let repaired = doctor(&["--repair"]);
    assert_eq!(repaired.code, 0, "{repaired:?}");
    let sound = doctor(&["--format", "json"]);
    let sound: serde_json::Value = serde_json::from_str(&sound.stdout).unwrap();
    assert_eq!(
        (&sound["compared"], &sound["differing"], &sound["outdated"]),
        (&3.into(), &serde_json::json!([]), &0.into())
    );

    // A report that is in no file, and one that changed since.
    workshop.write("archive/2025/queue.md", "# Queue, again\n\nAnother text.\n");
    workshop.write("archive/new.md", "# New\n");
    assert_eq!(workshop.json(&["doctor", "--archive", "archive"])["outdated"], 2);
}

#[test]
fn with_no_update_it_is_used_with_a_warning() {
    let workshop = with_forged_index();
    for quiet in ["--quiet", "--no-pager"] {
        let run = workshop.rca(&["search", FORGED, "--archive", "archive", "--no-update", "--format", "paths", quiet]);
        assert_eq!((run.code, run.stdout.as_str()), (0, "archive/2025/queue.md\n"), "{run:?}");
        assert!(run.stderr.contains("--no-update uses it as it is: it may say what no report says"), "{run:?}");
    }
}

#[test]
fn the_user_may_trust_it() {
    let workshop = Workshop::with_archive();
    assert_eq!(rca_of(&workshop, "ada", &["index", "archive", "-q"]).code, 0);
    let before = meta(&workshop);
    let unknown = workshop.rca(&["doctor", "--archive", "archive"]);
    assert!(unknown.code == 0 && unknown.stdout.contains("no: not known to be yours"), "{unknown:?}");
    let trusted = workshop.rca(&["doctor", "--trust", "--archive", "archive"]);
    assert!(
        trusted.stderr.contains("is trusted from now on") && trusted.stdout.contains("yes: you made it, or trusted it")
    );
    let found = workshop.rca(&["search", "queue", "--archive", "archive"]);
    assert!(found.code == 0 && !found.stderr.contains("yours"), "{found:?}");
    assert_eq!(meta(&workshop), before, "it is as it was");
    // Each change by the other user is believed too: the index grew from the one that was trusted.
    workshop.write("archive/new.md", "# New kafka\n");
    assert_eq!(rca_of(&workshop, "ada", &["index", "archive", "-q"]).code, 0);
    let found = workshop.rca(&["search", "kafka", "--archive", "archive"]);
    assert!(found.stdout.contains("New kafka") && !found.stderr.contains("yours"), "{found:?}");
}

#[test]
fn a_flag_and_a_variable_trust_every_index() {
    let workshop = Workshop::with_archive();
    assert_eq!(rca_of(&workshop, "ada", &["index", "archive", "-q"]).code, 0);
    let before = meta(&workshop);
    for (flag, variable) in [("--trust-index", "0"), ("--quiet", "1"), ("--quiet", "true")] {
        let mut command = workshop.command(&["search", "queue", "--archive", "archive", "--format", "paths", flag]);
        let run = Run::from(command.env("RCA_TRUST_INDEX", variable).output().unwrap());
        assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("archive/2025/queue.md\n", ""), "{flag} {variable}");
        assert_eq!(meta(&workshop), before, "{flag} {variable}");
    }
    for variable in ["0", "false", ""] {
        let mut command = workshop.command(&["doctor", "--archive", "archive", "--format", "json"]);
        let run = Run::from(command.env("RCA_TRUST_INDEX", variable).output().unwrap());
        assert!(run.stdout.contains("\"trusted\": false"), "{variable}: {run:?}");
    }
}

#[test]
fn a_copy_of_an_own_index_is_unknown_elsewhere() {
    let workshop = Workshop::with_archive();
    workshop.stdout(&["index", "archive", "-q"]);
    copy(&workshop.path().join("archive"), &workshop.path().join("copy"));
    let run = workshop.rca(&["search", "queue", "--archive", "copy", "--format", "paths"]);
    assert!(run.stderr.contains("copy/.rca: this index is not known to be yours; built anew"), "{run:?}");
    // And what takes the place of an own index is not believed because of the place.
    let forged = with_forged_index();
    forged.stdout(&["index", "archive", "-q"]);
    fs::remove_dir_all(index(&forged)).unwrap();
    copy(&forged.path().join(".forged/.rca"), &index(&forged));
    fs::copy(manifest(&forged.path().join(".honest")), manifest(&index(&forged))).unwrap();
    let run = forged.rca(&["search", FORGED, "--archive", "archive", "--format", "paths"]);
    assert_eq!(run.stdout, "");
    assert!(run.stderr.contains("not known to be yours"), "{run:?}");
}

#[test]
fn users_of_one_index_build_it_anew_once_each_and_do_not_take_turns() {
    let workshop = Workshop::with_archive();
    let said = |user: &str| {
        let run = rca_of(&workshop, user, &["search", "queue", "--archive", "archive", "--format", "paths"]);
        assert_eq!((run.code, run.stdout.as_str()), (0, "archive/2025/queue.md\n"), "{run:?}");
        run.stderr.contains("not known to be yours")
    };
    assert_eq!(
        ["ada", "bob", "ada", "bob", "cyd", "ada", "bob", "cyd"].map(said),
        [false, true, false, false, true, false, false, false]
    );
}

#[test]
fn given_incidents_stay_and_are_named() {
    let workshop = Workshop::with_archive();
    assert_eq!(rca_of(&workshop, "stranger", &["index", "archive", "-q"]).code, 0);
    Index::open(index(&workshop)).unwrap().upsert([Incident::new("OPS-1", "Given ticket")]).unwrap();
    let run = workshop.rca(&["search", "ticket", "--archive", "archive"]);
    assert!(run.stdout.contains("Given ticket"), "{run:?}");
    let said = "1 incident here was upserted by a program, and cannot be compared with any file";
    assert!(run.stderr.contains("built anew from 3 reports") && run.stderr.contains(said), "{run:?}");
    // A program that opens it with no store leaves it as known as it was.
    Index::open(index(&workshop)).unwrap().upsert([Incident::new("OPS-2", "Second ticket")]).unwrap();
    let run = workshop.rca(&["search", "ticket", "--archive", "archive"]);
    assert!(run.stdout.contains("Second ticket") && !run.stderr.contains("yours"), "{run:?}");
}

#[test]
fn a_record_of_given_incidents_alone_is_named_once() {
    let workshop = Workshop::with_archive();
    Index::open_or_create(workshop.path().join(".other"))
        .unwrap()
        .upsert([Incident::new("OPS-1", "Given ticket")])
        .unwrap();
    let record = |name: &str| fs::copy(workshop.path().join(".other/given.log"), index(&workshop).join(name)).unwrap();
    let said = |arguments: &[&str]| {
        let run = workshop.rca(arguments);
        assert!(run.code == 0 && run.stdout.contains("icket"), "{run:?}");
        run.stderr.contains("1 incident here was upserted by a program, and cannot be compared with any file")
    };
    let search = ["search", "ticket", "--archive", "archive"];
    // With no index beside it.
    fs::create_dir(index(&workshop)).unwrap();
    record("given.log");
    assert_eq!([said(&search), said(&search), said(&["show", "OPS-1", "--archive", "archive"])], [true, false, false]);
    // Put into an index that is known.
    fs::remove_dir_all(index(&workshop)).unwrap();
    workshop.stdout(&["index", "archive", "-q"]);
    let forget = fs::read_dir(workshop.path().join(".local/state/rca/trusted")).unwrap().flatten();
    forget
        .filter(|note| fs::read_to_string(note.path()).unwrap().ends_with("given.log"))
        .for_each(|note| fs::remove_file(note.path()).unwrap());
    record("given.log");
    assert_eq!([said(&search), said(&search)], [true, false]);
}

#[test]
fn without_a_state_folder_it_says_why_the_index_stays_unknown() {
    let workshop = with_forged_index();
    workshop.write(".blocked/state", "not a folder");
    let search = || {
        let mut command = workshop.command(&["search", FORGED, "--archive", "archive", "--format", "paths"]);
        Run::from(command.env("XDG_STATE_HOME", workshop.path().join(".blocked/state")).output().unwrap())
    };
    for run in [search(), search()] {
        assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{run:?}");
        assert!(run.stderr.contains("cannot be noted as yours") && run.stderr.contains("RCA_TRUST_INDEX=1"), "{run:?}");
    }
}

#[test]
fn completions_do_not_show_what_it_says() {
    let workshop = with_forged_index();
    let complete = || {
        let mut command = workshop.command(&["--", "rca", "show", "--archive", "archive", "20"]);
        command.env("RCA_COMPLETE", "fish").env("_CLAP_COMPLETE_INDEX", "5");
        Run::from(command.output().unwrap())
    };
    assert!(!complete().stdout.contains("2025/queue"));
    workshop.stdout(&["index", "archive", "-q"]);
    assert!(complete().stdout.contains("2025/queue"), "{:?}", complete());
}

#[test]
fn eight_first_searches_at_once_all_answer() {
    for _ in 0..5 {
        let workshop = with_forged_index();
        std::thread::scope(|scope| {
            let searches: Vec<_> = (0..8)
                .map(|_| {
                    scope.spawn(|| workshop.rca(&["search", "queue", "--archive", "archive", "--format", "paths"]))
                })
                .collect();
            for search in searches {
                let run = search.join().unwrap();
                assert_eq!((run.code, run.stdout.as_str()), (0, "archive/2025/queue.md\n"), "{run:?}");
            }
        });
        assert_eq!(workshop.stdout(&["search", FORGED, "--archive", "archive", "--format", "paths"]), "");
    }
}
