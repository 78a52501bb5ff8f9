//! Front matter: the block of keys and values at the top, in YAML, TOML or JSON, however it is fenced.
//!
//! In: the source. Out: keys and values, where the block stands, where the body starts, and problems.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::incident::lines::line_at;
use crate::incident::{Problem, ProblemKind};
use crate::parse::keys::{Key, key_named, with_normal};
use crate::parse::limits::{Budget, Limit, Refusal, Why, check_size, line_of_depth};
use crate::parse::value::{Map, Value};
use crate::parse::yaml::{read_lines, read_yaml, split_key};

/// What stands at the top of a report.
#[derive(Debug, Default)]
pub(crate) struct FrontMatter {
    pub(crate) map: Map,
    /// Bytes of the source: the lines between the fences.
    pub(crate) range: Range<usize>,
    /// The line of `range.start`, counted from 1.
    pub(crate) line: u32,
    /// Where the body begins.
    pub(crate) body_start: usize,
    pub(crate) problems: Vec<Problem>,
}

impl FrontMatter {
    /// The first line of each word that stands in front of a colon or an equals sign.
    pub(crate) fn lines<'s>(&self, source: &'s str) -> KeyLines<'s> {
        let block = source.get(self.range.clone()).unwrap_or_default();
        let key = |line: &'s str| {
            let line = line.trim_start().trim_start_matches(['-', ' ', '{', '"', '\'']);
            let end = line.bytes().position(|b| matches!(b, b':' | b'='))?;
            Some(line[..end].trim_end().trim_end_matches(['"', '\'']))
        };
        let keys = (self.line..).zip(block.lines());
        let mut keys: Vec<_> = keys.filter_map(|(number, line)| Some((key(line)?, number))).collect();
        if keys.len() > KeyLines::FEW {
            keys.sort_unstable();
            keys.dedup_by_key(|(key, _)| *key);
        }
        KeyLines { keys, top: self.line }
    }

    /// The keys that are known, with their name and value: those of the block, then those of maps in it, from the outside.
    pub(crate) fn keys<'m>(&'m self, own: &BTreeMap<String, String>) -> Vec<(Key, &'m str, &'m Value)> {
        /// Deeper maps are about details.
        const DEPTH: usize = 3;
        let named = |(name, value): &'m (String, Value)| Some((key_named(name, own)?, name.as_str(), value));
        let mut keys: Vec<_> = self.map.iter().filter_map(named).collect();
        let mut maps = vec![&self.map];
        for _ in 0..DEPTH {
            let inner = maps.into_iter().flatten().filter_map(|(name, value)| match value {
                Value::Map(map) => Some((name, map)),
                _ => None,
            });
            maps = inner.filter(|(name, _)| !is_about_another(name)).map(|(_, map)| map).collect();
            keys.extend(maps.iter().copied().flatten().filter_map(named).filter(|(key, ..)| is_of_the_incident(*key)));
        }
        keys
    }

    fn problem(&mut self, line: u32, kind: ProblemKind) {
        self.problems.push(Problem::new(line, kind));
    }
}

/// In which line each key of front matter stands.
pub(crate) struct KeyLines<'s> {
    /// In the order of the block, or in their own where they are many.
    keys: Vec<(&'s str, u32)>,
    /// The first line.
    top: u32,
}

