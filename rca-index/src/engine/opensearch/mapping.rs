//! The mapping of an index in a cluster, made from the field table: what each field is called, and how words are split.
//!
//! In: the field table, the constants of ranking. Out: the body that makes an index, and names for those who write documents and
//! those who compile queries. Documents are never analysed by the cluster: our own tokens go in, each at its position, and queries
//! consist of terms.
//!
//! | field | type | holds |
//! |---|---|---|
//! | `archive`, `id`, `path` | keyword | the archive, and the id and path of the incident in it |
//! | `title` | words | the tokens of the title, and beside them the stems of words, marked |
//! | `text` | words | all regions but the title, in the order of the field table, each preceded by its mark; copied by the cluster from `region` |
//! | `region.NAME` | words | the regions of one text field of the table: see [`region`] |
//! | `words` | keyword | the distinct tokens of title and text, as they are (not through [`term`]) |
//! | `facet.NAME` | keyword | the keys of an incident's values, and of the levels above them |
//! | `facet_shown.NAME` | keyword | the same to count by: the terms of [`Counted`](crate::engine::document::Counted) |
//! | `number.NAME` | double | a number of the table, in its unit |
//! | `date`, `stated_date` | long | seconds since 1970, as in the embedded engine |
//! | `rank`, `length` | integer, long | the rank of the severity, the length of the text in bytes |
//! | `has` | keyword | the names of fields that have a value, and the two names of the embedded engine that are no fields |
//! | `front` | keyword | keys of front matter that the table does not know, and each key with a value: see [`front`] |
//! | `links` | keyword | the terms of [`LinkKey`](crate::archive::link_key::LinkKey) |
//! | `born`, `dead` | long | the generations of its first and from its last commit on: see [`State::living`](super::state::State::living) |
//! | `scored` | binary column | what scoring needs: see [`Scored`](super::scored::Scored) |
//! | `store` | not indexed | `title`, `source` and `summary`, this in base64 of postcard |
//!
//! `words` in the second column: the tokens of a position are joined by [`JOINER`], and positions are separated by a space. A position
//! without a token holds [`NOTHING`].

use std::borrow::Cow;

use serde_json::{Map, Value, json};
use xxhash_rust::xxh3::xxh3_64;

use crate::engine::document::FORMAT;
use crate::engine::keys;
use crate::ranking::{B, K1};
use crate::schema::{FIELDS, Facet, FieldKind, NumberField, TextField};

/// Joins the tokens of one position. U+001C to U+001F will not do: to Java they are white space.
pub(super) const JOINER: char = '\u{3}';
/// Stands for a position without a token.
pub(super) const NOTHING: char = '\u{4}';
/// Stands for a space within a token, such as that of a ligature that folds to several words.
pub(super) const SPACE: char = '\u{5}';

/// Fields that are asked for by name.
pub(super) const ARCHIVE: &str = "archive";
pub(super) const ID: &str = "id";
pub(super) const PATH: &str = "path";
pub(super) const TITLE: &str = "title";
pub(super) const TEXT: &str = "text";
pub(super) const WORDS: &str = "words";
pub(super) const DATE: &str = "date";
pub(super) const STATED_DATE: &str = "stated_date";
pub(super) const RANK: &str = "rank";
pub(super) const LENGTH: &str = "length";
pub(super) const HAS: &str = "has";
pub(super) const FRONT: &str = "front";
pub(super) const LINKS: &str = "links";
pub(super) const BORN: &str = "born";
pub(super) const DEAD: &str = "dead";
pub(super) const SCORED: &str = "scored";
pub(super) const STORE: &str = "store";

/// The generation from which on a document that lives is dead.
pub(super) const NEVER: i64 = i64::MAX;

/// Longer values of keywords are not indexed, because Lucene refuses terms of more than 32,766 bytes, and with them the document.
const LONGEST_KEYWORD: u32 = 8_191;
/// More than any tokens of one position have, in characters: a longer text without a space would be split.
const LONGEST_POSITION: u32 = 1_048_576;

/// The field with the words of a text field of the table.
pub(super) fn region(field: TextField) -> String {
    match field {
        TextField::Title => TITLE.to_owned(),
        _ => format!("region.{}", region_name(field)),
    }
}

/// The name of a text field below `region`.
pub(super) fn region_name(field: TextField) -> &'static str {
    name_of(FieldKind::Text(field))
}

/// The field with the keys of a facet's values.
pub(super) fn facet(facet: Facet) -> String {
    format!("facet.{}", facet.name())
}

