use std::fs;
use std::process::Command;

use super::*;
use crate::archive::Archive;
use crate::archive::walk::walk;

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        if !path.is_dir() {
            fs::write(path, text).unwrap();
        }
    }
    folder
}

/// Checks which files are taken from the archive in a folder inside, and how many each ignore file leaves out.
fn check(inside: &str, files: &[(&str, &str)], taken: &[&str], counts: &[(&str, usize)]) {
    let folder = folder(files);
    let archive = Archive::open(folder.path().join(inside)).unwrap();
    assert_eq!(archive.report_paths(), taken, "{files:?}");
    let found = archive.ignored_counts();
    let found: Vec<_> = found.iter().map(|count| (&*count.by, count.files)).collect();
    assert_eq!(found, counts, "{files:?}");
    // A walk with little time finds the same files.
    let limit = crate::archive::walk::Limit { time: std::time::Duration::MAX, files: 0, folders: false };
    let quick = walk(&archive, Some(limit)).unwrap();
    assert_eq!(quick.files.iter().map(|file| &*file.path).collect::<Vec<_>>(), taken, "{files:?}");
}

/// What makes a folder a repository.
const GIT: (&str, &str) = (".git/HEAD", "ref: refs/heads/main\n");

#[test]
fn files_of_a_folder_and_below_are_left_out() {
    let files = [
        GIT,
        (".gitignore", "drafts/\n*.tmp.md\n/top.md\n"),
        ("a.md", ""),
        ("a.tmp.md", ""),
        ("drafts/d.md", ""),
        ("top.md", ""),
        ("2024/top.md", ""),
        ("2024/drafts/e.md", ""),
        ("2024/drafts/deep/f.md", ""),
        ("2024/drafts/readme.txt", ""),
        ("2024/.gitignore", "!b.tmp.md\nc.md\n"),
        ("2024/b.tmp.md", ""),
        ("2024/c.md", ""),
        ("2025/c.md", ""),
    ];
    let counts = [(".gitignore", 5), ("2024/.gitignore", 1)];
    check("", &files, &["2024/b.tmp.md", "2024/top.md", "2025/c.md", "a.md"], &counts);
}

#[test]
fn a_file_in_an_ignored_folder_is_not_taken_in_again_but_one_that_is_ignored_by_name_is() {
    let lost = [(".gitignore", "drafts/\n!drafts/keep.md\n"), ("drafts/keep.md", "")];
    check("", &lost, &[], &[(".gitignore", 1)]);
    let kept = [(".gitignore", "drafts/*\n!drafts/keep.md\n"), ("drafts/keep.md", ""), ("drafts/x.md", "")];
    check("", &kept, &["drafts/keep.md"], &[(".gitignore", 1)]);
}

#[test]
fn an_ignore_file_of_its_own_wins_over_those_of_git() {
    let files = [
        GIT,
        (".git/info/exclude", "secret.md\nopen.md\n"),
        (".gitignore", "a.md\nb.md\n!open.md\n"),
        (".ignore", "!b.md\nc.md\n"),
        ("a.md", ""),
        ("b.md", ""),
        ("c.md", ""),
        ("open.md", ""),
        ("secret.md", ""),
        ("x/.gitignore", "!c.md\n"),
        ("x/c.md", ""),
    ];
    check("", &files, &["b.md", "open.md"], &[(".git/info/exclude", 1), (".gitignore", 1), (".ignore", 2)]);
}

#[test]
fn ignore_files_above_hold_up_to_the_root_of_the_repository() {
    let files = [
        (".gitignore", "a.md\n"),
        (".ignore", "a.md\n"),
        ("repo/.git/HEAD", ""),
        ("repo/.git/info/exclude", "e.md\n"),
        ("repo/.gitignore", "/docs/incidents/b.md\ndrafts/\n"),
        ("repo/docs/.ignore", "incidents/c.md\n"),
        ("repo/docs/incidents/.gitignore", "d.md\n"),
        ("repo/docs/incidents/a.md", ""),
        ("repo/docs/incidents/b.md", ""),
        ("repo/docs/incidents/c.md", ""),
        ("repo/docs/incidents/d.md", ""),
        ("repo/docs/incidents/e.md", ""),
        ("repo/docs/incidents/2024/b.md", ""),
        ("repo/docs/incidents/2024/drafts/f.md", ""),
    ];
    let counts = [("../../.git/info/exclude", 1), ("../../.gitignore", 2), ("../.ignore", 1), (".gitignore", 1)];
    check("repo/docs/incidents", &files, &["2024/b.md", "a.md"], &counts);
}