impl KeyLines<'_> {
    /// So few are gone through sooner than they are sorted.
    const FEW: usize = 16;

    /// The line of a key; the first one of the block where it is not found as it is written.
    pub(crate) fn of(&self, key: &str) -> u32 {
        let found = if self.keys.len() > Self::FEW {
            self.keys.binary_search_by_key(&key, |(key, _)| *key).ok()
        } else {
            self.keys.iter().position(|(known, _)| *known == key)
        };
        found.map_or(self.top, |at| self.keys[at].1)
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Format {
    Yaml,
    Toml,
    Json,
}

/// Whether a key in a map is one of the incident. A name below a key is the name of something else.
pub(super) fn is_of_the_incident(key: Key) -> bool {
    !matches!(key, Key::Title | Key::Name | Key::Summary | Key::Author | Key::Related | Key::Impact)
}

/// Whether the keys below this one say something of a person, the document or the site.
pub(super) fn is_about_another(name: &str) -> bool {
    const OTHERS: &[&str] = &[
        "author", "authors", "reporter", "owner", "owners", "contact", "contacts", "lead", "commander", "people",
        "team", "review", "reviews", "document", "page", "site", "file", "template", "seo", "opengraph", "og", "image",
        "cover", "header", "menu", "nav", "sitemap", "build", "versions", "package", "cvss", "actions", "actionitems",
        "followups", "related", "links", "history", "changelog",
    ];
    with_normal(name, |name| OTHERS.contains(&name))
}

/// Reads the front matter of a report, if there is any.
pub(crate) fn read_front_matter(source: &str) -> FrontMatter {
    let start = source.len() - source.trim_start_matches(|c: char| c == '\u{feff}' || c.is_whitespace()).len();
    let first_line = line_at(source, start);
    let (opening, rest) = split_line(&source[start..]);
    let inner = source.len() - rest.len();
    let (format, closing): (_, &[&str]) = match opening.trim_end().to_ascii_lowercase().as_str() {
        "---" | "---yaml" | "--- yaml" => (Format::Yaml, &["---", "..."]),
        "---toml" | "--- toml" => (Format::Toml, &["---"]),
        "---json" | "--- json" => (Format::Json, &["---"]),
        "+++" => (Format::Toml, &["+++"]),
        "```toml" => (Format::Toml, &["```"]),
        "```yaml" | "```yml" => (Format::Yaml, &["```"]),
        "```json" => (Format::Json, &["```"]),
        _ => return never_opened(source, start, first_line),
    };
    let mut front =
        FrontMatter { range: inner..inner, line: first_line + 1, body_start: start, ..FrontMatter::default() };
    match closing_line(source, inner, closing) {
        Some((end, body_start)) => {
            front.range.end = end;
            front.body_start = body_start;
            read_block(&mut front, source, format);
            if format == Format::Yaml && encloses_body(&source[front.range.clone()]) {
                front.problems.clear();
                never_closed(&mut front, source, first_line);
            }
        }
        None if format == Format::Yaml || opening.starts_with('+') => never_closed(&mut front, source, first_line),
        None => {
            front.problem(first_line, ProblemKind::FrontMatterUnclosed { keys_read: false });
        }
    }
    front
}

fn read_block(front: &mut FrontMatter, source: &str, format: Format) {
    let block = &source[front.range.clone()];
    let (name, read) = match format {
        Format::Yaml => ("YAML", read_yaml(block)),
        Format::Toml => ("TOML", check_size(block).and_then(|()| read_toml(block))),
        Format::Json => ("JSON", check_size(block).and_then(|()| read_json(block))),
    };
    let refusal = match read {
        Ok(map) => return front.map = map,
        Err(refusal) => refusal,
    };
    front.map = match format {
        Format::Yaml => read_lines(block),
        Format::Toml => read_lines(&block.replace(" = ", ": ")),
        Format::Json => read_lines(&outer_lines(block)),
    };
    let format = name.to_owned();
    let kind = match refusal.why {
        Why::Invalid(reason) => {
            ProblemKind::FrontMatterInvalid { format, reason: reason.lines().next().unwrap_or_default().to_owned() }
        }
        Why::Beyond(limit) => ProblemKind::FrontMatterBeyondLimit { format, limit: limit.to_string() },
    };
    front.problem(front.line + refusal.line.saturating_sub(1), kind);
}

fn read_toml(block: &str) -> Result<Map, Refusal> {
    let table = toml::from_str::<toml::Table>(block).map_err(|e| {
        // Names with dots nest without brackets.
        if e.message().contains("recursion limit") || e.message().contains("recurse") {
            return Refusal::beyond(line_of_depth(block), Limit::Nesting);
        }
        Refusal::invalid(e.span().map_or(1, |span| line_at(block, span.start)), e.message())
    })?;
    let mut budget = Budget::default();
    let pairs = table.into_iter().map(|(key, value)| Ok((key, from_toml(value, 1, &mut budget)?)));
    pairs.collect::<Result<_, _>>().map_err(|limit| Refusal::beyond(line_of_depth(block), limit))
}

fn read_json(block: &str) -> Result<Map, Refusal> {
    let map = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(block).map_err(|e| {
        if e.to_string().starts_with("recursion limit") {
            return Refusal::beyond(line_of_depth(block), Limit::Nesting);
        }
        Refusal::invalid(e.line() as u32, e.to_string())
    })?;
    let mut budget = Budget::default();
    let pairs = map.into_iter().map(|(key, value)| Ok((key, from_json(value, 1, &mut budget)?)));
    pairs.collect::<Result<_, _>>().map_err(|limit| Refusal::beyond(line_of_depth(block), limit))
}

/// The lines of JSON that are in its outer map, as lines of keys and values.
fn outer_lines(block: &str) -> String {
    let mut depth = 0_usize;
    let mut lines = String::with_capacity(block.len());
    for line in block.lines().map(str::trim) {
        let opens = line.bytes().filter(|b| matches!(b, b'[' | b'{')).count();
        let closes = line.bytes().filter(|b| matches!(b, b']' | b'}')).count();
        if depth <= 1 && opens == closes + usize::from(line.starts_with('{')) {
            lines.push_str(line.trim_start_matches('{').trim_end_matches(',').trim());
        }
        lines.push('\n');
        depth = (depth + opens).saturating_sub(closes);
    }
    lines
}

/// The keys before the first blank line or heading; none when the opening line is only a rule.
fn never_closed(front: &mut FrontMatter, source: &str, opening_line: u32) {
    let inner = front.range.start;
    let block = &source[inner..];
    let end = cut(block).unwrap_or(block.len());
    let map = read_lines(&block[..end]);
    if map.is_empty() {
        return;
    }
    front.map = map;
    front.range.end = inner + end;
    front.body_start = inner + end;
    front.problem(opening_line, ProblemKind::FrontMatterUnclosed { keys_read: true });
}

/// Keys at the top with a closing line only.
fn never_opened(source: &str, start: usize, first_line: u32) -> FrontMatter {
    let none = FrontMatter { line: first_line, body_start: start, ..FrontMatter::default() };
    let looks_like_a_key =
        |line: &str| split_key(line).is_some_and(|(key, _)| key_named(key, &BTreeMap::new()).is_some());
    if !looks_like_a_key(split_line(&source[start..]).0.trim_end()) {
        return none;
    }
    let Some((end, body_start)) = closing_line(source, start, &["---", "+++"]) else { return none };
    let block = &source[start..end];
    if cut(block).is_some() {
        return none;
    }
    let mut front = FrontMatter { range: start..end, line: first_line, body_start, ..FrontMatter::default() };
    front.problem(first_line, ProblemKind::FrontMatterUnopened);
    read_block(&mut front, source, Format::Yaml);
    front
}

/// Where a closing line starts, and where the line after it does.
fn closing_line(source: &str, from: usize, closing: &[&str]) -> Option<(usize, usize)> {
    let mut at = from;
    while at < source.len() {
        let (line, rest) = split_line(&source[at..]);
        let next = source.len() - rest.len();
        if closing.contains(&line.trim_end()) {
            return Some((at, next));
        }
        at = next;
    }
    None
}

/// Whether a rule in the body was taken for the end, so that the block holds headings and prose, and no more keys.
fn encloses_body(block: &str) -> bool {
    let rest = cut(block).map_or("", |at| &block[at..]);
    let no_key = |(key, _): &(String, Value)| key_named(key, &BTreeMap::new()).is_none();
    let prose = || rest.lines().any(|line| !line.trim().is_empty() && !line.starts_with("# "));
    has_heading(rest) && prose() && read_lines(rest).iter().all(no_key)
}

/// Where the first blank line or heading of a block starts.
fn cut(block: &str) -> Option<usize> {
    let mut at = 0;
    let mut lines = block.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        // A comment stands right above a key, a heading does not.
        let mut key_below = || lines.peek().is_some_and(|next| split_key(next.trim_end()).is_some());
        let mut comment = || line.starts_with("# ") && key_below();
        if line.trim().is_empty() || (line.starts_with('#') && has_heading(line) && !comment()) {
            return Some(at);
        }
        at += line.len();
    }
    None
}

