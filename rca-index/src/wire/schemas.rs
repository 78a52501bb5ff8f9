//! JSON schemas of the forms, made from the types that are written, so that they cannot differ.
//!
//! In: the name of a form. Out: its schema (JSON Schema 2020-12) as a JSON value.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};

use super::{
    CheckForm, CheckLine, FORM_FIELDS, FacetsForm, FacetsLine, HealthForm, HitForm, IncidentForm, IncidentLine,
    LeftOutsForm, LeftOutsLine, QueryErrorsForm, QueryErrorsLine, RecurringForm, RecurringLine, SearchForm, SearchLine,
    SeenForm, SeenLine, SimilarForm, SimilarLine, SnippetForm, StateLine, UpdateForm,
};

/// The names of the forms, each with what is written in it.
pub const SCHEMAS: &[(&str, &str)] = &[
    ("search", "rca search --format json"),
    ("search-lines", "each line of rca search --format jsonl"),
    ("seen", "rca seen --format json"),
    ("seen-lines", "each line of rca seen --format jsonl"),
    ("recurring", "rca recurring --format json"),
    ("recurring-lines", "each line of rca recurring --format jsonl"),
    ("similar", "rca similar --format json"),
    ("similar-lines", "each line of rca similar --format jsonl"),
    ("fields", "a hit or an incident of which --fields chooses the fields"),
    ("show", "rca show --format json"),
    ("show-lines", "the line of rca show --format jsonl"),
    ("facets", "rca facets --format json"),
    ("facets-lines", "each line of rca facets --format jsonl"),
    ("check", "rca check --format json"),
    ("check-lines", "each line of rca check --format jsonl"),
    ("not-reports", "rca check --not-reports --format json"),
    ("not-reports-lines", "each line of rca check --not-reports --format jsonl"),
    ("index", "rca index --format json"),
    ("doctor", "rca doctor --format json"),
    ("state-lines", "the line of rca index and rca doctor --format jsonl"),
    ("errors", "an invalid query, with --format json"),
    ("errors-lines", "the line of an invalid query, with --format jsonl"),
];

/// The schema of a form, by its name in [`SCHEMAS`].
///
/// # Examples
/// ```
/// use rca_index::wire::schema;
///
/// assert!(schema("search").is_some_and(|schema| schema["properties"]["hits"].is_object()));
/// assert_eq!(schema("weather"), None);
/// ```
pub fn schema(name: &str) -> Option<Value> {
    let schema = match name {
        "search" => of::<SearchForm<'static>>(),
        "search-lines" => of::<SearchLine<'static>>(),
        "seen" => of::<SeenForm<'static>>(),
        "seen-lines" => of::<SeenLine<'static>>(),
        "recurring" => of::<RecurringForm<'static>>(),
        "recurring-lines" => of::<RecurringLine<'static>>(),
        "similar" => of::<SimilarForm<'static>>(),
        "similar-lines" => of::<SimilarLine<'static>>(),
        "fields" => return Some(selected()),
        "show" => of::<IncidentForm<'static>>(),
        "show-lines" => of::<IncidentLine<'static>>(),
        "facets" => of::<FacetsForm<'static>>(),
        "facets-lines" => of::<FacetsLine<'static>>(),
        "check" => of::<CheckForm<'static>>(),
        "check-lines" => of::<CheckLine<'static>>(),
        "not-reports" => of::<LeftOutsForm<'static>>(),
        "not-reports-lines" => of::<LeftOutsLine<'static>>(),
        "index" => of::<UpdateForm<'static>>(),
        "doctor" => of::<HealthForm<'static>>(),
        "state-lines" => of::<StateLine<'static>>(),
        "errors" => of::<QueryErrorsForm<'static>>(),
        "errors-lines" => of::<QueryErrorsLine<'static>>(),
        _ => return None,
    };
    Some(schema.to_value())
}

/// The schema of what is written of a type: a field that may be null is there all the same.
fn of<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>()
}

/// The schema of chosen fields: each as in the form of a whole hit or incident, none of them required.
fn selected() -> Value {
    let [incident, hit, snippet] =
        [of::<IncidentForm<'static>>(), of::<HitForm<'static>>(), of::<SnippetForm<'static>>()].map(Schema::to_value);
    let nullable = |schema: &Value| json!({"anyOf": [schema, {"type": "null"}]});
    let property = |name: &str| match name {
        "section" | "line" => nullable(&snippet["properties"][name]),
        "snippet" => nullable(&snippet["properties"]["text"]),
        _ if incident["properties"].get(name).is_some() => incident["properties"][name].clone(),
        // What only hits have.
        _ => nullable(&hit["properties"][name]),
    };
    let properties: Map<String, Value> =
        FORM_FIELDS.iter().map(|field| (field.name.to_owned(), property(field.name))).collect();
    let definitions = [&incident, &hit].into_iter().filter_map(|schema| schema["$defs"].as_object());
    let definitions: Map<String, Value> = definitions.flat_map(Map::clone).collect();
    json!({
        "$schema": incident["$schema"],
        "title": "Fields",
        "description": "Chosen fields of a hit or an incident. In JSON Lines, with `type`.",
        "type": "object",
        "properties": properties,
        "patternProperties": {
            "^(measures|minutes_to)\\.": {"type": ["number", "null"]},
            "^fix\\.": {"type": ["string", "integer", "null"]},
            "^front_matter\\.": {"type": ["string", "array", "null"], "items": {"type": "string"}},
            "^type$": {"enum": ["hit", "incident"]}
        },
        "$defs": definitions
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_a_schema() {
        for (name, _) in SCHEMAS {
            let schema = schema(name).unwrap();
            let is_described = schema.get("properties").is_some() || schema.get("oneOf").is_some();
            assert!(is_described, "{name}: {schema}");
        }
        assert_eq!(schema("nothing"), None);
        let fields = schema("fields").unwrap();
        assert!(FORM_FIELDS.iter().all(|field| !fields["properties"][field.name].is_null()), "{fields}");
    }

    #[test]
    fn what_is_always_written_is_required() {
        let search = schema("search").unwrap();
        let required = search["required"].as_array().unwrap();
        assert!(required.contains(&"root".into()) && required.contains(&"hits".into()), "{required:?}");
        assert!(!required.contains(&"facets".into()), "{required:?}");
    }
}
