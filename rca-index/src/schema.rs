//! The field table: the name, aliases, kind and weight of every field, in one place.
//!
//! The query language, the index, the JSON output and the help text use this table; field names are defined nowhere
//! else.

mod kinds;

pub use kinds::{LinkField, Unit};

use crate::incident::names::{path_key, words_key};
use crate::incident::{HouseNames, Incident, MeasureKind, Milestone, OwnField, SectionKind, Severity};
use crate::ranking::TITLE_WEIGHT;

/// A facet: a field with few distinct values, which can be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
#[non_exhaustive]
pub enum Facet {
    Service,
    Severity,
    Tag,
    Status,
}

impl Facet {
    /// All facets.
    pub const ALL: [Self; 4] = [Self::Service, Self::Severity, Self::Tag, Self::Status];

    /// The name in queries and in machine-readable output.
    ///
    /// # Examples
    /// ```
    /// use rca_index::Facet;
    ///
    /// assert_eq!(Facet::Service.name(), "service");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Severity => "severity",
            Self::Tag => "tag",
            Self::Status => "status",
        }
    }

    /// Whether a `/` in a value separates the levels of a hierarchy.
    pub(crate) fn is_hierarchical(self) -> bool {
        matches!(self, Self::Service | Self::Tag)
    }

    /// A value of this facet as it is shown, without differences that never count. Empty if the text is not a value.
    ///
    /// # Examples
    /// ```
    /// use rca_index::Facet;
    ///
    /// assert_eq!(Facet::Severity.value("P2 (one region)"), "P2");
    /// assert_eq!(Facet::Status.value(" Resolved "), "resolved");
    /// ```
    pub fn value(self, text: &str) -> String {
        match self {
            Self::Severity => Severity::parse(text).map(|s| s.name).unwrap_or_default(),
            Self::Status => fold(text),
            Self::Service => levels(text, |level| words(level).collect::<Vec<_>>().join(" ")),
            Self::Tag => levels(text, fold),
        }
    }

    /// What a value of this facet is compared by: two values are one if they have the same key. A filter finds the
    /// incidents with the key of its value, and a facet counts the incidents of each key. Empty if the text is not a
    /// value.
    ///
    /// The key of a severity is its rank, so that `P1`, `SEV1` and `critical` are one value; of a label without a rank it
    /// is the folded label.
    pub(crate) fn key(self, text: &str, house: &HouseNames) -> String {
        match self {
            Self::Service => {
                let today = house.services.canonical(text);
                path_key(today.as_deref().unwrap_or(text))
            }
            Self::Severity => match house.severities.parse(text) {
                Some(Severity { rank: Some(rank), .. }) => rank_key(rank),
                Some(Severity { name, .. }) => folded_key(&name),
                None => String::new(),
            },
            Self::Status => folded_key(text),
            Self::Tag => levels(text, folded_key),
        }
    }

    /// The values of an incident, one for each key, sorted by key.
    pub(crate) fn entries_of(self, incident: &Incident, house: &HouseNames) -> Vec<FacetValue> {
        let named = |text: &String| {
            let today = house.services.canonical(text);
            let shown = self.value(today.as_deref().unwrap_or(text));
            FacetValue { key: path_key(&shown), shown }
        };
        let folded = |text: &String| FacetValue { key: self.key(text, house), shown: self.value(text) };
        let mut values: Vec<FacetValue> = match self {
            Self::Service => incident.services.iter().map(named).collect(),
            Self::Tag => incident.tags.iter().map(folded).collect(),
            Self::Severity => incident.severity.iter().map(|s| severity_value(&s.value, house)).collect(),
            Self::Status => incident.status.iter().map(|s| folded(&s.value)).collect(),
        };
        values.retain(|value| !value.key.is_empty());
        // A stable sort, so that of several spellings the first counts.
        values.sort_by(|a, b| a.key.cmp(&b.key));
        values.dedup_by(|later, first| later.key == first.key);
        values
    }

    /// The values of an incident as they are shown, sorted, each once.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Facet, Incident};
    ///
    /// let mut incident = Incident::new("OPS-1", "Queue backlog");
    /// incident.services = vec!["orders".into(), "billing".into()];
    /// assert_eq!(Facet::Service.values_of(&incident), ["billing", "orders"]);
    /// ```
    pub fn values_of(self, incident: &Incident) -> Vec<String> {
        let entries = self.entries_of(incident, &HouseNames::default());
        let mut values: Vec<String> = entries.into_iter().map(|value| value.shown).collect();
        values.sort();
        values
    }
}