/// Whether a line is a heading. A single `#` may as well begin a comment in YAML, so it needs a capital letter after it.
fn has_heading(text: &str) -> bool {
    text.lines().any(|line| {
        let level = line.bytes().take_while(|&b| b == b'#').count();
        let rest = &line[level..];
        let named = rest.trim_start().chars().next().is_some_and(|c| c.is_uppercase() || !c.is_ascii());
        (2..=6).contains(&level) && rest.starts_with(' ') || (level == 1 && rest.starts_with(' ') && named)
    })
}

fn split_line(text: &str) -> (&str, &str) {
    text.bytes().position(|b| b == b'\n').map_or((text, ""), |end| (&text[..end], &text[end + 1..]))
}

/// A value of TOML that lies in this many lists and maps.
fn from_toml(value: toml::Value, depth: usize, budget: &mut Budget) -> Result<Value, Limit> {
    budget.pay(depth, 0)?;
    Ok(match value {
        toml::Value::String(text) => Value::Text(text),
        toml::Value::Array(items) => {
            Value::List(items.into_iter().map(|item| from_toml(item, depth + 1, budget)).collect::<Result<_, _>>()?)
        }
        toml::Value::Table(table) => {
            let pairs = table.into_iter().map(|(key, value)| Ok((key, from_toml(value, depth + 1, budget)?)));
            Value::Map(pairs.collect::<Result<_, _>>()?)
        }
        other => Value::Text(other.to_string()),
    })
}

