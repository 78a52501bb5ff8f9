//! Fields on demand: of a hit or an incident, only what is asked for, in that order.
//!
//! In: a list of names, and a hit or an incident. Out: a form with these fields. JSON, JSON Lines and CSV read this one table,
//! so a name means the same in each of them.

use std::fmt;

use serde::Serialize;
use serde::ser::SerializeMap as _;
use serde_json::Value;

use super::incident::{measure_details, minutes_to, sections, sources, timeline};
use super::links::{LinkLookup, backlinks, links};
use super::{ExplanationForm, Figure, FixForm, HeadForm, HitForm, OwnFields};
use crate::incident::{Incident, MeasureKind, Milestone};
use crate::search::{Hit, Snippet};

/// What fields are taken from.
struct Subject<'a> {
    incident: &'a Incident,
    hit: Option<&'a Hit>,
    root: Option<&'a str>,
    lookup: &'a dyn LinkLookup,
}

impl Subject<'_> {
    fn severity(&self) -> Option<&crate::incident::Severity> {
        self.incident.severity.as_ref().map(|severity| &severity.value)
    }

    /// The best snippet of a hit.
    fn snippet(&self) -> Option<&Snippet> {
        self.hit?.snippets.first()
    }
}

/// A field of hits and incidents.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct FormField {
    /// The name.
    pub name: &'static str,
    /// What it holds.
    pub help: &'static str,
    /// Whether only hits of a search have it.
    pub of_hits: bool,
    value: fn(&Subject<'_>) -> Value,
}

