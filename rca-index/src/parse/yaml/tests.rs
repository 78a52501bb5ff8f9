//! YAML: what is read, and what is refused and where. The values of real front matter are compared with a list of their hashes.

use std::fs;
use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::parse::limits::Why;

#[test]
fn the_line_reader_gives_what_yaml_would() {
    let text = "title: \"A\"\ndate: 2024-03-05 # day\nservices: [a, b]\ntags:\n\t- x\n  # - no\n  - name: y\nempty:\nnested:\n  k: v\n";
    let text_value = |text: &str| Value::Text(text.to_owned());
    let map = read_lines(text);
    assert_eq!(map[0], ("title".to_owned(), text_value("A")));
    assert_eq!(map[1], ("date".to_owned(), text_value("2024-03-05")));
    assert_eq!(map[2].1.texts(), ["a", "b"]);
    assert_eq!(map[3].1.texts(), ["x", "y"]);
    assert_eq!(map[4].1, Value::Null);
    let same = "title: A\ndate: 2024-03-05\nservices: [a, b]\ntags:\n- x\n- y\n";
    assert_eq!(read_yaml(same).ok(), Some(read_lines(same)));
}

#[test]
fn most_front_matter_is_plain() {
    let text = "title: \"2025-06-02 - A: b\"\ndate: 2025-06-02\nservices: [inventory-api]\ntags: [rca, p2, a/b]\n\
                duration_minutes: 65\nauthor: The team's lead\nat: 10:30\n";
    let plain = read_plain(text).expect("plain");
    assert_eq!(read_any(text).ok(), Some(plain));
    let items = "tags:\n  - b\n\n  - \"c: d\"\nnone:\nservices:\n- e\nclosed: true\n";
    assert_eq!(read_any(items).ok(), read_plain(items));
    assert!(read_plain(items).is_some());
    let foreign = "title: 空日失敗、\"再\"\nnone: []\nspaced: [ ]\nid: 00b7f759-21f8\nsaid: \"Don’t — ok\"\ntags: [Ś, a é]\n\
                   summary: 12 × 3 → 36\nlist:\n- ’ß\n";
    assert_eq!(read_any(foreign).ok(), read_plain(foreign));
    assert!(read_plain(foreign).is_some());
    let commented = "# down, disrupted: é\na: b\n#\nlist:\n# - x\n- c\n#- y\n- d\ne:\n#: f\ng: h\n#";
    assert_eq!(read_any(commented).ok(), read_plain(commented));
    assert!(read_plain(commented).is_some());
    let many = format!("{}a: b\n", "# x\n".repeat(1000));
    assert_eq!(read_any(&many).ok(), read_plain(&many));
    for text in
        ["a: \u{a0}b", "a: b\u{3000}", "a: \u{feff}b", "a: b\u{85}c", "a: \u{fffe}", "a: 0b1", "a: 017", "a: 0e1"]
    {
        assert_eq!(read_plain(text), None, "{text}");
    }
    for text in ["a: b\n  - c", "a:\n  - b\n    - c", "a:\n  - b\n   c", "a:\n  - [b]", "a: [b]\n  - c"] {
        assert_eq!(read_plain(text), None, "{text}");
    }
    for text in
        ["a:\n  - b: c", "a: [b: c]", "a: 0x1f", "a: 1.50", "a: b # c", "a: b\nA: c\na: d", "a: 'it''s'", "- a: b"]
    {
        assert_eq!(read_plain(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn what_is_plain_is_what_yaml_says(lines in proptest::collection::vec("(#[a: #-]{0,3}| {0,2}- ([\"']?[a-z0-9é空 :#'-]{0,6}[\"']?|true)|[a-cA-C0-9_-]{1,4}: ?([\\[\"']?[a-z0-9 :#,.'&*!_+eExXé、’\u{2028}\u{200b}-]{0,12}[\\]\"']?|null|True|~|1e5|0o7|0[0-9a-fxob_.+-]{1,6}|\\[ {0,2}\\]|[0-9.]{1,4}))", 0..6)) {
        let text = lines.join("\n");
        if let Some(map) = read_plain(&text) {
            prop_assert_eq!(read_any(&text).ok(), Some(map), "{}", text);
        }
    }
}

#[test]
fn errors_have_a_line() {
    let error = read_yaml("a: 1\nb: c: d\n").unwrap_err();
    assert_eq!(error.line, 2);
    let error = read_yaml("x: {a: 1}\na: 1\na: 2\n").unwrap_err();
    assert_eq!(error, Refusal::invalid(3, "duplicate entry with key \"a\""));
    assert!(read_yaml("- a\n- b\n").is_err());
}

/// What YAML says of the value of a key, as text.
fn value(yaml: &str) -> Option<String> {
    read_any(&format!("k: {yaml}\n")).ok().and_then(|map| map.into_iter().next()).and_then(|(_, value)| match value {
        Value::Text(text) => Some(text),
        Value::Null => Some("null".to_owned()),
        Value::List(_) | Value::Map(_) => None,
    })
}

#[test]
fn scalars_are_those_of_yaml_1_2() {
    let same = [
        "yes", "no", "on", "off", "y", "n", "1_000", "1:30", "12:30:45", "2024-01-01", "2024-01-01T10:00:00Z", "017",
        "0b1_1", "1.10", "65", "-5", ".inf", ".nan", "true", "false", "<<", "1e5x", "null and void", "=",
    ];
    for yaml in same {
        assert_eq!(value(yaml).as_deref(), Some(yaml));
    }
    let other = [
        ("~", "null"),
        ("Null", "null"),
        ("", "null"),
        ("TRUE", "true"),
        ("0x1F", "31"),
        ("0o17", "15"),
        ("1e5", "100000.0"),
        ("!foo bar", "bar"),
        ("!!str 5", "5"),
        ("\"a\\nb\"", "a\nb"),
        ("'it''s'", "it's"),
        ("|\n  a\n  b", "a\nb\n"),
        (">\n  a\n  b", "a b\n"),
        ("&a x", "x"),
        ("x # y", "x"),
    ];
    for (yaml, text) in other {
        assert_eq!(value(yaml).as_deref(), Some(text), "{yaml}");
    }
    let merged = read_any("b: &b {x: 1}\nc:\n  <<: *b\n  y: 2\n").unwrap();
    let Value::Map(inner) = &merged[1].1 else { panic!("{merged:?}") };
    assert_eq!(inner.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>(), ["<<", "y"]);
}

/// Blocks that cost more than they are worth, each with the limit that it exceeds and the line that does.
fn bombs() -> Vec<(&'static str, String, Limit, u32)> {
    let laughs = |open: &str, close: &str| {
        let level = |i: u32| format!("a{i}: &a{i} {open}{}{close}\n", vec![format!("*a{}", i - 1); 9].join(", "));
        format!("a0: &a0 {{x: 1}}\n{}", (1..20).map(level).collect::<Vec<_>>().concat())
    };
    let long = "x".repeat(100_000);
    vec![
        ("billion laughs", laughs("[", "]"), Limit::Values, 6),
        ("merged laughs", laughs("{<<: [", "]}"), Limit::Values, 6),
        ("aliases of a long text", format!("a: &a {long}\nb:\n{}", "- *a\n".repeat(20_000)), Limit::Text, 11),
        ("aliases of a long text on a line", format!("a: &a {long}\nb: [{}]\n", "*a, ".repeat(30_000)), Limit::Text, 2),
        ("aliases of a long key", format!("? &a {long}\n: 1\nb: [{}]\n", "*a, ".repeat(30_000)), Limit::Text, 3),
        ("lists in lists", format!("a:\n  {}{}\n", "[".repeat(10_000), "]".repeat(10_000)), Limit::Nesting, 2),
        ("lists that never end", format!("a: {}", "[".repeat(200_000)), Limit::Nesting, 1),
        ("maps in maps", format!("a: {}{}\n", "{a: ".repeat(10_000), "}".repeat(10_000)), Limit::Nesting, 1),
        ("items in items", format!("a:\n{}x\n", "- ".repeat(60_000)), Limit::Nesting, 2),
        ("keys in keys", format!("{}x\n", "? ".repeat(60_000)), Limit::Nesting, 1),
        (
            "indented",
            (0..700).map(|i| format!("{}a:\n", " ".repeat(i))).collect::<Vec<_>>().concat(),
            Limit::Nesting,
            65,
        ),
        ("many values", format!("a: [{}]\n", "a,".repeat(120_000)), Limit::Values, 1),
        ("too large", format!("a: b\n{}", "c: d\n".repeat(60_000)), Limit::Bytes, 52_429),
    ]
}

#[test]
fn bombs_do_not_explode() {
    for (name, yaml, limit, line) in bombs() {
        assert_eq!(read_yaml(&yaml), Err(Refusal::beyond(line, limit)), "{name}");
    }
}

#[test]
fn odd_yaml_is_refused_or_read() {
    for (yaml, line) in
        [("b: 1\na: &a [*a]\n", 2), ("a: *b\n", 1), ("a: 1\n---\nb: 2\n", 3), ("a: [1\n", 1), ("a: \"x\\q\"\n", 1)]
    {
        let refusal = read_yaml(yaml).unwrap_err();
        assert!(matches!(&refusal.why, Why::Invalid(reason) if !reason.contains(" at line ")), "{yaml}: {refusal:?}");
        assert_eq!(refusal.line, line, "{yaml}: {refusal:?}");
    }
    let long = "x ".repeat(100_000);
    assert_eq!(read_yaml(&format!("a: {long}\n")).unwrap()[0].1, Value::Text(long.trim().to_owned()));
    let key = "k".repeat(100_000);
    assert_eq!(read_yaml(&format!("? {key}\n: x\n")).unwrap()[0].0, key);
    let aliases = format!("a: &a v\nb: [{}]\n", "*a, ".repeat(50_000));
    let Value::List(items) = &read_yaml(&aliases).unwrap()[1].1 else { panic!("a list") };
    assert_eq!(items.len(), 50_000);
}

/// The values of each front matter of the archives beside the project are those that serde_yaml gave: hashes of blocks, and of what
/// was read of them.
#[test]
fn real_front_matter_reads_as_before() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let shared = here.join("../../shared");
    let Ok(known) = fs::read_to_string(here.join("tests/golden/front_matter.tsv")) else {
        return println!("skipped: the list of hashes is not there");
    };
    let known: HashMap<&str, &str> = known.lines().filter_map(|line| line.split_once('\t')).collect();
    let mut compared = 0;
    for folder in ["archives", "facts"] {
        if !shared.join(folder).is_dir() {
            return println!("skipped: {} is not there", shared.join(folder).display());
        }
        for block in blocks(&shared.join(folder)) {
            let hash = |bytes: &[u8]| format!("{:016x}", xxhash_rust::xxh3::xxh3_64(bytes));
            let Some(&expected) = known.get(hash(block.as_bytes()).as_str()) else { continue };
            let read =
                read_any(&block).map_or_else(|_| "refused".to_owned(), |map| hash(format!("{map:?}").as_bytes()));
            assert_eq!(read, expected, "{block}");
            compared += 1;
        }
    }
    assert!(compared > 500, "only {compared} blocks are known");
}

/// The blocks between `---` and `---` at the top of files.
fn blocks(folder: &Path) -> Vec<String> {
    let mut blocks = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            blocks.extend(self::blocks(&path));
        } else if let Ok(text) = fs::read_to_string(&path) {
            let text = text.trim_start_matches('\u{feff}');
            let inside = text.strip_prefix("---\n").or_else(|| text.strip_prefix("---\r\n"));
            blocks.extend(inside.and_then(|rest| Some(rest[..=rest.find("\n---")?].to_owned())));
        }
    }
    blocks
}
