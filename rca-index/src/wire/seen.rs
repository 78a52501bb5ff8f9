//! Seen: the JSON form of what is known of a pasted text.
//!
//! In: a signal, and what was seen like it. Out: the signal with its parts, counts, hits.

use serde::Serialize;

use super::{CutForm, Figure, FixForm, HeadForm, UnknownValueForm, VERSION, milliseconds};
use crate::incident::{Action, Timestamp};
use crate::insight::{FixKind, Nearest, Runbook, Seen, SeenHit};
use crate::search::Cut;
use crate::signal::{Part, Signal};

/// Whether something like a pasted text happened before, and what fixed it.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct SeenForm<'a> {
    #[serde(flatten)]
    pub summary: SeenSummaryForm<'a>,
    /// Incidents that are the same, then those that are like it, then, if asked for, weak ones.
    pub hits: Vec<SeenHitForm<'a>>,
}

/// The same without the hits.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct SeenSummaryForm<'a> {
    pub version: u32,
    /// The folder that the paths of hits are in; null for incidents that are no files.
    pub root: Option<&'a str>,
    /// What was understood of the text.
    pub signal: SignalForm<'a>,
    /// The words that were looked for, with filters, in the query language.
    pub interpreted: &'a str,
    /// `seen`: the same happened before; `like`: something like it did; `nothing`: no incident is like it.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["seen", "like", "nothing"])))]
    pub judgement: &'static str,
    /// How many incidents are the same, at most 100.
    pub times_seen: usize,
    /// How many incidents are the same or like it.
    pub like: usize,
    /// When the first and the last began, of those that are the same, or of those that are like it where none is the same.
    /// Counts of fixes are over these too.
    pub first: Option<Timestamp>,
    pub last: Option<Timestamp>,
    /// What fixed them, the most frequent first.
    pub fixes: Vec<FixCountForm<'a>>,
    /// How many of their reports do not say what fixed them.
    pub fixes_unknown: usize,
    /// The number of incidents of the index.
    pub incidents: usize,
    /// The incident that is nearest, where nothing is like it.
    pub nearest: Option<NearestForm<'a>>,
    /// The runbooks that the text names, then those that the hits link to.
    pub runbooks: Vec<RunbookForm<'a>>,
    /// The actions of the hits that are not marked as done.
    pub open_actions: Vec<OpenActionForm<'a>>,
    /// Files and folders that could not be taken in by the last update, if there are any.
    #[serde(skip_serializing_if = "super::is_zero")]
    pub failed: usize,
    pub took_ms: f64,
    /// Facet values in the filters that no incident has; only computed if nothing matches.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unknown_values: Vec<UnknownValueForm<'a>>,
    /// What was not looked for, because the text asks for more than a search does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cuts: Vec<CutForm>,
}

/// What was understood of a pasted text.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct SignalForm<'a> {
    /// What it is: `alertmanager`, `sentry`, `log`, `trace`, `text` ...
    pub kind: &'static str,
    /// The names of alerts.
    pub names: Vec<PartForm<'a>>,
    /// Types of exceptions and codes of errors.
    pub errors: Vec<PartForm<'a>>,
    pub services: Vec<PartForm<'a>>,
    /// Summaries, messages, descriptions, frames of the team's own code.
    pub text: Vec<PartForm<'a>>,
    /// Other labels.
    pub labels: Vec<LabelForm<'a>>,
    /// When it began.
    pub at: Option<Timestamp>,
    /// Stretches of the text that were not read, in bytes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<[usize; 2]>,
}

/// A piece of the text.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct PartForm<'a> {
    /// Without noise.
    pub text: &'a str,
    /// How much its words count.
    pub weight: Figure,
    /// Where it was found, in bytes of the text.
    pub range: [usize; 2],
    pub line: u32,
}

/// A label: a name, and the piece of the text that is its value.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct LabelForm<'a> {
    pub name: &'a str,
    #[serde(flatten)]
    pub value: PartForm<'a>,
}

