//! The architecture of the library: a room (a top-level module) imports only from rooms below it. This test reads the
//! paths in `src` to check that rule, and others: which room names the engine, what modules are called, how long files
//! are.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The floors from bottom to top; rooms on one floor do not import each other. The public API is at the top:
/// `index.rs`, `lib.rs`.
const FLOORS: &[&[&str]] = &[
    &["incident"],
    &["text"],
    &["parse"],
    &["query", "signal", "archive", "given"],
    &["plan"],
    &["engine"],
    &["update"],
    &["search"],
    &["insight"],
    &["wire"],
    &["index"],
    &["lib"],
];

/// Files that every room above `incident` may import, and that import only `incident` and each other.
const SHARED_FILES: &[&str] = &["error", "files", "schema", "ranking", "durable", "process"];

/// The only room that may name the engine.
const ENGINE: &str = "engine";

/// Files that may be longer than the limit, with the reason. Remove entries that are no longer needed.
const LONG: &[(&str, &str)] = &[];

const MAX_LINES: usize = 500;

/// Names that do not describe their content.
const VAGUE_NAMES: &[&str] = &["util", "utils", "common", "helper", "helpers", "misc", "shared", "stuff"];

/// A file of the library: its path in `src` with `/` between folders, its text, and its code without comments and
/// tests.
struct Source {
    path: String,
    text: String,
    code: String,
}

impl Source {
    /// The path of its module, from the crate root.
    fn module(&self) -> Vec<&str> {
        let path = self.path.trim_end_matches(".rs").trim_end_matches("/mod");
        if path == "lib" { Vec::new() } else { path.split('/').collect() }
    }

    /// The room that it belongs to.
    fn room(&self) -> &str {
        self.module().first().copied().unwrap_or("lib")
    }

    /// The rooms that it imports, except its own. Items re-exported by the crate root belong to the room `lib`.
    fn imports(&self, rooms: &BTreeSet<String>) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for (at, _) in self.code.match_indices("crate::").filter(|&(at, _)| starts_a_path(&self.code, at)) {
            found.extend(heads(&self.code[at + "crate::".len()..]));
        }
        for (at, _) in self.code.match_indices("super::").filter(|&(at, _)| starts_a_path(&self.code, at)) {
            let mut rest = &self.code[at..];
            let mut module = self.module();
            while let Some(further) = rest.strip_prefix("super::") {
                rest = further;
                module.pop();
            }
            if module.is_empty() {
                found.extend(heads(rest));
            }
        }
        let room = |name: String| if rooms.contains(&name) { name } else { "lib".to_owned() };
        found.into_iter().map(room).filter(|room| room != self.room()).collect()
    }
}

/// Whether a path starts here, rather than continues as in `super::super::` or `$crate::`.
fn starts_a_path(code: &str, at: usize) -> bool {
    !code[..at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | ':'))
}

/// The first segments after a path prefix: `a` of `a::b`, `a` and `b` of `{a::{c, d}, b}`.
fn heads(rest: &str) -> Vec<String> {
    let name = |text: &str| text.chars().take_while(|&c| c.is_alphanumeric() || c == '_').collect::<String>();
    let Some(group) = rest.strip_prefix('{') else { return vec![name(rest)] };
    let mut depth = 0;
    let mut names = Vec::new();
    let mut start = true;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => start = true,
            c if start && !c.is_whitespace() => {
                names.push(name(&group[at..]));
                start = false;
            }
            _ => {}
        }
    }
    names
}

/// The code of a file, without comments and without tests, which may import everything.
fn code(text: &str) -> String {
    let mut code = String::new();
    for line in text.lines() {
        // Tests are at the end of a file, or in a file of their own.
        if line.trim() == "#[cfg(test)]" && !line.starts_with(' ') {
            code.push_str("#[cfg(test)]");
            continue;
        }
        if code.ends_with("#[cfg(test)]") {
            if line.starts_with("mod ") && line.ends_with('{') {
                break;
            }
            code.push('\n');
        }
        if line.trim_start().starts_with("//") {
            continue;
        }
        // A comment after code; in a string, `//` follows a colon.
        let remark = line.match_indices("// ").map(|(at, _)| at).find(|&at| line[..at].ends_with(' '));
        code.push_str(&line[..remark.unwrap_or(line.len())]);
        code.push('\n');
    }
    code
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            files.extend(self::files(&entry));
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            files.push(entry);
        }
    }
    files.sort();
    files
}

