//! The test that imports are one-way: main, command line, commands, rendering, and the modules below these.
//!
//! In: the sources of the command. Out: a failure that names the modules of a cycle.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// For each module of a folder, the modules that it imports.
type Imports = BTreeMap<String, BTreeSet<String>>;

/// The paths after `crate::` in the code of a file, without its comments.
fn paths_in(source: &str) -> Vec<&str> {
    let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| line.split("crate::").skip(1)).collect()
}

/// The first name of a path.
fn first_name(path: &str) -> &str {
    path.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()
}

fn files_below(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    fs::read_dir(path).unwrap().flat_map(|entry| files_below(&entry.unwrap().path())).collect()
}

/// The imports among the files and folders of one folder. `prefix` is its path in the crate.
fn imports_in(folder: &Path, prefix: &str) -> Imports {
    let mut imports = Imports::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = entry.path().file_stem().unwrap().to_str().unwrap().to_owned();
        // The file of the folder itself declares the others.
        if name == "mod" {
            continue;
        }
        let named = imports.entry(name.clone()).or_default();
        for file in files_below(&entry.path()) {
            let source = fs::read_to_string(&file).unwrap();
            // A relative path would hide an import from this test.
            assert!(!source.replace("use super::*;", "").contains(concat!("super", "::")), "{}", file.display());
            let paths = paths_in(&source).into_iter().filter_map(|path| path.strip_prefix(prefix));
            named.extend(paths.map(first_name).filter(|path| *path != name).map(str::to_owned));
        }
    }
    let modules: BTreeSet<String> = imports.keys().cloned().collect();
    imports.values_mut().for_each(|named| named.retain(|name| modules.contains(name)));
    imports
}

/// The modules of a cycle, with those that import them.
fn cycle(imports: &Imports) -> Option<BTreeSet<&String>> {
    let mut left: BTreeMap<&String, &BTreeSet<String>> = imports.iter().collect();
    // A module that imports none of the others is in no cycle.
    while let Some(sound) = left.iter().find(|(_, named)| !named.iter().any(|name| left.contains_key(name))) {
        let sound = *sound.0;
        left.remove(sound);
    }
    (!left.is_empty()).then(|| left.into_keys().collect())
}

#[test]
fn no_module_imports_one_that_imports_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let imports = imports_in(&root, "");
    // The sources were read and their imports found.
    assert!(imports["cli"].contains("commands") && imports["commands"].contains("render"), "{imports:?}");
    assert_eq!(imports["arguments"], BTreeSet::new());
    assert_eq!(cycle(&imports), None);
    for folder in ["commands", "render"] {
        assert_eq!(cycle(&imports_in(&root.join(folder), &format!("{folder}::"))), None, "{folder}");
    }
}

#[test]
fn a_cycle_is_found() {
    let imports = |lines: &[(&str, &[&str])]| -> Imports {
        lines.iter().map(|(name, named)| ((*name).to_owned(), named.iter().map(|&n| n.to_owned()).collect())).collect()
    };
    assert_eq!(cycle(&imports(&[("a", &["b", "c"]), ("b", &["c"]), ("c", &[])])), None);
    let round = imports(&[("a", &["b"]), ("b", &["c"]), ("c", &["b"])]);
    assert_eq!(cycle(&round).map(|names| names.len()), Some(3));
    assert_eq!(paths_in("//! crate::c\nuse crate::a::B;\nlet x = crate::d::e();"), ["a::B;", "d::e();"]);
}
