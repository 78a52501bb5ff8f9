//! Facts without front matter: in lines, bullets, tables, headings and file names.

use rca_index::{SectionKind, Source};

use crate::{check_severity, date, incident, minutes, problems};

/// Checks metadata without front matter: severity, start of the date, minutes, number of services.
#[track_caller]
fn check_metadata(id: &str, severity: &str, day: &str, duration: f64, services: usize) {
    let incident = incident(id);
    assert_eq!(incident.severity.unwrap().value.name, severity);
    assert!(date(id).starts_with(day), "{}", date(id));
    assert_eq!((minutes(id), incident.services.len()), (Some(duration), services));
}

#[test]
fn metadata_bold_lines() {
    check_metadata("metadata-bold-lines", "P2", "2022-08-24", 125.0, 2);
}

#[test]
fn metadata_bullets() {
    check_metadata("metadata-bullets", "SEV3", "2023-04-11", 50.0, 2);
}

#[test]
fn metadata_table() {
    check_metadata("metadata-table", "medium", "2023-11-21", 240.0, 1);
}

#[test]
fn metadata_table_in_japanese() {
    check_metadata("metadata-table-japanese", "SEV3", "2025-02-13T00:40Z", 45.0, 2);
}

#[test]
fn date_in_heading() {
    let found = incident("date-in-heading").date.unwrap();
    assert_eq!((found.value.to_string().as_str(), found.source), ("2022-10-05", Source::Heading));
}

#[test]
fn date_in_file_name() {
    let found = incident("2023-05-17-date-in-file-name").date.unwrap();
    assert_eq!((found.value.to_string().as_str(), found.source), ("2023-05-17", Source::FileName));
}

#[test]
fn no_title() {
    assert_eq!(incident("no-title").title.value, "no-title");
}

#[test]
fn title_from_a_heading() {
    assert_eq!(incident("title-from-heading").title.source, Source::Heading);
}

#[test]
fn title_from_the_folder() {
    assert_eq!(incident("title-from-folder/index").title.value, "title-from-folder");
}

#[test]
fn headings_as_keys() {
    check_severity("headings-as-keys", Some("High"), Some(2), false);
    let incident = incident("headings-as-keys");
    assert_eq!(incident.status.as_ref().map(|status| status.value.as_str()), Some("resolved"));
    assert_eq!(incident.status_label.as_deref(), Some("Resolved (watched for a day)"));
    assert_eq!((date("headings-as-keys").as_str(), minutes("headings-as-keys")), ("2025-02-11", Some(30.0)));
    assert_eq!(incident.services, ["label-printer", "parcel-api"]);
}

#[test]
fn keys_in_german() {
    check_severity("keys-in-german", Some("Hoch"), Some(2), false);
    let incident = incident("keys-in-german");
    assert_eq!(incident.status.map(|status| status.value).as_deref(), Some("resolved"));
    assert_eq!(incident.services, ["label-printer", "parcel-api"]);
    assert!(incident.sections.iter().any(|section| section.kind == SectionKind::RootCause));
    let action = &incident.actions[0];
    assert_eq!((action.owner.as_deref(), action.done), (Some("Lager"), Some(true)));
}

#[test]
fn html_table() {
    check_severity("html-table", Some("SEV-3"), Some(3), false);
    assert_eq!(date("html-table"), "2025-02-11");
    assert_eq!(incident("html-table").services, ["label-printer", "parcel-api"]);
}

#[test]
fn number_not_whole() {
    let measures = incident("number-not-whole").measures;
    let measures: Vec<_> = measures.iter().map(|measure| (measure.kind.name(), measure.value)).collect();
    assert_eq!(measures, [("error_rate_pct", 0.38)]);
    assert_eq!(problems("number-not-whole.md"), ["5: `5%` is not understood as a number"]);
}

#[test]
fn status_of_the_document() {
    let incident = incident("status-of-document");
    assert_eq!(incident.document_status.map(|status| status.value).as_deref(), Some("draft"));
    assert_eq!(incident.status.map(|status| (status.value, status.line)), Some(("resolved".to_owned(), Some(8))));
}

#[test]
fn services_not_names() {
    assert_eq!(incident("services-not-names").services, ["edge proxies", "inventroy-api"]);
    let told = problems("services-not-names.md");
    let expected = [
        "`All 4 edge proxies` is not the name of a service; read as `edge proxies`",
        "`most came back by themselves and were fine` is not the name of a service; ignored",
        "service `inventroy-api` is in no other report; did you mean `inventory-api`?",
    ];
    assert_eq!(told.len(), expected.len(), "{told:?}");
    for reason in expected {
        assert!(told.iter().any(|told| told == &format!("5: {reason}")), "{reason}: {told:?}");
    }
}