#[test]
fn an_archive_that_its_repository_ignores_as_a_whole_is_taken_all_the_same() {
    for pattern in ["incidents/", "/docs", "*", "**/incidents"] {
        let files = [
            GIT,
            (".gitignore", pattern),
            ("docs/incidents/.gitignore", "d.md\n"),
            ("docs/incidents/a.md", ""),
            ("docs/incidents/d.md", ""),
        ];
        check("docs/incidents", &files, &["a.md"], &[(".gitignore", 1)]);
    }
}

#[test]
fn worktrees_submodules_and_repositories_inside() {
    let worktree = [
        ("main/.git/info/exclude", "e.md\n"),
        ("main/.git/worktrees/wt/commondir", "../..\n"),
        ("main/.git/worktrees/wt/gitdir", "../../../../wt/.git\n"),
        ("wt/.git", "gitdir: ../main/.git/worktrees/wt\n"),
        ("wt/.gitignore", "g.md\n"),
        ("wt/in/a.md", ""),
        ("wt/in/e.md", ""),
        ("wt/in/g.md", ""),
    ];
    let folder = folder(&worktree);
    let archive = Archive::open(folder.path().join("wt/in")).unwrap();
    assert_eq!(archive.report_paths(), ["a.md"]);
    let inner = [
        GIT,
        (".gitignore", "*.tmp.md\n"),
        (".ignore", "never.md\n"),
        ("a.tmp.md", ""),
        ("module/.git", "gitdir: ../.git/modules/module\n"),
        ("module/b.tmp.md", ""),
        ("module/never.md", ""),
        ("module/.gitignore", "c.md\n"),
        ("module/c.md", ""),
        ("other/d.tmp.md", ""),
    ];
    check("", &inner, &["module/b.tmp.md"], &[(".gitignore", 2), (".ignore", 1), ("module/.gitignore", 1)]);
}

#[test]
fn a_repository_that_a_stranger_names_is_not_read() {
    let archive = |git: &str| {
        folder(&[
            ("mine/.git/info/exclude", "secret.md\n"),
            ("mine/.git/worktrees/wt/commondir", "../..\n"),
            ("mine/.git/worktrees/wt/gitdir", "../../../../mine-too/.git\n"),
            ("mine-too/.git", "gitdir: ../mine/.git/worktrees/wt\n"),
            ("theirs/.git", git),
            ("theirs/secret.md", ""),
            // A folder of their own that claims to be of a worktree.
            ("theirs/fake/gitdir", "../.git\n"),
            ("theirs/fake/commondir", "../../mine/.git\n"),
        ])
    };
    let theirs = ["../mine/.git", "../mine/.git/worktrees/wt", "fake", "..", "/dev", "../gone", "//host/share"];
    for place in theirs {
        let folder = archive(&format!("gitdir: {place}\n"));
        let paths = Archive::open(folder.path().join("theirs")).unwrap().report_paths();
        assert_eq!(paths, ["secret.md"], "{place}");
    }
}

#[test]
fn include_wins_over_ignore_files_and_a_setting_switches_them_off() {
    let files = |settings: &'static str| {
        [
            ("rca.toml", settings),
            (".gitignore", "drafts/\nnode_modules/\n*.tmp.md\n"),
            ("a.md", ""),
            ("a.tmp.md", ""),
            ("drafts/2024/d.md", ""),
            ("drafts/2024/d.txt", ""),
            ("node_modules/x.md", ""),
            ("node_modules/x.txt", ""),
        ]
    };
    check("", &files("include = [\"drafts/**/*.md\"]"), &["a.md", "drafts/2024/d.md"], &[(".gitignore", 2)]);
    check("", &files("include = [\"*.tmp.md\", \"*.txt\"]"), &["a.md", "a.tmp.md"], &[(".gitignore", 4)]);
    let excluded = "include = [\"drafts/**\"]\nexclude = [\"**/*.txt\"]";
    check("", &files(excluded), &["a.md", "drafts/2024/d.md"], &[(".gitignore", 2)]);
    let all = ["a.md", "a.tmp.md", "drafts/2024/d.md", "node_modules/x.md"];
    check("", &files("ignore_files = false"), &all, &[]);
}