/// The field that a facet is counted by.
pub(super) fn facet_shown(facet: Facet) -> String {
    format!("facet_shown.{}", facet.name())
}

/// The field of a number.
pub(super) fn number(number: NumberField) -> String {
    format!("number.{}", number_name(number))
}

/// The name of a number below `number`.
pub(super) fn number_name(number: NumberField) -> &'static str {
    let is_it = |kind: FieldKind| matches!(kind, FieldKind::Number(field, _) if field == number);
    FIELDS.iter().find(|spec| is_it(spec.kind)).map_or("", |spec| spec.name)
}

fn name_of(kind: FieldKind) -> &'static str {
    FIELDS.iter().find(|spec| spec.kind == kind).map_or("", |spec| spec.name)
}

/// A token as it stands in the fields with words. Queries must use it too.
pub(super) fn term(token: &str) -> Cow<'_, str> {
    if token.contains(is_space) { token.replace(is_space, &SPACE.to_string()).into() } else { token.into() }
}

/// Whether a character is white space to us or to Java.
fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}')
}

/// The term of a key of front matter, or of one of its values: both folded.
pub(super) fn front(key: &str, value: Option<&str>) -> String {
    value.map_or_else(|| key.to_owned(), |value| format!("{key}{}{value}", keys::SEPARATOR))
}

/// The version of what documents hold. An index of a later one belongs to a newer program.
pub(super) fn version() -> u32 {
    FORMAT
}

/// A hash of the mapping: an index with another one must be rebuilt.
pub(super) fn hash() -> String {
    let of = json!({ "version": version(), "stems": true, "settings": analysis(), "properties": properties() });
    format!("{:016x}", xxh3_64(of.to_string().as_bytes()))
}

/// The name of the index that holds the documents; `name` is an alias of it.
pub(super) fn physical_index(name: &str) -> String {
    format!("{name}-v{}-{}", version(), &hash()[..8])
}

/// The name of the index that holds states, locks and manifests.
pub(super) fn state_index(name: &str) -> String {
    format!("{name}-state")
}

/// The alias by which an index is written: a cluster refuses to write to one that is gone, but would make an index of a name.
pub(super) fn write_alias(index: &str) -> String {
    format!("{index}-write")
}

/// The body of the request that makes an index with these aliases.
pub(super) fn index_body(shards: u32, replicas: u32, aliases: &[&str]) -> Value {
    let aliases: Map<String, Value> = aliases.iter().map(|&alias| (alias.to_owned(), json!({}))).collect();
    let mut settings = analysis();
    settings.insert("number_of_shards".to_owned(), shards.into());
    settings.insert("number_of_replicas".to_owned(), replicas.into());
    // A commit refreshes. What is written before it need not be found.
    settings.insert("refresh_interval".to_owned(), "-1".into());
    settings.insert("codec".to_owned(), "best_compression".into());
    json!({
        "settings": { "index": settings },
        "aliases": aliases,
        "mappings": {
            "dynamic": "strict",
            "_meta": { "rca": { "version": version(), "hash": hash() } },
            "properties": properties(),
        },
    })
}

/// The body of the request that makes the index of states.
pub(super) fn state_index_body(replicas: u32) -> Value {
    json!({
        "settings": { "index": { "number_of_shards": 1, "number_of_replicas": replicas, "refresh_interval": "-1" } },
        "mappings": {
            "dynamic": "strict",
            "properties": {
                "kind": { "type": "keyword" },
                "archive": { "type": "keyword" },
                "generation": { "type": "long" },
                "body": { "type": "object", "enabled": false },
            },
        },
    })
}

fn analysis() -> Map<String, Value> {
    let settings = json!({
        "analysis": {
            "tokenizer": { "positions": { "type": "whitespace", "max_token_length": LONGEST_POSITION } },
            "filter": {
                "tokens": {
                    "type": "pattern_capture",
                    "preserve_original": false,
                    "patterns": [format!("([^{JOINER}]+)")],
                },
            },
            "analyzer": { "tokens": { "type": "custom", "tokenizer": "positions", "filter": ["tokens"] } },
        },
        "similarity": { "rca": { "type": "BM25", "k1": rounded(K1), "b": rounded(B) } },
    });
    match settings {
        Value::Object(settings) => settings,
        _ => Map::new(),
    }
}

/// A constant in as many digits as it is written with.
fn rounded(constant: f32) -> f64 {
    (f64::from(constant) * 1e6).round() / 1e6
}

