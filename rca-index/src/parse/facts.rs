//! Facts: what front matter and metadata state of an incident, read into typed values.
//!
//! In: keys and values from both, in their order of precedence. Out: `Facts`. The first statement of a fact counts; what
//! cannot be read becomes a problem and leaves the fact to the next statement.

use std::collections::HashSet;

use crate::incident::{HouseNames, Link, Measure, MeasureKind, Problem, ProblemKind, Source, Sourced};
use crate::incident::{Place, Severity};
use crate::parse::keys::Key;
use crate::parse::measure_value::{MeasureValue, measure_value};
use crate::parse::service_name::{Named, named, service_name, service_texts};
use crate::parse::value::{Value, clean};
use crate::parse::when::When;
use crate::parse::words::{StatusWord, leading_status, plain};

/// The longest value of a facet, in characters; anything longer is a sentence.
const MAX_FACET: usize = 100;

/// What is stated so far.
#[derive(Debug, Default)]
pub(crate) struct Facts<'a> {
    /// The team's names of services and severities.
    house: Option<&'a HouseNames>,
    pub(crate) title: Option<Sourced<String>>,
    /// When it was and how long.
    pub(crate) when: When,
    pub(crate) severity: Option<Sourced<Severity>>,
    pub(crate) services: Vec<String>,
    pub(crate) services_at: Option<Place>,
    pub(crate) tags: Vec<String>,
    pub(crate) tags_at: Option<Place>,
    /// A title, unless there is a better one.
    pub(crate) name: Option<Sourced<String>>,
    pub(crate) status: Option<Sourced<String>>,
    pub(crate) status_label: Option<String>,
    pub(crate) document_status: Option<Sourced<String>>,
    pub(crate) author: Option<String>,
    pub(crate) related: Vec<Link>,
    pub(crate) summary: Option<String>,
    pub(crate) measures: Vec<Measure>,
    pub(crate) problems: Vec<Problem>,
}

impl<'a> Facts<'a> {
    /// No facts, of an archive with these names.
    pub(crate) fn new(house: &'a HouseNames) -> Self {
        Self { house: Some(house), ..Self::default() }
    }

    /// Takes in one statement.
    pub(crate) fn state(&mut self, key: Key, value: &Value, source: Source, line: u32) {
        let Some(text) = value.text() else { return };
        match key {
            Key::Title => self.title = self.title.take().or(Some(Sourced::new(text, source).at(line))),
            Key::Name => self.name = self.name.take().or(Some(Sourced::new(text, source).at(line))),
            Key::Start
            | Key::Date
            | Key::Detected
            | Key::Published
            | Key::End
            | Key::Zone
            | Key::Duration(_)
            | Key::DurationSeconds => self.when.state(key, value, source, line, &mut self.problems),
            Key::Resolved => match text.to_lowercase().as_str() {
                "true" | "yes" => self.status("resolved", source, line),
                "false" | "no" => self.status("open", source, line),
                _ => self.when.state(Key::End, value, source, line, &mut self.problems),
            },
            Key::Severity => self.severity(&text, source, line),
            Key::Services => {
                // Lists in front matter, a metadata line and a table often repeat each other; the first counts.
                let at = self.services_at.unwrap_or(Place { source, line: Some(line) });
                let texts = if at.source == source { service_texts(value) } else { Vec::new() };
                let names: Vec<String> = texts.iter().filter_map(|text| self.service(text, line)).collect();
                if !names.is_empty() {
                    self.services_at = Some(at);
                    add_each(&mut self.services, names.iter().map(String::as_str));
                }
            }
            Key::Tags => {
                self.tags_at.get_or_insert(Place { source, line: Some(line) });
                add_each(&mut self.tags, value.texts().iter().map(String::as_str));
            }
            Key::Status => self.status(&text, source, line),
            Key::DocumentStatus => {
                let status = Sourced::new(cut(&plain(&text)), source).at(line);
                self.document_status.get_or_insert(status);
            }
            Key::Impact => {
                if let Some(severity) = Severity::of_status_page(&text) {
                    self.severity.get_or_insert(Sourced::new(severity, source).at(line));
                }
            }
            Key::Author => {
                let names = value.texts();
                self.author.get_or_insert_with(|| names.join(", "));
            }
            Key::Related => {
                let target = |text: &String| {
                    let inner = text.trim_start_matches('[').trim_end_matches(']');
                    let (target, label) = inner.split_once('|').map_or((inner, None), |(a, b)| (a, Some(b)));
                    let external = target.contains("://");
                    let label = label.map(|label| label.trim().to_owned());
                    Link { target: target.trim().to_owned(), external, label, line }
                };
                self.related.extend(nested_texts(value).iter().map(target).filter(|link| !link.target.is_empty()));
            }
            Key::Summary => self.summary = self.summary.take().or_else(|| raw_text(value)),
            Key::Measure(kind) => self.measure(kind, false, &text, source, line),
            Key::Share(kind) => self.measure(kind, true, &text, source, line),
        }
    }

    fn severity(&mut self, text: &str, source: Source, line: u32) {
        if self.severity.is_some() {
            return;
        }
        let labels = self.house.map(|house| &house.severities);
        let Some(severity) = labels.map_or_else(|| Severity::parse(text), |labels| labels.parse(text)) else { return };
        let own = labels.is_some_and(|labels| labels.knows(&severity.name));
        let several = severity.rank.is_none() && labels.is_some_and(|labels| labels.lists_several(text));
        if severity.names_several() || several {
            self.problem(line, ProblemKind::SeverityNotChosen { text: short(text) });
        } else if severity.rank.is_none() {
            self.problem(line, ProblemKind::SeverityUnknown { text: short(text) });
        } else if !own && severity.is_misspelled() {
            let kind = ProblemKind::SeverityMisspelled { text: short(text), name: severity.name.clone() };
            self.problem(line, kind);
        }
        self.severity = Some(Sourced::new(severity, source).at(line));
    }