/// What incidents are counted by: a facet of the table, or a key of front matter that the table does not know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FacetName {
    /// A facet of the table.
    Known(Facet),
    /// The values of a key.
    Key(String),
    /// The facets of the table and the keys themselves: how many incidents have each.
    Fields,
}

impl FacetName {
    /// The name in queries and in machine-readable output.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Facet, FacetName};
    ///
    /// assert_eq!(FacetName::from("services"), FacetName::Known(Facet::Service));
    /// assert_eq!(FacetName::from("Team").name(), "team");
    /// ```
    pub fn name(&self) -> &str {
        match self {
            Self::Known(facet) => facet.name(),
            Self::Key(key) => key,
            Self::Fields => FIELDS_NAME,
        }
    }
}

impl From<Facet> for FacetName {
    fn from(facet: Facet) -> Self {
        Self::Known(facet)
    }
}

impl From<&str> for FacetName {
    /// A facet of the table with this name or alias, else a key.
    fn from(name: &str) -> Self {
        let known = fields_named(name).find_map(|spec| match spec.kind {
            FieldKind::Facet(facet) => Some(Self::Known(facet)),
            _ => None,
        });
        known.unwrap_or_else(|| if name == FIELDS_NAME { Self::Fields } else { Self::Key(OwnField::name(name)) })
    }
}

/// The name of what counts fields.
const FIELDS_NAME: &str = "field";

/// A value of a facet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FacetValue {
    /// What it is compared by.
    pub(crate) key: String,
    /// As it is shown; a filter with this text has the same key.
    pub(crate) shown: String,
}

/// The key of all severities of a rank. No label has such a key, since folding removes control characters.
fn rank_key(rank: u8) -> String {
    format!("\u{1}{rank}")
}

/// The value of a severity. Its name is shown if it reads as this rank: `minor` of a status page is a higher rank than
/// the word is elsewhere.
fn severity_value(severity: &Severity, house: &HouseNames) -> FacetValue {
    let named = Facet::Severity.key(&severity.name, house);
    let Some(rank) = severity.rank else { return FacetValue { key: named, shown: severity.name.clone() } };
    let key = rank_key(rank);
    if named == key {
        return FacetValue { key, shown: severity.name.clone() };
    }
    let plain = ["P", "SEV", "S"].map(|scheme| format!("{scheme}{rank}"));
    let shown = plain.into_iter().find(|plain| Facet::Severity.key(plain, house) == key);
    FacetValue { key, shown: shown.unwrap_or_else(|| severity.name.clone()) }
}

/// The levels of a value between slashes, each folded.
fn levels(text: &str, folded: impl Fn(&str) -> String) -> String {
    let levels: Vec<String> = text.split('/').map(folded).filter(|level| !level.is_empty()).collect();
    levels.join("/")
}

/// Folds a value: lower case, one space between words, no control characters.
fn fold(text: &str) -> String {
    words(text).map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

/// The key of a text that is one value: folded further than it is shown, but never to nothing.
fn folded_key(text: &str) -> String {
    let key = words_key(text);
    if key.is_empty() { fold(text) } else { key }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty())
}

/// A text field: words with positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum TextField {
    /// The title.
    Title,
    /// The words of the id: folders and file name.
    Id,
    /// Authors of the report, and owners of its actions.
    People,
    /// All sections of one kind.
    Section(SectionKind),
}

impl TextField {
    /// The number of text fields.
    pub(crate) const COUNT: usize = 3 + SectionKind::ALL.len();

    /// The number of the field in the index.
    pub(crate) fn number(self) -> u64 {
        match self {
            Self::Title => 0,
            Self::Id => 1,
            Self::People => 2,
            Self::Section(kind) => 3 + SectionKind::ALL.iter().position(|&known| known == kind).unwrap_or(0) as u64,
        }
    }

