//! Work: reading a report takes work that grows with its size, whatever it is made of. Counted in bytes and tokens looked at.

use std::fmt::Write as _;

use super::*;
use crate::incident::Level;

/// A shape of a report, made as large as is asked.
type Shape = (&'static str, &'static str, &'static str, &'static str);

/// Name, what stands before, what is repeated, what stands behind.
const SHAPES: &[Shape] = &[
    ("comments that never end", "", "<!-- x\n", ""),
    ("comments", "", "<!-- x -->\n", ""),
    ("fences with an info string", "", "```rust x\n", ""),
    ("tilde fences", "", "~~~ a\n", ""),
    ("fences", "", "```\nx\n```\n", ""),
    ("pre that never ends", "", "<pre>\n", ""),
    ("scripts", "", "<script>\n", ""),
    ("tables of HTML that never end", "", "<table>\n", ""),
    ("rows of HTML", "<table>\n", "<tr><td>a</td></tr>\n", "</table>\n"),
    ("cells of HTML", "<table>\n<tr>\n", "<td>a", "\n</table>\n"),
    ("angle brackets", "", "<", "\n"),
    ("inline HTML", "", "a <br> ", "\n"),
    ("lists in lists on a line", "", "- ", "x\n"),
    ("lists in lists", "", "- - - x\n", ""),
    ("numbered lists in lists", "", "1. ", "x\n"),
    ("quotes in quotes", "", "> ", "x\n"),
    ("quotes", "", "> x\n", ""),
    ("labels on a line", "", "1: ", "\n"),
    ("pairs on a line", "", "a: b | ", "\n"),
    ("bars", "", "| ", "\n"),
    ("rows of a table", "| a | b |\n|-|-|\n", "| c | d |\n", ""),
    ("rows of pairs", "| Severity | P2 |\n|-|-|\n", "| a | b |\n", ""),
    ("bullets", "# T\n", "- item of a list\n", ""),
    ("bullets with text behind", "# T\n", "- a\n\n  b\n", ""),
    ("labels that open lists", "", "- **Impact**\n  - x\n", ""),
    ("bold paragraphs", "", "**Impact**\n\n", ""),
    ("bold labels", "", "**Key** v\n", ""),
    ("bold words", "", "**a** ", "\n"),
    ("stars", "", "*a ", "\n"),
    ("underscores", "", "_a ", "\n"),
    ("links", "", "[a](b.md) ", "\n"),
    ("addresses", "", "<https://example.org/a> ", "\n"),
    ("wikilinks", "", "[[a]] ", "\n"),
    ("brackets", "", "[", "\n"),
    ("brackets and colons", "", "[a]: ", "\n"),
    ("headings", "", "## Impact\n", ""),
    ("headings of nothing", "", "#\n", ""),
    ("numbered headings", "## Action items\n", "### 1. Add an alert now\n\n", ""),
    ("underlined headings", "", "Impact\n---\n", ""),
    ("a long heading", "# ", "incident ", "\n"),
    ("a long heading in Japanese", "## ", "影響", "\n"),
    ("Japanese", "", "影響", "\n"),
    ("actions", "## Action items\n", "- add an alert (owner: x)\n", ""),
    ("brackets in an action", "## Action items\n- ", "(a ", "\n"),
    ("owners in an action", "## Action items\n- ", "owner ", "\n"),
    ("dates in an action", "## Action items\n- ", "by ", "\n"),
    ("numbers in a line", "## Impact\n", "12 users and ", "\n"),
    ("digits", "## Impact\n", "1", " users\n"),
    ("groups of digits", "## Impact\n", "1,234", " users\n"),
    ("rates", "## Impact\n", "12% error rate ", "\n"),
    ("statuses", "**Status:** ", "resolved / ", "\n"),
    ("severities", "**Severity:** ", "low | ", "\n"),
    ("services on a line", "**Services:** ", "svc, ", "\n"),
    ("processes", "## Timeline\n", " 1234 root 20 0 10:00:01 1.2 3.4 5:00 cmd\n", ""),
    ("spaces", "", " ", "x\n"),
    ("ticks", "", "`", "\n"),
    ("ticks apart", "", "`a ", "\n"),
    ("entities", "", "&amp;", "\n"),
    ("escapes", "", "\\*", "\n"),
    ("empty lines", "", "\n", ""),
    ("carriage returns", "", "a\r", "\n"),
    ("front matter that never ends", "---\n", "a: b\n", ""),
    ("one key again and again", "---\n", "k: v\n", "---\n"),
    ("a list in YAML", "---\nservices:\n", "- svc\n", "---\n"),
    ("maps in maps", "---json\n", "{\"a\":", "\n---\n"),
];

fn made(&(_, before, repeated, behind): &Shape, size: usize) -> String {
    format!("{before}{}{behind}", repeated.repeat(size / repeated.len()))
}

/// What the outline of a text costs, and how many times as much as its bytes that is.
fn work(text: &str) -> usize {
    let body = read_front_matter(text).body_start;
    outline(text, body).work
}

#[test]
fn work_grows_with_the_size() {
    const SIZE: usize = 60_000;
    for shape in SHAPES {
        let (once, twice) = (work(&made(shape, SIZE)), work(&made(shape, 2 * SIZE)));
        assert!(twice <= 2 * once + once / 4 + 20_000, "{}: {once} {twice}", shape.0);
    }
}

#[test]
fn reading_facts_grows_with_the_size() {
    const SIZE: usize = 20_000;
    let lines = [
        "**Severity:** P2\n", "**Key** v\n", "**Date:** 2025-06-02 10:00\n", "- **Severity:** P2\n",
        "**a** **b** **c** ", "10:00 detected it\n",
    ];
    for piece in lines {
        let steps = |size: usize| {
            crate::parse::cursor::work::taken();
            let text = format!("# T\n\n{}\n", piece.repeat(size / piece.len()));
            assert_eq!(parse_report("a.md", text, &ParseOptions::default()).incident.title.value, "T");
            crate::parse::cursor::work::taken()
        };
        let (once, twice) = (steps(SIZE), steps(2 * SIZE));
        assert!(twice <= 2 * once + once / 4 + 5_000, "{piece}: {once} {twice}");
    }
}

#[test]
fn what_takes_too_much_work_is_named_and_found() {
    let text = format!("# Disk full\n\n{}\nthe last words\n", "<!-- x\n".repeat(20_000));
    let parsed = parse_report("a.md", text, &ParseOptions::default());
    assert!(parsed.problems.iter().any(|problem| problem.code() == "work-limit" && problem.level() == Level::Warning));
    let incident = &parsed.incident;
    assert!(incident.sections.iter().any(|section| incident.section_text(section).contains("the last words")));
    assert_eq!(incident.title.value, "Disk full");
}

#[test]
fn lists_of_many_are_read_once() {
    let mut services = String::new();
    (0..15_000).for_each(|i| {
        let _ = write!(services, "{}\"svc-{i}\"", if i > 0 { ", " } else { "" });
    });
    for source in [
        format!("---json\n{{\"services\": [{services}]}}\n---\n"),
        format!("+++\nservices = [{services}]\n+++\n"),
        format!("---\nservices: [{services}]\n---\n"),
    ] {
        let parsed = parse_report("a.md", source, &ParseOptions::default());
        assert_eq!(parsed.incident.services.len(), 15_000);
    }
    let columns = 10_000;
    let table = format!("|{}\n|{}\n|{}\n", "Severity|".repeat(columns), "-|".repeat(columns), "P2|".repeat(columns));
    assert_eq!(parse_report("a.md", table, &ParseOptions::default()).incident.severity, None);
}
