//! The incident: what a report describes, as plain data.
//!
//! In: what `parse` found, or what an embedding tool built by hand. Out: the one value that travels through the whole
//! program; the schema turns it into a document, a hit gives it back.

pub(crate) mod beginning;
mod failed;
mod follow_up;
mod ignored;
pub(crate) mod lines;
pub(crate) mod markup;
pub(crate) mod names;
mod not_a_report;
mod own_field;
mod problem;
mod reached;
mod severity;
pub(crate) mod squeeze;
mod summary;
mod timestamp;
mod zone;

use std::ops::Range;

use serde::{Deserialize, Serialize};

pub use failed::FailedCount;
pub use follow_up::{Action, Lessons, Link};
pub use ignored::{IgnoredCount, IgnoredFile};
pub use markup::Markup;
pub(crate) use markup::Text;
pub use names::{HouseNames, ServiceNames, SeverityLabels};
pub use not_a_report::{LeftOut, NotAReport, NotAReportReason};
pub use own_field::{OwnField, OwnValue};
pub use problem::{Level, PROBLEM_KINDS, Problem, ProblemKind, ProblemSpec};
pub use reached::{CountedFrom, MinutesFrom, Reached, ReachedAt};
pub use severity::Severity;
pub use summary::Summary;
pub use timestamp::{Precision, Timestamp};
pub use zone::DayZone;

/// Where a value was found in a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Source {
    /// Set by the program that built the incident.
    Given,
    /// The YAML, TOML or JSON block at the top.
    FrontMatter,
    /// A `**Severity:** P2` line or a key-value table in the body.
    Metadata,
    /// Worked out from a start and an end.
    StartAndEnd,
    /// The rows of the timeline.
    Timeline,
    /// A heading.
    Heading,
    /// The items of a list or the rows of a table.
    List,
    /// Running text.
    Prose,
    /// The name of the file or its folder.
    FileName,
}

/// Where something was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Where it was found.
    pub source: Source,
    /// The line that states it, counted from 1; none where no line does.
    pub line: Option<u32>,
}

/// A value and where it came from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Where it was found.
    pub source: Source,
    /// The line that states it, counted from 1; none where no line does.
    pub line: Option<u32>,
    /// How a number is to be read: `about 2 hours` is not 2 hours.
    pub bound: Bound,
}

impl<T> Sourced<T> {
    /// A value found at `source`.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Source, Sourced};
    ///
    /// let minutes = Sourced::new(65.0, Source::Prose);
    /// assert_eq!((minutes.value, minutes.line), (65.0, None));
    /// ```
    pub fn new(value: T, source: Source) -> Self {
        Self { value, source, line: None, bound: Bound::Exact }
    }

    /// The same number, to be read so.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Bound, Source, Sourced};
    ///
    /// let minutes = Sourced::new(120.0, Source::Prose).read_as(Bound::About);
    /// assert_eq!(minutes.bound, Bound::About);
    /// ```
    #[must_use]
    pub fn read_as(self, bound: Bound) -> Self {
        Self { bound, ..self }
    }

    /// The same value, stated by a line, counted from 1.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Source, Sourced};
    ///
    /// assert_eq!(Sourced::new("resolved", Source::Metadata).at(4).line, Some(4));
    /// ```
    #[must_use]
    pub fn at(self, line: u32) -> Self {
        Self { line: Some(line), ..self }
    }
}

impl<T> From<T> for Sourced<T> {
    fn from(value: T) -> Self {
        Self::new(value, Source::Given)
    }
}

