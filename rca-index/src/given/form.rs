//! The form of an incident in the record: JSON that every later version can read, and that loses nothing.
//!
//! In: an incident. Out: its JSON, and the incident again. Only what is set is written. Numbers with a fraction are text
//! (`"65.5"`), because JSON readers round them; a time is `[seconds since 1970, precision, minutes east of UTC]`. A field may
//! be added if old records read the same without it; any other change needs a new version of the record.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::incident::{
    Action, Bound, CountedFrom, Incident, Lessons, Link, Markup, Measure, MeasureKind, Milestone, MinutesFrom,
    OwnField, Place, Precision, Reached, ReachedAt, Section, Severity, Source, Sourced, TimelineRow, Timestamp,
};

/// The JSON of an incident.
pub(super) fn to_json(incident: Incident) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec(&IncidentForm::from(incident))
}

/// An incident from its JSON.
pub(super) fn from_json(json: &[u8]) -> serde_json::Result<Incident> {
    serde_json::from_slice::<IncidentForm>(json).map(Incident::from)
}

/// Whether a value is the one that is not written.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct IncidentForm {
    id: String,
    #[serde(default, skip_serializing_if = "is_default")]
    path: String,
    title: SourcedForm<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    date: Option<SourcedForm<TimeForm>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    end: Option<SourcedForm<TimeForm>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    severity: Option<SourcedForm<Severity>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    services: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    services_at: Option<Place>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tags_at: Option<Place>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<SourcedForm<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status_label: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    document_status: Option<SourcedForm<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    duration: Option<SourcedForm<NumberForm>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    author: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    prepared_by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    prepared_on: Option<TimeForm>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    timeline: Vec<RowForm>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    milestones: Vec<ReachedForm>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    counted_from: Option<CountedFromForm>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    measures: Vec<MeasureForm>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    contributing_factors: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    resolution_steps: Vec<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    lessons: Lessons,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    actions: Vec<ActionForm>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    links: Vec<Link>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    front_matter: Vec<OwnField>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sections: Vec<Section>,
    #[serde(default, skip_serializing_if = "is_default")]
    source: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    markup: Vec<Markup>,
}

// Both conversions name every field, so that a new field of an incident cannot be forgotten here.
impl From<Incident> for IncidentForm {
    fn from(incident: Incident) -> Self {
        let Incident {
            id,
            path,
            title,
            date,
            end,
            severity,
            services,
            services_at,
            tags,
            tags_at,
            status,
            status_label,
            document_status,
            duration,
            author,
            prepared_by,
            prepared_on,
            timeline,
            milestones,
            counted_from,
            measures,
            contributing_factors,
            resolution_steps,
            lessons,
            actions,
            links,
            front_matter,
            sections,
            source,
            markup,
        } = incident;
        Self {
            id,
            path,
            title: title.into(),
            date: date.map(Into::into),
            end: end.map(Into::into),
            severity: severity.map(Into::into),
            services,
            services_at,
            tags,
            tags_at,
            status: status.map(Into::into),
            status_label,
            document_status: document_status.map(Into::into),
            duration: duration.map(Into::into),
            author,
            prepared_by,
            prepared_on: prepared_on.map(Into::into),
            timeline: timeline.into_iter().map(Into::into).collect(),
            milestones: milestones.into_iter().map(Into::into).collect(),
            counted_from: counted_from.map(Into::into),
            measures: measures.into_iter().map(Into::into).collect(),
            contributing_factors,
            resolution_steps,
            lessons,
            actions: actions.into_iter().map(Into::into).collect(),
            links,
            front_matter,
            sections,
            source,
            markup,
        }
    }
}

impl From<IncidentForm> for Incident {
    fn from(form: IncidentForm) -> Self {
        Self {
            id: form.id,
            path: form.path,
            title: read(form.title),
            date: form.date.map(read),
            end: form.end.map(read),
            severity: form.severity.map(read),
            services: form.services,
            services_at: form.services_at,
            tags: form.tags,
            tags_at: form.tags_at,
            status: form.status.map(read),
            status_label: form.status_label,
            document_status: form.document_status.map(read),
            duration: form.duration.map(read),
            author: form.author,
            prepared_by: form.prepared_by,
            prepared_on: form.prepared_on.map(Into::into),
            timeline: form.timeline.into_iter().map(Into::into).collect(),
            milestones: form.milestones.into_iter().map(Into::into).collect(),
            counted_from: form.counted_from.map(Into::into),
            measures: form.measures.into_iter().map(Into::into).collect(),
            contributing_factors: form.contributing_factors,
            resolution_steps: form.resolution_steps,
            lessons: form.lessons,
            actions: form.actions.into_iter().map(Into::into).collect(),
            links: form.links,
            front_matter: form.front_matter,
            sections: form.sections,
            source: form.source,
            markup: form.markup,
        }
    }
}

/// A value and where it came from. A value that a program gave is written with no more than itself.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SourcedForm<T> {
    value: T,
    #[serde(default = "given", skip_serializing_if = "is_given")]
    source: Source,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    #[serde(default, skip_serializing_if = "is_default")]
    bound: Bound,
}

fn given() -> Source {
    Source::Given
}

// The signature is serde's.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_given(source: &Source) -> bool {
    *source == Source::Given
}

