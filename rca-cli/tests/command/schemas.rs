//! Every JSON output is what its published schema says, over the corpus, and has no field that the schema lacks.

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::{Value, json};

use super::readme::copy;
use super::{Workshop, repository};

/// The schemas that `rca help json` prints.
struct Published {
    schemas: Schemas,
    compiler: Compiler,
}

/// Allows no property that is not named, so that a field that the schema lacks is found. As published, schemas allow more:
/// later versions add fields.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            map.values_mut().for_each(close);
            if map.contains_key("properties") && !map.contains_key("additionalProperties") {
                // Beside a reference, what the other schema names counts as well.
                map.insert("unevaluatedProperties".to_owned(), Value::Bool(false));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

/// Opens what a line refers to, so that `type` beside it is allowed.
fn open_referenced(schema: &mut Value) {
    let lines = schema["oneOf"].as_array().cloned().unwrap_or_default();
    for name in lines.iter().filter_map(|line| line["$ref"].as_str()?.strip_prefix("#/$defs/")) {
        if let Some(map) = schema["$defs"][name].as_object_mut() {
            map.remove("unevaluatedProperties");
        }
    }
}

impl Published {
    fn new() -> Self {
        Self { schemas: Schemas::new(), compiler: Compiler::new() }
    }

    fn compile(&mut self, workshop: &Workshop, name: &str) -> SchemaIndex {
        let mut schema: Value = serde_json::from_str(&workshop.stdout(&["help", "json", name])).unwrap();
        close(&mut schema);
        open_referenced(&mut schema);
        let place = format!("http://localhost/{name}.json");
        let _ = self.compiler.add_resource(&place, schema);
        self.compiler.compile(&place, &mut self.schemas).unwrap_or_else(|error| panic!("{name}: {error:#}"))
    }

    fn check(&mut self, workshop: &Workshop, name: &str, output: &str) {
        let index = self.compile(workshop, name);
        let values: Vec<Value> = serde_json::Deserializer::from_str(output).into_iter().map(Result::unwrap).collect();
        assert!(!values.is_empty(), "{name}: no output");
        for value in &values {
            if let Err(error) = self.schemas.validate(value, index) {
                panic!("{name}: {error:#}\n{value:#}");
            }
        }
    }
}

#[test]
fn every_json_output_is_what_its_schema_says() {
    let Some(corpus) = repository("corpus") else { return };
    let workshop = Workshop::new();
    for folder in ["incidents", "broken"] {
        copy(&corpus.join(folder), &workshop.path().join(folder));
    }
    let mut published = Published::new();
    let mut check = |name: &str, arguments: &[&str]| {
        for (format, name) in [("json", name.to_owned()), ("jsonl", lines_of(name))] {
            let run = workshop.rca(&[arguments, &["--format", format]].concat());
            assert!(matches!(run.code, 0 | 2 | 4), "{arguments:?}: {run:?}");
            published.check(&workshop, &name, &run.stdout);
        }
    };
    for archive in ["incidents", "broken"] {
        check("index", &["index", archive]);
        check("doctor", &["doctor", "--archive", archive]);
        check("check", &["check", archive]);
        check("not-reports", &["check", "--not-reports", archive]);
        check("search", &["search", "*", "-n", "500", "--archive", archive]);
        check("facets", &["facets", "service", "--archive", archive]);
    }
    let search = ["search", "--archive", "incidents"];
    let facets =
        ["queue backlog -deploy", "--facets", "service,severity,tag,status,reviewers", "--explain", "-n", "50"];
    check("search", &[&search[..], &facets].concat());
    check("search", &[&search[..], &["zebra kafkaa lag"]].concat());
    check("search", &[&search[..], &["service:nothing-like-it"]].concat());
    check("search", &[&search[..], &["2024-01-01T00:00:00Z ERROR {\"a\": 1}\nqueue full"]].concat());
    check("search", &[&search[..], &["queue", "--count"]].concat());
    check(
        "seen",
        &["seen", "--archive", "incidents", "--all", "kafka consumer lag on orders.placed of shipping-planner"],
    );
    check("recurring", &["recurring", "--archive", "incidents"]);
    check("recurring", &["recurring", "--archive", "incidents", "service:nothing-like-it"]);
    check("seen", &["seen", "--archive", "incidents", "zyzzyva of the telephony gateway"]);
    for name in ["2025-03-11-consumers", "2022-02-17-kafka"] {
        check("similar", &["similar", name, "--archive", "incidents", "--all", "--explain"]);
    }
    check("similar", &["similar", "2021-03-23", "--archive", "incidents", "--service", "none"]);
    check("errors", &[&search[..], &["sevrity:P1 (kafka"]].concat());
    check("facets", &["facets", "--archive", "incidents"]);
    // Every incident whole, and every field of every hit.
    let ids = workshop.json(&["search", "*", "-n", "500", "--archive", "incidents", "--fields", "id"]);
    for hit in ids["hits"].as_array().unwrap().iter().step_by(4) {
        check("show", &["show", hit["id"].as_str().unwrap(), "--archive", "incidents"]);
    }
}

/// The schema of the lines of a command.
fn lines_of(name: &str) -> String {
    if matches!(name, "index" | "doctor") { "state-lines".to_owned() } else { format!("{name}-lines") }
}

#[test]
fn chosen_fields_are_what_their_schema_says() {
    let Some(corpus) = repository("corpus/incidents") else { return };
    let workshop = Workshop::new();
    copy(&corpus, &workshop.path().join("incidents"));
    let schema: Value = serde_json::from_str(&workshop.stdout(&["help", "json", "fields"])).unwrap();
    let names: Vec<&str> = schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
    let all = format!("{},measures.users,minutes_to.resolved,front_matter.reviewers", names.join(","));
    let search = ["search", "queue", "-n", "200", "--archive", "incidents", "--explain", "--fields", &all];
    let mut published = Published::new();
    let found = workshop.json(&search);
    let hits: Vec<String> = found["hits"].as_array().unwrap().iter().map(Value::to_string).collect();
    assert!(hits.len() > 5, "{} hits", hits.len());
    published.check(&workshop, "fields", &hits.join("\n"));
    let lines = workshop.stdout(&[&search[..], &["--format", "jsonl"]].concat());
    let hits: Vec<&str> = lines.lines().filter(|line| line.starts_with("{\"type\":\"hit\"")).collect();
    published.check(&workshop, "fields", &hits.join("\n"));
    let end = lines.lines().last().unwrap();
    published.check(&workshop, "search-lines", end);
}

#[test]
fn a_wrong_output_is_found() {
    let workshop = Workshop::new();
    let mut published = Published::new();
    let index = published.compile(&workshop, "facets");
    let right = json!({"version": 2, "query": "", "interpreted": "*", "total": 1, "facets": {"tag": [{"value": "a", "count": 1}]}});
    assert!(published.schemas.validate(&right, index).is_ok());
    for (pointer, wrong) in [("/total", json!("1")), ("/facets/tag/0/count", json!(-1)), ("/query", Value::Null)] {
        let mut value = right.clone();
        *value.pointer_mut(pointer).unwrap() = wrong;
        assert!(published.schemas.validate(&value, index).is_err(), "{pointer}");
    }
    let mut more = right.clone();
    more["facets"]["tag"][0]["colour"] = json!("red");
    assert!(published.schemas.validate(&more, index).is_err());
    let run = workshop.rca(&["help", "json", "serch"]);
    assert!(
        run.code == 2 && run.stderr.contains("unknown form `serch`; the forms are search, search-lines,"),
        "{run:?}"
    );
    let listed = workshop.stdout(&["help", "json"]);
    assert!(listed.contains("  severity_rank        0 (most severe) to 5\n"), "{listed}");
}
