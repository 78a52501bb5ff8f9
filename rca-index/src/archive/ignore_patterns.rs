//! The patterns of one ignore file, read as git reads them.
//!
//! In: the text of an ignore file, from anybody. Out: a matcher of bounded cost, and a problem for each pattern that is not
//! valid.

use std::borrow::Cow;
use std::path::Path;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder, Glob};

use crate::archive::REPORT_EXTENSIONS;
use crate::incident::{Problem, ProblemKind};

/// A larger ignore file is not read.
pub(super) const MAX_BYTES: u64 = 64 * 1024;
/// The length of all patterns with a wildcard that is not at an end, of one file. All are matched at once, in time that grows with it.
const MAX_WILD_BYTES: usize = 8 * 1024;
/// So many problems of one file are told.
const MAX_PROBLEMS: usize = 20;

/// The patterns of an ignore file.
#[derive(Debug)]
pub(super) struct Patterns {
    all: Gitignore,
    /// Those that may match the file of a report. Few do, and every file is matched against them.
    of_files: Option<Gitignore>,
}

impl Patterns {
    /// Whether no report is left out by its own name.
    pub(super) fn are_of_folders(&self) -> bool {
        self.of_files.is_none()
    }

    /// The last pattern that matches a folder, or a file that is named like a report.
    pub(super) fn matched(&self, path: &Path, is_folder: bool) -> Match<&Glob> {
        let matcher = if is_folder { Some(&self.all) } else { self.of_files.as_ref() };
        matcher.map_or(Match::None, |matcher| matcher.matched(path, is_folder))
    }
}

/// Reads an ignore file in the folder `root`; `None` if it has no patterns. All paths are seen from the same folder. If
/// `any_name`, a report may have any name, and not only one with a usual extension.
pub(super) fn patterns(root: &Path, bytes: &[u8], any_name: bool) -> (Option<Patterns>, Vec<Problem>) {
    let mut builder = GitignoreBuilder::new(root);
    let mut of_files = GitignoreBuilder::new(root);
    let mut problems = Vec::new();
    let (mut count, mut count_of_files) = (0, 0);
    let mut wild_bytes = 0;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    for (at, line) in bytes.split(|&byte| byte == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let mut wrong = |text: &str, reason: &str| {
            let kind = ProblemKind::IgnorePatternInvalid { text: shortened(text), reason: reason.to_owned() };
            problems.push(Problem::new(at as u32 + 1, kind));
        };
        let Ok(line) = std::str::from_utf8(line) else {
            wrong(&String::from_utf8_lossy(line), "invalid UTF-8");
            continue;
        };
        let line = without_trailing_spaces(line);
        if line.starts_with('#') || line.trim_start_matches('!').trim_matches('/').is_empty() {
            continue;
        }
        if has_inner_wildcard(line) {
            wild_bytes += line.len();
            if wild_bytes > MAX_WILD_BYTES {
                wrong(line, "too many patterns with wildcards in this file");
                continue;
            }
        }
        let Some(glob) = as_glob(line) else {
            wrong(line, "`[` is never closed");
            continue;
        };
        match builder.add_line(None, &glob) {
            Ok(_) => {
                count += 1;
                // It is valid, as it was just added to the other.
                if may_match_report(line, any_name) && of_files.add_line(None, &glob).is_ok() {
                    count_of_files += 1;
                }
            }
            Err(ignore::Error::Glob { err, .. }) => wrong(line, &err),
            Err(error) => wrong(line, &error.to_string()),
        }
    }
    problems.truncate(MAX_PROBLEMS);
    if count == 0 {
        return (None, problems);
    }
    let of_files = (count_of_files > 0).then(|| of_files.build()).transpose();
    match builder.build().and_then(|all| Ok(Patterns { all, of_files: of_files? })) {
        Ok(patterns) => (Some(patterns), problems),
        Err(error) => {
            problems.push(Problem::new(1, ProblemKind::IgnoreFileUnreadable { reason: error.to_string() }));
            (None, problems)
        }
    }
}