const fn field(name: &'static str, help: &'static str, value: fn(&Subject<'_>) -> Value) -> FormField {
    FormField { name, help, of_hits: false, value }
}

const fn of_hits(name: &'static str, help: &'static str, value: fn(&Subject<'_>) -> Value) -> FormField {
    FormField { name, help, of_hits: true, value }
}

/// A value as JSON. By way of its text, so that a number keeps the digits that it is written with.
fn json(value: impl Serialize) -> Value {
    serde_json::to_string(&value).ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

/// All fields, those of a whole hit first.
pub const FORM_FIELDS: &[FormField] = &[
    of_hits("match", "which of the words the incident has: `all` or `some`", |s| json(s.hit.map(|h| h.matched.name()))),
    field("id", "the name of the incident", |s| json(&s.incident.id)),
    field("path", "the path of the report in the archive", |s| json(&s.incident.path)),
    field("title", "the title", |s| json(&s.incident.title.value)),
    field("date", "when it started, UTC", |s| json(s.incident.date.as_ref().map(|date| date.value))),
    field("severity", "the severity by its usual name", |s| json(s.severity().map(|severity| &severity.name))),
    field("services", "the services affected", |s| json(&s.incident.services)),
    field("tags", "the tags", |s| json(&s.incident.tags)),
    field("status", "the status by its known word", |s| json(HeadForm::new(s.incident).status)),
    field("duration_minutes", "how long it lasted", |s| json(HeadForm::new(s.incident).duration_minutes)),
    field("impact_user_minutes", "users affected times minutes", |s| {
        json(s.incident.impact_user_minutes().map(Figure))
    }),
    field("measures", "users, errors, tickets, revenue ...; `measures.users` is one of them", |s| {
        json(HeadForm::new(s.incident).measures)
    }),
    of_hits("score", "the score", |s| json(s.hit.map(|hit| hit.score))),
    of_hits("snippets", "passages that match", |s| json(s.hit.map(|hit| HitForm::new(hit).snippets))),
    of_hits("explanation", "how the score was computed, with --explain", |s| {
        json(s.hit.and_then(|hit| hit.explanation.as_ref()).map(ExplanationForm::new))
    }),
    of_hits("section", "the section of the best passage", |s| json(s.snippet().map(|snippet| snippet.section.name()))),
    of_hits("line", "the line of the best passage", |s| json(s.snippet().map(|snippet| snippet.line))),
    of_hits("snippet", "the text of the best passage", |s| json(s.snippet().map(|snippet| &snippet.text))),
    field("root", "the folder that the path is in", |s| json(s.root)),
    field("end", "when it ended, UTC", |s| json(s.incident.end.as_ref().map(|end| end.value))),
    field("duration_bound", "how the duration is to be read: `exact`, `about`, `at-most`, `at-least`", |s| {
        json(s.incident.duration.as_ref().map(|duration| duration.bound))
    }),
    field("severity_label", "the severity as written", |s| json(s.severity().map(|severity| &severity.label))),
    field("severity_rank", "0 (most severe) to 5", |s| json(s.severity().and_then(|severity| severity.rank))),
    field("status_label", "the status as written", |s| json(&s.incident.status_label)),
    field("document_status", "how far the report itself has come", |s| {
        json(s.incident.document_status.as_ref().map(|status| &status.value))
    }),
    field("sources", "where each fact was found", |s| json(sources(s.incident))),
    field("author", "who wrote the report", |s| json(&s.incident.author)),
    field("prepared_by", "who prepared the report", |s| json(&s.incident.prepared_by)),
    field("prepared_on", "when the report was prepared", |s| json(s.incident.prepared_on)),
    field("minutes_to", "minutes to each milestone; `minutes_to.resolved` is one of them", |s| {
        json(minutes_to(s.incident))
    }),
    field("minutes_from", "what these minutes are counted from", |s| {
        json(s.incident.minutes_from().map(|from| from.origin.name()))
    }),
    field("measure_details", "measures with bound, qualifier and line", |s| json(measure_details(s.incident))),
    field(
        "fix",
        "what fixed it; `null` where the report does not say it; `fix.text` and `fix.line` are entries",
        |s| json(s.incident.fix().map(FixForm::from)),
    ),
    field("timeline", "the rows of the timeline", |s| json(timeline(s.incident))),
    field("contributing_factors", "what contributed", |s| json(&s.incident.contributing_factors)),
    field("resolution_steps", "what was done", |s| json(&s.incident.resolution_steps)),
    field("lessons", "what the team learned", |s| json(&s.incident.lessons)),
    field("actions", "what is to be done, with owner, due date and whether it is done", |s| json(&s.incident.actions)),
    field("links", "links with their targets", |s| json(links(s.incident, s.lookup))),
    field("backlinks", "the incidents that link to this one, the newest first", |s| {
        json(backlinks(s.incident, s.lookup).0)
    }),
    field("backlinks_total", "how many incidents link to this one", |s| json(backlinks(s.incident, s.lookup).1)),
    field("front_matter", "keys of your own, as written; `front_matter.team` is one of them", |s| {
        json(OwnFields(&s.incident.front_matter))
    }),
    field("sections", "the text, by section", |s| json(sections(s.incident))),
];

/// One field that is asked for: a field, or an entry of one that is a map.
#[derive(Debug, Clone)]
struct Wanted {
    name: String,
    field: &'static FormField,
    entry: Option<String>,
}

impl Wanted {
    fn parse(name: &str, hits: bool) -> Option<Self> {
        let named = |name: &str| FORM_FIELDS.iter().find(|field| field.name == name && (hits || !field.of_hits));
        if let Some(field) = named(name) {
            return Some(Self { name: name.to_owned(), field, entry: None });
        }
        let (map, entry) = name.split_once('.')?;
        let is_known = match map {
            "measures" => MeasureKind::ALL.iter().any(|kind| kind.name() == entry),
            "minutes_to" => Milestone::ALL.iter().any(|milestone| milestone.name() == entry),
            // Only an archive knows its keys, and not every report has each of them.
            "front_matter" => !entry.is_empty(),
            "fix" => ["text", "kind", "source", "line"].contains(&entry),
            _ => false,
        };
        let field = named(map).filter(|_| is_known)?;
        Some(Self { name: name.to_owned(), field, entry: Some(entry.to_owned()) })
    }

    fn value(&self, subject: &Subject<'_>) -> Value {
        let mut value = (self.field.value)(subject);
        match &self.entry {
            Some(entry) => value.get_mut(entry).map(Value::take).unwrap_or_default(),
            None => value,
        }
    }
}

/// A name that is not a field, and the fields there are.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownField {
    /// The name.
    pub name: String,
    /// The names of the fields.
    pub known: Vec<&'static str>,
}

impl fmt::Display for UnknownField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a field; the fields are {}", self.name, self.known.join(", "))
    }
}

impl std::error::Error for UnknownField {}