    /// The field with a number.
    pub(crate) fn from_number(number: u64) -> Self {
        match number {
            0 => Self::Title,
            1 => Self::Id,
            2 => Self::People,
            n => Self::Section(SectionKind::ALL.get(n as usize - 3).copied().unwrap_or(SectionKind::Body)),
        }
    }
}

/// A numeric field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum NumberField {
    /// Minutes from start to end.
    Duration,
    /// User-minutes: users affected times minutes.
    Impact,
    /// A measure, in the unit of its kind.
    Measure(MeasureKind),
    /// Minutes from the start to a milestone.
    MinutesTo(Milestone),
}

impl NumberField {
    /// The value of an incident, in the field's unit.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Incident, NumberField, Sourced};
    ///
    /// let mut incident = Incident::new("OPS-1", "Queue backlog");
    /// assert_eq!(NumberField::Duration.value_of(&incident), None);
    /// incident.duration = Some(Sourced::from(65.0));
    /// assert_eq!(NumberField::Duration.value_of(&incident), Some(65.0));
    /// ```
    pub fn value_of(self, incident: &Incident) -> Option<f64> {
        match self {
            Self::Duration => incident.duration.as_ref().map(|d| d.value),
            Self::Impact => incident.impact_user_minutes(),
            Self::Measure(kind) => incident.measure(kind).map(|m| m.value),
            Self::MinutesTo(milestone) => incident.minutes_to(milestone),
        }
    }
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FieldKind {
    /// Words.
    Text(TextField),
    /// Values to filter by and to count.
    Facet(Facet),
    /// A number.
    Number(NumberField, Unit),
    /// The day or time when the incident started.
    Date,
    /// Links from or to other incidents.
    Link(LinkField),
}

impl FieldKind {
    /// The placeholder for a value of such a field in the help text.
    ///
    /// # Examples
    /// ```
    /// use rca_index::FieldKind;
    ///
    /// assert_eq!(FieldKind::Date.value_name(), "date");
    /// ```
    pub fn value_name(self) -> &'static str {
        match self {
            Self::Text(_) => "words",
            Self::Facet(_) => "values",
            Self::Date => "date",
            Self::Link(_) => "ids",
            Self::Number(_, Unit::Minutes) => "minutes",
            Self::Number(_, Unit::Milliseconds) => "ms",
            Self::Number(_, Unit::Percent) => "%",
            Self::Number(_, Unit::Count) => "number",
        }
    }
}

/// What a filter flag asks of the values of its field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FlagKind {
    /// One of the values given; the flag may be repeated.
    AnyOf,
    /// This value, or a larger or later one.
    AtLeast,
    /// This value, or a smaller or earlier one.
    AtMost,
}

/// A flag of a command that narrows a search by a field: `--min-duration TIME`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FilterFlag {
    /// The name, without dashes.
    pub name: &'static str,
    /// What it asks of the field.
    pub kind: FlagKind,
    /// What the help calls its value.
    pub value_name: &'static str,
    /// One line for the help.
    pub help: &'static str,
}

/// One row of the field table.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct FieldSpec {
    /// The name in queries and in JSON.
    pub name: &'static str,
    /// Aliases for use in queries.
    pub aliases: &'static [&'static str],
    /// The kind of value.
    pub kind: FieldKind,
    /// The weight of a match in this field, for text fields.
    pub weight: f32,
    /// A short description for the help text.
    pub help: &'static str,
    /// The name for people: `root cause`.
    pub label: &'static str,
    /// The flags of a command that narrow a search by this field.
    pub flags: &'static [FilterFlag],
}

impl FieldSpec {
    const fn new(
        name: &'static str,
        aliases: &'static [&'static str],
        kind: FieldKind,
        weight: f32,
        help: &'static str,
    ) -> Self {
        Self { name, aliases, kind, weight, help, label: name, flags: &[] }
    }

    const fn labelled(self, label: &'static str) -> Self {
        Self { label, ..self }
    }

    const fn with_flags(self, flags: &'static [FilterFlag]) -> Self {
        Self { flags, ..self }
    }
}

