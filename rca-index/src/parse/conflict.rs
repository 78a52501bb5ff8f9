//! Merge conflicts: the marks that git leaves in a report whose merge was not finished.
//!
//! In: the source. Out: a problem for each conflict. Marks that a fenced code block shows as an example are text.

use crate::incident::lines::line_at;
use crate::incident::{Problem, ProblemKind};

/// How a line begins that opens a conflict. Git, Mercurial and Jujutsu write the name of a side behind it.
const OPENING: &str = "<<<<<<< ";
const CLOSING: &str = ">>>>>>>";
const MIDDLE: [&str; 3] = ["=======", "|||||||", "%%%%%%%"];

/// More conflicts than anyone reads about, so that a hostile file costs no more than this many passes.
const MOST: usize = 20;

/// The first conflicts of a report.
pub(crate) fn merge_conflicts(source: &str) -> Vec<Problem> {
    let opens = |&(at, _): &(usize, &str)| at == 0 || source.as_bytes().get(at - 1) == Some(&b'\n');
    let mut found = Vec::new();
    // Most reports have none: to look is cheaper than to search for each.
    if !source.contains(OPENING) {
        return found;
    }
    let mut after = 0;
    for (at, _) in source.match_indices(OPENING).filter(opens).take(MOST) {
        if at < after {
            continue;
        }
        let Some(end) = conflict_end(source, at) else { break };
        after = end;
        if !is_example(source, at, end) {
            found.push(Problem::new(line_at(source.as_bytes(), at), ProblemKind::MergeConflict));
        }
    }
    found
}

/// Where the conflict that opens here ends: behind its closing line, with a line between its sides before.
fn conflict_end(source: &str, at: usize) -> Option<usize> {
    let mut end = at;
    let mut divided = false;
    for line in source[at..].split_inclusive('\n') {
        end += line.len();
        divided |= MIDDLE.iter().any(|mark| is_mark(line, mark));
        if divided && is_mark(line, CLOSING) {
            return Some(end);
        }
    }
    None
}

/// Whether a line is this mark, alone or with a name behind it.
fn is_mark(line: &str, mark: &str) -> bool {
    line.strip_prefix(mark).is_some_and(|rest| rest.trim_end().is_empty() || rest.starts_with(' '))
}

/// Whether the whole range lies in one fenced code block.
fn is_example(source: &str, start: usize, end: usize) -> bool {
    let fences = |text: &str| text.lines().filter(|line| is_fence(line)).count();
    fences(&source[..start]) % 2 == 1 && fences(&source[start..end]) == 0 && fences(&source[end..]) > 0
}

fn is_fence(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("```") || line.starts_with("~~~")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, lines: &[u32]) {
        let found: Vec<u32> = merge_conflicts(source).iter().map(|problem| problem.line).collect();
        assert_eq!(found, lines, "{source}");
    }

    #[test]
    fn the_marks_of_a_merge_are_found() {
        check("<<<<<<< HEAD\na\n=======\nb\n>>>>>>> main\n", &[1]);
        check("x\r\n<<<<<<< ours\r\na\r\n=======\r\nb\r\n>>>>>>> theirs\r\n", &[2]);
        check(
            "<<<<<<< HEAD\na\n||||||| base\nc\n=======\nb\n>>>>>>> main\n\n<<<<<<< HEAD\n=======\nb\n>>>>>>> x",
            &[1, 9],
        );
        // A conflict about the code that a report shows.
        check("```\n<<<<<<< HEAD\na\n```\n=======\nb\n```\n>>>>>>> main\n", &[2]);
    }

    #[test]
    fn what_only_looks_like_marks_is_text() {
        check("A heading\n=======\n\n>>>>>>> deep quote\n", &[]);
        check("Git writes <<<<<<< HEAD\n=======\n>>>>>>> x\n", &[]);
        check("```text\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> main\n```\n", &[]);
        check("    <<<<<<< HEAD\n    =======\n    >>>>>>> main\n", &[]);
        check("<<<<<<< HEAD\nno end\n", &[]);
        check("<<<<<<<\n=======\n>>>>>>>\n", &[]);
    }
}