/// An incident that is like a pasted text.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct SeenHitForm<'a> {
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["same", "like", "weak"])))]
    pub level: &'static str,
    #[serde(flatten)]
    pub head: HeadForm<'a>,
    /// What fixed it; null where the report does not say it.
    pub fix: Option<FixForm>,
    /// The share of what the words looked for tell that the incident has, and how far its score is from those of all
    /// incidents, in standard deviations.
    pub share: f32,
    pub z: f32,
    /// The share of what the text says that the archive knows.
    pub known: f32,
    /// What the level follows from: `like` from 1, `same` from 2.
    pub evidence: f32,
    /// The words in common, those that tell the most first; and how many were looked for.
    pub words: &'a [String],
    pub of_words: usize,
    /// Links of the report to runbooks.
    pub runbooks: Vec<RunbookForm<'a>>,
    /// The actions that are not marked as done.
    pub open_actions: Vec<OpenActionForm<'a>>,
}

/// How many incidents were fixed in a way.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct FixCountForm<'a> {
    /// As in `fix`; null where the words do not tell.
    pub kind: Option<&'static str>,
    pub count: usize,
    pub ids: &'a [String],
}

/// The incident that is nearest to a text that nothing is like.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct NearestForm<'a> {
    pub id: &'a str,
    pub title: &'a str,
    /// How many of the words it has, and how many were looked for.
    pub words: usize,
    pub of_words: usize,
}

/// Instructions for an alert.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct RunbookForm<'a> {
    pub target: &'a str,
    /// The incident that links to it; null if the pasted text names it.
    pub id: Option<&'a str>,
    pub line: u32,
}

/// An action that is not marked as done.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)]
#[non_exhaustive]
pub struct OpenActionForm<'a> {
    pub id: &'a str,
    pub text: &'a str,
    pub priority: Option<&'a str>,
    pub owner: Option<&'a str>,
    pub due: Option<Timestamp>,
    pub line: u32,
}

impl<'a> SeenForm<'a> {
    /// The JSON form of what was seen like a signal.
    ///
    /// # Examples
    /// ```
    /// use rca_index::signal::Signal;
    /// use rca_index::wire::SeenForm;
    /// use rca_index::{Incident, Index, SearchRequest};
    ///
    /// # let index = Index::in_memory()?;
    /// # index.upsert([Incident::new("OPS-1", "Backlog of the orders queue")])?;
    /// let signal = Signal::read("backlog of the orders queue");
    /// let seen = index.seen(&signal, &SearchRequest::from_signal(&signal), true)?;
    /// let json = serde_json::to_value(SeenForm::new(&signal, &seen).root("/reports"))?;
    /// assert_eq!((&json["signal"]["kind"], &json["hits"][0]["id"]), (&"text".into(), &"OPS-1".into()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(signal: &'a Signal, seen: &'a Seen) -> Self {
        Self { summary: SeenSummaryForm::new(signal, seen), hits: seen.hits.iter().map(SeenHitForm::new).collect() }
    }

    /// The same with the folder that the paths are in.
    ///
    /// # Examples
    /// ```
    /// use rca_index::signal::Signal;
    /// use rca_index::wire::SeenForm;
    /// use rca_index::{Index, SearchRequest};
    ///
    /// let (index, signal) = (Index::in_memory()?, Signal::read("disk of the collector is full"));
    /// let seen = index.seen(&signal, &SearchRequest::from_signal(&signal), false)?;
    /// assert_eq!(SeenForm::new(&signal, &seen).root("/reports").summary.root, Some("/reports"));
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    #[must_use]
    pub fn root(self, root: &'a str) -> Self {
        Self { summary: SeenSummaryForm { root: Some(root), ..self.summary }, ..self }
    }
}