impl<T, F: From<T>> From<Sourced<T>> for SourcedForm<F> {
    fn from(Sourced { value, source, line, bound }: Sourced<T>) -> Self {
        Self { value: value.into(), source, line, bound }
    }
}

// Not generic: `Sourced` is made from any value already.
fn read<F, T: From<F>>(SourcedForm { value, source, line, bound }: SourcedForm<F>) -> Sourced<T> {
    Sourced { value: value.into(), source, line, bound }
}

/// A point in time: seconds since 1970, UTC; how precisely; minutes east of UTC of the clock that it is stated by.
#[derive(Serialize, Deserialize)]
struct TimeForm(i64, PrecisionForm, i16);

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum PrecisionForm {
    Month,
    Day,
    Minute,
    Second,
}

impl From<Timestamp> for TimeForm {
    fn from(time: Timestamp) -> Self {
        let precision = match time.precision() {
            Precision::Month => PrecisionForm::Month,
            Precision::Day => PrecisionForm::Day,
            Precision::Minute => PrecisionForm::Minute,
            Precision::Second => PrecisionForm::Second,
        };
        Self(time.unix_seconds(), precision, time.offset_minutes())
    }
}

impl From<TimeForm> for Timestamp {
    fn from(TimeForm(seconds, precision, offset_minutes): TimeForm) -> Self {
        let precision = match precision {
            PrecisionForm::Month => Precision::Month,
            PrecisionForm::Day => Precision::Day,
            PrecisionForm::Minute => Precision::Minute,
            PrecisionForm::Second => Precision::Second,
        };
        Self::from_unix_seconds(seconds, precision).at_offset(offset_minutes)
    }
}

/// A number that reads back as it was, infinities and what is not a number included.
struct NumberForm(f64);

impl From<f64> for NumberForm {
    fn from(number: f64) -> Self {
        Self(number)
    }
}

impl From<NumberForm> for f64 {
    fn from(NumberForm(number): NumberForm) -> Self {
        number
    }
}

impl Serialize for NumberForm {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for NumberForm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(|_| D::Error::custom(format!("`{text}` is not a number")))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RowForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    time: Option<TimeForm>,
    label: String,
    text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    milestone: Option<Milestone>,
    line: u32,
}

impl From<TimelineRow> for RowForm {
    fn from(TimelineRow { time, label, text, milestone, line }: TimelineRow) -> Self {
        Self { time: time.map(Into::into), label, text, milestone, line }
    }
}

impl From<RowForm> for TimelineRow {
    fn from(RowForm { time, label, text, milestone, line }: RowForm) -> Self {
        Self { time: time.map(Into::into), label, text, milestone, line }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReachedForm {
    milestone: Milestone,
    at: AtForm,
    source: Source,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum AtForm {
    Time(TimeForm),
    Minutes(NumberForm),
}

impl From<Reached> for ReachedForm {
    fn from(Reached { milestone, at, source, line }: Reached) -> Self {
        let at = match at {
            ReachedAt::Time(time) => AtForm::Time(time.into()),
            ReachedAt::Minutes(minutes) => AtForm::Minutes(minutes.into()),
        };
        Self { milestone, at, source, line }
    }
}

impl From<ReachedForm> for Reached {
    fn from(ReachedForm { milestone, at, source, line }: ReachedForm) -> Self {
        let at = match at {
            AtForm::Time(time) => ReachedAt::Time(time.into()),
            AtForm::Minutes(minutes) => ReachedAt::Minutes(minutes.into()),
        };
        Self { milestone, at, source, line }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CountedFromForm {
    time: TimeForm,
    origin: MinutesFrom,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
}

impl From<CountedFrom> for CountedFromForm {
    fn from(CountedFrom { time, origin, line }: CountedFrom) -> Self {
        Self { time: time.into(), origin, line }
    }
}

impl From<CountedFromForm> for CountedFrom {
    fn from(CountedFromForm { time, origin, line }: CountedFromForm) -> Self {
        Self { time: time.into(), origin, line }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MeasureForm {
    kind: MeasureKind,
    value: NumberForm,
    #[serde(default, skip_serializing_if = "is_default")]
    bound: Bound,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    qualifier: Option<String>,
    source: Source,
    line: u32,
}

impl From<Measure> for MeasureForm {
    fn from(Measure { kind, value, bound, qualifier, source, line }: Measure) -> Self {
        Self { kind, value: value.into(), bound, qualifier, source, line }
    }
}

impl From<MeasureForm> for Measure {
    fn from(MeasureForm { kind, value, bound, qualifier, source, line }: MeasureForm) -> Self {
        Self { kind, value: value.into(), bound, qualifier, source, line }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ActionForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    priority: Option<String>,
    text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    due: Option<TimeForm>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    done: Option<bool>,
    line: u32,
}

impl From<Action> for ActionForm {
    fn from(Action { priority, text, owner, due, done, line }: Action) -> Self {
        Self { priority, text, owner, due: due.map(Into::into), done, line }
    }
}

impl From<ActionForm> for Action {
    fn from(ActionForm { priority, text, owner, due, done, line }: ActionForm) -> Self {
        Self { priority, text, owner, due: due.map(Into::into), done, line }
    }
}
