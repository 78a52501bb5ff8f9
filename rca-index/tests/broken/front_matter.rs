//! Front matter that is not closed, not YAML, or has another shape than its key expects.

use rca_index::SectionKind;

use crate::{date, incident, kinds, minutes, problems};

/// Checks front matter: severity and date of a report with a summary, and a part of its only problem.
#[track_caller]
fn check_front_matter(path: &str, severity: &str, day: &str, problem: Option<&str>) {
    let id = path.split('.').next().unwrap();
    let incident = incident(id);
    let kinds = kinds(&incident);
    assert!(kinds.contains(&SectionKind::Summary), "{kinds:?}");
    assert_eq!((incident.severity.unwrap().value.name.as_str(), date(id).as_str()), (severity, day));
    let problems = problems(path);
    match problem {
        None => assert_eq!(problems, [] as [&str; 0]),
        Some(part) => assert!(problems.iter().any(|problem| problem.contains(part)), "{problems:?}"),
    }
}

#[test]
fn front_matter_never_closed() {
    let problem = Some("1: front matter never closed");
    check_front_matter("front-matter-never-closed.md", "P3", "2024-06-03", problem);
}

#[test]
fn front_matter_never_opened() {
    let problem = Some("1: front matter with no opening");
    check_front_matter("front-matter-never-opened.md", "P4", "2023-07-26", problem);
}

#[test]
fn front_matter_after_a_blank_line() {
    check_front_matter("front-matter-after-blank-line.md", "minor", "2022-05-30", None);
}

#[test]
fn front_matter_after_a_byte_order_mark() {
    check_front_matter("front-matter-after-bom.md", "SEV3", "2024-10-22", None);
    assert!(!incident("front-matter-after-bom").title.value.contains('\u{feff}'));
}

#[test]
fn rules_in_the_body() {
    check_front_matter("rules-in-body.md", "P3", "2023-01-31", None);
}

#[test]
fn crlf() {
    check_front_matter("crlf.md", "P3", "2022-09-13", None);
    let crlf = incident("crlf");
    let texts = crlf.services.iter().chain(&crlf.resolution_steps).chain([&crlf.title.value]);
    texts.for_each(|text| assert!(!text.contains('\r'), "{text:?}"));
}

#[test]
fn toml_between_pluses() {
    check_front_matter("toml-plus.md", "P3", "2023-03-14T10:20:00Z", None);
    assert_eq!(minutes("toml-plus"), Some(55.0));
}

#[test]
fn toml_between_dashes() {
    check_front_matter("toml-dashes.md", "minor", "2024-01-17T13:05:00Z", None);
    assert_eq!(minutes("toml-dashes"), Some(150.0));
}

#[test]
fn json_between_dashes() {
    check_front_matter("json-dashes.md", "major", "2024-04-29T17:30:00Z", None);
    assert_eq!(minutes("json-dashes"), Some(180.0));
}

#[test]
fn toml_in_a_fence() {
    check_front_matter("toml-fenced.md", "P3", "2023-12-12", None);
    assert_eq!(minutes("toml-fenced"), Some(1560.0));
}

#[test]
fn yaml_that_does_not_parse() {
    let problem = Some("2: invalid YAML in the front matter");
    check_front_matter("yaml-does-not-parse.md", "P2", "2024-03-05", problem);
}

#[test]
fn yaml_with_duplicate_keys() {
    check_front_matter("yaml-duplicate-keys.md", "P3", "2022-11-16", Some("severity"));
}

#[test]
fn yaml_with_tabs() {
    check_front_matter("yaml-tabs.md", "P3", "2023-08-09", Some("invalid YAML"));
    assert_eq!(incident("yaml-tabs").services, ["media-cdn", "image-resizer"]);
}

#[test]
fn scalar_where_a_list_is_expected() {
    assert_eq!(incident("scalar-where-list").services, ["order-service"]);
}

#[test]
fn null_where_a_list_is_expected() {
    let incident = incident("null-where-list");
    assert_eq!((incident.services, incident.tags), (Vec::new(), Vec::new()));
}

#[test]
fn maps_where_a_list_is_expected() {
    assert_eq!(incident("maps-where-list").services, ["payments-gateway", "notification-worker"]);
}

#[test]
fn commented_items() {
    assert_eq!(incident("commented-items").services, ["shipping-planner", "order-service"]);
    assert_eq!(problems("commented-items.md"), [] as [&str; 0]);
}

#[test]
fn a_merge_that_was_not_finished() {
    check_front_matter("merge-conflict.md", "P2", "2024-05-06", Some("merge conflict not resolved"));
}
