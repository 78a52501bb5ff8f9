//! The JSON form of one incident.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::ser::SerializeMap as _;

use super::links::{BacklinkForm, LinkForm, LinkLookup, backlinks, links};
use super::{Figure, HeadForm, PlaceForm, VERSION, stated_facts};
use crate::incident::Timestamp;
use crate::incident::{Bound, Incident, Milestone, OwnField, OwnValue};
use crate::insight::{Fix, FixKind};

/// A whole incident.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
pub struct IncidentForm<'a> {
    pub version: u32,
    /// The folder that the path is in; null for an incident that is no file.
    pub root: Option<&'a str>,
    #[serde(flatten)]
    pub head: HeadForm<'a>,
    pub end: Option<Timestamp>,
    /// How the duration is to be read: `exact`, `about`, `at-most`, `at-least`.
    pub duration_bound: Option<Bound>,
    /// The severity as written.
    pub severity_label: Option<&'a str>,
    /// 0 (most severe) to 5.
    pub severity_rank: Option<u8>,
    /// The status as written, with its remark.
    pub status_label: Option<&'a str>,
    /// How far the report itself has come.
    pub document_status: Option<&'a str>,
    /// Where each fact was found.
    pub sources: BTreeMap<String, PlaceForm>,
    pub author: Option<&'a str>,
    pub prepared_by: Option<&'a str>,
    pub prepared_on: Option<Timestamp>,
    /// Minutes to each milestone.
    pub minutes_to: BTreeMap<&'static str, Figure>,
    /// What these minutes are counted from: `stated-start`, `stated-window`, `first-failure`, `first-row`.
    pub minutes_from: Option<&'static str>,
    pub measure_details: Vec<MeasureForm<'a>>,
    /// What fixed it; null where the report does not say it.
    pub fix: Option<FixForm>,
    pub timeline: Vec<RowForm<'a>>,
    pub contributing_factors: &'a [String],
    pub resolution_steps: &'a [String],
    pub lessons: &'a crate::incident::Lessons,
    pub actions: &'a [crate::incident::Action],
    pub links: Vec<LinkForm<'a>>,
    /// The incidents that link to this one, the newest first; at most 1,000.
    pub backlinks: Vec<BacklinkForm>,
    /// How many incidents link to this one.
    pub backlinks_total: usize,
    /// Keys of front matter that the field table does not know, as written: a text, or a list of texts.
    pub front_matter: OwnFields<'a>,
    pub sections: Vec<SectionForm<'a>>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
pub struct MeasureForm<'a> {
    pub kind: &'static str,
    pub value: Figure,
    pub bound: Bound,
    pub qualifier: Option<&'a str>,
    pub line: u32,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
pub struct RowForm<'a> {
    pub time: Option<Timestamp>,
    pub label: &'a str,
    pub text: &'a str,
    pub milestone: Option<Milestone>,
    pub line: u32,
}

/// What fixed an incident.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FixForm {
    /// The sentence, row or step that says it.
    pub text: String,
    /// `rolled-back`, `restarted`, `scaled`, `failed-over`, `configuration-changed`, `hot-fix`, `space-freed`, `renewed`,
    /// `limited`, `data-restored` or `provider`; null where the words do not tell.
    pub kind: Option<&'static str>,
    /// The part of the report that says it: `resolution`, `front-matter`, `timeline`, `sentence`, `action`.
    pub source: &'static str,
    /// Null for an incident that is no file.
    pub line: Option<u32>,
}

impl From<Fix> for FixForm {
    fn from(fix: Fix) -> Self {
        Self { text: fix.text, kind: fix.kind.map(FixKind::name), source: fix.source.name(), line: fix.line }
    }
}

/// What fixed an incident, as far as the report says it; null where it does not.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KnownFixForm(pub Option<FixForm>);

/// Keys and their values, in the order of the report.
#[derive(Debug, Clone, Copy)]
pub struct OwnFields<'a>(pub &'a [OwnField]);

impl Serialize for OwnFields<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for field in self.0 {
            match &field.value {
                OwnValue::One(text) => map.serialize_entry(&field.key, text)?,
                OwnValue::List(texts) => map.serialize_entry(&field.key, texts)?,
            }
        }
        map.end()
    }
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
pub struct SectionForm<'a> {
    pub section: &'static str,
    pub heading: &'a str,
    pub line: u32,
    pub text: &'a str,
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for OwnFields<'_> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "OwnFields".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "object",
            "additionalProperties": {"type": ["string", "array"], "items": {"type": "string"}}
        })
    }
}