/// One incident. Everything but the id may be missing: unknown stays unknown, never zero.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Incident {
    /// The report's path in the archive with no extension, `/` between folders; unique in an index.
    pub id: String,
    /// The report's path in the archive, `/` between folders; empty when the incident is no file.
    pub path: String,
    /// The headline.
    pub title: Sourced<String>,
    /// When the incident began.
    pub date: Option<Sourced<Timestamp>>,
    /// When it ended.
    pub end: Option<Sourced<Timestamp>>,
    /// How bad it was.
    pub severity: Option<Sourced<Severity>>,
    /// The services affected, as written, in the order of the report, each once.
    pub services: Vec<String>,
    /// Where the services were found.
    pub services_at: Option<Place>,
    /// The tags, as written, each once. A `/` in a tag makes a hierarchy.
    pub tags: Vec<String>,
    /// Where the tags were found.
    pub tags_at: Option<Place>,
    /// `resolved`, `open`, `monitoring` ...; lower case, in English where the word is known.
    pub status: Option<Sourced<String>>,
    /// The status as written, with its remark.
    pub status_label: Option<String>,
    /// How far the report itself has come: `draft`, `published` ...; lower case.
    pub document_status: Option<Sourced<String>>,
    /// How long the incident lasted, in minutes.
    pub duration: Option<Sourced<f64>>,
    /// Who wrote the report.
    pub author: Option<String>,
    /// Who prepared the report, by its closing line.
    pub prepared_by: Option<String>,
    /// When the report was prepared, by its closing line.
    pub prepared_on: Option<Timestamp>,
    /// The rows of the timeline, in the order of the report.
    pub timeline: Vec<TimelineRow>,
    /// The milestones reached, at most one of each. Of an incident that is no file, the rows' own milestones count as well.
    pub milestones: Vec<Reached>,
    /// What the minutes to the milestones are counted from; when not set, the start if it has a time of day, else the first
    /// row of the timeline that has one.
    pub counted_from: Option<CountedFrom>,
    /// Numbers with a unit that the text states, at most one of each kind.
    pub measures: Vec<Measure>,
    /// The list items of the root cause section.
    pub contributing_factors: Vec<String>,
    /// The list items of the resolution section.
    pub resolution_steps: Vec<String>,
    /// What the team learned.
    pub lessons: Lessons,
    /// What is to be done.
    pub actions: Vec<Action>,
    /// Links to other documents, in the order of the report.
    pub links: Vec<Link>,
    /// Keys of front matter that the field table does not know, in the order of the report, each once.
    pub front_matter: Vec<OwnField>,
    /// The parts of the report under their headings, in the order of the report.
    pub sections: Vec<Section>,
    /// The whole text of the report; sections are ranges of it.
    pub source: String,
    /// What of the source a reader does not see as it is written, in order; none in a text that is not Markdown.
    pub markup: Vec<Markup>,
}