const fn text(
    name: &'static str,
    aliases: &'static [&'static str],
    field: TextField,
    weight: f32,
    help: &'static str,
) -> FieldSpec {
    FieldSpec::new(name, aliases, FieldKind::Text(field), weight, help)
}

const fn section(
    name: &'static str,
    aliases: &'static [&'static str],
    kind: SectionKind,
    weight: f32,
    help: &'static str,
) -> FieldSpec {
    text(name, aliases, TextField::Section(kind), weight, help)
}

const fn facet(aliases: &'static [&'static str], facet: Facet, name: &'static str, help: &'static str) -> FieldSpec {
    FieldSpec::new(name, aliases, FieldKind::Facet(facet), 0.0, help)
}

const fn number(
    name: &'static str,
    aliases: &'static [&'static str],
    field: NumberField,
    unit: Unit,
    help: &'static str,
) -> FieldSpec {
    FieldSpec::new(name, aliases, FieldKind::Number(field, unit), 0.0, help)
}

const fn any_of(name: &'static str, value_name: &'static str, help: &'static str) -> FilterFlag {
    FilterFlag { name, kind: FlagKind::AnyOf, value_name, help }
}

const fn at_least(name: &'static str, value_name: &'static str, help: &'static str) -> FilterFlag {
    FilterFlag { name, kind: FlagKind::AtLeast, value_name, help }
}

const fn at_most(name: &'static str, value_name: &'static str, help: &'static str) -> FilterFlag {
    FilterFlag { name, kind: FlagKind::AtMost, value_name, help }
}

use MeasureKind as M;
use Milestone as S;
use NumberField::{Measure, MinutesTo};
use SectionKind as K;

// The flags that narrow a search by a field.
const SERVICE_FLAGS: &[FilterFlag] = &[any_of("service", "NAMES", "Only incidents that affected these services")];
const SEVERITY_FLAGS: &[FilterFlag] =
    &[any_of("severity", "LEVELS", "Only incidents of these severities; `>=P1` means P1 or worse")];
const TAG_FLAGS: &[FilterFlag] =
    &[any_of("tag", "TAGS", "Only incidents with these tags; `db` also matches `db/postgres`")];
const STATUS_FLAGS: &[FilterFlag] = &[any_of("status", "STATES", "Only incidents with this status, such as resolved")];
const DATE_FLAGS: &[FilterFlag] = &[
    at_least("since", "DATE", "On or after this date, or within this period until now: 2025-06-01, 2025, 90d, 6m, 1y"),
    at_most("until", "DATE", "On or before this date: 2025-06-30, 2025-06, 2025"),
];
const DURATION_FLAGS: &[FilterFlag] = &[
    at_least("min-duration", "TIME", "At least this long: 90, 30m, 1h30m, 2d; minutes if no unit is given"),
    at_most("max-duration", "TIME", "At most this long"),
];
const IMPACT_FLAGS: &[FilterFlag] = &[at_least("min-impact", "N", "At least this impact, in user-minutes: 50k, 2m")];
const USERS_FLAGS: &[FilterFlag] = &[at_least("min-users", "N", "At least this many users affected: 500, 10k")];

