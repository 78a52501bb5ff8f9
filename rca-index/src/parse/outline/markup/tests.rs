//! What a reader sees of Markdown, by example.

use crate::parse::{ParseOptions, parse_report};

/// What a reader sees of a source, with the white space of each line squeezed.
fn seen(source: &str) -> String {
    let incident = parse_report("a.md", source.to_owned(), &ParseOptions::default()).incident;
    let text = incident.visible_source();
    assert_eq!(text.matches('\n').count(), source.matches('\n').count(), "lines: {source}");
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn check(cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        assert_eq!(seen(source), *expected, "{source}");
    }
}

#[test]
fn emphasis_is_no_part_of_a_word() {
    check(&[
        ("re**start**ed", "restarted"),
        ("*re*started and re*started*", "restarted and restarted"),
        ("***all*** of **it _and_ that**", "all of it and that"),
        ("**host**:9092", "host:9092"),
        ("`kube`ctl and `` a`b ``", "kubectl and  a`b".replace("  ", " ").as_str()),
        ("snake_case_name and 2 * 3 * 4", "snake_case_name and 2 * 3 * 4"),
        ("__bold__ _it_", "bold it"),
        ("- **Cause:** re*load*", "- Cause: reload"),
        ("| a **b**c | d |\n|---|---|\n| e | f*g* |", "| a bc | d |\n\n| e | fg |"),
        ("\\*not\\* inventory\\_api", "*not* inventory_api"),
    ]);
}

#[test]
fn entities_are_what_they_stand_for() {
    check(&[
        ("R&amp;D", "R&D"),
        ("caf&eacute; &#39;x&#39; &#x41;", "café 'x' A"),
        ("re&shy;start&#8203;ed", "restarted"),
        ("a&nbsp;b", "a b"),
        ("AT&T & Co &unknown;", "AT&T & Co &unknown;"),
        ("`&amp;`", "&amp;"),
        ("```\na &lt; b\n```", "\na &lt; b\n".trim_end_matches('\n')),
        ("&lt;pod&gt;", "<pod>"),
        ("<div>R&amp;D &auml;</div>", "R&D ä"),
        ("[R&amp;D](x.md)", "R&D"),
    ]);
}

#[test]
fn targets_of_links_are_not_seen() {
    check(&[
        ("see [the queue](https://example.org/zebra) now", "see the queue now"),
        ("[a **b**c](x.md \"zebra\")", "a bc"),
        ("[](zebra.md)end", "end"),
        ("![a graph](img/zebra.png)![b](c.png)", "a graph b"),
        ("[![build](zebra.svg)](https://example.org/okapi)", "build"),
        ("[text][ref] and [ref]\n\n[ref]: https://example.org/zebra \"okapi\"\n\nmore", "text and ref\n\n\n\nmore"),
        ("<https://example.org/seen>", "https://example.org/seen"),
        ("https://example.org/seen", "https://example.org/seen"),
        ("[[PM-12|the queue]] and [[PM-13]]", "the queue and PM-13"),
        ("> [a](zebra.md)\n> b", "a\nb"),
        ("- [a](zebra.md)\n\n[1]: http://okapi.example\n[1]: http://lemur.example", "- a\n\n"),
        ("[a\nb](zebra\n'okapi') c", "a\nb\nc"),
    ]);
}

#[test]
fn pictures_in_addresses_are_not_seen() {
    let data = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUA";
    for (source, expected) in [
        (format!("a ![x]({data}) b"), "a x b"),
        (format!("[text]({data})"), "text"),
        (format!("![][image1]\n\n[image1]: <{data}>\n"), "\n\n"),
        (format!("<img src=\"{data}\" alt=\"disk use\">"), "disk use"),
        (format!("a <img src='{data}'/> b"), "a b"),
        (format!("bare {data} text"), "bare text"),
        (format!("```\n<img src=\"{data}\">\n```\n"), "\n<img src=\"\">\n"),
        (format!("`{data}`"), ""),
        (format!("---\nlogo: {data}\n---\ntext"), "---\nlogo:\n---\ntext"),
        (format!("a ![x](data:image/png;base64,\n{}\n) b", "A".repeat(60)), "a ![x](\n\n) b"),
    ] {
        let seen = seen(&source);
        assert!(!seen.contains("iVBOR") && !seen.contains("AAAA"), "{source}: {seen}");
        assert_eq!(seen.trim_end_matches('\n'), expected.trim_end_matches('\n'), "{source}");
    }
}