impl Incident {
    /// An incident that knows only its id and title.
    ///
    /// # Examples
    /// ```
    /// use rca_index::Incident;
    ///
    /// let incident = Incident::new("OPS-1", "Queue backlog");
    /// assert_eq!((incident.title.value.as_str(), incident.severity), ("Queue backlog", None));
    /// ```
    pub fn new(id: impl Into<String>, title: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            path: String::new(),
            title: Sourced::from(title.into()),
            date: None,
            end: None,
            severity: None,
            services: Vec::new(),
            services_at: None,
            tags: Vec::new(),
            tags_at: None,
            status: None,
            status_label: None,
            document_status: None,
            duration: None,
            author: None,
            prepared_by: None,
            prepared_on: None,
            timeline: Vec::new(),
            milestones: Vec::new(),
            counted_from: None,
            measures: Vec::new(),
            contributing_factors: Vec::new(),
            resolution_steps: Vec::new(),
            lessons: Lessons::default(),
            actions: Vec::new(),
            links: Vec::new(),
            front_matter: Vec::new(),
            sections: Vec::new(),
            source: String::new(),
            markup: Vec::new(),
        }
    }

    /// Adds a section with this text; for incidents that are no files.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Incident, SectionKind};
    ///
    /// let mut incident = Incident::new("OPS-1", "Queue backlog");
    /// incident.push_section(SectionKind::RootCause, "The consumers were too slow.");
    /// incident.push_section(SectionKind::Resolution, "There are more of them now.");
    /// assert_eq!((incident.sections.len(), incident.sections[1].line), (2, 2));
    /// ```
    pub fn push_section(&mut self, kind: SectionKind, text: &str) {
        if !self.source.is_empty() && !self.source.ends_with('\n') {
            self.source.push('\n');
        }
        let line = lines::line_at(&self.source, self.source.len());
        let start = self.source.len();
        self.source.push_str(text);
        self.sections.push(Section { kind, heading: String::new(), line, range: start..self.source.len() });
    }

    /// The texts of all sections of a kind, in the order of the report.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Incident, SectionKind};
    ///
    /// let mut incident = Incident::new("OPS-1", "Queue backlog");
    /// incident.push_section(SectionKind::RootCause, "The consumers were too slow.");
    /// assert_eq!(incident.texts(SectionKind::RootCause).next(), Some("The consumers were too slow."));
    /// assert_eq!(incident.texts(SectionKind::Impact).next(), None);
    /// ```
    pub fn texts(&self, kind: SectionKind) -> impl Iterator<Item = &str> {
        self.sections.iter().filter(move |s| s.kind == kind).map(|s| self.section_text(s))
    }

    /// The measure of a kind, when the report states one.
    ///
    /// # Examples
    /// ```
    /// use rca_index::MeasureKind;
    /// use rca_index::parse::{ParseOptions, parse_report};
    ///
    /// let text = "# Queue\n\n## Impact\n\n- 1,348 users affected\n".to_owned();
    /// let incident = parse_report("queue.md", text, &ParseOptions::default()).incident;
    /// assert_eq!(incident.measure(MeasureKind::Users).map(|users| users.value), Some(1348.0));
    /// assert_eq!(incident.measure(MeasureKind::Tickets), None);
    /// ```
    pub fn measure(&self, kind: MeasureKind) -> Option<&Measure> {
        self.measures.iter().find(|m| m.kind == kind)
    }

    /// The headline number: users affected x minutes, unknown when either is.
    ///
    /// # Examples
    /// ```
    /// use rca_index::parse::{ParseOptions, parse_report};
    ///
    /// let text = "# Queue\n\n**Duration:** 65 minutes\n\n## Impact\n\n- 1,348 users affected\n".to_owned();
    /// let incident = parse_report("queue.md", text, &ParseOptions::default()).incident;
    /// assert_eq!(incident.impact_user_minutes(), Some(65.0 * 1348.0));
    /// ```
    pub fn impact_user_minutes(&self) -> Option<f64> {
        Some(self.measure(MeasureKind::Users)?.value * self.duration.as_ref()?.value)
    }

    /// When a milestone was reached, and where the report says so.
    ///
    /// # Examples
    /// ```
    /// use rca_index::Milestone;
    /// use rca_index::parse::{ParseOptions, parse_report};
    ///
    /// let text = "# Queue\n\n**Date:** 2025-06-02\n\n## Timeline\n- 10:00 Alert fired\n- 10:20 Mitigated\n".to_owned();
    /// let incident = parse_report("queue.md", text, &ParseOptions::default()).incident;
    /// assert_eq!(incident.reached(Milestone::Mitigated).and_then(|reached| reached.line), Some(7));
    /// assert_eq!(incident.reached(Milestone::Resolved), None);
    /// ```
    pub fn reached(&self, milestone: Milestone) -> Option<Reached> {
        let row = || {
            let row = self.timeline.iter().find(|row| row.milestone == Some(milestone) && row.time.is_some())?;
            Some(Reached { milestone, at: ReachedAt::Time(row.time?), source: Source::Timeline, line: Some(row.line) })
        };
        let found = self.milestones.iter().find(|reached| reached.milestone == milestone).copied();
        // What a parser knows it has said.
        found.or_else(|| if self.counted_from.is_none() { row() } else { None })
    }

    /// What minutes are counted from: as found in the report, else the start when it has a time of day, else the first row
    /// of the timeline that has one.
    ///
    /// # Examples
    /// ```
    /// use rca_index::MinutesFrom;
    /// use rca_index::parse::{ParseOptions, parse_report};
    ///
    /// let text = "# Queue\n\n**Start:** 2025-06-02 10:00 UTC\n\n## Timeline\n- 10:20 Mitigated\n".to_owned();
    /// let incident = parse_report("queue.md", text, &ParseOptions::default()).incident;
    /// assert_eq!(incident.minutes_from().map(|from| from.origin), Some(MinutesFrom::StatedStart));
    /// ```
    pub fn minutes_from(&self) -> Option<CountedFrom> {
        let start = || {
            let date = self.date.as_ref().filter(|date| date.value.has_time())?;
            Some(CountedFrom { time: date.value, origin: MinutesFrom::StatedStart, line: date.line })
        };
        let row = || {
            let row = self.timeline.iter().find(|row| row.time.is_some_and(|time| time.has_time()))?;
            Some(CountedFrom { time: row.time?, origin: MinutesFrom::FirstRow, line: Some(row.line) })
        };
        self.counted_from.or_else(start).or_else(row)
    }

    /// Minutes to a milestone, as stated or counted from [`Self::minutes_from`].
    ///
    /// Unknown when either point in time is, has no time of day, or when the milestone lies before the start.
    ///
    /// # Examples
    /// ```
    /// use rca_index::Milestone;
    /// use rca_index::parse::{ParseOptions, parse_report};
    ///
    /// let text = "# Queue\n\n**Date:** 2025-06-02\n\n## Timeline\n- 10:00 Alert fired\n- 10:20 Mitigated\n".to_owned();
    /// let incident = parse_report("queue.md", text, &ParseOptions::default()).incident;
    /// assert_eq!(incident.minutes_to(Milestone::Mitigated), Some(20.0));
    /// ```
    pub fn minutes_to(&self, milestone: Milestone) -> Option<f64> {
        let reached = match self.reached(milestone)?.at {
            ReachedAt::Minutes(minutes) => return Some(minutes),
            ReachedAt::Time(time) => time,
        };
        let minutes = (reached.unix_seconds() - self.minutes_from()?.time.unix_seconds()) as f64 / 60.0;
        (reached.has_time() && minutes >= 0.0).then_some(minutes)
    }
}

