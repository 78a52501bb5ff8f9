//! The patterns of one ignore file, read as git reads them.
//!
//! In: the text of an ignore file, from anybody. Out: a matcher of bounded cost, and a problem for each pattern that is not
//! valid.

use std::borrow::Cow;
use std::path::Path;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::incident::{Problem, ProblemKind};

/// A larger ignore file is not read.
pub(super) const MAX_BYTES: u64 = 256 * 1024;
/// The length of all patterns with a wildcard that is not at an end, of one file. All are matched at once, in time that grows with it.
const MAX_WILD_BYTES: usize = 8 * 1024;
/// So many problems of one file are told.
const MAX_PROBLEMS: usize = 20;

/// The matcher of the patterns in an ignore file, in the folder `root`; `None` if it has none. All paths are seen from the same folder.
pub(super) fn patterns(root: &Path, bytes: &[u8]) -> (Option<Gitignore>, Vec<Problem>) {
    let mut builder = GitignoreBuilder::new(root);
    let mut problems = Vec::new();
    let mut count = 0;
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
            Ok(_) => count += 1,
            Err(ignore::Error::Glob { err, .. }) => wrong(line, &err),
            Err(error) => wrong(line, &error.to_string()),
        }
    }
    problems.truncate(MAX_PROBLEMS);
    if count == 0 {
        return (None, problems);
    }
    match builder.build() {
        Ok(matcher) => (Some(matcher), problems),
        Err(error) => {
            problems.push(Problem::new(1, ProblemKind::IgnoreFileUnreadable { reason: error.to_string() }));
            (None, problems)
        }
    }
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
        let (matcher, problems) = patterns(Path::new(""), text);
        assert_eq!(problems, []);
        let found = matcher.as_ref()?.matched(path.trim_end_matches('/'), path.ends_with('/'));
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
        let (matcher, problems) = patterns(Path::new(""), b"ok.md\na[\n\xff\xfe\nb\\\n");
        assert!(matcher.unwrap().matched("ok.md", false).is_ignore());
        let found: Vec<_> = problems.iter().map(|problem| (problem.line, problem.code())).collect();
        let code = "ignore-pattern-invalid";
        assert_eq!(found, [(2, code), (3, code), (4, code)]);
        assert!(problems[0].reason().starts_with("pattern `a[` is not valid: "), "{}", problems[0].reason());
    }

    #[test]
    fn many_wildcards_and_many_mistakes_are_bounded() {
        let wild = "*a*b*c*d*\n".repeat(10_000);
        let (matcher, problems) = patterns(Path::new(""), wild.as_bytes());
        assert_eq!(matcher.unwrap().len(), MAX_WILD_BYTES / 9);
        assert_eq!(problems.len(), MAX_PROBLEMS);
        // Names and endings are cheap.
        let lines = |number| format!("name-{number}.md\n*.{number}\n/x/{number}/\n");
        let plain = (0..5_000).map(lines).collect::<Vec<_>>().concat();
        let (matcher, problems) = patterns(Path::new(""), plain.as_bytes());
        assert_eq!((matcher.unwrap().len(), problems.len()), (15_000, 0));
    }
}
