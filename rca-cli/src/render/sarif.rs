//! SARIF 2.1.0: the interchange format of static analysis, for code scanning services.
//!
//! In: the problems of a check. Out: one document with a rule for each kind of problem and a result for each problem; paths
//! are relative to the repository.

use std::collections::HashMap;

use percent_encoding::utf8_percent_encode;
use rca_index::{CheckReport, PROBLEM_KINDS, fingerprint};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::location::Location;
use crate::render::Renderer;
use crate::render::json::document;
use crate::render::talk::Talk;
use crate::render::text::level_name;
use crate::terminal::{Output, PLAIN};

/// One SARIF document.
pub(crate) struct Sarif;

impl Renderer for Sarif {
    fn check(&self, out: &mut Output, location: &Location, report: &CheckReport) -> Result<(), Failure> {
        let driver = json!({"name": "rca", "version": env!("CARGO_PKG_VERSION"), "rules": rules()});
        let run = json!({
            "tool": {"driver": driver},
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": {BASE: {"description": {"text": "The root of the repository"}}},
            "results": results(location, report),
        });
        let schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json";
        Ok(document(out, &json!({"$schema": schema, "version": "2.1.0", "runs": [run]}))?)
    }

    fn talk(&self) -> Talk {
        Talk::NOTHING
    }
}

/// What paths are relative to.
const BASE: &str = "%SRCROOT%";

fn rules() -> Vec<Value> {
    let rule = |spec: &rca_index::ProblemSpec| {
        json!({
            "id": spec.code,
            "shortDescription": {"text": spec.help},
            "help": {"text": format!("{}. `rca help problems` lists all kinds; `ignore` in [check] of rca.toml turns one off.", spec.help)},
            "defaultConfiguration": {"level": level_name(spec.level)},
        })
    };
    PROBLEM_KINDS.iter().map(rule).collect()
}

/// The file of a problem: relative to the repository, or its address if it lies outside of the current folder too.
fn artifact(location: &Location, found: &rca_index::ReportProblem, path: &str) -> Value {
    match location.url_of(&found.path).filter(|_| std::path::Path::new(path).is_absolute()) {
        Some(url) => json!({"uri": url}),
        None => json!({"uri": utf8_percent_encode(path, PLAIN).to_string(), "uriBaseId": BASE}),
    }
}

fn results(location: &Location, report: &CheckReport) -> Vec<Value> {
    let path = location.paths_in_repository();
    let mut seen: HashMap<String, u32> = HashMap::new();
    let result = |found: &rca_index::ReportProblem| {
        let problem = &found.problem;
        let rule = PROBLEM_KINDS.iter().position(|spec| spec.code == problem.code());
        let path = path(&found.path);
        let print = fingerprint(&path, problem);
        // The same problem again is told apart by its number, as code scanning does it.
        let number = seen.entry(print.clone()).and_modify(|number| *number += 1).or_insert(1);
        json!({
            "ruleId": problem.code(),
            "ruleIndex": rule,
            "level": level_name(problem.level()),
            "message": {"text": problem.reason()},
            "locations": [{"physicalLocation": {
                "artifactLocation": artifact(location, found, &path),
                "region": {"startLine": problem.line},
            }}],
            "partialFingerprints": {"primaryLocationLineHash": format!("{print}:{number}")},
        })
    };
    report.problems.iter().map(result).collect()
}
