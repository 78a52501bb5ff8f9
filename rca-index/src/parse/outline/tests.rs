//! Tests of what an outline keeps of a body.

use super::*;

fn headings(source: &str) -> Vec<(String, u8, u32)> {
    outline(source, 0).parts.iter().map(|p| (p.heading.to_string(), p.level, p.line)).collect()
}

#[test]
fn a_carriage_return_ends_a_heading() {
    let source = "# One\rtwo\r\n---\r\ntext\n";
    let outline = outline(source, 0);
    let texts: Vec<_> = outline.parts.iter().map(|part| &source[part.range.clone()]).collect();
    assert_eq!((texts, headings(source)[1].0.as_str()), (vec!["", "text\n"], "two"));
}

#[test]
fn parts_are_what_stands_below_headings() {
    let source = "before\n\n# One *two*\ntext\n\n## Three\n\n- a\n- b\n";
    let expected = [("", 0, 1), ("One two", 1, 4), ("Three", 2, 7)];
    assert_eq!(headings(source), expected.map(|(heading, level, line)| (heading.to_owned(), level, line)));
    let outline = outline(source, 0);
    let texts: Vec<_> = outline.parts.iter().map(|part| &source[part.range.clone()]).collect();
    assert_eq!(texts, ["before\n\n", "text\n\n", "\n- a\n- b\n"]);
}

#[test]
fn headings_in_fences_comments_lists_and_quotes_are_none() {
    let source = "# A\n```\n# no\n```\n<!--\n# no\n-->\n> # no\n\n- # no\n\n# B\n";
    assert_eq!(headings(source).iter().map(|h| h.0.as_str()).collect::<Vec<_>>(), ["A", "B"]);
}

#[test]
fn blocks_that_never_end_do_not_swallow_the_rest() {
    for opening in ["```", "~~~ text", "<!--", "<pre>"] {
        let source = format!("# A\n{opening}\ncode\n\n## B\ntext\n");
        let outline = outline(&source, 0);
        assert_eq!(outline.parts.len(), 2, "{opening}");
        assert_eq!(outline.problems[0].line, 2, "{opening}");
    }
    assert_eq!(outline("# A\n```\ncode\n```\n", 0).problems, []);
    assert_eq!(outline("# A\n- x\n  ```\n  code\n\n# B\n", 0).parts.len(), 2);
}

#[test]
fn tables_lists_and_links_keep_their_lines() {
    let source = "| a | b |\n|---|---|\n| **1** | x `y` |\n\n- [x] done\n  - deep\n\n  more\n- [[name|label]] and [[plain]] and [t](u.md)\n";
    let outline = outline(source, 0);
    let [Block::Table(table), Block::List(list)] = &outline.parts[0].blocks[..] else { panic!("{outline:?}") };
    assert_eq!((table.header[1].as_ref(), table.rows[0].cells[1].as_ref(), table.rows[0].line), ("b", "x y", 3));
    let items: Vec<_> = list.items.iter().map(|i| (i.text.text.as_ref(), i.depth, i.checked, i.text.line)).collect();
    assert_eq!(items[0], ("done\nmore", 0, Some(true), 5));
    assert_eq!(items[1], ("deep", 1, None, 6));
    assert_eq!(items[2].3, 9);
    let links: Vec<_> = outline.links.iter().map(|l| (l.target.as_ref(), l.label.as_deref(), l.wiki)).collect();
    assert_eq!(links, [("name", Some("label"), true), ("plain", None, true), ("u.md", Some("t"), false)]);
}
