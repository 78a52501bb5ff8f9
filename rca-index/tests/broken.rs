//! One report per defect: tests what `corpus/README.md` says about each file in `corpus/broken`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use std::path::Path;
use std::sync::OnceLock;

use rca_index::{Archive, Incident, Index, ReportProblem, SearchRequest, SectionKind, Source, UpdateOptions, check};

struct Broken {
    index: Index,
    problems: Vec<ReportProblem>,
}

/// The archive of broken reports, indexed once.
fn broken() -> &'static Broken {
    static BROKEN: OnceLock<Broken> = OnceLock::new();
    BROKEN.get_or_init(|| {
        let archive = Archive::open(Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus/broken")).unwrap();
        let index = Index::in_memory().unwrap();
        index.update(&archive, &UpdateOptions::default(), |_| {}).unwrap();
        Broken { index, problems: check(&archive).unwrap().problems }
    })
}

fn incident(id: &str) -> Incident {
    broken().index.get(id).unwrap().unwrap_or_else(|| panic!("{id} is lost"))
}

/// The problems of a report as `line: reason`.
fn problems(path: &str) -> Vec<String> {
    let problems = broken().problems.iter().filter(|problem| problem.path == path);
    problems.map(|problem| format!("{}: {}", problem.problem.line, problem.problem.reason())).collect()
}

fn found(query: &str) -> Vec<String> {
    let request = SearchRequest::parse(query).unwrap();
    broken().index.search(&request).unwrap().hits.into_iter().map(|hit| hit.incident.id).collect()
}

fn date(id: &str) -> String {
    incident(id).date.map(|date| date.value.to_string()).unwrap_or_default()
}

fn minutes(id: &str) -> Option<f64> {
    incident(id).duration.map(|duration| duration.value)
}

/// The kinds of sections that an incident has.
fn kinds(incident: &Incident) -> Vec<SectionKind> {
    incident.sections.iter().map(|section| section.kind).collect()
}

#[test]
fn every_report_is_indexed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus/broken");
    let archive = Archive::open(&folder).unwrap();
    let files = walkdir::WalkDir::new(&folder).into_iter().flatten().filter(|entry| entry.file_type().is_file());
    let paths: Vec<String> =
        files.map(|entry| entry.path().strip_prefix(&folder).unwrap().to_string_lossy().replace('\\', "/")).collect();
    let reports = paths.iter().filter(|path| archive.is_report(path) && !path.starts_with('.')).count();
    // Two files have no text.
    assert_eq!(broken().index.len().unwrap(), reports - 2);
    for path in ["empty.md", "only-white-space.md"] {
        assert_eq!(problems(path), ["1: empty"]);
    }
    assert_eq!(found("aardvark"), [] as [&str; 0], "hidden folders are skipped");
}

#[test]
fn every_report_is_described() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus");
    let described = std::fs::read_to_string(corpus.join("README.md")).unwrap();
    for path in Archive::open(corpus.join("broken")).unwrap().report_paths() {
        assert!(described.contains(&format!("| `{path}` |")), "{path} is not in corpus/README.md");
    }
}

/// Checks a severity: the start of its label, its rank, and whether there is a problem.
#[track_caller]
fn check_severity(id: &str, label: Option<&str>, rank: Option<u8>, problem: bool) {
    let severity = incident(id).severity.map(|severity| severity.value);
    assert_eq!(severity.as_ref().and_then(|severity| severity.rank), rank);
    match (severity, label) {
        (Some(severity), Some(label)) => assert!(severity.label.starts_with(label), "{}", severity.label),
        (severity, label) => assert_eq!(severity.map(|severity| severity.label).as_deref(), label),
    }
    assert_eq!(!problems(&format!("{id}.md")).is_empty(), problem);
}

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

/// Checks the date, and whether there is a problem.
#[track_caller]
fn check_date(id: &str, expected: &str, problem: bool) {
    assert_eq!((date(id).as_str(), !problems(&format!("{id}.md")).is_empty()), (expected, problem));
}

#[test]
fn date_spelled() {
    check_date("date-spelled", "2022-06-14", false);
}

#[test]
fn date_with_an_hour_of_three_digits() {
    check_date("date-hour-of-three-digits", "2024-08-13", true);
}

#[test]
fn date_with_an_hour_of_one_digit() {
    check_date("date-one-digit-hour", "2023-10-17T09:30Z", false);
}

#[test]
fn date_with_a_negative_zero_offset() {
    check_date("date-negative-zero-offset", "2022-02-09T06:00:00Z", false);
}

#[test]
fn date_without_a_day() {
    check_date("date-month-only", "2020-06", false);
    assert_eq!(found("date:2020-06"), ["date-month-only"]);
}

#[test]
fn date_with_two_times() {
    check_date("date-two-times", "2021-03-04T10:00Z", false);
    assert_eq!(minutes("date-two-times"), Some(90.0));
}

#[test]
fn date_quoted() {
    check_date("date-quoted", "2023-10-04T09:12:00Z", false);
}

#[test]
fn date_without_a_zone() {
    check_date("date-naive", "2022-11-08T14:25:00Z", false);
}

#[test]
fn date_that_does_not_exist() {
    check_date("date-impossible", "", true);
}

#[test]
fn end_before_the_start() {
    check_date("end-before-start", "2024-05-02T14:00:00Z", true);
    assert_eq!((minutes("end-before-start"), incident("end-before-start").end), (None, None));
}

/// Checks the duration in minutes, and whether there is a problem.
#[track_caller]
fn check_duration(id: &str, expected: Option<f64>, problem: bool) {
    assert_eq!((minutes(id), !problems(&format!("{id}.md")).is_empty()), (expected, problem));
}