/// The heading of the section that holds a report's front matter, whose text is searched like any other.
pub const FRONT_MATTER: &str = "Front matter";

/// A part of the report under one heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// What the part is about.
    pub kind: SectionKind,
    /// The heading as written, with no markup; empty for text before the first heading, [`FRONT_MATTER`] for that block.
    pub heading: String,
    /// The line of `range.start`, counted from 1.
    pub line: u32,
    /// Bytes of the source: the text below the heading, up to the next heading of any level.
    pub range: Range<usize>,
}

impl Section {
    /// Whether this is the block of front matter.
    ///
    /// # Examples
    /// ```
    /// use rca_index::parse::{ParseOptions, parse_report};
    ///
    /// let text = "---\nseverity: P2\n---\n# Queue\n\nThe consumers were too slow.\n".to_owned();
    /// let incident = parse_report("queue.md", text, &ParseOptions::default()).incident;
    /// assert!(incident.sections.iter().any(|section| section.is_front_matter()));
    /// ```
    pub fn is_front_matter(&self) -> bool {
        self.kind == SectionKind::Body && self.heading == FRONT_MATTER
    }
}

/// What a section is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
#[non_exhaustive]
pub enum SectionKind {
    Summary,
    Timeline,
    RootCause,
    Impact,
    Resolution,
    Lessons,
    Actions,
    Related,
    /// Everything else, front matter included.
    Body,
}

impl SectionKind {
    /// All kinds, in the order of a report.
    pub const ALL: [Self; 9] = [
        Self::Summary,
        Self::Timeline,
        Self::RootCause,
        Self::Impact,
        Self::Resolution,
        Self::Lessons,
        Self::Actions,
        Self::Related,
        Self::Body,
    ];

