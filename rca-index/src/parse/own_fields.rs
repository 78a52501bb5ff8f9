//! Fields of an archive's own: the keys of front matter that nothing else reads.
//!
//! In: front matter, and the keys of the settings, which may give such a key another name. Out: keys and values as written,
//! a bounded number of them.

use std::collections::{BTreeMap, HashMap};

use crate::incident::beginning::beginning;
use crate::incident::{OwnField, OwnValue, Problem, ProblemKind};
use crate::parse::front_matter::{is_about_another, is_of_the_incident};
use crate::parse::keys::key_named;
use crate::parse::milestones::is_stated;
use crate::parse::value::{Map, NAMES, Value, clean};

/// The most keys of a report, in number.
const MOST_KEYS: usize = 200;
/// The most bytes of keys and values.
const MOST_BYTES: usize = 64 * 1024;
/// The longest key and the longest value, in bytes. A longer key is no field, a longer value is cut.
const LONGEST_KEY: usize = 256;
const LONGEST_VALUE: usize = 4 * 1024;
/// How deep a map may lie in others.
const DEEPEST: usize = 8;

/// Reads the fields of a block. `line_of` says in which line a key stands.
pub(crate) fn own_fields(
    map: &Map,
    own: &BTreeMap<String, String>,
    line_of: impl Fn(&str) -> u32,
) -> (Vec<OwnField>, Option<Problem>) {
    let names = own.iter().filter(|(_, target)| key_named(target, &BTreeMap::new()).is_none());
    let mut reader = Reader {
        own,
        names: names.map(|(key, target)| (OwnField::name(key), target.as_str())).collect(),
        line_of,
        fields: Vec::new(),
        at: HashMap::new(),
        bytes: 0,
        cut_at: None,
    };
    for (key, value) in map {
        reader.pair(key, key, value, Above { depth: 0, about_another: false });
    }
    let kind = ProblemKind::FieldsCutOff { keys: MOST_KEYS as u64, bytes: MOST_BYTES as u64 };
    (reader.fields, reader.cut_at.map(|line| Problem::new(line, kind)))
}

/// What stands above a key.
#[derive(Clone, Copy)]
struct Above {
    depth: usize,
    about_another: bool,
}

struct Reader<'a, L> {
    own: &'a BTreeMap<String, String>,
    /// The names that the settings give to keys.
    names: HashMap<String, &'a str>,
    line_of: L,
    fields: Vec<OwnField>,
    /// Where the field of a name is.
    at: HashMap<String, usize>,
    bytes: usize,
    /// The line of the first key that was left out.
    cut_at: Option<u32>,
}