    /// The name of a service that a text is, without what is no part of a name.
    pub(crate) fn service(&mut self, text: &str, line: u32) -> Option<String> {
        let name = service_name(text);
        let known = self.house.is_some_and(|house| house.services.knows(&name));
        match if known { Named::Plainly(name) } else { named(name) } {
            Named::Plainly(name) => Some(name).filter(|name| !name.is_empty()),
            Named::WithCount { text, name } => {
                self.problem(line, ProblemKind::ServiceNotAName { text: short(&text), name: Some(name.clone()) });
                Some(name)
            }
            Named::NotAtAll(text) => {
                self.problem(line, ProblemKind::ServiceNotAName { text: short(&text), name: None });
                None
            }
        }
    }

    /// The known word in front of a status counts, what follows is a remark. Of a word that is not known, the first clause
    /// is kept. A status of the document is another fact.
    fn status(&mut self, text: &str, source: Source, line: u32) {
        /// A longer one is a sentence.
        const WORDS: usize = 4;
        let label = text.trim_matches(|c: char| !(c.is_alphanumeric() || matches!(c, ')' | '）')));
        let whole = plain(label);
        let status = match leading_status(&whole) {
            Some((StatusWord::Document, _)) => {
                let status = Sourced::new(cut(&clause(&whole)), source).at(line);
                self.document_status.get_or_insert(status);
                return;
            }
            Some((StatusWord::Incident(known), end)) => {
                if let Some(other) = next_choice(&whole[end..]).filter(|&other| other != known) {
                    self.problem(
                        line,
                        ProblemKind::StatusNotChosen {
                            text: short(text),
                            choices: vec![known.to_owned(), other.to_owned()],
                        },
                    );
                    return;
                }
                known.to_owned()
            }
            None => clause(&whole),
        };
        if self.status.is_some() || status.is_empty() {
            return;
        }
        if status.split(' ').count() > WORDS {
            self.problem(line, ProblemKind::StatusUnknown { text: short(text) });
            return;
        }
        self.status_label = Some(cut(label));
        self.status = Some(Sourced::new(cut(&status), source).at(line));
    }

    fn measure(&mut self, kind: MeasureKind, share: bool, text: &str, source: Source, line: u32) {
        match measure_value(kind, share, text) {
            Some(MeasureValue { value, bound, qualifier }) => {
                self.measures.push(Measure { kind, value, bound, qualifier, source, line });
            }
            // In the body, words are no failed number: `Customers affected: all`.
            None if source != Source::FrontMatter && !text.contains(|c: char| c.is_ascii_digit()) => {}
            None => self.problem(line, ProblemKind::NumberUnreadable { text: short(text) }),
        }
    }

    fn problem(&mut self, line: u32, kind: ProblemKind) {
        self.problems.push(Problem::new(line, kind));
    }
}

fn add_each<'a>(list: &mut Vec<String>, texts: impl Iterator<Item = &'a str>) {
    /// So few are compared with each other sooner than a set of them is made.
    const FEW: usize = 8;
    let mut known = HashSet::new();
    for text in texts {
        let text = cut(text.trim());
        let new = if list.len() < FEW {
            !list.iter().any(|known| is_same(known, &text))
        } else {
            if known.is_empty() {
                known.extend(list.iter().map(|text| text.to_lowercase()));
            }
            known.insert(text.to_lowercase())
        };
        if !text.is_empty() && new {
            list.push(text);
        }
    }
}

/// Whether two texts are the same but for their case.
fn is_same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b) || !(a.is_ascii() && b.is_ascii()) && a.to_lowercase() == b.to_lowercase()
}

/// The first clause of a text.
fn clause(text: &str) -> String {
    let end = [" (", "（", " - ", " – ", " — ", ";", ". ", ", ", "。", "、", ": "]
        .iter()
        .filter_map(|end| text.find(end))
        .min();
    text[..end.unwrap_or(text.len())].trim_matches(|c: char| !c.is_alphanumeric()).to_owned()
}

/// Another status behind a bar or a slash, as templates list them: `open / closed`.
fn next_choice(rest: &str) -> Option<&'static str> {
    let rest = rest.trim_start().strip_prefix(['|', '/'])?.trim_start();
    match leading_status(rest)? {
        (StatusWord::Incident(known), _) => Some(known),
        (StatusWord::Document, _) => None,
    }
}

/// A text as long as a facet's value may be.
fn cut(text: &str) -> String {
    let end = if text.len() <= MAX_FACET { None } else { text.char_indices().nth(MAX_FACET) };
    text[..end.map_or(text.len(), |(end, _)| end)].to_owned()
}

/// The texts of lists in lists: YAML reads an unquoted `[[name]]` as one.
fn nested_texts(value: &Value) -> Vec<String> {
    match value {
        Value::List(items) => items.iter().flat_map(nested_texts).collect(),
        other => other.texts(),
    }
}

fn raw_text(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        _ => None,
    }
}

pub(crate) fn short(text: &str) -> String {
    let text = clean(text);
    if text.chars().count() <= 60 { text } else { text.chars().take(59).chain(['…']).collect() }
}
