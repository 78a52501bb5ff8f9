//! Severities that are misspelled, wrapped in other words, or never chosen.

use crate::{broken, check_severity, date, incident, problems};

#[test]
fn severity_misspelled() {
    check_severity("severity-misspelled", Some("dissrupted"), Some(3), true);
}

#[test]
fn severity_with_prose() {
    check_severity("severity-with-prose", Some("Critical ("), Some(1), false);
}

#[test]
fn severity_emoji() {
    check_severity("severity-emoji", Some("🟡 Medium"), Some(3), false);
}

#[test]
fn severity_with_observations() {
    check_severity("severity-with-observations", Some("LOW (n_observations: 1)"), Some(4), false);
}

#[test]
fn severity_blank() {
    check_severity("severity-blank", None, None, false);
}

#[test]
fn severity_unknown_word() {
    check_severity("severity-unknown-word", Some("vermilion"), None, true);
}

#[test]
fn template_not_filled_in() {
    check_severity("template-placeholders", Some("P1|"), None, true);
    assert_eq!(date("template-placeholders"), "");
    assert!(problems("template-placeholders.md").iter().all(|problem| problem.contains("template not filled in")));
}

#[test]
fn severity_not_chosen() {
    check_severity("severity-not-chosen", Some("Low | Medium | High"), None, true);
    assert_eq!(incident("severity-not-chosen").status, None);
    let codes: Vec<_> = broken().problems.iter().filter(|problem| problem.path == "severity-not-chosen.md").collect();
    let codes: Vec<_> = codes.iter().map(|problem| (problem.problem.line, problem.problem.code())).collect();
    assert_eq!(codes, [(4, "severity-not-chosen"), (5, "status-not-chosen")]);
}
