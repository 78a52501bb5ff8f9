//! Documents: what a cluster indexes of an incident is what the embedded engine indexes of it.

use std::time::Duration;

use proptest::prelude::*;
use serde_json::Value;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet as _, Term, postings::Postings as _};

use super::*;
use crate::engine::document::{KEY, number_column};
use crate::engine::keys::KEYS;
use crate::engine::{Embedded, Manifest, Purpose};
use crate::incident::{FailedCount, SectionKind};
use crate::parse::{ParseOptions, parse_report};
use crate::schema::NumberField;
use crate::text::analyzer::STEM_MARK;

/// Terms of the field with their positions.
type Tokens = BTreeSet<(u32, String)>;

fn json(incident: Incident, house: &HouseNames) -> Value {
    serde_json::to_value(Document::of_report(incident, (house, &Analyzer::default()), "ops", 1).unwrap()).unwrap()
}

/// What the analyzer of the mapping makes of a text: groups at white space, as Java has it, and tokens at the joiner.
fn analysed(text: &str) -> Tokens {
    let is_space = |c: char| matches!(c, '\t'..='\r' | '\u{1c}'..=' ') || c.is_whitespace() && c != '\u{a0}';
    let groups = text.split(is_space).filter(|group| !group.is_empty());
    let tokens = (0..).zip(groups).flat_map(|(at, group)| group.split(JOINER).map(move |token| (at, token.to_owned())));
    // The embedded engine finds stems by going over its words.
    tokens.filter(|(_, token)| !token.starts_with([NOTHING, STEM_MARK])).collect()
}

/// The text as the cluster copies it: the regions in the order in which they are sent.
fn copied(document: &str) -> String {
    let from = document.find("\"region\":").unwrap() + 9;
    let mut regions = Vec::new();
    let mut rest = serde_json::Deserializer::from_str(&document[from..]).into_iter::<Value>();
    let Some(Ok(Value::Object(found))) = rest.next() else { panic!("no regions") };
    for spec in FIELDS {
        if let (FieldKind::Text(_), Some(Value::String(text))) = (spec.kind, found.get(spec.name)) {
            regions.push((document.find(&format!("\"{}\":\"\\u0002", spec.name)).unwrap(), text.clone()));
        }
    }
    assert!(regions.is_sorted_by_key(|(at, _)| *at), "regions in the order of the table");
    regions.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join(" ")
}

/// The tokens of a field of the only incident of an index.
fn indexed(engine: &Embedded, field: &str) -> Tokens {
    let snapshot = engine.snapshot().unwrap();
    let mut found = Tokens::new();
    for reader in snapshot.searcher.segment_readers() {
        let field = reader.schema().get_field(field).unwrap();
        let index = reader.inverted_index(field).unwrap();
        let mut terms = index.terms().stream().unwrap();
        while terms.advance() {
            let term = String::from_utf8(terms.key().to_vec()).unwrap();
            let asked = Term::from_field_text(field, &term);
            let mut postings = index.read_postings(&asked, IndexRecordOption::WithFreqsAndPositions).unwrap().unwrap();
            let mut positions = Vec::new();
            while postings.doc() != tantivy::TERMINATED {
                postings.positions(&mut positions);
                found.extend(positions.iter().map(|&at| (at, mapping::term(&term).into_owned())));
                postings.advance();
            }
        }
    }
    found
}

/// The terms of a field of the only incident of an index.
fn terms(engine: &Embedded, field: &str) -> BTreeSet<String> {
    let snapshot = engine.snapshot().unwrap();
    let mut found = BTreeSet::new();
    for reader in snapshot.searcher.segment_readers() {
        let index = reader.inverted_index(reader.schema().get_field(field).unwrap()).unwrap();
        let mut terms = index.terms().stream().unwrap();
        while terms.advance() {
            found.insert(String::from_utf8(terms.key().to_vec()).unwrap());
        }
    }
    found
}

fn column_terms(engine: &Embedded, column: &str) -> BTreeSet<String> {
    let snapshot = engine.snapshot().unwrap();
    let mut found = BTreeSet::new();
    for reader in snapshot.searcher.segment_readers() {
        let Some(column) = reader.fast_fields().str(column).unwrap() else { continue };
        let mut terms = column.dictionary().stream().unwrap();
        while terms.advance() {
            found.insert(String::from_utf8(terms.key().to_vec()).unwrap());
        }
    }
    found
}

fn strings(value: &Value) -> BTreeSet<String> {
    value.as_array().into_iter().flatten().map(|value| value.as_str().unwrap().to_owned()).collect()
}