/// A value of JSON that lies in this many lists and maps.
fn from_json(value: serde_json::Value, depth: usize, budget: &mut Budget) -> Result<Value, Limit> {
    budget.pay(depth, 0)?;
    Ok(match value {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::String(text) => Value::Text(text),
        serde_json::Value::Array(items) => {
            Value::List(items.into_iter().map(|item| from_json(item, depth + 1, budget)).collect::<Result<_, _>>()?)
        }
        serde_json::Value::Object(map) => {
            let pairs = map.into_iter().map(|(key, value)| Ok((key, from_json(value, depth + 1, budget)?)));
            Value::Map(pairs.collect::<Result<_, _>>()?)
        }
        other => Value::Text(other.to_string()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The title that is read, what is left as the body, and the lines of problems.
    fn check(source: &str, title: Option<&str>, body: &str, problems: &[u32]) {
        let front = read_front_matter(source);
        let found = front.map.iter().find(|(key, _)| key == "title").and_then(|(_, value)| value.text());
        assert_eq!(found.as_deref(), title, "{source}");
        assert_eq!(&source[front.body_start..], body, "{source}");
        assert_eq!(front.problems.iter().map(|p| p.line).collect::<Vec<_>>(), problems, "{source}");
    }

    #[test]
    fn every_fence() {
        check("---\ntitle: A\n---\nbody", Some("A"), "body", &[]);
        check("\u{feff}---\r\ntitle: A\r\n---\r\nbody", Some("A"), "body", &[]);
        check("\n\n---\ntitle: A\n---\nbody\n---\nmore", Some("A"), "body\n---\nmore", &[]);
        check("+++\ntitle = \"A\"\n+++\nbody", Some("A"), "body", &[]);
        check("---toml\ntitle = \"A\"\n---\nbody", Some("A"), "body", &[]);
        check("---json\n{\"title\": \"A\"}\n---\nbody", Some("A"), "body", &[]);
        check("```toml\ntitle = \"A\"\n```\nbody", Some("A"), "body", &[]);
        check("# no front matter\n", None, "# no front matter\n", &[]);
        check("---\n\ntext below a rule\n", None, "---\n\ntext below a rule\n", &[]);
    }

    #[test]
    fn defects_are_read_around() {
        check("---\ntitle: A\nseverity: P1\n\n# A\n", Some("A"), "\n# A\n", &[1]);
        check("---\ntitle: A\nseverity: P1\n\n# A\ntext\n\n---\nmore", Some("A"), "\n# A\ntext\n\n---\nmore", &[1]);
        check("title: A\nseverity: P1\n---\n# A\n", Some("A"), "# A\n", &[1]);
        check("note: a rule follows\n---\ntext", None, "note: a rule follows\n---\ntext", &[]);
        check("---\ntitle: A\nother: b: c\n---\nbody", Some("A"), "body", &[3]);
        check("---\ntitle: A\nseverity: P1\nseverity: P2\n---\nbody", Some("A"), "body", &[4]);
        check("+++\ntitle = \"A\"\ndate = \n+++\nbody", Some("A"), "body", &[3]);
        check("---json\n{\"title\": }\n---\nbody", None, "body", &[2]);
        check("---\ntitle: A\n# a comment\n\ndate: x\n---\nbody", Some("A"), "body", &[]);
    }

    #[test]
    fn what_is_beyond_a_limit_is_named_and_kept() {
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        let many = "1, ".repeat(120_000);
        let cases = [
            (format!("---\ntitle: A\nx: {deep}\n---\n"), "YAML", "nested", 3),
            (format!("+++\ntitle = \"A\"\nx = {deep}\n+++\n"), "TOML", "nested", 3),
            (format!("+++\ntitle = \"A\"\n{}x = 1\n+++\n", "a.".repeat(10_000)), "TOML", "nested", 3),
            (format!("---json\n{{\n\"title\": \"A\",\n\"x\": {deep}}}\n---\n"), "JSON", "nested", 4),
            (
                format!("---json\n{{\n\"title\": \"A\",\n\"x\": {}1{}}}\n---\n", "[".repeat(70), "]".repeat(70)),
                "JSON",
                "nested",
                4,
            ),
            (format!("+++\ntitle = \"A\"\nx = [{many}]\n+++\n"), "TOML", "more than 262144 bytes", 3),
            (
                format!("---json\n{{\n\"title\": \"A\",\n\"x\": [{}1]}}\n---\n", "1,".repeat(120_000)),
                "JSON",
                "more than 100000 values",
                2,
            ),
            (format!("---\ntitle: A\nx: [{}]\n---\n", "1,".repeat(120_000)), "YAML", "more than 100000 values", 3),
            (format!("---\ntitle: A\n{}---\n", "k: v\n".repeat(100_000)), "YAML", "more than 262144 bytes", 52_430),
        ];
        for (source, name, reason, line) in cases {
            let front = read_front_matter(&format!("{source}body"));
            let title = front.map.iter().find(|(key, _)| key == "title").and_then(|(_, value)| value.text());
            assert_eq!(title.as_deref(), Some("A"), "{name}: {reason}");
            let [Problem { line: at, kind: ProblemKind::FrontMatterBeyondLimit { format, limit } }] =
                &front.problems[..]
            else {
                panic!("{:?}", front.problems)
            };
            assert!(format == name && limit.contains(reason), "{name}: {limit}");
            assert_eq!(*at, line, "{name}: {reason}");
            assert!(
                front.range.len() > 4_000 && front.body_start == source.len() || name == "JSON",
                "{name}: {reason}"
            );
        }
    }

    #[test]
    fn keys_have_lines() {
        let source = "\n---\ntitle: A\n\"date\": x\n---\n";
        let front = read_front_matter(source);
        let lines = front.lines(source);
        assert_eq!((lines.of("title"), lines.of("date"), lines.of("end")), (3, 4, 3));
    }
}