#[test]
fn what_cannot_be_read_is_a_problem_and_leaves_nothing_out() {
    let large = "#".repeat(MAX_BYTES as usize + 1);
    let folder = folder(&[
        (".gitignore", "a.md\n[z-a].md\n"),
        ("2024/.ignore", &large),
        ("2025/.gitignore/x", ""),
        ("a.md", ""),
        ("b.md", ""),
    ]);
    #[cfg(unix)]
    std::os::unix::fs::symlink("../.gitignore", folder.path().join("2024/.gitignore")).unwrap();
    let walk = walk(&Archive::open(folder.path()).unwrap(), None).unwrap();
    assert_eq!(walk.files.iter().map(|file| &*file.path).collect::<Vec<_>>(), ["b.md"]);
    let mut found: Vec<_> =
        walk.problems.iter().map(|found| (&*found.path, found.problem.line, found.problem.code())).collect();
    found.sort_unstable();
    let mut expected = vec![
        (".gitignore", 2, "ignore-pattern-invalid"),
        ("2024/.gitignore", 1, "ignore-file-unreadable"),
        ("2024/.ignore", 1, "ignore-file-too-large"),
    ];
    if cfg!(not(unix)) {
        expected.remove(1);
    }
    assert_eq!(found, expected);
}

#[test]
fn the_bytes_that_hold_in_one_folder_and_in_all_are_bounded() {
    let text = "a.md\n".repeat(MAX_BYTES as usize / 5);
    let nested: Vec<String> = (0..6).map(|depth| "x/".repeat(depth) + ".gitignore").collect();
    let beside: Vec<String> = (0..40).map(|number| format!("{number:02}/.gitignore")).collect();
    for (paths, read) in [(nested, MAX_HELD_BYTES), (beside, MAX_TOTAL_BYTES)] {
        let files: Vec<(&str, &str)> = paths.iter().map(|path| (&**path, &*text)).collect();
        let folder = folder(&files);
        let walk = walk(&Archive::open(folder.path()).unwrap(), None).unwrap();
        assert_eq!(walk.problems.len(), paths.len() - (read / text.len() as u64) as usize);
        assert!(walk.problems.iter().all(|found| found.problem.code() == "ignore-file-too-large"));
    }
}

/// Names and patterns of a few letters, so that they meet often. Compared with what git itself says.
#[test]
fn random_patterns_are_understood_as_by_git() {
    use proptest::prelude::*;
    use proptest::test_runner::{Config, TestRunner};

    if Command::new("git").arg("--version").output().is_err() {
        println!("skipped: git is not installed");
        return;
    }
    let name = || prop::sample::select(vec!["a", "b", "ab", "A", "a b", "#a", "!a", "{a,b}", "é"]);
    let path = (prop::collection::vec(name(), 0..3), name())
        .prop_map(|(folders, name)| [folders, vec![name]].concat().join("/") + ".md");
    let part = prop::sample::select(vec![
        "a", "b", "ab", "*", "?", "**", "a*", "*b", "[ab]", "[!a]", "[[:lower:]]", "{a,b}", "é", "*.md", "a.md", "\\a",
        "a\\ b", "#a", "[]a]", "b?.md", "*[a-b].md",
    ]);
    let start = prop::sample::select(vec!["", "", "", "/", "!", "!/", "**/", "\\#", "\\!"]);
    let end = prop::sample::select(vec!["", "", "", "/", "/**", "/*", " ", "\\ ", ".md"]);
    let pattern =
        (start, prop::collection::vec(part, 1..3), end).prop_map(|(a, b, c)| format!("{a}{}{c}\n", b.join("/")));
    let patterns = || prop::collection::vec(pattern.clone(), 0..4).prop_map(|lines| lines.concat());
    let archive = (prop::collection::vec(path, 1..12), patterns(), patterns(), name());
    let mut runner = TestRunner::new(Config { cases: 60, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&archive, |(paths, top, below, inner)| {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            // A name may be that of a file and of a folder; one of them is then missing.
            let _ = fs::create_dir_all(path.parent().unwrap());
            let _ = fs::write(path, text);
        };
        paths.iter().for_each(|path| write(path, "x"));
        write(".gitignore", &top);
        write(&format!("{inner}/.gitignore"), &below);
        let git = |arguments: &[&str]| {
            let mut command = Command::new("git");
            command.arg("-C").arg(folder.path()).args(["-c", "core.excludesFile=", "-c", "core.quotePath=false"]);
            command.env("GIT_CONFIG_NOSYSTEM", "1").env_remove("GIT_DIR").args(arguments).output().unwrap().stdout
        };
        git(&["init", "-q"]);
        let listed = String::from_utf8(git(&["ls-files", "-z", "--others", "--exclude-standard"])).unwrap();
        let mut listed: Vec<&str> = listed.split('\0').filter(|path| !path.ends_with(".gitignore")).collect();
        listed.retain(|path| !path.is_empty());
        listed.sort_unstable();
        prop_assert_eq!(Archive::open(folder.path()).unwrap().report_paths(), listed, "{:?} {:?}", top, below);
        Ok(())
    });
    assert!(outcome.is_ok(), "{}", outcome.unwrap_err());
}