/// Whether a pattern may match the file of a report: one that is called as it ends. `*.log`, `build/` and `node_modules` do not.
fn may_match_report(line: &str, any_name: bool) -> bool {
    let end = line.rsplit(['/', '*', '?', ']', '\\']).next().unwrap_or_default().to_ascii_lowercase();
    let is_of_reports = |extension: &&str| end.ends_with(extension) || extension.ends_with(&*end);
    !line.ends_with('/') && (any_name || REPORT_EXTENSIONS.iter().any(is_of_reports))
}

/// The start of a pattern, on one line.
fn shortened(text: &str) -> String {
    const MAX_CHARS: usize = 60;
    let start: String = text.chars().filter(|c| !c.is_control()).take(MAX_CHARS).collect();
    if text.chars().count() > MAX_CHARS { start + "…" } else { start }
}

/// A line without the spaces at its end, except an escaped one.
fn without_trailing_spaces(line: &str) -> &str {
    let mut end = 0;
    let mut chars = line.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            ' ' => {}
            '\\' => end = chars.next().map_or(line.len(), |(at, c)| at + c.len_utf8()),
            c => end = at + c.len_utf8(),
        }
    }
    &line[..end]
}

/// Whether a pattern has a wildcard in other places than those that are cheap to match: `*.log`, `drafts/`, `**/tmp`, `build/**`.
fn has_inner_wildcard(line: &str) -> bool {
    let line = line.trim_start_matches(['!', '/']);
    let line = line.strip_prefix("**/").or_else(|| line.strip_prefix('*')).unwrap_or(line);
    let line = line.trim_end_matches('/');
    let line = line.strip_suffix("/**").unwrap_or(line);
    line.contains(['*', '?', '['])
}

