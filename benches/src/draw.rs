//! The draw: a random sample of the facts that rca states, for a person to judge one by one.
//!
//! In: archives. Out: one line per fact: its position, kind and value, and the text of its line.

use std::error::Error;
use std::path::{Path, PathBuf};

use clap::Args;
use fastrand::Rng;
use rca_index::{Incident, Milestone, Sourced};

use crate::facts::incidents;

/// The maximum length of the shown text of a line, in characters.
const WIDTH: usize = 300;

#[derive(Args)]
pub struct Arguments {
    /// Folders of reports
    #[arg(value_name = "ARCHIVE", required = true)]
    archives: Vec<PathBuf>,
    /// The same seed draws the same facts, as long as rca states the same ones
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The number of facts per archive
    #[arg(long, value_name = "N", default_value_t = 20)]
    facts: usize,
}

pub fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    for archive in &arguments.archives {
        let mut incidents = incidents(archive)?;
        incidents.sort_by(|a, b| a.path.cmp(&b.path));
        for drawn in draw(archive, &incidents, arguments.seed, arguments.facts) {
            println!("{drawn}");
        }
    }
    Ok(())
}

/// A number of facts, all equally likely, in the order of the reports.
fn draw(archive: &Path, incidents: &[Incident], seed: u64, count: usize) -> Vec<String> {
    let all: Vec<(&Incident, Fact)> =
        incidents.iter().flat_map(|incident| facts(incident).into_iter().map(move |fact| (incident, fact))).collect();
    let mut places = Rng::with_seed(seed).choose_multiple(0..all.len(), count);
    places.sort_unstable();
    places.into_iter().map(|place| all[place].1.shown(archive, all[place].0)).collect()
}

/// A stated fact of an incident.
struct Fact {
    name: String,
    value: String,
    /// The line that it comes from, if known.
    line: Option<u32>,
}

impl Fact {
    fn shown(&self, archive: &Path, incident: &Incident) -> String {
        let Self { name, value, line } = self;
        let path = format!("{}/{}", archive.display(), incident.path);
        let shown = match line {
            None => format!("{path}  {name}  {value}"),
            Some(line) => {
                let text = incident.source.lines().nth((*line as usize).saturating_sub(1)).unwrap_or_default();
                let text: String = text.trim().chars().take(WIDTH).collect();
                format!("{path}:{line}  {name}  {value}  |  {text}")
            }
        };
        // Text of a report must not control the terminal.
        shown.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
    }
}

/// All stated facts of an incident.
fn facts(incident: &Incident) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut add = |name: &str, value: Option<String>, line: Option<u32>| {
        facts.extend(value.map(|value| Fact { name: name.to_owned(), value, line }));
    };
    add("date", incident.date.as_ref().map(|date| date.value.to_string()), line_of(incident.date.as_ref()));
    add("end", incident.end.as_ref().map(|end| end.value.to_string()), line_of(incident.end.as_ref()));
    let duration = incident.duration.as_ref();
    add("duration", duration.map(|duration| format!("{} minutes", duration.value)), line_of(duration));
    let severity = incident.severity.as_ref();
    let name = severity.map(|severity| format!("{} ({})", severity.value.name, severity.value.label));
    add("severity", name, line_of(severity));
    let status = incident.status.as_ref();
    add("status", status.map(|status| status.value.clone()), line_of(status));
    let services_line = incident.services_at.and_then(|place| place.line);
    add("services", (!incident.services.is_empty()).then(|| incident.services.join(", ")), services_line);
    for milestone in Milestone::ALL {
        let row = incident.timeline.iter().find(|row| row.milestone == Some(milestone));
        let minutes = incident.minutes_to(milestone).map(|minutes| format!("{minutes} minutes"));
        add(milestone.name(), minutes, row.map(|row| row.line));
    }
    for row in &incident.timeline {
        add("row time", row.time.map(|time| time.to_string()), Some(row.line));
    }
    for measure in &incident.measures {
        let value = match &measure.qualifier {
            Some(qualifier) => format!("{} {qualifier}", measure.value),
            None => measure.value.to_string(),
        };
        add(measure.kind.name(), Some(value), Some(measure.line));
    }
    for action in &incident.actions {
        add("action owner", action.owner.clone(), Some(action.line));
        add("action due", action.due.map(|due| due.to_string()), Some(action.line));
        add("action done", action.done.map(|done| done.to_string()), Some(action.line));
    }
    facts
}

/// The line of a fact, if one states it.
fn line_of<T>(fact: Option<&Sourced<T>>) -> Option<u32> {
    fact.and_then(|fact| fact.line)
}

#[cfg(test)]
mod tests {
    use rca_index::parse::{ParseOptions, parse_report};

    use super::*;

    const REPORT: &str = "---\ndate: 2025-06-02\nseverity: P2\nservices: [api, queue]\n---\n# Queue backlog\n\n\
        ## Timeline\n\n- 10:00 Alert fired\n- 10:20 Mitigated\n\n## Impact\n\n- 1,348 users affected\n\n\
        ## Action Items\n\n- [x] Add an alert\u{1b}[2J (owner: SRE)\n";

    #[test]
    fn every_fact_is_drawn_with_its_line() {
        let incident = parse_report("a/queue.md", REPORT.to_owned(), &ParseOptions::default()).incident;
        let all = draw(Path::new("x"), std::slice::from_ref(&incident), 1, 100);
        assert_eq!(all.len(), facts(&incident).len());
        for line in [
            "x/a/queue.md:2  date  2025-06-02  |  date: 2025-06-02",
            "x/a/queue.md:3  severity  P2 (P2)  |  severity: P2",
            "x/a/queue.md:4  services  api, queue  |  services: [api, queue]",
            "x/a/queue.md:11  mitigated  20 minutes  |  - 10:20 Mitigated",
            "x/a/queue.md:10  row time  2025-06-02T10:00Z  |  - 10:00 Alert fired",
            "x/a/queue.md:15  users  1348  |  - 1,348 users affected",
            "x/a/queue.md:19  action done  true  |  - [x] Add an alert [2J (owner: SRE)",
        ] {
            assert!(all.iter().any(|drawn| drawn == line), "{line} in {all:#?}");
        }
    }

    #[test]
    fn the_same_seed_draws_the_same_facts_once_each() {
        let incident = parse_report("queue.md", REPORT.to_owned(), &ParseOptions::default()).incident;
        let drawn = |seed| draw(Path::new(""), std::slice::from_ref(&incident), seed, 5);
        assert_eq!(drawn(1), drawn(1));
        assert!((2..20).any(|seed| drawn(seed) != drawn(1)));
        let once: std::collections::BTreeSet<String> = drawn(1).into_iter().collect();
        assert_eq!(once.len(), 5);
    }
}