/// Compares the document of an incident with the embedded index of it.
fn check(incident: &Incident) {
    let engine = Embedded::in_memory().unwrap();
    let writer = engine.writer(Purpose::Update, 1, 0, Duration::ZERO).unwrap();
    writer.add_report(incident.clone()).unwrap();
    let (reports, failed) = (1, FailedCount::default());
    writer.commit(Some(&Manifest { bytes: b"", source_bytes: 0, reports, failed })).unwrap();
    let house = HouseNames::default();
    let id = incident.id.clone();
    let text = serde_json::to_string(
        &Document::of_report(incident.clone(), (&house, &Analyzer::default()), "ops", 1).unwrap(),
    )
    .unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(analysed(document["title"].as_str().unwrap()), indexed(&engine, "title"), "{id}");
    assert_eq!(analysed(&copied(&text)), indexed(&engine, "text"), "{id}");
    let words: BTreeSet<String> = terms(&engine, "title").union(&terms(&engine, "text")).cloned().collect();
    assert_eq!(strings(&document["words"]), words, "{id}");
    for facet in Facet::ALL {
        let name = facet.name();
        assert_eq!(strings(&document["facet"][name]), terms(&engine, &format!("facet_{name}_keys")), "{id} {name}");
        let counted = column_terms(&engine, &format!("facet_{name}"));
        assert_eq!(strings(&document["facet_shown"][name]), counted, "{id} {name}");
    }
    assert_eq!(strings(&document["has"]), terms(&engine, "has"), "{id}");
    assert_eq!(strings(&document["links"]), terms(&engine, "links"), "{id}");
    let front = terms(&engine, KEYS).into_iter().filter(|term| !term.is_empty()).collect();
    assert_eq!(strings(&document["front"]), front, "{id}");
    assert_eq!(strings(&Value::from(vec![id.clone()])), terms(&engine, KEY));
    check_columns(&engine, &document, &id);
    let (source, summary) = engine.snapshot().unwrap().stored_report(&id).unwrap().unwrap();
    let store: Store = serde_json::from_value(document["store"].clone()).unwrap();
    assert_eq!(store.source, source, "{id}");
    assert_eq!(store.summary().map(|s| Summary { id: id.clone(), path: incident.path.clone(), ..s }), Some(summary));
}

fn check_columns(engine: &Embedded, document: &Value, id: &str) {
    let snapshot = engine.snapshot().unwrap();
    let columns = snapshot.searcher.segment_readers()[0].fast_fields();
    let long = |name: &str| columns.i64(name).unwrap().first(0);
    assert_eq!(document["date"].as_i64(), long("date"), "{id}");
    assert_eq!(document["stated_date"].as_i64(), long("stated_date"), "{id}");
    assert_eq!(document["length"].as_u64(), columns.u64("length").unwrap().first(0), "{id}");
    assert_eq!(document["rank"].as_u64(), columns.u64("severity_rank").unwrap().first(0), "{id}");
    for spec in FIELDS {
        let FieldKind::Number(number, _) = spec.kind else { continue };
        let value = columns.f64(&number_column(number)).unwrap().first(0);
        assert_eq!(document["number"][spec.name].as_f64(), value, "{id} {}", spec.name);
    }
}

#[test]
fn a_document_holds_what_the_embedded_engine_indexes() {
    let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/../corpus");
    let mut checked = 0;
    let mut folders = vec![std::path::PathBuf::from(corpus)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                let name = path.strip_prefix(corpus).unwrap().to_str().unwrap().to_owned();
                let source = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
                check(&parse_report(&name, source, &ParseOptions::default()).incident);
                checked += 1;
            }
        }
    }
    assert!(checked > 20, "{checked} reports");
}

#[test]
fn odd_texts_keep_their_positions() {
    for text in [
        "",
        "C++ and .NET, inventory-api's retry\u{1f}loop",
        "a \u{fdfa} ligature of several words",
        "障害が発生しました ｶﾞ \u{3099}",
        "nothing \u{200b}\u{200b} here '' \u{301} end",
        "Café NAÏVE über-straße\u{2}mark \u{3}\u{4}\u{5}",
    ] {
        let mut incident = Incident::new("odd", text);
        incident.path = "odd.md".into();
        incident.push_section(SectionKind::RootCause, text);
        incident.push_section(SectionKind::RootCause, "second cause");
        incident.push_section(SectionKind::Summary, text);
        check(&incident);
    }
}

#[test]
fn numbers_are_those_of_the_table() {
    let mut incident = Incident::new("OPS-1", "Queue backlog");
    incident.duration = Some(crate::incident::Sourced::from(65.5));
    let document = json(incident, &HouseNames::default());
    assert_eq!(document["number"][mapping::number_name(NumberField::Duration)], 65.5);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_text_keeps_its_positions(title in "[a-zA-Z0-9'._:/ é障ﾃﾞ\\u{3099}\\u{200b}\\u{fdfa}\\u{37a}+#(|,\\n\\u{2}\\u{3}\\u{1f}-]{0,40}", text in "\\PC{0,60}") {
        let mut incident = Incident::new("any", &*title);
        incident.path = "any.md".into();
        incident.push_section(SectionKind::Impact, &title);
        incident.push_section(SectionKind::Lessons, &text);
        check(&incident);
    }
}