impl<L: Fn(&str) -> u32> Reader<'_, L> {
    /// A key, the same behind those of the maps around it, and its value.
    fn pair(&mut self, key: &str, path: &str, value: &Value, above: Above) {
        match value {
            Value::Null => {}
            Value::Map(map) => self.map(map, key, path, above),
            Value::Text(_) if self.is_known(key, above) || above.depth == 0 && is_stated(key) => {}
            Value::Text(text) => self.add(key, path, text, false),
            Value::List(items) => self.items(items, key, path, above),
        }
    }

    fn items(&mut self, items: &[Value], key: &str, path: &str, above: Above) {
        for item in items {
            match item {
                Value::Null => {}
                Value::Text(_) if self.is_known(key, above) => {}
                Value::Text(text) => self.add(key, path, text, true),
                Value::Map(map) => self.map(map, key, path, Above { about_another: true, ..above }),
                Value::List(items) if above.depth < DEEPEST => {
                    self.items(items, key, path, Above { depth: above.depth + 1, ..above });
                }
                Value::List(_) => self.cut(key),
            }
        }
    }

    fn map(&mut self, map: &Map, key: &str, path: &str, above: Above) {
        if above.depth >= DEEPEST || path.len() > LONGEST_KEY {
            self.cut(key);
            return;
        }
        let about_another = above.about_another || is_about_another(key);
        let named = self.is_known(key, above);
        for (inner, value) in map {
            if named && NAMES.iter().any(|name| inner.eq_ignore_ascii_case(name)) {
                continue;
            }
            if inner.len() > LONGEST_KEY {
                self.cut(key);
                continue;
            }
            let above = Above { depth: above.depth + 1, about_another };
            self.pair(inner, &format!("{path}.{inner}"), value, above);
        }
    }

    /// Whether the value of a key is read as something that the field table knows.
    fn is_known(&self, key: &str, above: Above) -> bool {
        /// As deep as front matter is read for facts.
        const DEPTH: usize = 3;
        let known = key_named(key, self.own);
        known.is_some_and(|known| {
            above.depth == 0 || above.depth <= DEPTH && !above.about_another && is_of_the_incident(known)
        })
    }

    fn add(&mut self, key: &str, path: &str, text: &str, listed: bool) {
        if path.len() > LONGEST_KEY || self.bytes >= MOST_BYTES {
            return self.cut(key);
        }
        let mut value = clean(beginning(text, LONGEST_VALUE));
        if text.len() > LONGEST_VALUE {
            value.push('…');
            self.cut(key);
        }
        if value.is_empty() {
            return;
        }
        let name = OwnField::name(path);
        let other = || self.names.get(&name).or_else(|| self.names.get(&OwnField::name(key)));
        let renamed = if self.names.is_empty() { None } else { other().copied() };
        let written = renamed.map_or_else(|| clean(path), clean);
        let name = renamed.map_or(name, OwnField::name);
        if name.is_empty() {
            return;
        }
        self.bytes += value.len() + 8;
        if let Some(field) = self.at.get(&name).and_then(|&at| self.fields.get_mut(at)) {
            if let OwnValue::One(first) = &mut field.value {
                field.value = OwnValue::List(vec![std::mem::take(first)]);
            }
            if let OwnValue::List(values) = &mut field.value {
                values.push(value);
            }
            return;
        }
        if self.fields.len() >= MOST_KEYS {
            return self.cut(key);
        }
        self.bytes += written.len();
        self.at.insert(name, self.fields.len());
        let value = if listed { OwnValue::List(vec![value]) } else { OwnValue::One(value) };
        self.fields.push(OwnField { key: written, value, line: Some((self.line_of)(key)) });
    }

    fn cut(&mut self, key: &str) {
        if self.cut_at.is_none() {
            self.cut_at = Some((self.line_of)(key));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::{ParseOptions, parse_report};

    fn parsed(source: &str, own: &[(&str, &str)]) -> (Vec<OwnField>, Vec<Problem>) {
        let keys = own.iter().map(|&(key, target)| (key.to_owned(), target.to_owned())).collect();
        let parsed = parse_report("a.md", source.to_owned(), &ParseOptions { keys, ..ParseOptions::default() });
        (parsed.incident.front_matter, parsed.problems)
    }

    /// The keys, values and lines that a block of YAML states.
    fn check_with(block: &str, own: &[(&str, &str)], expected: &[(&str, &[&str], u32)]) {
        let (fields, problems) = parsed(&format!("---\n{block}\n---\n# A\n"), own);
        let found: Vec<_> = fields
            .iter()
            .map(|field| (field.key.as_str(), field.value.texts(), field.line.unwrap_or_default()))
            .collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|&(key, values, line)| (key, values.iter().map(|&v| v.to_owned()).collect::<Vec<_>>(), line))
            .collect();
        let expected: Vec<_> = expected.iter().map(|(key, values, line)| (*key, values.as_slice(), *line)).collect();
        assert_eq!(found, expected, "{block}");
        assert_eq!(problems.iter().find(|problem| problem.code() == "fields-cut-off"), None, "{block}");
    }

    fn check(block: &str, expected: &[(&str, &[&str], u32)]) {
        check_with(block, &[], expected);
    }

    #[test]
    fn unknown_keys_are_kept_as_written() {
        check(
            "severity: P1\nTeam: Payments\nRegions: [eu, 'us, east']\ncost: 1.50\nok: true",
            &[
                ("Team", &["Payments"], 3),
                ("Regions", &["eu", "us, east"], 4),
                ("cost", &["1.50"], 5),
                ("ok", &["true"], 6),
            ],
        );
        check(
            "due: 2025-06-02\nempty:\nnothing: null\nblank: ''\nnone: none",
            &[("due", &["2025-06-02"], 2), ("none", &["none"], 6)],
        );
        check(
            "vendor:\n  name: Acme\n  deal:\n    tier: gold",
            &[("vendor.name", &["Acme"], 3), ("vendor.deal.tier", &["gold"], 5)],
        );
        check(
            "on_call:\n- name: Ann\n  shift: day\n- name: Bob",
            &[("on_call.name", &["Ann", "Bob"], 3), ("on_call.shift", &["day"], 4)],
        );
        check("matrix: [[a, b], [c]]", &[("matrix", &["a", "b", "c"], 2)]);
        // Two spellings of one key, the first of which counts.
        check("blast-radius: a\nBlast Radius: b", &[("blast-radius", &["a", "b"], 2)]);
        // A line that YAML rejects costs that line only.
        check(
            "team: Payments\nnote: a: b\ntier: 1",
            &[("team", &["Payments"], 2), ("note", &["a: b"], 3), ("tier", &["1"], 4)],
        );
    }

    #[test]
    fn what_is_read_as_a_fact_is_no_field_of_its_own() {
        check("title: A\nstart: 2025-06-02 10:00\nowner: Ann\nmttr: 2h\nusers: 5\ncompany: acme", &[]);
        check("meta:\n  severity: P2\n  squad: a", &[("meta.squad", &["a"], 4)]);
        check("services:\n- name: api\n  region: eu", &[("services.region", &["eu"], 4)]);
        // The name of somebody, and their state.
        check(
            "contact:\n  name: Ann\n  status: away",
            &[("contact.name", &["Ann"], 3), ("contact.status", &["away"], 4)],
        );
    }

    #[test]
    fn settings_give_keys_other_names() {
        let own = &[("squad", "team"), ("vendor.name", "Supplier"), ("company", "customer"), ("class", "severity")];
        check_with(
            "Squad: a\nteam: b\nvendor:\n  name: Acme\ncompany: x\nclass: P1",
            own,
            &[("team", &["a", "b"], 2), ("Supplier", &["Acme"], 5), ("customer", &["x"], 6)],
        );
    }

    #[test]
    fn strange_names_and_values_are_clean() {
        check("\"a\\0b\\e[31m\": \"x\\0y\\n z\"", &[("ab", &["xy z"], 2)]);
        check("'?!': x", &[]);
    }

    #[test]
    fn a_report_has_a_bounded_number_of_fields() {
        let many = (0..100_000).map(|i| format!("key{i}: value")).collect::<Vec<_>>().join("\n");
        let long = format!("{}: a\nshort: b\n", "k".repeat(1_000_000));
        let quoted = format!("\"{}\": a\nshort: b\n", "k".repeat(1000));
        let heavy = (0..100).map(|i| format!("key{i}: {}", "v".repeat(3000))).collect::<Vec<_>>().join("\n");
        let list = format!("list: [{}]", "item, ".repeat(20_000));
        let wide = format!("value: {}\nshort: b", "é".repeat(5000));
        let deep: Vec<_> = (0..12).map(|i| format!("{}k{i}:", " ".repeat(i))).collect();
        let deep = format!("{}\n{}end: x", deep.join("\n"), " ".repeat(12));
        for (block, named) in [
            (&many, true),
            (&quoted, true),
            (&heavy, true),
            (&list, true),
            (&wide, true),
            (&deep, true),
            (&long, false),
        ] {
            let (fields, problems) = parsed(&format!("---\n{block}\n---\n# A\n"), &[]);
            assert!(fields.len() <= MOST_KEYS, "{}", fields.len());
            let bytes: usize =
                fields.iter().map(|f| f.key.len() + f.value.texts().iter().map(String::len).sum::<usize>()).sum();
            assert!(bytes <= MOST_BYTES + LONGEST_VALUE, "{bytes}");
            assert!(fields.iter().all(|field| field.key.len() <= LONGEST_KEY));
            let cut = problems.iter().any(|problem| problem.code() == "fields-cut-off");
            assert_eq!(cut, named, "{block:.40}: {problems:?}");
        }
        let (fields, _) = parsed(&format!("---\n{quoted}\n---\n# A\n"), &[]);
        assert_eq!(fields[0].key, "short");
    }
}