/// The field table.
pub const FIELDS: &[FieldSpec] = &[
    text("title", &[], TextField::Title, TITLE_WEIGHT, "the title"),
    text("id", &["path", "file"], TextField::Id, 1.5, "words of the report's path"),
    text("author", &["owner", "people"], TextField::People, 0.5, "authors, and owners of actions"),
    section("summary", &["abstract"], K::Summary, 2.0, "the summary"),
    section("rootcause", &["cause", "root_cause", "root-cause"], K::RootCause, 1.8, "root cause, contributing factors")
        .labelled("root cause"),
    section("resolution", &["fix", "mitigation"], K::Resolution, 1.3, "how it was resolved"),
    section("impact", &[], K::Impact, 1.2, "the impact section"),
    section("timeline", &[], K::Timeline, 0.8, "the timeline"),
    section("lessons", &["lesson"], K::Lessons, 1.2, "lessons learned"),
    section("actions", &["action"], K::Actions, 0.8, "action items"),
    section("related", &[], K::Related, 0.4, "related incidents"),
    section("body", &["text"], K::Body, 1.0, "all other text"),
    facet(&["services", "svc", "affected"], Facet::Service, "service", "an affected service").with_flags(SERVICE_FLAGS),
    facet(&["sev", "priority"], Facet::Severity, "severity", "P1, sev2, critical ...").with_flags(SEVERITY_FLAGS),
    facet(&["tags", "label", "category"], Facet::Tag, "tag", "a tag; tag:db also matches db/postgres")
        .with_flags(TAG_FLAGS),
    facet(&["state"], Facet::Status, "status", "resolved, open ...").with_flags(STATUS_FLAGS),
    FieldSpec::new("date", &["start", "when"], FieldKind::Date, 0.0, "when it started").with_flags(DATE_FLAGS),
    FieldSpec::new("links", &[], FieldKind::Link(LinkField::Links), 0.0, "links to these: id, path or file name"),
    FieldSpec::new(
        "backlinks",
        &[],
        FieldKind::Link(LinkField::Backlinks),
        0.0,
        "these link to it; has:backlinks: any does",
    ),
    number("duration", &["duration_minutes"], NumberField::Duration, Unit::Minutes, "minutes from start to end")
        .with_flags(DURATION_FLAGS),
    number("impact", &["user_minutes"], NumberField::Impact, Unit::Count, "user-minutes: users affected x minutes")
        .with_flags(IMPACT_FLAGS),
    number("users", &["customers"], Measure(M::Users), Unit::Count, "users affected").with_flags(USERS_FLAGS),
    number("errors", &[], Measure(M::Errors), Unit::Count, "errors shown to customers"),
    number("tickets", &[], Measure(M::Tickets), Unit::Count, "support tickets"),
    number("revenue", &["cost", "loss"], Measure(M::Revenue), Unit::Count, "revenue lost, in the report's currency")
        .labelled("revenue lost"),
    number("requests", &["requests_pct"], Measure(M::RequestsPct), Unit::Percent, "requests affected, in percent")
        .labelled("requests hit"),
    number("error_rate", &["errorrate", "error_rate_pct"], Measure(M::ErrorRatePct), Unit::Percent, "peak error rate")
        .labelled("error rate"),
    number(
        "error_rate_baseline",
        &["error_rate_baseline_pct"],
        Measure(M::ErrorRateBaselinePct),
        Unit::Percent,
        "normal error rate",
    )
    .labelled("usual errors"),
    number(
        "latency",
        &["latency_after", "latency_after_ms"],
        Measure(M::LatencyAfterMs),
        Unit::Milliseconds,
        "peak latency",
    ),
    number("latency_before", &["latency_before_ms"], Measure(M::LatencyBeforeMs), Unit::Milliseconds, "normal latency")
        .labelled("usual latency"),
    number("ttd", &["detect"], MinutesTo(S::Detected), Unit::Minutes, "minutes to detect"),
    number("tta", &["acknowledge"], MinutesTo(S::Acknowledged), Unit::Minutes, "minutes to acknowledge"),
    number("tti", &["identify"], MinutesTo(S::Identified), Unit::Minutes, "minutes to identify the cause"),
    number("ttm", &["mitigate"], MinutesTo(S::Mitigated), Unit::Minutes, "minutes to mitigate"),
    number("ttr", &["resolve"], MinutesTo(S::Resolved), Unit::Minutes, "minutes to resolve"),
];

/// The rows with this name or alias, case-insensitive. `impact` has two: the section and the number.
///
/// # Examples
/// ```
/// use rca_index::fields_named;
///
/// assert_eq!(fields_named("impact").count(), 2);
/// assert_eq!(fields_named("wings").count(), 0);
/// ```
pub fn fields_named(name: &str) -> impl Iterator<Item = &'static FieldSpec> {
    FIELDS
        .iter()
        .filter(move |f| f.name.eq_ignore_ascii_case(name) || f.aliases.iter().any(|a| a.eq_ignore_ascii_case(name)))
}