/// The fields that are asked for, each once, in the order given.
#[derive(Debug, Clone)]
pub struct Fields(Vec<Wanted>);

impl Fields {
    /// The fields of a hit when none are asked for.
    const OF_A_HIT: &'static str = "match,id,path,title,date,severity,services,tags,status,duration_minutes,impact_user_minutes,measures,score,snippets";

    /// Reads a list of names with commas between them, for hits of a search; with a `+` in front, they are added to the
    /// fields that a hit has anyway.
    ///
    /// # Errors
    /// The first name that is not a field.
    ///
    /// # Examples
    /// ```
    /// use rca_index::wire::Fields;
    ///
    /// let fields = Fields::of_hits("id,score")?;
    /// assert_eq!(fields.names().collect::<Vec<_>>(), ["id", "score"]);
    /// assert!(Fields::of_hits("colour").is_err());
    /// # Ok::<(), rca_index::wire::UnknownField>(())
    /// ```
    pub fn of_hits(list: &str) -> Result<Self, UnknownField> {
        match list.strip_prefix('+') {
            Some(more) => Self::parse(&format!("{},{more}", Self::OF_A_HIT), true),
            None => Self::parse(list, true),
        }
    }

    /// Reads a list of names with commas between them, for one incident.
    ///
    /// # Errors
    /// The first name that is not a field.
    ///
    /// # Examples
    /// ```
    /// use rca_index::wire::Fields;
    ///
    /// assert!(Fields::of_incidents("id,minutes_to.resolved").is_ok());
    /// // One incident that was not searched for has no score.
    /// assert!(Fields::of_incidents("score").is_err());
    /// ```
    pub fn of_incidents(list: &str) -> Result<Self, UnknownField> {
        Self::parse(list, false)
    }

    fn parse(list: &str, hits: bool) -> Result<Self, UnknownField> {
        let mut fields: Vec<Wanted> = Vec::new();
        for name in list.split(',').map(str::trim) {
            let unknown = || UnknownField { name: name.to_owned(), known: Self::known(hits) };
            let wanted = Wanted::parse(name, hits).ok_or_else(unknown)?;
            if !fields.iter().any(|field| field.name == wanted.name) {
                fields.push(wanted);
            }
        }
        Ok(Self(fields))
    }

    /// The names of all fields of hits, or of incidents.
    ///
    /// # Examples
    /// ```
    /// use rca_index::wire::Fields;
    ///
    /// assert!(Fields::known(true).contains(&"score") && !Fields::known(false).contains(&"score"));
    /// ```
    pub fn known(hits: bool) -> Vec<&'static str> {
        FORM_FIELDS.iter().filter(|field| hits || !field.of_hits).map(|field| field.name).collect()
    }

    /// The names of these fields.
    ///
    /// # Examples
    /// ```
    /// use rca_index::wire::Fields;
    ///
    /// let fields = Fields::of_incidents("title, id")?;
    /// assert_eq!(fields.names().collect::<Vec<_>>(), ["title", "id"]);
    /// # Ok::<(), rca_index::wire::UnknownField>(())
    /// ```
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|wanted| wanted.name.as_str())
    }

    /// These fields of a hit. The index knows where links lead.
    ///
    /// # Examples
    /// ```
    /// use rca_index::wire::{Fields, NoLinks};
    /// use rca_index::{Incident, Index, SearchRequest};
    ///
    /// # let index = Index::in_memory()?;
    /// # index.upsert([Incident::new("OPS-1", "Queue backlog")])?;
    /// let found = index.search(&SearchRequest::parse("queue")?)?;
    /// let fields = Fields::of_hits("id,match").unwrap();
    /// let json = serde_json::to_value(fields.of_hit(&found.hits[0], None, &NoLinks))?;
    /// assert_eq!(json, serde_json::json!({"id": "OPS-1", "match": "all"}));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of_hit(&self, hit: &Hit, root: Option<&str>, lookup: &dyn LinkLookup) -> SelectedForm<'_> {
        self.of(&Subject { incident: &hit.incident, hit: Some(hit), root, lookup })
    }

    /// These fields of an incident. The index knows where links lead.
    ///
    /// # Examples
    /// ```
    /// use rca_index::Incident;
    /// use rca_index::wire::{Fields, NoLinks};
    ///
    /// let (incident, fields) = (Incident::new("OPS-1", "Queue backlog"), Fields::of_incidents("title").unwrap());
    /// let json = serde_json::to_value(fields.of_incident(&incident, None, &NoLinks))?;
    /// assert_eq!(json, serde_json::json!({"title": "Queue backlog"}));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn of_incident(&self, incident: &Incident, root: Option<&str>, lookup: &dyn LinkLookup) -> SelectedForm<'_> {
        self.of(&Subject { incident, hit: None, root, lookup })
    }

    fn of(&self, subject: &Subject<'_>) -> SelectedForm<'_> {
        SelectedForm(self.0.iter().map(|wanted| (wanted.name.as_str(), wanted.value(subject))).collect())
    }
}