/// A line as a glob: git knows no `{a,b}`, knows the names of classes, and keeps white space that is not a space. `None` if a class
/// has no end.
fn as_glob(line: &str) -> Option<Cow<'_, str>> {
    /// The classes of POSIX, and their characters.
    const CLASSES: &[(&str, &str)] = &[
        ("[:alnum:]", "0-9A-Za-z"),
        ("[:alpha:]", "A-Za-z"),
        ("[:blank:]", " \t"),
        ("[:digit:]", "0-9"),
        ("[:lower:]", "a-z"),
        ("[:space:]", " \t\r\n"),
        ("[:upper:]", "A-Z"),
        ("[:xdigit:]", "0-9A-Fa-f"),
    ];
    let last = line.chars().next_back().filter(|c| c.is_whitespace() && *c != ' ');
    if !line.contains(['{', '}', '[']) && last.is_none() {
        return Some(Cow::Borrowed(line));
    }
    let mut glob = String::with_capacity(line.len() + 8);
    let mut rest = line;
    let mut in_class = false;
    while let Some(c) = rest.chars().next() {
        let class = CLASSES.iter().find(|(name, _)| in_class && rest.starts_with(name));
        let taken = match (c, class) {
            (_, Some((name, characters))) => {
                glob.push_str(characters);
                name.len()
            }
            ('\\', _) => {
                let taken = rest.chars().take(2).map(char::len_utf8).sum();
                glob.push_str(&rest[..taken]);
                taken
            }
            ('[', _) if !in_class => {
                in_class = true;
                // A bracket that closes is an ordinary character in the first place.
                let start = ["[!]", "[^]", "[]", "[!", "[^"].into_iter().find(|start| rest.starts_with(start));
                glob.push_str(start.unwrap_or("["));
                start.map_or(1, str::len)
            }
            ('{' | '}', _) if !in_class => {
                glob.extend(['\\', c]);
                1
            }
            (c, _) => {
                in_class = in_class && c != ']';
                match last.filter(|_| rest.len() == c.len_utf8()) {
                    Some(space) => glob.extend(['{', space, '}']),
                    None => glob.push(c),
                }
                c.len_utf8()
            }
        };
        rest = &rest[taken..];
    }
    (!in_class).then_some(Cow::Owned(glob))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the last pattern that matches a path ignores it; a folder ends in `/`.
    fn ignores(text: &[u8], path: &str) -> Option<bool> {
        let (patterns, problems) = patterns(Path::new(""), text, true);
        assert_eq!(problems, []);
        let found = patterns.as_ref()?.matched(Path::new(path.trim_end_matches('/')), path.ends_with('/'));
        (!found.is_none()).then(|| found.is_ignore())
    }

    fn check(text: &str, path: &str, expected: Option<bool>) {
        assert_eq!(ignores(text.as_bytes(), path), expected, "{text:?}: {path}");
    }

    #[test]
    fn lines_are_read_as_git_reads_them() {
        let yes = Some(true);
        check("drafts/", "drafts/", yes);
        check("drafts/", "drafts", None);
        check("drafts/", "2024/drafts/", yes);
        check("/drafts", "2024/drafts", None);
        check("2024/*.md", "2024/a.md", yes);
        check("2024/*.md", "2024/x/a.md", None);
        check("2024/*.md", "old/2024/a.md", None);
        check("2024/**/a.md", "2024/x/y/a.md", yes);
        check("build/**", "build/x/y.md", yes);
        check("*.md\n!keep.md", "x/keep.md", Some(false));
        check("*.MD", "a.md", None);
        check("Drafts", "drafts", None);
        check("# a.md\n\n   \n/\n!\n", "a.md", None);
        check("\\#a.md", "#a.md", yes);
        check("\\!a.md", "!a.md", yes);
        check("a.md   ", "a.md", yes);
        check("a\\ ", "a ", yes);
        check("a\\  ", "a ", yes);
        check("a\t", "a\t", yes);
        check("a\t", "a", None);
        check("a\u{3000}", "a\u{3000}", yes);
        check("\u{feff}a.md\r\nb.md\r\n", "a.md", yes);
        check("\u{feff}a.md\r\nb.md\r\n", "b.md", yes);
        check("a.md", "a.md", yes);
        check("{a,b}.md", "a.md", None);
        check("{a,b}.md", "{a,b}.md", yes);
        check("a[[:digit:]].md", "a7.md", yes);
        check("a[![:digit:]].md", "a7.md", None);
        check("a[]x].md", "a].md", yes);
        check("a[{].md", "a{.md", yes);
        check("été*.md", "été-2024.md", yes);
    }

    #[test]
    fn what_is_not_valid_is_a_problem_with_its_line() {
        let (patterns, problems) = patterns(Path::new(""), b"ok.md\na[\n\xff\xfe\nb\\\n", false);
        assert!(patterns.unwrap().matched(Path::new("ok.md"), false).is_ignore());
        let found: Vec<_> = problems.iter().map(|problem| (problem.line, problem.code())).collect();
        let code = "ignore-pattern-invalid";
        assert_eq!(found, [(2, code), (3, code), (4, code)]);
        assert!(problems[0].reason().starts_with("pattern `a[` is not valid: "), "{}", problems[0].reason());
    }

    #[test]
    fn many_wildcards_and_many_mistakes_are_bounded() {
        let wild = "*a*b*c*d*\n".repeat(10_000);
        let (found, problems) = patterns(Path::new(""), wild.as_bytes(), false);
        assert_eq!(found.unwrap().all.len(), MAX_WILD_BYTES / 9);
        assert_eq!(problems.len(), MAX_PROBLEMS);
        // Names and endings are cheap.
        let lines = |number| format!("name-{number}.md\n*.{number}\n/x/{number}/\n");
        let plain = (0..5_000).map(lines).collect::<Vec<_>>().concat();
        let (found, problems) = patterns(Path::new(""), plain.as_bytes(), false);
        let found = found.unwrap();
        assert_eq!((found.all.len(), problems.len()), (15_000, 0));
        // Of these only the names of reports are compared with files.
        assert_eq!(found.of_files.unwrap().len(), 5_000);
    }

    #[test]
    fn files_are_matched_against_what_may_match_a_report() {
        let check = |line: &str, expected: bool| assert_eq!(may_match_report(line, false), expected, "{line}");
        for line in ["*.log", "build/", "node_modules", "!keep", "/target", "a.md/", "docs/**/tmp", "x.md\\ "] {
            check(line, false);
        }
        for line in [
            "*", "*.md", "a.MD", "!a.qmd", "docs/*", "x.m?", "*.[mM][dD]", "build/**", "d", "a\\.md", "*md", "*.md.erb",
        ] {
            check(line, true);
        }
        assert!(may_match_report("*.log", true) && !may_match_report("build/", true));
        let (found, _) = patterns(Path::new(""), b"target/\n*.log\n", false);
        assert!(found.unwrap().are_of_folders());
    }
}
