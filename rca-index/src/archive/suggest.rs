//! Suggested front matter as patches, which `git apply` takes. Nothing is written.
//!
//! In: an archive, and which of its reports are asked for. Out: a unified diff for each report that lacks front matter that its
//! facts would make.

use rayon::prelude::*;

use crate::archive::Archive;
use crate::archive::check::Selection;
use crate::archive::read::read;
use crate::archive::walk::walk;
use crate::parse::{Insertion, suggestion};

/// Lines around a change that show where it belongs.
const CONTEXT: usize = 3;

/// The front matter that the facts of reports would make, as one patch. `path` names a report in it, given its path in the
/// archive. Reports in other encodings than UTF-8 are left out.
///
/// # Examples
/// ```
/// use rca_index::{Archive, Selection, suggest};
///
/// # let folder = tempfile::tempdir()?;
/// std::fs::write(folder.path().join("queue.md"), "# Queue backlog\n\nSeverity: P2\n")?;
/// let archive = Archive::open(folder.path())?;
/// let whole = Selection { path: String::new(), lines: None };
/// let patches = suggest(&archive, &[whole], str::to_owned);
/// assert!(patches[0].contains("+++ b/queue.md") && patches[0].contains("+severity: P2"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn suggest(archive: &Archive, selections: &[Selection], path: impl Fn(&str) -> String + Sync) -> Vec<String> {
    let files = walk(archive, None).unwrap_or_default().files;
    let (options, root) = (archive.parse_options(), archive.open_root());
    let patches = files.par_iter().filter(|file| selections.iter().any(|selection| selection.has(&file.path)));
    let patches = patches.filter_map(|file| {
        let content = read(file, &root, archive.max_report_bytes()).ok()?;
        let source = String::from_utf8(content.bytes).ok().filter(|source| !source.contains('\0'))?;
        let insertion = suggestion(&file.path, &source, &options)?;
        Some(patch(&path(&file.path), &source, &insertion))
    });
    patches.collect()
}

/// A unified diff that inserts lines.
fn patch(path: &str, source: &str, insertion: &Insertion) -> String {
    let before: Vec<&str> = source[..insertion.at].split_inclusive('\n').collect();
    let after: Vec<&str> = source[insertion.at..].split_inclusive('\n').take(CONTEXT).collect();
    let above = &before[before.len().saturating_sub(CONTEXT)..];
    let added: Vec<&str> = insertion.lines.split_inclusive('\n').collect();
    let old = above.len() + after.len();
    let start = before.len() - above.len() + usize::from(old > 0);
    let (from, to) = (name("a/", path), name("b/", path));
    // A name with a space ends with a tab, as git writes it.
    let tab = if path.contains(' ') && !from.starts_with('"') { "\t" } else { "" };
    let new = old + added.len();
    let mut patch =
        format!("diff --git {from} {to}\n--- {from}{tab}\n+++ {to}{tab}\n@@ -{start},{old} +{start},{new} @@\n");
    let mut add = |sign: char, lines: &[&str]| {
        for line in lines {
            patch.push(sign);
            patch.push_str(line);
            if !line.ends_with('\n') {
                patch.push_str("\n\\ No newline at end of file\n");
            }
        }
    };
    add(' ', above);
    add('+', &added);
    add(' ', &after);
    patch
}

/// A name as git writes it in a patch: in quotes if it holds a quote, a backslash or a control character.
fn name(prefix: &str, path: &str) -> String {
    if !path.contains(|c: char| c.is_control() || matches!(c, '"' | '\\')) {
        return format!("{prefix}{path}");
    }
    let mut quoted = format!("\"{prefix}");
    for c in path.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => {
                let mut bytes = [0; 4];
                quoted.extend(c.encode_utf8(&mut bytes).bytes().map(|byte| format!("\\{byte:03o}")));
            }
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_has_the_lines_around_the_change() {
        let insertion = |at| Insertion { at, lines: "x: 1\n".to_owned() };
        let expected = "diff --git a/d/a b.md b/d/a b.md\n--- a/d/a b.md\t\n+++ b/d/a b.md\t\n@@ -3,4 +3,5 @@\n 3\n 4\n 5\n+x: 1\n 6\n\\ No newline at end of file\n";
        assert_eq!(patch("d/a b.md", "1\n2\n3\n4\n5\n6", &insertion(10)), expected);
        let expected = "diff --git a/é.md b/é.md\n--- a/é.md\n+++ b/é.md\n@@ -1,3 +1,4 @@\n+x: 1\n 1\n 2\n 3\n";
        assert_eq!(patch("é.md", "1\n2\n3\n4\n", &insertion(0)), expected);
        assert_eq!(name("a/", "q\"\\\t.md"), "\"a/q\\\"\\\\\\011.md\"");
    }
}
