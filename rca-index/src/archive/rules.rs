//! The rules of an archive: which facts its reports must state, which values they may use, which problems do not matter.
//!
//! In: `[check]` of the settings, an incident. Out: the problems of what it lacks or says otherwise.

use crate::archive::settings::{CheckSettings, near};
use crate::incident::{
    Incident, MeasureKind, Milestone, PROBLEM_KINDS, Place, Problem, ProblemKind, ProblemSpec, SectionKind, Source,
};
use crate::text::fold::folded;

/// The name of a kind of problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(try_from = "String")]
pub struct ProblemName(&'static ProblemSpec);

impl TryFrom<String> for ProblemName {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let codes = || PROBLEM_KINDS.iter().map(|spec| spec.code);
        let found = PROBLEM_KINDS.iter().find(|spec| spec.code == name).map(Self);
        found.ok_or_else(|| near("kind of problem", &name, codes()))
    }
}

impl ProblemName {
    /// The name.
    ///
    /// # Examples
    /// ```
    /// use rca_index::ProblemName;
    ///
    /// let name = ProblemName::try_from("link-dangling".to_owned()).expect("a known kind");
    /// assert_eq!(name.name(), "link-dangling");
    /// ```
    pub fn name(self) -> &'static str {
        self.0.code
    }
}

/// A fact that a report can be required to state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(try_from = "String")]
pub struct RequiredFact(Fact);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fact {
    Title,
    Date,
    End,
    Severity,
    Services,
    Tags,
    Status,
    Duration,
    Author,
    Section(SectionKind),
    Measure(MeasureKind),
    Milestone(Milestone),
}

impl Fact {
    /// All facts. The sections that every report has are left out.
    fn all() -> impl Iterator<Item = Self> + Clone {
        use Fact::{Author, Date, Duration, End, Services, Severity, Status, Tags, Title};
        let sections = SectionKind::ALL.into_iter().filter(|kind| *kind != SectionKind::Body).map(Self::Section);
        [Title, Date, End, Severity, Services, Tags, Status, Duration, Author]
            .into_iter()
            .chain(sections)
            .chain(MeasureKind::ALL.into_iter().map(Self::Measure))
            .chain(Milestone::ALL.into_iter().map(Self::Milestone))
    }

    fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Date => "date",
            Self::End => "end",
            Self::Severity => "severity",
            Self::Services => "services",
            Self::Tags => "tags",
            Self::Status => "status",
            Self::Duration => "duration",
            Self::Author => "author",
            Self::Section(kind) => kind.name(),
            Self::Measure(kind) => kind.name(),
            Self::Milestone(milestone) => milestone.name(),
        }
    }

    fn is_stated(self, incident: &Incident) -> bool {
        match self {
            Self::Title => incident.title.source != Source::FileName,
            Self::Date => incident.date.is_some(),
            Self::End => incident.end.is_some(),
            Self::Severity => incident.severity.is_some(),
            Self::Services => !incident.services.is_empty(),
            Self::Tags => !incident.tags.is_empty(),
            Self::Status => incident.status.is_some(),
            Self::Duration => incident.duration.is_some(),
            Self::Author => incident.author.is_some() || incident.prepared_by.is_some(),
            Self::Section(SectionKind::Timeline) if !incident.timeline.is_empty() => true,
            Self::Section(SectionKind::Actions) if !incident.actions.is_empty() => true,
            Self::Section(kind) => incident.texts(kind).any(|text| !text.trim().is_empty()),
            Self::Measure(kind) => incident.measure(kind).is_some(),
            Self::Milestone(milestone) => incident.reached(milestone).is_some(),
        }
    }
}

impl TryFrom<String> for RequiredFact {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let found = Fact::all().find(|fact| fact.name() == name).map(Self);
        found.ok_or_else(|| near("fact", &name, Fact::all().map(Fact::name)))
    }
}

impl RequiredFact {
    /// The name of the fact.
    ///
    /// # Examples
    /// ```
    /// use rca_index::RequiredFact;
    ///
    /// let fact = RequiredFact::try_from("severity".to_owned()).expect("a known fact");
    /// assert_eq!(fact.name(), "severity");
    /// ```
    pub fn name(self) -> &'static str {
        self.0.name()
    }
}