fn sources() -> Vec<Source> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let path = path.strip_prefix(&folder).unwrap().to_str().unwrap().replace('\\', "/");
        let is_test = path.ends_with("/tests.rs") || path.ends_with("/crashes.rs");
        Source { code: if is_test { String::new() } else { code(&text) }, path, text }
    };
    let sources: Vec<Source> = files(&folder).into_iter().map(read).collect();
    assert!(sources.len() > 40, "{} files", sources.len());
    sources
}

/// The number of a room's floor.
fn floor(room: &str) -> usize {
    let floor = FLOORS.iter().position(|rooms| rooms.contains(&room));
    floor.unwrap_or_else(|| panic!("the room `{room}` is new: give it a place among FLOORS in this test"))
}

/// Whether a room may import another.
fn may_import(from: &str, to: &str) -> bool {
    if SHARED_FILES.contains(&from) {
        return to == "incident" || SHARED_FILES.contains(&to);
    }
    if SHARED_FILES.contains(&to) { floor(from) > 0 } else { floor(to) < floor(from) }
}

#[test]
fn a_room_imports_only_from_rooms_below_it() {
    let sources = sources();
    let rooms: BTreeSet<String> = sources.iter().map(|source| source.room().to_owned()).collect();
    let mut found = BTreeSet::new();
    let mut imports = 0;
    for source in &sources {
        let from = source.room();
        for to in source.imports(&rooms) {
            imports += 1;
            if !may_import(from, &to) {
                found.insert(format!("{}: {from} -> {to}", source.path));
            }
        }
    }
    assert!(imports > 100, "{imports} imports read");
    assert!(found.is_empty(), "a room imports only from rooms below it; these break that: {found:#?}");
}

#[test]
fn only_the_engine_room_names_the_engine() {
    let naming = |source: &&Source| source.code.to_lowercase().contains("tantivy");
    let sources = sources();
    let (inside, outside): (Vec<_>, Vec<_>) = sources.iter().filter(naming).partition(|source| source.room() == ENGINE);
    assert!(inside.len() > 4, "{} files of {ENGINE} name tantivy", inside.len());
    let outside: Vec<&str> = outside.iter().map(|source| source.path.as_str()).collect();
    assert!(outside.is_empty(), "only `{ENGINE}` names tantivy; these do too: {outside:#?}");
}

#[test]
fn modules_have_descriptive_names() {
    for source in sources() {
        for name in source.module() {
            assert!(
                !VAGUE_NAMES.contains(&name),
                "{}: `{name}` is not descriptive; name it after its task",
                source.path
            );
        }
        let inline = source.text.split_whitespace().collect::<Vec<_>>();
        for pair in inline.windows(2).filter(|pair| pair[0] == "mod") {
            let name = pair[1].trim_end_matches([';', '{']);
            assert!(
                !VAGUE_NAMES.contains(&name),
                "{}: `{name}` is not descriptive; name it after its task",
                source.path
            );
        }
    }
}

#[test]
fn files_are_short() {
    let lines = |source: &Source| source.text.lines().count() - lines_of_examples(&source.text);
    let sources = sources();
    let long: BTreeSet<String> =
        sources.iter().filter(|source| lines(source) > MAX_LINES).map(|source| source.path.clone()).collect();
    assert!(LONG.iter().all(|(_, reason)| reason.len() > 20));
    let known: BTreeSet<String> = LONG.iter().map(|&(path, _)| path.to_owned()).collect();
    // Entries that are no longer needed must be removed.
    assert_eq!(long, known, "a file has at most {MAX_LINES} lines beside its examples, or a reason in LONG");
}

/// The lines of examples in documentation.
fn lines_of_examples(text: &str) -> usize {
    let (mut lines, mut inside) = (0, false);
    for line in text.lines().map(str::trim_start).filter_map(|line| line.strip_prefix("///")) {
        let fence = line.trim_start().starts_with("```");
        lines += usize::from(inside || fence || matches!(line, "" | " # Examples"));
        inside ^= fence;
    }
    lines
}