impl<'a> SeenSummaryForm<'a> {
    fn new(signal: &'a Signal, seen: &'a Seen) -> Self {
        Self {
            version: VERSION,
            root: None,
            signal: SignalForm::new(signal),
            interpreted: &seen.interpreted,
            judgement: seen.judgement.name(),
            times_seen: seen.times_seen,
            like: seen.like,
            first: seen.first,
            last: seen.last,
            fixes: seen.fixes.iter().map(FixCountForm::new).collect(),
            fixes_unknown: seen.fixes_unknown,
            incidents: seen.incidents,
            nearest: seen.nearest.as_ref().map(NearestForm::new),
            runbooks: seen.runbooks.iter().map(RunbookForm::new).collect(),
            open_actions: seen.hits.iter().flat_map(open_actions).collect(),
            failed: seen.failed.total(),
            took_ms: milliseconds(seen.took),
            unknown_values: seen.unknown_values.iter().map(UnknownValueForm::new).collect(),
            cuts: seen.cuts.iter().map(|&Cut { what, kept, of }| CutForm { what: what.name(), kept, of }).collect(),
        }
    }
}

impl<'a> SignalForm<'a> {
    fn new(signal: &'a Signal) -> Self {
        let parts = |parts: &'a [Part]| parts.iter().map(PartForm::new).collect();
        let labels = signal.labels.iter();
        Self {
            kind: signal.kind.name(),
            names: parts(&signal.names),
            errors: parts(&signal.errors),
            services: parts(&signal.services),
            text: parts(&signal.text),
            labels: labels.map(|label| LabelForm { name: &label.name, value: PartForm::new(&label.value) }).collect(),
            at: signal.at,
            unread: signal.unread.iter().map(|unread| [unread.range.start, unread.range.end]).collect(),
        }
    }
}

impl<'a> PartForm<'a> {
    fn new(part: &'a Part) -> Self {
        /// A weight of 0.3 is no 0.30000001192092896.
        const DIGITS: f64 = 1e4;
        let weight = Figure((f64::from(part.weight) * DIGITS).round() / DIGITS);
        Self { text: &part.text, weight, range: [part.range.start, part.range.end], line: part.line }
    }
}

impl<'a> SeenHitForm<'a> {
    fn new(hit: &'a SeenHit) -> Self {
        let id = Some(hit.incident.id.as_str());
        let runbooks = hit.runbooks().map(|link| RunbookForm { target: &link.target, id, line: link.line });
        Self {
            level: hit.resemblance.name(),
            head: HeadForm::new(&hit.incident),
            fix: hit.fix.clone().map(FixForm::from),
            share: hit.likeness.share,
            z: hit.likeness.z,
            known: hit.likeness.known,
            evidence: hit.likeness.evidence,
            words: &hit.words,
            of_words: hit.of_words,
            runbooks: runbooks.collect(),
            open_actions: open_actions(hit).collect(),
        }
    }
}

impl<'a> FixCountForm<'a> {
    pub(super) fn new(count: &'a crate::insight::FixCount) -> Self {
        Self { kind: count.kind.map(FixKind::name), count: count.count, ids: &count.ids }
    }
}

impl<'a> NearestForm<'a> {
    pub(super) fn new(nearest: &'a Nearest) -> Self {
        Self { id: &nearest.id, title: &nearest.title, words: nearest.words, of_words: nearest.of_words }
    }
}

impl<'a> RunbookForm<'a> {
    fn new(runbook: &'a Runbook) -> Self {
        Self { target: &runbook.target, id: runbook.id.as_deref(), line: runbook.line }
    }
}

fn open_actions(hit: &SeenHit) -> impl Iterator<Item = OpenActionForm<'_>> {
    hit.open_actions().map(|action: &Action| OpenActionForm {
        id: &hit.incident.id,
        text: &action.text,
        priority: action.priority.as_deref(),
        owner: action.owner.as_deref(),
        due: action.due,
        line: action.line,
    })
}