    /// The name in queries and in machine-readable output.
    ///
    /// # Examples
    /// ```
    /// use rca_index::SectionKind;
    ///
    /// assert_eq!(SectionKind::RootCause.name(), "rootcause");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Self::Summary => "summary",
            Self::Timeline => "timeline",
            Self::RootCause => "rootcause",
            Self::Impact => "impact",
            Self::Resolution => "resolution",
            Self::Lessons => "lessons",
            Self::Actions => "actions",
            Self::Related => "related",
            Self::Body => "body",
        }
    }
}

/// One row of the timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineRow {
    /// When, if the row's time could be read.
    pub time: Option<Timestamp>,
    /// The time as written.
    pub label: String,
    /// What happened.
    pub text: String,
    /// The milestone that the row marks; each milestone marks one row at most.
    pub milestone: Option<Milestone>,
    /// The row's line in the report, counted from 1.
    pub line: u32,
}

/// A turning point of an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
#[non_exhaustive]
pub enum Milestone {
    Detected,
    Acknowledged,
    Identified,
    Mitigated,
    Resolved,
}

impl Milestone {
    /// All milestones, in their usual order.
    pub const ALL: [Self; 5] = [Self::Detected, Self::Acknowledged, Self::Identified, Self::Mitigated, Self::Resolved];

    /// The name in machine-readable output.
    ///
    /// # Examples
    /// ```
    /// use rca_index::Milestone;
    ///
    /// assert_eq!(Milestone::Mitigated.name(), "mitigated");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Self::Detected => "detected",
            Self::Acknowledged => "acknowledged",
            Self::Identified => "identified",
            Self::Mitigated => "mitigated",
            Self::Resolved => "resolved",
        }
    }
}

/// A number with a unit taken from the text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// What was measured; fixes the unit.
    pub kind: MeasureKind,
    /// The number, in the unit of its kind.
    pub value: f64,
    /// How the number is to be read.
    pub bound: Bound,
    /// What the kind leaves open: the currency of revenue (`USD`), the percentile of a latency (`p99`).
    pub qualifier: Option<String>,
    /// Where it was found.
    pub source: Source,
    /// The line that states it, counted from 1.
    pub line: u32,
}

/// What a measure counts, with its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MeasureKind {
    /// Users or customers affected.
    Users,
    /// Errors shown to customers, failed requests.
    Errors,
    /// Support tickets.
    Tickets,
    /// Revenue lost, in units of the currency in the qualifier.
    Revenue,
    /// Requests affected, in per cent of all.
    RequestsPct,
    /// Error rate at its worst, in per cent.
    ErrorRatePct,
    /// Error rate in normal times, in per cent.
    ErrorRateBaselinePct,
    /// Latency in normal times, in milliseconds.
    LatencyBeforeMs,
    /// Latency at its worst, in milliseconds.
    LatencyAfterMs,
}

impl MeasureKind {
    /// All kinds.
    pub const ALL: [Self; 9] = [
        Self::Users,
        Self::Errors,
        Self::Tickets,
        Self::Revenue,
        Self::RequestsPct,
        Self::ErrorRatePct,
        Self::ErrorRateBaselinePct,
        Self::LatencyBeforeMs,
        Self::LatencyAfterMs,
    ];

    /// The name in machine-readable output.
    ///
    /// # Examples
    /// ```
    /// use rca_index::MeasureKind;
    ///
    /// assert_eq!(MeasureKind::ErrorRatePct.name(), "error_rate_pct");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Errors => "errors",
            Self::Tickets => "tickets",
            Self::Revenue => "revenue",
            Self::RequestsPct => "requests_pct",
            Self::ErrorRatePct => "error_rate_pct",
            Self::ErrorRateBaselinePct => "error_rate_baseline_pct",
            Self::LatencyBeforeMs => "latency_before_ms",
            Self::LatencyAfterMs => "latency_after_ms",
        }
    }
}

/// How a measure's number is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    /// The number itself.
    #[default]
    Exact,
    /// About the number: `~`, "approximately".
    About,
    /// Less than the number, or up to it.
    AtMost,
    /// More than the number, or at least it.
    AtLeast,
}