/// The public functions of a file, and whether each has an example. What is hidden from the documentation does not count.
fn public_functions(code: &str) -> impl Iterator<Item = (&str, bool)> {
    let lines: Vec<&str> = code.lines().map(str::trim_start).collect();
    let is_function = |line: &&str| {
        let rest = line.strip_prefix("pub ").map(|rest| rest.trim_start_matches("const ").trim_start_matches("async "));
        rest.is_some_and(|rest| rest.starts_with("fn "))
    };
    let found: Vec<usize> = (0..lines.len()).filter(|&at| is_function(&lines[at])).collect();
    found.into_iter().filter_map(move |at| {
        let above = lines[..at].iter().rev().take_while(|line| line.starts_with("///") || line.starts_with("#["));
        let above: Vec<&&str> = above.collect();
        let has_example = above.iter().filter(|line| line.starts_with("/// ```")).count() >= 2;
        (!above.contains(&&"#[doc(hidden)]")).then_some((lines[at], has_example))
    })
}

#[test]
fn every_public_function_has_an_example() {
    let mut functions = 0;
    let mut without = Vec::new();
    for source in sources().iter().filter(|source| !source.code.is_empty()) {
        for (function, has_example) in public_functions(&source.text) {
            functions += 1;
            if !has_example {
                without.push(format!("{}: {function}", source.path));
            }
        }
    }
    assert!(functions > 140, "{functions} public functions");
    assert!(without.is_empty(), "an example belongs into the documentation of each public function: {without:#?}");
}

#[test]
fn examples_are_found_where_they_stand() {
    let code = "/// Counts.\n///\n/// ```\n/// assert!(true);\n/// ```\n#[must_use]\npub const fn a() {}\n\n/// Only text.\npub fn b() {}\n";
    let found: Vec<_> = public_functions(code).collect();
    assert_eq!(found, [("pub const fn a() {}", true), ("pub fn b() {}", false)]);
    assert_eq!(public_functions("pub(crate) fn a() {}\nfn b() {}\n").count(), 0);
    assert_eq!(lines_of_examples(code), 4);
}

#[test]
fn paths_are_resolved_as_by_the_compiler() {
    let source = |path: &str, text: &str| Source { path: path.to_owned(), text: text.to_owned(), code: code(text) };
    let rooms: BTreeSet<String> = ["parse", "query", "text", "error", "lib"].map(str::to_owned).into();
    let check = |path: &str, text: &str, expected: &[&str]| {
        let found: Vec<String> = source(path, text).imports(&rooms).into_iter().collect();
        assert_eq!(found, expected, "{path}: {text}");
    };
    check("parse/date.rs", "use crate::query::Node;\nuse crate::text::{A, B};\n", &["query", "text"]);
    check("parse/date.rs", "use crate::{query::{self, Node}, text::A, error};\n", &["error", "query", "text"]);
    check("parse/date.rs", "fn f() -> crate::query::Node { crate::text::g() }\n", &["query", "text"]);
    check("parse/date.rs", "use crate::parse::keys;\nuse super::keys;\nuse self::inner::X;\n", &[]);
    check("parse/date.rs", "use crate::Incident;\n", &["lib"]);
    check("parse/date.rs", "use super::super::query::Node;\n", &["query"]);
    check("parse/mod.rs", "use super::query::Node;\npub(super) fn f() {}\n", &["query"]);
    check("parse/yaml/tree.rs", "use super::super::keys;\nuse super::super::super::text::A;\n", &["text"]);
    check("parse/date.rs", "// crate::query\n/// [`A`](crate::query::A)\nlet a = 1; // crate::text\n", &[]);
    check("parse/date.rs", "use crate::text::A;\n#[cfg(test)]\nmod tests {\n    use crate::query::B;\n}\n", &["text"]);
    check("parse/date.rs", "#[cfg(test)]\nmod tests;\nuse crate::query::B;\n", &["query"]);
    check("index.rs", "use crate::query::B;\n", &["query"]);
    check("lib.rs", "mod query;\npub use query::Node;\n", &[]);
    assert_eq!(source("lib.rs", "").room(), "lib");
    assert_eq!(source("parse/mod.rs", "").module(), ["parse"]);
    assert!(may_import("query", "parse") && may_import("query", "schema") && may_import("schema", "incident"));
    assert!(may_import("lib", "index") && may_import("wire", "search") && may_import("error", "schema"));
    assert!(!may_import("query", "archive") && !may_import("parse", "query") && !may_import("plan", "plan"));
    assert!(!may_import("schema", "parse") && !may_import("incident", "schema") && !may_import("search", "index"));
}