#[test]
fn duration_plain() {
    check_duration("duration-plain", Some(65.0), false);
}

#[test]
fn duration_in_hours() {
    check_duration("duration-hours", Some(60.0), false);
}

#[test]
fn duration_compound() {
    check_duration("duration-compound", Some(387.0), false);
}

#[test]
fn duration_in_days() {
    check_duration("duration-days", Some(1787.0), false);
}

#[test]
fn duration_in_iso_8601() {
    check_duration("duration-iso", Some(65.0), false);
}

#[test]
fn duration_degraded_plus() {
    check_duration("duration-degraded-plus", Some(10_152.0), false);
}

#[test]
fn duration_in_prose() {
    check_duration("duration-in-prose", Some(65.0), false);
    assert_eq!(incident("duration-in-prose").duration.unwrap().source, Source::Prose);
}

#[test]
fn duration_negative() {
    check_duration("duration-negative", None, true);
}

#[test]
fn heading_in_a_fence() {
    assert!(!kinds(&incident("heading-in-fence")).contains(&SectionKind::RootCause));
    assert_eq!(found("summary:kangaroo"), ["heading-in-fence"]);
}

#[test]
fn fence_never_closed() {
    assert!(kinds(&incident("fence-never-closed")).contains(&SectionKind::Resolution));
    assert!(problems("fence-never-closed.md")[0].starts_with("11: code fence never closed"));
}

#[test]
fn heading_in_a_comment() {
    assert!(!kinds(&incident("html-comment")).contains(&SectionKind::RootCause));
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
fn link_without_a_target() {
    assert!(incident("link-to-nothing").links.iter().any(|link| link.target == "PM-2099-001"));
    assert!(problems("link-to-nothing.md")[0].contains("PM-2099-001"));
}

#[test]
fn link_by_the_start_of_a_name() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("PM-2026-033-mtls-gap.md", "# A gap\n");
    write("later.md", "# Later\n\nAs in [[PM-2026-033]] and [there](PM-2026-033-mtls-gap.md#impact).\n");
    let archive = Archive::open(folder.path()).unwrap();
    assert_eq!(check(&archive).unwrap().problems, []);
    let index = Index::in_memory().unwrap();
    index.update(&archive, &UpdateOptions::default(), |_| {}).unwrap();
    for link in index.get("later").unwrap().unwrap().links {
        assert_eq!(index.resolve(&link.target).unwrap(), ["PM-2026-033-mtls-gap"], "{}", link.target);
    }
}

/// Checks a text that is not, or not entirely, UTF-8: the facts are found, and a problem names the encoding.
#[track_caller]
fn check_encoding(path: &str, part: &str) {
    assert!(problems(path).iter().any(|problem| problem.contains(part)), "{:?}", problems(path));
    let incident = incident(path.trim_end_matches(".md"));
    assert!(incident.severity.is_some() && incident.date.is_some());
}

#[test]
fn nul_bytes() {
    check_encoding("nul-bytes.md", "NUL");
}

#[test]
fn latin_1() {
    check_encoding("latin-1.md", "Latin-1");
}

#[test]
fn utf_16() {
    check_encoding("utf-16.md", "UTF-16");
}

#[test]
fn control_characters() {
    let title = incident("control-characters").title.value;
    assert!(title.contains("failing") && !title.chars().any(|c| c.is_control() || c == '\u{202e}'), "{title:?}");
}

#[test]
fn long_line() {
    assert!(incident("long-line").source.len() > 20_000);
}

#[test]
fn action_without_owner_and_state() {
    let actions = incident("action-done-unknown").actions;
    assert_eq!(actions.len(), 2);
    assert!(actions.iter().all(|action| action.owner.is_none() && action.done.is_none()));
    assert!(actions[0].text.contains("next week") && actions[0].due.is_none());
}

#[test]
fn template_not_filled_in() {
    check_severity("template-placeholders", Some("P1|"), None, true);
    assert_eq!(date("template-placeholders"), "");
    assert!(problems("template-placeholders.md").iter().all(|problem| problem.contains("template not filled in")));
}

#[test]
fn extensions() {
    for id in ["extension-markdown", "extension-mdx", "extension-qmd", "extension-erb"] {
        assert!(!incident(id).title.value.is_empty(), "{id}");
    }
}

#[test]
fn extensions_from_the_settings() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("rca.toml", "include = [\"*.adoc\", \"PM*\"]\nexclude = [\"README.md\"]\n");
    ["disk.adoc", "PM 2024-01 queue", "README.md", "notes.txt"].iter().for_each(|name| write(name, "# A report\n"));
    let paths = Archive::open(folder.path()).unwrap().report_paths();
    assert_eq!(paths, ["PM 2024-01 queue", "disk.adoc"]);
}

#[test]
fn severity_not_chosen() {
    check_severity("severity-not-chosen", Some("Low | Medium | High"), None, true);
    assert_eq!(incident("severity-not-chosen").status, None);
    let codes: Vec<_> = broken().problems.iter().filter(|problem| problem.path == "severity-not-chosen.md").collect();
    let codes: Vec<_> = codes.iter().map(|problem| (problem.problem.line, problem.problem.code())).collect();
    assert_eq!(codes, [(4, "severity-not-chosen"), (5, "status-not-chosen")]);
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
fn actions_with_placeholders() {
    let actions = incident("actions-with-placeholders").actions;
    let actions: Vec<_> = actions.iter().map(|a| (a.text.as_str(), a.owner.as_deref(), a.done)).collect();
    let expected = [
        ("Order paper (owner=stock, due=2025-02-20)", Some("stock"), Some(true)),
        ("Count the paper every Monday. Owner: ???", None, None),
    ];
    assert_eq!(actions, expected);
}