#[test]
fn tags_and_comments_are_not_seen() {
    check(&[
        ("re<b>start</b>ed", "restarted"),
        ("a<br>b<br/>c", "a b c"),
        ("a <!-- zebra --> b", "a b"),
        ("<!-- zebra\nokapi -->\n\ntext", "\n\n\ntext"),
        ("<details>\n<summary>Log</summary>\n\ntext\n\n</details>", "\nLog\n\ntext\n\n"),
        ("<div class=\"zebra\">a <span style='x'>b</span>c</div>", "a bc"),
        ("<script>\nlet zebra;\n</script>\ntext", "\n\n\ntext"),
        ("<Callout type=\"zebra\">\n\ntext\n\n</Callout>", "\n\ntext\n\n"),
        ("kubectl delete <pod-name> now", "kubectl delete <pod-name> now"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
        ("<a href=\"https://example.org/zebra\">the queue</a>", "the queue"),
    ]);
}

#[test]
fn marks_of_blocks_are_not_words() {
    check(&[
        ("```yaml title=\"zebra\"\nkey: value\n```\n", "\nkey: value\n"),
        ("- [x] done\n- [ ] open", "- ☑ done\n- ☐ open"),
        ("> quoted\n> more", "quoted\nmore"),
        ("> ## Heading\n> text", "Heading\ntext"),
        ("* a\n* b", "- a\n- b"),
        ("a\n\n***\n\nb", "a\n\n\n\nb"),
        ("a\\\nb  \nc", "a\nb\nc"),
        ("a\n\n    indented *code*", "a\n\nindented *code*"),
        ("```sql\nSELECT * FROM t\n```", "\nSELECT * FROM t\n".trim_end_matches('\n')),
        ("1. a\n2. b", "1. a\n2. b"),
    ]);
}

#[test]
fn titles_and_headings_have_no_invisible_characters() {
    let source = "# Re\u{ad}start of the que\u{200b}ue\n\n## Ro\u{ad}ot cause\n\nA leak.\n";
    let incident = parse_report("a.md", source.to_owned(), &ParseOptions::default()).incident;
    assert_eq!(incident.title.value, "Restart of the queue");
    let front = "---\ntitle: Re\u{ad}start\n---\ntext\n".to_owned();
    assert_eq!(parse_report("a.md", front, &ParseOptions::default()).incident.title.value, "Restart");
    assert_eq!(incident.sections.last().map(|s| s.kind), Some(crate::incident::SectionKind::RootCause));
}

proptest::proptest! {
    #[test]
    fn any_source_keeps_its_lines(source in "([a-z*_`~\\[\\]()!<>&;:|#> \\-\n\\\\\"'=/.1\u{ad}é]|data:image/png;base64,|<!--|-->|</div>|\\[x\\] |&amp;|```|\r\n){0,60}") {
        let incident = parse_report("a.md", source.clone(), &ParseOptions::default()).incident;
        let text = incident.visible_source();
        proptest::prop_assert_eq!(text.matches('\n').count(), source.matches('\n').count());
        for pair in incident.markup.windows(2) {
            proptest::prop_assert!(pair[0].range.end <= pair[1].range.start);
        }
        for section in &incident.sections {
            proptest::prop_assert_eq!(incident.visible_text(section).len(), incident.visible_len(section));
        }
    }
}