/// Fields that are asked for, and their values.
#[derive(Debug)]
pub struct SelectedForm<'a>(pub Vec<(&'a str, Value)>);

impl Serialize for SelectedForm<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        self.0.iter().try_for_each(|(name, value)| map.serialize_entry(name, value))?;
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::Summary;
    use crate::parse::{ParseOptions, parse_report};
    use crate::wire::IncidentForm;
    use crate::{Index, SearchRequest};

    const REPORT: &str = "---\nseverity: P1\nteam: payments\n---\n# Disk full\n\n**Services:** api\n\n## Impact\n\n\
                          120 users saw errors.\n\n## Timeline\n\n- 10:00 Errors began\n- 10:04 Alert fired\n\n\
                          ## Action items\n\n- Buy disks, see [other](b.md)\n";

    /// Every link means what it says, and another incident links to each.
    struct Known;

    impl LinkLookup for Known {
        fn linked(&self, _: &Incident, target: &str) -> Vec<String> {
            vec![target.to_owned()]
        }

        fn backlinks(&self, incident: &Incident) -> (Vec<Summary>, usize) {
            (vec![Summary::from(incident)], 7)
        }
    }

    #[test]
    fn a_field_is_what_the_whole_form_has() {
        let incident = parse_report("a.md", REPORT.to_owned(), &ParseOptions::default()).incident;
        let whole = json(IncidentForm::new(&incident, &Known).root("/r"));
        let all = Fields::of_incidents(&Fields::known(false).join(",")).unwrap();
        let mut picked = json(all.of_incident(&incident, Some("/r"), &Known));
        picked["version"] = whole["version"].clone();
        assert_eq!(picked, whole);
        assert_eq!(picked["links"][0]["ids"], json(["b.md"]));
        assert_eq!((&picked["backlinks"][0]["id"], &picked["backlinks_total"]), (&json("a"), &json(7)));
    }

    #[test]
    fn a_hit_has_its_own_fields_and_keeps_their_order() {
        let index = Index::in_memory().unwrap();
        index.upsert([parse_report("a.md", REPORT.to_owned(), &ParseOptions::default()).incident]).unwrap();
        let results = index.search(&SearchRequest::parse("disk").unwrap().explain(true)).unwrap();
        let hit = &results.hits[0];
        let all = Fields::of_hits("+explanation").unwrap();
        assert_eq!(json(all.of_hit(hit, None, &Known)), json(HitForm::new(hit)));
        let text = |list: &str| {
            let fields = Fields::of_hits(list).unwrap();
            serde_json::to_string(&fields.of_hit(hit, Some("/r"), &Known)).unwrap()
        };
        let expected =
            "{\"measures.users\":120,\"front_matter.team\":\"payments\",\"id\":\"a\",\"measures.tickets\":null}";
        assert_eq!(text("measures.users, front_matter.team,id,measures.tickets,id"), expected);
        assert_eq!(text("root,line,section"), "{\"root\":\"/r\",\"line\":20,\"section\":\"actions\"}");
    }

    #[test]
    fn unknown_names_are_errors_with_what_is_known() {
        for (list, name) in [("id,colour", "colour"), ("", ""), ("measures.cats", "measures.cats"), ("id.x", "id.x")] {
            let error = Fields::of_hits(list).unwrap_err();
            assert_eq!(error.name, name);
            assert!(error.to_string().contains("minutes_to, minutes_from"), "{error}");
        }
        assert!(Fields::of_incidents("score").is_err());
    }
}