impl<'a> IncidentForm<'a> {
    /// The JSON form of an incident. The index it is in knows where its links lead, and who links to it.
    ///
    /// # Examples
    /// ```
    /// use rca_index::wire::{IncidentForm, NoLinks};
    /// use rca_index::{Incident, Index, SectionKind};
    ///
    /// # let index = Index::in_memory()?;
    /// let queue = Incident::new("OPS-1", "Queue backlog");
    /// let mut again = Incident::new("OPS-2", "Queue backlog again");
    /// again.push_section(SectionKind::Related, "- OPS-1");
    /// index.upsert([queue.clone(), again])?;
    /// let json = serde_json::to_value(IncidentForm::new(&queue, &index))?;
    /// assert_eq!((&json["title"], &json["backlinks"][0]["id"]), (&"Queue backlog".into(), &"OPS-2".into()));
    /// // Without an index.
    /// assert_eq!(serde_json::to_value(IncidentForm::new(&queue, &NoLinks))?["backlinks_total"], 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(incident: &'a Incident, lookup: &dyn LinkLookup) -> Self {
        let (backlinks, backlinks_total) = backlinks(incident, lookup);
        let severity = incident.severity.as_ref().map(|severity| &severity.value);
        Self {
            version: VERSION,
            root: None,
            head: HeadForm::new(incident),
            end: incident.end.as_ref().map(|end| end.value),
            duration_bound: incident.duration.as_ref().map(|duration| duration.bound),
            severity_label: severity.map(|severity| severity.label.as_str()),
            severity_rank: severity.and_then(|severity| severity.rank),
            status_label: incident.status_label.as_deref(),
            document_status: incident.document_status.as_ref().map(|status| status.value.as_str()),
            sources: sources(incident),
            author: incident.author.as_deref(),
            prepared_by: incident.prepared_by.as_deref(),
            prepared_on: incident.prepared_on,
            minutes_to: minutes_to(incident),
            minutes_from: incident.minutes_from().map(|from| from.origin.name()),
            measure_details: measure_details(incident),
            fix: incident.fix().map(FixForm::from),
            timeline: timeline(incident),
            contributing_factors: &incident.contributing_factors,
            resolution_steps: &incident.resolution_steps,
            lessons: &incident.lessons,
            actions: &incident.actions,
            links: links(incident, lookup),
            backlinks,
            backlinks_total,
            front_matter: OwnFields(&incident.front_matter),
            sections: sections(incident),
        }
    }

    /// The same with the folder that the path is in.
    ///
    /// # Examples
    /// ```
    /// use rca_index::Incident;
    /// use rca_index::wire::{IncidentForm, NoLinks};
    ///
    /// let incident = Incident::new("OPS-1", "Queue backlog");
    /// let form = IncidentForm::new(&incident, &NoLinks).root("/reports");
    /// assert_eq!(serde_json::to_value(form)?["root"], "/reports");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn root(self, root: &'a str) -> Self {
        Self { root: Some(root), ..self }
    }
}

pub(super) fn sources(incident: &Incident) -> BTreeMap<String, PlaceForm> {
    stated_facts(incident).into_iter().map(|fact| (fact.name, fact.place)).collect()
}

pub(super) fn minutes_to(incident: &Incident) -> BTreeMap<&'static str, Figure> {
    let minutes = |milestone: Milestone| Some((milestone.name(), Figure(incident.minutes_to(milestone)?)));
    Milestone::ALL.into_iter().filter_map(minutes).collect()
}

pub(super) fn measure_details(incident: &Incident) -> Vec<MeasureForm<'_>> {
    let details = incident.measures.iter().map(|m| MeasureForm {
        kind: m.kind.name(),
        value: Figure(m.value),
        bound: m.bound,
        qualifier: m.qualifier.as_deref(),
        line: m.line,
    });
    details.collect()
}

pub(super) fn timeline(incident: &Incident) -> Vec<RowForm<'_>> {
    let rows = incident.timeline.iter().map(|row| RowForm {
        time: row.time,
        label: &row.label,
        text: &row.text,
        milestone: row.milestone,
        line: row.line,
    });
    rows.collect()
}

pub(super) fn sections(incident: &Incident) -> Vec<SectionForm<'_>> {
    let sections = incident.sections.iter().map(|section| SectionForm {
        section: section.kind.name(),
        heading: &section.heading,
        line: section.line,
        text: incident.section_text(section),
    });
    sections.collect()
}