fn properties() -> Value {
    let keyword = || json!({ "type": "keyword", "ignore_above": LONGEST_KEYWORD });
    let long = || json!({ "type": "long" });
    let (mut regions, mut facets, mut numbers) = (Map::new(), Map::new(), Map::new());
    for spec in FIELDS {
        match spec.kind {
            FieldKind::Text(TextField::Title) | FieldKind::Date | FieldKind::Link(_) => {}
            FieldKind::Text(_) => {
                regions.insert(spec.name.to_owned(), words(&json!({ "norms": false, "copy_to": TEXT })));
            }
            FieldKind::Facet(facet) => {
                facets.insert(facet.name().to_owned(), keyword());
            }
            FieldKind::Number(..) => {
                numbers.insert(spec.name.to_owned(), json!({ "type": "double" }));
            }
        }
    }
    json!({
        ARCHIVE: keyword(),
        ID: keyword(),
        PATH: keyword(),
        // Only the length of the whole text counts.
        TITLE: words(&json!({ "norms": false })),
        TEXT: words(&json!({})),
        "region": { "properties": regions },
        WORDS: keyword(),
        "facet": { "properties": facets },
        "facet_shown": { "properties": facets },
        "number": { "properties": numbers },
        DATE: long(),
        STATED_DATE: long(),
        RANK: { "type": "integer" },
        LENGTH: long(),
        HAS: keyword(),
        FRONT: keyword(),
        LINKS: keyword(),
        BORN: long(),
        DEAD: long(),
        SCORED: { "type": "binary", "doc_values": true },
        STORE: { "type": "object", "enabled": false },
    })
}

/// A field with words. Regions follow each other without a gap, as they do in the embedded engine.
fn words(more: &Value) -> Value {
    let mut field = json!({
        "type": "text",
        "analyzer": "tokens",
        "search_analyzer": "keyword",
        "position_increment_gap": 0,
        "similarity": "rca",
    });
    if let (Value::Object(field), Value::Object(more)) = (&mut field, more) {
        field.extend(more.iter().map(|(name, value)| (name.clone(), value.clone())));
    }
    field
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::{MeasureKind, SectionKind};

    #[test]
    fn each_field_of_the_table_has_a_place() {
        let body = index_body(3, 1, &[]);
        let place = |field: &str| {
            let at = |found: &Value, name: &str| found["properties"][name].clone();
            field.split('.').fold(body["mappings"].clone(), |found, name| at(&found, name))["type"].clone()
        };
        for spec in FIELDS {
            let (field, kind) = match spec.kind {
                FieldKind::Text(field) => (region(field), "text"),
                FieldKind::Facet(of) => (facet(of), "keyword"),
                FieldKind::Number(of, _) => (number(of), "double"),
                FieldKind::Date => (DATE.to_owned(), "long"),
                FieldKind::Link(_) => (LINKS.to_owned(), "keyword"),
            };
            assert_eq!(place(&field), kind, "{}", spec.name);
        }
        assert_eq!(region(TextField::Section(SectionKind::RootCause)), "region.rootcause");
        assert_eq!(number(NumberField::Measure(MeasureKind::Users)), "number.users");
        assert_eq!(facet_shown(Facet::Tag), "facet_shown.tag");
        assert_eq!(body["mappings"]["dynamic"], "strict");
        assert_eq!(body["settings"]["index"]["number_of_shards"], 3);
        assert_eq!(body["settings"]["index"]["similarity"]["rca"]["k1"].to_string(), "2.4");
    }

    #[test]
    fn the_hash_is_that_of_the_mapping_and_not_of_its_size() {
        let meta = |shards, replicas| index_body(shards, replicas, &[])["mappings"]["_meta"]["rca"].clone();
        assert_eq!(meta(1, 0), meta(3, 2));
        assert_eq!(meta(1, 0), json!({ "version": FORMAT, "hash": hash() }));
        assert!(physical_index("incidents").starts_with(&format!("incidents-v{FORMAT}-")));
        assert_ne!(physical_index("incidents"), state_index("incidents"));
    }

    #[test]
    fn terms_have_no_white_space() {
        assert_eq!(term("retry"), "retry");
        assert_eq!(term("a b\u{a0}c\u{1f}d"), "a\u{5}b\u{5}c\u{5}d");
        assert_eq!(front("team", None), "team");
        assert_eq!(front("team", Some("payments")), "team\0payments");
    }
}
