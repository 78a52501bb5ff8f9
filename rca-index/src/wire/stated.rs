//! What a report states of an incident, fact by fact, with its place.
//!
//! In: an incident. Out: a row a fact, for `sources` of the JSON form and for `rca show --why`.

use serde::Serialize;

use crate::incident::{Incident, Milestone, Place, Source, Sourced};

/// One fact, its value as text, and where it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StatedFact {
    /// The name in machine-readable output: `date`, `measures.users`, `minutes_to.detected`.
    pub name: String,
    /// The value.
    pub value: String,
    /// Where it was found.
    pub place: PlaceForm,
}

/// Where a fact was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
pub struct PlaceForm {
    pub kind: Source,
    /// The line in the report, counted from 1; null where no line states it.
    pub line: Option<u32>,
}

impl PlaceForm {
    fn of<T>(sourced: &Sourced<T>) -> Self {
        Self { kind: sourced.source, line: sourced.line }
    }
}

impl From<Place> for PlaceForm {
    fn from(Place { source, line }: Place) -> Self {
        Self { kind: source, line }
    }
}

/// The facts of an incident, in the order of the JSON form.
///
/// # Examples
/// ```
/// use rca_index::parse::{ParseOptions, parse_report};
/// use rca_index::wire::stated_facts;
///
/// let text = "# Queue\n\n**Severity:** P2\n".to_owned();
/// let incident = parse_report("queue.md", text, &ParseOptions::default()).incident;
/// let severity = stated_facts(&incident).into_iter().find(|fact| fact.name == "severity").expect("it is stated");
/// assert_eq!((severity.value.as_str(), severity.place.line), ("P2", Some(3)));
/// ```
pub fn stated_facts(incident: &Incident) -> Vec<StatedFact> {
    let mut facts = Vec::new();
    let mut add = |name: String, value: String, place: PlaceForm| facts.push(StatedFact { name, value, place });
    add("title".into(), incident.title.value.clone(), PlaceForm::of(&incident.title));
    for (name, time) in [("date", &incident.date), ("end", &incident.end)] {
        time.iter().for_each(|time| add(name.into(), time.value.to_string(), PlaceForm::of(time)));
    }
    if let Some(severity) = &incident.severity {
        add("severity".into(), severity.value.name.clone(), PlaceForm::of(severity));
    }
    for (name, status) in [("status", &incident.status), ("document_status", &incident.document_status)] {
        status.iter().for_each(|status| add(name.into(), status.value.clone(), PlaceForm::of(status)));
    }
    let lists = [("services", &incident.services, incident.services_at), ("tags", &incident.tags, incident.tags_at)];
    for (name, values, at) in lists {
        at.into_iter().for_each(|at| add(name.into(), values.join(", "), at.into()));
    }
    if let Some(duration) = &incident.duration {
        add("duration".into(), format!("{} min", duration.value), PlaceForm::of(duration));
    }
    for measure in &incident.measures {
        let place = PlaceForm { kind: measure.source, line: Some(measure.line) };
        add(format!("measures.{}", measure.kind.name()), measure.value.to_string(), place);
    }
    for milestone in Milestone::ALL {
        let row = incident.timeline.iter().find(|row| row.milestone == Some(milestone));
        if let (Some(minutes), Some(row)) = (incident.minutes_to(milestone), row) {
            let place = PlaceForm { kind: Source::Timeline, line: Some(row.line) };
            add(format!("minutes_to.{}", milestone.name()), format!("{minutes} min"), place);
        }
    }
    for field in &incident.front_matter {
        let place = PlaceForm { kind: Source::FrontMatter, line: field.line };
        add(format!("front_matter.{}", field.key), field.value.texts().join(", "), place);
    }
    for (i, action) in incident.actions.iter().enumerate() {
        let place = PlaceForm { kind: Source::List, line: Some(action.line) };
        add(format!("actions.{i}"), action.text.clone(), place);
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::{ParseOptions, parse_report};

    #[test]
    fn every_fact_has_its_place() {
        let source = "---\nseverity: P1\ntags: [db]\n---\n# Disk full\n\n**Services:** api\n**Status:** Resolved\n\n## Impact\n\n\
                      120 users saw errors.\n\n## Action items\n\n- Buy disks\n";
        let incident = parse_report("a.md", source.to_owned(), &ParseOptions::default()).incident;
        let found = stated_facts(&incident);
        let found: Vec<_> =
            found.iter().map(|f| (f.name.as_str(), f.value.as_str(), f.place.kind, f.place.line)).collect();
        let expected = [
            ("title", "Disk full", Source::Heading, Some(5)),
            ("severity", "P1", Source::FrontMatter, Some(2)),
            ("status", "resolved", Source::Metadata, Some(8)),
            ("services", "api", Source::Metadata, Some(7)),
            ("tags", "db", Source::FrontMatter, Some(3)),
            ("measures.users", "120", Source::Prose, Some(12)),
            ("actions.0", "Buy disks", Source::List, Some(16)),
        ];
        assert_eq!(found, expected);
    }
}