/// What a report lacks, or says otherwise than the settings ask for.
pub(super) fn broken_rules(settings: &CheckSettings, incident: &Incident) -> Vec<Problem> {
    let mut missing: Vec<&RequiredFact> = Vec::new();
    for fact in &settings.required {
        if !missing.contains(&fact) && !fact.0.is_stated(incident) {
            missing.push(fact);
        }
    }
    let missing = missing.into_iter().map(|fact| ProblemKind::FactMissing { fact: fact.name().to_owned() });
    let mut problems: Vec<Problem> = missing.map(|kind| Problem::new(1, kind)).collect();
    let mut check = |fact: &str, allowed: Option<&Vec<String>>, values: &[&str], line: Option<u32>| {
        let Some(allowed) = allowed else { return };
        let folded_values: Vec<_> = values.iter().map(|value| folded(value)).collect();
        if allowed.iter().any(|one| folded_values.contains(&folded(one))) {
            return;
        }
        let Some(text) = values.first() else { return };
        let meant = nearest(text, allowed.iter().map(String::as_str)).map(str::to_owned);
        let kind = ProblemKind::ValueNotAllowed { fact: fact.to_owned(), text: (*text).to_owned(), meant };
        problems.push(Problem::new(line.unwrap_or(1), kind));
    };
    let allowed = &settings.allowed;
    if let Some(severity) = &incident.severity {
        let values = [severity.value.label.as_str(), severity.value.name.as_str()];
        check("severity", allowed.severity.as_ref(), &values, severity.line);
    }
    if let Some(status) = &incident.status {
        let label = incident.status_label.as_deref().unwrap_or(&status.value);
        check("status", allowed.status.as_ref(), &[label, &status.value], status.line);
    }
    let line = |at: Option<Place>| at.and_then(|place| place.line);
    for service in &incident.services {
        check("service", allowed.services.as_ref(), &[service], line(incident.services_at));
    }
    for tag in &incident.tags {
        check("tag", allowed.tags.as_ref(), &[tag], line(incident.tags_at));
    }
    problems
}

/// The name that was probably meant: one or two edits away, in any case.
pub(super) fn nearest<'a>(text: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    /// A longer text is no misspelled name, and would take long to compare.
    const LONGEST: usize = 60;
    if text.len() > LONGEST {
        return None;
    }
    let edits = |name: &'a str| (strsim::damerau_levenshtein(&folded(text), &folded(name)), name);
    let (edits, name) = known.map(edits).min_by_key(|(edits, _)| *edits)?;
    (edits <= 2 && edits < text.chars().count()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::{ParseOptions, parse_report};

    fn check(settings: &str, report: &str, expected: &[(u32, &str)]) {
        let settings: CheckSettings = toml::from_str(settings).unwrap();
        let incident = parse_report("a.md", report.to_owned(), &ParseOptions::default()).incident;
        let found: Vec<(u32, String)> =
            broken_rules(&settings, &incident).iter().map(|problem| (problem.line, problem.reason())).collect();
        let found: Vec<(u32, &str)> = found.iter().map(|(line, reason)| (*line, reason.as_str())).collect();
        assert_eq!(found, expected, "{report}");
    }

    #[test]
    fn required_facts_must_be_stated() {
        let settings = "required = [\"severity\", \"date\", \"timeline\", \"users\"]";
        check(
            settings,
            "---\nseverity: P2\ndate: 2024-05-06\nusers: 12\n---\n# A\n\n## Timeline\n\n- 10:00 Alert\n",
            &[],
        );
        check(
            settings,
            "# A\n\nSlow.\n",
            &[
                (1, "no severity; rca.toml requires it"),
                (1, "no date; rca.toml requires it"),
                (1, "no timeline; rca.toml requires it"),
                (1, "no users; rca.toml requires it"),
            ],
        );
        check("required = [\"date\", \"date\"]", "# A\n\nSlow.\n", &[(1, "no date; rca.toml requires it")]);
        check("required = [\"title\"]", "Slow.\n", &[(1, "no title; rca.toml requires it")]);
    }

    #[test]
    fn only_allowed_values_are_in_order() {
        let report =
            "---\nseverity: P2\nservices: [Orders, ordres, web]\nstatus: Resolved (for now)\ntags: [a]\n---\n# A\n";
        check("[allowed]\nseverity = [\"p2\"]\nstatus = [\"resolved\"]\ntags = [\"A\", \"b\"]\n", report, &[]);
        check(
            "[allowed]\nseverity = [\"SEV1\", \"SEV2\"]\nservices = [\"orders\"]\nstatus = [\"open\"]\ntags = []\n",
            report,
            &[
                (2, "severity `P2` is not allowed by rca.toml"),
                (4, "status `Resolved (for now)` is not allowed by rca.toml"),
                (3, "service `ordres` is not allowed by rca.toml; did you mean `orders`?"),
                (3, "service `web` is not allowed by rca.toml"),
                (5, "tag `a` is not allowed by rca.toml"),
            ],
        );
    }

    #[test]
    fn unknown_names_are_errors_that_say_what_is_known() {
        let error = |text: &str| toml::from_str::<CheckSettings>(text).unwrap_err().message().to_owned();
        let message = error("ignore = [\"date-unreadible\"]");
        let start =
            "unknown kind of problem `date-unreadible`; did you mean `date-unreadable`? these are known: folder-unr";
        assert!(message.starts_with(start), "{message}");
        let message = error("required = [\"body\"]");
        assert!(message.starts_with("unknown fact `body`; these are known: title, date, end, severity,"), "{message}");
        let message = error("[allowed]\nteam = []");
        assert!(message.starts_with("unknown field `team`, expected one of `severity`, `status`"), "{message}");
    }
}
