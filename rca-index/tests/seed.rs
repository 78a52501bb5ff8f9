//! Every fact of the reference report is extracted, and also of the report in the corpus that retells it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use std::path::Path;

use rca_index::MeasureKind::{
    ErrorRateBaselinePct, ErrorRatePct, Errors, LatencyAfterMs, LatencyBeforeMs, RequestsPct, Revenue, Tickets, Users,
};
use rca_index::parse::{ParseOptions, parse_report};
use rca_index::{Bound, Facet, Incident, Milestone, SectionKind, Source};

const NAME: &str = "2025-06-02-message-queue-backlog-in-inventory-api";

fn read(folder: &str) -> Option<Incident> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join(format!("{NAME}.md"));
    let Ok(source) = std::fs::read_to_string(&path) else {
        println!("skipped: {} is not there", path.display());
        return None;
    };
    let parsed = parse_report(&format!("{NAME}.md"), source, &ParseOptions::default());
    assert_eq!(parsed.problems, []);
    Some(parsed.incident)
}

/// Checks the facts that both reports state in the same words or numbers.
///
/// `acknowledged` is when somebody took it on, in minutes: a page alone says so only where nothing else does.
fn check_facts(incident: &Incident, acknowledged: f64) {
    assert_eq!(incident.id, NAME);
    assert_eq!(incident.date.as_ref().unwrap().value.to_string(), "2025-06-02");
    let severity = &incident.severity.as_ref().unwrap().value;
    assert_eq!((severity.name.as_str(), severity.rank), ("P2", Some(2)));
    assert_eq!(incident.services, ["inventory-api", "billing-api"]);
    assert_eq!(incident.tags, ["rca", "p2", "messaging"]);
    assert_eq!(incident.status.as_ref().unwrap().value, "resolved");
    let duration = incident.duration.as_ref().unwrap();
    assert_eq!((duration.value, duration.source), (65.0, Source::FrontMatter));
    assert_eq!(incident.author.as_deref(), Some("Platform Engineering"));

    for (kind, value, bound, qualifier) in [
        (Users, 1348.0, Bound::Exact, None),
        (RequestsPct, 82.0, Bound::Exact, None),
        (ErrorRatePct, 18.0, Bound::Exact, None),
        (ErrorRateBaselinePct, 1.0, Bound::AtMost, None),
        (LatencyBeforeMs, 299.0, Bound::Exact, Some("p99")),
        (LatencyAfterMs, 7947.0, Bound::Exact, Some("p99")),
        (Errors, 386.0, Bound::Exact, None),
        (Tickets, 89.0, Bound::Exact, None),
        (Revenue, 31_442.0, Bound::Exact, Some("USD")),
    ] {
        let measure = incident.measure(kind).unwrap_or_else(|| panic!("{kind:?} is missing"));
        assert_eq!((measure.value, measure.qualifier.as_deref()), (value, qualifier), "{kind:?}");
        assert!(measure.bound == bound || measure.bound == Bound::About, "{kind:?}: {:?}", measure.bound);
    }
    assert_eq!(incident.impact_user_minutes(), Some(87_620.0));

    assert_eq!(incident.timeline.len(), 7);
    let minutes = Milestone::ALL.map(|milestone| incident.minutes_to(milestone));
    assert_eq!(minutes, [Some(0.0), Some(acknowledged), Some(10.0), Some(39.0), Some(65.0)]);
    assert_eq!(incident.contributing_factors.len(), 3);
    assert_eq!(incident.resolution_steps.len(), 4);
    assert_eq!((incident.lessons.went_well.len(), incident.lessons.went_badly.len()), (4, 4));

    let actions: Vec<_> = incident
        .actions
        .iter()
        .map(|a| (a.priority.as_deref().unwrap(), a.owner.as_deref().unwrap(), a.due.unwrap().to_string()))
        .collect();
    let expected = [
        ("P1", "SRE", "2025-06-09"),
        ("P2", "Platform Engineering", "2025-06-16"),
        ("P2", "Database Team", "2025-06-23"),
        ("P3", "Infrastructure", "2025-07-02"),
    ];
    assert_eq!(actions, expected.map(|(priority, owner, due)| (priority, owner, due.to_owned())));
    let targets: Vec<_> = incident.links.iter().map(|link| link.target.as_str()).collect();
    assert_eq!(targets, ["2025-06-02-previous-incident", "runbook-inventory-api", "architecture-messaging"]);
    assert!(incident.links.iter().all(|link| link.label.is_some()));
    assert_eq!(incident.prepared_by.as_deref(), Some("Platform Engineering"));
    assert_eq!(incident.prepared_on.unwrap().to_string(), "2025-06-04");

    for kind in SectionKind::ALL {
        assert!(incident.texts(kind).any(|text| !text.trim().is_empty()), "{} is missing", kind.name());
    }
    assert_eq!(Facet::Service.values_of(incident), ["billing-api", "inventory-api"]);
}

#[test]
fn the_reference_report() {
    let Some(incident) = read("../../shared/seed") else { return };
    check_facts(&incident, 2.0);
    assert_eq!(incident.title.value, "2025-06-02 - Message Queue Backlog in inventory-api");
    let bound = |kind| incident.measure(kind).unwrap().bound;
    assert_eq!([ErrorRateBaselinePct, ErrorRatePct, Users].map(bound), [Bound::AtMost, Bound::Exact, Bound::Exact]);
    assert_eq!(incident.timeline[3].text, "Root cause identified");
    assert_eq!((incident.timeline[3].line, incident.timeline[3].label.as_str()), (20, "16:03"));
    assert_eq!(incident.contributing_factors[0], "Recent code changes introduced a regression");
    assert_eq!(incident.resolution_steps[3], "Updated runbook with troubleshooting steps");
    assert_eq!(incident.lessons.went_well[0], "Alert fired within 3 minutes of incident start");
    assert_eq!(incident.lessons.went_badly[3], "Need automated rollback for faster recovery");
    assert_eq!(incident.actions[0].text, "Implement monitoring for message queue backlog");
    assert_eq!(incident.links[0].label.as_deref(), Some("Previous messaging incident"));
}

#[test]
fn the_report_of_the_corpus_states_the_same() {
    check_facts(&read("../corpus/incidents").unwrap(), 5.0);
}
